/// Precision against recall, threshold by threshold.
public struct PrecisionRecallCurve: Sendable, Equatable {
  public struct Point: Sendable, Equatable {
    /// A record is called positive at or above it; infinite at the first point, where none is.
    public var threshold: Double
    public var recall: Double
    public var precision: Double

    public init(threshold: Double, recall: Double, precision: Double) {
      (self.threshold, self.recall, self.precision) = (threshold, recall, precision)
    }
  }

  /// From recall 0 to recall 1, thresholds falling. The first point is (recall 0, precision 1) by convention: no record
  /// is called positive there, and precision has no value of its own.
  public var points: [Point]
}

/// The precision-recall curve of one class. Draw it as steps: between two points precision is not linear in recall.
///
/// - Parameters:
///   - scores: `[records]`, higher meaning more positive; no NaN.
///   - labels: `[records]`, `true` for positive.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)`` without positives (scikit-learn warns, sets recall to 1).
/// - Complexity: O(*n* log *n*).
/// - Source: equals scikit-learn's `precision_recall_curve` read from its end, which lists the thresholds rising.
public func precisionRecallCurve(
  _ scores: [Double], _ labels: [Bool]
) throws(ScoringError) -> PrecisionRecallCurve {
  try Ranking(scores, labels).precisionRecallCurve()
}

extension Ranking {
  /// See ``precisionRecallCurve(_:_:)``. Complexity: O(*n*).
  public func precisionRecallCurve() throws(ScoringError) -> PrecisionRecallCurve {
    if let noPositive { throw noPositive }
    let start = PrecisionRecallCurve.Point(threshold: .infinity, recall: 0, precision: 1)
    return PrecisionRecallCurve(
      points: [start]
        + cuts.map { cut in
          PrecisionRecallCurve.Point(
            threshold: cut.threshold, recall: Double(cut.truePositives) / Double(positives),
            precision: Double(cut.truePositives) / Double(cut.truePositives + cut.falsePositives))
        })
  }
}
