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

struct ContentDigestTests {
  @Test func changesWithAnyByteOfTablesHeadersAndSignals() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder)
      var memory = DigestMemory()
      var seen: Set<Digest> = []
      func digest() async throws -> Digest {
        let database = try Database(folder: folder)
        let digest: Digest
        (digest, memory) = try await database.contentDigest(database.records, rate: .hz100, remembering: memory)
        #expect(try await database.contentDigest(database.records, rate: .hz100) == digest)
        return digest
      }
      #expect(seen.insert(try await digest()).inserted)
      #expect(!seen.insert(try await digest()).inserted)
      try flipByte(20, of: folder + "/records100/00000/00009_lr.dat")
      #expect(seen.insert(try await digest()).inserted)
      let header = folder + "/records100/00000/00001_lr.hea"
      try writeFile(String(contentsOfFile: header, encoding: .utf8) + "# one more line\n", to: header)
      #expect(seen.insert(try await digest()).inserted)
      var records = SmallDataSet.records
      records[0].age = 57
      try SmallDataSet.writeTables(records, in: folder)
      #expect(seen.insert(try await digest()).inserted)
    }
  }

  @Test func dependsOnRecordsAndRateButNotOnTheFolder() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder)
      let database = try Database(folder: folder)
      let digest = try await database.contentDigest(database.records, rate: .hz100)
      #expect(try await database.contentDigest(Array(database.records.dropLast()), rate: .hz100) != digest)
      try await withTemporaryFolder { other in
        let copy = other + "/copy"
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
        let moved = try Database(folder: copy)
        #expect(try await moved.contentDigest(moved.records, rate: .hz100) == digest)
      }
    }
  }

  @Test func remembersOnlyFilesThatHaveSettled() async throws {
    try await withTemporaryFolder { folder in
      let written = Date()
      try SmallDataSet.write(in: folder)
      let database = try Database(folder: folder)
      func digest(
        _ memory: DigestMemory, at now: Date = Date(timeIntervalSinceNow: 10)
      ) async throws -> (digest: Digest, memory: DigestMemory) {
        try await database.contentDigest(database.records, rate: .hz100, remembering: memory, at: now)
      }
      let first = try await digest(DigestMemory(), at: written)
      #expect(first.memory == DigestMemory())  // as if all had been written a moment ago
      let second = try await digest(DigestMemory())
      #expect(second.memory != DigestMemory() && second.digest == first.digest)
      try second.memory.save(to: folder + "/memory.json")
      #expect(DigestMemory(file: folder + "/memory.json") == second.memory)
      #expect(try await digest(second.memory).digest == first.digest)
      try flipByte(20, of: folder + "/records100/00000/00001_lr.dat")
      #expect(try await digest(second.memory).digest != first.digest)
    }
  }
}

/// Changes one byte in place.
func flipByte(_ position: Int, of path: String) throws {
  let url = URL(filePath: path)
  var data = try Data(contentsOf: url)
  data[position] ^= 1
  try data.write(to: url)
}
