import Drawing

/// How an estimate is drawn on its interval.
enum IntervalMark {
  case dot
  case circle  // hollow
  /// As wide as the interval: what stands for all of the others.
  case diamond
  case hollowDiamond
}

extension Sheet {
  /// An estimate on its interval, at a height of the panel. What lies beyond the axis is cut off there, and marked.
  mutating func estimate(
    _ value: Double, _ bounds: (lower: Double, upper: Double)?, as mark: IntervalMark, color: Color, _ panel: Panel,
    y: Double
  ) {
    let (low, high) = (panel.x.lower, panel.x.upper)
    func inside(_ value: Double) -> Double { max(low, min(value, high)) }
    let x = panel.x(inside(value))
    let isInside = (low...high).contains(value)
    let isDiamond = mark == .diamond || mark == .hollowDiamond
    let stroke = Stroke(color, width: Theme.Line.data)
    if let (lower, upper) = bounds {
      let (left, right) = (panel.x(inside(lower)), panel.x(inside(upper)))
      if isDiamond, isInside {
        let corners = [Point(left, y), Point(x, y - 3.2), Point(right, y), Point(x, y + 3.2)]
        if mark == .diamond {
          elements.append(.path(.polyline(corners, closed: true), fill: color))
        } else {
          elements.append(.path(.polyline(corners, closed: true), fill: Theme.paper, stroke: stroke))
        }
      } else if right > left {
        line(Point(left, y), Point(right, y), stroke)
      }
      if isInside, lower < low { offAxis(Point(left, y), towards: Size(-1, 0), color: color) }
      if isInside, upper > high { offAxis(Point(right, y), towards: Size(1, 0), color: color) }
    }
    if !isInside {
      offAxis(Point(x, y), towards: Size(value < low ? -1 : 1, 0), size: 4.5, color: color)
    } else if !isDiamond || bounds == nil {
      switch mark {
      case .dot, .diamond: dot(Point(x, y), radius: 2, fill: color)
      case .circle, .hollowDiamond: dot(Point(x, y), radius: 2, fill: Theme.paper, stroke: stroke)
      }
    }
  }
}

extension Panel {
  /// Ticks of the lower axis, as many as have room for their labels; zero stays where it is one.
  var roomyTicks: Sheet.Ticks {
    let choices = [5, 4, 3, 2].map { x.ticks(about: $0) }
    let halved = choices.map { ticks in
      let zero = ticks.firstIndex { $0.value == 0 } ?? 0
      return ticks.indices.filter { ($0 - zero) % 2 == 0 }.map { ticks[$0] }
    }
    return (choices + halved).first { $0.count > 1 && haveRoom($0) } ?? Array(x.ticks(about: 2).prefix(1))
  }

  private func haveRoom(_ ticks: Sheet.Ticks) -> Bool {
    let widest = ticks.map { Figures.width($0.label) }.max() ?? 0
    return zip(ticks, ticks.dropFirst()).allSatisfy { x($1.value) - x($0.value) >= widest + 6 }
  }
}
