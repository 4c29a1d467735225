import WFDB

/// What a cardiologist would measure of a recording with calipers: rate and intervals in /min and ms, axes in degrees,
/// each a value or the reason why there is none.
///
/// Durations are those of the dominant beat: its boundaries in a lead are the medians of its beats' boundaries there,
/// and over all leads the earliest onset and the latest end that another lead confirms (``Consensus``).
public struct ECGMeasurement: Sendable, Equatable {
  public struct QTc: Sendable, Equatable { public var bazett, fridericia, framingham, hodges: Measured }  // ms
  public struct Axes: Sendable, Equatable { public var p, qrs, t: Measured }  // degrees, -180 to 180

  public var samplingRate: Double  // Hz, of every sample index here
  public var leads: [String]
  public var rate: Measured  // /min, 60000 over the mean RR interval
  public var rr: Measured  // ms, the median
  public var p, pr, qrs, qt: Measured  // ms
  public var qtc: QTc
  public var axes: Axes
  public var rhythm: Rhythm
  public var beats: [Beat]
  public var representatives: [RepresentativeBeat]  // the dominant one first
  public var amplitudes: [LeadAmplitudes]
  public var leadWaves: [LeadWaves]
  /// What a reader must know before trusting a value: RR unstable, QRS wide, leads missing.
  public var warnings: [String]

  /// Measures a recording of at least 2 s at 80 Hz or more; it is meant for 100 to 1000 Hz and up to some minutes, for
  /// longer ones there is ``LongMeasurement``.
  /// - Throws: ``MeasurementError`` when no lead is a voltage, or when rate or length allow no measurement. Where there
  ///   is a voltage but no heart beat, every value is absent, with the reason.
  public init(of record: Record) throws(MeasurementError) { self.init(of: try VoltageLeads(of: record)) }

  init(of leads: VoltageLeads) {
    let found = FoundBeats(in: leads)
    let rate = leads.samplingRate
    (samplingRate, self.leads, beats, representatives) = (rate, leads.names, found.beats, found.representatives)
    leadWaves = leads.names.indices.map { LeadWaves(lead: leads.names[$0], waves: found.delineation.waves(ofLead: $0)) }
    warnings = leads.warnings

    let intervals = Intervals(beats, samplingRate: rate)
    let tooFew = Measured.absent(reason: beats.isEmpty ? "no heart beat was found" : "only one heart beat was found")
    let mean = intervals.all.reduce(0, +) / Double(max(1, intervals.all.count))
    self.rate = mean > 0 ? .value(60 / mean) : tooFew
    rr = intervals.all.isEmpty ? tooFew : .value(1000 * median(intervals.all))

    let dominant = representatives.first
    func ms(_ from: Int?, _ to: Int?, _ reason: String) -> Measured {
      guard let from, let to, to > from else { return .absent(reason: reason) }
      return .value(1000 * Double(to - from) / rate)
    }
    let noBeat = "no heart beat was found"
    let noP = dominant == nil ? noBeat : found.noP ?? "no P wave was found before the dominant beats"
    p = ms(dominant?.p?.onset, dominant?.p?.end, noP)
    pr = ms(dominant?.p?.onset, dominant?.qrs.onset, noP)
    qrs = ms(
      dominant?.qrs.onset, dominant?.qrs.end, dominant == nil ? noBeat : "the QRS complex has no clear boundaries")
    let noT = dominant == nil ? noBeat : "no T wave with a clear end was found"
    qt = ms(dominant?.qrs.onset, dominant?.t?.end, noT)
    qtc = RateCorrection.qtc(qt: qt, rr: rr)
    axes = Self.axes(of: dominant, in: leads, noP: noP, noT: noT, noBeat: noBeat)
    amplitudes =
      dominant.map { beat in
        zip(leads.names, beat.leads).map { LeadAmplitudes(lead: $0, samples: $1, beat: beat) }
      } ?? []

    let tooFewIntervals = "fewer than four normal beats follow each other"
    rhythm = Rhythm(
      isRegular: intervals.isRegular,
      sdnn: intervals.sdnn.map { .value(1000 * $0) } ?? .absent(reason: tooFewIntervals),
      rmssd: intervals.rmssd.map { .value(1000 * $0) } ?? .absent(reason: tooFewIntervals),
      pWaves: found.noP.map { .absent(reason: $0) } ?? found.shareOfP.map { .value($0) } ?? .absent(reason: noBeat),
      prematureSupraventricular: beats.count { $0.isPremature && $0.kind == .supraventricular },
      prematureVentricular: beats.count { $0.isPremature && $0.kind == .ventricular },
      pacingSpikes: found.spikes ?? [])
    let unread = leads.names.indices.filter { !found.readable.contains($0) }.map { leads.names[$0] }
    if !unread.isEmpty {
      warnings.append(
        "of \(unread.joined(separator: ", ")) less than half can be read: no boundary rests on "
          + (unread.count == 1 ? "it" : "them"))
    }
    if found.spikes == nil {
      warnings.append("pacing spikes cannot be seen at \(shortest(rate)) Hz: 400 Hz are needed")
    }
    warnings += Self.warnings(of: leads, beats: beats, intervals: intervals, qrs: qrs, spikes: rhythm.pacingSpikes.count)
  }

  private static func axes(
    of beat: RepresentativeBeat?, in leads: VoltageLeads, noP: String, noT: String, noBeat: String
  ) -> Axes {
    guard let beat, let onset = beat.qrs.onset, let end = beat.qrs.end, onset < end else {
      let none = Measured.absent(reason: beat == nil ? noBeat : "the QRS complex has no clear boundaries")
      return Axes(p: none, qrs: none, t: none)
    }
    guard let plane = FrontalPlane(leads) else {
      let none = Measured.absent(
        reason: "an axis needs two limb leads; the recording has \(leads.names.joined(separator: ", "))")
      return Axes(p: none, qrs: none, t: none)
    }
    let before = max(0, onset - max(1, Int(0.016 * beat.samplingRate)))...max(0, onset - 1)
    let levels = beat.leads.map { lead in lead[before].reduce(0, +) / Float(before.count) }
    func range(_ wave: Wave?) -> ClosedRange<Int>? {
      guard let wave, let from = wave.onset, let to = wave.end, from >= 0, from < to, to < beat.leads[0].count else {
        return nil
      }
      return from...to
    }
    func axis(_ wave: Wave?, _ name: String, none: String, level: (ClosedRange<Int>, Int, Int) -> Float) -> Measured {
      guard let samples = range(wave) else { return .absent(reason: none) }
      return plane.axis(of: samples, in: beat.leads, name: name) { level(samples, $0, $1) }
    }
    return Axes(
      // The P wave's level is the line between its ends: what comes before it may be another than what follows.
      p: axis(beat.p, "P wave", none: noP) { samples, lead, i in
        let (first, last) = (beat.leads[lead][samples.lowerBound], beat.leads[lead][samples.upperBound])
        return first + (last - first) * Float(i - samples.lowerBound) / Float(samples.count - 1)
      },
      qrs: axis(beat.qrs, "QRS complex", none: "") { _, lead, _ in levels[lead] },
      t: axis(beat.t, "T wave", none: noT) { _, lead, _ in levels[lead] })
  }

  private static func warnings(
    of leads: VoltageLeads, beats: [Beat], intervals: Intervals, qrs: Measured, spikes: Int
  ) -> [String] {
    var warnings: [String] = []
    if beats.count < 5 {
      warnings.append("only \(beats.count) \(beats.count == 1 ? "beat" : "beats"): every value rests on few")
    }
    if !intervals.isRegular, beats.count > 2 {
      warnings.append("RR intervals are unstable: rate and QTc depend on which beats are taken")
    }
    if let qrs = qrs.value, qrs >= 120 {
      warnings.append(
        "QRS lasts \(Int(qrs.rounded())) ms: QT and QTc are longer for it, and say less of repolarization")
    }
    if beats.count > 0, 2 * spikes > beats.count {
      warnings.append("pacing spikes before most beats: a paced QRS is wide and can look like an infarction")
    }
    let missing = LeadName.twelve.filter { leads.lead($0) == nil }
    if !missing.isEmpty {
      warnings.append(
        "of the 12 standard leads, \(missing.joined(separator: ", ")) \(missing.count == 1 ? "is" : "are") missing")
    }
    return warnings
  }
}

/// A number without a fraction that says nothing.
func shortest(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }
