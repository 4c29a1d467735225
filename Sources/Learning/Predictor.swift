import Foundation
import Torch

/// Probabilities from signals: cuts windows, asks the network in batches, and makes one answer of each record's windows.
struct Predictor {
  var network: any Layer
  /// Whether the network's outputs are logits, of which probabilities are made; else they are given as they are.
  var asksForProbabilities = true
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
  /// - Parameter group: processes that each compute a part; all get the whole, or nothing after an interruption of any.
  func windowProbabilities(
    of examples: Examples, group: ProcessGroup? = nil, isInterrupted: () -> Bool = { false }
  ) throws -> [[[Double]]] {
    let starts = windows.starts(in: examples.samples)
    let rowsPerBatch = max(1, windowsPerBatch / starts.count)
    var groups = stride(from: 0, to: examples.count, by: rowsPerBatch).map { $0..<min($0 + rowsPerBatch, examples.count) }
    if let group { groups = Array(groups[group.share(of: groups.count)]) }
    let own = try windowProbabilities(of: examples, groups: groups, starts: starts, isInterrupted: isInterrupted)
    guard let group else { return own }
    // The probabilities were computed as 32-bit floats, so nothing is lost. The first number says whether all are there.
    let isWhole = own.count == groups.reduce(0) { $0 + $1.count }
    let flat = [isWhole ? 1 : 0] + own.joined().joined().map { Float($0) }
    let parts = try group.gather(flat.withUnsafeBytes { Data($0) }).map { part in
      part.withUnsafeBytes { bytes in
        stride(from: 0, to: bytes.count, by: 4).map { bytes.loadUnaligned(fromByteOffset: $0, as: Float.self) }
      }
    }
    guard parts.allSatisfy({ $0.first == 1 }) else { return [] }
    let all = parts.flatMap { $0.dropFirst().map(Double.init) }
    let classes = all.count / max(1, examples.count * starts.count)
    return (0..<examples.count).map { record in
      starts.indices.map { window in
        let first = (record * starts.count + window) * classes
        return Array(all[first..<(first + classes)])
      }
    }
  }

  private func windowProbabilities(
    of examples: Examples, groups: [Range<Int>], starts: [Int], isInterrupted: () -> Bool
  ) throws -> [[[Double]]] {
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
    var x: [Float] = []
    x.reserveCapacity(rows.count * starts.count * examples.leads * windows.samples)
    for row in rows {
      examples.withSignal(row) { signal in
        for start in starts { append(window: start, of: signal, samples: examples.samples, to: &x) }
      }
    }
    let flat = try ask(x, count: rows.count * starts.count, leads: examples.leads)
    return stride(from: 0, to: flat.count, by: starts.count).map { Array(flat[$0..<($0 + starts.count)]) }
  }

  /// The answers to signals of any length, each `[lead][sample]` in mV at the network's rate: `[signal][class]`.
  func probabilities(ofSignals signals: [[[Float]]]) throws -> [[Double]] {
    struct Place {
      var signal, start: Int
    }
    let lengths = signals.map { $0.map(\.count).min() ?? 0 }
    let places = lengths.enumerated().flatMap { signal, length in
      windows.starts(in: length).map { Place(signal: signal, start: $0) }
    }
    let flatSignals = zip(signals, lengths).map { leads, length in leads.flatMap { $0.prefix(length) } }
    let leads = standardization.mean.count
    var answers = [[[Double]]](repeating: [], count: signals.count)
    for first in stride(from: 0, to: places.count, by: windowsPerBatch) {
      let some = places[first..<min(first + windowsPerBatch, places.count)]
      var x: [Float] = []
      x.reserveCapacity(some.count * leads * windows.samples)
      for place in some {
        flatSignals[place.signal].withUnsafeBufferPointer {
          append(window: place.start, of: $0, samples: lengths[place.signal], to: &x)
        }
      }
      for (place, answer) in zip(some, try ask(x, count: some.count, leads: leads)) {
        answers[place.signal].append(answer)
      }
    }
    return answers.map { windows.aggregate($0) }
  }

  /// Adds the standardized window of `signal`, `[lead][samples]`, that begins at sample `start`.
  private func append(window start: Int, of signal: UnsafeBufferPointer<Float>, samples: Int, to x: inout [Float]) {
    let place = x.count
    x.append(contentsOf: repeatElement(0, count: standardization.mean.count * windows.samples))
    x.withUnsafeMutableBufferPointer {
      standardization.copy(
        signal, samples: samples, start: start, count: windows.samples, to: UnsafeMutableBufferPointer(rebasing: $0[place...]))
    }
  }

  /// `[window][class]` of standardized windows `[window, lead, sample]`.
  private func ask(_ x: [Float], count: Int, leads: Int) throws -> [[Double]] {
    let flat = try withTorch {
      try withoutGradients {
        let answers = network(Tensor(x, shape: [count, leads, windows.samples], on: device))
        return (asksForProbabilities ? answers.sigmoid() : answers).values
      }
    }
    let classes = flat.count / max(1, count)
    return (0..<count).map { index in flat[(index * classes)..<((index + 1) * classes)].map(Double.init) }
  }
}
