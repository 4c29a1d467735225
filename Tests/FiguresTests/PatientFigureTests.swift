import Drawing
import Figures
import Foundation
import Testing

private let mm = 72 / 25.4

@Suite struct MedianBeatTests {
  private func lines(_ scene: Scene) -> [SceneReading.Drawn] {
    SceneReading(scene).paths.filter { $0.stroke?.color == Theme.category(0) && $0.points.count == 2 }
  }

  @Test func drawsOneLineForEachBoundaryInEachColumnAtItsTime() {
    let scene = Example.beats(previous: false).scene(width: Theme.Width.full)
    let xs = lines(scene).map { $0.points[0].x / mm }
    #expect(xs.count == 15)
    // Three columns of 50 mm, 15 mm from the left, at 50 mm/s; the 0.8 s of the beat fit.
    for (x, seconds) in zip(xs, [0.1, 0.2, 0.26, 0.35, 0.64]) { #expect(abs(x - (15 + seconds * 50)) < 1e-9) }
    #expect(abs(xs[5] - xs[0] - 50) < 1e-9)
  }

  @Test func putsTheJPointOnTheTraceAndTheBarAtTheSTLevel() throws {
    let scene = Example.beats(previous: false).scene(width: Theme.Width.full)
    let reading = SceneReading(scene)
    let bars = reading.paths.filter { $0.stroke?.color == Theme.accent && $0.points.count == 2 }
    #expect(bars.count == 12)
    let pulse = try #require(reading.paths.first { $0.points.count == 6 && $0.stroke?.color == Theme.ECG.trace.color })
    let zero = pulse.points[0].y
    // Lead I: −0.1 mV at 20 mm/mV, 60 ms behind J at 0.35 s.
    #expect(abs(bars[0].points[0].y - zero - 2 * mm) < 1e-6)
    #expect(abs((bars[0].points[0].x + bars[0].points[1].x) / 2 - (15 + 0.41 * 50) * mm) < 1e-6)
    #expect(
      scene.description.contains("Between its lines: P 100\u{A0}ms, PR 160\u{A0}ms, QRS 90\u{A0}ms, QT 380\u{A0}ms."))
    #expect(scene.description.contains("I −0.10\u{A0}mV"))
  }

  @Test func laysThePreviousBeatBelowAlignedAtItsQRS() throws {
    var figure = Example.beats(previous: true)
    // The previous recording's beat comes 40 ms later.
    let moved = figure.previous.map { beat in
      var beat = beat
      beat.leads = beat.leads.map { lead in
        var lead = lead
        lead.millivolts = [Float](repeating: 0, count: 20) + lead.millivolts
        return lead
      }
      beat.boundaries.qrsOnset = 0.3
      return beat
    }
    figure.previous = moved
    let paths = SceneReading(figure.scene(width: Theme.Width.full)).paths
    let now = try #require(paths.first { $0.stroke == Theme.ECG.trace }).points
    let before = try #require(paths.first { $0.stroke?.color == Theme.muted && $0.points.count > 5 }).points
    let peaks = [now, before].map { points in points.min { $0.y < $1.y } ?? Point(0, 0) }
    #expect(abs(peaks[0].x - peaks[1].x) < 0.02 * mm)
    let zero = now[0].y
    #expect(abs((zero - peaks[1].y) / (zero - peaks[0].y) - 0.8) < 0.01)
  }

  @Test func saysThatThereIsNoPWave() {
    var figure = Example.beats(previous: false)
    (figure.current.boundaries.pOnset, figure.current.boundaries.pEnd) = (nil, nil)
    let scene = figure.scene(width: Theme.Width.full)
    #expect(scene.description.contains("No P wave is marked."))
    #expect(!SceneReading(scene).texts.contains { $0.string == "P" })
    #expect(lines(scene).count == 9)
  }

  @Test func keepsToTheHeightItIsGiven() {
    for height in [120.0, 180] {
      var figure = Example.beats(previous: true)
      figure.maximumHeight = height
      #expect(figure.scene(width: Theme.Width.full).size.height <= height * mm + 1e-6)
    }
  }

  @Test(arguments: [0.0, .nan, .infinity, 1e12]) func drawsNothingAtSettingsThatNoPaperHas(value: Double) {
    var figure = Example.beats(previous: true)
    figure.speed = value
    #expect(figure.scene(width: Theme.Width.full).description.hasSuffix("."))
    figure = Example.beats(previous: true)
    figure.current.samplingRate = value
    figure.current.boundaries.qrsOnset = value
    figure.current.boundaries.tEnd = value
    _ = figure.scene(width: Theme.Width.full)
    figure.current.samplingRate = 500
    figure.previous?.samplingRate = value
    figure.stDelay = value
    _ = figure.scene(width: Theme.Width.full)
  }
}

@Suite struct EnlargedLeadTests {
  @Test func showsTenSecondsOfEachLeadInOneRowOnALandscapePage() {
    let pages = Example.ecg(rate: 250).enlarged()
    #expect(pages.count == 2)
    let names = pages.flatMap { SceneReading($0).texts.map(\.string) }.filter { Example.leadNames.contains($0) }
    #expect(names == Example.leadNames)
    for page in pages { #expect(page.size.width <= 260 * mm + 1e-9 && page.size.height <= 175 * mm) }
    let peaks = SceneReading(pages[0]).paths.filter { $0.stroke == Theme.ECG.trace }
    #expect(peaks.count == 6)
    // A beat of 0.4 mV in lead I, twice as high as usual; 13 beats in 10 s.
    let first = peaks[0].points
    #expect(abs((first.map(\.y).max() ?? 0) - (first.map(\.y).min() ?? 0) - 8 * mm) < 0.05 * mm)
  }

  @Test func goesOnInASecondRowOnAPortraitPage() {
    var page = Example.ecg(rate: 250)
    (page.maximumWidth, page.maximumHeight) = (166, 240)
    let scenes = page.enlarged()
    let words = scenes.flatMap { SceneReading($0).texts.map(\.string) }
    #expect(words.filter { $0 == "V3" }.count == 2)
    #expect(words.filter { $0 == "from 5\u{A0}s" }.count == 12)
    for scene in scenes { #expect(scene.size.width <= 166 * mm && scene.size.height <= 240 * mm) }
    #expect(scenes[0].description.contains("in 2 rows, printed at 25\u{A0}mm/s and 20\u{A0}mm/mV."))
  }

  @Test(arguments: [0.0, 5, .nan, 1e9]) func bearsAnyRoom(room: Double) {
    var page = Example.ecg()
    (page.maximumWidth, page.maximumHeight) = (room, room)
    #expect(!page.enlarged(seconds: room, gain: 20).isEmpty)
  }
}

@Suite struct TrendChartTests {
  @Test func saysWhatHappenedAndWhen() {
    let text = Example.trend(1440).scene(width: Theme.Width.full).description
    #expect(
      text.hasPrefix("Trends over 24.0\u{A0}h from 09:24 to 09:24 +1\u{A0}d, in steps of 60\u{A0}s. Heart rate: median")
    )
    #expect(text.contains("none in 30\u{A0}steps."))
    #expect(text.contains("ST in II: −0.15 to 0.01\u{A0}mV."))
    #expect(text.contains("Atrial fibrillation: 1\u{A0}episode, 2.0\u{A0}h in sum."))
    #expect(text.contains("Ventricular run: 900\u{A0}episodes, 45\u{A0}min in sum, the longest 3\u{A0}s at"))
  }

  @Test func putsEpisodesAndHoursWhereTheyBelong() throws {
    let scene = Example.trend(1440).scene(width: Theme.Width.full)
    let reading = SceneReading(scene)
    func x(_ clock: String) throws -> Double {
      let box = try #require(reading.texts.first { $0.string == clock }).box
      return box.x + box.width / 2
    }
    // Two round hours give the scale; 9.4 h is where it begins.
    let (a, b) = (try x("12:00"), try x("18:00"))
    let pointsPerHour = (b - a) / 6
    let span = try #require(reading.paths.first { $0.fill == Theme.accent })
    #expect(abs(span.points[0].x - (a + (9.4 + 6000 / 3600 - 12) * pointsPerHour)) < 0.1)
    #expect(abs(span.points[1].x - span.points[0].x - 2 * pointsPerHour) < 0.1)
  }

  @Test func leavesAGapWhereNothingWasMeasured() {
    let curves = SceneReading(Example.trend(180).scene(width: Theme.Width.full)).paths.filter {
      $0.stroke?.color == Theme.category(0) && $0.stroke?.width == 0.8
    }
    #expect(curves.count == 4)  // rate and ST, each before and after the noise
  }

  @Test func staysSmallHoweverLongTheRecording() throws {
    let (day, month) = (
      Example.trend(1440).scene(width: Theme.Width.full), Example.trend(43_200).scene(width: Theme.Width.full)
    )
    #expect(try svg(month, idPrefix: "m").utf8.count < 2 * svg(day, idPrefix: "d").utf8.count)
  }

  @Test func bearsOddValues() {
    let odd: [Double] = [.nan, .infinity, -1, 1e300]
    for value in odd {
      let chart = TrendChart(
        steps: [.init(rate: value, lowestRate: value, highestRate: value, st: [value], noise: value), .init(rate: 60)],
        startOfDay: value, stNames: ["II"],
        episodes: [.init("odd", from: value, to: value), .init("odd", from: 5, to: 1)])
      #expect(chart.scene(width: Theme.Width.full).description.hasSuffix("."))
    }
    #expect(TrendChart(steps: []).scene(width: 300).description == "The recording has no minute to show.")
    _ = TrendChart(steps: [.init(rate: 60)], secondsPerStep: .infinity).scene(width: 300)
  }
}

@Suite struct FullDisclosureTests {
  @Test func keepsTheLeastAndGreatestOfEachStretch() {
    var envelope = FullDisclosure.Envelope(samplingRate: 10, secondsPerLine: 1, stretches: 5)
    envelope.append([1, 2, 3, 4, .nan, .nan, 7, -8, 9, 10])
    #expect(envelope.lines.isEmpty)  // complete when the next begins
    envelope.append([5])
    #expect(envelope.lines.count == 1)
    #expect(envelope.lines[0].low[0] == 1 && envelope.lines[0].high[0] == 2)
    #expect(envelope.lines[0].low[2].isNaN)
    #expect(envelope.lines[0].low[3] == -8 && envelope.lines[0].high[3] == 7)
    envelope.finish()
    envelope.finish()
    #expect(envelope.lines.count == 2)
    #expect(envelope.lines[1].high[0] == 5 && envelope.lines[1].high[1].isNaN)
  }

  @Test func needsNoMoreRoomForAHigherRate() {
    for rate in [50.0, 1000] {
      var envelope = FullDisclosure.Envelope(samplingRate: rate)
      for _ in 0..<3 { envelope.append((0..<Int(60 * rate)).map { Float($0 % 7) }) }
      envelope.finish()
      #expect(envelope.lines.count == 3)
      #expect(envelope.lines.allSatisfy { $0.low.count == 500 })
    }
  }

  @Test func drawsALineForEachMinuteWithItsTime() throws {
    var page = Example.disclosure(lines: 60)
    page.height = 240
    let scene = page.scene(width: Theme.Width.full)
    #expect(scene.size.height <= 240 * mm)
    let reading = SceneReading(scene)
    let first = try #require(reading.texts.first { $0.string == "00:00 +1\u{A0}d" })
    let last = try #require(reading.texts.first { $0.string == "00:59 +1\u{A0}d" })
    #expect(last.box.y > first.box.y)
    #expect(reading.paths.filter { $0.stroke?.color == Theme.ECG.trace.color }.count == 60)
    #expect(
      scene.description.hasPrefix(
        "Lead II from 00:00 +1\u{A0}d to 01:00 +1\u{A0}d, all of it in 60\u{A0}lines of 60\u{A0}s: −0.10 to 0.90"
      ))
    #expect(scene.description.contains("Marked as noise: 1\u{A0}stretch."))
  }

  @Test func bearsOddValues() {
    for value in [0.0, -1, .nan, .infinity, 1e300] {
      var envelope = FullDisclosure.Envelope(samplingRate: value, secondsPerLine: value)
      envelope.append([1, 2, 3])
      envelope.finish()
      let line = FullDisclosure.Line(low: [Float(value), 0], high: [1])
      let page = FullDisclosure(
        lead: "II", lines: [line, line], secondsPerLine: value == 0 ? 60 : value, start: value, startOfDay: value,
        spans: [.init("x", from: value, to: 1e300), .init("y", from: -1, to: value)], height: value, gain: value)
      #expect(page.scene(width: Theme.Width.full).description.hasSuffix("."))
    }
    #expect(
      FullDisclosure(lead: "II", lines: []).scene(width: 300).description
        == "Nothing of lead II was recorded in this time.")
  }
}

@Suite struct MeasurementFigureTests {
  @Test func saysWhatIsOutsideItsLimitsAndWhatWasNotMeasured() {
    let scene = Example.measurements.scene(width: Theme.Width.column)
    #expect(
      scene.description.hasPrefix(
        "7\u{A0}measurements beside normal limits, 4 outside: Heart rate 112\u{A0}/min, above its limits 60–100;"))
    #expect(
      scene.description.contains(
        "P 108\u{A0}ms, within its limits ≤\u{202F}120; PR not measured: no P wave; QT 380\u{A0}ms;"))
    #expect(scene.description.contains("Axis QRS −52°, below its limits −30 to 90"))
    let words = SceneReading(scene).texts.map(\.string)
    #expect(words.filter { $0 == "high" }.count == 2 && words.filter { $0 == "low" }.count == 2)
  }

  /// The band is at one place in all scales, and the mark lies in it exactly when the value is normal.
  @Test(arguments: [59.0, 60, 80, 100, 101]) func putsTheMarkInsideTheBandExactlyWhenNormal(value: Double) throws {
    let figure = MeasurementScales(rows: [.init("Heart rate", unit: "/min", value: value, lower: 60, upper: 100)])
    let paths = SceneReading(figure.scene(width: Theme.Width.column)).paths
    let band = try #require(paths.first { $0.fill == Theme.sequential(0.22) }).points.map(\.x)
    let mark = try #require(paths.first { $0.fill == Theme.ink || $0.fill == Theme.accent })
    let x = ((mark.points.map(\.x).max() ?? 0) + (mark.points.map(\.x).min() ?? 0)) / 2
    let isInside = x >= (band.min() ?? 0) - 1e-6 && x <= (band.max() ?? 0) + 1e-6
    #expect(isInside == (60...100).contains(value))
    #expect((mark.fill == Theme.ink) == isInside)
  }

  @Test func measuresAnglesTheShorterWayRound() {
    let scene = Example.changes.scene(width: Theme.Width.column)
    #expect(scene.description.contains("Axis QRS 170° to −160° (+30, within the ±40 of repeated recordings)"))
    #expect(
      scene.description.contains(
        "Heart rate 72\u{A0}/min to 112\u{A0}/min (+40, more than the ±10 of repeated recordings)"))
    #expect(
      scene.description.hasPrefix("6\u{A0}values from 3 May 1989 to 12 March 1991, 2 changed by more than repeated"))
    #expect(scene.description.hasSuffix("Not known in both: PR."))
  }

  @Test func bearsOddValues() {
    for value in [Double.nan, .infinity, 0, -1e300] {
      let row = MeasurementScales.Row("x", unit: "", value: value, lower: value, upper: value)
      #expect(MeasurementScales(rows: [row]).scene(width: Theme.Width.column).description.hasSuffix("."))
      let change = SerialChange.Row("x", previous: value, current: 1, variability: value)
      #expect(SerialChange(rows: [change]).scene(width: Theme.Width.column).description.hasSuffix("."))
    }
    #expect(MeasurementScales(rows: []).scene(width: 300).description == "Nothing was measured.")
  }
}

@Suite struct GroupedProbabilityTests {
  @Test func groupsLabelsByRiskMostProbableFirst() {
    let scene = Example.patient.groupedScene(width: Theme.Width.full)
    #expect(
      scene.description.hasPrefix(
        "Probabilities of 21\u{A0}classes in groups. High risk: IMI 0.62, at or above its threshold of 0.31. Medium risk: AFIB"
      ))
    #expect(
      scene.description.contains(
        "Found, without risk: NORM 0.70, at or above its threshold of 0.30. Looked for, not found: ASMI 0.10"))
    #expect(scene.description.hasSuffix("Without a probability: WPW."))
  }

  @Test(arguments: [Theme.Width.column, Theme.Width.full, 260 * mm]) func showsEveryLabelOnce(width: Double) {
    let scene = Example.patient.groupedScene(width: width)
    let words = SceneReading(scene).texts.map(\.string)
    for bar in Example.patient.bars where bar.probability.isFinite {
      #expect(words.filter { $0 == bar.name }.count == 1)
    }
    if width == Theme.Width.full { #expect(scene.size.height < 75 * mm) }  // compact: 21 labels, five heads
    // No head stands alone at a column's end.
    let heads = SceneReading(scene).texts.filter { $0.string.hasSuffix(" risk") || $0.string.hasPrefix("Looked") }
    let lowest =
      SceneReading(scene).texts.filter { Example.patient.bars.map(\.name).contains($0.string) }.map(\.box.y).max() ?? 0
    #expect(heads.allSatisfy { $0.box.y < lowest })
  }
}
