import Book

/// What of a report's provenance may answer an item of a checklist: each finds it in the cells, and says it with their values.
enum Evidence: String, CaseIterable, Sendable {
  case title, summary
  case data, inclusion, access, characteristics, missing, partitions, counts, labels, inputs, preparation
  case model, weights, initialization, training, selection, ensemble, software, code
  case thresholds, metrics, uncertainty, performance, crosstable, subgroups, explanation

  /// The answer in Markdown, with where it stands; nil where the report has no evidence of it.
  func answer(_ report: Report) -> String? {
    switch self {
    case .title: report.title.isEmpty ? nil : "“\(Self.escaped(report.title))”"
    case .summary: report.hasSummary ? "The summary on the first page" : nil

    case .data: say(report.cell(["dataset"])) { "\($0["name"]), \($0["records"]) records of \($0["patients"]) patients" + ($0.has("doi") ? ", doi:\($0["doi"])" : "") }
    case .inclusion:
      say(report.cell(["dataset"])) { "Records with a label of the set \($0["labelset"]); \($0["unlabelled"]) without one take no part" }
    case .access: report.cell(["dataset"]).flatMap { $0.has("doi") ? "doi:\($0["doi"])" : nil }
    case .characteristics:
      say(report.cell(["dataset"]), report.figure("ages")) { "Median age \($0["age.median"]) years; \($0["women"]) records of women, \($0["men"]) of men" }
    case .missing: say(report.cell(["dataset"])) { "\($0["missing"]) recordings lack a file; missing samples of a lead are set to 0 after standardization; the age of \($0["age.unknown"]) records is not known" }
    case .partitions:
      say(report.cell(["dataset"])) { dataset in
        ["training", "validation", "test"].map { "\($0) \(dataset["\($0).records"]) records of \(dataset["\($0).patients"]) patients (\(dataset["\($0).folds"].contains { !$0.isNumber } ? "folds" : "fold") \(dataset["\($0).folds"]))" }
          .joined(separator: "; ") + "; no patient in two parts, which is checked"
      }
    case .counts: report.cell(["dataset"]).flatMap { _ in report.table("labels") ?? report.figure("label-counts") }
    case .labels: say(report.cell(["dataset"]), report.table("labels")) { "\($0["labels"]) labels of the set \($0["labelset"]), from the statements of the data set" }
    case .inputs: say(report.cell(["dataset"])) { "\($0["leads"]) leads of \($0["seconds"]) s at \($0["rate"]) Hz, in millivolts" }
    case .preparation:
      say(report.cell(["train"])) { "Each lead is standardized by its mean and deviation over the training records and cut into windows of \($0["window.seconds"]) s" }

    case .model: say(report.cell(["train", "ensemble"])) { "\($0["network"]), \($0["parameters"]) parameters" }
    case .weights: say(report.cell(["train", "ensemble"])) { "`saved_models/\($0["name"])`: weights, labels, standardization, thresholds" }
    case .initialization: say(report.cell(["train"])) { "Random, from the seed \($0["seed"])" }
    case .training:
      say(report.cell(["train"]), report.figure("training-curves")) {
        "\($0["epochs"]) epochs by \($0["optimizer"]), batches of \($0["batch"]), highest rate \($0["rate"]), decay \($0["decay"]), seed \($0["seed"])"
      }
    case .selection: say(report.cell(["train"]), report.provenance) { "The epoch of highest macro AUROC on the validation folds: \($0["best.epoch"])" }
    case .ensemble: say(report.cell(["ensemble"])) { "\($0["members"]) networks" }
    case .software: report.tools.isEmpty ? nil : report.tools.sorted { $0.key < $1.key }.map { Self.escaped("\($0.key) \($0.value)") }.joined(separator: ", ")
    case .code: report.provenance.map { "The source is attached to this report, with parameters, keys and digests: \($0)" }

    case .thresholds: say(report.cell(["evaluate"]), report.table("classes")) { "Probabilities, and calls at thresholds: \($0["thresholds"])" }
    case .metrics:
      report.cell(["evaluate"]).map { _ in
        let shown = [report.table("classes"), report.figure("roc"), report.figure("reliability"), report.figure("decision-curves")].compactMap(\.self)
        return "AUROC, average precision, F1, sensitivity, specificity, calibration" + (shown.isEmpty ? "" : ": " + shown.joined(separator: ", "))
      }
    case .uncertainty: say(report.cell(["evaluate"]).flatMap { $0.has("method") ? $0 : nil }) { "\($0["bootstrap"]) bootstrap replicates, \($0["method"]), level \($0["level"])" }
    case .performance:
      say(report.cell(["evaluate"]), report.table("classes") ?? report.figure("roc")) { "Macro AUROC \($0["macro.auroc"]) on \($0["records"]) records of \($0["patients"]) patients" }
    case .crosstable: report.cell(["evaluate"]).flatMap { _ in report.figure("confusion") ?? report.table("confusion") }
    case .subgroups: report.figure("subgroups") ?? report.table("subgroups")
    case .explanation: say(report.cell(["infer"]).flatMap { $0.has("explanation.label") ? $0 : nil }, report.figure("explanation")) { "Integrated gradients; rank correlation with random weights \($0["explanation.random"])" }
    }
  }

  /// Text as Markdown that prints it.
  private static func escaped(_ text: String) -> String {
    String(text.flatMap { "\\`*_[]{}<>@|~^".contains($0) ? ["\\", $0] : [$0] })
  }

  private func say(_ cell: Report.Cell?, _ place: String? = nil, _ words: (Report.Cell) -> String) -> String? {
    cell.map { words($0) + (place.map { "; \($0)" } ?? "") }
  }

  /// What a checklist sees of the report that it stands in.
  struct Report {
    var title: String
    var hasSummary: Bool
    var headings: [PresentContext.Heading]
    var cells: [PresentContext.CellRecord]
    var tools: [String: String]

    init(_ context: PresentContext) {
      (title, hasSummary, headings) = (context.title, context.hasSummary, context.headings)
      (cells, tools) = (context.cells, context.tools)
    }

    /// The first cell of these kinds that computed something.
    func cell(_ kinds: [String]) -> Cell? {
      cells.first { kinds.contains($0.kind) && $0.computeKey != nil && $0.values != .object([:]) }.map(Cell.init)
    }

    /// References to figures and tables that show something, by what they draw or the frame that they print.
    func figure(_ draw: String) -> String? { shown("figure", "draw", draw) }
    func table(_ frame: String) -> String? { shown("table", "frame", frame) }
    var provenance: String? { cells.first { $0.kind == ProvenanceCell.kind && $0.id.hasPrefix("tbl-") }.map { "@\($0.id)" } }

    private func shown(_ kind: String, _ option: String, _ what: String) -> String? {
      cells.first { $0.kind == kind && $0.options[option] == .text(what) }.map { "@\($0.id)" }
    }

    /// A link to the section of that name, `§limitations`: its heading has these words, one of them, or more.
    func section(_ name: String) -> String? {
      headings.first { $0.anchor == name || $0.anchor.hasPrefix(name + "-") || $0.anchor.hasSuffix("-" + name) }
        .map { "[\($0.text)](#\($0.anchor))" }
    }

    struct Cell {
      let record: PresentContext.CellRecord
      func has(_ path: String) -> Bool {
        switch record.values[path] {
        case nil, .undefined: false
        default: true
        }
      }
      subscript(path: String) -> String {
        guard let value = record.values[path] else { return "?" }
        // A setting reads as it was given: 0.003, 2.5.
        if case .number(let setting) = value, "\(setting)".count <= 6 { return "\(setting)" }
        let format: ValueFormat = if case .statistic = value { .ci } else { .standard }
        return Evidence.escaped((try? format.inline(value)) ?? "?")
      }
    }
  }
}
