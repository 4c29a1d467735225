import CPango
import Synchronization

/// The one text engine of the process. Pango's objects belong to one thread at a time, so all of it stands behind a
/// lock.
let textEngine = Mutex(TextEngine())

/// Shapes text by Pango in the project's own fonts, and remembers how wide it is.
///
/// Each font file has a font map and a Fontconfig configuration of its own that hold nothing else, loaded on first use:
/// neither the machine's fonts nor its Fontconfig files, locale or caches have a say, and nothing unneeded is read.
/// Lengths are unhinted, so a line is as wide on a screen as it is in print. The engine lives as long as the process.
final class TextEngine {
  private var shapers: [FontFace: Shaper] = [:]
  private var wideShapers: [FontFace: Shaper] = [:]
  private var styles: [Font: Style] = [:]
  private var widths: [Font: [String: Double]] = [:]
  private var remembered = 0

  /// What Pango needs to know of a font beside its file.
  private struct Style {
    var description: OpaquePointer
    var attributes: OpaquePointer
    var ascent, descent, capHeight: Double
  }

  // MARK: Measures

  /// The advance width in points. Where a font file is missing, an estimate: the outputs throw before anyone sees it.
  func width(of text: String, in font: Font) -> Double {
    if let known = widths[font]?[text] { return known }
    guard let layout = try? layout(text, font) else { return 0.55 * font.size * Double(text.unicodeScalars.count) }
    var logical = PangoRectangle()
    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), nil, &logical)
    let width = points(logical.width)
    remembered += 1
    if remembered > 200_000 { (widths, remembered) = ([:], 1) }
    widths[font, default: [:]][text] = width
    return width
  }

  func width(of run: TextRun) -> Double { run.drawing?.width ?? width(of: run.text, in: run.font) }

  /// The box of what is seen of the text, around the start of its baseline; no box where nothing is.
  func ink(of text: String, in font: Font) -> Rect? {
    guard let layout = try? layout(text, font) else { return nil }
    var ink = PangoRectangle()
    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), &ink, nil)
    guard ink.width > 0, ink.height > 0 else { return nil }
    return Rect(points(ink.x), points(ink.y), points(ink.width), points(ink.height))
  }

  func ascent(of font: Font) -> Double { (try? style(font))?.ascent ?? 0.97 * font.size }
  func descent(of font: Font) -> Double { (try? style(font))?.descent ?? 0.24 * font.size }
  func capHeight(of font: Font) -> Double { (try? style(font))?.capHeight ?? 0.7 * font.size }

  // MARK: Glyphs

  /// Draws the run from `x` on the baseline `y`, in Cairo's current colour.
  func show(_ run: TextRun, _ cairo: OpaquePointer, x: Double, y: Double) throws(DrawingError) {
    guard !run.text.isEmpty else { return }
    let layout = try layout(run.text, run.font)
    cairo_move_to(cairo, x, y)
    pango_cairo_show_layout_line(cairo, pango_layout_get_line_readonly(layout, 0))
  }

  /// One glyph at its place: points right of the run's start and below the baseline.
  struct Glyph {
    var face: String  // names the font file's face
    var index: UInt32
    var x, y: Double
    /// Valid while the engine lives.
    var scaledFont: OpaquePointer?
  }

  func glyphs(of run: TextRun) throws(DrawingError) -> [Glyph] {
    guard !run.text.isEmpty else { return [] }
    let layout = try layout(run.text, run.font)
    var glyphs: [Glyph] = []
    var x = 0.0
    var item = pango_layout_get_line_readonly(layout, 0)?.pointee.runs
    while let node = item {
      item = node.pointee.next
      guard let run = node.pointee.data?.assumingMemoryBound(to: PangoGlyphItem.self).pointee,
        let string = run.glyphs, let font = run.item?.pointee.analysis.font
      else { continue }
      let description = pango_font_describe(font)
      pango_font_description_unset_fields(description, PANGO_FONT_MASK_SIZE)
      let name = pango_font_description_to_string(description)
      let face = name.map { String(cString: $0) } ?? ""
      g_free(name)
      pango_font_description_free(description)
      let scaled = pango_cairo_font_get_scaled_font(OpaquePointer(font))
      for i in 0..<Int(string.pointee.num_glyphs) {
        let info = string.pointee.glyphs[i]
        if info.glyph & 0x1000_0000 == 0, info.glyph != 0x0FFF_FFFF {  // neither unknown nor empty (pango-glyph.h)
          glyphs.append(
            Glyph(
              face: face, index: info.glyph, x: x + points(info.geometry.x_offset),
              y: points(info.geometry.y_offset), scaledFont: scaled))
        }
        x += points(info.geometry.width)
      }
    }
    return glyphs
  }

  // MARK: Pango

  /// The shaped text; valid until the next call.
  private func layout(_ text: String, _ font: Font) throws(DrawingError) -> OpaquePointer {
    let face = FontFace(font)
    let (style, shaper) = (try style(font), try shaper(face))
    let layout = shaper.layout(text, style.description, style.attributes)
    guard pango_layout_get_unknown_glyphs_count(layout) > 0 else { return layout }
    return try wideShaper(face).layout(text, style.description, style.attributes)
  }

  private func shaper(_ face: FontFace) throws(DrawingError) -> Shaper {
    if let shaper = shapers[face] { return shaper }
    let shaper = try Shaper(files: [face.path()])
    shapers[face] = shaper
    return shaper
  }

  /// For text with characters that the face lacks: the other two families stand in.
  private func wideShaper(_ face: FontFace) throws(DrawingError) -> Shaper {
    if let shaper = wideShapers[face] { return shaper }
    var files = [try face.path()]
    for family in [Font.Family.serif, .sans, .mono, .math] where family != face.family {
      files.append(try FontFace(family, face.weight, italic: false).path())
    }
    let shaper = try Shaper(files: files)
    wideShapers[face] = shaper
    return shaper
  }

  private func style(_ font: Font) throws(DrawingError) -> Style {
    if let style = styles[font] { return style }
    let shaper = try shaper(FontFace(font))
    guard let description = pango_font_description_new(), let attributes = pango_attr_list_new() else {
      throw .cairo("out of memory")
    }
    pango_font_description_set_family(description, font.family.rawValue)
    pango_font_description_set_absolute_size(description, (font.size * Double(PANGO_SCALE)).rounded())
    pango_font_description_set_weight(description, PangoWeight(UInt32(font.weight.rawValue)))
    pango_font_description_set_style(description, font.italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL)
    pango_attr_list_insert(attributes, pango_attr_font_features_new(font.features))
    let (ascent, descent) = shaper.verticalMetrics(description)
    let layout = shaper.layout("H", description, attributes)
    var ink = PangoRectangle()
    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, 0), &ink, nil)
    let style = Style(
      description: description, attributes: attributes, ascent: ascent, descent: descent,
      capHeight: points(ink.height))
    styles[font] = style
    return style
  }
}

extension Font {
  /// OpenType features: text shows the characters it has (no arrows out of `->`), and figures below display size are
  /// tabular and lining, so that columns and axes align.
  fileprivate var features: String {
    switch family {
    case .sans: size < 12 ? "calt=0, lnum=1, tnum=1" : "calt=0, lnum=1"
    case .serif: "lnum=1"
    case .mono: "calt=0, liga=0"
    case .math: "liga=0"
    }
  }
}

private func points(_ pangoUnits: Int32) -> Double { Double(pangoUnits) / Double(PANGO_SCALE) }

/// Pango starts Fontconfig with the machine's settings, and reads all its fonts, unless a configuration is current.
private let emptyFontconfig: Void = { _ = FcConfigSetCurrent(FcConfigCreate()) }()

/// Pango's objects for a few font files, and no others.
private final class Shaper {
  private let context: OpaquePointer
  private let sheet: OpaquePointer  // the layout, used again for each text
  private let language = pango_language_from_string("en")

  init(files: [String]) throws(DrawingError) {
    _ = emptyFontconfig
    guard let config = FcConfigCreate() else { throw .cairo("Fontconfig is out of memory") }
    for file in files where FcConfigAppFontAddFile(config, file) == 0 {
      throw .cairo("Fontconfig cannot read the font file \(file)")
    }
    guard let map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT) else {
      throw .cairo("this Pango has no FreeType fonts")
    }
    pango_cairo_font_map_set_resolution(OpaquePointer(map), 72)  // a pixel is a point
    pango_fc_font_map_set_config(OpaquePointer(map), config)
    FcConfigDestroy(config)  // the map holds its own reference
    guard let context = pango_font_map_create_context(map), let sheet = pango_layout_new(context) else {
      throw .cairo("Pango is out of memory")
    }
    let options = cairo_font_options_create()
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_context_set_round_glyph_positions(context, 0)
    pango_context_set_language(context, language)
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR)
    pango_layout_set_single_paragraph_mode(sheet, 1)
    pango_layout_set_auto_dir(sheet, 0)
    (self.context, self.sheet) = (context, sheet)
  }

  func layout(_ text: String, _ description: OpaquePointer, _ attributes: OpaquePointer) -> OpaquePointer {
    pango_layout_set_font_description(sheet, description)
    pango_layout_set_attributes(sheet, attributes)
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        pango_layout_set_text(sheet, $0.baseAddress, Int32(clamping: $0.count))
      }
    }
    return sheet
  }

  func verticalMetrics(_ description: OpaquePointer) -> (ascent: Double, descent: Double) {
    let metrics = pango_context_get_metrics(context, description, language)
    defer { pango_font_metrics_unref(metrics) }
    return (points(pango_font_metrics_get_ascent(metrics)), points(pango_font_metrics_get_descent(metrics)))
  }
}
