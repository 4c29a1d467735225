import Files
import Foundation
import TestSupport
import Testing

/// Processes that render one report together, as a launcher starts them.
@Suite(.serialized) struct DistributedTests {
  private func copyReport(to folder: String, batch: Int) throws {
    let text = try String(contentsOfFile: SharedData.root + "/Tests/Documents/small.md", encoding: .utf8)
    try FileManager.default.makeFolder(folder)
    try writeFile(text.replacing("batch: 32", with: "batch: \(batch)\nghost-batch: 8"), to: folder + "/small.md")
  }

  private func variables(_ rank: Int, port: Int) -> [String: String] {
    ["RANK": "\(rank)", "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)", "ECGBOOK_TIMEOUT": "60"]
  }

  /// Each in a folder of its own, as on machines that share no disk.
  private func start(_ rank: Int, port: Int, in folder: String, _ arguments: [String] = []) throws -> Command.Running {
    try Command.start(
      ["render", "small.md"] + arguments, in: "\(folder)/\(rank)", environment: variables(rank, port: port))
  }

  /// The numbers of a safetensors file: a length of eight bytes, a header of that length, 32-bit floats.
  private func weights(_ folder: String) throws -> [Float] {
    let bytes = try Data(contentsOf: URL(filePath: "\(folder)/saved_models/small/model.safetensors"))
    let length = Int(bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) })
    return bytes.dropFirst(8 + length).withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
    }
  }

  @Test func twoProcessesRenderWhatOneDoesWithTheDoubleBatch() throws {
    try withTemporaryFolder { folder in
      try copyReport(to: folder + "/one", batch: 32)
      for rank in 0..<2 { try copyReport(to: "\(folder)/\(rank)", batch: 16) }
      try #require(Command.run(["render", "small.md"], in: folder + "/one").status == 0)
      let port = try freePort()
      let running = try (0..<2).map { try start($0, port: port, in: folder) }
      let results = running.map(Command.finish)
      for result in results { #expect(result.status == 0, "\(result.errors)") }
      #expect(results[0].output.contains("small.pdf") && results[1].output == "")
      #expect(!FileManager.default.fileExists(atPath: folder + "/1/small.html"))
      let (two, one) = try (weights(folder + "/0"), weights(folder + "/one"))
      #expect(two.count == one.count && two.count > 100_000)
      #expect(zip(two, one).allSatisfy { abs($0 - $1) < 1e-5 })

      // The results of two are found again by one that is told so.
      let again = try Command.run(["render", "small.md", "--frozen", "--processes", "2"], in: folder + "/0")
      #expect(again.status == 0, "\(again.errors)")
    }
  }

  @Test func aKilledWorkerEndsTheRunWithACheckpoint() throws {
    try withTemporaryFolder { folder in
      for rank in 0..<2 { try copyReport(to: "\(folder)/\(rank)", batch: 16) }
      let port = try freePort()
      let running = try (0..<2).map { try start($0, port: port, in: folder, ["-P", "epochs=50"]) }
      let checkpoints = folder + "/0/.ecgbook/checkpoints"
      func hasCheckpoint() -> Bool {
        guard let key = try? FileManager.default.contentsOfDirectory(atPath: checkpoints).first else { return false }
        return FileManager.default.fileExists(atPath: "\(checkpoints)/\(key)/checkpoint.safetensors")
      }
      for _ in 0..<1000 where running[0].process.isRunning && !hasCheckpoint() { usleep(20_000) }
      usleep(500_000)
      kill(running[1].process.processIdentifier, SIGKILL)
      let killed = ContinuousClock.now
      let first = Command.finish(running[0])
      #expect(ContinuousClock.now - killed < .seconds(15))
      #expect(first.status == 1)
      #expect(first.errors.contains("rank 0 of 2 lost another process"), "\(first.errors)")
      #expect(first.errors.contains("start again with --resume"))
      #expect(hasCheckpoint())
      _ = Command.finish(running[1])
      // One process goes on where two were.
      let alone = try Command.run(
        ["render", "small.md", "-P", "epochs=50", "--resume", "--processes", "2"], in: folder + "/0")
      #expect(alone.status == 0, "\(alone.errors)")
    }
  }

  @Test func namesAWrongVariableOfTheLauncher() throws {
    let result = try Command.run(
      ["render", "nothing.md"], environment: ["WORLD_SIZE": "2", "RANK": "2", "MASTER_ADDR": "a", "MASTER_PORT": "1"])
    #expect(result.status == 2)
    #expect(result.errors == "ecgbook: the variable RANK is '2'; expected a whole number from 0 to 1\n")
  }
}
