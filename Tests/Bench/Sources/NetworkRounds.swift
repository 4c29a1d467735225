import ArgumentParser
import Foundation
import Networks
import Torch

@testable import Learning

extension Architecture: ExpressibleByArgument {}

/// What both network measurements take.
struct NetworkArguments: ParsableArguments {
  @Option(help: "The network, as a report names it.") var network: Architecture
  @Option(help: "Samples of a window.") var samples: Int
  @Option(help: "Batches in a round.") var batches: Int
  @Option(help: "Threads.") var threads: Int
  @Option(help: "Records that one thread computes at once (ours alone).") var ghost = 32

  static let batch = 128
  static let leads = 12
  static let classes = 5

  /// The network, with the weights of ``NetworkProof``.
  func prepared() throws -> any Layer {
    let network = make(Initializer(seed: 1))
    NetworkProof.setWeights(of: network)
    return network
  }

  func make(_ start: Initializer) -> any Layer {
    network.network(leads: Self.leads, classes: Self.classes, from: start)
  }

  var inputShape: [Int] { [Self.batch, Self.leads, samples] }

  /// `[batch, leads, samples]`, of about the size of standardized signals.
  var input: [Float] { wave(inputShape.reduce(1, *), step: 0.37, shift: 0) }

  /// `[batch, classes]`, every fourth label set.
  var labels: [Float] { (0..<Self.batch * Self.classes).map { $0.isMultiple(of: 4) ? 1 : 0 } }
}

/// `sin(step · i + shift)`: numbers that the other side can compute too.
private func wave(_ count: Int, step: Double, shift: Double) -> [Float] {
  (0..<count).map { Float(sin(step * Double($0) + shift)) }
}

/// That both sides run the same network: equal parameters by name and shape, and equal logits from equal weights.
struct NetworkProof: Encodable {
  var version: String
  var parameters: [String: [Int]]  // shapes
  var parameterCount: Int
  var logits: [Float]  // of the first two records, without dropout and batch statistics

  init(_ network: any Layer, _ arguments: NetworkArguments) throws {
    version = "LibTorch \(try Torch.version())"
    let trained = network.allState().filter(\.isTrained)
    parameters = Dictionary(trained.map { ($0.name, $0.tensor.shape) }, uniquingKeysWith: { first, _ in first })
    parameterCount = network.parameterCount
    let input = Array(arguments.input.prefix(2 * NetworkArguments.leads * arguments.samples))
    logits = try withoutGradients {
      network(Tensor(input, shape: [2, NetworkArguments.leads, arguments.samples])).values
    }
  }

  /// The i-th value of the k-th parameter, by name: 0.05 sin(i + k), and 1 more in the factors of a normalization.
  static func setWeights(of network: any Layer) {
    let trained = network.allState().filter(\.isTrained).sorted { $0.name < $1.name }
    for (k, parameter) in trained.enumerated() {
      let shape = parameter.tensor.shape
      let center: Float = shape.count == 1 && parameter.name.hasSuffix(".weight") ? 1 : 0
      parameter.tensor.assign(wave(shape.reduce(1, *), step: 1, shift: Double(k)).map { center + 0.05 * $0 })
    }
  }
}

/// Steps as in `Trainer`: batch to tensors, network, binary cross-entropy, gradients, the loss' value, AdamW.
struct TrainStep: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "train-step", abstract: "Training steps of a network.")
  @OptionGroup var arguments: NetworkArguments

  func run() async throws {
    let arguments = self.arguments
    let learner = try withTorch { Learner(seed: 1, decay: 0.01, threads: arguments.threads) { arguments.make($0) } }
    let proof = try withTorch {
      NetworkProof.setWeights(of: learner.network)
      return try NetworkProof(learner.network, arguments)
    }
    let (input, labels) = (arguments.input, arguments.labels)
    let ghosts = evenParts(of: NetworkArguments.batch, atMost: arguments.ghost)
    let size = NetworkArguments.leads * arguments.samples

    func step() throws {
      try withTorch {
        let loss = try learner.step(rate: 1e-3, counts: ghosts.map(\.count), seed: 1) { index, network in
          let rows = ghosts[index]
          let x = input[(rows.lowerBound * size)..<(rows.upperBound * size)]
          let y = labels[(rows.lowerBound * NetworkArguments.classes)..<(rows.upperBound * NetworkArguments.classes)]
          return network(Tensor(Array(x), shape: [rows.count, NetworkArguments.leads, arguments.samples]))
            .binaryCrossEntropy(labels: Tensor(Array(y), shape: [rows.count, NetworkArguments.classes]))
        }
        guard loss.isFinite else { throw ValidationError("the loss is not a number") }
      }
    }
    for _ in 0..<2 { try step() }
    try await serveRounds(proof) {
      for _ in 0..<arguments.batches { try step() }
      return arguments.batches * NetworkArguments.batch
    }
  }
}

/// Probabilities of batches: batch to tensor, network, sigmoid, values.
struct Forward: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Probabilities of batches.")
  @OptionGroup var arguments: NetworkArguments

  func run() async throws {
    let network = try withTorch { try arguments.prepared() }
    let proof = try withTorch { try NetworkProof(network, arguments) }
    let input = arguments.input
    let ghosts = evenParts(of: NetworkArguments.batch, atMost: arguments.ghost)
    let size = NetworkArguments.leads * arguments.samples

    func batch() throws {
      let probabilities = try concurrently(ghosts.count, threads: arguments.threads) { index in
        let rows = ghosts[index]
        let values = Array(input[(rows.lowerBound * size)..<(rows.upperBound * size)])
        return try withTorch {
          try withoutGradients {
            network(Tensor(values, shape: [rows.count, NetworkArguments.leads, arguments.samples])).sigmoid().values
          }
        }
      }
      guard probabilities.joined().count == NetworkArguments.batch * NetworkArguments.classes else {
        throw ValidationError("\(probabilities.joined().count) probabilities")
      }
    }
    for _ in 0..<2 { try batch() }
    try await serveRounds(proof) {
      for _ in 0..<arguments.batches { try batch() }
      return arguments.batches * NetworkArguments.batch
    }
  }
}

/// The answers to recordings of ten seconds, as `predict` gives them: windows, standardized, their probabilities' mean.
struct Answer: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Answers to recordings of ten seconds.")
  @OptionGroup var arguments: NetworkArguments
  @Option(help: "Recordings in a round.") var records: Int

  func run() async throws {
    let network = try withTorch { try arguments.prepared() }
    let proof = try withTorch { try NetworkProof(network, arguments) }
    let standardization = Standardization(
      mean: [Double](repeating: 0, count: NetworkArguments.leads), deviation: [Double](repeating: 1, count: NetworkArguments.leads))
    let predictor = Predictor(
      network: network, standardization: standardization,
      windows: Windows(samples: arguments.samples, stride: arguments.samples / 2), device: .cpu, threads: 1)
    let leads = (0..<NetworkArguments.leads).map { lead in wave(1000, step: 0.05, shift: Double(lead)) }
    func answers() throws {
      let groups = evenParts(of: records, atMost: 32)
      _ = try concurrently(groups.count, threads: arguments.threads) { index in
        try predictor.probabilities(ofSignals: groups[index].map { _ in leads })
      }
    }
    for _ in 0..<2 { try answers() }
    try await serveRounds(proof) {
      try answers()
      return records
    }
  }
}
