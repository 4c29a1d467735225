import Drawing
import Wording

/// One lead of a long recording, all of it: a line for each minute, an hour or so to a page.
///
/// It is drawn from the least and greatest value of each short stretch, so that no peak is lost and a page needs the
/// same memory however long the recording and however high its rate. With lines of half an hour a whole day fits one
/// page, as a summary.
public struct FullDisclosure: Sendable {
  /// One line: the least and greatest millivolts of equal stretches, NaN where nothing was recorded.
  public struct Line: Sendable {
    public var low, high: [Float]
    public init(low: [Float], high: [Float]) { (self.low, self.high) = (low, high) }
  }
  /// A stretch that is marked behind the trace, in seconds of the recording.
  public struct Span: Sendable {
    public var start, end: Double
    public var kind: String
    public init(_ kind: String, from start: Double, to end: Double) {
      (self.kind, self.start, self.end) = (kind, start, end)
    }
  }

  public var lead: String
  public var lines: [Line]
  public var secondsPerLine: Double
  /// Where in the recording the first line begins.
  public var start: Double
  /// Seconds since midnight at the recording's start; nil counts from its start.
  public var startOfDay: Double?
  public var spans: [Span]
  public var height: Double  // of the page, in millimetres
  public var gain: Double?  // millimetres a millivolt; nil for what the lines have room for

  public init(
    lead: String, lines: [Line], secondsPerLine: Double = 60, start: Double = 0, startOfDay: Double? = nil,
    spans: [Span] = [], height: Double = 240, gain: Double? = nil
  ) {
    (self.lead, self.lines, self.secondsPerLine) = (lead, lines, secondsPerLine)
    (self.start, self.startOfDay, self.spans) = (start, startOfDay, spans)
    (self.height, self.gain) = (height, gain)
  }

  public func scene(width: Double) -> Scene {
    let values = lines.flatMap { $0.low + $0.high }.filter(\.isFinite).map(Double.init)
    guard !values.isEmpty, secondsPerLine > 0, secondsPerLine.isFinite, start.isFinite else {
      return Sheet.empty(width: width, say(.disclosureNone, lead))
    }
    let mm = Theme.millimetre
    let font = Theme.smallTick
    let clock = Clock(start: startOfDay, duration: start + secondsPerLine * Double(lines.count))
    let left = Figures.width("00:00 +1\u{A0}d", font) + 5
    let top = Theme.panelTitle.capHeight + 6
    let below = Sheet.bottomAxisHeight(title: true)
    let step = max(
      ((height.isFinite ? min(max(height, 20), 5000) : 240) * mm - top - below - 14) / Double(lines.count), 2)
    // The middle of the values is the zero of the lines; nearly all of them reach half-way to the neighbours.
    let sorted = values.sorted()
    let middle = sorted[sorted.count / 2]
    let reach = max(
      sorted[Int(0.995 * Double(sorted.count - 1))] - middle, middle - sorted[Int(0.005 * Double(sorted.count - 1))],
      0.1)
    let scale = gain.flatMap { $0 > 0 && $0.isFinite ? $0 * mm : nil } ?? min(0.9 * step / reach, 10 * mm)
    let rect = Rect(left, top, width - left - Figures.width("60") / 2 - 1, step * Double(lines.count))
    let panel = Panel(
      rect: rect, x: Scale(0, secondsPerLine, start: rect.x, end: rect.maxX),
      y: Scale(0, 1, start: rect.maxY, end: rect.y))

    var sheet = Sheet()
    sheet.text(
      fitted(say(.lead, lead), Theme.panelTitle, width: 0.4 * width), at: Point(rect.x, Theme.panelTitle.capHeight),
      Theme.panelTitle)
    sheet.text(
      settings(scale / mm), at: Point(rect.maxX, Theme.panelTitle.capHeight), color: Theme.secondary, anchor: .end)
    let ticks = lineTicks(panel.x)
    for tick in ticks {
      sheet.line(Point(panel.x(tick.value), rect.y), Point(panel.x(tick.value), rect.maxY), Theme.grid)
    }
    drawSpans(panel, step: step, on: &sheet)
    let each = max(Int((font.size + 1.5) / step) + 1, 1)  // lines that share a label
    for (row, line) in lines.enumerated() {
      let y = rect.y + (Double(row) + 0.5) * step
      if row % each == 0 {
        sheet.text(
          clock.text(start + Double(row) * secondsPerLine), centredAt: Point(left - 4, y), font, color: Theme.secondary,
          anchor: .end)
      }
      draw(line, panel, y: y, middle: middle, scale: scale, limit: 1.5 * step, on: &sheet)
      let finite = (line.low + line.high).filter(\.isFinite)
      if lines.count <= 200, let low = finite.min(), let high = finite.max() {
        sheet.mark(
          Rect(rect.x, y - step / 2, rect.width, step),
          "\(clock.text(start + Double(row) * secondsPerLine)): \(millivolts(low, high))"
        )
      }
    }
    sheet.bottomAxis(panel, ticks, title: say(secondsPerLine <= 120 ? .disclosureSeconds : .disclosureMinutes))
    var y = rect.maxY + below + 2
    y += sheet.key(spanKey + [KeyEntry(text: note, sampleWidth: 0) { _, _ in }], left: rect.x, top: y, width: rect.maxX)
    return sheet.scene(width: width, height: y + 2, description: description(clock))
  }

  private func lineTicks(_ x: Scale) -> Sheet.Ticks {
    guard secondsPerLine > 120 else { return x.ticks(about: 6) }
    return Scale(0, secondsPerLine / 60, start: x.start, end: x.end).ticks(about: 6).map { ($0.value * 60, $0.label) }
  }

  private func settings(_ gain: Double) -> String {
    say(.disclosureSettings, quantity(significant(gain, digits: 2), "mm/mV"), spoken(secondsPerLine))
  }

  private var note: String {
    let stretch = secondsPerLine / Double(max(lines.map(\.low.count).max() ?? 1, 1))
    return say(.disclosureNote, spoken(stretch))
  }

  private func spoken(_ seconds: Double) -> String {
    seconds < 120 ? quantity(significant(seconds, digits: 2), "s") : quantity(plain(seconds / 60), "min")
  }

  /// Up and down between least and greatest: where they are the same, a plain line.
  private func draw(
    _ line: Line, _ panel: Panel, y: Double, middle: Double, scale: Double, limit: Double, on sheet: inout Sheet
  ) {
    let count = min(line.low.count, line.high.count)
    guard count > 0 else { return }
    func height(_ value: Float) -> Double { y - max(-limit, min((Double(value) - middle) * scale, limit)) }
    let step = panel.rect.width / Double(count)
    var pieces: [[Point]] = [[]]
    for index in 0..<count {
      let (low, high) = (line.low[index], line.high[index])
      guard low.isFinite, high.isFinite else {
        if pieces.last?.isEmpty == false { pieces.append([]) }
        continue
      }
      let x = panel.rect.x + (Double(index) + 0.5) * step
      let ends = [Point(x, height(low)), Point(x, height(high))]
      // First the end that is nearer to where the line stands.
      let isNearer = pieces.last?.last.map { abs($0.y - ends[1].y) < abs($0.y - ends[0].y) } ?? false
      pieces[pieces.count - 1] += isNearer ? [ends[1], ends[0]] : ends
    }
    // Where a stretch holds several beats, only its band means something.
    if secondsPerLine / Double(count) > 1 {
      for piece in pieces where piece.count > 2 {
        let upper = stride(from: 0, to: piece.count - 1, by: 2).map {
          Point(piece[$0].x, min(piece[$0].y, piece[$0 + 1].y))
        }
        let lower = stride(from: 0, to: piece.count - 1, by: 2).map {
          Point(piece[$0].x, max(piece[$0].y, piece[$0 + 1].y))
        }
        sheet.elements.append(.path(.polyline(upper + lower.reversed(), closed: true), fill: Theme.muted))
      }
      return
    }
    for piece in pieces where !piece.isEmpty {
      sheet.polyline(
        simplified(piece, tolerance: 0.12, limit: 4 * count),
        Stroke(Theme.ECG.trace.color, width: 0.35, roundCaps: true))
    }
  }

  // MARK: Spans

  private var kinds: [String] {
    var kinds: [String] = []
    for span in spans where !kinds.contains(span.kind) { kinds.append(span.kind) }
    return kinds
  }

  private func color(_ kind: String) -> Color {
    let order: [Color] = [Theme.category(5), Theme.category(4), Theme.category(3), Theme.category(2)]
    var color = order[(kinds.firstIndex(of: kind) ?? 0) % order.count]
    color.alpha = 0.35
    return color
  }

  private func drawSpans(_ panel: Panel, step: Double, on sheet: inout Sheet) {
    for span in spans where span.start.isFinite && span.end.isFinite {
      let first = max((span.start - start) / secondsPerLine, 0)
      let last = min((span.end - start) / secondsPerLine, Double(lines.count))
      guard last > first else { continue }
      for row in Int(first)..<min(Int(last.rounded(.up)), lines.count) {
        let from = max(first - Double(row), 0) * secondsPerLine
        let to = min(last - Double(row), 1) * secondsPerLine
        sheet.rectangle(
          Rect(panel.x(from), panel.rect.y + Double(row) * step, max(panel.x(to) - panel.x(from), 0.5), step),
          fill: color(span.kind))
      }
    }
  }

  private var spanKey: [KeyEntry] {
    kinds.map { kind in
      KeyEntry(text: kind, sampleWidth: 9) { point, sheet in
        sheet.rectangle(Rect(point.x, point.y - 3, 9, 6), fill: color(kind))
      }
    }
  }

  private func description(_ clock: Clock) -> String {
    let end = start + secondsPerLine * Double(lines.count)
    let all = say(.disclosureLines, count: lines.count, spoken(secondsPerLine))
    var text = say(.disclosureSays, lead, clock.text(start), clock.text(end), all)
    let finite = lines.flatMap { $0.low + $0.high }.filter(\.isFinite)
    if let low = finite.min(), let high = finite.max() {
      text += ": \(millivolts(low, high))"
    }
    text += "."
    let total = lines.reduce(0) { $0 + max($1.low.count, 1) }
    let missing = lines.reduce(0) { $0 + ($1.low.isEmpty ? 1 : $1.low.filter { !$0.isFinite }.count) }
    if missing > 0 { text += " " + say(.disclosureSaysMissing, percent(Double(missing) / Double(total), places: 0)) }
    for kind in kinds {
      let shown = spans.filter { $0.kind == kind && $0.end > start && $0.start < end }
      if !shown.isEmpty { text += " " + say(.disclosureSaysMarked, form: shown.count == 1 ? 0 : 1, kind, integer(shown.count)) }
    }
    return text
  }
}

extension FullDisclosure {
  /// Takes samples as they are read, and keeps of each stretch the least and greatest: the memory of a line, whatever
  /// the rate.
  public struct Envelope: Sendable {
    public let samplingRate, secondsPerLine: Double
    public let stretches: Int  // of a line
    /// Lines that are complete; take them off as they are drawn, and memory stays the same.
    public var lines: [Line] = []
    private var current: Line
    private var samples = 0  // of the current line
    private var stretch = 0  // in which the next sample lies
    private var stretchEnd = 0  // the first sample behind it
    private var low = Float.infinity, high = -Float.infinity  // of it so far

    /// - Parameter samplingRate: hertz; a rate or length that is no positive number gives no lines.
    public init(samplingRate: Double, secondsPerLine: Double = 60, stretches: Int = 500) {
      (self.samplingRate, self.secondsPerLine) = (samplingRate, secondsPerLine)
      self.stretches = min(max(stretches, 1), 10_000)
      current = Envelope.empty(self.stretches)
      stretchEnd = end(of: 0)
    }

    private static func empty(_ stretches: Int) -> Line {
      let none = [Float](repeating: .nan, count: stretches)
      return Line(low: none, high: none)
    }

    private var samplesPerLine: Double { samplingRate * secondsPerLine }
    private var isPossible: Bool { samplesPerLine >= 1 && samplesPerLine < 1e12 }

    /// The first sample of a line that no longer belongs to the stretch.
    private func end(of stretch: Int) -> Int {
      isPossible ? Int((Double(stretch + 1) / Double(stretches) * samplesPerLine - 1e-6).rounded(.up)) : 0
    }

    /// - Parameter millivolts: the next samples, NaN for those that are missing.
    public mutating func append(_ millivolts: [Float]) {
      guard isPossible else { return }
      for value in millivolts {
        if samples >= stretchEnd { nextStretch() }
        if value.isFinite { (low, high) = (min(low, value), max(high, value)) }
        samples += 1
      }
    }

    /// Keeps what the stretch came to, and goes on to that of the next sample; there may be more stretches than samples.
    private mutating func nextStretch() {
      keep()
      while samples >= stretchEnd {
        stretch += 1
        if stretch == stretches {
          lines.append(current)
          (current, samples, stretch) = (Envelope.empty(stretches), 0, 0)
        }
        stretchEnd = end(of: stretch)
      }
    }

    private mutating func keep() {
      if low <= high { (current.low[stretch], current.high[stretch]) = (low, high) }
      (low, high) = (.infinity, -.infinity)
    }

    /// The end of the recording: what there is of the last line counts as one.
    public mutating func finish() {
      guard samples > 0 else { return }
      keep()
      lines.append(current)
      (current, samples, stretch) = (Envelope.empty(stretches), 0, 0)
      stretchEnd = end(of: 0)
    }
  }
}
