import Foundation

/// How plausible an arrangement of electrodes is, from the median beat alone.
///
/// One small network gives a beat profile a number: how much it looks like that of a recording whose electrodes are in
/// their places. For each arrangement it is asked about the profile that would have been recorded had that arrangement
/// been undone; the differences are logarithms of odds. It was trained on folds 1 to 7 of PTB-XL with all arrangements
/// equally likely, by the script that is named in ``weights``' file.
///
/// That limb leads can be told from chest leads, and these from their neighbours, is what Kors & van Herpen use
/// (J. Electrocardiol. 34 (2001), Suppl., 235-237); here the P wave, QRS complex and T wave decide together.
struct ArrangementModel: Sendable {
  private let hidden1, hidden2: [[Float]]  // [unit][input], the bias last
  private let output: [Float]

  /// The shipped one; nil if its table cannot be read.
  static let shared = ArrangementModel(table: arrangementWeights)

  static let inputs = 8 * BeatProfile.pieces + 1

  /// - Parameter table: a line `layer`, then per unit of it a scale and its weights, the bias last, as base64 of signed
  ///   bytes; three layers.
  init?(table: String) {
    var layers: [[[Float]]] = []
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "layer" {
        layers.append([])
        continue
      }
      guard words.count == 2, let scale = Float(words[0]), let data = Data(base64Encoded: String(words[1])),
        !layers.isEmpty
      else { return nil }
      layers[layers.count - 1].append(data.map { scale * Float(Int8(bitPattern: $0)) })
    }
    guard layers.count == 3, layers[0].allSatisfy({ $0.count == ArrangementModel.inputs + 1 }),
      layers[1].allSatisfy({ $0.count == layers[0].count + 1 }), layers[2].count == 1,
      layers[2][0].count == layers[1].count + 1
    else { return nil }
    (hidden1, hidden2, output) = (layers[0], layers[1], layers[2][0])
  }

  /// How much a profile looks like one of electrodes in their places: a logarithm, up to a constant.
  func plausibility(_ values: [Float]) -> Float {
    let input = ArrangementModel.normalized(values)
    let first = hidden1.map { max(0, dot($0, input)) }
    let second = hidden2.map { max(0, dot($0, first)) }
    return dot(output, second)
  }

  /// Arrangements with the logarithm of their odds against all electrodes in their places, the likeliest first.
  func odds(_ profile: BeatProfile) -> [(arrangement: ElectrodeArrangement, logOdds: Double)] {
    let correct = plausibility(profile.values)
    return ElectrodeArrangement.allCases.filter { $0 != .correct }
      .map { ($0, Double(plausibility($0.inverse.applied(to: profile.values)) - correct)) }
      .sorted { $0.1 > $1.1 }
  }

  /// Limb leads over the size of I, II and III together, chest leads over theirs, and the logarithm of both sizes'
  /// ratio.
  static func normalized(_ values: [Float]) -> [Float] {
    let n = values.count / 8
    guard n > 0 else { return [] }
    var (limb, chest): (Float, Float) = (0, 0)
    for k in 0..<n {
      let (a, b) = (values[k], values[n + k])
      limb += a * a + b * b + (b - a) * (b - a)
    }
    for value in values[(2 * n)...] { chest += value * value }
    let limbSize = (limb / Float(n) + 1e-6).squareRoot()
    let chestSize = (chest / Float(6 * n) + 1e-6).squareRoot()
    return values.enumerated().map { $0.offset < 2 * n ? $0.element / limbSize : $0.element / chestSize }
      + [log(limbSize / chestSize)]
  }

  private func dot(_ weights: [Float], _ input: [Float]) -> Float {
    var sum = weights[weights.count - 1]
    for i in 0..<min(input.count, weights.count - 1) { sum += weights[i] * input[i] }
    return sum
  }
}
