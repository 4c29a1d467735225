extension SCP {
  /// Where a record's sections are, and whether their checksums are right.
  ///
  /// ```
  /// record   checksum 2, length 4
  /// section  checksum 2, number 2, length with these 16 bytes 4, its version 1, the protocol's version 1, reserved 6
  /// section 0, for each section: number 2, length 4, index of its first byte in the record, from 1, 4
  /// ```
  /// Numbers are little-endian. Source: EN 1064, 5.2 and 5.3.
  struct Sections {
    /// Tenths of the protocol's version, 13 for 1.3; nil where section 0 does not say.
    let version: Int?
    private(set) var warnings: [FormatWarning] = []
    /// Without their headers; a section that says nothing has none.
    private var contents: [Int: ArraySlice<UInt8>] = [:]
    private var faults: [Int: FormatError] = [:]
    /// Section 12 of version 3.0.
    private var hasLongTerm = false

    /// The number of those that are read.
    private static let known = 1...11
    private static let headerLength = 16

    init(_ bytes: [UInt8]) throws(FormatError) {
      var reader = ByteReader(bytes, place: "record")
      let checksum = try reader.uint16("record's checksum")
      let length = Int(try reader.uint32("record's length"))
      guard length <= bytes.count else {
        throw FormatError(
          "record", found: "\(bytes.count) bytes", expected: "the \(length) that its beginning announces")
      }
      if length < bytes.count {
        warnings.append(FormatWarning("record", "\(bytes.count - length) bytes follow its \(length)"))
      }
      let record = bytes[..<length]
      guard length >= 6 + Self.headerLength else {
        throw FormatError("record", found: "\(length) bytes", expected: "at least \(6 + Self.headerLength)")
      }
      let (id, pointersLength, protocolVersion) = try Self.header(record[6...], place: "section 0")
      guard id == 0 else {
        throw FormatError(
          "record, byte 8", found: "section \(id) comes first", expected: "section 0, which says where the others are")
      }
      guard pointersLength >= Self.headerLength, pointersLength <= length - 6 else {
        throw FormatError(
          "section 0", found: "a length of \(pointersLength) bytes", expected: "\(Self.headerLength) to \(length - 6)")
      }
      version = (10..<100).contains(protocolVersion) ? protocolVersion : nil
      Self.check(checksum, of: record[2...], place: "record", &warnings)
      let zero = record[6..<6 + pointersLength]
      Self.check(UInt16(zero[6]) | UInt16(zero[7]) << 8, of: zero[8...], place: "section 0", &warnings)

      var pointers = ByteReader(zero.dropFirst(Self.headerLength), place: "section 0")
      while pointers.remaining >= 10 {
        let id = Int(try pointers.uint16("number of a section"))
        let length = Int(try pointers.uint32("length of a section"))
        let index = Int(try pointers.uint32("index of a section"))
        guard Self.known.contains(id), length > 0, contents[id] == nil, faults[id] == nil else {
          hasLongTerm = hasLongTerm || (id == 12 && length > 0)
          continue
        }
        do throws(FormatError) { contents[id] = try content(id, length: length, index: index, in: record) } catch {
          faults[id] = error
        }
      }
    }

    /// A reader of a section's content; nil when the record has none, or it is empty.
    /// - Throws: when the section is not where section 0 has it.
    func reader(_ id: Int) throws(FormatError) -> ByteReader? {
      if let fault = faults[id] { throw fault }
      guard let content = contents[id], !content.isEmpty else { return nil }
      return ByteReader(content, place: "section \(id)")
    }

    /// The same of a section without which there is no signal.
    func requiredReader(_ id: Int, _ what: String) throws(FormatError) -> ByteReader {
      if let reader = try reader(id) { return reader }
      let longTerm = id == 6 && hasLongTerm ? ", but a long-term recording, which is not read" : ""
      throw FormatError("section 0", found: "no section \(id)\(longTerm)", expected: "one: \(what)")
    }

    private mutating func content(
      _ id: Int, length: Int, index: Int, in record: ArraySlice<UInt8>
    ) throws(FormatError) -> ArraySlice<UInt8> {
      let place = "section \(id)"
      guard index >= 1, length >= Self.headerLength, index - 1 <= record.count - length else {
        throw FormatError(
          place, found: "section 0 has it at byte \(index) with \(length) bytes",
          expected: "at least \(Self.headerLength) within the record's \(record.count)")
      }
      let section = record[index - 1..<index - 1 + length]
      let header = try Self.header(section, place: place)
      guard header.id == id else {
        throw FormatError(
          place, found: "section \(header.id) at byte \(index)", expected: "section \(id), which section 0 has there")
      }
      if header.length != length {
        warnings.append(FormatWarning(place, "its header gives it \(header.length) bytes, section 0 \(length)"))
      }
      let used = section.prefix(max(Self.headerLength, min(length, header.length)))
      Self.check(
        UInt16(used[used.startIndex]) | UInt16(used[used.startIndex + 1]) << 8, of: used.dropFirst(2), place: place,
        &warnings)
      return used.dropFirst(Self.headerLength)
    }

    private static func header(
      _ section: ArraySlice<UInt8>, place: String
    ) throws(FormatError) -> (id: Int, length: Int, protocolVersion: Int) {
      var reader = ByteReader(section, place: place)
      try reader.skip(2, "checksum")
      let id = Int(try reader.uint16("number of the section"))
      let length = Int(try reader.uint32("length of the section"))
      try reader.skip(1, "section's version")
      let version = Int(try reader.uint8("protocol's version"))
      try reader.skip(6, "reserved bytes")
      return (id, length, version)
    }

    private static func check(
      _ stated: UInt16, of bytes: ArraySlice<UInt8>, place: String, _ warnings: inout [FormatWarning]
    ) {
      let computed = checksum(bytes)
      if computed != stated {
        warnings.append(
          FormatWarning(place, "its checksum is \(hexadecimal(stated)); its bytes give \(hexadecimal(computed))"))
      }
    }

    private static func hexadecimal(_ number: UInt16) -> String {
      let digits = String(number, radix: 16, uppercase: true)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
  }

  /// CRC-CCITT: x¹⁶ + x¹² + x⁵ + 1, from FFFF, the most significant bit first. Source: EN 1064, 5.2.7.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    bytes.reduce(0xFFFF) { $0 << 8 ^ remainders[Int(UInt8(truncatingIfNeeded: $0 >> 8) ^ $1)] }
  }

  private static let remainders: [UInt16] = (0..<256).map { byte in
    (0..<8).reduce(UInt16(byte) << 8) { remainder, _ in remainder << 1 ^ (remainder & 0x8000 == 0 ? 0 : 0x1021) }
  }
}
