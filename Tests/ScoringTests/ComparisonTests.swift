import Foundation
import TestSupport
import Testing

@testable import Scoring

@Suite struct ComparisonTests {
  /// Two networks on the same labels; the second's scores are mixed with noise.
  func pair(noise: Double = 0.6) throws -> (Predictions, Predictions) {
    let first = try samplePredictions(classes: 3, records: 200, seed: 1)
    var generator = SeededGenerator(seed: 9)
    let scores = first.scores.map { column in
      column.map { (1 - noise) * $0 + noise * Double.random(in: 0..<1, using: &generator) }
    }
    return (first, try Predictions(names: first.names, labels: first.labels, scores: scores))
  }

  @Test func testsClassesByDeLongAndTheirMeanByTheSameReplicates() throws {
    let (first, second) = try pair()
    let patients = (0..<200).map { $0 / 2 }
    let comparison = try compare(first, second, patients: patients, Bootstrap(replicates: 300, seed: 3))
    let row = comparison.perClass[0]
    #expect(row.difference.value == (row.first.value ?? 0) - (row.second.value ?? 0))
    let test = try #require(row.test)
    #expect(test == (try delongTest(first.scores[0], second.scores[0], first.labels[0], patients: patients, .student)))
    #expect(row.difference.interval == test.interval && test.interval.method == .obuchowskiStudent)
    #expect(comparison.defined == 3)
    #expect(comparison.perClass.map(\.adjustedPValue) == holm(comparison.perClass.map { $0.test?.pValue }))
    let macro = comparison.overall
    let mean = comparison.perClass.reduce(0) { $0 + ($1.difference.value ?? .nan) } / 3
    #expect(abs((macro.difference.value ?? .nan) - mean) < 1e-15)
    let interval = try #require(macro.difference.interval)
    #expect((interval.method, interval.replicates, interval.seed) == (.studentPatients, 300, 3))
    #expect(macro.adjustedPValue == macro.test?.pValue)  // one test alone
  }

  /// What DeLong's formula and the bootstrap say of the same difference agrees within the error of the replicates.
  @Test func bootstrapAndDeLongSeeTheSameVariation() throws {
    let (first, second) = try pair()
    func alone(_ predictions: Predictions) throws -> Predictions {
      try Predictions(names: ["a"], labels: [predictions.labels[0]], scores: [predictions.scores[0]])
    }
    let patients = (0..<200).map { $0 / 2 }
    let comparison = try compare(alone(first), alone(second), patients: patients, Bootstrap(replicates: 2000))
    let errors = [comparison.perClass[0], comparison.overall].compactMap(\.test?.standardError)
    try #require(errors.count == 2)
    #expect((0.9...1.1).contains(errors[0] / errors[1]), "\(errors)")
  }

  @Test func needsNoClustersWhereEachPatientHasOneRecord() throws {
    let (first, second) = try pair()
    let comparison = try compare(first, second, patients: Array(0..<200), Bootstrap(replicates: 100))
    #expect(comparison.perClass.allSatisfy { $0.test?.interval.method == .delongStudent })
    #expect(comparison.patients == 200)
  }

  /// A p-value is below 5 % exactly where the 95 % interval leaves out 0, in every measure.
  @Test(arguments: Comparison.Measure.allCases) func pValuesAgreeWithIntervals(measure: Comparison.Measure) throws {
    var found: Set<Bool> = []
    for noise in [0.02, 0.1, 0.3, 0.6] {
      let (first, second) = try pair(noise: noise)
      let comparison = try compare(first, second, in: measure, Bootstrap(replicates: 100))
      #expect(comparison.perClass.isEmpty == (measure == .fmax))
      for row in comparison.perClass + [comparison.overall] {
        let (test, interval) = (try #require(row.test), try #require(row.difference.interval))
        let isOutside = !(interval.lower...interval.upper).contains(0)
        #expect(isOutside == (test.pValue < 0.05))
        #expect(abs(test.pValue(against: 0) - test.pValue) < 1e-15)
        found.insert(isOutside)
      }
    }
    #expect(found == [true, false])
  }

  @Test func judgesByTheAdjustedPValue() throws {
    let (first, second) = try pair(noise: 0.2)
    let comparison = try compare(first, second, Bootstrap(replicates: 100))
    for row in comparison.perClass + [comparison.overall] {
      let p = try #require(row.adjustedPValue)
      #expect(row.verdict == (p < 0.05 ? .beyondNoise : .withinNoise))
      #expect(row.nonInferiority == nil)  // no margin was given
    }
  }

  /// Several networks are judged together: two copies double the number of tests.
  @Test func adjustsForEveryClassOfEveryNetwork() throws {
    let (first, second) = try pair(noise: 0.3)
    let both = try compare([first, first], with: second, Bootstrap(replicates: 100))
    #expect(both.count == 2 && both[0] == both[1])
    let pValues = both.flatMap(\.perClass).map { $0.test?.pValue }
    #expect(both.flatMap(\.perClass).map(\.adjustedPValue) == holm(pValues))
    #expect(both[0].overall.adjustedPValue == min(1, 2 * (both[0].overall.test?.pValue ?? .nan)))
  }

  @Test(arguments: [(Comparison.Measure.auroc, 1.0), (.ap, 1), (.fmax, 1), (.brier, -1)])
  func comparesWithTheMarginOnTheSideThatIsWorse(measure: Comparison.Measure, better: Double) throws {
    let (good, bad) = try pair(noise: 0.4)
    func judged(_ first: Predictions, _ second: Predictions, _ margin: Double) throws -> Comparison.NonInferiority? {
      try compare(first, second, in: measure, margin: margin, Bootstrap(replicates: 200)).overall.nonInferiority
    }
    let test = try #require(try compare(bad, good, in: measure, Bootstrap(replicates: 200)).overall.test)
    let loss = -better * test.difference, half = 1.96 * test.standardError
    try #require(loss > half + 1e-4)  // the bad one is worse
    #expect(try judged(bad, good, loss + 1.01 * half) == .nonInferior)
    #expect(try judged(bad, good, loss + 0.9 * half) == .inconclusive)
    #expect(try judged(bad, good, loss - 0.9 * half) == .inconclusive)
    #expect(try judged(bad, good, loss - 1.01 * half) == .inferior)
    #expect(try judged(good, bad, 1e-6) == .nonInferior)  // the better one, by any margin
  }

  @Test func pairingNarrowsTheInterval() throws {
    let (first, second) = try pair(noise: 0.1)
    let comparison = try compare(first, second, Bootstrap(replicates: 300))
    let alone = try #require(comparison.perClass[0].first.interval)
    let difference = try #require(comparison.perClass[0].difference.interval)
    #expect(difference.upper - difference.lower < 0.5 * (alone.upper - alone.lower))
  }

  @Test func aNetworkDoesNotDifferFromItself() throws {
    let (first, _) = try pair()
    let comparison = try compare(first, first, Bootstrap(replicates: 100))
    #expect(comparison.overall.difference.value == 0)
    #expect(comparison.overall.noTest == "the estimated variance is zero: the difference is the same in every replicate")
    #expect((comparison.perClass + [comparison.overall]).allSatisfy { $0.verdict == .withinNoise })
    let reason = "the estimated variance is zero: both networks rank every record equally well"
    #expect(comparison.perClass.allSatisfy { $0.test == nil && $0.adjustedPValue == nil && $0.noTest == reason })
  }

  @Test func saysWhyAMeasureIsUndefined() throws {
    let (first, second) = try pair()
    let logits = try Predictions(names: first.names, labels: first.labels, scores: first.scores.map { $0.map { 4 * $0 - 1 } })
    for measure in [Comparison.Measure.brier, .fmax] {
      let comparison = try compare(logits, second, in: measure, Bootstrap(replicates: 100))
      let reason = try #require(comparison.overall.difference.undefined)
      #expect(measure == .brier || reason.contains("are no probabilities"), "\(reason)")
      #expect(comparison.perClass.allSatisfy { $0.noTest?.contains("are no probabilities") == true })
      #expect(comparison.overall.test == nil && comparison.overall.verdict == nil)
    }
    // A class that is absent takes no part in the mean.
    var labels = first.labels
    labels[1] = labels[1].map { _ in false }
    func without(_ predictions: Predictions) throws -> Predictions {
      try Predictions(names: predictions.names, labels: labels, scores: predictions.scores)
    }
    let comparison = try compare(without(first), without(second), Bootstrap(replicates: 100))
    #expect(comparison.defined == 2)
    #expect(comparison.perClass[1].noTest == "no positive among 200 records")
    let others = [0, 2].compactMap { comparison.perClass[$0].difference.value }
    #expect(abs((comparison.overall.difference.value ?? .nan) - others.reduce(0, +) / 2) < 1e-15)
  }

  /// Standard errors, z and p of macro means and classes against NumPy and scikit-learn, with the same replicates; see
  /// Expectations/comparison.py.
  @Test(arguments: [Comparison.Measure.auroc, .ap, .brier]) func agreesWithScikitLearn(measure: Comparison.Measure) throws {
    struct Expected: Decodable {
      struct Row: Decodable { var first, second, difference, error, df, z, p: Double }
      var labels: [[Bool]], first, second: [[Double]], replicates: [[Int]]
      var macro: [String: Row], classes: [String: [Row]]
    }
    let expected = try #require(read("comparison.json") as Expected?)
    let names = expected.labels.indices.map { "class \($0)" }
    let pair = try [expected.first, expected.second].map {
      try Predictions(names: names, labels: expected.labels, scores: $0)
    }
    let comparison = try compare(pair[0], pair[1], in: measure, Bootstrap(rows: expected.replicates))
    func check(_ row: Comparison.Row, _ expected: Expected.Row?) throws {
      let (expected, test) = (try #require(expected), try #require(row.test))
      #expect(abs((row.first.value ?? .nan) - expected.first) < 1e-12)
      #expect(abs((row.second.value ?? .nan) - expected.second) < 1e-12)
      #expect(abs(test.difference - expected.difference) < 1e-12)
      #expect(abs(test.standardError - expected.error) < 1e-12)
      #expect(abs((test.degreesOfFreedom ?? .nan) - expected.df) < 1e-9)
      #expect(abs(test.z - expected.z) < 1e-9)
      #expect(abs(test.pValue - expected.p) < 1e-9)
      #expect(test.interval.method == .studentGiven)
    }
    try check(comparison.overall, expected.macro[measure.rawValue])
    guard measure != .auroc else { return }  // classes by DeLong: see DeLongTests
    for (row, expected) in zip(comparison.perClass, expected.classes[measure.rawValue] ?? []) { try check(row, expected) }
  }

  @Test func refusesOtherRecords() throws {
    let (first, second) = try pair()
    var labels = second.labels
    labels[1][7].toggle()
    let other = try Predictions(names: second.names, labels: labels, scores: second.scores)
    #expect(throws: ScoringError.shape("the labels of record 7 (counted from 0) differ in class class 1")) {
      try compare(first, other)
    }
    let fewer = try samplePredictions(classes: 3, records: 100, seed: 1)
    #expect(throws: ScoringError.shape("200 records of the first network, 100 of the second; expected the same")) {
      try compare(first, fewer)
    }
  }

  @Test func tableFitsIn80ColumnsAndJSONHasItsKeys() throws {
    let (first, second) = try pair()
    let names = ["a class with a very long name", "b", "c"]
    let comparison = try compare(
      Predictions(names: names, labels: first.labels, scores: second.scores),
      Predictions(names: names, labels: first.labels, scores: first.scores), patients: (0..<200).map { $0 / 2 },
      Bootstrap(replicates: 100, method: .bca))
    let text = comparisonTable(comparison)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(
      unwrapped(text).contains(
        "Tests of classes, two-sided, and their intervals: 95 %, DeLong, clustered by patient (Obuchowski), Student's t."))
    #expect(unwrapped(text).contains("95 %, bootstrap over patients, Student's t, 100 replicates, seed 0."))
    #expect(unwrapped(text).contains("The difference of the macro mean is \(comparison.overall.verdict?.rawValue ?? "")."))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(comparison)) as? [String: Any]
    let macro = try #require(json?["macro"] as? [String: Any])
    #expect((macro["differenceInterval"] as? [String: Any])?["method"] as? String == "studentPatients")
    #expect(macro["verdict"] as? String == comparison.overall.verdict?.rawValue)
    let rows = try #require(json?["perClass"] as? [[String: Any]])
    #expect((rows[0]["test"] as? [String: Any])?["pValue"] is Double)
  }
}

@Suite struct StudentTTests {
  /// SciPy's stats.t; see Expectations/comparison.py.
  @Test func agreesWithSciPy() throws {
    struct Expected: Decodable {
      struct Point: Decodable { var df, t, p, tail, quantile: Double }
      var student: [Point]
    }
    let points = try #require(read("comparison.json") as Expected?).student
    #expect(points.count > 50)
    for point in points {
      let student = StudentT(degreesOfFreedom: point.df)
      #expect(abs(student.pValue(point.t) - point.p) <= 1e-9 * point.p, "\(point)")
      #expect(abs(student.quantile(upperTail: point.tail) - point.quantile) <= 1e-9 * point.quantile, "\(point)")
    }
  }

  @Test func isNormalWithManyDegreesOfFreedom() {
    #expect(abs(StudentT(degreesOfFreedom: 1e6).pValue(1.96) - normalPValue(1.96)) < 1e-6)
    #expect(StudentT(degreesOfFreedom: 1e9).pValue(2.5) == normalPValue(2.5))
    #expect(StudentT(degreesOfFreedom: 5).pValue(0) == 1 && StudentT(degreesOfFreedom: 5).quantile(upperTail: 0.5) < 1e-15)
    #expect(StudentT(degreesOfFreedom: 5).pValue(.infinity) == 0)
  }

  @Test func satterthwaiteLiesBetweenTheParts() {
    // One part alone has its own degrees of freedom, two equal ones have them all.
    let part = VariancePart(value: 2, degreesOfFreedom: 7)
    #expect(satterthwaite([part, VariancePart(value: 0, degreesOfFreedom: 900)]) == 7)
    #expect(satterthwaite([part, part]) == 14)
    #expect(satterthwaite([VariancePart(value: 0, degreesOfFreedom: 3)]) == nil)
  }
}

@Suite struct PairingTests {
  private func table(
    _ ids: [String], _ names: [String] = ["A", "B"], truth: (String, String) -> Bool = { id, _ in id.count > 1 },
    patients: [Int]? = nil
  ) throws -> PredictionTable {
    PredictionTable(
      predictions: try Predictions(
        names: names, labels: names.map { name in ids.map { truth($0, name) } },
        scores: names.indices.map { j in ids.map { _ in Double(j) } }),
      records: ids, patients: patients)
  }

  @Test func ordersRecordsAndLabelsAsTheFirst() throws {
    let pairs = try PairedPredictions([
      ("a", table(["1", "22", "3"], ["A", "B"])), ("b", table(["3", "1", "22"], ["B", "A"], patients: [5, 9, 5])),
    ])
    #expect(pairs.records == ["1", "22", "3"] && pairs.sides.allSatisfy { $0.names == ["A", "B"] })
    #expect(pairs.sides[1].labels == [[false, true, false], [false, true, false]])
    #expect(pairs.sides[1].scores == [[1, 1, 1], [0, 0, 0]])  // B stood first there
    #expect(pairs.patients == [9, 5, 5])
    #expect(pairs.recordsLeftOut == 0 && pairs.labelsLeftOut == [])
  }

  @Test func namesWhatASideLacks() throws {
    let sides = [("a", try table(["1", "2", "3"])), ("b", try table(["2", "4"], ["A", "C"]))]
    #expect(throws: PairingError.lacksRecords(["4"], side: "a")) { try PairedPredictions(sides) }
    let labels = [("a", try table(["1"])), ("b", try table(["1"], ["A", "C"]))]
    #expect(throws: PairingError.lacksLabels(["C"], side: "a")) { try PairedPredictions(labels) }
    let common = try PairedPredictions(sides, .common)
    #expect(common.records == ["2"] && common.sides[1].names == ["A"])
    #expect(common.recordsLeftOut == 3 && common.labelsLeftOut == ["B", "C"])
    #expect(throws: PairingError.nothingCommon("record")) {
      try PairedPredictions([("a", table(["1"])), ("b", table(["2"]))], .common)
    }
    let many = PairingError.lacksRecords((1...20).map { "\($0)" }, side: "b").description
    #expect(many == "'b' lacks 20 records that another side has: 1, 2, 3, 4, 5, 6, 7, 8 and 12 more")
  }

  @Test func refusesAnotherTruth() throws {
    let other = try table(["1", "22"]) { id, name in id == "22" && name == "A" }
    #expect(throws: PairingError.otherTruth(record: "22", label: "B", positive: "a", negative: "b")) {
      try PairedPredictions([("a", table(["1", "22"])), ("b", other)])
    }
    #expect(throws: PairingError.otherTruth(record: "22", label: "B", positive: "a", negative: "b")) {
      try PairedPredictions([("b", other), ("a", table(["1", "22"]))])
    }
  }

  @Test func refusesOtherPatients() throws {
    let ids = ["1", "2", "3"]
    let a = ("a", try table(ids, patients: [1, 1, 2])), b = ("b", try table(ids, patients: [1, 2, 2]))
    #expect(throws: PairingError.otherPatients("1", "2", one: "a", two: "b")) { try PairedPredictions([a, b]) }
    #expect(throws: PairingError.otherPatients("1", "2", one: "a", two: "b")) { try PairedPredictions([b, a]) }
    // Other numbers of the same patients are no contradiction, and who knows none agrees with all.
    let c = ("c", try table(ids, patients: [7, 7, 0])), d = ("d", try table(ids))
    #expect(try PairedPredictions([d, a, c]).patients == [1, 1, 2])
    #expect(try PairedPredictions([d, d]).patients == nil)
  }
}

@Suite struct SubgroupTests {
  let predictions = try? samplePredictions(classes: 2, records: 300, seed: 2)
  let sex: [String?] = (0..<300).map { $0 % 50 == 0 ? nil : $0 % 3 == 0 ? "female" : "male" }

  @Test func equalsTheStatisticOfTheGroupAlone() throws {
    let predictions = try #require(predictions)
    let found = try subgroups(
      predictions, [Grouping(name: "sex", membership: sex)], patients: (0..<300).map { $0 / 2 },
      Bootstrap(replicates: 200))
    #expect(found.map(\.level) == ["female", "male"])
    let members = sex.indices.filter { sex[$0] == "female" }
    let group = found[0]
    #expect((group.records, group.patients) == (members.count, Set(members.map { $0 / 2 }).count))
    for (j, row) in group.perClass.enumerated() {
      let labels = members.map { predictions.labels[j][$0] }
      let value = try auroc(members.map { predictions.scores[j][$0] }, labels)
      #expect(row.auroc.value == value)
      #expect((row.positives, row.negatives) == (labels.count { $0 }, labels.count { !$0 }))
      let interval = try #require(row.auroc.interval)
      #expect(interval.lower < value && value < interval.upper && interval.method == .bootstrapPatients)
    }
    // The rest of the females are the males, unknown sex being in neither.
    #expect(group.rest.value == found[1].macro.value)
    #expect(group.difference.value == -(found[1].difference.value ?? 0))
    let (one, other) = (try #require(group.difference.interval), try #require(found[1].difference.interval))
    #expect(abs(one.lower + other.upper) < 1e-12)
  }

  @Test func aClassThatIsTooSmallHasCountsInPlaceOfAValue() throws {
    let predictions = try #require(predictions)
    let site = (0..<300).map { $0 < 20 ? "small" : "large" }
    let found = try subgroups(
      predictions, [Grouping(name: "site", membership: site)], Bootstrap(replicates: 100), fewest: 15)
    let small = try #require(found.first { $0.level == "small" })
    #expect(small.perClass[0].auroc.undefined == "\(small.perClass[0].positives) positives; expected at least 15")
    #expect(small.macro.undefined == "undefined in each of 2 classes")
    #expect(small.classes.isEmpty)
    let large = try #require(found.first { $0.level == "large" })
    #expect(large.perClass[0].auroc.value != nil)
    #expect(large.perClass[0].difference.value == nil)
  }

  @Test func needsAMemberForEachRecord() throws {
    #expect(throws: ScoringError.shape("1 members of grouping sex for 300 records; expected one for each")) {
      try subgroups(#require(predictions), [Grouping(name: "sex", membership: ["male"])])
    }
  }

  @Test func writesJSON() throws {
    let found = try subgroups(
      #require(predictions), [Grouping(name: "sex", membership: sex)], Bootstrap(replicates: 100))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(found)) as? [[String: Any]]
    #expect(json?[0]["level"] as? String == "female")
    #expect(json?[0]["difference"] is Double && json?[0]["differenceInterval"] != nil)
  }
}
