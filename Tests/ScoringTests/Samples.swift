import Foundation
import TestSupport

@testable import Scoring

/// What scikit-learn computed; see Expectations/scikit_learn.py.
struct ScikitLearn: Decodable {
  struct Case: Decodable, Sendable {
    var scores: [Double], labels: [Bool]
    var auroc, ap, precision, recall, f1: Double
    var rocFalsePositiveRate, rocTruePositiveRate: [Double], rocThresholds: [Double?], rocPointsUndropped: Int
    var prPrecision, prRecall: [Double]
  }
  struct Report: Decodable, Sendable {
    var names: [String], labels: [[Bool]], scores: [[Double]]  // rows are records
    var text, text4: String
    var microAUROC, microAP, microF1: Double
  }
  var cases: [Case]
  var reports: [Report]

  static let shared: ScikitLearn = read("scikit_learn.json") ?? ScikitLearn(cases: [], reports: [])
}

let expectations = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Expectations")

/// A stored expectation; nil if it can't be read, which makes the tests that use it fail.
func read<Value: Decodable>(_ name: String) -> Value? {
  guard let data = try? Data(contentsOf: expectations.appending(path: name)) else { return nil }
  return try? JSONDecoder().decode(Value.self, from: data)
}

/// Scores on a coarse grid, so that many are equal, with at least one positive and one negative.
func tiedSample(count: Int, seed: UInt64) -> (scores: [Double], labels: [Bool]) {
  var generator = SeededGenerator(seed: seed)
  let levels = Int.random(in: 1...count, using: &generator)
  let prevalence = Double.random(in: 0.05...0.95, using: &generator)
  let scores = (0..<count).map { _ in Double(Int.random(in: 0..<levels, using: &generator)) / Double(levels) }
  var labels = (0..<count).map { _ in Double.random(in: 0..<1, using: &generator) < prevalence }
  (labels[0], labels[1]) = (true, false)
  return (scores, labels)
}

/// Predictions of several classes whose scores lean towards the labels.
func samplePredictions(classes: Int, records: Int, prevalence: Double = 0.3, seed: UInt64) throws -> Predictions {
  var generator = SeededGenerator(seed: seed)
  let labels = (0..<classes).map { _ in
    (0..<records).map { _ in Double.random(in: 0..<1, using: &generator) < prevalence }
  }
  let scores = labels.map { column in
    column.map { (Double.random(in: 0..<1, using: &generator) + ($0 ? 0.5 : 0)) / 1.5 }
  }
  return try Predictions(names: (0..<classes).map { "class \($0)" }, labels: labels, scores: scores)
}

/// A published network's scores on 2,193 real records.
func publishedPredictions() throws -> Predictions {
  let folder = SharedData.path("predictions/xresnet1d101_all71/")
  return try readPredictions(
    labelsPath: folder + "y_true.npy", scoresPath: folder + "y_pred.npy", classesPath: folder + "classes.txt")
}

extension WeightedStatistic {
  /// Its values when record *i* counts `weights[i]` times.
  func values(weighted weights: [UInt32]) -> [Double] {
    Replicates(of: [self], records: weights.count, count: 1) { _, own in
      for (i, weight) in weights.enumerated() { own[i] = weight }
      return false
    }.values.map { $0[0] }
  }
}

/// The words of a text in one line.
func unwrapped(_ text: String) -> String { text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
