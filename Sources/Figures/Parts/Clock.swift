import Drawing
import Wording

/// The time of day along a recording, or, where that isn't known, the time since its start.
struct Clock {
  var start: Double?  // seconds since midnight
  var duration: Double  // seconds

  private var offset: Double { start.flatMap { $0.isFinite ? $0.truncatingRemainder(dividingBy: 86_400) : nil } ?? 0 }
  var title: String { say(start == nil ? .clockSince : .clockDay) }

  /// "08:30", or "+1:20" since the start; the day after counts on: "00:10 +1 d".
  func text(_ seconds: Double, withDay: Bool = true) -> String {
    guard seconds.isFinite, abs(seconds) < 1e9 else { return "?" }
    let minutes = Int(((seconds + offset) / 60).rounded(.down))
    guard start != nil else { return "\(minutes / 60):\(two(minutes % 60))" }
    let day = minutes.quotientAndRemainder(dividingBy: 1440)
    return "\(two(day.remainder / 60)):\(two(day.remainder % 60))"
      + (day.quotient > 0 && withDay ? " +\(day.quotient)\u{A0}d" : "")
  }

  private func two(_ n: Int) -> String { abs(n) < 10 ? "0\(abs(n))" : "\(abs(n))" }

  /// Round steps in which a reader thinks, in seconds.
  private static let steps: [Double] = [60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 604_800]

  /// Places on round times at least `distance` points apart.
  private func places(_ x: Scale, distance: Double) -> [Double] {
    let pointsPerSecond = (x.end - x.start) / (x.upper - x.lower)
    let step = Clock.steps.first { $0 * pointsPerSecond >= distance } ?? max(duration, 604_800)
    let first = (offset / step - 1e-9).rounded(.up) * step - offset
    return Array(stride(from: first, through: duration + 1e-6, by: step))
  }

  func ticks(_ x: Scale) -> Sheet.Ticks {
    places(x, distance: width("00:00") + 12).map { ($0, text($0, withDay: false)) }
  }

  func rules(_ x: Scale) -> [(seconds: Double, isMidnight: Bool)] {
    places(x, distance: 10).map { seconds in
      (seconds, start != nil && abs((seconds + offset).remainder(dividingBy: 86_400)) < 1)
    }
  }
}
