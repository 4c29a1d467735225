import Foundation

/// A confidence interval, and what one must know to make it again.
public struct Interval: Sendable, Equatable, Codable {
  public enum Method: String, Sendable, Codable {
    /// Wilson's score interval of a proportion.
    case wilson
    /// Percentiles of a bootstrap that draws records.
    case bootstrapRecords
    /// Percentiles of a bootstrap that draws patients, each with all of their records.
    case bootstrapPatients
  }

  /// What was done with bootstrap replicates in which a class had lost all its positives or negatives.
  public enum LostClass: String, Sendable, Codable {
    /// The replicate takes no part in the interval.
    case rejected
    /// The class takes no part in that replicate's macro mean; the replicate does.
    case skipped
  }

  public var lower: Double
  public var upper: Double
  public var level: Double  // 0.95: the interval covers the truth in 95 of 100 repetitions
  public var method: Method
  /// Bootstrap replicates that the percentiles were taken from; nil for other methods.
  public var replicates: Int?
  public var seed: UInt64?
  /// Replicates in which at least one class was lost, and what was done with them; nil for other methods.
  public var lost: Int?
  public var lostClass: LostClass?

  public init(
    lower: Double, upper: Double, level: Double, method: Method, replicates: Int? = nil, seed: UInt64? = nil,
    lost: Int? = nil, lostClass: LostClass? = nil
  ) {
    (self.lower, self.upper, self.level, self.method) = (lower, upper, level, method)
    (self.replicates, self.seed, self.lost, self.lostClass) = (replicates, seed, lost, lostClass)
  }

  /// Percentiles of fewer replicates than this are not given.
  public static let fewestReplicates = 50
}

/// Wilson's score interval of a proportion, such as precision or recall.
///
/// Unlike the textbook interval it never leaves 0...1, and it has a width when all or none succeed. It takes the trials
/// as independent: several records of one patient make it too narrow.
///
/// - Parameters:
///   - successes: 0...trials.
///   - trials: at least 1.
///   - level: above 0, below 1.
/// - Throws: ``ScoringError/zeroDenominator(_:)`` without trials.
/// - Source: Wilson, J. Am. Stat. Assoc. 22 (1927), 209-212; recommended by Brown, Cai & DasGupta, Statistical Science
///   16 (2001), 101-133. Equals statsmodels' `proportion_confint(method="wilson")`.
public func wilsonInterval(
  _ successes: Int, of trials: Int, level: Double = 0.95
) throws(ScoringError) -> Interval {
  guard trials > 0 else { throw .zeroDenominator("trials") }
  precondition((0...trials).contains(successes), "\(successes) successes in \(trials) trials")
  let z = normalQuantile(upperTail: (1 - level) / 2)
  let n = Double(trials)
  let p = Double(successes) / n
  let center = (p + z * z / (2 * n)) / (1 + z * z / n)
  let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
  return Interval(
    lower: successes == 0 ? 0 : max(0, center - half), upper: successes == trials ? 1 : min(1, center + half),
    level: level, method: .wilson)
}

/// The z above which a standard normal variable lies with the given probability: 1.96 for 0.025.
///
/// Newton's method from 0: the tail is convex there, so the steps approach from below and never overshoot.
/// - Parameter upperTail: above 0, at most 0.5.
func normalQuantile(upperTail: Double) -> Double {
  precondition(upperTail > 0 && upperTail <= 0.5, "an upper tail of \(upperTail); expected above 0, at most 0.5")
  var z = 0.0
  for _ in 0..<100 {
    let excess = erfc(z / 2.0.squareRoot()) / 2 - upperTail
    let step = excess / (exp(-z * z / 2) / (2 * Double.pi).squareRoot())
    z += step
    if abs(step) <= 1e-16 * max(1, z) { break }
  }
  return z
}

/// The value below which a share of the sorted values lies, between two values in proportion (numpy's default, type 7
/// of Hyndman & Fan, The American Statistician 50 (1996), 361-365).
/// - Parameters:
///   - share: 0...1.
///   - sorted: at least one value, rising.
func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double {
  let place = share * Double(sorted.count - 1)
  let below = min(max(Int(place), 0), sorted.count - 1)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
