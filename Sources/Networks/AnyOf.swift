import Torch

/// A network whose labels are classes of what another network answers: a class is there when any of its members is. Members
/// are taken as independent, so that the probability of a class is `1 − Π(1 − pᵢ)`.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
public struct AnyOf: Network {
  let network: any Network
  private let groups: Tensor  // [classes, outputs]

  /// - Parameters:
  ///   - classes: for each class the places of its members among the network's outputs.
  ///   - outputs: how many outputs the network has.
  public init(_ network: any Network, classes: [[Int]], outputs: Int, device: Device) {
    self.network = network
    let rows = classes.flatMap { members in (0..<outputs).map { members.contains($0) ? Float(1) : 0 } }
    groups = Tensor(rows, shape: [classes.count, outputs], on: device)
  }

  public func features(_ x: Tensor) -> Tensor { network.features(x) }
  public var output: Linear { network.output }
  public func logits(_ features: Tensor) -> Tensor { network.logits(features).anyOf(groups) }
}
