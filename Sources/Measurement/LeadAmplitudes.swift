/// Amplitudes of one lead in mV against the PR level, from the dominant representative beat.
public struct LeadAmplitudes: Sendable, Equatable {
  public var lead: String
  public var p, q, r, s, rPrime: Measured
  public var j, st60: Measured  // ST level at the J point, and 60 ms after it
  public var t: Measured
}

extension LeadAmplitudes {
  /// Measures a lead of the dominant beat within its boundaries over all leads.
  ///
  /// The PR level is the mean of the 16 ms before the QRS onset. A deflection of the QRS complex counts as a wave when
  /// it reaches 20 µV and lasts 6 ms at least (CSE Working Party, Eur. Heart J. 6 (1985), 815-825). R is the first
  /// positive one, Q a negative one before it, S the first negative one after it, R′ a positive one after that; a
  /// complex that is negative throughout is told as S.
  init(lead: String, samples: [Float], beat: RepresentativeBeat) {
    self.lead = lead
    let none = Measured.absent(reason: "the QRS complex has no boundaries")
    (p, q, r, s, rPrime, j, st60, t) = (none, none, none, none, none, none, none, none)
    guard let onset = beat.qrs.onset, let end = beat.qrs.end, onset >= 0, onset < end, end < samples.count else {
      return
    }
    let rate = beat.samplingRate
    let before = max(0, onset - max(1, Int(0.016 * rate)))...max(0, onset - 1)
    let level = samples[before].reduce(0, +) / Float(before.count)

    // Deflections: runs on one side of the level.
    var deflections: [(peak: Float, width: Int)] = []
    var (peak, width): (Float, Int) = (0, 0)
    func close() {
      if abs(peak) >= 0.02, Double(width) >= 0.006 * rate {
        if let last = deflections.last, (last.peak > 0) == (peak > 0) {
          if abs(peak) > abs(last.peak) { deflections[deflections.count - 1].peak = peak }
        } else {
          deflections.append((peak, width))
        }
      }
      (peak, width) = (0, 0)
    }
    for i in onset...end {
      let value = samples[i] - level
      if width > 0, (value > 0) != (peak > 0) { close() }
      if abs(value) > abs(peak) || width == 0 { peak = value }
      width += 1
    }
    close()
    let firstPositive = deflections.firstIndex { $0.peak > 0 }
    func wave(_ index: Int?, _ name: String) -> Measured {
      guard let index, deflections.indices.contains(index) else { return .absent(reason: "no \(name) wave") }
      return .value(Double(deflections[index].peak))
    }
    if let firstPositive {
      q = wave(firstPositive > 0 ? firstPositive - 1 : nil, "Q")
      r = wave(firstPositive, "R")
      s = wave(firstPositive + 1, "S")
      rPrime = wave(firstPositive + 2, "R′")
    } else {
      q = wave(nil, "Q")
      r = .absent(reason: "no R wave: the complex is negative throughout")
      s = wave(deflections.isEmpty ? nil : 0, "S")
      rPrime = wave(nil, "R′")
    }

    func extreme(_ wave: Wave?, _ name: String) -> Measured {
      guard let wave, let from = wave.onset ?? wave.end.map({ min($0, wave.peak) }), let to = wave.end, from >= 0,
        from <= to,
        to < samples.count
      else { return .absent(reason: "no \(name) wave") }
      let values = samples[from...to].map { $0 - level }
      return .value(Double(values.max { abs($0) < abs($1) } ?? 0))
    }
    p = extreme(beat.p, "P")
    t = extreme(beat.t, "T")
    j = .value(Double(samples[end] - level))
    let later = end + Int((0.06 * rate).rounded())
    st60 =
      later < samples.count
      ? .value(Double(samples[later] - level)) : .absent(reason: "the next beat comes within 60 ms of the J point")
  }
}
