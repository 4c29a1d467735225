import Book
import Drawing
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Preview

// The smallest cells that read a file, and that take their time.

/// The length of a file.
private struct SizeCell: Cell {
  static let kind = "size", summary = "A file's size.", version = "1"
  var path: String
  init(_ options: inout Options) { path = options.takePath("path") }
  var valuePaths: [String] { ["bytes"] }
  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    [InputDigest(name: path, digest: try context.digests.digest(ofFile: "\(context.reportFolder)/\(path)"))]
  }
  func run(_ context: RunContext) async throws -> Output {
    Output(values: .object(["bytes": .integer(try readFile("\(context.reportFolder)/\(path)").count)]))
  }
}

/// Steps that take 20 ms each; a checkpoint says how many were done, and a drawing too.
private struct StepsCell: Cell {
  static let kind = "steps", summary = "Steps.", version = "1"
  var count: Int
  init(_ options: inout Options) { count = options.takeRequired("count", in: 1...100_000) }
  var valuePaths: [String] { ["resumed"] }
  func run(_ context: RunContext) async throws -> Output {
    let checkpoint = context.checkpointFolder + "/steps"
    let start = context.resumes ? (try? readFile(checkpoint)).flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0 : 0
    // One that goes on from a checkpoint is soon done; the first goes on until somebody ends it, however late he looks.
    for step in start..<(start > 0 ? start + 5 : count) {
      if context.isInterrupted() { throw CancellationError() }
      context.progress("step \(step + 1) of \(count)")
      let line = Element.path(.line(Point(0, 5), Point(Double(step % 100), 5)), stroke: Stroke(Color(0), width: 1))
      context.sketch?(Scene(size: Size(100, 10), elements: [line], description: "\(step + 1) steps."))
      try await Task.sleep(for: .milliseconds(20))
      try writeFile("\(step + 1)", to: checkpoint)
    }
    return Output(values: .object(["resumed": .integer(start)]))
  }
}

private let kinds = CellRegistry([SizeCell.self, StepsCell.self])

/// A preview of a report in a folder of its own.
private struct Desk {
  var folder: String
  var preview: Preview
  var path: String { folder + "/report.md" }
  var state: PreviewState { preview.state.state }
  var page: String { preview.page.map { String(decoding: $0, as: UTF8.self) } ?? "" }

  /// How far the steps are; 0 before the first.
  var step: Int { state.step?.line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }

  func write(_ body: String, frontMatter: String = "") throws {
    try writeFile("---\ntitle: A report\n\(frontMatter)---\n\n\(body)\n", to: path)
  }

  /// Waits until something holds; two minutes at most, since other tests compute in the same threads.
  func wait(_ what: String, until holds: () -> Bool) async throws {
    for _ in 0..<2400 {
      if holds() { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("\(what) did not happen; the state is \(state)")
    throw CancellationError()
  }
}

private func withDesk(
  _ body: String, frontMatter: String = "", parameterFile: String? = nil, _ work: @escaping @Sendable (Desk) async throws -> Void
) async throws {
  try await withTemporaryFolder { folder in
    try writeFile("---\ntitle: A report\n\(frontMatter)---\n\n\(body)\n", to: folder + "/report.md")
    var options = RenderOptions()
    options.projectFolder = folder
    options.sourceDate = nil
    options.parameterFile = parameterFile.map { "\(folder)/\($0)" }
    let preview = try Preview(folder + "/report.md", options: options, registry: kinds, library: [])
    let running = Task { await preview.run() }
    let result: Result<Void, any Error>
    do { result = .success(try await work(Desk(folder: folder, preview: preview))) } catch { result = .failure(error) }
    running.cancel()
    await running.value
    try result.get()
  }
}

@Suite struct PreviewTests {
  @Test func rendersAgainOnEverySave() async throws {
    try await withDesk("First.") { desk in
      try await desk.wait("the first page") { desk.state.phase == .ready && desk.page.contains("First.") }
      let first = desk.state.page
      try desk.write("Second.")
      try await desk.wait("the second page") { desk.state.phase == .ready && desk.page.contains("Second.") }
      #expect(desk.state.page != first)
      // An editor that writes aside and renames, keeping the size.
      try writeFile(try String(contentsOfFile: desk.path, encoding: .utf8).replacing("Second.", with: "Fourth."), to: desk.folder + "/aside")
      #expect(rename(desk.folder + "/aside", desk.path) == 0)
      try await desk.wait("the fourth page") { desk.state.phase == .ready && desk.page.contains("Fourth.") }
    }
  }

  @Test func showsEveryMistakeOverTheLastGoodPage() async throws {
    try await withDesk("Good.") { desk in
      try await desk.wait("the page") { desk.state.phase == .ready }
      let good = desk.state.page
      try desk.write("{{ one.value }}\n\n```{steps #a}\ncuont: 3\n```")
      try await desk.wait("the mistakes") { desk.state.phase == .mistaken }
      let state = desk.state
      #expect(state.diagnostics.map(\.heading) == [
        "\(desk.path):5:4: error[E0504]: no cell 'one'", "\(desk.path):7:4: error[E0305]: 'steps' needs the option 'count'",
        "\(desk.path):8:1: error[E0304]: unknown option 'cuont' of 'steps'",
      ])
      #expect(state.diagnostics.last?.line == "cuont: 3" && state.diagnostics.last?.help == ["did you mean 'count'?"])
      #expect(state.page == good && desk.page.contains("Good."))
      try desk.write("Good.")
      try await desk.wait("the page, mended") { desk.state.phase == .ready }
      #expect(desk.state.diagnostics.isEmpty && desk.state.page == good)
    }
  }

  @Test func showsWhatWasFinishedWhenACellFails() async throws {
    try await withDesk("Before.\n\n```{size #s}\npath: data.txt\n```\n\n{{ s.bytes }} bytes.") { desk in
      try await desk.wait("the failure") { desk.state.phase == .failed }
      #expect(desk.state.failures.first?.reason.contains("data.txt: cannot read: No such file or directory") == true)
      #expect(desk.state.failures.first?.line == 7)
      try writeFile("abc", to: desk.folder + "/data.txt")  // what it lacked comes
      try await desk.wait("the page") { desk.state.phase == .ready }
      #expect(desk.page.contains(">3</span> bytes."))
    }
  }

  @Test(arguments: ["data.txt", "part.md", "works.json", "values.yaml"]) func looksAfterEverythingItIsMadeOf(file: String) async throws {
    let body = "{{ include: part.md }}\n\n{{ s.bytes }} bytes, {{ parameters.word | text }} [@a].\n\n```{size #s}\npath: data.txt\n```"
    let front = "bibliography: works.json\nparameters:\n  word: { type: text, default: none }\n"
    func work(_ title: String) -> String { "[{\"id\": \"a\", \"type\": \"book\", \"title\": \"\(title)\"}]" }
    let old = ["data.txt": "abc", "part.md": "Old part.", "works.json": work("Old work"), "values.yaml": "word: old\n"]
    let new = ["data.txt": "abcdefgh", "part.md": "New part.", "works.json": work("New work"), "values.yaml": "word: new\n"]
    let expected = ["data.txt": ">8</span> bytes", "part.md": "New part.", "works.json": "New work", "values.yaml": ">new</span>"]
    try await withTemporaryFolder { folder in
      for (name, text) in old { try writeFile(text, to: "\(folder)/\(name)") }
      try writeFile("---\ntitle: A report\n\(front)---\n\n\(body)\n", to: folder + "/report.md")
      var options = RenderOptions()
      (options.projectFolder, options.parameterFile) = (folder, folder + "/values.yaml")
      let preview = try Preview(folder + "/report.md", options: options, registry: kinds, library: [])
      let desk = Desk(folder: folder, preview: preview)
      let running = Task { await preview.run() }
      try await desk.wait("the first page") { desk.state.phase == .ready && desk.page.contains("Old part.") }
      try writeFile(try #require(new[file]), to: "\(folder)/\(file)")
      let words = try #require(expected[file])
      try await desk.wait("the page with the new \(file)") { desk.state.phase == .ready && desk.page.contains(words) }
      running.cancel()
      await running.value
    }
  }

  @Test func noticesAnIncludedFileThatComes() async throws {
    try await withDesk("{{ include: part.md }}") { desk in
      try await desk.wait("the mistake") { desk.state.phase == .mistaken && desk.state.diagnostics.first?.fault == .include }
      try writeFile("Here it is.", to: desk.folder + "/part.md")
      try await desk.wait("the page") { desk.state.phase == .ready && desk.page.contains("Here it is.") }
    }
  }

  @Test func cancelsATrainingAndGoesOnFromItsCheckpoint() async throws {
    try await withDesk("```{steps #t}\ncount: 100000\n```\n\nFrom {{ t.resumed }}.") { desk in
      try await desk.wait("progress") { desk.step >= 5 }
      let curve = try #require(desk.state.curve)
      #expect(curve.cell == "t" && curve.description.hasSuffix("steps."))
      #expect(desk.preview.sketch.map { String(decoding: $0, as: UTF8.self).contains("<svg") } == true)
      desk.preview.cancel()
      try await desk.wait("the end") { desk.state.phase == .cancelled }
      #expect(desk.state.message == "Cancelled in 't'. What it saved is used the next time." && desk.state.curve == nil)
      try await Task.sleep(for: .milliseconds(400))
      #expect(desk.state.phase == .cancelled)  // nothing begins by itself
      desk.preview.renderAgain()
      try await desk.wait("the page") { desk.state.phase == .ready }
      let start = try #require(desk.page.firstMatch(of: /From <span[^>]*>([0-9]+)<\/span>/)?.1)
      #expect(try #require(Int(start)) >= 4)
      // A changed sentence computes nothing.
      try desk.write("```{steps #t}\ncount: 100000\n```\n\nBegun at {{ t.resumed }}.")
      try await desk.wait("the other page") { desk.page.contains("Begun at") && desk.state.phase == .ready }
      #expect(desk.state.computed == 0)
    }
  }

  /// What is saved during a training ends it: its result would be old. Where the training is the same, it goes on.
  @Test func goesOnWithATrainingThatASaveOvertakes() async throws {
    try await withDesk("Old.\n\n```{steps #t}\ncount: 100000\n```\n\nFrom {{ t.resumed }}.") { desk in
      try await desk.wait("progress") { desk.step >= 5 }
      try desk.write("New.\n\n```{steps #t}\ncount: 100000\n```\n\nFrom {{ t.resumed }}.")
      try await desk.wait("the page") { desk.state.phase == .ready }
      #expect(desk.page.contains("New."))
      let start = try #require(desk.page.firstMatch(of: /From <span[^>]*>([0-9]+)<\/span>/)?.1)
      #expect(try #require(Int(start)) >= 4)
    }
  }

  @Test func writesNothingBesideTheReport() async throws {
    try await withDesk("Text.") { desk in
      try await desk.wait("the page") { desk.state.phase == .ready }
      let names = try FileManager.default.contentsOfDirectory(atPath: desk.folder).sorted()
      #expect(names == [".ecgbook", "report.md"])
    }
  }

  @Test func doesNotDisturbAReaderWhenTheBytesAreTheSame() async throws {
    try await withDesk("```{size #s}\npath: report.md\n```\n\nText.") { desk in
      try await desk.wait("the page") { desk.state.phase == .ready }
      let (version, page) = (desk.preview.state.version, desk.state.page)
      let text = try readFile(desk.path)
      try writeFile(text, to: desk.path)
      try await desk.wait("another render") { desk.preview.state.version > version && desk.state.phase == .ready }
      #expect(desk.state.page == page)
    }
  }
}

// MARK: The server

/// What a server answered to bytes that were sent as they are.
private struct Answer {
  var status: Int
  var text: String
  var body: String { text.range(of: "\r\n\r\n").map { String(text[$0.upperBound...]) } ?? "" }
}

/// Sends one request to a port of this machine, and reads until `isEnough`, the end or two minutes of silence: beside it, other
/// tests train. It waits on a thread of its own, since the server needs those of tasks.
private func send(
  _ request: String, to port: Int, until isEnough: @escaping @Sendable (String) -> Bool = { _ in false }
) async throws -> Answer {
  try await withCheckedThrowingContinuation { continuation in
    Thread.detachNewThread { continuation.resume(with: Result { try exchange(request, port, isEnough) }) }
  }
}

private func exchange(_ request: String, _ port: Int, _ isEnough: (String) -> Bool) throws -> Answer {
  #if canImport(Darwin)
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
  #else
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  #endif
  defer { close(descriptor) }
  var patience = timeval(tv_sec: 120, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(UInt16(port)).bigEndian
  address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
  let status = withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
  guard status == 0 else { throw CocoaError(.fileReadUnknown) }
  let bytes = Array(request.utf8)
  guard write(descriptor, bytes, bytes.count) == bytes.count else { throw CocoaError(.fileWriteUnknown) }
  var received: [UInt8] = [], piece = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = read(descriptor, &piece, piece.count)
    if count <= 0 { break }
    received += piece[0..<count]
    if isEnough(String(decoding: received, as: UTF8.self)) { break }
  }
  let text = String(decoding: received, as: UTF8.self)
  return Answer(status: text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0, text: text)
}

private func request(_ method: String, _ path: String, host: String? = "127.0.0.1", _ fields: [String] = []) -> String {
  var lines = ["\(method) \(path) HTTP/1.1", "Connection: close"]
  if let host { lines.append("Host: \(host)") }
  if method == "POST" { lines.append("Content-Length: 0") }
  return (lines + fields + ["", ""]).joined(separator: "\r\n")
}

@Suite struct PreviewServerTests {
  private func serving(_ body: String = "Served.", _ work: @escaping @Sendable (Desk, Int) async throws -> Void) async throws {
    try await withDesk(body) { desk in
      let port = Mutex<Int?>(nil)
      let server = Task {
        try await PreviewServer(desk.preview).run(port: 0) { address in
          port.withLock { $0 = URL(string: address)?.port }
        }
      }
      try await desk.wait("the server") { port.withLock { $0 != nil } }
      let number = try #require(port.withLock { $0 })
      let result: Result<Void, any Error>
      do { result = .success(try await work(desk, number)) } catch { result = .failure(error) }
      server.cancel()
      _ = try? await server.value
      try result.get()
    }
  }

  @Test func servesThePageInAFrameWithItsOwnPolicy() async throws {
    try await serving { desk, port in
      try await desk.wait("the page") { desk.state.phase == .ready }
      let outer = try await send(request("GET", "/"), to: port)
      #expect(outer.status == 200 && outer.body.contains("<script src=\"/preview.js\"></script>"))
      let page = try await send(request("GET", "/page?1"), to: port)
      #expect(page.status == 200 && page.body.contains("Served."))
      #expect(page.body.contains("http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'"))
      for field in ["content-security-policy: frame-ancestors 'self'", "x-content-type-options: nosniff", "cache-control: no-store", "cross-origin-resource-policy: same-origin"] {
        #expect(page.text.lowercased().contains(field), "\(field)")
      }
      for (path, type) in [("/preview.js", "text/javascript"), ("/preview.css", "text/css")] {
        let asset = try await send(request("GET", path), to: port)
        #expect(asset.status == 200 && asset.text.contains(type) && !asset.body.isEmpty)
      }
    }
  }

  @Test(arguments: [
    "/report.md", "/../report.md", "/%2e%2e/report.md", "/page/../report.md", "/page/%2e%2e/%2e%2e/etc/passwd", "/..%2freport.md", "/etc/passwd",
    "//etc/passwd", "/.ecgbook/digests.json", "/page/x", "/curve", "/preview.js/../../report.md", "/%00", "/page%00.md",
  ])
  func servesNoFile(path: String) async throws {
    try await serving { _, port in
      let answer = try await send(request("GET", path), to: port)
      #expect([400, 404].contains(answer.status), "\(answer.text)")
      #expect(!answer.text.contains("title: A report") && !answer.text.contains("root:"))
    }
  }

  @Test func refusesNamesOfOtherMachines() async throws {
    try await serving { _, port in
      for host in ["evil.example", "evil.example:\(port)", "127.0.0.1.evil.example", "localhost.evil.example:\(port)", "127.0.0.1:80@evil.example", "0.0.0.0:\(port)", ""] {
        let status = try await send(request("GET", "/page", host: host), to: port).status
        #expect([400, 403].contains(status), "\(host)")
      }
      let nameless = try await send(request("GET", "/", host: nil), to: port).status
      #expect([400, 403].contains(nameless))
      for host in ["127.0.0.1:\(port)", "localhost:\(port)", "localhost"] {
        let status = try await send(request("GET", "/", host: host), to: port).status
        #expect(status == 200, "\(host)")
      }
    }
  }

  @Test func takesCommandsFromItsOwnPageAlone() async throws {
    try await serving("```{steps #t}\ncount: 3000\n```\n\n{{ t.resumed }}") { desk, port in
      try await desk.wait("progress") { desk.step >= 3 }
      let host = "127.0.0.1:\(port)"
      for origin in [["Origin: http://evil.example"], ["Origin: null"], ["Origin: http://127.0.0.1:1"], []] {
        let status = try await send(request("POST", "/cancel", host: host, origin), to: port).status
        #expect(status == 403, "\(origin)")
      }
      let asked = try await send(request("GET", "/cancel", host: host), to: port).status
      #expect([404, 405].contains(asked))
      #expect(desk.state.phase == .rendering)
      let taken = try await send(request("POST", "/cancel", host: host, ["Origin: http://\(host)"]), to: port).status
      #expect(taken == 204)
      try await desk.wait("the end") { desk.state.phase == .cancelled }
    }
  }

  @Test func tellsTheBrowserOfEveryChange() async throws {
    try await serving { desk, port in
      try await desk.wait("the page") { desk.state.phase == .ready }
      let first = try #require(desk.state.page)
      let saving = Task {
        try await Task.sleep(for: .milliseconds(500))
        try desk.write("Saved {{ nothing.value }}.")
        try await desk.wait("the mistake") { desk.state.phase == .mistaken }
        try await Task.sleep(for: .milliseconds(300))
        try desk.write("Saved.")
      }
      let answer = try await send(request("GET", "/events"), to: port) { text in
        text.contains("\"phase\":\"mistaken\"") && text.components(separatedBy: "\"phase\":\"ready\"").count > 2
      }
      try await saving.value
      #expect(answer.text.contains("text/event-stream"))
      #expect(answer.body.contains("\"page\":\"\(first)\",\"phase\":\"ready\""))
      #expect(answer.body.contains("\"code\":\"E0504\"") && answer.body.contains("\"source\":\"Saved {{ nothing.value }}.\""))
      let last = try #require(answer.body.components(separatedBy: "data: ").last)
      #expect(last.contains("\"diagnostics\":[]") && !last.contains(first))
    }
  }

  /// Linux lists who listens: source, proc(5), /proc/net/tcp.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/net/tcp"), "needs /proc")) func listensToThisMachineAlone() async throws {
    try await serving { _, port in
      let place = String(port, radix: 16, uppercase: true)
      let ending = ":" + String(repeating: "0", count: max(0, 4 - place.count)) + place
      var listening: [String] = []
      for path in ["/proc/net/tcp", "/proc/net/tcp6"] {
        for line in ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n") {
          let fields = line.split(separator: " ").map(String.init)
          if fields.count > 3, fields[1].hasSuffix(ending), fields[3] == "0A" { listening.append(fields[1]) }
        }
      }
      #expect(listening == ["0100007F" + ending])
    }
  }
}
