/// The `.hea` file of a record. Source: WFDB Applications Guide, header(5).
///
/// ```
/// RECORD[/SEGMENTS] SIGNALS [FREQUENCY[/COUNTER[(BASE)]] [SAMPLES [TIME [DATE]]]]
/// FILE FORMAT[xSPF][:SKEW][+OFFSET] [GAIN[(BASELINE)][/UNITS] [RESOLUTION [ZERO [INITIAL [CHECKSUM [BLOCK [NAME]]]]]]]
/// ```
/// One record line; then one line per signal, or, in a multi-segment record, `SEGMENT SAMPLES` per segment. Lines that
/// begin with `#` are comments and, like blank lines, may stand anywhere.
public struct Header: Sendable, Equatable {
  public var name: String
  /// Announced after the name's slash; nil in a single-segment record.
  public var segmentCount: Int?
  /// Frames per second, in hertz; 250 when the file omits it.
  public var samplingFrequency: Double
  /// Counter ticks per second; the sampling frequency when the file omits it.
  public var counterFrequency: Double
  /// The counter's value at the first frame; 0 when the file omits it.
  public var baseCounter: Double
  /// Frames in the record; nil when the file omits it or says 0, and then the signal file's size tells.
  public var sampleCount: Int?
  /// When the record begins, as the file writes it: `19:46:25.757`.
  public var baseTime: String?
  /// The day, as the file writes it: `26/10/1994`, but also `05-Feb-2020`.
  public var baseDate: String?
  /// One per signal line, in file order: the lead axis of every array read from this record.
  public var signals: [Signal]
  /// One per segment line of a multi-segment record, in order of time.
  public var segments: [Segment]
  /// The text of each comment line, without `#`, spaces and tabs around it.
  public var comments: [String]
  /// Line of the record line, 1-based.
  public var line: Int
  /// What is odd in the file and can be read nevertheless.
  public var warnings: [RecordWarning]

  /// How one lead is stored: `physical = (digital - baseline) / gain`, in `units`.
  public struct Signal: Sendable, Equatable {
    public var fileName: String
    /// The number of the signal file's format: 16, 212 …; see ``SignalFormat``.
    public var format: Int
    /// Samples that each frame holds of this signal; 1 when the file omits it.
    public var samplesPerFrame: Int
    /// Frames by which this signal lags behind the others in its file.
    public var skew: Int
    /// Bytes in the signal file before its first sample.
    public var byteOffset: Int
    /// ADC units per physical unit; a 0 in the file, or none, means 200.
    public var gain: Double
    /// The digital value of physical 0; the ADC zero when the file gives none.
    public var baseline: Int
    public var units: String  // "mV" when the file gives none
    public var adcResolution: Int  // bits; 0 when unknown
    public var adcZero: Int  // ADC units
    /// The digital value of the first sample, when the file gives one.
    public var initialValue: Int?
    /// The sum of all digital values, of which 16 bits count, when the file gives one.
    public var checksum: Int?
    public var blockSize: Int
    /// The line's description; "signal 2" when the file gives none.
    public var name: String
    /// Where the signal stands in the header file, 1-based.
    public var line: Int
  }

  public struct Segment: Sendable, Equatable {
    public var name: String  // "~" for a gap
    public var sampleCount: Int
    public var line: Int
  }
}

/// What breaks the grammar of a header file, and where.
public struct HeaderError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case noRecordLine
    case missing(field: String)
    case malformed(field: String, found: String, expected: String)
    case signalCount(announced: Int, found: Int)
    case segmentCount(announced: Int, found: Int)
  }
  public let reason: Reason
  public let line: Int  // 1-based, as editors count

  public init(_ reason: Reason, line: Int) { (self.reason, self.line) = (reason, line) }

  public var description: String {
    switch reason {
    case .noRecordLine:
      "line \(line): no record line; expected 'NAME SIGNALS [FREQUENCY [SAMPLES]]'"
    case .missing(let field):
      "line \(line): the \(field) is missing"
    case .malformed(let field, let found, let expected):
      "line \(line): the \(field) is '\(found)'; expected \(expected)"
    case .signalCount(let announced, let found):
      "line \(line): the record line announces \(announced) signals; \(found) signal lines follow"
    case .segmentCount(let announced, let found):
      "line \(line): the record line announces \(announced) segments; \(found) segment lines follow"
    }
  }
}
