import Foundation

/// Which seconds of a lead can be read, by the words of ``QualityRule``: the one rule for a recording's quality, for
/// the leads that boundaries rest on, and for the minutes of a recording of hours. What the rule says of a recording
/// holds there for a minute with four seconds before and after it.
struct ReadableSeconds {
  let cells: LeadCells
  let fast: FastPart
  let slow: SlowPart?  // nil where the lead never strays so far that it matters
  let flat, clipped: [Range<Int>]  // samples
  private(set) var isReadable: [Bool]  // by second

  /// - Parameters:
  ///   - samples: mV, NaN where missing; at least one.
  ///   - beats: R peaks, as samples; and whether each sample lies outside QRS complexes.
  ///   - rate: Hz, less than 2000.
  init(
    of samples: [Float], in seconds: Seconds, beats: [Int], isQuiet: [Bool], rate: Double, rule: QualityRule
  ) {
    var lead = samples
    let isWhole = lead.allSatisfy(Self.isPresent)
    if !isWhole {
      for i in lead.indices where !Self.isPresent(lead[i]) { lead[i] = .nan }
      bridgeGaps(&lead)
    }
    cells = LeadCells(of: lead, rate: rate)
    fast = FastPart(of: lead, rate: rate)
    slow = Double(cells.highest - cells.lowest) > rule.wanderingTooFar ? SlowPart(of: cells, rate: rate) : nil
    flat = flatRuns(cells, rate: rate, rule)
    clipped = clippedRuns(lead, cells, rate: rate)
    // What is flat between two beats may be a pause.
    let isOff = flat.filter { run in 2 * run.count >= lead.count || beats.contains(where: run.contains) }
    isReadable = []
    for s in 0..<seconds.count {
      let range = seconds.range(s)
      let cut = clipped.reduce(0) { $0 + $1.clamped(to: range).count }
      let isSound =
        Double(cut) <= rule.cutOff * rate && !isOff.contains { $0.overlaps(range) }
        && cells.range(in: range) >= Float(rule.still)
        && (isWhole || samples[range].allSatisfy(Self.isPresent))
        && !(slow.map { $0.range > rule.wanderingTooFar && $0.range(in: range) > rule.strayingInASecond } ?? false)
      isReadable.append(isSound && !isNoisier(fast.samples, than: rule.tooNoisy, in: range, isQuiet))
    }
  }

  static func isPresent(_ value: Float) -> Bool { abs(value) < 1e6 }

  /// Of several leads at any rate.
  /// - Parameters:
  ///   - leads: `[lead][sample]`, mV, NaN where missing; all as long.
  ///   - stretch: samples, whose seconds are asked for; the others lie around it.
  ///   - beats: R peaks, as samples.
  /// - Returns: `[lead][second]`.
  static func ofLeads(
    _ leads: [[Float]], in stretch: Range<Int>, beats: [Int], rate: Double, rule: QualityRule = .standard
  ) -> [[Bool]] {
    // Nothing above 500 Hz is judged.
    let factor = factorOfMeans(rate: rate)
    let slower = rate / Double(factor)
    let leads = factor > 1 ? leads.map { means(of: $0, by: factor) } : leads
    let count = leads.first?.count ?? 0
    let (from, to) = (stretch.lowerBound / factor, (stretch.upperBound + factor - 1) / factor)
    let seconds = Seconds(of: min(count, from)..<min(count, to), rate: slower)
    let beats = beats.map { $0 / factor }
    let isQuiet = outsideComplexes(count: count, beats: beats, rate: slower)
    return leads.map {
      ReadableSeconds(of: $0, in: seconds, beats: beats, isQuiet: isQuiet, rate: slower, rule: rule).isReadable
    }
  }

  /// How many samples are taken together where there are more than are judged.
  static func factorOfMeans(rate: Double) -> Int { rate >= 2000 ? Int(rate / 1000) : 1 }
}

/// Means of `factor` samples each, NaN where one is missing.
func means(of lead: [Float], by factor: Int) -> [Float] {
  stride(from: 0, to: lead.count, by: factor).map { start in
    let cell = lead[start..<min(lead.count, start + factor)]
    return cell.reduce(0, +) / Float(cell.count)
  }
}

/// About 250 samples of a second that lie outside QRS complexes; all samples where those are fewer than ten.
func forEachQuiet(_ second: Range<Int>, _ isQuiet: [Bool], _ body: (Int) -> Void) {
  let samples = stride(from: second.lowerBound, to: second.upperBound, by: max(1, second.count / 250))
  var quiet = 0
  for i in samples where isQuiet[i] { quiet += 1 }
  if quiet < 10 {
    for i in second { body(i) }
  } else {
    for i in samples where isQuiet[i] { body(i) }
  }
}

/// Whether the standard deviation of a second, from the median of absolute values, is above so many µV: whether more
/// than half of its values are.
private func isNoisier(_ fast: [Float], than limit: Double, in second: Range<Int>, _ isQuiet: [Bool]) -> Bool {
  let limit = Float(limit / 1482.6)  // mV
  var (above, all) = (0, 0)
  forEachQuiet(second, isQuiet) {
    all += 1
    if abs(fast[$0]) > limit { above += 1 }
  }
  return 2 * above > all
}

/// The seconds of a stretch as ranges of samples; the last takes a rest of less than half a second along.
struct Seconds {
  let count: Int
  private let stretch: Range<Int>
  private let rate: Double
  init(of stretch: Range<Int>, rate: Double) {
    (self.stretch, self.rate) = (stretch, rate)
    count = max(1, Int((Double(stretch.count) / rate).rounded()))
  }
  func range(_ second: Int) -> Range<Int> {
    let from = min(stretch.count, Int(Double(second) * rate))
    let to = second == count - 1 ? stretch.count : max(from, min(stretch.count, Int(Double(second + 1) * rate)))
    return stretch.lowerBound + from..<stretch.lowerBound + to
  }
  /// The second that a sample lies in; nil outside the stretch.
  func second(of sample: Int) -> Int? {
    guard stretch.contains(sample) else { return nil }
    return min(count - 1, Int(Double(sample - stretch.lowerBound) / rate))
  }
}

/// A lead in steps of 20 ms: of each the mean and the extremes, mV.
struct LeadCells {
  let count: Int  // samples of the lead
  let step: Int  // samples in a cell
  private(set) var means: [Float] = [], highs: [Float] = [], lows: [Float] = []
  private(set) var highest = -Float.infinity, lowest = Float.infinity

  /// mV, peak to peak in the cells that hold these samples.
  func range(in samples: Range<Int>) -> Float {
    let cells = min(highs.count, samples.lowerBound / step)..<min(highs.count, (samples.upperBound + step - 1) / step)
    return (highs[cells].max() ?? 0) - (lows[cells].min() ?? 0)
  }

  /// - Parameter lead: no NaN.
  init(of lead: [Float], rate: Double) {
    let step = max(1, Int(min(1e6, 0.02 * rate)))
    (self.step, count) = (step, lead.count)
    let cells = (lead.count + step - 1) / step
    for series in [\LeadCells.means, \.highs, \.lows] { self[keyPath: series].reserveCapacity(cells) }
    lead.withUnsafeBufferPointer { lead in
      var start = 0
      while start < lead.count {
        let end = min(lead.count, start + step)
        var sum: Float = 0, high = -Float.infinity, low = Float.infinity
        for i in start..<end {
          let value = lead[i]
          sum += value
          high = value > high ? value : high
          low = value < low ? value : low
        }
        means.append(sum / Float(end - start))
        highs.append(high)
        lows.append(low)
        (highest, lowest) = (max(highest, high), min(lowest, low))
        start = end
      }
    }
  }
}

/// The part of a lead below about 0.5 Hz: three moving means over 0.6 s (their product halves 0.5 Hz and leaves a tenth
/// of 1 Hz), in steps of 20 ms.
struct SlowPart {
  let cells: [Float]
  let step: Int  // samples in a cell
  let range: Double  // mV

  init(of cells: LeadCells, rate: Double) {
    step = cells.step
    let width = max(1, Int((0.6 * rate / Double(step)).rounded()) | 1)
    var slow = cells.means
    for _ in 0..<3 { slow = movingMean(slow, width: width) }
    self.cells = slow
    range = Double((slow.max() ?? 0) - (slow.min() ?? 0))
  }

  /// How high the rest is, mV: the median over 1.5 s of peak to peak.
  func amplitude(of lead: LeadCells, rate: Double) -> Double {
    let window = max(1, Int((1.5 * rate / Double(step)).rounded()))
    let tops = maxima(of: zip(lead.highs, cells).map { $0 - $1 }, window: window)
    let bottoms = maxima(of: zip(lead.lows, cells).map { $1 - $0 }, window: window)
    return Double(median(zip(tops, bottoms).map { $0 + $1 }))
  }

  func range(in samples: Range<Int>) -> Double {
    let from = min(cells.count, samples.lowerBound / step)
    let part = cells[from..<max(from, min(cells.count, samples.upperBound / step))]
    return Double((part.max() ?? 0) - (part.min() ?? 0))
  }
}

/// The lead less its smooth part, which is the parabola of least squares through the 70 ms around each sample: what is
/// above about 20 Hz. Source: Savitzky & Golay, Anal. Chem. 36 (1964), 1627-1639.
struct FastPart {
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
    // The weights are (a − b k²), so that three sums over the samples around, of x, k x and k² x, tell the smooth part;
    // each follows from the three before. They are summed anew where rounding could build up.
    let (a, b) = ((9 * d * d + 9 * d - 3) / norm, 15 / norm)
    let (square, next) = (d * d, (d + 1) * (d + 1))
    lead.withUnsafeBufferPointer { x in
      samples.withUnsafeMutableBufferPointer { fast in
        for start in stride(from: 0, to: inner, by: 512) {
          var (s0, s1, s2) = (0.0, 0.0, 0.0)
          for k in -m...m {
            let value = Double(x[start + m + k])
            (s0, s1, s2) = (s0 + value, s1 + Double(k) * value, s2 + Double(k * k) * value)
          }
          for i in start..<min(inner, start + 512) {
            fast[m + i] = x[m + i] - Float(a * s0 - b * s2)
            guard i + 1 < inner else { break }
            let (old, new) = (Double(x[i]), Double(x[i + 2 * m + 1]))
            s2 += s0 - 2 * s1 - next * old + square * new
            s1 += (d + 1) * old + d * new - s0
            s0 += new - old
          }
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
func outsideComplexes(count: Int, beats: [Int], rate: Double) -> [Bool] {
  var isQuiet = [Bool](repeating: true, count: count)
  let reach = Int((0.1 * rate).rounded())
  for beat in beats where beat >= 0 && beat < count {
    for i in max(0, beat - reach)...min(count - 1, beat + reach) { isQuiet[i] = false }
  }
  return isQuiet
}

/// Stretches in which the lead stays within `flatRange` for `flatSeconds`.
private func flatRuns(_ cells: LeadCells, rate: Double, _ rule: QualityRule) -> [Range<Int>] {
  let size = max(1, Int((0.1 * rate / Double(cells.step)).rounded()))  // about 100 ms at a time
  let length = size * cells.step
  let starts = Array(stride(from: 0, to: cells.means.count, by: size))
  let tops = starts.map { cells.highs[$0..<min(cells.highs.count, $0 + size)].max() ?? 0 }
  let bottoms = starts.map { cells.lows[$0..<min(cells.lows.count, $0 + size)].min() ?? 0 }
  let needed = max(1, Int((rule.flatSeconds * rate / Double(length)).rounded()))
  // A recording shorter than that is flat when all of it is.
  let width = min(needed, tops.count)
  guard width > 0 else { return [] }
  var runs: [Range<Int>] = []
  var first = 0
  for last in tops.indices {
    if Double(tops[last] - bottoms[last]) >= rule.flatRange { first = last + 1 }
    let from = last + 1 - width
    guard from >= first else { continue }
    let (top, bottom) = (tops[from...last].max() ?? 0, bottoms[from...last].min() ?? 0)
    guard Double(top - bottom) < rule.flatRange else { continue }
    let run = from * length..<min(cells.count, (last + 1) * length)
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
private func clippedRuns(_ lead: [Float], _ cells: LeadCells, rate: Double) -> [Range<Int>] {
  let (high, low) = (cells.highest, cells.lowest)
  guard high - low > 0.2 else { return [] }
  let span = high - low
  let shortest = max(2, Int((0.008 * rate).rounded(.up)))
  let reach = max(1, Int((0.01 * rate).rounded()))
  var runs: [Range<Int>] = []
  for extreme in [high, low] {
    var start = 0
    while start < lead.count {
      let cell = start / cells.step
      guard min(abs(cells.highs[cell] - extreme), abs(cells.lows[cell] - extreme)) <= 1e-4 * span else {
        start = (cell + 1) * cells.step
        continue
      }
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
