import Files
import Foundation
import TestSupport
import Testing

@testable import Book

@Suite struct CacheKeeperTests {
  /// Two reports that share a cell, rendered in one project.
  private func prepared(_ body: (Workshop, CacheKeeper) async throws -> Void) async throws {
    try await withWorkshop { workshop in
      try workshop.write(document("```{number #a}\nvalue: 1\n```\n\n```{add #sum}\nterms: [a]\n```\n"))
      try await workshop.render()
      try await body(workshop, CacheKeeper(projectFolder: workshop.folder))
    }
  }

  @Test func listsResultsWithTheReportsThatUseThem() async throws {
    try await prepared { workshop, keeper in
      let items = try keeper.items()
      #expect(Set(items.map(\.kind)) == ["number", "add"])
      #expect(items.allSatisfy { $0.reports == ["report"] && $0.bytes > 0 })
      #expect(keeper.sizes().results == items.map(\.bytes).reduce(0, +))
    }
  }

  @Test func prunesWhatNoReportUsesAndNothingElse() async throws {
    try await prepared { workshop, keeper in
      try workshop.write(document("```{number #a}\nvalue: 2\n```\n\n```{add #sum}\nterms: [a]\n```\n"))
      try await workshop.render()
      try FileManager.default.makeFolder("\(workshop.folder)/.ecgbook/cache/.aside-left")
      try FileManager.default.makeFolder("\(workshop.folder)/.ecgbook/cache/stranger")
      let before = workshop.names(in: "cache")
      let trial = try keeper.prune(isTrial: true)
      #expect(trial.results.count == 2 && workshop.names(in: "cache") == before)
      let pruning = try keeper.prune()
      #expect(pruning.results.map(\.key) == trial.results.map(\.key))
      #expect(workshop.names(in: "cache").count == 2)
      let again = try await workshop.render()
      #expect(again.ran.isEmpty)
      let all = try keeper.prune(all: true)
      #expect(all.results.count == 2)
      let last = try await workshop.render()
      #expect(last.ran == ["a", "sum"])
    }
  }

  @Test func keepsUnusedResultsThatAreYoung() async throws {
    try await prepared { workshop, keeper in
      try workshop.write(document("Text.\n"))
      try await workshop.render()
      let young = try keeper.prune(keeping: 3600), unused = try keeper.prune()
      #expect(young.results.isEmpty && unused.results.count == 2)
    }
  }

  @Test func waitsForNoRenderAndStopsNone() async throws {
    try await prepared { workshop, keeper in
      let lock = try CacheLock("\(workshop.folder)/.ecgbook", isExclusive: false)
      #expect(throws: CacheError("a render uses the cache; try again when it is done")) { try keeper.prune() }
      lock.release()
      _ = try keeper.prune()
      let other = try CacheLock("\(workshop.folder)/.ecgbook", isExclusive: true)
      await #expect(throws: CacheError.self) { try await workshop.render() }
      other.release()
      try await workshop.render()
    }
  }

  @Test func carriesResultsToAnotherMachine() async throws {
    try await prepared { workshop, keeper in
      let archive = "\(workshop.folder)/results.tar"
      let count = try keeper.export(to: archive)
      #expect(count == 2)
      try await withWorkshop { other in
        try other.write(String(decoding: try readFile(workshop.path), as: UTF8.self))
        let its = CacheKeeper(projectFolder: other.folder)
        let first = try its.import(from: archive), second = try its.import(from: archive)
        #expect(first == (2, 0) && second == (0, 2))
        let result = try await other.render { $0.isFrozen = true }
        #expect(result.ran.isEmpty)
        #expect(other.names(in: "cache").count == 2)
      }
    }
  }

  @Test func exportsOneReportAlone() async throws {
    try await prepared { workshop, keeper in
      let archive = "\(workshop.folder)/results.tar"
      #expect(throws: CacheError("there is no result to export for other; render first")) {
        try keeper.export(to: archive, reports: ["other"])
      }
      #expect(!FileManager.default.fileExists(atPath: archive))
      let count = try keeper.export(to: archive, reports: ["report"])
      #expect(count == 2)
    }
  }

  /// Each byte of an archive may be damaged; what is taken in is whole, or nothing is.
  @Test(arguments: 0..<40 as Range<UInt64>) func takesInNothingDamaged(seed: UInt64) async throws {
    try await prepared { workshop, keeper in
      let archive = "\(workshop.folder)/results.tar"
      try keeper.export(to: archive)
      let whole = try readFile(archive)
      var random = SeededGenerator(seed: seed)
      var bytes = [UInt8](whole)
      for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random) }
      if seed % 4 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
      try writeFile(Data(bytes), to: archive)
      try await withWorkshop { other in
        let its = CacheKeeper(projectFolder: other.folder)
        if (try? its.import(from: archive)) == nil {
          #expect(other.names(in: "cache").isEmpty)
        } else {  // the damage was in padding: what came is what was sent
          let names = other.names(in: "cache")
          #expect(names == workshop.names(in: "cache"))
          for name in names {
            let digests = [workshop, other].map { try? Digest(ofFile: "\($0.folder)/.ecgbook/cache/\(name)/output.json") }
            #expect(digests[0] != nil && digests[0] == digests[1])
          }
        }
      }
    }
  }

  @Test func refusesWhatIsNoArchive() async throws {
    try await prepared { workshop, keeper in
      #expect(throws: (any Error).self) { try keeper.import(from: workshop.path) }
      #expect(throws: FileError.self) { try keeper.import(from: "\(workshop.folder)/nothing.tar") }
    }
  }
}
