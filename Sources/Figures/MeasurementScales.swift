import Drawing
import Wording

/// Measured values beside their normal limits: a small scale for each, all with the normal range in the same place, so
/// that what lies outside of it is seen at a glance.
public struct MeasurementScales: Sendable {
  public struct Row: Sendable {
    public var name, unit: String  // "PR", "ms"
    public var value: Double?
    public var places: Int  // decimal places of the value and its limits
    public var lower, upper: Double?  // normal limits; nil where there is none on that side
    public var reason: String  // why there is no value, in a few words
    public init(
      _ name: String, unit: String, value: Double?, places: Int = 0, lower: Double? = nil, upper: Double? = nil,
      reason: String = ""
    ) {
      (self.name, self.unit, self.value, self.places) = (name, unit, value, places)
      (self.lower, self.upper, self.reason) = (lower, upper, reason)
    }
  }
  public var rows: [Row]
  /// Whose limits they are, below: "women over 50; Rijnbeek et al. 2014".
  public var source: String

  public init(rows: [Row], source: String = "") { (self.rows, self.source) = (rows, source) }

  private static let rowHeight = 12.0
  private static let font = Theme.tick
  private static let strong = Font(.sans, Theme.Size.label, .semibold)

  public func scene(width: Double) -> Scene {
    guard !rows.isEmpty else { return Sheet.empty(width: width, say(.scalesNone)) }
    let (font, strong, height) = (Self.font, Self.strong, Self.rowHeight)
    let nameWidth = min(rows.map { Figures.width($0.name, strong) }.max() ?? 0, 0.3 * width)
    let valueWidth = rows.map { Figures.width(valueText($0), strong) }.max() ?? 0
    let unitWidth = rows.map { Figures.width($0.unit, font) }.max() ?? 0
    let limitWidth = rows.map { Figures.width(limits($0), font) }.max() ?? 0
    let verdictWidth = max(Figures.width(say(.scalesHigh), strong), Figures.width(say(.scalesLow), strong))
    let scaleX = nameWidth + 8
    let scaleWidth = width - scaleX - valueWidth - unitWidth - limitWidth - verdictWidth - 26
    guard scaleWidth >= 24 else { return Sheet.empty(width: width, say(.scalesRoomless, "\(rows.count)")) }
    let valueX = scaleX + scaleWidth + 8 + valueWidth

    var sheet = Sheet()
    let top = font.capHeight + 5
    sheet.text(
      say(.scalesNormal), at: Point(scaleX + scaleWidth / 2, font.capHeight), font, color: Theme.secondary, anchor: .middle)
    sheet.text(say(.scalesLimits), at: Point(width, font.capHeight), font, color: Theme.secondary, anchor: .end)
    for (index, row) in rows.enumerated() {
      let y = top + (Double(index) + 0.5) * height
      sheet.text(fitted(row.name, strong, width: nameWidth + 0.5), centredAt: Point(0, y), strong, anchor: .start)
      guard let value = row.value, value.isFinite else {
        let text = row.reason.isEmpty ? say(.scalesAbsent) : say(.scalesAbsentBecause, row.reason)
        sheet.text(
          fitted(text, font, width: width - scaleX), centredAt: Point(scaleX, y), font, color: Theme.secondary,
          anchor: .start)
        continue
      }
      let verdict = self.verdict(row)
      draw(row, value, x: scaleX, width: scaleWidth, y: y, on: &sheet)
      sheet.text(valueText(row), centredAt: Point(valueX, y), verdict == .normal ? font : strong, anchor: .end)
      sheet.text(row.unit, centredAt: Point(valueX + (row.unit == "°" ? 0.5 : 3), y), font, anchor: .start)
      sheet.text(verdict.word, centredAt: Point(valueX + 3 + unitWidth + 6, y), strong, anchor: .start)
      sheet.text(limits(row), centredAt: Point(width, y), font, color: Theme.secondary, anchor: .end)
      sheet.mark(Rect(0, y - height / 2, width, height), words(row))
    }
    var bottom = top + Double(rows.count) * height
    if !source.isEmpty {
      let lines = breakLines([TextRun(say(.scalesSource, source), Theme.smallTick, color: Theme.secondary)], width: width)
      for line in lines {
        bottom += 8.5
        sheet.text(line.text, at: Point(0, bottom), Theme.smallTick, color: Theme.secondary)
      }
      bottom += 2
    }
    return sheet.scene(width: width, height: bottom, description: description)
  }

  // MARK: One scale

  private enum Verdict {
    case normal, high, low
    var word: String { self == .high ? say(.scalesHigh) : self == .low ? say(.scalesLow) : "" }
  }
  private func verdict(_ row: Row) -> Verdict {
    guard let value = row.value else { return .normal }
    if let upper = row.upper, value > upper { return .high }
    if let lower = row.lower, value < lower { return .low }
    return .normal
  }

  /// The normal range fills the middle third; with one limit, all of the scale on its good side.
  private func place(_ value: Double, _ row: Row) -> Double? {
    switch (row.lower, row.upper) {
    case (let lower?, let upper?):
      guard upper > lower else { return nil }
      return 1 / 3 + (value - lower) / (upper - lower) / 3
    case (nil, let upper?): return 2 / 3 + (value - upper) / (0.3 * max(abs(upper), 1e-9)) / 3
    case (let lower?, nil): return 1 / 3 + (value - lower) / (0.3 * max(abs(lower), 1e-9)) / 3
    case (nil, nil): return nil
    }
  }

  private func draw(_ row: Row, _ value: Double, x: Double, width: Double, y: Double, on sheet: inout Sheet) {
    guard let share = place(value, row), share.isFinite else { return }
    let from = row.lower == nil ? 0 : width / 3
    let to = row.upper == nil ? width : width * 2 / 3
    sheet.rectangle(Rect(x + from, y - 4, to - from, 8), fill: Theme.sequential(0.22))
    sheet.line(Point(x, y), Point(x + width, y), Stroke(Theme.muted, width: 0.4))
    let isNormal = verdict(row) == .normal
    if share < 0.02 || share > 0.98 {  // beyond the scale
      sheet.offAxis(
        Point(share < 0 ? x : x + width, y), towards: Size(share < 0 ? -1 : 1, 0), size: 5, color: Theme.accent)
      return
    }
    let place = Point(x + share * width, y)
    if isNormal {
      sheet.dot(place, radius: 2.2, fill: Theme.ink)
    } else {  // another shape, for readers who see no colour
      let corners = [
        Point(place.x, y - 3.4), Point(place.x + 3.4, y), Point(place.x, y + 3.4), Point(place.x - 3.4, y),
      ]
      sheet.elements.append(.path(.polyline(corners, closed: true), fill: Theme.accent))
    }
  }

  // MARK: Words

  private func valueText(_ row: Row) -> String { row.value.map { decimal($0, places: row.places) } ?? "" }

  private func limits(_ row: Row) -> String {
    switch (row.lower, row.upper) {
    case (let lower?, let upper?): interval(lower, upper, places: row.places)
    case (nil, let upper?): "≤\u{202F}\(decimal(upper, places: row.places))"
    case (let lower?, nil): "≥\u{202F}\(decimal(lower, places: row.places))"
    case (nil, nil): say(.scalesUnknown)
    }
  }

  private func words(_ row: Row) -> String {
    let unit = row.unit.isEmpty || row.unit == "°" ? row.unit : "\u{00A0}\(row.unit)"
    guard row.value?.isFinite == true else {
      return "\(row.name) " + (row.reason.isEmpty ? say(.scalesAbsent) : say(.scalesAbsentBecause, row.reason))
    }
    let verdict = self.verdict(row)
    let known = row.lower != nil || row.upper != nil
    return "\(row.name) \(valueText(row))\(unit)"
      + (known
        ? ", " + say(verdict == .normal ? .scalesWithin : verdict == .high ? .scalesAbove : .scalesBelow, limits(row))
        : "")
  }

  private var description: String {
    let outside = rows.filter { $0.value?.isFinite == true && verdict($0) != .normal }.count
    return
      say(
        .scalesSays, count: rows.count, outside == 0 ? say(.listNone) : integer(outside),
        rows.map(words).joined(separator: "; ")) + (source.isEmpty ? "" : " " + say(.scalesSource, source) + ".")
  }
}
