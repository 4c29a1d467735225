import Drawing
import Wording

extension BlockSetter {
  /// The title page's strips: title, authors, banners, summary, the figures of merit, facts, contents. The text begins
  /// below them where there is room.
  mutating func setTitle() {
    let page = manuscript.page
    let title = TextStyle(.sans, Tokens.Size.title, .semibold, leading: 30)
    var strips = text.lines([.text(page.title)], title, x: 0, width: Paper.blockWidth).marked(part(.heading1))
    if strips.isEmpty { strips = [Strip(height: 0)] }
    strips[0].elements.append(.destination("top", at: Point(0, -20)))
    add(strips.keptTogether())

    let byline = TextStyle(.sans, Tokens.Size.text, leading: 15)
    var runs: [TextRun] = []
    if !page.authors.isEmpty {
      runs.append(TextRun(page.authors.joined(separator: ", "), byline.font, color: byline.color))
    }
    if let date = page.date {
      if !runs.isEmpty { runs.append(TextRun("  \u{B7}  ", byline.font, color: TextStyle.secondary)) }
      runs.append(TextRun(date, byline.font, color: TextStyle.secondary))
    }
    add(text.lines(runs: runs, byline, x: 0, width: Paper.blockWidth, before: 7.5).marked(part(.paragraph)))

    wantSpace(17.5)
    for banner in page.banners {
      add(notice(banner, x: 0, width: Paper.blockWidth))
      wantSpace(5)
    }
    wantSpace(20)
    if !page.summary.isEmpty {
      let begin = items.count
      let summary = part(.paragraph)
      let lines = text.lines(page.summary, .summary, x: Paper.textX, width: Paper.textWidth)
      add(lines.marked(summary).numbered(TextStyle.summary.baseline))
      label(say(.summary), of: summary, at: TextStyle.summary.baseline, from: begin)
      wantSpace(22.5)
    }
    setKeyFigures(page.keyFigures)
    setFacts(page.facts)
    setContents()
    wantSpace(35)
  }

  /// A word in the narrow column, on the first line of what stands beside it.
  private mutating func label(_ words: String, of part: Int, at baseline: Double, from begin: Int) {
    let run = TextRun(words + " ", TextStyle.caption.font, color: TextStyle.secondary)
    change(from: begin) { strip, isFirst in
      guard isFirst else { return }
      strip.elements.insert(.part(part, [.text([run], at: Point(0, baseline + strip.lift))]), at: 0)
    }
  }

  /// Three to a row: the label, the value set large, its interval behind it or below.
  mutating func setKeyFigures(_ figures: [Page.KeyFigure]) {
    guard !figures.isEmpty else { return }
    let (perRow, gap) = (3, 16.0)
    let width = (Paper.blockWidth - gap * Double(perRow - 1)) / Double(perRow)
    let caption = TextStyle(.sans, Tokens.Size.caption, leading: 12.5, TextStyle.secondary)
    let large = Font(.sans, Tokens.Size.title, .medium)
    let list = part(.list)
    for row in stride(from: 0, to: figures.count, by: perRow) {
      let part = figures[row..<min(row + perRow, figures.count)]
      let labels = part.map { breakLines([TextRun($0.label, caption.font, color: caption.color)], width: width) }
      let labelLines = max(labels.map(\.count).max() ?? 1, 1)
      var elements: [Element] = []
      var height = 0.0
      for (index, (figure, lines)) in zip(part, labels).enumerated() {
        let x = Double(index) * (width + gap)
        var body = Structure.root
        let label = setItem(in: list) { body = $0.parent }
        elements.append(.path(.line(Point(x, 0.4), Point(x + width, 0.4)), stroke: Stroke(TextStyle.ink, width: 0.8)))
        for (line, content) in lines.enumerated() {
          let at = Point(x, 5 + Double(line) * caption.lineHeight + caption.baseline)
          elements.append(.part(label, text.elements(content, at: at, isLast: line == lines.count - 1)))
        }
        // Figures whose labels have fewer lines still stand on one baseline.
        let baseline = 5 + Double(labelLines) * caption.lineHeight + 25
        let value = TextRun(figure.value, large, color: TextStyle.ink)
        let shown = TextRun(figure.value + (figure.interval == nil ? "" : " "), large, color: TextStyle.ink)
        elements.append(.part(body, [.text([shown], at: Point(x - 0.5, baseline))]))
        height = max(height, baseline + 7.5)
        if let interval = figure.interval {
          let run = TextRun(interval, caption.font, color: caption.color)
          if value.width + 6 + run.width <= width {
            elements.append(.part(body, [.text([run], at: Point(x + value.width + 6, baseline))]))
          } else {
            let (below, extra) = text.block([run], caption, x: x, y: baseline + 3, width: width)
            elements.append(.part(body, below))
            height = max(height, baseline + 3 + extra + 2.5)
          }
        }
      }
      add([Strip(height: onGrid(height), elements: elements)])
      wantSpace(12.5)
    }
    wantSpace(17.5)
  }

  private mutating func setFacts(_ facts: [Page.Fact]) {
    guard !facts.isEmpty else { return }
    let style = TextStyle(.sans, Tokens.Size.caption, leading: 12.5)
    func rule(_ y: Double) -> Element {
      .path(.line(Point(0, y), Point(Paper.blockWidth, y)), stroke: Stroke(TextStyle.hairline, width: 0.5))
    }
    var strips: [Strip] = []
    let list = part(.list)
    for (index, fact) in facts.enumerated() {
      let (pad, labelWidth) = (2.5, Paper.textX - 8)
      let name = text.block(
        [TextRun(fact.label, style.font, color: TextStyle.secondary)], style, x: 0, y: pad, width: labelWidth)
      let value = text.block(
        [TextRun(fact.value, style.font, color: style.color)], style, x: Paper.textX, y: pad, width: Paper.textWidth)
      let height = max(name.height, value.height, style.lineHeight) + 2 * pad
      let bottom = index == facts.count - 1 ? [rule(height)] : []
      var body = Structure.root
      let label = setItem(in: list) { body = $0.parent }
      let words = [Element.part(label, name.elements), .part(body, value.elements)]
      strips.append(Strip(height: height, elements: [rule(0)] + words + bottom))
    }
    add(strips)
    wantSpace(22.5)
  }

  /// A table of contents, where the report wants one or has enough to find.
  private mutating func setContents() {
    let all = manuscript.headings.filter { $0.level <= 2 && !$0.text.isEmpty }
    let sections = all.filter { $0.level == 1 }
    let headings = all.count > 28 && !sections.isEmpty ? sections : all
    guard !all.isEmpty, manuscript.page.contents ?? (all.count > 6) else { return }
    let begin = items.count
    let style = TextStyle(.sans, Tokens.Size.caption, leading: 12.5)
    var strips: [Strip] = []
    let contents = part(.contents)
    let title = structure.add(.caption, in: contents)
    for heading in headings {
      let isTop = heading.level == 1
      let indent = isTop ? 0.0 : 12.5
      let color = isTop ? TextStyle.ink : TextStyle.secondary
      let x = Paper.textX + indent
      let run = TextRun(
        heading.text, isTop ? style.with(weight: .medium).font : style.font, color: color,
        link: .destination(heading.place))
      guard let line = breakLines([run], width: Paper.textWidth - indent - 40).first else { continue }
      var strip = Strip(height: style.lineHeight)
      strip.before = isTop && !strips.isEmpty ? 2.5 : 0
      let reference = structure.add(.reference, in: structure.add(.contentsItem, in: contents))
      var runs = line.pieces.map(\.run)
      runs[runs.count - 1].text += " "
      strip.elements = [.part(reference, [.text(runs, at: Point(x, style.baseline))])]
      strip.pageReferences = [
        PageReference(
          part: reference, places: [heading.place], prefix: "", at: Point(Paper.blockWidth, style.baseline),
          anchor: .end, font: style.font, color: color)
      ]
      strips.append(strip)
    }
    add(strips)
    label(say(.contents), of: title, at: style.baseline, from: begin)
  }
}
