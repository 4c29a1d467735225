/// The decimal number that begins at `position`: sign, digits, point, and an exponent if there is one.
///
/// - Parameters:
///   - position: of its first byte; afterwards of the byte behind it, or unchanged where there is no number.
///   - end: where the text ends.
///   - point: between whole and fraction.
/// - Returns: the nearest `Double`, infinite where none is as great; nil where no digit is.
public func decimalNumber(
  in bytes: [UInt8], at position: inout Int, end: Int, point: UInt8 = UInt8(ascii: ".")
) -> Double? {
  let first = position
  var next = position
  let end = min(end, bytes.count)
  guard first >= 0, first < end else { return nil }
  let isNegative = bytes[next] == UInt8(ascii: "-")
  if isNegative || bytes[next] == UInt8(ascii: "+") { next += 1 }
  var (seen, digits, significant, fraction, hasPoint) = (0, 0, 0, 0, false)
  while next < end {
    let byte = bytes[next]
    if byte == point, !hasPoint {
      hasPoint = true
    } else if case let digit = Int(byte) - 0x30, (0...9).contains(digit) {
      if digits < 15 { significant = significant &* 10 &+ digit }
      if hasPoint { fraction += 1 }
      seen += 1
      if digits > 0 || digit > 0 { digits += 1 }  // leading zeros do not count
    } else {
      break
    }
    next += 1
  }
  guard seen > 0 else { return nil }
  if next < end, bytes[next] | 0x20 == UInt8(ascii: "e") {
    var ahead = next + 1
    if ahead < end, bytes[ahead] == UInt8(ascii: "-") || bytes[ahead] == UInt8(ascii: "+") { ahead += 1 }
    if ahead < end, (0x30...0x39).contains(bytes[ahead]) {
      while ahead < end, (0x30...0x39).contains(bytes[ahead]) { ahead += 1 }
      (next, digits) = (ahead, .max)  // the slow way below
    }
  }
  position = next
  // Both operands are exact, so one rounding gives the nearest Double.
  if digits <= 15, fraction < powersOfTen.count {
    let magnitude = Double(significant) / powersOfTen[fraction]
    return isNegative ? -magnitude : magnitude
  }
  let text = bytes[first..<next].map { $0 == point ? UInt8(ascii: ".") : $0 }
  return Double(String(decoding: text, as: UTF8.self)) ?? (isNegative ? -.infinity : .infinity)
}

private let powersOfTen: [Double] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21,
  1e22,
]
