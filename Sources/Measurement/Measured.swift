/// A value that was computed, or why there is none.
public enum Measured: Sendable, Equatable {
  case value(Double)
  case absent(reason: String)

  public var value: Double? { if case .value(let value) = self { value } else { nil } }
  public var reason: String? { if case .absent(let reason) = self { reason } else { nil } }

  /// The value, changed; an absent one stays absent for the same reason.
  func map(_ change: (Double) -> Measured) -> Measured {
    switch self {
    case .value(let value): change(value)
    case .absent: self
    }
  }
}
