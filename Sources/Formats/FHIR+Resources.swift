import Foundation
import WFDB

extension FHIRReport {
  /// The resources of the bundle, each with its role in it.
  /// - Parameter identifier: of a role.
  func resources(_ identifier: (String) -> String) -> [(role: String, resource: FHIRElement)] {
    let ids = Identifiers(
      patient: identifier("patient"), software: identifier("software"), confirmed: confirmation != nil)
    let measured = observations.enumerated().map { index, observation in
      let role = "observation \(index + 1)"
      return (role, resource(of: observation, identifier(role), ids))
    }
    let judged = findings.enumerated().map { index, finding in
      let role = "finding \(index + 1)"
      return (role, resource(of: finding, identifier(role), ids))
    }
    let results = (measured + judged).map { FHIRElement.reference(identifier($0.0)) }
    var resources = [
      ("report", report(identifier("report"), ids, results)), ("patient", patientResource(ids.patient)),
      ("software", deviceResource(ids.software, software.name, "model-name", version: software.version)),
    ]
    if let device, !device.fhirText.isEmpty {
      resources.append(("device", deviceResource(identifier("device"), device, "user-friendly-name", version: nil)))
    }
    return resources + measured + judged
  }

  private struct Identifiers {
    var patient, software: String
    var confirmed: Bool
    var observationStatus: FHIRElement { confirmed ? "final" : "preliminary" }
  }

  // MARK: Report

  private func report(_ id: String, _ ids: Identifiers, _ results: [FHIRElement]) -> FHIRElement {
    let status: FHIRElement =
      switch self.status {
      case .preliminary: "preliminary"
      case .final: "final"
      case .amended: "amended"
      }
    // Receivers show the conclusion, and not always the narrative: what must be read with it stands in it.
    let sentences = [self.conclusion, confirmation.map { words.confirmed($0.by.fhirText, $0.on) } ?? ""] + notes
    let conclusion = sentences.map(\.fhirText).filter { !$0.isEmpty }
    let stated = physicianStatements ?? findings.filter(\.isFound).map(\.statement)
    let recorded = [FHIRTime.day(start), FHIRTime.clock(start)].compactMap(\.self).joined(separator: " ")
    let narrative =
      [words.title] + conclusion + (recorded.isEmpty ? [] : ["\(words.recorded): \(recorded)"])
      + [device.map { "\(words.device): \($0)" }].compactMap(\.self) + observations.map(line) + stated.map(\.display)
    return resource(
      "DiagnosticReport", id, narrative,
      [
        "status": status, "category": .list([FHIRCode.concept([.electrocardiac])]),
        "code": FHIRCode.concept([.study], text: words.title), "subject": .reference(ids.patient),
        "effectiveDateTime": FHIRTime.day(start).map { .string($0) }, "issued": issued.map { .string($0) },
        "resultsInterpreter": confirmation.map { .list([.object(["display": .text($0.by)])]) },
        "result": .list(results), "conclusion": .text(conclusion.joined(separator: "\n")),
        "conclusionCode": .list(stated.map(\.element)),
        "presentedForm": .list([
          .members([
            "contentType": "application/pdf", "language": .string(language.rawValue), "title": .string(words.title),
            "size": .integer(pdf.count), "data": .string(pdf.base64EncodedString()),
          ])
        ]),
      ])
  }

  // MARK: Whom and what by

  private func patientResource(_ id: String) -> FHIRElement {
    guard let patient else { return resource("Patient", id, [words.anonymous], [:]) }
    let name = FHIRElement.members([
      "text": patient.name.map { .text($0) }, "family": patient.familyName.map { .text($0) },
      "given": .list([patient.givenName].compactMap { $0?.fhirText }.filter { !$0.isEmpty }.map { .string($0) }),
    ])
    let number = FHIRElement.members(["value": patient.id.map { .text($0) }])
    let birth = FHIRTime.day(patient.birth)
    let known = [patient.name, patient.id, birth].compactMap(\.self).filter { !$0.fhirText.isEmpty }
    return resource(
      "Patient", id, [known.isEmpty ? words.unknownPatient : known.joined(separator: ", ")],
      [
        "identifier": .list([number].filter { $0 != .object([:]) }),
        "name": .list([name].filter { $0 != .object([:]) }),
        "gender": patient.sex.map { .string($0.rawValue) }, "birthDate": birth.map { .string($0) },
      ])
  }

  private func deviceResource(_ id: String, _ name: String, _ kind: FHIRElement, version: String?) -> FHIRElement {
    let versions = [version].compactMap { $0?.fhirText }.filter { !$0.isEmpty }
    return resource(
      "Device", id, [([name] + versions).joined(separator: " ")],
      [
        "deviceName": .list([.members(["name": .text(name), "type": kind])]),
        "version": .list(versions.map { .members(["value": .string($0)]) }),
      ])
  }

  // MARK: Observations

  private func resource(of observation: Observation, _ id: String, _ ids: Identifiers) -> FHIRElement {
    var members = common(ids, FHIRCode.concept(FHIRCode.codes(of: observation.quantity), text: observation.name))
    if observation.quantity == .rate {
      // A heart rate is a vital sign, which must have a day or say that it is not known (R4, heartrate; vs-1).
      members["category"] = .list([FHIRCode.concept([.vitalSigns]), FHIRCode.concept([.procedure])])
      if FHIRTime.day(start)?.count != 10 {
        members["effectiveDateTime"] = .none
        members["_effectiveDateTime"] = .object(["extension": .list([Self.unknownExtension])])
      }
    }
    switch observation.result {
    case .value(let value):
      members["valueQuantity"] = quantity(value, observation.quantity)
      members["interpretation"] = observation.interpretation.map { .list([FHIRCode.concept([.interpretation($0)])]) }
    case .absent(let reason):
      members["dataAbsentReason"] = FHIRCode.concept([.unknown], text: reason)
    }
    if let range = observation.range {
      let element = FHIRElement.members([
        "low": range.low.map { quantity($0, observation.quantity) },
        "high": range.high.map { quantity($0, observation.quantity) }, "text": range.text.map { .text($0) },
      ])
      members["referenceRange"] = element == .object([:]) ? .none : .list([element])
    }
    return resource("Observation", id, [line(observation)], members)
  }

  private func resource(of finding: Finding, _ id: String, _ ids: Identifiers) -> FHIRElement {
    func component(_ code: String, _ text: String, _ kind: String, _ value: FHIRElement) -> FHIRElement {
      .object(["code": FHIRCode.concept([FHIRCode(FHIRCode.ours, code)], text: text), kind: value])
    }
    // The code is not the statement's: whoever overlooks the value would take the statement as found.
    let name = "\(words.probability): \(finding.statement.display.fhirText)"
    var members = common(ids, FHIRCode.concept([FHIRCode(FHIRCode.ours, "probability")], text: name))
    members["valueQuantity"] = ratio(finding.probability)
    members["interpretation"] = finding.threshold.map { _ in
      .list([FHIRCode.concept([finding.isFound ? .positive : .negative])])
    }
    var components = [component("statement", words.statement, "valueCodeableConcept", finding.statement.element)]
    if let threshold = finding.threshold {
      components.append(component("threshold", words.threshold, "valueQuantity", ratio(threshold)))
    }
    if let group = finding.riskGroup?.fhirText, !group.isEmpty {
      components.append(component("risk-group", words.riskGroup, "valueString", .string(group)))
    }
    members["component"] = .list(components)
    let limit = finding.threshold.map { " (\(words.threshold): \(number($0)))" } ?? ""
    return resource("Observation", id, ["\(name): \(number(finding.probability))\(limit)"], members)
  }

  private func common(_ ids: Identifiers, _ code: FHIRElement) -> [String: FHIRElement?] {
    [
      "status": ids.observationStatus, "category": .list([FHIRCode.concept([.procedure])]), "code": code,
      "subject": .reference(ids.patient), "device": .reference(ids.software),
      "effectiveDateTime": FHIRTime.day(start).map { .string($0) },
    ]
  }

  private func quantity(_ value: Double, _ quantity: StoredMeasurement.Quantity) -> FHIRElement {
    .members([
      "value": .decimal(value), "unit": .text(quantity.units), "system": .string(FHIRCode.ucum),
      "code": .string(DICOMQuantity.units(of: quantity).value),
    ])
  }

  private func ratio(_ value: Double) -> FHIRElement {
    .object(["value": .decimal(value), "system": .string(FHIRCode.ucum), "code": "1"])
  }

  private func line(_ observation: Observation) -> String {
    let units = observation.quantity.units
    return switch observation.result {
    case .value(let value): "\(observation.name): \(number(value)) \(units)"
    case .absent(let reason): "\(observation.name): \(reason)"
    }
  }

  /// For readers, to a thousandth: `410`, `0.926`, `0,926`.
  private func number(_ value: Double) -> String {
    let rounded = (value * 1000).rounded() / 1000
    let text = Int(exactly: rounded).map(String.init) ?? "\(rounded)"
    return language == .de ? text.replacingOccurrences(of: ".", with: ",") : text
  }

  /// Source: FHIR R4, "Extension: data-absent-reason".
  private static let unknownExtension = FHIRElement.object([
    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown",
  ])

  // MARK: Any resource

  /// - Parameter narrative: a paragraph each. R4, dom-6: a resource should have one.
  private func resource(
    _ type: String, _ id: String, _ narrative: [String], _ members: [String: FHIRElement?]
  ) -> FHIRElement {
    let paragraphs = narrative.map(\.escapedForXHTML).filter { !$0.isEmpty }.map { text in
      "<p>" + text.split(whereSeparator: \.isNewline).joined(separator: "<br/>") + "</p>"
    }
    let tag = language.rawValue
    let opening = "<div xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"\(tag)\" xml:lang=\"\(tag)\">"
    var all = members
    all["resourceType"] = .string(type)
    all["id"] = .string(id)
    all["language"] = .string(tag)
    all["text"] = .object(["status": "generated", "div": .string(opening + paragraphs.joined() + "</div>")])
    return .members(all)
  }
}

/// What code says around the report's own texts.
private struct FHIRWords {
  var title, recorded, device, anonymous, unknownPatient, probability, statement, threshold, riskGroup: String
  var confirmed: @Sendable (_ by: String, _ on: String) -> String
}

extension FHIRReport {
  private var words: FHIRWords {
    switch language {
    case .en:
      FHIRWords(
        title: "Electrocardiogram", recorded: "Recorded", device: "Electrocardiograph", anonymous: "Anonymous",
        unknownPatient: "Not stated", probability: "Probability by a network", statement: "Statement",
        threshold: "Threshold", riskGroup: "Risk group", confirmed: { "Confirmed by \($0) on \($1)." })
    case .de:
      FHIRWords(
        title: "Elektrokardiogramm", recorded: "Aufgezeichnet", device: "Elektrokardiograph", anonymous: "Anonym",
        unknownPatient: "Nicht angegeben", probability: "Wahrscheinlichkeit laut Netz", statement: "Befund",
        threshold: "Schwelle", riskGroup: "Risikogruppe", confirmed: { "Bestätigt von \($0) am \($1)." })
    }
  }
}
