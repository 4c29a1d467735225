import Foundation
import TestSupport
import Testing

@testable import Scoring

/// What scikit-learn and SciPy computed; see Expectations/calibration.py.
private struct Expected: Decodable {
  struct Curve: Decodable { var observed, predicted: [Double] }
  var probabilities: [Double], labels: [Bool]
  var intercept, slope, inTheLarge, temperature: Double
  var uniform, quantile: Curve
  var platt, grid, isotonic, bends, values: [Double]

  static func number(_ i: Int) throws -> Expected {
    try #require((read("calibration.json") ?? [Expected]()).dropFirst(i).first)
  }
}

private func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

@Suite struct ProbabilityQualityTests {
  @Test func brierScoreIsTheMeanSquaredError() throws {
    #expect(abs(try brierScore([0.1, 0.9, 0.5, 1], [false, true, true, false]) - (0.01 + 0.01 + 0.25 + 1) / 4) < 1e-15)
    #expect(try brierScore([0, 1], [false, true]) == 0)
  }

  @Test func logLossIsFiniteWhereAProbabilityIsWronglyCertain() throws {
    #expect(abs(try logLoss([0.5, 0.25], [true, false]) + (log(0.5) + log(0.75)) / 2) < 1e-15)
    #expect(abs(try logLoss([0], [true]) - 36.04365338911715) < 1e-12)  // -log(2^-52)
  }

  @Test(arguments: [
    { try brierScore($0, $1) }, { try logLoss($0, $1) }, { try calibrationLine($0, $1).slope },
    { try calibrationInTheLarge($0, $1) },
    { try reliability($0, $1).expectedCalibrationError }, { try decisionCurve($0, $1).prevalence },
  ] as [@Sendable ([Double], [Bool]) throws -> Double])
  func needProbabilities(value: @Sendable ([Double], [Bool]) throws -> Double) {
    #expect(throws: ScoringError.notProbabilities(lowest: -1, highest: 2)) { try value([-1, 2], [true, false]) }
    #expect(throws: ScoringError.notANumber(record: 1)) { try value([0.5, .nan], [true, false]) }
    #expect(throws: ScoringError.noRecords) { try value([], []) }
    #expect(throws: ScoringError.shape("1 scores but 2 labels; expected one label for each score")) {
      try value([0.5], [true, false])
    }
  }

  @Test(arguments: 0..<3) func binsAgreeWithScikitLearn(number: Int) throws {
    let expected = try Expected.number(number)
    for (bins, curve) in [(Reliability.Bins.equalWidth(10), expected.uniform), (.equalCount(10), expected.quantile)] {
      let found = try reliability(expected.probabilities, expected.labels, bins: bins).bins
      #expect(isClose(found.map(\.observed), curve.observed, 1e-14))
      #expect(isClose(found.map(\.meanPredicted), curve.predicted, 1e-14))
      #expect(found.reduce(0) { $0 + $1.records } == expected.labels.count)
      #expect(found.allSatisfy { $0.lower <= $0.upper && $0.interval.lower <= $0.observed })
    }
  }

  @Test func calibrationErrorIsTheMeanDistanceInTheBins() throws {
    // Bins 0...0.5 with 0.2, 0.4 (one of two positive) and 0.5...1 with 0.9 (none of one).
    let diagram = try reliability([0.2, 0.4, 0.9], [true, false, false], bins: .equalWidth(2))
    #expect(abs(diagram.expectedCalibrationError - (2 * 0.2 + 0.9) / 3) < 1e-15)
    #expect(try diagram.bins[0].interval == wilsonInterval(1, of: 2))
  }

  /// Against labels drawn 400 times as the probabilities say.
  @Test(arguments: zip([50, 2000], [0.12, 0.03])) func errorByChanceIsAboutThatOfPerfectProbabilities(
    records: Int, tolerance: Double
  ) throws {
    var generator = SeededGenerator(seed: 5)
    let probabilities = (0..<records).map { _ in sigmoid(Double.random(in: -5...3, using: &generator)) }
    var sum = 0.0
    for _ in 0..<400 {
      let labels = probabilities.map { Double.random(in: 0..<1, using: &generator) < $0 }
      sum += try reliability(probabilities, labels).expectedCalibrationError
    }
    let formula = try reliability(probabilities, probabilities.map { $0 > 0.5 }).calibrationErrorByChance
    #expect(abs(formula / (sum / 400) - 1) < tolerance)
  }

  @Test func aProbabilityOnAnEdgeBelongsToTheBinBelow() throws {
    let bins = try reliability([0, 0.5, 1], [false, true, true], bins: .equalWidth(2)).bins
    #expect(bins.map(\.records) == [2, 1])
  }

  @Test(arguments: 0..<3) func lineAgreesWithARegression(number: Int) throws {
    let expected = try Expected.number(number)
    let line = try calibrationLine(expected.probabilities, expected.labels)
    #expect(abs(line.slope - expected.slope) < 1e-9)
    #expect(abs(line.intercept - expected.intercept) < 1e-9)
    let inTheLarge = try calibrationInTheLarge(expected.probabilities, expected.labels)
    #expect(abs(inTheLarge - expected.inTheLarge) < 1e-9)
  }

  @Test func separatedClassesHaveNoLine() {
    #expect(throws: ScoringError.self) { try calibrationLine([0.1, 0.2, 0.8], [false, false, true]) }
    #expect(throws: ScoringError.self) { try calibrationLine([0.5, 0.5], [false, true]) }  // nor equal probabilities
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 2)) {
      try calibrationLine([0.5, 0.4], [false, false])
    }
  }
}

@Suite struct CalibrationTests {
  @Test(arguments: 0..<3) func temperatureHasTheLowestLogLoss(number: Int) throws {
    let expected = try Expected.number(number)
    let temperature = try Temperature(fitting: expected.probabilities.map(logit), expected.labels)
    #expect(abs(temperature.value - expected.temperature) < 1e-9)
  }

  @Test func noTemperatureWhereNoneIsBest() {
    #expect(throws: ScoringError.self) { try Temperature(fitting: [-2, 1, 3], [false, true, true]) }  // all right
    #expect(throws: ScoringError.self) { try Temperature(fitting: [2, -1, -3], [false, true, true]) }  // all wrong
    #expect(throws: ScoringError.self) { try Temperature(fitting: [.infinity, 1], [false, true]) }
  }

  @Test(arguments: 0..<3) func lineAgreesWithPlatts(number: Int) throws {
    let expected = try Expected.number(number)
    let line = try CalibrationLine(fitting: expected.probabilities.map(logit), expected.labels)
    #expect(isClose([line.intercept, line.slope], expected.platt, 1e-9))
  }

  @Test func lineRisesAndIsFiniteWhereLabelsAreSeparated() throws {
    let line = try CalibrationLine(fitting: [-3, -2, 1, 2], [false, false, true, true])
    #expect(line.slope > 0 && line.slope < 10 && line(2) < 1 && line(-3) > 0)
    #expect(throws: ScoringError.self) { try CalibrationLine(fitting: [2, -1, -3], [false, true, true]) }  // falls
    #expect(throws: ScoringError.self) { try CalibrationLine(fitting: [1, 1], [false, true]) }
    #expect(throws: ScoringError.self) { try CalibrationLine(fitting: [.infinity, 1], [false, true]) }
    #expect(throws: ScoringError.noRecords) { try CalibrationLine(fitting: [], []) }
    #expect(throws: ScoringError.oneClass(positives: 2, negatives: 0)) { try CalibrationLine(fitting: [1, 2], [true, true]) }
  }

  /// What a temperature can't mend: every answer too high.
  @Test func lineMendsAShift() throws {
    let expected = try Expected.number(1)
    let shifted = expected.probabilities.map { sigmoid(logit($0) + 1) }
    let predictions = try Predictions(names: ["a"], labels: [expected.labels], scores: [shifted])
    func inTheLarge(_ method: Calibration.Method) throws -> Double {
      let mended = try Calibration(fitting: predictions, method)(predictions)
      return abs(try calibrationInTheLarge(mended.scores[0], expected.labels))
    }
    #expect(try inTheLarge(.platt) < 0.05)
    #expect(try inTheLarge(.temperature) > 0.2)
  }

  @Test(arguments: 0..<3) func isotonicRegressionAgreesWithScikitLearn(number: Int) throws {
    let expected = try Expected.number(number)
    let function = try IsotonicRegression(fitting: expected.probabilities, expected.labels)
    #expect(isClose(expected.grid.map { function($0) }, expected.isotonic, 1e-13))
    #expect(isClose(function.points.map(\.score), expected.bends, 0))
    #expect(isClose(function.points.map(\.probability), expected.values, 1e-15))
  }

  @Test func oneScoreMakesAConstant() throws {
    let function = try IsotonicRegression(fitting: [0.3, 0.3, 0.3], [true, false, false])
    let third = 1.0 / 3
    #expect(function(0) == third && function(0.3) == third && function(1) == third)
  }

  @Test(arguments: Calibration.Method.allCases) func mendsWhatIsTooSure(method: Calibration.Method) throws {
    // True logits, doubled: temperature 2 undoes it.
    func sample(_ seed: UInt64) throws -> Predictions {
      var generator = SeededGenerator(seed: seed)
      let truth = (0..<2).map { _ in (0..<4000).map { _ in Double.random(in: -3...3, using: &generator) } }
      let labels = truth.map { $0.map { Double.random(in: 0..<1, using: &generator) < sigmoid($0) } }
      return try Predictions(names: ["a", "b"], labels: labels, scores: truth.map { $0.map { sigmoid(2 * $0) } })
    }
    let calibration = try Calibration(fitting: sample(1), method)
    let raw = try sample(2)
    let mended = try calibration(raw)
    for j in 0..<2 {
      // Not the log loss: isotonic regression gives probability 0 or 1 at the ends.
      #expect(try brierScore(mended.scores[j], raw.labels[j]) < brierScore(raw.scores[j], raw.labels[j]) - 0.005)
      #expect(try reliability(mended.scores[j], raw.labels[j]).expectedCalibrationError < 0.03)
      guard method != .isotonic else { continue }
      #expect(try auroc(mended.scores[j], raw.labels[j]) == auroc(raw.scores[j], raw.labels[j]))
    }
    if case .temperature(let temperature) = calibration.maps[0] { #expect((1.85...2.15).contains(temperature.value)) }
    let stored = try JSONDecoder().decode(Calibration.self, from: JSONEncoder().encode(calibration))
    #expect(try stored(raw) == mended)
  }

  @Test func logitsAndProbabilitiesGiveTheSame() throws {
    let expected = try Expected.number(1)
    let probabilities = try Predictions(names: ["a"], labels: [expected.labels], scores: [expected.probabilities])
    let logits = try Predictions(
      names: ["a"], labels: [expected.labels], scores: [expected.probabilities.map(logit)])
    let fromLogits = try Calibration(fitting: logits, .temperature, scale: .logits)
    #expect(try fromLogits(logits) == Calibration(fitting: probabilities, .temperature)(probabilities))
  }

  @Test func aClassThatCannotBeFittedStaysAndSaysWhy() throws {
    let predictions = try Predictions(
      names: ["never", "often"], labels: [[false, false, false, false], [true, false, true, false]],
      scores: [[0.1, 0.2, 0.3, 0.2], [0.4, 0.6, 0.8, 0.3]])
    let calibration = try Calibration(fitting: predictions, .isotonic)
    #expect(calibration.maps[0] == .unchanged(reason: "no positive among 4 records"))
    #expect(try calibration(predictions).scores[0] == predictions.scores[0])
    #expect(throws: ScoringError.shape("classes x; the calibration was fitted on never, often")) {
      try calibration(Predictions(names: ["x"], labels: [[true]], scores: [[0.5]]))
    }
  }
}

@Suite struct DecisionCurveTests {
  @Test func weighsFalseAlarmsByTheOddsOfTheThreshold() throws {
    // Of 10 records 4 are positive; at 0.25 three of them and two others are called: 3/10 - 2/10 x 1/3.
    let scores = [0.9, 0.8, 0.3, 0.1, 0.7, 0.25, 0.2, 0.1, 0.1, 0.0]
    let labels = scores.indices.map { $0 < 4 }
    let curve = try decisionCurve(scores, labels, thresholds: [0, 0.25])
    #expect(abs(curve.points[1].model - (0.3 - 0.2 / 3)) < 1e-15)
    #expect(abs(curve.points[1].all - (0.4 - 0.6 / 3)) < 1e-15)
    #expect(abs(curve.points[1].standardized - (0.3 - 0.2 / 3) / 0.4) < 1e-15)
    #expect(curve.points[0].model == 0.4)  // at threshold 0 everyone is treated, and a false alarm costs nothing
    #expect(curve.points[0].all == 0.4)
  }

  @Test func withoutPositivesThereIsNone() {
    #expect(throws: ScoringError.oneClass(positives: 0, negatives: 1)) { try decisionCurve([0.5], [false]) }
  }
}
