import Foundation
import Synthesis
import WFDB

/// What a reader measures on a noise-free trace, from its samples alone. Times in milliseconds, voltages in millivolts.
///
/// These are the plain definitions, good for traces without noise; where a beat lies is found by its steepness.
struct Trace {
  let samples: [String: [Double]]
  let steepness: [Double]  // summed over the leads, mV a sample
  /// First and last sample of each QRS that lies wholly inside.
  let complexes: [ClosedRange<Int>]

  init(_ ecg: SyntheticECG) {
    samples = Dictionary(uniqueKeysWithValues: ecg.leads.map { ($0.name, $0.samples) })
    let count = ecg.leads[0].samples.count
    steepness = (0..<count).map { i in
      i == 0 ? 0 : ecg.leads.reduce(0) { $0 + abs($1.samples[i] - $1.samples[i - 1]) }
    }
    complexes = Self.findComplexes(steepness)
  }

  func lead(_ name: String) -> [Double] { samples[name] ?? [] }

  /// Runs of steepness that reach half of the steepest, each extended to where the trace is nearly level for 8 ms.
  private static func findComplexes(_ steepness: [Double]) -> [ClosedRange<Int>] {
    let top = steepness.max() ?? 0
    let floor = 0.045 * top
    func isLevel(_ range: Range<Int>) -> Bool { range.allSatisfy { steepness[$0] < floor } }
    var found: [ClosedRange<Int>] = []
    var i = 100
    while i < steepness.count - 100 {
      guard steepness[i] > 0.4 * top else {
        i += 1
        continue
      }
      var (first, last) = (i, i)
      while first > 5, !isLevel(first - 4..<first) { first -= 1 }
      while last < steepness.count - 6, !isLevel(last + 1..<last + 5) { last += 1 }
      if first > 100, last < steepness.count - 100 { found.append(first...last) }
      i = max(last, i) + 60
    }
    return found
  }

  /// Of one complex, relative to its onset.
  func qrs(_ name: String, beat: Int = 1) -> [Double] {
    let range = complexes[beat]
    let baseline = lead(name)[range.lowerBound - 2]
    return range.map { lead(name)[$0] - baseline }
  }

  var qrsWidth: Double { median(complexes.map { Double($0.count * 2) }) }

  /// One steepest moment a beat.
  var rr: [Double] {
    let peaks = complexes.map { range in range.max { steepness[$0] < steepness[$1] } ?? range.lowerBound }
    return zip(peaks, peaks.dropFirst()).map { Double($1 - $0) * 2 }
  }

  /// From the first departure from the level before P to the QRS, in lead II.
  func pr(beat: Int = 1, search: Double = 420) -> Double {
    let onset = complexes[beat].lowerBound
    let start = max(0, onset - Int(search / 2))
    let trace = lead("II")
    let level = trace[onset - 2]
    // Walk back from the QRS over P to the last level stretch of 20 ms.
    var i = onset - 2
    var hasMetP = false
    while i > start + 10 {
      let isLevel = (i - 10...i).allSatisfy { abs(trace[$0] - level) < 0.006 }
      if abs(trace[i] - level) > 0.03 { hasMetP = true }
      if hasMetP, isLevel { return Double(onset - i) * 2 }
      i -= 1
    }
    return .infinity
  }

  /// Degrees, from the net area of QRS in I and aVF.
  var axis: Double {
    // aVF is shorter than I by √3/2.
    let (x, y) = (qrs("I").reduce(0, +), qrs("AVF").reduce(0, +) * 2 / 3.0.squareRoot())
    return atan2(y, x) * 180 / .pi
  }

  /// S in V1 + the larger R of V5 and V6.
  var sokolowLyon: Double { -(qrs("V1").min() ?? 0) + max(qrs("V5").max() ?? 0, qrs("V6").max() ?? 0) }

  /// The signed peaks of a lead's QRS in order of time, those under `least` left out: `[0.3, -0.8, 0.9]` is rsR'.
  func deflections(_ name: String, least: Double = 0.08) -> [Double] {
    var result: [Double] = []
    for value in qrs(name) where abs(value) >= least {
      if let last = result.last, (last > 0) == (value > 0) {
        if abs(value) > abs(last) { result[result.count - 1] = value }
      } else {
        result.append(value)
      }
    }
    return result
  }

  /// Depth and duration of a Q: what is negative before the first R. Nil when QRS begins upwards.
  func q(_ name: String) -> (depth: Double, duration: Double)? {
    guard let first = deflections(name, least: 0.04).first, first < 0 else { return nil }
    let complex = qrs(name)
    guard let start = complex.firstIndex(where: { $0 < -0.02 }) else { return nil }
    let length = complex[start...].prefix { $0 < 0 }.count
    return (-(complex[start..<start + length].min() ?? 0), Double(length * 2))
  }

  /// The trace's largest departure from the level before QRS between `after` and `until` milliseconds after its end.
  func t(_ name: String, beat: Int = 1, after: Double = 80, until: Double = 340) -> Double {
    let range = complexes[beat]
    let level = lead(name)[range.lowerBound - 2]
    let window = lead(name)[min(range.upperBound + Int(after / 2), 4999)...min(range.upperBound + Int(until / 2), 4999)]
    return (window.max { abs($0 - level) < abs($1 - level) } ?? level) - level
  }

  /// `milliseconds` after the J point, against the level before QRS.
  func st(_ name: String, beat: Int = 1, milliseconds: Double = 40) -> Double {
    let range = complexes[beat]
    return lead(name)[range.upperBound + Int(milliseconds / 2)] - lead(name)[range.lowerBound - 2]
  }

  /// Peak to peak of lead II before QRS, averaged over the beats so that only what precedes every beat remains.
  var averagedP: Double {
    let window = 30..<110  // samples before the onset: 60 to 220 ms
    let mean = window.map { back in
      complexes.reduce(0) { $0 + lead("II")[max(0, $1.lowerBound - back)] } / Double(complexes.count)
    }
    return (mean.max() ?? 0) - (mean.min() ?? 0)
  }
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
}

/// Standard deviation over mean.
func variation(_ values: [Double]) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot() / mean
}
