import Foundation
import TestSupport
import Testing
import WFDB

@testable import Measurement

/// A plain sinus rhythm of 75 a minute: P, QRS and T as bells, weighted by lead.
private func plainRhythm(rate: Double, seconds: Double = 10) -> [[Float]] {
  func lead(_ p: Double, _ q: Double, _ r: Double, _ s: Double, _ t: Double) -> [Float] {
    (0..<Int(seconds * rate)).map { i in
      let time = (Double(i) / rate).truncatingRemainder(dividingBy: 0.8) - 0.3
      func bell(_ height: Double, _ at: Double, _ width: Double) -> Double {
        height * exp(-pow((time - at) / width, 2))
      }
      return Float(
        bell(p, -0.15, 0.03) + bell(q, -0.025, 0.012) + bell(r, 0, 0.014) + bell(s, 0.028, 0.014) + bell(t, 0.25, 0.06))
    }
  }
  return twelve(
    lead(0.08, -0.07, 0.7, -0.12, 0.2), lead(0.13, -0.08, 1.0, -0.15, 0.28),
    [
      lead(0.04, 0, 0.25, -0.9, -0.05), lead(0.06, 0, 0.45, -1.5, 0.5), lead(0.07, 0, 0.8, -1.1, 0.55),
      lead(0.07, -0.05, 1.4, -0.6, 0.5), lead(0.07, -0.1, 1.4, -0.3, 0.4), lead(0.07, -0.1, 1.1, -0.12, 0.3),
    ])
}

private func examined(_ leads: [[Float]], rate: Double, beats: [Int]? = nil) -> SignalQuality {
  SignalQuality(leads: QualityCorruption.names, samples: leads, samplingRate: rate, beats: beats)
}

private let rates = [100.0, 250, 257, 500, 1000]

@Suite struct QualityTests {
  @Test(arguments: rates + [5000]) func findsNothingInAPlainRhythm(rate: Double) {
    let quality = examined(plainRhythm(rate: rate), rate: rate)
    #expect(quality.findings.filter { $0.severity > .note } == [])
    #expect(quality.verdict == .readable)
    #expect(quality.leads.count == 12)
    #expect(quality.leads.allSatisfy { $0.noise < 5 && $0.wander < 0.4 && $0.readableSeconds > 9.9 })
  }

  @Test(arguments: rates) func measuresNoiseInMicrovolts(rate: Double) throws {
    var leads = plainRhythm(rate: rate)
    var random = SeededGenerator(seed: 3)
    for i in leads[7].indices { leads[7][i] += Float(0.1 * gaussian(&random)) }
    let quality = examined(leads, rate: rate)
    // Of white noise the part below 20 Hz does not count: at 100 samples a second a third of its variance.
    let expected = 100 * (rate < 200 ? 0.82 : 1) as Double
    #expect(abs(quality.leads[7].noise - expected) < 0.2 * expected)
    let finding = try #require(quality.findings.first { $0.kind == .noise })
    #expect(finding.lead == "V2" && finding.unit == "µV" && finding.from == nil)
    #expect(!quality.verdict.isReadable && !quality.verdict.abstains)
  }

  @Test func saysWhereABurstOfNoiseLies() throws {
    var leads = plainRhythm(rate: 500)
    var random = SeededGenerator(seed: 3)
    for i in 2000..<3500 { leads[1][i] += Float(0.1 * gaussian(&random)) }
    let finding = try #require(examined(leads, rate: 500).findings.first { $0.kind == .noise })
    #expect(finding.lead == "II" && finding.from == 4 && finding.to == 7)
  }

  @Test(arguments: rates) func measuresWanderInMillivolts(rate: Double) {
    var leads = plainRhythm(rate: rate)
    for i in leads[3].indices { leads[3][i] += Float(2 * sin(2 * Double.pi * 0.2 * Double(i) / rate)) }
    let quality = examined(leads, rate: rate)
    #expect(abs(quality.leads[3].wander - 4) < 0.4)
    #expect(quality.findings.contains { $0.kind == .wander && $0.lead == "aVR" && $0.severity == .warning })
  }

  @Test(arguments: [50.0, 60]) func measuresMainsWhereTheRateLetsThemBeSeen(frequency: Double) throws {
    var leads = plainRhythm(rate: 500)
    for i in leads[6].indices { leads[6][i] += Float(0.15 * sin(2 * Double.pi * frequency * Double(i) / 500)) }
    let quality = examined(leads, rate: 500)
    let (own, other) = (quality.leads[6].mains50, quality.leads[6].mains60)
    let seen = try #require((frequency == 50 ? own : other).value)
    let unseen = try #require((frequency == 50 ? other : own).value)
    #expect(abs(seen - 150) < 15)
    #expect(unseen < 20)
    #expect(quality.findings.contains { $0.kind == .mains && $0.lead == "V1" })
    let slow = examined(plainRhythm(rate: 100), rate: 100).leads[6]
    #expect(slow.mains50.reason == "50 Hz cannot be seen at 100 samples a second")
    #expect(slow.mains60.value == nil)
  }

  @Test(arguments: rates) func findsAFlatLeadAndWhere(rate: Double) throws {
    var leads = plainRhythm(rate: rate)
    for i in Int(3 * rate)..<Int(7 * rate) { leads[9][i] = 0.1 }
    let quality = examined(leads, rate: rate)
    let finding = try #require(quality.findings.first { $0.kind == .flat })
    #expect(finding.lead == "V4")
    let (from, to) = (try #require(finding.from), try #require(finding.to))
    #expect(abs(from - 3) < 0.3 && abs(to - 7) < 0.3)
    #expect(quality.leads[9].readableSeconds < 7)
  }

  @Test(arguments: rates) func findsWavesThatAreCutOff(rate: Double) {
    var leads = plainRhythm(rate: rate)
    leads[10] = leads[10].map { min($0, 0.6) }
    let quality = examined(leads, rate: rate)
    #expect(quality.findings.contains { $0.kind == .clipped && $0.lead == "V5" })
    #expect(quality.findings.filter { $0.kind == .clipped }.count == 1)
  }

  @Test func abstainsWhenMostLeadsCannotBeRead() {
    var leads = plainRhythm(rate: 500)
    for l in 0..<7 { leads[l] = [Float](repeating: 0, count: 5000) }
    let quality = examined(leads, rate: 500)
    #expect(quality.verdict == .unreadable(reasons: ["Only 5 of 12 leads can be read for long enough."]))
    #expect(quality.findings.first?.severity == .unreadable)
  }

  @Test func countsMissingSamples() throws {
    var leads = plainRhythm(rate: 250)
    for i in 500..<1000 { leads[2][i] = i % 2 == 0 ? .nan : .infinity }
    let finding = try #require(examined(leads, rate: 250).findings.first { $0.kind == .missing })
    #expect(finding.lead == "III" && finding.amount == 20 && finding.from == 2 && finding.to == 4)
  }

  @Test func findsLimbLeadsThatBreakEinthovensLaw() {
    var leads = plainRhythm(rate: 500)
    leads[2] = leads[8]  // V3 as III
    let kinds = examined(leads, rate: 500).findings.filter { $0.severity > .note }.map(\.kind)
    #expect(kinds.contains(.limbLeadsInconsistent) && kinds.contains(.identicalLeads))
  }

  @Test(arguments: ElectrodeArrangement.allCases) func undoesEveryArrangement(arrangement: ElectrodeArrangement) {
    let values = (0..<32).map { Float($0 * $0 % 17) }
    let back = arrangement.inverse.applied(to: arrangement.applied(to: values))
    #expect(zip(back, values).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [
    (ElectrodeArrangement.armsExchanged, 100.0), (.armsExchanged, 500), (.chestReversed, 500), (.v1v3, 250),
  ])
  func namesExchangedElectrodes(arrangement: ElectrodeArrangement, rate: Double) throws {
    let leads = plainRhythm(rate: rate)
    let count = leads[0].count
    let seen = arrangement.applied(to: Array(([0, 1] + Array(6..<12)).map { leads[$0] }.joined()))
    let eight = (0..<8).map { Array(seen[$0 * count..<($0 + 1) * count]) }
    let quality = examined(twelve(eight[0], eight[1], Array(eight[2...])), rate: rate)
    let kind: QualityFinding.Kind = arrangement == .armsExchanged ? .limbLeadsSwapped : .precordialLeadsSwapped
    let finding = try #require(quality.findings.first { $0.kind == kind })
    #expect(finding.sentence.contains(arrangement.words))
    #expect(!quality.verdict.isReadable)
  }

  @Test func leavesDextrocardiaOpen() throws {
    let leads = plainRhythm(rate: 500)
    // A mirrored heart: limb leads as with the arms' electrodes exchanged, and chest leads that move away from it.
    let chest = [1, 0.85, 0.6, 0.4, 0.3, 0.22].map { (share: Float) in leads[6].map { share * $0 } }
    let first = leads[0].map { -$0 }
    let quality = examined(twelve(first, zip(leads[1], leads[0]).map { $0 - $1 }, chest), rate: 500)
    let finding = try #require(quality.findings.first { $0.sentence.contains("dextrocardia") })
    #expect(finding.severity == .warning)
    #expect(finding.sentence.contains("The trace alone cannot tell"))
    let exchanged = examined(twelve(first, zip(leads[1], leads[0]).map { $0 - $1 }, Array(leads[6...])), rate: 500)
    #expect(!exchanged.findings.contains { $0.sentence.contains("dextrocardia") })
  }

  @Test func saysWhyArrangementsWereNotExamined() {
    let leads = plainRhythm(rate: 500)
    let quality = SignalQuality(leads: ["I", "II"], samples: Array(leads[..<2]), samplingRate: 500)
    let note = quality.findings.first { $0.kind == .notExamined }
    #expect(note?.severity == .note)
    #expect(note?.sentence.contains("V1, V2, V3, V4, V5, V6 not there") == true)
    #expect(quality.verdict == .readable)
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data")) func readsMicrovoltsAndNamesOtherUnits() throws {
    let leads = plainRhythm(rate: 250)
    var record = try Record(path: SharedData.path("mini/records100/00000/00001_lr"))
    record.samplingFrequency = 250
    record.leads = zip(QualityCorruption.names, leads).map { name, samples in
      Lead(name: name, units: "uV", samples: samples.map { Double($0) * 1000 })
    }
    #expect(SignalQuality(of: record).verdict == .readable)
    record.leads[4].units = "mmHg"
    let quality = SignalQuality(of: record)
    #expect(quality.findings.contains { $0.kind == .unknownUnit && $0.lead == "aVL" })
    #expect(!quality.verdict.isReadable)
  }

  @Test func bearsAnyInput() {
    let hostile: [[[Float]]] = [
      [], [[]], [[], []], [[1]], [[.nan]], [[.infinity, -.infinity, 1e38]], [[Float](repeating: .nan, count: 5000)],
      [[Float](repeating: 3e38, count: 5000)], [[0, 1, 2], [1]],
      [[Float]](repeating: [Float](repeating: 0, count: 5000), count: 12),
      (0..<12).map { l in (0..<5000).map { $0 % (l + 2) == 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude } },
      (0..<12).map { l in (0..<5000).map { Float(($0 * 7919 * (l + 1)) % 1000) / 10 } },
    ]
    for leads in hostile {
      for rate in [0, -1, .nan, 1e-300, 20, 79, 360.5, 1e6, 1e300] as [Double] {
        for beats in [nil, [-1, 0, 3, Int.max, Int.min], Array(stride(from: 5, to: 6000, by: 7))] as [[Int]?] {
          let quality = SignalQuality(leads: QualityCorruption.names, samples: leads, samplingRate: rate, beats: beats)
          #expect(!quality.verdict.isReadable)
          #expect(!quality.findings.isEmpty && quality.findings.allSatisfy { !$0.sentence.isEmpty })
          let likeness = TrainingLikeness(
            leads: QualityCorruption.names, samples: leads, samplingRate: rate, beats: beats)
          #expect(likeness.isUnlike && !likeness.reasons.isEmpty)
          #expect(throws: Never.self) { try JSONEncoder().encode(likeness) }
        }
      }
    }
  }

  @Test func statesItsRule() {
    let text = QualityRule.standard.text
    for words in ["odds of more than 20 to 1", "noisier than 40 µV", "wandering by more than 3 mV"] {
      #expect(text.contains(words))
    }
    #expect(!text.contains("\n"))
  }

  @Test func givesOneReasonForAKindOfDisturbance() {
    var leads = plainRhythm(rate: 500)
    for l in [4, 7, 8] {
      for i in 1000..<2500 { leads[l][i] = leads[l][1000] }
    }
    for i in 2500..<3000 { leads[7][i] = leads[7][1000] }
    guard case .limited(let reasons) = examined(leads, rate: 500).verdict else {
      Issue.record("not limited")
      return
    }
    let flat = reasons.filter { $0.contains("flat") }
    #expect(flat == ["Lead V2 is flat for 4 s: is its electrode off? The same, if less, in aVL, V3."])
  }

  @Test func writesVerdictsAndFindingsAsJSON() throws {
    let verdict = RecordingVerdict.limited(reasons: ["Lead V1 is flat."])
    #expect(try JSONDecoder().decode(RecordingVerdict.self, from: JSONEncoder().encode(verdict)) == verdict)
    let finding = QualityFinding(.flat, .warning, lead: "V1", amount: 3, unit: "s", from: 1, to: 4, "Lead V1 is flat.")
    #expect(try JSONDecoder().decode(QualityFinding.self, from: JSONEncoder().encode(finding)) == finding)
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data")) func takesUnder10MillisecondsFor10Seconds() throws {
    let record = try Record(path: SharedData.path("mini/records500/00000/00001_hr"))
    let leads = record.leads.map { $0.samples.map { Float($0) } }
    let beats = QRSDetector(samplingRate: 500).beats(in: leads)
    /// The thread's own time, so that other tests beside this one do not count; the best of 20.
    func milliseconds(_ work: () -> Void) -> Double {
      func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return 1000 * Double(time.tv_sec) + 1e-6 * Double(time.tv_nsec)
      }
      return (0..<20).map { _ in
        let start = now()
        work()
        return now() - start
      }.min() ?? .infinity
    }
    let own = milliseconds { _ = examined(leads, rate: 500, beats: beats) }
    let whole = milliseconds { _ = examined(leads, rate: 500) }
    let like = milliseconds { _ = likeness(leads, rate: 500) }
    print("10 s, 12 leads, 500 Hz: quality \(own) ms, with finding the beats \(whole) ms; likeness \(like) ms")
    #expect(whole < 10)
  }
}

@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data")) struct QualityLikenessTests {
  @Test(arguments: [100.0, 500]) func tellsStrangersFromECGs(rate: Double) throws {
    let folder = SharedData.path("mini/records\(Int(rate))/00000")
    var random = SeededGenerator(seed: 4)
    var own = 0, records = 0
    var found: [String: Int] = [:]
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".hea") }.sorted()
    for file in files.prefix(40) {
      let leads = try Record(path: folder + "/" + file.dropLast(4)).leads.map { $0.samples.map { Float($0) } }
      records += 1
      if likeness(leads, rate: rate).isUnlike { own += 1 }
      for (name, strange) in strangers(leads, rate: rate, using: &random) where likeness(strange, rate: rate).isUnlike {
        found[name, default: 0] += 1
      }
    }
    #expect(records == 40 && own <= 1)
    for (name, count) in found { #expect(count >= 38, "\(name)") }  // 95 %
    #expect(found.count == 10)
  }

  @Test func saysThatTheUnitMayBeWrong() throws {
    let record = try Record(path: SharedData.path("mini/records100/00000/00001_lr"))
    let leads = record.leads.map { $0.samples.map { Float($0 * 1000) } }
    let reasons = likeness(leads, rate: 100).reasons
    #expect(reasons.contains { $0.contains("times as large as usual: is the unit right?") })
  }
}
