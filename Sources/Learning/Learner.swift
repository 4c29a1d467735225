import Networks
import Torch

/// A network while it learns, computed by several threads.
///
/// A batch is cut into *ghost batches*, each of which one thread computes with a twin of the network: the twin has the
/// network's parameters, but gradients and running statistics of its own. Batch normalization takes the statistics of
/// the ghost batch (Hoffer, Hubara & Soudry, NeurIPS 2017, arXiv:1705.08741). Gradients and running statistics are then
/// joined in the order of the ghost batches, so that the weights do not depend on the number of threads.
public final class Learner {
  public let network: any Layer
  private let start: Initializer
  private let make: (Initializer) -> any Layer
  private var twins: [Twin] = []
  private let parameters, buffers: [NamedTensor]
  private let optimizer: AdamW
  public var threads: Int
  /// bfloat16 instead of 32 bits in convolutions and products.
  public var computesInBFloat16 = false
  /// The norm above which a step's gradients are scaled down to it; nil for none.
  public var clipping: Double?

  private struct Twin {
    let network: any Layer
    let state, buffers: [NamedTensor]
  }

  /// - Parameter make: makes the network; called once more for each ghost batch.
  public init(
    seed: UInt64, decay: Double, threads: Int, device: Device = .cpu, _ make: @escaping (Initializer) -> any Layer
  ) {
    start = Initializer(seed: seed, device: device)
    (self.make, self.threads) = (make, threads)
    network = make(start)
    let state = network.allState()
    parameters = state.filter(\.isTrained)
    buffers = state.filter { !$0.isTrained }
    optimizer = AdamW(parameters, decay: decay, on: device)
  }

  /// One step of AdamW. Inside ``withTorch(_:)``.
  ///
  /// - Parameters:
  ///   - counts: the records of each ghost batch.
  ///   - seed: of what the layers draw in this step.
  ///   - loss: a ghost batch's mean loss over its records, from the network that computes it; called by several threads.
  /// - Returns: the mean loss over all records.
  public func step(
    rate: Double, counts: [Int], seed: UInt64, loss: (_ ghost: Int, _ network: any Layer) throws -> Tensor
  ) throws -> Double {
    while twins.count < counts.count {
      let twin = make(start.twin())
      let state = twin.allState()
      twins.append(Twin(network: twin, state: state, buffers: state.filter { !$0.isTrained }))
    }
    let shares = counts.map { Double($0) / Double(counts.reduce(0, +)) }
    let (twins, bfloat16) = (self.twins, computesInBFloat16)
    let seeds = counts.indices.map { SplitMix64(seed: seed, stream: UInt64($0)) }
    let passes = try concurrently(counts.count, threads: threads) { ghost in
      try withTorch {
        for (buffer, own) in zip(buffers, twins[ghost].buffers) { own.tensor.move(toward: buffer.tensor, by: 1) }
        var random = seeds[ghost]
        let value = try Torch.training(seed: random.next()) {
          let value = try withBFloat16(bfloat16) { try loss(ghost, twins[ghost].network) }
          (value * shares[ghost]).backward()
          return Double(value.item)
        }
        return (loss: value, gradients: twins[ghost].state.takeGradients())
      }
    }
    join(shares)
    var gradients = passes[0].gradients
    for pass in passes.dropFirst() {
      gradients = zip(gradients, pass.gradients).map { a, b in a.map { a in b.map { a + $0 } ?? a } ?? b }
    }
    if let clipping {
      let norm = gradients.reduce(0.0) { $0 + Double($1.map { ($0 * $0).sum().item } ?? 0) }.squareRoot()
      if norm > clipping { gradients = gradients.map { $0.map { $0 * (clipping / norm) } } }
    }
    optimizer.step(rate: rate, gradients: gradients)
    try checkTorch()
    return zip(shares, passes).reduce(0) { $0 + $1.0 * $1.1.loss }
  }

  /// The running statistics become the mean of the twins', each by its share of the records.
  private func join(_ shares: [Double]) {
    for (index, buffer) in buffers.enumerated() {
      var covered = 0.0
      for (ghost, share) in shares.enumerated() {
        covered += share
        buffer.tensor.move(toward: twins[ghost].buffers[index].tensor, by: share / covered)
      }
    }
  }

  // MARK: For a checkpoint

  var moments: [NamedArray] {
    optimizer.state.map { NamedArray(name: $0.name, shape: $0.tensor.shape, values: $0.tensor.values) }
  }

  func load(moments: [NamedArray], step: Int, from path: String) throws {
    try optimizer.load(moments, step: step, from: path)
  }
}

/// `count` records in ghost batches of at most `size`, as equal as they can be: 24 in tens are 8, 8, 8.
public func ghostBatches(of count: Int, size: Int) -> [Range<Int>] {
  let parts = max(1, (count + size - 1) / max(1, size))
  return (0..<parts).map { (count * $0 / parts)..<(count * ($0 + 1) / parts) }
}
