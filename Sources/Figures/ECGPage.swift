import Drawing

/// A 12-lead page as an electrocardiograph prints it, at true size: millimetre paper, calibration pulse, rows of leads
/// and a rhythm strip.
///
/// A lead's row reaches as far as its traces need, within limits; what goes further is cut there and marked. Lead names
/// stand in a strip of their own above the traces.
public struct ECGPage: Sendable {
  public struct Lead: Sendable {
    public var name: String
    public var millivolts: [Float]  // NaN where a sample is missing
    public init(name: String, millivolts: [Float]) { (self.name, self.millivolts) = (name, millivolts) }
  }
  /// What is laid behind the traces: for each stretch of time, how dark.
  public struct Shade: Sendable {
    public var seconds: Double  // of a stretch
    public var darkness: [String: [Double]]  // by lead name, 0...1 for each stretch
    public var meaning: String  // what dark means, in a few words
    public init(seconds: Double, darkness: [String: [Double]], meaning: String) {
      (self.seconds, self.darkness, self.meaning) = (seconds, darkness, meaning)
    }
  }
  public enum Layout: Sendable {
    case threeByFour  // 2.5 s a lead: the common page
    case sixByTwo  // 3 s a lead: fits a portrait page at 25 mm/s
    var rows: [[String]] {
      switch self {
      case .threeByFour: [["I", "aVR", "V1", "V4"], ["II", "aVL", "V2", "V5"], ["III", "aVF", "V3", "V6"]]
      case .sixByTwo: [["I", "V1"], ["II", "V2"], ["III", "V3"], ["aVR", "V4"], ["aVL", "V5"], ["aVF", "V6"]]
      }
    }
    var secondsPerLead: Double {
      switch self {
      case .threeByFour: 2.5
      case .sixByTwo: 3
      }
    }
  }

  public var leads: [Lead]  // in any order, found by name ("AVR" is "aVR")
  public var samplingRate: Double  // hertz
  public var layout: Layout
  public var speed: Double  // millimetres a second
  public var gain: Double  // millimetres a millivolt
  public var rhythmLead: String
  /// Who and what this is, above the paper on the left: one line each, the first stands out.
  public var identification: [String]
  /// More about the record, above the paper on the right.
  public var remarks: [String]
  public var filter: String  // "0.05–150 Hz", or what is known about it
  public var shade: Shade?

  public init(
    leads: [Lead], samplingRate: Double, layout: Layout = .threeByFour, speed: Double = 25, gain: Double = 10,
    rhythmLead: String = "II", identification: [String] = [], remarks: [String] = [], filter: String = ""
  ) {
    (self.leads, self.samplingRate, self.layout) = (leads, samplingRate, layout)
    (self.speed, self.gain, self.rhythmLead) = (speed, gain, rhythmLead)
    (self.identification, self.remarks, self.filter) = (identification, remarks, filter)
  }

  /// The fullest layout that a width has room for: 260 mm take 3×4 at 25 mm/s and 10 mm/mV; 160 mm take 6×2, true too;
  /// less takes 3×4 at 12.5 mm/s and 5 mm/mV (135 mm), as the settings below the paper say.
  public func fitting(width: Double) -> ECGPage {
    var page = self
    let millimetres = width / Theme.millimetre + 1e-6
    if millimetres >= 260 {
      (page.layout, page.speed, page.gain) = (.threeByFour, 25, 10)
    } else if millimetres >= 160 {
      (page.layout, page.speed, page.gain) = (.sixByTwo, 25, 10)
    } else {
      (page.layout, page.speed, page.gain) = (.threeByFour, 12.5, 5)
    }
    return page
  }

  /// The page at its own size: 260 mm wide for 3×4 at 25 mm/s, 160 mm for 6×2.
  public func scene() -> Scene {
    guard samplingRate > 0, samplingRate.isFinite, speed > 0, gain > 0 else {
      return Sheet.empty(width: 300, "The record has no sampling rate, and cannot be drawn.")
    }
    let mm = Theme.millimetre
    let rows = makeRows()
    let traceWidth = Double(layout.rows.first?.count ?? 1) * layout.secondsPerLead * speed
    let paperWidth = ((Paper.left + traceWidth) / 5).rounded(.up) * 5
    let paperHeight = rows.reduce(0) { $0 + $1.height }
    let head = Double(max(identification.count, remarks.count)) * Paper.headLine + (identification.isEmpty ? 0 : 5)
    let size = Size(paperWidth * mm, head + paperHeight * mm + (shade == nil ? 13 : 23))

    var sheet = Sheet()
    drawHead(width: size.width, on: &sheet)
    sheet.elements.append(
      .group(paper(width: paperWidth, height: paperHeight), transform: Transform(x: 0, y: head)))
    var y = head
    for row in rows {
      draw(row, top: y, on: &sheet)
      y += row.height * mm
    }
    sheet.text(settings, at: Point(0, y + 9), Font(.sans, 7.5))
    if let shade { sheet.text("Shaded: \(shade.meaning)", at: Point(0, y + 19), Font(.sans, 7.5)) }
    let shown =
      "\(layout == .threeByFour ? "3 × 4" : "6 × 2") leads of \(quantity(trimmed(layout.secondsPerLead), "s"))"
    sheet.text(shown, at: Point(size.width, y + 9), Font(.sans, 7.5), color: Theme.secondary, anchor: .end)
    return Scene(size: size, elements: sheet.elements, description: description, marks: sheet.marks)
  }

  // MARK: Rows

  /// Lengths in millimetres of paper, and the head's lines in points.
  private enum Paper {
    static let left = 10.0  // room for the calibration pulse
    static let nameStrip = 5.0
    static let lowestRow = 25.0
    static let highestRow = 60.0
    static let margin = 2.0  // of a row, above and below its traces together
    static let highestPage = 165.0
    static let headLine = 11.0
  }

  private struct Segment {
    var lead: String
    var samples: ArraySlice<Float>  // millivolts
    var isPresent: Bool
    var firstSecond: Double  // of the recording
    var start: Double  // millimetres from the row's first sample
    var seconds: Double
  }
  private struct Row {
    var segments: [Segment]
    var height: Double  // whole millimetres
    /// Of the zero line, from the row's upper end.
    var baseline: Double
  }

  private func makeRows() -> [Row] {
    let perLead = layout.secondsPerLead
    var rows = layout.rows.map { names in
      Row(
        segments: names.enumerated().map { column, name in
          segment(name, from: Double(column) * perLead, seconds: perLead, at: Double(column) * perLead * speed)
        }, height: 0, baseline: 0)
    }
    let total = Double(layout.rows.first?.count ?? 1) * perLead
    rows.append(Row(segments: [segment(rhythmLead, from: 0, seconds: total, at: 0)], height: 0, baseline: 0))

    let lowest = gain < 10 ? Paper.lowestRow - 10 : Paper.lowestRow
    // Each row is as high as its traces, then the highest ones give way until the page is not too long.
    var heights = rows.map { row -> Double in
      let (low, high) = extent(row)
      let needed = Paper.nameStrip + (high - low) * gain + Paper.margin
      return min(max(needed.rounded(.up), lowest), Paper.highestRow)
    }
    let limit = Paper.highestPage * (layout == .sixByTwo ? 1.25 : 1)
    while heights.reduce(0, +) > limit, let highest = heights.max(), highest > lowest,
      let index = heights.firstIndex(of: highest)
    {
      heights[index] -= 1
    }
    // The paper ends on a strong line.
    let whole = (heights.reduce(0, +) / 5).rounded(.up) * 5
    heights[heights.count - 1] += whole - heights.reduce(0, +)
    for index in rows.indices {
      let reach = extent(rows[index])
      let room = heights[index] - Paper.nameStrip - Paper.margin
      // What doesn't fit is cut on the side that reaches further, so that an artefact can't push the others out.
      let span = room / gain
      var (low, high) = (max(reach.low, -span / 2), min(reach.high, span / 2))
      if high - low < span {
        high = min(reach.high, low + span)
        low = max(reach.low, high - span)
      }
      let middle = Paper.nameStrip + Paper.margin / 2 + room / 2 + gain * (high + low) / 2
      rows[index].height = heights[index]
      // On a line of the paper, where the eye reads amplitudes best.
      rows[index].baseline = min(max(middle.rounded(), Paper.nameStrip + 1), heights[index] - 1)
    }
    return rows
  }

  /// The lowest and highest millivolts of a row, the calibration pulse included.
  private func extent(_ row: Row) -> (low: Double, high: Double) {
    var (low, high) = (Float(0), Float(1))
    for segment in row.segments {
      for value in segment.samples where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    }
    return (Double(max(low, -20)), Double(min(high, 20)))
  }

  private func segment(_ name: String, from start: Double, seconds: Double, at x: Double) -> Segment {
    guard let lead = leads.first(where: { $0.name.lowercased() == name.lowercased() }) else {
      return Segment(lead: name, samples: [], isPresent: false, firstSecond: start, start: x, seconds: seconds)
    }
    let first = min(Int((start * samplingRate).rounded()), lead.millivolts.count)
    let end = min(Int(((start + seconds) * samplingRate).rounded()), lead.millivolts.count)
    let samples = lead.millivolts[first..<max(first, end)]
    return Segment(
      lead: name, samples: samples, isPresent: samples.contains(where: \.isFinite), firstSecond: start, start: x,
      seconds: seconds)
  }

  // MARK: Drawing

  private func drawHead(width: Double, on sheet: inout Sheet) {
    for (index, text) in identification.enumerated() {
      let font = index == 0 ? Font(.sans, 9, .semibold) : Font(.sans, 8)
      sheet.text(
        fitted(text, font, width: remarks.isEmpty ? width : 0.6 * width),
        at: Point(0, 8 + Double(index) * Paper.headLine), font)
    }
    for (index, text) in remarks.enumerated() {
      let font = Font(.sans, 8)
      sheet.text(
        fitted(text, font, width: 0.38 * width), at: Point(width, 8 + Double(index) * Paper.headLine), font,
        color: Theme.secondary, anchor: .end)
    }
  }

  /// Lines every millimetre, stronger every five.
  private func paper(width: Double, height: Double) -> [Element] {
    let mm = Theme.millimetre
    var (fine, bold) = (Path(), Path())
    func add(_ index: Int, _ a: Point, _ b: Point) {
      if index % 5 == 0 { bold.segments += [.move(a), .line(b)] } else { fine.segments += [.move(a), .line(b)] }
    }
    for x in 0...Int(width) { add(x, Point(Double(x) * mm, 0), Point(Double(x) * mm, height * mm)) }
    for y in 0...Int(height) { add(y, Point(0, Double(y) * mm), Point(width * mm, Double(y) * mm)) }
    return [.path(fine, stroke: Theme.ECG.fineLine), .path(bold, stroke: Theme.ECG.boldLine)]
  }

  private func draw(_ row: Row, top: Double, on sheet: inout Sheet) {
    let mm = Theme.millimetre
    let left = Paper.left * mm
    let baseline = top + row.baseline * mm
    let limits = (top: top + Paper.nameStrip * mm, bottom: top + row.height * mm)
    drawCalibration(baseline: baseline, on: &sheet)
    var traces: [Element] = []
    var marks: [Element] = []
    for (index, segment) in row.segments.enumerated() {
      let x = left + segment.start * mm
      let nameX = x + (index == 0 ? 0.6 : 1.4) * mm
      if index > 0 {
        sheet.line(Point(x, top + 1 * mm), Point(x, limits.top), boundary)
      }
      sheet.text(segment.lead, at: Point(nameX, top + 3.9 * mm), Font(.sans, 9, .semibold))
      guard segment.isPresent else {
        sheet.text(
          "no signal", at: Point(nameX + width(segment.lead, Font(.sans, 9, .semibold)) + 6, top + 3.9 * mm),
          Font(.sans, 7.5), color: Theme.secondary)
        continue
      }
      let finite = segment.samples.filter(\.isFinite).map { Double($0) }
      let reach = "\(decimal(finite.min() ?? 0, places: 2)) to \(decimal(finite.max() ?? 0, places: 2))"
      let (from, to) = (segment.firstSecond, segment.firstSecond + segment.seconds)
      sheet.mark(
        Rect(x, top, segment.seconds * speed * mm, row.height * mm),
        "\(segment.lead), \(trimmed(from)) to \(quantity(trimmed(to), "s")): \(quantity(reach, "mV"))")
      traces += shading(segment, x: x, limits: limits) + self.traces(segment, x: x, baseline: baseline)
      marks += clipMarks(segment, x: x, baseline: baseline, limits: limits)
    }
    let clip = Rect(
      left - mm, limits.top, (row.segments.reduce(0) { $0 + $1.seconds } * speed + 2) * mm,
      limits.bottom - limits.top)
    sheet.elements.append(.group(traces, clip: clip))
    sheet.elements += marks
  }

  /// The shade of a segment's stretches; what is hardly dark is left out.
  private func shading(_ segment: Segment, x: Double, limits: (top: Double, bottom: Double)) -> [Element] {
    guard let shade, let darkness = shade.darkness.first(where: { $0.key.lowercased() == segment.lead.lowercased() })?.value
    else { return [] }
    let scale = speed * Theme.millimetre
    return darkness.enumerated().compactMap { index, value in
      let from = max(Double(index) * shade.seconds, segment.firstSecond) - segment.firstSecond
      let to = min(Double(index + 1) * shade.seconds, segment.firstSecond + segment.seconds) - segment.firstSecond
      guard to > from, value > 0.03 else { return nil }
      let stretch = Rect(x + from * scale, limits.top, (to - from) * scale, limits.bottom - limits.top)
      return .path(.rectangle(stretch), fill: Color(0x0072B2, alpha: 0.6 * min(value, 1)))
    }
  }

  private var boundary: Stroke { Stroke(Theme.ink, width: 0.6) }

  /// A pulse of 1 mV over 0.2 s, left of the traces.
  private func drawCalibration(baseline: Double, on sheet: inout Sheet) {
    let mm = Theme.millimetre
    let (pulse, height) = (0.2 * speed * mm, gain * mm)
    let start = (Paper.left - 0.2 * speed) / 2 * mm
    let (x0, x3) = (start - 1.2 * mm, start + pulse + 1.2 * mm)
    sheet.polyline(
      [
        Point(x0, baseline), Point(start, baseline), Point(start, baseline - height),
        Point(start + pulse, baseline - height), Point(start + pulse, baseline), Point(x3, baseline),
      ], Stroke(Theme.ECG.trace.color, width: Theme.ECG.trace.width))
  }

  private func traces(_ segment: Segment, x: Double, baseline: Double) -> [Element] {
    let mm = Theme.millimetre
    let step = speed * mm / samplingRate
    var lines: [[Point]] = [[]]
    for (index, value) in segment.samples.enumerated() {
      let offset = Double(index) * step
      guard offset <= segment.seconds * speed * mm + 1e-6 else { break }
      if value.isFinite {
        lines[lines.count - 1].append(Point(x + offset, baseline - Double(value) * gain * mm))
      } else if lines.last?.isEmpty == false {
        lines.append([])
      }
    }
    // Whatever lies closer to the line than a hundredth of a millimetre adds nothing in print.
    return lines.filter { !$0.isEmpty }.map { points in
      let isolated = points.count == 1 ? [points[0], Point(points[0].x + 0.01, points[0].y)] : points
      return .path(
        .polyline(simplified(isolated, tolerance: 0.012, limit: 50_000)), stroke: Theme.ECG.trace)
    }
  }

  /// A small triangle at the limit, above or below each stretch that goes beyond.
  private func clipMarks(
    _ segment: Segment, x: Double, baseline: Double, limits: (top: Double, bottom: Double)
  ) -> [Element] {
    let mm = Theme.millimetre
    var marks: [Element] = []
    var (side, last) = (0, -Double.infinity)
    for (index, value) in segment.samples.enumerated() where value.isFinite {
      let y = baseline - Double(value) * gain * mm
      let now = y < limits.top - 1e-6 ? -1 : y > limits.bottom + 1e-6 ? 1 : 0
      let place = x + Double(index) * speed * mm / samplingRate
      if now != 0, now != side || place - last > 3 * mm {
        let tip = now < 0 ? limits.top : limits.bottom
        let base = tip - Double(now) * 1.6 * mm
        marks.append(
          .path(
            .polyline([Point(place, tip), Point(place - mm, base), Point(place + mm, base)], closed: true),
            fill: Theme.accent))
        last = place
      }
      side = now
    }
    return marks
  }

  // MARK: Words

  private func trimmed(_ x: Double) -> String {
    x == x.rounded() ? decimal(x, places: 0) : decimal(x, places: x * 10 == (x * 10).rounded() ? 1 : 2)
  }

  private var settings: String {
    ([quantity(trimmed(speed), "mm/s"), quantity(trimmed(gain), "mm/mV")] + (filter.isEmpty ? [] : [filter])
      + ["\(quantity(trimmed(samplingRate), "Hz")) sampling"]).joined(separator: "   ")
  }

  private var description: String {
    let rows = layout.rows.flatMap { $0 }
    let absent = rows.filter { name in
      !leads.contains { $0.name.lowercased() == name.lowercased() && $0.millivolts.contains(where: \.isFinite) }
    }
    let seconds = Double(leads.map(\.millivolts.count).max() ?? 0) / samplingRate
    var text = "12-lead electrocardiogram of \(quantity(trimmed((seconds * 10).rounded() / 10), "s")) sampled at "
    text += "\(quantity(trimmed(samplingRate), "Hz")), printed at \(quantity(trimmed(speed), "mm/s")) and "
    text += "\(quantity(trimmed(gain), "mm/mV")): \(quantity(trimmed(layout.secondsPerLead), "s")) of each lead, "
    text += "and lead \(rhythmLead) as a rhythm strip."
    if !absent.isEmpty { text += " No signal in \(listed(absent))." }
    let ranges = rows.compactMap { name -> String? in
      let lead = leads.first { $0.name.lowercased() == name.lowercased() }
      let values = (lead?.millivolts ?? []).filter(\.isFinite)
      guard let low = values.min(), let high = values.max() else { return nil }
      return "\(name) \(decimal(Double(low), places: 2)) to \(quantity(decimal(Double(high), places: 2), "mV"))"
    }
    if !ranges.isEmpty { text += " Amplitudes: " + ranges.joined(separator: ", ") + "." }
    if let shade {
      let sums = shade.darkness.map { ($0.key, $0.value.reduce(0, +)) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
      let most = sums.prefix(3).filter { $0.1 > 0 }.map(\.0)
      text += " Shaded behind the traces: \(shade.meaning)" + (most.isEmpty ? "." : "; most in \(listed(most)).")
    }
    return text
  }
}
