import Synchronization

/// Lets a few pass at once and the others wait in order; too many are turned away at once.
final class Gate: Sendable {
  enum Refusal: Error, Equatable {
    /// This client has so many under way.
    case client(Int)
    /// So many wait already.
    case full(Int)
    /// It waited too long, or went away.
    case waited
  }

  private struct State {
    var running = 0
    var clients: [String: Int] = [:]
    var nextTicket = 0
    var queue: [(ticket: Int, call: CheckedContinuation<Bool, Never>)] = []  // first come first
    /// Those that gave up before they waited.
    var gone: Set<Int> = []
  }
  private let state = Mutex(State())
  private let atOnce, places, perClient: Int
  private let patience: Duration

  init(_ limits: Limits) {
    (atOnce, places, perClient) = (max(1, limits.atOnce), limits.waiting, limits.perClient)
    patience = limits.waitingTime
  }

  /// How many are worked on, and how many wait.
  var load: (running: Int, waiting: Int) { state.withLock { ($0.running, $0.queue.count) } }

  /// Runs `body` when its turn has come.
  /// - Parameter client: whose it is; nil for what is not counted.
  /// - Throws: ``Refusal``, or what `body` throws.
  func pass<Result: Sendable>(_ client: String?, _ body: @Sendable () async throws -> Result) async throws -> Result {
    let ticket = try state.withLock { state in
      if let client {
        let own = state.clients[client, default: 0]
        guard own < perClient else { throw Refusal.client(own) }
      }
      guard state.running < atOnce || state.queue.count < places else { throw Refusal.full(state.queue.count) }
      if let client { state.clients[client, default: 0] += 1 }
      state.nextTicket += 1
      return state.nextTicket
    }
    defer {
      state.withLock { state in
        state.gone.remove(ticket)
        guard let client, let own = state.clients[client] else { return }
        state.clients[client] = own > 1 ? own - 1 : nil
      }
    }
    guard await turn(of: ticket) else { throw Refusal.waited }
    defer { handOn() }
    return try await body()
  }

  /// Waits for a ticket's turn.
  /// - Returns: whether it came.
  private func turn(of ticket: Int) async -> Bool {
    let alarm = Task { [patience] in
      try await Task.sleep(for: patience)
      giveUp(ticket)
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { call in
        let answer: Bool? = state.withLock { state in
          if state.gone.contains(ticket) { return false }
          if state.running < atOnce {
            state.running += 1
            return true
          }
          state.queue.append((ticket, call))
          return nil
        }
        if let answer { call.resume(returning: answer) }
      }
    } onCancel: {
      giveUp(ticket)
    }
  }

  private func giveUp(_ ticket: Int) {
    let call = state.withLock { state in
      guard let index = state.queue.firstIndex(where: { $0.ticket == ticket }) else {
        state.gone.insert(ticket)
        return nil as CheckedContinuation<Bool, Never>?
      }
      return state.queue.remove(at: index).call
    }
    call?.resume(returning: false)
  }

  private func handOn() {
    let call = state.withLock { state in
      guard !state.queue.isEmpty else {
        state.running -= 1
        return nil as CheckedContinuation<Bool, Never>?
      }
      return state.queue.removeFirst().call
    }
    call?.resume(returning: true)
  }
}
