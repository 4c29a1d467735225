import Drawing
import Foundation
import TestSupport
import Testing

@testable import Book

private let hasPoppler = Tool.exists("pdftotext") && Tool.exists("pdfinfo") && Tool.exists("pdfdetach")

@Suite struct WritePDF {
  @Test func hasTheSameBytesTwice() throws {
    #expect(try pdf(Sample.report()) == pdf(Sample.report()))
  }

  @Test(.enabled(if: Tool.exists("qpdf"), "needs qpdf")) func isFlawlessToQPDF() throws {
    try withPDF(Sample.report()) { path in
      let result = try Tool.run("qpdf", ["--check", path])
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      #expect(result.output.contains("No syntax or stream encoding errors found"))
    }
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func setsTheTextInOrder() throws {
    let text = try pages(Sample.report()).joined(separator: "\n")
    var rest = text[...]
    for words in [
      "Five diagnostic superclasses", "Synthetic data", "Macro AUC", "0.928", "What was asked", "Methods",
      "Limitations", "References", "Notes",
    ] {
      let found = try #require(rest.range(of: words), "\(words) is missing or out of order")
      rest = rest[found.upperBound...]
    }
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func saysOnEveryPageWhichItIsAndThatDataAreSynthetic() throws {
    let pages = try pages(Sample.report())
    #expect(pages.count > 6)
    for (index, page) in pages.enumerated() {
      #expect(page.contains("Page \(index + 1) of \(pages.count)"))
      #expect(page.contains("Synthetic data"))
    }
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func repeatsTheHeadOfALongTable() throws {
    let pages = try pages(Sample.report())
    let holding = pages.filter { $0.contains(/S\d+ +(normal|inferior|non-diagnostic|complete)/) }
    #expect(holding.count >= 2)
    for page in holding { #expect(page.contains(/Code +Statement +Records +AUC/)) }
    #expect(holding.dropFirst().allSatisfy { $0.contains("Table 2 (continued)") })
  }

  /// The first page is enough alone: what it is about, facts, the sheet's tables side by side, its figure; then the text.
  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func setsASheetOnOneLandscapePage() throws {
    var page = Page(title: "A sheet")
    page.facts = [Page.Fact(label: "Record", value: "00001")]
    page.banners = ["Unconfirmed: not a medical device."]
    func table(_ number: Int) -> Block {
      .table(
        TableBlock(
          id: "tbl-\(number)", number: number, caption: [.text("LEFT\(number)")],
          columns: [.init("Name", .left), .init("Value", .right)],
          rows: [[.init([.text("rate")]), .init([.text("7\(number)")])]], notes: ["Value: its method."]))
    }
    page.sheet = [
      table(1), table(2),
      .figure(.init(id: "fig-1", number: 1, caption: [.text("BELOW")], scene: Sample.lines(width: 600, height: 180), data: Frame([]))),
    ]
    page.blocks = [.heading(level: 1, [.text("After")], anchor: "after"), .paragraph([.text("See.")])]
    let pages = try pages(page)
    let first = try #require(pages.first)
    for words in ["A sheet", "Unconfirmed: not a medical device.", "00001", "LEFT1", "LEFT2", "BELOW"] {
      #expect(first.contains(words), "\(words)")
    }
    #expect(first.split(separator: "\n").contains { $0.contains("LEFT1") && $0.contains("LEFT2") }, "side by side")
    #expect(!first.contains("its method") && !first.contains("After") && pages.count == 2)
    let html = try Book.html(page)
    let places = ["id=\"tbl-1\"", "id=\"tbl-2\"", "id=\"fig-1\"", "id=\"after\""].map { html.range(of: $0)?.lowerBound }
    #expect(places.allSatisfy { $0 != nil } && places.compactMap(\.self) == places.compactMap(\.self).sorted())
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func keepsAFigureWithItsCaption() throws {
    // Each figure says its number inside; however text flows, the caption has the same number on the same page.
    for lead in [1, 9, 17, 25] {
      var page = Page(title: "Figures")
      page.blocks = (1...6).flatMap { number -> [Block] in
        let mark = TextRun("PICTURE\(number)", Font(.sans, 8), color: Color(0))
        let scene = Scene(size: Size(300, 180), elements: [.text([mark], at: Point(20, 90))])
        return [
          .paragraph([.text(Sample.filler(lead))]),
          .figure(
            .init(
              id: "fig-\(number)", number: number, caption: [.text("CAPTION\(number) says it. " + Sample.filler(2))],
              scene: scene, data: Frame([]))),
        ]
      }
      let pages = try pages(page)
      for number in 1...6 {
        #expect(
          pages.contains {
            $0.contains("PICTURE\(number)") && $0.contains("CAPTION\(number)") && $0.contains("Figure \(number)")
          })
      }
    }
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils"), arguments: Array(1...24)) func endsNoPageWithAHeading(
    lead: Int
  ) throws {
    var page = Page(title: "Headings")
    page.blocks = [.paragraph([.text(Sample.filler(lead))])]
    for n in 1...12 {
      page.blocks += [
        .heading(level: 2, [.text("HEADING\(n)")], anchor: "h\(n)"),
        .paragraph([.text("FIRST\(n) " + Sample.filler(5 + n % 3))]),
      ]
    }
    let pages = try pages(page)
    for n in 1...12 {
      #expect(pages.contains { $0.contains("HEADING\(n)\n") && $0.contains("FIRST\(n) ") })
    }
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func printsAWideFigureAtTrueScaleOnALandscapePage() throws {
    try withPDF(Sample.report()) { path in
      let pages = try Tool.run("pdftotext", ["-layout", path, "-"]).output.split(separator: "\u{C}").map(String.init)
      let number = try #require(pages.firstIndex { $0.contains("printed at true scale") }) + 1
      let size = try Tool.run("pdfinfo", ["-f", "\(number)", "-l", "\(number)", path]).output
      #expect(size.contains("841.89 x 595.28"), "\(size)")
    }
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func carriesItsFilesInside() throws {
    try withPDF(Sample.report()) { path in
      let list = try Tool.run("pdfdetach", ["-list", path]).output
      for name in ["results.json", "report.md", "fig-counts.csv", "tbl-classes.csv"] { #expect(list.contains(name)) }
      let saved = path + ".json"
      _ = try Tool.run("pdfdetach", ["-savefile", "results.json", "-o", saved, path])
      let page = Sample.report()
      #expect(try String(contentsOfFile: saved, encoding: .utf8) == page.attachments.first?.content)
    }
  }

  @Test(.enabled(if: Tool.exists("qpdf"), "needs qpdf")) func saysItsLanguageTitleAndFilesInTheCatalog() throws {
    try withPDF(Sample.report()) { path in
      let text = try Tool.run("qpdf", ["--json", "--json-key=qpdf", path]).output
      for words in [
        #""/Lang": "u:en""#, #""/DisplayDocTitle": true"#, #""/AFRelationship": "/Source""#, #""/AF": ["#,
        #""/Outlines""#,
      ] {
        #expect(text.contains(words), "\(words)")
      }
      #expect(text.contains("/text/csv") || text.contains("/text#2fcsv"))
    }
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func listsContentsWithTheirPages() throws {
    let pages = try pages(Sample.report())
    let line = try #require(pages.prefix(2).joined().firstMatch(of: /\n.*Limitations +(\d+)\n/))
    let number = try #require(Int(line.1))
    #expect(pages[number - 1].contains("\nLimitations") || pages[number - 1].contains(/\n *Limitations\n/))
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils"), arguments: [nil, true, false])
  func listsContentsAsTheReportSays(contents: Bool?) throws {
    var page = Page(title: "Contents")
    page.contents = contents
    page.blocks = (1...3).flatMap {
      [Block.heading(level: 1, [.text("PART\($0)")], anchor: "p\($0)"), .paragraph([.text(Sample.filler(30))])]
    }
    let first = try #require(try pages(page).first)
    #expect(first.contains(/Contents +PART1 +1\n +PART2 +\d\n +PART3 +\d\n/) == (contents == true))
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func numbersTheLinesOfRunningTextFromPageToPage() throws {
    var page = Page(title: "Lines")
    page.blocks = (1...9).map { .paragraph([.text(Sample.filler(5 + $0))]) } + [
      .list(ordered: false, start: 1, tight: true, items: [[.paragraph([.text("LAST")])]])
    ]
    page.numbersLines = true
    let numbered = try pages(page)
    let numbers = numbered.flatMap { $0.matches(of: /(?m)^ *(\d+) {3,}\S/).compactMap { Int($0.1) } }
    #expect(numbered.count > 1 && numbers.count > 50)
    #expect(numbers == Array(1...numbers.count))
    let last = try #require(numbered.last?.split(separator: "\n").first { $0.contains("LAST") })
    #expect(last.split(separator: " ").map(String.init) == ["\(numbers.count)", "\u{2022}", "LAST"])
    // They stand in the margin: the text is where it was.
    page.numbersLines = false
    #expect(try pages(page).map { $0.contains("LAST") } == numbered.map { $0.contains("LAST") })
    #expect(try pages(page).joined().contains(/(?m)^ *1 {3,}Each/) == false)
  }

  @Test(
    .enabled(if: hasPoppler, "needs poppler-utils"),
    arguments: [(Paper.a4, "595.28 x 841.89"), (.letter, "612 x 792")])
  func printsOnThePaperOfTheReport(paper: Paper, size: String) throws {
    var page = Sample.report()
    page.paper = paper
    try withPDF(page) { path in
      let sizes = try Tool.run("pdfinfo", ["-l", "99", path]).output.matches(of: /size: +([0-9.]+ x [0-9.]+) pts/)
      let turned = size.split(separator: " x ").reversed().joined(separator: " x ")
      #expect(Set(sizes.map { String($0.1) }) == [size, turned])
    }
  }

  /// US Letter is narrower than the ECG with the margins of A4.
  @Test(arguments: [Paper.a4, .letter]) func hasRoomForAnECGOf267MillimetresAtTrueScale(paper: Paper) {
    let ecg = Sample.ecg(), mm = 72 / 25.4
    #expect(ecg.size.width == 267 * mm && ecg.size.width <= paper.turned.plateWidth)
    #expect(ecg.size.height <= paper.turned.blockHeight)
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func partsATableTooWideForAnyPageIntoGroupsOfColumns() throws {
    var page = Page(title: "Wide")
    page.blocks = [
      .table(
        TableBlock(
          id: "tbl-w", number: 1, caption: [.text("Wide.")],
          columns: (0..<40).map { .init("Column\($0)", $0 == 0 ? .left : .right) },
          rows: [(0..<40).map { .init([.text($0 == 0 ? "rowname" : "\(10_000 + $0)")]) }]))
    ]
    let text = try pages(page).joined()
    for n in 0..<40 { #expect(text.contains("Column\(n)")) }
    #expect(text.components(separatedBy: "rowname").count > 2)
  }

  /// No page is needed for nothing, and none is too much.
  @Test(.enabled(if: hasPoppler, "needs poppler-utils"), arguments: [Paper.a4, .letter]) func writesAnEmptyReport(
    paper: Paper
  ) throws {
    var page = Page(title: "Empty")
    page.paper = paper
    #expect(try pages(page).count == 1)
  }

  @Test(.enabled(if: hasPoppler, "needs poppler-utils")) func breaksWhatIsTallerThanAPage() throws {
    var page = Page(title: "Tall")
    page.blocks = [
      .code((0..<300).map { "line \($0)" }.joined(separator: "\n"), language: nil),
      .figure(
        .init(id: "f", number: 1, caption: [.text("Tall.")], scene: Scene(size: Size(300, 2000)), data: Frame([]))),
      .notice(Sample.filler(200)),
    ]
    let text = try pages(page).joined()
    #expect(text.contains("line 0\n") && text.contains("line 299"))
  }
}

private func withPDF<Result>(_ page: Page, _ body: (String) throws -> Result) throws -> Result {
  try withTemporaryFolder { folder in
    let path = folder + "/report.pdf"
    try pdf(page).write(to: URL(filePath: path))
    return try body(path)
  }
}

/// The text of each page, as it is laid out.
private func pages(_ page: Page) throws -> [String] {
  try withPDF(page) { path in
    try Tool.run("pdftotext", ["-layout", path, "-"]).output.split(separator: "\u{C}").map(String.init)
  }
}
