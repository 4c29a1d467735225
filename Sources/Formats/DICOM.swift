import WFDB

/// A DICOM waveform object: 12-Lead, General or Ambulatory ECG. Source: DICOM PS3.3, PS3.5 and PS3.10 (2024).
///
/// ```
/// data set ── patient, study, equipment
///   ├─ Waveform Sequence: multiplex groups ── Channel Definition Sequence: source, sensitivity, filters
///   └─ Waveform Annotation Sequence: texts, measurements, points of beats
/// ```
public enum DICOM: FormatReader, FormatWriter {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool { DICOMDataSet.recognizes(beginning) }

  /// Reads the longest multiplex group of acquired samples, and what other groups add to it; see
  /// ``leads(of:_:)``.
  /// - Throws: ``FormatError`` for an object without waveforms, or with samples that cannot be told.
  public static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    let set = try DICOMDataSet(file: bytes)
    var warnings: [FormatWarning] = []
    let items = set.items(.waveforms)
    guard !items.isEmpty else {
      let object = set.value(.sopClass).map { names[$0] ?? $0 } ?? "of no SOP class"
      throw set.error(
        .waveforms, found: "no waveforms: the object is \(object)",
        expected: "a 12-lead, general or ambulatory ECG")
    }
    if let sopClass = set.value(.sopClass), !sopClass.hasPrefix(ecgClasses) {
      warnings.append(
        FormatWarning("\(DICOMAttribute.sopClass)", "the object is no ECG: \(names[sopClass] ?? sopClass)"))
    }
    if case .other(let term) = set.characterSet {
      warnings.append(
        FormatWarning(
          "\(DICOMAttribute.characterSet)",
          "characters of '\(term.prefix(20))' beyond ASCII are left out; expected ISO_IR 100 or 192"))
    }
    guard items.count <= maximumGroups else {
      throw set.error(.waveforms, found: "\(items.count) multiplex groups", expected: "at most \(maximumGroups)")
    }
    var groups: [DICOMMultiplexGroup] = []
    for (index, item) in items.enumerated() { groups.append(try DICOMMultiplexGroup(item, number: index + 1)) }
    guard let main = mainGroup(groups) else { throw set.error(.waveforms, expected: "a multiplex group") }

    var comments: [String] = []
    let leads = try leads(of: main, groups, &warnings, &comments)
    var recording = StoredRecording(samplingFrequency: main.samplingFrequency, leads: leads)
    recording.patient = patient(set, &warnings)
    recording.start = start(set, &warnings)
    let device = [set.value(.manufacturer), set.value(.model)].compactMap(\.self)
    recording.device = device.isEmpty ? nil : device.joined(separator: " ")
    recording.institution = set.value(.institution)

    let annotations = DICOMAnnotations(set.items(.annotations), groups: groups, main: main)
    recording.filters = main.filters(&warnings)
    recording.filters.words = annotations.filterWords
    recording.statements = annotations.statements
    recording.isConfirmed = annotations.isConfirmed
    recording.measurements = annotations.measurements
    recording.comments = annotations.comments + comments + context(set)
    recording.warnings = warnings + annotations.warnings
    return recording
  }

  /// Multiplex groups beyond which a file is refused; the objects of PS3.3, A.34 have five at most.
  private static let maximumGroups = 64

  /// The group that a recording is read from: of those that hold acquired samples the longest, of equals the one of
  /// most channels, then the first. Computed ones come into question where there are no others.
  private static func mainGroup(_ groups: [DICOMMultiplexGroup]) -> DICOMMultiplexGroup? {
    let original = groups.filter(\.isOriginal)
    var best: DICOMMultiplexGroup?
    for group in original.isEmpty ? groups : original {
      guard let other = best else {
        best = group
        continue
      }
      if (group.duration, group.channels.count) > (other.duration, other.channels.count) { best = group }
    }
    return best
  }

  /// The leads of the main group, then those of groups that were acquired at the same rate within its time and have
  /// other leads, as a page of four times three leads and a rhythm strip: NaN where they were not recorded. Groups that
  /// are left out, a median beat or what does not fit, are named in a comment or a warning.
  private static func leads(
    of main: DICOMMultiplexGroup, _ groups: [DICOMMultiplexGroup], _ warnings: inout [FormatWarning],
    _ comments: inout [String]
  ) throws(FormatError) -> [Lead] {
    var leads = try main.leads(&warnings)
    func key(_ name: String) -> String { LeadName(name).map { "\($0)" } ?? name }
    var known = Set(leads.map { key($0.name) })
    for group in groups where group.number != main.number {
      let (time, rate) = (rounded(group.duration), rounded(group.samplingFrequency))
      let size = "\(time) s of \(group.channelWords) at \(rate) Hz"
      guard group.isOriginal else {
        comments.append("\(group.title): \(size), computed from others, not among the leads")
        continue
      }
      let names = group.names
      let news = names.indices.filter { !known.contains(key(names[$0])) }
      let shift = ((group.offset - main.offset) * main.samplingFrequency).rounded()
      let fits =
        group.samplingFrequency == main.samplingFrequency && shift >= 0
        && shift + Double(group.sampleCount) <= Double(main.sampleCount) + 1
        // Leads that are mostly missing would take far more memory than the file.
        && group.sampleCount >= main.sampleCount / 8
        && (leads.count + news.count) <= RecordFormat.maximumSamples / main.sampleCount
      guard fits, !news.isEmpty else {
        let reason = news.isEmpty ? "whose leads are there already" : "which does not fit into the leads' time and rate"
        warnings.append(FormatWarning(group.title, "\(size), \(reason), is left out"))
        continue
      }
      let more = try group.leads(&warnings)
      for index in news {
        var lead = more[index]
        lead.samples = DICOMMultiplexGroup.moved(lead.samples, by: Int(shift), count: main.sampleCount)
        leads.append(lead)
        known.insert(key(lead.name))
      }
      if group.sampleCount < main.sampleCount {
        warnings.append(
          FormatWarning(
            group.title,
            "\(size) begin after \(rounded(group.offset - main.offset)) s; their other samples are missing"))
      }
    }
    return leads
  }

  private static func patient(_ set: DICOMDataSet, _ warnings: inout [FormatWarning]) -> Patient {
    var patient = Patient()
    // Components of a name are parted by carets, its alphabetic and other spellings by equals signs (PS3.5, 6.2.1.2).
    let name = set.value(.patientName)?.split(separator: "=", omittingEmptySubsequences: false).first ?? ""
    let parts = name.split(separator: "^", omittingEmptySubsequences: false).map(\.trimmed)
    func joined(_ range: Range<Int>) -> String? {
      let text = parts[range.clamped(to: 0..<parts.count)].filter { !$0.isEmpty }.joined(separator: " ")
      return text.isEmpty ? nil : text
    }
    (patient.familyName, patient.givenName) = (joined(0..<1), joined(1..<3))
    patient.id = set.value(.patientID)
    switch set.value(.sex) {
    case "M": patient.sex = .male
    case "F": patient.sex = .female
    case nil, "O": break
    default: warnings.append(FormatWarning("\(DICOMAttribute.sex)", "neither M, F nor O"))
    }
    if let text = set.value(.birthDate) {
      if let day = DICOMTime.day(text) {
        patient.birth = day
      } else {
        warnings.append(FormatWarning("\(DICOMAttribute.birthDate)", "no date as YYYYMMDD"))
      }
    }
    if let text = set.value(.age) {
      let years: [Character: Double] = ["Y": 1, "M": 1 / 12, "W": 7 / 365.25, "D": 1 / 365.25]
      if let unit = text.last.flatMap({ years[$0] }), let number = DICOMTime.digits(text.dropLast()) {
        patient.age = Double(number) * unit
      } else {
        warnings.append(FormatWarning("\(DICOMAttribute.age)", "no age as '042Y'"))
      }
    }
    return patient
  }

  /// When the acquisition began; else when the content did; else the study.
  private static func start(_ set: DICOMDataSet, _ warnings: inout [FormatWarning]) -> Header.Start {
    var candidates: [(attribute: DICOMAttribute, text: String)] = []
    if let text = set.value(.acquisitionDateTime) { candidates.append((.acquisitionDateTime, text)) }
    let pairs: [(DICOMAttribute, DICOMAttribute)] = [
      (.acquisitionDate, .acquisitionTime), (.contentDate, .contentTime), (.studyDate, .studyTime),
    ]
    for (date, time) in pairs {
      if let day = set.value(date) { candidates.append((date, day + (set.value(time) ?? ""))) }
    }
    for (attribute, text) in candidates {
      if var start = DICOMTime.start(text) {
        if text.hasPrefix(DICOMTime.unknownDay) { (start.year, start.month, start.day) = (nil, nil, nil) }
        return start
      }
      warnings.append(FormatWarning("\(attribute)", "'\(text.prefix(30))'; expected YYYYMMDD and HHMMSS"))
    }
    return Header.Start()
  }

  /// What else may be told of a recording without naming a person.
  private static func context(_ set: DICOMDataSet) -> [String] {
    var lines: [String] = []
    for attribute in [DICOMAttribute.studyDescription, .seriesDescription, .softwareVersions, .serialNumber] {
      if let value = set.value(attribute) { lines.append("\(attribute.name): \(value)") }
    }
    for item in set.items(.acquisitionContext) {
      guard let name = DICOMCode(item, .conceptName) else { continue }
      let value = DICOMCode(item, .conceptCode)?.title ?? item.text(.textValue) ?? item.value(.numericValue)
      if let value { lines.append("\(name.title): \(value)") }
    }
    return lines
  }

  private static func rounded(_ value: Double) -> String {
    let value = (value * 1000).rounded() / 1000
    return Int(exactly: value).map(String.init) ?? "\(value)"
  }

  static let ecgClasses = "1.2.840.10008.5.1.4.1.1.9.1."
  static let twelveLeadClass = ecgClasses + "1"
  static let generalClass = ecgClasses + "2"
  static let ambulatoryClass = ecgClasses + "3"
  static let encapsulatedPDFClass = "1.2.840.10008.5.1.4.1.1.104.1"

  /// Those that errors and warnings name.
  private static let names = [
    encapsulatedPDFClass: "an encapsulated PDF",
    "1.2.840.10008.5.1.4.1.1.9.2.1": "a hemodynamic waveform",
    "1.2.840.10008.5.1.4.1.1.9.3.1": "a cardiac electrophysiology waveform",
    "1.2.840.10008.5.1.4.1.1.9.4.1": "basic voice audio",
    "1.2.840.10008.5.1.4.1.1.88.33": "a comprehensive SR document",
    "1.2.840.10008.1.3.10": "a media directory",
  ]
}
