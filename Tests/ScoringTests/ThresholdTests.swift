import TestSupport
import Testing

@testable import Scoring

@Suite struct ThresholdStatistics {
  @Test func countsScoresAtTheThresholdAsPositive() {
    let counts = Confusion([0.5, 0.5, 0.4, 0.6], [true, false, true, false], threshold: 0.5)
    #expect(counts == Confusion(truePositives: 1, falsePositives: 2, falseNegatives: 1, trueNegatives: 0))
    #expect((counts.records, counts.support, counts.predicted) == (4, 2, 3))
  }

  @Test func saysWhatThereIsNoneOf() {
    let none = Confusion(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 5)
    #expect(throws: ScoringError.zeroDenominator("record called positive")) { try none.precision() }
    #expect(throws: ScoringError.zeroDenominator("positive")) { try none.recall() }
    #expect(throws: ScoringError.zeroDenominator("positive, and no record called positive")) { try none.f1() }
    #expect((try? none.specificity()) == 1)
    let all = Confusion(truePositives: 5, falsePositives: 0, falseNegatives: 0, trueNegatives: 0)
    #expect(throws: ScoringError.zeroDenominator("negative")) { try all.specificity() }
  }

  @Test func weighsTheFourCounts() throws {
    let counts = Confusion(truePositives: 6, falsePositives: 2, falseNegatives: 3, trueNegatives: 9)
    #expect(try counts.negativePredictiveValue() == 0.75)
    let (recall, specificity) = (6.0 / 9, 9.0 / 11)
    #expect(try counts.balancedAccuracy() == (recall + specificity) / 2)
    #expect(try counts.fMeasure(beta: 1) == counts.f1())
    #expect(try counts.fMeasure(beta: 2) == 30.0 / 44)  // 5 TP / (5 TP + 4 FN + FP)
    let expected = 48 / 9504.0.squareRoot()  // 6 x 9 - 2 x 3 over the root of 8 x 9 x 11 x 12
    #expect(abs(try counts.matthewsCorrelation() - expected) < 1e-15)
    let swapped = Confusion(truePositives: 3, falsePositives: 9, falseNegatives: 6, trueNegatives: 2)
    #expect(abs(try swapped.matthewsCorrelation() + counts.matthewsCorrelation()) < 1e-15)  // every call the other way
  }

  @Test func hasNoCorrelationWhereAllIsCalledOrTrueAlike() {
    let all = Confusion(truePositives: 2, falsePositives: 3, falseNegatives: 0, trueNegatives: 0)
    #expect(throws: ScoringError.zeroDenominator("record called negative")) { try all.matthewsCorrelation() }
    #expect(throws: ScoringError.zeroDenominator("record called negative")) { try all.negativePredictiveValue() }
    #expect((try? all.balancedAccuracy()) == 0.5)
    let none = Confusion(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 5)
    #expect(throws: ScoringError.zeroDenominator("positive")) { try none.matthewsCorrelation() }
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 5)) { try none.balancedAccuracy() }
    #expect(throws: ScoringError.zeroDenominator("positive, and no record called positive")) {
      try none.fMeasure(beta: 2)
    }
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func noThresholdHasAHigherF1(seed: UInt64) throws {
    let (scores, labels) = tiedSample(count: 60, seed: seed)
    let (threshold, f1) = try f1Threshold(scores, labels)
    let others = try Set(scores).map { ($0, try Confusion(scores, labels, threshold: $0).f1()) }
    #expect(try Confusion(scores, labels, threshold: threshold).f1() == f1)
    #expect(f1 == others.map(\.1).max())
    #expect(threshold == others.filter { $0.1 == f1 }.map(\.0).max())  // the highest of equally good ones
  }

  @Test func takesTheHighestOfEquallyGoodThresholds() throws {
    // At 0.9: TP 1, called 1, F1 2/3. At 0.1: TP 2, called 4, F1 4/6.
    let (threshold, f1) = try f1Threshold([0.9, 0.5, 0.5, 0.1], [true, false, false, true])
    #expect(threshold == 0.9)
    #expect(f1 == 2.0 / 3)
  }

  @Test func withoutPositivesThereIsNoThreshold() {
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 2)) { try f1Threshold([1, 2], [false, false]) }
  }

  @Test func averagesOverTheDefinedClassesAndSaysHowMany() throws {
    #expect(try macroMean([0.5, nil, 1]) == ClassMean(value: 0.75, defined: 2, classes: 3))
    #expect(try weightedMean([0.5, nil, 1], weights: [3, 7, 1]) == ClassMean(value: 0.625, defined: 2, classes: 3))
    #expect(throws: ScoringError.noDefinedClass(of: 2)) { try macroMean([nil, nil]) }
    #expect(throws: ScoringError.noDefinedClass(of: 1)) { try weightedMean([0.5], weights: [0]) }
  }
}

@Suite struct FmaxTests {
  /// F_max from its definition: every threshold applied to every record.
  func byDefinition(_ predictions: Predictions) -> Double {
    var best = 0.0
    for step in 0...100 {
      let threshold = Double(step) * 0.01
      var (precisions, recalls): ([Double], [Double]) = ([], [])
      for record in 0..<predictions.recordCount {
        let called = Set((0..<predictions.classCount).filter { predictions.scores[$0][record] >= threshold })
        let truth = Set((0..<predictions.classCount).filter { predictions.labels[$0][record] })
        let right = Double(called.intersection(truth).count)
        if !called.isEmpty { precisions.append(right / Double(called.count)) }
        if !truth.isEmpty { recalls.append(right / Double(truth.count)) }
      }
      guard !precisions.isEmpty, !recalls.isEmpty else { continue }
      let precision = precisions.reduce(0, +) / Double(precisions.count)
      let recall = recalls.reduce(0, +) / Double(recalls.count)
      if precision + recall > 0 { best = max(best, 2 * precision * recall / (precision + recall)) }
    }
    return best
  }

  @Test(arguments: 0..<10 as Range<UInt64>) func agreesWithTheDefinition(seed: UInt64) throws {
    let predictions = try samplePredictions(classes: 5, records: 30, seed: seed)
    #expect(abs(try fmax(predictions).value - byDefinition(predictions)) < 1e-12)
  }

  @Test func countsScoresOnAThresholdAsReachingIt() throws {
    // 0.29 * 100 is 28.999999999999996: the count of thresholds passed must not come from that product alone.
    let predictions = try Predictions(names: ["a", "b"], labels: [[true], [false]], scores: [[29 * 0.01], [0.28]])
    let best = try fmax(predictions)
    #expect(best.value == 1)
    #expect(best.threshold == 29 * 0.01)
  }

  @Test func needsProbabilitiesAndAPositive() throws {
    let logits = try Predictions(names: ["a"], labels: [[true, false]], scores: [[-3, 2]])
    #expect(throws: ScoringError.notProbabilities(lowest: -3, highest: 2)) { try fmax(logits) }
    let noLabels = try Predictions(names: ["a"], labels: [[false, false]], scores: [[0.1, 0.2]])
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 2)) { try fmax(noLabels) }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data")) func reproducesThePublishedValue() throws {
    let best = try fmax(publishedPredictions())
    #expect(abs(best.value - 0.7644493782264965) < 1e-12)
    #expect(best.threshold == 0.45)
  }
}
