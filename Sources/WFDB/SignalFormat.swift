/// How samples lie in a signal file. Source: WFDB Applications Guide, signal(5).
///
/// A further format is one case here: its size, its missing value, its decoder.
public enum SignalFormat: Int, Sendable, CaseIterable {
  case bits16 = 16
  case pairs212 = 212
  case offset80 = 80
  case bits24 = 24
  case bits32 = 32

  /// The numbers of the formats that can be read, for messages.
  public static var names: String { allCases.map { String($0.rawValue) }.joined(separator: ", ") }

  /// Bytes that `samples` samples take, the first one beginning a byte; nil when there are more than Int can count.
  func byteCount(samples: Int) -> Int? {
    func times(_ factor: Int) -> Int? {
      let (product, overflow) = samples.multipliedReportingOverflow(by: factor)
      return overflow ? nil : product
    }
    return switch self {
    case .offset80: samples
    case .bits16: times(2)
    case .bits24: times(3)
    case .bits32: times(4)
    case .pairs212: times(3).map { $0 / 2 + $0 % 2 }  // an odd last sample takes two bytes
    }
  }

  /// Samples that `bytes` bytes hold.
  func sampleCount(bytes: Int) -> Int {
    switch self {
    case .offset80: bytes
    case .bits16: bytes / 2
    case .bits24: bytes / 3
    case .bits32: bytes / 4
    case .pairs212: bytes / 3 * 2 + (bytes % 3 == 2 ? 1 : 0)
    }
  }

  /// The digital value that says that a sample is missing.
  var missing: Int32 {
    switch self {
    case .offset80: -128
    case .bits16: -32_768
    case .bits24: -8_388_608
    case .bits32: -2_147_483_648
    case .pairs212: -2_048
    }
  }

  /// Writes the digital values of `samples.count` samples.
  /// - Precondition: `bytes` holds `byteCount(samples: samples.count)` bytes at least; that is what bounds every access.
  func decode(_ bytes: UnsafeRawBufferPointer, into samples: UnsafeMutableBufferPointer<Int32>) {
    let needed = byteCount(samples: samples.count)
    precondition(needed.map { $0 <= bytes.count } ?? false, "\(bytes.count) bytes for \(samples.count) samples")
    func byte(_ i: Int) -> Int32 { Int32(truncatingIfNeeded: bytes[i]) }
    switch self {
    case .bits16:
      for i in samples.indices {
        samples[i] = Int32(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 &* i, as: Int16.self)))
      }
    case .bits32:
      for i in samples.indices {
        samples[i] = Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 &* i, as: Int32.self))
      }
    case .bits24:
      for i in samples.indices {
        let low = byte(3 &* i) | byte(3 &* i &+ 1) << 8
        samples[i] = low | Int32(Int8(bitPattern: bytes[3 &* i &+ 2])) << 16
      }
    case .offset80:
      for i in samples.indices { samples[i] = byte(i) &- 128 }
    case .pairs212:
      // Two samples of 12 bits in three bytes: low byte of the first, both high halves, low byte of the second.
      for i in samples.indices {
        let first = i / 2 &* 3
        let value =
          i % 2 == 0
          ? byte(first) | (byte(first &+ 1) & 0x0F) << 8 : byte(first &+ 2) | (byte(first &+ 1) & 0xF0) << 4
        samples[i] = (value << 20) >> 20
      }
    }
  }
}
