import Book
import Drawing
import Files
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import WFDB

/// The web app: a recording is dropped into a page, and read.
///
/// ```
/// GET  /                                  the page to send a recording from, or to find a sample
/// POST /readings                          files, or the number of a sample → 303 to its page
/// GET  /readings/ID                       trace, findings, measurements
/// GET  /readings/ID/trace.svg             the trace, drawn another way
/// GET  /readings/ID/report.pdf …          what is taken along
/// POST /readings/ID/compare, /forget
/// …    /api/interpretations, /api/samples the same for programs: /api/openapi.json
/// GET  /health/live, /health/ready, /metrics
/// ```
/// Files are parsed by a child process that gave up its rights (``UploadReading``); a recording is held in memory, or in a
/// private folder of memory, until nobody looks at it any more, and nothing of it is logged.
public struct WebApp: Sendable {
  public struct Configuration: Sendable {
    public var host = "127.0.0.1"
    public var port = 8080
    /// Needed from whoever asks; nil on the loopback interface alone.
    public var token: String?
    public var limits = Limits()
    /// The folder of PTB-XL, for samples.
    public var data: String?
    /// Where every recording is kept, with its report; nil keeps none.
    public var keep: String?
    /// Whether the last address of `X-Forwarded-For` is the client's: only where a proxy writes it.
    public var isBehindProxy = false
    /// Takes a line for the log.
    public var log: @Sendable (String) -> Void = { _ in }
    /// This program, which is also the child that reads files.
    public var program: String

    public init(program: String) { self.program = program }
    public var isLoopback: Bool { ["127.0.0.1", "localhost", "::1"].contains(host) }
  }

  let configuration: Configuration
  let interpreter: Interpreter
  let readings: Readings
  let samples: Samples?
  let pages: Pages
  let gate: Gate
  let metrics = Metrics()
  let bodies: ByteBudget
  let guardian: Guard
  /// What reads uploaded files: in tests, this process.
  let read: @Sendable (_ folder: String) async throws -> UploadReading
  private let folder: String

  /// - Parameter folder: private, on memory where there is such; it holds what is being read.
  /// - Throws: `DatabaseError` when the samples' tables cannot be understood.
  public init(
    _ configuration: Configuration, interpreter: Interpreter, folder: String,
    read: (@Sendable (_ folder: String) async throws -> UploadReading)? = nil
  ) throws {
    (self.configuration, self.interpreter, self.folder) = (configuration, interpreter, folder)
    let limits = configuration.limits
    readings = Readings(folder: folder + "/readings", limits: limits) { interpreter.forget($0) }
    samples = try configuration.data.flatMap { try Samples(folder: $0) }
    pages = try Pages()
    (gate, bodies) = (Gate(limits), ByteBudget(limits.bodiesBytes))
    guardian = Guard(token: configuration.token, isLoopback: configuration.isLoopback)
    self.read = read ?? { try await UploadReading.make(program: configuration.program, folder: $0, limits: limits) }
  }

  /// Serves until the task is cancelled; then what is under way ends first.
  /// - Parameter isRunning: takes the address when the server listens.
  public func run(isRunning: @escaping @Sendable (_ address: String) -> Void) async throws {
    var logger = Logger(label: "ecgbook")
    logger.logLevel = .critical  // a browser that goes away is no news
    let configuration = configuration
    let application = Application(
      router: router(), server: .http1(configuration: .init(idleTimeout: .seconds(75))),
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), backlog: 1024,
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.connections)),
      onServerRunning: { channel in
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        isRunning("http://\(host):\(channel.localAddress?.port ?? configuration.port)/")
      }, logger: logger)
    // A server that is cancelled drops what browsers are about to send, so it is told to end instead.
    let services = ServiceGroup(configuration: ServiceGroupConfiguration(services: [application], logger: logger))
    let running = Task { try await services.run() }
    let sweeping = Task { [readings] in
      while true {
        try await Task.sleep(for: .seconds(30))
        await readings.sweep()
      }
    }
    defer { sweeping.cancel() }
    try await withTaskCancellationHandler {
      try await running.value
    } onCancel: {
      Task { await services.triggerGracefulShutdown() }
    }
  }

  /// Reads a made recording, so that the first one that is sent does not wait for the network to be loaded.
  /// - Returns: what the child that reads files gave up, by name.
  /// - Throws: what a recording would meet: a network that cannot be loaded, a report that is not there.
  public func warmUp() async throws -> [String] {
    let samples = (0..<1000).map { 0.1 * Double($0 % 80 < 3 ? 10 : $0 % 7) }
    let leads = LeadName.twelve.map { Lead(name: $0, units: "mV", samples: samples) }
    let record = try EncodedRecord(name: UploadReading.recordName, samplingFrequency: 100, leads: leads)
    let own = folder + "/warm"
    let upload = try Upload(files: [
      Upload.File(name: record.name + ".hea", content: Array(record.header)[...]), Upload.File(name: record.name + ".dat", content: Array(record.signals)[...]),
    ])
    try upload.write(to: own)
    defer { try? FileManager.default.removeItem(atPath: own) }
    let recording = Interpreter.Recording(path: own + "/" + record.name)
    let child = try await read(own)
    guard child.recording != nil else { throw UploadRefusal("a made recording cannot be read: \(child.refusal ?? "")") }
    for language in Words.languages {
      _ = try await interpreter.render(recording, language: language)
    }
    interpreter.forget(recording)
    return child.confinement
  }

  func log(_ line: String) { configuration.log(line) }

  // MARK: Reading

  /// Reads files, in a child, and interprets the recording.
  /// - Parameter client: whose upload it is, for the limit of each.
  func accept(_ upload: Upload, client: String?, language: String) async throws -> (Readings.Reading, Answer) {
    let begin = ContinuousClock.now
    do {
      let done = try await gate.pass(client) {
        let own = folder + "/uploads/\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: own) }
        try upload.write(to: own)
        let made = try await read(own)
        guard let recording = made.recording else { throw UploadRefusal(made.refusal ?? "the files could not be read") }
        let reading = try await readings.add(recording, person: upload.person)
        do {
          let result = try await interpreter.render(reading.recording, language: language)
          try keep(reading, result)
          return (reading, Answer(result))
        } catch {
          await readings.remove(reading.id)
          guard let failures = error as? CellFailures else { throw error }
          throw UploadRefusal(reasons(failures.failures))
        }
      }
      metrics.read(done.0.upload.format, seconds: (ContinuousClock.now - begin) / .seconds(1))
      return done
    } catch {
      if error is UploadRefusal { metrics.refused() }
      throw error
    }
  }

  /// A page of a recording that was sent before, through the gate unless it was made just now.
  /// - Throws: 404 when the recording is forgotten meanwhile; ``UploadRefusal`` and ``Problem`` without the server's paths.
  func render(
    _ reading: Readings.Reading, language: String, view: Interpreter.View = Interpreter.View(), previous: Readings.Reading? = nil
  ) async throws -> RenderResult {
    if let known = interpreter.known(reading.recording, language: language, view: view, previous: previous?.recording) { return known }
    do {
      let made = try await gate.pass(nil) {
        try await interpreter.render(reading.recording, language: language, view: view, previous: previous?.recording)
      }
      guard await readings.has(reading.id) else {
        interpreter.forget(reading.recording)
        throw HTTPError(.notFound)
      }
      return made
    } catch let failures as CellFailures {
      guard await readings.has(reading.id) else { throw HTTPError(.notFound) }
      let reasons = reasons(failures.failures)
      if failures.failures.allSatisfy({ $0.kind == "figure" || $0.kind == "infer" }) { throw Problem(.badRequest, reasons) }
      throw UploadRefusal(reasons)
    } catch let failure as CellFailure {
      throw Problem(.badRequest, reasons([failure]))
    }
  }

  /// Why cells failed, without the server's paths.
  private func reasons(_ failures: [CellFailure]) -> String {
    failures.map { $0.reason.replacing(folder, with: "") }.joined(separator: "; ")
  }

  /// The recording with its report, where whoever runs the server keeps them.
  private func keep(_ reading: Readings.Reading, _ result: RenderResult) throws {
    guard let folder = configuration.keep else { return }
    let own = folder + "/" + reading.id
    let files = FileManager.default
    try files.createDirectory(atPath: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for name in try files.contentsOfDirectory(atPath: reading.folder) {
      try writeFile(try readFile(reading.folder + "/" + name), to: own + "/" + name)
    }
    try writeFile(Data(try result.results.text.utf8), to: own + "/results.json")
    if let pdf = try PageWriters.standard.pdf?(result.page) { try writeFile(pdf, to: own + "/report.pdf") }
  }

  /// The files of a sample, as if they had been sent.
  func sample(_ number: Int, person: Upload.Person) throws -> Upload {
    guard let path = samples?.path(of: number) else { throw UploadRefusal("there is no sample \(number)") }
    let name = (path as NSString).lastPathComponent
    return try Upload(
      files: ["hea", "dat"].map { Upload.File(name: "\(name).\($0)", content: Array(try readFile("\(path).\($0)"))[...]) },
      person: person)
  }
}

/// Bytes that may be held at the same time.
final class ByteBudget: Sendable {
  private let held: Mutex<Int>
  private let limit: Int
  init(_ limit: Int) {
    self.limit = limit
    held = Mutex(0)
  }

  /// - Returns: whether there was room.
  func take(_ bytes: Int) -> Bool {
    held.withLock { held in
      guard held + bytes <= limit else { return false }
      held += bytes
      return true
    }
  }
  func give(back bytes: Int) { held.withLock { $0 -= bytes } }
}
