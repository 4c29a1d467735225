#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A stream of random numbers that its seed determines; nothing here asks the system.
///
/// xoshiro256** 1.0 (Blackman & Vigna, ACM Trans. Math. Softw. 47 (2021), 36), its state filled by SplitMix64 (Steele,
/// Lea & Flood, OOPSLA 2014) as its authors advise. Every record has a stream of its own, so that records may be made
/// in any order.
struct Randomness: RandomNumberGenerator {
  private var state: (UInt64, UInt64, UInt64, UInt64)
  private var spare: Double?  // the second of a pair of normal deviates

  /// - Parameter stream: numbers that tell this stream from others of the same seed, such as the record's and the
  ///   purpose's.
  init(seed: UInt64, stream: UInt64...) {
    var word = Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
    for number in stream { word = Self.mix(word ^ Self.mix(number &+ 0xD1B5_4A32_D192_ED03)) }
    func next() -> UInt64 {
      word &+= 0x9E37_79B9_7F4A_7C15
      return Self.mix(word)
    }
    state = (next(), next(), next(), next())
  }

  /// From a state of xoshiro256**, which must not be all zero.
  init(state: (UInt64, UInt64, UInt64, UInt64)) { self.state = state }

  private static func mix(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64 {
    func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
    let result = rotated(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, 45)
    return result
  }

  /// Uniform in 0 ..< 1, from the upper 53 bits.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }
  mutating func angle() -> Double { uniform(0...(2 * .pi)) }
  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Uniform among 0 ..< count, which must be positive.
  mutating func index(_ count: Int) -> Int { min(Int(uniform() * Double(count)), count - 1) }

  /// A standard normal deviate by the method of Box & Muller (Ann. Math. Statist. 29 (1958), 610-611).
  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }

  /// A normal deviate, cut at 2.2 standard deviations so that no single draw makes an impossible heart.
  mutating func normal(_ mean: Double, _ deviation: Double) -> Double {
    mean + deviation * min(max(normal(), -2.2), 2.2)
  }
}

/// The value `fraction` of the way from `start` to `end`; fractions outside 0...1 go on beyond them.
func along(_ start: Double, _ end: Double, _ fraction: Double) -> Double { start + (end - start) * fraction }
