import Book
import Drawing
import Files
import Foundation
import Learning
import PTBXL
import Scoring

/// `evaluate`: a network on records that it has not learned from, scored per label and over all.
struct EvaluateCell: Cell {
  static let kind = "evaluate"
  static let summary = "Scores a network on the test (or validation) folds, with intervals over patients."
  static let version = "1." + learningVersion + "." + scoringVersion

  let model, data: Reference
  let split: Part
  /// Nil takes what was chosen on the validation records.
  let aggregate: Windows.Aggregate?
  let replicates, seed: Int
  let level: Double

  init(_ options: inout Options) {
    model = options.takeReference("model", kinds: NetworkCells.kinds)
    data = options.takeReference("data", kinds: [DatasetCell.kind])
    split = options.takeChoice("split", default: .test)
    aggregate = Windows.Aggregate(
      rawValue: options.takeChoice("windows", default: "chosen", of: ["chosen"] + Windows.Aggregate.allCases.map(\.rawValue)))
    replicates = options.take("bootstrap", default: 1000, in: 0...100_000)
    seed = options.take("seed", default: 1, in: 0...Int(Int32.max))
    level = options.take("level", default: 0.95, in: 0.5...0.999)
    if (1..<100).contains(replicates) {
      options.fail("bootstrap", "\(replicates) replicates say little about the ends of an interval", help: "take 1000, or 0 for no intervals")
    }
  }

  var needs: [Reference] { [model, data] }
  var valuePaths: [String] {
    let perClass = ["auroc", "ap", "precision", "recall", "specificity", "f1", "threshold", "support"]
    return [
      "records", "patients", "split", "windows", "labels", "bootstrap", "seed", "level", "macro.auroc", "macro.ap",
      "macro.f1", "macro.defined", "micro.auroc", "micro.ap", "micro.f1", "fmax", "maximum.auroc", "mean.auroc",
      "best.label", "best.auroc", "worst.label", "worst.auroc", "undefined", "thresholds",
    ] + perClass.map { "class.*.\($0)" }
  }

  func run(_ context: RunContext) async throws -> Output {
    let dataset = try DatasetCell.opened(data, in: context)
    let trained = try context.cell(model)
    let network = try Model(folder: trained.folder + "/" + NetworkCells.folder)
    let description = network.description
    let examples = try await dataset.examples([split])[0]
    guard examples.count > 0 else { throw TrainingError.noRecords(split.rawValue) }
    guard examples.classes == description.labels else {
      throw CellError("the network's labels (\(description.labels.joined(separator: ", "))) are not the data set's (\(examples.classes.joined(separator: ", ")))")
    }
    context.progress("\(examples.count) records")
    let aggregate = self.aggregate ?? description.windows.aggregate
    let answers = try network.probabilities(of: examples, isInterrupted: context.isInterrupted)
    if context.isInterrupted() { throw CancellationError() }

    let chosen = aggregate == .mean ? answers.mean : answers.maximum
    let predictions = try Predictions(names: examples.classes, labelRows: examples.labels, scoreRows: chosen)
    let other = try Predictions(
      names: examples.classes, labelRows: examples.labels, scoreRows: aggregate == .mean ? answers.maximum : answers.mean)
    let bootstrap = replicates > 0 ? Bootstrap(replicates: replicates, level: level, seed: UInt64(seed)) : nil
    let patients = examples.records.map(\.patientID)
    let evaluation = try Scoring.evaluate(
      predictions, thresholds: .perClass(description.thresholds, note: description.thresholdRule), patients: patients,
      bootstrap: bootstrap)
    let otherMacro = try Scoring.evaluate(other, thresholds: .perClass(description.thresholds, note: "")).macro.auroc

    let rows = evaluation.perClass
    let ranked = rows.filter { $0.auroc.value != nil }.sorted { ($0.auroc.value ?? 0) > ($1.auroc.value ?? 0) }
    let n = evaluation.records
    var classValues: [String: Value] = [:]
    for row in rows {
      classValues[row.name] = .object([
        "auroc": Value(row.auroc, n: n), "ap": Value(row.ap, n: n), "precision": Value(row.precision, n: n),
        "recall": Value(row.recall, n: n), "specificity": Value(row.specificity, n: n), "f1": Value(row.f1, n: n),
        "threshold": row.threshold.map(Value.number) ?? .undefined("the validation folds have no positive"),
        "support": .integer(row.support),
      ])
    }
    let (maximum, mean) = aggregate == .mean ? (otherMacro, evaluation.macro.auroc) : (evaluation.macro.auroc, otherMacro)
    let undefinedNames = rows.filter { $0.auroc.value == nil }.map(\.name)
    let values: [String: Value] = [
      "records": .integer(n), "patients": .integer(Set(patients).count), "split": .text(split.rawValue),
      "windows": .text(aggregate.rawValue), "labels": .integer(rows.count), "bootstrap": .integer(replicates),
      "seed": .integer(seed), "level": .number(level),
      "macro": .object([
        "auroc": Value(evaluation.macro.auroc, n: n), "ap": Value(evaluation.macro.ap, n: n),
        "f1": Value(evaluation.macro.f1, n: n), "defined": .integer(evaluation.macro.defined[.auroc] ?? 0),
      ]),
      "micro": .object([
        "auroc": Value(evaluation.micro.auroc, n: n), "ap": Value(evaluation.micro.ap, n: n),
        "f1": Value(evaluation.micro.f1, n: n),
      ]),
      "fmax": Value(evaluation.fmax, n: n), "thresholds": .text(evaluation.thresholdNote),
      "maximum": .object(["auroc": Value(maximum, n: n)]), "mean": .object(["auroc": Value(mean, n: n)]),
      "best": Self.extreme(ranked.first, n: n), "worst": Self.extreme(ranked.last, n: n),
      "undefined": .text(undefinedNames.isEmpty ? "none" : undefinedNames.joined(separator: ", ")),
      "class": .object(classValues),
    ]

    let frames = [
      "classes": classFrame(evaluation), "averages": averageFrame(evaluation), "roc": rocFrame(predictions),
      "confusion": confusionFrame(evaluation),
    ]
    let folder = context.folder + "/" + NetworkCells.folder
    try FileManager.default.copyItem(atPath: trained.folder + "/" + NetworkCells.folder, toPath: folder)
    try writeFiles(folder, evaluation, predictions, examples, description, frames, history: trained.output.frames["history"])
    return Output(values: .object(values), frames: frames, citations: ["hanley1982"])
  }

  func publish(_ output: Output, _ context: PublishContext) throws {
    let source = ModelFolder(context.folder + "/" + NetworkCells.folder)
    let description = try ModelDescription(folder: source.path)
    try source.copy(to: context.projectFolder + "/saved_models/" + description.name)
  }

  private static func extreme(_ row: Evaluation.ClassRow?, n: Int) -> Value {
    guard let row else { return .undefined("no label has both positive and negative records") }
    return .object(["label": .text(row.name), "auroc": Value(row.auroc, n: n)])
  }

  // MARK: Frames

  private func classFrame(_ evaluation: Evaluation) -> Frame {
    let rows = evaluation.perClass
    func column(_ name: String, _ title: String, _ note: String, _ value: (Evaluation.ClassRow) -> Scoring.Statistic) -> Frame.Column {
      .init(name, title: title, format: "3", note: note, rows.map { Value(value($0), n: $0.records) })
    }
    let interval = replicates > 0 ? " Interval: percentiles of \(replicates) bootstrap replicates over patients." : ""
    return Frame([
      .init("label", title: "Label", rows.map { .text($0.name) }),
      .init("support", title: "Positive", format: "integer", note: "Records that have the label.", rows.map { .integer($0.support) }),
      column("auroc", "AUROC", "Area under the ROC curve, ties counting half." + interval) { $0.auroc },
      column("ap", "AP", "Average precision, without interpolation.") { $0.ap },
      .init(
        "threshold", title: "Threshold", format: "3", note: "The \(evaluation.thresholdNote).",
        rows.map { $0.threshold.map(Value.number) ?? .undefined("the validation folds have no positive") }),
      column("precision", "Precision", "Share of the records called positive that are; interval by Wilson.") { $0.precision },
      column("recall", "Recall", "Share of the positive records that are called so (sensitivity); interval by Wilson.") { $0.recall },
      column("specificity", "Specificity", "Share of the negative records that are called so; interval by Wilson.") { $0.specificity },
      column("f1", "F1", "Harmonic mean of precision and recall at the threshold.") { $0.f1 },
    ])
  }

  private func averageFrame(_ evaluation: Evaluation) -> Frame {
    let n = evaluation.records
    let defined = evaluation.macro.defined[.auroc] ?? 0
    func column(_ name: String, _ title: String, _ macro: Scoring.Statistic, _ micro: Scoring.Statistic) -> Frame.Column {
      .init(name, title: title, format: "3", [Value(macro, n: n), Value(micro, n: n)])
    }
    return Frame([
      .init("label", title: "Average", [.text("macro"), .text("micro")]),
      .init("labels", title: "Labels", format: "integer", note: "Labels in which AUROC is defined.", [.integer(defined), .integer(evaluation.perClass.count)]),
      .init("records", title: "Records", format: "integer", [.integer(n), .integer(n)]),
      column("auroc", "AUROC", evaluation.macro.auroc, evaluation.micro.auroc),
      column("ap", "AP", evaluation.macro.ap, evaluation.micro.ap), column("f1", "F1", evaluation.macro.f1, evaluation.micro.f1),
    ])
  }

  /// Points of the ROC curve of every label that has one, and of their vertical mean, "macro".
  private func rocFrame(_ predictions: Predictions) -> Frame {
    var (names, fpr, tpr): ([Value], [Value], [Value]) = ([], [], [])
    func add(_ name: String, _ x: [Double], _ y: [Double]) {
      names += x.map { _ in .text(name) }
      fpr += x.map { .number($0) }
      tpr += y.map { .number($0) }
    }
    var curves: [ROCCurve] = []
    for (j, name) in predictions.names.enumerated() {
      guard let curve = try? rocCurve(predictions.scores[j], predictions.labels[j]) else { continue }
      curves.append(curve)
      let kept = thinnedIndices(curve.points.count, to: 400).map { curve.points[$0] }
      add(name, kept.map(\.falsePositiveRate), kept.map(\.truePositiveRate))
    }
    if !curves.isEmpty {
      let grid = (0...200).map { Double($0) / 200 }
      add("macro", grid, grid.map { x in curves.map { $0.truePositiveRate(at: x) }.reduce(0, +) / Double(curves.count) })
    }
    return Frame([
      .init("label", title: "Label", names), .init("fpr", title: "False positive rate", format: "4", fpr),
      .init("tpr", title: "True positive rate", format: "4", tpr),
    ])
  }

  private func confusionFrame(_ evaluation: Evaluation) -> Frame {
    let rows = evaluation.perClass.compactMap { row in row.confusion.map { (row.name, $0) } }
    func column(_ name: String, _ title: String, _ count: (Confusion) -> Int) -> Frame.Column {
      .init(name, title: title, format: "integer", rows.map { .integer(count($0.1)) })
    }
    return Frame([
      .init("label", title: "Label", rows.map { .text($0.0) }),
      column("tp", "True positive") { $0.truePositives }, column("fp", "False positive") { $0.falsePositives },
      column("fn", "False negative") { $0.falseNegatives }, column("tn", "True negative") { $0.trueNegatives },
    ])
  }

  // MARK: Files

  private func writeFiles(
    _ folder: String, _ evaluation: Evaluation, _ predictions: Predictions, _ examples: Examples,
    _ description: ModelDescription, _ frames: [String: Frame], history: Frame?
  ) throws {
    let prefix = folder + "/" + description.labelSet
    var table = CSV(columns: ["ecg_id"] + examples.classes.map { "true:\($0)" } + examples.classes.map { "score:\($0)" }, rows: [])
    table.rows = examples.records.indices.map { row in
      ["\(examples.records[row].ecgID)"] + examples.labels[row].map { $0 ? "1" : "0" } + predictions.scores.map { "\($0[row])" }
    }
    try writeFile(table.text, to: folder + "/predictions.csv")
    if let classes = frames["classes"] {
      try writeFile(classes.csv.text, to: prefix + "_performance_summary.csv")
    }
    try writeFile(
      classificationReport(predictions, thresholds: description.thresholds), to: prefix + "_classification_report.txt")
    let figures: [(String, FigureKind, Frame?)] = [
      ("training_curves", .trainingCurves, history), ("roc_curves", .roc, frames["roc"]),
      ("confusion_matrices", .confusion, frames["confusion"]),
    ]
    for (name, kind, frame) in figures {
      guard let frame else { continue }
      let scene = try kind.scene(frame, frames, FigureStyle())
      try writeFile(try png(scene, scale: 3), to: "\(prefix)_\(name).png")
    }
    try ModelFolder(folder).writeManifest(tool: "ecgbook \(toolVersion)")
  }
}

/// About `limit` of `count` indices, evenly, the first and the last among them.
func thinnedIndices(_ count: Int, to limit: Int) -> [Int] {
  guard count > limit, limit > 1 else { return Array(0..<count) }
  return (0..<limit).map { $0 * (count - 1) / (limit - 1) }
}

extension ROCCurve {
  /// The true positive rate at a false positive rate, between two points in proportion; the upper end of a jump.
  func truePositiveRate(at x: Double) -> Double {
    guard let next = points.firstIndex(where: { $0.falsePositiveRate > x }), next > 0 else { return 1 }
    let (a, b) = (points[next - 1], points[next])
    let share = (x - a.falsePositiveRate) / (b.falsePositiveRate - a.falsePositiveRate)
    return a.truePositiveRate + (b.truePositiveRate - a.truePositiveRate) * share
  }
}
