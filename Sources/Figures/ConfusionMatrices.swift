import Drawing

/// What a threshold made of each class: a small matrix of truth by prediction, with counts and the share of each row.
/// All panels have one colour scale.
public struct ConfusionMatrices: Sendable {
  public struct Matrix: Sendable {
    public var name: String
    public var truePositives, falseNegatives, falsePositives, trueNegatives: Int
    public init(name: String, truePositives: Int, falseNegatives: Int, falsePositives: Int, trueNegatives: Int) {
      (self.name, self.truePositives, self.falseNegatives) = (name, truePositives, falseNegatives)
      (self.falsePositives, self.trueNegatives) = (falsePositives, trueNegatives)
    }
  }
  public var classes: [Matrix]

  public init(classes: [Matrix]) { self.classes = classes }

  public func scene(width: Double) -> Scene {
    guard !classes.isEmpty else { return Sheet.empty(width: width, "No class, no confusion matrix.") }
    let font = classes.count > 24 ? Theme.smallTick : Theme.tick
    let wanted = classes.count <= 6 ? max(classes.count, 4) : classes.count <= 24 ? 6 : 9
    let most = max(1, min(wanted, Int(width / (18 * Theme.millimetre))))
    let rows = (classes.count + most - 1) / most
    let columns = (classes.count + rows - 1) / rows
    let rowNames = ["present", "absent"]
    let left = Theme.axisTitle.capHeight + 8 + (rowNames.map { Figures.width($0, font) }.max() ?? 0) + 4
    let gap = columns > 6 ? 5.0 : 9.0
    let cellWidth = min(((width - 0.5 - left + gap) / Double(columns) - gap) / 2, 19 * Theme.millimetre)
    let cellHeight = min(cellWidth, max(20, 0.62 * cellWidth))
    let top = Theme.panelTitle.capHeight + 4.5
    let pitchY = top + 2 * cellHeight + 7

    var sheet = Sheet()
    for (index, matrix) in classes.enumerated() {
      let (column, row) = (index % columns, index / columns)
      let corner = Point(left + Double(column) * (2 * cellWidth + gap), Double(row) * pitchY + top)
      sheet.text(
        fitted(matrix.name, Theme.panelTitle, width: 2 * cellWidth), at: Point(corner.x, corner.y - 4),
        Theme.panelTitle)
      draw(matrix, at: corner, cell: Size(cellWidth, cellHeight), font, on: &sheet)
      if column == 0 {
        for (line, name) in rowNames.enumerated() {
          let y = corner.y + (Double(line) + 0.5) * cellHeight
          sheet.text(name, centredAt: Point(left - 4, y), font, anchor: .end)
        }
      }
      // Names of the columns stand below the last panel of each column.
      if index + columns >= classes.count {
        let names = Figures.width("present", font) < cellWidth - 2 ? rowNames : ["yes", "no"]
        for (line, name) in names.enumerated() {
          sheet.text(
            name,
            at: Point(corner.x + (Double(line) + 0.5) * cellWidth, corner.y + 2 * cellHeight + 3 + font.capHeight),
            font, anchor: .middle)
        }
      }
    }
    let gridBottom = Double(rows) * pitchY - 7
    let nameBottom = gridBottom + 3 + font.capHeight
    sheet.text(
      "Truth", at: Point(Theme.axisTitle.capHeight + 1, gridBottom / 2), Theme.axisTitle, anchor: .middle, rotation: 90)
    let keyY = nameBottom + 7
    sheet.text("Prediction", at: Point(left, keyY + Theme.axisTitle.capHeight), Theme.axisTitle)
    drawKey(right: width - 0.5, y: keyY, on: &sheet)
    return sheet.scene(width: width, height: keyY + Theme.axisTitle.capHeight + 4, description: description)
  }

  private func draw(_ matrix: Matrix, at corner: Point, cell: Size, _ font: Font, on sheet: inout Sheet) {
    let counts = [
      [matrix.truePositives, matrix.falseNegatives], [matrix.falsePositives, matrix.trueNegatives],
    ]
    let shareFont = Font(font.family, max(6, font.size - 0.5))
    for (row, line) in counts.enumerated() {
      let total = line[0] + line[1]
      for (column, number) in line.enumerated() {
        let share = total > 0 ? Double(number) / Double(total) : 0
        let rect = Rect(
          corner.x + Double(column) * cell.width, corner.y + Double(row) * cell.height, cell.width, cell.height)
        sheet.rectangle(rect, fill: Theme.tint(share), stroke: Stroke(Theme.paper, width: 0.75))
        let middle = rect.y + rect.height / 2
        let (truth, prediction) = (row == 0 ? "present" : "absent", column == 0 ? "present" : "absent")
        let part = total > 0 ? ", \(percent(share, places: 1)) of \(integer(total))" : ""
        sheet.mark(rect, "\(matrix.name), truly \(truth), predicted \(prediction): \(integer(number))\(part)")
        sheet.text(
          integer(number), at: Point(rect.x + rect.width / 2, middle - 1.2), font, anchor: .middle)
        sheet.text(
          total > 0 ? percent(share, places: 0) : "–",
          at: Point(rect.x + rect.width / 2, middle + 2.2 + shareFont.capHeight), shareFont, anchor: .middle)
      }
    }
    sheet.rectangle(
      Rect(corner.x, corner.y, 2 * cell.width, 2 * cell.height), stroke: Stroke(Theme.secondary, width: 0.35))
  }

  /// The colour scale, right-aligned.
  private func drawKey(right: Double, y: Double, on sheet: inout Sheet) {
    let font = Theme.tick
    let (barWidth, height) = (60.0, 5.0)
    let endWidth = Figures.width("100%", font)
    let barX = right - endWidth - 3 - barWidth
    for step in 0..<30 {
      let x = barX + barWidth * Double(step) / 30
      sheet.rectangle(
        Rect(x, y, barWidth / 30 + (step < 29 ? 0.2 : 0), height), fill: Theme.tint((Double(step) + 0.5) / 30))
    }
    sheet.rectangle(Rect(barX, y, barWidth, height), stroke: Stroke(Theme.secondary, width: 0.35))
    sheet.text("100%", centredAt: Point(right, y + height / 2), font, anchor: .end)
    sheet.text("share of row  0%", centredAt: Point(barX - 3, y + height / 2), font, anchor: .end)
  }

  private var description: String {
    "Confusion matrices of \(counted(classes.count, "class", "classes")), true against predicted. "
      + classes.map {
        "\($0.name): \(integer($0.truePositives)) of \(integer($0.truePositives + $0.falseNegatives)) present found, "
          + "\(integer($0.falsePositives)) of \(integer($0.falsePositives + $0.trueNegatives)) absent called present"
      }.joined(separator: "; ") + "."
  }
}
