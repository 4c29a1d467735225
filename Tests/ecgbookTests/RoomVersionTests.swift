import Files
import Foundation
import TestSupport
import Testing

/// A room that computes carries a version, part of every compute key. These tests fail when its sources change and
/// nobody said whether results could: `room-versions.txt` records the version with the digest of the sources.
@Suite struct RoomVersionTests {
  private static let isStamping = ProcessInfo.processInfo.environment["ECGBOOK_STAMP"] == "1"
  private static let record = "Tests/ecgbookTests/room-versions.txt"

  private static let rooms = [
    VersionedRoom("ptbxlVersion", in: "PTBXL/RoomVersion.swift", of: ["PTBXL", "WFDB"]),
    VersionedRoom("synthesisVersion", in: "Synthesis/DataSet.swift", of: ["Synthesis"]),
    VersionedRoom(
      "learningVersion", in: "Learning/RoomVersion.swift", of: ["Learning", "Networks", "Torch", "CTorch", "TorchAPI"]),
    VersionedRoom("scoringVersion", in: "Scoring/RoomVersion.swift", of: ["Scoring"]),
    VersionedRoom("interpretationVersion", in: "Interpretation/RoomVersion.swift", of: ["Interpretation"]),
    VersionedRoom(cell: "DatasetCell"), VersionedRoom(cell: "TrainCell"), VersionedRoom(cell: "EvaluateCell"),
    VersionedRoom(cell: "InferCell"), VersionedRoom(cell: "CompareCell"), VersionedRoom(cell: "ModelCell"),
  ]

  @Test(.enabled(if: !isStamping, "make stamp writes the record"), arguments: rooms)
  func recordsVersionAndSources(room: VersionedRoom) throws {
    let lines = (try? text(of: Self.record))?.split(separator: "\n") ?? []
    guard let line = lines.first(where: { $0.hasPrefix(room.name + " ") }) else {
      Issue.record("\(Self.record) has no line for \(room.name); run 'make stamp' and commit the file")
      return
    }
    let (recorded, now) = (String(line), try room.line())
    guard recorded != now else { return }
    let version = try room.version()
    let isRaised = recorded.split(separator: " ").dropFirst().first.map(String.init) != version
    if isRaised {
      Issue.record("\(room.name) is now \(version); run 'make stamp' and commit \(Self.record)")
    } else {
      Issue.record(
        """
        What \(room.name) covers (\(room.sources.joined(separator: ", "))) changed since version \(version) was \
        recorded. If a result could change, raise \(room.name) in \(room.file). Then, or if none can, run 'make stamp' \
        and commit \(Self.record).
        """)
    }
  }

  @Test(.enabled(if: isStamping, "only 'make stamp' does this")) func stamps() throws {
    let head = "# Written by 'make stamp': version and SHA-256 of the sources that it covers. See CONTRIBUTING.md."
    let lines = try [head] + Self.rooms.map { try $0.line() }
    try writeFile(lines.joined(separator: "\n") + "\n", to: "\(SharedData.root)/\(Self.record)")
  }

  @Test func ignoresCommentsAndBlankLines() {
    let plain = "let a = 1\nlet b = 2\n", commented = "/// The first.\nlet a = 1\n\n  // the second\n  let b = 2\n"
    #expect(VersionedRoom.essence(of: plain) == VersionedRoom.essence(of: commented))
  }

  @Test(arguments: ["let a = 1\nlet b = 3\n", "let a = 1\n", "let b = 2\nlet a = 1\n", "let a = 1 // one\nlet b = 2\n"])
  func noticesChangedCode(text: String) {
    #expect(VersionedRoom.essence(of: text) != VersionedRoom.essence(of: "let a = 1\nlet b = 2\n"))
  }
}

/// A version constant and the sources that it stands for.
struct VersionedRoom: Sendable, CustomTestStringConvertible {
  var name: String
  var file: String  // where the constant is
  var constant: String
  var sources: [String]  // folders or files

  init(_ name: String, in file: String, of rooms: [String]) {
    (self.name, constant, self.file) = (name, name, "Sources/\(file)")
    sources = rooms.map { "Sources/\($0)" }
  }

  init(cell: String) {
    (name, constant, file) = ("\(cell).version", "version", "Sources/Cells/\(cell).swift")
    sources = [file]
  }

  var testDescription: String { name }

  /// The text of the constant's first literal.
  func version() throws -> String {
    let lines = try text(of: file).split(separator: "\n")
    let line = try #require(
      lines.first { $0.contains("let \(constant) = \"") }, "\(file) has no 'let \(constant) = \"…\"'")
    return String(line.split(separator: "\"", omittingEmptySubsequences: false)[1])
  }

  /// As the record has it: name, version, digest.
  func line() throws -> String { "\(name) \(try version()) \(try digest().hex)" }

  func digest() throws -> Digest {
    let kinds = [".swift", ".cpp", ".h", ".csv", ".json"]
    var names: [String] = []
    for source in sources {
      if source.hasSuffix(".swift") {
        names.append(source)
      } else {
        let folder = "\(SharedData.root)/\(source)"
        names += try FileManager.default.subpathsOfDirectory(atPath: folder).map { "\(source)/\($0)" }
      }
    }
    let files = names.filter { name in kinds.contains { name.hasSuffix($0) } }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    try #require(!files.isEmpty)
    return Digest(of: try files.map { "\($0)\n" + Self.essence(of: try text(of: $0)) }.joined(separator: "\n"))
  }

  /// The lines without those that are blank or hold only a comment, and without indentation.
  static func essence(of text: String) -> String {
    text.split(separator: "\n").map { $0.drop(while: \.isWhitespace) }.filter { !$0.isEmpty && !$0.hasPrefix("//") }
      .joined(separator: "\n")
  }
}
