import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Book

/// A number that takes its time and counts how often it is computed; 900 and above fails.
struct SlowCell: Cell {
  static let kind = "slow", summary = "A slow number.", version = "1"
  static let runs = Mutex<[Int: Int]>([:])
  var value: Int
  init(_ options: inout Options) { value = options.takeRequired("value", in: 0...1000) }
  var valuePaths: [String] { ["value"] }
  struct TooLarge: Error, CustomStringConvertible { var description: String { "too large" } }
  func run(_ context: RunContext) async throws -> Output {
    Self.runs.withLock { $0[value, default: 0] += 1 }
    try await Task.sleep(for: .milliseconds(150))
    if value >= 900 { throw TooLarge() }
    return Output(values: .object(["value": .integer(value)]))
  }
  func publish(_ output: Output, _ context: PublishContext) throws {
    try FileManager.default.makeFolder("\(context.projectFolder)/saved")
    try writeFile("\(value)", to: "\(context.projectFolder)/saved/model.txt")
  }
}

/// What a patient's file says: nothing of it may be kept.
struct PrivateCell: Cell {
  static let kind = "private", summary = "A patient's file.", version = "1"
  var path: String
  init(_ options: inout Options) { path = options.takePath("path") }
  var mayBeKept: Bool { false }
  var valuePaths: [String] { ["value"] }
  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    [InputDigest(name: path, digest: try context.digests.digest(ofPrivateFile: "\(context.reportFolder)/\(path)"))]
  }
  func run(_ context: RunContext) async throws -> Output {
    Output(values: .object(["value": .text(String(decoding: try readFile("\(context.reportFolder)/\(path)"), as: UTF8.self))]))
  }
}

/// Repeats another cell's text.
struct EchoCell: Cell {
  static let kind = "echo", summary = "An echo.", version = "1"
  var of: Reference
  init(_ options: inout Options) { of = options.takeReference("of") }
  var valuePaths: [String] { ["value"] }
  func run(_ context: RunContext) async throws -> Output {
    Output(values: .object(["value": context.needed[of.id]?.output.values["value"] ?? .undefined("nothing")]))
  }
}

private let kinds = CellRegistry(toyKinds + [SlowCell.self, PrivateCell.self, EchoCell.self])

extension Workshop {
  func batch(
    _ matrix: String? = nil, jobs: Int = 4, _ change: (inout BatchOptions) -> Void = { _ in },
    progress: @escaping @Sendable (BatchEvent) -> Void = { _ in }
  ) async throws -> BatchResult {
    if let matrix { try writeFile(matrix, to: "\(folder)/runs.csv") }
    var options = BatchOptions(output: "\(folder)/out")
    options.jobs = jobs
    options.render.projectFolder = folder
    options.render.sourceDate = nil
    options.render.formats = [.results, .html]
    change(&options)
    return try await Book.batch(
      path, matrix: "\(folder)/runs.csv", options: options, registry: kinds, library: toyLibrary,
      writers: PageWriters(html: PageWriters.standard.html, pdf: nil), progress: progress)
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8) }
  var written: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/out")) ?? []).sorted() }
}

/// A report on a number `start` and a file `input`, which all rows share what `shared` computes with.
private func report(shared: Int) -> String {
  document(
    """
    From {{ parameters.start }}: {{ sum.value }}, of {{ both.value }}.

    ```{slow #both}
    value: \(shared)
    ```

    ```{number #a}
    value: $start
    ```

    ```{file #f}
    path: $input
    ```

    ```{add #sum}
    terms: [a, f]
    ```
    """,
    frontMatter: """
      key-figures:
        - { label: Sum, value: sum.value, format: "1" }
      parameters:
        start: { type: integer, default: 2, range: 0...100 }
        input: { type: path, default: input.txt }

      """)
}

@Suite struct BatchTests {
  private func prepared(shared: Int, _ body: (Workshop) async throws -> Void) async throws {
    try await withWorkshop { workshop in
      try workshop.write(report(shared: shared))
      try writeFile("abc", to: "\(workshop.folder)/input.txt")
      try await body(workshop)
    }
  }

  @Test func rendersEachRowToFilesOfItsOwn() async throws {
    try await prepared(shared: 1) { workshop in
      let result = try await workshop.batch("output,start\none,1\ntwo,2\nthree,3\n")
      #expect(result.rows.map(\.name) == ["one", "two", "three"])
      #expect(result.rows.map(\.keyFigures) == [[.number(4)], [.number(5)], [.number(6)]])
      #expect(result.failed == 0 && result.notRun == 0)
      #expect(workshop.written.filter { $0.hasPrefix("two") } == ["two", "two.html", "two.results.json", "two.run.json"])
      for row in result.rows {
        let finished = try FinishedReport(contentsOf: "\(workshop.folder)/out/\(row.name).html")
        #expect(finished.results.report.parameters["start"] == row.parameters["start"])
      }
      #expect(try workshop.text("out/summary.csv") == "run,start,status,sum\none,1,rendered,4.0\ntwo,2,rendered,5.0\nthree,3,rendered,6.0\n")
    }
  }

  @Test func rendersARowAsItIsRenderedAlone() async throws {
    try await prepared(shared: 1) { workshop in
      let result = try await workshop.batch("start\n1\n7\n")
      let alone = try await workshop.render(registry: kinds) { $0.overrides = ["start": "7"] }
      let row = try #require(result.rows.last)
      #expect(row.outcome == .rendered(digest: alone.page.digest))
      #expect(try workshop.text("out/\(row.name).results.json") == workshop.text("report.results.json"))
    }
  }

  @Test func computesOnceWhatRowsShare() async throws {
    try await prepared(shared: 101) { workshop in
      // Two batches at once, as two processes would be: they share nothing but the folder.
      async let first = workshop.batch("start\n1\n2\n3\n4\n") { $0.output += "1" }
      async let second = workshop.batch("start\n1\n2\n3\n4\n") { $0.output += "2" }
      let results = try await [first, second]
      #expect(results[0].rows == results[1].rows)
      #expect(SlowCell.runs.withLock { $0[101] } == 1)
      #expect(workshop.names(in: "locks").isEmpty)
      let again = try await workshop.batch(nil)
      #expect(again.rows == results[0].rows && SlowCell.runs.withLock { $0[101] } == 1)
    }
  }

  @Test func oneFailureStopsNoOther() async throws {
    try await prepared(shared: 1) { workshop in
      try writeFile("abcde", to: "\(workshop.folder)/long.txt")
      let result = try await workshop.batch("output,input\ngood,input.txt\nlost,nowhere.txt\nfine,long.txt\n", jobs: 2)
      #expect(result.rows.map(\.status) == ["rendered", "failed", "rendered"])
      guard case .failed(let reasons, nil) = result.rows[1].outcome else { throw Wrong("no failure") }
      #expect(reasons.count == 1 && reasons[0].contains("nowhere.txt: cannot read: No such file or directory"))
      #expect(!workshop.written.contains { $0.hasPrefix("lost") })
      let index = try workshop.text("out/index.html")
      #expect(index.contains("1\u{A0}run failed: see below.") && index.contains("cannot read: No such file"))
      #expect(index.contains(##"<a href="#failure-lost">failed</a>"##))
      #expect(try workshop.text("out/summary.csv").contains("lost,nowhere.txt,failed,,the run failed\n"))
    }
  }

  @Test func failsAtASharedCellOnce() async throws {
    try await prepared(shared: 901) { workshop in
      let result = try await workshop.batch("start\n1\n2\n3\n")
      #expect(result.failed == 3)
      #expect(SlowCell.runs.withLock { $0[901] } == 1)
      for row in result.rows {
        #expect(workshop.written.contains("\(row.name).failed.html"))
        guard case .failed(let reasons, let page) = row.outcome else { throw Wrong("no failure") }
        #expect(reasons == ["\(workshop.path):12:4: cell 'both' (slow) failed: too large"])
        #expect(page == "\(workshop.folder)/out/\(row.name).failed.html")
        #expect(try workshop.text("out/index.html").contains("href=\"./\(row.name).failed.html\""))
      }
    }
  }

  @Test func goesOnWhereItWasStopped() async throws {
    try await prepared(shared: 1) { workshop in
      let stopped = Atomic(false)
      let matrix = "output,start\na,1\nb,2\nc,3\nd,4\n"
      let first = try await workshop.batch(matrix, jobs: 1, { $0.render.isInterrupted = { stopped.load(ordering: .relaxed) } }) { event in
        if case .finished(_, done: 2, _) = event { stopped.store(true, ordering: .relaxed) }
      }
      #expect(first.rows.map(\.status) == ["rendered", "rendered", "not run", "not run"])
      #expect(workshop.written.contains("b.html") && !workshop.written.contains("c.html"))
      let index = try workshop.text("out/index.html")
      #expect(index.contains("The batch was stopped: 2\u{A0}runs are missing.") && index.contains("<p>c, d."))
      let second = try await workshop.batch(nil)
      #expect(second.notRun == 0 && second.rows.prefix(2) == first.rows.prefix(2))
      #expect(try !workshop.text("out/index.html").contains("The batch was stopped"))
    }
  }

  @Test func keepsApartWhatRowsPublish() async throws {
    try await prepared(shared: 1) { workshop in
      try workshop.write(report(shared: 1).replacing("value: 1\n", with: "value: $start\n"))
      _ = try await workshop.batch("output,start\na,11\nb,12\n")
      #expect(try workshop.text("out/a/saved/model.txt") == "11")
      #expect(try workshop.text("out/b/saved/model.txt") == "12")
    }
  }

  @Test func writesTheSameIndexTwice() async throws {
    try await prepared(shared: 1) { workshop in
      _ = try await workshop.batch("start,input\n3,\n5,nowhere.txt\n", jobs: 1)
      let names = ["out/index.html", "out/summary.csv", "out/summary.json"]
      let before = try names.map { try workshop.text($0) }
      _ = try await workshop.batch(nil, jobs: 4)
      #expect(try names.map { try workshop.text($0) } == before)
    }
  }

  @Test func keepsResultsOfEveryRowFromPruning() async throws {
    try await prepared(shared: 1) { workshop in
      _ = try await workshop.batch("start\n1\n2\n")
      let pruning = try CacheKeeper(projectFolder: workshop.folder).prune()
      #expect(pruning.results.isEmpty)
    }
  }

  @Test func keepsNothingOfAPatient() async throws {
    try await withWorkshop { workshop in
      try workshop.write(
        document(
          "{{ loud.value | text }}\n\n```{private #own}\npath: $file\n```\n\n```{echo #loud}\nof: own\n```\n",
          frontMatter: "parameters:\n  file: { type: path, default: anna.txt }\n"))
      for name in ["anna", "ben"] { try writeFile("secret of \(name)", to: "\(workshop.folder)/\(name).txt") }
      let result = try await workshop.batch("output,file\np1,anna.txt\np2,ben.txt\n")
      #expect(result.failed == 0)
      #expect(try workshop.text("out/p2.html").contains("secret of ben"))
      let kept = try FileManager.default.subpathsOfDirectory(atPath: "\(workshop.folder)/.ecgbook")
      for name in kept {
        guard let data = try? readFile("\(workshop.folder)/.ecgbook/\(name)") else { continue }
        let text = String(decoding: data, as: UTF8.self)
        #expect(!text.contains("secret") && !text.contains("anna") && !text.contains("ben"), "\(name)")
      }
      #expect(workshop.names(in: "cache").isEmpty && workshop.names(in: "scratch").isEmpty)
    }
  }

  private struct Wrong: Error { init(_ what: String) {} }
}

@Suite struct MatrixTests {
  private static let text = document(
    "{{ parameters.data }} {{ parameters.epochs }} {{ parameters.network }} {{ parameters.note }}\n",
    frontMatter: """
      parameters:
        data: { type: path, default: data }
        epochs: { type: integer, default: 10, range: 1...200 }
        network: { type: choice, default: ResNet1D, choices: [ResNet1D, ECGConvNet] }
        note: { type: text, default: none }

      """)

  private func read(_ matrix: String, names: String? = nil, fixed: Set<String> = []) throws -> (matrix: Matrix, mistakes: [String]) {
    try withTemporaryFolder { folder in
      try writeFile(matrix, to: "\(folder)/runs.csv")
      let (read, mistakes) = Matrix.read(
        "\(folder)/runs.csv", for: Report(parsing: Self.text, path: "report.md"), nameColumn: names, fixed: fixed)
      return (read, mistakes.map { mistake in
        String(mistake.heading.dropFirst(folder.count + 10)) + mistake.help.map { " | \($0)" }.joined()
      })
    }
  }

  @Test func namesEveryMistakeAtOnce() throws {
    let found = try read(
      """
      epoch,network,"data",epochs,epochs
      1,ResNet1D,a,5,6
      2,ResNet,"b",0,
      3,"x, y
      z",c,ten,1
      4,ECGConvNet,d

      5,ECGConvNet,d,1,1,1
      """)
    #expect(
      found.mistakes == [
        "1:1: error[E0405]: no parameter 'epoch' for this column | did you mean 'epochs'?",
        "1:29: error[E0701]: the column 'epochs' stands twice; the first is column 4 | keep one of the two",
        "3:3: error[E0406]: 'network' is one of ResNet1D, ECGConvNet, found 'ResNet' | did you mean 'ResNet1D'?",
        "3:14: error[E0406]: 'epochs' is '0', outside of 1...200",
        "4:3: error[E0406]: 'network' is one of ResNet1D, ECGConvNet, found 'x, y\nz'",
        "5:6: error[E0406]: 'epochs' is an integer, found 'ten'",
        "6:14: error[E0701]: 3 fields; the head has 5 | a field that holds a comma stands in quotes",
        "8:20: error[E0701]: 6 fields; the head has 5 | a field that holds a comma stands in quotes",
      ])
    #expect(found.matrix.rows.isEmpty)
  }

  @Test(arguments: [
    ("", " error[E0701]: the matrix is empty"), ("epochs\n", "1:1: error[E0701]: the matrix has a head and no run"),
    ("epochs,note\n1,\"never closed\n", "2:1: error[E0701]: a quoted field is never closed"),
    ("epochs\n3\n4\n3\n", "4:1: error[E0702]: the same run as on line 2"), ("note\nx\n\"x\"\n", "3:1: error[E0702]: the same run as on line 2"),
    ("output,epochs\na,1\nA,2\n", "3:1: error[E0702]: the name 'A' is taken by line 2"),
    ("output,epochs\na/b,1\n", "2:1: error[E0702]: 'a/b' cannot name files"), ("output,epochs\n..,1\n", "2:1: error[E0702]: '..' cannot name files"),
    ("output,epochs\n,1\n", "2:1: error[E0702]: a run without a name"), ("output,epochs\nIndex,1\n", "2:1: error[E0702]: the name 'Index' is taken"),
    ("output,epochs\nnul,1\n", "2:1: error[E0702]: the name 'nul' is taken"), ("output,epochs\né,1\n", "2:1: error[E0702]: 'é' cannot name files"),
    ("epochs,outptu\n1,a\n", "1:8: error[E0405]: no parameter 'outptu' for this column | did you mean 'output'?"),
  ])
  func refuses(matrix: String, mistake: String) throws {
    let found = try read(matrix).mistakes
    #expect(found.count == 1 && found.first?.hasPrefix(mistake) == true, "\(found)")
  }

  @Test func refusesAParameterThatIsSetTwice() throws {
    #expect(try read("epochs\n3\n", fixed: ["epochs"]).mistakes == [
      "1:1: error[E0701]: the column 'epochs' sets what '-P epochs=…' sets for all runs | set it in one of the two"
    ])
  }

  @Test func namesRowsByAColumn() throws {
    #expect(try read("output,epochs\nFirst_run-1,1\nb,2\n").matrix.rows.map(\.name) == ["First_run-1", "b"])
    let byNote = try read("note,epochs\nfirst,1\nsecond,1\n", names: "note").matrix
    #expect(byNote.rows.map(\.name) == ["first", "second"] && byNote.columns == ["note", "epochs"])
    #expect(byNote.rows.map { $0.values["note"] } == [.text("first"), .text("second")])
    #expect(try read("epochs\n1\n", names: "note").mistakes == ["1:1: error[E0701]: no column 'note' to name the runs | columns: epochs"])
    #expect(try read("note,epochs\nx,1\nX,2\n", names: "note").mistakes.first?.hasPrefix("3:1: error[E0702]: the name 'X' is taken by line 2") == true)
  }

  @Test func makesNamesOfValues() throws {
    let rows = try read(
      """
      data,epochs,note
      /home/Anna Müller/ptb.xl,3,../../etc/passwd
      other/ptb.xl,3,"CON "
      ,4,
      ,,a very long note that would make a very long name of a file
      ,,a very long note that would make a very long name of a file!
      """
    ).matrix.rows
    #expect(rows.map { String($0.name.dropLast(11)) } == ["ptb-xl-3-etc-passwd", "ptb-xl-3-con", "4", "a-very-long-note-that-would-make-a-very", "a-very-long-note-that-would-make-a-very"])
    #expect(Set(rows.map(\.name)).count == 5)
    #expect(rows.allSatisfy { $0.name.wholeMatch(of: /[a-z0-9-]+-[0-9a-f]{10}/) != nil })
    // A row's name depends on the row alone.
    #expect(try read("data,epochs,note\n,4,\n").matrix.rows.map(\.name) == [rows[2].name])
  }

  @Test func startsPathsAtItsOwnFolder() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.makeFolder(folder + "/lists")
      try writeFile("data,epochs\nsets/a,\n/b,2\n", to: folder + "/lists/runs.csv")
      let report = Report(parsing: Self.text, path: folder + "/reports/report.md")
      let rows = Matrix.read(folder + "/lists/runs.csv", for: report).matrix.rows
      #expect(rows.map(\.values) == [["data": .text("../lists/sets/a")], ["data": .text("/b"), "epochs": .integer(2)]])
    }
  }

  @Test func saysWhichRowsMakeTheReportWrong() async throws {
    try await withWorkshop { workshop in
      try workshop.write(
        document("{{ a.value }} {{ b.value }}\n\n```{number #a}\nvalue: $n\n```\n", frontMatter: "parameters:\n  n: { type: integer, default: 1 }\n"))
      let error = await #expect(throws: ReportError.self) { try await workshop.batch("n\n1\n13\n2000\nx\n") }
      let mistakes = try #require(error).diagnostics
      #expect(mistakes.map(\.fault) == [.parameterValue, .unknownCell, .optionMeaning, .outOfRange] || mistakes.map(\.fault) == [.parameterValue, .unknownValue, .optionMeaning, .outOfRange], "\(mistakes)")
      #expect(mistakes[2].help == ["take 12", "\(workshop.folder)/runs.csv has it on line 3"])
      #expect(!FileManager.default.fileExists(atPath: "\(workshop.folder)/out"))
    }
  }

  @Test func saysWhatTheMatrixIsNot() async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("Text.\n"))
      let error = await #expect(throws: ReportError.self) { try await workshop.batch() }
      #expect(try #require(error).diagnostics.map(\.heading) == ["\(workshop.folder)/runs.csv: error[E0701]: cannot open: No such file or directory"])
    }
  }
}
