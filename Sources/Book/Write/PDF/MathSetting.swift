import Drawing

/// Sets formulas in STIX Math, as boxes around a baseline: the smaller ones are put beside, above and below each other.
///
/// Fraction bars, roots and tall parentheses are drawn as paths, everything else as characters. The rules are those of
/// TeX, the measures the font's own.
/// Source: D. E. Knuth, "The TeXbook", appendix G; the MATH table of STIXMath-Regular.otf 1.1.
struct MathSetter {
  let size: Double  // points
  let color: Color

  /// - Parameter isDisplayed: set apart, with limits above and below sums and full-sized fractions.
  func drawing(_ formula: Formula, isDisplayed: Bool) -> InlineDrawing {
    let box = row(formula.nodes, isDisplayed ? .display : .text)
    let bounds = Rect(0, -box.ascent, max(box.width, 1), max(box.ascent + box.descent, 1))
    return InlineDrawing(
      elements: [.formula(box.elements, words: formula.words, bounds: bounds)], width: box.width, ascent: box.ascent,
      descent: box.descent)
  }

  /// How large, and how much room: TeX's styles.
  enum Level: Int {
    case display, text, script, scriptscript
    var scale: Double {
      switch self {
      case .display, .text: 1
      case .script: 0.75
      case .scriptscript: 0.6
      }
    }
    var ofScripts: Level { self == .display || self == .text ? .script : .scriptscript }
    var ofFractions: Level { Level(rawValue: rawValue + 1) ?? .scriptscript }
    var hasWideSpaces: Bool { self == .display || self == .text }
  }

  struct Box {
    var elements: [Element] = []
    var width = 0.0, ascent = 0.0, descent = 0.0
    /// How far a slanted sign leans over its right edge.
    var overhang = 0.0

    mutating func add(_ box: Box, x: Double, y: Double = 0) {
      if !box.elements.isEmpty { elements.append(.group(box.elements, transform: Transform(x: x, y: y))) }
      (ascent, descent) = (max(ascent, box.ascent - y), max(descent, box.descent + y))
      width = max(width, x + box.width)
    }
  }

  /// In parts of an em. Source: the font's MATH table.
  private enum Measure {
    static let axis = 0.25, rule = 0.066, accentBase = 0.45, spaceAfterScript = 0.041
    static let subDown = 0.25, subTop = 0.4, subDrop = 0.05, supUp = 0.4, supBottom = 0.125, supDrop = 0.375,
      scriptGap = 0.264
    static let upperGap = 0.15, upperRise = 0.3, lowerGap = 0.15, lowerDrop = 0.6
  }

  // MARK: Rows

  /// What a node is among its neighbours.
  private enum Kind: Int { case ordinary, large, binary, relation, opening, closing, punctuation, inner }

  private func kind(_ node: MathNode) -> Kind? {
    switch node {
    case .letter, .upright, .number, .text, .row, .root, .accent: return .ordinary
    case .function: return .large
    case .symbol(let symbol):
      return switch symbol.kind {
      case .ordinary: .ordinary
      case .large, .integral: .large
      case .binary: .binary
      case .relation: .relation
      case .opening: .opening
      case .closing: .closing
      case .punctuation: .punctuation
      }
    case .space: return nil
    case .fraction, .fenced: return .inner
    case .scripts(let base, _, _): return kind(base)
    }
  }

  /// The space between neighbours: 1 thin, 2 medium, 3 thick; below zero, none in scripts. Source: The TeXbook, p. 170.
  private static let spaces: [[Int]] = [
    [0, 1, -2, -3, 0, 0, 0, -1], [1, 1, 0, -3, 0, 0, 0, -1], [-2, -2, 0, 0, -2, 0, 0, -2],
    [-3, -3, 0, 0, -3, 0, 0, -3],
    [0, 0, 0, 0, 0, 0, 0, 0], [0, 1, -2, -3, 0, 0, 0, -1], [-1, -1, 0, -1, -1, -1, -1, -1],
    [-1, 1, -2, -3, -1, 0, -1, -1],
  ]

  private func row(_ nodes: [MathNode], _ level: Level) -> Box {
    var kinds = nodes.map(kind)
    // A sign without two neighbours to join is no binary one: "−x", "(+1)".
    var before: Kind?
    for index in kinds.indices {
      guard let own = kinds[index] else { continue }
      if own == .binary, before == nil || [.binary, .large, .relation, .opening, .punctuation].contains(before) {
        kinds[index] = .ordinary
      }
      if [.relation, .closing, .punctuation].contains(own), before == .binary,
        let last = kinds[..<index].lastIndex(where: { $0 != nil })
      {
        kinds[last] = .ordinary
      }
      before = kinds[index]
    }
    var box = Box()
    var x = 0.0
    before = nil
    for (node, own) in zip(nodes, kinds) {
      if case .space(let ems) = node {
        x += ems * em(level)
        continue
      }
      if let before, let own {
        let space = Self.spaces[before.rawValue][own.rawValue]
        if space > 0 || level.hasWideSpaces { x += [0, 3, 4, 5][abs(space)] / 18 * em(level) }
      }
      before = own
      let part = self.box(node, level)
      box.add(part, x: x)
      x += part.width
      box.overhang = part.overhang
    }
    box.width = max(x, 0)
    return box
  }

  private func em(_ level: Level) -> Double { size * level.scale }

  // MARK: Nodes

  private func box(_ node: MathNode, _ level: Level) -> Box {
    switch node {
    case .letter(let text): return glyphs(slanted(text), level)
    case .upright(let text), .number(let text), .function(let text, _): return glyphs(text, level)
    case .text(let text): return glyphs(text.replacing(" ", with: "\u{A0}"), level, family: .serif)
    case .symbol(let symbol):
      guard symbol.kind == .large || symbol.kind == .integral else { return glyphs(symbol.text, level) }
      return large(symbol, level)
    case .space(let ems): return Box(width: ems * em(level))
    case .row(let nodes): return row(nodes, level)
    case .fraction(let top, let bottom): return fraction(top, bottom, level)
    case .root(let nodes, let index): return root(nodes, index, level)
    case .scripts(let base, let sub, let sup): return scripts(base, sub, sup, level)
    case .fenced(let open, let nodes, let close): return fenced(open, nodes, close, level)
    case .accent(let accent, let nodes): return accented(accent, nodes, level)
    }
  }

  private func glyphs(_ text: String, _ level: Level, family: Font.Family = .math, scale: Double = 1) -> Box {
    let run = TextRun(text, Font(family, em(level) * scale), color: color)
    let ink = run.ink ?? Rect(0, 0, 0, 0)
    return Box(
      elements: [.text([run], at: Point(0, 0))], width: run.width, ascent: max(-ink.y, 0), descent: max(ink.maxY, 0),
      overhang: max(ink.maxX - run.width, 0))
  }

  /// Letters of the alphabet that stands for quantities. Source: Unicode 15, Mathematical Alphanumeric Symbols.
  private func slanted(_ text: String) -> String {
    let holes: [Unicode.Scalar: UInt32] = [
      "h": 0x210E, "∂": 0x1D715, "ϵ": 0x1D716, "ϑ": 0x1D717, "ϰ": 0x1D718, "ϕ": 0x1D719, "ϱ": 0x1D71A, "ϖ": 0x1D71B,
    ]
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          let value: UInt32 =
            switch scalar {
            case _ where holes[scalar] != nil: holes[scalar] ?? 0
            case "A"..."Z": 0x1D434 + scalar.value - 65
            case "a"..."z": 0x1D44E + scalar.value - 97
            case "α"..."ω": 0x1D6FC + scalar.value - 0x3B1
            default: scalar.value
            }
          return Unicode.Scalar(value) ?? scalar
        }))
  }

  /// Around the axis; larger when displayed.
  private func large(_ symbol: MathSymbol, _ level: Level) -> Box {
    let isIntegral = symbol.kind == .integral
    let glyph = glyphs(symbol.text, level, scale: level == .display ? (isIntegral ? 1.7 : 1.4) : isIntegral ? 1.15 : 1)
    let shift = (glyph.ascent - glyph.descent) / 2 - Measure.axis * em(level)  // downwards
    var box = Box()
    box.add(glyph, x: 0, y: shift)
    (box.ascent, box.descent) = (glyph.ascent - shift, glyph.descent + shift)
    (box.width, box.overhang) = (glyph.width, glyph.overhang)
    return box
  }

  private func fraction(_ top: [MathNode], _ bottom: [MathNode], _ level: Level) -> Box {
    let em = em(level)
    let (axis, rule) = (Measure.axis * em, Measure.rule * em)
    let (upper, lower) = (row(top, level.ofFractions), row(bottom, level.ofFractions))
    let gap = (level == .display ? 0.198 : 0.1) * em
    let up = max((level == .display ? 0.58 : 0.4) * em, axis + rule / 2 + gap + upper.descent)
    let down = max((level == .display ? 0.7 : 0.35) * em, lower.ascent + gap + rule / 2 - axis)
    let pad = 0.09 * em
    let width = max(upper.width, lower.width) + 0.12 * em
    var box = Box()
    box.add(upper, x: pad + (width - upper.width) / 2, y: -up)
    box.elements.append(line(Point(pad, -axis), Point(pad + width, -axis), rule))
    box.add(lower, x: pad + (width - lower.width) / 2, y: down)
    box.width = width + 2 * pad
    return box
  }

  private func root(_ nodes: [MathNode], _ index: [MathNode]?, _ level: Level) -> Box {
    let em = em(level)
    let rule = Measure.rule * em
    let inner = row(nodes, level)
    let (top, bottom) = (
      -(inner.ascent + (level == .display ? 0.186 : 0.11) * em + rule / 2), inner.descent + 0.06 * em
    )
    let height = bottom - top
    var (x, box) = (0.06 * em, Box())
    if let index {
      let degree = row(index, .scriptscript)
      box.add(degree, x: 0, y: bottom - 0.55 * height - degree.descent)
      x = max(x, degree.width - 0.22 * em)
    }
    // A thin stroke up, a thick one down, a thin one up to the bar.
    let (knee, foot, head) = (Point(x + 0.12 * em, bottom - 0.5 * height), Point(x + 0.3 * em, bottom), x + 0.52 * em)
    let stroke = Stroke(color, width: rule * 0.8)
    box.elements.append(.path(.polyline([Point(x, knee.y + 0.07 * em), knee]), stroke: stroke))
    box.elements.append(.path(.line(knee, foot), stroke: Stroke(color, width: rule * 1.7, roundCaps: true)))
    box.elements.append(
      .path(
        .polyline([foot, Point(head, top), Point(head + inner.width + 0.08 * em, top)]),
        stroke: Stroke(color, width: rule * 0.9)))
    box.add(inner, x: head + 0.04 * em)
    box.ascent = max(box.ascent, -top + rule)
    box.descent = max(box.descent, bottom)
    box.width = head + inner.width + 0.14 * em
    return box
  }

  private func scripts(_ base: MathNode, _ sub: [MathNode]?, _ sup: [MathNode]?, _ level: Level) -> Box {
    let em = em(level)
    let nucleus = box(base, level)
    let lower = sub.map { row($0, level.ofScripts) }
    let upper = sup.map { row($0, level.ofScripts) }
    if level == .display, hasLimits(base) {
      var box = Box()
      let width = max(nucleus.width, lower?.width ?? 0, upper?.width ?? 0)
      box.add(nucleus, x: (width - nucleus.width) / 2)
      if let upper {
        let rise = nucleus.ascent + max(Measure.upperGap * em + upper.descent, Measure.upperRise * em)
        box.add(upper, x: (width - upper.width) / 2, y: -rise)
      }
      if let lower {
        let drop = nucleus.descent + max(Measure.lowerGap * em + lower.ascent, 0.5 * em)
        box.add(lower, x: (width - lower.width) / 2, y: drop)
      }
      box.width = width
      return box
    }
    // A prime is as high as a letter by itself.
    let isPrime =
      sup?.allSatisfy { if case .symbol(let symbol) = $0 { symbol.words == "prime" } else { false } } == true
    if isPrime, let sup {
      let primes = row(sup, level)
      var box = lower == nil ? nucleus : scripts(base, sub, nil, level)
      box.add(primes, x: nucleus.width + nucleus.overhang * 0.4)
      return box
    }
    let isSign = isSingle(base)
    var up = 0.0
    var down = 0.0
    if let upper {
      up = max(
        Measure.supUp * em, isSign ? 0 : nucleus.ascent - Measure.supDrop * em, upper.descent + Measure.supBottom * em)
    }
    if let lower {
      down = max(
        Measure.subDown * em, isSign ? 0 : nucleus.descent + Measure.subDrop * em, lower.ascent - Measure.subTop * em)
    }
    if let upper, let lower {
      let gap = (up - upper.descent) - (lower.ascent - down)
      if gap < 0.15 * em { down += 0.15 * em - gap }
    }
    var box = Box()
    box.add(nucleus, x: 0)
    let isIntegral = if case .symbol(let symbol) = base { symbol.kind == .integral } else { false }
    // An integral leans: its lower limit stands further left.
    let left = nucleus.width - (isIntegral ? 0.3 * nucleus.width : 0)
    if let upper { box.add(upper, x: nucleus.width + nucleus.overhang + 0.02 * em, y: -up) }
    if let lower { box.add(lower, x: left + 0.01 * em, y: down) }
    box.width += Measure.spaceAfterScript * em
    return box
  }

  private func hasLimits(_ node: MathNode) -> Bool {
    switch node {
    case .symbol(let symbol): symbol.kind == .large
    case .function(_, let hasLimits): hasLimits
    default: false
    }
  }

  private func isSingle(_ node: MathNode) -> Bool {
    switch node {
    case .letter, .upright, .number, .text: true
    case .symbol(let symbol): symbol.kind != .large && symbol.kind != .integral
    default: false
    }
  }

  private func accented(_ accent: MathAccent, _ nodes: [MathNode], _ level: Level) -> Box {
    let em = em(level)
    let rule = Measure.rule * em
    let inner = row(nodes, level)
    var box = Box()
    box.add(inner, x: 0)
    box.overhang = inner.overhang
    let isSlanted = nodes.count == 1 && { if case .letter = $0 { true } else { false } }(nodes[0])
    let middle = inner.width / 2 + (isSlanted ? 0.07 * em : 0)
    let above = -inner.ascent - 0.12 * em
    switch accent {
    case .overline, .bar:
      let half = accent == .bar ? min(inner.width, 0.5 * em) / 2 : inner.width / 2
      box.elements.append(line(Point(middle - half, above), Point(middle + half, above), rule))
      box.ascent = -above + rule
    case .underline:
      let below = inner.descent + 0.12 * em
      box.elements.append(line(Point(0, below), Point(inner.width, below), rule))
      box.descent = below + rule
    case .vec:
      let (half, tip) = (max(inner.width * 0.9, 0.4 * em) / 2, 0.09 * em)
      let (from, to) = (Point(middle - half, above - tip), Point(middle + half, above - tip))
      box.elements.append(line(from, to, rule * 0.8))
      box.elements.append(
        .path(
          .polyline([Point(to.x - tip * 1.2, to.y - tip), to, Point(to.x - tip * 1.2, to.y + tip)]),
          stroke: Stroke(color, width: rule * 0.8, roundCaps: true)))
      box.ascent = -above + 2 * tip
    case .hat, .tilde, .dot, .ddot:
      let sign = accent.characters.spacing
      let mark = glyphs(sign, level)
      let ink = TextRun(sign, Font(.math, em), color: color).ink ?? Rect(0, 0, mark.width, 0)
      // The mark stands as high above its letter as it does above an x.
      box.add(mark, x: middle - ink.x - ink.width / 2, y: -max(inner.ascent - Measure.accentBase * em, 0))
      box.width = inner.width
    }
    return box
  }

  // MARK: Parentheses

  private func fenced(_ open: String, _ nodes: [MathNode], _ close: String, _ level: Level) -> Box {
    let em = em(level)
    let axis = Measure.axis * em
    let inner = row(nodes, level)
    let half = max(inner.ascent - axis, inner.descent + axis) + 0.03 * em
    var (box, x) = (Box(), 0.0)
    for (sign, isOpen) in [(open, true), (close, false)] {
      if !sign.isEmpty {
        let part = half < 0.55 * em ? glyphs(sign, level) : fence(sign, isOpen: isOpen, half: half, level)
        box.add(part, x: x)
        x += part.width
      }
      if isOpen {
        box.add(inner, x: x)
        x += inner.width
      }
    }
    box.width = x
    return box
  }

  /// A parenthesis of any height around the axis.
  private func fence(_ sign: String, isOpen: Bool, half: Double, _ level: Level) -> Box {
    let em = em(level)
    let axis = Measure.axis * em
    let rule = Measure.rule * em
    let (top, bottom) = (-axis - half, -axis + half)
    let width =
      (["(", ")"].contains(sign)
        ? 0.34 + 0.03 * min(half / em, 3) : ["|", "‖"].contains(sign) ? (sign == "|" ? 0.24 : 0.36) : 0.36) * em
    /// Drawn as an opening sign, turned over for a closing one.
    func x(_ share: Double) -> Double { isOpen ? share * width : width - share * width }
    func at(_ share: Double, _ y: Double) -> Point { Point(x(share), y) }
    var elements: [Element] = []
    switch sign {
    case "(", ")":
      let bend = half * 0.55
      elements = [
        .path(
          Path([
            .move(at(0.92, top)), .curve(at(0.02, top + bend), at(0.02, bottom - bend), at(0.92, bottom)),
            .curve(at(0.36, bottom - bend), at(0.36, top + bend), at(0.92, top)), .close,
          ]), fill: color)
      ]
    case "[", "]", "⌊", "⌋", "⌈", "⌉":
      var points = [at(0.3, top), at(0.3, bottom)]
      if !"⌊⌋".contains(sign) { points.insert(at(0.85, top), at: 0) }
      if !"⌈⌉".contains(sign) { points.append(at(0.85, bottom)) }
      elements = [.path(.polyline(points), stroke: Stroke(color, width: rule))]
    case "{", "}":
      let (mid, reach) = (-axis, min(half * 0.5, 0.35 * em))
      elements = [
        .path(
          Path([
            .move(at(0.9, top)), .curve(at(0.45, top), at(0.5, top + reach * 0.3), at(0.5, top + reach)),
            .line(at(0.5, mid - reach)),
            .curve(at(0.5, mid - reach * 0.3), at(0.4, mid), at(0.1, mid)),
            .curve(at(0.4, mid), at(0.5, mid + reach * 0.3), at(0.5, mid + reach)),
            .line(at(0.5, bottom - reach)), .curve(at(0.5, bottom - reach * 0.3), at(0.45, bottom), at(0.9, bottom)),
          ]), stroke: Stroke(color, width: rule))
      ]
    case "⟨", "⟩":
      elements = [
        .path(.polyline([at(0.85, top), at(0.25, -axis), at(0.85, bottom)]), stroke: Stroke(color, width: rule))
      ]
    case "‖": elements = [0.3, 0.7].map { line(Point($0 * width, top), Point($0 * width, bottom), rule) }
    default: elements = [line(Point(width / 2, top), Point(width / 2, bottom), rule)]
    }
    return Box(elements: elements, width: width, ascent: -top, descent: bottom)
  }

  private func line(_ a: Point, _ b: Point, _ width: Double) -> Element {
    .path(.line(a, b), stroke: Stroke(color, width: width))
  }
}

extension InlineDrawing {
  func scaled(by scale: Double) -> InlineDrawing {
    InlineDrawing(
      elements: [.group(elements, transform: Transform(scale: scale))], width: width * scale, ascent: ascent * scale,
      descent: descent * scale)
  }
}
