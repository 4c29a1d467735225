import PTBXL

/// Records with labels, ready to learn from or to be tested on.
public struct Examples: Sendable {
  public let signals: Signals  // [record, lead, sample], mV; shared, never copied
  public let rows: [Int]  // which records of `signals`, in order
  public let records: [ECGRecord]  // parallel to `rows`
  public let labels: [[Bool]]  // [record][class]
  public let classes: [String]

  public init(signals: Signals, rows: [Int], records: [ECGRecord], labels: [[Bool]], classes: [String]) {
    (self.signals, self.rows, self.records, self.labels, self.classes) = (signals, rows, records, labels, classes)
  }

  public var count: Int { rows.count }
  public var leads: Int { signals.leadCount }
  public var samples: Int { signals.sampleCount }

  /// The labels of one class over all records.
  public func column(_ index: Int) -> [Bool] { labels.map { $0[index] } }

  /// Some of the records, by their places.
  func part(_ places: [Int]) -> Examples {
    Examples(
      signals: signals, rows: places.map { rows[$0] }, records: places.map { records[$0] },
      labels: places.map { labels[$0] }, classes: classes)
  }

  /// The signal of a record, `[lead, sample]`.
  func withSignal<Result>(_ row: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
    try signals.withSamples(ofRecord: rows[row], body)
  }
}
