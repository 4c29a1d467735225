/// Reads numbers from bytes, in order, within them.
///
/// ```
/// var reader = ByteReader(bytes, place: "section 1")
/// let tag = try reader.uint8("tag")
/// let length = try reader.uint16("length")
/// ```
struct ByteReader {
  let bytes: ArraySlice<UInt8>
  /// What is read, for errors.
  let place: String
  /// The next byte's index in `bytes`.
  private(set) var position: Int
  var isBigEndian: Bool

  init(_ bytes: ArraySlice<UInt8>, place: String, isBigEndian: Bool = false) {
    (self.bytes, self.place, self.isBigEndian) = (bytes, place, isBigEndian)
    position = bytes.startIndex
  }

  init(_ bytes: [UInt8], place: String, isBigEndian: Bool = false) { self.init(bytes[...], place: place, isBigEndian: isBigEndian) }

  var remaining: Int { bytes.endIndex - position }
  var isAtEnd: Bool { remaining == 0 }

  /// The next `count` bytes.
  /// - Throws: ``FormatError`` when there are fewer, or `count` is negative.
  mutating func take(_ count: Int, _ what: String) throws(FormatError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else {
      throw FormatError(
        "\(place), byte \(position)", found: "\(remaining) bytes are left", expected: "\(count) for the \(what)")
    }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func skip(_ count: Int, _ what: String) throws(FormatError) { _ = try take(count, what) }

  mutating func uint8(_ what: String) throws(FormatError) -> UInt8 { UInt8(truncatingIfNeeded: try number(1, what)) }
  mutating func uint16(_ what: String) throws(FormatError) -> UInt16 { UInt16(truncatingIfNeeded: try number(2, what)) }
  mutating func int16(_ what: String) throws(FormatError) -> Int16 { Int16(bitPattern: try uint16(what)) }
  mutating func uint32(_ what: String) throws(FormatError) -> UInt32 { UInt32(truncatingIfNeeded: try number(4, what)) }

  private mutating func number(_ count: Int, _ what: String) throws(FormatError) -> UInt64 {
    let bytes = try take(count, what)
    return isBigEndian
      ? bytes.reduce(0) { $0 << 8 | UInt64($1) } : bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The next `count` bytes as text; see ``text(_:)``.
  mutating func text(_ count: Int, _ what: String) throws(FormatError) -> String { Self.text(try take(count, what)) }

  /// Text up to a zero byte, without blanks around it. What is no UTF-8 is read as ISO 8859-1.
  static func text(_ bytes: ArraySlice<UInt8>) -> String {
    let bytes = bytes.prefix { $0 != 0 }
    let text = String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    return text.trimmed
  }
}

extension StringProtocol {
  /// Without blanks and line ends around it.
  var trimmed: String {
    var part = self[...]
    while let first = part.first, first.isWhitespace { part.removeFirst() }
    while let last = part.last, last.isWhitespace { part.removeLast() }
    return String(part)
  }
}
