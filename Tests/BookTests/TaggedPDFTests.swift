import Drawing
import Foundation
import TestSupport
import Testing

@testable import Book

private let hasTools = Tool.exists("qpdf") && Tool.exists("pdftotext") && Tool.exists("pdfinfo")

/// What the PDF says to those who cannot see it, read from the file by other tools.
@Suite(.enabled(if: hasTools, "needs qpdf and poppler-utils")) struct TaggedPDFTests {
  @Test func tagsHeadingsInTheirOrderAndSkipsNoLevel() throws {
    let headings = try TaggedFile(Sample.report()).all.filter { $0.role.contains(/^H[1-6]$/) }
    let levels = headings.compactMap { Int($0.role.dropFirst()) }
    #expect(levels.first == 1)
    for (level, next) in zip(levels, levels.dropFirst()) { #expect(next <= level + 1) }
    let report = Sample.report().blocks.filter { if case .heading = $0 { true } else { false } }
    #expect(headings.count == report.count + 2)  // the title; the notes' heading is the writer's
  }

  @Test(arguments: [
    ([1, 2, 3, 2, 1], [2, 3, 4, 3, 2]), ([1, 3, 3, 2, 3], [2, 3, 3, 3, 4]), ([3, 1, 2], [2, 2, 3]),
    ([2, 4, 1], [2, 3, 2]),
  ]) func tagsALevelThatFollowsFromThoseAbove(levels: [Int], tagged: [Int]) {
    var headings = HeadingLevels()
    #expect(levels.map { headings.tagged($0) } == tagged)
  }

  @Test func readsAFigureWhereItWasWrittenThoughItFloats() throws {
    var page = Page(title: "Order")
    let mark = TextRun("PICTURE", Font(.sans, 8), color: Color(0))
    let scene = Scene(
      size: Size(300, 560), elements: [.text([mark], at: Point(20, 90))], description: "A word, \"PICTURE\" (alone).")
    page.blocks = [
      .paragraph([.text("BEFORE " + Sample.filler(9))]),
      .figure(.init(id: "fig-a", number: 1, caption: [.text("CAPTION.")], scene: scene, data: Frame([]))),
      .paragraph([.text("AFTER")]),
    ]
    try withFile(page) { path in
      let pages = try Tool.run("pdftotext", ["-layout", path, "-"]).output.split(separator: "\u{C}")
      #expect(pages.count == 2 && pages[0].contains("AFTER") && pages[1].contains("PICTURE"))
      let words = try Tool.run("pdfinfo", ["-struct-text", path]).output
        .matches(of: /BEFORE|PICTURE|CAPTION|AFTER/).map { String($0.0) }
      #expect(words == ["BEFORE", "PICTURE", "CAPTION", "AFTER"])
    }
  }

  @Test func saysWhatEachFigureShowsInTheWordsOfItsData() throws {
    let page = Sample.report()
    let described = page.blocks.compactMap { block in
      if case .figure(let figure) = block { figure.scene.description } else { nil }
    }
    let figures = try TaggedFile(page).all.filter { $0.role == "Figure" }
    #expect(figures.map(\.alternative) == described)
    #expect(figures.allSatisfy { $0.attributes["/BBox"] != nil })
  }

  @Test func givesEveryTableHeadsAndRowsOfOneLength() throws {
    let tables = try TaggedFile(Sample.report()).all.filter { $0.role == "Table" }
    #expect(tables.count == 4)
    for table in tables {
      let rows = table.all.filter { $0.role == "TR" }
      #expect(Set(rows.map(\.kids.count)).count == 1)
      let head = try #require(table.kids.first { $0.role == "THead" }).kids
      #expect(head.count == 1)
      #expect(head[0].kids.allSatisfy { $0.role == "TH" && $0.attributes["/Scope"] as? String == "/Column" })
      for row in try #require(table.kids.first { $0.role == "TBody" }).kids {
        #expect(row.kids[0].role == "TH" && row.kids[0].attributes["/Scope"] as? String == "/Row")
        #expect(row.kids.dropFirst().allSatisfy { $0.role == "TD" })
      }
    }
    // Of 71 rows on several pages; the heads of the further pages are no part of it.
    #expect(tables[2].all.filter { $0.role == "TR" }.count == 72)
    #expect(Set(tables[2].all.filter { $0.role == "TD" }.flatMap(\.contents).map(\.page)).count > 1)
    let heads = try #require(tables[2].kids.first { $0.role == "THead" }).all.flatMap(\.contents)
    #expect(Set(heads.map(\.page)).count == 1)
  }

  @Test func leavesNoDrawnContentWithoutAnOwner() throws {
    let file = try TaggedFile(Sample.report())
    #expect(file.pages.count > 6)
    for (number, page) in file.pages.enumerated() {
      let marked = markedContent(try #require(file.stream(of: page)))
      #expect(marked.unmarked == 0, "page \(number + 1)")
      #expect(marked.numbers == Array(0..<marked.numbers.count))
      let owned = file.all.flatMap(\.contents).filter { $0.page == page }.map(\.number)
      #expect(owned.sorted() == marked.numbers)
    }
  }

  @Test func hangsEveryLinkIntoTheStructureAndSaysWhereItLeads() throws {
    let file = try TaggedFile(Sample.report())
    let annotations = file.pages.flatMap { file.annotations(of: $0) }
    #expect(annotations.count > 30)
    let tagged = file.all.filter { $0.role == "Link" }
    #expect(Set(tagged.flatMap(\.annotations)) == Set(annotations))
    #expect(tagged.allSatisfy { !$0.contents.isEmpty })
    let words = annotations.compactMap { file.dictionary($0)["/Contents"] as? String }
    #expect(words.count == annotations.count)
    for expected in [
      "u:Figure 2", "u:Table 1", "u:Reference 2", "u:Note 1", "u:What is new",
      "u:the data's page: https://physionet.org/content/ptb-xl/",
    ] {
      #expect(words.contains(expected), "\(expected)")
    }
  }

  @Test func namesEveryNoteOnce() throws {
    let file = try TaggedFile(Sample.report())
    let notes = file.all.filter { $0.role == "Note" }
    #expect(notes.map(\.id) == ["note-1", "note-2"])
    let tree = file.dictionary(file.catalog["/StructTreeRoot"] as? String ?? "")["/IDTree"]
    let names = (file.resolved(tree) as? [String: Any])?["/Names"] as? [String] ?? []
    #expect(names.filter { $0.hasPrefix("u:") } == ["u:note-1", "u:note-2"])
  }

  /// Of the report's fonts JetBrains Mono alone is TrueType; an arrow is a character that Windows' code page lacks.
  @Test func saysHowCharactersBecomeGlyphsAndLetters() throws {
    var page = Page(title: "Fonts")
    page.blocks = [.code(String(repeating: "long ", count: 40) + "\u{2192} \u{3B1}", language: nil)]
    let file = try TaggedFile(page)
    let fonts = try file.pages.flatMap { page in
      let resources = try #require(file.resolved(file.dictionary(page)["/Resources"]) as? [String: Any])
      return (file.resolved(resources["/Font"]) as? [String: String] ?? [:]).values.map { file.dictionary($0) }
    }
    #expect(fonts.allSatisfy { $0["/ToUnicode"] != nil })
    let descendants = fonts.compactMap { ($0["/DescendantFonts"] as? [String])?.first }.map { file.dictionary($0) }
    let trueType = descendants.filter { $0["/Subtype"] as? String == "/CIDFontType2" }
    #expect(!trueType.isEmpty && trueType.allSatisfy { $0["/CIDToGIDMap"] as? String == "/Identity" })
  }

  /// Ligatures are one glyph; who listens or searches needs the letters.
  @Test func spellsLigaturesOut() throws {
    var page = Page(title: "Ligatures")
    page.blocks = [.paragraph([.text("A first office of different flags affirms fine figures.")])]
    try withFile(page) { path in
      let (text, read) = (
        try Tool.run("pdftotext", [path, "-"]).output, try Tool.run("pdfinfo", ["-struct-text", path]).output
      )
      #expect(text.contains("A first office of different flags affirms fine figures."))
      #expect(read.contains("\"A first office of different flags affirms fine figures.\""))
    }
  }

  @Test func partsWordsAtTheEndsOfLines() throws {
    var page = Page(title: "Lines")
    page.blocks = [.paragraph([.text(Sample.filler(6))])]
    try withFile(page) { path in
      let read = try Tool.run("pdfinfo", ["-struct-text", path]).output
      #expect(read.contains("\"\(Sample.filler(6))\""))
    }
  }

  @Test func saysInItsCatalogThatItFollowsPDFUA() throws {
    var page = Sample.report()
    page.title = "Q & A <\"quoted\"> \u{1}"
    let file = try TaggedFile(page)
    #expect((file.resolved(file.catalog["/MarkInfo"]) as? [String: Any])?["/Marked"] as? Bool == true)
    #expect(file.pages.allSatisfy { file.dictionary($0)["/Tabs"] as? String == "/S" })
    let reference = try #require(file.catalog["/Metadata"] as? String)
    let packet = String(decoding: try #require(file.data(reference)), as: UTF8.self)
    #expect(packet.contains("<pdfuaid:part>1</pdfuaid:part>"))
    #expect(packet.contains("Q &amp; A &lt;&quot;quoted&quot;&gt; \u{FFFD}"))
    #expect(packet.contains("<rdf:li>Jürgen Größe</rdf:li>"))
  }

  @Test func describesTheFilesInside() throws {
    let file = try TaggedFile(Sample.report())
    let files = (file.resolved(file.catalog["/AF"]) as? [String] ?? []).map { file.dictionary($0) }
    #expect(files.count == 5)
    for entry in files {
      #expect((entry["/Desc"] as? String ?? "u:") != "u:")
      #expect(["/Data", "/Source"].contains(entry["/AFRelationship"] as? String))
    }
  }

  // MARK: Content streams

  @Test func marksNothingThatIsTextAlone() throws {
    let link = "/Link << /MCID 1 >> BDC\nEMC\n"
    let stream = "/P << /MCID 0 >> BDC\n(/P << /MCID 7 >> BDC \\) ( EMC ) )Tj <BDC0EMC>Tj\nEMC\n" + link
    let result = try retagged(stream, [.content(role: "H1", number: 0)])
    #expect(result == "/H1 <</MCID 0>> BDC\n(/P << /MCID 7 >> BDC \\) ( EMC ) )Tj <BDC0EMC>Tj\nEMC\n\n\n")
  }

  @Test func keepsMarksThatTheTextEngineMade() throws {
    let stream = "/P << /MCID 0 >> BDC\n/Span << /ActualText <feff00e9> >> BDC\n<01>Tj\nEMC\n<02>Tj\nEMC\n"
    #expect(
      try retagged(stream, [.decoration])
        == "/Artifact BMC\n/Span << /ActualText <feff00e9> >> BDC\n<01>Tj\nEMC\n<02>Tj\nEMC\n")
  }

  @Test(arguments: [0, 2]) func refusesAStreamWithOtherMarksThanWereDrawn(count: Int) {
    #expect(throws: PDFError.self) {
      try retagged("/P << /MCID 0 >> BDC EMC", Array(repeating: .decoration, count: count))
    }
  }

  private func retagged(_ stream: String, _ tags: [ContentTag]) throws -> String {
    try Array(stream.utf8).withUnsafeBufferPointer { String(decoding: try Book.retagged($0, as: tags), as: UTF8.self) }
  }
}

private func withFile<Result>(_ page: Page, _ body: (String) throws -> Result) throws -> Result {
  try withTemporaryFolder { folder in
    let path = folder + "/report.pdf"
    try pdf(page).write(to: URL(filePath: path))
    return try body(path)
  }
}

/// How many painting operators stand outside of marks, and the numbers of the marked sequences that are content.
///
/// Cairo writes an operator at the end of a line, and a long text over several.
private func markedContent(_ stream: String) -> (unmarked: Int, numbers: [Int]) {
  var (depth, unmarked, numbers): (Int, Int, [Int]) = (0, 0, [])
  for line in stream.split(separator: "\n") {
    if line.hasSuffix("BDC") || line.hasSuffix("BMC") {
      depth += 1
      if let number = line.firstMatch(of: /<<\/MCID (\d+)>> BDC$/) { numbers.append(Int(number.1) ?? -1) }
    } else if line.hasSuffix("EMC") {
      depth -= 1
    } else if line.contains(/(Tj|TJ|Do|sh|\b(f|f\*|B|B\*|S|s|b))$/), depth == 0 {
      unmarked += 1
    }
  }
  return (unmarked + abs(depth), numbers)
}

/// A PDF's objects, as `qpdf --json` prints them.
struct TaggedFile {
  /// An element of the structure.
  final class Node {
    var role = "", id: String?
    var alternative: String?
    var attributes: [String: Any] = [:]
    var kids: [Node] = []
    var contents: [(page: String, number: Int)] = []
    var annotations: [String] = []
    var all: [Node] { [self] + kids.flatMap(\.all) }
  }
  private(set) var tree = Node()
  private(set) var pages: [String] = []
  private let objects: [String: Any]

  var all: [Node] { tree.all }
  var catalog: [String: Any] {
    dictionary((dictionary("trailer")["/Root"] as? String) ?? "")
  }

  init(_ page: Page) throws {
    let arguments = ["--json", "--json-key=qpdf", "--json-stream-data=inline", "--decode-level=generalized"]
    let text = try withFile(page) { try Tool.run("qpdf", arguments + [$0]).output }
    let json = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    objects = (json?["qpdf"] as? [Any])?.last as? [String: Any] ?? [:]
    let root = try #require(resolved(catalog["/Pages"]) as? [String: Any])
    pages = leaves(of: root)
    tree = node(try #require((dictionary(catalog["/StructTreeRoot"] as? String ?? "")["/K"] as? [Any])?.first))
  }

  private func leaves(of pages: [String: Any]) -> [String] {
    (pages["/Kids"] as? [String] ?? []).flatMap { kid in
      let object = dictionary(kid)
      return object["/Kids"] == nil ? [kid] : leaves(of: object)
    }
  }

  func resolved(_ value: Any?) -> Any? {
    guard let name = value as? String, name.hasSuffix(" R") else { return value }
    let object = objects["obj:" + name] as? [String: Any]
    return object?["value"] ?? (object?["stream"] as? [String: Any])?["dict"]
  }
  func dictionary(_ name: String) -> [String: Any] {
    if name == "trailer" { return (objects["trailer"] as? [String: Any])?["value"] as? [String: Any] ?? [:] }
    return resolved(name) as? [String: Any] ?? [:]
  }
  func data(_ name: String) -> Data? {
    let stream = (objects["obj:" + name] as? [String: Any])?["stream"] as? [String: Any]
    return (stream?["data"] as? String).flatMap { Data(base64Encoded: $0) }
  }
  func stream(of page: String) -> String? {
    (dictionary(page)["/Contents"] as? String).flatMap { data($0) }.map { String(decoding: $0, as: UTF8.self) }
  }
  func annotations(of page: String) -> [String] { resolved(dictionary(page)["/Annots"]) as? [String] ?? [] }

  private func node(_ value: Any) -> Node {
    let node = Node()
    guard let object = resolved(value) as? [String: Any] else { return node }
    func text(_ key: String) -> String? { (object[key] as? String).map { String($0.dropFirst(2)) } }
    node.role = String((object["/S"] as? String ?? "").dropFirst())
    (node.id, node.alternative) = (text("/ID"), text("/Alt"))
    node.attributes = resolved(object["/A"]) as? [String: Any] ?? [:]
    let home = object["/Pg"] as? String ?? ""
    for kid in object["/K"] as? [Any] ?? [object["/K"]].compactMap({ $0 }) {
      if let number = kid as? Int {
        node.contents.append((home, number))
      } else if let entry = resolved(kid) as? [String: Any] {
        switch entry["/Type"] as? String {
        case "/MCR": node.contents.append((entry["/Pg"] as? String ?? "", entry["/MCID"] as? Int ?? -1))
        case "/OBJR": node.annotations.append(entry["/Obj"] as? String ?? "")
        default: node.kids.append(self.node(kid))
        }
      }
    }
    return node
  }
}
