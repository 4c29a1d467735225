import Foundation
import TestSupport
import Testing

@testable import Scoring

/// A `.npy` file of version 1 with the given header text and data.
func npy(_ header: String, _ data: [UInt8] = []) -> Data {
  let text = Array(header.utf8)
  return Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text + data)
}

@Suite struct NPYTests {
  /// See Expectations/npy.py.
  struct Golden: Decodable, Sendable, CustomTestStringConvertible {
    var descr, order, data: String
    var version: Int
    var values: [String]
    var testDescription: String { "\(descr) \(order) version \(version)" }
    static let all: [Golden] = read("npy.json") ?? []
  }

  @Test(arguments: Golden.all) func readsWhatNumPyWrites(golden: Golden) throws {
    let array = try NPYArray(parsing: #require(Data(base64Encoded: golden.data)))
    #expect(array.shape == [2, 3])
    #expect(array.values == golden.values.map { Double($0) })
  }

  @Test func theStoredFilesWereFound() { #expect(Golden.all.count == 40) }

  @Test func readsAnyNumberOfAxesInBothOrders() throws {
    // Fortran order: the first axis varies fastest.
    let bytes = (0..<8).map { UInt8($0) }
    let array = try NPYArray(parsing: npy("{'shape': (2, 2, 2), 'descr': '|u1', 'fortran_order': True}", bytes))
    #expect(array.values == [0, 4, 2, 6, 1, 5, 3, 7])
    #expect(try NPYArray(parsing: npy("{'descr':'|u1','fortran_order':False,'shape':()}", [9])).values == [9])
    #expect(try NPYArray(parsing: npy("{'descr':'|u1','fortran_order':True,'shape':(0, 7)}")).values == [])
  }

  @Test(arguments: [
    ("", NPYError.header("expected '{' before the end")),
    ("{'descr': '<f8'}", .header("no 'fortran_order'")),
    ("{'descr': 3}", .header("expected a quoted text before '3}'")),
    ("{'descr': '<f8', 'fortran_order': 0}", .header("expected True or False before '0}'")),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (2 3)}", .header("expected ',' or ')' before '3)}'")),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1)}", .header("expected a length below 2^63 before '-1)}'")),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      .header("expected a length below 2^63 before '99999999999999999999'")),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x", .header("text follows the closing brace")),
    ("{'evil': '<f8'}", .header("unknown key 'evil'; expected 'descr', 'fortran_order' and 'shape'")),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", .unsupported(descr: "|O")),
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,)}", .unsupported(descr: "<c8")),
    ("{'descr': '<f9', 'fortran_order': False, 'shape': (1,)}", .unsupported(descr: "<f9")),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", .unsupported(descr: "a list of fields")),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
      .tooLarge(shape: [4_294_967_296, 4_294_967_296])),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (1152921504606846976, 2)}",
      .tooLarge(shape: [1_152_921_504_606_846_976, 2])),
    ("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}",
      .length(shape: [2], descr: "<f8", needed: 16, found: 0)),
  ]) func refusesBadHeaders(header: String, error: NPYError) {
    #expect(throws: error) { try NPYArray(parsing: npy(header)) }
  }

  @Test func refusesOtherFiles() {
    #expect(throws: NPYError.notNPY) { try NPYArray(parsing: Data("PK\u{3}\u{4}".utf8)) }
    #expect(throws: NPYError.notNPY) { try NPYArray(parsing: Data()) }
    #expect(throws: NPYError.truncatedHeader) { try NPYArray(parsing: Data([0x93] + Array("NUMPY".utf8))) }
    #expect(throws: NPYError.version(9, 0)) { try NPYArray(parsing: Data([0x93] + Array("NUMPY".utf8) + [9, 0, 1, 0])) }
    #expect(throws: NPYError.truncatedHeader) {  // announces 65,535 bytes of header
      try NPYArray(parsing: Data([0x93] + Array("NUMPY".utf8) + [1, 0, 255, 255]))
    }
  }

  /// Flipped bits and cut ends give an error or an array, never a trap.
  @Test(arguments: 0..<300 as Range<UInt64>) func survivesDamage(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let golden = try #require(Golden.all.randomElement(using: &generator))
    var bytes = [UInt8](try #require(Data(base64Encoded: golden.data)))
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      bytes[Int.random(in: bytes.indices, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    }
    if seed % 3 == 0 { bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator)) }
    do {
      let array = try NPYArray(parsing: Data(bytes))
      #expect(array.values.count == array.shape.reduce(1, *))
    } catch {
      #expect(!error.description.isEmpty)
    }
  }
}

@Suite struct PredictionFilesTests {
  /// Writes the three files and reads them.
  func readBack(labels: Data, scores: Data, classes: String) throws -> Predictions {
    try withTemporaryFolder { folder in
      try labels.write(to: URL(filePath: folder + "/y_true.npy"))
      try scores.write(to: URL(filePath: folder + "/y_pred.npy"))
      try Data(classes.utf8).write(to: URL(filePath: folder + "/classes.txt"))
      do {
        return try readPredictions(
          labelsPath: folder + "/y_true.npy", scoresPath: folder + "/y_pred.npy", classesPath: folder + "/classes.txt")
      } catch let error as PredictionFileError {
        throw PredictionFileError(
          path: URL(filePath: error.path).lastPathComponent,
          problem: error.problem.replacingOccurrences(of: folder + "/", with: ""))
      }
    }
  }
  func matrix(_ records: Int, _ classes: Int, _ values: [UInt8]) -> Data {
    npy("{'descr': '|i1', 'fortran_order': False, 'shape': (\(records), \(classes)), }\n", values)
  }

  @Test func readsRowsAsRecords() throws {
    let predictions = try readBack(
      labels: matrix(2, 3, [1, 0, 0, 0, 1, 1]), scores: matrix(2, 3, [9, 1, 2, 3, 7, 8]),
      classes: "a\r\nb\r\nc\r\n\r\n")
    #expect(predictions.names == ["a", "b", "c"])
    #expect(predictions.labels == [[true, false], [false, true], [false, true]])
    #expect(predictions.scores == [[9, 3], [1, 7], [2, 8]])
  }

  @Test func readsAListAsOneClass() throws {
    let list = npy("{'descr': '|i1', 'fortran_order': False, 'shape': (2,)}", [1, 0])
    #expect(try readBack(labels: list, scores: list, classes: "a").labels == [[true, false]])
  }

  @Test func saysWhichFileAndWhatWouldBeRight() throws {
    let good = matrix(2, 2, [1, 0, 0, 1])
    let bad = matrix(2, 2, [1, 0, 2, 1])
    let nan = npy("{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2)}", [0, 0, 0, 0x7E])
    func expect(_ message: String, _ labels: Data, _ scores: Data, _ classes: String) {
      let error = #expect(throws: PredictionFileError.self) {
        try readBack(labels: labels, scores: scores, classes: classes)
      }
      #expect(error?.description == message)
    }
    expect("y_true.npy: record 1, class 0 (a): label 2.0; expected 0 or 1", bad, good, "a\nb")
    expect("y_pred.npy: record 0, class 1 (b): not a number (NaN); expected a score", matrix(1, 2, [1, 0]), nan, "a\nb")
    expect("y_true.npy: shape (2, 2): 2 classes; classes.txt names 3", good, good, "a\nb\nc")
    expect("y_pred.npy: 1 records; y_true.npy has 2", good, matrix(1, 2, [1, 0]), "a\nb")
    expect("classes.txt: line 2: 'a' stands on line 1 already", good, good, "a\na")
    expect("classes.txt: line 2: empty; expected a class name", good, good, "a\n\nb")
    expect("classes.txt: no class names; expected one a line", good, good, "\n")
    expect(
      "y_true.npy: shape (4); expected two axes, records and classes",
      npy("{'descr': '|i1', 'fortran_order': False, 'shape': (4,)}", [1, 0, 0, 1]), good, "a\nb")
    expect(
      "y_pred.npy: no NumPy array: the file does not begin with \\x93NUMPY; write it with numpy.save", good,
      Data("x".utf8), "a\nb")
    let missing = #expect(throws: PredictionFileError.self) {
      try readPredictions(labelsPath: "/nowhere/y", scoresPath: "/nowhere/p", classesPath: "/nowhere/c")
    }
    #expect(missing?.description == "/nowhere/c: no such file")
  }
}
