/// What running text says without its dress: for outlines, descriptions and checks.
extension Sequence<Inline> {
  public var plainText: String { map(\.plainText).joined() }
}

extension Inline {
  public var plainText: String {
    switch self {
    case .text(let text), .code(let text), .value(let text, _), .reference(let text, _): text
    case .emphasis(let inner), .strong(let inner), .strikethrough(let inner), .link(let inner, _): inner.plainText
    case .citation(let mark): mark.plainText
    case .footnote: ""
    case .formula(let formula): formula.plainText
    case .lineBreak: " "
    }
  }
}

extension [Inline] {
  /// A caption's first sentence, which says what is to be seen, and the rest, which says how it was made.
  ///
  /// A sentence ends at `.`, `!` or `?` before a space and an upper-case letter or digit; an initial and the usual
  /// abbreviations end none.
  var splitAfterFirstSentence: (lead: [Inline], rest: [Inline]) {
    for (index, inline) in enumerated() {
      guard case .text(let text) = inline, let end = text.endOfFirstSentence(isLast: index == count - 1) else {
        continue
      }
      let (head, tail) = (String(text[..<end]), String(text[end...].drop { $0.isWhitespace }))
      let lead = self[..<index] + [.text(head)]
      return (Array(lead), (tail.isEmpty ? [] : [.text(tail)]) + self[(index + 1)...])
    }
    return (self, [])
  }
}

private let abbreviations: Set<String> = [
  "al", "approx", "cf", "e.g", "eq", "etc", "fig", "figs", "i.e", "no", "ref", "refs", "resp", "tab", "vs",
]

extension String {
  /// Where the first sentence ends; nil when the text ends before one does.
  fileprivate func endOfFirstSentence(isLast: Bool) -> Index? {
    var index = startIndex
    while index < endIndex {
      let next = self.index(after: index)
      defer { index = next }
      guard ".!?".contains(self[index]) else { continue }
      guard next < endIndex else { return isLast ? nil : next }  // what follows begins a sentence, being set apart
      guard self[next].isWhitespace else { continue }
      let word = self[..<index].reversed().prefix { !$0.isWhitespace && $0 != "(" }.reversed()
      if self[index] == ".", word.count == 1 || abbreviations.contains(String(word).lowercased()) { continue }
      guard let follows = self[next...].first(where: { !$0.isWhitespace }) else { return next }
      if follows.isUppercase || follows.isNumber || follows == "(" { return next }
    }
    return nil
  }
}
