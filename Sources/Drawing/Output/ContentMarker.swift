import CCairo

/// What a page of a PDF holds, in the order of drawing.
public struct PageContent: Sendable, Equatable {
  /// What a marked sequence of the content stream belongs to.
  public enum Owner: Sendable, Equatable {
    case decoration
    case part(Int)
    /// By its place among ``PageContent/links``.
    case link(Int)
    /// By its place among ``PageContent/formulas``.
    case formula(Int)
  }
  public struct Formula: Sendable, Equatable {
    public var part: Int?
    public var words: String
    public var bounds: Rect
  }
  public struct Link: Sendable, Equatable {
    public var part: Int?
    public var target: LinkTarget
    public var text: String  // empty for a link without words
  }
  /// One for each sequence that was marked as `/P`.
  public var sequences: [Owner] = []
  /// One for each link of the page, in the order of its annotations.
  public var links: [Link] = []
  /// Formulas within the text, in the order of drawing.
  public var formulas: [Formula] = []
  /// Where pictures lie, by the number of their part, in points from the page's top left.
  public var bounds: [Int: Rect] = [:]
}

/// Parts what a canvas draws into marked sequences: a new one begins where the content belongs to something else.
struct ContentMarker {
  private let cairo: OpaquePointer
  private var content = PageContent()
  private var part: Int?
  private var isInFormula = false
  private var isOpen = false

  init(_ cairo: OpaquePointer) { self.cairo = cairo }

  /// What follows belongs to `part`; nil for decoration.
  /// - Returns: what came before belonged to.
  @discardableResult
  mutating func enter(_ part: Int?, bounds: Rect? = nil) -> Int? {
    defer { self.part = part }
    if let part, let bounds { content.bounds[part] = bounds }
    return self.part
  }

  mutating func beginContent() {
    begin(isInFormula ? .formula(content.formulas.count - 1) : part.map { .part($0) } ?? .decoration)
  }

  /// What follows is a formula, until it ends.
  mutating func beginFormula(_ words: String, bounds: Rect) {
    content.formulas.append(.init(part: part, words: words, bounds: bounds))
    isInFormula = true
  }

  mutating func endFormula() { isInFormula = false }

  /// - Parameter isDrawn: whether words are drawn next that belong to the link.
  mutating func addLink(_ target: LinkTarget, text: String, isDrawn: Bool = true) {
    content.links.append(.init(part: part, target: target, text: text))
    if isDrawn { begin(.link(content.links.count - 1)) }
  }

  mutating func end() -> PageContent {
    close()
    return content
  }

  private mutating func begin(_ owner: PageContent.Owner) {
    if isOpen, content.sequences.last == owner { return }
    close()
    cairo_tag_begin(cairo, "P", nil)
    content.sequences.append(owner)
    isOpen = true
  }

  private mutating func close() {
    if isOpen { cairo_tag_end(cairo, "P") }
    isOpen = false
  }
}
