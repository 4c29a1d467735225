import Drawing
import Figures
import Testing

private let mm = 72 / 25.4

@Suite struct ECGPageTests {
  private func traces(_ page: ECGPage) -> [[Point]] {
    SceneReading(page.scene()).paths.filter { $0.stroke == Theme.ECG.trace }.map(\.points)
  }

  /// One beat of 1 mV a second in every lead, a single sample wide.
  private func spikes(rate: Double, height: Float = 1) -> ECGPage {
    Example.ecg(rate: rate) { _, samples in
      for index in samples.indices { samples[index] = index % Int(rate) == Int(rate / 2) ? height : 0 }
    }
  }

  @Test(arguments: [100.0, 500]) func runsAt25MillimetresASecondAnd10AMillivolt(rate: Double) throws {
    let rhythm = try #require(traces(spikes(rate: rate)).last)
    let baseline = try #require(rhythm.first).y
    let peaks = rhythm.filter { $0.y < baseline - 9 * mm }
    #expect(peaks.count == 10)
    for (a, b) in zip(peaks, peaks.dropFirst()) { #expect(abs(b.x - a.x - 25 * mm) < 1e-9) }
    for peak in peaks { #expect(abs(baseline - peak.y - 10 * mm) < 1e-9) }
  }

  @Test func printsACalibrationPulseOf5By10MillimetresLeftOfEachRow() {
    let pulses = SceneReading(Example.ecg().scene()).paths.filter {
      $0.points.count == 6 && $0.stroke?.color == Theme.ECG.trace.color
    }
    #expect(pulses.count == 4)
    for pulse in pulses.map(\.points) {
      #expect(abs(pulse[3].x - pulse[2].x - 5 * mm) < 1e-9)
      #expect(abs(pulse[1].y - pulse[2].y - 10 * mm) < 1e-9)
      #expect(pulse[5].x < 10 * mm)
    }
  }

  @Test func rulesThePaperEveryMillimetreAndFive() throws {
    let paths = SceneReading(Example.ecg().scene()).paths
    let bold = try #require(paths.first { $0.stroke == Theme.ECG.boldLine }).points
    let fine = try #require(paths.first { $0.stroke == Theme.ECG.fineLine }).points
    #expect(abs((Set(bold.map(\.x)).max() ?? 0) - 260 * mm) < 1e-9)  // 10 mm for the pulse, 10 s at 25 mm/s
    let xs = Set((bold + fine).map(\.x)).sorted()
    #expect(xs.count == 261)
    for (index, x) in xs.enumerated() { #expect(abs(x - Double(index) * mm) < 1e-9) }
  }

  @Test func showsTheSameMomentInAColumnAndTheNextOneBesideIt() throws {
    let lines = traces(spikes(rate: 100))
    #expect(lines.count == 13)
    let first = try #require(lines.first)
    #expect(abs(try #require(first.first).x - 10 * mm) < 1e-9)
    // Lead V4 stands from 7.5 to 10 s; its beats are those of that time.
    let peaks = lines[3].filter { $0.y < first[0].y - 9 * mm }.map { $0.x / mm }
    #expect(peaks.count == 3)
    for (peak, seconds) in zip(peaks, [7.5, 8.5, 9.5]) { #expect(abs(peak - (10 + seconds * 25)) < 1e-9) }
  }

  @Test func leavesAGapWhereSamplesAreMissing() {
    let whole = traces(Example.ecg()).count
    let page = Example.ecg { index, samples in
      if index == 6 { for i in 600..<650 { samples[i] = .nan } }  // V1 stands from 5 to 7.5 s
    }
    #expect(traces(page).count == whole + 1)
  }

  @Test func saysWhichLeadIsMissingAndWhy() {
    var page = Example.ecg { index, samples in if index == 4 { samples = samples.map { _ in .nan } } }
    page.leads.remove(at: 11)
    page.leads[2].isDerived = true
    let scene = page.scene()
    let notes = SceneReading(scene).texts.map(\.string).filter {
      ["no signal", "not recorded", "derived"].contains($0)
    }
    #expect(notes.sorted() == ["derived", "no signal", "not recorded"])
    #expect(scene.description.contains("Not recorded: V6. No signal in aVL. Derived from other leads: III."))
  }

  @Test func marksWhatItCuts() {
    let page = Example.ecg { index, samples in if index == 9 { samples[800] = 15 } }  // V4, 7.5 to 10 s
    let scene = page.scene()
    #expect(SceneReading(scene).paths.filter { $0.fill == Theme.accent }.count == 2)  // and the line that explains it
    #expect(SceneReading(scene).texts.contains { $0.string == "trace cut at its row's limit" })
    #expect(scene.description.contains("Cut at the row's limit: V4."))
    #expect(SceneReading(Example.ecg().scene()).paths.filter { $0.fill == Theme.accent }.isEmpty)
  }

  /// Where the paper is too low for the traces they overlap, but a name stays free of all of them.
  @Test(arguments: ECGPage.Layout.allCases, [1.0, 3, 8]) func keepsTracesOffTheNames(
    layout: ECGPage.Layout, height: Double
  ) {
    var page = Example.ecg(rate: 250) { index, samples in
      for i in samples.indices { samples[i] *= Float(height) * (index % 2 == 0 ? 1 : -1) }
      samples[40 + 10 * index] = Float(height)  // near the beginning, where the names stand
      if index == 7 { for i in samples.indices where i % 3 == 0 { samples[i] = Float(-height) } }  // noise everywhere
    }
    page.layout = layout
    page.maximumHeight = 112
    let reading = SceneReading(page.scene())
    let names = reading.texts.filter { Example.leadNames.contains($0.string) }
    #expect(names.count == (layout == .twelveByOne ? 12 : 13))
    for path in reading.paths where path.stroke == Theme.ECG.trace {
      for (a, b) in zip(path.points, path.points.dropFirst()) {
        for step in 0...8 {
          let t = Double(step) / 8
          let (x, y) = (a.x + t * (b.x - a.x), a.y + t * (b.y - a.y))
          if let clip = path.clip, y < clip.y || y > clip.maxY { continue }  // cut there, and marked
          let hit = names.first { x > $0.box.x && x < $0.box.maxX && y > $0.box.y && y < $0.box.maxY }
          #expect(hit == nil, "\(hit?.string ?? "")")
        }
      }
    }
  }

  @Test(arguments: ECGPage.Layout.allCases, [90.0, 112, 190]) func keepsToTheHeightItIsGiven(
    layout: ECGPage.Layout, height: Double
  ) {
    for scale in [Float(1), 4] {
      var page = Example.ecg { _, samples in samples = samples.map { $0 * scale } }
      page.layout = layout
      page.maximumHeight = height
      page.annotations = .init(beats: [.init(1, "N")], pacingSpikes: [0.9])
      #expect(page.scene().size.height <= height * mm + 1e-9)
    }
  }

  /// A tall R wave in the first row and a deep S wave in the last: the rows between give way, nothing is cut.
  @Test func movesRowsTogetherBeforeItCuts() {
    var page = Example.ecg { index, samples in
      if index == 9 { samples[800] = 2.9 }  // V4
      if index == 1 { samples[300] = -1.5 }  // II, the rhythm strip
    }
    page.maximumHeight = 112
    let scene = page.scene()
    #expect(scene.size.height <= 112 * mm)
    #expect(!scene.description.contains("Cut at"))
  }

  @Test(arguments: [260.0, 253, 166, 120], [12.5, 25, 50]) func shortensColumnsToTheWidthItIsGiven(
    width: Double, speed: Double
  ) {
    for layout in ECGPage.Layout.allCases {
      var page = Example.ecg()
      (page.layout, page.speed, page.maximumWidth) = (layout, speed, width)
      let scene = page.scene()
      #expect(scene.size.width <= width * mm + 1e-9)
      #expect(scene.size.width > (width - 5 - 0.1 * speed * Double(layout.columns) - 5) * mm || speed == 12.5)
    }
  }

  @Test func printsCabrerasOrderWithAnInvertedAVR() throws {
    var page = Example.ecg { index, samples in if index == 3 { samples[25] = -1.2 } }  // aVR
    page.order = .cabrera
    page.layout = .sixByTwo
    let texts = SceneReading(page.scene()).texts
    let column = texts.filter {
      ["aVL", "I", "\u{2212}aVR", "II", "aVF", "III"].contains($0.string) && $0.box.x < 20 * mm
    }
    .sorted { $0.box.y < $1.box.y }.map(\.string)
    #expect(column == ["aVL", "I", "\u{2212}aVR", "II", "aVF", "III", "II"])
    let inverted = traces(page)[4]  // the third row's first lead
    let pulses = SceneReading(page.scene()).paths.filter {
      $0.points.count == 6 && $0.stroke?.color == Theme.ECG.trace.color
    }
    let baseline = pulses[2].points[0].y
    #expect(abs((inverted.map(\.y).min() ?? 0) - (baseline - 12 * mm)) < 1e-4)  // 1.2 mV upwards
  }

  @Test func saysHowLeadsStandInTime() {
    var page = Example.ecg()
    page.timing = .simultaneous
    page.rhythmLeads = ["V1", "II", "V5"]
    page.start = 2
    let scene = page.scene()
    #expect(
      SceneReading(scene).texts.contains {
        $0.string == "3 × 4 leads of 2.5\u{A0}s, simultaneous; V1, II, V5 over 10\u{A0}s; from 2\u{A0}s"
      })
    #expect(scene.description.contains("all at the same time, and leads V1, II and V5 as rhythm strips."))
    // All columns begin at 2 s: the beat of 2.7 s stands at the same place in each.
    for row in traces(page).prefix(4) { #expect(row.first.map { ($0.x / mm - 10).remainder(dividingBy: 62.5) } == 0) }
  }

  @Test func marksBeatsIntervalsAndSpikesBelowTheRhythmStrip() throws {
    var page = Example.ecg()
    page.annotations = .init(
      beats: [.init(0.5, "N"), .init(1.3, "N"), .init(1.9, "V"), .init(3, "N")], pacingSpikes: [0.46, 99])
    let scene = page.scene()
    let texts = SceneReading(scene).texts
    let v = try #require(texts.first { $0.string == "V" })
    #expect(abs((v.box.x + v.box.maxX) / 2 - (10 + 1.9 * 25) * mm) < 1e-6)
    #expect(["800", "600", "1100"].allSatisfy { text in texts.contains { $0.string == text } })
    #expect(scene.description.contains("Beats marked: 3 N, 1 V; RR 600 to 1100\u{A0}ms; 1\u{A0}pacing spike."))
  }

  @Test(arguments: [(267.0, 260.0, 25.0), (166, 160, 25), (120, 135, 12.5)])
  func fitsItsPaperTruly(available: Double, printed: Double, speed: Double) {
    let page = Example.ecg().fitting(width: available * mm)
    #expect(page.speed == speed)
    #expect(abs(page.scene().size.width - printed * mm) < 1e-9)
  }

  @Test func fitsALandscapePage() {
    let wild = Example.ecg { index, samples in samples = samples.map { $0 * 5 } }
    for page in [Example.ecg(), wild] {
      #expect(page.scene().size.width <= 267 * mm)
      #expect(page.scene().size.height <= 190 * mm)
    }
  }

  @Test(arguments: [(0.0, 10.0), (.nan, 10), (25, .infinity), (1e300, 1), (25, -10)])
  func drawsNothingAtSettingsThatNoPaperHas(speed: Double, gain: Double) {
    var page = Example.ecg()
    (page.speed, page.gain) = (speed, gain)
    #expect(page.scene().description.contains("cannot be drawn"))
    page = Example.ecg()
    (page.maximumWidth, page.maximumHeight, page.start) = (speed, gain, speed)
    _ = page.scene()
  }

  @Test(arguments: [0.0, -1, .nan, .infinity]) func drawsNothingWithoutARate(rate: Double) {
    var page = Example.ecg()
    page.samplingRate = rate
    #expect(page.scene().description.contains("cannot be drawn"))
  }

  @Test func takesARecordOfAnyLength() {
    for seconds in [0.0, 0.01, 3, 60] {
      #expect(SceneReading(Example.ecg(seconds: seconds).scene()).paths.isEmpty == false)
    }
  }
}
