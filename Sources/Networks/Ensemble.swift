import Torch

/// Several networks that answer together: the mean of their probabilities, which is commonly better than any of them
/// (Hansen & Salamon, IEEE TPAMI 12, 1990, 993–1001).
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits of the mean probability.
public struct Ensemble: Layer {
  let members: [any Layer]

  public init(_ members: [any Layer]) { self.members = members }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    guard let first = members.first else { return x }
    let sum = members.dropFirst().reduce(first(x).sigmoid()) { $0 + $1(x).sigmoid() }
    return (sum * (1 / Double(members.count))).logit()
  }
}
