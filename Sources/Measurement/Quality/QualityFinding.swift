/// One thing that a reader should know of a recording's signal.
public struct QualityFinding: Sendable, Equatable, Codable {
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case missing, flat, clipped, outOfRange, noise, wander, mains, lowAmplitude
    case limbLeadsInconsistent, identicalLeads, limbLeadsSwapped, rightLegSwapped, precordialLeadsSwapped, inverted
    case tooShort, tooFewLeads, unknownUnit, notExamined
  }
  /// How much it matters: a note changes nothing, a warning limits what may be concluded, and what is unreadable should
  /// not be read.
  public enum Severity: String, Sendable, CaseIterable, Codable, Comparable {
    case note, warning, unreadable
    public static func < (a: Severity, b: Severity) -> Bool {
      guard let i = allCases.firstIndex(of: a), let j = allCases.firstIndex(of: b) else { return false }
      return i < j
    }
  }

  public var kind: Kind
  public var severity: Severity
  public var lead: String?  // nil: the recording
  public var amount: Double?
  public var unit: String?
  /// Seconds from the recording's start; nil: all of it.
  public var from: Double?
  public var to: Double?
  /// For a clinician, in plain words.
  public var sentence: String

  public init(
    _ kind: Kind, _ severity: Severity, lead: String? = nil, amount: Double? = nil, unit: String? = nil,
    from: Double? = nil, to: Double? = nil, _ sentence: String
  ) {
    (self.kind, self.severity, self.lead, self.amount, self.unit) = (kind, severity, lead, amount, unit)
    (self.from, self.to, self.sentence) = (from, to, sentence)
  }
}

/// Whether a recording may be interpreted.
public enum RecordingVerdict: Sendable, Equatable, Codable {
  case readable
  case limited(reasons: [String])  // it may, with these warnings beside every conclusion
  case unreadable(reasons: [String])  // it may not: an interpretation abstains

  public var reasons: [String] {
    switch self {
    case .readable: []
    case .limited(let reasons), .unreadable(let reasons): reasons
    }
  }
  public var isReadable: Bool { self == .readable }
  public var abstains: Bool { if case .unreadable = self { true } else { false } }
}
