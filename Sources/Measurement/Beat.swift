/// A wave of one lead or of all leads together: sample indices from the recording's first sample.
public struct Wave: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable, Codable { case p, qrs, t }
  public var kind: Kind
  public var onset: Int?  // nil where it cannot be seen
  public var peak: Int
  public var end: Int?
  public init(_ kind: Kind, onset: Int?, peak: Int, end: Int?) {
    (self.kind, self.onset, self.peak, self.end) = (kind, onset, peak, end)
  }

  /// The same wave where sample 0 is another.
  func moved(by samples: Int) -> Wave {
    Wave(kind, onset: onset.map { $0 + samples }, peak: peak + samples, end: end.map { $0 + samples })
  }
}

/// The waves of one lead, in order of time.
public struct LeadWaves: Sendable, Equatable {
  public var lead: String
  public var waves: [Wave]
  public init(lead: String, waves: [Wave]) { (self.lead, self.waves) = (lead, waves) }
}

/// One heart beat: where it stands, and its waves over all leads together.
public struct Beat: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case normal, supraventricular, ventricular, paced, unclassified
  }
  public var sample: Int  // of the R peak, over all leads
  public var kind: Kind
  public var isPremature: Bool
  public var morphology: Int  // index of the representative beat that it is like
  public var p: Wave?  // nil: no P wave
  public var qrs: Wave
  public var t: Wave?
}
