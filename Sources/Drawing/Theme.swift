import Foundation

/// The look of every figure and page, in one place: colours, type sizes, line weights.
///
/// Sources: Nature's figure guide for sizes and weights; Okabe & Ito, "Color Universal Design" (2008), for categories;
/// Nuñez, Anderton & Renslow, PLoS ONE 13 (2018) e0199239, for a sequential scale of even steps.
public enum Theme {
  /// Lengths are in points; figures are named by the millimetres they are printed at.
  public static let millimetre = 72 / 25.4

  // MARK: Ink on paper

  public static let ink = Color(0x1A1A1A)
  public static let secondary = Color(0x4F5762)  // 7:1 on paper, for text of any size
  public static let hairline = Color(0xD5DAE0)
  public static let paper = Color(0xFFFFFF)
  /// What is chosen or at fault, where one colour must stand out from the categories' order.
  public static let accent = Color(0xD55E00)
  public static let link = Color(0x00558C)

  // MARK: Categories

  /// Okabe and Ito's eight, ordered so that neighbours differ in lightness too. The first six stand out from paper at
  /// 3:1, for which their sky blue and orange are darkened here. Yellow comes last: it needs an outline.
  public static let categories: [Color] = [
    Color(0x0072B2), Color(0xD55E00), Color(0x009E73), Color(0xCC79A7), Color(0x3A9AD3), Color(0xC48700),
    Color(0x000000), Color(0xF0E442),
  ]
  /// One for each category, so that grey prints lose nothing; in points, for a line of 1 pt.
  public static let dashes: [[Double]] = [[], [4, 1.6], [1.2, 1.4], [6, 1.6, 1.2, 1.6], [2.6, 1.4], [7, 2.2]]

  /// The same class has the same colour through a whole report: its place among the labels says which.
  public static func category(_ index: Int) -> Color { categories[((index % 8) + 8) % 8] }
  public static func dash(_ index: Int) -> [Double] { dashes[((index % 6) + 6) % 6] }

  // MARK: Sequential

  /// Light to dark blue with evenly falling lightness (CIELAB 98 to 28), for shares 0...1; outside is cut off.
  public static func sequential(_ share: Double) -> Color {
    let stops: [(Double, Double, Double)] = [
      (250, 251, 253), (222, 232, 243), (184, 208, 230), (136, 178, 213), (84, 144, 192), (38, 107, 164), (9, 67, 122),
    ]
    let position = (share.isFinite ? max(0, min(share, 1)) : 0) * Double(stops.count - 1)
    let lower = min(Int(position), stops.count - 2)
    let (a, b, t) = (stops[lower], stops[lower + 1], position - Double(lower))
    var color = Color(0)
    color.red = (a.0 + (b.0 - a.0) * t) / 255
    color.green = (a.1 + (b.1 - a.1) * t) / 255
    color.blue = (a.2 + (b.2 - a.2) * t) / 255
    return color
  }
  /// The lighter part of the sequential scale, as a ground for numbers: ink reads on it at 7:1.
  public static func tint(_ share: Double) -> Color { sequential(0.42 * (share.isFinite ? max(0, min(share, 1)) : 0)) }

  /// What stands in the background: bars beside which others are to stand out. 3:1 on paper.
  public static let muted = Color(0x7B90A6)

  // MARK: Type, in points at printed size

  public enum Size {
    public static let small = 6.5  // tick labels where space is short
    public static let label = 7.0  // ticks, direct labels
    public static let title = 8.0  // axis and panel titles
  }
  public static let tick = Font(.sans, Size.label)
  public static let smallTick = Font(.sans, Size.small)
  public static let axisTitle = Font(.sans, Size.label)
  public static let panelTitle = Font(.sans, Size.title, .semibold)

  // MARK: Lines, in points

  public enum Line {
    public static let data = 1.0
    public static let axis = 0.5
    public static let grid = 0.25
    public static let tick = 2.5  // length
  }
  public static let axis = Stroke(ink, width: Line.axis)
  public static let grid = Stroke(hairline, width: Line.grid)

  // MARK: Widths of figures, in points

  public enum Width {
    public static let column = 85 * millimetre
    public static let middle = 120 * millimetre
    public static let full = 166 * millimetre
  }

  // MARK: ECG paper

  public enum ECG {
    public static let fineLine = Stroke(Color(0xF3C9C9), width: 0.1 * millimetre)
    public static let boldLine = Stroke(Color(0xE39A9A), width: 0.15 * millimetre)
    public static let trace = Stroke(Color(0x111111), width: 0.25 * millimetre, roundCaps: true)
  }
}

extension Color {
  /// How well one colour is read on the other, 1...21. Source: WCAG 2.2, "contrast ratio".
  public func contrast(to other: Color) -> Double {
    let (a, b) = (luminance, other.luminance)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)
  }

  private var luminance: Double {
    func linear(_ x: Double) -> Double { x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4) }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}
