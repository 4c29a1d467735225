/// The weights of the PhysioNet/CinC Challenge: how much is credited when a record that has the class of the row is
/// said to have the class of the column.
public struct ChallengeWeights: Sendable, Equatable {
  /// `[classes]`, the names that mean the class: the Challenge scores some diagnoses as one.
  public let classes: [[String]]
  public let weights: [[Double]]  // [classes][classes]

  /// - Parameters:
  ///   - names: `[classes]`; equivalent names are joined by `|`, as in `713427006|59118001`.
  ///   - weights: `[classes][classes]`, finite.
  /// - Throws: ``ScoringError/shape(_:)`` when the matrix isn't square, a name stands twice, or a weight isn't finite.
  public init(names: [String], weights: [[Double]]) throws(ScoringError) {
    guard !names.isEmpty, weights.count == names.count, weights.allSatisfy({ $0.count == names.count }) else {
      throw .shape("weights of \(weights.count) rows for \(names.count) classes; expected a row and a column for each")
    }
    var seen: Set<String> = []
    let classes = names.map { $0.split(separator: "|").map(String.init) }
    for name in classes.flatMap({ $0 }) where !seen.insert(name).inserted {
      throw .shape("class \(name) stands twice among the weights")
    }
    for (name, row) in zip(names, weights) where !row.allSatisfy(\.isFinite) {
      throw .shape("a weight of class \(name) is not finite")
    }
    (self.classes, self.weights) = (classes, weights)
  }
}

/// The metric of the PhysioNet/CinC Challenges 2020 and 2021, and what it could not score.
public struct ChallengeScore: Sendable, Equatable, Codable {
  /// 1 for the right labels everywhere, 0 for calling every record normal and nothing else; it can be below 0.
  public var value: Double
  /// Classes of the predictions that the matrix does not have: they take no part.
  public var unscored: [String]
  /// Classes of the matrix that the predictions do not have: no record has them, none is said to.
  public var missing: [String]
}

/// The Challenge metric of decisions at thresholds.
///
/// A record with labels X and decisions Y adds `1 / |X or Y|` to the entries (x, y) of a matrix, for each x of X and y
/// of Y; the score is the sum of the entries times their weights. It is then placed between the score of the *inactive*
/// decisions (every record normal, nothing else) at 0 and of the *correct* ones at 1. Equivalent classes count as one,
/// which a record has, or is said to have, when it is true of any of them.
///
/// - Parameters:
///   - predictions: `[classes][records]`.
///   - thresholds: one per class; a record is called positive at or above it, never if nil.
///   - weights: of the Challenge; those of 2020 and 2021 differ.
///   - normal: the name of the class that stands for a normal ECG, one of the weights'.
/// - Throws: ``ScoringError/shape(_:)`` when `normal` isn't among the weights' classes, no class is common to both, or
///   the thresholds are too many or few; ``ScoringError/noRecords``; ``ScoringError/zeroDenominator(_:)`` when the
///   correct decisions score as much as the inactive ones (the official code returns 0).
/// - Complexity: O(records x classes + records x labels x decisions).
/// - Source: Perez Alday et al., Physiological Measurement 41 (2020), 124003; Reyna et al., Computing in Cardiology 48
///   (2021); `compute_challenge_metric` of physionetchallenges/evaluation-2021.
public func challengeMetric(
  _ predictions: Predictions, thresholds: [Double?], _ weights: ChallengeWeights, normal: String
) throws(ScoringError) -> ChallengeScore {
  guard thresholds.count == predictions.classCount else {
    throw .shape("\(thresholds.count) thresholds for \(predictions.classCount) classes; expected one for each")
  }
  guard predictions.recordCount > 0 else { throw .noRecords }
  guard let normalClass = weights.classes.firstIndex(where: { $0.contains(normal) }) else {
    throw .shape(
      "no class \(normal) among the weights; they have " + weights.classes.flatMap { $0 }.joined(separator: ", "))
  }
  let columns = weights.classes.map { names in
    predictions.names.indices.filter { names.contains(predictions.names[$0]) }
  }
  guard columns.contains(where: { !$0.isEmpty }) else {
    throw .shape(
      "no class of the predictions (\(predictions.names.joined(separator: ", "))) is among the weights' ("
        + weights.classes.flatMap { $0 }.joined(separator: ", ") + ")")
  }
  var (observed, correct, inactive) = (0.0, 0.0, 0.0)
  for record in 0..<predictions.recordCount {
    func classes(_ isSet: (Int) -> Bool) -> [Int] { columns.indices.filter { columns[$0].contains(where: isSet) } }
    let truth = classes { predictions.labels[$0][record] }
    let called = classes { j in thresholds[j].map { predictions.scores[j][record] >= $0 } ?? false }
    func credit(_ decisions: [Int]) -> Double {
      var sum = 0.0
      for x in truth { for y in decisions { sum += weights.weights[x][y] } }
      return sum / Double(max(1, Set(truth).union(decisions).count))
    }
    observed += credit(called)
    correct += credit(truth)
    inactive += credit([normalClass])
  }
  guard correct != inactive else {
    throw .zeroDenominator("difference between the scores of correct and of inactive decisions")
  }
  let known = Set(weights.classes.flatMap { $0 })
  return ChallengeScore(
    value: (observed - inactive) / (correct - inactive), unscored: predictions.names.filter { !known.contains($0) },
    missing: zip(weights.classes, columns).filter(\.1.isEmpty).map { $0.0.joined(separator: "|") })
}
