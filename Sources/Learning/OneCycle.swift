import Foundation

/// The one-cycle learning rate: up along a half cosine in the first 30 % of the steps, then down to almost nothing.
///
/// Source: Smith & Topin, arXiv:1708.07120, with the defaults of PyTorch's `OneCycleLR`: it begins at a 25th of the
/// maximum and ends at a 10,000th of where it began.
public struct OneCycle: Sendable {
  public var maximum: Double
  public var steps: Int

  public init(maximum: Double, steps: Int) { (self.maximum, self.steps) = (maximum, steps) }

  /// The rate of step `step`, counted from 0.
  public func rate(at step: Int) -> Double {
    let start = maximum / 25
    let end = start / 10_000
    let peak = max(0.3 * Double(steps) - 1, 1)
    let last = max(Double(steps - 1), peak + 1)
    let now = min(Double(step), last)
    return now <= peak ? cosine(start, maximum, now / peak) : cosine(maximum, end, (now - peak) / (last - peak))
  }

  /// From `a` at 0 to `b` at 1 along half a cosine.
  private func cosine(_ a: Double, _ b: Double, _ share: Double) -> Double { b + (a - b) / 2 * (1 + cos(.pi * share)) }
}
