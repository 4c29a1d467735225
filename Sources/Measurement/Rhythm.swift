/// The rhythm, in what can be measured of it.
public struct Rhythm: Sendable, Equatable {
  public var isRegular: Bool
  /// Standard deviation of the RR intervals and root mean square of their successive differences, ms.
  public var sdnn, rmssd: Measured
  /// Whether a P wave stands before the beats: the share of beats with one, or why none was looked for.
  public var pWaves: Measured
  public var prematureSupraventricular, prematureVentricular: Int
  public var pacingSpikes: [Int]  // samples
}

/// Intervals between beats, as far as they say something of the rhythm that underlies.
struct Intervals: Sendable {
  /// s, between each beat and the one before.
  let all: [Double]
  /// Those between two beats that are neither premature nor ventricular, and after another such one.
  let normal: [Double]
  /// Root mean square of differences of neighbours among the normal ones, s.
  let rmssd: Double?

  init(_ beats: [Beat], samplingRate: Double) {
    func interval(_ i: Int) -> Double { Double(beats[i].sample - beats[i - 1].sample) / samplingRate }
    func isBasic(_ i: Int) -> Bool { !beats[i].isPremature && beats[i].kind != .ventricular }
    all = beats.indices.dropFirst().map(interval)
    var normal: [Double] = []
    var squares: [Double] = []
    for i in beats.indices.dropFirst() {
      guard isBasic(i), isBasic(i - 1) else { continue }
      normal.append(interval(i))
      if i >= 2, isBasic(i - 2) {
        let difference = interval(i) - interval(i - 1)
        squares.append(difference * difference)
      }
    }
    self.normal = normal
    rmssd = squares.count >= 2 ? (squares.reduce(0, +) / Double(squares.count)).squareRoot() : nil
  }

  /// Whether nine of ten normal intervals lie within a tenth of their median, or within 60 ms where that is more.
  var isRegular: Bool {
    guard !normal.isEmpty else { return false }
    let usual = median(normal)
    let near = normal.count { abs($0 - usual) <= max(0.1 * usual, 0.06) }
    return 10 * near >= 9 * normal.count
  }

  var sdnn: Double? {
    guard normal.count >= 3 else { return nil }
    let mean = normal.reduce(0, +) / Double(normal.count)
    return (normal.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(normal.count - 1)).squareRoot()
  }
}
