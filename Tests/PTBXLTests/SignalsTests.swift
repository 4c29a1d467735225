import Files
import Foundation
import PTBXL
import TestSupport
import Testing
import WFDB

struct SignalsTests {
  @Test(arguments: Rate.allCases) func loadsRecordsLeadsAndSamplesInOrder(rate: Rate) async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder, rate: rate)
      let database = try Database(folder: folder)
      let signals = try await database.loadSignals(database.records.reversed(), rate: rate)
      #expect(signals.records.map(\.ecgID) == [9, 8, 7, 3, 2, 1])
      #expect((signals.leadCount, signals.sampleCount) == (12, rate.rawValue * 10))
      #expect(signals.missing == 0 && signals.warnings.isEmpty)
      #expect(signals.withSamples { $0.count } == 6 * 12 * rate.rawValue * 10)
      // Lead 11 of record 2, sample 3 is 2 mV + 11 µV + 3 µV.
      #expect(signals.lead(11, ofRecord: 4)[3] == Float(2.014))
      #expect(signals.withSamples(ofRecord: 5) { $0[0] } == 1)
    }
  }

  @Test func reordersLeadsByNameAndCountsMissingSamples() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder)
      let names = Array(ECGRecord.leadNames.reversed())
      let leads = names.enumerated().map { place, name in
        Lead(name: name == "AVR" ? "aVR" : name, units: "mV", samples: [.nan] + [Double](repeating: Double(place), count: 999))
      }
      let database = try Database(folder: folder)
      try SmallDataSet.writeSignals(leads, of: database.records[0], in: folder)
      let signals = try await database.loadSignals([database.records[0]])
      #expect((0..<12).map { signals.lead($0, ofRecord: 0)[1] } == (0..<12).reversed().map(Float.init))
      #expect(signals.lead(3, ofRecord: 0)[0].isNaN)
      #expect(signals.missing == 12)
    }
  }

  @Test func namesTheFirstRecordThatCannotBeRead() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder)
      let database = try Database(folder: folder)
      for id in ["00002", "00007"] { try FileManager.default.removeItem(atPath: "\(folder)/records100/00000/\(id)_lr.dat") }
      await #expect {
        try await database.loadSignals(database.records)
      } throws: {
        "\($0)" == "\(folder)/records100/00000/00002_lr.dat: cannot open: No such file or directory"
      }
    }
  }

  @Test func warnsOfAChangedSample() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder)
      try flipByte(2_000, of: "\(folder)/records100/00000/00003_lr.dat")
      let database = try Database(folder: folder)
      let signals = try await database.loadSignals(database.records)
      #expect(signals.warnings.map(\.record) == ["records100/00000/00003_lr"])
      #expect("\(signals.warnings[0])".contains("00003_lr.hea: line 6: signal AVL: the checksum is"))
    }
  }

  @Test func isEmptyForNoRecords() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.writeTables(in: folder)
      #expect(try await Database(folder: folder).loadSignals([]).withSamples { $0.isEmpty })
    }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
  func readsPublishedRecordsAtBothRates() async throws {
    let database = try Database(folder: SharedData.path("mini"))
    for rate in Rate.allCases {
      let signals = try await database.loadSignals(database.records, rate: rate)
      #expect(signals.records.count == 60 && signals.missing == 0 && signals.warnings.isEmpty)
    }
    #expect(database.missingFiles(.hz100) == 0 && database.missingFiles(.hz500) == 0)
  }
}

/// Changes one byte in place.
func flipByte(_ position: Int, of path: String) throws {
  let url = URL(filePath: path)
  var data = try Data(contentsOf: url)
  data[position] ^= 1
  try data.write(to: url)
}
