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
/// - Complexity: O(records x (classes + 101)).
/// - Source: Strodthoff, Wagner, Schaeffter & Samek, IEEE J. Biomed. Health Inform. 25 (2021), 1519-1528, section III,
///   whose data have at least one label in every record; after Radivojac et al., Nature Methods 10 (2013), 221-227.
public func fmax(_ predictions: Predictions) throws(ScoringError) -> (value: Double, threshold: Double) {
  let table = try FmaxTable(predictions)
  let once = [Lanes](repeating: Lanes(repeating: 1), count: predictions.recordCount)
  let best = once.withUnsafeBufferPointer { weights in weights.baseAddress.map(table.best) }
  guard let best else { throw .noRecords }
  return (best.value[0], FmaxTable.thresholds[Int(best.step[0])])
}

/// Precision and recall of each record at each threshold: what F_max is taken from, however the records are weighted.
struct FmaxTable: WeightedStatistic {
  static let thresholds = (0...100).map { Double($0) * 0.01 }

  private struct Row {
    var start: Int, steps: Int  // its values in the lists below: at so many thresholds something is called positive
    var hasLabel: Bool
  }
  private let rows: [Row]  // [records]
  private let precisions: [Double]
  private let recalls: [Double]  // 0 for a record without labels

  /// - Throws: as ``fmax(_:)``.
  init(_ predictions: Predictions) throws(ScoringError) {
    try predictions.requireProbabilities()
    let (records, classes) = (predictions.recordCount, predictions.classCount)
    let steps = FmaxTable.thresholds.count
    // How many thresholds the score reaches; it is called positive at the first `passed` of them.
    func passed(_ score: Double) -> Int {
      var count = min(Int(score * 100) + 1, steps)
      while count < steps, score >= FmaxTable.thresholds[count] { count += 1 }
      while count > 0, score < FmaxTable.thresholds[count - 1] { count -= 1 }
      return count
    }
    var (rows, precisions, recalls): ([Row], [Double], [Double]) = ([], [], [])
    var called = [Int](repeating: 0, count: steps + 1)
    var right = called
    for record in 0..<records {
      for i in 0...steps { (called[i], right[i]) = (0, 0) }
      var (truths, reached) = (0, 0)
      for j in 0..<classes {
        let (count, truth) = (passed(predictions.scores[j][record]), predictions.labels[j][record])
        called[count] += 1
        if truth {
          right[count] += 1
          truths += 1
        }
        reached = max(reached, count)
      }
      let start = precisions.count
      rows.append(Row(start: start, steps: reached, hasLabel: truths > 0))
      precisions += [Double](repeating: 0, count: reached)
      recalls += [Double](repeating: 0, count: reached)
      var (calls, hits) = (0, 0)
      for i in (0..<reached).reversed() {
        calls += called[i + 1]
        hits += right[i + 1]
        precisions[start + i] = Double(hits) / Double(calls)
        if truths > 0 { recalls[start + i] = Double(hits) / Double(truths) }
      }
    }
    guard rows.contains(where: \.hasLabel) else { throw .oneClass(positives: 0, negatives: records * classes) }
    (self.rows, self.precisions, self.recalls) = (rows, precisions, recalls)
  }

  func values(_ weights: UnsafePointer<Lanes>) -> [SIMD16<Double>] { [best(weights).value] }

  /// The highest F and the first step that reaches it, 0 where none is above 0; NaN where no record has a label.
  func best(_ weights: UnsafePointer<Lanes>) -> (value: SIMD16<Double>, step: SIMD16<Int64>) {
    let steps = FmaxTable.thresholds.count
    var precisionSums = [SIMD16<Double>](repeating: .zero, count: steps)
    var recallSums = precisionSums
    var withPrediction = [Lanes](repeating: .zero, count: steps)
    var withLabel = Lanes.zero
    for (record, row) in rows.enumerated() {
      let weight = weights[record]
      let factor = doubles(weight)
      if row.hasLabel { withLabel &+= weight }
      for i in 0..<row.steps {
        precisionSums[i] += precisions[row.start + i] * factor
        recallSums[i] += recalls[row.start + i] * factor
        withPrediction[i] &+= weight
      }
    }
    var (best, step) = (SIMD16<Double>.zero, SIMD16<Int64>.zero)
    let labelled = doubles(withLabel)
    for i in 0..<steps {
      // 0/0, NaN, where nothing is called positive or F has no denominator: the comparison then fails.
      let precision = precisionSums[i] / doubles(withPrediction[i])
      let recall = recallSums[i] / labelled
      let f = 2 * precision * recall / (precision + recall)
      let better = f .> best
      best.replace(with: f, where: better)
      step.replace(with: Int64(i), where: better)
    }
    return (best.replacing(with: .nan, where: labelled .== 0), step)
  }
}
