/// A drawing that knows nothing of its output: shapes, text and links in points (1/72 inch), the origin at the top
/// left, y downwards. A figure is a scene; so is each page of a PDF.
public struct Scene: Sendable, Equatable {
  public var size: Size
  public var elements: [Element]
  /// What the drawing shows, in words computed from its data: for readers who cannot see it.
  public var description: String
  /// Values that a reader may ask for where they stand; outputs that can answer (SVG) do.
  public var marks: [Mark]

  public init(size: Size, elements: [Element] = [], description: String = "", marks: [Mark] = []) {
    (self.size, self.elements, self.description, self.marks) = (size, elements, description, marks)
  }

  /// A bar, a cell, a point of a curve: where it is, and how its value reads ("NORM: 9 083 records").
  public struct Mark: Sendable, Equatable {
    public var area: Rect
    public var value: String
    public init(area: Rect, value: String) { (self.area, self.value) = (area, value) }
  }
}

public indirect enum Element: Sendable, Equatable {
  case path(Path, fill: Color? = nil, stroke: Stroke? = nil)
  /// One line of text on its baseline. `rotation` is in degrees, counter-clockwise, around `at`.
  case text([TextRun], at: Point, anchor: Anchor = .start, rotation: Double = 0)
  /// Elements moved together. `clip` is given in the coordinates around the group, before its transform.
  case group([Element], transform: Transform = .identity, clip: Rect? = nil)
  /// A place to click. A link to a destination leads to a place in the same document.
  case link(Rect, LinkTarget)
  case destination(String, at: Point)
  /// Elements that belong to one part of a document's logical structure, by its number; nil for decoration inside a
  /// part. `bounds` says where a picture lies. Only a tagged PDF makes a difference of it.
  case part(Int?, [Element], bounds: Rect? = nil)
  /// A formula within the part around it, with what it says in words. Only a tagged PDF makes a difference of it.
  case formula([Element], words: String, bounds: Rect)
}

public enum Anchor: String, Sendable, Equatable { case start, middle, end }

public enum LinkTarget: Sendable, Hashable {
  case url(String)
  case destination(String)
}

public struct Point: Sendable, Equatable {
  public var x, y: Double
  public init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

public struct Size: Sendable, Equatable {
  public var width, height: Double
  public init(_ width: Double, _ height: Double) { (self.width, self.height) = (width, height) }
}

public struct Rect: Sendable, Equatable {
  public var x, y, width, height: Double
  public init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
  public var maxX: Double { x + width }
  public var maxY: Double { y + height }
}

/// First scales, then moves.
public struct Transform: Sendable, Equatable {
  public var scale: Double
  public var x, y: Double
  public init(scale: Double = 1, x: Double = 0, y: Double = 0) { (self.scale, self.x, self.y) = (scale, x, y) }
  public static let identity = Transform()
}

/// sRGB, each component 0...1.
public struct Color: Sendable, Hashable {
  public var red, green, blue, alpha: Double
  /// From `0xRRGGBB`.
  public init(_ hex: UInt32, alpha: Double = 1) {
    red = Double(hex >> 16 & 255) / 255
    green = Double(hex >> 8 & 255) / 255
    blue = Double(hex & 255) / 255
    self.alpha = alpha
  }
}

public struct Stroke: Sendable, Equatable {
  public var color: Color
  public var width: Double
  public var dash: [Double]  // lengths on and off, in points; empty for a solid line
  public var roundCaps: Bool
  public init(_ color: Color, width: Double, dash: [Double] = [], roundCaps: Bool = false) {
    (self.color, self.width, self.dash, self.roundCaps) = (color, width, dash, roundCaps)
  }
}

public struct Path: Sendable, Equatable {
  public enum Segment: Sendable, Equatable {
    case move(Point)
    case line(Point)
    case curve(Point, Point, Point)
    case close
  }
  public var segments: [Segment]
  public init(_ segments: [Segment] = []) { self.segments = segments }
  public static func polyline(_ points: some Sequence<Point>, closed: Bool = false) -> Path {
    var path = Path()
    for point in points { path.segments.append(path.segments.isEmpty ? .move(point) : .line(point)) }
    if closed { path.segments.append(.close) }
    return path
  }
  public static func line(_ a: Point, _ b: Point) -> Path { polyline([a, b]) }
  public static func rectangle(_ r: Rect) -> Path {
    polyline([Point(r.x, r.y), Point(r.maxX, r.y), Point(r.maxX, r.maxY), Point(r.x, r.maxY)], closed: true)
  }
  public static func circle(center c: Point, radius r: Double) -> Path {
    let k = 0.552_284_749_8 * r  // the control distance of a quarter circle's Bézier curve
    return Path([
      .move(Point(c.x + r, c.y)),
      .curve(Point(c.x + r, c.y + k), Point(c.x + k, c.y + r), Point(c.x, c.y + r)),
      .curve(Point(c.x - k, c.y + r), Point(c.x - r, c.y + k), Point(c.x - r, c.y)),
      .curve(Point(c.x - r, c.y - k), Point(c.x - k, c.y - r), Point(c.x, c.y - r)),
      .curve(Point(c.x + k, c.y - r), Point(c.x + r, c.y - k), Point(c.x + r, c.y)), .close,
    ])
  }
}
