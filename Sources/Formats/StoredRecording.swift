import WFDB

/// A recording as a hospital's file holds it: its leads, and what stands beside them.
///
/// Every format is read into this and written from it. What a file does not say is nil or empty, and never guessed.
public struct StoredRecording: Sendable, Equatable {
  public var samplingFrequency: Double  // hertz
  /// In the file's order and spelling, of one length; a missing sample is NaN.
  public var leads: [Lead]
  public var patient = Patient()
  /// When the recording begins, as far as the file says.
  public var start = Header.Start()
  /// The electrocardiograph: maker and model.
  public var device: String?
  public var institution: String?
  /// The reading that came with the recording, a statement each, in the file's order; whose it is the file may say.
  public var statements: [String] = []
  /// Whether a physician has confirmed that reading.
  public var isConfirmed: Bool?
  /// What the electrocardiograph measured.
  public var measurements: [StoredMeasurement] = []
  public var filters = Filters()
  /// Further free text, a line each.
  public var comments: [String] = []
  /// What is odd in the file and could be read nevertheless.
  public var warnings: [FormatWarning] = []

  public init(samplingFrequency: Double, leads: [Lead]) {
    (self.samplingFrequency, self.leads) = (samplingFrequency, leads)
  }

  /// Of each lead.
  public var sampleCount: Int { leads.first?.samples.count ?? 0 }

  /// What was done to the signal before it was stored.
  public struct Filters: Sendable, Equatable {
    public var highPass: Double?  // hertz
    public var lowPass: Double?  // hertz
    public var notch: Double?  // hertz: of mains
    /// As the file words them, where it does.
    public var words: [String] = []
    public init() {}
  }
}

/// Whom a recording is of. It names a person: it enters no log, no file name and no cache.
public struct Patient: Sendable, Equatable {
  public var id: String?
  public var familyName: String?
  public var givenName: String?
  public var sex: Subject.Sex?
  public var birth = Header.Start()  // year, month and day, as far as they are known
  public var age: Double?  // years

  public init() {}

  /// `Given Family`, as far as they are known.
  public var name: String? {
    let parts = [givenName, familyName].compactMap(\.self).filter { !$0.isEmpty }
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}

/// A value that came with the recording.
public struct StoredMeasurement: Sendable, Equatable {
  public var quantity: Quantity
  /// Nil for one of all leads.
  public var lead: String?
  public var value: Double  // in the quantity's units

  public init(_ quantity: Quantity, lead: String? = nil, _ value: Double) {
    (self.quantity, self.lead, self.value) = (quantity, lead, value)
  }

  /// What may be measured. Onsets and ends count from where the representative beat's window begins.
  public enum Quantity: String, Sendable, CaseIterable {
    case rate, rr, pp
    case pOnset = "p.onset"
    case pEnd = "p.end"
    case qrsOnset = "qrs.onset"
    case qrsEnd = "qrs.end"
    case tEnd = "t.end"
    case p, pr, qrs, qt, qtc
    case qtcBazett = "qtc.bazett"
    case qtcFridericia = "qtc.fridericia"
    case pAxis = "axes.p"
    case qrsAxis = "axes.qrs"
    case tAxis = "axes.t"
    // Of single leads. Durations and intervals first; R' and S' are a second R and S.
    case qDuration = "q.duration"
    case rDuration = "r.duration"
    case sDuration = "s.duration"
    case rPrimeDuration = "r2.duration"
    case sPrimeDuration = "s2.duration"
    case isoelectricOnset = "qrs.isoelectric.onset"  // at the beginning of the QRS complex
    case isoelectricEnd = "qrs.isoelectric.end"
    case intrinsicoid  // from the QRS complex's onset to the intrinsicoid deflection
    case qAmplitude = "q.amplitude"
    case rAmplitude = "r.amplitude"
    case sAmplitude = "s.amplitude"
    case rPrimeAmplitude = "r2.amplitude"
    case sPrimeAmplitude = "s2.amplitude"
    case jAmplitude = "j.amplitude"
    case pPositive = "p.positive"
    case pNegative = "p.negative"
    case tPositive = "t.positive"
    case tNegative = "t.negative"
    case st20 = "st.20"  // 20 ms after the J point
    case st60 = "st.60"
    case st80 = "st.80"
    case stSixteenth = "st.rr16"  // a sixteenth of the RR interval after the J point
    case stEighth = "st.rr8"
    case stSlope = "st.slope"
    // Codes of EN 1064, 5.13.
    case pMorphology = "p.morphology"
    case tMorphology = "t.morphology"
    case recordingQuality = "quality"

    public var units: String {
      switch self {
      case .rate: "/min"
      case .pAxis, .qrsAxis, .tAxis: "°"
      case .qAmplitude, .rAmplitude, .sAmplitude, .rPrimeAmplitude, .sPrimeAmplitude, .jAmplitude, .pPositive,
        .pNegative, .tPositive, .tNegative, .st20, .st60, .st80, .stSixteenth, .stEighth:
        "µV"
      case .stSlope: "µV/s"
      case .pMorphology, .tMorphology, .recordingQuality: ""
      default: "ms"
      }
    }
  }
}
