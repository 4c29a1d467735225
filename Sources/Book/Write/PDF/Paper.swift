/// A sheet and the grid on it, in points.
///
/// The text block is 166 mm wide and has two columns: a narrow one for labels, numbers and page references, and the
/// measure of the running text, about 80 characters. Heads, figures and tables use both. Vertical distances are
/// multiples of 2.5 points.
public struct Paper: Sendable, Equatable {
  public var width, height: Double
  public init(width: Double, height: Double) { (self.width, self.height) = (width, height) }

  public static let a4 = Paper(width: 595.28, height: 841.89)
  public static let letter = Paper(width: 612, height: 792)
  /// As front matter names them.
  static let names: KeyValuePairs = ["a4": a4, "letter": letter]

  /// "a4" or "letter"; nil for any other name.
  public init?(named name: String) {
    guard let paper = Paper.names.first(where: { $0.key == name })?.value else { return nil }
    self = paper
  }

  /// 166 mm: what figures and tables may use.
  static let blockWidth = 470.5
  /// Where running text begins, from the block's left edge, and how wide it is.
  static let textX = 95.0, textWidth = 375.5

  var isLandscape: Bool { width > height }
  var turned: Paper { Paper(width: height, height: width) }

  /// Left and right of the block. Figures at true scale may need nearly all of a landscape page.
  var sideMargin: Double { isLandscape ? 42.5 : (width - Paper.blockWidth) / 2 }  // 15 mm, or about 22 mm
  var top: Double { isLandscape ? 27 : 62.5 }
  /// The height of the text block, in whole steps of the grid.
  var blockHeight: Double { ((height - top - (isLandscape ? 23 : 62.5)) / 5).rounded(.down) * 5 }
  var contentWidth: Double { width - 2 * sideMargin }
  /// What a figure on a landscape page may use: a 12-lead ECG of 10 s is 267 mm wide at true scale, US Letter 279 mm.
  var plateWidth: Double { width - 34 }
  /// The right edge of the lines' numbers, from the block's left edge.
  static let lineNumberX = -14.0
  /// The baselines of running head and foot, from the top of the sheet.
  var headBaseline: Double { isLandscape ? 19 : 42 }
  var footBaseline: Double { height - (isLandscape ? 14 : 35) }
}
