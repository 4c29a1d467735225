import CCairo
import CPango
import Synchronization

/// The scene as one `<svg>` element, to stand inside an HTML page: as small as its content allows, glyphs as outlines
/// that are defined once, and the same bytes for the same scene.
///
/// - Parameter idPrefix: begins every id, so that the drawings of one page don't meet.
/// - Returns: an element with `viewBox`, its size in points, `role="img"`, and the description as `<title>` (its first
///   sentence) and `<desc>`. Marks are invisible rectangles in `<g class="marks">`, each with its value as `<title>`.
///   Colours are presentation attributes, so a style sheet may replace them: ``darkStyle(of:within:)``.
public func svg(_ scene: Scene, idPrefix: String) throws(DrawingError) -> String {
  try scene.size.check()
  return try textEngine.withLock { (engine) throws(DrawingError) -> String in
    var writer = SVGWriter(engine, idPrefix: escaped(idPrefix))
    try writer.draw(scene.elements)
    writer.draw(scene.marks)
    return writer.element(scene)
  }
}

// Cairo's own SVG surface numbers its ids by a counter of the process, and writes six decimals and every glyph anew; so
// the few elements of a scene are written here, and Cairo gives the outlines.
private struct SVGWriter {
  private let engine: TextEngine
  private let idPrefix: String
  private var body = ""
  private var definitions = ""
  private var glyphIDs: [String: String] = [:]  // face and glyph → id, or "" for a glyph without outline
  private var clips = 0

  init(_ engine: TextEngine, idPrefix: String) { (self.engine, self.idPrefix) = (engine, idPrefix) }

  func element(_ scene: Scene) -> String {
    let (width, height) = (compact(scene.size.width, 2), compact(scene.size.height, 2))
    var text =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" width=\"\(width)pt\" "
      + "height=\"\(height)pt\" role=\"img\" fill=\"none\""
    if scene.description.isEmpty { return text + ">" + content }
    text += " aria-labelledby=\"\(idPrefix)t \(idPrefix)d\">"
    let (first, rest) = firstSentence(scene.description)
    text += "<title id=\"\(idPrefix)t\">\(escaped(first))</title><desc id=\"\(idPrefix)d\">\(escaped(rest))</desc>"
    return text + content
  }
  private var content: String { (definitions.isEmpty ? "" : "<defs>\(definitions)</defs>") + body + "</svg>" }

  mutating func draw(_ elements: [Element], places: Int = 2) throws(DrawingError) {
    for element in elements {
      switch element {
      case .path(let path, let fill, let stroke):
        body += "<path d=\"\(pathData(path, places))\"" + attributes(fill: fill) + attributes(stroke) + "/>"
      case .text(let runs, let point, let anchor, let rotation):
        try draw(runs, at: point, anchor, rotation: rotation, places: places)
      case .group(let children, let transform, let clip):
        body += "<g\(attributes(transform, places))"
        if let clip {
          // The clip is given in the coordinates outside the group, so a group of its own carries it.
          body.removeLast(attributes(transform, places).count)
          clips += 1
          let id = "\(idPrefix)c\(clips)"
          definitions += "<clipPath id=\"\(id)\"><path d=\"\(pathData(.rectangle(clip), places))\"/></clipPath>"
          body += " clip-path=\"url(#\(id))\"><g\(attributes(transform, places))"
        }
        body += ">"
        try draw(children, places: transform.scale > 3 ? places + 1 : places)
        body += clip == nil ? "</g>" : "</g></g>"
      case .part(_, let children, _), .formula(let children, _, _): try draw(children, places: places)
      case .link(let rect, let target):
        let address = escaped(address(target))
        body += "<a href=\"\(address)\" aria-label=\"\(address)\"><path d=\"\(pathData(.rectangle(rect), places))\" "
        body += "pointer-events=\"all\"/></a>"
      case .destination(let name, let point):
        body += "<path id=\"\(escaped(name))\" d=\"M\(compact(point.x, places)) \(compact(point.y, places))\"/>"
      }
    }
  }

  mutating func draw(_ marks: [Scene.Mark]) {
    guard !marks.isEmpty else { return }
    body += "<g class=\"marks\" pointer-events=\"all\">"
    for mark in marks {
      let (a, size) = (mark.area, [mark.area.width, mark.area.height].map { compact($0, 1) })
      body += "<rect x=\"\(compact(a.x, 1))\" y=\"\(compact(a.y, 1))\" width=\"\(size[0])\" height=\"\(size[1])\">"
      body += "<title>\(escaped(mark.value))</title></rect>"
    }
    body += "</g>"
  }

  // MARK: Text

  private mutating func draw(
    _ runs: [TextRun], at point: Point, _ anchor: Anchor, rotation: Double, places: Int
  ) throws(DrawingError) {
    var x = -anchor.share * runs.reduce(0) { $0 + engine.width(of: $1) }
    for run in runs {
      defer { x += engine.width(of: run) }
      if let drawing = run.drawing {
        try draw([.group(drawing.elements, transform: Transform(x: point.x + x, y: point.y - run.rise))], places: places)
        continue
      }
      let unit = run.font.size / unitsPerEm
      var uses = ""
      for glyph in try engine.glyphs(of: run) {
        let id = try id(of: glyph)
        guard !id.isEmpty else { continue }
        let (dx, dy) = (compact(glyph.x / unit, 0), compact(glyph.y / unit, 0))
        uses += "<use href=\"#\(id)\"" + (dx == "0" ? "" : " x=\"\(dx)\"") + (dy == "0" ? "" : " y=\"\(dy)\"") + "/>"
      }
      guard !uses.isEmpty else { continue }
      var transform: String
      if rotation == 0 {
        transform = "translate(\(compact(point.x + x, places)) \(compact(point.y - run.rise, places)))"
      } else {
        transform = "translate(\(compact(point.x, places)) \(compact(point.y, places)))"
        transform += "rotate(\(compact(-rotation, 2)))"
        if x != 0 || run.rise != 0 { transform += "translate(\(compact(x, places)) \(compact(-run.rise, places)))" }
      }
      let group = "<g transform=\"\(transform)scale(\(compact(unit, 5)))\"\(attributes(fill: run.color))>\(uses)</g>"
      body += run.link.map { "<a href=\"\(escaped(address($0)))\">\(group)</a>" } ?? group
    }
  }

  /// The id of the glyph's outline, defined when it is met first.
  private mutating func id(of glyph: TextEngine.Glyph) throws(DrawingError) -> String {
    let key = "\(glyph.face) \(glyph.index)"
    if let id = glyphIDs[key] { return id }
    let outline = pathData(try outline(of: glyph), 0)
    let id = outline.isEmpty ? "" : "\(idPrefix)g\(glyphIDs.count)"
    if !outline.isEmpty { definitions += "<path id=\"\(id)\" d=\"\(outline)\"/>" }
    glyphIDs[key] = id
    return id
  }
}

/// Outlines are whole numbers of a thousandth of the font's size.
private let unitsPerEm = 1000.0

/// The glyph's outline for a font of ``unitsPerEm`` points.
private func outline(of glyph: TextEngine.Glyph) throws(DrawingError) -> Path {
  let surface = cairo_image_surface_create(CAIRO_FORMAT_A8, 1, 1)
  defer { cairo_surface_destroy(surface) }
  guard let cairo = cairo_create(surface) else { throw .cairo("out of memory") }
  defer { cairo_destroy(cairo) }
  cairo_set_scaled_font(cairo, glyph.scaledFont)
  cairo_set_font_size(cairo, unitsPerEm)
  var single = cairo_glyph_t(index: UInt(glyph.index), x: 0, y: 0)
  cairo_glyph_path(cairo, &single, 1)
  try check(cairo_status(cairo))
  guard let copy = cairo_copy_path(cairo) else { throw .cairo("out of memory") }
  defer { cairo_path_destroy(copy) }
  var path = Path()
  var index = 0
  while index < Int(copy.pointee.num_data), let data = copy.pointee.data {
    func point(_ offset: Int) -> Point { Point(data[index + offset].point.x, data[index + offset].point.y) }
    switch data[index].header.type {
    case CAIRO_PATH_MOVE_TO: path.segments.append(.move(point(1)))
    case CAIRO_PATH_LINE_TO: path.segments.append(.line(point(1)))
    case CAIRO_PATH_CURVE_TO: path.segments.append(.curve(point(1), point(2), point(3)))
    default: path.segments.append(.close)
    }
    index += max(Int(data[index].header.length), 1)
  }
  if case .move? = path.segments.last { path.segments.removeLast() }  // Cairo starts anew behind each `close`
  return path
}

// MARK: Attributes and numbers

private func address(_ target: LinkTarget) -> String {
  switch target {
  case .url(let url): url
  case .destination(let name): "#\(name)"
  }
}

private func attributes(fill: Color?) -> String { fill.map { attributes($0, "fill") } ?? "" }

private func attributes(_ color: Color, _ name: String) -> String {
  let opacity = color.alpha == 1 ? "" : " \(name)-opacity=\"\(compact(color.alpha, 3))\""
  return " \(name)=\"\(color.hex)\"\(opacity)"
}

private func attributes(_ stroke: Stroke?) -> String {
  guard let stroke else { return "" }
  var text = attributes(stroke.color, "stroke")
  if stroke.width != 1 { text += " stroke-width=\"\(compact(stroke.width, 3))\"" }
  if !stroke.dash.isEmpty {
    text += " stroke-dasharray=\"\(stroke.dash.map { compact($0, 2) }.joined(separator: " "))\""
  }
  return text + (stroke.roundCaps ? " stroke-linecap=\"round\" stroke-linejoin=\"round\"" : "")
}

private func attributes(_ transform: Transform, _ places: Int) -> String {
  guard transform != .identity else { return "" }
  let move = "translate(\(compact(transform.x, places)) \(compact(transform.y, places)))"
  return " transform=\"\(move)" + (transform.scale == 1 ? "\"" : "scale(\(compact(transform.scale, 5)))\"")
}

private func escaped(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "\"": result += "&quot;"
    case "\u{0}"..<"\u{20}" where scalar != "\n" && scalar != "\t": result += "\u{FFFD}"  // no XML has these
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

private func firstSentence(_ text: String) -> (String, String) {
  let marks = text.indices.dropLast().filter {
    text[$0] == "." && text[text.index(after: $0)] == " "
  }
  guard let end = marks.first else { return (text, "") }
  return (String(text[...end]), String(text[text.index(end, offsetBy: 2)...]))
}

/// At most `places` decimals, without what a reader of SVG can do without: "0.50" is ".5".
private func compact(_ x: Double, _ places: Int) -> String {
  var text: [UInt8] = []
  append(rounded(x, places), places, to: &text, separated: false)
  return String(decoding: text, as: UTF8.self)
}

private let powersOfTen = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]

/// `x` in units of the last decimal place; what cannot be drawn is 0.
private func rounded(_ x: Double, _ places: Int) -> Int {
  Int(exactly: (x * Double(powersOfTen[min(places, 6)])).rounded(.toNearestOrEven)) ?? 0
}

private func append(_ value: Int, _ places: Int, to text: inout [UInt8], separated: Bool) {
  let unit = powersOfTen[min(places, 6)]
  let (whole, rest) = Int(value.magnitude & UInt(Int.max)).quotientAndRemainder(dividingBy: unit)
  if value < 0 {
    text.append(UInt8(ascii: "-"))
  } else if separated {
    text.append(UInt8(ascii: " "))
  }
  if whole > 0 || rest == 0 { text.append(contentsOf: String(whole).utf8) }
  guard rest > 0 else { return }
  var digits = String(rest)
  digits = String(repeating: "0", count: min(places, 6) - digits.utf8.count) + digits
  while digits.last == "0" { digits.removeLast() }
  text.append(UInt8(ascii: "."))
  text.append(contentsOf: digits.utf8)
}

/// The path with relative coordinates, rounded so that errors don't add up.
private func pathData(_ path: Path, _ places: Int) -> String {
  var text: [UInt8] = []
  var (x, y) = (0, 0)  // the pen, in units of the last decimal place
  var (startX, startY) = (0, 0)
  var command = UInt8(ascii: " ")
  func write(_ letter: Unicode.Scalar, _ numbers: Int...) {
    let letter = UInt8(ascii: letter)
    let isNew = letter != command || letter == UInt8(ascii: "m")
    if isNew { text.append(letter) }
    command = letter
    for (index, number) in numbers.enumerated() {
      append(number, places, to: &text, separated: index > 0 || !isNew)
    }
  }
  for segment in path.segments {
    switch segment {
    case .move(let p):
      let (newX, newY) = (rounded(p.x, places), rounded(p.y, places))
      if text.isEmpty { write("M", newX, newY) } else { write("m", newX - x, newY - y) }
      (x, y, startX, startY) = (newX, newY, newX, newY)
    case .line(let p):
      let (newX, newY) = (rounded(p.x, places), rounded(p.y, places))
      if newX == x, newY == y, command != UInt8(ascii: "M"), command != UInt8(ascii: "m") { continue }
      if newY == y {
        write("h", newX - x)
      } else if newX == x {
        write("v", newY - y)
      } else {
        write("l", newX - x, newY - y)
      }
      (x, y) = (newX, newY)
    case .curve(let a, let b, let p):
      let (newX, newY) = (rounded(p.x, places), rounded(p.y, places))
      write(
        "c", rounded(a.x, places) - x, rounded(a.y, places) - y, rounded(b.x, places) - x, rounded(b.y, places) - y,
        newX - x, newY - y)
      (x, y) = (newX, newY)
    case .close:
      text.append(UInt8(ascii: "z"))
      command = UInt8(ascii: "z")
      (x, y) = (startX, startY)
    }
  }
  return String(decoding: text, as: UTF8.self)
}
