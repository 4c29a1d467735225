import Foundation
import TestSupport
import Testing

@testable import Book

@Suite struct ParseTests {
  @Test func keepsWhereEverythingStands() throws {
    let text = """
      ---
      title: Über {{ a.value }}
      parameters:
        n: { type: integer, default: 3 }
      ---

      # Head

      Über **{{ a.value | 3 }}** in
        @fig-roc, see [@one; @two].

      ```{number #a}
      value: 3
      ```
      """
    let report = Report(parsing: text, path: "r.md")
    #expect(report.diagnostics == [])
    func range(_ line: Int, _ column: Int, _ length: Int) -> SourceRange {
      SourceRange(file: "r.md", line: line, column: column, length: length)
    }
    guard case .value(let inTitle) = report.frontMatter.title.last else { throw Missing("a value in the title") }
    #expect(inTitle.range == range(2, 13, 13))
    #expect(inTitle.pathRange == range(2, 16, 7))
    guard case .paragraph(let spans) = report.nodes[1].content else { throw Missing("the paragraph") }
    guard case .strong(let strong) = spans[1], case .value(let use) = strong[0] else { throw Missing("the value") }
    #expect(use.path == "a.value" && use.head == "a" && use.rest == "value" && use.format == "3")
    #expect(use.range == range(9, 8, 17))  // after "Über **": columns count characters, not bytes
    #expect(use.formatRange == range(9, 21, 1))
    #expect(spans.contains(.reference("fig-roc", range(10, 3, 8))))
    #expect(
      spans.contains(
        .citation([Citation(key: "one", range: range(10, 18, 4)), Citation(key: "two", range: range(10, 24, 4))])))
    let cell = try #require(report.cells.first)
    #expect(cell.kind == "number" && cell.id == "a")
    #expect(cell.range == range(12, 4, 11))
    #expect(cell.options?.entries?.first?.keyRange == range(13, 1, 5))
    #expect(cell.options?.entries?.first?.value.range == range(13, 8, 1))
    #expect(report.frontMatter.parameters.first?.place == range(4, 3, 1))
  }

  struct Missing: Error { init(_ what: String) {} }

  @Test(arguments: [
    "`{{ a.b }} @fig-x [@y]`", "```\n{{ a.b }} @fig-x [@y]\n```", "    {{ a.b }} [@y", "\\{{ a.b }}", "\\[@y]", "\\@fig-x",
    "mail@fig-x.org",
  ])
  func readsNoMarksInCodeOrBehindABackslash(body: String) {
    let report = Report(parsing: document(body), path: "r.md")
    #expect(report.diagnostics == [])
    #expect(!"\(report.nodes)".contains("ValueUse") && !"\(report.nodes)".contains("reference("))
  }

  @Test func restoresMarksInListings() {
    let report = Report(parsing: document("```text\n{{ a.b | 3 }} [@y]\n```\n"), path: "r.md")
    #expect(report.nodes.map(\.content) == [.code("{{ a.b | 3 }} [@y]\n", language: "text")])
  }

  @Test func takesValuesWithBarsInTables() {
    let report = Report(parsing: document("| a | b |\n|:-:|--:|\n| {{ x.y | 3 }} | {{ x.z \\| 2 }} |\n"), path: "r.md")
    guard case .table(let alignments, let rows) = report.nodes.first?.content else { return #expect(Bool(false)) }
    #expect(alignments == [.center, .right])
    guard case .value(let first) = rows[1][0].first, case .value(let second) = rows[1][1].first else {
      return #expect(Bool(false))
    }
    #expect(first.format == "3" && second.path == "x.z" && second.format == "2")
  }

  @Test func readsFootnotesListsAndStrikethrough() {
    let text = "A[^x] ~~b~~[^y].\n\n3) one\n4) two\n\n[^y]: Second.\n[^x]: First.\n"
    let report = Report(parsing: document(text), path: "r.md")
    #expect(report.diagnostics == [])
    let contents = report.nodes.map(\.content)
    #expect(contents.first == .paragraph([.text("A"), .footnote(1), .text(" "), .strikethrough([.text("b")]), .footnote(2), .text(".")]))
    guard case .list(true, 3, true, let items) = contents[1] else { return #expect(Bool(false)) }
    #expect(items.count == 2)
    guard case .footnotes(let notes) = contents.last else { return #expect(Bool(false)) }
    #expect(notes.map { $0.first?.content } == [.paragraph([.text("First.")]), .paragraph([.text("Second.")])])
  }

  @Test(arguments: ["\n", "\r\n", "\r"]) func countsLinesByAnyLineEnd(end: String) {
    let report = Report(parsing: ["---", "title: A", "---", "", "@fig-x", ""].joined(separator: end), path: "r.md")
    guard case .paragraph(let spans) = report.nodes.first?.content else { return #expect(Bool(false)) }
    #expect(spans == [.reference("fig-x", SourceRange(file: "r.md", line: 5, column: 1, length: 6))])
  }

  @Test func showsTheLineWithACaret() throws {
    let path = "r.md"
    let report = Report(parsing: document("```{number #a}\nvalue: 1\nscal: 2\n```\n\nIt is {{ a.valu | 3 }}.\n"), path: path)
    var planner = Planner(report: report, registry: toys)
    _ = planner.plan(library: [], overrides: [:], parameterFile: nil)
    let last = try #require(planner.diagnostics.inOrder(of: report.source).last)
    #expect(
      "\(last)" == """
        r.md:10:10: error[E0504]: 'a' has no value 'valu'
         10 | It is {{ a.valu | 3 }}.
            |          ^^^^^^
          help: did you mean 'a.value'?
        """)
  }

  @Test func refusesWhatIsNoText() throws {
    try withTemporaryFolder { folder in
      let path = "\(folder)/r.md"
      #expect(check(path, registry: toys).first?.fault == .unreadable)
      #expect(check(folder, registry: toys).first?.fault == .unreadable)
      try Data([0x23, 0xFF, 0xFE]).write(to: URL(filePath: path))
      #expect(check(path, registry: toys).map(\.summary) == ["not UTF-8 text"])
      try Data("---\ntitle: A\n---\n\u{7}".utf8).write(to: URL(filePath: path))
      #expect(check(path, registry: toys).map(\.heading) == ["\(path):4:1: error[E0111]: the character U+0007"])
    }
  }

  @Test func explainsEveryFault() {
    for fault in Fault.allCases {
      #expect(!fault.title.isEmpty && fault.explanation.hasSuffix("."), "\(fault)")
      #expect(fault.code.count == 5)
    }
  }

  @Test(arguments: [("epoch", "epochs"), ("tset", "test"), ("EVAL", "eval"), ("x", nil), ("te", nil), ("abcdef", nil)] as [(String, String?)])
  func suggestsTheNearestName(word: String, expected: String?) {
    #expect(suggestion(for: word, among: ["epochs", "eval", "test", "train"]) == expected)
  }

  @Test(arguments: [("", "abc", 3), ("abc", "abc", 0), ("ab", "ba", 1), ("kitten", "sitting", 3), ("a", "", 1)])
  func countsEdits(a: String, b: String, expected: Int) { #expect(editDistance(a, b) == expected) }

  @Test(arguments: ["2026-02-29", "2024-13-01", "2024-00-01", "2024-1-1", "2024-01-32", "x", "+024-01-01"])
  func refusesDatesThatAreNone(text: String) { #expect(CivilDate(text) == nil) }

  @Test(arguments: [("1970-01-01", 0), ("2000-02-29", 951_782_400), ("2026-03-01", 1_772_323_200), ("1969-12-31", -86_400)])
  func countsSecondsOfDates(text: String, seconds: Int) throws {
    let date = try #require(CivilDate(text))
    #expect(date.secondsSince1970 == seconds)
    #expect(CivilDate(secondsSince1970: seconds + 86_399) == date)
  }
}
