import Book
import Files
import Foundation
import Testing

@testable import Cells

@Suite struct ChecklistTests {
  typealias CellRecord = PresentContext.CellRecord
  private static let key = Digest(of: "key")
  private static let data = CellRecord(
    id: "data", kind: "dataset", computeKey: key,
    values: .object([
      "name": .text("PTB-XL 1.0.3"), "records": .integer(21_799), "patients": .integer(18_869), "doi": .text("10.13026/kfzx-aw45"),
      "labelset": .text("superclass"), "labels": .integer(5), "unlabelled": .integer(411), "missing": .integer(0), "women": .integer(1), "men": .integer(2),
      "age": .object(["median": .integer(62), "unknown": .integer(89)]), "leads": .integer(12), "seconds": .integer(10), "rate": .integer(100),
      "training": .object(["records": .integer(3), "patients": .integer(2), "folds": .text("1–8")]),
      "validation": .object(["records": .integer(3), "patients": .integer(2), "folds": .text("9")]),
      "test": .object(["records": .integer(3), "patients": .integer(2), "folds": .text("10")]),
    ]))
  private static let eval = CellRecord(
    id: "eval", kind: "evaluate", computeKey: key,
    values: .object([
      "macro": .object(["auroc": .statistic(Book.Statistic(0.934, interval: .init(lower: 0.93, upper: 0.94, level: 0.95, method: "bootstrap"), n: 2000))]),
      "records": .integer(2000), "patients": .integer(1900), "thresholds": .text("highest F1"), "bootstrap": .integer(1000),
      "method": .text("percentile"), "level": .number(0.95),
    ]))
  private static let roc = CellRecord(id: "fig-roc", kind: "figure", computeKey: key, needs: ["eval"], options: ["draw": .text("roc")])

  private func items(_ yaml: String, _ cells: [CellRecord], headings: [PresentContext.Heading] = []) throws -> [String: (state: String, answer: String)] {
    var options = try Options(yaml: yaml, kind: "checklist", id: "tbl-c")
    let cell = ChecklistCell(&options)
    #expect(options.mistakes.isEmpty)
    var context = PresentContext(id: "tbl-c", cells: cells, tools: ["ecgbook": "0.1.0"])
    (context.title, context.headings) = ("Reading *ECGs*", headings)
    guard case .table(let frame, _, _, _)? = try cell.present(Output(), context).first else { throw CellError("no table") }
    let rows = zip(frame.strings("item"), zip(frame.strings("state"), frame.strings("answer")))
    return Dictionary(uniqueKeysWithValues: rows.map { ($0, ($1.0, $1.1)) })
  }

  @Test func everyItemNamesEvidenceThatExists() {
    #expect(Guideline.all.map(\.key) == ["tripod+ai", "stard", "claim", "model-card"])
    #expect(Guideline.all.map(\.items.count) == [52, 34, 42, 9])
    for guideline in Guideline.all {
      #expect(Set(guideline.items.map(\.id)).count == guideline.items.count)
      for item in guideline.items {
        #expect(!item.evidence.isEmpty)
        for word in item.evidence where word.hasPrefix("@") { #expect(Evidence(rawValue: String(word.dropFirst())) != nil, "\(guideline.key) \(item.id): \(word)") }
        #expect(item.evidence.allSatisfy { $0.hasPrefix("@") || $0.hasPrefix("§") })
      }
    }
  }

  @Test func everyGuidelineIsInTheLibrary() throws {
    let keys = Set(try citationLibrary().map(\.id))
    for guideline in Guideline.all { #expect(keys.contains(guideline.citation)) }
  }

  @Test func derivesFromWhatWasComputed() throws {
    let items = try items("guideline: tripod+ai", [Self.data, Self.eval, Self.roc])
    #expect(items["5a"]?.state == "derived")
    #expect(items["5a"]?.answer == "PTB-XL 1.0.3, 21\u{202F}799 records of 18\u{202F}869 patients, doi:10.13026/kfzx-aw45")
    #expect(items["23a"]?.answer == "Macro AUROC 0.934 (95% CI 0.930–0.940) on 2000 records of 1900 patients; @fig-roc")
    #expect(items["1"]?.answer == "“Reading \\*ECGs\\*”")
    #expect(items["26"]?.state == "missing" && items["26"]?.answer == "")
  }

  /// Each cell in turn is taken away: what only it could answer is missing then.
  @Test(arguments: [("data", ["5a", "6b", "8a", "11", "12a", "18e"]), ("eval", ["12e", "15", "23a"])])
  func whatLosesItsEvidenceIsMissing(id: String, lost: [String]) throws {
    let all = [Self.data, Self.eval, Self.roc]
    let (before, after) = (try items("guideline: tripod+ai", all), try items("guideline: tripod+ai", all.filter { $0.id != id }))
    for item in lost { #expect(before[item]?.state == "derived" && after[item]?.state == "missing", "\(item)") }
    #expect(before.filter { $0.value.state == "derived" && after[$0.key]?.state == "missing" }.count >= lost.count)
  }

  @Test func sectionsAndAnswersAreAuthored() throws {
    let headings = [PresentContext.Heading(text: "Strengths and limitations", anchor: "strengths-and-limitations"), .init(text: "Funding", anchor: "funding")]
    let yaml = "guideline: stard\nanswers: { 3: Why., 24: As said. }\nnot-applicable: { 25: No one was examined. }"
    let items = try items(yaml, [Self.data, Self.eval, Self.roc], headings: headings)
    #expect(items["26"].map { "\($0.state): \($0.answer)" } == "authored: [Strengths and limitations](#strengths-and-limitations)")
    #expect(items["30"]?.answer == "[Funding](#funding)" && items["3"]?.state == "authored")
    #expect(items["24"].map { $0.state == "derived" && $0.answer.hasPrefix("As said. (Macro AUROC") } == true)
    #expect(items["25"].map { "\($0.state): \($0.answer)" } == "not applicable: No one was examined.")
  }

  @Test func namesAnItemThatIsNone() throws {
    var options = try Options(yaml: "guideline: stard\nanswers: { 12c: x, 3: [] }\nnot-applicable: 4", kind: "checklist", id: "tbl-c")
    _ = ChecklistCell(&options)
    #expect(options.mistakes.map(\.summary) == ["'answers' names '12c', which is none of the items", "'3' is text, found a list", "'not-applicable' is a mapping, found '4'"])
    #expect(options.mistakes.first?.range.column == 12)
  }
}
