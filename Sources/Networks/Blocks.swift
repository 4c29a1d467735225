import Torch

// What several networks are made of.

/// Convolution that keeps the length (divided by the stride), batch normalization.
struct ConvNorm: Layer {
  let convolution: Conv1D
  let norm: BatchNorm
  /// `scale` is the normalization's first γ.
  init(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1, scale: Float = 1, from start: Initializer) {
    convolution = Conv1D(input, output, kernel: kernel, stride: stride, bias: false, from: start)
    norm = BatchNorm(output, scale: scale, from: start)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { norm(convolution(x)) }
}

/// Two convolutions around which the input passes; a stride needs a convolution on that way too.
struct ResidualBlock: Layer {
  let first, second: ConvNorm
  let shortcut: ConvNorm?
  init(_ input: Int, _ output: Int, kernels: (Int, Int), stride: Int, from start: Initializer) {
    first = ConvNorm(input, output, kernel: kernels.0, stride: stride, from: start)
    second = ConvNorm(output, output, kernel: kernels.1, from: start)
    shortcut = stride == 1 && input == output ? nil : ConvNorm(input, output, kernel: 1, stride: stride, from: start)
  }
  func callAsFunction(_ x: Tensor) -> Tensor { (second(first(x).relu()) + (shortcut?(x) ?? x)).relu() }
}

/// fastai's head: average and maximum over time together, then twice batch normalization, dropout and a linear layer.
struct ConcatPoolingHead: Layer {
  let norm1, norm2: BatchNorm
  let dropout1, dropout2: Dropout
  let hidden, output: Linear
  init(_ channels: Int, hidden units: Int = 128, classes: Int, from start: Initializer) {
    norm1 = BatchNorm(2 * channels, from: start)
    dropout1 = Dropout(0.25)
    hidden = Linear(2 * channels, units, from: start)
    norm2 = BatchNorm(units, from: start)
    dropout2 = Dropout(0.5)
    output = Linear(units, classes, from: start)
  }
  /// `[batch, channels, samples]` -> `[batch, hidden]`, what the last layer gets.
  func features(_ x: Tensor) -> Tensor {
    let pooled = x.mean(axis: 2).concatenated(with: x.max(axis: 2), axis: 1)
    return dropout2(norm2(hidden(dropout1(norm1(pooled))).relu()))
  }
  func callAsFunction(_ x: Tensor) -> Tensor { output(features(x)) }
}
