import Torch

/// The networks `xresnet1d50` and `xresnet1d101` of the PTB-XL benchmark (Strodthoff, Wagner, Schaeffter & Samek, "Deep
/// Learning for ECG Analysis", IEEE JBHI 25, 2021, arXiv:2004.13701; github.com/helme/ecg_ptbxl_benchmarking), after He
/// et al., "Bag of Tricks for Image Classification with Convolutional Neural Networks", CVPR 2019, arXiv:1812.01187.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// A stem of three convolutions, maximum pooling, four stages of bottleneck blocks, average and maximum over time
/// together, 512–128–classes. 953,989 and 1,872,261 parameters with 12 leads and 5 classes.
/// As in the benchmark's code, and unlike networks for images, all stages are equally wide.
/// Departs from the benchmark: its training sets the blocks' last scales to 1 again; here they start at 0, as in its
/// network's own code and in the paper on tricks.
public struct XResNet1D: Network {
  let stem: [ConvNorm]
  let blocks: [Bottleneck]
  let head: ConcatPoolingHead

  public enum Depth: Sendable {
    case layers50, layers101
    /// Of each stage.
    var blocks: [Int] { self == .layers50 ? [3, 4, 6, 3] : [3, 4, 23, 3] }
  }

  public init(_ depth: Depth, leads: Int, classes: Int, from start: Initializer) {
    stem = [
      ConvNorm(leads, 32, kernel: 5, stride: 2, from: start),
      ConvNorm(32, 32, kernel: 5, from: start),
      ConvNorm(32, 64, kernel: 5, from: start),
    ]
    let width = 64
    let channels = Bottleneck.expansion * width
    let strides = depth.blocks.enumerated().flatMap { stage, count in
      (0..<count).map { stage > 0 && $0 == 0 ? 2 : 1 }  // each stage but the first begins by halving the samples
    }
    blocks = strides.enumerated().map { index, stride in
      Bottleneck(index == 0 ? 64 : channels, width: width, stride: stride, from: start)
    }
    head = ConcatPoolingHead(channels, classes: classes, from: start)
    drawKaimingNormal(from: start)
  }

  public func features(_ x: Tensor) -> Tensor {
    let stemmed = stem.reduce(x) { $1($0).relu() }.maxPool1d(size: 3, stride: 2, padding: 1)
    return head.features(blocks.reduce(stemmed) { $1($0) })
  }
  public var output: Linear { head.output }

  /// Convolutions of kernels 1, 5 and 1, the last one wider and with a first scale of 0, around which the input passes:
  /// averaged in pairs where the block strides, and through a convolution where it gets wider.
  struct Bottleneck: Layer {
    static let expansion = 4
    let narrow, middle, widen: ConvNorm
    let shortcut: ConvNorm?
    let stride: Int

    init(_ input: Int, width: Int, stride: Int, from start: Initializer) {
      let output = Bottleneck.expansion * width
      narrow = ConvNorm(input, width, kernel: 1, from: start)
      middle = ConvNorm(width, width, kernel: 5, stride: stride, from: start)
      widen = ConvNorm(width, output, kernel: 1, scale: 0, from: start)
      shortcut = input == output ? nil : ConvNorm(input, output, kernel: 1, from: start)
      self.stride = stride
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let around = stride == 1 ? x : x.averagePool1d(size: stride, stride: stride)
      return (widen(middle(narrow(x).relu()).relu()) + (shortcut?(around) ?? around)).relu()
    }
  }
}
