import Files
import Foundation
import TestSupport
import Testing

/// A render that is killed (SIGKILL, which nothing can answer) leaves nothing that changes the next one.
@Suite(.serialized) struct KillTests {
  private static let report = """
    ---
    title: A training that is killed
    ---

    Macro AUROC was {{ eval.macro.auroc | ci }} on {{ eval.records }} records.

    ```{dataset #data}
    data: nowhere
    synthetic-records: 80
    ```

    ```{train #train}
    data: data
    network: ECGConvNet
    epochs: 4
    batch: 16
    ghost-batch: 16
    ```

    ```{evaluate #eval}
    model: train
    data: data
    bootstrap: 100
    ```

    ```{figure #fig-training}
    of: train
    draw: training-curves
    caption: Losses.
    ```

    ```{table #tbl-classes}
    of: eval
    caption: Labels.
    ```

    """
  private static let outputs = ["killed.html", "killed.pdf", "killed.results.json"]
  private static let kills = ProcessInfo.processInfo.environment["ECGBOOK_SLOW_TESTS"] == nil ? 5 : 200

  private func bytes(in folder: String) -> [Data?] { Self.outputs.map { try? readFile("\(folder)/\($0)") } }

  /// Two in three go on with `--resume`; of these, some are killed again.
  @Test func theNextRenderEndsWithTheSameBytes() throws {
    try withTemporaryFolder { folder in
      let whole = "\(folder)/whole"
      try FileManager.default.makeFolder(whole)
      try writeFile(Self.report, to: "\(whole)/killed.md")
      let clock = ContinuousClock()
      var undisturbed = Command.Result(status: -1, output: "", errors: "")
      var seconds = try clock.measure { undisturbed = try Command.run(["render", "killed.md"], in: whole) } / .seconds(1)
      try #require(undisturbed.status == 0, "\(undisturbed.errors)")
      let expected = bytes(in: whole)
      try #require(expected.allSatisfy { $0 != nil })

      var random = SeededGenerator(seed: 7), killed = 0, early = 0, attempt = 0
      while killed < Self.kills {
        let place = "\(folder)/try-\(attempt)"
        attempt += 1
        try FileManager.default.makeFolder(place)
        try writeFile(Self.report, to: "\(place)/killed.md")
        var isDone = false
        for _ in 0..<(1 + attempt % 3) where !isDone && killed < Self.kills {
          let running = try Command.start(["render", "killed.md"] + (attempt % 3 > 0 ? ["--resume"] : []), in: place)
          let moment = Double.random(in: 0..<1, using: &random) * seconds * 1.05, start = clock.now
          while running.process.isRunning, (clock.now - start) / .seconds(1) < moment { Thread.sleep(forTimeInterval: 0.01) }
          isDone = !running.process.isRunning
          // The first render may have had much beside it; later moments are of one as fast as this.
          if isDone, attempt % 3 == 0 { seconds = min(seconds, max(0.5, (clock.now - start) / .seconds(1))) }
          kill(running.process.processIdentifier, SIGKILL)
          let result = Command.finish(running)
          if result.status == 128 + SIGKILL { killed += 1 } else { early += 1 }
          // What stands under its final name is whole.
          for (left, right) in zip(bytes(in: place), expected) { #expect(left == nil || left == right) }
        }
        let next = try Command.run(["render", "killed.md"] + (attempt % 3 > 0 ? ["--resume"] : []), in: place)
        #expect(next.status == 0, "\(next.errors)")
        #expect(bytes(in: place) == expected, "after \(killed) kills")
        try FileManager.default.removeItem(atPath: place)
      }
      print("killed \(killed) renders of some \(seconds) s in \(attempt) tries; \(early) were done before")
    }
  }
}
