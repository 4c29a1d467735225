import Foundation

/// JSON with sorted keys, shortest round-trip numbers and UTF-8, so that equal values have equal bytes.
/// A number that JSON lacks (NaN, infinity) cannot be written: give `null` and a reason.
public enum CanonicalJSON {
  public static func data(_ value: some Encodable, pretty: Bool = true) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  public static func text(_ value: some Encodable, pretty: Bool = true) throws -> String {
    String(decoding: try data(value, pretty: pretty), as: UTF8.self)
  }
}
