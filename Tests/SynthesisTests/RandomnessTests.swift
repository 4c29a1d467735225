import Testing

@testable import Synthesis

@Suite struct RandomnessTests {
  // xoshiro256** by its authors' C code (prng.di.unimi.it), started from the state 1, 2, 3, 4.
  @Test func agreesWithTheReferenceGenerator() {
    var random = Randomness(state: (1, 2, 3, 4))
    let numbers = (0..<6).map { _ in random.next() }
    #expect(
      numbers == [
        11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
      ])
  }

  @Test func hasNormalDeviatesOfMeanZeroAndVarianceOne() {
    var random = Randomness(seed: 1)
    let values = (0..<20_000).map { _ in random.normal() }
    let mean = values.reduce(0, +) / 20_000
    let variance = values.reduce(0) { $0 + $1 * $1 } / 20_000 - mean * mean
    // Four standard errors: 4/√20000 and 4·√(2/20000).
    #expect(abs(mean) < 0.029 && abs(variance - 1) < 0.041)
  }

  @Test func hasStreamsOfTheirOwn() {
    var (a, b, c) = (Randomness(seed: 1, stream: 1), Randomness(seed: 1, stream: 2), Randomness(seed: 2, stream: 1))
    #expect(Set([a.next(), b.next(), c.next()]).count == 3)
  }

  @Test func staysInItsRanges() {
    var random = Randomness(seed: 3)
    for _ in 0..<5000 {
      #expect((0..<1).contains(random.uniform()) && (0..<7).contains(random.index(7)))
    }
  }
}
