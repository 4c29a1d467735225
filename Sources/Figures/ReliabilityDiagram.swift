import Drawing
import Foundation

/// Whether probabilities can be taken at their word: one square panel per class, the share of records that were
/// positive over the mean probability of each bin, before and after calibration where both are given. Spikes below a
/// panel count its bins' records.
public struct ReliabilityDiagram: Sendable {
  /// The records whose probability lies in one range.
  public struct Bin: Sendable {
    public var meanPredicted, observed: Double
    public var lower, upper: Double  // the interval of `observed`
    public var records: Int
    public init(meanPredicted: Double, observed: Double, lower: Double, upper: Double, records: Int) {
      (self.meanPredicted, self.observed) = (meanPredicted, observed)
      (self.lower, self.upper, self.records) = (lower, upper, records)
    }
  }
  public struct Series: Sendable {
    public var bins: [Bin]  // from low to high probability
    public var ece, slope: Double?  // expected calibration error; slope of the calibration line
    public init(bins: [Bin], ece: Double? = nil, slope: Double? = nil) {
      (self.bins, self.ece, self.slope) = (bins, ece, slope)
    }
  }
  /// One panel.
  public struct Chart: Sendable {
    public var name: String
    public var series: [Series]  // in the order of ``seriesNames``
    public var undefined: String  // why there is nothing to draw: "no record"
    public init(name: String, series: [Series], undefined: String = "undefined: no bin") {
      (self.name, self.series, self.undefined) = (name, series, undefined)
    }
  }
  public var seriesNames: [String]  // one or two: "before calibration", "after"
  public var pooled: Chart?  // all labels together, drawn first
  public var classes: [Chart]  // in the order of the tables

  public init(seriesNames: [String], pooled: Chart? = nil, classes: [Chart]) {
    (self.seriesNames, self.pooled, self.classes) = (seriesNames, pooled, classes)
  }

  private var charts: [Chart] { (pooled.map { [$0] } ?? []) + classes }
  private var seriesCount: Int { min(charts.map(\.series.count).max() ?? 0, 2) }

  public func scene(width: Double) -> Scene {
    let charts = self.charts
    guard !charts.isEmpty else { return Sheet.empty(width: width, "No class, no reliability diagram.") }
    let wanted = [(8, 4), (20, 5), (30, 6)].first { charts.count <= $0.0 }?.1 ?? 9
    let room = width / ((charts.count <= 15 ? 26 : 18.3) * Theme.millimetre)
    let columns = max(1, min(charts.count, wanted, Int(room)))
    let left = Theme.axisTitle.capHeight + 6 + Sheet.leftAxisWidth([(0, "0.5")])
    let gap = columns >= 8 ? 8.0 : 11.0
    let side = max(10, min((width - left - 3 + gap) / Double(columns) - gap, 52 * Theme.millimetre))
    let form = noteForm(charts, width: side + 3)
    let notes = charts.map { self.notes($0, form: form) }
    let noteStep = Theme.smallTick.size + 1.8
    let header = Theme.panelTitle.capHeight + Double(notes.map(\.count).max() ?? 0) * noteStep + 5
    let strip = max(seriesCount > 1 ? (isSmall(side) ? 10 : 13) : 8, (seriesCount > 1 ? 0.2 : 0.13) * side)

    var sheet = Sheet()
    let keyHeight = sheet.key(keyEntries(form, side: side), left: left, top: 0, width: width)
    let grid = PanelGrid(
      columns: columns, origin: Point(left, keyHeight + (keyHeight > 0 ? 10 : 0) + header),
      pitch: Size(side + gap, header + side + 3 + strip + (isSmall(side) ? 11 : 14)))
    for (index, chart) in charts.enumerated() {
      let corner = grid.corner(index)
      let rect = Rect(corner.x, corner.y, side, side)
      sheet.text(
        fitted(chart.name, Theme.panelTitle, width: side + 3),
        at: Point(rect.x, rect.y - header + Theme.panelTitle.capHeight), Theme.panelTitle)
      for (line, note) in notes[index].enumerated() {
        let y = rect.y - header + Theme.panelTitle.capHeight + Double(line + 1) * noteStep
        sheet.text(
          fitted(note, Theme.smallTick, width: side + 3), at: Point(rect.x, y + 0.7), Theme.smallTick,
          color: Theme.secondary)
      }
      draw(chart, in: rect, strip: strip, on: &sheet)
      let panel = square(rect)
      sheet.leftAxis(panel, halves, labels: grid.isFirst(index), font: Theme.smallTick)
      var below = panel
      below.rect.height += 3 + strip
      sheet.bottomAxis(below, halves, labels: grid.isLowest(index, of: charts.count), font: Theme.smallTick)
    }
    let rows = (charts.count + columns - 1) / columns
    let lowest = grid.corner(column: 0, row: rows - 1).y + side + 3 + strip
    let bottom = lowest + Sheet.bottomAxisHeight(title: false) + Theme.axisTitle.capHeight + 4
    let right = left + Double(min(columns, charts.count)) * (side + gap) - gap
    let xTitle = "Mean predicted probability"
    let half = Figures.width(xTitle, Theme.axisTitle) / 2
    sheet.text(
      xTitle, at: Point(max(half, min((left + right) / 2, width - half)), bottom), Theme.axisTitle, anchor: .middle)
    sheet.text(
      "Observed share", at: Point(Theme.axisTitle.capHeight + 1, (grid.origin.y + lowest - strip) / 2),
      Theme.axisTitle, anchor: .middle, rotation: 90)
    return sheet.scene(width: width, height: bottom + 2, description: description)
  }

  private let halves: Sheet.Ticks = [(0, "0"), (0.5, "0.5"), (1, "1")]
  private let diagonal = Stroke(Theme.secondary, width: 0.4, dash: [1.8, 1.8])

  private func square(_ rect: Rect) -> Panel {
    Panel(
      rect: rect, x: Scale(0, 1, start: rect.x, end: rect.maxX), y: Scale(0, 1, start: rect.maxY, end: rect.y))
  }

  // MARK: Marks

  /// What is drawn last is what is used: of two series the second has the filled marks, of one the only one.
  private func isFirstOfTwo(_ series: Int) -> Bool { seriesCount > 1 && series == 0 }
  private func color(_ series: Int) -> Color { Theme.category(isFirstOfTwo(series) ? 1 : 0) }
  private func stroke(_ series: Int) -> Stroke {
    Stroke(
      color(series), width: isFirstOfTwo(series) ? 0.6 : 0.8, dash: isFirstOfTwo(series) ? [2.4, 1.4] : [])
  }

  /// An open diamond for the first of two series, else a filled circle; in small panels, which are many, a square.
  private func mark(_ series: Int, at points: [Point], side: Double, on sheet: inout Sheet) {
    let radius = isSmall(side) ? 1.1 : 1.5
    var path = Path()
    for p in points {
      if isFirstOfTwo(series) {
        let r = radius * 1.25
        path.segments +=
          Path.polyline(
            [Point(p.x, p.y - r), Point(p.x + r, p.y), Point(p.x, p.y + r), Point(p.x - r, p.y)], closed: true
          ).segments
      } else if isSmall(side) {
        path.segments += Path.rectangle(Rect(p.x - radius, p.y - radius, 2 * radius, 2 * radius)).segments
      } else {
        path.segments += Path.circle(center: p, radius: radius).segments
      }
    }
    guard !path.segments.isEmpty else { return }
    sheet.elements.append(
      isFirstOfTwo(series)
        ? .path(path, fill: Theme.paper, stroke: Stroke(color(series), width: 0.6)) : .path(path, fill: color(series)))
  }

  private func isSmall(_ side: Double) -> Bool { side < 55 }
  private func drawn(_ bins: [Bin]) -> [Bin] { bins.filter { $0.meanPredicted.isFinite && $0.observed.isFinite } }

  private func draw(_ chart: Chart, in rect: Rect, strip: Double, on sheet: inout Sheet) {
    let panel = square(rect)
    sheet.line(Point(rect.x, rect.maxY), Point(rect.maxX, rect.maxY), Theme.grid)
    let series = chart.series.prefix(2).map { drawn($0.bins) }
    guard series.contains(where: { !$0.isEmpty }) else {
      let lines = breakLines(
        [TextRun(chart.undefined, Theme.smallTick, color: Theme.secondary)], width: max(rect.width - 6, 1))
      for (index, line) in lines.prefix(max(1, Int(rect.height / 9))).enumerated() {
        let point = Point(rect.x + 4, rect.y + 3 + Theme.smallTick.capHeight + Double(index) * 8.3)
        let text = fitted(line.text, Theme.smallTick, width: rect.width - 4)
        sheet.text(text, at: point, Theme.smallTick, color: Theme.secondary)
      }
      return
    }
    sheet.line(panel.point(0, 0), panel.point(1, 1), diagonal)
    func inside(_ value: Double) -> Double { max(0, min(value, 1)) }
    for (index, bins) in series.enumerated() {
      let points = bins.map { panel.point(inside($0.meanPredicted), inside($0.observed)) }
      sheet.polyline(points, stroke(index))
      // Small panels keep the intervals of the series that counts.
      if !(isFirstOfTwo(index) && isSmall(rect.width)) {
        var whiskers = Path()
        for bin in bins where bin.lower.isFinite && bin.upper.isFinite {
          let x = inside(bin.meanPredicted)
          whiskers.segments +=
            Path.line(panel.point(x, inside(bin.lower)), panel.point(x, inside(bin.upper))).segments
        }
        let whisker = Stroke(color(index), width: isFirstOfTwo(index) ? 0.35 : 0.45)
        if !whiskers.segments.isEmpty { sheet.elements.append(.path(whiskers, stroke: whisker)) }
      }
    }
    for (index, bins) in series.enumerated() {
      mark(
        index, at: bins.map { panel.point(inside($0.meanPredicted), inside($0.observed)) }, side: rect.width,
        on: &sheet)
      for bin in bins {
        let (x, y) = (inside(bin.meanPredicted), inside(bin.observed))
        let (edge, color) = (panel.point(x, y), color(index))
        if charts.count <= 24 { sheet.mark(edge, value(of: bin, in: chart, series: index)) }
        if x != bin.meanPredicted { sheet.offAxis(edge, towards: Size(x == 0 ? -1 : 1, 0), color: color) }
        if y != bin.observed { sheet.offAxis(edge, towards: Size(0, y == 0 ? 1 : -1), color: color) }
      }
    }
    drawSpikes(series, panel, strip: strip, on: &sheet)
  }

  private func value(of bin: Bin, in chart: Chart, series: Int) -> String {
    let which = seriesCount > 1 && seriesNames.indices.contains(series) ? " \(seriesNames[series])" : ""
    let range =
      bin.lower.isFinite && bin.upper.isFinite ? " (\(interval(bin.lower, bin.upper, places: 3)))" : ""
    return "\(chart.name)\(which): mean probability \(decimal(bin.meanPredicted, places: 3)), observed "
      + "\(decimal(bin.observed, places: 3))\(range), \(counted(bin.records, "record"))"
  }

  // MARK: Records in each bin

  private var mostRecords: Int {
    charts.flatMap { $0.series.prefix(2).flatMap { drawn($0.bins) } }.map(\.records).max() ?? 0
  }

  /// Spikes at the bins' mean probabilities, as high as log(1 + records): of two series the first upwards, the second
  /// downwards. Source: the spike histograms of Harrell, "Regression Modeling Strategies" (2015), 5.3.
  private func drawSpikes(_ series: [[Bin]], _ panel: Panel, strip: Double, on sheet: inout Sheet) {
    let top = panel.rect.maxY + 3
    let zero = seriesCount > 1 ? top + strip / 2 : top + strip
    let full = (seriesCount > 1 ? strip / 2 : strip) - 1
    let most = log(1 + Double(max(mostRecords, 1)))
    for (index, bins) in series.enumerated() {
      var spikes = Path()
      for bin in bins where bin.records > 0 {
        let x = panel.x(max(0, min(bin.meanPredicted, 1)))
        let height = full * log(1 + Double(bin.records)) / most
        let end = isFirstOfTwo(index) || seriesCount < 2 ? zero - height : zero + height
        spikes.segments += Path.line(Point(x, zero), Point(x, end)).segments
      }
      guard !spikes.segments.isEmpty else { continue }
      sheet.elements.append(.path(spikes, stroke: Stroke(color(index), width: isSmall(panel.rect.width) ? 0.8 : 1.2)))
    }
    if seriesCount > 1 {
      sheet.line(Point(panel.rect.x, zero), Point(panel.rect.maxX, zero), Stroke(Theme.hairline, width: 0.35))
    }
  }

  // MARK: Words

  /// How much of "ECE 0.041 → 0.012" has room in every panel.
  private enum NoteForm: CaseIterable { case spaced, tight, numbers }

  private var hasECE: Bool { charts.contains { $0.series.prefix(2).contains { $0.ece?.isFinite == true } } }
  private var hasSlope: Bool { charts.contains { $0.series.prefix(2).contains { $0.slope?.isFinite == true } } }

  private func note(_ name: String, _ values: [Double?], places: Int, _ form: NoteForm) -> String {
    let defined = values.map { $0.flatMap { $0.isFinite ? $0 : nil } }
    if form == .spaced, defined.allSatisfy({ $0 == nil }) { return "\(name) undefined" }
    let texts = defined.map { $0.map { decimal($0, places: places) } ?? "–" }
    switch form {
    case .spaced: return "\(name) \(texts.joined(separator: " → "))"
    case .tight: return "\(name) \(texts.joined(separator: "→"))"
    case .numbers: return texts.joined(separator: "→")
    }
  }

  private func notes(_ chart: Chart, form: NoteForm) -> [String] {
    let series = chart.series.prefix(2)
    guard series.contains(where: { !drawn($0.bins).isEmpty }) else { return [] }
    let ece = hasECE ? [note("ECE", series.map(\.ece), places: 3, form)] : []
    let slope = hasSlope ? [note("slope", series.map(\.slope), places: 2, form)] : []
    // Of very many panels each has one number, so that they fit a page; the description has all.
    return Array((ece + slope).prefix(charts.count > 36 ? 1 : 2))
  }

  private func noteForm(_ charts: [Chart], width limit: Double) -> NoteForm {
    let forms = NoteForm.allCases.filter { form in
      charts.allSatisfy { notes($0, form: form).allSatisfy { width($0, Theme.smallTick) <= limit } }
    }
    return forms.first ?? .numbers
  }

  private func keyEntries(_ form: NoteForm, side: Double) -> [KeyEntry] {
    var entries = seriesNames.prefix(seriesCount).enumerated().map { index, name in
      KeyEntry(text: name, sampleWidth: 16) { start, sheet in
        sheet.line(start, Point(start.x + 16, start.y), stroke(index))
        mark(index, at: [Point(start.x + 8, start.y)], side: side, on: &sheet)
      }
    }
    entries.append(
      KeyEntry(text: "as predicted", sampleWidth: 14) { start, sheet in
        sheet.line(start, Point(start.x + 14, start.y), diagonal)
      })
    if mostRecords > 0 {
      entries.append(
        KeyEntry(text: "records per bin, log(1 + n), longest: \(integer(mostRecords))", sampleWidth: 6) {
          start, sheet in
          for (step, height) in [6.0, 3.5, 2].enumerated() {
            let x = start.x + 0.6 + Double(step) * 2.2
            sheet.line(Point(x, start.y + 3), Point(x, start.y + 3 - height), Stroke(Theme.secondary, width: 1.2))
          }
        })
    }
    if form == .numbers, hasECE || hasSlope {
      let hasBoth = hasECE && hasSlope && charts.count <= 36
      let words = hasBoth ? "numbers: ECE, below it the slope" : hasECE ? "number: ECE" : "number: slope"
      entries.append(KeyEntry(text: words, sampleWidth: 0) { _, _ in })
    }
    return entries
  }

  private var description: String {
    var text = "Reliability of \(counted(classes.count, "class", "classes"))"
    text += pooled == nil ? ": " : " and of all labels pooled: "
    text += "observed share of positives over mean predicted probability, bin by bin. "
    text += charts.map { chart in
      let parts = chart.series.prefix(2).enumerated().map { index, series -> String in
        let bins = drawn(series.bins)
        guard !bins.isEmpty else { return "" }
        var words: [String] = []
        if index < seriesNames.count, !seriesNames[index].isEmpty { words.append(seriesNames[index]) }
        words.append("ECE \(series.ece.map { decimal($0, places: 3) } ?? "undefined")")
        words.append("slope \(series.slope.map { decimal($0, places: 2) } ?? "undefined")")
        words.append(
          "\(counted(bins.count, "bin")) of \(counted(bins.reduce(0) { $0 &+ max($1.records, 0) }, "record"))")
        return words.joined(separator: ", ")
      }.filter { !$0.isEmpty }
      return "\(chart.name): \(parts.isEmpty ? chart.undefined : parts.joined(separator: "; "))"
    }.joined(separator: ". ")
    return text + "."
  }
}
