import Book
import Drawing
import Files
import Foundation
import Synchronization

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
  /// The reading of a record for hospitals' systems, from its report, the report's PDF, and the record's path.
  let exchange: @Sendable (_ results: Results, _ pdf: Data, _ record: String) throws -> Data
  let library: [BibliographyItem]
  let tools: [String: String]
  /// Holds what renders need of disk; nothing of a recording.
  let folder: String
  let memory: OutputMemory
  /// Whole pages, since the one who sent a recording asks for its page next, and then for its PDF.
  private let recent = RecentPages(limit: 6)
  let digests: FileDigests

  /// - Parameters:
  ///   - folder: private, of this server alone.
  ///   - remembered: of how many recordings outputs are kept in memory; each takes some 10 MB.
  public init(
    model: String, folder: String, registry: CellRegistry, library: [BibliographyItem], tools: [String: String],
    remembered: Int = 8, exchange: @escaping @Sendable (_ results: Results, _ pdf: Data, _ record: String) throws -> Data,
    report: @escaping @Sendable (String) throws -> String
  ) {
    self.exchange = exchange
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
    _ recording: Recording, language: String, view: View = View(), previous: Recording? = nil
  ) async throws -> RenderResult {
    let (path, ready, key) = try prepare(recording, language: language, view: view, previous: previous)
    if let known = recent.page(key) { return known }
    let made = try await Task(executorPreference: RenderThreads.shared) {
      try await Book.render(path, options: ready, registry: registry, library: library)
    }.value
    recent.keep(made, key)
    return made
  }

  /// A page that was made just now; nil when it has to be made.
  func known(_ recording: Recording, language: String, view: View, previous: Recording?) -> RenderResult? {
    (try? prepare(recording, language: language, view: view, previous: previous)).flatMap { recent.page($0.key) }
  }

  private func prepare(
    _ recording: Recording, language: String, view: View, previous: Recording?
  ) throws -> (path: String, options: RenderOptions, key: [String]) {
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
    if model == "none" { for name in ["explain", "model"] { options.overrides[name] = nil } }
    let key = options.overrides.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" } + [language]
    let path = try report("patient" + (previous == nil ? "" : "-serial") + (model == "none" ? "-trace" : "") + ending)
    return (path, options, key)
  }

  /// Forgets all pages of a recording, and of those that were compared with it.
  func forget(_ recording: Recording) {
    recent.forget { $0.contains { $0.hasSuffix("=" + recording.path) } }
    memory.clear()
  }

  /// A FHIR R4 bundle, with the PDF inside.
  func fhir(_ result: RenderResult, _ recording: Recording) throws -> Data {
    try exchange(result.results, try PageWriters.standard.pdf?(result.page) ?? Data(), recording.path)
  }

  /// A recording of the server's own, read from its own files.
  struct Recording: Sendable {
    /// Of the WFDB record, without extension.
    var path: String
    var person = Upload.Person()
  }
}

/// The pages that were made last.
private final class RecentPages: Sendable {
  private let pages = Mutex<[(key: [String], page: RenderResult)]>([])
  private let limit: Int
  init(limit: Int) { self.limit = limit }

  func page(_ key: [String]) -> RenderResult? {
    pages.withLock { pages in
      guard let index = pages.firstIndex(where: { $0.key == key }) else { return nil }
      pages.append(pages.remove(at: index))
      return pages.last?.page
    }
  }

  func keep(_ page: RenderResult, _ key: [String]) {
    pages.withLock { pages in
      pages.append((key, page))
      if pages.count > limit { pages.removeFirst() }
    }
  }

  func forget(_ isMeant: ([String]) -> Bool) { pages.withLock { $0.removeAll { isMeant($0.key) } } }
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
