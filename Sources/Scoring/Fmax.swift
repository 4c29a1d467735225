/// The sample-centric F_max of the PTB-XL benchmark: the best F score over 101 thresholds shared by all classes.
///
/// At each threshold 0, 0.01, ... 1 precision is averaged over the records with at least one class called positive,
/// recall over the records with at least one label, and `F = 2PR / (P + R)`. A class is called positive at or above the
/// threshold.
///
/// - Parameter predictions: probabilities and labels, `[classes][records]`.
/// - Returns: 0...1, and the threshold (the lowest that reaches it).
/// - Throws: ``ScoringError/notProbabilities(lowest:highest:)`` for scores outside 0...1;
///   ``ScoringError/oneClass(positives:negatives:)`` when no record has a label.
/// - Complexity: O(records x classes).
/// - Source: Strodthoff, Wagner, Schaeffter & Samek, IEEE J. Biomed. Health Inform. 25 (2021), 1519-1528, section III,
///   whose data have at least one label in every record; after Radivojac et al., Nature Methods 10 (2013), 221-227.
public func fmax(_ predictions: Predictions) throws(ScoringError) -> (value: Double, threshold: Double) {
  try predictions.requireProbabilities()
  let (records, classes) = (predictions.recordCount, predictions.classCount)
  guard records > 0 else { throw .noRecords }
  let steps = 101
  let thresholds = (0..<steps).map { Double($0) * 0.01 }
  // passed[score] = how many thresholds the score reaches; it is called positive at the first `passed` of them.
  func passed(_ score: Double) -> Int {
    var count = min(Int(score * 100) + 1, steps)
    while count < steps, score >= thresholds[count] { count += 1 }
    while count > 0, score < thresholds[count - 1] { count -= 1 }
    return count
  }
  var precisions = [Double](repeating: 0, count: steps)
  var recalls = precisions
  var withPrediction = [Int](repeating: 0, count: steps)
  var (withLabel, labels) = (0, 0)
  var called = [Int](repeating: 0, count: steps + 1)
  var right = called
  for record in 0..<records {
    for i in 0...steps { (called[i], right[i]) = (0, 0) }
    var truths = 0
    for j in 0..<classes {
      let (count, truth) = (passed(predictions.scores[j][record]), predictions.labels[j][record])
      called[count] += 1
      if truth {
        right[count] += 1
        truths += 1
      }
    }
    labels += truths
    if truths > 0 { withLabel += 1 }
    var (calls, hits) = (0, 0)
    for i in (0..<steps).reversed() {
      calls += called[i + 1]
      hits += right[i + 1]
      guard calls > 0 else { continue }
      precisions[i] += Double(hits) / Double(calls)
      withPrediction[i] += 1
      if truths > 0 { recalls[i] += Double(hits) / Double(truths) }
    }
  }
  guard withLabel > 0 else { throw .oneClass(positives: labels, negatives: records * classes - labels) }
  var best = (value: 0.0, threshold: 0.0)
  for i in 0..<steps where withPrediction[i] > 0 {
    let precision = precisions[i] / Double(withPrediction[i])
    let recall = recalls[i] / Double(withLabel)
    let f = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    if f > best.value { best = (f, thresholds[i]) }
  }
  return best
}
