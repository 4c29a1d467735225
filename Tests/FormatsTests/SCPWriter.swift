@testable import Formats

/// Writes SCP-ECG records, so that every way in which they may be written can be read. Written from the standard, apart
/// from the reader: it shares nothing with it but the checksum, which a test of its own holds against the published
/// value.
struct SCPWriter {
  struct Lead {
    var code: UInt8
    var first = 1
    /// What section 6 holds, before differences are taken.
    var stored: [Int]
    /// The last sample, where it is not that of the stored ones: decimated leads have more.
    var last: Int?
    /// The reference beat.
    var beat: [Int] = []
  }
  struct Complex { var type, first, fiducial, last: Int }

  var version: UInt8 = 20
  var fields: [(tag: UInt8, value: [UInt8])] = []
  var coding = SCPCoding.standard
  var leads: [Lead]
  var nanovolts = 1000
  var microseconds = 2000
  var differences = 2
  var isSubtracted = false
  var isBimodal = false
  var beatNanovolts = 1000
  var beatMicroseconds = 2000
  var beatFiducial = 0
  var complexes: [Complex] = []
  /// Nil: none are written, as in versions before 1.3.
  var protected: [(first: Int, last: Int)]?
  /// Contents of further sections, or of those above in place of what would be written.
  var sections: [Int: [UInt8]] = [:]
  /// Sections of ``sections`` and others that are left out.
  var omitted: Set<Int> = []

  init(leads: [Lead]) { self.leads = leads }

  /// Of samples in steps, one lead with the codes 1, 2 and so on each.
  init(digits: [[Int]]) { self.init(leads: digits.enumerated().map { Lead(code: UInt8($0 + 1), stored: $1) }) }

  func record() -> [UInt8] {
    var contents: [Int: [UInt8]] = [
      1: fields.flatMap { [$0.tag] + u16($0.value.count) + $0.value } + [255, 0, 0], 3: leadSection,
    ]
    if let tables = coding.section { contents[2] = tables }
    if !complexes.isEmpty || isSubtracted || isBimodal { contents[4] = complexSection }
    if leads.contains(where: { !$0.beat.isEmpty }) {
      contents[5] = signalSection(beatNanovolts, beatMicroseconds, 0, leads.map(\.beat))
    }
    contents[6] = signalSection(nanovolts, microseconds, isBimodal ? 1 : 0, leads.map(\.stored))
    contents.merge(sections) { $1 }
    for id in omitted { contents[id] = nil }
    return Self.record(contents, version: version)
  }

  static func record(_ contents: [Int: [UInt8]], version: UInt8) -> [UInt8] {
    let ids = (1...12).map { $0 }
    let pointersLength = 16 + 10 * (ids.count + 1)
    var pointers = u16(0) + u32(pointersLength) + u32(7)
    var body: [UInt8] = []
    for id in ids {
      guard var content = contents[id] else {
        pointers += u16(id) + u32(0) + u32(0)
        continue
      }
      if content.count % 2 == 1 { content.append(0) }
      pointers += u16(id) + u32(content.count + 16) + u32(7 + pointersLength + body.count)
      body += section(id, content, version: version)
    }
    let rest = section(0, pointers, version: version, reserved: Array("SCPECG".utf8)) + body
    let length = u32(rest.count + 6)
    return u16(Int(SCP.checksum((length + rest)[...]))) + length + rest
  }

  static func section(_ id: Int, _ content: [UInt8], version: UInt8, reserved: [UInt8] = [0, 0, 0, 0, 0, 0]) -> [UInt8]
  {
    let rest = u16(id) + u32(content.count + 16) + [version, version] + reserved + content
    return u16(Int(SCP.checksum(rest[...]))) + rest
  }

  private var leadSection: [UInt8] {
    let flags = (isSubtracted ? 1 : 0) | 4 | leads.count << 3 & 0xF8
    return [UInt8(leads.count), UInt8(flags)]
      + leads.flatMap { u32($0.first) + u32($0.last ?? $0.first + $0.stored.count - 1) + [$0.code] }
  }

  private var complexSection: [UInt8] {
    u16((leads.first?.beat.count ?? 0) * beatMicroseconds / 1000) + u16(beatFiducial) + u16(complexes.count)
      + complexes.flatMap { u16($0.type) + u32($0.first) + u32($0.fiducial) + u32($0.last) }
      + (protected ?? []).flatMap { u32($0.first) + u32($0.last) }
  }

  private func signalSection(_ nanovolts: Int, _ microseconds: Int, _ flag: UInt8, _ signals: [[Int]]) -> [UInt8] {
    let encoded = signals.map { coding.encode(differenced($0)) }
    return u16(nanovolts) + u16(microseconds) + [UInt8(differences), flag] + encoded.flatMap { u16($0.count) }
      + encoded.flatMap { $0 }
  }

  private func differenced(_ values: [Int]) -> [Int] {
    values.indices.map { index in
      switch differences {
      case 1 where index > 0: values[index] - values[index - 1]
      case 2 where index > 1: values[index] - 2 * values[index - 1] + values[index - 2]
      default: values[index]
      }
    }
  }
}

/// How samples become bytes.
enum SCPCoding: CaseIterable {
  /// 16 bits each.
  case none
  /// The default table.
  case standard
  /// Two tables, which change after every third sample.
  case custom

  /// Section 2.
  var section: [UInt8]? {
    func code(_ prefix: String, extra: Int = 0, base: Int = 0, changes: Bool = false) -> [UInt8] {
      let bits = prefix.reversed().reduce(0) { $0 << 1 | ($1 == "1" ? 1 : 0) }  // the first bit is the lowest
      return [UInt8(prefix.count), UInt8(prefix.count + extra), changes ? 0 : 1] + u16(base) + u32(bits)
    }
    switch self {
    case .none: return nil
    case .standard: return u16(19_999)
    case .custom:
      return u16(2) + u16(4) + code("0") + code("10", extra: 6, base: -7) + code("110", base: 2, changes: true)
        + code("111", extra: 20) + u16(3) + code("1", extra: 17, base: 1000) + code("01", base: -3)
        + code("001", base: 1, changes: true)
    }
  }

  func encode(_ values: [Int]) -> [UInt8] {
    var bits = SCPBits()
    for (index, value) in values.enumerated() {
      switch self {
      case .none: return values.flatMap { u16($0) }
      case .standard:
        if value == 0 {
          bits.append("0")
        } else if abs(value) <= 8 {
          bits.append(String(repeating: "1", count: abs(value)) + (value > 0 ? "00" : "01"))
        } else if (-128...127).contains(value) {
          bits.append("1111111110", value, 8)
        } else {
          bits.append("1111111111", value, 16)
        }
      case .custom:
        let isSecond = index / 3 % 2 == 1
        if index > 0, index % 3 == 0 { bits.append(isSecond ? "110" : "001") }
        if isSecond {
          if value == -3 { bits.append("01") } else { bits.append("1", value - 1000, 17) }
        } else if value == 0 {
          bits.append("0")
        } else if (-32...31).contains(value + 7) {
          bits.append("10", value + 7, 6)
        } else {
          bits.append("111", value, 20)
        }
      }
    }
    return bits.bytes
  }
}

struct SCPBits {
  private(set) var bytes: [UInt8] = []
  private var count = 0

  mutating func append(_ prefix: String, _ value: Int = 0, _ length: Int = 0) {
    for bit in prefix { append(bit == "1") }
    for position in (0..<length).reversed() { append(value >> position & 1 == 1) }
  }

  private mutating func append(_ bit: Bool) {
    if count % 8 == 0 { bytes.append(0) }
    if bit { bytes[bytes.count - 1] |= 0x80 >> UInt8(count % 8) }
    count += 1
  }
}

/// Little-endian; negative numbers in two's complement.
func u16(_ number: Int) -> [UInt8] { [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)] }
func u32(_ number: Int) -> [UInt8] { u16(number) + u16(number >> 16) }
