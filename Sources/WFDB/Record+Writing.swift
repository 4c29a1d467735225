import Foundation

/// A record as the bytes of its two files. The same record always has the same bytes.
public struct EncodedRecord: Sendable, Equatable {
  public let name: String
  public let header: Data  // NAME.hea
  public let signals: Data  // NAME.dat: leads interleaved, little-endian

  /// The same gain for all leads, 16 bits a sample.
  /// - Parameter gain: ADC units per physical unit; 1000 in PTB-XL, which is 1 µV per unit.
  /// - Throws: ``RecordError``, as ``init(name:samplingFrequency:leads:gains:format:start:comments:)``.
  public init(
    name: String, samplingFrequency: Double, leads: [Lead], gain: Double = 1000, comments: [String] = []
  ) throws(RecordError) {
    try self.init(
      name: name, samplingFrequency: samplingFrequency, leads: leads, gains: leads.map { _ in gain }, comments: comments
    )
  }

  /// - Parameters:
  ///   - name: the record's name and its files'; letters, digits, `_` and `-`.
  ///   - samplingFrequency: hertz.
  ///   - leads: at least one, all of the same length; NaN is written as the missing sample.
  ///   - gains: of each lead, ADC units per physical unit.
  ///   - format: 16, 24 or 32 bits.
  ///   - start: a header holds a time, or a time and a whole date; a date alone is left out.
  ///   - comments: without `#`.
  /// - Throws: ``RecordError`` when a value does not fit the format, or a text would break the header.
  public init(
    name: String, samplingFrequency: Double, leads: [Lead], gains: [Double], format: SignalFormat = .bits16,
    start: Header.Start = Header.Start(), comments: [String] = []
  ) throws(RecordError) {
    func refuse(_ problem: String) -> RecordError { RecordError(name, .unwritable(problem: problem)) }
    guard !name.isEmpty, name.utf8.allSatisfy({ $0.isNameByte }) else {
      throw refuse("a record's name has only letters, digits, '_' and '-'")
    }
    guard let width = [SignalFormat.bits16: 2, .bits24: 3, .bits32: 4][format] else {
      throw refuse("format \(format.rawValue); expected 16, 24 or 32")
    }
    guard gains.count == leads.count else { throw refuse("\(gains.count) gains for \(leads.count) leads") }
    for gain in gains {
      guard samplingFrequency.isFinite, samplingFrequency > 0, gain.isFinite, gain != 0 else {
        throw refuse("sampling frequency \(samplingFrequency) and gain \(gain); both must be numbers, and not 0")
      }
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

    let bits = 8 * width
    let (missing, limit) = (Int(format.missing), Double(-Int(format.missing)))
    var samples = [UInt8](repeating: 0, count: count * leads.count * width)
    var text = "\(name) \(leads.count) \(shortest(samplingFrequency)) \(count)"
    if let time = start.clockText {
      text += " \(time)" + (start.day == nil ? "" : start.dayText.map { " \($0)" } ?? "")
    }
    text += "\n"
    for (channel, (lead, gain)) in zip(leads, gains).enumerated() {
      var (sum, first): (UInt16, Int?) = (0, nil)
      for (frame, value) in lead.samples.enumerated() {
        var digital = missing
        if !value.isNaN {
          let scaled = (value * gain).rounded()
          guard scaled > -limit, scaled < limit else {
            throw refuse(
              "lead \(lead.name), sample \(frame): \(value) \(lead.units) does not fit \(bits) bits at gain \(gain)")
          }
          digital = Int(scaled)
        }
        let place = (frame * leads.count + channel) * width
        for byte in 0..<width { samples[place + byte] = UInt8(truncatingIfNeeded: digital >> (8 * byte)) }
        sum = sum &+ UInt16(truncatingIfNeeded: digital)
        first = first ?? digital
      }
      text += "\(name).dat \(format.rawValue) \(gain)(0)/\(lead.units) \(bits) 0 \(first ?? 0) \(sum) 0 \(lead.name)\n"
    }
    for comment in comments { text += "# \(comment)\n" }
    (self.name, header, signals) = (name, Data(text.utf8), Data(samples))
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
