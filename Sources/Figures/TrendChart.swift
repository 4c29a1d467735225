import Drawing
import Wording

/// A recording of hours, minute by minute: heart rate with its least and greatest, ST levels, the share of noise, over
/// the time of day; episodes as spans below.
public struct TrendChart: Sendable {
  /// What one stretch of the recording, usually a minute, came to. Nil where nothing could be measured.
  public struct Step: Sendable {
    public var rate, lowestRate, highestRate: Double?  // beats a minute; `rate` is the median
    public var st: [Double?]  // millivolts, one for each of ``TrendChart/stNames``
    public var noise: Double?  // share of the stretch that could not be read, 0...1
    public init(
      rate: Double? = nil, lowestRate: Double? = nil, highestRate: Double? = nil, st: [Double?] = [],
      noise: Double? = nil
    ) {
      (self.rate, self.lowestRate, self.highestRate) = (rate, lowestRate, highestRate)
      (self.st, self.noise) = (st, noise)
    }
  }
  /// Something that lasted from one moment to another, in seconds of the recording.
  public struct Episode: Sendable {
    public var kind: String  // "atrial fibrillation": one line of spans for each kind
    public var start, end: Double
    public init(_ kind: String, from start: Double, to end: Double) {
      (self.kind, self.start, self.end) = (kind, start, end)
    }
  }

  public var steps: [Step]
  public var secondsPerStep: Double
  /// Seconds since midnight at the recording's start; nil counts hours from its start.
  public var startOfDay: Double?
  public var stNames: [String]  // "V5", at most three
  public var episodes: [Episode]

  public init(
    steps: [Step], secondsPerStep: Double = 60, startOfDay: Double? = nil, stNames: [String] = [],
    episodes: [Episode] = []
  ) {
    (self.steps, self.secondsPerStep, self.startOfDay) = (steps, secondsPerStep, startOfDay)
    (self.stNames, self.episodes) = (stNames, episodes)
  }

  public func scene(width: Double) -> Scene {
    guard !steps.isEmpty, secondsPerStep > 0, duration.isFinite else {
      return Sheet.empty(width: width, say(.trendNone))
    }
    let clock = Clock(start: startOfDay, duration: duration)
    let shown = Reduced(self, limit: 720)
    let kinds = self.kinds
    let names = min(max(kinds.map { Figures.width($0.name) }.max() ?? 0, 0), 0.28 * width)
    var charts = [
      Chart(kind: .rate, title: say(.trendRate), unit: "/min", height: 62, values: shown.rate + shown.lowest + shown.highest)
    ]
    if !stNames.isEmpty, shown.st.contains(where: { $0.contains(where: \.isFinite) }) {
      charts.append(
        Chart(kind: .st, title: say(.trendSt), unit: "mV", height: 40, values: shown.st.flatMap { $0 }, includesZero: true))
    }
    if shown.noise.contains(where: \.isFinite) {
      charts.append(Chart(kind: .noise, title: say(.trendNoise), unit: say(.trendNoiseUnit), height: 20, values: [0, 100]))
    }
    let scales = charts.map { $0.scale(start: 1, end: 0) }
    let left = max(names + 6, (scales.map { Sheet.leftAxisWidth($0.ticks(about: 4)) }.max() ?? 0) + 2)
    let right = max(
      Figures.width("00:00") / 2 + 1, stNames.isEmpty ? 0 : (stNames.map { Figures.width($0) }.max() ?? 0) + 6)

    var sheet = Sheet()
    let x = Scale(0, duration, start: left, end: width - right)
    let ticks = clock.ticks(x)
    var y = 0.0
    for (index, chart) in charts.enumerated() {
      let top = y + Theme.panelTitle.capHeight + 5
      let rect = Rect(left, top, width - left - right, chart.height)
      let panel = Panel(rect: rect, x: x, y: chart.scale(start: rect.maxY, end: rect.y))
      sheet.text(chart.title, at: Point(left, y + Theme.panelTitle.capHeight), Theme.panelTitle)
      sheet.text(
        chart.unit, at: Point(left + Figures.width(chart.title, Theme.panelTitle) + 4, y + Theme.panelTitle.capHeight),
        color: Theme.secondary)
      drawRules(panel, clock, on: &sheet)
      switch chart.kind {
      case .rate: drawRate(shown, panel, on: &sheet)
      case .st: drawST(shown, panel, on: &sheet)
      case .noise: drawNoise(shown, panel, on: &sheet)
      }
      sheet.leftAxis(panel, panel.y.ticks(about: chart.height > 60 ? 4 : 2))
      let isLast = index == charts.count - 1 && kinds.isEmpty
      sheet.bottomAxis(panel, ticks, title: isLast ? clock.title : "", labels: isLast)
      y = rect.maxY + (isLast ? Sheet.bottomAxisHeight(title: true) : 11)
    }
    if !kinds.isEmpty { y = drawEpisodes(kinds, x: x, top: y, clock, ticks, on: &sheet) }
    return sheet.scene(width: width, height: y, description: description)
  }

  private var duration: Double { Double(steps.count) * secondsPerStep }

  // MARK: Values

  private struct Chart {
    enum Kind { case rate, st, noise }
    var kind: Kind
    var title, unit: String
    var height: Double
    var values: [Double]
    var includesZero = false
    func scale(start: Double, end: Double) -> Scale {
      .covering(values, about: height > 60 ? 4 : 2, includingZero: includesZero, start: start, end: end)
    }
  }

  /// The steps, or where they are more than print can part, equal groups of them: medians of medians, least of the
  /// least, greatest of the greatest, mean noise.
  private struct Reduced {
    var seconds: [Double] = []  // middles
    var rate: [Double] = []  // NaN where there is none
    var lowest: [Double] = []
    var highest: [Double] = []
    var st: [[Double]]
    var noise: [Double] = []  // percent

    init(_ chart: TrendChart, limit: Int) {
      let size = max((chart.steps.count + limit - 1) / max(limit, 1), 1)
      st = chart.stNames.map { _ in [] }
      for first in stride(from: 0, to: chart.steps.count, by: size) {
        let group = chart.steps[first..<min(first + size, chart.steps.count)]
        seconds.append((Double(first) + Double(group.count) / 2) * chart.secondsPerStep)
        let rates = group.compactMap(\.rate).filter(\.isFinite)
        rate.append(median(rates))
        lowest.append(group.compactMap { $0.lowestRate ?? $0.rate }.filter(\.isFinite).min() ?? .nan)
        highest.append(group.compactMap { $0.highestRate ?? $0.rate }.filter(\.isFinite).max() ?? .nan)
        for index in st.indices {
          st[index].append(median(group.compactMap { index < $0.st.count ? $0.st[index] : nil }.filter(\.isFinite)))
        }
        let shares = group.compactMap(\.noise).filter(\.isFinite).map { max(0, min($0, 1)) }
        noise.append(shares.isEmpty ? .nan : 100 * shares.reduce(0, +) / Double(shares.count))
      }
    }
  }

  private var kinds: [(name: String, episodes: [Episode])] {
    var kinds: [(name: String, episodes: [Episode])] = []
    for episode in episodes where episode.start.isFinite && episode.end.isFinite && episode.end >= episode.start {
      if let index = kinds.firstIndex(where: { $0.name == episode.kind }) {
        kinds[index].episodes.append(episode)
      } else {
        kinds.append((episode.kind, [episode]))
      }
    }
    return kinds
  }

  // MARK: Drawing

  /// Fine lines on round hours, a darker one at midnight.
  private func drawRules(_ panel: Panel, _ clock: Clock, on sheet: inout Sheet) {
    for rule in clock.rules(panel.x) {
      let stroke = rule.isMidnight ? Stroke(Theme.muted, width: 0.5) : Theme.grid
      sheet.line(Point(panel.x(rule.seconds), panel.rect.y), Point(panel.x(rule.seconds), panel.rect.maxY), stroke)
    }
  }

  private func drawRate(_ shown: Reduced, _ panel: Panel, on sheet: inout Sheet) {
    var band = Theme.category(0)
    band.alpha = 0.22
    let lows = panel.lines(zip(shown.seconds, shown.highest).map { $1.isNaN ? .nan : $0 }, shown.lowest)
    let highs = panel.lines(zip(shown.seconds, shown.lowest).map { $1.isNaN ? .nan : $0 }, shown.highest)
    for (low, high) in zip(lows, highs) where low.count > 1 {
      sheet.elements.append(.path(.polyline(low + high.reversed(), closed: true), fill: band))
    }
    for line in panel.lines(shown.seconds, shown.rate) {
      if line.count == 1 { sheet.dot(line[0], radius: 1, fill: Theme.category(0)) }
      sheet.polyline(simplified(line, limit: 800), Stroke(Theme.category(0), width: 0.8, roundCaps: true))
    }
    mark(shown, shown.rate, panel, on: &sheet) { say(.trendBeats, decimal($0, places: 0)) }
  }

  private func drawST(_ shown: Reduced, _ panel: Panel, on sheet: inout Sheet) {
    sheet.line(Point(panel.rect.x, panel.y(0)), Point(panel.rect.maxX, panel.y(0)), Stroke(Theme.muted, width: 0.4))
    var ends: [(name: String, y: Double, color: Color)] = []
    for (index, values) in shown.st.enumerated() {
      let color = Theme.category(index)
      for line in panel.lines(shown.seconds, values) {
        sheet.polyline(
          simplified(line, limit: 800), Stroke(color, width: 0.8, dash: Theme.dash(index), roundCaps: index == 0))
      }
      if let last = values.last(where: \.isFinite) { ends.append((stNames[index], panel.y(last), color)) }
      mark(shown, values, panel, on: &sheet) { say(.trendStIn, stNames[index], quantity(decimal($0, places: 2), "mV")) }
    }
    let places = spread(ends.map(\.y), gap: 8.5, from: panel.rect.y + 3, to: panel.rect.maxY - 3)
    for (end, y) in zip(ends, places) {
      sheet.text(end.name, centredAt: Point(panel.rect.maxX + 4, y), anchor: .start)
    }
  }

  private func drawNoise(_ shown: Reduced, _ panel: Panel, on sheet: inout Sheet) {
    var area = Path()
    let half = (panel.x(secondsPerStep * Double(max(steps.count / max(shown.seconds.count, 1), 1))) - panel.x(0)) / 2
    for (seconds, value) in zip(shown.seconds, shown.noise) where value > 0 {
      let (x, y) = (panel.x(seconds), panel.y(value))
      let (from, to) = (max(x - half, panel.rect.x), min(x + half, panel.rect.maxX))
      area.segments += [
        .move(Point(from, panel.rect.maxY)), .line(Point(from, y)), .line(Point(to, y)),
        .line(Point(to, panel.rect.maxY)),
        .close,
      ]
    }
    if !area.segments.isEmpty { sheet.elements.append(.path(area, fill: Theme.muted)) }
    mark(shown, shown.noise, panel, on: &sheet) { say(.trendNoisy, percent($0 / 100, places: 0)) }
  }

  private func mark(
    _ shown: Reduced, _ values: [Double], _ panel: Panel, on sheet: inout Sheet, words: (Double) -> String
  ) {
    let points = zip(shown.seconds, values).filter { $0.1.isFinite }.map { seconds, value in
      (panel.point(seconds, value), "\(time(seconds)): \(words(value))")
    }
    sheet.mark(along: points, limit: 120)
  }

  private func drawEpisodes(
    _ kinds: [(name: String, episodes: [Episode])], x: Scale, top: Double, _ clock: Clock, _ ticks: Sheet.Ticks,
    on sheet: inout Sheet
  ) -> Double {
    let (step, font) = (12.0, Theme.tick)
    let rect = Rect(x.start, top, x.end - x.start, step * Double(kinds.count) + 2)
    let panel = Panel(rect: rect, x: x, y: Scale(0, 1, start: rect.maxY, end: rect.y))
    drawRules(panel, clock, on: &sheet)
    for (row, kind) in kinds.enumerated() {
      let middle = rect.y + (Double(row) + 0.5) * step + 1
      sheet.text(fitted(kind.name, font, width: x.start - 6), centredAt: Point(x.start - 5, middle), font, anchor: .end)
      sheet.line(Point(rect.x, middle), Point(rect.maxX, middle), Theme.grid)
      for span in merged(kind.episodes, x) {
        sheet.rectangle(Rect(span.from, middle - 3, max(span.to - span.from, 0.8), 6), fill: Theme.accent)
      }
      for episode in kind.episodes.prefix(200) {
        let (from, to) = (x(max(episode.start, 0)), x(min(episode.end, duration)))
        guard to >= from else { continue }
        sheet.mark(
          Rect(from, middle - 4, max(to - from, 1), 8),
          say(.trendSpan, kind.name, time(episode.start), time(episode.end), length(episode.end - episode.start)))
      }
    }
    sheet.bottomAxis(panel, ticks, title: clock.title)
    return rect.maxY + Sheet.bottomAxisHeight(title: true)
  }

  /// Episodes in points, those that print cannot part as one: thousands of short ones stay a few shapes.
  private func merged(_ episodes: [Episode], _ x: Scale) -> [(from: Double, to: Double)] {
    var spans: [(from: Double, to: Double)] = []
    for episode in episodes.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) })
    where episode.end >= 0 && episode.start <= duration {
      let (from, to) = (x(max(episode.start, 0)), x(min(episode.end, duration)))
      if let last = spans.last, from <= last.to + 0.25 {
        spans[spans.count - 1].to = max(last.to, to)
      } else {
        spans.append((from, to))
      }
    }
    return spans
  }

  // MARK: Words

  private func time(_ seconds: Double) -> String { Clock(start: startOfDay, duration: duration).text(seconds) }

  private func length(_ seconds: Double) -> String {
    seconds < 90
      ? quantity(decimal(seconds, places: 0), "s")
      : seconds < 5400
        ? quantity(decimal(seconds / 60, places: 0), "min") : quantity(decimal(seconds / 3600, places: 1), "h")
  }

  private var description: String {
    let all = Reduced(self, limit: steps.count)
    var text = say(.trendSays, length(duration))
    text += startOfDay == nil ? "" : " " + say(.trendSaysClock, time(0), time(duration))
    text += ", " + say(.trendSaysSteps, length(secondsPerStep)) + "."
    let rates = all.rate.filter(\.isFinite)
    if rates.isEmpty {
      text += " " + say(.trendSaysNoRate)
    } else {
      text += " " + say(.trendSaysRate, decimal(median(rates), places: 0))
      func extreme(_ values: [Double], _ isBetter: (Double, Double) -> Bool) -> (Double, Double)? {
        zip(values, all.seconds).filter { $0.0.isFinite }.min { isBetter($0.0, $1.0) }.map { ($0.0, $0.1) }
      }
      if let low = extreme(all.lowest, <), let high = extreme(all.highest, >) {
        text += ", " + say(
          .trendSaysExtremes, decimal(low.0, places: 0), time(low.1), decimal(high.0, places: 0), time(high.1))
      }
      let missing = all.rate.count - rates.count
      text += missing > 0 ? "; " + say(.trendSaysGaps, count: missing) + "." : "."
    }
    for (name, values) in zip(stNames, all.st) {
      let values = values.filter(\.isFinite)
      guard let low = values.min(), let high = values.max() else { continue }
      text += " " + say(.trendStIn, name, quantity(say(.range, decimal(low, places: 2), decimal(high, places: 2)), "mV")) + "."
    }
    let noise = all.noise.filter(\.isFinite)
    if !noise.isEmpty {
      text += " " + say(.trendSaysNoise, percent(noise.reduce(0, +) / Double(noise.count) / 100, places: 1))
    }
    for kind in kinds {
      let total = kind.episodes.reduce(0) { $0 + ($1.end - $1.start) }
      let name = kind.name.prefix(1).uppercased() + kind.name.dropFirst()
      text += " \(name): \(say(.trendSaysEpisodes, count: kind.episodes.count)), \(say(.trendSaysSum, length(total)))"
      if let longest = kind.episodes.max(by: { $0.end - $0.start < $1.end - $1.start }), kind.episodes.count > 1 {
        text += ", " + say(.trendSaysLongest, length(longest.end - longest.start), time(longest.start))
      }
      text += "."
    }
    return text
  }
}

/// The middle value, or the mean of the two middle ones; NaN of none.
func median(_ values: [Double]) -> Double {
  guard !values.isEmpty else { return .nan }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
