import Networks
import PTBXL
import Torch

extension Model {
  /// Networks that answer together (``Ensemble``). How a record's windows become one answer, and the thresholds, are
  /// chosen anew on the validation records.
  /// - Parameters:
  ///   - members: networks of the same labels, leads, rate, windows and standardization: trained on the same data.
  /// - Throws: ``ModelError`` naming what two members do not share.
  public static func ensemble(_ members: [Model], name: String, validation: Examples, tool: String) throws -> (Model, Validation) {
    guard let first = members.first else { throw ModelError(name, "an ensemble has at least one member") }
    for member in members.dropFirst() {
      let (a, b) = (first.description, member.description)
      let shared = [
        ("labels", a.labels == b.labels), ("leads", a.leads == b.leads), ("sampling rate", a.samplingRate == b.samplingRate),
        ("windows", a.windows.samples == b.windows.samples && a.windows.stride == b.windows.stride),
        ("standardization", a.standardization == b.standardization), ("training data", a.data == b.data),
      ]
      if let different = shared.first(where: { !$0.1 }) {
        throw ModelError(name, "'\(a.name)' and '\(b.name)' have not the same \(different.0); members of an ensemble do")
      }
    }
    var description = first.description
    description.name = name
    description.networks = members.flatMap(\.description.networks)
    description.parameterCount = members.reduce(0) { $0 + $1.description.parameterCount }
    description.members = members.map(\.description.training)
    description.tool = tool
    let network = Ensemble(members.map(\.network))
    let model = Model(description, network: network, device: first.device)
    model.threads = first.threads
    let chosen = Validation(try Predictor(model).windowProbabilities(of: validation), of: validation)
    description.choose(chosen, on: validation)
    let finished = Model(description, network: network, device: first.device)
    finished.threads = first.threads
    return (finished, chosen)
  }
}
