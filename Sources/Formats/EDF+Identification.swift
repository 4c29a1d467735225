import WFDB

/// Patient and recording, as EDF+ writes them into the two fields of 80 bytes (section 2.1.3, items 3 and 4): subfields
/// with blanks between, `_` for a blank in one, `X` for what is not known.
///
/// ```
/// MCH-0234567 F 02-MAY-1951 Haagse_Harry
/// Startdate 02-MAR-2002 EMG561 BK/JOP Sony
/// ```
extension StoredRecording {
  mutating func readIdentification(_ header: EDFHeader) {
    readPatient(header)
    readStart(header)
  }

  private mutating func readPatient(_ header: EDFHeader) {
    let parts = header.patient.split(separator: " ").map(String.init)
    let isFormed =
      parts.count >= 3 && ["M", "F", "X"].contains(parts[1]) && (parts[2] == "X" || Self.day(parts[2]).day != nil)
    guard isFormed else {
      let text = header.patient
      if !text.isEmpty, text != "X" { patient.id = text }
      if header.isPlus { warnings.append(FormatWarning("header, byte 8", "the patient has not the form of EDF+")) }
      return
    }
    patient.id = Self.subfield(parts[0])
    patient.sex = ["M": .male, "F": .female][parts[1]]
    patient.birth = Self.day(parts[2])
    if parts.count > 3 { patient.familyName = Self.subfield(parts[3]) }
    for part in parts.dropFirst(4) { comments += Self.subfield(part).map { ["Patient: \($0)"] } ?? [] }
  }

  private mutating func readStart(_ header: EDFHeader) {
    let (day, time) = (Self.dayOfHeader(header.date), header.time.replacing(".", with: ":"))
    start = Header.Start(time: time, date: nil)
    (start.year, start.month, start.day) = (day?.year, day?.month, day?.day)
    if day == nil, !(header.isPlus && header.date.hasSuffix("yy")) {
      warnings.append(FormatWarning("header, byte 168", "the start date is '\(header.date)'; expected dd.mm.yy"))
    }
    if start.hour == nil {
      warnings.append(FormatWarning("header, byte 176", "the start time is '\(header.time)'; expected hh.mm.ss"))
    }
    let parts = header.recording.split(separator: " ").map(String.init)
    guard parts.count >= 2, parts[0] == "Startdate" else {
      if !header.recording.isEmpty { comments.append("Recording: \(header.recording)") }
      if header.isPlus { warnings.append(FormatWarning("header, byte 88", "the recording has not the form of EDF+")) }
      return
    }
    let full = Self.day(parts[1])
    if parts[1] == "X" {
      (start.year, start.month, start.day) = (nil, nil, nil)
      if header.date == Self.noDate, header.time == Self.noTime { start = Header.Start() }
    } else if full.day != nil {
      if let day, day != (full.year ?? 0, full.month ?? 0, full.day ?? 0), !header.date.hasSuffix("yy") {
        warnings.append(
          FormatWarning(
            "header, byte 168", "the start date is '\(header.date)'; the recording says \(parts[1]), which is taken"))
      }
      (start.year, start.month, start.day) = (full.year, full.month, full.day)
    } else {
      warnings.append(FormatWarning("header, byte 88", "the start date is '\(parts[1])'; expected dd-MMM-yyyy or X"))
    }
    for (place, key) in [(2, "Investigation"), (3, "Technician")] where parts.count > place {
      if let text = Self.subfield(parts[place]) { comments.append("\(key): \(text)") }
    }
    if parts.count > 4 { device = Self.subfield(parts[4...].joined(separator: " ")) }
  }

  /// What stands where date and time are not known.
  static let (noDate, noTime) = ("01.01.85", "00.00.00")

  /// `dd.mm.yy`: 85 to 99 are of the last century, 00 to 84 of this (EDF+, section 2.1.3, item 2).
  private static func dayOfHeader(_ text: String) -> (year: Int, month: Int, day: Int)? {
    let parts = text.split { "./- ".contains($0) }.map { Int($0) ?? -1 }
    guard parts.count == 3, parts.allSatisfy({ (0...99).contains($0) }) else { return nil }
    let year = parts[2] + (parts[2] >= 85 ? 1900 : 2000)
    let day = Header.Start(time: nil, date: "\(parts[0])/\(parts[1])/\(year)")
    return day.day.map { (year, parts[1], $0) }
  }

  /// `02-MAY-1951`
  private static func day(_ text: String) -> Header.Start { Header.Start(time: nil, date: text) }

  private static func subfield(_ text: String) -> String? {
    let text = text.replacing("_", with: " ").trimmed
    return text.isEmpty || text == "X" ? nil : text
  }

  /// The years that were full when the recording was made, where the file has day of birth and date and no age.
  mutating func completeAge() { patient.age = patient.age ?? ageAtStart }

  var ageAtStart: Double? {
    guard let year = start.year, let month = start.month, let day = start.day, let birthYear = patient.birth.year,
      let birthMonth = patient.birth.month, let birthDay = patient.birth.day
    else { return nil }
    let age = year - birthYear - ((month, day) < (birthMonth, birthDay) ? 1 : 0)
    return (0...150).contains(age) ? Double(age) : nil
  }
}
