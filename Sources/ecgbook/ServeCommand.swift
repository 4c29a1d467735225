import ArgumentParser
import Book
import Cells
import Formats
import Foundation
import WebApp

/// `ecgbook serve`: the web app.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serves a page on which a recording is dropped and read.",
    discussion: """
      It listens to this machine alone unless --host says otherwise, and then needs --token. Files are parsed by processes \
      without network and rights; nothing is kept unless --keep names a folder. Ctrl-C ends it when what is under way is done.
        ecgbook serve --data data/ptbxl
      """)
  @Option(help: "The address to listen at.") var host = "127.0.0.1"
  @Option(help: "The port; 0 takes one that is free.") var port = 8080
  @Option(help: "A model folder, the name of one under saved_models, or none.") var model = "detailed-ecgconvnet"
  @Option(help: "PTB-XL's folder, for samples. (default: data/ptbxl, where it is there)") var data: String?
  @Option(help: "Whoever asks must know it; also ECGBOOK_TOKEN, which no list of processes shows.") var token: String?
  @Option(help: "Keep every recording with its report in this folder.") var keep: String?
  @Option(help: "Megabytes of an upload at most.") var maxUpload = 32
  @Option(help: "Recordings that are worked on at the same time.") var atOnce = 2
  @Option(help: "Recordings that may wait; more are answered by 503.") var waiting = 256
  @Option(help: "Recordings of one address under way; more are answered by 429.") var perClient = 32
  @Flag(help: "A proxy stands before it and writes X-Forwarded-For; needs a token.") var behindProxy = false
  @Flag(help: "Serve even where Landlock or seccomp cannot confine what parses files.") var unconfined = false

  static let shortestToken = 16

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port \(port): expected 0 to 65535") }
    for (name, value, range) in [
      ("max-upload", maxUpload, 1...1024), ("at-once", atOnce, 1...64), ("waiting", waiting, 0...100_000), ("per-client", perClient, 1...100_000),
    ] where !range.contains(value) { throw ValidationError("--\(name) \(value): expected \(range.lowerBound) to \(range.upperBound)") }
  }

  func run() async throws {
    var settings = WebApp.Configuration(program: Bundle.main.executablePath ?? CommandLine.arguments[0])
    (settings.host, settings.port, settings.keep, settings.isBehindProxy) = (host, port, keep, behindProxy)
    settings.token = token ?? ProcessInfo.processInfo.environment["ECGBOOK_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    if settings.token == nil, !settings.isLoopback {
      throw Failure(message: "--host \(host) can be reached by others, so --token (or ECGBOOK_TOKEN) is needed", status: 2)
    }
    if settings.token == nil, behindProxy {
      throw Failure(message: "behind a proxy others can ask, under any name, so --token (or ECGBOOK_TOKEN) is needed", status: 2)
    }
    if let token = settings.token, token.utf8.count < Self.shortestToken {
      throw Failure(message: "the token has \(token.utf8.count) characters; expected at least \(Self.shortestToken): openssl rand -hex 16 makes one", status: 2)
    }
    settings.limits.bodyBytes = maxUpload << 20
    settings.limits.bodiesBytes = max(settings.limits.bodiesBytes, 2 * settings.limits.bodyBytes)
    (settings.limits.atOnce, settings.limits.waiting, settings.limits.perClient) = (atOnce, waiting, perClient)
    settings.log = { complain($0) }
    if let keep {
      do {
        try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data().write(to: URL(filePath: keep + "/.ecgbook"))
      } catch { throw Failure(message: "--keep \(keep): nothing can be written there: \(error.localizedDescription)", status: 2) }
    }
    settings.data = try dataFolder()

    let interrupt = Interrupt(alsoOn: [SIGTERM])
    let folder = try Self.folderOfThisProcess()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let interpreter = Interpreter(
      model: model == "none" ? model : URL(filePath: try Shipped.modelFolder(model)).path, folder: folder,
      registry: CellRegistry(cellKinds), library: try citationLibrary(), tools: try currentTools(),
      exchange: { results, pdf, record in try fhirBundle(of: results, pdf: pdf, record: ECGFile(path: record)) }, report: { try Shipped.report($0) })
    let app: WebApp
    do { app = try WebApp(settings, interpreter: interpreter, folder: folder) } catch { throw Failure(message: "\(error)", status: 2) }
    let confinement = try await app.warmUp()
    complain("files are parsed by a child with: \(confinement.isEmpty ? "no confinement" : confinement.joined(separator: ", "))")
    #if os(Linux)
      if !unconfined, !Set(["landlock", "seccomp"]).isSubset(of: confinement) {
        throw Failure(message: "this system confines the parser by less than Landlock and seccomp; --unconfined serves nevertheless", status: 1)
      }
    #endif

    do {
      try await interrupt.run({
        try await app.run { address in
          print("\(address)  (Ctrl-C ends it)")
          fflush(nil)
        }
      })
    } catch is CancellationError {
    } catch {
      throw Failure(message: "cannot listen at \(host):\(port): \(error)", status: 1)
    }
  }

  /// A private folder that tells whose it is; those of servers that were killed are removed, with the recordings in them.
  private static func folderOfThisProcess() throws -> String {
    let files = FileManager.default, prefix = "ecgbook-serve-"
    let folder = try files.privateFolder(inMemory: true)
    let place = (folder as NSString).deletingLastPathComponent
    for name in (try? files.contentsOfDirectory(atPath: place)) ?? [] where name.hasPrefix(prefix) {
      guard let owner = name.dropFirst(prefix.count).split(separator: "-").first.flatMap({ pid_t($0) }), kill(owner, 0) != 0, errno == ESRCH else { continue }
      try? files.removeItem(atPath: place + "/" + name)
    }
    let own = "\(place)/\(prefix)\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
    try files.moveItem(atPath: folder, toPath: own)
    return own
  }

  private func dataFolder() throws -> String? {
    let standard = "data/ptbxl"
    guard let data else { return FileManager.default.fileExists(atPath: standard + "/ptbxl_database.csv") ? standard : nil }
    guard FileManager.default.fileExists(atPath: data + "/ptbxl_database.csv") else {
      throw Failure(message: "--data \(data): there is no ptbxl_database.csv", status: 2)
    }
    return data
  }
}

/// `ecgbook read-upload`: the child of `serve` that parses what was sent, after it gave up its rights.
struct ReadUploadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read-upload", abstract: "Reads the files of a folder, confined, and prints what they hold as JSON.", shouldDisplay: false)
  @Argument var folder: String
  @Option(help: "Seconds that a recording may last.") var longest = 300.0
  @Option(help: "Mebibytes of address space.") var memory: UInt64 = 2048
  @Option(help: "Seconds of processor time.") var seconds: UInt32 = 10

  func run() throws {
    let confinement = Confinement.apply(reading: folder, bytes: memory << 20, seconds: seconds)
    let reading = UploadReading(ofFilesIn: folder, confinement: confinement, longest: longest)
    FileHandle.standardOutput.write(try JSONEncoder().encode(reading))
  }
}
