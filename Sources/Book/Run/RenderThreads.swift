import Dispatch

/// Threads beside those of other tasks, for a render in a program that has something else to do: a cell that computes without
/// pause would keep a server waiting, and nobody could cancel it.
///
/// ```
/// Task(executorPreference: RenderThreads.shared) { try await render(…) }
/// ```
public final class RenderThreads: TaskExecutor {
  public static let shared = RenderThreads()
  private let queue = DispatchQueue(label: "ecgbook.render", attributes: .concurrent)

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
