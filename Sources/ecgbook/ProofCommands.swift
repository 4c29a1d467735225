import ArgumentParser
import Book
import Cells
import Files
import Foundation

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Checks a finished report against itself: digests, printed values, tables, files, figures.",
    discussion: """
      REPORT is the HTML, the PDF or the results of a rendered report. Its page is set again from the results inside, every figure
      is drawn again from its data, and both are compared with the file. Status 0: all fits; 1: something does not; 2: it is
      no report.
      """)
  @Argument(help: "The HTML, PDF or results of a report.") var report: String

  func run() throws {
    let verification = try proving { try verify(try FinishedReport(contentsOf: report), registry: CellRegistry(cellKinds), tools: try currentTools()) }
    for note in verification.notes { print("note: \(note)") }
    guard verification.findings.isEmpty else {
      let count = verification.findings.count
      throw Failure(
        message: (verification.findings + ["\(report): \(count == 1 ? "1 thing does" : "\(count) things do") not fit"]).joined(separator: "\n"),
        status: 1)
    }
    print("\(report): \(verification.cells) cells, \(verification.figures) figures, \(verification.tables) tables and \(verification.files) files fit")
  }
}

struct Extract: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prints the data of a figure or table as CSV, or a value as JSON, from a finished report.")
  @Argument(help: "The HTML, PDF or results of a report.") var report: String
  @Argument(help: "A figure, a table, or the path of a value. (default: list what there is)") var name: String?

  func run() throws {
    let finished = try proving { try FinishedReport(contentsOf: report) }
    guard let name else { return finished.names.forEach { print($0) } }
    print(try proving { try finished.extract(name) }, terminator: "")
  }
}

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what differs between two finished reports: values, tables, figures, sentences, and what moved first.",
    discussion: "A difference of two estimates is within noise when their intervals let expect it by chance, as of independent records.")
  @Argument(help: "The older report: HTML, PDF or results.") var old: String
  @Argument(help: "The newer report.") var new: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let (a, b) = try proving { (try FinishedReport(contentsOf: old), try FinishedReport(contentsOf: new)) }
    let differences = Differences(a.results, b.results)
    if json { return print(try CanonicalJSON.text(differences, pretty: true)) }
    guard !differences.isEmpty else { return print("no difference") }
    if let cause = differences.firstCause { print("what moved first: \(cause)") }
    for (title, items) in [("values", differences.values), ("tables", differences.tables), ("figures", differences.figures)] where !items.isEmpty {
      let beyond = items.count { $0.verdict == .beyondNoise }, within = items.count { $0.verdict == .withinNoise }
      print("\n\(title): \(items.count) differ, \(beyond) beyond noise, \(within) within")
      for item in items.prefix(title == "figures" ? 10 : 200) { print("  \(item.place): \(item.old) → \(item.new) (\(item.verdict.rawValue))") }
      if title == "figures", items.count > 10 { print("  … and \(items.count - 10) more; --json has all") }
    }
    if !differences.sentences.isEmpty { print("\ntext:") }
    for sentence in differences.sentences { print("  " + sentence) }
  }
}

struct Reproduce: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes a finished report again, from what stands in it and the data it names, and compares.",
    discussion: "Status 0: the same bytes, the same numbers, or within the tolerance; 1: something else came out.")
  @Argument(help: "The HTML, PDF or results of a report.") var report: String
  @Option(
    name: [.customShort("P"), .customLong("parameter")],
    help: "The value of a private parameter, which the report does not tell; give it as often as needed.")
  var parameters: [ReportArguments.Assignment] = []
  @Option(help: "Where the report's relative paths start. (default: the folder of REPORT)") var folder: String?
  @Option(help: "The folder that holds .ecgbook.") var project = "."
  @Option(help: "The largest relative difference that counts as equal.") var tolerance = 0.0
  @Flag(help: "Compute nothing: a cell that is not in the cache is an error.") var frozen = false
  @Flag(help: "Go on from the checkpoints of an interrupted run.") var resume = false

  func run() async throws {
    guard tolerance.isFinite, tolerance >= 0 else { throw Failure(message: "--tolerance: expected a number from 0 on", status: 2) }
    let finished = try proving { try FinishedReport(contentsOf: report) }
    let console = Console(), interrupt = Interrupt()
    var options = RenderOptions()
    (options.projectFolder, options.isFrozen, options.resumes) = (project, frozen, resume)
    options.overrides = Dictionary(parameters.map { ($0.name, $0.value) }) { _, last in last }
    options.tools = try currentTools()
    options.isInterrupted = { interrupt.isSet }
    let place = (report as NSString).deletingLastPathComponent
    let result: Reproduction
    do {
      result = try await reproduce(
        finished, from: folder ?? (place.isEmpty ? "." : place), options: options, registry: CellRegistry(cellKinds), tolerance: tolerance
      ) { event in
        if case .progress(let id, let line) = event { console.step(id, line) }
        if case .failed(let failure) = event { console.line("\(failure)") }
      }
      console.finish()
    } catch {
      console.finish()
      throw Failure(ending: error)
    }
    for cause in result.causes { print("note: \(cause)") }
    switch result.verdict {
    case .bytes: print("\(report): the same bytes")
    case .numbers: print("\(report): the same numbers")
    case .within(let largest): print("\(report): within \(largest) of every number")
    case .different(let cell, let words): throw Failure(message: "\(report): different; the first is cell '\(cell)': \(words)", status: 1)
    }
  }
}

/// Turns what a report is not into a message of the command.
func proving<T>(_ body: () throws -> T) throws -> T {
  do { return try body() } catch let error as ProofError { throw Failure(message: "\(error)", status: 2) }
  catch let error as FileError { throw Failure(message: "\(error)", status: 2) }
}
