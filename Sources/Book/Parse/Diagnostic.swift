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

extension Diagnostic: Encodable {
  private enum Key: String, CodingKey { case file, line, column, length, code, message, help, source }

  /// For editors and other programs: `file`, `line`, `column` and `length` (1-based; left out where the mistake has no
  /// line), `code`, `message`, `help`, and `source`, the line itself.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(range.file, forKey: .file)
    if range.line > 0 {
      try container.encode(range.line, forKey: .line)
      try container.encode(range.column, forKey: .column)
      try container.encode(range.length, forKey: .length)
    }
    try container.encode(fault.code, forKey: .code)
    try container.encode(summary, forKey: .message)
    try container.encode(help, forKey: .help)
    try container.encodeIfPresent(line, forKey: .source)
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
    let placed = enumerated().map { (offset: $0, number: source.number(of: $1.range), diagnostic: $1) }
    let sorted = placed.sorted { a, b in
      // What stands elsewhere comes first: the command line, a file of parameters.
      (a.number ?? 0, a.number == nil ? a.diagnostic.range.line : 0, a.diagnostic.range.column, a.offset)
        < (b.number ?? 0, b.number == nil ? b.diagnostic.range.line : 0, b.diagnostic.range.column, b.offset)
    }
    for (_, number, diagnostic) in sorted {
      var diagnostic = diagnostic
      if let number { diagnostic.line = source.line(number) }
      if seen.insert(diagnostic.heading).inserted { result.append(diagnostic) }
    }
    return result
  }
}
