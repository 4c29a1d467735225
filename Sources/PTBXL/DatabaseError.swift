import Files

/// What is wrong with a data set's tables, and where.
public struct DatabaseError: Error, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case file(FileError)
    case grammar(CSVError)
    case missingColumn(String, found: [String])
    case cell(line: Int, column: String, found: String, expected: String)
    case duplicate(line: Int, column: String, value: String)
    case unknownStatement(line: Int, code: String)
    case noRows
  }
  public let path: String
  public let reason: Reason

  public init(_ path: String, _ reason: Reason) { (self.path, self.reason) = (path, reason) }

  public var description: String {
    switch reason {
    case .file(let error): "\(error)"
    case .grammar(let error): "\(path): \(error)"
    case .missingColumn(let column, let found):
      "\(path): line 1: no column '\(column)'; the columns are \(found.prefix(40).joined(separator: ", "))"
    case .cell(let line, let column, let found, let expected):
      "\(path): line \(line): \(column) is '\(found.prefix(80))'; expected \(expected)"
    case .duplicate(let line, let column, let value):
      "\(path): line \(line): \(column) \(value) stands in an earlier line too"
    case .unknownStatement(let line, let code):
      "\(path): line \(line): scp_codes has '\(code.prefix(40))', which is not in scp_statements.csv"
    case .noRows: "\(path): the table has a head and no rows"
    }
  }
}
