/// The median beat of the eight independent leads in 26 pieces of time, small enough to be compared by a table.
///
/// Linear in the leads but for the median, and placed in time by what no exchange of electrodes changes, so that the
/// profile of a recording with exchanged electrodes is close to the exchanged profile of the recording: one is computed
/// for all arrangements.
struct BeatProfile: Sendable, Equatable {
  /// Borders of the pieces in units of 10 ms from the middle of the QRS complex.
  static let borders = [
    -26, -24, -22, -20, -18, -16, -14, -12, -10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10, 14, 18, 22, 26, 30, 34, 38, 42,
  ]
  static let pieces = borders.count - 1
  static let window = (before: 40, after: 50)  // in 10 ms
  static let most = 60  // beats

  var values: [Float]  // [lead * pieces + piece], mV
  var beats: Int

  /// - Parameters:
  ///   - leads: `[8][sample]` at 100 Hz in mV, in the order of ``EightLeads``; no NaN.
  ///   - beats: R peaks, as samples at 100 Hz.
  ///   - isPresent: whether a range of samples may be used.
  /// - Returns: nil with fewer than two beats that lie within the recording.
  init?(_ leads: [[Float]], beats: [Int], isPresent: (Range<Int>) -> Bool = { _ in true }) {
    let count = leads.map(\.count).min() ?? 0
    guard leads.count == EightLeads.names.count else { return nil }
    let energy = bendingEnergy(leads, count: count)
    let chosen = stride(from: 0, to: beats.count, by: max(1, (beats.count + BeatProfile.most - 1) / BeatProfile.most))
    var starts: [Int] = []
    for beat in chosen.map({ beats[$0] }) {
      let middle = centre(of: energy, near: centre(of: energy, near: beat))
      let start = middle - BeatProfile.window.before, end = middle + BeatProfile.window.after
      if start >= 0, end <= count, starts.last != start, isPresent(start..<end) { starts.append(start) }
    }
    guard starts.count > 1 else { return nil }
    self.beats = starts.count
    values = []
    let length = BeatProfile.window.before + BeatProfile.window.after
    for lead in leads {
      let levels = starts.map { median(Array(lead[$0..<$0 + length])) }
      let beat = (0..<length).map { k in median(zip(starts, levels).map { lead[$0 + k] - $1 }) }
      for (from, to) in zip(BeatProfile.borders, BeatProfile.borders.dropFirst()) {
        let piece = beat[BeatProfile.window.before + from..<BeatProfile.window.before + to]
        values.append(piece.reduce(0, +) / Float(piece.count))
      }
    }
  }

  /// - Parameter values: `[8 * pieces]`.
  init(values: [Float], beats: Int) { (self.values, self.beats) = (values, beats) }

  func lead(_ index: Int) -> ArraySlice<Float> {
    values[index * BeatProfile.pieces..<(index + 1) * BeatProfile.pieces]
  }
}

/// The squared slope of I, II, III and V1 to V6 together, which is the same however the electrodes are exchanged.
private func bendingEnergy(_ leads: [[Float]], count: Int) -> [Float] {
  var energy = [Float](repeating: 0, count: count)
  guard count > 2 else { return energy }
  for (l, lead) in leads.enumerated() {
    for i in 1..<count - 1 {
      let slope = lead[i + 1] - lead[i - 1]
      energy[i] += slope * slope
      if l == 0 {
        let third = leads[1][i + 1] - leads[1][i - 1] - slope
        energy[i] += third * third
      }
    }
  }
  return energy
}

/// The centre of the energy within 80 ms of a sample.
private func centre(of energy: [Float], near sample: Int) -> Int {
  let from = max(0, sample - 8), to = min(energy.count - 1, sample + 8)
  guard from <= to else { return sample }
  var (sum, moment): (Float, Float) = (0, 0)
  for i in from...to { (sum, moment) = (sum + energy[i], moment + energy[i] * Float(i - sample)) }
  return sum > 0 ? sample + Int((moment / sum).rounded()) : sample
}
