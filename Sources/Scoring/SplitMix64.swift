/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): a small generator of which each replicate has a stream of its own.
struct SplitMix64: Sendable {
  private var state: UInt64

  init(seed: UInt64, stream: UInt64) {
    // Seed and stream are mixed one after the other, so that neighbouring streams do not overlap.
    state = SplitMix64.mix(SplitMix64.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (stream &* 0xD1B5_4A32_D192_ED03))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  /// A number in `0..<bound`, all equally likely (Lemire, ACM Trans. Model. Comput. Simul. 29 (2019), 3).
  mutating func next(below bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }
}
