import CCairo
import Foundation

/// Draws scenes on a Cairo context. Links and destinations are gathered in page coordinates, for the PDF to write;
/// where content is to be marked, so is what it belongs to.
struct Canvas {
  private let cairo: OpaquePointer
  private let engine: TextEngine
  private(set) var links: [(rect: Rect, target: LinkTarget)] = []
  private(set) var destinations: [(name: String, point: Point)] = []
  private var marker: ContentMarker?

  init(_ cairo: OpaquePointer, _ engine: TextEngine, marksContent: Bool = false) {
    (self.cairo, self.engine) = (cairo, engine)
    marker = marksContent ? ContentMarker(cairo) : nil
  }

  /// What was drawn since the canvas was made; empty where content is not marked.
  mutating func endMarks() -> PageContent { marker?.end() ?? PageContent() }

  mutating func draw(_ elements: [Element], in transform: Transform = .identity) throws(DrawingError) {
    for element in elements {
      switch element {
      case .path(let path, let fill, let stroke):
        marker?.beginContent()
        draw(path, fill: fill, stroke: stroke)
      case .text(let runs, let point, let anchor, let rotation):
        try draw(runs, at: point, anchor, rotation: rotation, in: transform)
      case .group(let children, let inner, let clip):
        cairo_save(cairo)
        if let clip {
          cairo_rectangle(cairo, clip.x, clip.y, clip.width, clip.height)
          cairo_clip(cairo)
        }
        cairo_translate(cairo, inner.x, inner.y)
        cairo_scale(cairo, inner.scale, inner.scale)
        try draw(children, in: transform * inner)
        cairo_restore(cairo)
      case .link(let rect, let target):
        links.append((transform * rect, target))
        marker?.addLink(target, text: "", isDrawn: false)
      case .destination(let name, let point): destinations.append((name, transform * point))
      case .part(let part, let children, let bounds):
        let outer = marker?.enter(part, bounds: bounds.map { transform * $0 })
        try draw(children, in: transform)
        marker?.enter(outer)
      case .formula(let children, let words, let bounds):
        marker?.beginFormula(words, bounds: transform * bounds)
        try draw(children, in: transform)
        marker?.endFormula()
      }
    }
  }

  private func draw(_ path: Path, fill: Color?, stroke: Stroke?) {
    cairo_new_path(cairo)
    for segment in path.segments {
      switch segment {
      case .move(let p): cairo_move_to(cairo, p.x, p.y)
      case .line(let p): cairo_line_to(cairo, p.x, p.y)
      case .curve(let a, let b, let p): cairo_curve_to(cairo, a.x, a.y, b.x, b.y, p.x, p.y)
      case .close: cairo_close_path(cairo)
      }
    }
    if let fill {
      set(fill)
      if stroke == nil { cairo_fill(cairo) } else { cairo_fill_preserve(cairo) }
    }
    if let stroke {
      set(stroke.color)
      cairo_set_line_width(cairo, stroke.width)
      cairo_set_dash(cairo, stroke.dash, Int32(clamping: stroke.dash.count), 0)
      cairo_set_line_cap(cairo, stroke.roundCaps ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
      cairo_set_line_join(cairo, stroke.roundCaps ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER)
      cairo_stroke(cairo)
    }
    cairo_new_path(cairo)
  }

  private mutating func draw(
    _ runs: [TextRun], at point: Point, _ anchor: Anchor, rotation: Double, in transform: Transform
  ) throws(DrawingError) {
    var x = point.x - anchor.share * runs.reduce(0) { $0 + engine.width(of: $1) }
    cairo_save(cairo)
    defer { cairo_restore(cairo) }
    if rotation != 0 {
      cairo_translate(cairo, point.x, point.y)
      cairo_rotate(cairo, -rotation * .pi / 180)
      cairo_translate(cairo, -point.x, -point.y)
    }
    for run in runs {
      if let drawing = run.drawing {
        try draw([.group(drawing.elements, transform: Transform(x: x, y: point.y - run.rise))], in: transform)
        x += drawing.width
        continue
      }
      let target = rotation == 0 ? run.link : nil
      if let target { marker?.addLink(target, text: run.text) } else { marker?.beginContent() }
      set(run.color)
      try engine.show(run, cairo, x: x, y: point.y - run.rise)
      let width = engine.width(of: run)
      if let target {
        let (ascent, descent) = (engine.ascent(of: run.font), engine.descent(of: run.font))
        let rect = Rect(x, point.y - run.rise - ascent, width, ascent + descent)
        links.append((transform * rect, target))
      }
      x += width
    }
  }

  private func set(_ color: Color) {
    if color.alpha == 1 {
      cairo_set_source_rgb(cairo, color.red, color.green, color.blue)
    } else {
      cairo_set_source_rgba(cairo, color.red, color.green, color.blue, color.alpha)
    }
  }
}

extension Anchor {
  /// The share of a text's width that lies left of its point.
  var share: Double {
    switch self {
    case .start: 0
    case .middle: 0.5
    case .end: 1
    }
  }
}

extension Transform {
  static func * (outer: Transform, inner: Transform) -> Transform {
    Transform(
      scale: outer.scale * inner.scale, x: outer.x + outer.scale * inner.x, y: outer.y + outer.scale * inner.y)
  }
  static func * (t: Transform, p: Point) -> Point { Point(t.x + t.scale * p.x, t.y + t.scale * p.y) }
  static func * (t: Transform, r: Rect) -> Rect {
    Rect(t.x + t.scale * r.x, t.y + t.scale * r.y, t.scale * r.width, t.scale * r.height)
  }
}

extension Size {
  /// PDF readers stop at 200 inches; what is not a number fails too.
  func check() throws(DrawingError) {
    guard width >= 0.1, height >= 0.1, width <= 14_400, height <= 14_400 else {
      throw .size(width: width, height: height)
    }
  }
}

/// The bytes that Cairo writes.
final class ByteSink {
  var data = Data()

  /// For Cairo's `cairo_write_func_t`, with the sink as its closure.
  static let write: cairo_write_func_t = { closure, bytes, count in
    guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
    Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue().data.append(bytes, count: Int(count))
    return CAIRO_STATUS_SUCCESS
  }
  var closure: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }
}

/// Throws what Cairo says went wrong.
func check(_ status: cairo_status_t) throws(DrawingError) {
  guard status == CAIRO_STATUS_SUCCESS else { throw .cairo(String(cString: cairo_status_to_string(status))) }
}
