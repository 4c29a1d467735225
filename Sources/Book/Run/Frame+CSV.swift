import Files

extension Frame {
  /// The frame as a table of text: numbers in their shortest form that reads back the same, an undefined value empty, a
  /// statistic in three columns `name`, `name_lower`, `name_upper`.
  public var csv: CSV {
    var names: [String] = [], columns: [[String]] = []
    for column in self.columns {
      names.append(column.name)
      columns.append(column.values.map(\.csvField))
      guard column.values.contains(where: { $0.asInterval != nil }) else { continue }
      names += ["\(column.name)_lower", "\(column.name)_upper"]
      columns.append(column.values.map { $0.asInterval.map { "\($0.lower)" } ?? "" })
      columns.append(column.values.map { $0.asInterval.map { "\($0.upper)" } ?? "" })
    }
    return CSV(columns: names, rows: (0..<rowCount).map { row in columns.map { $0[row] } })
  }
}

extension Value {
  fileprivate var csvField: String {
    switch self {
    case .statistic(let statistic): "\(statistic.estimate)"
    case .undefined: ""
    case .list(let items): items.map(\.csvField).joined(separator: ";")
    case .object(let members): members.keys.sorted().joined(separator: ";")
    default: scalarText ?? ""
    }
  }
}
