/// The text of a report with its lines, so that a mistake can be shown where it stands.
/// Lines and columns are 1-based; columns count Unicode scalars, as YAML does.
///
/// A report may include other files. Their lines stand in its text where it includes them, and a ``SourceRange`` made here
/// names the file and the line that an author sees; `number(of:)` leads back to the line of the whole text.
public struct SourceText: Sendable, Equatable {
  /// As messages name it.
  public var file: String
  public var text: String
  public var lines: [String]
  /// Which lines came from which file, in order; empty when all are the file's own.
  var segments: [Segment] = []

  /// Lines of one file that stand together.
  struct Segment: Sendable, Equatable {
    var file: String
    var first: Int  // the number of its first line in the whole text
    var line: Int  // the number of that line in its own file
    var count: Int
  }

  /// Line ends may be LF, CR LF or CR; `text` has LF alone.
  public init(file: String, text: String) {
    self.file = file
    let bytes = text.utf8
    let newline = UInt8(ascii: "\n"), carriageReturn = UInt8(ascii: "\r")
    var lines: [String] = []
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(where: { $0 == newline || $0 == carriageReturn }) {
      lines.append(String(text.unicodeScalars[start..<end]))
      start = bytes.index(after: end)
      if bytes[end] == carriageReturn, start < bytes.endIndex, bytes[start] == newline { start = bytes.index(after: start) }
    }
    if start < bytes.endIndex { lines.append(String(text.unicodeScalars[start...])) }
    self.lines = lines
    self.text = lines.map { $0 + "\n" }.joined()
  }

  /// The line with that number, or nil when there is none.
  public func line(_ number: Int) -> String? {
    lines.indices.contains(number &- 1) ? lines[number &- 1] : nil
  }

  public func range(line: Int, column: Int = 1, length: Int = 1) -> SourceRange {
    guard let segment = segments.last(where: { $0.first <= line }) else {
      return SourceRange(file: file, line: line, column: column, length: length)
    }
    return SourceRange(
      file: segment.file, line: segment.line + line - segment.first, column: column, length: length)
  }

  /// The line of the whole text that a place is on; nil when the place is in another text.
  func number(of place: SourceRange) -> Int? {
    if segments.isEmpty { return place.file == file ? place.line : nil }
    let segment = segments.first { segment in
      segment.file == place.file && (segment.line..<(segment.line + segment.count)).contains(place.line)
    }
    return segment.map { $0.first + place.line - $0.line }
  }

  /// The whole line but its indentation.
  func range(ofLine number: Int) -> SourceRange {
    let text = line(number) ?? ""
    let indent = text.unicodeScalars.prefix { $0 == " " || $0 == "\t" }.count
    return range(line: number, column: indent + 1, length: max(text.unicodeScalars.count - indent, 1))
  }

  /// Where `token` first stands at or after a place and before `end`, a line; nil when it does not.
  func find(_ token: String, from line: Int, column: Int = 1, before end: Int? = nil) -> SourceRange? {
    guard !token.isEmpty, line >= 1 else { return nil }
    let wanted = Array(token.unicodeScalars)
    var number = line
    while number < end ?? .max, let text = self.line(number) {
      if let start = Self.place(of: wanted, in: Array(text.unicodeScalars), from: number == line ? column - 1 : 0) {
        return range(line: number, column: start + 1, length: wanted.count)
      }
      number += 1
    }
    return nil
  }

  /// Where some scalars first stand in others, at a place or behind it; nil when they do not, or are none.
  static func place(of wanted: [Unicode.Scalar], in scalars: [Unicode.Scalar], from start: Int) -> Int? {
    let start = max(start, 0), end = scalars.count - wanted.count + 1
    guard let first = wanted.first, start < end else { return nil }
    return (start..<end).first { scalars[$0] == first && scalars[$0..<($0 + wanted.count)].elementsEqual(wanted) }
  }
}
