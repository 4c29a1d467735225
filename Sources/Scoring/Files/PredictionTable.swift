/// Predictions from a table, with what identifies each record.
///
/// Columns, in any order: `ecg_id`; for each class a `true:NAME` of 0 or 1 and a `score:NAME`, higher meaning more
/// positive; `patient_id` if wanted. This is the form of `predictions.csv` in a model folder.
public struct PredictionTable: Sendable, Equatable {
  /// Classes in the order of their `true:` columns.
  public var predictions: Predictions
  public var records: [String]  // `ecg_id`
  public var patients: [Int]?  // [records], counted from 0 by first appearance; nil without `patient_id`

  /// - Parameters:
  ///   - records: as many as the predictions have, all different.
  ///   - patients: `[records]`.
  public init(predictions: Predictions, records: [String], patients: [Int]? = nil) {
    let count = predictions.recordCount
    precondition(records.count == count, "\(records.count) ids of \(count) records")
    precondition(patients.map { $0.count == count } ?? true, "\(patients?.count ?? 0) patients of \(count) records")
    (self.predictions, self.records, self.patients) = (predictions, records, patients)
  }

  /// - Throws: ``PredictionFileError`` naming file, line and column.
  public init(_ table: TextTable) throws(PredictionFileError) {
    func problem(_ text: String) -> PredictionFileError { PredictionFileError(path: table.path, problem: text) }
    var (labelColumns, scoreColumns): ([(name: String, column: Int)], [String: Int]) = ([], [:])
    var seen: Set<String> = []
    for (i, column) in table.columns.enumerated() {
      guard seen.insert(column).inserted else { throw problem("column \(i + 1): '\(column)' stands twice") }
      if column.hasPrefix("true:") {
        labelColumns.append((String(column.dropFirst("true:".count)), i))
      } else if column.hasPrefix("score:") {
        scoreColumns[String(column.dropFirst("score:".count))] = i
      } else if column != "ecg_id", column != "patient_id" {
        throw problem(
          "column \(i + 1): '\(column)'; expected ecg_id, patient_id, or true:NAME and score:NAME for each class")
      }
    }
    guard let ids = table.firstIndex(of: "ecg_id") else { throw problem("no column ecg_id") }
    guard !labelColumns.isEmpty else { throw problem("no column true:NAME; expected one for each class") }
    let named = Set(labelColumns.map(\.name))
    if let extra = scoreColumns.keys.filter({ !named.contains($0) }).sorted().first {
      throw problem("column score:\(extra) has no true:\(extra)")
    }
    var (labels, scores): ([[Bool]], [[Double]]) = ([], [])
    for (name, column) in labelColumns {
      guard !name.isEmpty else { throw problem("column \(column + 1): no class name after 'true:'") }
      guard let score = scoreColumns[name] else { throw problem("column true:\(name) has no score:\(name)") }
      let numbers = try table.numbers(column, "0 or 1")
      if let row = numbers.firstIndex(where: { $0 != 0 && $0 != 1 }) {
        throw table.error(row: row, column: column, "'\(table.rows[row][column])'; expected 0 or 1")
      }
      labels.append(numbers.map { $0 == 1 })
      scores.append(try table.numbers(score, "a score"))
    }
    guard !table.rows.isEmpty else { throw problem("no records") }
    records = try table.texts(ids)
    try table.requireDistinct(records, column: ids)
    patients = if let column = table.firstIndex(of: "patient_id") { numbered(try table.texts(column)) } else { nil }
    do { predictions = try Predictions(names: labelColumns.map(\.name), labels: labels, scores: scores) } catch {
      throw problem(error.description)
    }
  }
}

/// Texts as numbers, counted from 0 by first appearance.
func numbered(_ texts: [String]) -> [Int] {
  var numbers: [String: Int] = [:]
  return texts.map { text in
    let number = numbers[text] ?? numbers.count
    numbers[text] = number
    return number
  }
}
