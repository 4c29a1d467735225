/// A confidence interval, and what one must know to make it again.
public struct Interval: Sendable, Equatable, Codable {
  public enum Method: String, Sendable, Codable, CaseIterable {
    /// Wilson's score interval of a proportion.
    case wilson
    /// Percentiles of a bootstrap that draws records.
    case bootstrapRecords
    /// Percentiles of a bootstrap that draws patients, each with all of their records.
    case bootstrapPatients
    /// Percentiles of replicates whose records were given, not drawn here.
    case bootstrapGiven
    /// Bias-corrected and accelerated percentiles of a bootstrap that draws records.
    case bcaRecords
    /// The same where patients are drawn, each with all of their records.
    case bcaPatients
    /// The same of replicates whose records were given.
    case bcaGiven
    /// Student's t, as wide as a bootstrap that draws records.
    case studentRecords
    /// The same where patients are drawn, each with all of their records.
    case studentPatients
    /// The same of replicates whose records were given.
    case studentGiven
    /// DeLong's variance of an AUROC, or of a difference of two, and a normal distribution of it.
    case delong
    /// The same, the normal distribution being that of the AUROC's logit.
    case delongLogit
    /// DeLong's variance with records grouped by patient, after Obuchowski, and a normal distribution.
    case obuchowski
    /// The same, the normal distribution being that of the AUROC's logit.
    case obuchowskiLogit
    /// DeLong's variance of a difference, and Student's t.
    case delongStudent
    /// The same with records grouped by patient.
    case obuchowskiStudent

    /// In words, for a table's note.
    public var description: String {
      switch self {
      case .wilson: "Wilson"
      case .bootstrapRecords: "bootstrap over records, percentile"
      case .bootstrapPatients: "bootstrap over patients, percentile"
      case .bootstrapGiven: "bootstrap with given replicates, percentile"
      case .bcaRecords: "bootstrap over records, BCa"
      case .bcaPatients: "bootstrap over patients, BCa"
      case .bcaGiven: "bootstrap with given replicates, BCa"
      case .studentRecords: "bootstrap over records, Student's t"
      case .studentPatients: "bootstrap over patients, Student's t"
      case .studentGiven: "bootstrap with given replicates, Student's t"
      case .delong: "DeLong"
      case .delongLogit: "DeLong on the logit scale"
      case .obuchowski: "DeLong, clustered by patient (Obuchowski)"
      case .delongStudent: "DeLong, Student's t"
      case .obuchowskiStudent: "DeLong, clustered by patient (Obuchowski), Student's t"
      case .obuchowskiLogit: "DeLong on the logit scale, clustered by patient (Obuchowski)"
      }
    }
  }

  /// What was done with bootstrap replicates in which a class had lost all its positives or negatives.
  public enum LostClass: String, Sendable, Codable, CaseIterable {
    /// The replicate takes no part in the interval.
    case rejected
    /// The class takes no part in that replicate's macro mean; the replicate does.
    case skipped
    /// Patients were drawn within strata that keep the classes, and a replicate that lost one even so was drawn again.
    case stratified
  }

  public var lower: Double
  public var upper: Double
  public var level: Double  // 0.95: the interval covers the truth in 95 of 100 repetitions
  public var method: Method
  /// Bootstrap replicates that the interval was taken from; nil for other methods.
  public var replicates: Int?
  /// Nil for other methods, and for replicates that were given.
  public var seed: UInt64?
  /// Replicates in which at least one class was lost, and what was done with them; nil for other methods.
  public var lost: Int?
  public var lostClass: LostClass?
  /// The mean of the statistic over the replicates: its distance from the estimate is the bootstrap's view of the bias.
  public var mean: Double?

  public init(
    lower: Double, upper: Double, level: Double, method: Method, replicates: Int? = nil, seed: UInt64? = nil,
    lost: Int? = nil, lostClass: LostClass? = nil, mean: Double? = nil
  ) {
    (self.lower, self.upper, self.level, self.method) = (lower, upper, level, method)
    (self.replicates, self.seed, self.lost, self.lostClass) = (replicates, seed, lost, lostClass)
    self.mean = mean
  }

  /// Percentiles of fewer replicates than this are not given.
  public static let fewestReplicates = 50
}
