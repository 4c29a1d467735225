import Book
import Files
import Foundation
import Interpretation
import Learning
import PTBXL
import WFDB

/// `infer`: a network on one recording of any length: ranked labels in risk groups.
struct InferCell: Cell {
  static let kind = "infer"
  static let summary = "Applies a network to one recording and ranks what it finds in risk groups."
  static let version = "2." + learningVersion + "." + interpretationVersion

  let model: Reference
  let data: Reference?
  let record: String?
  let label: String?
  let split: Part
  let severity: String?
  /// A label, or "top" for the most probable one; nil explains none.
  let explain: String?

  init(_ options: inout Options) {
    model = options.takeReference("model", kinds: NetworkCells.kinds + [ModelCell.kind])
    data = options.takeReferenceIfPresent("data", kinds: [DatasetCell.kind])
    record = options.takePathIfPresent("record")
    label = options.takeIfPresent("label")
    split = options.takeChoice("split", default: .test)
    severity = options.takePathIfPresent("severity")
    explain = options.takeIfPresent("explain")
    if (record == nil) == (data == nil) {
      options.fail("record", "an infer cell needs a recording: either 'record', or 'data'", help: "name a file, or a data set whose first test record (with 'label') is taken")
    }
    if label != nil, data == nil { options.fail("label", "'label' chooses a record of 'data'; there is none") }
  }

  var needs: [Reference] { [model] + (data.map { [$0] } ?? []) }
  /// A patient's waveform and identity stay out of the cache; a record of a data set is there anyway.
  var mayBeKept: Bool { record == nil }
  var valuePaths: [String] {
    ["record", "ecg", "model", "seconds", "windows", "high", "medium", "low", "found", "truth", "top.label", "top.probability",
      "rule", "caution", "notes", "label.*.probability", "label.*.mean", "label.*.threshold", "explanation.label", "explanation.start",
      "explanation.difference", "explanation.missed", "explanation.random"]
  }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    var inputs: [InputDigest] = []
    if let record {
      inputs += try Record.files(path: context.resolve(record)).map {
        InputDigest(name: ($0 as NSString).lastPathComponent, digest: try context.digests.digest(ofPrivateFile: $0))
      }
    }
    if let severity { inputs.append(InputDigest(name: "severity", digest: try context.digests.digest(ofFile: context.resolve(severity)))) }
    return inputs
  }

  func run(_ context: RunContext) async throws -> Output {
    let network = try Model(folder: try context.cell(model).folder + "/" + NetworkCells.folder)
    let (recording, truth, ecg) = try chosenRecord(context)
    let table = try severity.map { try SeverityTable(path: context.resolve($0)) } ?? .standard()
    let prepared = try Recording(recording, leads: network.description.leads, samplingRate: network.description.samplingRate)
    let interpretation = Interpretation(try network.predict(prepared), severities: table)
    let explanation = try (explain == "top" ? interpretation.findings.first?.label : explain).map { label in
      context.progress("explaining \(label)")
      return try network.explain(prepared, label: label)
    }
    let findings = interpretation.findings
    func names(_ group: RiskGroup) -> Value {
      let labels = interpretation.findings(in: group).map(\.label)
      return .text(labels.isEmpty ? "none" : labels.joined(separator: ", "))
    }
    var labels: [String: Value] = [:]
    for finding in findings {
      labels[finding.label] = .object([
        "probability": .number(finding.probability), "mean": .number(finding.mean),
        "threshold": finding.threshold.map(Value.number) ?? .undefined("none could be chosen"),
      ])
    }
    let found = findings.filter(\.isFound).map(\.label)
    let explained = explanation.map(Self.value) ?? .undefined("the cell explains no label")
    let relevance = explanation.map { ["relevance": Self.relevanceFrame($0)] } ?? [:]
    return Output(
      values: .object([
        "explanation": explained,
        "record": .text(interpretation.record), "ecg": ecg.map(Value.integer) ?? .undefined("not a record of the data set"),
        "model": .text(interpretation.model), "seconds": .number(interpretation.seconds),
        "windows": .integer(interpretation.windows), "high": names(.high), "medium": names(.medium), "low": names(.low),
        "found": .text(found.isEmpty ? "none" : found.joined(separator: ", ")),
        "truth": truth.map { .text($0.isEmpty ? "none" : $0.joined(separator: ", ")) } ?? .undefined("not known"),
        "top": .object([
          "label": findings.first.map { .text($0.label) } ?? .undefined("no label"),
          "probability": findings.first.map { .number($0.probability) } ?? .undefined("no label"),
        ]),
        "rule": .text(interpretation.rule), "caution": .text(interpretation.caution),
        "notes": .text(interpretation.notes.isEmpty ? "none" : interpretation.notes.joined(separator: "; ")),
        "label": .object(labels),
      ]),
      frames: [
        "findings": Frame([
          .init("label", title: "Label", findings.map { .text($0.label) }),
          .init("probability", title: "Probability", format: "3", note: "Greatest over the windows.", findings.map { .number($0.probability) }),
          .init("mean", title: "Mean", format: "3", note: "Mean over the windows.", findings.map { .number($0.mean) }),
          .init(
            "threshold", title: "Threshold", format: "3", note: "Highest F1 on the validation folds.",
            findings.map { $0.threshold.map(Value.number) ?? .undefined("the validation folds have no positive") }),
          .init("severity", title: "Severity", format: "integer", findings.map { .integer($0.severity) }),
          .init("group", title: "Risk group", findings.map { .text($0.group?.rawValue ?? "none") }),
          .init("reason", title: "Reason for the severity", findings.map { .text($0.reason) }),
        ]),
        "ecg": ECGFrame.make(recording),
      ].merging(relevance) { _, new in new },
      citations: explanation == nil ? [] : ["sundararajan2017", "adebayo2018"],
      banners: record == nil ? [] : ["Unconfirmed, not a medical device: a physician must read the recording."])
  }

  private static func value(_ explanation: Learning.Explanation) -> Value {
    .object([
      "label": .text(explanation.label), "start": .number(explanation.start), "difference": .number(explanation.difference),
      "missed": .number(explanation.missed), "random": .number(explanation.likenessToRandom),
    ])
  }

  /// A row for each tenth of a second, a column for each lead: what the samples in it added to the label's logit.
  private static func relevanceFrame(_ explanation: Learning.Explanation) -> Frame {
    let bins = explanation.binned(seconds: 0.1)
    let times = (0..<(bins.first?.count ?? 0)).map { Value.number(explanation.start + Double($0) / 10) }
    return Frame(
      [.init("time", title: "From", unit: "s", format: "1", times)]
        + zip(explanation.leads, bins).map { lead, values in
          .init(
            lead, title: lead, format: "4",
            note: "What the samples of a tenth of a second added to the logit of \(explanation.label).",
            values.map { .number(($0 * 1e6).rounded() / 1e6) })
        })
  }

  private func chosenRecord(_ context: RunContext) throws -> (Record, truth: [String]?, ecgID: Int?) {
    if let record { return (try Record(path: context.resolve(record)), nil, nil) }
    guard let data else { throw CellError("no recording") }
    let dataset = try DatasetCell.opened(data, in: context)
    let labelled = dataset.labelled
    let column = try label.map { name in
      guard let index = labelled.labels.firstIndex(of: name) else {
        throw CellError("no label '\(name)' in the set \(dataset.labelSet.rawValue); it has \(labelled.labels.joined(separator: ", "))")
      }
      return index
    }
    let index = labelled.records.indices.first { row in
      dataset.folds[split].contains(labelled.records[row].fold) && (column.map { labelled.row(row).dropFirst($0).first == true } ?? true)
    }
    guard let index else { throw CellError("no \(split.rawValue) record has the label '\(label ?? "")'") }
    let truth = zip(labelled.labels, labelled.row(index)).filter(\.1).map(\.0)
    return (try dataset.record(labelled.records[index]), truth, labelled.records[index].ecgID)
  }
}
