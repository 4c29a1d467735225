import Foundation
import TestSupport

/// The built program, run as its users run it.
enum Command {
  struct Result {
    var status: Int32  // 128 + the signal that ended it
    var output, errors: String
  }

  /// Beside the bundle of tests.
  static let path: String = {
    let folders = [CommandLine.arguments.first, Bundle.main.executablePath].compactMap(\.self)
      .map { URL(filePath: $0).deletingLastPathComponent().path }
    let builds = ["release", "debug"].map { SharedData.root + "/.build/" + $0 }
    return (folders + builds).map { $0 + "/ecgbook" }.first { FileManager.default.isExecutableFile(atPath: $0) } ?? "ecgbook"
  }()

  static func run(_ arguments: [String], in folder: String = ".", environment: [String: String] = [:]) throws -> Result {
    let process = try start(arguments, in: folder, environment: environment)
    return finish(process)
  }

  struct Running {
    var process: Process
    var output, errors: String  // paths of files
  }

  /// Runs a line as a shell does that finds `ecgbook`.
  static func shell(_ line: String, in folder: String) throws -> Result {
    let others = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let search = (path as NSString).deletingLastPathComponent + ":" + others
    return finish(try start(["-c", line], in: folder, environment: ["PATH": search], program: "/bin/bash"))
  }

  static func start(
    _ arguments: [String], in folder: String = ".", environment: [String: String] = [:], program: String = path
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let base = NSTemporaryDirectory() + "/ecgbook-\(UUID().uuidString)"
    for suffix in [".out", ".err"] { _ = FileManager.default.createFile(atPath: base + suffix, contents: nil) }
    process.standardOutput = FileHandle(forWritingAtPath: base + ".out")
    process.standardError = FileHandle(forWritingAtPath: base + ".err")
    try process.run()
    return Running(process: process, output: base + ".out", errors: base + ".err")
  }

  static func finish(_ running: Running) -> Result {
    running.process.waitUntilExit()
    defer { for path in [running.output, running.errors] { try? FileManager.default.removeItem(atPath: path) } }
    let status = running.process.terminationStatus
    return Result(
      status: running.process.terminationReason == .uncaughtSignal ? 128 + status : status,
      output: (try? String(contentsOfFile: running.output, encoding: .utf8)) ?? "",
      errors: (try? String(contentsOfFile: running.errors, encoding: .utf8)) ?? "")
  }
}
