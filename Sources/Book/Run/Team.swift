import Files
import Foundation

/// Processes that a launcher started alike, on one machine or on several, with one report. The first renders it; the others
/// do their part of the cells that are run together (``Cell/isShared``) and wait in between (``assist(_:options:registry:library:)``).
///
/// All call the same methods in the same order, and each throws when another process is lost.
public protocol Team: Sendable {
  var rank: Int { get }  // 0 for the first
  var size: Int { get }
  /// What the first process gives, handed to all; the others give nil. They wait patiently while the first works alone.
  func broadcast(_ own: Data?, patiently: Bool) throws -> Data
  /// What each process gives, in order of rank.
  func gather(_ own: Data, patiently: Bool) throws -> [Data]
}

/// What the first process of a team tells the others.
enum TeamOrder: Codable {
  /// Run this cell together.
  case run(id: String, key: Digest)
  case end(failed: Bool)
}

/// Why a process of a team does not do its part.
struct TeamError: Error, CustomStringConvertible {
  var description: String
}

extension Team {
  func tell(_ order: TeamOrder) throws { _ = try broadcast(try JSONEncoder().encode(order), patiently: true) }

  func nextOrder() throws -> TeamOrder { try JSONDecoder().decode(TeamOrder.self, from: try broadcast(nil, patiently: true)) }

  /// The first process's part: calls the others to a cell, and waits until they are ready for it.
  func begin(_ id: String, _ key: Digest) throws {
    try tell(.run(id: id, key: key))
    try agree(nil)
  }

  /// Ends when all processes are ready.
  /// - Parameter obstacle: why this one is not.
  func agree(_ obstacle: String?) throws {
    let obstacles = try gather(Data((obstacle ?? "").utf8), patiently: true).map { String(decoding: $0, as: UTF8.self) }
    if let rank = obstacles.firstIndex(where: { !$0.isEmpty }) {
      throw TeamError(description: "rank \(rank) of \(size) cannot take part: \(obstacles[rank])")
    }
  }
}

extension Runner {
  /// The part of a process that is not the first: runs what the first one calls it to, until that one is done.
  func assist() async throws {
    guard let team else { return }
    var execution = Execution()
    while case .run(let id, let key) = try await order(from: team) {
      var obstacle: String?
      do { try await prepare(id, key, &execution) } catch { obstacle = "\(error)" }
      try team.agree(obstacle)
      guard let cell = plan.cells.first(where: { $0.id == id }) else { continue }
      let work = "\(scratch)/\(key.short)-\(id)"
      try FileManager.default.makeFolder("\(work)/files")
      let context = RunContext(
        id: id, reportFolder: plan.report.folder, folder: "\(work)/files", checkpointFolder: "\(work)/checkpoints",
        resumes: resumes, needed: execution.needed(cell.cell.sharedNeeds.map(\.id)),
        isInterrupted: isInterrupted, team: team, processes: processes)
      do { _ = try await cell.cell.run(context) } catch {
        if isInterrupted() || error is CancellationError { throw RenderError.interrupted(id: id) }
        throw CellFailure(cell.source, error)
      }
      try? FileManager.default.removeItem(atPath: work)
    }
  }

  private func order(from team: any Team) async throws -> TeamOrder? {
    let order = try team.nextOrder()
    if case .end(failed: true) = order { throw TeamError(description: "the process of rank 0 failed; it says why") }
    return order
  }

  /// Runs what a shared cell needs here, each from the cache when it can.
  private func prepare(_ id: String, _ key: Digest, _ execution: inout Execution) async throws {
    guard let cell = plan.cells.first(where: { $0.id == id }), cell.type.isShared, let own = cell.keys?.compute, own == key
    else {
      throw TeamError(
        description: "its cell '\(id)' is another: report, parameters, data and version of ecgbook must be those of rank 0")
    }
    var wanted: Set<String> = Set(cell.cell.sharedNeeds.map(\.id))
    for index in plan.order.reversed() where wanted.contains(plan.cells[index].id) { wanted.formUnion(plan.cells[index].needs) }
    for index in plan.order where wanted.contains(plan.cells[index].id) && execution.cells[plan.cells[index].id] == nil {
      let cell = plan.cells[index]
      guard let keys = cell.keys else { continue }
      let needed = execution.needed(cell.needs)
      let cached = cell.isCached ? cache.entry(keys.compute) : nil
      let result = if let cached { cached } else { try await compute(cell, keys, needed) }
      execution.cells[cell.id] = RunContext.NeededCell(
        cell: cell.cell, output: result.output, folder: result.folder, key: keys.compute)
    }
  }
}
