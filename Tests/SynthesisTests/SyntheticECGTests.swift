import PTBXL
import Testing
import WFDB

@testable import Synthesis

@Suite struct SyntheticECGTests {
  @Test func givesTheSameSamplesForTheSameSeed() {
    let (a, b) = (
      SyntheticECG(.imi, .afib, disturbance: .quiet, seed: 7), SyntheticECG(.imi, .afib, disturbance: .quiet, seed: 7)
    )
    #expect(a.leads == b.leads && a.beats == b.beats)
  }

  @Test func givesOtherSamplesForOtherSeeds() {
    #expect(SyntheticECG(.norm, seed: 7).leads != SyntheticECG(.norm, seed: 8).leads)
  }

  @Test func isIndifferentToTheOrderOfDiagnoses() {
    #expect(SyntheticECG(.crbbb, .lafb, seed: 3).leads == SyntheticECG(.lafb, .crbbb, seed: 3).leads)
  }

  @Test func hasTwelveNamedLeadsOfTenSeconds() {
    let ecg = SyntheticECG(.norm, seed: 1)
    #expect(ecg.leads.map(\.name) == ECGRecord.leadNames)
    #expect(ecg.leads.allSatisfy { $0.samples.count == 5000 && $0.units == "mV" })
    #expect(SyntheticECG(.norm, seconds: 3, seed: 1).leads.allSatisfy { $0.samples.count == 1500 })
  }

  @Test(arguments: Rate.allCases) func obeysEinthovenAndGoldberger(rate: Rate) {
    let leads = SyntheticECG(
      .lvh, disturbance: Disturbance(wander: 0.2, muscle: 0.05, mains: 0.02, motion: 0.4), seed: 4
    )
    .stored(at: rate).map { $0.samples.map { Int(($0 * 1e6).rounded()) } }  // nanovolts
    for i in leads[0].indices {
      let (I, II) = (leads[0][i], leads[1][i])
      #expect(leads[2][i] == II - I)
      #expect(
        abs(leads[3][i] * 2 + I + II) <= 1 && abs(leads[4][i] * 2 - 2 * I + II) <= 1
          && abs(leads[5][i] * 2 - 2 * II + I) <= 1)
    }
    #expect(leads[0].count == rate.sampleCount)
  }

  /// No trace has a jump: 0.3 mV in 2 ms is more than the steepest hypertrophic QRS.
  @Test(arguments: Diagnosis.allCases.filter { $0 != .pace }) func hasNoJumps(diagnosis: Diagnosis) {
    for seed in 1...3 as ClosedRange<UInt64> {
      for lead in SyntheticECG(diagnosis, severity: 1, seed: seed).leads {
        let steps = zip(lead.samples, lead.samples.dropFirst()).map { abs($1 - $0) }
        #expect((steps.max() ?? 0) < 0.55, "\(lead.name)")
        let bends = zip(steps, steps.dropFirst()).map { abs($1 - $0) }
        #expect((bends.max() ?? 0) < 0.25, "\(lead.name)")
      }
    }
  }

  /// Every pair that a data set may combine, at both ends of severity.
  @Test(arguments: Diagnosis.allCases) func staysWithinPlausibleVoltage(diagnosis: Diagnosis) {
    for other in Diagnosis.allCases where diagnosis.isCompatible(with: other) {
      for severity in [-0.5, 1.0] {
        let ecg = SyntheticECG(diagnosis, other, severity: severity, seconds: 3, seed: 5)
        // False for NaN too.
        #expect(ecg.leads.allSatisfy { $0.samples.allSatisfy { abs($0) < 8 } }, "\(diagnosis) \(other)")
        #expect(!ecg.beats.isEmpty)
      }
    }
  }

  /// The truth that comes with a trace agrees with the trace.
  @Test(arguments: 1...8 as ClosedRange<UInt64>) func annotatesBeatsWhereTheyAre(seed: UInt64) {
    let ecg = SyntheticECG(.norm, seed: seed)
    let trace = Trace(ecg)
    for complex in trace.complexes {
      let onset = Double(complex.lowerBound * 2)
      #expect(
        ecg.beats.contains { abs($0.qrsOnset - onset) <= 12 && abs($0.qrsEnd - Double(complex.upperBound * 2)) <= 16 })
    }
    #expect(abs(trace.pr() - (ecg.beats[1].qrsOnset - (ecg.beats[1].pOnset ?? 0))) < 24)
  }

  @Test func shortensQTWithRR() throws {
    func qt(_ diagnosis: Diagnosis) -> Double {
      let beat = SyntheticECG(diagnosis, seed: 2).beats[3]
      return beat.tEnd - beat.qrsOnset
    }
    #expect(qt(.stach) < qt(.norm) - 30 && qt(.norm) < qt(.sbrad) - 20)
  }

  @Test func disturbsAsMuchAsItSays() {
    let quiet = SyntheticECG(.norm, seed: 5).leads[6].samples
    let noisy = SyntheticECG(.norm, disturbance: Disturbance(muscle: 0.03), seed: 5).leads[6].samples
    let difference = zip(quiet, noisy).map { $1 - $0 }
    let power = (difference.reduce(0) { $0 + $1 * $1 } / 5000).squareRoot()
    #expect((0.01...0.06).contains(power), "\(power) mV")
  }
}
