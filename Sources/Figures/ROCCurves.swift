import Drawing

/// ROC curves: one square panel per class, and a larger one that holds the macro average and, of at most six classes,
/// all of them; of more, each as a thin line and the two extremes by name.
public struct ROCCurves: Sendable {
  public struct Curve: Sendable {
    public var name: String
    /// From (0, 0) to (1, 1), both ascending, one entry per threshold; empty when the curve is undefined.
    public var falsePositiveRates, truePositiveRates: [Double]
    public var auc: Double?
    public var interval: ClosedRange<Double>?
    public var positives: Int?
    public var undefined: String  // why there is no curve: "no positive record"
    public init(
      name: String, falsePositiveRates: [Double], truePositiveRates: [Double], auc: Double?,
      interval: ClosedRange<Double>? = nil, positives: Int? = nil, undefined: String = "undefined"
    ) {
      (self.name, self.falsePositiveRates) = (name, falsePositiveRates)
      (self.truePositiveRates, self.auc, self.interval) = (truePositiveRates, auc, interval)
      (self.positives, self.undefined) = (positives, undefined)
    }
  }
  public var macro: Curve?
  public var classes: [Curve]  // in the order of the tables
  public var records: Int

  public init(macro: Curve?, classes: [Curve], records: Int) {
    (self.macro, self.classes, self.records) = (macro, classes, records)
  }

  public func scene(width: Double) -> Scene {
    guard !classes.isEmpty else { return Sheet.empty(width: width, "No class, no ROC curve.") }
    let layout = Layout(classes: classes.count, width: width)
    var sheet = Sheet()
    drawOverview(Rect(layout.left, layout.top, layout.overviewSide, layout.overviewSide), on: &sheet)
    let lastRows = layout.lastRows(classes.count)
    for (index, curve) in classes.enumerated() {
      let (column, row) = layout.place(index)
      let corner = layout.corner(column: column, row: row)
      let isFirst = column == (row < layout.span ? layout.span : 0)
      drawPanel(
        curve, color: classes.count <= 6 ? Theme.category(index) : Theme.category(0),
        in: Rect(corner.x, corner.y, layout.side, layout.side), yLabels: isFirst,
        xLabels: lastRows[column] == row, on: &sheet)
    }
    let titleY = layout.bottom - 2
    sheet.text(
      "False positive rate (1 − specificity)", at: Point((layout.left + width) / 2, titleY), Theme.axisTitle,
      anchor: .middle)
    sheet.text(
      "True positive rate (sensitivity)",
      at: Point(Theme.axisTitle.capHeight + 1, (layout.top + layout.bottom - 20) / 2),
      Theme.axisTitle, anchor: .middle, rotation: 90)
    return sheet.scene(width: width, height: layout.bottom, description: description)
  }

  /// The overview takes `span` × `span` cells at the top left; the classes flow around it.
  private struct Layout {
    let columns, rows, span: Int
    let left, top, bottom, side, pitchX, pitchY, overviewSide: Double

    init(classes: Int, width: Double) {
      let widest = width / Theme.millimetre
      let wanted = classes <= 6 ? 5 : classes <= 24 ? 6 : classes <= 48 ? 8 : 9
      let columns = classes <= 6 && widest < 110 ? 3 : max(3, min(wanted, Int(widest / 18.3)))
      let span = columns >= 8 ? 3 : 2
      self.columns = columns
      self.span = span
      left = Theme.axisTitle.capHeight + 6 + Sheet.leftAxisWidth([(0, "0.5")])
      top = Theme.panelTitle.capHeight + 7
      // The second block of columns has tick labels of its own, left of it.
      let between = columns >= 8 ? 8.0 : 11.0
      let labelRoom = Sheet.leftAxisWidth([(0, "0.5")]) - between + 3
      pitchX = (width - left - 3 - labelRoom + between) / Double(columns)
      side = pitchX - between
      pitchY = side + Theme.panelTitle.capHeight + 11
      overviewSide = Double(span) * pitchX - between
      rows = Layout.rowCount(classes, columns, span)
      let lowest = max(Double(rows - 1) * pitchY + side, overviewSide)
      bottom = top + lowest + Sheet.bottomAxisHeight(title: false) + Theme.axisTitle.capHeight + 7
      self.labelRoom = labelRoom
    }
    private let labelRoom: Double

    private static func rowCount(_ classes: Int, _ columns: Int, _ span: Int) -> Int {
      let beside = span * (columns - span)
      return classes <= beside
        ? (classes + columns - span - 1) / (columns - span) : span + (classes - beside + columns - 1) / columns
    }

    func place(_ index: Int) -> (column: Int, row: Int) {
      let free = columns - span
      if index < span * free { return (span + index % free, index / free) }
      let rest = index - span * free
      return (rest % columns, span + rest / columns)
    }

    func corner(column: Int, row: Int) -> Point {
      Point(left + Double(column) * pitchX + (column >= span ? labelRoom : 0), top + Double(row) * pitchY)
    }

    /// The lowest row that each column uses.
    func lastRows(_ classes: Int) -> [Int: Int] {
      var rows: [Int: Int] = [:]
      for index in 0..<classes {
        let (column, row) = place(index)
        rows[column] = max(rows[column] ?? 0, row)
      }
      return rows
    }
  }

  private func square(_ rect: Rect) -> Panel {
    Panel(
      rect: rect, x: Scale(0, 1, start: rect.x, end: rect.maxX), y: Scale(0, 1, start: rect.maxY, end: rect.y))
  }
  private let halves: Sheet.Ticks = [(0, "0"), (0.5, "0.5"), (1, "1")]
  private let chance = Stroke(Theme.secondary, width: 0.4, dash: [1.8, 1.8])

  private func line(_ curve: Curve, in panel: Panel) -> [Point] {
    simplified(panel.lines(curve.falsePositiveRates, curve.truePositiveRates).flatMap { $0 })
  }

  // MARK: Panels

  private func drawPanel(
    _ curve: Curve, color: Color, in rect: Rect, yLabels: Bool, xLabels: Bool, on sheet: inout Sheet
  ) {
    let panel = square(rect)
    sheet.text(
      fitted(curve.name, Theme.panelTitle, width: rect.width), at: Point(rect.x, rect.y - 3.5), Theme.panelTitle)
    sheet.line(panel.point(0, 0), panel.point(1, 1), chance)
    sheet.leftAxis(panel, halves, labels: yLabels, font: Theme.smallTick)
    sheet.bottomAxis(panel, halves, labels: xLabels, font: Theme.smallTick)
    let notes = self.notes(curve, width: rect.width)
    for (index, text) in notes.enumerated() {
      let font = Theme.smallTick
      let point = Point(rect.maxX - 1, rect.maxY - 3.5 - Double(notes.count - 1 - index) * (font.size + 1.6))
      sheet.halo(text, at: point, font, anchor: .end)
      sheet.text(
        text, at: point, font, color: index == 0 && curve.auc != nil ? Theme.ink : Theme.secondary, anchor: .end)
    }
    sheet.polyline(line(curve, in: panel), Stroke(color, width: Theme.Line.data, roundCaps: true))
    mark(curve, in: panel, on: &sheet)
  }

  /// Values along a curve, the fewer the more curves there are.
  private func mark(_ curve: Curve, in panel: Panel, on sheet: inout Sheet) {
    let points = zip(curve.falsePositiveRates, curve.truePositiveRates).filter { $0.0.isFinite && $0.1.isFinite }
    sheet.mark(
      along: points.map { x, y in
        let value = "sensitivity \(decimal(y, places: 3)), specificity \(decimal(1 - x, places: 3))"
        return (panel.point(x, y), "\(curve.name): \(value)")
      }, limit: max(4, min(24, 300 / classes.count)))
  }

  /// The AUC, its interval and the positives, as far as the panel has room: the first line matters most.
  private func notes(_ curve: Curve, width: Double) -> [String] {
    guard let auc = curve.auc else {
      return breakLines([TextRun(curve.undefined, Theme.smallTick, color: Theme.ink)], width: width - 6).map(\.text)
    }
    var notes = [width > 48 ? "AUC \(decimal(auc, places: 3))" : decimal(auc, places: 3)]
    if let range = curve.interval {
      let text = interval(range.lowerBound, range.upperBound, places: 3)
      let short = interval(range.lowerBound, range.upperBound, places: 2)
      notes.append(Figures.width(text, Theme.smallTick) < width - 2 ? text : short)
    }
    if let positives = curve.positives, width > 60 { notes.append("n = \(integer(positives))") }
    return notes
  }

  private func drawOverview(_ rect: Rect, on sheet: inout Sheet) {
    let panel = square(rect)
    let fifths = panel.x.ticks(about: 5)
    sheet.text("All classes", at: Point(rect.x, rect.y - 3.5), Theme.panelTitle)
    sheet.line(panel.point(0, 0), panel.point(1, 1), chance)
    sheet.leftAxis(panel, fifths.map { ($0.value, $0.value == 0 ? "0" : $0.value == 1 ? "1" : $0.label) })
    sheet.bottomAxis(panel, fifths.map { ($0.value, $0.value == 0 ? "0" : $0.value == 1 ? "1" : $0.label) })

    var named: [(curve: Curve, stroke: Stroke)] = []
    let defined = classes.enumerated().filter { $0.element.auc != nil }
    if classes.count <= 6 {
      named = defined.map { ($0.element, Stroke(Theme.category($0.offset), width: 0.8, dash: Theme.dash($0.offset))) }
    } else {
      for (_, curve) in defined {
        sheet.polyline(line(curve, in: panel), Stroke(Color(0x8A939E), width: 0.35))
      }
      let ranked = defined.sorted { ($1.element.auc ?? 0, $0.offset) < ($0.element.auc ?? 0, $1.offset) }
      if let best = ranked.first { named.append((best.element, Stroke(Theme.category(0), width: 0.8))) }
      if let worst = ranked.last, ranked.count > 1 {
        named.append((worst.element, Stroke(Theme.category(1), width: 0.8, dash: Theme.dash(1))))
      }
    }
    for (curve, stroke) in named {
      sheet.polyline(line(curve, in: panel), stroke)
      mark(curve, in: panel, on: &sheet)
    }
    if let macro, macro.auc != nil {
      let stroke = Stroke(Theme.ink, width: 1.4)
      sheet.polyline(line(macro, in: panel), stroke)
      mark(macro, in: panel, on: &sheet)
      named.insert((macro, stroke), at: 0)
    }
    drawKey(named, in: rect, on: &sheet)
  }

  /// Names and AUCs in the empty lower right, each behind a piece of its line.
  private func drawKey(_ named: [(curve: Curve, stroke: Stroke)], in rect: Rect, on sheet: inout Sheet) {
    let font = Theme.tick
    let step = font.size + 2.5
    let aucWidth = Figures.width("0.000", font)
    let top = rect.maxY - 5 - Double(named.count - 1) * step
    let nameX = max(
      rect.x + 4, rect.maxX - 3 - aucWidth - 6 - (named.map { Figures.width($0.curve.name, font) }.max() ?? 0) - 18)
    for (index, entry) in named.enumerated() {
      let y = top + Double(index) * step
      sheet.line(
        Point(nameX, y - font.capHeight / 2), Point(nameX + 14, y - font.capHeight / 2), entry.stroke)
      let room = rect.maxX - 3 - aucWidth - 4 - nameX - 18
      let name = fitted(entry.curve.name, font, width: room)
      sheet.halo(name, at: Point(nameX + 18, y), font)
      sheet.text(name, at: Point(nameX + 18, y), font)
      sheet.text(
        entry.curve.auc.map { decimal($0, places: 3) } ?? "", at: Point(rect.maxX - 3, y), font, anchor: .end)
    }
  }

  private var description: String {
    var text = "ROC curves of \(counted(classes.count, "class", "classes")) on \(counted(records, "record")). "
    if let macro, let auc = macro.auc {
      text += "Macro-averaged AUC \(decimal(auc, places: 3))"
      text += macro.interval.map { " (\(interval($0.lowerBound, $0.upperBound, places: 3)))" } ?? ""
      text += ". "
    }
    text += "AUC per class: "
    text += classes.map { "\($0.name) \($0.auc.map { decimal($0, places: 3) } ?? $0.undefined)" }.joined(
      separator: ", ")
    return text + "."
  }
}
