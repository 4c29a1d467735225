import Torch

/// The networks that reports can name.
public enum Architecture: String, Sendable, Codable, CaseIterable {
  case ecgConvNet = "ECGConvNet"
  case resNet1D = "ResNet1D"

  public func network(leads: Int, classes: Int, from start: Initializer) -> any Layer {
    switch self {
    case .ecgConvNet: ECGConvNet(leads: leads, classes: classes, from: start)
    case .resNet1D: ResNet1D(leads: leads, classes: classes, from: start)
    }
  }

  /// The seconds of one training window that the network was tried with.
  public var windowSeconds: Double {
    switch self {
    case .ecgConvNet: 5
    case .resNet1D: 2.5
    }
  }
}
