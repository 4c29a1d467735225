/// A mean over classes, and over how many: classes in which the statistic is undefined take no part.
public struct ClassMean: Sendable, Equatable {
  public var value: Double
  public var defined: Int  // classes that have the statistic
  public var classes: Int  // all classes
}

/// The unweighted mean over the classes in which the statistic is defined.
///
/// - Parameter values: one per class; nil where undefined.
/// - Throws: ``ScoringError/noDefinedClass(of:)``. (scikit-learn returns NaN as soon as one class is undefined.)
public func macroMean(_ values: [Double?]) throws(ScoringError) -> ClassMean {
  try weightedMean(values, weights: values.map { _ in 1 })
}

/// The mean over the classes in which the statistic is defined, each weighted, commonly by its support.
///
/// - Parameters:
///   - values: one per class; nil where undefined.
///   - weights: one per class, at least 0.
/// - Throws: ``ScoringError/noDefinedClass(of:)`` when no defined class has a weight.
public func weightedMean(_ values: [Double?], weights: [Double]) throws(ScoringError) -> ClassMean {
  precondition(values.count == weights.count, "\(values.count) values but \(weights.count) weights")
  var (sum, total, defined) = (0.0, 0.0, 0)
  for case (let value?, let weight) in zip(values, weights) {
    sum += value * weight
    total += weight
    defined += 1
  }
  guard total > 0 else { throw .noDefinedClass(of: values.count) }
  return ClassMean(value: sum / total, defined: defined, classes: values.count)
}
