import Foundation
import Networks
import Testing
import TestSupport
import Torch

@testable import Learning
@testable import PTBXL

private let expectedRates = [0.00011999999999999988, 0.0016379600283630011, 0.003, 0.002998489605853573, 0.0017678402708565862, 1.2e-08]

@Suite struct OneCycleTests {
  /// PyTorch 2.13: `OneCycleLR(optimizer, max_lr=3e-3, total_steps=100)`, rates of steps 0, 15, 29, 30, 60, 99.
  @Test(arguments: zip([0, 15, 29, 30, 60, 99], expectedRates)) func followsPyTorchsRates(step: Int, rate: Double) {
    #expect(abs(OneCycle(maximum: 3e-3, steps: 100).rate(at: step) - rate) < 1e-12)
  }

  @Test(arguments: [1, 2, 3, 10]) func staysFiniteForFewSteps(steps: Int) {
    let cycle = OneCycle(maximum: 1, steps: steps)
    #expect((0..<steps).allSatisfy { (0...1).contains(cycle.rate(at: $0)) })
  }
}

@Suite struct WindowsTests {
  @Test func includesTheTail() {
    #expect(Windows(samples: 250, stride: 125).starts(in: 1000) == [0, 125, 250, 375, 500, 625, 750])
    #expect(Windows(samples: 250, stride: 125).starts(in: 1010) == [0, 125, 250, 375, 500, 625, 750, 760])
  }

  @Test(arguments: [0, 1, 249, 250]) func takesAShortSignalAsOneWindow(count: Int) {
    #expect(Windows(samples: 250, stride: 125).starts(in: count) == [0])
  }

  @Test(arguments: 0..<40 as Range<UInt64>) func coversEverySample(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let samples = Int.random(in: 1...50, using: &random)
    let stride = Int.random(in: 1...samples, using: &random)
    let count = Int.random(in: 1...400, using: &random)
    let starts = Windows(samples: samples, stride: stride).starts(in: count)
    let covered = Set(starts.flatMap { $0..<min($0 + samples, count) })
    #expect(covered == Set(0..<count))
    #expect(starts == starts.sorted() && Set(starts).count == starts.count)
  }

  @Test func aggregatesByMeanAndByMaximum() {
    let windows = [[0.25, 0.5], [0.75, 0.25]]
    #expect(Windows.Aggregate.mean(windows) == [0.5, 0.375])
    #expect(Windows.Aggregate.maximum(windows) == [0.75, 0.5])
  }
}

@Suite struct StandardizationTests {
  @Test func fitsEachLeadAndIgnoresMissingSamples() throws {
    var signal: [Float] = []
    for lead in 0..<12 {
      for i in 0..<1000 { signal.append(i == 7 ? .nan : Float(lead + (i % 2 == 0 ? 1 : -1))) }
    }
    let examples = try toyExamples(signals: [signal], labels: [[true]])
    let fitted = Standardization(fittedTo: examples)
    // 500 ones at even places, 499 minus ones at odd places.
    let mean = 1.0 / 999
    for lead in 0..<12 {
      #expect(abs(fitted.mean[lead] - (Double(lead) + mean)) < 1e-6)
      #expect(abs(fitted.deviation[lead] - (1 - mean * mean).squareRoot()) < 1e-6)
    }
  }

  @Test func fillsWhatIsMissingWithTheMean() {
    let standardization = Standardization(mean: [2], deviation: [4])
    let signal: [Float] = [2, .nan, 10]
    var target = [Float](repeating: 9, count: 5)
    signal.withUnsafeBufferPointer { signal in
      target.withUnsafeMutableBufferPointer { standardization.copy(signal, samples: 3, start: 0, count: 5, to: $0) }
    }
    #expect(target == [0, 0, 2, 0, 0])
  }
}

@Suite(.serialized) struct TrainerTests {
  private func options(epochs: Int = 3) -> TrainingOptions {
    var options = TrainingOptions()
    options.architecture = .ecgConvNet
    options.epochs = epochs
    options.batch = 16
    options.windowSeconds = 2.5
    options.threads = 1
    return options
  }

  @Test func learnsAndKeepsTheBestEpoch() throws {
    let (training, validation) = try (twoClasses(48, seed: 1), twoClasses(24, seed: 2))
    let trained = try Trainer(options(epochs: 4), training: training, validation: validation, rate: 100).run()
    let areas = trained.history.compactMap(\.validationMacroAUROC)
    #expect(areas.count == 4)
    #expect(trained.bestAUROC == areas.max())
    #expect(areas.firstIndex(of: trained.bestAUROC) == trained.bestEpoch - 1)
    #expect(trained.bestAUROC > 0.95)
    #expect(trained.validationProbabilities.count == 24)
  }

  @Test func givesTheSameWeightsForTheSameSeed() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    func weights(_ seed: Int) throws -> [NamedArray] {
      var options = options(epochs: 1)
      options.seed = seed
      return try Trainer(options, training: training, validation: validation, rate: 100).run().arrays
    }
    let (first, again, other) = try (weights(1), weights(1), weights(2))
    #expect(first == again)
    #expect(first != other)
  }

  @Test func resumedEndsLikeUndisturbed() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    try withTemporaryFolder { folder in
      let whole = try Trainer(options(), training: training, validation: validation, rate: 100).run()
      var batches = 0
      let stopped = Trainer(
        options(), training: training, validation: validation, rate: 100, checkpointFolder: folder,
        progress: { if !$0.isEpochEnd { batches += 1 } }, isInterrupted: { batches >= 3 })  // in the second epoch
      let error = #expect(throws: TrainingInterrupted.self) { try stopped.run() }
      #expect(error?.epochsDone == 1)
      let resumed = try Trainer(
        options(), training: training, validation: validation, rate: 100, checkpointFolder: folder
      ).run(resumes: true)
      #expect(resumed.arrays == whole.arrays)
      #expect(resumed.history == whole.history)
    }
  }

  @Test func refusesACheckpointOfOtherOptions() throws {
    let (training, validation) = try (twoClasses(16, seed: 1), twoClasses(16, seed: 2))
    try withTemporaryFolder { folder in
      _ = try Trainer(options(epochs: 1), training: training, validation: validation, rate: 100, checkpointFolder: folder).run()
      var other = options(epochs: 1)
      other.seed = 7
      #expect(throws: ModelError.self) {
        try Trainer(other, training: training, validation: validation, rate: 100, checkpointFolder: folder).run(resumes: true)
      }
    }
  }

  @Test func saysWhichPartHasNoRecords() throws {
    let some = try twoClasses(8, seed: 1)
    let none = Examples(signals: some.signals, rows: [], records: [], labels: [], classes: some.classes)
    #expect(throws: TrainingError.noRecords("training")) {
      try Trainer(options(), training: none, validation: some, rate: 100).run()
    }
  }
}

/// Two kinds of signals, slow and fast waves, one label each.
func twoClasses(_ count: Int, seed: UInt64) throws -> Examples {
  var random = SeededGenerator(seed: seed)
  var signals: [[Float]] = []
  for record in 0..<count {
    let phase = Double.random(in: 0..<6, using: &random)
    let step = record % 2 == 0 ? 0.1 : 0.5
    var signal: [Float] = []
    for lead in 0..<12 {
      for i in 0..<1000 {
        let wave = sin(Double(i) * step + phase + Double(lead))
        signal.append(Float(wave + Double.random(in: -0.5...0.5, using: &random)))
      }
    }
    signals.append(signal)
  }
  return try toyExamples(signals: signals, labels: (0..<count).map { [$0 % 2 == 0, $0 % 2 == 1] })
}

func toyExamples(signals: [[Float]], labels: [[Bool]]) throws -> Examples {
  let records = signals.indices.map { index in
    ECGRecord(ecgID: index + 1, patientID: index + 1, statements: [], fold: 1, fileName100: "a", fileName500: "b")
  }
  return Examples(
    signals: Signals(records: records, rate: .hz100, samples: signals.flatMap(\.self)), rows: Array(signals.indices),
    records: records, labels: labels, classes: labels[0].indices.map { "class\($0)" })
}
