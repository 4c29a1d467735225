import Synchronization

/// What the server counts, as Prometheus reads it. Nothing in it tells of a recording or of who sent it.
/// Source: Prometheus, Exposition formats, text-based format 0.0.4.
final class Metrics: Sendable {
  private struct State {
    var answers: [Int: Int] = [:]  // by status
    var read: [String: Int] = [:]  // recordings, by format
    var refused = 0
    var seconds = Histogram()
  }
  /// Seconds from the end of an upload to its answer.
  struct Histogram {
    static let bounds = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 120]
    var counts = [Int](repeating: 0, count: bounds.count + 1)
    var sum = 0.0
  }
  private let state = Mutex(State())

  func answered(_ status: Int) { state.withLock { $0.answers[status, default: 0] += 1 } }
  func refused() { state.withLock { $0.refused += 1 } }
  func read(_ format: String, seconds: Double) {
    state.withLock { state in
      state.read[format, default: 0] += 1
      state.seconds.counts[Histogram.bounds.firstIndex { seconds <= $0 } ?? Histogram.bounds.count] += 1
      state.seconds.sum += seconds
    }
  }

  func text(load: (running: Int, waiting: Int), kept: Int) -> String {
    let state = state.withLock { $0 }
    var lines: [String] = []
    func metric(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: String)]) {
      lines += ["# HELP ecgbook_\(name) \(help)", "# TYPE ecgbook_\(name) \(kind)"]
      lines += values.map { "ecgbook_\(name)\($0.labels) \($0.value)" }
    }
    metric("http_responses_total", "counter", "Answers, by status.", state.answers.sorted { $0.key < $1.key }.map { ("{status=\"\($0.key)\"}", "\($0.value)") })
    metric("recordings_read_total", "counter", "Recordings that were interpreted, by format.", state.read.sorted { $0.key < $1.key }.map { ("{format=\"\($0.key)\"}", "\($0.value)") })
    metric("recordings_refused_total", "counter", "Recordings that could not be read.", [("", "\(state.refused)")])
    metric("recordings_running", "gauge", "Recordings that are worked on.", [("", "\(load.running)")])
    metric("recordings_waiting", "gauge", "Recordings that wait.", [("", "\(load.waiting)")])
    metric("recordings_kept", "gauge", "Recordings that are held in memory for those who sent them.", [("", "\(kept)")])
    lines += ["# HELP ecgbook_reading_seconds From the end of an upload to its answer.", "# TYPE ecgbook_reading_seconds histogram"]
    var total = 0
    for (bound, count) in zip(Histogram.bounds.map { "\($0)" } + ["+Inf"], state.seconds.counts) {
      total += count
      lines.append("ecgbook_reading_seconds_bucket{le=\"\(bound)\"} \(total)")
    }
    lines += ["ecgbook_reading_seconds_sum \(state.seconds.sum)", "ecgbook_reading_seconds_count \(total)"]
    return lines.joined(separator: "\n") + "\n"
  }
}
