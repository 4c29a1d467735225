import Drawing
import Foundation

/// From values to points along one direction of a panel, and the round values that deserve a tick.
struct Scale {
  var lower, upper: Double  // of the values
  var start, end: Double  // of the points
  var isLogarithmic = false

  init(_ lower: Double, _ upper: Double, start: Double, end: Double, logarithmic: Bool = false) {
    (self.lower, self.upper, self.start, self.end) = (lower, upper, start, end)
    isLogarithmic = logarithmic && lower > 0
    if !(self.upper > self.lower) { self.upper = self.lower + (isLogarithmic ? 9 * self.lower : 1) }
  }

  func callAsFunction(_ value: Double) -> Double {
    let share =
      isLogarithmic
      ? log(max(value, lower) / lower) / log(upper / lower) : (value - lower) / (upper - lower)
    return start + share * (end - start)
  }

  /// A scale whose ends are ticks, so that the values fill it well.
  static func covering(
    _ values: [Double], about count: Int, includingZero: Bool = false, atMost: Double? = nil, start: Double, end: Double
  ) -> Scale {
    let finite = values.filter(\.isFinite)
    var (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    if includingZero { (low, high) = (min(low, 0), max(high, 0)) }
    if !(high > low) {
      let margin = max(abs(high) * 0.1, 1e-9)
      (low, high) = includingZero ? (min(low, 0), high + margin) : (low - margin, high + margin)
    }
    let step = roundStep(high - low, count)
    low = (low / step + 1e-9).rounded(.down) * step
    high = (high / step - 1e-9).rounded(.up) * step
    if let atMost, high > atMost { high = atMost }
    return Scale(low, high, start: start, end: end)
  }

  /// Values on round numbers within the scale, with their labels.
  func ticks(about count: Int) -> [(value: Double, label: String)] {
    isLogarithmic ? decades() : linearTicks(count)
  }

  private func linearTicks(_ count: Int) -> [(value: Double, label: String)] {
    let step = roundStep(upper - lower, count)
    let (first, last) = ((lower / step - 1e-6).rounded(.up), (upper / step + 1e-6).rounded(.down))
    guard first <= last, last - first < 1000 else { return [] }
    let places = decimalPlaces(of: step)
    return stride(from: first, through: last, by: 1).map { index in
      let value = index * step
      if index == 0 { return (0, "0") }
      if places == 0, let whole = Int(exactly: value.rounded()) { return (value, integer(whole)) }
      return (value, decimal(value, places: places))
    }
  }

  private func decades() -> [(value: Double, label: String)] {
    let (first, last) = (Int(log10(lower).rounded(.up)), Int((log10(upper) + 1e-9).rounded(.down)))
    guard first <= last else { return linearTicks(2) }
    return (first...last).map { power in
      let value = pow(10, Double(power))
      return (value, power >= 0 ? integer(Int(exactly: value) ?? 0) : decimal(value, places: -power))
    }
  }
}

/// The step 1, 2, 2.5 or 5 times a power of ten that gives `count` intervals or a few less.
func roundStep(_ span: Double, _ count: Int) -> Double {
  guard span > 0, span.isFinite else { return 1 }
  let raw = span / Double(max(count, 1))
  let magnitude = pow(10, log10(raw).rounded(.down))
  let factor = [1, 2, 2.5, 5].first { $0 * magnitude >= raw * (1 - 1e-9) } ?? 10
  return factor * magnitude
}

/// As many as a multiple of `step` needs.
private func decimalPlaces(of step: Double) -> Int {
  var (places, value) = (0, step)
  while places < 12, abs(value - value.rounded()) > 1e-6 * value { (places, value) = (places + 1, value * 10) }
  return places
}
