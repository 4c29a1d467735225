import Files
import Foundation
import TestSupport
import Testing

@testable import Book

/// A finished report is checked against itself, and whatever is changed in it is named.
@Suite struct VerificationTests {
  static let report = document(
    """
    ## Results

    The macro value is {{ a.statistic | ci }} of {{ a.share | percent1 }} [@wagner2020], {{ sum.value | 1 }} in all (@fig-a, @tbl-g).
    It took {{ a.volatile.seconds | duration }}.

    ```{number #a}
    value: 5
    ```

    ```{add #sum}
    terms: [a]
    ```

    ```{plot #fig-a}
    data: sum
    caption: A line of {{ sum.value | 1 }}.
    ```

    ```{grid #tbl-g}
    caption: Three classes.
    ```

    ```{note #n}
    text: Noted, {{ a.value | 2 }}.
    ```
    """, frontMatter: "summary: \"{{ a.statistic | ci }}\"\nkey-figures: [{ label: Main, value: a.statistic, format: ci }]\n")

  private static func rendered(_ body: (Workshop) async throws -> Void) async throws {
    try await withWorkshop { workshop in
      try workshop.write(report)
      var options = RenderOptions()
      options.projectFolder = workshop.folder
      options.sourceDate = 1_700_000_000
      options.tools = ["ecgbook": "1"]
      _ = try await Book.render(workshop.path, options: options, registry: toys, library: toyLibrary)
      try await body(workshop)
    }
  }

  private func findings(_ data: Data, _ name: String = "report.html") throws -> [String] {
    try verify(try FinishedReport(data, path: name), registry: toys, tools: ["ecgbook": "1"]).findings
  }

  @Test(arguments: ["report.html", "report.pdf", "report.results.json"]) func fitsAsItWasWritten(name: String) async throws {
    try await Self.rendered { workshop in
      let found = try findings(try readFile("\(workshop.folder)/\(name)"), name)
      #expect(found == [])
    }
  }

  /// Every digit that a reader sees, one at a time.
  @Test(arguments: 0..<20 as Range<UInt64>) func namesAChangedNumberOfThePage(seed: UInt64) async throws {
    try await Self.rendered { workshop in
      let whole = [UInt8](try readFile("\(workshop.folder)/report.html"))
      var random = SeededGenerator(seed: seed)
      var places: [Int] = [], isInside = false, isVolatile = false
      let text = String(decoding: whole, as: UTF8.self)
      let bodyStart = text.utf8.distance(from: text.startIndex, to: try #require(text.range(of: "<body")).lowerBound)
      let bodyEnd = text.utf8.distance(from: text.startIndex, to: try #require(text.range(of: "<script type=\"application/json\"")).lowerBound)
      for index in bodyStart..<bodyEnd {
        if whole[index] == UInt8(ascii: "<") {
          isInside = true
          isVolatile = whole[index...].prefix(80).contains(Array("volatile".utf8))
        }
        if whole[index] == UInt8(ascii: ">") { isInside = false }
        if !isInside, !isVolatile, (48...57).contains(whole[index]) { places.append(index) }
      }
      #expect(places.count > 30)
      for _ in 0..<4 {
        var changed = whole
        let place = try #require(places.randomElement(using: &random))
        changed[place] = changed[place] == 57 ? 48 : changed[place] + 1
        let found = try findings(Data(changed))
        #expect(found.count == 1 && found[0].contains(": found '"), "\(found)")
      }
    }
  }

  @Test func namesValueTableAndFigureByTheirNames() async throws {
    try await Self.rendered { workshop in
      let page = String(decoding: try readFile("\(workshop.folder)/report.html"), as: UTF8.self)
      func changed(_ old: String, _ new: String) throws -> [String] {
        #expect(page.contains(old), "\(old)")
        return try findings(Data(page.replacingOccurrences(of: old, with: new).utf8))
      }
      let printed = try #require(page.firstMatch(of: />7\.(\d)%</)).output.0
      let share = try changed(String(printed), ">8.0%<"), age = try changed(">61.2<", ">61.3<")
      #expect(share.first?.contains("value a.share") == true)
      #expect(age.count == 1 && age[0].hasPrefix("table tbl-g, row 2, column 4"), "\(age)")
      let start = try #require(page.range(of: "<path ")).lowerBound
      let path = page[start...].prefix { $0 != ">" }
      let last = path.lastIndex { $0.isNumber }
      let digit = try #require(last)
      let other = String(path[..<digit]) + (path[digit] == "1" ? "2" : "1") + path[path.index(after: digit)...]
      let drawn = try changed(String(path), other)
      #expect(drawn.first?.hasPrefix("figure fig-a") == true, "\(drawn)")
    }
  }

  /// One number of the results, or of a file beside them, at a time.
  @Test(arguments: 0..<30 as Range<UInt64>) func namesTheCellOfAChangedResult(seed: UInt64) async throws {
    try await Self.rendered { workshop in
      var random = SeededGenerator(seed: seed)
      let whole = try readFile("\(workshop.folder)/report.results.json")
      let text = String(decoding: whole, as: UTF8.self)
      let results = try JSONDecoder().decode(Results.self, from: whole)
      for _ in 0..<4 {
        // A digit of a cell's values or data, but not of a key.
        let start = try #require(text.range(of: "\"cells\":")), end = try #require(text.range(of: "],\"report\":"))
        let places = text[start.upperBound..<end.lowerBound].indices.filter { index in
          text[index].isNumber && text[text.index(before: index)] == "." && text[text.index(after: index)].isNumber
        }
        let place = try #require(places.randomElement(using: &random))
        let digit = text[place] == "9" ? "1" : String((text[place].wholeNumberValue ?? 0) + 1)
        let changed = text.replacingCharacters(in: place...place, with: digit)
        let found = try findings(Data(changed.utf8), "report.results.json")
        let damaged = try JSONDecoder().decode(Results.self, from: Data(changed.utf8))
        let cells = zip(results.cells, damaged.cells).filter { $0 != $1 }.map(\.0.id)
        #expect(cells.count == 1)
        #expect(found.contains("cell '\(cells.first ?? "")': its values are not those of its digest"), "\(found)")
      }
    }
  }

  @Test func namesAChangedFile() async throws {
    try await Self.rendered { workshop in
      let page = String(decoding: try readFile("\(workshop.folder)/report.html"), as: UTF8.self)
      let report = try FinishedReport(Data(page.utf8), path: "report.html")
      let csv = try #require(report.attachments["tbl-g.csv"])
      let changed = csv.replacingOccurrences(of: "12345", with: "12346")
      #expect(csv != changed)
      let encoded = [csv, changed].map { Data($0.utf8).base64EncodedString() }
      let found = try findings(Data(page.replacingOccurrences(of: encoded[0], with: encoded[1]).utf8))
      #expect(found.contains("tbl-g.csv: line 2, column n: found 12346, the results give 12345"), "\(found)")
    }
  }

  @Test func comparesNoLooksOfOtherVersions() async throws {
    try await Self.rendered { workshop in
      let report = try FinishedReport(contentsOf: "\(workshop.folder)/report.html")
      let verification = try verify(report, registry: toys, tools: ["ecgbook": "2"])
      #expect(verification.findings == [])
      #expect(verification.notes.contains { $0.contains("ecgbook 1 there, 2 here") })
    }
  }

  @Test(arguments: ["", "%PDF-1.4", "<!DOCTYPE html><p>", "{}", "[1]", "<!DOCTYPE html><script type=\"application/json\" id=\"results\">{\"schema\":\"x\"}</script>"])
  func refusesWhatIsNoReport(text: String) {
    #expect(throws: ProofError.self) { try FinishedReport(Data(text.utf8), path: "x") }
  }

  @Test func extractsDataAndValues() async throws {
    try await Self.rendered { workshop in
      for name in ["report.html", "report.pdf", "report.results.json"] {
        let report = try FinishedReport(contentsOf: "\(workshop.folder)/\(name)")
        let (table, sum) = (try report.extract("tbl-g"), try report.extract("sum.value"))
        #expect(table == GridCell.frame.csv.text && sum.contains("5"))
        #expect(report.names.contains("fig-a") && report.names.contains("a.statistic"))
        #expect(throws: ProofError("\(workshop.folder)/\(name): it has no 'tbl-h'; did you mean 'tbl-g'?")) { try report.extract("tbl-h") }
      }
    }
  }
}
