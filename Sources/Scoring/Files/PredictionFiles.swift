import Foundation

/// What is wrong with a file of predictions: which file, what was found, what would be right.
public struct PredictionFileError: Error, Equatable, Sendable, CustomStringConvertible {
  public let path: String
  public let problem: String
  public var description: String { "\(path): \(problem)" }

  public init(path: String, problem: String) { (self.path, self.problem) = (path, problem) }
}

/// Reads predictions made anywhere: labels and scores as NumPy arrays, class names one a line.
///
/// - Parameters:
///   - labelsPath: `.npy`, `[records, classes]`, each 0 or 1 (any numeric type or boolean).
///   - scoresPath: `.npy`, `[records, classes]`, higher meaning more positive: probabilities or logits.
///   - classesPath: UTF-8 text, one name a line in the order of the columns; empty lines at the end don't count.
/// - Throws: ``PredictionFileError`` naming the file and, for a wrong value, its record and class (counted from 0).
public func readPredictions(
  labelsPath: String, scoresPath: String, classesPath: String
) throws(PredictionFileError) -> Predictions {
  let names = try readClasses(classesPath)
  let labels = try readMatrix(labelsPath, classes: names.count, classesPath)
  let scores = try readMatrix(scoresPath, classes: names.count, classesPath)
  guard labels.records == scores.records else {
    throw PredictionFileError(
      path: scoresPath, problem: "\(scores.records) records; \(labelsPath) has \(labels.records)")
  }
  var labelColumns: [[Bool]] = []
  var scoreColumns: [[Double]] = []
  for (j, name) in names.enumerated() {
    for record in 0..<labels.records {
      let (label, score) = (labels.value(record, j), scores.value(record, j))
      guard label == 0 || label == 1 else {
        throw PredictionFileError(
          path: labelsPath, problem: "record \(record), class \(j) (\(name)): label \(label); expected 0 or 1")
      }
      guard !score.isNaN else {
        throw PredictionFileError(
          path: scoresPath, problem: "record \(record), class \(j) (\(name)): not a number (NaN); expected a score")
      }
    }
    labelColumns.append((0..<labels.records).map { labels.value($0, j) == 1 })
    scoreColumns.append((0..<labels.records).map { scores.value($0, j) })
  }
  do { return try Predictions(names: names, labels: labelColumns, scores: scoreColumns) } catch {
    throw PredictionFileError(path: labelsPath, problem: error.description)
  }
}

private struct Matrix {
  let records: Int, classes: Int, values: [Double]
  func value(_ record: Int, _ j: Int) -> Double { values[record * classes + j] }
}

private func readMatrix(_ path: String, classes: Int, _ classesPath: String) throws(PredictionFileError) -> Matrix {
  let array = try readNPY(path)
  // A list is a table of one class.
  let shape = array.shape.count == 1 && classes == 1 ? [array.shape[0], 1] : array.shape
  guard shape.count == 2 else {
    throw PredictionFileError(
      path: path, problem: "shape \(NPYError.text(array.shape)); expected two axes, records and classes")
  }
  guard shape[1] == classes else {
    throw PredictionFileError(
      path: path, problem: "shape \(NPYError.text(array.shape)): \(shape[1]) classes; \(classesPath) names \(classes)")
  }
  return Matrix(records: shape[0], classes: classes, values: array.values)
}

/// - Throws: ``PredictionFileError`` naming the file.
func readNPY(_ path: String) throws(PredictionFileError) -> NPYArray {
  let data = try readData(path)
  do { return try NPYArray(parsing: data) } catch {
    throw PredictionFileError(path: path, problem: error.description)
  }
}

private func readClasses(_ path: String) throws(PredictionFileError) -> [String] {
  let lines = try readLines(path, of: "one class name a line")
  guard !lines.isEmpty else { throw PredictionFileError(path: path, problem: "no class names; expected one a line") }
  var seen: [String: Int] = [:]
  for (i, name) in lines.enumerated() {
    guard !name.isEmpty else {
      throw PredictionFileError(path: path, problem: "line \(i + 1): empty; expected a class name")
    }
    if let first = seen.updateValue(i + 1, forKey: name) {
      throw PredictionFileError(path: path, problem: "line \(i + 1): '\(name)' stands on line \(first) already")
    }
  }
  return lines
}

/// The lines of a UTF-8 text, without spaces around them; empty lines at the end don't count.
func readLines(_ path: String, of what: String) throws(PredictionFileError) -> [String] {
  guard let text = String(data: try readData(path), encoding: .utf8) else {
    throw PredictionFileError(path: path, problem: "no UTF-8 text; expected \(what)")
  }
  var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    .map { $0.trimmingCharacters(in: .whitespaces) }
  while lines.last == "" { lines.removeLast() }
  return lines
}

func readData(_ path: String) throws(PredictionFileError) -> Data {
  var folder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &folder) else {
    throw PredictionFileError(path: path, problem: "no such file")
  }
  guard !folder.boolValue else { throw PredictionFileError(path: path, problem: "it is a folder; expected a file") }
  do { return try Data(contentsOf: URL(filePath: path)) } catch {
    throw PredictionFileError(path: path, problem: "cannot read: \(error.localizedDescription)")
  }
}
