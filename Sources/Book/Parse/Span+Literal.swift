extension [Span] {
  /// The text alone, an ellipsis for each value.
  var literal: String {
    map { span in
      switch span {
      case .text(let text), .code(let text), .number(let text, _, _): text
      case .emphasis(let spans), .strong(let spans), .strikethrough(let spans), .link(let spans, _): spans.literal
      case .value: "…"
      case .lineBreak: " "
      case .reference, .citation, .footnote, .formula, .equation: ""
      }
    }.joined()
  }
}
