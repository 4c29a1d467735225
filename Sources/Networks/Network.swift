import Torch

/// A network that ends in a linear layer. What goes into that layer are its features.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
public protocol Network: Layer {
  /// `[batch, leads, samples]` -> `[batch, features]`.
  func features(_ x: Tensor) -> Tensor
  /// The last layer, `[features]` -> `[outputs]`.
  var output: Linear { get }
  /// `[batch, features]` -> `[batch, classes]`: the last layer, and what may stand behind it.
  func logits(_ features: Tensor) -> Tensor
}

extension Network {
  public func logits(_ features: Tensor) -> Tensor { output(features) }
  public func callAsFunction(_ x: Tensor) -> Tensor { logits(features(x)) }
}
