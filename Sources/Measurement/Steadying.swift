/// What the beats of a recording tell about each other's boundaries.
///
/// Beats of one morphology have their boundaries in a lead at about the same distance from the R peak. So each is moved
/// four tenths of the way toward the median of up to 17 around it, where three or more tell it; one that lies far from
/// it is taken for a mistake and set to it.
struct Steadying: Sendable {
  let rate: Double  // Hz
  let morphology: [Int]  // per beat
  let aligned: [Int]  // per beat, the sample of its R peak, as that of others of its morphology lies

  /// - Parameter beats: `[lead][beat]`.
  func steadied(_ beats: [[Delineation.LeadBeat]]) -> [[Delineation.LeadBeat]] {
    let count = 1 + (morphology.max() ?? -1)
    var members = [[Int]](repeating: [], count: count)
    for (beat, m) in morphology.enumerated() { members[m].append(beat) }
    return beats.map { lead in
      var lead = lead
      for own in members where own.count >= 3 {
        // How far from the median a boundary may lie, s.
        steady(&lead, own, \.p, limit: 0.04)
        steady(&lead, own, \.qrs, limit: 0.03)
        steady(&lead, own, \.t, limit: 0.06)
      }
      return lead
    }
  }

  private func steady(
    _ lead: inout [Delineation.LeadBeat], _ own: [Int], _ wave: WritableKeyPath<Delineation.LeadBeat, Wave?>,
    limit: Double
  ) {
    for boundary in [\Wave.onset, \Wave.end] {
      let offsets = own.map { beat in lead[beat][keyPath: wave]?[keyPath: boundary].map { Double($0 - aligned[beat]) } }
      for (k, beat) in own.enumerated() {
        let near = offsets[max(0, k - 8)..<min(own.count, k + 9)].compactMap { $0 }
        guard near.count >= 3, let offset = offsets[k], var steady = lead[beat][keyPath: wave] else { continue }
        let usual = median(near)
        let moved = abs(offset - usual) > limit * rate ? usual : offset + 0.4 * (usual - offset)
        steady[keyPath: boundary] = aligned[beat] + Int(moved.rounded())
        if let onset = steady.onset, let end = steady.end, onset > end { continue }
        lead[beat][keyPath: wave] = steady
      }
    }
  }
}
