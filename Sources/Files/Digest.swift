import Crypto
import Foundation

/// SHA-256 as 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public let hex: String

  public init(of data: some DataProtocol) {
    var hash = SHA256()
    hash.update(data: data)
    self.init(hash.finalize())
  }

  public init(of text: String) { self.init(of: Array(text.utf8)) }

  /// The digest of a file's content, read in pieces.
  public init(ofFile path: String) throws(FileError) {
    var hash = SHA256()
    try readPieces(of: path) { hash.update(bufferPointer: $0) }
    self.init(hash.finalize())
  }

  /// The digest of digests: of a list whose order matters.
  public init(combining digests: some Sequence<Digest>) { self.init(of: digests.map(\.hex).joined(separator: "\n")) }

  /// A digest from its 64 lower-case hexadecimal digits; nil for any other text.
  public init?(hex: String) {
    guard hex.utf8.count == 64, hex.utf8.allSatisfy({ "0123456789abcdef".utf8.contains($0) }) else { return nil }
    self.hex = hex
  }

  private init(_ value: SHA256.Digest) {
    let digits = Array("0123456789abcdef".utf8)
    hex = String(decoding: value.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  public init(from decoder: any Decoder) throws { hex = try decoder.singleValueContainer().decode(String.self) }
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  /// The first digits, enough for people to tell two apart.
  public var short: String { String(hex.prefix(12)) }
  /// As a content security policy names a script or a style: `sha256-` and base64. Source: W3C, CSP Level 3, 2.3.1.
  public var policySource: String {
    let digits = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
    let bytes = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    return "sha256-" + Data(bytes).base64EncodedString()
  }
  public var description: String { hex }
  public static func < (a: Digest, b: Digest) -> Bool { a.hex < b.hex }
}
