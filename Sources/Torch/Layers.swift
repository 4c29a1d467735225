import Foundation

/// A part of a network: a function of one tensor, with parameters and buffers found by its stored properties.
public protocol Layer {
  func callAsFunction(_ x: Tensor) -> Tensor
  /// The tensors that this layer itself owns, by PyTorch's names; composed layers own none.
  var state: [NamedTensor] { get }
}

/// A tensor of a network under a dotted path: `block1.convolution1.weight`.
public struct NamedTensor {
  public var name: String
  public var tensor: Tensor
  public var isTrained: Bool  // false for a buffer: the running statistics of batch normalization
  public init(_ name: String, _ tensor: Tensor, isTrained: Bool = true) {
    (self.name, self.tensor, self.isTrained) = (name, tensor, isTrained)
  }

  /// The path of the layer that owns it: `block1.convolution1`.
  public var layer: Substring { name.prefix(upTo: name.lastIndex(of: ".") ?? name.startIndex) }
}

extension Layer {
  public var state: [NamedTensor] { [] }

  /// Every tensor of this layer and of the layers inside, in the order of declaration.
  public func allState(prefix: String = "") -> [NamedTensor] {
    var all = state.map { NamedTensor(prefix + $0.name, $0.tensor, isTrained: $0.isTrained) }
    for child in Mirror(reflecting: self).children {
      guard let name = child.label else { continue }
      if let layer = child.value as? any Layer {
        all += layer.allState(prefix: "\(prefix)\(name).")
      } else if let layers = child.value as? [any Layer] {
        for (index, layer) in layers.enumerated() { all += layer.allState(prefix: "\(prefix)\(name).\(index).") }
      }
    }
    return all
  }

  public var parameterCount: Int { allState().filter(\.isTrained).map(\.tensor.count).reduce(0, +) }
}

/// Where the tensors of a new network come from: seeded values, independent of LibTorch's version, or another network's.
public final class Initializer {
  private var random: SplitMix64
  public let device: Device
  /// In the order of their making.
  private var made: [Tensor] = []
  private var given: ArraySlice<Tensor> = []
  /// Whether the parameters are another network's, which must not be drawn anew.
  public private(set) var isTwin = false

  public init(seed: UInt64, device: Device = .cpu) { (random, self.device) = (SplitMix64(seed: seed), device) }

  /// One that makes a twin of the network made with this one: the same parameters in the same memory, but gradients and
  /// buffers of its own. The twin must be made by the same calls.
  public func twin() -> Initializer {
    let twin = Initializer(seed: 0, device: device)
    (twin.given, twin.isTwin) = (made[...], true)
    return twin
  }

  private func uniform() -> Double { random.nextUniform() }

  /// Uniform in ±1/√fanIn: PyTorch's first weights of convolution and linear layers, He et al. 2015 with a = √5.
  func parameter(shape: [Int], fanIn: Int) -> Tensor {
    let bound = 1 / Double(fanIn).squareRoot()
    return parameter(shape: shape) { _ in (2 * uniform() - 1) * bound }
  }

  func parameter(shape: [Int], value: Float) -> Tensor {
    parameter { Tensor(repeating: value, shape: shape, on: device) }
  }

  func buffer(shape: [Int], value: Float) -> Tensor { Tensor(repeating: value, shape: shape, on: device) }

  private func parameter(_ make: () -> Tensor) -> Tensor {
    let tensor = (given.popFirst()?.detached() ?? make()).requiringGradient()
    made.append(tensor)
    return tensor
  }
}

/// `y[o, t] = b[o] + Σ w[o, i, k] x[i, stride·t + k − padding]`; `[batch, in, samples]` -> `[batch, out, samples']`.
public struct Conv1D: Layer {
  let weight: Tensor  // [out, in, kernel]
  let bias: Tensor?
  let stride, padding: Int

  /// Pads by half the kernel, so that stride 1 keeps the length.
  public init(_ input: Int, _ output: Int, kernel: Int, stride: Int = 1, bias: Bool = true, from start: Initializer) {
    let fanIn = input * kernel
    weight = start.parameter(shape: [output, input, kernel], fanIn: fanIn)
    self.bias = bias ? start.parameter(shape: [output], fanIn: fanIn) : nil
    (self.stride, padding) = (stride, (kernel - 1) / 2)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.conv1d(weight, bias: bias, stride: stride, padding: padding) }
  public var state: [NamedTensor] {
    [NamedTensor("weight", weight)] + (bias.map { [NamedTensor("bias", $0)] } ?? [])
  }
}

/// `y = γ (x − mean) / √(variance + ε) + β` per channel: Ioffe & Szegedy, ICML 2015, arXiv:1502.03167.
public struct BatchNorm: Layer {
  let weight, bias, mean, variance: Tensor  // [channels]
  let momentum = 0.1
  let epsilon = 1e-5

  public init(_ channels: Int, from start: Initializer) {
    weight = start.parameter(shape: [channels], value: 1)
    bias = start.parameter(shape: [channels], value: 0)
    mean = start.buffer(shape: [channels], value: 0)
    variance = start.buffer(shape: [channels], value: 1)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    x.batchNorm(
      weight: weight, bias: bias, mean: mean, variance: variance, training: Torch.isTraining, momentum: momentum,
      epsilon: epsilon)
  }
  public var state: [NamedTensor] {
    [
      NamedTensor("weight", weight), NamedTensor("bias", bias),
      NamedTensor("running_mean", mean, isTrained: false), NamedTensor("running_var", variance, isTrained: false),
    ]
  }
}

/// `y = x wᵀ + b`; `[batch, in]` -> `[batch, out]`.
public struct Linear: Layer {
  let weight: Tensor  // [out, in]
  let bias: Tensor  // [out]

  public init(_ input: Int, _ output: Int, from start: Initializer) {
    weight = start.parameter(shape: [output, input], fanIn: input)
    bias = start.parameter(shape: [output], fanIn: input)
  }

  public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight, bias: bias) }
  /// How many values it takes.
  public var inputs: Int { weight.shape.last ?? 0 }
  public var state: [NamedTensor] { [NamedTensor("weight", weight), NamedTensor("bias", bias)] }
}

/// Sets each value to 0 with the given probability in training, and scales the rest so that the mean stays.
public struct Dropout: Layer {
  let probability: Double
  public init(_ probability: Double) { self.probability = probability }
  public func callAsFunction(_ x: Tensor) -> Tensor {
    Torch.training.map { x.dropout(probability, seed: $0.nextSeed()) } ?? x
  }
}

// MARK: First values of other distributions

extension Initializer {
  /// A parameter whose values `draw` gives one after another, in row-major order; it gets each value's index.
  public func parameter(shape: [Int], drawing draw: (Int) -> Double) -> Tensor {
    parameter { Tensor((0..<shape.reduce(1, *)).map { Float(draw($0)) }, shape: shape, on: device) }
  }

  /// A number of the uniform distribution.
  public func uniform(in range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  /// A number of the standard normal distribution: Box & Muller, Annals of Mathematical Statistics 29 (1958), 610-611.
  public func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
