/// A way to divide the records, such as by sex or device.
public struct Grouping: Sendable, Equatable {
  public var name: String
  public var membership: [String?]  // [records], the level of each; nil where it isn't known

  public init(name: String, membership: [String?]) { (self.name, self.membership) = (name, membership) }
}

/// How well a network does on the records of one level of a grouping, and on all others.
public struct Subgroup: Sendable, Equatable {
  /// One class within the group.
  public struct Row: Sendable, Equatable {
    public var name: String
    public var positives: Int, negatives: Int  // records of the group
    /// With the bootstrap's interval; undefined where group or class is too small.
    public var auroc: Statistic
    /// Group minus rest, with the interval of the bootstrap; undefined also where the rest is too small.
    public var difference: Statistic
  }

  public var grouping: String
  public var level: String
  public var records: Int
  public var patients: Int?  // nil when records weren't grouped by patient
  public var perClass: [Row]
  /// The mean AUROC over the classes of ``classes``, in the group and in the rest: the same classes in both, so that
  /// their difference is not one of which classes are common where.
  public var macro: Statistic
  public var rest: Statistic
  public var difference: Statistic  // group minus rest
  /// Classes with enough positives and negatives in group and rest.
  public var classes: [String]
}

/// AUROC within each level of some groupings, and how it differs from the rest of the records.
///
/// A class counts in a group when the group has at least `fewest` positives and as many negatives of it; below that its
/// AUROC is undefined, with the counts as reason, because an estimate of so few would be read as a finding. A
/// difference needs the same of the rest. The rest are the records of all other known levels; records of unknown level
/// are in neither.
///
/// Each replicate draws from the patients of all records, so that group and rest vary together as they did when the
/// data were collected, and both come from the same draw. Patients stand on both sides when their records do.
///
/// - Parameters:
///   - predictions: `[classes][records]`.
///   - groupings: each with as many members as there are records.
///   - patients: `[records]`, equal for records of one patient; nil draws records.
///   - bootstrap: replicates, level, seed, method, and what becomes of a lost class.
///   - fewest: positives and negatives that a class needs; at least 1.
/// - Returns: grouping by grouping, levels in alphabetical order.
/// - Throws: ``ScoringError/shape(_:)`` when lengths differ; ``ScoringError/noRecords``.
public func subgroups(
  _ predictions: Predictions, _ groupings: [Grouping], patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap(),
  fewest: Int = 10
) throws(ScoringError) -> [Subgroup] {
  precondition(fewest >= 1, "at least \(fewest) positives; expected 1 or more")
  for grouping in groupings where grouping.membership.count != predictions.recordCount {
    throw .shape(
      "\(grouping.membership.count) members of grouping \(grouping.name) for \(predictions.recordCount) records; "
        + "expected one for each")
  }
  let rankings = try predictions.rankings()
  var found: [Subgroup] = []
  for grouping in groupings {
    for level in Set(grouping.membership.compactMap { $0 }).sorted() {
      let group = try Side(predictions, rankings, fewest) { grouping.membership[$0] == level }
      let rest = try Side(predictions, rankings, fewest) { grouping.membership[$0].map { $0 != level } ?? false }
      found.append(
        try subgroup(predictions, grouping.name, level, group, rest, patients: patients, bootstrap))
    }
  }
  return found
}

/// The group or the rest.
private struct Side {
  var records: [Int]
  var counts: [(positives: Int, negatives: Int)]  // [classes]
  var aurocs: [Result<Double, ScoringError>]  // [classes]
  var weighted: [WeightedRanking]  // [classes]

  init(
    _ predictions: Predictions, _ rankings: [Ranking], _ fewest: Int, _ isMember: (Int) -> Bool
  ) throws(ScoringError) {
    let members = (0..<predictions.recordCount).map(isMember)
    let records = members.indices.filter { members[$0] }
    self.records = records
    (counts, aurocs) = ([], [])
    for (scores, labels) in zip(predictions.scores, predictions.labels) {
      let own = try Ranking(records.map { scores[$0] }, records.map { labels[$0] })
      counts.append((own.positives, own.negatives))
      aurocs.append(
        Result { () throws(ScoringError) in
          guard own.positives >= fewest else { throw .tooFew("positives", found: own.positives, needed: fewest) }
          guard own.negatives >= fewest else { throw .tooFew("negatives", found: own.negatives, needed: fewest) }
          return try own.auroc()
        })
    }
    weighted = rankings.map { WeightedRanking($0) { members[$0] ? $0 : nil } }
  }

  func reason(_ j: Int) -> ScoringError? {
    if case .failure(let error) = aurocs[j] { error } else { nil }
  }
}

private func subgroup(
  _ predictions: Predictions, _ grouping: String, _ level: String, _ group: Side, _ rest: Side, patients: [Int]?,
  _ bootstrap: Bootstrap
) throws(ScoringError) -> Subgroup {
  let classes = predictions.classCount
  let resampling = try Resampling(
    group.weighted + rest.weighted, labels: predictions.labels, patients: patients, records: predictions.recordCount,
    bootstrap)
  let reasons = (0..<classes).map { j in group.reason(j) ?? rest.reason(j) }
  let paired = (0..<classes).filter { reasons[$0] == nil }

  func statistic(
    _ value: Result<Double, ScoringError>, _ interval: @autoclosure () -> Result<Interval, ScoringError>
  ) -> Statistic {
    var statistic = Statistic { () throws(ScoringError) in try value.get() }
    if statistic.value != nil { statistic.take(interval()) }
    return statistic
  }
  func mean(_ value: (Int) throws(ScoringError) -> Double) -> Result<Double, ScoringError> {
    Result { () throws(ScoringError) in
      var values: [Double?] = []
      for j in paired { values.append(try value(j)) }
      guard !values.isEmpty else { throw .noDefinedClass(of: classes) }
      return try macroMean(values).value
    }
  }
  let rows = (0..<classes).map { j in
    let difference = Result { () throws(ScoringError) in try group.aurocs[j].get() - rest.aurocs[j].get() }
    return Subgroup.Row(
      name: predictions.names[j], positives: group.counts[j].positives, negatives: group.counts[j].negatives,
      auroc: statistic(group.aurocs[j], resampling.interval(of: .init(j))),
      difference: statistic(difference, resampling.interval(of: .init(j, minus: classes + j))))
  }
  return Subgroup(
    grouping: grouping, level: level, records: group.records.count,
    patients: patients.map { patients in Set(group.records.map { patients[$0] }).count }, perClass: rows,
    macro: statistic(
      mean { j throws(ScoringError) in try group.aurocs[j].get() },
      resampling.interval(ofMean: paired.map { .init($0) })),
    rest: statistic(
      mean { j throws(ScoringError) in try rest.aurocs[j].get() },
      resampling.interval(ofMean: paired.map { .init(classes + $0) })),
    difference: statistic(
      mean { j throws(ScoringError) in try group.aurocs[j].get() - rest.aurocs[j].get() },
      resampling.interval(ofMean: paired.map { .init($0, minus: classes + $0) })),
    classes: paired.map { predictions.names[$0] })
}
