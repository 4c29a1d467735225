import Book
import Files
import Foundation

/// What `GET /api/interpretations/{id}` answers; `Resources/openapi.json` describes it.
struct InterpretationDocument: Encodable {
  struct Source: Encodable {
    var name, format: String
    var seconds, samplingRate: Double
    var leads: [String]
    var derived, missing, notes: String
    var warnings: [String]
  }
  /// A value with its unit, or the reason why there is none.
  struct Measure: Encodable {
    var name: String
    var value: Double?
    var unit: String
    var limits, verdict, reason: String?
    enum CodingKeys: CodingKey { case name, value, unit, limits, verdict, reason }
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(value, forKey: .value)  // null is said
      try container.encode(unit, forKey: .unit)
      try container.encodeIfPresent(limits, forKey: .limits)
      try container.encodeIfPresent(verdict, forKey: .verdict)
      try container.encodeIfPresent(reason, forKey: .reason)
    }
  }
  struct Finding: Encodable {
    var code, name: String
    var probability: Double
    var threshold: Double?
    var group: String
    var sensitivity, specificity: Double?
  }
  struct Quality: Encodable {
    var verdict, words, rule: String
    var abstains: Bool
    var reasons: [String]
  }

  var id: String
  var headline, rhythm, axis, banner, caution: String
  var record: Source
  var quality: Quality
  var findings: [Finding]
  var measurements: [Measure]
  var model: String
  var links: [String: String]

  init(id: String, _ reading: Readings.Reading, _ answer: Answer, language: String) {
    self.id = id
    (headline, rhythm, axis) = (answer.page.title, answer.text("m.rhythm"), answer.text("m.axes.words"))
    (banner, caution) = (answer.page.banners.joined(separator: " "), answer.text("one.caution"))
    let upload = reading.upload
    record = Source(
      name: answer.text("m.record"), format: upload.format, seconds: upload.seconds, samplingRate: upload.samplingFrequency,
      leads: upload.leads, derived: answer.text("m.derived"), missing: answer.text("m.missing"), notes: answer.text("m.notes"),
      warnings: upload.warnings)
    var reasons: [String] = []
    if case .list(let items)? = answer.measured["quality.abstention"] { reasons += items.compactMap(\.string) }
    if case .list(let items)? = answer.measured["quality.unlike"] { reasons += items.compactMap(\.string) }
    quality = Quality(
      verdict: answer.text("m.quality.verdict"), words: answer.text("m.quality.words"), rule: answer.text("m.quality.rule"),
      abstains: !reasons.isEmpty, reasons: reasons)
    findings = (answer.table("tbl-all")?.data).map(Self.findings) ?? []
    measurements = (answer.table("tbl-measurements")?.data).map(Self.measurements) ?? []
    model = answer.text("net.words")
    let own = "/api/interpretations/\(id)"
    links = [
      "self": own, "page": "/readings/\(id)?lang=\(language)", "pdf": "\(own)/report.pdf", "html": "\(own)/report.html",
      "fhir": "\(own)/report.fhir.json", "results": "\(own)/results.json", "trace": "\(own)/trace.svg",
    ]
  }

  private static func findings(_ frame: Frame) -> [Finding] {
    (0..<frame.rowCount).compactMap { row in
      func cell(_ name: String) -> Value? { frame[name]?.values[row] }
      guard let code = cell("label")?.string, let p = cell("probability")?.double else { return nil }
      return Finding(
        code: code, name: cell("name")?.string ?? code, probability: p, threshold: cell("threshold")?.double,
        group: cell("group")?.string ?? "none", sensitivity: cell("sensitivity")?.double, specificity: cell("specificity")?.double)
    }
  }

  private static func measurements(_ frame: Frame) -> [Measure] {
    (0..<frame.rowCount).compactMap { row in
      func cell(_ name: String) -> Value? { frame[name]?.values[row] }
      guard let name = cell("measure")?.string else { return nil }
      var reason: String?
      if case .undefined(let why)? = cell("value") { reason = why }
      return Measure(
        name: name, value: cell("value")?.double, unit: cell("unit")?.string ?? "", limits: cell("limits")?.string,
        verdict: cell("verdict")?.string, reason: reason)
    }
  }
}

/// An error as programs read it. Source: RFC 9457.
struct ProblemDocument: Encodable {
  var status: Int
  var title, detail: String
}
