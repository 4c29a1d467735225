import Foundation
import Scoring

/// What a network says of one recording.
public struct Prediction: Sendable, Codable, Equatable {
  public struct Label: Sendable, Codable, Equatable {
    public var name: String
    public var maximum: Double  // probability, the greatest over the windows
    public var mean: Double  // probability, the mean over the windows
    public var threshold: Double?  // from which it counts as found; nil where none could be chosen
    public init(name: String, maximum: Double, mean: Double, threshold: Double?) {
      (self.name, self.maximum, self.mean, self.threshold) = (name, maximum, mean, threshold)
    }
  }
  public struct Window: Sendable, Codable, Equatable {
    public var start, end: Double  // seconds
    public var probabilities: [Double]  // in the order of the network's labels
  }
  public var record: String
  public var model: String
  public var seconds: Double
  /// By falling `maximum`; equal ones in the network's order.
  public var labels: [Label]
  public var windows: [Window]
  public var notes: [String]

  public init(record: String, model: String, seconds: Double, labels: [Label], windows: [Window], notes: [String]) {
    (self.record, self.model, self.seconds) = (record, model, seconds)
    (self.labels, self.windows, self.notes) = (labels, windows, notes)
  }
}

extension Model {
  /// Windows of 10 s, half overlapping, the tail included; each is answered as in the evaluation, and a label's maximum
  /// and mean over them are kept. A recording under 10 s is one window, and what the network lacks is filled with the
  /// lead's mean. With a calibration, probabilities and thresholds are calibrated ones; a map that only rises changes no
  /// finding.
  public func predict(_ recording: Recording) throws -> Prediction {
    guard let prediction = try predict([recording]).first else { throw ModelError(description.name, "gave no answer") }
    return prediction
  }

  /// The same for several recordings at once, which is quicker; one prediction for each, in order.
  public func predict(_ recordings: [Recording]) throws -> [Prediction] {
    let rate = description.samplingRate
    let length = Int((10 * rate).rounded())
    let counts = recordings.map { $0.leads.map(\.count).min() ?? 0 }
    let starts = counts.map { Windows.starts(in: $0, samples: length, stride: max(1, length / 2)) }
    var signals: [[[Float]]] = []
    for (recording, (count, starts)) in zip(recordings, zip(counts, starts)) {
      for start in starts { signals.append(recording.leads.map { Array($0[start..<min(start + length, count)]) }) }
    }
    var answers = try Predictor(self).probabilities(ofSignals: signals)[...]
    if let calibration { answers = answers.map { calibration.probabilities(of: $0) }[...] }
    return zip(recordings, zip(counts, starts)).map { recording, place in
      let (count, starts) = place
      defer { answers = answers.dropFirst(starts.count) }
      let windows = zip(starts, answers).map { start, answer in
        Prediction.Window(start: Double(start) / rate, end: Double(min(start + length, count)) / rate, probabilities: answer)
      }
      return prediction(of: recording, windows, isShort: count < description.windows.samples)
    }
  }

  private func prediction(of recording: Recording, _ windows: [Prediction.Window], isShort: Bool) -> Prediction {
    let maximum = Windows.Aggregate.maximum(windows.map(\.probabilities))
    let mean = Windows.Aggregate.mean(windows.map(\.probabilities))
    let labels = description.labels.indices.map { index in
      let threshold = description.thresholds[index].map { calibration?.probability(of: $0, class: index) ?? $0 }
      return Prediction.Label(name: description.labels[index], maximum: maximum[index], mean: mean[index], threshold: threshold)
    }
    let shortness = "shorter than the network's window of \(description.windows.samples) samples; the rest was filled with each lead's mean"
    return Prediction(
      record: recording.name, model: description.name, seconds: recording.seconds,
      labels: labels.enumerated().sorted { ($1.element.maximum, $0.offset) < ($0.element.maximum, $1.offset) }.map(\.element),
      windows: windows, notes: recording.notes + (isShort ? [shortness] : []))
  }

  /// `[record][class]`, by the maximum and by the mean over the network's own windows.
  public func probabilities(of examples: Examples, isInterrupted: () -> Bool = { false }) throws -> (maximum: [[Double]], mean: [[Double]]) {
    let windows = try Predictor(self).windowProbabilities(of: examples, isInterrupted: isInterrupted)
    return (windows.map { Windows.Aggregate.maximum($0) }, windows.map { Windows.Aggregate.mean($0) })
  }
}
