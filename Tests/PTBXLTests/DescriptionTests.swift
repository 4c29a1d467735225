import Files
import Foundation
import PTBXL
import TestSupport
import Testing

struct DescriptionTests {
  @Test func countsRecordsPatientsFoldsAgesAndFiles() throws {
    try withTemporaryFolder { folder in
      var records = SmallDataSet.records
      records[4].age = nil
      records[4].ageOver89 = true
      try SmallDataSet.write(records, in: folder)
      try FileManager.default.removeItem(atPath: folder + "/records100/00000/00008_lr.dat")
      let description = try Database(folder: folder).describe()
      #expect((description.records, description.patients) == (6, 5))
      #expect(description.folds.map(\.records) == [1, 1, 1, 1, 2])
      #expect(description.folds.map(\.patients) == [1, 1, 1, 1, 1])
      let (sexes, ages) = (description.sexes, description.ages)
      #expect((sexes.male, sexes.female, sexes.unknown) == (2, 2, 2))
      #expect((ages.known, ages.over89, ages.unknown) == (4, 1, 1))
      #expect((ages.min, ages.median, ages.max) == (18, 48.5, 70))
      #expect(description.missingFiles == ["100": 1, "500": 6])
      #expect(description.labelSets["superclass"]?.records == 5)
      #expect(description.labelSets["superclass"]?.labels["MI"] == [0, 1, 0, 0, 1])
      #expect(description.labelSets["detailed"]?.records == 5)  // with at least one label
    }
  }

  @Test func survivesJSON() throws {
    try withTemporaryFolder { folder in
      try SmallDataSet.writeTables(in: folder)
      let description = try Database(folder: folder).describe()
      let json = try CanonicalJSON.data(description)
      #expect(try JSONDecoder().decode(DataDescription.self, from: json) == description)
    }
  }

  @Test func printsForATerminal() throws {
    try withTemporaryFolder { folder in
      try SmallDataSet.writeTables(in: folder)
      let lines = try Database(folder: folder).describe().text.split(separator: "\n")
      #expect(lines[0] == "6 records of 5 patients")
      #expect(lines[3] == "age       5 known (18–70, median 41), 0 over 89, 1 unknown")
      #expect(lines[4] == "100 Hz    files: none")
      #expect(lines.contains("MI                2      0      1      0      0      1"))
    }
  }
}

struct VerificationTests {
  @Test func findsASoundDataSetSound() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder)
      try writeSums(in: folder)
      let result = try await Database(folder: folder).verify()
      #expect(result.isSound)
      #expect(result.hashed == 14)  // two tables, six headers, six signal files
      #expect(result.read == ["100": 6])
      #expect(result.absentRates == [500])
      #expect(result.text.hasSuffix("500 Hz: no files\nsound\n"))
    }
  }

  @Test func findsEveryKindOfDamage() async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.write(in: folder)
      try writeSums(in: folder)
      let records = folder + "/records100/00000/"
      try flipByte(100, of: records + "00001_lr.dat")
      try FileManager.default.removeItem(atPath: records + "00002_lr.dat")
      try FileManager.default.removeItem(atPath: records + "00003_lr.hea")
      try Data(contentsOf: URL(filePath: records + "00007_lr.dat")).prefix(100).write(
        to: URL(filePath: records + "00007_lr.dat"))
      let result = try await Database(folder: folder).verify()
      #expect(result.hashed == 14)
      #expect(result.read == ["100": 5] && result.missing == ["100": 2])
      #expect(
        result.problems.map { "\($0.file): \($0.problem.prefix(60))" } == [
          "records100/00000/00001_lr.dat: its SHA-256 is not the one in SHA256SUMS.txt",
          "records100/00000/00002_lr.dat: it is in SHA256SUMS.txt, and cannot be read",
          "records100/00000/00003_lr.hea: it is in SHA256SUMS.txt, and cannot be read",
          "records100/00000/00007_lr.dat: its SHA-256 is not the one in SHA256SUMS.txt",
          "records100/00000/00001_lr.hea: line 4: signal III: the checksum is 2925; the header says 29",
          "records100/00000/00002_lr.hea: records100/00000/00002_lr.dat: cannot open: No such file or ",
          "records100/00000/00003_lr.hea: it is missing",
          "records100/00000/00007_lr.hea: records100/00000/00007_lr.dat: 100 bytes; the header's 1000 ",
        ])
    }
  }

  @Test(arguments: ["not a sum", String(repeating: "a", count: 64) + "  ../../etc/passwd"])
  func refusesAListOfSumsThatIsNone(line: String) async throws {
    try await withTemporaryFolder { folder in
      try SmallDataSet.writeTables(in: folder)
      try writeFile(line + "\n", to: folder + "/SHA256SUMS.txt")
      let result = try await Database(folder: folder).verify()
      #expect(result.problems.map(\.file) == ["SHA256SUMS.txt"])
      #expect(
        result.problems.map(\.problem) == ["line 1: expected 64 hexadecimal digits and a path inside the folder"])
    }
  }

  private func writeSums(in folder: String) throws {
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
      .filter { !FileManager.default.isFolder(folder + "/" + $0) }
    let lines = try files.map { "\(try Digest(ofFile: folder + "/" + $0)) \($0)\n" }
    try writeFile(lines.joined(), to: folder + "/SHA256SUMS.txt")
  }
}
