#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// From 500 to 100 samples a second.
///
/// A linear-phase low pass with 181 taps: the sinc of 45 Hz under a Kaiser window with β = 5.65 (Oppenheim & Schafer,
/// Discrete-Time Signal Processing, "Kaiser window"), which passes below 40 Hz and stops by 60 dB from 50 Hz, the new
/// Nyquist frequency and the mains'; then every fifth sample. The signal is mirrored at both ends.
enum Decimation {
  static let factor = 5
  static let taps: [Double] = {
    let (half, cutoff, beta) = (90, 45.0 / 500, 5.65)
    let raw = (-half...half).map { n in
      let x = Double(n)
      let sinc = n == 0 ? 2 * cutoff : sin(2 * .pi * cutoff * x) / (.pi * x)
      let r = x / Double(half)
      return sinc * besselI0(beta * (1 - r * r).squareRoot()) / besselI0(beta)
    }
    let sum = raw.reduce(0, +)
    return raw.map { $0 / sum }  // gain 1 at 0 Hz
  }()

  /// `ceil(count / 5)` samples.
  static func decimate(_ signal: [Double]) -> [Double] {
    let half = taps.count / 2
    guard signal.count > half else { return stride(from: 0, to: signal.count, by: factor).map { signal[$0] } }
    let mirrored = signal[1...half].reversed() + signal + signal.dropLast().suffix(half).reversed()
    return mirrored.withUnsafeBufferPointer { padded in
      taps.withUnsafeBufferPointer { taps in
        stride(from: 0, to: signal.count, by: factor).map { start in
          var sum = taps[half] * padded[start + half]
          for k in 0..<half { sum += taps[k] * (padded[start + k] + padded[start + 2 * half - k]) }
          return sum
        }
      }
    }
  }

  /// The modified Bessel function of the first kind, order 0, by its power series.
  private static func besselI0(_ x: Double) -> Double {
    var (sum, term, k) = (1.0, 1.0, 1.0)
    while term > 1e-16 * sum {
      term *= (x / 2 / k) * (x / 2 / k)
      sum += term
      k += 1
    }
    return sum
  }
}
