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

  /// Parses UTF-8 text; a byte order mark is skipped, CR LF and LF both end a line.
  /// - Throws: ``CSVError`` naming the first row that breaks the grammar.
  public init(parsing data: Data) throws(CSVError) {
    guard let text = String(validating: data, as: UTF8.self) else {
      throw CSVError(line: 1, problem: "not UTF-8 text")
    }
    let bytes = Array(text.utf8)
    var (table, starts): ([[String]], [Int]) = ([], [])
    var (row, field): ([String], [UInt8]) = ([], [])
    var (line, rowLine, quoted, wasQuoted) = (1, 1, false, false)
    var i = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0

    func endField() {
      row.append(String(decoding: field, as: UTF8.self))
      field.removeAll(keepingCapacity: true)
      wasQuoted = false
    }
    func endRow() {
      endField()
      if row != [""] {
        table.append(row)
        starts.append(rowLine)
      }
      row.removeAll(keepingCapacity: true)
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
          field.append(byte)
        }
      } else {
        switch byte {
        case UInt8(ascii: "\"") where field.isEmpty && !wasQuoted: (quoted, wasQuoted) = (true, true)
        case UInt8(ascii: ","): endField()
        case UInt8(ascii: "\r") where i + 1 < bytes.count && bytes[i + 1] == UInt8(ascii: "\n"): break
        case UInt8(ascii: "\n"):
          endRow()
          rowLine = line
        default:
          guard !wasQuoted else { throw CSVError(line: line, problem: "text follows a closing quote; expected a comma") }
          field.append(byte)
        }
      }
      i += 1
    }
    guard !quoted else { throw CSVError(line: rowLine, problem: "a quoted field is never closed") }
    if !field.isEmpty || !row.isEmpty || wasQuoted { endRow() }
    guard let head = table.first else { throw CSVError(line: 1, problem: "empty; expected a line of column names") }
    for (row, start) in zip(table, starts).dropFirst() where row.count != head.count {
      throw CSVError(line: start, problem: "\(row.count) fields; the head has \(head.count)")
    }
    (columns, rows, lines) = (head, Array(table.dropFirst()), Array(starts.dropFirst()))
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
