import ArgumentParser
import Files
import Formats
import Foundation
import PTBXL
import Synthesis
import WFDB

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Describes, verifies or synthesizes a data set in PTB-XL's layout.",
    subcommands: [Describe.self, Verify.self, Synthesize.self])

  struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints records, patients, folds and label counts.")
    @Argument(help: "The folder that holds ptbxl_database.csv.") var folder: String
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
      let description = try Database(folder: folder).describe()
      print(json ? try CanonicalJSON.text(description) : description.text)
    }
  }

  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Checks every checksum: SHA256SUMS.txt, and those in the records.")
    @Argument(help: "The folder that holds ptbxl_database.csv.") var folder: String
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
      let result = try await Database(folder: folder).verify()
      print(json ? try CanonicalJSON.text(result) : result.text)
      if !result.isSound { throw ExitCode(1) }
    }
  }

  struct Synthesize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes synthetic ECGs in PTB-XL's layout.",
      discussion: "The same number of records and seed give the same bytes.")
    @Argument(help: "The folder to make; it must not hold anything.") var folder: String
    @Option(help: "How many records.") var records: Int
    @Option(help: "Where the random numbers start.") var seed: UInt64

    func run() async throws {
      try await synthesize(into: folder, records: records, seed: seed)
      print("\(records) synthetic records in \(folder)")
    }
  }
}

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Shows what a record holds, lead by lead.",
    discussion: """
      WFDB records (a header file, .hea, and its signal files), SCP-ECG, DICOM, HL7 aECG, GE MUSE XML, EDF+ and CSV; the \
      content tells which. Values are in physical units.
      """)
  @Argument(help: "A WFDB record, with or without extension, or a file of another format.") var file: String
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    guard let stored = try ECGFile(path: file).stored else {
      let summary = try Record.Summary(path: file)  // of a record of any length, in little memory
      return print(json ? try CanonicalJSON.text(summary) : summary.table)
    }
    var summary = stored.record(named: ((file as NSString).lastPathComponent as NSString).deletingPathExtension).summary
    (summary.formats, summary.comments) = (nil, stored.lines)
    print(json ? try CanonicalJSON.text(summary) : summary.table)
  }
}

extension Record.Summary {
  /// For a terminal: a head, a line per lead, comments and warnings.
  var table: String {
    func number(_ x: Double?, _ places: Int = 3) -> String { x.map { String(format: "%.\(places)f", $0) } ?? "–" }
    func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
    func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
    let rate = samplingRate == samplingRate.rounded() ? number(samplingRate, 0) : number(samplingRate, 4)
    var lines = ["\(name): \(leads.count) leads, \(samples) samples at \(rate) Hz, \(number(Double(samples) / samplingRate, 1)) s", ""]
    let width = max(4, leads.map(\.name.count).max() ?? 4)
    let heads = ["missing", "first", "last", "min", "max", "mean"]
    lines.append(left("lead", width) + "  " + left("units", 6) + heads.map { right($0, 10) }.joined())
    for lead in leads {
      let values = [number(lead.first), number(lead.last), number(lead.min), number(lead.max), number(lead.mean, 4)]
      lines.append(left(lead.name, width) + "  " + left(lead.units, 6) + right("\(lead.missing)", 10) + values.map { right($0, 10) }.joined())
    }
    if !comments.isEmpty { lines += [""] + comments.map { "# " + $0 } }
    if !warnings.isEmpty { lines += [""] + warnings.map { "warning: \($0)" } }
    return lines.joined(separator: "\n")
  }
}
