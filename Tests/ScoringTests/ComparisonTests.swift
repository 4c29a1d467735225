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

  @Test func differencesAreOfTheSameReplicates() throws {
    let (first, second) = try pair()
    let patients = (0..<200).map { $0 / 2 }
    let comparison = try compare(first, second, patients: patients, Bootstrap(replicates: 300, seed: 3))
    let row = comparison.perClass[0]
    #expect(row.difference.value == (row.first.value ?? 0) - (row.second.value ?? 0))
    let interval = try #require(row.difference.interval)
    #expect((interval.method, interval.replicates, interval.seed) == (.bootstrapPatients, 300, 3))
    let test = try #require(row.test)
    #expect(test.interval.method == .obuchowski)
    // Both see the same variation: widths agree within the error of 300 replicates.
    let widths = (interval.upper - interval.lower) / (test.interval.upper - test.interval.lower)
    #expect((0.8...1.25).contains(widths))
    #expect(comparison.macro.defined == 3)
    #expect(comparison.perClass.map(\.adjustedPValue) == holm(comparison.perClass.map { $0.test?.pValue }))
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
    #expect(comparison.macro.difference.value == 0)
    #expect(comparison.macro.difference.interval.map { [$0.lower, $0.upper] } == [0, 0])
    let reason = "the estimated variance is zero: both networks rank every record equally well"
    #expect(comparison.perClass.allSatisfy { $0.test == nil && $0.adjustedPValue == nil && $0.noTest == reason })
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
    #expect(unwrapped(text).contains("p: paired test by DeLong, clustered by patient (Obuchowski), two-sided"))
    #expect(unwrapped(text).contains("bootstrap over patients, BCa, 100 replicates, seed 0."))
    let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(comparison)) as? [String: Any]
    let macro = try #require(json?["macro"] as? [String: Any])
    #expect((macro["differenceInterval"] as? [String: Any])?["method"] as? String == "bcaPatients")
    let rows = try #require(json?["perClass"] as? [[String: Any]])
    #expect((rows[0]["test"] as? [String: Any])?["pValue"] is Double)
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
