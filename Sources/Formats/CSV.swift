import WFDB

/// A table of numbers, a column each lead, a row each sample, with a stated rate and unit.
///
/// ```
/// # rate: 500 Hz
/// # age: 56
/// I (mV),II (mV),V1 (mV)
/// -0.115,-0.05,
/// ```
/// - Separators: `,` `;` or tab, whichever the first row has (tab before `;` before `,`). Beside `;` and tab a comma
///   may be the decimal point.
/// - The head names the leads, with units in brackets. A column `time` or `t`, in `(s)`, `(ms)` or `(us)`, gives the
///   rate. Without a head, twelve columns are the standard leads in their order.
/// - Lines that begin with `#` are comments: `rate: 500 Hz`, `unit: mV`, those of ``Detail``, or free text.
/// - A cell that is empty, `nan`, `na` or `null` is a missing sample.
public enum CSV: FormatReader, FormatWriter {
  /// What a file that says neither needs to be told.
  public struct Layout: Sendable, Equatable {
    public var samplingFrequency: Double?  // hertz
    public var units: String?
    public init(samplingFrequency: Double? = nil, units: String? = nil) {
      (self.samplingFrequency, self.units) = (samplingFrequency, units)
    }
  }

  static func recognizes(_ beginning: ArraySlice<UInt8>) -> Bool {
    let text = Array(beginning)
    let isCut = text.count >= 4096  // or may be
    guard !text.contains(0) else { return false }
    var lines = CSVLines(text)
    guard let head = try? CSVHead(&lines) else {
      // A long preamble may fill all that is shown; what this room writes begins with the rate.
      return isCut && CSVHead.comments(of: text).contains { rate(of: $0) != nil }
    }
    if let first = head.first.cells.first?.first, "<{[".contains(first) { return false }
    guard head.isNamed else { return head.columns.count >= LeadName.twelve.count || head.isNamedByComment }
    let hasLead = head.columns.contains { if case .lead(let name, _) = $0 { LeadName(name) != nil } else { false } }
    guard let row = lines.nextRow(), !isCut || row.upperBound < text.count else { return isCut && hasLead }
    let cells = lines.cells(row, separator: head.separator)
    guard cells.count == head.columns.count, cells.count > 1 || hasLead else { return false }
    return head.isUnits(cells) || cells.allSatisfy { CSVHead.isValue($0, head.separator) }
  }

  static func read(_ bytes: [UInt8]) throws(FormatError) -> StoredRecording { try read(bytes, Layout()) }

  /// - Parameter layout: counts where the file itself does not say.
  public static func read(_ bytes: [UInt8], _ layout: Layout) throws(FormatError) -> StoredRecording {
    var lines = CSVLines(bytes)
    let head = try CSVHead(&lines)
    var table = CSVTable(head, layout)
    try table.read(&lines)
    return try table.recording(lines)
  }

  /// `rate: 500 Hz`, `fs = 0.5 kHz`, `sampling rate: 500`; infinite where the number is none.
  static func rate(of comment: String) -> Double? {
    guard let (key, value) = entry(comment), key == "rate" else { return nil }
    var text = value.lowercased()
    var scale = 1.0
    for (unit, factor) in [("khz", 1000.0), ("hz", 1), ("1/s", 1), ("/s", 1), ("samples per second", 1)]
    where text.hasSuffix(unit) {
      (text, scale) = (text.dropLast(unit.count).trimmed, factor)
      break
    }
    return Double(text.replacing(",", with: ".")).map { $0 * scale } ?? .infinity
  }

  /// `unit: mV`, `units = uV`
  static func unit(of comment: String) -> String? { entry(comment).flatMap { $0.key == "unit" ? $0.value : nil } }

  private static func entry(_ comment: String) -> (key: String, value: String)? {
    guard let mark = comment.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
    let value = comment[comment.index(after: mark)...].trimmed
    switch comment[..<mark].trimmed.lowercased().replacing("_", with: " ") {
    case "rate", "sampling rate", "sample rate", "sampling frequency", "fs": return ("rate", value)
    case "unit", "units": return ("unit", value)
    default: return nil
    }
  }
}

/// The lines of a text, one after the other; LF, CR LF and CR end one.
struct CSVLines {
  let bytes: [UInt8]
  /// Of the next line.
  private(set) var position: Int
  /// Of the line that was read last, 1-based.
  private(set) var number = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The bytes of the next line, without its end.
  mutating func next() -> Range<Int>? {
    guard position < bytes.count else { return nil }
    let start = position
    var end = start
    while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
    position = min(end + 1, bytes.count)
    if end + 1 < bytes.count, bytes[end] == 0x0D, bytes[end + 1] == 0x0A { position += 1 }
    number += 1
    return start..<end
  }

  /// The next line that is neither blank nor a comment.
  /// - Parameter body: takes the text of comments before it.
  mutating func nextRow(_ body: (String) -> Void = { _ in }) -> Range<Int>? {
    while let line = next() {
      // Tabs alone are a row of missing samples.
      guard let first = line.first(where: { bytes[$0] != 0x20 }) else { continue }
      guard bytes[first] == UInt8(ascii: "#") else { return line }
      body(text(first + 1..<line.upperBound))
    }
    return nil
  }

  func text(_ range: Range<Int>) -> String { ByteReader.text(bytes[range]) }

  /// The text of a line's cells, without quotes and blanks around them.
  func cells(_ line: Range<Int>, separator: UInt8) -> [String] {
    var (cells, position): ([String], Int) = ([], line.lowerBound)
    repeat { cells.append(cell(&position, line.upperBound, separator)) } while position <= line.upperBound
    return cells
  }

  /// The cell at `position`, which afterwards is behind its separator, or behind `end` where none follows.
  func cell(_ position: inout Int, _ end: Int, _ separator: UInt8) -> String {
    let quote = UInt8(ascii: "\"")
    while position < end, bytes[position] == 0x20 { position += 1 }
    guard position < end, bytes[position] == quote else {
      let start = position
      while position < end, bytes[position] != separator { position += 1 }
      defer { position += 1 }
      let text = text(start..<position)
      // Tools of PhysioNet write names as 'MLII'.
      return text.count >= 2 && text.hasPrefix("'") && text.hasSuffix("'") ? String(text.dropFirst().dropLast()) : text
    }
    position += 1
    var content: [UInt8] = []
    while position < end {
      if bytes[position] == quote {
        guard position + 1 < end, bytes[position + 1] == quote else { break }
        position += 1
      }
      content.append(bytes[position])
      position += 1
    }
    position += 1
    while position < end, bytes[position] != separator { position += 1 }
    position += 1
    return ByteReader.text(content[...])
  }
}

/// What stands before a table's numbers.
struct CSVHead {
  enum Column: Equatable {
    /// Without units where the head has none.
    case lead(name: String, units: String?)
    /// Seconds a unit of it; nil where the head does not say.
    case time(scale: Double?)
    case skipped
  }

  let separator: UInt8
  private(set) var columns: [Column]
  let comments: [String]
  /// The first line of the table.
  let first: (cells: [String], range: Range<Int>, line: Int)
  /// Whether the first line is the head.
  let isNamed: Bool
  /// Whether a comment before it is the head.
  private(set) var isNamedByComment = false
  private(set) var warnings: [FormatWarning] = []

  /// Reads up to the table's first line.
  init(_ lines: inout CSVLines) throws(FormatError) {
    var comments: [String] = []
    guard let range = lines.nextRow({ comments.append($0) }) else {
      throw FormatError(
        "line \(lines.number)", found: "no table", expected: "a row of lead names, and a row each sample")
    }
    let line = lines.number
    separator = Self.separator(lines.bytes[range])
    var cells = lines.cells(range, separator: separator)
    let separator = separator
    isNamed = cells.contains { !Self.isValue($0, separator) }
    (self.comments, first) = (comments, (cells, range, line))
    if !isNamed, let last = comments.last {
      // numpy.savetxt puts the head into a comment.
      let text = Array(last.utf8)
      let names = CSVLines(text).cells(0..<text.count, separator: separator)
      if names.count == cells.count, names.contains(where: { LeadName(Self.name($0).name) != nil }) {
        cells = names
        columns = names.map { _ in .skipped }
        isNamedByComment = true
        name(cells, line: line - 1)
        return
      }
    }
    if isNamed {
      columns = cells.map { _ in .skipped }
      name(cells, line: line)
      return
    }
    guard cells.count == LeadName.twelve.count else {
      throw FormatError(
        "line \(line)", found: "\(cells.count) columns of numbers and no row of names",
        expected: "a first row that names the leads, or \(LeadName.twelve.count) columns")
    }
    columns = LeadName.twelve.map { .lead(name: $0, units: nil) }
    warnings.append(
      FormatWarning("line \(line)", "no row names the leads; read as \(LeadName.twelve.joined(separator: ", "))"))
  }

  private mutating func name(_ cells: [String], line: Int) {
    for (index, cell) in cells.enumerated() {
      let (name, units) = Self.name(cell)
      let key = name.lowercased()
      if ["time", "t", "seconds", "sec", "elapsed time", "zeit"].contains(key) {
        let scale = units.map(Self.seconds) ?? (key.hasPrefix("sec") ? 1 : nil)
        if units == nil || scale != nil {
          columns[index] = .time(scale: scale)
          continue
        }
        if millivolts(per: units ?? "") == nil {
          warnings.append(
            FormatWarning("line \(line), column \(index + 1)", "'\(cell)' is no time in s, ms or us; it is not read"))
          continue
        }
      }
      if units == nil, ["", "sample", "sample #", "samples", "index", "n", "#"].contains(key) {
        if !name.isEmpty || index + 1 < cells.count {
          warnings.append(FormatWarning("line \(line), column \(index + 1)", "'\(name)' names no lead; it is not read"))
        }
        continue
      }
      columns[index] = .lead(name: name, units: units)
    }
    // One column of time is enough.
    var isTimed = false
    for index in columns.indices {
      guard case .time = columns[index] else { continue }
      if isTimed { columns[index] = .skipped }
      isTimed = true
    }
  }

  /// `I (mV)`, `II [uV]`. In round brackets behind a lead's name, what is no voltage belongs to the name.
  static func name(_ cell: String) -> (name: String, units: String?) {
    guard let close = cell.last, let open = [")": "(", "]": "["][String(close)].flatMap({ Character($0) }),
      let start = cell.lastIndex(of: open)
    else { return (cell, nil) }
    let (name, units) = (cell[..<start].trimmed, cell[cell.index(after: start)...].dropLast().trimmed)
    let isUnit = open == "[" || units.isEmpty || millivolts(per: units) != nil || LeadName(name) == nil
    return isUnit ? (name, units) : (cell, nil)
  }

  static func seconds(per unit: String) -> Double? {
    switch unit.lowercased() {
    case "s", "sec", "second", "seconds": 1
    case "ms", "msec", "milliseconds": 1e-3
    case "us", "µs", "μs", "usec", "microseconds": 1e-6
    default: nil
    }
  }

  /// Tab before semicolon before comma; a comma where there is none.
  private static func separator(_ line: ArraySlice<UInt8>) -> UInt8 {
    var isQuoted = false
    var found: Set<UInt8> = []
    for byte in line {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if !isQuoted, byte == 0x09 || byte == UInt8(ascii: ";") { found.insert(byte) }
    }
    return found.contains(0x09) ? 0x09 : found.first ?? UInt8(ascii: ",")
  }

  /// Whether a cell is a number or a missing one.
  static func isValue(_ cell: String, _ separator: UInt8) -> Bool { isMissing(cell) || number(cell, separator) != nil }

  static func isMissing(_ cell: String) -> Bool {
    cell.isEmpty || ["nan", "na", "null", "n/a"].contains(cell.lowercased())
  }

  /// Whether a row gives a unit to every lead that has none.
  func isUnits(_ cells: [String]) -> Bool {
    guard cells.count == columns.count else { return false }
    let needy = zip(cells, columns).filter { if case .lead(_, nil) = $0.1 { true } else { false } }
    return !needy.isEmpty && needy.allSatisfy { millivolts(per: Self.name("x " + $0.0).units ?? $0.0) != nil }
  }

  static func number(_ cell: String, _ separator: UInt8) -> Double? {
    let bytes = Array(cell.utf8)
    for point in separator == UInt8(ascii: ",") ? "." : ".," {
      var position = 0
      if let point = point.asciiValue,
        let value = decimalNumber(in: bytes, at: &position, end: bytes.count, point: point), position == bytes.count
      {
        return value
      }
    }
    return nil
  }

  /// The comments at the beginning of a text that may be cut.
  static func comments(of text: [UInt8]) -> [String] {
    var (lines, comments) = (CSVLines(text), [String]())
    _ = lines.nextRow { comments.append($0) }
    return comments
  }
}

/// The numbers below a head.
private struct CSVTable {
  let head: CSVHead
  private var columns: [CSVHead.Column]
  private let layout: CSV.Layout
  /// As many as the head has columns; those that are skipped stay empty.
  private var values: [[Double]]
  private var comments: [String]
  private var units: [String?]
  private var rows = 0

  init(_ head: CSVHead, _ layout: CSV.Layout) {
    (self.head, columns, self.layout, comments) = (head, head.columns, layout, head.comments)
    values = head.columns.map { _ in [] }
    units = head.columns.map { if case .lead(_, let units) = $0 { units } else { nil } }
  }

  mutating func read(_ lines: inout CSVLines) throws(FormatError) {
    let columns = head.columns.count
    let isRead = head.columns.map { $0 != .skipped }
    // A row has a separator less than cells, and an end.
    let most = (lines.bytes.count - head.first.range.lowerBound) / columns + 1
    var shown = 0
    for index in lines.position..<lines.bytes.count where lines.bytes[index] == 0x0A { shown += 1 }
    for index in values.indices where isRead[index] {
      values[index].reserveCapacity(min(most, shown + 2, RecordFormat.maximumSamples / columns + 1))
    }
    if !head.isNamed { try add(head.first.range, lines, isRead) }
    var found: [String] = []
    while let line = lines.nextRow({ found.append($0) }) {
      if rows == 0, head.isNamed, takeUnits(lines.cells(line, separator: head.separator)) { continue }
      guard rows < RecordFormat.maximumSamples / columns else {
        throw FormatError(
          "line \(lines.number)", found: "more than \(rows) rows of \(columns) columns",
          expected: "at most \(RecordFormat.maximumSamples) samples in all")
      }
      try add(line, lines, isRead)
    }
    comments += found
    guard rows > 0 else {
      throw FormatError("line \(lines.number)", found: "no row of numbers", expected: "a row each sample")
    }
  }

  /// A row of units below that of names, as PhysioNet's tools write it.
  private mutating func takeUnits(_ cells: [String]) -> Bool {
    guard head.isUnits(cells) else { return false }
    for (index, cell) in cells.enumerated() {
      switch columns[index] {
      case .lead(_, nil): units[index] = CSVHead.name("x " + cell).units ?? cell
      case .time(nil): columns[index] = .time(scale: CSVHead.seconds(per: cell))
      default: break
      }
    }
    return true
  }

  private mutating func add(_ line: Range<Int>, _ lines: CSVLines, _ isRead: [Bool]) throws(FormatError) {
    let (bytes, separator, end) = (lines.bytes, head.separator, line.upperBound)
    let hasComma = separator != UInt8(ascii: ",")
    var (position, column) = (line.lowerBound, 0)
    while column < isRead.count, position <= end {
      let start = position
      while position < end, bytes[position] == 0x20 { position += 1 }
      var value = decimalNumber(in: bytes, at: &position, end: end)
      if hasComma, position < end, bytes[position] == UInt8(ascii: ",") {
        position = start
        while position < end, bytes[position] == 0x20 { position += 1 }
        value = decimalNumber(in: bytes, at: &position, end: end, point: UInt8(ascii: ","))
      }
      while position < end, bytes[position] == 0x20 { position += 1 }
      if position == end || bytes[position] == separator {
        position += 1
      } else {
        position = start
        let cell = lines.cell(&position, end, separator)
        value = CSVHead.number(cell, separator)
        guard value != nil || CSVHead.isMissing(cell) || !isRead[column] else {
          throw FormatError(
            place(lines.number, column), found: "'\(cell.prefix(40))'",
            expected: "a number, or nothing where the sample is missing")
        }
      }
      if isRead[column] {
        if let value, abs(value) >= 1e300 {
          throw FormatError(place(lines.number, column), found: "a number as great as 1e300", expected: "a lesser one")
        }
        values[column].append(value ?? .nan)
      }
      column += 1
    }
    guard column == isRead.count, position > end else {
      let count = position > end ? column : lines.cells(line, separator: separator).count
      throw FormatError(
        "line \(lines.number)", found: "\(count) cells", expected: "\(isRead.count), as in line \(head.first.line)")
    }
    rows += 1
  }

  private func place(_ line: Int, _ column: Int) -> String {
    var name = ""
    switch head.columns[column] {
    case .lead(let lead, _): name = " (\(lead))"
    case .time: name = " (time)"
    case .skipped: break
    }
    return "line \(line), column \(column + 1)\(name)"
  }

  func recording(_ lines: CSVLines) throws(FormatError) -> StoredRecording {
    var recording = StoredRecording(samplingFrequency: 0, leads: [])
    recording.warnings = head.warnings
    var (rate, unit): (Double?, String?)
    for comment in comments {
      if let found = CSV.rate(of: comment) {
        rate = rate ?? found
      } else if let found = CSV.unit(of: comment) {
        unit = unit ?? found
      } else {
        recording.take(comment)
      }
    }
    recording.completeSubject()
    if let column = head.columns.firstIndex(where: { if case .time = $0 { true } else { false } }),
      case .time(let scale) = columns[column], rows > 1 || rate ?? layout.samplingFrequency == nil
    {
      if scale == nil {
        recording.warnings.append(FormatWarning(place(head.first.line, column), "no unit of time; read as seconds"))
      }
      let timed = try uniformRate(column, scale ?? 1, lines)
      if let said = rate, abs(said - timed) > 0.01 * timed {
        recording.warnings.append(
          FormatWarning("", "a comment says \(shortest(said)) Hz; the times say \(shortest(timed)) Hz, which is taken"))
        rate = timed
      }
      rate = rate ?? timed
    }
    guard let rate = rate ?? layout.samplingFrequency else {
      throw FormatError(
        "", found: "no sampling rate",
        expected: "a line '# rate: 500 Hz', a column 'time (s)', or the option --rate")
    }
    guard rate.isFinite, rate > 0, rate <= 1e6 else {
      throw FormatError("", found: "a sampling rate of \(rate) Hz", expected: "hertz above 0 and at most 1000000")
    }
    recording.samplingFrequency = rate
    for (index, column) in head.columns.enumerated() {
      guard case .lead(let name, _) = column else { continue }
      guard let units = units[index] ?? unit ?? layout.units else {
        throw FormatError(
          place(head.first.line, index), found: "no unit",
          expected: "one in brackets, as in '\(name) (mV)', a line '# unit: mV', or the option --unit")
      }
      var lead = Lead(name: name, units: units, samples: values[index])
      lead.toMillivolts()
      recording.leads.append(lead)
    }
    guard !recording.leads.isEmpty else {
      throw FormatError("line \(head.first.line)", found: "no column of a lead", expected: "at least one")
    }
    return recording
  }

  /// The rate of which the times are the beats: a whole number, or one of few decimals, where that explains them as
  /// well.
  private func uniformRate(_ column: Int, _ scale: Double, _ lines: CSVLines) throws(FormatError) -> Double {
    let times = values[column]
    func refuse(_ row: Int, _ found: String) -> FormatError {
      FormatError(place(line(ofRow: row, lines), column), found: found, expected: "times at a uniform distance")
    }
    if let row = times.firstIndex(where: \.isNaN) { throw refuse(row, "no time") }
    guard let first = times.first, let last = times.last, times.count > 1 else {
      throw FormatError("", found: "a single time, which gives no rate", expected: "two rows, or the option --rate")
    }
    let duration = (last - first) * scale
    let measured = Double(times.count - 1) / duration
    guard measured.isFinite, measured > 0 else {
      throw refuse(
        times.count - 1, "the time \(shortest(last)) after \(shortest(first)) in line \(line(ofRow: 0, lines))")
    }
    func deviation(_ rate: Double) -> (greatest: Double, row: Int) {
      var (greatest, worst) = (0.0, 0)
      for (row, time) in times.enumerated() {
        let distance = abs((time - first) * scale - Double(row) / rate)
        if distance > greatest { (greatest, worst) = (distance, row) }
      }
      return (greatest, worst)
    }
    let (greatest, row) = deviation(measured)
    guard greatest <= 0.3 / measured else {
      let step = times[1] - first
      let jump = (1..<times.count).first { abs(times[$0] - times[$0 - 1] - step) > 0.6 * abs(step) } ?? max(row, 1)
      throw refuse(
        jump,
        "a step of \(rounded(times[jump] - times[jump - 1])) from the time before; the first step is \(rounded(step))")
    }
    for rate in [measured.rounded(), (measured * 1e4).rounded() / 1e4] where rate > 0 {
      if deviation(rate).greatest <= 1.5 * greatest + 1e-9 * duration { return rate }
    }
    return measured
  }

  private func rounded(_ number: Double) -> String { shortest((number * 1e9).rounded() / 1e9) }

  /// Found again for an error.
  private func line(ofRow row: Int, _ lines: CSVLines) -> Int {
    var again = CSVLines(lines.bytes)
    var row = head.isNamed ? row + 1 : row
    while again.nextRow() != nil, row > 0 { row -= 1 }
    return again.number
  }
}

extension Lead {
  /// Volts and microvolts become millivolts; other units stay.
  mutating func toMillivolts() {
    switch millivolts(per: units) {
    case 0.001: for i in samples.indices { samples[i] /= 1000 }
    case 1000: for i in samples.indices { samples[i] *= 1000 }
    case 1: break
    default: return
    }
    units = "mV"
  }
}
