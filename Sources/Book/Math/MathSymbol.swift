/// A sign of equations: how it looks, what it is among its neighbours, and how it is said.
struct MathSymbol: Sendable, Equatable {
  /// What decides the space between neighbours. Source: D. E. Knuth, "The TeXbook", chapter 18.
  enum Kind: Sendable, Equatable {
    case ordinary
    /// A sum or a product: larger when displayed, with its limits above and below.
    case large
    /// Larger when displayed, with its limits behind.
    case integral
    case binary, relation, opening, closing, punctuation
  }
  var text: String
  var kind: Kind
  /// Said in place of it; empty where nothing is.
  var words: String

  /// The sign that a command names, without its backslash.
  static func named(_ name: String) -> MathSymbol? { commands[name] }
  /// The sign that stands for itself.
  static func of(_ character: Character) -> MathSymbol? { characters[character] }
  static var names: [String] { Array(commands.keys) }
  /// The command that names a character, without its backslash; nil where there is none.
  static func command(for character: Character) -> String? {
    let text = character == "−" ? nil : String(character)
    return commands.filter { $0.value.text == text }.keys.min()
  }

  private init(_ text: String, _ kind: Kind, _ words: String) {
    (self.text, self.kind, self.words) = (text, kind, words)
  }

  private static let greek: KeyValuePairs = [
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ",
    "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
  ]

  private static let commands: [String: MathSymbol] = {
    var table: [String: MathSymbol] = [:]
    func add(_ kind: Kind, _ rows: KeyValuePairs<String, (String, String)>) {
      for (name, (text, words)) in rows { table[name] = MathSymbol(text, kind, words) }
    }
    for (name, letter) in greek {
      let word = name.hasPrefix("var") ? String(name.dropFirst(3)) : name
      table[name] = MathSymbol(
        letter, .ordinary, word.first?.isUppercase == true ? "capital " + word.lowercased() : word)
    }
    add(
      .large,
      [
        "sum": ("∑", "the sum"), "prod": ("∏", "the product"), "bigcup": ("⋃", "the union"),
        "bigcap": ("⋂", "the intersection"),
      ])
    add(
      .integral,
      ["int": ("∫", "the integral"), "iint": ("∬", "the double integral"), "oint": ("∮", "the contour integral")])
    add(
      .binary,
      [
        "pm": ("±", "plus or minus"), "mp": ("∓", "minus or plus"), "times": ("×", "times"), "cdot": ("⋅", "times"),
        "div": ("÷", "divided by"), "ast": ("∗", "star"), "cup": ("∪", "union"), "cap": ("∩", "intersection"),
        "setminus": ("∖", "without"), "circ": ("∘", "after"), "oplus": ("⊕", "circled plus"),
        "otimes": ("⊗", "circled times"),
        "odot": ("⊙", "circled dot"), "wedge": ("∧", "and"), "land": ("∧", "and"), "vee": ("∨", "or"),
        "lor": ("∨", "or"),
      ])
    add(
      .relation,
      [
        "le": ("≤", "is at most"), "leq": ("≤", "is at most"), "ge": ("≥", "is at least"), "geq": ("≥", "is at least"),
        "ne": ("≠", "is not equal to"), "neq": ("≠", "is not equal to"), "approx": ("≈", "is approximately"),
        "sim": ("∼", "is distributed as"), "simeq": ("≃", "is similar to"), "equiv": ("≡", "is identical to"),
        "propto": ("∝", "is proportional to"), "in": ("∈", "in"), "notin": ("∉", "not in"),
        "subset": ("⊂", "is a subset of"),
        "subseteq": ("⊆", "is a subset of or equal to"), "ll": ("≪", "is much less than"),
        "gg": ("≫", "is much greater than"),
        "to": ("→", "to"), "rightarrow": ("→", "to"), "leftarrow": ("←", "from"), "mapsto": ("↦", "maps to"),
        "Rightarrow": ("⇒", "implies"), "Leftrightarrow": ("⇔", "is equivalent to"), "mid": ("∣", "given"),
        "perp": ("⊥", "is independent of"), "parallel": ("∥", "is parallel to"),
      ])
    add(
      .opening,
      [
        "langle": ("⟨", "open angle bracket"), "lfloor": ("⌊", "floor of"), "lceil": ("⌈", "ceiling of"),
        "lvert": ("|", "absolute value of"), "lVert": ("‖", "norm of"),
      ])
    add(
      .closing,
      [
        "rangle": ("⟩", "close angle bracket"), "rfloor": ("⌋", "end floor"), "rceil": ("⌉", "end ceiling"),
        "rvert": ("|", "end absolute value"), "rVert": ("‖", "end norm"),
      ])
    add(
      .ordinary,
      [
        "infty": ("∞", "infinity"), "partial": ("∂", "partial"), "nabla": ("∇", "nabla"), "forall": ("∀", "for all"),
        "exists": ("∃", "there is"), "emptyset": ("∅", "the empty set"), "ell": ("ℓ", "l"), "hbar": ("ℏ", "h bar"),
        "neg": ("¬", "not"), "lnot": ("¬", "not"), "top": ("⊤", "transposed"), "ldots": ("…", "and so on"),
        "dots": ("…", "and so on"), "cdots": ("⋯", "and so on"), "prime": ("′", "prime"), "degree": ("°", "degrees"),
        "Vert": ("‖", "norm bar"), "vert": ("|", "bar"),
      ])
    return table
  }()

  private static let characters: [Character: MathSymbol] = {
    var table: [Character: MathSymbol] = [:]
    for symbol in commands.values {
      if let character = symbol.text.first, table[character] == nil || symbol.words < (table[character]?.words ?? "") {
        table[character] = symbol
      }
    }
    let rows: [(Character, String, Kind, String)] = [
      ("+", "+", .binary, "plus"), ("-", "−", .binary, "minus"), ("−", "−", .binary, "minus"),
      ("*", "∗", .binary, "star"),
      ("=", "=", .relation, "equals"), ("<", "<", .relation, "is less than"), (">", ">", .relation, "is greater than"),
      (":", ":", .relation, "colon"), ("/", "/", .ordinary, "over"), ("|", "|", .ordinary, "bar"),
      ("!", "!", .closing, "factorial"),
      ("%", "%", .ordinary, "percent"), ("(", "(", .opening, "open parenthesis"),
      (")", ")", .closing, "close parenthesis"),
      ("[", "[", .opening, "open bracket"), ("]", "]", .closing, "close bracket"), ("{", "{", .opening, "open brace"),
      ("}", "}", .closing, "close brace"), (",", ",", .punctuation, ","), (";", ";", .punctuation, ";"),
      (".", ".", .ordinary, "."),
      ("$", "$", .ordinary, "dollar"), ("&", "&", .ordinary, "and"), ("#", "#", .ordinary, "number"),
      ("_", "_", .ordinary, "underscore"),
      ("·", "⋅", .binary, "times"), ("°", "°", .ordinary, "degrees"), ("μ", "μ", .ordinary, "mu"),
      ("µ", "μ", .ordinary, "mu"),
      ("‖", "‖", .ordinary, "norm bar"), ("φ", "φ", .ordinary, "phi"),
    ]
    for (character, text, kind, words) in rows { table[character] = MathSymbol(text, kind, words) }
    return table
  }()
}
