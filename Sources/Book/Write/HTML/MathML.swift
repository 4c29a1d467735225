/// A formula as MathML Core, which Chromium, Firefox and Safari draw, with its words for what cannot.
///
/// Source: W3C, MathML Core (2024): `displaystyle`, the operator dictionary, `munderover`, stretchy fences.
/// - Parameter isNamed: whether the words are its accessible name too; then they are read instead of the formula.
func mathML(_ formula: Formula, isDisplayed: Bool, isNamed: Bool = false) -> String {
  let writer = MathMLWriter(isDisplayed: isDisplayed)
  return element(
    "math",
    [
      "xmlns": "http://www.w3.org/1998/Math/MathML", "display": isDisplayed ? "block" : nil, "alttext": formula.words,
      "aria-label": isNamed ? formula.words : nil,
    ],
    writer.row(formula.nodes))
}

private struct MathMLWriter {
  /// Whether limits stand above and below their sign.
  let isDisplayed: Bool

  func row(_ nodes: [MathNode]) -> String {
    let content = self.content(nodes)
    return nodes.count == 1 ? content : element("mrow", [:], content)
  }

  private func content(_ nodes: [MathNode]) -> String {
    var text = ""
    for (index, node) in nodes.enumerated() {
      text += self.node(node)
      // A thin space parts the name of a function from what it is of, unless a parenthesis does.
      guard node.isFunction, index + 1 < nodes.count, !nodes[index + 1].isOpening else { continue }
      text += voidElement("mspace", ["width": "0.167em"])
    }
    return text
  }

  private func inner(_ nodes: [MathNode]) -> String { MathMLWriter(isDisplayed: false).row(nodes) }

  private func node(_ node: MathNode) -> String {
    switch node {
    case .letter(let text): return element("mi", [:], escaped(text))
    case .upright(let text): return element("mi", ["mathvariant": text.count == 1 ? "normal" : nil], escaped(text))
    case .function(let text, _):
      return element("mi", ["mathvariant": text.count == 1 ? "normal" : nil], escaped(text))
        + element("mo", [:], "\u{2061}")
    case .number(let text): return element("mn", [:], escaped(text))
    case .symbol(let symbol): return self.symbol(symbol)
    case .space(let ems): return voidElement("mspace", ["width": "\(hundredths(ems))em"])
    case .text(let text): return element("mtext", [:], escaped(text.replacing(" ", with: "\u{A0}")))
    case .row(let nodes): return nodes.isEmpty ? voidElement("mrow") : element("mrow", [:], content(nodes))
    case .fraction(let top, let bottom): return element("mfrac", [:], inner(top) + inner(bottom))
    case .root(let nodes, let index):
      return index.map { element("mroot", [:], row(nodes) + inner($0)) } ?? element("msqrt", [:], row(nodes))
    case .scripts(let base, let sub, let sup): return scripts(base, sub, sup)
    case .fenced(let open, let nodes, let close):
      return element("mrow", [:], fence(open, "prefix") + row(nodes) + fence(close, "postfix"))
    case .accent(let accent, let nodes):
      let mark = element(
        "mo", ["stretchy": [.overline, .underline].contains(accent) ? "true" : "false"], accent.characters.spacing)
      return accent == .underline
        ? element("munder", ["accentunder": "true"], row(nodes) + mark)
        : element("mover", ["accent": "true"], row(nodes) + mark)
    }
  }

  private func symbol(_ symbol: MathSymbol) -> String {
    switch symbol.kind {
    case .ordinary:
      let isLetter = symbol.text.first?.isLetter == true
      return isLetter
        ? element("mi", ["mathvariant": "normal"], symbol.text)
        : element("mo", ["lspace": "0", "rspace": "0"], escaped(symbol.text))
    case .opening: return element("mo", ["form": "prefix", "stretchy": "false"], escaped(symbol.text))
    case .closing: return element("mo", ["form": "postfix", "stretchy": "false"], escaped(symbol.text))
    case .punctuation: return element("mo", ["separator": "true"], escaped(symbol.text))
    case .large, .integral: return element("mo", [:], symbol.text)
    case .binary, .relation: return element("mo", [:], escaped(symbol.text))
    }
  }

  private func fence(_ sign: String, _ form: String) -> String {
    sign.isEmpty ? "" : element("mo", ["form": form, "fence": "true", "stretchy": "true"], escaped(sign))
  }

  private func scripts(_ base: MathNode, _ sub: [MathNode]?, _ sup: [MathNode]?) -> String {
    let hasLimits: Bool =
      switch base {
      case .symbol(let symbol): symbol.kind == .large && isDisplayed
      case .function(_, let hasLimits): hasLimits && isDisplayed
      default: false
      }
    var (head, tail) = (node(base), "")
    if case .function(let text, _) = base {
      head = element("mi", ["mathvariant": text.count == 1 ? "normal" : nil], escaped(text))
      tail = element("mo", [:], "\u{2061}")
    }
    var upper = sup.map(inner)
    if case .symbol(let symbol) = base, symbol.kind == .integral {  // it leans towards its upper limit
      upper = upper.map { element("mrow", [:], voidElement("mspace", ["width": "0.2em"]) + $0) }
    }
    let names = hasLimits ? ("munder", "mover", "munderover") : ("msub", "msup", "msubsup")
    return switch (sub, upper) {
    case (let sub?, let upper?): element(names.2, [:], head + inner(sub) + upper) + tail
    case (let sub?, nil): element(names.0, [:], head + inner(sub)) + tail
    case (nil, let upper?): element(names.1, [:], head + upper) + tail
    case (nil, nil): head + tail
    }
  }

  private func hundredths(_ x: Double) -> String {
    let rounded = (x * 1000).rounded() / 1000
    return "\(rounded)"
  }
}

extension MathNode {
  fileprivate var isFunction: Bool {
    switch self {
    case .function: true
    case .scripts(let base, _, _): base.isFunction
    default: false
    }
  }
  fileprivate var isOpening: Bool {
    switch self {
    case .symbol(let symbol): symbol.kind == .opening
    case .fenced, .space: true
    default: false
    }
  }
}
