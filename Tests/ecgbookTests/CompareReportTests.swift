import Book
import Files
import Foundation
import TestSupport
import Testing

/// Networks side by side in a report: cells, files and finished reports.
@Suite struct CompareReportTests {
  private static let report = """
    ---
    title: Two networks
    ---

    {{ cmp.new.macro.auroc.difference | ci }}, p {{ cmp.new.macro.auroc.pHolm | p }}: {{ cmp.new.macro.auroc.verdict | text }},
    {{ cmp.new.macro.auroc.nonInferiority | text }} by {{ cmp.margin }}; A: {{ cmp.new.class.A.auroc.verdict | text }};
    F {{ cmp.file.fmax.difference | ci }}; {{ cmp.records }} records, {{ cmp.leftOut.records }} left out.

    ```{evaluate #old}
    predictions: old.csv
    bootstrap: 0
    attach-predictions: true
    ```

    ```{evaluate #new}
    predictions: new.csv
    bootstrap: 0
    ```

    ```{compare #cmp}
    evaluations: [old, new]
    predictions: file.csv
    statistics: [auroc, fmax]
    margin: 0.05
    bootstrap: 200
    ```

    ```{figure #fig-differences}
    of: cmp
    draw: differences
    caption: Differences.
    ```

    ```{table #tbl-overall}
    of: cmp
    frame: overall
    caption: Over all labels.
    ```

    ```{table #tbl-labels}
    of: cmp
    caption: Label by label.
    ```
    """

  /// Two records a patient. The scores of a label lie higher where it is there, by `strength`.
  private func predictions(_ ids: Range<Int>, strength: Double, seed: UInt64, patients: Bool = true) -> String {
    var truth = SeededGenerator(seed: 1), noise = SeededGenerator(seed: seed)
    let head = ["ecg_id"] + (patients ? ["patient_id"] : []) + ["true:A", "true:B", "score:A", "score:B"]
    var table = CSV(columns: head, rows: [])
    for id in 0..<ids.upperBound {
      let labels = [Bool.random(using: &truth), Double.random(in: 0..<1, using: &truth) < 0.3]
      let scores = labels.map { Double.random(in: 0..<(1 - strength), using: &noise) + ($0 ? strength : 0) }
      guard ids.contains(id) else { continue }
      table.rows.append(
        ["\(id)"] + (patients ? ["\(id / 2)"] : []) + labels.map { $0 ? "1" : "0" } + scores.map { "\($0)" })
    }
    return table.text
  }

  private func withReport(_ report: String = report, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try writeFile(report, to: folder + "/report.md")
      try writeFile(predictions(0..<200, strength: 0.2, seed: 2), to: folder + "/old.csv")
      try writeFile(predictions(0..<200, strength: 0.5, seed: 3), to: folder + "/new.csv")
      try writeFile(predictions(0..<200, strength: 0.2, seed: 4, patients: false), to: folder + "/file.csv")
      try body(folder)
    }
  }

  private func results(_ folder: String) throws -> Results {
    try JSONDecoder().decode(Results.self, from: readFile(folder + "/report.results.json"))
  }

  @Test func saysWhoIsBeyondNoise() throws {
    try withReport { folder in
      let rendered = try Command.run(["render", "report.md"], in: folder)
      try #require(rendered.status == 0, "\(rendered.errors)")
      let results = try results(folder)
      let values = try #require(results.cells.first { $0.kind == "compare" }).values
      #expect(values["new.macro.auroc.verdict"] == .text("beyond noise"))
      #expect(values["new.macro.auroc.nonInferiority"] == .text("non-inferior"))
      #expect(values["file.macro.auroc.verdict"] == .text("within noise"))
      #expect(values["file.fmax.nonInferiority"] == .undefined("no margin was given"))  // it is of the first statistic
      #expect(values["new.macro.auroc.difference.method"] == .text("bootstrap over patients, Student's t"))
      #expect(values["new.class.A.auroc.difference.method"] == .text("DeLong, clustered by patient (Obuchowski), Student's t"))
      #expect(values["patients"] == .integer(100))
      // The same as the command says, whose first network is the one that is compared.
      let scored = try Command.run(
        ["score", "new.csv", "--compare", "old.csv", "--bootstrap", "200", "--seed", "1", "--json"], in: folder)
      struct Scored: Decodable {
        struct Row: Decodable { var difference: Double }
        struct Comparison: Decodable { var perClass: [Row], macro: Row }
        var comparison: Comparison
      }
      let comparison = try JSONDecoder().decode(Scored.self, from: Data(scored.output.utf8)).comparison
      #expect(values["new.macro.auroc.difference.estimate"] == .number(comparison.macro.difference))
      #expect(values["new.class.B.auroc.difference.estimate"] == .number(comparison.perClass[1].difference))

      let figure = try #require(results.cells.first { $0.kind == "figure" }?.figures.first)
      #expect(figure.description?.contains("Difference in AUROC to old, higher is better. The margin is −0.050.") == true)
      let html = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      #expect(html.contains("beyond noise") && html.contains("200 replicates, seed 1"))
      #expect(html.contains("Holm") && html.contains("DeLong ER") || html.contains("DeLong"))
      let verified = try Command.run(["verify", "report.pdf"], in: folder)
      #expect(verified.status == 0, "\(verified.errors)\(verified.output)")
    }
  }

  /// Labels and scores stand in the report where it was asked for, and are what the file had.
  @Test func comparesWithAnArchivedReport() throws {
    try withReport { folder in
      try #require(try Command.run(["render", "report.md"], in: folder).status == 0)
      for (archived, other) in [("report.html", "old.csv"), ("report.pdf#old", "old.csv"), ("report.results.json", "old.csv")] {
        func difference(_ side: String) throws -> (values: Value?, errors: String) {
          let text = """
            ---
            title: Against an archived report
            ---

            ```{compare #cmp}
            predictions: [\(side), new.csv]
            names: [archived, new]
            bootstrap: 100
            ```
            """
          try writeFile(text, to: folder + "/second.md")
          let rendered = try Command.run(["render", "second.md"], in: folder)
          guard rendered.status == 0 else { return (nil, rendered.errors) }
          let results = try JSONDecoder().decode(Results.self, from: readFile(folder + "/second.results.json"))
          return (results.cells.first?.values, "")
        }
        let found = try difference("'\(archived)'")
        let values = try #require(found.values, "\(archived): \(found.errors)")
        #expect(try difference("'\(other)'").values == values)
      }
    }
  }

  @Test(arguments: [
    ("report.html#new", "its cell 'new' kept no predictions of single records"),
    ("report.html#none", "no evaluate cell 'none'; it has old, new"),
    ("bare.html", "holds no predictions of single records"), ("half.csv", "'half' lacks 50 records that another side has: 150, 151"),
    ("wrong.csv", "record 0 has the label A by"), ("other.csv", "lacks a label that another side has: B"),
    ("nowhere.csv", "nowhere.csv"),
  ])
  func saysWhatCannotBePaired(path: String, part: String) throws {
    try withReport { folder in
      if path.hasPrefix("report") { try #require(try Command.run(["render", "report.md"], in: folder).status == 0) }
      if path.hasPrefix("bare") {
        let bare = Self.report.replacing("attach-predictions: true", with: "attach-predictions: false")
        try writeFile(bare, to: folder + "/bare.md")
        try #require(try Command.run(["render", "bare.md"], in: folder).status == 0)
      }
      try writeFile(predictions(0..<150, strength: 0.2, seed: 5), to: folder + "/half.csv")
      let lines = try String(contentsOfFile: folder + "/new.csv", encoding: .utf8).split(separator: "\n").map(String.init)
      var fields = lines[1].split(separator: ",").map(String.init)
      fields[2] = fields[2] == "1" ? "0" : "1"
      try writeFile(([lines[0], fields.joined(separator: ",")] + lines.dropFirst(2)).joined(separator: "\n"), to: folder + "/wrong.csv")
      let alone = lines.map { line in
        let fields = line.split(separator: ",")
        return [0, 1, 2, 4].map { String(fields[$0]) }.joined(separator: ",")
      }
      try writeFile(alone.joined(separator: "\n"), to: folder + "/other.csv")
      let text = "---\ntitle: T\n---\n\n```{compare #cmp}\npredictions: ['old.csv', '\(path)']\n```\n"
      try writeFile(text, to: folder + "/second.md")
      let result = try Command.run(["render", "second.md"], in: folder)
      #expect(result.status == (path == "nowhere.csv" ? 2 : 1))  // before anything ran, or by a cell
      #expect(result.errors.contains(part), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/second.html"))
      if ["half.csv", "other.csv"].contains(path) {
        try writeFile(text.replacing("]\n", with: "]\npairing: common\n"), to: folder + "/second.md")
        let common = try Command.run(["render", "second.md"], in: folder)
        #expect(common.status == 0, "\(common.errors)")
      }
    }
  }
}
