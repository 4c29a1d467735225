import Drawing
import Files
import Foundation
import TestSupport
import Testing

@testable import Book

@Suite struct PageTests {
  private func page(_ text: String, _ body: (RenderResult) throws -> Void) async throws {
    try await withWorkshop { workshop in
      try workshop.write(text)
      try body(try await workshop.render())
    }
  }

  static let number = "```{number #a}\nvalue: 4\n```\n"

  @Test func numbersFiguresAndTablesInTheOrderOfTheText() async throws {
    let body = """
      See @tbl-late, @fig-two and @fig-one.

      ```{plot #fig-one}
      data: a
      caption: First, of {{ a.value | 0 }}. It was made (@fig-two).
      ```

      \(Self.number)
      - In a list:

        ```{plot #fig-two}
        data: a
        caption: Second.
        ```

      ```{grid #tbl-late}
      caption: A *table*.
      ```
      """
    try await page(document(body)) { result in
      #expect(
        result.page.blocks.first
          == .paragraph([
            .text("See "), .reference("Table\u{A0}1", anchor: "tbl-late"), .text(", "),
            .reference("Figure\u{A0}2", anchor: "fig-two"), .text(" and "), .reference("Figure\u{A0}1", anchor: "fig-one"),
            .text("."),
          ]))
      guard case .figure(let figure) = result.page.blocks[1] else { return #expect(Bool(false)) }
      #expect(figure.id == "fig-one" && figure.number == 1)
      #expect(
        figure.caption == [
          .text("First, of "), .value("4", path: "a.value"), .text(". It was made ("),
          .reference("Figure\u{A0}2", anchor: "fig-two"), .text(")."),
        ])
      guard case .list(_, _, _, let items) = result.page.blocks[2], case .figure(let second) = items[0].last else {
        return #expect(Bool(false))
      }
      #expect(second.number == 2 && second.scene.description == "A line of 4.0.")
      guard case .table(let table) = result.page.blocks[3] else { return #expect(Bool(false)) }
      #expect(table.id == "tbl-late" && table.number == 1 && table.rows.count == 3)
      #expect(
        result.page.attachments.map(\.name) == ["results.json", "report.md", "fig-one.csv", "fig-two.csv", "tbl-late.csv"])
      #expect(result.page.attachments[2].content == "value\n4.0\n")
      #expect(result.results.cells.map { $0.figures.map(\.caption) } == [["First, of 4. It was made (Figure\u{A0}2)."], [], ["Second."], []])
    }
  }

  @Test func numbersCitationsByFirstMention() async throws {
    let body = "Known [@smith2020]. Again [@smith2020].\n\n```{note}\ntext: Made *here*.\n```\n\nMore[^1].\n\n[^1]: Note.\n"
    try await page(document(body)) { result in
      let page = result.page
      #expect(page.blocks.first == .paragraph([.text("Known "), .citation(.numbered([(1, "smith2020")])), .text(". Again "), .citation(.numbered([(1, "smith2020")])), .text(".")]))
      // What the cell obliges a reader to cite comes after, and references stand at the end by themselves.
      #expect(page.bibliography.map(\.key) == ["smith2020", "wagner2020"] && page.bibliography.map(\.number) == [1, 2])
      #expect(page.blocks.suffix(3).first == .heading(level: 1, [.text("References")], anchor: "references"))
      #expect(page.blocks.suffix(2).first == .bibliography)
      #expect(page.banners == ["Synthetic data: not for care."])
      #expect(page.blocks.contains(.paragraph([.text("Made "), .emphasis([.text("here")]), .text(".")])))
    }
  }

  @Test func placesTheBibliographyWhereACellSays() async throws {
    try await page(document("[@smith2020]\n\n```{references}\n```\n\n# After\n")) { result in
      #expect(result.page.blocks.dropFirst() == [.bibliography, .heading(level: 1, [.text("After")], anchor: "after")])
    }
  }

  @Test func fillsTheTitlePage() async throws {
    let frontMatter = """
      authors: [A. One, B. Two]
      date: 2026-03-01
      language: en-GB
      summary: It has **{{ a.value | 0 }}** parts [@smith2020].
      key-figures:
        - { label: Main, value: a.statistic, format: 3 }
        - { label: Share, value: a.share, format: percent1 }
        - { label: None, value: a.missing }
      facts:
        - { label: Start, value: "from {{ parameters.start }}" }
      parameters:
        start: { type: integer, default: 5 }

      """
    try await page(document(Self.number, frontMatter: frontMatter).replacing("A report", with: "Of {{ a.value | 0 }}")) { result in
      let page = result.page
      #expect(page.title == "Of 4")
      #expect(page.authors == ["A. One", "B. Two"] && page.language == "en-GB")
      #expect(page.date == "1 March 2026" && page.sourceDate == 1_772_323_200)
      #expect(page.summary.plainText == "It has 4 parts [1].")
      #expect(
        page.keyFigures == [
          .init(label: "Main", value: "0.931", interval: "95% CI 0.924\u{2013}0.938"), .init(label: "Share", value: "7.4%"),
          .init(label: "None", value: "undefined", interval: "one class"),
        ])
      #expect(page.facts == [.init(label: "Start", value: "from 5")])
      #expect(page.digest.count == 12)
    }
  }

  @Test func saysOfItselfInTheReportsLanguage() async throws {
    let body = """
      See @fig-a and {{ a.statistic | ci }}; {{ a.missing }}; {{ a.share | percent1 }}.

      ```{plot #fig-a}
      data: a
      caption: Eine Linie.
      ```

      \(Self.number)
      """
    try await page(document(body, frontMatter: "language: de\ndate: 2026-03-01\n")) { result in
      let page = result.page
      #expect(page.date == "1. März 2026" && page.language == "de")
      let text = page.blocks.compactMap { if case .paragraph(let inlines) = $0 { inlines.plainText } else { nil } }.joined()
      #expect(text == "See Abbildung\u{A0}1 and 0,931 (95-%-KI 0,924\u{2013}0,938); nicht bestimmt (one class); 7,4\u{A0}%.")
      let html = try html(page)
      #expect(html.contains("Zum Text springen") && html.contains("Beschreibung und Daten") && !html.contains("Skip to"))
      #expect(try result.results.text.contains("0.931"), "data keep their points")
    }
  }

  @Test func takesPaperContentsAndLineNumbersFromReportAndOptions() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("Text.\n"))
      let plain = try await workshop.render().page
      #expect(plain.paper == .a4 && plain.contents == nil && !plain.numbersLines)
      try workshop.write(document("Text.\n", frontMatter: "paper: letter\ncontents: true\n"))
      let page = try await workshop.render { $0.numbersLines = true }.page
      #expect(page.paper == .letter && page.contents == true && page.numbersLines)
    }
  }

  @Test(arguments: [
    ("paper: a5", "'a5' is no paper", "papers: a4, letter"),
    ("paper: leter", "'leter' is no paper", "did you mean 'letter'?"),
    ("contents: yes", "'contents' is true or false, found 'yes'", nil),
  ]) func namesWhatIsNoPaperOrNotTrueOrFalse(line: String, summary: String, help: String?) {
    let report = Report(parsing: document("Text.\n", frontMatter: line + "\n"), path: "r.md")
    #expect(report.diagnostics.map(\.summary) == [summary])
    #expect(report.diagnostics.flatMap(\.help) == [help].compactMap(\.self))
  }

  @Test func printsValuesOfEveryKind() async throws {
    let body = """
      {{ a.missing | ci }}; {{ a.group.x.share | percent }}; {{ a.group.y.share }}; {{ a.statistic.n }};
      {{ a.names }}; {{ a.day | date }}; {{ a.volatile.seconds | duration }}; {{ a.statistic.method }}

      \(Self.number)
      """
    try await page(document(body)) { result in
      guard case .paragraph(let inlines) = result.page.blocks.first else { return #expect(Bool(false)) }
      #expect(
        inlines.plainText == "undefined (one class); 50%; undefined (no records); 12; a, b and c; 1 March 2026; 12\u{A0}s; bootstrap")
      #expect(inlines.contains(.value("12\u{A0}s", path: "a.volatile.seconds")))
      let text = try result.results.text
      #expect(!text.contains("seconds\""))  // volatile values stay out
    }
  }

  @Test(arguments: [
    ("It is {{ a.share | ci }}.", "6:20: error[E0505]: the format 'ci' needs a statistic; 'a.share' is the number 0.0735"),
    ("{{ a.group.z.share }}", "6:4: error[E0504]: 'a' computed no value 'group.z.share'"),
    ("{{ a.names | 3 }}", "6:14: error[E0505]: the format '3' needs a number; 'a.names' is a list"),
  ])
  func saysWhichValueCannotBePrinted(body: String, message: String) async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("\n\(body)\n\n\(Self.number)"))
      let error = await #expect(throws: ReportError.self) { try await workshop.render() }
      #expect(try #require(error).diagnostics.map(\.heading) == ["\(workshop.path):\(message)"])
      #expect(workshop.names == [".ecgbook", "report.md"])
    }
  }

  @Test func saysWhichTableCannotBePrinted() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("```{grid #tbl-a}\nformat: percent\ncaption: A table.\n```\n"))
      let error = await #expect(throws: ReportError.self) { try await workshop.render() }
      #expect(
        try #require(error).diagnostics.map(\.summary) == [
          "the format 'percent' of column 'name' needs a share, as a number, found the text 'NORM'"
        ])
    }
  }

  @Test func givesHeadingsAnchorsOfTheirOwn() async throws {
    try await page(document("# Data & methods\n\n# Data, methods\n\n## 心電図\n\n# !\n\n##### Deep\n")) { result in
      #expect(
        result.page.blocks == [
          .heading(level: 1, [.text("Data & methods")], anchor: "data-methods"),
          .heading(level: 1, [.text("Data, methods")], anchor: "data-methods-2"),
          .heading(level: 2, [.text("心電図")], anchor: "心電図"), .heading(level: 1, [.text("!")], anchor: "section"),
          .heading(level: 4, [.text("Deep")], anchor: "deep"),
        ])
    }
  }

  @Test func writesTheSameResultsAnywhere() async throws {
    var texts: [Data] = []
    for _ in 0..<2 {
      try await withWorkshop { workshop in
        try workshop.write(CacheTests.report)
        try writeFile("abc", to: "\(workshop.folder)/input.txt")
        let result = try await workshop.render()
        let data = try readFile("\(workshop.folder)/report.results.json")
        #expect(result.page.attachments.first?.content == String(decoding: data, as: UTF8.self))
        #expect(result.page.digest == Digest(of: data).short)
        #expect(try JSONDecoder().decode(Results.self, from: data) == result.results)
        texts.append(data)
      }
    }
    #expect(texts[0] == texts[1])
    #expect(String(decoding: texts[0], as: UTF8.self).contains("ecgbook.results/1"))
  }

  @Test func writesHTMLAndPDF() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("{{ a.value | 0 }}\n\n\(Self.number)\n```{grid #tbl-a}\ncaption: A table.\n```\n"))
      var options = RenderOptions()
      options.projectFolder = workshop.folder
      options.output = "\(workshop.folder)/out/name"
      let result = try await render(workshop.path, options: options, registry: toys)
      #expect(result.files.map { ($0 as NSString).lastPathComponent } == ["name.html", "name.pdf", "name.results.json", "name.run.json"])
      #expect(try readFile(result.files[1]).starts(with: Data("%PDF".utf8)))
      #expect(String(decoding: try readFile(result.files[0]), as: UTF8.self).contains("A table."))
    }
  }

  @Test func checksAnOrdinaryReportAtOnce() throws {
    try withTemporaryFolder { folder in
      var body = ""
      for index in 0..<30 {
        body += "# Section \(index)\n\nIt is {{ a\(index).value | 3 }} in @fig-\(index) [@smith2020].\n\n"
        body += "```{number #a\(index)}\nvalue: \(index + 14)\n```\n\n```{plot #fig-\(index)}\ndata: a\(index)\ncaption: Of {{ a\(index).share | percent }}.\n```\n\n"
        body += String(repeating: "Some more words of an ordinary paragraph, with *emphasis*. ", count: 10) + "\n\n"
      }
      try writeFile(document(body), to: "\(folder)/r.md")
      let start = ContinuousClock.now
      #expect(check("\(folder)/r.md", registry: toys, library: toyLibrary) == [])
      let time = ContinuousClock.now - start
      #expect(time < .milliseconds(500), "\(time)")  // a tenth of it on an idle machine
    }
  }
}
