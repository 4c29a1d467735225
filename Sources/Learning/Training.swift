import Files
import Foundation
import Networks
import Scoring
import Torch

/// What a training is asked to do; with the data it determines the weights.
public struct TrainingOptions: Sendable, Codable, Equatable {
  public var architecture: Architecture = .resNet1D
  public var epochs = 10
  public var batch = 128
  public var maximumRate = 3e-3
  public var decay = 0.01
  public var seed = 1
  /// What the network sees at once, and the step of the windows it is validated and tested on; nil takes the
  /// architecture's own seconds, and half of it.
  public var windowSeconds: Double?
  public var threads = 2
  public var device = "cpu"

  public init() {}

  public func windows(at rate: Double) -> Windows {
    let samples = Int(((windowSeconds ?? architecture.windowSeconds) * rate).rounded())
    return Windows(samples: samples, stride: max(1, samples / 2))
  }
}

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
  public var lastEpoch: Epoch?
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
  case diverged(epoch: Int, batch: Int)
  case noPositives
  public var description: String {
    switch self {
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
  public var standardization: Standardization
  public var windows: Windows
  public var history: [Epoch]
  public var bestEpoch: Int
  public var bestAUROC: Double  // macro, on the validation records
  public var parameterCount: Int
  public var validationProbabilities: [[Double]]  // [record][class], of the best epoch
  public var seconds, cpuSeconds: Double  // of this process; volatile
}

/// Trains a network: random windows of standardized records, BCE with logits, AdamW with a one-cycle rate; keeps the
/// epoch of the highest validation macro AUROC.
///
/// The same data, options and kind of processor give the same weights; every random choice of epoch *e* comes from
/// (seed, *e*), so that a training resumed between epochs ends like one that was never stopped.
public struct Trainer {
  let options: TrainingOptions
  let training, validation: Examples
  let rate: Double
  /// Where the state is kept after every epoch; nil keeps none.
  let checkpointFolder: String?
  let progress: (TrainingProgress) -> Void
  let isInterrupted: () -> Bool

  public init(
    _ options: TrainingOptions, training: Examples, validation: Examples, rate: Double, checkpointFolder: String? = nil,
    progress: @escaping (TrainingProgress) -> Void = { _ in }, isInterrupted: @escaping () -> Bool = { false }
  ) {
    (self.options, self.training, self.validation, self.rate) = (options, training, validation, rate)
    (self.checkpointFolder, self.progress, self.isInterrupted) = (checkpointFolder, progress, isInterrupted)
  }

  /// - Parameter resumes: whether to go on from the checkpoint, if there is one of these options and data.
  public func run(resumes: Bool = false) throws -> Trained {
    guard training.count > 0 else { throw TrainingError.noRecords("training") }
    guard validation.count > 0 else { throw TrainingError.noRecords("validation") }
    let started = (wall: Date().timeIntervalSince1970, cpu: processorSeconds())
    try Torch.setThreads(options.threads)
    let device = try Device(named: options.device)
    let standardization = Standardization(fittedTo: training)
    let windows = options.windows(at: rate)

    return try withTorch {
      let network = options.architecture.network(
        leads: training.leads, classes: training.classes.count,
        from: Initializer(seed: UInt64(bitPattern: Int64(options.seed)), device: device))
      let optimizer = AdamW(network.allState(), decay: options.decay, on: device)
      var state = Checkpoint.State(options: options, records: training.count)
      var best = network.arrays()
      var bestProbabilities: [[Double]] = []
      let checkpoint = checkpointFolder.map { Checkpoint(folder: $0) }
      if resumes, let checkpoint, let found = try checkpoint.read(matching: state) {
        state = found.state
        best = found.best
        try network.load(found.weights, from: checkpoint.path)
        try optimizer.load(found.moments, step: state.step, from: checkpoint.path)
      } else {
        try checkpoint?.write(state, network: network, best: best, optimizer: optimizer)
      }

      let batches = (training.count + options.batch - 1) / options.batch
      let cycle = OneCycle(maximum: options.maximumRate, steps: batches * options.epochs)
      let firstEpoch = state.history.count + 1
      let clock = ContinuousClock()
      let begin = clock.now
      let predictor = Predictor(network: network, standardization: standardization, windows: windows, device: device)

      for epoch in stride(from: firstEpoch, through: options.epochs, by: 1) {
        var random = SplitMix64(seed: UInt64(bitPattern: Int64(options.seed)), stream: UInt64(epoch))
        try Torch.setSeed(random.next())
        let order = Array(0..<training.count).shuffled(using: &random)
        var (lossSum, seen) = (0.0, 0)
        let epochBegin = clock.now

        for batch in 0..<batches {
          if isInterrupted() { throw TrainingInterrupted(epochsDone: state.history.count, checkpoint: checkpoint?.path ?? "") }
          let rows = order[(batch * options.batch)..<min((batch + 1) * options.batch, order.count)]
          // Batch statistics of a single record say nothing.
          guard rows.count > 1 || batches == 1 else { continue }
          let (x, y) = window(of: rows, windows.samples, standardization, device, using: &random)
          let loss = Torch.$isTraining.withValue(true) {
            let loss = network(x).binaryCrossEntropy(labels: y)
            loss.backward()
            return Double(loss.item)
          }
          try checkTorch()
          guard loss.isFinite else { throw TrainingError.diverged(epoch: epoch, batch: batch + 1) }
          optimizer.step(rate: cycle.rate(at: state.step))
          state.step += 1
          lossSum += loss * Double(rows.count)
          seen += rows.count
          let elapsed = (clock.now - epochBegin).seconds
          progress(
            TrainingProgress(
              epoch: epoch, epochs: options.epochs, batch: batch + 1, batches: batches,
              recordsPerSecond: Double(seen) / max(elapsed, 1e-9), loss: lossSum / Double(seen),
              lastEpoch: state.history.last,
              secondsLeft: secondsLeft(since: begin, done: Double(epoch - firstEpoch) + Double(batch + 1) / Double(batches), of: options.epochs - firstEpoch + 1, clock),
              isEpochEnd: false))
        }

        let probabilities = try predictor.probabilities(of: validation, isInterrupted: isInterrupted)
        if isInterrupted() { throw TrainingInterrupted(epochsDone: state.history.count, checkpoint: checkpoint?.path ?? "") }
        let auroc = macroAUROC(probabilities, validation)
        let entry = Epoch(
          epoch: epoch, trainingLoss: lossSum / Double(max(seen, 1)), validationLoss: meanLoss(probabilities, validation),
          validationMacroAUROC: auroc, rate: cycle.rate(at: state.step - 1))
        state.history.append(entry)
        if let auroc, auroc > state.bestAUROC ?? -1 {
          (state.bestAUROC, state.bestEpoch) = (auroc, epoch)
          best = network.arrays()
          bestProbabilities = probabilities
        }
        try checkTorch()
        try checkpoint?.write(state, network: network, best: best, optimizer: optimizer)
        progress(
          TrainingProgress(
            epoch: epoch, epochs: options.epochs, batch: batches, batches: batches,
            recordsPerSecond: Double(seen) / max((clock.now - epochBegin).seconds, 1e-9), loss: entry.trainingLoss,
            lastEpoch: entry, secondsLeft: secondsLeft(since: begin, done: Double(epoch - firstEpoch + 1), of: options.epochs - firstEpoch + 1, clock),
            isEpochEnd: true))
      }

      guard let bestEpoch = state.bestEpoch else { throw TrainingError.noPositives }
      try network.load(best, from: "the best epoch")
      if bestProbabilities.isEmpty { bestProbabilities = try predictor.probabilities(of: validation) }
      return Trained(
        arrays: best, standardization: standardization, windows: windows, history: state.history, bestEpoch: bestEpoch,
        bestAUROC: state.bestAUROC ?? 0, parameterCount: network.parameterCount, validationProbabilities: bestProbabilities,
        seconds: Date().timeIntervalSince1970 - started.wall, cpuSeconds: processorSeconds() - started.cpu)
    }
  }

  /// One random window of each record: `[batch, leads, samples]`, and its labels `[batch, classes]`.
  private func window(
    of rows: ArraySlice<Int>, _ samples: Int, _ standardization: Standardization, _ device: Device,
    using random: inout SplitMix64
  ) -> (x: Tensor, y: Tensor) {
    let size = training.leads * samples
    var x = [Float](repeating: 0, count: rows.count * size)
    var y: [Float] = []
    y.reserveCapacity(rows.count * training.classes.count)
    x.withUnsafeMutableBufferPointer { buffer in
      for (index, row) in rows.enumerated() {
        let start = training.samples > samples ? Int.random(in: 0...(training.samples - samples), using: &random) : 0
        training.withSignal(row) { signal in
          standardization.copy(
            signal, samples: training.samples, start: start, count: samples,
            to: UnsafeMutableBufferPointer(rebasing: buffer[(index * size)..<((index + 1) * size)]))
        }
        for label in training.labels[row] { y.append(label ? 1 : 0) }
      }
    }
    return (
      Tensor(x, shape: [rows.count, training.leads, samples], on: device),
      Tensor(y, shape: [rows.count, training.classes.count], on: device)
    )
  }

  private func secondsLeft(since begin: ContinuousClock.Instant, done: Double, of all: Int, _ clock: ContinuousClock) -> Double? {
    done > 0 ? (clock.now - begin).seconds / done * (Double(all) - done) : nil
  }
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

/// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014), one independent stream per epoch.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64, stream: UInt64) { state = seed &* 0xD134_2543_DE82_EF95 &+ stream &* 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
