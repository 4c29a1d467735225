/// What is known of a beat before its kind is.
struct BeatContext: Sendable {
  var peak: Int  // sample
  var morphology: Int  // 0: the dominant one
  var isPaced: Bool  // a spike stands before it
  var hasP: Bool?  // nil: P waves were not looked for
  var isClear: Bool  // a QRS complex for certain
}

/// Tells beats apart by time, shape and width.
///
/// Premature is what comes after less than 85 % of the usual interval (the median of the eight before and after).
/// Another shape than the dominant one that is at least 110 ms wide, and 15 ms wider than that, is ventricular if it is
/// premature or has no P wave. Where P waves were not looked for, it is ventricular only if it is premature, here also
/// against the eight intervals before it alone, or follows a ventricular one at more than 90 a minute. At another time
/// it may as well be conducted with bundle branch block or preexcitation, paced, or an escape, and is unclassified.
/// A premature beat of another kind is supraventricular if the interval is below 82 % and follows one that is not
/// short; not where intervals are so scattered that nothing can be premature.
enum BeatKinds {
  /// - Parameters:
  ///   - widths: per morphology the duration of its QRS complex, s; nil where it has no clear boundaries.
  ///   - rate: Hz.
  static func kinds(of beats: [BeatContext], widths: [Double?], rate: Double) -> [(kind: Beat.Kind, isPremature: Bool)]
  {
    let intervals = zip(beats.dropFirst(), beats).map { Double($0.peak - $1.peak) / rate }
    let usualOfAll = median(intervals)
    let dominantWidth = widths.first.flatMap { $0 } ?? 0.1
    // A shape that follows a spike in three beats of ten is a paced one, also where the spike was too small to be seen.
    var (paced, all): ([Int: Int], [Int: Int]) = ([:], [:])
    for beat in beats {
      all[beat.morphology, default: 0] += 1
      if beat.isPaced { paced[beat.morphology, default: 0] += 1 }
    }
    let pacedShapes = Set(paced.filter { 10 * $0.value >= 3 * (all[$0.key] ?? 0) }.keys)
    var kinds: [(kind: Beat.Kind, isPremature: Bool)] = []
    for (i, beat) in beats.enumerated() {
      if beat.isPaced || pacedShapes.contains(beat.morphology) {
        kinds.append((.paced, false))
        continue
      }
      let near = Array(intervals[min(intervals.count, max(0, i - 9))..<min(intervals.count, i + 8)])
      let usual = near.isEmpty ? usualOfAll : median(near)
      let before = i > 0 ? intervals[i - 1] : usual
      let isEarly = before < 0.85 * usual
      let width = widths.indices.contains(beat.morphology) ? widths[beat.morphology] : nil
      // In a rhythm without a beat, as atrial fibrillation is, nothing comes too early.
      let isOrdered = 2 * near.count { abs($0 - usual) <= 0.15 * usual } >= near.count
      if beat.morphology != 0, let width, width >= 0.11, width >= dominantWidth + 0.015, beat.hasP != true || isEarly {
        let isEarlyAfterThose = i > 1 && before < 0.85 * median(Array(intervals[max(0, i - 9)..<i - 1]))
        let followsOne = before < LongRhythm.fast.lasts && kinds.last?.kind == .ventricular
        let isVentricular = beat.hasP != nil || isEarly || isEarlyAfterThose || followsOne
        kinds.append((isVentricular ? .ventricular : .unclassified, isEarly))
      } else if isOrdered, before < 0.82 * usual, i < 2 || intervals[i - 2] > 0.85 * usual {
        kinds.append((.supraventricular, true))
      } else if beat.morphology != 0, width == nil || !beat.isClear {
        kinds.append((.unclassified, false))
      } else {
        kinds.append((.normal, false))
      }
    }
    return kinds
  }

  /// The morphologies, the dominant one first: the one with most beats; but where another has three in ten of all and
  /// is narrower by 20 ms, as in bigeminy, that one. Then by their number of beats.
  /// - Parameters:
  ///   - counts: beats per morphology.
  ///   - widths: s, per morphology.
  static func order(counts: [Int], widths: [Double?]) -> [Int] {
    let total = counts.reduce(0, +)
    var order = counts.indices.sorted { (counts[$1], $0) < (counts[$0], $1) }
    if let first = order.first, let width = widths[first],
      let other = order.dropFirst().first(where: { m in
        10 * counts[m] >= 3 * total && (widths[m].map { $0 < width - 0.02 } ?? false)
      })
    {
      order.removeAll { $0 == other }
      order.insert(other, at: 0)
    }
    return order
  }
}
