#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The heart's electric dipole at one moment, in millivolts on Frank's axes: x to the left, y to the feet, z to the
/// back.
typealias HeartVector = SIMD3<Double>

extension HeartVector {
  func dot(_ other: HeartVector) -> Double { (self * other).sum() }
  var length: Double { dot(self).squareRoot() }

  /// Turned in the frontal plane, clockwise as the observer sees it: positive angles move the axis to the right, as in
  /// the hexaxial system. Degrees.
  func turnedFrontally(_ degrees: Double) -> HeartVector {
    let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    return HeartVector(c * x - s * y, s * x + c * y, z)
  }

  /// Turned in the horizontal plane: positive angles move the left to the back. Degrees.
  func turnedHorizontally(_ degrees: Double) -> HeartVector {
    let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    return HeartVector(c * x - s * z, y, s * x + c * z)
  }
}

/// One wave of the heart vector: it rises along a fixed direction, peaks and falls.
///
/// The loops of P, QRS and T are sums of such lobes, as McSharry et al. (IEEE Trans. Biomed. Eng. 50 (2003), 289-294)
/// and, in three dimensions, Sameni et al. (EURASIP J. Adv. Signal Process. 2007, 043407) sum Gaussians. Here the
/// profile is (1 - u²)³, which is close to exp(-3u²) but ends: a wave has an onset and an end that can be stated, and
/// tests can hold the intervals to them. It is twice continuously differentiable, so that no trace has a corner.
struct Lobe {
  var peak: Double  // milliseconds after the wave's onset
  var before, after: Double  // milliseconds from onset to peak and from peak to end
  var vector: HeartVector

  init(_ peak: Double, _ before: Double, _ after: Double, _ x: Double, _ y: Double, _ z: Double) {
    self.init(peak, before, after, HeartVector(x, y, z))
  }
  init(_ peak: Double, _ before: Double, _ after: Double, _ vector: HeartVector) {
    (self.peak, self.before, self.after, self.vector) = (peak, before, after, vector)
  }

  var end: Double { peak + after }

  /// The integral over time, in mV·ms: the profile's is 16/35 on each side.
  var area: HeartVector { vector * ((before + after) * 16 / 35) }

  func stretched(_ factor: Double) -> Lobe { Lobe(peak * factor, before * factor, after * factor, vector) }

  /// 0...1 at `time` milliseconds after the wave's onset.
  func profile(_ time: Double) -> Double {
    let u = time < peak ? (peak - time) / before : (time - peak) / after
    guard u < 1 else { return 0 }
    let v = 1 - u * u
    return v * v * v
  }
}

/// The heart vector over the record's time.
struct Loop {
  static let samplesPerMillisecond = 0.5  // 500 Hz
  private(set) var samples: [HeartVector]

  init(count: Int) { samples = Array(repeating: .zero, count: count) }

  /// Adds a lobe of a wave that begins `onset` milliseconds into the record; what lies outside the record is cut.
  mutating func add(_ lobe: Lobe, at onset: Double, scale: Double = 1) {
    let rate = Self.samplesPerMillisecond
    let first = max(0, Int(((onset + lobe.peak - lobe.before) * rate).rounded(.up)))
    let last = min(samples.count - 1, Int(((onset + lobe.end) * rate).rounded(.down)))
    guard first <= last else { return }
    let vector = lobe.vector * scale
    for i in first...last { samples[i] += vector * lobe.profile(Double(i) / rate - onset) }
  }

  mutating func update(_ change: (_ index: Int, _ vector: HeartVector) -> HeartVector) {
    for i in samples.indices { samples[i] = change(i, samples[i]) }
  }
}
