/// A number with its interval, or the reason why there is none.
public struct Statistic: Sendable, Equatable {
  public var value: Double?  // nil where undefined
  public var interval: Interval?
  /// Why there is no value; nil when there is one.
  public var undefined: String?
  /// Why there is no interval where one was asked for.
  public var noInterval: String?

  public init(_ value: Double, interval: Interval? = nil) { (self.value, self.interval) = (value, interval) }
  public init(undefined reason: String) { undefined = reason }

  /// The value that `body` computes, or the reason it throws.
  public init(_ body: () throws(ScoringError) -> Double) {
    do { self.init(try body()) } catch { self.init(undefined: error.description) }
  }

  mutating func take(_ result: Result<Interval, ScoringError>) {
    switch result {
    case .success(let interval): self.interval = interval
    case .failure(let error): noInterval = error.description
    }
  }
}

/// The statistics that every row of an ``Evaluation`` has, under the names that files and reports use.
public enum StatisticName: String, CaseIterable, Sendable, Codable {
  // Of the ranking.
  case auroc, ap
  // At a threshold.
  case precision, recall, specificity, npv, f1, f2, balancedAccuracy, mcc
  // Of the probabilities.
  case brier, logLoss, ece, eceByChance, calibrationSlope, calibrationIntercept
}

/// One row's statistics, by name.
public struct Statistics: Sendable, Equatable {
  private var values: [StatisticName: Statistic]

  public init(_ value: (StatisticName) -> Statistic) {
    values = Dictionary(uniqueKeysWithValues: StatisticName.allCases.map { ($0, value($0)) })
  }

  public subscript(name: StatisticName) -> Statistic {
    get { values[name] ?? Statistic(undefined: "not computed") }
    set { values[name] = newValue }
  }
}

// MARK: - JSON

/// A key of a JSON object whose keys are data.
struct NameKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ name: String) { stringValue = name }
  init(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}

/// In JSON a statistic `x` is a number `x`, or null with a text under `undefined.x`; its interval is `xInterval`.
extension Statistic {
  func encode(
    as name: String, to container: inout KeyedEncodingContainer<NameKey>, reasons: inout [String: String]
  ) throws {
    try container.encode(value, forKey: NameKey(name))
    try container.encodeIfPresent(interval, forKey: NameKey(name + "Interval"))
    if let undefined { reasons[name] = undefined }
    if let noInterval { reasons[name + "Interval"] = noInterval }
  }

  init(name: String, from container: KeyedDecodingContainer<NameKey>, reasons: [String: String]) throws {
    value = try container.decodeIfPresent(Double.self, forKey: NameKey(name))
    interval = try container.decodeIfPresent(Interval.self, forKey: NameKey(name + "Interval"))
    (undefined, noInterval) = (reasons[name], reasons[name + "Interval"])
  }
}

extension Statistics {
  func encode(to container: inout KeyedEncodingContainer<NameKey>) throws {
    var reasons: [String: String] = [:]
    for name in StatisticName.allCases {
      try self[name].encode(as: name.rawValue, to: &container, reasons: &reasons)
    }
    if !reasons.isEmpty { try container.encode(reasons, forKey: NameKey("undefined")) }
  }

  init(from container: KeyedDecodingContainer<NameKey>) throws {
    let reasons = try container.decodeIfPresent([String: String].self, forKey: NameKey("undefined")) ?? [:]
    values = [:]
    for name in StatisticName.allCases {
      values[name] = try Statistic(name: name.rawValue, from: container, reasons: reasons)
    }
  }
}
