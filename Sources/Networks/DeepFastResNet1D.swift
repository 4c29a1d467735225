import Torch

/// ``FastResNet1D`` with two residual blocks of each width and twice the hidden units: slower by three quarters, and worth it
/// where there are minutes to learn for.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// A stem of 64 channels and maximum pooling; two blocks each of 64, 128 and 256, of which the first halves the samples;
/// average and maximum over time together, 512–256–classes. 1,432,325 parameters with 12 leads and 5 classes.
/// First weights as in PyTorch's layers; plain BCE with logits as loss.
public struct DeepFastResNet1D: Network {
  let stem: ConvNorm
  let block1, block2, block3, block4, block5, block6: ResidualBlock
  let head: ConcatPoolingHead

  public init(leads: Int, classes: Int, width: Int = 64, from start: Initializer) {
    stem = ConvNorm(leads, width, kernel: 15, stride: 2, from: start)
    block1 = ResidualBlock(width, width, kernels: (7, 3), stride: 2, from: start)
    block2 = ResidualBlock(width, width, kernels: (7, 3), stride: 1, from: start)
    block3 = ResidualBlock(width, 2 * width, kernels: (7, 3), stride: 2, from: start)
    block4 = ResidualBlock(2 * width, 2 * width, kernels: (7, 3), stride: 1, from: start)
    block5 = ResidualBlock(2 * width, 4 * width, kernels: (5, 3), stride: 2, from: start)
    block6 = ResidualBlock(4 * width, 4 * width, kernels: (5, 3), stride: 1, from: start)
    head = ConcatPoolingHead(4 * width, hidden: 256, classes: classes, from: start)
  }

  public func features(_ x: Tensor) -> Tensor {
    let stemmed = stem(x).relu().maxPool1d(size: 2, stride: 2)
    return head.features(block6(block5(block4(block3(block2(block1(stemmed)))))))
  }
  public var output: Linear { head.output }
}
