import Foundation
import Testing

@testable import Torch

@Suite struct SequenceTests {
  @Test func averagesWhatTheLastWindowHas() throws {
    try withTorch {
      let x = Tensor([1, 3, 5, 7, 9], shape: [1, 1, 5])
      #expect(x.averagePool1d(size: 2, stride: 2).values == [2, 6, 9])
    }
  }

  @Test func gatesByTheNormalDistribution() throws {
    try withTorch {
      let x: [Float] = [-2, -0.5, 0, 0.5, 2]
      for (mine, x) in zip(Tensor(x, shape: [5]).gelu().values, x.map(Double.init)) {
        #expect(abs(Double(mine) - x * 0.5 * (1 + erf(x / 2.0.squareRoot()))) < 1e-6)
      }
    }
  }

  @Test func gatesTheFirstHalfByTheSecond() throws {
    try withTorch {
      let y = Tensor([2, 4, 0, 100], shape: [1, 4, 1]).glu(axis: 1)
      #expect(y.shape == [1, 2, 1])
      #expect(y.values == [1, 4])
    }
  }

  @Test func normalizesTheChannelsOfEachSample() throws {
    try withTorch {
      let norm = LayerNorm(2, from: Initializer(seed: 1))
      let y = norm(Tensor([1, 10, 3, 30], shape: [1, 2, 2]))  // samples (1, 3) and (10, 30)
      #expect(y.shape == [1, 2, 2])
      for (mine, expected) in zip(y.values, [-1, -1, 1, 1] as [Float]) { #expect(abs(mine - expected) < 1e-4) }
    }
  }

  /// What comes back through the convolution and what comes back around it lie differently in memory.
  @Test func sendsTheGradientThroughAGateBehindAConvolution() throws {
    let weights = (0..<32).map { Float(sin(Double($0))) * 0.5 }
    let start = (0..<40).map { Float(sin(0.7 * Double($0))) }
    let readout = (0..<40).map { Float(cos(0.3 * Double($0))) }
    func value(_ x: Tensor) -> Tensor {
      let mixed = x.gelu().conv1d(Tensor(weights, shape: [8, 4, 1])).glu(axis: 1)
      return ((x + mixed) * Tensor(readout, shape: [2, 4, 5])).sum()
    }
    try withTorch {
      let x = Tensor(start, shape: [2, 4, 5]).requiringGradient()
      value(x).backward()
      let gradient = try #require(x.gradient).values
      let differences = start.indices.map { i in
        var (above, below) = (start, start)
        above[i] += 0.01
        below[i] -= 0.01
        let slope = (value(Tensor(above, shape: [2, 4, 5])).item - value(Tensor(below, shape: [2, 4, 5])).item) / 0.02
        return abs(gradient[i] - slope)
      }
      #expect(differences.allSatisfy { $0 < 2e-3 })  // false for NaN too
    }
  }

  @Test func dropsWholeChannels() throws {
    try withTorch {
      let x = Tensor(repeating: 1, shape: [2, 50, 3])
      let values = Torch.training(seed: 1) { ChannelDropout(0.5)(x).values }
      let channels = stride(from: 0, to: values.count, by: 3).map { Array(values[$0..<$0 + 3]) }
      #expect(Set(channels) == [[0, 0, 0], [2, 2, 2]])
      #expect(ChannelDropout(0.5)(x).values == x.values)
    }
  }
}

@Suite struct StateSpaceTests {
  @Test func answersAsTheRecurrenceDoes() throws {
    let spaces = Spaces()
    let expected = spaces.answer()
    try withTorch {
      let y = spaces.tensors().answer
      #expect(y.shape == [2, 2, 9])
      for (mine, expected) in zip(y.values, expected) { #expect(abs(Double(mine) - expected) < 1e-5) }
    }
  }

  /// Against differences of the recurrence in double precision; each answer has a weight of its own.
  @Test(arguments: Spaces.Part.allCases) func differentiates(part: Spaces.Part) throws {
    let weights = (0..<36).map { cos(Double($0)) }
    func loss(_ spaces: Spaces) -> Double { zip(spaces.answer(), weights).map { $0 * $1 }.reduce(0, +) }
    let spaces = Spaces()
    try withTorch {
      let (inputs, answer) = spaces.tensors()
      (answer * Tensor(weights.map(Float.init), shape: [2, 2, 9])).sum().backward()
      let gradient = try #require(inputs[part]?.gradient).values
      #expect(gradient.count == spaces[part].count)
      for index in gradient.indices {
        var (more, less) = (spaces, spaces)
        more[part][index] += 1e-5
        less[part][index] -= 1e-5
        let expected = (loss(more) - loss(less)) / 2e-5
        #expect(abs(Double(gradient[index]) - expected) < 1e-4 * max(1, abs(expected)))
      }
    }
  }

  /// A step so short that `e^z − 1` would lose half of its digits in 32 bits.
  @Test func keepsTheDigitsOfShortSteps() throws {
    var spaces = Spaces()
    spaces[.logDt] = [log(1e-5), log(1e-4)]
    let expected = spaces.answer()
    try withTorch {
      for (mine, expected) in zip(spaces.tensors().answer.values, expected) {
        #expect(abs(Double(mine) - expected) < 2e-6 * abs(expected) + 1e-10)
      }
    }
  }
}

/// Two channels with two conjugate pairs of states each, and nine samples of two records: small enough for the recurrence
/// that defines a state space.
struct Spaces {
  enum Part: CaseIterable {
    case x, logDt, logAReal, aImag, cReal, cImag
    var shape: [Int] {
      switch self {
      case .x: [2, 2, 9]
      case .logDt: [2]
      case .logAReal, .aImag: [2, 2]
      case .cReal, .cImag: [2, 2, 2]
      }
    }
  }
  private var values: [Part: [Double]] = [
    .x: (0..<36).map { sin(0.7 * Double($0)) },
    .logDt: [-2, -0.5],
    .logAReal: [-0.7, -0.5, 0.1, -1],
    .aImag: [0, 3.1, 0.4, 2],
    .cReal: (0..<8).map { cos(1.3 * Double($0)) },
    .cImag: (0..<8).map { sin(1 + 1.7 * Double($0)) },
  ]
  subscript(part: Part) -> [Double] {
    get { values[part, default: []] }
    set { values[part] = newValue }
  }

  /// `s ← e^(Δ A) s + (e^(Δ A) − 1)/A x`, `y = 2 Re(C s)`: forwards from the first sample; backwards, where the answer at
  /// a sample is what came before it is read.
  func answer() -> [Double] {
    var y = [Double](repeating: 0, count: 36)
    for (record, channel, pair) in product(2, 2, 2) {
      let first = (2 * record + channel) * 9
      let x = self[.x][first..<first + 9].map { Complex($0, 0) }
      let a = Complex(-exp(self[.logAReal][2 * channel + pair]), self[.aImag][2 * channel + pair])
      let decay = Complex.exp(Complex(exp(self[.logDt][channel]), 0) * a)
      let held = (decay + Complex(-1, 0)) / a
      let c = [0, 2].map { Complex(self[.cReal][4 * channel + $0 + pair], self[.cImag][4 * channel + $0 + pair]) }
      var s = Complex(0, 0)
      for t in 0..<9 {
        s = decay * s + held * x[t]
        y[first + t] += 2 * (c[0] * s).real
      }
      s = Complex(0, 0)
      for t in (0..<9).reversed() {
        y[first + t] += 2 * (c[1] * s).real
        s = decay * s + held * x[t]
      }
    }
    return y
  }

  private func product(_ a: Int, _ b: Int, _ c: Int) -> [(Int, Int, Int)] {
    (0..<a).flatMap { i in (0..<b).flatMap { j in (0..<c).map { (i, j, $0) } } }
  }

  func tensors() -> (inputs: [Part: Tensor], answer: Tensor) {
    func tensor(_ part: Part) -> Tensor { Tensor(self[part].map(Float.init), shape: part.shape).requiringGradient() }
    let inputs = [Part: Tensor](uniqueKeysWithValues: Part.allCases.map { ($0, tensor($0)) })
    func input(_ part: Part) -> Tensor { inputs[part] ?? tensor(part) }
    return (
      inputs,
      input(.x).s4d(
        logDt: input(.logDt), logAReal: input(.logAReal), aImag: input(.aImag), cReal: input(.cReal),
        cImag: input(.cImag))
    )
  }
}

/// The arithmetic that the recurrence needs.
private struct Complex {
  var real, imag: Double
  init(_ real: Double, _ imag: Double) { (self.real, self.imag) = (real, imag) }
  static func + (a: Complex, b: Complex) -> Complex { Complex(a.real + b.real, a.imag + b.imag) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real)
  }
  static func / (a: Complex, b: Complex) -> Complex {
    let product = a * Complex(b.real, -b.imag)
    let size = b.real * b.real + b.imag * b.imag
    return Complex(product.real / size, product.imag / size)
  }
  static func exp(_ z: Complex) -> Complex {
    Complex(Foundation.exp(z.real) * cos(z.imag), Foundation.exp(z.real) * sin(z.imag))
  }
}
