import class Foundation.ProcessInfo
import Measurement
import TestSupport
import Testing
import WFDB

@Suite struct HostileRecordingTests {
  private func measured(_ leads: [Lead], rate: Double = 500) throws -> ECGMeasurement {
    try ECGMeasurement(of: recording(leads, rate: rate))
  }

  @Test func refusesWhatIsNoVoltage() throws {
    let error = #expect(throws: MeasurementError.self) {
      try measured([Lead(name: "ABP", units: "mmHg", samples: [Double](repeating: 80, count: 5000))])
    }
    #expect(error?.description == "record known: no lead is an ECG in mV, uV or V; found ABP in 'mmHg'")
    #expect(throws: MeasurementError.self) { try measured([]) }
  }

  @Test(arguments: [0, 1, 2, 999]) func refusesWhatIsTooShort(count: Int) throws {
    let error = #expect(throws: MeasurementError.self) {
      try measured([Lead(name: "II", units: "mV", samples: [Double](repeating: 0.1, count: count))])
    }
    #expect(error?.reason == .tooShort(seconds: Double(count) / 500))
  }

  @Test(arguments: [0, -1, .nan, .infinity, 20, 1e9] as [Double]) func refusesRatesThatNoECGHas(rate: Double) {
    #expect(throws: MeasurementError.self) {
      try measured([Lead(name: "II", units: "mV", samples: [Double](repeating: 0.1, count: 5000))], rate: rate)
    }
  }

  static let odd: [(name: String, value: @Sendable (Int) -> Double)] = [
    ("missing", { _ in .nan }), ("infinite", { $0 % 2 == 0 ? .infinity : -.infinity }), ("flat", { _ in 0 }),
    ("constant", { _ in 3.7 }), ("huge", { $0 % 2 == 0 ? 1e300 : -1e300 }), ("tiny", { 1e-300 * Double($0) }),
    ("a step", { $0 < 2500 ? 0 : 5 }), ("an impulse", { $0 == 2500 ? 5 : 0 }), ("a ramp", { Double($0) }),
    ("a saw", { Double($0 % 7) }), ("half missing", { $0 % 2 == 0 ? .nan : Double($0 % 400) / 400 }),
    ("clipped", { $0 % 300 < 150 ? 5 : -5 }),
  ]

  @Test(arguments: odd.indices, [100.0, 500]) func givesEveryValueOrAReason(index: Int, rate: Double) throws {
    let samples = (0..<5000).map(Self.odd[index].value)
    for names in [["II"], ["I", "II", "V1"]] {
      let result = try measured(names.map { Lead(name: $0, units: "mV", samples: samples) }, rate: rate)
      for value in [
        result.rate, result.rr, result.p, result.pr, result.qrs, result.qt, result.qtc.fridericia, result.axes.qrs,
      ] {
        #expect(value.value.map(\.isFinite) ?? (value.reason?.isEmpty == false))
      }
    }
  }

  @Test func saysWhyNothingIsThere() throws {
    let result = try measured([Lead(name: "II", units: "mV", samples: [Double](repeating: 0, count: 5000))])
    #expect(result.rate.reason == "no heart beat was found" && result.qt.reason == "no heart beat was found")
    #expect(result.warnings.contains("lead II is a flat line, and left out"))
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func survivesNoise(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let rate = Double.random(in: 80...1200, using: &generator)
    let count = Int.random(in: Int(2 * rate) + 1...Int(12 * rate), using: &generator)
    let scale = Double.random(in: 0.001...20, using: &generator)
    let leads = (0..<Int.random(in: 1...13, using: &generator)).map { lead in
      Lead(
        name: "L\(lead)", units: "mV",
        samples: (0..<count).map { _ in
          Int.random(in: 0..<50, using: &generator) == 0 ? .nan : Double.random(in: -scale...scale, using: &generator)
        })
    }
    _ = try measured(leads, rate: rate)
  }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["ECGBOOK_SLOW_TESTS"] != nil, "slow: set ECGBOOK_SLOW_TESTS=1"))
  func measuresTenMillionSamples() throws {
    let once = KnownHeart(rate: 500, seconds: 10).lead(angle: 0)
    var samples: [Double] = []
    samples.reserveCapacity(10_000_000)
    while samples.count < 10_000_000 { samples += once }
    let result = try measured([Lead(name: "II", units: "mV", samples: samples)])
    #expect(result.beats.count == 2000 * KnownHeart(rate: 500, seconds: 10).onsets.count)
  }
}
