/// Every statistic of one set of predictions: a row for each class, macro, weighted and micro rows, and F_max.
public struct Evaluation: Sendable, Equatable {
  /// One class.
  public struct ClassRow: Sendable, Equatable {
    public var name: String
    public var support: Int  // records that have the label
    public var records: Int
    public var statistics: Statistics
    /// At or above it a record is called positive; nil without one.
    public var threshold: Double?
    public var confusion: Confusion?  // nil without a threshold

    public var auroc: Statistic { statistics[.auroc] }
    public var ap: Statistic { statistics[.ap] }
    public var precision: Statistic { statistics[.precision] }
    public var recall: Statistic { statistics[.recall] }
    public var specificity: Statistic { statistics[.specificity] }
    public var f1: Statistic { statistics[.f1] }
  }

  /// The mean over the classes in which a statistic is defined, each counting once (macro) or by its support
  /// (weighted).
  public struct MeanRow: Sendable, Equatable {
    public var statistics: Statistics
    /// Over how many classes each mean was taken.
    public var defined: [StatisticName: Int]
    public var classes: Int

    public var auroc: Statistic { statistics[.auroc] }
    public var ap: Statistic { statistics[.ap] }
    public var f1: Statistic { statistics[.f1] }
  }

  /// All pairs of record and class taken as one list.
  public struct MicroRow: Sendable, Equatable {
    public var statistics: Statistics
    public var confusion: Confusion?  // summed over the classes that have a threshold; nil if none has

    public var auroc: Statistic { statistics[.auroc] }
    public var ap: Statistic { statistics[.ap] }
    public var f1: Statistic { statistics[.f1] }
  }

  public var records: Int
  public var patients: Int?  // nil when records weren't grouped by patient
  public var perClass: [ClassRow]
  public var macro: MeanRow
  public var weighted: MeanRow
  public var micro: MicroRow
  public var fmax: Statistic
  public var fmaxThreshold: Double?
  /// What a reader must know about how thresholds were set, in a sentence.
  public var thresholdNote: String
}

/// Where the thresholds come from.
public enum Thresholds: Sendable, Equatable {
  /// 0.5 for every class when all scores lie in 0...1; otherwise none, and statistics that need one are undefined.
  case half
  /// One per class, commonly chosen on validation records by ``f1Thresholds(_:)``; nil for a class without.
  case perClass([Double?], note: String)
}

/// The threshold of highest F1 for each class, to be chosen on validation records; nil for a class without positives.
public func f1Thresholds(_ validation: Predictions) -> [Double?] {
  zip(validation.scores, validation.labels).map { try? f1Threshold($0, $1).threshold }
}

/// Computes every statistic of the predictions.
///
/// - Parameters:
///   - predictions: `[classes][records]`. AUROC and average precision work on any scale, F_max and the default
///     threshold
///     on probabilities only.
///   - thresholds: where a record is called positive.
///   - patients: `[records]`, equal for records of one patient: the bootstrap then draws patients.
///   - bootstrap: for intervals of AUROC, average precision, Brier score and F_max, of classes, macro and micro; nil
///     for none. Precision, recall, specificity and negative predictive value always get Wilson's interval.
/// - Throws: ``ScoringError/noRecords``, or ``ScoringError/shape(_:)`` when lengths differ. A statistic that is
///   undefined is no error here: its place holds the reason.
public func evaluate(
  _ predictions: Predictions, thresholds: Thresholds = .half, patients: [Int]? = nil, bootstrap: Bootstrap? = nil
) throws(ScoringError) -> Evaluation {
  guard predictions.recordCount > 0 else { throw .noRecords }
  let chosen = try ChosenThresholds(thresholds, for: predictions)
  let intervals: BootstrapIntervals? =
    if let bootstrap { try bootstrapIntervals(predictions, patients: patients, bootstrap) } else { nil }
  let resampled = intervals.map { [(StatisticName.auroc, $0.auroc), (.ap, $0.ap), (.brier, $0.brier)] } ?? []
  let level = bootstrap?.level ?? 0.95

  var perClass: [Evaluation.ClassRow] = []
  for (j, name) in predictions.names.enumerated() {
    let (scores, labels) = (predictions.scores[j], predictions.labels[j])
    let ranking = try Ranking(scores, labels)
    let confusion = chosen.values[j].map { Confusion(scores, labels, threshold: $0) }
    var statistics = rowStatistics(
      ranking, confusion, without: chosen.reason, ProbabilityQuality(scores, labels), level: level)
    for (name, ofClasses) in resampled where statistics[name].value != nil {
      statistics[name].take(ofClasses.perClass[j])
    }
    perClass.append(
      Evaluation.ClassRow(
        name: name, support: ranking.positives, records: predictions.recordCount, statistics: statistics,
        threshold: chosen.values[j], confusion: confusion))
  }

  var macro = Evaluation.MeanRow(of: perClass) { _ in 1 }
  for (name, ofClasses) in resampled where macro.statistics[name].value != nil {
    macro.statistics[name].take(ofClasses.macro)
  }

  let pooled = try predictions.pooledRanking()
  let confusions = perClass.compactMap(\.confusion)
  let summed = confusions.dropFirst().reduce(confusions.first) { sum, next in sum.map { $0 + next } }
  let best = Result { () throws(ScoringError) in try Scoring.fmax(predictions) }
  // Pairs of one record are not independent, so no interval is given for the pooled proportions.
  var micro = rowStatistics(
    pooled, summed, without: "no class has a threshold",
    ProbabilityQuality(predictions.scores.flatMap { $0 }, predictions.labels.flatMap { $0 }), level: nil)
  var ofFmax = Statistic { () throws(ScoringError) in try best.get().value }
  if let intervals {
    if micro[.auroc].value != nil { micro[.auroc].take(intervals.microAUROC) }
    if micro[.ap].value != nil { micro[.ap].take(intervals.microAP) }
    if ofFmax.value != nil { ofFmax.take(intervals.fmax) }
  }
  return Evaluation(
    records: predictions.recordCount, patients: patients.map { Set($0).count }, perClass: perClass, macro: macro,
    weighted: Evaluation.MeanRow(of: perClass) { Double($0.support) },
    micro: Evaluation.MicroRow(statistics: micro, confusion: summed), fmax: ofFmax,
    fmaxThreshold: try? best.get().threshold, thresholdNote: chosen.note)
}

extension Evaluation.MeanRow {
  /// - Parameter weight: of a class; one that weighs nothing is counted as defined all the same.
  init(of rows: [Evaluation.ClassRow], weight: (Evaluation.ClassRow) -> Double) {
    var defined: [StatisticName: Int] = [:]
    statistics = Statistics { name in
      let values = rows.map { $0.statistics[name].value }
      defined[name] = values.count { $0 != nil }
      return Statistic { () throws(ScoringError) in try weightedMean(values, weights: rows.map(weight)).value }
    }
    (self.defined, classes) = (defined, rows.count)
  }
}

/// The thresholds in use, and why a class has none.
private struct ChosenThresholds {
  var values: [Double?]
  var note: String
  var reason = "no threshold for this class"

  init(_ thresholds: Thresholds, for predictions: Predictions) throws(ScoringError) {
    switch thresholds {
    case .half:
      do {
        try predictions.requireProbabilities()
        values = predictions.names.map { _ in 0.5 }
        note = "Threshold 0.5 for every class."
      } catch {
        values = predictions.names.map { _ in nil }
        note = "No threshold, as 0.5 means nothing here: \(error)."
        reason = "no threshold: \(error)"
      }
    case .perClass(let given, let text):
      guard given.count == predictions.classCount else {
        throw .shape("\(given.count) thresholds for \(predictions.classCount) classes; expected one for each")
      }
      (values, note) = (given, text)
    }
  }
}

/// What can be said of scores that are probabilities; each part undefined for other scores.
private struct ProbabilityQuality {
  let brier, logLoss, ece, eceByChance: Statistic
  let line: Result<CalibrationLine, ScoringError>

  init(_ scores: [Double], _ labels: [Bool]) {
    brier = Statistic { () throws(ScoringError) in try brierScore(scores, labels) }
    logLoss = Statistic { () throws(ScoringError) in try Scoring.logLoss(scores, labels) }
    let bins = Result { () throws(ScoringError) in try reliability(scores, labels) }
    ece = Statistic { () throws(ScoringError) in try bins.get().expectedCalibrationError }
    eceByChance = Statistic { () throws(ScoringError) in try bins.get().calibrationErrorByChance }
    line = Result { () throws(ScoringError) in try calibrationLine(scores, labels) }
  }
}

private func rowStatistics(
  _ ranking: Ranking, _ confusion: Confusion?, without reason: String, _ quality: ProbabilityQuality, level: Double?
) -> Statistics {
  func ofCounts(
    _ value: (Confusion) throws(ScoringError) -> Double, _ proportion: ((Confusion) -> (part: Int, whole: Int))? = nil
  ) -> Statistic {
    guard let confusion else { return Statistic(undefined: reason) }
    var statistic = Statistic { () throws(ScoringError) in try value(confusion) }
    if let level, let (part, whole) = proportion?(confusion), whole > 0 {
      statistic.interval = try? wilsonInterval(part, of: whole, level: level)
    }
    return statistic
  }
  return Statistics { name in
    switch name {
    case .auroc: Statistic { () throws(ScoringError) in try ranking.auroc() }
    case .ap: Statistic { () throws(ScoringError) in try ranking.averagePrecision() }
    case .precision:
      ofCounts({ c throws(ScoringError) in try c.precision() }, { ($0.truePositives, $0.predicted) })
    case .recall: ofCounts({ c throws(ScoringError) in try c.recall() }, { ($0.truePositives, $0.support) })
    case .specificity:
      ofCounts({ c throws(ScoringError) in try c.specificity() }, { ($0.trueNegatives, $0.records - $0.support) })
    case .npv:
      ofCounts(
        { c throws(ScoringError) in try c.negativePredictiveValue() },
        { ($0.trueNegatives, $0.records - $0.predicted) })
    case .f1: ofCounts { c throws(ScoringError) in try c.f1() }
    case .f2: ofCounts { c throws(ScoringError) in try c.fMeasure(beta: 2) }
    case .balancedAccuracy: ofCounts { c throws(ScoringError) in try c.balancedAccuracy() }
    case .mcc: ofCounts { c throws(ScoringError) in try c.matthewsCorrelation() }
    case .brier: quality.brier
    case .logLoss: quality.logLoss
    case .ece: quality.ece
    case .eceByChance: quality.eceByChance
    case .calibrationSlope: Statistic { () throws(ScoringError) in try quality.line.get().slope }
    case .calibrationIntercept: Statistic { () throws(ScoringError) in try quality.line.get().intercept }
    }
  }
}
