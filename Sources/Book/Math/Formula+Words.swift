import Foundation

extension Formula {
  /// The formula as it is said: "the sum from i equals 1 to N of …". For who listens, in HTML and PDF.
  public var words: String { MathWords.say(nodes) }

  /// The formula in one line of plain characters: for outlines, and wherever nothing else can be set.
  public var plainText: String { MathWords.write(nodes) }
}

/// Formulas in words and in plain characters.
private enum MathWords {
  static func say(_ nodes: [MathNode]) -> String {
    var words: [String] = []
    for (index, node) in nodes.enumerated() {
      words.append(say(node))
      // "the sum from i equals 1 to N of x sub i"
      if index + 1 < nodes.count, isLarge(node) { words.append("of") }
    }
    return words.filter { !$0.isEmpty }.joined(separator: " ").replacing(" ,", with: ",").replacing(" ;", with: ";")
  }

  private static func isLarge(_ node: MathNode) -> Bool {
    switch node {
    case .symbol(let symbol): symbol.kind == .large || symbol.kind == .integral
    case .scripts(let base, _, _): isLarge(base)
    case .function: true
    default: false
    }
  }

  private static func say(_ node: MathNode) -> String {
    switch node {
    case .letter(let text): return letter(text)
    case .upright(let text), .function(let text, _): return letter(text.replacing("\u{2009}", with: " "))
    case .number(let text): return text
    case .symbol(let symbol): return symbol.words
    case .space: return ""
    case .text(let text): return text.trimmedOfSpaces
    case .row(let nodes): return say(nodes)
    case .fraction(let top, let bottom):
      let isShort = isSimple(top) && isSimple(bottom)
      return isShort
        ? "\(say(top)) over \(say(bottom))" : "the fraction \(say(top)) over \(say(bottom)), end of fraction,"
    case .root(let inner, let index):
      let kind = index.map { say($0) == "3" ? "cube root" : "root of index \(say($0))" } ?? "square root"
      return "the \(kind) of \(say(inner))" + (isSimple(inner) ? "" : ", end of root,")
    case .scripts(let base, let sub, let sup):
      if isLarge(base) {
        return [say(base), sub.map { "from \(say($0))" }, sup.map { "to \(say($0))" }].compactMap(\.self).joined(
          separator: " "
        )
        .replacing("from", with: isFunction(base) ? "over" : "from")
      }
      var words = [say(base)]
      if let sub { words.append("sub \(say(sub))") }
      if let sup { words.append(power(sup)) }
      return words.filter { !$0.isEmpty }.joined(separator: " ")
    case .fenced(let open, let inner, let close):
      if open == "|", close == "|" { return "the absolute value of \(say(inner)), end absolute value," }
      if open == "‖", close == "‖" { return "the norm of \(say(inner)), end norm," }
      func name(_ sign: String) -> String { sign.first.flatMap(MathSymbol.of)?.words ?? "" }
      return [name(open), say(inner), name(close)].filter { !$0.isEmpty }.joined(separator: " ")
    case .accent(let accent, let inner):
      let name = ["vec": "vector", "overline": "bar", "ddot": "double dot"][accent.rawValue] ?? accent.rawValue
      return "\(say(inner)) \(name)"
    }
  }

  private static func isFunction(_ node: MathNode) -> Bool { if case .function = node { true } else { false } }

  /// "squared", "to the n".
  private static func power(_ nodes: [MathNode]) -> String {
    let primes = nodes.prefix { if case .symbol(let symbol) = $0 { symbol.words == "prime" } else { false } }
    let rest = Array(nodes.dropFirst(primes.count))
    let said = primes.map { _ in "prime" }.joined(separator: " ")
    guard !rest.isEmpty else { return said }
    let words =
      switch write(rest) {
      case "2": "squared"
      case "3": "cubed"
      case "⊤", "′", "∗": say(rest)
      default: "to the power of \(say(rest))" + (isSimple(rest) ? "" : ", end of power,")
      }
    return said.isEmpty ? words : said + " " + words
  }

  /// Whether nobody can mistake where it ends.
  private static func isSimple(_ nodes: [MathNode]) -> Bool {
    guard nodes.count == 1, let node = nodes.first else { return nodes.isEmpty }
    switch node {
    case .row(let inner): return isSimple(inner)
    case .fraction, .root: return false
    default: return true
    }
  }

  /// A capital is named as one.
  private static func letter(_ text: String) -> String {
    if text.count == 1, let symbol = text.first.flatMap(MathSymbol.of) { return symbol.words }
    let plain = text.decomposedStringWithCompatibilityMapping
    return plain.count == 1 && plain.first?.isUppercase == true ? "capital \(plain)" : plain
  }

  // MARK: Plain characters

  private static let raised = table("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
  private static let lowered = table("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
  private static func table(_ from: String, _ to: String) -> [Character: Character] {
    Dictionary(uniqueKeysWithValues: zip(from, to)).merging(zip("−", to.dropFirst(11).prefix(1))) { first, _ in first }
  }

  static func write(_ nodes: [MathNode]) -> String {
    var text = ""
    for (index, node) in nodes.enumerated() {
      let part = write(node)
      if case .symbol(let symbol) = node, [.binary, .relation].contains(symbol.kind), index > 0, index + 1 < nodes.count
      {
        text += text.hasSuffix(" ") ? "\(part) " : " \(part) "
      } else if case .symbol(let symbol) = node, symbol.kind == .punctuation, index + 1 < nodes.count {
        text += part + " "
      } else if index + 1 < nodes.count, isLarge(node) {
        text += (text.isEmpty || text.hasSuffix(" ") ? "" : " ") + part + " "
      } else {
        text += part
      }
    }
    return text.trimmedOfSpaces
  }

  private static func write(_ node: MathNode) -> String {
    func grouped(_ nodes: [MathNode]) -> String {
      let text = write(nodes)
      return text.count > 1 && nodes.count > 1 ? "(\(text))" : text
    }
    func script(_ nodes: [MathNode], _ table: [Character: Character], _ sign: String) -> String {
      let text = write(nodes).filter { $0 != " " }
      if text.allSatisfy({ $0 == "′" }) { return text }
      let small = text.compactMap { table[$0] }
      return small.count == text.count ? String(small) : sign + (text.count > 1 ? "(\(text))" : text)
    }
    switch node {
    case .letter(let text), .upright(let text), .function(let text, _), .number(let text), .text(let text): return text
    case .symbol(let symbol): return symbol.text
    case .space(let ems): return ems > 0.2 ? " " : ""
    case .row(let nodes): return write(nodes)
    case .fraction(let top, let bottom): return "\(grouped(top))/\(grouped(bottom))"
    case .root(let inner, let index):
      let sign = index.map { ["3": "∛", "4": "∜"][write($0)] ?? "√[\(write($0))]" } ?? "√"
      return sign + grouped(inner)
    case .scripts(let base, let sub, let sup):
      return write(base) + (sub.map { script($0, lowered, "_") } ?? "") + (sup.map { script($0, raised, "^") } ?? "")
    case .fenced(let open, let inner, let close): return open + write(inner) + close
    case .accent(let accent, let inner): return write(inner).map { "\($0)\(accent.characters.combining)" }.joined()
    }
  }
}
