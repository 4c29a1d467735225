/// How the ventricles depolarize: the QRS loop. Times in milliseconds from QRS onset; lobes begin at 0 and end at
/// `duration`.
///
/// The forces are named by what makes them: septum, apex, free wall, base. Each pattern says which of its features a
/// reader looks for, and which lobe makes it.
struct Activation {
  var duration: Double
  var lobes: [Lobe]

  /// The integral over QRS, in mV·ms: what Wilson's ventricular gradient weighs against the T wave.
  var area: HeartVector { lobes.reduce(.zero) { $0 + $1.area } }

  init(duration: Double, lobes: [Lobe]) { (self.duration, self.lobes) = (duration, lobes) }

  /// Lobes at fractions of the duration: peak, before, after, then x (left), y (feet), z (back) in millivolts.
  init(_ duration: Double, _ fractions: [(Double, Double, Double, HeartVector)]) {
    self.duration = duration
    lobes = fractions.map { Lobe($0 * duration, $1 * duration, $2 * duration, $3) }
  }

  /// His bundle, both branches: septum from left to right and forwards (q in I and V6, r in V1), then apex and free
  /// wall to the left, feet and back (R in I, II, V4-V6, S in V1-V2), the base last, upwards and back.
  static func normal(duration: Double) -> Activation {
    Activation(
      duration,
      [
        (0.17, 0.17, 0.20, HeartVector(-0.13, 0.00, -0.27)),
        (0.35, 0.23, 0.23, HeartVector(0.32, 0.26, -0.22)),
        (0.49, 0.25, 0.25, HeartVector(0.90, 0.84, 0.20)),
        (0.63, 0.25, 0.29, HeartVector(0.20, 0.20, 0.72)),
        (0.83, 0.17, 0.17, HeartVector(-0.18, -0.12, 0.10)),
      ])
  }

  /// The left ventricle is reached through the septum, late and slowly: no septal q, a plateau with two peaks to the
  /// left and back. `anterior` leaves a small r in V1.
  static func leftBundleBranchBlock(duration: Double, anterior: Double) -> Activation {
    Activation(
      duration,
      [
        (0.14, 0.14, 0.20, HeartVector(0.20, 0.10, -0.22 * anterior)),
        (0.33, 0.29, 0.28, HeartVector(0.84, 0.54, 0.80)),
        (0.63, 0.29, 0.31, HeartVector(0.88, 0.36, 1.00)),
        (0.82, 0.18, 0.18, HeartVector(0.10, -0.05, 0.10)),
      ])
  }

  /// The left ventricle as `left` has it; then, alone and slow, the right one: to the right and forwards (R' in V1,
  /// wide S in I and V6). `size` scales that late force.
  static func rightBundleBranchBlock(duration: Double, left: Activation, size: Double) -> Activation {
    let start = 0.52 * left.duration
    let rest = duration - start
    return Activation(
      duration: duration,
      lobes: left.lobes.dropLast() + [  // the base is hidden in the late force
        Lobe(start + 0.40 * rest, 0.40 * rest, 0.50 * rest, HeartVector(-0.52, 0.02, -0.62) * size),
        Lobe(start + 0.66 * rest, 0.34 * rest, 0.34 * rest, HeartVector(-0.30, -0.06, -0.32) * size),
      ])
  }

  /// The lower fascicle first, to the feet and right (q in aVL, r in III), then the upper wall late and unopposed: left
  /// and up.
  static func leftAnteriorFascicularBlock(duration: Double, severity: Double) -> Activation {
    let up = along(0.72, 1.0, severity)
    return Activation(
      duration,
      [
        (0.17, 0.17, 0.20, HeartVector(-0.12, 0.24, -0.26)),
        (0.35, 0.22, 0.22, HeartVector(0.55, 0.00, -0.30)),
        (0.52, 0.24, 0.24, HeartVector(0.72, -0.72 * up, 0.22)),
        (0.68, 0.24, 0.24, HeartVector(0.14, -0.60 * up, 0.55)),
        (0.84, 0.16, 0.16, HeartVector(-0.14, -0.20, 0.20)),
      ])
  }

  /// The upper fascicle first, left and up (r in I and aVL, q in III), then the lower wall late and unopposed: feet and
  /// right.
  static func leftPosteriorFascicularBlock(duration: Double, severity: Double) -> Activation {
    let right = along(0.55, 1.0, severity)
    return Activation(
      duration,
      [
        (0.17, 0.17, 0.20, HeartVector(0.20, -0.24, -0.26)),
        (0.35, 0.22, 0.22, HeartVector(0.62, 0.10, -0.25)),
        (0.50, 0.24, 0.24, HeartVector(0.18 - 0.22 * right, 0.95, 0.25)),
        (0.66, 0.24, 0.24, HeartVector(-0.55 * right, 0.62, 0.50)),
        (0.84, 0.16, 0.16, HeartVector(-0.22, 0.05, 0.22)),
      ])
  }

  /// Slow in the muscle itself: the order of `usual`, widened, slurred and with a notch of its own in each heart.
  static func intraventricularDelay(of usual: Activation, duration: Double, notch: HeartVector) -> Activation {
    var result = usual.stretched(to: duration)
    for i in result.lobes.indices { result.lobes[i].vector *= 0.88 }
    result.lobes.append(Lobe(0.68 * duration, 0.15 * duration, 0.17 * duration, notch))
    result.lobes.append(Lobe(0.83 * duration, 0.17 * duration, 0.17 * duration, HeartVector(0.16, 0.12, 0.14)))
    return result
  }

  /// An accessory pathway: the delta wave begins `lead` milliseconds before the normal QRS and flows into it.
  static func preexcitation(_ normal: Activation, lead: Double, delta: HeartVector) -> Activation {
    var result = normal
    result.lobes = normal.lobes.map {
      Lobe($0.peak + lead, $0.before, $0.after, $0.vector * ($0.peak < 0.3 * normal.duration ? 0.3 : 0.85))
    }
    // One slow rise to the height of the QRS, no shelf.
    result.lobes.append(Lobe(1.3 * lead, 1.3 * lead, 1.1 * lead, delta))
    result.duration = normal.duration + lead
    return result
  }

  /// From the right ventricle's apex, by an electrode: left bundle branch block with the axis upwards.
  static func rightApicalPacing(duration: Double) -> Activation {
    Activation(
      duration,
      [
        (0.15, 0.15, 0.18, HeartVector(0.18, -0.25, 0.12)),
        (0.36, 0.32, 0.30, HeartVector(0.55, -0.70, 0.75)),
        (0.58, 0.34, 0.36, HeartVector(0.45, -0.70, 0.85)),
      ])
  }

  /// From a focus: one broad, slurred force away from it. `direction` has length 1 or so.
  static func ectopic(duration: Double, direction: HeartVector, size: Double) -> Activation {
    let side = HeartVector(direction.y, -direction.x, direction.z) * 0.35
    return Activation(
      duration,
      [
        (0.18, 0.18, 0.22, (direction * 0.35 + side) * size),
        (0.42, 0.32, 0.30, direction * size),
        (0.66, 0.26, 0.28, (direction * 0.55 - side * 0.6) * size),
        (0.86, 0.14, 0.14, direction * (-0.12 * size)),
      ])
  }

  /// Right ventricular mass outweighs the left's: small r to the left, then right, forwards and to the feet.
  static func rightVentricularHypertrophy(duration: Double, severity: Double) -> Activation {
    let s = along(0.72, 1.25, severity)
    return Activation(
      duration,
      [
        (0.16, 0.16, 0.20, HeartVector(0.18, 0.02, -0.16)),
        (0.34, 0.22, 0.22, HeartVector(0.30, 0.35, -0.45 * s)),
        (0.52, 0.26, 0.26, HeartVector(-0.62 * s, 0.62, -0.62 * s)),
        (0.72, 0.24, 0.24, HeartVector(-0.50 * s, 0.18, 0.10)),
        (0.86, 0.14, 0.14, HeartVector(-0.15, -0.12, 0.12)),
      ])
  }

  /// An infarct: the wall towards `wall` (length 1) gives no force for the first `width` milliseconds, so the opposite
  /// wall's is unopposed (Q), and its part of the later force is smaller (R).
  ///
  /// - Parameters:
  ///   - wall: the direction of the lost wall, of length 1.
  ///   - depth: how far the early force points away from the wall, in millivolts.
  ///   - later: how far the force in the middle of QRS does.
  ///   - rest: the share of the wall's later force that is left.
  mutating func lose(wall: HeartVector, depth: Double, later: Double, width: Double, rest: Double) {
    for i in lobes.indices {
      let towards = max(0, lobes[i].vector.dot(wall))
      // All of the wall's force that would peak within the Q, a part of what comes later.
      let lost = lobes[i].peak < 0.8 * width ? 1 : lobes[i].peak < 0.6 * duration ? 1 - rest : 0.3 * (1 - rest)
      lobes[i].vector -= wall * (towards * lost)
    }
    lobes.append(Lobe(0.5 * width, 0.5 * width, 0.75 * width, wall * -depth))
    if later > 0 { lobes.append(Lobe(0.5 * duration, 0.32 * duration, 0.34 * duration, wall * -later)) }
  }

  func stretched(to other: Double) -> Activation {
    Activation(duration: other, lobes: lobes.map { $0.stretched(other / duration) })
  }

  mutating func turn(frontal: Double, horizontal: Double) {
    for i in lobes.indices { lobes[i].vector = lobes[i].vector.turnedFrontally(frontal).turnedHorizontally(horizontal) }
  }

  mutating func scale(_ factor: Double) {
    for i in lobes.indices { lobes[i].vector *= factor }
  }
}
