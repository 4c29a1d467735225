import Foundation

/// The log loss (binary cross-entropy, in nats): the mean of `-log` of the probability that was given to what was true.
///
/// Probabilities are first moved into `e...1 - e` with e = 2^-52, the spacing of doubles at 1, as scikit-learn does
/// with doubles: a probability of exactly 0 for a positive would otherwise make the mean infinite. Such a record adds
/// 36.04.
///
/// - Parameters:
///   - probabilities: `[records]`, each in 0...1.
///   - labels: `[records]`, `true` for positive.
/// - Throws: ``ScoringError/noRecords``, ``ScoringError/notProbabilities(lowest:highest:)``, or
///   ``ScoringError/shape(_:)`` when the lengths differ.
/// - Source: Good, J. R. Stat. Soc. B 14 (1952), 107-114; equals scikit-learn's `log_loss` of doubles.
public func logLoss(_ probabilities: [Double], _ labels: [Bool]) throws(ScoringError) -> Double {
  try requireProbabilities(probabilities, labels)
  var sum = 0.0
  for (p, label) in zip(probabilities, labels) {
    let p = clipped(p)
    sum -= log(label ? p : 1 - p)
  }
  return sum / Double(labels.count)
}

/// A probability moved away from 0 and 1 by 2^-52, so that its logarithm and logit are finite.
func clipped(_ p: Double) -> Double { min(max(p, .ulpOfOne), 1 - .ulpOfOne) }

/// log(p / (1 - p)) of a probability, clipped: -36.04...36.04.
func logit(_ p: Double) -> Double {
  let p = clipped(p)
  return log(p / (1 - p))
}

/// 1 / (1 + exp(-x)), without overflow.
func sigmoid(_ x: Double) -> Double {
  if x >= 0 { return 1 / (1 + exp(-x)) }
  let e = exp(x)
  return e / (1 + e)
}
