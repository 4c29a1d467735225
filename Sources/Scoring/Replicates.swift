import Dispatch
import Foundation
import Synchronization

/// How often each record stands in 16 replicates: a lane a replicate.
typealias Lanes = SIMD16<Int32>

/// Statistics that are computed again and again while only the records' weights change. What the scores and labels
/// alone decide is done once, when the value is made.
protocol WeightedStatistic: Sendable {
  /// Its values in 16 replicates, always equally many; NaN where a replicate does not have one.
  /// - Parameter weights: `[records]`.
  func values(_ weights: UnsafePointer<Lanes>) -> [SIMD16<Double>]
}

/// Statistics in each replicate.
struct Replicates: Sendable {
  var values: [[Double]]  // [values of all statistics][replicates], NaN where undefined
  var redrawn: Int  // replicates that `draw` had to repeat

  /// - Parameters:
  ///   - statistics: their values follow each other.
  ///   - draw: sets how often each record stands in a replicate, and says whether it had to repeat itself. It is
  ///     called from several threads, in any order; the sums of weights stay below 2^31.
  init(
    of statistics: [any WeightedStatistic], records: Int, count: Int,
    draw: @Sendable (_ replicate: Int, _ weights: UnsafeMutableBufferPointer<UInt32>) -> Bool
  ) {
    let lanes = Lanes.scalarCount
    let blocks = (count + lanes - 1) / lanes
    let results = Mutex([(values: [SIMD16<Double>], redrawn: Int)](repeating: ([], 0), count: blocks))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(blocks, ProcessInfo.processInfo.activeProcessorCount)) { _ in
      let weights = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: records)
      let rows = UnsafeMutablePointer<Lanes>.allocate(capacity: records)
      defer {
        weights.deallocate()
        rows.deallocate()
      }
      weights.initialize(repeating: 0)
      rows.initialize(repeating: .zero, count: records)
      let scalars = UnsafeMutableRawPointer(rows)
      while true {
        let block = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard block < blocks else { return }
        var redrawn = 0
        for lane in 0..<lanes {
          let replicate = block * lanes + lane
          guard replicate < count else { break }  // lanes of the block before stay, and are not read
          if draw(replicate, weights) { redrawn += 1 }
          for record in 0..<records {
            scalars.storeBytes(
              of: Int32(truncatingIfNeeded: weights[record]),
              toByteOffset: (record * lanes + lane) * MemoryLayout<Int32>.stride, as: Int32.self)
          }
        }
        let values = statistics.flatMap { $0.values(UnsafePointer(rows)) }
        results.withLock { [redrawn] in $0[block] = (values, redrawn) }
      }
    }
    let found = results.withLock { $0 }
    values = (found.first?.values ?? []).indices.map { i in
      (0..<count).map { found[$0 / lanes].values[i][$0 % lanes] }
    }
    redrawn = found.reduce(0) { $0 + $1.redrawn }
  }
}

/// AUROC, and if wanted average precision, in one pass over the ranked records.
///
/// Only where positives stand is there more to do than to add up weights, so the pass goes from one group of equal
/// scores with a positive to the next.
struct WeightedRanking: WeightedStatistic {
  /// A group of equal scores with at least one positive, as ends in `records`: the negatives above it, its own
  /// negatives, its positives.
  private struct Group {
    var above, negatives, positives: Int
  }
  private let records: [Int32]  // from the highest score to the lowest, in each group negatives first
  private let groups: [Group]
  private let withAveragePrecision: Bool

  /// - Parameters:
  ///   - ranking: places count from 0.
  ///   - averagePrecision: whether to give it, after the AUROC.
  ///   - recordOf: the record at a place of the ranking's input; nil leaves it out.
  init(_ ranking: Ranking, averagePrecision: Bool = false, recordOf: (Int) -> Int? = { $0 }) {
    var (records, groups): ([Int32], [Group]) = ([], [])
    var (negatives, positives): ([Int32], [Int32]) = ([], [])
    for entry in ranking.entries {
      if let record = recordOf(entry.record) {
        if entry.positive { positives.append(Int32(record)) } else { negatives.append(Int32(record)) }
      }
      guard entry.endsGroup else { continue }
      let above = records.count
      records += negatives
      let own = records.count
      records += positives
      if !positives.isEmpty { groups.append(Group(above: above, negatives: own, positives: records.count)) }
      negatives.removeAll(keepingCapacity: true)
      positives.removeAll(keepingCapacity: true)
    }
    (self.records, self.groups, withAveragePrecision) = (records, groups, averagePrecision)
  }

  func values(_ weights: UnsafePointer<Lanes>) -> [SIMD16<Double>] {
    var (positives, negatives) = (Lanes.zero, Lanes.zero)
    var twiceLost = SIMD16<Double>.zero  // pairs that the negative wins count 2, ties 1: whole numbers below 2^53
    var precisions = SIMD16<Double>.zero  // at each positive
    var place = 0
    for group in groups {
      negatives &+= sum(of: weights, place..<group.above)
      let tied = sum(of: weights, group.above..<group.negatives)
      let found = sum(of: weights, group.negatives..<group.positives)
      place = group.positives
      let count = doubles(found)
      twiceLost += count * (2 * doubles(negatives) + doubles(tied))
      negatives &+= tied
      positives &+= found
      if withAveragePrecision {
        let called = doubles(positives &+ negatives)
        precisions += count * (doubles(positives) / called.replacing(with: 1, where: called .== 0))
      }
    }
    negatives &+= sum(of: weights, place..<records.count)
    let pairs = 2 * doubles(positives) * doubles(negatives)
    let areas = (pairs - twiceLost) / pairs  // 0/0, NaN, where one side is absent
    guard withAveragePrecision else { return [areas] }
    let means = precisions / doubles(positives)
    return [areas, means.replacing(with: 1, where: means .> 1)]
  }

  @inline(__always) private func sum(of weights: UnsafePointer<Lanes>, _ places: Range<Int>) -> Lanes {
    var sum = Lanes.zero
    for place in places { sum &+= weights[Int(records[place])] }
    return sum
  }
}

/// The mean over the records of a number that each of them has, such as a squared error: `[records]`.
struct WeightedMean: WeightedStatistic {
  let numbers: [Double]

  func values(_ weights: UnsafePointer<Lanes>) -> [SIMD16<Double>] {
    var (sum, total) = (SIMD16<Double>.zero, Lanes.zero)
    for (record, number) in numbers.enumerated() {
      sum += number * doubles(weights[record])
      total &+= weights[record]
    }
    return [sum / doubles(total)]
  }
}

/// The same numbers. Element by element the compiler makes vector instructions of it; of the initializer it does not.
@inline(__always) func doubles(_ lanes: Lanes) -> SIMD16<Double> {
  var result = SIMD16<Double>.zero
  for i in 0..<Lanes.scalarCount { result[i] = Double(lanes[i]) }
  return result
}
