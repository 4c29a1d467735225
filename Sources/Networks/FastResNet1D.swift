import Torch

/// A residual network for processors: blocks as those of ``ResNet1D``, wider while the samples get fewer, behind a stem
/// that leaves a quarter of them. This project's own, after He, Zhang, Ren & Sun, "Deep Residual Learning for Image
/// Recognition", CVPR 2016, arXiv:1512.03385.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// A stem of 64 channels and maximum pooling, blocks of 64, 128 and 256 that halve the samples, average and maximum over
/// time together, 512–128–classes. 634,885 parameters with 12 leads and 5 classes.
/// First weights as in PyTorch's layers; plain BCE with logits as loss.
public struct FastResNet1D: Network {
  let stem: ConvNorm
  let block1, block2, block3: ResidualBlock
  let head: ConcatPoolingHead

  public init(leads: Int, classes: Int, width: Int = 64, from start: Initializer) {
    stem = ConvNorm(leads, width, kernel: 15, stride: 2, from: start)
    block1 = ResidualBlock(width, width, kernels: (7, 3), stride: 2, from: start)
    block2 = ResidualBlock(width, 2 * width, kernels: (7, 3), stride: 2, from: start)
    block3 = ResidualBlock(2 * width, 4 * width, kernels: (5, 3), stride: 2, from: start)
    head = ConcatPoolingHead(4 * width, classes: classes, from: start)
  }

  public func features(_ x: Tensor) -> Tensor {
    head.features(block3(block2(block1(stem(x).relu().maxPool1d(size: 2, stride: 2)))))
  }
  public var output: Linear { head.output }
}
