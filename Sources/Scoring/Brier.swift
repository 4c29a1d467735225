/// The Brier score: the mean squared difference between probability and label.
///
/// - Parameters:
///   - probabilities: `[records]`, each in 0...1.
///   - labels: `[records]`, `true` for 1.
/// - Returns: 0 (every probability is 0 or 1, and right) to 1. A constant probability equal to the prevalence p scores
///   p (1 - p), so values of classes of different prevalence can't be compared with each other.
/// - Throws: ``ScoringError/noRecords``, ``ScoringError/notProbabilities(lowest:highest:)``, or
///   ``ScoringError/shape(_:)`` when the lengths differ.
/// - Source: Brier, Monthly Weather Review 78 (1950), 1-3, in the form for one event (half of his); equals
///   scikit-learn's `brier_score_loss`.
public func brierScore(_ probabilities: [Double], _ labels: [Bool]) throws(ScoringError) -> Double {
  try requireProbabilities(probabilities, labels)
  return squaredErrors(probabilities, labels).reduce(0, +) / Double(labels.count)
}

/// `[records]`.
func squaredErrors(_ probabilities: [Double], _ labels: [Bool]) -> [Double] {
  zip(probabilities, labels).map { p, label in
    let error = p - (label ? 1 : 0)
    return error * error
  }
}

/// Throws unless there are records, a label for each, and every score lies in 0...1.
func requireProbabilities(_ scores: [Double], _ labels: [Bool]) throws(ScoringError) {
  guard scores.count == labels.count else {
    throw .shape("\(scores.count) scores but \(labels.count) labels; expected one label for each score")
  }
  if let record = scores.firstIndex(where: \.isNaN) { throw .notANumber(record: record) }
  guard let lowest = scores.min(), let highest = scores.max() else { throw .noRecords }
  guard lowest >= 0, highest <= 1 else { throw .notProbabilities(lowest: lowest, highest: highest) }
}

/// Throws unless there are logits to fit something to, a label for each, and every one is finite.
func requireFinite(_ logits: [Double], _ labels: [Bool], for what: String) throws(ScoringError) {
  guard logits.count == labels.count else {
    throw .shape("\(logits.count) logits but \(labels.count) labels; expected one label for each logit")
  }
  guard !logits.isEmpty else { throw .noRecords }
  if let record = logits.firstIndex(where: \.isNaN) { throw .notANumber(record: record) }
  guard logits.allSatisfy(\.isFinite) else { throw .noFit("an infinite logit; \(what) needs finite ones") }
}
