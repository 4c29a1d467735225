/// A value that was computed, or why there is none.
public enum Measured: Sendable, Equatable {
  case value(Double)
  case absent(reason: String)

  public var value: Double? { if case .value(let value) = self { value } else { nil } }
  public var reason: String? { if case .absent(let reason) = self { reason } else { nil } }
}

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
}

/// The waves of one lead, in order of time.
public struct LeadWaves: Sendable, Equatable {
  public var lead: String
  public var waves: [Wave]
}

/// One heart beat: where it stands, and its waves over all leads together.
public struct Beat: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable, Codable { case normal, supraventricular, ventricular, paced, unclassified }
  public var sample: Int  // of the R peak, over all leads
  public var kind: Kind
  public var isPremature: Bool
  public var morphology: Int  // index of the representative beat that it is like
  public var p: Wave?  // nil: no P wave
  public var qrs: Wave
  public var t: Wave?
}

/// The median of the beats of one morphology, all leads aligned at the R peak.
public struct RepresentativeBeat: Sendable, Equatable {
  public var beats: Int  // that it was made of
  public var samplingRate: Double  // Hz
  public var leads: [[Float]]  // [lead][sample], mV
  public var r: Int  // sample of the R peak in it
  public var p: Wave?
  public var qrs: Wave
  public var t: Wave?
}

/// Amplitudes of one lead in mV against the PR level, from the dominant representative beat.
public struct LeadAmplitudes: Sendable, Equatable {
  public var lead: String
  public var p, q, r, s, rPrime: Measured
  public var j, st60: Measured  // ST level at the J point, and 60 ms after it
  public var t: Measured
}

/// The rhythm, in what can be measured of it.
public struct Rhythm: Sendable, Equatable {
  public var isRegular: Bool
  /// Standard deviation of the RR intervals and root mean square of their successive differences, ms.
  public var sdnn, rmssd: Measured
  /// Whether a P wave stands before the beats: the share of beats with one, or why none was looked for.
  public var pWaves: Measured
  public var prematureSupraventricular, prematureVentricular: Int
  public var pacingSpikes: [Int]  // samples
}

/// What a cardiologist would measure of a recording with calipers: rate and intervals in /min and ms, axes in degrees,
/// each a value or the reason why there is none.
public struct Measurement: Sendable, Equatable {
  public struct QTc: Sendable, Equatable { public var bazett, fridericia, framingham, hodges: Measured }  // ms
  public struct Axes: Sendable, Equatable { public var p, qrs, t: Measured }  // degrees, -180 to 180

  public var samplingRate: Double  // Hz, of every sample index here
  public var leads: [String]
  public var rate: Measured  // /min
  public var rr: Measured  // ms, the median
  public var p, pr, qrs, qt: Measured  // ms
  public var qtc: QTc
  public var axes: Axes
  public var rhythm: Rhythm
  public var beats: [Beat]
  public var representatives: [RepresentativeBeat]  // the dominant one first
  public var amplitudes: [LeadAmplitudes]
  public var leadWaves: [LeadWaves]
  /// What a reader must know before trusting a value: RR unstable, QRS wide, leads missing.
  public var warnings: [String]
}
