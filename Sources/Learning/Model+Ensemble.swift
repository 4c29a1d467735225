import Foundation
import Networks
import PTBXL
import Torch

/// What networks that shall answer together make of records: their features, asked for once. Every label set that they
/// answer follows from these.
public struct EnsembleFeatures {
  let options: Discriminant.Options?
  /// `[record][feature]` of the training records, all members' features one behind another, means over the windows; empty
  /// without a discriminant.
  let training: [[Float]]
  /// `[record][window][feature]` of the validation records.
  let validation: [[[Float]]]
  let space: Discriminant.Space?

  /// - Parameters:
  ///   - members: networks of the same windows and standardization.
  ///   - options: of the discriminant; nil for none, and then no training record is looked at.
  public init(
    of members: [Model], training: Examples, validation: Examples, discriminant options: Discriminant.Options?,
    isInterrupted: () -> Bool = { false }
  ) throws {
    self.options = options
    let predictors = try members.flatMap { model in
      try model.parts.map { part in
        var predictor = Predictor(model)
        (predictor.network, predictor.asksForProbabilities) = (Features(network: part), false)
        return predictor
      }
    }
    func features(_ examples: Examples) throws -> [[[Float]]] {
      try predictors.map { try $0.windowProbabilities(of: examples, isInterrupted: isInterrupted) }.joinedFeatures
    }
    self.validation = try features(validation)
    guard let options else {
      (self.training, space) = ([], nil)
      return
    }
    // Some records at a time: the windows of all would need several times the memory of their means.
    self.training = try stride(from: 0, to: training.count, by: 512).flatMap { start in
      try features(training.part(Array(start..<min(start + 512, training.count)))).map { $0.mean }
    }
    space = self.training.count == training.count ? try Discriminant.Space(self.training, shrinkage: options.shrinkage) : nil
  }

  /// Answers with a network's features instead of its logits.
  private struct Features: Layer {
    let network: any Network
    func callAsFunction(_ x: Tensor) -> Tensor { network.features(x) }
  }

  /// The ensemble's probabilities for some of the validation records, `[record][window][label]`.
  func answers(of ensemble: Ensemble, for places: [Int]) throws -> [[[Double]]] {
    try places.map { place in
      let windows = validation[place]
      let flat = try withTorch {
        try withoutGradients {
          var first = 0
          let features = ensemble.members.map { member in
            let range = first..<(first + member.output.inputs)
            first = range.upperBound
            return Tensor(windows.flatMap { $0[range] }, shape: [windows.count, range.count])
          }
          return ensemble.logits(features).sigmoid().values
        }
      }
      let labels = flat.count / max(1, windows.count)
      return windows.indices.map { flat[($0 * labels)..<(($0 + 1) * labels)].map(Double.init) }
    }
  }
}

extension [[[[Double]]]] {
  /// `[member][record][window][feature]` -> `[record][window][feature]`, the members' features one behind another.
  fileprivate var joinedFeatures: [[[Float]]] {
    guard let first else { return [] }
    let reached = map(\.count).min() ?? 0  // by all, where an interruption stopped one early
    return (0..<reached).map { record in
      first[record].indices.map { window in flatMap { $0[record][window].map { Float($0) } } }
    }
  }
}

extension [[Float]] {
  /// `[window][feature]` -> `[feature]`
  fileprivate var mean: [Float] {
    guard let first else { return [] }
    return first.indices.map { feature in Float(reduce(0.0) { $0 + Double($1[feature]) } / Double(count)) }
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
    _ members: [Model], name: String, features: EnsembleFeatures, training: (places: [Int], examples: Examples),
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
    let start = Initializer(seed: 0, device: first.device)
    var network = Ensemble(parts, classes: description.labels.count, from: start)
    var windows = try features.answers(of: network, for: validation.places)
    if let options = features.options, let space = features.space {
      var discriminant = Discriminant(training.places.map { features.training[$0] }, training.examples.labels, in: space)
      let logits = windows.map { record in Windows.Aggregate.mean(record.map { $0.map(Self.logit) }) }
      discriminant.scale(on: validation.places.map { features.validation[$0].mean }, to: logits)
      network = Ensemble(parts, classes: description.labels.count, share: options.share, from: start)
      try withTorch { network.load(discriminant) }
      description.discriminant = options
      description.parameterCount += discriminant.weights.reduce(0) { $0 + $1.count + 1 }
      windows = try features.answers(of: network, for: validation.places)
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
