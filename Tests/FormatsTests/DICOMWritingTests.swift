import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

/// Writing of ECG waveform objects and encapsulated PDFs, checked against the module tables of PS3.3.
@Suite struct DICOMWritingTests {
  private static func recording(
    leads: [String] = LeadName.twelve, samples: Int = 1000, frequency: Double = 500
  ) -> StoredRecording {
    var recording = StoredRecording(
      samplingFrequency: frequency,
      leads: leads.enumerated().map { index, name in
        Lead(name: name, units: "mV", samples: (0..<samples).map { Double(($0 * (index + 3)) % 997 - 400) / 200 })
      })
    recording.patient.id = "4711"
    (recording.patient.familyName, recording.patient.givenName) = ("Müller", "Anna Maria")
    recording.patient.sex = .female
    recording.patient.age = 61
    recording.patient.birth = Header.Start(year: 1960, month: 2, day: 3)
    recording.start = Header.Start(year: 2021, month: 4, day: 5, hour: 6, minute: 7, second: 8.25)
    recording.device = "Maker Model"
    recording.institution = "Klinik"
    recording.statements = ["Sinus rhythm", "Überleitung normal\nQRS schmal", "A\\B"]
    recording.isConfirmed = true
    recording.measurements = StoredMeasurement.Quantity.allCases.enumerated().map {
      StoredMeasurement($1, Double($0) + 60.5)
    }
    if let lead = leads.last {
      recording.measurements += StoredMeasurement.Quantity.allCases.map { StoredMeasurement($0, lead: lead, 99) }
    }
    (recording.filters.highPass, recording.filters.lowPass, recording.filters.notch) = (0.05, 150, 50)
    recording.filters.words = ["smooth"]
    recording.comments = ["a comment"]
    return recording
  }

  private static func written(_ recording: StoredRecording) throws -> (file: WrittenRecording, set: WrittenDataSet) {
    let file = try DICOM.write(recording, name: "r")
    return (file, WrittenDataSet.file(try #require(file.files.first).content).object)
  }

  private static func read(_ written: WrittenRecording) throws -> StoredRecording {
    try DICOM.read(Array(try #require(written.files.first).content))
  }

  @Test func keepsEverything() throws {
    let recording = Self.recording()
    let written = try DICOM.write(recording, name: "r")
    #expect(written.losses.isEmpty)
    #expect(written.files.map(\.name) == ["r.dcm"])
    #expect(try Self.read(written) == recording)
  }

  @Test func writesTheSameBytesAgainAndOthersForOtherContent() throws {
    var recording = Self.recording()
    let (one, set) = try Self.written(recording)
    #expect(try DICOM.write(recording, name: "r") == one)
    recording.leads[3].samples[5] += 0.005
    let (_, other) = try Self.written(recording)
    func uids(_ tag: UInt32) -> [String] { [set[tag][0].text, other[tag][0].text] }
    #expect(Set(uids(0x0008_0018)).count == 2)  // object
    #expect(Set(uids(0x0020_000E)).count == 2)  // series
    #expect(Set(uids(0x0020_000D)).count == 1)  // study: the same patient and start
    for uid in uids(0x0008_0018) { #expect(uid.hasPrefix("2.25.") && uid.count <= 44) }
  }

  /// FNV-1a of the empty text and of "a" (draft-eastlake-fnv, appendix C), with the bits of a UUID of version 8.
  @Test func identifiesContentByItsDigest() {
    var identifier = ContentIdentifier()
    func expected(_ digest: UInt128) -> String {
      let cleared = digest & ~(UInt128(0xF) << 76) & ~(UInt128(3) << 62)
      return "2.25.\(cleared | UInt128(8) << 76 | UInt128(2) << 62)"
    }
    #expect(identifier.uid == expected(0x6C62_272E_07BB_0142_62B8_2175_6295_C58D))
    identifier.add([0x61])
    #expect(identifier.uid == expected(0xD228_CB69_6F1A_8CAF_7891_2B70_4E4A_8964))
  }

  // MARK: Against the standard's tables

  @Test(
    arguments: [
      (12, 1000, 500, "1"), (13, 16_384, 1000, "1"), (1, 1, 200, "1"), (14, 1000, 500, "2"), (12, 16_385, 500, "2"),
      (96, 100, 200, "2"), (12, 1000, 100, "3"), (3, 20_000, 199.5, "3"),
    ] as [(Int, Int, Double, String)])
  func hasWhatTheModulesRequire(leads: Int, samples: Int, frequency: Double, object: String) throws {
    let names = (0..<leads).map { $0 < 12 ? LeadName.twelve[$0] : "lead \($0)" }
    for recording in [
      Self.recording(leads: names, samples: samples, frequency: frequency),
      StoredRecording(
        samplingFrequency: frequency,
        leads: names.map { Lead(name: $0, units: "mV", samples: .init(repeating: 0, count: samples)) }),
    ] {
      let written = try DICOM.write(recording, name: "r")
      let (meta, set) = WrittenDataSet.file(try #require(written.files.first).content)
      #expect(DICOMModules.faults(meta, DICOMModules.rules(DICOMModules.meta)).isEmpty)
      #expect(DICOMModules.faults(set, DICOMModules.rules(DICOMModules.waveform)).isEmpty)
      if !recording.statements.isEmpty {
        #expect(DICOMModules.faults(set, DICOMModules.rules(DICOMModules.annotations)).isEmpty)
      }
      #expect(set.isSorted && set.all.allSatisfy { $0.value.count % 2 == 0 })
      // PS3.3, A.34.3.4, A.34.4.4, A.34.5.4
      #expect(set[0x0008_0016].map(\.text) == ["1.2.840.10008.5.1.4.1.1.9.1.\(object)"])
      #expect(set[0x0008_0060].map(\.text) == ["ECG"])
      #expect(set[0x5400_0100, 0x5400_1006].allSatisfy { $0.text == "SS" })
      let channels = set[0x5400_0100, 0x003A_0200].map(\.items.count)
      let (groups, each) = ["1": (5, 13), "2": (4, 24), "3": (1, 12)][object] ?? (0, 0)
      #expect(channels.count <= groups && channels.allSatisfy { $0 <= each } && channels.reduce(0, +) == leads)
      #expect(try Self.read(written).leads.map(\.samples) == recording.leads.map(\.samples))
    }
  }

  /// Each rule must be able to fail.
  @Test func noticesEveryAbsence() throws {
    let (_, set) = try Self.written(Self.recording())
    let rules = DICOMModules.rules(DICOMModules.waveform) + DICOMModules.rules(DICOMModules.annotations)
    func without(_ path: ArraySlice<UInt32>, _ set: WrittenDataSet) -> WrittenDataSet {
      var set = set
      guard let tag = path.first else { return set }
      if path.count == 1 { set.elements.removeAll { $0.tag == tag } }
      for index in set.elements.indices where set.elements[index].tag == tag {
        set.elements[index].items = set.elements[index].items.map { without(path.dropFirst(), $0) }
      }
      return set
    }
    func check(_ rules: [DICOMModules.Rule], _ path: [UInt32]) {
      for rule in rules {
        let path = path + [rule.tag]
        let faults = DICOMModules.faults(
          without(path[...], set),
          DICOMModules.rules(DICOMModules.waveform) + DICOMModules.rules(DICOMModules.annotations))
        #expect(faults.contains { $0.hasSuffix("\(rule.text) is absent") }, "\(rule.text)")
        check(rule.within, path)
      }
    }
    check(rules, [])
    #expect(rules.count == 23)
  }

  /// PS3.3, C.10.10: a concept and a free text exclude each other; PS3.5, 6.2: lengths of values.
  @Test func keepsTheLimitsOfValues() throws {
    var recording = Self.recording()
    recording.statements = [String(repeating: "ä", count: 1030)]
    recording.device = String(repeating: "d", count: 70) + "\\"
    recording.patient.familyName = "A^B=C"
    let (written, set) = try Self.written(recording)
    for annotation in set[0x0040_B020].flatMap(\.items) {
      let kinds = annotation.elements.filter { [0x0040_A043, 0x0070_0006].contains($0.tag) }
      #expect(kinds.count == 1)
    }
    let limits = ["SH": 16, "LO": 64, "CS": 16, "DS": 16, "ST": 1024, "UI": 64, "PN": 64, "IS": 12]
    for element in set.all {
      if let limit = limits[element.vr] { #expect(element.text.unicodeScalars.count <= limit, "\(element.text)") }
    }
    #expect(set[0x0010_0010].map(\.text) == ["A B C^Anna Maria"])
    #expect(
      written.losses == [
        "the patient's family name: characters that DICOM keeps for itself became blanks",
        "the device: characters that DICOM keeps for itself became blanks", "the device: 71 characters were cut to 64",
        "statement 1: 1030 characters were cut to 1024",
      ])
  }

  // MARK: Losses

  @Test func saysWhatItCannotKeep() throws {
    var recording = StoredRecording(
      samplingFrequency: 100,
      leads: (0..<13).map { Lead(name: "L\($0)", units: "mV", samples: [1, 2.0.squareRoot(), .infinity]) })
    recording.leads[0].units = "Ohm"
    recording.measurements = [StoredMeasurement(.qt, .nan), StoredMeasurement(.qt, lead: "L12", 1)]
    recording.patient.age = 0.3
    recording.statements = ["Filter: none"]
    recording.patient.birth.year = 1960
    let losses = try DICOM.write(recording, name: "r").losses
    #expect(
      losses.prefix(8) == [
        "the birth date is known in part, and DICOM keeps whole days", "the age is rounded to 110 days",
        "the date is not known, and DICOM must have one: 1 January 1900 stands for it",
        "the time is not known: midnight stands for that of the content",
        "at 100 Hz it is an ambulatory ECG object: those of 12 leads begin at 200 Hz",
        "the object holds 12 leads: L12 are left out",
        "lead L0: values are rounded to 5e-05 Ohm, by 1.4e-05 Ohm at most",
        "lead L0: infinite values are written as missing",
      ])
    #expect(
      losses.suffix(2) == [
        "the measurement qt is no number and left out",
        "measurements of lead L12 are left out, because the lead is",
      ])
    #expect(losses.contains("statement 1: it begins as a comment does, and is read as one"))
    #expect(losses.contains("lead L0: the units 'Ohm' are none that the object can name"))
  }

  @Test(
    arguments: [
      Header.Start(), Header.Start(year: 2020), Header.Start(year: 2020, month: 5),
      Header.Start(year: 2020, month: 5, day: 6),
      Header.Start(hour: 7, minute: 8, second: 9),
      Header.Start(year: 2016, month: 12, day: 31, hour: 23, minute: 59, second: 60.5),
      Header.Start(year: 2020, month: 5, day: 6, hour: 7, minute: 8),
    ])
  func readsBackTheStartAsFarAsItIsKnown(start: Header.Start) throws {
    var recording = Self.recording()
    recording.start = start
    let (written, set) = try Self.written(recording)
    #expect(DICOMModules.faults(set, DICOMModules.rules(DICOMModules.waveform)).isEmpty)
    #expect(written.losses.isEmpty == (start.day != nil && start.hour != nil))
    #expect(try Self.read(written).start == start)
  }

  @Test(arguments: [(61, "061Y"), (1.5, "018M"), (0.25, "003M"), (0.3, "110D"), (80.3, "964M"), (0, "000Y"), (-1, nil)])
  func writesAgesInTheUnitThatHoldsThem(age: Double, text: String?) throws {
    var recording = Self.recording()
    recording.patient.age = age
    let (written, set) = try Self.written(recording)
    #expect(set[0x0010_1010].map(\.text) == (text.map { [$0] } ?? []))
    let read = try Self.read(written).patient.age
    #expect(written.losses.isEmpty == (read == age))
  }

  @Test func keepsMissingSamplesAndOddSteps() throws {
    var recording = Self.recording(samples: 50)
    recording.leads[0].samples = (0..<50).map { $0 % 7 == 0 ? .nan : Double($0) * 0.001_234_567_890_123 }
    recording.leads[1].samples = .init(repeating: .nan, count: 50)
    let again = try Self.read(try DICOM.write(recording, name: "r"))
    for (lead, other) in zip(recording.leads, again.leads) {
      for (value, read) in zip(lead.samples, other.samples) {
        #expect(value.isNaN ? read.isNaN : abs(value - read) < 1e-12)
      }
    }
  }

  @Test(
    arguments: [
      (12, 10, 49, "sampling frequency: 49.0 Hz; expected 50 to 1000 Hz, as DICOM's ECG objects have (PS3.3, A.34)"),
      (
        12, 10, 1000.5,
        "sampling frequency: 1000.5 Hz; expected 50 to 1000 Hz, as DICOM's ECG objects have (PS3.3, A.34)"
      ),
      (12, 10, .nan, "sampling frequency: nan Hz; expected 50 to 1000 Hz, as DICOM's ECG objects have (PS3.3, A.34)"),
      (0, 0, 500, "recording: 0 leads of 0 samples; expected at least one of each"),
      (2, 0, 500, "recording: 2 leads of 0 samples; expected at least one of each"),
    ] as [(Int, Int, Double, String)])
  func refusesWhatNoObjectHolds(leads: Int, samples: Int, frequency: Double, message: String) {
    let recording = Self.recording(leads: Array(LeadName.twelve.prefix(leads)), samples: samples, frequency: frequency)
    #expect(throws: FormatError.self) { try DICOM.write(recording, name: "r") }
    do throws(FormatError) { _ = try DICOM.write(recording, name: "r") } catch { #expect("\(error)" == message) }
  }

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"), arguments: ["records100", "records500"])
  func keepsTheSamplesOfRealRecords(folder: String) throws {
    let root = SharedData.path("mini/\(folder)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".hea") }.sorted()
    #expect(names.count == 60)
    for name in names {
      let record = try Record(path: root + "/" + name)
      let recording = StoredRecording(samplingFrequency: record.samplingFrequency, leads: record.leads)
      let written = try DICOM.write(recording, name: "r")
      #expect(try Self.read(written).leads == recording.leads)
      #expect(!written.losses.contains { $0.hasPrefix("lead") })
    }
  }

  // MARK: Encapsulated PDF

  private static let pdf = Data("%PDF-1.7\n%%EOF\n".utf8)

  @Test func wrapsAPDF() throws {
    let recording = Self.recording()
    let data = try DICOM.encapsulatedPDF(
      Self.pdf, patient: recording.patient, start: recording.start, title: "EKG – Bericht", institution: "Klinik")
    let (meta, set) = WrittenDataSet.file(data)
    #expect(DICOMModules.faults(meta, DICOMModules.rules(DICOMModules.meta)).isEmpty)
    #expect(DICOMModules.faults(set, DICOMModules.rules(DICOMModules.encapsulatedPDF)).isEmpty)
    #expect(set.isSorted && set.all.allSatisfy { $0.value.count % 2 == 0 })
    #expect(set[0x0042_0011].map { Data($0.value) } == [Self.pdf + [0]])  // 15 bytes and one that makes them even
    #expect(set[0x0042_0015].map(\.value) == [[15, 0, 0, 0]])
    #expect(set[0x0008_0016].map(\.text) == ["1.2.840.10008.5.1.4.1.1.104.1"])
    #expect(set[0x0042_0012].map(\.text) == ["application/pdf"] && set[0x0028_0301].map(\.text) == ["YES"])
    #expect(set[0x0042_0010].map(\.text) == ["EKG – Bericht"] && set[0x0010_0010].map(\.text) == ["Müller^Anna Maria"])
    #expect(set[0x0008_0005].map(\.text) == ["ISO_IR 192"])
    // An archive shows it beside the recording.
    let (_, ecg) = try Self.written(recording)
    #expect(set[0x0020_000D].map(\.text) == ecg[0x0020_000D].map(\.text))
    #expect(set[0x0008_0018].map(\.text) != ecg[0x0008_0018].map(\.text))
    #expect(
      try data
        == DICOM.encapsulatedPDF(
          Self.pdf, patient: recording.patient, start: recording.start, title: "EKG – Bericht", institution: "Klinik"))
  }

  @Test func wrapsAPDFOfNobodyKnown() throws {
    let set = WrittenDataSet.file(
      try DICOM.encapsulatedPDF(Self.pdf, patient: Patient(), start: Header.Start(), title: "")
    ).object
    #expect(DICOMModules.faults(set, DICOMModules.rules(DICOMModules.encapsulatedPDF)).isEmpty)
    #expect(set[0x0008_0023].map(\.value) == [[]] && set[0x0008_002A].map(\.value) == [[]])  // no day is made up
  }

  @Test func refusesToWrapWhatIsNoPDF() {
    do throws(FormatError) {
      _ = try DICOM.encapsulatedPDF(Data("<html>".utf8), patient: Patient(), start: Header.Start(), title: "")
      Issue.record("wrapped")
    } catch {
      #expect("\(error)" == "document: 6 bytes that do not begin with '%PDF-'; expected a PDF")
    }
  }
}
