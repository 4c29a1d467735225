import CCairo
import Foundation
import Synchronization

/// A document of pages, each a scene as large as its paper.
public struct PDFDocument: Sendable {
  public var pages: [Scene]
  public var title, author, subject: String
  /// BCP 47. Cairo cannot write it: whoever finishes the file (qpdf) puts it into `/Lang`.
  public var language: String
  /// Creation and modification date; Cairo always writes one, so without it the file says 1970-01-01T00:00:00Z.
  public var date: Date?
  public var outline: [OutlineItem]
  /// One per page, where a reader's page count and the printed one differ ("i", "ii", "1"); nil counts from 1.
  public var pageLabels: [String]?

  public init(
    pages: [Scene], title: String, author: String = "", subject: String = "", language: String = "en",
    date: Date? = nil, outline: [OutlineItem] = [], pageLabels: [String]? = nil
  ) {
    (self.pages, self.title, self.author, self.subject) = (pages, title, author, subject)
    (self.language, self.date, self.outline, self.pageLabels) = (language, date, outline, pageLabels)
  }
}

/// A heading in the reader's side bar.
public struct OutlineItem: Sendable, Equatable {
  public var level: Int  // 1 is the highest
  public var title: String
  public var destination: String
  public init(level: Int, title: String, destination: String) {
    (self.level, self.title, self.destination) = (level, title, destination)
  }
}

/// The document as PDF 1.5: vectors and text that can be selected. The same document gives the same bytes.
/// - Throws: ``DrawingError/unknownDestination(_:)`` when a link or heading leads nowhere.
public func pdf(_ document: PDFDocument) throws(DrawingError) -> Data {
  try draw(document, marksContent: false).data
}

/// The same with its content marked, and for each page what the marked sequences of its content stream hold.
///
/// Cairo knows no decoration, and numbers all sequences alike: whoever finishes the file writes the structure over it
/// (ISO 32000-1, 14.6 to 14.8).
/// - Throws: as ``pdf(_:)``.
public func markedPDF(_ document: PDFDocument) throws(DrawingError) -> (data: Data, pages: [PageContent]) {
  try draw(document, marksContent: true)
}

private func draw(
  _ document: PDFDocument, marksContent: Bool
) throws(DrawingError) -> (data: Data, pages: [PageContent]) {
  try checkDestinations(document)
  for page in document.pages { try page.size.check() }
  return try textEngine.withLock { (engine) throws(DrawingError) -> (data: Data, pages: [PageContent]) in
    let sink = ByteSink()
    let surface = cairo_pdf_surface_create_for_stream(ByteSink.write, sink.closure, 100, 100)
    defer { cairo_surface_destroy(surface) }
    try check(cairo_surface_status(surface))
    setMetadata(document, surface)
    guard let cairo = cairo_create(surface) else { throw .cairo("out of memory") }
    defer { cairo_destroy(cairo) }

    // Cairo numbers marked sequences inside of a document alone.
    var contents: [PageContent] = []
    if marksContent { cairo_tag_begin(cairo, "Document", nil) }
    for (index, page) in document.pages.enumerated() {
      cairo_pdf_surface_set_size(surface, page.size.width, page.size.height)
      if let labels = document.pageLabels, index < labels.count {
        cairo_pdf_surface_set_page_label(surface, labels[index])
      }
      var canvas = Canvas(cairo, engine, marksContent: marksContent)
      try canvas.draw(page.elements)
      contents.append(canvas.endMarks())
      for (name, point) in canvas.destinations {
        tag(cairo, CAIRO_TAG_DEST, "name=\(quoted(name)) x=\(number(point.x)) y=\(number(point.y))")
      }
      for (rect, target) in canvas.links {
        let place = [rect.x, rect.y, rect.width, rect.height].map(number).joined(separator: " ")
        let goal =
          switch target {
          case .url(let url): "uri=\(quoted(url))"
          case .destination(let name): "dest=\(quoted(name))"
          }
        tag(cairo, CAIRO_TAG_LINK, "rect=[\(place)] \(goal)")
      }
      cairo_show_page(cairo)
      try check(cairo_status(cairo))
    }
    if marksContent { cairo_tag_end(cairo, "Document") }

    var parents: [(level: Int, id: Int32)] = []
    for item in document.outline {
      while let last = parents.last, last.level >= item.level { parents.removeLast() }
      let id = cairo_pdf_surface_add_outline(
        surface, parents.last?.id ?? CAIRO_PDF_OUTLINE_ROOT, item.title, "dest=\(quoted(item.destination))",
        item.level == 1 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : cairo_pdf_outline_flags_t(0))
      parents.append((item.level, id))
    }
    cairo_surface_finish(surface)
    try check(cairo_surface_status(surface))
    return (sink.data, contents)
  }
}

private func setMetadata(_ document: PDFDocument, _ surface: OpaquePointer?) {
  let date = iso8601(document.date?.timeIntervalSince1970 ?? 0)
  let entries = [
    (CAIRO_PDF_METADATA_TITLE, document.title), (CAIRO_PDF_METADATA_AUTHOR, document.author),
    (CAIRO_PDF_METADATA_SUBJECT, document.subject), (CAIRO_PDF_METADATA_CREATE_DATE, date),
    (CAIRO_PDF_METADATA_MOD_DATE, date), (CAIRO_PDF_METADATA_CREATOR, "ECGBook"),
  ]
  for (key, value) in entries where !value.isEmpty { cairo_pdf_surface_set_metadata(surface, key, value) }
}

/// An empty tag: Cairo's links and destinations say themselves where they lie.
private func tag(_ cairo: OpaquePointer, _ name: String, _ attributes: String) {
  cairo_tag_begin(cairo, name, attributes)
  cairo_tag_end(cairo, name)
}

/// Cairo ends the program's document, not the link, when a destination is missing; so it is looked up first.
private func checkDestinations(_ document: PDFDocument) throws(DrawingError) {
  var names: Set<String> = []
  var goals = document.outline.map(\.destination)
  func visit(_ elements: [Element]) throws(DrawingError) {
    for element in elements {
      switch element {
      case .destination(let name, _):
        guard names.insert(name).inserted else { throw .repeatedDestination(name) }
      case .link(_, .destination(let name)): goals.append(name)
      case .text(let runs, _, _, _):
        for case .destination(let name)? in runs.map(\.link) { goals.append(name) }
      case .group(let children, _, _), .part(_, let children, _), .formula(let children, _, _): try visit(children)
      case .path, .link: break
      }
    }
  }
  for page in document.pages { try visit(page.elements) }
  if let missing = goals.first(where: { !names.contains($0) }) { throw .unknownDestination(missing) }
}

/// A string of Cairo's tag attributes: quoted, with quotes and backslashes escaped.
private func quoted(_ text: String) -> String {
  "'" + text.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] } + "'"
}

/// Three decimals, never an exponent: Cairo's attributes know none.
private func number(_ x: Double) -> String { decimal(x, places: 3, minus: "-") }

/// Seconds since 1970 as `YYYY-MM-DDTHH:MM:SSZ`, in UTC and without a locale.
private func iso8601(_ seconds: Double) -> String {
  let total = Int(exactly: max(min(seconds, 253_402_300_799), 0).rounded(.down)) ?? 0
  let (days, rest) = total.quotientAndRemainder(dividingBy: 86_400)
  // The Gregorian calendar counted from 1 March 0000, in eras of 400 years (H. Hinnant, "chrono").
  let shifted = days + 719_468
  let (era, dayOfEra) = shifted.quotientAndRemainder(dividingBy: 146_097)
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let marchMonth = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
  let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  func pad(_ value: Int, _ digits: Int = 2) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
  }
  return "\(pad(year, 4))-\(pad(month))-\(pad(day))T\(pad(rest / 3600)):\(pad(rest / 60 % 60)):\(pad(rest % 60))Z"
}
