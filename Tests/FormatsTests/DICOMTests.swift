import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

/// Reading of DICOM waveform objects, from bytes composed by hand and a Mortara electrocardiograph's file.
@Suite struct DICOMTests {
  private static func samples(_ lead: Lead) -> [Double?] {
    lead.samples.map { $0.isNaN ? nil : ($0 * 1e9).rounded() / 1e9 }
  }

  @Test(arguments: DICOMBytes.Encoding.allCases, [true, false])
  func readsEveryEncoding(encoding: DICOMBytes.Encoding, hasLengths: Bool) throws {
    let recording = try DICOM.read(DICOMBytes.recording(encoding, hasLengths: hasLengths).file())
    #expect(recording.leads.map(\.name) == ["I", "V2"])
    #expect(recording.leads.map(\.units) == ["mV", "mV"])
    #expect(recording.leads.map(Self.samples) == [[0.15, 0, 0.25], [0.5, -1, 1.5]])
    #expect(recording.samplingFrequency == 500)
    #expect(recording.patient.familyName == "Müller" && recording.patient.givenName == "Anna Maria")
    #expect(recording.patient.id == "P-7" && recording.patient.sex == .female && recording.patient.age == 1.5)
    #expect(recording.patient.birth == Header.Start(year: 1950, month: 1, day: 5))
    #expect(recording.start == Header.Start(year: 2024, month: 2, day: 29, hour: 23, minute: 59, second: 58.25))
    #expect(recording.device == "Maker Model 3" && recording.institution == "Höhenklinik")
    #expect(recording.statements == ["Sinus rhythm; Überleitung normal"])
    #expect(recording.measurements == [StoredMeasurement(.rr, 800), StoredMeasurement(.qtc, lead: "V2", 410)])
    #expect(recording.filters.highPass == 0.05 && recording.filters.lowPass == 150 && recording.filters.notch == nil)
    #expect(
      recording.warnings.map(\.description) == [
        "multiplex group 1: the channels differ in their Notch Filter Frequency"
      ])
  }

  @Test(arguments: DICOMBytes.Encoding.allCases) func readsDataSetsWithoutMetaInformation(encoding: DICOMBytes.Encoding)
    throws
  {
    let bytes = DICOMBytes.recording(encoding).bytes
    #expect(DICOM.recognizes(bytes.prefix(4096)))
    #expect(try DICOM.read(bytes) == DICOM.read(DICOMBytes.recording(encoding).file()))
  }

  @Test(arguments: ["", "12345678", "<?xml version=\"1.0\"?>", "0       X X X X", "time,I,II\n0,1,2\n"])
  func recognizesNoOtherFormat(text: String) {
    #expect(!DICOM.recognizes(Array(text.utf8)[...]))
  }

  private static func read(_ groups: [DICOMBytes.Group]) throws -> StoredRecording {
    var set = DICOMBytes()
    set.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.9.1.2")
    set.waveforms(groups)
    return try DICOM.read(set.file())
  }

  @Test(
    arguments: [
      ("SB", 8, 1, [1, -2, 127]), ("UB", 8, 1, [1, 200, 255]), ("SS", 16, 2, [1, -2, 32_767]),
      ("US", 16, 2, [1, 40_000, 65_535]),
      ("SL", 32, 4, [1, -70_000, 70_000]), ("UL", 32, 4, [1, 2, 4_000_000_000]),
    ] as [(String, Int, Int, [Int])])
  func readsEveryInterpretationOfSamples(term: String, bits: Int, width: Int, values: [Int]) throws {
    var data = values.flatMap { DICOMBytes().number($0, width) }
    if data.count % 2 == 1 { data.append(0) }
    let recording = try Self.read([
      .init(
        interpretation: term, bits: bits, data: data,
        channels: [.init(sensitivity: "1", correction: "1", baseline: "0", units: "mV", bitsStored: bits)])
    ])
    #expect(recording.leads.map(\.samples) == [values.map(Double.init)])
    #expect(recording.warnings.isEmpty)
  }

  /// PS3.3 wants the sign extended to the highest bit; devices forget it.
  @Test func extendsTheSignOfFewerBitsStored() throws {
    let channel = DICOMBytes.Channel(sensitivity: "1", correction: "1", baseline: "0", units: "mV", bitsStored: 12)
    for digits in [[0x0FFF, 5, 0x800], [-1, 5, -2048]] {
      let recording = try Self.read([.init(data: digits.flatMap { DICOMBytes().number($0, 2) }, channels: [channel])])
      #expect(recording.leads.map(\.samples) == [[-1, 5, -2048]])
    }
  }

  @Test func makesPaddingValuesMissing() throws {
    let recording = try Self.read([
      .init(
        padding: [0x00, 0x80], data: [7, -32_768, 8].flatMap { DICOMBytes().number($0, 2) },
        channels: [.init(sensitivity: "1", correction: "1", baseline: "0", units: "mV", bitsStored: 16)])
    ])
    #expect(recording.leads.map(Self.samples) == [[7, nil, 8]])
  }

  @Test func movesSkewedChannels() throws {
    let recording = try Self.read([
      .init(
        data: [1, 2, 3].flatMap { DICOMBytes().number($0, 2) },
        channels: [.init(sensitivity: "1", correction: "1", baseline: "0", units: "mV", skew: "1.2")])
    ])
    #expect(recording.leads.map(Self.samples) == [[nil, 1, 2]])
    #expect(recording.warnings.map(\.place) == ["multiplex group 1, lead I"])
  }

  @Test(
    arguments: [
      ("V", "0.001", 1), ("mV", "1", 1), ("uV", "1000", 1), ("nV", "1000000", 1),
    ] as [(String, String, Double)])
  func convertsVoltagesToMillivolts(units: String, sensitivity: String, value: Double) throws {
    let recording = try Self.read([
      .init(
        data: [1, 2, 3].flatMap { DICOMBytes().number($0, 2) },
        channels: [.init(sensitivity: sensitivity, correction: "1", baseline: "0", units: units)])
    ])
    #expect(recording.leads.map(Self.samples) == [[value, 2 * value, 3 * value]])
    #expect(recording.leads.map(\.units) == ["mV"])
  }

  @Test func saysThatSamplesHaveNoUnits() throws {
    let recording = try Self.read([
      .init(data: [1, 2, 3].flatMap { DICOMBytes().number($0, 2) }, channels: [.init(sensitivity: nil)])
    ])
    #expect(recording.leads == [Lead(name: "I", units: "NU", samples: [1, 2, 3])])
    #expect(
      recording.warnings.map(\.description) == [
        "multiplex group 1, channel 1: no sensitivity: the samples have no known units"
      ])
  }

  @Test(
    arguments: [
      (("2:62", "MDC", "x"), nil, "aVR"), (("5.6.3-9-65", "SCPECG", ""), nil, "-aVR"),
      (("2:111", "MDC", ""), nil, "III"),
      (("9", "99X", "Lead V3 (chest)"), nil, "V3"), (("MDC_ECG_LEAD_V4", "11073", ""), nil, "V4"),
      (("2:0", "MDC", "Unspecified lead"), "Abdomen", "Abdomen"), (("2:3", "MDC", "Lead V1"), "C1", "C1"),
      (("2:3", "MDC", "Lead V1"), "V2", "V1"), (("x", "y", "Respiration"), nil, "Respiration"),
      (("", "", ""), nil, "channel 1"),
    ] as [((String, String, String), String?, String)])
  func namesLeadsByCodeLabelOrWords(code: (String, String, String), label: String?, name: String) throws {
    let recording = try Self.read([
      .init(data: [0, 0, 0, 0, 0, 0], channels: [.init(code: code, label: label)])
    ])
    #expect(recording.leads.map(\.name) == [name])
  }

  @Test func keepsMedianBeatsOutOfTheLeads() throws {
    func group(_ originality: String, _ label: String, _ samples: Int) -> DICOMBytes.Group {
      .init(
        originality: originality, label: label, samples: samples,
        data: (0..<samples).flatMap { DICOMBytes().number($0, 2) },
        channels: [.init(sensitivity: "1", correction: "1", baseline: "0", units: "mV")])
    }
    let recording = try Self.read([group("DERIVED", "MEDIAN", 9), group("ORIGINAL", "RHYTHM", 4)])
    #expect(recording.leads.map(\.samples) == [[0, 1, 2, 3]])
    #expect(
      recording.comments == [
        "multiplex group 1 (MEDIAN): 0.018 s of 1 channel at 500 Hz, computed from others, not among the leads"
      ])
  }

  /// PS3.3, figure A.34.3-1: a page of groups one after the other, and a rhythm strip along all of them.
  @Test func joinsGroupsOfAPage() throws {
    func group(_ code: String, _ offset: String, _ digits: [Int], _ frequency: String = "500") -> DICOMBytes.Group {
      .init(
        offset: offset, frequency: frequency, samples: digits.count,
        data: digits.flatMap { DICOMBytes().number($0, 2) },
        channels: [
          .init(code: (code, "MDC", ""), sensitivity: "1", correction: "1", baseline: "0", units: "mV")
        ])
    }
    let recording = try Self.read([
      group("2:1", "0", [1, 2]), group("2:3", "4", [3, 4]), group("2:2", "0", [5, 6, 7, 8]),
      group("2:4", "100", [1, 1]),
      group("2:5", "0", [1, 1], "250"),
    ])
    #expect(recording.leads.map(\.name) == ["II", "I", "V1"])
    #expect(recording.leads.map(Self.samples) == [[5, 6, 7, 8], [1, 2, nil, nil], [nil, nil, 3, 4]])
    #expect(
      recording.warnings.map(\.description) == [
        "multiplex group 1: 0.004 s of 1 channel at 500 Hz begin after 0 s; their other samples are missing",
        "multiplex group 2: 0.004 s of 1 channel at 500 Hz begin after 0.004 s; their other samples are missing",
        "multiplex group 4: 0.004 s of 1 channel at 500 Hz, which does not fit into the leads' time and rate, "
          + "is left out",
        "multiplex group 5: 0.008 s of 1 channel at 250 Hz, which does not fit into the leads' time and rate, "
          + "is left out",
      ])
  }

  @Test func readsTextOfItsCharacterSet() throws {
    func institution(_ terms: String, _ bytes: [UInt8]) throws -> StoredRecording {
      var set = DICOMBytes()
      if !terms.isEmpty { set.text(0x0008_0005, "CS", terms) }
      set.element(0x0008_0080, "LO", bytes)
      set.waveforms([.init(data: [0, 0, 0, 0, 0, 0], channels: [.init()])])
      return try DICOM.read(set.file())
    }
    #expect(try institution("", Array("Plain ".utf8)).institution == "Plain")
    #expect(try institution("ISO_IR 100", [0x5A, 0xFC]).institution == "Zü")
    #expect(try institution("ISO_IR 192", Array("Zü ".utf8)).institution == "Zü")
    let cyrillic = try institution("ISO_IR 144", [0x5A, 0xD4])
    #expect(cyrillic.institution == "Z\u{FFFD}")
    #expect(
      cyrillic.warnings.map(\.description) == [
        "Specific Character Set (0008,0005): characters of 'ISO_IR 144' beyond ASCII are left out; "
          + "expected ISO_IR 100 or 192"
      ])
  }

  private static func annotated(_ annotations: [(inout DICOMBytes) -> Void]) throws -> StoredRecording {
    var set = DICOMBytes()
    set.sequence(0x0040_B020, annotations)
    set.waveforms([
      .init(samples: 1000, data: [UInt8](repeating: 0, count: 2000), channels: [.init(bitsStored: 16)]),
      .init(
        originality: "DERIVED", label: "MEDIAN BEAT", trigger: 101, samples: 200,
        data: [UInt8](repeating: 0, count: 400),
        channels: [.init(bitsStored: 16)]),
    ])
    return try DICOM.read(set.file())
  }

  private static func point(_ code: (String, String), _ channels: (Int, Int), _ group: Int, _ position: Int)
    -> (inout DICOMBytes) -> Void
  {
    { item in
      item.code(0x0040_A043, code.0, "SCPECG", code.1)
      item.us(0x0040_A0B0, channels.0, channels.1)
      item.text(0x0040_A130, "CS", "POINT")
      item.ul(0x0040_A132, position)
      item.us(0x0040_A180, group)
    }
  }

  /// Positions count from 1, at 500 Hz; a beat of the leads is a line, the representative one's are measurements.
  @Test func tellsTheRepresentativeBeatFromOthers() throws {
    let recording = try Self.annotated([
      Self.point(("5.10.3-3", "QRS Onset"), (1, 0), 2, 91), Self.point(("5.7.1-3", "Fiducial Point"), (1, 0), 2, 101),
      Self.point(("5.10.3-3", "QRS Onset"), (1, 0), 100, 251),
      Self.point(("5.7.1-3", "Fiducial Point"), (1, 0), 100, 261),
      Self.point(("5.10.3-5", "T Offset"), (2, 0), 3, 151),
    ])
    #expect(recording.measurements == [StoredMeasurement(.qrsOnset, 180), StoredMeasurement(.tEnd, 300)])
    #expect(
      recording.comments.prefix(2) == ["MEDIAN BEAT: Fiducial Point 0.2 s", "QRS Onset 0.5 s, Fiducial Point 0.52 s"])
  }

  @Test func keepsWhatIsNoMeasurementAsComments() throws {
    func value(_ code: (String, String, String), _ value: String, _ units: String) -> (inout DICOMBytes) -> Void {
      { item in
        item.code(0x0040_08EA, units, "UCUM", units)
        item.code(0x0040_A043, code.0, code.1, code.2)
        item.us(0x0040_A0B0, 1, 1)
        item.text(0x0040_A30A, "DS", value)
      }
    }
    let recording = try Self.annotated([
      value(("1", "99X", "Sokolow index"), "2.5", "mV"),
      value(("2:16160", "MDC", "QT interval global"), "380", "mm"),
      value(("2:16160", "MDC", "QT interval global"), "0", "ms"),
      value(("2:8193", "MDC", ""), "390", "ms"),  // the base of QT per lead and lead I
      value(("1", "99X", "Heart Rate"), "61", "{H.B.}/min"),
      value(("2:16132", "MDC", "QRS axis"), "many", "deg"),
      { item in
        item.code(0x0040_A043, "1", "99X", "Rhythm")
        item.code(0x0040_A168, "2", "99X", "Sinus")
        item.us(0x0040_A0B0, 1, 0)
      },
      { $0.us(0x0040_A0B0, 1, 0) },
    ])
    #expect(
      recording.measurements == [StoredMeasurement(.qt, lead: "I", 390), StoredMeasurement(.rate, lead: "I", 61)])
    #expect(
      recording.comments.prefix(3) == [
        "Sokolow index: 2.5 mV in I", "QT interval global: 380 mm in I", "Rhythm: Sinus",
      ])
    #expect(
      recording.warnings.map(\.description) == [
        "Waveform Annotation Sequence (0040,B020) item 3: the QT interval global is 0 ms, which counts as not measured",
        "Waveform Annotation Sequence (0040,B020) item 6: the QRS axis is 'many'; expected a number",
        "Waveform Annotation Sequence (0040,B020) item 8: neither a text nor a concept",
      ])
  }

  @Test(
    arguments: [
      ("2024", "2024"), ("202402", "2024-2"), ("20240229", "2024-2-29"), ("2024.02.29", "2024-2-29"),
      ("2024022923", "2024-2-29 23"), ("20240229235958", "2024-2-29 23:59:58.0"),
      ("20240229235958.5-0500", "2024-2-29 23:59:58.5"), ("2024022923:59:58", "2024-2-29 23:59:58.0"),
      ("19000101", "1900-1-1"),
      ("202413", nil), ("2024022925", nil), ("20240", nil), ("yesterday", nil), ("20240229235958.x", nil), ("", nil),
    ] as [(String, String?)])
  func readsDatesAndTimes(text: String, parts: String?) {
    let start = DICOMTime.start(text)
    let words = start.map { start in
      let day = [start.year, start.month, start.day].compactMap { $0.map(String.init) }.joined(separator: "-")
      let clock =
        [start.hour, start.minute].compactMap { $0.map(String.init) } + (start.second.map { ["\($0)"] } ?? [])
      return day + (clock.isEmpty ? "" : " ") + clock.joined(separator: ":")
    }
    #expect(words == parts)
  }

  // MARK: What cannot be read

  private static func refusal(_ bytes: [UInt8]) -> String? {
    do throws(FormatError) {
      _ = try DICOM.read(bytes)
      return nil
    } catch {
      return "\(error)"
    }
  }

  @Test func saysWhatIsWrong() {
    let set = DICOMBytes.recording()
    #expect(
      Self.refusal(Array("SCPECG, which is none".utf8))
        == "byte 0: neither 'DICM' after 128 bytes nor an element of group 0002 or 0008; expected a DICOM file")
    #expect(
      Self.refusal(set.file("1.2.840.10008.1.2.1.99"))
        == "Transfer Syntax UID (0002,0010): Deflated Explicit VR Little Endian; expected Explicit VR Little Endian, "
        + "Implicit VR Little Endian or Explicit VR Big Endian, uncompressed")
    var image = DICOMBytes()
    image.text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.104.1")
    #expect(
      Self.refusal(image.file())
        == "Waveform Sequence (5400,0100), byte 160: no waveforms: the object is an encapsulated PDF; "
        + "expected a 12-lead, general or ambulatory ECG")
    var letters = DICOMBytes()
    letters.element(0x0008_0016, "zz", [])
    #expect(
      Self.refusal(letters.file())
        == "SOP Class UID (0008,0016), byte 160: the value representation 'zz'; "
        + "expected two letters as 'LO' (PS3.5, 6.2)"
    )
    #expect(
      Self.refusal(Array(set.file().prefix(400)))?.hasPrefix("data set, byte ") == true)
  }

  @Test(
    arguments: [
      (\.samples, 4, "Waveform Data (5400,1010), byte 434: 6 bytes; expected 8: 1 channel of 4 samples of 2 bytes"),
      (
        \.samples, 0,
        "Number of Waveform Samples (003A,0010), byte 206: 0; expected a whole number from 1 to 4294967295"
      ),
      (
        \.samples, 4_000_000_000,
        "Number of Waveform Samples (003A,0010), byte 206: 1 channel of 4000000000 samples; expected at most "
          + "134217728 samples together"
      ),
      (\.bits, 8, "Waveform Bits Allocated (5400,1004), byte 414: 8 bits for samples of SS; expected 16"),
    ] as [(any WritableKeyPath<DICOMBytes.Group, Int> & Sendable, Int, String)])
  func saysWhichGroupContradictsItself(
    path: any WritableKeyPath<DICOMBytes.Group, Int> & Sendable, value: Int, message: String
  ) {
    var group = DICOMBytes.Group(data: [0, 0, 0, 0, 0, 0], channels: [.init()])
    group[keyPath: path] = value
    var set = DICOMBytes()
    set.waveforms([group])
    #expect(Self.refusal(set.file()) == message)
  }

  @Test func saysWhichSamplesItDoesNotKnow() {
    var set = DICOMBytes()
    set.waveforms([.init(frequency: "nan", data: [0, 0, 0, 0, 0, 0], channels: [.init()])])
    #expect(Self.refusal(set.file()) == "Sampling Frequency (003A,001A), byte 218: 'nan'; expected hertz, more than 0")
    set = DICOMBytes()
    set.waveforms([.init(interpretation: "MB", data: [0, 0, 0, 0, 0, 0], channels: [.init()])])
    #expect(
      Self.refusal(set.file())?.hasSuffix("'MB'; expected SB, UB, SS, US, SL, UL, SV or UV") == true)
    set = DICOMBytes()
    set.waveforms([.init(data: [0, 0, 0, 0, 0, 0], channels: [.init(sensitivity: "0")])])
    #expect(Self.refusal(set.file())?.hasSuffix("'0'; expected units a digit, not 0") == true)
    set = DICOMBytes()
    set.waveforms([.init(data: [0, 0, 0, 0, 0, 0], channels: [.init(sensitivity: "1e200", correction: "1e200")])])
    #expect(Self.refusal(set.file())?.hasSuffix("'1e200'; expected a factor, about 1") == true)
  }

  @Test func refusesSequencesThatAreTooDeep() {
    func nested(_ depth: Int) -> DICOMBytes {
      var set = DICOMBytes()
      set.sequence(0x0040_0555, depth == 0 ? [] : [{ $0 = nested(depth - 1) }])
      return set
    }
    #expect(Self.refusal(nested(5).file())?.contains("no waveforms") == true)
    #expect(
      Self.refusal(nested(12).file())?.hasSuffix("sequences within each other, 13 deep; expected at most 12") == true)
    // A sequence of undefined length opens within each item, a hundred thousand times.
    var bytes = DICOMBytes()
    for _ in 0..<100_000 {
      bytes.element(
        0x0040_0555, "SQ", bytes.number(0xFFFE, 2) + bytes.number(0xE000, 2) + [255, 255, 255, 255], length: 0xFFFF_FFFF
      )
    }
    #expect(Self.refusal(bytes.file())?.hasSuffix("13 deep; expected at most 12") == true)
  }

  // MARK: Hostile bytes

  @Test(arguments: DICOMBytes.Encoding.allCases) func survivesEveryTruncation(encoding: DICOMBytes.Encoding) {
    let bytes = DICOMBytes.recording(encoding, hasLengths: encoding != .explicitBig).file()
    for count in 0..<bytes.count { #expect(Self.refusal(Array(bytes.prefix(count))) != nil, "\(count) bytes") }
    #expect(Self.refusal(bytes) == nil)
  }

  /// Every place where two or four bytes may be a length.
  @Test func survivesHugeLengths() {
    let bytes = DICOMBytes.recording().file()
    for position in 132..<bytes.count - 4 {
      for (width, value) in [(2, 0xFF), (4, 0xFF), (4, 0x7F)] as [(Int, UInt8)] {
        var changed = bytes
        for place in position..<position + width { changed[place] = value }
        _ = Self.refusal(changed)
      }
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func survivesRandomChanges(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let encoding = DICOMBytes.Encoding.allCases[Int(seed) % 3]
    let bytes = DICOMBytes.recording(encoding, hasLengths: seed % 2 == 0).file()
    var accepted = 0
    let clock = ContinuousClock()
    let time = clock.measure {
      for _ in 0..<100 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
          changed[Int.random(in: 128..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        if Self.refusal(changed) == nil { accepted += 1 }
      }
    }
    #expect(accepted > 0 && accepted < 100)
    #expect(time < .seconds(20))
  }

  // MARK: A file of an electrocardiograph

  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
  func readsAMortaraFile() throws {
    let path = SharedData.path("exchange/anonymous_ecg.dcm")
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: path)))
    #expect(ECGFile.format(ofContent: bytes.prefix(4096)) == .dicom)
    let recording = try DICOM.read(bytes)
    #expect(recording.leads.map(\.name) == LeadName.twelve)
    #expect(
      recording.samplingFrequency == 1000
        && recording.leads.allSatisfy { $0.samples.count == 10_000 && $0.units == "mV" })
    // Two bytes a sample, interleaved, behind the element's header: the digits are found without the reader.
    let header: [UInt8] = [0x00, 0x54, 0x10, 0x10] + Array("OW".utf8) + [0, 0] + DICOMBytes().number(240_000, 4)
    let start = try #require(bytes.indices.dropLast(240_012).first { bytes[$0..<$0 + 12] == header[...] }) + 12
    var differences = 0
    for (index, lead) in recording.leads.enumerated() {
      for (sample, value) in lead.samples.enumerated() {
        let place = start + 2 * (12 * sample + index)
        let digit = Int16(bitPattern: UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)
        if value != Double(digit) * 1.25 / 1000 { differences += 1 }
      }
    }
    #expect(differences == 0)
    #expect(recording.patient.familyName == "Anonymous" && recording.patient.id == "642341")
    #expect(recording.patient.sex == .female && recording.patient.age == 42)
    #expect(recording.patient.birth == Header.Start(year: 1971, month: 1, day: 23))
    #expect(recording.start == Header.Start(year: 2013, month: 1, day: 25, hour: 10, minute: 59, second: 19))
    #expect(recording.device == "Mortara Instrument, Inc. el250" && recording.institution == "E. O. Ospedali Galliera")
    #expect(recording.filters.highPass == 0.05 && recording.filters.lowPass == 300 && recording.filters.notch == nil)
    #expect(recording.statements == ["RITMO SINUSALE", "ECG NORMALE"])
    let expected: [(StoredMeasurement.Quantity, Double)] = [
      (.rr, 982), (.pr, 161), (.qrs, 75), (.qt, 368), (.qtc, 370), (.pAxis, 74), (.qrsAxis, 52), (.tAxis, 57),
      (.pOnset, 298), (.pEnd, 412), (.qrsOnset, 459), (.qrsEnd, 534), (.tEnd, 827),
    ]
    #expect(recording.measurements == expected.map { StoredMeasurement($0.0, $0.1) })
    // 77 annotations: 2 texts, 8 values and one of 0 ms, 6 points of the median beat, 6 of each of ten beats.
    #expect(recording.comments.filter { $0.contains("QRS Onset") }.count == 10)
    #expect(
      recording.comments[1]
        == "P Onset 0.324 s, P Offset 0.438 s, QRS Onset 0.485 s, Fiducial Point 0.526 s, QRS Offset 0.56 s, "
        + "T Offset 0.853 s"
    )
    #expect(recording.warnings.map(\.reason) == ["the PP Interval is 0 ms, which counts as not measured"])
  }
}
