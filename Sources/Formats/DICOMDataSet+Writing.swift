import Foundation
import WFDB

extension DICOMDataSet {
  /// Sets an attribute to bytes, which get a padding byte where their number is odd.
  mutating func set(_ attribute: DICOMAttribute, bytes: some Collection<UInt8>) {
    var content = Array(bytes)
    if content.count % 2 == 1 { content.append(attribute.representation.padding) }
    put(attribute, .bytes(content[...]))
  }

  /// Sets an attribute to a text, which the data set's character set is UTF-8 for.
  mutating func set(_ attribute: DICOMAttribute, _ text: String) { set(attribute, bytes: Array(text.utf8)) }

  /// Sets an attribute to whole numbers of its width, US or UL, little endian.
  mutating func set(_ attribute: DICOMAttribute, _ numbers: Int...) {
    let width = attribute.representation == .US ? 2 : 4
    set(attribute, bytes: numbers.flatMap { Self.little($0, width) })
  }

  mutating func set(_ attribute: DICOMAttribute, _ items: [DICOMDataSet]) { put(attribute, .items(items)) }

  /// Sets a sequence to one item with a code.
  mutating func set(_ attribute: DICOMAttribute, _ code: DICOMCode) {
    var item = DICOMDataSet()
    item.set(.codeValue, code.value)
    item.set(.codingScheme, code.scheme)
    item.set(.codeMeaning, code.meaning)
    set(attribute, [item])
  }

  private mutating func put(_ attribute: DICOMAttribute, _ value: Value) {
    elements.removeAll { $0.tag == attribute.tag }
    elements.append(Element(tag: attribute.tag, position: 0, value: value))
  }

  /// The elements in the order of their tags, Explicit VR Little Endian, sequences and items of defined length.
  /// - Throws: ``FormatError`` when a value has 4 GB or more.
  func encoded() throws(FormatError) -> [UInt8] {
    var output: [UInt8] = []
    for element in elements.sorted(by: { $0.tag < $1.tag }) {
      guard let attribute = DICOMAttribute.named(element.tag) else { continue }
      var content: [UInt8] = []
      switch element.value {
      case .bytes(let bytes): content = Array(bytes)
      case .items(let items):
        for item in items {
          let inner = try item.encoded()
          content += Self.little(0xFFFE, 2) + Self.little(0xE000, 2) + Self.little(inner.count, 4) + inner
        }
      }
      let isLong = attribute.representation.hasLongLength
      let limit = isLong ? Int(UInt32.max) - 1 : Int(UInt16.max)
      guard content.count <= limit else {
        throw FormatError("\(attribute)", found: "\(content.count) bytes", expected: "at most \(limit)")
      }
      output += Self.little(Int(element.tag >> 16), 2) + Self.little(Int(element.tag & 0xFFFF), 2)
      output += attribute.representation.rawValue.utf8
      output += isLong ? [0, 0] + Self.little(content.count, 4) : Self.little(content.count, 2)
      output += content
    }
    return output
  }

  private static func little(_ number: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// The data set as a file: preamble, meta information and elements. Source: PS3.10, chapter 7.
  func file() throws(FormatError) -> Data {
    var meta = DICOMDataSet()
    meta.set(.metaVersion, bytes: [0, 1])
    meta.set(.mediaClass, value(.sopClass) ?? "")
    meta.set(.mediaInstance, value(.sopInstance) ?? "")
    meta.set(.transferSyntax, "1.2.840.10008.1.2.1")
    var implementation = ContentIdentifier()
    implementation.add("ECGBook's DICOM objects")
    meta.set(.implementationClass, implementation.uid)
    meta.set(.implementationVersion, "ECGBOOK")
    let content = try meta.encoded()
    var length = DICOMDataSet()
    length.set(.metaLength, content.count)
    var data = Data(repeating: 0, count: 128)
    data.append(contentsOf: "DICM".utf8)
    data.append(contentsOf: try length.encoded())
    data.append(contentsOf: content)
    data.append(contentsOf: try encoded())
    return data
  }
}

/// Texts and numbers as an object may hold them, and what is lost by that.
struct DICOMText {
  private(set) var losses: [String] = []
  /// Whether any text has characters beyond ASCII, so that the object must say that it is in UTF-8.
  private(set) var isUnicode = false

  mutating func lose(_ sentence: String) { losses.append(sentence) }

  /// A text that fits an attribute: without control characters and, but in ST, backslashes, and not too long.
  /// - Parameter what: as a sentence begins: `the institution`.
  mutating func fitting(_ text: String, _ attribute: DICOMAttribute, _ what: String) -> String {
    let isLong = attribute.representation == .ST || attribute.representation == .LT
    var fitting = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let isBreak = isLong && (scalar == "\n" || scalar == "\r")
          let isControl = scalar.value < 0x20 || scalar.value == 0x7F
          return (isControl && !isBreak) || (!isLong && scalar == "\\") ? " " : scalar
        }))
    if attribute.representation == .PN {
      fitting = String(fitting.map { "^=".contains($0) ? " " : $0 })
    }
    if fitting != text { lose("\(what): characters that DICOM keeps for itself became blanks") }
    let limit = attribute.representation.maximumLength
    // Characters are counted as code points (PS3.5, 6.2).
    if fitting.unicodeScalars.count > limit {
      fitting = String(String.UnicodeScalarView(fitting.unicodeScalars.prefix(limit)))
      lose("\(what): \(text.unicodeScalars.count) characters were cut to \(limit)")
    }
    fitting = fitting.trimmed
    if fitting.utf8.contains(where: { $0 >= 0x80 }) { isUnicode = true }
    return fitting
  }

  /// A number as a decimal string of at most 16 characters (PS3.5, DS), with as many digits as these hold.
  static func decimal(_ value: Double) -> String {
    if let whole = Int(exactly: value), abs(whole) < 1_000_000_000_000 { return "\(whole)" }
    if "\(value)".count <= 16 { return "\(value)" }
    for digits in stride(from: 16, through: 1, by: -1) {
      let text = String(format: "%.\(digits)g", value)
      if text.count <= 16 { return text }
    }
    return "0"
  }
}

extension DICOMTime {
  /// `YYYYMMDD`; nil unless year, month and day are known.
  static func date(_ start: Header.Start) -> String? {
    guard let year = start.year, (1...9999).contains(year), let month = start.month, (1...12).contains(month),
      let day = start.day, (1...31).contains(day)
    else { return nil }
    return padded(year, 4) + padded(month, 2) + padded(day, 2)
  }

  /// `YYYY[MM]`; nil without a year.
  static func partialDate(_ start: Header.Start) -> String? {
    guard let year = start.year, (1...9999).contains(year) else { return nil }
    return padded(year, 4) + (start.month.flatMap { (1...12).contains($0) ? padded($0, 2) : nil } ?? "")
  }

  /// `HH[MM[SS[.FFFFFF]]]`; nil without an hour.
  static func time(_ start: Header.Start) -> String? {
    guard let hour = start.hour, (0...23).contains(hour) else { return nil }
    guard let minute = start.minute, (0...59).contains(minute) else { return padded(hour, 2) }
    guard let second = start.second, second >= 0, second < 60 else { return padded(hour, 2) + padded(minute, 2) }
    let microseconds = min(Int((second * 1_000_000).rounded()), 59_999_999)
    let fraction = microseconds % 1_000_000
    let text = padded(hour, 2) + padded(minute, 2) + padded(microseconds / 1_000_000, 2)
    return fraction == 0 ? text : text + "." + padded(fraction, 6)
  }

  private static func padded(_ number: Int, _ length: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, length - digits.count)) + digits
  }
}
