#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Notices that files change: by size, times and inode, so that an editor that writes aside and renames is noticed too, and one
/// that is half done is waited for. A folder changes when a file comes or goes.
struct Watch {
  private struct Stamp: Equatable {
    var size, inode: UInt64
    var seconds, nanoseconds: Int
    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      #if canImport(Darwin)
        let time = status.st_mtimespec
      #else
        let time = status.st_mtim
      #endif
      (size, inode) = (UInt64(status.st_size), UInt64(status.st_ino))
      (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec))
    }
    /// Whether it was written within the last seconds before `now`.
    func isYounger(than began: timespec) -> Bool { (seconds, nanoseconds) > (Int(began.tv_sec), Int(began.tv_nsec)) }
  }

  private var known: [String: Stamp?] = [:]
  private var last: [String: Stamp?] = [:]
  private var began = timespec()

  init() { clock_gettime(CLOCK_REALTIME, &began) }

  /// Adds what a render turned out to read. What was written since the render began counts as changed: the render may have
  /// read what was there before.
  mutating func look(after paths: some Sequence<String>) {
    for path in paths where known[path] == nil {
      let stamp = Stamp(path)
      let isNew = stamp?.isYounger(than: began) ?? false
      known[path] = isNew ? .some(nil) : .some(stamp)
      last[path] = .some(stamp)
    }
  }

  /// Whether something differs from what it was, and stays so from one call to the next.
  mutating func hasChanged() -> Bool {
    var now: [String: Stamp?] = [:]
    for path in known.keys { now[path] = .some(Stamp(path)) }
    defer { last = now }
    return now != known && now == last
  }

  /// Takes what is there now as known.
  mutating func accept() {
    clock_gettime(CLOCK_REALTIME, &began)
    for path in known.keys { known[path] = .some(Stamp(path)) }
  }
}
