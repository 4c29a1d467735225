import Learning

/// The three groups in which findings are shown.
public enum RiskGroup: String, Sendable, Codable, CaseIterable, Comparable {
  case high, medium, low
  public static func < (a: RiskGroup, b: RiskGroup) -> Bool {
    guard let i = allCases.firstIndex(of: a), let j = allCases.firstIndex(of: b) else { return false }
    return i < j
  }

  /// Severity 3 at or above the threshold is high; 2 at or above, or 3 at or above half of it, is medium; 1 at or above,
  /// or 2 at or above half of it, is low; all else is in no group.
  public init?(severity: Int, probability: Double, threshold: Double) {
    switch (severity, probability) {
    case (3, threshold...): self = .high
    case (2, threshold...), (3, (threshold / 2)...): self = .medium
    case (1, threshold...), (2, (threshold / 2)...): self = .low
    default: return nil
    }
  }

  public var word: Statements.Word {
    switch self {
    case .high: .riskHigh
    case .medium: .riskMedium
    case .low: .riskLow
    }
  }

  /// For a table's column.
  public var shortWord: Statements.Word {
    switch self {
    case .high: .riskShortHigh
    case .medium: .riskShortMedium
    case .low: .riskShortLow
    }
  }

  /// The rule in words, printed wherever groups are shown.
  public static let rule = """
    High: severity 3 with a probability at or above the label's threshold. Medium: severity 2 at or above the threshold, \
    or severity 3 at or above half of it. Low: severity 1 at or above the threshold, or severity 2 at or above half of it.
    """
}

/// A network's answer in the words of a clinician's page: ranked findings in risk groups.
public struct Interpretation: Sendable, Codable, Equatable {
  public struct Finding: Sendable, Codable, Equatable {
    public var label: String
    public var probability: Double  // the greatest over the windows
    public var mean: Double  // the mean over the windows
    public var threshold: Double?
    public var severity: Int
    public var reason: String  // why this severity
    public var isFound: Bool  // at or above its threshold
    public var group: RiskGroup?
  }
  public var record: String
  public var model: String
  public var seconds: Double
  public var windows: Int
  public var findings: [Finding]  // ranked by probability
  public var rule: String
  public var notes: [String]
  public var caution: String
  /// Why the reading must not be used, each reason in the page's words; empty where there is none.
  public var abstention: [String] = []
  /// What a reader must bear in mind with it.
  public var cautions: [String] = []

  public static let caution = """
    Not a medical device. Unconfirmed: a physician must read the recording. PTB-XL has no label for an acute \
    ST-elevation infarction, so this network cannot name one.
    """

  public init(_ prediction: Prediction, severities: SeverityTable) {
    record = prediction.record
    model = prediction.model
    seconds = prediction.seconds
    windows = prediction.windows.count
    findings = prediction.labels.map { label in
      let row = severities.row(for: label.name)
      return Finding(
        label: label.name, probability: label.maximum, mean: label.mean, threshold: label.threshold,
        severity: row.severity, reason: row.reason, isFound: label.threshold.map { label.maximum >= $0 } ?? false,
        group: label.threshold.flatMap { RiskGroup(severity: row.severity, probability: label.maximum, threshold: $0) })
    }
    rule = RiskGroup.rule
    notes = prediction.notes
    caution = Self.caution
  }

  /// The finding that matters most, in one line; or why there is none.
  public func headline(in statements: Statements) -> String {
    if !abstention.isEmpty { return statements.word(.abstainHeadline, statements.list(abstention)) }
    guard let first = ranked.first, let group = first.group else {
      return findings.first { $0.label == "NORM" && $0.isFound }.map { statements.sentence(of: $0.label) }
        ?? statements.word(.findingHeadlineNone)
    }
    let words = first.isFound ? statements.sentence(of: first.label)
      : statements.name(of: first.label) + ", " + statements.word(.findingThresholdBelow)
    return statements.word(group.word) + ": " + words
  }

  /// Findings that have a group: the gravest group first, in it what is found, then by severity and probability.
  public var ranked: [Finding] {
    func key(_ finding: Finding) -> (Int, Int, Int, Double) {
      let group = finding.group.flatMap { RiskGroup.allCases.firstIndex(of: $0) } ?? RiskGroup.allCases.count
      return (group, finding.isFound ? 0 : 1, -finding.severity, -finding.probability)
    }
    return findings.filter { $0.group != nil }.sorted { key($0) < key($1) }
  }

  /// Findings of a group, most probable first.
  public func findings(in group: RiskGroup) -> [Finding] { findings.filter { $0.group == group } }
}
