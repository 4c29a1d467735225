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
    var scalars = String.UnicodeScalarView()
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    func end() {
      lines.append(String(line))
      line = String.UnicodeScalarView()
      scalars.append("\n")
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": if previous != "\r" { end() }
      case "\r": end()
      default:
        line.append(scalar)
        scalars.append(scalar)
      }
      previous = scalar
    }
    if !line.isEmpty {
      lines.append(String(line))
      scalars.append("\n")
    }
    (self.lines, self.text) = (lines, String(scalars))
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
    var number = line
    while number < end ?? .max, let text = self.line(number) {
      let skipped = number == line ? column - 1 : 0
      let scalars = Array(text.unicodeScalars), wanted = Array(token.unicodeScalars)
      if scalars.count >= wanted.count {
        for start in max(skipped, 0)..<max(scalars.count - wanted.count + 1, max(skipped, 0))
        where scalars[start] == wanted[0] && scalars[start..<(start + wanted.count)].elementsEqual(wanted) {
          return range(line: number, column: start + 1, length: wanted.count)
        }
      }
      number += 1
    }
    return nil
  }
}
