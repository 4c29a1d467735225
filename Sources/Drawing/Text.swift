/// Text of one font and colour within a line.
public struct TextRun: Sendable, Equatable {
  public var text: String
  public var font: Font
  public var color: Color
  public var link: LinkTarget?
  public var rise: Double  // points above the baseline: superscripts and note marks
  /// What stands in place of the text, which is then one character that no line break cuts.
  public var drawing: InlineDrawing?
  public init(_ text: String, _ font: Font, color: Color, link: LinkTarget? = nil, rise: Double = 0) {
    (self.text, self.font, self.color, self.link, self.rise) = (text, font, color, link, rise)
  }

  /// A drawing that stands in a line as a word does.
  public init(_ drawing: InlineDrawing, _ font: Font, color: Color) {
    self.init("\u{FFFC}", font, color: color)
    self.drawing = drawing
  }
}

/// Elements around the start of their baseline, and the room they take.
public struct InlineDrawing: Sendable, Equatable {
  public var elements: [Element]
  public var width, ascent, descent: Double  // points
  public init(elements: [Element], width: Double, ascent: Double, descent: Double) {
    (self.elements, self.width, self.ascent, self.descent) = (elements, width, ascent, descent)
  }
}

/// One of the families of a report.
public struct Font: Sendable, Hashable {
  public enum Family: String, Sendable {
    case sans = "Inter"
    case serif = "STIX"
    case math = "STIX Math"
    case mono = "JetBrains Mono"
  }
  public enum Weight: Int, Sendable {
    case regular = 400
    case medium = 500
    case semibold = 600
    case bold = 700
  }
  public var family: Family
  public var size: Double  // points
  public var weight: Weight
  public var italic: Bool
  public init(_ family: Family, _ size: Double, _ weight: Weight = .regular, italic: Bool = false) {
    (self.family, self.size, self.weight, self.italic) = (family, size, weight, italic)
  }
}
