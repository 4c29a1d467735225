import Foundation
import TestSupport
import Testing
import WFDB

struct LeadNameTests {
  @Test(arguments: [
    ("I", "I"), ("lead i", "I"), ("Lead I", "I"), ("ECG I", "I"), ("ECG lead II", "II"), ("MDC_ECG_LEAD_III", "III"),
    ("Lead I (Einthoven)", "I"), ("DI", "I"), ("D2", "II"), ("dIII", "III"), ("lead 2", "II"), ("II (mV)", "II"),
    ("aVR", "aVR"), ("AVR", "aVR"), ("aVr", "aVR"), ("avl", "aVL"), ("a VF", "aVF"), ("ECG_aVF", "aVF"),
    ("ecg.aVF", "aVF"),
    ("MDC_ECG_LEAD_AVL", "aVL"), ("-aVR", "-aVR"), ("−aVR", "-aVR"), ("aVR neg", "-aVR"),
    ("MDC_ECG_LEAD_aVRneg", "-aVR"),
    ("-V1", "-V1"), ("V1", "V1"), ("v6", "V6"), ("V 3", "V3"), ("C4", "V4"), ("ECG V5", "V5"), ("EKG V2", "V2"),
    ("V7", "V7"),
    ("V9", "V9"), ("V3R", "V3R"), ("v4r", "V4R"), ("rV4", "V4R"), ("C5R", "V5R"), ("MDC_ECG_LEAD_V3R", "V3R"),
    ("X", "X"), ("vx", "X"), ("Frank Z", "Z"), ("MDC_ECG_LEAD_Y", "Y"), ("MLII", "MLII"), ("ML II", "MLII"),
    ("mcl1", "MCL1"),
    ("CM5", "CM5"), ("E-S", "ES"), ("ECG-II", "II"),
  ])
  func readsACommonSpelling(spelling: String, name: String) { #expect(LeadName(spelling)?.description == name) }

  @Test(arguments: [
    "", "ECG", "ECG 1", "1", "V", "V0", "V10", "ABP", "PLETH", "RESP", "IIII", "lead", "Lead 4", "-", "col 0", "aV",
    "(I)", "II III",
  ])
  func takesNothingElseForALead(spelling: String) { #expect(LeadName(spelling) == nil) }

  @Test func comparesNames() {
    #expect(LeadName.areSame("AVR", "lead aVR") && LeadName.areSame("ab p", "ABP"))
    #expect(!LeadName.areSame("-aVR", "aVR") && !LeadName.areSame("MLII", "II") && !LeadName.areSame("ABP", "II"))
    #expect(LeadName.twelve.map { LeadName($0)?.standard } == LeadName.twelve)
  }
}

struct TwelveLeadsTests {
  /// Two frames of I and II, and by their definitions the six limb leads.
  private let limbs: [String: [Double]] = {
    let (i, ii) = ([0.5, -1.0], [1.25, 0.75])
    return [
      "I": i, "II": ii, "III": zip(i, ii).map { $1 - $0 }, "aVR": zip(i, ii).map { -($0 + $1) / 2 },
      "aVL": zip(i, ii).map { $0 - $1 / 2 }, "aVF": zip(i, ii).map { $1 - $0 / 2 },
    ]
  }()

  @Test func derivesTheLimbLeadsFromAnyTwoOfThem() throws {
    let names = Array(LeadName.twelve.prefix(6))
    for one in names {
      for other in names where other != one {
        let (origins, samples) = try record([(one, "mV", 1), (other, "uV", 1000)]).twelveLeads()
        for (row, name) in names.enumerated() {
          let expected = try #require(limbs[name])
          #expect(zip(samples[row], expected).allSatisfy { abs($0 - $1) < 1e-12 }, "\(name) from \(one) and \(other)")
          let isRecorded = name == one || name == other
          #expect(origins.leads[row].origin == .recorded(as: name) || !isRecorded)
          #expect(origins.leads[row].terms.count == (isRecorded ? 1 : 2))
        }
        #expect(!origins.isComplete && samples[6].isEmpty)
        #expect(origins.leads[6].origin == .missing(reason: "lead V1 was not recorded"))
        #expect(origins.notes == ["lead \(other) was converted from uV to mV"])
      }
    }
  }

  @Test func ordersLeadsAndTurnsAnInvertedOne() throws {
    let record = try record([
      ("ABP", "mmHg", 1), ("V2", "mV", 1), ("lead ii", "mV", 1), ("-aVR", "mV", -1), ("MLII", "mV", 3), ("C1", "mV", 2),
      ("ECG II", "mV", 9),
    ])
    let (origins, samples) = record.twelveLeads()
    #expect(samples[0] == [0.5, -1] && samples[1] == limbs["II"] && samples[3] == limbs["aVR"])
    #expect(samples[6] == record.leads[5].samples && samples[7] == record.leads[1].samples && samples[8].isEmpty)
    #expect(origins.leads[0].origin == .derived(from: ["lead ii", "-aVR"]))
    #expect(
      origins.notes == ["lead -aVR was turned to aVR", "lead II stands twice; lead ii is taken, ECG II is not"])
  }

  @Test func saysWhyALeadIsMissing() throws {
    var record = try record([("I", "mV", 1), ("V1", "NU", 1), ("V2", "mV", 1)])
    record.leads[2].samples = [.nan, .nan]
    let (origins, samples) = record.twelveLeads()
    #expect(
      origins.leads[1...7].map(\.origin)
        == [
          "lead II was not recorded, and of the two limb leads from which it follows, only I is there",
          "lead III was not recorded, and of the two limb leads from which it follows, only I is there",
          "lead aVR was not recorded, and of the two limb leads from which it follows, only I is there",
          "lead aVL was not recorded, and of the two limb leads from which it follows, only I is there",
          "lead aVF was not recorded, and of the two limb leads from which it follows, only I is there",
          "lead V1 is in 'NU', which is no voltage", "lead V2 has no sample",
        ].map { TwelveLeads.Origin.missing(reason: $0) })
    #expect(samples.dropFirst().allSatisfy { $0.isEmpty })
  }

  @Test func keepsWhatIsMissingMissing() throws {
    var record = try record([("I", "mV", 1), ("II", "mV", 1)])
    record.leads[1].samples[0] = .nan
    let (_, samples) = record.twelveLeads()
    #expect(samples[2][0].isNaN && samples[2][1] == 1.75 && samples[0][0] == 0.5)
  }

  @Test func readsTheSameFromAStream() throws {
    try withTemporaryFolder { folder in
      let leads = [("V1", "mV", 0.5), ("aVF", "uV", 1000), ("I", "mV", 1)]
      let record = try record(leads)
      try EncodedRecord(name: "r", samplingFrequency: 100, leads: record.leads, gain: 4).write(to: folder)
      let stream = try RecordStream(path: folder + "/r")
      var output = [Float](repeating: 0, count: 24)
      try output.withUnsafeMutableBufferPointer { try stream.read(stream.twelveLeads, 0..<2, into: $0) }
      let (_, samples) = record.twelveLeads()
      for (row, lead) in samples.enumerated() {
        let found = output[2 * row..<2 * row + 2].map(Double.init)
        #expect(
          lead.isEmpty ? found.allSatisfy { $0.isNaN } : zip(found, lead).allSatisfy { abs($0 - $1) < 1e-6 },
          "row \(row)")
      }
    }
  }

  /// Leads of those names: a limb lead's values, or I's, times a factor.
  private func record(_ leads: [(name: String, units: String, factor: Double)]) throws -> Record {
    try withTemporaryFolder { folder in
      let leads = leads.map { lead in
        let values = LeadName(lead.name).flatMap { limbs[$0.standard] } ?? [0.5, -1]
        return Lead(name: lead.name, units: lead.units, samples: values.map { $0 * lead.factor })
      }
      try EncodedRecord(name: "r", samplingFrequency: 100, leads: leads, gain: 16).write(to: folder)
      return try Record(path: folder + "/r")
    }
  }
}
