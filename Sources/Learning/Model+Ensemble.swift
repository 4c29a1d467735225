import Foundation
import Networks
import PTBXL
import Torch

/// Networks that shall answer together, with what they say of records: asked once, for every label set they answer.
public struct EnsembleMembers {
  let options: Discriminant.Options?
  /// `[record][feature]` of the training and the validation records, means over their windows; empty without a discriminant.
  let training, validation: [[Float]]
  let space: Discriminant.Space?

  /// - Parameters:
  ///   - members: networks of the same windows and standardization.
  ///   - options: of the discriminant; nil for none, and then no training record is looked at.
  public init(
    _ members: [Model], training: Examples, validation: Examples, discriminant options: Discriminant.Options?,
    isInterrupted: () -> Bool = { false }
  ) throws {
    self.options = options
    guard let options, let first = members.first else {
      (self.training, self.validation, space) = ([], [], nil)
      return
    }
    var predictor = Predictor(first)
    predictor.network = try JoinedFeatures(members.flatMap { try $0.parts })
    predictor.asksForProbabilities = false
    func features(_ examples: Examples) throws -> [[Float]] {
      // Some records at a time: the windows of all would need several times the memory of their means.
      try stride(from: 0, to: examples.count, by: 512).flatMap { start in
        let some = examples.part(Array(start..<min(start + 512, examples.count)))
        return try predictor.windowProbabilities(of: some, isInterrupted: isInterrupted).map {
          Windows.Aggregate.mean($0).map { Float($0) }
        }
      }
    }
    self.training = try features(training)
    self.validation = try features(validation)
    space = self.training.count == training.count ? try Discriminant.Space(self.training, shrinkage: options.shrinkage) : nil
  }
}

extension Model {
  /// The networks inside: an ensemble's members, or this one.
  var parts: [any Network] {
    get throws {
      if let ensemble = network as? Ensemble { return ensemble.members }
      if let network = network as? any Network { return [network] }
      throw ModelError(description.name, "a network without features cannot be a member of an ensemble")
    }
  }

  /// Networks that answer together (``Ensemble``). How a record's windows become one answer, and the thresholds, are
  /// chosen anew on the validation records. Members that are ensembles give their members.
  /// - Parameters:
  ///   - members: networks of the same labels, leads, rate, windows and standardization: trained on the same data.
  ///   - features: of these networks. `training` and `validation` are, of the records that they were made of, those that take
  ///     part, with their labels and places.
  /// - Throws: ``ModelError`` naming what two members do not share.
  public static func ensemble(
    _ members: [Model], name: String, features: EnsembleMembers, training: (places: [Int], examples: Examples),
    validation: (places: [Int], examples: Examples), tool: String
  ) throws -> (Model, Validation) {
    guard let first = members.first else { throw ModelError(name, "an ensemble has at least one member") }
    for member in members.dropFirst() {
      let (a, b) = (first.description, member.description)
      let shared = [
        ("labels", a.labels == b.labels && a.classes == b.classes), ("leads", a.leads == b.leads),
        ("sampling rate", a.samplingRate == b.samplingRate),
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
    description.discriminant = nil
    description.parameterCount = members.reduce(0) { $0 + $1.description.parameterCount }
    description.members = members.flatMap { $0.description.members ?? [$0.description.training] }
    description.tool = tool
    let parts = try members.flatMap { try $0.parts }
    func answers(_ network: any Layer) throws -> [[[Double]]] {
      let model = Model(description, network: network, device: first.device)
      model.threads = first.threads
      return try Predictor(model).windowProbabilities(of: validation.examples)
    }
    let start = Initializer(seed: 0, device: first.device)
    var network = Ensemble(parts, classes: description.labels.count, from: start)
    var windows = try answers(network)
    if let options = features.options, let space = features.space {
      var discriminant = Discriminant(training.places.map { features.training[$0] }, training.examples.labels, in: space)
      let logits = windows.map { record in Windows.Aggregate.mean(record.map { $0.map(Self.logit) }) }
      discriminant.scale(on: validation.places.map { features.validation[$0] }, to: logits)
      network = Ensemble(parts, classes: description.labels.count, share: options.share, from: start)
      try withTorch { network.load(discriminant) }
      description.discriminant = options
      description.parameterCount += discriminant.weights.reduce(0) { $0 + $1.count + 1 }
      windows = try answers(network)
    }
    let chosen = Validation(windows, of: validation.examples)
    description.choose(chosen, on: validation.examples)
    let finished = Model(description, network: network, device: first.device)
    finished.threads = first.threads
    return (finished, chosen)
  }

  /// Of a probability kept within 1e-7 of 0 and 1, as LibTorch's.
  private static func logit(_ p: Double) -> Double {
    let kept = min(max(p, 1e-7), 1 - 1e-7)
    return log(kept / (1 - kept))
  }
}

extension Ensemble {
  fileprivate func load(_ discriminant: Discriminant) {
    guard let own = self.discriminant else { return }
    for tensor in own.state {
      let values = tensor.name == "weight" ? discriminant.weights.flatMap { $0 } : discriminant.biases
      tensor.tensor.assign(values.map { Float($0) })
    }
  }
}
