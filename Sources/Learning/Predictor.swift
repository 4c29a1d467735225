import Foundation
import Torch

/// Probabilities from signals: cuts windows, asks the network in batches, and makes one answer of each record's windows.
struct Predictor {
  let network: any Layer
  let standardization: Standardization
  let windows: Windows
  let device: Device
  let threads: Int
  private let windowsPerBatch = 64

  init(network: any Layer, standardization: Standardization, windows: Windows, device: Device, threads: Int) {
    (self.network, self.standardization, self.windows) = (network, standardization, windows)
    (self.device, self.threads) = (device, threads)
  }

  init(_ model: Model) {
    self.init(
      network: model.network, standardization: model.description.standardization, windows: model.description.windows,
      device: model.device, threads: model.threads)
  }

  /// `[record][class]`.
  func probabilities(of examples: Examples, isInterrupted: () -> Bool = { false }) throws -> [[Double]] {
    try windowProbabilities(of: examples, isInterrupted: isInterrupted).map { windows.aggregate($0) }
  }

  /// `[record][window][class]`; what was not reached before an interruption is left out.
  func windowProbabilities(of examples: Examples, isInterrupted: () -> Bool = { false }) throws -> [[[Double]]] {
    let starts = windows.starts(in: examples.samples)
    let rowsPerBatch = max(1, windowsPerBatch / starts.count)
    let groups = stride(from: 0, to: examples.count, by: rowsPerBatch).map { $0..<min($0 + rowsPerBatch, examples.count) }
    // Some groups at a time, so that an interruption is noticed.
    var all: [[[Double]]] = []
    for first in stride(from: 0, to: groups.count, by: 4 * threads) {
      if isInterrupted() { break }
      let some = groups[first..<min(first + 4 * threads, groups.count)]
      all += try concurrently(some.count, threads: threads) { index in
        try windowProbabilities(of: examples, rows: some[first + index], starts: starts)
      }.flatMap { $0 }
    }
    return all
  }

  private func windowProbabilities(of examples: Examples, rows: Range<Int>, starts: [Int]) throws -> [[[Double]]] {
    let size = examples.leads * windows.samples
    var x = [Float](repeating: 0, count: rows.count * starts.count * size)
    x.withUnsafeMutableBufferPointer { buffer in
      for (index, row) in rows.enumerated() {
        examples.withSignal(row) { signal in
          for (w, start) in starts.enumerated() {
            let offset = (index * starts.count + w) * size
            standardization.copy(
              signal, samples: examples.samples, start: start, count: windows.samples,
              to: UnsafeMutableBufferPointer(rebasing: buffer[offset..<(offset + size)]))
          }
        }
      }
    }
    let flat = try ask(x, count: rows.count * starts.count, leads: examples.leads)
    return stride(from: 0, to: flat.count, by: starts.count).map { Array(flat[$0..<($0 + starts.count)]) }
  }

  /// The answer to one signal of any length, `[lead][sample]` in mV at the network's rate.
  func probabilities(ofSignal leads: [[Float]]) throws -> [Double] {
    let samples = leads.map(\.count).min() ?? 0
    let starts = windows.starts(in: samples)
    let flatSignal = leads.flatMap { $0.prefix(samples) }
    let size = leads.count * windows.samples
    var answers: [[Double]] = []
    for group in stride(from: 0, to: starts.count, by: windowsPerBatch) {
      let some = starts[group..<min(group + windowsPerBatch, starts.count)]
      var x = [Float](repeating: 0, count: some.count * size)
      x.withUnsafeMutableBufferPointer { buffer in
        flatSignal.withUnsafeBufferPointer { signal in
          for (index, start) in some.enumerated() {
            standardization.copy(
              signal, samples: samples, start: start, count: windows.samples,
              to: UnsafeMutableBufferPointer(rebasing: buffer[(index * size)..<((index + 1) * size)]))
          }
        }
      }
      answers += try ask(x, count: some.count, leads: leads.count)
    }
    return windows.aggregate(answers)
  }

  /// `[window][class]` of standardized windows `[window, lead, sample]`.
  private func ask(_ x: [Float], count: Int, leads: Int) throws -> [[Double]] {
    let flat = try withTorch {
      try withoutGradients { network(Tensor(x, shape: [count, leads, windows.samples], on: device)).sigmoid().values }
    }
    let classes = flat.count / max(1, count)
    return (0..<count).map { index in flat[(index * classes)..<((index + 1) * classes)].map(Double.init) }
  }
}
