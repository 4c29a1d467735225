import Files

// Replaced by the files of Parse, Plan and Run.
public struct Options {}
public struct FileDigests: Sendable {}
extension Value: Codable {
  public init(from decoder: any Decoder) throws { self = .undefined("") }
  public func encode(to encoder: any Encoder) throws {}
}
