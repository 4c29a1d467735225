/// The rhythm of hours: what its beats' times tell by minute and by episode.
///
/// An episode begins where a limit is passed, and lasts to where a laxer one no longer is, about a tenth less strict,
/// so that a rhythm at the limit is one episode and not many. Two of a kind that lie closer than is stated are one.
///
/// | episode | begins | lasts while | is one with another closer than |
/// | --- | --- | --- | --- |
/// | tachycardia | eight intervals whose mean is above 100 a minute | it is above 90 | 10 s |
/// | bradycardia | eight intervals whose mean is below 50 a minute | it is below 55 | 10 s |
/// | pause | an interval of more than 2 s | the intervals beside it are above 1.8 s | – |
/// | irregular | below | below | 30 s |
/// | ventricular run | three ventricular beats, above 100 a minute | each follows at more than 90 a minute | – |
/// | unreadable | 2 s | – | 5 s |
///
/// Irregular: of 30 intervals six in ten differ by more than a tenth from the one before, and four in ten from the one
/// two, three and four before, which tells disorder from bigeminy and its like; it lasts while four in ten differ, and
/// for 30 s at least. A run is not ended by one beat of another kind amidst fast ones: a fusion or capture beat.
/// No episode but one that is joined reaches over what is unreadable.
///
/// Sources: 100/min, Page et al., Circulation 133 (2016), e506; 50/min, Kusumoto et al., Circulation 140 (2019), e382;
/// 30 s of atrial fibrillation, Hindricks et al., Eur. Heart J. 42 (2021), 373; three beats above 100/min, Al-Khatib et
/// al., Circulation 138 (2018), e272. The limit of 2 s, the laxer limits and what is joined are conventions of this
/// project.
struct LongRhythm {
  typealias Episode = LongRecording.Episode
  /// Intervals at which episodes begin and to which they last, s.
  static let fast = (begins: 0.6, lasts: 60 / 90.0), slow = (begins: 1.2, lasts: 60 / 55.0)
  static let pause = (begins: 2.0, lasts: 1.8)

  private let beats: [LongRecording.TimedBeat]
  private let rate: Double  // Hz
  private let unreadable: [Range<Int>]
  /// s, of beat i to beat i + 1; nil across what is unreadable.
  private let intervals: [Double?]

  init(_ beats: [LongRecording.TimedBeat], unreadable: [Range<Int>], rate: Double) {
    (self.beats, self.unreadable, self.rate) = (beats, unreadable, rate)
    var gap = 0
    intervals = zip(beats, beats.dropFirst()).map { one, next in
      while gap < unreadable.count, unreadable[gap].upperBound <= one.sample { gap += 1 }
      if gap < unreadable.count, unreadable[gap].lowerBound < next.sample { return nil }
      return Double(next.sample - one.sample) / rate
    }
  }

  func minute(_ samples: Range<Int>, noise: Double, st: [Measured]) -> LongRecording.Minute {
    let none = Measured.absent(reason: "fewer than three readable RR intervals")
    var minute = LongRecording.Minute(
      start: samples.lowerBound, rate: none, slowest: none, fastest: none, rmssd: none, st: st, noise: noise)
    let first = firstBeat(from: samples.lowerBound)
    var last = first
    while last < intervals.count, beats[last].sample < samples.upperBound { last += 1 }
    let own = intervals[first..<max(first, last)]
    let present = own.compactMap { $0 }
    guard present.count >= 3 else { return minute }
    let threes = zip(zip(own, own.dropFirst()), own.dropFirst(2)).compactMap { pair, c in
      pair.0.flatMap { a in pair.1.flatMap { b in c.map { (a + b + $0) / 3 } } }
    }
    minute.rate = .value(60 / median(present))
    if let shortest = threes.min(), let longest = threes.max(), shortest > 0 {
      (minute.slowest, minute.fastest) = (.value(60 / longest), .value(60 / shortest))
    }
    var (squares, count) = (0.0, 0)
    for i in own.indices.dropFirst()
    where (i - 1...i + 1).allSatisfy({ beats[$0].kind == .normal || beats[$0].kind == .paced }) {
      if let a = intervals[i - 1], let b = intervals[i] {
        squares += (b - a) * (b - a)
        count += 1
      }
    }
    minute.rmssd =
      count >= 3
      ? .value(1000 * (squares / Double(count)).squareRoot())
      : .absent(reason: "fewer than three pairs of normal RR intervals")
    return minute
  }

  func episodes(sampleCount: Int) -> [Episode] {
    func mean(_ window: ArraySlice<Double?>) -> Double {
      window.reduce(0) { $0 + ($1 ?? 0) } / Double(max(1, window.count))
    }
    func isFast(_ interval: Double) -> Bool { interval < Self.fast.lasts }
    func isSlow(_ interval: Double) -> Bool { interval > Self.slow.lasts }
    let fast = stretches(
      width: 8, begins: { mean(intervals[$0]) < Self.fast.begins }, lasts: { isFast(mean(intervals[$0])) },
      belongs: { intervals[$0].map(isFast) ?? false })
    let slow = stretches(
      width: 8, begins: { mean(intervals[$0]) > Self.slow.begins }, lasts: { isSlow(mean(intervals[$0])) },
      belongs: { intervals[$0].map(isSlow) ?? false })
    let irregular = stretches(
      width: 30,
      begins: { isIrregular($0, [6, 4, 4, 4]) }, lasts: { isIrregular($0, [4, 4, 4, 4]) }, belongs: { leaps($0, 1) })
    var found = joined(fast, within: 10).map { episode(.tachycardia, $0) }
    found += joined(slow, within: 10).map { episode(.bradycardia, $0) }
    found += joined(irregular, within: 30).map { episode(.irregular, $0) }
      .filter { Double($0.samples.count) >= 30 * rate }
    found += pauses() + ventricularRuns()
    var lost: [Range<Int>] = []
    for range in unreadable where Double(range.count) >= 2 * rate {
      if let last = lost.last, Double(range.lowerBound - last.upperBound) < 5 * rate {
        lost[lost.count - 1] = last.lowerBound..<range.upperBound
      } else {
        lost.append(range)
      }
    }
    found += lost.map { Episode(kind: .unreadable, samples: $0, value: nil, beats: 0) }
    return found.sorted { ($0.samples.lowerBound, $0.kind.rawValue) < ($1.samples.lowerBound, $1.kind.rawValue) }
  }

  private func pauses() -> [Episode] {
    func isLonger(_ range: Range<Int>, _ seconds: Double) -> Bool {
      range.allSatisfy { (intervals[$0] ?? 0) > seconds }
    }
    return stretches(
      width: 1, begins: { isLonger($0, Self.pause.begins) }, lasts: { isLonger($0, Self.pause.lasts) },
      belongs: { _ in true }, looksBack: true
    )
    .map { range in
      var pause = episode(.pause, range)
      pause.value = intervals[range].compactMap { $0 }.max()
      return pause
    }
  }

  private func ventricularRuns() -> [Episode] {
    func isFast(_ interval: Int) -> Bool { intervals[interval].map { $0 < Self.fast.lasts } ?? false }
    /// Whether a beat follows the one before fast, and is ventricular or stands between two that are.
    func continues(_ beat: Int) -> Bool {
      guard beat > 0, beat < beats.count, isFast(beat - 1) else { return false }
      if beats[beat].kind == .ventricular { return true }
      guard beat + 1 < beats.count, beats[beat - 1].kind == .ventricular, beats[beat + 1].kind == .ventricular else {
        return false
      }
      return isFast(beat)
    }
    var found: [Episode] = []
    var from = 0
    while from < beats.count {
      guard beats[from].kind == .ventricular else {
        from += 1
        continue
      }
      var to = from + 1
      while continues(to) { to += 1 }
      let isRun = to - from >= 3 && (from...to - 3).contains { first in
        let pair = intervals[first..<first + 2].compactMap { $0 }
        return (first..<first + 3).allSatisfy { beats[$0].kind == .ventricular }
          && pair.reduce(0, +) < 2 * Self.fast.begins
      }
      if isRun { found.append(episode(.ventricularRun, from..<to - 1)) }
      from = to
    }
    return found
  }

  /// Whether an interval differs by more than a tenth from the one that is so many before it.
  private func leaps(_ i: Int, _ distance: Int) -> Bool {
    guard i >= distance, let now = intervals[i], let earlier = intervals[i - distance] else { return false }
    return abs(now - earlier) > 0.1 * earlier
  }

  /// Whether of the intervals at least so many in ten differ from the one before, the one before that, and so on.
  private func isIrregular(_ window: Range<Int>, _ tenths: [Int]) -> Bool {
    zip(1..., tenths).allSatisfy { distance, tenths in
      let pairs = window.dropFirst(distance)
      return 10 * pairs.count { leaps($0, distance) } >= tenths * pairs.count
    }
  }

  /// Ranges of intervals from where a window of them meets the first rule to where one no longer meets the laxer one,
  /// without intervals at the ends that do not belong; of less than eight none remains where a window is wider. No
  /// window reaches over what is unreadable.
  /// - Parameter looksBack: whether the laxer rule also counts before the first is met.
  private func stretches(
    width: Int, begins: (Range<Int>) -> Bool, lasts: (Range<Int>) -> Bool, belongs: (Int) -> Bool,
    looksBack: Bool = false
  ) -> [Range<Int>] {
    guard intervals.count >= width else { return [] }
    var ranges: [Range<Int>] = []
    var open: Range<Int>?
    var (hasBegun, readable) = (false, 0)
    func close() {
      if hasBegun, var range = open {
        while let first = range.first, !belongs(first) { range.removeFirst() }
        while let last = range.last, !belongs(last) { range.removeLast() }
        if range.count >= min(8, width) { ranges.append(range) }  // one pause makes no bradycardia
      }
      (open, hasBegun) = (nil, false)
    }
    for last in intervals.indices {
      readable = intervals[last] == nil ? 0 : readable + 1
      let window = last + 1 - width..<last + 1
      guard readable >= width else {
        close()
        continue
      }
      let isStrict = begins(window)
      if isStrict || (hasBegun || looksBack) && lasts(window) {
        open = (open?.lowerBound ?? window.lowerBound)..<window.upperBound
        hasBegun = hasBegun || isStrict
      } else {
        close()
      }
    }
    close()
    return ranges
  }

  /// The ranges of intervals, those less than so many seconds apart as one.
  private func joined(_ ranges: [Range<Int>], within seconds: Double) -> [Range<Int>] {
    var joined: [Range<Int>] = []
    for range in ranges {
      if let last = joined.last,
        Double(beats[range.lowerBound].sample - beats[last.upperBound].sample) < seconds * rate
      {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }

  private func episode(_ kind: Episode.Kind, _ intervals: Range<Int>) -> Episode {
    let samples = beats[intervals.lowerBound].sample..<beats[intervals.upperBound].sample
    let present = self.intervals[intervals].compactMap { $0 }  // without what is unreadable
    let seconds = present.reduce(0, +)
    return Episode(
      kind: kind, samples: samples, value: seconds > 0 ? 60 * Double(present.count) / seconds : nil,
      beats: intervals.count + 1)
  }

  /// The ten seconds to see first, by ``LongRecording/Worst/rule``.
  func worst(episodes: [Episode], minutes: [LongRecording.Minute], sampleCount: Int) -> LongRecording.Worst? {
    guard !beats.isEmpty else { return nil }
    func around(_ samples: Range<Int>, _ reason: String) -> LongRecording.Worst {
      let half = Int(5 * rate), middle = samples.lowerBound + samples.count / 2
      let from = max(0, min(sampleCount - 2 * half, middle - half))
      return .init(samples: from..<min(sampleCount, from + 2 * half), reason: reason)
    }
    func longest(_ kind: Episode.Kind) -> Episode? {
      episodes.filter { $0.kind == kind }.max {
        ($0.samples.count, $1.samples.lowerBound) < ($1.samples.count, $0.samples.lowerBound)
      }
    }
    func number(_ value: Double?) -> String { value.map { shortest(($0 * 10).rounded() / 10) } ?? "?" }
    if let run = longest(.ventricularRun) {
      return around(run.samples, "the longest run of ventricular beats: \(run.beats), at \(number(run.value)) a minute")
    }
    if let pause = longest(.pause) { return around(pause.samples, "the longest pause: \(number(pause.value)) s") }
    var (fast, slow): ((rate: Double, samples: Range<Int>)?, (rate: Double, samples: Range<Int>)?) = (nil, nil)
    var last = 0
    for first in beats.indices {
      last = max(last, first)
      while last + 1 < beats.count, Double(beats[last + 1].sample - beats[first].sample) <= 10 * rate { last += 1 }
      guard last - first >= 3, intervals[first..<last].allSatisfy({ $0 != nil }) else { continue }
      let samples = beats[first].sample..<beats[last].sample
      guard Double(samples.count) >= 7 * rate else { continue }
      let mean = 60 * Double(last - first) * rate / Double(samples.count)
      if mean > fast?.rate ?? 0 { fast = (mean, samples) }
      if mean < slow?.rate ?? .infinity { slow = (mean, samples) }
    }
    if let fast, fast.rate > 100 {
      return around(fast.samples, "the highest rate over 10 s: \(number(fast.rate)) a minute")
    }
    if let slow, slow.rate < 50 {
      return around(slow.samples, "the lowest rate over 10 s: \(number(slow.rate)) a minute")
    }
    if let irregular = episodes.first(where: { $0.kind == .irregular }) {
      return around(irregular.samples, "the middle of the first irregular episode; P waves were not looked for")
    }
    var farthest: (minute: Int, departure: Double)?
    for lead in minutes.first?.st.indices ?? 0..<0 {
      let usual = median(minutes.compactMap { $0.st[lead].value })
      for (i, minute) in minutes.enumerated() {
        if let st = minute.st[lead].value, abs(st - usual) > farthest?.departure ?? -1 {
          farthest = (i, abs(st - usual))
        }
      }
    }
    guard let farthest else { return around(0..<min(sampleCount, Int(10 * rate)), "nothing stands out: the beginning") }
    let start = minutes[farthest.minute].start
    let end = farthest.minute + 1 < minutes.count ? minutes[farthest.minute + 1].start : sampleCount
    return around(
      start..<end,
      "the minute whose ST level departs farthest from the usual: by \(number(farthest.departure * 1000)) µV")
  }

  private func firstBeat(from sample: Int) -> Int {
    var (low, high) = (0, beats.count)
    while low < high {
      let middle = (low + high) / 2
      if beats[middle].sample < sample { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
