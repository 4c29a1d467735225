import Foundation

/// What is wrong with a CSV text, and where.
public struct CSVError: Error, Equatable, CustomStringConvertible {
  public let line: Int  // 1-based, of the row's first line
  public let problem: String
  public var description: String { "line \(line): \(problem)" }
}

/// A table of text with a head, as RFC 4180 writes it: fields may be quoted, and then hold commas, quotes and line ends.
public struct CSV: Sendable, Equatable {
  public var columns: [String]
  public var rows: [[String]]  // each as long as `columns`
  public var lines: [Int]  // where each row begins in the text, 1-based

  public init(columns: [String], rows: [[String]]) {
    (self.columns, self.rows, self.lines) = (columns, rows, Array(rows.indices).map { $0 + 2 })
  }

  /// Where a field stands in the text: 1-based, in Unicode scalars, with its quotes.
  public struct Place: Sendable, Equatable {
    public var line, column, length: Int
    public init(line: Int, column: Int, length: Int = 1) { (self.line, self.column, self.length) = (line, column, length) }
  }

  /// Parses UTF-8 text; a byte order mark is skipped, CR LF and LF both end a line.
  /// - Throws: ``CSVError`` naming the first row that breaks the grammar.
  public init(parsing data: Data) throws(CSVError) {
    var places: [[Place]]?
    let (table, starts) = try Self.fields(of: data, places: &places)
    guard let head = table.first else { throw CSVError(line: 1, problem: "empty; expected a line of column names") }
    for (row, start) in zip(table, starts).dropFirst() where row.count != head.count {
      throw CSVError(line: start, problem: "\(row.count) fields; the head has \(head.count)")
    }
    (columns, rows, lines) = (head, Array(table.dropFirst()), Array(starts.dropFirst()))
  }

  /// The fields of a text with their places, the head's first, for those who name every mistake in it: rows may be shorter or
  /// longer than the head.
  /// - Throws: ``CSVError`` where a quote or the encoding leaves no fields to tell.
  public static func located(parsing data: Data) throws(CSVError) -> [[(text: String, place: Place)]] {
    var places: [[Place]]? = []
    let table = try fields(of: data, places: &places).table
    return zip(table, places ?? []).map { row, places in zip(row, places).map { (text: $0, place: $1) } }
  }

  /// - Parameter places: nil keeps none.
  private static func fields(of data: Data, places: inout [[Place]]?) throws(CSVError) -> (table: [[String]], starts: [Int]) {
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CSVError(line: 1, problem: "not UTF-8 text")
    }
    let bytes = Array(text.utf8)
    var (table, starts): ([[String]], [Int]) = ([], [])
    var (row, field): ([String], [UInt8]) = ([], [])
    var (line, rowLine, quoted, wasQuoted) = (1, 1, false, false)
    var i = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var begin = (byte: i, line: 1, lineStart: i), lineStart = i  // of the field
    var (rowPlaces, allPlaces): ([Place], [[Place]]) = ([], [])
    let keepsPlaces = places != nil

    func scalars(_ range: Range<Int>) -> Int { bytes[range].count { $0 & 0xC0 != 0x80 } }
    func endField() {
      if keepsPlaces {
        let raw = bytes[begin.byte..<i].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        rowPlaces.append(
          Place(line: begin.line, column: scalars(begin.lineStart..<begin.byte) + 1, length: max(1, scalars(raw.indices))))
        begin = (i + 1, line, i < bytes.count && bytes[i] == UInt8(ascii: "\n") ? i + 1 : lineStart)
      }
      row.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func endRow() {
      endField()
      if row != [""] {
        table.append(row)
        starts.append(rowLine)
        allPlaces.append(rowPlaces)
      }
      row.removeAll(keepingCapacity: true)
      rowPlaces.removeAll(keepingCapacity: true)
    }
    while i < bytes.count {
      let byte = bytes[i]
      if byte == UInt8(ascii: "\n") { line += 1 }
      if quoted {
        if byte == UInt8(ascii: "\"") {
          if i + 1 < bytes.count, bytes[i + 1] == UInt8(ascii: "\"") {
            field.append(byte)
            i += 1
          } else {
            quoted = false
          }
        } else {
          if byte == UInt8(ascii: "\n") { lineStart = i + 1 }
          field.append(byte)
        }
      } else {
        switch byte {
        case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted: (quoted, wasQuoted) = (true, true)
        case UInt8(ascii: ","): endField()
        case UInt8(ascii: "\r") where i + 1 < bytes.count && bytes[i + 1] == UInt8(ascii: "\n"): break
        case UInt8(ascii: "\n"):
          endRow()
          (rowLine, lineStart) = (line, i + 1)
        default:
          guard !wasQuoted else { throw CSVError(line: line, problem: "text follows a closing quote; expected a comma") }
          field.append(byte)
        }
      }
      i += 1
    }
    guard !quoted else { throw CSVError(line: rowLine, problem: "a quoted field is never closed") }
    if !field.isEmpty || !row.isEmpty || wasQuoted { endRow() }
    if keepsPlaces { places = allPlaces }
    return (table, starts)
  }

  /// The text, fields quoted only where they must be, lines ended by LF.
  public var text: String {
    ([columns] + rows).map(Self.line).joined()
  }

  /// One line of such a text.
  public static func line(_ fields: [String]) -> String {
    fields.map { field in
      field.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        ? "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : field
    }.joined(separator: ",") + "\n"
  }
}

extension String {
  /// The text of valid UTF-8, or nil.
  public init?(validating data: Data, as: UTF8.Type) {
    guard let text = String(bytes: data, encoding: .utf8) else { return nil }
    self = text
  }
}
