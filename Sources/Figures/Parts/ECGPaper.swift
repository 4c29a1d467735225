import Drawing
import Wording

/// Rows of traces on millimetre paper at true size, each with its calibration pulse and the names of its leads.
///
/// Rows stand at equal distances, their zero lines on lines of the paper. Where the height allows, no trace reaches
/// its neighbour; where it doesn't, traces overlap as on the paper of an electrocardiograph, rather than being cut. A
/// name moves to where no trace crosses it; if there is no such place, the traces are interrupted behind it.
struct ECGPaper {
  /// A lead over some seconds: one piece of a row.
  struct Segment {
    var name: String
    var note = ""  // "derived", "not recorded"
    var samples: [Float]  // millivolts, from `firstSecond` on; NaN where one is missing
    var underlay: [Float] = []  // what the samples are compared with, in grey below them, from the same moment on
    var firstSecond: Double  // of the recording
    var start: Double  // millimetres from the row's first sample
    var seconds: Double
    var darkness: [Double] = []  // 0...1 for each stretch of `stretch` seconds, from the recording's start
    var stretch = 1.0

    var isPresent: Bool { samples.contains(where: \.isFinite) }
  }

  var rows: [[Segment]]
  var samplingRate: Double
  var speed, gain: Double  // millimetres a second, a millivolt
  /// Millimetres that the paper may be high.
  var highest: Double
  /// Distances of two zero lines, in millimetres, that are not passed without need.
  var pitches = 20.0...32.0

  private(set) var left = 10.0  // millimetres: room for the calibration pulse
  private(set) var width = 0.0
  private(set) var height = 0.0
  private(set) var pitch = 0.0
  private(set) var baselines: [Double] = []  // millimetres from the upper edge, one a row
  /// The names of leads whose trace was cut at the row's limit.
  private(set) var cut: [String] = []

  init(
    rows: [[Segment]], samplingRate: Double, speed: Double, gain: Double, highest: Double,
    pitches: ClosedRange<Double> = 20...32
  ) {
    (self.rows, self.samplingRate, self.speed, self.gain) = (rows, samplingRate, speed, gain)
    (self.highest, self.pitches) = (highest, pitches)
    left = ECGPaper.left(speed: speed)
    let longest = rows.map { $0.map { $0.start + $0.seconds * speed }.max() ?? 0 }.max() ?? 0
    width = ((left + longest) / 5 - 1e-6).rounded(.up) * 5
    placeRows()
    cut = rows.indices.flatMap { row in
      rows[row].filter { segment in segment.samples.contains { side(of: $0, row: row) != 0 } }.map(\.name)
    }
  }

  /// Room for a pulse of 0.2 s with 2.5 mm on either side.
  static func left(speed: Double) -> Double { max(((0.2 * speed + 5) / 5).rounded(.up) * 5, 10) }

  // MARK: Heights, in millimetres

  private static let nameHeight = 4.5  // of a lead's name with what keeps it off traces

  /// Highest and lowest points of a segment against its zero line, up and down counted positive.
  private func reach(_ segment: Segment) -> (up: Double, down: Double) {
    var (low, high) = (Float(0), Float(0))
    for value in segment.samples + segment.underlay where value.isFinite {
      (low, high) = (min(low, value), max(high, value))
    }
    return (min(Double(high), 20) * gain, min(Double(-low), 20) * gain)
  }

  /// The name stands above the calibration pulse, but not far in the row above.
  private var nameOffset: Double { min(gain + 1.5, 0.62 * pitch) }

  private mutating func placeRows() {
    guard !rows.isEmpty else { return }
    let reaches = rows.map { $0.map(reach) }
    // What two neighbours need so that nothing meets, column by column where both have columns alike.
    var needed = pitches.lowerBound
    for (upper, lower) in zip(rows.indices, rows.indices.dropFirst()) {
      for (i, a) in rows[upper].enumerated() {
        for (j, b) in rows[lower].enumerated()
        where a.start < b.start + b.seconds * speed && b.start < a.start + a.seconds * speed {
          needed = max(needed, reaches[upper][i].down + reaches[lower][j].up + ECGPaper.nameHeight)
        }
      }
      needed = max(needed, gain + 6)
    }
    needed = min(needed, max(pitches.upperBound, gain + 6)).rounded(.up)
    pitch = needed
    var top = max(reaches[0].map(\.up).max() ?? 0, gain, nameOffset + ECGPaper.nameHeight - 1.5) + 1.5
    var bottom = max(reaches.last?.map(\.down).max() ?? 0, 3) + 2
    (top, bottom) = (min(top, 2 * needed).rounded(.up), min(bottom, 2 * needed).rounded(.up))

    let limit = max((highest / 5 + 1e-6).rounded(.down) * 5, 5)
    let gaps = Double(rows.count - 1)
    if top + gaps * pitch + bottom > limit {
      // The outer rows keep their room as long as the others have three quarters of an even share: rather overlaps
      // than cuts at the paper's edge, but pulses stay apart. Beyond that the outer rooms shrink in proportion.
      let even = limit / (Double(rows.count) + 0.5)
      let fair = max(0.75 * even, min(gain + 2, even))
      let edges = max(limit - gaps * fair, gain + 5)
      if top + bottom > edges {
        let least = min((gain + 1).rounded(.up), edges - 3)
        top = max((top * edges / (top + bottom)).rounded(.down), least)
        bottom = max((edges - top).rounded(.down), 3)
      }
      pitch = gaps > 0 ? max(((limit - top - bottom) / gaps).rounded(.down), 1) : pitch
    }
    let content = top + gaps * pitch + bottom
    height = min((content / 5 - 1e-6).rounded(.up) * 5, max(limit, (content / 5).rounded(.down) * 5))
    let spare = max(height - content, 0)
    baselines = rows.indices.map { (top + spare / 2).rounded(.down) + Double($0) * pitch }
  }

  /// How far the traces of a row may go: two rows' distance and no less than 4 mV, within the paper.
  private func limits(row: Int) -> (top: Double, bottom: Double) {
    let far = max(2 * pitch, 4 * gain)
    return (max(baselines[row] - far, 0.5), min(baselines[row] + far, height - 0.5))
  }

  /// −1 above the row's limit, 1 below it, 0 within; 0 for what is missing.
  private func side(of value: Float, row: Int) -> Int {
    guard value.isFinite else { return 0 }
    let y = baselines[row] - Double(value) * gain
    let limits = limits(row: row)
    return y < limits.top - 1e-6 ? -1 : y > limits.bottom + 1e-6 ? 1 : 0
  }

  /// The part of the paper that is a row's own.
  func band(row: Int) -> (top: Double, bottom: Double) {
    let below = row + 1 < rows.count ? baselines[row] + 0.4 * pitch : height
    return (row == 0 ? 0 : baselines[row] - 0.6 * pitch, below)
  }

  // MARK: Drawing, in points

  private var mm: Double { Theme.millimetre }
  static let nameFont = Font(.sans, 9, .semibold)
  static let noteFont = Font(.sans, Theme.Size.label)
  /// Whether names stand on paper of their own, where lines other than traces run behind them.
  var namesHaveGround = false

  /// The whole paper with its upper left corner at `origin`.
  /// - Parameter behind: what is drawn on the grid and below the traces, from the paper's corner.
  func draw(at origin: Point, behind: [Element] = [], on sheet: inout Sheet) {
    var inner = Sheet()
    inner.elements = grid() + behind
    for row in rows.indices {
      for segment in rows[row] { inner.elements += shading(segment, row: row) }
    }
    let names = rows.indices.map { row in rows[row].indices.map { namePlace(row: row, index: $0) } }
    let holes = names.flatMap { $0 }.filter { !$0.isFree }.map(\.box)
    for row in rows.indices {
      drawCalibration(baseline: baselines[row], on: &inner)
      drawTraces(row: row, around: holes, on: &inner)
    }
    for row in rows.indices {
      for (segment, place) in zip(rows[row], names[row]) { drawName(segment, place, row: row, on: &inner) }
      for segment in rows[row] { addMark(segment, row: row, on: &inner) }
    }
    sheet.elements.append(.group(inner.elements, transform: Transform(x: origin.x, y: origin.y)))
    for mark in inner.marks {
      sheet.mark(Rect(mark.area.x + origin.x, mark.area.y + origin.y, mark.area.width, mark.area.height), mark.value)
    }
  }

  /// Lines every millimetre, stronger every five.
  private func grid() -> [Element] {
    var (fine, bold) = (Path(), Path())
    func add(_ index: Int, _ a: Point, _ b: Point) {
      if index % 5 == 0 { bold.segments += [.move(a), .line(b)] } else { fine.segments += [.move(a), .line(b)] }
    }
    for x in 0...Int(width) { add(x, Point(Double(x) * mm, 0), Point(Double(x) * mm, height * mm)) }
    for y in 0...Int(height) { add(y, Point(0, Double(y) * mm), Point(width * mm, Double(y) * mm)) }
    return [.path(fine, stroke: Theme.ECG.fineLine), .path(bold, stroke: Theme.ECG.boldLine)]
  }

  /// The shade of a segment's stretches; what is hardly dark is left out.
  private func shading(_ segment: Segment, row: Int) -> [Element] {
    let band = band(row: row)
    return segment.darkness.enumerated().compactMap { index, value in
      let from = max(Double(index) * segment.stretch - segment.firstSecond, 0)
      let to = min(Double(index + 1) * segment.stretch - segment.firstSecond, segment.seconds)
      guard to > from, value > 0.03 else { return nil }
      let x = left + segment.start + from * speed
      let stretch = Rect(x * mm, band.top * mm, (to - from) * speed * mm, (band.bottom - band.top) * mm)
      return .path(.rectangle(stretch), fill: Color(0x0072B2, alpha: 0.6 * min(value, 1)))
    }
  }

  /// A pulse of 1 mV over 0.2 s, left of the traces.
  private func drawCalibration(baseline: Double, on sheet: inout Sheet) {
    let pulse = 0.2 * speed
    let start = (left - pulse) / 2
    sheet.polyline(
      [
        (start - 1.2, 0), (start, 0), (start, gain), (start + pulse, gain), (start + pulse, 0),
        (start + pulse + 1.2, 0),
      ].map { Point($0.0 * mm, (baseline - $0.1) * mm) }, Stroke(Theme.ECG.trace.color, width: Theme.ECG.trace.width))
  }

  private func x(_ segment: Segment, _ index: Int) -> Double {
    left + segment.start + Double(index) * speed / samplingRate
  }

  private func drawTraces(row: Int, around holes: [Rect], on sheet: inout Sheet) {
    let limits = limits(row: row)
    var (traces, marks): ([Element], [Element]) = ([], [])
    for segment in rows[row] where segment.isPresent {
      for line in lines(segment.underlay, of: segment, row: row, around: holes) {
        traces.append(.path(.polyline(line), stroke: ECGPaper.underlay))
      }
      for line in lines(segment.samples, of: segment, row: row, around: holes) {
        traces.append(.path(.polyline(line), stroke: Theme.ECG.trace))
      }
      marks += cutMarks(segment, row: row)
    }
    guard !traces.isEmpty else { return }
    let clip = Rect((left - 1) * mm, limits.top * mm, (width - left + 1) * mm, (limits.bottom - limits.top) * mm)
    sheet.elements.append(.group(traces, clip: clip))
    sheet.elements += marks
  }

  static let underlay = Stroke(Theme.muted, width: Theme.ECG.trace.width, roundCaps: true)

  /// The pieces of a trace, interrupted where samples are missing and behind names.
  private func lines(_ samples: [Float], of segment: Segment, row: Int, around holes: [Rect]) -> [[Point]] {
    var lines: [[Point]] = [[]]
    for (index, value) in samples.enumerated() {
      if value.isFinite {
        lines[lines.count - 1].append(Point(x(segment, index) * mm, (baselines[row] - Double(value) * gain) * mm))
      } else if lines.last?.isEmpty == false {
        lines.append([])
      }
    }
    return lines.filter { !$0.isEmpty }.flatMap { line in
      let line = line.count == 1 ? [line[0], Point(line[0].x + 0.01, line[0].y)] : line
      // Whatever lies closer to the line than a hundredth of a millimetre adds nothing in print.
      let points = simplified(line, tolerance: 0.01 * mm, limit: 50_000)
      return holes.reduce([points]) { pieces, hole in pieces.flatMap { outside(hole, $0) } }
    }
  }

  /// A small triangle at the limit, above or below each stretch that goes beyond.
  private func cutMarks(_ segment: Segment, row: Int) -> [Element] {
    let limits = limits(row: row)
    var marks: [Element] = []
    var (before, last) = (0, -Double.infinity)
    for (index, value) in segment.samples.enumerated() where value.isFinite {
      let now = side(of: value, row: row)
      let place = x(segment, index)
      if now != 0, now != before || place - last > 3 {
        let edge = now < 0 ? limits.top : limits.bottom
        marks.append(ECGPaper.cutMark(at: Point(place * mm, edge * mm), up: now < 0))
        last = place
      }
      before = now
    }
    return marks
  }

  /// The triangle that says: here a trace was cut.
  static func cutMark(at tip: Point, up: Bool) -> Element {
    let mm = Theme.millimetre
    let base = tip.y + (up ? 1.6 : -1.6) * mm
    return .path(.polyline([tip, Point(tip.x - mm, base), Point(tip.x + mm, base)], closed: true), fill: Theme.accent)
  }

  // MARK: Names

  private struct NamePlace {
    var x, baseline: Double  // of the name's text, points
    var box: Rect
    var isFree: Bool
  }

  /// The nearest place to a segment's start where no trace crosses the name, above its own trace and below the upper
  /// one's; failing that the usual place, on which traces are then interrupted.
  private func namePlace(row: Int, index: Int) -> NamePlace {
    let segment = rows[row][index]
    let tick = index > 0 ? 1.4 : 0.6
    let textWidth =
      Figures.width(segment.name, ECGPaper.nameFont)
      + (segment.note.isEmpty ? 0 : 3 + Figures.width(segment.note, ECGPaper.noteFont))
    let (boxWidth, cap) = (textWidth / mm + tick + 0.6, ECGPaper.nameFont.capHeight / mm)
    let usual = max(baselines[row] - nameOffset, cap + 1.2)
    func place(_ shift: Double, _ y: Double, free: Bool) -> NamePlace {
      let x = left + segment.start + shift
      let box = Rect((x - 0.2) * mm, (y - cap - 0.7) * mm, (boxWidth + 0.2) * mm, (cap + 1.4) * mm)
      return NamePlace(x: (x + tick) * mm, baseline: y * mm, box: box, isFree: free)
    }
    let room = max(segment.seconds * speed - boxWidth, 0)
    for shift in stride(from: 0, through: min(room, 30), by: 1.5) {
      let from = left + segment.start + shift - 0.2
      let taken = occupied(from - 0.3, from + boxWidth + 0.5)
      // Above the own trace; the name stays with it.
      let floor = min(taken.filter { $0.row == row }.map(\.top).min() ?? baselines[row], baselines[row]) - 0.4
      let roof = row == 0 ? 0 : baselines[row - 1]
      let choices = (0...60).flatMap { [usual - 0.5 * Double($0), usual + 0.5 * Double($0)] }
      for y in choices where y + 0.7 <= floor && y - cap - 0.9 >= max(roof, 0) {
        let isCrossed = taken.contains { $0.top < y + 0.9 && $0.bottom > y - cap - 0.9 }
        if !isCrossed { return place(shift, y, free: true) }
      }
    }
    return place(0, usual, free: false)
  }

  /// The stretches of height that traces take between two places, one for each segment that stands there.
  private func occupied(_ from: Double, _ to: Double) -> [(row: Int, top: Double, bottom: Double)] {
    var taken: [(row: Int, top: Double, bottom: Double)] = []
    for row in rows.indices {
      for segment in rows[row] {
        let step = speed / samplingRate
        // With the neighbours on either side, from which the line comes.
        let first = max(((from - left - segment.start) / step).rounded(.down) - 1, 0)
        var (low, high) = (Float.infinity, -Float.infinity)
        for samples in [segment.samples, segment.underlay] {
          let last = min(((to - left - segment.start) / step).rounded(.up) + 1, Double(samples.count - 1))
          guard first <= last, !samples.isEmpty else { continue }
          for value in samples[Int(first)...Int(last)] where value.isFinite {
            (low, high) = (min(low, value), max(high, value))
          }
        }
        guard low <= high else { continue }
        let limits = limits(row: row)
        let top = max(baselines[row] - Double(high) * gain, limits.top)
        let bottom = min(baselines[row] - Double(low) * gain, limits.bottom)
        taken.append((row, min(top, limits.bottom), max(bottom, limits.top)))
      }
    }
    return taken
  }

  private func drawName(_ segment: Segment, _ place: NamePlace, row: Int, on sheet: inout Sheet) {
    if segment.start > 0 {  // the lead's boundary
      let x = (left + segment.start) * mm
      let y = place.baseline
      sheet.line(Point(x, y - 3.4 * mm), Point(x, y + 0.9 * mm), Stroke(Theme.ink, width: 0.6))
    }
    if namesHaveGround {
      var ground = Theme.paper
      ground.alpha = 0.85
      sheet.rectangle(Rect(place.box.x + 1, place.box.y, place.box.width - 1, place.box.height), fill: ground)
    }
    sheet.text(segment.name, at: Point(place.x, place.baseline), ECGPaper.nameFont)
    sheet.text(
      segment.note, at: Point(place.x + Figures.width(segment.name, ECGPaper.nameFont) + 3, place.baseline),
      ECGPaper.noteFont, color: Theme.secondary)
  }

  private func addMark(_ segment: Segment, row: Int, on sheet: inout Sheet) {
    let finite = segment.samples.lazy.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return }
    let band = band(row: row)
    let (from, to) = (segment.firstSecond, segment.firstSecond + segment.seconds)
    sheet.mark(
      Rect((left + segment.start) * mm, band.top * mm, segment.seconds * speed * mm, (band.bottom - band.top) * mm),
      say(.ecgStretch, segment.name, plain(from), quantity(plain(to), "s"), millivolts(low, high)))
  }
}

/// "−0.20 to 1.10 mV".
func millivolts(_ low: Float, _ high: Float) -> String {
  quantity(say(.range, decimal(Double(low), places: 2), decimal(Double(high), places: 2)), "mV")
}

/// As few decimal places as the number needs, at most two.
func plain(_ x: Double) -> String {
  let hundredths = (x * 100).rounded()
  guard hundredths.isFinite else { return decimal(x, places: 0) }
  let places = hundredths.remainder(dividingBy: 100) == 0 ? 0 : hundredths.remainder(dividingBy: 10) == 0 ? 1 : 2
  return decimal(x, places: places)
}

/// The pieces of a line that lie outside a rectangle.
func outside(_ hole: Rect, _ line: [Point]) -> [[Point]] {
  var pieces: [[Point]] = []
  var isOpen = false
  func add(_ a: Point, _ b: Point) {
    if !isOpen { pieces.append([a]) }
    pieces[pieces.count - 1].append(b)
    isOpen = true
  }
  for (a, b) in zip(line, line.dropFirst()) {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    var (enter, leave) = (0.0, 1.0)  // shares of the way that lie inside
    for (start, change, low, high) in [(a.x, dx, hole.x, hole.maxX), (a.y, dy, hole.y, hole.maxY)] {
      if change == 0 {
        if start <= low || start >= high { leave = -1 }
      } else {
        let (s, t) = ((low - start) / change, (high - start) / change)
        (enter, leave) = (max(enter, min(s, t)), min(leave, max(s, t)))
      }
    }
    guard enter < leave else {
      add(a, b)
      continue
    }
    if enter > 0 { add(a, Point(a.x + enter * dx, a.y + enter * dy)) }
    isOpen = false
    if leave < 1 { add(Point(a.x + leave * dx, a.y + leave * dy), b) }
  }
  return pieces
}
