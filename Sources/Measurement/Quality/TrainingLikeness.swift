import Foundation
import WFDB

/// How like the recordings of PTB-XL a recording is, in what can be said of it simply; a network that was trained there
/// should be silent about one that is unlike.
///
/// In six aspects, each a few features: how large the recording and each lead is, how the values lie around zero, how
/// fast they change, how they go together, and how the beats repeat; and whether the beat is likelier upside down
/// (``ArrangementModel``). The distance of an aspect is Mahalanobis's (Proc. Natl. Inst. Sci. India 2 (1936), 49-55)
/// from folds 1 to 7; its limit is exceeded by 0.1 % of fold 8.
public struct TrainingLikeness: Sendable, Equatable, Codable {
  public struct Aspect: Sendable, Equatable, Codable {
    public var name: String
    public var distance: Double
    public var limit: Double
    public var isUnlike: Bool { !(distance <= limit) }
  }
  /// Empty where nothing can be compared.
  public var aspects: [Aspect]
  /// In words, for each aspect that is unlike, or why nothing could be compared; empty for a recording like the others.
  public var reasons: [String]
  public var isUnlike: Bool { aspects.isEmpty || aspects.contains(where: \.isUnlike) }

  /// - Parameters: as of ``SignalQuality``.
  public init(leads names: [String], samples: [[Float]], samplingRate: Double, beats: [Int]? = nil) {
    aspects = []
    var standard: [String: [Float]] = [:]
    let count = samples.map(\.count).max() ?? 0
    for (name, lead) in zip(names, samples) {
      guard let name = EightLeads.standardName(name), standard[name] == nil else { continue }
      standard[name] = lead + [Float](repeating: .nan, count: count - lead.count)
    }
    guard samplingRate.isFinite, samplingRate > 0, samplingRate <= 1e6, Double(count) >= 2 * samplingRate else {
      reasons = ["Nothing could be compared with the training data: less than 2 s of signal."]
      return
    }
    do {
      let eight = try EightLeads(standard, samplingRate: samplingRate)
      let found = beats ?? QRSDetector(samplingRate: samplingRate).beats(in: samples)
      let beats = found.filter { $0 >= 0 && $0 < count }
      let features = LikenessFeatures(eight, beats: eight.cells(of: beats))
      guard let table = LikenessTable.shared else {
        reasons = ["Nothing could be compared with the training data: their table cannot be read."]
        return
      }
      aspects = table.aspects(features)
      reasons = aspects.filter(\.isUnlike).compactMap { aspect in
        LikenessFeatures.Aspect(rawValue: aspect.name).map { table.sentence($0, features) }
      }
      let profile = BeatProfile(eight.samples, beats: eight.cells(of: beats), isPresent: eight.isPresent)
      if let profile, let odds = ArrangementModel.shared?.odds(profile).first(where: { $0.arrangement == .inverted }) {
        let inverted = Aspect(
          name: "inverted", distance: max(0, odds.logOdds), limit: QualityRule.standard.swapOdds)
        aspects.append(inverted)
        if inverted.isUnlike { reasons.append("The leads seem to be upside down.") }
      }
    } catch {
      reasons = ["Nothing could be compared with the training data: \(error.reason)."]
    }
  }
}

extension TrainingLikeness {
  /// The same of a record; leads in µV or V are brought to mV.
  public init(of record: Record, beats: [Int]? = nil) {
    self.init(
      leads: record.leads.map(\.name), samples: record.leads.map(inMillivolts),
      samplingRate: record.samplingFrequency, beats: beats)
  }
}

/// What is compared, aspect by aspect.
struct LikenessFeatures: Sendable, Equatable {
  enum Aspect: String, Sendable, CaseIterable {
    case level, size, polarity, speed, agreement, beats
  }
  private(set) var values: [Aspect: [Float]] = [:]

  init(_ eight: EightLeads, beats: [Int]) {
    let leads = eight.samples.map { movingMean(withoutWander($0, rate: EightLeads.rate), width: 3) }
    let slow = zip(eight.samples, leads).map { whole, fast in zip(whole, fast).map { $0 - $1 } }
    func spread(_ x: [Float]) -> Float { (moment(x, 2) + 1e-8).squareRoot() }
    let spreads = leads.map(spread)
    values[.level] = [spreads.reduce(0) { $0 + log($1) } / 8]
    values[.size] = spreads.map { log($0) }
    values[.polarity] = zip(leads, spreads).map { lead, s in asinh(moment(lead, 3) / (s * s * s)) }
    // Mobility and complexity (Hjorth, Electroencephalogr. Clin. Neurophysiol. 29 (1970), 306-310), and wander.
    var speed: [Float] = []
    for (lead, s) in zip(leads, spreads) {
      let first = differences(lead), second = differences(first)
      speed += [log(spread(first) / s), log(spread(second) / spread(first))]
    }
    speed.append(zip(slow, spreads).reduce(0) { $0 + log(spread($1.0) / $1.1) } / 8)
    values[.speed] = speed
    var agreement: [Float] = []
    for i in 0..<8 {
      for j in i + 1..<8 {
        let r = product(leads[i], leads[j]) / (spreads[i] * spreads[j])
        agreement.append(atanh(min(0.999, max(-0.999, r))))
      }
    }
    values[.agreement] = agreement
    let seconds = Float(leads[0].count) / Float(EightLeads.rate)
    values[.beats] = [
      log(max(0.1, Float(beats.count) / max(1, seconds))), repetition(leads, beats: beats),
      Float(min(1, 20 * eight.missingShare)),
    ]
  }
}

private func moment(_ x: [Float], _ order: Int) -> Float {
  guard !x.isEmpty else { return 0 }
  let mean = x.reduce(0, +) / Float(x.count)
  var sum: Float = 0
  for value in x {
    let d = value - mean
    sum += order == 2 ? d * d : d * d * d
  }
  return sum / Float(x.count)
}

private func product(_ x: [Float], _ y: [Float]) -> Float {
  let n = Float(max(1, x.count))
  let (a, b) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
  var sum: Float = 0
  for (u, v) in zip(x, y) { sum += (u - a) * (v - b) }
  return sum / n
}

private func differences(_ x: [Float]) -> [Float] { zip(x.dropFirst(), x).map { $0 - $1 } }

/// How much of what lies around the beats, from 200 ms before to 400 ms after, is the same in each: the logit of the
/// share of the power that their mean has.
private func repetition(_ leads: [[Float]], beats: [Int]) -> Float {
  let count = leads[0].count
  let whole = beats.filter { $0 >= 20 && $0 + 40 <= count }
  guard whole.count > 1 else { return -3 }
  var (common, all): (Float, Float) = (0, 0)
  for lead in leads {
    for k in -20..<40 {
      var (sum, squares): (Float, Float) = (0, 0)
      for beat in whole {
        let value = lead[beat + k]
        (sum, squares) = (sum + value, squares + value * value)
      }
      let n = Float(whole.count)
      common += sum * sum / (n * n)
      all += squares / n
    }
  }
  let share = min(0.9999, max(0.0001, common / max(all, 1e-9)))
  return log(share / (1 - share))
}

/// Means and whitening matrices of the aspects, from PTB-XL.
struct LikenessTable: Sendable {
  private struct Block: Sendable {
    var limit: Float
    var means, deviations: [Float]
    var whitening: [[Float]]  // rows of a lower triangle
  }
  private var blocks: [LikenessFeatures.Aspect: Block] = [:]

  static let shared = LikenessTable(table: likenessWeights)

  /// - Parameter table: per aspect a line `NAME LIMIT DIMENSIONS`, then base64 of little-endian 32-bit floats: means,
  ///   standard deviations, rows of the triangle.
  init?(table: String) {
    for line in table.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 4, let aspect = LikenessFeatures.Aspect(rawValue: String(words[0])),
        let limit = Float(words[1]), let n = Int(words[2]), n > 0, n < 1000,
        let data = Data(base64Encoded: String(words[3])),
        data.count == 4 * (2 * n + n * (n + 1) / 2)
      else { return nil }
      let bytes = [UInt8](data)
      let floats = stride(from: 0, to: bytes.count, by: 4).map { i in
        Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[i + $1]) << (8 * UInt32($1)) })
      }
      let triangle = floats[(2 * n)...]
      blocks[aspect] = Block(
        limit: limit, means: Array(floats[..<n]), deviations: Array(floats[n..<2 * n]),
        whitening: (0..<n).map { row in
          let start = 2 * n + row * (row + 1) / 2
          return Array(triangle[start...start + row])
        })
    }
    guard blocks.count == LikenessFeatures.Aspect.allCases.count else { return nil }
  }

  func aspects(_ features: LikenessFeatures) -> [TrainingLikeness.Aspect] {
    LikenessFeatures.Aspect.allCases.compactMap { aspect in
      guard let block = blocks[aspect], let values = features.values[aspect], values.count >= block.means.count else {
        return nil
      }
      let d = zip(values, block.means).map { $0 - $1 }
      let squares = block.whitening.reduce(Float(0)) { sum, row in
        let z = zip(row, d).reduce(Float(0)) { $0 + $1.0 * $1.1 }
        return sum + z * z
      }
      return TrainingLikeness.Aspect(
        name: aspect.rawValue, distance: squares.isFinite ? Double(squares.squareRoot()) : 1e9,
        limit: Double(block.limit))
    }
  }

  func sentence(_ aspect: LikenessFeatures.Aspect, _ features: LikenessFeatures) -> String {
    guard let values = features.values[aspect], let means = blocks[aspect]?.means else { return "" }
    switch aspect {
    case .level:
      let factor = Double(exp(values[0] - means[0]))
      let words = factor > 1 ? "\(factor.short) times as large" : "\((1 / factor).short) times as small"
      return "The amplitudes are \(words) as usual: is the unit right?"
    case .size: return "Some leads are larger or smaller than they are in other ECGs."
    case .polarity: return "The leads point up and down unlike those of other ECGs: are they upside down?"
    case .speed: return "The signal changes faster or more slowly than an ECG does."
    case .agreement: return "The leads go together unlike those of other ECGs."
    case .beats: return "The beats are fewer, more, or less alike than those of other ECGs."
    }
  }
}
