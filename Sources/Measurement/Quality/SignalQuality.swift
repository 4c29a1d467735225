import Foundation
import WFDB

/// How well a recording can be read: per lead what disturbs it, over all leads whether the electrodes seem to be in
/// their places, and the verdict that ``QualityRule`` makes of it.
///
/// Made for recordings of seconds to minutes; of hours, examine windows.
public struct SignalQuality: Sendable, Equatable {
  public var seconds: Double
  public var samplingRate: Double  // Hz
  public var leads: [LeadQuality]
  /// The gravest first, then in order of leads.
  public var findings: [QualityFinding]
  public var verdict: RecordingVerdict
  public var rule: QualityRule

  /// Hz: with fewer samples a second a QRS complex can't be told from a spike.
  public static let slowest = 20.0

  /// - Parameters:
  ///   - names: one per lead.
  ///   - samples: `[lead][sample]` in mV; NaN is a missing sample.
  ///   - samplingRate: Hz.
  ///   - beats: R peaks, as samples; found by ``QRSDetector`` when none are given.
  public init(
    leads names: [String], samples: [[Float]], samplingRate: Double, beats: [Int]? = nil,
    rule: QualityRule = .standard
  ) {
    self.samplingRate = samplingRate
    self.rule = rule
    leads = []
    findings = []
    let count = samples.map(\.count).max() ?? 0
    guard count > 0, samplingRate.isFinite, samplingRate >= SignalQuality.slowest, samplingRate <= 1e6 else {
      seconds = 0
      let sentence =
        count == 0
        ? "There is no signal."
        : "A rate of \(samplingRate.short) samples a second; expected \(SignalQuality.slowest.short) to 1000000."
      findings = [QualityFinding(.tooShort, .unreadable, amount: 0, unit: "s", sentence)]
      verdict = .unreadable(reasons: [sentence])
      return
    }
    seconds = Double(count) / samplingRate
    var beats = (beats ?? QRSDetector(samplingRate: samplingRate).beats(in: samples)).filter { $0 >= 0 && $0 < count }
    var samples = samples.map { $0 + [Float](repeating: .nan, count: count - $0.count) }
    var rate = samplingRate
    let factor = ReadableSeconds.factorOfMeans(rate: rate)
    if factor > 1 {
      samples = samples.map { means(of: $0, by: factor) }
      beats = beats.map { $0 / factor }
      rate /= Double(factor)
    }
    let examinations = zip(samples.indices, samples).map { index, lead in
      LeadExamination(
        lead: index < names.count ? names[index] : "lead \(index + 1)", lead, rate: rate, beats: beats, rule: rule)
    }
    leads = examinations.map(\.quality)
    findings = examinations.flatMap(\.findings)
    if seconds < rule.shortest {
      findings.append(
        QualityFinding(
          .tooShort, .unreadable, amount: seconds, unit: "s",
          "The recording is \(seconds.short) s long; at least \(rule.shortest.short) s are needed."))
    }
    let usable = examinations.lazy.filter(\.isUsable).count
    if Double(usable) < rule.readableLeads * Double(samples.count) || usable == 0 {
      findings.append(
        QualityFinding(
          .tooFewLeads, .unreadable, amount: Double(usable), unit: "leads",
          "Only \(usable) of \(samples.count) leads can be read for long enough."))
    }
    let placement = ElectrodePlacement(
      leads: zip(samples.indices, examinations).map { index, examination in
        ElectrodePlacement.Lead(
          name: examination.quality.lead, samples: samples[index], isUsable: examination.isUsable)
      }, samplingRate: rate, beats: beats, rule: rule)
    findings += placement.findings
    verdict = SignalQuality.verdict(on: findings)
    let order = findings.enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }
    findings = order.map(\.element)
  }

  /// The same of a record; leads in µV or V are brought to mV.
  public init(of record: Record, beats: [Int]? = nil, rule: QualityRule = .standard) {
    self.init(
      leads: record.leads.map(\.name), samples: record.leads.map(inMillivolts),
      samplingRate: record.samplingFrequency, beats: beats, rule: rule)
    let others = record.leads.filter { millivolts(per: $0.units) == nil }
    for lead in others {
      findings.append(
        QualityFinding(
          .unknownUnit, .warning, lead: lead.name,
          "Lead \(lead.name) is in '\(lead.units)', which is no voltage; it is read as mV."))
    }
    if !others.isEmpty { verdict = SignalQuality.verdict(on: findings) }
  }

  /// Unreadable for what concerns the recording as a whole; limited for a warning, or for a lead that cannot be read.
  private static func verdict(on findings: [QualityFinding]) -> RecordingVerdict {
    let grave = findings.filter { $0.severity == .unreadable && $0.lead == nil }
    if !grave.isEmpty { return .unreadable(reasons: grave.map(\.sentence)) }
    let warnings = findings.filter { $0.severity >= .warning }
    guard !warnings.isEmpty else { return .readable }
    // One reason for a kind: of many leads the worst speaks, and the others are named.
    let reasons = QualityFinding.Kind.allCases.compactMap { kind -> String? in
      let alike = warnings.filter { $0.kind == kind }
      func isMilder(_ a: QualityFinding, _ b: QualityFinding) -> Bool {
        (a.severity, a.amount ?? 0) < (b.severity, b.amount ?? 0)
      }
      guard let worst = alike.max(by: isMilder) else { return nil }
      var others: [String] = []
      for lead in alike.compactMap(\.lead) where lead != worst.lead && !others.contains(lead) { others.append(lead) }
      if worst.lead == nil { return alike.map(\.sentence).joined(separator: " ") }
      let rest = others.isEmpty ? "" : " The same, if less, in \(others.joined(separator: ", "))."
      return worst.sentence + rest
    }
    return .limited(reasons: reasons)
  }
}

/// A lead's samples in mV; of a unit that is no voltage as they are.
func inMillivolts(_ lead: Lead) -> [Float] {
  let factor = millivolts(per: lead.units) ?? 1
  return lead.samples.map { Float($0 * factor) }
}
