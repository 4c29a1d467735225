/// How a bootstrap is drawn. Equal settings give equal intervals, whatever the number of threads.
public struct Bootstrap: Sendable, Equatable, Codable {
  /// How an interval comes of the replicates.
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// Between two percentiles of them.
    case percentile
    /// The same with percentiles moved for bias and for a variance that changes with the statistic. It needs the
    /// statistic without each patient in turn, and so costs as much again as a replicate for every patient.
    case bca
  }

  public var replicates: Int
  public var level: Double
  public var seed: UInt64
  public var method: Method
  /// What becomes of a replicate in which a class has lost its positives or negatives.
  ///
  /// `.rejected` is what the PTB-XL benchmark did. With a class of few positives nearly every replicate is rejected,
  /// and those that stay are not typical; `.skipped` keeps them, with the mean over fewer classes; `.stratified` draws
  /// patients so that no class is lost, and its intervals take the number of patients with a rare class as fixed.
  public var lostClass: Interval.LostClass
  /// Replicates that are given, as records counted from 0, in place of drawn ones: then the seed says nothing.
  public private(set) var rows: [[Int]]?

  public init(
    replicates: Int = 1000, level: Double = 0.95, seed: UInt64 = 0, method: Method = .percentile,
    lostClass: Interval.LostClass = .skipped
  ) {
    precondition(replicates > 0, "\(replicates) replicates; expected at least 1")
    precondition(level > 0 && level < 1, "a level of \(level); expected between 0 and 1")
    (self.replicates, self.level, self.seed, self.lostClass) = (replicates, level, seed, lostClass)
    self.method = method
  }

  /// As many as there are rows, where they are given.
  var count: Int { rows?.count ?? replicates }

  /// - Parameter rows: `[replicates][draws]`, the records of each replicate, counted from 0; at least one row.
  public init(
    rows: [[Int]], level: Double = 0.95, method: Method = .percentile, lostClass: Interval.LostClass = .skipped
  ) {
    self.init(replicates: rows.count, level: level, method: method, lostClass: lostClass)
    self.rows = rows
  }
}

/// Intervals of a statistic of each class, and of its macro mean.
public struct ClassIntervals: Sendable, Equatable {
  public var perClass: [Result<Interval, ScoringError>]  // [classes]
  public var macro: Result<Interval, ScoringError>
}

/// Intervals of everything that a bootstrap repeats here.
public struct BootstrapIntervals: Sendable, Equatable {
  public var auroc: ClassIntervals
  public var ap: ClassIntervals
  public var brier: ClassIntervals
  public var fmax: Result<Interval, ScoringError>
  public var microAUROC: Result<Interval, ScoringError>
  public var microAP: Result<Interval, ScoringError>
}

/// Bootstrap intervals for the AUROC of each class and for macro AUROC.
///
/// A replicate draws as many patients as there are, with replacement, and takes each with all of their records: records
/// of one patient resemble each other, and drawing them singly makes intervals too narrow. All classes share the draw.
/// Nothing is sorted again: a replicate is a count for each record, and the AUROC one pass over the sorted scores, 16
/// replicates at a time.
///
/// - Parameters:
///   - predictions: `[classes][records]`.
///   - patients: `[records]`, equal for records of one patient; nil draws records.
///   - bootstrap: replicates, level, seed, method, and what becomes of a lost class.
/// - Returns: an interval for each class over the replicates in which it has positives and negatives; the others are
///   counted in ``Interval/lost``. A class that lacks one of them altogether has none.
/// - Throws: ``ScoringError/shape(_:)`` when `patients` has another length than the records.
/// - Complexity: O(replicates x classes x records), on all cores.
/// - Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), sections 13.3 (percentiles) and 14.3 (BCa);
///   Field & Welsh, J. R. Stat. Soc. B 69 (2007), 369-390 (clusters).
public func aurocIntervals(
  _ predictions: Predictions, patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap()
) throws(ScoringError) -> ClassIntervals {
  let rankings = try predictions.rankings()
  let resampling = try Resampling(
    rankings.map { WeightedRanking($0) }, labels: predictions.labels, patients: patients,
    records: predictions.recordCount, bootstrap)
  return resampling.classIntervals(
    of: rankings.indices.map { Resampling.Term($0) }, undefined: rankings.map { ranking in ranking.oneClass })
}

/// Bootstrap intervals of AUROC, average precision and Brier score, of each class, macro and micro, and of F_max, all
/// from the same replicates. See ``aurocIntervals(_:patients:_:)``, which is quicker where AUROC is all.
///
/// The thresholds that F_max tries are the same in each replicate, and it takes the best of them there, too.
public func bootstrapIntervals(
  _ predictions: Predictions, patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap()
) throws(ScoringError) -> BootstrapIntervals {
  let (classes, records) = (predictions.classCount, predictions.recordCount)
  let (micro, brier, best) = (2 * classes, 2 * classes + 2, 3 * classes + 2)  // where their values begin
  let rankings = try predictions.rankings()
  let pooled = try predictions.pooledRanking()
  var statistics: [any WeightedStatistic] = rankings.map { WeightedRanking($0, averagePrecision: true) }
  statistics.append(WeightedRanking(pooled, averagePrecision: true) { $0 % records })
  var notProbabilities: ScoringError?
  var noFmax: ScoringError?
  do {
    try predictions.requireProbabilities()
    for (scores, labels) in zip(predictions.scores, predictions.labels) {
      statistics.append(WeightedMean(numbers: squaredErrors(scores, labels)))
    }
  } catch { notProbabilities = error }
  do { statistics.append(try FmaxTable(predictions)) } catch { noFmax = error }

  let resampling = try Resampling(
    statistics, labels: predictions.labels, patients: patients, records: records, bootstrap)
  func ofClasses(_ value: (Int) -> Int, undefined: (Ranking) -> ScoringError?) -> ClassIntervals {
    resampling.classIntervals(
      of: (0..<classes).map { Resampling.Term(value($0)) }, undefined: rankings.map(undefined))
  }
  func single(_ value: Int, undefined: ScoringError?) -> Result<Interval, ScoringError> {
    if let undefined { .failure(undefined) } else { resampling.interval(of: Resampling.Term(value)) }
  }
  return BootstrapIntervals(
    auroc: ofClasses({ 2 * $0 }, undefined: \.oneClass), ap: ofClasses({ 2 * $0 + 1 }, undefined: \.noPositive),
    brier: ofClasses({ brier + $0 }, undefined: { _ in notProbabilities }),
    fmax: single(best, undefined: noFmax),
    microAUROC: single(micro, undefined: pooled.oneClass),
    microAP: single(micro + 1, undefined: pooled.noPositive))
}

extension Predictions {
  func rankings() throws(ScoringError) -> [Ranking] {
    var rankings: [Ranking] = []
    for (scores, labels) in zip(scores, labels) { rankings.append(try Ranking(scores, labels)) }
    return rankings
  }

  /// All pairs of class and record as one list, class by class.
  func pooledRanking() throws(ScoringError) -> Ranking {
    try Ranking(scores.flatMap { $0 }, labels.flatMap { $0 })
  }
}
