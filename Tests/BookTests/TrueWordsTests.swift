import Files
import Foundation
import Testing

@testable import Book

/// Words that must be true: numbers beside metrics, claims, what was tuned on the test, and how often it was looked at.
@Suite struct TrueWordsTests {
  private func options(_ workshop: Workshop, draft: Bool = false) -> RenderOptions {
    var options = RenderOptions()
    (options.projectFolder, options.isDraft, options.sourceDate) = (workshop.folder, draft, nil)
    options.formats = [.html, .results]
    return options
  }
  private func render(_ workshop: Workshop, draft: Bool = false) async throws -> RenderResult {
    try await Book.render(workshop.path, options: options(workshop, draft: draft), registry: toys, library: toyLibrary)
  }
  private func text(_ workshop: Workshop, _ name: String) throws -> String {
    String(decoding: try readFile("\(workshop.folder)/\(name)"), as: UTF8.self)
  }

  // MARK: Numbers

  @Test(arguments: [
    ("0.93, .9 and 19\u{A0}634 of 1,000", ["0.93", ".9", "19\u{A0}634", "1,000"]),
    ("F1, ResNet1D, 12-lead, 100Hz, COVID-19, 1.0.3, 3/4", []),
    ("0.80–0.85, 5%, -2, (7).", ["0.80", "0.85", "5", "2", "7"]),
    ("", []), ("1", ["1"]), ("1.", ["1"]), (".", []), ("a1b 2c 3", ["3"]),
  ]) func findsNumbersThatStandAlone(text: String, numbers: [String]) {
    #expect(Numeral.all(in: Array(text.unicodeScalars)).map(\.text) == numbers)
  }

  @Test func aMarkBelongsToItsNumberPercentOrRange() {
    let numerals = Numeral.all(in: Array("0.5{lit} 5 %{lit} 5%{lit} 0.80–0.85{lit} 7 {lit} 8".unicodeScalars))
    #expect(numerals.map(\.isLiteral) == [true, true, true, true, true, false, false])
  }

  @Test(arguments: [
    ("An AUROC and more", "AUROC"), ("the AUCs", "AUCs"), ("balanced accuracy", "balanced accuracy"), ("Average precision", "Average precision"),
    ("F1-score of it", "F1-score"), ("the area under it", "area under"), ("a false alarm", "false alarm"),
    ("the apparatus of auction", nil), ("an ap of it", nil), ("the area of Ohio", nil), ("records and leads", nil),
  ]) func glossaryKnowsMetrics(text: String, metric: String?) { #expect(Glossary.metric(in: text) == metric) }

  @Test func sentencesEndWhereTheyEnd() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("There are 12 records, cf. Fig. 3 of them. The AUROC follows. Then 5 more came! By A. Smith, 7.\n"))
      #expect(check(workshop.path, registry: toys).isEmpty)
      try workshop.write(document("There are 12 records, e.g. 3, cf. Dr. Smith's AUROC.\n"))
      #expect(check(workshop.path, registry: toys).map(\.range.column) == [11, 28])
    }
  }

  @Test func marksAreNotPrinted() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("The AUROC of a coin is 0.5{lit}, 50 %{lit}.\n"))
      #expect(try await render(workshop).page.blocks == [.paragraph([.text("The AUROC of a coin is 0.5, 50 %.")])])
    }
  }

  // MARK: Claims

  static let interval = Statistic.Interval(lower: 0.9, upper: 0.95, level: 0.95, method: "bootstrap")
  static let values = Value.object([
    "auroc": .statistic(Statistic(0.93, interval: interval, n: 100)), "alone": .statistic(Statistic(0.93, n: 100)),
    "none": .undefined("one class"), "n": .integer(100), "share": .number(0.5), "name": .text("NORM"),
    "worse": .statistic(Statistic(0.7, interval: .init(lower: 0.6, upper: 0.8, level: 0.95, method: "bootstrap"), n: 100)),
  ])

  @Test(arguments: [
    ("a.auroc >= 0.9", "supported"), ("a.auroc.lower >= 0.9", "supported"), ("a.auroc > 0.9", "not decidable"),
    ("a.auroc >= 90%", "supported"), ("a.auroc.lower >= 0.92", "not decidable"), ("a.auroc.lower >= 0.96", "contradicted"),
    ("a.auroc <= 0.95", "supported"), ("a.auroc.upper < 0.9", "contradicted"), ("a.auroc < 0.9", "contradicted"),
    ("a.auroc.estimate == 0.93", "supported"), ("a.auroc == 0.93", "not decidable"), ("a.auroc != 0.5", "supported"),
    ("a.auroc == 0.99", "contradicted"), ("a.auroc > a.worse", "supported"), ("a.worse ≥ a.auroc", "contradicted"),
    ("a.auroc > a.auroc", "not decidable"), ("a.alone > 0.5", "not decidable"), ("a.none > 0.5", "not decidable"),
    ("a.missing > 0.5", "not decidable"), ("a.n == 100 and a.share != 0.4", "supported"), ("a.n == 101", "contradicted"),
    ("a.name == \"NORM\"", "supported"), ("a.name != 'NORM'", "contradicted"), ("a.name > 3", "not decidable"),
    ("a.n > 5 or a.n < 0 and a.n < -1", "supported"), ("(a.n > 5 or a.n < 0) and a.n < -1", "contradicted"),
    ("a.none > 0 or a.n > 0", "supported"), ("a.none > 0 and a.n > 0", "not decidable"), ("a.none > 0 and a.n < 0", "contradicted"),
    ("a.auroc.n >= 100", "supported"), ("a.auroc.level == 0.95", "supported"), ("a.optimum > 0", "not decidable"), ("a.optimum < 0", "contradicted"),
  ]) func rulesByIntervals(text: String, ruling: String) throws {
    let predicate = try ClaimPredicate(parsing: text) { SourceRange(file: "", line: 1, column: $0, length: $1) }
    let ruled = predicate.ruling { use in
      if use.rest == "optimum" { return (.number(0.9), "thresholds, chosen on the same records") }
      let cell = RunContext.NeededCell(cell: FragileCell.made, output: Output(values: Self.values), folder: "", key: Digest(of: ""))
      return cell.evidence(at: use.rest)
    }
    #expect(ruled.ruling.rawValue == ruling, "\(ruled.reason)")
    #expect(!ruled.reason.isEmpty)
  }

  @Test func aVerdictSaysWhatWasFound() throws {
    func reason(_ text: String) throws -> String {
      try ClaimPredicate(parsing: text) { SourceRange(file: "", line: 1, column: $0, length: $1) }.ruling { use in
        (use.rest.hasPrefix("auroc") ? Self.values["auroc"] : Self.values[use.rest], nil)
      }.reason
    }
    #expect(try reason("a.auroc.lower >= 0.9") == "a.auroc.lower is 0.930 (95% CI 0.900–0.950), at least 0.9")
    #expect(try reason("a.auroc > 0.92") == "a.auroc is 0.930 (95% CI 0.900–0.950), not surely above 0.92 at this n")
    #expect(try reason("a.n > 100 and a.none < 1") == "a.n is 100, not above 100; a.none is undefined (one class)")
  }

  static func claim(_ predicate: String) -> String {
    """
    ```{score #s}
    ```

    ```{assert #c}
    sentence: The AUROC is at least 0.9, on {{ s.records }} records.
    predicate: \(predicate)
    ```

    Text after it [@wagner2020].
    """
  }

  @Test func printsTheVerdictBesideTheClaimAndInAnAppendix() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document(Self.claim("s.auroc >= 0.9")))
      let result = try await render(workshop)
      let verdict = try #require(result.results.cells.last?.verdict)
      #expect(verdict.ruling == .supported)
      let page = try text(workshop, "report.html")
      #expect(page.contains(">supported</"))
      let headings = result.page.blocks.compactMap { if case .heading(_, let text, _) = $0 { text.plainText } else { nil } }
      #expect(headings == ["Claims", "References"])
      #expect(try verify(FinishedReport(contentsOf: "\(workshop.folder)/report.html"), registry: toys, tools: [:]).findings.isEmpty)
    }
  }

  @Test func aContradictedClaimFailsTheReportAndShowsItself() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document(Self.claim("s.auroc >= 0.94 and s.records > 100")).replacing("at least 0.9,", with: "at least 0.94,"))
      let failures = try #require(await #expect(throws: CellFailures.self) { try await render(workshop) })
      #expect(failures.failures.map(\.id) == ["c"] && !failures.isOfMachine)
      #expect(failures.description.contains("the claim is contradicted: s.auroc is 0.931 (95% CI 0.924–0.938), not at least 0.94"))
      #expect(!workshop.names.contains("report.html"))
      #expect(try text(workshop, "report.failed.html").contains("contradicted"))
      let draft = try await render(workshop, draft: true)
      #expect(draft.results.cells.last?.verdict?.ruling == .contradicted)
    }
  }

  @Test func whatWasTunedOnTheTestSupportsNothing() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document(Self.claim("s.fmax >= 0.9")))
      let verdict = try #require(try await render(workshop).results.cells.last?.verdict)
      #expect(verdict.ruling == .undecidable)
      #expect(verdict.reason.hasSuffix("(optimistic: the threshold of Fmax, chosen on the same records)"))
    }
  }

  // MARK: Origin

  @Test func optimisticValuesSaySoWhereverTheyStand() async throws {
    try await withWorkshop { workshop in
      try workshop.write(
        document(
          "{{ s.fmax | 2 }}, {{ s.fmax | ci }}, {{ s.fmax.n }}, {{ s.auroc | 2 }}.\n\n```{score #s}\n```\n\n```{sheet #tbl-s}\nof: s\n```\n",
          frontMatter: "key-figures:\n  - { label: Fmax, value: s.fmax, format: ci }\n"))
      let result = try await render(workshop)
      guard case .paragraph(let inlines)? = result.page.blocks.first else { throw ProofError("no paragraph") }
      #expect(inlines.plainText == "0.81 (optimistic), 0.810 (95% CI 0.924–0.938, optimistic), 120, 0.93.")
      #expect(result.page.keyFigures.first?.interval == "95% CI 0.924–0.938, optimistic")
      let tables = result.page.blocks.compactMap { if case .table(let table) = $0 { table } else { nil } }
      #expect(tables.first?.columns.map(\.title) == ["AUROC", "Fmax (optimistic)"])
      #expect(tables.first?.notes == ["Optimistic: the threshold of Fmax, chosen on the same records (Fmax)."])
      #expect(result.results.cells.first?.choices?.map(\.origin) == [.validation, .test])
      #expect(try verify(FinishedReport(contentsOf: "\(workshop.folder)/report.html"), registry: toys, tools: [:]).findings.isEmpty)
    }
  }

  // MARK: Ledger

  private func score(_ workshop: Workshop, _ set: String, seed: Int) async throws -> RenderResult {
    try workshop.write(document("```{score #s}\nset: \(set)\nseed: \(seed)\n```\n"))
    return try await render(workshop)
  }

  @Test func countsAnEvaluationOncePerKey() async throws {
    try await withWorkshop { workshop in
      let numbers = [
        try await score(workshop, "fold 10", seed: 1), try await score(workshop, "fold 10", seed: 1),
        try await score(workshop, "fold 10", seed: 2), try await score(workshop, "fold 9", seed: 1),
        try await score(workshop, "fold 10", seed: 1),
      ].map { $0.run.evaluations.map(\.number) }
      #expect(numbers == [[1], [1], [2], [1], [1]])
      let ledger = try Ledger(projectFolder: workshop.folder)
      #expect(ledger.entries.map(\.number) == [1, 2, 1] && ledger.entries.map(\.testSet.name) == ["fold 10", "fold 10", "fold 9"])
      #expect(try text(workshop, "report.run.json").contains("fold 10"))
      #expect(!(try text(workshop, "report.results.json").contains("evaluations")))
    }
  }

  @Test func noticesALineThatWasChangedOrTakenOut() async throws {
    try await withWorkshop { workshop in
      for seed in 1...3 { _ = try await score(workshop, "fold 10", seed: seed) }
      let path = "\(workshop.folder)/.ecgbook/ledger.jsonl"
      let lines = try text(workshop, ".ecgbook/ledger.jsonl").split(separator: "\n").map(String.init)
      func problem(_ lines: [String]) throws -> LedgerError? {
        try writeFile(lines.map { $0 + "\n" }.joined(), to: path)
        do { _ = try Ledger(projectFolder: workshop.folder) } catch let error as LedgerError { return error }
        return nil
      }
      #expect(try problem(lines) == nil)
      #expect(try problem([lines[0], lines[2]])?.line == 2)
      #expect(try problem([lines[1], lines[2]])?.line == 1)
      #expect(try problem([lines[0].replacing("fold 10", with: "fold 11"), lines[1], lines[2]])?.line == 2)
      #expect(try problem([lines[0], lines[1], "nothing"])?.line == 3)
      // A render goes on, says so, and adds nothing.
      let broken = try text(workshop, ".ecgbook/ledger.jsonl")
      let result = try await score(workshop, "fold 10", seed: 9)
      #expect(result.run.evaluations.isEmpty && result.run.ledgerProblem?.contains("ledger.jsonl:3: it is no entry") == true)
      #expect(try text(workshop, ".ecgbook/ledger.jsonl") == broken)
    }
  }

  @Test func rendersAtOnceLoseNoEvaluation() async throws {
    try await withWorkshop { workshop in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for seed in 0..<12 {
          group.addTask {
            let set = TestSet(name: "fold 10", digest: Digest(of: "fold 10"))
            _ = try Ledger.count([("s", set, Digest(of: "\(seed)"))], of: "report", projectFolder: workshop.folder)
          }
        }
        try await group.waitForAll()
      }
      #expect(try Ledger(projectFolder: workshop.folder).entries.map(\.number) == Array(1...12))
    }
  }
}

extension FragileCell {
  fileprivate static var made: FragileCell {
    var options = Options(kind: "fragile", id: "f", at: SourceRange(file: "", line: 1, column: 1), Setting(.mapping([]), at: SourceRange(file: "", line: 1, column: 1)), parameters: [:])
    return FragileCell(&options)
  }
}
