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
      let added = bytes.withUnsafeMutableBytes {
        attempt(UnsafeMutableRawBufferPointer(rebasing: $0[done..<count]), offset &+ done)
      }
      guard added >= 0 else { throw Self.failure("read", path) }
      guard added > 0 else {
        throw RecordError(path, .system(operation: "read", reason: "it became shorter while it was read"))
      }
      done += added
    }
  }

  /// Reads what the buffer holds, or less.
  /// - Returns: how many bytes; 0 at the file's end.
  func read(into buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws(RecordError) -> Int {
    let added = attempt(buffer, offset)
    guard added >= 0 else { throw Self.failure("read", path) }
    return added
  }

  /// - Returns: bytes read, or -1, and `errno` says why.
  private func attempt(_ buffer: UnsafeMutableRawBufferPointer, _ offset: Int) -> Int {
    while true {
      let added = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
      if added < 0, errno == EINTR { continue }
      return added
    }
  }

  private static func failure(_ operation: String, _ path: String) -> RecordError {
    RecordError(path, .system(operation: operation, reason: String(cString: strerror(errno))))
  }

  /// Whether there is nothing of that name; what else may keep it from being opened does not count.
  static func isAbsent(_ path: String) -> Bool { access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR) }
}
