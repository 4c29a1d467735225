/// The elements of a DICOM object, or of an item of a sequence: those of ``DICOMAttribute``, in the file's order.
/// Source: DICOM PS3.5.
struct DICOMDataSet: Sendable {
  var elements: [Element] = []
  /// Where it begins in the file, in bytes.
  var position = 0
  var isBigEndian = false
  var characterSet = DICOMCharacterSet.latin1

  struct Element: Sendable {
    let tag: UInt32
    let position: Int
    let value: Value
  }

  enum Value: Sendable {
    case bytes(ArraySlice<UInt8>)
    case items([DICOMDataSet])
  }

  private func element(_ attribute: DICOMAttribute) -> Element? { elements.first { $0.tag == attribute.tag } }

  func contains(_ attribute: DICOMAttribute) -> Bool { element(attribute) != nil }

  func bytes(_ attribute: DICOMAttribute) -> ArraySlice<UInt8>? {
    guard case .bytes(let bytes) = element(attribute)?.value else { return nil }
    return bytes
  }

  /// The items of a sequence; none when it is absent.
  func items(_ attribute: DICOMAttribute) -> [DICOMDataSet] {
    guard case .items(let items) = element(attribute)?.value else { return [] }
    return items
  }

  /// A text that may hold backslashes and line breaks; nil when it is absent or empty.
  func text(_ attribute: DICOMAttribute) -> String? {
    guard let bytes = bytes(attribute) else { return nil }
    let text = characterSet.decode(bytes.prefix { $0 != 0 }).trimmed
    return text.isEmpty ? nil : text
  }

  /// The values of a text, which backslashes part; empty ones included.
  func values(_ attribute: DICOMAttribute) -> [String] {
    guard let text = text(attribute) else { return [] }
    return text.split(separator: "\\", omittingEmptySubsequences: false).map(\.trimmed)
  }

  /// The first of the values; nil when it is empty.
  func value(_ attribute: DICOMAttribute) -> String? { values(attribute).first.flatMap { $0.isEmpty ? nil : $0 } }

  /// Numbers, of text (DS, IS) or binary (US, UL), as the attribute's representation is.
  func numbers(_ attribute: DICOMAttribute) -> [Double] {
    let width: Int
    switch attribute.representation {
    case .US: width = 2
    case .UL: width = 4
    default: return values(attribute).compactMap(Self.number)
    }
    guard let bytes = bytes(attribute) else { return [] }
    return (0..<bytes.count / width).map { index in
      let value = bytes.dropFirst(index * width).prefix(width)
      let number: UInt32 = (isBigEndian ? Array(value) : value.reversed()).reduce(0) { $0 << 8 | UInt32($1) }
      return Double(number)
    }
  }

  /// The first of the numbers.
  func number(_ attribute: DICOMAttribute) -> Double? { numbers(attribute).first }

  /// A finite decimal number (PS3.5, DS).
  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }

  /// A whole number that must be there, within a range.
  /// - Throws: ``FormatError`` that names the attribute.
  func wholeNumber(_ attribute: DICOMAttribute, _ range: ClosedRange<Int>) throws(FormatError) -> Int {
    let number = number(attribute)
    guard let number, let whole = Int(exactly: number), range.contains(whole) else {
      throw error(
        attribute, found: number.map { Int(exactly: $0).map(String.init) ?? "\($0)" },
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  /// An error about an attribute's value; it is absent, empty or of the wrong kind where `found` is nil.
  func error(_ attribute: DICOMAttribute, found: String? = nil, expected: String) -> FormatError {
    let absence = contains(attribute) ? "no such value" : "no such attribute"
    let text = value(attribute).map { "'\($0.prefix(40))'" } ?? absence
    let place = element(attribute)?.position ?? position
    return FormatError("\(attribute), byte \(place)", found: found ?? text, expected: expected)
  }
}

/// How the bytes of text are read. Source: PS3.3, C.12.1.1.2.
enum DICOMCharacterSet: Sendable, Equatable {
  /// ISO 8859-1, and the default repertoire, which is a part of it.
  case latin1
  case utf8
  /// One that is not read: its characters beyond ASCII become `�`.
  case other(String)

  /// - Parameter terms: the values of Specific Character Set.
  init(_ terms: [String]) {
    switch terms.first(where: { !$0.isEmpty }) {
    case nil, "ISO_IR 6", "ISO_IR 100", "ISO 2022 IR 6", "ISO 2022 IR 100": self = .latin1
    case "ISO_IR 192": self = .utf8
    case let term?: self = .other(term)
    }
    if case .latin1 = self, terms.count > 1 {
      let others = terms.dropFirst().filter { !["", "ISO 2022 IR 6", "ISO 2022 IR 100"].contains($0) }
      if let term = others.first { self = .other(term) }
    }
  }

  func decode(_ bytes: ArraySlice<UInt8>) -> String {
    switch self {
    case .latin1: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    case .utf8: String(decoding: bytes, as: UTF8.self)
    case .other: String(String.UnicodeScalarView(bytes.map { $0 < 0x80 ? Unicode.Scalar($0) : "\u{FFFD}" }))
    }
  }
}
