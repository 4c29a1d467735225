/// A code of a terminology, as FHIR's Coding has it.
struct FHIRCode: Equatable {
  let system, code: String
  let display: String?

  init(_ system: String, _ code: String, _ display: String? = nil) {
    (self.system, self.code, self.display) = (system, code, display)
  }

  var element: FHIRElement {
    .members(["system": .string(system), "code": .string(code), "display": display.map { .text($0) }])
  }

  /// A CodeableConcept: codes that mean the same, and what a reader sees.
  static func concept(_ codes: [FHIRCode], text: String? = nil) -> FHIRElement {
    .members(["coding": .list(codes.map(\.element)), "text": text.map { .text($0) }])
  }

  // MARK: Terminologies

  static let loinc = "http://loinc.org"
  static let mdc = "urn:iso:std:iso:11073:10101"
  static let ucum = "http://unitsofmeasure.org"
  static let snomed = "http://snomed.info/sct"
  static let interpretation = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
  static let observationCategory = "http://terminology.hl7.org/CodeSystem/observation-category"
  static let absence = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
  /// The statements have no registered terminology: this names the data set whose table defines them
  /// (PTB-XL 1.0.3, `scp_statements.csv`).
  static let statements = "https://doi.org/10.13026/kfzx-aw45"
  /// The terms of ours beside a probability, which no public terminology has.
  static let ours: String = {
    var name = ContentIdentifier()
    name.add("ECGBook: probability, statement, threshold, risk-group")
    return "urn:uuid:" + name.uuidText
  }()

  // MARK: Codes

  static let study = FHIRCode(loinc, "11524-6", "EKG study")
  /// HL7 v2, table 0074, diagnostic service section: electrocardiac.
  static let electrocardiac = FHIRCode("http://terminology.hl7.org/CodeSystem/v2-0074", "EC")
  static let procedure = FHIRCode(observationCategory, "procedure", "Procedure")
  static let vitalSigns = FHIRCode(observationCategory, "vital-signs", "Vital Signs")
  static let unknown = FHIRCode(absence, "unknown", "Unknown")
  static let positive = FHIRCode(interpretation, "POS", "Positive")
  static let negative = FHIRCode(interpretation, "NEG", "Negative")

  static func interpretation(_ interpretation: FHIRReport.Observation.Interpretation) -> FHIRCode {
    let display =
      switch interpretation {
      case .low: "Low"
      case .normal: "Normal"
      case .high: "High"
      }
    return FHIRCode(self.interpretation, interpretation.rawValue, display)
  }

  /// What a measurement is called: by LOINC, and by ISO/IEEE 11073 where its number is certain. Both may be missing.
  ///
  /// LOINC has `8636-3` for a QTc whose formula is not said, `76634-5` for Fridericia's and `76635-2` for Bazett's
  /// (LOINC's own note at 8636-3). No code of it was found for the duration of P. A number of MDC is 2 × 65536, for
  /// partition 2, and the number that DICOM PS3.16 has in CID 3228, 3229 and 3689. QTc has none here: 11073-10101
  /// numbers it 16164 and CID 3227 15876, which also gives each of two numbers to two formulas.
  /// Sources: LOINC; ISO/IEEE 11073-10101 and 11073-10102; DICOM PS3.16; HL7 FHIR R4, heartrate.
  static func codes(of quantity: StoredMeasurement.Quantity) -> [FHIRCode] {
    func both(_ code: String?, _ display: String, _ number: Int?, _ reference: String = "") -> [FHIRCode] {
      let codes = [code.map { FHIRCode(loinc, $0, display) }, number.map { FHIRCode(mdc, "\($0)", reference) }]
      return codes.compactMap(\.self)
    }
    return switch quantity {
    case .rate: both("8867-4", "Heart rate", 147_842, "MDC_ECG_HEART_RATE")
    case .rr: both("8637-1", "R-R interval by EKG", 147_240, "MDC_ECG_TIME_PD_RR_GL")
    case .p: both(nil, "", 147_256, "MDC_ECG_TIME_PD_P_GL")
    case .pr: both("8625-6", "P-R interval", 146_944, "MDC_ECG_TIME_PD_PR_GL")
    case .qrs: both("8633-0", "QRS duration", 147_228, "MDC_ECG_TIME_PD_QRS_GL")
    case .qt: both("8634-8", "Q-T interval", 147_232, "MDC_ECG_TIME_PD_QT_GL")
    case .qtc: both("8636-3", "Q-T interval corrected", nil)
    case .qtcBazett: both("76635-2", "Q-T interval corrected based on Bazett formula", nil)
    case .qtcFridericia: both("76634-5", "Q-T interval corrected based on Fridericia formula", nil)
    case .pAxis: both("8626-4", "P wave axis", 147_200, "MDC_ECG_ANGLE_P_FRONT")
    case .qrsAxis: both("8632-2", "QRS axis", 147_204, "MDC_ECG_ANGLE_QRS_FRONT")
    case .tAxis: both("8638-9", "T wave axis", 147_208, "MDC_ECG_ANGLE_T_FRONT")
    default: []
    }
  }
}

extension FHIRReport.Statement {
  /// PTB-XL's code, and SNOMED CT's where there is one.
  var element: FHIRElement {
    let concept = concept.map { FHIRCode(FHIRCode.snomed, $0.id, $0.display) }
    return FHIRCode.concept([FHIRCode(FHIRCode.statements, code)] + [concept].compactMap(\.self), text: display)
  }
}
