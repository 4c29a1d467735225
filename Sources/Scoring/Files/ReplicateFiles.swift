/// Reads the replicates of a bootstrap that was drawn elsewhere, so that its interval can be made again.
///
/// - Parameters:
///   - path: `.npy`, `[replicates, draws]`, each the number of a record, counted from 0.
///   - records: how many there are.
/// - Returns: `[replicates][draws]`, for ``Bootstrap/init(rows:level:method:lostClass:)``.
/// - Throws: ``PredictionFileError`` naming the file and, for a wrong value, its replicate and place.
public func readReplicates(path: String, records: Int) throws(PredictionFileError) -> [[Int]] {
  let array = try readNPY(path)
  guard array.shape.count == 2, array.shape[0] > 0, array.shape[1] > 0 else {
    throw PredictionFileError(
      path: path, problem: "shape \(NPYError.text(array.shape)); expected two axes, replicates and draws")
  }
  let draws = array.shape[1]
  var rows: [[Int]] = []
  for replicate in 0..<array.shape[0] {
    var row: [Int] = []
    for (place, value) in array.values[(replicate * draws)..<((replicate + 1) * draws)].enumerated() {
      guard let record = Int(exactly: value), (0..<records).contains(record) else {
        throw PredictionFileError(
          path: path,
          problem: "replicate \(replicate), draw \(place): \(value); expected a record, 0 to \(records - 1)")
      }
      row.append(record)
    }
    rows.append(row)
  }
  return rows
}
