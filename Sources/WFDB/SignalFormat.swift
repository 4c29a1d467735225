/// How samples lie in a signal file. Source: WFDB Applications Guide, signal(5).
///
/// A further format is one case here: its size, its missing value, its decoder.
public enum SignalFormat: Int, Sendable, CaseIterable {
  case differences8 = 8
  case bits16 = 16
  case bits24 = 24
  case bits32 = 32
  case bigEndian61 = 61
  case offset80 = 80
  case offset160 = 160
  case pairs212 = 212
  case triples310 = 310
  case triples311 = 311
  case flac508 = 508
  case flac516 = 516
  case flac524 = 524

  /// The numbers of the formats that can be read, for messages.
  public static var names: String { allCases.map { String($0.rawValue) }.joined(separator: ", ") }

  /// The most bits that a sample of a FLAC file has; nil when the file is none.
  var flacBits: Int? { rawValue > 500 ? rawValue - 500 : nil }

  /// The fewest samples that fill whole bytes, and these bytes. A FLAC file has no such unit; 1 and 1 stand for none.
  var unit: (samples: Int, bytes: Int) {
    switch self {
    case .differences8, .offset80: (1, 1)
    case .bits16, .bigEndian61, .offset160: (1, 2)
    case .bits24: (1, 3)
    case .bits32: (1, 4)
    case .pairs212: (2, 3)
    case .triples310, .triples311: (3, 4)
    case .flac508, .flac516, .flac524: (1, 1)
    }
  }

  /// Bytes that the first samples of a unit take, less than all of them.
  private func byteCount(ofPart samples: Int) -> Int {
    switch (self, samples) {
    case (_, 0): 0
    case (.triples311, 2): 3  // 20 bits
    case (.triples310, 2): 4
    default: 2
    }
  }

  /// Bytes that `samples` samples take, the first one beginning a unit; nil when there are more than Int can count.
  func byteCount(samples: Int) -> Int? {
    let (bytes, overflow) = (samples / unit.samples).multipliedReportingOverflow(by: unit.bytes)
    let (sum, carry) = bytes.addingReportingOverflow(byteCount(ofPart: samples % unit.samples))
    return overflow || carry ? nil : sum
  }

  /// Samples that `bytes` bytes hold.
  func sampleCount(bytes: Int) -> Int {
    let rest = bytes % unit.bytes
    let part = (0..<unit.samples).last { byteCount(ofPart: $0) <= rest } ?? 0
    return bytes / unit.bytes * unit.samples + part
  }

  /// The digital value that says that a sample is missing. Format 8 has none: this one no sum of differences reaches.
  var missing: Int32 {
    switch self {
    case .offset80, .flac508: -128
    case .bits16, .bigEndian61, .offset160, .flac516: -32_768
    case .bits24, .flac524: -8_388_608
    case .bits32, .differences8: -2_147_483_648
    case .pairs212: -2_048
    case .triples310, .triples311: -512
    }
  }

  /// Writes the values of `samples.count` samples, the first one beginning a unit; differences in format 8.
  /// - Precondition: the format is no FLAC, and `bytes` holds `byteCount(samples: samples.count)` bytes at least; that
  ///   is what bounds every access.
  func decode(_ bytes: UnsafeRawBufferPointer, into samples: UnsafeMutableBufferPointer<Int32>) {
    let needed = byteCount(samples: samples.count)
    precondition(needed.map { $0 <= bytes.count } ?? false, "\(bytes.count) bytes for \(samples.count) samples")
    func byte(_ i: Int) -> Int32 { Int32(truncatingIfNeeded: bytes[i]) }
    func word(_ i: Int) -> UInt16 { UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 2 &* i, as: UInt16.self)) }
    /// Two's complement of the lowest `bits` bits.
    func signed(_ value: Int32, bits: Int32) -> Int32 { (value << (32 &- bits)) >> (32 &- bits) }
    switch self {
    case .differences8:
      for i in samples.indices { samples[i] = Int32(Int8(bitPattern: bytes[i])) }
    case .bits16:
      for i in samples.indices { samples[i] = Int32(Int16(bitPattern: word(i))) }
    case .bigEndian61:
      for i in samples.indices { samples[i] = Int32(Int16(bitPattern: word(i).byteSwapped)) }
    case .offset160:
      for i in samples.indices { samples[i] = Int32(word(i)) &- 32_768 }
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
      var at = 0
      for i in stride(from: 0, to: samples.count &- 1, by: 2) {
        let middle = byte(at &+ 1)
        samples[i] = signed(byte(at) | middle << 8, bits: 12)
        samples[i &+ 1] = signed(byte(at &+ 2) | (middle & 0xF0) << 4, bits: 12)
        at &+= 3
      }
      if samples.count % 2 == 1 { samples[samples.count &- 1] = signed(byte(at) | byte(at &+ 1) << 8, bits: 12) }
    case .triples310:
      // Two words: the bits 1 to 10 of each are a sample; the third has its lower half in the top five bits of the
      // first.
      for i in samples.indices {
        let first = i / 3 &* 2
        let value: Int32 =
          switch i % 3 {
          case 0: Int32(word(first) >> 1)
          case 1: Int32(word(first &+ 1) >> 1)
          default: Int32(word(first) >> 11) | Int32(word(first &+ 1) >> 11) << 5
          }
        samples[i] = signed(value, bits: 10)
      }
    case .triples311:
      // One word of 32 bits: ten bits a sample, the first one lowest.
      for i in samples.indices {
        let first = i / 3 &* 4
        let value: Int32 =
          switch i % 3 {
          case 0: byte(first) | byte(first &+ 1) << 8
          case 1: byte(first &+ 1) >> 2 | byte(first &+ 2) << 6
          default: byte(first &+ 2) >> 4 | byte(first &+ 3) << 4
          }
        samples[i] = signed(value, bits: 10)
      }
    case .flac508, .flac516, .flac524:
      preconditionFailure("FLAC is decoded by FLACDecoder")
    }
  }
}
