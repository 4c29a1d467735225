import Foundation
import TestSupport
import Testing

@testable import Scoring

/// Variances from the kernel of every pair; see Expectations/delong.py.
private struct Expected: Decodable {
  struct Test: Decodable { var variance, difference, z, p: Double }
  var first, second: [Double], labels: [Bool], patients: [Int]
  var auroc: Double, delong, obuchowski: Test
}

@Suite struct DeLongTests {
  @Test(arguments: 0..<3) func agreesWithThePairsOfTheDefinition(number: Int) throws {
    let expected = try #require((read("delong.json") ?? [Expected]()).dropFirst(number).first)
    let components = try AUROCComponents(expected.first, expected.labels)
    #expect(abs(components.auroc - expected.auroc) < 1e-14)
    for (patients, figures) in [(nil, expected.delong), (expected.patients, expected.obuchowski)] {
      #expect(abs(try components.variance(patients: patients) - figures.variance) < 1e-14)
      let test = try delongTest(expected.first, expected.second, expected.labels, patients: patients)
      #expect(abs(test.standardError - figures.difference.squareRoot()) < 1e-13)
      #expect(abs(test.z - figures.z) < 1e-11)
      #expect(abs(test.pValue - figures.p) < 1e-11)
      #expect(test.interval.method == (patients == nil ? .delong : .obuchowski))
    }
  }

  /// 109 CT images in five grades (Hanley & McNeil, Radiology 143 (1982), table I). Expected: Stata's manual, [R]
  /// roctab: area 0.8932, standard error 0.0307, interval 0.83295 to 0.95339.
  @Test func reproducesAPublishedExample() throws {
    let counts: [(normal: Int, abnormal: Int)] = [(33, 3), (6, 2), (6, 2), (11, 11), (2, 33)]
    var (scores, labels): ([Double], [Bool]) = ([], [])
    for (grade, count) in counts.enumerated() {
      scores += [Double](repeating: Double(grade), count: count.normal + count.abnormal)
      labels += [Bool](repeating: false, count: count.normal) + [Bool](repeating: true, count: count.abnormal)
    }
    let interval = try delongInterval(scores, labels, scale: .plain)
    #expect(abs(try auroc(scores, labels) - 0.8932) < 5e-5)
    #expect(abs(try AUROCComponents(scores, labels).variance(patients: nil).squareRoot() - 0.0307) < 5e-5)
    #expect(abs(interval.lower - 0.83295) < 5e-6)
    #expect(abs(interval.upper - 0.95339) < 5e-6)
  }

  @Test func oneRecordAPatientIsDeLongDigitForDigit() throws {
    let (scores, labels) = tiedSample(count: 80, seed: 4)
    let components = try AUROCComponents(scores, labels)
    #expect(try components.variance(patients: nil) == components.variance(patients: Array(100..<180)))
  }

  @Test func copiesOfRecordsTellNothingNewOfTheirPatients() throws {
    let (scores, labels) = tiedSample(count: 80, seed: 5)
    let patients = Array(0..<80)
    let once = try delongInterval(scores, labels, patients: patients)
    let twice = try delongInterval(scores + scores, labels + labels, patients: patients + patients)
    #expect(abs(once.lower - twice.lower) < 1e-12 && abs(once.upper - twice.upper) < 1e-12)
    let naive = try delongInterval(scores + scores, labels + labels)
    #expect(naive.upper - naive.lower < 0.8 * (once.upper - once.lower))
  }

  @Test func logitIntervalStaysInside() throws {
    // One discordant pair of 100: the plain interval reaches beyond 1 and is cut.
    let scores = ([0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 9] + (11..<20)).map(Double.init)
    let labels = scores.indices.map { $0 >= 10 }
    let interval = try delongInterval(scores, labels)
    #expect(interval.upper < 1 && interval.lower < 0.99 && interval.method == .delongLogit)
    let plain = try delongInterval(scores, labels, patients: Array(labels.indices), scale: .plain)
    #expect(plain.upper == 1 && plain.method == .obuchowski)
  }

  @Test func saysWhyThereIsNoInterval() {
    #expect(throws: ScoringError.tooFew("positives", found: 1, needed: 2)) {
      try delongInterval([1, 2, 3], [false, true, false])
    }
    #expect(throws: ScoringError.tooFew("patients with positives", found: 1, needed: 2)) {
      try delongInterval([1, 2, 3, 0], [false, true, true, false], patients: [1, 2, 2, 3])
    }
    #expect(throws: ScoringError.noVariance("every patient's records are ranked equally well")) {
      try delongInterval([1, 2, 3, 4], [false, false, true, true])
    }
    #expect(throws: ScoringError.noVariance("both networks rank every record equally well")) {
      try delongTest([1, 3, 2, 4], [1, 30, 20, 40], [false, false, true, true])
    }
  }
}

@Suite struct HolmTests {
  @Test func multipliesBySmallestFirstAndNeverFalls() {
    // 4 x 0.005, 3 x 0.01, 2 x 0.03, and 1 x 0.04, raised to the one before it.
    let expected: [Double?] = [0.03, 0.06, nil, 0.06, 0.02]
    #expect(holm([0.01, 0.04, nil, 0.03, 0.005]) == expected)
    #expect(holm([0.9, 0.8]) == [1, 1])
    #expect(holm([]) == [])
  }
}
