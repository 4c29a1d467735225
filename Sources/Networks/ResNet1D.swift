import Torch

/// The residual network `resnet1d_wang` of the PTB-XL benchmark (Strodthoff, Wagner, Schaeffter & Samek, "Deep Learning
/// for ECG Analysis", IEEE JBHI 25, 2021, arXiv:2004.13701), after Wang, Yan & Oates, IJCNN 2017, arXiv:1611.06455.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// A stem of 128 channels, three residual blocks, average and maximum over time together, 256–128–classes.
/// Departs from the paper: first weights as in PyTorch's layers; plain BCE with logits as loss.
public struct ResNet1D: Network {
  let stem: ConvNorm
  let block1, block2, block3: ResidualBlock
  let head: ConcatPoolingHead

  public init(leads: Int, classes: Int, from start: Initializer) {
    stem = ConvNorm(leads, 128, kernel: 7, stride: 2, from: start)
    block1 = ResidualBlock(128, 128, kernels: (5, 3), stride: 1, from: start)
    block2 = ResidualBlock(128, 128, kernels: (5, 3), stride: 2, from: start)
    block3 = ResidualBlock(128, 128, kernels: (5, 3), stride: 2, from: start)
    head = ConcatPoolingHead(128, classes: classes, from: start)
  }

  public func features(_ x: Tensor) -> Tensor { head.features(block3(block2(block1(stem(x).relu())))) }
  public var output: Linear { head.output }
}
