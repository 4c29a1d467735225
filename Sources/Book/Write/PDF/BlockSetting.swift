import Drawing
import Wording

/// Turns blocks into strips, in the order of the text.
struct BlockSetter {
  let manuscript: Manuscript
  let paper: Paper
  var text: TextSetter
  var items: [FlowItem] = []
  var structure = Structure()
  /// The part of the structure in which blocks are being set.
  private(set) var parent = Structure.root
  private var headingLevels = HeadingLevels()
  /// The space wanted above what comes next; the largest wish counts.
  private var space = 0.0
  private var headings = 0, objects = 0  // set so far
  private(set) var section: String?  // the one that is being set

  init(_ manuscript: Manuscript, paper: Paper) {
    (self.manuscript, self.paper) = (manuscript, paper)
    text = TextSetter(manuscript)
  }

  /// Where text stands: its left edge, its measure and its look.
  struct Column {
    var x: Double
    var width: Double
    var style: TextStyle
    var isTight = false

    static let body = Column(x: Paper.textX, width: Paper.textWidth, style: .body)
    static let endText = Column(x: Paper.textX, width: Paper.textWidth, style: .endText)
    func indented(_ by: Double) -> Column {
      var column = self
      (column.x, column.width) = (x + by, max(width - by, 60))
      return column
    }
  }

  // MARK: Putting

  mutating func wantSpace(_ points: Double) { space = max(space, points) }

  mutating func add(_ strips: [Strip]) {
    for (index, strip) in strips.enumerated() {
      var strip = strip
      if index == 0 { (strip.before, space) = (max(space, strip.before), 0) }
      items.append(.strip(strip))
    }
  }

  /// The strips set since `index`, changed in place.
  mutating func change(from index: Int, _ body: (inout Strip, _ isFirst: Bool) -> Void) {
    var isFirst = true
    for i in items.indices[index...] {
      guard case .strip(var strip) = items[i] else { continue }
      body(&strip, isFirst)
      isFirst = false
      items[i] = .strip(strip)
    }
  }

  /// Sets what `body` sets inside a new part of the structure.
  mutating func inside(
    _ role: Structure.Role, _ attribute: Structure.Attribute? = nil, _ body: (inout BlockSetter) -> Void
  ) {
    let outer = parent
    parent = structure.add(role, in: outer, attribute)
    body(&self)
    parent = outer
  }

  /// A new part in the one that is being set.
  mutating func part(_ role: Structure.Role, _ attribute: Structure.Attribute? = nil) -> Int {
    structure.add(role, in: parent, attribute)
  }

  /// Of a figure, or of a table or equation that has an id.
  mutating func nextObjectPlace() -> String? {
    defer { objects += 1 }
    return objects < manuscript.objectPlaces.count ? manuscript.objectPlaces[objects] : nil
  }

  // MARK: Blocks

  mutating func set(_ blocks: [Block], in column: Column) {
    for (index, block) in blocks.enumerated() {
      if case .heading = block, index + 1 < blocks.count, case .bibliography = blocks[index + 1] { items.append(.barrier) }
      set(block, in: column)
    }
  }

  mutating func set(_ block: Block, in column: Column) {
    switch block {
    case .heading(let level, let title, _): setHeading(level, title, in: column)
    case .paragraph(let inlines):
      let lines = text.lines(inlines, column.style, x: column.x, width: column.width)
      add(lines.marked(part(.paragraph)).numbered(column.style.baseline))
      wantSpace(column.isTight ? 2.5 : column.style.lineHeight / 2)
    case .list(let ordered, let start, let tight, let list):
      setList(list, first: ordered ? start : nil, tight, in: column)
    case .quote(let inner):
      let first = items.count
      var inside = column.indented(15)
      inside.style = inside.style.with(color: TextStyle.secondary)
      self.inside(.blockQuote) { $0.set(inner, in: inside) }
      let x = column.x + 3
      change(from: first) { strip, isFirst in
        let top = isFirst ? 0 : -strip.before
        strip.elements.append(
          .path(.line(Point(x, top), Point(x, strip.height)), stroke: Stroke(TextStyle.hairline, width: 1.5)))
      }
      wantSpace(column.style.lineHeight / 2)
    case .code(let code, _): inside(.paragraph) { $0.setCode(code, in: column) }
    case .rule:
      let line = Element.path(
        .line(Point(column.x, 2.5), Point(column.x + column.width, 2.5)), stroke: Stroke(TextStyle.hairline, width: 0.5)
      )
      add([Strip(height: 5, elements: [line], before: 10)])
      wantSpace(10)
    case .table(let table): setTable(table, in: column)
    case .figure(let figure): setFigure(figure)
    case .bibliography:
      let isNumbered = manuscript.page.bibliography.contains { $0.name == nil }
      inside(.list, isNumbered ? .numbered : nil) { $0.setBibliography() }
    case .footnotes(let notes): setNotes(notes)
    case .equation(let equation): setEquation(equation, in: column)
    case .notice(let words):
      wantSpace(10)
      add(notice(words, x: column.x, width: column.width))
      wantSpace(10)
    }
  }

  /// Sections begin with a rule and a line across both columns; what is below them stays in the column of the text.
  private mutating func setHeading(_ level: Int, _ title: [Inline], in column: Column) {
    let place = headings < manuscript.headings.count ? manuscript.headings[headings].place : nil
    headings += 1
    let isTop = level <= 1 && column.x == Paper.textX
    let (style, before, after): (TextStyle, Double, Double) =
      switch level {
      case ...1: (TextStyle(.sans, Tokens.Size.section, .semibold, leading: 20), 30, 10)
      case 2: (TextStyle(.sans, Tokens.Size.head, .semibold, leading: 15), 20, 5)
      case 3: (TextStyle(.sans, Tokens.Size.subhead, .semibold, leading: 15), 15, 2.5)
      default: (TextStyle(.sans, Tokens.Size.subhead, .medium, leading: 15, TextStyle.secondary), 12.5, 2.5)
      }
    let x = isTop ? 0 : column.x
    let width = isTop ? Paper.blockWidth : column.width
    let tagged = headingLevels.tagged(max(level, 1))
    let part = self.part(.heading(tagged))
    var strips = text.lines(text: title, style, x: x, width: width).marked(part).numbered(style.baseline)
    if strips.isEmpty { strips = [Strip(height: 0)] }
    if isTop {
      // A rule of the block's width opens the section.
      let line = Element.path(
        .line(Point(0, 0.25), Point(Paper.blockWidth, 0.25)), stroke: Stroke(TextStyle.ink, width: 0.5))
      strips[0].elements = [line] + strips[0].elements.map { $0.moved(0, 10) }
      strips[0].height += 10
      strips[0].numberBaseline = style.baseline + strips[0].lift + 10
      section = title.plainText
      strips[0].section = section
    }
    if let place { strips[0].elements.append(.destination(place, at: Point(x, -6))) }
    wantSpace(before)
    strips[0].isHeading = true
    for index in strips.indices { strips[index].keepsWithNext = true }
    add(strips)
    space = after
  }

  private mutating func setList(_ list: [[Block]], first: Int?, _ tight: Bool, in column: Column) {
    let hang = first == nil ? 12.5 : 17.5
    let listPart = part(.list, first == nil ? .bulleted : .numbered)
    for (offset, item) in list.enumerated() {
      let begin = items.count
      var inside = column.indented(hang)
      inside.isTight = tight
      let label = setItem(in: listPart) { $0.set(item, in: inside) }
      let number = first.map { "\($0 &+ offset)." } ?? "\u{2022}"
      let font = Font(.sans, column.style.font.size * 0.88)
      let x = first == nil ? column.x + 2.5 : column.x + hang - 5
      change(from: begin) { strip, isFirst in
        guard isFirst else { return }
        let mark = Element.text(
          [TextRun(number, font, color: TextStyle.secondary)], at: Point(x, column.style.baseline + strip.lift),
          anchor: first == nil ? .start : .end)
        strip.elements.insert(.part(label, [mark]), at: 0)
      }
      wantSpace(tight ? 2.5 : column.style.lineHeight / 2)
    }
    if !column.isTight { wantSpace(column.style.lineHeight / 2) }
  }

  /// Sets the body of a list's item.
  /// - Returns: the part that its label belongs to.
  mutating func setItem(in list: Int, _ body: (inout BlockSetter) -> Void) -> Int {
    let outer = parent
    let item = structure.add(.item, in: list)
    let label = structure.add(.label, in: item)
    parent = structure.add(.body, in: item)
    body(&self)
    parent = outer
    return label
  }

  /// Lines as they are; one that is too long goes on below, indented and marked.
  private mutating func setCode(_ code: String, in column: Column) {
    let style = TextStyle(.mono, Tokens.Size.small, leading: 10.5)
    let pad = 7.5
    let advance = max(TextRun("0", style.font, color: style.color).width, 1)
    let room = max(Int((column.width - 2 * pad) / advance), 8)
    var lines: [(text: String, isContinued: Bool)] = []
    var source = code.split(separator: "\n", omittingEmptySubsequences: false)
    if source.last?.isEmpty == true { source.removeLast() }
    for line in source {
      var rest = Substring(line.flatMap { $0 == "\t" ? "    " : String($0) }.filter { $0 != "\r" })
      lines.append((String(rest.prefix(room)), false))
      rest = rest.dropFirst(room)
      while !rest.isEmpty {
        lines.append((String(rest.prefix(room - 2)), true))
        rest = rest.dropFirst(room - 2)
      }
    }
    let shade = Tokens.light.shade
    let part = self.part(.code)
    var strips = lines.enumerated().map { index, line in
      let (top, bottom) = (index == 0 ? pad - 1 : 0, index == lines.count - 1 ? pad - 1 : 0)
      let height = style.lineHeight + top + bottom
      // Each strip's ground reaches into the next: no light seam between them.
      let ground = Rect(column.x, 0, column.width, height + (index == lines.count - 1 ? 0 : 0.5))
      var elements = [Element.path(.rectangle(ground), fill: shade)]
      let x = column.x + pad + (line.isContinued ? 2 * advance : 0)
      if line.isContinued {
        let mark = TextRun("\u{21B3}", style.font, color: TextStyle.secondary)
        elements.append(.text([mark], at: Point(column.x + pad, top + style.baseline)))
      }
      if !line.text.allSatisfy(\.isWhitespace) {
        let follows = index + 1 < lines.count && !lines[index + 1].isContinued
        let run = TextRun(line.text + (follows ? " " : ""), style.font, color: style.color)
        elements.append(.part(part, [.text([run], at: Point(x, top + style.baseline))]))
      }
      var strip = Strip(height: height, elements: elements)
      strip.keepsWithNext = lines.count > 1 && (index == 0 || index == lines.count - 2)
      return strip
    }
    if let last = strips.indices.last { strips[last].height = strips[last].height.rounded(.up) }
    wantSpace(7.5)
    add(strips)
    wantSpace(10)
  }

  /// A bordered line that a reader must not miss; whole, unless it is longer than half a page.
  mutating func notice(_ words: String, x: Double, width: Double) -> [Strip] {
    let style = TextStyle(.sans, Tokens.Size.caption, leading: 12.5)
    let (pad, bar) = (6.25, 3.0)
    let run = TextRun(words, style.font, color: style.color)
    let lines = breakLines([run], width: width - bar - 16)
    let border = Stroke(TextStyle.secondary, width: 0.5)
    let part = self.part(.paragraph)
    let strips = lines.enumerated().map { index, line in
      let (isFirst, isLast) = (index == 0, index == lines.count - 1)
      let top = isFirst ? pad : 0
      let height = style.lineHeight + top + (isLast ? pad : 0)
      let (left, right) = (x + 0.25, x + width - 0.25)
      var elements = [Element.path(.rectangle(Rect(x, 0, bar, height)), fill: TextStyle.secondary)]
      elements.append(.path(.line(Point(right, 0), Point(right, height)), stroke: border))
      if isFirst { elements.append(.path(.line(Point(left, 0.25), Point(right, 0.25)), stroke: border)) }
      if isLast {
        elements.append(.path(.line(Point(left, height - 0.25), Point(right, height - 0.25)), stroke: border))
      }
      let words = text.elements(line, at: Point(x + bar + 8, top + style.baseline), isLast: isLast)
      elements.append(.part(part, words))
      return Strip(height: height, elements: elements)
    }
    return strips.height > paper.blockHeight / 2 ? strips : strips.keptTogether()
  }

  /// In the middle of the column, its number at the column's right edge.
  private mutating func setEquation(_ equation: EquationBlock, in column: Column) {
    let size = column.style.font.size
    var drawing = MathSetter(size: size, color: column.style.color).drawing(equation.formula, isDisplayed: true)
    let label = equation.number.map { TextRun(" (\($0))", column.style.font, color: column.style.color) }
    let room = column.width - 2 * (label?.width ?? 0)
    var x = column.x + max(column.width - drawing.width, 0) / 2
    if drawing.width > room {  // rather against the left edge, and at worst smaller, than over the number
      let scale = min(1, (column.width - (label.map { $0.width + 6 } ?? 0)) / drawing.width)
      drawing = drawing.scaled(by: scale)
      x = column.x
    }
    let baseline = (drawing.ascent + 2).rounded(.up)
    let height = onGrid(baseline + drawing.descent + 2)
    var runs: [Element] = [.text([TextRun(drawing, column.style.font, color: column.style.color)], at: Point(x, baseline))]
    if let label { runs.append(.text([label], at: Point(column.x + column.width, baseline), anchor: .end)) }
    var strip = Strip(height: height, elements: [.part(part(.paragraph), runs)])
    if equation.id != nil, let place = nextObjectPlace() { strip.elements.append(.destination(place, at: Point(0, -6))) }
    // What leads to an equation stands on its page.
    if case .strip(var last)? = items.last, last.numberBaseline != nil {
      last.keepsWithNext = true
      items[items.count - 1] = .strip(last)
    }
    wantSpace(5)
    add([strip])
    wantSpace(7.5)
  }

  // MARK: Figures

  private mutating func setFigure(_ figure: FigureBlock) {
    let size = figure.scene.size
    let isWide = size.width > Paper.blockWidth + 1
    let sheet = isWide ? paper.turned : paper
    let group = part(.group)
    let description = figure.scene.description
    let plate = structure.add(
      .figure, in: group, .alternative(description.isEmpty ? say(.figureUndescribed, figure.label) : description))
    var caption = captionStrips(
      say(.figure, figure.label), figure.caption, isWide ? .note : .caption,
      width: (isWide ? sheet.contentWidth : Paper.blockWidth) - Paper.textX, in: group)
    caption[0].before = isWide ? 5 : 10

    // True scale unless the sheet itself is too small.
    let available = isWide ? sheet.blockHeight : sheet.blockHeight - caption.height - 10
    let widest = isWide ? sheet.plateWidth : Paper.blockWidth
    let scale = min(1, widest / max(size.width, 1), max(available, 100) / max(size.height, 1))
    let width = size.width * scale
    let x = isWide ? min(0, (sheet.contentWidth - width) / 2) : (width <= Paper.textWidth + 1 ? Paper.textX : 0)
    var picture = Strip(height: isWide ? size.height * scale : onGrid(size.height * scale))
    let scene = Element.group(figure.scene.elements, transform: Transform(scale: scale, x: x, y: 0))
    picture.elements = [.part(plate, [scene], bounds: Rect(x, 0, width, size.height * scale))]
    if let place = nextObjectPlace() { picture.elements.append(.destination(place, at: Point(0, -6))) }
    if isWide {
      // A caption that the sheet cannot hold goes on to the next.
      picture.keepsWithNext = true
      let room = sheet.blockHeight - ([picture] + caption).height
      let above = Strip(height: max(0, min(room, 12.5)), keepsWithNext: true, section: section)
      items.append(.landscape([above, picture] + caption))
    } else {
      let strips = [picture] + caption
      if strips.height <= paper.blockHeight - 5 {
        items.append(.float(strips.floating()))
      } else {  // a caption of more than a page
        wantSpace(15)
        picture.keepsWithNext = true
        add([picture] + caption)
        wantSpace(15)
      }
    }
  }

  /// The label in the narrow column, the caption beside it: its first sentence in ink, the rest in grey.
  /// - Parameter parent: the part of the structure that it is the caption of.
  /// - Returns: at least one strip.
  mutating func captionStrips(
    _ label: String?, _ caption: [Inline], _ style: TextStyle = .caption, width: Double, in parent: Int
  ) -> [Strip] {
    let (lead, rest) = caption.splitAfterFirstSentence
    var runs = text.runs(lead, style.with(color: TextStyle.ink, weight: .medium))
    if !rest.isEmpty {
      if !runs.isEmpty { runs.append(TextRun(" ", style.font, color: style.color)) }
      runs += text.runs(rest, style)
    }
    var strips = text.lines(runs: runs, style, x: Paper.textX, width: width)
    if strips.isEmpty { strips = [Strip(height: style.lineHeight)] }
    if let label {
      let run = TextRun(label + " ", style.with(weight: .semibold).font, color: TextStyle.ink)
      strips[0].elements.insert(.text([run], at: Point(0, style.baseline + strips[0].lift)), at: 0)
    }
    return strips.marked(structure.add(.caption, in: parent))
  }

  // MARK: The end

  private mutating func setBibliography() {
    for entry in manuscript.page.bibliography {
      let begin = items.count
      let mentions = manuscript.citationPlaces(of: entry.key)
      var reference = Structure.root
      let label = setItem(in: parent) { setter in
        let hang = entry.name == nil ? 0 : 15.0  // a list without numbers has hanging lines
        let lines = setter.text.lines(
          entry.text, .endText, x: Paper.textX, width: Paper.textWidth, before: 5, hanging: hang)
        setter.add(lines.marked(setter.part(.paragraph)).numbered(TextStyle.endText.baseline))
        reference = setter.part(.paragraph)
      }
      setNumber(
        entry.name == nil ? "\(entry.number)" : nil, label, place: manuscript.entryPlace(entry.key), mentions: mentions,
        reference, from: begin)
    }
  }

  private mutating func setNotes(_ notes: [[Block]]) {
    for (index, note) in notes.enumerated() {
      let begin = items.count
      wantSpace(5)
      inside(.note, .id("note-\(index + 1)")) { setter in
        let label = setter.part(.label)
        setter.set(note, in: .endText)
        setter.setNumber(
          "\(index + 1)", label, place: setter.manuscript.notePlace(index + 1),
          mentions: setter.manuscript.noteMarkPlaces(of: index + 1), setter.part(.paragraph), from: begin)
      }
    }
  }

  /// The number left of an entry's first line, and further left the pages that lead here.
  private mutating func setNumber(
    _ number: String?, _ label: Int, place: String?, mentions: [String], _ reference: Int, from begin: Int
  ) {
    if items.count == begin { add([Strip(height: TextStyle.endText.lineHeight, before: 5)]) }
    let baseline = TextStyle.endText.baseline
    let font = Font(.sans, Tokens.Size.small)
    change(from: begin) { strip, isFirst in
      guard isFirst else { return }
      if let number {
        let mark = TextRun(number, Font(.sans, Tokens.Size.caption), color: TextStyle.secondary)
        let at = Point(Paper.textX - 10, baseline + strip.lift)
        strip.elements.insert(.part(label, [.text([mark], at: at, anchor: .end)]), at: 0)
      }
      if let place { strip.elements.append(.destination(place, at: Point(0, -6))) }
      strip.pageReferences.append(
        PageReference(
          part: reference, places: mentions, prefix: say(.pages) + "\u{A0}", at: Point(0, baseline), anchor: .start, font: font,
          color: TextStyle.secondary))
    }
  }
}

extension TextSetter {
  /// A heading's lines: all on one page.
  fileprivate mutating func lines(text: [Inline], _ style: TextStyle, x: Double, width: Double) -> [Strip] {
    lines(text, style, x: x, width: width)
  }
}

extension Element {
  func moved(_ dx: Double, _ dy: Double) -> Element { .group([self], transform: Transform(x: dx, y: dy)) }
}
