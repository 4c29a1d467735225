import Drawing

/// How often each label occurs: a bar for all folds, and small columns for each fold, on the label's own scale, so that
/// an uneven split is seen at once for rare and frequent labels alike.
public struct LabelCounts: Sendable {
  public enum Role: String, Sendable { case training, validation, test, unused }
  public struct Fold: Sendable {
    public var number: Int
    public var role: Role
    public init(_ number: Int, _ role: Role) { (self.number, self.role) = (number, role) }
  }
  public struct Label: Sendable {
    public var name: String
    public var counts: [Int]  // one per fold
    public init(_ name: String, counts: [Int]) { (self.name, self.counts) = (name, counts) }
    var total: Int { counts.reduce(0, &+) }
  }
  public var folds: [Fold]
  public var labels: [Label]
  public var records: Int

  public init(folds: [Fold], labels: [Label], records: Int) {
    (self.folds, self.labels, self.records) = (folds, labels, records)
  }

  public func scene(width: Double) -> Scene {
    guard !labels.isEmpty, !folds.isEmpty else { return Sheet.empty(width: width, "No label was counted.") }
    let blocks = labels.count > 30 && width > 140 * Theme.millimetre ? 2 : 1
    let perBlock = (labels.count + blocks - 1) / blocks
    let gap = 16.0
    let blockWidth = (width - gap * Double(blocks - 1)) / Double(blocks)
    let rowHeight = labels.count <= 8 ? 17.0 : labels.count <= 30 ? 12.5 : 9.6
    var sheet = Sheet()
    let columns = Columns(self, width: blockWidth)
    let keyHeight = Theme.tick.capHeight + 9
    let headY = keyHeight + Theme.tick.capHeight
    drawKey(on: &sheet)
    for block in 0..<blocks {
      let x = Double(block) * (blockWidth + gap)
      drawHead(columns, x: x, y: headY, on: &sheet)
      let part = labels.dropFirst(block * perBlock).prefix(perBlock)
      for (row, label) in part.enumerated() {
        draw(label, columns, x: x, y: headY + 5 + Double(row) * rowHeight, height: rowHeight, on: &sheet)
      }
    }
    return sheet.scene(width: width, height: headY + 5 + Double(perBlock) * rowHeight + 2, description: description)
  }

  /// Where the columns of one block begin, from its left edge.
  private struct Columns {
    let bars, barWidth, folds, foldWidth, range: Double
    let nameWidth: Double
    let largest: Double

    init(_ figure: LabelCounts, width: Double) {
      let font = Theme.tick
      let names = figure.labels.map { Figures.width($0.name, font) }.max() ?? 0
      nameWidth = min(names, 0.3 * width)
      let totals = figure.labels.map { Figures.width(integer($0.total), font) }.max() ?? 0
      let ranges = (figure.labels.map(LabelCounts.range) + ["range"]).map { Figures.width($0, font) }.max() ?? 0
      let rest = width - nameWidth - 5 - totals - 4 - 8 - ranges - 6
      foldWidth = min(max(0.42 * rest, 4 * Double(figure.folds.count)), 11 * Double(figure.folds.count))
      barWidth = max(rest - foldWidth, 10)
      bars = nameWidth + 5
      folds = bars + barWidth + 4 + totals + 8
      range = folds + foldWidth + 6 + ranges
      largest = Double(figure.labels.map(\.total).max() ?? 1)
    }
  }

  private static func range(_ label: Label) -> String {
    guard let low = label.counts.min(), let high = label.counts.max() else { return "" }
    return low == high ? integer(low) : "\(integer(low))–\(integer(high))"
  }

  private func shade(_ role: Role) -> Color {
    switch role {
    case .training: Theme.muted
    case .validation: Theme.category(0)
    case .test: Theme.category(1)
    case .unused: Theme.hairline
    }
  }

  private func drawKey(on sheet: inout Sheet) {
    var x = 0.0
    let font = Theme.tick
    for role in [Role.training, .validation, .test, .unused] {
      let numbers = folds.filter { $0.role == role }.map(\.number)
      guard !numbers.isEmpty else { continue }
      sheet.rectangle(Rect(x, 0.5, 5, 5), fill: shade(role))
      let text = "\(role.rawValue): \(numbers.count == 1 ? "fold" : "folds") \(ranges(numbers))"
      sheet.text(text, at: Point(x + 8, font.capHeight + 0.5), font)
      x += 8 + Figures.width(text, font) + 14
    }
  }

  private func drawHead(_ columns: Columns, x: Double, y: Double, on sheet: inout Sheet) {
    sheet.text("records", at: Point(x + columns.bars, y), color: Theme.secondary)
    sheet.text("each fold", at: Point(x + columns.folds, y), color: Theme.secondary)
    sheet.text("range", at: Point(x + columns.range, y), color: Theme.secondary, anchor: .end)
  }

  private func draw(
    _ label: Label, _ columns: Columns, x: Double, y: Double, height: Double, on sheet: inout Sheet
  ) {
    let font = Theme.tick
    let middle = y + height / 2
    sheet.text(
      fitted(label.name, font, width: columns.nameWidth + 0.5), centredAt: Point(x + columns.nameWidth, middle), font,
      anchor: .end)
    let bar = columns.largest > 0 ? columns.barWidth * Double(label.total) / columns.largest : 0
    let barHeight = min(0.62 * height, 8)
    sheet.rectangle(Rect(x + columns.bars, middle - barHeight / 2, max(bar, 0.4), barHeight), fill: Theme.muted)
    sheet.mark(Rect(x, y, columns.folds - 8, height), "\(label.name): \(counted(label.total, "record"))")
    sheet.text(integer(label.total), centredAt: Point(x + columns.bars + bar + 4, middle), font, anchor: .start)

    let step = columns.foldWidth / Double(folds.count)
    let highest = Double(label.counts.max() ?? 0)
    let floor = middle + 0.38 * height
    for (index, (fold, number)) in zip(folds, label.counts).enumerated() {
      let columnHeight = highest > 0 ? 0.76 * height * Double(number) / highest : 0
      sheet.rectangle(
        Rect(x + columns.folds + Double(index) * step, floor - columnHeight, 0.72 * step, columnHeight),
        fill: shade(fold.role))
      sheet.mark(
        Rect(x + columns.folds + Double(index) * step, y, step, height),
        "\(label.name), fold \(fold.number) (\(fold.role.rawValue)): \(counted(number, "record"))")
    }
    sheet.line(
      Point(x + columns.folds, floor), Point(x + columns.folds + columns.foldWidth - 0.28 * step, floor),
      Stroke(Theme.ink, width: 0.35))
    sheet.text(
      LabelCounts.range(label), centredAt: Point(x + columns.range, middle), font, color: Theme.secondary, anchor: .end)
  }

  /// "1–7, 9" for 1 to 7 and 9.
  private func ranges(_ numbers: [Int]) -> String {
    var parts: [ClosedRange<Int>] = []
    for number in numbers.sorted() {
      if let last = parts.last, last.upperBound &+ 1 == number {
        parts[parts.count - 1] = last.lowerBound...number
      } else {
        parts.append(number...number)
      }
    }
    return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }.joined(
      separator: ", ")
  }

  private var description: String {
    "Records with each of \(counted(labels.count, "label")) among \(counted(records, "record")), by fold. "
      + labels.map { "\($0.name): \(integer($0.total)), per fold \(LabelCounts.range($0))" }.joined(separator: "; ")
      + "."
  }
}
