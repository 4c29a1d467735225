#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Files
import Foundation
import Synchronization

/// Whoever computes what a key promises holds `locks/KEY`, so that nobody computes it a second time meanwhile: another row
/// of a batch, another render on this machine. A process that ends, however it ends, lets go.
///
/// Where the file system knows no locks, nobody waits: the same is computed twice, and the first to finish is used.
struct ComputeLock: Sendable {
  private let descriptor: Int32
  private let path: String

  /// The lock; nil while another holds it.
  /// - Throws: `FileError` when `locks` cannot be written.
  static func take(_ key: Digest, in cache: Cache) throws -> ComputeLock? {
    let folder = "\(cache.folder)/locks", path = "\(folder)/\(key.hex)"
    try FileManager.default.makeFolder(folder)
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw FileError(errnoOf: "open", path) }
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
        close(descriptor)
        return nil
      }
      // Its last holder may have removed the file between the two calls.
      var (held, there) = (stat(), stat())
      if fstat(descriptor, &held) == 0, stat(path, &there) == 0, held.st_ino == there.st_ino {
        return ComputeLock(descriptor: descriptor, path: path)
      }
      close(descriptor)
    }
  }

  private init(descriptor: Int32, path: String) { (self.descriptor, self.path) = (descriptor, path) }

  /// The file goes while it is still held: who opened it before sees that it is no longer the one in its place.
  func release() {
    unlink(path)
    close(descriptor)
  }
}

/// What failed in a batch, by compute key: the rows that share a cell do not fail at it one after another.
final class KnownFailures: Sendable {
  private let failures = Mutex<[Digest: CellFailure]>([:])

  subscript(key: Digest) -> CellFailure? { failures.withLock { $0[key] } }

  /// A failure of the machine may be gone the next time, so it is not kept.
  func keep(_ failure: CellFailure, _ key: Digest) {
    if !failure.isOfMachine { failures.withLock { $0[key] = failure } }
  }
}
