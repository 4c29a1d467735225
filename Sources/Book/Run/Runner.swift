import Drawing
import Files
import Foundation

/// How far a render is.
public enum RenderEvent: Sendable, Equatable {
  case explained(Explanation)
  case started(id: String, kind: String)
  /// One line from the cell itself.
  case progress(id: String, String)
  case finished(id: String, seconds: Double, cached: Bool)
  case failed(CellFailure)
  /// Nothing that stops a render, but what its user should know.
  case warning(String)
}

/// Why a render stopped, other than by mistakes of the report or a failure of a cell.
public enum RenderError: Error, Sendable, Equatable, CustomStringConvertible {
  /// `--frozen`, and these cells are not in the cache.
  case notCached([Explanation])
  case interrupted(id: String)

  public var description: String {
    switch self {
    case .notCached(let cells):
      "frozen, but not everything is in the cache:\n" + cells.map { "  \($0)" }.joined(separator: "\n")
    case .interrupted(let id): "interrupted in cell '\(id)'; what it saved is used by --resume"
    }
  }
}

/// What the cells of a plan computed.
struct Execution: Sendable {
  var cells: [String: RunContext.NeededCell] = [:]
  var explanations: [Explanation] = []
  var timings: [RunFile.Cell] = []
  var failures: [CellFailure] = []
  /// For each cell that did not run, the id of the failed one that it needs.
  var blocked: [String: String] = [:]

  /// Those of some cells that have an output, by id.
  func needed(_ ids: [String]) -> [String: RunContext.NeededCell] {
    Dictionary(ids.compactMap { id in cells[id].map { (id, $0) } }) { first, _ in first }
  }

  /// Why a cell has no output; nil when it has one.
  func obstacle(_ id: String) -> String? {
    if let failure = failures.first(where: { $0.id == id }) { return "cell '\(id)' (\(failure.kind)) failed: \(failure.reason)" }
    return blocked[id].map { "cell '\(id)' was not run: it needs '\($0)', which failed" }
  }
}

/// Runs the cells of a plan in order, each from the cache when it can.
struct Runner: Sendable {
  let plan: Plan  // with keys
  let cache: Cache
  /// Removed by the caller when nothing needs its files any more: where cells that are not cached leave theirs.
  let scratch: String
  var isFrozen = false
  var resumes = false
  var progress: @Sendable (RenderEvent) -> Void = { _ in }
  var isInterrupted: @Sendable () -> Bool = { false }
  var team: (any Team)?
  var processes = 1
  /// Names the row of a batch; nil for a report rendered alone.
  var row: String?
  /// What failed in other rows of a batch.
  var knownFailures: KnownFailures?
  var sketch: (@Sendable (String, Scene) -> Void)?
  /// Remembers what may not be kept.
  var memory: OutputMemory?

  /// Runs every cell that it can: when one fails, those that do not need it run nevertheless, since what they compute is kept.
  func run() async throws -> Execution {
    var execution = Execution()
    var last = LastRun(plan.report, row: row, in: cache.folder)
    if isFrozen {
      let missing = plan.order.map { plan.cells[$0] }.filter { cell in
        cell.isCached && cell.keys.map { cache.entry($0.compute) == nil } ?? true
      }
      guard missing.isEmpty else {
        throw RenderError.notCached(missing.map { explanation($0, isCached: false, last) })
      }
    }
    // An interrupted render has run what it has run.
    defer {
      last.cells = last.cells.filter { id, _ in plan.cells.contains { $0.id == id } }
      try? last.save(plan.report, row: row, in: cache.folder)
    }
    for index in plan.order {
      let cell = plan.cells[index]
      guard let keys = cell.keys else { continue }
      if let culprit = cell.needs.compactMap({ id in execution.failures.contains { $0.id == id } ? id : execution.blocked[id] }).first {
        execution.blocked[cell.id] = culprit
        continue
      }
      if isInterrupted() { throw RenderError.interrupted(id: cell.id) }
      let start = ContinuousClock.now
      let entry = cell.isCached ? cache.entry(keys.compute) : remembered(cell, keys)
      let explanation = explanation(cell, isCached: entry != nil, last)
      execution.explanations.append(explanation)
      progress(.explained(explanation))
      let result: Cache.Entry
      if let entry {
        result = entry
      } else {
        progress(.started(id: cell.id, kind: cell.kind))
        let needed = execution.needed(cell.needs)
        if cell.type.isShared, let team {
          do { try team.begin(cell.id, keys.compute) } catch { throw CellFailure(cell.source, error) }
        }
        do { result = try await compute(cell, keys, needed) } catch let failure as CellFailure {
          if team != nil { throw failure }  // the others wait for what will not come
          execution.failures.append(failure)
          progress(.failed(failure))
          continue
        }
      }
      remember(result, of: cell, keys)
      execution.cells[cell.id] = RunContext.NeededCell(
        cell: cell.cell, output: result.output, folder: result.folder, key: keys.compute)
      if let verdict = result.output.verdict, verdict.ruling == .contradicted, !plan.isDraft {
        let failure = CellFailure(cell.source, "the claim is contradicted: \(verdict.reason)")
        execution.failures.append(failure)
        progress(.failed(failure))
      }
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      progress(.finished(id: cell.id, seconds: seconds, cached: entry != nil))
      execution.timings.append(
        RunFile.Cell(
          id: cell.id, kind: cell.kind, cached: entry != nil, seconds: seconds, why: "\(explanation)",
          volatile: result.output.volatile))
      if cell.mayBeKept { last.cells[cell.id] = keys.parts }
    }
    return execution
  }

  /// A folder without files stands in for the one that the output's cell left empty.
  private func remembered(_ cell: Plan.PlannedCell, _ keys: CellKeys) -> Cache.Entry? {
    guard let memory, cell.type.isCached, let output = memory.output(keys.compute) else { return nil }
    let folder = "\(scratch)/\(keys.compute.short)-\(cell.id)/files"
    guard (try? FileManager.default.makeFolder(folder)) != nil else { return nil }
    return Cache.Entry(output: output, folder: folder)
  }

  private func remember(_ entry: Cache.Entry, of cell: Plan.PlannedCell, _ keys: CellKeys) {
    guard let memory, cell.type.isCached, !cell.isCached else { return }
    guard (try? FileManager.default.contentsOfDirectory(atPath: entry.folder))?.isEmpty ?? false else { return }
    memory.keep(entry.output, keys.compute)
  }

  private func explanation(_ cell: Plan.PlannedCell, isCached: Bool, _ last: LastRun) -> Explanation {
    let reason: Explanation.Reason
    if isCached {
      reason = .cached
    } else if !cell.isCached {
      reason = .neverCached
    } else if let old = last.cells[cell.id], let parts = cell.keys?.parts {
      let changes = parts.differences(from: old)
      reason = changes.isEmpty ? .entryMissing : .changed(changes)
    } else {
      reason = .firstRun
    }
    return Explanation(id: cell.id, kind: cell.kind, reason: reason)
  }

  /// Runs a cell that the cache lacks. While another render computes the same, waits for what that one leaves.
  func compute(
    _ cell: Plan.PlannedCell, _ keys: CellKeys, _ needed: [String: RunContext.NeededCell]
  ) async throws -> Cache.Entry {
    // The processes of a team have begun together, and all of them must go through with it.
    guard cell.isCached, team == nil || !cell.type.isShared else { return try await computeAlone(cell, keys, needed) }
    var isFirstTry = true
    while true {
      if let failure = knownFailures?[keys.compute] { throw failure }
      if let lock = try ComputeLock.take(keys.compute, in: cache) {
        defer { lock.release() }
        if let entry = cache.entry(keys.compute) { return entry }
        do { return try await computeAlone(cell, keys, needed) } catch let failure as CellFailure {
          knownFailures?.keep(failure, keys.compute)
          throw failure
        }
      }
      if isFirstTry { progress(.progress(id: cell.id, "another render computes the same: waiting")) }
      isFirstTry = false
      if isInterrupted() { throw RenderError.interrupted(id: cell.id) }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  private func computeAlone(
    _ cell: Plan.PlannedCell, _ keys: CellKeys, _ needed: [String: RunContext.NeededCell]
  ) async throws -> Cache.Entry {
    let isCached = cell.isCached
    let files = FileManager.default
    let work = isCached ? try cache.makeWorkFolder() : "\(scratch)/\(keys.compute.short)-\(cell.id)"
    // A kind that is never remembered leaves no files.
    if cell.type.isCached { try files.makeFolder("\(work)/files") }
    let checkpoints = cache.checkpoints(of: keys.compute)
    if isCached { try files.makeFolder(checkpoints) }
    var drawn: (@Sendable (Scene) -> Void)?
    if let sketch { drawn = { [id = cell.id] in sketch(id, $0) } }
    let context = RunContext(
      id: cell.id, reportFolder: plan.report.folder, folder: "\(work)/files",
      checkpointFolder: isCached ? checkpoints : "\(work)/checkpoints", resumes: resumes, needed: needed,
      progress: { [progress] in progress(.progress(id: cell.id, $0)) }, isInterrupted: isInterrupted, team: team,
      processes: processes, sketch: drawn)
    do {
      let output = try await cell.cell.run(context)
      guard isCached else { return Cache.Entry(output: output, folder: "\(work)/files") }
      // An interrupted cell may return what it has; that is not what its key promises.
      if isInterrupted() { throw CancellationError() }
      let entry = try cache.store(output, kind: cell.kind, key: keys.compute, from: work)
      try? files.removeItem(atPath: checkpoints)
      return entry
    } catch {
      try? files.removeItem(atPath: work)
      if isCached, (try? files.contentsOfDirectory(atPath: checkpoints))?.isEmpty ?? false {
        try? files.removeItem(atPath: checkpoints)
      }
      if isInterrupted() || error is CancellationError { throw RenderError.interrupted(id: cell.id) }
      if let failure = error as? CellFailure { throw failure }
      throw CellFailure(cell.source, error)
    }
  }
}
