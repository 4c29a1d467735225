/// How many records of one class were called right and wrong at a threshold.
public struct Confusion: Sendable, Equatable, Hashable, Codable {
  public var truePositives: Int
  public var falsePositives: Int
  public var falseNegatives: Int
  public var trueNegatives: Int

  public init(truePositives: Int, falsePositives: Int, falseNegatives: Int, trueNegatives: Int) {
    self.truePositives = truePositives
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
    self.trueNegatives = trueNegatives
  }

  /// Counts the records whose score is at or above `threshold` as called positive.
  /// - Parameters:
  ///   - scores: `[records]`; NaN is called negative, as every comparison with it fails.
  ///   - labels: `[records]`, as long as `scores`.
  public init(_ scores: [Double], _ labels: [Bool], threshold: Double) {
    precondition(scores.count == labels.count, "\(scores.count) scores but \(labels.count) labels")
    self.init(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0)
    for (score, label) in zip(scores, labels) {
      switch (score >= threshold, label) {
      case (true, true): truePositives += 1
      case (true, false): falsePositives += 1
      case (false, true): falseNegatives += 1
      case (false, false): trueNegatives += 1
      }
    }
  }

  public static func + (a: Confusion, b: Confusion) -> Confusion {
    Confusion(
      truePositives: a.truePositives + b.truePositives, falsePositives: a.falsePositives + b.falsePositives,
      falseNegatives: a.falseNegatives + b.falseNegatives, trueNegatives: a.trueNegatives + b.trueNegatives)
  }

  public var records: Int { truePositives + falsePositives + falseNegatives + trueNegatives }
  /// Records that have the label.
  public var support: Int { truePositives + falseNegatives }
  /// Records that were called positive.
  public var predicted: Int { truePositives + falsePositives }

  /// TP / (TP + FP), the positive predictive value.
  /// - Throws: ``ScoringError/zeroDenominator(_:)`` when no record is called positive (scikit-learn warns, returns 0).
  public func precision() throws(ScoringError) -> Double {
    try ratio(truePositives, of: predicted, "record called positive")
  }

  /// TP / (TP + FN), the sensitivity.
  /// - Throws: ``ScoringError/zeroDenominator(_:)`` when no record has the label (scikit-learn warns, returns 0).
  public func recall() throws(ScoringError) -> Double { try ratio(truePositives, of: support, "positive") }

  /// TN / (TN + FP).
  /// - Throws: ``ScoringError/zeroDenominator(_:)`` when every record has the label.
  public func specificity() throws(ScoringError) -> Double {
    try ratio(trueNegatives, of: trueNegatives + falsePositives, "negative")
  }

  /// TN / (TN + FN), the negative predictive value.
  /// - Throws: ``ScoringError/zeroDenominator(_:)`` when every record is called positive.
  public func negativePredictiveValue() throws(ScoringError) -> Double {
    try ratio(trueNegatives, of: trueNegatives + falseNegatives, "record called negative")
  }

  /// 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall.
  /// - Throws: ``ScoringError/zeroDenominator(_:)`` when there is neither a positive nor a record called so
  ///   (scikit-learn warns, returns 0).
  public func f1() throws(ScoringError) -> Double {
    try ratio(2 * truePositives, of: support + predicted, "positive, and no record called positive")
  }

  /// (1 + b²) TP / ((1 + b²) TP + b² FN + FP): the F measure in which recall counts b times as much as precision.
  /// - Parameter beta: above 0.
  /// - Throws: as ``f1()``.
  /// - Source: van Rijsbergen, Information Retrieval (1979), chapter 7; equals scikit-learn's `fbeta_score`.
  public func fMeasure(beta: Double) throws(ScoringError) -> Double {
    precondition(beta > 0, "a beta of \(beta); expected above 0")
    guard support + predicted > 0 else { throw .zeroDenominator("positive, and no record called positive") }
    let weight = beta * beta
    return (1 + weight) * Double(truePositives) / (weight * Double(support) + Double(predicted))
  }

  /// The mean of recall and specificity: 0.5 for a guess, whatever the prevalence.
  /// - Throws: ``ScoringError/oneClass(positives:negatives:)`` (scikit-learn warns, returns the one that exists).
  public func balancedAccuracy() throws(ScoringError) -> Double {
    guard support > 0, support < records else { throw .oneClass(positives: support, negatives: records - support) }
    return (try recall() + specificity()) / 2
  }

  /// Matthews' correlation coefficient: the correlation of what is called with what is true, -1...1, 0 for a guess.
  /// - Throws: ``ScoringError/zeroDenominator(_:)`` when all records have the label or none, or all are called positive
  ///   or none (scikit-learn returns 0).
  /// - Source: Matthews, Biochimica et Biophysica Acta 405 (1975), 442-451; equals scikit-learn's `matthews_corrcoef`.
  public func matthewsCorrelation() throws(ScoringError) -> Double {
    for (count, what) in [
      (support, "positive"), (records - support, "negative"), (predicted, "record called positive"),
      (records - predicted, "record called negative"),
    ] where count == 0 { throw .zeroDenominator(what) }
    let (tp, fp) = (Double(truePositives), Double(falsePositives))
    let (fn, tn) = (Double(falseNegatives), Double(trueNegatives))
    return (tp * tn - fp * fn) / (((tp + fp) * (tp + fn)).squareRoot() * ((tn + fp) * (tn + fn)).squareRoot())
  }

  private func ratio(_ part: Int, of whole: Int, _ what: String) throws(ScoringError) -> Double {
    guard whole > 0 else { throw .zeroDenominator(what) }
    return Double(part) / Double(whole)
  }
}
