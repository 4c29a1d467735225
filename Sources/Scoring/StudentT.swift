import Foundation

/// Student's t distribution: what a normal variable divided by its estimated deviation follows.
/// Source: Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 26.5.27 and 26.7.
struct StudentT: Sendable {
  let degreesOfFreedom: Double  // above 0, whole or not

  /// - Returns: the probability of a value at least as far from 0 as `t`: the two-sided p-value.
  func pValue(_ t: Double) -> Double {
    guard t.isFinite else { return t.isNaN ? .nan : 0 }
    guard degreesOfFreedom < 1e7 else { return normalPValue(t) }
    let n = degreesOfFreedom
    return regularizedIncompleteBeta(n / (n + t * t), n / 2, 0.5)
  }

  /// The t above which a value lies with the given probability: 2.228 for 0.025 and 10 degrees of freedom.
  /// - Parameter upperTail: above 0, at most 0.5.
  func quantile(upperTail: Double) -> Double {
    precondition(upperTail > 0 && upperTail <= 0.5, "an upper tail of \(upperTail); expected above 0, at most 0.5")
    // Above the normal quantile, as the tails are heavier; then the interval that holds it is halved.
    var low = upperTail == 0.5 ? 0 : normalQuantile(upperTail: upperTail), high = max(2 * low, 1)
    while pValue(high) > 2 * upperTail, high < 1e300 { (low, high) = (high, 2 * high) }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if pValue(middle) > 2 * upperTail { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// The regularized incomplete beta function I_x(a, b), by Lentz's method for its continued fraction.
/// - Parameters:
///   - x: 0...1.
///   - a: above 0, as `b`.
/// - Source: NIST Digital Library of Mathematical Functions, 8.17.22 (https://dlmf.nist.gov/8.17.E22).
func regularizedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // Beyond the mean the fraction converges slowly; the other side's is quick there.
  guard x <= (a + 1) / (a + b + 2) else { return 1 - regularizedIncompleteBeta(1 - x, b, a) }
  let tiny = 1e-300
  var (c, d) = (1.0, 1 - (a + b) * x / (a + 1))
  d = 1 / (abs(d) < tiny ? tiny : d)
  var fraction = d
  for m in 1...10_000 {
    let m = Double(m)
    for term in [m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))] {
      d = 1 + term * d
      c = 1 + term / c
      d = 1 / (abs(d) < tiny ? tiny : d)
      if abs(c) < tiny { c = tiny }
      fraction *= d * c
    }
    if abs(d * c - 1) < 1e-15 { break }
  }
  let front = exp(a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b))
  return min(1, front * fraction / a)
}

/// The logarithm of the gamma function of a positive number, by Stirling's series beyond 10. The C library's sets a
/// global variable, which threads must not share.
/// - Source: NIST Digital Library of Mathematical Functions, 5.5.1 and 5.11.1.
private func logGamma(_ x: Double) -> Double {
  var (x, logOfProduct) = (x, 0.0)
  while x < 10 { (x, logOfProduct) = (x + 1, logOfProduct + log(x)) }
  let inverse = 1 / (x * x)
  var series = 691.0 / 360_360
  for coefficient in [-1.0 / 1188, 1.0 / 1680, -1.0 / 1260, 1.0 / 360, -1.0 / 12] { series = coefficient + inverse * series }
  return (x - 0.5) * log(x) - x + log(2 * Double.pi) / 2 - series / x - logOfProduct
}
