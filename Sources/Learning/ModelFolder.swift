import Files
import Foundation
import Torch

/// The folder `saved_models/NAME/`: what it holds stands in the architecture page. Its files are named by the label set.
public struct ModelFolder: Sendable {
  public let path: String
  public init(_ path: String) { self.path = path }

  /// Writes the network's own files: description, weights for ECGBook and for Python, labels, history.
  public func write(_ trained: Trained, as description: ModelDescription) throws {
    try write(trained.arrays, as: description)
    let history = History(bestEpoch: trained.bestEpoch, chosenBy: "highest validation macro AUROC", epochs: trained.history)
    try writeFile(try CanonicalJSON.data(history), to: path + "/\(description.labelSet)_history.json")
  }

  /// The same for an ensemble, which has no history of its own.
  public func write(_ model: Model) throws { try write(withTorch { model.network.arrays() }, as: model.description) }

  private func write(_ arrays: [NamedArray], as description: ModelDescription) throws {
    try FileManager.default.makeFolder(path)
    let prefix = description.labelSet
    try writeFile(try CanonicalJSON.data(description), to: path + "/model.json")
    let weights = Safetensors(arrays, metadata: ["format": "pt"])
    try writeFile(try weights.encoded(), to: path + "/model.safetensors")
    try writeFile(try torchFile(arrays), to: path + "/\(prefix)_model.pt")
    try writeFile(labelBinarizerFile(description.labels), to: path + "/\(prefix)_label_binarizer.pkl")
  }

  /// What differs from run to run; no part of any digest.
  public func write(run: RunFacts) throws { try writeFile(try CanonicalJSON.data(run), to: path + "/run.json") }

  /// The digests of all files but `run.json` and the manifest itself, written last.
  public func writeManifest(tool: String) throws {
    var digests: [String: Digest] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: path) where !["run.json", "manifest.json"].contains(name) {
      guard !name.hasPrefix("."), !name.hasSuffix(".tmp") else { continue }
      digests[name] = try Digest(ofFile: path + "/" + name)
    }
    try writeFile(try CanonicalJSON.data(Manifest(files: digests, tool: tool)), to: path + "/manifest.json")
  }

  /// What the manifest says that the folder does not: one line per file that is missing or has another content.
  public func differencesFromManifest() throws -> [String] {
    let file = path + "/manifest.json"
    let manifest: Manifest
    do { manifest = try JSONDecoder().decode(Manifest.self, from: try readFile(file)) } catch let error as DecodingError {
      throw ModelError(file, "not a manifest: \(error.reason)")
    }
    return manifest.files.sorted { $0.key < $1.key }.compactMap { name, digest in
      guard let found = try? Digest(ofFile: path + "/" + name) else { return "\(name): missing" }
      return found == digest ? nil : "\(name): changed; the manifest says \(digest.short)…, found \(found.short)…"
    }
  }

  /// Brings the folder to `target`, in one step; what was there before is replaced. A target that holds the same files
  /// already is left alone.
  public func copy(to target: String) throws {
    let files = FileManager.default
    let old = ModelFolder(target)
    if let mine = try? readFile(path + "/manifest.json"), let theirs = try? readFile(target + "/manifest.json"),
      mine == theirs, (try? old.differencesFromManifest().isEmpty) ?? false
    {
      return
    }
    let parent = (target as NSString).deletingLastPathComponent
    let aside = "\(target).\(UUID().uuidString).tmp"
    try files.makeFolder(parent)
    defer { try? files.removeItem(atPath: aside) }
    do {
      try files.copyItem(atPath: path, toPath: aside)
      if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
      try files.moveItem(atPath: aside, toPath: target)
    } catch { throw FileError("write", target, reason: error.localizedDescription) }
  }

  struct Manifest: Codable {
    var files: [String: Digest]
    var tool: String
  }

  struct History: Codable {
    var bestEpoch: Int
    var chosenBy: String
    var epochs: [Epoch]
  }
}

/// How a training went on this machine.
public struct RunFacts: Sendable, Codable, Equatable {
  public var seconds: Double
  public var cpuSeconds: Double
  public var threads: Int
  public var finished: Date
  public var libTorch: String
  public init(seconds: Double, cpuSeconds: Double, threads: Int, finished: Date, libTorch: String) {
    (self.seconds, self.cpuSeconds, self.threads) = (seconds, cpuSeconds, threads)
    (self.finished, self.libTorch) = (finished, libTorch)
  }
}
