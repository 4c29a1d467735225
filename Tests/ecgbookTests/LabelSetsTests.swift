import Files
import Foundation
import TestSupport
import Testing

/// One training that learns several label sets, and evaluations that ask for one or the other.
@Suite(.serialized) struct LabelSetsTests {
  private func report(learned: String = "all", evaluated set: String, folds: String = "1-8/9/10") -> String {
    """
    ---
    title: One training
    ---

    ```{dataset #statements}
    data: nowhere
    labels: \(learned)
    synthetic-records: 80
    ```

    ```{dataset #asked}
    data: nowhere
    labels: \(set)
    folds: \(folds)
    synthetic-records: 80
    ```

    ```{train #network}
    data: statements
    name: one
    network: ECGConvNet
    epochs: 1
    auxiliary: [rhythm]
    auxiliary-weight: 0.3
    optimizer: muon
    ```

    ```{ensemble #together}
    members: [network, network]
    data: statements
    name: two
    ```

    ```{evaluate #eval}
    model: together
    data: asked
    bootstrap: 0
    ```

    Labels: {{ eval.labels }}; on the validation fold {{ network.answers.rhythm.auroc | 3 }}.
    """
  }

  private func render(_ text: String, in folder: String) throws -> Command.Result {
    try writeFile(text, to: folder + "/report.md")
    return try Command.run(["render", "report.md"], in: folder)
  }

  @Test func answersWhatTheEvaluationAsksFor() throws {
    try withTemporaryFolder { folder in
      let cases = [("all", "superclass", 5), ("all", "all", 71), ("all", "rhythm", 12), ("superclass", "rhythm", 12)]
      for (learned, set, labels) in cases {
        let result = try render(report(learned: learned, evaluated: set), in: folder)
        try #require(result.status == 0, "\(learned), \(set): \(result.errors)")
        let name = set == learned ? "two" : "two-\(set)"
        #expect(FileManager.default.fileExists(atPath: "\(folder)/saved_models/\(name)/\(set)_model.pt"))
        let predictions = try CSV(parsing: readFile("\(folder)/saved_models/\(name)/predictions.csv"))
        #expect(predictions.columns.count { $0.hasPrefix("score:") } == labels)
      }
      // Classes of statements are labels like any other.
      let record = try #require(
        FileManager.default.enumerator(atPath: folder + "/.ecgbook")?.compactMap { $0 as? String }
          .first { $0.hasSuffix("00001_hr.hea") })
      let answer = try Command.run(["predict", folder + "/.ecgbook/" + record, "--model", "two-superclass", "--json"], in: folder)
      #expect(answer.status == 0, "\(answer.errors)")
      for label in ["CD", "HYP", "MI", "NORM", "STTC"] { #expect(answer.output.contains("\"\(label)\"")) }
    }
  }

  @Test(arguments: [
    (
      "subclass", "1-8/9/10",
      "the network 'two' answers the label sets superclass, rhythm; the data set has subclass. Learn it too: auxiliary: [subclass]"
    ),
    ("superclass", "1-7/9/8", "the network learned from fold 8, which cannot test it: give both data sets the same folds"),
  ])
  func refusesWhatTheNetworkCannotBeTestedOn(set: String, folds: String, message: String) throws {
    try withTemporaryFolder { folder in
      let result = try render(report(learned: "superclass", evaluated: set, folds: folds), in: folder)
      #expect(result.status == 1)
      #expect(result.errors.contains(message), "\(result.errors)")
    }
  }
}
