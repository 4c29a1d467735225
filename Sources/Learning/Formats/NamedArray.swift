/// One array of a trained network: a weight, a bias, or a batch norm's running mean or variance.
public struct NamedArray: Sendable, Equatable {
  /// As PyTorch names it: the modules' names from the outside in, joined by dots, as in `stages.0.convolution.weight`.
  public var name: String
  /// Lengths of the axes, outermost first; empty for a single number.
  public var shape: [Int]
  /// In C order: the last axis varies fastest. As many as the product of `shape`.
  public var values: [Float]

  public init(name: String, shape: [Int], values: [Float]) {
    let count = shape.reduce(1, *)
    precondition(count == values.count, "\(name): \(values.count) values for shape \(shape)")
    (self.name, self.shape, self.values) = (name, shape, values)
  }

  /// The values as little-endian IEEE 754 numbers of 4 bytes.
  var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * values.count)
    for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
    return bytes
  }
}
