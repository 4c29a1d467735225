import Testing

@testable import Formats

@Suite struct QuantizationTests {
  @Test(arguments: [0.001, 0.005, 0.00488, 0.0025, 4.88, 1, 0.0123])
  func findsTheStepOfWhatWasWholeNumbers(step: Double) {
    let samples = [-1200, 0, 3, 4, 877, 32_000].map { Double($0) * step } + [.nan]
    let quantization = Quantization(samples)
    #expect(quantization.isLossless)
    let again = samples.map { quantization.digital($0).map { Double($0) * quantization.step } }
    #expect(zip(samples, again).allSatisfy { $0.isNaN ? $1 == nil : abs(($1 ?? .nan) - $0) <= 1e-6 * step })
  }

  /// 1 and √2 are no multiples of one number.
  @Test func saysHowFarValuesAreRoundedThatAreNoMultiples() {
    let samples = [1, 2.0.squareRoot(), -3.1]
    let quantization = Quantization(samples)
    #expect(!quantization.isLossless)
    #expect(quantization.greatest <= 32_767 && quantization.greatest > 10_000)
    #expect(quantization.largestError <= quantization.step / 2 && quantization.largestError > 0)
  }

  /// All multiples of the greatest, but for one of a ten-millionth of it.
  @Test func takesNoSmallValueForRounding() {
    #expect(!Quantization([0.001, -8388.608, 8388.608]).isLossless)
    #expect(Quantization([0.001, -8388.608, 8388.608], limit: 1 << 24).step == 0.001)
  }

  @Test(arguments: [[], [.nan], [0, 0], [.infinity, 1], [1e300], [5e-324], [-1e-320, 1e300]] as [[Double]])
  func trapsOnNothing(samples: [Double]) {
    let quantization = Quantization(samples)
    #expect(quantization.step > 0)
    for value in samples { #expect(abs(quantization.digital(value) ?? 0) <= 32_767) }
  }
}
