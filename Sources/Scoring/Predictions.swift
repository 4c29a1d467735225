/// What a network said about records of which the truth is known.
///
/// Everything is stored by class, because nearly every statistic is: `scores[class][record]`.
public struct Predictions: Sendable, Equatable {
  public let names: [String]  // [classes]
  public let labels: [[Bool]]  // [classes][records]
  public let scores: [[Double]]  // [classes][records], higher meaning more positive; no NaN

  /// - Throws: ``ScoringError/shape(_:)`` or ``ScoringError/notANumber(record:)``.
  public init(names: [String], labels: [[Bool]], scores: [[Double]]) throws(ScoringError) {
    guard !names.isEmpty else { throw .shape("no classes; expected at least one") }
    guard labels.count == names.count, scores.count == names.count else {
      throw .shape(
        "\(names.count) class names, labels of \(labels.count) classes, scores of \(scores.count); "
          + "expected equal counts")
    }
    let records = labels[0].count
    for (j, name) in names.enumerated() where labels[j].count != records || scores[j].count != records {
      throw .shape(
        "class \(name): \(labels[j].count) labels and \(scores[j].count) scores; "
          + "expected \(records), as in \(names[0])")
    }
    for column in scores {
      if let record = column.firstIndex(where: \.isNaN) { throw .notANumber(record: record) }
    }
    (self.names, self.labels, self.scores) = (names, labels, scores)
  }

  /// The same from rows, `[records][classes]`, as networks and files give them.
  public init(names: [String], labelRows: [[Bool]], scoreRows: [[Double]]) throws(ScoringError) {
    func columns<Value>(_ rows: [[Value]], _ what: String) throws(ScoringError) -> [[Value]] {
      for (i, row) in rows.enumerated() where row.count != names.count {
        throw .shape("record \(i): \(row.count) \(what) for \(names.count) classes; expected one for each")
      }
      return names.indices.map { j in rows.map { $0[j] } }
    }
    try self.init(names: names, labels: columns(labelRows, "labels"), scores: columns(scoreRows, "scores"))
  }

  public var classCount: Int { names.count }
  public var recordCount: Int { labels[0].count }

  /// The lowest and highest score; nil without records.
  public var scoreRange: ClosedRange<Double>? {
    let lowest = scores.compactMap { $0.min() }.min()
    let highest = scores.compactMap { $0.max() }.max()
    guard let lowest, let highest else { return nil }
    return lowest...highest
  }

  /// Throws unless every score lies in 0...1.
  func requireProbabilities() throws(ScoringError) {
    guard let range = scoreRange else { throw .noRecords }
    guard range.lowerBound >= 0, range.upperBound <= 1 else {
      throw .notProbabilities(lowest: range.lowerBound, highest: range.upperBound)
    }
  }
}
