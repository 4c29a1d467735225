import Networks
import Torch

/// A network while it learns, computed by several threads.
///
/// A batch is cut into *ghost batches*, each of which one thread computes with a twin of the network: the twin has the
/// network's parameters, but gradients and running statistics of its own. Batch normalization takes the statistics of
/// the ghost batch (Hoffer, Hubara & Soudry, NeurIPS 2017, arXiv:1705.08741). Gradients and running statistics are then
/// joined in the order of the ghost batches, so that the weights do not depend on the number of threads.
///
/// With a process group each process computes a share of the ghost batches. Gradients, running statistics and losses are
/// summed over the processes, after which all make the same step: the weights differ from those of one process by the
/// rounding of these sums.
public final class Learner {
  public let network: any Layer
  private let start: Initializer
  private let make: (Initializer) -> any Layer
  private var twins: [Twin] = []
  private let parameters, buffers: [NamedTensor]
  private let optimizer: any Optimizer
  public var threads: Int
  /// bfloat16 instead of 32 bits in convolutions and products.
  public var computesInBFloat16 = false
  /// The norm above which a step's gradients are scaled down to it; nil for none.
  public var clipping: Double?
  /// Whether the last layer alone learns. Running statistics move all the same.
  public var learnsLastLayerOnly = false
  /// The processes that compute the ghost batches together; nil for this one alone.
  private let group: ProcessGroup?
  /// Whether a process of the group asked to stop when the last step began.
  public private(set) var isAskedToStop = false

  private struct Twin {
    let network: any Layer
    let state, buffers: [NamedTensor]
  }

  /// - Parameters:
  ///   - muon: the rate of ``Muon``'s matrices as a multiple of the others'; nil for ``AdamW`` alone.
  ///   - make: makes the network; called once more for each ghost batch.
  public init(
    seed: UInt64, decay: Double, muon: Double? = nil, threads: Int, device: Device = .cpu, group: ProcessGroup? = nil,
    _ make: @escaping (Initializer) -> any Layer
  ) {
    self.group = group
    start = Initializer(seed: seed, device: device)
    (self.make, self.threads) = (make, threads)
    network = make(start)
    let state = network.allState()
    buffers = state.filter { !$0.isTrained }
    let parameters = state.filter(\.isTrained)
    self.parameters = parameters
    optimizer =
      muon.map { Muon(parameters, relativeRate: $0, decay: decay, on: device) }
      ?? AdamW(parameters, decay: decay, on: device)
  }

  /// One step of the optimizer. Inside ``withTorch(_:)``.
  ///
  /// - Parameters:
  ///   - counts: the records of each ghost batch, over all processes.
  ///   - seed: of what the layers draw in this step.
  ///   - asksToStop: whether this process would rather stop; then all know by ``isAskedToStop``.
  ///   - loss: a ghost batch's mean loss over its records, from the network that computes it; called by several threads.
  /// - Returns: the mean loss over all records.
  /// - Throws: `LostWorkerError`; network and optimizer are then as they were before the step.
  public func step(
    rate: Double, counts: [Int], seed: UInt64, asksToStop: Bool = false,
    loss: (_ ghost: Int, _ network: any Layer) throws -> Tensor
  ) throws -> Double {
    let own = group?.share(of: counts.count) ?? counts.indices
    while twins.count < own.count {
      let twin = make(start.twin())
      let state = twin.allState()
      twins.append(Twin(network: twin, state: state, buffers: state.filter { !$0.isTrained }))
    }
    let all = Double(counts.reduce(0, +))
    let shares = counts[own].map { Double($0) / all }
    let (twins, bfloat16) = (self.twins, computesInBFloat16)
    let seeds = own.map { SplitMix64(seed: seed, stream: UInt64($0)) }
    let passes = try concurrently(own.count, threads: threads) { place in
      try withTorch {
        for (buffer, own) in zip(buffers, twins[place].buffers) { own.tensor.move(toward: buffer.tensor, by: 1) }
        var random = seeds[place]
        let value = try Torch.training(seed: random.next()) {
          let value = try withBFloat16(bfloat16) { try loss(own.lowerBound + place, twins[place].network) }
          (value * shares[place]).backward()
          return Double(value.item)
        }
        return (loss: value, gradients: twins[place].state.takeGradients())
      }
    }
    var gradients = passes.first?.gradients ?? parameters.map { _ in nil }
    for pass in passes.dropFirst() {
      gradients = zip(gradients, pass.gradients).map { a, b in a.map { a in b.map { a + $0 } ?? a } ?? b }
    }
    var loss = zip(shares, passes).reduce(0) { $0 + $1.0 * $1.1.loss }
    if let group {
      try checkTorch()
      (gradients, loss) = try joined(gradients, loss, shares, asksToStop, group)
    } else {
      join(shares)
    }
    if learnsLastLayerOnly {
      let last = parameters.last?.layer
      gradients = zip(parameters, gradients).map { $0.layer == last ? $1 : nil }
    }
    if let clipping {
      let norm = gradients.reduce(0.0) { $0 + Double($1.map { ($0 * $0).sum().item } ?? 0) }.squareRoot()
      if norm > clipping { gradients = gradients.map { $0.map { $0 * (clipping / norm) } } }
    }
    try optimizer.step(rate: rate, gradients: gradients, threads: threads)
    try checkTorch()
    return loss
  }

  /// Gradients and loss summed over the processes; the running statistics become the sum of their shares. One message:
  /// loss, wishes to stop, then for each parameter whether a gradient reached it, gradients, statistics.
  private func joined(
    _ gradients: [Tensor?], _ loss: Double, _ shares: [Double], _ asksToStop: Bool, _ group: ProcessGroup
  ) throws -> (gradients: [Tensor?], loss: Double) {
    var message: [Float] = [Float(loss), asksToStop ? 1 : 0] + gradients.map { $0 == nil ? 0 : 1 }
    for (gradient, parameter) in zip(gradients, parameters) {
      message += gradient?.values ?? [Float](repeating: 0, count: parameter.tensor.count)
    }
    for (index, buffer) in buffers.enumerated() {
      var sum = [Double](repeating: 0, count: buffer.tensor.count)
      for (place, share) in shares.enumerated() {
        for (i, value) in twins[place].buffers[index].tensor.values.enumerated() { sum[i] += share * Double(value) }
      }
      message += sum.map { Float($0) }
    }
    try checkTorch()
    try group.sum(&message)
    isAskedToStop = message[1] > 0
    var place = 2 + parameters.count
    func next(_ count: Int) -> ArraySlice<Float> {
      defer { place += count }
      return message[place..<(place + count)]
    }
    let sums: [Tensor?] = parameters.enumerated().map { index, parameter in
      let values = next(parameter.tensor.count)
      guard message[2 + index] > 0 else { return nil }
      return Tensor(Array(values), shape: parameter.tensor.shape, on: start.device)
    }
    for buffer in buffers { buffer.tensor.assign(Array(next(buffer.tensor.count))) }
    return (sums, Double(message[0]))
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

/// `count` records in parts of at most `size`, as equal as they can be: 24 in tens are 8, 8, 8.
public func evenParts(of count: Int, atMost size: Int) -> [Range<Int>] {
  let parts = max(1, (count + size - 1) / max(1, size))
  return (0..<parts).map { (count * $0 / parts)..<(count * ($0 + 1) / parts) }
}
