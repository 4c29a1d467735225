/// A table of text, as whoever reads a CSV file hands it over.
public struct TextTable: Sendable, Equatable {
  public var path: String  // for messages
  public var columns: [String]
  public var rows: [[String]]  // each as long as `columns`
  public var lines: [Int]  // where each row begins in the file, 1-based

  public init(path: String, columns: [String], rows: [[String]], lines: [Int]) {
    precondition(rows.count == lines.count, "\(rows.count) rows but \(lines.count) line numbers")
    precondition(rows.allSatisfy { $0.count == columns.count }, "rows of another length than \(columns.count) columns")
    (self.path, self.columns, self.rows, self.lines) = (path, columns, rows, lines)
  }

  func error(row: Int, column: Int, _ problem: String) -> PredictionFileError {
    PredictionFileError(
      path: path, problem: "line \(lines[row]), column \(column + 1) (\(columns[column])): \(problem)")
  }

  /// What each row has in a column.
  func texts(_ column: Int) throws(PredictionFileError) -> [String] {
    var texts: [String] = []
    for (i, row) in rows.enumerated() {
      guard !row[column].isEmpty else { throw error(row: i, column: column, "empty") }
      texts.append(row[column])
    }
    return texts
  }

  func numbers(_ column: Int, _ what: String) throws(PredictionFileError) -> [Double] {
    var numbers: [Double] = []
    for (i, row) in rows.enumerated() {
      guard let number = Double(row[column]), !number.isNaN else {
        throw error(row: i, column: column, "'\(row[column])'; expected \(what)")
      }
      numbers.append(number)
    }
    return numbers
  }

  /// Throws when two rows have the same text.
  func requireDistinct(_ texts: [String], column: Int) throws(PredictionFileError) {
    var seen: [String: Int] = [:]
    for (i, text) in texts.enumerated() {
      if let first = seen.updateValue(i, forKey: text) {
        throw error(row: i, column: column, "\(text) stands on line \(lines[first]) already")
      }
    }
  }

  func firstIndex(of column: String) -> Int? { columns.firstIndex(of: column) }
}
