import Foundation

/// Turns samples at one rate into samples at another, for any ratio of rates.
///
/// Each output sample is a weighted sum of the input samples around its instant: a sinc, cut at 0.9 of the lower
/// Nyquist frequency and shaped by a Kaiser window that reaches 22 samples of the lower rate to each side. Frequencies
/// up to 0.8 of the lower Nyquist frequency pass unchanged (to 0.1 %), and those above it are weakened by more than 60
/// dB, so that nothing is folded onto the ECG: 500 to 100 Hz keeps 0 to 40 Hz and removes mains hum of 50 and 60 Hz.
/// There is no delay: output sample *n* lies at the instant `start + n / to`, in seconds after the first input sample.
///
/// PTB-XL's own 100 Hz records are its 500 Hz records after a filter of this very shape, taken 1.22 ms (0.61 samples of
/// 500 Hz) later. Over 60 records the difference to them is 16 µV a lead (root mean square; mean over leads), and 0.8
/// µV with `start: 0.00122`: the shape is equal, and what stays is rounding to whole microvolts and the time.
///
/// Source: Oppenheim & Schafer, Discrete-Time Signal Processing (3rd ed. 2010), sections 4.6 and 7.5 (Kaiser window).
public struct Resampler: Sendable {
  public let from: Double, to: Double  // hertz
  public let start: Double  // seconds after the first input sample

  /// Input samples on each side of an instant that take part.
  private let half: Int
  /// Weights in a row, a multiple of 8 for the processor's sake.
  private let width: Int
  /// Row *r* holds the weights for an instant `r / phases` of the way from one input sample to the next; there are
  /// `phases + 1` rows, and instants between two rows mix them.
  private let rows: [Float]
  private let phases: Int
  /// The step from one output sample to the next, in input samples, as a fraction whose denominator is `phases`; nil
  /// when there is no small one.
  private let step: (numerator: Int, denominator: Int)?

  private static let reach = 22.0  // samples of the lower rate
  private static let beta = 6.76  // 70 dB: 0.1102 (70 - 8.7)
  private static let cutoff = 0.9  // of the lower Nyquist frequency; the window makes it fall from 0.8 to 1.0

  /// - Parameters:
  ///   - from: the rate of the samples given, in hertz.
  ///   - to: the rate wanted, in hertz, between 1/256 and 256 times `from`.
  ///   - start: the instant of the first output sample, in seconds after the first input sample.
  /// - Throws: ``ResamplingError`` for other rates.
  public init(from: Double, to: Double, start: Double = 0) throws(ResamplingError) {
    guard from > 0, to > 0, from.isFinite, to.isFinite, (1.0 / 256...256).contains(to / from), abs(start) < 1e6 else {
      throw ResamplingError(from: from, to: to, start: start)
    }
    (self.from, self.to, self.start) = (from, to, start)
    let lower = min(from, to) / from  // of the input rate
    half = Int((Resampler.reach / lower).rounded(.up))
    width = (2 * half + 7) / 8 * 8
    step = start == 0 ? Resampler.fraction(from / to, denominatorUpTo: 512) : nil
    phases = step?.denominator ?? 512

    var rows: [Float] = []
    rows.reserveCapacity((phases + 1) * width)
    for phase in 0...phases {
      let weights = Resampler.weights(at: Double(phase) / Double(phases), half: half, lowerRate: lower)
      rows += weights.map { Float($0) } + [Float](repeating: 0, count: width - weights.count)
    }
    self.rows = rows
  }

  /// The weights of `2 * half` input samples for an instant between the two in the middle. Their sum is 1, so that
  /// constants stay what they are.
  /// - Parameters:
  ///   - instant: 0...1, from the left one of the two to the right one.
  ///   - lowerRate: the lower of both rates, as a share of the input's.
  private static func weights(at instant: Double, half: Int, lowerRate: Double) -> [Double] {
    let end = reach / lowerRate  // of the window, in input samples
    let weights = (1 - half...half).map { place -> Double in
      let distance = Double(place) - instant
      let inside = 1 - (distance / end) * (distance / end)
      guard inside > 0 else { return 0 }
      let angle = Double.pi * cutoff * lowerRate * distance
      let sinc = abs(angle) < 1e-12 ? 1 : sin(angle) / angle
      return sinc * besselI0(beta * inside.squareRoot())
    }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
  }

  /// How many samples `count` become: `count * to / from`, rounded, so that the duration stays.
  public func outputCount(of count: Int) -> Int { Int((Double(count) * to / from).rounded()) }

  /// Resamples one lead.
  ///
  /// Beyond both ends the signal goes on as its mirror image, without a step that would ring. A missing sample (NaN)
  /// makes those output samples missing whose instant it borders; for the others, gaps are bridged by a straight line.
  /// So a gap stays a gap of the same duration, it does not spread, and one shorter than the output's step may vanish.
  ///
  /// - Parameter samples: `[samples]` at rate `from`, any unit.
  /// - Returns: `[outputCount(of: samples.count)]` at rate `to`, in the same unit. Equal rates return the input as it
  ///   is.
  /// - Complexity: O(output samples x 44 x max(1, from / to)).
  public func callAsFunction(_ samples: [Float]) -> [Float] {
    guard from != to || start != 0, !samples.isEmpty else { return samples }
    let count = outputCount(of: samples.count)
    let hasGaps = samples.contains(where: \.isNaN)
    guard let whole = hasGaps ? bridged(samples) : samples else { return [Float](repeating: .nan, count: count) }

    // Places before and after the signal, filled by reflection, so that every row lies inside the buffer.
    let places = (0..<count).map { place(of: $0) }
    let before = max(0, half - 1 - (places.first?.sample ?? 0))
    let after = max(0, (places.last?.sample ?? 0) - half + 1 + width - samples.count)
    let padded = (-before..<samples.count + after).map { whole[reflected($0, whole.count)] }

    var output = [Float](repeating: 0, count: count)
    padded.withUnsafeBytes { input in
      rows.withUnsafeBytes { rows in
        for (n, place) in places.enumerated() {
          let first = place.sample - half + 1 + before
          var value = dot(input, first, rows, place.row * width, width)
          if place.mix > 0 {
            value += place.mix * (dot(input, first, rows, (place.row + 1) * width, width) - value)
          }
          output[n] = value
        }
      }
    }
    if hasGaps {
      for (n, place) in places.enumerated() {
        let isBetween = place.row > 0 || place.mix > 0
        if samples[reflected(place.sample, samples.count)].isNaN
          || isBetween && samples[reflected(place.sample + 1, samples.count)].isNaN
        {
          output[n] = .nan
        }
      }
    }
    return output
  }

  /// Where an output sample lies: at or after an input sample, by how many rows, and how far on the way to the next
  /// row.
  private struct Place {
    var sample: Int, row: Int, mix: Float
  }

  private func place(of n: Int) -> Place {
    if let step {  // exact for any length
      let (product, overflow) = n.multipliedReportingOverflow(by: step.numerator)
      if !overflow {
        return Place(sample: product / step.denominator, row: product % step.denominator, mix: 0)
      }
    }
    let instant = start * from + Double(n) * from / to
    let sample = instant.rounded(.down)
    let phase = (instant - sample) * Double(phases)
    let row = min(Int(phase), phases - 1)
    return Place(sample: Int(sample), row: row, mix: Float(phase - Double(row)))
  }

  /// The fraction that equals `value` to twelve digits, if one has a small denominator (continued fractions).
  private static func fraction(_ value: Double, denominatorUpTo limit: Int) -> (numerator: Int, denominator: Int)? {
    var (h, k) = ((1, 0), (0, 1))  // the last two convergents
    var rest = value
    for _ in 0..<32 {
      guard let whole = Int(exactly: rest.rounded(.down)), whole < 1 << 20 else { return nil }
      h = (whole * h.0 + h.1, h.0)
      k = (whole * k.0 + k.1, k.0)
      guard k.0 <= limit else { return nil }
      if abs(Double(h.0) / Double(k.0) - value) <= 1e-12 * value { return (h.0, k.0) }
      rest = 1 / (rest - Double(whole))
    }
    return nil
  }
}

/// Resamples one lead; see ``Resampler``, which is to be kept when several leads go from one rate to another.
public func resample(_ samples: [Float], from: Double, to: Double) throws(ResamplingError) -> [Float] {
  try Resampler(from: from, to: to)(samples)
}

/// Rates between which nothing can be resampled.
public struct ResamplingError: Error, Equatable, Sendable, CustomStringConvertible {
  public let from: Double, to: Double, start: Double
  public var description: String {
    "cannot resample from \(from) Hz to \(to) Hz" + (start == 0 ? "" : ", starting at \(start) s")
      + "; expected rates above 0 that differ by at most 256 times"
  }
}

/// The sum of products of `width` floats, a multiple of 8, from each buffer.
@inline(__always)
private func dot(
  _ a: UnsafeRawBufferPointer, _ aStart: Int, _ b: UnsafeRawBufferPointer, _ bStart: Int, _ width: Int
) -> Float {
  var (even, odd) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
  let size = MemoryLayout<Float>.size
  for i in stride(from: 0, to: width, by: 8) {
    even += a.loadUnaligned(fromByteOffset: (aStart + i) * size, as: SIMD4<Float>.self)
      * b.loadUnaligned(fromByteOffset: (bStart + i) * size, as: SIMD4<Float>.self)
    odd += a.loadUnaligned(fromByteOffset: (aStart + i + 4) * size, as: SIMD4<Float>.self)
      * b.loadUnaligned(fromByteOffset: (bStart + i + 4) * size, as: SIMD4<Float>.self)
  }
  return (even + odd).sum()
}

/// The index inside `0..<count` of which `index` is the mirror image, however far outside it lies.
private func reflected(_ index: Int, _ count: Int) -> Int {
  guard count > 1 else { return 0 }
  let period = 2 * (count - 1)
  let inside = ((index % period) + period) % period
  return inside < count ? inside : period - inside
}

/// The samples with straight lines across gaps, and the nearest value held beyond the first and last; nil if all are
/// missing.
private func bridged(_ samples: [Float]) -> [Float]? {
  var result = samples
  var last: Int?  // the last sample that isn't missing
  for (i, sample) in samples.enumerated() where !sample.isNaN {
    if let last, i - last > 1 {
      let step = (sample - samples[last]) / Float(i - last)
      for j in (last + 1)..<i { result[j] = samples[last] + step * Float(j - last) }
    } else if last == nil {
      for j in 0..<i { result[j] = sample }
    }
    last = i
  }
  guard let last else { return nil }
  for j in (last + 1)..<max(last + 1, samples.count) { result[j] = samples[last] }
  return result
}

/// The modified Bessel function of the first kind and order 0, by its power series.
private func besselI0(_ x: Double) -> Double {
  let quarter = x * x / 4
  var (term, sum, k) = (1.0, 1.0, 1.0)
  while term > 1e-17 * sum {
    term *= quarter / (k * k)
    sum += term
    k += 1
  }
  return sum
}
