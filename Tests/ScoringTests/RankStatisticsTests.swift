import Foundation
import TestSupport
import Testing

@testable import Scoring

/// AUROC from its definition: every positive against every negative.
func aurocByPairs(_ scores: [Double], _ labels: [Bool]) -> Double {
  var (won, pairs) = (0.0, 0.0)
  for (a, isPositive) in zip(scores, labels) where isPositive {
    for (b, otherIsPositive) in zip(scores, labels) where !otherIsPositive {
      pairs += 1
      won += a > b ? 1 : a == b ? 0.5 : 0
    }
  }
  return won / pairs
}

/// Average precision from its definition: each threshold applied to all records.
func averagePrecisionByThresholds(_ scores: [Double], _ labels: [Bool]) -> Double {
  var (sum, recallBefore) = (0.0, 0.0)
  for threshold in Set(scores).sorted(by: >) {
    let called = zip(scores, labels).filter { $0.0 >= threshold }
    let right = Double(called.count { $0.1 })
    let recall = right / Double(labels.count { $0 })
    sum += (recall - recallBefore) * right / Double(called.count)
    recallBefore = recall
  }
  return sum
}

@Suite struct RankStatistics {
  @Test(arguments: 0..<7) func agreesWithScikitLearn(number: Int) throws {
    let expected = try #require(ScikitLearn.shared.cases.dropFirst(number).first)
    #expect(abs(try auroc(expected.scores, expected.labels) - expected.auroc) < 1e-14)
    #expect(abs(try averagePrecision(expected.scores, expected.labels) - expected.ap) < 1e-14)

    let roc = try rocCurve(expected.scores, expected.labels).points
    #expect(roc.map(\.falsePositiveRate) == expected.rocFalsePositiveRate)
    #expect(roc.map(\.truePositiveRate) == expected.rocTruePositiveRate)
    #expect(roc.map(\.threshold) == expected.rocThresholds.map { $0 ?? .infinity })
    let undropped = try rocCurve(expected.scores, expected.labels, dropIntermediate: false)
    #expect(undropped.points.count == expected.rocPointsUndropped)

    let curve = try precisionRecallCurve(expected.scores, expected.labels).points
    #expect(curve.map(\.precision) == expected.prPrecision)
    #expect(curve.map(\.recall) == expected.prRecall)

    let counts = Confusion(expected.scores, expected.labels, threshold: 0.5)
    #expect((try? counts.precision()) ?? 0 == expected.precision)
    #expect(try counts.recall() == expected.recall)
    #expect(try counts.f1() == expected.f1)
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func agreesWithTheDefinitions(seed: UInt64) throws {
    let (scores, labels) = tiedSample(count: 60, seed: seed)
    #expect(abs(try auroc(scores, labels) - aurocByPairs(scores, labels)) < 1e-14)
    #expect(abs(try averagePrecision(scores, labels) - averagePrecisionByThresholds(scores, labels)) < 1e-14)
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func areaUnderTheDrawnCurveIsTheAUROC(seed: UInt64) throws {
    let (scores, labels) = tiedSample(count: 60, seed: seed)
    let points = try rocCurve(scores, labels).points
    let area = zip(points, points.dropFirst()).reduce(0.0) { sum, step in
      sum + (step.1.falsePositiveRate - step.0.falsePositiveRate)
        * (step.0.truePositiveRate + step.1.truePositiveRate) / 2
    }
    #expect(abs(area - (try auroc(scores, labels))) < 1e-14)
  }

  @Test func constantScoresAreChance() throws {
    #expect(try auroc([3, 3, 3, 3], [true, false, false, true]) == 0.5)
    #expect(try averagePrecision([3, 3, 3, 3], [true, false, false, false]) == 0.25)
    #expect(try rocCurve([3, 3], [true, false]).points.count == 2)
  }

  @Test func infinitiesAreInOrder() throws {
    #expect(try auroc([.infinity, -.infinity, 0, 1], [true, false, false, true]) == 1)
  }

  @Test func withoutBothClassesThereIsNoAUROC() {
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 2)) { try auroc([1, 2], [false, false]) }
    #expect(throws: ScoringError.oneClass(positives: 2, negatives: 0)) { try auroc([1, 2], [true, true]) }
    #expect(throws: ScoringError.oneClass(positives: 2, negatives: 0)) { try rocCurve([1, 2], [true, true]) }
    #expect(throws: ScoringError.noRecords) { try auroc([], []) }
  }

  @Test func withoutPositivesThereIsNoAveragePrecisionAndWithoutNegativesItIsOne() throws {
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 2)) { try averagePrecision([1, 2], [false, false]) }
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 2)) {
      try precisionRecallCurve([1, 2], [false, false])
    }
    #expect(try averagePrecision([1, 2], [true, true]) == 1)
  }

  @Test func saysWhichScoreIsNoNumber() {
    #expect(throws: ScoringError.notANumber(record: 1)) { try auroc([1, .nan], [true, false]) }
    #expect(throws: ScoringError.shape("1 scores but 2 labels; expected one label for each score")) {
      try auroc([1], [true, false])
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
  func reproducesThePublishedMacroAUROC() throws {
    let predictions = try publishedPredictions()
    let values = try zip(predictions.scores, predictions.labels).map { Optional(try auroc($0, $1)) }
    let macro = try macroMean(values)
    #expect(abs(macro.value - 0.9280807631416982) < 1e-12)
    #expect(macro.defined == 71)
  }
}

/// What must not change when the input changes in a way that carries no information, for every metric of one class.
@Suite struct Invariances {
  static let metrics: [(name: String, value: @Sendable ([Double], [Bool]) throws -> Double)] = [
    ("AUROC", { try auroc($0, $1) }),
    ("average precision", { try averagePrecision($0, $1) }),
    ("best F1", { try f1Threshold($0, $1).f1 }),
    ("points of the ROC curve", { Double(try rocCurve($0, $1).points.count) }),
    ("points of the precision-recall curve", { Double(try precisionRecallCurve($0, $1).points.count) }),
    (
      "weighted AUROC",
      { scores, labels in
        let thrice = [UInt32](repeating: 3, count: scores.count)
        return WeightedRanking(try Ranking(scores, labels)).values(weighted: thrice)[0]
      }
    ),
  ]

  @Test(arguments: metrics.indices, [1, 2, 3] as [UInt64])
  func permutingRecordsChangesNothing(metric: Int, seed: UInt64) throws {
    let (scores, labels) = tiedSample(count: 80, seed: seed)
    var generator = SeededGenerator(seed: seed)
    let order = scores.indices.shuffled(using: &generator)
    let value = Invariances.metrics[metric].value
    #expect(try value(scores, labels) == value(order.map { scores[$0] }, order.map { labels[$0] }))
  }

  @Test(arguments: metrics.indices, [1, 2, 3] as [UInt64])
  func anyMonotoneScaleGivesTheSame(metric: Int, seed: UInt64) throws {
    let (scores, labels) = tiedSample(count: 80, seed: seed)
    let value = Invariances.metrics[metric].value
    #expect(try value(scores, labels) == value(scores.map { exp(3 * $0) - 100 }, labels))
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func reversingTheScoresMirrorsTheAUROC(seed: UInt64) throws {
    let (scores, labels) = tiedSample(count: 80, seed: seed)
    #expect(abs(try auroc(scores, labels) + auroc(scores.map { -$0 }, labels) - 1) < 1e-15)
  }
}
