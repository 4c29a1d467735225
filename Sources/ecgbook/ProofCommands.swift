import ArgumentParser
import Book
import Cells
import Files

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
    print("\(report): \(verification.values) cells, \(verification.figures) figures, \(verification.tables) tables and \(verification.files) files fit")
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

/// Turns what a report is not into a message of the command.
func proving<T>(_ body: () throws -> T) throws -> T {
  do { return try body() } catch let error as ProofError { throw Failure(message: "\(error)", status: 2) }
  catch let error as FileError { throw Failure(message: "\(error)", status: 2) }
}
