import Drawing

/// Counts over bins of equal width, one outline per group: ages by sex.
public struct Histogram: Sendable {
  public struct Group: Sendable {
    public var name: String
    public var counts: [Int]  // one per bin
    public init(_ name: String, counts: [Int]) { (self.name, self.counts) = (name, counts) }
  }
  public var start, binWidth: Double
  public var groups: [Group]  // at most six
  public var title, unit: String  // of the value: "Age", "years"
  public var noun: String  // what is noun: "records"

  public init(start: Double, binWidth: Double, groups: [Group], title: String, unit: String, noun: String = "records") {
    (self.start, self.binWidth, self.groups) = (start, binWidth, groups)
    (self.title, self.unit, self.noun) = (title, unit, noun)
  }

  public func scene(width: Double) -> Scene {
    let bins = groups.map(\.counts.count).max() ?? 0
    guard bins > 0, binWidth > 0 else { return Sheet.empty(width: width, "Nothing was noun.") }
    let height = min(0.48 * width, 52 * Theme.millimetre)
    let highest = Double(groups.flatMap(\.counts).max() ?? 1)
    let yProbe = Scale.covering([0, highest], about: 4, includingZero: true, start: 1, end: 0)
    let left = Sheet.leftAxisWidth(yProbe.ticks(about: 4))
    let top = Theme.tick.capHeight * 2 + 14
    let rect = Rect(left, top, width - left - 8, height)
    let panel = Panel(
      rect: rect, x: Scale(start, start + Double(bins) * binWidth, start: rect.x, end: rect.maxX),
      y: Scale.covering([0, highest], about: 4, includingZero: true, start: rect.maxY, end: rect.y))

    var sheet = Sheet()
    let ticks = panel.y.ticks(about: 4)
    for tick in ticks.dropFirst() {
      sheet.line(Point(rect.x, panel.y(tick.value)), Point(rect.maxX, panel.y(tick.value)), Theme.grid)
    }
    var keyX = 0.0
    for (index, group) in groups.prefix(6).enumerated() {
      let color = Theme.category(index)
      let outline = outline(group, panel)
      var area = Path.polyline(outline, closed: true)
      if index > 0 { area = Path() }  // one filled area carries the others as lines
      var fill = color
      fill.alpha = 0.16
      if !area.segments.isEmpty { sheet.elements.append(.path(area, fill: fill)) }
      let stroke = Stroke(color, width: Theme.Line.data, dash: Theme.dash(index))
      sheet.polyline(outline, stroke)
      for (bin, number) in group.counts.enumerated() {
        let (from, to) = (start + Double(bin) * binWidth, start + Double(bin + 1) * binWidth)
        let bin = "\(significant(from, digits: 3)) to \(significant(to, digits: 3)) \(unit)"
        sheet.mark(
          panel.point((from + to) / 2, Double(number)), "\(group.name), \(bin): \(integer(number)) \(noun)")
      }
      let text = "\(group.name) (\(integer(group.counts.reduce(0, &+))))"
      let y = Theme.tick.capHeight
      sheet.line(Point(keyX, y / 2 + 0.5), Point(keyX + 14, y / 2 + 0.5), stroke)
      sheet.text(text, at: Point(keyX + 18, y + 0.5))
      keyX += 18 + Figures.width(text) + 14
    }
    sheet.text(noun, at: Point(0, top - 8), Theme.axisTitle, color: Theme.secondary)
    sheet.leftAxis(panel, ticks)
    let xTicks = panel.x.ticks(about: width > 300 ? 10 : 5)
    sheet.bottomAxis(panel, xTicks, title: unit.isEmpty ? title : "\(title) (\(unit))")
    return sheet.scene(
      width: width, height: rect.maxY + Sheet.bottomAxisHeight(title: true), description: description)
  }

  private func outline(_ group: Group, _ panel: Panel) -> [Point] {
    var points = [panel.point(start, 0)]
    for (bin, number) in group.counts.enumerated() {
      points.append(panel.point(start + Double(bin) * binWidth, Double(number)))
      points.append(panel.point(start + Double(bin + 1) * binWidth, Double(number)))
    }
    points.append(panel.point(start + Double(group.counts.count) * binWidth, 0))
    return points
  }

  private var description: String {
    var text =
      "\(title) of \(noun)\(unit.isEmpty ? "" : " in \(unit)"), in bins of \(significant(binWidth, digits: 3)). "
    text += groups.map { group in
      let total = group.counts.reduce(0, &+)
      var part = "\(group.name): \(integer(total)) \(noun)"
      if let peak = group.counts.max(), peak > 0, let bin = group.counts.firstIndex(of: peak) {
        let (from, to) = (start + Double(bin) * binWidth, start + Double(bin + 1) * binWidth)
        part += ", most (\(integer(peak))) from \(significant(from, digits: 3)) to \(significant(to, digits: 3))"
      }
      return part
    }.joined(separator: "; ")
    return text + "."
  }
}
