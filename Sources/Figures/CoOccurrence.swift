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
    let n = Double(labels.count)
    let font = labels.count > 40 ? Font(.sans, 6) : labels.count > 24 ? Theme.smallTick : Theme.tick
    let names = min(labels.map { Figures.width($0, font) }.max() ?? 0, 0.25 * width)
    let totals = labels.count <= 40 ? (labels.indices.map { Figures.width(integer(count($0, $0)), font) }.max() ?? 0) + 5 : 0
    let left = names + totals + 4
    let cell = min((width - left - 1) / n, 13 * Theme.millimetre)
    let isUpright = (labels.map { Figures.width($0, font) }.max() ?? 0) < cell - 3
    let top = isUpright ? font.capHeight + 5 : names + 4
    let numberFont = cell >= 22 ? Theme.tick : Font(.sans, 6)
    let showsNumbers = cell >= Figures.width("100", numberFont) + 2

    var sheet = Sheet()
    for row in labels.indices {
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
    for row in labels.indices {
      for column in labels.indices {
        let rect = Rect(left + Double(column) * cell, top + Double(row) * cell, cell, cell)
        guard row != column, let share = share(row, column) else {
          if row == column { sheet.rectangle(rect, fill: Theme.hairline) }
          continue
        }
        if count(row, column) > 0 { sheet.rectangle(rect, fill: Theme.sequential(share)) }
        if showsNumbers, count(row, column) > 0 {
          let text = share < 0.01 ? "<1" : percent(share, places: 0).dropLast().description
          sheet.text(
            text, centredAt: Point(rect.x + cell / 2, rect.y + cell / 2), numberFont,
            color: Theme.text(onSequential: share))
        }
      }
    }
    for line in 0...labels.count {
      let at = Double(line) * cell
      let stroke = Stroke(cell > 9 ? Theme.paper : Theme.hairline, width: cell > 9 ? 0.5 : 0.2)
      sheet.line(Point(left + at, top), Point(left + at, top + n * cell), stroke)
      sheet.line(Point(left, top + at), Point(left + n * cell, top + at), stroke)
    }
    sheet.rectangle(Rect(left, top, n * cell, n * cell), stroke: Stroke(Theme.secondary, width: 0.35))
    let noteY = top + n * cell + 6 + Theme.tick.capHeight
    sheet.text(
      fitted("Of the records with the row’s label, percent that have the column’s too.", Theme.tick, width: width - 2),
      at: Point(0, noteY), color: Theme.secondary)
    return sheet.scene(width: width, height: noteY + 3, description: description)
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
