/// Checks what prose names (values, formats, figures, tables, works) against what the report will have.
struct ProseCheck {
  /// The value paths of each cell whose kind and options could be read.
  let paths: [String: [String]]
  /// All cells, those included that have mistakes of their own.
  let ids: [String]
  let equations: [String]
  /// nil when they could not be read: then nothing is known about them.
  let parameters: [String]?
  let keys: Set<String>?
  /// The ids of figures, tables and equations.
  private let targets: [String]
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var usedParameters: Set<String> = []

  init(
    paths: [String: [String]], ids: [String], equations: [String] = [], parameters: [String]?, keys: Set<String>?
  ) {
    (self.paths, self.ids, self.equations) = (paths, ids, equations)
    (self.parameters, self.keys) = (parameters, keys)
    targets = ids.filter { $0.hasPrefix("fig-") || $0.hasPrefix("tbl-") } + equations
  }

  private mutating func diagnose(_ fault: Fault, _ range: SourceRange, _ summary: String, _ help: [String]) {
    diagnostics.append(Diagnostic(fault, at: range, summary, help: help))
  }

  /// - Parameter numbers: those that may stand beside a metric.
  mutating func visit(_ nodes: [ReportNode], allowing numbers: [Double] = []) {
    for node in nodes {
      switch node.content {
      case .heading(_, let spans), .paragraph(let spans): visit(text: spans, allowing: numbers)
      case .list(_, _, _, let items), .footnotes(let items): for item in items { visit(item, allowing: numbers) }
      case .quote(let nodes): visit(nodes, allowing: numbers)
      case .table(_, let rows):
        for row in rows { for cell in row { visit(cell) } }
        var bare = BareNumbers()
        bare.visit(table: rows)
        diagnose(bare)
      case .code, .rule, .cell, .equation, .appendix: break
      }
    }
  }

  /// What reads as one piece: a paragraph, a title, a caption.
  /// - Parameter label: words beside it that say what it is.
  mutating func visit(text spans: [Span], label: String = "", allowing numbers: [Double] = []) {
    visit(spans)
    var bare = BareNumbers(allowed: numbers)
    bare.visit(spans, context: label)
    diagnose(bare)
  }

  private mutating func diagnose(_ bare: BareNumbers) {
    for number in bare.found {
      diagnose(
        .bareNumber, number.range, "the number \(number.text) is typed into a sentence about \(number.metric)",
        ["print a value, '{{ id.path }}', cite whose it is, '[@key]', or write '\(number.text)\(Numeral.mark)' where it is no result"])
    }
  }

  private mutating func visit(_ spans: [Span]) {
    for span in spans {
      switch span {
      case .emphasis(let spans), .strong(let spans), .strikethrough(let spans), .link(let spans, _): visit(spans)
      case .value(let use): visit(use)
      case .reference(let id, let range):
        if !targets.contains(id) {
          let word = id.hasPrefix("fig-") ? "figure" : id.hasPrefix("tbl-") ? "table" : "equation"
          let plural = equations.isEmpty ? "figures and tables" : "figures, tables and equations"
          diagnose(.unknownReference, range, "no \(word) '@\(id)'", didYouMean(id, among: targets, plural: plural))
        }
      case .citation(let citations):
        guard let keys else { continue }
        for citation in citations where !keys.contains(citation.key) {
          diagnose(
            .unknownCitation, citation.range, "unknown citation key '\(citation.key)'",
            didYouMean(citation.key, among: keys, plural: "keys"))
        }
      case .text, .number, .code, .footnote, .lineBreak, .formula, .equation: break
      }
    }
  }

  mutating func visit(_ use: ValueUse) {
    if let format = use.format, ValueFormat(format) == nil {
      diagnose(
        .unknownFormat, use.formatRange ?? use.range, "unknown format '\(format)'",
        didYouMean(format, among: ValueFormat.names, plural: "formats"))
    }
    if use.isAppendix, !ids.contains("appendix") {
      return diagnose(.valueSyntax, use.range, "'{{ appendix }}' among other text", ["it stands alone, in a paragraph of its own"])
    }
    if use.head == "parameters" {
      usedParameters.insert(use.rest)
      if let parameters, !parameters.contains(use.rest) {
        diagnose(
          .unknownParameter, use.pathRange, "unknown parameter '\(use.rest)'",
          didYouMean(use.rest, among: parameters, plural: "parameters"))
      }
      return
    }
    guard ids.contains(use.head) else {
      return diagnose(
        .unknownValue, use.pathRange, "no cell '\(use.head)'", didYouMean(use.head, among: ids + ["parameters"], plural: "cells"))
    }
    guard let patterns = paths[use.head] else { return }  // the cell's own mistakes are reported
    guard !patterns.contains(use.rest), !patterns.contains(where: { Self.matches(use.rest, $0) }) else { return }
    let known = patterns.map { "\(use.head).\($0)" }
    let found = use.rest.isEmpty ? "'\(use.head)' alone is no value" : "'\(use.head)' has no value '\(use.rest)'"
    diagnose(.unknownValue, use.pathRange, found, didYouMean(use.path, among: known, plural: "values"))
  }

  /// Whether a path fits a pattern in which `*` stands for any one name; the parts of a statistic may follow.
  static func matches(_ path: String, _ pattern: String) -> Bool {
    let names = path.split(separator: ".", omittingEmptySubsequences: false)
    let parts = pattern.split(separator: ".", omittingEmptySubsequences: false)
    guard names.count == parts.count || names.count == parts.count + 1 else { return false }
    guard zip(names, parts).allSatisfy({ $0 == $1 || $1 == "*" }) else { return false }
    return names.count == parts.count || ["estimate", "n", "lower", "upper", "level", "method"].contains(names.last)
  }
}
