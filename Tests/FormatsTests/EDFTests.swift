import TestSupport
import Testing
import WFDB

@testable import Formats

/// A file composed field by field, in the order of the specification (Kemp & Olivan 2003, section 2.1).
struct ComposedEDF {
  var version = "0"
  var patient = "MCH-0234567 F 02-MAY-1951 Haagse_Harry"
  var recording = "Startdate 02-MAR-2002 EMG561 BK/JOP Sony_MNC_R"
  var date = "02.03.02"
  var time = "13.14.15"
  var headerBytes: String?
  var reserved = "EDF+C"
  var records: String?
  var duration = "0.5"
  var count: String?
  var signals: [Signal]
  /// `[record][signal]`
  var data: [[[UInt8]]]

  struct Signal {
    var label: String
    var dimension = "uV"
    var limits = ["-32768", "32767", "-32768", "32767"]  // physical, digital
    var prefiltering = "HP:0.05Hz LP:150Hz N:50Hz"
    var samples: String
  }

  var bytes: [UInt8] {
    func field(_ text: String, _ width: Int) -> [UInt8] {
      let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
      return Array((bytes + Array(repeating: 0x20, count: width)).prefix(width))
    }
    var bytes = version == "BDF" ? [0xFF] + field("BIOSEMI", 7) : field(version, 8)
    bytes += field(patient, 80) + field(recording, 80) + field(date, 8) + field(time, 8)
    bytes += field(headerBytes ?? "\(256 * (signals.count + 1))", 8) + field(reserved, 44)
    bytes += field(records ?? "\(data.count)", 8) + field(duration, 8) + field(count ?? "\(signals.count)", 4)
    for signal in signals { bytes += field(signal.label, 16) }
    for _ in signals { bytes += field("Ag/AgCl", 80) }
    for signal in signals { bytes += field(signal.dimension, 8) }
    for limit in 0..<4 { for signal in signals { bytes += field(signal.limits[limit], 8) } }
    for signal in signals { bytes += field(signal.prefiltering, 80) }
    for signal in signals { bytes += field(signal.samples, 8) }
    for _ in signals { bytes += field("", 32) }
    return bytes + data.joined().joined()
  }

  static func words(_ digital: [Int16]) -> [UInt8] {
    digital.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }

  static func text(_ text: String, _ length: Int) -> [UInt8] {
    Array(text.utf8) + Array(repeating: 0, count: length - text.utf8.count)
  }

  /// Two leads and annotations, two data records.
  static let plus = ComposedEDF(
    signals: [
      Signal(label: "ECG I", samples: "2"),
      Signal(label: "EKG V1", dimension: "mV", limits: ["-5", "5", "-1000", "1000"], samples: "2"),
      Signal(
        label: "EDF Annotations", dimension: "", limits: ["-1", "1", "-32768", "32767"], prefiltering: "", samples: "20"
      ),
    ],
    data: [
      [words([1, -2]), words([1000, -1000]), text("+0\u{14}\u{14}\0+0\u{14}Sinus\u{14}rhythm\u{14}\0", 40)],
      [words([32767, -32768]), words([3, 0]), text("+0.5\u{14}\u{14}\0+0.75\u{15}1.5\u{14}Bewegung ü\u{14}\0", 40)],
    ])
}

@Suite struct EDFTests {
  @Test func readsAFileComposedFromTheSpecification() throws {
    let recording = try EDF.read(ComposedEDF.plus.bytes)
    #expect(recording.samplingFrequency == 4)
    #expect(
      recording.leads == [
        Lead(name: "I", units: "mV", samples: [0.001, -0.002, 32.767, -32.768]),
        Lead(name: "V1", units: "mV", samples: [5, -5, 0.015, 0]),
      ])
    #expect(recording.patient.id == "MCH-0234567" && recording.patient.name == "Haagse Harry")
    #expect(recording.patient.sex == .female && recording.patient.age == 50)  // two months before her birthday
    #expect(recording.patient.birth == Header.Start(year: 1951, month: 5, day: 2))
    #expect(recording.start == Header.Start(year: 2002, month: 3, day: 2, hour: 13, minute: 14, second: 15))
    #expect(recording.device == "Sony MNC R")
    #expect(recording.filters.highPass == 0.05 && recording.filters.lowPass == 150 && recording.filters.notch == 50)
    #expect(recording.filters.words.isEmpty)
    #expect(
      recording.comments == [
        "Investigation: EMG561", "Technician: BK/JOP", "Sinus", "rhythm", "0.75 s for 1.5 s: Bewegung ü",
      ])
    #expect(recording.warnings.isEmpty)
    #expect(ECGFile.format(ofContent: ComposedEDF.plus.bytes[...]) == .edf)
  }

  /// Of EDF without plus the fields are free text; two digits of the year are of 1985 to 2084.
  @Test(arguments: [("01.01.85", 1985), ("31.12.99", 1999), ("01.01.00", 2000), ("31.12.84", 2084), ("1/2/03", 2003)])
  func readsTheDateOfEDF(date: String, year: Int) throws {
    var file = ComposedEDF.plus
    (file.reserved, file.patient, file.recording, file.date) = ("", "Harry, ward 3", "night", date)
    let recording = try EDF.read(file.bytes)
    #expect(recording.start.year == year && recording.start.hour == 13)
    #expect(recording.patient.id == "Harry, ward 3" && recording.comments.first == "Recording: night")
    #expect(recording.warnings.isEmpty)
  }

  @Test func takesTheFullYearOfTheRecordingField() throws {
    var file = ComposedEDF.plus
    file.date = "02.03.yy"
    file.recording = "Startdate 02-MAR-2102 X X X"
    #expect(try EDF.read(file.bytes).start.year == 2102)
    file.date = "03.03.02"
    let recording = try EDF.read(file.bytes)
    #expect(recording.start.year == 2102)
    #expect(
      recording.warnings.map(\.description) == [
        "header, byte 168: the start date is '03.03.02'; the recording says 02-MAR-2102, which is taken"
      ])
  }

  @Test func addsThePartOfASecondAtWhichTheFirstRecordBegins() throws {
    var file = ComposedEDF.plus
    file.data[0][2] = ComposedEDF.text("+0.25\u{14}\u{14}\0+0.25\u{14}Statement: Sinus rhythm\u{14}\0", 40)
    let recording = try EDF.read(file.bytes)
    #expect(recording.start.second == 15.25)
    #expect(recording.statements == ["Sinus rhythm"])
  }

  @Test func fillsGapsOfEDFPlusDWithMissingSamples() throws {
    var file = ComposedEDF.plus
    file.reserved = "EDF+D"
    file.data[1][2] = ComposedEDF.text("+1.25\u{14}\u{14}\0", 40)
    let recording = try EDF.read(file.bytes)
    #expect(areSame(recording.leads[0].samples, [0.001, -0.002, .nan, .nan, .nan, 32.767, -32.768]))
    #expect(recording.warnings.map(\.description) == ["1 gap between data records; samples are missing there"])
    file.data[1][2] = ComposedEDF.text("+99999999999\u{14}\u{14}\0", 40)
    #expect(throws: FormatError.self) { try EDF.read(file.bytes) }
  }

  @Test func readsTwentyFourBits() throws {
    let file = ComposedEDF(
      version: "BDF", patient: "", recording: "", reserved: "24BIT", duration: "1",
      signals: [
        .init(
          label: "V5", limits: ["-262144", "262143", "-8388608", "8388607"], prefiltering: "HP:DC; LP:410", samples: "3"
        ),
        .init(
          label: "Status", dimension: "Boolean", limits: ["-8388608", "8388607", "-8388608", "8388607"], samples: "3"),
      ],
      data: [[[0, 0, 0x80, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF], Array(repeating: 0, count: 9)]])
    let recording = try EDF.read(file.bytes)
    let step = (262_143.0 + 262_144) / (8_388_607 + 8_388_608) / 1000  // mV
    #expect(recording.leads.map(\.name) == ["V5"] && recording.leads[0].units == "mV")
    #expect(areSame(recording.leads[0].samples, [-262.144, 262.143, (8_388_608 - 1) * step - 262.144], within: 1e-9))
    #expect(recording.filters.lowPass == 410 && recording.filters.words == ["HP:DC; LP:410"])
    #expect(recording.warnings.map(\.description) == ["signal 2 'Status': triggers, no lead; left out"])
  }

  @Test func leavesOutSignalsOfOtherRatesAndWithoutScale() throws {
    var file = ComposedEDF.plus
    file.signals.insert(.init(label: "Resp", samples: "1"), at: 2)
    file.signals.insert(.init(label: "EEG Fpz-Cz", samples: "4"), at: 3)
    file.signals.insert(.init(label: "ECG II", limits: ["0", "0", "-1", "1"], samples: "2"), at: 4)
    for record in file.data.indices {
      for length in [4, 8, 2] { file.data[record].insert(Array(repeating: 1, count: length), at: 2) }
    }
    let recording = try EDF.read(file.bytes)
    #expect(recording.leads.map(\.name) == ["I", "V1"])
    #expect(recording.leads[1].samples == [5, -5, 0.015, 0])
    #expect(
      recording.warnings.map(\.description) == [
        "signal 5 'ECG II': physical 0 to 0 for digital -1 to 1 is no scale; left out",
        "signal 3 'Resp': has 2 Hz, and the leads 4 Hz; left out",
        "signal 4 'EEG Fpz-Cz': has 8 Hz, and the leads 4 Hz; left out",
      ])
  }

  @Test func readsSloppyHeadersAndSaysSo() throws {
    var file = ComposedEDF.plus
    file.headerBytes = "512"
    file.records = "-1"
    file.duration = "0,5"
    file.signals[1].limits[0] = "-5,0"
    let recording = try EDF.read(file.bytes + [1, 2, 3])
    #expect(try recording.leads == EDF.read(ComposedEDF.plus.bytes).leads)
    #expect(
      recording.warnings.map(\.description) == [
        "header, byte 244: the duration of a data record '0,5' has a comma",
        "header, byte 184: the header has '512' bytes; 3 signals need 1024, which are read",
        "header, byte 576: the physical minimum of signal 2 '-5,0' has a comma",
        "header, byte 236: the number of data records is not known (-1); the file holds 2",
        "byte 1120: 3 bytes are no whole data record, and are not read",
      ])
    file = .plus
    file.records = "5"
    #expect(
      try EDF.read(file.bytes).warnings.map(\.description) == [
        "header, byte 236: 5 data records are announced; the file holds 2"
      ])
  }

  @Test(
    arguments: [
      (nil, "x", "header, byte 252: the number of signals is 'x'; expected a number"),
      (nil, "0", "header, byte 252: the number of signals is 0; expected a whole number of 1 to 9999"),
      (nil, "9999", "header: the file has 1120 bytes; expected 2560000 for the header of 9999 signals"),
      ("0", nil, "byte 1024: 96 bytes and 0 data records; expected at least one data record, of 48 bytes"),
      ("two", nil, "header, byte 236: the number of data records is 'two'; expected a number"),
      ("1.5", nil, "header, byte 236: the number of data records is 1.5; expected a whole number of -1 to 99999999"),
    ] as [(String?, String?, String)]) func refusesWhatAHeaderCannotSay(
      records: String?, count: String?, problem: String
    )
  {
    var file = ComposedEDF.plus
    (file.records, file.count) = (records, count)
    #expect { try EDF.read(file.bytes) } throws: { "\($0)" == problem }
  }

  @Test func refusesWhatIsNoEDF() {
    var file = ComposedEDF.plus
    file.version = "1"
    #expect { try EDF.read(file.bytes) } throws: {
      "\($0)" == "byte 0: the version is '1'; expected 0, or BIOSEMI behind a byte 255"
    }
    file = .plus
    file.duration = "0"
    #expect { try EDF.read(file.bytes) } throws: {
      "\($0)" == "header, byte 244: a data record takes 0 s; expected the seconds that its samples take"
    }
    #expect(ECGFile.format(ofContent: Array("00001 12 500\n".utf8)[...]) == nil)
  }

  @Test func withstandsHostileBytes() {
    expectToWithstand(ComposedEDF.plus.bytes) { _ = try EDF.read($0) }
  }

  @Test(arguments: ["99999999", "1e308", "-1", "0", "nan", "4294967296"])
  func withstandsHugeNumbers(number: String) {
    var variants: [ComposedEDF] = []
    for signal in 0..<3 {
      var file = ComposedEDF.plus
      file.signals[signal].samples = number
      variants.append(file)
      for limit in 0..<4 {
        file = .plus
        file.signals[signal].limits[limit] = number
        variants.append(file)
      }
    }
    var file = ComposedEDF.plus
    (file.records, file.reserved) = (number, "EDF+D")
    variants.append(file)
    file.duration = number
    variants.append(file)
    file.duration = "1e-300"
    variants.append(file)
    for file in variants {
      do { _ = try EDF.read(file.bytes) } catch { #expect(!error.expected.isEmpty) }
    }
  }

  /// Data records of eight bytes, an annotation in each: time and memory stay in proportion to the file.
  @Test func readsMillionsOfTinyRecords() throws {
    var file = ComposedEDF.plus
    file.signals = [.init(label: "ECG I", samples: "1"), .init(label: "EDF Annotations", samples: "3")]
    file.duration = "0.01"
    file.data = [[[1, 0], Array("+1\u{14}a\u{14}\0".utf8)]]
    let record = file.data[0].flatMap(\.self)
    file.data = []
    file.records = "-1"
    let bytes = file.bytes + Array(repeating: record, count: 300_000).joined()
    let time = try ContinuousClock().measure {
      let recording = try EDF.read(bytes)
      #expect(recording.sampleCount == 300_000 && recording.comments.count == 100_002)  // two are of the header
    }
    #expect(time < .seconds(20))
  }
}
