import Files
import Foundation
import TestSupport
import Testing

@testable import Book

/// A report in a folder of its own, rendered without HTML and PDF.
struct Workshop: Sendable {
  var folder: String
  var path: String { "\(folder)/report.md" }

  func write(_ text: String) throws { try writeFile(text, to: path) }

  @discardableResult
  func render(
    registry: CellRegistry = toys, _ change: (inout RenderOptions) -> Void = { _ in },
    progress: @escaping @Sendable (RenderEvent) -> Void = { _ in }
  ) async throws -> RenderResult {
    var options = RenderOptions()
    options.projectFolder = folder
    options.sourceDate = nil
    options.formats = [.results]
    change(&options)
    return try await Book.render(
      path, options: options, registry: registry, library: toyLibrary, writers: PageWriters(html: nil, pdf: nil),
      progress: progress)
  }

  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }
  func names(in place: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/.ecgbook/\(place)")) ?? []).sorted()
  }
}

func withWorkshop(_ body: (Workshop) async throws -> Void) async throws {
  try await withTemporaryFolder { folder in try await body(Workshop(folder: folder)) }
}

extension RenderResult {
  /// The cells that ran, but those that have nothing to remember.
  var ran: [String] { explanations.filter { $0.reason != .cached && $0.reason != .neverCached }.map(\.id) }
  func why(_ id: String) -> String { explanations.first { $0.id == id }?.description ?? "" }
}

@Suite struct CacheTests {
  static let report = document(
    """
    It is {{ sum.value | 1 }} (@fig-a).

    ```{number #a}
    value: $start
    ```

    ```{file #f}
    path: input.txt
    ```

    ```{add #sum}
    terms: [a, f]
    ```

    ```{plot #fig-a}
    data: sum
    caption: A line.
    ```

    From {{ parameters.start }}.
    """, frontMatter: "parameters:\n  start: { type: integer, default: 2 }\n")

  private func prepared(_ body: (Workshop) async throws -> Void) async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      try writeFile("abc", to: "\(workshop.folder)/input.txt")
      let result = try await workshop.render()
      #expect(result.ran == ["a", "f", "sum"])
      #expect(result.why("a") == "a (number): runs: no earlier result")
      #expect(result.page.blocks.first == .paragraph([.text("It is "), .value("5.0", path: "sum.value"), .text(" ("), .reference("Figure\u{A0}1", anchor: "fig-a"), .text(").")]))
      try await body(workshop)
    }
  }

  @Test(arguments: [
    ("It is", "There are"), ("A line.", "A longer line."), ("caption:", "width: 85\ncaption:"), ("title: A", "title: The"),
    ("value: $start", "value: 2"), ("value: $start", "scale: 1\nvalue: $start"),
    ("number #a}\nvalue", "number #a}\n# a remark\nvalue"),
  ])
  func runsNothingWhenOnlyTheLookChanges(old: String, new: String) async throws {
    try await prepared { workshop in
      try workshop.write(Self.report.replacing(old, with: new))
      let result = try await workshop.render()
      #expect(result.ran == [])
      #expect(result.run.cells.filter { $0.id != "fig-a" }.allSatisfy { $0.cached })
    }
  }

  @Test(arguments: [
    ("value: $start", "value: 3", ["a", "sum"], "a (number): runs: option 'value' is 3, it was 2"),
    ("value: $start", "value: $start\nscale: 2", ["a", "sum"], "a (number): runs: option 'scale' is {\"$number\":2}, it was {\"$number\":1}"),
    ("[a, f]", "[a]", ["sum"], "sum (add): runs: it no longer needs 'f'"),
  ])
  func runsWhatAnOptionChanges(old: String, new: String, ran: [String], why: String) async throws {
    try await prepared { workshop in
      try workshop.write(Self.report.replacing(old, with: new))
      let result = try await workshop.render()
      #expect(result.ran == ran)
      #expect(result.why(ran[0]) == why)
    }
  }

  @Test func runsWhatAParameterChanges() async throws {
    try await prepared { workshop in
      let result = try await workshop.render { $0.overrides = ["start": "7"] }
      #expect(result.ran == ["a", "sum"])
      #expect(result.why("sum") == "sum (add): runs: 'a', which it needs, changed")
      #expect(result.results.report.parameters == ["start": .integer(7)])
      let again = try await workshop.render()
      #expect(again.ran == [])  // the first value's results are still there
    }
  }

  @Test func runsWhatAnInputChanges() async throws {
    try await prepared { workshop in
      try writeFile("abd", to: "\(workshop.folder)/input.txt")  // the same size
      let result = try await workshop.render()
      #expect(result.ran == ["f", "sum"])
      #expect(result.why("f") == "f (file): runs: the content of 'input.txt' changed")
    }
  }

  @Test func runsWhatANewVersionChanges() async throws {
    try await prepared { workshop in
      let result = try await workshop.render(registry: newerToys)
      #expect(result.ran == ["a", "sum"])
      #expect(result.why("a") == "a (number): runs: 'number' has version 2, it had 1")
    }
  }

  @Test func runsAgainWhatIsDamaged() async throws {
    try await prepared { workshop in
      for key in workshop.names(in: "cache") {
        try writeFile("{", to: "\(workshop.folder)/.ecgbook/cache/\(key)/output.json")
      }
      let result = try await workshop.render()
      #expect(result.ran == ["a", "f", "sum"])
      #expect(result.why("a") == "a (number): runs: its entry in the cache is gone")
      let again = try await workshop.render()
      #expect(again.ran == [])
    }
  }

  @Test func runsAgainWhenAFileOfTheEntryIsMissing() async throws {
    try await prepared { workshop in
      for key in workshop.names(in: "cache") {
        try? FileManager.default.removeItem(atPath: "\(workshop.folder)/.ecgbook/cache/\(key)/files/sum.txt")
      }
      let again = try await workshop.render()
      #expect(again.ran == ["sum"])
    }
  }

  @Test func frozenRunsNothing() async throws {
    try await prepared { workshop in
      _ = try await workshop.render { $0.isFrozen = true }
      let before = try readFile("\(workshop.folder)/report.results.json")
      try workshop.write(Self.report.replacing("$start", with: "9"))
      let error = await #expect(throws: RenderError.self) { try await workshop.render { $0.isFrozen = true } }
      #expect("\(try #require(error))".contains("a (number): runs: option 'value' is 9, it was 2\n"))
      #expect(try readFile("\(workshop.folder)/report.results.json") == before)
    }
  }

  @Test func sharesTheCacheBetweenRendersAtOnce() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      try writeFile("abc", to: "\(workshop.folder)/input.txt")
      let digests = try await withThrowingTaskGroup(of: String.self) { group in
        for index in 0..<8 {
          group.addTask { try await workshop.render { $0.output = "\(workshop.folder)/out/\(index)" }.page.digest }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(digests.count == 1)
      #expect(workshop.names(in: "cache").count == 3 && workshop.names(in: "scratch").isEmpty)
    }
  }

  @Test func leavesNothingOfACellThatThrows() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("```{number #a}\nvalue: 1\n```\n\n```{fragile #x}\n```\n"))
      let failure = await #expect(throws: CellFailures.self) { try await workshop.render() }
      #expect(
        "\(try #require(failure))" == "\(workshop.path):9:4: cell 'x' (fragile) failed: the first attempt breaks")
      #expect(workshop.names == [".ecgbook", "report.md"])
      #expect(workshop.names(in: "cache").count == 1)  // the first cell's
      #expect(workshop.names(in: "checkpoints").count == 1)
      // With its checkpoint it succeeds, and then the checkpoint goes.
      let result = try await workshop.render { $0.resumes = true }
      #expect(result.ran == ["x"])
      #expect(workshop.names(in: "checkpoints").isEmpty)
      #expect(workshop.names == [".ecgbook", "report.md", "report.results.json", "report.run.json"])
    }
  }

  @Test func leavesNoOutputWhenAWriterThrows() async throws {
    try await withWorkshop { workshop in
      struct Full: Error {}
      try workshop.write(document("Text.\n"))
      var options = RenderOptions()
      options.projectFolder = workshop.folder
      let writers = PageWriters(html: { _ in Data("x".utf8) }, pdf: { _ in throw Full() })
      await #expect(throws: Full.self) {
        try await Book.render(workshop.path, options: options, registry: toys, writers: writers)
      }
      #expect(workshop.names.filter { $0.hasPrefix("report") } == ["report.md"])
    }
  }

  @Test func stopsWhenInterrupted() async throws {
    try await prepared { workshop in
      try workshop.write(Self.report.replacing("$start", with: "5"))
      await #expect(throws: RenderError.interrupted(id: "a")) { try await workshop.render { $0.isInterrupted = { true } } }
    }
  }

  @Test func saysWhenAnInputIsMissing() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      let failure = await #expect(throws: CellFailure.self) { try await workshop.render() }
      #expect(try #require(failure).reason.hasSuffix("input.txt: cannot read: No such file or directory"))
      #expect(workshop.names(in: "cache").isEmpty)  // found before the first cell ran
    }
  }

  @Test func seesPathsOfTheCommandLineFromTheReport() async throws {
    try await withWorkshop { workshop in
      try FileManager.default.makeFolder("\(workshop.folder)/data")
      try writeFile("abcd", to: "\(workshop.folder)/data/x.txt")
      try workshop.write(
        document("{{ f.value }}\n\n```{file #f}\npath: $p\n```\n", frontMatter: "parameters:\n  p: { type: path, default: none.txt }\n"))
      let here = FileManager.default.currentDirectoryPath.split(separator: "/").map { _ in ".." }.joined(separator: "/")
      let result = try await workshop.render { $0.overrides = ["p": here + workshop.folder + "/data/x.txt"] }
      #expect(result.results.report.parameters == ["p": .text("data/x.txt")])
      #expect(result.page.blocks.first == .paragraph([.value("4", path: "f.value")]))
    }
  }
}

@Suite struct FileDigestTests {
  private func age(_ path: String) throws {
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: path)
  }

  @Test func trustsOnlyWhatIsOld() async throws {
    try await withTemporaryFolder { folder in
      let file = "\(folder)/a"
      try writeFile("one", to: file)
      let digests = FileDigests(rememberedAt: "\(folder)/.memory/digests.json")
      #expect(try digests.digest(ofFile: file) == Digest(of: "one"))
      #expect(try digests.digest(ofFile: file) == Digest(of: "one"))
      #expect(digests.reads == 2)  // written just now: never remembered
      try await Task.sleep(for: .seconds(2.1))  // its times, which only the clock can age
      #expect(try digests.digest(ofFile: file) == Digest(of: "one"))
      #expect(try digests.digest(ofFile: file) == Digest(of: "one"))
      #expect(digests.reads == 3)
      try digests.save()
      let later = FileDigests(rememberedAt: "\(folder)/.memory/digests.json")
      #expect(try later.digest(ofFile: file) == Digest(of: "one"))
      #expect(later.reads == 0)
      // The same size and an old time: the change of the file itself still shows.
      try writeFile("two", to: file)
      try age(file)
      #expect(try later.digest(ofFile: file) == Digest(of: "two"))
    }
  }

  @Test func digestsFoldersByNamesAndContents() throws {
    try withTemporaryFolder { folder in
      let data = "\(folder)/data"
      try FileManager.default.makeFolder("\(data)/b")
      try writeFile("1", to: "\(data)/a")
      try writeFile("2", to: "\(data)/b/c")
      let digests = FileDigests()
      let first = try digests.digest(ofFolder: data)
      #expect(try digests.digest(ofFiles: ["b/c", "a"], in: data) == first)  // whatever the order
      try FileManager.default.moveItem(atPath: data, toPath: "\(folder)/moved")
      #expect(try digests.digest(ofFolder: "\(folder)/moved") == first)  // wherever it stands
      try writeFile("3", to: "\(folder)/moved/b/c")
      let second = try digests.digest(ofFolder: "\(folder)/moved")
      #expect(second != first)
      try FileManager.default.moveItem(atPath: "\(folder)/moved/a", toPath: "\(folder)/moved/d")
      #expect(try digests.digest(ofFolder: "\(folder)/moved") != second)
      #expect(throws: FileError.self) { try digests.digest(ofFolder: "\(folder)/none") }
      #expect(throws: FileError.self) { try digests.digest(ofFile: folder) }
    }
  }
}
