import Files

extension FinishedReport {
  /// What `extract` can name: figures, tables, and values by their paths.
  public var names: [String] {
    results.cells.flatMap { cell in (cell.figures + cell.tables).map(\.id) } + results.cells.flatMap { Self.paths($0.values, $0.id) }
  }

  /// The data of a figure or table as CSV, or a value as JSON.
  /// - Throws: ``ProofError`` when the report has nothing of that name.
  public func extract(_ name: String) throws -> String {
    let all = results.cells.flatMap { $0.figures + $0.tables }
    let panels = all.filter { $0.panel != nil && $0.id == "\(name)-\($0.panel ?? "")" }
    guard panels.isEmpty else {
      throw ProofError("\(path): the data of '\(name)' are those of its panels: \(panels.map(\.id).joined(separator: ", "))")
    }
    for shown in all where shown.id == name { return shown.data.csv.text }
    let head = String(name.prefix { $0 != "." })
    if let value = results.cells.first(where: { $0.id == head })?.values[name.dropFirst(head.count + 1)] {
      return try CanonicalJSON.text(value, pretty: true) + "\n"
    }
    let help = didYouMean(name, among: names, plural: "figures, tables and values").joined()
    throw ProofError("\(path): it has no '\(name)'; \(help)")
  }

  private static func paths(_ value: Value, _ prefix: String) -> [String] {
    guard case .object(let members) = value else { return [prefix] }
    return members.sorted { $0.key < $1.key }.flatMap { paths($0.value, "\(prefix).\($0.key)") }
  }
}
