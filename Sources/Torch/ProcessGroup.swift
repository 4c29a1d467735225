import Foundation
import Synchronization
import TorchAPI

/// Processes that compute together, on one machine or on several, over LibTorch's own process group (gloo).
///
/// Every process calls the same methods in the same order. When one is lost (killed, its machine gone), the calls of the
/// others fail: at once where its connections close, after the timeout where they fall silent.
public final class ProcessGroup: Sendable {
  public let rank: Int
  public let size: Int
  /// Nil once left. The lock keeps the operations of this process one after another.
  private let handle: Mutex<OpaquePointer?>

  /// Waits until all processes are there.
  /// - Throws: ``TorchError`` when they do not meet within the timeout, or this build has no gloo.
  public init(_ launch: LaunchVariables) throws(TorchError) {
    let api = try Library.table.get().pointee
    var handle: OpaquePointer?
    let status = api.group_join(
      launch.address, Int32(launch.port), Int32(launch.rank), Int32(launch.size), launch.interface, launch.timeout, &handle)
    do throws(TorchError) { try api.check(status) } catch {
      throw TorchError(
        message: "rank \(launch.rank) of \(launch.size) did not meet the others at \(launch.address):\(launch.port): \(error)")
    }
    (rank, size) = (launch.rank, launch.size)
    self.handle = Mutex(handle)
  }

  /// The group that a launcher made this process part of; nil where it is alone.
  public static func fromEnvironment() throws -> ProcessGroup? {
    try LaunchVariables(ProcessInfo.processInfo.environment).map { try ProcessGroup($0) }
  }

  deinit { leave() }

  /// Closes the connections; for the others, this process is lost.
  public func leave() {
    handle.withLock { handle in
      if let handle, case .success(let table) = Library.table { table.pointee.group_leave(handle) }
      handle = nil
    }
  }

  /// The contiguous part of `count` things that this process does: the parts are as equal as they can be, and may be empty.
  public func share(of count: Int) -> Range<Int> { (count * rank / size)..<(count * (rank + 1) / size) }

  // MARK: Together

  /// Makes each value the sum over all processes.
  public func sum(_ values: inout [Float]) throws {
    guard !values.isEmpty else { return }
    try call { $0.group_sum($1, &values, Int64(values.count)) }
  }

  /// What each process gives, in order of rank.
  /// - Parameter patiently: waits without the timeout, where another process may still have work of its own.
  public func gather(_ own: Data, patiently: Bool = false) throws -> [Data] {
    let counts = try gather(equal: withUnsafeBytes(of: UInt64(own.count).littleEndian) { Data($0) }, patiently).map(Self.count)
    let longest = counts.max() ?? 0
    guard longest > 0 else { return counts.map { _ in Data() } }
    let padded = own + Data(count: longest - own.count)
    return zip(try gather(equal: padded, patiently), counts).map { $0.prefix($1) }
  }

  private func gather(equal own: Data, _ patiently: Bool) throws -> [Data] {
    let bytes = [UInt8](own)
    var all = [UInt8](repeating: 0, count: own.count * size)
    try call { $0.group_gather($1, bytes, Int64(bytes.count), &all, patiently) }
    return (0..<size).map { Data(all[($0 * bytes.count)..<(($0 + 1) * bytes.count)]) }
  }

  /// What rank 0 gives; the others give nil.
  /// - Parameter patiently: waits without the timeout, where rank 0 may still have work of its own.
  public func broadcast(_ own: Data?, patiently: Bool = false) throws -> Data {
    precondition((own != nil) == (rank == 0), "rank \(rank) of \(size): rank 0 alone has what is sent")
    var count = withUnsafeBytes(of: UInt64(own?.count ?? 0).littleEndian) { [UInt8]($0) }
    try call { $0.group_broadcast($1, &count, Int64(count.count), patiently) }
    var bytes = own.map { [UInt8]($0) } ?? [UInt8](repeating: 0, count: Self.count(Data(count)))
    if !bytes.isEmpty { try call { $0.group_broadcast($1, &bytes, Int64(bytes.count), patiently) } }
    return Data(bytes)
  }

  private static func count(_ bytes: Data) -> Int {
    Int(truncatingIfNeeded: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private func call(_ body: (torch_api, OpaquePointer) -> Int32) throws {
    let api = try Library.table.get().pointee
    try handle.withLock { handle in
      guard let handle else { throw LostWorkerError(rank: rank, size: size, reason: "this process has left the group") }
      do throws(TorchError) { try api.check(body(api, handle)) } catch {
        throw LostWorkerError(rank: rank, size: size, reason: error.message)
      }
    }
  }
}

/// Another process of the group does not answer any more.
public struct LostWorkerError: Error, Equatable, CustomStringConvertible {
  public let rank, size: Int  // of the process that noticed
  public let reason: String  // in LibTorch's words
  public var description: String { "rank \(rank) of \(size) lost another process: \(reason)" }
}
