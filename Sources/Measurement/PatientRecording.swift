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
  public init(path: String, progress: (String) -> Void = { _ in }) throws {
    let stream = try RecordStream(path: path)
    let rate = stream.samplingFrequency
    guard Double(stream.sampleCount) > Self.longest * rate else {
      self.init(standardizing: try Record(path: path))
      return
    }
    let long = try Self.measured(stream, progress)
    try self.init(stream, from: long.worst?.samples.lowerBound ?? 0)
    self.long = long
  }

  /// Ten seconds of a recording, measured before: from a sample on, or as near to it as the recording allows.
  public init(path: String, from sample: Int) throws { try self.init(try RecordStream(path: path), from: sample) }

  private init(_ stream: RecordStream, from sample: Int) throws {
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

  /// Reads a minute at a time, so that memory does not grow with the recording's length.
  private static func measured(_ stream: RecordStream, _ progress: (String) -> Void) throws -> LongRecording {
    let origins = stream.twelveLeads, rate = stream.samplingFrequency
    let present = origins.leads.indices.filter { !origins.leads[$0].terms.isEmpty }
    let others = Self.others(names: stream.leadNames, origins).filter(stream.isVoltage)
    let names = present.map { origins.leads[$0].name } + others.map { stream.leadNames[$0] }
    var measurement = try LongMeasurement(leads: names, samplingRate: rate)
    let step = max(1, Int((60 * rate).rounded()))
    for (minute, start) in stride(from: 0, to: stream.sampleCount, by: step).enumerated() {
      let frames = start..<min(start + step, stream.sampleCount)
      if minute % 60 == 0, minute > 0 { progress("\(minute / 60) h measured") }
      var standard = [Float](repeating: .nan, count: present.isEmpty ? 0 : origins.leads.count * frames.count)
      if !present.isEmpty { try standard.withUnsafeMutableBufferPointer { try stream.read(origins, frames, into: $0) } }
      var own = [Float](repeating: .nan, count: others.count * frames.count)
      if !others.isEmpty { try own.withUnsafeMutableBufferPointer { try stream.readMillivolts(frames, leads: others, into: $0) } }
      func rows(_ samples: [Float], _ chosen: some Sequence<Int>) -> [[Float]] {
        chosen.map { Array(samples[$0 * frames.count..<($0 + 1) * frames.count]) }
      }
      measurement.add(rows(standard, present) + rows(own, others.indices))
    }
    return measurement.finish()
  }
}
