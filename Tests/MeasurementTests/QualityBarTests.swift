import Foundation
import PTBXL
import TestSupport
import Testing
import WFDB

@testable import Measurement

/// How often damaged recordings are warned of or refused, and how often untouched ones are.
private struct Tally {
  var counted = 0, found = 0  // of those that the rule counts
  var all = 0, allFound = 0
  var named = 0  // counted ones that are found with a finding of their kind
  var grave = 0, abstained = 0
  mutating func add(_ corruption: QualityCorruption, _ quality: SignalQuality) {
    let isFound = !quality.verdict.isReadable
    all += 1
    allFound += isFound ? 1 : 0
    if corruption.isGrave {
      grave += 1
      abstained += quality.verdict.abstains ? 1 : 0
    }
    guard corruption.counts else { return }
    counted += 1
    found += isFound ? 1 : 0
    let kinds = Self.kinds(of: corruption.kind)
    named += quality.findings.contains { kinds.contains($0.kind) && $0.severity > .note } ? 1 : 0
  }
  private static func kinds(of kind: QualityCorruption.Kind) -> Set<QualityFinding.Kind> {
    switch kind {
    case .noise: [.noise]
    case .wander: [.wander]
    case .flat: [.flat]
    case .missing: [.missing]
    case .clipping: [.clipped]
    case .mains: [.mains]
    case .limb: [.limbLeadsSwapped, .inverted]
    case .rightLeg: [.rightLegSwapped]
    case .precordial: [.precordialLeadsSwapped]
    case .inverted: [.inverted]
    }
  }
  var share: Double { Double(found) / Double(max(1, counted)) }
  var row: String {
    "\(found) of \(counted) (\(percent(found, of: counted))), named so \(named), all strengths \(allFound) of \(all)"
      + (grave > 0 ? ", abstained from \(abstained) of \(grave) grave ones" : "")
  }
}

private func samples(_ record: Record) -> [[Float]] { record.leads.map { $0.samples.map { Float($0) } } }

private func quality(_ leads: [[Float]], rate: Double) -> SignalQuality {
  SignalQuality(leads: QualityCorruption.names, samples: leads, samplingRate: rate)
}

@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data")) struct QualityMiniTests {
  @Test(arguments: Rate.allCases) func tellsDamagedFromUntouchedRecords(rate: Rate) throws {
    let database = try Database(folder: SharedData.path("mini"))
    var random = SeededGenerator(seed: 8)
    var total = Tally(), falseAlarms = 0
    let kinds = QualityCorruption.Kind.allCases.filter { $0 != .mains || rate == .hz500 }
    for (i, entry) in database.records.enumerated() {
      let leads = samples(try Record(path: database.path(entry, rate)))
      if !quality(leads, rate: Double(rate.rawValue)).verdict.isReadable { falseAlarms += 1 }
      for k in 0..<4 {
        let kind = kinds[(4 * i + k) % kinds.count]
        let damaged = QualityCorruption(kind, of: leads, rate: Double(rate.rawValue), using: &random)
        total.add(damaged, quality(damaged.leads, rate: Double(rate.rawValue)))
      }
    }
    print("mini, \(rate): found \(total.row); untouched raised falsely: \(falseAlarms) of \(database.records.count)")
    #expect(total.counted > 120)
    #expect(total.share >= 0.95, "\(total.row)")
    #expect(falseAlarms <= 3)  // 5 % of 60
  }

  @Test func judgesAlikeAt100And500Hz() throws {
    let database = try Database(folder: SharedData.path("mini"))
    for entry in database.records {
      let verdicts = try Rate.allCases.map { rate in
        quality(samples(try Record(path: database.path(entry, rate))), rate: Double(rate.rawValue)).verdict.isReadable
      }
      #expect(Set(verdicts).count == 1, "record \(entry.ecgID)")
    }
  }
}

/// PTB-XL's fold 8, from ECGBOOK_PTBXL or data/ptbxl.
private let ptbxl = ProcessInfo.processInfo.environment["ECGBOOK_PTBXL"] ?? SharedData.root + "/data/ptbxl"
private let slow = ProcessInfo.processInfo.environment["ECGBOOK_SLOW_TESTS"] != nil

@Suite(
  .enabled(if: slow, "slow: set ECGBOOK_SLOW_TESTS=1"),
  .enabled(
    if: FileManager.default.fileExists(atPath: ptbxl + "/ptbxl_database.csv"), "needs PTB-XL: set ECGBOOK_PTBXL"))
struct QualityBarTests {
  private func isNoisy(_ r: ECGRecord) -> Bool { annotated(r).contains(true) }
  private func annotated(_ r: ECGRecord) -> [Bool] {
    [r.baselineDrift, r.staticNoise, r.burstNoise, r.electrodesProblems].map {
      !($0 ?? "").trimmingCharacters(in: .whitespaces).isEmpty
    }
  }

  @Test func findsDamageInFold8() throws {
    let database = try Database(folder: ptbxl)
    var random = SeededGenerator(seed: 2026)
    let fold = database.records.filter { $0.fold == 8 }
    let chosen = fold.shuffled(using: &random).prefix(500)
    var tallies: [String: Tally] = [:], total = Tally()
    for entry in chosen {
      let leads = samples(try Record(path: database.path(entry, .hz100)))
      for kind in QualityCorruption.Kind.allCases where kind != .mains {  // 50 Hz is not in 100 samples a second
        let damaged = QualityCorruption(kind, of: leads, rate: 100, using: &random)
        let found = quality(damaged.leads, rate: 100)
        tallies[kind.rawValue, default: Tally()].add(damaged, found)
        if !damaged.detail.isEmpty {
          tallies[kind.rawValue + ": " + damaged.detail, default: Tally()].add(damaged, found)
        }
        total.add(damaged, found)
      }
    }
    for (name, tally) in tallies.sorted(by: { $0.key < $1.key }) { print("\(name): \(tally.row)") }
    print("all: \(total.row)")
    #expect(total.share >= 0.95)
    #expect(total.grave > 100)
    #expect(Double(total.abstained) >= 0.95 * Double(total.grave), "\(total.row)")
    for kind in QualityCorruption.Kind.allCases where kind != .mains {
      let tally = try #require(tallies[kind.rawValue])
      #expect(tally.share >= 0.95, "\(kind): \(tally.row)")
    }

    var raised = 0
    for entry in chosen {
      if !quality(samples(try Record(path: database.path(entry, .hz100))), rate: 100).verdict.isReadable { raised += 1 }
    }
    print("untouched, the same 500: \(raised) raised")
    #expect(raised <= 25)
  }

  @Test func leavesUntouchedRecordsAlone() throws {
    let database = try Database(folder: ptbxl)
    let fold = database.records.filter { $0.fold == 8 }
    var raised = 0, raisedClean = 0, clean = 0, abstained = 0
    var byKind: [QualityFinding.Kind: Int] = [:]
    // Our warnings and notes against the annotators' words: drift with wander, static or burst noise with noise.
    var drift = [0, 0, 0, 0], noise = [0, 0, 0, 0]
    for entry in fold {
      let found = quality(samples(try Record(path: database.path(entry, .hz100))), rate: 100)
      let isRaised = !found.verdict.isReadable
      raised += isRaised ? 1 : 0
      abstained += found.verdict.abstains ? 1 : 0
      if !isNoisy(entry) {
        clean += 1
        raisedClean += isRaised ? 1 : 0
      }
      for kind in Set(found.findings.filter { $0.severity > .note }.map(\.kind)) { byKind[kind, default: 0] += 1 }
      let words = annotated(entry)
      drift[(words[0] ? 2 : 0) + (found.leads.contains { $0.wander > 1 } ? 1 : 0)] += 1
      noise[(words[1] || words[2] ? 2 : 0) + (found.leads.contains { $0.worstNoise > 20 } ? 1 : 0)] += 1
    }
    print(
      "fold 8: raised \(raised) of \(fold.count), \(raisedClean) of \(clean) without an annotation of noise; "
        + "abstained from \(abstained)")
    print(byKind.sorted { $0.value > $1.value }.map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", "))
    for (name, table) in [("wander over 1 mV, annotated drift", drift), ("noise over 20 µV, annotated noise", noise)] {
      print("\(name): in \(table[3]) of \(table[2] + table[3]), and in \(table[1]) of \(table[0] + table[1]) others")
    }
    #expect(Double(raised) <= 0.05 * Double(fold.count))
    #expect(Double(raisedClean) <= 0.05 * Double(clean))
    // The annotators' records must be more often disturbed than the others.
    #expect(drift[3] * (drift[0] + drift[1]) > 2 * drift[1] * (drift[2] + drift[3]))
    #expect(noise[3] * (noise[0] + noise[1]) > 2 * noise[1] * (noise[2] + noise[3]))
  }

  @Test func findsWhatIsUnlikeTheTrainingDataInFold8() throws {
    let database = try Database(folder: ptbxl)
    var random = SeededGenerator(seed: 5)
    let fold = database.records.filter { $0.fold == 8 }
    var unlike = 0
    for entry in fold {
      unlike += likeness(samples(try Record(path: database.path(entry, .hz100))), rate: 100).isUnlike ? 1 : 0
    }
    print("fold 8: unlike \(unlike) of \(fold.count)")
    #expect(Double(unlike) <= 0.01 * Double(fold.count))
    var found: [String: Int] = [:]
    let chosen = fold.shuffled(using: &random).prefix(300)
    for entry in chosen {
      let leads = samples(try Record(path: database.path(entry, .hz100)))
      for (name, strange) in strangers(leads, rate: 100, using: &random) where likeness(strange, rate: 100).isUnlike {
        found[name, default: 0] += 1
      }
    }
    print(found.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value) of \(chosen.count)" }.joined(separator: "; "))
    for (name, _) in strangers([[Float]](repeating: [0, 1], count: 12), rate: 100, using: &random) {
      #expect(Double(found[name] ?? 0) >= 0.95 * Double(chosen.count), "\(name)")
    }
  }
}

func likeness(_ leads: [[Float]], rate: Double) -> TrainingLikeness {
  TrainingLikeness(leads: QualityCorruption.names, samples: leads, samplingRate: rate)
}

/// What is no ECG of PTB-XL's kind: a wrong unit or scale, upside down, other signals.
func strangers(
  _ leads: [[Float]], rate: Double, using random: inout SeededGenerator
) -> [(name: String, leads: [[Float]])] {
  let count = leads[0].count
  func each(_ value: (Int, Double) -> Double) -> [[Float]] {
    (0..<12).map { l in (0..<count).map { Float(value(l, Double($0) / rate)) } }
  }
  let rateOfPulse = Double.random(in: 0.8...1.8, using: &random)
  let phase = (0..<12).map { _ in Double.random(in: 0..<0.3, using: &random) }
  let noise = leads.map { lead in lead.map { _ in Float(0.2 * gaussian(&random)) } }
  return [
    ("scaled by 10", leads.map { $0.map { 10 * $0 } }), ("scaled by 0.1", leads.map { $0.map { 0.1 * $0 } }),
    ("µV read as mV", leads.map { $0.map { 1000 * $0 } }), ("V read as mV", leads.map { $0.map { 0.001 * $0 } }),
    ("inverted", leads.map { $0.map { -$0 } }), ("noise", noise),
    ("sine", each { l, t in 0.5 * sin(2 * Double.pi * (rateOfPulse * t + phase[l])) }),
    ("pulse wave", each { l, t in
      let p = 2 * Double.pi * (rateOfPulse * t + phase[l] / 3)
      return 0.4 * (sin(p) + 0.4 * sin(2 * p + 0.6) + 0.15 * sin(3 * p + 1))
    }),
    ("respiration", each { l, t in 0.5 * sin(2 * Double.pi * (0.25 * t + phase[l])) }),
    ("one lead twelve times", [[Float]](repeating: leads[1], count: 12)),
  ]
}
