import ArgumentParser
import Book
import Cells
import Foundation

/// `ecgbook batch`: one report, once for each row of a table.
struct Batch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Renders a report once for each row of a matrix of parameters, several at once.",
    discussion: """
      The matrix is a CSV file whose columns are parameters of the report. What rows have in common is computed once, what was \
      computed before comes from the cache, and a row that fails stops no other. OUTPUT/index.html lists every run.

      Status 0: every row was rendered. 11: one failed, 12: two, and so on; 110: a hundred or more. 2: the matrix or the report \
      is wrong, and nothing was run. 1: the output cannot be written. 130: stopped by Ctrl-C.
      """)

  @OptionGroup var arguments: ReportArguments
  @Option(help: "A CSV file: a line of parameters' names, then a line of values for each run.") var matrix: String
  @Option(help: "The folder for the outputs. (default: REPORT-batch beside the report)") var output: String?
  @Option(help: "How many rows are rendered at once.") var jobs = min(4, ProcessInfo.processInfo.activeProcessorCount)
  @Option(help: "The column that names each row's files. (default: output, else names are made of the values)") var names: String?
  @Option(help: "The folder that holds .ecgbook.") var project = "."
  @Flag(help: "Go on from the checkpoints of interrupted trainings.") var resume = false
  @Flag(help: "Compute nothing: a row that needs what is not in the cache fails.") var frozen = false
  @Flag(help: "Number the lines of running text in the PDFs, for reviewers.") var lineNumbers = false

  func validate() throws {
    guard (1...256).contains(jobs) else { throw ValidationError("--jobs \(jobs): expected 1 to 256") }
  }

  func run() async throws {
    let console = Console(), interrupt = Interrupt()
    var options = BatchOptions(output: output ?? (arguments.report as NSString).deletingPathExtension + "-batch")
    (options.jobs, options.nameColumn) = (jobs, names)
    options.render.overrides = try arguments.overrides()
    options.render.parameterFile = arguments.parameterFile
    options.render.projectFolder = project
    (options.render.isFrozen, options.render.resumes, options.render.numbersLines) = (frozen, resume, lineNumbers)
    options.render.tools = try currentTools()
    options.render.isInterrupted = { interrupt.isSet }
    let result: BatchResult
    do {
      result = try await batch(
        arguments.report, matrix: matrix, options: options, registry: CellRegistry(cellKinds), library: try citationLibrary()
      ) { event in
        switch event {
        case .row(let name, .started(let id, let kind)): console.step("\(name): \(kind) \(id)", "…")
        case .row(let name, .progress(let id, let line)): console.step("\(name): \(id)", line)
        case .row: break
        case .finished(let row, let done, let count):
          switch row.outcome {
          case .failed(let reasons, _): console.line("\(row.name): failed (\(done) of \(count))\n" + reasons.map { "  \($0)" }.joined(separator: "\n"))
          default: console.step("\(done) of \(count)", row.name)
          }
        }
      }
    } catch {
      console.finish()
      throw try arguments.ending(error)
    }
    console.finish()
    for file in result.files { print(file) }
    let count = result.rows.count, stopped = result.notRun > 0
    let words = "\(count) \(count == 1 ? "run" : "runs"): \(count - result.failed - result.notRun) rendered, \(result.failed) failed"
    print(words + (stopped ? ", \(result.notRun) not run" : ""))
    if stopped { throw Failure(message: "stopped; the same command goes on where this one ended, with --resume also within trainings", status: 130) }
    if result.failed > 0 {
      throw Failure(message: "\(result.failed) of \(count) runs failed", status: 10 + Int32(min(result.failed, 100)))
    }
  }
}
