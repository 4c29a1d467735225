import Book
import Drawing
import Files

/// The model card of a report as a model hub reads it: a head of YAML for machines, then the items of the report's own card.
///
/// - Throws: ``CellError`` where the report has no checklist of the guideline `model-card`.
/// - Source: the head is that of the model cards of huggingface.co, section "Model card metadata".
public func modelCard(_ page: Page, _ results: Results) throws -> String {
  let card = results.cells.first { $0.kind == ChecklistCell.kind && $0.options["guideline"] == .text("model-card") }
  guard let card, let table = page.blocks.tables.first(where: { $0.id == card.id }) else {
    throw CellError("the report has no model card; add a cell '{checklist #tbl-card}' with 'guideline: model-card'")
  }
  func quoted(_ text: String) -> String { "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
  let network = results.cells.first { [TrainCell.kind, EnsembleCell.kind].contains($0.kind) }
  let dataset = results.cells.first { $0.kind == DatasetCell.kind }
  let name = network?.values["name"]?.string ?? results.report.name
  var head = ["---", "library_name: ecgbook", "tags: [ecg, electrocardiography, multi-label-classification]"]
  if let data = dataset?.values["name"]?.string { head.append("datasets: [\(quoted(data))]") }
  let scored: [(path: String, title: String)] = [("macro.auroc", "Macro AUROC"), ("macro.ap", "Macro average precision"), ("macro.f1", "Macro F1")]
  if let evaluation = results.cells.first(where: { $0.kind == EvaluateCell.kind }) {
    let metrics = scored.compactMap { path, title -> String? in
      guard let value = evaluation.values[path], let number = value.double else { return nil }
      let printed = value.interval == nil ? nil : try? ValueFormat.ci.inline(value)
      let interval = printed.flatMap { text in text.firstIndex(of: "(").map { " " + text[$0...] } } ?? ""
      return "          - { type: \(path), name: \(quoted(title + interval)), value: \(decimal(number, places: 4)) }"
    }
    head += ["model-index:", "  - name: \(quoted(name))", "    results:", "      - task: { type: other, name: \"Multi-label classification of 12-lead ECGs\" }"]
    head += ["        dataset: { type: ecg, name: \(quoted(evaluation.testSet?.name ?? dataset?.values["name"]?.string ?? "unknown")) }"]
    head += ["        metrics:"] + (metrics.isEmpty ? ["          []"] : metrics)
  }
  head += ["---", "", "# \(name)", "", page.summary.plainText.isEmpty ? page.title : page.summary.plainText, ""]
  // Item, section, what is asked, state, answer.
  let sections = table.rows.filter { $0.count >= 5 }.map { row in
    let (section, asks, state, answer) = (row[1].content.plainText, row[2].content.plainText, row[3].content.plainText, row[4].content.plainText)
    let text = answer.isEmpty ? "*\(state): \(asks.prefix(1).lowercased() + asks.dropFirst()).*" : answer
    return "## \(section)\n\n\(text)\n"
  }
  let digest = "Made by ECGBook \(toolVersion) from the report “\(page.title)”, whose source has the digest \(results.report.digest.short). It is no medical device."
  return (head + sections + [digest, ""]).joined(separator: "\n")
}

extension [Block] {
  /// The tables among them, in order.
  fileprivate var tables: [TableBlock] { compactMap { if case .table(let table) = $0 { table } else { nil } } }
}
