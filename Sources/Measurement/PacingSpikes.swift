/// The samples at which a pacemaker's spike stands.
///
/// A spike is over within 4 ms, leaves the traces where they were, and stands in quiet: over all leads together (root
/// of the sum of squares) the departure from the line between 4 ms before and 4 ms after is above 0.25 mV, the step
/// between these two is at most 0.8 of it, and what the traces do in the 10 ms before and after is at most a quarter
/// and six tenths of it, while on a QRS complex they go up or down as steeply as at its tip.
///
/// - Parameter leads: `[lead][sample]` in mV, as recorded; no NaN.
/// - Returns: nil below 400 Hz, where a spike may fall between two samples or be smoothed away.
func pacingSpikes(in leads: [[Float]], samplingRate: Double) -> [Int]? {
  guard samplingRate >= 400 else { return nil }
  let count = leads.map(\.count).min() ?? 0
  let near = max(2, Int((0.004 * samplingRate).rounded())),
    far = max(2 * near + 1, Int((0.014 * samplingRate).rounded()))
  guard count > 2 * far else { return [] }
  var sharp = [Float](repeating: 0, count: count)
  for lead in leads {
    lead.withUnsafeBufferPointer { x in
      for i in near..<count - near {
        let departure = x[i] - (x[i - near] + x[i + near]) / 2
        sharp[i] += departure * departure
      }
    }
  }
  let threshold: Float = 0.25 * 0.25
  var spikes: [(sample: Int, size: Float)] = []
  for i in far..<count - far where sharp[i] > threshold {
    var (before, after, step): (Float, Float, Float) = (0, 0, 0)
    for lead in leads {
      before += square(range(lead[i - far..<i - near]))
      after += square(range(lead[i + near + 1...i + far]))
      step += square(lead[i - near] - lead[i + near])
    }
    guard before <= 0.06 * sharp[i], after <= 0.36 * sharp[i], step <= 0.64 * sharp[i] else { continue }
    if let last = spikes.last, i - last.sample < Int(0.02 * samplingRate) {
      if sharp[i] > last.size { spikes[spikes.count - 1] = (i, sharp[i]) }
    } else {
      spikes.append((i, sharp[i]))
    }
  }
  return spikes.count > 1 ? spikes.map(\.sample) : []  // a pacemaker does not fire once
}

/// Whether a spike stands up to 120 ms before an R peak, which leaves out those that pace the atria.
func isPaced(_ peak: Int, spikes: [Int], rate: Double) -> Bool {
  let from = peak - Int(0.12 * rate), to = peak + Int(0.02 * rate)
  return spikes.contains { from <= $0 && $0 <= to }
}

/// The leads with their spikes replaced by straight lines, so that no spike passes for a wave.
func withoutSpikes(_ leads: [[Float]], at spikes: [Int], samplingRate: Double) -> [[Float]] {
  guard !spikes.isEmpty else { return leads }
  let half = max(2, Int((0.004 * samplingRate).rounded()))
  return leads.map { lead in
    var lead = lead
    for spike in spikes {
      let (from, to) = (max(0, spike - half), min(lead.count - 1, spike + half))
      guard to > from else { continue }
      let step = (lead[to] - lead[from]) / Float(to - from)
      for i in from...to { lead[i] = lead[from] + step * Float(i - from) }
    }
    return lead
  }
}

private func square(_ value: Float) -> Float { value * value }

private func range(_ values: ArraySlice<Float>) -> Float { (values.max() ?? 0) - (values.min() ?? 0) }
