import Drawing

/// How far networks are from one that they are compared with: one row per label, the difference with its interval beside
/// zero and, where there is one, the margin of non-inferiority. What is beyond noise is filled, what is not is hollow.
public struct DifferenceForest: Sendable {
  public typealias Estimate = SubgroupForest.Estimate
  public struct Row: Sendable {
    public var label: String
    public var support: Int?  // positive records
    public var difference: Estimate?  // network minus reference
    public var undefined: String  // why there is no difference
    public var pValue: Double?  // adjusted
    public var isBeyondNoise: Bool?  // nil without a test
    public init(
      label: String, support: Int? = nil, difference: Estimate?, undefined: String = "undefined", pValue: Double? = nil,
      isBeyondNoise: Bool? = nil
    ) {
      (self.label, self.support, self.difference, self.undefined) = (label, support, difference, undefined)
      (self.pValue, self.isBeyondNoise) = (pValue, isBeyondNoise)
    }
  }
  public struct Model: Sendable {
    public var name: String
    public var overall: Row?  // of all labels
    public var rows: [Row]
    public init(name: String, overall: Row? = nil, rows: [Row]) {
      (self.name, self.overall, self.rows) = (name, overall, rows)
    }
  }
  public var models: [Model]
  public var reference: String
  public var measure: String  // "AUROC"
  public var lowerIsBetter: Bool
  public var margin: Double?  // above 0

  public init(
    models: [Model], reference: String, measure: String = "AUROC", lowerIsBetter: Bool = false, margin: Double? = nil
  ) {
    (self.models, self.reference, self.measure) = (models, reference, measure)
    (self.lowerIsBetter, self.margin) = (lowerIsBetter, margin)
  }

  /// More rows than this are too many for a page: then those of the smallest p-values are drawn.
  public static let mostRows = 72

  public func scene(width: Double) -> Scene {
    let lines = self.lines
    guard !lines.isEmpty else { return Sheet.empty(width: width, "No difference.") }
    let columns = Columns(self, lines, width: width)
    let pitch = columns.isNarrow ? 20.0 : lines.count > 40 ? 8.6 : 12
    let top = columns.headHeight
    let height = lines.reduce(3) { $0 + ($1.isHeading ? 14 : pitch) }
    let rect = Rect(columns.plot, top, max(columns.plotWidth, 4), height)
    let panel = Panel(
      rect: rect, x: scale(start: rect.x, end: rect.maxX), y: Scale(0, 1, start: rect.maxY, end: rect.y))

    var sheet = Sheet()
    drawHead(columns, on: &sheet)
    let ticks = panel.roomyTicks
    for tick in ticks where tick.value != 0 {
      sheet.line(Point(panel.x(tick.value), top), Point(panel.x(tick.value), rect.maxY), Theme.grid)
    }
    sheet.line(Point(panel.x(0), top), Point(panel.x(0), rect.maxY), Stroke(Theme.secondary, width: 0.5))
    if let worst, panel.x.lower <= worst, worst <= panel.x.upper {
      let x = panel.x(worst)
      sheet.line(Point(x, top), Point(x, rect.maxY), Stroke(Theme.accent, width: 0.75, dash: [2, 1.5]))
      sheet.mark(Point(x, top + 3), "margin \(signed(worst)).")
    }
    var y = top + 1.5
    for line in lines {
      let lineHeight = line.isHeading ? 14 : pitch
      switch line {
      case .heading(let name):
        sheet.text(
          fitted(name, heading, width: rect.x - 4), centredAt: Point(0, y + lineHeight / 2 + 1), heading, anchor: .start)
      case .row(let row, let model, let isOverall):
        draw(
          row, of: model, isOverall: isOverall, in: Rect(0, y, width, lineHeight), panel, columns, on: &sheet)
      }
      y += lineHeight
    }
    sheet.bottomAxis(panel, ticks)
    let below = rect.maxY + Sheet.bottomAxisHeight(title: false) + 3
    let keyHeight = sheet.key(key, left: 0, top: below, width: width)
    return sheet.scene(width: width, height: below + keyHeight + 3, description: description)
  }

  private let font = Theme.tick
  private let heading = Font(.sans, Theme.Size.label, .semibold)

  /// The difference at the margin.
  private var worst: Double? { margin.flatMap { $0.isFinite ? (lowerIsBetter ? $0 : -$0) : nil } }

  // MARK: Lines

  private enum Line {
    case heading(String)
    case row(Row, model: String, isOverall: Bool)
    var isHeading: Bool { if case .heading = self { true } else { false } }
  }

  /// Labels of the smallest p-values where there are too many; all of a label's rows or none.
  private var drawn: Set<String> {
    var smallest: [String: Double] = [:]
    for row in models.flatMap(\.rows) { smallest[row.label] = min(smallest[row.label] ?? 2, row.pValue ?? 1) }
    let room = max(1, (Self.mostRows - 2 * models.count) / max(models.count, 1))
    return Set(smallest.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.prefix(room).map(\.key))
  }

  private var lines: [Line] {
    let drawn = drawn
    return models.flatMap { model -> [Line] in
      let rows = model.rows.filter { drawn.contains($0.label) }
      guard !rows.isEmpty || model.overall != nil else { return [] }
      return (models.count > 1 ? [.heading(model.name)] : [])
        + (model.overall.map { [.row($0, model: model.name, isOverall: true)] } ?? [])
        + rows.map { .row($0, model: model.name, isOverall: false) }
    }
  }

  // MARK: Columns

  /// Where the words stand: in narrow figures a difference and its interval take two lines.
  private struct Columns {
    var isNarrow: Bool
    var label, support: Double  // the widths of columns; 0 where there is none
    var plot, plotWidth: Double
    var difference, interval: Double  // right end of the differences, left end of their intervals
    var pValue: Double  // right end; 0 where there is none
    var width, headHeight: Double

    init(_ forest: DifferenceForest, _ lines: [Line], width: Double) {
      let font = forest.font
      let rows = lines.compactMap { if case .row(let row, _, _) = $0 { row } else { nil } }
      func widest(_ texts: [String], _ head: String) -> Double {
        (texts + [head]).map { Figures.width($0, font) }.max() ?? 0
      }
      self.width = width
      isNarrow = width < 115 * Theme.millimetre
      let names = max(widest(rows.map(\.label), "Label") + 6, forest.models.map { Figures.width($0.name, font) }.max() ?? 0)
      let values = min(widest(rows.map { forest.text($0.difference) }, "Difference"), 0.15 * width)
      let intervals = min(widest(rows.map { forest.intervalText($0.difference) }, "(interval)"), 0.25 * width)
      let gap = 8.0
      if isNarrow {
        label = min(names, 0.3 * width)
        (support, pValue) = (0, 0)
        plot = label + gap
        (difference, interval) = (width - 0.5, width - 0.5)
        plotWidth = width - 0.5 - max(values, intervals) - gap - plot
        headHeight = 2 * font.capHeight + 11
      } else {
        label = min(names, 0.22 * width)
        support = rows.contains { $0.support != nil }
          ? widest(rows.compactMap(\.support).map { integer($0) }, "Positive") : 0
        plot = label + (support > 0 ? gap + support : 0) + gap + 3
        pValue = width - 0.5
        interval = pValue - widest(["<\u{00A0}0.001"], "p (Holm)") - gap - intervals
        difference = interval - 4
        plotWidth = difference - values - gap - plot
        headHeight = 2 * font.capHeight + 11
      }
    }
  }

  private static func bounds(_ estimate: Estimate?) -> (lower: Double, upper: Double)? {
    guard let lower = estimate?.lower, let upper = estimate?.upper, lower.isFinite, upper.isFinite, lower <= upper
    else { return nil }
    return (lower, upper)
  }
  private static func defined(_ estimate: Estimate?) -> Estimate? { estimate.flatMap { $0.value.isFinite ? $0 : nil } }
  /// Four where all differences are small, as those of Brier scores are.
  private var places: Int {
    let largest = models.flatMap { ($0.overall.map { [$0] } ?? []) + $0.rows }
      .compactMap { Self.defined($0.difference).map { abs($0.value) } }.max() ?? 1
    return largest < 0.02 ? 4 : 3
  }
  private func text(_ estimate: Estimate?) -> String { Self.defined(estimate).map { signed($0.value) } ?? "" }
  private func intervalText(_ estimate: Estimate?) -> String {
    guard Self.defined(estimate) != nil, let (lower, upper) = Self.bounds(estimate) else { return "" }
    return interval(lower, upper, places: places)
  }
  private func signed(_ value: Double) -> String {
    let text = decimal(value, places: places)
    return value > 0 && text.contains { $0 != "0" && $0 != "." } ? "+" + text : text
  }

  /// Zero, the margin, what stands for all labels and what is beyond noise; of the rest, where there are many, as much
  /// as does not crowd these together: the few widest intervals are cut.
  private func scale(start: Double, end: Double) -> Scale {
    let rows = models.flatMap(\.rows).filter { Self.defined($0.difference).map { abs($0.value) <= 1 } ?? false }
    let overall = models.compactMap(\.overall).filter { Self.defined($0.difference) != nil }
    func ends(_ row: Row) -> [Double] {
      let value = row.difference?.value ?? 0
      return [value] + (Self.bounds(row.difference).map { [max($0.lower, -1), min($0.upper, 1)] } ?? [])
    }
    let necessary =
      [0] + (worst.map { [$0] } ?? []) + overall.flatMap(ends)
      + rows.filter { $0.isBeyondNoise == true }.map { $0.difference?.value ?? 0 }
    let (lows, highs) = (rows.compactMap { ends($0).min() }.sorted(), rows.compactMap { ends($0).max() }.sorted())
    let cut = rows.count > 12 ? rows.count / 8 : 0
    let all = necessary.filter { abs($0) <= 1 } + (rows.isEmpty ? [] : [lows[cut], highs[rows.count - 1 - cut]])
    let (low, high) = (all.min() ?? 0, all.max() ?? 0)
    let pad = max(0.03 * (high - low), 1e-4)
    return Scale.covering([low - pad, high + pad], about: 5, start: start, end: end)
  }

  // MARK: Marks

  private var key: [KeyEntry] {
    func mark(_ text: String, _ mark: IntervalMark, _ color: Color) -> KeyEntry {
      KeyEntry(text: text, sampleWidth: 10) { point, sheet in
        let panel = Panel(rect: Rect(point.x, 0, 10, 1), x: Scale(0, 1, start: point.x, end: point.x + 10), y: Scale(0, 1, start: 1, end: 0))
        sheet.estimate(0.5, (0, 1), as: mark, color: color, panel, y: point.y)
      }
    }
    var entries = [
      mark("beyond noise", .dot, Theme.category(0)), mark("within noise", .circle, Theme.secondary),
    ]
    if models.contains(where: { $0.overall != nil }) {
      entries.append(mark("macro mean, beyond", .diamond, Theme.ink))
      entries.append(mark("macro mean, within", .hollowDiamond, Theme.ink))
    }
    if let worst {
      entries.append(
        KeyEntry(text: "margin \(signed(worst))", sampleWidth: 10) { point, sheet in
          sheet.line(point, Point(point.x + 10, point.y), Stroke(Theme.accent, width: 0.75, dash: [2, 1.5]))
        })
    }
    return entries
  }

  private func drawHead(_ columns: Columns, on sheet: inout Sheet) {
    let baseline = columns.headHeight - 6
    let above = baseline - font.capHeight - 3
    func head(_ text: String, _ x: Double, _ anchor: Anchor, y: Double? = nil) {
      sheet.text(text, at: Point(x, y ?? baseline), font, color: Theme.secondary, anchor: anchor)
    }
    head("Label", 0, .start)
    let plotWidth = max(columns.plotWidth, 4)
    // The line above the heads is free beside the plot too.
    let middle = columns.plot + plotWidth / 2
    let end = columns.isNarrow ? columns.difference - Figures.width("Difference", font) - 6 : columns.width
    let title = fitted("Difference in \(measure) to \(reference)", font, width: max(plotWidth, 2 * min(middle, end - middle)))
    head(title, middle, .middle, y: above)
    let (left, right) = lowerIsBetter ? ("better", "worse") : ("worse", "better")
    let (leftText, rightText) = ("←\u{00A0}\(left)", "\(right)\u{00A0}→")
    if Figures.width(leftText, font) + Figures.width(rightText, font) + 8 < plotWidth {
      head(leftText, columns.plot, .start)
      head(rightText, columns.plot + plotWidth, .end)
    }
    if columns.isNarrow {
      head("Difference", columns.difference, .end, y: above)
      head("(interval)", columns.difference, .end)
    } else {
      if columns.support > 0 { head("Positive", columns.label + 8 + columns.support, .end) }
      head("Difference", columns.difference, .end)
      head("interval", columns.interval, .start)
      head("p (Holm)", columns.pValue, .end)
    }
    let y = columns.headHeight - 1.5
    sheet.line(Point(0, y), Point(columns.width, y), Theme.axis)
  }

  private func draw(
    _ row: Row, of model: String, isOverall: Bool, in rect: Rect, _ panel: Panel, _ columns: Columns,
    on sheet: inout Sheet
  ) {
    let middle = rect.y + rect.height / 2
    let (upper, lower) = columns.isNarrow ? (middle - 4.3, middle + 4.3) : (middle, middle)
    let indent = isOverall ? 0.0 : 6, labelFont = isOverall ? heading : font
    sheet.text(
      fitted(row.label, labelFont, width: columns.label - indent), centredAt: Point(indent, middle), labelFont, anchor: .start)
    if columns.support > 0, let support = row.support {
      sheet.text(integer(support), centredAt: Point(columns.label + 8 + columns.support, middle), anchor: .end)
    }
    guard let estimate = Self.defined(row.difference) else {
      sheet.rectangle(Rect(columns.plot - 1, rect.y, columns.width - columns.plot + 1, rect.height), fill: Theme.paper)
      let reason = fitted(row.undefined, font, width: columns.width - columns.plot - 6)
      sheet.text(reason, centredAt: Point(columns.plot + 3, middle), color: Theme.secondary, anchor: .start)
      return
    }
    let isBeyond = row.isBeyondNoise == true
    let mark: IntervalMark = isOverall ? (isBeyond ? .diamond : .hollowDiamond) : (isBeyond ? .dot : .circle)
    let color = isOverall ? Theme.ink : isBeyond ? Theme.category(0) : Theme.secondary
    sheet.estimate(estimate.value, Self.bounds(estimate), as: mark, color: color, panel, y: middle)
    sheet.mark(rect, (models.count > 1 ? "\(model), " : "") + words(row) + ".")
    let room = columns.isNarrow ? columns.width - columns.plot - max(columns.plotWidth, 4) : 0.25 * columns.width
    sheet.text(
      fitted(text(estimate), font, width: min(room, 0.15 * columns.width)),
      centredAt: Point(columns.difference, upper), anchor: .end)
    let range = row.isBeyondNoise == nil && Self.bounds(estimate) == nil ? "no test" : intervalText(estimate)
    sheet.text(
      fitted(range, font, width: room), centredAt: Point(columns.interval, lower),
      color: Theme.secondary, anchor: columns.isNarrow ? .end : .start)
    if columns.pValue > 0, let p = row.pValue, p.isFinite {
      sheet.text(pValue(p), centredAt: Point(columns.pValue, middle), anchor: .end)
    }
  }

  // MARK: Words

  private func words(_ row: Row) -> String {
    guard let estimate = Self.defined(row.difference) else { return "\(row.label) \(row.undefined)" }
    var text = "\(row.label) \(text(estimate))"
    if Self.bounds(estimate) != nil { text += " (\(intervalText(estimate)))" }
    if let p = row.pValue, p.isFinite { text += ", adjusted p \(pValue(p))" }
    return text + (row.isBeyondNoise.map { $0 ? ", beyond noise" : ", within noise" } ?? ", no test")
  }

  /// Every label that is beyond noise, and the span of the others; few are said one by one.
  private var description: String {
    var sentences = ["Difference in \(measure) to \(reference), \(lowerIsBetter ? "lower" : "higher") is better"]
    if let worst { sentences.append("The margin is \(signed(worst))") }
    for model in models {
      var parts = model.overall.map { [words($0)] } ?? []
      let (defined, without) = (
        model.rows.filter { Self.defined($0.difference) != nil }, model.rows.filter { Self.defined($0.difference) == nil }
      )
      let within = defined.filter { $0.isBeyondNoise == false }
      let saidAlone = defined.count <= 12 ? defined : defined.filter { $0.isBeyondNoise != false }
      parts += saidAlone.map(words)
      if defined.count > 12, let lowest = within.min(by: order), let highest = within.max(by: order) {
        parts.append(
          "\(counted(within.count, "other label")) within noise, from \(lowest.label) \(text(lowest.difference)) to "
            + "\(highest.label) \(text(highest.difference))")
      }
      parts += without.map(words)
      let hidden = Set(model.rows.map(\.label)).subtracting(drawn).count
      if hidden > 0 { parts.append("\(counted(hidden, "label")) of larger p not drawn") }
      sentences.append("\(model.name): " + parts.joined(separator: "; "))
    }
    return sentences.joined(separator: ". ") + "."
  }

  private func order(_ a: Row, _ b: Row) -> Bool { (a.difference?.value ?? 0) < (b.difference?.value ?? 0) }
}
