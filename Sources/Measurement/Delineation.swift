/// Finds in each lead where waves begin and end: what ``WaveNetwork`` sees, made waves that belong to beats.
///
/// A wave's boundary is where the network changes its mind between the wave and what is beside it, between two samples
/// of 250 Hz by a straight line. Each beat has one QRS complex and at most one T wave in a lead; P waves stand where they
/// are seen, so that an atrium that goes its own way is shown.
struct Delineation: Sendable {
  /// Hz, of the recording and of every sample index here.
  let samplingRate: Double
  /// `[lead][class][sample at 250 Hz]`.
  private let probabilities: [[[Float]]]
  /// The mean of all leads: `[class][sample at 250 Hz]`.
  private let shared: [[Float]]
  private let leads: [[Float]]
  /// Samples of the recording.
  private let beats: [Int]

  /// - Parameters:
  ///   - leads: `[lead][sample]` in mV, of one length; no NaN.
  ///   - beats: the samples of the R peaks, in order.
  init(of leads: [[Float]], samplingRate: Double, beats: [Int]) {
    (self.samplingRate, self.beats) = (samplingRate, beats)
    self.leads = leads.map { withoutWander($0, rate: samplingRate) }
    let steady = leads.map {
      withoutWander(resampled($0, from: samplingRate, to: WaveNetwork.rate), rate: WaveNetwork.rate)
    }
    probabilities = WaveNetwork.trained.probabilities(of: steady)
    let count = steady.map(\.count).min() ?? 0
    var shared = [[Float]](repeating: [Float](repeating: 0, count: count), count: WaveNetwork.classes)
    for lead in probabilities {
      for k in shared.indices { for i in 0..<count { shared[k][i] += lead[k][i] / Float(probabilities.count) } }
    }
    self.shared = shared
  }

  /// The waves of a lead, in order of time.
  func waves(ofLead lead: Int) -> [Wave] { waves(probabilities[lead], shape: leads[lead]) }

  // The classes of the network.
  private static let (p, qrs, t) = (1, 2, 3)

  private func waves(_ probabilities: [[Float]], shape: [Float]) -> [Wave] {
    let scale = WaveNetwork.rate / samplingRate
    let count = probabilities.first?.count ?? 0
    let qrsRuns = runs(of: Self.qrs, in: probabilities, bridging: 10, atLeast: 4)
    var complexes: [Run?] = []
    for (i, beat) in beats.enumerated() {
      let center = Double(beat) * scale
      let before = i > 0 ? Double(beats[i - 1]) * scale : -.infinity
      let after = i + 1 < beats.count ? Double(beats[i + 1]) * scale : .infinity
      let from = max(center - 40, (before + center) / 2)
      let to = min(center + 40, (center + after) / 2)
      complexes.append(qrsRuns.filter { $0.end > from && $0.onset < to }.max { $0.mass < $1.mass })
    }
    let tRuns = runs(of: Self.t, in: probabilities, bridging: 15, atLeast: 10)
    let pRuns = runs(of: Self.p, in: probabilities, bridging: 10, atLeast: 6)
    var waves: [Wave] = []
    for (i, beat) in beats.enumerated() {
      let center = Double(beat) * scale
      if let run = complexes[i] { waves.append(wave(.qrs, run, shape)) }
      let from = complexes[i]?.end ?? center + 12
      let next = i + 1 < beats.count ? complexes[i + 1]?.onset ?? Double(beats[i + 1]) * scale - 12 : Double(count)
      let inside = tRuns.filter { $0.middle > from && $0.middle < next && $0.onset < center + 150 }
      if let run = inside.max(by: { $0.mass < $1.mass }) { waves.append(wave(.t, run, shape)) }
    }
    for run in pRuns { waves.append(wave(.p, run, shape)) }
    return waves.sorted { ($0.onset ?? $0.peak) < ($1.onset ?? $1.peak) }
  }

  /// A stretch in which one class leads, in samples of 250 Hz.
  private struct Run {
    var onset: Double, end: Double
    /// The sum of the class's probability.
    var mass: Float
    var middle: Double { (onset + end) / 2 }
  }

  private func runs(of kind: Int, in probabilities: [[Float]], bridging gap: Double, atLeast width: Double) -> [Run] {
    guard probabilities.count == WaveNetwork.classes, let count = probabilities.first?.count, count > 1 else { return [] }
    func lead(_ i: Int) -> Float {  // over the best of the others
      var other: Float = 0
      for k in probabilities.indices where k != kind { other = max(other, probabilities[k][i]) }
      return probabilities[kind][i] - other
    }
    var runs: [Run] = []
    var previous = lead(0)
    var open: Run? = previous > 0 ? Run(onset: 0, end: 0, mass: probabilities[kind][0]) : nil
    func close(_ run: Run, at end: Double) {
      var run = run
      run.end = end
      if let last = runs.last, run.onset - last.end < gap {
        runs[runs.count - 1] = Run(onset: last.onset, end: end, mass: last.mass + run.mass)
      } else {
        runs.append(run)
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

  /// A run in samples of the recording, with its peak: where the lead is farthest from the line between both boundaries.
  private func wave(_ kind: Wave.Kind, _ run: Run, _ shape: [Float]) -> Wave {
    let scale = samplingRate / WaveNetwork.rate
    let limit = max(0, shape.count - 1)
    let onset = min(limit, max(0, Int((run.onset * scale).rounded())))
    let end = min(limit, max(onset, Int((run.end * scale).rounded())))
    var peak = (onset + end) / 2
    var height: Float = -1
    let (first, last) = (shape[onset], shape[end])
    for i in onset...end {
      let line = end > onset ? first + (last - first) * Float(i - onset) / Float(end - onset) : first
      if abs(shape[i] - line) > height { (peak, height) = (i, abs(shape[i] - line)) }
    }
    return Wave(kind, onset: onset, peak: peak, end: end)
  }
}
