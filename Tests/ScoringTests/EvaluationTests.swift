import Foundation
import TestSupport
import Testing

@testable import Scoring

@Suite struct EvaluationTests {
  /// Three classes of eight records: one ordinary, one without positives, one never called positive.
  let predictions = try? Predictions(
    names: ["often", "never", "missed"],
    labels: [
      [true, true, true, false, false, false, true, false], [Bool](repeating: false, count: 8),
      [false, false, false, false, false, false, true, true],
    ],
    scores: [
      [0.9, 0.8, 0.4, 0.6, 0.1, 0.2, 0.7, 0.3], [0.1, 0.1, 0.2, 0.1, 0.1, 0.3, 0.1, 0.1],
      [0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.3, 0.4],
    ])

  @Test func leavesUndefinedClassesOutOfTheMeansAndSaysSo() throws {
    let evaluation = try evaluate(#require(predictions))
    let never = evaluation.perClass[1]
    #expect(never.auroc.value == nil)
    #expect(never.auroc.undefined == "no positive among 8 records")
    #expect(never.ap.undefined == "no positive among 8 records")
    #expect(never.f1.undefined == "no positive, and no record called positive")
    #expect(evaluation.perClass[2].precision.undefined == "no record called positive")
    #expect(evaluation.perClass[2].f1.value == 0)
    #expect(evaluation.macro.auroc.value == 0.96875)  // of 0.9375 and 1
    let threshold: [StatisticName: Int] = [
      .precision: 1, .recall: 2, .specificity: 3, .npv: 3, .f1: 2, .f2: 2, .balancedAccuracy: 2, .mcc: 1,
    ]
    let probability: [StatisticName: Int] = [
      .brier: 3, .logLoss: 3, .ece: 3, .eceByChance: 3, .calibrationSlope: 1, .calibrationIntercept: 1,
    ]
    let defined = threshold.merging(probability) { a, _ in a }.merging([.auroc: 2, .ap: 2]) { a, _ in a }
    #expect(evaluation.macro.defined == defined)
    #expect(evaluation.macro.classes == 3)
  }

  @Test func weighsClassesByTheirSupport() throws {
    let evaluation = try evaluate(#require(predictions))
    // Supports 4, 0 and 2; AUROC 0.9375, undefined and 1.
    let expected = 5.75 / 6
    #expect(evaluation.weighted.auroc.value == expected)
    #expect(evaluation.weighted.defined == evaluation.macro.defined)
    #expect(evaluation.weighted.statistics[.brier].value != evaluation.macro.statistics[.brier].value)
  }

  @Test func givesIntervalsWhereverABootstrapHasThem() throws {
    let evaluation = try evaluate(
      samplePredictions(classes: 2, records: 80, seed: 1), bootstrap: Bootstrap(replicates: 100))
    for name in [StatisticName.auroc, .ap, .brier] {
      #expect(evaluation.macro.statistics[name].interval?.replicates == 100)
      #expect(evaluation.perClass.allSatisfy { $0.statistics[name].interval?.replicates == 100 })
    }
    #expect(evaluation.micro.auroc.interval != nil && evaluation.micro.ap.interval != nil)
    #expect(evaluation.fmax.interval?.method == .bootstrapRecords)
  }

  @Test func givesCountsSupportAndWilsonIntervals() throws {
    let row = try evaluate(#require(predictions)).perClass[0]
    #expect(row.confusion == Confusion(truePositives: 3, falsePositives: 1, falseNegatives: 1, trueNegatives: 3))
    #expect((row.support, row.records, row.threshold) == (4, 8, 0.5))
    #expect(row.precision == Statistic(0.75, interval: try wilsonInterval(3, of: 4)))
    #expect(row.recall == Statistic(0.75, interval: try wilsonInterval(3, of: 4)))
    #expect(row.specificity == Statistic(0.75, interval: try wilsonInterval(3, of: 4)))
  }

  @Test(arguments: 0..<3) func microAveragesAgreeWithScikitLearn(number: Int) throws {
    let expected = try #require(ScikitLearn.shared.reports.dropFirst(number).first)
    let predictions = try Predictions(names: expected.names, labelRows: expected.labels, scoreRows: expected.scores)
    let micro = try evaluate(predictions).micro
    #expect(abs(try #require(micro.auroc.value) - expected.microAUROC) < 1e-14)
    #expect(abs(try #require(micro.ap.value) - expected.microAP) < 1e-14)
    #expect(abs(try #require(micro.f1.value) - expected.microF1) < 1e-14)
  }

  @Test func thresholdsComeFromOtherRecords() throws {
    let validation = try samplePredictions(classes: 3, records: 60, seed: 1)
    let thresholds = f1Thresholds(validation)
    let evaluation = try evaluate(#require(predictions), thresholds: .perClass(thresholds, note: "Chosen on fold 9."))
    #expect(evaluation.perClass.map(\.threshold) == thresholds)
    #expect(evaluation.thresholdNote == "Chosen on fold 9.")
    #expect(throws: ScoringError.shape("1 thresholds for 3 classes; expected one for each")) {
      try evaluate(#require(predictions), thresholds: .perClass([0.5], note: ""))
    }
  }

  @Test func logitsKeepTheRankStatisticsAndLoseTheOthers() throws {
    let probabilities = try #require(predictions)
    let logits = try Predictions(
      names: probabilities.names, labels: probabilities.labels,
      scores: probabilities.scores.map { $0.map { log($0 / (1 - $0)) } })
    let evaluation = try evaluate(logits)
    #expect(evaluation.macro.auroc == (try evaluate(probabilities)).macro.auroc)
    #expect(evaluation.fmax.value == nil)
    #expect(evaluation.perClass[0].threshold == nil)
    #expect(evaluation.perClass[0].confusion == nil)
    #expect(try #require(evaluation.perClass[0].f1.undefined).hasPrefix("no threshold: scores from -2.19"))
    #expect(evaluation.thresholdNote.hasPrefix("No threshold, as 0.5 means nothing here"))
    #expect(evaluation.micro.f1.undefined == "no class has a threshold")
  }

  @Test func writesTheKeysThatOthersReadAndReadsThemBack() throws {
    let evaluation = try evaluate(
      #require(predictions), patients: [1, 1, 2, 3, 4, 5, 6, 7], bootstrap: Bootstrap(replicates: 200))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(evaluation)
    #expect(try JSONDecoder().decode(Evaluation.self, from: data) == evaluation)

    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let macro = try #require(json["macro"] as? [String: Any])
    let micro = try #require(json["micro"] as? [String: Any])
    let rows = try #require(json["perClass"] as? [[String: Any]])
    // JSONSerialization may miss a number's last digit.
    func equal(_ found: Any?, _ statistic: Statistic) -> Bool {
      guard let found = found as? Double, let value = statistic.value else { return false }
      return abs(found - value) < 1e-15
    }
    #expect(equal(macro["auroc"], evaluation.macro.auroc))
    #expect(equal(macro["ap"], evaluation.macro.ap))
    #expect(equal(micro["auroc"], evaluation.micro.auroc))
    #expect(equal(json["fmax"], evaluation.fmax))
    #expect(json["patients"] as? Int == 7)
    #expect(rows[0]["name"] as? String == "often")
    #expect(rows[0]["support"] as? Int == 4)
    #expect(equal(rows[0]["ap"], evaluation.perClass[0].ap))
    #expect(rows[0]["tp"] as? Int == 3)
    #expect(rows[1]["auroc"] is NSNull)
    #expect((rows[1]["undefined"] as? [String: String])?["auroc"] == "no positive among 8 records")
    #expect(((rows[0]["aurocInterval"] as? [String: Any])?["method"]) as? String == "bootstrapPatients")
  }

  @Test func tableFitsIn80ColumnsAndNamesWhatIsUndefined() throws {
    let long = try Predictions(
      names: ["a name of a class that goes on and on", "never", "missed"],
      labels: #require(predictions).labels, scores: #require(predictions).scores)
    let evaluation = try evaluate(long, bootstrap: Bootstrap(replicates: 200, seed: 1))
    let text = scoreTable(evaluation)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(text.contains("a name of a class t…       4 0.9375"))
    #expect(text.contains("AUROC undefined, no positive among 8 records: never\n"))
    #expect(text.contains("8 records, 3 classes; macro AUROC over the 2 in which it is defined.\n"))
    #expect(unwrapped(text).contains("bootstrap over records, percentile, 200 replicates, seed 1."))
  }

  @Test(arguments: 0..<3) func reportEqualsScikitLearnsCharacterForCharacter(number: Int) throws {
    let expected = try #require(ScikitLearn.shared.reports.dropFirst(number).first)
    let predictions = try Predictions(names: expected.names, labelRows: expected.labels, scoreRows: expected.scores)
    let thresholds = [Double?](repeating: 0.5, count: expected.names.count)
    #expect(classificationReport(predictions, thresholds: thresholds) == expected.text)
    #expect(classificationReport(predictions, thresholds: thresholds, digits: 4) == expected.text4)
  }

  @Test func refusesUnequalShapes() {
    #expect(throws: ScoringError.shape("class b: 1 labels and 2 scores; expected 2, as in a")) {
      try Predictions(names: ["a", "b"], labels: [[true, false], [true]], scores: [[0, 1], [0, 1]])
    }
    #expect(throws: ScoringError.shape("record 1: 1 labels for 2 classes; expected one for each")) {
      try Predictions(names: ["a", "b"], labelRows: [[true, false], [true]], scoreRows: [[0, 1], [0, 1]])
    }
    #expect(throws: ScoringError.notANumber(record: 1)) {
      try Predictions(names: ["a"], labels: [[true, false]], scores: [[0, .nan]])
    }
  }

  /// Expected: scikit-learn 1.9.1, `roc_auc_score` and `average_precision_score` on the same arrays.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data")) func scoresThePublishedNetwork() throws {
    let evaluation = try evaluate(publishedPredictions())
    #expect(abs(try #require(evaluation.macro.auroc.value) - 0.9280807631416982) < 1e-12)
    #expect(abs(try #require(evaluation.macro.ap.value) - 0.37462925291582583) < 1e-12)
    #expect(abs(try #require(evaluation.micro.auroc.value) - 0.977482419447444) < 1e-12)
    #expect(abs(try #require(evaluation.micro.ap.value) - 0.7818465845737432) < 1e-12)
    #expect(abs(try #require(evaluation.fmax.value) - 0.7644493782264965) < 1e-12)
    #expect((evaluation.records, evaluation.perClass.count) == (2193, 71))
  }
}
