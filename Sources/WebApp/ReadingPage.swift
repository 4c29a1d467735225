import Book
import Drawing
import Foundation

/// What `reading.mustache` shows of one recording.
struct ReadingPage {
  let answer: Answer
  let words: Words
  let view: Interpreter.View
  /// Of the reading: `/readings/ab12`.
  let address: String
  /// Compared with an earlier recording, whose own answer is here.
  var earlier: (id: String, answer: Answer)?
  var hasSamples = false
  var warnings: [String] = []

  static let idPrefix = (trace: "t", evidence: "e", median: "m", change: "c", earlier: "b")

  /// - Throws: `DrawingError` when a figure cannot be drawn.
  func content() throws -> [String: Any] {
    let rows = findings
    var content: [String: Any] = [
      "address": address, "headline": answer.page.title, "summary": answer.page.summary.plainText,
      "caution": answer.text("one.caution"), "speed": view.speed, "gain": view.gain,
      "abstention": isNone("one.abstention") ? "" : answer.text("one.abstention"),
      "trace": try drawing("fig-ecg", Self.idPrefix.trace), "choices": choices,
      "risk": words("found.risk", answer.text("one.high"), answer.text("one.medium"), answer.text("one.low")),
      "findings": rows, "anyFindings": !rows.isEmpty, "rule": answer.text("one.rule"),
      "performance": answer.text("one.performance"), "notLooked": words("found.notlooked", answer.text("one.notlooked")),
      "facts": answer.page.facts.map { ["label": $0.label, "value": $0.value] }, "warnings": warnings,
      "median": try drawing("fig-median", Self.idPrefix.median),
      "tables": ["tbl-stored", "tbl-amplitudes", "tbl-quality"].compactMap(answer.table).map { Pages.table($0) },
      "hasSamples": hasSamples, "downloads": downloads,
    ]
    content["measurements"] = answer.table("tbl-measurements").map { [Pages.table($0)] } ?? []
    if view.explain != "none", case .object? = answer.reading["explanation"] {
      let label = answer.text("one.explanation.label")
      let evidence: [String: Any] = [
        "title": words("evidence.title", name(of: label)), "words": answer.figure("fig-evidence")?.caption.plainText ?? "",
        "drawing": try drawing("fig-evidence", Self.idPrefix.evidence),
      ]
      content["evidence"] = evidence
    }
    if let earlier {
      content["with"] = earlier.id
      let comparison: [String: Any] = [
        "words": earlier.answer.page.title, "change": try drawing("fig-serial", Self.idPrefix.change),
        "tables": ["tbl-then"].compactMap(answer.table).map { Pages.table($0) },
        "trace": try earlier.answer.figure("fig-ecg").map { try svg($0.scene, idPrefix: Self.idPrefix.earlier) } ?? "",
      ]
      content["comparison"] = comparison
    }
    return content
  }

  /// Every scene that the page shows, for their colours in dark mode.
  var scenes: [Scene] {
    (["fig-ecg", "fig-median", "fig-evidence", "fig-serial"].compactMap(answer.figure) + (earlier?.answer.figure("fig-ecg").map { [$0] } ?? []))
      .map(\.scene)
  }

  private func isNone(_ path: String) -> Bool { ["", "none", "keine"].contains(answer.text(path)) }

  private func drawing(_ id: String, _ prefix: String) throws -> String {
    try answer.figure(id).map { try svg($0.scene, idPrefix: prefix) } ?? ""
  }

  /// Ranked, the most probable first.
  private var findings: [[String: Any]] {
    guard let table = answer.table("tbl-all"), let data = table.data, let label = data["label"] else { return [] }
    func column(_ name: String, _ row: Int) -> Value? { data[name].flatMap { $0.values.indices.contains(row) ? $0.values[row] : nil } }
    return label.values.indices.map { row in
      let (p, threshold) = (column("probability", row)?.double, column("threshold", row)?.double)
      let group = column("group", row)?.string ?? ""
      var content: [String: Any] = [
        "code": label.values[row].string ?? "", "name": column("name", row)?.string ?? "",
        "probability": percent(p), "threshold": percent(threshold), "bar": svgNumber(100 * (p ?? 0)),
        "group": column("risk", row)?.string ?? words("group.none"),
        "groupCode": ["high", "medium", "low"].contains(group) ? group : "none",
      ]
      content["mark"] = threshold.map { svgNumber(100 * $0) }
      return content
    }
  }

  private func name(of label: String) -> String {
    guard let data = answer.table("tbl-all")?.data, let row = data["label"]?.values.firstIndex(of: .text(label)),
      let names = data["name"]?.values, names.indices.contains(row)
    else { return label }
    return names[row].string ?? label
  }

  private func percent(_ p: Double?) -> String {
    guard let p else { return "–" }
    let tenths = Int((1000 * p).rounded())
    return tenths >= 100 ? "\((tenths + 5) / 10)\u{202F}%" : "\(tenths / 10)\(words("decimal"))\(tenths % 10)\u{202F}%"
  }

  private func svgNumber(_ x: Double) -> String { "\((x * 10).rounded() / 10)" }

  private var choices: [[String: Any]] {
    let labels = findings.compactMap { $0["code"] as? String }
    let all: [(String, [(String, String)], String)] = [
      ("layout", Interpreter.View.layouts.map { ($0, words("trace.layout.\($0)")) }, view.layout),
      ("lead", ([Interpreter.View.allLeads] + leads).map { ($0, $0 == Interpreter.View.allLeads ? words("trace.lead.all") : $0) }, view.lead),
      ("order", Interpreter.View.orders.map { ($0, words("trace.order.\($0)")) }, view.order),
      ("speed", Interpreter.View.speeds.map { ($0, $0.replacing(".", with: words("decimal"))) }, view.speed),
      ("gain", Interpreter.View.gains.map { ($0, $0) }, view.gain),
      ("explain", [("none", words("trace.explain.none"))] + labels.map { ($0, $0) }, view.explain),
    ]
    return all.filter { $0.1.count > 1 }.map { name, options, chosen in
      [
        "name": name, "label": words("trace.\(name)"),
        "options": options.map { ["value": $0.0, "text": $0.1, "chosen": $0.0 == chosen] as [String: Any] },
      ]
    }
  }

  private var leads: [String] { (answer.figure("fig-ecg")?.data.columns ?? []).filter { $0.name != "time" }.map(\.title) }

  private var downloads: [[String: String]] {
    let files = [("report.pdf", "PDF", "pdf"), ("report.html", "HTML", "html"), ("interpretation.json", "JSON", "json"), ("report.fhir.json", "FHIR", "fhir"), ("results.json", "results.json", "results")]
    return files.map { file, name, key in ["url": "\(address)/\(file)?lang=\(words.language)", "name": name, "what": words("take.\(key)")] }
  }
}
