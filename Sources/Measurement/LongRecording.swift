/// What was measured of a recording of hours: a trend by minute, every beat, episodes, and where to look first.
///
/// P waves are not looked for, and whatever rests on them is not told (``pWaves``). A wide beat of another shape than
/// the usual is ventricular where it is premature, or follows such a one fast, and unclassified elsewhere.
public struct LongRecording: Sendable, Equatable {
  /// Why nothing is said of P waves; to be said wherever rhythm is.
  public static let pWaves = Measured.absent(
    reason: """
      P waves were not looked for: atrial fibrillation is not told from other irregular rhythms, nor AV block from \
      other pauses and slow rhythms
      """)

  public struct Minute: Sendable, Equatable {
    public var start: Int  // sample
    /// Beats per minute from RR intervals: the median, and the least and the greatest of three intervals together.
    public var rate, slowest, fastest: Measured
    /// Root mean square of differences of neighbouring normal RR intervals, ms.
    public var rmssd: Measured
    /// Per lead the ST level 60 ms after the J point against the PR level, the median of the minute's dominant beats,
    /// mV.
    public var st: [Measured]
    /// The share of unreadable seconds, over all leads: 0...1.
    public var noise: Double
  }

  public struct TimedBeat: Sendable, Equatable {
    public var sample: Int
    public var kind: Beat.Kind
  }

  /// A stretch that stands out; when each kind begins and ends says `LongRhythm`.
  public struct Episode: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable, Codable {
      case pause, tachycardia, bradycardia, irregular, ventricularRun, unreadable
    }
    public var kind: Kind
    public var samples: Range<Int>
    /// The longest interval of a pause in s, the mean rate of others in beats per minute, of what was read of it; nil
    /// where unreadable.
    public var value: Double?
    public var beats: Int  // in it
  }

  /// Ten seconds that a reader should see first, and the rule by which they were chosen.
  public struct Worst: Sendable, Equatable {
    public var samples: Range<Int>
    public var reason: String
    public static let rule = """
      the longest run of ventricular beats; else the longest pause; else the highest mean rate over 10 s if above \
      100 a minute; else the lowest if it is below 50; else the middle of the first irregular episode (P waves are not \
      looked for); else the minute whose ST level departs farthest from the median of all minutes
      """
  }

  public var samplingRate: Double  // Hz
  public var leads: [String]
  public var sampleCount: Int
  public var minutes: [Minute]
  public var beats: [TimedBeat]
  public var episodes: [Episode]
  public var worst: Worst?  // nil where there is no beat
}
