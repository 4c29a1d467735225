import Foundation

/// Whether P waves lead the beats: what fibrillation and flutter show before QRS complexes is none.
///
/// A logistic rule of three signs weighs how sure the network is of P waves, how alike beats are where they should
/// stand, and how steady the RR intervals are. It was fitted to 843 records of PTB-XL's folds 1 to 7 (Wagner et al.,
/// Scientific Data 7 (2020), 154) with the statements SR, STACH, SBRAD, SARRH, WPW and 1AVB on one side, AFIB and AFLT
/// on the other, both sides weighing the same; its limit lies one below even odds. `Waves.md` has what it reaches.
struct AtrialRhythm {
  /// Of the beats that should have a P wave, the share that has one, 0...1.
  var share: Double
  /// From P onset to R peak, s: the median, and the median distance from it.
  var pr: (usual: Double, spread: Double)
  /// s; 0 where there is none.
  var rr: Double
  /// The median difference of neighbouring RR intervals, as a share of `rr`.
  var unsteadiness: Double
  /// How sure the network is of a P wave before a beat, the median of all beats, 0...1.
  var certainty: Double
  /// How alike the beats are before their QRS complexes (``likeness(of:before:from:to:)``), at most 1.
  var likeness: Double
  /// Whether most beats are paced from the ventricle.
  var isPaced: Bool

  /// Why P waves are not to be reported; nil where they are.
  var whyNoP: String? {
    if isPaced {
      let keepsStep = share >= 0.8 && pr.spread <= 0.012
      return keepsStep ? nil : "the ventricles are paced, and no P wave keeps step with them"
    }
    let evidence =
      3.8 * certainty + 2.7 * min(1, max(0, likeness)) - 0.8 * log(min(0.3, max(0.02, unsteadiness)))
    // Half of flutter's waves hide in the QRS complex or the T wave, and the other half stands near the beat.
    let isFlutter = rr < 0.5 && pr.usual < 0.13
    if share < 0.6 || certainty < 0.35 || evidence < 5.2 || isFlutter {
      return "no P wave stands before most beats, as in atrial fibrillation or flutter"
    }
    return nil
  }

  /// The share of the energy before beats that they have in common, without the line between a stretch's ends: about 1
  /// where all are alike, about 0 where they have nothing to do with each other.
  /// - Parameters:
  ///   - leads: `[lead][sample]`, any unit.
  ///   - from, to: how far before each peak the stretch begins and ends, in samples.
  static func likeness(of leads: [[Float]], before peaks: [Int], from: Int, to: Int) -> Double {
    guard from > to + 3 else { return 0 }
    let inside = peaks.filter { $0 - from >= 0 }
    let n = Float(inside.count)
    guard n > 2 else { return 0 }
    var (common, whole): (Float, Float) = (0, 0)
    for lead in leads {
      var sums = [Float](repeating: 0, count: from - to), squares = sums
      for peak in inside where peak - to <= lead.count {
        let stretch = lead[peak - from..<peak - to]
        let (first, last) = (stretch[stretch.startIndex], stretch[stretch.endIndex - 1])
        let step = (last - first) / Float(stretch.count - 1)
        for (i, value) in stretch.enumerated() {
          let height = value - first - step * Float(i)
          sums[i] += height
          squares[i] += height * height
        }
      }
      for (sum, square) in zip(sums, squares) {
        common += (sum * sum - square) / (n * (n - 1))  // the mean product of two different beats
        whole += square / n
      }
    }
    return whole > 0 ? Double(common / whole) : 0
  }
}
