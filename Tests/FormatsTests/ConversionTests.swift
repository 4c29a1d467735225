import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

@Suite struct ConversionTests {
  /// All that a recording can hold.
  static let full: StoredRecording = {
    var recording = StoredRecording(
      samplingFrequency: 500,
      leads: ["I", "V1", "RESP"].enumerated().map { row, name in
        Lead(name: name, units: "mV", samples: (0..<1000).map { Double(($0 * (row + 3)) % 201 - 100) / 1000 })
      })
    (recording.patient.id, recording.patient.familyName, recording.patient.sex) = ("A-17", "Muster", .female)
    recording.patient.birth = Header.Start(year: 1951, month: 5, day: 2)
    recording.patient.age = 68
    recording.start = Header.Start(year: 2020, month: 2, day: 5, hour: 10, minute: 4, second: 59.5)
    (recording.device, recording.institution) = ("Mortara ELI", "Ward 3")
    recording.statements = ["Sinus rhythm", "Left axis, said: yes"]
    recording.isConfirmed = true
    recording.measurements = [
      StoredMeasurement(.qrs, 92), StoredMeasurement(.tAxis, -12.5), StoredMeasurement(.qrsOnset, lead: "V1", 212),
    ]
    (recording.filters.highPass, recording.filters.lowPass, recording.filters.notch) = (0.05, 150, 50)
    recording.filters.words = ["muscle filter on"]
    recording.comments = ["walks with a stick", "3.5 s: coughs"]
    return recording
  }()

  private func writtenAndRead(_ recording: StoredRecording, _ format: RecordFormat) throws -> (
    StoredRecording, [String]
  ) {
    try withTemporaryFolder { folder in
      let written = try #require(format.writer).write(recording, name: "r")
      for file in written.files { try file.content.write(to: URL(filePath: "\(folder)/\(file.name)")) }
      let last = try #require(written.files.last)
      let file = try ECGFile(path: "\(folder)/\(last.name)")
      #expect(file.format == format)
      return (try file.recording, written.losses)
    }
  }

  @Test(arguments: [RecordFormat.wfdb, .csv]) func keepsAllButWhoItIsAsLines(format: RecordFormat) throws {
    let (read, losses) = try writtenAndRead(Self.full, format)
    var expected = Self.full
    (expected.patient.id, expected.patient.familyName, expected.patient.birth) = (nil, nil, Header.Start())
    #expect(read == expected)
    #expect(
      losses
        == ["the patient's identifier", "the patient's name", "the day of birth"].map {
          "\($0) is left out: there is no place for it among comments"
        })
  }

  @Test func keepsAllInEDF() throws {
    let (read, losses) = try writtenAndRead(Self.full, .edf)
    #expect(read == Self.full)
    #expect(losses.isEmpty)
  }

  @Test func writesTextsOfSeveralLinesInOneAndSaysSo() throws {
    var recording = Self.full
    recording.statements = ["Sinus rhythm\r\n  of\t60/min", "  \n"]
    for format in [RecordFormat.wfdb, .csv, .edf] {
      let (read, losses) = try writtenAndRead(recording, format)
      #expect(read.statements == ["Sinus rhythm of 60/min"])
      #expect(
        losses.last
          == "line ends and control characters in texts are written as blanks, and blanks around texts are left out")
    }
  }

  @Test func takesMoreBitsWhereSixteenDoNotHoldASampleExactly() throws {
    for (top, format) in [(32.767, 16), (32.768, 24), (8388.607, 24), (8388.608, 32)] {
      let recording = StoredRecording(
        samplingFrequency: 1, leads: [Lead(name: "I", units: "mV", samples: [0.001, -top, top, .nan])])
      let (read, losses) = try writtenAndRead(recording, .wfdb)
      #expect(areSame(read.leads[0].samples, recording.leads[0].samples) && losses.isEmpty)
      let written = try WFDBWriter.write(recording, name: "r")
      #expect(
        String(decoding: written.files[1].content, as: UTF8.self).contains(
          "\nr.dat \(format) 1000.0(0)/mV \(format) 0 1 "))
    }
  }

  @Test func readsAgeSexAndStartOfAWFDBRecord() throws {
    try withTemporaryFolder { folder in
      try Data(
        "r 1 100 2 10:00:00 05/02/2020\nr.dat 16 200/mV 16 0 0 0 0 I\n# 69 M 1085 1629 x1\n# Statement: Sinus rhythm\n"
          .utf8
      )
      .write(to: URL(filePath: folder + "/r.hea"))
      try Data([0, 0, 200, 0]).write(to: URL(filePath: folder + "/r.dat"))
      let recording = try ECGFile(path: folder + "/r").recording
      #expect(recording.patient.age == 69 && recording.patient.sex == .male)
      #expect(recording.comments == ["69 M 1085 1629 x1"] && recording.statements == ["Sinus rhythm"])
      #expect(recording.start == Header.Start(year: 2020, month: 2, day: 5, hour: 10, minute: 0, second: 0))
      #expect(recording.leads[0].samples == [0, 1])
    }
  }

  @Test func convertsByTheExtensionOfTheTarget() throws {
    try withTemporaryFolder { folder in
      try CSV.write(Self.full, name: "in").files[0].content.write(to: URL(filePath: folder + "/in.csv"))
      for (target, files) in [
        ("a.hea", ["a.dat", "a.hea"]), ("b.dat", ["b.dat", "b.hea"]), ("c.edf", ["c.edf"]), ("d.CSV", ["d.csv"]),
      ] {
        let conversion = try Conversion(from: folder + "/in.csv", to: "\(folder)/\(target)")
        #expect(conversion.files == files.map { "\(folder)/\($0)" } && conversion.losses.isEmpty)
        for file in conversion.files { #expect(FileManager.default.fileExists(atPath: file)) }
      }
      let named = try Conversion(from: folder + "/in.csv", to: "\(folder)/e.f", format: .csv)
      #expect(named.files == ["\(folder)/e.f.csv"])
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [
          "a.dat", "a.hea", "b.dat", "b.hea", "c.edf", "d.csv", "e.f.csv", "in.csv",
        ])
    }
  }

  @Test(arguments: [
    ("out.scp", "out.scp: SCP-ECG, which is read and not written; expected WFDB, DICOM, HL7 aECG, EDF+, CSV"),
    (
      "out.txt", "out.txt: the extension .txt; expected .hea (WFDB), .csv, .edf (EDF+), .dcm (DICOM) or .xml (HL7 aECG)"
    ),
    (
      "out",
      "out: no extension, which would say the format; expected .hea (WFDB), .csv, .edf (EDF+), .dcm (DICOM) or .xml (HL7 aECG)"
    ),
    (
      "a b.hea",
      "a b.hea: a record's name has only letters, digits, '_' and '-'; expected a recording that WFDB can hold"
    ),
    ("nowhere/out.csv", "nowhere/out.csv: cannot write: "),
    ("in.csv", "in.csv: the file that is converted; expected another path to write to"),
    ("./link/../in.csv", "./link/../in.csv: the file that is converted; expected another path to write to"),
  ]) func refusesWhatItCannotWriteAndLeavesNothingBehind(target: String, problem: String) throws {
    try withTemporaryFolder { folder in
      let source = folder + "/in.csv"
      try CSV.write(Self.full, name: "in").files[0].content.write(to: URL(filePath: source))
      try FileManager.default.createDirectory(atPath: folder + "/link", withIntermediateDirectories: false)
      let before = FileManager.default.contents(atPath: source)
      #expect { try Conversion(from: source, to: "\(folder)/\(target)") } throws: {
        "\($0)".replacing(folder + "/", with: "").hasPrefix(problem)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["in.csv", "link"])
      #expect(FileManager.default.contents(atPath: source) == before)
    }
  }

  @Test func neverOverwritesTheSignalsThatItReads() throws {
    try withTemporaryFolder { folder in
      try EncodedRecord(name: "r", samplingFrequency: 500, leads: Self.full.leads).write(to: folder)
      try FileManager.default.createSymbolicLink(atPath: folder + "/s.dat", withDestinationPath: folder + "/r.dat")
      for target in ["r.hea", "r.dat", "s.hea"] {
        #expect(throws: FormatError.self) { try Conversion(from: folder + "/r.hea", to: "\(folder)/\(target)") }
      }
      #expect(try Record(path: folder + "/r").leads == Self.full.leads)
    }
  }

  @Test func leavesOutWhoAndWhenWhenAsked() throws {
    var recording = Self.full
    recording.patient.age = 91
    recording.leads[1].name = "V1 (Erika Muster)"
    let (bare, losses) = recording.anonymous()
    #expect(
      losses.map { $0.replacing(" left out, as asked", with: "") } == [
        "the patient's identifier is", "the patient's name is", "the date of birth is", "an age above 89 is",
        "date and time of the recording are", "the device is", "the institution is",
        "the reading that came with the recording is", "comments are", "the filters' wording is",
        "the names of 1 signals that are no leads are",
      ])
    for format in [RecordFormat.wfdb, .csv, .edf] {
      let content = try #require(format.writer).write(bare, name: "r").files.map {
        String(decoding: $0.content, as: UTF8.self)
      }.joined()
      for text in [
        "A-17", "Muster", "1951", "2020", "10:04", "10.04", "Mortara", "Ward", "axis", "stick", "muscle", "RESP",
      ] {
        #expect(!content.contains(text), "\(format) has '\(text)'")
      }
    }
    #expect(bare.patient.sex == .female && bare.filters.highPass == 0.05 && bare.measurements == recording.measurements)
    #expect(bare.leads.map(\.name) == ["I", "V1", "signal 3"])
    recording.patient.age = 89
    #expect(recording.anonymous().recording.patient.age == 89)
  }

  /// Records of `mini` in every format that is written, and back: the same samples, or a loss that says otherwise.
  @Test(
    .enabled(if: SharedData.isPresent, "needs ../shared/data"),
    arguments: RecordFormat.allCases.filter { $0.writer != nil })
  func bringsBackEveryRecordOfMini(format: RecordFormat) throws {
    let paths = try ["records100", "records500"].flatMap { folder in
      try FileManager.default.subpathsOfDirectory(atPath: SharedData.path("mini/\(folder)")).filter {
        $0.hasSuffix(".hea")
      }
      .sorted().map { SharedData.path("mini/\(folder)/\($0)") }
    }
    #expect(paths.count == 120)
    for path in paths {
      let recording = try ECGFile(path: path).recording
      let (read, losses): (StoredRecording, [String])
      do { (read, losses) = try writtenAndRead(recording, format) } catch let error as FormatError
        where error.expected == "a writer"
      {
        return  // it is not there yet
      }
      // Others may have to say a date, or of which kind a recording is.
      let isPlain = [.wfdb, .csv, .edf].contains(format)
      #expect(isPlain ? losses.isEmpty : !losses.contains { $0.hasPrefix("lead ") }, "\(path): \(losses)")
      #expect(read.samplingFrequency == recording.samplingFrequency && read.leads.count == recording.leads.count)
      for (one, other) in zip(read.leads, recording.leads) {
        #expect(LeadName.areSame(one.name, other.name) && one.units == other.units)
        #expect(areSame(one.samples, other.samples), "\(path), \(other.name)")
      }
    }
  }
}
