/// The value below which a share of the sorted values lies, between two values in proportion (numpy's default, type 7
/// of Hyndman & Fan, The American Statistician 50 (1996), 361-365).
/// - Parameters:
///   - share: 0...1.
///   - sorted: at least one value, rising.
func quantile(_ share: Double, ofSorted sorted: [Double]) -> Double {
  let place = share * Double(sorted.count - 1)
  let below = min(max(Int(place), 0), sorted.count - 1)
  let above = min(below + 1, sorted.count - 1)
  return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
}
