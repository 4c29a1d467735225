import Foundation
import TestSupport
import Testing

/// Who may import whom: the table of CONTRIBUTING.md against the `import` lines of the sources.
@Suite struct ArchitectureTests {
  private static let system: Set<String> = [
    "Foundation", "FoundationXML", "Dispatch", "Synchronization", "Glibc", "Darwin", "Musl", "Swift",
  ]

  private static let modifiers: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private", "@testable", "@preconcurrency", "@_exported",
  ]
  private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]

  /// The folders of `Sources`.
  private static let rooms =
    ((try? FileManager.default.contentsOfDirectory(atPath: SharedData.root + "/Sources")) ?? [])
    .filter { !$0.hasPrefix(".") }.sorted()

  @Test(arguments: rooms) func importsOnlyWhatTheTableGrants(room: String) throws {
    let granted = try #require(try grants()[room], "CONTRIBUTING.md has no row for \(room)")
    for (name, line, module) in try imports(of: room) {
      #expect(
        granted.contains(module) || Self.system.contains(module),
        "Sources/\(room)/\(name):\(line) imports \(module); CONTRIBUTING.md grants \(granted.sorted())")
    }
  }

  @Test func hasARowForEveryRoomAndNoOther() throws { #expect(Set(try grants().keys) == Set(Self.rooms)) }

  @Test func keepsTheEngineApartFromTheDomain() throws {
    let grants = try grants()
    let domain: Set = [
      "WFDB", "PTBXL", "Synthesis", "Torch", "Networks", "Learning", "Scoring", "Interpretation", "Figures",
    ]
    #expect(domain.isSubset(of: Self.rooms))
    #expect(grants["Book"]?.isDisjoint(with: domain) == true)
    #expect(grants["Scoring"]?.isEmpty == true)
  }

  /// Rows `| `room` | … | `import` `import` |` of the table under "Rooms".
  private func grants() throws -> [String: Set<String>] {
    let lines = try text(of: "CONTRIBUTING.md").split(separator: "\n", omittingEmptySubsequences: false)
    let section = lines.drop { $0 != "## Rooms" }.dropFirst().prefix { !$0.hasPrefix("## ") }
    var grants: [String: Set<String>] = [:]
    for line in section where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.matches(of: /`([^`]+)`/).map { String($0.1) } }
      guard cells.count == 3, let room = cells[0].first else {
        Issue.record("a row of the table that cannot be read: \(line)")
        continue
      }
      grants[room] = Set(cells[2])
    }
    return grants
  }

  private func imports(of room: String) throws -> [(file: String, line: Int, module: String)] {
    let folder = "\(SharedData.root)/Sources/\(room)"
    var imports: [(String, Int, String)] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".swift") {
      let lines = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false)
      for (index, line) in lines.enumerated() {
        // `import X`, `public import X`, `@testable import X`, `import struct X.Y`; only declarations begin so.
        let words = line.split { $0 == " " || $0 == "." }
        guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(Self.modifiers.contains)
        else { continue }
        let rest = words[(place + 1)...].drop(while: Self.kinds.contains)
        if let module = rest.first { imports.append((name, index + 1, String(module))) }
      }
    }
    return imports
  }
}
