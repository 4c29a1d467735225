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

  @Test func saysWhichLeadHasNoSignal() {
    var page = Example.ecg { index, samples in if index == 4 { samples = samples.map { _ in .nan } } }
    page.leads.remove(at: 11)
    let scene = page.scene()
    #expect(SceneReading(scene).texts.filter { $0.string == "no signal" }.count == 2)
    #expect(scene.description.contains("No signal in aVL and V6."))
  }

  @Test func marksWhatItCuts() {
    let page = Example.ecg { index, samples in if index == 9 { samples[800] = 15 } }  // V4, 7.5 to 10 s
    let marks = SceneReading(page.scene()).paths.filter { $0.fill == Theme.accent }
    #expect(marks.count == 1)
    #expect(SceneReading(Example.ecg().scene()).paths.filter { $0.fill == Theme.accent }.isEmpty)
  }

  @Test func keepsTracesOffTheNames() {
    // The strip with the names is the row's upper 5 mm; traces are clipped below it.
    let scene = Example.ecg { _, samples in samples[50] = 9 }.scene()
    let names = SceneReading(scene).texts.filter { Example.leadNames.contains($0.string) }
    var clips: [Rect] = []
    for case .group(_, _, let clip?) in scene.elements { clips.append(clip) }
    #expect(clips.count == 4)
    for name in names { #expect(!clips.contains { $0.y < name.box.maxY && $0.maxY > name.box.y }) }
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
