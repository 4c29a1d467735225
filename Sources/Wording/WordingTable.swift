import Files
import Foundation

/// What is wrong with words that were asked for, or with a table of them, and where.
public struct WordingError: Error, Equatable, CustomStringConvertible {
  public let place, problem: String
  public init(place: String, problem: String) { (self.place, self.problem) = (place, problem) }
  public var description: String { "\(place): \(problem)" }
}

/// The rows of a table with just these columns, each with its place for a message.
public func tableRows(
  of data: Data, columns: [String], from name: String
) throws(WordingError) -> [(fields: [String], place: String)] {
  let table: CSV
  do { table = try CSV(parsing: data) } catch { throw WordingError(place: name, problem: "\(error)") }
  guard table.columns == columns else {
    let found = table.columns.joined(separator: ",")
    throw WordingError(place: name, problem: "columns \(found); expected \(columns.joined(separator: ","))")
  }
  return zip(table.rows, table.lines).map { ($0, "\(name), line \($1)") }
}
