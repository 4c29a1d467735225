import Foundation
import FuzzReaders
import TestSupport
import Testing

/// What fuzzing found worth keeping, read again; see `Tests/Fuzz/fuzz.sh`. A trap ends the whole run, and so fails.
@Suite(.serialized) struct CorpusTests {
  private static let folder = SharedData.root + "/Tests/Fuzz/corpus"

  @Test(arguments: FuzzedReader.all.map(\.name)) func readsTheCorpus(name: String) throws {
    let reader = try #require(FuzzedReader.named(name))
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(Self.folder)/\(name)").sorted()
    #expect(!files.isEmpty, "no inputs for \(name)")
    var accepted = 0
    for file in files {
      let bytes = try #require(FileManager.default.contents(atPath: "\(Self.folder)/\(name)/\(file)"))
      do {
        try reader.read(Array(bytes))
        accepted += 1
      } catch {}
    }
    #expect(accepted > 0, "\(name) refuses every input")
  }

  @Test func keepsTheCorpusSmall() throws {
    let bytes = try FileManager.default.subpathsOfDirectory(atPath: Self.folder).reduce(0) { sum, path in
      sum + (try FileManager.default.attributesOfItem(atPath: "\(Self.folder)/\(path)")[.size] as? Int ?? 0)
    }
    #expect(bytes < 500_000)
  }
}
