import Drawing

/// A scene's text and paths in page coordinates, as tests need them.
struct SceneReading {
  struct Text {
    var string: String
    var size: Double  // points, as printed
    var colors: [Color]
    /// From the baseline to the height of capitals; `depth` below it where letters go there.
    var box: Rect
  }
  struct Drawn {
    var points: [Point]
    var stroke: Stroke?
    var fill: Color?
    var clip: Rect?  // of the innermost group
  }
  var texts: [Text] = []
  var paths: [Drawn] = []

  init(_ scene: Scene) { read(scene.elements, .identity, clip: nil) }

  private mutating func read(_ elements: [Element], _ t: Transform, clip: Rect?) {
    for element in elements {
      switch element {
      case .text(let runs, let at, let anchor, let rotation): read(runs, at, anchor, rotation, t)
      case .path(let path, let fill, let stroke):
        let points = path.segments.flatMap { segment -> [Point] in
          switch segment {
          case .move(let p), .line(let p): [p]
          case .curve(let a, let b, let p): [a, b, p]
          case .close: []
          }
        }
        paths.append(
          Drawn(
            points: points.map { Point(t.x + t.scale * $0.x, t.y + t.scale * $0.y) }, stroke: stroke, fill: fill,
            clip: clip))
      case .group(let children, let inner, let own):
        read(
          children,
          Transform(scale: t.scale * inner.scale, x: t.x + t.scale * inner.x, y: t.y + t.scale * inner.y),
          clip: own.map { Rect(t.x + t.scale * $0.x, t.y + t.scale * $0.y, t.scale * $0.width, t.scale * $0.height) }
            ?? clip)
      case .part(_, let children, _), .formula(let children, _, _): read(children, t, clip: clip)
      case .link, .destination: break
      }
    }
  }

  private mutating func read(_ runs: [TextRun], _ at: Point, _ anchor: Anchor, _ rotation: Double, _ t: Transform) {
    let width = runs.width
    let height = runs.map(\.font.capHeight).max() ?? 0
    let start = anchor == .start ? 0 : anchor == .middle ? -width / 2 : -width
    let local =
      rotation == 90
      ? Rect(at.x - height, at.y - start - width, height, width) : Rect(at.x + start, at.y - height, width, height)
    texts.append(
      Text(
        string: runs.map(\.text).joined(), size: t.scale * (runs.map(\.font.size).min() ?? 0),
        colors: runs.map(\.color),
        box: Rect(t.x + t.scale * local.x, t.y + t.scale * local.y, t.scale * local.width, t.scale * local.height)))
  }
}
