import WFDB

extension AECG {
  /// What an annotation's code says it is, by ISO/IEEE 11073-10102. The global codes' `_GL` may be missing, as in
  /// the implementation guide's sample. The first code of a quantity is the one that is written.
  static let measurementCodes: [(code: String, quantity: StoredMeasurement.Quantity)] = [
    ("MDC_ECG_HEART_RATE", .rate), ("MDC_ECG_TIME_PD_RR", .rr), ("MDC_ECG_TIME_PD_PP", .pp),
    ("MDC_ECG_TIME_PD_P", .p), ("MDC_ECG_TIME_PD_PR", .pr), ("MDC_ECG_TIME_PD_QRS", .qrs),
    ("MDC_ECG_TIME_PD_QT", .qt), ("MDC_ECG_TIME_PD_QTc", .qtc), ("MDC_ECG_TIME_PD_QTcB", .qtcBazett),
    ("MDC_ECG_TIME_PD_QTcF", .qtcFridericia), ("MDC_ECG_ANGLE_P_FRONT", .pAxis),
    ("MDC_ECG_ANGLE_QRS_FRONT", .qrsAxis), ("MDC_ECG_ANGLE_T_FRONT", .tAxis), ("MINDRAY_ECG_P_AXIS", .pAxis),
    ("MINDRAY_ECG_QRS_AXIS", .qrsAxis), ("MINDRAY_ECG_T_AXIS", .tAxis),
  ]

  /// Waves of the representative beat, whose boundaries are its onsets and ends.
  static let waveCodes: [(code: String, onset: StoredMeasurement.Quantity?, end: StoredMeasurement.Quantity)] = [
    ("MDC_ECG_WAVC_PWAVE", .pOnset, .pEnd), ("MDC_ECG_WAVC_QRSWAVE", .qrsOnset, .qrsEnd),
    ("MDC_ECG_WAVC_TWAVE", nil, .tEnd),
  ]

  /// Statements, remarks and measurements of the series, then those of its first derived series. What belongs to one
  /// beat of the rhythm is passed over.
  ///
  /// Where a person has read the recording, the device's statements are left out.
  static func readAnnotations(
    _ series: XMLTree.Element, into recording: inout StoredRecording, _ warnings: inout [FormatWarning]
  ) {
    var notes = Annotations()
    var ofPerson: [String] = []
    let derived = series.first("derivation", "derivedSeries")
    for (source, isDerived) in [(series, false)] + (derived.map { [($0, true)] } ?? []) {
      for set in source.all("subjectOf").flatMap({ $0.all("annotationSet") }) {
        let before = notes.statements.count
        for annotation in set.all("component").compactMap({ $0.first("annotation") }) {
          notes.read(annotation, lead: nil, ofBeat: isDerived)
        }
        if set.first("author", "assignedEntity", "assignedAuthorType", "assignedPerson") != nil {
          ofPerson += notes.statements[before...]
          notes.statements.removeSubrange(before...)
        }
      }
    }
    if !ofPerson.isEmpty, !notes.statements.isEmpty {
      let count = notes.statements.count
      warnings.append(FormatWarning(series.place, "\(count) statements are left out: a person has read the recording"))
    }
    recording.statements += ofPerson.isEmpty ? notes.statements : ofPerson
    recording.comments += notes.comments
    recording.measurements += notes.measurements
    recording.isConfirmed = notes.isConfirmed
  }
}

/// What annotations say, as they are read.
private struct Annotations {
  var statements: [String] = []
  var comments: [String] = []
  var isConfirmed: Bool?
  var measurements: [StoredMeasurement] = []
  private var measured: Set<String> = []

  private static let quantities = Dictionary(
    uniqueKeysWithValues: AECG.measurementCodes.map { ($0.code.uppercased(), $0.quantity) })

  /// Depth is that of the document, and so bounded.
  mutating func read(_ annotation: XMLTree.Element, lead outer: String?, ofBeat: Bool) {
    let code = annotation.first("code")?["code"]?.uppercased() ?? ""
    let value = annotation.first("value")
    if code == "MDC_ECG_BEAT" { return }
    let region = annotation.first("support", "supportingROI")?.all("component") ?? []
    let boundaries = region.compactMap { $0.first("boundary") }
    let lead =
      boundaries.compactMap { $0.first("code")?["code"] }.first { $0.uppercased().contains("_ECG_LEAD_") }
      .map { code in LeadName(code).map { "\($0)" } ?? code } ?? outer
    let time = boundaries.first { $0.first("code")?["code"]?.uppercased().hasPrefix("TIME_") ?? false }

    if code.hasPrefix("MDC_ECG_INTERPRETATION") {
      readInterpretation(code, value)
    } else if code.hasPrefix("MDC_ECG_WAVC") {
      if ofBeat, let time = time?.first("value") { readWave(value?["code"] ?? "", time, lead) }
    } else if time == nil, let value, let number = value["value"].flatMap(Double.init), number.isFinite {
      let plain = code.hasSuffix("_GL") ? String(code.dropLast(3)) : code
      if let quantity = Self.quantities[plain] { add(quantity, lead, number, value["unit"] ?? "") }
    }
    for inner in annotation.all("component").compactMap({ $0.first("annotation") }) {
      read(inner, lead: lead, ofBeat: ofBeat)
    }
  }

  private mutating func readInterpretation(_ code: String, _ value: XMLTree.Element?) {
    let text = value.map { $0.text.isEmpty ? $0["displayName"] ?? $0["code"] ?? "" : $0.text } ?? ""
    guard !text.isEmpty else { return }
    switch text.uppercased() {
    case "CONFIRMED REPORT": isConfirmed = true
    case "UNCONFIRMED REPORT": isConfirmed = isConfirmed ?? false
    default:
      if code.hasSuffix("_COMMENT") {
        comments.append(text)
      } else {
        statements.append(text)
      }
    }
  }

  private mutating func readWave(_ code: String, _ interval: XMLTree.Element, _ lead: String?) {
    guard let wave = AECG.waveCodes.first(where: { $0.code == code.uppercased() }) else { return }
    for (quantity, edge) in [(wave.onset, interval.first("low")), (wave.end, interval.first("high"))] {
      guard let quantity, let edge, let number = edge["value"].flatMap(Double.init), number.isFinite else { continue }
      add(quantity, lead, number, edge["unit"] ?? "")
    }
  }

  /// The first of a quantity and lead counts. An interval or rate of 0 is how programs write none.
  private mutating func add(
    _ quantity: StoredMeasurement.Quantity, _ lead: String?, _ number: Double, _ unit: String
  ) {
    let factors: [String: Double] =
      switch quantity.units {
      case "ms": ["ms": 1, "s": 1000, "us": 0.001, "µs": 0.001]
      case "/min": ["bpm": 1, "/min": 1, "1/min": 1, "min-1": 1, "{beats}/min": 1, "{beat}/min": 1, "Hz": 60, "/s": 60]
      default: ["deg": 1, "°": 1, "rad": 180 / .pi]
      }
    guard let factor = factors[unit], quantity.units == "°" || number > 0,
      measured.insert("\(quantity) \(lead ?? "")").inserted
    else { return }
    measurements.append(StoredMeasurement(quantity, lead: lead, number * factor))
  }
}
