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
    let length = min(stream.sampleCount, Int((10 * rate).rounded()))
    let start = min(max(0, long.worst?.samples.lowerBound ?? 0), stream.sampleCount - length)
    self.init(standardizing: try stream.record(start..<start + length))
    seconds = Double(stream.sampleCount) / rate
    self.long = long
  }

  public init(standardizing record: Record) {
    self.record = record
    seconds = Double(record.sampleCount) / record.samplingFrequency
    let (origins, samples) = record.twelveLeads()
    guard origins.leads.contains(where: { !$0.terms.isEmpty }) else { return }
    self.record.leads = zip(origins.leads, samples).filter { !$0.0.terms.isEmpty }.map { lead, samples in
      Lead(name: lead.name, units: "mV", samples: samples)
    }
    // A recording of some other leads keeps them.
    if !origins.isComplete {
      let standard = Set(origins.leads.flatMap(\.terms).map(\.lead))
      self.record.leads += record.leads.indices.filter { !standard.contains($0) && LeadName(record.leads[$0].name).map { !LeadName.twelve.contains($0.standard) } ?? true }
        .map { record.leads[$0] }
    }
    for lead in origins.leads {
      switch lead.origin {
      case .recorded: break
      case .derived(let from): derived[lead.name] = from
      case .missing(let reason): missing.append((lead.name, reason))
      }
    }
    notes = origins.notes
  }

  /// Reads a minute at a time, so that memory does not grow with the recording's length.
  private static func measured(_ stream: RecordStream, _ progress: (String) -> Void) throws -> LongRecording {
    let origins = stream.twelveLeads, rate = stream.samplingFrequency
    let present = origins.leads.indices.filter { !origins.leads[$0].terms.isEmpty }
    let own = stream.leadNames.indices.filter(stream.isVoltage)
    let names = present.isEmpty ? own.map { stream.leadNames[$0] } : present.map { origins.leads[$0].name }
    var measurement = try LongMeasurement(leads: names, samplingRate: rate)
    let step = max(1, Int((60 * rate).rounded()))
    for (minute, start) in stride(from: 0, to: stream.sampleCount, by: step).enumerated() {
      let frames = start..<min(start + step, stream.sampleCount)
      if minute % 60 == 0, minute > 0 { progress("\(minute / 60) h measured") }
      let rows = present.isEmpty ? own.count : origins.leads.count
      var buffer = [Float](repeating: .nan, count: rows * frames.count)
      try buffer.withUnsafeMutableBufferPointer {
        present.isEmpty
          ? try stream.readMillivolts(frames, leads: own, into: $0) : try stream.read(origins, frames, into: $0)
      }
      let chosen = present.isEmpty ? Array(own.indices) : present
      measurement.add(chosen.map { Array(buffer[$0 * frames.count..<($0 + 1) * frames.count]) })
    }
    return measurement.finish()
  }
}
