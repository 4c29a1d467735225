/// An equation, or a formula in a line of text, in a small part of LaTeX's notation.
///
/// | what | how it is written |
/// | --- | --- |
/// | letters, numbers | `x`, `12`, `0.5`; Greek by name: `\alpha`, `\Delta` |
/// | scripts | `x_i`, `x^2`, `x_{ij}^{n+1}`, `f'` |
/// | fractions, roots | `\frac{a}{b}`, `\sqrt{x}`, `\sqrt[3]{x}` |
/// | sums, products, integrals | `\sum_{i=1}^{n}`, `\prod`, `\int_0^1`, `\bigcup`, `\bigcap` |
/// | parentheses that grow | `\left( … \right)`, with `( ) [ ] \{ \} \| . \langle \rangle \lfloor \rfloor \lceil \rceil` |
/// | functions | `\log`, `\exp`, `\min`, …; others: `\operatorname{logit}` |
/// | marks | `\hat{p}`, `\bar{x}`, `\tilde{x}`, `\vec{x}`, `\dot{x}`, `\ddot{x}`, `\overline{AB}`, `\underline{x}` |
/// | words | `\text{if }`, `\mathrm{AUC}`, `\mathbf{x}`, `\mathbb{R}` |
/// | space | `\,` `\:` `\;` `\!` `\quad` `\qquad` |
/// | signs | ``MathSymbol`` has them: `\le`, `\times`, `\infty`, `\in`, …, or the characters themselves |
public struct Formula: Sendable, Equatable {
  /// As it was written, without dollars.
  public var source: String
  var nodes: [MathNode]

  /// - Throws: ``FormulaError``, at the first thing that is no part of the notation.
  public init(parsing source: String) throws(FormulaError) {
    var parser = FormulaParser(source)
    (self.source, nodes) = (source.trimmedOfSpaces, try parser.formula())
  }
}

/// Where a formula breaks the notation, and what would be right.
public struct FormulaError: Error, Equatable {
  /// In Unicode scalars from the formula's beginning.
  public var offset, length: Int
  public var summary: String
  public var help: [String]
}

/// A part of a formula.
indirect enum MathNode: Sendable, Equatable {
  /// A letter that stands for a quantity: it is slanted.
  case letter(String)
  /// Upright letters: a unit, the name of a function.
  case upright(String)
  /// A function by name; its limits stand below it when displayed.
  case function(String, hasLimits: Bool)
  case number(String)
  case symbol(MathSymbol)
  case space(Double)  // of an em
  case text(String)
  case row([MathNode])
  case fraction([MathNode], [MathNode])
  case root([MathNode], index: [MathNode]?)
  case scripts(MathNode, sub: [MathNode]?, sup: [MathNode]?)
  /// Between signs that are as tall as what they hold; an empty sign is none.
  case fenced(String, [MathNode], String)
  case accent(MathAccent, [MathNode])
}

/// A mark over or under letters.
enum MathAccent: String, Sendable, CaseIterable {
  case hat, bar, tilde, vec, dot, ddot, overline, underline

  /// The mark as a character of its own, and as one that joins the letter before it.
  var characters: (spacing: String, combining: String) {
    switch self {
    case .hat: ("\u{2C6}", "\u{302}")
    case .bar: ("\u{AF}", "\u{304}")
    case .tilde: ("\u{2DC}", "\u{303}")
    case .vec: ("\u{2192}", "\u{20D7}")
    case .dot: ("\u{2D9}", "\u{307}")
    case .ddot: ("\u{A8}", "\u{308}")
    case .overline: ("\u{203E}", "\u{305}")
    case .underline: ("_", "\u{332}")
    }
  }
}

private struct FormulaParser {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private static let deepest = 24, longest = 4000

  init(_ source: String) { scalars = Array(source.unicodeScalars) }

  private var scalar: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  mutating func formula() throws(FormulaError) -> [MathNode] {
    guard scalars.count <= Self.longest else {
      throw error(0, 1, "an equation of \(scalars.count) characters", "it has at most \(Self.longest)")
    }
    let nodes = try row(depth: 0, until: nil)
    guard !nodes.isEmpty else { throw error(0, 1, "an empty equation", "write '\\$' for a dollar sign") }
    return nodes
  }

  private func error(_ offset: Int, _ length: Int, _ summary: String, _ help: String...) -> FormulaError {
    FormulaError(offset: offset, length: max(length, 1), summary: summary, help: help)
  }

  private mutating func skipSpace() {
    while let scalar, scalar == " " || scalar == "\t" || scalar == "\n" { index += 1 }
  }

  /// A command at the place, without its backslash; a single sign where no letter follows.
  private func command() -> String? {
    guard scalar == "\\", index + 1 < scalars.count else { return nil }
    var end = index + 1
    while end < scalars.count, scalars[end].isASCII, scalars[end].properties.isAlphabetic { end += 1 }
    return String(String.UnicodeScalarView(scalars[(index + 1)..<max(end, index + 2)]))
  }

  /// What ends a row, with the place where it began.
  private enum Ending: Equatable {
    case brace(Int)
    case bracket(Int)
    case right(Int)
  }

  private mutating func row(depth: Int, until ending: Ending?) throws(FormulaError) -> [MathNode] {
    guard depth < Self.deepest else {
      throw error(index, 1, "nested too deeply", "parts of an equation nest at most \(Self.deepest) levels")
    }
    var nodes: [MathNode] = []
    while true {
      skipSpace()
      guard let scalar else {
        switch ending {
        case nil: return nodes
        case .brace(let start)?: throw error(start, 1, "'{' without '}'", "close the group")
        case .bracket(let start)?: throw error(start, 1, "'[' without ']'", "close the index of the root")
        case .right(let start)?: throw error(start, 5, "'\\left' without '\\right'", "close it with '\\right)'")
        }
      }
      if scalar == "}" {
        guard case .brace? = ending else { throw error(index, 1, "'}' without '{'", "write '\\}' for a brace") }
        return nodes
      }
      if scalar == "]", case .bracket? = ending { return nodes }
      if command() == "right" {
        guard case .right? = ending else {
          throw error(index, 6, "'\\right' without '\\left'", "write '\\left(' before it")
        }
        return nodes
      }
      nodes.append(try scripted(depth))
    }
  }

  private mutating func group(depth: Int) throws(FormulaError) -> [MathNode] {
    let start = index
    index += 1
    let nodes = try row(depth: depth + 1, until: .brace(start))
    index += 1
    return nodes
  }

  /// What a command or a script takes: a group, or a single sign.
  private mutating func argument(of what: String, at start: Int, _ depth: Int) throws(FormulaError) -> [MathNode] {
    skipSpace()
    guard let scalar, scalar != "}", scalar != "]", scalar != "^", scalar != "_", command() != "right" else {
      throw error(
        start, what.unicodeScalars.count, "nothing follows '\(what)'",
        what.hasPrefix("\\") ? "write '\(what){…}'" : "write '\(what){…}' or '\(what)2'")
    }
    return scalar == "{" ? try group(depth: depth) : [try atom(depth + 1)]
  }

  /// An atom with its scripts.
  private mutating func scripted(_ depth: Int) throws(FormulaError) -> MathNode {
    let base: MathNode = scalar == "^" || scalar == "_" ? .row([]) : try atom(depth)
    var (sub, sup): ([MathNode]?, [MathNode]?) = (nil, nil)
    var primes: [MathNode] = []
    while true {
      skipSpace()
      let start = index
      if scalar == "'" {
        index += 1
        if let prime = MathSymbol.named("prime") { primes.append(.symbol(prime)) }
      } else if scalar == "_" {
        guard sub == nil else { throw error(start, 1, "two indices of one sign", "write 'x_{ij}'") }
        index += 1
        sub = try argument(of: "_", at: start, depth)
      } else if scalar == "^" {
        guard sup == nil else { throw error(start, 1, "two exponents of one sign", "write 'x^{ij}'") }
        index += 1
        sup = try argument(of: "^", at: start, depth)
      } else {
        break
      }
    }
    if !primes.isEmpty { sup = primes + (sup ?? []) }
    return sub == nil && sup == nil ? base : .scripts(base, sub: sub, sup: sup)
  }

  private mutating func atom(_ depth: Int) throws(FormulaError) -> MathNode {
    guard let scalar else { throw error(max(index - 1, 0), 1, "the equation ends too early") }
    let start = index
    switch scalar {
    case "{":
      if start + 1 < scalars.count, scalars[start + 1] == "{" {
        throw error(start, 2, "a value inside of an equation", "values stand in the text beside it")
      }
      return .row(try group(depth: depth))
    case "\\": return try commanded(depth)
    case "0"..."9":
      while let digit = self.scalar,
        isDigit(digit) || (digit == "." && index + 1 < scalars.count && isDigit(scalars[index + 1]))
      { index += 1 }
      return .number(String(String.UnicodeScalarView(scalars[start..<index])))
    case "$", "#", "%", "&":
      throw error(start, 1, "'\(scalar)' in an equation", "write '\\\(scalar)'")
    default:
      index += 1
      if let symbol = MathSymbol.of(Character(scalar)) {
        let isLetter = scalar.properties.isAlphabetic && symbol.kind == .ordinary
        return isLetter ? .letter(symbol.text) : .symbol(symbol)
      }
      if scalar.properties.isAlphabetic, scalar.value < 0x3000 { return .letter(String(scalar)) }
      throw error(start, 1, "'\(scalar)' is no sign of equations", "words stand in '\\text{…}'")
    }
  }

  private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static let functions: Set<String> = [
    "log", "ln", "exp", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "arg", "det", "dim",
    "Pr",
  ]
  private static let limits: Set<String> = ["min", "max", "lim", "sup", "inf", "argmax", "argmin"]
  private static let spaces: [String: Double] = [
    ",": 3 / 18, ":": 4 / 18, ";": 5 / 18, "!": -3 / 18, " ": 4 / 18, "quad": 1, "qquad": 2,
  ]
  private static let words: Set<String> = ["text", "mathrm", "operatorname", "mathbf", "mathbb"]
  private static let others: [String] = ["frac", "sqrt", "left", "right"]

  private mutating func commanded(_ depth: Int) throws(FormulaError) -> MathNode {
    let start = index
    guard let name = command() else { throw error(start, 1, "a backslash alone") }
    index += 1 + name.unicodeScalars.count
    let length = index - start
    if let space = Self.spaces[name] { return .space(space) }
    if Self.functions.contains(name) { return .function(name, hasLimits: false) }
    if Self.limits.contains(name) {
      return .function(name.hasPrefix("arg") ? "arg\u{2009}" + name.dropFirst(3) : name, hasLimits: true)
    }
    if let accent = MathAccent(rawValue: name) {
      return .accent(accent, try argument(of: "\\\(name)", at: start, depth))
    }
    if Self.words.contains(name) { return try worded(name, at: start) }
    switch name {
    case "frac":
      let top = try argument(of: "\\frac", at: start, depth)
      skipSpace()
      guard scalar == "{" || scalar.map({ $0 != "}" && $0 != "^" && $0 != "_" }) == true else {
        throw error(start, length, "'\\frac' has one part", "write '\\frac{a}{b}'")
      }
      return .fraction(top, try argument(of: "\\frac", at: start, depth))
    case "sqrt":
      skipSpace()
      var degree: [MathNode]?
      if scalar == "[" {
        let bracket = index
        index += 1
        degree = try row(depth: depth + 1, until: .bracket(bracket))
        index += 1
      }
      return .root(try argument(of: "\\sqrt", at: start, depth), index: degree)
    case "left":
      let open = try delimiter(after: "\\left", at: start)
      let inner = try row(depth: depth + 1, until: .right(start))
      let place = index
      index += 6
      return .fenced(open, inner, try delimiter(after: "\\right", at: place))
    case "{", "}", "$", "%", "&", "#", "_", "|":
      guard let symbol = name == "|" ? MathSymbol.named("Vert") : MathSymbol.of(Character(name)) else { break }
      return .symbol(symbol)
    case "\\": throw error(start, 2, "a line break in an equation", "an equation is one line; write two")
    case "begin", "end":
      throw error(
        start, length, "'\\\(name)' is no part of equations here", "matrices, cases and alignments are not supported")
    default:
      if let symbol = MathSymbol.named(name) {
        let isGreek =
          symbol.kind == .ordinary
          && symbol.text.unicodeScalars.first.map { (0x391...0x3F5).contains($0.value) } == true
        guard isGreek else { return .symbol(symbol) }
        // As in print: small Greek letters are slanted, capitals upright.
        return name.first?.isUppercase == true ? .upright(symbol.text) : .letter(symbol.text)
      }
    }
    let known =
      MathSymbol.names + Self.functions + Self.limits + Self.words + Self.others + MathAccent.allCases.map(\.rawValue)
      + ["quad", "qquad"]
    // Of α and Α the one that is written like it.
    let near =
      suggestion(for: name, among: known.filter { $0.first?.isUppercase == name.first?.isUppercase })
      ?? suggestion(for: name, among: known)
    throw error(
      start, length, "'\\\(name)' is no part of equations",
      near.map { "did you mean '\\\($0)'?" } ?? "'ecgbook explain E0118' says what there is")
  }

  /// The words of `\text{…}` and its like, as they are.
  private mutating func worded(_ name: String, at start: Int) throws(FormulaError) -> MathNode {
    skipSpace()
    guard scalar == "{" else {
      throw error(start, name.count + 1, "nothing follows '\\\(name)'", "write '\\\(name){…}'")
    }
    let brace = index
    var text = String.UnicodeScalarView()
    index += 1
    while let scalar, scalar != "}" {
      if scalar == "\\", index + 1 < scalars.count, "{}$%&#_ ,".unicodeScalars.contains(scalars[index + 1]) {
        text.append(scalars[index + 1] == "," ? "\u{2009}" : scalars[index + 1])
        index += 2
        continue
      }
      guard scalar != "{", scalar != "\\" else {
        throw error(index, 1, "'\(scalar)' inside of '\\\(name)'", "it holds letters, digits and spaces")
      }
      text.append(scalar == "\n" ? " " : scalar)
      index += 1
    }
    guard scalar == "}" else { throw error(brace, 1, "'{' without '}'", "close the group") }
    index += 1
    let words = String(text)
    switch name {
    case "text": return .text(words)
    case "operatorname": return .function(words, hasLimits: false)
    case "mathrm": return .upright(words)
    default:
      return .upright(String(words.map { Self.alphabet(name, $0) }))
    }
  }

  /// Letters of Unicode's mathematical alphabets. Source: Unicode 15, block Mathematical Alphanumeric Symbols.
  private static func alphabet(_ name: String, _ letter: Character) -> Character {
    guard let code = letter.asciiValue.map(UInt32.init), letter.isLetter || letter.isNumber else { return letter }
    if name == "mathbb" {
      let holes: [Character: Character] = ["C": "ℂ", "H": "ℍ", "N": "ℕ", "P": "ℙ", "Q": "ℚ", "R": "ℝ", "Z": "ℤ"]
      if let hole = holes[letter] { return hole }
    }
    let (capitals, small, digits): (UInt32, UInt32, UInt32) =
      name == "mathbb" ? (0x1D538, 0x1D552, 0x1D7D8) : (0x1D400, 0x1D41A, 0x1D7CE)
    let value = letter.isNumber ? digits + code - 48 : letter.isUppercase ? capitals + code - 65 : small + code - 97
    return Unicode.Scalar(value).map(Character.init) ?? letter
  }

  /// One of the signs that grow; empty for '.'.
  private mutating func delimiter(after what: String, at start: Int) throws(FormulaError) -> String {
    skipSpace()
    if let name = command() {
      let fences = [
        "{": "{", "}": "}", "|": "‖", "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈",
        "rceil": "⌉", "lvert": "|", "rvert": "|", "lVert": "‖", "rVert": "‖",
      ]
      if let fence = fences[name] {
        index += 1 + name.unicodeScalars.count
        return fence
      }
    } else if let scalar, "()[]|.".unicodeScalars.contains(scalar) {
      index += 1
      return scalar == "." ? "" : String(scalar)
    }
    throw error(start, what.count, "no parenthesis follows '\(what)'", "write '\(what)(', or '\(what).' for none")
  }
}
