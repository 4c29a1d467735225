import Foundation
import WFDB

/// A recording's file of any format, opened. Which format it is, its content tells, not its name.
///
/// ```
/// let file = try ECGFile(path: "upload/test.scp")
/// file.format  // .scp
/// file.stored?.statements  // ["Ectopic atrial rhythm", …]
/// let leads = try file.stream.read(0..<file.stream.sampleCount)
/// ```
public struct ECGFile {
  public let format: RecordFormat
  /// The leads: of WFDB read from its files piece by piece, of the other formats from memory.
  public let stream: RecordStream
  /// What stands beside the leads; nil for WFDB, whose header has comments alone.
  public let stored: StoredRecording?

  /// - Parameters:
  ///   - path: a file; for WFDB also a record's path without extension.
  ///   - csv: rate and unit of a CSV file that does not say them itself.
  ///   - maximumBytes: of the file, beyond which it is refused; WFDB is read in pieces and has no such limit.
  /// - Throws: ``FormatError``; `RecordError` for WFDB.
  public init(path: String, csv: CSV.Layout = CSV.Layout(), maximumBytes: Int = 1 << 30) throws {
    guard let format = try Self.format(of: path), let reader = format.reader else {
      (self.format, stored, stream) = (.wfdb, nil, try RecordStream(path: path))
      return
    }
    let bytes = try Self.bytes(of: path, maximum: maximumBytes)
    do {
      let stored = reader == CSV.self ? try CSV.read(bytes, csv) : try reader.read(bytes)
      (self.format, self.stored) = (format, stored)
      stream = RecordStream(stored.record(named: Self.name(path)), path: path)
    } catch let error as FormatError {
      var error = error
      error.path = path
      throw error
    }
  }

  /// How the names of files end that stand for a recording; the content tells, but a folder is looked through by names.
  public static let extensions = ["hea", "scp", "dcm", "xml", "edf", "bdf", "csv"]

  /// The files of which a recording consists: of WFDB the header and its signal files, else the one.
  public static func files(path: String) throws -> [String] {
    try format(of: path) == nil ? try Record.files(path: path) : [path]
  }

  /// The format of bytes that are no WFDB; nil when none recognizes them.
  public static func format(ofContent beginning: ArraySlice<UInt8>) -> RecordFormat? {
    RecordFormat.allCases.first { $0.reader?.recognizes(beginning) ?? false }
  }

  /// The format of a file; nil for a WFDB record, which is also what nothing else recognizes.
  private static func format(of path: String) throws -> RecordFormat? {
    if path.hasSuffix(".hea") || FileManager.default.fileExists(atPath: Record.headerPath(path)) { return nil }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      guard extensions.contains((path as NSString).pathExtension.lowercased()) else { return nil }
      var error = FormatError("", found: "no file that can be read", expected: "a recording")
      error.path = path
      throw error
    }
    defer { try? handle.close() }
    var status = stat()
    guard fstat(handle.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let beginning = try handle.read(upToCount: 4096) ?? Data()
    guard let format = format(ofContent: Array(beginning)[...]) else {
      throw FormatError(
        path, found: "the file begins as no format of recordings does",
        expected: RecordFormat.allCases.map(\.title).joined(separator: ", "))
    }
    return format
  }

  private static func bytes(of path: String, maximum: Int) throws -> [UInt8] {
    let handle = try FileHandle(forReadingFrom: URL(filePath: path))
    defer { try? handle.close() }
    let size = try handle.seekToEnd()
    guard size <= UInt64(maximum) else {
      var error = FormatError("", found: "the file has \(size) bytes", expected: "at most \(maximum)")
      error.path = path
      throw error
    }
    try handle.seek(toOffset: 0)
    return try Array(handle.readToEnd() ?? Data())
  }

  private static func name(_ path: String) -> String {
    ((path as NSString).lastPathComponent as NSString).deletingPathExtension
  }
}

extension ECGFile {
  /// The whole recording with what stands beside it, of whatever format: of WFDB, what its header and comments say.
  ///
  /// Reading it throws ``FormatError`` when a WFDB record has more samples than ``RecordFormat/maximumSamples``, and
  /// `RecordError` when its files cannot be read.
  public var recording: StoredRecording {
    get throws {
      if let stored { return stored }
      let (samples, overflow) = stream.sampleCount.multipliedReportingOverflow(by: stream.leadNames.count)
      guard !overflow, samples <= RecordFormat.maximumSamples else {
        var error = FormatError(
          "", found: "\(stream.sampleCount) samples of \(stream.leadNames.count) leads",
          expected: "at most \(RecordFormat.maximumSamples) in all")
        error.path = stream.path
        throw error
      }
      return StoredRecording(try stream.record(0..<stream.sampleCount))
    }
  }
}

extension StoredRecording {
  /// What a WFDB record says: its leads, when it begins, and its comments, among which age, sex and what
  /// was written there of another format's recording are found again.
  public init(_ record: Record) {
    self.init(samplingFrequency: record.samplingFrequency, leads: record.leads)
    start = record.header.start
    for comment in record.comments { take(comment) }
    completeSubject()
    warnings = record.warnings.map { FormatWarning($0.line > 0 ? "line \($0.line)" : "", $0.reason) }
  }

  /// The leads as a record. Age and sex stand among its comments, where a WFDB header has them; a name and an
  /// identifier do not.
  public func record(named name: String) -> Record {
    Record(
      name: name, samplingFrequency: samplingFrequency, leads: leads, comments: lines([.age, .sex, .comments]),
      start: start, warnings: warnings.map { RecordWarning(line: 0, reason: "\($0)") })
  }
}
