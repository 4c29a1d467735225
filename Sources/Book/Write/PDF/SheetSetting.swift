import Drawing
import Wording

extension BlockSetter {
  /// A first page that is enough alone, landscape: title, banners and summary across it, then the facts and the sheet's
  /// tables side by side, then its figures at their true size.
  mutating func setSheet() {
    let page = manuscript.page, sheet = paper.turned, width = sheet.contentWidth
    let begin = items.count

    let title = TextStyle(.sans, Tokens.Size.section, .semibold, leading: 20)
    var heading = text.lines([.text(page.title)], title, x: 0, width: width).marked(part(.heading1))
    if heading.isEmpty { heading = [Strip(height: 0)] }
    heading[0].elements.append(.destination("top", at: Point(0, -15)))
    add(heading)
    let byline = [page.authors.joined(separator: ", "), page.date ?? ""].filter { !$0.isEmpty }.joined(separator: "  \u{B7}  ")
    add(text.lines(runs: [TextRun(byline, TextStyle.note.font, color: TextStyle.secondary)], .note, x: 0, width: width)
      .marked(part(.paragraph)))
    for banner in page.banners {
      wantSpace(2.5)
      add(notice(banner, x: 0, width: width))
    }
    wantSpace(5)
    if !page.summary.isEmpty {
      let style = TextStyle(.sans, Tokens.Size.caption, leading: 12.5)
      add(text.lines(page.summary, style, x: 0, width: width).marked(part(.paragraph)))
      wantSpace(5)
    }
    if !page.keyFigures.isEmpty { setKeyFigures(page.keyFigures) }
    let tables = page.sheet.compactMap { if case .table(let table) = $0 { table } else { nil } }
    setBeside(page.facts, tables, width: width)
    for case .notice(let words) in page.sheet { add(notice(words, x: 0, width: width)) }
    wantSpace(7.5)
    var strips = items[begin...].compactMap { if case .strip(let strip) = $0 { strip } else { nil } }
    items.removeSubrange(begin...)
    for case .figure(let figure) in page.sheet { strips += figureOnSheet(figure, width: width) }
    items += [.landscape(strips), .barrier]
  }

  /// The facts and the tables as columns of one strip; each table has the width of its content, as far as there is room.
  private mutating func setBeside(_ facts: [Page.Fact], _ tables: [TableBlock], width: Double) {
    let gap = 18.0, columns = tables.count + (facts.isEmpty ? 0 : 1)
    guard columns > 0 else { return }
    let least = facts.isEmpty ? 0 : min(width * 0.23, 180)
    let room = width - gap * Double(columns - 1) - least
    let widths = compactWidths(of: tables, room: room)
    var x = 0.0, height = 0.0, elements: [Element] = []
    func put(_ strips: [Strip], _ columnWidth: Double) {
      var y = 0.0
      for (index, strip) in strips.enumerated() {
        y += index == 0 ? 0 : strip.before
        elements.append(.group(strip.elements, transform: Transform(x: x, y: y)))
        y += strip.height
      }
      height = max(height, y)
      x += columnWidth + gap
    }
    if !facts.isEmpty {
      let own = least + max(0, room - widths.reduce(0, +))
      put(compactFacts(facts, width: min(own, 260)), own)
    }
    for (table, width) in zip(tables, widths) { put(compactTable(table, width: width), width) }
    add([Strip(height: height, elements: elements)])
  }

  /// Label and value on one line where they fit, between hairlines.
  private mutating func compactFacts(_ facts: [Page.Fact], width: Double) -> [Strip] {
    let style = TextStyle(.sans, 7.5, leading: 9)
    let names = facts.map { TextRun($0.label, style.font, color: TextStyle.secondary) }
    let indent = min((names.map(\.width).max() ?? 0) + 8, width * 0.45)
    let list = part(.list)
    return zip(facts, names).map { fact, name in
      var body = Structure.root
      let label = setItem(in: list) { body = $0.parent }
      let left = text.block([name], style, x: 0, y: 1, width: indent - 4)
      let right = text.block(
        [TextRun(fact.value, style.font, color: style.color)], style, x: indent, y: 1, width: width - indent)
      let rule = Element.path(.line(Point(0, 0), Point(width, 0)), stroke: Stroke(TextStyle.hairline, width: 0.5))
      return Strip(
        height: max(left.height, right.height, style.lineHeight) + 2,
        elements: [rule, .part(label, left.elements), .part(body, right.elements)])
    }
  }

  /// A figure at its own size, from the left edge; smaller only where the sheet is narrower than it.
  private mutating func figureOnSheet(_ figure: FigureBlock, width: Double) -> [Strip] {
    let group = part(.group)
    let size = figure.scene.size
    let plate = structure.add(.figure, in: group, .alternative(figure.scene.description))
    let scale = min(1, paper.turned.plateWidth / max(size.width, 1))
    let x = min(0, (width - size.width * scale) / 2)
    var picture = Strip(height: size.height * scale, before: 5, keepsWithNext: true)
    let scene = Element.group(figure.scene.elements, transform: Transform(scale: scale, x: x, y: 0))
    picture.elements = [.part(plate, [scene], bounds: Rect(x, 0, size.width * scale, size.height * scale))]
    if let place = nextObjectPlace() { picture.elements.append(.destination(place, at: Point(0, -6))) }
    return [picture] + compactCaption(say(.figure, figure.label), figure.caption, width: width, in: group)
  }

  /// Label and caption in one small paragraph.
  mutating func compactCaption(_ label: String?, _ caption: [Inline], width: Double, in parent: Int) -> [Strip] {
    let style = TextStyle.note
    var runs = label.map { [TextRun($0 + "  ", style.with(weight: .semibold).font, color: TextStyle.ink)] } ?? []
    runs += text.runs(caption, style)
    return text.lines(runs: runs, style, x: 0, width: width).marked(structure.add(.caption, in: parent))
  }
}
