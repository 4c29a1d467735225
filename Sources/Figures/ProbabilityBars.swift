import Drawing

/// A record's probabilities, ranked, each with the threshold of its class and its risk group.
public struct ProbabilityBars: Sendable {
  /// How soon a finding matters; told by colour, mark and word.
  public enum Risk: String, Sendable, CaseIterable { case high, medium, low }
  public struct Bar: Sendable {
    public var name: String  // the code: "AFIB"
    public var meaning: String  // "atrial fibrillation", or ""
    public var probability: Double
    public var threshold: Double?
    public var risk: Risk?
    public init(name: String, meaning: String = "", probability: Double, threshold: Double? = nil, risk: Risk? = nil) {
      (self.name, self.meaning, self.probability) = (name, meaning, probability)
      (self.threshold, self.risk) = (threshold, risk)
    }
  }
  public var bars: [Bar]
  public var limit: Int  // how many of them are shown

  public init(bars: [Bar], limit: Int = 20) { (self.bars, self.limit) = (bars, limit) }

  private var ranked: [Bar] {
    Array(
      bars.enumerated().filter { $0.element.probability.isFinite }
        .sorted { ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset) }
        .map(\.element).prefix(max(limit, 1)))
  }

  public func scene(width: Double) -> Scene {
    let ranked = self.ranked
    guard !ranked.isEmpty else { return Sheet.empty(width: width, "No class has a probability.") }
    let font = Theme.tick
    let rowHeight = 13.0
    let hasRisk = ranked.contains { $0.risk != nil }
    let nameWidth = ranked.map { Figures.width($0.name, Font(.sans, Theme.Size.label, .semibold)) }.max() ?? 0
    let meanings = ranked.map { Figures.width($0.meaning, font) }.max() ?? 0
    let riskWidth = hasRisk ? Figures.width("medium", font) + 16 : 0
    let valueWidth = Figures.width("<0.00", font)
    // The words give way before the bars do.
    let room = width - nameWidth - valueWidth - riskWidth - 23 - max(100, 0.3 * width)
    let meaningWidth = room < 40 ? 0 : min(meanings, room)
    let left = nameWidth + (meaningWidth > 0 ? 6 + meaningWidth : 0) + 7 + valueWidth + 6
    let rect = Rect(left, Theme.tick.capHeight + 8, width - left - riskWidth - 4, rowHeight * Double(ranked.count))
    let panel = Panel(
      rect: rect, x: Scale(0, 1, start: rect.x, end: rect.maxX), y: Scale(0, 1, start: rect.maxY, end: rect.y))

    var sheet = Sheet()
    let headY = Theme.tick.capHeight
    if ranked.contains(where: { $0.threshold != nil }) { drawThresholdKey(x: rect.x, y: headY, on: &sheet) }
    if hasRisk { sheet.text("risk", at: Point(rect.maxX + 13, headY), color: Theme.secondary) }
    for tick in [0.25, 0.5, 0.75, 1] {
      sheet.line(Point(panel.x(tick), rect.y), Point(panel.x(tick), rect.maxY), Theme.grid)
    }
    for (row, bar) in ranked.enumerated() {
      let middle = rect.y + (Double(row) + 0.5) * rowHeight
      draw(bar, panel, middle: middle, nameWidth: nameWidth, meaningWidth: meaningWidth, on: &sheet)
    }
    let ticks: Sheet.Ticks = [(0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1, "1")]
    sheet.bottomAxis(
      panel, rect.width > 110 ? ticks : ticks.filter { $0.label.count < 4 }, title: "Probability")
    sheet.line(Point(rect.x, rect.y), Point(rect.x, rect.maxY), Theme.axis)
    return sheet.scene(
      width: width, height: rect.maxY + Sheet.bottomAxisHeight(title: true), description: description)
  }

  func color(_ risk: Risk?) -> Color {
    switch risk {
    case .high: Theme.accent
    case .medium: Theme.category(5)
    case .low: Theme.category(4)
    case nil: Theme.muted
    }
  }

  private func draw(
    _ bar: Bar, _ panel: Panel, middle: Double, nameWidth: Double, meaningWidth: Double, on sheet: inout Sheet
  ) {
    let font = Theme.tick
    let height = 7.0
    sheet.text(
      bar.name, centredAt: Point(0, middle), Font(.sans, Theme.Size.label, .semibold), anchor: .start)
    if meaningWidth > 0 {
      sheet.text(
        fitted(bar.meaning, font, width: meaningWidth + 0.5), centredAt: Point(nameWidth + 6, middle), font,
        color: Theme.secondary, anchor: .start)
    }
    sheet.text(
      probability(bar.probability), centredAt: Point(panel.rect.x - 6, middle), font, anchor: .end)
    let share = max(0, min(bar.probability, 1))
    let isAbove = bar.threshold.map { bar.probability >= $0 } ?? true
    let color = self.color(bar.risk)
    // A bar below its threshold is an outline: grey prints show the difference too.
    sheet.rectangle(
      Rect(panel.rect.x, middle - height / 2, max(share * panel.rect.width, 0.3), height),
      fill: isAbove ? color : Color(0xF4F6F8), stroke: Stroke(color, width: isAbove ? 0.25 : 0.6))
    if let threshold = bar.threshold, threshold.isFinite, (0...1).contains(threshold) {
      let x = panel.x(threshold)
      sheet.line(Point(x, middle - height / 2 - 1.8), Point(x, middle + height / 2 + 1.8), thresholdStroke)
    }
    let threshold = bar.threshold.map { ", threshold \(decimal($0, places: 2))" } ?? ""
    let group = bar.risk.map { ", \($0.rawValue) risk" } ?? ""
    sheet.mark(
      Rect(0, middle - 6.5, panel.rect.maxX, 13), "\(bar.name): \(probability(bar.probability))\(threshold)\(group)")
    guard let risk = bar.risk else { return }
    let mark = Point(panel.rect.maxX + 7, middle)
    switch risk {
    case .high: sheet.rectangle(Rect(mark.x - 2.6, mark.y - 2.6, 5.2, 5.2), fill: color)
    case .medium:
      let triangle = Path.polyline(
        [Point(mark.x - 3, mark.y + 2.5), Point(mark.x + 3, mark.y + 2.5), Point(mark.x, mark.y - 2.9)], closed: true)
      sheet.elements.append(.path(triangle, fill: color))
    case .low: sheet.dot(mark, radius: 2.2, fill: Theme.paper, stroke: Stroke(color, width: 1))
    }
    sheet.text(risk.rawValue, centredAt: Point(mark.x + 6, middle), font, anchor: .start)
  }

  private var thresholdStroke: Stroke { Stroke(Theme.ink, width: 1) }

  private func drawThresholdKey(x: Double, y: Double, on sheet: inout Sheet) {
    sheet.line(Point(x + 0.5, y + 1), Point(x + 0.5, y - 6), thresholdStroke)
    sheet.text("class threshold", at: Point(x + 5, y), color: Theme.secondary)
  }

  private var description: String {
    let ranked = self.ranked
    var text = "Probabilities of \(counted(ranked.count, "class", "classes")), highest first"
    if ranked.count < bars.count { text += ", of \(integer(bars.count))" }
    return text + ": "
      + ranked.map { bar in
        var part = "\(bar.name) \(probability(bar.probability))"
        if let threshold = bar.threshold {
          part += bar.probability >= threshold ? ", at or above its threshold" : ", below its threshold"
          part += " of \(decimal(threshold, places: 2))"
        }
        return part + (bar.risk.map { ", \($0.rawValue) risk" } ?? "")
      }.joined(separator: "; ") + "."
  }
}
