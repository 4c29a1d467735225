import Foundation
import WFDB

/// An HL7 annotated ECG.
///
/// ```
/// AnnotatedECG ─ componentOf/timepointEvent/componentOf/subjectAssignment/subject/trialSubject   the patient
///              ─ component/series ─ component/sequenceSet/component/sequence                      the leads
///                                 ─ controlVariable                                              filters
///                                 ─ subjectOf/annotationSet/component/annotation                 statements, intervals
///                                 ─ derivation/derivedSeries                                     representative beats
/// ```
///
/// The rhythm series is read, all its sequence sets on one clock; representative beats are no part of it, only what
/// was measured on them. Elements are found by name: namespaces and prefixes, order, and what else stands beside them
/// do not matter, because programs differ in all of these.
///
/// Sources: ANSI/HL7 V3 ECG, R1-2004, schema `PORT_MT020001.xsd` (December 2003); codes of ISO/IEEE 11073-10102, as in
/// DICOM PS3.16, CID 3689 and 3690. For how programs fill it: the sample of the HL7 aECG Implementation Guide (Brown &
/// Badilini, final, 21 March 2005), an ELI250's of Mortara, which FDA's `aecg-python` ships; and one in the manner of
/// Mindray's BeneHeart R12, in `hl7v3-aecg` of LIRYC.
public enum AECG: FormatReader {
  static let namespace = "urn:hl7-org:v3"
  static let maximumLeads = 256

  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { XMLText.rootName(beginning) == "AnnotatedECG" }

  public static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    var tree = try XMLTree(bytes, numbersIn: ["digits"])
    let root = tree.root
    guard root.name == "AnnotatedECG" else {
      throw FormatError(root.place, found: "the root element is '\(root.name)'", expected: "'AnnotatedECG'")
    }
    var warnings = tree.warnings
    if !root.attributes.contains(where: { $0.key.hasPrefix("xmlns") && $0.value == namespace }) {
      warnings.append(FormatWarning(root.place, "the namespace is not '\(namespace)'"))
    }
    let series = try rhythm(of: root, &warnings)
    let waveforms = try Waveforms(of: series, numbers: &tree.numbers, &warnings)

    var recording = StoredRecording(samplingFrequency: waveforms.samplingFrequency, leads: waveforms.leads)
    recording.start = start(waveforms, series, root, &warnings)
    readPatient(root, into: &recording, &warnings)
    readSurroundings(root, series, into: &recording)
    readFilters(series, into: &recording.filters)
    readAnnotations(series, into: &recording, &warnings)
    recording.warnings = warnings
    return recording
  }

  /// The first rhythm series, or the first that is not derived from another.
  private static func rhythm(
    of root: XMLTree.Element, _ warnings: inout [FormatWarning]
  ) throws(FormatError) -> XMLTree.Element {
    let all = root.all("component").flatMap { $0.all("series") }
    func code(_ series: XMLTree.Element) -> String { series.first("code")?["code"]?.uppercased() ?? "" }
    let candidates = all.filter { code($0) != "REPRESENTATIVE_BEAT" }
    guard let series = candidates.first(where: { code($0) == "RHYTHM" }) ?? candidates.first else {
      throw FormatError(
        root.place, found: all.isEmpty ? "no series" : "series of representative beats alone",
        expected: "a component with a series of code RHYTHM")
    }
    for other in all where other != series {
      let kind = code(other) == "REPRESENTATIVE_BEAT" ? "of representative beats" : "'\(code(other))'"
      warnings.append(FormatWarning(other.place, "a further series, \(kind), is not read"))
    }
    for derived in series.all("derivation").flatMap({ $0.all("derivedSeries") }) {
      warnings.append(
        FormatWarning(derived.place, "the derived series, \(code(derived)), is no part of the recording and left out"))
    }
    return series
  }

  // MARK: Time

  private static func start(
    _ waveforms: Waveforms, _ series: XMLTree.Element, _ root: XMLTree.Element, _ warnings: inout [FormatWarning]
  ) -> Header.Start {
    if let start = waveforms.start { return start }
    for element in [series, root] {
      guard let time = element.first("effectiveTime") else { continue }
      for value in [time.first("low")?["value"], time.first("center")?["value"], time["value"]] {
        guard let value, !value.isEmpty else { continue }
        if let time = HL7Time(value) { return time.start }
        warnings.append(FormatWarning(time.place, "'\(value)' is no time"))
      }
    }
    return Header.Start()
  }

  // MARK: Patient

  private static func readPatient(
    _ root: XMLTree.Element, into recording: inout StoredRecording, _ warnings: inout [FormatWarning]
  ) {
    let subject = root.first(
      "componentOf", "timepointEvent", "componentOf", "subjectAssignment", "subject", "trialSubject")
    let person = subject?.first("subjectDemographicPerson")
    // Mindray writes the identifier as an element of its own.
    recording.patient.id = known(subject?.first("id")?["extension"]) ?? known(person?.first("PatientID")?.text)
    if let name = person?.first("name") {
      func part(_ key: String) -> String? { known(name.all(key).map(\.text).joined(separator: " ")) }
      (recording.patient.familyName, recording.patient.givenName) = (part("family"), part("given"))
      if recording.patient.name == nil { recording.patient.familyName = known(name.text) }
    }
    switch person?.first("administrativeGenderCode")?["code"]?.uppercased() {
    case "M": recording.patient.sex = .male
    case "F": recording.patient.sex = .female
    default: break
    }
    if let birth = person?.first("birthTime"), let value = known(birth["value"]) {
      if let time = HL7Time(value) {
        recording.patient.birth = Header.Start(year: time.start.year, month: time.start.month, day: time.start.day)
      } else {
        warnings.append(FormatWarning(birth.place, "'\(value)' is no time"))
      }
    }
    for observation in root.all("controlVariable").compactMap({ $0.first("relatedObservation") })
    where ["21612-7", "30525-0"].contains(observation.first("code")?["code"]) {  // LOINC: reported age, age
      guard let value = observation.first("value"), let number = value["value"].flatMap(Double.init),
        let years = ["a": 1, "mo": 1 / 12.0, "wk": 7 / 365.25, "d": 1 / 365.25][value["unit"] ?? "a"]
      else { continue }
      if (0...150).contains(number * years) { recording.patient.age = number * years }
    }
  }

  /// Nil for nothing, and for what programs write where they know nothing.
  private static func known(_ text: String?) -> String? {
    guard let text = text?.trimmed, !text.isEmpty, !["?", "UNK", "NA", "N/A"].contains(text) else { return nil }
    return text
  }

  // MARK: Device, site, remarks

  private static func readSurroundings(
    _ root: XMLTree.Element, _ series: XMLTree.Element, into recording: inout StoredRecording
  ) {
    let author = series.first("author", "seriesAuthor")
    let device = author?.first("manufacturedSeriesDevice")
    let parts = [
      author?.first("manufacturerOrganization", "name")?.text, device?.first("manufacturerModelName")?.text,
    ].compactMap { known($0) }
    recording.device = known(parts.joined(separator: " "))

    let trial = root.first(
      "componentOf", "timepointEvent", "componentOf", "subjectAssignment", "componentOf", "clinicalTrial")
    recording.institution =
      known(root.first("location", "testingSite", "location", "name")?.text)
      ?? known(trial?.first("location", "trialSite", "location", "name")?.text)

    let remarks =
      [root.first("text")] + root.all("pertainsTo").map { $0.first("subjectFindingComment", "text") }
      + root.all("pertainsTo").map { $0.first("subjectFindingComment", "value") }
    recording.comments += remarks.compactMap { known($0?.text) }
  }

  // MARK: Filters

  /// Those of the series and of its sequence sets. ECG Toolkit writes the code with a slip, `CT_LVBL`.
  private static func readFilters(_ series: XMLTree.Element, into filters: inout StoredRecording.Filters) {
    let sets = series.all("component").flatMap { $0.all("sequenceSet") }
    for outer in ([series] + sets).flatMap({ $0.all("controlVariable") }) {
      guard let filter = outer.first("controlVariable"), let code = filter.first("code")?["code"]?.uppercased()
      else { continue }
      let details = filter.all("component").compactMap { $0.first("controlVariable") }
      var frequency: Double?
      for detail in details {
        let key = detail.first("code")?["code"]?.uppercased() ?? ""
        guard let value = detail.first("value") else { continue }
        if key.hasSuffix("_CUTOFF_FREQ") || key.hasSuffix("_NOTCH_FREQ") {
          let hertz = ["Hz": 1, "kHz": 1000, "mHz": 0.001][value["unit"] ?? "Hz"]
          frequency = value["value"].flatMap(Double.init).flatMap { number in hertz.map { $0 * number } }
        } else if key.hasSuffix("_DESCRIPTION"), let words = known(value.text) {
          let name = known(filter.first("code")?["displayName"]) ?? code
          if filters.words.count < 32, !filters.words.contains("\(name): \(words)") {
            filters.words.append("\(name): \(words)")
          }
        }
      }
      guard let frequency, frequency > 0, frequency.isFinite else { continue }
      if code.hasSuffix("FILTER_LOW_PASS") { filters.lowPass = filters.lowPass ?? frequency }
      if code.hasSuffix("FILTER_HIGH_PASS") { filters.highPass = filters.highPass ?? frequency }
      if code.hasSuffix("FILTER_NOTCH") { filters.notch = filters.notch ?? frequency }
    }
  }
}
