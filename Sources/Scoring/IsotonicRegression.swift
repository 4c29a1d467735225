/// A rising function from scores to probabilities, of least squared error: it is fitted on validation records and
/// applied to others.
///
/// Scores that differ by less than 1e-15 are first replaced by the lowest of them and the mean of their labels; pools
/// of neighbours whose means fall are merged until none does. Between two scores the function is linear, and outside
/// the fitted range it keeps its end values.
///
/// Source: Zadrozny & Elkan, KDD 2002, 694-699; Barlow et al., Statistical Inference under Order Restrictions (1972).
/// Equals scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.
public struct IsotonicRegression: Sendable, Equatable, Codable {
  /// Where the function bends.
  public struct Point: Sendable, Equatable, Codable {
    public var score: Double
    public var probability: Double
  }

  public let points: [Point]  // scores rising, probabilities not falling

  /// - Parameters:
  ///   - scores: `[records]` of validation, any scale, finite.
  ///   - labels: `[records]`, `true` for positive.
  /// - Throws: ``ScoringError/noRecords``, ``ScoringError/notANumber(record:)``, ``ScoringError/shape(_:)``;
  ///   ``ScoringError/noFit(_:)`` for an infinite score.
  public init(fitting scores: [Double], _ labels: [Bool]) throws(ScoringError) {
    let ranking = try Ranking(scores, labels)
    guard !scores.isEmpty else { throw .noRecords }
    guard scores.allSatisfy(\.isFinite) else {
      throw .noFit("an infinite score; isotonic regression needs finite ones")
    }
    var groups: [(score: Double, positives: Int, records: Int)] = []
    for (entry, score) in zip(ranking.entries, ranking.scores).reversed() {
      if let last = groups.last, score - last.score < 1e-15 {
        groups[groups.count - 1].records += 1
        if entry.positive { groups[groups.count - 1].positives += 1 }
      } else {
        groups.append((score, entry.positive ? 1 : 0, 1))
      }
    }
    // A pool's mean is a fraction of counts, so falling means are found exactly.
    var pools: [(positives: Int, records: Int, groups: Int)] = []
    for group in groups {
      pools.append((group.positives, group.records, 1))
      while pools.count > 1 {
        let (before, last) = (pools[pools.count - 2], pools[pools.count - 1])
        guard before.positives * last.records >= last.positives * before.records else { break }
        pools.removeLast()
        pools[pools.count - 1] = (
          before.positives + last.positives, before.records + last.records, before.groups + last.groups
        )
      }
    }
    // Within a pool only its first and last score are needed.
    var points: [Point] = []
    var start = 0
    for pool in pools {
      for place in Set([start, start + pool.groups - 1]).sorted() {
        points.append(
          Point(score: groups[place].score, probability: Double(pool.positives) / Double(pool.records)))
      }
      start += pool.groups
    }
    self.points = points
  }

  /// The probability of a score, 0...1.
  public func callAsFunction(_ score: Double) -> Double {
    guard let first = points.first, let last = points.last else { return .nan }
    guard score > first.score else { return first.probability }
    guard score < last.score else { return last.probability }
    var (low, high) = (0, points.count - 1)  // the score is at or above `low` and below `high`
    while high - low > 1 {
      let middle = (low + high) / 2
      if points[middle].score <= score { low = middle } else { high = middle }
    }
    let (below, above) = (points[low], points[high])
    let share = (score - below.score) / (above.score - below.score)
    return below.probability + share * (above.probability - below.probability)
  }
}
