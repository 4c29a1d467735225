/// Why a file cannot be read or written: where, what was found, and what would be right.
public struct FormatError: Error, Equatable, CustomStringConvertible {
  /// The file, once it is known.
  public var path: String?
  /// In the format's own terms, with the byte, line or element: `section 6, byte 10244`, `line 3`, `(5400,0100)`.
  public var place: String
  public var found: String
  public var expected: String

  public init(_ place: String, found: String, expected: String) {
    (self.place, self.found, self.expected) = (place, found, expected)
  }

  public var description: String {
    (path.map { "\($0): " } ?? "") + (place.isEmpty ? "" : "\(place): ") + "\(found); expected \(expected)"
  }
}

/// What is odd in a file that can be read nevertheless.
public struct FormatWarning: Sendable, Equatable, CustomStringConvertible {
  public var place: String
  public var reason: String
  /// Whether a part of the recording is not there, which whoever reads it must know.
  public var isLoss: Bool
  public init(_ place: String, _ reason: String, isLoss: Bool = false) {
    (self.place, self.reason, self.isLoss) = (place, reason, isLoss)
  }
  public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}
