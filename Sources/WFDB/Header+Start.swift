extension Header {
  /// When the record begins, as far as ``baseTime`` and ``baseDate`` tell: those parts that are known and plausible.
  public var start: Start { Start(time: baseTime, date: baseDate) }

  public struct Start: Sendable, Equatable {
    public var year, month, day, hour, minute: Int?
    public var second: Double?

    public init(
      year: Int? = nil, month: Int? = nil, day: Int? = nil, hour: Int? = nil, minute: Int? = nil, second: Double? = nil
    ) {
      (self.year, self.month, self.day) = (year, month, day)
      (self.hour, self.minute, self.second) = (hour, minute, second)
    }
  }

  /// The header of a record that has no header file: what is known of it, and nothing of how it is stored.
  init(
    name: String, samplingFrequency: Double, sampleCount: Int, start: Start, leads: [(name: String, units: String)],
    comments: [String]
  ) {
    self.init(
      name: name, segmentCount: nil, samplingFrequency: samplingFrequency, counterFrequency: samplingFrequency,
      baseCounter: 0, sampleCount: sampleCount, baseTime: start.clockText, baseDate: start.dayText,
      signals: leads.map { name, units in
        Signal(
          fileName: "", format: 0, samplesPerFrame: 1, skew: 0, byteOffset: 0, gain: 200, baseline: 0, units: units,
          adcResolution: 0, adcZero: 0, initialValue: nil, checksum: nil, blockSize: 0, name: name, line: 0)
      },
      segments: [], comments: comments, line: 0, warnings: [])
  }
}

extension Header.Start {
  /// What is known and plausible of a time and a date, as headers write them.
  /// - Parameters:
  ///   - time: `HH:MM:SS[.SSS]`
  ///   - date: `DD/MM/YYYY`, `05-Feb-2020`, `5 May 1990`, `2020-02-05`, `1990`. A day that the month does not have
  ///     is none.
  public init(time: String?, date: String?) {
    let (day, clock) = (Self.calendarDay(date), Self.clock(time))
    self.init(
      year: day?.year, month: day?.month, day: day?.day,
      hour: clock?.hour, minute: clock?.minute, second: clock?.second)
  }

  /// `HH:MM:SS[.SSS]`
  private static func clock(_ text: String?) -> (hour: Int, minute: Int, second: Double)? {
    let parts = (text ?? "").split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let hour = Int(parts[0]), let minute = Int(parts[1]), let second = Double(parts[2]),
      (0..<24).contains(hour), (0..<60).contains(minute), (0..<61).contains(second)  // a leap second
    else { return nil }
    return (hour, minute, second)
  }

  /// `DD/MM/YYYY`, `05-Feb-2020`, `5 May 1990`, `2020-02-05`, `1990`. A day that the month does not have is none.
  private static func calendarDay(_ text: String?) -> (year: Int, month: Int?, day: Int?)? {
    let parts = (text ?? "").split { "/-. ".contains($0) }.map(String.init)
    func number(_ text: String, _ length: ClosedRange<Int>, _ range: ClosedRange<Int>) -> Int? {
      guard length.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
    func year(_ text: String) -> Int? { number(text, 4...4, 1...9999) }
    func month(_ text: String) -> Int? {
      let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
      return number(text, 1...2, 1...12) ?? names.firstIndex(of: String(text.lowercased().prefix(3))).map { $0 + 1 }
    }
    if parts.count == 1, let year = year(parts[0]) { return (year, nil, nil) }
    guard parts.count == 3 else { return nil }
    let (first, last) = parts[0].utf8.count == 4 ? (parts[2], parts[0]) : (parts[0], parts[2])
    guard let year = year(last), let month = month(parts[1]), let day = number(first, 1...2, 1...31) else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return day <= days[month - 1] ? (year, month, day) : nil
  }

  /// `HH:MM:SS[.SSS]`, as a header writes it; nil when hour or minute are not known, or the second is none.
  public var clockText: String? {
    guard let hour, let minute, (0..<61).contains(second ?? 0) else { return nil }
    let milliseconds = Int(((second ?? 0) * 1000).rounded())
    let fraction = milliseconds % 1000 == 0 ? "" : "." + zeroPadded(milliseconds % 1000, to: 3)
    return [hour, minute, milliseconds / 1000].map { zeroPadded($0, to: 2) }.joined(separator: ":") + fraction
  }

  /// `DD/MM/YYYY`, or the year alone; nil without a year.
  public var dayText: String? {
    guard let year else { return nil }
    guard let month, let day else { return zeroPadded(year, to: 4) }
    return "\(zeroPadded(day, to: 2))/\(zeroPadded(month, to: 2))/\(zeroPadded(year, to: 4))"
  }
}

/// `7` in two digits is `07`.
public func zeroPadded(_ number: Int, to length: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, length - digits.count)) + digits
}
