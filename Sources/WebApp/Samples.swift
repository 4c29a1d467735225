import Foundation
import PTBXL

/// The records of PTB-XL that are at hand, found by number, diagnosis, age and sex.
struct Samples: Sendable {
  let database: Database
  private let rows: [Int: Int]  // the index of a record by its number

  /// - Returns: nil when the folder holds no data set.
  init?(folder: String) throws {
    guard FileManager.default.fileExists(atPath: folder + "/" + Database.databaseTable) else { return nil }
    database = try Database(folder: folder)
    rows = Dictionary(database.records.enumerated().map { ($1.ecgID, $0) }, uniquingKeysWith: { first, _ in first })
  }

  struct Query: Sendable, Equatable {
    var number: Int?
    /// A statement's code, or words of its description.
    var diagnosis: String?
    var ages: ClosedRange<Int>?
    var sex: ECGRecord.Sex?
    var isEmpty: Bool { self == Query() }
  }

  struct Sample: Sendable, Equatable, Encodable {
    var id: Int
    /// Years; nil when unknown, or over 89.
    var age: Int?
    var isOver89: Bool
    var sex: String?
    /// Codes of PTB-XL, the likeliest first.
    var statements: [String]
  }

  /// - Returns: how many there are, and the first `limit` of them in the table's order.
  func find(_ query: Query, limit: Int = 50) -> (count: Int, samples: [Sample]) {
    var codes: Set<String>?
    if let words = query.diagnosis { codes = self.codes(matching: words) }
    func matches(_ record: ECGRecord) -> Bool {
      if let number = query.number, record.ecgID != number { return false }
      if let codes, !record.statements.contains(where: { codes.contains($0.code) }) { return false }
      if let sex = query.sex, record.sex != sex { return false }
      guard let ages = query.ages else { return true }
      return record.age.map { ages.contains($0) } ?? (record.ageOver89 && ages.upperBound > 89)
    }
    var count = 0, samples: [Sample] = []
    for record in database.records where matches(record) {
      count += 1
      if samples.count < limit { samples.append(sample(record)) }
    }
    return (count, samples)
  }

  /// A code as it is written, else every code whose description has all words.
  private func codes(matching text: String) -> Set<String> {
    let asked = text.uppercased().filter { !$0.isWhitespace }
    if database.statements.contains(where: { $0.code == asked }) { return [asked] }
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }
    guard !words.isEmpty else { return [] }
    let found = database.statements.filter { statement in
      let description = statement.description.lowercased()
      return words.allSatisfy { description.contains($0) }
    }
    return Set(found.map(\.code))
  }

  private func sample(_ record: ECGRecord) -> Sample {
    Sample(
      id: record.ecgID, age: record.age, isOver89: record.ageOver89, sex: record.sex.map { "\($0)" },
      statements: record.statements.sorted { $0.likelihood > $1.likelihood }.map(\.code))
  }

  /// The path of a record, at 500 Hz where that is there, else at 100; nil for a number that no record has.
  func path(of number: Int) -> String? {
    guard let index = rows[number] else { return nil }
    let paths = [Rate.hz500, .hz100].map { database.path(database.records[index], $0) }
    return paths.first { FileManager.default.fileExists(atPath: $0 + ".hea") }
  }

  var codes: [(code: String, name: String)] { database.statements.map { ($0.code, $0.description) } }
}
