/// Where electrodes may have been put instead of their own places, as far as the leads can tell.
///
/// What the leads then show is a linear map of what they should: the limb leads are differences of the potentials of
/// three electrodes, I = LA − RA, II = LL − RA, III = LL − LA, and the chest leads refer to the mean of the three,
/// which no exchange among them changes.
enum ElectrodeArrangement: Sendable, Equatable, CaseIterable {
  case correct
  case armsExchanged, leftArmLegExchanged, rightArmLegExchanged, limbsRotated, limbsRotatedBack
  case v1v2, v2v3, v3v4, v4v5, v5v6, v1v3, v2v4, v1v6, chestReversed, v123Rotated, v123RotatedBack
  case inverted

  enum Part: Sendable, Equatable { case none, limb, chest, all }
  var part: Part {
    switch self {
    case .correct: .none
    case .armsExchanged, .leftArmLegExchanged, .rightArmLegExchanged, .limbsRotated, .limbsRotatedBack: .limb
    case .inverted: .all
    default: .chest
    }
  }

  /// Observed (I, II) of true (I, II).
  private var limbMatrix: [[Float]] {
    switch self {
    case .armsExchanged: [[-1, 0], [-1, 1]]  // I is −I, II and III change places
    case .leftArmLegExchanged: [[0, 1], [1, 0]]  // I and II change places, III is −III
    case .rightArmLegExchanged: [[1, -1], [0, -1]]  // I is −III, II is −II
    case .limbsRotated: [[-1, 1], [-1, 0]]  // RA on the left arm, LA on the leg, LL on the right arm
    case .limbsRotatedBack: [[0, -1], [1, -1]]  // RA on the leg, LA on the right arm, LL on the left arm
    case .inverted: [[-1, 0], [0, -1]]
    default: [[1, 0], [0, 1]]
    }
  }

  /// Observed V1...V6 are these of the true ones.
  private var chestOrder: [Int] {
    switch self {
    case .v1v2: [1, 0, 2, 3, 4, 5]
    case .v2v3: [0, 2, 1, 3, 4, 5]
    case .v3v4: [0, 1, 3, 2, 4, 5]
    case .v4v5: [0, 1, 2, 4, 3, 5]
    case .v5v6: [0, 1, 2, 3, 5, 4]
    case .v1v3: [2, 1, 0, 3, 4, 5]
    case .v2v4: [0, 3, 2, 1, 4, 5]
    case .v1v6: [5, 1, 2, 3, 4, 0]
    case .chestReversed: [5, 4, 3, 2, 1, 0]
    case .v123Rotated: [1, 2, 0, 3, 4, 5]
    case .v123RotatedBack: [2, 0, 1, 3, 4, 5]
    default: [0, 1, 2, 3, 4, 5]
    }
  }

  /// The arrangement that undoes this one.
  var inverse: ElectrodeArrangement {
    switch self {
    case .limbsRotated: .limbsRotatedBack
    case .limbsRotatedBack: .limbsRotated
    case .v123Rotated: .v123RotatedBack
    case .v123RotatedBack: .v123Rotated
    default: self
    }
  }

  /// What the eight independent leads I, II, V1...V6 show under this arrangement.
  /// - Parameter values: `[8 * n]`, lead after lead.
  func applied(to values: [Float]) -> [Float] {
    let n = values.count / 8
    guard n > 0, values.count == 8 * n, self != .correct else { return values }
    var result = values
    let m = limbMatrix
    for k in 0..<n {
      result[k] = m[0][0] * values[k] + m[0][1] * values[n + k]
      result[n + k] = m[1][0] * values[k] + m[1][1] * values[n + k]
    }
    let sign: Float = self == .inverted ? -1 : 1
    for (lead, source) in chestOrder.enumerated() {
      for k in 0..<n { result[(2 + lead) * n + k] = sign * values[(2 + source) * n + k] }
    }
    return result
  }

  /// What a technician would say.
  var words: String {
    switch self {
    case .correct: "every electrode in its place"
    case .armsExchanged: "right and left arm exchanged"
    case .leftArmLegExchanged: "left arm and left leg exchanged"
    case .rightArmLegExchanged: "right arm and left leg exchanged"
    case .limbsRotated:
      "limb electrodes rotated: right arm's on the left arm, left arm's on the leg, leg's on the right arm"
    case .limbsRotatedBack:
      "limb electrodes rotated: right arm's on the leg, left arm's on the right arm, leg's on the left arm"
    case .v1v2: "V1 and V2 exchanged"
    case .v2v3: "V2 and V3 exchanged"
    case .v3v4: "V3 and V4 exchanged"
    case .v4v5: "V4 and V5 exchanged"
    case .v5v6: "V5 and V6 exchanged"
    case .v1v3: "V1 and V3 exchanged"
    case .v2v4: "V2 and V4 exchanged"
    case .v1v6: "V1 and V6 exchanged"
    case .chestReversed: "V1 to V6 in reverse order"
    case .v123Rotated: "V1 to V3 rotated: V2, V3, V1"
    case .v123RotatedBack: "V1 to V3 rotated: V3, V1, V2"
    case .inverted: "every lead upside down"
    }
  }
}
