import Foundation
import WFDB

extension DICOM {
  /// Writes a waveform object, Explicit VR Little Endian, 16 bits a sample.
  ///
  /// | object | rate | leads | samples |
  /// | --- | --- | --- | --- |
  /// | 12-Lead ECG | 200 to 1000 Hz | 13 | 16384 |
  /// | General ECG | 200 to 1000 Hz | 24 in each of 4 groups | – |
  /// | Ambulatory ECG | 50 to 1000 Hz | 12 | – |
  ///
  /// The first that the recording fits into is written. Source: PS3.3, A.34.3.4, A.34.4.4 and A.34.5.4.
  /// - Throws: ``FormatError`` when it fits into none, or is empty.
  static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    var text = DICOMText()
    let object = try ECGObject(recording)
    var set = DICOMDataSet()
    set.set(.sopClass, object.sopClass)
    set.set(.modality, "ECG")
    set.setPatient(recording.patient, &text)
    set.setStart(recording.start, isRequired: true, &text)
    set.set(.manufacturer, text.fitting(recording.device ?? "", .manufacturer, "the device"))
    if let institution = recording.institution {
      set.set(.institution, text.fitting(institution, .institution, "the institution"))
    }
    set.set(.acquisitionContext, [])

    let leads = recording.leads.prefix(object.maximumLeads)
    if let reason = object.reason { text.lose(reason) }
    if leads.count < recording.leads.count {
      let others = recording.leads.dropFirst(leads.count).map(\.name).joined(separator: ", ")
      text.lose("the object holds \(leads.count) leads: \(others) are left out")
    }
    let groups = stride(from: 0, to: leads.count, by: object.leadsInGroup).map {
      Array(leads.dropFirst($0).prefix(object.leadsInGroup))
    }
    set.set(.waveforms, groups.map { group(of: $0, recording, &text) })
    let annotations = annotations(recording, groups, &text)
    if !annotations.isEmpty { set.set(.annotations, annotations) }
    if annotations.contains(where: { DICOMCode($0, .conceptName)?.scheme == DICOMCode.ownScheme }) {
      var scheme = DICOMDataSet()
      scheme.set(.codingScheme, DICOMCode.ownScheme)
      scheme.set(.codingSchemeName, "ECGBook's names of measurements")
      set.set(.codingSchemes, [scheme])
    }

    let data = try set.identified(patient: recording.patient, start: recording.start, &text).file()
    return WrittenRecording(files: [WrittenRecording.File("\(name).dcm", data)], losses: text.losses)
  }

  /// Which object a recording is written as.
  private struct ECGObject {
    let sopClass: String
    let leadsInGroup: Int
    let maximumLeads: Int
    /// What must be said about it.
    var reason: String?

    init(_ recording: StoredRecording) throws(FormatError) {
      let (rate, leads, samples) = (recording.samplingFrequency, recording.leads.count, recording.sampleCount)
      guard leads > 0, samples > 0 else {
        throw FormatError("recording", found: "\(leads) leads of \(samples) samples", expected: "at least one of each")
      }
      guard recording.leads.allSatisfy({ $0.samples.count == samples }) else {
        throw FormatError("recording", found: "leads of different lengths", expected: "leads of one length")
      }
      guard leads <= RecordFormat.maximumSamples / samples else {
        throw FormatError(
          "recording", found: "\(leads) leads of \(samples) samples",
          expected: "at most \(RecordFormat.maximumSamples) samples together")
      }
      switch rate {
      case 200...1000 where leads <= 13 && samples <= 16_384:
        (sopClass, leadsInGroup, maximumLeads) = (DICOM.twelveLeadClass, 13, 13)
      case 200...1000:
        (sopClass, leadsInGroup, maximumLeads) = (DICOM.generalClass, 24, 96)
      case 50..<200:
        (sopClass, leadsInGroup, maximumLeads) = (DICOM.ambulatoryClass, 12, 12)
        reason = "at \(DICOMText.decimal(rate)) Hz it is an ambulatory ECG object: those of 12 leads begin at 200 Hz"
      default:
        throw FormatError(
          "sampling frequency", found: "\(rate) Hz",
          expected: "50 to 1000 Hz, as DICOM's ECG objects have (PS3.3, A.34)")
      }
    }
  }

  private static func group(
    of leads: [Lead], _ recording: StoredRecording, _ text: inout DICOMText
  ) -> DICOMDataSet {
    let padding = -32_768
    var group = DICOMDataSet()
    group.set(.originality, "ORIGINAL")
    group.set(.channelCount, leads.count)
    group.set(.sampleCount, recording.sampleCount)
    group.set(.samplingFrequency, DICOMText.decimal(recording.samplingFrequency))
    group.set(.bitsAllocated, 16)
    group.set(.interpretation, "SS")
    var data = [UInt8](repeating: 0, count: 2 * leads.count * recording.sampleCount)
    var channels: [DICOMDataSet] = []
    var isPadded = false
    for (index, lead) in leads.enumerated() {
      let quantization = Quantization(lead.samples)
      if !quantization.isLossless {
        text.lose(
          "lead \(lead.name): values are rounded to \(DICOMText.decimal(quantization.step)) \(lead.units), by "
            + "\(String(format: "%.2g", quantization.largestError)) \(lead.units) at most")
      }
      if lead.samples.contains(where: \.isInfinite) {
        text.lose("lead \(lead.name): infinite values are written as missing")
      }
      for (sample, value) in lead.samples.enumerated() {
        let digital = quantization.digital(value) ?? padding
        isPadded = isPadded || digital == padding
        let place = 2 * (sample * leads.count + index)
        data[place] = UInt8(truncatingIfNeeded: digital)
        data[place + 1] = UInt8(truncatingIfNeeded: digital >> 8)
      }
      channels.append(channel(lead, quantization, recording.filters, &text))
    }
    group.set(.channels, channels)
    if isPadded { group.set(.paddingValue, bytes: [0x00, 0x80]) }
    group.set(.waveformData, bytes: data)
    return group
  }

  private static func channel(
    _ lead: Lead, _ quantization: Quantization, _ filters: StoredRecording.Filters, _ text: inout DICOMText
  ) -> DICOMDataSet {
    var channel = DICOMDataSet()
    let code = DICOMLead.code(of: lead.name)
    channel.set(.channelSource, code ?? DICOMLead.unspecified)
    if code.flatMap(DICOMLead.name) != lead.name {
      channel.set(.channelLabel, text.fitting(lead.name, .channelLabel, "the name of lead \(lead.name)"))
    }
    let units = units(lead, &text)
    let step = quantization.step * units.factor
    // A sensitivity has 16 characters; what they do not hold of its digits is in the correction factor.
    let sensitivity = DICOMText.decimal(step)
    let correction = Double(sensitivity).map { step / $0 } ?? 1
    channel.set(.sensitivity, sensitivity)
    channel.set(.sensitivityUnits, units.code)
    channel.set(.sensitivityCorrection, abs(correction - 1) < 1e-13 ? "1" : DICOMText.decimal(correction))
    channel.set(.baseline, "0")
    channel.set(.sampleSkew, "0")
    channel.set(.bitsStored, 16)
    for (attribute, frequency) in [
      (DICOMAttribute.filterLow, filters.highPass), (.filterHigh, filters.lowPass), (.filterNotch, filters.notch),
    ] {
      if let frequency, frequency.isFinite, frequency > 0 { channel.set(attribute, DICOMText.decimal(frequency)) }
    }
    return channel
  }

  /// UCUM's units, and how many of them the lead's units are.
  private static func units(_ lead: Lead, _ text: inout DICOMText) -> (code: DICOMCode, factor: Double) {
    switch lead.units {
    case "mV": return (DICOMCode("uV", "UCUM", "microvolt"), 1000)
    case "uV", "µV", "μV": return (DICOMCode("uV", "UCUM", "microvolt"), 1)
    case "V": return (DICOMCode("mV", "UCUM", "millivolt"), 1000)
    case "mmHg": return (DICOMCode("mm[Hg]", "UCUM", "mmHg"), 1)
    default:
      text.lose("lead \(lead.name): the units '\(lead.units)' are none that the object can name")
      return (DICOMCode("1", "UCUM", "no units"), 1)
    }
  }

  private static func annotations(
    _ recording: StoredRecording, _ groups: [[Lead]], _ text: inout DICOMText
  ) -> [DICOMDataSet] {
    func annotation(_ group: Int, channel: (group: Int, channel: Int) = (1, 0)) -> DICOMDataSet {
      var set = DICOMDataSet()
      set.set(.annotationGroup, group)
      set.set(.referencedChannels, channel.group, channel.channel)
      return set
    }
    var annotations: [DICOMDataSet] = []
    func add(_ sentence: String, _ group: Int, _ what: String) {
      var set = annotation(group)
      let fitting = text.fitting(sentence, .unformattedText, what)
      guard !fitting.isEmpty else { return }
      set.set(.unformattedText, fitting)
      annotations.append(set)
    }
    for (index, statement) in recording.statements.enumerated() {
      if DICOMAnnotations.isLine(statement) {
        text.lose("statement \(index + 1): it begins as a comment does, and is read as one")
      }
      add(statement, 0, "statement \(index + 1)")
    }
    var strayed: Set<String> = []
    for measurement in recording.measurements {
      let what = "the measurement \(measurement.quantity.rawValue)" + (measurement.lead.map { " of lead \($0)" } ?? "")
      guard measurement.value.isFinite else {
        text.lose("\(what) is no number and left out")
        continue
      }
      var set = annotation(1)
      if let lead = measurement.lead {
        let places = groups.enumerated().lazy.compactMap { group, leads in
          leads.firstIndex { LeadName.areSame($0.name, lead) }.map { (group + 1, $0 + 1) }
        }
        guard let place = places.first else {
          if strayed.insert(lead).inserted { text.lose("measurements of lead \(lead) are left out, because the lead is") }
          continue
        }
        set = annotation(1, channel: place)
      }
      set.set(.conceptName, DICOMQuantity.code(of: measurement.quantity, isOfOneLead: measurement.lead != nil))
      set.set(.measurementUnits, DICOMQuantity.units(of: measurement.quantity))
      set.set(.numericValue, DICOMText.decimal(measurement.value))
      annotations.append(set)
    }
    for (index, line) in DICOMAnnotations.lines(recording).enumerated() { add(line, 2, "comment \(index + 1)") }
    return annotations
  }
}

extension DICOMDataSet {
  /// Patient Module (PS3.3, C.7.1.1) and Patient's Age.
  mutating func setPatient(_ patient: Patient, _ text: inout DICOMText) {
    let family = text.fitting(patient.familyName ?? "", .patientName, "the patient's family name")
    let given = text.fitting(patient.givenName ?? "", .patientName, "the patient's given name")
    set(.patientName, given.isEmpty ? (family.isEmpty ? "" : family + "^") : "\(family)^\(given)")
    set(.patientID, text.fitting(patient.id ?? "", .patientID, "the patient's identifier"))
    let birth = DICOMTime.date(patient.birth)
    if birth == nil, patient.birth != Header.Start() {
      text.lose("the birth date is known in part, and DICOM keeps whole days")
    }
    set(.birthDate, birth ?? "")
    set(.sex, patient.sex.map { $0 == .male ? "M" : "F" } ?? "")
    guard let age = patient.age else { return }
    // In the first of these units that it is a whole number of, else in the finest that has digits for it.
    let units: [(letter: String, number: Double, words: String)] = [
      ("Y", age, "years"), ("M", 12 * age, "months"), ("D", 365.25 * age, "days"),
    ]
    let fitting = units.filter { $0.number >= 0 && $0.number.rounded() <= 999 }
    guard let unit = fitting.first(where: { $0.number == $0.number.rounded() }) ?? fitting.last else {
      return text.lose("the age of \(age) years has no place in the object")
    }
    let number = Int(unit.number.rounded())
    if Double(number) != unit.number { text.lose("the age is rounded to \(number) \(unit.words)") }
    set(.age, String("000\(number)".suffix(3)) + unit.letter)
  }

  /// Dates and times of study, content and acquisition.
  /// - Parameter isRequired: whether the object must have those of content and acquisition (PS3.3, C.10.8).
  mutating func setStart(_ start: Header.Start, isRequired: Bool, _ text: inout DICOMText) {
    let (date, time) = (DICOMTime.date(start), DICOMTime.time(start))
    set(.studyDate, date ?? "")
    set(.studyTime, date == nil ? "" : time ?? "")
    var (acquisition, content) = (date.map { $0 + (time ?? "") } ?? "", date ?? "")
    if date == nil, let part = DICOMTime.partialDate(start) {
      acquisition = part
      text.lose("the date is known in part, and that of the content is a whole day: the first of the month or year")
      content = part + String("0101".suffix(8 - part.count))
      if time != nil { text.lose("the time has no place in the object without its day") }
    } else if date == nil, isRequired {
      text.lose("the date is not known, and DICOM must have one: 1 January 1900 stands for it")
      (acquisition, content) = (DICOMTime.unknownDay + (time ?? ""), DICOMTime.unknownDay)
    } else if date == nil, time != nil {
      text.lose("the time has no place in the object without its day")
    }
    if time == nil, isRequired { text.lose("the time is not known: midnight stands for that of the content") }
    set(.acquisitionDateTime, acquisition)
    set(.contentDate, content)
    set(.contentTime, content.isEmpty ? "" : time ?? (isRequired ? "000000" : ""))
  }

  /// With the character set and what an object must have beside its content: numbers, empty where nothing is known, and
  /// UIDs that depend on the content alone. Objects of one patient and one start are of one study.
  func identified(patient: Patient, start: Header.Start, _ text: inout DICOMText) throws(FormatError) -> DICOMDataSet {
    var object = self
    object.set(.accessionNumber, "")
    object.set(.referringPhysician, "")
    object.set(.studyID, "1")
    object.set(.seriesNumber, "1")
    object.set(.instanceNumber, "1")
    if text.isUnicode { object.set(.characterSet, "ISO_IR 192") }
    var content = ContentIdentifier()
    content.add(try object.encoded())
    var study = ContentIdentifier()
    if let id = patient.id, let date = DICOMTime.date(start) {
      study.add(id)
      study.add(date + (DICOMTime.time(start) ?? ""))
    } else {
      study = content
    }
    func uid(_ identifier: ContentIdentifier, _ what: String) -> String {
      var identifier = identifier
      identifier.add(what)
      return identifier.uid
    }
    object.set(.studyInstance, uid(study, "study"))
    object.set(.seriesInstance, uid(content, "series"))
    object.set(.sopInstance, uid(content, "instance"))
    return object
  }
}
