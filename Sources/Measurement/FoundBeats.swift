/// The beats of a recording: found, delineated, sorted by shape, and told apart.
struct FoundBeats: Sendable {
  private(set) var beats: [Beat] = []
  private(set) var representatives: [RepresentativeBeat] = []
  private(set) var delineation: Delineation
  /// nil: they cannot be seen at this rate.
  let spikes: [Int]?
  /// Of the beats that should have one, the share with a P wave; nil without beats.
  private(set) var shareOfP: Double?
  /// Why P waves were taken away; nil where they stand.
  private(set) var noP: String?

  /// Leads that boundaries rest on.
  let readable: [Int]

  private let leads: VoltageLeads
  private let rate: Double  // Hz
  private var peaks: [Int]  // samples of R
  /// Per beat the onset of its P wave, where at least a sixth of the leads show one.
  private var sharedP: [Double?] = []

  init(in leads: VoltageLeads) {
    let rate = leads.samplingRate
    (self.leads, self.rate) = (leads, rate)
    spikes = pacingSpikes(in: leads.samples, samplingRate: rate)
    let smooth = withoutSpikes(leads.samples, at: spikes ?? [], samplingRate: rate)
    peaks = QRSDetector(samplingRate: rate).beats(in: smooth)
    // A lead of which less than half can be read would blind the network to the others.
    let present = smooth.indices.map { lead in
      leads.isMissing[lead].isEmpty ? smooth[lead] : zip(smooth[lead], leads.isMissing[lead]).map { $1 ? .nan : $0 }
    }
    let seconds = ReadableSeconds.ofLeads(present, in: 0..<leads.count, beats: peaks, rate: rate)
    let quiet = seconds.indices.filter { 2 * seconds[$0].count { $0 } >= seconds[$0].count }
    let readable = quiet.isEmpty ? Array(seconds.indices) : quiet
    self.readable = readable
    delineation = Delineation(of: readable.map { smooth[$0] }, samplingRate: rate, beats: peaks)
    delineation.spread(to: smooth.count, at: readable)
    dropDenied()
    setSharedP()
    guard !peaks.isEmpty else { return }

    var morphologies = Morphologies(samplingRate: rate)
    let sorted = peaks.map { morphologies.sort($0, of: smooth) }
    let members = morphologies.templates.indices.map { m in peaks.indices.filter { sorted[$0].morphology == m } }
    let aligned = peaks.indices.map { peaks[$0] + sorted[$0].shift }
    let widths = members.map { Shape(of: $0, aligned: aligned, delineation: delineation, rate: rate).width }
    let order = BeatKinds.order(counts: members.map(\.count), widths: widths)
    var rank = [Int](repeating: 0, count: order.count)
    for (place, m) in order.enumerated() { rank[m] = place }

    let contexts = peaks.indices.map { i in
      BeatContext(
        peak: peaks[i], morphology: rank[sorted[i].morphology],
        isPaced: isPaced(peaks[i], spikes: spikes ?? [], rate: rate),
        hasP: sharedP[i] != nil, isClear: delineation.certainty[i] >= 0.4)
    }
    for (context, found) in zip(contexts, BeatKinds.kinds(of: contexts, widths: order.map { widths[$0] }, rate: rate)) {
      beats.append(
        Beat(
          sample: context.peak, kind: found.kind, isPremature: found.isPremature, morphology: context.morphology,
          p: nil,
          qrs: Wave(.qrs, onset: nil, peak: context.peak, end: nil), t: nil))
    }
    keepOrDropP()
    delineation.steady(Steadying(rate: rate, morphology: beats.map(\.morphology), aligned: aligned))
    for beat in beats.indices { setWaves(of: beat) }

    let intervals = zip(peaks.dropFirst(), peaks).map { Double($0 - $1) / rate }
    let (before, after) = RepresentativeBeat.reach(rr: intervals.isEmpty ? 1 : median(intervals), samplingRate: rate)
    let levels = beats.map { beat in
      let onset = beat.qrs.onset ?? beat.sample - Int(0.06 * rate)
      return max(0, onset - max(1, Int(0.016 * rate)))..<max(1, onset)
    }
    let steady = smooth.map { withoutWander($0, throughLevelsAt: levels) }
    for m in order {
      let beats = members[m]
      // The P waves may have gone since.
      let shape = Shape(of: beats, aligned: aligned, delineation: delineation, rate: rate)
      representatives.append(
        RepresentativeBeat(
          beats: beats.count, samplingRate: rate,
          leads: RepresentativeBeat.median(of: steady, at: beats.map { aligned[$0] }, before: before, after: after),
          r: before, p: shape.p?.moved(by: before).within(0...before + after),
          qrs: shape.qrs.moved(by: before).within(0...before + after) ?? Wave(.qrs, onset: nil, peak: before, end: nil),
          t: shape.t?.moved(by: before).within(0...before + after)))
    }
  }

  /// Takes away beats in which the network hardly sees a QRS complex, less than half as surely as in another less than
  /// 0.3 s away: spikes that pace the atria, and T waves.
  private mutating func dropDenied() {
    let certainty = delineation.certainty
    guard median(certainty) > 0.5 else { return }
    let isDenied = certainty.indices.map { i in
      let neighbours = [i - 1, i + 1].filter {
        certainty.indices.contains($0) && Double(abs(peaks[$0] - peaks[i])) < 0.3 * rate
      }
      return neighbours.contains { certainty[i] < min(0.4, 0.5 * certainty[$0]) }
    }
    guard isDenied.contains(true) else { return }
    peaks = zip(peaks, isDenied).compactMap { $1 ? nil : $0 }
    delineation.dropBeats(isDenied)
  }

  /// Decides whether there are P waves, and finds faint ones where there are.
  private mutating func keepOrDropP() {
    let basic = beats.indices.filter { beats[$0].kind != .ventricular && !beats[$0].isPremature && $0 > 0 }
    let asked = basic.isEmpty ? Array(beats.indices) : basic
    let pr = asked.compactMap { i in sharedP[i].map { (Double(peaks[i]) - $0) / rate } }
    let usual = median(pr)
    let intervals = zip(peaks.dropFirst(), peaks).map { Double($0 - $1) / rate }
    let rr = median(intervals)
    let rhythm = AtrialRhythm(
      share: Double(pr.count) / Double(max(1, asked.count)),
      pr: (usual, median(pr.map { abs($0 - usual) })),
      rr: rr, unsteadiness: median(zip(intervals.dropFirst(), intervals).map { abs($0 - $1) }) / max(0.1, rr),
      certainty: Double(median(delineation.certaintyOfP)),
      likeness: AtrialRhythm.likeness(
        of: readable.map { leads.samples[$0] }, before: asked.map { peaks[$0] },
        from: Int((max(0.08, usual) + 0.03) * rate), to: Int(0.05 * rate)),
      isPaced: 2 * beats.count { $0.kind == .paced } >= beats.count)
    (shareOfP, noP) = (rhythm.share, rhythm.whyNoP)
    guard noP == nil else {
      delineation.dropP { _, _ in true }
      (shareOfP, sharedP) = (0, sharedP.map { _ in nil })
      return
    }
    addFaintP(usual: usual)
    // What one lead alone shows among many, or goes with no beat and is not seen in half of the leads, is none.
    let free = delineation.freeP.flatMap { $0.map(\.peak) }
    let near = Int(0.06 * rate)
    delineation.dropP { [leads = delineation.beats, count = readable.count] beat, wave in
      if let beat { return count >= 6 && leads.count { $0[beat].p != nil } < 2 }
      return 2 * free.count { abs($0 - wave.peak) <= near } < count
    }
  }

  /// Takes faint P waves that come when others do: within 40 ms of those of other leads, or within 60 ms of the usual
  /// distance from the R peak where half of the leads show it.
  /// - Parameter usual: s.
  private mutating func addFaintP(usual: Double) {
    let found = delineation.beats
    delineation.addFaintP { [peaks, sharedP, rate, count = readable.count] beat, wave in
      let onset = Double(wave.onset ?? wave.peak)
      let near = 0.04 * rate
      if let shared = sharedP[beat], found.count(where: { $0[beat].p != nil }) > 1 { return abs(onset - shared) < near }
      let showing = found.count { lead in
        (lead[beat].p ?? lead[beat].faintP).map { Double(abs($0.peak - wave.peak)) < near } ?? false
      }
      return 2 * showing >= count && abs((Double(peaks[beat]) - onset) / rate - usual) < 0.06
    }
    setSharedP()
  }

  private mutating func setSharedP() {
    sharedP = peaks.indices.map { beat in
      let onsets = delineation.beats.compactMap { $0[beat].p?.onset.map(Double.init) }
      return onsets.isEmpty || 6 * onsets.count < readable.count ? nil : median(onsets)
    }
  }

  /// The waves of a beat over all leads.
  private mutating func setWaves(of beat: Int) {
    let leads = delineation.beats.map { $0[beat] }
    let shape = Shape(leads, rate: rate, origin: peaks[beat])
    beats[beat].qrs = shape.qrs.moved(by: peaks[beat])
    beats[beat].t = shape.t?.moved(by: peaks[beat])
    beats[beat].p = sharedP[beat] == nil ? nil : shape.p?.moved(by: peaks[beat])
  }
}

/// The waves of a beat over all leads, in samples from the R peak.
private struct Shape {
  var p: Wave?
  var qrs: Wave
  var t: Wave?
  var width: Double?  // of the QRS complex, s

  /// How near another lead must come to confirm an extreme, s.
  private static let tolerances = (p: 0.012, qrs: 0.008, t: 0.02)

  /// Of a single beat.
  init(_ leads: [Delineation.LeadBeat], rate: Double, origin: Int) {
    func boundaries(_ wave: (Delineation.LeadBeat) -> Wave?) -> [Boundaries] {
      leads.compactMap { wave($0).map { Boundaries($0, origin: origin) } }
    }
    self.init(p: boundaries(\.p), qrs: boundaries(\.qrs), t: boundaries(\.t), rate: rate)
  }

  /// Of a morphology: in each lead the medians of those of its beats; a lead in which fewer than three in ten have the
  /// wave does not speak.
  init(of beats: [Int], aligned: [Int], delineation: Delineation, rate: Double) {
    func boundaries(_ wave: (Delineation.LeadBeat) -> Wave?) -> [Boundaries] {
      delineation.beats.compactMap { lead in
        let found = beats.compactMap { beat in wave(lead[beat]).map { Boundaries($0, origin: aligned[beat]) } }
        guard !found.isEmpty, 10 * found.count >= 3 * beats.count else { return nil }
        return Boundaries.middle(of: found)
      }
    }
    self.init(p: boundaries(\.p), qrs: boundaries(\.qrs), t: boundaries(\.t), rate: rate)
  }

  private init(p: [Boundaries], qrs: [Boundaries], t: [Boundaries], rate: Double) {
    func wave(_ kind: Wave.Kind, _ leads: [Boundaries], _ tolerance: Double) -> Wave? {
      guard let onset = Consensus.earliest(leads.map(\.onset), tolerance: tolerance * rate),
        let end = Consensus.latest(leads.map(\.end), tolerance: tolerance * rate)
      else { return nil }
      let peak = median(leads.map(\.peak))
      return Wave(kind, onset: Int(onset.rounded()), peak: Int(peak.rounded()), end: Int(end.rounded()))
    }
    // A P wave that one lead alone shows among many is none.
    self.p = wave(.p, p, Self.tolerances.p)
    let complex = wave(.qrs, qrs, Self.tolerances.qrs)
    self.qrs =
      complex.map { Wave(.qrs, onset: $0.onset, peak: 0, end: $0.end) } ?? Wave(.qrs, onset: nil, peak: 0, end: nil)
    self.t = wave(.t, t, Self.tolerances.t)
    if let onset = complex?.onset, let end = complex?.end { width = Double(end - onset) / rate }
  }
}

/// A wave's boundaries from an R peak, in samples.
private struct Boundaries {
  var onset, peak, end: Double

  init(_ wave: Wave, origin: Int) {
    peak = Double(wave.peak - origin)
    onset = wave.onset.map { Double($0 - origin) } ?? peak
    end = wave.end.map { Double($0 - origin) } ?? peak
  }

  static func middle(of all: [Boundaries]) -> Boundaries {
    var middle = all[0]
    middle.onset = median(all.map(\.onset))
    middle.peak = median(all.map(\.peak))
    middle.end = median(all.map(\.end))
    return middle
  }
}

extension Wave {
  /// The wave as far as it lies in a range; nil when its peak does not.
  fileprivate func within(_ range: ClosedRange<Int>) -> Wave? {
    guard range.contains(peak) else { return nil }
    return Wave(
      kind, onset: onset.flatMap { range.contains($0) ? $0 : nil }, peak: peak,
      end: end.flatMap { range.contains($0) ? $0 : nil })
  }
}
