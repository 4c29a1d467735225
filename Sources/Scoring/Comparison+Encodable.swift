// The JSON of comparisons and subgroups. As in an evaluation a statistic `x` is a number or null with the reason under
// `undefined` of the same object, and its interval is `xInterval`.

extension Comparison: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(measure, forKey: NameKey("measure"))
    try container.encode(records, forKey: NameKey("records"))
    try container.encodeIfPresent(patients, forKey: NameKey("patients"))
    try container.encodeIfPresent(margin, forKey: NameKey("margin"))
    try container.encode(defined, forKey: NameKey("defined"))
    try container.encode(perClass, forKey: NameKey("perClass"))
    try container.encode(overall, forKey: NameKey(measure.isOfClasses ? "macro" : "overall"))
  }
}

extension Comparison.Row: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(name, forKey: NameKey("name"))
    try container.encodeIfPresent(support, forKey: NameKey("support"))
    try container.encodeIfPresent(test, forKey: NameKey("test"))
    try container.encodeIfPresent(adjustedPValue, forKey: NameKey("adjustedPValue"))
    try container.encodeIfPresent(verdict, forKey: NameKey("verdict"))
    try container.encodeIfPresent(nonInferiority, forKey: NameKey("nonInferiority"))
    try Scoring.encode(
      [("first", first), ("second", second), ("difference", difference)], to: &container,
      otherReasons: noTest.map { ["test": $0] } ?? [:])
  }
}

extension Subgroup: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(grouping, forKey: NameKey("grouping"))
    try container.encode(level, forKey: NameKey("level"))
    try container.encode(records, forKey: NameKey("records"))
    try container.encodeIfPresent(patients, forKey: NameKey("patients"))
    try container.encode(classes, forKey: NameKey("classes"))
    try container.encode(perClass, forKey: NameKey("perClass"))
    try Scoring.encode([("macro", macro), ("rest", rest), ("difference", difference)], to: &container)
  }
}

extension Subgroup.Row: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(name, forKey: NameKey("name"))
    try container.encode(positives, forKey: NameKey("positives"))
    try container.encode(negatives, forKey: NameKey("negatives"))
    try Scoring.encode([("auroc", auroc), ("difference", difference)], to: &container)
  }
}

private func encode(
  _ statistics: [(String, Statistic)], to container: inout KeyedEncodingContainer<NameKey>,
  otherReasons: [String: String] = [:]
) throws {
  var reasons = otherReasons
  for (name, statistic) in statistics { try statistic.encode(as: name, to: &container, reasons: &reasons) }
  if !reasons.isEmpty { try container.encode(reasons, forKey: NameKey("undefined")) }
}
