import Foundation
import Measurement
import TestSupport
import Testing
import WFDB

@Suite struct LongMeasurementTests {
  /// Feeds leads in stretches of odd lengths.
  private func measured(_ leads: [[Float]], rate: Double = 250, by length: Int = 3777) throws -> LongRecording {
    var measurement = try LongMeasurement(leads: leads.indices.map { "L\($0)" }, samplingRate: rate)
    var start = 0
    while start < leads[0].count {
      measurement.add(leads.map { Array($0[start..<min($0.count, start + length)]) })
      start += length
    }
    return measurement.finish()
  }

  private func floats(_ heart: KnownHeart) -> [[Float]] { [0.0, 60].map { heart.lead(angle: $0).map(Float.init) } }

  @Test(arguments: [100, 3777, 100_000]) func findsEachBeatOnceHoweverItIsFed(length: Int) throws {
    let heart = KnownHeart(rate: 250, seconds: 200)
    let result = try measured(floats(heart), by: length)
    #expect(result.beats.count == heart.onsets.count)
    #expect(result.sampleCount == 50_000 && result.minutes.count == 4)
    #expect(result.minutes.allSatisfy { abs(($0.rate.value ?? 0) - 75) < 1 && $0.noise == 0 })
    #expect(result.minutes.allSatisfy { minute in minute.st.allSatisfy { abs($0.value ?? 1) < 0.03 } })
    #expect(result.episodes.isEmpty)
  }

  @Test func tellsPausesFastAndSlowStretches() throws {
    let rr =
      [Double](repeating: 0.8, count: 60) + [3.1] + [Double](repeating: 0.5, count: 60)
      + [Double](repeating: 1.4, count: 40)
    let heart = KnownHeart(rate: 250, seconds: 160, rr: rr, qt: 0.33, noise: 0.003)
    let result = try measured(floats(heart))
    #expect(result.episodes.filter { $0.kind == .pause }.count == 1)
    let pause = try #require(result.episodes.first { $0.kind == .pause })
    #expect(abs(try #require(pause.value) - 3.1) < 0.02)
    let fast = try #require(result.episodes.first { $0.kind == .tachycardia })
    #expect(abs(fast.beats - 60) <= 8)
    let slow = try #require(result.episodes.first { $0.kind == .bradycardia })
    #expect(abs(slow.beats - 40) <= 8)
    let worst = try #require(result.worst)
    #expect(worst.reason == "the longest pause: 3.1 s" && worst.samples.count == 2500)
    #expect(worst.samples.contains(pause.samples.lowerBound) && worst.samples.contains(pause.samples.upperBound))
  }

  @Test func tellsRunsOfVentricularBeats() throws {
    var heart = KnownHeart(rate: 250, seconds: 120)
    heart.rr = [Double](repeating: 0.8, count: 40) + [0.5, 0.45, 0.45, 0.45, 1.0] + [Double](repeating: 0.8, count: 30)
    heart.ventricular = [40, 41, 42, 43]
    let result = try measured(floats(heart))
    #expect(result.beats.map(\.kind).enumerated().filter { $1 == .ventricular }.map(\.offset) == [40, 41, 42, 43])
    let run = try #require(result.episodes.first { $0.kind == .ventricularRun })
    #expect(run.beats == 4)
    #expect(result.worst?.reason.hasPrefix("the longest run of ventricular beats: 4") == true)
    #expect(result.beats.count { $0.kind == .ventricular } == 4)
  }

  @Test func tellsALongRunThatIsFasterThanTheBeatsBefore() throws {
    var heart = KnownHeart(rate: 250, seconds: 120)
    heart.rr = [Double](repeating: 0.8, count: 60) + [Double](repeating: 0.45, count: 30) + run(of: 0.8, 200)
    heart.ventricular = Set(60...89)
    let result = try measured(floats(heart))
    #expect(result.episodes.filter { $0.kind == .ventricularRun }.map(\.beats) == [30])
  }

  /// Bundle branch block that comes and goes at one rate, and such that comes as the rate slowly rises above 100.
  @Test(arguments: [false, true]) func tellsNoRunOfBeatsThatAreOnlyWide(isRateDependent: Bool) throws {
    var heart = KnownHeart(rate: 250, seconds: 120, qt: 0.33)
    heart.rr = isRateDependent ? (0..<200).map { max(0.5, 0.85 - 0.004 * Double($0)) } : [0.8]
    heart.ventricular = isRateDependent ? Set(90..<130) : Set(40..<70)
    let result = try measured(floats(heart))
    #expect(!result.beats.contains { $0.kind == .ventricular })
    #expect(!result.episodes.contains { $0.kind == .ventricularRun })
  }

  @Test func takesNoBeatForVentricularWhereALeadIsDisturbed() throws {
    var generator = SeededGenerator(seed: 9)
    var leads = floats(KnownHeart(rate: 250, seconds: 400))
    for i in 0..<10_000 { leads[0][i] += Float.random(in: -0.7...0.7, using: &generator) }
    for i in 50_000..<60_000 { leads[1][i] = Float.random(in: -0.2...0.2, using: &generator) }
    let result = try measured(leads)
    #expect(result.beats.count { $0.kind == .ventricular } == 0)
    #expect(!result.episodes.contains { $0.kind == .ventricularRun })
  }

  private func run(of interval: Double, _ count: Int) -> [Double] { [Double](repeating: interval, count: count) }

  @Test func tellsAnIrregularStretchAndWhatIsUnreadable() throws {
    var generator = SeededGenerator(seed: 3)
    let rr = (0..<200).map { _ in Double.random(in: 0.5...1.1, using: &generator) }
    var heart = KnownHeart(rate: 250, seconds: 150, rr: rr, qt: 0.33)
    heart.pAmplitude = 0
    var leads = floats(heart)
    for lead in leads.indices { for i in 30_000..<32_500 { leads[lead][i] = .nan } }
    let result = try measured(leads)
    #expect(result.episodes.contains { $0.kind == .irregular })
    let unreadable = try #require(result.episodes.first { $0.kind == .unreadable })
    #expect(unreadable.samples == 30_000..<32_500)
    #expect(abs(result.minutes[2].noise - 10 / 30) < 0.02)
    #expect(!result.episodes.contains { $0.kind == .pause })
  }

  /// One rule says which seconds can be read, here and of a recording of seconds.
  @Test func countsReadableSecondsAsSignalQualityDoes() throws {
    var generator = SeededGenerator(seed: 12)
    var leads = floats(KnownHeart(rate: 250, seconds: 50, noise: 0.003))
    for i in 1000..<2500 { leads[0][i] += Float.random(in: -0.5...0.5, using: &generator) }
    for i in 4000..<5500 { leads[1][i] = 0.1 + Float.random(in: -0.005...0.005, using: &generator) }
    for i in 7000..<7010 { leads[0][i] = .nan }
    for i in 8000..<9000 { leads[1][i] = 0.6 }
    let quality = SignalQuality(leads: ["I", "II"], samples: leads, samplingRate: 250)
    let read = quality.leads.map { $0.readableSeconds.rounded() }
    #expect(read == [50 - 7, 50 - 6 - 5] || read == [50 - 7, 50 - 6 - 4])
    let minute = try #require(try measured(leads).minutes.first)
    #expect(abs(minute.noise - (1 - read.reduce(0, +) / 100)) < 1e-9)
  }

  @Test func tellsAPauseFromAnElectrodeThatIsOff() throws {
    let rr = [Double](repeating: 0.8, count: 30) + [7] + [Double](repeating: 0.8, count: 30)
    var leads = floats(KnownHeart(rate: 250, seconds: 54, rr: rr, noise: 0.001))
    let pause = try measured(leads)
    #expect(pause.episodes.map(\.kind) == [.pause] && pause.minutes.allSatisfy { $0.noise == 0 })
    #expect(pause.episodes.first?.value.map { abs($0 - 7) < 0.02 } == true)
    for lead in leads.indices { for i in 2000..<4000 { leads[lead][i] = 0.02 } }
    #expect(try measured(leads).episodes.contains { $0.kind == .unreadable && $0.samples == 2000..<4000 })
  }

  @Test func survivesEmptyAndUnevenStretches() throws {
    var measurement = try LongMeasurement(leads: ["I", "II"], samplingRate: 250)
    measurement.add([])
    measurement.add([[], []])
    measurement.add([[Float](repeating: 0.1, count: 100)])
    measurement.add([[Float](repeating: .infinity, count: 700), [Float](repeating: 1, count: 3)])
    let result = measurement.finish()
    #expect(result.sampleCount == 800 && result.beats.isEmpty && result.worst == nil)
    #expect(throws: MeasurementError.self) { try LongMeasurement(leads: [], samplingRate: 250) }
    #expect(throws: MeasurementError.self) { try LongMeasurement(leads: ["I"], samplingRate: .nan) }
  }
}

@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data")) struct LongRecordingTests {
  @Test func findsInAStreamWhatTheWholeRecordShows() throws {
    let path = SharedData.path("wfdb/100")
    let result = try LongMeasurement.recording(of: RecordStream(path: path))
    let reference = try Annotations(path: path + ".atr").list.filter { $0.code.isBeat }
    #expect(result.beats.count == reference.count && result.minutes.count == 31)
    #expect(result.beats.count { $0.kind == .ventricular } == 1)
    #expect((30...35).contains(result.beats.count { $0.kind == .supraventricular }))
    #expect(result.leads == ["MLII", "V5"])
  }

  /// Of each record the beats that annotators call ventricular, and those that are: sel230 conducts over an accessory
  /// pathway at times, sel871 and sel114 are disturbed.
  @Test func tellsVentricularBeatsAndRunsOfQTDB() throws {
    try withArchive("waves/qtdb-16.tar.xz") { folder in
      for (name, beats) in [
        ("100", 0...0), ("114", 33...43), ("230", 0...2), ("308", 13...15), ("803", 72...75), ("871", 3...6),
      ] {
        let result = try LongMeasurement.recording(of: RecordStream(path: "\(folder)/qtdb/sel\(name)"))
        #expect(beats.contains(result.beats.count { $0.kind == .ventricular }), "sel\(name)")
        #expect(!result.episodes.contains { $0.kind == .ventricularRun }, "sel\(name)")
      }
    }
  }
}
