import Files
import Foundation
import Testing

@testable import Book

/// What a render leaves when a report is a draft, or when a cell fails.
@Suite struct UnfinishedReportTests {
  private func html(_ workshop: Workshop, draft: Bool = false) async throws -> RenderResult {
    var options = RenderOptions()
    options.projectFolder = workshop.folder
    options.formats = [.html]
    options.isDraft = draft
    options.sourceDate = nil
    return try await Book.render(workshop.path, options: options, registry: toys, library: toyLibrary)
  }

  private func text(_ workshop: Workshop, _ name: String) throws -> String {
    String(decoding: try readFile("\(workshop.folder)/\(name)"), as: UTF8.self)
  }

  static let incomplete = document(
    """
    It is {{ a.valeu }}, see @fig-b and [@nobody2020].

    ```{number #a}
    value: 2
    ```

    ```{plot #fig-a}
    data: a
    ```
    """, frontMatter: "parameters:\n  epochs: { type: integer, default: 2 }\n")

  @Test func refusesWhatIsMissing() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.incomplete)
      let error = await #expect(throws: ReportError.self) { try await html(workshop) }
      let faults = try #require(error).diagnostics.map(\.fault)
      #expect(faults == [.unusedParameter, .unknownValue, .unknownReference, .unknownCitation, .missingCaption])
      #expect(workshop.names == ["report.md"])
    }
  }

  @Test func marksItInADraftAndSaysSoOnThePage() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.incomplete)
      let result = try await html(workshop, draft: true)
      let faults = Set(result.gaps.map(\.fault))
      #expect(faults == [.unusedParameter, .unknownValue, .unknownReference, .unknownCitation, .missingCaption])
      #expect(workshop.names.contains("report.draft.html") && !workshop.names.contains("report.html"))
      let page = try text(workshop, "report.draft.html")
      for mark in ["a.valeu", "@fig-b", "@nobody2020", "no caption"] {
        #expect(page.contains("<strong>[missing: \(mark)]</strong>"), "\(mark)")
      }
      #expect(page.contains("Draft: what is missing is marked.") && page.contains("<body id=\"top\" class=\"draft\""))
    }
  }

  @Test func aDraftStillRefusesMistakes() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("```{number #a}\nvalue: many\n```\n"))
      let error = await #expect(throws: ReportError.self) { try await html(workshop, draft: true) }
      #expect(error?.diagnostics.map(\.fault) == [.optionType])
    }
  }

  @Test func showsWhatWasFinishedWhenACellFails() async throws {
    try await withWorkshop { workshop in
      try workshop.write("old", to: "report.html")
      try workshop.write(
        document(
          """
          First {{ a.value }}, then {{ x.value }}, then {{ b.value }}, @fig-x.

          ```{fragile #x}
          ```

          ```{number #a}
          value: 7
          ```

          ```{add #b}
          terms: [a]
          ```

          ```{late #y}
          after: x
          ```

          ```{plot #fig-x}
          data: y
          caption: Never drawn, {{ y.value }}.
          ```
          """))
      var options = RenderOptions()
      options.projectFolder = workshop.folder
      options.formats = [.html]
      let registry = CellRegistry(toyKinds + [LateCell.self])
      let error = await #expect(throws: CellFailures.self) {
        try await Book.render(workshop.path, options: options, registry: registry, library: toyLibrary)
      }
      #expect(error?.failures.map(\.id) == ["x"])
      #expect(error?.page?.hasSuffix("/report.failed.html") == true)
      #expect(try text(workshop, "report.html") == "old")
      let page = try text(workshop, "report.failed.html")
      #expect(page.contains(">7.00<") && page.contains("[missing: x.value]"))
      #expect(page.contains("cell &#39;x&#39; (fragile) failed: the first attempt breaks") || page.contains("cell 'x' (fragile) failed: the first attempt breaks"))
      #expect(page.contains("was not run: it needs 'x', which failed") || page.contains("was not run: it needs &#39;x&#39;, which failed"))
      #expect(page.contains("Failed: this page shows what was finished, and is no report."))
      // Whole again, it goes.
      options.resumes = true
      _ = try await Book.render(workshop.path, options: options, registry: registry, library: toyLibrary)
      #expect(!workshop.names.contains("report.failed.html"))
    }
  }
}

/// It needs any cell at all.
private struct LateCell: Cell {
  static let kind = "late", summary = "It waits.", version = "1"
  var after: Reference
  init(_ options: inout Options) { after = options.takeReference("after") }
  var needs: [Reference] { [after] }
  var valuePaths: [String] { ["value"] }
  func run(_ context: RunContext) async throws -> Output { Output(values: .object(["value": .integer(1)])) }
}

extension Workshop {
  fileprivate func write(_ text: String, to name: String) throws { 
    let path = "\(folder)/\(name)"
    try FileManager.default.makeFolder((path as NSString).deletingLastPathComponent)
    try writeFile(text, to: path)
  }
}

@Suite struct IncludeTests {
  @Test func includedCellsAndTextStandInTheirPlace() async throws {
    try await withWorkshop { workshop in
      try workshop.write("## Methods\n\nIt is {{ b.value | 0 }}.\n\n```{number #b}\nvalue: 3\n```\n", to: "methods.md")
      try workshop.write(document("Before\n{{ include: methods.md }}\nAfter {{ b.value | 0 }}.\n"))
      let result = try await workshop.render()
      #expect(
        result.page.blocks == [
          .paragraph([.text("Before")]), .heading(level: 1, [.text("Methods")], anchor: "methods"),
          .paragraph([.text("It is "), .value("3", path: "b.value"), .text(".")]),
          .paragraph([.text("After "), .value("3", path: "b.value"), .text(".")]),
        ])
      #expect(result.results.report.included == ["methods.md": try text(workshop, "methods.md")])
      #expect(result.results.report.source == (try text(workshop, "report.md")))
      #expect(result.page.attachments.map(\.name) == ["results.json", "report.md", "methods.md"])
    }
  }

  private func text(_ workshop: Workshop, _ name: String) throws -> String {
    String(decoding: try readFile("\(workshop.folder)/\(name)"), as: UTF8.self)
  }

  @Test func aListingThatShowsAnIncludeIncludesNothing() {
    let text = document("```text\n{{ include: nowhere.md }}\n```\n")
    #expect(Report(parsing: text, path: "r.md").diagnostics.isEmpty)
  }

  @Test func aMistakeShowsTheLineOfItsOwnFile() async throws {
    try await withWorkshop { workshop in
      try workshop.write("One.\n\nTwo {{ a.valeu }}.\n", to: "part.md")
      try workshop.write(document("```{number #a}\nvalue: 1\n```\n\n{{ include: part.md }}\n\nEnd {{ a.x }}.\n"))
      let found = check(workshop.path, registry: toys)
      #expect(found.map(\.range.line) == [3, 11])
      #expect(found.first?.description.contains("/part.md:3:8: error[E0504]: 'a' has no value 'valeu'\n 3 | Two {{ a.valeu }}.\n") == true)
      #expect(found.last?.line == "End {{ a.x }}.")
    }
  }
}

@Suite struct ParameterFileTests {
  private func check(_ parameters: String, overrides: [String: String] = [:]) async throws -> [String] {
    var lines: [String] = []
    try await withWorkshop { workshop in
      try workshop.write(
        document(
          "{{ parameters.epochs }} {{ parameters.data }}\n",
          frontMatter: "parameters:\n  epochs: { type: integer, default: 2, range: 1...9 }\n  data: { type: path, default: x }\n"))
      try workshop.write(parameters, to: "runs/p.yaml")
      let report = try Report(contentsOf: workshop.path)
      let made = Plan.make(
        report, registry: toys, overrides: overrides, parameterFile: "\(workshop.folder)/runs/p.yaml")
      switch made {
      case .success(let plan): lines = plan.parameters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.scalarText ?? "")" }
      case .failure(let error):
        lines = error.diagnostics.map { $0.heading.replacingOccurrences(of: workshop.folder + "/", with: "") }
      }
    }
    return lines
  }

  @Test func givesValuesAndPathsFromItsOwnFolder() async throws {
    #expect(try await check("epochs: 5\ndata: ../ptbxl\n") == ["data: ptbxl", "epochs: 5"])
    #expect(try await check(#"{"epochs": 7}"#) == ["data: x", "epochs: 7"])
  }

  @Test func losesToTheCommandLine() async throws {
    #expect(try await check("epochs: 5\n", overrides: ["epochs": "6"]) == ["data: x", "epochs: 6"])
  }

  @Test func saysWhereItIsWrong() async throws {
    #expect(
      try await check("epochs: 50\nepoch: 3\n") == [
        "runs/p.yaml:1:9: error[E0406]: 'epochs' is '50', outside of 1...9", "runs/p.yaml:2:1: error[E0405]: unknown parameter 'epoch'",
      ])
    #expect(try await check("[1, 2]").first?.hasPrefix("runs/p.yaml:1:1: error[E0102]") == true)
  }

  @Test func saysThatItIsMissing() {
    let report = Report(parsing: document("Text.\n"), path: "r.md")
    let made = Plan.make(report, registry: toys, parameterFile: "/nowhere/p.yaml")
    guard case .failure(let error) = made else { return #expect(Bool(false)) }
    #expect(error.diagnostics.map(\.heading) == ["/nowhere/p.yaml: error[E0408]: cannot open: No such file or directory"])
  }
}
