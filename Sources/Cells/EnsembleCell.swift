import Book
import Files
import Foundation
import Learning
import Networks
import PTBXL

/// `ensemble`: several networks that answer together, by the mean of their probabilities and a discriminant over their
/// features.
struct EnsembleCell: Cell {
  static let kind = "ensemble"
  static let summary = "Lets several networks answer together."
  static let version = "3." + learningVersion

  let members: [Reference]
  let data: Reference
  let name: String
  let discriminant: Discriminant.Options?

  init(_ options: inout Options) {
    members = options.takeReferences("members", kinds: NetworkCells.kinds)
    data = options.takeReference("data", kinds: [DatasetCell.kind])
    name = NetworkCells.takeName(&options)
    var discriminant = Discriminant.Options()
    discriminant.share = options.take("discriminant", default: discriminant.share, in: 0...1)
    discriminant.shrinkage = options.take("shrinkage", default: discriminant.shrinkage, in: 1e-6...1e6)
    self.discriminant = discriminant.share > 0 ? discriminant : nil
    if members.isEmpty { options.fail("members", "an ensemble has at least one member", help: "write members: [a, b]") }
  }

  var needs: [Reference] { members + [data] }
  var valuePaths: [String] {
    ["name", "network", "members", "parameters", "validation.auroc", "answers.*.auroc", "discriminant", "windows.chosen", "windows.mean.auroc", "windows.maximum.auroc"]
  }

  func run(_ context: RunContext) async throws -> Output {
    let dataset = try DatasetCell.opened(data, in: context)
    let examples = try await dataset.examples([.training, .validation])
    let (training, validation) = (examples[0], examples[1])
    let folders = try members.map { try context.cell($0).folder }
    func networks(_ set: LabelSet) throws -> [Model] {
      try folders.map { try Model(folder: NetworkCells.folder(in: $0, answering: set)) }
    }
    context.progress("\(discriminant == nil ? validation.count : validation.count + training.count) records")
    let features = try EnsembleFeatures(
      of: networks(dataset.labelSet), training: training, validation: validation, discriminant: discriminant,
      isInterrupted: context.isInterrupted)
    func write(_ set: LabelSet, as name: String, to folder: String) throws -> (Model, Validation) {
      if context.isInterrupted() { throw CancellationError() }
      let made = try Model.ensemble(
        networks(set), name: name, features: features, training: dataset.part(of: training, in: set),
        validation: dataset.part(of: validation, in: set), tool: "ecgbook \(toolVersion)")
      try ModelFolder(context.folder + "/" + folder).write(made.0)
      return made
    }
    let (model, chosen) = try write(dataset.labelSet, as: name, to: NetworkCells.folder)
    var answers: [String: Value] = [:]
    for set in LabelSet.allCases where set != dataset.labelSet {
      guard folders.allSatisfy({ NetworkCells.answers(set, in: $0) }), dataset.part(of: validation, in: set).examples.count > 0
      else { continue }
      let own = try write(set, as: NetworkCells.name(name, answering: set), to: NetworkCells.folder(set))
      answers[set.rawValue] = .object(["auroc": .optional(own.1.auroc)])
    }
    return Output(
      values: .object([
        "name": .text(name), "network": .text(model.description.networks.title), "members": .integer(members.count),
        "parameters": .integer(model.description.parameterCount), "validation": .object(["auroc": .optional(chosen.auroc)]),
        "windows": chosen.value, "answers": .object(answers), "discriminant": .number(discriminant?.share ?? 0),
      ]))
  }
}

extension EnsembleCell {
  func choices(_ output: Output) -> [Choice] { NetworkCells.choices([], epoch: false) }
}

/// What the cells that make a network have in common.
enum NetworkCells {
  /// What is chosen on the validation folds. The values that are computed from these are optimistic.
  static func choices(_ more: [String], epoch: Bool) -> [Choice] {
    let paths = more + ["validation.auroc", "windows.mean.auroc", "windows.maximum.auroc", "answers.*.auroc"]
    return (epoch ? [Choice("the epoch", rule: "highest macro AUROC", origin: .validation, optimistic: paths)] : []) + [
      Choice(
        "how windows are joined", rule: "mean or maximum, whichever has the higher macro AUROC", origin: .validation,
        optimistic: epoch ? [] : paths),
      Choice("thresholds", rule: "highest F1 of each label", origin: .validation),
    ]
  }

  static let kinds = [TrainCell.kind, EnsembleCell.kind]
  /// Where the network's files lie in the cell's folder.
  static let folder = "model"
  /// Where they lie as it answers a label set that it learned beside its own.
  static func folder(_ set: LabelSet) -> String { "\(folder)-\(set.rawValue)" }
  static func name(_ name: String, answering set: LabelSet) -> String { "\(name)-\(set.rawValue)" }

  /// Whether the network of a cell's folder answers a label set.
  static func answers(_ set: LabelSet, in cellFolder: String) -> Bool {
    (try? folder(in: cellFolder, answering: set)) != nil
  }

  /// The network's folder as it answers a label set: its own, or one that it learned beside.
  static func folder(in cellFolder: String, answering set: LabelSet) throws -> String {
    let own = cellFolder + "/" + folder
    let description = try ModelDescription(folder: own)
    if description.labelSet == set.rawValue { return own }
    let beside = cellFolder + "/" + folder(set)
    if FileManager.default.isFolder(beside) { return beside }
    let answered = LabelSet.allCases.filter { FileManager.default.isFolder(cellFolder + "/" + folder($0)) }
    let all = [description.labelSet] + answered.map(\.rawValue)
    throw CellError(
      "the network '\(description.name)' answers the label sets \(all.joined(separator: ", ")); the data set has \(set.rawValue). Learn it too: auxiliary: [\(set.rawValue)]")
  }

  /// The name under which a network is saved.
  static func takeName(_ options: inout Options) -> String {
    let name = options.take("name", default: "model")
    if name.isEmpty || name.hasPrefix(".") || name.contains(where: { "/\\:".contains($0) || $0.isWhitespace }) {
      options.fail("name", "'\(name)' cannot name a folder", help: "use letters, digits, '-' and '_'")
    }
    return name
  }
}
