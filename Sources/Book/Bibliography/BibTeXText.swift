import Foundation

/// What a field's LaTeX prints: accents and symbols as characters, dashes and quotes as they are set, braces gone.
///
/// Braces that keep capitals (`{ECG}`) need no counterpart, since no style here changes a title's capitals. What stands
/// between dollars keeps its letters, digits as exponents and indices, and names of Greek letters and signs.
struct BibTeXText {
  private(set) var text = ""
  /// The first command that has no meaning here, without its backslash.
  private(set) var unknown: String?

  init(_ latex: String) {
    var converter = Converter(latex)
    converter.run()
    text = String(converter.result).precomposedStringWithCanonicalMapping.trimmedOfSpaces
    unknown = converter.unknown
  }

  private struct Converter {
    let scalars: [Unicode.Scalar]
    var index = 0
    var result = String.UnicodeScalarView()
    var isMath = false
    var unknown: String?

    init(_ latex: String) { scalars = Array(latex.unicodeScalars) }

    private var scalar: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func put(_ text: String) { result.append(contentsOf: text.unicodeScalars) }

    private mutating func skip(while isWanted: (Unicode.Scalar) -> Bool) {
      while let scalar, isWanted(scalar) { index += 1 }
    }

    /// How many of the same stand here.
    private mutating func count(of wanted: Unicode.Scalar) -> Int {
      let start = index
      skip { $0 == wanted }
      return index - start
    }

    mutating func run() {
      while let scalar {
        switch scalar {
        case "\\": command()
        case "{", "}": index += 1
        case "$":
          isMath.toggle()
          index += 1
        case "~":
          put("\u{A0}")
          index += 1
        case "-":
          let length = count(of: "-")
          put(length == 2 ? "\u{2013}" : length == 3 ? "\u{2014}" : String(repeating: "-", count: length))
        case "`": put(count(of: "`") == 1 ? "\u{2018}" : "\u{201C}")
        case "'" where !isMath: put(count(of: "'") == 1 ? "\u{2019}" : "\u{201D}")
        case "^" where isMath: script(BibTeXText.superscripts)
        case "_" where isMath: script(BibTeXText.subscripts)
        case " ", "\t", "\n":
          skip { $0 == " " || $0 == "\t" || $0 == "\n" }
          if result.last != " ", !result.isEmpty { put(" ") }
        default:
          result.append(scalar)
          index += 1
        }
      }
    }

    /// Digits become characters of their own height; what else stands there stays on the line.
    private mutating func script(_ digits: [Unicode.Scalar: Unicode.Scalar]) {
      index += 1
      let isGroup = scalar == "{"
      if isGroup { index += 1 }
      while let scalar, let digit = digits[scalar] {
        result.append(digit)
        index += 1
        if !isGroup { break }
      }
    }

    private mutating func command() {
      index += 1
      guard let first = scalar else { return put("\\") }
      guard first.isASCII, first.properties.isAlphabetic else {
        index += 1
        if let mark = BibTeXText.accents[String(first)] { return accent(mark) }
        switch first {
        case "-", "/": break
        case " ", ",", ";", ":", "!", "\n", "\\": put(" ")
        default: result.append(first)  // \& \% \$ \# \_ \{ \}
        }
        return
      }
      let start = index
      skip { $0.isASCII && $0.properties.isAlphabetic }
      let name = String(String.UnicodeScalarView(scalars[start..<index]))
      let isFollowedBySpace = scalar == " "
      skip { $0 == " " }
      if let mark = BibTeXText.accents[name] {
        accent(mark)
      } else if let symbol = BibTeXText.symbols[name] {
        put(symbol)
      } else if let symbol = MathSymbol.named(name) {
        put(symbol.text + (isFollowedBySpace && symbol.kind != .ordinary ? " " : ""))
      } else if name == "href" {  // the address is not printed
        skip { $0 != "}" }
      } else if !BibTeXText.dress.contains(name) {
        unknown = unknown ?? name
      }
    }

    /// Puts a mark on the letter that follows, which may stand in braces.
    private mutating func accent(_ mark: Unicode.Scalar) {
      skip { $0 == " " || $0 == "{" }
      if scalar == "\\" {
        let start = index
        index += 1
        let name = index
        skip { $0.isASCII && $0.properties.isAlphabetic }
        switch String(String.UnicodeScalarView(scalars[name..<index])) {
        case "i": put("i")
        case "j": put("j")
        case let name:
          guard let symbol = BibTeXText.symbols[name] else {
            index = start
            return
          }
          put(symbol)
        }
        skip { $0 == " " }
      } else if let letter = scalar, letter != "}" {
        result.append(letter)
        index += 1
      } else {
        return
      }
      result.append(mark)
    }
  }

  /// Source: L. Lamport, "LaTeX: A Document Preparation System", table 3.1.
  private static let accents: [String: Unicode.Scalar] = [
    "`": "\u{300}", "'": "\u{301}", "^": "\u{302}", "~": "\u{303}", "=": "\u{304}", "u": "\u{306}", ".": "\u{307}",
    "\"": "\u{308}", "r": "\u{30A}", "H": "\u{30B}", "v": "\u{30C}", "d": "\u{323}", "c": "\u{327}", "k": "\u{328}",
    "b": "\u{331}", "t": "\u{361}",
  ]
  /// Source: as above, table 3.2, and what the packages textcomp and fontenc add.
  private static let symbols: [String: String] = [
    "ss": "ß", "o": "ø", "O": "Ø", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å", "l": "ł", "L": "Ł",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
    "S": "§",
    "P": "¶", "pounds": "£", "copyright": "©", "textregistered": "®", "texttrademark": "™", "texteuro": "€",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "textquotedblleft": "“",
    "textquotedblright": "”", "ldots": "…", "dots": "…", "textellipsis": "…", "textasciitilde": "~",
    "textbackslash": "\\",
    "textunderscore": "_", "textdegree": "°", "textmu": "µ", "textbullet": "•", "textless": "<", "textgreater": ">",
    "TeX": "TeX", "LaTeX": "LaTeX", "quad": " ", "slash": "/",
  ]
  /// Commands that change how their text looks.
  private static let dress: Set<String> = [
    "emph", "textit", "textbf", "textsc", "textrm", "textsf", "texttt", "textsl", "textup", "textnormal", "text",
    "mbox",
    "mathrm", "mathit", "mathbf", "ensuremath", "url", "uppercase", "MakeUppercase", "em", "it", "bf", "sc", "rm", "tt",
    "sl",
    "sf", "relax", "protect", "noopsort", "left", "right", "textsuperscript", "textsubscript",
  ]
  private static let superscripts = table("⁰¹²³⁴⁵⁶⁷⁸⁹"), subscripts = table("₀₁₂₃₄₅₆₇₈₉")
  private static func table(_ digits: String) -> [Unicode.Scalar: Unicode.Scalar] {
    Dictionary(uniqueKeysWithValues: zip("0123456789".unicodeScalars, digits.unicodeScalars))
  }
}
