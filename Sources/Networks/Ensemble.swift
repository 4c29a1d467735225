import Torch

/// Several networks that answer together: the mean of their probabilities, which is commonly better than any of them
/// (Hansen & Salamon, IEEE TPAMI 12, 1990, 993–1001); if wanted, together with a linear discriminant over the features of
/// all, which sees what no member sees alone.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits: of the mean probability, or their mean with the
/// discriminant, weighted by its share.
public struct Ensemble: Layer {
  public let members: [any Network]
  public let discriminant: Linear?  // [features of all members] -> [classes]
  let share: Double

  /// - Parameter share: of the discriminant, 0...1; with 0 there is none.
  public init(_ members: [any Network], classes: Int, share: Double = 0, from start: Initializer) {
    self.members = members
    self.share = share
    discriminant = share > 0 ? Linear(members.reduce(0) { $0 + $1.output.inputs }, classes, from: start) : nil
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { logits(members.map { $0.features(x) }) }

  /// - Parameter features: of each member, `[batch, features]`; at least one.
  public func logits(_ features: [Tensor]) -> Tensor {
    guard let first = features.first, let head = members.first else { preconditionFailure("an ensemble without members") }
    let others = zip(members, features).dropFirst()
    let sum = others.reduce(head.logits(first).sigmoid()) { $0 + $1.0.logits($1.1).sigmoid() }
    let mean = (sum * (1 / Double(members.count))).logit()
    guard let discriminant else { return mean }
    return mean * (1 - share) + discriminant(features.dropFirst().reduce(first) { $0.concatenated(with: $1, axis: 1) }) * share
  }
}
