import Files
import Foundation
import Networks
import Scoring
import Torch

/// One line of the history. Losses are means over records of the binary cross-entropy.
public struct Epoch: Sendable, Codable, Equatable {
  public var epoch: Int  // from 1
  public var trainingLoss: Double
  public var validationLoss: Double
  public var validationMacroAUROC: Double?
  public var rate: Double  // of its last step
}

/// What a training tells while it runs.
public struct TrainingProgress: Sendable {
  public var epoch, epochs: Int
  public var batch, batches: Int
  public var recordsPerSecond: Double
  public var loss: Double  // mean of this epoch so far
  public var history: [Epoch]  // those that are over, also before an interruption
  public var lastEpoch: Epoch? { history.last }
  public var secondsLeft: Double?
  public var isEpochEnd: Bool
}

/// The training was stopped from outside; what was done is kept.
public struct TrainingInterrupted: Error, Equatable, CustomStringConvertible {
  public let epochsDone: Int
  public let checkpoint: String
  public var description: String {
    "interrupted after \(epochsDone) whole \(epochsDone == 1 ? "epoch" : "epochs"); the checkpoint is kept: go on with --resume"
  }
}

public enum TrainingError: Error, Equatable, CustomStringConvertible {
  case noRecords(String)
  case lostWorker(LostWorkerError, epoch: Int, batch: Int)
  case diverged(epoch: Int, batch: Int)
  case noPositives
  public var description: String {
    switch self {
    case .lostWorker(let error, let epoch, let batch):
      "epoch \(epoch), after batch \(batch): \(error). What was learned is kept in rank 0's checkpoint: start again with --resume"
    case .noRecords(let what): "the \(what) folds hold no record with a label of the set"
    case .diverged(let epoch, let batch):
      "epoch \(epoch), batch \(batch): the loss is not a number; lower the rate, or look for absurd amplitudes in the data"
    case .noPositives: "no class has both positive and negative records in the validation folds; nothing could be chosen"
    }
  }
}

/// A training's result: the best epoch's weights, and how it went.
public struct Trained: Sendable {
  public var arrays: [NamedArray]
  /// With every output, those of auxiliary labels behind the classes: the weights, and the probabilities for the
  /// validation records, `[record][window][output]`.
  let learned: (arrays: [NamedArray], answers: [[[Double]]])
  /// Where it answers with classes of its outputs; nil where with the outputs themselves.
  public var classes: ModelDescription.Classes?
  public var standardization: Standardization
  public var windows: Windows
  public var history: [Epoch]
  public var bestEpoch: Int
  public var validation: Validation  // of the best epoch
  public var parameterCount: Int
  public var seconds, cpuSeconds: Double  // of this process; volatile
}

/// Trains a network: random windows of standardized records, BCE with logits, AdamW with a one-cycle rate; keeps the
/// epoch of the highest validation macro AUROC.
///
/// The same data, options and kind of processor give the same weights, whatever the number of threads. Every random
/// choice of a batch comes from (seed, epoch, batch), so that a training killed at any moment and resumed from its
/// checkpoint ends like one that was never stopped.
///
/// With a process group every step learns from the batches of all processes (``TrainingOptions/wholeBatch``), and the
/// validation records are shared out. Rank 0 alone reads and writes the checkpoint; the others begin from its state.
public struct Trainer {
  let options: TrainingOptions
  let training, validation: Examples
  /// What the network's outputs are drawn to, `[record][output]`, 0...1: the classes first, then any auxiliary labels.
  let targets: [[Float]]
  let rate: Double
  let threads: Int
  /// The processes that train together; each must be given the same options and data. Nil for this one alone.
  let group: ProcessGroup?
  /// Where the state is kept after every epoch, every few minutes, and when interrupted; nil keeps none.
  let checkpointFolder: String?
  let progress: (TrainingProgress) -> Void
  let isInterrupted: () -> Bool
  var secondsBetweenCheckpoints = 300.0

  /// - Parameters:
  ///   - auxiliary: `[record][label]`, further labels of the training records that the network learns beside its own, and
  ///     forgets at the end.
  ///   - teacher: `[record][class]`, another network's probabilities for the training records.
  public init(
    _ options: TrainingOptions, training: Examples, validation: Examples, rate: Double, threads: Int = 1,
    group: ProcessGroup? = nil, auxiliary: [[Bool]]? = nil, teacher: [[Double]]? = nil, checkpointFolder: String? = nil,
    progress: @escaping (TrainingProgress) -> Void = { _ in }, isInterrupted: @escaping () -> Bool = { false }
  ) {
    var options = options
    if let group, options.processes == nil { options.processes = group.size }
    (self.options, self.training, self.validation, self.rate, self.group) = (options, training, validation, rate, group)
    (self.threads, self.checkpointFolder, self.progress, self.isInterrupted) = (threads, checkpointFolder, progress, isInterrupted)
    targets = training.labels.indices.map { record in
      var row = training.labels[record].map { $0 ? 1.0 : 0.0 }
      if let teacher {
        row = zip(row, teacher[record]).map { (1 - options.distillation) * $0 + options.distillation * $1 }
      }
      row += auxiliary?[record].map { $0 ? 1.0 : 0.0 } ?? []
      return row.map { Float($0 * (1 - options.smoothing) + options.smoothing / 2) }
    }
  }

  /// - Parameter resumes: whether to go on from the checkpoint, if there is one of these options and data.
  public func run(resumes: Bool = false) throws -> Trained {
    guard training.count > 0 else { throw TrainingError.noRecords("training") }
    guard validation.count > 0 else { throw TrainingError.noRecords("validation") }
    return try withTorch { try Run(self).run(resumes: resumes) }
  }

  /// A training on its way.
  private final class Run {
    let trainer: Trainer
    let options: TrainingOptions
    let device: Device
    let standardization: Standardization
    let windows: Windows
    let learner: Learner
    /// What is validated and kept: the average of the weights, or the weights themselves.
    let kept: any Layer
    /// What each output counts in the loss, `[outputs]`, 1 in the mean; nil where all count alike.
    let weights: Tensor?
    let batches: Int
    let cycle: OneCycle
    let checkpoint: Checkpoint?
    var state: Checkpoint.State
    var best: [NamedArray]
    let clock = ContinuousClock()
    let began: (wall: ContinuousClock.Instant, cpu: Double)
    var lastCheckpoint: ContinuousClock.Instant

    init(_ trainer: Trainer) throws {
      (self.trainer, options) = (trainer, trainer.options)
      let (options, training) = (trainer.options, trainer.training)
      let device = try Device(named: options.device)
      let outputs = trainer.targets.first?.count ?? 0
      let make = { (start: Initializer) in
        options.architecture.network(leads: training.leads, classes: outputs, from: start)
      }
      let seed = UInt64(bitPattern: Int64(options.seed))
      learner = Learner(
        seed: seed, decay: options.decay, muon: options.muonRate.map { $0 / options.maximumRate }, threads: trainer.threads,
        device: device, group: trainer.group, make)
      learner.computesInBFloat16 = options.computesInBFloat16
      learner.clipping = options.clipping
      learner.learnsLastLayerOnly = options.learned == .lastLayer
      kept = options.average > 0 ? make(Initializer(seed: seed, device: device)) : learner.network
      self.device = device
      weights = options.auxiliaryWeight.map { weight in
        let own = training.classes.count
        let all = (0..<outputs).map { $0 < own ? 1 : weight }
        let mean = all.reduce(0, +) / Double(max(1, outputs))
        return Tensor(all.map { Float($0 / mean) }, shape: [outputs], on: device)
      }
      standardization = Standardization(fittedTo: training)
      windows = options.windows(at: trainer.rate)
      batches = (training.count + options.wholeBatch - 1) / options.wholeBatch
      cycle = OneCycle(maximum: options.maximumRate, steps: batches * options.epochs)
      checkpoint = trainer.checkpointFolder.map { Checkpoint(folder: $0) }
      state = Checkpoint.State(options: options, records: training.count)
      best = kept.arrays()
      began = (clock.now, processorSeconds())
      lastCheckpoint = clock.now
    }

    func run(resumes: Bool) throws -> Trained {
      if resumes, isFirst, let checkpoint, let found = try checkpoint.read(matching: state) {
        try load(found, from: checkpoint.path)
      } else {
        try save()
      }
      if let group = trainer.group {
        let sent = try group.broadcast(isFirst ? try current.encoded() : nil)
        if !isFirst { try load(try Checkpoint.Found(sent, matching: state, from: "the state of rank 0"), from: "rank 0") }
      }
      do { try learnEpochs() } catch let error as LostWorkerError {
        try save()  // of the last whole step
        throw TrainingError.lostWorker(error, epoch: state.history.count + 1, batch: state.batchesDone)
      }
      guard let bestEpoch = state.bestEpoch else { throw TrainingError.noPositives }
      try kept.load(best, from: "the best epoch")
      let answers = try predictor.windowProbabilities(of: trainer.validation, group: trainer.group)
      let trained = Trained(
        arrays: best, learned: (best, answers), standardization: standardization, windows: windows,
        history: state.history, bestEpoch: bestEpoch, validation: Validation(answers, of: trainer.validation),
        parameterCount: kept.parameterCount, seconds: (clock.now - began.wall).seconds,
        cpuSeconds: processorSeconds() - began.cpu)
      let classes = trainer.training.classes
      return trained.answering(
        classes.indices.map { [$0] }, names: classes, rows: Array(answers.indices), validation: trainer.validation)
    }

    /// Whether this process keeps the checkpoint.
    private var isFirst: Bool { trainer.group.map { $0.rank == 0 } ?? true }

    private var predictor: Predictor {
      Predictor(network: kept, standardization: standardization, windows: windows, device: device, threads: trainer.threads)
    }

    private func learnEpochs() throws {
      let firstStep = state.step
      while state.history.count < options.epochs, !hasLostPatience {
        try learnEpoch(from: firstStep)
        let epoch = state.history.count + 1
        let answers = try predictor.windowProbabilities(
          of: trainer.validation, group: trainer.group, isInterrupted: trainer.isInterrupted)
        // All processes stop together: where one did not finish its part, all lack it.
        if trainer.group == nil ? trainer.isInterrupted() : answers.count < trainer.validation.count { try interrupt() }
        let probabilities = answers.map { Array(windows.aggregate($0).prefix(trainer.training.classes.count)) }
        let auroc = macroAUROC(probabilities, trainer.validation)
        state.history.append(
          Epoch(
            epoch: epoch, trainingLoss: state.lossSum / Double(max(state.seen, 1)),
            validationLoss: meanLoss(probabilities, trainer.validation), validationMacroAUROC: auroc,
            rate: cycle.rate(at: state.step - 1)))
        if let auroc, auroc > state.bestAUROC ?? -1 {
          (state.bestAUROC, state.bestEpoch) = (auroc, epoch)
          best = kept.arrays()
        }
        (state.batchesDone, state.lossSum, state.seen) = (0, 0, 0)
        try save()
        tell(epoch: epoch, batch: batches, from: firstStep, isEpochEnd: true)
      }
    }

    private var hasLostPatience: Bool {
      options.patience.map { state.history.count - (state.bestEpoch ?? state.history.count) >= $0 } ?? false
    }

    /// The batches of an epoch that are left.
    private func learnEpoch(from firstStep: Int) throws {
      let epoch = state.history.count + 1
      var random = random(epoch: epoch, batch: nil)
      let order = Array(0..<trainer.training.count).shuffled(using: &random)
      while state.batchesDone < batches {
        if trainer.group == nil ? trainer.isInterrupted() : learner.isAskedToStop { try interrupt() }
        let batch = state.batchesDone
        let rows = Array(order[(batch * options.wholeBatch)..<min((batch + 1) * options.wholeBatch, order.count)])
        // Batch statistics of a single record say nothing.
        guard rows.count > 1 || batches == 1 else {
          state.batchesDone += 1
          continue
        }
        let loss = try learn(rows, random: self.random(epoch: epoch, batch: batch))
        guard loss.isFinite else { throw TrainingError.diverged(epoch: epoch, batch: batch + 1) }
        state.batchesDone += 1
        state.step += 1
        state.lossSum += loss * Double(rows.count)
        state.seen += rows.count
        if options.average > 0 {
          // At first the average would remember little but the first weights.
          let decay = min(options.average, Double(1 + state.step) / Double(10 + state.step))
          for (average, own) in zip(kept.allState(), learner.network.allState()) {
            average.tensor.move(toward: own.tensor, by: 1 - decay)
          }
        }
        tell(epoch: epoch, batch: batch + 1, from: firstStep, isEpochEnd: false)
        if (clock.now - lastCheckpoint).seconds > trainer.secondsBetweenCheckpoints { try save() }
      }
    }

    private func random(epoch: Int, batch: Int?) -> SplitMix64 {
      SplitMix64(
        seed: UInt64(bitPattern: Int64(options.seed)), stream: UInt64(epoch) << 32 | UInt64(batch.map { $0 + 1 } ?? 0))
    }

    /// One step on some records.
    private func learn(_ rows: [Int], random: SplitMix64) throws -> Double {
      var random = random
      let (layerSeed, windowSeed) = (random.next(), random.next())
      let ghosts = evenParts(of: rows.count, atMost: options.ghostBatch)
      let shares = options.mixing > 0 ? ghosts.map { _ in random.nextBeta(options.mixing) } : []
      return try learner.step(
        rate: cycle.rate(at: state.step), counts: ghosts.map(\.count), seed: layerSeed,
        asksToStop: trainer.group != nil && trainer.isInterrupted()
      ) { ghost, network in
        let (x, y) = window(of: rows[ghosts[ghost]], seed: windowSeed)
        guard options.mixing > 0 else { return network(x).binaryCrossEntropy(labels: y, weights: weights) }
        let share = shares[ghost]
        let (x2, y2) = (x.flipped(axis: 0), y.flipped(axis: 0))
        return network(x * share + x2 * (1 - share))
          .binaryCrossEntropy(labels: y * share + y2 * (1 - share), weights: weights)
      }
    }

    /// One random window of each record: `[batch, leads, samples]`, and its targets `[batch, outputs]`.
    private func window(of rows: ArraySlice<Int>, seed: UInt64) -> (x: Tensor, y: Tensor) {
      let (training, samples) = (trainer.training, windows.samples)
      let size = training.leads * samples
      var x = [Float](repeating: 0, count: rows.count * size)
      x.withUnsafeMutableBufferPointer { buffer in
        for (index, row) in rows.enumerated() {
          var random = SplitMix64(seed: seed, stream: UInt64(row))
          let start = training.samples > samples ? Int.random(in: 0...(training.samples - samples), using: &random) : 0
          let target = UnsafeMutableBufferPointer(rebasing: buffer[(index * size)..<((index + 1) * size)])
          training.withSignal(row) {
            standardization.copy($0, samples: training.samples, start: start, count: samples, to: target)
          }
          options.augmentation.apply(to: target, leads: training.leads, rate: trainer.rate, using: &random)
        }
      }
      let y = rows.flatMap { trainer.targets[$0] }
      return (
        Tensor(x, shape: [rows.count, training.leads, samples], on: device),
        Tensor(y, shape: [rows.count, y.count / max(1, rows.count)], on: device)
      )
    }

    private var current: Checkpoint.Found {
      Checkpoint.Found(
        state: state, weights: learner.network.arrays(), kept: kept.arrays(), best: best, moments: learner.moments)
    }

    private func load(_ found: Checkpoint.Found, from path: String) throws {
      (state, best) = (found.state, found.best)
      try learner.network.load(found.weights, from: path)
      try kept.load(found.kept, from: path)
      try learner.load(moments: found.moments, step: state.step, from: path)
    }

    private func save() throws {
      if isFirst { try checkpoint?.write(current) }
      lastCheckpoint = clock.now
    }

    private func interrupt() throws -> Never {
      try save()
      throw TrainingInterrupted(epochsDone: state.history.count, checkpoint: checkpoint?.path ?? "")
    }

    private func tell(epoch: Int, batch: Int, from firstStep: Int, isEpochEnd: Bool) {
      let elapsed = (clock.now - began.wall).seconds
      let (done, all) = (state.step - firstStep, batches * options.epochs - firstStep)
      trainer.progress(
        TrainingProgress(
          epoch: epoch, epochs: options.epochs, batch: batch, batches: batches,
          recordsPerSecond: Double(done * options.wholeBatch) / max(elapsed, 1e-9),
          loss: isEpochEnd ? state.history.last?.trainingLoss ?? .nan : state.lossSum / Double(max(1, state.seen)),
          history: state.history, secondsLeft: done > 0 ? elapsed / Double(done) * Double(all - done) : nil,
          isEpochEnd: isEpochEnd))
    }
  }
}

extension Trained {
  /// The network that answers another set of labels from what it learned.
  /// - Parameters:
  ///   - labels: for each label its outputs, as places among the classes and the auxiliary labels behind them: one, or
  ///     several of which any makes the label true (``AnyOf``).
  ///   - names: of all outputs.
  ///   - rows: the validation records that take part, as places among those it was validated on.
  ///   - validation: these records, with the labels asked for.
  public func answering(_ labels: [[Int]], names: [String], rows: [Int], validation: Examples) -> Trained {
    var result = self
    let outputs = labels.flatMap { $0 }
    result.arrays = learned.arrays.keeping(outputs: outputs)
    if outputs.count > labels.count {
      result.classes = .init(outputs: outputs.map { names[$0] }, members: labels.map { $0.map { names[$0] } })
      for index in result.arrays.indices { result.arrays[index].name = "network." + result.arrays[index].name }
    }
    let answers = rows.map { row in
      learned.answers[row].map { window in
        labels.map { $0.count == 1 ? window[$0[0]] : 1 - $0.reduce(1) { $0 * (1 - window[$1]) } }
      }
    }
    result.validation = Validation(answers, of: validation)
    result.windows.aggregate = result.validation.aggregate
    result.parameterCount += result.arrays.lastLayerCount - arrays.lastLayerCount
    return result
  }
}

extension [NamedArray] {
  /// The weights of the network that has some of the outputs only. A network's last two tensors are the weights and
  /// biases of the linear layer that gives them, a row an output.
  func keeping(outputs: [Int]) -> [NamedArray] {
    enumerated().map { index, array in
      guard index >= count - 2, let rows = array.shape.first, rows > 0 else { return array }
      let size = array.values.count / rows
      return NamedArray(
        name: array.name, shape: [outputs.count] + array.shape.dropFirst(),
        values: outputs.flatMap { array.values[($0 * size)..<(($0 + 1) * size)] })
    }
  }

  var lastLayerCount: Int { suffix(2).reduce(0) { $0 + $1.values.count } }
}

/// The mean over the classes that have positives and negatives; nil where none has.
func macroAUROC(_ probabilities: [[Double]], _ examples: Examples) -> Double? {
  let values = examples.classes.indices.compactMap { index in
    try? auroc(probabilities.map { $0[index] }, examples.column(index))
  }
  return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// The mean binary cross-entropy of probabilities, kept finite at 0 and 1.
private func meanLoss(_ probabilities: [[Double]], _ examples: Examples) -> Double {
  var sum = 0.0
  for (row, labels) in zip(probabilities, examples.labels) {
    for (p, label) in zip(row, labels) { sum -= log(min(max(label ? p : 1 - p, 1e-7), 1)) }
  }
  return sum / Double(max(1, probabilities.count * examples.classes.count))
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// The processor time of this process, all threads, in seconds.
public func processorSeconds() -> Double {
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(RUSAGE_SELF, &usage)
  #else
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  #endif
  return [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) * 1e-6 }.reduce(0, +)
}
