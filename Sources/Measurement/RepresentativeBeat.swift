/// The median of the beats of one morphology, all leads aligned at the R peak.
public struct RepresentativeBeat: Sendable, Equatable {
  public var beats: Int  // that it was made of
  public var samplingRate: Double  // Hz
  public var leads: [[Float]]  // [lead][sample], mV
  public var r: Int  // sample of the R peak in it
  public var p: Wave?
  public var qrs: Wave
  public var t: Wave?
}

extension RepresentativeBeat {
  /// How far a representative beat reaches before and after the R peak, in samples: 0.4 and 0.65 of the usual RR
  /// interval, but at least 0.25 and 0.35 s, and at most 0.5 and 0.8 s.
  static func reach(rr: Double, samplingRate: Double) -> (before: Int, after: Int) {
    let before = min(0.5, max(0.25, 0.4 * rr)), after = min(0.8, max(0.35, 0.65 * rr))
    return (Int(before * samplingRate), Int(after * samplingRate))
  }

  /// The median beat `[lead][sample]`.
  /// - Parameters:
  ///   - leads: `[lead][sample]` in mV, without wander.
  ///   - peaks: the samples of the R peaks, aligned. Of more than 100 beats, 100 evenly spread are taken.
  static func median(of leads: [[Float]], at peaks: [Int], before: Int, after: Int) -> [[Float]] {
    let count = leads.first?.count ?? 0
    let whole = peaks.filter { $0 - before >= 0 && $0 + after < count }
    let all = whole.isEmpty ? peaks : whole
    let step = max(1, (all.count + 99) / 100)
    let chosen = stride(from: 0, to: all.count, by: step).map { all[$0] }
    guard !chosen.isEmpty else { return leads.map { _ in [Float](repeating: 0, count: before + after + 1) } }
    return leads.map { lead in
      var column = [Float](repeating: 0, count: chosen.count)
      return (-before...after).map { (offset: Int) -> Float in
        for (i, peak) in chosen.enumerated() { column[i] = lead[min(count - 1, max(0, peak + offset))] }
        return sortedMedian(&column)
      }
    }
  }
}
