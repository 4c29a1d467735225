import Foundation
import Measurement
import TestSupport
import Testing
@testable import WFDB

@Suite struct MeasurementTests {
  @Test(arguments: [100.0, 250, 360, 500, 1000]) func findsIntervalsOfAKnownHeart(rate: Double) throws {
    let heart = KnownHeart(rate: rate)
    let measured = try ECGMeasurement(of: heart.record())
    #expect(measured.beats.count == heart.onsets.count)
    #expect(abs(try #require(measured.rate.value) - 75) < 0.5)
    #expect(abs(try #require(measured.rr.value) - 800) < 5)
    // The ends of a raised cosine are seen by nobody: its first and last tenth stay below 2.5 % of its height.
    #expect(abs(try #require(measured.p.value) - 100) <= 25)
    #expect(abs(try #require(measured.pr.value) - 160) <= 20)
    #expect(abs(try #require(measured.qrs.value) - 90) <= 20)
    #expect(abs(try #require(measured.qt.value) - 390) <= 25)
    #expect(measured.rhythm.isRegular && measured.rhythm.pWaves.value == 1)
    #expect(try #require(measured.rhythm.sdnn.value) < 5)
  }

  @Test(arguments: [-150.0, -75, -30, 0, 45, 90, 135]) func findsAxesToADegree(axis: Double) throws {
    let heart = KnownHeart(pAxis: 60, qrsAxis: axis, tAxis: 40)
    let measured = try ECGMeasurement(of: heart.record())
    #expect(abs(try #require(measured.axes.qrs.value) - axis) < 1)
    #expect(abs(try #require(measured.axes.t.value) - 40) < 1)
    #expect(abs(try #require(measured.axes.p.value) - 60) < 1)
  }

  @Test func findsTheSameAxisFromIAndIIWithoutAVF() throws {
    let heart = KnownHeart(qrsAxis: 70)
    let two = try ECGMeasurement(of: heart.record(leads: ["I", "II"]))
    #expect(abs(try #require(two.axes.qrs.value) - 70) < 1)
    let one = try ECGMeasurement(of: heart.record(leads: ["II"]))
    #expect(one.axes.qrs.reason == "an axis needs two limb leads; the recording has II")
    #expect(one.warnings.contains { $0.hasPrefix("of the 12 standard leads, I, III, aVR") })
  }

  @Test func findsAmplitudesAndSTLevels() throws {
    let heart = KnownHeart(qrsAxis: 0, tAxis: 0)
    let lead = try #require(try ECGMeasurement(of: heart.record()).amplitudes.first { $0.lead == "I" })
    #expect(abs(try #require(lead.r.value) - 1.2) < 0.06)
    #expect(abs(try #require(lead.q.value) + 0.12) < 0.04)
    #expect(abs(try #require(lead.s.value) + 0.24) < 0.06)
    #expect(abs(try #require(lead.t.value) - 0.35) < 0.02)
    #expect(abs(try #require(lead.j.value)) < 0.03)
    #expect(abs(try #require(lead.st60.value)) < 0.03)
    #expect(lead.rPrime.reason == "no R′ wave")
  }

  @Test func countsPrematureBeatsAndGivesThemAMorphologyOfTheirOwn() throws {
    var heart = KnownHeart(seconds: 20)
    // Beat 8 and 16 come early, and a longer interval follows.
    heart.rr = [0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.5, 1.1].map { $0 }
    heart.ventricular = [8, 18]
    let measured = try ECGMeasurement(of: heart.record())
    #expect(measured.rhythm.prematureVentricular == 2)
    #expect(measured.beats.enumerated().filter { $1.kind == .ventricular }.map(\.offset) == [8, 18])
    #expect(measured.representatives.count == 2 && measured.representatives[1].beats == 2)
    #expect(abs(try #require(measured.qrs.value) - 90) <= 20)  // of the dominant beats
    let early = KnownHeart(seconds: 20, rr: [0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.55, 0.9])
    #expect(try ECGMeasurement(of: early.record()).rhythm.prematureSupraventricular == 2)
  }

  @Test func reportsNoPWaveWhereThereIsNone() throws {
    let heart = KnownHeart(seconds: 12, rr: [0.62, 0.91, 0.55, 0.78, 1.02, 0.66, 0.84], pAmplitude: 0, noise: 0.01)
    let measured = try ECGMeasurement(of: heart.record())
    #expect(!measured.rhythm.isRegular)
    #expect(measured.p.reason == "no P wave stands before most beats, as in atrial fibrillation or flutter")
    #expect(measured.pr.reason == measured.p.reason && measured.axes.p.reason == measured.p.reason)
    #expect(measured.beats.allSatisfy { $0.p == nil })
    #expect(measured.leadWaves.allSatisfy { $0.waves.allSatisfy { $0.kind != .p } })
    #expect(measured.warnings.contains { $0.hasPrefix("RR intervals are unstable") })
  }

  @Test func seesPacingSpikesOrSaysThatItCannot() throws {
    var leads = try KnownHeart().record().leads
    let spikes = KnownHeart().onsets.map { Int($0 * 500) - 8 }
    for lead in leads.indices { for spike in spikes { leads[lead].samples[spike] += lead % 2 == 0 ? 0.8 : -0.5 } }
    let paced = try ECGMeasurement(of: recording(leads, rate: 500))
    #expect(paced.rhythm.pacingSpikes == spikes)
    #expect(paced.beats.allSatisfy { $0.kind == .paced })
    let slow = try ECGMeasurement(of: KnownHeart(rate: 100).record())
    #expect(slow.rhythm.pacingSpikes.isEmpty)
    #expect(slow.warnings.contains("pacing spikes cannot be seen at 100 Hz: 400 Hz are needed"))
  }

  @Test func correctsQTForRateByFourFormulas() throws {
    let measured = try ECGMeasurement(of: KnownHeart().record())
    let (qt, rr) = (try #require(measured.qt.value), try #require(measured.rr.value) / 1000)
    #expect(abs(try #require(measured.qtc.bazett.value) - qt / rr.squareRoot()) < 1e-9)
    #expect(abs(try #require(measured.qtc.fridericia.value) - qt / pow(rr, 1 / 3)) < 1e-9)
    #expect(abs(try #require(measured.qtc.framingham.value) - (qt + 154 * (1 - rr))) < 1e-9)
    #expect(abs(try #require(measured.qtc.hodges.value) - (qt + 1.75 * (60 / rr - 60))) < 1e-9)
  }

  @Test(arguments: 0..<6 as Range<UInt64>) func measuresTheSameInNoise(seed: UInt64) throws {
    let clean = try ECGMeasurement(of: KnownHeart().record())
    var heart = KnownHeart(noise: 0.02)
    heart.rr = [0.8]
    let leads = KnownHeart.limbs.enumerated().map { index, limb in
      Lead(
        name: limb.name, units: "mV",
        samples: heart.lead(angle: limb.angle, gain: limb.gain, seed: 10 * seed + UInt64(index)))
    }
    let noisy = try ECGMeasurement(of: recording(leads, rate: 500))
    #expect(noisy.beats.count == clean.beats.count)
    #expect(abs(try #require(noisy.qrs.value) - (try #require(clean.qrs.value))) <= 16)
    #expect(abs(try #require(noisy.qt.value) - (try #require(clean.qt.value))) <= 24)
  }

  @Test func oneLooseLeadChangesNoInterval() throws {
    let heart = KnownHeart()
    let clean = try ECGMeasurement(of: heart.record())
    var leads = try heart.record().leads
    var generator = SeededGenerator(seed: 7)
    for i in leads[2].samples.indices { leads[2].samples[i] = Double.random(in: -2...2, using: &generator) }
    let loose = try ECGMeasurement(of: recording(leads, rate: 500))
    #expect(loose.beats.count == clean.beats.count)
    #expect(abs(try #require(loose.qrs.value) - (try #require(clean.qrs.value))) <= 16)
    #expect(abs(try #require(loose.qt.value) - (try #require(clean.qt.value))) <= 30)
  }
}
