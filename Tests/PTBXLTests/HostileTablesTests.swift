import Files
import Foundation
import PTBXL
import TestSupport
import Testing

/// Tables that someone, or a bad disk, made wrong: each is a ``DatabaseError`` that names the file, or a valid read.
struct HostileTablesTests {
  @Test(arguments: 0..<30 as Range<UInt64>) func neverTrapsOnADamagedTable(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    try withTemporaryFolder { folder in
      try SmallDataSet.writeTables(in: folder)
      let names = [Database.databaseTable, Database.statementsTable]
      let good = try names.map { try Data(contentsOf: URL(filePath: folder + "/" + $0)) }
      for round in 0..<10 {
        let table = round % 2
        try damage(good[table], using: &generator).write(to: URL(filePath: folder + "/" + names[table]))
        do {
          let database = try Database(folder: folder)
          let description = database.describe()
          #expect(description.records == database.records.count)
          _ = description.text
          _ = try? database.split(Folds(parsing: "1-3/4/5"))
        } catch let error as DatabaseError {
          #expect(error.description.hasPrefix(folder + "/" + names[0]) || error.description.hasPrefix(folder + "/" + names[1]))
        }
        try good[table].write(to: URL(filePath: folder + "/" + names[table]))
      }
    }
  }

  private func damage(_ table: Data, using generator: inout SeededGenerator) -> Data {
    var table = table
    let at = Int.random(in: 0..<table.count, using: &generator)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: return table.prefix(at)
    case 1: table[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case 2: table.insert(contentsOf: (0..<30).map { _ in UInt8.random(in: 0...255, using: &generator) }, at: at)
    case 3:
      var fields = String(decoding: table, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
      let values: [Substring] = [
        "9223372036854775807", "-1", "1e308", "nan", "", "\"", "{'A': }", "../../x", "\u{0}", "{'NORM': 1e999}", "inf",
      ]
      let field = Int.random(in: fields.indices, using: &generator)
      fields[field] = values[Int.random(in: values.indices, using: &generator)]
      return Data(fields.joined(separator: ",").utf8)
    default:
      var lines = table.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let line = Int.random(in: lines.indices, using: &generator)
      if Bool.random(using: &generator) { lines.insert(lines[line], at: line) } else { lines.remove(at: line) }
      return Data(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
    return table
  }
}
