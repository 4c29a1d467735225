import Files
import Foundation

// Many runs of one report: a row of a matrix each, several at once.

public struct BatchOptions: Sendable {
  /// What holds for every row; a row's own parameters win over its parameter file.
  public var render = RenderOptions()
  /// How many rows are rendered at once.
  public var jobs = 1
  /// The folder that gets the files of every row, and `index.html`, `summary.csv` and `summary.json`.
  public var output: String
  /// The column that names each row's files; nil: `output` where the matrix has it, else names made of the rows' values.
  public var nameColumn: String?

  public init(output: String) { self.output = output }
}

public enum BatchEvent: Sendable {
  /// What a row's own render tells.
  case row(name: String, RenderEvent)
  case finished(BatchRow, done: Int, of: Int)
}

/// What became of a row.
public struct BatchRow: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    /// With the short digest of its results.
    case rendered(digest: String)
    /// With what ended it, and the page that shows what was finished, where there is one.
    case failed([String], page: String?)
    /// The batch was stopped before it, or in it.
    case notRun
  }
  public var name: String
  /// Of the matrix.
  public var line: Int
  /// Every parameter of the report.
  public var parameters: [String: Value]
  public var outcome: Outcome
  /// The values of the report's key figures, in its order; as many as it has where the row was rendered.
  public var keyFigures: [Value]

  public var isFailed: Bool { if case .failed = outcome { true } else { false } }
}

public struct BatchResult: Sendable {
  /// In the order of the matrix.
  public var rows: [BatchRow]
  /// Paths of `index.html`, `summary.csv`, `summary.json`.
  public var files: [String]

  public var failed: Int { rows.count(where: \.isFailed) }
  public var notRun: Int { rows.count { $0.outcome == .notRun } }
}

/// Renders a report once for each row of a matrix. A row that fails stops no other. What two rows have in common is computed
/// once, the other waiting for it; what was computed before comes from the cache.
///
/// The files of a row are `NAME.html`, `NAME.pdf`, `NAME.results.json`, `NAME.run.json` or, of one that failed,
/// `NAME.failed.html`. When rows have ended or were stopped, the index and the summary say what became of each.
/// - Throws: ``ReportError`` with every mistake of the matrix and of the report with any row's parameters, before anything
///   ran; `FileError` when the output folder cannot be written.
public func batch(
  _ path: String, matrix matrixPath: String, options: BatchOptions, registry: CellRegistry, library: [BibliographyItem] = [],
  writers: PageWriters = .standard, progress: @escaping @Sendable (BatchEvent) -> Void = { _ in }
) async throws -> BatchResult {
  let report: Report
  do throws(Diagnostic) { report = try Report(contentsOf: path) } catch { throw ReportError([error]) }
  let (matrix, plans) = try plan(report, matrixPath, options, registry, library)
  try FileManager.default.makeFolder(options.output)
  var shared = options.render
  // Each file is read once for all rows, and no row fails where another failed already.
  shared.digests = FileDigests(rememberedAt: "\(shared.projectFolder)/.ecgbook/digests.json")
  shared.knownFailures = KnownFailures()

  /// Digests what a row reads, and gives its render, still to be run. Row after row, so that no file is read twice.
  func prepared(_ index: Int) async throws -> @Sendable () async throws -> RenderResult {
    let row = matrix.rows[index], start = (date: Date(), clock: ContinuousClock.now)
    var own = shared
    (own.row, own.output) = (row.name, "\(options.output)/\(row.name)")
    own.publishFolder = own.output  // two rows may train models of one name
    let runner = try await Runner(plans[index], options: own) { progress(.row(name: row.name, $0)) }
    return { [own] in try await render(runner, options: own, writers: writers, since: start) }
  }

  var rows = zip(matrix.rows, plans).map { row, plan in
    BatchRow(name: row.name, line: row.line, parameters: plan.parameters, outcome: .notRun, keyFigures: [])
  }
  await withTaskGroup(of: (Int, BatchRow).self) { group in
    var (next, done) = (0, 0)
    func finish(_ index: Int, _ row: BatchRow) {
      rows[index] = row
      guard row.outcome != .notRun else { return }
      done += 1
      progress(.finished(row, done: done, of: rows.count))
    }
    func startOne() async {
      while next < rows.count, !options.render.isInterrupted() {
        let index = next, row = rows[index]
        next += 1
        do {
          let render = try await prepared(index)
          group.addTask {
            do { return (index, row.ending(in: try await render(), of: report)) } catch { return (index, row.ending(by: error)) }
          }
          return
        } catch { finish(index, row.ending(by: error)) }
      }
    }
    for _ in 0..<max(1, options.jobs) { await startOne() }
    for await (index, row) in group {
      finish(index, row)
      await startOne()
    }
  }
  let files = try BatchSummary(report: report, columns: matrix.columns, rows: rows).write(to: options.output)
  return BatchResult(rows: rows, files: files)
}

/// The plan of each row, or everything that is wrong with the matrix and with the report under any row's parameters.
private func plan(
  _ report: Report, _ matrixPath: String, _ options: BatchOptions, _ registry: CellRegistry, _ library: [BibliographyItem]
) throws -> (Matrix, [Plan]) {
  let (matrix, mistakes) = Matrix.read(
    matrixPath, for: report, nameColumn: options.nameColumn, fixed: Set(options.render.overrides.keys))
  var plans: [Plan] = []
  var found: [(diagnostic: Diagnostic, lines: [Int])] = []
  var places: [String: Int] = [:]
  // Where no row can be read, the report is looked at nevertheless.
  for row in matrix.rows.isEmpty ? [nil] : matrix.rows.map(Optional.some) {
    let made = Plan.make(
      report, registry: registry, library: library, overrides: options.render.overrides,
      parameterFile: options.render.parameterFile, given: row?.values ?? [:], isDraft: options.render.isDraft)
    switch made {
    case .success(let plan): plans.append(plan)
    case .failure(let error):
      for diagnostic in error.diagnostics {
        let place = places[diagnostic.heading] ?? found.count
        if place == found.count {
          places[diagnostic.heading] = place
          found.append((diagnostic, []))
        }
        if let row { found[place].lines.append(row.line) }
      }
    }
  }
  let planned = found.map { diagnostic, lines in
    var diagnostic = diagnostic
    if !lines.isEmpty, lines.count < matrix.rows.count {
      let shown = lines.prefix(12).map(String.init).joined(separator: ", ") + (lines.count > 12 ? ", … (\(lines.count) in all)" : "")
      diagnostic.help.append("\(matrixPath) has it on line \(shown)")
    }
    return diagnostic
  }
  guard mistakes.isEmpty, planned.isEmpty else { throw ReportError(mistakes + planned) }
  return (matrix, plans)
}

extension BatchRow {
  fileprivate func ending(in result: RenderResult, of report: Report) -> BatchRow {
    var row = self
    row.outcome = .rendered(digest: result.page.digest)
    row.keyFigures = report.frontMatter.keyFigures.map { result.results.value(at: $0.value.path) }
    return row
  }

  fileprivate func ending(by error: any Error) -> BatchRow {
    var row = self
    switch error {
    case RenderError.interrupted: row.outcome = .notRun
    case let failures as CellFailures: row.outcome = .failed(failures.failures.map(\.description), page: failures.page)
    default: row.outcome = .failed(["\(error)"], page: nil)
    }
    return row
  }
}

extension Results {
  /// A value by its path: `eval.macro.auroc`, `parameters.epochs`.
  fileprivate func value(at path: String) -> Value {
    let head = String(path.prefix { $0 != "." }), rest = path.dropFirst(head.count + 1)
    let values = head == "parameters" ? .object(report.parameters) : cells.first { $0.id == head }?.values
    return values?[rest] ?? .undefined("not among the results")
  }
}
