/// A record's header file: its path, the folder in which its signal files lie, and its content.
struct HeaderFile {
  let path: String
  let header: Header
  private let folder: String  // with its slash, or empty

  /// More than any header that is one: 12 leads take 600 bytes.
  static let sizeLimit = 16 << 20

  /// - Parameter path: the record's path, without an extension or with that of one of its files.
  init(_ path: String) throws(RecordError) {
    try self.init(headerPath: Self.headerPath(path))
  }

  private init(headerPath: String) throws(RecordError) {
    path = headerPath
    folder = String(headerPath.utf8.lastIndex(of: UInt8(ascii: "/")).map { headerPath[...$0] } ?? "")
    let file = try InputFile(headerPath)
    guard file.size <= Self.sizeLimit else {
      throw RecordError(
        headerPath, .notAsAsked(what: "size of the header", found: "\(file.size) bytes", expected: "at most 16 MiB"))
    }
    var bytes: [UInt8] = []
    try file.read(file.size, from: 0, into: &bytes)
    do { header = try Header(parsing: bytes) } catch { throw RecordError(headerPath, .header(error)) }
  }

  fileprivate static func headerPath(_ path: String) -> String {
    if path.hasSuffix(".hea") { return path }
    for suffix in [".dat", ".mat"] where path.hasSuffix(suffix) { return path.dropLast(4) + ".hea" }
    return path + ".hea"
  }

  /// The path of a file that the header names: beside the header, or in a folder below. A file that is not in the
  /// folder named may lie beside the header, as when a data set was copied into one folder.
  func sibling(_ name: String, line: Int) throws(RecordError) -> String {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let arePlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    guard arePlain, let last = parts.last, !name.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0 }) else {
      throw RecordError(path, .outsideFolder(line: line, name: name))
    }
    let named = folder + name
    guard parts.count > 1, InputFile.isAbsent(named), !InputFile.isAbsent(folder + last) else { return named }
    return folder + last
  }
}

extension Record {
  /// The header file that a record's path means: the path itself, in place of `.dat` or `.mat`, or with `.hea` behind it.
  public static func headerPath(_ path: String) -> String { HeaderFile.headerPath(path) }

  /// The files of which a record consists: its header, the headers of its segments, and the signal files that they
  /// name, each once; those that are not there are left out, as they are when the record is read.
  /// - Parameter path: as for ``init(path:maximumSamples:)``.
  /// - Throws: ``RecordError`` when a header cannot be read.
  public static func files(path: String) throws(RecordError) -> [String] {
    let file = try HeaderFile(path)
    var (paths, seen) = ([file.path], Set([file.path]))
    func add(_ path: String) -> Bool {
      guard !InputFile.isAbsent(path), seen.insert(path).inserted else { return false }
      paths.append(path)
      return true
    }
    func addSignals(of file: HeaderFile) throws(RecordError) {
      for signal in file.header.signals where !signal.isNull {
        _ = add(try file.sibling(signal.fileName, line: signal.line))
      }
    }
    try addSignals(of: file)
    for segment in file.header.segments where segment.name != "~" {
      let path = try file.sibling(segment.name, line: segment.line) + ".hea"
      if add(path) { try addSignals(of: HeaderFile(path)) }
    }
    return paths
  }
}
