import Foundation

/// A report as it was rendered last: its page and its results from the cache. Nothing is computed, and no output is
/// written.
/// - Parameters:
///   - options: as for `render`; the report is frozen whatever they say.
///   - figureWidth: points: draws every figure at this width; nil: as the report says.
/// - Throws: ``ReportError`` for mistakes, ``RenderError/notCached(_:)`` when the report was not rendered so,
///   ``CellFailure`` when a cell cannot be drawn.
public func readRendered(
  _ path: String, options: RenderOptions = RenderOptions(), registry: CellRegistry, library: [BibliographyItem] = [],
  figureWidth: Double? = nil
) async throws -> (page: Page, results: Results) {
  var options = options
  options.isFrozen = true
  let report: Report
  do throws(Diagnostic) { report = try Report(contentsOf: path) } catch { throw ReportError([error]) }
  let runner = try await Runner(report, options: options, registry: registry, library: library) { _ in }
  let lock = try CacheLock(runner.cache.folder, isExclusive: false)
  defer { runner.finish(lock) }
  var resolver = Resolver(runner.plan, try await runner.run(), tools: options.tools)
  resolver.figureWidth = figureWidth
  return try resolver.resolve(sourceDate: options.sourceDate)
}

extension Page {
  /// Every numbered figure, in order.
  public var figures: [FigureBlock] { (sheet + blocks).flatMap(\.figures) }
  /// Every table that has an id, in order.
  public var tables: [TableBlock] { (sheet + blocks).flatMap(\.tables).filter { $0.id != nil } }
  /// Those that the text can refer to, in order.
  var numberedEquations: [(id: String, appendix: String, formula: Formula)] {
    blocks.flatMap(\.equations).compactMap { equation in
      equation.id.map { (Anchors.slug($0), (equation.number ?? "").filter(\.isLetter), equation.formula) }
    }
  }
}

extension Block {
  private var inner: [Block] {
    switch self {
    case .list(_, _, _, let items): items.flatMap { $0 }
    case .quote(let blocks): blocks
    case .footnotes(let notes): notes.flatMap { $0 }
    default: []
    }
  }
  fileprivate var figures: [FigureBlock] {
    if case .figure(let figure) = self { [figure] } else { inner.flatMap(\.figures) }
  }
  fileprivate var equations: [EquationBlock] {
    if case .equation(let equation) = self { [equation] } else { inner.flatMap(\.equations) }
  }
  fileprivate var tables: [TableBlock] {
    if case .table(let table) = self { [table] } else { inner.flatMap(\.tables) }
  }
}
