#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What an electrocardiograph records besides the heart. Amplitudes in millivolts at each electrode; 0 means none.
public struct Disturbance: Sendable, Equatable {
  public var wander, muscle, mains, motion: Double

  public init(wander: Double = 0, muscle: Double = 0, mains: Double = 0, motion: Double = 0) {
    (self.wander, self.muscle, self.mains, self.motion) = (wander, muscle, mains, motion)
  }

  public static let none = Disturbance()
  /// A quiet recording by a modern device.
  public static let quiet = Disturbance(wander: 0.03, muscle: 0.006, mains: 0.002)

  /// What a ward's recordings look like: most are quiet, some tremble, drift, hum or have a loose electrode.
  static func drawn(_ random: inout Randomness) -> Disturbance {
    var result = Disturbance(
      wander: 0.02 + 0.03 * random.uniform(), muscle: 0.004 + 0.008 * random.uniform(), mains: 0.003 * random.uniform())
    if random.chance(0.12) { result.wander = random.uniform(0.10...0.30) }
    if random.chance(0.12) { result.muscle = random.uniform(0.02...0.05) }
    if random.chance(0.08) { result.mains = random.uniform(0.01...0.03) }
    if random.chance(0.05) { result.motion = random.uniform(0.15...0.5) }
    return result
  }

  /// Disturbs the leads I, II, V1 … V6 in place. Everything arises at the nine electrodes, so that the limb leads still
  /// obey Einthoven and a loose arm electrode shows in every lead that uses it.
  func disturb(_ leads: inout [[Double]], breathing: Respiration, _ random: inout Randomness) {
    guard self != .none, let count = leads.first?.count else { return }
    let electrodes = (0..<9).map { _ in potential(count, breathing, &random) }  // RA, LA, LL, C1 … C6
    for i in 0..<count {
      let (right, left, foot) = (electrodes[0][i], electrodes[1][i], electrodes[2][i])
      let terminal = (right + left + foot) / 3  // Wilson's central terminal
      leads[0][i] += left - right
      leads[1][i] += foot - right
      for chest in 0..<6 { leads[2 + chest][i] += electrodes[3 + chest][i] - terminal }
    }
  }

  private func potential(_ count: Int, _ breathing: Respiration, _ random: inout Randomness) -> [Double] {
    // Wander: breathing moves the electrode, and sweat and posture drift below it: three slow tones.
    var tones = [breathing.frequency, random.uniform(0.05...0.15), random.uniform(0.15...0.45)].map { frequency in
      Tone(frequency, phase: random.angle(), size: wander * random.normal(0, 0.6))
    }
    tones.append(Tone(50, phase: random.angle(), size: mains * random.uniform(0.4...1.2)))
    tones.removeAll { $0.size == 0 }
    let hasBurst = muscle > 0.015
    let burst = (start: random.uniform(-0.2...0.8), length: random.uniform(0.2...1.2))
    // A loose electrode: its offset jumps and recovers; a few electrodes in a few records.
    let isLoose = motion > 0 && random.chance(0.25)
    var slips: [Lobe] = []
    if isLoose {
      for _ in 0..<(1 + random.index(3)) {
        slips.append(
          Lobe(
            random.uniform(0...Double(count * 2)), random.uniform(40...150), random.uniform(300...1500),
            random.normal(0, motion), 0, 0))
      }
    }
    var (slow, fast) = (0.0, 0.0)
    return (0..<count).map { i in
      var value = 0.0
      for k in tones.indices { value += tones[k].next() }
      if muscle > 0 {
        // Muscle: noise between about 20 and 150 Hz, the difference of two first-order low passes.
        let white = random.normal()
        slow += 0.22 * (white - slow)
        fast += 0.85 * (white - fast)
        let place = Double(i) / Double(count)
        let swells = hasBurst && place > burst.start && place < burst.start + burst.length
        value += (hasBurst ? (swells ? 1.3 : 0.5) : 1) * muscle * 1.25 * (fast - slow)
      }
      for slip in slips { value += slip.vector.x * slip.profile(Double(i) * 2) }
      return value
    }
  }
}

/// A sine at 500 samples a second, each sample the one before turned by a fixed angle.
private struct Tone {
  let size: Double
  private var (x, y): (Double, Double)
  private let (c, s): (Double, Double)

  init(_ frequency: Double, phase: Double, size: Double) {
    let step = 2 * Double.pi * frequency / 500
    (self.size, x, y, c, s) = (size, cos(phase), sin(phase), cos(step), sin(step))
  }

  mutating func next() -> Double {
    let value = size * y
    (x, y) = (c * x - s * y, s * x + c * y)
    return value
  }
}

/// Breathing: it turns the heart, varies its rate and moves the electrodes.
struct Respiration {
  var frequency: Double  // Hz
  var phase: Double

  init(_ random: inout Randomness) { (frequency, phase) = (random.uniform(0.18...0.33), random.angle()) }

  /// -1...1 at a time in milliseconds.
  func wave(_ time: Double) -> Double { sin(2 * .pi * frequency * time / 1000 + phase) }
}
