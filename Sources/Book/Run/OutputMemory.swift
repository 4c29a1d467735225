import Files
import Synchronization

/// Outputs that a process remembers between renders, and no disk does: those of cells that may not be kept (`mayBeKept`), so
/// that a page of the same recording is drawn again without measuring it again.
///
/// What leaves a file is not remembered. When there are more than `limit`, the one used longest ago goes.
public final class OutputMemory: Sendable {
  private struct State {
    var outputs: [Digest: (output: Output, used: Int)] = [:]
    var clock = 0
  }
  private let state = Mutex(State())
  private let limit: Int

  public init(limit: Int) { self.limit = limit }

  func output(_ key: Digest) -> Output? {
    state.withLock { state in
      guard let found = state.outputs[key]?.output else { return nil }
      state.clock += 1
      state.outputs[key]?.used = state.clock
      return found
    }
  }

  func keep(_ output: Output, _ key: Digest) {
    state.withLock { state in
      state.clock += 1
      state.outputs[key] = (output, state.clock)
      while state.outputs.count > limit, let oldest = state.outputs.min(by: { $0.value.used < $1.value.used }) {
        state.outputs[oldest.key] = nil
      }
    }
  }

  /// Forgets everything.
  public func clear() { state.withLock { $0.outputs = [:] } }
}
