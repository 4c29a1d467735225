import PTBXL

/// One patient's heart: the waves of a beat, before any rhythm. Milliseconds and millivolts.
struct Heart {
  var atrium: [Lobe]  // P, from its onset
  var pr: Double  // P onset to QRS onset
  var activation: Activation
  var st = HeartVector.zero  // the shift between QRS and T
  var t: HeartVector  // the peak of T
  var u: HeartVector
  var qtc: Double  // Fridericia's
  var broadT = 1.0  // how broad T is, 1 for a normal one
  var size: Double  // 1 for a chest of medium depth
  var axis: Double  // degrees away from the middle of the normal
  var rotation: Double

  var pDuration: Double { atrium.map(\.end).max() ?? 0 }

  /// A heart within normal limits, as sex and age let expect it.
  init(sex: ECGRecord.Sex, age: Double, _ random: inout Randomness) {
    let old = min(max((age - 20) / 60, 0), 1)
    size = random.normal(sex == .male ? 1.08 : 0.95, 0.13) * (1.12 - 0.2 * old)
    axis = random.normal(6 - 17 * old, 10)  // the axis moves to the left with age
    rotation = random.normal(0, 7)
    atrium = Self.normalAtrium(width: random.normal(1, 0.06), size: random.normal(1, 0.16))
    pr = random.normal(150 + 14 * old, 14)
    activation = .normal(duration: random.normal(sex == .male ? 94 : 88, 5))
    let tSize = random.normal(sex == .male ? 1.05 : 0.9, 0.17) * (1.1 - 0.2 * old)
    let tTurn = random.normal(0, 9)
    t = HeartVector(0.33, 0.27, sex == .male ? -0.20 : -0.12) * tSize
    t = t.turnedFrontally(0.5 * axis + tTurn).turnedHorizontally(random.normal(0, 8))
    u = HeartVector(0.02, 0.015, -0.03) * max(0, random.normal(0.8, 0.6))
    qtc = random.normal(sex == .male ? 402 : 413, 13)
  }

  /// Right atrium first, to the feet and forwards; the left one after it, to the left and back: upright in II, biphasic
  /// in V1.
  static func normalAtrium(width: Double, size: Double) -> [Lobe] {
    [
      Lobe(36, 36, 42, HeartVector(0.045, 0.085, -0.045) * size).stretched(width),
      Lobe(62, 42, 44, HeartVector(0.072, 0.062, 0.035) * size).stretched(width),
    ]
  }

  /// Shows the diagnoses, in the order in which the heart works: atrium, node, branches, muscle, recovery.
  /// - Parameter severity: 0 just fulfils the criterion, 1 is a textbook's example.
  mutating func show(_ diagnoses: [(Diagnosis, severity: Double)], sex: ECGRecord.Sex, _ random: inout Randomness) {
    let normal = activation
    for (diagnosis, severity) in diagnoses { conduct(diagnosis, severity, &random) }
    if !diagnoses.contains(where: { [.lafb, .lpfb, .rvh, .pace].contains($0.0) }) {
      activation.turn(frontal: axis, horizontal: rotation)
    } else {
      activation.turn(frontal: 0.3 * axis, horizontal: 0.5 * rotation)
    }
    var reference = normal
    reference.turn(frontal: axis, horizontal: rotation)
    activation.scale(size)
    reference.scale(size)
    for (diagnosis, severity) in diagnoses { grow(diagnosis, severity, &random) }
    let strain = diagnoses.first { [.lvh, .rvh].contains($0.0) }.map { along(0.7, 1.6, $0.severity) }
    (t, st) = secondaryRecovery(after: activation, instead: reference, weight: strain)
    for (diagnosis, severity) in diagnoses { scar(diagnosis, severity, &random) }
    for (diagnosis, severity) in diagnoses { recover(diagnosis, severity, sex: sex, &random) }
  }

  /// T and ST when the ventricles depolarize in another way than `reference`: Wilson's ventricular gradient, the sum of
  /// the areas of QRS and T, stays about the same, so T turns away from where QRS grew (Wilson et al., Am. Heart J. 10
  /// (1934), 46).
  /// - Parameter weight: how much recovery follows; without one, as much as the QRS is slow: a wave that only takes
  ///   another way, in normal time, changes T less than one that creeps through muscle.
  func secondaryRecovery(
    after other: Activation, instead reference: Activation, weight: Double? = nil
  ) -> (t: HeartVector, st: HeartVector) {
    let share = weight ?? 0.95 * min(max((other.duration - 96) / 30, 0.25), 1)
    let area = (other.area - reference.area) * share
    let unit = (160.0 + 90) * 16 / 35  // a T wave's area for a peak of 1 mV
    var change = area / -unit
    let limit = weight == nil ? 0.5 : 0.36  // millivolts
    if change.length > limit { change *= limit / change.length }
    return (t + change, st + change * 0.28)
  }

  // MARK: - Atrium, node, branches

  private mutating func conduct(_ diagnosis: Diagnosis, _ s: Double, _ random: inout Randomness) {
    switch diagnosis {
    case .lae:
      let width = along(1.10, 1.28, s)
      atrium = [
        Lobe(36, 36, 38, 0.040, 0.098, -0.05).stretched(width),
        Lobe(78, 40, 42, HeartVector(0.085, 0.095, 0.085 + 0.075 * s)).stretched(width),
      ]
      pr = max(pr, 165 + random.normal(0, 8))
    case .rae:
      atrium[0].vector = HeartVector(0.03, 0.19 + 0.09 * s, -0.09)
    case .avb1: pr = max(pr, along(208, 330, s))
    case .clbbb: activation = .leftBundleBranchBlock(duration: along(126, 164, s), anterior: random.uniform(0...1.3))
    case .lafb: activation = .leftAnteriorFascicularBlock(duration: along(94, 114, s), severity: s)
    case .lpfb: activation = .leftPosteriorFascicularBlock(duration: along(94, 114, s), severity: s)
    case .crbbb:
      let left = activation.stretched(to: min(activation.duration, 98))
      activation = .rightBundleBranchBlock(duration: along(124, 158, s), left: left, size: along(0.8, 1.25, s))
    case .irbbb:
      let left = activation.stretched(to: min(activation.duration, 86))
      activation = .rightBundleBranchBlock(duration: along(103, 117, s), left: left, size: along(0.55, 0.9, s))
    case .ivcd:
      let notch = HeartVector(random.normal(0.1, 0.3), random.normal(0.1, 0.3), random.normal(0.25, 0.25))
      activation = .intraventricularDelay(of: activation, duration: along(114, 142, s), notch: notch)
    case .wpw:
      let lead = along(34, 52, s)  // how much sooner the ventricles begin than by the node
      // A left pathway is positive in V1 (type A), a right one negative (type B).
      let force = random.chance(0.5) ? HeartVector(0.14, 0.30, -0.46) : HeartVector(0.52, 0.06, 0.26)
      activation = .preexcitation(activation, lead: lead, delta: force * along(0.65, 1.15, s))
      pr = along(116, 92, s)
    case .rvh: activation = .rightVentricularHypertrophy(duration: activation.duration + 6, severity: s)
    case .pace: activation = .rightApicalPacing(duration: along(142, 178, s))
    default: break
    }
  }

  // MARK: - Muscle

  private mutating func grow(_ diagnosis: Diagnosis, _ s: Double, _ random: inout Randomness) {
    switch diagnosis {
    case .lvh:
      let target = along(3.6, 5.0, s)  // S in V1 + R in V5, millivolts
      let found = activation.sokolowLyon
      let factor = min(max(target / max(found, 0.5), 1), 2.6)
      // The mass grows to the left and back more than to the feet.
      for i in activation.lobes.indices {
        let share = i == 0 ? 0.3 : 1  // the septum's force grows less
        activation.lobes[i].vector *= 1 + share * (factor - 1) * HeartVector(1, 0.6, 1)
      }
      activation.lobes = activation.lobes.map { $0.stretched(1 + 0.08 * s) }
      activation.duration *= 1 + 0.08 * s
    case .lvolt: activation.scale(along(0.42, 0.26, s))
    default: break
    }
  }

  private mutating func scar(_ diagnosis: Diagnosis, _ s: Double, _ random: inout Randomness) {
    let wall: HeartVector
    var (depth, later, rest) = (along(0.17, 0.42, s), 0.0, along(0.75, 0.35, s))
    switch diagnosis {
    case .imi: wall = HeartVector(0.05, 1, 0.05)
    case .ilmi:
      wall = HeartVector(0.60, 0.80, 0.05)
      depth += 0.08
    case .lmi: wall = HeartVector(0.95, -0.22, 0.20)
    case .almi:
      wall = HeartVector(0.90, -0.10, -0.42)
      (depth, later, rest) = (depth + 0.05, along(0, 0.2, s), rest * 0.75)
    case .ami:
      wall = HeartVector(0.42, 0.02, -0.90)
      (depth, later, rest) = (depth + 0.12, along(0.34, 0.55, s), rest * 0.7)
    case .asmi:
      wall = HeartVector(0.08, 0.02, -1)
      (depth, later) = (depth + 0.05, along(0.28, 0.46, s))
    default: return
    }
    let unit = wall / wall.length
    activation.lose(wall: unit, depth: depth * size, later: later * size, width: along(44, 58, s), rest: rest)
    // The wall recovers last, or not: T points away from it, the more the fresher the scar.
    let freshness = random.uniform(0.5...1)
    let towards = max(0.1, t.dot(unit))
    t -= unit * (towards + along(0.05, 0.26, s) * freshness)
    st += unit * (random.chance(0.4) ? 0.07 * freshness * s : 0)
  }

  // MARK: - Recovery

  private mutating func recover(_ diagnosis: Diagnosis, _ s: Double, sex: ECGRecord.Sex, _ random: inout Randomness) {
    switch diagnosis {
    case .isc:
      st += HeartVector(-0.10, -0.06, 0.05) * along(0.6, 1.7, s)
      t = t * along(0.45, -0.3, s)
    case .iscal:
      st += HeartVector(-0.09, 0.0, 0.04) * along(0.5, 1.3, s)
      t = HeartVector(along(-0.10, -0.36, s), 0.12, along(0.03, 0.16, s))
    case .iscin:
      st += HeartVector(0.01, -0.08, 0) * along(0.5, 1.3, s)
      t = HeartVector(0.24, along(-0.13, -0.36, s), -0.10)
    case .iscas:
      st += HeartVector(0, 0, 0.04) * along(0.3, 1.0, s)
      t = HeartVector(0.12, 0.20, along(0.16, 0.42, s))
    case .ndt: t = t * along(0.28, -0.08, s)
    case .nst:
      st += HeartVector(-0.04, -0.035, 0.02) * along(0.7, 1.3, s)
      t = t * 0.8
    case .lngqt:
      qtc = along(462, 545, s) + (sex == .female ? 10 : 0)
      broadT = along(1.15, 1.5, s)
    default: break
    }
  }
}

extension Activation {
  /// S in V1 + R in V5, in millivolts, on Dower's torso.
  var sokolowLyon: Double {
    var (deepest, highest) = (0.0, 0.0)
    for time in stride(from: 0, through: duration, by: 2) {
      let vector = lobes.reduce(HeartVector.zero) { $0 + $1.vector * $1.profile(time) }
      deepest = min(deepest, vector.dot(Torso.dower[2]))
      highest = max(highest, vector.dot(Torso.dower[6]))
    }
    return highest - deepest
  }
}
