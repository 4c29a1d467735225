import Foundation
import TestSupport
import Testing
import WFDB

@testable import Formats

@Suite struct MUSETests {
  /// A lead as MUSE writes it.
  private func lead(_ name: String, _ digits: [Int16], crc: UInt32? = nil, extra: String = "") -> String {
    let bytes = digits.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    let base64 = Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
    return """
      <LeadData>
        <LeadByteCountTotal>\(bytes.count)</LeadByteCountTotal>
        <LeadTimeOffset>0</LeadTimeOffset>
        <LeadSampleCountTotal>\(digits.count)</LeadSampleCountTotal>
        <LeadAmplitudeUnitsPerBit>4.88</LeadAmplitudeUnitsPerBit>
        <LeadAmplitudeUnits>MICROVOLTS</LeadAmplitudeUnits>
        <LeadHighLimit>32767</LeadHighLimit>
        <LeadLowLimit>-32768</LeadLowLimit>
        <LeadID>\(name)</LeadID>
        <LeadOffsetFirstSample>0</LeadOffsetFirstSample>
        <FirstSampleBaseline>0</FirstSampleBaseline>
        <LeadSampleSize>2</LeadSampleSize>
        <LeadOff>FALSE</LeadOff>
        \(extra)
        <LeadDataCRC32>\(crc ?? MUSE.crc32(bytes))</LeadDataCRC32>
        <WaveFormData>
      \(base64)
        </WaveFormData>
      </LeadData>
      """
  }

  private func waveform(_ type: String, base: String = "500", exponent: String = "0", _ leads: String...) -> String {
    """
    <Waveform>
      <WaveformType>\(type)</WaveformType>
      <WaveformStartTime>0</WaveformStartTime>
      <NumberofLeads>\(leads.count)</NumberofLeads>
      <SampleType>CONTINUOUS_SAMPLES</SampleType>
      <SampleBase>\(base)</SampleBase>
      <SampleExponent>\(exponent)</SampleExponent>
      <HighPassFilter>5</HighPassFilter>
      <LowPassFilter>150</LowPassFilter>
      <ACFilter>50</ACFilter>
    \(leads.joined(separator: "\n"))
    </Waveform>
    """
  }

  private func document(_ waveforms: String...) -> String {
    """
    <?xml version="1.0" encoding="ISO-8859-1"?>
    <!DOCTYPE RestingECG SYSTEM "restecg.dtd">
    <RestingECG>
      <MuseInfo><MuseVersion>9.0.10.18530</MuseVersion></MuseInfo>
      <PatientDemographics>
        <PatientID>0012345</PatientID><PatientAge>18</PatientAge><AgeUnits>MONTHS</AgeUnits>
        <DateofBirth>02-29-2020</DateofBirth><Gender>FEMALE</Gender>
        <PatientLastName>M\u{FC}ller &amp; S\u{F6}hne</PatientLastName><PatientFirstName>Ann</PatientFirstName>
      </PatientDemographics>
      <TestDemographics>
        <DataType>RESTING</DataType><SiteName>EXAMPLE HOSPITAL</SiteName><AcquisitionDevice>MAC55</AcquisitionDevice>
        <Status>CONFIRMED</Status><LocationName>ROOM</LocationName>
        <AcquisitionTime>09:15:11</AcquisitionTime><AcquisitionDate>08-17-2021</AcquisitionDate>
      </TestDemographics>
      <RestingECGMeasurements>
        <VentricularRate>72</VentricularRate><AtrialRate>72</AtrialRate><PRInterval>0</PRInterval>
        <QRSDuration>88</QRSDuration><QTInterval>380</QTInterval><QTCorrected>416</QTCorrected>
        <RAxis>-20</RAxis><TAxis></TAxis><QOnset>220</QOnset>
        <ECGSampleBase>500</ECGSampleBase><ECGSampleExponent>0</ECGSampleExponent><QTcFrederica>404</QTcFrederica>
      </RestingECGMeasurements>
      <OriginalRestingECGMeasurements>
        <VentricularRate>99</VentricularRate><PAxis>51</PAxis><TOffset>410</TOffset><ECGSampleBase>1000</ECGSampleBase>
      </OriginalRestingECGMeasurements>
      <Diagnosis><Modality>RESTING</Modality>
        <DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag><StmtText>Normal sinus rhythm</StmtText></DiagnosisStatement>
        <DiagnosisStatement><StmtText>When compared with ECG of</StmtText></DiagnosisStatement>
        <DiagnosisStatement><StmtFlag>USERINSERT</StmtFlag><StmtFlag>ENDSLINE</StmtFlag>
          <StmtText>10-MAY-2021 14:14,</StmtText></DiagnosisStatement>
        <DiagnosisStatement><StmtText>No change</StmtText></DiagnosisStatement>
      </Diagnosis>
      <OriginalDiagnosis>
        <DiagnosisStatement><StmtFlag>ENDSLINE</StmtFlag><StmtText>machine</StmtText></DiagnosisStatement>
      </OriginalDiagnosis>
      <QRSTimesTypes><QRS><Number>1</Number></QRS><GlobalRR>833</GlobalRR></QRSTimesTypes>
    \(waveforms.joined(separator: "\n"))
    </RestingECG>
    """
  }

  private func bytes(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
  private func read(_ text: String) throws -> StoredRecording { try MUSE.read(bytes(text)) }

  private func message(_ text: String) -> String {
    do {
      _ = try read(text)
      return "nothing was wrong"
    } catch { return "\(error)" }
  }

  private var plain: String {
    document(
      waveform("Median", lead("I", [9, 9])),
      waveform("Rhythm", lead("I", [1, -2, 32_767, -32_768]), lead("V1", [0, 1, 2, 3])))
  }

  @Test func readsWhatAnExportHas() throws {
    let recording = try read(plain)
    #expect(recording.samplingFrequency == 500 && recording.leads.map(\.name) == ["I", "V1"])
    #expect(recording.leads[0].units == "mV")
    for (value, digit) in zip(recording.leads[0].samples, [1.0, -2, 32_767, -32_768]) {
      #expect(abs(value - digit * 0.00488) < 1e-12)
    }
    let patient = recording.patient
    #expect(patient.id == "0012345" && patient.familyName == "Müller & Söhne" && patient.givenName == "Ann")
    #expect(patient.sex == .female && patient.age == 1.5)
    #expect(patient.birth == Header.Start(year: 2020, month: 2, day: 29))
    #expect(recording.start == Header.Start(year: 2021, month: 8, day: 17, hour: 9, minute: 15, second: 11))
    #expect(recording.device == "MAC55" && recording.institution == "EXAMPLE HOSPITAL" && recording.isConfirmed == true)
    #expect(recording.filters.highPass == 0.05 && recording.filters.lowPass == 150 && recording.filters.notch == 50)
    #expect(
      recording.measurements == [
        StoredMeasurement(.rate, 72), StoredMeasurement(.qrs, 88), StoredMeasurement(.qt, 380),
        StoredMeasurement(.qtc, 416), StoredMeasurement(.qtcFridericia, 404), StoredMeasurement(.pAxis, 51),
        StoredMeasurement(.qrsAxis, -20), StoredMeasurement(.qrsOnset, 440), StoredMeasurement(.tEnd, 410),
        StoredMeasurement(.rr, 833),
      ])
    #expect(
      recording.statements == ["Normal sinus rhythm", "When compared with ECG of 10-MAY-2021 14:14,", "No change"])
    #expect(recording.warnings.isEmpty)
  }

  @Test func readsADecimalComma() throws {
    let recording = try read(plain.replacing(">4.88<", with: ">4,88<"))
    #expect(try recording == read(plain))
  }

  @Test func readsTheMedianBeatWhereThereIsNoRhythm() throws {
    let recording = try read(document(waveform("Median", base: "5", exponent: "2", lead("II", [1]))))
    #expect(recording.samplingFrequency == 500 && recording.leads.map(\.name) == ["II"])
    #expect(recording.warnings.map(\.reason) == ["no waveform is of a rhythm: one of type 'Median' is read"])
  }

  /// What contradicts itself is read, and said.
  @Test func warnsOfWhatIsOdd() throws {
    let odd = lead(
      "avr", [5, 6, 7], crc: 17, extra: "<BaselineSway>TRUE</BaselineSway>"
    ).replacing("<LeadSampleCountTotal>3", with: "<LeadSampleCountTotal>2")
      .replacing("<LeadByteCountTotal>6", with: "<LeadByteCountTotal>8")
      .replacing("<LeadHighLimit>32767", with: "<LeadHighLimit>5").replacing(
        "<FirstSampleBaseline>0", with: "<FirstSampleBaseline>9"
      )
      .replacing("<LeadOffsetFirstSample>0", with: "<LeadOffsetFirstSample>250")
    let text = document(waveform("Rhythm", odd, lead("I", [1, 2, 3, 4]), lead("I", [5, 6, 7, 8])))
      .replacing("08-17-2021", with: "XX-XX-XXXX").replacing("09:15:11", with: "soon")
      .replacing("MONTHS", with: "DECADES").replacing("02-29-2020", with: "02-30-2020")
    let recording = try read(text)
    #expect(recording.leads.map(\.name) == ["aVR", "I", "I (2)"])
    #expect(recording.leads[0].samples.prefix(2).map { ($0 / 0.00488).rounded() } == [5, 6])
    #expect(recording.leads[0].samples.dropFirst(2).allSatisfy(\.isNaN) && recording.sampleCount == 4)
    #expect(
      recording.start == Header.Start() && recording.patient.age == nil && recording.patient.birth == Header.Start())
    #expect(
      recording.warnings.map(\.reason) == [
        "aVR: 'LeadByteCountTotal' is 8; there are 6 bytes",
        "aVR: 'LeadDataCRC32' is 17; that of the bytes is \(MUSE.crc32([5, 0, 6, 0, 7, 0]))",
        "aVR: 'LeadSampleCountTotal' is 2; there are 3 samples", "aVR: 1 samples lie beyond the limits, -32768 to 5",
        "aVR: 'LeadOffsetFirstSample' is 250 and not applied", "aVR: 'FirstSampleBaseline' is 9 and not applied",
        "aVR: 'BaselineSway' is set", "aVR ends 2 samples before the longest lead", "I stands there more than once",
        "'02-30-2020' is no date; MM-DD-YYYY is one", "an age of 18 DECADES is left out",
        "'XX-XX-XXXX' is no date; MM-DD-YYYY is one", "'soon' is no time; HH:MM:SS is one",
      ])
  }

  /// RFC 3720's and zlib's check value.
  @Test func computesTheChecksumOfZlib() { #expect(MUSE.crc32(Array("123456789".utf8)) == 0xCBF4_3926) }

  @Test(arguments: [
    ("<x/>", "line 1, element 'x': the root element is 'x'; expected 'RestingECG'"),
    (
      "<RestingECG/>",
      "line 1, element 'RestingECG': no waveform; expected a 'Waveform' whose 'WaveformType' is Rhythm"
    ),
    (
      "<RestingECG>\n<Waveform><SampleBase>fast</SampleBase></Waveform></RestingECG>",
      "line 2, element 'SampleBase': a sampling frequency of 'fast' × 10^0.0; expected samples a second, such as 500"
    ),
    (
      "<RestingECG>\n<Waveform><SampleBase>500</SampleBase></Waveform></RestingECG>",
      "line 2, element 'Waveform': 0 elements 'LeadData'; expected one a lead, at most 64"
    ),
  ])
  func saysWhatIsMissing(text: String, expected: String) { #expect(message(text) == expected) }

  @Test(arguments: [
    ("<LeadID>I</LeadID>", "", "element 'LeadData': a lead without name; expected 'LeadID'"),
    ("<LeadSampleSize>2", "<LeadSampleSize>3", "element 'LeadData': samples of 3.0 bytes; expected 'LeadSampleSize' 2"),
    (
      "MICROVOLTS", "FURLONGS",
      "element 'LeadAmplitudeUnits': the amplitude's units are 'FURLONGS'; "
        + "expected MICROVOLTS, MILLIVOLTS, NANOVOLTS or VOLTS"
    ),
    (
      ">4.88<", ">?<",
      "element 'LeadAmplitudeUnitsPerBit': no amplitude of a digit; "
        + "expected a number in 'LeadAmplitudeUnitsPerBit', such as 4.88"
    ),
    ("AQACAA==", "AQACA", "element 'WaveFormData': text that is no base64; expected samples in base64"),
    ("AQACAA==", "", "element 'Waveform': no samples; expected leads with 'WaveFormData'"),
  ])
  func saysWhichElementIsWrong(right: String, wrong: String, expected: String) {
    let text = document(waveform("Rhythm", lead("I", [1, 2])))
    #expect(message(text) == "nothing was wrong" && text.contains(right))
    #expect(message(text.replacing(right, with: wrong)).hasSuffix(expected))
  }

  /// Records of 1 µV a step are kept by an amplitude of 1 a bit.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
  func readsTheEightLeadsOfARecordOfMini() throws {
    let record = try Record(path: SharedData.path("mini/records500/00000/00022_hr"))
    let leads = ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"].compactMap { record.lead(named: $0) }
    let parts = leads.map { self.lead($0.name, $0.samples.map { Int16(($0 * 1000).rounded()) }) }
    let text = document(waveform("Rhythm", parts.joined(separator: "\n"))).replacing(">4.88<", with: ">1<")
    let recording = try read(text)
    #expect(recording.leads == leads && leads.count == 8 && recording.warnings.isEmpty)
  }

  @Test func survivesBrokenFiles() throws {
    let start = ContinuousClock.now
    let original = bytes(plain)
    for count in 0..<original.count {
      #expect(throws: FormatError.self) { try MUSE.read(Array(original.prefix(count))) }
    }
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<2000 { _ = try? MUSE.read(original.broken(of: "0123456789eE+-.<>/ ", using: &generator)) }
    // Every number made huge, and none.
    for number in original.indices where original[number] >= 0x30 && original[number] <= 0x39 {
      for text in ["99999999999999999999", "-1e308", "nan", ""] {
        _ = try? MUSE.read(Array(original[..<number]) + Array(text.utf8) + Array(original[(number + 1)...]))
      }
    }
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  /// One long lead and many short ones: as many as are allowed would fill 64 times what the file holds.
  @Test func fillsNoMemoryThatTheFileDoesNot() throws {
    let short = (0..<63).map { lead("x\($0)", [1]) }.joined()
    let recording = try read(document(waveform("Rhythm", lead("I", [Int16](repeating: 7, count: 100_000)) + short)))
    #expect(recording.leads.map(\.name) == ["I"] && recording.warnings.count == 63)
  }

  @Test func recognizesItsFilesByTheirRoot() {
    #expect(ECGFile.format(ofContent: bytes(plain).prefix(4096)) == .muse)
    #expect(!MUSE.recognizes(Array("<AnnotatedECG>".utf8)[...]) && !MUSE.recognizes([]))
  }
}
