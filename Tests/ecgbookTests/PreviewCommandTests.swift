import Files
import Foundation
import TestSupport
import Testing

/// `ecgbook preview`, as users run it; what it serves is tested in `PreviewTests`.
@Suite struct PreviewCommandTests {
  private static let hasProgram = FileManager.default.isExecutableFile(atPath: Command.path)

  @Test(.enabled(if: hasProgram, "needs the built program")) func servesUntilCtrlC() async throws {
    try await withTemporaryFolder { folder in
      try writeFile("---\ntitle: Served from a command\n---\n\nText.\n", to: folder + "/report.md")
      let running = try Command.start(["preview", "report.md"], in: folder)
      var address: URL?
      for _ in 0..<200 where address == nil {
        try await Task.sleep(for: .milliseconds(50))
        let line = (try? String(contentsOfFile: running.output, encoding: .utf8)) ?? ""
        address = line.hasSuffix("\n") ? line.split(separator: " ").first.flatMap { URL(string: String($0)) } : nil
      }
      let port = try #require(address?.port)
      #expect(address?.host() == "127.0.0.1")
      // Bash speaks to the port itself, so that no other program is needed.
      let ask = """
        exec 3<>/dev/tcp/127.0.0.1/\(port); printf 'GET /page HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3; cat <&3
        """
      var page = ""
      for _ in 0..<100 where !page.contains("Served from a command") {
        page = try Command.shell(ask, in: folder).output
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(page.contains("<title>Served from a command</title>"))
      running.process.interrupt()
      let ended = Command.finish(running)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [".ecgbook", "report.md"])
    }
  }

  @Test(.enabled(if: hasProgram, "needs the built program"), arguments: [["nowhere.md"], ["--port", "70000", "nowhere.md"]])
  func refusesWhatCannotBeShown(arguments: [String]) throws {
    let result = try Command.run(["preview"] + arguments)
    #expect(result.status == 2)
    #expect(result.errors.contains("nowhere.md: cannot be read") || result.errors.contains("--port 70000: expected 0 to 65535"))
  }
}
