/// A number of 128 bits that depends on content alone, where a format wants an identifier that nothing else has:
/// FNV-1a. It tells contents apart, and is no protection against one who seeks a second content of the same number.
///
/// Sources: Fowler, Noll & Vo, IETF draft-eastlake-fnv; RFC 9562, 5.8 (UUID version 8).
struct ContentIdentifier {
  private var state: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D

  mutating func add(_ bytes: some Sequence<UInt8>) {
    for byte in bytes { state = (state ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B }
  }

  /// A text, apart from what follows.
  mutating func add(_ text: String) {
    add(text.utf8)
    add(CollectionOfOne(0))
  }

  /// The number as a UUID of version 8.
  private var uuid: UInt128 {
    let version: UInt128 = 0xF << 76
    let variant: UInt128 = 0x3 << 62
    return state & ~version & ~variant | 0x8 << 76 | 0x2 << 62
  }

  /// As RFC 9562, 4 writes it: `c8f1…-…-8…-…-…`, lower-case.
  var uuidText: String {
    let digits = String(uuid, radix: 16)
    let padded = Array(String(repeating: "0", count: max(0, 32 - digits.count)) + digits)
    return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(padded[$0]) }.joined(separator: "-")
  }

  /// `2.25.…`, a UID that a UUID makes (PS3.5, B.2; ITU-T X.667).
  var uid: String { "2.25.\(uuid)" }
}
