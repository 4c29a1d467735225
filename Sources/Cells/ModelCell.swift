import Book
import Files
import Foundation
import Interpretation
import Learning
import Networks
import PTBXL
import Wording

/// `model`: a network that was trained before, as its folder holds it, with what its evaluation says it reaches for each label.
struct ModelCell: Cell {
  static let kind = "model"
  static let summary = "Takes a trained network from its folder, for an infer cell."
  static let version = "3." + learningVersion + "." + interpretationVersion

  /// A folder, or "none": then cells that need it say that no network was asked.
  let folder: String
  private let language: String
  static let none = "none"

  init(_ options: inout Options) { (folder, language) = (options.takePath("folder"), options.reportLanguage()) }

  var valuePaths: [String] {
    ["name", "words", "network", "parameters", "labels", "labelset", "rate", "calibrated", "data", "folds", "records", "patients", "epochs", "validation.auroc", "tool"]
  }

  func choices(_ output: Output) -> [Choice] {
    [Choice(say(.choiceEpoch), rule: say(.choiceEpochRule), origin: .validation, optimistic: ["validation.auroc"])]
  }

  /// What answers: description, weights, and the calibration where there is one.
  private func files(_ folder: String) -> [String] {
    let calibration = FileManager.default.fileExists(atPath: "\(folder)/\(Model.calibrationFile)") ? [Model.calibrationFile] : []
    return ["model.json", "model.safetensors"] + calibration + performanceFiles(folder)
  }

  /// The summary that an evaluation left in the folder; none where there was none.
  private func performanceFiles(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix("_performance_summary.csv") }.sorted()
  }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    guard self.folder != Self.none else { return [] }
    let folder = context.resolve(folder)
    _ = try ModelDescription(folder: folder)
    return try files(folder).map { InputDigest(name: $0, digest: try context.digests.digest(ofFile: "\(folder)/\($0)")) }
  }

  func run(_ context: RunContext) async throws -> Output {
    let statements = try Statements(language: language)
    guard folder != Self.none else {
      let absent = Value.undefined(statements.word(.reasonModel))
      var values = Value(paths: valuePaths, absent)
      if case .object(var object) = values {
        object["words"] = .text(statements.word(.reasonModel))
        values = .object(object)
      }
      return Output(values: values, frames: ["performance": LabelPerformance.frame([], statements)])
    }
    let source = context.resolve(folder), copy = context.folder + "/" + NetworkCells.folder
    try FileManager.default.makeFolder(copy)
    for name in files(source) { try writeFile(try readFile("\(source)/\(name)"), to: "\(copy)/\(name)") }
    let model = try Model(folder: copy).description
    return Output(
      values: .object([
        "name": .text(model.name), "words": .text("\(model.name), \(model.networks.title), \(model.data.name), \(model.training.folds)"),
        "network": .text(model.networks.title), "parameters": .integer(model.parameterCount),
        "labels": .integer(model.labels.count), "labelset": .text(model.labelSet), "rate": .number(model.samplingRate),
        "calibrated": .boolean(FileManager.default.fileExists(atPath: "\(copy)/\(Model.calibrationFile)")),
        "data": .text(model.data.name), "folds": .text(model.training.folds), "records": .integer(model.training.records),
        "patients": .integer(model.training.patients), "epochs": .integer(model.training.epochs),
        "validation": .object([
          "auroc": model.training.validationMacroAUROC.isFinite
            ? .number(model.training.validationMacroAUROC) : .undefined(statements.word(.reasonModelAuroc))
        ]),
        "tool": .text(model.tool),
      ]),
      frames: ["performance": LabelPerformance.frame(try performance(copy, model.labelSet, statements), statements)],
      banners: model.data.isSynthetic ? [statements.word(.modelSynthetic, model.name)] : [])
  }

  private func performance(_ folder: String, _ labelSet: String, _ statements: Statements) throws -> [LabelPerformance] {
    let file = "\(folder)/\(labelSet)_performance_summary.csv"
    guard FileManager.default.fileExists(atPath: file) else { return [] }
    return try LabelPerformance.read(file, statements)
  }
}
