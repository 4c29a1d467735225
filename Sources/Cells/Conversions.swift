import Book
import Drawing
import Foundation
import Scoring

// Where the domain's values become the report's.

extension Value {
  /// A statistic, or why it is undefined.
  init(_ statistic: Scoring.Statistic, n: Int) {
    guard let value = statistic.value else {
      self = .undefined(statistic.undefined ?? "undefined")
      return
    }
    self = .statistic(Book.Statistic(value, interval: statistic.interval.map(Book.Statistic.Interval.init), n: n))
  }

  var integer: Int? { double.flatMap { Int(exactly: $0.rounded()) } }
  var interval: Book.Statistic.Interval? { if case .statistic(let s) = self { s.interval } else { nil } }

  /// As it is written in a list of parameters.
  var plainText: String {
    switch self {
    case .text(let x): x
    case .integer(let x): "\(x)"
    case .number(let x): "\(x)"
    case .boolean(let x): x ? "true" : "false"
    case .undefined(let reason): "undefined (\(reason))"
    default: ""
    }
  }
}

extension Book.Statistic.Interval {
  init(_ interval: Scoring.Interval) {
    self.init(
      lower: interval.lower, upper: interval.upper, level: interval.level, method: interval.method.description,
      replicates: interval.replicates, seed: interval.seed.map { Int(truncatingIfNeeded: $0) })
  }
}

extension Frame {
  /// A frame that has no rows, and why.
  static func none(because reason: String) -> Frame { Frame([.init("none", title: "", note: reason, [])]) }
  func doubles(_ name: String) -> [Double?] { (self[name]?.values ?? []).map(\.double) }
  func strings(_ name: String) -> [String] { (self[name]?.values ?? []).map { $0.string ?? "" } }
  func integers(_ name: String) -> [Int] { (self[name]?.values ?? []).map { $0.integer ?? 0 } }
}

/// Hours, minutes and seconds from a recording's start: "01:05:44".
public func clockTime(_ seconds: Double) -> String {
  let whole = Int(seconds)
  func two(_ x: Int) -> String { x < 10 ? "0\(x)" : "\(x)" }
  return "\(two(whole / 3600)):\(two(whole / 60 % 60)):\(two(whole % 60))"
}
