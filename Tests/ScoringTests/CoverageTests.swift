import Foundation
import TestSupport
import Testing

@testable import Scoring

/// How often 95 % intervals hold the true AUROC, in 2,000 made-up data sets each. An honest one misses the range 93.5
/// to 96.5 % by chance once in 500 times (three standard errors).
@Suite(.enabled(
  if: ProcessInfo.processInfo.environment["ECGBOOK_SLOW_TESTS"] != nil, "slow: set ECGBOOK_SLOW_TESTS=1"))
struct CoverageTests {
  static let dataSets = 2000
  /// Enough for the theory, which is about many: of 200 patients with several records the percentile bootstrap holds
  /// the truth in 94.3 % of 8,000 data sets and clustered DeLong in 94.8 %, of 400 in 94.8 and 95.1 %.
  static let patients = 400
  static let range = 0.935...0.965

  /// The share of the data sets in which `interval` holds the true AUROC; a data set without an interval is a miss.
  private func coverage(
    of data: (UInt64) throws -> BinormalSample, _ interval: (BinormalSample, UInt64) throws -> Interval
  ) rethrows -> Double {
    var held = 0
    for seed in 0..<UInt64(CoverageTests.dataSets) {
      let sample = try data(seed)
      guard let interval = try? interval(sample, seed) else { continue }
      if interval.lower <= sample.auroc, sample.auroc <= interval.upper { held += 1 }
    }
    return Double(held) / Double(CoverageTests.dataSets)
  }

  private func bootstrap(_ sample: BinormalSample, _ settings: Bootstrap) throws -> Interval {
    let predictions = try Predictions(names: ["a"], labels: [sample.labels], scores: [sample.scores])
    return try aurocIntervals(predictions, patients: sample.patients, settings).perClass[0].get()
  }

  @Test func bootstrapByPatientCovers() throws {
    let share = try coverage { BinormalSample(most: 4, seed: $0) } _: { sample, seed in
      try bootstrap(sample, Bootstrap(seed: seed))
    }
    print("coverage of the percentile bootstrap by patient: \(share)")
    #expect(CoverageTests.range.contains(share), "\(share)")
  }

  @Test func clusteredDeLongCovers() throws {
    let share = try coverage { BinormalSample(most: 4, seed: $0) } _: { sample, _ in
      try delongInterval(sample.scores, sample.labels, patients: sample.patients)
    }
    print("coverage of clustered DeLong: \(share)")
    #expect(CoverageTests.range.contains(share), "\(share)")
  }

  @Test func takingRelatedRecordsAsIndependentDoesNot() throws {
    let share = try coverage { BinormalSample(most: 4, seed: $0) } _: { sample, _ in
      try delongInterval(sample.scores, sample.labels)
    }
    print("coverage of DeLong that ignores patients: \(share)")
    #expect(share < CoverageTests.range.lowerBound, "\(share)")
  }

  @Test func plainDeLongCovers() throws {
    let share = try coverage { BinormalSample(most: 1, seed: $0) } _: { sample, _ in
      try delongInterval(sample.scores, sample.labels)
    }
    print("coverage of DeLong: \(share)")
    #expect(CoverageTests.range.contains(share), "\(share)")
  }

  @Test func bcaCovers() throws {
    let share = try coverage { BinormalSample(most: 1, seed: $0) } _: { sample, seed in
      try bootstrap(sample, Bootstrap(seed: seed, method: .bca))
    }
    print("coverage of BCa: \(share)")
    #expect(CoverageTests.range.contains(share), "\(share)")
  }
}

/// Scores that are normal in positives and in negatives, of patients with one or several records.
struct BinormalSample {
  var scores: [Double] = [], labels: [Bool] = [], patients: [Int] = []
  let auroc: Double  // of records of different patients, in the population

  /// Each patient has 1 to `most` records. A patient's tendency to be positive and the level of their scores are their
  /// own; about three in ten records are positive, and score 1.5 higher.
  init(most: Int, seed: UInt64) {
    var generator = SplitMix64(seed: 20_26, stream: seed)
    func uniform() -> Double { (Double(generator.next() >> 11) + 0.5) * 0x1p-53 }
    func normal() -> Double { normalQuantile(uniform()) }
    let shared = most > 1 ? 0.5 : 0.0  // of a score's variance
    for patient in 0..<CoverageTests.patients {
      let level = normal() * shared.squareRoot()
      let prevalence = most > 1 ? (uniform() < 0.5 ? 0.1 : 0.5) : 0.3
      for _ in 0..<(1 + generator.next(below: most)) {
        let label = uniform() < prevalence
        scores.append(level + normal() * (1 - shared).squareRoot() + (label ? 1.5 : 0))
        labels.append(label)
        patients.append(patient)
      }
    }
    auroc = normalProbability(below: 1.5 / 2.0.squareRoot())
  }
}
