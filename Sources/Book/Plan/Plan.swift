import Files
import Foundation

/// A report whose every cell has been read and understood: what runs, in which order, with which keys.
public struct Plan: Sendable {
  public var report: Report
  /// In the order of the report.
  public var cells: [PlannedCell]
  /// Indices into `cells`: each after those it needs.
  public var order: [Int]
  /// The value of every declared parameter, overrides included.
  public var parameters: [String: Value]
  /// As readers may know them: the values of private ones are left out.
  var shownParameters: [String: Value] {
    let hidden = Set(report.frontMatter.parameters.filter(\.isPrivate).map(\.name))
    return parameters.merging(hidden.map { ($0, .undefined("private")) }) { _, hidden in hidden }
  }
  /// What `[@key]` may name.
  public var bibliography: [String: BibliographyItem]
  /// Whether what is missing is marked instead of refused.
  public var isDraft = false
  /// What is missing, in a draft.
  public var gaps: [Diagnostic] = []

  public struct PlannedCell: Sendable {
    public var source: CellSource
    public var cell: any Cell
    /// The ids of the cells it needs, each once, sorted.
    public var needs: [String]
    var computed: [String: Value]
    var rendered: [String: Value]
    /// Known once the inputs have been digested.
    public var keys: CellKeys?

    public var id: String { source.id }
    public var kind: String { source.kind }
    /// Whether its output may be kept at all: not of a patient's recording, nor of what was computed from one.
    var mayBeKept = true
    var isCached: Bool { type.isCached && mayBeKept }
    var type: any Cell.Type { Swift.type(of: cell) }
  }

  /// Part of every render key: it changes when pages look different.
  static let theme = "1"

  /// Makes the plan of a report, or says everything that is wrong with it.
  ///
  /// - Parameters:
  ///   - overrides: the values of parameters from the command line, by name.
  ///   - parameterFile: more of them, in a YAML or JSON file; `overrides` win.
  ///   - given: values that were read already, for a row of a batch; they win over all others.
  ///   - library: the works that every report may cite.
  ///   - isDraft: whether gaps (see ``Fault/isGap``) are kept in `gaps` and are no mistakes.
  public static func make(
    _ report: Report, registry: CellRegistry, library: [BibliographyItem] = [], overrides: [String: String] = [:],
    parameterFile: String? = nil, given: [String: Value] = [:], isDraft: Bool = false
  ) -> Result<Plan, ReportError> {
    var planner = Planner(report: report, registry: registry)
    var plan = planner.plan(library: library, overrides: overrides, parameterFile: parameterFile, given: given)
    let diagnostics = planner.diagnostics.inOrder(of: report.source)
    let mistakes = diagnostics.filter { !isDraft || !$0.fault.isGap }
    (plan.isDraft, plan.gaps) = (isDraft, isDraft ? diagnostics.filter(\.fault.isGap) : [])
    return mistakes.isEmpty ? .success(plan) : .failure(ReportError(mistakes))
  }

  /// The plan of a report whose results are known: parameters and works come from them.
  static func make(_ report: Report, sealed: Results.ReportPart, registry: CellRegistry, overrides: [String: String] = [:]) -> Result<Plan, ReportError> {
    var planner = Planner(report: report, registry: registry, sealed: sealed)
    let plan = planner.plan(library: [], overrides: overrides, parameterFile: nil)
    let diagnostics = planner.diagnostics.inOrder(of: report.source)
    return diagnostics.isEmpty ? .success(plan) : .failure(ReportError(diagnostics))
  }

  /// The plan with the keys of every cell. Everything that cells read is digested here.
  /// - Throws: ``CellFailure`` when a cell's input cannot be read.
  public func keyed(_ context: PlanContext) async throws -> Plan {
    var plan = self
    var keys: [String: Digest] = [:]
    for index in order {
      let cell = cells[index]
      plan.cells[index].mayBeKept = cell.cell.mayBeKept && plan.cells.allSatisfy { $0.mayBeKept || !cell.needs.contains($0.id) }
      do {
        let inputs = try await cell.cell.inputs(context)
        if cell.type.isShared, context.processes > 1 {
          plan.cells[index].computed["processes"] = .integer(context.processes)
        }
        let parts = KeyParts(
          kind: cell.kind, version: cell.type.version, options: plan.cells[index].computed,
          needs: keys.filter { cell.needs.contains($0.key) }, inputs: inputs)
        let compute = try parts.key()
        let look = try CanonicalJSON.text(cell.rendered, pretty: false)
        let render = Digest(of: "\(compute.hex)\n\(look)\n\(Self.theme)")
        plan.cells[index].keys = CellKeys(compute: compute, render: render, parts: parts)
        keys[cell.id] = compute
      } catch let error as CancellationError {
        throw error
      } catch {
        throw CellFailure(cell.source, error)
      }
    }
    return plan
  }
}

/// An error that no input explains: a library that fails, a process that is lost. Where one stops a render before anything
/// ran, its status is 1, not 2.
public protocol MachineFailure: Error {
  /// False for those cases of the type that an input does explain.
  var isOfMachine: Bool { get }
}

extension MachineFailure {
  public var isOfMachine: Bool { true }
}

/// A cell that could not do its work: which, where, and why.
public struct CellFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public var id, kind: String
  public var range: SourceRange
  public var reason: String
  /// Whether no input explains it; see ``MachineFailure``.
  public var isOfMachine = false

  public init(id: String, kind: String, range: SourceRange, reason: String) {
    (self.id, self.kind, self.range, self.reason) = (id, kind, range, reason)
  }
  init(_ cell: CellSource, _ error: any Error) {
    self.init(cell, "\(error)")
    isOfMachine = (error as? any MachineFailure)?.isOfMachine == true || (error as? FileError)?.operation == "write"
  }
  init(_ cell: CellSource, _ reason: String) {
    self.init(id: cell.id, kind: cell.kind, range: cell.range, reason: reason)
  }
  public var description: String { "\(range.file):\(range.line):\(range.column): cell '\(id)' (\(kind)) failed: \(reason)" }
}

/// Cells that could not do their work, while all that did not need them was finished.
public struct CellFailures: Error, Sendable, Equatable, CustomStringConvertible {
  /// At least one, in the order of running.
  public var failures: [CellFailure]
  /// The page that shows what was finished: `NAME.failed.html`.
  public var page: String?

  public var isOfMachine: Bool { failures.contains(where: \.isOfMachine) }
  public var description: String {
    (failures.map(\.description) + (page.map { ["what was finished is in \($0)"] } ?? [])).joined(separator: "\n")
  }
}
