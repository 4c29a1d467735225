import Drawing

/// Counts by name, as horizontal bars with their numbers; on a logarithmic axis, dots, since a bar needs a zero.
public struct Bars: Sendable {
  public struct Bar: Sendable {
    public var name: String
    public var value: Int
    public init(_ name: String, _ value: Int) { (self.name, self.value) = (name, value) }
  }
  public var bars: [Bar]  // drawn in this order
  public var title: String  // of the numbers: "Records"
  public var isLogarithmic: Bool

  public init(bars: [Bar], title: String, logarithmic: Bool = false) {
    (self.bars, self.title, isLogarithmic) = (bars, title, logarithmic)
  }

  public func scene(width: Double) -> Scene {
    guard !bars.isEmpty else { return Sheet.empty(width: width, "Nothing was counted.") }
    let font = Theme.tick
    let rowHeight = bars.count <= 30 ? 12.0 : 9.4
    let nameWidth = min(bars.map { Figures.width($0.name, font) }.max() ?? 0, 0.4 * width)
    let valueWidth = bars.map { Figures.width(integer($0.value), font) }.max() ?? 0
    let highest = Double(bars.map(\.value).max() ?? 1)
    let rect = Rect(nameWidth + 6, 2, width - nameWidth - 6 - valueWidth - 8, rowHeight * Double(bars.count))
    let x =
      isLogarithmic
      ? Scale(1, max(highest, 10), start: rect.x, end: rect.maxX, logarithmic: true)
      : Scale.covering([0, highest], about: 5, includingZero: true, start: rect.x, end: rect.maxX)
    let panel = Panel(rect: rect, x: x, y: Scale(0, 1, start: rect.maxY, end: rect.y))

    var sheet = Sheet()
    let ticks = panel.x.ticks(about: 5)
    for tick in ticks.dropFirst() {
      sheet.line(Point(panel.x(tick.value), rect.y), Point(panel.x(tick.value), rect.maxY), Theme.grid)
    }
    for (row, bar) in bars.enumerated() {
      let middle = rect.y + (Double(row) + 0.5) * rowHeight
      let end = bar.value > 0 || !isLogarithmic ? panel.x(Double(bar.value)) : rect.x
      sheet.text(
        fitted(bar.name, font, width: nameWidth + 0.5), centredAt: Point(nameWidth, middle), font, anchor: .end)
      if isLogarithmic {
        sheet.line(Point(rect.x, middle), Point(end, middle), Stroke(Theme.hairline, width: 0.5))
        if bar.value > 0 { sheet.dot(Point(end, middle), radius: 2, fill: Theme.category(0)) }
      } else {
        let height = 0.62 * rowHeight
        sheet.rectangle(Rect(rect.x, middle - height / 2, max(end - rect.x, 0.3), height), fill: Theme.category(0))
      }
      sheet.text(integer(bar.value), centredAt: Point(end + 4, middle), font, anchor: .start)
      sheet.mark(
        Rect(0, middle - rowHeight / 2, end + 4 + valueWidth, rowHeight),
        "\(bar.name): \(integer(bar.value)) (\(title))")
    }
    sheet.line(Point(rect.x, rect.y), Point(rect.x, rect.maxY), Theme.axis)
    sheet.bottomAxis(panel, ticks, title: isLogarithmic ? "\(title) (logarithmic)" : title)
    return sheet.scene(
      width: width, height: rect.maxY + Sheet.bottomAxisHeight(title: true),
      description: "\(title) by name: " + bars.map { "\($0.name) \(integer($0.value))" }.joined(separator: ", ") + ".")
  }
}
