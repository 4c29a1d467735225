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
  private func options(epochs: Int = 3, muonRate: Double? = nil) -> TrainingOptions {
    var options = TrainingOptions()
    options.muonRate = muonRate
    options.architecture = .ecgConvNet
    options.epochs = epochs
    options.batch = 16
    options.windowSeconds = 2.5
    options.ghostBatch = 8
    return options
  }

  @Test func learnsAndKeepsTheBestEpoch() throws {
    let (training, validation) = try (twoClasses(48, seed: 1), twoClasses(24, seed: 2))
    let trained = try Trainer(options(epochs: 4), training: training, validation: validation, rate: 100).run()
    let areas = trained.history.compactMap(\.validationMacroAUROC)
    #expect(areas.count == 4)
    #expect(trained.validation.mean == areas.max())
    #expect(areas.firstIndex { $0 == trained.validation.mean } == trained.bestEpoch - 1)
    #expect(try #require(trained.validation.auroc) > 0.95)
    #expect(trained.validation.probabilities.count == 24)
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

  @Test(arguments: [2, 3, 8], [nil, 0.02]) func givesTheSameWeightsOnAnyNumberOfThreads(threads: Int, muonRate: Double?) throws {
    let (training, validation) = try (twoClasses(40, seed: 1), twoClasses(16, seed: 2))
    func trained(_ threads: Int) throws -> Trained {
      let options = options(epochs: 2, muonRate: muonRate)
      return try Trainer(options, training: training, validation: validation, rate: 100, threads: threads).run()
    }
    let (one, several) = try (trained(1), trained(threads))
    #expect(one.arrays == several.arrays)
    #expect(one.history == several.history)
    #expect(one.validation == several.validation)
  }

  /// What a kill would leave after some batches of the nine is kept aside, and resumed from there.
  @Test(arguments: [1, 2, 3, 5, 8], [0, 1e9]) func resumedAfterAKillEndsLikeUndisturbed(batch: Int, seconds: Double) throws {
    let (training, validation) = try (twoClasses(40, seed: 1), twoClasses(16, seed: 2))
    var options = options(muonRate: batch.isMultiple(of: 2) ? 0.02 : nil)
    options.average = 0.9
    options.mixing = 0.4
    options.augmentation.noise = 0.1
    try withTemporaryFolder { folder in
      var batches = 0
      var whole = Trainer(
        options, training: training, validation: validation, rate: 100, checkpointFolder: folder,
        progress: {
          guard !$0.isEpochEnd else { return }
          batches += 1
          if batches == batch { try? FileManager.default.copyItem(atPath: folder, toPath: folder + ".killed") }
        })
      whole.secondsBetweenCheckpoints = seconds
      let undisturbed = try whole.run()
      defer { try? FileManager.default.removeItem(atPath: folder + ".killed") }
      let resumed = try Trainer(
        options, training: training, validation: validation, rate: 100, checkpointFolder: folder + ".killed"
      ).run(resumes: true)
      #expect(resumed.arrays == undisturbed.arrays)
      #expect(resumed.history == undisturbed.history)
    }
  }

  @Test func interruptedInAnEpochGoesOnAtTheNextBatch() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    try withTemporaryFolder { folder in
      let whole = try Trainer(options(), training: training, validation: validation, rate: 100).run()
      var batches = 0
      let stopped = Trainer(
        options(), training: training, validation: validation, rate: 100, checkpointFolder: folder,
        progress: { if !$0.isEpochEnd { batches += 1 } }, isInterrupted: { batches >= 3 })  // in the second epoch
      let error = #expect(throws: TrainingInterrupted.self) { try stopped.run() }
      #expect(error?.epochsDone == 1)
      var batchesLeft = 0
      let resumed = try Trainer(
        options(), training: training, validation: validation, rate: 100, checkpointFolder: folder,
        progress: { if !$0.isEpochEnd { batchesLeft += 1 } }
      ).run(resumes: true)
      #expect(batchesLeft == 3 * 2 - 3)
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

  @Test func forgetsTheAuxiliaryLabels() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    let auxiliary = (0..<32).map { [$0.isMultiple(of: 2), $0.isMultiple(of: 3)] }
    let alone = try Trainer(options(epochs: 1), training: training, validation: validation, rate: 100).run()
    let with = try Trainer(
      options(epochs: 1), training: training, validation: validation, rate: 100, auxiliary: auxiliary
    ).run()
    #expect(with.arrays.map(\.shape) == alone.arrays.map(\.shape))
    #expect(with.parameterCount == alone.parameterCount)
    #expect(with.arrays != alone.arrays)
    let model = Architecture.ecgConvNet
    try withTorch {
      let network = model.network(leads: 12, classes: training.classes.count, from: Initializer(seed: 0))
      try network.load(with.arrays, from: "the training")
      let predictor = Predictor(
        network: network, standardization: with.standardization, windows: with.windows, device: .cpu, threads: 1)
      let again = try predictor.probabilities(of: validation)  // by the chosen way
      #expect(zip(again.joined(), with.validation.probabilities.joined()).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  @Test func answersTheAuxiliaryLabelsToo() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    let auxiliary = training.labels.map { [$0[1], $0[0]] }  // the classes, turned around
    let own = try Trainer(options(epochs: 2), training: training, validation: validation, rate: 100, auxiliary: auxiliary).run()
    let names = ["a", "b", "c", "d"]
    let turned = Examples(
      signals: validation.signals, rows: validation.rows, records: validation.records,
      labels: validation.labels.map { [$0[1]] }, classes: ["second"])
    let (all, some) = (Array(validation.labels.indices), [3, 5])
    let other = own.answering([[2]], names: names, rows: all, validation: turned)
    #expect(other.arrays.last?.shape == [1])
    #expect(other.classes == nil)
    #expect(own.arrays.last?.shape == [2])
    #expect(own.parameterCount - other.parameterCount == other.arrays.suffix(2).reduce(0) { $0 + $1.values.count })
    #expect(other.validation.probabilities.count == 16)
    #expect(other.validation.probabilities.allSatisfy { $0.count == 1 })
    let fewer = Examples(
      signals: turned.signals, rows: some.map { turned.rows[$0] }, records: some.map { turned.records[$0] },
      labels: some.map { turned.labels[$0] }, classes: turned.classes)
    #expect(own.answering([[2]], names: names, rows: some, validation: fewer).validation.probabilities.count == 2)
    // The classes again are the network as it was.
    #expect(own.answering([[0], [1]], names: names, rows: all, validation: validation).arrays == own.arrays)
  }

  /// A class of several outputs is there when any of them is, in the training's answers as in the stored network's.
  @Test func answersClassesOfWhatItLearned() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    let trained = try Trainer(options(epochs: 2), training: training, validation: validation, rate: 100).run()
    let either = Examples(
      signals: validation.signals, rows: validation.rows, records: validation.records,
      labels: validation.labels.map { [$0[0], $0[0] || $0[1]] }, classes: ["first", "either"])
    let answering = trained.answering([[0], [0, 1]], names: ["a", "b"], rows: Array(either.rows.indices), validation: either)
    #expect(answering.classes == .init(outputs: ["a", "a", "b"], members: [["a"], ["a", "b"]]))
    try withTorch {
      let network = [Architecture.ecgConvNet].network(leads: 12, outputs: 3, classes: [[0], [1, 2]], from: Initializer(seed: 0))
      try network.load(answering.arrays, from: "the training")
      let predictor = Predictor(
        network: network, standardization: answering.standardization, windows: answering.windows, device: .cpu, threads: 1)
      let again = try predictor.probabilities(of: validation)
      #expect(zip(again.joined(), answering.validation.probabilities.joined()).allSatisfy { abs($0 - $1) < 1e-6 })
    }
  }

  /// Of weight 0, auxiliary labels change nothing that the network learns of its own.
  @Test func weighsTheAuxiliaryLabels() throws {
    let (training, validation) = try (twoClasses(32, seed: 1), twoClasses(16, seed: 2))
    let auxiliary = (0..<32).map { [$0.isMultiple(of: 2), $0.isMultiple(of: 3)] }
    func weights(_ weight: Double?, _ labels: [[Bool]]) throws -> [NamedArray] {
      var options = options(epochs: 1)
      options.auxiliaryWeight = weight
      return try Trainer(options, training: training, validation: validation, rate: 100, auxiliary: labels).run().arrays
    }
    let other = auxiliary.map { $0.map { !$0 } }
    #expect(try weights(0, auxiliary) == weights(0, other))
    #expect(try weights(1, auxiliary) != weights(1, other))
    #expect(try weights(1, auxiliary) == weights(nil, auxiliary))
  }

  @Test func losesPatience() throws {
    let (training, validation) = try (twoClasses(48, seed: 1), twoClasses(24, seed: 2))
    var options = options(epochs: 40)
    options.patience = 2
    let trained = try Trainer(options, training: training, validation: validation, rate: 100).run()
    #expect(trained.history.count == trained.bestEpoch + 2)
  }

  @Test func keepsTheAverageOfTheWeights() throws {
    let (training, validation) = try (twoClasses(48, seed: 1), twoClasses(24, seed: 2))
    var options = options(epochs: 1)
    let last = try Trainer(options, training: training, validation: validation, rate: 100).run()
    options.average = 0.999
    let average = try Trainer(options, training: training, validation: validation, rate: 100).run()
    #expect(average.history.map(\.trainingLoss) == last.history.map(\.trainingLoss))
    #expect(average.arrays != last.arrays)
  }
}

@Suite struct LearnerTests {
  @Test(arguments: zip([24, 10, 1, 33], [10, 10, 10, 32])) func cutsABatchEvenly(count: Int, size: Int) {
    let parts = evenParts(of: count, atMost: size)
    #expect(Array(parts.joined()) == Array(0..<count))
    #expect(parts.allSatisfy { $0.count <= size })
    #expect((parts.map(\.count).max() ?? 0) - (parts.map(\.count).min() ?? 0) <= 1)
  }

  /// Without batch statistics and dropout, the parts change nothing but the order of sums.
  @Test func ghostBatchesGiveTheGradientsOfTheWhole() throws {
    struct Line: Layer {
      let output: Linear
      func callAsFunction(_ x: Tensor) -> Tensor { output(x) }
    }
    func weights(_ size: Int) throws -> [Float] {
      try withTorch {
        let learner = Learner(seed: 3, decay: 0.01, threads: 2) { Line(output: Linear(2, 1, from: $0)) }
        for _ in 0..<5 {
          let ghosts = evenParts(of: 6, atMost: size)
          _ = try learner.step(rate: 0.1, counts: ghosts.map(\.count), seed: 1) { ghost, network in
            let rows = ghosts[ghost]
            let x = rows.flatMap { [Float($0), Float($0 % 3)] }
            let y = rows.map { Float($0 % 2) }
            return network(Tensor(x, shape: [rows.count, 2])).binaryCrossEntropy(labels: Tensor(y, shape: [rows.count, 1]))
          }
        }
        return learner.network.arrays().flatMap(\.values)
      }
    }
    let (whole, parts) = try (weights(6), weights(2))
    #expect(zip(whole, parts).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func theLastLayerAloneLearnsWhereAskedTo() throws {
    struct Two: Layer {
      let encoder, output: Linear
      func callAsFunction(_ x: Tensor) -> Tensor { output(encoder(x)) }
    }
    try withTorch {
      let make = { (start: Initializer) in Two(encoder: Linear(2, 2, from: start), output: Linear(2, 1, from: start)) }
      let learner = Learner(seed: 3, decay: 0.1, threads: 1) { make($0) }
      learner.learnsLastLayerOnly = true
      let before = make(Initializer(seed: 3)).arrays()
      _ = try learner.step(rate: 0.1, counts: [1], seed: 1) { _, network in network(Tensor([3, 4], shape: [1, 2])).sum() }
      for (a, b) in zip(before, learner.network.arrays()) {
        #expect((a.values == b.values) == a.name.hasPrefix("encoder."), "\(a.name)")
      }
    }
  }

  @Test func clipsToTheNorm() throws {
    struct Line: Layer {
      let output: Linear
      func callAsFunction(_ x: Tensor) -> Tensor { output(x) }
    }
    try withTorch {
      let learner = Learner(seed: 3, decay: 0, threads: 1) { Line(output: Linear(2, 1, from: $0)) }
      learner.clipping = 1e-3
      _ = try learner.step(rate: 0.1, counts: [1], seed: 1) { _, network in
        network(Tensor([300, 400], shape: [1, 2])).sum()
      }
      // The first moment after one step is a tenth of the gradient.
      let norm = learner.moments.filter { $0.name.hasSuffix(".mean") }.flatMap(\.values).reduce(0) { $0 + $1 * $1 }
      #expect(abs(norm.squareRoot() - 1e-4) < 1e-7)
    }
  }
}

@Suite struct AugmentationTests {
  private func changed(_ augmentation: Augmentation, seed: UInt64 = 1) -> [Float] {
    var window = (0..<600).map { Float(sin(Double($0) / 10)) }
    var random = SplitMix64(seed: seed)
    window.withUnsafeMutableBufferPointer { augmentation.apply(to: $0, leads: 2, rate: 100, using: &random) }
    return window
  }
  private var plain: [Float] { changed(Augmentation()) }

  @Test func scalesAllLeadsAlike() {
    var augmentation = Augmentation()
    augmentation.scale = 0.3
    let ratios = zip(changed(augmentation), plain).compactMap { $1 == 0 ? nil : $0 / $1 }
    #expect(ratios.allSatisfy { abs($0 - ratios[1]) < 1e-4 } && abs(ratios[1] - 1) > 1e-3)
  }

  @Test func shiftsEachLeadByAConstant() {
    var augmentation = Augmentation()
    augmentation.shift = 0.5
    let offsets = zip(changed(augmentation), plain).map { $0 - $1 }
    #expect(offsets[0..<300].allSatisfy { abs($0 - offsets[0]) < 1e-5 })
    #expect(offsets[300...].allSatisfy { abs($0 - offsets[300]) < 1e-5 } && offsets[0] != offsets[300])
  }

  @Test func addsNoiseOfTheDeviation() {
    var augmentation = Augmentation()
    augmentation.noise = 0.25
    let noise = zip(changed(augmentation), plain).map { Double($0 - $1) }
    let deviation = (noise.map { $0 * $0 }.reduce(0, +) / 600).squareRoot()
    #expect(abs(deviation - 0.25) < 0.03)
  }

  @Test func wandersSlowlyWithinTheAmplitude() {
    var augmentation = Augmentation()
    augmentation.wander = 0.5
    let wander = zip(changed(augmentation), plain).map { $0 - $1 }
    #expect(wander.allSatisfy { abs($0) <= 0.5001 })
    #expect(zip(wander, wander.dropFirst()).enumerated().allSatisfy { $0.offset == 299 || abs($0.element.0 - $0.element.1) < 0.02 })
  }

  @Test func dropsAboutTheShareOfLeads() {
    var augmentation = Augmentation()
    augmentation.leadDropout = 0.25
    let dropped = (0..<400 as Range<UInt64>).reduce(0) { count, seed in
      let window = changed(augmentation, seed: seed)
      return count + [window[0..<300], window[300...]].count { $0.allSatisfy { $0 == 0 } }
    }
    #expect((150...250).contains(dropped))
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
