import Torch

/// InceptionTime: Ismail Fawaz et al., "InceptionTime: Finding AlexNet for Time Series Classification", Data Mining and
/// Knowledge Discovery 34, 2020, arXiv:1909.04939; one network, not the paper's ensemble of five.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// Six modules of 4 · 32 channels, the input passing around each three, average and maximum over time together,
/// 256–128–classes. 507,653 parameters with 12 leads and 5 classes.
/// Departs from the paper as `inception1d` of the PTB-XL benchmark (arXiv:2004.13701) does: kernels 39, 19 and 9 instead of
/// 40, 20 and 10; that head instead of the average and one linear layer; first weights by He and others instead of Glorot
/// & Bengio; logits instead of softmax, because PTB-XL's labels are not exclusive.
public struct InceptionTime1D: Network {
  let inceptions: [Module]
  let shortcuts: [ConvNorm]  // around modules 0...2 and 3...5
  let head: ConcatPoolingHead

  public init(leads: Int, classes: Int, from start: Initializer) {
    let channels = Module.channels
    inceptions = (0..<6).map { Module($0 == 0 ? leads : channels, from: start) }
    shortcuts = (0..<2).map { ConvNorm($0 == 0 ? leads : channels, channels, kernel: 1, from: start) }
    head = ConcatPoolingHead(channels, classes: classes, from: start)
    drawKaimingNormal(from: start)
  }

  public func features(_ x: Tensor) -> Tensor {
    let channels = shortcuts.enumerated().reduce(x) { input, group in
      let (index, shortcut) = group
      let through = inceptions[3 * index..<3 * index + 3].reduce(input) { $1($0) }
      return (through + shortcut(input)).relu()
    }
    return head.features(channels)
  }
  public var output: Linear { head.output }

  /// Convolutions of three lengths behind a bottleneck, and one behind maximum pooling, side by side; batch
  /// normalization, ReLU.
  struct Module: Layer {
    static let filters = 32
    static let kernels = [39, 19, 9]
    static let channels = (kernels.count + 1) * filters
    let bottleneck: Conv1D
    let convolutions: [Conv1D]
    let pooled: Conv1D
    let norm: BatchNorm

    init(_ input: Int, from start: Initializer) {
      let filters = Module.filters
      bottleneck = Conv1D(input, filters, kernel: 1, bias: false, from: start)
      convolutions = Module.kernels.map { Conv1D(filters, filters, kernel: $0, bias: false, from: start) }
      pooled = Conv1D(input, filters, kernel: 1, bias: false, from: start)
      norm = BatchNorm(Module.channels, from: start)
    }

    func callAsFunction(_ x: Tensor) -> Tensor {
      let narrow = bottleneck(x)
      let branches = convolutions.map { $0(narrow) } + [pooled(x.maxPool1d(size: 3, stride: 1, padding: 1))]
      return norm(branches.dropFirst().reduce(branches[0]) { $0.concatenated(with: $1, axis: 1) }).relu()
    }
  }
}
