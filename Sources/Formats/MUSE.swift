import Foundation
import WFDB

/// A resting ECG as GE's MUSE exports it.
///
/// ```
/// RestingECG ─ PatientDemographics, TestDemographics
///            ─ RestingECGMeasurements           as a reader left them; OriginalRestingECGMeasurements, the machine's
///            ─ Diagnosis/DiagnosisStatement     likewise; OriginalDiagnosis
///            ─ Waveform                         WaveformType Median, and Rhythm, which is read
///               ─ LeadData                      WaveFormData: 16 bit, little-endian, in base64
/// ```
///
/// A file has eight leads, I, II and V1 to V6, of which the other four follow; only those that are there are read.
/// Files are declared ISO 8859-1 with a document type, `restecg.dtd`, that is not looked for. The high pass is in
/// hundredths of a hertz; onsets and ends are samples of the median beat, `ECGSampleBase` a second.
///
/// GE describes the format in manuals for service personnel alone (MUSE NX XML Developer Guide, 2102027-228A), which
/// were not at hand. What is read follows those who read real exports: `ecgdatakit` 2.0 and `ecg2dcm` 1.3 (PyPI) for
/// the units of filters and onsets, `ecghelper` 0.6 (PyPI) for the elements of a lead. They disagree on
/// `FirstSampleBaseline` and `LeadOffsetFirstSample`: these are not applied, and a warning says so.
public enum MUSE: FormatReader {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { XMLText.rootName(beginning) == "RestingECG" }

  public static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    let tree = try XMLTree(bytes)
    let root = tree.root
    guard root.name == "RestingECG" else {
      throw FormatError(root.place, found: "the root element is '\(root.name)'", expected: "'RestingECG'")
    }
    var warnings = tree.warnings
    let waveform = try waveform(of: root, &warnings)
    let rate = try samplingFrequency(waveform)
    let lists = waveform.all("LeadData")
    guard !lists.isEmpty, lists.count <= maximumLeads else {
      throw FormatError(
        waveform.place, found: "\(lists.count) elements 'LeadData'", expected: "one a lead, at most \(maximumLeads)")
    }
    var leads: [(lead: Lead, place: String)] = []
    for element in lists { leads.append((try lead(element, &warnings), element.place)) }
    let list = LeadList(leads, &warnings).leads.map(\.lead)
    guard list.contains(where: { !$0.samples.isEmpty }) else {
      throw FormatError(waveform.place, found: "no samples", expected: "leads with 'WaveFormData'")
    }

    var recording = StoredRecording(samplingFrequency: rate, leads: list)
    readPatient(root.first("PatientDemographics"), into: &recording, &warnings)
    readTest(root.first("TestDemographics"), into: &recording, &warnings)
    readFilters(waveform, into: &recording.filters)
    readMeasurements(root, into: &recording)
    recording.statements =
      [root.first("Diagnosis"), root.first("OriginalDiagnosis")]
      .map { statements($0) }.first { !$0.isEmpty } ?? []
    recording.warnings = warnings
    return recording
  }

  // MARK: Waveform

  private static let maximumLeads = 64

  /// The first of type Rhythm; without one, the median beat.
  private static func waveform(
    of root: XMLTree.Element, _ warnings: inout [FormatWarning]
  ) throws(FormatError) -> XMLTree.Element {
    let all = root.all("Waveform")
    func isRhythm(_ waveform: XMLTree.Element) -> Bool {
      waveform.first("WaveformType")?.text.uppercased() == "RHYTHM"
    }
    let rhythms = all.filter(isRhythm)
    if rhythms.count > 1 {
      warnings.append(FormatWarning(rhythms[1].place, "\(rhythms.count) waveforms are of a rhythm; the first is read"))
    }
    if let first = rhythms.first { return first }
    guard let first = all.first else {
      throw FormatError(root.place, found: "no waveform", expected: "a 'Waveform' whose 'WaveformType' is Rhythm")
    }
    let type = first.first("WaveformType")?.text ?? "none"
    warnings.append(FormatWarning(first.place, "no waveform is of a rhythm: one of type '\(type)' is read"))
    return first
  }

  /// `SampleBase × 10^SampleExponent`, in hertz.
  private static func samplingFrequency(_ waveform: XMLTree.Element) throws(FormatError) -> Double {
    let (base, exponent) = (number(waveform, "SampleBase"), number(waveform, "SampleExponent") ?? 0)
    guard let base, base > 0, abs(exponent) <= 6, (0.001...1e6).contains(base * pow(10, exponent)) else {
      throw FormatError(
        (waveform.first("SampleBase") ?? waveform).place,
        found: "a sampling frequency of '\(waveform.first("SampleBase")?.text ?? "")' × 10^\(exponent)",
        expected: "samples a second, such as 500")
    }
    return base * pow(10, exponent)
  }

  private static func lead(
    _ element: XMLTree.Element, _ warnings: inout [FormatWarning]
  ) throws(FormatError) -> Lead {
    guard let spelling = element.first("LeadID")?.text, !spelling.isEmpty else {
      throw FormatError(element.place, found: "a lead without name", expected: "'LeadID'")
    }
    let name = LeadName(spelling).map { "\($0)" } ?? spelling
    func warn(_ reason: String) { warnings.append(FormatWarning(element.place, "\(name): \(reason)")) }

    let size = number(element, "LeadSampleSize") ?? 2
    guard size == 2 else {
      throw FormatError(element.place, found: "samples of \(size) bytes", expected: "'LeadSampleSize' 2")
    }
    let bytes = try waveformBytes(element)
    if bytes.count % 2 != 0 { warn("the last byte is half a sample") }
    if let announced = number(element, "LeadByteCountTotal"), announced != Double(bytes.count) {
      warn("'LeadByteCountTotal' is \(plain(announced)); there are \(bytes.count) bytes")
    }
    if let checksum = number(element, "LeadDataCRC32"), checksum != 0 {
      let computed = crc32(bytes)
      if checksum != Double(computed), checksum != Double(Int32(bitPattern: computed)) {
        warn("'LeadDataCRC32' is \(plain(checksum)); that of the bytes is \(computed)")
      }
    }
    var digits = stride(from: 0, to: bytes.count - 1, by: 2).map { index in
      Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
    }
    if let announced = number(element, "LeadSampleCountTotal"), announced != Double(digits.count) {
      warn("'LeadSampleCountTotal' is \(plain(announced)); there are \(digits.count) samples")
      if announced >= 0, announced < Double(digits.count) { digits = Array(digits.prefix(Int(announced))) }
    }
    let (low, high) = (number(element, "LeadLowLimit") ?? -32_768, number(element, "LeadHighLimit") ?? 32_767)
    let outside = digits.count { Double($0) < low || Double($0) > high }
    if outside > 0 { warn("\(outside) samples lie beyond the limits, \(plain(low)) to \(plain(high))") }
    for key in ["LeadOffsetFirstSample", "FirstSampleBaseline", "LeadTimeOffset"] {
      if let offset = number(element, key), offset != 0 { warn("'\(key)' is \(plain(offset)) and not applied") }
    }
    for key in ["LeadOff", "BaselineSway", "ExcessiveACNoise", "MuscleNoise"]
    where element.first(key)?.text.uppercased() == "TRUE" { warn("'\(key)' is set") }

    let (factor, divisor, units) = try scale(element)
    return Lead(name: name, units: units, samples: digits.map { Double($0) * factor / divisor })
  }

  /// - Returns: units a digit, how many of them are one of `units`.
  private static func scale(_ element: XMLTree.Element) throws(FormatError) -> (Double, Double, String) {
    guard let factor = number(element, "LeadAmplitudeUnitsPerBit"), abs(factor) <= 1e9 else {
      throw FormatError(
        (element.first("LeadAmplitudeUnitsPerBit") ?? element).place, found: "no amplitude of a digit",
        expected: "a number in 'LeadAmplitudeUnitsPerBit', such as 4.88")
    }
    let divisors: [String: Double] = [
      "NANOVOLT": 1e6, "MICROVOLT": 1e3, "UV": 1e3, "MILLIVOLT": 1, "MV": 1, "VOLT": 1e-3,
    ]
    let text = element.first("LeadAmplitudeUnits")?.text ?? ""
    var key = text.uppercased()
    if key.hasSuffix("VOLTS") { key.removeLast() }
    guard let divisor = divisors[key] else {
      throw FormatError(
        (element.first("LeadAmplitudeUnits") ?? element).place, found: "the amplitude's units are '\(text)'",
        expected: "MICROVOLTS, MILLIVOLTS, NANOVOLTS or VOLTS")
    }
    return (factor, divisor, "mV")
  }

  private static func waveformBytes(_ element: XMLTree.Element) throws(FormatError) -> [UInt8] {
    guard let data = element.first("WaveFormData") ?? element.first("WaveformData") else {
      throw FormatError(element.place, found: "no 'WaveFormData'", expected: "samples in base64")
    }
    guard let bytes = Data(base64Encoded: Data(data.text.utf8.filter { $0 > 0x20 })) else {
      throw FormatError(data.place, found: "text that is no base64", expected: "samples in base64")
    }
    return Array(bytes)
  }

  // MARK: Patient and test

  private static func readPatient(
    _ element: XMLTree.Element?, into recording: inout StoredRecording, _ warnings: inout [FormatWarning]
  ) {
    guard let element else { return }
    recording.patient.id = text(element, "PatientID")
    recording.patient.familyName = text(element, "PatientLastName")
    recording.patient.givenName = text(element, "PatientFirstName")
    switch text(element, "Gender")?.uppercased() {
    case "MALE", "M": recording.patient.sex = .male
    case "FEMALE", "F": recording.patient.sex = .female
    default: break
    }
    recording.patient.birth = day(element.first("DateofBirth"), &warnings)
    if let age = number(element, "PatientAge"), age >= 0 {
      let units = text(element, "AgeUnits")?.uppercased() ?? "YEARS"
      let years = ["YEARS": 1, "MONTHS": 1 / 12.0, "WEEKS": 7 / 365.25, "DAYS": 1 / 365.25, "HOURS": 1 / 8766.0]
      if let factor = years[units], age * factor <= 150 {
        recording.patient.age = age * factor
      } else {
        warnings.append(FormatWarning(element.place, "an age of \(plain(age)) \(units) is left out"))
      }
    }
  }

  private static func readTest(
    _ element: XMLTree.Element?, into recording: inout StoredRecording, _ warnings: inout [FormatWarning]
  ) {
    guard let element else { return }
    recording.device = text(element, "AcquisitionDevice")
    recording.institution = text(element, "SiteName") ?? text(element, "LocationName")
    switch text(element, "Status")?.uppercased() {
    case "CONFIRMED": recording.isConfirmed = true
    case "UNCONFIRMED": recording.isConfirmed = false
    default: break
    }
    recording.start = day(element.first("AcquisitionDate"), &warnings)
    guard let time = element.first("AcquisitionTime"), !time.text.isEmpty else { return }
    let parts = time.text.split(separator: ":", omittingEmptySubsequences: false)
    if (2...3).contains(parts.count), let hour = Int(parts[0]), let minute = Int(parts[1]), (0..<24).contains(hour),
      (0..<60).contains(minute), let second = parts.count == 3 ? Double(parts[2]) : 0, (0..<61).contains(second)
    {
      (recording.start.hour, recording.start.minute, recording.start.second) = (hour, minute, second)
    } else {
      warnings.append(FormatWarning(time.place, "'\(time.text)' is no time; HH:MM:SS is one"))
    }
  }

  /// `MM-DD-YYYY`, or `YYYY-MM-DD`, with `-` or `/`. A masked date, `XX-XX-XXXX`, is none.
  private static func day(_ element: XMLTree.Element?, _ warnings: inout [FormatWarning]) -> Header.Start {
    guard let element, !element.text.isEmpty else { return Header.Start() }
    let parts = element.text.split { $0 == "-" || $0 == "/" }
    if parts.count == 3, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) {
      let digits =
        parts[0].count == 4
        ? parts[0] + "\(two(parts[1]))\(two(parts[2]))"
        : parts[2] + "\(two(parts[0]))\(two(parts[1]))"
      if digits.count == 8, let time = HL7Time(String(digits)) { return time.start }
    }
    warnings.append(FormatWarning(element.place, "'\(element.text)' is no date; MM-DD-YYYY is one"))
    return Header.Start()
  }

  private static func two(_ part: Substring) -> String { part.count == 1 ? "0\(part)" : String(part) }

  private static func readFilters(_ waveform: XMLTree.Element, into filters: inout StoredRecording.Filters) {
    if let value = number(waveform, "HighPassFilter"), value > 0 { filters.highPass = value / 100 }
    if let value = number(waveform, "LowPassFilter"), value > 0 { filters.lowPass = value }
    if let value = number(waveform, "ACFilter"), value > 0 { filters.notch = value }
  }

  // MARK: Measurements and statements

  private static func readMeasurements(_ root: XMLTree.Element, into recording: inout StoredRecording) {
    let quantities: [(key: String, quantity: StoredMeasurement.Quantity)] = [
      ("VentricularRate", .rate), ("PRInterval", .pr), ("QRSDuration", .qrs), ("QTInterval", .qt),
      ("QTCorrected", .qtc), ("QTcFrederica", .qtcFridericia), ("PAxis", .pAxis), ("RAxis", .qrsAxis),
      ("TAxis", .tAxis), ("POnset", .pOnset), ("POffset", .pEnd), ("QOnset", .qrsOnset), ("QOffset", .qrsEnd),
      ("TOffset", .tEnd),
    ]
    let positions: Set<StoredMeasurement.Quantity> = [.pOnset, .pEnd, .qrsOnset, .qrsEnd, .tEnd]
    let sources = [root.first("RestingECGMeasurements"), root.first("OriginalRestingECGMeasurements")].compactMap(
      \.self)
    for (key, quantity) in quantities {
      for source in sources {
        guard let value = number(source, key) else { continue }
        var measured = value
        if positions.contains(quantity) {
          guard let base = number(source, "ECGSampleBase"), base > 0 else { continue }
          let exponent = number(source, "ECGSampleExponent") ?? 0
          measured = value * 1000 / (base * pow(10, exponent))
        }
        // An interval or rate of 0 is how none is written.
        guard measured.isFinite, quantity.units == "°" || measured > 0 else { continue }
        recording.measurements.append(StoredMeasurement(quantity, measured))
        break
      }
    }
    if let value = root.first("QRSTimesTypes").flatMap({ number($0, "GlobalRR") }), value > 0 {
      recording.measurements.append(StoredMeasurement(.rr, value))
    }
  }

  /// Texts are joined up to one whose flags say that the line ends.
  private static func statements(_ diagnosis: XMLTree.Element?) -> [String] {
    var statements: [String] = []
    var line: [String] = []
    for statement in diagnosis?.all("DiagnosisStatement") ?? [] {
      if let text = text(statement, "StmtText") { line.append(text) }
      if statement.all("StmtFlag").contains(where: { $0.text.uppercased() == "ENDSLINE" }) {
        if !line.isEmpty { statements.append(line.joined(separator: " ")) }
        line = []
      }
    }
    if !line.isEmpty { statements.append(line.joined(separator: " ")) }
    return statements
  }

  // MARK: Texts

  private static func text(_ element: XMLTree.Element, _ key: String) -> String? {
    element.first(key).flatMap { $0.text.isEmpty ? nil : $0.text }
  }

  private static func number(_ element: XMLTree.Element, _ key: String) -> Double? {
    // Some systems write a decimal comma.
    text(element, key).flatMap { Double($0.replacing(",", with: ".")) }.flatMap { $0.isFinite ? $0 : nil }
  }

  private static func plain(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }

  /// Source: ISO 3309, as in zlib.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    let table = (0..<UInt32(256)).map { byte in
      (0..<8).reduce(byte) { remainder, _ in remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
    }
    return ~bytes.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
  }
}
