/// What decisions at each threshold are worth, against treating everyone and treating no one.
///
/// A threshold probability `t` says what a wrong treatment costs against a missed one: `t / (1 - t)` to 1. Net benefit
/// is then counted in true positives per record: `TP/n - FP/n x t/(1 - t)`. Treating no one is worth 0.
public struct DecisionCurve: Sendable, Equatable, Codable {
  public struct Point: Sendable, Equatable, Codable {
    public var threshold: Double
    /// Of treating the records at or above the threshold.
    public var model: Double
    /// Of treating all: `prevalence - (1 - prevalence) x t/(1 - t)`.
    public var all: Double
    /// `model` as a share of the prevalence, the highest net benefit there is: at most 1.
    public var standardized: Double
  }

  public var points: [Point]  // in the order of the thresholds
  public var prevalence: Double
}

extension DecisionCurve {
  /// 0.01, 0.02, ... 0.99.
  public static let standardThresholds = (1..<100).map { Double($0) / 100 }
}

/// The decision curve of one class.
///
/// - Parameters:
///   - probabilities: `[records]`, each in 0...1. Net benefit takes them at their word: calibrate them first.
///   - labels: `[records]`, `true` for positive.
///   - thresholds: each at least 0, below 1.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)`` without positives, where no treatment helps and there is
///   nothing to standardize by; ``ScoringError/notProbabilities(lowest:highest:)``; ``ScoringError/noRecords``.
/// - Source: Vickers & Elkin, Medical Decision Making 26 (2006), 565-574; standardized: Kerr, Brown, Zhu & Janes, J.
///   Clin. Oncol. 34 (2016), 2534-2540.
public func decisionCurve(
  _ probabilities: [Double], _ labels: [Bool], thresholds: [Double] = DecisionCurve.standardThresholds
) throws(ScoringError) -> DecisionCurve {
  try requireProbabilities(probabilities, labels)
  let positives = labels.count { $0 }
  guard positives > 0 else { throw .oneClass(positives: 0, negatives: labels.count) }
  let n = Double(labels.count)
  let prevalence = Double(positives) / n
  let points = thresholds.map { threshold in
    precondition(threshold >= 0 && threshold < 1, "a threshold of \(threshold); expected at least 0, below 1")
    let counts = Confusion(probabilities, labels, threshold: threshold)
    let odds = threshold / (1 - threshold)
    let model = Double(counts.truePositives) / n - Double(counts.falsePositives) / n * odds
    return DecisionCurve.Point(
      threshold: threshold, model: model, all: prevalence - (1 - prevalence) * odds, standardized: model / prevalence)
  }
  return DecisionCurve(points: points, prevalence: prevalence)
}
