import Foundation
import Networks
import Torch

/// Where in a recording a network saw a label: how much each sample of each lead added to the label's logit.
///
/// Integrated gradients (Sundararajan, Taly & Yan, ICML 2017, arXiv:1703.01365) from a flat line at each lead's mean, over
/// the network's own windows of ten seconds, whose relevances are averaged. The relevances of all samples add up to the
/// difference that the recording makes to the mean logit; what the integral's steps miss of it is ``missed``.
public struct Explanation: Sendable, Equatable {
  public var label: String
  public var start: Double  // seconds: where the ten seconds begin
  public var samplingRate: Double  // Hz
  public var leads: [String]
  public var relevance: [[Double]]  // [lead][sample]; above 0 what speaks for the label, below 0 what speaks against it
  public var difference: Double  // of the mean logit, from the flat line to the recording
  /// Of the difference, the share that the relevances do not add up to.
  public var missed: Double
  /// The rank correlation of the relevances' sizes with those of the same network with random weights: near 1 they would
  /// come from the recording and the architecture alone, and explain nothing (Adebayo et al., arXiv:1810.03292).
  public var likenessToRandom: Double

  /// The relevance in bins of equal length, `[lead][bin]`: the sums over their samples.
  public func binned(seconds: Double) -> [[Double]] {
    let size = max(1, Int((seconds * samplingRate).rounded()))
    return relevance.map { lead in
      stride(from: 0, to: lead.count, by: size).map { lead[$0..<min($0 + size, lead.count)].reduce(0, +) }
    }
  }
}

extension Model {
  /// Explains a label of a recording, in the ten seconds in which it is most probable.
  /// - Parameter steps: of the integral, by the midpoint rule.
  /// - Throws: ``ModelError`` when the network does not know the label.
  public func explain(_ recording: Recording, label: String, steps: Int = 32, seed: UInt64 = 1) throws -> Explanation {
    guard let column = description.labels.firstIndex(of: label) else {
      throw ModelError(description.name, "knows no label '\(label)'; it has \(description.labels.joined(separator: ", "))")
    }
    let windows = try predict(recording).windows
    let window = windows.max { $0.probabilities[column] < $1.probabilities[column] }
    let rate = description.samplingRate
    let first = Int(((window?.start ?? 0) * rate).rounded())
    let count = min(recording.leads.map(\.count).min() ?? 0, Int((10 * rate).rounded()))
    let leads = recording.leads.map { Array($0.dropFirst(first).prefix(count)) }

    let (relevance, difference) = try relevance(of: leads, column: column, steps: steps, in: network)
    let random = try withTorch { description.network(from: Initializer(seed: seed, device: device)) }
    let blind = try self.relevance(of: leads, column: column, steps: steps, in: random).relevance
    let sum = relevance.joined().reduce(0, +)
    return Explanation(
      label: label, start: Double(first) / rate, samplingRate: rate, leads: description.leads, relevance: relevance,
      difference: difference, missed: abs(difference) > 1e-9 ? abs(sum - difference) / abs(difference) : 0,
      likenessToRandom: rankCorrelation(relevance.joined().map(abs), blind.joined().map(abs)))
  }

  /// `[lead][sample]`, and the difference that the signal makes to the mean logit over the windows.
  private func relevance(
    of leads: [[Float]], column: Int, steps: Int, in network: any Layer
  ) throws -> (relevance: [[Double]], difference: Double) {
    let (samples, count) = (description.windows.samples, leads.first?.count ?? 0)
    let starts = description.windows.starts(in: count)
    let signal = leads.flatMap { $0 }
    let size = leads.count * samples
    var mask = [Float](repeating: 0, count: description.labels.count)
    mask[column] = 1
    let answers = try starts.map { start -> (gradient: [Float], window: [Float], difference: Double) in
      var window = [Float](repeating: 0, count: size)
      window.withUnsafeMutableBufferPointer { target in
        signal.withUnsafeBufferPointer {
          description.standardization.copy($0, samples: count, start: start, count: samples, to: target)
        }
      }
      // The way from the flat line, which is 0 after standardization.
      let way = (0..<steps).flatMap { step in window.map { $0 * (Float(step) + 0.5) / Float(steps) } }
      return try withTorch {
        let x = Tensor(way, shape: [steps, leads.count, samples], on: device).requiringGradient()
        let selected = Tensor(mask, shape: [1, mask.count], on: device)
        (network(x) * selected).sum().backward()
        let gradient = x.gradient?.mean(axis: 0).values ?? []
        _ = network.allState().takeGradients()  // the parameters got gradients too, which no one wants
        let ends = try withoutGradients {
          network(Tensor(window + [Float](repeating: 0, count: size), shape: [2, leads.count, samples], on: device)).values
        }
        try checkTorch()
        return (gradient, window, Double(ends[column] - ends[mask.count + column]))
      }
    }
    var relevance = [[Double]](repeating: [Double](repeating: 0, count: count), count: leads.count)
    for (start, answer) in zip(starts, answers) {
      for lead in leads.indices {
        for i in 0..<min(samples, count - start) {
          let place = lead * samples + i
          relevance[lead][start + i] += Double(answer.gradient[place] * answer.window[place]) / Double(starts.count)
        }
      }
    }
    return (relevance, answers.reduce(0) { $0 + $1.difference } / Double(max(1, answers.count)))
  }
}

/// Spearman's correlation; 0 where one side is constant. Equal values share their mean rank.
func rankCorrelation(_ a: [Double], _ b: [Double]) -> Double {
  func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var first = 0
    while first < order.count {
      var last = first
      while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
      for place in first...last { ranks[order[place]] = Double(first + last) / 2 }
      first = last + 1
    }
    return ranks
  }
  let (x, y) = (ranks(a), ranks(b))
  let middle = Double(x.count - 1) / 2
  let covariance = zip(x, y).reduce(0) { $0 + ($1.0 - middle) * ($1.1 - middle) }
  let (xx, yy) = (x.reduce(0) { $0 + ($1 - middle) * ($1 - middle) }, y.reduce(0) { $0 + ($1 - middle) * ($1 - middle) })
  return xx > 0 && yy > 0 ? covariance / (xx * yy).squareRoot() : 0
}
