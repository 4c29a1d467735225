/// The threshold at which F1 is highest, to be chosen on validation records and then kept.
///
/// Candidates are the scores themselves; a record is called positive at or above the threshold. When several thresholds
/// have the same F1, the highest wins, which calls the fewest records positive. F1 is compared in integers.
///
/// - Parameters:
///   - scores: `[records]`, higher meaning more positive; no NaN.
///   - labels: `[records]`, `true` for positive.
/// - Returns: the threshold and its F1 on these records. That F1 is too optimistic as an estimate for others.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)`` without positives, where F1 is 0 at every threshold.
/// - Complexity: O(*n* log *n*).
/// - Source: Lipton, Elkan & Narayanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", ECML 2014.
public func f1Threshold(
  _ scores: [Double], _ labels: [Bool]
) throws(ScoringError) -> (threshold: Double, f1: Double) {
  let ranking = try Ranking(scores, labels)
  if let noPositive = ranking.noPositive { throw noPositive }
  // F1 = 2 TP / (predicted + positives); fractions are compared by multiplying across.
  var best = (threshold: Double.infinity, numerator: 0, denominator: 1)
  for cut in ranking.cuts {
    let numerator = 2 * cut.truePositives
    let denominator = cut.truePositives + cut.falsePositives + ranking.positives
    if numerator * best.denominator > best.numerator * denominator {
      best = (cut.threshold, numerator, denominator)
    }
  }
  return (best.threshold, Double(best.numerator) / Double(best.denominator))
}
