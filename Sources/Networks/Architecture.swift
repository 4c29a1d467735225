import Torch

/// The networks that reports can name.
public enum Architecture: String, Sendable, Codable, CaseIterable {
  case ecgConvNet = "ECGConvNet"
  case resNet1D = "ResNet1D"
  case fastResNet1D = "FastResNet1D"
  case deepFastResNet1D = "DeepFastResNet1D"
  case xResNet1D50 = "XResNet1D50"
  case xResNet1D101 = "XResNet1D101"
  case inceptionTime1D = "InceptionTime1D"
  case s4d = "S4D"
  case hybridS4D1D = "HybridS4D1D"

  public func network(leads: Int, classes: Int, from start: Initializer) -> any Network {
    switch self {
    case .ecgConvNet: ECGConvNet(leads: leads, classes: classes, from: start)
    case .resNet1D: ResNet1D(leads: leads, classes: classes, from: start)
    case .fastResNet1D: FastResNet1D(leads: leads, classes: classes, from: start)
    case .deepFastResNet1D: DeepFastResNet1D(leads: leads, classes: classes, from: start)
    case .xResNet1D50: XResNet1D(.layers50, leads: leads, classes: classes, from: start)
    case .xResNet1D101: XResNet1D(.layers101, leads: leads, classes: classes, from: start)
    case .inceptionTime1D: InceptionTime1D(leads: leads, classes: classes, from: start)
    case .s4d: S4D(leads: leads, classes: classes, from: start)
    case .hybridS4D1D: HybridS4D1D(leads: leads, classes: classes, from: start)
    }
  }

  /// The seconds of one training window that the network was tried with, here or in its paper.
  public var windowSeconds: Double {
    switch self {
    case .ecgConvNet, .fastResNet1D, .deepFastResNet1D, .hybridS4D1D: 5
    case .resNet1D, .xResNet1D50, .xResNet1D101, .inceptionTime1D, .s4d: 2.5
    }
  }
}

extension [Architecture] {
  /// The network, or, of several, their ``Ensemble``.
  /// - Parameters:
  ///   - classes: where the labels are classes of the outputs (``AnyOf``), the members of each.
  ///   - share: of an ensemble's discriminant; 0 for none.
  public func network(
    leads: Int, outputs: Int, classes: [[Int]]? = nil, share: Double = 0, from start: Initializer
  ) -> any Layer {
    let networks: [any Network] = map {
      let network = $0.network(leads: leads, classes: outputs, from: start)
      return classes.map { AnyOf(network, classes: $0, outputs: outputs, device: start.device) } ?? network
    }
    if networks.count == 1, share == 0 { return networks[0] }
    return Ensemble(networks, classes: classes?.count ?? outputs, share: share, from: start)
  }

  /// "ResNet1D", or "ensemble of ResNet1D, S4D".
  public var title: String {
    (count > 1 ? "ensemble of " : "") + map(\.rawValue).joined(separator: ", ")
  }
}
