/// A difference of two networks on the same records, how far chance moves it, and how likely chance is to explain it.
///
/// Interval and p-value come of the same standard error and the same distribution, so they agree: at a level of 95 % the
/// p-value is below 0.05 exactly where the interval leaves out 0.
public struct PairedTest: Sendable, Equatable, Codable {
  /// How the difference, divided by its standard error, is taken to be distributed where there is none in truth.
  public enum Distribution: String, Sendable, Codable, CaseIterable {
    /// As the papers on AUROC and most packages have it. With few positives it rejects too often.
    case normal
    /// Student's t, with as many degrees of freedom as the positives and negatives (or patients with them) allow.
    case student
  }

  public var difference: Double  // first minus second
  public var standardError: Double
  /// Of Student's t; nil for a normal distribution.
  public var degreesOfFreedom: Double?
  public var z: Double  // the difference in standard errors
  public var pValue: Double  // two-sided
  public var interval: Interval  // of the difference

  init(
    _ difference: Double, standardError: Double, degreesOfFreedom: Double? = nil, level: Double, method: Interval.Method
  ) {
    let tail = (1 - level) / 2
    let quantile =
      degreesOfFreedom.map { StudentT(degreesOfFreedom: $0).quantile(upperTail: tail) } ?? normalQuantile(upperTail: tail)
    (self.difference, self.standardError, self.degreesOfFreedom) = (difference, standardError, degreesOfFreedom)
    let half = quantile * standardError
    interval = Interval(lower: difference - half, upper: difference + half, level: level, method: method)
    (z, pValue) = (difference / standardError, 0)
    pValue = pValue(against: 0)
  }

  /// The two-sided p-value of a true difference of `value` in place of 0.
  public func pValue(against value: Double) -> Double {
    let z = (difference - value) / standardError
    return degreesOfFreedom.map { StudentT(degreesOfFreedom: $0).pValue(z) } ?? normalPValue(z)
  }
}

/// A part of an estimated variance, and how many independent squares it was estimated from, less what their mean took.
struct VariancePart: Sendable {
  var value: Double
  var degreesOfFreedom: Double
}

/// The degrees of freedom of a sum of estimated variances; nil when all are 0.
/// - Source: Satterthwaite, Biometrics Bulletin 2 (1946), 110-114; for rank statistics Brunner & Munzel, Biometrical
///   Journal 42 (2000), 17-25.
func satterthwaite(_ parts: [VariancePart]) -> Double? {
  let sum = parts.reduce(0) { $0 + $1.value }
  let squares = parts.reduce(0) { $0 + $1.value * $1.value / $1.degreesOfFreedom }
  return squares > 0 ? sum * sum / squares : nil
}
