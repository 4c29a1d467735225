import Files
import Wording

/// A page made ready for both outputs: the sections that have no heading get one, every place has its name, and every
/// link inside the document is known from both of its ends.
struct Manuscript {
  let page: Page
  let blocks: [Block]
  let headings: [Heading]
  /// The places of figures, and of tables and equations that have an id, in order.
  let objectPlaces: [String]
  /// Files that the document carries: what the page attaches, and the data of every figure and table.
  let files: [Page.Attachment]
  /// Those among them that stand beside their figure or table.
  let dataFileNames: [String]
  /// How many notes stand at the end.
  let noteTotal: Int
  /// What stands at each place, in words: "Figure 3", "Reference 2", a heading's text.
  let placeNames: [String: String]
  private let anchors: Anchors
  private let citationCounts: [String: Int]  // by key
  private let noteCounts: [Int: Int]  // by number

  struct Heading {
    var level: Int
    var text: String
    var place: String
  }

  init(_ page: Page) {
    self.page = page
    blocks = Manuscript.withEndHeadings(page)
    var anchors = Anchors(reserved: ["results", "contents", "top", "main"])
    var headings: [Heading] = []
    var objectPlaces: [String] = []
    var names = ["top": page.title]
    var citationCounts: [String: Int] = [:]
    var noteCounts: [Int: Int] = [:]
    var files = page.attachments
    var dataFileNames: [String] = []
    var noteTotal = 0

    func read(_ inlines: [Inline]) {
      for inline in inlines {
        switch inline {
        case .emphasis(let inner), .strong(let inner), .strikethrough(let inner), .link(let inner, _): read(inner)
        case .citation(let mark): for mention in mark.mentions { citationCounts[mention.key, default: 0] += 1 }
        case .footnote(let number): noteCounts[number, default: 0] += 1
        default: break
        }
      }
    }
    func add(_ data: Frame, id: String, caption: [Inline]) {
      let name = Manuscript.fileName(id)
      dataFileNames.append(name)
      guard !files.contains(where: { $0.name == name }), !data.columns.isEmpty else { return }
      let description = caption.splitAfterFirstSentence.lead.plainText
      files.append(.init(name: name, mediaType: "text/csv", description: description, content: data.csv.text))
    }
    func read(_ blocks: [Block]) {
      for block in blocks {
        switch block {
        case .heading(let level, let text, let anchor):
          read(text)
          let place = anchors.claim(anchor)
          headings.append(.init(level: level, text: text.plainText, place: place))
          names[place] = text.plainText
        case .paragraph(let text): read(text)
        case .list(_, _, _, let items): items.forEach(read)
        case .quote(let inner): read(inner)
        case .footnotes(let notes):
          noteTotal = max(noteTotal, notes.count)
          notes.forEach(read)
        case .figure(let figure):
          let place = anchors.claim(figure.id)
          objectPlaces.append(place)
          names[place] = say(.figure, figure.label)
          read(figure.caption)
          for part in figure.parts { add(part.data, id: part.id, caption: figure.caption) }
        case .table(let table):
          read(table.caption)
          for cell in table.rows.joined() { read(cell.content) }
          if let id = table.id {
            let place = anchors.claim(id)
            objectPlaces.append(place)
            names[place] = table.label.map { say(.table, $0) }
            if let data = table.data { add(data, id: id, caption: table.caption) }
          }
        case .equation(let equation):
          guard let id = equation.id else { break }
          let place = anchors.claim(id)
          objectPlaces.append(place)
          names[place] = say(.equation, equation.number ?? "")
        case .code, .rule, .bibliography, .notice: break
        }
      }
    }
    read(page.summary)
    read(page.sheet)
    read(blocks)
    for entry in page.bibliography {
      read(entry.text)
      let name = entry.name ?? "\(entry.number)"
      names[anchors.claim("ref-" + entry.key)] = say(.reference, name)
      for n in 0..<(citationCounts[entry.key] ?? 0) {
        names[Manuscript.citationPlace(entry.key, n + 1)] = say(.mention, "\(n + 1)", name)
      }
    }
    for number in 0..<noteTotal {
      names[Manuscript.notePlace(number + 1)] = say(.note, "\(number + 1)")
      for n in 0..<(noteCounts[number + 1] ?? 0) {
        names[Manuscript.noteMarkPlace(number + 1, n + 1)] = say(.mark, "\(n + 1)", "\(number + 1)")
      }
    }
    (self.anchors, self.headings, self.objectPlaces) = (anchors, headings, objectPlaces)
    (self.placeNames, self.citationCounts) = (names, citationCounts)
    (self.noteCounts, self.files, self.dataFileNames) = (noteCounts, files, dataFileNames)
    self.noteTotal = noteTotal
  }

  // MARK: Places

  /// Where a reference to a heading, figure or table leads; nil when the page has no such place.
  func place(of anchor: String) -> String? { anchors[anchor] }
  /// The entry of the bibliography; nil when it has none.
  func entryPlace(_ key: String) -> String? { anchors["ref-" + key] }
  /// The `n`-th citation of a source, from 1.
  func citationPlace(_ key: String, _ n: Int) -> String { Manuscript.citationPlace(key, n) }
  /// A note at the end; nil when there is none of that number.
  func notePlace(_ number: Int) -> String? {
    number >= 1 && number <= noteTotal ? Manuscript.notePlace(number) : nil
  }
  /// The `n`-th mark of a note, from 1.
  func noteMarkPlace(_ number: Int, _ n: Int) -> String { Manuscript.noteMarkPlace(number, n) }

  private static func citationPlace(_ key: String, _ n: Int) -> String { "cite-\(Anchors.slug(key))-\(n)" }
  private static func notePlace(_ number: Int) -> String { "note-\(number)" }
  private static func noteMarkPlace(_ number: Int, _ n: Int) -> String { "noteref-\(number)-\(n)" }

  func citationPlaces(of key: String) -> [String] {
    (0..<(citationCounts[key] ?? 0)).map { citationPlace(key, $0 + 1) }
  }
  func noteMarkPlaces(of number: Int) -> [String] {
    (0..<(noteCounts[number] ?? 0)).map { noteMarkPlace(number, $0 + 1) }
  }

  /// The name under which a figure's or table's data is downloaded: `fig-roc.csv`.
  static func fileName(_ id: String) -> String { Anchors.slug(id) + ".csv" }

  func file(_ name: String) -> Page.Attachment? { files.first { $0.name == name } }

  /// What every page says in its foot: the banners up to their colon.
  var shortBanner: String? {
    let short = page.banners.map { banner in
      String(banner.prefix { !":.;".contains($0) }.prefix(48)).trimmedOfSpaces
    }
    return short.isEmpty ? nil : short.joined(separator: " · ")
  }

  /// The bibliography and the notes at the end have a heading, whether or not the report wrote one.
  private static func withEndHeadings(_ page: Page) -> [Block] {
    var blocks: [Block] = []
    func begin(_ title: String, _ anchor: String) {
      if case .heading? = blocks.last { return }
      blocks.append(.heading(level: 1, [.text(title)], anchor: anchor))
    }
    let hasPlace =
      page.bibliography.isEmpty || page.blocks.contains { if case .bibliography = $0 { true } else { false } }
    var body = page.blocks
    if !hasPlace {
      let notes = body.firstIndex { if case .footnotes = $0 { true } else { false } }
      body.insert(.bibliography, at: notes ?? body.endIndex)
    }
    for block in body {
      switch block {
      case .bibliography where page.bibliography.isEmpty: continue
      case .bibliography: begin(say(.references), "references")
      case .footnotes(let notes) where notes.isEmpty: continue
      case .footnotes: begin(say(.notes), "notes")
      default: break
      }
      blocks.append(block)
    }
    return blocks
  }
}

/// A link that a document may carry: a place outside, or one inside.
enum LinkDestination {
  case web(String)
  case inside(String)  // a place of the document
  case beside(String)  // a file of the folder that the document lies in: `./name`, which no report can write

  /// Nil for what must not become a link: scripts, data, and files that do not travel with the document.
  init?(_ url: String, in manuscript: Manuscript) {
    if url.hasPrefix("#") {
      guard let place = manuscript.place(of: String(url.dropFirst())) else { return nil }
      self = .inside(place)
      return
    }
    if url.hasPrefix("./"), url.dropFirst(2).utf8.allSatisfy(Self.isOfName), !url.dropFirst(2).hasPrefix(".") {
      self = .beside(url)
      return
    }
    let scheme = url.prefix { $0 != ":" }.lowercased()
    let isClean = url.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    guard isClean, scheme.count < url.count, ["http", "https", "mailto"].contains(scheme) else { return nil }
    self = .web(url)
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "-_.".utf8.contains(byte)
    }
  }
}

extension String {
  var trimmedOfSpaces: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}
