/// P-values adjusted for being several, by Holm's method: the chance of a single false rejection stays below the level,
/// however the tests depend on each other.
///
/// The k-th smallest of m is multiplied by m - k + 1; none is below the one before it, and none is above 1.
///
/// - Parameter pValues: nil where there is no test; such are not counted.
/// - Source: Holm, Scandinavian Journal of Statistics 6 (1979), 65-70; equals R's `p.adjust(method = "holm")`.
public func holm(_ pValues: [Double?]) -> [Double?] {
  let order = pValues.indices.filter { pValues[$0] != nil }
    .sorted { (pValues[$0] ?? 1, $0) < (pValues[$1] ?? 1, $1) }
  var adjusted = pValues
  var highest = 0.0
  for (place, i) in order.enumerated() {
    highest = max(highest, min(1, Double(order.count - place) * (pValues[i] ?? 1)))
    adjusted[i] = highest
  }
  return adjusted
}
