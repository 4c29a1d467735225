import Foundation
import Testing
import WFDB

@testable import Formats

/// FHIR bundles, checked against the definitions of R4 in ``FHIRSchema``.
@Suite struct FHIRTests {
  enum Shape: CaseIterable { case full, absent, anonymous, german, confirmed, amended, hostile }

  private static let pdf = Data("%PDF-1.7\nnot much".utf8)
  private static let fibrillation = FHIRReport.Statement(
    code: "AFIB", display: "Atrial fibrillation",
    concept: .init(id: "164889003", display: "Electrocardiographic atrial fibrillation"))

  static func report(_ shape: Shape) -> FHIRReport {
    var report = FHIRReport(
      software: .init(name: "ECGBook", version: "0.1.0"), conclusion: "High risk: atrial fibrillation", pdf: pdf)
    report.notes = ["Unconfirmed, not a medical device: a physician must read the recording."]
    report.device = "Maker Model"
    report.start = Header.Start(year: 2021, month: 4, day: 5, hour: 6, minute: 7, second: 8.25)
    report.issued = "2021-04-06T10:15:00+02:00"
    var patient = Patient()
    (patient.id, patient.familyName, patient.givenName, patient.sex) = ("4711", "Müller", "Anna Maria", .female)
    patient.birth = Header.Start(year: 1960, month: 2, day: 3)
    report.patient = patient
    report.observations = StoredMeasurement.Quantity.allCases.enumerated().map { index, quantity in
      .init(
        quantity, name: "Value of \(quantity.rawValue)", .value(Double(index) + 60.5),
        range: .init(low: 10, high: 100, text: "10 to 100"), interpretation: index % 2 == 0 ? .normal : .high)
    }
    report.findings = [
      .init(fibrillation, probability: 0.93, threshold: 0.4, riskGroup: "high"),
      .init(.init(code: "DIG", display: "Digitalis effect"), probability: 0.5, threshold: 0.5),
      .init(.init(code: "LAO/LAE", display: "Left atrial enlargement"), probability: 3.4e-11),
      .init(.init(code: "IMI", display: "Inferior infarction"), probability: 0.1, threshold: 0.4, riskGroup: "medium"),
    ]
    switch shape {
    case .full: break
    case .absent:
      (report.start, report.issued, report.device) = (Header.Start(year: 2021), nil, nil)
      report.patient = Patient()
      (report.findings, report.notes, report.conclusion) = ([], [], "")
      report.observations = report.observations.map { .init($0.quantity, name: $0.name, .absent(reason: "no P wave")) }
    case .anonymous: (report.patient, report.start) = (nil, Header.Start())
    case .german:
      report.language = .de
      report.notes = ["Unbestätigt, kein Medizinprodukt."]
    case .confirmed: report.status = .final(by: "Dr. Ada Grün", on: "2021-04-06")
    case .amended:
      report.status = .amended(by: "Dr. Ada Grün", on: "2021-04-06")
      report.physicianStatements = [.init(code: "SR", display: "Sinus rhythm")]
    case .hostile:
      let odd = "<script>alert('&')</script>\u{0}\u{1B}\u{FFFF}]]>\n\"x\""
      (report.conclusion, report.device, report.notes) = (odd, odd, [odd, " ", "\u{7}"])
      report.patient?.familyName = odd
      report.patient?.givenName = "\n"
      report.patient?.id = " "
      report.patient?.birth = Header.Start(year: 1960, month: 2, day: 31)
      report.start = Header.Start(year: 2021, month: 13, day: 5, hour: 25, minute: 7, second: .nan)
      report.observations = [.init(.qt, name: odd, .absent(reason: odd), range: .init(text: odd))]
      report.findings = [.init(.init(code: "AFIB", display: odd), probability: 1, threshold: 0, riskGroup: odd)]
    }
    return report
  }

  private static func json(_ report: FHIRReport) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: report.bundle()) as? [String: Any])
  }

  private static func resources(_ type: String, _ bundle: [String: Any]) -> [[String: Any]] {
    (bundle["entry"] as? [[String: Any]] ?? []).compactMap { $0["resource"] as? [String: Any] }
      .filter { $0["resourceType"] as? String == type }
  }

  private static func codes(_ concept: Any?, _ system: String) -> [String] {
    ((concept as? [String: Any])?["coding"] as? [[String: Any]] ?? []).filter { $0["system"] as? String == system }
      .compactMap { $0["code"] as? String }
  }

  // MARK: The schema

  @Test(arguments: Shape.allCases) func writesWhatTheSchemaAllows(shape: Shape) throws {
    #expect(FHIRCheck(try Self.json(Self.report(shape))).problems == [])
  }

  /// Every element that must be there is missed, every one that is misspelt is refused, and so is every odd code.
  @Test(arguments: [Shape.full, .absent, .anonymous, .amended]) func schemaSeesWhatIsMissingOrMisspelt(shape: Shape)
    throws
  {
    var report = Self.report(shape)
    report.observations.removeAll { ![.rate, .qt].contains($0.quantity) }
    let bundle = try Self.json(report)
    let check = FHIRCheck(bundle)
    #expect(check.requiredPaths.count > 20 && check.boundPaths.count > 5)
    for path in check.requiredPaths {
      #expect(!FHIRCheck(Self.changed(bundle, path[...], to: nil)).problems.isEmpty, "without \(path)")
    }
    for path in check.memberPaths {
      guard case .member(let name)? = path.last else { continue }
      #expect(!FHIRCheck(Self.changed(bundle, path[...], to: name + "s")).problems.isEmpty, "misspelt \(path)")
    }
    for path in check.boundPaths {
      #expect(!FHIRCheck(Self.changed(bundle, path[...], value: "odd")).problems.isEmpty, "odd code at \(path)")
    }
  }

  /// The bundle without a member, or with another name or value for it.
  private static func changed(
    _ value: Any, _ path: ArraySlice<FHIRCheck.Step>, to name: String? = nil, value new: String? = nil
  ) -> Any {
    guard let step = path.first else { return value }
    switch (step, value) {
    case (.member(let member), var members as [String: Any]):
      guard let old = members[member] else { return value }
      if path.count > 1 {
        members[member] = changed(old, path.dropFirst(), to: name, value: new)
      } else {
        members[member] = new
        if let name { members[name] = old }
      }
      return members
    case (.item(let index), var items as [Any]):
      items[index] = changed(items[index], path.dropFirst(), to: name, value: new)
      return items
    default: return value
    }
  }

  // MARK: Content

  @Test(arguments: Shape.allCases) func writesTheSameBytesAgain(shape: Shape) throws {
    #expect(try Self.report(shape).bundle() == Self.report(shape).bundle())
  }

  @Test func givesOtherReportsOtherIdentifiers() throws {
    var other = Self.report(.full)
    other.pdf.append(0x20)
    let (one, two) = (try Self.json(Self.report(.full)), try Self.json(other))
    let ids = [one, two].map { ($0["entry"] as? [[String: Any]] ?? []).compactMap { $0["fullUrl"] as? String } }
    #expect(ids[0].count > 40)
    #expect(Set(ids[0]).isDisjoint(with: ids[1]))
    for url in ids[0] {  // RFC 9562: version 8, variant 10
      #expect(url.wholeMatch(of: /urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
    }
  }

  @Test func isPreliminaryUntilConfirmed() throws {
    for (shape, status, result) in [
      (Shape.full, "preliminary", "preliminary"), (.confirmed, "final", "final"), (.amended, "amended", "final"),
    ] {
      let bundle = try Self.json(Self.report(shape))
      let report = try #require(Self.resources("DiagnosticReport", bundle).first)
      #expect(report["status"] as? String == status)
      #expect(Self.resources("Observation", bundle).allSatisfy { $0["status"] as? String == result })
      let conclusion = try #require(report["conclusion"] as? String)
      #expect(conclusion.contains("not a medical device"))
      #expect(conclusion.contains("Confirmed by Dr. Ada Grün on 2021-04-06.") == (shape != .full))
    }
  }

  @Test func codesWhatIsFoundAndNothingElse() throws {
    let report = try #require(Self.resources("DiagnosticReport", Self.json(Self.report(.full))).first)
    let concepts = try #require(report["conclusionCode"] as? [[String: Any]])
    // 0.5 reaches a threshold of 0.5; a finding without a threshold is never found.
    #expect(concepts.flatMap { Self.codes($0, FHIRCode.statements) } == ["AFIB", "DIG"])
    #expect(concepts.flatMap { Self.codes($0, FHIRCode.snomed) } == ["164889003"])
    #expect(Self.codes(report["code"], FHIRCode.loinc) == ["11524-6"])
  }

  @Test func letsThePhysicianSpeak() throws {
    let report = try #require(Self.resources("DiagnosticReport", Self.json(Self.report(.amended))).first)
    let concepts = try #require(report["conclusionCode"] as? [[String: Any]])
    #expect(concepts.flatMap { Self.codes($0, FHIRCode.statements) } == ["SR"])
  }

  @Test func saysNoMoreOfTheTimeThanIsKnown() throws {
    for (start, day) in [
      (Header.Start(year: 2021, month: 4, day: 5, hour: 6, minute: 7), "2021-04-05"),
      (Header.Start(year: 2021, month: 4), "2021-04"),
      (Header.Start(year: 987), "0987"), (Header.Start(month: 4, day: 5), nil),
      (Header.Start(year: 2023, month: 2, day: 29), "2023-02"),
    ] {
      var report = Self.report(.full)
      report.start = start
      let bundle = try Self.json(report)
      #expect(FHIRCheck(bundle).problems == [])
      #expect(Self.resources("DiagnosticReport", bundle).first?["effectiveDateTime"] as? String == day)
    }
  }

  @Test func namesNobodyWhoIsAnonymous() throws {
    let bundle = try Self.json(Self.report(.anonymous))
    let patient = try #require(Self.resources("Patient", bundle).first)
    #expect(Set(patient.keys) == ["resourceType", "id", "language", "text"])
  }

  @Test func keepsThePDF() throws {
    let report = try #require(Self.resources("DiagnosticReport", Self.json(Self.report(.full))).first)
    let form = try #require((report["presentedForm"] as? [[String: Any]])?.first)
    #expect(Data(base64Encoded: form["data"] as? String ?? "") == Self.pdf)
    #expect(form["size"] as? Int == Self.pdf.count)
  }

  @Test func leavesNoMarkupOfOthersInTheNarrative() throws {
    let text = String(decoding: try Self.report(.hostile).bundle(), as: UTF8.self)
    let narratives = Self.resources("DiagnosticReport", try Self.json(Self.report(.hostile))).compactMap {
      $0["text"] as? [String: Any]
    }
    let div = try #require(narratives.first?["div"] as? String)
    #expect(!div.contains("<script") && div.contains("&lt;script&gt;alert(&#39;&amp;&#39;)"))
    #expect(!text.contains("\\u0000") && !text.contains("\\u001b") && !text.contains("\u{FFFF}"))
  }

  // MARK: Codes

  /// LOINC's last digit checks the others (Luhn; LOINC Users' Guide, "LOINC codes").
  @Test(arguments: StoredMeasurement.Quantity.allCases) func bearsLOINCCodesThatCheck(
    quantity: StoredMeasurement.Quantity
  ) {
    for code in FHIRCode.codes(of: quantity) + [.study] where code.system == FHIRCode.loinc {
      let digits = code.code.compactMap(\.wholeNumberValue)
      let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
        let value = digit.offset % 2 == 0 ? digit.element : digit.element * 2
        return sum + value / 10 + value % 10
      }
      #expect(sum % 10 == 0, "\(code)")
    }
  }

  /// The same numbers as DICOM's, of partition 2 (`2:16156`).
  @Test(arguments: StoredMeasurement.Quantity.allCases) func numbersMDCAsDICOMDoes(quantity: StoredMeasurement.Quantity)
    throws
  {
    for code in FHIRCode.codes(of: quantity) where code.system == FHIRCode.mdc {
      let number = try #require(Int(code.code)) - 2 * 65536
      let meaning = try #require(DICOMQuantity.meaning(of: DICOMCode("2:\(number)", "MDC", "")))
      #expect(meaning.quantity == quantity && meaning.isOfOneLead == false)
    }
  }

  @Test func namesWhatThePageMeasures() {
    let quantities: [StoredMeasurement.Quantity] = [
      .rate, .rr, .p, .pr, .qrs, .qt, .qtcBazett, .qtcFridericia, .pAxis, .qrsAxis, .tAxis,
    ]
    #expect(quantities.allSatisfy { !FHIRCode.codes(of: $0).isEmpty })
  }

  // MARK: Errors

  @Test func refusesWhatFHIRCannotHold() throws {
    func error(_ change: (inout FHIRReport) -> Void) -> String {
      var report = Self.report(.full)
      change(&report)
      do {
        _ = try report.bundle()
        return ""
      } catch { return "\(error)" }
    }
    #expect(error { $0.pdf = Data("GIF89a".utf8) } == "pdf: 6 bytes that do not begin with '%PDF-'; expected a PDF")
    #expect(
      error { $0.issued = "2021-02-30T10:15:00Z" }
        == "issued: '2021-02-30T10:15:00Z'; expected an instant such as 2026-03-01T10:15:00+01:00")
    #expect(
      error { $0.status = .final(by: " ", on: "2021-04-06") } == "status: a confirmation by nobody; expected a name")
    #expect(
      error { $0.status = .final(by: "A", on: "6.4.2021") }
        == "status: confirmed on '6.4.2021'; expected a day, YYYY-MM-DD")
    #expect(error { $0.software.name = "" } == "software: no name; expected a name")
    #expect(
      error { $0.observations = [.init(.qt, name: "QT", .value(.nan))] }
        == "observation qt: nan; expected a finite number")
    #expect(
      error { $0.observations = [.init(.qt, name: "QT", .value(1), range: .init(low: 2, high: 1))] }
        == "observation qt: limits from 2.0 to 1.0; expected the lower one first")
    #expect(
      error { $0.findings[0].probability = 1.5 }
        == "finding AFIB: 1.5; expected a probability and a threshold from 0 to 1")
    #expect(
      error { $0.findings[0].statement.concept?.id = "16488900x" }
        == "statement 'AFIB': the concept '16488900x'; expected an identifier of SNOMED CT, 6 to 18 digits")
    #expect(
      error { $0.findings[0].statement.code = " AFIB" }
        == "statement ' AFIB': a code that is empty or has odd blanks; expected a code such as AFIB")
  }
}
