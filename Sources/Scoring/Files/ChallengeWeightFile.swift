import Foundation

extension ChallengeWeights {
  /// From a table as the Challenge ships it: a head of class names after an empty or any first name, and a row for each
  /// class, in the same order, with its name first. Spaces around names and numbers don't count.
  ///
  /// - Throws: ``PredictionFileError`` naming file, line and column.
  public init(_ table: TextTable) throws(PredictionFileError) {
    func trimmed(_ text: String) -> String { text.trimmingCharacters(in: .whitespaces) }
    let names = table.columns.dropFirst().map(trimmed)
    guard names.count == table.rows.count else {
      throw PredictionFileError(
        path: table.path, problem: "\(names.count) columns of classes but \(table.rows.count) rows; expected a square")
    }
    var weights: [[Double]] = []
    for (i, row) in table.rows.enumerated() {
      guard let name = row.first, trimmed(name) == names[i] else {
        throw table.error(row: i, column: 0, "'\(row.first ?? "")'; expected \(names[i]), as column \(i + 2)")
      }
      var numbers: [Double] = []
      for (j, text) in row.enumerated().dropFirst() {
        guard let number = Double(trimmed(text)), number.isFinite else {
          throw table.error(row: i, column: j, "'\(text)'; expected a weight")
        }
        numbers.append(number)
      }
      weights.append(numbers)
    }
    do { try self.init(names: names, weights: weights) } catch {
      throw PredictionFileError(path: table.path, problem: error.description)
    }
  }
}
