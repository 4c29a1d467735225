import Dispatch
import Foundation
import Synchronization

/// How a bootstrap is drawn. Equal settings give equal intervals, whatever the number of threads.
public struct Bootstrap: Sendable, Equatable, Codable {
  public var replicates: Int
  public var level: Double
  public var seed: UInt64
  /// What becomes of a replicate's macro mean when a class has lost its positives or negatives.
  ///
  /// `.rejected` is what the PTB-XL benchmark did. With a class of few positives nearly every replicate is rejected,
  /// and those that stay are not typical; `.skipped` keeps them, with the mean over fewer classes.
  public var lostClass: Interval.LostClass

  public init(
    replicates: Int = 1000, level: Double = 0.95, seed: UInt64 = 0, lostClass: Interval.LostClass = .skipped
  ) {
    precondition(replicates > 0, "\(replicates) replicates; expected at least 1")
    precondition(level > 0 && level < 1, "a level of \(level); expected between 0 and 1")
    (self.replicates, self.level, self.seed, self.lostClass) = (replicates, level, seed, lostClass)
  }
}

/// Bootstrap intervals of every class' AUROC and of their macro mean.
public struct AUROCIntervals: Sendable, Equatable {
  public var perClass: [Result<Interval, ScoringError>]  // [classes]
  public var macro: Result<Interval, ScoringError>
}

/// Percentile bootstrap intervals for the AUROC of each class and for macro AUROC.
///
/// A replicate draws as many patients as there are, with replacement, and takes each with all of their records: records
/// of one patient resemble each other, and drawing them singly makes intervals too narrow. All classes share the draw.
/// Nothing is sorted again: a replicate is a count for each record, and the AUROC one pass over the sorted scores.
///
/// - Parameters:
///   - predictions: `[classes][records]`.
///   - patients: `[records]`, equal for records of one patient; nil draws records.
///   - bootstrap: replicates, level, seed.
/// - Returns: an interval for each class over the replicates in which it has positives and negatives; the others are
///   counted in ``Interval/lost``. A class that lacks one of them altogether has none.
/// - Throws: ``ScoringError/shape(_:)`` when `patients` has another length than the records.
/// - Complexity: O(replicates x classes x records), on all cores.
/// - Source: Efron & Tibshirani, An Introduction to the Bootstrap (1993), section 13.3; Field & Welsh, J. R. Stat. Soc.
///   B 69 (2007), 369-390 (clusters).
public func aurocIntervals(
  _ predictions: Predictions, patients: [Int]? = nil, _ bootstrap: Bootstrap = Bootstrap()
) throws(ScoringError) -> AUROCIntervals {
  var rankings: [Ranking] = []
  for (scores, labels) in zip(predictions.scores, predictions.labels) { rankings.append(try Ranking(scores, labels)) }
  let clusters = try Clusters(patients: patients, records: predictions.recordCount)
  let values = aurocReplicates(rankings, count: bootstrap.replicates) { replicate, weights in
    clusters.draw(replicate: replicate, seed: bootstrap.seed, into: weights)
  }
  return intervals(
    rankings, replicates: values, bootstrap, method: patients == nil ? .bootstrapRecords : .bootstrapPatients)
}

/// The records of each patient.
struct Clusters: Sendable {
  let ofRecord: [Int]  // [records], patients counted from 0 by first appearance
  let count: Int

  init(patients: [Int]?, records: Int) throws(ScoringError) {
    guard let patients else {
      (ofRecord, count) = (Array(0..<records), records)
      return
    }
    guard patients.count == records else {
      throw .shape("\(patients.count) patients for \(records) records; expected one for each record")
    }
    var numbers: [Int: Int] = [:]
    var ofRecord: [Int] = []
    for patient in patients {
      let number = numbers[patient] ?? numbers.count
      numbers[patient] = number
      ofRecord.append(number)
    }
    (self.ofRecord, count) = (ofRecord, numbers.count)
  }

  /// Sets how often each record stands in a replicate. The draw depends on seed and replicate alone.
  func draw(replicate: Int, seed: UInt64, into weights: UnsafeMutableBufferPointer<UInt32>) {
    var generator = SplitMix64(seed: seed, stream: UInt64(replicate))
    var drawn = [UInt32](repeating: 0, count: count)
    for _ in 0..<count { drawn[generator.next(below: count)] += 1 }
    for (record, cluster) in ofRecord.enumerated() { weights[record] = drawn[cluster] }
  }
}

/// The AUROC of each class in each replicate: `[replicates x classes]`, NaN where the class has lost its positives or
/// negatives. `draw` sets how often each record stands in the replicate; it is called from several threads.
func aurocReplicates(
  _ rankings: [Ranking], count: Int,
  draw: @Sendable (_ replicate: Int, _ weights: UnsafeMutableBufferPointer<UInt32>) -> Void
) -> [Double] {
  let records = rankings.first?.entries.count ?? 0
  let chunks = min(count, 4 * ProcessInfo.processInfo.activeProcessorCount)
  let values = Mutex([[Double]](repeating: [], count: chunks))  // a chunk of replicates each, in order
  DispatchQueue.concurrentPerform(iterations: chunks) { chunk in
    let weights = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: records)
    defer { weights.deallocate() }
    weights.initialize(repeating: 0)
    var own: [Double] = []
    for replicate in (count * chunk / chunks)..<(count * (chunk + 1) / chunks) {
      draw(replicate, weights)
      for ranking in rankings { own.append(ranking.auroc(weights: UnsafeBufferPointer(weights)) ?? .nan) }
    }
    values.withLock { [own] in $0[chunk] = own }
  }
  return values.withLock { $0.flatMap { $0 } }
}

/// Percentiles of the replicates' AUROC. A class that is undefined in the data themselves takes no part in the macro
/// mean, and doesn't count as lost.
func intervals(
  _ rankings: [Ranking], replicates: [Double], _ bootstrap: Bootstrap, method: Interval.Method
) -> AUROCIntervals {
  func interval(
    _ values: [Double], lost: Int, _ lostClass: Interval.LostClass
  ) -> Result<Interval, ScoringError> {
    let defined = values.filter { !$0.isNaN }.sorted()
    guard defined.count >= Interval.fewestReplicates else {
      return .failure(.tooFewReplicates(used: defined.count, of: bootstrap.replicates))
    }
    let tail = (1 - bootstrap.level) / 2
    return .success(
      Interval(
        lower: quantile(tail, ofSorted: defined), upper: quantile(1 - tail, ofSorted: defined),
        level: bootstrap.level, method: method, replicates: defined.count, seed: bootstrap.seed, lost: lost,
        lostClass: lostClass))
  }
  let classes = rankings.count
  let inData = rankings.indices.filter { rankings[$0].positives > 0 && rankings[$0].negatives > 0 }
  let perClass = rankings.indices.map { j -> Result<Interval, ScoringError> in
    let ranking = rankings[j]
    guard ranking.positives > 0, ranking.negatives > 0 else {
      return .failure(.oneClass(positives: ranking.positives, negatives: ranking.negatives))
    }
    let values = stride(from: j, to: replicates.count, by: classes).map { replicates[$0] }
    return interval(values, lost: values.count(where: \.isNaN), .rejected)
  }
  guard !inData.isEmpty else {
    return AUROCIntervals(perClass: perClass, macro: .failure(.noDefinedClass(of: classes)))
  }
  var lost = 0
  let macro = (0..<bootstrap.replicates).map { replicate -> Double in
    let values = inData.map { replicates[replicate * classes + $0] }
    let defined = values.filter { !$0.isNaN }
    if defined.count < values.count {
      lost += 1
      if bootstrap.lostClass == .rejected || defined.isEmpty { return .nan }
    }
    return defined.reduce(0, +) / Double(defined.count)
  }
  return AUROCIntervals(perClass: perClass, macro: interval(macro, lost: lost, bootstrap.lostClass))
}

/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014): a small generator of which each replicate has a stream of its own.
struct SplitMix64: Sendable {
  private var state: UInt64

  init(seed: UInt64, stream: UInt64) {
    // Seed and stream are mixed one after the other, so that neighbouring streams do not overlap.
    state = SplitMix64.mix(SplitMix64.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (stream &* 0xD1B5_4A32_D192_ED03))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SplitMix64.mix(state)
  }

  /// A number in `0..<bound`, all equally likely (Lemire, ACM Trans. Model. Comput. Simul. 29 (2019), 3).
  mutating func next(below bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }
}
