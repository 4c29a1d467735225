import Drawing

/// How well a network does on parts of the records: one row per level of each grouping, its AUROC with the interval
/// beside the AUROC over all records, and how far it is from that of all other levels.
public struct SubgroupForest: Sendable {
  public struct Estimate: Sendable {
    public var value: Double
    public var lower, upper: Double?
    public init(_ value: Double, lower: Double? = nil, upper: Double? = nil) {
      (self.value, self.lower, self.upper) = (value, lower, upper)
    }
  }
  public struct Row: Sendable {
    public var level: String
    public var records: Int
    public var patients: Int?
    public var auroc: Estimate?
    public var difference: Estimate?  // group minus rest
    public var undefined: String  // why there is no AUROC: "3 positives"
    public var differenceUndefined: String  // why there is no difference
    public init(
      level: String, records: Int, patients: Int? = nil, auroc: Estimate?, difference: Estimate? = nil,
      undefined: String = "undefined", differenceUndefined: String = "undefined"
    ) {
      (self.level, self.records, self.patients) = (level, records, patients)
      (self.auroc, self.difference) = (auroc, difference)
      (self.undefined, self.differenceUndefined) = (undefined, differenceUndefined)
    }
  }
  public struct Grouping: Sendable {
    public var name: String
    public var rows: [Row]
    public init(name: String, rows: [Row]) { (self.name, self.rows) = (name, rows) }
  }
  public var groupings: [Grouping]
  public var overall: Row?  // all records
  public var measure: String  // "Macro AUROC"
  public var axis: ClosedRange<Double>?  // nil: as the values need it

  public init(
    groupings: [Grouping], overall: Row? = nil, measure: String = "AUROC", axis: ClosedRange<Double>? = nil
  ) {
    (self.groupings, self.overall, self.measure, self.axis) = (groupings, overall, measure, axis)
  }

  public func scene(width: Double) -> Scene {
    let rows = groupings.flatMap(\.rows)
    guard !rows.isEmpty else { return Sheet.empty(width: width, "No subgroup.") }
    let columns = Columns(self, rows: rows + (overall.map { [$0] } ?? []), width: width)
    let lines = self.lines(columns)
    let top = columns.headHeight
    let height = lines.map(\.height).reduce(0, +) + 3
    let rect = Rect(columns.plot, top, max(columns.plotWidth, 4), height)
    let panel = Panel(
      rect: rect, x: scale(rows, start: rect.x, end: rect.maxX), y: Scale(0, 1, start: rect.maxY, end: rect.y))

    var sheet = Sheet()
    drawHead(columns, on: &sheet)
    let ticks = panel.roomyTicks
    for tick in ticks {
      sheet.line(Point(panel.x(tick.value), top), Point(panel.x(tick.value), rect.maxY), Theme.grid)
    }
    drawReference(panel, on: &sheet)
    var y = top + 1.5
    for line in lines {
      switch line.content {
      case .heading(let name):
        sheet.text(
          fitted(name, heading, width: rect.x - 4), centredAt: Point(0, y + line.height / 2 + 1), heading,
          anchor: .start)
      case .row(let row, let isOverall):
        draw(
          row, isOverall: isOverall, in: Rect(0, y, width, line.height), reason: line.reason, panel, columns,
          on: &sheet)
      }
      y += line.height
    }
    let titleRoom = 2 * min(rect.x + rect.width / 2, width - rect.x - rect.width / 2)
    sheet.bottomAxis(panel, ticks, title: fitted(measure, Theme.axisTitle, width: titleRoom))
    return sheet.scene(
      width: width, height: rect.maxY + Sheet.bottomAxisHeight(title: true), description: description)
  }

  private let font = Theme.tick
  private let heading = Font(.sans, Theme.Size.label, .semibold)
  private let indent = 6.0
  private let gap = 8.0

  // MARK: Columns

  /// Where the words stand: in narrow figures what belongs together takes two lines.
  private struct Columns {
    var isNarrow: Bool
    var hasDifferences: Bool
    var level, records, patients: Double  // the widths of columns; 0 where there is none
    var plot, plotWidth: Double
    var value, interval: Double  // right end of the values, left end of their intervals
    var difference, differenceInterval: Double
    var width, headHeight: Double

    init(_ forest: SubgroupForest, rows: [Row], width: Double) {
      let font = forest.font
      func widest(_ texts: [String]) -> Double { texts.map { Figures.width($0, font) }.max() ?? 0 }
      self.width = width
      isNarrow = width < 115 * Theme.millimetre
      hasDifferences = rows.contains { forest.defined($0.difference) != nil }
      let names = max(
        widest(rows.map(\.level)) + forest.indent,
        forest.groupings.map { Figures.width($0.name, forest.heading) }.max() ?? 0)
      let counts = rows.map { integer($0.records) }
      let patientCounts = rows.compactMap(\.patients).map { integer($0) }
      let values = max(widest(rows.map { forest.valueText($0.auroc) }), Figures.width("0.000", font))
      let intervals = widest(rows.map { forest.intervalText($0.auroc) })
      let differences = max(widest(rows.map { forest.differenceText($0.difference) }), Figures.width("+0.000", font))
      let differenceIntervals = widest(rows.map { forest.intervalText($0.difference) })
      let gap = forest.gap
      if isNarrow {
        level = min(max(names, widest(rows.map { "n = \(integer($0.records))" }) + forest.indent), 0.27 * width)
        (records, patients) = (0, 0)
        plot = level + gap
        let differenceWidth = max(differences, differenceIntervals, Figures.width("Difference", font))
        difference = width - 0.5
        differenceInterval = width - 0.5
        value = hasDifferences ? width - 0.5 - differenceWidth - gap : width - 0.5
        interval = value
        let valueWidth = max(values, intervals, Figures.width("(interval)", font))
        plotWidth = value - valueWidth - gap - plot
        headHeight = 2 * font.capHeight + 11
      } else {
        level = min(max(names, Figures.width("All records", forest.heading)), 0.2 * width)
        records = max(widest(counts), Figures.width("Records", font))
        patients = patientCounts.isEmpty ? 0 : max(widest(patientCounts), Figures.width("Patients", font))
        plot = level + gap + records + (patients > 0 ? gap + patients : 0) + gap + 3
        let differenceWidth = max(
          differences + 4 + differenceIntervals, Figures.width("Difference to the rest", font))
        differenceInterval = width - 0.5 - differenceIntervals
        difference = differenceInterval - 4
        let intervalWidth = max(intervals, Figures.width("interval", font))
        interval = width - 0.5 - (hasDifferences ? differenceWidth + gap + 4 : 0) - intervalWidth
        value = interval - 4
        plotWidth = value - values - gap - plot
        headHeight = font.capHeight + 8
      }
    }
  }

  private func defined(_ estimate: Estimate?) -> Estimate? { estimate.flatMap { $0.value.isFinite ? $0 : nil } }
  private func bounds(_ estimate: Estimate?) -> (lower: Double, upper: Double)? {
    guard let lower = estimate?.lower, let upper = estimate?.upper, lower.isFinite, upper.isFinite, lower <= upper
    else { return nil }
    return (lower, upper)
  }
  private func valueText(_ estimate: Estimate?) -> String {
    defined(estimate).map { decimal($0.value, places: 3) } ?? ""
  }
  private func differenceText(_ estimate: Estimate?) -> String {
    guard let estimate = defined(estimate) else { return "" }
    let text = decimal(estimate.value, places: 3)
    return estimate.value > 0 && text != "0.000" ? "+" + text : text
  }
  private func intervalText(_ estimate: Estimate?) -> String {
    guard defined(estimate) != nil, let (lower, upper) = bounds(estimate) else { return "" }
    return interval(lower, upper, places: 3)
  }

  // MARK: Rows

  private struct Line {
    enum Content {
      case heading(String)
      case row(Row, isOverall: Bool)
    }
    var content: Content
    var height: Double
    var reason: [String] = []  // in place of point and numbers
  }

  private func lines(_ columns: Columns) -> [Line] {
    let rowHeight = columns.isNarrow ? 20.0 : 12
    func line(_ row: Row, isOverall: Bool) -> Line {
      var line = Line(content: .row(row, isOverall: isOverall), height: rowHeight)
      guard defined(row.auroc) == nil else { return line }
      line.reason = breakLines(
        [TextRun(row.undefined, font, color: Theme.secondary)], width: max(columns.width - columns.plot - 6, 20)
      ).map { fitted($0.text, font, width: columns.width - columns.plot - 4) }
      line.height = max(rowHeight, Double(line.reason.count) * 9 + 3)
      return line
    }
    var lines = overall.map { [line($0, isOverall: true)] } ?? []
    for grouping in groupings {
      lines.append(Line(content: .heading(grouping.name), height: 15))
      lines += grouping.rows.map { line($0, isOverall: false) }
    }
    return lines
  }

  /// All values; intervals as far as they do not crowd the values together.
  private func scale(_ rows: [Row], start: Double, end: Double) -> Scale {
    if let axis, axis.lowerBound.isFinite, axis.upperBound.isFinite {
      return Scale(axis.lowerBound, axis.upperBound, start: start, end: end)
    }
    let estimates = (rows + (overall.map { [$0] } ?? [])).compactMap { defined($0.auroc) }
      .filter { (0...1).contains($0.value) }
    guard let lowest = estimates.map(\.value).min(), let highest = estimates.map(\.value).max() else {
      return Scale(0.5, 1, start: start, end: end)
    }
    let margin = max(0.05, 1.5 * (highest - lowest))
    let low = estimates.compactMap { bounds($0)?.lower }.min() ?? lowest
    let high = estimates.compactMap { bounds($0)?.upper }.max() ?? highest
    let (first, last) = (max(min(low, lowest), lowest - margin), min(max(high, highest), highest + margin))
    let pad = 0.03 * (last - first)
    return Scale.covering([max(first - pad, 0), min(last + pad, 1)], about: 5, atMost: 1, start: start, end: end)
  }

  // MARK: Marks

  private func drawHead(_ columns: Columns, on sheet: inout Sheet) {
    let baseline = columns.headHeight - 6
    let above = baseline - font.capHeight - 3
    func head(_ text: String, _ x: Double, _ anchor: Anchor, y: Double? = nil) {
      sheet.text(text, at: Point(x, y ?? baseline), font, color: Theme.secondary, anchor: anchor)
    }
    if columns.isNarrow {
      head("Group", 0, .start, y: above)
      head("records", 0, .start)
      head("AUROC", columns.value, .end, y: above)
      head("(interval)", columns.value, .end)
      if columns.hasDifferences {
        head("Difference", columns.difference, .end, y: above)
        head("to the rest", columns.difference, .end)
      }
    } else {
      head("Group", 0, .start)
      head("Records", columns.level + gap + columns.records, .end)
      if columns.patients > 0 { head("Patients", columns.plot - gap - 3, .end) }
      head("AUROC", columns.value, .end)
      head("interval", columns.interval, .start)
      if columns.hasDifferences { head("Difference to the rest", columns.width - 0.5, .end) }
    }
    let y = columns.headHeight - 1.5
    sheet.line(Point(0, y), Point(columns.width, y), Theme.axis)
  }

  private var reference: Stroke { Stroke(Theme.secondary, width: 0.5, dash: [2, 1.5]) }

  private func drawReference(_ panel: Panel, on sheet: inout Sheet) {
    guard let value = defined(overall?.auroc)?.value, (panel.x.lower...panel.x.upper).contains(value) else { return }
    sheet.line(Point(panel.x(value), panel.rect.y), Point(panel.x(value), panel.rect.maxY), reference)
  }

  private func draw(
    _ row: Row, isOverall: Bool, in rect: Rect, reason: [String], _ panel: Panel, _ columns: Columns,
    on sheet: inout Sheet
  ) {
    let middle = rect.y + rect.height / 2
    let (upper, lower) = columns.isNarrow ? (middle - 4.3, middle + 4.3) : (middle, middle)
    let x = isOverall ? 0 : indent
    let nameFont = isOverall ? heading : font
    sheet.text(
      fitted(row.level, nameFont, width: columns.level - x), centredAt: Point(x, upper), nameFont, anchor: .start)
    if columns.isNarrow {
      sheet.text(
        fitted("n = \(integer(row.records))", font, width: columns.level - x), centredAt: Point(x, lower),
        color: Theme.secondary, anchor: .start)
    } else {
      sheet.text(
        integer(row.records), centredAt: Point(columns.level + gap + columns.records, middle), anchor: .end)
      if let patients = row.patients {
        sheet.text(integer(patients), centredAt: Point(columns.plot - gap - 3, middle), anchor: .end)
      }
    }
    guard let estimate = defined(row.auroc) else {
      sheet.rectangle(Rect(columns.plot - 1, rect.y, panel.rect.width + 2, rect.height), fill: Theme.paper)
      for (index, text) in reason.enumerated() {
        let y = middle + (Double(index) - Double(reason.count - 1) / 2) * 9
        let point = Point(columns.plot + 3, y + font.capHeight / 2)
        sheet.text(text, at: point, color: Theme.secondary)
      }
      return
    }
    sheet.estimate(
      estimate.value, bounds(estimate), as: isOverall ? .diamond : .dot,
      color: isOverall ? Theme.ink : Theme.category(0), panel, y: middle)
    sheet.mark(rect, words(row) + ".")
    let anchor: Anchor = columns.isNarrow ? .end : .start
    sheet.text(valueText(estimate), centredAt: Point(columns.value, upper), anchor: .end)
    sheet.text(
      intervalText(estimate), centredAt: Point(columns.interval, lower), color: Theme.secondary, anchor: anchor)
    if defined(row.difference) != nil {
      sheet.text(differenceText(row.difference), centredAt: Point(columns.difference, upper), anchor: .end)
      sheet.text(
        intervalText(row.difference), centredAt: Point(columns.differenceInterval, lower), color: Theme.secondary,
        anchor: anchor)
    } else if columns.hasDifferences, !isOverall {
      let room = columns.isNarrow ? columns.difference - columns.value - gap : columns.width - columns.interval - 50
      sheet.text(
        fitted(row.differenceUndefined, font, width: room), centredAt: Point(columns.width - 0.5, upper),
        color: Theme.secondary, anchor: .end)
    }
  }

  // MARK: Words

  private func words(_ row: Row) -> String {
    var text = "\(row.level) "
    if let estimate = defined(row.auroc) {
      text += valueText(estimate) + (bounds(estimate).map { " (\(interval($0.lower, $0.upper, places: 3)))" } ?? "")
    } else {
      text += row.undefined
    }
    text += ", \(counted(row.records, "record"))"
    text += row.patients.map { " of \(counted($0, "patient"))" } ?? ""
    if let difference = defined(row.difference) {
      text += ", difference to the rest \(differenceText(difference))"
      text += bounds(difference).map { " (\(interval($0.lower, $0.upper, places: 3)))" } ?? ""
    }
    return text
  }

  private var description: String {
    var sentences = ["\(measure) by \(listed(groupings.map(\.name)))"]
    sentences += overall.map { [words($0)] } ?? []
    sentences += groupings.map { "\($0.name): " + $0.rows.map(words).joined(separator: "; ") }
    return sentences.joined(separator: ". ") + "."
  }
}
