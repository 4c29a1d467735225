import Foundation
import WFDB

/// The reading of an electrocardiogram, as a hospital's record system takes it:
/// ``bundle()`` makes a FHIR bundle of it.
///
/// Texts (names, conclusion, notes, reasons) are in the report's language. What is not known is nil, and never guessed.
public struct FHIRReport: Sendable, Equatable {
  public enum Language: String, Sendable, CaseIterable { case en, de }

  /// Whether a physician stands behind the reading. Source: FHIR R4, DiagnosticReportStatus.
  public enum Status: Sendable, Equatable {
    case preliminary
    /// Confirmed, with the machine's findings or with ``FHIRReport/physicianStatements``. A day is `YYYY-MM-DD`.
    case final(by: String, on: String)
    /// Changed after it had been final, and confirmed anew.
    case amended(by: String, on: String)
  }

  /// What computed the reading.
  public struct Software: Sendable, Equatable {
    public var name, version: String
    public init(name: String, version: String) { (self.name, self.version) = (name, version) }
  }

  /// A measurement, or why there is none.
  public struct Observation: Sendable, Equatable {
    public enum Result: Sendable, Equatable {
      case value(Double)  // in the quantity's units
      case absent(reason: String)
    }
    /// Normal limits in the quantity's units, or in words.
    public struct Range: Sendable, Equatable {
      public var low, high: Double?
      public var text: String?
      public init(low: Double? = nil, high: Double? = nil, text: String? = nil) {
        (self.low, self.high, self.text) = (low, high, text)
      }
    }
    /// How the value stands to the limits. Source of the codes: HL7 v3 ObservationInterpretation.
    public enum Interpretation: String, Sendable {
      case low = "L"
      case normal = "N"
      case high = "H"
    }
    public var quantity: StoredMeasurement.Quantity
    public var name: String
    public var result: Result
    public var range: Range?
    public var interpretation: Interpretation?

    public init(
      _ quantity: StoredMeasurement.Quantity, name: String, _ result: Result, range: Range? = nil,
      interpretation: Interpretation? = nil
    ) {
      (self.quantity, self.name, self.result) = (quantity, name, result)
      (self.range, self.interpretation) = (range, interpretation)
    }
  }

  /// A diagnostic statement of PTB-XL.
  public struct Statement: Sendable, Equatable {
    /// A concept of SNOMED CT that says the same, or less.
    public struct Concept: Sendable, Equatable {
      public var id, display: String
      public init(id: String, display: String) { (self.id, self.display) = (id, display) }
    }
    public var code: String  // as in PTB-XL's `scp_statements.csv`: `AFIB`
    public var display: String
    public var concept: Concept?
    public init(code: String, display: String, concept: Concept? = nil) {
      (self.code, self.display, self.concept) = (code, display, concept)
    }
  }

  /// What a network says of a statement.
  public struct Finding: Sendable, Equatable {
    public var statement: Statement
    public var probability: Double
    /// From which on the statement counts as found; nil when none could be chosen.
    public var threshold: Double?
    public var riskGroup: String?
    public init(_ statement: Statement, probability: Double, threshold: Double? = nil, riskGroup: String? = nil) {
      (self.statement, self.probability) = (statement, probability)
      (self.threshold, self.riskGroup) = (threshold, riskGroup)
    }
    public var isFound: Bool { threshold.map { probability >= $0 } ?? false }
  }

  /// Nil for someone who is not to be named.
  public var patient: Patient?
  /// Of the recording, as the clock of the place showed it.
  public var start = Header.Start()
  /// When the report was made available: an instant, `2026-03-01T10:15:00+01:00`.
  public var issued: String?
  public var status = Status.preliminary
  public var language = Language.en
  /// The electrocardiograph.
  public var device: String?
  public var software: Software
  public var conclusion: String
  public var observations: [Observation] = []
  public var findings: [Finding] = []
  /// What the physician states instead of the machine's findings; nil where these stand.
  public var physicianStatements: [Statement]?
  /// What must be read with the conclusion, a sentence each: that it is unconfirmed and no medical device.
  public var notes: [String] = []
  /// The report as it is printed.
  public var pdf: Data

  public init(software: Software, conclusion: String, pdf: Data) {
    (self.software, self.conclusion, self.pdf) = (software, conclusion, pdf)
  }

  /// The report as a FHIR R4 (4.0.1) Bundle in JSON: a DiagnosticReport with the PDF, its Patient, the Devices, and an
  /// Observation for each measurement and each finding. The same report always has the same bytes.
  ///
  /// - The Bundle is a `collection` and no `document`: a document must have a date and an author (bdl-10,
  ///   Composition.date and Composition.author), and an unconfirmed or anonymous reading has neither.
  /// - Probabilities are Observations and no RiskAssessment: that foretells an outcome, while a network classifies the
  ///   recording that it was given; and DiagnosticReport.result refers to Observations alone.
  /// - Times end with the day: a dateTime with a clock's time must have a time zone, which a recording does not say.
  ///   The clock's time stands in the narrative.
  /// - Identifiers are UUIDs of version 8 (RFC 9562, 5.8) from the report's content.
  ///
  /// Source: HL7 FHIR R4 (v4.0.1): bundle, diagnosticreport, observation, heartrate (vital signs), patient, device.
  /// - Throws: ``FormatError``, naming the part that FHIR cannot hold.
  public func bundle() throws(FormatError) -> Data {
    try check()
    var content = ContentIdentifier()
    content.add(try encoded(.list(resources { $0 }.map(\.resource))))
    content.add(pdf)
    func identifier(_ role: String) -> String {
      var own = content
      own.add(role)
      return own.uuidText
    }
    let entries = resources(identifier).map { role, resource in
      FHIRElement.members(["fullUrl": .string("urn:uuid:" + identifier(role)), "resource": resource])
    }
    return try encoded(
      .members([
        "resourceType": "Bundle", "id": .string(identifier("bundle")), "language": .string(language.rawValue),
        "type": "collection", "entry": .list(entries),
      ]))
  }

  private func encoded(_ element: FHIRElement) throws(FormatError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return try encoder.encode(element)
    } catch {
      throw FormatError("bundle", found: "\(error)", expected: "numbers and texts that JSON can hold")
    }
  }

  private func check() throws(FormatError) {
    func require(_ condition: Bool, _ place: String, _ found: String, _ expected: String) throws(FormatError) {
      guard condition else { throw FormatError(place, found: found, expected: expected) }
    }
    try require(pdf.starts(with: "%PDF-".utf8), "pdf", "\(pdf.count) bytes that do not begin with '%PDF-'", "a PDF")
    try require(pdf.count <= Int(Int32.max), "pdf", "\(pdf.count) bytes", "at most \(Int32.max)")
    try require(!software.name.fhirText.isEmpty, "software", "no name", "a name")
    if let issued {
      try require(FHIRTime.isInstant(issued), "issued", "'\(issued)'", "an instant such as 2026-03-01T10:15:00+01:00")
    }
    if let confirmation {
      try require(!confirmation.by.fhirText.isEmpty, "status", "a confirmation by nobody", "a name")
      try require(FHIRTime.isDay(confirmation.on), "status", "confirmed on '\(confirmation.on)'", "a day, YYYY-MM-DD")
    }
    for observation in observations {
      let place = "observation \(observation.quantity.rawValue)"
      if case .value(let value) = observation.result {
        try require(value.isFinite, place, "\(value)", "a finite number")
      }
      for limit in [observation.range?.low, observation.range?.high].compactMap(\.self) {
        try require(limit.isFinite, place, "a limit of \(limit)", "a finite number")
      }
      if let low = observation.range?.low, let high = observation.range?.high {
        try require(low <= high, place, "limits from \(low) to \(high)", "the lower one first")
      }
    }
    for finding in findings {
      let place = "finding \(finding.statement.code)"
      for value in [finding.probability, finding.threshold].compactMap(\.self) {
        try require((0...1).contains(value), place, "\(value)", "a probability and a threshold from 0 to 1")
      }
    }
    for statement in findings.map(\.statement) + (physicianStatements ?? []) {
      let place = "statement '\(statement.code)'"
      try require(statement.code.isFHIRCode, place, "a code that is empty or has odd blanks", "a code such as AFIB")
      guard let id = statement.concept?.id else { continue }
      let isNumber = (6...18).contains(id.utf8.count) && id.utf8.allSatisfy { (0x30...0x39).contains($0) }
      try require(isNumber, place, "the concept '\(id)'", "an identifier of SNOMED CT, 6 to 18 digits")
    }
  }

  /// Who confirmed the reading, and when.
  var confirmation: (by: String, on: String)? {
    switch status {
    case .preliminary: nil
    case .final(let by, let on), .amended(let by, let on): (by, on)
    }
  }
}
