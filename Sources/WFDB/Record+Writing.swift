import Foundation

/// A record in format 16: the bytes of its two files. The same record always has the same bytes.
public struct EncodedRecord: Sendable, Equatable {
  public let name: String
  public let header: Data  // NAME.hea
  public let signals: Data  // NAME.dat: leads interleaved, 16 bits each, little-endian

  /// - Parameters:
  ///   - name: the record's name and its files'; letters, digits, `_` and `-`.
  ///   - samplingFrequency: hertz.
  ///   - leads: at least one, all of the same length; NaN is written as the missing sample.
  ///   - gain: ADC units per physical unit; 1000 in PTB-XL, which is 1 µV per unit.
  ///   - comments: without `#`.
  /// - Throws: ``RecordError`` when a value does not fit 16 bits, or a text would break the header.
  public init(
    name: String, samplingFrequency: Double, leads: [Lead], gain: Double = 1000, comments: [String] = []
  ) throws(RecordError) {
    func refuse(_ problem: String) -> RecordError { RecordError(name, .unwritable(problem: problem)) }
    guard !name.isEmpty, name.utf8.allSatisfy({ $0.isNameByte }) else {
      throw refuse("a record's name has only letters, digits, '_' and '-'")
    }
    guard samplingFrequency.isFinite, samplingFrequency > 0, gain.isFinite, gain != 0 else {
      throw refuse("sampling frequency \(samplingFrequency) and gain \(gain); both must be numbers, and not 0")
    }
    let count = leads.first?.samples.count ?? 0
    guard count > 0 else { throw refuse("it has no samples") }
    for lead in leads {
      guard lead.samples.count == count else {
        throw refuse("lead \(lead.name) has \(lead.samples.count) samples; the first lead has \(count)")
      }
      guard (lead.name + lead.units).unicodeScalars.allSatisfy({ $0.value >= 0x20 }), !lead.name.isEmpty,
        !lead.units.isEmpty, !lead.units.contains(" ")
      else { throw refuse("lead '\(lead.name)' in '\(lead.units)': a name is one line, units are one word") }
    }
    guard comments.allSatisfy({ $0.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\t" } }) else {
      throw refuse("a comment is one line")
    }

    var samples = [Int16](repeating: .min, count: count * leads.count)
    var text = "\(name) \(leads.count) \(shortest(samplingFrequency)) \(count)\n"
    for (channel, lead) in leads.enumerated() {
      var sum: UInt16 = 0
      for (frame, value) in lead.samples.enumerated() {
        var digital = Int16.min
        if !value.isNaN {
          let scaled = (value * gain).rounded()
          guard scaled > -32_768, scaled <= 32_767 else {
            throw refuse("lead \(lead.name), sample \(frame): \(value) \(lead.units) does not fit 16 bits at gain \(gain)")
          }
          digital = Int16(scaled)
        }
        samples[frame * leads.count + channel] = digital
        sum = sum &+ UInt16(bitPattern: digital)
      }
      text += "\(name).dat 16 \(gain)(0)/\(lead.units) 16 0 \(samples[channel]) \(sum) 0 \(lead.name)\n"
    }
    for comment in comments { text += "# \(comment)\n" }
    self.name = name
    header = Data(text.utf8)
    signals = samples.withUnsafeBytes { bytes in
      #if _endian(little)
        Data(bytes)
      #else
        Data(samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
      #endif
    }
  }

  /// Writes `NAME.dat`, then `NAME.hea`, each aside and renamed, into a folder that exists.
  public func write(to folder: String) throws(RecordError) {
    for (content, suffix) in [(signals, "dat"), (header, "hea")] {
      let path = "\(folder)/\(name).\(suffix)"
      do { try content.write(to: URL(fileURLWithPath: path), options: .atomic) } catch {
        throw RecordError(path, .system(operation: "write", reason: error.localizedDescription))
      }
    }
  }
}

extension Record {
  /// Writes `NAME.hea` and `NAME.dat` in format 16, as PTB-XL does; see ``EncodedRecord``.
  public func write(to folder: String, gain: Double = 1000) throws(RecordError) {
    try EncodedRecord(
      name: name, samplingFrequency: samplingFrequency, leads: leads, gain: gain, comments: comments
    ).write(to: folder)
  }
}

/// `500`, `62.4725`
private func shortest(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }

extension UInt8 {
  fileprivate var isNameByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
