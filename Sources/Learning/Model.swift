import Files
import Foundation
import Networks
import PTBXL
import Scoring
import Torch

/// What `model.json` says of a network: all that is needed to use it, and where it comes from.
public struct ModelDescription: Sendable, Codable, Equatable {
  public var schema = 1
  public var name: String
  public var networks: [Architecture]  // several answer together: their mean probability
  /// Of an ensemble, the linear discriminant over its members' features; nil without one.
  public var discriminant: Discriminant.Options?
  public var parameterCount: Int
  public var labelSet: String
  public var labels: [String]  // in the order of the outputs
  /// Where the labels are classes of what the network itself answers; nil where they are its outputs.
  public var classes: Classes?
  public var leads: [String]  // in the order of the inputs
  public var samplingRate: Double  // Hz
  public var standardization: Standardization
  public var windows: Windows
  /// Per label the probability from which it counts as found; nil where the validation fold has no positive.
  public var thresholds: [Double?]
  public var thresholdRule: String
  public var training: Training  // of an ensemble, its first member's
  /// How each member of an ensemble was trained; nil for a single network.
  public var members: [Training]?
  public var data: DataSource
  public var parent: String?
  public var tool: String  // "ecgbook 0.1.0"

  public struct Training: Sendable, Codable, Equatable {
    public var folds: String  // "1-7/8/9"
    public var records: Int
    public var patients: Int
    public var validationRecords: Int
    public var epochs: Int
    public var bestEpoch: Int
    public var validationMacroAUROC: Double
    /// With the data they determine the weights.
    public var options: TrainingOptions
  }

  /// Labels of which each is there when any of its members is (``AnyOf``).
  public struct Classes: Sendable, Codable, Equatable {
    public var outputs: [String]  // of the network, in order
    public var members: [[String]]  // of each label
  }

  public struct DataSource: Sendable, Codable, Equatable {
    public var name: String  // "PTB-XL 1.0.3"
    public var isSynthetic: Bool
    public var digest: Digest
    public init(name: String, isSynthetic: Bool, digest: Digest) {
      (self.name, self.isSynthetic, self.digest) = (name, isSynthetic, digest)
    }
  }
}

extension ModelDescription {
  /// Describes what a training made. The leads are PTB-XL's, the thresholds those of highest F1 on the validation records.
  public init(
    name: String, labelSet: LabelSet, rate: Double, folds: Folds, options: TrainingOptions, trained: Trained,
    training: Examples, validation: Examples, data: DataSource, tool: String
  ) {
    self.name = name
    networks = [options.architecture]
    parameterCount = trained.parameterCount
    self.labelSet = labelSet.rawValue
    labels = validation.classes  // of a set that was learned beside the training records' own, these alone have them
    classes = trained.classes
    leads = ECGRecord.leadNames
    samplingRate = rate
    standardization = trained.standardization
    windows = trained.windows
    (thresholds, thresholdRule) = ([], "")
    self.training = Training(
      folds: folds.description, records: training.count, patients: Set(training.records.map(\.patientID)).count,
      validationRecords: validation.count, epochs: trained.history.count, bestEpoch: trained.bestEpoch,
      validationMacroAUROC: trained.validation.auroc ?? .nan, options: options)
    self.data = data
    parent = nil
    self.tool = tool
    choose(trained.validation, on: validation)
  }

  /// Takes what was chosen on the validation records: how windows become one answer, and the thresholds of highest F1.
  mutating func choose(_ chosen: Validation, on validation: Examples) {
    windows.aggregate = chosen.aggregate
    training.validationMacroAUROC = chosen.auroc ?? .nan
    thresholds = validation.classes.indices.map { index in
      try? f1Threshold(chosen.probabilities.map { $0[index] }, validation.column(index)).threshold
    }
    thresholdRule = "highest F1 on the validation folds; the highest such threshold where several tie"
  }
}

extension ModelDescription {
  /// The network with first weights.
  func network(from start: Initializer) -> any Layer {
    networks.network(
      leads: leads.count, outputs: classes?.outputs.count ?? labels.count,
      classes: classes.map { classes in
        classes.members.map { members in members.compactMap { classes.outputs.firstIndex(of: $0) } }
      }, share: discriminant?.share ?? 0, from: start)
  }
}

/// A network that can answer: its description and its weights. Used by one thread.
public final class Model {
  public let description: ModelDescription
  public let network: any Layer
  public let device: Device
  /// How the answers of ``predict(_:)`` become calibrated probabilities; nil leaves them as they are.
  public var calibration: Calibration?
  /// Where a model folder keeps it.
  public static let calibrationFile = "calibration.json"
  /// On how many threads many windows are answered; the answers do not depend on it.
  public var threads = ProcessInfo.processInfo.activeProcessorCount

  init(_ description: ModelDescription, network: any Layer, device: Device) {
    (self.description, self.network, self.device) = (description, network, device)
  }

  /// Reads `model.json` and `model.safetensors`; no code of a file is ever run.
  /// - Throws: ``ModelError`` naming the file and what is wrong in it.
  public init(folder: String, device: Device = .cpu) throws {
    let description = try ModelDescription(folder: folder)
    let path = folder + "/model.safetensors"
    let stored = try Safetensors(file: path)
    calibration = try Self.calibration(folder: folder, labels: description.labels)
    (self.description, self.device) = (description, device)
    network = try withTorch {
      let network = description.network(from: Initializer(seed: 0, device: device))
      try network.load(stored.arrays, from: path)
      return network
    }
  }
}

extension Model {
  private static func calibration(folder: String, labels: [String]) throws -> Calibration? {
    let path = folder + "/" + calibrationFile
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    let calibration: Calibration
    do { calibration = try JSONDecoder().decode(Calibration.self, from: try readFile(path)) } catch let error as DecodingError {
      throw ModelError(path, "not a calibration: \(error.reason)")
    }
    guard calibration.names == labels, calibration.scale == .probabilities else {
      throw ModelError(path, "of the labels \(calibration.names.joined(separator: ", ")); the network has \(labels.joined(separator: ", "))")
    }
    return calibration
  }
}

/// A model folder that cannot be used.
public struct ModelError: Error, Equatable, CustomStringConvertible {
  public let path, problem: String
  public init(_ path: String, _ problem: String) { (self.path, self.problem) = (path, problem) }
  public var description: String { "\(path): \(problem)" }
}

extension ModelDescription {
  /// Reads `model.json` and checks that its parts agree.
  public init(folder: String) throws {
    let path = folder + "/model.json"
    guard FileManager.default.fileExists(atPath: path) else {
      throw ModelError(path, "no such file; a model folder holds model.json and model.safetensors")
    }
    do { self = try JSONDecoder().decode(ModelDescription.self, from: try readFile(path)) } catch let error as DecodingError {
      throw ModelError(path, "not a model description: \(error.reason)")
    }
    let counts = [("thresholds", thresholds.count, labels.count), ("standardization.mean", standardization.mean.count, leads.count),
      ("standardization.deviation", standardization.deviation.count, leads.count)]
    for (name, found, expected) in counts where found != expected {
      throw ModelError(path, "\(name) has \(found) entries; expected \(expected)")
    }
    if let classes {
      guard classes.members.count == labels.count else {
        throw ModelError(path, "classes.members has \(classes.members.count) entries; expected \(labels.count)")
      }
      if let unknown = classes.members.joined().first(where: { !classes.outputs.contains($0) }) {
        throw ModelError(path, "classes.members names '\(unknown)', which classes.outputs lacks")
      }
      guard (1...4096).contains(classes.outputs.count), classes.members.allSatisfy({ !$0.isEmpty }) else {
        throw ModelError(path, "classes has no outputs, or a label without members")
      }
    }
    if let discriminant, !(discriminant.share > 0 && discriminant.share <= 1) {
      throw ModelError(path, "discriminant.share is \(discriminant.share); expected above 0, at most 1")
    }
    guard !networks.isEmpty else { throw ModelError(path, "names no network; expected at least one") }
    guard schema == 1 else { throw ModelError(path, "schema \(schema); this version reads 1") }
    guard (1...4096).contains(labels.count), (1...64).contains(leads.count) else {
      throw ModelError(path, "\(labels.count) labels and \(leads.count) leads; expected at least one of each")
    }
    guard samplingRate.isFinite, (1...100_000).contains(samplingRate), (8...10_000_000).contains(windows.samples),
      windows.stride >= 1, standardization.deviation.allSatisfy({ $0 > 0 && $0.isFinite })
    else { throw ModelError(path, "rate, windows or standardization are out of range") }
  }
}

extension DecodingError {
  /// One line: where, and what.
  public var reason: String {
    func place(_ context: Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "" : " at '\(path)'"
    }
    return switch self {
    case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing\(place(context))"
    case .typeMismatch(let type, let context): "expected \(type)\(place(context))"
    case .valueNotFound(let type, let context): "expected \(type), found null\(place(context))"
    case .dataCorrupted(let context): "\(context.debugDescription)\(place(context))"
    @unknown default: "\(self)"
    }
  }
}

extension Layer {
  /// The weights as arrays, in the order of declaration.
  func arrays() -> [NamedArray] {
    allState().map { NamedArray(name: $0.name, shape: $0.tensor.shape, values: $0.tensor.values) }
  }

  /// Overwrites every tensor of the network.
  /// - Throws: ``ModelError`` when a tensor is missing, left over or has another shape.
  func load(_ arrays: [NamedArray], from path: String) throws {
    var rest = Dictionary(arrays.map { ($0.name, $0) }) { first, _ in first }
    for own in allState() {
      guard let array = rest.removeValue(forKey: own.name) else {
        throw ModelError(path, "the tensor '\(own.name)' is missing")
      }
      guard array.shape == own.tensor.shape else {
        throw ModelError(path, "the tensor '\(own.name)' has the shape \(array.shape); the network wants \(own.tensor.shape)")
      }
      own.tensor.assign(array.values)
    }
    if let extra = rest.keys.min() { throw ModelError(path, "the tensor '\(extra)' belongs to another network") }
    try checkTorch()
  }
}
