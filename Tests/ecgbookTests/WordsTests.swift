import Files
import Foundation
import TestSupport
import Testing

/// Claims, checklists and the ledger, by the command itself on synthetic ECGs.
@Suite struct WordsTests {
  private static let report = """
    ---
    title: Labels of synthetic ECGs
    summary: Counted.
    ---

    ```{dataset #data}
    data: nowhere
    synthetic-records: 60
    ```

    ```{table #tbl-labels}
    of: data
    frame: labels
    columns: [label, records]
    caption: Labels.
    ```

    ```{claim #enough}
    sentence: There are at least fifty ECGs.
    predicate: data.records >= 50
    ```

    ```{checklist #tbl-card}
    guideline: model-card
    answers: { 2: "Research; not for care." }
    not-applicable: { 4: Nothing is measured. }
    ```

    ## Limitations

    They are synthetic.

    """

  @Test func aModelCardIsWhatTheReportSays() throws {
    try withTemporaryFolder { folder in
      try writeFile(Self.report, to: "\(folder)/card.md")
      let run = { (arguments: [String]) in try Command.run(arguments, in: folder) }
      #expect(try run(["render", "card.md"]).status == 0)
      #expect(try run(["verify", "card.html"]).status == 0)
      let early = try run(["export", "card.md"])
      #expect(early.status == 2 && early.errors.contains("--model-card FILE"))
      #expect(try run(["export", "--model-card", "README.md", "card.md"]).status == 0)
      let card = String(decoding: try readFile("\(folder)/README.md"), as: UTF8.self)
      #expect(card.hasPrefix("---\nlibrary_name: ecgbook\n"))
      #expect(card.contains("## Intended use\n\nResearch; not for care.\n"))
      #expect(card.contains("## Metrics\n\nNothing is measured.\n") && card.contains("## Caveats\n\nLimitations\n"))
      #expect(card.contains("## Quantitative analyses\n\n*missing: performance, overall and by group.*\n"))
      #expect(card.contains("60 records"))
    }
  }

  @Test func aReportWithoutACardSaysWhatToAdd() throws {
    try withTemporaryFolder { folder in
      try writeFile("---\ntitle: None\n---\n\nNothing.\n", to: "\(folder)/none.md")
      #expect(try Command.run(["render", "none.md"], in: folder).status == 0)
      let answer = try Command.run(["export", "--model-card", "README.md", "none.md"], in: folder)
      #expect(answer.status == 2 && answer.errors.contains("add a cell '{checklist #tbl-card}'"))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/README.md"))
    }
  }

  /// Thresholds fitted to the very records that are tested: table, figure, its description and the sentence say so.
  @Test func whatWasFittedToTheTestIsCalledOptimistic() throws {
    try withTemporaryFolder { folder in
      let rows = (1...80).map { id in "\(id),\(id % 3 == 0 ? 1 : 0),\(Double((id * 37) % 100) / 100)" }
      try writeFile((["ecg_id,true:A,score:A"] + rows).joined(separator: "\n") + "\n", to: "\(folder)/p.csv")
      try writeFile(
        """
        ---
        title: Fitted to the test
        ---

        F1 was {{ eval.class.A.f1 | 2 }}, AUROC {{ eval.class.A.auroc | 2 }}.

        ```{evaluate #eval}
        predictions: p.csv
        validation: p.csv
        bootstrap: 0
        ```

        ```{table #tbl-classes}
        of: eval
        columns: [label, auroc, f1]
        caption: Labels.
        ```

        ```{figure #fig-confusion}
        of: eval
        draw: confusion
        caption: Counts.
        ```

        """, to: "\(folder)/fitted.md")
      let result = try Command.run(["render", "fitted.md"], in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let page = String(decoding: try readFile("\(folder)/fitted.html"), as: UTF8.self)
      let reason = "Optimistic: thresholds, chosen on the same records"
      #expect(page.contains(">F1 (optimistic)<") && !page.contains("AUROC (optimistic)"))
      #expect(page.matches(of: try Regex(reason)).count >= 3)  // below the table, in the figure, in its description
      #expect(page.firstMatch(of: /F1 was <[^>]*>0\.\d\d \(optimistic\)</) != nil)
      #expect(try Command.run(["verify", "fitted.html"], in: folder).status == 0)
      #expect(try Command.run(["ledger"], in: folder).output.contains("80 records of p.csv"))
    }
  }

  @Test func theLedgerNamesABrokenLine() throws {
    try withTemporaryFolder { folder in
      let empty = try Command.run(["ledger"], in: folder)
      #expect(empty.status == 0 && empty.output.contains("no evaluation was made"))
      try FileManager.default.createDirectory(atPath: "\(folder)/.ecgbook", withIntermediateDirectories: true)
      try writeFile("nothing\n", to: "\(folder)/.ecgbook/ledger.jsonl")
      let broken = try Command.run(["ledger"], in: folder)
      #expect(broken.status == 1 && broken.errors.contains("ledger.jsonl:1: it is no entry"))
    }
  }

  @Test func aKindOfCellSaysWhatItTakes() throws {
    let claim = try Command.run(["cells", "claim"])
    #expect(claim.status == 0 && claim.output.contains("\nOptions: predicate, sentence\nValues:  verdict, reason\n"))
    let unknown = try Command.run(["cells", "clam"])
    #expect(unknown.status == 2 && unknown.errors.contains("no kind of cell is called 'clam'; did you mean 'claim'?"))
  }
}
