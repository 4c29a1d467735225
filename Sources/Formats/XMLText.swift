import Foundation

/// The bytes of an XML document as UTF-8, with the place where the root element begins.
///
/// The encoding is that of a byte order mark, else the declared one, else UTF-8 (XML 1.0, appendix F): UTF-8, UTF-16,
/// ISO 8859-1, ISO 8859-15, windows-1252. A declaration that the bytes contradict becomes a warning.
struct XMLText {
  private(set) var bytes: [UInt8]
  /// The index of the root element's `<`.
  private(set) var rootStart = 0
  private(set) var warnings: [FormatWarning] = []

  /// - Throws: ``FormatError``: no element, a prolog that is not one, or a document type that declares something.
  init(_ bytes: [UInt8]) throws(FormatError) {
    (self.bytes, warnings) = try Self.decode(bytes)
    rootStart = try afterProlog()
  }

  /// The name of the root element, without prefix, of a document that begins so; nil for what is no XML.
  static func rootName(_ beginning: ArraySlice<UInt8>) -> String? {
    guard let text = try? XMLText(Array(beginning)) else { return nil }
    let name = text.bytes[(text.rootStart + 1)...].prefix { !" \t\r\n/>".utf8.contains($0) }
    guard !name.isEmpty, name.count <= 100 else { return nil }
    return String(decoding: name, as: UTF8.self).split(separator: ":").last.map(String.init)
  }

  /// Line ends before that index.
  func lines(before index: Int) -> Int { bytes[..<index].reduce(0) { $1 == 0x0A ? $0 + 1 : $0 } }

  private func error(at index: Int, found: String, expected: String) -> FormatError {
    FormatError("line \(lines(before: index) + 1)", found: found, expected: expected)
  }

  // MARK: Prolog

  /// Skips declaration, comments, processing instructions, and a document type that only names a file elsewhere, which
  /// is not fetched: GE's files all have `<!DOCTYPE RestingECG SYSTEM "restecg.dtd">`.
  private func afterProlog() throws(FormatError) -> Int {
    var index = 0
    while true {
      while index < bytes.count, bytes[index] <= 0x20 { index += 1 }
      if starts("<?", index) {
        index = try end("?>", after: index, "processing instruction")
      } else if starts("<!--", index) {
        index = try end("-->", after: index, "comment")
      } else if starts("<!DOCTYPE", index) {
        index = try afterDocumentType(index)
      } else if index + 1 < bytes.count, bytes[index] == 0x3C, bytes[index + 1] != 0x21 {
        return index
      } else {
        throw error(
          at: index, found: index == bytes.count ? "there is no element" : "text before the root element",
          expected: "an XML document")
      }
    }
  }

  private func afterDocumentType(_ start: Int) throws(FormatError) -> Int {
    var quote: UInt8?
    for index in start..<bytes.count {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      } else if byte == 0x5B {  // [
        throw error(
          at: index, found: "the document type declares entities or elements",
          expected: "none: they are not needed and can make a document huge")
      } else if byte == 0x3E {
        return index + 1
      }
    }
    throw error(at: start, found: "a document type without its end", expected: "'>'")
  }

  private func starts(_ text: StaticString, _ index: Int) -> Bool {
    guard text.utf8CodeUnitCount <= bytes.count - index else { return false }
    return text.withUTF8Buffer { $0.elementsEqual(bytes[index..<index + $0.count]) }
  }

  private func end(_ mark: StaticString, after start: Int, _ what: String) throws(FormatError) -> Int {
    let last = mark.withUTF8Buffer { $0[$0.count - 1] }
    let length = mark.utf8CodeUnitCount
    // The mark's own first characters may be those of the beginning: '<?>' is none.
    var index = start + (what == "comment" ? 4 : what == "CDATA section" ? 9 : 2) + length - 1
    while index < bytes.count {
      if bytes[index] == last, starts(mark, index - length + 1) { return index + 1 }
      index += 1
    }
    throw error(at: start, found: "a \(what) without its end", expected: "'\(mark)'")
  }

  // MARK: Tags

  /// Puts blanks in the place of processing instructions: swift-corelibs-foundation (6.3) reads through a null pointer
  /// at one without data, `<?x?>`, and nobody here reads any.
  /// - Throws: ``FormatError`` for a tag that is longer, or declares more namespaces, than ``XMLTree`` takes.
  /// - Complexity: O(bytes).
  mutating func checkTags() throws(FormatError) {
    var index = rootStart
    while let start = bytes[index...].firstIndex(of: 0x3C) {
      if starts("<!--", start) {
        index = try end("-->", after: start, "comment")
      } else if starts("<![CDATA[", start) {
        index = try end("]]>", after: start, "CDATA section")
      } else if starts("<?", start) {
        index = try end("?>", after: start, "processing instruction")
        for place in start..<index where bytes[place] != 0x0A { bytes[place] = 0x20 }
      } else {
        index = try afterTag(start)
      }
    }
  }

  private func afterTag(_ start: Int) throws(FormatError) -> Int {
    var quote: UInt8?
    var namespaces = 0
    for index in start..<min(bytes.count, start + XMLTree.maximumTag) {
      let byte = bytes[index]
      if let open = quote {
        if byte == open { quote = nil }
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      } else if byte == 0x78, starts("xmlns", index) {
        namespaces += 1
        guard namespaces <= XMLTree.maximumNamespaces else {
          throw error(
            at: index, found: "a tag declares more namespaces", expected: "at most \(XMLTree.maximumNamespaces)")
        }
      } else if byte == 0x3E {
        return index + 1
      }
    }
    throw error(
      at: start,
      found: bytes.count - start <= XMLTree.maximumTag ? "the document ends within a tag" : "a tag is longer",
      expected: "at most \(XMLTree.maximumTag) bytes up to its '>'")
  }

  // MARK: Encoding

  private static func decode(_ bytes: [UInt8]) throws(FormatError) -> ([UInt8], [FormatWarning]) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return try eightBit(Array(bytes.dropFirst(3))) }
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
      throw FormatError("line 1", found: "UTF-32", expected: "UTF-8, UTF-16, ISO-8859-1 or windows-1252")
    }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0x3C, 0, 0x3F, 0]) { return try sixteenBit(bytes, 0) }
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0, 0x3C, 0, 0x3F]) { return try sixteenBit(bytes, 1) }
    return try eightBit(bytes)
  }

  /// - Parameter low: the index of a unit's low byte in its two.
  private static func sixteenBit(_ bytes: [UInt8], _ low: Int) throws(FormatError) -> ([UInt8], [FormatWarning]) {
    guard bytes.count % 2 == 0 else {
      throw FormatError("", found: "UTF-16 with \(bytes.count) bytes", expected: "an even number of them")
    }
    let units = stride(from: 0, to: bytes.count, by: 2).lazy.map { index in
      UInt16(bytes[index + low]) | UInt16(bytes[index + 1 - low]) << 8
    }
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / 2)
    let marked = units.first { _ in true } == 0xFEFF
    let isBroken = transcode(
      units.dropFirst(marked ? 1 : 0).makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true
    ) { text.append($0) }
    guard !isBroken else {
      let line = text.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
      throw FormatError("line \(line)", found: "half a character of UTF-16", expected: "pairs of surrogates")
    }
    return (text, [])
  }

  private static func eightBit(_ bytes: [UInt8]) throws(FormatError) -> ([UInt8], [FormatWarning]) {
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    if isASCII { return (bytes, []) }
    let declared = declaredEncoding(bytes)
    let isUTF8 = isValidUTF8(bytes)
    func table(_ changes: [UInt8: Unicode.Scalar]) -> [UInt8] {
      let letters = (UInt8.min...UInt8.max).map { Array(String(Character(changes[$0] ?? Unicode.Scalar($0))).utf8) }
      var text: [UInt8] = []
      text.reserveCapacity(bytes.count + bytes.count / 16)
      for byte in bytes {
        if byte < 0x80 { text.append(byte) } else { text += letters[Int(byte)] }
      }
      return text
    }
    func warning(_ reason: String) -> [FormatWarning] { [FormatWarning("line 1", reason)] }
    let name = declared?.uppercased() ?? "UTF-8"
    switch name {
    case "UTF-8", "UTF8", "US-ASCII", "ASCII", "UTF-16", "UTF16":
      let isOdd = !name.hasPrefix("UTF-8") && !name.hasPrefix("UTF8")
      if isUTF8 { return (bytes, isOdd ? warning("the encoding is said to be \(name); the bytes are UTF-8") : []) }
      return (
        table(windows1252), warning("the encoding is said to be \(name); the bytes are not: read as windows-1252")
      )
    case "ISO-8859-1", "ISO8859-1", "ISO_8859-1", "ISO-LATIN-1", "LATIN1", "LATIN-1", "L1", "WINDOWS-1252", "CP1252":
      // windows-1252 is ISO 8859-1 with characters where that has control codes.
      return (table(windows1252), [])
    case "ISO-8859-15", "ISO8859-15", "LATIN-9", "LATIN9":
      return (table(latin9), [])
    default:
      if isUTF8 { return (bytes, warning("the encoding '\(name)' is not known; the bytes are UTF-8")) }
      let letters = bytes.map { $0 < 0x80 ? $0 : 0x3F }
      return (letters, warning("the encoding '\(name)' is not known: characters beyond ASCII are read as '?'"))
    }
  }

  private static func isValidUTF8(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }

  /// What `<?xml … encoding="…"?>` says.
  private static func declaredEncoding(_ bytes: [UInt8]) -> String? {
    let beginning = String(decoding: bytes.prefix(300), as: UTF8.self)
    guard beginning.hasPrefix("<?xml"), let end = beginning.range(of: "?>"),
      let key = beginning[..<end.lowerBound].range(of: "encoding")
    else { return nil }
    let rest = beginning[key.upperBound..<end.lowerBound].drop { " \t\r\n=".contains($0) }
    guard let quote = rest.first, quote == "\"" || quote == "'" else { return nil }
    return String(rest.dropFirst().prefix { $0 != quote })
  }

  /// Where it differs from ISO 8859-1. Source: Unicode's mapping table CP1252.TXT.
  private static let windows1252: [UInt8: Unicode.Scalar] = [
    0x80: "€", 0x82: "‚", 0x83: "ƒ", 0x84: "„", 0x85: "…", 0x86: "†", 0x87: "‡", 0x88: "ˆ", 0x89: "‰", 0x8A: "Š",
    0x8B: "‹", 0x8C: "Œ", 0x8E: "Ž", 0x91: "‘", 0x92: "’", 0x93: "“", 0x94: "”", 0x95: "•", 0x96: "–", 0x97: "—",
    0x98: "˜", 0x99: "™", 0x9A: "š", 0x9B: "›", 0x9C: "œ", 0x9E: "ž", 0x9F: "Ÿ",
  ]

  /// Where it differs from ISO 8859-1. Source: Unicode's mapping table 8859-15.TXT.
  private static let latin9: [UInt8: Unicode.Scalar] = [
    0xA4: "€", 0xA6: "Š", 0xA8: "š", 0xB4: "Ž", 0xB8: "ž", 0xBC: "Œ", 0xBD: "œ", 0xBE: "Ÿ",
  ]
}
