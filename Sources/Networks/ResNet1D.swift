import Torch

/// The residual network `resnet1d_wang` of the PTB-XL benchmark (Strodthoff, Wagner, Schaeffter & Samek, "Deep Learning
/// for ECG Analysis", IEEE JBHI 25, 2021, arXiv:2004.13701), after Wang, Yan & Oates, IJCNN 2017, arXiv:1611.06455.
///
/// `[batch, leads, samples]`, standardized -> `[batch, classes]` logits.
/// A stem of 128 channels, three residual blocks, average and maximum over time together, 256–128–classes.
/// Departs from the paper: first weights as in PyTorch's layers; plain BCE with logits as loss.
public struct ResNet1D: Layer {
  let stem: ConvNorm
  let block1, block2, block3: Block
  let head: Head

  public init(leads: Int, classes: Int, from start: Initializer) {
    stem = ConvNorm(leads, 128, kernel: 7, stride: 2, from: start)
    block1 = Block(128, 128, stride: 1, from: start)
    block2 = Block(128, 128, stride: 2, from: start)
    block3 = Block(128, 128, stride: 2, from: start)
    head = Head(128, classes: classes, from: start)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { head(block3(block2(block1(stem(x).relu())))) }

  struct ConvNorm: Layer {
    let convolution: Conv1D
    let norm: BatchNorm
    init(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1, from start: Initializer) {
      convolution = Conv1D(input, output, kernel: kernel, stride: stride, bias: false, from: start)
      norm = BatchNorm(output, from: start)
    }
    func callAsFunction(_ x: Tensor) -> Tensor { norm(convolution(x)) }
  }

  /// Two convolutions, kernels 5 and 3, around which the input passes; a stride needs a convolution on that way too.
  struct Block: Layer {
    let first, second: ConvNorm
    let shortcut: ConvNorm?
    init(_ input: Int, _ output: Int, stride: Int, from start: Initializer) {
      first = ConvNorm(input, output, kernel: 5, stride: stride, from: start)
      second = ConvNorm(output, output, kernel: 3, from: start)
      shortcut = stride == 1 && input == output ? nil : ConvNorm(input, output, kernel: 1, stride: stride, from: start)
    }
    func callAsFunction(_ x: Tensor) -> Tensor { (second(first(x).relu()) + (shortcut?(x) ?? x)).relu() }
  }

  /// fastai's head: concatenated pooling, then twice batch normalization, dropout and a linear layer.
  struct Head: Layer {
    let norm1, norm2: BatchNorm
    let dropout1, dropout2: Dropout
    let hidden, output: Linear
    init(_ channels: Int, classes: Int, from start: Initializer) {
      norm1 = BatchNorm(2 * channels, from: start)
      dropout1 = Dropout(0.25)
      hidden = Linear(2 * channels, 128, from: start)
      norm2 = BatchNorm(128, from: start)
      dropout2 = Dropout(0.5)
      output = Linear(128, classes, from: start)
    }
    func callAsFunction(_ x: Tensor) -> Tensor {
      let pooled = x.mean(axis: 2).concatenated(with: x.max(axis: 2), axis: 1)
      return output(dropout2(norm2(hidden(dropout1(norm1(pooled))).relu())))
    }
  }
}
