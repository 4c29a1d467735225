import ArgumentParser
import Book
import Cells
import Foundation
import Preview

/// `ecgbook preview`: the page in a browser, as it is while its report is written.
struct PreviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Shows a report in the browser and renders it again on every save.",
    discussion: """
      The page is served to this machine alone. It stays at the place where you read; mistakes stand over the last good page; a \
      training shows its curves and can be cancelled, and goes on from there the next time. Nothing is written beside the \
      report. Ctrl-C ends it.
      """)

  @OptionGroup var arguments: ReportArguments
  @Option(help: "The port to listen at. (default: one that is free)") var port = 0
  @Flag(help: "Open the browser.") var open = false
  @Flag(help: "Mark what is missing instead of refusing it.") var draft = false
  @Option(help: "The folder that holds .ecgbook.") var project = "."

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port \(port): expected 0 to 65535") }
  }

  func run() async throws {
    guard FileManager.default.isReadableFile(atPath: arguments.report) else {
      throw Failure(message: "\(arguments.report): cannot be read; give the path of a report", status: 2)
    }
    var options = RenderOptions()
    options.overrides = try arguments.overrides()
    (options.parameterFile, options.projectFolder, options.isDraft) = (arguments.parameterFile, project, draft)
    options.tools = try currentTools()
    let preview = try Preview(
      arguments.report, options: options, registry: CellRegistry(cellKinds), library: try citationLibrary())
    let interrupt = Interrupt(alsoOn: [SIGTERM])
    let (port, opens) = (self.port, self.open)
    do {
      try await interrupt.run(
        { await preview.run() },
        {
          try await PreviewServer(preview).run(port: port) { address in
            print("\(address)  (Ctrl-C ends the preview)")
            fflush(nil)
            if opens { openBrowser(address) }
          }
        })
    } catch is CancellationError {
    } catch {
      throw Failure(message: "the preview cannot listen at 127.0.0.1:\(port): \(error)", status: 1)
    }
  }
}

private func openBrowser(_ address: String) {
  let process = Process()
  #if os(macOS)
    let program = "open"
  #else
    let program = "xdg-open"
  #endif
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = [program, address]
  process.standardError = FileHandle.nullDevice
  do { try process.run() } catch { complain("no browser could be opened: \(error)") }
}
