extension DICOMDataSet {
  /// Sequences within sequences, beyond which a file is refused: a waveform object has three.
  private static let maximumDepth = 12
  /// Elements and items together, beyond which a file is refused.
  private static let maximumElements = 1 << 21
  private static let undefinedLength: UInt32 = 0xFFFF_FFFF

  /// Whether a file begins as a DICOM file does: with a preamble of 128 bytes and `DICM`, or at once with the first
  /// elements of a file or an object.
  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool {
    if beginning.dropFirst(128).starts(with: "DICM".utf8) { return true }
    guard beginning.count >= 8 else { return false }
    let first = Array(beginning.prefix(8))
    let isLittle = first[1] == 0
    let group = isLittle ? first[0] : first[1]
    let element = isLittle ? (first[2], first[3]) : (first[3], first[2])
    guard isLittle || first[0] == 0, group == 2 || group == 8, element.1 == 0 else { return false }
    if group == 2 { return element.0 == 0 && Array(first[4..<6]) == Array("UL".utf8) }
    guard [0x00, 0x01, 0x05, 0x08, 0x12, 0x13, 0x14, 0x16, 0x18].contains(element.0) else { return false }
    if representation(first[4...5]) != nil { return true }
    return isLittle && first[4] <= 64 && first[5...7].allSatisfy { $0 == 0 }  // implicit: a short length
  }

  /// Reads a file: its preamble and meta information, where it has them, and its data set.
  /// - Throws: ``FormatError`` for a transfer syntax that is none of the three uncompressed ones, and for what is no
  ///   data set.
  init(file bytes: [UInt8]) throws(FormatError) {
    guard Self.recognizes(bytes.prefix(4096)) else {
      throw FormatError(
        "byte 0", found: "neither 'DICM' after 128 bytes nor an element of group 0002 or 0008",
        expected: "a DICOM file")
    }
    var reader = ByteReader(bytes, place: "data set")
    if bytes.dropFirst(128).starts(with: "DICM".utf8) { try reader.skip(132, "preamble") }
    var parser = Parser()
    var syntax: String?
    if Self.group(at: reader) == 2 {
      let meta = try parser.dataSet(&reader, .meta)
      syntax = meta.value(.transferSyntax)
    }
    switch syntax {
    case "1.2.840.10008.1.2": parser.isExplicit = false
    case "1.2.840.10008.1.2.1": break
    case "1.2.840.10008.1.2.2": reader.isBigEndian = true
    case nil: (parser.isExplicit, reader.isBigEndian) = Self.guess(reader)
    case let syntax?:
      let name = syntax == "1.2.840.10008.1.2.1.99" ? "Deflated Explicit VR Little Endian" : "'\(syntax)'"
      throw FormatError(
        "\(DICOMAttribute.transferSyntax)", found: name,
        expected: "Explicit VR Little Endian, Implicit VR Little Endian or Explicit VR Big Endian, uncompressed")
    }
    self = try parser.dataSet(&reader, .whole)
  }

  /// The group of the next element, little endian.
  private static func group(at reader: ByteReader) -> UInt16? {
    var reader = reader
    return try? reader.uint16("group")
  }

  /// The encoding of a data set without meta information, from its first element.
  private static func guess(_ reader: ByteReader) -> (isExplicit: Bool, isBigEndian: Bool) {
    var reader = reader
    guard let first = try? reader.take(6, "element") else { return (true, false) }
    return (representation(first.suffix(2)) != nil, first.first == 0)
  }

  /// Of two bytes of an explicit element; nil when they are none.
  private static func representation(_ bytes: ArraySlice<UInt8>) -> DICOMAttribute.Representation? {
    DICOMAttribute.Representation(rawValue: String(decoding: bytes, as: UTF8.self))
  }

  /// What a data set ends with.
  private enum Extent {
    case meta  // the last element of group 0002
    case whole  // the last byte
    case delimited  // an item delimiter
  }

  private struct Parser {
    var isExplicit = true
    private var characterSet = DICOMCharacterSet.latin1
    private var depth = 0
    private var count = 0

    init() {}

    mutating func dataSet(_ reader: inout ByteReader, _ extent: Extent) throws(FormatError) -> DICOMDataSet {
      var set = DICOMDataSet()
      (set.position, set.isBigEndian, set.characterSet) = (reader.position, reader.isBigEndian, characterSet)
      let outer = characterSet
      defer { characterSet = outer }
      while !reader.isAtEnd {
        if extent == .meta, DICOMDataSet.group(at: reader) != 2 { return set }
        let position = reader.position
        try countOne(position)
        let tag = UInt32(try reader.uint16("group")) << 16 | UInt32(try reader.uint16("element"))
        if tag >> 16 == 0xFFFE {
          try reader.skip(4, "length")
          guard tag == 0xFFFE_E00D, extent == .delimited else {
            throw FormatError(
              "byte \(position)", found: "the delimiter \(DICOMAttribute.text(tag))", expected: "an element")
          }
          return set
        }
        guard let value = try value(of: tag, at: position, &reader) else { continue }
        set.elements.append(Element(tag: tag, position: position, value: value))
        if tag == DICOMAttribute.characterSet.tag {
          characterSet = DICOMCharacterSet(set.values(.characterSet))
          set.characterSet = characterSet
        }
      }
      guard extent != .delimited else {
        throw FormatError(
          "byte \(reader.position)", found: "the end of the file", expected: "the end of an item (FFFE,E00D)")
      }
      return set
    }

    /// The value of an element whose tag was read; nil for one that is not kept.
    private mutating func value(
      of tag: UInt32, at position: Int, _ reader: inout ByteReader
    ) throws(FormatError) -> Value? {
      let attribute = DICOMAttribute.named(tag)
      let name = attribute?.description ?? DICOMAttribute.text(tag)
      var written: DICOMAttribute.Representation?
      var isLong = true
      if isExplicit {
        let letters = try reader.take(2, "value representation of \(name)")
        guard let representation = DICOMDataSet.representation(letters) else {
          throw FormatError(
            "\(name), byte \(position)", found: "the value representation '\(ByteReader.text(letters))'",
            expected: "two letters as 'LO' (PS3.5, 6.2)")
        }
        written = representation
        isLong = representation.hasLongLength
        if isLong { try reader.skip(2, "reserved bytes of \(name)") }
      }
      let length = isLong ? try reader.uint32("length of \(name)") : UInt32(try reader.uint16("length of \(name)"))
      let isSequence = attribute.map { $0.representation == .SQ } ?? (written == .SQ)
      guard length != DICOMDataSet.undefinedLength else {
        switch written {
        case .OB, .OW: try skipFragments(&reader)
        case nil, .SQ:
          let items = try items(&reader, isDelimited: true)
          return isSequence && attribute != nil ? .items(items) : nil
        case .UN:  // an unknown sequence, implicit within (PS3.5, 6.2.2)
          let items = try implicitly { parser throws(FormatError) in try parser.items(&reader, isDelimited: true) }
          return isSequence && attribute != nil ? .items(items) : nil
        case let written?:
          throw FormatError(
            "\(name), byte \(position)", found: "an undefined length for \(written)", expected: "a length in bytes")
        }
        return nil
      }
      let content = try reader.take(Int(length), "value of \(name)")
      guard let attribute else { return nil }
      guard attribute.representation == .SQ else { return .bytes(content) }
      var inner = ByteReader(content, place: reader.place, isBigEndian: reader.isBigEndian)
      if written == .UN {
        inner.isBigEndian = false
        return .items(
          try implicitly { parser throws(FormatError) in try parser.items(&inner, isDelimited: false) })
      }
      return .items(try items(&inner, isDelimited: false))
    }

    private mutating func items(_ reader: inout ByteReader, isDelimited: Bool) throws(FormatError) -> [DICOMDataSet] {
      depth += 1
      defer { depth -= 1 }
      guard depth <= DICOMDataSet.maximumDepth else {
        throw FormatError(
          "byte \(reader.position)", found: "sequences within each other, \(depth) deep",
          expected: "at most \(DICOMDataSet.maximumDepth)")
      }
      var items: [DICOMDataSet] = []
      while !reader.isAtEnd {
        guard let length = try item(&reader, isDelimited) else { return items }
        if length == DICOMDataSet.undefinedLength {
          items.append(try dataSet(&reader, .delimited))
        } else {
          var inner = ByteReader(
            try reader.take(Int(length), "item"), place: reader.place, isBigEndian: reader.isBigEndian)
          items.append(try dataSet(&inner, .whole))
        }
      }
      guard !isDelimited else {
        throw FormatError(
          "byte \(reader.position)", found: "the end of the file", expected: "the end of a sequence (FFFE,E0DD)")
      }
      return items
    }

    /// The pieces of a compressed value, which waveforms do not have.
    private mutating func skipFragments(_ reader: inout ByteReader) throws(FormatError) {
      while let length = try item(&reader, true) { try reader.skip(Int(length), "fragment") }
    }

    /// The length of the next item; nil at the end of a sequence of undefined length.
    private mutating func item(_ reader: inout ByteReader, _ isDelimited: Bool) throws(FormatError) -> UInt32? {
      let position = reader.position
      try countOne(position)
      let tag = UInt32(try reader.uint16("group of an item")) << 16 | UInt32(try reader.uint16("element of an item"))
      let length = try reader.uint32("length of an item")
      if tag == 0xFFFE_E000 { return length }
      guard tag == 0xFFFE_E0DD, isDelimited else {
        throw FormatError("byte \(position)", found: DICOMAttribute.text(tag), expected: "an item (FFFE,E000)")
      }
      return nil
    }

    private mutating func implicitly<Result>(
      _ body: (inout Parser) throws(FormatError) -> Result
    ) throws(FormatError) -> Result {
      let outer = isExplicit
      isExplicit = false
      defer { isExplicit = outer }
      return try body(&self)
    }

    private mutating func countOne(_ position: Int) throws(FormatError) {
      count += 1
      guard count <= DICOMDataSet.maximumElements else {
        throw FormatError(
          "byte \(position)", found: "more than \(DICOMDataSet.maximumElements) elements and items",
          expected: "fewer")
      }
    }
  }
}
