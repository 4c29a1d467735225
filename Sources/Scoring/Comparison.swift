/// Two networks on the same records in one measure: who does better, in which class, and how sure that is.
public struct Comparison: Sendable, Equatable {
  /// What is compared.
  public enum Measure: String, Sendable, Codable, CaseIterable {
    case auroc, ap, brier
    /// Over all classes alone: it has no value of a class.
    case fmax

    public var lowerIsBetter: Bool { self == .brier }
    public var isOfClasses: Bool { self != .fmax }

    /// As tables and figures name it.
    public var title: String {
      switch self {
      case .auroc: "AUROC"
      case .ap: "AP"
      case .brier: "Brier score"
      case .fmax: "F_max"
      }
    }
  }

  /// Whether chance explains a difference.
  public enum Verdict: String, Sendable, Codable, CaseIterable {
    /// The adjusted p-value is below 1 minus the level.
    case beyondNoise = "beyond noise"
    /// It is not, or both do equally well on every record: the data do not tell the two apart. That is not to say that
    /// they are equal; whether they nearly are is what a margin asks.
    case withinNoise = "within noise"
  }

  /// Whether the first network is worse than the second by less than a margin that was chosen before.
  ///
  /// The usual test at twice the level of one side: with 95 % intervals a network is found non-inferior by chance in at
  /// most 2.5 % of the cases in which it is worse by the margin or more. Source: Piaggio et al., JAMA 308 (2012),
  /// 2594-2604, figure 1.
  public enum NonInferiority: String, Sendable, Codable, CaseIterable {
    /// The whole interval lies on the better side of the margin.
    case nonInferior = "non-inferior"
    /// The whole interval lies beyond it.
    case inferior
    /// The margin lies within the interval: more records are needed.
    case inconclusive
  }

  /// One class, or all of them together.
  public struct Row: Sendable, Equatable {
    public var name: String
    public var support: Int?  // records that have the label; nil over all classes
    /// Each network's value; AUROC of a class with DeLong's or Obuchowski's interval.
    public var first: Statistic
    public var second: Statistic
    /// First minus second, with the interval of the test.
    public var difference: Statistic
    /// The paired test; nil where it does not exist, for the reason in ``noTest``.
    public var test: PairedTest?
    public var noTest: String?
    /// Its p-value adjusted by Holm's method over the rows that are judged together.
    public var adjustedPValue: Double?
    /// Nil without a test, unless the difference is exactly 0.
    public var verdict: Verdict?
    /// Nil without a margin, and without a test.
    public var nonInferiority: NonInferiority?
  }

  public var measure: Measure
  public var records: Int
  public var patients: Int?  // nil when records weren't grouped by patient
  public var perClass: [Row]  // empty for a measure of all classes alone
  /// The unweighted mean over the classes in which the measure is defined; or what is of all classes alone.
  public var overall: Row
  public var defined: Int  // classes in which it is defined; all of them for what is of all classes alone
  /// How much worse the first may be without being called inferior, above 0; nil where none was given.
  public var margin: Double?
}

/// Compares two networks on the same records, class by class and over all.
///
/// AUROC of a class is tested by DeLong's method, clustered by patient where a patient has several records. Everything
/// else, macro AUROC included, is drawn by a paired bootstrap: patients are drawn once for both networks, so what makes
/// a draw easy for one makes it easy for the other, and only the difference varies. Student's t with Satterthwaite's
/// degrees of freedom takes the place of the normal distribution, since of few positives a variance is known badly.
///
/// - Parameters:
///   - first: `[classes][records]`.
///   - second: the same classes, records and labels in the same order; the scales of the scores may differ, but where
///     the measure asks for probabilities.
///   - measure: AUROC, average precision, Brier score or F_max.
///   - margin: for non-inferiority, above 0.
///   - patients: `[records]`, equal for records of one patient; nil where each record is a patient's only one.
///   - bootstrap: its level is also that of the other intervals, and of the verdicts. Its method is not asked for: see
///     ``PairedTest``.
/// - Throws: ``ScoringError/shape(_:)`` when classes, records or labels differ; ``ScoringError/noRecords``.
/// - Source: DeLong et al. (1988), Obuchowski (1997), Holm (1979): see ``delongTest(_:_:_:patients:level:)``,
///   ``holm(_:)``; Efron & Tibshirani, An Introduction to the Bootstrap (1993), chapters 6 and 13.
public func compare(
  _ first: Predictions, _ second: Predictions, in measure: Comparison.Measure = .auroc, margin: Double? = nil,
  patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap()
) throws(ScoringError) -> Comparison {
  try compare([first], with: second, in: measure, margin: margin, patients: patients, bootstrap)[0]
}

/// Compares each of several networks with one other. All their classes are judged together: a p-value is adjusted for
/// every class of every network, one over all classes for every network.
///
/// - Parameter others: as the first network of ``compare(_:_:in:margin:patients:_:)``.
/// - Returns: one for each of `others`.
public func compare(
  _ others: [Predictions], with reference: Predictions, in measure: Comparison.Measure = .auroc, margin: Double? = nil,
  patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap()
) throws(ScoringError) -> [Comparison] {
  precondition(margin.map { $0 > 0 } ?? true, "a margin of \(margin ?? 0); expected above 0")
  var comparisons: [Comparison] = []
  for other in others {
    let pair = try Pair(other, reference, measure, patients: patients, bootstrap)
    comparisons.append(try pair.comparison(margin: margin))
  }
  func judge(_ rows: [WritableKeyPath<[Comparison], Comparison.Row>]) {
    let adjusted = holm(rows.map { comparisons[keyPath: $0].test?.pValue })
    let worst = margin.map { measure.lowerIsBetter ? $0 : -$0 }
    let againstMargin = worst.map { worst in holm(rows.map { comparisons[keyPath: $0].test?.pValue(against: worst) }) }
    for (i, row) in rows.enumerated() {
      comparisons[keyPath: row].judge(
        adjusted[i], level: bootstrap.level, worst: worst, againstMargin?[i], lowerIsBetter: measure.lowerIsBetter)
    }
  }
  judge(comparisons.indices.flatMap { i in comparisons[i].perClass.indices.map { j in \.[i].perClass[j] } })
  judge(comparisons.indices.map { i in \.[i].overall })
  return comparisons
}

extension Comparison.Row {
  /// - Parameters:
  ///   - p: adjusted, of no difference.
  ///   - worst: the difference at the margin, and `pAtMargin` the adjusted p-value of it.
  fileprivate mutating func judge(
    _ p: Double?, level: Double, worst: Double?, _ pAtMargin: Double?, lowerIsBetter: Bool
  ) {
    adjustedPValue = p
    verdict = p.map { $0 < 1 - level ? .beyondNoise : .withinNoise }
    if verdict == nil, difference.value == 0 { verdict = .withinNoise }
    guard let worst, let pAtMargin, let difference = difference.value else { return }
    guard pAtMargin < 1 - level else {
      nonInferiority = .inconclusive
      return
    }
    nonInferiority = (difference > worst) == !lowerIsBetter ? .nonInferior : .inferior
  }
}

/// Two networks whose values are computed and resampled together.
private struct Pair {
  let first, second: Predictions
  let measure: Comparison.Measure
  let patients: [Int]?
  let level: Double
  private let rankings: ([Ranking], [Ranking])
  private let resampling: Resampling

  init(
    _ first: Predictions, _ second: Predictions, _ measure: Comparison.Measure, patients: [Int]?, _ bootstrap: Bootstrap
  ) throws(ScoringError) {
    try Pair.requireSame(first, second)
    (self.first, self.second, self.measure) = (first, second, measure)
    (self.patients, level) = (patients, bootstrap.level)
    rankings = (try first.rankings(), try second.rankings())
    var statistics: [any WeightedStatistic] = []
    for (predictions, rankings) in [(first, rankings.0), (second, rankings.1)] {
      statistics += Pair.statistics(predictions, rankings, measure)
    }
    resampling = try Resampling(
      statistics, labels: first.labels, patients: patients, records: first.recordCount, bootstrap)
  }

  private static func requireSame(_ first: Predictions, _ second: Predictions) throws(ScoringError) {
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
  }

  /// What is drawn again and again for one network; not a number where it does not exist for its scores.
  private static func statistics(
    _ predictions: Predictions, _ rankings: [Ranking], _ measure: Comparison.Measure
  ) -> [any WeightedStatistic] {
    switch measure {
    case .auroc: return rankings.map { WeightedRanking($0) }
    case .ap: return rankings.map { WeightedRanking($0, averagePrecision: true) }
    case .brier:
      return zip(predictions.scores, predictions.labels).map { WeightedMean(numbers: squaredErrors($0, $1)) }
    case .fmax:
      guard (try? predictions.requireProbabilities()) != nil, let table = try? FmaxTable(predictions) else {
        return [WeightedMean(numbers: [Double](repeating: .nan, count: predictions.recordCount))]
      }
      return [table]
    }
  }

  /// Where the value of a class, or of all classes alone, stands among the resampled ones.
  private func place(_ j: Int, ofSecond: Bool = false) -> Int {
    switch measure {
    case .auroc, .brier: j + (ofSecond ? first.classCount : 0)
    case .ap: 2 * j + 1 + (ofSecond ? 2 * first.classCount : 0)
    case .fmax: ofSecond ? 1 : 0
    }
  }
  private func term(_ j: Int) -> Resampling.Term { Resampling.Term(place(j), minus: place(j, ofSecond: true)) }

  func comparison(margin: Double?) throws(ScoringError) -> Comparison {
    var rows: [Comparison.Row] = []
    if measure.isOfClasses { for j in first.names.indices { rows.append(row(j)) } }
    let defined = rows.indices.filter { rows[$0].difference.value != nil }
    return Comparison(
      measure: measure, records: first.recordCount, patients: patients.map { Set($0).count }, perClass: rows,
      overall: overall(rows, defined), defined: measure.isOfClasses ? defined.count : first.classCount, margin: margin)
  }

  private func row(_ j: Int) -> Comparison.Row {
    func value(ofSecond: Bool) -> Statistic {
      let (predictions, ranking) = ofSecond ? (second, rankings.1[j]) : (first, rankings.0[j])
      let (scores, labels) = (predictions.scores[j], predictions.labels[j])
      return statistic { () throws(ScoringError) in
        switch measure {
        case .auroc: try ranking.auroc()
        case .ap: try ranking.averagePrecision()
        case .brier: try brierScore(scores, labels)
        case .fmax: throw .noDefinedClass(of: first.classCount)  // it has no rows
        }
      } interval: { () throws(ScoringError) in
        guard measure == .auroc else { return try resampling.interval(of: .init(place(j, ofSecond: ofSecond))).get() }
        return try delongInterval(scores, labels, patients: related, level: level)
      }
    }
    return paired(
      first.names[j], support: rankings.0[j].positives, value(ofSecond: false), value(ofSecond: true)
    ) { difference throws(ScoringError) in
      guard measure == .auroc else {
        return try resampling.test(difference, ofMean: [term(j)], degreesOfFreedom: patientsOfRarerSide(of: j))
      }
      return try delongTest(
        first.scores[j], second.scores[j], first.labels[j], patients: related, level: level, .student)
    }
  }

  /// Of the classes in which both are defined.
  private func overall(_ rows: [Comparison.Row], _ defined: [Int]) -> Comparison.Row {
    let values = measure == .fmax ? [0] : defined
    func value(ofSecond: Bool) -> Statistic {
      statistic { () throws(ScoringError) in
        if measure == .fmax { return try fmax(ofSecond ? second : first).value }
        return try macroMean(rows.map { row in
          row.difference.value == nil ? nil : ofSecond ? row.second.value : row.first.value
        }).value
      } interval: { () throws(ScoringError) in
        try resampling.interval(ofMean: values.map { .init(place($0, ofSecond: ofSecond)) }).get()
      }
    }
    return paired(
      measure == .fmax ? "all classes" : "macro", support: nil, value(ofSecond: false), value(ofSecond: true)
    ) { difference throws(ScoringError) in
      // Where few positives of one class make most of the variance, it is known no better than they allow.
      let parts = rows.compactMap(\.test).map { test in
        VariancePart(
          value: test.standardError * test.standardError, degreesOfFreedom: test.degreesOfFreedom ?? independent)
      }
      return try resampling.test(
        difference, ofMean: values.map(term), degreesOfFreedom: min(satterthwaite(parts) ?? independent, independent))
    }
  }

  /// Patients, or records, less one.
  private var independent: Double { Double(max(2, Set(patients ?? Array(0..<first.recordCount)).count) - 1) }

  /// Those with positives or with negatives of a class, whichever are fewer, less one; at least 1.
  private func patientsOfRarerSide(of j: Int) -> Double {
    let owners = patients ?? Array(0..<first.recordCount)
    let sides = [true, false].map { side in Set(owners.indices.filter { first.labels[j][$0] == side }.map { owners[$0] }).count }
    return Double(max(2, sides.min() ?? 2) - 1)
  }

  /// Nil where each patient has one record, and DeLong's variance needs no clusters.
  private var related: [Int]? { patients.flatMap { Set($0).count < $0.count ? $0 : nil } }

  private func statistic(
    _ value: () throws(ScoringError) -> Double, interval: () throws(ScoringError) -> Interval
  ) -> Statistic {
    var statistic = Statistic(value)
    if statistic.value != nil { statistic.take(Result(catching: interval)) }
    return statistic
  }

  private func paired(
    _ name: String, support: Int?, _ first: Statistic, _ second: Statistic,
    _ test: (Double) throws(ScoringError) -> PairedTest
  ) -> Comparison.Row {
    var row = Comparison.Row(
      name: name, support: support, first: first, second: second,
      difference: Statistic(undefined: first.undefined ?? second.undefined ?? "undefined"))
    guard let a = first.value, let b = second.value else {
      row.noTest = row.difference.undefined
      return row
    }
    row.difference = Statistic(a - b)
    do {
      let test = try test(a - b)
      (row.test, row.difference.interval) = (test, test.interval)
    } catch { (row.noTest, row.difference.noInterval) = (error.description, error.description) }
    return row
  }
}
