/// How a signal is cut for a network that sees a fixed number of samples, and how the answers become one.
public struct Windows: Sendable, Codable, Equatable {
  /// How the probabilities of several windows become one.
  public enum Aggregate: String, Sendable, Codable, CaseIterable {
    case mean, maximum
  }
  public var samples: Int  // what the network sees at once
  public var stride: Int  // from one window's start to the next
  public var aggregate: Aggregate

  public init(samples: Int, stride: Int, aggregate: Aggregate = .mean) {
    (self.samples, self.stride, self.aggregate) = (samples, stride, aggregate)
  }

  /// Where windows begin in a signal of `count` samples: every `stride`, and once more so that the tail is seen.
  /// A signal shorter than a window has one, from 0, that reaches past its end.
  public func starts(in count: Int) -> [Int] { Self.starts(in: count, samples: samples, stride: stride) }

  public static func starts(in count: Int, samples: Int, stride: Int) -> [Int] {
    guard count > samples else { return [0] }
    var starts = Array(Swift.stride(from: 0, through: count - samples, by: max(1, stride)))
    if let last = starts.last, last < count - samples { starts.append(count - samples) }
    return starts
  }
}

extension Windows.Aggregate {
  /// `[windows][classes]` -> `[classes]`; at least one window.
  public func callAsFunction(_ windows: some Collection<[Double]>) -> [Double] {
    guard var result = windows.first else { return [] }
    for window in windows.dropFirst() {
      for (index, value) in zip(result.indices, window) {
        switch self {
        case .mean: result[index] += value
        case .maximum: result[index] = max(result[index], value)
        }
      }
    }
    return self == .mean ? result.map { $0 / Double(windows.count) } : result
  }
}
