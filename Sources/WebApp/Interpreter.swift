import Book
import Drawing
import Files
import Foundation

/// Makes pages of a recording by the reports that ship: the page in the browser, its trace, PDF and HTML all come from the
/// same cells, so that they cannot disagree.
///
/// What cells compute of a recording is remembered in memory for as long as it is likely to be asked for (``OutputMemory``), so
/// that a page is drawn again without measuring again; no disk keeps it.
public struct Interpreter: Sendable {
  /// The paths of a report that ships, by its file name.
  let report: @Sendable (String) throws -> String
  /// The folder of the network, or "none".
  public let model: String
  let registry: CellRegistry
  let library: [BibliographyItem]
  let tools: [String: String]
  /// Holds what renders need of disk; nothing of a recording.
  let folder: String
  let memory: OutputMemory
  let digests: FileDigests

  /// - Parameters:
  ///   - folder: private, of this server alone.
  ///   - remembered: of how many recordings outputs are kept in memory; each takes some 10 MB.
  public init(
    model: String, folder: String, registry: CellRegistry, library: [BibliographyItem], tools: [String: String],
    remembered: Int = 8, report: @escaping @Sendable (String) throws -> String
  ) {
    (self.model, self.folder, self.registry, self.library, self.tools) = (model, folder, registry, library, tools)
    self.report = report
    memory = OutputMemory(limit: 3 * remembered)
    digests = FileDigests(rememberedAt: folder + "/.ecgbook/digests.json")
  }

  /// How the trace is drawn.
  struct View: Sendable, Equatable {
    var layout = "3x4", order = "standard", speed = "25", gain = "10", explain = "none", lead = allLeads

    static let allLeads = "all"
    static let layouts = ["3x4", "6x2", "12x1"]
    static let orders = ["standard", "cabrera"]
    static let speeds = ["12.5", "25", "50"]
    static let gains = ["5", "10", "20"]
  }

  /// Renders the patient's report of a recording.
  /// - Parameter previous: an earlier one to compare with.
  func render(
    _ recording: Recording, language: String, view: View = View(), previous: Recording? = nil,
    progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> RenderResult {
    let ending = language == "en" ? ".md" : ".\(language).md"
    var options = RenderOptions()
    options.overrides = [
      "record": recording.path, "model": model, "layout": view.layout, "order": view.order, "speed": view.speed,
      "gain": view.gain, "explain": view.explain, "leads": view.lead,
    ]
    options.overrides["age"] = recording.person.age.map { "\($0)" }
    options.overrides["sex"] = recording.person.sex
    options.overrides["previous"] = previous?.path
    (options.formats, options.writesRunFile, options.projectFolder) = ([], false, folder)
    (options.tools, options.memory, options.digests) = (tools, memory, digests)
    if model == "none" { for name in ["explain"] + (previous == nil ? ["model"] : []) { options.overrides[name] = nil } }
    let path = try report("patient" + (previous == nil ? "" : "-serial") + (model == "none" ? "-trace" : "") + ending)
    let ready = options
    return try await Task(executorPreference: RenderThreads.shared) {
      try await Book.render(path, options: ready, registry: registry, library: library) { event in
        if case .started(let id, _) = event { progress(id) }
      }
    }.value
  }

  /// A recording of the server's own, read from its own files.
  struct Recording: Sendable {
    /// Of the WFDB record, without extension.
    var path: String
    var person = Upload.Person()
  }
}

/// What the page and the API say of a recording.
struct Answer: Sendable {
  let page: Page
  /// Of the cells `m` (measured), `one` (the network's reading) and `net` (the network), as the reports name them.
  let measured, reading, network: Value

  init(_ result: RenderResult) {
    page = result.page
    func values(_ id: String) -> Value { result.results.cells.first { $0.id == id }?.values ?? .object([:]) }
    (measured, reading, network) = (values("m"), values("one"), values("net"))
  }

  func text(_ path: String) -> String {
    let dot = path.firstIndex(of: ".") ?? path.endIndex
    let (cell, rest) = (path[..<dot], path[dot...].dropFirst())
    let value = (cell == "m" ? measured : cell == "one" ? reading : network)[rest]
    return switch value {
    case .text(let text): text
    case .undefined(let reason): reason
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .boolean(let isSo): isSo ? "true" : "false"
    default: ""
    }
  }

  func table(_ id: String) -> TableBlock? { page.tables.first { $0.id == id } }
  func figure(_ id: String) -> FigureBlock? { page.figures.first { $0.id == id } }
}
