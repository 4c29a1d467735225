/// The rhythm of hours: what its beats' times tell by minute and by episode.
///
/// Rules. Pause: more than 2 s between two beats without an unreadable second. Tachycardia, bradycardia: eight
/// intervals or more whose running mean of eight is above 100 or below 50 a minute. Irregular: 30 s or more in which,
/// of 30 intervals at a time, six in ten differ by more than a tenth from the one before, as in atrial fibrillation.
/// Ventricular run: three ventricular beats or more in a row.
struct LongRhythm {
  typealias Episode = LongRecording.Episode
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
    var found: [Episode] = []
    for (i, interval) in intervals.enumerated() {
      if let interval, interval > 2 {
        found.append(Episode(kind: .pause, samples: beats[i].sample..<beats[i + 1].sample, value: interval, beats: 2))
      }
    }
    found += runs(.tachycardia) { $0 < 0.6 } + runs(.bradycardia) { $0 > 1.2 }
    found += irregular() + ventricularRuns()
    for range in unreadable where Double(range.count) >= 2 * rate {
      found.append(Episode(kind: .unreadable, samples: range, value: nil, beats: 0))
    }
    return found.sorted { ($0.samples.lowerBound, $0.kind.rawValue) < ($1.samples.lowerBound, $1.kind.rawValue) }
  }

  /// Stretches in which the running mean of eight intervals is as asked.
  private func runs(_ kind: Episode.Kind, _ isMeant: (Double) -> Bool) -> [Episode] {
    covered(width: 8) { window in isMeant(window.reduce(0, +) / Double(window.count)) }.map { episode(kind, $0) }
  }

  private func irregular() -> [Episode] {
    covered(width: 30) { window in
      let leaps = zip(window, window.dropFirst()).count { abs($1 - $0) > 0.1 * $0 }
      return 10 * leaps >= 6 * (window.count - 1)
    }
    .map { episode(.irregular, $0) }.filter { Double($0.samples.count) >= 30 * rate }
  }

  private func ventricularRuns() -> [Episode] {
    var found: [Episode] = []
    var from = 0
    while from < beats.count {
      var to = from
      while to < beats.count, beats[to].kind == .ventricular { to += 1 }
      if to - from >= 3 { found.append(episode(.ventricularRun, from..<to - 1)) }
      from = max(to, from + 1)
    }
    return found
  }

  /// Ranges of intervals that windows cover of which a rule holds; no window reaches over what is unreadable.
  private func covered(width: Int, _ holds: ([Double]) -> Bool) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    guard intervals.count >= width else { return [] }
    for first in 0...intervals.count - width {
      let window = intervals[first..<first + width].compactMap { $0 }
      guard window.count == width, holds(window) else { continue }
      if let last = ranges.last, last.upperBound >= first {
        ranges[ranges.count - 1] = last.lowerBound..<first + width
      } else {
        ranges.append(first..<first + width)
      }
    }
    return ranges
  }

  private func episode(_ kind: Episode.Kind, _ intervals: Range<Int>) -> Episode {
    let samples = beats[intervals.lowerBound].sample..<beats[intervals.upperBound].sample
    let seconds = Double(samples.count) / rate
    return Episode(
      kind: kind, samples: samples, value: seconds > 0 ? 60 * Double(intervals.count) / seconds : nil,
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
      return around(irregular.samples, "the middle of the first irregular episode")
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
