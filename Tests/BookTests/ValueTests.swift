import Files
import Foundation
import TestSupport
import Testing

@testable import Book

@Suite struct ValueTests {
  @Test(arguments: [
    (.number(1), #"{"$number":1}"#), (.number(0.5), "0.5"), (.integer(1), "1"), (.text("1"), #""1""#),
    (.boolean(true), "true"), (.undefined("why"), #"{"$undefined":"why"}"#), (.list([.integer(1)]), "[1]"),
    (.object(["a": .integer(1), "$b": .integer(2)]), #"{"$$b":2,"a":1}"#), (.number(1e300), #"{"$number":1e+300}"#),
    (.statistic(Statistic(1, n: 3)), #"{"$statistic":{"estimate":1,"n":3}}"#), (.object([:]), "{}"),
    (.number(.infinity), #"{"$undefined":"not a finite number"}"#),
  ] as [(Value, String)])
  func hasCanonicalJSON(value: Value, json: String) throws {
    #expect(try CanonicalJSON.text(value, pretty: false) == json)
  }

  @Test(arguments: 0..<100 as Range<UInt64>) func comesBackFromJSON(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let value = Value.random(depth: 4, &random)
    let data = try CanonicalJSON.data(value)
    let back = try JSONDecoder().decode(Value.self, from: data)
    #expect(back == value)
    #expect(try CanonicalJSON.data(back) == data)
  }

  @Test(arguments: 0..<50 as Range<UInt64>) func framesComeBackFromJSON(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let frame = Frame(
      (0..<4).map { index in
        let values: [Value] = (0..<Int.random(in: 0...5, using: &random)).map { row in
          switch index {
          case 0: .integer(row)
          case 1: .number(Double(row))  // whole numbers stay numbers
          case 2: .text("\(row)")
          default: .random(depth: 1, &random)
          }
        }
        return Frame.Column("c\(index)", title: "C", unit: index == 0 ? "mV" : nil, values)
      })
    #expect(try JSONDecoder().decode(Frame.self, from: try CanonicalJSON.data(frame)) == frame)
  }

  @Test func framesAreCompact() throws {
    let frame = Frame([Frame.Column("x", title: "X", [.number(1), .number(0.5)])])
    #expect(try CanonicalJSON.text(frame, pretty: false) == #"{"columns":[{"name":"x","numbers":[1,0.5],"title":"X"}]}"#)
  }
}

extension Value {
  static func random(depth: Int, _ random: inout SeededGenerator) -> Value {
    let names = ["a", "$number", "$$x", "", "ü.b", "$statistic", "0"]
    func double(_ random: inout SeededGenerator) -> Double {
      let x = Double(bitPattern: random.next())
      return x.isFinite ? x : 3
    }
    switch Int.random(in: 0..<(depth > 0 ? 9 : 7), using: &random) {
    case 0: return .text(names.randomElement(using: &random) ?? "")
    case 1: return .integer([0, -1, 3, .max, .min].randomElement(using: &random) ?? 0)
    case 2: return .number(double(&random))
    case 3: return .number([0, 1, -2, 1e15, 1e20, 0.1, 5e-324].randomElement(using: &random) ?? 0)
    case 4: return .boolean(Bool.random(using: &random))
    case 5: return .undefined("reason \"quoted\"")
    case 6:
      let interval = Statistic.Interval(lower: double(&random), upper: 1, level: 0.95, method: "m", seed: 3)
      return .statistic(Statistic(double(&random), interval: Bool.random(using: &random) ? interval : nil, n: 5))
    case 7: return .list((0..<Int.random(in: 0...3, using: &random)).map { _ in Value.random(depth: depth - 1, &random) })
    default:
      var members: [String: Value] = [:]
      for _ in 0..<Int.random(in: 0...3, using: &random) {
        members[names.randomElement(using: &random) ?? ""] = Value.random(depth: depth - 1, &random)
      }
      return .object(members)
    }
  }
}

@Suite struct ValueFormatTests {
  static let interval = Statistic.Interval(lower: 0.9241, upper: 0.9379, level: 0.95, method: "bootstrap")
  static let statistic = Value.statistic(Statistic(0.9314, interval: interval, n: 12))
  static let signed = Value.statistic(
    Statistic(-0.01, interval: .init(lower: -0.02, upper: 0.005, level: 0.995, method: "bootstrap"), n: 12))

  @Test(arguments: [
    ("default", .number(0.9285), "0.928"), ("default", .number(12.345), "12.3"), ("default", .number(1234.5), "1234"),
    ("default", .integer(19634), "19\u{202F}634"), ("default", .boolean(true), "yes"), ("default", .text("x"), "x"),
    ("default", statistic, "0.931"), ("default", .undefined("one class"), "undefined (one class)"),
    ("default", .list([.text("a"), .text("b"), .integer(3)]), "a, b and 3"), ("default", .list([]), "none"),
    ("default", .list([.text("a")]), "a"), ("0", .number(2.5), "2"), ("3", .integer(2), "2.000"), ("2", statistic, "0.93"),
    ("p", .number(0.0324), "0.032"), ("p", .number(0.00099), "<\u{A0}0.001"), ("p", .number(1), "1.000"),
    ("percent", .number(0.0735), "7%"), ("percent1", .number(0.0735), "7.4%"), ("percent2", statistic, "93.14%"),
    ("ci", statistic, "0.931 (95% CI 0.924\u{2013}0.938)"), ("ci", signed, "\u{2212}0.010 (99.5% CI \u{2212}0.020 to 0.005)"),
    ("ci", .statistic(Statistic(0.5, n: 3)), "0.500"), ("ci-percent", statistic, "93.1% (95% CI 92.4\u{2013}93.8%)"),
    ("ci-percent", signed, "\u{2212}1.0% (99.5% CI \u{2212}2.0% to 0.5%)"),
    ("integer", .number(1999.6), "2000"), ("integer", .integer(.max), "9\u{202F}223\u{202F}372\u{202F}036\u{202F}854\u{202F}775\u{202F}807"),
    ("text", .integer(19634), "19634"), ("list", .list([.text("a"), .text("b")]), "a and b"),
    ("duration", .number(0.25), "250\u{A0}ms"), ("duration", .number(4.25), "4.2\u{A0}s"), ("duration", .integer(42), "42\u{A0}s"),
    ("duration", .integer(200), "3\u{A0}min 20\u{A0}s"), ("duration", .integer(3900), "1\u{A0}h 5\u{A0}min"),
    ("bytes", .integer(544_000_000), "544\u{A0}MB"), ("bytes", .integer(12), "12\u{A0}B"), ("bytes", .integer(1500), "1.5\u{A0}kB"),
    ("date", .text("2026-03-01"), "1 March 2026"), ("date", .integer(0), "1 January 1970"),
    ("digest", .text("0123456789abcdef"), "0123456789ab"), ("percent", .undefined("x"), "undefined (x)"),
  ] as [(String, Value, String)])
  func formats(name: String, value: Value, expected: String) throws {
    #expect(try #require(ValueFormat(name)).inline(value) == expected)
  }

  @Test(arguments: [
    ("ci", .number(0.5)), ("percent", .text("x")), ("3", .list([])), ("integer", .number(1e300)), ("list", .text("a")),
    ("p", .number(1.5)), ("p", .text("0.03")), ("duration", .number(-1)), ("date", .text("soon")), ("default", .object([:])), ("digest", .integer(3)),
    ("bytes", .boolean(true)), ("text", .list([])),
  ] as [(String, Value)])
  func refusesWhatDoesNotFit(name: String, value: Value) throws {
    let format = try #require(ValueFormat(name))
    #expect(throws: ValueFormat.Unfit.self) { try format.inline(value) }
  }

  @Test(arguments: ValueFormat.names) func everyNameIsAFormat(name: String) { #expect(ValueFormat(name) != nil) }

  @Test func printsTablesWithNotesBelow() throws {
    let table = try GridCell.frame.formatted(columns: nil)
    #expect(table.columns.map(\.title) == ["Name", "AUROC", "Records", "Age (years)"])
    #expect(table.columns.map(\.alignment) == [.left, .right, .right, .right])
    #expect(table.rows.map { $0.map { $0.content.plainText } } == [
      ["NORM", "0.900", "12\u{202F}345", "61.2"], ["MI", "0.812", "7", "9.0"], ["HYP", "undefined¹", "0", "undefined²"],
    ])
    #expect(table.rows.map { $0[1].aside } == ["0.850\u{2013}0.951", nil, nil])
    #expect(table.notes == ["AUROC: area under the curve", "¹ Undefined: no positive record", "² Undefined: unknown age"])
    #expect(try GridCell.frame.formatted(columns: ["age", "name"]).columns.map(\.title) == ["Age (years)", "Name"])
    #expect(throws: TableFault.self) { try GridCell.frame.formatted(columns: ["ages"]) }
  }

  @Test func citesLikeBiomedicalJournals() {
    #expect(
      toyLibrary.map { $0.vancouver.plainText } == [
        "Wagner AB, Strodthoff AB, Bousseljot AB, Kreiseler AB, Lunze AB, Samek AB, et al. PTB-XL, a large publicly "
          + "available electrocardiography dataset. Scientific Data. 2020;7(1):154. doi:10.1038/s41597-020-0495-6",
        "The Society. Electrocardiography? Press. 2019:12\u{2013}15. https://example.org",
      ])
  }

  @Test func readsCSLJSON() throws {
    let json = #"[{"id":"a","title":"T","type":"book","author":[{"family":"F","given":"G"}],"volume":7,"issued":{"date-parts":[["2020",5]]},"DOI":"10.1/x","note":"other"}]"#
    let items = try BibliographyItem.items(parsing: Data(json.utf8))
    var expected = BibliographyItem(
      id: "a", type: "book", title: "T", authors: [.init(family: "F", given: "G")], year: 2020, volume: "7", doi: "10.1/x")
    expected.month = 5
    #expect(items == [expected])
    #expect(try BibliographyItem.items(parsing: try CanonicalJSON.data(items)) == items)
  }
}
