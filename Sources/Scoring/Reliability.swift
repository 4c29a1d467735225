/// How often records were positive whose probability lay in a range: the reliability diagram of one class.
public struct Reliability: Sendable, Equatable, Codable {
  /// How the probabilities are divided.
  public enum Bins: Sendable, Equatable {
    /// So many bins of equal width over 0...1.
    case equalWidth(Int)
    /// At most so many bins of about equally many records, between quantiles of the probabilities (numpy's default).
    /// Equal probabilities stay together, so many of them make fewer and uneven bins.
    case equalCount(Int)
  }

  /// The records in a bin.
  public struct Bin: Sendable, Equatable, Codable {
    public var lower: Double  // not in the bin, except in the first
    public var upper: Double  // in the bin
    public var records: Int
    public var positives: Int
    public var meanPredicted: Double
    /// The share of positives, with Wilson's interval.
    public var observed: Double
    public var interval: Interval
    /// The mean of p (1 − p): the variance of a label whose probability is right.
    public var variance: Double
  }

  /// From low to high probability; empty bins are left out.
  public var bins: [Bin]

  /// The expected calibration error: the mean over the records of the distance, in their bin, between mean probability
  /// and share of positives. 0...1, and it depends on the bins: name them beside it. It is biased upwards with few
  /// records a bin: see ``calibrationErrorByChance``.
  public var expectedCalibrationError: Double { mean { abs($0.meanPredicted - $0.observed) } }

  /// About what ``expectedCalibrationError`` would be on average if every probability were right, labels falling as they
  /// say: in each bin the mean distance of a normal variable from its mean, `√(2/π) √(variance / records)`.
  /// - Source: the consistency of Bröcker & Smith, Weather and Forecasting 22 (2007), 651-661, without drawing.
  public var calibrationErrorByChance: Double { mean { (2 / .pi * $0.variance / Double($0.records)).squareRoot() } }

  /// Over the records.
  private func mean(_ value: (Bin) -> Double) -> Double {
    bins.reduce(0) { $0 + Double($1.records) * value($1) } / Double(bins.reduce(0) { $0 + $1.records })
  }
}

extension Reliability.Bins {
  /// What ``evaluate(_:thresholds:patients:bootstrap:)`` takes: 15 of equal width, as Guo et al.
  public static let standard = Reliability.Bins.equalWidth(15)
}

/// The reliability diagram of one class.
///
/// - Parameters:
///   - probabilities: `[records]`, each in 0...1.
///   - labels: `[records]`, `true` for positive.
///   - bins: at least 1. A probability on an edge belongs to the bin below.
///   - level: of the Wilson intervals.
/// - Throws: ``ScoringError/noRecords``, ``ScoringError/notProbabilities(lowest:highest:)``, or
///   ``ScoringError/shape(_:)`` when the lengths differ.
/// - Source: Guo, Pleiss, Sun & Weinberger, "On calibration of modern neural networks", ICML 2017 (error, equal width);
///   Nguyen & O'Connor, EMNLP 2015 (equal count). Bins as scikit-learn's `calibration_curve`.
public func reliability(
  _ probabilities: [Double], _ labels: [Bool], bins: Reliability.Bins = .standard, level: Double = 0.95
) throws(ScoringError) -> Reliability {
  try requireProbabilities(probabilities, labels)
  var edges: [Double]  // inner edges and 1, rising
  switch bins {
  case .equalWidth(let count):
    precondition(count > 0, "\(count) bins; expected at least 1")
    edges = (1...count).map { Double($0) / Double(count) }
  case .equalCount(let count):
    precondition(count > 0, "\(count) bins; expected at least 1")
    let sorted = probabilities.sorted()
    edges = (1..<max(1, count)).map { quantile(Double($0) / Double(count), ofSorted: sorted) } + [1]
  }
  var sums = [(predicted: Double, variance: Double, records: Int, positives: Int)](repeating: (0, 0, 0, 0), count: edges.count)
  for (p, label) in zip(probabilities, labels) {
    var (low, high) = (0, edges.count - 1)  // the first edge at or above p
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] < p { low = middle + 1 } else { high = middle }
    }
    sums[low].predicted += p
    sums[low].variance += p * (1 - p)
    sums[low].records += 1
    if label { sums[low].positives += 1 }
  }
  var found: [Reliability.Bin] = []
  for (i, sum) in sums.enumerated() where sum.records > 0 {
    found.append(
      Reliability.Bin(
        lower: i == 0 ? 0 : edges[i - 1], upper: edges[i], records: sum.records, positives: sum.positives,
        meanPredicted: sum.predicted / Double(sum.records), observed: Double(sum.positives) / Double(sum.records),
        interval: try wilsonInterval(sum.positives, of: sum.records, level: level), variance: sum.variance / Double(sum.records)))
  }
  return Reliability(bins: found)
}
