import Drawing

extension ProbabilityBars {
  /// All labels of a patient's page, compact: in groups of risk, the rest apart as found without a risk or not found;
  /// most probable first in each, in as many columns as there is room for (one for 85 mm).
  /// - Parameter note: what stands below, as the rule of the groups.
  public func groupedScene(width: Double, note: String = "") -> Scene {
    let groups = self.groups
    guard !groups.isEmpty else { return Sheet.empty(width: width, "No class has a probability.") }
    guard width.isFinite else { return Sheet.empty(width: 300, "No width to show the classes in.") }
    let count = max(1, min(3, Int(min(width, 5000) / (72 * Theme.millimetre))))
    let gap = 16.0
    let columnWidth = (width - gap * Double(count - 1)) / Double(count)
    let rows = groups.flatMap { group in [Entry.head(group.name)] + group.bars.map { .bar($0) } }
    let columns = flow(rows, columns: count)

    let all = groups.flatMap(\.bars)
    let nameWidth = all.map { Figures.width($0.name, Self.codeFont) }.max() ?? 0
    let valueWidth = Figures.width("<0.00", Theme.tick)
    // Words come before bars: these keep what the longest of the words leave, and no less than a few points.
    let meanings = all.map { Figures.width($0.meaning, Theme.tick) }.max() ?? 0
    let barWidth = min(max(34, columnWidth - nameWidth - valueWidth - 16 - meanings), 0.45 * columnWidth)
    let meaningWidth = columnWidth - nameWidth - valueWidth - barWidth - 16

    var sheet = Sheet()
    var lowest = 0.0
    for (index, column) in columns.enumerated() {
      let x = Double(index) * (columnWidth + gap)
      var y = 0.0
      for (row, entry) in column.enumerated() {
        switch entry {
        case .head(let text):
          y += row == 0 ? 0 : 5
          sheet.text(text, at: Point(x, y + Theme.tick.capHeight), Self.codeFont)
          y += Theme.tick.capHeight + 3.5
          sheet.line(Point(x, y - 0.5), Point(x + columnWidth, y - 0.5), Theme.grid)
        case .bar(let bar):
          let middle = y + Self.rowHeight / 2
          sheet.text(bar.name, centredAt: Point(x, middle), Self.codeFont, anchor: .start)
          if meaningWidth >= 30 {
            sheet.text(
              fitted(bar.meaning, Theme.tick, width: meaningWidth), centredAt: Point(x + nameWidth + 5, middle),
              Theme.tick,
              color: Theme.secondary, anchor: .start)
          }
          let left = x + columnWidth - barWidth
          sheet.text(probability(bar.probability), centredAt: Point(left - 5, middle), Theme.tick, anchor: .end)
          drawBar(bar, Rect(left, middle - 3, barWidth, 6), on: &sheet)
          let meaning = bar.meaning.isEmpty ? "" : " (\(bar.meaning))"
          sheet.mark(
            Rect(x, y, columnWidth, Self.rowHeight),
            "\(bar.name)\(meaning): \(probability(bar.probability))\(thresholdWords(bar))")
          y += Self.rowHeight
        }
      }
      lowest = max(lowest, y)
    }
    var words = "Bars: probability, 0 to 1, filled at or above the threshold"
    if all.contains(where: { $0.threshold != nil }) { words += "; upright line: the class's threshold" }
    for line in breakLines(
      [TextRun(words + (note.isEmpty ? "." : ". \(note)"), Theme.smallTick, color: Theme.secondary)], width: width)
    {
      lowest += 9
      sheet.text(line.text, at: Point(0, lowest), Theme.smallTick, color: Theme.secondary)
    }
    return sheet.scene(width: width, height: lowest + 2, description: groupedDescription)
  }

  private static let rowHeight = 10.5
  private static let codeFont = Font(.sans, Theme.Size.label, .semibold)

  private enum Entry {
    case head(String)
    case bar(Bar)
    var isHead: Bool { if case .head = self { true } else { false } }
    var height: Double { isHead ? Theme.tick.capHeight + 8.5 : ProbabilityBars.rowHeight }
  }

  private struct Group {
    var name: String
    var bars: [Bar]
  }

  /// A label without threshold counts as found only where it has a risk.
  private func isFound(_ bar: Bar) -> Bool { bar.threshold.map { bar.probability >= $0 } ?? false }

  private var groups: [Group] {
    let known = bars.enumerated().filter { $0.element.probability.isFinite }
      .sorted { ($1.element.probability, $0.offset) < ($0.element.probability, $1.offset) }.map(\.element)
    var groups = Risk.allCases.map { risk in
      Group(
        name: risk.rawValue.prefix(1).uppercased() + risk.rawValue.dropFirst() + " risk",
        bars: known.filter { $0.risk == risk })
    }
    groups.append(Group(name: "Found, without risk", bars: known.filter { $0.risk == nil && isFound($0) }))
    groups.append(Group(name: "Looked for, not found", bars: known.filter { $0.risk == nil && !isFound($0) }))
    return groups.filter { !$0.bars.isEmpty }
  }

  /// Columns of about one height; a group that goes on says so, and no head stands alone below.
  private func flow(_ entries: [Entry], columns count: Int) -> [[Entry]] {
    var limit = entries.reduce(0) { $0 + $1.height } / Double(count)
    while true {
      var columns: [[Entry]] = [[]]
      var (height, head) = (0.0, "")
      for (index, entry) in entries.enumerated() {
        let needed = entry.isHead && index + 1 < entries.count ? entry.height + entries[index + 1].height : entry.height
        if height + needed > limit + 0.01, columns.last?.isEmpty == false {
          columns.append([])
          height = 0
          if !entry.isHead {
            columns[columns.count - 1].append(.head("\(head), continued"))
            height = Entry.head(head).height
          }
        }
        if case .head(let text) = entry { head = text }
        columns[columns.count - 1].append(entry)
        height += entry.height
      }
      if columns.count <= count { return columns }
      limit += Self.rowHeight / 2
    }
  }

  private func drawBar(_ bar: Bar, _ rect: Rect, on sheet: inout Sheet) {
    let color = self.color(bar.risk)
    sheet.line(Point(rect.x, rect.y + rect.height / 2), Point(rect.maxX, rect.y + rect.height / 2), Theme.grid)
    let isFilled = bar.threshold.map { bar.probability >= $0 } ?? true
    let share = max(0, min(bar.probability, 1))
    sheet.rectangle(
      Rect(rect.x, rect.y, max(share * rect.width, 0.4), rect.height), fill: isFilled ? color : Color(0xF4F6F8),
      stroke: Stroke(color, width: isFilled ? 0.25 : 0.6))
    sheet.line(Point(rect.x, rect.y - 1), Point(rect.x, rect.maxY + 1), Theme.axis)
    if let threshold = bar.threshold, (0...1).contains(threshold) {
      let x = rect.x + threshold * rect.width
      sheet.line(Point(x, rect.y - 1.2), Point(x, rect.maxY + 1.2), Stroke(Theme.ink, width: 0.9))
    }
  }

  private func thresholdWords(_ bar: Bar) -> String {
    guard let threshold = bar.threshold else { return "" }
    return
      ", \(bar.probability >= threshold ? "at or above" : "below") its threshold of \(decimal(threshold, places: 2))"
  }

  private var groupedDescription: String {
    let groups = self.groups
    let unknown = bars.filter { !$0.probability.isFinite }.map(\.name)
    return "Probabilities of \(counted(groups.reduce(0) { $0 + $1.bars.count }, "class", "classes")) in groups. "
      + groups.map { group in
        "\(group.name): "
          + group.bars.map { "\($0.name) \(probability($0.probability))\(thresholdWords($0))" }.joined(separator: "; ")
          + "."
      }.joined(separator: " ") + (unknown.isEmpty ? "" : " Without a probability: \(listed(unknown)).")
  }
}
