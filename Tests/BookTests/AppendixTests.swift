import Drawing
import Files
import Foundation
import TestSupport
import Testing

@testable import Book

/// Another figure, drawn twice: the smallest cell with panels.
struct PairCell: Cell {
  static let kind = "pair", summary = "Panels.", version = "1", isCached = false, shows = Shown.figure
  var members: [Reference]
  var caption: String
  init(_ options: inout Options) {
    members = options.takeReferences("of", kinds: ["plot"])
    caption = options.takeCaption()
  }
  var needs: [Reference] { members }
  var panels: [String] { members.map(\.id) }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    var (scenes, data): ([Scene], [(cell: String, frame: Frame)]) = ([], [])
    for member in members {
      for case .figure(let scene, _, let frame) in try context.present(member.id, 100) {
        scenes.append(scene)
        data.append((member.id, frame))
      }
    }
    let whole = Scene(
      size: Size(200, 10), elements: scenes.map { .group($0.elements) },
      description: scenes.map(\.description).joined(separator: " "))
    return [.panels(whole, caption: caption, data: data)]
  }
}

@Suite struct AppendixTests {
  private static let registry = CellRegistry(toyKinds + [PairCell.self])

  private func render(_ body: String, _ frontMatter: String = "", _ check: (Workshop, RenderResult) throws -> Void)
    async throws
  {
    try await withWorkshop { workshop in
      try workshop.write(document(body, frontMatter: frontMatter))
      try check(workshop, try await workshop.render(registry: Self.registry))
    }
  }

  private static let body = """
    # Methods

    See @tbl-main, @tbl-a, @tbl-b, @fig-late and @eq-late [@smith2020].

    ```{number #n}
    value: 5
    ```

    ```{grid #tbl-main}
    caption: Main.
    ```

    $$ a $$ {#eq-main}

    {{ appendix }}

    # Network

    ```{grid #tbl-a}
    caption: One.
    ```

    ## Layers

    - in a list

      ```{grid #tbl-a2}
      caption: Two.
      ```

    ## Weights

    #### Deep

    # Data

    $$ b $$ {#eq-late}

    ```{grid #tbl-b}
    caption: Three.
    ```

    ```{plot #fig-late}
    data: n
    caption: Late.
    ```
    """

  @Test func lettersHeadingsTablesFiguresAndEquations() async throws {
    try await render(Self.body) { workshop, result in
      let page = result.page
      let headings = page.blocks.compactMap {
        if case .heading(_, let text, let anchor) = $0 { "\(text.plainText) \(anchor)" } else { nil }
      }
      #expect(
        headings == [
          "Methods methods", "References references", "Appendix\u{A0}A. Network network", "A.1\u{2002}Layers layers",
          "A.2\u{2002}Weights weights",
          "A.2.1\u{2002}Deep deep", "Appendix\u{A0}B. Data data",
        ])
      #expect(page.tables.map(\.label) == ["1", "A1", "A2", "B1"] && page.figures.map(\.label) == ["B1"])
      guard case .paragraph(let text)? = page.blocks.dropFirst().first else { return #expect(Bool(false)) }
      #expect(
        text.plainText.replacing("\u{A0}", with: " ")
          == "See Table 1, Table A1, Table B1, Figure B1 and Equation B1 [1].")
      #expect(result.results.cells.flatMap(\.tables).map(\.appendix) == [nil, "A", "A", "B"])
      #expect(page.attachments.map(\.description).contains("The data of Table A2"))
      let text2 = try html(page)
      #expect(text2.contains("Table A2.") && text2.contains("(B1)") && text2.contains("Appendix\u{A0}B. Data</a>"))
      #expect(
        try verify(try FinishedReport(Data(text2.utf8), path: "r.html"), registry: Self.registry, tools: [:]).findings
          == [])
      let pdfData = try pdf(page)
      #expect(
        try verify(try FinishedReport(pdfData, path: "r.pdf"), registry: Self.registry, tools: [:]).findings == [])
      let tex = String(decoding: try latex(page).first { $0.name == "main.tex" }?.data ?? Data(), as: UTF8.self)
      #expect(
        tex.contains("\\renewcommand{\\thetable}{A\\arabic{table}}")
          && tex.contains("\\renewcommand{\\thefigure}{B\\arabic{figure}}"))
    }
  }

  @Test func lettersWhatStandsBeforeTheFirstHeadingToo() async throws {
    try await render("{{ appendix }}\n\n```{grid #tbl-a}\ncaption: T.\n```\n\n### Low\n\n# High\n") { _, result in
      #expect(result.page.tables.map(\.label) == ["A1"])
      let headings = result.page.blocks.compactMap {
        if case .heading(_, let text, _) = $0 { text.plainText } else { nil }
      }
      #expect(headings == ["Appendix\u{A0}A. Low", "Appendix\u{A0}B. High"])
    }
  }

  // MARK: Panels

  private static let panels = """
    See @fig-all, @fig-all-b and @fig-one.

    ```{number #n}
    value: 5
    ```

    ```{plot #fig-one}
    data: n
    caption: One.
    ```

    ```{pair #fig-all}
    of: [fig-one, fig-two]
    caption: Both, of {{ n.value | 0 }}.
    ```

    ```{plot #fig-two}
    data: n
    width: "85"
    caption: Two.
    ```

    ```{plot #fig-last}
    data: n
    caption: Last.
    ```
    """

  @Test func putsFiguresIntoOneAsPanels() async throws {
    try await render(Self.panels) { workshop, result in
      #expect(result.page.figures.map(\.id) == ["fig-all", "fig-last"] && result.page.figures.map(\.number) == [1, 2])
      let figure = try #require(result.page.figures.first)
      #expect(figure.panels.map(\.letter) == ["a", "b"] && figure.panels[0].data["value"] != nil)
      guard case .paragraph(let text)? = result.page.blocks.first else { return #expect(Bool(false)) }
      #expect(
        text.filter { if case .reference = $0 { true } else { false } } == [
          .reference("Figure\u{A0}1", anchor: "fig-all"), .reference("Figure\u{A0}1b", anchor: "fig-all"),
          .reference("Figure\u{A0}1a", anchor: "fig-all"),
        ])
      let shown = result.results.cells.flatMap(\.figures)
      #expect(
        shown.map(\.id) == ["fig-all", "fig-all-a", "fig-all-b", "fig-last"]
          && shown.map(\.panel) == [nil, "a", "b", nil])
      #expect(
        result.page.attachments.map(\.name).filter { $0.hasSuffix(".csv") } == [
          "fig-all-a.csv", "fig-all-b.csv", "fig-last.csv",
        ])
      let text2 = try html(result.page)
      #expect(text2.contains("Data of Figure 1b") && text2.contains("download=\"fig-all-b.csv\""))
      let finished = try FinishedReport(Data(text2.utf8), path: "r.html")
      #expect(try verify(finished, registry: Self.registry, tools: [:]).findings == [])
      #expect(try finished.extract("fig-all-b") == "value\n5.0\n")
      let error = #expect(throws: ProofError.self) { try finished.extract("fig-all") }
      #expect(error?.description.contains("fig-all-a, fig-all-b") == true)
      let changed = Data(text2.replacing("A line of 5.0. A line of 5.0.", with: "A line of 6.0. A line of 5.0.").utf8)
      #expect(
        try !verify(try FinishedReport(changed, path: "r.html"), registry: Self.registry, tools: [:]).findings.isEmpty)
      let tex = LaTeX.text([.reference("Figure\u{A0}1b", anchor: "fig-all")])
      #expect(tex == "Figure~\\ref{fig-all}b")
      #expect(LaTeX.text([.reference("Figure\u{A0}A1", anchor: "fig-x")]) == "Figure~\\ref{fig-x}")
    }
  }

  @Test func knowsHowManyPanelsThereAre() {
    let report = Report(parsing: document(Self.panels.replacing("@fig-all-b", with: "@fig-all-c")), path: "r.md")
    guard case .failure(let error) = Plan.make(report, registry: Self.registry, library: toyLibrary) else {
      return #expect(Bool(false))
    }
    #expect(error.diagnostics.map(\.summary) == ["no figure '@fig-all-c'"])
  }

  // MARK: Landscape

  @Test func givesATableItsLandscapePage() throws {
    var table = Sample.perClass()
    func pages(_ blocks: [Block]) -> [SetPage] {
      var page = Page(title: "t")
      page.blocks = blocks
      let manuscript = Manuscript(page)
      var setter = BlockSetter(manuscript, paper: .a4)
      setter.setTitle()
      setter.set(manuscript.blocks, in: .body)
      return Pagination.pages(of: setter.items, on: .a4)
    }
    let text = Block.paragraph([.text(Sample.filler(2))])
    #expect(pages([text, .table(table), text]).map(\.paper.isLandscape) == [false])
    table.isLandscape = true
    #expect(pages([text, .table(table), text]).map(\.paper.isLandscape) == [false, true])
    var page = Page(title: "t")
    page.blocks = [.table(table)]
    #expect(try html(page).contains("class=\"table wide\""))
  }

  /// A table of many rows in landscape repeats its head on each of its pages.
  @Test func repeatsHeadsOnLandscapePages() throws {
    var table = Sample.statements(71)
    table.isLandscape = true
    var page = Page(title: "t")
    page.blocks = [.table(table)]
    let manuscript = Manuscript(page)
    var setter = BlockSetter(manuscript, paper: .a4)
    setter.setTitle()
    setter.set(manuscript.blocks, in: .body)
    let landscape = Pagination.pages(of: setter.items, on: .a4).filter(\.paper.isLandscape)
    #expect(landscape.count > 1)
    #expect(landscape.dropFirst().allSatisfy { ($0.strips.first?.strip.height ?? 0) > 0 && !$0.strips.isEmpty })
    #expect(landscape.dropLast().allSatisfy { $0.closing.count == 1 })
  }
}
