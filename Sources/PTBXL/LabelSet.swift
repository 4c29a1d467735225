/// A set of labels that a network can be trained on: what the statements of a record become.
/// The first six are those of the published benchmark (Strodthoff et al., doi:10.1109/JBHI.2020.3022989).
public enum LabelSet: String, Sendable, Codable, CaseIterable {
  /// Every statement, at any likelihood: 71 labels.
  case all
  /// The statements with that flag: 44, 19 and 12 labels.
  case diagnostic, form, rhythm
  /// The class of each diagnostic statement: 23 and 5 labels.
  case subclass, superclass
  /// The 22 statements of ``detailedLabels``. A record without any of them takes part, with no positive.
  case detailed

  public static let detailedLabels = [
    "NORM", "IMI", "ASMI", "ILMI", "AMI", "ALMI", "LMI", "CLBBB", "CRBBB", "IRBBB", "LAFB", "LPFB", "IVCD", "1AVB",
    "WPW", "LVH", "RVH", "LAO/LAE", "AFIB", "AFLT", "STACH", "SBRAD",
  ]

  /// The labels in their order: ``detailedLabels`` as listed there, the others sorted by their bytes, which is the
  /// order of scikit-learn's `MultiLabelBinarizer`. They come from the statements' table, not from the records, so a
  /// part of the data has the same labels as the whole.
  public func labels(of statements: [Statement]) -> [String] {
    switch self {
    case .detailed: Self.detailedLabels
    default: Set(statements.compactMap(label(of:))).sorted()
    }
  }

  /// The label that a statement becomes in this set; nil when it becomes none.
  public func label(of statement: Statement) -> String? {
    switch self {
    case .all: statement.code
    case .diagnostic: statement.isDiagnostic ? statement.code : nil
    case .form: statement.isForm ? statement.code : nil
    case .rhythm: statement.isRhythm ? statement.code : nil
    case .subclass: statement.isDiagnostic ? statement.subclass : nil
    case .superclass: statement.isDiagnostic ? statement.superclass : nil
    case .detailed: Self.detailedLabels.contains(statement.code) ? statement.code : nil
    }
  }

  /// Whether a record without a label takes part.
  public var keepsUnlabelled: Bool { self == .detailed }
}

/// Which record has which label.
public struct LabelMatrix: Sendable, Equatable {
  public let set: LabelSet
  /// The label axis.
  public let labels: [String]
  /// The record axis: those that take part, in the order given.
  public let records: [ECGRecord]
  /// `[records, labels]`
  public let values: [Bool]

  /// The labels of one record, `[labels]`.
  public func row(_ record: Int) -> ArraySlice<Bool> { values[record * labels.count..<(record + 1) * labels.count] }

  /// For each label, how many records have it.
  public var positives: [Int] {
    var counts = [Int](repeating: 0, count: labels.count)
    for record in records.indices {
      for (label, isPositive) in row(record).enumerated() where isPositive { counts[label] += 1 }
    }
    return counts
  }
}

extension Database {
  public func labels(_ set: LabelSet) -> [String] { set.labels(of: statements) }

  /// The labels of the records.
  ///
  /// A record without a label of the set takes no part (``LabelSet/detailed``: it does, with no positive).
  /// - Parameters:
  ///   - records: some of this data set's; all when nil.
  ///   - likelihood: diagnostic statements with a stated likelihood (percent) below it are dropped. 0 in the table means
  ///     that none is stated, and stays, as do statements that are not diagnostic.
  public func labelMatrix(
    _ set: LabelSet, records: [ECGRecord]? = nil, likelihood: Double? = nil
  ) -> LabelMatrix {
    let labels = labels(set)
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    var placeOfCode: [String: Int] = [:]
    var isDropped: [String: Bool] = [:]  // when below the likelihood
    for statement in statements {
      placeOfCode[statement.code] = set.label(of: statement).flatMap { places[$0] }
      isDropped[statement.code] = statement.isDiagnostic && set != .form && set != .rhythm
    }
    var kept: [ECGRecord] = []
    var values: [Bool] = []
    for record in records ?? self.records {
      var row = [Bool](repeating: false, count: labels.count)
      var hasLabel = false
      for finding in record.statements {
        guard let place = placeOfCode[finding.code] else { continue }
        if let likelihood, finding.likelihood > 0, finding.likelihood < likelihood, isDropped[finding.code] == true {
          continue
        }
        row[place] = true
        hasLabel = true
      }
      guard hasLabel || set.keepsUnlabelled else { continue }
      kept.append(record)
      values += row
    }
    return LabelMatrix(set: set, labels: labels, records: kept, values: values)
  }
}
