import Drawing
import Files
import Wording

extension HTMLWriter {
  /// The blocks of the page, every heading opening a section that holds what follows it.
  mutating func sections() throws -> String {
    var text = ""
    var open: [Int] = []  // the levels of the sections that are open
    for block in manuscript.blocks {
      if case .heading(let level, let title, _) = block {
        while let last = open.last, last >= level {
          text += "</section>\n"
          open.removeLast()
        }
        let place = nextHeadingPlace() ?? ""
        text += "<section aria-labelledby=\"\(escaped(place))\">\n" + heading(level, title, place)
        open.append(level)
      } else {
        text += try self.block(block)
      }
    }
    return text + String(repeating: "</section>\n", count: open.count)
  }

  /// What stands before the text: tables side by side where there is room, then figures.
  mutating func sheet() throws -> String {
    var tables = "", others = ""
    for case .table(let table) in page.sheet { tables += self.table(table) }
    for block in page.sheet where !block.isTable { others += try self.block(block) }
    guard !page.sheet.isEmpty else { return "" }
    return element("div", ["class": "sheet"], element("div", ["class": "beside"], tables) + others) + "\n"
  }

  /// Its level follows from those above: none is skipped, whatever the report writes.
  private mutating func heading(_ level: Int, _ title: [Inline], _ place: String) -> String {
    element("h\(min(headingLevels.tagged(max(level, 1)), 6))", ["id": place], named(title)) + "\n"
  }

  private mutating func blocks(_ blocks: [Block]) throws -> String {
    var text = ""
    for block in blocks { text += try self.block(block) }
    return text
  }

  private mutating func block(_ block: Block) throws -> String {
    switch block {
    case .heading(let level, let title, _):  // inside a list or quotation: no section of its own
      return heading(level, title, nextHeadingPlace() ?? "")
    case .paragraph(let text):
      return element("p", [:], inline(text)) + "\n"
    case .list(let ordered, let start, let tight, let items):
      var text = ""
      for item in items {
        // In a tight list an item's paragraph is its line.
        if tight, case .paragraph(let line)? = item.first {
          text += "<li>" + inline(line) + (try blocks(Array(item.dropFirst()))) + "</li>\n"
        } else {
          text += "<li>" + (try blocks(item)) + "</li>\n"
        }
      }
      let first = ordered && start != 1 ? "\(start)" : nil
      return element(ordered ? "ol" : "ul", ["start": first, "class": tight ? "tight" : nil], "\n" + text) + "\n"
    case .quote(let inner):
      return element("blockquote", [:], "\n" + (try blocks(inner))) + "\n"
    case .code(let text, let language):
      let kind = language.map { "language-" + Anchors.slug($0) }
      return element("pre", ["tabindex": "0"], element("code", ["class": kind], escaped(text))) + "\n"
    case .rule:
      return voidElement("hr") + "\n"
    case .table(let table):
      return self.table(table)
    case .figure(let figure):
      return try self.figure(figure)
    case .bibliography:
      return bibliography()
    case .footnotes(let notes):
      var items = ""
      for (index, note) in notes.enumerated() {
        let number = index + 1
        var note = note
        var last = ""
        if case .paragraph(let text)? = note.last {  // the way back stands on the last line
          note.removeLast()
          last = element("p", [:], inline(text) + backLinks(manuscript.noteMarkPlaces(of: number)))
        } else {
          last = element("p", [:], backLinks(manuscript.noteMarkPlaces(of: number)))
        }
        items += element("li", ["id": manuscript.notePlace(number)], (try blocks(note)) + last) + "\n"
      }
      let list = element("ol", ["class": "notes"], "\n" + items)
      return element("div", ["role": "doc-endnotes"], list) + "\n"
    case .notice(let text):
      return element("p", ["class": "notice", "role": "note"], escaped(text)) + "\n"
    case .equation(let equation):
      let place = equation.id.flatMap { _ in nextObjectPlace() }
      equations += 1
      let name = equation.number.map { say(.equation, $0) } ?? say(.equationUnnumbered, "\(equations)")
      let formula = element(
        "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": name],
        mathML(equation.formula, isDisplayed: true))
      let number = equation.number.map { element("span", ["class": "number"], "(\(escaped($0)))") } ?? ""
      return element("div", ["class": "equation", "id": place], formula + number) + "\n"
    }
  }

  // MARK: Figures

  private mutating func figure(_ figure: FigureBlock) throws -> String {
    let place = nextObjectPlace() ?? Anchors.slug(figure.id)
    var scene = figure.scene
    if scene.description.isEmpty { scene.description = description(of: figure.data) }
    let picture = try svg(scene, idPrefix: place + "-")
    let isWide = scene.size.width > Paper.blockWidth + 1
    var text = element(
      "div",
      [
        "class": "plate " + style.plate(scene), "tabindex": "0", "role": "group",
        "aria-label": say(.figure, figure.label),
      ], picture)
    text += "\n" + element("figcaption", [:], caption(say(.figure, figure.label) + ".", figure.caption)) + "\n"
    text += dataDetails(figure, scene.description)
    return element("figure", ["id": place, "class": isWide ? "wide" : nil], "\n" + text) + "\n"
  }

  /// What a figure that has no words of its own shows.
  private func description(of data: Frame) -> String {
    guard !data.columns.isEmpty else { return say(.figureNothing) }
    let names = data.columns.map(\.title).joined(separator: ", ")
    return say(.figureOf, count: data.rowCount, names)
  }

  /// The label and first sentence in ink, the rest in grey.
  private mutating func caption(_ label: String?, _ caption: [Inline]) -> String {
    let (lead, rest) = caption.splitAfterFirstSentence
    let name = label.map { element("span", ["class": "label"], escaped($0)) + " " } ?? ""
    let first = element("span", ["class": "lead"], name + inline(lead))
    return first + (rest.isEmpty ? "" : " " + inline(rest))
  }

  /// The description in words, the data to read, of many rows some, and all of them to save.
  private func dataDetails(_ figure: FigureBlock, _ description: String) -> String {
    var parts = [element("p", [:], escaped(description))]
    for shown in figure.parts where !shown.data.columns.isEmpty {
      let csv = shown.data.csv
      let rows = thinned(csv.rows, to: 60)
      let head = csv.columns.map { element("th", ["scope": "col"], escaped($0)) }.joined()
      let body = rows.map { row in
        element("tr", [:], row.map { element("td", [:], escaped(shortened($0))) }.joined())
      }
      let table = element("thead", [:], element("tr", [:], head)) + element("tbody", [:], body.joined(separator: "\n"))
      let name = say(.figureData, shown.label)
      parts.append(
        element(
          "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": name],
          element("table", ["class": "data", "aria-label": name], table)))
      let part =
        rows.count < csv.rows.count ? escaped(say(.rowsSome, "\(rows.count)")) + " " : ""
      if let file = manuscript.file(Manuscript.fileName(shown.id)) {
        parts.append(element("p", [:], part + download(file) + " (\(escaped(say(.rows, count: csv.rows.count))))"))
      }
    }
    let summary = element("summary", [:], escaped(say(.figureDetails)))
    return element("details", [:], summary + "\n" + parts.joined(separator: "\n") + "\n") + "\n"
  }

  // MARK: Tables

  private mutating func table(_ table: TableBlock) -> String {
    let place = table.id.flatMap { _ in nextObjectPlace() }
    plainTables += table.id == nil ? 1 : 0
    let captionPlace = place.map { $0 + ".caption" }
    let reading = TableReading(table)
    // Characters of the widest cell: what has many keeps a width at which it can be read, and scrolls.
    let lengths = table.columns.indices.map { column in
      reading.rows.map { $0[column].content.plainText.count + ($0[column].aside.map { $0.count + 2 } ?? 0) }.max() ?? 0
    }
    func side(_ column: Int) -> String? {
      switch table.columns[column].alignment {
      case .left: lengths[column] > 20 ? "words" : nil
      case .right: "right"
      case .center: "center"
      }
    }
    var text = ""
    let label = table.label.map { say(.table, $0) + "." }
    if label != nil || !table.caption.isEmpty {
      text += element("caption", ["id": captionPlace], element("div", [:], caption(label, table.caption))) + "\n"
    }
    let head = table.columns.indices.map {
      element("th", ["scope": "col", "class": side($0)], escaped(table.columns[$0].title))
    }
    text += element("thead", [:], element("tr", [:], head.joined())) + "\n"
    // Behind values of one column stands the same width, so that their digits lie below each other.
    let asideWidths = table.columns.indices.map { column in
      reading.rows.map { $0[column].aside?.count ?? 0 }.max() ?? 0
    }
    var rows = ""
    for row in reading.rows {
      var cells = ""
      for (column, cell) in row.enumerated() {
        let isHead = column == 0 && table.columns[0].alignment == .left && table.columns.count > 1
        var content = isHead ? named(cell.content) : inline(cell.content)
        if let letter = cell.letter { content += element("sup", [:], escaped(letter)) }
        if asideWidths[column] > 0 {
          let kind = side(column) == "right" ? "aside " + style.width(ofCharacters: asideWidths[column]) : "aside"
          content += " " + element("span", ["class": kind], escaped(cell.aside ?? ""))
        }
        let key = cell.key.flatMap { $0.isFinite ? "\($0)" : nil }
        cells += element(
          isHead ? "th" : "td", ["scope": isHead ? "row" : nil, "class": side(column), "data-key": key], content)
      }
      rows += element("tr", [:], cells) + "\n"
    }
    text = element("table", [:], "\n" + text + element("tbody", [:], "\n" + rows) + "\n")
    let name = label != nil || !table.caption.isEmpty ? captionPlace : nil
    let frame: KeyValuePairs<String, String?> = [
      "class": "scroll", "tabindex": "0", "role": "group", "aria-labelledby": name,
      "aria-label": name == nil ? say(.tableUnnumbered, "\(plainTables)") : nil,
    ]
    text = element("div", frame, text) + "\n"
    var notes = reading.reasons.map {
      element("p", [:], element("sup", [:], escaped($0.letter)) + " " + escaped($0.text))
    }
    notes += table.notes.map { element("p", [:], escaped($0)) }
    if let id = table.id, let file = manuscript.file(Manuscript.fileName(id)) {
      notes.append(element("p", ["class": "data-link"], download(file)))
    }
    if !notes.isEmpty { text += element("div", ["class": "table-notes"], notes.joined(separator: "\n")) + "\n" }
    let isWide = table.isLandscape || lengths.reduce(0) { $0 + min($1, 20) + 3 } > 105  // more than a page across can print
    return element("div", ["class": isWide ? "table wide" : "table", "id": place], "\n" + text) + "\n"
  }

  // MARK: Bibliography

  private mutating func bibliography() -> String {
    var items = ""
    for entry in page.bibliography {
      let number = entry.name == nil ? element("span", ["class": "number"], "[\(entry.number)]") + " " : ""
      let back = backLinks(manuscript.citationPlaces(of: entry.key))
      items += element("li", ["id": manuscript.entryPlace(entry.key)], number + inline(entry.text) + back) + "\n"
    }
    let isNumbered = page.bibliography.contains { $0.name == nil }
    let list = element(isNumbered ? "ol" : "ul", ["class": isNumbered ? "references" : "references named"], "\n" + items)
    return element("div", ["role": "doc-bibliography"], list) + "\n"
  }

  /// ↩ for each place that led here.
  private func backLinks(_ places: [String]) -> String {
    places.enumerated().map { index, place in
      let name = places.count == 1 ? say(.back) : say(.backMention, "\(index + 1)")
      let mark = "\u{21A9}\u{FE0E}" + (places.count == 1 ? "" : element("sup", [:], "\(index + 1)"))
      return " "
        + element("a", ["class": "back", "href": "#" + place, "role": "doc-backlink", "aria-label": name], mark)
    }.joined()
  }
}

/// Of many rows some, evenly taken, the first and the last among them.
private func thinned<Row>(_ rows: [Row], to limit: Int) -> [Row] {
  rows.count <= limit ? rows : (0..<limit).map { rows[$0 * (rows.count - 1) / (limit - 1)] }
}

/// Numbers of a small data table as the page writes them, at six significant digits; the file has all of them.
private func shortened(_ field: String) -> String {
  guard field.contains("."), let number = Double(field), number.isFinite else { return field }
  return field.count > 8
    ? significant(number, digits: 6) : field.replacing(".", with: Language.current.decimalSign)
}
