import Foundation

/// A lead at another rate: around each new sample the mean of the old ones, weighted by a triangle whose half is one
/// sample of the slower of both rates. Toward a slower rate this damps what it cannot hold; toward a faster one it is
/// the straight line between samples.
///
/// - Parameter lead: at `from` Hz; no NaN.
/// - Returns: at `to` Hz, as long in seconds; sample 0 stays sample 0.
func resampled(_ lead: [Float], from: Double, to: Double) -> [Float] {
  guard !lead.isEmpty, from > 0, to > 0 else { return [] }
  let count = Int(Double(lead.count) * to / from)
  let half = max(1 / to, 1 / from)  // s
  let reach = half * from  // in old samples
  return [Float](unsafeUninitializedCapacity: count) { result, initialized in
    for k in 0..<count {
      let center = Double(k) / to * from
      let (first, last) = (max(0, Int((center - reach).rounded(.up))), min(lead.count - 1, Int(center + reach)))
      var (sum, weights) = (0.0, 0.0)
      if first <= last {
        for i in first...last {
          let weight = max(0, 1 - abs(Double(i) - center) / reach)
          sum += weight * Double(lead[i])
          weights += weight
        }
      }
      result[k] = weights > 0 ? Float(sum / weights) : lead[min(lead.count - 1, Int(center))]
    }
    initialized = count
  }
}

/// The lead less its slow part, which is what a single-pole low-pass of 0.5 Hz leaves that runs over it forward and
/// then backward, so that nothing moves in time.
func withoutWander(_ lead: [Float], rate: Double) -> [Float] {
  guard let first = lead.first else { return [] }
  let keep = exp(-2 * Double.pi * 0.5 / rate)
  var slow = [Double](repeating: 0, count: lead.count)
  var state = Double(first)
  for i in lead.indices {
    state = keep * state + (1 - keep) * Double(lead[i])
    slow[i] = state
  }
  state = slow[slow.count - 1]
  for i in lead.indices.reversed() {
    state = keep * state + (1 - keep) * slow[i]
    slow[i] = state
  }
  return lead.indices.map { lead[$0] - Float(slow[$0]) }
}

/// The lead less the broken line through its levels before the QRS complexes, so that neither ST segment nor T wave is
/// bent as a filter would bend it.
/// - Parameter ranges: the samples of each level, in order of time.
func withoutWander(_ lead: [Float], throughLevelsAt ranges: [Range<Int>]) -> [Float] {
  let knots = ranges.compactMap { range -> (at: Double, level: Float)? in
    let range = range.clamped(to: lead.indices)
    guard !range.isEmpty else { return nil }
    return (Double(range.lowerBound + range.upperBound - 1) / 2, lead[range].reduce(0, +) / Float(range.count))
  }
  guard let first = knots.first else { return lead }
  var result = lead
  var next = 0
  for i in lead.indices {
    while next < knots.count, knots[next].at < Double(i) { next += 1 }
    if next == 0 {
      result[i] -= first.level
    } else if next == knots.count {
      result[i] -= knots[next - 1].level
    } else {
      let (a, b) = (knots[next - 1], knots[next])
      let share = b.at > a.at ? Float((Double(i) - a.at) / (b.at - a.at)) : 0
      result[i] -= a.level + share * (b.level - a.level)
    }
  }
  return result
}
