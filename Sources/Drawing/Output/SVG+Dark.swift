/// Rules of a style sheet that turn drawings made for white paper into drawings for dark paper.
///
/// One drawing serves both: a rule replaces a colour wherever the SVG has it as `fill` or `stroke`.
/// - Parameter selector: the element that holds the drawings: `.plate`.
/// - Returns: a rule per colour, sorted; the same text for the same colours.
public func darkStyle(of scenes: some Sequence<Scene>, within selector: String) -> String {
  var (fills, strokes): (Set<Color>, Set<Color>) = ([], [])
  func read(_ elements: [Element]) {
    for element in elements {
      switch element {
      case .path(_, let fill, let stroke):
        if let fill { fills.insert(fill) }
        if let stroke { strokes.insert(stroke.color) }
      case .text(let runs, _, _, _):
        fills.formUnion(runs.map(\.color))
        for run in runs { read(run.drawing?.elements ?? []) }
      case .group(let children, _, _), .part(_, let children, _), .formula(let children, _, _): read(children)
      case .link, .destination: break
      }
    }
  }
  for scene in scenes { read(scene.elements) }
  func rules(_ colors: Set<Color>, _ attribute: String) -> [String] {
    // Colours that the SVG cannot tell apart have one rule: the first in order, whatever the set's own.
    let pairs = colors.map { ($0.hex, Theme.onDark($0).hex) }.sorted { $0 < $1 }
    let twins = Dictionary(pairs) { first, _ in first }
    return twins.sorted { $0.key < $1.key }.map { light, dark in
      "\(selector) [\(attribute)=\"\(light)\"] { \(attribute): \(dark); }"
    }
  }
  return (rules(fills, "fill") + rules(strokes, "stroke")).joined(separator: "\n")
}

extension Color {
  /// `#1a1a1a`, whatever the alpha.
  public var hex: String {
    let digits = Array("0123456789abcdef")
    let bytes = [red, green, blue].map { Int(max(0, min($0.isFinite ? $0 : 0, 1)) * 255 + 0.5) }
    return "#" + String(bytes.flatMap { [digits[$0 / 16], digits[$0 % 16]] })
  }
}
