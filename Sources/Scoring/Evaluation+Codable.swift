// The JSON of an evaluation: `macro.auroc`, `macro.ap`, `micro.auroc`, `fmax`, `perClass[].auroc` and so on are
// numbers, or null with the reason under `undefined` of the same object.

extension Evaluation: Codable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(records, forKey: NameKey("records"))
    try container.encodeIfPresent(patients, forKey: NameKey("patients"))
    try container.encode(perClass, forKey: NameKey("perClass"))
    try container.encode(macro, forKey: NameKey("macro"))
    try container.encode(weighted, forKey: NameKey("weighted"))
    try container.encode(micro, forKey: NameKey("micro"))
    var reasons: [String: String] = [:]
    try fmax.encode(as: "fmax", to: &container, reasons: &reasons)
    if !reasons.isEmpty { try container.encode(reasons, forKey: NameKey("undefined")) }
    try container.encodeIfPresent(fmaxThreshold, forKey: NameKey("fmaxThreshold"))
    try container.encode(thresholdNote, forKey: NameKey("thresholds"))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    let reasons = try container.decodeIfPresent([String: String].self, forKey: NameKey("undefined")) ?? [:]
    self.init(
      records: try container.decode(Int.self, forKey: NameKey("records")),
      patients: try container.decodeIfPresent(Int.self, forKey: NameKey("patients")),
      perClass: try container.decode([ClassRow].self, forKey: NameKey("perClass")),
      macro: try container.decode(MeanRow.self, forKey: NameKey("macro")),
      weighted: try container.decode(MeanRow.self, forKey: NameKey("weighted")),
      micro: try container.decode(MicroRow.self, forKey: NameKey("micro")),
      fmax: try Statistic(name: "fmax", from: container, reasons: reasons),
      fmaxThreshold: try container.decodeIfPresent(Double.self, forKey: NameKey("fmaxThreshold")),
      thresholdNote: try container.decode(String.self, forKey: NameKey("thresholds")))
  }
}

extension Evaluation.ClassRow: Codable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try container.encode(name, forKey: NameKey("name"))
    try container.encode(support, forKey: NameKey("support"))
    try container.encode(records, forKey: NameKey("records"))
    try container.encode(threshold, forKey: NameKey("threshold"))
    try statistics.encode(to: &container)
    try confusion?.encode(to: &container)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    name = try container.decode(String.self, forKey: NameKey("name"))
    support = try container.decode(Int.self, forKey: NameKey("support"))
    records = try container.decode(Int.self, forKey: NameKey("records"))
    threshold = try container.decodeIfPresent(Double.self, forKey: NameKey("threshold"))
    statistics = try Statistics(from: container)
    confusion = try Confusion(from: container)
  }
}

extension Evaluation.MeanRow: Codable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try statistics.encode(to: &container)
    try container.encode(
      Dictionary(uniqueKeysWithValues: defined.map { ($0.key.rawValue, $0.value) }), forKey: NameKey("defined"))
    try container.encode(classes, forKey: NameKey("classes"))
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    statistics = try Statistics(from: container)
    let counts = try container.decode([String: Int].self, forKey: NameKey("defined"))
    defined = [:]
    for name in StatisticName.allCases { defined[name] = counts[name.rawValue] }
    classes = try container.decode(Int.self, forKey: NameKey("classes"))
  }
}

extension Evaluation.MicroRow: Codable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    try statistics.encode(to: &container)
    try confusion?.encode(to: &container)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    statistics = try Statistics(from: container)
    confusion = try Confusion(from: container)
  }
}

extension Confusion {
  fileprivate func encode(to container: inout KeyedEncodingContainer<NameKey>) throws {
    try container.encode(truePositives, forKey: NameKey("tp"))
    try container.encode(falsePositives, forKey: NameKey("fp"))
    try container.encode(falseNegatives, forKey: NameKey("fn"))
    try container.encode(trueNegatives, forKey: NameKey("tn"))
  }

  fileprivate init?(from container: KeyedDecodingContainer<NameKey>) throws {
    guard container.contains(NameKey("tp")) else { return nil }
    self.init(
      truePositives: try container.decode(Int.self, forKey: NameKey("tp")),
      falsePositives: try container.decode(Int.self, forKey: NameKey("fp")),
      falseNegatives: try container.decode(Int.self, forKey: NameKey("fn")),
      trueNegatives: try container.decode(Int.self, forKey: NameKey("tn")))
  }
}
