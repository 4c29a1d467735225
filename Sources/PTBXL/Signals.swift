import Files
import Foundation
import WFDB

/// The signals of many records in memory: `[records, 12 leads, samples]` in millivolts, leads in the order of
/// ``ECGRecord/leadNames``. A missing sample is NaN.
public final class Signals: Sendable {
  /// The record axis.
  public let records: [ECGRecord]
  public let rate: Rate
  public var leadCount: Int { ECGRecord.leadNames.count }
  public var sampleCount: Int { rate.sampleCount }
  /// Samples that are NaN.
  public let missing: Int
  /// Checksums and initial values that the files contradict, in the order of records.
  public let warnings: [Warning]

  public struct Warning: Sendable, Equatable, Codable, CustomStringConvertible {
    public var record: String  // its path under the data set's folder
    public var warning: RecordWarning
    public var description: String { "\(record).hea: \(warning)" }
  }

  /// Owned here alone; written while loading, only read afterwards. That is why it may be shared.
  private nonisolated(unsafe) let storage: UnsafeMutableBufferPointer<Float>

  fileprivate init(
    records: [ECGRecord], rate: Rate, missing: Int, warnings: [Warning], storage: UnsafeMutableBufferPointer<Float>
  ) {
    (self.records, self.rate, self.missing) = (records, rate, missing)
    (self.warnings, self.storage) = (warnings, storage)
  }

  /// Signals that are in memory already: `[records, 12 leads, samples]`, in millivolts.
  public convenience init(records: [ECGRecord], rate: Rate, samples: [Float]) {
    let size = records.count * ECGRecord.leadNames.count * rate.sampleCount
    precondition(samples.count == size, "\(samples.count) samples for \(records.count) records at \(rate); expected \(size)")
    let storage = UnsafeMutableBufferPointer<Float>(
      start: calloc(max(size, 1), MemoryLayout<Float>.stride)?.bindMemory(to: Float.self, capacity: size), count: size)
    _ = storage.update(fromContentsOf: samples)
    self.init(
      records: records, rate: rate, missing: samples.count(where: \.isNaN), warnings: [], storage: storage)
  }

  deinit { free(storage.baseAddress) }  // it comes from calloc

  /// All samples, `[records, leads, samples]`, one after the other. The buffer must not outlive `body`.
  public func withSamples<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(UnsafeBufferPointer(storage)) }
  }

  /// One record's samples, `[leads, samples]`. The buffer must not outlive `body`.
  public func withSamples<Result>(
    ofRecord record: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    precondition(records.indices.contains(record), "record \(record) of \(records.count)")
    let size = leadCount * sampleCount
    return try withSamples { try body(UnsafeBufferPointer(rebasing: $0[record * size..<(record + 1) * size])) }
  }

  /// One lead of one record, `[samples]`.
  public func lead(_ lead: Int, ofRecord record: Int) -> [Float] {
    precondition((0..<leadCount).contains(lead), "lead \(lead) of \(leadCount)")
    return withSamples(ofRecord: record) { Array($0[lead * sampleCount..<(lead + 1) * sampleCount]) }
  }
}

extension Database {
  /// Reads the records' signal files over all the machine's cores.
  ///
  /// Every checksum and initial value is verified; what disagrees is among the ``Signals/warnings``.
  /// - Throws: the ``RecordError`` of the first record, in the order given, that cannot be read, lacks a lead, or is not
  ///   ten seconds long at that rate; ``FileError`` when there is no memory for all of them; `CancellationError`.
  public func loadSignals(_ records: [ECGRecord], rate: Rate = .hz100) async throws -> Signals {
    let size = ECGRecord.leadNames.count * rate.sampleCount
    let (count, overflow) = records.count.multipliedReportingOverflow(by: size)
    guard !overflow, let memory = calloc(max(count, 1), MemoryLayout<Float>.stride) else {
      throw FileError("load", folder, reason: "no memory for \(records.count) records at \(rate)")
    }
    // Each task writes the elements of its own records and no others.
    nonisolated(unsafe) let storage = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Float.self, capacity: count), count: count)

    struct Part: Sendable {
      var first: Int
      var missing = 0
      var warnings: [Signals.Warning] = []
      var failure: RecordError?
    }
    let step = 64
    let parts = await withTaskGroup(of: Part.self) { group in
      for first in stride(from: 0, to: records.count, by: step) {
        group.addTask {
          var part = Part(first: first)
          var reader = LeadReader(
            leads: ECGRecord.leadNames, sampleCount: rate.sampleCount, samplingFrequency: Double(rate.rawValue))
          for index in first..<min(first + step, records.count) where !Task.isCancelled {
            let rows = UnsafeMutableBufferPointer(rebasing: storage[index * size..<(index + 1) * size])
            do throws(RecordError) {
              let outcome = try reader.read(path(records[index], rate), into: rows)
              part.missing += outcome.missing
              part.warnings += outcome.warnings.map {
                Signals.Warning(record: records[index].fileName(rate), warning: $0)
              }
            } catch {
              part.failure = error
              break
            }
          }
          return part
        }
      }
      var parts: [Part] = []
      for await part in group { parts.append(part) }
      return parts.sorted { $0.first < $1.first }
    }
    let signals = Signals(
      records: records, rate: rate, missing: parts.reduce(0) { $0 + $1.missing }, warnings: parts.flatMap(\.warnings),
      storage: storage)
    try Task.checkCancellation()
    if let failure = parts.lazy.compactMap(\.failure).first { throw failure }
    return signals
  }
}
