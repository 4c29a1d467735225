import Drawing

/// How a training went: loss, validation AUC and learning rate over the epochs, three panels on one axis, the chosen
/// epoch marked in each.
public struct TrainingCurves: Sendable {
  public struct Epoch: Sendable {
    public var number: Int
    public var trainLoss: Double
    public var validationLoss, validationAUC, learningRate: Double?
    public init(
      number: Int, trainLoss: Double, validationLoss: Double? = nil, validationAUC: Double? = nil,
      learningRate: Double? = nil
    ) {
      (self.number, self.trainLoss, self.validationLoss) = (number, trainLoss, validationLoss)
      (self.validationAUC, self.learningRate) = (validationAUC, learningRate)
    }
  }
  public var epochs: [Epoch]
  public var best: Int?  // the number of the chosen epoch
  public var reason: String  // why it was chosen

  public init(epochs: [Epoch], best: Int?, reason: String = "highest validation macro AUC") {
    (self.epochs, self.best, self.reason) = (epochs, best, reason)
  }

  private struct Series {
    var name: String
    var values: [Double]  // NaN where an epoch has none
    var color: Color
    var dash: [Double]
  }
  private struct Chart {
    var title: String
    var series: [Series]
    var includesZero = false
    var highest: Double?
  }

  public func scene(width: Double) -> Scene {
    guard !epochs.isEmpty else { return Sheet.empty(width: width, "No epoch was trained.") }
    let charts = self.charts
    let isWide = width > 110 * Theme.millimetre
    let note = bestNote
    let top = Theme.panelTitle.capHeight + 9
    let below = Sheet.bottomAxisHeight(title: true)
    let panelHeight = isWide ? 34 * Theme.millimetre : 26 * Theme.millimetre
    // The loss panel keeps room for its two direct labels.
    let nameRoom = (charts.first?.series.map { Figures.width($0.name) + 5 }.max()) ?? 0
    let tickRooms = charts.map { chart in
      let scale = self.scale(chart, start: 0, end: 1)
      return Sheet.leftAxisWidth(scale.ticks(about: 4))
    }
    let gap = 11.0
    let right = Figures.width(integer(epochs.map(\.number).max() ?? 0)) / 2
    let rowHeight = top + panelHeight + (isWide ? below : 6)
    let columnWidth =
      isWide
      ? (width - tickRooms.reduce(0, +) - nameRoom - gap * Double(charts.count - 1) - right) / Double(charts.count)
      : width - (tickRooms.max() ?? 0) - nameRoom - 2

    var sheet = Sheet()
    var x = 0.0
    for (index, chart) in charts.enumerated() {
      x += isWide ? tickRooms[index] : 0
      let left = isWide ? x : tickRooms.max() ?? 0
      let y = top + (isWide ? 0 : Double(index) * rowHeight)
      let rect = Rect(left, y, columnWidth, panelHeight)
      draw(chart, in: rect, on: &sheet, epochTitle: isWide || index == charts.count - 1)
      x += columnWidth + gap + (index == 0 ? nameRoom : 0)
    }
    var height = isWide ? rowHeight : Double(charts.count) * rowHeight - 6 + below
    if let note {
      height += 4
      let y = height + Theme.tick.capHeight
      sheet.line(Point(1, y - 2.5), Point(15, y - 2.5), bestStroke)
      drawBest(Point(8, y - 2.5), on: &sheet)
      let lines = breakLines([TextRun(note, Theme.tick, color: Theme.ink)], width: width - 20)
      for (index, line) in lines.enumerated() {
        sheet.text(line.text, at: Point(19, y + Double(index) * 9.5))
      }
      height = y + Double(max(lines.count - 1, 0)) * 9.5 + 3
    }
    return sheet.scene(width: width, height: height, description: description)
  }

  private var bestStroke: Stroke { Stroke(Theme.accent, width: 0.5, dash: [2, 1.5]) }

  private func drawBest(_ point: Point, on sheet: inout Sheet) {
    sheet.dot(point, radius: 2, fill: Theme.paper, stroke: Stroke(Theme.accent, width: 1))
  }

  private var bestEpoch: Epoch? { epochs.first { $0.number == best } }

  private var bestNote: String? {
    guard let epoch = bestEpoch else { return nil }
    let auc = epoch.validationAUC.map { " (\(decimal($0, places: 3)))" } ?? ""
    return "chosen: epoch \(epoch.number) of \(epochs.last?.number ?? epoch.number), \(reason)\(auc)"
  }

  private var charts: [Chart] {
    func column(_ value: (Epoch) -> Double?) -> [Double] { epochs.map { value($0) ?? .nan } }
    var loss = [Series(name: "training", values: column(\.trainLoss), color: Theme.category(0), dash: [])]
    if epochs.contains(where: { $0.validationLoss != nil }) {
      let values = column(\.validationLoss)
      loss.append(Series(name: "validation", values: values, color: Theme.category(1), dash: Theme.dash(1)))
    }
    var charts = [Chart(title: "Loss", series: loss)]
    if epochs.contains(where: { $0.validationAUC != nil }) {
      let series = Series(name: "", values: column(\.validationAUC), color: Theme.category(1), dash: [])
      charts.append(Chart(title: "Validation macro AUC", series: [series], highest: 1))
    }
    if epochs.contains(where: { $0.learningRate != nil }) {
      let series = Series(name: "", values: column(\.learningRate), color: Theme.secondary, dash: [])
      charts.append(Chart(title: "Learning rate", series: [series], includesZero: true))
    }
    return charts
  }

  private func scale(_ chart: Chart, start: Double, end: Double) -> Scale {
    .covering(
      chart.series.flatMap(\.values), about: 4, includingZero: chart.includesZero, atMost: chart.highest,
      start: start, end: end)
  }

  private func draw(_ chart: Chart, in rect: Rect, on sheet: inout Sheet, epochTitle: Bool) {
    let numbers = epochs.map { Double($0.number) }
    let (first, last) = (numbers.min() ?? 1, numbers.max() ?? 1)
    let inset = first == last ? 0 : 3.0
    let panel = Panel(
      rect: rect,
      x: first == last
        ? Scale(first - 1, first + 1, start: rect.x, end: rect.maxX)
        : Scale(first, last, start: rect.x + inset, end: rect.maxX - inset),
      y: scale(chart, start: rect.maxY, end: rect.y))
    sheet.text(chart.title, at: Point(rect.x - Theme.Line.tick, rect.y - 7), Theme.panelTitle)
    let ticks = panel.y.ticks(about: 4)
    for tick in ticks.dropFirst() {
      sheet.line(Point(rect.x, panel.y(tick.value)), Point(rect.maxX, panel.y(tick.value)), Theme.grid)
    }
    if let best = bestEpoch {
      let x = panel.x(Double(best.number))
      sheet.line(Point(x, rect.maxY), Point(x, rect.y), bestStroke)
    }
    sheet.leftAxis(panel, ticks)
    sheet.bottomAxis(panel, epochTicks(panel.x), title: epochTitle ? "Epoch" : "", labels: epochTitle)
    var ends: [(name: String, y: Double)] = []
    for series in chart.series {
      for points in panel.lines(numbers, series.values) {
        sheet.polyline(
          points, Stroke(series.color, width: Theme.Line.data, dash: series.dash, roundCaps: series.dash.isEmpty))
        if points.count == 1 { sheet.dot(points[0], fill: series.color) }
      }
      let name = series.name.isEmpty ? chart.title : "\(chart.title), \(series.name)"
      let points = zip(epochs, series.values).filter { $0.1.isFinite }.map { epoch, value in
        (panel.point(Double(epoch.number), value), "\(name), epoch \(epoch.number): \(significant(value, digits: 4))")
      }
      sheet.mark(along: points, limit: 100)
      if let value = series.values.last(where: \.isFinite), !series.name.isEmpty {
        ends.append((series.name, panel.y(value)))
      }
      if let best = bestEpoch, let index = epochs.firstIndex(where: { $0.number == best.number }),
        series.values[index].isFinite, chart.title != "Learning rate"
      {
        drawBest(panel.point(Double(best.number), series.values[index]), on: &sheet)
      }
    }
    let places = spread(ends.map(\.y), gap: 9, from: rect.y + 3, to: rect.maxY - 3)
    for (end, y) in zip(ends, places) {
      sheet.text(end.name, centredAt: Point(rect.maxX + 4, y), anchor: .start)
    }
  }

  /// Whole epochs only.
  private func epochTicks(_ scale: Scale) -> Sheet.Ticks {
    let numbers = epochs.map(\.number)
    guard let first = numbers.min(), let last = numbers.max() else { return [] }
    guard last - first > 5 else { return (first...last).map { (Double($0), integer($0)) } }
    let step = max(1, Int(roundStep(Double(last - first), 5).rounded(.up)))
    let ticks = Array(stride(from: (first + step - 1) / step * step, through: last, by: step))
    return ticks.map { (Double($0), integer($0)) }
  }

  private var description: String {
    guard let first = epochs.first, let last = epochs.last else { return "" }
    var text = "Training over \(counted(epochs.count, "epoch")). "
    text +=
      "The training loss went from \(decimal(first.trainLoss, places: 3)) to \(decimal(last.trainLoss, places: 3))"
    if let a = first.validationLoss, let b = last.validationLoss {
      text += ", the validation loss from \(decimal(a, places: 3)) to \(decimal(b, places: 3))"
    }
    if let a = first.validationAUC, let b = last.validationAUC {
      text += ", the validation macro AUC from \(decimal(a, places: 3)) to \(decimal(b, places: 3))"
    }
    text += "."
    if let epoch = bestEpoch {
      text += " Epoch \(epoch.number) was chosen: \(reason)"
      text += (epoch.validationAUC.map { ", \(decimal($0, places: 3))" } ?? "") + "."
    }
    return text
  }
}
