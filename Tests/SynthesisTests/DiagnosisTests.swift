import Foundation
import Synthesis
import Testing
import WFDB

/// Each diagnosis fulfils its criterion (``Diagnosis/criterion``) on the trace itself, in several hearts.
@Suite struct DiagnosisTests {
  static let seeds = 1...6 as ClosedRange<UInt64>

  private func traces(_ diagnosis: Diagnosis..., severity: Double = 0.6) -> [Trace] {
    Self.seeds.map { Trace(SyntheticECG(diagnosis, severity: severity, seed: $0)) }
  }

  @Test(arguments: Diagnosis.allCases) func statesCriterionAndSource(diagnosis: Diagnosis) {
    #expect(!diagnosis.criterion.text.isEmpty && !diagnosis.criterion.source.isEmpty)
  }

  @Test(arguments: [
    (Diagnosis.norm, 74.0...112), (.clbbb, 120...175), (.crbbb, 118...165), (.irbbb, 94...121), (.lafb, 84...121),
    (.lpfb, 84...121), (.ivcd, 110...145), (.wpw, 110...160),
  ])
  func hasQRSAsWideAsItsCriterion(diagnosis: Diagnosis, width: ClosedRange<Double>) {
    for trace in traces(diagnosis) { #expect(width.contains(trace.qrsWidth), "\(diagnosis): \(trace.qrsWidth) ms") }
  }

  @Test(arguments: DiagnosisTests.seeds) func looksNormal(seed: UInt64) throws {
    let trace = Trace(SyntheticECG(.norm, seed: seed))
    #expect((110...205).contains(trace.pr()))
    #expect((-30...95).contains(trace.axis), "axis \(trace.axis)")
    #expect(trace.averagedP > 0.06)
    #expect(trace.qrs("AVR").reduce(0, +) < 0)
    #expect(trace.t("AVR") < 0)
    for lead in ["I", "II", "V3", "V4", "V5", "V6"] { #expect(trace.t(lead) > 0.05, "T in \(lead)") }
    let r = ["V1", "V2", "V3", "V4"].map { trace.qrs($0).max() ?? 0 }
    #expect(r == r.sorted(), "R grows from V1 to V4: \(r)")
    #expect(r[0] > 0.1 && r[0] < 0.6)
    #expect(-(try #require(trace.qrs("V1").min())) > r[0], "S larger than R in V1")
    #expect(try #require(trace.qrs("V6").max()) > -(try #require(trace.qrs("V6").min())))
    #expect(trace.sokolowLyon < 3.8)
    for lead in ["V1", "V2", "V3", "V4", "V5", "V6", "I", "II"] {
      #expect(try #require(trace.qrs(lead).map { abs($0) }.max()) < 3, "amplitude in \(lead)")
      #expect(abs(trace.st(lead)) < 0.1, "ST level in \(lead)")
    }
    #expect(variation(trace.rr) < 0.09)
  }

  // MARK: - Conduction

  @Test func showsLeftBundleBranchBlock() {
    for trace in traces(.clbbb) {
      // The discordant ST follows QRS without a pause: what is smaller than 0.2 mV may be its beginning.
      for lead in ["I", "V6"] {
        #expect(
          trace.deflections(lead, least: 0.2).allSatisfy { $0 > 0 }, "no q, no S in \(lead): \(trace.deflections(lead))"
        )
        #expect(trace.t(lead) < 0.05, "T discordant in \(lead)")
      }
      let v1 = trace.deflections("V1", least: 0.3)
      #expect(v1.count == 1 && v1[0] < -0.8, "rS or QS in V1: \(v1)")
      #expect(trace.t("V1") > 0.15)
    }
  }

  @Test func showsRightBundleBranchBlock() throws {
    for trace in traces(.crbbb) {
      let v1 = trace.deflections("V1")
      #expect(v1.count == 3 && v1[0] > 0 && v1[1] < 0 && v1[2] > v1[0], "rsR' in V1: \(v1)")
      for lead in ["I", "V6"] {
        let s = trace.qrs(lead).suffix(trace.qrs(lead).count / 2)
        #expect(s.count(where: { $0 < -0.05 }) * 2 >= 36, "wide S in \(lead)")
      }
      #expect(trace.t("V1") < -0.05)
    }
  }

  @Test func showsIncompleteRightBundleBranchBlock() {
    for trace in traces(.irbbb) {
      let v1 = trace.deflections("V1", least: 0.05)
      #expect(v1.count == 3 && v1[0] > 0 && v1[1] < 0 && v1[2] > 0.1, "rsr' in V1: \(v1)")
    }
  }

  @Test func showsLeftAnteriorFascicularBlock() {
    for trace in traces(.lafb) {
      #expect((-90 ... -45).contains(trace.axis), "axis \(trace.axis)")
      #expect(trace.deflections("AVL").first.map { $0 < 0 } == true, "qR in aVL")
      let iii = trace.deflections("III")
      #expect(iii.count >= 2 && iii[0] > 0 && iii[1] < -iii[0], "rS in III: \(iii)")
    }
  }

  @Test func showsLeftPosteriorFascicularBlock() {
    for trace in traces(.lpfb) {
      #expect((90...180).contains(trace.axis), "axis \(trace.axis)")
      #expect(
        trace.deflections("I").first.map { $0 > 0 } == true && trace.deflections("AVL").first.map { $0 > 0 } == true)
      #expect(trace.deflections("III").first.map { $0 < 0 } == true, "qR in III")
    }
  }

  @Test func showsBifascicularBlockInOneTrace() {
    for trace in traces(.crbbb, .lafb) {
      #expect(trace.qrsWidth >= 118)
      #expect(trace.deflections("V1").last.map { $0 > 0.15 } == true, "R' in V1: \(trace.deflections("V1"))")
      let (i, avf) = (trace.qrs("I").prefix(45).reduce(0, +), trace.qrs("AVF").prefix(45).reduce(0, +))
      #expect(i > 0 && avf < 0, "the left ventricle's axis is left and up")
    }
  }

  @Test(arguments: [(Diagnosis.avb1, 200.0...360), (.wpw, 60...120), (.norm, 110...205)])
  func hasPRIntervalOfItsCriterion(diagnosis: Diagnosis, range: ClosedRange<Double>) {
    for trace in traces(diagnosis) { #expect(range.contains(trace.pr()), "\(diagnosis): PR \(trace.pr()) ms") }
  }

  @Test func dropsBeatsInSecondDegreeBlock() {
    for trace in traces(.avb2) {
      // Either every second P is blocked, and the rate is half the atria's, or there are pauses.
      #expect(variation(trace.rr) > 0.12 || median(trace.rr) > 1100, "\(trace.rr)")
    }
  }

  @Test(arguments: DiagnosisTests.seeds) func dissociatesInThirdDegreeBlock(seed: UInt64) {
    let ecg = SyntheticECG(.avb3, severity: 0.6, seed: seed)
    #expect(ecg.beats.allSatisfy { $0.pOnset == nil })
    #expect(ecg.beats.count <= 8)
    #expect(variation(Trace(ecg).rr) < 0.03, "escape rhythm is regular")
    #expect(Trace(ecg).lead("II").max() ?? 0 > 0.1)
  }

  // MARK: - Infarction

  @Test(arguments: [
    (Diagnosis.imi, ["II", "III", "AVF"], ["V2", "V3"]), (.ilmi, ["II", "III", "AVF", "V6"], ["V2"]),
    (.lmi, ["I", "AVL", "V6"], ["V1", "V2", "III"]), (.almi, ["I", "AVL", "V4", "V5", "V6"], ["III"]),
    (.asmi, ["V1", "V2", "V3"], ["II", "AVF"]), (.ami, ["V2", "V3", "V4"], ["III"]),
  ])
  func hasQWavesAtItsSite(diagnosis: Diagnosis, with: [String], without: [String]) throws {
    for trace in traces(diagnosis) {
      for lead in with {
        let q = try #require(trace.q(lead), "\(diagnosis): Q in \(lead)")
        #expect(q.depth >= 0.1 && q.duration >= 20, "\(diagnosis) \(lead): \(q)")
      }
      let widest = with.compactMap { trace.q($0)?.duration }.max() ?? 0
      #expect(widest >= 30, "\(diagnosis): \(widest) ms")
      for lead in without {
        #expect(
          (trace.q(lead)?.duration ?? 0) < 30 || (trace.q(lead)?.depth ?? 0) < 0.1, "\(diagnosis): no Q in \(lead)")
      }
    }
  }

  @Test func losesAnteriorRButKeepsLateralInAnteroseptalInfarction() {
    for trace in traces(.asmi) {
      for lead in ["V1", "V2"] { #expect(trace.qrs(lead).max() ?? 0 < 0.15) }
      for lead in ["V5", "V6"] { #expect(trace.qrs(lead).max() ?? 0 > 0.5) }
    }
  }

  // MARK: - Chambers

  @Test func exceedsSokolowLyonInLeftVentricularHypertrophy() {
    for trace in traces(.lvh) { #expect((3.5...6.5).contains(trace.sokolowLyon), "\(trace.sokolowLyon) mV") }
    for trace in traces(.lvh, severity: 1) { #expect(trace.t("V6") < 0.05, "strain") }
  }

  @Test func showsRightVentricularHypertrophy() {
    for trace in traces(.rvh) {
      let v1 = trace.qrs("V1")
      #expect(v1.max() ?? 0 >= 0.6 && v1.max() ?? 0 > -(v1.min() ?? 0), "R in V1")
      #expect(trace.axis > 90 || trace.axis < -150, "axis \(trace.axis)")
      #expect(trace.qrs("V6").min() ?? 0 < -0.3, "S in V6")
    }
  }

  @Test func showsAtrialEnlargement() {
    for seed in Self.seeds {
      let ecg = SyntheticECG(.lae, seed: seed)
      let beat = ecg.beats[2]
      #expect((beat.pEnd ?? 0) - (beat.pOnset ?? 0) >= 118)
      let trace = Trace(ecg)
      let onset = trace.complexes[1].lowerBound
      let p = trace.lead("V1")[onset - 60..<onset - 4]
      #expect((p.min() ?? 0) - trace.lead("V1")[onset - 2] < -0.08, "negative end of P in V1")
      let right = Trace(SyntheticECG(.rae, seed: seed))
      #expect(right.averagedP >= 0.2)
    }
  }

  @Test func hasLowVoltageInAllLeads() {
    for trace in traces(.lvolt) {
      for lead in ["I", "II", "III", "AVL", "AVF"] {
        #expect((trace.qrs(lead).max() ?? 0) - (trace.qrs(lead).min() ?? 0) < 0.7)
      }
    }
  }

  // MARK: - Repolarization

  @Test func depressesSTInIschaemia() {
    for trace in traces(.isc) { for lead in ["V4", "V5"] { #expect(trace.st(lead, milliseconds: 60) <= -0.05) } }
  }

  @Test(arguments: [
    (Diagnosis.iscal, ["I", "AVL", "V4", "V5", "V6"]), (.iscin, ["II", "III", "AVF"]), (.iscas, ["V1", "V2", "V3"]),
  ])
  func invertsTAtTheSite(diagnosis: Diagnosis, leads: [String]) {
    for trace in traces(diagnosis) {
      for lead in leads { #expect(trace.t(lead, after: 100) < -0.04, "\(diagnosis) \(lead)") }
    }
  }

  @Test func flattensT() {
    for trace in traces(.ndt) { #expect(abs(trace.t("V5")) < 0.1 * (trace.qrs("V5").max() ?? 0) + 0.03) }
  }

  @Test func prolongsQT() {
    for seed in Self.seeds {
      let ecg = SyntheticECG(.lngqt, seed: seed)
      let (a, b) = (ecg.beats[2], ecg.beats[3])
      let qtc = (b.tEnd - b.qrsOnset) / cbrt((b.qrsOnset - a.qrsOnset) / 1000)
      #expect(qtc > 445, "QTc \(qtc)")
      #expect(Trace(ecg).t("V4", after: 240) > 0.1, "T is still there")
    }
  }

  // MARK: - Rhythm

  @Test func isIrregularAndWithoutPInFibrillation() {
    for trace in traces(.afib) { #expect(variation(trace.rr) > 0.1, "\(trace.rr)") }
    // Ten beats don't average fibrillation away in every record, but in most.
    #expect(median(traces(.afib).map(\.averagedP)) < 0.6 * median(traces(.norm).map(\.averagedP)))
    #expect(SyntheticECG(.afib, seed: 1).beats.allSatisfy { $0.pOnset == nil && $0.origin == .conducted })
  }

  @Test func conductsFlutterInWholeRatios() {
    for trace in traces(.aflt) {
      let cycles = stride(from: 182.0, through: 236, by: 0.5)
      func misfit(_ cycle: Double) -> Double { trace.rr.map { abs($0 / cycle - ($0 / cycle).rounded()) }.max() ?? 1 }
      #expect((cycles.map(misfit).min() ?? 1) < 0.13, "\(trace.rr)")
      // The sawtooth never rests: lead II is hardly ever level for 60 ms.
      let ii = trace.lead("II")
      let rests = stride(from: 0, to: 4960, by: 40).count { start in
        (ii[start..<start + 30].max() ?? 0) - (ii[start..<start + 30].min() ?? 0) < 0.02
      }
      #expect(rests < 12, "\(rests)")
    }
  }

  @Test(arguments: [(Diagnosis.stach, 60_000.0 / 150...60_000.0 / 99), (.sbrad, 1000...1600), (.svtac, 270...400)])
  func hasRateOfItsCriterion(diagnosis: Diagnosis, rr: ClosedRange<Double>) {
    for trace in traces(diagnosis) { #expect(rr.contains(median(trace.rr)), "\(diagnosis): \(median(trace.rr))") }
  }

  @Test func breathesInSinusArrhythmia() {
    for trace in traces(.sarrh) { #expect((trace.rr.max() ?? 0) - (trace.rr.min() ?? 0) > 140) }
  }

  @Test func hasPrematureWideBeatsWithCompensatoryPause() throws {
    for seed in Self.seeds {
      let beats = SyntheticECG(.pvc, seed: seed).beats
      let i = try #require(beats.indices.dropFirst().dropLast().first { beats[$0].origin == .ventricular })
      #expect(beats[i].qrsEnd - beats[i].qrsOnset >= 120 && beats[i].pOnset == nil)
      let (before, after) = (beats[i].qrsOnset - beats[i - 1].qrsOnset, beats[i + 1].qrsOnset - beats[i].qrsOnset)
      #expect(before < 0.8 * after)
    }
  }

  @Test func hasPrematureNarrowBeatsInAtrialEctopy() {
    for trace in traces(.pac) {
      #expect((trace.rr.min() ?? 0) < 0.82 * median(trace.rr), "\(trace.rr)")
      #expect(trace.qrsWidth < 115)
    }
  }

  @Test func hasSpikesBeforePacedBeats() {
    for seed in Self.seeds {
      let ecg = SyntheticECG(.pace, seed: seed)
      let ii = ecg.leads[1].samples
      for beat in ecg.beats where beat.qrsOnset > 50 {
        #expect(beat.qrsEnd - beat.qrsOnset > 140 && beat.origin == .paced)
        let spike = Int(beat.qrsOnset / 2) - 2
        let jump = (spike - 3...spike + 3).map { abs(ii[$0] - ii[$0 - 1]) }.max() ?? 0
        #expect(jump > 0.15)
      }
    }
  }
}
