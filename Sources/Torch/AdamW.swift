/// Adam with decoupled weight decay: Loshchilov & Hutter, ICLR 2019, arXiv:1711.05101, in PyTorch's form.
///
/// `θ ← θ (1 − ηλ)`, `m ← β₁m + (1 − β₁) g`, `v ← β₂v + (1 − β₂) g²`,
/// `θ ← θ − η/(1 − β₁ᵗ) · m / (√(v/(1 − β₂ᵗ)) + ε)`.
public final class AdamW: Optimizer {
  private let parameters: [NamedTensor]
  private let means, squares: [Tensor]
  public private(set) var step = 0
  private let beta1 = 0.9
  private let beta2 = 0.999
  private let epsilon = 1e-8
  private let decay: Double

  public init(_ parameters: [NamedTensor], decay: Double, on device: Device) {
    self.parameters = parameters.filter(\.isTrained)
    self.decay = decay
    means = self.parameters.map { Tensor(repeating: 0, shape: $0.tensor.shape, on: device) }
    squares = self.parameters.map { Tensor(repeating: 0, shape: $0.tensor.shape, on: device) }
  }

  public func step(rate: Double, gradients: [Tensor?], threads: Int = 1) throws {
    precondition(gradients.count == parameters.count, "\(gradients.count) gradients for \(parameters.count) parameters")
    step += 1
    for (index, parameter) in parameters.enumerated() {
      guard let gradient = gradients[index] else { continue }
      parameter.tensor.adamWStep(
        gradient: gradient, mean: means[index], square: squares[index], rate: rate, beta1: beta1, beta2: beta2,
        epsilon: epsilon, decay: decay, step: step)
    }
  }

  public var state: [NamedTensor] {
    zip(parameters, zip(means, squares)).flatMap { parameter, moments in
      [
        NamedTensor("\(parameter.name).mean", moments.0, isTrained: false),
        NamedTensor("\(parameter.name).square", moments.1, isTrained: false),
      ]
    }
  }

  public func restore(step: Int) { self.step = step }
}

extension [NamedTensor] {
  /// What `backward` left in the trained ones, in their order, and clears it; nil where nothing reached.
  public func takeGradients() -> [Tensor?] {
    filter(\.isTrained).map { named in
      defer { named.tensor.clearGradient() }
      return named.tensor.gradient
    }
  }
}
