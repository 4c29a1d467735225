import Foundation
import WFDB

/// A part of a FHIR resource as JSON has it. Source: FHIR R4, "JSON Representation of Resources".
indirect enum FHIRElement: Equatable, Encodable, ExpressibleByStringLiteral {
  case string(String)
  case decimal(Double)
  case integer(Int)
  case list([FHIRElement])
  case object([String: FHIRElement])

  init(stringLiteral value: String) { self = .string(value) }

  /// An object of those members that there are: FHIR has no nulls, no empty texts, lists or objects.
  static func members(_ members: [String: FHIRElement?]) -> FHIRElement {
    .object(members.compactMapValues { $0.flatMap { $0.isEmpty ? nil : $0 } })
  }

  /// A text that FHIR can hold.
  static func text(_ text: String) -> FHIRElement { .string(text.fhirText) }

  static func reference(_ identifier: String) -> FHIRElement {
    .object(["reference": .string("urn:uuid:" + identifier)])
  }

  private var isEmpty: Bool {
    switch self {
    case .string(let text): text.isEmpty
    case .list(let items): items.isEmpty
    case .object(let members): members.isEmpty
    case .decimal, .integer: false
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .string(let text): try container.encode(text)
    case .decimal(let number): try container.encode(number)
    case .integer(let number): try container.encode(number)
    case .list(let items): try container.encode(items)
    case .object(let members): try container.encode(members)
    }
  }
}

extension String {
  /// Without blanks at its ends, and without characters that XML and FHIR's strings do not have.
  /// Sources: XML 1.0, 2.2; FHIR R4, "string".
  var fhirText: String {
    let kept = unicodeScalars.filter { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: true
      case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: false
      default: true
      }
    }
    return String(String.UnicodeScalarView(kept)).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Whether this can be a FHIR `code`: no blanks at its ends, and single spaces inside.
  var isFHIRCode: Bool {
    let words = split(separator: " ", omittingEmptySubsequences: false)
    return words.allSatisfy { !$0.isEmpty && !$0.contains { $0.isWhitespace } } && fhirText == self
  }

  /// As the text of an XHTML element or attribute.
  var escapedForXHTML: String {
    var text = ""
    for character in fhirText.unicodeScalars {
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}

/// Times as FHIR writes them. Source: FHIR R4, "Date/Time".
enum FHIRTime {
  /// `YYYY[-MM[-DD]]`: those parts that are known and on the calendar; nil without a year.
  static func day(_ start: Header.Start) -> String? {
    guard let year = start.year, (1...9999).contains(year) else { return nil }
    let text = zeroPadded(year, to: 4)
    guard let month = start.month, (1...12).contains(month) else { return text }
    let known = text + "-" + zeroPadded(month, to: 2)
    guard let day = start.day else { return known }
    let parts = DateComponents(calendar: Calendar(identifier: .iso8601), year: year, month: month, day: day)
    return parts.isValidDate ? known + "-" + zeroPadded(day, to: 2) : known
  }

  /// `HH:MM:SS[.SSS]` for readers; nil unless hour and minute are known and a clock can show them.
  static func clock(_ start: Header.Start) -> String? {
    guard let hour = start.hour, let minute = start.minute, (0..<24).contains(hour), (0..<60).contains(minute),
      (0..<61).contains(start.second ?? 0)
    else { return nil }
    return start.clockText
  }

  /// Whether a text is `YYYY-MM-DD`.
  static func isDay(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { DICOMTime.digits($0) }
    guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2] else { return false }
    return FHIRTime.day(Header.Start(year: year, month: month, day: day)) == text
  }

  /// Whether a text is `YYYY-MM-DDThh:mm:ss[.f…](Z|±hh:mm)`.
  static func isInstant(_ text: String) -> Bool {
    let instant = /([0-9\-]{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.[0-9]+)?(?:Z|[+\-]([0-9]{2}):([0-9]{2}))/
    guard let match = text.wholeMatch(of: instant),
      isDay(String(match.1)), let hour = Int(match.2), let minute = Int(match.3), let second = Int(match.4)
    else { return false }
    let (zoneHour, zoneMinute) = (match.5.flatMap { Int($0) } ?? 0, match.6.flatMap { Int($0) } ?? 0)
    return hour < 24 && minute < 60 && second <= 60 && zoneMinute < 60 && zoneHour * 60 + zoneMinute <= 14 * 60
  }
}
