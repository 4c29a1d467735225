/// Where waves begin and end in each lead: what ``WaveNetwork`` sees, made waves that belong to beats.
///
/// A wave's boundary is where the network changes its mind between the wave and what is beside it, between two samples
/// of 250 Hz by a straight line. Each beat has in a lead at most one QRS complex, one T wave after it, and one P wave
/// before it; P waves that go with no beat are kept apart.
struct Delineation: Sendable {
  /// What a lead shows of a beat.
  struct LeadBeat: Sendable, Equatable {
    var p, qrs, t: Wave?
    /// Where there is no P wave, what might be one; it counts where the rhythm asks for it.
    var faintP: Wave?
  }

  private(set) var beats: [[LeadBeat]]  // [lead][beat]
  private(set) var freeP: [[Wave]]  // [lead], P waves of no beat
  /// How sure the network is of a QRS complex at each beat: the largest mean of all leads within 60 ms, 0...1.
  private(set) var certainty: [Float]  // [beat]
  /// How sure the network is of a P wave before each beat: the largest mean of all leads from 360 to 40 ms before it.
  private(set) var certaintyOfP: [Float]  // [beat]

  /// - Parameters:
  ///   - leads: `[lead][sample]` in mV, of one length; no NaN.
  ///   - beats: the samples of the R peaks, in order.
  init(of leads: [[Float]], samplingRate: Double, beats peaks: [Int]) {
    beats = leads.map { _ in [] }
    freeP = leads.map { _ in [] }
    (certainty, certaintyOfP) = ([], [])
    let count = leads.map(\.count).min() ?? 0
    // Stretches, so that memory is bounded; each sees a margin that it does not answer for.
    let (core, margin) = (Int(120 * samplingRate), Int(4 * samplingRate))
    var start = 0
    var next = 0  // of the beats
    while start < count {
      let end = count - start < core + core / 2 ? count : start + core
      let (from, to) = (max(0, start - margin), min(count, end + margin))
      let first = next
      while next < peaks.count, peaks[next] < end { next += 1 }
      let own = first..<next
      let (firstSeen, lastSeen) = (peaks.firstIndex { $0 >= from } ?? peaks.count, peaks.lastIndex { $0 < to } ?? -1)
      let seen = firstSeen..<max(firstSeen, lastSeen + 1)
      let stretch = Stretch(
        leads.map { Array($0[from..<to]) }, samplingRate: samplingRate, beats: peaks[seen].map { $0 - from })
      for (i, index) in seen.enumerated() where own.contains(index) {
        for lead in leads.indices { beats[lead].append(stretch.beats[lead][i].moved(by: from)) }
        certainty.append(stretch.certainty[i])
        certaintyOfP.append(stretch.certaintyOfP[i])
      }
      for lead in leads.indices {
        freeP[lead] += stretch.freeP[lead].map { $0.moved(by: from) }.filter { start <= $0.peak && $0.peak < end }
      }
      start = end
    }
  }

  /// Makes room for leads that took no part, which show nothing.
  /// - Parameter places: of the leads that did, among all.
  mutating func spread(to count: Int, at places: [Int]) {
    let none = [LeadBeat](repeating: LeadBeat(), count: beats.first?.count ?? 0)
    var (all, free) = ([[LeadBeat]](repeating: none, count: count), [[Wave]](repeating: [], count: count))
    for (lead, place) in places.enumerated() { (all[place], free[place]) = (beats[lead], freeP[lead]) }
    (beats, freeP) = (all, free)
  }

  mutating func steady(_ steadying: Steadying) { beats = steadying.steadied(beats) }

  /// Takes P waves away.
  /// - Parameter isDropped: is asked for each; the beat is nil for one that goes with none.
  mutating func dropP(_ isDropped: (_ beat: Int?, _ wave: Wave) -> Bool) {
    for lead in beats.indices {
      for beat in beats[lead].indices {
        if let p = beats[lead][beat].p, isDropped(beat, p) { beats[lead][beat].p = nil }
      }
      freeP[lead].removeAll { isDropped(nil, $0) }
    }
  }

  /// Takes faint P waves for P waves.
  mutating func addFaintP(_ isTaken: (_ beat: Int, _ wave: Wave) -> Bool) {
    for lead in beats.indices {
      for beat in beats[lead].indices {
        guard beats[lead][beat].p == nil, let p = beats[lead][beat].faintP, isTaken(beat, p) else { continue }
        beats[lead][beat].p = p
        freeP[lead].removeAll { wave in
          (wave.end ?? wave.peak) >= (p.onset ?? p.peak) && (wave.onset ?? wave.peak) <= (p.end ?? p.peak)
        }
      }
    }
  }

  /// Takes beats away, which the network denies.
  mutating func dropBeats(_ isDropped: [Bool]) {
    func kept<Element>(_ list: [Element]) -> [Element] { zip(list, isDropped).compactMap { $1 ? nil : $0 } }
    beats = beats.map(kept)
    (certainty, certaintyOfP) = (kept(certainty), kept(certaintyOfP))
  }

  /// The waves of a lead, in order of time.
  func waves(ofLead lead: Int) -> [Wave] {
    let all = beats[lead].flatMap { [$0.p, $0.qrs, $0.t].compactMap { $0 } } + freeP[lead]
    return all.sorted { ($0.onset ?? $0.peak, $0.peak) < ($1.onset ?? $1.peak, $1.peak) }
  }
}

extension Delineation.LeadBeat {
  func moved(by samples: Int) -> Self {
    Self(
      p: p?.moved(by: samples), qrs: qrs?.moved(by: samples), t: t?.moved(by: samples),
      faintP: faintP?.moved(by: samples))
  }
}

/// A delineation of a stretch that is worked on at once.
private struct Stretch {
  private(set) var beats: [[Delineation.LeadBeat]] = []
  private(set) var freeP: [[Wave]] = []
  private(set) var certainty: [Float] = [], certaintyOfP: [Float] = []

  private let scale: Double  // samples of 250 Hz per sample of the recording
  private let peaks: [Double]  // of R, in samples of 250 Hz
  private let count: Int  // samples of 250 Hz

  init(_ leads: [[Float]], samplingRate: Double, beats peaks: [Int]) {
    scale = WaveNetwork.rate / samplingRate
    self.peaks = peaks.map { [scale] in Double($0) * scale }
    let steady = leads.map {
      withoutWander(resampled($0, from: samplingRate, to: WaveNetwork.rate), rate: WaveNetwork.rate)
    }
    count = steady.map(\.count).min() ?? 0
    let probabilities = WaveNetwork.probabilities(of: steady)
    var shared = [[Float]](repeating: [Float](repeating: 0, count: count), count: WaveNetwork.classes)
    for lead in probabilities {
      for k in shared.indices { for i in 0..<count { shared[k][i] += lead[k][i] / Float(probabilities.count) } }
    }
    let sharedRuns = Runs(
      p: [], qrs: runs(of: Self.qrs, in: shared, bridging: 10, atLeast: 4),
      t: tRuns(in: shared))
    let speed = Self.speed(of: steady)
    let sharedBeats = place(sharedRuns) { [peaks = self.peaks] in Self.bounds(near: peaks[$0], speed: speed) }
    for (lead, shape) in zip(probabilities, leads) {
      let own = Runs(
        p: runs(of: Self.p, in: lead, bridging: 10, atLeast: 6),
        qrs: runs(of: Self.qrs, in: lead, bridging: 10, atLeast: 4),
        t: tRuns(in: lead))
      // Where a lead does not show what there must be, what all leads together show takes its place.
      let placed = place(own) { sharedBeats[$0].qrs }
      // Half of what the lead shows is what all leads show, and a third of the others' probability is enough.
      let mixed = zip(lead, shared).map { zip($0, $1).map { ($0 + $1) / 2 } }
      let faint = place(
        Runs(p: runs(of: Self.p, in: mixed, bridging: 10, atLeast: 6, favoured: 3), qrs: own.qrs, t: own.t)
      ) { sharedBeats[$0].qrs }
      var free = own.p
      beats.append(
        placed.indices.map { i in
          free.removeAll { $0.onset == placed[i].p?.onset }
          let t = placed[i].t ?? sharedBeats[i].t.flatMap { $0.onset > (placed[i].qrs?.end ?? 0) ? $0 : nil }
          return Delineation.LeadBeat(
            p: placed[i].p.map { wave(.p, $0, shape) },
            qrs: placed[i].qrs.map { wave(.qrs, $0, shape, near: self.peaks[i]) },
            t: t.map { wave(.t, $0, shape) },
            faintP: placed[i].p == nil ? faint[i].p.map { wave(.p, $0, shape) } : nil)
        })
      freeP.append(free.map { wave(.p, $0, shape) })
    }
    func largest(_ kind: Int, _ range: ClosedRange<Int>) -> [Float] {
      self.peaks.map { peak in
        let (from, to) = (max(0, Int(peak) + range.lowerBound), min(count - 1, Int(peak) + range.upperBound))
        return from <= to ? shared[kind][from...to].max() ?? 0 : 0
      }
    }
    (certainty, certaintyOfP) = (largest(Self.qrs, -15...15), largest(Self.p, -90 ... -10))
  }

  // The classes of the network.
  private static let (p, qrs, t) = (1, 2, 3)

  private struct Runs { var p, qrs, t: [Run] }
  private struct Placed { var p, qrs, t: Run? }

  /// To each beat its runs.
  /// - Parameter otherwise: the QRS complex of a beat that has none among the runs.
  private func place(_ runs: Runs, otherwise: (_ beat: Int) -> Run?) -> [Placed] {
    let complexes = peaks.indices.map { i -> Run? in
      let from = max(peaks[i] - 18, i > 0 ? (peaks[i - 1] + peaks[i]) / 2 : 0)
      let to = min(peaks[i] + 18, i + 1 < peaks.count ? (peaks[i] + peaks[i + 1]) / 2 : .infinity)
      // None lasts 260 ms: what does has swallowed a T wave.
      return runs.qrs.filter { $0.end > from && $0.onset < to && $0.end - $0.onset < 65 }.max { $0.mass < $1.mass }
        ?? otherwise(i)
    }
    let onsets = peaks.indices.map { complexes[$0]?.onset ?? peaks[$0] - 12 }
    let ends = peaks.indices.map { complexes[$0]?.end ?? peaks[$0] + 12 }
    return peaks.indices.map { i in
      let next = i + 1 < peaks.count ? onsets[i + 1] : Double(count)
      let after = runs.t.filter { $0.middle > ends[i] && $0.middle < next && $0.onset < peaks[i] + 150 }
      let before = i > 0 ? ends[i - 1] : -1
      return Placed(
        p: runs.p.last { $0.middle > before && $0.middle < onsets[i] && $0.onset > onsets[i] - 100 }, qrs: complexes[i],
        t: after.max { $0.mass < $1.mass })
    }
  }

  /// How fast all leads together move, smoothed over 12 ms, mV per sample of 250 Hz.
  private static func speed(of leads: [[Float]]) -> [Float] {
    let count = leads.map(\.count).min() ?? 0
    var speed = [Float](repeating: 0, count: count)
    guard count > 2 else { return speed }
    for lead in leads {
      for i in 1..<count - 1 {
        let slope = (lead[i + 1] - lead[i - 1]) / 2
        speed[i] += slope * slope
      }
    }
    for i in speed.indices { speed[i] = speed[i].squareRoot() }
    return movingMean(speed, width: 3)
  }

  /// Where the leads begin and cease to move around an R peak: from the fastest sample within 60 ms outward, until the
  /// speed is below a tenth of that for 12 ms, at most 120 ms away.
  private static func bounds(near peak: Double, speed: [Float]) -> Run? {
    let (from, to) = (max(0, Int(peak) - 15), min(speed.count - 1, Int(peak) + 15))
    guard from < to, let fastest = (from...to).max(by: { speed[$0] < speed[$1] }), speed[fastest] > 0 else {
      return nil
    }
    let slow = speed[fastest] / 10
    func limit(_ step: Int) -> Int {
      var (i, quiet) = (fastest, 0)
      while quiet < 3, abs(i - fastest) < 30, speed.indices.contains(i + step) {
        i += step
        quiet = speed[i] < slow ? quiet + 1 : 0
      }
      return i - quiet * step
    }
    return Run(onset: Double(limit(-1)), end: Double(limit(1)), mass: 0)
  }

  /// Samples of 250 Hz in which one class leads.
  private struct Run {
    var onset: Double, end: Double
    /// The sum of the class's probability.
    var mass: Float
    var middle: Double { (onset + end) / 2 }
  }

  /// T waves: each begins only where the network is surer of it than where it ends, for what leads up to it is seldom
  /// level.
  private func tRuns(in probabilities: [[Float]]) -> [Run] {
    let sure = runs(of: Self.t, in: probabilities, bridging: 15, atLeast: 0, favoured: Self.favourAtTOnset)
    return runs(of: Self.t, in: probabilities, bridging: 15, atLeast: 10).map { run in
      var run = run
      if let first = sure.first(where: { $0.onset >= run.onset && $0.onset < run.end }) { run.onset = first.onset }
      return run
    }
  }

  /// What the network's probability of a T wave is multiplied by before it is compared with others' at an onset.
  private static let favourAtTOnset: Float = 0.5

  /// - Parameter favoured: what the class's probability is multiplied by.
  private func runs(
    of kind: Int, in probabilities: [[Float]], bridging gap: Double, atLeast width: Double, favoured: Float = 1
  ) -> [Run] {
    guard probabilities.count == WaveNetwork.classes, count > 1 else { return [] }
    func lead(_ i: Int) -> Float {  // over the best of the others
      var other: Float = 0
      for k in probabilities.indices where k != kind { other = max(other, probabilities[k][i]) }
      return favoured * probabilities[kind][i] - other
    }
    var runs: [Run] = []
    var previous = lead(0)
    var open: Run? = previous > 0 ? Run(onset: 0, end: 0, mass: probabilities[kind][0]) : nil
    func close(_ run: Run, at end: Double) {
      if let last = runs.last, run.onset - last.end < gap {
        runs[runs.count - 1] = Run(onset: last.onset, end: end, mass: last.mass + run.mass)
      } else {
        runs.append(Run(onset: run.onset, end: end, mass: run.mass))
      }
    }
    for i in 1..<count {
      let current = lead(i)
      if current > 0, previous <= 0 {
        open = Run(onset: Double(i) - Double(current / (current - previous)), end: 0, mass: 0)
      } else if current <= 0, previous > 0, let run = open {
        close(run, at: Double(i - 1) + Double(previous / (previous - current)))
        open = nil
      }
      open?.mass += probabilities[kind][i]
      previous = current
    }
    if let open { close(open, at: Double(count - 1)) }
    return runs.filter { $0.end - $0.onset >= width }
  }

  /// A run in samples of the recording, with its peak: where the lead is farthest from the line between both
  /// boundaries.
  /// - Parameter center: in samples of 250 Hz; the peak lies at most 80 ms from it where the run has such samples.
  private func wave(_ kind: Wave.Kind, _ run: Run, _ shape: [Float], near center: Double? = nil) -> Wave {
    let limit = max(0, shape.count - 1)
    let onset = min(limit, max(0, Int((run.onset / scale).rounded())))
    let end = min(limit, max(onset, Int((run.end / scale).rounded())))
    var peak = (onset + end) / 2
    guard onset <= end, end < shape.count else { return Wave(kind, onset: onset, peak: peak, end: end) }
    var height: Float = -1
    let (first, last) = (shape[onset], shape[end])
    var range = onset...end
    if let center {
      let near = Int((center - 20) / scale)...Int((center + 20) / scale)
      if near.overlaps(range) { range = range.clamped(to: near) }
    }
    for i in range {
      let line = end > onset ? first + (last - first) * Float(i - onset) / Float(end - onset) : first
      if abs(shape[i] - line) > height { (peak, height) = (i, abs(shape[i] - line)) }
    }
    return Wave(kind, onset: onset, peak: peak, end: end)
  }
}
