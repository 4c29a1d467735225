import Files
import Foundation

/// How grave each finding is: 0 normal, 1 of limited consequence, 2 needs a plan, 3 act now.
///
/// A convention of this project and not a guideline. The table is `Resources/severity.csv`; a site may give its own in
/// the same form (`--severity FILE`), and every report prints the rows it used.
public struct SeverityTable: Sendable, Equatable {
  public struct Row: Sendable, Equatable, Codable {
    public var label: String
    public var severity: Int
    public var reason: String
  }
  public let rows: [Row]
  private let byLabel: [String: Row]

  /// The project's own table.
  public static func standard() throws -> SeverityTable {
    try SeverityTable(parsing: Data(PackageResources.severity_csv), from: "the built-in severity table")
  }

  public init(path: String) throws { try self.init(parsing: try readFile(path), from: path) }

  init(parsing data: Data, from name: String) throws {
    let table: CSV
    do { table = try CSV(parsing: data) } catch { throw SeverityError(place: name, problem: "\(error)") }
    guard table.columns == ["label", "severity", "reason"] else {
      throw SeverityError(place: name, problem: "columns \(table.columns.joined(separator: ",")); expected label,severity,reason")
    }
    var rows: [Row] = []
    for (fields, line) in zip(table.rows, table.lines) {
      guard let severity = Int(fields[1]), (0...3).contains(severity) else {
        throw SeverityError(place: "\(name), line \(line)", problem: "severity '\(fields[1])'; expected 0, 1, 2 or 3")
      }
      guard !rows.contains(where: { $0.label == fields[0] }) else {
        throw SeverityError(place: "\(name), line \(line)", problem: "'\(fields[0])' stands here twice")
      }
      guard !fields[2].isEmpty else {
        throw SeverityError(place: "\(name), line \(line)", problem: "'\(fields[0])' has no reason")
      }
      rows.append(Row(label: fields[0], severity: severity, reason: fields[2]))
    }
    self.rows = rows
    byLabel = Dictionary(rows.map { ($0.label, $0) }) { first, _ in first }
  }

  /// The row of a label; one that the table lacks counts as 1, and says so.
  public func row(for label: String) -> Row {
    byLabel[label] ?? Row(label: label, severity: 1, reason: "not in the table, so counted as 1")
  }
}

public struct SeverityError: Error, Equatable, CustomStringConvertible {
  public let place, problem: String
  public var description: String { "\(place): \(problem)" }
}
