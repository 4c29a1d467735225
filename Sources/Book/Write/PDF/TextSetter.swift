import Drawing

/// How a piece of running text looks.
struct TextStyle {
  var font: Font
  var color: Color
  var lineHeight: Double
  /// From the top of a line to its baseline.
  var baseline: Double

  static let ink = Tokens.light.ink
  static let secondary = Tokens.light.secondary
  static let hairline = Tokens.light.hairline
  static let link = Tokens.light.link

  static let body = TextStyle(.serif, Tokens.Size.text, leading: 15)
  static let summary = TextStyle(.serif, Tokens.Size.head, leading: 20)
  static let endText = TextStyle(.serif, Tokens.Size.endText, leading: 12.5)
  static let quote = TextStyle(.serif, Tokens.Size.text, leading: 15, secondary)
  static let caption = TextStyle(.sans, Tokens.Size.caption, leading: 12.5, secondary)
  static let note = TextStyle(.sans, Tokens.Size.small, leading: 10, secondary)

  init(_ family: Font.Family, _ size: Double, _ weight: Font.Weight = .regular, leading: Double, _ color: Color = ink) {
    font = Font(family, size, weight)
    (self.color, lineHeight) = (color, leading)
    // Capitals stand in the middle of the line, a touch low, as in hand-set lines.
    baseline = ((leading + size * 0.66) / 2 * 2).rounded() / 2 + 0.5
  }

  func with(color: Color? = nil, weight: Font.Weight? = nil) -> TextStyle {
    var style = self
    if let color { style.color = color }
    if let weight { style.font.weight = weight }
    return style
  }
}

/// Turns running text into lines. It counts citations and note marks as it sets them, for the way back from the
/// bibliography and the notes, so every text is set once.
struct TextSetter {
  let manuscript: Manuscript
  private var citations: [String: Int] = [:]  // set so far, by key
  /// The link in which the line before ended, which a paragraph's next line may go on with.
  private var openLink: LinkTarget?
  private var noteMarks: [Int: Int] = [:]  // set so far, by number
  private let keyOfEntry: [String: String]  // by place
  private let noteOfPlace: [String: Int]

  init(_ manuscript: Manuscript) {
    self.manuscript = manuscript
    let entries = manuscript.page.bibliography.compactMap { entry in
      manuscript.entryPlace(entry.key).map { ($0, entry.key) }
    }
    keyOfEntry = Dictionary(entries) { first, _ in first }
    let notes = (0..<manuscript.noteTotal).compactMap { n in manuscript.notePlace(n + 1).map { ($0, n + 1) } }
    noteOfPlace = Dictionary(notes) { first, _ in first }
  }

  // MARK: Runs

  func runs(_ inlines: [Inline], _ style: TextStyle) -> [TextRun] {
    var runs: [TextRun] = []
    append(inlines, style.font, style.color, nil, &runs)
    return runs
  }

  private func append(
    _ inlines: [Inline], _ font: Font, _ color: Color, _ link: LinkTarget?, _ runs: inout [TextRun]
  ) {
    func add(_ text: String, link goal: LinkTarget? = nil) {
      let goal = goal ?? link
      runs.append(TextRun(text, font, color: goal == nil ? color : TextStyle.link, link: goal))
    }
    for inline in inlines {
      switch inline {
      case .text(let text), .value(let text, _): add(text)
      case .emphasis(let inner):
        var slanted = font
        slanted.italic.toggle()
        append(inner, slanted, color, link, &runs)
      case .strong(let inner):
        var heavy = font
        heavy.weight = font.family == .serif ? .bold : .semibold
        append(inner, heavy, color, link, &runs)
      case .strikethrough(let inner):  // said by colour: the drawing has no line through text
        append(inner, font, TextStyle.secondary, link, &runs)
      case .code(let text):
        let goal = link
        let mono = Font(.mono, font.size * 0.84, font.weight == .regular ? .regular : .medium)
        runs.append(TextRun(text, mono, color: goal == nil ? color : TextStyle.link, link: goal))
      case .link(let inner, let url):
        switch LinkDestination(url, in: manuscript) {
        case .web(let url): append(inner, font, color, .url(url), &runs)
        case .inside(let place): append(inner, font, color, .destination(place), &runs)
        case .beside, nil: append(inner, font, color, link, &runs)
        }
      case .reference(let text, let anchor):
        add(text, link: manuscript.place(of: anchor).map { .destination($0) })
      case .citation(let mark):
        for mention in mark.mentions {
          add(mark.style == .vancouver ? mention.before.replacing(" ", with: "\u{A0}") : mention.before)
          append(mention.label, font, color, manuscript.entryPlace(mention.key).map { .destination($0) } ?? link, &runs)
        }
        add(mark.end)
      case .footnote(let number):
        let goal = manuscript.notePlace(number).map { LinkTarget.destination($0) }
        let small = Font(font.family, font.size * 0.7, font.weight)
        runs.append(
          TextRun(
            "\(number)", small, color: goal == nil ? color : TextStyle.link, link: goal, rise: font.size * 0.34))
      case .lineBreak: add("\u{2028}")
      case .formula(let formula):
        let drawing = MathSetter(size: font.size, color: color).drawing(formula, isDisplayed: false)
        runs.append(TextRun(drawing, font, color: color))
      }
    }
  }

  // MARK: Lines

  /// One strip for each line; pages hold at least two of a paragraph's lines.
  /// - Parameter hanging: points by which all lines but the first begin further right.
  mutating func lines(
    _ inlines: [Inline], _ style: TextStyle, x: Double, width: Double, before: Double = 0, hanging: Double = 0
  ) -> [Strip] {
    lines(runs: runs(inlines, style), style, x: x, width: width, before: before, hanging: hanging)
  }

  mutating func lines(
    runs: [TextRun], _ style: TextStyle, x: Double, width: Double, before: Double = 0, hanging: Double = 0
  ) -> [Strip] {
    let lines = breakLines(runs, width: width - hanging, firstIndent: -hanging)
    openLink = nil
    return lines.enumerated().map { index, line in
      let elements = elements(line, at: Point(x + hanging, style.baseline), isLast: index == lines.count - 1)
      var strip = Strip(height: style.lineHeight, elements: elements)
      strip.makeRoom(for: line, style)
      strip.before = index == 0 ? before : 0
      strip.keepsWithNext = lines.count > 1 && (index == 0 || index == lines.count - 2)
      return strip
    }
  }

  /// The lines one below the other, as elements.
  mutating func block(
    _ runs: [TextRun], _ style: TextStyle, x: Double, y: Double = 0, width: Double
  ) -> (elements: [Element], height: Double) {
    let lines = breakLines(runs, width: width)
    var elements: [Element] = []
    for (index, line) in lines.enumerated() {
      let at = Point(x, y + Double(index) * style.lineHeight + style.baseline)
      elements += self.elements(line, at: at, isLast: index == lines.count - 1)
    }
    return (elements, Double(lines.count) * style.lineHeight)
  }

  /// A line on its baseline, with the places to which the bibliography and the notes lead back. Unless it is the last,
  /// it ends in a space that is not seen: who reads the words one after the other needs it between them.
  mutating func elements(_ line: TextLine, at point: Point, isLast: Bool) -> [Element] {
    guard let first = line.pieces.first else { return [] }
    var runs = line.pieces.map(\.run)
    if !isLast, line.endsWord { runs[runs.count - 1].text += " " }
    var elements = [Element.text(runs, at: Point(point.x + first.x, point.y))]
    elements += destinations(of: line.pieces, at: point, after: openLink)
    openLink = isLast ? nil : line.pieces.last?.run.link
    return elements
  }

  /// The places of citations and note marks. A mention that is several words long is one, though it may stand in two
  /// lines and in letters of two kinds.
  mutating func destinations(
    of pieces: [(x: Double, run: TextRun)], at point: Point, after link: LinkTarget? = nil
  ) -> [Element] {
    var (elements, last): ([Element], LinkTarget?) = ([], link)
    for (x, run) in pieces {
      if run.link != last { elements += destinations(of: run, at: Point(point.x + x, point.y)) }
      last = run.link
    }
    return elements
  }

  private mutating func destinations(of run: TextRun, at point: Point) -> [Element] {
    guard case .destination(let goal)? = run.link else { return [] }
    let top = Point(point.x, point.y - run.font.size)
    if let key = keyOfEntry[goal] {
      citations[key, default: 0] += 1
      return [.destination(manuscript.citationPlace(key, citations[key] ?? 1), at: top)]
    }
    if let number = noteOfPlace[goal] {
      noteMarks[number, default: 0] += 1
      return [.destination(manuscript.noteMarkPlace(number, noteMarks[number] ?? 1), at: top)]
    }
    return []
  }
}
