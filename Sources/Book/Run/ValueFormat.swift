import Drawing
import Wording

/// How a value reads, in prose, in tables and on the title page alike: one formatter, so that they cannot disagree.
///
/// | name | takes | prints |
/// | --- | --- | --- |
/// | `default` | anything but a group | 0.931, 19 634, yes, "a, b and c" |
/// | `0` … `6` | numbers, statistics | that many decimal places |
/// | `percent`, `percent1`, `percent2` | shares | 93%, 93.1%, 93.12% |
/// | `ci`, `ci-percent` | statistics | 0.931 (95% CI 0.924–0.938); without an interval the estimate alone |
/// | `p` | p-values | 0.032, < 0.001 |
/// | `integer` | integers, numbers (rounded) | 19 634 |
/// | `text` | text, integers, booleans | as it is: no thousands apart |
/// | `list` | lists | a, b and c |
/// | `duration` | seconds | 3 min 20 s |
/// | `bytes` | bytes | 544 MB |
/// | `date` | YYYY-MM-DD, or seconds since 1970 | 1 March 2026 |
/// | `digest` | text | its first twelve letters |
///
/// An undefined value reads "undefined (reason)" in every format.
public enum ValueFormat: Sendable, Equatable {
  case standard, places(Int), percent(Int), ci, ciPercent, p, integer, text, list, duration, bytes, date, digest

  public static let names =
    ["default", "0", "1", "2", "3", "4", "5", "6", "percent", "percent1", "percent2", "ci", "ci-percent", "p"]
    + ["integer", "text", "list", "duration", "bytes", "date", "digest"]

  public init?(_ name: String) {
    switch name {
    case "default": self = .standard
    case "0", "1", "2", "3", "4", "5", "6": self = .places(Int(name) ?? 0)
    case "percent": self = .percent(0)
    case "percent1": self = .percent(1)
    case "percent2": self = .percent(2)
    case "ci": self = .ci
    case "ci-percent": self = .ciPercent
    case "p": self = .p
    case "integer": self = .integer
    case "text": self = .text
    case "list": self = .list
    case "duration": self = .duration
    case "bytes": self = .bytes
    case "date": self = .date
    case "digest": self = .digest
    default: return nil
    }
  }

  /// A value in two parts: what it is, and the interval or reason that may stand behind it in grey.
  public struct Formatted: Sendable, Equatable {
    public var value: String
    public var aside: String?
  }

  /// A format that does not fit a value: what it needs, and what was found.
  public struct Unfit: Error, Sendable, Equatable {
    public var needs, found: String
  }

  /// The value as prose has it, in one piece.
  public func inline(_ value: Value) throws(Unfit) -> String {
    if case .undefined(let reason) = value { return say(.undefinedBecause, reason) }
    let parts = try split(value)
    guard self == .ci || self == .ciPercent, case .statistic(let s) = value, let interval = s.interval, let aside = parts.aside
    else { return parts.value }
    return "\(parts.value) (\(Self.confidence(interval.level, aside)))"
  }

  /// The value as tables and the title page have it: the interval of a statistic apart.
  public func split(_ value: Value) throws(Unfit) -> Formatted {
    if case .undefined(let reason) = value { return Formatted(value: say(.undefined), aside: reason) }
    func unfit(_ needs: String) -> Unfit { Unfit(needs: needs, found: value.kindInWords) }
    switch self {
    case .standard: return try standard(value)
    case .places(let places):
      guard let number = value.double else { throw unfit("a number") }
      return Formatted(
        value: decimal(number, places: places),
        aside: value.asInterval.map { interval($0.lower, $0.upper, places: places) })
    case .percent(let places): return try Self.percentage(value, places, unfit("a share, as a number"))
    case .ci:
      guard case .statistic = value else { throw unfit("a statistic") }
      return try ValueFormat.places(3).split(value)
    case .ciPercent:
      guard case .statistic = value else { throw unfit("a statistic") }
      return try Self.percentage(value, 1, unfit("a statistic"))
    case .p:
      guard let p = value.double, (0...1).contains(p) else { throw unfit("a p-value, from 0 to 1") }
      return Formatted(value: Drawing.pValue(p))
    case .integer:
      if case .integer(let exact) = value { return Formatted(value: Drawing.integer(exact)) }
      guard let number = value.double, let whole = Int(exactly: number.rounded(.toNearestOrEven)) else {
        throw unfit("an integer")
      }
      return Formatted(value: Drawing.integer(whole))
    case .text:
      guard let text = value.scalarText else { throw unfit("text") }
      return Formatted(value: text)
    case .list:
      guard case .list = value else { throw unfit("a list") }
      return try standard(value)
    case .duration:
      guard let seconds = value.double, seconds >= 0, seconds < 1e15 else { throw unfit("seconds") }
      return Formatted(value: Self.duration(seconds))
    case .bytes:
      guard let bytes = value.double, bytes >= 0 else { throw unfit("a number of bytes") }
      return Formatted(value: Self.bytes(bytes))
    case .date:
      switch value {
      case .text(let text):
        guard let date = CivilDate(text) else { throw unfit("a date, YYYY-MM-DD") }
        return Formatted(value: date.words)
      case .integer(let seconds): return Formatted(value: CivilDate(secondsSince1970: seconds).words)
      default: throw unfit("a date, YYYY-MM-DD")
      }
    case .digest:
      guard case .text(let text) = value else { throw unfit("text") }
      return Formatted(value: String(text.prefix(12)))
    }
  }

  // MARK: Each format

  private func standard(_ value: Value) throws(Unfit) -> Formatted {
    switch value {
    case .text(let text): return Formatted(value: text)
    case .boolean(let boolean): return Formatted(value: say(boolean ? .yes : .no))
    case .integer(let integer): return Formatted(value: Drawing.integer(integer))
    case .number(let number): return Formatted(value: Self.plain(number))
    case .statistic: return try ValueFormat.places(3).split(value)
    case .undefined(let reason): return Formatted(value: say(.undefined), aside: reason)
    case .list(let items):
      var words: [String] = []
      for item in items { words.append(try ValueFormat.standard.inline(item)) }
      let last = words.popLast()
      return Formatted(value: words.isEmpty ? last ?? say(.listNone) : say(.listAnd, words.joined(separator: ", "), last ?? ""))
    case .object: throw Unfit(needs: "one value", found: value.kindInWords)
    }
  }

  /// Three significant digits below 100, whole numbers above.
  private static func plain(_ x: Double) -> String {
    abs(x) >= 100 ? (Int(exactly: x.rounded(.toNearestOrEven)).map(Drawing.integer) ?? decimal(x, places: 0)) : significant(x, digits: 3)
  }

  private static func percentage(_ value: Value, _ places: Int, _ unfit: Unfit) throws(Unfit) -> Formatted {
    guard let share = value.double else { throw unfit }
    let aside = value.asInterval.map { bounds in
      let (low, high) = (Drawing.percent(bounds.lower, places: places), Drawing.percent(bounds.upper, places: places))
      return bounds.lower < 0 || bounds.upper < 0
        ? say(.range, low, high) : "\(percentNumber(bounds.lower, places: places))\u{2013}\(high)"
    }
    return Formatted(value: Drawing.percent(share, places: places), aside: aside)
  }

  /// "95% CI 0.4–0.6"; the level may be 99.5%.
  static func confidence(_ level: Double, _ interval: String) -> String {
    say(.confidence, percentNumber(level, places: abs(level * 100 - (level * 100).rounded()) < 1e-9 ? 0 : 1), interval)
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: return quantity(decimal(seconds * 1000, places: 0), "ms")
    case ..<10: return quantity(decimal(seconds, places: 1), "s")
    default:
      let whole = Int(seconds.rounded(.toNearestOrEven))
      let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
      if hours > 0 { return quantity(Drawing.integer(hours), "h") + (minutes > 0 ? " " + quantity("\(minutes)", "min") : "") }
      if minutes > 0 { return quantity("\(minutes)", "min") + (rest > 0 ? " " + quantity("\(rest)", "s") : "") }
      return quantity("\(whole)", "s")
    }
  }

  private static func bytes(_ bytes: Double) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB"]
    var (amount, unit) = (bytes, 0)
    while amount >= 999.5, unit + 1 < units.count { (amount, unit) = (amount / 1000, unit + 1) }
    return quantity(unit == 0 || amount >= 100 ? decimal(amount, places: 0) : significant(amount, digits: 2), units[unit])
  }
}

extension Value {
  /// The number that it is or estimates.
  var asInterval: Statistic.Interval? { if case .statistic(let s) = self { s.interval } else { nil } }

  /// With its article: "a statistic".
  var kindInWords: String {
    switch self {
    case .text(let text): "the text '\(text.prefix(40))'"
    case .integer(let integer): "the integer \(integer)"
    case .number(let number): "the number \(number)"
    case .boolean: "true or false"
    case .statistic: "a statistic"
    case .undefined: "an undefined value"
    case .list: "a list"
    case .object(let members): "a group of values (\(members.keys.sorted().prefix(6).joined(separator: ", ")))"
    }
  }
}
