import Foundation
import Testing

@testable import Synthesis

@Suite struct DecimationTests {
  private func amplitude(of frequency: Double) -> Double {
    let tone = (0..<5000).map { sin(2 * .pi * frequency * Double($0) / 500) }
    return Decimation.decimate(tone)[100..<900].map { abs($0) }.max() ?? 0
  }

  @Test func keepsALevel() {
    #expect(Decimation.decimate(Array(repeating: 1.5, count: 5000)).allSatisfy { abs($0 - 1.5) < 1e-12 })
  }

  @Test(arguments: [1.0, 10, 23, 39]) func passesWhatAnECGHolds(frequency: Double) {
    let tone = (0..<5000).map { sin(2 * .pi * frequency * Double($0) / 500) }
    let result = Decimation.decimate(tone)
    for i in 40..<960 { #expect(abs(result[i] - tone[i * 5]) < 2e-3) }
  }

  // Above 50 Hz a tone would come back as another one below.
  @Test(arguments: [51.0, 60, 73, 90, 120]) func stopsWhatWouldFold(frequency: Double) {
    #expect(amplitude(of: frequency) < 2e-3)
  }

  @Test(arguments: [1, 4, 5, 6, 91, 92, 5000]) func keepsEveryFifthOfAnyLength(count: Int) {
    #expect(Decimation.decimate(Array(repeating: 0, count: count)).count == (count + 4) / 5)
  }
}
