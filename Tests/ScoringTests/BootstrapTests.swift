import Foundation
import TestSupport
import Testing

@testable import Scoring

@Suite struct BootstrapTests {
  @Test(arguments: 0..<20 as Range<UInt64>) func weighingRecordsEqualsRepeatingThem(seed: UInt64) throws {
    let (scores, labels) = tiedSample(count: 40, seed: seed)
    var generator = SeededGenerator(seed: seed)
    let weights = scores.map { _ in UInt32.random(in: 0...3, using: &generator) }
    let repeated = scores.indices.flatMap { [Int](repeating: $0, count: Int(weights[$0])) }
    let (drawn, truth) = (repeated.map { scores[$0] }, repeated.map { labels[$0] })
    let weighted = WeightedRanking(try Ranking(scores, labels), averagePrecision: true).values(weighted: weights)
    let (area, precision) = (try auroc(drawn, truth), try averagePrecision(drawn, truth))
    #expect(weighted == [area, precision])
    let brier = WeightedMean(numbers: squaredErrors(scores, labels)).values(weighted: weights)[0]
    #expect(abs(try brier - brierScore(drawn, truth)) < 1e-14)
    let predictions = try samplePredictions(classes: 4, records: 40, seed: seed)
    let best = try FmaxTable(predictions).values(weighted: weights)[0]
    let alone = try Predictions(
      names: predictions.names, labels: predictions.labels.map { column in repeated.map { column[$0] } },
      scores: predictions.scores.map { column in repeated.map { column[$0] } })
    #expect(abs(try best - fmax(alone).value) < 1e-14)
  }

  @Test func aReplicateWithoutPositivesHasNoAUROC() throws {
    let ranking = WeightedRanking(try Ranking([1, 2, 3], [true, false, false]), averagePrecision: true)
    let withoutPositives = ranking.values(weighted: [0, 2, 1])
    let withoutNegatives = ranking.values(weighted: [3, 0, 0])
    #expect(withoutPositives[0].isNaN && withoutPositives[1].isNaN)
    #expect(withoutNegatives[0].isNaN && withoutNegatives[1] == 1)
    let nothing = ranking.values(weighted: [0, 0, 0])
    #expect(nothing[0].isNaN && nothing[1].isNaN)
  }

  @Test func drawsWholePatients() throws {
    let resampler = try Resampler(Bootstrap(seed: 1), labels: [], patients: [7, 9, 7, 8, 9, 9], records: 6)
    var weights = [UInt32](repeating: 0, count: 6)
    for replicate in 0..<20 {
      _ = weights.withUnsafeMutableBufferPointer { resampler.draw(replicate, into: $0) }
      #expect(weights[0] == weights[2])
      #expect(weights[1] == weights[4] && weights[4] == weights[5])
      #expect(weights[0] + weights[1] + weights[3] == 3)  // as many patients as there are
    }
  }

  @Test func equalSettingsGiveEqualIntervals() throws {
    let predictions = try samplePredictions(classes: 3, records: 100, seed: 1)
    let settings = Bootstrap(replicates: 200, seed: 5)
    let first = try aurocIntervals(predictions, settings)
    #expect(try aurocIntervals(predictions, settings) == first)
    #expect(try aurocIntervals(predictions, Bootstrap(replicates: 200, seed: 6)) != first)
  }

  /// Replicates are computed in blocks, by whichever thread is free: neither may show.
  @Test func aReplicateDoesNotDependOnHowManyThereAre() throws {
    let predictions = try samplePredictions(classes: 2, records: 100, seed: 1)
    let resampler = try Resampler(Bootstrap(seed: 4), labels: [], patients: nil, records: 100)
    let statistics = try predictions.rankings().map { WeightedRanking($0, averagePrecision: true) }
    func values(_ count: Int) -> [[Double]] {
      Replicates(of: statistics, records: 100, count: count, draw: resampler.draw).values
    }
    let many = values(333)
    #expect(many.map { Array($0.prefix(5)) } == values(5))
    #expect(many == values(333))
  }

  /// Pinned, so that a change of the generator or of the draw is noticed: results are stored in reports.
  @Test func drawsTheSameOnEveryMachine() throws {
    let predictions = try samplePredictions(classes: 2, records: 50, seed: 3)
    let interval = try aurocIntervals(predictions, Bootstrap(replicates: 100, seed: 1)).macro.get()
    #expect([interval.lower, interval.upper] == [0.8034535055097192, 0.934533717598975])
  }

  @Test func eachIntervalSurroundsItsEstimateAndNarrowsWithRecords() throws {
    var widths: [Double] = []
    for records in [100, 1600] {
      let predictions = try samplePredictions(classes: 2, records: records, seed: 2)
      let estimate = try auroc(predictions.scores[0], predictions.labels[0])
      let interval = try aurocIntervals(predictions, Bootstrap(replicates: 400)).perClass[0].get()
      #expect(interval.lower < estimate && estimate < interval.upper)
      #expect(interval.method == .bootstrapRecords)
      widths.append(interval.upper - interval.lower)
    }
    #expect((2.8...5.6).contains(widths[0] / widths[1]))  // sixteen times the records: about a quarter of the width
  }

  @Test func repeatingEveryPatientsRecordDoesNotNarrowTheInterval() throws {
    let once = try samplePredictions(classes: 1, records: 100, seed: 4)
    let twice = try Predictions(
      names: once.names, labels: once.labels.map { $0 + $0 }, scores: once.scores.map { $0 + $0 })
    let patients = Array(0..<100)
    let single = try aurocIntervals(once, patients: patients).perClass[0].get()
    let doubled = try aurocIntervals(twice, patients: patients + patients).perClass[0].get()
    #expect((doubled.lower, doubled.upper) == (single.lower, single.upper))
    #expect(doubled.method == .bootstrapPatients)
    let asRecords = try aurocIntervals(twice).perClass[0].get()
    #expect(asRecords.upper - asRecords.lower < 0.85 * (single.upper - single.lower))
  }

  @Test func saysHowOftenAClassWasLostAndWhatWasDone() throws {
    // One positive among 40: a replicate loses it with probability (39/40)^40, about 0.36.
    let rare = [true] + [Bool](repeating: false, count: 39)
    let common = (0..<40).map { $0 % 2 == 0 }
    let scores = (0..<40).map { Double($0 * 7 % 40) }
    let predictions = try Predictions(names: ["rare", "common"], labels: [rare, common], scores: [scores, scores])
    let skipped = try aurocIntervals(predictions, Bootstrap(replicates: 1000))
    let rareInterval = try skipped.perClass[0].get()
    let lost = try #require(rareInterval.lost)
    #expect((300...420).contains(lost))
    #expect(rareInterval.lostClass == .rejected)
    #expect(rareInterval.replicates == 1000 - lost)
    #expect(try skipped.perClass[1].get().lost == 0)
    #expect(try skipped.macro.get().replicates == 1000)
    #expect(try skipped.macro.get().lost == lost)
    #expect(try skipped.macro.get().lostClass == .skipped)
    let rejected = try aurocIntervals(predictions, Bootstrap(replicates: 1000, lostClass: .rejected)).macro.get()
    #expect(rejected.replicates == 1000 - lost)
    #expect(rejected.lostClass == .rejected)
  }

  @Test func strataKeepEveryClass() throws {
    // One positive among 40, and two negatives: unstratified, many replicates lose a side.
    let rare = [true] + [Bool](repeating: false, count: 39)
    let nearlyAll = [false, false, true] + [Bool](repeating: true, count: 37)
    let common = (0..<40).map { $0 % 2 == 0 }
    let scores = (0..<40).map { Double($0 * 7 % 40) }
    let predictions = try Predictions(
      names: ["rare", "nearly all", "common"], labels: [rare, nearlyAll, common], scores: [scores, scores, scores])
    let bootstrap = Bootstrap(replicates: 500, lostClass: .stratified)
    let intervals = try aurocIntervals(predictions, bootstrap)
    for interval in try intervals.perClass.map({ try $0.get() }) + [intervals.macro.get()] {
      #expect((interval.replicates, interval.lost, interval.lostClass) == (500, 0, .stratified))
    }
    let resampler = try Resampler(bootstrap, labels: predictions.labels, patients: nil, records: 40)
    var weights = [UInt32](repeating: 0, count: 40)
    for replicate in 0..<50 {
      _ = weights.withUnsafeMutableBufferPointer { resampler.draw(replicate, into: $0) }
      #expect(weights[0] == 1)  // alone in the stratum of the rarest class
      #expect(weights[1] == 1)  // and in that of the next: record 0 is in the first already
      #expect(weights.reduce(0, +) == 40)
    }
  }

  @Test func drawsAgainWhereStrataAloneDoNotKeepAClass() throws {
    // The positives of "second" stand in the strata of the rarer "first" and "third", which may be drawn without them.
    let first = (0..<40).map { $0 < 3 }
    let second = (0..<40).map { [0, 1, 3, 4].contains($0) }
    let third = (0..<40).map { (3..<6).contains($0) }
    let scores = (0..<40).map { Double($0 * 7 % 40) }
    let predictions = try Predictions(
      names: ["first", "second", "third"], labels: [first, second, third], scores: [scores, scores, scores])
    let intervals = try aurocIntervals(predictions, Bootstrap(replicates: 2000, lostClass: .stratified))
    let interval = try intervals.perClass[1].get()
    // Each stratum of 3 misses its two positives with probability 1/27, both with 1/729: 2.7 of 2,000.
    #expect((1...10).contains(try #require(interval.lost)))
    #expect(interval.replicates == 2000)
  }

  @Test func anUndefinedClassHasNoIntervalAndDoesNotSpoilTheMacroMean() throws {
    let labels = [[Bool](repeating: false, count: 40), (0..<40).map { $0 % 2 == 0 }]
    let scores = (0..<40).map { Double($0 * 7 % 40) }
    let result = try aurocIntervals(Predictions(names: ["never", "often"], labels: labels, scores: [scores, scores]))
    #expect(result.perClass[0] == .failure(.oneClass(positives: 0, negatives: 40)))
    #expect(try result.macro.get().lost == 0)
    #expect(try result.macro.get().lower == result.perClass[1].get().lower)
  }

  @Test func tooFewReplicatesGiveNoInterval() throws {
    let predictions = try samplePredictions(classes: 1, records: 30, seed: 2)
    let result = try aurocIntervals(predictions, Bootstrap(replicates: 20))
    #expect(result.macro == .failure(.tooFewReplicates(used: 20, of: 20)))
  }

  @Test func needsAPatientForEachRecord() throws {
    let predictions = try samplePredictions(classes: 1, records: 30, seed: 2)
    #expect(throws: ScoringError.shape("2 patients for 30 records; expected one for each record")) {
      try aurocIntervals(predictions, patients: [1, 2])
    }
  }

  /// The authors' own 100 replicates give what they published: the point, and mean and 5 and 95 % quantiles.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data")) func reproducesThePublishedIntervals() throws {
    let predictions = try publishedPredictions()
    let rows = try readReplicates(
      path: SharedData.path("predictions/xresnet1d101_all71/bootstrap_ids.npy"), records: predictions.recordCount)
    let bootstrap = Bootstrap(rows: rows, level: 0.9, lostClass: .rejected)
    let published = try String(
      contentsOfFile: SharedData.path("predictions/xresnet1d101_all71/published.csv"), encoding: .utf8
    ).split(separator: "\n").dropFirst().map { $0.split(separator: ",").dropFirst().compactMap { Double($0) } }
    try #require(published.count == 4)
    let intervals = try bootstrapIntervals(predictions, bootstrap)
    let points = try [evaluate(predictions).macro.auroc.value, fmax(predictions).value]
    for (j, found) in [intervals.auroc.macro, intervals.fmax].enumerated() {
      let interval = try found.get()
      #expect((interval.replicates, interval.lost, interval.seed, interval.method) == (100, 0, nil, .bootstrapGiven))
      #expect(abs(try #require(points[j]) - published[0][j]) < 1e-12)
      #expect(abs(try #require(interval.mean) - published[1][j]) < 1e-12)
      #expect(abs(interval.lower - published[2][j]) < 1e-12)
      #expect(abs(interval.upper - published[3][j]) < 1e-12)
    }
    #expect(try aurocIntervals(predictions, bootstrap).macro == intervals.auroc.macro)
  }

  @Test func everyStatisticComesFromTheSameReplicates() throws {
    let predictions = try samplePredictions(classes: 3, records: 60, seed: 7)
    var generator = SeededGenerator(seed: 1)
    let rows = (0..<50).map { _ in (0..<60).map { _ in Int.random(in: 0..<60, using: &generator) } }
    let repeated = try rows.map { row in
      try evaluate(
        Predictions(
          names: predictions.names, labels: predictions.labels.map { column in row.map { column[$0] } },
          scores: predictions.scores.map { column in row.map { column[$0] } }))
    }
    let intervals = try bootstrapIntervals(predictions, Bootstrap(rows: rows, level: 0.9))
    func expect(_ interval: Result<Interval, ScoringError>, _ value: (Evaluation) -> Statistic) throws {
      let values = try repeated.map { try #require(value($0).value) }.sorted()
      #expect(abs(try interval.get().lower - quantile(0.05, ofSorted: values)) < 1e-12)
      #expect(abs(try interval.get().upper - quantile(0.95, ofSorted: values)) < 1e-12)
    }
    for (name, found) in [(StatisticName.auroc, intervals.auroc), (.ap, intervals.ap), (.brier, intervals.brier)] {
      try expect(found.macro) { $0.macro.statistics[name] }
      for j in 0..<3 { try expect(found.perClass[j]) { $0.perClass[j].statistics[name] } }
    }
    try expect(intervals.fmax) { $0.fmax }
    try expect(intervals.microAUROC) { $0.micro.auroc }
    try expect(intervals.microAP) { $0.micro.ap }
  }

  @Test func refusesReplicatesOfOtherRecords() throws {
    let predictions = try samplePredictions(classes: 1, records: 30, seed: 2)
    #expect(throws: ScoringError.shape("replicate 1 names record 30; expected 0 to 29")) {
      try aurocIntervals(predictions, Bootstrap(rows: [[0], [30]]))
    }
  }

  @Test func numbersBelowABoundAreEquallyLikely() {
    var generator = SplitMix64(seed: 1, stream: 2)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<100_000 { counts[generator.next(below: 10)] += 1 }
    let chiSquared = counts.reduce(0.0) { $0 + pow(Double($1) - 10_000, 2) / 10_000 }
    #expect(chiSquared < 27.9)  // 9 degrees of freedom, p = 0.001
  }
}

/// Expected intervals: see Expectations/bca.py.
@Suite struct BCaTests {
  struct Expected: Decodable {
    var scores: [Double], labels: [Bool], patients: [Int], rows: [[Int]]
    var lower, upper: Double
  }

  @Test(arguments: 0..<2) func agreesWithTheFormula(number: Int) throws {
    let expected = try #require((read("bca.json") ?? [Expected]()).dropFirst(number).first)
    let predictions = try Predictions(names: ["a"], labels: [expected.labels], scores: [expected.scores])
    let intervals = try aurocIntervals(
      predictions, patients: expected.patients, Bootstrap(rows: expected.rows, level: 0.9, method: .bca))
    let interval = try intervals.perClass[0].get()
    #expect(abs(interval.lower - expected.lower) < 1e-12)
    #expect(abs(interval.upper - expected.upper) < 1e-12)
    #expect(interval.method == .bcaGiven)
    #expect(try intervals.macro.get().lower == interval.lower)
  }

  @Test func withoutBiasOrSkewIsThePercentileInterval() throws {
    let replicates = (0...1000).map(Double.init)
    let shares = try bcaShares(replicates, estimate: 500, jackknife: [1, 2, 3], level: 0.9)
    #expect(abs(shares.lower - 0.05) < 1e-12 && abs(shares.upper - 0.95) < 1e-12)
    let shifted = try bcaShares(replicates, estimate: 600, jackknife: [1, .nan, 3], level: 0.9)
    #expect(shifted.lower > 0.08 && shifted.upper > 0.97)
  }

  @Test func needsReplicatesOnBothSidesOfTheEstimate() {
    #expect(throws: ScoringError.noBCa("0 of 2 replicates are below the estimate; it needs some on either side")) {
      try bcaShares([1, 2], estimate: 0, jackknife: [1, 2], level: 0.9)
    }
    // One of 1,000 above, and all the skew in one patient: the limit would lie beyond infinity.
    let left = [-9] + [Double](repeating: 0, count: 99)
    #expect(throws: ScoringError.self) {
      try bcaShares((0..<1000).map(Double.init), estimate: 998.5, jackknife: left, level: 0.9999)
    }
  }
}

@Suite struct IntervalTests {
  /// Expected: scipy 1.17.1, `binomtest(k, n).proportion_ci(level, method="wilson")`.
  @Test(arguments: [
    (0, 10, 0.95, 0.0, 0.27753279986288926),
    (10, 10, 0.95, 0.7224672001371109, 1.0),
    (7, 20, 0.95, 0.1811918241010821, 0.5671457233147637),
    (1, 3, 0.9, 0.07826572633372841, 0.7464661317187758),
    (450, 1000, 0.99, 0.4099386939039589, 0.4907204225863818),
  ]) func wilsonAgreesWithSciPy(successes: Int, trials: Int, level: Double, lower: Double, upper: Double) throws {
    let interval = try wilsonInterval(successes, of: trials, level: level)
    #expect(abs(interval.lower - lower) < 1e-14)
    #expect(abs(interval.upper - upper) < 1e-14)
  }

  @Test func noTrialsHaveNoInterval() {
    #expect(throws: ScoringError.zeroDenominator("trials")) { try wilsonInterval(0, of: 0) }
  }

  /// Expected: scipy 1.17.1, `norm.isf`.
  @Test(arguments: [
    (0.5, 0.0), (0.25, 0.6744897501960817), (0.05, 1.6448536269514729), (0.025, 1.9599639845400545),
    (0.005, 2.575829303548901), (1e-6, 4.753424308822899),
  ]) func normalQuantilesAgreeWithSciPy(tail: Double, z: Double) {
    #expect(abs(normalQuantile(upperTail: tail) - z) < 1e-14)
  }

  @Test func quantilesInterpolateAsNumPyDoes() {
    #expect(quantile(0.25, ofSorted: [1, 2, 4, 8]) == 1.75)
    #expect(quantile(0, ofSorted: [1, 2]) == 1)
    #expect(quantile(1, ofSorted: [1, 2]) == 2)
    #expect(quantile(0.3, ofSorted: [5]) == 5)
  }
}
