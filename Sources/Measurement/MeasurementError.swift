/// Why a recording cannot be measured.
public struct MeasurementError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case noVoltage(found: [String])
    case tooShort(seconds: Double)
    case rate(Double)
    case unwritable(path: String, problem: String)
  }
  public let record: String
  public let reason: Reason

  public init(_ record: String, _ reason: Reason) { (self.record, self.reason) = (record, reason) }

  public var description: String {
    let problem =
      switch reason {
      case .noVoltage(let found):
        "no lead is an ECG in mV, uV or V; found "
          + (found.isEmpty ? "no lead" : found.prefix(20).joined(separator: ", "))
      case .tooShort(let seconds):
        "\((seconds * 1000).rounded() / 1000) s of recording; a measurement needs 2 s at least"
      case .rate(let rate): "the sampling frequency is \(rate) Hz; expected 80 to 100000 Hz"
      case .unwritable(let path, let problem): "\(path): cannot be written: \(problem)"
      }
    return record.isEmpty ? problem : "record \(record): \(problem)"
  }
}
