import Foundation
import TestSupport
import Testing

@testable import Scoring

/// What a comparison says of networks of which the truth is known. The slow tests make the figures of Comparing.md;
/// quick ones, with fewer and smaller data sets, run always.
@Suite struct ComparisonSimulationTests {
  /// In how many data sets something was said.
  struct Tally {
    var dataSets = 0
    var macro = 0  // the verdict on the macro mean was "beyond noise"
    var classes: [Int]  // without adjustment: the p-value of a class was below 5 %
    var anyClass = 0  // the verdict on at least one class was "beyond noise"
    var macroCovered = 0, classesCovered: [Int]  // the interval held the true difference
    var untested = 0  // classes without a test

    init(classes: Int) { (self.classes, classesCovered) = (Array(repeating: 0, count: classes), Array(repeating: 0, count: classes)) }

    mutating func count(_ comparison: Comparison, truth: Double) {
      func covers(_ row: Comparison.Row) -> Int {
        row.difference.interval.map { $0.lower <= truth && truth <= $0.upper ? 1 : 0 } ?? 0
      }
      dataSets += 1
      if comparison.overall.verdict == .beyondNoise { macro += 1 }
      macroCovered += covers(comparison.overall)
      if comparison.perClass.contains(where: { $0.verdict == .beyondNoise }) { anyClass += 1 }
      for (j, row) in comparison.perClass.enumerated() {
        guard let test = row.test else {
          untested += 1
          continue
        }
        if test.pValue < 0.05 { classes[j] += 1 }
        classesCovered[j] += covers(row)
      }
    }

    func share(_ count: Int) -> Double { Double(count) / Double(dataSets) }
    /// Of all classes together.
    var ofClasses: Double { Double(classes.reduce(0, +)) / Double(dataSets * classes.count - untested) }
    var coverageOfClasses: Double { Double(classesCovered.reduce(0, +)) / Double(dataSets * classes.count - untested) }

    func text(_ title: String) -> String {
      func percents(_ shares: [Double]) -> String { shares.map { String(format: "%.1f", 100 * $0) }.joined(separator: " ") }
      return """
        \(title), \(dataSets) pairs: beyond noise: macro \(percents([share(macro)])) %, any class (Holm) \
        \(percents([share(anyClass)])) %; p < 5 % by class \(percents(classes.map(share))) %, together \
        \(percents([ofClasses])) %; the interval covers: macro \(percents([share(macroCovered)])) %, by class \
        \(percents(classesCovered.map(share))) %, together \(percents([coverageOfClasses])) %; \(untested) untested
        """
    }
  }

  private func simulate(
    _ dataSets: Int, in measure: Comparison.Measure = .auroc, _ population: BinormalNetworks, replicates: Int
  ) throws -> Tally {
    var tally = Tally(classes: measure.isOfClasses ? population.prevalences.count : 0)
    for seed in 0..<UInt64(dataSets) {
      let (first, second, patients) = try population.draw(seed: seed)
      tally.count(
        try compare(first, second, in: measure, patients: patients, Bootstrap(replicates: replicates, seed: seed)),
        truth: population.difference)
    }
    return tally
  }

  /// 3 standard errors of a share of 5 % in 400 data sets are 3.3 %.
  @Test func findsEqualNetworksDifferentInOneCaseOfTwenty() throws {
    let tally = try simulate(400, BinormalNetworks(patients: 120, prevalences: [0.4, 0.15], gain: 0), replicates: 100)
    #expect((0.017...0.083).contains(tally.share(tally.macro)), "\(tally.text("equal"))")
    #expect((0.017...0.083).contains(tally.ofClasses), "\(tally.text("equal"))")
    #expect(tally.share(tally.anyClass) < 0.083, "\(tally.text("equal"))")
  }

  @Test func coversAKnownDifference() throws {
    let tally = try simulate(400, BinormalNetworks(patients: 120, prevalences: [0.4, 0.15], gain: 0.4), replicates: 100)
    #expect((0.917...0.983).contains(tally.share(tally.macroCovered)), "\(tally.text("known difference"))")
    #expect((0.917...0.983).contains(tally.coverageOfClasses), "\(tally.text("known difference"))")
    #expect(tally.share(tally.macro) > 0.3, "\(tally.text("known difference"))")  // it is found more often than not there
  }

  // MARK: The figures of Comparing.md

  private static let isSlow = ProcessInfo.processInfo.environment["ECGBOOK_SLOW_TESTS"] != nil
  private static let dataSets = 1000

  @Test(.enabled(if: isSlow, "slow: set ECGBOOK_SLOW_TESTS=1"), arguments: Comparison.Measure.allCases)
  func falseAlarms(measure: Comparison.Measure) throws {
    let tally = try simulate(Self.dataSets, in: measure, BinormalNetworks(gain: 0), replicates: 1000)
    print(tally.text("equal networks, \(measure.title)"))
    #expect((0.035...0.065).contains(tally.share(tally.macro)))
    guard measure.isOfClasses else { return }
    #expect(tally.share(tally.anyClass) <= 0.065)
    #expect(tally.ofClasses <= 0.065)
    if measure == .auroc { #expect(tally.ofClasses >= 0.035) }
  }

  @Test(.enabled(if: isSlow, "slow: set ECGBOOK_SLOW_TESTS=1")) func coverage() throws {
    let tally = try simulate(Self.dataSets, BinormalNetworks(gain: 0.3), replicates: 1000)
    print(tally.text("known difference \(BinormalNetworks(gain: 0.3).difference), AUROC"))
    #expect((0.93...0.97).contains(tally.share(tally.macroCovered)))
    #expect((0.93...0.97).contains(tally.coverageOfClasses))
  }

  /// Half of the labels have some 7 to 20 positives.
  @Test(.enabled(if: isSlow, "slow: set ECGBOOK_SLOW_TESTS=1")) func falseAlarmsOfRareLabels() throws {
    let population = BinormalNetworks(
      patients: 700, prevalences: [0.3, 0.1, 0.05, 0.03, 0.02, 0.015, 0.01, 0.008, 0.006, 0.005], gain: 0)
    let tally = try simulate(Self.dataSets, population, replicates: 1000)
    print(tally.text("equal networks, rare labels, AUROC"))
    // Of a mean that a few positives make Student's t is on the careful side.
    #expect((0.01...0.065).contains(tally.share(tally.macro)))
    #expect((0.035...0.065).contains(tally.ofClasses))
    #expect(tally.share(tally.anyClass) <= 0.065)
    // The same with a normal distribution, as DeLong's test is published.
    var (alarms, families) = (0, 0)
    for seed in 0..<UInt64(Self.dataSets) {
      let (first, second, patients) = try population.draw(seed: seed)
      let pValues = first.names.indices.map { j in
        try? delongTest(first.scores[j], second.scores[j], first.labels[j], patients: patients).pValue
      }
      alarms += pValues.suffix(5).count { ($0 ?? 1) < 0.05 }
      if holm(pValues).contains(where: { ($0 ?? 1) < 0.05 }) { families += 1 }
    }
    let shares = (Double(alarms) / Double(5 * Self.dataSets), Double(families) / Double(Self.dataSets))
    print("the same by a normal distribution: five rarest \(shares.0), any class (Holm) \(shares.1)")
    #expect(shares.0 > 0.065)
  }
}

/// Two networks whose scores are normal in positives and in negatives, of patients with one to three records. A tenth of
/// a score's variance is the patient's in that network, three tenths the patient's in both, three the record's in both.
struct BinormalNetworks {
  var patients = 400
  /// Of each label. A patient has it in their records more or less often than that.
  var prevalences = [0.3, 0.15, 0.08, 0.04, 0.02]
  /// By how much more the first network raises a positive's score, in deviations; the second raises it by 1.5.
  var gain: Double

  private static let separation = 1.5

  /// The true difference of the AUROCs of each label, and so of their mean: of records of different patients.
  var difference: Double {
    func auroc(_ separation: Double) -> Double { normalProbability(below: separation / 2.0.squareRoot()) }
    return auroc(Self.separation + gain) - auroc(Self.separation)
  }

  /// Scores are given as probabilities, which changes no ranking.
  func draw(seed: UInt64) throws -> (first: Predictions, second: Predictions, patients: [Int]) {
    var generator = SplitMix64(seed: 7, stream: seed)
    func uniform() -> Double { (Double(generator.next() >> 11) + 0.5) * 0x1p-53 }
    func normal(_ variance: Double) -> Double { normalQuantile(uniform()) * variance.squareRoot() }
    var owners: [Int] = []
    for patient in 0..<patients {
      for _ in 0...generator.next(below: 3) { owners.append(patient) }
    }
    var labels: [[Bool]] = [], scores: ([[Double]], [[Double]]) = ([], [])
    for prevalence in prevalences {
      let own = (0..<patients).map { _ in
        (prevalence: prevalence * (uniform() < 0.5 ? 0.2 : 1.8), both: normal(0.3), first: normal(0.1), second: normal(0.1))
      }
      var (column, first, second): ([Bool], [Double], [Double]) = ([], [], [])
      for owner in owners {
        let patient = own[owner], label = uniform() < patient.prevalence, both = patient.both + normal(0.3)
        let raised = label ? Self.separation : 0
        column.append(label)
        first.append(normalProbability(below: both + patient.first + normal(0.3) + raised + (label ? gain : 0) - 1))
        second.append(normalProbability(below: both + patient.second + normal(0.3) + raised - 1))
      }
      labels.append(column)
      scores.0.append(first)
      scores.1.append(second)
    }
    let names = prevalences.indices.map { "label \($0)" }
    return (
      try Predictions(names: names, labels: labels, scores: scores.0),
      try Predictions(names: names, labels: labels, scores: scores.1), owners
    )
  }
}
