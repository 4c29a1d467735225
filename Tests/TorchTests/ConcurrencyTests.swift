import Synchronization
import Testing
import Torch

@Suite struct ConcurrencyTests {
  @Test(arguments: [1, 2, 7]) func keepsTheOrder(threads: Int) throws {
    #expect(try concurrently(100, threads: threads) { $0 * $0 } == (0..<100).map { $0 * $0 })
  }

  @Test func runsNothingForNothing() throws {
    #expect(try concurrently(0, threads: 4) { $0 }.isEmpty)
  }

  @Test(arguments: [1, 4]) func throwsTheErrorOfTheLowestIndex(threads: Int) {
    struct Failure: Error, Equatable { let index: Int }
    #expect(throws: Failure(index: 3)) {
      try concurrently(50, threads: threads) { if $0 >= 3 { throw Failure(index: $0) } }
    }
  }

  @Test func givesEachThreadItsOwnErrorsAndPass() throws {
    let results = try concurrently(20, threads: 4) { index -> [Float] in
      do {
        return try withTorch {
          let x = Tensor(repeating: 1, shape: [8])
          if index.isMultiple(of: 5) { _ = x.reshaped([3]) }
          return Torch.training(seed: 1) { Dropout(0.5)(x).values }
        }
      } catch is TorchError { return [] }
    }
    #expect(results.enumerated().allSatisfy { $0.element.isEmpty == $0.offset.isMultiple(of: 5) })
    #expect(Set(results.filter { !$0.isEmpty }).count == 1)
  }
}
