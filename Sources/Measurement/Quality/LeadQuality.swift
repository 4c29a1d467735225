import Foundation

/// What disturbs one lead, in numbers.
public struct LeadQuality: Sendable, Equatable {
  public var lead: String
  public var missingShare: Double  // 0...1 of the samples
  public var wander: Double  // mV, peak to peak below about 0.5 Hz
  public var noise: Double  // µV, the median over seconds of the standard deviation above 20 Hz, outside QRS complexes
  public var worstNoise: Double  // µV, of the noisiest two seconds in a row
  public var mains50, mains60: Measured  // µV, amplitude
  public var clippedShare: Double  // 0...1
  public var flatSeconds: Double
  public var amplitude: Double  // mV, the median over 1.5 s of peak to peak, without wander
  public var greatest: Double  // mV, the largest absolute value
  public var readableSeconds: Double
}

/// One lead, looked at second by second.
struct LeadExamination {
  let rate: Double
  let rule: QualityRule
  private(set) var quality: LeadQuality
  private(set) var findings: [QualityFinding] = []
  /// Whether so little is readable that nothing should be derived from it.
  private(set) var isUsable = false

  /// - Parameter samples: mV, NaN where missing; at least one.
  init(lead name: String, _ samples: [Float], rate: Double, beats: [Int], rule: QualityRule) {
    (self.rate, self.rule) = (rate, rule)
    let present = samples.map { $0.isFinite && abs($0) < 1e6 }
    var lead = zip(samples, present).map { $1 ? $0 : Float.nan }
    bridgeGaps(&lead)
    let missing = present.lazy.filter { !$0 }.count
    let seconds = Seconds(count: lead.count, rate: rate)

    let slow = SlowPart(of: lead, rate: rate)
    let fast = FastPart(of: lead, rate: rate)
    let isQuiet = outsideComplexes(count: lead.count, beats: beats, rate: rate)
    let noise = noiseBySecond(fast.samples, seconds, isQuiet: isQuiet)
    let flat = flatRuns(lead, rate: rate, rule)
    let clipped = clippedRuns(lead, rate: rate)

    var readable = [Bool](repeating: true, count: seconds.count)
    for s in 0..<seconds.count {
      let range = seconds.range(s)
      if noise[s] > rule.tooNoisy || !present[range].allSatisfy({ $0 }) { readable[s] = false }
      if (flat + clipped).contains(where: { $0.overlaps(range) }) { readable[s] = false }
    }
    if slow.range > rule.wanderingTooFar {
      for s in 0..<seconds.count where slow.range(in: seconds.range(s)) > 0.5 { readable[s] = false }
    }
    let pairs = noise.count > 1 ? zip(noise, noise.dropFirst()).map { min($0, $1) } : noise
    let length = Double(samples.count) / rate
    let readableShare = Double(readable.lazy.filter { $0 }.count) / Double(max(1, seconds.count))
    let clippedSamples = clipped.reduce(0) { $0 + $1.count }, flatSamples = flat.reduce(0) { $0 + $1.count }
    quality = LeadQuality(
      lead: name, missingShare: Double(missing) / Double(max(1, samples.count)), wander: slow.range,
      noise: median(noise), worstNoise: pairs.max() ?? 0,
      mains50: mains(50, in: fast, seconds, rate: rate), mains60: mains(60, in: fast, seconds, rate: rate),
      clippedShare: Double(clippedSamples) / Double(max(1, samples.count)),
      flatSeconds: Double(flatSamples) / rate, amplitude: slow.amplitude,
      greatest: Double(lead.reduce(0) { max($0, abs($1)) }), readableSeconds: readableShare * length)
    isUsable = quality.readableSeconds >= min(rule.readableSeconds, rule.readableShare * length)
    report(present: present, noise: noise, seconds: seconds, flat: flat, clipped: clipped)
  }

  private func time(_ sample: Int) -> Double { Double(sample) / rate }

  private mutating func report(
    present: [Bool], noise: [Double], seconds: Seconds, flat: [Range<Int>], clipped: [Range<Int>]
  ) {
    let name = quality.lead
    let unusable: QualityFinding.Severity = isUsable ? .warning : .unreadable
    if quality.missingShare > 0 {
      let percent = 100 * quality.missingShare
      let first = present.firstIndex(of: false).map(time), last = present.lastIndex(of: false).map { time($0 + 1) }
      findings.append(
        QualityFinding(
          .missing, quality.missingShare > rule.missing ? unusable : .note, lead: name, amount: percent, unit: "%",
          from: first, to: last, "Lead \(name) lacks \(percent.short) % of its samples."))
    }
    if quality.missingShare == 1 { return }
    for run in flat {
      let (from, to) = (time(run.lowerBound), time(run.upperBound))
      let whole = run.count == present.count
      findings.append(
        QualityFinding(
          .flat, unusable, lead: name, amount: to - from, unit: "s", from: from, to: to,
          "Lead \(name) is flat \(whole ? "throughout" : "for \((to - from).short) s"): is its electrode off?"))
    }
    if let first = clipped.first, let last = clipped.last {
      let percent = 100 * quality.clippedShare
      findings.append(
        QualityFinding(
          .clipped, unusable, lead: name, amount: percent, unit: "%", from: time(first.lowerBound),
          to: time(last.upperBound),
          "Lead \(name) is cut off at its highest or lowest value in \(clipped.count) places: amplitudes are wrong."))
    }
    if quality.greatest > rule.greatest {
      findings.append(
        QualityFinding(
          .outOfRange, .warning, lead: name, amount: quality.greatest, unit: "mV",
          "Lead \(name) reaches \(quality.greatest.short) mV, more than a heart gives: is the unit right?"))
    }
    reportNoise(noise, seconds, unusable)
    if quality.wander > rule.drifting {
      let severity: QualityFinding.Severity =
        quality.wander > rule.wanderingTooFar ? unusable : quality.wander > rule.wandering ? .warning : .note
      findings.append(
        QualityFinding(
          .wander, severity, lead: name, amount: quality.wander, unit: "mV",
          "The baseline of lead \(name) wanders by \(quality.wander.short) mV: ST levels are unsure."))
    }
    for (frequency, amount) in [(50, quality.mains50.value), (60, quality.mains60.value)] {
      guard let amount, amount > rule.humming else { continue }
      findings.append(
        QualityFinding(
          .mains, .warning, lead: name, amount: amount, unit: "µV",
          "Mains of \(frequency) Hz disturb lead \(name) by \(amount.short) µV."))
    }
    if flat.isEmpty, quality.amplitude < rule.low {
      findings.append(
        QualityFinding(
          .lowAmplitude, .note, lead: name, amount: quality.amplitude, unit: "mV",
          "Lead \(name) is only \(quality.amplitude.short) mV high."))
    }
  }

  /// One finding over all noisy seconds.
  private mutating func reportNoise(_ noise: [Double], _ seconds: Seconds, _ unusable: QualityFinding.Severity) {
    guard quality.worstNoise > rule.noisy,
      let first = noise.firstIndex(where: { $0 > rule.noisy }), let last = noise.lastIndex(where: { $0 > rule.noisy })
    else { return }
    let noisySeconds = noise.filter { [limit = rule.noisy] in $0 > limit }
    let noisy = noisySeconds.count
    let isAll = noisy == noise.count
    let amount = median(noisySeconds)
    let name = quality.lead
    let place = isAll ? "" : " in \(noisy) of its \(noise.count) seconds"
    findings.append(
      QualityFinding(
        .noise, amount > rule.tooNoisy ? unusable : .warning, lead: name, amount: amount, unit: "µV",
        from: isAll ? nil : time(seconds.range(first).lowerBound),
        to: isAll ? nil : time(seconds.range(last).upperBound),
        "Lead \(name) trembles by \(amount.short) µV\(place): muscle, or a loose electrode."))
  }
}

/// A lead's seconds as ranges of samples; the last takes a rest of less than half a second along.
struct Seconds {
  let count: Int
  private let samples: Int
  private let rate: Double
  init(count samples: Int, rate: Double) {
    (self.samples, self.rate) = (samples, rate)
    count = max(1, Int((Double(samples) / rate).rounded()))
  }
  func range(_ second: Int) -> Range<Int> {
    let from = min(samples, Int(Double(second) * rate))
    return from..<(second == count - 1 ? samples : max(from, min(samples, Int(Double(second + 1) * rate))))
  }
}

/// The part of a lead below about 0.5 Hz: three moving means over 0.6 s (their product halves 0.5 Hz and leaves a tenth
/// of 1 Hz), in steps of 20 ms; and how high the rest is.
private struct SlowPart {
  let cells: [Float]
  let step: Int  // samples in a cell
  let range: Double  // mV
  let amplitude: Double  // mV

  init(of lead: [Float], rate: Double) {
    let step = max(1, Int(min(1e6, 0.02 * rate)))
    self.step = step
    var means: [Float] = [], highs: [Float] = [], lows: [Float] = []
    var start = 0
    while start < lead.count {
      let end = min(lead.count, start + step)
      var sum: Float = 0, high = -Float.infinity, low = Float.infinity
      for i in start..<end { (sum, high, low) = (sum + lead[i], max(high, lead[i]), min(low, lead[i])) }
      means.append(sum / Float(end - start))
      highs.append(high)
      lows.append(low)
      start = end
    }
    let width = max(1, Int((0.6 * rate / Double(step)).rounded()) | 1)
    var slow = means
    for _ in 0..<3 { slow = movingMean(slow, width: width) }
    cells = slow
    range = Double((slow.max() ?? 0) - (slow.min() ?? 0))
    let window = max(1, Int((1.5 * rate / Double(step)).rounded()))
    let tops = maxima(of: zip(highs, slow).map { $0 - $1 }, window: window)
    let bottoms = maxima(of: zip(lows, slow).map { $1 - $0 }, window: window)
    amplitude = Double(median(zip(tops, bottoms).map { $0 + $1 }))
  }

  func range(in samples: Range<Int>) -> Double {
    let from = min(cells.count, samples.lowerBound / step)
    let part = cells[from..<max(from, min(cells.count, samples.upperBound / step))]
    return Double((part.max() ?? 0) - (part.min() ?? 0))
  }
}

/// The lead less its smooth part, which is the parabola of least squares through the 70 ms around each sample: what is
/// above about 20 Hz. Source: Savitzky & Golay, Anal. Chem. 36 (1964), 1627-1639.
private struct FastPart {
  private(set) var samples: [Float]  // mV; 0 at the ends, where the parabola lacks samples
  private let weights: [Float]  // of the smooth part, from the middle outwards
  private let rate: Double

  init(of lead: [Float], rate: Double) {
    self.rate = rate
    let m = max(2, Int((0.035 * rate - 0.5).rounded()))
    let d = Double(m)
    let norm = (2 * d + 3) * (2 * d + 1) * (2 * d - 1)
    let weights = (0...m).map { Float((3 * (3 * d * d + 3 * d - 1) - 15 * Double($0 * $0)) / norm) }
    self.weights = weights
    samples = [Float](repeating: 0, count: lead.count)
    let inner = lead.count - 2 * m
    guard inner > 0 else { return }
    lead.withUnsafeBufferPointer { lead in
      samples.withUnsafeMutableBufferPointer { fast in
        for i in 0..<inner { fast[m + i] = (1 - weights[0]) * lead[m + i] }
        for k in 1...m {  // one tap after the other, so that the compiler takes several samples at once
          let weight = weights[k]
          for i in 0..<inner { fast[m + i] -= weight * (lead[m + i - k] + lead[m + i + k]) }
        }
      }
    }
  }

  /// What is left of a sine's amplitude.
  func gain(at frequency: Double) -> Double {
    let turn = 2 * Double.pi * frequency / rate
    let smooth = weights.enumerated().reduce(0.0) { sum, weight in
      sum + (weight.offset == 0 ? 1 : 2) * Double(weight.element) * cos(turn * Double(weight.offset))
    }
    return abs(1 - smooth)
  }
}

/// Whether each sample is farther than 100 ms from every R peak.
private func outsideComplexes(count: Int, beats: [Int], rate: Double) -> [Bool] {
  var isQuiet = [Bool](repeating: true, count: count)
  let reach = Int((0.1 * rate).rounded())
  for beat in beats where beat >= 0 && beat < count {
    for i in max(0, beat - reach)...min(count - 1, beat + reach) { isQuiet[i] = false }
  }
  return isQuiet
}

/// Per second the standard deviation in µV, from the median of absolute values, so that single spikes do not count.
private func noiseBySecond(_ fast: [Float], _ seconds: Seconds, isQuiet: [Bool]) -> [Double] {
  (0..<seconds.count).map { s in
    let range = seconds.range(s)
    let step = max(1, range.count / 250)
    var values: [Float] = []
    for i in stride(from: range.lowerBound, to: range.upperBound, by: step) where isQuiet[i] {
      values.append(abs(fast[i]))
    }
    if values.count < 10 { values = range.map { abs(fast[$0]) } }
    return 1000 * 1.4826 * Double(median(values))
  }
}

/// The amplitude of mains in µV: the median over seconds of the power at that frequency beyond the mean of the powers
/// 3 Hz below and above it.
private func mains(_ frequency: Double, in fast: FastPart, _ seconds: Seconds, rate: Double) -> Measured {
  guard rate > 2 * frequency + 10 else {
    return .absent(reason: "\(Int(frequency)) Hz cannot be seen at \(rate.short) samples a second")
  }
  func power(_ f: Double, _ range: Range<Int>) -> Double {  // Goertzel, Am. Math. Monthly 65 (1958), 34-35
    let turn = Float(2 * cos(2 * Double.pi * f / rate))
    var (a, b): (Float, Float) = (0, 0)
    fast.samples.withUnsafeBufferPointer { fast in
      for i in range { (a, b) = (fast[i] + turn * a - b, a) }
    }
    let n = Double(max(1, range.count))
    return 4 * Double(a * a + b * b - turn * a * b) / (n * n)
  }
  let powers = (0..<seconds.count).map { s in
    let range = seconds.range(s)
    return power(frequency, range) - 0.5 * (power(frequency - 3, range) + power(frequency + 3, range))
  }
  return .value(1000 * max(0, median(powers)).squareRoot() / max(0.1, fast.gain(at: frequency)))
}

/// Stretches in which the lead stays within `flatRange` for `flatSeconds`.
private func flatRuns(_ lead: [Float], rate: Double, _ rule: QualityRule) -> [Range<Int>] {
  let cell = max(1, Int((0.1 * rate).rounded()))
  let needed = max(1, Int((rule.flatSeconds * rate / Double(cell)).rounded()))
  let cells = stride(from: 0, to: lead.count, by: cell).map { lead[$0..<min(lead.count, $0 + cell)] }
  let tops = cells.map { $0.max() ?? 0 }, bottoms = cells.map { $0.min() ?? 0 }
  // A recording shorter than that is flat when all of it is.
  let width = min(needed, tops.count)
  guard width > 0 else { return [] }
  var runs: [Range<Int>] = []
  for first in 0...tops.count - width {
    let (top, bottom) = (tops[first..<first + width].max() ?? 0, bottoms[first..<first + width].min() ?? 0)
    guard Double(top - bottom) < rule.flatRange else { continue }
    let run = first * cell..<min(lead.count, (first + width) * cell)
    if let last = runs.last, last.upperBound >= run.lowerBound {
      runs[runs.count - 1] = last.lowerBound..<run.upperBound
    } else {
      runs.append(run)
    }
  }
  return runs
}

/// Plateaus at the lead's highest and lowest value that a wave runs into steeply: what a converter at its limit makes
/// of a wave. One alone counts from 40 ms on.
private func clippedRuns(_ lead: [Float], rate: Double) -> [Range<Int>] {
  guard let high = lead.max(), let low = lead.min(), high - low > 0.2 else { return [] }
  let span = high - low
  let shortest = max(2, Int((0.008 * rate).rounded(.up)))
  let reach = max(1, Int((0.01 * rate).rounded()))
  var runs: [Range<Int>] = []
  for extreme in [high, low] {
    var start = 0
    while start < lead.count {
      guard abs(lead[start] - extreme) <= 1e-4 * span else {
        start += 1
        continue
      }
      var end = start
      while end < lead.count, abs(lead[end] - extreme) <= 1e-4 * span { end += 1 }
      let before = start - reach >= 0 ? abs(lead[start - reach] - extreme) : .infinity
      let after = end - 1 + reach < lead.count ? abs(lead[end - 1 + reach] - extreme) : .infinity
      if end - start >= shortest, min(before, after) > 0.05 * span { runs.append(start..<end) }
      start = end
    }
  }
  let total = runs.reduce(0) { $0 + $1.count }
  return runs.count > 1 || Double(total) >= 0.04 * rate ? runs.sorted { $0.lowerBound < $1.lowerBound } : []
}

extension Double {
  /// At most three digits, as a reader needs them in a sentence.
  var short: String {
    guard isFinite, abs(self) < 1e9 else { return "\(self)" }
    let decimals = abs(self) < 1 ? 100.0 : abs(self) < 10 ? 10.0 : 1.0
    let rounded = (self * decimals).rounded() / decimals
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
