import Drawing
import Foundation
import TestSupport
import Testing

@testable import Figures

@Suite struct ScaleTests {
  @Test(arguments: 0..<40 as Range<UInt64>) func putsTicksOnRoundNumbers(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let low = Double.random(in: -100...100, using: &generator) * pow(10, Double.random(in: -6...4, using: &generator))
    let span = pow(10, Double.random(in: -5...5, using: &generator))
    let scale = Scale.covering([low, low + span], about: 5, start: 0, end: 100)
    let ticks = scale.ticks(about: 5)
    #expect((2...8).contains(ticks.count))
    #expect(scale.lower <= low && scale.upper >= low + span)
    let step = ticks[1].value - ticks[0].value
    let mantissa = step / pow(10, log10(step * (1 + 1e-9)).rounded(.down))
    #expect([1, 2, 2.5, 5, 10].contains { abs($0 - mantissa) < 1e-4 })
    // A label says exactly where its tick stands.
    for tick in ticks {
      let text = tick.label.replacingOccurrences(of: "\u{2212}", with: "-").replacingOccurrences(
        of: "\u{202F}", with: "")
      #expect(abs((Double(text) ?? .nan) - tick.value) <= 1e-6 * step)
    }
  }

  @Test func marksDecadesOnALogarithmicScale() {
    let scale = Scale(1, 15_000, start: 0, end: 100, logarithmic: true)
    #expect(scale.ticks(about: 5).map(\.label) == ["1", "10", "100", "1000", "10\u{202F}000"])
    #expect(abs(scale(1000) - 100 * 3 / log10(15_000)) < 1e-9)
  }

  @Test func bearsAnyValues() {
    #expect(Scale.covering([], about: 4, start: 0, end: 1).upper > 0)
    #expect(Scale.covering([.nan, .infinity], about: 4, start: 0, end: 1).upper.isFinite)
    #expect(Scale.covering([0, 0], about: 4, includingZero: true, start: 0, end: 1).ticks(about: 4).count < 10)
    #expect(Scale.covering([3, 3], about: 4, start: 0, end: 1)(3).isFinite)
  }
}

@Suite struct SpreadTests {
  @Test(arguments: 0..<30 as Range<UInt64>) func partsLabelsWithinBounds(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let wishes = (0..<8).map { _ in Double.random(in: 0...100, using: &generator) }
    let places = spread(wishes, gap: 9, from: 0, to: 100)
    let sorted = places.sorted()
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 >= 9 - 1e-9 })
    #expect(sorted.allSatisfy { $0 >= -1e-9 && $0 <= 100 + 1e-9 })
    // Nobody overtakes another.
    #expect(wishes.indices.sorted { wishes[$0] < wishes[$1] } == places.indices.sorted { places[$0] < places[$1] })
  }

  @Test func leavesAloneWhatIsApart() { #expect(spread([50, 10, 30], gap: 9, from: 0, to: 100) == [50, 10, 30]) }
}

@Suite struct SimplifyTests {
  @Test func keepsTheCornersOfAStaircase() {
    // Ten steps, each as high as 40 short pieces.
    let stairs = (0...400).flatMap { index -> [Point] in
      let point = Point(Double(index / 40), Double(index) * 0.01)
      return index % 40 == 0 && index > 0 ? [Point(point.x - 1, point.y), point] : [point]
    }
    let kept = simplified(stairs, tolerance: 0.001)
    #expect(kept.count == 21)
    #expect(kept.first == stairs.first && kept.last == stairs.last)
  }

  @Test(arguments: 0..<10 as Range<UInt64>) func strayNoFurtherThanTheTolerance(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let points = (0..<300).map { Point(Double($0) * 0.1, Double.random(in: 0...1, using: &generator)) }
    let kept = simplified(points, tolerance: 0.3, limit: 1000)
    #expect(kept.count < points.count)
    for point in points {
      let nearest = zip(kept, kept.dropFirst()).map { distance(point, $0, $1) }.min() ?? 0
      #expect(nearest <= 0.3 + 1e-12)
    }
  }

  private func distance(_ p: Point, _ a: Point, _ b: Point) -> Double {
    let (dx, dy) = (b.x - a.x, b.y - a.y)
    let t = max(0, min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy)))
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy)
  }

  @Test func endsWithinTheLimit() {
    let points = (0..<5000).map { Point(Double($0), Double($0 % 2)) }
    #expect(simplified(points, limit: 100).count <= 100)
  }
}

@Suite struct FigureWordsTests {
  @Test func saysWhichEpochWasChosenAndWhy() {
    let figure = TrainingCurves(
      epochs: [
        .init(number: 1, trainLoss: 0.5, validationLoss: 0.4, validationAUC: 0.9),
        .init(number: 2, trainLoss: 0.3, validationLoss: 0.35, validationAUC: 0.92351),
      ], best: 2)
    let scene = figure.scene(width: Theme.Width.full)
    #expect(
      scene.description == """
        Training over 2\u{A0}epochs. The training loss went from 0.500 to 0.300, the validation loss from 0.400 to 0.350, \
        the validation macro AUC from 0.900 to 0.924. Epoch 2 was chosen: highest validation macro AUC, 0.924.
        """)
    #expect(
      SceneReading(scene).texts.contains { $0.string == "chosen: epoch 2 of 2, highest validation macro AUC (0.924)" })
  }

  @Test func callsAnUndefinedCurveUndefined() {
    let scene = Example.roc(5).scene(width: Theme.Width.full)
    #expect(scene.description.contains("CD undefined: no positive"))
    #expect(!scene.description.contains("0.500"))
  }

  @Test func ranksProbabilitiesAndNamesTheRisk() {
    let scene = Example.probabilities.scene(width: Theme.Width.full)
    #expect(scene.description.hasPrefix("Probabilities of 4\u{A0}classes, highest first, of 5: AFIB 0.93, at or above"))
    let texts = SceneReading(scene).texts
    let words = texts.map(\.string)
    #expect(["high", "medium", "low", "<0.01"].allSatisfy(words.contains))
    let order = ["AFIB", "IMI", "LVH", "NORM"].compactMap { name in texts.first { $0.string == name }?.box.y }
    #expect(order == order.sorted() && order.count == 4)
  }

  @Test func printsCountsAndRowShares() {
    let figure = ConfusionMatrices(classes: [
      .init(name: "MI", truePositives: 3, falseNegatives: 1, falsePositives: 0, trueNegatives: 0)
    ])
    let words = SceneReading(figure.scene(width: Theme.Width.column)).texts.map(\.string)
    #expect(["3", "75%", "1", "25%", "0", "–"].allSatisfy(words.contains))
  }

  @Test func listsTheMostCommonPairs() {
    let figure = CoOccurrence(labels: ["A", "B"], counts: [[10, 5], [5, 20]])
    #expect(
      figure.scene(width: Theme.Width.column).description
        == "Shares of common records among 2 labels. Highest: 50% of A also have B, 25% of B also have A.")
  }

  @Test func namesFoldsByTheirRole() {
    let figure = LabelCounts(
      folds: [.init(1, .training), .init(2, .training), .init(4, .training), .init(8, .validation), .init(9, .test)],
      labels: [.init("A", counts: [1, 2, 3, 4, 5])], records: 15)
    let words = SceneReading(figure.scene(width: Theme.Width.full)).texts.map(\.string)
    #expect(words.contains("training: folds 1–2, 4"))
    #expect(words.contains("test: fold 9"))
  }

  @Test func showsNothingWithAReason() {
    #expect(TrainingCurves(epochs: [], best: nil).scene(width: 200).description == "No epoch was trained.")
    #expect(ROCCurves(macro: nil, classes: [], records: 0).scene(width: 200).description == "No class, no ROC curve.")
    #expect(Bars(bars: [], title: "Records").scene(width: 200).description == "Nothing was counted.")
  }
}
