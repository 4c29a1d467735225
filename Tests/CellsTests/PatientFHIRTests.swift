import Book
import Formats
import Foundation
import Testing
import WFDB

@testable import Cells

@Suite struct PatientFHIRTests {
  /// A rendered report as it is read from `results.json`, with what a reading is made of.
  private func results(_ options: String = "", reading: Bool = true) throws -> Results {
    func cell(_ id: String, _ kind: String, _ rest: String) -> String {
      """
      {"id": "\(id)", "kind": "\(kind)", "version": "1", "computeKey": "\(zeros)", "renderKey": "\(zeros)",
      "needs": [], "inputs": [], "figures": [], "citations": [], \(rest)}
      """
    }
    let measured = """
      "options": {"language": "en"\(options)}, "tables": [],
      "frames": {}, "banners": ["Unconfirmed, not a medical device."],
      "values": {"headline": "64 /min, regular", "rate": 63.94, "pr": {"$undefined": "no P wave"},
      "qrs": {"$number": 120}, "qtc": {"fridericia": 380.2}, "quality": {"cautions": ["Lead V1 is noisy"]}}
      """
    // A table that shows a frame holds it, and the cell does not.
    let table = """
      "options": {}, "values": {}, "frames": {}, "banners": [], "tables": [
      {"id": "tbl-measurements", "number": 1, "caption": "", "from": {"cell": "m", "frame": "measurements"},
      "data": {"columns": [
      {"name": "measure", "title": "", "texts": ["Heart rate", "PR interval", "QRS duration", "QTc (Fridericia)"]},
      {"name": "limits", "title": "", "texts": ["48 to 98", "120 to 200", "≤ 110", "391 to 459"]},
      {"name": "verdict", "title": "", "texts": ["", "", "↑", "↓"]},
      {"name": "lower", "title": "", "values": [48, 120, {"$undefined": "no limit"}, 391]},
      {"name": "upper", "title": "", "values": [98, 200, 110, 459]}]}}]
      """
    let read = """
      "options": {}, "tables": [], "banners": [],
      "values": {"headline": "Medium risk: Atrial fibrillation", "caution": "No device."},
      "frames": {"findings": {"columns": [
      {"name": "label", "title": "", "texts": ["AFIB", "DIG", "QWAVE"]},
      {"name": "name", "title": "", "texts": ["Atrial fibrillation", "Digitalis effect", "Q waves"]},
      {"name": "probability", "title": "", "numbers": [0.75, 0.25, 0.125]},
      {"name": "threshold", "title": "", "values": [{"$number": 0.5}, {"$undefined": "none"}, {"$number": 0.5}]},
      {"name": "group", "title": "", "texts": ["medium", "none", "none"]},
      {"name": "risk", "title": "", "texts": ["medium", "–", "–"]}]}}
      """
    let cells =
      [cell("m", "measure", measured), cell("tbl-measurements", "table", table)]
      + (reading ? [cell("one", "infer", read)] : [])
    let text = """
      {"schema": "ecgbook.results/1", "tools": {"ecgbook": "9.8.7"}, "cells": [\(cells.joined(separator: ","))],
      "report": {"title": "T", "name": "patient.md", "digest": "\(zeros)", "source": "",
      "parameters": {}, "bibliography": []}}
      """
    return try JSONDecoder().decode(Results.self, from: Data(text.utf8))
  }

  private let zeros = String(repeating: "0", count: 64)
  private let pdf = Data("%PDF-1.7".utf8)

  @Test func takesValuesLimitsAndReasonsAsThePageShowsThem() throws {
    let report = try fhirReport(of: results(), pdf: pdf, patient: nil)
    #expect(
      report.observations == [
        .init(
          .rate, name: "Heart rate", .value(64), range: .init(low: 48, high: 98, text: "48 to 98"),
          interpretation: .normal),
        .init(
          .pr, name: "PR interval", .absent(reason: "no P wave"),
          range: .init(low: 120, high: 200, text: "120 to 200")),
        .init(.qrs, name: "QRS duration", .value(120), range: .init(high: 110, text: "≤ 110"), interpretation: .high),
        .init(
          .qtcFridericia, name: "QTc (Fridericia)", .value(380), range: .init(low: 391, high: 459, text: "391 to 459"),
          interpretation: .low),
      ])
    #expect(report.software == .init(name: "ECGBook", version: "9.8.7"))
  }

  @Test func givesFindingsTheirConcepts() throws {
    let report = try fhirReport(of: results(), pdf: pdf, patient: nil)
    #expect(report.findings.map(\.statement.concept?.id) == ["164889003", nil, nil])  // QWAVE's concept is only near
    #expect(report.findings.map(\.threshold) == [0.5, nil, 0.5])
    #expect(report.findings.map(\.riskGroup) == ["medium", nil, nil])
    #expect(report.conclusion == "Medium risk: Atrial fibrillation")
    #expect(report.notes == ["No device.", "Lead V1 is noisy"])
    #expect(try !report.bundle().isEmpty)
  }

  @Test func readsAReportWithoutANetwork() throws {
    let report = try fhirReport(of: results(reading: false), pdf: pdf, patient: nil)
    #expect(report.findings.isEmpty && report.conclusion == "64 /min, regular")
    #expect(report.notes == ["Unconfirmed, not a medical device.", "Lead V1 is noisy"])
  }

  @Test func isFinalOnceConfirmed() throws {
    #expect(try fhirReport(of: results(), pdf: pdf, patient: nil).status == .preliminary)
    let confirmation = #", "confirmed-by": "Dr. A", "confirmed-on": "2026-01-02", "statements": "SR, DIG""#
    let report = try fhirReport(of: results(confirmation), pdf: pdf, patient: nil)
    #expect(report.status == .final(by: "Dr. A", on: "2026-01-02"))
    #expect(report.physicianStatements?.map(\.code) == ["SR", "DIG"])
    #expect(report.physicianStatements?.first?.concept?.id == "426783006")
  }

  @Test func namesNobodyWhoIsAnonymous() throws {
    var patient = Patient()
    patient.id = "4711"
    let start = Header.Start(year: 2021)
    #expect(try fhirReport(of: results(), pdf: pdf, patient: patient, start: start, device: "X").patient?.id == "4711")
    let hidden = try fhirReport(
      of: results(#", "anonymous": true"#), pdf: pdf, patient: patient, start: start, device: "X")
    #expect(hidden.patient == nil && hidden.start == Header.Start() && hidden.device == nil)
  }

  @Test func refusesAReportThatMeasuresNothing() throws {
    var empty = try results()
    empty.cells = []
    #expect(throws: CellError("the report 'patient.md' has no cell of kind 'measure'; expected a patient's report")) {
      try fhirReport(of: empty, pdf: pdf, patient: nil)
    }
  }
}
