import Drawing

/// One plot area: a rectangle with a scale along each side.
struct Panel {
  var rect: Rect
  var x, y: Scale

  func point(_ x: Double, _ y: Double) -> Point { Point(self.x(x), self.y(y)) }

  /// The points of finite values, cut where a value is missing.
  func lines(_ xs: [Double], _ ys: [Double]) -> [[Point]] {
    var lines: [[Point]] = [[]]
    for (x, y) in zip(xs, ys) {
      if x.isFinite, y.isFinite {
        lines[lines.count - 1].append(point(x, y))
      } else if lines.last?.isEmpty == false {
        lines.append([])
      }
    }
    return lines.filter { !$0.isEmpty }
  }

  /// The same, but of what lies within both scales: a line that leaves the panel ends on its edge.
  func clippedLines(_ xs: [Double], _ ys: [Double]) -> [[Point]] {
    let values = Array(zip(xs, ys))
    var lines: [[Point]] = []
    var isOpen = false
    for ((x0, y0), (x1, y1)) in zip(values, values.dropFirst()) {
      guard let (from, to) = visible(x0, y0, x1, y1) else {
        isOpen = false
        continue
      }
      let (dx, dy) = (x1 - x0, y1 - y0)
      if !isOpen || from > 0 { lines.append([point(x0 + from * dx, y0 + from * dy)]) }
      lines[lines.count - 1].append(point(x0 + to * dx, y0 + to * dy))
      isOpen = to == 1
    }
    return lines
  }

  /// The part of a piece of line that is within both scales, as shares of its length; nil for none.
  /// Source: Liang & Barsky, ACM Transactions on Graphics 3 (1984), 1-22.
  private func visible(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) -> (from: Double, to: Double)? {
    guard [x0, y0, x1, y1].allSatisfy(\.isFinite) else { return nil }
    var (from, to) = (0.0, 1.0)
    for (start, change, scale) in [(x0, x1 - x0, x), (y0, y1 - y0, y)] {
      if change == 0 {
        guard start >= scale.lower, start <= scale.upper else { return nil }
        continue
      }
      let (a, b) = ((scale.lower - start) / change, (scale.upper - start) / change)
      (from, to) = (max(from, min(a, b)), min(to, max(a, b)))
    }
    return from < to ? (from, to) : nil
  }
}

extension Sheet {
  typealias Ticks = [(value: Double, label: String)]

  /// The lower axis: its line, ticks outside, labels, and the title below them.
  mutating func bottomAxis(
    _ panel: Panel, _ ticks: Ticks, title: String = "", labels: Bool = true, font: Font = Theme.tick
  ) {
    let y = panel.rect.maxY
    line(Point(panel.rect.x, y), Point(panel.rect.maxX, y), Theme.axis)
    for tick in ticks {
      line(Point(panel.x(tick.value), y), Point(panel.x(tick.value), y + Theme.Line.tick), Theme.axis)
      guard labels else { continue }
      text(
        tick.label, at: Point(panel.x(tick.value), y + Theme.Line.tick + 2 + font.capHeight), font, anchor: .middle)
    }
    let titleY = y + Theme.Line.tick + 2 + (labels ? font.capHeight + 4.5 : 0) + Theme.axisTitle.capHeight
    text(title, at: Point(panel.rect.x + panel.rect.width / 2, titleY), Theme.axisTitle, anchor: .middle)
  }

  /// The left axis: its line, ticks outside, and labels.
  mutating func leftAxis(_ panel: Panel, _ ticks: Ticks, labels: Bool = true, font: Font = Theme.tick) {
    let x = panel.rect.x
    line(Point(x, panel.rect.y), Point(x, panel.rect.maxY), Theme.axis)
    for tick in ticks {
      line(Point(x - Theme.Line.tick, panel.y(tick.value)), Point(x, panel.y(tick.value)), Theme.axis)
      guard labels else { continue }
      text(tick.label, centredAt: Point(x - Theme.Line.tick - 2, panel.y(tick.value)), font, anchor: .end)
    }
  }

  /// The height that ``bottomAxis`` needs below the panel.
  static func bottomAxisHeight(title: Bool, font: Font = Theme.tick) -> Double {
    Theme.Line.tick + 2 + font.capHeight + (title ? 4.5 + Theme.axisTitle.capHeight : 0) + 2
  }

  /// The width that ``leftAxis`` needs left of the panel.
  static func leftAxisWidth(_ ticks: Ticks, font: Font = Theme.tick) -> Double {
    Theme.Line.tick + 2.5 + (ticks.map { Figures.width($0.label, font) }.max() ?? 0)
  }
}

/// Panels of one size, row by row.
struct PanelGrid {
  var columns: Int
  var origin: Point
  var pitch: Size  // from one panel's corner to the next

  func corner(column: Int, row: Int) -> Point {
    Point(origin.x + Double(column) * pitch.width, origin.y + Double(row) * pitch.height)
  }

  func corner(_ index: Int) -> Point { corner(column: index % columns, row: index / columns) }
  func isFirst(_ index: Int) -> Bool { index % columns == 0 }
  /// Whether no panel of `count` stands below.
  func isLowest(_ index: Int, of count: Int) -> Bool { index + columns >= count }
}

/// Moves labels apart along one direction: each stays as near its wish as the others allow.
/// - Parameters:
///   - wishes: where each label's middle would stand best.
///   - gap: the least distance between two middles.
/// - Returns: the places in the order of the wishes, within the bounds where they all fit there.
func spread(_ wishes: [Double], gap: Double, from lower: Double, to upper: Double) -> [Double] {
  let order = wishes.indices.sorted { (wishes[$0], $0) < (wishes[$1], $1) }
  // Neighbours that touch become one block, which stands at the mean of its members' wishes (pool adjacent violators).
  var blocks: [(first: Double, count: Int)] = []
  func limited(_ first: Double, _ count: Int) -> Double {
    max(lower, min(first, upper - Double(count - 1) * gap))
  }
  for index in order {
    blocks.append((limited(wishes[index], 1), 1))
    while let last = blocks.last, let before = blocks.dropLast().last,
      before.first + Double(before.count) * gap > last.first
    {
      let count = before.count + last.count
      let first =
        (before.first * Double(before.count) + (last.first - Double(before.count) * gap) * Double(last.count))
        / Double(count)
      blocks.removeLast(2)
      blocks.append((limited(first, count), count))
    }
  }
  var places = [Double](repeating: 0, count: wishes.count)
  var rank = 0
  for block in blocks {
    for step in 0..<block.count {
      places[order[rank]] = block.first + Double(step) * gap
      rank += 1
    }
  }
  return places
}
