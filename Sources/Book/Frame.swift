/// Columns of equal length: what a table shows, what a figure draws, what a CSV holds.
public struct Frame: Sendable, Equatable, Codable {
  public struct Column: Sendable, Equatable, Codable {
    public var name: String  // the CSV head: `auroc`
    public var title: String  // what readers see: "AUROC"
    public var unit: String?
    public var format: String?  // how a table prints it: a format of ``ValueFormat``, "3" or "percent"
    public var note: String?  // the method, printed below the table
    /// Why its values look better than they are: what was chosen on the records that they are computed from.
    public var optimism: String?
    public var values: [Value]

    /// The `format` of texts that are Markdown, with values, references and citations.
    public static let markdown = "markdown"

    public init(
      _ name: String, title: String, unit: String? = nil, format: String? = nil, note: String? = nil, _ values: [Value]
    ) {
      (self.name, self.title, self.unit) = (name, title, unit)
      (self.format, self.note, self.values) = (format, note, values)
    }
  }
  public var columns: [Column]
  public init(_ columns: [Column]) { self.columns = columns }

  public var rowCount: Int { columns.map(\.values.count).min() ?? 0 }
  public subscript(name: String) -> Column? { columns.first { $0.name == name } }
}
