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
        optimizer.step(rate: 0.1, gradients: named.takeGradients())
      }
      #expect(abs(Double(parameter.item) - theta) < 1e-6)
      #expect(optimizer.step == 3)
    }
  }

  private func power(_ base: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { product, _ in product * base } }
}
