import Files
import Foundation
import PTBXL
import TestSupport
import Testing
import WFDB

@testable import Synthesis

@Suite struct DataSetTests {
  /// Every file's path and digest.
  private func contents(_ folder: String) throws -> [String: Digest] {
    let paths = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return try Dictionary(
      uniqueKeysWithValues: paths.filter { !FileManager.default.isFolder("\(folder)/\($0)") }
        .map { ($0, try Digest(ofFile: "\(folder)/\($0)")) })
  }

  @Test func givesTheSameBytesOnAnyNumberOfCores() async throws {
    try await withTemporaryFolder { folder in
      try await synthesize(into: "\(folder)/one", records: 12, seed: 9, workers: 1)
      try await synthesize(into: "\(folder)/many", records: 12, seed: 9, workers: 5)
      try await synthesize(into: "\(folder)/other", records: 12, seed: 10)
      let (one, many, other) = try (contents("\(folder)/one"), contents("\(folder)/many"), contents("\(folder)/other"))
      #expect(one == many)
      #expect(one.count == 12 * 4 + 5)
      #expect(one["records100/00000/00001_lr.dat"] != other["records100/00000/00001_lr.dat"])
    }
  }

  @Test func writesPTBXLsLayout() async throws {
    try await withTemporaryFolder { folder in
      let set = "\(folder)/set"
      try await synthesize(into: set, records: 5, seed: 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["set"], "nothing is left aside")

      let sums = String(decoding: try readFile("\(set)/SHA256SUMS.txt"), as: UTF8.self).split(separator: "\n")
      let found = try contents(set)
      #expect(sums.count == found.count - 1)
      for line in sums {
        let (digest, path) = (String(line.prefix(64)), String(line.dropFirst(66)))
        #expect(found[path]?.hex == digest, "\(path)")
      }
      let records = String(decoding: try readFile("\(set)/RECORDS"), as: UTF8.self).split(separator: "\n")
      #expect(records.count == 10 && records.first == "records100/00000/00001_lr")

      let table = try CSV(parsing: try readFile("\(set)/ptbxl_database.csv"))
      #expect(table.rows.count == 5 && table.columns.first == "ecg_id" && table.columns.last == "filename_hr")
      #expect(try CSV(parsing: try readFile("\(set)/scp_statements.csv")).rows.count == 71)
      let database = try Database(folder: set)
      #expect(database.isSynthetic && database.records.count == 5)
      #expect(database.records == Cohort(records: 5, seed: 1).plans.map(\.record), "what is read is what was made")
      let verification = await database.verify()
      #expect(verification.isSound, "\(verification.text)")
    }
  }

  /// The 100 Hz record is the 500 Hz one, filtered; both are rounded to 1 µV, which the filter can add to 2.
  @Test func storesAt100HzWhatTheFilterMakesOf500() async throws {
    try await withTemporaryFolder { folder in
      try await synthesize(into: "\(folder)/set", records: 2, seed: 4)
      let slow = try Record(path: "\(folder)/set/records100/00000/00002_lr")
      let fast = try Record(path: "\(folder)/set/records500/00000/00002_hr")
      #expect(slow.warnings.isEmpty && fast.warnings.isEmpty)
      #expect(slow.samplingFrequency == 100 && fast.samplingFrequency == 500)
      #expect(slow.leads.map(\.name) == ECGRecord.leadNames)
      for (a, b) in zip(slow.leads, fast.leads) {
        let expected = Decimation.decimate(b.samples)
        #expect(a.samples.count == 1000)
        #expect(zip(a.samples, expected).allSatisfy { abs($0 - $1) < 0.0021 }, "\(a.name)")
      }
    }
  }

  @Test func marksTheFolderAsSynthetic() async throws {
    try await withTemporaryFolder { folder in
      #expect(SyntheticMarker(in: folder) == nil)
      try await synthesize(into: "\(folder)/set/", records: 1, seed: 77)
      let marker = try #require(SyntheticMarker(in: "\(folder)/set"))
      #expect(marker.seed == 77 && marker.records == 1 && marker.version == synthesisVersion)
      try "anything".write(toFile: "\(folder)/SYNTHETIC.txt", atomically: true, encoding: .utf8)
      #expect(SyntheticMarker(in: folder)?.seed == 0)
    }
  }

  @Test func leavesAnOccupiedFolderAlone() async throws {
    try await withTemporaryFolder { folder in
      try "mine".write(toFile: "\(folder)/note.txt", atomically: true, encoding: .utf8)
      await #expect(throws: SynthesisError.occupied(folder: folder)) {
        try await synthesize(into: folder, records: 1, seed: 1)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["note.txt"])
    }
  }

  @Test(arguments: [-1, 0, 100_000]) func refusesACountThatPTBXLsNamesCannotHold(count: Int) async throws {
    _ = try await withTemporaryFolder { folder in
      await #expect(throws: SynthesisError.recordCount(count)) {
        try await synthesize(into: folder + "/x", records: count, seed: 1)
      }
    }
  }
}
