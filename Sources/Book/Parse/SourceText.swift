/// The text of a report with its lines, so that a mistake can be shown where it stands.
/// Lines and columns are 1-based; columns count Unicode scalars, as YAML does.
public struct SourceText: Sendable, Equatable {
  /// As messages name it.
  public var file: String
  public var text: String
  public var lines: [String]

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
    SourceRange(file: file, line: line, column: column, length: length)
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
