import Foundation
import TestSupport

@testable import Measurement

/// A 12-lead recording, damaged at random; and whether a stated rule calls it damaged.
///
/// | kind | what happens | counts when |
/// | --- | --- | --- |
/// | noise | white Gaussian noise, SD 0.01 to 0.5 mV, for 3 s to all, in 1 to 12 leads | its SD is 0.06 mV or more |
/// | wander | two sines of 0.05 to 0.4 Hz, 0.3 to 10 mV peak to peak, in 1 to 12 leads | 4 mV or more |
/// | flat | the last value stays (2 µV of noise), for 0.5 s to all, in 1 to 12 leads | 3 s or more |
/// | missing | samples are lost, for 0.1 s to all, in 1 to 12 leads | 0.5 s or more |
/// | clipping | cut at 20 to 100 % of the farthest from the median, in 1 to 12 leads | 2 % of a lead's samples go |
/// | mains | 50 or 60 Hz, 0.01 to 0.5 mV, in 1 to 12 leads (500 Hz only) | 0.1 mV or more |
/// | limb leads | one of the five exchanges of RA, LA, LL | always |
/// | right leg | RA or LA exchanged with RL (whose potential is LL's but for 3 % of II) | always |
/// | precordial | two neighbours, V1/V3, V2/V4, V1/V6, V1 to V3 rotated, all reversed | always |
/// | inverted | every lead upside down | always |
///
/// Grave, so that nothing may be said of the recording: noise of 0.15 mV or more, flat or missing, for 6 s or more in
/// seven leads or more.
struct QualityCorruption {
  enum Kind: String, CaseIterable, Sendable {
    case noise, wander, flat, missing, clipping, mains
    case limb = "limb leads", rightLeg = "right leg", precordial, inverted
  }
  static let names = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]

  var kind: Kind
  var detail = ""
  var counts = true
  var isGrave = false
  var leads: [[Float]]  // [12][sample], mV

  init(_ kind: Kind, of leads: [[Float]], rate: Double, using random: inout SeededGenerator) {
    self.kind = kind
    self.leads = leads
    let count = leads[0].count
    let chosen = leads.indices.shuffled(using: &random).prefix(Int.random(in: 1...12, using: &random))
    func logUniform(_ range: ClosedRange<Double>) -> Double {
      exp(Double.random(in: log(range.lowerBound)...log(range.upperBound), using: &random))
    }
    func stretch(atLeast seconds: Double) -> Range<Int> {
      let least = min(count, Int(seconds * rate))
      let length = Int.random(in: least...count, using: &random)
      let start = Int.random(in: 0...count - length, using: &random)
      return start..<start + length
    }
    func isMost(_ stretch: Range<Int>) -> Bool { chosen.count >= 7 && Double(stretch.count) >= 6 * rate }
    switch kind {
    case .noise:
      let sd = logUniform(0.01...0.5)
      let span = stretch(atLeast: 3)
      for l in chosen { for i in span { self.leads[l][i] += Float(sd * gaussian(&random)) } }
      counts = sd >= 0.06
      isGrave = sd >= 0.15 && isMost(span)
    case .wander:
      let height = logUniform(0.3...10)
      let (f1, f2) = (Double.random(in: 0.05...0.4, using: &random), Double.random(in: 0.05...0.4, using: &random))
      let phase = Double.random(in: 0..<2 * Double.pi, using: &random)
      let curve = (0..<count).map { i in
        sin(2 * Double.pi * f1 * Double(i) / rate + phase) + 0.5 * sin(2 * Double.pi * f2 * Double(i) / rate)
      }
      let scale = height / max(1e-9, (curve.max() ?? 1) - (curve.min() ?? 0))
      for l in chosen { for i in 0..<count { self.leads[l][i] += Float(scale * curve[i]) } }
      counts = height >= 4
    case .flat:
      let span = stretch(atLeast: 0.5)
      for l in chosen {
        let value = leads[l][span.lowerBound]
        for i in span { self.leads[l][i] = value + Float(0.002 * gaussian(&random)) }
      }
      counts = Double(span.count) >= 3 * rate
      isGrave = isMost(span)
    case .missing:
      let span = stretch(atLeast: 0.1)
      for l in chosen { for i in span { self.leads[l][i] = .nan } }
      counts = Double(span.count) >= 0.5 * rate
      isGrave = isMost(span)
    case .clipping:
      let share = Float.random(in: 0.2...1, using: &random)
      var cut = 0
      for l in chosen {
        let middle = median(leads[l])
        let limit = share * (leads[l].map { abs($0 - middle) }.max() ?? 0)
        self.leads[l] = leads[l].map { min(middle + limit, max(middle - limit, $0)) }
        cut = max(cut, zip(leads[l], self.leads[l]).lazy.filter { $0 != $1 }.count)
      }
      counts = Double(cut) >= 0.02 * Double(count)
    case .mains:
      let frequency = Bool.random(using: &random) ? 50.0 : 60.0
      let amplitude = logUniform(0.01...0.5)
      for l in chosen {
        for i in 0..<count { self.leads[l][i] += Float(amplitude * sin(2 * Double.pi * frequency * Double(i) / rate)) }
      }
      counts = amplitude >= 0.1
    case .limb, .precordial, .inverted:
      let part: ElectrodeArrangement.Part = kind == .limb ? .limb : kind == .precordial ? .chest : .all
      let choices = ElectrodeArrangement.allCases.filter { $0.part == part }
      guard let arrangement = choices.randomElement(using: &random) else { return }
      detail = arrangement.words
      let observed = arrangement.applied(to: Array(([0, 1] + Array(6..<12)).map { leads[$0] }.joined()))
      let eight = (0..<8).map { Array(observed[$0 * count..<($0 + 1) * count]) }
      self.leads = twelve(eight[0], eight[1], Array(eight[2...]))
    case .rightLeg:
      let isRight = Bool.random(using: &random)
      detail = isRight ? "RA/RL" : "LA/RL"
      let third = zip(leads[1], leads[0]).map { $0 - $1 }
      // RA on the right leg: II is next to nothing, I is −III, and the chest leads' reference moves by II / 3;
      // LA on the right leg: III is next to nothing, I is II, and it moves by III / 3.
      let first = isRight ? third.map { -$0 } : zip(leads[1], leads[1]).map { $0 + 0.03 * $1 }
      let second = isRight ? leads[1].map { -0.03 * $0 } : leads[1]
      let shift = isRight ? leads[1] : third
      self.leads = twelve(first, second, (6..<12).map { l in zip(leads[l], shift).map { $0 - $1 / 3 } })
    }
  }
}

/// Box & Muller, Ann. Math. Stat. 29 (1958), 610-611.
func gaussian(_ random: inout SeededGenerator) -> Double {
  (-2 * log(Double.random(in: 1e-12..<1, using: &random))).squareRoot()
    * cos(2 * Double.pi * Double.random(in: 0..<1, using: &random))
}

/// Twelve leads of I, II and V1 to V6, by Einthoven's law and Goldberger's means.
func twelve(_ first: [Float], _ second: [Float], _ chest: [[Float]]) -> [[Float]] {
  let both = Array(zip(first, second))
  return [
    first, second, both.map { $1 - $0 }, both.map { -($0 + $1) / 2 }, both.map { $0 - $1 / 2 },
    both.map { $1 - $0 / 2 },
  ] + chest
}
