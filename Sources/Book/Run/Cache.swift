import Files
import Foundation

/// What was computed, by compute key: `cache/KEY/output.json` and the files that the cell left in `cache/KEY/files/`.
///
/// An entry is written aside and renamed into its place, whole. Two renders may share a cache: who comes second finds the
/// place taken, drops its own and uses what is there, which has the same key and so the same content.
struct Cache: Sendable {
  let folder: String  // `.ecgbook`

  struct Entry {
    var output: Output
    var folder: String
  }

  /// What `output.json` holds.
  struct Stored: Codable {
    var key: Digest
    var kind: String
    var output: Output
    /// Every file by its relative name, with its size: an entry that lacks one is no entry.
    var files: [String: Int]
  }

  func path(of key: Digest) -> String { "\(folder)/cache/\(key.hex)" }
  func checkpoints(of key: Digest) -> String { "\(folder)/checkpoints/\(key.hex)" }

  /// The entry, or nil when there is none or it is damaged.
  func entry(_ key: Digest) -> Entry? {
    guard let stored = stored(key) else { return nil }
    return Entry(output: stored.output, folder: "\(path(of: key))/files")
  }

  func stored(_ key: Digest) -> Stored? {
    let stored = Self.stored(at: path(of: key))
    return stored?.key == key ? stored : nil
  }

  /// What the folder of an entry holds; nil when a file is missing or has another size.
  static func stored(at path: String) -> Stored? {
    guard let data = try? readFile("\(path)/output.json"), let stored = try? JSONDecoder().decode(Stored.self, from: data),
      (try? sizes(in: "\(path)/files")) == stored.files
    else { return nil }
    return stored
  }

  /// An empty folder aside, to work in; `files` in it is the cell's.
  func makeWorkFolder() throws -> String {
    let path = "\(folder)/cache/.aside-\(UUID().uuidString)"
    try FileManager.default.makeFolder("\(path)/files")
    return path
  }

  /// Moves a work folder to its place and returns what is there.
  func store(_ output: Output, kind: String, key: Digest, from work: String) throws -> Entry {
    let stored = Stored(key: key, kind: kind, output: output, files: try Self.sizes(in: "\(work)/files"))
    try writeFile(try CanonicalJSON.data(stored), to: "\(work)/output.json")
    let place = path(of: key)
    for _ in 0..<3 {
      if rename(work, place) == 0 { return Entry(output: output, folder: "\(place)/files") }
      if let entry = entry(key) {  // another render was faster
        try? FileManager.default.removeItem(atPath: work)
        return entry
      }
      // What is there is damaged: out of the way with it.
      let aside = "\(folder)/cache/.damaged-\(UUID().uuidString)"
      if rename(place, aside) == 0 { try? FileManager.default.removeItem(atPath: aside) }
    }
    throw FileError("write", place, reason: "its place cannot be taken")
  }

  private static func sizes(in folder: String) throws -> [String: Int] {
    var sizes: [String: Int] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      // Not `attributesOfItem`, which costs ten times as much: a data set has thousands of files.
      var status = stat()
      guard lstat("\(folder)/\(name)", &status) == 0 else { throw FileError(errnoOf: "read", "\(folder)/\(name)") }
      if status.st_mode & S_IFMT == S_IFREG { sizes[name] = Int(status.st_size) }
    }
    return sizes
  }
}
