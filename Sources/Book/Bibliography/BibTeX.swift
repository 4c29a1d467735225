/// A BibTeX file, taken apart: its entries with their fields as they are written, in LaTeX.
///
/// ```text
/// file     = { text | "@" type block }            text that stands between is a comment
/// block    = "{" content "}" | "(" content ")"
/// content  = key { "," name "=" value } [","]     an entry
///          | name "=" value                        of @string, a name for later values
///          | value                                 of @preamble, which is left out
///          | anything                              of @comment
/// value    = piece { "#" piece }
/// piece    = digits | name | quote, text, quote | "{" text "}"      braces inside are balanced
/// ```
///
/// A line that begins with `%` is a comment between entries. The names of months (`jan` … `dec`) are known. `crossref`
/// takes the fields that an entry lacks from another.
/// Source: O. Patashnik, "BibTeXing" (1988), and the grammar of btparse (G. Ward, "bt_language").
struct BibTeX {
  struct Field {
    /// LaTeX, names replaced by what they stand for.
    var text: String
    var range: SourceRange
    /// The line on which it begins.
    var line: String
  }
  struct Entry {
    var type: String  // in small letters
    var key: String
    var range: SourceRange  // the key's
    var typeRange: SourceRange
    var line: String
    var fields: [String: Field]  // names in small letters
  }
  private(set) var entries: [Entry] = []
  private(set) var diagnostics: [Diagnostic] = []

  /// Mistakes are collected; the entries after them are read nevertheless, until there are too many.
  init(parsing text: String, file: String) {
    var reader = BibTeXReader(text, file: file)
    while diagnostics.count < 50, let start = reader.nextEntry() {
      do throws(BibTeXReader.Flaw) {
        if let entry = try reader.entry(at: start) { entries.append(entry) }
      } catch {
        diagnostics.append(reader.diagnostic(error))
        reader.skipPast(max(start + 1, min(reader.index, error.place + 1)))
      }
    }
    var places: [String: Int] = [:]
    for (index, entry) in entries.enumerated() {
      if let first = places[entry.key] {
        diagnose(
          entry.range, entry.line, "the key '\(entry.key)' is taken by the entry on line \(entries[first].range.line)",
          "each work has a key of its own")
      } else {
        places[entry.key] = index
      }
    }
    for index in entries.indices { inherit(into: index, places) }
  }

  private mutating func diagnose(_ range: SourceRange, _ line: String, _ summary: String, _ help: String...) {
    diagnostics.append(Diagnostic(.bibliographyFile, at: range, summary, help: help, line: line))
  }

  /// What an entry lacks stands in the one that it names: of a book or proceedings, the title as the place of its parts.
  private mutating func inherit(into index: Int, _ places: [String: Int]) {
    guard let reference = entries[index].fields["crossref"] else { return }
    let key = reference.text.trimmedOfSpaces
    guard let place = places[key], place != index else {
      let keys = places.keys.filter { $0 != entries[index].key }
      diagnostics.append(
        Diagnostic(
          .bibliographyFile, at: reference.range, "'crossref' names no entry '\(key)'",
          help: didYouMean(key, among: keys, plural: "keys"), line: reference.line))
      return
    }
    let whole = entries[place]
    let names = ["title": "booktitle", "subtitle": "booksubtitle"]
    for (name, field) in whole.fields.sorted(by: { $0.key < $1.key }) where !["crossref", "author"].contains(name) {
      let name = names[name] ?? name
      if entries[index].fields[name] == nil { entries[index].fields[name] = field }
    }
  }
}

/// Walks over the bytes of a BibTeX file.
private struct BibTeXReader {
  /// What stops an entry, at a byte of the text.
  struct Flaw: Error {
    var place: Int
    var length = 1
    var summary: String
    var help: [String] = []
  }

  private let bytes: [UInt8]
  private let source: SourceText
  private let lineStarts: [Int]
  private(set) var index = 0
  private var strings: [String: String]

  init(_ text: String, file: String) {
    source = SourceText(file: file, text: text)
    let bytes = Array(source.text.utf8)
    self.bytes = bytes
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    strings = Dictionary(uniqueKeysWithValues: CivilDate.months.map { ($0.prefix(3).lowercased(), $0) })
  }

  // MARK: Places

  private func place(of offset: Int) -> (line: Int, column: Int) {
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    // Columns count Unicode scalars: of each its first byte.
    let column = bytes[lineStarts[low]..<min(offset, bytes.count)].count { $0 & 0xC0 != 0x80 }
    return (low + 1, column + 1)
  }

  private func range(_ offset: Int, _ length: Int) -> (range: SourceRange, line: String) {
    let (line, column) = place(of: offset)
    return (source.range(line: line, column: column, length: max(length, 1)), source.line(line) ?? "")
  }

  func diagnostic(_ flaw: Flaw) -> Diagnostic {
    let (range, line) = range(min(flaw.place, max(bytes.count - 1, 0)), flaw.length)
    return Diagnostic(.bibliographyFile, at: range, flaw.summary, help: flaw.help, line: line)
  }

  // MARK: Bytes

  private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }
  private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }
  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A }
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  /// What names of fields and of `@string` consist of.
  private static func isName(_ byte: UInt8) -> Bool {
    byte > 0x20 && byte < 0x7F && !"\"#%'(),={}@\\".utf8.contains(byte) || byte >= 0x80
  }

  private mutating func skipSpace() { while let byte, Self.isSpace(byte) { index += 1 } }

  private mutating func take(while isWanted: (UInt8) -> Bool) -> String {
    let start = index
    while let byte, isWanted(byte) { index += 1 }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// The character at the place, as messages quote it.
  private func found(_ place: Int) -> String {
    guard place < bytes.count else { return "the end of the file" }
    var end = place + 1
    while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
    let text = String(decoding: bytes[place..<end], as: UTF8.self)
    return text == "\n" ? "the end of the line" : "'\(text)'"
  }

  // MARK: Entries

  func isFirstOfLine(_ place: Int) -> Bool {
    var before = place - 1
    while before >= 0, bytes[before] == 0x20 || bytes[before] == 0x09 { before -= 1 }
    return before < 0 || bytes[before] == UInt8(ascii: "\n")
  }

  /// Whether `@type{` stands here.
  private func isEntry(_ place: Int) -> Bool {
    guard place < bytes.count, bytes[place] == UInt8(ascii: "@") else { return false }
    var next = place + 1
    while next < bytes.count, Self.isLetter(bytes[next]) { next += 1 }
    guard next > place + 1 else { return false }
    while next < bytes.count, Self.isSpace(bytes[next]) { next += 1 }
    return next < bytes.count && (bytes[next] == UInt8(ascii: "{") || bytes[next] == UInt8(ascii: "("))
  }

  /// The next `@` that begins an entry, or that stands where one should begin.
  mutating func nextEntry() -> Int? {
    while let byte {
      if byte == UInt8(ascii: "%"), isFirstOfLine(index) {
        _ = take { $0 != UInt8(ascii: "\n") }
      } else if byte == UInt8(ascii: "@"), isFirstOfLine(index) || isEntry(index) {
        return index
      } else {
        index += 1
      }
    }
    return nil
  }

  /// To the first line at or after a place that begins with `@`.
  mutating func skipPast(_ place: Int) {
    index = min(place, bytes.count)
    while let byte {
      if byte == UInt8(ascii: "@"), isFirstOfLine(index) { return }
      index += 1
    }
  }

  /// Reads what begins at `start`; nil for what is no work.
  mutating func entry(at start: Int) throws(Flaw) -> BibTeX.Entry? {
    index = start + 1
    let type = take(while: Self.isLetter).lowercased()
    guard !type.isEmpty else {
      throw Flaw(place: start, summary: "'@' without the type of an entry", help: ["write '@article{key, …}'"])
    }
    skipSpace()
    guard let open = byte, open == UInt8(ascii: "{") || open == UInt8(ascii: "(") else {
      if type == "comment" { return nil }
      throw Flaw(
        place: start, length: type.utf8.count + 1, summary: "'@\(type)' without '{'", help: ["write '@\(type){key, …}'"]
      )
    }
    let (opening, close) = (index, open == UInt8(ascii: "{") ? UInt8(ascii: "}") : UInt8(ascii: ")"))
    index += 1
    switch type {
    case "comment":
      if open == UInt8(ascii: "{") {
        index = opening
        _ = try braced()
      }
      return nil
    case "preamble":
      _ = try value()
      try end(close, of: "@preamble", opening)
      return nil
    case "string":
      skipSpace()
      let name = take(while: Self.isName)
      guard !name.isEmpty else {
        throw Flaw(
          place: index, summary: "a name expected, found \(found(index))", help: ["write '@string{name = {text}}'"])
      }
      try equals(after: name)
      strings[name.lowercased()] = try value()
      try end(close, of: "@string", opening)
      return nil
    default: break
    }
    skipSpace()
    let keyStart = index
    let key = take { byte in
      !Self.isSpace(byte) && byte != UInt8(ascii: ",") && byte != close && !"\"#={}".utf8.contains(byte)
    }
    guard !key.isEmpty else {
      throw Flaw(
        place: index, summary: "the entry has no key, found \(found(index))",
        help: ["write '@\(type){key, …}'; reports cite it as '[@key]'"])
    }
    let (range, line) = self.range(keyStart, key.unicodeScalars.count)
    let fields = try fields(close, of: key, opening)
    return BibTeX.Entry(
      type: type, key: key, range: range, typeRange: self.range(start, type.count + 1).range, line: line, fields: fields
    )
  }

  private mutating func fields(_ close: UInt8, of key: String, _ opening: Int) throws(Flaw) -> [String: BibTeX.Field] {
    var fields: [String: BibTeX.Field] = [:]
    while true {
      skipSpace()
      if byte == close {
        index += 1
        return fields
      }
      guard byte == UInt8(ascii: ",") else {
        if byte == nil || isFirstOfLine(index) && isEntry(index) { throw unclosed(key, opening) }
        throw Flaw(
          place: index, summary: "',' or '\(Character(Unicode.Scalar(close)))' expected, found \(found(index))",
          help: ["a comma stands between fields"])
      }
      index += 1
      skipSpace()
      if byte == close { continue }
      if byte == nil || isFirstOfLine(index) && isEntry(index) { throw unclosed(key, opening) }
      let nameStart = index
      let name = take(while: Self.isName)
      guard !name.isEmpty else {
        throw Flaw(
          place: index, summary: "the name of a field expected, found \(found(index))", help: ["write 'title = {…},'"])
      }
      try equals(after: name)
      let start = index
      let text = try value()
      if fields[name.lowercased()] != nil {
        throw Flaw(
          place: nameStart, length: name.unicodeScalars.count, summary: "'\(key)' has the field '\(name)' twice",
          help: ["each field stands once"])
      }
      let (range, line) = self.range(start, max(place(of: index).line == place(of: start).line ? index - start : 1, 1))
      fields[name.lowercased()] = BibTeX.Field(text: text, range: range, line: line)
    }
  }

  private func unclosed(_ key: String, _ opening: Int) -> Flaw {
    Flaw(
      place: opening, summary: "the entry '\(key)' is never closed",
      help: [
        "close it with '\(bytes[opening] == UInt8(ascii: "{") ? "}" : ")")'; perhaps a brace of one of its fields is missing"
      ])
  }

  private mutating func equals(after name: String) throws(Flaw) {
    skipSpace()
    guard byte == UInt8(ascii: "=") else {
      throw Flaw(
        place: index, summary: "'=' expected after '\(name)', found \(found(index))", help: ["write '\(name) = {…}'"])
    }
    index += 1
    skipSpace()
  }

  private mutating func end(_ close: UInt8, of what: String, _ opening: Int) throws(Flaw) {
    skipSpace()
    guard byte == close else {
      throw Flaw(
        place: index,
        summary: "'\(Character(Unicode.Scalar(close)))' expected after the value of \(what), found \(found(index))")
    }
    index += 1
  }

  // MARK: Values

  private mutating func value() throws(Flaw) -> String {
    var text = ""
    while true {
      skipSpace()
      switch byte {
      case UInt8(ascii: "{")?: text += try braced()
      case UInt8(ascii: "\"")?: text += try quoted()
      case let digit? where Self.isDigit(digit): text += take(while: Self.isDigit)
      case let letter? where Self.isName(letter):
        let start = index
        let name = take(while: Self.isName)
        guard let known = strings[name.lowercased()] else {
          throw Flaw(
            place: start, length: name.unicodeScalars.count, summary: "'\(name)' stands for no text",
            help: didYouMean(name, among: strings.keys, plural: "names") + [
              "text stands in braces; '@string{\(name) = {…}}' gives a name"
            ])
        }
        text += known
        guard text.utf8.count <= 1 << 20 else {
          throw Flaw(place: start, summary: "a value of more than a million characters")
        }
      default:
        throw Flaw(
          place: index, summary: "a value expected, found \(found(index))", help: ["text stands in braces: '{…}'"])
      }
      skipSpace()
      guard byte == UInt8(ascii: "#") else { return text }
      index += 1
    }
  }

  /// From an opening brace to the one that closes it; without both.
  private mutating func braced() throws(Flaw) -> String {
    let start = index
    var open: [Int] = []
    while let byte {
      switch byte {
      case UInt8(ascii: "{"): open.append(index)
      case UInt8(ascii: "}"):
        open.removeLast()
        if open.isEmpty {
          index += 1
          return String(decoding: bytes[(start + 1)..<(index - 1)], as: UTF8.self)
        }
      case UInt8(ascii: "@") where isFirstOfLine(index) && isEntry(index):
        // The brace is missing, rather than an entry standing inside of a text.
        throw unbalanced(open.last ?? start)
      default: break
      }
      index += 1
    }
    throw unbalanced(open.last ?? start)
  }

  private func unbalanced(_ place: Int) -> Flaw {
    Flaw(
      place: place, summary: "the brace is never closed", help: ["braces in a value are balanced, '\\{' and '\\}' too"])
  }

  private mutating func quoted() throws(Flaw) -> String {
    let start = index
    var open: [Int] = []
    index += 1
    while let byte {
      switch byte {
      case UInt8(ascii: "{"): open.append(index)
      case UInt8(ascii: "}"):
        guard open.popLast() != nil else {
          throw Flaw(
            place: index, summary: "'}' without '{' in a quoted value", help: ["braces in a value are balanced"])
        }
      case UInt8(ascii: "\"") where open.isEmpty:
        index += 1
        return String(decoding: bytes[(start + 1)..<(index - 1)], as: UTF8.self)
      case UInt8(ascii: "@") where isFirstOfLine(index) && isEntry(index): throw unquoted(start, open)
      default: break
      }
      index += 1
    }
    throw unquoted(start, open)
  }

  private func unquoted(_ start: Int, _ open: [Int]) -> Flaw {
    if let brace = open.last { return unbalanced(brace) }
    return Flaw(
      place: start, summary: "the quote is never closed",
      help: ["a quote inside of a quoted value stands in braces: '{\"}'"])
  }
}
