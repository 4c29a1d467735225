/// Text of one font and colour within a line.
public struct TextRun: Sendable, Equatable {
  public var text: String
  public var font: Font
  public var color: Color
  public var link: LinkTarget?
  public var rise: Double  // points above the baseline: superscripts and note marks
  public init(_ text: String, _ font: Font, color: Color, link: LinkTarget? = nil, rise: Double = 0) {
    (self.text, self.font, self.color, self.link, self.rise) = (text, font, color, link, rise)
  }
}

/// One of the three families of a report.
public struct Font: Sendable, Hashable {
  public enum Family: String, Sendable {
    case sans = "Inter"
    case serif = "STIX"
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
