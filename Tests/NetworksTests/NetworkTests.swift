import Foundation
import Testing

@testable import Networks
@testable import Torch

/// What PyTorch computes with the same weights and input; `make_expected.py` beside this file made it.
private struct Expected: Decodable {
  var parameters: Int
  var names: [String]
  var logits: [Double]

  static func of(_ architecture: Architecture) throws -> Expected {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "expected.json")
    let all = try JSONDecoder().decode([String: Expected].self, from: Data(contentsOf: file))
    return try #require(all[architecture.rawValue])
  }
}

@Suite struct NetworkTests {
  @Test(arguments: [(Architecture.resNet1D, 5, 250), (.ecgConvNet, 22, 1000)])
  func answersAsPyTorchDoes(architecture: Architecture, classes: Int, samples: Int) throws {
    let expected = try Expected.of(architecture)
    try withTorch {
      let network = architecture.network(leads: 12, classes: classes, from: Initializer(seed: 1))
      fill(network.allState(), in: expected.names)
      let x = Tensor((0..<(2 * 12 * samples)).map { Float(sin(0.37 * Double($0))) }, shape: [2, 12, samples])
      let logits = try withoutGradients { network(x).values }
      #expect(logits.count == expected.logits.count)
      for (mine, theirs) in zip(logits, expected.logits) {
        #expect(abs(Double(mine) - theirs) < 1e-4 * max(1, abs(theirs)))
      }
    }
  }

  @Test(arguments: [(Architecture.resNet1D, 5), (.ecgConvNet, 22)])
  func hasPyTorchsTensorsByName(architecture: Architecture, classes: Int) throws {
    let expected = try Expected.of(architecture)
    try withTorch {
      let network = architecture.network(leads: 12, classes: classes, from: Initializer(seed: 1))
      #expect(Set(network.allState().map(\.name)) == Set(expected.names))
      #expect(network.parameterCount == expected.parameters)
    }
  }

  @Test(arguments: Architecture.allCases) func startsFromTheSeed(architecture: Architecture) throws {
    try withTorch {
      func weights(_ seed: UInt64) -> [Float] {
        architecture.network(leads: 12, classes: 5, from: Initializer(seed: seed)).allState().flatMap(\.tensor.values)
      }
      #expect(weights(1) == weights(1))
      #expect(weights(1) != weights(2))
    }
  }

  @Test(arguments: Architecture.allCases) func learnsToTellTwoSignalsApart(architecture: Architecture) throws {
    try withTorch {
      let network = architecture.network(leads: 12, classes: 1, from: Initializer(seed: 1))
      let optimizer = AdamW(network.allState(), decay: 0.01, on: .cpu)
      let samples = 256
      var values: [Float] = []
      for record in 0..<8 {
        let step = record % 2 == 0 ? 0.05 : 0.4
        for i in 0..<(12 * samples) { values.append(Float(sin(Double(i) * step + Double(record)))) }
      }
      let x = Tensor(values, shape: [8, 12, samples])
      let y = Tensor((0..<8).map { Float($0 % 2) }, shape: [8, 1])
      var losses: [Float] = []
      for _ in 0..<15 {
        Torch.training(seed: 1) {
          let loss = network(x).binaryCrossEntropy(labels: y)
          loss.backward()
          losses.append(loss.item)
        }
        optimizer.step(rate: 3e-3, gradients: network.allState().takeGradients())
      }
      let (first, last) = try (#require(losses.first), #require(losses.last))
      #expect(last < 0.3 * first)
    }
  }

  /// The weights of `make_expected.py`, in the order of its names.
  private func fill(_ state: [NamedTensor], in order: [String]) {
    let byName = Dictionary(state.map { ($0.name, $0.tensor) }) { first, _ in first }
    var i = 0
    for name in order {
      guard let tensor = byName[name] else { continue }
      let waves = (0..<tensor.count).map { 0.1 * sin(Double(i + 1 + $0)) }
      i += tensor.count
      let values: [Double] =
        if name.hasSuffix("running_mean") { waves.map { _ in 0 } } else if name.hasSuffix("running_var") {
          waves.map { _ in 1 }
        } else if name.contains("norm"), name.hasSuffix("weight") { waves.map { 1 + $0 } } else { waves }
      tensor.assign(values.map(Float.init))
    }
  }
}
