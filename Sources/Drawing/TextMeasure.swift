import CPango
import Synchronization

extension TextRun {
  /// The advance width in points: where the next run begins.
  public var width: Double { textEngine.withLock { $0.width(of: self) } }
  /// What is seen of the text, around the start of its baseline, y downwards; nil where nothing is.
  public var ink: Rect? { textEngine.withLock { $0.ink(of: text, in: font) } }
}

extension Font {
  /// Points from the baseline up to the top of the font's own line box.
  public var ascent: Double { textEngine.withLock { $0.ascent(of: self) } }
  /// Points from the baseline down to the bottom of the font's own line box.
  public var descent: Double { textEngine.withLock { $0.descent(of: self) } }
  /// Points from the baseline to the top of an H.
  public var capHeight: Double { textEngine.withLock { $0.capHeight(of: self) } }
}

extension [TextRun] {
  /// The width of the runs set one after the other.
  public var width: Double { textEngine.withLock { engine in reduce(0) { $0 + engine.width(of: $1) } } }
}

/// The versions of what draws, for a report's `tools`.
public func drawingVersions() -> [String: String] {
  [
    "cairo": String(cString: cairo_version_string()), "pango": String(cString: pango_version_string()),
  ]
}
