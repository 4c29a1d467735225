import Drawing
import Wording

/// A figure while it is drawn: the elements so far, and short ways to add more. Lengths are points, y goes down.
struct Sheet {
  var elements: [Element] = []
  var marks: [Scene.Mark] = []

  /// One line of text with its baseline at `point`.
  mutating func text(
    _ text: String, at point: Point, _ font: Font = Theme.tick, color: Color = Theme.ink, anchor: Anchor = .start,
    rotation: Double = 0
  ) {
    guard !text.isEmpty else { return }
    elements.append(.text([TextRun(text, font, color: color)], at: point, anchor: anchor, rotation: rotation))
  }

  /// One line of text whose capitals are centred on `point`'s height.
  mutating func text(
    _ text: String, centredAt point: Point, _ font: Font = Theme.tick, color: Color = Theme.ink,
    anchor: Anchor = .middle
  ) {
    self.text(text, at: Point(point.x, point.y + font.capHeight / 2), font, color: color, anchor: anchor)
  }

  /// White paper behind text that stands before lines.
  mutating func halo(_ text: String, at point: Point, _ font: Font, anchor: Anchor = .start) {
    let width = Figures.width(text, font)
    let left = point.x - (anchor == .end ? width : anchor == .middle ? width / 2 : 0)
    rectangle(Rect(left - 1, point.y - font.capHeight - 1, width + 2, font.capHeight + 2.5), fill: Theme.paper)
  }

  mutating func line(_ a: Point, _ b: Point, _ stroke: Stroke) {
    elements.append(.path(.line(a, b), stroke: stroke))
  }

  mutating func polyline(_ points: [Point], _ stroke: Stroke) {
    guard points.count > 1 else { return }
    elements.append(.path(.polyline(points), stroke: stroke))
  }

  mutating func rectangle(_ rect: Rect, fill: Color? = nil, stroke: Stroke? = nil) {
    elements.append(.path(.rectangle(rect), fill: fill, stroke: stroke))
  }

  mutating func dot(_ point: Point, radius: Double = 1.6, fill: Color, stroke: Stroke? = nil) {
    elements.append(.path(.circle(center: point, radius: radius), fill: fill, stroke: stroke))
  }

  /// The value that stands at a place of the drawing, for readers who ask for it.
  mutating func mark(_ area: Rect, _ value: String) { marks.append(.init(area: area, value: value)) }

  /// The same for a place without extent.
  mutating func mark(_ point: Point, _ value: String) { mark(Rect(point.x - 2.5, point.y - 2.5, 5, 5), value) }

  /// Values along a line: of many points some, evenly taken, the ends always.
  mutating func mark(along points: [(point: Point, value: String)], limit: Int) {
    let limit = max(min(limit, points.count), 2)
    guard points.count > limit else {
      for (point, value) in points { mark(point, value) }
      return
    }
    for step in 0..<limit {
      let (point, value) = points[step * (points.count - 1) / (limit - 1)]
      mark(point, value)
    }
  }

  /// The finished figure. A point is left above and below, since round letters reach a little beyond capitals.
  func scene(width: Double, height: Double, description: String) -> Scene {
    Scene(
      size: Size(width, height + 2), elements: [.group(elements, transform: Transform(y: 1))],
      description: description,
      marks: marks.map { mark in
        var mark = mark
        mark.area.y += 1
        return mark
      })
  }

  /// What stands in place of a figure that has nothing to show.
  static func empty(width: Double, _ reason: String) -> Scene {
    var sheet = Sheet()
    sheet.text(fitted(reason, Theme.tick, width: width - 8), at: Point(4, 16), color: Theme.secondary)
    return sheet.scene(width: width, height: 24, description: reason)
  }
}

/// The width of plain text in points.
func width(_ text: String, _ font: Font = Theme.tick) -> Double { TextRun(text, font, color: Theme.ink).width }

/// The text, or as much of its beginning as fits, with an ellipsis.
func fitted(_ text: String, _ font: Font, width limit: Double) -> String {
  guard width(text, font) > limit else { return text }
  var kept = text
  while !kept.isEmpty {
    kept.removeLast()
    while kept.last?.isWhitespace == true { kept.removeLast() }
    if width(kept + "…", font) <= limit { return kept + "…" }
  }
  return ""
}

/// The names with "and" before the last: for descriptions.
func listed(_ names: [String]) -> String {
  guard let last = names.last, names.count > 1 else { return names.first ?? "" }
  return say(.listAnd, names.dropLast().joined(separator: ", "), last)
}
