import Files
import Foundation
import PTBXL
import TestSupport
import Testing

struct FoldsTests {
  @Test(arguments: [
    ("1-7/8/9", [1, 2, 3, 4, 5, 6, 7], [8], [9], "1-7/8/9"),
    ("1,2,5-7/8/9", [1, 2, 5, 6, 7], [8], [9], "1-2,5-7/8/9"),
    ("7,1 / 3-3 / 2", [1, 7], [3], [2], "1,7/3/2"),
  ])
  func parsesListsAndRanges(text: String, training: [Int], validation: [Int], test: [Int], printed: String) throws {
    let folds = try Folds(parsing: text)
    #expect((folds.training, folds.validation, folds.test) == (training, validation, test))
    #expect(folds.description == printed)
    #expect(try Folds(parsing: printed) == folds)
  }

  @Test(arguments: ["", "1-8", "1/2/3/4", "1//3", "a/2/3", "1-/2/3", "3-1/4/5", "0/1/2", "1/2/-3", "1--2/3/4", "1-9999999999999999999/2/3", "1-1001/2/3"])
  func refusesWhatIsNoChoice(text: String) {
    #expect(throws: FoldsError(.grammar(text))) { try Folds(parsing: text) }
  }

  @Test func refusesAFoldThatComesTwice() {
    #expect { try Folds(parsing: "1-8/8/9") } throws: { "\($0)" == "fold 8 comes twice in '1-8/8/9'" }
  }

  @Test func isASentenceInJSON() throws {
    let folds = try Folds(parsing: "1-7/8/9")
    #expect(String(decoding: try JSONEncoder().encode([folds]), as: UTF8.self) == "[\"1-7\\/8\\/9\"]")
    #expect(try JSONDecoder().decode([Folds].self, from: JSONEncoder().encode([folds])) == [folds])
  }

  @Test func splitsByFold() throws {
    let database = try small()
    let split = try database.split(Folds(parsing: "1-3/4/5"))
    #expect(split.training.map(\.ecgID) == [1, 2, 3])
    #expect(split.validation.map(\.ecgID) == [7])
    #expect(split.test.map(\.ecgID) == [8, 9])
    let labelled = database.labelMatrix(.superclass).records
    #expect(try database.split(Folds(parsing: "1-3/4/5"), records: labelled).training.map(\.ecgID) == [1, 2])
  }

  @Test func proposesTheFoldsThatTheDataHave() throws {
    let database = try small()
    #expect { try database.split(.standard) } throws: {
      "\($0)" == "the data have no folds 6-10, only 1-5; try '1-3/4/5'"
    }
  }

  @Test func namesThePatientInTwoFolds() throws {
    var records = SmallDataSet.records
    records[5].fold = 4
    let database = try small(records)
    #expect { try database.split(Folds(parsing: "1-3/4/5")) } throws: {
      "\($0)" == "patient 14 is in folds 4-5; a patient must be in one"
    }
    #expect(database.describe().patientsAcrossFolds.map(\.patient) == [14])
    #expect(throws: Never.self) { try database.split(Folds(parsing: "1/2/4")) }  // fold 5 takes no part
  }

  private func small(_ records: [ECGRecord] = SmallDataSet.records) throws -> Database {
    try withTemporaryFolder { folder in
      try SmallDataSet.writeTables(records, in: folder)
      return try Database(folder: folder)
    }
  }
}
