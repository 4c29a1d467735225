import Drawing
import Wording

extension BlockSetter {
  /// Sets a table in booktabs manner: three rules, numbers under numbers, intervals in grey behind them.
  ///
  /// Its width is its content's. What is too wide wraps words, then takes 8 pt, then a landscape page (at once where the
  /// report says so), then is parted into groups of columns. A short table stays whole and may move to the next page as figures do; a long one repeats
  /// its head.
  mutating func setTable(_ table: TableBlock, in column: Column) {
    let place = table.id.flatMap { _ in nextObjectPlace() }
    guard !table.columns.isEmpty else {
      if let place { add([Strip(height: 0, elements: [.destination(place, at: Point(0, 0))])]) }
      return
    }
    let reading = TableReading(table)
    let isPlain = table.number == nil && table.caption.isEmpty
    let label = table.label.map { say(.table, $0) }

    let landscapeWidth = paper.turned.contentWidth
    var layout = TableLayout(table, reading, columns: Array(table.columns.indices), text, size: 9)
    var (x, isLandscape) = (isPlain ? column.x : 0, false)
    var groups: [TableLayout]
    if table.isLandscape, layout.fit(into: landscapeWidth, wrapping: true) {
      (groups, isLandscape, x) = ([layout], true, 0)
    } else if !table.isLandscape, layout.fit(into: isPlain ? column.width : Paper.textWidth, wrapping: false) {
      (x, groups) = (column.x, [layout])
    } else if !table.isLandscape, layout.fit(into: Paper.blockWidth - x, wrapping: true) {
      groups = [layout]
    } else {
      layout = TableLayout(table, reading, columns: Array(table.columns.indices), text, size: 8)
      if !table.isLandscape, layout.fit(into: Paper.blockWidth - x, wrapping: true) {
        groups = [layout]
      } else if layout.fit(into: landscapeWidth, wrapping: true) {
        (groups, isLandscape, x) = ([layout], true, 0)
      } else {
        (groups, isLandscape, x) = (TableLayout.groups(table, reading, text, width: landscapeWidth), true, 0)
      }
    }

    let captionWidth = (isLandscape ? landscapeWidth : Paper.blockWidth) - Paper.textX
    var strips: [Strip] = []
    var tablePart = self.part(.table)
    if !isPlain {
      strips = captionStrips(label, table.caption, width: captionWidth, in: tablePart).keptTogether()
      strips[strips.count - 1].keepsWithNext = true
    }
    for (index, group) in groups.enumerated() {
      if index > 0 { tablePart = self.part(.table) }
      var part = self.strips(group, reading, x: x, label: label, in: tablePart)
      if index > 0 {  // further columns of the same rows
        part = continued(label, x: x) + part
        part[0].before = 15
      } else if !part.isEmpty {
        part[0].before = isPlain ? 0 : 5
      }
      strips += part
    }
    strips += notes(reading, table.notes, x: x, width: max(groups[0].width, Paper.textWidth))
    if let place {
      strips[0].elements.append(.destination(place, at: Point(0, -6)))
    }

    if isLandscape {
      items.append(.landscape([Strip(height: 12.5, keepsWithNext: true, section: section)] + strips))
    } else if strips.height <= paper.blockHeight * 0.6 {
      if isPlain {
        wantSpace(7.5)
        add(strips.keptTogether())
        wantSpace(12.5)
      } else {
        items.append(.float(strips.floating()))
      }
    } else {
      wantSpace(15)
      add(strips)
      wantSpace(20)
    }
  }

  /// How wide tables that stand side by side are: as their content, as far as the room goes.
  func compactWidths(of tables: [TableBlock], room: Double) -> [Double] {
    let natural = tables.map { table in
      var layout = TableLayout(table, TableReading(table), columns: Array(table.columns.indices), text, size: 7.5, isCompact: true)
      return layout.fit(into: 4000, wrapping: false) ? layout.width : room
    }
    let wanted = natural.reduce(0, +)
    guard wanted > room else { return natural }
    // Those wider than an equal share give way.
    var widths = natural, open = Set(tables.indices), left = room
    while let narrow = open.first(where: { natural[$0] <= left / Double(open.count) }) {
      open.remove(narrow)
      left -= natural[narrow]
    }
    for index in open { widths[index] = left / Double(open.count) }
    return widths
  }

  /// A table in 8 pt in a column of a sheet, from its left edge.
  mutating func compactTable(_ table: TableBlock, width: Double) -> [Strip] {
    let place = table.id.flatMap { _ in nextObjectPlace() }
    let tablePart = part(.table)
    var strips = compactCaption(table.label.map { say(.table, $0) }, table.caption, width: width, in: tablePart)
    let reading = TableReading(table)
    var layout = TableLayout(table, reading, columns: Array(table.columns.indices), text, size: 7.5, isCompact: true)
    let fits = layout.fit(into: width, wrapping: true)
    let groups = fits ? [layout] : TableLayout.groups(table, reading, text, width: width)
    for (index, group) in groups.enumerated() where !table.columns.isEmpty {
      var part = self.strips(group, reading, x: 0, label: nil, in: index == 0 ? tablePart : self.part(.table))
      part[0].before = 2.5
      strips += part
    }
    // Reasons of what is undefined; the methods of columns stand with the whole table.
    strips += notes(reading, table.notes.filter { $0.first.map { "\u{B9}\u{B2}\u{B3}\u{2074}\u{2075}\u{2076}\u{2077}\u{2078}\u{2079}".contains($0) } ?? false }, x: 0, width: width)
    if strips.isEmpty { strips = [Strip(height: 0)] }
    if let place { strips[0].elements.append(.destination(place, at: Point(0, -6))) }
    return strips
  }

  /// The line above a table's part on a further page.
  private func continued(_ label: String?, x: Double) -> [Strip] {
    guard let label else { return [] }
    let style = TextStyle.caption
    let runs = [
      TextRun(label, style.with(weight: .semibold).font, color: TextStyle.ink),
      TextRun(" " + say(.continued), style.font, color: TextStyle.secondary),
    ]
    var strip = Strip(height: 17.5, elements: [.text(runs, at: Point(0, style.baseline))])
    strip.keepsWithNext = true
    return [strip]
  }

  /// The head and the rows. The head that a further page repeats is decoration: who listens hears it once.
  private mutating func strips(
    _ layout: TableLayout, _ reading: TableReading, x: Double, label: String?, in tablePart: Int
  ) -> [Strip] {
    let headRow = structure.add(.row, in: structure.add(.tableHead, in: tablePart))
    let titles = layout.columnNumbers.map { _ in structure.add(.headCell, in: headRow, .columnHead) }
    let head = layout.head(x: x, titles)
    let repeated = layout.head(x: x, titles.map { _ in nil })
    let body = structure.add(.tableBody, in: tablePart)
    let hairline = Element.path(
      .line(Point(x, 0), Point(x + layout.width, 0)), stroke: Stroke(TextStyle.secondary, width: 0.25))
    let continuation = Continuation(head: continued(label, x: x) + [repeated], foot: [hairline])
    var strips = [head]
    for row in reading.rows.indices {
      let rowPart = structure.add(.row, in: body)
      let cells = layout.columnNumbers.map { column in
        column == 0 && layout.hasRowHeads
          ? structure.add(.headCell, in: rowPart, .rowHead) : structure.add(.cell, in: rowPart)
      }
      var lines = layout.row(row, x: x, cells, &text)
      if lines.count <= 20 { lines = lines.keptTogether() }
      // At least two rows stand below the head, and two above the end.
      lines[lines.count - 1].keepsWithNext = row == 0 || row == reading.rows.count - 2
      for index in lines.indices where row > 0 || index > 0 { lines[index].continuation = continuation }
      strips += lines
    }
    strips[0].keepsWithNext = true
    let last = strips.count - 1
    let bottom = strips[last].height
    strips[last].elements.append(
      .path(
        .line(Point(x, bottom), Point(x + layout.width, bottom)), stroke: Stroke(TextStyle.ink, width: 0.8)))
    return strips
  }

  /// Long reasons by letter, then the method of each column.
  private mutating func notes(_ reading: TableReading, _ methods: [String], x: Double, width: Double) -> [Strip] {
    let style = TextStyle.note
    let small = Font(.sans, 6.5)
    var strips: [Strip] = []
    for reason in reading.reasons {
      let runs = [
        TextRun(reason.letter, small, color: style.color, rise: 2.5),
        TextRun("\u{A0}" + reason.text, style.font, color: style.color),
      ]
      strips += text.lines(runs: runs, style, x: x, width: width).marked(part(.paragraph))
    }
    for note in methods {
      strips += text.lines(
        runs: [TextRun(note, style.font, color: style.color)], style, x: x, width: width,
        before: strips.isEmpty ? 0 : 1.25
      ).marked(part(.paragraph))
    }
    if !strips.isEmpty { strips[0].before = 5 }
    return strips
  }
}

/// The widths of a table's columns, and its cells as runs.
struct TableLayout {
  private let table: TableBlock
  private let style: TextStyle
  private let pitch: Double  // of rows of one line
  private let isCompact: Bool
  private var columns: [Column]
  private var gap = 0.0

  fileprivate struct Column {
    var index: Int
    var alignment: TableBlock.Alignment
    var heads: [TextRun]
    var cells: [Cell]
    /// Right of the decimal points, and left of them; values that are no numbers are set to the right edge.
    var fraction = 0.0, whole = 0.0
    var value = 0.0  // the widest value
    var aside = 0.0  // the widest interval, with the space before it
    var natural = 0.0, least = 0.0  // widths without and with wrapping
    var width = 0.0  // the one chosen
    var wraps: Bool { alignment != .right && width < natural - 0.01 }
  }
  fileprivate struct Cell {
    var runs: [TextRun]
    var width: Double
    var fraction: Double?  // the width behind the decimal point; nil when it is no number
    var aside: [TextRun]
    var asideWidth: Double
    var letter: TextRun?
  }

  var width: Double { columns.reduce(0) { $0 + $1.width } + gap * Double(max(columns.count - 1, 0)) }

  init(_ table: TableBlock, _ reading: TableReading, columns chosen: [Int], _ text: TextSetter, size: Double, isCompact: Bool = false) {
    (self.table, self.isCompact) = (table, isCompact)
    style = TextStyle(.sans, size, leading: isCompact ? 9 : size < 8.5 ? 10 : 12.5)
    pitch = isCompact ? 10 : reading.rows.count > 24 ? 12.5 : 15
    let head = TextStyle(.sans, size, .medium, leading: style.lineHeight)
    let grey = Font(.sans, size - 0.5)
    let style = style
    columns = chosen.map { index in
      let source = table.columns[index]
      var column = Column(
        index: index, alignment: source.alignment, heads: [TextRun(source.title, head.font, color: head.color)],
        cells: [])
      column.cells = reading.rows.map { row in
        let cell = row[index]
        let runs = text.runs(cell.content, style)
        let words = cell.content.plainText
        let width = runs.width
        let aside = cell.aside.map { [TextRun($0, grey, color: TextStyle.secondary)] } ?? []
        let letter = cell.letter.map { TextRun($0, Font(.sans, size * 0.72), color: TextStyle.secondary, rise: 3) }
        var fraction: Double?
        if source.alignment == .right, words.isNumber {
          let whole = words.prefix { $0 != "." }
          fraction =
            whole.count == words.count
            ? 0 : max(width - TextRun(String(whole), style.font, color: style.color).width, 0)
        }
        return Cell(
          runs: runs, width: width, fraction: fraction, aside: aside, asideWidth: aside.isEmpty ? 0 : aside.width + 4,
          letter: letter)
      }
      column.fraction = column.cells.compactMap(\.fraction).max() ?? 0
      column.whole = column.cells.map { cell in cell.fraction.map { cell.width - $0 } ?? 0 }.max() ?? 0
      column.value = max(column.cells.map(\.width).max() ?? 0, column.whole + column.fraction)
      column.aside = column.cells.map(\.asideWidth).max() ?? 0
      let body = column.value + column.aside
      let longest = { (runs: [TextRun]) in longestWord(runs) }
      let words =
        source.alignment == .right
        ? body : max(column.cells.map { longest($0.runs + $0.aside) }.max() ?? 0, min(body, 30))
      column.natural = max(body, column.heads.width)
      column.least = max(words, longest(column.heads))
      // Heads wrap before words do: a head much wider than its column asks for no more than half its length.
      if column.heads.width > body * 1.3 { column.natural = max(body, column.least, column.heads.width * 0.55) }
      return column
    }
  }

  /// Chooses the widths. Without wrapping only natural ones will do.
  mutating func fit(into available: Double, wrapping: Bool) -> Bool {
    let gaps = Double(max(columns.count - 1, 0))
    let natural = columns.reduce(0) { $0 + $1.natural }
    let least = columns.reduce(0) { $0 + $1.least }
    if natural + gaps * 10 <= available {
      for i in columns.indices { columns[i].width = columns[i].natural }
      gap = min(max((available - natural) / max(gaps, 1), 10), isCompact ? 12 : 18)
      return true
    }
    gap = columns.count > 8 ? 8 : 10
    guard wrapping, least + gaps * gap <= available else { return false }
    // What is left over goes to the columns in proportion to what they lack.
    let spare = available - gaps * gap - least
    let wish = max(natural - least, 1)
    for i in columns.indices {
      columns[i].width =
        columns[i].least
        + min((columns[i].natural - columns[i].least) * spare / wish, columns[i].natural - columns[i].least)
    }
    return true
  }

  /// Columns in groups that fit, each beginning with the first column; a single one that is too wide is squeezed.
  static func groups(_ table: TableBlock, _ reading: TableReading, _ text: TextSetter, width: Double) -> [TableLayout] {
    var (groups, current): ([TableLayout], [Int]) = ([], [0])
    func layout(_ columns: [Int]) -> TableLayout? {
      var layout = TableLayout(table, reading, columns: columns, text, size: 8)
      return layout.fit(into: width, wrapping: true) ? layout : nil
    }
    for column in table.columns.indices.dropFirst() {
      if layout(current + [column]) == nil, current.count > 1 {
        groups.append(layout(current) ?? squeezed(table, reading, current, text, width))
        current = [0]
      }
      current.append(column)
    }
    groups.append(layout(current) ?? squeezed(table, reading, current, text, width))
    return groups
  }

  private static func squeezed(
    _ table: TableBlock, _ reading: TableReading, _ columns: [Int], _ text: TextSetter, _ width: Double
  ) -> TableLayout {
    var layout = TableLayout(table, reading, columns: columns, text, size: 8)
    layout.gap = 8
    let share = (width - 8 * Double(columns.count - 1)) / Double(columns.count)
    for i in layout.columns.indices {
      layout.columns[i].width = share
      if layout.columns[i].natural > share { layout.columns[i].alignment = .left }  // wraps
    }
    return layout
  }

  // MARK: Setting

  /// The columns, by number.
  var columnNumbers: Range<Int> { 0..<columns.count }
  /// Whether the first column names the rows.
  var hasRowHeads: Bool { columns.count > 1 && table.columns.first?.alignment == .left }

  /// The titles, on the rule below them, under the heaviest rule.
  /// - Parameter parts: of the structure, one for each column.
  func head(x: Double, _ parts: [Int?]) -> Strip {
    let titles = columns.map { breakLines($0.heads, width: $0.width + 0.01) }
    let count = max(titles.map(\.count).max() ?? 1, 1)
    let height = Double(count) * style.lineHeight + (isCompact ? 3 : 5)
    var elements: [Element] = [
      .path(.line(Point(x, 0.4), Point(x + width, 0.4)), stroke: Stroke(TextStyle.ink, width: 0.8)),
      .path(.line(Point(x, height), Point(x + width, height)), stroke: Stroke(TextStyle.ink, width: 0.4)),
    ]
    var left = x
    for ((column, lines), part) in zip(zip(columns, titles), parts) {
      for (index, line) in lines.enumerated() {
        let y = (isCompact ? 1.5 : 2.5) + Double(count - lines.count + index) * style.lineHeight + style.baseline
        let start = left + column.indent(of: line.width)
        var runs = line.pieces.map(\.run)
        if index + 1 < lines.count, line.endsWord, !runs.isEmpty { runs[runs.count - 1].text += " " }
        elements.append(.part(part, [.text(runs, at: Point(start, y))]))
      }
      left += column.width + gap
    }
    return Strip(height: height + 1.25, elements: elements)
  }

  /// The row, a strip for each line of its longest cell.
  /// - Parameter parts: of the structure, one for each column.
  func row(_ row: Int, x: Double, _ parts: [Int], _ text: inout TextSetter) -> [Strip] {
    var lines: [[Element]] = [[]]
    var excess: [(above: Double, below: Double)] = [(0, 0)]  // of the formulas on each line
    func makeRoom(for runs: [TextRun], _ index: Int) {
      let (above, below) = style.excess(of: runs)
      excess[index] = (max(excess[index].above, above), max(excess[index].below, below))
    }
    let top = (pitch - style.lineHeight) / 2
    var left = x
    for (column, part) in zip(columns, parts) {
      let cell = column.cells[row]
      if column.wraps || column.alignment == .left && cell.width + cell.asideWidth > column.width + 0.01 {
        var runs = cell.runs
        if !cell.aside.isEmpty { runs += [TextRun(" ", style.font, color: style.color)] + cell.aside }
        if let letter = cell.letter { runs.append(letter) }
        let broken = breakLines(runs, width: column.width + 0.01)
        for (index, line) in broken.enumerated() {
          let start = left + (column.alignment == .left ? 0 : column.indent(of: line.width))
          let y = (index == 0 ? top : 0) + style.baseline
          if index == lines.count {
            lines.append([])
            excess.append((0, 0))
          }
          makeRoom(for: line.pieces.map(\.run), index)
          let isLast = index == broken.count - 1
          lines[index].append(.part(part, text.elements(line, at: Point(start, y), isLast: isLast)))
        }
      } else {
        makeRoom(for: cell.runs, 0)
        // Numbers stand with their points below each other; behind them the intervals, from one edge.
        let edge = left + column.width - column.aside  // of the values, when set to the right
        let baseline = top + style.baseline
        let start =
          switch column.alignment {
          case .right: edge - (cell.fraction.map { column.fraction - $0 } ?? 0) - cell.width
          case .center: left + column.indent(of: cell.width + cell.asideWidth)
          case .left: left
          }
        var at = start
        var pieces: [(x: Double, run: TextRun)] = []
        for run in cell.runs {
          pieces.append((at, run))
          at += run.width
        }
        lines[0] += text.destinations(of: pieces, at: Point(0, baseline))
        var words: [Element] = []
        if !cell.runs.isEmpty {
          var runs = cell.runs
          if !cell.aside.isEmpty { runs[runs.count - 1].text += " " }
          words.append(.text(runs, at: Point(start, baseline)))
        }
        if let letter = cell.letter {
          words.append(.text([letter], at: Point(at + 0.5, baseline)))
          at += letter.width + 0.5
        }
        if !cell.aside.isEmpty {
          words.append(.text(cell.aside, at: Point(column.alignment == .right ? edge + 4 : at + 4, baseline)))
        }
        lines[0].append(.part(part, words))
      }
      left += column.width + gap
    }
    var strips = lines.enumerated().map { index, elements in
      let (above, below) = excess[index]
      return Strip(
        height: style.lineHeight + (index == 0 ? top : 0) + above + below,
        elements: above > 0 ? elements.map { $0.moved(0, above) } : elements)
    }
    // Rows of several lines are told apart by the space below them.
    strips[strips.count - 1].height += max(top, strips.count > 1 ? 1.25 : 0)
    return strips
  }
}

extension TableLayout.Column {
  fileprivate func indent(of content: Double) -> Double {
    switch alignment {
    case .left: 0
    case .center: (width - content) / 2
    case .right: width - content
    }
  }
}

/// The width of the widest word: where white space, and nothing else, parts them.
private func longestWord(_ runs: [TextRun]) -> Double {
  var (longest, current) = (0.0, 0.0)
  for run in runs {
    var word = ""
    func end() {
      current += run.drawing?.width ?? TextRun(word, run.font, color: run.color).width
      word = ""
      longest = max(longest, current)
    }
    for character in run.text {
      if character == " " || character == "\n" || character == "\u{2028}" {
        end()
        current = 0
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { end() }
  }
  return longest
}

extension String {
  /// Whether the text is a number as reports write them, a percentage included.
  fileprivate var isNumber: Bool {
    guard let first = unicodeScalars.first(where: { !"+-\u{2212}<>\u{2264}\u{2265}".unicodeScalars.contains($0) }),
      ("0"..."9").contains(first)
    else { return false }
    return unicodeScalars.allSatisfy {
      ("0"..."9").contains($0)
        || "+-\u{2212}<>\u{2264}\u{2265}.,%\u{A0}\u{202F}\u{2009}\u{D7}".unicodeScalars.contains($0)
    }
  }
}
