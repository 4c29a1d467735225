import Foundation
import TestSupport
import Testing

@testable import Scoring

@Suite struct PredictionTableTests {
  func table(_ columns: String, _ rows: String...) -> TextTable {
    func fields(_ text: String) -> [String] {
      text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return TextTable(
      path: "p.csv", columns: fields(columns), rows: rows.map(fields), lines: rows.indices.map { $0 + 2 })
  }

  @Test func readsColumnsInAnyOrder() throws {
    let read = try PredictionTable(
      table("score:b,ecg_id,true:a,patient_id,score:a,true:b", "0.1,7,1,p,0.9,0", "0.2,9,0,q,-3,1", "1e-3,8,1.0,p,2,0"))
    let expected = try Predictions(
      names: ["a", "b"], labels: [[true, false, true], [false, true, false]], scores: [[0.9, -3, 2], [0.1, 0.2, 0.001]])
    #expect(read.predictions == expected)
    #expect(read.records == ["7", "9", "8"])
    #expect(read.patients == [0, 1, 0])
    #expect(try PredictionTable(table("ecg_id,true:a,score:a", "7,1,0.9")).patients == nil)
  }

  @Test func saysWhereAndWhatWouldBeRight() {
    func expect(_ message: String, _ table: TextTable) {
      let error = #expect(throws: PredictionFileError.self) { try PredictionTable(table) }
      #expect(error?.description == "p.csv: " + message)
    }
    expect("line 3, column 2 (true:a): '2'; expected 0 or 1", table("ecg_id,true:a,score:a", "1,1,0", "2,2,0"))
    expect("line 2, column 2 (true:a): 'yes'; expected 0 or 1", table("ecg_id,true:a,score:a", "1,yes,0"))
    expect("line 2, column 3 (score:a): ''; expected a score", table("ecg_id,true:a,score:a", "1,1,"))
    expect("line 2, column 3 (score:a): 'nan'; expected a score", table("ecg_id,true:a,score:a", "1,1,nan"))
    expect("line 3, column 1 (ecg_id): 1 stands on line 2 already", table("ecg_id,true:a,score:a", "1,1,0", "1,1,0"))
    expect("line 2, column 1 (ecg_id): empty", table("ecg_id,true:a,score:a", ",1,0"))
    expect("column true:a has no score:a", table("ecg_id,true:a", "1,1"))
    expect("column score:b has no true:b", table("ecg_id,true:a,score:a,score:b", "1,1,0,0"))
    expect("no column ecg_id", table("true:a,score:a", "1,0"))
    expect("no column true:NAME; expected one for each class", table("ecg_id", "1"))
    expect("column 4: 'true:a' stands twice", table("ecg_id,true:a,score:a,true:a", "1,1,0,1"))
    expect("no records", table("ecg_id,true:a,score:a"))
    expect(
      "column 2: 'MI'; expected ecg_id, patient_id, or true:NAME and score:NAME for each class",
      table("ecg_id,MI,true:a,score:a", "1,0,1,0"))
  }
}

@Suite struct PatientFileTests {
  @Test func readsLinesAndArrays() throws {
    try withTemporaryFolder { folder in
      try Data("p7\nq\np7\n\n".utf8).write(to: URL(filePath: folder + "/p.txt"))
      #expect(try readPatients(path: folder + "/p.txt", records: 3) == [0, 1, 0])
      let array = npy("{'descr': '|i1', 'fortran_order': False, 'shape': (3,)}", [5, 4, 5])
      try array.write(to: URL(filePath: folder + "/p.npy"))
      #expect(try readPatients(path: folder + "/p.npy", records: 3) == [0, 1, 0])
      let error = #expect(throws: PredictionFileError.self) { try readPatients(path: folder + "/p.txt", records: 2) }
      #expect(error?.problem == "3 patients; there are 2 records")
    }
  }

  @Test func looksUpPatientsByRecord() throws {
    let table = TextTable(
      path: "d.csv", columns: ["patient_id", "age", "ecg_id"], rows: [["a", "", "2"], ["b", "", "1"], ["a", "", "3"]],
      lines: [2, 3, 4])
    #expect(try patients(in: table, records: ["1", "2", "3"]) == [0, 1, 1])
    let error = #expect(throws: PredictionFileError.self) { try patients(in: table, records: ["4"]) }
    #expect(error?.description == "d.csv: no row for ecg_id 4")
  }
}

@Suite struct ReplicateFileTests {
  func read(_ header: String, _ bytes: [UInt8], records: Int) throws -> [[Int]] {
    try withTemporaryFolder { folder in
      try npy(header, bytes).write(to: URL(filePath: folder + "/ids.npy"))
      return try readReplicates(path: folder + "/ids.npy", records: records)
    }
  }

  @Test func readsARowForEachReplicate() throws {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}"
    #expect(try read(header, [0, 1, 1, 2, 0, 0], records: 3) == [[0, 1, 1], [2, 0, 0]])
  }

  @Test func saysWhichDrawIsNoRecord() {
    let far = #expect(throws: PredictionFileError.self) {
      try read("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 2)}", [0, 1, 1, 2], records: 2)
    }
    #expect(far?.problem == "replicate 1, draw 1: 2.0; expected a record, 0 to 1")
    let flat = #expect(throws: PredictionFileError.self) {
      try read("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", [0, 1], records: 2)
    }
    #expect(flat?.problem == "shape (2); expected two axes, replicates and draws")
  }
}
