/// Reads which patient each record is of, from a list in the records' order.
///
/// - Parameters:
///   - path: a text with a patient a line, or `.npy`, `[records]`.
///   - records: how many there are.
/// - Returns: `[records]`, equal for records of one patient, counted from 0 by first appearance.
/// - Throws: ``PredictionFileError`` naming the file and, for a wrong value, its line or record.
public func readPatients(path: String, records: Int) throws(PredictionFileError) -> [Int] {
  let patients: [String]
  if path.hasSuffix(".npy") {
    let array = try readNPY(path)
    guard array.shape.count == 1 else {
      throw PredictionFileError(path: path, problem: "shape \(NPYError.text(array.shape)); expected one axis, records")
    }
    if let record = array.values.firstIndex(where: \.isNaN) {
      throw PredictionFileError(path: path, problem: "record \(record): not a number (NaN); expected a patient")
    }
    patients = array.values.map { "\($0)" }
  } else {
    patients = try readLines(path, of: "one patient a line")
    if let line = patients.firstIndex(of: "") {
      throw PredictionFileError(path: path, problem: "line \(line + 1): empty; expected a patient")
    }
  }
  guard patients.count == records else {
    throw PredictionFileError(path: path, problem: "\(patients.count) patients; there are \(records) records")
  }
  return numbered(patients)
}

/// The same from a table with the columns `ecg_id` and `patient_id`, in any order of its rows; others may follow.
///
/// - Parameter records: `[records]`, the `ecg_id` of each.
public func patients(in table: TextTable, records: [String]) throws(PredictionFileError) -> [Int] {
  guard let ids = table.firstIndex(of: "ecg_id"), let owners = table.firstIndex(of: "patient_id") else {
    throw PredictionFileError(path: table.path, problem: "expected the columns ecg_id and patient_id")
  }
  let known = try table.texts(ids)
  try table.requireDistinct(known, column: ids)
  let owner = Dictionary(uniqueKeysWithValues: zip(known, try table.texts(owners)))
  var patients: [String] = []
  for record in records {
    guard let patient = owner[record] else {
      throw PredictionFileError(path: table.path, problem: "no row for ecg_id \(record)")
    }
    patients.append(patient)
  }
  return numbered(patients)
}
