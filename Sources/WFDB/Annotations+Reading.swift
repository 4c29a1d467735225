extension Annotations {
  /// Reads an annotation file.
  /// - Parameter path: with its extension, the annotator's name: `mitdb/100.atr`, `ludb/data/1.ii`.
  /// - Throws: ``RecordError`` when it cannot be read, or is no annotation file in MIT format.
  public init(path: String) throws(RecordError) {
    let file = try InputFile(path)
    guard file.size <= Self.sizeLimit else {
      throw RecordError(
        path, .notAsAsked(what: "size of the annotation file", found: "\(file.size) bytes", expected: "at most 1 GiB"))
    }
    var bytes: [UInt8] = []
    try file.read(file.size, from: 0, into: &bytes)
    do { try self.init(parsing: bytes) } catch { throw RecordError(path, .annotations(error)) }
  }

  private static let sizeLimit = 1 << 30

  /// Parses the bytes of an annotation file.
  ///
  /// Codes that say that there is no annotation (0) are left out. Notes at the beginning that define the time
  /// resolution or codes go into ``timeResolution`` and ``definitions``; other notes stay.
  /// - Throws: ``AnnotationError`` for a field that is cut off, a code that annot(5) does not know, and a file in AHA's
  ///   format.
  public init(parsing bytes: [UInt8]) throws(AnnotationError) {
    self.init([])
    guard !Self.isAHA(bytes) else {
      throw AnnotationError(byte: 0, problem: "this is an annotation file in AHA format; expected MIT format")
    }
    var reader = WordReader(bytes)
    var time = 0
    var current: Annotation?
    var (channel, number): (UInt8, Int8) = (0, 0)
    var isHead = true  // until the first annotation that defines nothing
    var isTable = false
    var (isOrdered, ends) = (true, false)

    /// Takes in the annotation of which all fields are read.
    func finish() {
      guard let annotation = current else { return }
      current = nil
      if isHead, annotation.code == .note, annotation.sample == 0, annotation.subtype == 0,
        define(by: annotation.text, isTable: &isTable, at: reader.position)
      {
        return
      }
      isHead = false
      if let last = list.last, annotation.sample < last.sample { isOrdered = false }
      list.append(annotation)
    }

    while let word = reader.next() {
      let (code, value) = (word >> 10, word & 0x3FF)
      switch code {
      case 0 where value == 0:
        ends = true
      case 0:
        finish()
        time = try advanced(time, by: Int(value), at: reader.position)
      case 1...49:
        finish()
        time = try advanced(time, by: Int(value), at: reader.position)
        guard let code = AnnotationCode(rawValue: UInt8(code)) else { continue }
        current = Annotation(sample: time, code: code, channel: channel, number: number)
      case 59:
        guard let high = reader.next(), let low = reader.next() else { throw reader.cutOff("SKIP", needs: 4) }
        time = try advanced(
          time, by: Int(Int32(bitPattern: UInt32(high) << 16 | UInt32(low))), at: reader.position)
      case 60:
        number = Int8(truncatingIfNeeded: value)
        current?.number = number
      case 61:
        current?.subtype = Int8(truncatingIfNeeded: value)
      case 62:
        channel = UInt8(truncatingIfNeeded: value)
        current?.channel = channel
      case 63:
        guard value <= 255 else {
          throw AnnotationError(byte: reader.position - 2, problem: "a text has \(value) bytes; 255 is the most")
        }
        guard let text = reader.bytes(Int(value)) else { throw reader.cutOff("AUX", needs: Int(value)) }
        current?.auxiliary = text
      default:
        throw AnnotationError(
          byte: reader.position - 2, problem: "the code is \(code); expected 0 to 49 or 59 to 63")
      }
      if ends { break }
    }
    finish()
    func warn(_ reason: String) { warnings.append(AnnotationWarning(byte: reader.position, reason: reason)) }
    if !ends { warn("the file ends without its end mark, two zero bytes; it may be cut off") }
    if ends, reader.rest > 0 { warn("\(reader.rest) bytes follow the end mark; they are not read") }
    if !isOrdered { warn("the annotations are not in the order of time") }
  }

  /// Takes a note at the file's beginning for a definition, if it is one.
  /// - Returns: whether it is.
  private mutating func define(by text: String, isTable: inout Bool, at byte: Int) -> Bool {
    func warn(_ reason: String) { warnings.append(AnnotationWarning(byte: byte, reason: reason)) }
    let resolution = "## time resolution:"
    if text.hasPrefix(resolution) {
      let number = text.dropFirst(resolution.count).trimmed
      if let value = Double(number), value.isFinite, value > 0 {
        timeResolution = value
      } else {
        warn("the time resolution is '\(number.prefix(40))'; expected a positive number of ticks per second")
      }
    } else if text.hasPrefix("## annotation type definitions") {
      isTable = true
    } else if text.hasPrefix("## end of definitions") {
      isTable = false
    } else if isTable {
      let parts = text.split(maxSplits: 2, whereSeparator: \.isWhitespace)
      if parts.count >= 2, let code = UInt8(parts[0]).flatMap(AnnotationCode.init(rawValue:)) {
        definitions.append(
          Definition(code: code, symbol: String(parts[1]), meaning: parts.count > 2 ? parts[2].trimmed : ""))
      } else {
        warn("the definition is '\(text.prefix(40))'; expected 'CODE SYMBOL MEANING' with a code of 1 to 49")
      }
    } else {
      return false
    }
    return true
  }

  /// Sixteen bytes an annotation, the first 0, the second a letter of AHA's. Source: WFDB Applications Guide, annot(5).
  /// A file in MIT format begins so only when its first annotation is of a rare kind at a multiple of 256.
  private static func isAHA(_ bytes: [UInt8]) -> Bool {
    bytes.count >= 16 && bytes.count % 16 == 0 && bytes[0] == 0 && "NVFERPQUO".utf8.contains(bytes[1])
  }
}

private func advanced(_ time: Int, by ticks: Int, at byte: Int) throws(AnnotationError) -> Int {
  let (sum, overflow) = time.addingReportingOverflow(ticks)
  guard !overflow else { throw AnnotationError(byte: byte, problem: "the time has more than 64 bits") }
  return sum
}

/// Words of 16 bits, little-endian, from left to right.
private struct WordReader {
  private let content: [UInt8]
  private(set) var position = 0

  init(_ content: [UInt8]) { self.content = content }

  var rest: Int { content.count - position }

  /// Nil when less than a word is left.
  mutating func next() -> UInt16? {
    guard rest >= 2 else { return nil }
    defer { position += 2 }
    return UInt16(content[position]) | UInt16(content[position + 1]) << 8
  }

  /// The next `count` bytes; an odd one is followed by a byte that fills up the word.
  mutating func bytes(_ count: Int) -> [UInt8]? {
    guard count <= rest else { return nil }
    defer { position = min(position + count + count % 2, content.count) }
    return Array(content[position..<position + count])
  }

  func cutOff(_ field: String, needs count: Int) -> AnnotationError {
    AnnotationError(byte: position, problem: "a \(field) field needs \(count) bytes; the file has \(rest) left")
  }
}

extension StringProtocol {
  /// Without blanks, line ends and zero bytes around it.
  fileprivate var trimmed: String {
    func isBlank(_ character: Character) -> Bool { character.isWhitespace || character == "\0" }
    return String(self.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
