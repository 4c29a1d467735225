import Drawing

/// One entry of a figure's key: a sample of the mark and what it stands for.
struct KeyEntry {
  var text: String
  var sampleWidth: Double
  /// Draws the sample from its left end, at half the height of capitals.
  var draw: (Point, inout Sheet) -> Void
}

extension Sheet {
  /// The key's entries one after another, on as many lines as they need below `top`.
  /// - Returns: the height they took.
  mutating func key(_ entries: [KeyEntry], left: Double, top: Double, width: Double) -> Double {
    let font = Theme.tick
    let step = font.size + 4
    var (x, baseline) = (left, top + font.capHeight)
    for entry in entries {
      let textX = entry.sampleWidth > 0 ? entry.sampleWidth + 4 : 0
      let text = fitted(entry.text, font, width: width - left - textX)
      let entryWidth = textX + Figures.width(text, font)
      if x > left, x + entryWidth > width { (x, baseline) = (left, baseline + step) }
      entry.draw(Point(x, baseline - font.capHeight / 2), &self)
      self.text(text, at: Point(x + textX, baseline), font)
      x += entryWidth + 13
    }
    return entries.isEmpty ? 0 : baseline - top
  }

  /// Where a value lies beyond the edge of a panel: a small triangle on the edge that points outwards.
  mutating func offAxis(_ edge: Point, towards direction: Size, size: Double = 3.4, color: Color) {
    let (back, across) = (size, size * 0.55)
    let base = Point(edge.x - direction.width * back, edge.y - direction.height * back)
    let corners = [
      edge, Point(base.x - direction.height * across, base.y + direction.width * across),
      Point(base.x + direction.height * across, base.y - direction.width * across),
    ]
    elements.append(.path(.polyline(corners, closed: true), fill: color))
  }
}
