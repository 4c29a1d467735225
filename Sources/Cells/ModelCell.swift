import Book
import Files
import Foundation
import Learning
import Networks
import PTBXL

/// `model`: a network that was trained before, as its folder holds it.
struct ModelCell: Cell {
  static let kind = "model"
  static let summary = "Takes a trained network from its folder, for an infer cell."
  static let version = "1." + learningVersion

  let folder: String

  init(_ options: inout Options) { folder = options.takePath("folder") }

  var valuePaths: [String] {
    ["name", "network", "parameters", "labels", "labelset", "rate", "calibrated", "data", "folds", "records", "patients", "epochs", "validation.auroc", "tool"]
  }

  func choices(_ output: Output) -> [Choice] {
    [Choice("the epoch", rule: "highest macro AUROC", origin: .validation, optimistic: ["validation.auroc"])]
  }

  /// What answers: description, weights, and the calibration where there is one.
  private func files(_ folder: String) -> [String] {
    let calibration = FileManager.default.fileExists(atPath: "\(folder)/\(Model.calibrationFile)") ? [Model.calibrationFile] : []
    return ["model.json", "model.safetensors"] + calibration
  }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    let folder = context.resolve(folder)
    _ = try ModelDescription(folder: folder)
    return try files(folder).map { InputDigest(name: $0, digest: try context.digests.digest(ofFile: "\(folder)/\($0)")) }
  }

  func run(_ context: RunContext) async throws -> Output {
    let source = context.resolve(folder), copy = context.folder + "/" + NetworkCells.folder
    try FileManager.default.makeFolder(copy)
    for name in files(source) { try writeFile(try readFile("\(source)/\(name)"), to: "\(copy)/\(name)") }
    let model = try Model(folder: copy).description
    return Output(
      values: .object([
        "name": .text(model.name), "network": .text(model.networks.title), "parameters": .integer(model.parameterCount),
        "labels": .integer(model.labels.count), "labelset": .text(model.labelSet), "rate": .number(model.samplingRate),
        "calibrated": .boolean(FileManager.default.fileExists(atPath: "\(copy)/\(Model.calibrationFile)")),
        "data": .text(model.data.name), "folds": .text(model.training.folds), "records": .integer(model.training.records),
        "patients": .integer(model.training.patients), "epochs": .integer(model.training.epochs),
        "validation": .object([
          "auroc": model.training.validationMacroAUROC.isFinite
            ? .number(model.training.validationMacroAUROC) : .undefined("no label has both positive and negative validation records")
        ]),
        "tool": .text(model.tool),
      ]),
      banners: model.data.isSynthetic ? ["Synthetic data: the network '\(model.name)' learned from ECGs of no person."] : [])
  }
}
