/// The parts of a body in `multipart/form-data`. Source: RFC 7578, RFC 2046 section 5.1.
struct Multipart: Sendable {
  struct Part: Sendable {
    var name: String
    /// As the browser says it; nil for a plain field.
    var fileName: String?
    var content: ArraySlice<UInt8>
    var text: String { String(decoding: content, as: UTF8.self) }
  }
  let parts: [Part]

  static let mostParts = 64
  static let longestHead = 8192  // bytes of a part's header fields

  struct Malformed: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = "the form cannot be read: " + description }
  }

  /// - Parameter contentType: `multipart/form-data; boundary=…`
  init(_ body: [UInt8], contentType: String) throws(Malformed) {
    guard let boundary = Self.parameter("boundary", of: contentType), (1...70).contains(boundary.utf8.count) else {
      throw Malformed("its type '\(contentType.prefix(100))' has no boundary of 1 to 70 characters")
    }
    let delimiter = Array("--\(boundary)".utf8)
    guard var position = Self.find(delimiter, in: body, from: 0) else { throw Malformed("its boundary does not occur") }
    var parts: [Part] = []
    while true {
      position += delimiter.count
      if body[position...].starts(with: Array("--".utf8)) { break }  // the end
      guard let lineEnd = Self.find(Self.newLine, in: body, from: position) else { throw Malformed("it ends within a part") }
      let start = lineEnd + 2
      guard let end = Self.find(Self.newLine + delimiter, in: body, from: max(start - 2, position)) else {
        throw Malformed("part \(parts.count + 1) has no end")
      }
      guard parts.count < Self.mostParts else { throw Malformed("it has more than \(Self.mostParts) parts") }
      parts.append(try Self.part(body[min(start, end)..<end], number: parts.count + 1))
      position = end + 2
    }
    self.parts = parts
  }

  func field(_ name: String) -> String? { parts.first { $0.name == name && $0.fileName == nil }?.text }
  /// Files that were chosen; an input that was left empty sends one without name and content.
  var files: [Part] { parts.filter { $0.fileName.map { !$0.isEmpty } ?? false } }

  private static let newLine: [UInt8] = [13, 10]

  private static func part(_ bytes: ArraySlice<UInt8>, number: Int) throws(Malformed) -> Part {
    guard let headEnd = find(newLine + newLine, in: bytes, from: bytes.startIndex), headEnd - bytes.startIndex <= longestHead else {
      throw Malformed("part \(number) has no header fields, or too long ones")
    }
    let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
    for line in head.split(separator: "\r\n") {
      let pieces = line.split(separator: ":", maxSplits: 1)
      guard pieces.count == 2, pieces[0].lowercased() == "content-disposition" else { continue }
      guard let name = parameter("name", of: String(pieces[1])) else { break }
      return Part(name: name, fileName: parameter("filename", of: String(pieces[1])), content: bytes[(headEnd + 4)...])
    }
    throw Malformed("part \(number) has no name")
  }

  /// `name="value"` or `name=value` among a field's parameters; browsers write a quotation mark within as `%22`.
  private static func parameter(_ name: String, of field: String) -> String? {
    var isQuoted = false
    var pieces = [""]
    for character in field {
      if character == "\"" { isQuoted.toggle() }
      if character == ";", !isQuoted { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
    }
    for piece in pieces.dropFirst() {
      let sides = piece.split(separator: "=", maxSplits: 1)
      guard sides.count == 2 else {
        if sides.first.map({ trimmed($0).lowercased() == name }) ?? false { return "" }
        continue
      }
      guard trimmed(sides[0]).lowercased() == name else { continue }
      var value = trimmed(sides[1])
      if value.hasPrefix("\""), value.hasSuffix("\""), value.count >= 2 { value = String(value.dropFirst().dropLast()) }
      return value
    }
    return nil
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  /// The first place of `pattern` at or after an index. The pattern's last byte decides how far a miss skips, so that a body of
  /// many near misses takes no longer than another.
  private static func find(_ pattern: [UInt8], in bytes: some RandomAccessCollection<UInt8>, from start: Int) -> Int? {
    let found: Int?? = bytes.withContiguousStorageIfAvailable { storage in
      let offset = (bytes as? ArraySlice<UInt8>)?.startIndex ?? 0
      var shift = [Int](repeating: pattern.count, count: 256)
      for (index, byte) in pattern.dropLast().enumerated() { shift[Int(byte)] = pattern.count - 1 - index }
      var place = start - offset
      guard place >= 0, let last = pattern.last else { return nil }
      while place + pattern.count <= storage.count {
        let byte = storage[place + pattern.count - 1]
        if byte == last, (0..<pattern.count - 1).allSatisfy({ storage[place + $0] == pattern[$0] }) { return place + offset }
        place += shift[Int(byte)]
      }
      return nil
    }
    return found ?? nil
  }
}
