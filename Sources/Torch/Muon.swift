/// Muon: the weights of hidden layers move by orthogonal matrices, so that a step reaches all directions alike instead of
/// the few that dominate a gradient. Everything else moves by ``AdamW``: biases, scales of normalization, the states of
/// state spaces, and the layer that gives the outputs.
///
/// `m ← βm + (1 − β) g`, `W ← W (1 − ηλ) − η √max(1, rows/columns) · orthogonal((1 − β) g + βm)`, where a convolution's
/// weights `[out, in, kernel]` are a matrix of `out` rows.
///
/// Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024,
/// https://kellerjordan.github.io/posts/muon/; weight decay as by Liu et al., "Muon is Scalable for LLM Training",
/// arXiv:2502.16982.
public final class Muon: Optimizer {
  private let rest: AdamW
  private let matrices: [(place: Int, parameter: NamedTensor, mean: Tensor)]
  private let others: [Int]  // places among the parameters
  private let beta = 0.95
  private let decay, relativeRate: Double

  /// - Parameters:
  ///   - parameters: of a whole network, in the order of declaration; the last layer gives the outputs.
  ///   - relativeRate: the rate of the matrices as a multiple of the others'.
  public init(_ parameters: [NamedTensor], relativeRate: Double, decay: Double, on device: Device) {
    let parameters = parameters.filter(\.isTrained)
    let last = parameters.last?.layer
    let isMatrix = parameters.map { $0.tensor.shape.count > 1 && $0.name.hasSuffix(".weight") && $0.layer != last }
    matrices = parameters.enumerated().filter { isMatrix[$0.offset] }.map {
      ($0.offset, $0.element, Tensor(repeating: 0, shape: $0.element.tensor.shape, on: device))
    }
    others = parameters.indices.filter { !isMatrix[$0] }
    rest = AdamW(others.map { parameters[$0] }, decay: decay, on: device)
    (self.relativeRate, self.decay) = (relativeRate, decay)
  }

  public func step(rate: Double, gradients: [Tensor?], threads: Int) throws {
    precondition(
      gradients.count == matrices.count + others.count,
      "\(gradients.count) gradients for \(matrices.count + others.count) parameters")
    try rest.step(rate: rate, gradients: others.map { gradients[$0] }, threads: threads)
    _ = try concurrently(matrices.count, threads: threads) { index in
      let (place, parameter, mean) = matrices[index]
      guard let gradient = gradients[place] else { return }
      try withTorch {
        parameter.tensor.muonStep(gradient: gradient, mean: mean, rate: rate * relativeRate, beta: beta, decay: decay)
      }
    }
  }

  public var step: Int { rest.step }

  public var state: [NamedTensor] {
    rest.state + matrices.map { NamedTensor("\($0.parameter.name).mean", $0.mean, isTrained: false) }
  }

  public func restore(step: Int) { rest.restore(step: step) }
}
