import Files
import Foundation
import Torch

/// The state of a training between two batches, in one file that is written aside and renamed.
struct Checkpoint {
  let path: String
  init(folder: String) { path = folder + "/checkpoint.safetensors" }

  struct State: Codable, Equatable {
    var options: TrainingOptions
    var records: Int
    var step = 0
    /// Of the epoch that was under way: its batches done, the sum of their losses, and their records.
    var batchesDone = 0
    var lossSum = 0.0
    var seen = 0
    var history: [Epoch] = []
    var bestEpoch: Int?
    var bestAUROC: Double?

    init(options: TrainingOptions, records: Int) { (self.options, self.records) = (options, records) }
  }

  struct Found {
    var state: State
    var weights, kept, best, moments: [NamedArray]
  }

  func write(_ found: Found) throws { try writeFile(try found.encoded(), to: path) }

  /// The checkpoint of the same options on as many records; nil when there is none.
  /// - Throws: ``ModelError`` when it belongs to other options, or is damaged.
  func read(matching expected: State) throws -> Found? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try Found(try readFile(path), matching: expected, from: path)
  }
}

extension Checkpoint.Found {
  func encoded() throws -> Data {
    func prefixed(_ prefix: String, _ arrays: [NamedArray]) -> [NamedArray] {
      arrays.map { NamedArray(name: prefix + $0.name, shape: $0.shape, values: $0.values) }
    }
    let arrays =
      prefixed("weights/", weights) + prefixed("kept/", kept) + prefixed("best/", best) + prefixed("moments/", moments)
    let file = Safetensors(arrays, metadata: ["state": try CanonicalJSON.text(state, pretty: false)])
    return try file.encoded()
  }

  /// - Parameter path: where the bytes come from, for the message.
  init(_ data: Data, matching expected: Checkpoint.State, from path: String) throws {
    let file: Safetensors
    do { file = try Safetensors(parsing: data) } catch { throw ModelError(path, "\(error)") }
    guard let text = file.metadata["state"], let state = try? JSONDecoder().decode(Checkpoint.State.self, from: Data(text.utf8))
    else {
      throw ModelError(path, "not a checkpoint of a training; remove it to begin anew")
    }
    guard state.options == expected.options, state.records == expected.records else {
      throw ModelError(path, "a checkpoint of other options or data; train without --resume, or remove it")
    }
    func part(_ prefix: String) -> [NamedArray] {
      file.arrays.filter { $0.name.hasPrefix(prefix) }.map {
        NamedArray(name: String($0.name.dropFirst(prefix.count)), shape: $0.shape, values: $0.values)
      }
    }
    self.init(state: state, weights: part("weights/"), kept: part("kept/"), best: part("best/"), moments: part("moments/"))
  }
}

extension Optimizer {
  func load(_ arrays: [NamedArray], step: Int, from path: String) throws {
    let stored = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    for moment in state {
      guard let array = stored[moment.name], array.shape == moment.tensor.shape else {
        throw ModelError(path, "the moment '\(moment.name)' is missing or has another shape")
      }
      moment.tensor.assign(array.values)
    }
    restore(step: step)
  }
}
