/// Why a statistic does not exist for the data given.
///
/// These are properties of the data, not mistakes of a program: a report prints them as "undefined" with this text.
public enum ScoringError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The statistic compares positives with negatives, and one of them is absent.
  case oneClass(positives: Int, negatives: Int)
  /// The denominator is zero; the text says what there is none of.
  case zeroDenominator(String)
  /// No class has the statistic, so that there is nothing to average.
  case noDefinedClass(of: Int)
  /// There are no records.
  case noRecords
  /// A score is NaN, so that the records have no order. `record` is counted from 0.
  case notANumber(record: Int)
  /// The statistic needs probabilities, and a score lies outside 0...1 (a logit, perhaps).
  case notProbabilities(lowest: Double, highest: Double)
  /// Too few bootstrap replicates have the statistic for an interval.
  case tooFewReplicates(used: Int, of: Int)
  /// The BCa method has no interval; the text says why.
  case noBCa(String)
  /// Fewer than a statistic needs; `what` is in the plural.
  case tooFew(String, found: Int, needed: Int)
  /// An interval or test needs a variance, and its estimate is zero.
  case noVariance(String)
  /// A fit has no finite solution; the text says what the data lack.
  case noFit(String)
  /// Two lists that must go together differ in length.
  case shape(String)

  public var description: String {
    switch self {
    case .oneClass(let positives, let negatives):
      switch (positives, negatives) {
      case (0, _): "no positive among \(negatives) records"
      case (_, 0): "no negative among \(positives) records"
      default: "\(positives) positives and \(negatives) negatives, where one of them must be absent"
      }
    case .zeroDenominator(let what): "no \(what)"
    case .noDefinedClass(let classes): "undefined in each of \(classes) classes"
    case .noRecords: "no records"
    case .notANumber(let record): "the score of record \(record) (counted from 0) is not a number"
    case .notProbabilities(let lowest, let highest):
      "scores from \(lowest) to \(highest) are no probabilities; expected 0...1"
    case .tooFewReplicates(let used, let all):
      "\(used) of \(all) bootstrap replicates have both positives and negatives; an interval needs at least "
        + "\(Interval.fewestReplicates)"
    case .noBCa(let why): "no BCa interval: \(why)"
    case .tooFew(let what, let found, let needed): "\(found) \(what); expected at least \(needed)"
    case .noVariance(let why): "the estimated variance is zero: \(why)"
    case .noFit(let why): why
    case .shape(let text): text
    }
  }
}
