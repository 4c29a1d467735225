/// One mistake in a report: where, what was found, and what would be right.
public struct Diagnostic: Error, Sendable, Equatable, CustomStringConvertible {
  public var fault: Fault
  public var range: SourceRange
  /// What was found, without a full stop: "unknown option 'epoch'".
  public var summary: String
  /// What would be right, one sentence each.
  public var help: [String]
  /// The line of the report, to print with a caret below; nil for mistakes outside of it.
  public var line: String?

  public init(_ fault: Fault, at range: SourceRange, _ summary: String, help: [String] = [], line: String? = nil) {
    (self.fault, self.range, self.summary, self.help, self.line) = (fault, range, summary, help, line)
  }

  /// `file:line:column: error[E0305]: …`, the place in a single line.
  public var heading: String {
    let place = range.line > 0 ? "\(range.file):\(range.line):\(range.column)" : range.file
    return "\(place): error[\(fault.code)]: \(summary)"
  }

  /// The heading, the line with a caret, and the help.
  public var description: String {
    var text = heading
    if let line, range.line > 0 {
      let number = String(range.line), margin = String(repeating: " ", count: number.count)
      let scalars = Array(line.unicodeScalars)
      // A long line is cut around the place, so that the caret stays in view.
      let start = range.column > 100 ? range.column - 41 : 0
      let shown = scalars.dropFirst(start).prefix(120)
      let before = shown.prefix(max(range.column - 1 - start, 0)).map { $0 == "\t" ? "\t" : " " }.joined()
      let length = max(1, min(range.length, shown.count - (range.column - 1 - start)))
      text += "\n \(number) | " + String(String.UnicodeScalarView(shown))
      text += "\n \(margin) | " + before + String(repeating: "^", count: length)
    }
    for sentence in help { text += "\n  help: \(sentence)" }
    return text
  }
}

/// All mistakes of a report; nothing ran.
public struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
  public var diagnostics: [Diagnostic]
  public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
  public var description: String {
    let count = diagnostics.count == 1 ? "1 mistake" : "\(diagnostics.count) mistakes"
    return (diagnostics.map(\.description) + ["\(count); nothing was run"]).joined(separator: "\n\n")
  }
}

extension [Diagnostic] {
  /// In the order of the report, each once, with the line each stands on.
  func inOrder(of source: SourceText) -> [Diagnostic] {
    var result: [Diagnostic] = [], seen: Set<String> = []
    let sorted = enumerated().sorted { a, b in
      (a.element.range.line, a.element.range.column, a.offset) < (b.element.range.line, b.element.range.column, b.offset)
    }
    for (_, diagnostic) in sorted {
      var diagnostic = diagnostic
      if diagnostic.range.file == source.file { diagnostic.line = source.line(diagnostic.range.line) }
      if seen.insert(diagnostic.heading).inserted { result.append(diagnostic) }
    }
    return result
  }
}
