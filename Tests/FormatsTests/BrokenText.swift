import TestSupport

extension [UInt8] {
  /// The bytes with one to eight of them replaced: half by any byte, half by a character that numbers and marks are made of.
  func broken(of characters: String, using generator: inout SeededGenerator) -> [UInt8] {
    var bytes = self
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      let byte =
        Bool.random(using: &generator)
        ? UInt8.random(in: 0...255, using: &generator) : Array(characters.utf8).randomElement(using: &generator) ?? 0
      bytes[Int.random(in: 0..<bytes.count, using: &generator)] = byte
    }
    return bytes
  }
}
