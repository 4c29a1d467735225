import Foundation
import Testing

@testable import Torch

@Suite struct TensorTests {
  @Test func keepsValuesAndShape() throws {
    try withTorch {
      let x = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
      #expect(x.shape == [2, 3])
      #expect(x.values == [1, 2, 3, 4, 5, 6])
      #expect(x.mean(axis: 1).values == [2, 5])
      #expect(x.max(axis: 0).values == [4, 5, 6])
    }
  }

  @Test func convolvesAsTheFormulaSays() throws {
    try withTorch {
      // y[t] = Σ w[k] x[2t + k − 1], zeros outside.
      let x = Tensor([1, 2, 3, 4, 5], shape: [1, 1, 5])
      let y = x.conv1d(Tensor([1, 10, 100], shape: [1, 1, 3]), stride: 2, padding: 1)
      #expect(y.values == [210, 432, 54])
    }
  }

  @Test func differentiatesThroughOperations() throws {
    try withTorch {
      let x = Tensor([3, -2], shape: [2]).requiringGradient()
      (x * x).relu().sum().backward()
      #expect(x.gradient?.values == [6, -4])
      x.clearGradient()
      #expect(x.gradient == nil)
    }
  }

  @Test func recordsNothingWithoutGradients() {
    // Without a history there is nothing to follow back, and LibTorch says so.
    #expect(throws: TorchError.self) {
      try withTorch {
        let x = Tensor([1], shape: [1]).requiringGradient()
        try withoutGradients { x * 2 }.backward()
      }
    }
  }

  @Test func givesLibTorchsOwnTextForAWrongShape() throws {
    let error = #expect(throws: TorchError.self) {
      try withTorch {
        let x = Tensor([1, 2, 3], shape: [3]) + Tensor([1, 2], shape: [2])
        return x.values  // after an error nothing more is computed
      }
    }
    #expect(try #require(error).message.contains("must match the size"))
  }

  @Test func keepsTheFirstOfSeveralErrors() throws {
    let error = #expect(throws: TorchError.self) {
      try withTorch {
        let x = Tensor([1, 2, 3], shape: [3])
        _ = x.reshaped([2, 2])
        _ = x.conv1d(x)
      }
    }
    #expect(try #require(error).message.contains("shape '[2, 2]' is invalid"))
  }

  @Test func refusesAnUnknownDevice() {
    #expect(throws: TorchError.self) { try Device(named: "tpu") }
  }

  @Test func dropsTheSameValuesForTheSameSeed() throws {
    try withTorch {
      let x = Tensor(repeating: 1, shape: [1000])
      func dropped(_ seed: UInt64) -> [Float] { Torch.training(seed: seed) { Dropout(0.5)(x).values } }
      let (first, again, other) = (dropped(1), dropped(1), dropped(2))
      #expect(first == again)
      #expect(first != other)
      #expect(Set(first) == [0, 2])
      #expect(Dropout(0.5)(x).values == x.values)
    }
  }
}

@Suite struct AdamWTests {
  /// Three steps by the formula in double precision.
  @Test func movesAsTheFormulaSays() throws {
    let gradients = [0.5, -1.0, 0.25]
    var (theta, m, v) = (2.0, 0.0, 0.0)
    for (t, g) in zip(1..., gradients) {
      theta *= 1 - 0.1 * 0.01
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      let (first, second) = (m / (1 - power(0.9, t)), v / (1 - power(0.999, t)))
      theta -= 0.1 * first / (second.squareRoot() + 1e-8)
    }
    try withTorch {
      let parameter = Tensor([2], shape: [1]).requiringGradient()
      let named = [NamedTensor("theta", parameter)]
      let optimizer = AdamW(named, decay: 0.01, on: .cpu)
      for gradient in gradients {
        (parameter * gradient).sum().backward()
        try optimizer.step(rate: 0.1, gradients: named.takeGradients())
      }
      #expect(abs(Double(parameter.item) - theta) < 1e-6)
      #expect(optimizer.step == 3)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * base } }
}

@Suite struct MuonTests {
  private typealias Matrix = [[Double]]

  private static func product(_ a: Matrix, _ b: Matrix) -> Matrix {
    a.map { row in (b.first ?? []).indices.map { j in zip(row, b).reduce(0) { $0 + $1.0 * $1.1[j] } } }
  }

  private static func transposed(_ a: Matrix) -> Matrix { (a.first ?? []).indices.map { j in a.map { $0[j] } } }

  private static func sum(_ terms: [(Double, Matrix)]) -> Matrix {
    terms[0].1.indices.map { i in terms[0].1[i].indices.map { j in terms.reduce(0) { $0 + $1.0 * $1.1[i][j] } } }
  }

  /// Five steps of x ← ax + b(xxᵀ)x + c(xxᵀ)²x, in double precision and without turning the matrix.
  private static func orthogonal(_ matrix: Matrix) -> Matrix {
    let norm = matrix.joined().reduce(0) { $0 + $1 * $1 }.squareRoot()
    var x = matrix.map { $0.map { $0 / norm } }
    for _ in 0..<5 {
      let square = product(x, transposed(x))
      x = sum([(3.4445, x), (-4.7750, product(square, x)), (2.0315, product(square, product(square, x)))])
    }
    return x
  }

  /// Two steps on a wide and on a tall matrix, the second given as a convolution's weights `[3, 1, 2]`.
  @Test(arguments: [[2, 5], [3, 1, 2]]) func movesMatricesAsTheFormulaSays(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    let columns = count / shape[0]
    let gradients: [[Double]] = [0, 3].map { first in (0..<count).map { sin(Double($0 + first + 1)) } }
    func matrix(_ values: [Double]) -> Matrix { (0..<shape[0]).map { Array(values[($0 * columns)..<(($0 + 1) * columns)]) } }
    var weights: [Double] = (0..<count).map { cos(Double($0)) }
    let start = weights
    var mean = [Double](repeating: 0, count: count)
    for gradient in gradients {
      mean = zip(mean, gradient).map { m, g in 0.95 * m + 0.05 * g }
      let ahead: [Double] = zip(mean, gradient).map { m, g in 0.95 * m + 0.05 * g }
      let direction: [Double] = Self.orthogonal(matrix(ahead)).flatMap { $0 }
      let step = 0.02 * max(1, Double(shape[0]) / Double(columns)).squareRoot()
      weights = zip(weights, direction).map { w, d in w * (1 - 0.02 * 0.1) - step * d }
    }
    try withTorch {
      let weight = Tensor(start.map { Float($0) }, shape: shape).requiringGradient()
      let last = Tensor([1], shape: [1]).requiringGradient()
      let named = [NamedTensor("layer.weight", weight), NamedTensor("last.bias", last)]
      let optimizer = Muon(named, relativeRate: 2, decay: 0.1, on: .cpu)
      for gradient in gradients {
        try optimizer.step(rate: 0.01, gradients: [Tensor(gradient.map { Float($0) }, shape: shape), nil], threads: 2)
      }
      for (mine, theirs) in zip(weight.values, weights) { #expect(abs(Double(mine) - theirs) < 1e-5) }
      #expect(last.values == [1])
      #expect(optimizer.step == 2)
    }
  }

  /// Biases, scales and the layer that gives the outputs are AdamW's.
  @Test func leavesTheRestToAdamW() throws {
    try withTorch {
      func parameters() -> [NamedTensor] {
        [
          NamedTensor("hidden.weight", Tensor([1, 2, 3, 4], shape: [2, 2]).requiringGradient()),
          NamedTensor("hidden.bias", Tensor([1, 2], shape: [2]).requiringGradient()),
          NamedTensor("output.weight", Tensor([1, 2], shape: [1, 2]).requiringGradient()),
          NamedTensor("output.bias", Tensor([1], shape: [1]).requiringGradient()),
        ]
      }
      let (a, b) = (parameters(), parameters())
      let gradients = a.map { Tensor(repeating: 0.5, shape: $0.tensor.shape) }
      try Muon(a, relativeRate: 1, decay: 0.01, on: .cpu).step(rate: 0.1, gradients: gradients, threads: 1)
      try AdamW(b, decay: 0.01, on: .cpu).step(rate: 0.1, gradients: gradients)
      #expect(a[0].tensor.values != b[0].tensor.values)
      for (mine, theirs) in zip(a.dropFirst(), b.dropFirst()) { #expect(mine.tensor.values == theirs.tensor.values) }
    }
  }
}
