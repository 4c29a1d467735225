import WFDB

/// Between which values a measurement is called normal, by age and sex, each with its source.
///
/// Where a figure for an age is not known here, there is no limit rather than a guess.
public struct NormalLimits: Sendable, Equatable {
  public typealias Sex = Subject.Sex

  /// What is normal lies between both, ends included; nil: no limit on that side.
  public struct Limit: Sendable, Equatable {
    public var lower, upper: Double?
    public var source: String
    /// What the limit does not say by itself, such as for whom it holds; empty where nothing need be said.
    public var note: String

    public enum Position: String, Sendable, Codable { case below, within, above }
    public func position(of value: Double) -> Position {
      if let lower, value < lower { return .below }
      if let upper, value > upper { return .above }
      return .within
    }
  }

  public var rate: Limit?  // /min
  public var p, pr, qrs, qtc: Limit?  // ms
  public var qrsAxis: Limit?  // degrees

  /// - Parameters:
  ///   - age: years; nil where it is unknown: the limits of adults, with a note.
  ///   - sex: nil where it is unknown: the wider of both.
  public init(age: Int?, sex: Sex?) {
    let isAdult = age.map { $0 >= 18 } ?? true
    let note = age == nil ? "age unknown: limits of adults" : ""
    func limit(_ lower: Double?, _ upper: Double?, _ source: String, _ own: String = "") -> Limit {
      Limit(
        lower: lower, upper: upper, source: source, note: [own, note].filter { !$0.isEmpty }.joined(separator: "; "))
    }
    (rate, p, pr, qrs, qtc, qrsAxis) = (nil, nil, nil, nil, nil, nil)
    if isAdult {
      rate = limit(48, 98, Self.mason, "2nd to 98th percentile, at rest")
      p = limit(nil, 119, Self.partV, "120 ms or more is prolonged")
      pr = limit(120, 200, Self.bradycardia + "; lower limit: " + Self.partIII)
      qrsAxis = limit(-30, 90, Self.partIII)
      let upper: Double = sex == .male ? 449 : 459
      let whose = sex == nil ? "sex unknown: the limit of women; men's is 449 ms" : ""
      qtc = limit(391, upper, Self.partIV, whose)
    }
    switch age {
    case .some(..<0): break
    case .some(..<4): qrs = limit(nil, 89, Self.partIII, "under 4 years 90 ms or more is prolonged")
    case .some(..<16): qrs = limit(nil, 99, Self.partIII, "from 4 to 16 years 100 ms or more is prolonged")
    default: qrs = limit(nil, 110, Self.partIII)
    }
  }

  private static let mason =
    "Mason et al., J. Electrocardiol. 40 (2007), 228-234, doi:10.1016/j.jelectrocard.2006.09.003"
  private static let partIII =
    "Surawicz et al., AHA/ACCF/HRS recommendations III, Circulation 119 (2009), e235-e240, "
    + "doi:10.1161/CIRCULATIONAHA.108.191095"
  private static let partIV =
    "Rautaharju et al., AHA/ACCF/HRS recommendations IV, Circulation 119 (2009), e241-e250, "
    + "doi:10.1161/CIRCULATIONAHA.108.191096"
  private static let partV =
    "Hancock et al., AHA/ACCF/HRS recommendations V, Circulation 119 (2009), e251-e261, "
    + "doi:10.1161/CIRCULATIONAHA.108.191097"
  private static let bradycardia =
    "Kusumoto et al., ACC/AHA/HRS guideline on bradycardia and conduction delay, Circulation 140 (2019), e382-e482, "
    + "doi:10.1161/CIR.0000000000000628"
}
