import Files
import Foundation
import PTBXL
import TestSupport
import Testing

struct LabelSetTests {
  /// The counts of the published benchmark, and of the project's own set.
  @Test(arguments: [
    (LabelSet.all, 71), (.diagnostic, 44), (.form, 19), (.rhythm, 12), (.subclass, 23), (.superclass, 5), (.detailed, 22),
  ])
  func hasItsNumberOfLabels(set: LabelSet, count: Int) {
    #expect(set.labels(of: Statement.catalogue).count == count)
  }

  @Test func ordersLabelsByTheirBytesAndDetailedAsListed() {
    #expect(LabelSet.superclass.labels(of: Statement.catalogue) == ["CD", "HYP", "MI", "NORM", "STTC"])
    #expect(LabelSet.subclass.labels(of: Statement.catalogue).suffix(3) == ["STTC", "WPW", "_AVB"])
    #expect(LabelSet.detailed.labels(of: Statement.catalogue).prefix(3) == ["NORM", "IMI", "ASMI"])
  }

  @Test func leavesOutRecordsWithoutALabelExceptInDetailed() throws {
    try withTemporaryFolder { folder in
      try SmallDataSet.writeTables(in: folder)
      let database = try Database(folder: folder)
      let superclass = database.labelMatrix(.superclass)
      #expect(superclass.records.map(\.ecgID) == [1, 2, 7, 8, 9])  // 3 has a rhythm alone
      #expect(Array(superclass.row(2)) == [false, true, false, false, true])  // LVH is HYP, NDT is STTC
      #expect(superclass.positives == [1, 1, 2, 2, 1])
      let detailed = database.labelMatrix(.detailed)
      #expect(detailed.records.map(\.ecgID) == [1, 2, 3, 7, 8, 9])
      #expect(!detailed.row(2).contains(true))
      #expect(database.labelMatrix(.rhythm).records.map(\.ecgID) == [1, 2, 3])
    }
  }

  /// DESIGN: a stated likelihood below the threshold drops a diagnostic statement; 0 is unknown and stays.
  @Test(arguments: [
    (LabelSet.superclass, [1, 7, 8, 9]),  // 2's IMI (35) is dropped, 8's (0) stays
    (.all, [1, 2, 3, 7, 8, 9]),  // 2 keeps AFIB
    (.form, [7]),  // NDT (50) is diagnostic too, and stays as a form statement
    (.rhythm, [1, 2, 3]),
  ])
  func dropsUnlikelyDiagnosticStatementsWhenAsked(set: LabelSet, records: [Int]) throws {
    try withTemporaryFolder { folder in
      try SmallDataSet.writeTables(in: folder)
      let database = try Database(folder: folder)
      #expect(database.labelMatrix(set, likelihood: 51).records.map(\.ecgID) == records)
      #expect(database.labelMatrix(.superclass, likelihood: 35).records.map(\.ecgID) == [1, 2, 7, 8, 9])
    }
  }

  private struct Count: Decodable {
    var records: Int
    var labels: [String: [Int]]
  }

  private static let xz = ["/usr/bin/xz", "/opt/homebrew/bin/xz"].first(where: FileManager.default.isExecutableFile)

  @Test(.enabled(if: SharedData.isPresent && xz != nil, "needs ../shared/data and xz"))
  func countsAsThePublishedTables() throws {
    let expected = try JSONDecoder().decode(
      [String: Count].self, from: Data(contentsOf: URL(filePath: SharedData.path("label-counts.json"))))
    try withTemporaryFolder { folder in
      let unpack = Process()
      unpack.executableURL = URL(filePath: try #require(Self.xz))
      unpack.arguments = ["-dc", SharedData.path("ptbxl100/ptbxl_database.csv.xz")]
      try writeFile("", to: folder + "/ptbxl_database.csv")
      unpack.standardOutput = FileHandle(forWritingAtPath: folder + "/ptbxl_database.csv")
      try unpack.run()
      unpack.waitUntilExit()
      try FileManager.default.copyItem(
        atPath: SharedData.path("ptbxl100/scp_statements.csv"), toPath: folder + "/scp_statements.csv")

      let database = try Database(folder: folder)
      let description = database.describe()
      #expect(description.records == 19_634 && description.patients == 16_978)
      #expect(description.version.number == "1.0.1")
      #expect(description.patientsAcrossFolds.isEmpty)
      #expect(description.folds.map(\.fold) == Array(1...9))
      #expect(description.missingFiles == ["100": 19_634, "500": 19_634])
      #expect(Set(description.labelSets.keys) == Set(expected.keys).union(["detailed"]))
      for (set, count) in expected {
        #expect(description.labelSets[set]?.records == count.records, "\(set)")
        #expect(description.labelSets[set]?.labels == count.labels, "\(set)")
      }
      #expect(database.labelMatrix(.detailed).records.count == 19_634)
      let split = try database.split(Folds(parsing: "1-7/8/9"))
      #expect(split.training.count + split.validation.count + split.test.count == 19_634)
      #expect(database.statements == Statement.catalogue)
    }
  }
}
