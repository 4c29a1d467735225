/// What a cell computed: the one kind of value that prose, tables, figures' data and `results.json` share.
public indirect enum Value: Sendable, Equatable {
  case text(String)
  case integer(Int)
  case number(Double)  // finite; what is not a number is `undefined`
  case boolean(Bool)
  case statistic(Statistic)
  /// A value that does not exist, with the reason that readers see.
  case undefined(String)
  case list([Value])
  case object([String: Value])
}

/// An estimate with its interval, and how the interval was made.
public struct Statistic: Sendable, Equatable, Codable {
  public var estimate: Double
  public var interval: Interval?
  public var n: Int  // records behind the estimate

  public struct Interval: Sendable, Equatable, Codable {
    public var lower, upper: Double
    public var level: Double  // 0.95
    public var method: String  // "bootstrap over patients, percentile"
    public var replicates: Int?
    public var seed: Int?
    public init(lower: Double, upper: Double, level: Double, method: String, replicates: Int? = nil, seed: Int? = nil) {
      (self.lower, self.upper, self.level) = (lower, upper, level)
      (self.method, self.replicates, self.seed) = (method, replicates, seed)
    }
  }

  public init(_ estimate: Double, interval: Interval? = nil, n: Int) {
    (self.estimate, self.interval, self.n) = (estimate, interval, n)
  }
}

extension Value {
  /// The number of an estimate or count; nil for anything else.
  public var double: Double? {
    switch self {
    case .number(let x): x
    case .integer(let x): Double(x)
    case .statistic(let s): s.estimate
    default: nil
    }
  }
  public var string: String? { if case .text(let text) = self { text } else { nil } }

  /// The value under a dotted path: `macro.auroc`, `class.AFIB.f1`, `epochs.3`.
  public subscript(path: some StringProtocol) -> Value? {
    guard !path.isEmpty else { return self }
    let head = path.prefix { $0 != "." }
    let rest = path.dropFirst(head.count + 1)
    switch self {
    case .object(let members): return members[String(head)]?[rest]
    case .list(let items): return Int(head).flatMap { items.indices.contains($0) ? items[$0][rest] : nil }
    case .statistic(let s):
      return switch head {
      case "estimate": .number(s.estimate)
      case "n": .integer(s.n)
      case "lower": s.interval.map { .number($0.lower) }
      case "upper": s.interval.map { .number($0.upper) }
      case "level": s.interval.map { .number($0.level) }
      case "method": s.interval.map { .text($0.method) }
      default: nil
      }
    default: return nil
    }
  }
}
