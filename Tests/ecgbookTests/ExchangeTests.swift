import Foundation
import TestSupport
import Testing
import WFDB

/// Files of hospitals, in and out, as the tool takes and makes them.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data")) struct ExchangeTests {
  private static let scp = SharedData.path("exchange/test.scp")

  /// Every format that is written reads back as the same measurement.
  @Test(arguments: ["edf", "dcm", "xml", "csv", "hea"]) func convertsAndReadsBack(format: String) throws {
    try withTemporaryFolder { folder in
      let made = try Command.run(["convert", Self.scp, "one.\(format)"], in: folder)
      try #require(made.status == 0, "\(made.errors)")
      let before = try Command.run(["measure", Self.scp, "--json"], in: folder)
      let after = try Command.run(["measure", "one.\(format)", "--json"], in: folder)
      func values(_ text: String) throws -> [Double?] {
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        return ["rate", "rr", "pr", "qrs", "qt"].map { object[$0] as? Double }
      }
      #expect(try values(before.output) == values(after.output))
    }
  }

  @Test func showsWhatAFileStores() throws {
    try withTemporaryFolder { folder in
      let made = try Command.run(["patient", Self.scp, "--model", "none", "--output", "one", "--format", "pdf", "--fhir", "--dicom"], in: folder)
      try #require(made.status == 0, "\(made.errors)")
      #expect(made.output.split(separator: "\n") == ["one.pdf", "one.fhir.json", "one.dcm"])
      let pages = Command.finish(try Command.start(["-layout", folder + "/one.pdf", "-"], program: "/usr/bin/pdftotext")).output
      for text in ["Ectopic atrial rhythm", "Left axis deviation", "869 ms", "−41 °", "0.05 to 150", "1954-01-01", "pacing spikes before most"] {
        #expect(pages.replacing("\u{A0}", with: " ").replacing("-41 °", with: "−41 °").contains(text), "\(text)")
      }
      let bundle = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: folder + "/one.fhir.json"))) as? [String: Any])
      #expect(bundle["resourceType"] as? String == "Bundle")
    }
  }

  /// However much a file says, the trace stays on the first page.
  @Test(arguments: ["en", "de"], ["exchange/test.scp", "exchange/anonymous_ecg.dcm"])
  func keepsTheTraceOnTheFirstPage(language: String, file: String) throws {
    try withTemporaryFolder { folder in
      let made = try Command.run(
        ["patient", SharedData.path(file), "--output", "one", "--format", "pdf", "--language", language], in: folder)
      try #require(made.status == 0, "\(made.errors)")
      let pages = Command.finish(try Command.start(["-layout", folder + "/one.pdf", "-"], program: "/usr/bin/pdftotext")).output
      #expect(pages.split(separator: "\u{0C}").first?.replacing("\u{A0}", with: " ").contains("25 mm/s") ?? false)
    }
  }

  /// Neither a file's name nor what stands in it tells whom an anonymous page is of.
  @Test func tellsNothingOfWhoAFileIsOf() throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(atPath: Self.scp, toPath: folder + "/Mustermann_Erika.scp")
      let made = try Command.run(
        ["patient", "Mustermann_Erika.scp", "--anonymous", "--output", "one", "--format", "html,results", "--fhir", "--dicom", "--previous", Self.scp], in: folder)
      try #require(made.status == 0, "\(made.errors)")
      for name in ["one.html", "one.results.json", "one.fhir.json", "one.dcm"] {
        let bytes = try Data(contentsOf: URL(filePath: folder + "/" + name))
        for secret in ["Mustermann", "0000000\"", "1954-01-01", "2004-01-01", "01/01/2004", "Ectopic"] {
          #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) in \(name)")
        }
      }
    }
  }

  @Test func writesOverNothingThatItReads() throws {
    try withTemporaryFolder { folder in
      let dicom = folder + "/in.dcm"
      try FileManager.default.copyItem(atPath: SharedData.path("exchange/anonymous_ecg.dcm"), toPath: dicom)
      let before = try Data(contentsOf: URL(filePath: dicom))
      for command in [["patient", "in.dcm", "--dicom", "--model", "none"], ["convert", "in.dcm", "in.dcm"]] {
        let result = try Command.run(command, in: folder)
        #expect(result.status == 2 && result.errors.contains("another path"), "\(result.errors)")
      }
      #expect(try Data(contentsOf: URL(filePath: dicom)) == before)
    }
  }

  @Test(arguments: [
    (["measure", "nope.scp"], "nope.scp: no file that can be read"), (["record", "letter.txt"], "the file begins as no format of recordings does"),
    (["convert", "two.csv", "two.edf"], "--rate"), (["convert", "two.csv", "two.scp"], "read and not written"), (["measure", "half.scp"], "half.scp"),
  ]) func saysWhatIsWrong(arguments: [String], reason: String) throws {
    try withTemporaryFolder { folder in
      try Data("Dear colleague\n".utf8).write(to: URL(filePath: folder + "/letter.txt"))
      try Data("I,II\n1,2\n3,4\n".utf8).write(to: URL(filePath: folder + "/two.csv"))
      try Data(contentsOf: URL(filePath: Self.scp)).prefix(9000).write(to: URL(filePath: folder + "/half.scp"))
      let result = try Command.run(arguments, in: folder)
      #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
    }
  }
}
