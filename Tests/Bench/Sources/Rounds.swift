import Foundation
import Learning

/// What a round took: records and seconds of this process, all threads, between the line "go" and the answer.
private struct Round: Encodable {
  var records: Int
  var cpu, wall: Double
}

/// Says on one line what is going to be measured, then runs `round` for each line `go` on standard input and answers
/// with a line of JSON, `{"cpu": …, "records": …, "wall": …}`; ends with the input.
///
/// - Parameters:
///   - ready: what the other side must agree with: printed when everything is set up and warm.
///   - round: a round of work; returns how many records it did.
func serveRounds(_ ready: some Encodable, _ round: () async throws -> Int) async throws {
  try answer(ready)
  let clock = ContinuousClock()
  while let line = readLine(), line == "go" {
    let (began, cpu) = (clock.now, processorSeconds())
    let records = try await round()
    let (ended, cpuAfter) = (clock.now, processorSeconds())
    try answer(Round(records: records, cpu: cpuAfter - cpu, wall: (ended - began) / .seconds(1)))
  }
}

private func answer(_ value: some Encodable) throws {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  try FileHandle.standardOutput.write(contentsOf: encoder.encode(value) + Data("\n".utf8))
}
