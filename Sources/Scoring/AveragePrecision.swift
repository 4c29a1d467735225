/// Average precision: the mean of the precision at each threshold, weighted by the recall gained there.
///
/// `AP = sum (R[n] - R[n-1]) P[n]` over the distinct scores from high to low. Records of equal score are taken
/// together, and nothing is interpolated between thresholds (the trapezoidal area under the precision-recall curve is
/// too optimistic: Davis & Goadrich, ICML 2006).
///
/// - Parameters:
///   - scores: `[records]`, any monotone scale, higher meaning more positive; no NaN.
///   - labels: `[records]`, `true` for positive.
/// - Returns: above 0, at most 1; the share of positives when all scores are equal; 1 when every record is positive.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)`` without positives (scikit-learn warns, returns 0).
/// - Complexity: O(*n* log *n*).
/// - Source: Zhu, "Recall, precision and average precision", University of Waterloo 2004; equals scikit-learn's
///   `average_precision_score`.
public func averagePrecision(_ scores: [Double], _ labels: [Bool]) throws(ScoringError) -> Double {
  try Ranking(scores, labels).averagePrecision()
}

extension Ranking {
  /// See ``averagePrecision(_:_:)``. Complexity: O(*n*).
  public func averagePrecision() throws(ScoringError) -> Double {
    if let noPositive { throw noPositive }
    var sum = 0.0
    var (truePositives, predicted, groupPositives) = (0, 0, 0)
    for entry in entries {
      predicted += 1
      if entry.positive { groupPositives += 1 }
      guard entry.endsGroup else { continue }
      truePositives += groupPositives
      sum += Double(groupPositives) * (Double(truePositives) / Double(predicted))
      groupPositives = 0
    }
    return min(1, sum / Double(positives))
  }
}
