import Drawing
import Files
import Foundation

// The engine's two entries: `check` a report, `render` it.

/// How a finished page becomes files; nil writes none.
public struct PageWriters: Sendable {
  public var html: (@Sendable (Page) throws -> Data)?
  public var pdf: (@Sendable (Page) throws -> Data)?
  public init(html: (@Sendable (Page) throws -> Data)?, pdf: (@Sendable (Page) throws -> Data)?) {
    (self.html, self.pdf) = (html, pdf)
  }
  public static let standard = PageWriters(html: { Data(try Book.html($0).utf8) }, pdf: { try Book.pdf($0) })
}

public struct RenderOptions: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    case html, pdf
    /// `NAME.results.json`, which HTML and PDF hold too.
    case results
  }

  /// Values of parameters, by name: `-P name=value`.
  public var overrides: [String: String] = [:]
  /// More of them in a file, `--params FILE`; `overrides` win.
  public var parameterFile: String?
  /// Holds `.ecgbook`, with cache and checkpoints.
  public var projectFolder = "."
  /// A cell that is not in the cache is an error.
  public var isFrozen = false
  /// What is missing is marked instead of refused, and every page says that it is a draft: `NAME.draft.html`, `.pdf`.
  public var isDraft = false
  /// Cells go on from their checkpoints.
  public var resumes = false
  public var formats: Set<Format> = Set(Format.allCases)
  /// Whether `NAME.run.json` is written: seconds, machine, user.
  public var writesRunFile = true
  /// Path of the outputs without extension; nil: beside the report, named like it.
  public var output: String?
  /// Numbers beside the lines of running text in the PDF, for reviewers.
  public var numbersLines = false
  /// Of the PDF; nil: as the report says.
  public var paper: Paper?
  /// Seconds since 1970 as `SOURCE_DATE_EPOCH` gives them; nil: the date in front matter, else none.
  public var sourceDate: Int?
  /// Name → version of what computes.
  public var tools: [String: String] = [:]
  public var isInterrupted: @Sendable () -> Bool = { false }
  /// The processes that run shared cells together; nil when this one is alone.
  public var team: (any Team)?
  /// As how many processes shared cells compute; nil: those of the team.
  public var processes: Int?
  /// The folder in which cells publish (`saved_models`); nil: the project's.
  public var publishFolder: String?
  /// The digests that several renders remember together; nil: those that the project's folder remembers.
  public var digests: FileDigests?
  /// Takes the drawing of what a cell has computed so far: the curves of a training under way. Nil draws none.
  public var sketch: (@Sendable (_ id: String, Scene) -> Void)?
  /// Remembers, from one render of this process to the next, what may not be kept on disk.
  public var memory: OutputMemory?
  /// Names the row of a batch; nil for a report rendered alone.
  var row: String?
  /// What failed in other rows of a batch.
  var knownFailures: KnownFailures?

  public init() {
    sourceDate = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap { Int($0) }
  }
}

public struct RenderResult: Sendable {
  public var page: Page
  public var results: Results
  public var run: RunFile
  /// Why each cell ran or not, in the order of running.
  public var explanations: [Explanation]
  /// What a draft lacks.
  public var gaps: [Diagnostic]
  /// Paths of the files written.
  public var files: [String]
}

/// Everything that is wrong with a report, in its order; nothing runs, no data is read.
public func check(
  _ path: String, registry: CellRegistry, library: [BibliographyItem] = [], overrides: [String: String] = [:],
  parameterFile: String? = nil
) -> [Diagnostic] {
  do throws(Diagnostic) {
    let report = try Report(contentsOf: path)
    let made = Plan.make(report, registry: registry, library: library, overrides: overrides, parameterFile: parameterFile)
    switch made {
    case .success: return []
    case .failure(let error): return error.diagnostics
    }
  } catch {
    return [error]
  }
}

/// Renders a report. No file is written under its final name before everything has succeeded.
/// A cell that fails leaves `NAME.failed.html`, with everything that was finished; the last good report stays.
/// - Throws: ``ReportError`` for mistakes, ``CellFailure`` before anything ran, ``CellFailures``, ``RenderError``, `FileError`,
///   or what a writer throws.
public func render(
  _ path: String, options: RenderOptions = RenderOptions(), registry: CellRegistry, library: [BibliographyItem] = [],
  writers: PageWriters = .standard, progress: @escaping @Sendable (RenderEvent) -> Void = { _ in }
) async throws -> RenderResult {
  let start = (date: Date(), clock: ContinuousClock.now)
  let report: Report
  do throws(Diagnostic) { report = try Report(contentsOf: path) } catch { throw ReportError([error]) }
  let runner = try await Runner(report, options: options, registry: registry, library: library, progress: progress)
  return try await render(runner, options: options, writers: writers, since: start)
}

/// Runs what is planned and writes it.
func render(
  _ runner: Runner, options: RenderOptions, writers: PageWriters, since start: (date: Date, clock: ContinuousClock.Instant)
) async throws -> RenderResult {
  let (started, clock) = (start.date, start.clock)
  let (plan, report) = (runner.plan, runner.plan.report)
  let lock = try CacheLock(runner.cache.folder, isExclusive: false)
  defer { runner.finish(lock) }
  let execution: Execution
  do {
    execution = try await runner.run()
    try options.team?.tell(.end(failed: !execution.failures.isEmpty))
  } catch {
    try? options.team?.tell(.end(failed: true))
    throw error
  }
  let counted = Result { try Ledger.count(execution.evaluations(of: plan), of: report.name, projectFolder: options.projectFolder) }
  if case .failure(let problem) = counted { runner.progress(.warning("evaluations are not counted: \(problem)")) }
  var resolver = Resolver(plan, execution, tools: options.tools)
  var (page, results) = try resolver.resolve(sourceDate: options.sourceDate, numbersLines: options.numbersLines)
  if let paper = options.paper { page.paper = paper }

  let base = (options.output ?? "\(report.folder)/\(report.name)") + (options.isDraft ? ".draft" : "")
  let failedPath = "\(base).failed.html"
  guard execution.failures.isEmpty else {
    var failures = CellFailures(failures: execution.failures)
    if options.formats.contains(.html), let data = try writers.html?(page) {
      try writeTogether([(failedPath, data)])
      failures.page = failedPath
    }
    throw failures
  }
  var files: [(path: String, data: Data)] = []
  // Two outputs of one page, written at the same time.
  let finished = page
  async let html = options.formats.contains(.html) ? writers.html?(finished) : nil
  async let pdf = options.formats.contains(.pdf) ? writers.pdf?(finished) : nil
  if let html = try await html { files.append(("\(base).html", html)) }
  if let pdf = try await pdf { files.append(("\(base).pdf", pdf)) }
  if options.formats.contains(.results) { files.append(("\(base).results.json", Data(try results.text.utf8))) }
  var run = RunFile(
    started: started.ISO8601Format(), seconds: (ContinuousClock.now - clock) / .seconds(1), machine: .current,
    cells: execution.timings)
  switch counted {
  case .success(let evaluations): run.evaluations = evaluations
  case .failure(let problem): run.ledgerProblem = "\(problem)"
  }
  if options.writesRunFile { files.append(("\(base).run.json", try CanonicalJSON.data(run))) }
  try writeTogether(files)
  unlink(failedPath)  // of an earlier render
  for index in plan.order {
    let cell = plan.cells[index]
    guard let left = execution.cells[cell.id] else { continue }
    try cell.cell.publish(
      left.output, PublishContext(folder: left.folder, projectFolder: options.publishFolder ?? options.projectFolder))
  }
  return RenderResult(
    page: page, results: results, run: run, explanations: execution.explanations,
    gaps: (plan.gaps + resolver.gaps).inOrder(of: report.source), files: files.map(\.path))
}

/// Does this process's part of the cells that a team computes together, while its first process renders the report; writes
/// nothing but what the cells that they need leave in the cache.
/// - Throws: as ``render(_:options:registry:library:writers:progress:)``, or what the team throws when a process is lost.
public func assist(
  _ path: String, options: RenderOptions, registry: CellRegistry, library: [BibliographyItem] = []
) async throws {
  let report: Report
  do throws(Diagnostic) { report = try Report(contentsOf: path) } catch { throw ReportError([error]) }
  let runner = try await Runner(report, options: options, registry: registry, library: library) { _ in }
  defer { try? FileManager.default.removeItem(atPath: runner.scratch) }
  try await runner.assist()
}

extension Execution {
  /// What the cells of a plan tested, and on which records.
  fileprivate func evaluations(of plan: Plan) -> [(cell: String, testSet: TestSet, key: Digest)] {
    plan.cells.compactMap { cell in
      guard let done = cells[cell.id], let testSet = done.output.testSet else { return nil }
      return (cell.id, testSet, done.key)
    }
  }
}

extension Runner {
  /// Plans a report, with keys.
  init(
    _ report: Report, options: RenderOptions, registry: CellRegistry, library: [BibliographyItem],
    progress: @escaping @Sendable (RenderEvent) -> Void
  ) async throws {
    let made = Plan.make(
      report, registry: registry, library: library, overrides: options.overrides, parameterFile: options.parameterFile,
      isDraft: options.isDraft)
    try await self.init(try made.get(), options: options, progress: progress)
  }

  /// Removes what cells left that are not cached, and lets go of the cache.
  func finish(_ lock: CacheLock) {
    try? FileManager.default.removeItem(atPath: scratch)
    lock.release()
  }

  /// Digests what the cells of a plan read.
  init(_ plan: Plan, options: RenderOptions, progress: @escaping @Sendable (RenderEvent) -> Void) async throws {
    let folder = "\(options.projectFolder)/.ecgbook"
    let digests = options.digests ?? FileDigests(rememberedAt: "\(folder)/digests.json")
    let processes = options.processes ?? options.team?.size ?? 1
    let context = PlanContext(reportFolder: plan.report.folder, digests: digests, processes: processes)
    let plan = try await plan.keyed(context)
    try? digests.save()  // a memory that cannot be written costs time only
    self.init(
      plan: plan, cache: Cache(folder: folder), scratch: "\(folder)/scratch/\(UUID().uuidString)",
      isFrozen: options.isFrozen, resumes: options.resumes, progress: progress, isInterrupted: options.isInterrupted,
      team: options.team, processes: processes, row: options.row, knownFailures: options.knownFailures, sketch: options.sketch,
      memory: options.memory)
  }
}

/// Writes all files aside, then renames all: a full disk leaves none of them changed.
public func writeTogether(_ files: [(path: String, data: Data)]) throws {
  var aside: [(path: String, final: String)] = []
  defer { for (path, _) in aside { unlink(path) } }
  for (path, data) in files {
    let folder = (path as NSString).deletingLastPathComponent
    if !folder.isEmpty { try FileManager.default.makeFolder(folder) }
    let temporary = "\(path).\(UUID().uuidString).aside"
    aside.append((temporary, path))
    try writeFile(data, to: temporary)
  }
  for (path, final) in aside where rename(path, final) != 0 { throw FileError(errnoOf: "write", final) }
}
