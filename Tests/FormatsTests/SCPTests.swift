import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

@Suite struct SCPTests {
  // MARK: The format by hand

  /// The check value of CRC-16/CCITT-FALSE (catalogue of parametrised CRC algorithms).
  @Test func computesThePublishedChecksum() { #expect(SCP.checksum(Array("123456789".utf8)[...]) == 0x29B1) }

  /// Sections 0, 3 and 6, byte by byte: lead aVF, four samples of 16 bits, steps of 2.5 µV, 4 ms.
  @Test func readsARecordWrittenByHand() throws {
    let record: [UInt8] = [
      0x00, 0x00, 109, 0, 0, 0,  // a checksum that is wrong, 109 bytes
      0x00, 0x00, 0, 0, 46, 0, 0, 0, 20, 20, 0x53, 0x43, 0x50, 0x45, 0x43, 0x47,  // section 0, 46 bytes, "SCPECG"
      0, 0, 46, 0, 0, 0, 7, 0, 0, 0,  // section 0 at byte 7
      3, 0, 27, 0, 0, 0, 53, 0, 0, 0,  // section 3 at byte 53
      6, 0, 30, 0, 0, 0, 80, 0, 0, 0,  // section 6 at byte 80
      0x00, 0x00, 3, 0, 27, 0, 0, 0, 20, 20, 0, 0, 0, 0, 0, 0,
      1, 0x0C, 1, 0, 0, 0, 4, 0, 0, 0, 64,  // one lead, simultaneous, samples 1 to 4, aVF
      0x00, 0x00, 6, 0, 30, 0, 0, 0, 20, 20, 0, 0, 0, 0, 0, 0,
      0xC4, 0x09, 0xA0, 0x0F, 0, 0, 8, 0,  // 2500 nV, 4000 µs, no differences, 8 bytes
      1, 0, 0xFF, 0xFF, 0, 0x80,  // 1, -1, -32768, and no fourth
    ]
    #expect(SCP.recognizes(record[...]))
    let error = try #require(throws: FormatError.self) { try SCP.read(record) }
    #expect("\(error)" == "section 6, byte 103: 6 bytes are left; expected 8 for the samples of lead 1 of 1")
    var whole = record
    whole += [0xFF, 0x7F]
    whole[2] += 2
    (whole[44], whole[83]) = (32, 32)
    let recording = try SCP.read(whole)
    #expect(recording.samplingFrequency == 250)
    #expect(recording.leads.map(\.name) == ["aVF"])
    let expected = [0.0025, -0.0025, -81.92, 81.9175]
    #expect(zip(recording.leads[0].samples, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(recording.warnings.map(\.place) == ["record", "section 0", "section 3", "section 6"])
    #expect(recording.warnings.first?.reason.hasPrefix("its checksum is 0000; its bytes give ") == true)
  }

  /// Annex C's default table, bit by bit.
  @Test func readsTheCodesOfTheDefaultTable() throws {
    var bits = SCPBits()
    bits.append("0" + "100" + "101" + "1111111100" + "1111111101")
    bits.append("1111111110" + "00001001" + "1111111111" + "1111111011010100")
    let values = try SCP.HuffmanTables.standard.values(bits.bytes[...], count: 7, place: "")
    #expect(values == [0, 1, -1, 8, -8, 9, -300])
  }

  // MARK: Signals

  private static func random(_ count: Int, seed: UInt64, range: ClosedRange<Int> = -400...400) -> [Int] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Int.random(in: range, using: &generator) }
  }

  private static func digits(_ recording: StoredRecording, microvolts: Double = 1) -> [[Double]] {
    recording.leads.map { $0.samples.map { $0 * 1000 / microvolts } }
  }

  private static func areEqual(_ one: [[Double]], _ other: [[Double]]) -> Bool {
    one.map(\.count) == other.map(\.count)
      && zip(one, other).allSatisfy { zip($0, $1).allSatisfy { abs($0 - $1) < 1e-6 || ($0.isNaN && $1.isNaN) } }
  }

  @Test(arguments: SCPCoding.allCases, [0, 1, 2]) func readsSamplesInEveryCoding(coding: SCPCoding, differences: Int)
    throws
  {
    let samples = [
      Self.random(501, seed: 1, range: -5...5), Self.random(501, seed: 2),
      Self.random(501, seed: 3, range: -8000...8000),
    ]
    var writer = SCPWriter(digits: samples)
    (writer.coding, writer.differences, writer.nanovolts, writer.microseconds) = (coding, differences, 4880, 4000)
    let recording = try SCP.read(writer.record())
    #expect(recording.samplingFrequency == 250)
    #expect(recording.leads.map(\.name) == ["I", "II", "V1"])
    #expect(recording.leads.allSatisfy { $0.units == "mV" })
    #expect(Self.areEqual(Self.digits(recording, microvolts: 4.88), samples.map { $0.map(Double.init) }))
    #expect(recording.warnings.isEmpty)
  }

  /// Writers compute differences in 16 bits: what is beyond them comes round.
  @Test func sumsDifferencesInSixteenBits() throws {
    let samples = [[32_000, -32_000, 32_000, -32_000, 0]]
    var writer = SCPWriter(digits: samples)
    writer.coding = .none
    #expect(Self.areEqual(Self.digits(try SCP.read(writer.record())), [samples[0].map(Double.init)]))
  }

  @Test func placesLeadsThatWereNotRecordedAtOnce() throws {
    let recording = try SCP.read(
      SCPWriter(leads: [.init(code: 1, stored: [1, 2, 3]), .init(code: 62, first: 3, stored: [4, 5])]).record())
    let nan = Double.nan
    #expect(Self.areEqual(Self.digits(recording), [[1, 2, 3, nan], [nan, nan, 4, 5]]))
    #expect(recording.leads.map(\.name) == ["I", "aVR"])
  }

  @Test func namesLeadsSoThatTheyAreUnderstood() {
    for (code, name) in [1: "I", 2: "II", 8: "V6", 11: "V3R", 61: "III", 64: "aVF", 66: "V8", 16: "X", 131: "ES"] {
      #expect(LeadName(SCP.leadName(code))?.standard == name)
    }
    #expect(SCP.leadName(31) == "I (derived)" && LeadName(SCP.leadName(111))?.standard == "III")
    #expect(LeadName(SCP.leadName(65)) == LeadName("-aVR"))
    // A code that has no name must not become a lead by its number.
    for code in [0, 86, 116, 200, 255] { #expect(LeadName(SCP.leadName(code)) == nil, "\(SCP.leadName(code))") }
  }

  /// The beat is added where a complex of type 0 is, its fiducial point at the complex's, within the complex's zone.
  @Test(arguments: [1, 4]) func addsTheReferenceBeat(steps: Int) throws {
    let beat = Self.random(50, seed: 4)
    let beats = [beat, beat.map { 2 * $0 }]
    var rhythm = [Self.random(400, seed: 5, range: -40...40), Self.random(400, seed: 6, range: -40...40)]
    var writer = SCPWriter(leads: (0..<2).map { .init(code: UInt8($0 + 1), stored: rhythm[$0], beat: beats[$0]) })
    (writer.isSubtracted, writer.beatFiducial, writer.nanovolts, writer.beatNanovolts) = (true, 20, 1000 * steps, 1000)
    // The second begins before the recording, the last ends after it; types other than 0 have no zone.
    writer.complexes = [
      .init(type: 0, first: 100, fiducial: 119, last: 149), .init(type: 0, first: 1, fiducial: 5, last: 30),
      .init(type: 1, first: 1, fiducial: 200, last: 1), .init(type: 0, first: 250, fiducial: 260, last: 270),
      .init(type: 0, first: 380, fiducial: 399, last: 430),
    ]
    writer.protected = writer.complexes.map { ($0.first, $0.last) }
    for lead in 0..<2 {
      rhythm[lead] = rhythm[lead].map { $0 * steps }
      for complex in writer.complexes where complex.type == 0 {
        for sample in complex.first...complex.last {
          let index = sample - complex.fiducial + 20  // in the beat, from 1
          if (1...50).contains(index), (1...400).contains(sample) { rhythm[lead][sample - 1] += beats[lead][index - 1] }
        }
      }
    }
    let recording = try SCP.read(writer.record())
    #expect(Self.areEqual(Self.digits(recording), rhythm.map { $0.map(Double.init) }))
    #expect(recording.warnings.isEmpty)
  }

  /// Between protected zones one sample in four is stored; it stands for the middle of its four, and what is between is
  /// on lines. The last zone's length is no multiple of four.
  @Test(arguments: [2, 3, 4]) func expandsDecimatedZones(factor: Int) throws {
    let zones = [(first: 21, last: 45), (first: 70, last: 92)].map {
      (first: $0.first * factor + 1, last: $0.last * factor)
    }
    let count = 120 * factor + 1
    var (stored, expected) = ([Int](), [Double]())
    var generator = SeededGenerator(seed: 7)
    func value() -> Int { Int.random(in: -300...300, using: &generator) }
    var next = 1
    for (first, last) in zones + [(count + 1, count)] {
      let nodes = (0..<(first - next) / factor).map { _ in value() }
      for position in 0..<nodes.count * factor {
        let place = min(max(0, Double(position - factor / 2) / Double(factor)), Double(nodes.count - 1))
        let low = Int(place)
        let fraction = place - Double(low)
        expected.append((1 - fraction) * Double(nodes[low]) + fraction * Double(nodes[min(low + 1, nodes.count - 1)]))
      }
      let kept = (0..<(first - next) % factor + max(0, last - first + 1)).map { _ in value() }
      stored += nodes + kept
      expected += kept.map(Double.init)
      next = last + 1
    }
    #expect(expected.count == count)
    var writer = SCPWriter(leads: [.init(code: 1, stored: stored, last: count, beat: Self.random(30, seed: 8))])
    (writer.isBimodal, writer.microseconds, writer.beatFiducial) = (true, 2000 * factor, 10)
    writer.complexes =
      zones.map { .init(type: 1, first: 1, fiducial: ($0.first + $0.last) / 2, last: 1) } + [
        .init(type: 1, first: 1, fiducial: 3, last: 1)
      ]
    writer.protected = zones + [(0, 0)]
    let recording = try SCP.read(writer.record())
    #expect(recording.samplingFrequency == 500)
    #expect(Self.areEqual(Self.digits(recording), [expected]))

    // The same with the reference beat subtracted; version 1.0 protects the zones of the subtraction.
    writer.isSubtracted = true
    writer.version = 10
    writer.protected = nil
    writer.complexes = zones.map { .init(type: 0, first: $0.first, fiducial: $0.first + 9, last: $0.last) }
    for zone in zones {
      for index in 0..<min(30, zone.last - zone.first + 1) {
        expected[zone.first - 1 + index] += Double(writer.leads[0].beat[index])
      }
    }
    #expect(Self.areEqual(Self.digits(try SCP.read(writer.record())), [expected]))
  }

  /// Byte 6 of section 6 is reserved since version 3.0.
  @Test func takesNoDecimationForGrantedInVersion3() throws {
    var writer = SCPWriter(leads: [.init(code: 1, stored: [1, 2, 3, 4], beat: [1, 2])])
    (writer.isBimodal, writer.microseconds, writer.version, writer.complexes) = (
      true, 8000, 30, [.init(type: 1, first: 1, fiducial: 2, last: 1)]
    )
    let recording = try SCP.read(writer.record())
    #expect(recording.samplingFrequency == 125 && recording.sampleCount == 4)
  }

  /// Every record of `mini`, its steps of 1 µV, in the coding that its number chooses; with and without a reference
  /// beat.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"), arguments: [false, true])
  func keepsRealRecordsExactly(isSubtracted: Bool) throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: SharedData.path("mini")).filter {
      $0.hasSuffix(".hea")
    }.sorted()
    #expect(paths.count == 120)
    for (number, path) in paths.enumerated() where path.hasPrefix("records100") || number % 10 == 0 {
      let record = try Record(path: SharedData.path("mini/" + path.dropLast(4)))
      let digits = record.leads.map { $0.samples.map { Int(($0 * 1000).rounded()) } }
      let beatLength = Int(record.samplingFrequency) / 2
      let complexes = stride(from: beatLength, to: record.sampleCount - 2 * beatLength, by: 2 * beatLength).map {
        SCPWriter.Complex(type: 0, first: $0 + 1, fiducial: $0 + beatLength / 2, last: $0 + beatLength)
      }
      var writer = SCPWriter(digits: digits)
      writer.microseconds = Int(1_000_000 / record.samplingFrequency)
      writer.beatMicroseconds = writer.microseconds
      writer.coding = SCPCoding.allCases[number % 3]
      writer.differences = number / 3 % 3
      if isSubtracted {
        (writer.isSubtracted, writer.complexes, writer.beatFiducial) = (true, complexes, beatLength / 2)
        writer.protected = complexes.map { ($0.first, $0.last) }
        for lead in writer.leads.indices {
          writer.leads[lead].beat = Array(digits[lead][beatLength..<2 * beatLength])
          for complex in complexes {
            for index in 0..<beatLength {
              writer.leads[lead].stored[complex.first - 1 + index] -= writer.leads[lead].beat[index]
            }
          }
        }
      }
      let recording = try SCP.read(writer.record())
      #expect(recording.samplingFrequency == record.samplingFrequency)
      #expect(Self.areEqual(Self.digits(recording), digits.map { $0.map(Double.init) }), "\(path)")
    }
  }

  // MARK: What stands beside the signals

  private static func writer(_ fields: [(tag: UInt8, value: [UInt8])] = [], sections: [Int: [UInt8]] = [:]) -> SCPWriter
  {
    var writer = SCPWriter(digits: [[1, 2, 3]])
    (writer.fields, writer.sections) = (fields, sections)
    return writer
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

  /// Tag 14 with this language, protocol and maker's name.
  private static func device(language: UInt8 = 0, version: UInt8 = 20, maker: String = "") -> [UInt8] {
    u16(0) + u16(0) + u16(0) + [0, 17] + Array("MS-12".utf8) + [0, version, 0xA0, language, 0, 1]
      + [UInt8](repeating: 0, count: 16) + [4]
      + text("9.1") + text("SN 7") + text("1.0") + text("lib") + text(maker)
  }

  @Test func readsThePatient() throws {
    let recording = try SCP.read(
      Self.writer([
        (0, Self.text("García ")), (1, Self.text("Ana")), (3, Self.text("López")), (2, Self.text("H-17")), (8, [2]),
        (5, u16(1950) + [2, 29]), (4, u16(30) + [2]), (6, u16(171) + [1]), (7, u16(64_500) + [2]), (11, u16(130)),
        (12, u16(85)),
        (13, Self.text("chest pain")), (10, [0, 4, 2] + Self.text("Digoxin")), (10, [0, 5, 1]),
        (20, Self.text("Dr. Low")), (32, [0, 42]),
        (35, Self.text("infarction 2009")), (30, Self.text("first")), (30, Self.text("second")),
        (14, Self.device(maker: "Acme")),
        (25, u16(2021) + [11, 5]), (26, [23, 59, 58]), (16, Self.text("St. Mary")), (33, [2, 1]),
        (34, u16(-210) + u16(0)), (27, u16(5)), (28, u16(150)), (29, [0b0110]),
      ]).record())
    let patient = recording.patient
    #expect(
      patient.familyName == "García López" && patient.givenName == "Ana" && patient.id == "H-17"
        && patient.sex == .female)
    #expect(patient.birth == Header.Start(year: 1950, month: 2, day: 29))
    #expect(patient.age == 2.5)  // 30 months
    #expect(recording.start == Header.Start(year: 2021, month: 11, day: 5, hour: 23, minute: 59, second: 58))
    #expect(recording.institution == "St. Mary" && recording.device == "Acme MS-12")
    #expect(recording.filters.highPass == 0.05 && recording.filters.lowPass == 150 && recording.filters.notch == 50)
    #expect(recording.filters.words == ["50 Hz notch", "artifact filter"])
    #expect(
      recording.comments == [
        "first", "second", "Indication: chest pain", "History: infarction 2009", "Referring physician: Dr. Low",
        "Drug: Digoxin",
        "Drug: class 5, number 1 of table 0", "Medical history: codes 42 of table 0", "Height: 171 cm",
        "Weight: 64500 g",
        "Blood pressure: 130/85 mmHg", "Electrodes: Mason-Likar, single electrodes", "Electrodes: Frank",
        "Time zone: UTC-3:30",
      ])
    #expect(recording.warnings.isEmpty)
    #expect(recording.record(named: "r").comments.prefix(2) == ["Age: 2.5", "Sex: female"])
  }

  @Test func leavesOpenWhatIsUnknown() throws {
    let recording = try SCP.read(
      Self.writer([
        (8, [9]), (5, u16(0) + [0, 0]), (4, u16(0) + [1]), (25, u16(2021) + [13, 5]), (26, [24, 0, 0]), (0, [0]),
        (27, u16(0)),
      ]).record())
    #expect(
      recording.patient
        == {
          var patient = Patient()
          patient.sex = nil
          return patient
        }())
    #expect(recording.start == Header.Start(year: 2021))
    #expect(recording.filters == StoredRecording.Filters() && recording.comments.isEmpty)
  }

  @Test(
    arguments: [
      (0x01, [0x4A, 0xFC], "Jü"), (0x37, Array("Łucja".utf8), "Łucja"), (0x03, [0xA3, 0x75], "Łu"),
      (0x13, [0xB8, 0xD2], "Ив"),
      (0x23, [0xC1, 0xEB], "Αλ"), (0x07, [0x41, 0x01, 0x42, 0, 0, 0, 0x43, 0], "ŁB"), (0x27, [0xB0, 0xA1], "啊"),
      (0x0F, [0xB1], "ｱ"),
    ] as [(UInt8, [UInt8], String)])
  func readsTextsInTheirLanguage(code: UInt8, bytes: [UInt8], text: String) throws {
    let recording = try SCP.read(Self.writer([(14, Self.device(language: code)), (1, bytes)]).record())
    #expect(recording.patient.givenName == text)
    #expect(recording.warnings.isEmpty)
  }

  @Test func saysThatItDoesNotKnowALanguage() throws {
    let recording = try SCP.read(Self.writer([(14, Self.device(language: 0x17)), (1, Self.text("Jo"))]).record())
    #expect(recording.patient.givenName == "Jo")
    #expect(
      recording.warnings.map(\.description) == [
        "section 1, tag 14: texts in the unknown language code 17 (hexadecimal), read as ISO 8859-1 or UTF-8"
      ])
  }

  private static func globals(spikes: [Int] = [], rest: [UInt8] = []) -> [UInt8] {
    [2, UInt8(spikes.count)] + u16(812) + u16(29_999) + [102, 210, 250, 340, 640, 45, -30, 999].flatMap { u16($0) }
      + [UInt8](repeating: 7, count: 16) + spikes.flatMap { u16($0) + u16(-900) } + rest
  }

  @Test func readsGlobalMeasurements() throws {
    let rest = [UInt8](repeating: 1, count: 12) + u16(2) + [0, 1] + u16(74) + u16(74) + u16(431) + [1] + u16(0)
    let recording = try SCP.read(Self.writer(sections: [7: Self.globals(spikes: [120, 940], rest: rest)]).record())
    #expect(
      recording.measurements == [
        .init(.rr, 812), .init(.pOnset, 102), .init(.pEnd, 210), .init(.qrsOnset, 250), .init(.qrsEnd, 340),
        .init(.tEnd, 640),
        .init(.pAxis, 45), .init(.qrsAxis, -30), .init(.rate, 74), .init(.qtcBazett, 431),
      ])
    #expect(recording.comments == ["Pacemaker spikes: 120, 940 ms", "Types of QRS complexes: 0, 1"])

    // Complexes that section 4 counts and this section does not.
    let few = u16(0) + u16(74) + u16(0) + u16(431) + [2] + u16(0)
    var writer = Self.writer(sections: [7: Self.globals(rest: few)])
    writer.complexes = [.init(type: 0, first: 1, fiducial: 2, last: 3)]
    let other = try SCP.read(writer.record())
    #expect(other.measurements.suffix(2) == [.init(.rate, 74), .init(.qtc, 431)])  // not Bazett's
    #expect(other.warnings.isEmpty && other.comments.isEmpty)
  }

  /// What a maker of version 1.0 wrote behind the measurements is his own.
  @Test func readsNoMakersOwnAsMeasurements() throws {
    var writer = Self.writer(
      [(14, Self.device(version: 10))], sections: [7: Self.globals(rest: u16(2) + [UInt8](repeating: 9, count: 30))])
    writer.version = 0
    #expect(try SCP.read(writer.record()).measurements.count == 8)
    writer.fields = []
    writer.complexes = [.init(type: 0, first: 1, fiducial: 2, last: 3)]
    let recording = try SCP.read(writer.record())
    #expect(recording.measurements.count == 8)
    #expect(recording.warnings.map(\.reason) == ["2 QRS complexes; expected 1, as in section 4"])
  }

  @Test func readsStatementsAsTextAndAsCodes() throws {
    func statements(_ state: UInt8, _ texts: [[UInt8]]) -> [UInt8] {
      [state] + u16(2020) + [1, 2, 3, 4, 5, UInt8(texts.count)]
        + texts.enumerated().flatMap { [UInt8($0 + 1)] + u16($1.count) + $1 }
    }
    let text = statements(1, [Self.text("Sinus rhythm"), [0], Self.text("Old infarction")])
    let codes = statements(0, [[1] + Self.text("SR"), [1] + Self.text("IMI") + Self.text("PROB")])
    let both = try SCP.read(Self.writer(sections: [8: text, 11: codes]).record())
    #expect(both.statements == ["Sinus rhythm", "Old infarction"] && both.isConfirmed == true)
    #expect(both.comments == ["Universal statement codes: SR, IMI PROB"])
    let coded = try SCP.read(Self.writer(sections: [11: codes]).record())
    #expect(coded.statements == ["SR", "IMI PROB"] && coded.isConfirmed == false && coded.comments.isEmpty)
    #expect(try SCP.read(Self.writer().record()).isConfirmed == nil)
  }

  /// A fault beside the signals costs what stands there, and is said.
  @Test func readsTheSignalsDespiteFaultsBesideThem() throws {
    var writer = Self.writer(
      [(1, Self.text("Ana"))],
      sections: [7: [9, 0] + u16(700) + u16(0), 8: [0, 1], 10: u16(3) + u16(0) + u16(1) + u16(99)])
    writer.sections[1] = [1] + u16(4) + Self.text("Ana") + [2] + u16(9000) + [1, 2]
    let recording = try SCP.read(writer.record())
    #expect(recording.sampleCount == 3 && recording.patient.givenName == "Ana")
    #expect(recording.measurements == [.init(.rr, 700)])
    #expect(
      recording.warnings.map { $0.place.split(separator: ",")[0] } == [
        "section 1", "section 7", "section 10", "section 8",
      ])
  }

  // MARK: Faults

  private func error(_ bytes: [UInt8]) throws -> String {
    "\(try #require(throws: FormatError.self) { try SCP.read(bytes) })"
  }

  @Test func saysWhatIsWrong() throws {
    let good = SCPWriter(digits: [[1, 2, 3, 4, 5, 6, 7, 8, 9]])
    #expect(
      try error(Array(good.record().dropLast(7)))
        == "record: \(good.record().count - 7) bytes; expected the \(good.record().count) that its beginning announces")
    #expect(try error(Array("RIFF, not a recording of a heart".utf8)).hasPrefix("record: 32 bytes; expected the "))
    #expect(try error([]) == "record, byte 0: 0 bytes are left; expected 2 for the record's checksum")

    var writer = good
    writer.omitted = [6]
    #expect(try error(writer.record()) == "section 0: no section 6; expected one: the signals")
    writer.sections[12] = [1, 2, 3]
    #expect(
      try error(writer.record())
        == "section 0: no section 6, but a long-term recording, which is not read; expected one: the signals"
    )
    writer = good
    writer.omitted = [3]
    #expect(try error(writer.record()) == "section 0: no section 3; expected one: the leads' names")

    writer = good
    writer.leads[0].last = 90
    #expect(try error(writer.record()) == "section 6, lead I: 2 bytes; expected at least 12 for 90 samples")
    writer.leads[0].last = 16
    #expect(try error(writer.record()) == "section 6, lead I: data for 11 samples; expected 16")
    writer.coding = .none
    #expect(try error(writer.record()) == "section 6, lead I: data for 9 samples; expected 16")
    writer.leads[0].last = 4_000_000
    #expect(
      try error(writer.record())
        == "section 3: 1 leads of 4000000 samples, with 18 bytes in section 6; expected at most 27648 samples together"
    )

    writer = good
    writer.nanovolts = 0
    #expect(try error(writer.record()) == "section 6: steps of 0 nV; expected 1 nV or more")
    writer = good
    writer.microseconds = 0
    #expect(try error(writer.record()) == "section 6: samples of 0 µs; expected 1 µs or more")
    writer = good
    writer.sections[2] = u16(1) + u16(2) + [1, 1, 1] + u16(0) + u32(0) + [2, 2, 1] + u16(1) + u32(0)
    #expect(
      try error(writer.record())
        == "section 2, table 1, code 2: a prefix that begins with another, or begins another; expected distinct ones"
    )
    writer = good
    writer.isSubtracted = true
    writer.complexes = [.init(type: 0, first: 1, fiducial: 2, last: 3)]
    #expect(
      try error(writer.record())
        == "section 5: no reference beat; expected the beat that is subtracted from the signals")
  }

  /// Pointers stand from byte 22 on, ten bytes each: number, length, index.
  @Test func saysWhatIsWrongWithPointers() throws {
    let good = SCPWriter(digits: [[1, 2, 3]]).record()
    func changed(_ index: Int, _ bytes: [UInt8]) -> [UInt8] {
      var record = good
      record.replaceSubrange(index..<index + bytes.count, with: bytes)
      return record
    }
    let sixth = 22 + 10 * 6
    #expect(
      try error(changed(sixth + 6, u32(300)))
        == "section 6: section 0 has it at byte 300 with 26 bytes; expected at least 16 within the record's "
          + "\(good.count)"
    )
    let third = Array(good[52 + 6..<52 + 10])
    #expect(
      try error(changed(sixth + 6, third)).hasPrefix("section 6: section 3 at byte "))
    #expect(
      try error(changed(8, u16(5)))
        == "record, byte 8: section 5 comes first; expected section 0, which says where the others are")
    #expect(
      try error(changed(10, u32(9))) == "section 0: a length of 9 bytes; expected 16 to \(good.count - 6)")
    // The length in section 0 counts as far as the section's own header agrees.
    let recording = try SCP.read(changed(sixth + 2, u32(25)))
    #expect(recording.sampleCount == 3)
    #expect(recording.warnings.contains(FormatWarning("section 6", "its header gives it 26 bytes, section 0 25")))
    // A pointer that leads nowhere costs its section; one of section 7 costs no signal.
    var writer = SCPWriter(digits: [[1, 2, 3]])
    writer.sections[7] = Self.globals()
    var record = writer.record()
    record.replaceSubrange(22 + 70 + 6..<22 + 70 + 10, with: u32(0))
    let read = try SCP.read(record)
    #expect(read.sampleCount == 3 && read.measurements.isEmpty)
    #expect(read.warnings.contains { $0.place == "section 7" })
  }

  @Test func refusesADecimationThatIsNoWholeNumber() throws {
    var writer = SCPWriter(leads: [.init(code: 1, stored: [1, 2, 3], beat: [1, 2])])
    (writer.isBimodal, writer.microseconds) = (true, 3000)
    writer.complexes = [.init(type: 1, first: 1, fiducial: 2, last: 1)]
    #expect(
      try error(writer.record())
        == "section 6: samples of 3000 µs, of the reference beat 2000 µs; expected the same, or up to 16 times as long"
    )
  }

  @Test func warnsOfWrongChecksumsAndOfBytesBehind() throws {
    var bytes = SCPWriter(digits: [[1, 2, 3]]).record()
    bytes[bytes.count - 1] ^= 1  // a byte behind the samples of section 6
    bytes += [1, 2, 3]
    let warnings = try SCP.read(bytes).warnings
    #expect(warnings.map(\.place) == ["record", "record", "section 6"])
    #expect(warnings.first?.reason == "3 bytes follow its \(bytes.count - 3)")
  }

  // MARK: Hostile input

  /// Of every kind of section.
  private static let rich: SCPWriter = {
    let reading = [0] + u16(2020) + [1, 1, 1, 1, 1]
    var rich = writer([(0, text("A")), (4, u16(30) + [1]), (14, device()), (10, [0, 1, 2] + text("B"))])
    rich.sections[7] = globals(spikes: [3])
    rich.sections[8] = reading + [1, 1, 2, 0, 65, 0]
    rich.sections[10] = u16(1) + u16(0) + u16(1) + u16(4) + u16(9) + u16(8)
    rich.sections[11] = reading + [1, 1, 3, 0, 1, 65, 0]
    rich.leads = (1...2).map { code in
      let stored = random(40, seed: UInt64(code), range: -9...9)
      return .init(code: UInt8(code), stored: stored, last: 100, beat: random(20, seed: 9, range: -50...50))
    }
    (rich.isBimodal, rich.isSubtracted, rich.microseconds, rich.beatFiducial) = (true, true, 8000, 5)
    rich.coding = .custom
    rich.complexes = [.init(type: 0, first: 41, fiducial: 45, last: 60)]
    rich.protected = [(41, 60)]
    return rich
  }()

  @Test func refusesEveryTruncation() throws {
    let bytes = Self.rich.record()
    let warnings = try SCP.read(bytes).warnings
    #expect(warnings.isEmpty, "\(warnings)")
    for count in 0..<bytes.count { #expect(throws: FormatError.self) { try SCP.read(Array(bytes[..<count])) } }
    // Shorter, and said to be.
    for count in 6..<bytes.count {
      var shorter = Array(bytes[..<count])
      shorter.replaceSubrange(2..<6, with: u32(count))
      _ = try? SCP.read(shorter)
    }
  }

  /// Each two bytes and each four in turn as great as can be: whatever field they are.
  @Test func standsHugeNumbersEverywhere() throws {
    let bytes = Self.rich.record()
    for index in 0..<bytes.count - 4 {
      for (width, byte) in [(2, 0xFF), (4, 0xFF), (4, 0x7F), (2, 0)] as [(Int, UInt8)] {
        var changed = bytes
        for offset in 0..<width { changed[index + offset] = offset == width - 1 ? byte : 0xFF }
        _ = try? SCP.read(changed)
      }
    }
  }

  @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 3, 4] as [UInt64]) func standsMutations(seed: UInt64) throws {
    let bytes = Self.rich.record()
    var generator = SeededGenerator(seed: seed)
    var read = 0
    for _ in 0..<2000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if (try? SCP.read(changed)) != nil { read += 1 }
    }
    #expect(read > 100)
  }

  /// As many complexes as there can be, each of the whole recording, would take for ever.
  @Test(.timeLimit(.minutes(1))) func refusesToAddTheBeatWithoutEnd() throws {
    var writer = SCPWriter(leads: [
      .init(code: 1, stored: [Int](repeating: 0, count: 400_000), beat: [Int](repeating: 0, count: 30_000))
    ])
    (writer.isSubtracted, writer.beatFiducial) = (true, 1)
    writer.complexes = [SCPWriter.Complex](
      repeating: .init(type: 0, first: 1, fiducial: 1, last: 30_000), count: 65_000)
    #expect(
      try error(writer.record())
        == "section 4: the reference beat is subtracted from 1950000000 samples; expected 400000, which there are")
  }
}
