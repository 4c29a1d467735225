import Files
import Foundation

// What users do with a cache: look at it, clean it, carry it to another machine.

/// The cache of a project, for those who look after it.
public struct CacheKeeper: Sendable {
  private let cache: Cache

  /// - Parameter projectFolder: the folder that holds `.ecgbook`.
  public init(projectFolder: String) { cache = Cache(folder: "\(projectFolder)/.ecgbook") }

  /// One result: what `cache/KEY` holds.
  public struct Item: Sendable, Encodable {
    public var key: Digest
    public var kind: String
    public var bytes: Int
    /// Seconds since 1970.
    public var stored: Int
    /// The reports that used it when they were last rendered, by name.
    public var reports: [String]
  }

  /// What a project folder spends, in bytes.
  public struct Sizes: Sendable, Encodable {
    public var results, checkpoints, leftovers: Int
    public var total: Int { results + checkpoints + leftovers }
  }

  // MARK: Looking

  /// Every result, the newest first.
  public func items() throws -> [Item] {
    let uses = uses()
    var items: [Item] = []
    for name in names(in: "cache") where !name.hasPrefix(".") {
      guard let key = Digest(hex: name), let stored = cache.stored(key) else { continue }
      let path = cache.path(of: key)
      items.append(
        Item(key: key, kind: stored.kind, bytes: bytes(of: path), stored: modified("\(path)/output.json"), reports: uses[key] ?? []))
    }
    return items.sorted { ($1.stored, $0.key.hex) < ($0.stored, $1.key.hex) }
  }

  public func sizes() -> Sizes {
    let (results, leftovers) = names(in: "cache").reduce(into: (0, 0)) { sums, name in
      let bytes = bytes(of: "\(cache.folder)/cache/\(name)")
      if name.hasPrefix(".") { sums.1 += bytes } else { sums.0 += bytes }
    }
    return Sizes(
      results: results, checkpoints: bytes(of: "\(cache.folder)/checkpoints"),
      leftovers: leftovers + bytes(of: "\(cache.folder)/scratch"))
  }

  /// The reports that used each result when they were last rendered, and are still there to say so.
  private func uses() -> [Digest: [String]] {
    var uses: [Digest: [String]] = [:]
    for name in names(in: "last") where name.hasSuffix(".json") {
      guard let data = try? readFile("\(cache.folder)/last/\(name)"), let last = try? JSONDecoder().decode(LastRun.self, from: data)
      else { continue }
      let report = name.split(separator: "-").dropLast().joined(separator: "-")
      for parts in last.cells.values { if let key = try? parts.key() { uses[key, default: []].append(report) } }
    }
    return uses.mapValues { Array(Set($0)).sorted() }
  }

  // MARK: Cleaning

  public struct Pruning: Sendable, Encodable {
    public var results: [Item]
    public var checkpoints: [String]
    public var bytes: Int
  }

  /// Removes results that no report used when it was last rendered, checkpoints of results that are there, and what killed
  /// renders left behind.
  /// - Parameters:
  ///   - seconds: keeps unused results that are younger than this.
  ///   - removesAll: removes used results too.
  ///   - isTrial: says what would be removed, and removes nothing.
  /// - Throws: ``CacheError`` while a render uses the cache.
  public func prune(keeping seconds: Int = 0, all removesAll: Bool = false, isTrial: Bool = false) throws -> Pruning {
    let lock = try CacheLock(cache.folder, isExclusive: true)
    defer { lock.release() }
    let now = Int(Date().timeIntervalSince1970)
    let known = try items(), keys = Set(known.map(\.key.hex))
    let items = known.filter { removesAll || $0.reports.isEmpty && now - $0.stored >= seconds }
    var paths = items.map { cache.path(of: $0.key) }
    // What killed renders left, and what is no result at all: a folder of another name, an entry that cannot be read.
    paths += names(in: "cache").filter { !keys.contains($0) }.map { "\(cache.folder)/cache/\($0)" }
    let checkpoints = names(in: "checkpoints").filter { name in
      removesAll || keys.contains(name)
        || now - modified("\(cache.folder)/checkpoints/\(name)") >= max(seconds, 14 * 86_400)
    }
    paths += checkpoints.map { "\(cache.folder)/checkpoints/\($0)" }
    for place in ["scratch", "locks"] { paths += names(in: place).map { "\(cache.folder)/\(place)/\($0)" } }
    let bytes = paths.map(self.bytes).reduce(0, +)
    if !isTrial { for path in paths { try FileManager.default.removeItem(atPath: path) } }
    return Pruning(results: items, checkpoints: checkpoints, bytes: bytes)
  }

  // MARK: Carrying

  /// What an archive says of itself, in its first file.
  private struct Manifest: Codable {
    var schema = "ecgbook.cache/1"
    /// SHA-256 of every file, by its name in the archive.
    var files: [String: Digest]
  }

  /// Writes results into a tar archive: those of the named reports as they were last rendered, or all.
  /// - Returns: how many.
  @discardableResult
  public func export(to path: String, reports: [String]? = nil) throws -> Int {
    let lock = try CacheLock(cache.folder, isExclusive: false)
    defer { lock.release() }
    let items = try items().filter { item in reports.map { !Set($0).isDisjoint(with: item.reports) } ?? true }
    guard !items.isEmpty else {
      throw CacheError("there is no result to export\(reports.map { " for " + $0.joined(separator: ", ") } ?? ""); render first")
    }
    let aside = "\(cache.folder)/cache/.export-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: aside) }
    try FileManager.default.makeFolder(aside)
    var files: [String: Digest] = [:]
    for item in items {
      let folder = cache.path(of: item.key)
      for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where isFile("\(folder)/\(name)") {
        files["\(item.key.hex)/\(name)"] = try Digest(ofFile: "\(folder)/\(name)")
      }
    }
    try writeFile(try CanonicalJSON.data(Manifest(files: files)), to: "\(aside)/manifest.json")
    let archive = "\(aside)/archive.tar"
    // A second -C would start at the first one's folder.
    let results = URL(filePath: "\(cache.folder)/cache").standardizedFileURL.path
    try tar(["-cf", archive, "-C", aside, "manifest.json", "-C", results] + items.map(\.key.hex))
    guard rename(archive, path) == 0 else {
      // Another file system: copy, then rename there.
      let beside = "\(path).\(UUID().uuidString).aside"
      defer { unlink(beside) }
      do { try FileManager.default.copyItem(atPath: archive, toPath: beside) } catch {
        throw FileError("write", path, reason: "\(error.localizedDescription)")
      }
      guard rename(beside, path) == 0 else { throw FileError(errnoOf: "write", path) }
      return items.count
    }
    return items.count
  }

  /// Takes in what another machine exported. Every file is compared with the archive's own list before any is used, and a
  /// result that is here already stays as it is.
  /// - Returns: how many results are new, and how many were here.
  public func `import`(from path: String) throws -> (new: Int, known: Int) {
    try FileManager.default.makeFolder("\(cache.folder)/cache")
    let lock = try CacheLock(cache.folder, isExclusive: false)
    defer { lock.release() }
    guard isFile(path) else { throw FileError("read", path, reason: "there is no such file") }
    let aside = "\(cache.folder)/cache/.import-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: aside) }
    try FileManager.default.makeFolder(aside)
    try tar(["-xf", path, "-C", aside, "--no-same-owner", "--no-same-permissions"])
    func damaged(_ reason: String) -> CacheError { CacheError("\(path): \(reason); nothing was taken in") }
    guard let data = try? readFile("\(aside)/manifest.json") else { throw damaged("it is no export of a cache: manifest.json is missing") }
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: data), manifest.schema == Manifest(files: [:]).schema else {
      throw damaged("its manifest.json cannot be read")
    }
    let found = try FileManager.default.subpathsOfDirectory(atPath: aside).filter { name in
      var status = stat()
      guard lstat("\(aside)/\(name)", &status) == 0 else { return true }
      return status.st_mode & S_IFMT != S_IFDIR && name != "manifest.json"
    }
    guard Set(found) == Set(manifest.files.keys) else {
      let odd = Set(found).symmetricDifference(manifest.files.keys).sorted().first ?? ""
      throw damaged("'\(odd)' is \(manifest.files[odd] == nil ? "not in its list" : "missing")")
    }
    for (name, digest) in manifest.files.sorted(by: { $0.key < $1.key }) {
      guard isFile("\(aside)/\(name)"), try Digest(ofFile: "\(aside)/\(name)") == digest else { throw damaged("'\(name)' has other content than its list says") }
    }
    let keys = Set(manifest.files.keys.map { String($0.prefix { $0 != "/" }) }).sorted()
    for name in keys {
      guard let key = Digest(hex: name), Cache.stored(at: "\(aside)/\(name)")?.key == key else { throw damaged("'\(name)' is no result") }
    }
    var (new, known) = (0, 0)
    for name in keys {
      guard let key = Digest(hex: name) else { continue }
      if cache.entry(key) != nil {
        known += 1
      } else {
        try? FileManager.default.removeItem(atPath: cache.path(of: key))  // damaged
        guard rename("\(aside)/\(name)", cache.path(of: key)) == 0 else { throw FileError(errnoOf: "write", cache.path(of: key)) }
        new += 1
      }
    }
    return (new, known)
  }

  private func tar(_ arguments: [String]) throws {
    let process = Process(), errors = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["tar"] + arguments
    process.standardError = errors
    do { try process.run() } catch { throw CacheError("'tar' cannot be run: \(error.localizedDescription)") }
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw CacheError(text.split(separator: "\n").first.map(String.init) ?? "tar failed with status \(process.terminationStatus)")
    }
  }

  // MARK: Files

  private func names(in place: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "\(cache.folder)/\(place)")) ?? []).sorted()
  }

  private func isFile(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  private func modified(_ path: String) -> Int {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    #if canImport(Darwin)
      return status.st_mtimespec.tv_sec
    #else
      return status.st_mtim.tv_sec
    #endif
  }

  /// Of a file, or of all files in a folder.
  private func bytes(of path: String) -> Int {
    var sum = 0
    for name in [""] + ((try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []) {
      var status = stat()
      if lstat(name.isEmpty ? path : "\(path)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG { sum += Int(status.st_size) }
    }
    return sum
  }
}

/// Why a cache cannot be kept: what is in the way.
public struct CacheError: Error, Equatable, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

/// Renders share a cache; whoever removes results has it alone.
struct CacheLock: Sendable {
  private let descriptor: Int32

  /// - Parameter folder: `.ecgbook`.
  /// - Throws: ``CacheError`` when another process holds what this one needs.
  init(_ folder: String, isExclusive: Bool) throws {
    try FileManager.default.makeFolder(folder)
    let path = "\(folder)/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errnoOf: "open", path) }
    guard flock(descriptor, (isExclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
      close(descriptor)
      throw CacheError(isExclusive ? "a render uses the cache; try again when it is done" : "the cache is being cleaned; try again in a moment")
    }
  }

  func release() { close(descriptor) }
}
