import Files
import Foundation

/// A data set in PTB-XL's layout: two tables, and the signal files that they name.
///
/// ```
/// ptbxl_database.csv    one row per record
/// scp_statements.csv    one row per statement
/// records100/00000/00001_lr.hea, .dat …
/// records500/00000/00001_hr.hea, .dat …
/// ```
public struct Database: Sendable {
  public let folder: String
  /// In the table's order.
  public let records: [ECGRecord]
  /// In the table's order.
  public let statements: [Statement]
  public let version: Version
  /// Whether the data set was made, not recorded: it has the file ``syntheticMarker``.
  public let isSynthetic: Bool
  /// Of `ptbxl_database.csv` and `scp_statements.csv`.
  public let tableDigests: [Digest]

  public static let databaseTable = "ptbxl_database.csv"
  public static let statementsTable = "scp_statements.csv"
  /// A file of this name, with any content, says that a data set is synthetic.
  public static let syntheticMarker = "SYNTHETIC.txt"

  /// Reads both tables; no signal file is touched.
  /// - Throws: ``DatabaseError``, naming the first cell that cannot be understood.
  public init(folder: String) throws(DatabaseError) {
    let statementsTable = try Table(folder + "/" + Self.statementsTable)
    let databaseTable = try Table(folder + "/" + Self.databaseTable)
    statements = try statementsTable.statements()
    records = try databaseTable.records(codes: Set(statements.map(\.code)))
    self.folder = folder
    isSynthetic = FileManager.default.fileExists(atPath: folder + "/" + Self.syntheticMarker)
    version = isSynthetic ? .synthetic : Version(of: records, in: folder)
    tableDigests = [databaseTable.digest, statementsTable.digest]
  }

  /// A record's path without extension.
  public func path(_ record: ECGRecord, _ rate: Rate) -> String { folder + "/" + record.fileName(rate) }

  /// The folds that have records, in ascending order.
  public var folds: [Int] { Set(records.map(\.fold)).sorted() }
}

/// One of the tables while it is read: cells by column name, whatever the order of the columns.
private struct Table {
  let path: String
  let digest: Digest
  private let csv: CSV
  private let columns: [String: Int]

  init(_ path: String) throws(DatabaseError) {
    self.path = path
    let data: Data
    do { data = try readFile(path) } catch { throw DatabaseError(path, .file(error)) }
    do { csv = try CSV(parsing: data) } catch { throw DatabaseError(path, .grammar(error)) }
    digest = Digest(of: data)
    columns = Dictionary(csv.columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    guard !csv.rows.isEmpty else { throw DatabaseError(path, .noRows) }
  }

  /// The number of a column that must be there.
  private func need(_ column: String) throws(DatabaseError) -> Int {
    guard let index = columns[column] else { throw DatabaseError(path, .missingColumn(column, found: csv.columns)) }
    return index
  }

  private var rows: some Sequence<Row> {
    zip(csv.rows, csv.lines).lazy.map { Row(path: path, line: $1, cells: $0, columns: columns) }
  }

  func statements() throws(DatabaseError) -> [Statement] {
    // The first column has no name in PTB-XL's file.
    guard let code = columns[""] ?? columns["scp_code"] ?? columns["code"] else {
      throw DatabaseError(path, .missingColumn("", found: csv.columns))
    }
    for column in ["description", "diagnostic", "form", "rhythm", "diagnostic_class", "diagnostic_subclass"] {
      _ = try need(column)
    }
    var statements: [Statement] = []
    var codes: Set<String> = []
    for row in rows {
      let statement = Statement(
        code: row.cells[code], description: row.text("description") ?? "",
        isDiagnostic: try row.flag("diagnostic") ?? false, isForm: try row.flag("form") ?? false,
        isRhythm: try row.flag("rhythm") ?? false, superclass: row.text("diagnostic_class"),
        subclass: row.text("diagnostic_subclass"))
      guard !statement.code.isEmpty else { throw row.error("code", "a statement's code") }
      guard codes.insert(statement.code).inserted else {
        throw DatabaseError(path, .duplicate(line: row.line, column: "code", value: statement.code))
      }
      statements.append(statement)
    }
    return statements
  }

  func records(codes: Set<String>) throws(DatabaseError) -> [ECGRecord] {
    for column in ["ecg_id", "patient_id", "age", "sex", "scp_codes", "strat_fold", "filename_lr", "filename_hr"] {
      _ = try need(column)
    }
    var records: [ECGRecord] = []
    records.reserveCapacity(csv.rows.count)
    var ids: Set<Int> = []
    for row in rows {
      let record = try row.record()
      guard ids.insert(record.ecgID).inserted else {
        throw DatabaseError(path, .duplicate(line: row.line, column: "ecg_id", value: "\(record.ecgID)"))
      }
      if let unknown = record.statements.first(where: { !codes.contains($0.code) }) {
        throw DatabaseError(path, .unknownStatement(line: row.line, code: unknown.code))
      }
      records.append(record)
    }
    return records
  }
}

/// One row: each cell as what it means. An empty cell, or one of a column that a version lacks, is nil.
private struct Row {
  let path: String
  let line: Int
  let cells: [String]
  let columns: [String: Int]

  func text(_ column: String) -> String? {
    guard let index = columns[column], cells.indices.contains(index), !cells[index].isEmpty else { return nil }
    return cells[index]
  }

  func error(_ column: String, _ expected: String) -> DatabaseError {
    DatabaseError(path, .cell(line: line, column: column, found: text(column) ?? "", expected: expected))
  }

  func number(_ column: String) throws(DatabaseError) -> Double? {
    guard let text = text(column) else { return nil }
    guard let number = Double(text), number.isFinite else { throw error(column, "a number") }
    return number
  }

  /// `15709`, or `15709.0` as pandas writes a column that has empty cells.
  func whole(_ column: String) throws(DatabaseError) -> Int? {
    guard let text = text(column) else { return nil }
    if let whole = Int(text) { return whole }
    guard let number = Double(text), let whole = Int(exactly: number) else { throw error(column, "a whole number") }
    return whole
  }

  func flag(_ column: String) throws(DatabaseError) -> Bool? {
    switch text(column) {
    case nil: nil
    case "True", "true", "1", "1.0": true
    case "False", "false", "0", "0.0": false
    default: throw error(column, "True or False")
    }
  }

  private func needWhole(_ column: String) throws(DatabaseError) -> Int {
    guard let whole = try whole(column) else { throw error(column, "a whole number") }
    return whole
  }

  /// A relative path that stays inside the data set.
  private func fileName(_ column: String) throws(DatabaseError) -> String {
    guard let text = text(column), !text.hasPrefix("/"), !text.utf8.contains(0),
      text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy({ $0 != ".." && $0 != "." && $0 != "" })
    else { throw error(column, "a path inside the data set, as in 'records100/00000/00001_lr'") }
    return text
  }

  func record() throws(DatabaseError) -> ECGRecord {
    guard let findings = text("scp_codes").flatMap([ECGRecord.Finding].init(python:)) else {
      throw error("scp_codes", "codes with likelihoods, as in {'NORM': 100.0, 'SR': 0.0}")
    }
    var record = ECGRecord(
      ecgID: try needWhole("ecg_id"), patientID: try needWhole("patient_id"), statements: findings,
      fold: try needWhole("strat_fold"), fileName100: try fileName("filename_lr"),
      fileName500: try fileName("filename_hr"))
    guard (1...1000).contains(record.fold) else { throw error("strat_fold", "a fold, 1 to 10") }
    if let age = try number("age") {
      guard (0...300).contains(age) else { throw error("age", "years, or 300 for more than 89") }
      record.ageOver89 = age == 300
      record.age = age == 300 ? nil : Int(age)
    }
    if let sex = try whole("sex") {
      guard let known = ECGRecord.Sex(rawValue: sex) else { throw error("sex", "0 (male) or 1 (female)") }
      record.sex = known
    }
    record.height = try number("height")
    record.weight = try number("weight")
    record.nurse = try whole("nurse")
    record.site = try whole("site")
    record.device = text("device")
    record.recordingDate = text("recording_date")
    record.report = text("report")
    record.heartAxis = text("heart_axis")
    record.infarctionStadium1 = text("infarction_stadium1")
    record.infarctionStadium2 = text("infarction_stadium2")
    record.validatedBy = try whole("validated_by")
    record.secondOpinion = try flag("second_opinion")
    record.initialAutogeneratedReport = try flag("initial_autogenerated_report")
    record.validatedByHuman = try flag("validated_by_human")
    record.baselineDrift = text("baseline_drift")
    record.staticNoise = text("static_noise")
    record.burstNoise = text("burst_noise")
    record.electrodesProblems = text("electrodes_problems")
    record.extraBeats = text("extra_beats")
    record.pacemaker = text("pacemaker")
    return record
  }
}

extension [ECGRecord.Finding] {
  /// Reads a Python dictionary: `{'NORM': 100.0, 'SR': 0.0}`. Nil for anything else, and for a code that comes twice.
  init?(python text: String) {
    var rest = Substring(text)
    func skipBlanks() { rest = rest.drop { $0 == " " } }
    func take(_ character: Character) -> Bool {
      skipBlanks()
      guard rest.first == character else { return false }
      rest = rest.dropFirst()
      return true
    }
    self = []
    guard take("{") else { return nil }
    while !take("}") {
      if !isEmpty {
        guard take(",") else { return nil }
        if take("}") { break }  // Python allows a comma at the end
      }
      guard let quote: Character = take("'") ? "'" : take("\"") ? "\"" : nil else { return nil }
      let code = rest.prefix { $0 != quote }
      rest = rest.dropFirst(code.count)
      guard !code.isEmpty, take(quote), take(":") else { return nil }
      skipBlanks()
      let number = rest.prefix { $0 != "," && $0 != "}" }
      rest = rest.dropFirst(number.count)
      let digits = number.last == " " ? number.prefix { $0 != " " } : number
      guard let likelihood = Double(digits), (0...100).contains(likelihood), !contains(where: { $0.code == code })
      else { return nil }
      append(ECGRecord.Finding(String(code), likelihood))
    }
    skipBlanks()
    guard rest.isEmpty else { return nil }
  }
}
