/// How a body shows the heart vector on its leads: a matrix, since the torso is a linear conductor.
///
/// Dower's coefficients (Dower, Machado & Osborne, Clin. Cardiol. 3 (1980), 87-95), whose inverse Edenbrandt & Pahlm
/// (J. Electrocardiol. 21 (1988), 361-367) use to get the vectorcardiogram back. Each body departs a little from them.
struct Torso {
  /// The independent leads: I, II, V1 … V6.
  static let dower: [HeartVector] = [
    HeartVector(0.632, -0.235, 0.059), HeartVector(0.235, 1.066, -0.132),
    HeartVector(-0.515, 0.157, -0.917), HeartVector(0.044, 0.164, -1.387), HeartVector(0.882, 0.098, -1.277),
    HeartVector(1.213, 0.127, -0.601), HeartVector(1.125, 0.127, -0.086), HeartVector(0.831, 0.076, 0.230),
  ]

  let rows: [HeartVector]

  /// Dower's torso, each coefficient off by 5 % and by 0.02 (standard deviations) times `variation`.
  init(variation: Double = 1, _ random: inout Randomness) {
    rows = Self.dower.map { row in
      var row = row
      for axis in 0..<3 {
        row[axis] = row[axis] * (1 + variation * random.normal(0, 0.05)) + variation * random.normal(0, 0.02)
      }
      return row
    }
  }

  /// `[8][samples]` in millivolts: I, II, V1 … V6.
  func project(_ loop: Loop) -> [[Double]] {
    rows.map { row in loop.samples.map { $0.dot(row) } }
  }

  /// I, II, III, aVR, aVL, aVF, V1 … V6 from I, II, V1 … V6: Einthoven's III = II - I, and Goldberger's aVR = -(I +
  /// II)/2, aVL = I - II/2, aVF = II - I/2.
  static func twelve(from eight: [[Double]]) -> [[Double]] {
    let (I, II) = (eight[0], eight[1])
    let derived = [
      zip(I, II).map { $1 - $0 }, zip(I, II).map { -($0 + $1) / 2 },
      zip(I, II).map { $0 - $1 / 2 }, zip(I, II).map { $1 - $0 / 2 },
    ]
    return [I, II] + derived + eight[2...]
  }
}
