import ArgumentParser
import Book
import Cells
import Files
import Formats
import Foundation
import Measurement
import WFDB
import Wording

/// `ecgbook patient`: the page that is read at the bedside.
struct PatientCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patient",
    abstract: "Writes a patient's report of one recording: trace, measurements, findings; PDF and HTML.",
    discussion: """
      The first page alone is enough. It is unconfirmed and no medical device until --confirmed-by says who read it; the \
      machine's reading stays beside. Nothing of the patient is kept but the files that are named.
      """)
  @Argument(help: "A WFDB record, with or without extension, or a file of another format.") var record: String
  @Option(help: "A model folder, the name of one under saved_models, or none: trace and measurements alone.")
  var model = "detailed-ecgconvnet"
  @Option(help: "Path of the outputs, without extension. (default: the record's name, here)") var output: String?
  @Option(help: "What to write: html, pdf, results; several with commas.") var format: Render.Formats?
  @Option(help: "3x4, 6x2 or 12x1 leads.") var layout = "3x4"
  @Option(help: "standard or cabrera.") var order = "standard"
  @Option(help: "12.5, 25 or 50 mm/s.") var speed = "25"
  @Option(help: "5, 10 or 20 mm/mV.") var gain = "10"
  @Option(help: "en or de.") var language = "en"
  @Option(help: "a4 or letter.") var paper: PaperName?
  @Option(help: "The label whose evidence is shaded in the trace: top, none, or one of the model's.") var explain = "top"
  @Option(help: "Years, where the header does not say.") var age: Double?
  @Option(help: "female or male, where the header does not say.") var sex: String?
  @Option(help: "An earlier recording of the patient, or a folder of them, to compare with.") var previous: String?
  @Flag(help: "Leave out name, dates and notes.") var anonymous = false
  @Flag(help: "Write a FHIR R4 bundle too, with the PDF inside: NAME.fhir.json.") var fhir = false
  @Flag(help: "Write the PDF as a DICOM object too: NAME.dcm.") var dicom = false
  @Option(help: "Who confirms the reading.") var confirmedBy: String?
  @Option(help: "When, YYYY-MM-DD.") var confirmedOn: String?
  @Option(help: "The physician's statements where they differ: codes with commas.") var statements: String?

  func run() async throws {
    let file = try ECGFile(path: record)
    let stream = file.stream
    let isLong = Double(stream.sampleCount) > PatientRecording.longest * stream.samplingFrequency
    if isLong, previous != nil { throw Failure(message: "--previous compares recordings of seconds; this one lasts \(Int(Double(stream.sampleCount) / stream.samplingFrequency)) s", status: 2) }
    let alone = model == "none", language = try spoken
    let kind = (isLong ? "patient-hours" : previous == nil ? "patient" : "patient-serial") + (alone ? "-trace" : "")
    let report = try Shipped.report(language == "en" ? "\(kind).md" : "\(kind).\(language).md")
    var options = RenderOptions()
    let folder = model == "none" ? model : URL(filePath: try Shipped.modelFolder(model)).path
    let chosen: [String: String?] = [
      "record": record, "model": alone ? nil : folder, "layout": layout, "order": order, "speed": speed, "gain": gain,
      "explain": alone ? nil : explain, "anonymous": anonymous ? "true" : "false", "age": age.map { "\($0)" }, "sex": sex,
      "confirmed-by": confirmedBy, "confirmed-on": confirmedOn, "statements": statements, "previous": previous,
    ]
    options.overrides = chosen.compactMapValues(\.self)
    let name = anonymous ? "recording" : ((record as NSString).lastPathComponent as NSString).deletingPathExtension
    options.output = output ?? name
    try refuseOverwriting(base: options.output ?? name)
    options.paper = paper?.paper
    options.formats = format?.chosen ?? [.html, .pdf]
    options.writesRunFile = false
    options.tools = try currentTools()
    // What cells leave on the way is a patient's: it lies in a folder of its own, and goes with it.
    let scratch = try FileManager.default.privateFolder()
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    options.projectFolder = scratch
    let console = Console()
    do {
      let result = try await render(report, options: options, registry: CellRegistry(cellKinds), library: try citationLibrary()) { event in
        if case .progress(let id, let line) = event { console.step(id, line) }
      }
      console.finish()
      for path in result.files + (try exchanged(result, file, base: options.output ?? name)) { print(path) }
    } catch {
      console.finish()
      if let mistakes = error as? ReportError { throw Failure(message: "\(mistakes)", status: 2) }
      throw Failure(ending: error)
    }
  }
}

extension PatientCommand {
  /// No file that is written may be one that is read.
  private func refuseOverwriting(base: String) throws {
    var read = try ECGFile.files(path: record)
    if let previous { read += (try? ECGFile.files(path: previous)) ?? [] }
    let written = ["html", "pdf", "results.json", "fhir.json", "dcm"].map { "\(base).\($0)" }
    do { try Conversion.refuseOverwriting(read, by: written) } catch { throw Failure(message: "\(error); say --output", status: 2) }
  }

  /// The language of the page, as its report is named.
  private var spoken: String {
    get throws {
      do throws(WordingError) { return try Language(language).code } catch { throw Failure(message: "\(error)", status: 2) }
    }
  }
}

extension PatientCommand {
  /// The reading as hospitals' systems take it.
  private func exchanged(_ result: RenderResult, _ file: ECGFile, base: String) throws -> [String] {
    guard fhir || dicom, let pdf = try PageWriters.standard.pdf?(result.page) else { return [] }
    let stored = try file.stored ?? StoredRecording(file.stream.record(0..<0))
    var files: [(path: String, data: Data)] = []
    if fhir {
      files.append(("\(base).fhir.json", try fhirBundle(of: result.results, pdf: pdf, record: file)))
    }
    if dicom {
      let bare = anonymous ? stored.anonymous().recording : stored
      files.append(
        ("\(base).dcm", try DICOM.encapsulatedPDF(pdf, patient: bare.patient, start: bare.start, title: result.page.title, institution: bare.institution)))
    }
    try writeTogether(files)
    return files.map(\.path)
  }
}

struct PaperName: ExpressibleByArgument {
  var paper: Paper
  init?(argument: String) {
    guard let paper = Paper(named: argument) else { return nil }
    self.paper = paper
  }
}

extension FileManager {
  /// A new folder that only this user can read.
  /// - Parameter inMemory: on a file system of memory, where the machine has one.
  func privateFolder(inMemory: Bool = false) throws -> String {
    let memory = "/dev/shm"
    let place = inMemory && isWritableFile(atPath: memory) ? URL(filePath: memory) : temporaryDirectory
    let path = place.appending(path: "ecgbook-\(UUID().uuidString)").path
    try createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return path
  }
}
