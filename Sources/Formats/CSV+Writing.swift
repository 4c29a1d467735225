import Foundation
import WFDB

extension CSV {
  /// Comments, a row of names with units, a row each sample: the shortest numbers that read back as they were.
  public static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    guard recording.samplingFrequency.isFinite, recording.samplingFrequency > 0 else {
      throw FormatError("", found: "a sampling rate of \(recording.samplingFrequency) Hz", expected: "hertz above 0")
    }
    guard recording.sampleCount > 0 else { throw FormatError("", found: "no samples", expected: "at least one") }
    var losses = recording.losesAsLines
    var text: [UInt8] = []
    text.reserveCapacity(recording.leads.count * recording.sampleCount * 8)
    text += "# rate: \(shortest(recording.samplingFrequency)) Hz\n".utf8
    for line in recording.lines(reserved: { rate(of: $0) != nil || unit(of: $0) != nil }) { text += "# \(line)\n".utf8 }
    var names: [String] = []
    for (index, lead) in recording.leads.enumerated() {
      let (label, units) = (oneLine(lead.name), oneLine(lead.units))
      if label != lead.name || units != lead.units {
        losses.append("lead \(index + 1): line ends and control characters of its name or units are written as blanks")
      }
      names.append(quoted(millivolts(per: units) == nil ? "\(label) [\(units)]" : "\(label) (\(units))"))
      let infinite = lead.samples.count { $0.isInfinite }
      if infinite > 0 { losses.append("lead \(label): \(infinite) infinite values are written as missing") }
    }
    text += names.joined(separator: ",").utf8
    text.append(UInt8(ascii: "\n"))
    let leads = recording.leads.map(\.samples)
    for row in 0..<recording.sampleCount {
      for (column, samples) in leads.enumerated() {
        if column > 0 { text.append(UInt8(ascii: ",")) }
        if samples[row].isFinite {
          text += shortest(samples[row]).utf8
        } else if leads.count == 1 {
          text += "nan".utf8  // an empty line is no row
        }
      }
      text.append(UInt8(ascii: "\n"))
    }
    return WrittenRecording(files: [.init(name + ".csv", Data(text))], losses: losses)
  }

  private static func quoted(_ cell: String) -> String {
    let needsQuotes = cell.contains { ",;\t\"".contains($0) } || cell.hasPrefix("#") || cell.hasPrefix("'")
    return needsQuotes ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
  }
}
