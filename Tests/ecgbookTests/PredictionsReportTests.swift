import Files
import Foundation
import TestSupport
import Testing

/// A report about a network that was trained elsewhere: predictions in files.
@Suite struct PredictionsReportTests {
  private static let report = """
    ---
    title: A network of others
    ---

    AUROC {{ eval.macro.auroc | ci }}; calibrated error {{ eval.calibration.ece | 3 }}; windows {{ eval.windows | text }};
    lost: {{ eval.lost.rule | text }}.

    ```{evaluate #eval}
    predictions: test.csv
    validation: validation.csv
    bootstrap: 200
    ```

    ```{figure #fig-reliability}
    of: eval
    draw: reliability
    caption: Reliability.
    ```

    ```{figure #fig-decision}
    of: eval
    draw: decision-curves
    caption: Decisions.
    ```

    ```{table #tbl-decisions}
    of: eval
    frame: decisions
    caption: Decisions at the thresholds.
    ```
    """

  /// Two records a patient; the scores of class A lie 0.3 higher where it is there.
  private func predictions(_ count: Int, seed: UInt64) -> String {
    var random = SeededGenerator(seed: seed)
    var table = CSV(columns: ["ecg_id", "patient_id", "true:A", "true:B", "score:A", "score:B"], rows: [])
    for id in 0..<count {
      let (a, b) = (Bool.random(using: &random), Double.random(in: 0...1, using: &random) < 0.2)
      let score = { (label: Bool) in min(1, Double.random(in: 0...0.7, using: &random) + (label ? 0.3 : 0)) }
      table.rows.append(["\(id)", "\(id / 2)", a ? "1" : "0", b ? "1" : "0", "\(score(a))", "\(score(b))"])
    }
    return table.text
  }

  @Test func scoresPredictionsOfAFileAsTheCommandDoes() throws {
    try withTemporaryFolder { folder in
      try writeFile(Self.report, to: folder + "/report.md")
      try writeFile(predictions(200, seed: 1), to: folder + "/test.csv")
      try writeFile(predictions(200, seed: 2), to: folder + "/validation.csv")
      let rendered = try Command.run(["render", "report.md"], in: folder)
      try #require(rendered.status == 0, "\(rendered.errors)")
      let scored = try Command.run(["score", "test.csv", "--json"], in: folder)
      try #require(scored.status == 0, "\(scored.errors)")
      struct Scored: Decodable {
        struct Macro: Decodable { var auroc: Double }
        var macro: Macro
      }
      let auroc = try JSONDecoder().decode(Scored.self, from: Data(scored.output.utf8)).macro.auroc
      let results = try String(contentsOfFile: folder + "/report.results.json", encoding: .utf8)
      #expect(results.contains("\(auroc)"))
      #expect(results.contains("bootstrap over patients, percentile"))
      let html = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      #expect(html.contains("stratified") && html.contains("undefined"))  // there are no windows
      // No network, no model folder.
      #expect(!FileManager.default.fileExists(atPath: folder + "/saved_models"))
    }
  }

  @Test(arguments: [
    ("ecg_id,true:A\n1,1\n", "score:A"), ("ecg_id,true:A,score:A\n1,2,0.5\n", "2"), ("ecg_id,true:A,score:A\n1,1\n", "2 fields"),
  ]) func saysWhatIsWrongInTheFile(text: String, named: String) throws {
    try withTemporaryFolder { folder in
      try writeFile(Self.report, to: folder + "/report.md")
      try writeFile(text, to: folder + "/test.csv")
      try writeFile(predictions(40, seed: 2), to: folder + "/validation.csv")
      let result = try Command.run(["render", "report.md"], in: folder)
      #expect(result.status == 1)
      #expect(result.errors.contains(named) && result.errors.contains("test.csv"), "\(result.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/report.html"))
    }
  }

  @Test func wantsEitherANetworkOrAFile() throws {
    try withTemporaryFolder { folder in
      try writeFile("---\ntitle: T\n---\n\n```{evaluate #eval}\nbootstrap: 0\nsubgroups: [sex, shoe]\n```\n", to: folder + "/report.md")
      let result = try Command.run(["check", "report.md"], in: folder)
      #expect(result.status == 2)
      for words in ["predictions", "no grouping 'shoe'", "device"] {
        #expect(result.errors.contains(words) || result.output.contains(words), "\(result.errors)\(result.output)")
      }
    }
  }
}
