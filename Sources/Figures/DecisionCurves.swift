import Drawing

/// What acting on a class's probability is worth at each threshold, against treating all and treating no one: one panel
/// per class, each from slightly below zero to the prevalence, the highest net benefit there is.
///
/// Source: Vickers & Elkin, Medical Decision Making 26 (2006), 565-574.
public struct DecisionCurves: Sendable {
  public struct Curve: Sendable {
    public var name: String
    public var thresholds: [Double]  // ascending
    public var model, treatAll: [Double]  // net benefit, one entry per threshold
    public var prevalence: Double?
    public var undefined: String  // why there is no curve: "no positive record"
    public init(
      name: String, thresholds: [Double], model: [Double], treatAll: [Double], prevalence: Double?,
      undefined: String = "undefined"
    ) {
      (self.name, self.thresholds, self.model) = (name, thresholds, model)
      (self.treatAll, self.prevalence, self.undefined) = (treatAll, prevalence, undefined)
    }
  }
  public var classes: [Curve]  // in the order of the tables
  public var limit: Double  // the highest threshold shown

  public init(classes: [Curve], limit: Double = 1) { (self.classes, self.limit) = (classes, limit) }

  private var end: Double { limit.isFinite && limit > 0 ? min(limit, 1) : 1 }

  public func scene(width: Double) -> Scene {
    guard !classes.isEmpty else { return Sheet.empty(width: width, "No class, no decision curve.") }
    let wanted = classes.count <= 24 ? 4 : classes.count <= 48 ? 6 : 7
    let room = width / ((classes.count <= 48 ? 26 : 23) * Theme.millimetre)
    let columns = max(1, min(classes.count, wanted, Int(room)))
    // Each panel has its own scale, so its own two labels.
    let labelRoom = Sheet.leftAxisWidth(
      classes.filter(isDefined).map { (0, label(highest($0))) } + [(0, "0.0")], font: Theme.smallTick)
    let left = Theme.axisTitle.capHeight + 5 + labelRoom
    let gap = labelRoom + 7
    // The last label reaches beyond the axis.
    let right = max(4, Figures.width(thresholdTicks(Scale(0, end, start: 0, end: 1)).last?.label ?? "") / 2 + 1)
    let panelWidth = max(10, min((width - left - right + gap) / Double(columns) - gap, 62 * Theme.millimetre))
    let size = Size(panelWidth, max(30, 0.72 * panelWidth))
    let noteRoom = panelWidth + min(gap - 4, right)
    let form = NoteForm.allCases.first { form in
      classes.allSatisfy { Figures.width(note($0, form), Theme.smallTick) <= noteRoom }
    }
    let header = Theme.panelTitle.capHeight + Theme.smallTick.size + 7

    var sheet = Sheet()
    let keyHeight = sheet.key(keyEntries(form), left: left, top: 0, width: width)
    let grid = PanelGrid(
      columns: columns, origin: Point(left, keyHeight + 10 + header),
      pitch: Size(panelWidth + gap, header + size.height + 13))
    for (index, curve) in classes.enumerated() {
      let corner = grid.corner(index)
      let rect = Rect(corner.x, corner.y, size.width, size.height)
      sheet.text(
        fitted(curve.name, Theme.panelTitle, width: noteRoom),
        at: Point(rect.x, rect.y - header + Theme.panelTitle.capHeight), Theme.panelTitle)
      sheet.text(
        fitted(note(curve, form ?? .range), Theme.smallTick, width: noteRoom), at: Point(rect.x, rect.y - 4.5),
        Theme.smallTick, color: Theme.secondary)
      draw(curve, in: rect, reasonWidth: noteRoom - 4, labels: grid.isLowest(index, of: classes.count), on: &sheet)
    }
    let rows = (classes.count + columns - 1) / columns
    let lowest = grid.corner(column: 0, row: rows - 1).y + size.height
    let bottom = lowest + Sheet.bottomAxisHeight(title: false) + Theme.axisTitle.capHeight + 4
    let lastEnd = left + Double(min(columns, classes.count)) * (panelWidth + gap) - gap
    sheet.text(
      "Threshold probability", at: Point((left + lastEnd) / 2, bottom), Theme.axisTitle, anchor: .middle)
    sheet.text(
      "Net benefit", at: Point(Theme.axisTitle.capHeight + 1, (grid.origin.y + lowest) / 2), Theme.axisTitle,
      anchor: .middle, rotation: 90)
    return sheet.scene(width: width, height: bottom + 2, description: description)
  }

  // MARK: Panels

  private let model = Stroke(Theme.category(0), width: Theme.Line.data)
  private let all = Stroke(Theme.category(1), width: 0.8, dash: [3, 1.6])
  private let none = Stroke(Theme.secondary, width: 0.6)

  private func isDefined(_ curve: Curve) -> Bool {
    zip(curve.thresholds, curve.model).count { $0.isFinite && $1.isFinite } > 0
  }

  /// The prevalence; where it is not given, the highest net benefit.
  private func highest(_ curve: Curve) -> Double {
    if let prevalence = curve.prevalence, prevalence.isFinite, prevalence > 0 { return min(prevalence, 1) }
    let values = (curve.model + curve.treatAll).filter { $0.isFinite && $0 > 0 && $0 <= 1 }
    return values.max() ?? 1
  }
  private func label(_ value: Double) -> String { value == 1 ? "1" : significant(value, digits: 2) }

  private func draw(
    _ curve: Curve, in rect: Rect, reasonWidth: Double, labels: Bool, on sheet: inout Sheet
  ) {
    let top = highest(curve)
    let panel = Panel(
      rect: rect, x: Scale(0, end, start: rect.x, end: rect.maxX),
      y: Scale(-0.15 * top, 1.04 * top, start: rect.maxY, end: rect.y))
    sheet.bottomAxis(panel, thresholdTicks(panel.x), labels: labels, font: Theme.smallTick)
    guard isDefined(curve) else {
      sheet.leftAxis(panel, [], font: Theme.smallTick)
      let lines = breakLines(
        [TextRun(curve.undefined, Theme.smallTick, color: Theme.secondary)], width: max(reasonWidth, 1))
      for (index, line) in lines.prefix(max(1, Int(rect.height / 9))).enumerated() {
        sheet.text(
          fitted(line.text, Theme.smallTick, width: reasonWidth),
          at: Point(rect.x + 4, rect.y + 4 + Theme.smallTick.capHeight + Double(index) * 8.3), Theme.smallTick,
          color: Theme.secondary)
      }
      return
    }
    sheet.line(panel.point(0, 0), panel.point(end, 0), none)
    for line in panel.clippedLines(curve.thresholds, curve.treatAll) { sheet.polyline(simplified(line), all) }
    for line in panel.clippedLines(curve.thresholds, curve.model) { sheet.polyline(simplified(line), model) }
    let shown = zip(curve.thresholds, curve.model).filter { $0.0.isFinite && $0.1.isFinite && (0...end).contains($0.0) }
    for (values, name) in [(curve.model, "model"), (curve.treatAll, "treat all")] {
      let points = zip(curve.thresholds, values).filter {
        $0.0.isFinite && (0...end).contains($0.0) && (panel.y.lower...panel.y.upper).contains($0.1)
      }
      sheet.mark(
        along: points.map { x, y in
          let value = "net benefit \(significant(y, digits: 3)) at threshold \(decimal(x, places: 2))"
          return (panel.point(x, y), "\(curve.name), \(name): \(value)")
        }, limit: max(4, min(16, 200 / classes.count)))
    }
    // A single threshold makes no line.
    if shown.count == 1, let (threshold, value) = shown.first {
      sheet.dot(panel.point(threshold, max(panel.y.lower, min(value, panel.y.upper))), fill: model.color)
    }
    // Where the model's curve leaves the panel, once below and once above.
    if let first = shown.first(where: { $0.1 < panel.y.lower }) {
      sheet.offAxis(panel.point(first.0, panel.y.lower), towards: Size(0, 1), color: model.color)
    }
    if let first = shown.first(where: { $0.1 > panel.y.upper }) {
      sheet.offAxis(panel.point(first.0, panel.y.upper), towards: Size(0, -1), color: model.color)
    }
    sheet.leftAxis(panel, [(0, "0"), (top, label(top))], font: Theme.smallTick)
  }

  /// How much of "model best 0.02–0.61" has room above every panel.
  private enum NoteForm: CaseIterable { case named, short, range }

  /// The thresholds at which the model is worth most.
  private func note(_ curve: Curve, _ form: NoteForm) -> String {
    guard isDefined(curve) else { return "" }
    let range = bestRange(curve).map { interval($0.from, $0.to, places: 2) }
    switch form {
    case .named: return range.map { "model best \($0)" } ?? "model nowhere best"
    case .short: return range.map { "best \($0)" } ?? "nowhere best"
    case .range: return range ?? "nowhere"
    }
  }

  /// The longest run of thresholds at which the model is worth more than treating all and than treating no one.
  private func bestRange(_ curve: Curve) -> (from: Double, to: Double)? {
    var best: (from: Double, to: Double)?
    var run: (from: Double, to: Double)?
    for (threshold, (model, all)) in zip(curve.thresholds, zip(curve.model, curve.treatAll)) {
      guard threshold.isFinite, threshold <= end, model.isFinite, model > 0, !(all >= model) else {
        run = nil
        continue
      }
      let open = (from: run?.from ?? threshold, to: threshold)
      run = open
      if best.map({ open.to - open.from > $0.to - $0.from }) ?? true { best = open }
    }
    return best
  }

  private func thresholdTicks(_ scale: Scale) -> Sheet.Ticks {
    end == 1 ? [(0, "0"), (0.5, "0.5"), (1, "1")] : scale.ticks(about: 3)
  }

  private func keyEntries(_ form: NoteForm?) -> [KeyEntry] {
    let entries = [("model", model), ("treat all", all), ("treat none", none)].map { name, stroke in
      KeyEntry(text: name, sampleWidth: 16) { start, sheet in
        sheet.line(start, Point(start.x + 16, start.y), stroke)
      }
    }
    guard form == .range || form == nil, classes.contains(where: isDefined) else { return entries }
    return entries + [KeyEntry(text: "range: thresholds where the model is best", sampleWidth: 0) { _, _ in }]
  }

  private var description: String {
    var text = "Decision curves of \(counted(classes.count, "class", "classes")), thresholds from 0 to "
    text += "\(end == 1 ? "1" : significant(end, digits: 2)). "
    text += classes.map { curve in
      guard isDefined(curve) else { return "\(curve.name): \(curve.undefined)" }
      let prevalence = curve.prevalence.map { "prevalence \(significant($0, digits: 2))" } ?? "prevalence undefined"
      let best =
        bestRange(curve).map {
          "the model is worth more than treating all or no one at thresholds from \(decimal($0.from, places: 2)) to "
            + decimal($0.to, places: 2)
        } ?? "the model is nowhere worth more than treating all or no one"
      return "\(curve.name): \(prevalence), \(best)"
    }.joined(separator: "; ")
    return text + "."
  }
}
