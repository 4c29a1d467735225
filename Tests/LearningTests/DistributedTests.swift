import Foundation
import Networks
import Synchronization
import TestSupport
import Testing
import Torch

@testable import Learning

/// Threads that train together take the part of processes: a process group is an object of each.
@Suite(.serialized) struct DistributedTests {
  private static func options(batch: Int, ghostBatch: Int = 4, epochs: Int = 2) -> TrainingOptions {
    var options = TrainingOptions()
    options.architecture = .ecgConvNet
    (options.epochs, options.batch, options.ghostBatch) = (epochs, batch, ghostBatch)
    options.windowSeconds = 2.5
    options.average = 0.9
    options.mixing = 0.4
    options.clipping = 1
    options.augmentation.noise = 0.1
    return options
  }

  private static func trainer(
    _ options: TrainingOptions, _ group: ProcessGroup? = nil, folder: String? = nil,
    progress: @escaping (TrainingProgress) -> Void = { _ in }, isInterrupted: @escaping () -> Bool = { false }
  ) throws -> Trainer {
    try Trainer(
      options, training: twoClasses(44, seed: 1), validation: twoClasses(22, seed: 2), rate: 100, group: group,
      checkpointFolder: folder, progress: progress, isInterrupted: isInterrupted)
  }

  private static func group(_ rank: Int, of size: Int, port: Int) throws -> ProcessGroup {
    let launch = try LaunchVariables([
      "RANK": "\(rank)", "WORLD_SIZE": "\(size)", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "\(port)",
      "ECGBOOK_TIMEOUT": "60",
    ])
    return try ProcessGroup(#require(launch))
  }

  private static func difference(_ a: [NamedArray], _ b: [NamedArray]) -> Float {
    zip(a, b).flatMap { zip($0.values, $1.values).map { abs($0 - $1) } }.max() ?? .infinity
  }

  /// One of three processes has no ghost batch: 44 records are batches of 24 and 20, and each of them two ghost batches.
  ///
  /// What differs is the order of sums of 32-bit floats, 6e-8 of their size, and AdamW divides gradients by their own
  /// size: after a few steps of at most 0.003 weights may differ by some 1e-7.
  @Test(arguments: [(2, 8, 4), (3, 8, 12)])
  func processesGiveTheWeightsOfOneWithTheWholeBatch(size: Int, batch: Int, ghostBatch: Int) throws {
    let one = try Self.trainer(Self.options(batch: size * batch, ghostBatch: ghostBatch)).run()
    let results = try together(size) { rank, port in
      try Self.trainer(Self.options(batch: batch, ghostBatch: ghostBatch), Self.group(rank, of: size, port: port)).run()
    }.map { try $0.get() }
    #expect(Self.difference(one.arrays, results[0].arrays) < 1e-5)
    for result in results {
      #expect(result.arrays == results[0].arrays)
      #expect(result.history == results[0].history)
      #expect(result.validation == results[0].validation)
      #expect(result.bestEpoch == one.bestEpoch)
      #expect(zip(result.history, one.history).allSatisfy { abs($0.trainingLoss - $1.trainingLoss) < 1e-5 })
      #expect(zip(result.history, one.history).allSatisfy { abs($0.validationLoss - $1.validationLoss) < 1e-5 })
      #expect(
        zip(result.validation.probabilities.joined(), one.validation.probabilities.joined())
          .allSatisfy { abs($0 - $1) < 1e-5 })
    }
  }

  /// One process may compute what several would have: the same bytes as with the whole batch.
  @Test func oneProcessComputesAsSeveral() throws {
    var options = Self.options(batch: 8)
    options.processes = 2
    #expect(try Self.trainer(options).run().arrays == Self.trainer(Self.options(batch: 16)).run().arrays)
  }

  /// Rank 1 is gone after some batches of the six, in the first epoch, at its end, or in the second.
  @Test(arguments: [1, 3, 5]) func aLostWorkerLeavesACheckpointToResumeFrom(batch: Int) throws {
    let options = Self.options(batch: 8)
    let whole = try together(2) { try Self.trainer(options, Self.group($0, of: 2, port: $1)).run() }.map { try $0.get() }
    try withTemporaryFolder { folder in
      let start = ContinuousClock.now
      let results = try together(2) { rank, port in
        let group = try Self.group(rank, of: 2, port: port)
        let batches = Mutex(0)
        return try Self.trainer(
          options, group, folder: rank == 0 ? folder : nil,
          progress: {
            guard rank == 1, !$0.isEpochEnd else { return }
            let done = batches.withLock { batches in
              batches += 1
              return batches
            }
            if done == batch { group.leave() }
          }
        ).run()
      }
      #expect(ContinuousClock.now - start < .seconds(30))
      let error = #expect(throws: TrainingError.self) { try results[0].get() }
      guard case .lostWorker(let lost, _, _)? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(lost.rank == 0 && lost.size == 2)
      #expect(error?.description.contains("start again with --resume") == true)

      let resumed = try together(2) { rank, port in
        // The disk of rank 1 need not hold the checkpoint.
        try Self.trainer(options, Self.group(rank, of: 2, port: port), folder: rank == 0 ? folder : nil).run(resumes: true)
      }.map { try $0.get() }
      #expect(resumed[0].arrays == whole[0].arrays)
      #expect(resumed[1].arrays == whole[0].arrays)
      #expect(resumed[0].history == whole[0].history)
    }
  }

  @Test func anInterruptionOfOneStopsAllAtTheSameBatch() throws {
    let options = Self.options(batch: 8)
    try withTemporaryFolder { folder in
      let results = try together(2) { rank, port in
        let batches = Mutex(0)
        return try Self.trainer(
          options, Self.group(rank, of: 2, port: port), folder: rank == 0 ? folder : nil,
          progress: { _ in batches.withLock { $0 += 1 } }, isInterrupted: { rank == 1 && batches.withLock { $0 } >= 1 }
        ).run()
      }
      for result in results {
        let error = #expect(throws: TrainingInterrupted.self) { try result.get() }
        #expect(error?.epochsDone == 0)
      }
      let whole = try Self.trainer(Self.options(batch: 16)).run()
      let resumed = try together(2) { rank, port in
        try Self.trainer(options, Self.group(rank, of: 2, port: port), folder: rank == 0 ? folder : nil).run(resumes: true)
      }.map { try $0.get() }
      #expect(Self.difference(resumed[0].arrays, whole.arrays) < 1e-5)
    }
  }

  @Test func refusesToTrainWithOtherOptionsThanRank0() throws {
    let results = try together(2) { rank, port in
      try Self.trainer(Self.options(batch: 8, epochs: 1 + rank), Self.group(rank, of: 2, port: port)).run()
    }
    #expect(throws: ModelError.self) { try results[1].get() }
    #expect(throws: TrainingError.self) { try results[0].get() }
  }
}
