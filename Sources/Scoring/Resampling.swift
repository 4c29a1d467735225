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
    replicates = Replicates(of: statistics, records: records, count: bootstrap.count, draw: resampler.draw)
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

  /// One value, or the difference of two, which is undefined where one of them is.
  struct Term {
    let value: Int
    let subtracted: Int?

    init(_ value: Int, minus subtracted: Int? = nil) { (self.value, self.subtracted) = (value, subtracted) }

    func number(_ values: (Int) -> Double) -> Double { values(value) - (subtracted.map(values) ?? 0) }
  }

  /// The interval of one term. Where it is lost there is nothing to skip to: the replicate is rejected.
  func interval(of term: Term) -> Result<Interval, ScoringError> {
    interval(ofMean: [term], lostClass: bootstrap.lostClass == .stratified ? .stratified : .rejected)
  }

  /// The interval of the mean of some terms, such as a macro mean.
  func interval(ofMean terms: [Term]) -> Result<Interval, ScoringError> {
    interval(ofMean: terms, lostClass: bootstrap.lostClass)
  }

  /// - Parameter lostClass: `.skipped` takes the mean over the terms that a replicate has; otherwise it must have all.
  private func interval(ofMean terms: [Term], lostClass: Interval.LostClass) -> Result<Interval, ScoringError> {
    func mean(_ values: (Int) -> Double, skipping: Bool) -> (value: Double, isComplete: Bool) {
      var (sum, defined) = (0.0, 0)
      for term in terms {
        let number = term.number(values)
        if number.isNaN { continue }
        sum += number
        defined += 1
      }
      let isComplete = defined == terms.count
      return (isComplete || skipping ? sum / Double(defined) : .nan, isComplete)
    }
    var means: [Double] = []
    var lost = lostClass == .stratified ? replicates.redrawn : 0
    for replicate in 0..<bootstrap.count {
      let (value, isComplete) = mean({ replicates.values[$0][replicate] }, skipping: lostClass == .skipped)
      if !isComplete, lostClass != .stratified { lost += 1 }
      if !value.isNaN { means.append(value) }
    }
    means.sort()
    guard means.count >= Interval.fewestReplicates else {
      return .failure(.tooFewReplicates(used: means.count, of: bootstrap.count))
    }
    var shares = (lower: (1 - bootstrap.level) / 2, upper: 1 - (1 - bootstrap.level) / 2)
    if let jackknife {
      let left = (jackknife.first ?? []).indices.map { i in mean({ jackknife[$0][i] }, skipping: true).value }
      let estimate = mean({ estimates[$0] }, skipping: true).value
      do { shares = try bcaShares(means, estimate: estimate, jackknife: left, level: bootstrap.level) } catch {
        return .failure(error)
      }
    }
    return .success(
      Interval(
        lower: quantile(shares.lower, ofSorted: means), upper: quantile(shares.upper, ofSorted: means),
        level: bootstrap.level,
        method: method, replicates: means.count, seed: bootstrap.rows == nil ? bootstrap.seed : nil, lost: lost,
        lostClass: lostClass, mean: means.reduce(0, +) / Double(means.count)))
  }

  /// Intervals of one term of each class, and of their mean. A class that is undefined in the data themselves takes no
  /// part in the macro mean, and doesn't count as lost.
  /// - Parameter undefined: `[classes]`, why a class has no value in the data.
  func classIntervals(of terms: [Term], undefined: [ScoringError?]) -> ClassIntervals {
    let perClass = zip(terms, undefined).map { term, reason -> Result<Interval, ScoringError> in
      if let reason { .failure(reason) } else { interval(of: term) }
    }
    let defined = zip(terms, undefined).filter { $0.1 == nil }.map(\.0)
    return ClassIntervals(
      perClass: perClass,
      macro: defined.isEmpty ? .failure(.noDefinedClass(of: terms.count)) : interval(ofMean: defined))
  }
}
