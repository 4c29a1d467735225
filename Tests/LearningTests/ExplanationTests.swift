import Files
import Foundation
import Networks
import PTBXL
import TestSupport
import Testing
import Torch
import WFDB

@testable import Learning

@Suite struct ExplanationTests {
  /// Noise, and in half of the records a wave in lead V2 from 3 to 5 s: the one thing by which the class can be told.
  private func signal(hasWave: Bool, seed: UInt64) -> [[Double]] {
    var random = SeededGenerator(seed: seed)
    return (0..<12).map { lead in
      (0..<1000).map { i in
        let wave = hasWave && lead == 7 && (300..<500).contains(i) ? sin(Double(i) * 0.4) : 0
        return wave + Double.random(in: -0.3...0.3, using: &random)
      }
    }
  }

  private func examples(_ count: Int, seed: UInt64) throws -> Examples {
    let signals = (0..<count).map { signal(hasWave: $0 % 2 == 0, seed: seed + UInt64($0)) }
    return try toyExamples(
      signals: signals.map { $0.flatMap { $0.map(Float.init) } }, labels: (0..<count).map { [$0 % 2 == 0, $0 % 2 == 1] })
  }

  private func trainedModel() throws -> Model {
    let (training, validation) = try (examples(64, seed: 100), examples(32, seed: 900))
    var options = TrainingOptions()
    options.architecture = .ecgConvNet
    (options.epochs, options.batch, options.windowSeconds) = (6, 16, 10)
    let trained = try Trainer(options, training: training, validation: validation, rate: 100, threads: 2).run()
    let description = ModelDescription(
      name: "toy", labelSet: .superclass, rate: 100, folds: .standard, options: options, trained: trained,
      training: training, validation: validation, data: .init(name: "toy", isSynthetic: true, digest: Digest(of: "toy")),
      tool: "test")
    return try withTemporaryFolder { folder in
      try ModelFolder(folder).write(trained, as: description)
      return try Model(folder: folder)
    }
  }

  private func recording(hasWave: Bool) throws -> Recording {
    let leads = zip(ECGRecord.leadNames, signal(hasWave: hasWave, seed: 5000)).map { Lead(name: $0, units: "mV", samples: $1) }
    return try withTemporaryFolder { folder in
      try EncodedRecord(name: "one", samplingFrequency: 100, leads: leads).write(to: folder)
      return try Recording(Record(path: folder + "/one"), leads: ECGRecord.leadNames, samplingRate: 100)
    }
  }

  @Test func findsTheLeadAndTheSecondsThatTellTheClass() throws {
    let model = try trainedModel()
    let explanation = try model.explain(recording(hasWave: true), label: "class0", steps: 64)
    let inWave = explanation.relevance[7][300..<500].reduce(0, +)
    let elsewhere = explanation.relevance.joined().reduce(0, +) - inWave
    #expect(inWave / 200 > 10 * abs(elsewhere) / 11_800)  // by sample
    #expect(explanation.difference > 1)
    #expect(explanation.missed < 0.05)
    // Random weights destroy it.
    #expect(abs(explanation.likenessToRandom) < 0.5)
  }

  @Test func addsUpInBins() throws {
    let model = try trainedModel()
    let explanation = try model.explain(recording(hasWave: false), label: "class1", steps: 8)
    let bins = explanation.binned(seconds: 0.1)
    #expect(bins.count == 12 && bins.allSatisfy { $0.count == 100 })
    #expect(abs(bins.joined().reduce(0, +) - explanation.relevance.joined().reduce(0, +)) < 1e-6)
    #expect(throws: ModelError.self) { try model.explain(recording(hasWave: false), label: "none of them") }
  }

  @Test func ranksTiesByTheirMean() {
    #expect(rankCorrelation([1, 2, 3], [10, 20, 30]) == 1)
    #expect(rankCorrelation([1, 2, 3], [3, 2, 1]) == -1)
    #expect(rankCorrelation([1, 1, 1], [3, 2, 1]) == 0)
    // Ranks 0, 1.5, 1.5, 3 against 0, 1, 2, 3: 4.5 / √(4.5 · 5).
    #expect(abs(rankCorrelation([1, 2, 2, 9], [1, 2, 3, 4]) - 4.5 / (4.5 * 5).squareRoot()) < 1e-12)
  }
}
