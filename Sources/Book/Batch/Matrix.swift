import Files
import Foundation

/// The runs of a batch: a CSV file with a head, whose columns are parameters of a report, and a row for each run.
///
/// An empty field leaves its parameter as it is. A relative path starts at the folder of the matrix, as in a file of parameters.
/// Each row has a name that no other row has, even where capital letters do not count.
struct Matrix: Sendable {
  /// The parameters that its columns set, in order.
  var columns: [String]
  var rows: [Row]

  struct Row: Sendable, Equatable {
    /// Of its files, without extension.
    var name: String
    var line: Int  // of the matrix
    /// What its fields say, by parameter, paths from the report's folder on; an empty field says nothing.
    var values: [String: Value]
  }

  /// The column that names rows where no other is asked for.
  static let nameColumn = "output"

  /// Reads a matrix for a report.
  /// - Parameters:
  ///   - nameColumn: the column that names each row's files; nil takes ``nameColumn`` where there is one that is no parameter.
  ///   - fixed: parameters that the command line sets for all rows.
  /// - Returns: the rows that can be read, and every mistake with its line and column.
  static func read(
    _ path: String, for report: Report, nameColumn: String? = nil, fixed: Set<String> = []
  ) -> (matrix: Matrix, mistakes: [Diagnostic]) {
    var reader = MatrixReader(path: path, report: report, asked: nameColumn, fixed: fixed)
    let matrix = reader.read()
    return (matrix, reader.mistakes)
  }
}

private struct MatrixReader {
  let path: String
  let report: Report
  let asked: String?
  let fixed: Set<String>
  var mistakes: [Diagnostic] = []
  private var lines: [String] = []

  init(path: String, report: Report, asked: String?, fixed: Set<String>) {
    (self.path, self.report, self.asked, self.fixed) = (path, report, asked, fixed)
  }

  private typealias Field = (text: String, place: CSV.Place)

  private mutating func diagnose(_ fault: Fault, _ place: CSV.Place?, _ summary: String, _ help: [String] = []) {
    let range = SourceRange(file: path, line: place?.line ?? 0, column: place?.column ?? 0, length: place?.length ?? 1)
    let line = place.flatMap { lines.indices.contains($0.line - 1) ? lines[$0.line - 1] : nil }
    mistakes.append(Diagnostic(fault, at: range, summary, help: help, line: line))
  }

  mutating func read() -> Matrix {
    var matrix = Matrix(columns: [], rows: [])
    let form = "a matrix is a CSV file: a line of parameters' names, then a line of values for each run"
    let data: Data, table: [[Field]]
    do { data = try readFile(path) } catch {
      diagnose(.matrix, nil, "cannot \(error.operation): \(error.reason)", ["give '--matrix' a CSV file"])
      return matrix
    }
    lines = SourceText(file: path, text: String(decoding: data, as: UTF8.self)).lines
    do { table = try CSV.located(parsing: data) } catch {
      diagnose(.matrix, CSV.Place(line: error.line, column: 1), error.problem, [form])
      return matrix
    }
    guard let head = table.first else {
      diagnose(.matrix, nil, "the matrix is empty", [form])
      return matrix
    }
    let columns = columns(of: head)
    matrix.columns = columns.compactMap(\.parameter)
    // With a column that nobody knows, two runs may only look alike.
    let isSound = !columns.contains { if case .mistaken = $0 { true } else { false } }
    if table.count == 1 { diagnose(.matrix, head.first?.place, "the matrix has a head and no run", [form]) }
    var (taken, same): ([String: Int], [Digest: Int]) = ([:], [:])
    for row in table.dropFirst() {
      guard row.count == head.count else {
        // The first field too many, or the last one there is.
        let place = row.count > head.count ? row[head.count].place : row.last?.place
        diagnose(.matrix, place, "\(row.count) \(row.count == 1 ? "field" : "fields"); the head has \(head.count)", ["a field that holds a comma stands in quotes"])
        continue
      }
      let before = mistakes.count
      var read = self.row(row, columns)
      guard mistakes.count == before, isSound, let place = row.first?.place else { continue }
      let identity = Self.identity(read.values)
      if let first = same.updateValue(read.line, forKey: identity) {
        same[identity] = first
        diagnose(.matrixRow, place, "the same run as on line \(first)", ["remove one of the two; a run that is repeated gives the same bytes"])
        continue
      }
      if read.name.isEmpty { read.name = Self.name(read.values, columns: matrix.columns, report, identity) }
      if let first = taken[read.name.lowercased()] {
        let place = zip(columns, row).first { if case .name = $0.0 { true } else { $0.0.isNameToo } }?.1.place ?? place
        diagnose(
          .matrixRow, place, "the name '\(read.name)' is taken by line \(first)",
          ["each run has files of its own, also where capital letters do not count"])
        continue
      }
      taken[read.name.lowercased()] = read.line
      matrix.rows.append(read)
    }
    return matrix
  }

  // MARK: The head

  private enum Column {
    case parameter(ParameterDeclaration)
    /// The same, which names the row's files too.
    case both(ParameterDeclaration)
    case name
    case mistaken

    var isNameToo: Bool { if case .both = self { true } else { false } }
    var parameter: String? {
      switch self {
      case .parameter(let declaration), .both(let declaration): declaration.name
      case .name, .mistaken: nil
      }
    }
  }

  private mutating func columns(of head: [Field]) -> [Column] {
    let declarations = report.frontMatter.parameters
    let reserved = declarations.contains { $0.name == Matrix.nameColumn } ? nil : Matrix.nameColumn
    let nameColumn = asked ?? reserved
    let known = declarations.map(\.name) + (nameColumn.map { [$0] } ?? [])
    var seen: [String: Int] = [:]
    var columns: [Column] = []
    for (text, place) in head {
      let name = text.trimmingCharacters(in: .whitespaces)
      if let first = seen[name] {
        diagnose(.matrix, place, "the column '\(name)' stands twice; the first is column \(first)", ["keep one of the two"])
        columns.append(.mistaken)
        continue
      }
      seen[name] = columns.count + 1
      if let declaration = declarations.first(where: { $0.name == name }) {
        if fixed.contains(name) {
          diagnose(.matrix, place, "the column '\(name)' sets what '-P \(name)=…' sets for all runs", ["set it in one of the two"])
        }
        columns.append(name == nameColumn ? .both(declaration) : .parameter(declaration))
      } else if name == nameColumn {
        columns.append(.name)
      } else {
        // A parameter whose declaration has a mistake, or front matter that cannot be read, says so itself.
        if report.isFrontMatterReadable, !report.frontMatter.parameterNames.contains(name) {
          diagnose(.unknownParameter, place, "no parameter '\(name)' for this column", didYouMean(name, among: known, plural: "parameters"))
        }
        columns.append(.mistaken)
      }
    }
    if let asked, seen[asked] == nil {
      diagnose(.matrix, head.first?.place, "no column '\(asked)' to name the runs", didYouMean(asked, among: seen.keys, plural: "columns"))
    }
    return columns
  }

  // MARK: A row

  private mutating func row(_ fields: [Field], _ columns: [Column]) -> Matrix.Row {
    var row = Matrix.Row(name: "", line: fields.first?.place.line ?? 0, values: [:])
    for (column, (text, place)) in zip(columns, fields) {
      let text = text.trimmingCharacters(in: .whitespaces)
      switch column {
      case .mistaken: break
      case .name: row.name = name(text, place)
      case .parameter(let declaration): set(&row, declaration, text, place)
      case .both(let declaration):
        row.name = name(text, place)
        set(&row, declaration, text, place)
      }
    }
    return row
  }

  private mutating func set(_ row: inout Matrix.Row, _ declaration: ParameterDeclaration, _ text: String, _ place: CSV.Place) {
    guard !text.isEmpty else { return }
    let range = SourceRange(file: path, line: place.line, column: place.column, length: place.length)
    switch declaration.read(Setting(.scalar(text, isQuoted: false), at: range)) {
    case .failure(let problem): diagnose(.parameterValue, place, "'\(declaration.name)' \(problem.summary)", problem.help)
    case .success where declaration.kind == .path && !(text as NSString).isAbsolutePath:
      let folder = (path as NSString).deletingLastPathComponent
      row.values[declaration.name] = .text(report.fromReport(folder.isEmpty ? text : "\(folder)/\(text)"))
    case .success(let value): row.values[declaration.name] = value
    }
  }

  private mutating func name(_ text: String, _ place: CSV.Place) -> String {
    let isPlain = text.utf8.allSatisfy { byte in UInt8(ascii: "-") == byte || UInt8(ascii: "_") == byte || Matrix.isAlphanumeric(byte) }
    guard let first = text.utf8.first, isPlain, Matrix.isAlphanumeric(first), text.utf8.count <= 100 else {
      diagnose(
        .matrixRow, place, text.isEmpty ? "a run without a name" : "'\(text.prefix(60))' cannot name files",
        ["a name holds letters from a to z, digits, '-' and '_', begins with a letter or digit, and is at most 100 long"])
      return ""
    }
    if Matrix.reserved.contains(text.lowercased()) {
      diagnose(.matrixRow, place, "the name '\(text)' is taken", ["index and summary are the batch's own files; some systems have no files called \(text)"])
    }
    return text
  }
}

extension Matrix {
  fileprivate static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }

  /// The batch's own files, and names that Windows keeps for devices.
  /// Source: Microsoft, Naming Files, Paths, and Namespaces.
  fileprivate static let reserved: Set<String> = Set(
    ["index", "summary", "con", "prn", "aux", "nul"] + (0...9).flatMap { ["com\($0)", "lpt\($0)"] })
}

extension MatrixReader {
  /// Of what a row sets.
  fileprivate static func identity(_ values: [String: Value]) -> Digest {
    let lines = values.sorted { $0.key < $1.key }.map { "\($0.key.utf8.count) \($0.key) \(($0.value.scalarText ?? "").utf8.count) \($0.value.scalarText ?? "")" }
    return Digest(of: lines.joined(separator: "\n"))
  }

  /// A name for files, made from the values of a row and a digest of them, so that it depends on nothing else: `resnet1d-2-1f3a9c04`.
  fileprivate static func name(_ values: [String: Value], columns: [String], _ report: Report, _ identity: Digest) -> String {
    let words = columns.compactMap { column -> String? in
      guard let text = values[column]?.scalarText else { return nil }
      let isPath = report.frontMatter.parameters.first { $0.name == column }?.kind == .path
      let part = isPath ? (text as NSString).lastPathComponent : text
      let word = part.lowercased().utf8.map { Matrix.isAlphanumeric($0) ? Character(UnicodeScalar($0)) : " " }
      return String(word).split(separator: " ").joined(separator: "-")
    }
    let start = words.filter { !$0.isEmpty }.joined(separator: "-").prefix(40)
    let slug = start.reversed().drop { $0 == "-" }.reversed()
    return (slug.isEmpty ? "run" : String(slug)) + "-" + identity.hex.prefix(10)
  }
}
