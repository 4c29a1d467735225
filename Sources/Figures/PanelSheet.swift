import Drawing

/// Several figures as the panels of one, row by row: a letter above each, and its description in the whole.
public struct PanelSheet: Sendable {
  /// Points.
  public let width, panelWidth: Double
  let columns: Int

  private static let gap = 14.0, head = 13.0
  /// A panel narrower than 70 mm cannot be read: then there are fewer in a row.
  private static let narrowest = 70 * Theme.millimetre

  public init(width: Double, columns: Int) {
    let fitting = Int(((width + Self.gap) / (Self.narrowest + Self.gap)).rounded(.down))
    self.columns = max(1, min(columns, fitting))
    self.width = width
    panelWidth = (width - Self.gap * Double(self.columns - 1)) / Double(self.columns)
  }

  /// a … z.
  public func letter(_ index: Int) -> String { String(UnicodeScalar(UInt8(97 + index % 26))) }

  public func scene(_ scenes: [Scene]) -> Scene {
    var (elements, marks, y): ([Element], [Scene.Mark], Double) = ([], [], 0)
    for start in stride(from: 0, to: scenes.count, by: columns) {
      let row = scenes[start..<min(start + columns, scenes.count)]
      if start > 0 { y += Self.gap }
      for (column, scene) in row.enumerated() {
        let x = Double(column) * (panelWidth + Self.gap)
        let letter = TextRun("(\(letter(start + column)))", Theme.panelTitle, color: Theme.ink)
        elements.append(.text([letter], at: Point(x, y + 8)))
        elements.append(.group(scene.elements, transform: Transform(x: x, y: y + Self.head)))
        marks += scene.marks.map { mark in
          Scene.Mark(
            area: Rect(mark.area.x + x, mark.area.y + y + Self.head, mark.area.width, mark.area.height),
            value: mark.value)
        }
      }
      y += Self.head + (row.map(\.size.height).max() ?? 0)
    }
    let parts = scenes.enumerated().map { "Panel \(letter($0)): \($1.description)" }
    let description = (["A figure of \(scenes.count) panels."] + parts).joined(separator: " ")
    return Scene(size: Size(width, y), elements: elements, description: description, marks: marks)
  }
}
