import Foundation
import Testing

@testable import Networks
@testable import Torch

@Suite struct FirstWeightsTests {
  private func state(_ architecture: Architecture) -> [NamedTensor] {
    architecture.network(leads: 12, classes: 5, from: Initializer(seed: 1)).allState()
  }

  /// Variance 2/fanIn, within four standard errors of the variance of that many normal numbers.
  @Test(arguments: [Architecture.xResNet1D50, .xResNet1D101, .inceptionTime1D])
  func areNormalAsHeAndOthersSay(architecture: Architecture) throws {
    try withTorch {
      for weight in state(architecture) where weight.tensor.shape.count > 1 {
        let values = weight.tensor.values.map(Double.init)
        let expected = 2 / Double(weight.tensor.shape.dropFirst().reduce(1, *))
        let variance = values.map { $0 * $0 }.reduce(0, +) / Double(values.count)
        #expect(abs(variance / expected - 1) < 4 * (2 / Double(values.count)).squareRoot(), "\(weight.name)")
      }
    }
  }

  @Test(arguments: [Architecture.xResNet1D50, .xResNet1D101, .inceptionTime1D])
  func haveNoBias(architecture: Architecture) throws {
    try withTorch {
      for bias in state(architecture) where bias.name.hasSuffix("bias") {
        #expect(bias.tensor.values.allSatisfy { $0 == 0 }, "\(bias.name)")
      }
    }
  }

  @Test(arguments: [(Architecture.xResNet1D50, 16), (.xResNet1D101, 33)])
  func letEachBottleneckBeginAsItsShortcut(architecture: Architecture, blocks: Int) throws {
    try withTorch {
      let scales = state(architecture).filter { $0.name.hasSuffix("norm.weight") && $0.tensor.shape.count == 1 }
      let zero = scales.filter { $0.tensor.values.allSatisfy { $0 == 0 } }
      let one = scales.filter { $0.tensor.values.allSatisfy { $0 == 1 } }
      #expect(zero.count == blocks)
      #expect(zero.allSatisfy { $0.name.hasSuffix("widen.norm.weight") })
      #expect(zero.count + one.count == scales.count)
    }
  }

  /// S4D-Lin, steps from 0.001 to 0.1 on a logarithmic scale, C complex normal of variance 1.
  @Test func areTheStateSpacesOfS4DLin() throws {
    try withTorch {
      let tensors = Dictionary(uniqueKeysWithValues: state(.s4d).map { ($0.name, $0.tensor) })
      func values(_ name: String) throws -> [Double] {
        try (0..<4).flatMap { try #require(tensors["blocks.\($0).states.\(name)"]).values.map(Double.init) }
      }
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      let steps = try values("log_dt")
      #expect(steps.allSatisfy { (log(0.001) - 1e-6...log(0.1) + 1e-6).contains($0) })
      #expect(abs(mean(steps) - log(0.01)) < 0.25)  // 512 uniform numbers; four standard errors
      let (decays, frequencies) = try (values("log_A_real"), values("A_imag"))
      #expect(decays.allSatisfy { abs($0 - log(0.5)) < 1e-6 })
      #expect(frequencies.enumerated().allSatisfy { abs($1 - .pi * Double($0 % 4)) < 1e-5 })
      for name in ["C_real", "C_imag"] {
        let c = try values(name)
        #expect(abs(mean(c)) < 0.045)  // 4096 numbers; four standard errors of √(1/2)
        #expect(abs(mean(c.map { $0 * $0 }) - 0.5) < 0.045)
      }
    }
  }
}
