/// Why a record cannot be read or written, and in which file.
public struct RecordError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case header(HeaderError)
    case annotations(AnnotationError)
    case system(operation: String, reason: String)
    case unsupportedFormat(line: Int, format: Int)
    case outsideFolder(line: Int, name: String)
    /// Signals of one file that disagree: about their format, or about where it begins.
    case conflict(line: Int, field: String, found: String, expected: String)
    /// Bytes; `expected` is nil when Int cannot count them.
    case tooShort(expected: Int?, found: Int, samples: Int)
    case flac(problem: String)
    case missingFile(line: Int, name: String)
    case noSamples
    case segment(line: Int, problem: String)
    case lead(name: String, problem: String)
    case notAsAsked(what: String, found: String, expected: String)
    case unwritable(problem: String)
  }
  public let path: String
  public let reason: Reason

  public init(_ path: String, _ reason: Reason) { (self.path, self.reason) = (path, reason) }

  public var description: String {
    switch reason {
    case .header(let error): "\(path): \(error)"
    case .annotations(let error): "\(path): \(error)"
    case .system(let operation, let reason): "\(path): cannot \(operation): \(reason)"
    case .unsupportedFormat(let line, let format):
      "\(path): line \(line): signal format \(format) is not supported; supported are \(SignalFormat.names)"
    case .outsideFolder(let line, let name):
      "\(path): line \(line): the file name '\(name)' leaves the header's folder; expected a plain file name"
    case .conflict(let line, let field, let found, let expected):
      "\(path): line \(line): the \(field) is \(found); the signals before it in the same file have \(expected)"
    case .tooShort(let expected, let found, let samples):
      "\(path): \(found) bytes; the header's \(samples) samples a signal need "
        + (expected.map(String.init) ?? "more bytes than Int can count")
    case .flac(let problem): "\(path): cannot be decoded: \(problem)"
    case .missingFile(let line, let name):
      "\(path): line \(line): the signal file \(name) is missing, and there is no other"
    case .noSamples: "\(path): the header gives no number of samples, and no signal file tells it"
    case .segment(let line, let problem): "\(path): line \(line): \(problem)"
    case .lead(let name, let problem): "\(path): lead \(name): \(problem)"
    case .notAsAsked(let what, let found, let expected): "\(path): the \(what) is \(found); expected \(expected)"
    case .unwritable(let problem): "\(path): cannot be written: \(problem)"
    }
  }
}

/// What is wrong with a record that can be read nevertheless.
public struct RecordWarning: Sendable, Equatable, Codable, CustomStringConvertible {
  /// Line of the header file, 1-based.
  public var line: Int
  public var reason: String
  public init(line: Int, reason: String) { (self.line, self.reason) = (line, reason) }
  public var description: String { "line \(line): \(reason)" }
}
