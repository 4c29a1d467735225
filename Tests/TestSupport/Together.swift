import Foundation
import Synchronization

/// What `count` bodies give that run at the same time, each in a thread of its own, as processes would: each gets its rank
/// and a port of this machine that was free.
public func together<Output: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (_ rank: Int, _ port: Int) throws -> Output
) throws -> [Result<Output, any Error>] {
  let port = try freePort()
  let results = Mutex<[Int: Result<Output, any Error>]>([:])
  let done = DispatchSemaphore(value: 0)
  for rank in 0..<count {
    let thread = Thread {
      let result = Result { try body(rank, port) }
      results.withLock { $0[rank] = result }
      done.signal()
    }
    thread.stackSize = 8 << 20
    thread.start()
  }
  for _ in 0..<count { done.wait() }
  return results.withLock { results in (0..<count).compactMap { results[$0] } }
}

/// A port of this machine that nobody listens at.
public func freePort() throws -> Int {
  #if canImport(Darwin)
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
  #else
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  #endif
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let status = withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) | getsockname(descriptor, $0, &length) }
  }
  guard status == 0 else { throw CocoaError(.fileReadUnknown) }
  return Int(UInt16(bigEndian: address.sin_port))
}
