import Book
import Files
import Foundation
import TestSupport
import Testing

/// `ecgbook batch`, as users run it. What the engine promises of a batch is tested in `BookTests`.
@Suite(.serialized) struct BatchTests {
  private static let model = "saved_models/detailed-ecgconvnet"
  private static let isReady =
    FileManager.default.isExecutableFile(atPath: Command.path) && FileManager.default.fileExists(atPath: "\(SharedData.root)/\(model)/model.json")
  private static let isSlow = ProcessInfo.processInfo.environment["ECGBOOK_SLOW_TESTS"] != nil

  /// One synthetic patient's recording.
  private struct Patient {
    var id: String  // the record's name, in all that is printed of it
    var name: String  // of the output
    var digests: Set<String>  // of the record's files
  }

  /// A project with the report on one recording, the network that ships, and recordings in `data`.
  private func makeProject(_ folder: String, records: Int) throws -> [Patient] {
    let files = FileManager.default
    for name in ["reports", "saved_models"] { try files.makeFolder("\(folder)/\(name)") }
    try files.copyItem(atPath: "\(SharedData.root)/reports/recording.md", toPath: "\(folder)/reports/recording.md")
    try files.copyItem(atPath: "\(SharedData.root)/\(Self.model)", toPath: "\(folder)/\(Self.model)")
    let made = try Command.run(["data", "synthesize", "data", "--records", "\(records)", "--seed", "7"], in: folder)
    try #require(made.status == 0, "\(made.errors)")
    return try (1...records).map { number in
      let id = String(format: "%05d_lr", number), base = "\(folder)/data/records100/00000/\(id)"
      let digests = try Set(["hea", "dat"].map { try Digest(ofFile: "\(base).\($0)").hex })
      return Patient(id: id, name: String(format: "patient-%03d", number), digests: digests)
    }
  }

  private func writeMatrix(_ patients: [Patient], to path: String) throws {
    let rows = patients.map { ["data/records100/00000/\($0.id)", $0.name] }
    try writeFile(CSV(columns: ["record", "output"], rows: rows).text, to: path)
  }

  /// Every word of a text that could be a patient's: names of records, digests.
  private func traces(in text: String) -> (ids: Set<String>, digests: Set<String>) {
    (
      Set(text.matches(of: /[0-9]{5}_(?:lr|hr)/).map { String($0.0) }), Set(text.matches(of: /\b[0-9a-f]{64}\b/).map { String($0.0) })
    )
  }

  private func checkEachCarriesItsOwn(_ patients: [Patient], in folder: String) throws {
    let all = patients.reduce(into: Set<String>()) { $0.formUnion($1.digests) }
    for patient in patients {
      let report = try FinishedReport(contentsOf: "\(folder)/out/\(patient.name).pdf")
      let read = try #require(report.results.cells.first { $0.kind == "infer" })
      #expect(Set(read.inputs.map(\.digest.hex)) == patient.digests)
      #expect(read.values["record"] == .text(patient.id))
      let page = try Command.shell("pdftotext \(patient.name).pdf -", in: folder + "/out")
      try #require(page.status == 0, "\(page.errors)")
      let html = try String(contentsOfFile: "\(folder)/out/\(patient.name).html", encoding: .utf8)
      let texts = [page.output, html, try report.results.text] + report.attachments.values
      for text in texts {
        let (ids, digests) = traces(in: text)
        #expect(ids.isSubset(of: [patient.id]), "\(patient.name) names \(ids)")
        #expect(digests.intersection(all).isSubset(of: patient.digests), "\(patient.name) holds another's digest")
      }
      #expect(page.output.contains(patient.id))
    }
  }

  /// A batch of as many patients, four at once: each PDF is its patient's own, and the same as when it is rendered alone.
  @Test(.enabled(if: isReady, "needs the built program and the model that ships"), arguments: isSlow ? [12, 100] : [12])
  func givesEachPatientAReportOfTheirOwn(count: Int) throws {
    try withTemporaryFolder { folder in
      let patients = try makeProject(folder, records: max(count, 60)).prefix(count)
      try writeMatrix(Array(patients), to: folder + "/runs.csv")
      let arguments = ["batch", "reports/recording.md", "--matrix", "runs.csv", "--jobs", "4", "--output", "out"]
      let result = try Command.run(arguments, in: folder)
      try #require(result.status == 0, "\(result.errors)")
      #expect(result.output.contains("\(count) runs: \(count) rendered, 0 failed"))
      try checkEachCarriesItsOwn(Array(patients), in: folder)

      // Different recordings have different answers, so an exchange would show.
      let answers = try patients.map { try FinishedReport(contentsOf: "\(folder)/out/\($0.name).pdf").extract("one.label") }
      #expect(Set(answers).count == count)
      for patient in [patients.first, patients.last].compactMap(\.self) {
        let alone = try Command.run(
          ["render", "reports/recording.md", "-P", "record=data/records100/00000/\(patient.id)", "--output", "alone/\(patient.name)"], in: folder)
        try #require(alone.status == 0, "\(alone.errors)")
        for end in ["pdf", "html", "results.json"] {
          #expect(try Digest(ofFile: "\(folder)/alone/\(patient.name).\(end)") == Digest(ofFile: "\(folder)/out/\(patient.name).\(end)"), "\(end)")
        }
        let lines = try Command.run(["predict", "data/records100/00000/\(patient.id)", "--json"], in: folder).output
        let answer = try JSONDecoder().decode(Answer.self, from: Data(lines.utf8))
        let printed = try FinishedReport(contentsOf: "\(folder)/out/\(patient.name).pdf").extract("one.top.probability")
        #expect(Double(printed.trimmingCharacters(in: .whitespacesAndNewlines)) == answer.findings.first?.probability)
      }
      try checkNothingIsKept(of: Array(patients), in: folder)
    }
  }

  private struct Answer: Decodable {
    struct Finding: Decodable { var label: String, probability: Double }
    var findings: [Finding]
  }

  /// A patient's waveform and identity: in no cache, no memory of files, no log.
  private func checkNothingIsKept(of patients: [Patient], in folder: String) throws {
    let kept = "\(folder)/.ecgbook"
    for name in try FileManager.default.subpathsOfDirectory(atPath: kept) {
      guard let data = try? readFile("\(kept)/\(name)") else { continue }
      let text = String(decoding: data, as: UTF8.self)
      #expect(!text.contains("_lr"), "\(name) names a record")
      #expect(!text.contains("\"ecg\""), "\(name) holds a waveform")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: kept + "/cache").count == 1)  // the network
  }

  @Test(.enabled(if: isReady, "needs the built program and the model that ships")) func saysHowManyFailed() throws {
    try withTemporaryFolder { folder in
      let patients = try makeProject(folder, records: 60).prefix(4)
      try writeMatrix(Array(patients), to: folder + "/runs.csv")
      for patient in patients.prefix(3).dropFirst() { try writeFile("nonsense", to: "\(folder)/data/records100/00000/\(patient.id).hea") }
      let arguments = ["batch", "reports/recording.md", "--matrix", "runs.csv", "--output", "out"]
      let result = try Command.run(arguments, in: folder)
      #expect(result.status == 12)
      #expect(result.errors.contains("2 of 4 runs failed"))
      #expect(result.output.contains("4 runs: 2 rendered, 2 failed"))
      let names = try Set(FileManager.default.contentsOfDirectory(atPath: folder + "/out"))
      #expect(names.isSuperset(of: ["patient-001.pdf", "patient-004.pdf", "index.html", "summary.csv", "summary.json"]))
      #expect(!names.contains("patient-002.pdf") && !names.contains("patient-003.pdf"))
      let index = try String(contentsOfFile: folder + "/out/index.html", encoding: .utf8)
      #expect(index.contains("<a href=\"./patient-001.html\">patient-001</a>"))
      #expect(index.contains("2\u{A0}runs failed: see below."))
      let table = try CSV(parsing: readFile(folder + "/out/summary.csv"))
      #expect(table.columns.prefix(5) == ["run", "record", "status", "most_probable", "most_probable_undefined"])
      #expect(table.rows.map { $0[2] } == ["rendered", "failed", "failed", "rendered"])
    }
  }

  @Test(.enabled(if: isReady, "needs the built program")) func namesEveryMistakeOfTheMatrixBeforeAnythingRuns() throws {
    try withTemporaryFolder { folder in
      _ = try makeProject(folder, records: 60)
      try writeFile("recrod,output\nx,a\ny,A\nz\n", to: folder + "/runs.csv")
      let result = try Command.run(["batch", "reports/recording.md", "--matrix", "runs.csv"], in: folder)
      #expect(result.status == 2)
      #expect(result.errors.contains("runs.csv:1:1: error[E0405]: no parameter 'recrod' for this column\n 1 | recrod,output\n   | ^^^^^^\n  help: did you mean 'record'?"))
      #expect(result.errors.contains("runs.csv:4:1: error[E0701]: 1 field; the head has 2"))
      #expect(result.errors.contains("2 mistakes; nothing was run"))
      #expect(!FileManager.default.fileExists(atPath: folder + "/reports/recording-batch"))
    }
  }
}
