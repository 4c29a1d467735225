import Drawing
import Foundation
import Testing

@testable import Figures

private func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-6 }
private func near(_ a: Point?, _ b: Point?) -> Bool {
  guard let a, let b else { return false }
  return near(a.x, b.x) && near(a.y, b.y)
}

/// The middles of the marks that one path holds, each of `pointCount` points.
private func middles(_ drawn: SceneReading.Drawn?, pointCount: Int) -> [Point] {
  guard let points = drawn?.points, points.count % pointCount == 0 else { return [] }
  return stride(from: 0, to: points.count, by: pointCount).map { start in
    let (xs, ys) = (points[start..<start + pointCount].map(\.x), points[start..<start + pointCount].map(\.y))
    return Point(((xs.min() ?? 0) + (xs.max() ?? 0)) / 2, ((ys.min() ?? 0) + (ys.max() ?? 0)) / 2)
  }
}

@Suite struct ReliabilityDiagramTests {
  private let before = ReliabilityDiagram.Series(
    bins: [
      .init(meanPredicted: 0.1, observed: 0.3, lower: 0.2, upper: 0.4, records: 99),
      .init(meanPredicted: 0.8, observed: 0.6, lower: 0.5, upper: 0.7, records: 9),
    ], ece: 0.2, slope: 0.5)
  private let after = ReliabilityDiagram.Series(
    bins: [
      .init(meanPredicted: 0.25, observed: 0.2, lower: 0.15, upper: 0.26, records: 99),
      .init(meanPredicted: 0.5, observed: 0.55, lower: 0.4, upper: 0.69, records: 9),
    ], ece: 0.0514, slope: 0.97)
  private func figure(_ series: [ReliabilityDiagram.Series]) -> ReliabilityDiagram {
    ReliabilityDiagram(seriesNames: ["before", "after"], classes: [.init(name: "AFIB", series: series)])
  }

  /// The square between the ends of the diagonal.
  private func square(_ reading: SceneReading) throws -> Panel {
    let line = try #require(reading.paths.last { $0.stroke?.dash == [1.8, 1.8] }).points
    let (low, high) = (try #require(line.first), try #require(line.last))
    let rect = Rect(low.x, high.y, high.x - low.x, low.y - high.y)
    return Panel(
      rect: rect, x: Scale(0, 1, start: rect.x, end: rect.maxX), y: Scale(0, 1, start: rect.maxY, end: rect.y))
  }

  @Test func drawsTheDiagonalFromCornerToCornerOfASquare() throws {
    let reading = SceneReading(figure([before, after]).scene(width: Theme.Width.full))
    let rect = try square(reading).rect
    #expect(near(rect.width, rect.height))
    // The left axis is as high as the square.
    #expect(
      reading.paths.contains {
        $0.stroke == Theme.axis && near($0.points.first, Point(rect.x, rect.y))
          && near($0.points.last, Point(rect.x, rect.maxY))
      })
  }

  @Test func putsABinAtItsMeanAndObservedShare() throws {
    let reading = SceneReading(figure([before, after]).scene(width: Theme.Width.full))
    let panel = try square(reading)
    let diamonds = middles(reading.paths.last { $0.fill == Theme.paper && $0.points.count == 8 }, pointCount: 4)
    #expect(diamonds.count == 2)
    #expect(near(diamonds.first, panel.point(0.1, 0.3)) && near(diamonds.last, panel.point(0.8, 0.6)))
    let dots = middles(
      reading.paths.last { $0.fill == Theme.category(0) && $0.points.count == 26 }, pointCount: 13)
    #expect(dots.count == 2)
    #expect(near(dots.first, panel.point(0.25, 0.2)) && near(dots.last, panel.point(0.5, 0.55)))
  }

  @Test func spansTheIntervalWithAWhisker() throws {
    let reading = SceneReading(figure([after]).scene(width: Theme.Width.full))
    let panel = try square(reading)
    let ends = [(0.25, 0.15), (0.25, 0.26), (0.5, 0.4), (0.5, 0.69)].map { panel.point($0.0, $0.1) }
    let paths = reading.paths.filter { $0.points.count == 4 }
    #expect(paths.contains { zip($0.points, ends).allSatisfy { near($0, $1) } })
  }

  @Test func countsRecordsByTheLogarithmOfSpikes() throws {
    let reading = SceneReading(figure([after]).scene(width: Theme.Width.full))
    let panel = try square(reading)
    let spikes = try #require(
      reading.paths.first { $0.points.count == 4 && $0.points.allSatisfy { $0.y > panel.rect.maxY } }
    ).points
    #expect(near(spikes[0].x, panel.x(0.25)) && near(spikes[2].x, panel.x(0.5)))
    #expect(near((spikes[0].y - spikes[1].y) / (spikes[2].y - spikes[3].y), 2))  // log 100 to log 10
  }

  @Test func pointsTwoSeriesSpikesApart() throws {
    let reading = SceneReading(figure([before, after]).scene(width: Theme.Width.full))
    let panel = try square(reading)
    let spikes = reading.paths.filter { $0.points.count == 4 && $0.points.allSatisfy { $0.y > panel.rect.maxY } }
    #expect(spikes.count == 2)
    #expect(spikes.first.map { $0.points[1].y < $0.points[0].y } == true)
    #expect(spikes.last.map { $0.points[1].y > $0.points[0].y } == true)
  }

  @Test func saysErrorAndSlopeBeforeAndAfter() {
    let scene = figure([before, after]).scene(width: Theme.Width.full)
    let words = SceneReading(scene).texts.map(\.string)
    #expect(words.contains("ECE 0.200 → 0.051") && words.contains("slope 0.50 → 0.97"))
    #expect(words.contains("before") && words.contains("after"))
    #expect(
      scene.description == """
        Reliability of 1\u{A0}class: observed share of positives over mean predicted probability, bin by bin. \
        AFIB: before, ECE 0.200, slope 0.50, 2\u{A0}bins of 108\u{A0}records; \
        after, ECE 0.051, slope 0.97, 2\u{A0}bins of 108\u{A0}records.
        """)
  }

  @Test func saysThatASlopeIsUndefined() {
    var figure = figure([after])
    var flat = after
    flat.slope = nil
    figure.classes.append(.init(name: "MI", series: [flat]))
    let scene = figure.scene(width: Theme.Width.full)
    let words = SceneReading(scene).texts.map(\.string)
    #expect(words.contains("slope 0.97") && words.contains("slope undefined"))
    #expect(scene.description.contains("MI: before, ECE 0.051, slope undefined"))
  }

  @Test func drawsOneSeriesFilled() {
    let scene = figure([after]).scene(width: Theme.Width.full)
    let reading = SceneReading(scene)
    #expect(reading.texts.contains { $0.string == "ECE 0.051" })
    #expect(!reading.paths.contains { $0.stroke?.color == Theme.category(1) })
  }

  @Test func saysWhyThereIsNoCurve() {
    var figure = figure([after])
    figure.classes.append(.init(name: "MI", series: [], undefined: "no record"))
    let scene = figure.scene(width: Theme.Width.full)
    #expect(scene.description.hasSuffix("MI: no record."))
    #expect(SceneReading(scene).texts.contains { $0.string == "no record" })
    let empty = ReliabilityDiagram(seriesNames: [], classes: []).scene(width: 200)
    #expect(empty.description == "No class, no reliability diagram.")
  }

  @Test func marksBinsOutsideOfZeroToOne() throws {
    let stray = ReliabilityDiagram.Series(bins: [
      .init(meanPredicted: 1.4, observed: -3, lower: -.infinity, upper: 2, records: 1),
      .init(meanPredicted: .nan, observed: 0.5, lower: 0, upper: 1, records: 5),
      .init(meanPredicted: 0.5, observed: 0.5, lower: 0.4, upper: .nan, records: -7),
    ])
    let scene = figure([stray]).scene(width: Theme.Width.column)
    let reading = SceneReading(scene)
    let triangles = reading.paths.filter { $0.points.count == 3 && $0.fill == Theme.category(0) }
    #expect(triangles.count == 2)
    let panel = try square(reading)
    #expect(triangles.allSatisfy { near($0.points.first, panel.point(1, 0)) })
    #expect(scene.description.contains("2\u{A0}bins of 1\u{A0}record"))
  }
}

@Suite struct DecisionCurvesTests {
  private let thresholds = [0, 0.1, 0.2, 0.3, 0.4, 0.5]
  private var curve: DecisionCurves.Curve {
    .init(
      name: "AFIB", thresholds: thresholds, model: [0.2, 0.18, 0.15, 0.1, -0.01, -0.3],
      treatAll: thresholds.map { 0.2 - 0.8 * $0 / (1 - $0) }, prevalence: 0.2)
  }
  private let model = Stroke(Theme.category(0), width: Theme.Line.data)

  /// From the zero line and the axis below it.
  private func panel(_ reading: SceneReading, end: Double = 1, top: Double = 0.2) throws -> Panel {
    let zero = try #require(reading.paths.last { $0.stroke == Stroke(Theme.secondary, width: 0.6) }).points
    let axis = try #require(
      reading.paths.first {
        $0.stroke == Theme.axis && near($0.points[0].x, zero[0].x) && near($0.points[1].x, zero[1].x)
      }
    ).points
    let unit = (axis[0].y - zero[0].y) / (0.15 * top)
    let rect = Rect(zero[0].x, axis[0].y - 1.19 * top * unit, zero[1].x - zero[0].x, 1.19 * top * unit)
    return Panel(
      rect: rect, x: Scale(0, end, start: rect.x, end: rect.maxX),
      y: Scale(-0.15 * top, 1.04 * top, start: rect.maxY, end: rect.y))
  }

  @Test(arguments: [1, 0.5]) func runsFromThePrevalenceAndEndsBelowZero(limit: Double) throws {
    let reading = SceneReading(DecisionCurves(classes: [curve], limit: limit).scene(width: Theme.Width.full))
    let panel = try panel(reading, end: limit)
    let line = try #require(reading.paths.last { $0.stroke == model }).points
    #expect(near(line.first, panel.point(0, 0.2)))
    #expect(line.contains { near($0, panel.point(0.3, 0.1)) })
    // From −0.01 at 0.4 to −0.3 at 0.5, cut at −0.03: 2/29 of the way.
    #expect(near(line.last, panel.point(0.4 + 0.1 * 2 / 29, -0.03)))
    #expect(reading.paths.contains { $0.points.count == 3 && $0.fill == model.color })  // and marked
    #expect(reading.texts.contains { $0.string == "0.20" })
  }

  @Test func cutsAtTheLimit() throws {
    let scene = DecisionCurves(classes: [curve], limit: 0.25).scene(width: Theme.Width.full)
    let reading = SceneReading(scene)
    let line = try #require(reading.paths.last { $0.stroke == model }).points
    #expect(near(line.last, try panel(reading, end: 0.25).point(0.25, 0.125)))
    #expect(scene.description.contains("thresholds from 0.10 to 0.20"))
  }

  @Test func saysWhereTheModelIsBest() {
    let scene = DecisionCurves(classes: [curve]).scene(width: Theme.Width.full)
    #expect(SceneReading(scene).texts.contains { $0.string == "model best 0.10–0.30" })
    #expect(
      scene.description == """
        Decision curves of 1\u{A0}class, thresholds from 0 to 1. AFIB: prevalence 0.20, the model is worth more than \
        treating all or no one at thresholds from 0.10 to 0.30.
        """)
    var useless = curve
    useless.model = curve.model.map { $0 - 1 }
    #expect(
      DecisionCurves(classes: [useless]).scene(width: Theme.Width.full).description.contains("nowhere worth more"))
  }

  @Test func saysWhyThereIsNoCurve() {
    let none = DecisionCurves.Curve(
      name: "MI", thresholds: [], model: [], treatAll: [], prevalence: 0, undefined: "no positive record")
    let scene = DecisionCurves(classes: [none]).scene(width: Theme.Width.column)
    #expect(scene.description.hasSuffix("MI: no positive record."))
    #expect(SceneReading(scene).texts.contains { $0.string.hasPrefix("no positive") })
    #expect(DecisionCurves(classes: []).scene(width: 200).description == "No class, no decision curve.")
  }
}

@Suite struct SubgroupForestTests {
  private let axis = 0.8...1.0
  private func forest(_ rows: [SubgroupForest.Row]) -> SubgroupForest {
    SubgroupForest(
      groupings: [.init(name: "Sex", rows: rows)],
      overall: .init(level: "All", records: 90, auroc: .init(0.9, lower: 0.88, upper: 0.94)), axis: axis)
  }
  private let female = SubgroupForest.Row(
    level: "female", records: 40, patients: 38, auroc: .init(0.91, lower: 0.85, upper: 0.96),
    difference: .init(0.02, lower: -0.01, upper: 0.05))

  /// The axis: the lowest horizontal one.
  private func scale(_ reading: SceneReading) throws -> Scale {
    let lines = reading.paths.filter { $0.stroke == Theme.axis && $0.points[0].y == $0.points[1].y }
    let line = try #require(lines.max { $0.points[0].y < $1.points[0].y }).points
    return Scale(axis.lowerBound, axis.upperBound, start: line[0].x, end: line[1].x)
  }
  private func middle(_ path: SceneReading.Drawn) -> Point {
    middles(path, pointCount: path.points.count).first ?? Point(.nan, .nan)
  }

  @Test(arguments: [Theme.Width.column, Theme.Width.full]) func putsPointAndIntervalOnTheAxis(width: Double) throws {
    let reading = SceneReading(forest([female]).scene(width: width))
    let x = try scale(reading)
    let dot = middle(try #require(reading.paths.first { $0.fill == Theme.category(0) }))
    #expect(near(dot.x, x(0.91)))
    let line = try #require(reading.paths.first { $0.stroke?.color == Theme.category(0) }).points
    #expect(near(line.first, Point(x(0.85), dot.y)) && near(line.last, Point(x(0.96), dot.y)))
  }

  @Test func drawsAllRecordsAsADiamondOnTheReferenceLine() throws {
    let reading = SceneReading(forest([female]).scene(width: Theme.Width.full))
    let x = try scale(reading)
    let diamond = try #require(reading.paths.first { $0.fill == Theme.ink && $0.points.count == 4 }).points
    #expect(near(diamond[0].x, x(0.88)) && near(diamond[1].x, x(0.9)) && near(diamond[2].x, x(0.94)))
    let reference = try #require(reading.paths.first { $0.stroke?.dash == [2, 1.5] }).points
    #expect(reference.allSatisfy { near($0.x, x(0.9)) })
  }

  @Test func setsARowsWordsAtItsHeight() throws {
    let texts = SceneReading(forest([female]).scene(width: Theme.Width.full)).texts
    let row = try #require(texts.first { $0.string == "female" }).box.y
    let words = texts.filter { near($0.box.y, row) }.map(\.string)
    #expect(words == ["female", "40", "38", "0.910", "0.850–0.960", "+0.020", "−0.010 to 0.050"])
  }

  @Test(arguments: [Theme.Width.column, Theme.Width.full]) func printsAReasonInsteadOfAPoint(width: Double) throws {
    let small = SubgroupForest.Row(level: "male", records: 3, auroc: nil, undefined: "3 positives")
    let scene = forest([small]).scene(width: width)
    let reading = SceneReading(scene)
    #expect(reading.texts.contains { $0.string == "3 positives" })
    #expect(!reading.paths.contains { $0.fill == Theme.category(0) })
    #expect(scene.description.hasSuffix("Sex: male 3 positives, 3\u{A0}records."))
  }

  @Test func cutsAndMarksWhatIsBeyondTheAxis() throws {
    let rows: [SubgroupForest.Row] = [
      .init(level: "a", records: 1, auroc: .init(0.3, lower: 0.2, upper: 0.4)),
      .init(level: "b", records: 1, auroc: .init(0.9, lower: 0.5, upper: 1.2)),
    ]
    let reading = SceneReading(forest(rows).scene(width: Theme.Width.full))
    let x = try scale(reading)
    let tips = reading.paths.filter { $0.points.count == 3 && $0.fill == Theme.category(0) }.compactMap(\.points.first)
    #expect(tips.map(\.x).map { near($0, x.start) ? 0 : near($0, x.end) ? 1 : -1 } == [0, 0, 1])
    // No interval of a row reaches past the axis.
    let lines = reading.paths.filter { $0.stroke?.color == Theme.category(0) }.flatMap(\.points)
    #expect(!lines.isEmpty && lines.allSatisfy { $0.x >= x.start - 1e-6 && $0.x <= x.end + 1e-6 })
  }

  @Test func chartsItsOwnAxisAroundTheValues() throws {
    var figure = forest([female])
    figure.axis = nil
    let reading = SceneReading(figure.scene(width: Theme.Width.full))
    #expect(!reading.paths.contains { $0.points.count == 3 })  // nothing is cut
    #expect(reading.texts.contains { $0.string == "0.90" })
  }

  @Test func saysEveryRowInWords() {
    #expect(
      forest([female]).scene(width: Theme.Width.column).description == """
        AUROC by Sex. All 0.900 (0.880–0.940), 90\u{A0}records. Sex: female 0.910 (0.850–0.960), \
        40\u{A0}records of 38\u{A0}patients, difference to the rest +0.020 (−0.010 to 0.050).
        """)
    #expect(SubgroupForest(groupings: []).scene(width: 200).description == "No subgroup.")
  }
}

@Suite struct DifferenceForestTests {
  private let better = DifferenceForest.Row(
    label: "AFIB", support: 152, difference: .init(0.02, lower: 0.01, upper: 0.03), pValue: 0.0002, isBeyondNoise: true)
  private let same = DifferenceForest.Row(
    label: "MI", support: 9, difference: .init(-0.01, lower: -0.05, upper: 0.03), pValue: 0.7, isBeyondNoise: false)
  private func forest(_ rows: [DifferenceForest.Row], margin: Double? = nil, lowerIsBetter: Bool = false) -> DifferenceForest {
    DifferenceForest(
      models: [.init(name: "new", overall: .init(label: "Macro mean", difference: .init(0.005, lower: -0.001, upper: 0.011), pValue: 0.09, isBeyondNoise: false), rows: rows)],
      reference: "old", lowerIsBetter: lowerIsBetter, margin: margin)
  }

  @Test(arguments: [Theme.Width.column, Theme.Width.full]) func fillsWhatIsBeyondNoiseAlone(width: Double) throws {
    // The key below has one of each too.
    let filled = { (rows: [DifferenceForest.Row]) in
      SceneReading(forest(rows).scene(width: width)).paths.count { $0.fill == Theme.category(0) }
    }
    #expect(filled([better, same]) == filled([same]) + 1)
    #expect(filled([better, better]) == filled([same]) + 2)
  }

  @Test func setsARowsWordsAtItsHeight() throws {
    let texts = SceneReading(forest([better, same]).scene(width: Theme.Width.full)).texts
    let row = try #require(texts.first { $0.string == "AFIB" }).box.y
    #expect(texts.filter { near($0.box.y, row) }.map(\.string) == ["AFIB", "152", "+0.020", "0.010–0.030", "<\u{A0}0.001"])
    #expect(texts.contains { $0.string == "Difference in AUROC to old" })
  }

  @Test(arguments: [(false, -0.02), (true, 0.02)]) func drawsTheMarginOnTheWorseSide(lowerIsBetter: Bool, place: Double) throws {
    let scene = forest([better, same], margin: 0.02, lowerIsBetter: lowerIsBetter).scene(width: Theme.Width.full)
    let reading = SceneReading(scene)
    // Both are as high as the panel: the margin, dashed, and zero.
    let upright = { (dash: [Double], color: Color) in
      reading.paths.first { path in
        path.stroke?.color == color && path.stroke?.dash == dash && path.points.count == 2 && path.points[0].x == path.points[1].x
      }?.points[0].x
    }
    let margin = try #require(upright([2, 1.5], Theme.accent)), zero = try #require(upright([], Theme.secondary))
    #expect((margin < zero) == (place < 0))
    #expect(scene.description.contains("The margin is \(place < 0 ? "−" : "+")0.020."))
    #expect(scene.description.contains(lowerIsBetter ? "lower is better" : "higher is better"))
    #expect(!SceneReading(forest([better]).scene(width: 400)).paths.contains { $0.stroke?.color == Theme.accent })
  }

  @Test func saysEveryRowInWords() {
    var none = same
    (none.label, none.difference, none.undefined) = ("WPW", nil, "no positive among 9 records")
    #expect(
      forest([better, same, none]).scene(width: Theme.Width.full).description == """
        Difference in AUROC to old, higher is better. new: Macro mean +0.005 (−0.001 to 0.011), adjusted p 0.090, within \
        noise; AFIB +0.020 (0.010–0.030), adjusted p <\u{A0}0.001, beyond noise; MI −0.010 (−0.050 to 0.030), adjusted p \
        0.700, within noise; WPW no positive among 9 records.
        """)
    #expect(DifferenceForest(models: [], reference: "a").scene(width: 200).description == "No difference.")
  }

  /// Five labels of small differences do not fit below a narrow plot, and one alone says nothing of the scale.
  @Test func labelsTheScaleOfANarrowPlot() {
    let rows = [-0.0025, 0.0025].map { DifferenceForest.Row(label: "CD", difference: .init($0, lower: $0 - 0.001, upper: $0 + 0.001)) }
    let scene = DifferenceForest(models: [.init(name: "new", rows: rows)], reference: "old").scene(width: Theme.Width.column)
    let texts = SceneReading(scene).texts.map(\.string)
    #expect(texts.contains("0") && texts.contains("−0.004"), "\(texts)")
  }

  @Test func saysWhatHasNoTest() {
    let alone = DifferenceForest.Row(label: "2AVB", support: 1, difference: .init(-0.002))
    let scene = forest([better, alone]).scene(width: Theme.Width.full)
    #expect(SceneReading(scene).texts.contains { $0.string == "no test" })
    #expect(scene.description.hasSuffix("; 2AVB −0.002, no test."))
  }

  @Test func givesSmallDifferencesFourPlaces() {
    let small = DifferenceForest.Row(
      label: "MI", difference: .init(-0.00123, lower: -0.002, upper: 0), pValue: 0.6, isBeyondNoise: false)
    let texts = SceneReading(DifferenceForest(models: [.init(name: "new", rows: [small])], reference: "old").scene(width: 400)).texts
    #expect(texts.contains { $0.string == "−0.0012" } && texts.contains { $0.string == "−0.0020 to 0.0000" })
  }

  /// One interval far wider than all others is cut, so that these can be told apart.
  @Test func cutsTheFewWidestIntervalsOfMany() throws {
    let rows = (0..<40).map { i in
      DifferenceForest.Row(
        label: "L\(i)", difference: .init(0.01, lower: i == 7 ? -0.9 : -0.01, upper: 0.03), pValue: 0.5, isBeyondNoise: false)
    }
    let reading = SceneReading(forest(rows).scene(width: Theme.Width.full))
    #expect(reading.texts.contains { $0.string == "0.02" })  // a tick
    #expect(reading.paths.contains { $0.points.count == 3 })  // the mark of what is cut
  }

  @Test func sumsUpManyLabels() {
    let rows = (0..<30).map { i in
      DifferenceForest.Row(
        label: "L\(i)", difference: .init(Double(i) / 1000), pValue: i == 29 ? 0.01 : 0.5, isBeyondNoise: i == 29)
    }
    let text = forest(rows).scene(width: Theme.Width.full).description
    #expect(text.contains("L29 +0.029, adjusted p 0.010, beyond noise; 29\u{A0}other labels within noise, from L0 0.000 to L28 +0.028"), "\(text)")
  }

  @Test func drawsTheSmallestPValuesOfTooManyLabels() {
    let rows = (0..<200).map { i in
      DifferenceForest.Row(label: "L\(i)", difference: .init(0.01), pValue: i == 150 ? 0.001 : 0.5, isBeyondNoise: false)
    }
    let scene = forest(rows).scene(width: Theme.Width.full)
    let texts = SceneReading(scene).texts.map(\.string)
    #expect(texts.contains("L150") && texts.count { $0.hasPrefix("L") && $0 != "Label" } <= DifferenceForest.mostRows)
    #expect(scene.description.contains("labels of larger p not drawn"))
  }
}

/// Values that no data should have, at widths that no page has.
@Suite struct CalibrationFigureLimitsTests {
  private static let values: [Double] = [.nan, .infinity, -.infinity, 0, 1, -1e300, 1e300, 1e-300]
  private static let long = String(repeating: "a very long name ", count: 20)

  @Test(arguments: [1.0, 40, 241, 471]) func drawsOnlyNumbersWhateverComes(width: Double) {
    let bins = Self.values.flatMap { a in
      Self.values.map { b in
        ReliabilityDiagram.Bin(meanPredicted: a, observed: b, lower: b, upper: a, records: a == 0 ? .max : .min)
      }
    }
    let charts = Self.values.map {
      ReliabilityDiagram.Chart(
        name: Self.long, series: [.init(bins: bins, ece: $0, slope: $0), .init(bins: [bins[0]], ece: $0)],
        undefined: Self.long)
    }
    let curves = Self.values.map {
      DecisionCurves.Curve(
        name: Self.long, thresholds: Self.values, model: Self.values.reversed(), treatAll: [$0], prevalence: $0,
        undefined: Self.long)
    }
    let rows = Self.values.flatMap { a in
      Self.values.map {
        SubgroupForest.Row(
          level: Self.long, records: .max, patients: .min, auroc: .init(a, lower: $0, upper: a),
          difference: .init($0, lower: a, upper: $0), undefined: Self.long, differenceUndefined: Self.long)
      }
    }
    let differences: [DifferenceForest.Row] = Self.values.flatMap { a in
      Self.values.map {
        DifferenceForest.Row(
          label: Self.long, support: .max, difference: .init(a, lower: $0, upper: a), undefined: Self.long, pValue: $0,
          isBeyondNoise: $0 == 0)
      }
    }
    let scenes = [
      DifferenceForest(
        models: Self.values.map { _ in .init(name: Self.long, overall: differences[9], rows: differences) },
        reference: Self.long, measure: Self.long, margin: width == 40 ? .nan : 1e300
      ).scene(width: width),
      ReliabilityDiagram(seriesNames: [Self.long], pooled: charts[0], classes: charts).scene(width: width),
      DecisionCurves(classes: curves, limit: width == 40 ? .nan : 1e-9).scene(width: width),
      SubgroupForest(groupings: [.init(name: Self.long, rows: rows)], overall: rows[9], measure: Self.long).scene(
        width: width),
      SubgroupForest(groupings: [.init(name: "", rows: rows)], axis: 2...2).scene(width: width),
    ]
    for scene in scenes {
      #expect(scene.size.height.isFinite)
      #expect(SceneReading(scene).paths.allSatisfy { $0.points.allSatisfy { $0.x.isFinite && $0.y.isFinite } })
    }
  }
}
