#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Foundation

/// A file or folder that could not be read or written: what was tried, on which path, and the system's reason.
public struct FileError: Error, Equatable, CustomStringConvertible {
  public let operation: String, path: String, reason: String

  public init(_ operation: String, _ path: String, reason: String) {
    (self.operation, self.path, self.reason) = (operation, path, reason)
  }

  /// Takes the reason from `errno`; call it right after the system call that failed.
  public init(errnoOf operation: String, _ path: String) {
    self.init(operation, path, reason: String(cString: strerror(errno)))
  }

  public var description: String { "\(path): cannot \(operation): \(reason)" }
}

extension FileManager {
  /// Whether `path` names a folder.
  public func isFolder(_ path: String) -> Bool {
    var folder: ObjCBool = false
    return fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
  }

  /// Makes the folder and those above it; an existing one is fine.
  public func makeFolder(_ path: String) throws(FileError) {
    do { try createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
      throw FileError("make the folder", path, reason: "\(error.localizedDescription)")
    }
  }
}

/// The whole content of the file.
public func readFile(_ path: String) throws(FileError) -> Data {
  var data = Data()
  try readPieces(of: path) { data.append(contentsOf: $0) }
  return data
}

/// Gives the content of the file piece by piece; a piece is valid during the call only.
func readPieces(of path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(FileError) {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw FileError(errnoOf: "open", path) }
  defer { close(descriptor) }
  var status = stat()
  guard fstat(descriptor, &status) == 0 else { throw FileError(errnoOf: "read", path) }
  guard status.st_mode & S_IFMT != S_IFDIR else { throw FileError("read", path, reason: "it is a folder") }
  var piece = [UInt8](repeating: 0, count: min(max(Int(status.st_size) + 1, 4096), 1 << 18))
  while true {
    let count = piece.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    guard count >= 0 else { throw FileError(errnoOf: "read", path) }
    if count == 0 { return }
    piece.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
  }
}

/// Writes aside, then renames: under `path` stands the old content or the new, never half of it.
public func writeFile(_ data: Data, to path: String) throws(FileError) {
  let aside = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
  let descriptor = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw FileError(errnoOf: "write", path) }
  var failure: FileError?
  data.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      guard count > 0 else { return failure = FileError(errnoOf: "write", path) }
      rest = rest.dropFirst(count)
    }
  }
  if failure == nil, fsync(descriptor) != 0 { failure = FileError(errnoOf: "write", path) }
  close(descriptor)
  if failure == nil, rename(aside, path) != 0 { failure = FileError(errnoOf: "write", path) }
  if let failure {
    unlink(aside)
    throw failure
  }
}

public func writeFile(_ text: String, to path: String) throws(FileError) { try writeFile(Data(text.utf8), to: path) }
