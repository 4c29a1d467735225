import Wording

// How a number reads: in prose, in tables, on axes and in descriptions alike. No locale has a say, only the language of
// what is written: it gives the sign before decimals.
//
// Rounding is to the nearest, ties to even, on the shortest decimal text that means the number: 0.125 → 0.12,
// 0.135 → 0.14, whatever the binary digits behind it. Minus signs are U+2212, ranges have an en dash, thousands a
// narrow no-break space (U+202F) from five digits on, units a no-break space (U+00A0) before them.

/// A fixed number of decimal places: `decimal(0.9285, places: 3)` is "0.928".
/// Not a number is "undefined"; the infinities are "∞" and "−∞". A value that rounds to zero has no sign.
public func decimal(_ x: Double, places: Int) -> String {
  x.isNaN ? say(.undefined) : decimal(x, places: places, minus: "\u{2212}", sign: Language.current.decimalSign)
}

/// A fixed number of significant digits, never with an exponent: `significant(1234, digits: 2)` is "1200".
public func significant(_ x: Double, digits: Int) -> String {
  guard x.isFinite, x != 0 else { return decimal(x, places: max(digits - 1, 0)) }
  let count = max(digits, 1)
  let rounded = DecimalDigits(x).rounded(toExponent: DecimalDigits(x).exponent - count + 1)
  return rounded.text(
    places: max(0, count - 1 - rounded.exponent), minus: "\u{2212}", sign: Language.current.decimalSign)
}

/// A whole number, thousands apart from 10 000 on: "4321", "19 634".
public func integer(_ x: Int) -> String {
  let digits = Array(String(x.magnitude))
  guard digits.count > 4 else { return (x < 0 ? "\u{2212}" : "") + String(digits) }
  var text = ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text.append("\u{202F}") }
    text.append(digit)
  }
  return (x < 0 ? "\u{2212}" : "") + text
}

/// A share as a percentage: `percent(0.0735, places: 1)` is "7.4%" (half to even on 7.35).
public func percent(_ share: Double, places: Int) -> String {
  guard share.isFinite else { return decimal(share, places: places) }
  return say(.percent, percentNumber(share, places: places))
}

/// A finite share as the number of a percentage, without its sign: for the lower bound of an interval.
public func percentNumber(_ share: Double, places: Int) -> String {
  var digits = DecimalDigits(share)
  digits.exponent += 2  // exact, unlike a multiplication by 100
  return digits.rounded(toExponent: -max(places, 0))
    .text(places: max(places, 0), minus: "\u{2212}", sign: Language.current.decimalSign)
}

/// A probability with two places; one that is not 0 or 1 never reads as if it were: "<0.01", ">0.99".
public func probability(_ p: Double) -> String {
  if p > 0, p < 0.005 { return "<" + decimal(0.01, places: 2) }
  if p < 1, p >= 0.995 { return ">" + decimal(0.99, places: 2) }
  return decimal(p, places: 2)
}

/// A p-value with three places: "0.032", "< 0.001".
public func pValue(_ p: Double) -> String { (p < 0.001 ? "<\u{00A0}" : "") + decimal(max(p, 0.001), places: 3) }

/// An interval: "0.921–0.934"; with a negative bound "−0.5 to 0.3", where a dash could be read as a sign.
public func interval(_ lower: Double, _ upper: Double, places: Int) -> String {
  let (low, high) = (decimal(lower, places: places), decimal(upper, places: places))
  return lower < 0 || upper < 0 ? say(.range, low, high) : "\(low)\u{2013}\(high)"
}

/// A number and its unit, never parted by a line's end: "25 mm/s".
public func quantity(_ number: String, _ unit: String) -> String { "\(number)\u{00A0}\(unit)" }

/// With the plain word for one: `counted(1, "record")` is "1 record", `counted(2, "class", "classes")` "2 classes".
public func counted(_ n: Int, _ one: String, _ many: String? = nil) -> String {
  "\(integer(n))\u{00A0}\(n == 1 ? one : many ?? one + "s")"
}

/// What is said of one or of more: a phrase with two forms, the number in its first place.
public func say(_ phrase: Phrase, count: Int, _ values: String...) -> String {
  Language.current.text(of: phrase, form: count == 1 ? 0 : 1, [integer(count)] + values)
}

/// The same with the signs that machines read.
func decimal(_ x: Double, places: Int, minus: String, sign: String = ".") -> String {
  if x.isNaN { return "undefined" }
  if x.isInfinite { return (x < 0 ? minus : "") + "∞" }
  let places = max(places, 0)
  return DecimalDigits(x).rounded(toExponent: -places).text(places: places, minus: minus, sign: sign)
}

/// A number as decimal digits: d₀.d₁d₂… × 10^exponent.
private struct DecimalDigits {
  var isNegative: Bool
  var digits: [UInt8]  // 0...9, the first not 0; empty for zero
  var exponent: Int  // of the first digit

  /// From the shortest text that reads back as the same number, which is what Swift prints.
  init(_ x: Double) {
    isNegative = x < 0
    var (exponent, point, seenPoint, allDigits) = (0, 0, false, [UInt8]())
    let parts = "\(x.magnitude)".split(separator: "e")
    for character in parts.first.map(String.init)?.utf8 ?? "".utf8 {
      if character == UInt8(ascii: ".") {
        seenPoint = true
      } else {
        allDigits.append(character &- UInt8(ascii: "0"))
        if !seenPoint { point += 1 }
      }
    }
    if parts.count > 1 { exponent = Int(parts[1]) ?? 0 }
    let leading = allDigits.prefix { $0 == 0 }.count
    digits = Array(allDigits.dropFirst(leading))
    self.exponent = point - 1 - leading + exponent
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { self.exponent = 0 }
  }

  /// Rounded to a multiple of 10^`place`, ties to even.
  func rounded(toExponent place: Int) -> DecimalDigits {
    let kept = exponent - place + 1
    guard !digits.isEmpty, kept < digits.count else { return self }
    var result = self
    guard kept >= 0 else {
      (result.digits, result.exponent) = ([], 0)
      return result
    }
    let rest = digits[kept...]
    let last = kept > 0 ? digits[kept - 1] : 0
    let isTie = rest.first == 5 && rest.count == 1
    let up = isTie ? last % 2 == 1 : (rest.first ?? 0) >= 5
    result.digits = Array(digits[..<kept])
    if up {
      var index = kept - 1
      while index >= 0, result.digits[index] == 9 {
        result.digits[index] = 0
        index -= 1
      }
      if index >= 0 {
        result.digits[index] += 1
      } else {
        result.digits.insert(1, at: 0)
        result.exponent += 1
      }
    }
    while result.digits.last == 0 { result.digits.removeLast() }
    if result.digits.isEmpty { result.exponent = 0 }
    return result
  }

  /// Positional notation with `places` digits behind the point.
  func text(places: Int, minus: String, sign: String) -> String {
    func digit(_ power: Int) -> Character {
      let index = exponent - power
      return Character(UnicodeScalar(UInt8(ascii: "0") + (digits.indices.contains(index) ? digits[index] : 0)))
    }
    var text = isNegative && !digits.isEmpty ? minus : ""
    for power in stride(from: digits.isEmpty ? 0 : max(exponent, 0), through: 0, by: -1) { text.append(digit(power)) }
    if places > 0 {
      text += sign
      for power in 1...places { text.append(digits.isEmpty ? "0" : digit(-power)) }
    }
    return text
  }
}
