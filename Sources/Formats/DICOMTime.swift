import WFDB

/// Dates and times in DICOM's digits. Source: PS3.5, table 6.2-1: DA, TM, DT.
enum DICOMTime {
  /// The day that stands for one that is not known, where an object must have one: none was ever recorded on it.
  static let unknownDay = "19000101"

  /// `YYYY[MM[DD[HH[MM[SS[.F…]]]]]][±ZZXX]`: the parts that there are, as the clock of the place showed. DA's old form
  /// `YYYY.MM.DD` and TM's `HH:MM:SS` are read too.
  /// - Returns: nil for what is no date.
  static func start(_ text: String) -> Header.Start? {
    var text = text.trimmed
    if let zone = text.dropFirst(4).firstIndex(where: { "+-".contains($0) }) { text = String(text[..<zone]) }
    let dots = text.enumerated().filter { $0.element == "." && ($0.offset == 4 || $0.offset == 7) }
    if dots.count == 2 { text = String(text.prefix(4) + text.dropFirst(5).prefix(2) + text.dropFirst(8)) }
    text.removeAll { $0 == ":" }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, whole.count % 2 == 0, (4...14).contains(whole.count), digits(whole) != nil else {
      return nil
    }
    func part(_ offset: Int, _ length: Int, _ range: ClosedRange<Int>) -> Int?? {
      let part = whole.dropFirst(offset).prefix(length)
      guard !part.isEmpty else { return .some(nil) }
      guard let number = digits(part), range.contains(number) else { return nil }
      return number
    }
    guard let year = part(0, 4, 1...9999), let month = part(4, 2, 1...12), let day = part(6, 2, 1...31),
      let hour = part(8, 2, 0...23), let minute = part(10, 2, 0...59), let second = part(12, 2, 0...60)
    else { return nil }
    var start = Header.Start(year: year, month: month, day: day, hour: hour, minute: minute)
    start.second = second.map(Double.init)
    if let whole = second, parts.count == 2, !parts[1].isEmpty {
      guard digits(parts[1]) != nil, parts[1].count <= 6, let fraction = Double("0.\(parts[1])") else { return nil }
      start.second = Double(whole) + fraction
    }
    return start
  }

  static func day(_ text: String) -> Header.Start? {
    guard let start = start(text), start.hour == nil else { return nil }
    return start
  }

  /// A number of digits alone, at most 14.
  static func digits(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 14, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  /// `YYYYMMDD`; nil unless year, month and day are known.
  static func date(_ start: Header.Start) -> String? {
    guard let year = start.year, (1...9999).contains(year), let month = start.month, (1...12).contains(month),
      let day = start.day, (1...31).contains(day)
    else { return nil }
    return zeroPadded(year, to: 4) + zeroPadded(month, to: 2) + zeroPadded(day, to: 2)
  }

  /// `YYYY[MM]`; nil without a year.
  static func partialDate(_ start: Header.Start) -> String? {
    guard let year = start.year, (1...9999).contains(year) else { return nil }
    return zeroPadded(year, to: 4) + (start.month.flatMap { (1...12).contains($0) ? zeroPadded($0, to: 2) : nil } ?? "")
  }

  /// `HH[MM[SS[.FFFFFF]]]`; nil without an hour.
  static func time(_ start: Header.Start) -> String? {
    guard let hour = start.hour, (0...23).contains(hour) else { return nil }
    guard let minute = start.minute, (0...59).contains(minute) else { return zeroPadded(hour, to: 2) }
    guard let second = start.second, second >= 0, second < 61 else { return zeroPadded(hour, to: 2) + zeroPadded(minute, to: 2) }
    let microseconds = min(Int((second * 1_000_000).rounded()), 60_999_999)
    let fraction = microseconds % 1_000_000
    let text = zeroPadded(hour, to: 2) + zeroPadded(minute, to: 2) + zeroPadded(microseconds / 1_000_000, to: 2)
    return fraction == 0 ? text : text + "." + zeroPadded(fraction, to: 6)
  }
}
