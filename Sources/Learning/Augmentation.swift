import Foundation
import Torch

/// Random changes of a training window, so that a network does not learn what says nothing: electrodes a little off, a
/// patient who breathes, mains hum, a lead that fell off. Units are those of standardized signals: 1 is the deviation of
/// the training records.
public struct Augmentation: Sendable, Codable, Equatable {
  /// The amplitude is multiplied by e^x, x normal with this deviation: one factor for all leads.
  public var scale = 0.0
  /// Each lead gets a constant, normal with this deviation.
  public var shift = 0.0
  /// Each sample gets white noise of this deviation.
  public var noise = 0.0
  /// Each lead gets a sine of 0.05 to 0.5 Hz, as breathing makes it, with an amplitude up to this.
  public var wander = 0.0
  /// The probability with which a lead is set to 0.
  public var leadDropout = 0.0

  public init() {}

  var isNone: Bool { self == Augmentation() }

  /// Changes a standardized window `[leads, samples]` in place.
  func apply(
    to window: UnsafeMutableBufferPointer<Float>, leads: Int, rate: Double, using random: inout SplitMix64
  ) {
    guard !isNone else { return }
    let samples = window.count / leads
    let factor = scale > 0 ? Float(exp(scale * random.nextNormal())) : 1
    for lead in 0..<leads {
      let part = (lead * samples)..<((lead + 1) * samples)
      if leadDropout > 0, random.nextUniform() < leadDropout {
        for i in part { window[i] = 0 }
        continue
      }
      let offset = shift > 0 ? Float(shift * random.nextNormal()) : 0
      for i in part { window[i] = window[i] * factor + offset }
      if wander > 0 {
        let amplitude = wander * random.nextUniform()
        let step = 2 * Double.pi * (0.05 + 0.45 * random.nextUniform()) / rate
        let phase = 2 * Double.pi * random.nextUniform()
        for i in part { window[i] += Float(amplitude * sin(phase + step * Double(i - part.lowerBound))) }
      }
      if noise > 0 { for i in part { window[i] += Float(noise * random.nextNormal()) } }
    }
  }
}

extension SplitMix64 {
  /// A standard normal number: Box & Muller, Ann. Math. Stat. 29 (1958), 610–611.
  mutating func nextNormal() -> Double {
    (-2 * log(1 - nextUniform())).squareRoot() * cos(2 * .pi * nextUniform())
  }
}

extension SplitMix64 {
  /// A number of Beta(a, a): Jöhnk, Metrika 8 (1964), 5–15; for small a.
  mutating func nextBeta(_ a: Double) -> Double {
    for _ in 0..<1000 {
      let (x, y) = (pow(nextUniform(), 1 / a), pow(nextUniform(), 1 / a))
      if x + y > 0, x + y <= 1 { return x / (x + y) }
    }
    return 0.5
  }
}
