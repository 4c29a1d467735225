extension Header {
  /// Parses the text of a header file.
  /// - Throws: ``HeaderError``, naming the first line that breaks the grammar.
  public init(parsing text: String) throws(HeaderError) { try self.init(parsing: Array(text.utf8)) }

  /// Parses the bytes of a header file: ASCII, as header(5) has it. Names and comments may hold UTF-8, else Latin-1.
  /// - Throws: ``HeaderError``, naming the first line that breaks the grammar.
  public init(parsing bytes: [UInt8]) throws(HeaderError) {
    var comments: [String] = []
    var recordLine: Fields?
    var lines: [Fields] = []  // signal or segment lines
    var (position, number) = (0, 0)
    while position < bytes.count {
      number += 1
      let line = Fields(line: number, from: position, in: bytes)
      position = line.nextLine
      guard let first = line.firstByte else { continue }  // blank
      if first == UInt8(ascii: "#") {
        comments.append(line.comment)
      } else if recordLine == nil {
        recordLine = line
      } else {
        lines.append(line)
      }
    }
    guard let recordLine else { throw HeaderError(.noRecordLine, line: max(number, 1)) }

    self.init(
      name: "", segmentCount: nil, samplingFrequency: 250, counterFrequency: 250, baseCounter: 0, sampleCount: nil,
      baseTime: nil, baseDate: nil, signals: [], segments: [], comments: comments, line: recordLine.line, warnings: [])
    let signalCount = try parseRecordLine(recordLine, before: lines)
    if let segmentCount {
      guard lines.count == segmentCount else {
        throw HeaderError(.segmentCount(announced: segmentCount, found: lines.count), line: line)
      }
      for line in lines { segments.append(try Segment(line)) }
    } else {
      guard lines.count == signalCount else {
        throw HeaderError(.signalCount(announced: signalCount, found: lines.count), line: line)
      }
      signals.reserveCapacity(lines.count)
      for line in lines { signals.append(try Signal(line, number: signals.count + 1)) }
    }
    for signal in signals { warnOfFolder(signal.fileName, signal.line) }
    for segment in segments { warnOfFolder(segment.name, segment.line) }
  }

  private mutating func warnOfFolder(_ name: String, _ line: Int) {
    guard name.utf8.contains(UInt8(ascii: "/")) else { return }
    warn("the file name '\(name)' has a folder; it is looked for there, else beside the header", line: line)
  }

  private mutating func warn(_ reason: String, line: Int? = nil) {
    warnings.append(RecordWarning(line: line ?? self.line, reason: reason))
  }

  /// `RECORD[/SEGMENTS] SIGNALS [FREQUENCY[/COUNTER[(BASE)]] [SAMPLES [TIME [DATE]]]]`
  /// - Returns: the number of signals announced.
  private mutating func parseRecordLine(_ line: Fields, before lines: [Fields]) throws(HeaderError) -> Int {
    var fields = line
    let title = try fields.need("record name")
    var count = try fields.need("number of signals")
    let signalCount = try count.integer("number of signals", in: 0...)
    try count.end("number of signals", "a whole number")
    try parseTitle(title, signalCount: signalCount, before: lines)

    guard var frequency = fields.next() else { return signalCount }
    samplingFrequency = try frequency.number("sampling frequency")
    guard samplingFrequency > 0 else { throw frequency.error("sampling frequency", "a positive number of hertz") }
    counterFrequency = samplingFrequency
    if frequency.take("/") {
      let counter = try frequency.number("counter frequency")
      if counter > 0 { counterFrequency = counter }  // header(5): otherwise it equals the sampling frequency
    }
    if frequency.take("(") {
      baseCounter = try frequency.number("base counter value")
      guard frequency.take(")") else { throw frequency.error("base counter value", "a number in parentheses") }
    }
    try frequency.end("sampling frequency", "'FREQUENCY[/COUNTER[(BASE)]]'")

    guard var samples = fields.next() else { return signalCount }
    if !samples.isTimeOrDate {  // else the number of samples is left out
      let announced = try samples.integer("number of samples", in: 0...)
      try samples.end("number of samples", "a whole number")
      sampleCount = announced > 0 ? announced : nil
      guard let next = fields.next() else { return signalCount }
      samples = next
    }
    parseStart([samples] + fields.remaining)
    return signalCount
  }

  /// `RECORD[/SEGMENTS]`. A record's name has no slash, but some have: as many lines must follow as there are segments,
  /// else lines of signals are taken for what they are.
  private mutating func parseTitle(_ field: Fields, signalCount: Int, before lines: [Fields]) throws(HeaderError) {
    var title = field
    name = title.text(upTo: "/")
    guard !name.isEmpty else { throw title.error("record name", "a name, as in '100' or '041s/2'") }
    guard title.take("/") else { return }
    let whole = field.text
    let tail = whole.utf8.lastIndex(of: UInt8(ascii: "/")).map { whole[whole.index(after: $0)...] } ?? ""
    let areSignals = lines.count == signalCount && lines.allSatisfy(\.isSignal)
    if let number = Int(tail), tail.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      // `records/00001` with one line: a number of segments is not written with zeros, and its lines have two fields.
      let isCount = number == lines.count && !tail.hasPrefix("0") && lines.allSatisfy { $0.remaining.count == 2 }
      if !isCount, areSignals, signalCount > 0 {
        name = whole
      } else {
        guard number > 0 else { throw title.error("number of segments", "a whole number of at least 1") }
        (name, segmentCount) = (String(whole.dropLast(tail.count + 1)), number)
      }
    } else {
      guard areSignals else { throw title.error("number of segments", "a whole number behind the name's slash") }
      name = whole
    }
    if name.utf8.contains(UInt8(ascii: "/")) {
      warn("the record's name '\(name)' has a slash; expected a name without one")
    }
  }

  /// `[TIME [DATE]]`. Some databases write the date before the time, in words, or a year alone.
  private mutating func parseStart(_ fields: [Fields]) {
    var isDateFirst = false
    for field in fields {
      let text = field.text
      if baseTime == nil, field.isTime {
        (baseTime, isDateFirst) = (text, baseDate != nil)
      } else {
        baseDate = baseDate.map { "\($0) \(text)" } ?? text
      }
    }
    if let baseTime, start.hour == nil { warn("the time is '\(baseTime)'; expected HH:MM:SS; it is not understood") }
    guard let baseDate else { return }
    let start = start
    guard let year = start.year else {
      return warn("the date is '\(baseDate)'; expected DD/MM/YYYY; it is not understood")
    }
    switch (start.month, start.day) {
    case (nil, _): warn("the date is '\(baseDate)', a year alone; expected DD/MM/YYYY")
    case (let month?, let day?) where !baseDate.contains("/"):
      let written = [(day, 2), (month, 2), (year, 4)].map { zeroPadded($0, to: $1) }.joined(separator: "/")
      warn("the date is '\(baseDate)'; expected DD/MM/YYYY; read as \(written)")
    case _ where isDateFirst: warn("the date '\(baseDate)' stands before the time; expected TIME DATE")
    default: break
    }
  }
}

extension Header.Signal {
  /// `FILE FORMAT[xSPF][:SKEW][+OFFSET] [GAIN[(BASELINE)][/UNITS] [RESOLUTION … [BLOCK [NAME]]]]`
  fileprivate init(_ line: Fields, number: Int) throws(HeaderError) {
    var fields = line
    self.init(
      fileName: try fields.need("file name").text, format: 0, samplesPerFrame: 1, skew: 0, byteOffset: 0, gain: 200,
      baseline: 0, units: "mV", adcResolution: 0, adcZero: 0, initialValue: nil, checksum: nil, blockSize: 0, name: "",
      line: line.line)
    var storage = try fields.need("format")
    format = try storage.integer("format", in: 0...)
    if storage.take("x") { samplesPerFrame = try storage.integer("number of samples per frame", in: 1...) }
    if storage.take(":") { skew = try storage.integer("skew", in: 0...) }
    if storage.take("+") { byteOffset = try storage.integer("byte offset", in: 0...) }
    try storage.end("format", "'FORMAT[xSAMPLES][:SKEW][+OFFSET]'")

    var baselineGiven = false
    if var scale = fields.next() {
      if !scale.startsWith("(") && !scale.startsWith("/") { gain = try scale.number("gain") }
      if gain == 0 { gain = 200 }
      if scale.take("(") {
        baseline = try scale.integer("baseline")
        baselineGiven = true
        guard scale.take(")") else { throw scale.error("baseline", "a whole number in parentheses") }
      }
      if scale.take("/") {
        let rest = scale.rest
        if !rest.isEmpty { units = rest }
      } else {
        try scale.end("gain", "'GAIN[(BASELINE)][/UNITS]'")
      }
    }
    func whole(_ field: String) throws(HeaderError) -> Int? {
      guard var value = fields.next() else { return nil }
      let number = try value.integer(field)
      try value.end(field, "a whole number")
      return number
    }
    adcResolution = try whole("ADC resolution") ?? 0
    adcZero = try whole("ADC zero") ?? 0
    if !baselineGiven { baseline = adcZero }
    initialValue = try whole("initial value")
    checksum = try whole("checksum")
    blockSize = try whole("block size") ?? 0
    let description = fields.rest
    name = description.isEmpty ? "signal \(number)" : description
  }
}

extension Header.Segment {
  /// `SEGMENT SAMPLES`
  fileprivate init(_ line: Fields) throws(HeaderError) {
    var fields = line
    let name = try fields.need("segment's name").text
    var count = try fields.need("segment's number of samples")
    self.init(name: name, sampleCount: try count.integer("segment's number of samples", in: 0...), line: line.line)
    try count.end("segment's number of samples", "a whole number")
  }
}

/// One line, or one field of it, while it is read from left to right. Every access stays inside `bytes`.
private struct Fields {
  let bytes: [UInt8]
  let line: Int  // 1-based
  private let start: Int
  private var position: Int
  private var end: Int
  /// Where the next line begins.
  private(set) var nextLine: Int

  /// The line that begins at `start`, without blanks around it. LF, CR and CR LF end a line.
  init(line: Int, from start: Int, in bytes: [UInt8]) {
    (self.bytes, self.line, self.start, position) = (bytes, line, start, start)
    var end = start
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    nextLine = end + 1
    if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { nextLine += 1 }
    self.end = end
    while self.end > position, Self.isBlank(bytes[self.end - 1]) { self.end -= 1 }
    skipBlanks()
  }

  /// A field of the line.
  private init(_ range: Range<Int>, of fields: Fields) {
    (bytes, line, start, nextLine) = (fields.bytes, fields.line, range.lowerBound, fields.nextLine)
    (position, end) = (range.lowerBound, range.upperBound)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0B || byte == 0x0C }

  private mutating func skipBlanks() { while position < end, Self.isBlank(bytes[position]) { position += 1 } }

  var firstByte: UInt8? { position < end ? bytes[position] : nil }

  /// The next field, ended by blanks.
  mutating func next() -> Fields? {
    skipBlanks()
    guard position < end else { return nil }
    let first = position
    while position < end, !Self.isBlank(bytes[position]) { position += 1 }
    return Fields(first..<position, of: self)
  }

  mutating func need(_ field: String) throws(HeaderError) -> Fields {
    guard let next = next() else { throw HeaderError(.missing(field: field), line: line) }
    return next
  }

  /// What has not been read, without blanks before it.
  var rest: String {
    mutating get {
      skipBlanks()
      defer { position = end }
      return Self.text(bytes[position..<end])
    }
  }

  var text: String { Self.text(bytes[start..<end]) }

  mutating func text(upTo stop: Unicode.Scalar) -> String {
    let first = position
    while position < end, bytes[position] != UInt8(ascii: stop) { position += 1 }
    return Self.text(bytes[first..<position])
  }

  /// A comment line's text, as wfdb-python gives it: `#`, spaces and tabs are taken from both ends.
  var comment: String {
    func isEdge(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "#") || byte == 0x20 || byte == 0x09 }
    var (first, last) = (position, end)
    while first < last, isEdge(bytes[first]) { first += 1 }
    while last > first, isEdge(bytes[last - 1]) { last -= 1 }
    return Self.text(bytes[first..<last])
  }

  /// The fields that have not been read.
  var remaining: [Fields] {
    var (rest, fields): (Fields, [Fields]) = (self, [])
    while let field = rest.next() { fields.append(field) }
    return fields
  }

  private func contains(_ mark: Unicode.Scalar) -> Bool { bytes[start..<end].contains(UInt8(ascii: mark)) }

  /// What holds a colon, or is a number, is a time; a year is none.
  var isTime: Bool {
    let isNumber = bytes[start..<end].allSatisfy { $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
    return contains(":") || isNumber && !(end - start == 4 && !contains("."))
  }

  /// `11:39:16`, `26/10/1994`, `05-Feb-2020`, where a whole number was expected.
  var isTimeOrDate: Bool {
    contains(":") || contains("/") || bytes[start..<end].dropFirst().contains(UInt8(ascii: "-"))
  }

  /// Whether the line reads as one of a signal: a file's name and a format.
  var isSignal: Bool {
    var fields = self
    guard fields.next() != nil, var format = fields.next(), let number = try? format.integer("format") else {
      return false
    }
    return SignalFormat(rawValue: number) != nil
  }

  func startsWith(_ mark: Unicode.Scalar) -> Bool { firstByte == UInt8(ascii: mark) }

  mutating func take(_ mark: Unicode.Scalar) -> Bool {
    guard startsWith(mark) else { return false }
    position += 1
    return true
  }

  /// A whole number; what follows it stays to be read.
  mutating func integer(_ field: String, in range: PartialRangeFrom<Int> = Int.min...) throws(HeaderError) -> Int {
    let negative = startsWith("-")
    if negative || startsWith("+") { position += 1 }
    var (value, digits) = (0, 0)
    while position < end, case let digit = Int(bytes[position]) - 0x30, (0...9).contains(digit) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      guard !overflow, !carry else { throw error(field, "a whole number of at most 64 bits") }
      (value, digits, position) = (sum, digits + 1, position + 1)
    }
    guard digits > 0, range.contains(value) else {
      throw error(field, range.lowerBound == .min ? "a whole number" : "a whole number of at least \(range.lowerBound)")
    }
    return value
  }

  /// A decimal number, with an exponent if there is one; what follows it stays to be read.
  mutating func number(_ field: String) throws(HeaderError) -> Double {
    guard let value = decimalNumber(in: bytes, at: &position, end: end) else { throw error(field, "a number") }
    guard value.isFinite else { throw error(field, "a finite number") }
    return value
  }

  func end(_ field: String, _ expected: String) throws(HeaderError) {
    guard position == end else { throw error(field, expected) }
  }

  func error(_ field: String, _ expected: String) -> HeaderError {
    HeaderError(.malformed(field: field, found: String(text.prefix(60)), expected: expected), line: line)
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { decodedText(bytes) }
}

/// Text of a WFDB file: UTF-8, else Latin-1.
func decodedText(_ bytes: ArraySlice<UInt8>) -> String {
  String(validating: bytes, as: UTF8.self) ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
}
