import ArgumentParser
import Files
import Formats
import Foundation
import Interpretation
import Learning
import Measurement
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
  @Argument(help: "The record, with or without extension.") var record: String?
  @Option(help: "Many records instead: a file with a path a line, or - for standard input. Prints CSV, or with --json an object a line.")
  var batch: String?
  @Option(help: "A model folder, or the name of one under saved_models.") var model = "detailed-ecgconvnet"
  @Option(help: "A severity table of your own (CSV: label,severity,reason).") var severity: String?
  @Option(help: "auto, cpu or cuda.") var device = "cpu"
  @Option(help: "Threads of a batch.") var threads = ProcessInfo.processInfo.activeProcessorCount
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard (record == nil) != (batch == nil) else { throw ValidationError("give either a record, or --batch") }
    guard threads >= 1 else { throw ValidationError("--threads \(threads): expected at least 1") }
  }

  func run() throws {
    let recording = try record.map { try standardized($0) }
    let table = try severity.map { try SeverityTable(path: $0) } ?? .standard()
    let folder = try Shipped.modelFolder(model)
    let description = try ModelDescription(folder: folder)
    let prepared = try recording.map { try Recording($0, leads: description.leads, samplingRate: description.samplingRate) }
    let paths = try batch.map(readPaths)
    do {
      let network = try Model(folder: folder, device: Device(named: device))
      if let prepared {
        let interpretation = Interpretation(try network.predict(prepared), severities: table)
        print(json ? try CanonicalJSON.text(interpretation) : interpretation.text(description))
      } else {
        try answer(paths ?? [], network, table)
      }
    } catch let error as TorchError { throw Failure(message: "\(error)", status: 1) }
  }

  /// A recording of any format, leads that follow from others computed.
  private func standardized(_ path: String) throws -> Record {
    PatientRecording(standardizing: try ECGFile(path: path).stream.whole()).record
  }

  private func readPaths(_ list: String) throws -> [String] {
    let data = list == "-" ? try FileHandle.standardInput.readToEnd() ?? Data() : try readFile(list)
    guard let text = String(data: data, encoding: .utf8) else {
      throw Failure(message: "\(list): no UTF-8 text; expected a record's path a line", status: 2)
    }
    return text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  /// Prints an answer for each record, in order. One that cannot be read gets its reason instead; then the status is 2.
  private func answer(_ paths: [String], _ network: Model, _ table: SeverityTable) throws {
    let labels = network.description.labels
    if !json { print(CSV(columns: ["record", "problem"] + labels.map { "score:\($0)" }, rows: []).text, terminator: "") }
    var failures = 0
    for first in stride(from: 0, to: paths.count, by: 64 * threads) {
      let some = Array(paths[first..<min(first + 64 * threads, paths.count)])
      let groups = evenParts(of: some.count, atMost: 32)
      let lines = try concurrently(groups.count, threads: threads) { index in
        let recordings = some[groups[index]].map { path in
          Swift.Result {
            try Recording(standardized(path), leads: network.description.leads, samplingRate: network.description.samplingRate)
          }
        }
        var answers = try network.predict(recordings.compactMap { try? $0.get() })[...]
        return try zip(some[groups[index]], recordings).map { path, recording in
          switch recording {
          case .success: (text: try line(path, answers.removeFirst(), labels, table), isFailure: false)
          case .failure(let error): (text: try line(path, "\(error)", labels), isFailure: true)
          }
        }
      }
      failures += lines.joined().count(where: \.isFailure)
      print(lines.joined().map(\.text).joined(), terminator: "")
    }
    if failures > 0 {
      throw Failure(message: "\(failures) of \(paths.count) records could not be answered; the column 'problem' says why", status: 2)
    }
  }

  private func line(_ path: String, _ prediction: Prediction, _ labels: [String], _ table: SeverityTable) throws -> String {
    if json { return try CanonicalJSON.text(Interpretation(prediction, severities: table), pretty: false) + "\n" }
    let scores = Dictionary(prediction.labels.map { ($0.name, $0.maximum) }) { first, _ in first }
    return CSV.line([path, ""] + labels.map { "\(scores[$0] ?? .nan)" })
  }

  private func line(_ path: String, _ problem: String, _ labels: [String]) throws -> String {
    FileHandle.standardError.write(Data("ecgbook: \(problem)\n".utf8))
    if json { return try CanonicalJSON.text(["record": path, "problem": problem], pretty: false) + "\n" }
    return CSV.line([path, problem] + labels.map { _ in "" })
  }
}

/// What stands in the project: models by name, reports that ship.
enum Shipped {
  /// A path, or a name under `saved_models` of the current folder or beside the program's own.
  static func modelFolder(_ model: String) throws -> String {
    let candidates = [model, "saved_models/" + model] + projectFolders.map { $0 + "/saved_models/" + model }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0 + "/model.json") }) else {
      throw Failure(message: "no model '\(model)': neither a folder with model.json, nor one under saved_models", status: 2)
    }
    return found
  }

  /// A report under `reports` of the current folder or beside the program's own.
  static func report(_ name: String) throws -> String {
    let candidates = (["."] + projectFolders).map { $0 + "/reports/" + name }
    guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw Failure(message: "no report '\(name)': neither under reports here, nor beside the program", status: 2)
    }
    return found
  }

  /// Where the program may have been built: `.build/PLATFORM/release` beside `saved_models` and `reports`.
  private static var projectFolders: [String] {
    var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
    return (0..<4).compactMap { _ in
      folder = folder?.deletingLastPathComponent()
      return folder?.path
    }
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
