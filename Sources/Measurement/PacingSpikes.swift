/// The samples at which a pacemaker's spike stands.
///
/// A spike is over within 4 ms, and leaves the traces where they were: over all leads together, the departure from the
/// line between 4 ms before and 4 ms after is above 0.25 mV, and is not much smaller than that from the line between
/// 12 ms before and after, as it would be on the slope or the tip of a QRS complex.
///
/// - Parameter leads: `[lead][sample]` in mV, as recorded; no NaN.
/// - Returns: nil below 400 Hz, where a spike may fall between two samples or be smoothed away.
func pacingSpikes(in leads: [[Float]], samplingRate: Double) -> [Int]? {
  guard samplingRate >= 400 else { return nil }
  let count = leads.map(\.count).min() ?? 0
  let near = max(2, Int((0.004 * samplingRate).rounded())), far = max(3 * near, Int((0.012 * samplingRate).rounded()))
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
    var (wide, leap): (Float, Float) = (0, 0)
    for lead in leads {
      let departure = lead[i] - (lead[i - far] + lead[i + far]) / 2
      wide += departure * departure
      let step = lead[i - near] - lead[i + near]
      leap += step * step
    }
    guard sharp[i] > 0.45 * wide, leap < 0.5 * sharp[i] else { continue }
    if let last = spikes.last, i - last.sample < Int(0.02 * samplingRate) {
      if sharp[i] > last.size { spikes[spikes.count - 1] = (i, sharp[i]) }
    } else {
      spikes.append((i, sharp[i]))
    }
  }
  return spikes.map(\.sample)
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
