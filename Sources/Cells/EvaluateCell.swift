import Book
import Drawing
import Files
import Foundation
import Learning
import PTBXL
import Scoring

/// `evaluate`: predictions against the truth, per label and over all: a network's on records that it has not learned
/// from, or those of a file.
struct EvaluateCell: Cell {
  static let kind = "evaluate"
  static let summary = "Scores a network on the test (or validation) folds, or predictions from a file, with intervals over patients."
  static let version = "4." + learningVersion + "." + scoringVersion

  let source: Source
  let split: Part
  let replicates, seed: Int
  let level: Double
  let method: Bootstrap.Method
  let lostClass: Interval.LostClass
  let calibration: Calibration.Method?
  let groupings: [RecordGrouping]
  /// Whether labels and scores of every record stand in the report.
  let attachesPredictions: Bool
  private let id: String

  /// What is evaluated.
  enum Source: Sendable {
    /// A network on a data set; nil takes the way to join windows that was chosen on the validation records.
    case network(Reference, data: Reference, Windows.Aggregate?)
    /// Files as `ecgbook score` takes them; the second for calibration, and a data set to find records in.
    case file(PredictionSource, validation: String?, data: Reference?)
  }

  init(_ options: inout Options) {
    let model = options.takeReferenceIfPresent("model", kinds: NetworkCells.kinds)
    let data = options.takeReferenceIfPresent("data", kinds: [DatasetCell.kind])
    let predictions = options.takePathIfPresent("predictions").map(PredictionSource.init)
    let validation = options.takePathIfPresent("validation")
    split = options.takeChoice("split", default: .test)
    let aggregate = Windows.Aggregate(
      rawValue: options.takeChoice("windows", default: "chosen", of: ["chosen"] + Windows.Aggregate.allCases.map(\.rawValue)))
    replicates = options.take("bootstrap", default: 1000, in: 0...100_000)
    seed = options.take("seed", default: 1, in: 0...Int(Int32.max))
    level = options.take("level", default: 0.95, in: 0.5...0.999)
    method = options.takeChoice("method", default: .percentile)
    lostClass = options.takeChoice("lost", default: .stratified)
    calibration = Calibration.Method(
      rawValue: options.takeChoice("calibration", default: "platt", of: ["none"] + Calibration.Method.allCases.map(\.rawValue)))
    attachesPredictions = options.take("attach-predictions", default: false)
    id = options.id
    groupings = options.take("subgroups", default: [String]()).compactMap { name in
      let grouping = RecordGrouping(rawValue: name)
      if grouping == nil {
        options.fail("subgroups", "no grouping '\(name)'", help: "groupings: \(RecordGrouping.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return grouping
    }
    if let predictions {
      source = .file(predictions, validation: validation, data: data)
      if model != nil { options.fail("predictions", "a cell evaluates a network or a file, not both", help: "leave out 'model' or 'predictions'") }
      if data == nil, !groupings.isEmpty { options.fail("subgroups", "who a record is of is known to a data set; there is none", help: "add 'data'") }
    } else {
      let (reference, dataset) = (model ?? Reference(""), data ?? Reference(""))
      source = .network(reference, data: dataset, aggregate)
      if model == nil { options.fail("model", "an evaluate cell needs a network: 'model', or a file: 'predictions'", help: "name a train or ensemble cell") }
      if data == nil { options.fail("data", "the network needs records: 'data'", help: "name a dataset cell") }
      if validation != nil { options.fail("validation", "a network answers the validation folds itself", help: "it goes with 'predictions'") }
    }
    if (1..<100).contains(replicates) {
      options.fail("bootstrap", "\(replicates) replicates say little about the ends of an interval", help: "take 1000, or 0 for no intervals")
    }
  }

  var needs: [Reference] {
    switch source {
    case .network(let model, let data, _): [model, data]
    case .file(_, _, let data): data.map { [$0] } ?? []
    }
  }

  /// Where another cell finds the labels and scores of every record, in the folder that this one left.
  static func predictionsFile(in folder: String) -> String {
    let ofNetwork = "\(folder)/\(NetworkCells.folder)/\(predictionsName)"
    return FileManager.default.fileExists(atPath: ofNetwork) ? ofNetwork : "\(folder)/\(predictionsName)"
  }
  private static let predictionsName = "predictions.csv"
  /// The frame that holds them where the report shall.
  static let predictionsFrame = "predictions"

  /// Its own frame, so that the results keep it.
  var reads: [FrameName] { attachesPredictions ? [FrameName(cell: id, frame: Self.predictionsFrame)] : [] }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    guard case .file(let predictions, let validation, _) = source else { return [] }
    return try [("predictions" + predictions.part, predictions.path), ("validation", validation)].compactMap { name, path in
      try path.map { InputDigest(name: name, digest: try context.digests.digest(ofFile: context.resolve($0))) }
    }
  }

  var valuePaths: [String] {
    let averages = ["macro", "micro", "weighted"].flatMap { row in Self.averaged.map { "\(row).\($0.rawValue)" } }
    return [
      "records", "patients", "split", "windows", "labels", "bootstrap", "seed", "level", "method", "lost.rule", "lost.replicates",
      "macro.defined", "fmax", "maximum.auroc", "mean.auroc", "best.label", "best.auroc", "worst.label", "worst.auroc",
      "undefined", "thresholds", "calibration.method", "validation.shared",
    ] + ["calibration", "calibration.micro"].flatMap { row in ["ece", "eceByChance", "slope", "brier"].map { "\(row).\($0)" } } + averages + Self.ofClass.map { "class.*.\($0.rawValue)" } + ["class.*.threshold", "class.*.support"]
  }

  /// The statistics that are values of the averages, and of each class.
  static let averaged: [StatisticName] = [.auroc, .ap, .f1, .mcc, .brier, .ece, .eceByChance, .calibrationSlope]
  static let ofClass: [StatisticName] = StatisticName.allCases

  func run(_ context: RunContext) async throws -> Output {
    let evaluated = try await evaluated(in: context)
    let (predictions, patients) = (evaluated.predictions, evaluated.patients)
    let bootstrap =
      replicates > 0
      ? Bootstrap(replicates: replicates, level: level, seed: UInt64(seed), method: method, lostClass: lostClass) : nil
    let evaluation = try Scoring.evaluate(predictions, thresholds: evaluated.thresholds, patients: patients, bootstrap: bootstrap)
    let calibrated = try Calibrated(predictions, fittedTo: evaluated.validation, by: calibration, thresholds: evaluated.thresholds)
    let subgroups = try groupings.isEmpty
      ? []
      : Scoring.subgroups(
        predictions, groupings.map { $0.grouping(evaluated.records) }, patients: patients,
        bootstrap ?? Bootstrap(replicates: 1000, level: level, seed: UInt64(seed)))

    let frames = EvaluationFrames(evaluation, predictions, calibrated, subgroups, bootstrap)
    try writeFiles(context, evaluated, evaluation, frames, calibrated)
    var all = frames.all
    if attachesPredictions { all[Self.predictionsFrame] = evaluated.frame }
    var output = Output(
      values: values(evaluation, evaluated, calibrated), frames: all,
      citations: ["hanley1982"] + (calibrated.map { [$0.calibration.method.citation, "vickers2006"] } ?? []),
      testSet: evaluated.testSet)
    mark(&output.frames, choices(output))
    return output
  }

  // MARK: Choices

  /// Statistics that depend on the thresholds.
  private static let atThresholds: [StatisticName] = [.precision, .recall, .specificity, .npv, .f1, .f2, .balancedAccuracy, .mcc]
  private static func paths(_ names: [StatisticName]) -> [String] {
    let averages = names.filter(averaged.contains).flatMap { name in ["macro", "micro", "weighted"].map { "\($0).\(name.rawValue)" } }
    return averages + names.map { "class.*.\($0.rawValue)" }
  }
  private static let calibrated = ["calibration", "calibration.micro"].flatMap { row in ["ece", "slope", "brier"].map { "\(row).\($0)" } }

  func choices(_ output: Output) -> [Choice] {
    let own: Choice.Origin = split == .test ? .test : split == .validation ? .validation : .training
    let shared = output.values["validation.shared"]?.integer ?? 0
    let sees: Bool, weights: [Choice]
    let thresholds: Choice
    switch source {
    case .network(_, _, let aggregate):
      sees = split == .validation
      let all = Self.paths(StatisticName.allCases) + Self.calibrated + ["mean.auroc", "maximum.auroc", "best.auroc", "worst.auroc"]
      weights = [
        Choice("the weights", rule: "fitted by gradient descent", origin: .training, optimistic: split == .training ? all : []),
        Choice("the epoch", rule: "highest macro AUROC", origin: .validation, optimistic: sees ? all : []),
        aggregate == nil
          ? Choice("how windows are joined", rule: "mean or maximum, whichever has the higher macro AUROC", origin: .validation)
          : Choice("how windows are joined", rule: aggregate?.rawValue ?? "", origin: .convention),
      ]
      thresholds = Choice(
        "thresholds", rule: output.values["thresholds"]?.string ?? "", origin: .validation, optimistic: sees ? Self.paths(Self.atThresholds) : [])
    case .file(_, let validation, _):
      sees = shared > 0
      weights = []
      thresholds = Choice(
        "thresholds", rule: output.values["thresholds"]?.string ?? "", origin: validation == nil ? .convention : .validation,
        optimistic: sees ? Self.paths(Self.atThresholds) : [])
    }
    let calibration = output.values["calibration.method"]?.string.map { method in
      [Choice("calibration", rule: method, origin: .validation, optimistic: sees ? Self.calibrated : [])]
    } ?? []
    return weights + [thresholds] + calibration + [
      Choice("the threshold of Fmax", rule: "highest F, as the measure is defined", origin: own, optimistic: ["fmax"]),
      Choice("the best label", rule: "highest AUROC", origin: own, optimistic: ["best.auroc"]),
    ]
  }

  /// Says in the columns of frames what choices made of them.
  private func mark(_ frames: inout [String: Frame], _ choices: [Choice]) {
    func reason(_ path: String) -> String? { choices.first { $0.optimistic.contains(path) }?.reason }
    let (ranking, decision, calibration) = (reason("class.*.auroc"), reason("class.*.f1"), reason("calibration.ece"))
    guard ranking != nil || decision != nil || calibration != nil else { return }
    let decided: Set = ["precision", "recall", "specificity", "npv", "f1", "f2", "balanced_accuracy", "mcc", "tp", "fp", "fn", "tn"]
    let known: Set = ["label", "support", "threshold", "records", "patients", "labels", "grouping", "level", "series", "factor", "shift", "temperature"]
    for (name, frame) in frames where name != Self.predictionsFrame {
      for (index, column) in frame.columns.enumerated() where !known.contains(column.name) {
        let own = decided.contains(column.name) ? decision : nil
        let fitted = name == "calibration" || name == "reliability" || name == "decision-curves" ? calibration : nil
        frames[name]?.columns[index].optimism = ranking ?? own ?? fitted
      }
    }
  }

  // MARK: Values

  private func values(_ evaluation: Evaluation, _ evaluated: Evaluated, _ calibrated: Calibrated?) -> Value {
    let n = evaluation.records
    func row(_ statistics: Statistics, _ names: [StatisticName]) -> [String: Value] {
      Dictionary(uniqueKeysWithValues: names.map { ($0.rawValue, Value(statistics[$0], n: n)) })
    }
    let rows = evaluation.perClass
    let ranked = rows.filter { $0.auroc.value != nil }.sorted { ($0.auroc.value ?? 0) > ($1.auroc.value ?? 0) }
    let undefined = rows.filter { $0.auroc.value == nil }.map(\.name)
    var classes: [String: Value] = [:]
    for own in rows {
      classes[own.name] = .object(
        row(own.statistics, Self.ofClass).merging([
          "threshold": own.threshold.map(Value.number) ?? .undefined("no threshold"), "support": .integer(own.support),
        ]) { first, _ in first })
    }
    let noWindows = Value.undefined("the predictions are those of a file")
    let interval = evaluation.macro.auroc.interval
    let noReplicates = Value.undefined("no bootstrap")
    var values: [String: Value] = [
      "records": .integer(n), "patients": evaluation.patients.map(Value.integer) ?? .undefined("the file names no patients"),
      "split": .text(split.rawValue), "windows": evaluated.windows.map { .text($0.chosen.rawValue) } ?? noWindows,
      "labels": .integer(rows.count), "bootstrap": .integer(replicates), "seed": .integer(seed), "level": .number(level),
      "method": interval.map { .text($0.method.description) } ?? noReplicates,
    ]
    values["lost"] = .object([
      "rule": interval?.lostClass.map { .text($0.rawValue) } ?? noReplicates,
      "replicates": interval?.lost.map(Value.integer) ?? noReplicates,
    ])
    values["macro"] = .object(
      row(evaluation.macro.statistics, Self.averaged)
        .merging(["defined": .integer(evaluation.macro.defined[.auroc] ?? 0)]) { first, _ in first })
    values["micro"] = .object(row(evaluation.micro.statistics, Self.averaged))
    values["weighted"] = .object(row(evaluation.weighted.statistics, Self.averaged))
    values["fmax"] = Value(evaluation.fmax, n: n)
    values["thresholds"] = .text(evaluation.thresholdNote)
    values["mean"] = .object(["auroc": evaluated.windows.map { .optional($0.mean) } ?? noWindows])
    values["maximum"] = .object(["auroc": evaluated.windows.map { .optional($0.maximum) } ?? noWindows])
    values["best"] = Self.extreme(ranked.first, n: n)
    values["worst"] = Self.extreme(ranked.last, n: n)
    values["validation"] = .object(["shared": .integer(evaluated.shared)])
    values["undefined"] = .text(undefined.isEmpty ? "none" : undefined.joined(separator: ", "))
    values["class"] = .object(classes)
    let notCalibrated = Value.undefined("nothing was calibrated")
    func quality(_ statistics: Statistics?) -> [String: Value] {
      let names: [(String, StatisticName)] = [("ece", .ece), ("eceByChance", .eceByChance), ("slope", .calibrationSlope), ("brier", .brier)]
      return Dictionary(uniqueKeysWithValues: names.map { key, name in
        (key, statistics.map { Value($0[name], n: n) } ?? notCalibrated)
      })
    }
    var calibration = quality(calibrated?.evaluation.macro.statistics)
    calibration["method"] = calibrated.map { .text($0.calibration.method.rawValue) } ?? notCalibrated
    calibration["micro"] = .object(quality(calibrated?.evaluation.micro.statistics))
    values["calibration"] = .object(calibration)
    return .object(values)
  }

  private static func extreme(_ row: Evaluation.ClassRow?, n: Int) -> Value {
    guard let row else { return .undefined("no label has both positive and negative records") }
    return .object(["label": .text(row.name), "auroc": Value(row.auroc, n: n)])
  }

  // MARK: Files

  func publish(_ output: Output, _ context: PublishContext) throws {
    guard case .network = source else { return }
    let source = ModelFolder(context.folder + "/" + NetworkCells.folder)
    let description = try ModelDescription(folder: source.path)
    try source.copy(to: context.projectFolder + "/saved_models/" + description.name)
  }

  /// The model folder as `saved_models/NAME` gets it: the network's files and the evaluation's.
  private func writeFiles(
    _ context: RunContext, _ evaluated: Evaluated, _ evaluation: Evaluation, _ made: EvaluationFrames, _ calibrated: Calibrated?
  ) throws {
    guard case .network(let model, _, _) = source, let description = evaluated.description else {
      return try writeFile(evaluated.csv.text, to: "\(context.folder)/\(Self.predictionsName)")
    }
    let trained = try context.cell(model)
    let folder = context.folder + "/" + NetworkCells.folder
    let set = LabelSet(rawValue: description.labelSet) ?? .all
    try FileManager.default.copyItem(atPath: NetworkCells.folder(in: trained.folder, answering: set), toPath: folder)
    let (predictions, frames) = (evaluated.predictions, made.all)
    let prefix = folder + "/" + description.labelSet
    try writeFile(evaluated.csv.text, to: "\(folder)/\(Self.predictionsName)")
    if let classes = frames["classes"] { try writeFile(classes.csv.text, to: prefix + "_performance_summary.csv") }
    try writeFile(
      classificationReport(predictions, thresholds: description.thresholds), to: prefix + "_classification_report.txt")
    if let calibrated { try writeFile(try CanonicalJSON.data(calibrated.calibration), to: folder + "/" + Model.calibrationFile) }
    let figures: [(String, FigureKind, Frame?)] = [
      ("training_curves", .trainingCurves, trained.output.frames["history"]), ("roc_curves", .roc, frames["roc"]),
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
