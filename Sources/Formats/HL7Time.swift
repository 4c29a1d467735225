import Foundation
import WFDB

/// A point in time as HL7 writes it: `YYYYMMDDHHMMSS.SSS±ZZZZ`, cut after any part. Source: HL7 V3 data types, TS.
///
/// ISO 8601's marks between the parts, which some programs write, are passed over.
struct HL7Time: Equatable {
  var start: Header.Start
  /// Minutes east of Greenwich; nil when the time says none.
  var zone: Int?

  init(_ start: Header.Start) { self.start = start }

  /// - Returns: nil when the text is no such time, or its parts are none of a clock and a calendar.
  init?(_ text: String) {
    var digits: [Int] = []
    var fraction = ""
    var zoneDigits: [Int]?
    var sign = 1
    var isFraction = false
    for character in text.trimmed {
      if let digit = character.wholeNumberValue, character.isASCII {
        if zoneDigits != nil {
          zoneDigits?.append(digit)
        } else if isFraction {
          fraction.append(character)
        } else {
          digits.append(digit)
        }
      } else if character == "." || character == ",", !isFraction, zoneDigits == nil {
        isFraction = true
      } else if digits.count >= 10 || isFraction, zoneDigits == nil, "+-Z".contains(character) {
        (zoneDigits, sign) = ([], character == "-" ? -1 : 1)
      } else if !"-:T ".contains(character) || isFraction {
        return nil
      }
    }
    guard [4, 6, 8, 10, 12, 14].contains(digits.count), fraction.count <= 9 else { return nil }
    func number(_ range: Range<Int>) -> Int? {
      range.upperBound <= digits.count ? digits[range].reduce(0) { 10 * $0 + $1 } : nil
    }
    start = Header.Start(
      year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10), minute: number(10..<12),
      second: number(12..<14).map { Double("\($0).\(fraction.isEmpty ? "0" : fraction)") ?? Double($0) })
    if let zoneDigits {
      guard [0, 2, 4].contains(zoneDigits.count) else { return nil }
      let parts = zoneDigits + [Int](repeating: 0, count: 4 - zoneDigits.count)
      zone = sign * (60 * (10 * parts[0] + parts[1]) + 10 * parts[2] + parts[3])
    }
    guard (1...9999).contains(start.year ?? 0), (1...12).contains(start.month ?? 1), (1...31).contains(start.day ?? 1),
      (0..<24).contains(start.hour ?? 0), (0..<60).contains(start.minute ?? 0), (0..<61).contains(start.second ?? 0)
    else { return nil }
    if let time = seconds, start.second ?? 0 < 60, HL7Time(seconds: time, zone: zone)?.start.day != start.day {
      return nil  // 30 February
    }
  }

  /// - Parameter seconds: since 1970 began in Greenwich.
  init?(seconds: Double, zone: Int?) {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return nil }
    let local = seconds + Double(60 * (zone ?? 0))
    // To the microsecond: what floating point adds is no part of a time.
    var whole = local.rounded(.down)
    var fraction = ((local - whole) * 1e6).rounded() / 1e6
    if fraction >= 1 { (whole, fraction) = (whole + 1, 0) }
    var time = time_t(whole)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil, (1...9999).contains(Int(parts.tm_year) + 1900) else { return nil }
    start = Header.Start(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday), hour: Int(parts.tm_hour),
      minute: Int(parts.tm_min), second: Double(parts.tm_sec) + fraction)
    self.zone = zone
  }

  /// Since 1970 began in Greenwich; nil for a time without a day. What is cut off is zero, and a zone that is not said
  /// is Greenwich's.
  var seconds: Double? {
    guard let year = start.year, let month = start.month, let day = start.day else { return nil }
    var parts = tm()
    parts.tm_year = Int32(clamping: year - 1900)
    (parts.tm_mon, parts.tm_mday) = (Int32(clamping: month - 1), Int32(clamping: day))
    (parts.tm_hour, parts.tm_min) = (Int32(clamping: start.hour ?? 0), Int32(clamping: start.minute ?? 0))
    return Double(timegm(&parts)) + (start.second ?? 0) - Double(60 * (zone ?? 0))
  }

  /// As HL7 writes it; nil without a year. A part is written only behind those before it.
  var text: String? {
    guard let year = start.year else { return nil }
    var text = zeroPadded(max(0, year), to: 4)
    for part in [start.month, start.day, start.hour, start.minute] {
      guard let part else { return text }
      text += zeroPadded(max(0, part), to: 2)
    }
    guard let second = start.second, second >= 0, second < 100 else { return text }
    let microseconds = Int((second * 1e6).rounded())
    text += zeroPadded(max(0, microseconds / 1_000_000), to: 2)
    let fraction = microseconds % 1_000_000
    if fraction != 0 {
      text += "." + (fraction % 1000 == 0 ? zeroPadded(max(0, fraction / 1000), to: 3) : zeroPadded(max(0, fraction), to: 6))
    }
    return text
  }
}
