@testable import Measurement
import TestSupport
import Testing

/// Episodes of beats whose times and kinds are known.
@Suite struct LongRhythmTests {
  private static let rate = 250.0

  /// - Parameters:
  ///   - intervals: s.
  ///   - ventricular: beats.
  private func episodes(
    _ intervals: [Double], ventricular: Set<Int> = [], unreadable: [Range<Double>] = []
  ) -> [LongRecording.Episode] {
    var time = 1.0
    var times = [time]
    for interval in intervals {
      time += interval
      times.append(time)
    }
    let beats = times.enumerated().map { i, time in
      LongRecording.TimedBeat(
        sample: Int((time * Self.rate).rounded()), kind: ventricular.contains(i) ? .ventricular : .normal)
    }
    let lost = unreadable.map { Int($0.lowerBound * Self.rate)..<Int($0.upperBound * Self.rate) }
    return LongRhythm(beats, unreadable: lost, rate: Self.rate).episodes(sampleCount: Int((time + 1) * Self.rate))
  }

  private func run(_ interval: Double, _ count: Int) -> [Double] { [Double](repeating: interval, count: count) }

  @Test func doesNotBreakARateThatSwaysAroundItsLimit() {
    // 60/1.25 = 48, 60/1.15 = 52: below and above 50 in turn, and never above 55.
    let slow = episodes(run(0.9, 30) + (0..<6).flatMap { _ in run(1.25, 12) + run(1.15, 12) } + run(0.9, 30))
    #expect(slow.map(\.kind) == [.bradycardia] && slow.first.map { (133...145).contains($0.beats) } == true)
    let fast = episodes(run(0.8, 30) + (0..<6).flatMap { _ in run(0.57, 12) + run(0.63, 12) } + run(0.8, 30))
    #expect(fast.map(\.kind) == [.tachycardia] && fast.first.map { (133...145).contains($0.beats) } == true)
    #expect(episodes(run(0.63, 60)).isEmpty && episodes(run(1.15, 60)).isEmpty)  // the laxer limit begins nothing
  }

  @Test func beginsAndEndsAnEpisodeWithItsOwnIntervals() {
    let found = episodes(run(0.8, 30) + run(0.5, 40) + run(0.8, 30))
    #expect(found.map(\.samples) == [Int(25 * Self.rate)..<Int(45 * Self.rate)])
    #expect(found.map(\.beats) == [41] && found.first?.value.map { abs($0 - 120) < 0.1 } == true)
  }

  @Test(arguments: [(10, 1), (16, 2)]) func joinsWhatIsLessThanTenSecondsApart(between: Int, count: Int) {
    let found = episodes(run(0.9, 30) + run(0.5, 30) + run(0.9, between) + run(0.5, 30) + run(0.9, 30))
    #expect(found.filter { $0.kind == .tachycardia }.count == count)
  }

  @Test func tellsTheRateOfWhatWasReadOfAnEpisode() throws {
    // 0.5 s a beat; five seconds were not read, and of their ten beats none was found.
    let found = episodes(run(0.5, 40) + [5.5] + run(0.5, 40), unreadable: [21.2..<26.3])
    let fast = try #require(found.first { $0.kind == .tachycardia })
    #expect(found.map(\.kind) == [.tachycardia, .unreadable])
    #expect(abs(try #require(fast.value) - 120) < 0.1 && fast.beats == 82)
  }

  @Test func countsPausesThatFollowEachOtherOnce() {
    let found = episodes(run(0.9, 20) + [2.2, 1.9, 2.6, 2.1] + run(0.9, 20) + [2.3] + run(0.9, 20) + [1.9])
    let pauses = found.filter { $0.kind == .pause }
    #expect(pauses.map(\.value) == [2.6, 2.3] && pauses.map(\.beats) == [5, 2])
  }

  @Test func callsDisorderIrregularButNotBigeminy() {
    var generator = SeededGenerator(seed: 5)
    func disorder(_ count: Int) -> [Double] { (0..<count).map { _ in .random(in: 0.62...1.1, using: &generator) } }
    for period in [[0.65, 1.0], [0.9, 0.65, 1.1], [0.9, 0.9, 0.65, 1.1]] {
      #expect(!episodes((0..<80).flatMap { _ in period }).contains { $0.kind == .irregular })
    }
    let once = episodes(run(0.85, 60) + disorder(120) + run(0.85, 20) + disorder(120) + run(0.85, 60))
    #expect(once.filter { $0.kind == .irregular }.count == 1)
    let twice = episodes(run(0.85, 60) + disorder(120) + run(0.85, 80) + disorder(120) + run(0.85, 60))
    #expect(twice.filter { $0.kind == .irregular }.count == 2)
    #expect(!episodes(run(0.85, 60) + disorder(25) + run(0.85, 60)).contains { $0.kind == .irregular })  // under 30 s
  }

  @Test func callsThreeVentricularBeatsARunWhereTheyAreFast() {
    func runs(_ interval: Double, _ count: Int, others: Set<Int> = []) -> [Int] {
      let beats = Set(20..<20 + count).subtracting(others)
      return episodes(run(0.8, 19) + run(interval, count) + run(0.8, 19), ventricular: beats)
        .filter { $0.kind == .ventricularRun }.map(\.beats)
    }
    #expect(runs(0.5, 3) == [3] && runs(0.5, 2).isEmpty)
    #expect(runs(0.62, 5).isEmpty && runs(0.9, 5).isEmpty)  // 97 and 67 a minute
    #expect(runs(0.5, 12, others: [26]) == [12])  // a fusion beat
    #expect(runs(0.5, 12, others: [26, 27]) == [6, 4])
    #expect(runs(0.5, 3, others: [21]).isEmpty)
  }

  @Test func joinsWhatIsUnreadableWhereLittleIsReadBetween() {
    let lost = episodes(run(0.8, 200), unreadable: [10..<14, 17..<20, 40..<41, 60..<70, 76..<79])
    #expect(
      lost.filter { $0.kind == .unreadable }.map { Double($0.samples.lowerBound) / Self.rate } == [10, 60, 76])
  }
}
