import Drawing
import Foundation

/// Text as LaTeX reads it, by pdfTeX's 8-bit fonts as well as by newer engines.
enum LaTeX {
  static func text(_ inlines: [Inline]) -> String { inlines.map(text).joined() }

  private static func text(_ inline: Inline) -> String {
    switch inline {
    case .text(let text), .value(let text, _): escaped(text)
    case .emphasis(let inner): "\\emph{\(text(inner))}"
    case .strong(let inner): "\\textbf{\(text(inner))}"
    case .strikethrough(let inner): text(inner)
    case .code(let code): "\\texttt{\(escaped(code))}"
    case .link(let inner, let url): isPlain(url) ? "\\href{\(urlText(url))}{\(text(inner))}" : text(inner)
    case .reference(let words, let anchor):  // "Figure 3b": the letter of a panel stands behind the figure's number
      "\(escaped(String(words.prefix { $0.isLetter })))~\\ref{\(Anchors.slug(anchor))}"
        + String(words.reversed().prefix { $0.isLowercase && words.contains(where: \.isNumber) }.reversed())
    case .citation(let mark):
      "\\cite\(mark.style == .vancouver ? "" : mark.mentions.allSatisfy(\.omitsAuthor) ? "yearpar" : "p")"
        + "{\(mark.mentions.map { key($0.key) }.joined(separator: ","))}"
    case .footnote: ""
    case .lineBreak: " "
    case .formula(let formula): "\\(\(LaTeX.source(formula))\\)"
    }
  }

  /// The notation is LaTeX's own but for what LaTeX has no command for and for characters that its fonts lack.
  static func source(_ formula: Formula) -> String {
    var text = formula.source.split { $0.isNewline }.joined(separator: " ")
      .replacing("\\degree", with: "{}^\\circ").replacing("\\argmax", with: "\\operatorname*{arg\\,max}")
      .replacing("\\argmin", with: "\\operatorname*{arg\\,min}")
    for character in Set(text) where !character.isASCII {
      guard let name = MathSymbol.command(for: character) else { continue }
      text = text.replacing(String(character), with: "\\\(name) ")
    }
    return text
  }

  /// Of "Wagner et al., 2020", as natbib takes names and year apart: `[{Wagner et al.}(2020)]`.
  static func bibliographyLabel(_ name: String) -> String {
    let comma = name.range(of: ", ", options: .backwards)
    let (author, year) = comma.map { (name[..<$0.lowerBound], name[$0.upperBound...]) } ?? (name[...], "")
    return "[{\(escaped(String(author)))}(\(escaped(String(year))))]"
  }

  /// A citation key without what LaTeX would read as something else.
  static func key(_ key: String) -> String { Anchors.slug(key) }

  /// Points of PDF, 1/72 inch, as LaTeX names them.
  static func length(_ points: Double) -> String { "\(decimal(points, places: 2).replacing("\u{2212}", with: "-"))bp" }

  private static func isPlain(_ url: String) -> Bool {
    (url.hasPrefix("https://") || url.hasPrefix("http://")) && url.unicodeScalars.allSatisfy {
      $0.value > 0x20 && $0.value < 0x7F && !"{}\\^\"<>|`".unicodeScalars.contains($0)
    }
  }
  private static func urlText(_ url: String) -> String {
    url.replacing("%", with: "\\%").replacing("#", with: "\\#").replacing("&", with: "\\&")
  }

  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { scalar in
      if let replacement = replacements[scalar] { return replacement }
      return switch scalar.value {
      case 0..<0x20, 0x7F: " "
      case 0x20..<0x180: String(scalar)  // what the font encoding T1 has, or nearly
      default: "{[U+\(String(scalar.value, radix: 16, uppercase: true))]}"
      }
    }.joined()
  }

  private static let replacements: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [
      "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#", "%": "\\%", "_": "\\_",
      "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}", ">": "\\textgreater{}",
      "|": "\\textbar{}", "\"": "\\textquotedbl{}", "[": "{[}", "]": "{]}",
      "\u{A0}": "~", "\u{2009}": "\\,", "\u{202F}": "\\,", "\u{200B}": "", "\u{AD}": "\\-", "\u{FE0E}": "",
      "\u{2010}": "-", "\u{2011}": "-", "\u{2013}": "--", "\u{2014}": "---", "\u{2212}": "\\ensuremath{-}",
      "\u{2018}": "`", "\u{2019}": "'", "\u{201C}": "``", "\u{201D}": "''", "\u{2026}": "\\ldots{}",
      "\u{2022}": "\\textbullet{}", "±": "\\ensuremath{\\pm}",
      "×": "\\ensuremath{\\times}", "·": "\\ensuremath{\\cdot}",
      "°": "\\textdegree{}", "µ": "\\textmu{}", "μ": "\\textmu{}",
      "≤": "\\ensuremath{\\leq}", "≥": "\\ensuremath{\\geq}",
      "≈": "\\ensuremath{\\approx}", "≠": "\\ensuremath{\\neq}", "→": "\\ensuremath{\\rightarrow}",
      "←": "\\ensuremath{\\leftarrow}", "∞": "\\ensuremath{\\infty}", "¹": "\\textsuperscript{1}",
      "²": "\\textsuperscript{2}", "³": "\\textsuperscript{3}", "√": "\\ensuremath{\\surd}",
      "Δ": "\\ensuremath{\\Delta}",
      "Σ": "\\ensuremath{\\Sigma}", "Ω": "\\ensuremath{\\Omega}",
    ]
    for digit in 4...9 {
      if let scalar = Unicode.Scalar(UInt32(0x2070 + digit)) { table[scalar] = "\\textsuperscript{\(digit)}" }
    }
    table["\u{2070}"] = "\\textsuperscript{0}"
    let greek = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda"]
    for (index, name) in greek.enumerated() {
      if let scalar = Unicode.Scalar(UInt32(0x3B1 + index)) { table[scalar] = "\\ensuremath{\\\(name)}" }
    }
    let others: [(Unicode.Scalar, String)] = [
      ("σ", "sigma"), ("τ", "tau"), ("χ", "chi"), ("ρ", "rho"), ("π", "pi"), ("ω", "omega"), ("φ", "phi"),
    ]
    for (scalar, name) in others {
      table[scalar] = "\\ensuremath{\\\(name)}"
    }
    return table
  }()
}

extension Page {
  /// Every piece of running text, in order: summary, blocks, and what they hold.
  var inlines: [Inline] {
    summary.withInner + (sheet + blocks).flatMap(\.inlines)
  }
}

extension [Inline] {
  fileprivate var withInner: [Inline] {
    flatMap { inline -> [Inline] in
      switch inline {
      case .emphasis(let inner), .strong(let inner), .strikethrough(let inner), .link(let inner, _):
        [inline] + inner.withInner
      default: [inline]
      }
    }
  }
}

extension Block {
  fileprivate var inlines: [Inline] {
    switch self {
    case .heading(_, let text, _), .paragraph(let text): text.withInner
    case .list(_, _, _, let items): items.flatMap { $0.flatMap(\.inlines) }
    case .quote(let blocks): blocks.flatMap(\.inlines)
    case .footnotes(let notes): notes.flatMap { $0.flatMap(\.inlines) }
    case .figure(let figure): figure.caption.withInner
    case .table(let table): table.caption.withInner + table.rows.flatMap { $0.flatMap { $0.content.withInner } }
    case .code, .rule, .bibliography, .notice, .equation: []
    }
  }
}
