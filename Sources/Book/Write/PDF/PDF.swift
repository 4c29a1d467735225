import Drawing
import Foundation
import Wording

/// The report as a PDF: pages, outline, links, its structure for readers aloud (PDF/UA-1), and its data as files
/// inside. Equal pages give equal bytes.
///
/// The text is set once, into strips that nothing cuts; the strips fill pages; then what only the pages know (their
/// numbers, the section in the head) is drawn on them.
/// - Throws: ``DrawingError`` when text or a figure cannot be drawn, ``PDFError`` when qpdf fails.
public func pdf(_ page: Page) throws -> Data { try Language.speaking(page.language) { try written(page) } }

private func written(_ page: Page) throws -> Data {
  let manuscript = Manuscript(page)
  var setter = BlockSetter(manuscript, paper: page.paper)
  if page.sheet.isEmpty { setter.setTitle() } else { setter.setSheet() }
  setter.set(manuscript.blocks, in: .body)
  let pages = Pagination.pages(of: setter.items, on: page.paper)
  let document = PDFDocument(
    pages: PageDressing(manuscript, pages).scenes(), title: page.title, author: page.authors.joined(separator: ", "),
    subject: page.summary.plainText, language: page.language,
    date: page.sourceDate.map { Date(timeIntervalSince1970: TimeInterval($0)) },
    outline: manuscript.headings.filter { !$0.text.isEmpty }.map {
      OutlineItem(level: max($0.level, 1), title: $0.text, destination: $0.place)
    })
  let (data, contents) = try markedPDF(document)
  return try finishedPDF(data, contents, setter.structure, manuscript)
}

/// Puts heads, feet and page numbers on the pages.
private struct PageDressing {
  let manuscript: Manuscript
  let pages: [SetPage]
  /// On which page each place stands; 0 is the first.
  private let pageOfPlace: [String: Int]

  init(_ manuscript: Manuscript, _ pages: [SetPage]) {
    (self.manuscript, self.pages) = (manuscript, pages)
    var places: [String: Int] = [:]
    func visit(_ elements: [Element], _ number: Int) {
      for element in elements {
        switch element {
        case .destination(let name, _): places[name] = number
        case .group(let inner, _, _), .part(_, let inner, _): visit(inner, number)
        default: break
        }
      }
    }
    for (number, page) in pages.enumerated() { for (strip, _) in page.strips { visit(strip.elements, number) } }
    pageOfPlace = places
  }

  func scenes() -> [Scene] {
    var lines = 0  // of running text, so far
    return pages.enumerated().map { number, page in
      let paper = page.paper
      var content: [Element] = manuscript.page.numbersLines ? lineNumbers(page, &lines) : []
      for (strip, y) in page.strips {
        let references = strip.pageReferences.flatMap { self.elements($0) }
        content.append(.group(strip.elements + references, transform: Transform(x: 0, y: y)))
      }
      for (elements, y) in page.closing { content.append(.group(elements, transform: Transform(x: 0, y: y))) }
      let block = Element.group(content, transform: Transform(x: paper.sideMargin, y: paper.top))
      return Scene(
        size: Size(paper.width, paper.height), elements: furniture(page, number) + [block],
        description: say(.page, "\(number + 1)", "\(pages.count)"))
    }
  }

  /// A number left of each line of running text, for reviewers to name; they go on from page to page.
  private func lineNumbers(_ page: SetPage, _ lines: inout Int) -> [Element] {
    page.strips.compactMap { strip, y in
      guard let baseline = strip.numberBaseline else { return nil }
      lines += 1
      let run = TextRun("\(lines)", Font(.sans, Tokens.Size.lineNumber), color: TextStyle.secondary)
      return .text([run], at: Point(Paper.lineNumberX, y + baseline), anchor: .end)
    }
  }

  /// The numbers of the pages on which the places are, each once; places that no page has are left out.
  private func elements(_ reference: PageReference) -> [Element] {
    var firstPlaces: [(page: Int, place: String)] = []
    for place in reference.places {
      guard let page = pageOfPlace[place], !firstPlaces.contains(where: { $0.page == page }) else { continue }
      firstPlaces.append((page, place))
    }
    guard !firstPlaces.isEmpty else { return [] }
    var runs = reference.prefix.isEmpty ? [] : [TextRun(reference.prefix, reference.font, color: reference.color)]
    let shown = firstPlaces.prefix(6)
    for (index, (page, place)) in shown.enumerated() {
      if index > 0 { runs.append(TextRun(", ", reference.font, color: reference.color)) }
      runs.append(TextRun("\(page + 1)", reference.font, color: reference.color, link: .destination(place)))
    }
    if firstPlaces.count > shown.count { runs.append(TextRun(" \u{2026}", reference.font, color: reference.color)) }
    return [.part(reference.part, [.text(runs, at: reference.at, anchor: reference.anchor)])]
  }

  /// Title left and section right above all pages but the first; digest, banner and page number below each.
  private func furniture(_ page: SetPage, _ number: Int) -> [Element] {
    let paper = page.paper
    let (left, right) = (paper.sideMargin, paper.width - paper.sideMargin)
    let font = Font(.sans, Tokens.Size.small)
    func run(_ text: String, _ font: Font = font, _ color: Color = TextStyle.secondary) -> TextRun {
      TextRun(text, font, color: color)
    }
    var elements: [Element] = []
    if manuscript.page.isDraft {
      let mark = TextRun(say(.draft), Font(.sans, 120, .semibold), color: Color(0xEDEFF2))
      elements.append(.text([mark], at: Point(paper.width / 2, paper.height / 2), anchor: .middle))
    }
    if number > 0 {
      let half = (right - left - 24) / 2
      let section = page.section.map { run(shortened($0, font, to: half)) }
      let room = right - left - 24 - (section?.width ?? 0)
      elements.append(
        .text([run(shortened(manuscript.page.title, font, to: room))], at: Point(left, paper.headBaseline)))
      if let section { elements.append(.text([section], at: Point(right, paper.headBaseline), anchor: .end)) }
    }
    var foot: [TextRun] = []
    if !manuscript.page.digest.isEmpty { foot.append(run(String(manuscript.page.digest.prefix(16)), Font(.mono, 7.5))) }
    if let banner = manuscript.shortBanner {
      if !foot.isEmpty { foot.append(run("    ")) }
      foot.append(run(banner, Font(.sans, Tokens.Size.small, .medium), TextStyle.ink))
    }
    if !foot.isEmpty { elements.append(.text(foot, at: Point(left, paper.footBaseline))) }
    let count = run(say(.page, "\(number + 1)", "\(pages.count)"))
    elements.append(.text([count], at: Point(right, paper.footBaseline), anchor: .end))
    return elements
  }

  /// The text, its end replaced by an ellipsis where it is too wide.
  private func shortened(_ text: String, _ font: Font, to width: Double) -> String {
    func fits(_ text: String) -> Bool { TextRun(text, font, color: TextStyle.secondary).width <= width }
    guard !fits(text) else { return text }
    var (low, high) = (0, text.count)  // the longest beginning that fits, by halving
    while high - low > 1 {
      let middle = (low + high) / 2
      if fits(text.prefix(middle) + "\u{2026}") { low = middle } else { high = middle }
    }
    return String(text.prefix(low)).trimmedOfSpaces + "\u{2026}"
  }
}
