import WFDB

/// Measures a recording of hours, stretch by stretch.
///
/// ```
/// var measurement = try LongMeasurement(leads: ["I", "II"], samplingRate: 500)
/// while let stretch = … { measurement.add(stretch) }  // [lead][sample] in mV
/// let day = measurement.finish()
/// ```
/// A minute is worked on at a time, with four seconds before and after it in sight. What is kept beyond it is a few
/// bytes per beat and a few numbers per minute and lead: about 5 MB for a day.
public struct LongMeasurement: Sendable {
  private let leads: [String]
  private let rate: Double  // Hz
  private var buffer: [[Float]]  // [lead][sample], from `start` on
  private var start = 0  // the recording's sample that the buffer begins with
  private var done = 0  // samples before it have been measured
  private var beats: [FoundBeat] = []
  private var minutes: [MinuteNotes] = []
  private var unreadable: [Range<Int>] = []
  private var morphologies: Morphologies
  private var shapes: [MorphologyShape] = []

  private let core: Int, margin: Int  // samples

  private struct FoundBeat {
    var sample: Int
    var morphology: Int32
    var isPaced: Bool
  }

  /// Where the QRS complex of a morphology lies, in samples from the R peak: the medians of a few of its beats, since
  /// one alone may be disturbed.
  private struct MorphologyShape {
    private(set) var onset, end: Int?
    private var onsets: [Double] = [], ends: [Double] = []
    private var beats = 0

    /// Of its beats the first, fifth, 25th, 125th and 625th are looked at.
    mutating func isNextLookedAt() -> Bool {
      beats += 1
      return [1, 5, 25, 125, 625].contains(beats)
    }

    mutating func add(onset: Double?, end: Double?) {
      guard let onset, let end else { return }
      onsets.append(onset)
      ends.append(end)
      (self.onset, self.end) = (Int(median(onsets).rounded()), Int(median(ends).rounded()))
    }
  }

  private struct MinuteNotes {
    var start: Int
    var noise: Double
    var st: [Int32: [Float]]  // per morphology: [lead] medians, mV; NaN where there is none
  }

  /// - Throws: ``MeasurementError`` when there is no lead, or the rate allows no measurement.
  public init(leads: [String], samplingRate: Double) throws(MeasurementError) {
    guard !leads.isEmpty else { throw MeasurementError("", .noVoltage(found: [])) }
    guard samplingRate.isFinite, samplingRate >= 80, samplingRate <= 100_000 else {
      throw MeasurementError("", .rate(samplingRate))
    }
    (self.leads, rate) = (leads, samplingRate)
    buffer = leads.map { _ in [] }
    morphologies = Morphologies(samplingRate: samplingRate, limit: 24)
    (core, margin) = (Int(60 * samplingRate), Int(4 * samplingRate))
  }

  /// Takes what comes next.
  /// - Parameter stretch: `[lead][sample]` in mV, of any length; NaN is missing. Leads that are too few or too short
  ///   are missing there.
  public mutating func add(_ stretch: [[Float]]) {
    let count = stretch.map(\.count).max() ?? 0
    for lead in buffer.indices {
      let samples = lead < stretch.count ? stretch[lead] : []
      buffer[lead] += samples
      if samples.count < count { buffer[lead] += [Float](repeating: .nan, count: count - samples.count) }
    }
    while start + buffer[0].count >= done + core + margin { measure(to: done + core) }
  }

  /// Measures a record of any length, ten seconds at a time, so that memory does not grow with it: the leads in volts, in its
  /// order.
  /// - Throws: ``MeasurementError`` when there are none, or the rate allows no measurement; `RecordError` when a stretch cannot
  ///   be read.
  public static func recording(of stream: RecordStream) throws -> LongRecording {
    try recording(
      of: stream, TwelveLeads(names: [], units: []), others: Array(stream.leadNames.indices), { _ in })
  }

  /// The same with the standard leads, recorded or computed, before the others.
  /// - Parameters:
  ///   - origins: where the standard leads come from.
  ///   - others: further leads of the stream; what is no voltage or no ECG is left out.
  static func recording(
    of stream: RecordStream, _ origins: TwelveLeads, others: [Int], _ progress: (String) -> Void
  ) throws -> LongRecording {
    let rate = stream.samplingFrequency
    let standard = origins.leads.indices.filter { !origins.leads[$0].terms.isEmpty }
    let others = others.filter { stream.isVoltage($0) && !VoltageLeads.isNoECG(stream.leadNames[$0]) }
    guard !standard.isEmpty || !others.isEmpty else {
      let found = stream.leadNames.indices.map { "\(stream.leadNames[$0]) in '\(stream.units[$0])'" }
      throw MeasurementError(stream.name, .noVoltage(found: found))
    }
    var measurement = try LongMeasurement(
      leads: standard.map { origins.leads[$0].name } + others.map { stream.leadNames[$0] }, samplingRate: rate)
    let piece = max(1, Int(10 * rate))
    var twelve = [Float](repeating: 0, count: standard.isEmpty ? 0 : origins.leads.count * piece)
    var own = [Float](repeating: 0, count: others.count * piece)
    for (index, start) in stride(from: 0, to: stream.sampleCount, by: piece).enumerated() {
      let count = min(piece, stream.sampleCount - start)
      let frames = start..<start + count
      if index % 360 == 0, index > 0 { progress("\(index / 360) h measured") }
      if !standard.isEmpty {
        try twelve.withUnsafeMutableBufferPointer {
          try stream.read(origins, frames, into: UnsafeMutableBufferPointer(rebasing: $0[..<(origins.leads.count * count)]))
        }
      }
      if !others.isEmpty {
        try own.withUnsafeMutableBufferPointer {
          try stream.readMillivolts(
            frames, leads: others, into: UnsafeMutableBufferPointer(rebasing: $0[..<(others.count * count)]))
        }
      }
      measurement.add(
        standard.map { Array(twelve[$0 * count..<($0 + 1) * count]) }
          + others.indices.map { Array(own[$0 * count..<($0 + 1) * count]) })
    }
    return measurement.finish()
  }

  /// Measures what is left, and tells what was found.
  public mutating func finish() -> LongRecording {
    let end = start + buffer[0].count
    while done < end { measure(to: min(end, done + core)) }
    return summary(sampleCount: end)
  }

  /// Measures the samples from `done` on up to `end`, and lets go of what no later minute needs.
  private mutating func measure(to end: Int) {
    let sight = min(start + buffer[0].count, end + margin)
    let part = buffer.map { Array($0[0..<sight - start]) }
    var bridged = part
    for lead in bridged.indices {
      if bridged[lead].contains(where: { !(abs($0) < 1e4) }) {
        for i in bridged[lead].indices where !(abs(bridged[lead][i]) < 1e4) { bridged[lead][i] = .nan }
        bridgeGaps(&bridged[lead])
      }
    }
    let spikes = pacingSpikes(in: bridged, samplingRate: rate) ?? []
    let smooth = withoutSpikes(bridged, at: spikes, samplingRate: rate)
    let peaks = QRSDetector(samplingRate: rate).beats(in: smooth)
    let readable = notes(of: part, from: done - start, to: end - start, beats: peaks)
    let first = beats.count
    for peak in peaks where peak + start >= done && peak + start < end {
      if let last = beats.last, Double(peak + start - last.sample) < 0.2 * rate { continue }
      guard readable(peak) else { continue }
      let found = morphologies.sort(peak, of: smooth)
      while shapes.count < morphologies.templates.count { shapes.append(MorphologyShape()) }
      if shapes[found.morphology].isNextLookedAt() { look(at: peak, of: found.morphology, in: smooth) }
      beats.append(
        FoundBeat(
          sample: peak + start, morphology: Int32(found.morphology),
          isPaced: isPaced(peak, spikes: spikes, rate: rate)))
    }
    minutes[minutes.count - 1].st = stLevels(of: beats[first...], in: part)
    done = end
    let drop = max(0, done - margin - start)
    for lead in buffer.indices { buffer[lead].removeFirst(min(drop, buffer[lead].count)) }
    start += drop
  }

  /// Notes the noise of a minute. A second is unreadable when it is so by ``QualityRule`` in more than two thirds of
  /// the leads.
  /// - Returns: whether a sample of the part lies in a readable second.
  private mutating func notes(of part: [[Float]], from: Int, to: Int, beats: [Int]) -> (Int) -> Bool {
    let seconds = Seconds(of: from..<to, rate: rate)
    let leads = ReadableSeconds.ofLeads(part, in: from..<to, beats: beats, rate: rate)
    let goodLeads = (0..<seconds.count).map { s in leads.count { $0.indices.contains(s) && $0[s] } }
    let isReadable = goodLeads.map { 3 * $0 >= part.count }
    for s in isReadable.indices where !isReadable[s] {
      let range = start + seconds.range(s).lowerBound..<start + seconds.range(s).upperBound
      if let last = unreadable.last, last.upperBound == range.lowerBound {
        unreadable[unreadable.count - 1] = last.lowerBound..<range.upperBound
      } else {
        unreadable.append(range)
      }
    }
    let good = Double(goodLeads.reduce(0, +)) / Double(max(1, seconds.count * part.count))
    minutes.append(MinuteNotes(start: start + from, noise: 1 - good, st: [:]))
    return { sample in seconds.second(of: sample).map { isReadable[$0] } ?? true }
  }

  /// Delineates three seconds to both sides of a beat for the boundaries of its morphology.
  private mutating func look(at peak: Int, of morphology: Int, in leads: [[Float]]) {
    let reach = Int(3 * rate)
    let (from, to) = (max(0, peak - reach), min(leads[0].count, peak + reach))
    let delineation = Delineation(of: leads.map { Array($0[from..<to]) }, samplingRate: rate, beats: [peak - from])
    let waves = delineation.beats.compactMap { $0.first?.qrs }
    let onset = Consensus.earliest(waves.compactMap { $0.onset.map(Double.init) }, tolerance: 0.008 * rate)
    let end = Consensus.latest(waves.compactMap { $0.end.map(Double.init) }, tolerance: 0.008 * rate)
    shapes[morphology].add(onset: onset.map { $0 - Double(peak - from) }, end: end.map { $0 - Double(peak - from) })
  }

  /// Per morphology and lead the median ST level of the beats given.
  private func stLevels(of beats: ArraySlice<FoundBeat>, in part: [[Float]]) -> [Int32: [Float]] {
    let later = Int((0.06 * rate).rounded()), before = max(1, Int(0.016 * rate))
    var levels: [Int32: [Float]] = [:]
    for (morphology, members) in Dictionary(grouping: beats, by: \.morphology) {
      let shape = shapes[Int(morphology)]
      guard let onset = shape.onset, let end = shape.end else { continue }
      levels[morphology] = part.map { lead in
        var values: [Float] = []
        for beat in members {
          let r = beat.sample - start
          let (first, st) = (r + onset - before, r + end + later)
          guard first >= 0, st < lead.count else { continue }
          let level = lead[first..<first + before].reduce(0, +) / Float(before)
          if (lead[st] - level).isFinite { values.append(lead[st] - level) }
        }
        return values.isEmpty ? .nan : sortedMedian(&values)
      }
    }
    return levels
  }

  private func summary(sampleCount: Int) -> LongRecording {
    let united = morphologies.united()
    var counts = [Int](repeating: 0, count: shapes.count)
    for beat in beats { counts[united[Int(beat.morphology)]] += 1 }
    let widths = shapes.map { shape in shape.onset.flatMap { on in shape.end.map { Double($0 - on) / rate } } }
    let order = BeatKinds.order(counts: counts, widths: widths)
    var rank = [Int](repeating: 0, count: order.count)
    for (place, m) in order.enumerated() { rank[m] = place }
    let contexts = beats.map {
      BeatContext(
        peak: $0.sample, morphology: rank[united[Int($0.morphology)]], isPaced: $0.isPaced, hasP: nil, isClear: true)
    }
    let kinds = BeatKinds.kinds(of: contexts, widths: order.map { widths[$0] }, rate: rate)
    let told = zip(beats, kinds).map { LongRecording.TimedBeat(sample: $0.sample, kind: $1.kind) }
    let rhythm = LongRhythm(told, unreadable: unreadable, rate: rate)
    let dominant = order.first.map { first in [first] + united.indices.filter { $0 != first && united[$0] == first } }
    let minutes = minutes.enumerated().map { index, notes in
      let end = index + 1 < self.minutes.count ? self.minutes[index + 1].start : sampleCount
      let st = dominant?.lazy.compactMap { notes.st[Int32($0)] }.first
      return rhythm.minute(
        notes.start..<end, noise: notes.noise,
        st: leads.indices.map { lead in
          guard let value = st?[lead], value.isFinite else { return .absent(reason: "no dominant beat in this minute") }
          return .value(Double(value))
        })
    }
    let episodes = rhythm.episodes(sampleCount: sampleCount)
    return LongRecording(
      samplingRate: rate, leads: leads, sampleCount: sampleCount, minutes: minutes, beats: told, episodes: episodes,
      worst: rhythm.worst(episodes: episodes, minutes: minutes, sampleCount: sampleCount))
  }
}
