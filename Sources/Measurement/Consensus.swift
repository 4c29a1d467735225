/// Boundaries over all leads together, from those of each.
///
/// A global interval runs from the earliest onset to the latest end in any lead (IEC 60601-2-51, 2003, annex on global
/// measurements; CSE Working Party, Eur. Heart J. 6 (1985), 815-825). So that one noisy lead does not speak for all,
/// the extreme must be confirmed: another lead lies within `tolerance` of it. What no other lead confirms is left out,
/// until half of the leads have spoken.
enum Consensus {
  /// - Parameters:
  ///   - onsets: one per lead that has one, any unit of time.
  ///   - tolerance: in that unit.
  static func earliest(_ onsets: [Double], tolerance: Double) -> Double? {
    let sorted = onsets.filter(\.isFinite).sorted()
    guard let first = sorted.first else { return nil }
    guard sorted.count > 1 else { return first }
    if sorted.count == 2 {  // nothing confirms: the earlier, unless they contradict each other
      return sorted[1] - sorted[0] <= 3 * tolerance ? sorted[0] : (sorted[0] + sorted[1]) / 2
    }
    for i in 0...(sorted.count - 1) / 2 where i + 1 < sorted.count && sorted[i + 1] - sorted[i] <= tolerance {
      return sorted[i]
    }
    return sorted[(sorted.count - 1) / 2]
  }

  static func latest(_ ends: [Double], tolerance: Double) -> Double? {
    earliest(ends.map { -$0 }, tolerance: tolerance).map { -$0 }
  }
}
