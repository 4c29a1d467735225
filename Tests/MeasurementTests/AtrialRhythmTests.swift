import Foundation
@testable import Measurement
import TestSupport
import Testing
import WFDB

@Suite struct AtrialRhythmTests {
  /// As the median of PTB-XL's records with a statement has it.
  private func rhythm(
    share: Double, pr: Double, rr: Double, unsteadiness: Double, certainty: Double, likeness: Double
  ) -> AtrialRhythm {
    AtrialRhythm(
      share: share, pr: (pr, 0.005), rr: rr, unsteadiness: unsteadiness, certainty: certainty, likeness: likeness,
      isPaced: false)
  }

  @Test func leavesPWavesOfSinusRhythms() {
    #expect(rhythm(share: 1, pr: 0.2, rr: 0.8, unsteadiness: 0.016, certainty: 0.97, likeness: 0.86).whyNoP == nil)
    #expect(rhythm(share: 1, pr: 0.176, rr: 0.5, unsteadiness: 0.017, certainty: 0.89, likeness: 0.84).whyNoP == nil)
    #expect(rhythm(share: 1, pr: 0.195, rr: 0.8, unsteadiness: 0.18, certainty: 0.97, likeness: 0.83).whyNoP == nil)
  }

  @Test func takesPWavesOfFibrillationAndFlutterAway() throws {
    let fibrillation = rhythm(
      share: 0.71, pr: 0.15, rr: 0.6, unsteadiness: 0.19, certainty: 0.5, likeness: 0.05)
    #expect(try #require(fibrillation.whyNoP).contains("fibrillation"))
    let flutter = rhythm(share: 0.92, pr: 0.12, rr: 0.4, unsteadiness: 0.02, certainty: 0.8, likeness: 0.8)
    #expect(try #require(flutter.whyNoP).contains("flutter"))
  }

  @Test func beatsThatAreAlikeHaveTheLikenessOne() {
    let lead = (0..<4000).map { Float(sin(Double($0 % 200) / 20)) }
    let peaks = stride(from: 200, to: 4000, by: 200).map { $0 }
    #expect(abs(AtrialRhythm.likeness(of: [lead], before: peaks, from: 90, to: 20) - 1) < 1e-3)
    // A wave that keeps no step with the beats has none.
    let free = (0..<4000).map { Float(sin(Double($0) / 7.3)) }
    #expect(abs(AtrialRhythm.likeness(of: [free], before: peaks, from: 90, to: 20)) < 0.2)
  }

  @Test func likenessOfTooLittleIsNone() {
    let lead = [Float](repeating: 1, count: 100)
    #expect(AtrialRhythm.likeness(of: [lead], before: [50, 90], from: 40, to: 20) == 0)  // two beats
    #expect(AtrialRhythm.likeness(of: [lead], before: [50, 70, 90], from: 20, to: 40) == 0)  // no stretch
    #expect(AtrialRhythm.likeness(of: [lead], before: [50, 70, 90, 500], from: 40, to: 20) == 0)  // a flat lead
    #expect(AtrialRhythm.likeness(of: [], before: [50, 70, 90], from: 40, to: 20) == 0)
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"), arguments: [17, 18, 20])
  func reportsNoPWaveInFlutter(record: Int) throws {
    let path = SharedData.path("mini/records500/00000/000\(record)_hr")
    let measured = try ECGMeasurement(of: Record(path: path))
    #expect(measured.pr.value == nil)
    #expect(measured.leadWaves.allSatisfy { $0.waves.allSatisfy { $0.kind != .p } })
  }
}
