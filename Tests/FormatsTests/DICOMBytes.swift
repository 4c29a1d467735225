import Foundation

@testable import Formats

/// DICOM data sets composed byte by byte from PS3.5, so that the reader is not measured by our own writer.
struct DICOMBytes {
  enum Encoding: String, CaseIterable, Sendable {
    case explicitLittle = "1.2.840.10008.1.2.1"
    case explicitBig = "1.2.840.10008.1.2.2"
    case implicitLittle = "1.2.840.10008.1.2"
  }

  var bytes: [UInt8] = []
  var encoding = Encoding.explicitLittle
  /// Whether sequences and items have lengths, or end with delimiters.
  var hasLengths = true

  private static let longForms = ["OB", "OW", "SQ", "UN", "UT", "UC"]

  func number(_ value: Int, _ width: Int) -> [UInt8] {
    let little = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return encoding == .explicitBig ? little.reversed() : little
  }

  mutating func element(_ tag: UInt32, _ vr: String, _ value: [UInt8], length: Int? = nil) {
    let length = length ?? value.count
    bytes += number(Int(tag >> 16), 2) + number(Int(tag & 0xFFFF), 2)
    if encoding == .implicitLittle {
      bytes += number(length, 4)
    } else {
      bytes += Array(vr.utf8)
      bytes += Self.longForms.contains(vr) ? [0, 0] + number(length, 4) : number(length, 2)
    }
    bytes += value
  }

  mutating func text(_ tag: UInt32, _ vr: String, _ value: String) {
    element(tag, vr, Array(value.utf8) + (value.utf8.count % 2 == 1 ? [vr == "UI" ? 0 : 0x20] : []))
  }

  mutating func us(_ tag: UInt32, _ values: Int...) { element(tag, "US", values.flatMap { number($0, 2) }) }
  mutating func ul(_ tag: UInt32, _ values: Int...) { element(tag, "UL", values.flatMap { number($0, 4) }) }

  mutating func sequence(_ tag: UInt32, _ items: [(inout DICOMBytes) -> Void]) {
    var content: [UInt8] = []
    for build in items {
      var item = DICOMBytes(encoding: encoding, hasLengths: hasLengths)
      build(&item)
      content += number(0xFFFE, 2) + number(0xE000, 2) + number(hasLengths ? item.bytes.count : 0xFFFF_FFFF, 4)
      content += item.bytes
      if !hasLengths { content += number(0xFFFE, 2) + number(0xE00D, 2) + number(0, 4) }
    }
    if !hasLengths { content += number(0xFFFE, 2) + number(0xE0DD, 2) + number(0, 4) }
    element(tag, "SQ", content, length: hasLengths ? nil : 0xFFFF_FFFF)
  }

  mutating func code(_ tag: UInt32, _ value: String, _ scheme: String, _ meaning: String) {
    sequence(
      tag,
      [
        { item in
          item.text(0x0008_0100, "SH", value)
          item.text(0x0008_0102, "SH", scheme)
          item.text(0x0008_0104, "LO", meaning)
        }
      ])
  }

  /// With preamble and meta information (PS3.10, 7.1).
  func file(_ syntax: String? = nil) -> [UInt8] {
    var meta = DICOMBytes()
    meta.text(0x0002_0010, "UI", syntax ?? encoding.rawValue)
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta.bytes + bytes
  }

  /// A multiplex group of the Waveform Sequence, as a test needs it.
  struct Group {
    var originality = "ORIGINAL"
    var label: String?
    var offset: String?
    var trigger: Int?
    var frequency = "500"
    var samples = 3
    var interpretation = "SS"
    var bits = 16
    var padding: [UInt8]?
    var data: [UInt8] = []
    var channels: [Channel] = []
  }

  struct Channel {
    var code = ("2:1", "MDC", "Lead I")
    var label: String?
    var sensitivity: String? = "2.5"
    var correction = "2"
    var baseline = "100"
    var units = "uV"
    var skew = "0"
    var bitsStored = 16
    var filters: (low: String, high: String, notch: String)?
  }

  mutating func waveforms(_ groups: [Group]) {
    sequence(
      0x5400_0100,
      groups.map { group in
        { item in
          if let offset = group.offset { item.text(0x0018_1068, "DS", offset) }
          if let trigger = group.trigger { item.ul(0x0018_106E, trigger) }
          item.text(0x003A_0004, "CS", group.originality)
          item.us(0x003A_0005, group.channels.count)
          item.ul(0x003A_0010, group.samples)
          item.text(0x003A_001A, "DS", group.frequency)
          if let label = group.label { item.text(0x003A_0020, "SH", label) }
          item.sequence(0x003A_0200, group.channels.map { channel in { $0.channel(channel) } })
          item.us(0x5400_1004, group.bits)
          item.text(0x5400_1006, "CS", group.interpretation)
          if let padding = group.padding { item.element(0x5400_100A, "OW", padding) }
          item.element(0x5400_1010, "OW", group.data)
        }
      })
  }

  private mutating func channel(_ channel: Channel) {
    if let label = channel.label { text(0x003A_0203, "SH", label) }
    code(0x003A_0208, channel.code.0, channel.code.1, channel.code.2)
    if let sensitivity = channel.sensitivity {
      text(0x003A_0210, "DS", sensitivity)
      code(0x003A_0211, channel.units, "UCUM", channel.units)
      text(0x003A_0212, "DS", channel.correction)
      text(0x003A_0213, "DS", channel.baseline)
    }
    text(0x003A_0215, "DS", channel.skew)
    us(0x003A_021A, channel.bitsStored)
    if let filters = channel.filters {
      text(0x003A_0220, "DS", filters.low)
      text(0x003A_0221, "DS", filters.high)
      text(0x003A_0222, "DS", filters.notch)
    }
  }

  /// Lead I with digits 10, -20, 30, which are 150, 0 and 250 µV, and lead V2 in millivolts; a private element, an
  /// unknown sequence, texts and measurements.
  static func recording(_ encoding: Encoding = .explicitLittle, hasLengths: Bool = true) -> DICOMBytes {
    var set = DICOMBytes(encoding: encoding, hasLengths: hasLengths)
    set.text(0x0008_0005, "CS", "ISO_IR 192")
    set.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.9.1.1")
    set.text(0x0008_002A, "DT", "20240229235958.25+0100")
    set.text(0x0008_0070, "LO", "Maker")
    set.text(0x0008_0080, "LO", "Höhenklinik")
    set.text(0x0008_1090, "LO", "Model 3")
    set.sequence(0x0008_1111, [{ $0.text(0x0008_1150, "UI", "1.2.3") }, { _ in }])
    set.text(0x0009_0010, "LO", "PRIVATE")
    set.sequence(0x0009_1001, [{ $0.text(0x0009_1002, "LO", "hidden") }])
    set.text(0x0010_0010, "PN", "Müller^Anna^Maria=X")
    set.text(0x0010_0020, "LO", "P-7")
    set.text(0x0010_0030, "DA", "19500105")
    set.text(0x0010_0040, "CS", "F")
    set.text(0x0010_1010, "AS", "018M")
    set.sequence(
      0x0040_B020,
      [
        { item in
          item.us(0x0040_A0B0, 1, 0)
          item.text(0x0070_0006, "ST", "Sinus rhythm; Überleitung normal")
        },
        { item in
          item.code(0x0040_08EA, "ms", "UCUM", "ms")
          item.code(0x0040_A043, "2:16168", "MDC", "RR interval global")
          item.us(0x0040_A0B0, 1, 0)
          item.text(0x0040_A30A, "DS", "800")
        },
        { item in
          item.code(0x0040_08EA, "s", "UCUM", "s")
          item.code(0x0040_A043, "2: 33792", "MDC", "QTc interval per lead")
          item.us(0x0040_A0B0, 1, 2)
          item.text(0x0040_A30A, "DS", "0.41")
        },
      ])
    set.waveforms([
      Group(
        data: [10, 1, -20, -2, 30, 3].flatMap { set.number($0, 2) },
        channels: [
          Channel(filters: ("0.05", "150", "50")),
          Channel(
            code: ("5.6.3-9-4", "SCPECG", "Lead V2"), sensitivity: "0.5", correction: "1", baseline: "0", units: "mV",
            filters: ("0.05", "150", "0")),
        ])
    ])
    return set
  }
}
