/// A cell as it stands in the report: a fenced block whose info string is `{kind #id}`.
public struct CellSource: Sendable, Equatable {
  public var kind: String
  /// The kind when the report gives no id.
  public var id: String
  /// The info string; `{evaluate #eval}`.
  public var range: SourceRange
  public var kindRange, idRange: SourceRange
  /// The YAML mapping; nil when it could not be parsed.
  public var options: Setting?

  /// Reads the info string; nil, with diagnostics, when it names no kind.
  init?(info: String, at range: SourceRange, diagnostics: inout [Diagnostic]) {
    let form = ["write '{kind #id}'"]
    func place(_ part: Substring) -> SourceRange {
      let start = info[..<part.startIndex].unicodeScalars.count
      return SourceRange(
        file: range.file, line: range.line, column: range.column + start, length: max(part.unicodeScalars.count, 1))
    }
    guard info.hasSuffix("}") else {
      diagnostics.append(Diagnostic(.cellHead, at: range, "the brace of '\(info.prefix(60))' is never closed", help: form))
      return nil
    }
    let words = info.dropFirst().dropLast().split(separator: " ")
    guard let kind = words.first, kind.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
      let found = words.first.map { "'\($0)' is no kind of cell" } ?? "a cell without a kind"
      diagnostics.append(Diagnostic(.cellHead, at: words.first.map(place) ?? range, found, help: form))
      return nil
    }
    (self.kind, kindRange, self.range) = (String(kind), place(kind), range)
    (id, idRange) = (String(kind), place(kind))
    guard let word = words.dropFirst().first else { return }
    idRange = place(word)
    id = word.hasPrefix("#") ? String(word.dropFirst()) : String(word)
    if words.count > 2 {
      diagnostics.append(
        Diagnostic(.cellHead, at: place(words[2]), "'\(words[2])' after the id of a cell", help: form + ["options stand below, one a line"]))
    } else if !word.hasPrefix("#") {
      diagnostics.append(Diagnostic(.cellHead, at: idRange, "'\(word)' after the kind of a cell", help: ["an id begins with '#': '#\(word)'"]))
    } else if id.isEmpty {
      diagnostics.append(Diagnostic(.cellID, at: idRange, "an empty id", help: ["write a name after '#', or leave '#' out"]))
    } else if !Self.isID(id) || id == "parameters" {
      diagnostics.append(
        Diagnostic(
          .cellID, at: idRange, "'\(id)' cannot be an id",
          help: [id == "parameters" ? "'parameters' is taken" : "an id begins with a letter and holds letters, digits, '-' and '_'"]))
    }
  }

  static func isID(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic else { return false }
    return text.unicodeScalars.allSatisfy(MarkedText.isIDScalar)
  }
}
