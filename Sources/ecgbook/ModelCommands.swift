import ArgumentParser
import Files
import Foundation
import Interpretation
import Learning
import Networks
import Torch
import WFDB

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Applies a network to a recording and ranks what it finds in risk groups.",
    discussion: """
      Any length, rate and order of leads: the recording is resampled to the network's rate and cut into windows of 10 s, \
      half overlapping. Not a medical device.
      """)
  @Argument(help: "The record, with or without extension.") var record: String
  @Option(help: "A model folder, or the name of one under saved_models.") var model = "detailed-ecgconvnet"
  @Option(help: "A severity table of your own (CSV: label,severity,reason).") var severity: String?
  @Option(help: "auto, cpu or cuda.") var device = "cpu"
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let recording = try Record(path: record)
    let table = try severity.map { try SeverityTable(path: $0) } ?? .standard()
    let folder = try modelFolder()
    let description = try ModelDescription(folder: folder)
    let prepared = try Recording(recording, leads: description.leads, samplingRate: description.samplingRate)
    let prediction: Prediction
    do {
      let network = try Model(folder: folder, device: Device(named: device))
      prediction = try network.predict(prepared)
    } catch let error as TorchError { throw Failure(message: "\(error)", status: 1) }
    let interpretation = Interpretation(prediction, severities: table)
    print(json ? try CanonicalJSON.text(interpretation) : interpretation.text(description))
  }

  /// A path, or a name under `saved_models` of the current folder or beside the program's own.
  private func modelFolder() throws -> String {
    let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    var places = [model, "saved_models/" + model]
    var folder = program
    for _ in 0..<4 {  // .build/PLATFORM/release beside saved_models
      folder = folder?.deletingLastPathComponent()
      if let folder { places.append(folder.path + "/saved_models/" + model) }
    }
    guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0 + "/model.json") }) else {
      throw Failure(message: "no model '\(model)': neither a folder with model.json, nor one under saved_models", status: 2)
    }
    return found
  }
}

extension Interpretation {
  /// For a terminal.
  func text(_ model: ModelDescription) -> String {
    func percent(_ x: Double) -> String { String(format: "%5.1f %%", 100 * x) }
    func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
    var lines = ["\(record): \(String(format: "%.1f", seconds)) s, \(windows) \(windows == 1 ? "window" : "windows") of 10 s", ""]
    for group in RiskGroup.allCases {
      let names = findings(in: group).map { "\($0.label) \(percent($0.probability).trimmingCharacters(in: .whitespaces))" }
      lines.append(left(group.rawValue.capitalized + " risk", 12) + " " + (names.isEmpty ? "none" : names.joined(separator: ", ")))
    }
    lines += ["", left("label", 10) + "maximum     mean  threshold  severity  found"]
    for f in findings {
      let threshold = f.threshold.map(percent) ?? "   none"
      lines.append(left(f.label, 10) + "\(percent(f.probability))  \(percent(f.mean))    \(threshold)         \(f.severity)  \(f.isFound ? "yes" : "")")
    }
    lines += notes.isEmpty ? [] : [""] + notes.map { "Note: \($0)." }
    lines += ["", "Model: \(model.name) (\(model.networks.title)), trained on \(model.data.name), folds \(model.training.folds)."]
    lines += ["Groups: \(rule)", "", caution]
    return lines.map { $0.wrapped(at: 80) }.joined(separator: "\n")
  }
}

extension String {
  /// Broken at spaces so that no line is longer than `width`, where words allow.
  func wrapped(at width: Int) -> String {
    guard count > width, !contains("  ") else { return self }
    var (lines, line) = ([String](), "")
    for word in split(separator: " ") {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    return (lines + [line]).joined(separator: "\n")
  }
}
