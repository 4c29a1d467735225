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

/// What `make_expected.py` tried.
private let tried: [(Architecture, classes: Int, samples: Int)] = [
  (.resNet1D, 5, 250), (.ecgConvNet, 22, 1000), (.fastResNet1D, 5, 500), (.deepFastResNet1D, 5, 500),
  (.xResNet1D50, 5, 250), (.xResNet1D101, 5, 250), (.inceptionTime1D, 5, 250), (.s4d, 5, 250), (.hybridS4D1D, 5, 500),
]

@Suite struct NetworkTests {
  @Test(arguments: tried) func answersAsPyTorchDoes(architecture: Architecture, classes: Int, samples: Int) throws {
    let expected = try Expected.of(architecture)
    try withTorch {
      let network = architecture.network(leads: 12, classes: classes, from: Initializer(seed: 1))
      fill(network.allState(), in: expected.names)
      let x = Tensor((0..<(2 * 12 * samples)).map { Float(sin(0.37 * Double($0))) }, shape: [2, 12, samples])
      let logits = try withoutGradients { network(x).values }
      #expect(logits.count == expected.logits.count)
      for (mine, theirs) in zip(logits, expected.logits) {
        #expect(abs(Double(mine) - theirs) < 1e-5 * max(1, abs(theirs)))
      }
    }
  }

  @Test(arguments: tried) func hasPyTorchsTensorsByName(architecture: Architecture, classes: Int, samples: Int) throws {
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

  /// The last number drawn, `output.bias`; SplitMix64 in Python gave the values. Stored models' seeds rely on them.
  @Test(arguments: [(Architecture.resNet1D, -0.025529523513872075), (.ecgConvNet, 0.07317228552385184)])
  func drawsTheSameFirstWeightsAsEver(architecture: Architecture, last: Double) throws {
    try withTorch {
      let network = architecture.network(leads: 12, classes: 5, from: Initializer(seed: 1))
      #expect(network.allState().last?.tensor.values.last == Float(last))
    }
  }

  /// The counts that the networks' comments give, with 12 leads and 5 classes.
  @Test(arguments: [
    (Architecture.fastResNet1D, 634_885), (.deepFastResNet1D, 1_432_325), (.xResNet1D50, 953_989), (.xResNet1D101, 1_872_261),
    (.inceptionTime1D, 507_653), (.s4d, 148_741), (.hybridS4D1D, 271_237),
  ])
  func hasAsManyParametersAsItsCommentSays(architecture: Architecture, count: Int) throws {
    try withTorch {
      #expect(architecture.network(leads: 12, classes: 5, from: Initializer(seed: 1)).parameterCount == count)
    }
  }

  /// Odd lengths too: where a network halves the samples, both ways around a block must round alike.
  @Test(arguments: Architecture.allCases, [64, 125, 250, 333, 1000])
  func takesRecordingsOfAnyLength(architecture: Architecture, samples: Int) throws {
    try withTorch {
      let network = architecture.network(leads: 12, classes: 7, from: Initializer(seed: 1))
      let x = Tensor(repeating: 0.5, shape: [3, 12, samples])
      let shape = try withoutGradients { network(x).shape }
      #expect(shape == [3, 7])
    }
  }

  @Test(arguments: tried) func sendsGradientsToEveryParameter(
    architecture: Architecture, classes: Int, samples: Int
  ) throws {
    let names = try Expected.of(architecture).names
    try withTorch {
      let network = architecture.network(leads: 12, classes: classes, from: Initializer(seed: 1))
      fill(network.allState(), in: names)  // with a scale of 0, what lies before it learns nothing in the first step
      let x = Tensor((0..<(4 * 12 * samples)).map { Float(sin(0.37 * Double($0))) }, shape: [4, 12, samples])
      let labels = Tensor((0..<(4 * classes)).map { Float($0 % 2) }, shape: [4, classes])
      Torch.training(seed: 1) { network(x).binaryCrossEntropy(labels: labels).backward() }
      for parameter in network.allState() where parameter.isTrained {
        let gradient = parameter.tensor.gradient?.values ?? []
        #expect(gradient.contains { $0 != 0 } && gradient.allSatisfy(\.isFinite), "\(parameter.name)")
      }
    }
  }

  /// 2.5 seconds are the PTB-XL benchmark's.
  @Test(arguments: [
    (Architecture.ecgConvNet, 5), (.resNet1D, 2.5), (.fastResNet1D, 5), (.deepFastResNet1D, 5), (.xResNet1D50, 2.5), (.xResNet1D101, 2.5),
    (.inceptionTime1D, 2.5), (.s4d, 2.5), (.hybridS4D1D, 5),
  ])
  func namesTheWindowItWasTriedWith(architecture: Architecture, seconds: Double) {
    #expect(architecture.windowSeconds == seconds)
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
        try optimizer.step(rate: 3e-3, gradients: network.allState().takeGradients())
      }
      let (first, last) = try (#require(losses.first), #require(losses.last))
      #expect(last < 0.3 * first)
    }
  }

  /// The weights of `make_expected.py`: waves, in the order of its names.
  private func fill(_ state: [NamedTensor], in order: [String]) {
    let byName = Dictionary(state.map { ($0.name, $0.tensor) }) { first, _ in first }
    var i = 0
    for name in order {
      guard let tensor = byName[name] else { continue }
      let (offset, size) = waves(of: name)
      let values = (0..<tensor.count).map { offset + size * sin(Double(i + 1 + $0)) }
      i += tensor.count
      tensor.assign(values.map(Float.init))
    }
  }

  private func waves(of name: String) -> (offset: Double, size: Double) {
    if name.hasSuffix("running_mean") { return (0, 0) }
    if name.hasSuffix("running_var") { return (1, 0) }
    if name.hasSuffix("log_dt") { return (-3, 0.1) }
    if name.hasSuffix("A_imag") { return (3, 0.1) }
    if ["C_real", "C_imag", "D"].contains(where: name.hasSuffix) { return (0, 1) }
    return (name.contains("norm") && name.hasSuffix("weight") ? 1 : 0, 0.1)
  }
}

@Suite struct AnyOfTests {
  /// Passes its input, `[batch, outputs]`, on.
  private struct Same: Network {
    func features(_ x: Tensor) -> Tensor { x }
    func logits(_ features: Tensor) -> Tensor { features }
    var output: Linear { Linear(3, 3, from: Initializer(seed: 1)) }
  }

  /// `1 − Π(1 − p)` in double precision, also where a probability is next to 0 or 1.
  @Test func answersWhetherAnyMemberIsThere() throws {
    let logits: [[Double]] = [[-1, 2, 0.5], [-60, -50, -40], [70, -3, 90], [0, 0, 0]]
    let classes = [[0], [0, 2], [0, 1, 2]]
    try withTorch {
      let network = AnyOf(Same(), classes: classes, outputs: 3, device: .cpu)
      let x = Tensor(logits.flatMap { $0.map { Float($0) } }, shape: [4, 3]).requiringGradient()
      let answers = network(x)
      #expect(answers.shape == [4, 3])
      for (row, values) in logits.enumerated() {
        for (column, members) in classes.enumerated() {
          // −log of the chance that none is there; its logit is log(e^q − 1).
          let q = members.reduce(0.0) { $0 + max(values[$1], 0) + log1p(exp(-abs(values[$1]))) }
          let expected = q + log(-expm1(-q))
          #expect(abs(Double(answers.values[row * 3 + column]) - expected) < 1e-4 * max(1, abs(expected)))
        }
      }
      answers.sum().backward()
      let gradient = try #require(x.gradient).values
      #expect(gradient.allSatisfy { $0.isFinite })
      #expect(network.allState().isEmpty)
    }
  }
}
