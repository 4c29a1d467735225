/// Whether a second of a lead can be read: at least half of it is there, it moves, but by 15 mV at most, and the median
/// bend over 16 ms (|x(t − 8 ms) − 2 x(t) + x(t + 8 ms)|) is at most 0.15 mV, which is that of a noise of 0.09 mV.
func isReadable(_ second: ArraySlice<Float>, rate: Double) -> Bool {
  let reach = max(1, Int((0.008 * rate).rounded()))
  var (least, most, missing) = (Float.infinity, -Float.infinity, 0)
  for value in second {
    if abs(value) < 1e4 { (least, most) = (min(least, value), max(most, value)) } else { missing += 1 }
  }
  guard 2 * missing <= second.count, most - least >= 0.0005, most - least <= 15 else { return false }
  var (noisy, bends) = (0, 0)
  var i = second.startIndex + reach
  while i + reach < second.endIndex {
    bends += 1
    if abs(second[i - reach] - 2 * second[i] + second[i + reach]) > 0.15 { noisy += 1 }
    i += reach
  }
  return 2 * noisy <= bends
}

/// The share of whole seconds of a lead that cannot be read, 0...1.
func unreadableShare(of lead: [Float], rate: Double) -> Double {
  let second = max(1, Int(rate))
  let starts = stride(from: 0, through: max(0, lead.count - second), by: second)
  var (unreadable, all) = (0, 0)
  for start in starts {
    all += 1
    if !isReadable(lead[start..<min(lead.count, start + second)], rate: rate) { unreadable += 1 }
  }
  return Double(unreadable) / Double(max(1, all))
}
