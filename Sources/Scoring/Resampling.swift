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
    Result { () throws(ScoringError) in
      let means = try Means(of: terms, in: self, lostClass)
      var shares = (lower: (1 - bootstrap.level) / 2, upper: 1 - (1 - bootstrap.level) / 2)
      if let jackknife {
        let left = (jackknife.first ?? []).indices.map { i in Self.mean(of: terms, skipping: true) { jackknife[$0][i] }.value }
        let estimate = Self.mean(of: terms, skipping: true) { estimates[$0] }.value
        shares = try bcaShares(means.values, estimate: estimate, jackknife: left, level: bootstrap.level)
      }
      return means.interval(
        quantile(shares.lower, ofSorted: means.values), quantile(shares.upper, ofSorted: means.values), method, bootstrap,
        lostClass)
    }
  }

  /// The mean of some terms in the replicates that have it.
  private struct Means {
    var values: [Double] = []  // rising
    var lost: Int  // replicates in which a class was lost

    /// - Throws: ``ScoringError/tooFewReplicates(used:of:)``.
    init(of terms: [Term], in resampling: Resampling, _ lostClass: Interval.LostClass) throws(ScoringError) {
      let replicates = resampling.replicates
      lost = lostClass == .stratified ? replicates.redrawn : 0
      for replicate in 0..<resampling.bootstrap.count {
        let (value, isComplete) = Resampling.mean(of: terms, skipping: lostClass == .skipped) {
          replicates.values[$0][replicate]
        }
        if !isComplete, lostClass != .stratified { lost += 1 }
        if !value.isNaN { values.append(value) }
      }
      values.sort()
      guard values.count >= Interval.fewestReplicates else {
        throw .tooFewReplicates(used: values.count, of: resampling.bootstrap.count)
      }
    }

    var mean: Double { values.reduce(0, +) / Double(values.count) }
    var standardDeviation: Double {
      let mean = mean
      return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }

    func interval(
      _ lower: Double, _ upper: Double, _ method: Interval.Method, _ bootstrap: Bootstrap, _ lostClass: Interval.LostClass
    ) -> Interval {
      Interval(
        lower: lower, upper: upper, level: bootstrap.level, method: method, replicates: values.count,
        seed: bootstrap.rows == nil ? bootstrap.seed : nil, lost: lost, lostClass: lostClass, mean: mean)
    }
  }

  private static func mean(
    of terms: [Term], skipping: Bool, _ values: (Int) -> Double
  ) -> (value: Double, isComplete: Bool) {
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

  /// The paired test of the mean of some differences. Its standard error is the deviation of the replicates, and its
  /// interval that of Student's t: so p-values agree with intervals, and can be small enough to be adjusted for many
  /// classes, where a share of replicates can't.
  /// - Throws: ``ScoringError/tooFewReplicates(used:of:)``; ``ScoringError/noVariance(_:)``.
  func test(_ estimate: Double, ofMean terms: [Term], degreesOfFreedom: Double) throws(ScoringError) -> PairedTest {
    // Of one term alone there is nothing to skip to.
    let lostClass = terms.count == 1 && bootstrap.lostClass == .skipped ? .rejected : bootstrap.lostClass
    let means = try Means(of: terms, in: self, lostClass)
    let error = means.standardDeviation
    guard error > 0 else { throw .noVariance("the difference is the same in every replicate") }
    let method: Interval.Method =
      switch self.method {
      case .bootstrapGiven, .bcaGiven: .studentGiven
      case .bootstrapPatients, .bcaPatients: .studentPatients
      default: .studentRecords
      }
    var test = PairedTest(
      estimate, standardError: error, degreesOfFreedom: degreesOfFreedom, level: bootstrap.level, method: method)
    test.interval = means.interval(test.interval.lower, test.interval.upper, method, bootstrap, lostClass)
    return test
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
