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
    let present = samples.map(ReadableSeconds.isPresent)
    let seconds = Seconds(of: samples.indices, rate: rate)
    let isQuiet = outsideComplexes(count: samples.count, beats: beats, rate: rate)
    let read = ReadableSeconds(of: samples, in: seconds, beats: beats, isQuiet: isQuiet, rate: rate, rule: rule)
    let slow = read.slow ?? SlowPart(of: read.cells, rate: rate)
    let noise = noiseBySecond(read.fast.samples, seconds, isQuiet: isQuiet)
    let pairs = noise.count > 1 ? zip(noise, noise.dropFirst()).map { min($0, $1) } : noise
    let length = Double(samples.count) / rate
    let readableShare = Double(read.isReadable.count { $0 }) / Double(max(1, seconds.count))
    let missing = present.count { !$0 }
    let clippedSamples = read.clipped.reduce(0) { $0 + $1.count }, flatSamples = read.flat.reduce(0) { $0 + $1.count }
    quality = LeadQuality(
      lead: name, missingShare: Double(missing) / Double(max(1, samples.count)), wander: slow.range,
      noise: median(noise), worstNoise: pairs.max() ?? 0,
      mains50: mains(50, in: read.fast, seconds, rate: rate), mains60: mains(60, in: read.fast, seconds, rate: rate),
      clippedShare: Double(clippedSamples) / Double(max(1, samples.count)),
      flatSeconds: Double(flatSamples) / rate, amplitude: slow.amplitude(of: read.cells, rate: rate),
      greatest: Double(max(abs(read.cells.highest), abs(read.cells.lowest))), readableSeconds: readableShare * length)
    isUsable = quality.readableSeconds >= min(rule.readableSeconds, rule.readableShare * length)
    report(present: present, noise: noise, seconds: seconds, flat: read.flat, clipped: read.clipped)
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

/// Per second the standard deviation in µV, from the median of absolute values, so that single spikes do not count.
private func noiseBySecond(_ fast: [Float], _ seconds: Seconds, isQuiet: [Bool]) -> [Double] {
  (0..<seconds.count).map { s in
    var values: [Float] = []
    forEachQuiet(seconds.range(s), isQuiet) { values.append(abs(fast[$0])) }
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

extension Double {
  /// At most three digits, as a reader needs them in a sentence.
  var short: String {
    guard isFinite, abs(self) < 1e9 else { return "\(self)" }
    let decimals = abs(self) < 1 ? 100.0 : abs(self) < 10 ? 10.0 : 1.0
    let rounded = (self * decimals).rounded() / decimals
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
