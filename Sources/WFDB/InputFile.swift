#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file open for reading. Its size is known before memory is taken for its content.
struct InputFile: ~Copyable {
  let path: String
  let size: Int
  private let descriptor: Int32

  init(_ path: String) throws(RecordError) {
    // Without O_NONBLOCK a named pipe would wait for its writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.failure("open", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = Self.failure("read", path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG, let size = Int(exactly: status.st_size) else {
      close(descriptor)
      throw RecordError(path, .system(operation: "read", reason: "it is not a regular file"))
    }
    (self.path, self.size, self.descriptor) = (path, size, descriptor)
  }

  deinit { close(descriptor) }

  /// Reads `count` bytes from `offset` on into the beginning of `bytes`, which grows if need be.
  func read(_ count: Int, from offset: Int, into bytes: inout [UInt8]) throws(RecordError) {
    if bytes.count < count { bytes = [UInt8](repeating: 0, count: count) }
    var done = 0
    while done < count {
      let read = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<count])
        return pread(descriptor, rest.baseAddress, rest.count, off_t(offset &+ done))
      }
      if read < 0, errno == EINTR { continue }
      guard read >= 0 else { throw Self.failure("read", path) }
      guard read > 0 else {
        throw RecordError(path, .system(operation: "read", reason: "it became shorter while it was read"))
      }
      done += read
    }
  }

  private static func failure(_ operation: String, _ path: String) -> RecordError {
    RecordError(path, .system(operation: operation, reason: String(cString: strerror(errno))))
  }
}

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

  private static func headerPath(_ path: String) -> String {
    if path.hasSuffix(".hea") { return path }
    for suffix in [".dat", ".mat"] where path.hasSuffix(suffix) { return path.dropLast(4) + ".hea" }
    return path + ".hea"
  }

  /// The path of a file that the header names: it must lie beside the header.
  func sibling(_ name: String, line: Int) throws(RecordError) -> String {
    let isPlain = !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
    guard isPlain, name != ".", name != "..", !name.isEmpty else {
      throw RecordError(path, .outsideFolder(line: line, name: name))
    }
    return folder + name
  }
}

extension Record {
  /// The files that a record consists of: its header, then the signal files that it names, each once.
  /// Whether the signal files exist is not asked.
  /// - Parameter path: as for ``init(path:)``.
  /// - Throws: ``RecordError`` when the header cannot be read.
  public static func files(path: String) throws(RecordError) -> [String] {
    let file = try HeaderFile(path)
    var paths = [file.path]
    for signal in file.header.signals {
      let path = try file.sibling(signal.fileName, line: signal.line)
      if !paths.contains(path) { paths.append(path) }
    }
    return paths
  }
}
