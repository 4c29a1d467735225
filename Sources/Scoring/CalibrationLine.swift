import Foundation

/// Cox's calibration line: the logistic regression of the labels on the logit of the probabilities,
/// `logit P(positive) = intercept + slope x logit(p)`. Perfect probabilities have intercept 0 and slope 1.
public struct CalibrationLine: Sendable, Equatable, Codable {
  /// Below 1 the probabilities are too extreme (the usual sign of overfitting), above 1 not extreme enough.
  public var slope: Double
  public var intercept: Double

  /// The probability that the line gives a logit.
  public func callAsFunction(_ logit: Double) -> Double { sigmoid(intercept + slope * logit) }
}

extension CalibrationLine {
  /// Platt's scaling: the line of highest likelihood for labels moved towards each other, to `(P + 1) / (P + 2)` and
  /// `1 / (N + 2)` with P positives and N negatives, so that a rare class gives no certainty. The ranking stays.
  ///
  /// - Parameters:
  ///   - logits: `[records]` of validation, finite.
  ///   - labels: `[records]`, `true` for positive.
  /// - Throws: ``ScoringError/noFit(_:)`` when the line does not rise, or is not determined; ``ScoringError/noRecords``,
  ///   ``ScoringError/shape(_:)``, ``ScoringError/notANumber(record:)``, ``ScoringError/oneClass(positives:negatives:)``.
  /// - Source: Platt, "Probabilistic outputs for support vector machines", in Advances in Large Margin Classifiers,
  ///   MIT Press 1999; Lin, Lin & Weng, Machine Learning 68 (2007), 267-276.
  public init(fitting logits: [Double], _ labels: [Bool]) throws(ScoringError) {
    try requireFinite(logits, labels, for: "a line")
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    guard positives > 0, negatives > 0 else { throw .oneClass(positives: positives, negatives: negatives) }
    let high = Double(positives + 1) / Double(positives + 2)
    let low = 1 / Double(negatives + 2)
    let line = try logisticFit(logits, labels.map { $0 ? high : low }, slope: nil)
    guard line.slope > 0 else { throw .noFit("the logits do not rise with the labels, so that no rising line is best") }
    self = line
  }
}

/// The calibration line of one class, by Newton's method with halved steps.
///
/// Probabilities are moved into `e...1 - e` with e = 2^-52 first, as in ``logLoss(_:_:)``.
///
/// - Parameters:
///   - probabilities: `[records]`, each in 0...1.
///   - labels: `[records]`, `true` for positive.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)``; ``ScoringError/noFit(_:)`` when one probability separates
///   positives from negatives, so that the slope is infinite (a statistics package prints a huge number there);
///   ``ScoringError/notProbabilities(lowest:highest:)``.
/// - Source: Cox, Biometrika 45 (1958), 562-565; Van Calster et al., BMC Medicine 17 (2019), 230.
public func calibrationLine(_ probabilities: [Double], _ labels: [Bool]) throws(ScoringError) -> CalibrationLine {
  try requireProbabilities(probabilities, labels)
  let x = probabilities.map(logit)
  let positives = labels.count { $0 }
  func range(of label: Bool) -> ClosedRange<Double>? {
    let own = zip(x, labels).filter { $0.1 == label }.map(\.0)
    guard let lowest = own.min(), let highest = own.max() else { return nil }
    return lowest...highest
  }
  guard let ofPositives = range(of: true), let ofNegatives = range(of: false) else {
    throw .oneClass(positives: positives, negatives: labels.count - positives)
  }
  guard ofNegatives.upperBound > ofPositives.lowerBound, ofPositives.upperBound > ofNegatives.lowerBound else {
    throw .noFit("one probability separates positives from negatives, so the slope of calibration is infinite")
  }
  return try logisticFit(x, labels.map { $0 ? 1 : 0 }, slope: nil)
}

/// Calibration in the large: the intercept of the calibration line whose slope is held at 1. Above 0 the probabilities
/// are too low on the whole, below 0 too high.
///
/// - Parameters:
///   - probabilities: `[records]`, each in 0...1.
///   - labels: `[records]`, `true` for positive.
/// - Throws: ``ScoringError/oneClass(positives:negatives:)``; ``ScoringError/notProbabilities(lowest:highest:)``.
/// - Source: as ``calibrationLine(_:_:)``.
public func calibrationInTheLarge(_ probabilities: [Double], _ labels: [Bool]) throws(ScoringError) -> Double {
  try requireProbabilities(probabilities, labels)
  let positives = labels.count { $0 }
  guard positives > 0, positives < labels.count else {
    throw .oneClass(positives: positives, negatives: labels.count - positives)
  }
  return try logisticFit(probabilities.map(logit), labels.map { $0 ? 1 : 0 }, slope: 1).intercept
}

/// The intercept and slope of highest likelihood for targets in 0...1; with a slope given, the intercept alone.
private func logisticFit(
  _ x: [Double], _ targets: [Double], slope fixed: Double?
) throws(ScoringError) -> CalibrationLine {
  /// Negative log likelihood, its gradient and second derivatives.
  func terms(_ a: Double, _ b: Double) -> (loss: Double, g: (Double, Double), h: (Double, Double, Double)) {
    var loss = 0.0
    var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (x, target) in zip(x, targets) {
      let eta = a + b * x
      let e = exp(-abs(eta))
      let p = eta >= 0 ? 1 / (1 + e) : e / (1 + e)
      let residual = p - target
      loss += max(0, eta) - target * eta + log1p(e)  // -log of the probability of the target
      ga += residual
      gb += residual * x
      let w = p * (1 - p)
      haa += w
      hab += w * x
      hbb += w * x * x
    }
    return (loss, (ga, gb), (haa, hab, hbb))
  }
  var (a, b) = (0.0, fixed ?? 1)
  var here = terms(a, b)
  for _ in 0..<200 {
    let (da, db): (Double, Double)
    if fixed == nil {
      let determinant = here.h.0 * here.h.2 - here.h.1 * here.h.1
      (da, db) = (
        (here.h.2 * here.g.0 - here.h.1 * here.g.1) / determinant,
        (here.h.0 * here.g.1 - here.h.1 * here.g.0) / determinant
      )
    } else {
      (da, db) = (here.g.0 / here.h.0, 0)
    }
    guard da.isFinite, db.isFinite else { break }
    var step = 1.0
    var next = terms(a - da, b - db)
    while !(next.loss <= here.loss), step > 1e-10 {
      step /= 2
      next = terms(a - step * da, b - step * db)
    }
    if !(next.loss <= here.loss) { return CalibrationLine(slope: b, intercept: a) }  // as low as rounding lets it be
    (a, b, here) = (a - step * da, b - step * db, next)
    if abs(step * da) <= 1e-12 * max(1, abs(a)), abs(step * db) <= 1e-12 * max(1, abs(b)) {
      return CalibrationLine(slope: b, intercept: a)
    }
  }
  throw .noFit("the regression for the slope of calibration did not converge")
}
