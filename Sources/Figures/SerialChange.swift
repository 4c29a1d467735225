import Drawing
import Wording

/// What changed between a previous recording and this one: for each value an arrow from then to now, on the width by
/// which repeated recordings differ anyway.
public struct SerialChange: Sendable {
  public struct Row: Sendable {
    public var name, unit: String
    public var previous, current: Double?
    public var places: Int
    /// How far a repeated recording may differ with nothing changed (±); nil where that isn't known.
    public var variability: Double?
    public init(
      _ name: String, unit: String = "", previous: Double?, current: Double?, places: Int = 0,
      variability: Double? = nil
    ) {
      (self.name, self.unit, self.previous, self.current) = (name, unit, previous, current)
      (self.places, self.variability) = (places, variability)
    }
  }
  public var rows: [Row]
  public var previousName, currentName: String  // "3 May 1989", "12 March 1991"
  /// Where the variabilities come from, below.
  public var source: String

  public init(rows: [Row], previousName: String? = nil, currentName: String? = nil, source: String = "") {
    (self.rows, self.source) = (rows, source)
    (self.previousName, self.currentName) = (previousName ?? say(.serialPrevious), currentName ?? say(.serialNow))
  }

  public func scene(width: Double) -> Scene {
    guard !rows.isEmpty else { return Sheet.empty(width: width, say(.serialNone)) }
    let font = Theme.tick
    let strong = Font(.sans, Theme.Size.label, .semibold)
    let height = 12.0
    let nameWidth = min(rows.map { Figures.width($0.name, strong) }.max() ?? 0, 0.28 * width)
    func column(_ head: String, _ texts: [String]) -> Double {
      max(min(Figures.width(head, font), 0.2 * width), texts.map { Figures.width($0, strong) }.max() ?? 0)
    }
    let beforeWidth = column(previousName, rows.map { text($0.previous, $0) })
    let nowWidth = column(currentName, rows.map { text($0.current, $0) })
    let changeWidth = column(say(.serialChange), rows.map(changeText))
    let plotX = nameWidth + 8 + beforeWidth + 8
    let plotWidth = width - plotX - nowWidth - changeWidth - 18
    guard plotWidth >= 24 else { return Sheet.empty(width: width, say(.serialRoomless, "\(rows.count)")) }
    let nowX = plotX + plotWidth + 8 + nowWidth

    var sheet = Sheet()
    let top = font.capHeight + 5
    func head(_ text: String, _ x: Double, _ limit: Double) {
      sheet.text(
        fitted(text, font, width: limit + 0.5), at: Point(x, font.capHeight), font, color: Theme.secondary, anchor: .end
      )
    }
    head(previousName, plotX - 8, beforeWidth)
    head(currentName, nowX, nowWidth)
    head(say(.serialChange), width, changeWidth)
    for (index, row) in rows.enumerated() {
      let y = top + (Double(index) + 0.5) * height
      let isBeyond = self.isBeyond(row)
      sheet.text(fitted(row.name, strong, width: nameWidth + 0.5), centredAt: Point(0, y), strong, anchor: .start)
      sheet.text(text(row.previous, row), centredAt: Point(plotX - 8, y), font, color: Theme.secondary, anchor: .end)
      sheet.text(text(row.current, row), centredAt: Point(nowX, y), font, anchor: .end)
      sheet.text(changeText(row), centredAt: Point(width, y), isBeyond ? strong : font, anchor: .end)
      drawArrow(row, x: plotX, width: plotWidth, y: y, isBeyond: isBeyond, on: &sheet)
      if let words = words(row) { sheet.mark(Rect(0, y - height / 2, width, height), words) }
    }
    var bottom = top + Double(rows.count) * height
    var note = rows.contains { $0.variability != nil } ? say(.serialBand) : ""
    if !source.isEmpty { note += (note.isEmpty ? "" : "; ") + source }
    for line in breakLines([TextRun(note, Theme.smallTick, color: Theme.secondary)], width: width) {
      bottom += 8.5
      sheet.text(line.text, at: Point(0, bottom), Theme.smallTick, color: Theme.secondary)
    }
    return sheet.scene(width: width, height: bottom + 2, description: description)
  }

  // MARK: One row

  /// Now less then; of angles the shorter way round.
  private func change(_ row: Row) -> Double? {
    guard let before = row.previous, let now = row.current, (now - before).isFinite else { return nil }
    return row.unit == "°" ? (now - before).remainder(dividingBy: 360) : now - before
  }

  private func isBeyond(_ row: Row) -> Bool {
    guard let change = change(row), let variability = row.variability else { return false }
    return abs(change) > abs(variability)
  }

  private func drawArrow(_ row: Row, x: Double, width: Double, y: Double, isBeyond: Bool, on sheet: inout Sheet) {
    let middle = x + width / 2
    // The band fills the middle third; where no variability is known, a tenth of the value stands for it, unbanded.
    let unit = row.variability.map(abs) ?? 0.1 * abs(row.previous ?? 0)
    if let variability = row.variability, variability > 0 {
      sheet.rectangle(Rect(x + width / 3, y - 4, width / 3, 8), fill: Theme.sequential(0.22))
    }
    sheet.line(Point(middle, y - 4), Point(middle, y + 4), Stroke(Theme.muted, width: 0.4))
    guard let change = change(row) else { return }
    guard unit > 0, change != 0 else {
      sheet.dot(Point(middle, y), radius: 1.8, fill: Theme.ink)
      return
    }
    let color = isBeyond ? Theme.accent : Theme.ink
    let share = max(-0.5, min(change / unit / 6, 0.5))
    let end = middle + share * width
    sheet.line(Point(middle, y), Point(end - (share > 0 ? 2 : -2), y), Stroke(color, width: 1))
    sheet.dot(Point(middle, y), radius: 1.6, fill: Theme.paper, stroke: Stroke(Theme.ink, width: 0.7))
    sheet.offAxis(Point(end, y), towards: Size(share > 0 ? 1 : -1, 0), size: 4.2, color: color)
  }

  // MARK: Words

  private func text(_ value: Double?, _ row: Row) -> String {
    guard let value, value.isFinite else { return "–" }
    return decimal(value, places: row.places) + (row.unit.isEmpty ? "" : row.unit == "°" ? "°" : "\u{00A0}\(row.unit)")
  }

  private func changeText(_ row: Row) -> String {
    guard let change = change(row) else { return "–" }
    return (change > 0 ? "+" : change < 0 ? "" : "±") + decimal(change, places: row.places)
  }

  private func words(_ row: Row) -> String? {
    guard change(row) != nil else { return nil }
    let range = row.variability.map {
      ", " + say(isBeyond(row) ? .serialBeyond : .serialWithin, decimal(abs($0), places: row.places))
    }
    return say(
      .serialRow, row.name, text(row.previous, row), text(row.current, row), changeText(row) + (range ?? ""))
  }

  private var description: String {
    let known = rows.compactMap(words)
    let missing = rows.filter { change($0) == nil }.map(\.name)
    let beyond = rows.filter(isBeyond).count
    var text = say(
      .serialSays, count: rows.count, previousName, currentName, beyond == 0 ? say(.listNone) : integer(beyond))
    text += known.isEmpty ? "." : ": \(known.joined(separator: "; "))."
    if !missing.isEmpty { text += " " + say(.serialSaysUnknown, listed(missing)) }
    return text
  }
}
