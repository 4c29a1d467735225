import ArgumentParser
import Book
import Cells
import Drawing
import Files
import Foundation
import Synchronization
import Torch

struct ReportArguments: ParsableArguments {
  @Argument(help: "The report, a Markdown file.") var report: String
  @Option(name: [.customShort("P"), .customLong("parameter")], help: "Sets a parameter of the report; give it as often as needed.")
  var parameters: [Assignment] = []

  @Option(name: .customLong("params"), help: "A YAML or JSON file that sets parameters; -P wins over it.") var parameterFile: String?
  @Flag(name: .customLong("json-diagnostics"), help: "Print mistakes as a JSON list on standard output.") var jsonDiagnostics = false

  /// Ends the command with the mistakes of a report.
  func failure(_ error: ReportError) throws -> Failure {
    guard jsonDiagnostics else { return Failure(message: "\(error)", status: 2) }
    print(try CanonicalJSON.text(error.diagnostics, pretty: true))
    return Failure(message: "", status: 2)
  }

  /// What ends a command that ran a report.
  func ending(_ error: any Error) throws -> Failure {
    if let mistakes = error as? ReportError { return try failure(mistakes) }
    return Failure(ending: error)
  }

  struct Assignment: ExpressibleByArgument {
    var name, value: String
    init?(argument: String) {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else { return nil }
      (name, value) = (String(parts[0]), String(parts[1]))
    }
    var defaultValueDescription: String { "name=value" }
  }

  func overrides() throws -> [String: String] {
    var values: [String: String] = [:]
    for assignment in parameters {
      guard values.updateValue(assignment.value, forKey: assignment.name) == nil else {
        throw Failure(message: "-P \(assignment.name) is given twice", status: 2)
      }
    }
    return values
  }
}

struct Render: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs a report's cells and writes HTML, PDF and results.",
    discussion: "What was computed before is taken from .ecgbook/cache; a changed sentence or caption computes nothing.")

  @OptionGroup var arguments: ReportArguments
  @Option(help: "Path of the outputs, without extension. (default: the report's own)") var output: String?
  @Option(help: "What to write: html, pdf, results; several with commas. (default: all)") var format: Formats?
  @Option(help: "The folder that holds .ecgbook and saved_models.") var project = "."
  @Flag(help: "Go on from the checkpoints of an interrupted render.") var resume = false
  @Flag(help: "Mark what is missing instead of refusing it; writes NAME.draft.html and .pdf.") var draft = false
  @Flag(help: "Compute nothing: a cell that is not in the cache is an error.") var frozen = false
  @Flag(help: "Say for each cell why it ran or not.") var explain = false
  @Flag(help: "Number the lines of running text in the PDF, for reviewers.") var lineNumbers = false
  @Option(help: "Train as this many processes together would. (default: as many as a launcher started)") var processes: Int?

  /// Some of the outputs, each named once or more: `html,pdf`.
  struct Formats: ExpressibleByArgument {
    var chosen: Set<RenderOptions.Format> = []
    init?(argument: String) {
      for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let format = RenderOptions.Format(rawValue: String(name)) else { return nil }
        chosen.insert(format)
      }
    }
  }

  func run() async throws {
    let console = Console()
    let group = try joinedGroup()
    // A launcher that lost a process terminates the others; the first one has a checkpoint to save.
    let interrupt = Interrupt(alsoOn: group?.rank == 0 ? [SIGTERM] : [])
    var options = RenderOptions()
    options.overrides = try arguments.overrides()
    options.parameterFile = arguments.parameterFile
    options.isDraft = draft
    options.projectFolder = project
    options.isFrozen = frozen
    options.resumes = resume
    options.numbersLines = lineNumbers
    options.output = output
    if let format { options.formats = format.chosen }
    options.tools = try currentTools()
    options.isInterrupted = { interrupt.isSet }
    (options.team, options.processes) = (group, processes)
    if let group, group.rank > 0 { return try await assist(group, options) }
    do {
      let explain = self.explain
      let result = try await render(
        arguments.report, options: options, registry: CellRegistry(cellKinds), library: try citationLibrary()
      ) { event in
        switch event {
        case .explained(let explanation): if explain { console.line("\(explanation)") }
        case .started(let id, let kind): console.step("\(kind) \(id)", "…")
        case .progress(let id, let line): console.step(id, line)
        case .finished(let id, let seconds, let cached):
          if !cached, seconds > 0.5 { console.line("\(id): \(String(format: "%.1f", seconds)) s") }
        case .failed(let failure): console.line("\(failure)")
        case .warning(let text): console.line("ecgbook: \(text)")
        }
      }
      console.finish()
      for gap in result.gaps { complain("\(gap)") }
      for file in result.files where !file.hasSuffix(".json") { print(file) }
    } catch {
      console.finish()
      throw try arguments.ending(error)
    }
  }

  /// The processes that a launcher such as torchrun started together with this one.
  private func joinedGroup() throws -> ProcessGroup? {
    if let processes, !(1...100_000).contains(processes) {
      throw Failure(message: "--processes \(processes): expected a number of processes, 1 to 100000", status: 2)
    }
    do { return try ProcessGroup.fromEnvironment() } catch {
      throw Failure(message: "\(error)", status: error is LaunchError ? 2 : 1)
    }
  }

  /// The part of a process that is not the first: it trains with the others and writes no report.
  private func assist(_ group: ProcessGroup, _ options: RenderOptions) async throws {
    do {
      try await Book.assist(
        arguments.report, options: options, registry: CellRegistry(cellKinds), library: try citationLibrary())
    } catch {
      let isInterrupted = if case RenderError.interrupted = error { true } else { false }
      let text = "\(error)"
      throw Failure(
        message: text.hasPrefix("rank ") ? text : "rank \(group.rank) of \(group.size): \(text)",
        status: error is ReportError ? 2 : isInterrupted ? 130 : 1)
    }
  }
}

extension Failure {
  /// What ended a render: 130 when it was interrupted, 2 for mistakes found before anything ran, 1 for a cell that failed
  /// and all else.
  init(ending error: any Error) {
    let status: Int32 =
      switch error {
      case RenderError.interrupted: 130
      case is ReportError: 2
      case let failure as CellFailure: failure.isOfMachine ? 1 : 2
      default: 1
      }
    self.init(message: "\(error)", status: status)
  }
}

/// What computes and draws, by version: part of every report.
func currentTools() throws -> [String: String] {
  let fonts = Digest(combining: try fontFiles().map { try Digest(ofFile: $0.path) })
  return drawingVersions().merging(["ecgbook": toolVersion, "fonts": fonts.short]) { first, _ in first }
}

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Names every mistake of a report; runs no cell.")
  @OptionGroup var arguments: ReportArguments

  func run() throws {
    let mistakes = check(
      arguments.report, registry: CellRegistry(cellKinds), library: try citationLibrary(), overrides: try arguments.overrides(),
      parameterFile: arguments.parameterFile)
    guard mistakes.isEmpty else { throw try arguments.failure(ReportError(mistakes)) }
    print(arguments.jsonDiagnostics ? "[]" : "\(arguments.report): no mistakes")
  }
}

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what a mistake means, by its code; without a code, lists all.")
  @Argument(help: "A code such as E0304.") var code: String?

  func run() throws {
    guard let code else {
      for fault in Fault.allCases { print("\(fault.code)  \(fault.title)") }
      return
    }
    guard let fault = Fault(rawValue: code.uppercased()) else {
      let near = suggestions(for: code.uppercased(), among: Fault.allCases.map(\.code))
      throw Failure(message: "no mistake has the code '\(code)'" + near + "; 'ecgbook explain' lists all", status: 2)
    }
    print("\(fault.code): \(fault.title)\n\n\(fault.explanation)")
  }

  private func suggestions(for code: String, among codes: [String]) -> String {
    suggestion(for: code, among: codes).map { "; did you mean \($0)?" } ?? ""
  }
}

struct Params: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Lists a report's parameters, with types, ranges and values.")
  @OptionGroup var arguments: ReportArguments
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let report: Report
    do throws(Diagnostic) { report = try Report(contentsOf: arguments.report) } catch {
      throw try arguments.failure(ReportError([error]))
    }
    let made = Plan.make(
      report, registry: CellRegistry(cellKinds), library: try citationLibrary(), overrides: try arguments.overrides(),
      parameterFile: arguments.parameterFile)
    let plan: Plan
    do { plan = try made.get() } catch { throw try arguments.failure(error) }
    if json {
      print(try CanonicalJSON.text(report.frontMatter.parameters.map { ParameterLine($0, value: plan.parameters[$0.name]) }, pretty: true))
      return
    }
    if report.frontMatter.parameters.isEmpty { print("\(arguments.report) has no parameters") }
    let width = report.frontMatter.parameters.map(\.name.count).max() ?? 0
    for line in report.frontMatter.parameters.map({ ParameterLine($0, value: plan.parameters[$0.name]) }) {
      let name = line.name.padding(toLength: width, withPad: " ", startingAt: 0)
      let limits = line.range.map { " \($0)" } ?? (line.choices.map { " of " + $0.joined(separator: ", ") } ?? "")
      let origin = line.value == line.default ? "default" : "default \(line.default)"
      print("\(name)  \(line.value)  (\(line.type)\(limits); \(origin))")
      if let help = line.help { print(String(repeating: " ", count: width + 2) + help) }
    }
  }

  private struct ParameterLine: Encodable {
    var name, type, value, `default`: String
    var range: String?
    var choices: [String]?
    var help: String?

    init(_ declaration: ParameterDeclaration, value: Value?) {
      (name, type, help) = (declaration.name, declaration.kind.rawValue, declaration.help)
      self.default = declaration.defaultValue.scalarText ?? ""
      self.value = value?.scalarText ?? self.default
      range = declaration.rangeText
      choices = declaration.choices.isEmpty ? nil : declaration.choices
    }
  }
}

struct CellsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "cells", abstract: "Lists the kinds of cells that reports may use, or the options and values of one.")
  @Argument(help: "A kind, such as evaluate.") var kind: String?

  func run() throws {
    if let kind { return try describe(kind) }
    for kind in cellKinds { print(kind.kind.padding(toLength: 12, withPad: " ", startingAt: 0) + " " + kind.summary) }
  }

  private func describe(_ name: String) throws {
    guard let type = CellRegistry(cellKinds)[name] else {
      let near = suggestion(for: name, among: cellKinds.map { $0.kind }).map { "; did you mean '\($0)'?" } ?? "; 'ecgbook cells' lists all"
      throw Failure(message: "no kind of cell is called '\(name)'\(near)", status: 2)
    }
    var options = try Options(yaml: "", kind: name)
    let cell = type.init(&options)
    print("\(name): \(type.summary)\n\nOptions: \(options.taken.isEmpty ? "none" : options.taken.joined(separator: ", "))")
    print("Values:  \(cell.valuePaths.isEmpty ? "none" : cell.valuePaths.joined(separator: ", "))")
  }
}

/// Ctrl-C asks to stop at the next good moment; a second one stops at once.
final class Interrupt: Sendable {
  private let flag: Atomic<Bool>
  nonisolated(unsafe) private let sources: [any DispatchSourceSignal]  // set once; libdispatch says sources may be shared

  /// - Parameter others: signals that ask for the same, however often they come.
  init(alsoOn others: [Int32] = []) {
    flag = Atomic(false)
    sources = ([SIGINT] + others).map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (number, source) in zip([SIGINT] + others, sources) {
      source.setEventHandler { [weak self] in
        guard let self else { return }
        let wasSet = flag.exchange(true, ordering: .relaxed)
        if wasSet, number == SIGINT { _exit(130) }
        if !wasSet { complain(number == SIGINT ? "stopping; once more to stop at once" : "stopping") }
      }
      source.resume()
    }
  }
  var isSet: Bool { flag.load(ordering: .relaxed) }

  /// Runs what serves until it is interrupted, or until one of them cannot go on; then all are cancelled.
  /// - Throws: what the first that failed throws.
  func run(_ bodies: (@Sendable () async throws -> Void)...) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for body in bodies { group.addTask { try await body() } }
      group.addTask { while !self.isSet { try await Task.sleep(for: .milliseconds(50)) } }
      // The first to end is Ctrl-C, or a server that could not begin.
      defer { group.cancelAll() }
      while try await group.next() != nil { if isSet { break } }
    }
  }
}

/// Progress on standard error: one line that is written over on a terminal, plain lines at times elsewhere.
final class Console: Sendable {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let state = Mutex((open: false, last: ContinuousClock.now - .seconds(60), id: ""))

  func step(_ id: String, _ text: String) {
    state.withLock { state in
      let now = ContinuousClock.now
      if isTerminal {
        guard now - state.last > .milliseconds(100) || state.id != id else { return }
        write("\r\u{1B}[K\(id): \(text)")
        state.open = true
      } else {
        // Only what takes time is worth a line in a log.
        guard text != "…", now - state.last > .seconds(15) || state.id != id || !text.contains("batch") else { return }
        write("\(id): \(text)\n")
      }
      (state.last, state.id) = (now, id)
    }
  }

  func line(_ text: String) {
    state.withLock { state in
      write((state.open ? "\r\u{1B}[K" : "") + text + "\n")
      state.open = false
    }
  }

  func finish() {
    state.withLock { state in
      if state.open { write("\r\u{1B}[K") }
      state.open = false
    }
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
