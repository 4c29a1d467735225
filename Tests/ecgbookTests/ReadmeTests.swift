import Book
import Cells
import Files
import Foundation
import TestSupport
import Testing

/// The README is run: each command of its `sh` blocks, in order, in a temporary copy of the project. CONTRIBUTING.md
/// says which stand-ins take the place of data that is not there.
@Suite struct ReadmeTests {
  private static let model = "saved_models/detailed-ecgconvnet"
  private static let hasProgram = FileManager.default.isExecutableFile(atPath: Command.path)
  private static let hasModel = FileManager.default.fileExists(atPath: "\(SharedData.root)/\(model)/model.json")

  private let blocks: [FencedBlock]

  init() throws { blocks = FencedBlock.all(in: try text(of: "README.md")) }

  @Test(
    .enabled(if: hasProgram, "needs the built program"), .enabled(if: hasModel, "needs the model that ships"),
    .timeLimit(.minutes(10)))
  func runsEveryCommand() throws {
    let targets = try makeTargets()
    try withTemporaryFolder { folder in
      try copyProject(to: folder)
      for block in blocks where block.language == "sh" && block.notRun == nil {
        for command in block.commands {
          // `make report` would build again, and `make test` run this test.
          if command.text.hasPrefix("make ") {
            #expect(targets.contains(String(command.text.dropFirst(5))), "README.md:\(command.number): \(command.text)")
            continue
          }
          let result = try Command.shell(short(command.text), in: folder)
          #expect(
            result.status == 0, "README.md:\(command.number): \(command.text)\n\(result.output)\(result.errors)")
        }
      }
      #expect(FileManager.default.fileExists(atPath: folder + "/reports/evaluation.pdf"))
      #expect(FileManager.default.fileExists(atPath: folder + "/reports/small.html"))
      #expect(FileManager.default.fileExists(atPath: folder + "/reports/evaluation-fig-roc.pdf"))
      #expect(FileManager.default.fileExists(atPath: folder + "/manuscript/main.tex"))
      #expect(FileManager.default.fileExists(atPath: folder + "/reports/recording-batch/index.html"))
    }
  }

  @Test func leavesOutOnlyWhatNeedsTheNetwork() {
    for block in blocks where block.notRun != nil {
      #expect(block.commands.contains { $0.text.contains("https://") }, "line \(block.lines.first?.number ?? 0)")
    }
    #expect(blocks.contains { $0.language == "sh" && $0.notRun == nil })
  }

  @Test func namesTheTargetsThatContinuousIntegrationRuns() throws {
    let targets = try makeTargets()
    #expect(targets.isSuperset(of: ["report", "test"]))
    #expect(try text(of: ".ci/run").split(separator: "\n").contains("make test"))
  }

  // MARK: The example of a cell kind

  @Test func showsTheCellKindThatIsCompiledHere() throws {
    let example = try text(of: "Tests/ecgbookTests/ReadmeExample/BalanceCell.swift")
    let shown = blocks.filter { $0.language == "swift" }.map(\.text)
    #expect(shown.first == example)
    #expect(shown.last == "  BalanceCell.self,\n")
    #expect(try text(of: "Sources/Cells/CellKinds.swift").contains("public let cellKinds: [any Cell.Type] = ["))
  }

  @Test func runsTheCellKind() async throws {
    let cell = try #require(blocks.first { $0.language == "markdown" })
    let report = """
      ---
      title: Example
      ---

      ```{dataset #data}
      data: nowhere
      synthetic-records: 60
      ```

      \(cell.text)
      """
    try await withTemporaryFolder { folder in
      try writeFile(report, to: folder + "/report.md")
      var options = RenderOptions()
      options.projectFolder = folder
      let result = try await render(
        folder + "/report.md", options: options, registry: CellRegistry(cellKinds + [BalanceCell.self]),
        library: try citationLibrary(), writers: PageWriters(html: nil, pdf: nil))
      let value = try #require(result.results.cells.first { $0.id == "sexes" }?.values["women"])
      guard case .number(let share) = value else {
        Issue.record("expected a share, found \(value)")
        return
      }
      #expect((0.2...0.8).contains(share))
    }
  }

  // MARK: Links

  @Test(arguments: [
    "README.md", "CONTRIBUTING.md", "data/README.md", "saved_models/README.md",
  ])
  func linksToFilesThatExist(name: String) throws {
    let folder = (SharedData.root + "/" + name as NSString).deletingLastPathComponent
    let links = try text(of: name).matches(of: /\]\(([^)\s]+)\)/).map(\.1)
    for link in links where !link.contains(":") && !link.hasPrefix("#") {
      #expect(FileManager.default.fileExists(atPath: "\(folder)/\(link)"), "\(name) links to \(link)")
    }
  }

  // MARK: The temporary project

  private func copyProject(to folder: String) throws {
    let files = FileManager.default
    for name in ["reports", "reports/parts", "saved_models", "data"] { try files.makeFolder("\(folder)/\(name)") }
    for name in try files.subpathsOfDirectory(atPath: SharedData.root + "/reports") where name.hasSuffix(".md") {
      try files.copyItem(atPath: "\(SharedData.root)/reports/\(name)", toPath: "\(folder)/reports/\(name)")
    }
    try files.copyItem(atPath: "\(SharedData.root)/\(Self.model)", toPath: "\(folder)/\(Self.model)")
    let made = try Command.run(["data", "synthesize", "data/ptbxl", "--records", "60", "--seed", "1"], in: folder)
    try #require(made.status == 0, "\(made.errors)")
    try writeFile(numPy([[1, 0], [0, 1], [1, 0], [0, 1]]), to: folder + "/y_true.npy")
    try writeFile(numPy([[0.9, 0.2], [0.4, 0.7], [0.3, 0.1], [0.2, 0.8]]), to: folder + "/y_pred.npy")
    try writeFile("NORM\nMI\n", to: folder + "/classes.txt")
  }

  /// One epoch where the README does not say how many: what is tried is the command, not the network.
  private func short(_ command: String) -> String {
    command.contains("ecgbook render") && !command.contains("epochs=") ? command + " -P epochs=1" : command
  }

  private func makeTargets() throws -> Set<String> {
    Set(try text(of: "Makefile").matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
  }
}

/// A file of the project.
func text(of name: String) throws -> String {
  try String(contentsOfFile: "\(SharedData.root)/\(name)", encoding: .utf8)
}

/// A NumPy file of version 1.0 with 64-bit numbers, `[rows, columns]`. Source: NumPy documentation, numpy.lib.format.
private func numPy(_ rows: [[Double]]) -> Data {
  var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(rows.count), \(rows.first?.count ?? 0)), }"
  // The numbers begin at a multiple of 64.
  header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
  var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
  for value in rows.joined() {
    bytes += (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) }
  }
  return Data(bytes)
}
