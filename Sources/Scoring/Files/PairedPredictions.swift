/// Predictions of several networks for the same records, paired by their ids.
public struct PairedPredictions: Sendable, Equatable {
  /// Which records and labels are taken.
  public enum Rule: String, Sendable, Codable, CaseIterable {
    /// All of them; one that a side lacks is an error.
    case all
    /// Those that every side has.
    case common
  }

  /// One for each side, all with the records and labels of the first, in its order.
  public var sides: [Predictions]
  public var records: [String]  // `ecg_id`
  /// `[records]`, equal for records of one patient; nil when no side knows the patients.
  public var patients: [Int]?
  /// How many records, and which labels, some side has and another lacks.
  public var recordsLeftOut: Int
  public var labelsLeftOut: [String]

  /// - Parameter tables: at least one; a name stands for a side in errors.
  /// - Throws: ``PairingError``.
  public init(_ tables: [(name: String, table: PredictionTable)], _ rule: Rule = .all) throws(PairingError) {
    let everyRecord = Self.union(tables.map(\.table.records))
    let everyLabel = Self.union(tables.map(\.table.predictions.names))
    let rows = tables.map { side in
      Dictionary(side.table.records.enumerated().map { ($1, $0) }) { first, _ in first }
    }
    let columns = tables.map { side in
      Dictionary(side.table.predictions.names.enumerated().map { ($1, $0) }) { first, _ in first }
    }
    let records = everyRecord.filter { id in rows.allSatisfy { $0[id] != nil } }
    let labels = everyLabel.filter { name in columns.allSatisfy { $0[name] != nil } }
    if rule == .all {
      for (side, own) in zip(tables, rows) where own.count < everyRecord.count {
        throw .lacksRecords(everyRecord.filter { own[$0] == nil }, side: side.name)
      }
      for (side, own) in zip(tables, columns) where own.count < everyLabel.count {
        throw .lacksLabels(everyLabel.filter { own[$0] == nil }, side: side.name)
      }
    }
    guard !records.isEmpty else { throw .nothingCommon("record") }
    guard !labels.isEmpty else { throw .nothingCommon("label") }

    self.records = records
    (recordsLeftOut, labelsLeftOut) = (everyRecord.count - records.count, everyLabel.filter { !labels.contains($0) })
    sides = []
    for ((name, table), (rowOf, columnOf)) in zip(tables, zip(rows, columns)) {
      let order = records.compactMap { rowOf[$0] }, chosen = labels.compactMap { columnOf[$0] }
      let truth = chosen.map { j in order.map { table.predictions.labels[j][$0] } }
      let scores = chosen.map { j in order.map { table.predictions.scores[j][$0] } }
      if let first = sides.first {
        for (j, label) in labels.enumerated() {
          guard let i = records.indices.first(where: { first.labels[j][$0] != truth[j][$0] }) else { continue }
          throw .otherTruth(record: records[i], label: label, positive: first.labels[j][i] ? tables[0].name : name,
            negative: first.labels[j][i] ? name : tables[0].name)
        }
      }
      // Columns of one length without NaN came in, so no error can come out.
      do { sides.append(try Predictions(names: labels, labels: truth, scores: scores)) } catch {
        throw .unusable(error.description, side: name)
      }
    }
    patients = try Self.patients(tables, rows, records)
  }

  private static func union(_ lists: [[String]]) -> [String] {
    var seen: Set<String> = []
    return lists.flatMap { $0 }.filter { seen.insert($0).inserted }
  }

  /// Those of the first side that knows them. Whoever else does must group the records alike.
  private static func patients(
    _ tables: [(name: String, table: PredictionTable)], _ rows: [[String: Int]], _ records: [String]
  ) throws(PairingError) -> [Int]? {
    var known: (name: String, patients: [Int])?
    for ((name, table), rowOf) in zip(tables, rows) {
      guard let own = table.patients else { continue }
      let patients = records.compactMap { rowOf[$0].map { own[$0] } }
      guard let first = known else {
        known = (name, patients)
        continue
      }
      // The record at which each patient was first met, on either side.
      var (met, metByFirst): ([Int: Int], [Int: Int]) = ([:], [:])
      for i in records.indices {
        let (j, k) = (met[patients[i]] ?? i, metByFirst[first.patients[i]] ?? i)
        guard j == k else {
          let isOneOfFirst = k < i
          throw .otherPatients(
            records[isOneOfFirst ? k : j], records[i], one: isOneOfFirst ? first.name : name,
            two: isOneOfFirst ? name : first.name)
        }
        (met[patients[i]], metByFirst[first.patients[i]]) = (j, k)
      }
    }
    return known?.patients
  }
}

/// Why predictions cannot be paired.
public enum PairingError: Error, Equatable, Sendable, CustomStringConvertible {
  case lacksRecords([String], side: String)
  case lacksLabels([String], side: String)
  case nothingCommon(String)
  case otherTruth(record: String, label: String, positive: String, negative: String)
  case otherPatients(String, String, one: String, two: String)
  case unusable(String, side: String)

  public var description: String {
    switch self {
    case .lacksRecords(let records, let side):
      "'\(side)' lacks \(records.count == 1 ? "a record" : "\(records.count) records") that another side has: \(Self.some(records))"
    case .lacksLabels(let labels, let side):
      "'\(side)' lacks \(labels.count == 1 ? "a label" : "\(labels.count) labels") that another side has: \(Self.some(labels))"
    case .nothingCommon(let what): "there is no \(what) that all sides have"
    case .otherTruth(let record, let label, let positive, let negative):
      "record \(record) has the label \(label) by '\(positive)' and not by '\(negative)'; expected the same truth"
    case .otherPatients(let a, let b, let one, let two):
      "records \(a) and \(b) are of one patient by '\(one)' and of two by '\(two)'; expected the same patients"
    case .unusable(let problem, let side): "'\(side)': \(problem)"
    }
  }

  private static func some(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
