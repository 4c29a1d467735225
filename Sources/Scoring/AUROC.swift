/// The area under the ROC curve: the chance that a positive outranks a negative, ties counting half.
///
/// Counted in integers, so that the order of the records and the platform change no digit.
///
/// - Parameters:
///   - scores: `[records]`, any monotone scale, higher meaning more positive; no NaN.
///   - labels: `[records]`, `true` for positive.
/// - Returns: 0...1; 0.5 when all scores are equal.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)``: undefined without both classes (scikit-learn warns,
///   returns NaN).
/// - Complexity: O(*n* log *n*).
/// - Source: Hanley & McNeil, Radiology 143 (1982), 29-36.
public func auroc(_ scores: [Double], _ labels: [Bool]) throws(ScoringError) -> Double {
  try Ranking(scores, labels).auroc()
}

extension Ranking {
  /// See ``auroc(_:_:)``. Complexity: O(*n*).
  public func auroc() throws(ScoringError) -> Double {
    try requireBothClasses()
    var twiceWon = 0  // pairs that the positive wins count 2, ties 1
    var above = 0  // positives in the groups passed
    var (groupPositives, groupNegatives) = (0, 0)
    for entry in entries {
      if entry.positive { groupPositives += 1 } else { groupNegatives += 1 }
      guard entry.endsGroup else { continue }
      twiceWon += groupNegatives * (2 * above + groupPositives)
      above += groupPositives
      (groupPositives, groupNegatives) = (0, 0)
    }
    return Double(twiceWon) / (2 * Double(positives) * Double(negatives))
  }
}
