/// A lead as whole numbers: `value = digital × step`, in the lead's units.
///
/// Recordings were whole numbers before they became voltages: the step that they had then is found again, and with it
/// they are kept exactly.
struct Quantization: Equatable {
  /// Units a digit.
  let step: Double
  /// One per sample; a missing one is nil in ``digital(_:)``.
  let largestError: Double
  /// The greatest of the digits without their sign.
  let greatest: Int
  /// Whether every sample comes back as it was, but for the rounding of floating point.
  let isLossless: Bool

  /// - Parameters:
  ///   - samples: a lead's; NaN is missing. Infinite ones count as missing.
  ///   - limit: the greatest digit that the format holds: 32767 with 16 bits, of which -32768 marks what is missing.
  /// - Returns: the step of which every sample is a multiple, where there is one with digits up to `limit`; else the
  ///   smallest power of ten, or its half or fifth, with which they fit.
  init(_ samples: [Double], limit: Int = 32_767) {
    let top = samples.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    /// Stops where the error is greater than `limit`.
    func measured(_ step: Double, upTo limit: Double = .infinity) -> (error: Double, greatest: Int) {
      var error = 0.0
      for value in samples where value.isFinite {
        error = max(error, abs(value - (value / step).rounded() * step))
        if error > limit { break }
      }
      return (error, Int((top / step).rounded()))
    }
    func fits(_ step: Double) -> Bool { step.isFinite && step > 0 && (top / step).rounded() <= Double(limit) }

    var best: (step: Double, error: Double, greatest: Int)?
    func attempt(_ candidates: [Double]) {
      for step in candidates where best == nil && fits(step) {
        let tolerance = Self.tolerance(step, top)
        let (error, greatest) = measured(step, upTo: tolerance)
        if error <= tolerance { best = (step, error, greatest) }
      }
    }
    attempt([0.001, 0.005, 0.0025, 0.00488, 0.00244, 0.004_882_812_5, 0.002_441_406_25, 0.01, 1, 5, 2.5, 4.88])
    if best == nil { attempt(Self.differences(samples)) }
    if best == nil {
      var step = 1e-9
      let factors = [2.0, 2.5, 2.0]
      var turn = 0
      while !fits(step) { (step, turn) = (step * factors[turn % 3], turn + 1) }
      let (error, greatest) = measured(step)
      best = (step, error, greatest)
    }
    (step, largestError, greatest) = best.map { ($0.step, $0.error, $0.greatest) } ?? (1, 0, 0)
    isLossless = largestError <= Self.tolerance(step, top)
  }

  /// The rounding of floating point: a millionth of a step, and no more than a billionth of the greatest value, so that
  /// a small value beside a step as great as the greatest is none.
  private static func tolerance(_ step: Double, _ top: Double) -> Double { min(1e-6 * step, 1e-9 * top) }

  /// - Returns: nil for a missing sample.
  func digital(_ value: Double) -> Int? { value.isFinite ? Int((value / step).rounded()) : nil }

  /// The smallest differences between neighbouring values, as the step that they may be multiples of.
  private static func differences(_ samples: [Double]) -> [Double] {
    let values = samples.lazy.filter(\.isFinite).sorted()
    let top = max(abs(values.first ?? 0), abs(values.last ?? 0))
    var smallest = Double.infinity
    for (one, other) in zip(values, values.dropFirst()) where other - one > 1e-9 * top {
      smallest = min(smallest, other - one)
    }
    guard smallest.isFinite, smallest > 0 else { return top > 0 ? [top] : [] }
    // The difference of two is inexact; that of the greatest value, in such steps, is exact to the last digits.
    let count = (top / smallest).rounded()
    return count >= 1 && count < 1e9 ? [top / count, smallest] : [smallest]
  }
}
