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
  /// Of scores that are no probabilities each holds the reason why there is none.
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
    of: Array(rankings.indices), undefined: rankings.map { ranking in ranking.oneClass })
}

/// Bootstrap intervals of AUROC, average precision and Brier score, of each class, macro and micro, and of F_max, all
/// from the same replicates. See ``aurocIntervals(_:patients:_:)``, which is quicker where AUROC is all.
///
/// The thresholds that F_max tries are the same in each replicate, and it takes the best of them there, too.
public func bootstrapIntervals(
  _ predictions: Predictions, patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap()
) throws(ScoringError) -> BootstrapIntervals {
  let (classes, records) = (predictions.classCount, predictions.recordCount)
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
  let oneClass = rankings.map { ranking in ranking.oneClass }
  func single(_ value: Int, _ reason: ScoringError?) -> Result<Interval, ScoringError> {
    if let reason { return .failure(reason) }
    return resampling.interval(of: value)
  }
  let brier =
    if let notProbabilities {
      ClassIntervals(perClass: rankings.map { _ in .failure(notProbabilities) }, macro: .failure(notProbabilities))
    } else {
      resampling.classIntervals(
        of: (0..<classes).map { 2 * classes + 2 + $0 }, undefined: rankings.map { _ in nil })
    }
  return BootstrapIntervals(
    auroc: resampling.classIntervals(of: (0..<classes).map { 2 * $0 }, undefined: oneClass),
    ap: resampling.classIntervals(
      of: (0..<classes).map { 2 * $0 + 1 },
      undefined: rankings.map { $0.positives > 0 ? nil : ScoringError.oneClass(positives: 0, negatives: $0.negatives) }
    ),
    brier: brier, fmax: single(3 * classes + 2, noFmax),
    microAUROC: single(2 * classes, pooled.oneClass),
    microAP: single(
      2 * classes + 1, pooled.positives > 0 ? nil : .oneClass(positives: 0, negatives: pooled.negatives)))
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

/// The values of some statistics in the replicates of a bootstrap, and what becomes an interval of them.
struct Resampling: Sendable {
  let bootstrap: Bootstrap
  private let replicates: Replicates
  private let estimates: [Double]  // [values], on the records themselves
  private let jackknife: [[Double]]?  // [values][patients], each left out; for BCa alone
  private let method: Interval.Method

  init(
    _ statistics: [any WeightedStatistic], labels: [[Bool]], patients: [Int]?, records: Int, _ bootstrap: Bootstrap
  ) throws(ScoringError) {
    guard records > 0 else { throw .noRecords }
    let resampler = try Resampler(bootstrap, labels: labels, patients: patients, records: records)
    self.bootstrap = bootstrap
    replicates = Replicates(of: statistics, records: records, count: bootstrap.replicates, draw: resampler.draw)
    let once = Replicates(of: statistics, records: records, count: 1) { _, weights in
      weights.update(repeating: 1)
      return false
    }
    estimates = once.values.map { $0[0] }
    switch bootstrap.method {
    case .percentile:
      jackknife = nil
      method = bootstrap.rows != nil ? .bootstrapGiven : patients == nil ? .bootstrapRecords : .bootstrapPatients
    case .bca:
      let clusters = resampler.clusters.count
      jackknife =
        Replicates(of: statistics, records: records, count: clusters) { cluster, weights in
          resampler.leave(out: cluster, into: weights)
          return false
        }.values
      method = bootstrap.rows != nil ? .bcaGiven : patients == nil ? .bcaRecords : .bcaPatients
    }
  }

  /// The interval of one value.
  func interval(of value: Int) -> Result<Interval, ScoringError> {
    mean(of: [value], lostClass: lostClassOfOne)
  }

  /// A single class that is lost leaves nothing to skip to.
  var lostClassOfOne: Interval.LostClass { bootstrap.lostClass == .stratified ? .stratified : .rejected }

  /// The interval of the mean of some values.
  /// - Parameter lostClass: `.skipped` takes the mean over the values that a replicate has; otherwise it must have all.
  func mean(of values: [Int], lostClass: Interval.LostClass) -> Result<Interval, ScoringError> {
    mean(of: values.map { Term(plus: $0) }, lostClass: lostClass)
  }

  /// One value, or the difference of two, which is undefined where one of them is.
  struct Term {
    var plus: Int
    var minus: Int?
  }

  /// The same for terms.
  func mean(of terms: [Term], lostClass: Interval.LostClass) -> Result<Interval, ScoringError> {
    func mean(_ value: (Int) -> Double, skipping: Bool) -> (value: Double, complete: Bool) {
      var (sum, defined) = (0.0, 0)
      for term in terms {
        let number = value(term.plus) - (term.minus.map(value) ?? 0)
        if number.isNaN { continue }
        sum += number
        defined += 1
      }
      let complete = defined == terms.count
      return (complete || skipping && defined > 0 ? sum / Double(defined) : .nan, complete)
    }
    var (lost, means) = (lostClass == .stratified ? replicates.redrawn : 0, [Double]())
    for replicate in 0..<bootstrap.replicates {
      let (value, complete) = mean({ replicates.values[$0][replicate] }, skipping: lostClass == .skipped)
      if !complete, lostClass != .stratified { lost += 1 }
      if !value.isNaN { means.append(value) }
    }
    means.sort()
    guard means.count >= Interval.fewestReplicates else {
      return .failure(.tooFewReplicates(used: means.count, of: bootstrap.replicates))
    }
    var tails = (1 - bootstrap.level) / 2
    var upper = 1 - tails
    if let jackknife {
      let left = (jackknife.first ?? []).indices.map { i in mean({ jackknife[$0][i] }, skipping: true).value }
      let estimate = mean({ estimates[$0] }, skipping: true).value
      do { (tails, upper) = try bcaShares(means, estimate: estimate, jackknife: left, level: bootstrap.level) } catch {
        return .failure(error)
      }
    }
    return .success(
      Interval(
        lower: quantile(tails, ofSorted: means), upper: quantile(upper, ofSorted: means), level: bootstrap.level,
        method: method, replicates: means.count, seed: bootstrap.rows == nil ? bootstrap.seed : nil, lost: lost,
        lostClass: lostClass, mean: means.reduce(0, +) / Double(means.count)))
  }

  /// Intervals of one value of each class, and of their mean. A class that is undefined in the data themselves takes no
  /// part in the macro mean, and doesn't count as lost.
  /// - Parameters:
  ///   - values: `[classes]`, which value is the class'.
  ///   - undefined: `[classes]`, why it has none in the data.
  func classIntervals(of values: [Int], undefined: [ScoringError?]) -> ClassIntervals {
    classIntervals(of: values.map { Term(plus: $0) }, undefined: undefined)
  }

  func classIntervals(of terms: [Term], undefined: [ScoringError?]) -> ClassIntervals {
    let perClass = zip(terms, undefined).map { term, reason -> Result<Interval, ScoringError> in
      if let reason { return .failure(reason) }
      return mean(of: [term], lostClass: lostClassOfOne)
    }
    let defined = zip(terms, undefined).filter { $0.1 == nil }.map(\.0)
    guard !defined.isEmpty else {
      return ClassIntervals(perClass: perClass, macro: .failure(.noDefinedClass(of: terms.count)))
    }
    return ClassIntervals(perClass: perClass, macro: mean(of: defined, lostClass: bootstrap.lostClass))
  }
}
