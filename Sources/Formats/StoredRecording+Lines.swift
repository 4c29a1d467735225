import WFDB

/// What stands beside the leads as lines of text, for formats that have a place for comments and for little else.
///
/// ```
/// Age: 56
/// Sex: female
/// Statement: Sinus rhythm
/// Measurement: qrs.onset V1 212 ms
/// High-pass: 0.05 Hz
/// patient walks with a stick
/// ```
/// A line that is none of these is a comment. Name, identifier and day of birth have no line: a comment is no place
/// where one expects a person.
enum Detail: CaseIterable {
  case age, sex, time, date, device, institution, statements, confirmed, highPass, lowPass, notch, filterWords,
    measurements, comments
}

extension StoredRecording {
  /// What stands beside the leads, a line each, without name, identifier and day of birth.
  public var lines: [String] { lines() }

  /// Name, identifier and day of birth as lines that ``init(_:)`` finds again. They are written where nobody else reads: into
  /// a copy that a program makes for itself.
  public var personLines: [String] {
    Self.line("Patient-ID", patient.id) + Self.line("Family-name", patient.familyName) + Self.line("Given-name", patient.givenName)
      + Self.line("Born", patient.birth.dayText)
  }

  /// - Parameter reserved: whether the format reads a line as something else, so that a comment may not begin so.
  func lines(
    _ details: Set<Detail> = Set(Detail.allCases), reserved: (String) -> Bool = { _ in false }
  ) -> [String] {
    let said = Subject(comments: details.contains(.comments) ? comments : [])
    return Detail.allCases.filter(details.contains).flatMap { detail -> [String] in
      switch detail {
      case .age: patient.age.flatMap { said.age == $0 ? nil : ["Age: \(shortest($0))"] } ?? []
      case .sex: patient.sex.flatMap { said.sex == $0 ? nil : ["Sex: \($0.rawValue)"] } ?? []
      case .time: start.clockText.map { ["Time: \($0)"] } ?? []
      case .date: start.dayText.map { ["Date: \($0)"] } ?? []
      case .device: Self.line("Device", device)
      case .institution: Self.line("Institution", institution)
      case .statements: statements.flatMap { Self.line("Statement", $0) }
      case .confirmed: isConfirmed.map { ["Confirmed: \($0 ? "yes" : "no")"] } ?? []
      case .highPass: filters.highPass.map { ["High-pass: \(shortest($0)) Hz"] } ?? []
      case .lowPass: filters.lowPass.map { ["Low-pass: \(shortest($0)) Hz"] } ?? []
      case .notch: filters.notch.map { ["Notch: \(shortest($0)) Hz"] } ?? []
      case .filterWords: filters.words.flatMap { Self.line("Filter", $0) }
      case .measurements:
        measurements.map {
          let lead = $0.lead.map { " \(oneLine($0))" } ?? ""
          let units = $0.quantity.units.isEmpty ? "" : " \($0.quantity.units)"
          return "Measurement: \($0.quantity.rawValue)\(lead) \(shortest($0.value))\(units)"
        }
      case .comments:
        comments.map(oneLine).filter { !$0.isEmpty }.map { comment in
          var probe = StoredRecording(samplingFrequency: 1, leads: [])
          return reserved(comment) || probe.takeDetail(comment) ? "Comment: \(comment)" : comment
        }
      }
    }
  }

  private static func line(_ key: String, _ text: String?) -> [String] {
    let text = oneLine(text ?? "")
    return text.isEmpty ? [] : ["\(key): \(text)"]
  }

  /// Reads a line that ``lines(_:reserved:)`` wrote; any other is a comment.
  mutating func take(_ line: String) {
    let line = line.trimmed
    if !line.isEmpty, !takeDetail(line) { comments.append(line) }
  }

  /// - Returns: false, and nothing is changed, when the line is a comment.
  private mutating func takeDetail(_ line: String) -> Bool {
    guard let colon = line.firstIndex(of: ":") else { return false }
    let (key, value) = (line[..<colon].lowercased(), line[line.index(after: colon)...].trimmed)
    guard !value.isEmpty else { return false }
    func hertz() -> Double? {
      guard value.hasSuffix(" Hz"), let number = Double(value.dropLast(3)), number.isFinite, number >= 0 else {
        return nil
      }
      return number
    }
    switch key {
    case "age":
      guard let age = Double(value), (0...150).contains(age), patient.age == nil else { return false }
      patient.age = age
    case "sex":
      guard let sex = Subject.Sex(rawValue: value.lowercased()), patient.sex == nil else { return false }
      patient.sex = sex
    case "time":
      let clock = Header.Start(time: value, date: nil)
      guard clock.hour != nil, start.hour == nil else { return false }
      (start.hour, start.minute, start.second) = (clock.hour, clock.minute, clock.second)
    case "date":
      let day = Header.Start(time: nil, date: value)
      guard day.year != nil, start.year == nil else { return false }
      (start.year, start.month, start.day) = (day.year, day.month, day.day)
    case "device":
      guard device == nil else { return false }
      device = value
    case "institution":
      guard institution == nil else { return false }
      institution = value
    case "patient-id":
      guard patient.id == nil else { return false }
      patient.id = value
    case "family-name":
      guard patient.familyName == nil else { return false }
      patient.familyName = value
    case "given-name":
      guard patient.givenName == nil else { return false }
      patient.givenName = value
    case "born":
      let day = Header.Start(time: nil, date: value)
      guard day.year != nil, patient.birth.year == nil else { return false }
      patient.birth = day
    case "statement": statements.append(value)
    case "confirmed":
      guard isConfirmed == nil, ["yes", "no"].contains(value) else { return false }
      isConfirmed = value == "yes"
    case "high-pass":
      guard filters.highPass == nil, let hertz = hertz() else { return false }
      filters.highPass = hertz
    case "low-pass":
      guard filters.lowPass == nil, let hertz = hertz() else { return false }
      filters.lowPass = hertz
    case "notch":
      guard filters.notch == nil, let hertz = hertz() else { return false }
      filters.notch = hertz
    case "filter": filters.words.append(value)
    case "measurement":
      var words = value.split(separator: " ")
      guard let quantity = words.first.flatMap({ StoredMeasurement.Quantity(rawValue: String($0)) }) else {
        return false
      }
      if !quantity.units.isEmpty, words.popLast().map({ $0 != quantity.units }) ?? true { return false }
      guard words.count >= 2, let number = words.popLast().flatMap({ Double($0) }), number.isFinite else {
        return false
      }
      let lead = words.dropFirst().joined(separator: " ")
      measurements.append(StoredMeasurement(quantity, lead: lead.isEmpty ? nil : lead, number))
    case "comment": comments.append(value)
    default: return false
    }
    return true
  }

  /// Age and sex from comments, where nothing else says them.
  mutating func completeSubject() {
    let subject = Subject(comments: comments)
    patient.age = patient.age ?? subject.age
    patient.sex = patient.sex ?? subject.sex
  }

  /// What ``lines(_:reserved:)`` leaves out or changes: a sentence each.
  var losesAsLines: [String] {
    var losses: [String] = []
    func lose(_ what: String, if isThere: Bool) {
      if isThere { losses.append("\(what) is left out: there is no place for it among comments") }
    }
    lose("the patient's identifier", if: patient.id != nil)
    lose("the patient's name", if: patient.name != nil)
    lose("the day of birth", if: patient.birth.year != nil)
    lose("the month of the recording", if: start.month != nil && start.day == nil)
    lose("the hour of the recording", if: start.hour != nil && start.minute == nil)
    if let second = start.second, start.clockText != nil, abs(second * 1000 - (second * 1000).rounded()) > 1e-6 {
      losses.append("the time of the recording is written to the millisecond")
    }
    return losses + losesInOneLine
  }

  /// A sentence where texts are of several lines.
  var losesInOneLine: [String] {
    let leads = measurements.compactMap(\.lead)
    let texts = comments + statements + filters.words + leads + [device, institution].compactMap(\.self)
    guard texts.contains(where: { $0 != oneLine($0) }) else { return [] }
    return ["line ends and control characters in texts are written as blanks, and blanks around texts are left out"]
  }
}

/// The text in one line: control characters, line ends and the blanks around them are one blank.
func oneLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: \.isControl) else { return text.trimmed }
  return text.unicodeScalars.split { $0.isControl }.map { String($0).trimmed }.filter { !$0.isEmpty }.joined(
    separator: " ")
}

extension Unicode.Scalar {
  /// C0 and C1 controls, and what Unicode counts as a line's end.
  fileprivate var isControl: Bool {
    value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
  }
}

/// `500`, `62.4725`: the shortest text that reads back as the same number.
func shortest(_ number: Double) -> String {
  guard let whole = Int(exactly: number), abs(number) < 1e15, !(whole == 0 && number.sign == .minus) else {
    return "\(number)"
  }
  return String(whole)
}
