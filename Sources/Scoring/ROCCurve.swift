/// The receiver operating characteristic: what each threshold finds, and what it costs.
public struct ROCCurve: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    /// A record is called positive at or above it; infinite at the first point, where none is.
    public var threshold: Double
    public var falsePositiveRate: Double  // 1 - specificity
    public var truePositiveRate: Double  // recall, sensitivity

    public init(threshold: Double, falsePositiveRate: Double, truePositiveRate: Double) {
      self.threshold = threshold
      self.falsePositiveRate = falsePositiveRate
      self.truePositiveRate = truePositiveRate
    }
  }

  /// From (0, 0) to (1, 1), thresholds falling.
  public var points: [Point]
}

/// The ROC curve of one class.
///
/// - Parameters:
///   - scores: `[records]`, higher meaning more positive; no NaN.
///   - labels: `[records]`, `true` for positive.
///   - dropIntermediate: leaves out points that lie on the straight line between their neighbours. The curve and its
///     area
///     stay the same. The rule is scikit-learn's `drop_intermediate=True`: a point goes when its two steps are equal.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)`` (scikit-learn warns, returns NaN).
/// - Complexity: O(*n* log *n*).
/// - Source: Fawcett, Pattern Recognition Letters 27 (2006), 861-874; equals scikit-learn's `roc_curve`.
public func rocCurve(
  _ scores: [Double], _ labels: [Bool], dropIntermediate: Bool = true
) throws(ScoringError) -> ROCCurve {
  try Ranking(scores, labels).rocCurve(dropIntermediate: dropIntermediate)
}

extension Ranking {
  /// See ``rocCurve(_:_:dropIntermediate:)``. Complexity: O(*n*).
  public func rocCurve(dropIntermediate: Bool = true) throws(ScoringError) -> ROCCurve {
    try requireBothClasses()
    var cuts = cuts
    if dropIntermediate, cuts.count > 2 {
      let all = cuts
      cuts = all.indices.filter { i in
        guard i > 0, i + 1 < all.count else { return true }
        let (before, here, after) = (all[i - 1], all[i], all[i + 1])
        return after.falsePositives - here.falsePositives != here.falsePositives - before.falsePositives
          || after.truePositives - here.truePositives != here.truePositives - before.truePositives
      }.map { all[$0] }
    }
    let start = ROCCurve.Point(threshold: .infinity, falsePositiveRate: 0, truePositiveRate: 0)
    return ROCCurve(
      points: [start]
        + cuts.map { cut in
          ROCCurve.Point(
            threshold: cut.threshold, falsePositiveRate: Double(cut.falsePositives) / Double(negatives),
            truePositiveRate: Double(cut.truePositives) / Double(positives))
        })
  }
}
