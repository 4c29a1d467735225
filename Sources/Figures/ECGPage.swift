import Drawing
import Wording

/// A 12-lead page as an electrocardiograph prints it, at true size: millimetre paper, a calibration pulse on each row,
/// rows of leads, rhythm strips, and what was set below the paper.
///
/// What a page must show, and its settings: Kligfield et al., "Recommendations for the standardization and
/// interpretation of the electrocardiogram, part I", Circulation 115 (2007), 1306–1324. ``ECGPaper`` says how rows
/// share the height.
public struct ECGPage: Sendable {
  public struct Lead: Sendable {
    public var name: String
    public var millivolts: [Float]  // NaN where a sample is missing
    /// Computed from other leads and not recorded; the page says so behind the name.
    public var isDerived: Bool
    public init(name: String, millivolts: [Float], isDerived: Bool = false) {
      (self.name, self.millivolts, self.isDerived) = (name, millivolts, isDerived)
    }
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
  /// Beats and pacing spikes, as ticks below the last row. Seconds of the recording.
  public struct Annotations: Sendable {
    public struct Beat: Sendable {
      public var seconds: Double
      public var kind: String  // "N", "V", "S": what stands below the tick
      public init(_ seconds: Double, _ kind: String) { (self.seconds, self.kind) = (seconds, kind) }
    }
    public var beats: [Beat]
    public var pacingSpikes: [Double]
    public var showsRR: Bool  // milliseconds between two beats
    public init(beats: [Beat] = [], pacingSpikes: [Double] = [], showsRR: Bool = true) {
      (self.beats, self.pacingSpikes, self.showsRR) = (beats, pacingSpikes, showsRR)
    }
  }
  public enum Layout: String, Sendable, CaseIterable {
    case threeByFour = "3×4"  // three rows of four leads: the common page
    case sixByTwo = "6×2"  // six rows: limb leads beside chest leads
    case twelveByOne = "12×1"  // each lead over the whole time
    public var columns: Int {
      switch self {
      case .threeByFour: 4
      case .sixByTwo: 2
      case .twelveByOne: 1
      }
    }
  }
  public enum Order: String, Sendable, CaseIterable {
    case standard
    /// Limb leads as they lie in the frontal plane: aVL, I, −aVR, II, aVF, III; −aVR is computed.
    case cabrera
    var leads: [String] {
      let limb =
        switch self {
        case .standard: ["I", "II", "III", "aVR", "aVL", "aVF"]
        case .cabrera: ["aVL", "I", "\u{2212}aVR", "II", "aVF", "III"]
        }
      return limb + ["V1", "V2", "V3", "V4", "V5", "V6"]
    }
  }
  public enum Timing: String, Sendable, CaseIterable {
    case sequential  // each column goes on where the one before ended
    case simultaneous  // all columns show the same time
  }

  public var leads: [Lead]  // in any order, found by name ("AVR" is "aVR")
  public var samplingRate: Double  // hertz
  public var layout: Layout
  public var order: Order = .standard
  public var timing: Timing = .sequential
  public var speed: Double  // millimetres a second
  public var gain: Double  // millimetres a millivolt
  /// Below the leads, over the whole time; nil for lead II, and none in a page of 12×1.
  public var rhythmLeads: [String]?
  /// Of each column; nil for a page of 10 s: 2.5 s in 3×4, 5 s in 6×2, 10 s in 12×1.
  public var secondsPerLead: Double?
  /// Where in the recording the page begins, in seconds.
  public var start = 0.0
  /// The room there is, in millimetres. Columns are shortened to fit the width, by whole tenths of a second; rows move
  /// together to fit the height.
  public var maximumWidth, maximumHeight: Double?
  /// Who and what this is, above the paper on the left: one line each, the first stands out.
  public var identification: [String]
  /// More about the record, above the paper on the right.
  public var remarks: [String]
  public var filter: String  // "0.05–150 Hz", or what is known about it
  public var shade: Shade?
  public var annotations: Annotations?

  public init(
    leads: [Lead], samplingRate: Double, layout: Layout = .threeByFour, speed: Double = 25, gain: Double = 10,
    rhythmLeads: [String]? = nil, identification: [String] = [], remarks: [String] = [], filter: String = ""
  ) {
    (self.leads, self.samplingRate, self.layout) = (leads, samplingRate, layout)
    (self.speed, self.gain, self.rhythmLeads) = (speed, gain, rhythmLeads)
    (self.identification, self.remarks, self.filter) = (identification, remarks, filter)
  }

  /// The fullest layout that a width (points) has room for: 260 mm take 3×4 at 25 mm/s and 10 mm/mV; 160 mm take 6×2,
  /// true too; less takes 3×4 at 12.5 mm/s and 5 mm/mV (135 mm), as the settings below the paper say.
  public func fitting(width: Double) -> ECGPage {
    var page = self
    let millimetres = width / Theme.millimetre + 1e-6
    if millimetres >= 260 {
      (page.layout, page.speed, page.gain, page.secondsPerLead) = (.threeByFour, 25, 10, nil)
    } else if millimetres >= 160 {
      (page.layout, page.speed, page.gain, page.secondsPerLead) = (.sixByTwo, 25, 10, 3)
    } else {
      (page.layout, page.speed, page.gain, page.secondsPerLead) = (.threeByFour, 12.5, 5, nil)
    }
    return page
  }

  /// The page at its own size: 260 mm wide for 10 s at 25 mm/s.
  public func scene() -> Scene {
    guard (1...100_000).contains(samplingRate) else {
      return Sheet.empty(width: 300, say(.ecgRateless))
    }
    guard isDrawable else {
      return Sheet.empty(
        width: 300, say(.ecgRoomless, quantity(plain(speed), "mm/s"), quantity(plain(gain), "mm/mV")))
    }
    let mm = Theme.millimetre
    let header = Header(identification: identification, remarks: remarks)
    let head = header.height
    let lane = annotations == nil ? 0 : Lane.height
    // Which lines stand below the paper depends on what had to be cut, and that on the height: a line is kept for it.
    var paper = makePaper(highest: highestPaper - (head + lane + Foot.height(of: foot(cut: []))) / mm)
    let width = paper.width * mm
    if !paper.cut.isEmpty || Foot.height(of: foot(cut: []), width: width) > Foot.height(of: foot(cut: [])) {
      paper = makePaper(
        highest: highestPaper - (head + lane + Foot.height(of: foot(cut: paper.cut), width: width)) / mm)
    }
    let foot = self.foot(cut: paper.cut)

    var sheet = Sheet()
    header.draw(width: width, on: &sheet)
    paper.draw(at: Point(0, head), on: &sheet)
    var y = head + paper.height * mm
    if let annotations, let row = paper.rows.last {
      Lane(annotations: annotations, row: row, left: paper.left, speed: speed).draw(y: y, on: &sheet)
      y += lane
    }
    Foot.draw(foot, y: y, width: width, on: &sheet)
    return Scene(
      size: Size(width, y + Foot.height(of: foot, width: width)), elements: sheet.elements,
      description: description(cut: paper.cut), marks: sheet.marks)
  }

  /// Whether rate and settings are such as paper can have.
  var isDrawable: Bool {
    (1...100_000).contains(samplingRate) && (1...500).contains(speed) && (0.5...500).contains(gain)
      && columnSeconds >= 0.1
  }

  // MARK: Rows

  /// Without a limit a page is no higher than a sheet's text block: landscape 165 mm of paper, portrait 205.
  private var highestPaper: Double {
    maximumHeight ?? ((Double(layout.columns) * columnSeconds * speed > 200 ? 165 : 205) + 20)
  }

  /// Seconds of each column: as asked for, cut to what fits the width.
  private var columnSeconds: Double {
    let columns = Double(layout.columns)
    let asked = min(max(secondsPerLead ?? 10 / columns, 0), 60)
    guard let maximumWidth, maximumWidth.isFinite else { return asked }
    // The paper ends on a strong line.
    let room = (min(maximumWidth, 5000) / 5 + 1e-6).rounded(.down) * 5 - ECGPaper.left(speed: speed)
    return min(asked, (room / speed / columns * 10 + 1e-6).rounded(.down) / 10)
  }

  private var names: [[String]] {
    let leads = order.leads
    let rows = 12 / layout.columns
    return (0..<rows).map { row in (0..<layout.columns).map { leads[$0 * rows + row] } }
  }

  private var shownRhythmLeads: [String] { rhythmLeads ?? (layout == .twelveByOne ? [] : ["II"]) }

  private func makePaper(highest: Double) -> ECGPaper {
    let seconds = columnSeconds
    var rows = names.map { names in
      names.enumerated().map { column, name in
        let offset = Double(column) * seconds
        return segment(name, from: timing == .sequential ? offset : 0, seconds: seconds, at: offset * speed)
      }
    }
    let total = Double(layout.columns) * seconds
    rows += shownRhythmLeads.map { [segment($0, from: 0, seconds: total, at: 0)] }
    return ECGPaper(rows: rows, samplingRate: samplingRate, speed: speed, gain: gain, highest: highest)
  }

  fileprivate func lead(named name: String) -> Lead? {
    leads.first { $0.name.lowercased() == name.lowercased() }
  }

  func segment(_ name: String, from offset: Double, seconds: Double, at x: Double) -> ECGPaper.Segment {
    let isInverted = name.hasPrefix("\u{2212}")
    let recorded = isInverted ? String(name.dropFirst()) : name
    let first = start + offset
    var segment = ECGPaper.Segment(name: name, samples: [], firstSecond: first, start: x, seconds: seconds)
    guard let lead = lead(named: recorded) else {
      segment.note = say(.leadNotRecorded)
      return segment
    }
    segment.samples = samples(of: lead, from: first, seconds: seconds)
    if isInverted { segment.samples = segment.samples.map { -$0 } }
    segment.note = !segment.isPresent ? say(.leadNoSignal) : lead.isDerived ? say(.leadDerived) : ""
    if let shade {
      segment.darkness = shade.darkness.first { $0.key.lowercased() == recorded.lowercased() }?.value ?? []
      segment.stretch = shade.seconds
    }
    return segment
  }

  /// Up to the end of the stretch and the sample on it, so that columns meet.
  private func samples(of lead: Lead, from first: Double, seconds: Double) -> [Float] {
    let count = Double(lead.millivolts.count)
    let from = min(max((first * samplingRate).rounded(), 0), count)
    let end = min(max(((first + seconds) * samplingRate).rounded(.down) + 1, from), count)
    guard from.isFinite, end.isFinite else { return [] }
    return Array(lead.millivolts[Int(from)..<Int(end)])
  }

  // MARK: Words

  private func foot(cut: [String]) -> [Foot.Line] {
    var lines = [Foot.Line(left: settings, right: shown)]
    if let annotations, !annotations.pacingSpikes.isEmpty {
      lines.append(.init(left: say(.ecgSpike), sample: .spike))
    }
    if let shade { lines.append(.init(left: say(.ecgShaded, shade.meaning))) }
    if !cut.isEmpty { lines.append(Foot.cutLine) }
    return lines
  }

  var settings: String {
    ([quantity(plain(speed), "mm/s"), quantity(plain(gain), "mm/mV")] + (filter.isEmpty ? [] : [filter])
      + [say(.ecgSampling, quantity(plain(samplingRate), "Hz"))]).joined(separator: "   ")
  }

  /// How the leads stand in time.
  private var shown: String {
    let seconds = columnSeconds
    var parts: [String] = []
    if layout == .twelveByOne {
      parts.append(say(.ecgLeads, "12", quantity(plain(seconds), "s"), say(.ecgSimultaneous)))
    } else {
      parts.append(
        say(
          .ecgLeads, layout.rawValue.replacing("×", with: " × "), quantity(plain(seconds), "s"),
          say(timing == .sequential ? .ecgSequential : .ecgSimultaneous)))
    }
    if !shownRhythmLeads.isEmpty {
      parts.append(
        say(
          .ecgStrip, shownRhythmLeads.joined(separator: ", "), quantity(plain(Double(layout.columns) * seconds), "s")))
    }
    if order == .cabrera { parts.append(say(.ecgCabrera)) }
    if start != 0 { parts.append(say(.ecgFrom, quantity(plain(start), "s"))) }
    return parts.joined(separator: "; ")
  }

  private func description(cut: [String]) -> String {
    let seconds = Double(leads.map(\.millivolts.count).max() ?? 0) / samplingRate
    var text = say(
      .ecgSays, quantity(plain((seconds * 10).rounded() / 10), "s"), quantity(plain(samplingRate), "Hz"),
      quantity(plain(speed), "mm/s"), quantity(plain(gain), "mm/mV"), quantity(plain(columnSeconds), "s"))
    if start != 0 { text += " " + say(.ecgSaysFrom, quantity(plain(start), "s")) }
    if layout != .twelveByOne {
      text += ", " + say(timing == .sequential ? .ecgSaysSequential : .ecgSaysSimultaneous)
    }
    if order == .cabrera { text += ", " + say(.ecgSaysCabrera) }
    let rhythm = shownRhythmLeads
    if !rhythm.isEmpty { text += ", " + say(rhythm.count == 1 ? .ecgSaysStrip : .ecgSaysStrips, listed(rhythm)) }
    text += "."
    text += missing(order.leads) + amplitudes(order.leads) + cutWords(cut)
    if let annotations {
      text += annotations.words(from: start, to: start + Double(layout.columns) * columnSeconds)
    }
    if let shade {
      let sums = shade.darkness.map { ($0.key, $0.value.reduce(0, +)) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
      let most = sums.prefix(3).filter { $0.1 > 0 }.map(\.0)
      text += " " + say(.ecgSaysShaded, shade.meaning)
      text += most.isEmpty ? "." : "; \(say(.ecgSaysMost, listed(most)))."
    }
    return text
  }
}

// MARK: Words of leads

extension ECGPage {
  private func recorded(_ name: String) -> String { name.hasPrefix("\u{2212}") ? String(name.dropFirst()) : name }

  /// Which of these leads are missing, and which were not recorded but computed.
  func missing(_ names: [String]) -> String {
    let names = names.map(recorded)
    func isPresent(_ name: String) -> Bool { lead(named: name)?.millivolts.contains(where: \.isFinite) ?? false }
    let absent = names.filter { lead(named: $0) == nil }
    let silent = names.filter { lead(named: $0) != nil && !isPresent($0) }
    let derived = names.filter { lead(named: $0)?.isDerived == true && isPresent($0) }
    return (absent.isEmpty ? "" : " " + say(.leadsNotRecorded, listed(absent)))
      + (silent.isEmpty ? "" : " " + say(.leadsNoSignal, listed(silent)))
      + (derived.isEmpty ? "" : " " + say(.leadsDerived, listed(derived)))
  }

  func amplitudes(_ names: [String]) -> String {
    let ranges = names.map(recorded).compactMap { name -> String? in
      let values = (lead(named: name)?.millivolts ?? []).lazy.filter(\.isFinite)
      guard let low = values.min(), let high = values.max() else { return nil }
      return "\(name) \(millivolts(low, high))"
    }
    return ranges.isEmpty ? "" : " " + say(.leadsAmplitudes, ranges.joined(separator: ", "))
  }

  func cutWords(_ cut: [String]) -> String {
    var seen: [String] = []
    for name in cut where !seen.contains(name) { seen.append(name) }
    return seen.isEmpty ? "" : " " + say(.leadsCut, listed(seen))
  }
}

extension ECGPage.Annotations {
  /// What is marked between two moments, in words.
  fileprivate func words(from start: Double, to end: Double) -> String {
    let shown = beats.filter { $0.seconds >= start && $0.seconds <= end }
    let kinds = shown.map(\.kind).reduce(into: [(kind: String, count: Int)]()) { counts, kind in
      if let index = counts.firstIndex(where: { $0.kind == kind }) {
        counts[index].count += 1
      } else {
        counts.append((kind, 1))
      }
    }
    var parts: [String] = []
    if !kinds.isEmpty {
      parts.append(say(.ecgSaysBeats, kinds.map { "\(integer($0.count)) \($0.kind)" }.joined(separator: ", ")))
    }
    let intervals = zip(shown, shown.dropFirst()).map { ($1.seconds - $0.seconds) * 1000 }
    if showsRR, let shortest = intervals.min(), let longest = intervals.max() {
      parts.append(say(.ecgSaysRr, decimal(shortest, places: 0), quantity(decimal(longest, places: 0), "ms")))
    }
    let spikes = pacingSpikes.filter { $0 >= start && $0 <= end }.count
    if spikes > 0 { parts.append(say(.ecgSpikes, count: spikes)) }
    return parts.isEmpty ? "" : " " + parts.joined(separator: "; ") + "."
  }
}

/// Ticks of beats and pacing spikes below the paper, where no trace crosses them.
private struct Lane {
  var annotations: ECGPage.Annotations
  var row: [ECGPaper.Segment]
  var left, speed: Double  // millimetres

  static let height = 15.0  // points

  func draw(y: Double, on sheet: inout Sheet) {
    let font = Theme.smallTick
    let baseline = y + 4 + font.capHeight
    for segment in row {
      func place(_ seconds: Double) -> Double? {
        let offset = seconds - segment.firstSecond
        guard offset >= 0, offset <= segment.seconds else { return nil }
        return (left + segment.start + offset * speed) * Theme.millimetre
      }
      var (lastX, lastSeconds): (Double?, Double) = (nil, 0)  // of the beat before: the end of its letter
      for beat in annotations.beats.sorted(by: { $0.seconds < $1.seconds }) {
        guard let x = place(beat.seconds) else { continue }
        let half = width(beat.kind, font) / 2
        sheet.line(Point(x, y), Point(x, y + 3), Theme.axis)
        if let before = lastX, before > x - half - 1 { continue }  // beats too close for two letters
        sheet.text(beat.kind, at: Point(x, baseline), font, anchor: .middle)
        if let before = lastX, annotations.showsRR {
          let text = decimal((beat.seconds - lastSeconds) * 1000, places: 0)
          if width(text, font) + 5 < x - half - before {
            sheet.text(
              text, at: Point((before + x - half) / 2, baseline), font, color: Theme.secondary, anchor: .middle)
          }
        }
        (lastX, lastSeconds) = (x + half, beat.seconds)
      }
      for x in annotations.pacingSpikes.compactMap(place) { Lane.drawSpike(x: x, y: y, on: &sheet) }
    }
  }

  static func drawSpike(x: Double, y: Double, on sheet: inout Sheet) {
    sheet.line(Point(x, y - 4), Point(x, y + 3), Stroke(Theme.accent, width: 0.9))
  }
}
