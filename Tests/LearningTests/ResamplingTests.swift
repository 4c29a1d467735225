import Foundation
import TestSupport
import Testing

@testable import Learning

@Suite struct Resampling {
  static let rates: [(from: Double, to: Double)] = [
    (500, 100), (360, 100), (257, 100), (1000, 500), (100, 500), (128.5, 100), (360 * Double.pi / 3, 100),
  ]

  func sine(_ frequency: Double, rate: Double, seconds: Double = 10, start: Double = 0) -> [Float] {
    (0..<Int(seconds * rate)).map { Float(sin(2 * .pi * frequency * (start + Double($0) / rate) + 0.3)) }
  }

  /// The root mean square away from the ends, where the mirror image takes no part.
  func innerRMS(_ values: [Float], margin: Int) -> Double {
    let inner = values.dropFirst(margin).dropLast(margin)
    return (inner.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(inner.count)).squareRoot()
  }

  @Test(arguments: rates, [5, 20, 38] as [Double])
  func keepsAmplitudeAndPhase(rate: (from: Double, to: Double), frequency: Double) throws {
    let output = try resample(sine(frequency, rate: rate.from), from: rate.from, to: rate.to)
    let expected = sine(frequency, rate: rate.to, seconds: 11)
    let margin = Int(0.25 * rate.to)
    let largest = zip(output, expected).dropFirst(margin).dropLast(margin).map { abs($0 - $1) }.max()
    #expect(try #require(largest) < 1e-3)
  }

  @Test(arguments: rates) func keepsConstants(rate: (from: Double, to: Double)) throws {
    let output = try resample([Float](repeating: 1.25, count: 777), from: rate.from, to: rate.to)
    #expect(output.allSatisfy { abs($0 - 1.25) < 1e-5 })
  }

  /// What lies above the new Nyquist frequency, mains hum included, must not be folded onto the ECG.
  @Test(arguments: [
    (500, 100, 50), (500, 100, 51), (500, 100, 60), (500, 100, 75), (500, 100, 105), (500, 100, 240), (360, 100, 60),
    (257, 100, 100), (1000, 500, 260), (1000, 500, 495),
  ]) func rejectsAliasesBy60Decibels(from: Int, to: Int, frequency: Int) throws {
    let output = try resample(sine(Double(frequency), rate: Double(from)), from: Double(from), to: Double(to))
    #expect(innerRMS(output, margin: to / 4) < 1e-3 * 0.5.squareRoot())
  }

  @Test func addsNothingAboveTheOldNyquistFrequency() throws {
    let output = try resample(sine(20, rate: 100), from: 100, to: 500)
    let expected = sine(20, rate: 500)
    #expect(innerRMS(zip(output, expected).map { $0 - $1 }, margin: 125) < 1e-3 * 0.5.squareRoot())
  }

  @Test(arguments: [
    (5000, 500, 100, 1000), (4998, 500, 100, 1000), (4997, 500, 100, 999), (3600, 360, 100, 1000), (1, 500, 100, 0),
    (3, 100, 500, 15),
  ]) func keepsTheDuration(count: Int, from: Double, to: Double, expected: Int) throws {
    #expect(try resample([Float](repeating: 1, count: count), from: from, to: to).count == expected)
  }

  @Test func equalRatesChangeNothing() throws {
    #expect(try resample([1, 2, .infinity], from: 100, to: 100) == [1, 2, .infinity])
    #expect(try resample([], from: 500, to: 100) == [])
  }

  @Test func goingThereAndBackReturnsTheSignal() throws {
    let signal = zip(sine(3, rate: 100), sine(17, rate: 100)).map { $0 + $1 }
    let back = try resample(resample(signal, from: 100, to: 500), from: 500, to: 100)
    #expect(innerRMS(zip(back, signal).map { $0 - $1 }, margin: 50) < 1e-3)
  }

  @Test func startsWhereItIsTold() throws {
    let output = try Resampler(from: 500, to: 100, start: 0.0031)(sine(7, rate: 500))
    let expected = sine(7, rate: 100, start: 0.0031)
    #expect(innerRMS(zip(output, expected).map { $0 - $1 }, margin: 25) < 1e-3)
  }

  @Test func endsDoNotRing() throws {
    // A ramp is the hardest case for a mirror: its ends may bend, but never overshoot its range.
    let output = try resample((0..<5000).map { Float($0) / 5000 }, from: 500, to: 100)
    #expect(output.allSatisfy { (-0.005...1.005).contains($0) })
  }

  @Test func shortSignalsAreResampledToo() throws {
    for count in 1...30 {
      let output = try resample((0..<count).map { Float($0 % 2) }, from: 100, to: 500)
      #expect(output.count == 5 * count)
      #expect(output.allSatisfy { (-1...2).contains($0) })
    }
  }

  @Test func gapsStayGapsAndDoNotSpread() throws {
    var signal = sine(2, rate: 500)
    for i in 1000..<1500 { signal[i] = .nan }  // 2 s to 3 s: outputs 200 to 299
    signal[2001] = .nan  // shorter than the step, between outputs 400 and 401
    let output = try resample(signal, from: 500, to: 100)
    #expect(output.indices.filter { output[$0].isNaN } == Array(200..<300))
    let upsampled = try resample([0, 0, .nan, 0, 0], from: 100, to: 200)
    #expect(upsampled.indices.filter { upsampled[$0].isNaN } == [3, 4, 5])  // those whose instant borders it
    #expect(try resample([.nan, .nan, .nan, .nan, .nan], from: 500, to: 100).allSatisfy(\.isNaN))
  }

  @Test(arguments: [(0.0, 100.0), (500, 0), (-500, 100), (.nan, 100), (500, .infinity), (1, 1000)])
  func refusesImpossibleRates(from: Double, to: Double) {
    #expect(throws: ResamplingError.self) { try Resampler(from: from, to: to) }
    #expect(ResamplingError(from: 0, to: 100, start: 0).description
      == "cannot resample from 0.0 Hz to 100.0 Hz; expected rates above 0 that differ by at most 256 times")
  }

  /// PTB-XL's authors made their 100 Hz records from those of 500 Hz. Their filter is ours, but 1.22 ms later.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"), arguments: [(0.0, 20.0), (0.00122, 1.0)])
  func comesCloseToPTBXLsOwn100Hz(start: Double, microvolts: Double) throws {
    let resampler = try Resampler(from: 500, to: 100, start: start)
    var errors: [Double] = []
    let names = try recordNames()
    // Unoptimized code takes a minute for all 60.
    #if DEBUG
      let step = 10
    #else
      let step = 1
    #endif
    for name in stride(from: 0, to: names.count, by: step).map({ names[$0] }) {
      let high = try leads("records500/\(name)_hr.dat")
      let low = try leads("records100/\(name)_lr.dat")
      for (before, published) in zip(high, low) {
        let difference = zip(resampler(before), published).map { $0 - $1 }
        // The last tenth of a second is held constant in the published 500 Hz records.
        errors.append(innerRMS(difference, margin: 40))
      }
    }
    try #require(errors.count == 720 / step)
    #expect(errors.reduce(0, +) / Double(errors.count) < microvolts)
  }

  private func recordNames() throws -> [String] {
    let folder = SharedData.path("mini/records100")
    let files = try #require(FileManager.default.enumerator(atPath: folder)).compactMap { $0 as? String }
    return files.filter { $0.hasSuffix("_lr.dat") }.map { String($0.dropLast("_lr.dat".count)) }.sorted()
  }

  /// The 12 leads of a PTB-XL signal file (format 16, 12 signals, 1000 units per mV), in microvolts.
  private func leads(_ name: String) throws -> [[Float]] {
    let data = [UInt8](try Data(contentsOf: URL(filePath: SharedData.path("mini/" + name))))
    return (0..<12).map { lead in
      stride(from: 2 * lead, to: data.count - 1, by: 24).map {
        Float(Int16(bitPattern: UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8))
      }
    }
  }
}
