import Files
import Foundation

/// What a report gave when it was computed again from what stands in it.
public struct Reproduction: Sendable {
  public enum Verdict: Sendable, Equatable {
    /// The file itself, byte for byte.
    case bytes
    /// Every number of every value, table and figure; the file differs in looks, or in values that differ from run to run.
    case numbers
    /// No number differs by more than this share of it.
    case within(Double)
    /// The first cell that gave something else, and what.
    case different(cell: String, String)
  }
  public var verdict: Verdict
  /// What went in that was not what the report names: an input of other content, another version.
  public var causes: [String]
}

/// Computes a finished report again: its source, parameters and works come from the file, its data from where they lie.
/// - Parameters:
///   - folder: where relative paths of the report start.
///   - tolerance: the largest relative difference of two numbers that counts as equal.
/// - Throws: as ``render(_:options:registry:library:writers:progress:)``.
public func reproduce(
  _ finished: FinishedReport, from folder: String, options: RenderOptions, registry: CellRegistry, tolerance: Double = 0,
  progress: @escaping @Sendable (RenderEvent) -> Void = { _ in }
) async throws -> Reproduction {
  let part = finished.results.report
  let report = Report(parsing: part.source, path: "\(folder)/\(part.name).md", included: part.included ?? [:])
  let runner = try await Runner(
    try Plan.make(report, sealed: part, registry: registry, overrides: options.overrides).get(), options: options, progress: progress)
  let lock = try CacheLock(runner.cache.folder, isExclusive: false)
  defer { runner.finish(lock) }
  let execution = try await runner.run()
  guard execution.failures.isEmpty else { throw CellFailures(failures: execution.failures) }
  var resolver = Resolver(runner.plan, execution, tools: options.tools)
  let (page, results) = try resolver.resolve(sourceDate: part.date)

  let causes = Differences.causes(finished.results, results)
  var largest = 0.0
  for (now, then) in zip(results.cells, finished.results.cells) {
    var pairs = [(Differences.leaves(now.values, now.id), Differences.leaves(then.values, then.id), "its values are others")]
    for (a, b) in zip(now.figures + now.tables, then.figures + then.tables) {
      pairs.append((Differences.leaves(a.data, a.id), Differences.leaves(b.data, b.id), "the data of \(a.id) are others"))
    }
    for (a, b, other) in pairs {
      guard let difference = largestDifference(a, b) else {
        return Reproduction(verdict: .different(cell: now.id, other), causes: causes)
      }
      guard difference.size <= tolerance else {
        return Reproduction(verdict: .different(cell: now.id, difference.words), causes: causes)
      }
      largest = max(largest, difference.size)
    }
  }
  if largest > 0 { return Reproduction(verdict: .within(largest), causes: causes) }
  let bytes: Data =
    switch finished.form {
    case .html: Data(try html(page).utf8)
    case .pdf: try pdf(page)
    case .results: Data(try results.text.utf8)
    }
  return Reproduction(verdict: bytes == finished.data ? .bytes : .numbers, causes: causes)
}

/// The largest relative difference of numbers at the same places; nil when something else differs.
private func largestDifference(_ a: [Differences.Leaf], _ b: [Differences.Leaf]) -> (size: Double, words: String)? {
  guard a.map(\.place) == b.map(\.place) else { return nil }
  var largest = (size: 0.0, words: "")
  for ((place, x), (_, y)) in zip(a, b) where x != y {
    guard let (p, q) = x.double.flatMap({ p in y.double.map { (p, $0) } }) else { return nil }
    var pairs = [(p, q)]
    if case .statistic(let s) = x, case .statistic(let t) = y {
      guard s.n == t.n, (s.interval == nil) == (t.interval == nil) else { return nil }
      if let s = s.interval, let t = t.interval { pairs += [(s.lower, t.lower), (s.upper, t.upper)] }
    }
    for (p, q) in pairs where p != q {
      let size = abs(p - q) / max(abs(p), abs(q))
      if size > largest.size { largest = (size, "\(place) is \(p), it was \(q)") }
    }
  }
  return largest
}
