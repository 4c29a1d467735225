import Foundation

/// What a journal asks an author to say, item by item. The items are put in our own words; their numbers are the guideline's.
struct Guideline: Sendable, Decodable {
  var key: String  // the word in a report: `stard`
  var title: String  // "STARD 2015"
  var citation: String
  var items: [Item]

  struct Item: Sendable, Decodable {
    var id: String  // "12a"
    var section: String
    var asks: String
    /// What may answer it, tried in order: `@name` is an ``Evidence``, `§limitations` a heading of the report.
    var evidence: [String]
  }

  static let all: [Guideline] = (try? JSONDecoder().decode([Guideline].self, from: Data(PackageResources.checklists_json))) ?? []
}
