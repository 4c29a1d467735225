/// `(x − mean) / deviation` per lead, fitted on training records alone and stored with the network.
public struct Standardization: Sendable, Codable, Equatable {
  public var mean: [Double]  // [leads], mV
  public var deviation: [Double]  // [leads], mV, above 0

  public init(mean: [Double], deviation: [Double]) { (self.mean, self.deviation) = (mean, deviation) }

  /// Missing samples do not count; a lead without any variance keeps its scale.
  public init(fittedTo examples: Examples) {
    var sums = [(count: Double, sum: Double, squares: Double)](repeating: (0, 0, 0), count: examples.leads)
    for row in 0..<examples.count {
      examples.withSignal(row) { signal in
        for lead in 0..<examples.leads {
          var (count, sum, squares) = (0.0, 0.0, 0.0)
          for value in signal[(lead * examples.samples)..<((lead + 1) * examples.samples)] where !value.isNaN {
            count += 1
            sum += Double(value)
            squares += Double(value) * Double(value)
          }
          sums[lead].count += count
          sums[lead].sum += sum
          sums[lead].squares += squares
        }
      }
    }
    mean = sums.map { $0.count > 0 ? $0.sum / $0.count : 0 }
    deviation = sums.map { lead in
      guard lead.count > 0 else { return 1 }
      let variance = lead.squares / lead.count - (lead.sum / lead.count) * (lead.sum / lead.count)
      return variance > 1e-12 ? variance.squareRoot() : 1
    }
  }

  /// Copies `count` samples of every lead from `start`, standardized, to `target` (`[leads, count]`). What lies past the
  /// end or is missing becomes 0, the lead's mean.
  func copy(
    _ signal: UnsafeBufferPointer<Float>, samples: Int, start: Int, count: Int, to target: UnsafeMutableBufferPointer<Float>
  ) {
    for lead in mean.indices {
      let (offset, factor) = (Float(mean[lead]), Float(1 / deviation[lead]))
      let source = lead * samples + start
      let present = max(0, min(count, samples - start))
      for i in 0..<present {
        let value = (signal[source + i] - offset) * factor
        target[lead * count + i] = value.isNaN ? 0 : value
      }
      for i in present..<count { target[lead * count + i] = 0 }
    }
  }
}
