import Files
import Foundation
import Testing

@Suite struct CSVPlaceTests {
  private func places(_ text: String) throws -> [[String]] {
    try CSV.located(parsing: Data(text.utf8)).map { row in row.map { "\($0.text)@\($0.place.line):\($0.place.column)+\($0.place.length)" } }
  }

  @Test func saysWhereEachFieldStands() throws {
    #expect(try places("a,bc\n1,\"x\"\"y\"\n") == [["a@1:1+1", "bc@1:3+2"], ["1@2:1+1", "x\"y@2:3+6"]])
  }

  @Test func countsScalarsAndGoesOnBehindLineEnds() throws {
    #expect(try places("é,b\r\n\"1\n2\",3\r\n\r\n4,") == [["é@1:1+1", "b@1:3+1"], ["1\n2@2:1+2", "3@3:4+1"], ["4@5:1+1", "@5:3+1"]])
    #expect(try places("\u{FEFF}a\nb") == [["a@1:1+1"], ["b@2:1+1"]])
  }

  @Test func keepsRowsOfAnyLength() throws {
    #expect(try CSV.located(parsing: Data("a,b\n1\n1,2,3\n".utf8)).map(\.count) == [2, 1, 3])
  }

  /// Of any text both readings give the same fields, or both refuse it.
  @Test(arguments: ["a,b\n1,2\n", "a\n\"x,\ny\"\n", "a,b\n,\n", "\"a\nb", "a,b\r\n1,2", "a\n\"b\"c\n", "\n\na\n1\n"])
  func agreesWithTheReadingWithoutPlaces(text: String) {
    let plain = try? CSV(parsing: Data(text.utf8)), located = try? CSV.located(parsing: Data(text.utf8))
    #expect(located?.map { $0.map(\.text) } == plain.map { [$0.columns] + $0.rows })
  }
}
