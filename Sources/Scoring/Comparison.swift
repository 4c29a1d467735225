/// Two networks on the same records: who ranks better, in which class, and how sure that is.
public struct Comparison: Sendable, Equatable {
  /// One class.
  public struct Row: Sendable, Equatable {
    public var name: String
    public var support: Int  // records that have the label
    /// AUROC of each network, with DeLong's or Obuchowski's interval.
    public var first: Statistic
    public var second: Statistic
    /// First minus second, with the interval of the paired bootstrap.
    public var difference: Statistic
    /// The paired test; nil where it does not exist, for the reason in ``noTest``.
    public var test: AUROCTest?
    public var noTest: String?
    /// Its p-value adjusted over the classes by Holm's method.
    public var adjustedPValue: Double?
  }

  /// The unweighted mean over the classes in which AUROC is defined.
  public struct Macro: Sendable, Equatable {
    public var first: Statistic
    public var second: Statistic
    /// First minus second, with the interval of the paired bootstrap.
    public var difference: Statistic
    public var defined: Int  // classes in which AUROC is defined
  }

  public var records: Int
  public var patients: Int?  // nil when records weren't grouped by patient
  public var perClass: [Row]
  public var macro: Macro
}

/// Compares two networks' AUROC on the same records, class by class and macro.
///
/// The bootstrap draws patients once for both networks, so what makes a draw easy for one makes it easy for the other,
/// and only the difference varies.
///
/// - Parameters:
///   - first: `[classes][records]`.
///   - second: the same classes, records and labels in the same order; the scales of the scores may differ.
///   - patients: `[records]`, equal for records of one patient; nil draws records and tests by DeLong.
///   - bootstrap: of the differences; its level is also that of the other intervals.
/// - Throws: ``ScoringError/shape(_:)`` when classes, records or labels differ; ``ScoringError/noRecords``.
/// - Source: DeLong et al. (1988), Obuchowski (1997), Holm (1979): see ``delongTest(_:_:_:patients:level:)``,
///   ``holm(_:)``; Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
public func compare(
  _ first: Predictions, _ second: Predictions, patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap()
) throws(ScoringError) -> Comparison {
  guard first.names == second.names else {
    throw .shape(
      "the first network's classes are \(first.names.joined(separator: ", ")), the second's "
        + "\(second.names.joined(separator: ", ")); expected the same in the same order")
  }
  guard first.recordCount == second.recordCount else {
    throw .shape(
      "\(first.recordCount) records of the first network, \(second.recordCount) of the second; expected the same")
  }
  for (j, name) in first.names.enumerated() {
    if let record = first.labels[j].indices.first(where: { first.labels[j][$0] != second.labels[j][$0] }) {
      throw .shape("the labels of record \(record) (counted from 0) differ in class \(name)")
    }
  }
  let classes = first.classCount
  let rankings = (try first.rankings(), try second.rankings())
  let resampling = try Resampling(
    (rankings.0 + rankings.1).map { WeightedRanking($0) }, labels: first.labels, patients: patients,
    records: first.recordCount, bootstrap)
  let intervals = resampling.classIntervals(
    of: (0..<classes).map { Resampling.Term($0, minus: classes + $0) },
    undefined: rankings.0.map { ranking in ranking.oneClass })

  var rows: [Comparison.Row] = []
  for j in 0..<classes {
    let labels = first.labels[j]
    func one(_ scores: [Double]) -> Statistic {
      var statistic = Statistic { () throws(ScoringError) in try auroc(scores, labels) }
      guard statistic.value != nil else { return statistic }
      statistic.take(
        Result { () throws(ScoringError) in
          try delongInterval(scores, labels, patients: patients, level: bootstrap.level)
        })
      return statistic
    }
    var row = Comparison.Row(
      name: first.names[j], support: rankings.0[j].positives, first: one(first.scores[j]),
      second: one(second.scores[j]), difference: Statistic(undefined: ""))
    row.difference = difference(row.first, row.second, intervals.perClass[j])
    do {
      row.test = try delongTest(
        first.scores[j], second.scores[j], labels, patients: patients, level: bootstrap.level)
    } catch { row.noTest = error.description }
    rows.append(row)
  }
  for (j, p) in holm(rows.map { $0.test?.pValue }).enumerated() { rows[j].adjustedPValue = p }
  func mean(_ values: [Double?]) -> Statistic { Statistic { () throws(ScoringError) in try macroMean(values).value } }
  let (one, other) = (mean(rows.map(\.first.value)), mean(rows.map(\.second.value)))
  return Comparison(
    records: first.recordCount, patients: patients.map { Set($0).count }, perClass: rows,
    macro: Comparison.Macro(
      first: one, second: other, difference: difference(one, other, intervals.macro),
      defined: rows.count { $0.first.value != nil }))
}

/// First minus second with an interval, or why there is none.
private func difference(
  _ first: Statistic, _ second: Statistic, _ interval: Result<Interval, ScoringError>
) -> Statistic {
  guard let a = first.value, let b = second.value else {
    return Statistic(undefined: first.undefined ?? second.undefined ?? "undefined")
  }
  var statistic = Statistic(a - b)
  statistic.take(interval)
  return statistic
}
