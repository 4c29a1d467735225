import Drawing
import Wording

/// Representative beats of 12 leads, enlarged on millimetre paper, with the boundaries that hold for all leads: one
/// fine line each for onset and end of P, QRS and T, the J point and the ST level in every lead. A beat of an earlier
/// recording may lie in grey below, aligned at the onset of QRS.
public struct MedianBeats: Sendable {
  public struct Lead: Sendable {
    public var name: String
    public var millivolts: [Float]  // NaN where a sample is missing
    public var isDerived: Bool
    /// ST level in millivolts against the beat's baseline, ``MedianBeats/stDelay`` behind the J point.
    public var st: Double?
    public init(name: String, millivolts: [Float], isDerived: Bool = false, st: Double? = nil) {
      (self.name, self.millivolts, self.isDerived, self.st) = (name, millivolts, isDerived, st)
    }
  }
  /// Seconds from the first sample; nil for what is not there or cannot be seen.
  public struct Boundaries: Sendable, Equatable {
    public var pOnset, pEnd, qrsOnset, qrsEnd, tEnd: Double?
    public init(
      pOnset: Double? = nil, pEnd: Double? = nil, qrsOnset: Double? = nil, qrsEnd: Double? = nil, tEnd: Double? = nil
    ) {
      (self.pOnset, self.pEnd, self.qrsOnset) = (pOnset, pEnd, qrsOnset)
      (self.qrsEnd, self.tEnd) = (qrsEnd, tEnd)
    }
  }
  public struct Beat: Sendable {
    public var leads: [Lead]
    public var samplingRate: Double  // hertz
    public var boundaries: Boundaries
    public var count: Int  // of the beats it is made of
    public var name: String  // "12 March 1991": of the recording
    public init(leads: [Lead], samplingRate: Double, boundaries: Boundaries, count: Int, name: String = "") {
      (self.leads, self.samplingRate, self.boundaries) = (leads, samplingRate, boundaries)
      (self.count, self.name) = (count, name)
    }
  }

  public var current: Beat
  public var previous: Beat?
  public var speed: Double  // millimetres a second
  public var gain: Double  // millimetres a millivolt
  public var stDelay: Double  // seconds from the J point to where ST is measured
  public var maximumHeight: Double?  // millimetres

  public init(
    current: Beat, previous: Beat? = nil, speed: Double = 50, gain: Double = 20, stDelay: Double = 0.06,
    maximumHeight: Double? = nil
  ) {
    (self.current, self.previous, self.speed, self.gain) = (current, previous, speed, gain)
    (self.stDelay, self.maximumHeight) = (stDelay, maximumHeight)
  }

  /// Four leads a row where the width (points) has room for 1 s of each at 50 mm/s, else three.
  public func scene(width: Double) -> Scene {
    guard (1...100_000).contains(current.samplingRate), (1...500).contains(speed), (0.5...500).contains(gain),
      current.leads.contains(where: { $0.millivolts.contains(where: \.isFinite) })
    else { return Sheet.empty(width: width, say(.medianNone)) }
    let mm = Theme.millimetre
    let room = (width / mm / 5 + 1e-6).rounded(.down) * 5 - ECGPaper.left(speed: speed)
    let columns = room / 4 >= 0.9 * speed ? 4 : 3
    let cell = (room / Double(columns)).rounded(.down)
    guard cell >= 10 else {
      return Sheet.empty(width: width, say(.medianRoomless, quantity(plain(speed), "mm/s")))
    }
    let window = self.window(seconds: cell / speed)
    let names = ECGPage.Order.standard.leads
    let rows = (0..<12 / columns).map { row in
      (0..<columns).map { column in
        // Four columns go down, three across: limb leads stay beside each other in both.
        let name = columns == 4 ? names[column * 3 + row] : names[row * 3 + column]
        return segment(name, window: window, start: Double(column) * cell)
      }
    }
    func foot(_ cut: [String]) -> [Foot.Line] { self.foot + (cut.isEmpty ? [] : [Foot.cutLine]) }
    let top = labelHeight
    let outer = top + Foot.height(of: foot(["?"]))
    var paper = ECGPaper(
      rows: rows, samplingRate: current.samplingRate, speed: speed, gain: gain,
      highest: (maximumHeight ?? 230) - outer / mm, pitches: (1.5 * gain)...(3 * gain))
    paper.namesHaveGround = true
    let size = paper.width * mm

    var sheet = Sheet()
    paper.draw(
      at: Point(0, top), behind: boundaryLines(paper, cell: cell, columns: columns, window: window), on: &sheet)
    for column in 0..<columns {
      drawLabels(x: paper.left + Double(column) * cell, window: window, cell: cell, on: &sheet)
    }
    drawST(paper, top: top, window: window, on: &sheet)
    let y = top + paper.height * mm
    Foot.draw(foot(paper.cut), y: y, width: size, on: &sheet)
    return Scene(
      size: Size(size, y + Foot.height(of: foot(paper.cut), width: size)), elements: sheet.elements,
      description: description, marks: sheet.marks)
  }

  // MARK: Time

  /// The stretch of the beat that is shown: all of it, or what matters where the cell is shorter.
  private func window(seconds: Double) -> ClosedRange<Double> {
    let length = Double(current.leads.map(\.millivolts.count).max() ?? 0) / current.samplingRate
    let bounds = current.boundaries
    guard length > seconds, let first = bounds.pOnset ?? bounds.qrsOnset.map({ $0 - 0.2 }), first.isFinite else {
      return 0...seconds
    }
    let last = bounds.tEnd.flatMap { $0.isFinite ? $0 : nil } ?? first + seconds
    let start = max(0, min((first + last - seconds) / 2, first - 0.04, length - seconds))
    return start...(start + seconds)
  }

  /// How much later than the current beat the previous one has its QRS.
  private var delay: Double {
    guard let a = previous?.boundaries.qrsOnset, let b = current.boundaries.qrsOnset, (a - b).isFinite else { return 0 }
    return a - b
  }

  private func lead(_ name: String, of beat: Beat?) -> Lead? {
    beat?.leads.first { $0.name.lowercased() == name.lowercased() }
  }

  private func segment(_ name: String, window: ClosedRange<Double>, start: Double) -> ECGPaper.Segment {
    var segment = ECGPaper.Segment(
      name: name, samples: [], firstSecond: window.lowerBound, start: start,
      seconds: window.upperBound - window.lowerBound)
    guard let lead = lead(name, of: current) else {
      segment.note = say(.leadNotRecorded)
      return segment
    }
    segment.samples = samples(lead.millivolts, rate: current.samplingRate, window: window)
    if let previous, let before = self.lead(name, of: previous), (1...100_000).contains(previous.samplingRate) {
      let shifted = (window.lowerBound + delay)...(window.upperBound + delay)
      segment.underlay = samples(before.millivolts, rate: previous.samplingRate, window: shifted)
    }
    let st = lead.st.map { "ST \($0 > 0 ? "+" : "")\(decimal($0, places: 2))" } ?? ""
    segment.note =
      !segment.isPresent
      ? say(.leadNoSignal) : [lead.isDerived ? say(.leadDerived) : "", st].filter { !$0.isEmpty }.joined(separator: ", ")
    return segment
  }

  /// At the current beat's rate, by linear interpolation where the lead has another.
  private func samples(_ values: [Float], rate: Double, window: ClosedRange<Double>) -> [Float] {
    let count = min(((window.upperBound - window.lowerBound) * current.samplingRate).rounded(.down) + 1, 1e6)
    let last = min(count, (Double(values.count - 1) / rate - window.lowerBound) * current.samplingRate + 1)
    guard last.isFinite, last >= 1 else { return [] }
    return (0..<Int(last)).map { index in
      let place = (window.lowerBound + Double(index) / current.samplingRate) * rate
      let lower = (place + 1e-6).rounded(.down)
      guard lower >= 0, lower < Double(values.count) else { return .nan }
      let rest = Float(max(place - lower, 0))
      guard rest > 1e-4, Int(lower) + 1 < values.count else { return values[Int(lower)] }
      return values[Int(lower)] * (1 - rest) + values[Int(lower) + 1] * rest
    }
  }

  // MARK: Boundaries

  private static let line = Stroke(Theme.category(0), width: 0.4)
  private static let font = Font(.sans, Theme.Size.label, .medium)
  private var labelHeight: Double { MedianBeats.font.capHeight + 5 }

  private var boundaries: [Double] {
    let b = current.boundaries
    return [b.pOnset, b.pEnd, b.qrsOnset, b.qrsEnd, b.tEnd].compactMap { $0 }.filter(\.isFinite)
  }

  private func boundaryLines(_ paper: ECGPaper, cell: Double, columns: Int, window: ClosedRange<Double>) -> [Element] {
    let mm = Theme.millimetre
    var elements: [Element] = []
    for column in 0..<columns {
      for seconds in boundaries where window.contains(seconds) {
        let x = (paper.left + Double(column) * cell + (seconds - window.lowerBound) * speed) * mm
        elements.append(.path(.line(Point(x, -3), Point(x, paper.height * mm)), stroke: MedianBeats.line))
      }
    }
    return elements
  }

  /// The names of the waves above the paper, each between its lines.
  private func drawLabels(x: Double, window: ClosedRange<Double>, cell: Double, on sheet: inout Sheet) {
    let b = current.boundaries
    let font = MedianBeats.font
    var free = 0.0
    for (name, from, to) in [("P", b.pOnset, b.pEnd), ("QRS", b.qrsOnset, b.qrsEnd), ("T", b.tEnd, b.tEnd)] {
      guard let from, let to, window.contains(from), window.contains(to) else { continue }
      // Of T only the end is marked: its name stands left of it.
      let place = (x + ((from + to) / 2 - window.lowerBound) * speed) * Theme.millimetre
      let text = name == "T" ? say(.medianTEnd) : name
      let half = width(text, font) / 2
      let middle = max(min(place, (x + cell) * Theme.millimetre - half - 1), free + half)
      sheet.text(text, at: Point(middle, font.capHeight + 0.5), font, color: Theme.link, anchor: .middle)
      free = middle + half + 3
    }
  }

  /// A ring at each lead's J point, a bar at its ST level.
  private func drawST(_ paper: ECGPaper, top: Double, window: ClosedRange<Double>, on sheet: inout Sheet) {
    guard let j = current.boundaries.qrsEnd, window.contains(j) else { return }
    let mm = Theme.millimetre
    for (row, segments) in zip(paper.baselines, paper.rows) {
      for segment in segments {
        guard let lead = lead(segment.name, of: current) else { continue }
        func point(_ seconds: Double, _ level: Double) -> Point {
          Point(
            (paper.left + segment.start + (seconds - window.lowerBound) * speed) * mm, top + (row - level * gain) * mm)
        }
        let limit = paper.height / gain
        let index = (j * current.samplingRate).rounded()
        if index >= 0, index < Double(lead.millivolts.count), abs(Double(lead.millivolts[Int(index)])) < limit {
          let place = point(j, Double(lead.millivolts[Int(index)]))
          if place.y > top + 2, place.y < top + paper.height * mm - 2 {
            sheet.dot(place, radius: 1.7, fill: Theme.paper, stroke: Stroke(Theme.link, width: 0.8))
          }
        }
        if let st = lead.st, abs(st) < limit, window.contains(j + stDelay) {
          let place = point(j + stDelay, st)
          guard place.y > top, place.y < top + paper.height * mm else { continue }
          sheet.line(
            Point(place.x - 1.5 * mm, place.y), Point(place.x + 1.5 * mm, place.y), Stroke(Theme.accent, width: 1.2))
          sheet.mark(place, say(.medianSt, segment.name, quantity(decimal(st, places: 2), "mV")))
        }
      }
    }
  }

  // MARK: Words

  private var hasST: Bool { current.boundaries.qrsEnd != nil && current.leads.contains { $0.st != nil } }

  private var foot: [Foot.Line] {
    let made = say(.medianOf, count: current.count) + (current.name.isEmpty ? "" : ", \(current.name)")
    let settings = [
      quantity(plain(speed), "mm/s"), quantity(plain(gain), "mm/mV"),
      say(.ecgSampling, quantity(plain(current.samplingRate), "Hz")),
    ]
    var lines = [Foot.Line(left: settings.joined(separator: "   "), right: made)]
    var marks: [String] = boundaries.isEmpty ? [] : [say(.medianLines)]
    if current.boundaries.qrsEnd != nil { marks.append(say(.medianRing)) }
    if hasST {
      marks.append(say(.medianBar, quantity(plain(stDelay * 1000), "ms")))
    }
    let before = previous.map { say(.medianGrey, $0.name.isEmpty ? say(.medianPrevious) : $0.name, say(.beats, count: $0.count)) } ?? ""
    if !marks.isEmpty || !before.isEmpty { lines.append(.init(left: marks.joined(separator: "; "), right: before)) }
    return lines
  }

  private var description: String {
    var text = say(.medianSays, count: current.leads.count, say(.medianOf, count: current.count))
    text += current.name.isEmpty ? "" : " " + say(.medianSaysNamed, current.name)
    text += ", " + say(.ecgEnlargedScale, quantity(plain(speed), "mm/s"), quantity(plain(gain), "mm/mV")) + "."
    let b = current.boundaries
    func span(_ name: String, _ from: Double?, _ to: Double?) -> String? {
      guard let from, let to, (to - from).isFinite else { return nil }
      return "\(name) \(quantity(decimal((to - from) * 1000, places: 0), "ms"))"
    }
    let spans = [
      span("P", b.pOnset, b.pEnd), span("PR", b.pOnset, b.qrsOnset), span("QRS", b.qrsOnset, b.qrsEnd),
      span("QT", b.qrsOnset, b.tEnd),
    ].compactMap { $0 }
    text += " " + (spans.isEmpty ? say(.medianSaysNone) : say(.medianSaysSpans, spans.joined(separator: ", ")))
    if b.pOnset == nil || b.pEnd == nil, !spans.isEmpty { text += " " + say(.medianSaysNoP) }
    let levels = current.leads.compactMap { lead in
      lead.st.map { "\(lead.name) \(quantity("\($0 > 0 ? "+" : "")\(decimal($0, places: 2))", "mV"))" }
    }
    if !levels.isEmpty {
      text +=
        " " + say(.medianSaysSt, quantity(plain(stDelay * 1000), "ms"), levels.joined(separator: ", "))
    }
    if let previous {
      let name = previous.name.isEmpty ? say(.medianSaysPrevious) : previous.name
      text += " " + say(.medianSaysGrey, say(.medianOf, count: previous.count), name)
    }
    return text
  }
}
