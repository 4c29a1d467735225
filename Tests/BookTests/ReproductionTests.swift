import Files
import Foundation
import Testing

@testable import Book

@Suite struct ReproductionTests {
  static let text = document(
    """
    It is {{ sum.value | 1 }} (@fig-a).

    ```{file #f}
    path: input.txt
    ```

    ```{number #a}
    value: 5
    ```

    ```{add #sum}
    terms: [a, f]
    ```

    ```{plot #fig-a}
    data: sum
    caption: A line.
    ```
    """)

  private func prepared(_ body: (Workshop, RenderOptions) async throws -> Void) async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.text)
      try writeFile("xx", to: "\(workshop.folder)/input.txt")
      var options = RenderOptions()
      options.projectFolder = workshop.folder
      options.sourceDate = nil
      options.tools = ["ecgbook": "1"]
      _ = try await Book.render(workshop.path, options: options, registry: toys, library: toyLibrary)
      try await body(workshop, options)
    }
  }

  @Test(arguments: ["html", "pdf", "results.json"]) func givesTheSameBytesFromTheFileAlone(form: String) async throws {
    try await prepared { workshop, options in
      let finished = try FinishedReport(contentsOf: "\(workshop.folder)/report.\(form)")
      try FileManager.default.removeItem(atPath: workshop.path)  // the source stands in the report
      try FileManager.default.removeItem(atPath: "\(workshop.folder)/.ecgbook")
      let result = try await reproduce(finished, from: workshop.folder, options: options, registry: toys)
      #expect(result.verdict == .bytes && result.causes.isEmpty)
    }
  }

  @Test func namesTheFirstCellThatDiffersAndWhatMoved() async throws {
    try await prepared { workshop, options in
      try writeFile("xxx", to: "\(workshop.folder)/input.txt")
      let finished = try FinishedReport(contentsOf: "\(workshop.folder)/report.html")
      let result = try await reproduce(finished, from: workshop.folder, options: options, registry: toys)
      #expect(result.verdict == .different(cell: "f", "f.value is 3.0, it was 2.0"))
      #expect(result.causes == ["cell 'f': the content of 'input.txt' changed"])
      let tolerant = try await reproduce(finished, from: workshop.folder, options: options, registry: toys, tolerance: 0.5)
      #expect(tolerant.verdict == .within(1.0 / 3))
    }
  }

  @Test func otherLooksAreTheSameNumbers() async throws {
    try await prepared { workshop, options in
      var newer = options
      newer.tools = ["ecgbook": "2"]
      let finished = try FinishedReport(contentsOf: "\(workshop.folder)/report.html")
      let result = try await reproduce(finished, from: workshop.folder, options: newer, registry: toys)
      #expect(result.verdict == .numbers)
      #expect(result.causes == ["ecgbook has version 2, it had 1"])
    }
  }

  @Test func saysWhatDiffersBetweenTwoReports() async throws {
    try await prepared { workshop, options in
      let old = try FinishedReport(contentsOf: "\(workshop.folder)/report.html")
      #expect(Differences(old.results, old.results).isEmpty)
      try workshop.write(Self.text.replacing("value: 5", with: "value: 6").replacing("It is", with: "Now it is"))
      _ = try await Book.render(workshop.path, options: options, registry: toys, library: toyLibrary)
      let new = try FinishedReport(contentsOf: "\(workshop.folder)/report.pdf")
      let differences = Differences(old.results, new.results)
      #expect(differences.firstCause == "cell 'a': option 'value' is 6, it was 5")
      #expect(differences.values.map(\.place) == ["a.value", "sum.value"])
      #expect(differences.figures.map(\.place) == ["fig-a, row 1, value"])
      #expect(differences.sentences.contains("- It is {{ sum.value | 1 }} (@fig-a)."))
      #expect(differences.sentences.contains("+ Now it is {{ sum.value | 1 }} (@fig-a)."))
    }
  }

  @Test(arguments: [(0.93, Differences.Item.Verdict.withinNoise), (0.90, .beyondNoise)])
  func judgesADifferenceByItsIntervals(estimate: Double, verdict: Differences.Item.Verdict) async throws {
    try await prepared { workshop, _ in
      var (old, new) = try (FinishedReport(contentsOf: "\(workshop.folder)/report.html").results, FinishedReport(contentsOf: "\(workshop.folder)/report.html").results)
      func statistic(_ x: Double) -> Value {
        .statistic(Statistic(x, interval: .init(lower: x - 0.01, upper: x + 0.01, level: 0.95, method: "x"), n: 100))
      }
      old.cells[0].values = .object(["auroc": statistic(0.94)])
      new.cells[0].values = .object(["auroc": statistic(estimate)])
      #expect(Differences(old, new).values.map(\.verdict) == [verdict])
    }
  }
}
