import Book
import Cells
import Files
import Foundation
import TestSupport
import Testing

/// The article on writing reports against the code: its tables of options, values and formats, and its example.
@Suite struct DocumentationTests {
  private static let article = "Sources/Book/Book.docc/Reports.md"
  private static let kinds = cellKinds.map { $0.kind }

  @Test func describesEveryKindAndNoOther() throws {
    let heads = try text(of: Self.article).matches(of: /(?m)^### `([a-z-]+)`$/).map { String($0.1) }
    #expect(heads.sorted() == Self.kinds.sorted())
  }

  @Test(arguments: kinds) func listsTheOptions(of kind: String) throws {
    var options = try Options(yaml: "zzzzzzzzzzzzzzzzzzzzzzzz: 1", kind: kind)
    _ = try type(of: kind).init(&options)
    // The mistake about an unknown option lists those that there are.
    let mistake = try #require(options.mistakes.first { $0.fault == .unknownOption })
    let known = mistake.help.compactMap { $0.hasPrefix("options: ") ? $0.dropFirst("options: ".count) : nil }
      .flatMap { $0.split(separator: ", ").map(String.init) }
    #expect(try names(inRowsUnder: "| option |", of: kind) == Set(known))
  }

  @Test(arguments: kinds) func listsTheValues(of kind: String) throws {
    var options = try Options(yaml: "", kind: kind)
    let cell = try type(of: kind).init(&options)
    let section = try section(kind)
    let paragraph = section.drop { !$0.hasPrefix("Values: ") }.prefix { !$0.isEmpty }
    // The list is the first sentence.
    let list = paragraph.joined(separator: " ").replacing("`. ", with: "`\n").split(separator: "\n").first ?? ""
    #expect(Set(list.matches(of: /`([^`]+)`/).map { String($0.1) }) == Set(cell.valuePaths))
  }

  @Test func listsWhatAFigureDraws() throws {
    var options = try Options(yaml: "draw: zzzzzzzzzzzzzzzzzzzzzzzz", kind: "figure")
    _ = try type(of: "figure").init(&options)
    let mistake = try #require(options.mistakes.first { $0.fault == .notAChoice })
    let known = mistake.help.joined().replacing("choices: ", with: "").split(separator: ", ").map(String.init)
    #expect(try names(inRowsUnder: "| draw |", of: "figure") == Set(known))
  }

  @Test func listsTheKeysOfFrontMatter() throws {
    let lines = try text(of: Self.article).split(separator: "\n", omittingEmptySubsequences: false)
    let section = lines.drop { $0 != "## Front matter" }
    let rows = section.drop { !$0.hasPrefix("| key |") }.dropFirst(2).prefix { $0.hasPrefix("|") }
    let found = rows.compactMap { $0.firstMatch(of: /^\| `([^`]+)`/).map { String($0.1) } }
    #expect(found == FrontMatter.keys)
  }

  @Test func listsEveryFormat() throws {
    let lines = try text(of: Self.article).split(separator: "\n", omittingEmptySubsequences: false)
    let rows = lines.drop { !$0.hasPrefix("| format |") }.dropFirst(2).prefix { $0.hasPrefix("|") }
    let found = rows.flatMap { row in
      (row.split(separator: "|").first ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
    }
    #expect(found.sorted() == ValueFormat.names.sorted())
  }

  @Test func showsAReportThatRenders() async throws {
    let report = try #require(FencedBlock.all(in: try text(of: Self.article)).first { $0.language == "markdown" }).text
    try await withTemporaryFolder { folder in
      try writeFile(report, to: folder + "/report.md")
      var options = RenderOptions()
      options.projectFolder = folder
      let result = try await render(
        folder + "/report.md", options: options, registry: CellRegistry(cellKinds), library: try citationLibrary())
      #expect(FileManager.default.fileExists(atPath: folder + "/report.pdf"))
      #expect(result.results.cells.first?.values["records"] == .integer(60))
    }
  }

  @Test func showsAComparisonThatRenders() async throws {
    let blocks = FencedBlock.all(in: try text(of: Self.article))
    let report = try #require(blocks.first { $0.language == "markdown" && $0.text.contains("{compare") }).text
    func predictions(_ strength: Double) -> String {
      var random = SeededGenerator(seed: 1), text = "ecg_id,patient_id,true:A,true:B,score:A,score:B\n"
      for id in 0..<80 {
        let labels = [Bool.random(using: &random), id % 3 == 0]
        let scores = labels.map { Double.random(in: 0..<(1 - strength), using: &random) + ($0 ? strength : 0) }
        text += "\(id),\(id / 2)," + (labels.map { $0 ? "1" : "0" } + scores.map { "\($0)" }).joined(separator: ",") + "\n"
      }
      return text
    }
    try await withTemporaryFolder { folder in
      try writeFile(report, to: folder + "/report.md")
      try writeFile(predictions(0.2), to: folder + "/published.csv")
      try FileManager.default.createDirectory(atPath: folder + "/saved_models/ours", withIntermediateDirectories: true)
      try writeFile(predictions(0.5), to: folder + "/saved_models/ours/predictions.csv")
      var options = RenderOptions()
      options.projectFolder = folder
      let result = try await render(
        folder + "/report.md", options: options, registry: CellRegistry(cellKinds), library: try citationLibrary())
      #expect(result.results.cells.first?.values["ours.macro.auroc.verdict"] == .text("beyond noise"))
      #expect(FileManager.default.fileExists(atPath: folder + "/report.pdf"))
    }
  }

  @Test func showsAReportForAJournalThatRenders() async throws {
    let article = try text(of: Self.article)
    let section = String(article[try #require(article.range(of: "## What journals ask")).lowerBound...])
    let blocks = FencedBlock.all(in: section)
    let report = try #require(blocks.first { $0.language == "markdown" }).text
    let works = try #require(blocks.first { $0.language == "bibtex" }).text
    try await withTemporaryFolder { folder in
      try writeFile(report, to: folder + "/report.md")
      try writeFile(works, to: folder + "/refs.bib")
      var options = RenderOptions()
      options.projectFolder = folder
      let registry = CellRegistry(cellKinds)
      let result = try await render(
        folder + "/report.md", options: options, registry: registry, library: try citationLibrary())
      #expect(result.page.figures.map(\.panels.count) == [2] && result.page.tables.map(\.label) == ["A1"])
      let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      #expect(page.contains("Brier, 1950</a>; ") && page.contains("World Health Organization, 2021</a>)"))
      #expect(page.contains("<a href=\"#eq-brier\">Equation\u{A0}1</a>") && page.contains("Figure\u{A0}1b</a>"))
      #expect(page.contains("Appendix\u{A0}A. Labels"))
      for name in ["report.html", "report.pdf"] {
        let finished = try FinishedReport(contentsOf: "\(folder)/\(name)")
        #expect(try verify(finished, registry: registry, tools: [:]).findings == [])
        #expect(try finished.extract("fig-records-b").hasPrefix("label,"))
      }
    }
  }

  @Test func listsTheNotationOfEquations() throws {
    let lines = try text(of: Self.article).split(separator: "\n").map(String.init)
    let rows = lines.drop { $0 != "| what | how it is written |" }.dropFirst(2).prefix { $0.hasPrefix("|") }
    let written = rows.flatMap { row in row.matches(of: /`([^`]+)`/).map { String($0.1) } }
    #expect(written.count > 40)
    for formula in written where !["( ) [ ] \\{ \\} ."].contains(formula) {
      #expect(throws: Never.self, "\(formula)") { try Formula(parsing: formula) }
    }
  }

  // MARK: Reading the article

  private func type(of kind: String) throws -> any Cell.Type { try #require(CellRegistry(cellKinds)[kind]) }

  /// The lines under the heading of a kind.
  private func section(_ kind: String) throws -> [Substring] {
    let lines = try text(of: Self.article).split(separator: "\n", omittingEmptySubsequences: false)
    return Array(lines.drop { $0 != "### `\(kind)`" }.dropFirst().prefix { !$0.hasPrefix("#") })
  }

  /// The first column of the table with this head; empty when there is none.
  private func names(inRowsUnder head: String, of kind: String) throws -> Set<String> {
    let rows = try section(kind).drop { !$0.hasPrefix(head) }.dropFirst(2).prefix { $0.hasPrefix("|") }
    return Set(rows.compactMap { $0.firstMatch(of: /^\| `([^`]+)`/).map { String($0.1) } })
  }
}
