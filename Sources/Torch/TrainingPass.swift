import Synchronization

/// One pass of a batch through a network that learns: layers that behave differently then ask for it.
public final class TrainingPass: Sendable {
  private let random: Mutex<SplitMix64>

  init(seed: UInt64) { random = Mutex(SplitMix64(seed: seed)) }

  /// The seed of the next random operation of this pass: dropout's.
  func nextSeed() -> UInt64 { random.withLock { $0.next() } }
}

extension Torch {
  /// The pass that this thread computes; nil when it only applies a network.
  @TaskLocal public static var training: TrainingPass?

  /// Whether layers behave as in training: dropout drops, batch normalization uses the batch.
  static var isTraining: Bool { training != nil }

  /// Runs `body`, in which layers behave as in training; all that they draw comes from the seed.
  public static func training<Result>(seed: UInt64, _ body: () throws -> Result) rethrows -> Result {
    try $training.withValue(TrainingPass(seed: seed), operation: body)
  }
}

/// SplitMix64: Steele, Lea & Flood, OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// One of many streams of a seed; they are mixed one after the other, so that neighbours do not overlap.
  public init(seed: UInt64, stream: UInt64) {
    state = Self.mix(Self.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (stream &* 0xD1B5_4A32_D192_ED03))
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// The upper 53 bits as a number in 0..<1.
  public mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
