import Foundation

/// The shares of the sorted replicates between which the bias-corrected and accelerated interval lies.
///
/// `z0`, the bias, is the normal quantile of the share of replicates below the estimate, replicates equal to it
/// counting half; `a`, the acceleration, is a sixth of the skewness of the estimates without each patient in turn. The
/// shares are `F(z0 + (z0 + z) / (1 - a (z0 + z)))` with F the normal distribution and z its quantiles of the level.
///
/// - Parameters:
///   - replicates: of the statistic, rising.
///   - estimate: the statistic of the data.
///   - jackknife: the statistic without each patient; NaN where it does not exist then, and such take no part. When all
///     are equal there is no acceleration.
/// - Throws: ``ScoringError/noBCa(_:)`` when all replicates lie on one side of the estimate, so that the bias is
///   infinite, or when bias and acceleration are so large that the denominator above is not positive.
/// - Source: Efron, J. Am. Stat. Assoc. 82 (1987), 171-185; Efron & Tibshirani (1993), section 14.3. Ties as in SciPy's
///   `stats.bootstrap`.
func bcaShares(
  _ replicates: [Double], estimate: Double, jackknife: [Double], level: Double
) throws(ScoringError) -> (lower: Double, upper: Double) {
  var twiceBelow = 0
  for value in replicates { twiceBelow += value < estimate ? 2 : value == estimate ? 1 : 0 }
  guard twiceBelow > 0, twiceBelow < 2 * replicates.count else {
    throw .noBCa(
      "\(twiceBelow / 2) of \(replicates.count) replicates are below the estimate; it needs some on either side")
  }
  let bias = normalQuantile(Double(twiceBelow) / Double(2 * replicates.count))
  let left = jackknife.filter { !$0.isNaN }
  let mean = left.reduce(0, +) / Double(max(1, left.count))
  let squares = left.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  let cubes = left.reduce(0) { $0 + pow(mean - $1, 3) }
  let acceleration = squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0
  func share(_ z: Double) throws(ScoringError) -> Double {
    let divisor = 1 - acceleration * (bias + z)
    guard divisor > 0 else { throw .noBCa("bias \(bias) and acceleration \(acceleration) are too large") }
    return normalProbability(below: bias + (bias + z) / divisor)
  }
  let z = normalQuantile(upperTail: (1 - level) / 2)
  return (try share(-z), try share(z))
}
