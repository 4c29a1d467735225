import Book
import Foundation
import Learning
import Networks

/// `ensemble`: several networks that answer together, by the mean of their probabilities.
struct EnsembleCell: Cell {
  static let kind = "ensemble"
  static let summary = "Lets several networks answer together, by the mean of their probabilities."
  static let version = "1." + learningVersion

  let members: [Reference]
  let data: Reference
  let name: String

  init(_ options: inout Options) {
    members = options.takeReferences("members", kinds: NetworkCells.kinds)
    data = options.takeReference("data", kinds: [DatasetCell.kind])
    name = NetworkCells.takeName(&options)
    if members.isEmpty { options.fail("members", "an ensemble has at least one member", help: "write members: [a, b]") }
  }

  var needs: [Reference] { members + [data] }
  var valuePaths: [String] {
    ["name", "network", "members", "parameters", "validation.auroc", "windows.chosen", "windows.mean.auroc", "windows.maximum.auroc"]
  }

  func run(_ context: RunContext) async throws -> Output {
    let dataset = try DatasetCell.opened(data, in: context)
    let validation = try await dataset.examples([.validation])[0]
    let networks = try members.map { try Model(folder: try context.cell($0).folder + "/" + NetworkCells.folder) }
    context.progress("\(validation.count) validation records")
    let (model, chosen) = try Model.ensemble(networks, name: name, validation: validation, tool: "ecgbook \(toolVersion)")
    try ModelFolder(context.folder + "/" + NetworkCells.folder).write(model)
    return Output(
      values: .object([
        "name": .text(name), "network": .text(model.description.networks.title), "members": .integer(members.count),
        "parameters": .integer(model.description.parameterCount), "validation": .object(["auroc": .optional(chosen.auroc)]),
        "windows": chosen.value,
      ]))
  }
}

/// What the cells that make a network have in common.
enum NetworkCells {
  static let kinds = [TrainCell.kind, EnsembleCell.kind]
  /// Where the network's files lie in the cell's folder.
  static let folder = "model"

  /// The name under which a network is saved.
  static func takeName(_ options: inout Options) -> String {
    let name = options.take("name", default: "model")
    if name.isEmpty || name.hasPrefix(".") || name.contains(where: { "/\\:".contains($0) || $0.isWhitespace }) {
      options.fail("name", "'\(name)' cannot name a folder", help: "use letters, digits, '-' and '_'")
    }
    return name
  }
}
