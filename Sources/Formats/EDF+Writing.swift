import Foundation
import WFDB

extension EDF {
  /// An EDF+C file: 16 bits a sample in steps that 8 characters can say, data records of about a second, and as
  /// annotations at the beginning what has no field in the header.
  public static func write(_ recording: StoredRecording, name: String) throws(FormatError) -> WrittenRecording {
    let (rate, count) = (recording.samplingFrequency, recording.sampleCount)
    guard rate.isFinite, rate > 0 else {
      throw FormatError("", found: "a sampling rate of \(rate) Hz", expected: "hertz above 0")
    }
    guard count > 0 else { throw FormatError("", found: "no samples", expected: "at least one") }
    guard recording.leads.count < 9999 else {
      throw FormatError("", found: "\(recording.leads.count) leads", expected: "at most 9998")
    }
    var losses: [String] = []
    var signals: [EDFSignal] = []
    for (index, lead) in recording.leads.enumerated() {
      signals.append(try EDFSignal(lead, number: index + 1, losses: &losses))
    }
    guard let records = EDFRecords(rate: rate, count: count, leads: signals.count) else {
      throw FormatError("", found: "a sampling rate of \(shortest(rate)) Hz", expected: "one of 0.00001 to 30000 Hz")
    }
    losses += records.losses(rate: rate, count: count)

    let identification = EDFIdentification(recording, losses: &losses)
    let second = recording.start.second ?? 0
    let fraction = identification.hasTime ? ((second - second.rounded(.down)) * 1e6).rounded(.down) / 1e6 : 0
    let stamps = (0..<records.count).map { record in
      let onset = ((fraction + Double(record) * records.seconds) * 1e9).rounded() / 1e9
      return EDFAnnotation(onset: onset, duration: nil, text: "").bytes
    }
    let texts = recording.lines(identification.details).map {
      EDFAnnotation(onset: fraction, duration: nil, text: $0).bytes
    }
    let annotations = pack(texts, behind: stamps)

    var fields = [
      ("0", 8), (identification.patient, 80), (identification.recording, 80), (identification.date, 8),
      (identification.time, 8), ("\(256 * (signals.count + 2))", 8), ("EDF+C", 44), ("\(records.count)", 8),
      (records.duration, 8), ("\(signals.count + 1)", 4),
    ]
    let filters = prefiltering(recording.filters)
    fields += signals.map { ($0.label, 16) } + [("EDF Annotations", 16)]
    fields += signals.map { _ in ("", 80) } + [("", 80)]
    fields += signals.map { ($0.dimension, 8) } + [("", 8)]
    fields += signals.map { ($0.scale.physicalMinimum, 8) } + [("-1", 8)]
    fields += signals.map { ($0.scale.physicalMaximum, 8) } + [("1", 8)]
    fields += signals.map { ("\($0.scale.digitalMinimum)", 8) } + [("-32768", 8)]
    fields += signals.map { ("\($0.scale.digitalMaximum)", 8) } + [("32767", 8)]
    fields += signals.map { _ in (filters, 80) } + [("", 80)]
    fields += signals.map { _ in ("\(records.samples)", 8) } + [("\((annotations.first?.count ?? 0) / 2)", 8)]
    fields += signals.map { _ in ("", 32) } + [("", 32)]
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256 * (signals.count + 2) + records.count * (2 * records.samples * signals.count + 64))
    for (text, width) in fields {
      let field = text.utf8.prefix(width)
      bytes += field
      bytes += repeatElement(0x20, count: width - field.count)
    }
    for (record, annotation) in annotations.enumerated() {
      for signal in signals {
        for sample in record * records.samples..<(record + 1) * records.samples {
          let digital = signal.digital(min(sample, count - 1))
          bytes.append(UInt8(truncatingIfNeeded: digital))
          bytes.append(UInt8(truncatingIfNeeded: digital >> 8))
        }
      }
      bytes += annotation
    }
    return WrittenRecording(files: [.init(name + ".edf", Data(bytes))], losses: losses)
  }

  /// `HP:0.05Hz LP:150Hz N:50Hz`
  private static func prefiltering(_ filters: StoredRecording.Filters) -> String {
    [("HP", filters.highPass), ("LP", filters.lowPass), ("N", filters.notch)].compactMap { key, hertz in
      hertz.map { "\(key):\(shortest($0))Hz" }
    }.joined(separator: " ")
  }

  /// The texts in their order, behind the time stamps of the data records: all of the same, even number of bytes, which
  /// is as small as it can be.
  private static func pack(_ texts: [[UInt8]], behind stamps: [[UInt8]]) -> [[UInt8]] {
    let longest = (stamps.map(\.count).max() ?? 0) + (texts.map(\.count).max() ?? 0)
    func packed(_ size: Int) -> [[UInt8]]? {
      var (records, rest) = (stamps, texts[...])
      for index in records.indices {
        while let text = rest.first, records[index].count + text.count <= size {
          records[index] += text
          rest.removeFirst()
        }
        records[index] += repeatElement(0, count: size - records[index].count)
      }
      return rest.isEmpty ? records : nil
    }
    // All of them fit one record.
    var (least, most) = ((longest + 1) / 2, (longest + texts.reduce(0) { $0 + $1.count } + 1) / 2)
    while least < most {
      let middle = (least + most) / 2
      if packed(2 * middle) == nil { least = middle + 1 } else { most = middle }
    }
    return packed(2 * least) ?? stamps
  }
}

/// A lead as EDF stores it.
private struct EDFSignal {
  let label, dimension: String
  let scale: EDFScale
  private let samples: [Double]
  private let steps: Quantization

  init(_ lead: Lead, number: Int, losses: inout [String]) throws(FormatError) {
    let isLead = LeadName(lead.name) != nil
    var name = EDF.ascii(oneLine(lead.name))
    if name.isEmpty || ["EDF Annotations", "BDF Annotations"].contains(name) { name = "signal \(number)" }
    label = String((isLead && "ECG \(name)".utf8.count <= 16 ? "ECG \(name)" : name).prefix(16)).trimmed
    let read = EDFLabel(label).lead
    if read != lead.name { losses.append("lead \(number): its name is written as '\(read)'") }
    samples = lead.samples
    steps = Quantization(lead.samples)
    let missing = lead.samples.count { !$0.isFinite }
    var choices = [(dimension: String(EDF.ascii(oneLine(lead.units)).prefix(8)), factor: 1.0)]
    if let millivolts = millivolts(per: lead.units) {
      choices = [("uV", millivolts * 1000), ("mV", millivolts), ("V", millivolts / 1000)]
    } else if choices[0].dimension != lead.units {
      losses.append("lead \(read): its units are written as '\(choices[0].dimension)'")
    }
    var best: (dimension: String, factor: Double, scale: EDFScale)?
    for (dimension, factor) in choices {
      guard let scale = EDFScale(step: steps.step * factor, greatest: steps.greatest, leavesRoom: missing > 0) else {
        continue
      }
      if best.map({ scale.error < $0.scale.error }) ?? true { best = (dimension, factor, scale) }
      if scale.error == 0 { break }
    }
    guard let best else {
      throw FormatError(
        "lead \(lead.name)", found: "values up to \(shortest(Double(steps.greatest) * steps.step)) \(lead.units)",
        expected: "such as 8 characters can say")
    }
    (dimension, scale) = (best.dimension, best.scale)
    losses += steps.losses(
      of: Lead(name: read, units: lead.units, samples: missing > 0 ? samples.filter { !$0.isInfinite } : samples))
    if scale.error > 0 {
      let change = Double(steps.greatest) * steps.step * scale.error
      losses.append(
        "lead \(read): its step is written in 8 characters, which changes values by \(shortest(change)) "
          + "\(lead.units) at most"
      )
    }
    if missing > 0 {
      losses.append(
        "lead \(read): \(missing) missing samples are written as \(scale.physicalMinimum) \(dimension), "
          + "the least that can be: EDF has no missing sample")
    }
  }

  func digital(_ sample: Int) -> Int { steps.digital(samples[sample]) ?? scale.digitalMinimum }
}

/// Digital and physical limits that say a step: `physical = digital × step`, each in 8 characters.
struct EDFScale: Equatable {
  let digitalMinimum, digitalMaximum: Int
  let physicalMinimum, physicalMaximum: String
  /// By how much of itself the step is another than was asked; 0 where that moves no value by a millionth of a step.
  let error: Double

  /// - Parameters:
  ///   - step: units a digit.
  ///   - greatest: of the digits without their sign, at most 32767.
  ///   - leavesRoom: whether the least digit has to be less than any that is used.
  /// - Returns: nil where no 8 characters are near the limits.
  init?(step: Double, greatest: Int, leavesRoom: Bool) {
    let tolerance = 1e-6 / Double(max(greatest, 1))
    if let (minimum, low) = Self.text(32_768 * step, width: 7),
      let (maximum, high) = Self.text(32_767 * step, width: 8),
      abs(low - 32_768 * step) <= 1e-12 * low, abs(high - 32_767 * step) <= 1e-12 * high
    {
      (digitalMinimum, digitalMaximum, error) = (-32_768, 32_767, 0)
      (physicalMinimum, physicalMaximum) = ("-" + minimum, maximum)
      return
    }
    let least = max(1, min(greatest + (leavesRoom ? 1 : 0), 32_768))
    var best: (limit: Int, text: String, error: Double)?
    let round = stride(from: 32_000, to: 0, by: -1000)
    for limit in Array(round) + Array(stride(from: 32_767, through: 1, by: -1)) where limit >= least {
      let asked = Double(limit) * step
      guard let (text, value) = Self.text(asked, width: 7) else { continue }
      let error = abs(value - asked) / asked
      if best.map({ error < $0.error }) ?? true { best = (limit, text, error) }
      if error <= tolerance { break }
    }
    guard let best else { return nil }
    (digitalMinimum, digitalMaximum) = (-best.limit, best.limit)
    (physicalMinimum, physicalMaximum) = ("-" + best.text, best.text)
    error = best.error <= tolerance ? 0 : best.error
  }

  /// The decimal number of at most `width` characters that is nearest to a positive one, and its value.
  static func text(_ number: Double, width: Int) -> (text: String, value: Double)? {
    guard number.isFinite, number > 0, number < 99_999_999 else { return nil }
    let whole = String(Int(number)).utf8.count
    for decimals in stride(from: max(0, width - 1 - whole), through: 0, by: -1) {
      let power = powersOfTen[min(decimals, powersOfTen.count - 1)]
      let digits = (number * power).rounded()
      guard digits > 0 else { return nil }
      var text = String(Int(digits))
      if decimals > 0 {
        text = String(repeating: "0", count: max(0, decimals + 1 - text.utf8.count)) + text
        text.insert(".", at: text.index(text.endIndex, offsetBy: -decimals))
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
      }
      if text.utf8.count <= width { return (text, digits / power) }
    }
    return nil
  }

  private static let powersOfTen = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7]
}

/// How a recording is cut into data records.
struct EDFRecords: Equatable {
  let samples: Int  // of each lead in a data record
  let duration: String  // seconds, in 8 characters
  let seconds: Double
  let count: Int

  /// Records of one second where they divide the recording, or of another length that does; else of one second, the
  /// last one filled up. None has more than 61440 bytes (EDF, 1992), of which some are for annotations.
  init?(rate: Double, count: Int, leads: Int) {
    let most = max(1, 57_344 / (2 * max(1, leads)))
    func exact(_ samples: Int) -> (text: String, value: Double)? {
      guard let found = EDFScale.text(Double(samples) / rate, width: 8) else { return nil }
      return abs(Double(samples) / found.value - rate) <= 1e-13 * rate ? found : nil
    }
    func distance(_ samples: Int) -> Double { abs(log(Double(samples) / rate)) }
    var choice: Int?
    let second = Int(exactly: rate).flatMap { $0 <= most ? $0 : nil }
    if let second, count % second == 0 { choice = second }
    let possible = 1...most
    func nearest(_ isAllowed: (Int) -> Bool) -> Int? {
      possible.filter { isAllowed($0) && exact($0) != nil }.min { distance($0) < distance($1) }
    }
    // Not so short that more is said of time than of the heart.
    choice = choice ?? nearest { count % $0 == 0 && (Double($0) >= 0.1 * rate || $0 == count) }
    choice = choice ?? second ?? nearest { Double($0) >= 0.1 * rate && $0 <= count }
    choice =
      choice
      ?? possible.filter { $0 <= count && EDFScale.text(Double($0) / rate, width: 8) != nil }.min { one, other in
        func error(_ samples: Int) -> Double {
          EDFScale.text(Double(samples) / rate, width: 8).map { abs(Double(samples) / $0.value - rate) } ?? .infinity
        }
        return error(one) < error(other)
      }
    guard let choice, let (text, value) = EDFScale.text(Double(choice) / rate, width: 8) else { return nil }
    (samples, duration, seconds) = (choice, text, value)
    self.count = (count + choice - 1) / choice
  }

  func losses(rate: Double, count: Int) -> [String] {
    var losses: [String] = []
    let filled = self.count * samples - count
    if filled > 0 {
      losses.append(
        "the last data record is filled up with \(filled) samples, which repeat the last one: "
          + "\(count + filled) a lead in place of \(count)")
    }
    let read = Double(samples) / seconds
    if abs(read - rate) > 1e-13 * rate {
      losses.append(
        "the sampling rate is written as \(samples) samples in \(duration) s, which is \(shortest(read)) Hz")
    }
    return losses
  }
}

/// The header's fields of patient and recording, as `EDF+Identification.swift` reads them.
private struct EDFIdentification {
  let patient, recording, date, time: String
  let hasTime: Bool
  /// What is left for annotations.
  private(set) var details = Set(Detail.allCases).subtracting([
    .sex, .highPass, .lowPass, .notch, .time, .date, .device,
  ])

  init(_ stored: StoredRecording, losses: inout [String]) {
    var (start, person) = (stored.start, stored.patient)
    func subfield(_ text: String?, _ what: String) -> String {
      guard let text, !text.isEmpty else { return "X" }
      let written = EDF.ascii(oneLine(text)).split(separator: " ").joined(separator: "_")
      if written.replacing("_", with: " ") != text || written == "X" {
        losses.append("the patient's \(what) is written in ASCII without underscores, in one word")
      }
      return written.isEmpty ? "X" : written
    }
    if person.givenName != nil, person.familyName != nil {
      losses.append("the patient's given name and family name are written as one name")
    }
    if person.birth.year != nil, person.birth.day == nil {
      losses.append("the year of birth is left out: EDF+ has whole days only")
      person.birth = Header.Start()
    }
    if start.year != nil, start.day == nil {
      details.insert(.date)  // which may be a year
      if start.month != nil { losses.append("the month of the recording is left out: there is a year or a day") }
      (start.year, start.month) = (nil, nil)
    }
    let birth = Self.day(person.birth)
    let sex = person.sex.map { $0 == .female ? "F" : "M" } ?? "X"
    let (code, name) = (subfield(person.id, "identifier"), subfield(person.name, "name"))
    var field = "\(code) \(sex) \(birth ?? "X") \(name)"
    if field.utf8.count > 80 {
      losses.append("the patient's identifier and name are cut to the 80 characters of their field")
      field = String("\(code.prefix(40)) \(sex) \(birth ?? "X") \(name)".prefix(80))
    }
    patient = field

    let day = Self.day(start)
    field = "Startdate \(day ?? "X") X X "
    if let device = stored.device {
      let written = EDF.ascii(oneLine(device)).replacing(" ", with: "_")
      if written.replacing("_", with: " ") == device, device != "X", field.utf8.count + written.utf8.count <= 80 {
        field += written
      } else {
        details.insert(.device)
        field += "X"
      }
    } else {
      field += "X"
    }
    recording = field

    if let year = start.year, let month = start.month, let number = start.day, day != nil {
      let short = (1985...2084).contains(year) ? Self.digits(year % 100) : "yy"
      date = "\(Self.digits(number)).\(Self.digits(month)).\(short)"
    } else {
      date = StoredRecording.noDate
    }
    if let hour = start.hour, let minute = start.minute, (0..<24).contains(hour), (0..<60).contains(minute) {
      let second = start.second ?? 0
      let whole = (0..<61).contains(second) ? Int(second) : 0
      time = [hour, minute, whole].map(Self.digits).joined(separator: ".")
      hasTime = (0..<61).contains(second)
      // Which reads as a time that is not known.
      if time == StoredRecording.noTime, date == StoredRecording.noDate { details.insert(.time) }
    } else {
      (time, hasTime) = (StoredRecording.noTime, false)
      if day != nil { losses.append("the time of day is not known; 00.00.00 stands for it") }
    }
    if stored.ageAtStart == person.age { details.remove(.age) }
    losses += stored.losesInOneLine
  }

  private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// `02-MAY-1951`
  private static func day(_ start: Header.Start) -> String? {
    let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    guard let year = start.year, let month = start.month, let day = start.day, (1...9999).contains(year),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    return "\(digits(day))-\(months[month - 1])-" + String(repeating: "0", count: 4 - "\(year)".count) + "\(year)"
  }
}

extension EDF {
  /// In printable ASCII: letters without their accents, `?` for what has no like.
  static func ascii(_ text: String) -> String {
    let likes: [Unicode.Scalar: String] = [
      "ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
      "ð": "d", "þ": "th", "µ": "u", "μ": "u", "−": "-", "–": "-", "’": "'",
    ]
    return text.decomposedStringWithCanonicalMapping.unicodeScalars.reduce(into: "") { written, scalar in
      if (0x20...0x7E).contains(scalar.value) {
        written.unicodeScalars.append(scalar)
      } else if scalar.properties.generalCategory != .nonspacingMark {
        written += likes[scalar] ?? "?"
      }
    }
  }
}
