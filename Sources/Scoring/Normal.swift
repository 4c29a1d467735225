import Foundation

/// The probability that a standard normal variable is below `z`.
func normalProbability(below z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

/// The probability that a standard normal variable is at least as far from 0 as `z`: the two-sided p-value.
func normalPValue(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

/// The z below which a standard normal variable lies with the given probability.
/// - Parameter probability: above 0, below 1.
func normalQuantile(_ probability: Double) -> Double {
  probability <= 0.5 ? -normalQuantile(upperTail: probability) : normalQuantile(upperTail: 1 - probability)
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
