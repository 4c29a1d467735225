/// What moves a network's parameters along their gradients.
public protocol Optimizer: AnyObject {
  /// Moves every parameter.
  /// - Parameters:
  ///   - gradients: one for each parameter, in their order; nil leaves the parameter where it is.
  ///   - threads: how many may compute; what comes out does not depend on it.
  func step(rate: Double, gradients: [Tensor?], threads: Int) throws
  /// Steps made so far.
  var step: Int { get }
  /// What a resumed training needs beside the number of steps: the moments, by parameter name.
  var state: [NamedTensor] { get }
  func restore(step: Int)
}
