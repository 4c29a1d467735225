import TestSupport
import Testing

@testable import Scoring

/// See Expectations/challenge.py.
private struct Expected: Decodable {
  var weights: [[Double]], labels: [[Bool]], scores: [[Double]]  // rows are records
  var normal: Int, metric: Double
}

@Suite struct ChallengeMetricTests {
  private let letters = ["a", "b", "c", "d", "e", "f"]

  @Test(arguments: 0..<3) func agreesWithThePublishedDefinition(number: Int) throws {
    let expected = try #require((read("challenge.json") ?? [Expected]()).dropFirst(number).first)
    let names = Array(letters.prefix(expected.weights.count))
    let predictions = try Predictions(names: names, labelRows: expected.labels, scoreRows: expected.scores)
    let weights = try ChallengeWeights(names: names, weights: expected.weights)
    let score = try challengeMetric(
      predictions, thresholds: names.map { _ in 0.5 }, weights, normal: names[expected.normal])
    #expect(abs(score.value - expected.metric) < 1e-13)
    #expect(score.unscored.isEmpty && score.missing.isEmpty)
  }

  @Test func rightLabelsScoreOneAndOnlyNormalScoresZero() throws {
    let labels = [[true, false, true, false], [false, true, true, false]]  // of a and normal
    let weights = try ChallengeWeights(names: ["a", "normal"], weights: [[1, 0.3], [0.4, 1]])
    func score(_ decisions: [[Bool]]) throws -> Double {
      let predictions = try Predictions(
        names: ["a", "normal"], labels: labels, scores: decisions.map { $0.map { $0 ? 1 : 0 } })
      return try challengeMetric(predictions, thresholds: [0.5, 0.5], weights, normal: "normal").value
    }
    #expect(try score(labels) == 1)
    #expect(try score([[false, false, false, false], [true, true, true, true]]) == 0)
  }

  @Test func equivalentClassesCountAsOne() throws {
    let weights = try ChallengeWeights(names: ["a|b", "n"], weights: [[1, 0.2], [0.2, 1]])
    let apart = try Predictions(
      names: ["a", "b", "n", "other"],
      labels: [[true, false, false], [false, true, false], [false, false, true], [true, true, true]],
      scores: [[0, 1, 0], [1, 1, 0], [0, 0, 1], [1, 0, 1]])
    let joined = try Predictions(
      names: ["b", "n"], labels: [[true, true, false], [false, false, true]], scores: [[1, 1, 0], [0, 0, 1]])
    let score = try challengeMetric(apart, thresholds: [0.5, 0.5, 0.5, 0.5], weights, normal: "n")
    #expect(try score.value == challengeMetric(joined, thresholds: [0.5, 0.5], weights, normal: "n").value)
    #expect(score.unscored == ["other"])
  }

  @Test func saysWhatDoesNotFit() throws {
    let weights = try ChallengeWeights(names: ["a", "n"], weights: [[1, 0], [0, 1]])
    let predictions = try Predictions(names: ["x"], labels: [[true]], scores: [[1]])
    #expect(throws: ScoringError.shape("no class of the predictions (x) is among the weights' (a, n)")) {
      try challengeMetric(predictions, thresholds: [0.5], weights, normal: "n")
    }
    #expect(throws: ScoringError.shape("no class z among the weights; they have a, n")) {
      try challengeMetric(predictions, thresholds: [0.5], weights, normal: "z")
    }
    let normalOnly = try Predictions(names: ["n"], labels: [[true]], scores: [[1]])
    let equal = ScoringError.zeroDenominator("difference between the scores of correct and of inactive decisions")
    #expect(throws: equal) {
      try challengeMetric(normalOnly, thresholds: [0.5], weights, normal: "n")
    }
    #expect(throws: ScoringError.shape("class a stands twice among the weights")) {
      try ChallengeWeights(names: ["a", "b|a"], weights: [[1, 0], [0, 1]])
    }
  }

  @Test func readsTheChallengesTable() throws {
    let table = TextTable(
      path: "w.csv", columns: ["", " a", "b|c"], rows: [["a", "1", " 0.5"], ["b|c ", "0.25", "1"]], lines: [2, 3])
    #expect(try ChallengeWeights(table) == ChallengeWeights(names: ["a", "b|c"], weights: [[1, 0.5], [0.25, 1]]))
    func message(_ rows: [[String]]) -> String? {
      #expect(throws: PredictionFileError.self) {
        try ChallengeWeights(
          TextTable(path: "w.csv", columns: ["", "a", "b"], rows: rows, lines: rows.indices.map { $0 + 2 }))
      }?.description
    }
    #expect(message([["a", "1", "x"], ["b", "0", "1"]]) == "w.csv: line 2, column 3 (b): 'x'; expected a weight")
    #expect(message([["b", "1", "0"], ["a", "0", "1"]]) == "w.csv: line 2, column 1 (): 'b'; expected a, as column 2")
    #expect(message([["a", "1", "0"]]) == "w.csv: 2 columns of classes but 1 rows; expected a square")
  }
}
