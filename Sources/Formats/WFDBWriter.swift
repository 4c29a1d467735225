import WFDB

/// A recording as a WFDB record: leads in 16 bits where that holds them exactly, else in 24 or 32; what stands beside
/// them as comments. Source: WFDB Applications Guide, header(5), signal(5).
enum WFDBWriter: FormatWriter {
  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    var (losses, format, steps) = (recording.losesAsLines, SignalFormat.bits16, [Quantization]())
    for (candidate, limit) in [(SignalFormat.bits16, 32_767), (.bits24, 8_388_607), (.bits32, 2_147_483_647)] {
      (format, steps) = (candidate, recording.leads.map { Quantization($0.samples, limit: limit) })
      if steps.allSatisfy(\.isLossless) { break }
    }
    var leads = recording.leads
    for (index, step) in zip(leads.indices, steps) {
      let lead = leads[index]
      let (label, units) = (oneLine(lead.name), oneLine(lead.units).replacing(" ", with: "_"))
      leads[index].name = label.isEmpty ? "signal \(index + 1)" : label
      leads[index].units = units.isEmpty ? "NU" : units  // "no units", as PhysioNet's records have it
      let written = leads[index]
      if written.name != lead.name { losses.append("lead \(index + 1): its name is written as '\(written.name)'") }
      if written.units != lead.units {
        losses.append("lead \(written.name): its units '\(oneLine(lead.units))' are written as '\(written.units)'")
      }
      losses += step.losses(of: lead)
      if lead.samples.contains(where: \.isInfinite) {
        leads[index].samples = lead.samples.map { $0.isInfinite ? .nan : $0 }
      }
    }
    var details = Set(Detail.allCases)
    if recording.start.clockText != nil {
      details.remove(.time)
      if recording.start.day != nil { details.remove(.date) }
    }
    do {
      let record = try EncodedRecord(
        name: name, samplingFrequency: recording.samplingFrequency, leads: leads, gains: steps.map { 1 / $0.step },
        format: format, start: recording.start, comments: recording.lines(details))
      return WrittenRecording(
        files: [.init(name + ".dat", record.signals), .init(name + ".hea", record.header)], losses: losses)
    } catch {
      var problem = "\(error)"
      if case .unwritable(let reason) = error.reason { problem = reason }
      throw FormatError("", found: problem, expected: "a recording that WFDB can hold")
    }
  }
}

extension Quantization {
  /// A sentence for a lead's values that are rounded to the step, and for infinite ones, which are none.
  func losses(of lead: Lead) -> [String] {
    var losses: [String] = []
    if !isLossless {
      losses.append(
        "lead \(lead.name): values are rounded to \(shortest(step)) \(lead.units), by \(shortest(largestError)) at most"
      )
    }
    let infinite = lead.samples.count { $0.isInfinite }
    if infinite > 0 { losses.append("lead \(lead.name): \(infinite) infinite values are written as missing") }
    return losses
  }
}
