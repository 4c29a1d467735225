import TorchAPI

/// An array of 32-bit floats with a shape, on a device, that may know how it was computed.
///
/// Axes are named in comments by their meaning: `[batch, leads, samples]`. An operation that LibTorch refuses gives an
/// empty tensor and leaves the error to the surrounding ``withTorch(_:)``.
public final class Tensor {
  /// Nil after an error; what is computed from it is nil too.
  private let handle: OpaquePointer?

  private init(owning handle: OpaquePointer?) { self.handle = handle }

  deinit {
    if let handle, case .success(let table) = Library.table { table.pointee.tensor_free(handle) }
  }

  // MARK: Making

  /// Copies the values, in row-major order.
  public convenience init(_ values: [Float], shape: [Int], on device: Device = .cpu) {
    self.init(owning: values.withUnsafeBufferPointer { Tensor.make($0, shape, device) })
  }

  /// Copies the values, in row-major order.
  public convenience init(_ values: UnsafeBufferPointer<Float>, shape: [Int], on device: Device = .cpu) {
    self.init(owning: Tensor.make(values, shape, device))
  }

  private static func make(_ values: UnsafeBufferPointer<Float>, _ shape: [Int], _ device: Device) -> OpaquePointer? {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for the shape \(shape)")
    let dimensions = shape.map(Int64.init)
    var none: Float = 0
    return call { api, out in
      withUnsafePointer(to: &none) { api.tensor_make(values.baseAddress ?? $0, dimensions, Int32(shape.count), device.code, out) }
    }
  }

  /// All elements equal.
  public convenience init(repeating value: Float, shape: [Int], on device: Device = .cpu) {
    let dimensions = shape.map(Int64.init)
    self.init(owning: Tensor.call { $0.tensor_fill(value, dimensions, Int32(shape.count), device.code, $1) })
  }

  // MARK: Reading

  public var shape: [Int] {
    guard let handle else { return [0] }
    return Tensor.status([0]) { api in
      var rank: Int32 = 0
      let status = api.tensor_rank(handle, &rank)
      guard status == 0 else { return (status, []) }
      var sizes = [Int64](repeating: 0, count: Int(rank))
      return (api.tensor_shape(handle, &sizes), sizes.map(Int.init))
    }
  }

  public var count: Int { shape.reduce(1, *) }

  /// The values in row-major order.
  public var values: [Float] {
    guard let handle else { return [] }
    let count = self.count
    return Tensor.status([]) { api in
      var values = [Float](repeating: 0, count: count)
      return (api.tensor_read(handle, &values, Int64(count)), values)
    }
  }

  /// The value of a tensor of one element; NaN after an error.
  public var item: Float { values.first ?? .nan }

  /// Overwrites the values in place.
  public func assign(_ values: [Float]) {
    guard let handle else { return }
    Tensor.status(()) { ($0.tensor_write(handle, values, Int64(values.count)), ()) }
  }

  /// Moves the values in place by a share of the way to those of `other`: 1 makes them equal.
  public func move(toward other: Tensor, by share: Double) {
    guard let handle, let other = other.handle else { return }
    Tensor.status(()) { ($0.tensor_move(handle, other, share), ()) }
  }

  // MARK: Autograd

  /// Asks for gradients with respect to this tensor; returns it.
  @discardableResult public func requiringGradient() -> Tensor {
    if let handle { Tensor.status(()) { ($0.require_gradient(handle), ()) } }
    return self
  }

  /// Computes the gradients of this single value with respect to all that asked.
  public func backward() {
    if let handle { Tensor.status(()) { ($0.backward(handle), ()) } }
  }

  /// What `backward` left; nil before.
  public var gradient: Tensor? {
    guard let handle else { return nil }
    let gradient = Tensor.call { $0.gradient(handle, $1) }
    return gradient.map(Tensor.init(owning:))
  }

  public func clearGradient() {
    if let handle { Tensor.status(()) { ($0.clear_gradient(handle), ()) } }
  }

  /// The same memory without a history: what is written to one is read from the other.
  public func detached() -> Tensor { unary { $0.detach($1, $2) } }

  // MARK: Operations

  public static func + (a: Tensor, b: Tensor) -> Tensor { a.binary(b) { $0.add($1, $2, $3) } }
  public static func - (a: Tensor, b: Tensor) -> Tensor { a.binary(b) { $0.subtract($1, $2, $3) } }
  public static func * (a: Tensor, b: Tensor) -> Tensor { a.binary(b) { $0.multiply($1, $2, $3) } }
  public static func * (a: Tensor, factor: Double) -> Tensor { a.unary { $0.scale($1, factor, $2) } }

  public func relu() -> Tensor { unary { $0.relu($1, $2) } }
  public func sigmoid() -> Tensor { unary { $0.sigmoid($1, $2) } }
  /// The inverse of `sigmoid`, of values kept within 1e-7 of 0 and 1.
  public func logit() -> Tensor { unary { $0.logit($1, $2) } }
  public func sum() -> Tensor { unary { $0.sum($1, $2) } }
  public func mean(axis: Int) -> Tensor { unary { $0.mean($1, Int64(axis), $2) } }
  /// The greatest along an axis; equal greatest share the gradient.
  public func max(axis: Int) -> Tensor { unary { $0.maximum($1, Int64(axis), $2) } }

  public func reshaped(_ shape: [Int]) -> Tensor {
    let dimensions = shape.map(Int64.init)
    return unary { $0.reshape($1, dimensions, Int32(dimensions.count), $2) }
  }

  public func concatenated(with other: Tensor, axis: Int) -> Tensor {
    binary(other) { $0.concatenate($1, $2, Int64(axis), $3) }
  }

  /// In the reverse order along an axis.
  public func flipped(axis: Int) -> Tensor { unary { $0.flip($1, Int64(axis), $2) } }

  /// `[batch, in, samples]` with weight `[out, in, kernel]` -> `[batch, out, samples']`.
  public func conv1d(_ weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Int = 0) -> Tensor {
    binary(weight) { $0.conv1d($1, $2, bias?.handle, Int64(stride), Int64(padding), $3) }
  }

  /// `[batch, in]` with weight `[out, in]` -> `[batch, out]`: `x wᵀ + b`.
  public func linear(_ weight: Tensor, bias: Tensor) -> Tensor {
    guard let bias = bias.handle else { return Tensor(owning: nil) }
    return binary(weight) { $0.linear($1, $2, bias, $3) }
  }

  /// Normalizes each channel over batch and samples; in training by the batch, and then `mean` and `variance` follow it.
  public func batchNorm(
    weight: Tensor, bias: Tensor, mean: Tensor, variance: Tensor, training: Bool, momentum: Double, epsilon: Double
  ) -> Tensor {
    guard let bias = bias.handle, let mean = mean.handle, let variance = variance.handle else {
      return Tensor(owning: nil)
    }
    return binary(weight) { $0.batch_norm($1, $2, bias, mean, variance, training, momentum, epsilon, $3) }
  }

  public func maxPool1d(size: Int, stride: Int, padding: Int = 0) -> Tensor {
    unary { $0.max_pool1d($1, Int64(size), Int64(stride), Int64(padding), $2) }
  }

  /// Sets each value to 0 with the given probability and scales the rest by 1 / (1 − probability).
  public func dropout(_ probability: Double, seed: UInt64) -> Tensor {
    unary { $0.dropout($1, probability, seed, $2) }
  }

  /// The mean binary cross-entropy of logits against labels of 0 and 1 of the same shape.
  /// - Parameter weights: what each output's terms are multiplied by, `[outputs]`; nil for 1.
  public func binaryCrossEntropy(labels: Tensor, weights: Tensor? = nil) -> Tensor {
    binary(labels) { $0.bce_with_logits($1, $2, weights?.handle, $3) }
  }

  /// One step of AdamW in place; see ``AdamW``.
  func adamWStep(
    gradient: Tensor, mean: Tensor, square: Tensor, rate: Double, beta1: Double, beta2: Double, epsilon: Double,
    decay: Double, step: Int
  ) {
    guard let handle, let gradient = gradient.handle, let mean = mean.handle, let square = square.handle else { return }
    Tensor.status(()) {
      ($0.adamw(handle, gradient, mean, square, rate, beta1, beta2, epsilon, decay, Int64(step)), ())
    }
  }

  /// One step of Muon in place; see ``Muon``.
  func muonStep(gradient: Tensor, mean: Tensor, rate: Double, beta: Double, decay: Double) {
    guard let handle, let gradient = gradient.handle, let mean = mean.handle else { return }
    Tensor.status(()) { ($0.muon(handle, gradient, mean, rate, beta, decay), ()) }
  }

  // MARK: The one way through the table

  private typealias Out = UnsafeMutablePointer<OpaquePointer?>

  private static func call(_ body: (torch_api, Out) -> Int32) -> OpaquePointer? {
    status(nil) { api in
      var handle: OpaquePointer?
      return (body(api, &handle), handle)
    }
  }

  private static func status<Result>(_ failed: Result, _ body: (torch_api) -> (Int32, Result)) -> Result {
    do throws(TorchError) {
      let api = try Library.table.get().pointee
      let (status, result) = body(api)
      try api.check(status)
      return result
    } catch {
      ErrorScope.report(error)
      return failed
    }
  }

  private func unary(_ body: (torch_api, OpaquePointer, Out) -> Int32) -> Tensor {
    guard let handle else { return self }
    return Tensor(owning: Tensor.call { body($0, handle, $1) })
  }

  private func binary(_ other: Tensor, _ body: (torch_api, OpaquePointer, OpaquePointer, Out) -> Int32) -> Tensor {
    guard let handle else { return self }
    guard let second = other.handle else { return other }
    return Tensor(owning: Tensor.call { body($0, handle, second, $1) })
  }
}

// MARK: Operations of single networks

extension Tensor {
  /// Means of windows: `[batch, channels, samples]` -> `[batch, channels, ⌈(samples − size) / stride⌉ + 1]`. A window that
  /// the end cuts short gives the mean of the samples it has (PyTorch's `ceil_mode`).
  public func averagePool1d(size: Int, stride: Int) -> Tensor {
    unary { $0.average_pool1d($1, Int64(size), Int64(stride), $2) }
  }

  /// `x Φ(x)` with the normal distribution Φ: Hendrycks & Gimpel, arXiv:1606.08415.
  public func gelu() -> Tensor { unary { $0.gelu($1, $2) } }

  /// The first half of an axis times the sigmoid of its second half: Dauphin et al., ICML 2017, arXiv:1612.08083.
  public func glu(axis: Int) -> Tensor { unary { $0.glu($1, Int64(axis), $2) } }

  /// The logits that any of a group is there, `log(1/Π(1 − pᵢ) − 1)`, if the members are independent: `[batch, outputs]` ->
  /// `[batch, groups]`.
  /// - Parameter groups: `[groups, outputs]`, 1 where an output belongs to a group, else 0.
  public func anyOf(_ groups: Tensor) -> Tensor { binary(groups) { $0.any_of($1, $2, $3) } }

  /// Normalizes the channels of each sample of `[batch, channels, samples]`; weight and bias are `[channels]`.
  public func layerNorm(weight: Tensor, bias: Tensor, epsilon: Double) -> Tensor {
    guard let bias = bias.handle else { return Tensor(owning: nil) }
    return binary(weight) { $0.layer_norm($1, $2, bias, epsilon, $3) }
  }

  /// Sets whole channels of `[batch, channels, samples]` to 0 with the given probability, and scales the rest.
  public func channelDropout(_ probability: Double, seed: UInt64) -> Tensor {
    unary { $0.channel_dropout($1, probability, seed, $2) }
  }

  /// Sends each channel of `[batch, channels, samples]` through a diagonal state space of its own, forwards in time and
  /// backwards: `y[t] = Σ K₀[s] x[t − s] + Σ K₁[s] x[t + 1 + s]` over s ≥ 0 with
  /// `K[l] = 2 Re Σₙ Cₙ (e^(Δ Aₙ) − 1)/Aₙ · e^(l Δ Aₙ)`, the zero-order hold of `s' = A s + x`, `y = 2 Re(C s)`.
  /// - Parameters:
  ///   - logDt: `[channels]`, log Δ: how long a sample lasts in the state space's own time.
  ///   - logAReal: `[channels, states]`, log −Re A.
  ///   - aImag: `[channels, states]`, Im A.
  ///   - cReal, cImag: `[channels, 2, states]`, C of K₀ and K₁.
  public func s4d(logDt: Tensor, logAReal: Tensor, aImag: Tensor, cReal: Tensor, cImag: Tensor) -> Tensor {
    guard let real = logAReal.handle, let imag = aImag.handle, let cReal = cReal.handle, let cImag = cImag.handle else {
      return Tensor(owning: nil)
    }
    return binary(logDt) { $0.s4d($1, $2, real, imag, cReal, cImag, $3) }
  }
}
