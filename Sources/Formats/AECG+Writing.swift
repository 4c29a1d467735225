import Foundation
import WFDB

/// Writes the elements that the schema requires, in its order, and those for which the recording has something to say.
/// Identifiers derive from the content, so that the same recording always has the same bytes. That there is no trial,
/// and that something required is not known, is said by HL7's null flavours.
extension AECG: FormatWriter {
  /// Object identifiers of code systems, as in the sample of the implementation guide.
  private enum System {
    static let mdc = "2.16.840.1.113883.6.24"
    static let actCode = "2.16.840.1.113883.5.4"
    static let gender = "2.16.840.1.113883.5.1"
    static let cpt = "2.16.840.1.113883.6.12"
    static let loinc = "2.16.840.1.113883.6.1"
  }

  /// Stands for a missing sample where the digits are smaller.
  private static let pad = -32_768

  public static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    guard recording.samplingFrequency.isFinite, recording.samplingFrequency > 0 else {
      throw FormatError("", found: "\(recording.samplingFrequency) samples a second", expected: "more than none")
    }
    guard recording.sampleCount > 0 else { throw FormatError("", found: "no samples", expected: "a lead with samples") }
    var losses: [String] = []
    let sequences = recording.leads.map { Sequence($0, &losses) }
    losses += lost(recording)
    // The identifier is that of the same document with an empty one.
    let id = identifier(of: document(recording, sequences, id: ""))
    let text = document(recording, sequences, id: id)
    return WrittenRecording(files: [.init("\(name).xml", Data(text.utf8))], losses: losses)
  }

  /// A lead as digits.
  private struct Sequence {
    let lead: Lead
    let scale, units, digits: String
    let pad: Int?

    init(_ lead: Lead, _ losses: inout [String]) {
      self.lead = lead
      let short = Quantization(lead.samples)
      let quantization = short.isLossless ? short : Quantization(lead.samples, limit: Int(Int32.max))
      let isMissing = lead.samples.contains { !$0.isFinite }
      pad = isMissing ? (quantization.greatest < -AECG.pad ? AECG.pad : Int(Int32.min)) : nil
      var digits = ""
      for (index, value) in lead.samples.enumerated() {
        if index > 0 { digits += index % 25 == 0 ? "\n" : " " }
        digits += String(quantization.digital(value) ?? pad ?? 0)
      }
      self.digits = digits
      let step = quantization.step
      switch millivolts(per: lead.units) {
      case .some(let factor):
        let inMillivolts = step * factor
        (scale, units) = inMillivolts < 1e-6 ? (decimal(inMillivolts * 1e6), "nV") : (decimal(inMillivolts * 1e3), "uV")
      case nil: (scale, units) = (decimal(step), lead.units)
      }
      if !quantization.isLossless {
        losses.append(
          "lead \(lead.name): values are rounded to \(decimal(step)) \(lead.units), by "
            + "\(decimal(quantization.largestError, digits: 2)) \(lead.units) at most")
      }
      if let pad {
        let count = lead.samples.count { !$0.isFinite }
        losses.append(
          "lead \(lead.name): \(count) missing samples are the pad value \(pad), which not every reader knows"
        )
      }
    }
  }

  /// What the format, or this writer, has no place for.
  private static func lost(_ recording: StoredRecording) -> [String] {
    var losses: [String] = []
    if recording.start.year == nil, recording.start.clockText != nil {
      losses.append("the time of day is left out: without a date it cannot be written")
    }
    if !recording.filters.words.isEmpty {
      losses.append("the filters' wording is left out: \(recording.filters.words.joined(separator: "; "))")
    }
    let beat = recording.measurements.filter { code(of: $0.quantity) == nil }.map(\.quantity.rawValue)
    if !beat.isEmpty {
      losses.append(
        "left out, because they belong to a representative beat: \(Set(beat).sorted().joined(separator: ", "))")
    }
    return losses
  }

  private static func code(of quantity: StoredMeasurement.Quantity) -> String? {
    measurementCodes.first { $0.quantity == quantity }?.code
  }

  // MARK: Document

  private static func document(_ recording: StoredRecording, _ sequences: [Sequence], id: String) -> String {
    var document = XMLWriter()
    document.element(
      "AnnotatedECG",
      [
        "xmlns": namespace, "xmlns:voc": "urn:hl7-org:v3/voc", "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:schemaLocation": "urn:hl7-org:v3 ../schema/PORT_MT020001.xsd", "type": "Observation",
      ]
    ) { root in
      root.element("id", ["root": id])
      root.element("code", ["code": "93000", "codeSystem": System.cpt, "codeSystemName": "CPT-4"])
      writeTime(recording, to: &root)
      root.element("componentOf") { writeTimepoint(recording.patient, id: id, to: &$0) }
      if let institution = recording.institution {
        root.element("location") {
          $0.element("testingSite") { $0.element("location") { $0.element("name", text: institution) } }
        }
      }
      if let age = recording.patient.age {
        root.element("controlVariable") {
          $0.element("relatedObservation") {
            $0.element(
              "code",
              ["code": "21612-7", "codeSystem": System.loinc, "codeSystemName": "LOINC", "displayName": "Reported Age"])
            $0.element("value", ["xsi:type": "PQ", "value": decimal(age), "unit": "a"])
          }
        }
      }
      for comment in recording.comments {
        root.element("pertainsTo") { $0.element("subjectFindingComment") { $0.element("text", text: comment) } }
      }
      root.element("component") { $0.element("series") { writeSeries(recording, sequences, id: id, to: &$0) } }
    }
    return document.text
  }

  private static func writeTimepoint(_ patient: Patient, id: String, to document: inout XMLWriter) {
    document.element("timepointEvent") {
      $0.element("componentOf") {
        $0.element("subjectAssignment") {
          $0.element("subject") {
            $0.element("trialSubject") { writeSubject(patient, id: id, to: &$0) }
          }
          $0.element("componentOf") {
            // Required, and there is none: not applicable.
            $0.element("clinicalTrial") { $0.element("id", ["nullFlavor": "NA"]) }
          }
        }
      }
    }
  }

  private static func writeSubject(_ patient: Patient, id: String, to subject: inout XMLWriter) {
    if let number = patient.id {
      subject.element("id", ["root": id, "extension": number])
    } else {
      subject.element("id", ["nullFlavor": "UNK"])
    }
    let birth = HL7Time(patient.birth).text
    guard patient.name != nil || patient.sex != nil || birth != nil else { return }
    subject.element("subjectDemographicPerson") { person in
      if patient.name != nil {
        person.element("name") {
          if let given = patient.givenName { $0.element("given", text: given) }
          if let family = patient.familyName { $0.element("family", text: family) }
        }
      }
      if let sex = patient.sex {
        person.element(
          "administrativeGenderCode", ["code": sex == .male ? "M" : "F", "codeSystem": System.gender])
      }
      if let birth { person.element("birthTime", ["value": birth]) }
    }
  }

  /// From the first sample to the end of the last, as far as the recording's start is known.
  private static func writeTime(_ recording: StoredRecording, to document: inout XMLWriter) {
    let low = HL7Time(recording.start)
    guard let text = low.text else {
      document.element("effectiveTime", ["nullFlavor": "UNK"])
      return
    }
    document.element("effectiveTime") {
      $0.element("low", ["value": text, "inclusive": "true"])
      guard isAbsolute(recording.start), let begin = low.seconds else { return }
      let end = begin + Double(recording.sampleCount) / recording.samplingFrequency
      if let high = HL7Time(seconds: end, zone: nil)?.text {
        $0.element("high", ["value": high, "inclusive": "false"])
      }
    }
  }

  /// Whether it is known to the minute, so that each sample's time is.
  private static func isAbsolute(_ start: Header.Start) -> Bool { HL7Time(start).text?.count ?? 0 >= 12 }

  private static func writeSeries(
    _ recording: StoredRecording, _ sequences: [Sequence], id: String, to series: inout XMLWriter
  ) {
    series.element("id", ["root": id, "extension": "series"])
    series.element(
      "code",
      ["code": "RHYTHM", "codeSystem": System.actCode, "codeSystemName": "ActCode", "displayName": "Rhythm Waveforms"])
    writeTime(recording, to: &series)
    if let device = recording.device {
      series.element("author") {
        $0.element("seriesAuthor") {
          $0.element("manufacturedSeriesDevice") { $0.element("manufacturerModelName", text: device) }
        }
      }
    }
    let filters = recording.filters
    writeFilter("LOW_PASS", "Low Pass Filter", "CUTOFF_FREQ", "Cutoff Frequency", filters.lowPass, to: &series)
    writeFilter("HIGH_PASS", "High Pass Filter", "CUTOFF_FREQ", "Cutoff Frequency", filters.highPass, to: &series)
    writeFilter("NOTCH", "Notch Filter", "NOTCH_FREQ", "Notch Frequency", filters.notch, to: &series)
    series.element("component") {
      $0.element("sequenceSet") { set in
        writeTimes(recording, to: &set)
        for sequence in sequences { write(sequence, id: id, to: &set) }
      }
    }
    writeAnnotations(recording, id: id, to: &series)
  }

  private static func writeFilter(
    _ kind: String, _ title: String, _ detail: String, _ detailTitle: String, _ frequency: Double?,
    to series: inout XMLWriter
  ) {
    guard let frequency, frequency.isFinite else { return }
    let prefix = "MDC_ECG_CTL_VBL_ATTR_FILTER_"
    series.element("controlVariable") {
      $0.element("controlVariable") {
        $0.element("code", mdc(prefix + kind, title))
        $0.element("component") {
          $0.element("controlVariable") {
            $0.element("code", mdc(prefix + detail, detailTitle))
            $0.element("value", ["xsi:type": "PQ", "value": decimal(frequency), "unit": "Hz"])
          }
        }
      }
    }
  }

  // MARK: Sequences

  private static func writeTimes(_ recording: StoredRecording, to set: inout XMLWriter) {
    let isAbsolute = isAbsolute(recording.start)
    let increment = 1 / recording.samplingFrequency
    set.element("component") {
      $0.element("sequence") {
        $0.element(
          "code",
          [
            "code": isAbsolute ? "TIME_ABSOLUTE" : "TIME_RELATIVE", "codeSystem": System.actCode,
            "codeSystemName": "ActCode",
          ])
        $0.element("value", ["xsi:type": isAbsolute ? "GLIST_TS" : "GLIST_PQ"]) {
          if isAbsolute {
            $0.element("head", ["value": HL7Time(recording.start).text])
          } else {
            $0.element("head", ["value": "0", "unit": "s"])
          }
          $0.element(
            "increment",
            increment < 1e-4 ? ["value": "\(increment * 1e6)", "unit": "us"] : ["value": "\(increment)", "unit": "s"])
        }
      }
    }
  }

  private static func write(_ sequence: Sequence, id: String, to set: inout XMLWriter) {
    set.element("component") {
      $0.element("sequence") {
        $0.element("code", leadCode(sequence.lead.name, id: id))
        $0.element("value", ["xsi:type": "SLIST_PQ"]) {
          $0.element("origin", ["value": "0", "unit": sequence.units])
          $0.element("scale", ["value": sequence.scale, "unit": sequence.units])
          $0.element("digits", text: sequence.digits)
        }
        if let pad = sequence.pad {
          $0.element("controlVariable") {
            $0.element("controlVariable") {
              $0.element("code", mdc("MDC_ECG_CTL_VBL_PAD_VALUE", "Pad Value"))
              $0.element("value", ["xsi:type": "INT", "value": "\(pad)"])
            }
          }
        }
      }
    }
  }

  private static func mdc(_ code: String, _ title: String? = nil) -> KeyValuePairs<String, String?> {
    ["code": code, "codeSystem": System.mdc, "codeSystemName": "MDC", "displayName": title]
  }

  /// Leads for which ISO/IEEE 11073-10102 has a code (as in DICOM PS3.16, CID 3001).
  private static let coded = Set(
    LeadName.twelve + (7...9).map { "V\($0)" } + (3...7).map { "V\($0)R" } + [
      "X", "Y", "Z", "CC5", "CM5", "ES", "AS", "AI",
    ])

  /// A lead without a code has one of the document's own, with its name beside it.
  private static func leadCode(_ name: String, id: String) -> KeyValuePairs<String, String?> {
    if let lead = LeadName(name) {
      if coded.contains(lead.standard), !lead.isInverted { return mdc("MDC_ECG_LEAD_" + lead.standard.uppercased()) }
      if lead.standard == "aVR" { return mdc("MDC_ECG_LEAD_AVRNEG") }
    }
    let code = name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }.joined()
    return ["code": code.isEmpty ? "_" : code, "codeSystem": id, "displayName": name]
  }

  // MARK: Annotations

  private static func writeAnnotations(_ recording: StoredRecording, id: String, to series: inout XMLWriter) {
    let measurements = recording.measurements.filter { code(of: $0.quantity) != nil && $0.value.isFinite }
    guard !measurements.isEmpty || !recording.statements.isEmpty || recording.isConfirmed != nil else { return }
    series.element("subjectOf") {
      $0.element("annotationSet") { set in
        for measurement in measurements {
          set.element("component") { $0.element("annotation") { write(measurement, id: id, to: &$0) } }
        }
        guard !recording.statements.isEmpty || recording.isConfirmed != nil else { return }
        set.element("component") {
          $0.element("annotation") { interpretation in
            interpretation.element("code", mdc("MDC_ECG_INTERPRETATION"))
            func add(_ kind: String, _ text: String) {
              interpretation.element("component") {
                $0.element("annotation") {
                  $0.element("code", mdc("MDC_ECG_INTERPRETATION_" + kind))
                  $0.element("value", ["xsi:type": "ST"], text: text)
                }
              }
            }
            for statement in recording.statements { add("STATEMENT", statement) }
            if let isConfirmed = recording.isConfirmed {
              add("COMMENT", isConfirmed ? "CONFIRMED REPORT" : "UNCONFIRMED REPORT")
            }
          }
        }
      }
    }
  }

  private static func write(_ measurement: StoredMeasurement, id: String, to annotation: inout XMLWriter) {
    annotation.element("code", mdc(code(of: measurement.quantity) ?? ""))
    let unit =
      switch measurement.quantity.units {
      case "/min": "bpm"
      case "°": "deg"
      default: measurement.quantity.units
      }
    annotation.element("value", ["xsi:type": "PQ", "value": decimal(measurement.value), "unit": unit])
    guard let lead = measurement.lead else { return }
    annotation.element("support") {
      $0.element("supportingROI", ["classCode": "ROIBND"]) {
        $0.element("code", ["code": "ROIPS", "codeSystem": System.actCode])
        $0.element("component") { $0.element("boundary") { $0.element("code", leadCode(lead, id: id)) } }
      }
    }
  }

  // MARK: Texts

  /// A number to 15 digits, beyond which there is only what floating point adds.
  private static func decimal(_ number: Double, digits: Int = 15) -> String { String(format: "%.\(digits)g", number) }

  private static func identifier(of text: String) -> String {
    var identifier = ContentIdentifier()
    identifier.add(text)
    return identifier.uuidText
  }
}
