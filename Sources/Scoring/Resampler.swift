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
}

/// Sets how often each record stands in a replicate. A draw depends on seed and replicate alone.
struct Resampler: Sendable {
  let clusters: Clusters
  private let seed: UInt64
  private let rows: [[Int]]?  // given replicates
  private let strata: Strata?

  /// - Throws: ``ScoringError/shape(_:)`` when `patients` has another length than the records, a given row names a
  ///   record that isn't there, or given rows shall be stratified.
  init(_ bootstrap: Bootstrap, labels: [[Bool]], patients: [Int]?, records: Int) throws(ScoringError) {
    clusters = try Clusters(patients: patients, records: records)
    (seed, rows) = (bootstrap.seed, bootstrap.rows)
    for (i, row) in (bootstrap.rows ?? []).enumerated() {
      if let record = row.first(where: { !(0..<records).contains($0) }) {
        throw .shape("replicate \(i) names record \(record); expected 0 to \(records - 1)")
      }
      guard row.count < Int(Int32.max) else { throw .shape("replicate \(i) has \(row.count) records; too many") }
    }
    guard bootstrap.rows == nil || bootstrap.lostClass != .stratified else {
      throw .shape("given replicates cannot be drawn within strata; expected lost classes to be rejected or skipped")
    }
    strata = bootstrap.lostClass == .stratified ? Strata(labels: labels, clusters) : nil
  }

  /// - Returns: whether a class had been lost and the replicate was drawn again.
  func draw(_ replicate: Int, into weights: UnsafeMutableBufferPointer<UInt32>) -> Bool {
    if let rows {
      weights.update(repeating: 0)
      for record in rows[replicate] { weights[record] += 1 }
      return false
    }
    var generator = SplitMix64(seed: seed, stream: UInt64(replicate))
    var drawn = [UInt32](repeating: 0, count: clusters.count)
    var redrawn = false
    if let strata {
      redrawn = strata.draw(into: &drawn, &generator)
    } else {
      for _ in 0..<clusters.count { drawn[generator.next(below: clusters.count)] += 1 }
    }
    for (record, cluster) in clusters.ofRecord.enumerated() { weights[record] = drawn[cluster] }
    return redrawn
  }

  /// The jackknife's replicate: every record once, but those of one patient.
  func leave(out cluster: Int, into weights: UnsafeMutableBufferPointer<UInt32>) {
    for (record, own) in clusters.ofRecord.enumerated() { weights[record] = own == cluster ? 0 : 1 }
  }
}

/// Patients in groups that are drawn each for itself, so that no class vanishes from a replicate.
///
/// Every class has a rarer side: its positives or its negatives, whichever fewer patients have (positives when equal).
/// A patient belongs to the stratum of the class whose rarer side they have and the fewest others have (the first of
/// equals); patients with the rarer side of no class are a stratum of their own. Each stratum is drawn with replacement
/// to its own size, so a class that has a stratum keeps its rarer side in every replicate.
///
/// Two things may still be lost: the rarer side of a class whose patients all stand in strata of rarer classes, and the
/// common side of a class. Where some stratum holds only patients with that side it can't be; for the others each draw
/// is checked, and repeated up to ``attempts`` times.
private struct Strata: Sendable {
  static let attempts = 1000
  private let members: [[Int]]  // [strata], clusters
  private let atRisk: [[Int]]  // sides of classes that a draw may lose: the clusters that have them

  init(labels: [[Bool]], _ clusters: Clusters) {
    var sides: [(positives: [Int], negatives: [Int])] = []
    for column in labels {
      var (has, lacks) = (Set<Int>(), Set<Int>())
      for (record, label) in column.enumerated() {
        if label { has.insert(clusters.ofRecord[record]) } else { lacks.insert(clusters.ofRecord[record]) }
      }
      // A class without both sides has no AUROC to keep.
      if !has.isEmpty, !lacks.isEmpty { sides.append((has.sorted(), lacks.sorted())) }
    }
    let rarer = sides.map { $0.positives.count <= $0.negatives.count ? $0.positives : $0.negatives }
    var stratum = [Int](repeating: sides.count, count: clusters.count)
    let fromCommon = rarer.indices.sorted { (rarer[$0].count, $0) > (rarer[$1].count, $1) }
    for j in fromCommon { for cluster in rarer[j] { stratum[cluster] = j } }
    var members = [[Int]](repeating: [], count: sides.count + 1)
    for (cluster, j) in stratum.enumerated() { members[j].append(cluster) }
    let kept = members.filter { !$0.isEmpty }
    self.members = kept
    atRisk = sides.flatMap { [$0.positives, $0.negatives] }.filter { side in
      let side = Set(side)
      return !kept.contains { $0.allSatisfy(side.contains) }
    }
  }

  func draw(into drawn: inout [UInt32], _ generator: inout SplitMix64) -> Bool {
    for attempt in 0..<Strata.attempts {
      for i in drawn.indices { drawn[i] = 0 }
      for stratum in members {
        for _ in stratum { drawn[stratum[generator.next(below: stratum.count)]] += 1 }
      }
      let complete = atRisk.allSatisfy { side in side.contains { drawn[$0] > 0 } }
      if complete { return attempt > 0 }
    }
    return true
  }
}
