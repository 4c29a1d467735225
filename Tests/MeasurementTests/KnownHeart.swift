import Foundation
@testable import Measurement
import TestSupport
@testable import WFDB

/// A heart of which everything is known: raised cosines with exact ends, seen from the angles of the limb leads.
struct KnownHeart {
  var rate = 500.0  // Hz
  var seconds = 10.0
  var rr: [Double] = [0.8]  // s, taken in turn
  var pAxis = 50.0, qrsAxis = 30.0, tAxis = 40.0  // degrees
  var pAmplitude = 0.15, qrsAmplitude = 1.2, tAmplitude = 0.35  // mV
  var pr = 0.16, pWidth = 0.1, qrsWidth = 0.09, qt = 0.39, tWidth = 0.17  // s
  var noise = 0.0  // mV, standard deviation
  var ventricular: Set<Int> = []  // beats that are wide, without P wave, and of another shape

  /// Times of the QRS onsets, s.
  var onsets: [Double] {
    var onsets: [Double] = []
    var time = 0.4
    while time < seconds - 0.6 {
      onsets.append(time)
      time += rr[onsets.count % rr.count]
    }
    return onsets
  }

  static let limbs: [(name: String, angle: Double, gain: Double)] = [
    ("I", 0, 1), ("II", 60, 1), ("III", 120, 1), ("aVR", -150, 0.75.squareRoot()), ("aVL", -30, 0.75.squareRoot()),
    ("aVF", 90, 0.75.squareRoot()),
  ]

  /// One lead, mV.
  func lead(angle: Double, gain: Double = 1, seed: UInt64 = 1) -> [Double] {
    var samples = [Double](repeating: 0, count: Int(seconds * rate))
    func add(_ from: Double, _ width: Double, _ height: Double, _ axis: Double) {
      let height = height * gain * cos((axis - angle) * .pi / 180)
      for i in max(0, Int(from * rate))...min(samples.count - 1, Int((from + width) * rate) + 1) {
        let place = (Double(i) / rate - from) / width
        if place > 0, place < 1 { samples[i] += height * (1 - cos(2 * .pi * place)) / 2 }
      }
    }
    for (beat, onset) in onsets.enumerated() {
      if ventricular.contains(beat) {
        add(onset, 0.15, 1.5 * qrsAmplitude, qrsAxis - 100)
        add(onset + 0.2, 0.2, -0.4, qrsAxis - 100)
        continue
      }
      add(onset - pr, pWidth, pAmplitude, pAxis)
      // q, R, s with the net area along the axis
      add(onset, 0.25 * qrsWidth, -0.1 * qrsAmplitude, qrsAxis)
      add(onset + 0.2 * qrsWidth, 0.6 * qrsWidth, qrsAmplitude, qrsAxis)
      add(onset + 0.7 * qrsWidth, 0.3 * qrsWidth, -0.2 * qrsAmplitude, qrsAxis)
      add(onset + qt - tWidth, tWidth, tAmplitude, tAxis)
    }
    if noise > 0 {
      var generator = SeededGenerator(seed: seed)
      for i in samples.indices {
        let uniform = (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &generator) }
        samples[i] += noise * uniform
      }
    }
    return samples
  }

  func record(leads names: [String] = ["I", "II", "III", "aVR", "aVL", "aVF"]) throws -> Record {
    let leads = Self.limbs.filter { names.contains($0.name) }.enumerated().map { index, limb in
      Lead(name: limb.name, units: "mV", samples: lead(angle: limb.angle, gain: limb.gain, seed: UInt64(index + 1)))
    }
    return try recording(leads, rate: rate)
  }
}

/// A record that was never in a file.
func recording(_ leads: [Lead], rate: Double) throws -> Record {
  var header = try Header(parsing: "known 0")
  header.samplingFrequency = rate
  return Record(
    name: "known", samplingFrequency: rate, sampleCount: leads.first?.samples.count ?? 0, leads: leads, comments: [],
    warnings: [], header: header)
}
