import Drawing

/// Which labels occur together: of the records with the row's label, the share that have the column's too.
public struct CoOccurrence: Sendable {
  public var labels: [String]
  /// `[label][label]`: records with both; on the diagonal, records with the label.
  public var counts: [[Int]]

  public init(labels: [String], counts: [[Int]]) { (self.labels, self.counts) = (labels, counts) }

  private func count(_ row: Int, _ column: Int) -> Int {
    counts.indices.contains(row) && counts[row].indices.contains(column) ? counts[row][column] : 0
  }
  private func share(_ row: Int, _ column: Int) -> Double? {
    let total = count(row, row)
    return total > 0 ? Double(count(row, column)) / Double(total) : nil
  }

  public func scene(width: Double) -> Scene {
    guard !labels.isEmpty else { return Sheet.empty(width: width, "No label was counted.") }
    let font = labels.count > 40 ? Font(.sans, 6) : labels.count > 24 ? Theme.smallTick : Theme.tick
    let names = min(labels.map { Figures.width($0, font) }.max() ?? 0, 0.25 * width)
    let totals =
      labels.count <= 40 ? (labels.indices.map { Figures.width(integer(count($0, $0)), font) }.max() ?? 0) + 5 : 0
    let left = names + totals + 4
    // As many labels as have room for a line of text each.
    let shown = labels.prefix(max(1, Int((width - left - 1) / (font.capHeight + 0.5)))).indices
    let n = Double(shown.count)
    let cell = min((width - left - 1) / n, 13 * Theme.millimetre)
    let isUpright = (labels.map { Figures.width($0, font) }.max() ?? 0) < cell - 3
    let top = isUpright ? font.capHeight + 5 : names + 4

    var sheet = Sheet()
    for row in shown {
      let y = top + (Double(row) + 0.5) * cell
      sheet.text(fitted(labels[row], font, width: names + 0.5), centredAt: Point(names, y), font, anchor: .end)
      if totals > 0 {
        sheet.text(
          integer(count(row, row)), centredAt: Point(left - 4, y), font, color: Theme.secondary, anchor: .end)
      }
      let x = left + (Double(row) + 0.5) * cell
      if isUpright {
        sheet.text(labels[row], at: Point(x, top - 3), font, anchor: .middle)
      } else {
        sheet.text(
          fitted(labels[row], font, width: names + 0.5), at: Point(x + font.capHeight / 2, top - 2), font, rotation: 90)
      }
    }
    drawCells(shown, corner: Point(left, top), cell: cell, on: &sheet)
    for line in 0...shown.count {
      let at = Double(line) * cell
      let stroke = Stroke(cell > 9 ? Theme.paper : Theme.hairline, width: cell > 9 ? 0.5 : 0.2)
      sheet.line(Point(left + at, top), Point(left + at, top + n * cell), stroke)
      sheet.line(Point(left, top + at), Point(left + n * cell, top + at), stroke)
    }
    sheet.rectangle(Rect(left, top, n * cell, n * cell), stroke: Stroke(Theme.secondary, width: 0.35))
    var note = "Of the records with the row’s label, percent that have the column’s too."
    if shown.count < labels.count { note += " The first \(shown.count) of \(labels.count) labels." }
    var y = top + n * cell + 6 + Theme.tick.capHeight
    for line in breakLines([TextRun(note, Theme.tick, color: Theme.secondary)], width: width - 1) {
      sheet.text(line.text, at: Point(0, y), color: Theme.secondary)
      y += 9.5
    }
    return sheet.scene(width: width, height: y - 7, description: description)
  }

  /// One path for all cells of a shade, to the percent that a number beside it would show; then the numbers.
  private func drawCells(_ shown: Range<Int>, corner: Point, cell: Double, on sheet: inout Sheet) {
    let font = cell >= 22 ? Theme.tick : Font(.sans, 6)
    let showsNumbers = cell >= Figures.width("100", font) + 2
    func rect(_ row: Int, _ column: Int) -> Rect {
      Rect(corner.x + Double(column) * cell, corner.y + Double(row) * cell, cell, cell)
    }
    var shades: [Int: Path] = [:]
    var numbers: [(Point, String)] = []
    for row in shown {
      // A stroke, not a shade: in grey print a shade would read as a share.
      let own = rect(row, row)
      sheet.line(Point(own.x, own.y), Point(own.maxX, own.maxY), Stroke(Theme.secondary, width: 0.35))
      for column in shown where row != column && count(row, column) > 0 {
        guard let share = share(row, column), share.isFinite else { continue }
        let percent = Int((100 * max(0, min(share, 1))).rounded(.toNearestOrEven))
        shades[percent, default: Path()].segments += Path.rectangle(rect(row, column)).segments
        let middle = Point(rect(row, column).x + cell / 2, rect(row, column).y + cell / 2)
        numbers.append((middle, percent == 0 ? "<1" : "\(percent)"))
        if shown.count <= 24 {
          let both = "\(integer(count(row, column))) of \(counted(count(row, row), "record"))"
          let part = Drawing.percent(share, places: 1)
          sheet.mark(rect(row, column), "\(labels[row]) and \(labels[column]): \(both), \(part)")
        }
      }
    }
    for (percent, path) in shades.sorted(by: { $0.key < $1.key }) {
      let share = Double(percent) / 100
      sheet.elements.append(.path(path, fill: showsNumbers ? Theme.tint(share) : Theme.sequential(share)))
    }
    guard showsNumbers else { return }
    for (point, text) in numbers { sheet.text(text, centredAt: point, font) }
  }

  private var description: String {
    var pairs: [(row: Int, column: Int, share: Double)] = []
    for row in labels.indices {
      for column in labels.indices where row != column {
        if let share = share(row, column), share > 0 { pairs.append((row, column, share)) }
      }
    }
    let top = pairs.sorted { ($1.share, $0.row, $0.column) < ($0.share, $1.row, $1.column) }.prefix(8)
    let text = "Shares of common records among \(integer(labels.count)) labels. "
    guard !top.isEmpty else { return text + "No two labels occur together." }
    return text + "Highest: "
      + top.map { "\(percent($0.share, places: 0)) of \(labels[$0.row]) also have \(labels[$0.column])" }
      .joined(separator: ", ") + "."
  }
}
