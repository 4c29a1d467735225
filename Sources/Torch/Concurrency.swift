import Dispatch
import Synchronization
import TorchAPI

/// Runs `body` for each index below `count` on up to `threads` threads; returns what it gave, in order.
///
/// LibTorch computes each operation on the thread that asks for it. What is cut into the same pieces gives the same
/// results on any number of threads.
/// - Throws: the error of the lowest index that failed; indices that had not begun are left out then.
public func concurrently<Output>(_ count: Int, threads: Int, _ body: (Int) throws -> Output) throws -> [Output] {
  guard threads > 1, count > 1 else { return try (0..<count).map(body) }
  // Unsafe because the language cannot see it: an index is run once, by one thread, and fills its own place.
  nonisolated(unsafe) let places = UnsafeMutableBufferPointer<Result<Output, any Error>?>.allocate(capacity: count)
  places.initialize(repeating: nil)
  defer {
    places.deinitialize()
    places.deallocate()
  }
  try withoutActuallyEscaping(body) { body in
    nonisolated(unsafe) let body = body
    let next = Atomic(0)
    let failed = Atomic(false)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while !failed.load(ordering: .relaxed) {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        places[index] = Result { try body(index) }
        if case .failure = places[index] { failed.store(true, ordering: .relaxed) }
      }
    }
  }
  if let error = places.lazy.compactMap({ if case .failure(let error) = $0 { error } else { nil } }).first { throw error }
  return try places.compactMap { try $0?.get() }
}

/// Runs `body`, in which convolutions and products compute in bfloat16 on the processor, as far as LibTorch thinks it safe.
public func withBFloat16<Result>(_ enabled: Bool, _ body: () throws -> Result) throws -> Result {
  guard enabled else { return try body() }
  let api = try Library.table.get().pointee
  try api.check(api.set_autocast_enabled(true))
  defer { _ = api.set_autocast_enabled(false) }
  return try body()
}
