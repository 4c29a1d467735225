import Torch

/// A small convolutional network: four stages of 12–32–64–128–256 channels that halve the samples, maximum pooling
/// between them, the mean over time, and two linear layers. 189 thousand parameters with 22 classes, so that it ships
/// with the project and answers in a millisecond. This project's own; the plan is that of VGG (arXiv:1409.1556) in 1D.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
public struct ECGConvNet: Network {
  let stage1, stage2, stage3, stage4: Stage
  let hidden: Linear
  public let output: Linear
  let dropout: Dropout

  public init(leads: Int, classes: Int, from start: Initializer) {
    stage1 = Stage(leads, 32, kernel: 7, from: start)
    stage2 = Stage(32, 64, kernel: 5, from: start)
    stage3 = Stage(64, 128, kernel: 5, from: start)
    stage4 = Stage(128, 256, kernel: 3, from: start)
    hidden = Linear(256, 128, from: start)
    dropout = Dropout(0.3)
    output = Linear(128, classes, from: start)
  }

  public func features(_ x: Tensor) -> Tensor {
    let channels = stage4(pool(stage3(pool(stage2(pool(stage1(x)))))))
    return dropout(hidden(channels.mean(axis: 2)).relu())  // global average over time
  }

  private func pool(_ x: Tensor) -> Tensor { x.maxPool1d(size: 2, stride: 2) }

  /// Convolution with stride 2, batch normalization, ReLU.
  struct Stage: Layer {
    let convolution: Conv1D
    let norm: BatchNorm
    init(_ input: Int, _ output: Int, kernel: Int, from start: Initializer) {
      convolution = Conv1D(input, output, kernel: kernel, stride: 2, bias: false, from: start)
      norm = BatchNorm(output, from: start)
    }
    func callAsFunction(_ x: Tensor) -> Tensor { norm(convolution(x)).relu() }
  }
}
