import Foundation

/// One number by which logits are divided, so that probabilities become as extreme as they should be. The ranking
/// stays.
///
/// Source: Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks", ICML 2017, for one label of many;
/// here each class has a label of its own, and `p = 1 / (1 + exp(-logit / temperature))`.
public struct Temperature: Sendable, Equatable, Codable {
  /// Above 1 for a network that is too sure of itself.
  public let value: Double

  /// - Parameter value: above 0.
  public init(_ value: Double) {
    precondition(value > 0 && value.isFinite, "a temperature of \(value); expected above 0")
    self.value = value
  }

  /// The temperature of lowest log loss, found by Newton's method kept between bounds that close in on it (the loss is
  /// convex in 1 / temperature).
  ///
  /// - Parameters:
  ///   - logits: `[records]` of validation, finite.
  ///   - labels: `[records]`, `true` for positive.
  /// - Throws: ``ScoringError/noFit(_:)`` when the sign of the logit is right for every record, so that the loss falls
  ///   towards temperature 0, or when it doesn't fall below that of logits divided by infinity, which are all 0;
  ///   ``ScoringError/noRecords``, ``ScoringError/shape(_:)``, ``ScoringError/notANumber(record:)``.
  public init(fitting logits: [Double], _ labels: [Bool]) throws(ScoringError) {
    try requireFinite(logits, labels, for: "a temperature")
    guard zip(logits, labels).contains(where: { $1 ? $0 < 0 : $0 > 0 }) else {
      throw .noFit("the sign of the logit is right for every record, so no temperature above 0 is best")
    }
    /// First and second derivative of the loss by 1 / temperature.
    func slopes(_ inverse: Double) -> (Double, Double) {
      var (first, second) = (0.0, 0.0)
      for (x, label) in zip(logits, labels) {
        let p = sigmoid(x * inverse)
        first += (p - (label ? 1 : 0)) * x
        second += p * (1 - p) * x * x
      }
      return (first, second)
    }
    guard slopes(0).0 < 0 else {
      throw .noFit("the logits say nothing of the labels, or the opposite, so no finite temperature is best")
    }
    var (low, high) = (0.0, 1.0)  // the slope is below 0 at `low`, and not at `high`
    while slopes(high).0 < 0 { (low, high) = (high, 2 * high) }
    var inverse = (low + high) / 2
    for _ in 0..<200 {
      let (first, second) = slopes(inverse)
      if first < 0 { low = inverse } else { high = inverse }
      var next = inverse - first / second
      if !(next > low && next < high) { next = (low + high) / 2 }
      let step = abs(next - inverse)
      inverse = next
      if step <= 1e-14 * inverse { break }
    }
    guard inverse > 0, inverse.isFinite else { throw .noFit("the logits are too small to find a temperature") }
    value = 1 / inverse
  }

  /// The probability of a logit.
  public func callAsFunction(_ logit: Double) -> Double { sigmoid(logit / value) }
}
