import WFDB

/// A European Data Format file: EDF, EDF+C, EDF+D; and with 24 bits a sample BDF, BDF+C, BDF+D.
///
/// A header of 256 bytes and 256 a signal, all ASCII in fields of fixed width; then data records, each with the same
/// number of samples of each signal, signal after signal, little-endian two's complement. An EDF+ file has a signal
/// `EDF Annotations` of text, which also says when each record begins.
///
/// Sources: Kemp, Värri, Rosa, Nielsen & Gade, Electroenceph Clin Neurophysiol 82 (1992), 391-393 (EDF); Kemp & Olivan,
/// Clin Neurophysiol 114 (2003), 1755-1761 (EDF+), whose sections are named below; BioSemi's and EDFbrowser's
/// descriptions of BDF and BDF+.
public enum EDF: FormatReader, FormatWriter {
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool {
    let bytes = Array(beginning.prefix(256))
    guard EDFHeader.version(bytes) != nil else { return false }
    // The number of bytes of the header.
    return bytes.count < 256 || bytes[184..<192].contains { (0x30...0x39).contains($0) }
  }

  /// The leads of the highest rate, in millivolts where they are voltages. Signals of other rates are left out, and so
  /// are those that have no scale; a warning says so.
  public static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording {
    var file = EDFFile(try EDFHeader(bytes))
    try file.readRecords(bytes)
    return file.recording
  }
}

/// The fields of a file's header, in their order; texts without the blanks behind them.
struct EDFHeader {
  /// Whether samples have 24 bits.
  let isBDF: Bool
  /// Whether the header follows EDF+, which gives the fields of patient and recording a form.
  let isPlus: Bool
  /// Whether data records may have gaps between them.
  let hasGaps: Bool
  let patient: String  // 80 bytes
  let recording: String  // 80
  let date: String  // 8: dd.mm.yy
  let time: String  // 8: hh.mm.ss
  private(set) var recordCount: Int  // whole records that are there
  let duration: Double  // seconds a data record
  private(set) var signals: [Signal] = []
  /// Bytes before the first data record.
  let size: Int
  private(set) var warnings: [FormatWarning] = []

  struct Signal {
    var label = ""  // 16
    var transducer = ""  // 80
    var dimension = ""  // 8
    var physicalMinimum = 0.0  // 8
    var physicalMaximum = 0.0  // 8
    var digitalMinimum = 0.0  // 8
    var digitalMaximum = 0.0  // 8
    var prefiltering = ""  // 80
    var samples = 0  // 8: in each data record
    /// Of its first sample in a data record, in bytes.
    var offset = 0
    var isAnnotation = false

    /// Units a digit, nil where the limits give none, or one beyond all reason.
    var step: Double? {
      let step = (physicalMaximum - physicalMinimum) / (digitalMaximum - digitalMinimum)
      return step != 0 && abs(step) < 1e200 && abs(physicalMinimum) < 1e200 ? step : nil
    }
  }

  var bytesPerSample: Int { isBDF ? 3 : 2 }
  /// Bytes of a data record.
  private(set) var recordSize = 0

  /// - Returns: whether it is BDF; nil when the bytes begin neither format.
  static func version(_ bytes: [UInt8]) -> Bool? {
    if bytes.starts(with: [0xFF] + Array("BIOSEMI".utf8)) { return true }
    guard bytes.count >= 8, bytes[0] == UInt8(ascii: "0") else { return nil }
    return bytes[1..<8].allSatisfy { $0 == 0x20 || $0 == 0 } ? false : nil
  }

  init(_ bytes: [UInt8]) throws(FormatError) {
    guard let isBDF = Self.version(bytes) else {
      throw FormatError(
        "byte 0", found: "the version is '\(ByteReader.text(bytes.prefix(8)[...]))'",
        expected: "0, or BIOSEMI behind a byte 255")
    }
    self.isBDF = isBDF
    var reader = ByteReader(bytes, place: "header")
    var odd: [FormatWarning] = []
    func text(_ count: Int, _ what: String) throws(FormatError) -> String { try reader.text(count, what) }
    /// A number, in which a comma counts as a point.
    func number(_ count: Int, _ what: String) throws(FormatError) -> Double {
      let place = reader.position
      let field = try reader.text(count, what)
      guard let value = Self.number(field) else {
        throw FormatError("header, byte \(place)", found: "the \(what) is '\(field)'", expected: "a number")
      }
      if field.contains(",") {
        odd.append(FormatWarning("header, byte \(place)", "the \(what) '\(field)' has a comma"))
      }
      return value
    }
    func whole(_ count: Int, _ what: String, _ range: ClosedRange<Int>) throws(FormatError) -> Int {
      let place = reader.position
      let value = try number(count, what)
      guard let whole = Int(exactly: value), range.contains(whole) else {
        throw FormatError(
          "header, byte \(place)", found: "the \(what) is \(shortest(value))",
          expected: "a whole number of \(range.lowerBound) to \(range.upperBound)")
      }
      return whole
    }

    try reader.skip(8, "version")
    (patient, recording) = (try text(80, "patient"), try text(80, "recording"))
    (date, time) = (try text(8, "start date"), try text(8, "start time"))
    let headerBytes = try text(8, "number of bytes in the header")
    let reserved = try text(44, "reserved field")
    isPlus = reserved.hasPrefix("EDF+") || reserved.hasPrefix("BDF+")
    hasGaps = isPlus && reserved.dropFirst(4).hasPrefix("D")
    let announced = try whole(8, "number of data records", -1...99_999_999)
    duration = try number(8, "duration of a data record")
    let count = try whole(4, "number of signals", 1...9999)
    size = 256 * (count + 1)
    guard bytes.count >= size else {
      throw FormatError(
        "header", found: "the file has \(bytes.count) bytes", expected: "\(size) for the header of \(count) signals")
    }
    if Int(headerBytes) != size {
      odd.append(
        FormatWarning(
          "header, byte 184", "the header has '\(headerBytes)' bytes; \(count) signals need \(size), which are read"))
    }
    guard duration >= 0, duration < 1e9 else {
      throw FormatError("header, byte 244", found: "a data record takes \(shortest(duration)) s", expected: "0 or more")
    }

    var signals = [Signal](repeating: Signal(), count: count)
    for i in signals.indices { signals[i].label = try text(16, "label of signal \(i + 1)") }
    for i in signals.indices {
      signals[i].isAnnotation = ["EDF Annotations", "BDF Annotations"].contains(signals[i].label)
      signals[i].transducer = try text(80, "transducer of signal \(i + 1)")
    }
    for i in signals.indices { signals[i].dimension = try text(8, "dimension of signal \(i + 1)") }
    let fields: [(WritableKeyPath<Signal, Double>, String)] = [
      (\.physicalMinimum, "physical minimum"), (\.physicalMaximum, "physical maximum"),
      (\.digitalMinimum, "digital minimum"), (\.digitalMaximum, "digital maximum"),
    ]
    for (field, what) in fields {
      for i in signals.indices {
        if signals[i].isAnnotation {  // whose numbers mean nothing
          try reader.skip(8, what)
        } else {
          signals[i][keyPath: field] = try number(8, "\(what) of signal \(i + 1)")
        }
      }
    }
    for i in signals.indices { signals[i].prefiltering = try text(80, "prefiltering of signal \(i + 1)") }
    var offset = 0
    for i in signals.indices {
      // At most a data record of 8 digits of bytes for each of 9999 signals: no sum overflows.
      signals[i].samples = try whole(8, "number of samples of signal \(i + 1)", 0...99_999_999)
      signals[i].offset = offset
      offset += signals[i].samples * (isBDF ? 3 : 2)
    }
    recordSize = offset
    guard recordSize > 0 else {
      throw FormatError("header", found: "a data record has no samples", expected: "at least one")
    }
    let there = bytes.count - size
    let whole = there / recordSize
    if announced == -1 {
      odd.append(
        FormatWarning("header, byte 236", "the number of data records is not known (-1); the file holds \(whole)"))
    } else if announced != whole {
      odd.append(FormatWarning("header, byte 236", "\(announced) data records are announced; the file holds \(whole)", isLoss: whole < announced))
    }
    if there % recordSize != 0 {
      odd.append(
        FormatWarning(
          "byte \(size + whole * recordSize)", "\(there % recordSize) bytes are no whole data record, and are not read")
      )
    }
    recordCount = announced == -1 ? whole : min(announced, whole)
    (self.signals, warnings) = (signals, odd)
    guard recordCount > 0 else {
      throw FormatError(
        "byte \(size)", found: "\(there) bytes and \(max(announced, 0)) data records",
        expected: "at least one data record, of \(recordSize) bytes")
    }
  }

  static func number(_ field: String) -> Double? {
    let bytes = Array(field.replacing(",", with: ".").utf8)
    var position = 0
    guard let value = decimalNumber(in: bytes, at: &position, end: bytes.count), position == bytes.count, value.isFinite
    else { return nil }
    return value
  }
}

/// A file while its data records are read.
private struct EDFFile {
  let header: EDFHeader
  private(set) var recording: StoredRecording

  init(_ header: EDFHeader) {
    self.header = header
    recording = StoredRecording(samplingFrequency: 0, leads: [])
    recording.warnings = header.warnings
    recording.readIdentification(header)
  }

  /// More than a night's scoring has.
  private static let maximumAnnotations = 100_000

  private mutating func warn(_ place: String, _ reason: String) {
    recording.warnings.append(FormatWarning(place, reason))
  }

  mutating func readRecords(_ bytes: [UInt8]) throws(FormatError) {
    let annotations = header.signals.indices.filter { header.signals[$0].isAnnotation }
    guard header.recordCount <= 1 << 24 else {
      throw FormatError("header", found: "\(header.recordCount) data records", expected: "at most \(1 << 24)")
    }
    // When each data record begins, in seconds; as far as the file says.
    var onsets: [Double?] = []
    var lines: [EDFAnnotation] = []
    var (broken, tooMany) = (0, 0)
    for record in 0..<header.recordCount {
      var onset: Double?
      for (place, signal) in annotations.enumerated() {
        let start = header.size + record * header.recordSize + header.signals[signal].offset
        let part = bytes[start..<start + header.signals[signal].samples * header.bytesPerSample]
        let (found, isBroken) = EDFAnnotation.list(part)
        broken += isBroken ? 1 : 0
        if place == 0 { onset = found.first?.onset }  // section 2.2.4: the first is the record's own
        let texts = found.filter { !$0.text.isEmpty }
        if lines.count + texts.count <= Self.maximumAnnotations { lines += texts } else { tooMany += texts.count }
      }
      if !annotations.isEmpty { onsets.append(onset) }
    }
    if broken > 0 { warn("", "annotations of \(broken) data records break the grammar, and are left out") }
    if tooMany > 0 { warn("", "\(tooMany) annotations beyond \(Self.maximumAnnotations) are left out") }
    let first = onsets.first.flatMap { $0 } ?? 0
    addFraction(first)

    let signals = chooseSignals()
    guard let samples = signals.first.map({ header.signals[$0].samples }) else {
      throw FormatError("header", found: "no signal that can be read as a lead", expected: "at least one with a scale")
    }
    guard header.duration > 0 else {
      throw FormatError(
        "header, byte 244", found: "a data record takes 0 s", expected: "the seconds that its samples take")
    }
    // 1021 samples in 2.042 s are 500 Hz, and not 500.00000000000006.
    var rate = Double(samples) / header.duration
    let rounded = (rate * 1e6).rounded() / 1e6
    if abs(rounded - rate) <= 1e-14 * rate { rate = rounded }
    guard rate <= 1e7 else {
      throw FormatError("header", found: "\(shortest(rate)) samples a second", expected: "at most 10000000")
    }
    recording.samplingFrequency = rate
    let places = try places(onsets, samples: samples)
    let count = (places.last ?? 0) + samples
    guard count <= RecordFormat.maximumSamples / signals.count else {
      throw FormatError(
        "header", found: "\(count) samples of \(signals.count) leads",
        expected: "at most \(RecordFormat.maximumSamples) in all")
    }
    for signal in signals { recording.leads.append(lead(signal, places, count, bytes)) }
    readFilters(signals)
    for line in lines { recording.take(line, from: first) }
    recording.completeSubject()
    recording.completeAge()
  }

  /// The leads: signals of the highest rate that an ECG lead has, or any signal where none is named as one.
  private mutating func chooseSignals() -> [Int] {
    var candidates: [Int] = []
    for (index, signal) in header.signals.enumerated() where !signal.isAnnotation {
      let place = "signal \(index + 1) '\(signal.label)'"
      if header.isBDF, signal.label == "Status" {
        warn(place, "triggers, no lead; left out")
      } else if signal.samples == 0 {
        warn(place, "no samples; left out")
      } else if signal.step == nil {
        let physical = "\(shortest(signal.physicalMinimum)) to \(shortest(signal.physicalMaximum))"
        let digital = "\(shortest(signal.digitalMinimum)) to \(shortest(signal.digitalMaximum))"
        warn(place, "physical \(physical) for digital \(digital) is no scale; left out")
      } else {
        candidates.append(index)
      }
    }
    let leads = candidates.filter { EDFLabel(header.signals[$0].label).isECG }
    let most = (leads.isEmpty ? candidates : leads).map { header.signals[$0].samples }.max() ?? 0
    func rate(_ samples: Int) -> String {
      header.duration > 0 ? "\(shortest(Double(samples) / header.duration)) Hz" : "\(samples) samples a record"
    }
    return candidates.filter { index in
      let signal = header.signals[index]
      if signal.samples == most { return true }
      warn(
        "signal \(index + 1) '\(signal.label)'", "has \(rate(signal.samples)), and the leads \(rate(most)); left out")
      return false
    }
  }

  /// The first sample of each data record: one behind the other, but in EDF+D where the records say.
  private mutating func places(_ onsets: [Double?], samples: Int) throws(FormatError) -> [Int] {
    let isKnown = header.hasGaps && onsets.count == header.recordCount
    if header.hasGaps, !isKnown {
      warn(
        "header", "EDF+D without annotations, which would say when data records begin; read as if there were no gaps")
    }
    var (places, next): ([Int], Int) = ([], 0)
    places.reserveCapacity(header.recordCount)
    var (gaps, early) = (0, 0)
    let first = onsets.first.flatMap { $0 } ?? 0
    for record in 0..<header.recordCount {
      if isKnown, let onset = onsets[record] {
        let place = ((onset - first) * recording.samplingFrequency).rounded()
        guard place < Double(RecordFormat.maximumSamples) else {
          throw FormatError(
            "data record \(record + 1)", found: "it begins \(shortest(onset)) s after the start, behind a gap",
            expected: "at most \(RecordFormat.maximumSamples) samples with the gaps")
        }
        if place > Double(next) {
          gaps += 1
          next = Int(place)
        } else if place < Double(next) {
          early += 1
        }
      }
      places.append(next)
      next += samples
    }
    if gaps > 0 { warn("", "\(gaps) \(gaps == 1 ? "gap" : "gaps") between data records; samples are missing there") }
    if early > 0 {
      warn("", "\(early) data records begin before those before them end; they are read one behind the other")
    }
    return places
  }

  private func lead(_ index: Int, _ places: [Int], _ count: Int, _ bytes: [UInt8]) -> Lead {
    let signal = header.signals[index]
    let step = signal.step ?? 1
    // Where physical 0 is a whole digit, it is so exactly.
    var zero = signal.physicalMinimum / step - signal.digitalMinimum
    if abs(zero - zero.rounded()) < 1e-6 { zero.round() }
    var values = [Double](repeating: .nan, count: count)
    let isBDF = header.isBDF
    for (record, place) in places.enumerated() {
      var at = header.size + record * header.recordSize + signal.offset
      for sample in place..<place + signal.samples {
        let last = Int(Int8(bitPattern: bytes[at + (isBDF ? 2 : 1)]))
        let digital = isBDF ? last << 16 | Int(bytes[at + 1]) << 8 | Int(bytes[at]) : last << 8 | Int(bytes[at])
        at += isBDF ? 3 : 2
        values[sample] = (Double(digital) + zero) * step
      }
    }
    var lead = Lead(name: EDFLabel(signal.label).lead, units: signal.dimension, samples: values)
    values = []
    lead.toMillivolts()
    return lead
  }

  /// Those that all leads share; else their words.
  private mutating func readFilters(_ signals: [Int]) {
    let texts = signals.map { header.signals[$0].prefiltering }
    if Set(texts).count == 1, let text = texts.first {
      recording.filters.read(prefiltering: text)
    } else {
      for (signal, text) in zip(signals, texts) where !text.isEmpty {
        recording.filters.words.append("\(header.signals[signal].label): \(text)")
      }
    }
  }

  /// The first data record may begin a part of a second after the header's time (section 2.2.4).
  private mutating func addFraction(_ onset: Double) {
    guard onset > 0, onset < 1, let second = recording.start.second else { return }
    recording.start.second = second + onset
  }
}

extension StoredRecording.Filters {
  /// `HP:0.1Hz LP:75Hz N:50Hz` (section 2.1.3, item 7), also `HP:0,16; LP:DC`; what else stands there are words.
  mutating func read(prefiltering text: String) {
    var others: [Substring] = []
    for word in text.split(whereSeparator: { $0 == " " || $0 == ";" }) {
      let parts = word.split(separator: ":", maxSplits: 1)
      var value = parts.count == 2 ? parts[1].lowercased() : ""
      if value.hasSuffix("hz") { value.removeLast(2) }
      let number = EDFHeader.number(value).flatMap { $0 > 0 ? $0 : nil }
      switch (parts.first?.uppercased() ?? "", number) {
      case ("HP", let number?): highPass = highPass ?? number
      case ("LP", let number?): lowPass = lowPass ?? number
      case ("N", let number?): notch = notch ?? number
      default: others.append(word)
      }
    }
    if !others.isEmpty { words.append(text) }
  }
}

/// A signal's label: `ECG I`, `EKG V1`, `ECG`, `V5`. Source: EDF+ section 2.1.3 and its standard texts.
struct EDFLabel {
  /// Whether it is named as of an electrocardiogram.
  let isECG: Bool
  /// `I` of `ECG I`; any other label as it is.
  let lead: String

  init(_ label: String) {
    let isMarked = ["ECG", "EKG"].contains { label.uppercased().hasPrefix($0) }
    let name = LeadName(label)
    isECG = isMarked || name != nil
    let rest = String(label.dropFirst(3).drop { " -_:".contains($0) })
    lead = isMarked && name != nil && LeadName(rest) == name ? rest : label
  }
}
