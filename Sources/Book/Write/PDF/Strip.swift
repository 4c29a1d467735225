import Drawing

/// A piece of a page that no page break may cut: a line of text, a row of a table, a picture.
///
/// Elements lie relative to the block's left edge and the strip's top.
struct Strip {
  var height: Double
  var elements: [Element] = []
  /// The space above, which vanishes at the top of a page.
  var before = 0.0
  /// The least space below, whatever comes next: a figure at the top of a page keeps its distance from the text.
  var after = 0.0
  /// Whether the next strip must stand on the same page.
  var keepsWithNext = false
  /// What stands above this strip, should a page begin with it: the head of its table.
  var continuation: Continuation?
  /// Whether a section or a part of one begins here.
  var isHeading = false
  /// The section that begins here, for the running head.
  var section: String?
  /// For a line of running text: where its number stands, from the strip's top, should lines be numbered.
  var numberBaseline: Double?
  /// How much further down its baseline is than in other lines.
  var lift = 0.0
  /// What is known only when all pages are: numbers of pages.
  var pageReferences: [PageReference] = []
}

extension Strip {
  /// Makes a line's strip as high as the formulas on it, which may be taller than letters.
  mutating func makeRoom(for line: TextLine, _ style: TextStyle) {
    let excess = style.excess(of: line.pieces.map(\.run))
    lift = excess.above
    if lift > 0 { elements = elements.map { $0.moved(0, excess.above) } }
    height += excess.above + excess.below
  }
}

extension TextStyle {
  /// How far formulas reach beyond a line of text, in steps of the grid.
  func excess(of runs: [TextRun]) -> (above: Double, below: Double) {
    let drawings = runs.compactMap(\.drawing)
    func steps(_ excess: Double) -> Double { max((excess / 2.5).rounded(.up), 0) * 2.5 }
    return (
      steps((drawings.map(\.ascent).max() ?? 0) - baseline),
      steps((drawings.map(\.descent).max() ?? 0) - (lineHeight - baseline))
    )
  }
}

/// The head that a long table repeats.
struct Continuation {
  var head: [Strip]
  /// Closes the part on the page before.
  var foot: [Element]
}

/// "p. 3, 7": the pages of places in the document, each linked to the first place on it.
struct PageReference {
  var part: Int  // of the structure
  var places: [String]
  var prefix: String
  var at: Point
  var anchor: Anchor
  var font: Font
  var color: Color
}

/// What a page is filled with, in order.
enum FlowItem {
  case strip(Strip)
  /// Stays whole; goes to the top of the next page when this one has no room, and the text goes on.
  case float([Strip])
  /// Stands on landscape pages of its own, after the page that is being filled.
  case landscape([Strip])
  /// What still waits for a page gets one before what follows: the references stand last.
  case barrier
}

extension [Strip] {
  /// With the space above every strip but the first.
  var height: Double { enumerated().reduce(0) { $0 + $1.element.height + ($1.offset == 0 ? 0 : $1.element.before) } }

  /// The same strips, as lines of running text with this baseline.
  func numbered(_ baseline: Double) -> [Strip] {
    map { strip in
      var strip = strip
      strip.numberBaseline = baseline + strip.lift
      return strip
    }
  }

  /// The whole list on one page.
  func keptTogether() -> [Strip] {
    var strips = self
    for index in strips.indices.dropLast() { strips[index].keepsWithNext = true }
    return strips
  }

  /// As it floats: whole, on the grid, at a distance from the text.
  func floating() -> [Strip] {
    var strips = keptTogether()
    guard let last = strips.indices.last else { return strips }
    strips[last].height += onGrid(height) - height
    (strips[0].before, strips[last].after) = (15, 15)
    return strips
  }
}

/// The next multiple of the grid's step.
func onGrid(_ height: Double) -> Double { (height / 5 - 0.001).rounded(.up) * 5 }
