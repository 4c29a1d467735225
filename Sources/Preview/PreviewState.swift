import Book
import Files

/// What a reader of a preview should see: which page, what is wrong, how far it is.
public struct PreviewState: Sendable, Equatable, Encodable {
  public enum Phase: String, Sendable, Encodable {
    case rendering
    /// The page is the report's.
    case ready
    /// The report has mistakes; the page is the last good one.
    case mistaken
    /// A cell failed; the page shows what was finished.
    case failed
    case cancelled
    /// Something was saved meanwhile: the next render begins at once.
    case overtaken
  }

  public var phase = Phase.rendering
  /// The short digest of the page's bytes; nil before there is one.
  public var page: String?
  public var diagnostics: [Diagnostic] = []
  public var failures: [Failure] = []
  public var message: String?
  /// The cell that runs.
  public var step: Step?
  public var curve: Curve?
  /// How long the last good render took.
  public var seconds: Double?
  /// How many cells it computed, those from the cache left out.
  public var computed = 0

  /// A cell that failed, with its place in the report.
  public struct Failure: Sendable, Equatable, Encodable {
    public var file: String
    public var line, column: Int
    public var cell, kind, reason: String
    init(_ failure: CellFailure) {
      (file, line, column) = (failure.range.file, failure.range.line, failure.range.column)
      (cell, kind, reason) = (failure.id, failure.kind, failure.reason)
    }
  }
  public struct Step: Sendable, Equatable, Encodable {
    public var cell, kind, line: String
  }
  /// The drawing of a training under way.
  public struct Curve: Sendable, Equatable, Encodable {
    public var cell: String
    /// Of its bytes: a new one is a new drawing.
    public var digest: String
    public var description: String
  }

  mutating func begin() {
    (phase, message, step, curve, computed) = (.rendering, nil, nil, nil, 0)
  }

  /// The report has no mistake, or nothing would run; what failed before is tried again.
  mutating func begun() { (diagnostics, failures) = ([], []) }

  mutating func end(_ phase: Phase, seconds: Double? = nil) {
    (self.phase, step, curve, self.seconds) = (phase, nil, nil, seconds)
    // What an overtaken render did not get to see is still as wrong as it was.
    if phase != .overtaken { (diagnostics, failures) = ([], []) }
  }
}
