/// Records from the highest score to the lowest, in groups of equal score: what every rank statistic is computed from.
///
/// Sorting costs O(*n* log *n*) and happens once; each statistic is then one pass.
public struct Ranking: Sendable {
  /// What stands at one place: which record, whether it is positive, and whether its group of equal scores ends here.
  struct Entry: Sendable {
    let bits: UInt32
    init(record: Int, positive: Bool, endsGroup: Bool) {
      bits = UInt32(record) << 2 | (positive ? 2 : 0) | (endsGroup ? 1 : 0)
    }
    var record: Int { Int(bits >> 2) }
    var positive: Bool { bits & 2 != 0 }
    var endsGroup: Bool { bits & 1 != 0 }
  }

  let entries: [Entry]
  let scores: [Double]  // [records], in the order of `entries`
  public let positives: Int, negatives: Int

  /// - Parameters:
  ///   - scores: `[records]`, any monotone scale, higher meaning more positive; infinities are in order, NaN is not.
  ///   - labels: `[records]`, `true` for positive.
  /// - Throws: ``ScoringError/notANumber(record:)``; ``ScoringError/shape(_:)`` when the lengths differ.
  public init(_ scores: [Double], _ labels: [Bool]) throws(ScoringError) {
    guard scores.count == labels.count else {
      throw .shape("\(scores.count) scores but \(labels.count) labels; expected one label for each score")
    }
    guard scores.count < 1 << 30 else { throw .shape("\(scores.count) records; expected fewer than \(1 << 30)") }
    if let record = scores.firstIndex(where: \.isNaN) { throw .notANumber(record: record) }
    // Equal scores keep the records' order, so that the same input always gives the same ranking.
    let order = scores.enumerated().map { (score: $0.element, record: $0.offset) }
      .sorted { $0.score != $1.score ? $0.score > $1.score : $0.record < $1.record }
    entries = order.indices.map { place in
      let record = order[place].record
      let endsGroup = place + 1 == order.count || order[place + 1].score != order[place].score
      return Entry(record: record, positive: labels[record], endsGroup: endsGroup)
    }
    self.scores = order.map(\.score)
    positives = labels.count { $0 }
    negatives = labels.count - positives
  }

  /// Why there are no pairs of a positive and a negative; nil when there are.
  var oneClass: ScoringError? {
    if entries.isEmpty { return .noRecords }
    return positives > 0 && negatives > 0 ? nil : .oneClass(positives: positives, negatives: negatives)
  }

  /// Why precision and recall have nothing to be about; nil when they have.
  var noPositive: ScoringError? {
    if entries.isEmpty { return .noRecords }
    return positives > 0 ? nil : .oneClass(positives: 0, negatives: negatives)
  }

  /// Throws where a statistic needs both classes.
  func requireBothClasses() throws(ScoringError) {
    if let oneClass { throw oneClass }
  }

  /// How many positives and negatives a threshold calls positive.
  struct Cut: Sendable, Equatable {
    var threshold: Double
    var truePositives: Int
    var falsePositives: Int
  }

  /// One cut for each distinct score, from the highest to the lowest; a score at or above the threshold counts.
  var cuts: [Cut] {
    var cuts: [Cut] = []
    var (truePositives, falsePositives) = (0, 0)
    for (entry, score) in zip(entries, scores) {
      if entry.positive { truePositives += 1 } else { falsePositives += 1 }
      if entry.endsGroup {
        cuts.append(Cut(threshold: score, truePositives: truePositives, falsePositives: falsePositives))
      }
    }
    return cuts
  }
}
