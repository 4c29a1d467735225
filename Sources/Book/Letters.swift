/// The letters that count what has no numbers: notes, panels, works of one year; a … z, then aa, ab …
func letters(_ index: Int, from first: UInt8 = UInt8(ascii: "a")) -> String {
  let (high, low) = index.quotientAndRemainder(dividingBy: 26)
  return (high == 0 ? "" : letters(high - 1, from: first)) + String(UnicodeScalar(first + UInt8(low)))
}
