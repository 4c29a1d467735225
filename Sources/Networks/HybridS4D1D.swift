import Torch

/// State spaces behind a convolutional stem: convolutions find the waves of a beat and leave an eighth of the work, state
/// spaces then read across beats. This project's own, of ``FastResNet1D``'s stem and ``S4D``'s blocks.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// A stem of 64 channels and maximum pooling that leave a quarter of the samples, a residual block of 128 channels, three
/// blocks of state spaces, average and maximum over time together, 256–128–classes. 271,237 parameters with 12 leads and 5
/// classes.
/// First weights as in PyTorch's layers and S4D-Lin; plain BCE with logits as loss.
public struct HybridS4D1D: Network {
  let stem: ConvNorm
  let block: ResidualBlock
  let states: [S4D.Block]
  let head: ConcatPoolingHead

  public init(leads: Int, classes: Int, width: Int = 64, from start: Initializer) {
    stem = ConvNorm(leads, width, kernel: 15, stride: 2, from: start)
    block = ResidualBlock(width, 2 * width, kernels: (7, 3), stride: 1, from: start)
    states = (0..<3).map { _ in S4D.Block(2 * width, dropout: 0.1, from: start) }
    head = ConcatPoolingHead(2 * width, classes: classes, from: start)
  }

  public func features(_ x: Tensor) -> Tensor {
    let waves = block(stem(x).relu().maxPool1d(size: 2, stride: 2))
    return head.features(states.reduce(waves) { $1($0) })
  }
  public var output: Linear { head.output }
}
