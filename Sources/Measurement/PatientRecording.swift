import WFDB

/// A recording as a patient's page has it: the standard leads in their order, in millivolts, those that were not recorded
/// computed where Einthoven's and Goldberger's equations allow. Of a recording of hours a page shows ten seconds.
public struct PatientRecording: Sendable {
  /// Its leads are the standard ones that are there, or the recording's own where it has none of them.
  public var record: Record
  /// Leads that were computed, by name: from which.
  public var derived: [String: [String]] = [:]
  /// Standard leads that are not there, with the reason.
  public var missing: [(lead: String, reason: String)] = []
  /// What was done to it, a sentence each.
  public var notes: [String] = []
  /// Of the whole recording.
  public var seconds: Double
  /// What was measured of all of a recording of hours, of which `record` is the worst ten seconds.
  public var long: LongRecording?

  /// From how many seconds on a recording is measured minute by minute, and read in stretches.
  public static let longest = 300.0

  /// - Throws: ``RecordError``, or ``MeasurementError`` when a long recording cannot be measured.
  public init(_ stream: RecordStream, progress: (String) -> Void = { _ in }) throws {
    let rate = stream.samplingFrequency
    guard Double(stream.sampleCount) > Self.longest * rate else {
      self.init(standardizing: try stream.whole())
      return
    }
    let origins = stream.twelveLeads
    let long = try LongMeasurement.recording(of: stream, origins, others: Self.others(names: stream.leadNames, origins), progress)
    try self.init(stream, from: long.worst?.samples.lowerBound ?? 0)
    self.long = long
  }

  /// Ten seconds of a recording, measured before: from a sample on, or as near to it as the recording allows.
  public init(_ stream: RecordStream, from sample: Int) throws {
    let length = min(stream.sampleCount, Int((10 * stream.samplingFrequency).rounded()))
    let start = min(max(0, sample), stream.sampleCount - length)
    self.init(standardizing: try stream.record(start..<start + length))
    seconds = Double(stream.sampleCount) / stream.samplingFrequency
  }

  public init(standardizing record: Record) {
    self.record = record
    seconds = Double(record.sampleCount) / record.samplingFrequency
    let (origins, samples) = record.twelveLeads()
    guard origins.leads.contains(where: { !$0.terms.isEmpty }) else { return }  // all its leads are its own
    self.record.leads = zip(origins.leads, samples).filter { !$0.0.terms.isEmpty }.map { lead, samples in
      Lead(name: lead.name, units: "mV", samples: samples)
    }
    self.record.leads += Self.others(names: record.leads.map(\.name), origins).map { record.leads[$0] }
    for lead in origins.leads {
      switch lead.origin {
      case .recorded: break
      case .derived(let from): derived[lead.name] = from
      case .missing(let reason): missing.append((lead.name, reason))
      }
    }
    notes = origins.notes
  }

  /// The leads beside the standard ones that a recording keeps where it does not have all twelve: MLII of a Holter, X, Y, Z.
  private static func others(names: [String], _ origins: TwelveLeads) -> [Int] {
    guard !origins.isComplete else { return [] }
    let used = Set(origins.leads.flatMap(\.terms).map(\.lead))
    return names.indices.filter { index in
      !used.contains(index) && LeadName(names[index]).map { !LeadName.twelve.contains($0.standard) } ?? true
    }
  }
}
