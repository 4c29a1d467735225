import Book
import Drawing
import Files
import Foundation
import Synchronization

/// A report that is rendered again whenever something that it is made of is saved, for those who write it.
///
/// Nothing is written beside the report: the page goes to a folder of its own, which is removed at the end; only the cache keeps
/// what cells compute, so that a training that was cancelled or overtaken by a save goes on from its checkpoint.
public final class Preview: Sendable {
  private let report: String
  private let registry: CellRegistry
  private let library: [BibliographyItem]
  private let options: RenderOptions
  private let folder: String
  private let board = Mutex(Board())

  /// How often saved files are looked for.
  private let rhythm = Duration.milliseconds(150)

  private struct Board {
    var state: PreviewState
    var version = 0
    var page, sketch: Data?
    var isCancelled = false, isAsked = false
    init() { state = PreviewState() }

    /// A page with the same bytes is the same page, and no reader is disturbed.
    mutating func show(_ html: Data?) {
      guard let html, html != page else { return }
      (page, state.page) = (html, Digest(of: html).short)
    }
  }

  /// - Parameters:
  ///   - report: its path.
  ///   - options: parameters, project folder, tools, draft; what concerns outputs is the preview's.
  public init(_ report: String, options: RenderOptions, registry: CellRegistry, library: [BibliographyItem]) throws {
    (self.report, self.registry, self.library) = (report, registry, library)
    folder = NSTemporaryDirectory() + "/ecgbook-preview-\(UUID().uuidString)"
    // Nobody else on this machine reads what may be a patient's page.
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var options = options
    options.output = folder + "/page"
    options.publishFolder = folder
    options.formats = [.html]
    options.resumes = true
    self.options = options
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  // MARK: For the server

  /// What a reader should see now, with a number that grows with every change.
  public var state: (version: Int, state: PreviewState) { board.withLock { ($0.version, $0.state) } }
  /// The last page that could be made, HTML.
  public var page: Data? { board.withLock { $0.page } }
  /// The curves of the training under way, SVG.
  public var sketch: Data? { board.withLock { $0.sketch } }

  /// Stops the render under way at its next good moment; what it computed, and the checkpoint of a training, stay.
  public func cancel() { board.withLock { if $0.state.phase == .rendering { $0.isCancelled = true } } }
  /// Renders again though nothing was saved.
  public func renderAgain() { board.withLock { $0.isAsked = true } }

  private func change(_ body: (inout Board) -> Void) {
    board.withLock { board in
      let before = board.state
      body(&board)
      if board.state != before { board.version += 1 }
    }
  }

  // MARK: Rendering

  /// Renders now and after every save, until the task is cancelled.
  public func run() async {
    var watch = Watch()
    watch.look(after: [report] + [options.parameterFile].compactMap(\.self))
    while !Task.isCancelled {
      let digests = FileDigests(rememberedAt: "\(options.projectFolder)/.ecgbook/digests.json")
      await render(digests) { watch.hasChanged() }
      watch.look(after: digests.asked.union(parts()))
      while !Task.isCancelled, !watch.hasChanged() {
        if board.withLock({ board in
          defer { board.isAsked = false }
          return board.isAsked
        }) { break }
        try? await Task.sleep(for: rhythm)
      }
      watch.accept()
    }
  }

  /// The files that the report's text comes from, those included that are not there yet.
  private func parts() -> Set<String> {
    guard let report = try? Report(contentsOf: report) else { return [] }
    func path(_ name: String) -> String { (name as NSString).isAbsolutePath ? name : "\(report.folder)/\(name)" }
    let missing = report.diagnostics.contains { $0.fault == .include } ? [report.folder] : []
    return Set(report.included.map { path($0.name) } + report.frontMatter.bibliography.map { path($0.path) } + missing)
  }

  /// One render. It ends early when it is cancelled, and when something is saved, since what it makes is then old already.
  private func render(_ digests: FileDigests, isOld: () -> Bool) async {
    change { board in
      (board.isCancelled, board.sketch) = (false, nil)
      board.state.begin()
    }
    let isStopped = Atomic(false)
    var options = options
    options.digests = digests
    options.isInterrupted = { [self] in isStopped.load(ordering: .relaxed) || board.withLock { $0.isCancelled } }
    options.sketch = { [self] id, scene in show(scene, of: id) }
    let job = Task(executorPreference: RenderThreads.shared) { [self, options] in await render(options) }
    while !Task.isCancelled, board.withLock({ $0.state.phase == .rendering }) {
      if isOld() { isStopped.store(true, ordering: .relaxed) }
      try? await Task.sleep(for: rhythm)
    }
    if Task.isCancelled { isStopped.store(true, ordering: .relaxed) }
    await job.value
  }

  private func render(_ options: RenderOptions) async {
    let clock = ContinuousClock.now
    do {
      let result = try await Book.render(report, options: options, registry: registry, library: library) { [self] in tell($0) }
      let html = try result.files.first { $0.hasSuffix(".html") }.map { try readFile($0) }
      change { board in
        board.show(html)
        board.state.end(.ready, seconds: (ContinuousClock.now - clock) / .seconds(1))
        board.state.diagnostics = result.gaps
      }
    } catch let error as ReportError {
      change { board in
        board.state.end(.mistaken)
        board.state.diagnostics = error.diagnostics
      }
    } catch let error as CellFailures {
      let html = error.page.flatMap { try? readFile($0) }
      change { board in
        if let html { board.show(html) }
        board.state.end(.failed)
        board.state.failures = error.failures.map(PreviewState.Failure.init)
      }
    } catch RenderError.interrupted(let id) {
      change { board in
        board.state.end(board.isCancelled ? .cancelled : .overtaken)
        if board.isCancelled { board.state.message = "Cancelled in '\(id)'. What it saved is used the next time." }
      }
    } catch let error as CellFailure {
      change { board in
        board.state.end(.failed)
        board.state.failures = [PreviewState.Failure(error)]
      }
    } catch {
      change { board in
        board.state.end(.failed)
        board.state.message = "\(error)"
      }
    }
  }

  private func tell(_ event: RenderEvent) {
    switch event {
    case .explained: change { $0.state.begun() }
    case .started(let id, let kind): change { $0.state.step = PreviewState.Step(cell: id, kind: kind, line: "") }
    case .progress(let id, let line): change { $0.state.step = PreviewState.Step(cell: id, kind: $0.state.step?.kind ?? "", line: line) }
    case .finished(_, let seconds, let cached): change { board in
      board.state.step = nil
      if !cached, seconds > 0.05 { board.state.computed += 1 }
      (board.state.curve, board.sketch) = (nil, nil)
    }
    default: break
    }
  }

  private func show(_ scene: Scene, of id: String) {
    guard let drawn = try? svg(scene, idPrefix: "") else { return }
    let data = Data("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(drawn)\n".utf8)
    change { board in
      board.sketch = data
      board.state.curve = PreviewState.Curve(cell: id, digest: Digest(of: data).short, description: scene.description)
    }
  }
}
