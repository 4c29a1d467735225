/// `y = γ (x − mean) / √(variance + ε) + β` over the channels of each sample of `[batch, channels, samples]`:
/// Ba, Kiros & Hinton, arXiv:1607.06450.
public struct LayerNorm: Layer {
  let weight, bias: Tensor  // [channels]
  let epsilon = 1e-5

  public init(_ channels: Int, from start: Initializer) {
    weight = start.parameter(shape: [channels], value: 1)
    bias = start.parameter(shape: [channels], value: 0)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.layerNorm(weight: weight, bias: bias, epsilon: epsilon) }
  public var state: [NamedTensor] { [NamedTensor("weight", weight), NamedTensor("bias", bias)] }
}

/// Dropout of whole channels of `[batch, channels, samples]`: neighbouring samples, being alike, would tell each other.
/// Tompson et al., CVPR 2015, arXiv:1411.4280.
public struct ChannelDropout: Layer {
  let probability: Double
  public init(_ probability: Double) { self.probability = probability }
  public func callAsFunction(_ x: Tensor) -> Tensor {
    Torch.training.map { x.channelDropout(probability, seed: $0.nextSeed()) } ?? x
  }
}

extension BatchNorm {
  /// Starts with scales γ other than 1. With γ = 0 at the end of a residual block, the block begins as its shortcut.
  public init(_ channels: Int, scale: Float, from start: Initializer) {
    weight = start.parameter(shape: [channels], value: scale)
    bias = start.parameter(shape: [channels], value: 0)
    mean = start.buffer(shape: [channels], value: 0)
    variance = start.buffer(shape: [channels], value: 1)
  }
}
