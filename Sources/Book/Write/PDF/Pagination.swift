import Drawing

/// A page with all that stands on it, before heads and numbers.
struct SetPage {
  var paper: Paper
  var strips: [(strip: Strip, y: Double)] = []
  var closing: [(elements: [Element], y: Double)] = []
  /// The section that the running head names.
  var section: String?
}

/// Fills pages by fixed rules, in one pass and without looking back:
///
/// - what must stay together (a heading and two lines, a figure and its caption) moves to the next page together;
/// - a figure that finds no room goes to the top of the next page, and the text fills the rest of this one;
/// - no figure stands before the heading of its section or after that of the next; a heading followed by figures alone moves
///   with the first of them, behind those that wait;
/// - figures keep their order; one that is wider than the block gets a landscape page, right after the page in work,
///   and takes a heading along that would stand alone;
/// - a table longer than a page repeats its head.
struct Pagination {
  private let paper: Paper
  private(set) var pages: [SetPage] = []
  private var page: SetPage
  private var y = 0.0
  private var owed = 0.0  // the space that the last strip wants below it
  private var section: String?
  private var waiting: [FlowItem] = []

  static func pages(of items: [FlowItem], on paper: Paper) -> [SetPage] {
    var pagination = Pagination(paper: paper)
    pagination.fill(items)
    return pagination.pages
  }

  private init(paper: Paper) { (self.paper, page) = (paper, SetPage(paper: paper)) }

  private var room: Double { paper.blockHeight - y }
  private var isEmpty: Bool { page.strips.isEmpty }
  private func spaceAbove(_ strip: Strip?) -> Double { isEmpty ? 0 : max(strip?.before ?? 0, owed) }

  private mutating func fill(_ items: [FlowItem]) {
    var cluster: [Strip] = []  // strips that must stay together, so far
    for (index, item) in items.enumerated() {
      switch item {
      case .strip(let strip):
        if strip.section != nil, !waiting.isEmpty {
          place(cluster)
          cluster = []
          placeWaiting()
        }
        cluster.append(strip)
        if !strip.keepsWithNext {
          place(cluster)
          cluster = []
        }
      case .float(let strips):
        // Figures that wait come before a heading under which there is nothing but figures.
        if !cluster.isEmpty, !waiting.isEmpty, !hasText(items[(index + 1)...]) { placeWaiting() }
        // A heading right above a figure stays with it if both fit here; else it stays with the text that follows.
        let together = cluster + strips
        if waiting.isEmpty, together.height + spaceAbove(together.first) <= room {
          put(together)
          cluster = []
        } else if waiting.isEmpty, !cluster.isEmpty, !hasText(items[(index + 1)...]) {
          place(together.keptTogether())
          cluster = []
        } else {
          waiting.append(item)
        }
      case .landscape(let strips):
        // A heading with nothing else before the next section stands above the first of them.
        let together = cluster.keptTogether() + strips
        let fits = together.height <= paper.turned.blockHeight
        if waiting.isEmpty, !cluster.isEmpty, fits, !hasText(items[(index + 1)...]) {
          waiting.append(.landscape(together))
          cluster = []
        } else {
          waiting.append(item)
        }
      case .barrier:
        place(cluster)
        cluster = []
        placeWaiting()
      }
    }
    place(cluster)
    endPage()
    while !waiting.isEmpty {
      beginPage()
      endPage()
    }
  }

  /// Whether text comes before the next heading.
  private func hasText(_ items: ArraySlice<FlowItem>) -> Bool {
    for item in items {
      switch item {
      case .strip(let strip): return !strip.isHeading
      case .barrier: return false
      case .float, .landscape: continue
      }
    }
    return false
  }

  /// Gives what waits its pages, and leaves the last of them open.
  private mutating func placeWaiting() {
    while !waiting.isEmpty {
      endPage()
      beginPage()
    }
  }

  /// Sets strips that belong together, on this page or the next.
  private mutating func place(_ cluster: [Strip]) {
    guard !cluster.isEmpty else { return }
    func fits() -> Bool { cluster.height + spaceAbove(cluster[0]) <= room + 0.01 }
    if fits() { return put(cluster) }
    if !isEmpty { turnPage(before: cluster[0]) }
    // A page that begins with figures may still be too short: then the next, until one begins without.
    while !fits(), !isEmpty, !waiting.isEmpty { turnPage(before: cluster[0]) }
    if !fits(), !isEmpty, cluster.height <= paper.blockHeight, cluster[0].continuation == nil {
      turnPage(before: cluster[0])
    }
    if fits() { return put(cluster) }
    for strip in cluster {  // taller than a page: only what cannot be cut stays whole
      if strip.height + spaceAbove(strip) > room + 0.01, !isEmpty { turnPage(before: strip) }
      put([strip])
    }
  }

  private mutating func put(_ strips: [Strip]) {
    for strip in strips {
      y += spaceAbove(strip)
      owed = strip.after
      if let name = strip.section {
        section = name
        if page.section == nil || y == 0 { page.section = name }
      }
      page.strips.append((strip, y))
      y += strip.height
    }
  }

  /// Ends the page and begins one that continues the table, if any, to which `strip` belongs.
  private mutating func turnPage(before strip: Strip) {
    if let continuation = strip.continuation { page.closing.append((continuation.foot, y)) }
    endPage()
    beginPage()
    if let continuation = strip.continuation { put(continuation.head) }
  }

  private mutating func endPage() {
    guard !isEmpty else { return }
    page.section = page.section ?? section
    pages.append(page)
    (page, y, owed) = (SetPage(paper: paper), 0, 0)
  }

  private mutating func beginPage() {
    let running = section
    while let next = waiting.first {
      switch next {
      case .landscape(let strips):
        guard isEmpty else { return }
        waiting.removeFirst()
        var turned = Pagination(paper: paper.turned)
        turned.section = running
        turned.fill(strips.map { .strip($0) })
        pages += turned.pages
        section = turned.section
      case .float(let strips):
        if isEmpty {
          // Taller than a page never gets here: figures are scaled, long tables flow.
          waiting.removeFirst()
          put(strips)
        } else if spaceAbove(strips.first) + strips.height <= room {
          waiting.removeFirst()
          put(strips)
        } else {
          return
        }
      case .strip, .barrier: waiting.removeFirst()
      }
    }
  }
}
