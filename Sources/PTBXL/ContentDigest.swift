import Files
import Foundation
import WFDB

/// Remembers the digests of signal files that have not changed, so that asking again reads none of them.
///
/// A file counts as unchanged while its path, size, inode and times of change (content's and inode's, to the
/// nanosecond) are the same. A file changed within the two seconds before it was read is not remembered: it could change
/// once more without its time showing it.
public struct DigestMemory: Sendable, Codable, Equatable {
  /// By what identifies a file's state.
  private var digests: [String: Digest] = [:]

  public init() {}

  /// Reads what ``save(to:)`` wrote; anything else is an empty memory.
  public init(file path: String) {
    guard let data = try? readFile(path), let memory = try? JSONDecoder().decode(Self.self, from: data) else { return }
    self = memory
  }

  public func save(to path: String) throws { try writeFile(CanonicalJSON.data(self, pretty: false), to: path) }

  fileprivate subscript(state: String) -> Digest? {
    get { digests[state] }
    set { digests[state] = newValue }
  }

  /// What identifies the file's state; nil when it cannot be asked. `isSettled` when it may be remembered.
  fileprivate static func state(of path: String, at now: Date) -> (text: String, isSettled: Bool)? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    #if os(Linux)
      let (content, inode) = (status.st_mtim, status.st_ctim)
    #else
      let (content, inode) = (status.st_mtimespec, status.st_ctimespec)
    #endif
    let text =
      "\(path) \(status.st_size) \(status.st_ino) \(content.tv_sec).\(content.tv_nsec) \(inode.tv_sec).\(inode.tv_nsec)"
    return (text, now.timeIntervalSince1970 - Double(max(content.tv_sec, inode.tv_sec)) > 2)
  }
}

extension Database {
  /// The digest of both tables and of every byte of the records' header and signal files, in the order given.
  ///
  /// It is the same in whichever folder the data set lies, and changes with any byte. Files that `memory` knows as
  /// unchanged are not read again.
  /// - Parameter now: against which the age of a change is measured.
  /// - Returns: the digest, and a memory that knows all that was read now.
  /// - Throws: ``RecordError`` or ``FileError`` of the first record whose files cannot be read.
  public func contentDigest(
    _ records: [ECGRecord], rate: Rate, remembering memory: DigestMemory, at now: Date = Date()
  ) async throws -> (digest: Digest, memory: DigestMemory) {
    struct Part: Sendable {
      var first: Int
      var digests: [Digest] = []
      var learned: [String: Digest] = [:]
      var failure: (any Error)?
    }
    let step = 64
    let parts = await withTaskGroup(of: Part.self) { group in
      for first in stride(from: 0, to: records.count, by: step) {
        group.addTask {
          var part = Part(first: first)
          for record in records[first..<min(first + step, records.count)] {
            do {
              var digests = [Digest(of: record.fileName(rate))]
              for file in try Record.files(path: path(record, rate)) {
                let state = DigestMemory.state(of: file, at: now)
                if let state, let digest = memory[state.text] {
                  digests.append(digest)
                } else {
                  let digest = Digest(of: try readFile(file))
                  digests.append(digest)
                  if let state, state.isSettled { part.learned[state.text] = digest }
                }
              }
              part.digests.append(Digest(combining: digests))
            } catch {
              part.failure = error
              break
            }
          }
          return part
        }
      }
      var parts: [Part] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.first < $1.first }
    }
    if let failure = parts.lazy.compactMap(\.failure).first { throw failure }
    var learned = memory
    for (state, digest) in parts.lazy.flatMap(\.learned) { learned[state] = digest }
    let digest = Digest(combining: tableDigests + [Digest(of: "\(rate)")] + parts.flatMap(\.digests))
    return (digest, learned)
  }

  /// The same, reading every file.
  public func contentDigest(_ records: [ECGRecord], rate: Rate) async throws -> Digest {
    try await contentDigest(records, rate: rate, remembering: DigestMemory()).digest
  }
}
