import WFDB

/// The leads of a recording that can be measured: in millivolts, gaps bridged.
struct VoltageLeads: Sendable {
  var samplingRate: Double  // Hz
  var names: [String]
  var samples: [[Float]]  // [lead][sample], mV; no NaN
  var isMissing: [[Bool]]  // [lead][sample]; an empty row where nothing is missing
  /// What was left out, or is not whole, in words.
  var warnings: [String]

  var count: Int { samples.first?.count ?? 0 }

  /// - Throws: ``MeasurementError`` when no lead is a voltage, or when rate or length allow no measurement.
  init(of record: Record) throws(MeasurementError) {
    samplingRate = record.samplingFrequency
    guard samplingRate.isFinite, samplingRate >= 80, samplingRate <= 100_000 else {
      throw MeasurementError(record.name, .rate(samplingRate))
    }
    (names, samples, isMissing, warnings) = ([], [], [], [])
    var others: [String] = []
    let voltages = record.leads.filter { millivolts(per: $0.units) != nil && !Self.isNoECG($0.name) }
    for lead in record.leads where millivolts(per: lead.units) == nil || Self.isNoECG(lead.name) {
      others.append("\(lead.name) (\(lead.units))")
    }
    guard !voltages.isEmpty else {
      throw MeasurementError(record.name, .noVoltage(found: record.leads.map { "\($0.name) in '\($0.units)'" }))
    }
    let count = voltages.map(\.samples.count).min() ?? 0
    let seconds = Double(count) / samplingRate
    guard seconds >= 2 else { throw MeasurementError(record.name, .tooShort(seconds: seconds)) }
    for lead in voltages {
      let scale = millivolts(per: lead.units) ?? 1
      var missing = 0
      var values = [Float](repeating: .nan, count: count)
      for i in 0..<count {
        let value = lead.samples[i] * scale
        if abs(value) < 1e4 { values[i] = Float(value) } else { missing += 1 }  // ten volts are no heart's
      }
      guard 2 * missing < count, let least = values.lazy.filter({ !$0.isNaN }).min(),
        let most = values.lazy.filter({ !$0.isNaN }).max()
      else {
        warnings.append("lead \(lead.name) is missing in \(percent(missing, of: count)) of the recording, and left out")
        continue
      }
      guard most > least else {
        warnings.append("lead \(lead.name) is a flat line, and left out")
        continue
      }
      if missing > 0 {
        warnings.append("lead \(lead.name) is missing in \(percent(missing, of: count)) of the recording")
      }
      isMissing.append(missing > 0 ? values.map(\.isNaN) : [])
      if missing > 0 { bridgeGaps(&values) }
      names.append(lead.name)
      samples.append(values)
    }
    if !others.isEmpty { warnings.append("not measured, being no ECG: \(others.joined(separator: ", "))") }
  }

  /// Where a standard lead stands, however its name is written.
  func lead(_ standard: String) -> Int? {
    names.firstIndex { LeadName($0).map { $0.standard == standard && !$0.isInverted } ?? false }
  }

  /// Signals in volts that other instruments record beside an ECG.
  static func isNoECG(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["resp", "pleth", "ppg", "eeg", "eog", "emg", "abp", "art", "cvp", "pap", "eda"].contains(
      where: name.hasPrefix)
  }
}

/// A share in whole percent; "under 1 %" where it rounds to none.
func percent(_ part: Int, of whole: Int) -> String {
  let share = (100 * Double(part) / Double(max(1, whole))).rounded()
  return share < 1 && part > 0 ? "under 1 %" : "\(Int(share)) %"
}
