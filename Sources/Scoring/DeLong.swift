/// What each record adds to an AUROC: the share of the other side's records that it is ranked rightly against, ties
/// counting half. The mean over the positives is the AUROC, and so is the mean over the negatives.
///
/// Counted while walking the sorted scores, O(*n* log *n*): the midrank algorithm of Sun & Xu, without ranks.
///
/// Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988), 837-845; Sun & Xu, IEEE Signal Processing Letters 21
/// (2014), 1389-1393.
struct AUROCComponents: Sendable {
  let auroc: Double
  let ofRecords: [Double]  // [records]; 0...1
  let labels: [Bool]

  /// - Throws: ``ScoringError/oneClass(positives:negatives:)``, ``ScoringError/notANumber(record:)``.
  init(_ scores: [Double], _ labels: [Bool]) throws(ScoringError) {
    let ranking = try Ranking(scores, labels)
    auroc = try ranking.auroc()
    self.labels = labels
    var ofRecords = [Double](repeating: 0, count: labels.count)
    var (positivesAbove, negativesAbove) = (0, 0)
    var group: [Ranking.Entry] = []
    for entry in ranking.entries {
      group.append(entry)
      guard entry.endsGroup else { continue }
      let positives = group.count { $0.positive }
      let negatives = group.count - positives
      let won = Double(2 * (ranking.negatives - negativesAbove) - negatives) / Double(2 * ranking.negatives)
      let lost = Double(2 * positivesAbove + positives) / Double(2 * ranking.positives)
      for entry in group { ofRecords[entry.record] = entry.positive ? won : lost }
      positivesAbove += positives
      negativesAbove += negatives
      group.removeAll(keepingCapacity: true)
    }
    self.ofRecords = ofRecords
  }

  /// The components of a difference of two AUROCs on the same records.
  init(_ first: AUROCComponents, minus second: AUROCComponents) {
    auroc = first.auroc - second.auroc
    ofRecords = zip(first.ofRecords, second.ofRecords).map { $0 - $1 }
    labels = first.labels
  }

  /// The estimated variance of the AUROC, or of the difference.
  ///
  /// A patient's deviations from the AUROC are summed over their positives and over their negatives, and the sums of
  /// patients are independent: `S10` and `S01` are their mean squares, and `S11` the mean product, for patients who
  /// have records of both sides. With one record a patient this is DeLong's variance, digit for digit.
  ///
  /// - Parameter patients: `[records]`, equal for records of one patient; nil where each record is a patient's only
  ///   one.
  /// - Throws: ``ScoringError/tooFew(_:found:needed:)`` unless at least two patients have positives, and two negatives;
  ///   ``ScoringError/shape(_:)``.
  /// - Source: Obuchowski, Biometrics 53 (1997), 567-578.
  func variance(patients: [Int]?) throws(ScoringError) -> Double { try estimatedVariance(patients: patients).value }

  /// The same with its parts of positives and of negatives.
  func estimatedVariance(patients: [Int]?) throws(ScoringError) -> (value: Double, parts: [VariancePart]) {
    let clusters = try Clusters(patients: patients, records: labels.count)
    var sums = [(positive: Double, negative: Double)](repeating: (0, 0), count: clusters.count)
    var has = [(positive: Bool, negative: Bool)](repeating: (false, false), count: clusters.count)
    var (positives, negatives) = (0, 0)
    for (record, cluster) in clusters.ofRecord.enumerated() {
      let deviation = ofRecords[record] - auroc
      if labels[record] {
        sums[cluster].positive += deviation
        has[cluster].positive = true
        positives += 1
      } else {
        sums[cluster].negative += deviation
        has[cluster].negative = true
        negatives += 1
      }
    }
    let withPositives = has.count { $0.positive }
    let withNegatives = has.count { $0.negative }
    let unit = patients == nil ? "" : "patients with "
    guard withPositives > 1 else { throw .tooFew(unit + "positives", found: withPositives, needed: 2) }
    guard withNegatives > 1 else { throw .tooFew(unit + "negatives", found: withNegatives, needed: 2) }
    func corrected(_ count: Int) -> Double { Double(count) / Double(count - 1) }
    let (m, n) = (Double(positives), Double(negatives))
    let s10 = corrected(withPositives) * sums.reduce(0) { $0 + $1.positive * $1.positive } / (m * m)
    let s01 = corrected(withNegatives) * sums.reduce(0) { $0 + $1.negative * $1.negative } / (n * n)
    let s11 = corrected(clusters.count) * sums.reduce(0) { $0 + $1.positive * $1.negative } / (m * n)
    return (
      max(0, s10 + s01 + 2 * s11),
      [
        VariancePart(value: s10, degreesOfFreedom: Double(withPositives - 1)),
        VariancePart(value: s01, degreesOfFreedom: Double(withNegatives - 1)),
      ]
    )
  }
}

/// On which scale a normal distribution is fitted to an AUROC.
public enum AUROCScale: String, Sendable, Codable, CaseIterable {
  /// Of log(AUROC / (1 - AUROC)): the interval stays in 0...1, and covers better where the AUROC is high.
  case logit
  /// Of the AUROC itself: symmetric, and may leave 0...1, where it is cut. What most packages print.
  case plain
}

/// DeLong's interval of an AUROC; with patients, Obuchowski's, which takes records of one patient as related.
///
/// - Parameters:
///   - scores: `[records]`, any monotone scale, higher meaning more positive; no NaN.
///   - labels: `[records]`, `true` for positive.
///   - patients: `[records]`, equal for records of one patient; nil where each record is a patient's only one.
///   - level: above 0, below 1.
///   - scale: see ``AUROCScale``.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)``; ``ScoringError/tooFew(_:found:needed:)`` with fewer than
///   two positives or negatives (patients of either kind); ``ScoringError/noVariance(_:)`` when positives and negatives
///   are wholly apart, where an interval of no width would claim certainty (pROC gives 1 to 1 with a warning).
/// - Source: DeLong, DeLong & Clarke-Pearson, Biometrics 44 (1988), 837-845; Obuchowski, Biometrics 53 (1997), 567-578;
///   logit scale: Pepe, The Statistical Evaluation of Medical Tests (2003), section 5.2.
public func delongInterval(
  _ scores: [Double], _ labels: [Bool], patients: [Int]? = nil, level: Double = 0.95, scale: AUROCScale = .logit
) throws(ScoringError) -> Interval {
  precondition(level > 0 && level < 1, "a level of \(level); expected between 0 and 1")
  let components = try AUROCComponents(scores, labels)
  let area = components.auroc
  let error = try components.variance(patients: patients).squareRoot()
  guard error > 0 else { throw .noVariance("every patient's records are ranked equally well") }
  let z = normalQuantile(upperTail: (1 - level) / 2)
  switch scale {
  case .plain:
    return Interval(
      lower: max(0, area - z * error), upper: min(1, area + z * error), level: level,
      method: patients == nil ? .delong : .obuchowski)
  case .logit:
    guard area > 0, area < 1 else { throw .noVariance("positives and negatives are wholly apart") }
    let center = logit(area)
    let half = z * error / (area * (1 - area))  // the delta method
    return Interval(
      lower: sigmoid(center - half), upper: sigmoid(center + half), level: level,
      method: patients == nil ? .delongLogit : .obuchowskiLogit)
  }
}

/// DeLong's paired test of the difference of two AUROCs; with patients, Obuchowski's.
///
/// - Parameters:
///   - first: `[records]`, one network's scores.
///   - second: `[records]`, another's of the same records; the scales may differ.
///   - labels: `[records]`, `true` for positive.
///   - patients: `[records]`, equal for records of one patient; nil where each record is a patient's only one.
///   - distribution: normal, as published, or Student's t. Of labels with some 7 to 20 positives the normal test finds
///     equal networks different in 7 % of the cases, at the level of 5 %: see <doc:Comparing>.
/// - Throws: as ``delongInterval(_:_:patients:level:scale:)``; ``ScoringError/noVariance(_:)`` where both rank every
///   record equally well, as the same network twice.
/// - Source: DeLong, DeLong & Clarke-Pearson (1988); Obuchowski (1997).
public func delongTest(
  _ first: [Double], _ second: [Double], _ labels: [Bool], patients: [Int]? = nil, level: Double = 0.95,
  _ distribution: PairedTest.Distribution = .normal
) throws(ScoringError) -> PairedTest {
  precondition(level > 0 && level < 1, "a level of \(level); expected between 0 and 1")
  let components = AUROCComponents(
    try AUROCComponents(first, labels), minus: try AUROCComponents(second, labels))
  let variance = try components.estimatedVariance(patients: patients)
  guard variance.value > 0 else { throw .noVariance("both networks rank every record equally well") }
  let degreesOfFreedom = distribution == .student ? satterthwaite(variance.parts) : nil
  let method: Interval.Method =
    switch (patients == nil, degreesOfFreedom == nil) {
    case (true, true): .delong
    case (true, false): .delongStudent
    case (false, true): .obuchowski
    case (false, false): .obuchowskiStudent
    }
  return PairedTest(
    components.auroc, standardError: variance.value.squareRoot(), degreesOfFreedom: degreesOfFreedom, level: level,
    method: method)
}
