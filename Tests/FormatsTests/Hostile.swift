import Formats
import TestSupport
import Testing

/// Reads a file cut at every length, and changed at random places 2000 times with a fixed seed: it is read or refused
/// with a ``FormatError``, and all of it in less than `limit`.
func expectToWithstand(
  _ file: [UInt8], limit: Duration = .seconds(20), sourceLocation: SourceLocation = #_sourceLocation,
  _ read: ([UInt8]) throws -> Void
) {
  func attempt(_ bytes: [UInt8], _ what: @autoclosure () -> String) {
    do { try read(bytes) } catch let error as FormatError {
      #expect(!error.found.isEmpty && !error.expected.isEmpty, "\(what()): \(error)", sourceLocation: sourceLocation)
    } catch {
      Issue.record("\(what()): \(error)", sourceLocation: sourceLocation)
    }
  }
  let time = ContinuousClock().measure {
    for length in 0..<file.count { attempt(Array(file[..<length]), "cut at \(length)") }
    var generator = SeededGenerator(seed: 9)
    for round in 0..<2000 {
      var bytes = file
      for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[place] = UInt8(ascii: Unicode.Scalar(UInt8.random(in: 0x20...0x7E, using: &generator)))
        case 2: bytes.remove(at: place)
        default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
        }
      }
      attempt(bytes, "mutation \(round)")
    }
  }
  #expect(time < limit, sourceLocation: sourceLocation)
}

/// The same values, missing ones in the same places.
func areSame(_ one: [Double], _ other: [Double], within tolerance: Double = 0) -> Bool {
  one.count == other.count && zip(one, other).allSatisfy { $0.isNaN ? $1.isNaN : abs($0 - $1) <= tolerance }
}
