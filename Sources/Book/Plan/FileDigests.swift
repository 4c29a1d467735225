import Dispatch
import Files
import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The digests of files and folders by content, each read once and remembered by size, times and inode.
///
/// What is remembered is used only while nothing about the file has changed. A file that changed less than two seconds
/// before it was read could change again without its time showing it, so its digest is not remembered (the "racy clean"
/// rule of version control). The memory is a file that may be deleted at any time.
public final class FileDigests: Sendable {
  private struct Entry: Codable {
    var fingerprint: Digest
    var digest: Digest
  }
  private struct State {
    var entries: [String: Entry] = [:]
    var isChanged = false
    var reads = 0
    var asked: Set<String> = []
  }
  private let state: Mutex<State>
  private let path: String?

  /// - Parameter path: where digests are remembered between runs; nil remembers them for this object's life alone.
  public init(rememberedAt path: String? = nil) {
    var state = State()
    if let path, let data = try? readFile(path),
      let entries = try? JSONDecoder().decode([String: Entry].self, from: data)
    {
      state.entries = entries
    }
    self.path = path
    self.state = Mutex(state)
  }

  /// How often content was read: what remembering saves.
  public var reads: Int { state.withLock { $0.reads } }

  /// Every file and folder that was asked for: what a preview looks after.
  public var asked: Set<String> { state.withLock { $0.asked } }

  private func note(_ path: String) { state.withLock { _ = $0.asked.insert(path) } }

  /// The digest of a file of which nothing may be remembered, not even its name: a patient's recording.
  public func digest(ofPrivateFile path: String) throws(FileError) -> Digest {
    note(path)
    return try Digest(ofFile: path)
  }

  /// The digest of a file's content.
  public func digest(ofFile path: String) throws(FileError) -> Digest {
    note(path)
    return try remembered("file " + absolute(path), [path]) { () throws(FileError) in try Digest(ofFile: path) }
  }

  /// The digest of a folder: the names of all files in it, folders within included, and their contents. Names that begin
  /// with a dot are skipped, symbolic links are followed for files alone.
  public func digest(ofFolder folder: String) throws(FileError) -> Digest {
    note(folder)
    return try digest(ofFiles: try files(in: folder), in: folder)
  }

  /// The digest of some files of a folder, by their names relative to it; the order of `names` does not count.
  public func digest(ofFiles names: [String], in folder: String) throws(FileError) -> Digest {
    let names = names.sorted()  // by Unicode, whatever the locale
    let key = "folder \(absolute(folder)) \(Digest(of: names.joined(separator: "\n")).short)"
    return try remembered(key, names.map { folder + "/" + $0 }) { () throws(FileError) in
      var lines = ""
      for name in names { lines += "\(try Digest(ofFile: "\(folder)/\(name)").hex) \(name)\n" }
      return Digest(of: lines)
    }
  }

  /// Writes what is remembered, if anything is new.
  public func save() throws(FileError) {
    guard let path else { return }
    let entries = state.withLock { state in
      defer { state.isChanged = false }
      return state.isChanged ? state.entries : nil
    }
    guard let entries, let data = try? CanonicalJSON.data(entries) else { return }
    try FileManager.default.makeFolder((path as NSString).deletingLastPathComponent)
    try writeFile(data, to: path)
  }

  // MARK: Remembering

  private func absolute(_ path: String) -> String { URL(filePath: path).standardizedFileURL.path }

  private func remembered(
    _ key: String, _ paths: [String], _ read: () throws(FileError) -> Digest
  ) throws(FileError) -> Digest {
    let before = try fingerprint(paths)
    if let entry = state.withLock({ $0.entries[key] }), entry.fingerprint == before.digest { return entry.digest }
    let now = Date().timeIntervalSince1970
    let digest = try read()
    let after = try fingerprint(paths)
    state.withLock { state in
      state.reads += 1
      if before.digest == after.digest, before.newest <= now - 2 {
        state.entries[key] = Entry(fingerprint: before.digest, digest: digest)
        state.isChanged = true
      } else if state.entries.removeValue(forKey: key) != nil {
        state.isChanged = true
      }
    }
    return digest
  }

  /// What would differ if a file had been written to, and the newest time in it, in seconds since 1970.
  /// A data set has tens of thousands of files, so all cores ask for them.
  private func fingerprint(_ paths: [String]) throws(FileError) -> Fingerprint {
    let size = 1000
    let starts = Array(stride(from: 0, to: paths.count, by: size))
    let parts = Mutex([Result<Fingerprint, FileError>?](repeating: nil, count: starts.count))
    DispatchQueue.concurrentPerform(iterations: starts.count) { index in
      let some = paths[starts[index]..<min(starts[index] + size, paths.count)]
      let part = Result { () throws(FileError) in try Self.fingerprint(of: some) }
      parts.withLock { $0[index] = part }
    }
    var text = "", newest = -Double.infinity
    for case let part? in parts.withLock({ $0 }) {
      let found = try part.get()
      text += found.digest.hex + "\n"
      newest = max(newest, found.newest)
    }
    return (Digest(of: text), newest)
  }

  private typealias Fingerprint = (digest: Digest, newest: Double)

  private static func fingerprint(of paths: ArraySlice<String>) throws(FileError) -> Fingerprint {
    var (numbers, newest) = ([Int64](), -Double.infinity)
    for path in paths {
      var status = stat()
      guard stat(path, &status) == 0 else { throw FileError(errnoOf: "read", path) }
      guard status.st_mode & S_IFMT == S_IFREG else {
        let what = status.st_mode & S_IFMT == S_IFDIR ? "it is a folder" : "it is no regular file"
        throw FileError("read", path, reason: what)
      }
      #if canImport(Darwin)
        let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
      #else
        let (modified, changed) = (status.st_mtim, status.st_ctim)
      #endif
      for time in [modified, changed] { newest = max(newest, Double(time.tv_sec) + Double(time.tv_nsec) / 1e9) }
      numbers += [
        Int64(status.st_size), Int64(modified.tv_sec), Int64(modified.tv_nsec), Int64(changed.tv_sec), Int64(changed.tv_nsec),
        Int64(bitPattern: UInt64(status.st_ino)),
      ]
    }
    return (Digest(of: numbers.withUnsafeBytes { Data($0) }), newest)
  }

  /// The files of a folder, relative to it.
  private func files(in folder: String) throws(FileError) -> [String] {
    var names: [String] = [], pending = [""]
    while let prefix = pending.popLast() {
      let path = prefix.isEmpty ? folder : "\(folder)/\(prefix)"
      guard let stream = opendir(path) else { throw FileError(errnoOf: "open", path) }
      defer { closedir(stream) }
      while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name.hasPrefix(".") { continue }
        let relative = prefix.isEmpty ? name : "\(prefix)/\(name)"
        switch Int32(entry.pointee.d_type) {
        case Int32(DT_REG): names.append(relative)
        case Int32(DT_DIR): pending.append(relative)
        default:  // a link, or a file system that does not say
          var status = stat()
          guard lstat("\(folder)/\(relative)", &status) == 0 else { continue }
          let isLink = status.st_mode & S_IFMT == S_IFLNK
          if isLink, stat("\(folder)/\(relative)", &status) != 0 { continue }
          if status.st_mode & S_IFMT == S_IFREG {
            names.append(relative)
          } else if status.st_mode & S_IFMT == S_IFDIR, !isLink {
            pending.append(relative)
          }
        }
      }
    }
    return names
  }
}
