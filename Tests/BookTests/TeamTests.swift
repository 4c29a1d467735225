import Files
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Book

/// A cell that a team runs together; it says with whom.
private struct SharedCell: Cell {
  static let kind = "shared", summary = "A number, computed together.", version = "1", isShared = true
  var of: Reference
  var teacher: Reference?
  init(_ options: inout Options) {
    of = options.takeReference("of", kinds: ["number"])
    teacher = options.takeReferenceIfPresent("teacher", kinds: ["number"])
  }
  var needs: [Reference] { [of] + (teacher.map { [$0] } ?? []) }
  var sharedNeeds: [Reference] { [of] }
  var valuePaths: [String] { ["value"] }
  func run(_ context: RunContext) async throws -> Output {
    _ = try context.team?.gather(Data(context.needed.keys.sorted().joined(separator: " ").utf8), patiently: false)
    return Output(values: .object(["value": .integer(context.processes)]))
  }
}

/// A team of two of which one process is played: what the other would send is given, what this one sends is kept.
private final class PlayedTeam: Team {
  let rank: Int
  let size = 2
  let sent = Mutex<[String]>([])
  private let orders: Mutex<[TeamOrder]>
  private let obstacle: String

  init(rank: Int, orders: [TeamOrder] = [], obstacle: String = "") {
    (self.rank, self.obstacle) = (rank, obstacle)
    self.orders = Mutex(orders)
  }

  func broadcast(_ own: Data?, patiently: Bool) throws -> Data {
    if let own {
      let order = try JSONDecoder().decode(TeamOrder.self, from: own)
      sent.withLock {
        switch order {
        case .run(let id, _): $0.append("run \(id)")
        case .end(let failed): $0.append(failed ? "failed" : "done")
        }
      }
      return own
    }
    return try JSONEncoder().encode(orders.withLock { $0.isEmpty ? TeamOrder.end(failed: false) : $0.removeFirst() })
  }

  func gather(_ own: Data, patiently: Bool) throws -> [Data] {
    sent.withLock { $0.append("'\(String(decoding: own, as: UTF8.self))'") }
    return rank == 0 ? [own, Data(obstacle.utf8)] : [Data(), own]
  }
}

@Suite struct TeamTests {
  private static let report = document(
    """
    ```{number #a}
    value: 2
    ```

    ```{number #b}
    value: 3
    ```

    ```{shared #s}
    of: a
    teacher: b
    ```
    """)
  private static let registry = CellRegistry([NumberCell.self, SharedCell.self])

  private func render(_ workshop: Workshop, _ team: PlayedTeam? = nil, processes: Int? = nil) async throws -> RenderResult {
    try await workshop.render(registry: Self.registry) { ($0.team, $0.processes) = (team, processes) }
  }

  private func key(_ id: String, _ result: RenderResult) -> Digest? { result.results.cells.first { $0.id == id }?.computeKey }

  @Test func theFirstProcessCallsTheOthersToWhatIsNotCached() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      let (first, second) = (PlayedTeam(rank: 0), PlayedTeam(rank: 0))
      #expect(try await render(workshop, first).ran == ["a", "b", "s"])
      #expect(first.sent.withLock { $0 } == ["run s", "''", "'a b'", "done"])
      #expect(try await render(workshop, second).ran == [])
      #expect(second.sent.withLock { $0 } == ["done"])
    }
  }

  @Test func theNumberOfProcessesIsPartOfTheSharedKey() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      let alone = try await render(workshop)
      let together = try await render(workshop, PlayedTeam(rank: 0))
      #expect(key("a", together) == key("a", alone))
      #expect(key("s", together) != key("s", alone))
      #expect(together.why("s") == "s (shared): runs: option 'processes' is 2, it was nothing")
      // The results of two, without a team.
      let again = try await render(workshop, processes: 2)
      #expect(again.ran == [])
      #expect(key("s", again) == key("s", together))
    }
  }

  @Test func saysWhyAnotherCannotTakePart() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      let team = PlayedTeam(rank: 0, obstacle: "no data")
      let error = await #expect(throws: CellFailure.self) { try await render(workshop, team) }
      #expect(error?.reason == "rank 1 of 2 cannot take part: no data")
      #expect(team.sent.withLock { $0.last } == "failed")
    }
  }

  @Test func theOthersRunWhatIsSharedAndWhatItNeeds() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      let key = try #require(key("s", try await render(workshop, processes: 2)))
      try FileManager.default.removeItem(atPath: workshop.folder + "/.ecgbook")
      let team = PlayedTeam(rank: 1, orders: [.run(id: "s", key: key)])
      try await assist(workshop, team)
      #expect(team.sent.withLock { $0 } == ["''", "'a'"])
      #expect(workshop.names(in: "cache").count == 1)  // the number that it needs
      #expect(workshop.names(in: "scratch").isEmpty)
    }
  }

  @Test(arguments: ["s", "a", "unknown"]) func theOthersRefuseACellThatIsNotTheSame(id: String) async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      let team = PlayedTeam(rank: 1, orders: [.run(id: id, key: Digest(of: "another"))])
      let error = await #expect(throws: TeamError.self) { try await assist(workshop, team) }
      #expect(
        error?.description == """
          rank 1 of 2 cannot take part: its cell '\(id)' is another: report, parameters, data and version of ecgbook must \
          be those of rank 0
          """)
    }
  }

  @Test func theOthersEndWithAFailureOfTheFirst() async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      let error = await #expect(throws: TeamError.self) {
        try await assist(workshop, PlayedTeam(rank: 1, orders: [.end(failed: true)]))
      }
      #expect(error?.description == "the process of rank 0 failed; it says why")
    }
  }

  private func assist(_ workshop: Workshop, _ team: PlayedTeam) async throws {
    var options = RenderOptions()
    (options.projectFolder, options.team) = (workshop.folder, team)
    try await Book.assist(workshop.path, options: options, registry: Self.registry)
  }
}
