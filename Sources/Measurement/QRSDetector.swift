/// Finds the heart's beats by their QRS complexes, over all leads of a recording together.
///
/// A QRS complex is where the traces bend: the second difference over 24 ms, averaged over 90 ms, has little of P and T
/// waves, of wander and of a pacing spike, and most of a QRS complex (the energy of a band of about 5 to 25 Hz, as in
/// Pan & Tompkins, IEEE Trans. Biomed. Eng. 32 (1985), 230-236). Each lead is measured in its own complexes and weighs
/// as much as these stand out of its noise, so that a loose electrode does not speak for the others. What exceeds a
/// share of its surroundings' usual height is a beat; where one is overdue, less suffices.
public struct QRSDetector: Sendable {
  /// Hz.
  public let samplingRate: Double

  public init(samplingRate: Double) { self.samplingRate = samplingRate }

  /// The samples of the R peaks, in order: where all leads together depart farthest from the level before the complex.
  /// - Parameter leads: `[lead][sample]` in mV, of one length; NaN is a missing sample.
  public func beats(in leads: [[Float]]) -> [Int] { detect(leads) }
  /// The same of doubles.
  public func beats(in leads: [[Double]]) -> [Int] { detect(leads) }

  private func detect<Value: BinaryFloatingPoint>(_ leads: [[Value]]) -> [Int] {
    let count = leads.map(\.count).min() ?? 0
    guard samplingRate.isFinite, samplingRate > 0, Double(count) > 0.3 * samplingRate else { return [] }
    let factor = max(1, Int(min(samplingRate / 120, 1e4)))
    let rate = samplingRate / Double(factor)
    let slow = leads.map { decimated($0, count: count, by: factor) }
    let energies = slow.map { bending(of: $0, rate: rate) }
    guard let evidence = Evidence(energies, rate: rate) else { return [] }
    return evidence.beats().map {
      peak(near: $0, in: slow, weights: evidence.weights, rate: rate, factor: factor, leads)
    }
  }

  /// Means of `factor` samples each; a cell without any is bridged from its neighbours.
  private func decimated<Value: BinaryFloatingPoint>(_ lead: [Value], count: Int, by factor: Int) -> [Float] {
    let cells = count / factor
    var result = [Float](repeating: .nan, count: cells)
    var isWhole = true
    lead.withUnsafeBufferPointer { lead in
      for cell in 0..<cells {
        var sum: Value = 0
        for i in cell * factor..<(cell + 1) * factor { sum += lead[i] }
        var mean = Float(sum) / Float(factor)
        if !(abs(mean) < 1e6) {  // some are missing, or no voltage at all
          let finite = lead[cell * factor..<(cell + 1) * factor].filter { abs($0) < 1e6 }
          mean = finite.isEmpty ? .nan : Float(finite.reduce(0, +)) / Float(finite.count)
          if finite.isEmpty { isWhole = false }
        }
        result[cell] = mean
      }
    }
    if !isWhole { bridgeGaps(&result) }
    return result
  }

  /// How much a lead bends around each sample: mean of |x(t − 24 ms) − 2 x(t) + x(t + 24 ms)| over 90 ms, in mV.
  private func bending(of lead: [Float], rate: Double) -> [Float] {
    let count = lead.count
    let reach = max(1, Int((0.024 * rate).rounded()))
    let smooth = movingMean(lead, width: max(1, Int((0.016 * rate).rounded())))
    var bend = [Float](repeating: 0, count: count)
    if count > 2 * reach {
      for i in reach..<count - reach { bend[i] = abs(smooth[i - reach] - 2 * smooth[i] + smooth[i + reach]) }
    }
    return movingMean(bend, width: max(1, Int((0.09 * rate).rounded()) | 1))
  }

  /// The R peak at full rate near a cell of the slow signals.
  private func peak<Value: BinaryFloatingPoint>(
    near cell: Int, in slow: [[Float]], weights: [Float], rate: Double, factor: Int, _ leads: [[Value]]
  ) -> Int {
    let reach = Int((0.07 * rate).rounded())
    let cells = slow.first?.count ?? 0
    let (first, last) = (max(0, cell - reach), min(cells - 1, cell + reach))
    guard first < last else { return cell * factor }
    var level = [Float](repeating: 0, count: slow.count)  // before the complex
    for (l, lead) in slow.enumerated() {
      let before = max(0, first - Int((0.04 * rate).rounded()))...first
      level[l] = lead[before].reduce(0, +) / Float(before.count)
    }
    var best = (cell: cell, height: -Float.infinity)
    for i in first...last {
      var height: Float = 0
      for (l, lead) in slow.enumerated() { height += weights[l] * abs(lead[i] - level[l]) }
      if height > best.height { best = (i, height) }
    }
    guard factor > 1 else { return best.cell }
    let range = max(0, (best.cell - 1) * factor)..<min(leads[0].count, (best.cell + 2) * factor)
    var fine = (sample: best.cell * factor + factor / 2, height: -Float.infinity)
    for i in range {
      var height: Float = 0
      for (l, lead) in leads.enumerated() where i < lead.count {
        let value = abs(Float(lead[i]) - level[l])
        if value.isFinite { height += weights[l] * value }
      }
      if height > fine.height { fine = (i, height) }
    }
    return fine.sample
  }
}

/// What speaks for a beat, over all leads: 1 is a usual QRS complex, 0 the usual time between two.
private struct Evidence {
  let rate: Double
  private(set) var weights: [Float] = []
  private var curve: [Float] = []

  /// - Parameter energies: `[lead][sample]`.
  /// - Returns: nil when no lead has anything that stands out.
  init?(_ energies: [[Float]], rate: Double) {
    self.rate = rate
    guard let count = energies.first?.count, count > 0 else { return nil }
    curve = [Float](repeating: 0, count: count)
    var total: Float = 0
    for energy in energies {
      let tops = maxima(of: energy, window: max(1, Int(2 * rate)))
      let height = quantile(tops, 0.5)
      let floor = quantile(strided(energy, at: 4000), 0.4)
      let excess = height - floor
      guard excess > 0.004, height > 0 else {  // mV: less is what a flat lead has
        weights.append(0)
        continue
      }
      // A lead whose floor is a third of its peaks tells little.
      let clarity = max(0.02, 1 - 2.5 * floor / height)
      let weight = clarity * clarity
      weights.append(weight / excess)
      total += weight
      let scale = 1 / excess
      for i in 0..<count { curve[i] += weight * min(2.5, max(0, (energy[i] - floor) * scale)) }
    }
    guard total > 0 else { return nil }
    for i in 0..<count { curve[i] /= total }
  }

  /// Cells at which beats stand.
  func beats() -> [Int] {
    let candidates = peaks(reach: max(1, Int(0.18 * rate)))
    let levels = self.levels()
    func level(_ i: Int) -> Float { levels[min(levels.count - 1, i / max(1, Int(2 * rate)))] }
    var beats = candidates.filter { curve[$0] >= 0.33 * level($0) }
    // A T wave or the tail of a wide complex: soon after a beat that is much taller.
    beats = withoutEchoes(beats)
    // In a run of ventricular beats one found makes the next overdue no less.
    for _ in 0..<6 where !searchBack(&beats, among: candidates, level: level) { break }
    return beats
  }

  /// Cells that no other within `reach` exceeds.
  private func peaks(reach: Int) -> [Int] {
    var peaks: [Int] = []
    for i in curve.indices where curve[i] > 0.05 {
      if i > 0, curve[i - 1] >= curve[i] { continue }
      if i + 1 < curve.count, curve[i + 1] > curve[i] { continue }
      if let last = peaks.last, i - last < reach {
        if curve[i] > curve[last] { peaks[peaks.count - 1] = i }
      } else {
        peaks.append(i)
      }
    }
    return peaks
  }

  /// The usual height of beats around each two seconds: the median of the two-second maxima of 14 s, but neither far
  /// below nor far above that of all.
  private func levels() -> [Float] {
    let tops = maxima(of: curve, window: max(1, Int(2 * rate)))
    let usual = quantile(tops, 0.5)
    return tops.indices.map { i in
      let local = quantile(Array(tops[max(0, i - 3)...min(tops.count - 1, i + 3)]), 0.5)
      return min(max(local, 0.4 * usual, 0.15), 2.5 * usual)
    }
  }

  private func withoutEchoes(_ beats: [Int]) -> [Int] {
    var kept: [Int] = []
    for beat in beats {
      if let last = kept.last {
        let distance = Double(beat - last) / rate
        if distance < 0.36, curve[beat] < 0.5 * curve[last] { continue }
        if distance < 0.28, curve[last] < 0.4 * curve[beat] { kept.removeLast() }
      }
      kept.append(beat)
    }
    return kept
  }

  /// What lies between two beats, far enough from both, and stands out nearly as much as the lesser of them, is one of
  /// their kind: so the low, wide beats of a run are found beside one another.
  private func addLikeNeighbours(_ beats: inout [Int], among candidates: [Int], level: (Int) -> Float) {
    var found: [Int] = []
    var next = 0
    for (one, other) in zip(beats, beats.dropFirst()) {
      while next < candidates.count, candidates[next] < one + Int(0.36 * rate) { next += 1 }
      var i = next
      var best: Int?
      while i < candidates.count, candidates[i] <= other - Int(0.28 * rate) {
        if curve[candidates[i]] > best.map({ curve[$0] }) ?? 0 { best = candidates[i] }
        i += 1
      }
      if let best, curve[best] >= max(0.75 * min(curve[one], curve[other]), 0.17 * level(best)) { found.append(best) }
    }
    if !found.isEmpty { beats = (beats + found).sorted() }
  }

  /// Where two beats lie 1.6 usual intervals apart, the highest candidate between them is one if it has half of what is
  /// asked elsewhere.
  /// - Returns: whether any was found.
  private func searchBack(_ beats: inout [Int], among candidates: [Int], level: (Int) -> Float) -> Bool {
    guard beats.count > 3 else { return false }
    let intervals = zip(beats.dropFirst(), beats).map { Float($0 - $1) }
    var found: [Int] = []
    for i in intervals.indices {
      let near = intervals[max(0, i - 5)...min(intervals.count - 1, i + 5)]
      let usual = quantile(Array(near), 0.5)
      guard intervals[i] > 1.6 * usual else { continue }
      let (from, to) = (beats[i] + Int(0.36 * rate), beats[i + 1] - Int(0.28 * rate))
      guard let first = candidates.firstIndex(where: { $0 >= from }) else { continue }
      let between = candidates[first...].prefix { $0 <= to }
      if let best = between.max(by: { curve[$0] < curve[$1] }), curve[best] >= 0.17 * level(best) { found.append(best) }
    }
    if !found.isEmpty { beats = (beats + found).sorted() }
    addLikeNeighbours(&beats, among: candidates, level: level)
    return !found.isEmpty
  }
}
