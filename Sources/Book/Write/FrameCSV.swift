import Files

extension Frame {
  /// The data to download: a column per number, at full precision.
  ///
  /// A statistic `auroc` becomes `auroc`, `auroc_lower`, `auroc_upper` and `auroc_n`. A value that does not exist is
  /// an empty field, and its reason stands in `auroc_undefined`.
  public var csv: CSV {
    let rows = rowCount
    var (heads, fields): ([String], [[String]]) = ([], [])
    for column in columns {
      let values = column.values.prefix(rows)
      heads.append(column.name)
      fields.append(values.map(\.csvField))
      if values.contains(where: { $0.statistic != nil }) {
        let parts: [(String, (Statistic) -> String?)] = [
          ("lower", { $0.interval.map { "\($0.lower)" } }), ("upper", { $0.interval.map { "\($0.upper)" } }),
          ("n", { "\($0.n)" }),
        ]
        for (name, part) in parts {
          let part = values.map { $0.statistic.flatMap(part) ?? "" }
          guard part.contains(where: { !$0.isEmpty }) else { continue }
          heads.append("\(column.name)_\(name)")
          fields.append(part)
        }
      }
      if values.contains(where: { $0.reasonUndefined != nil }) {
        heads.append("\(column.name)_undefined")
        fields.append(values.map { $0.reasonUndefined ?? "" })
      }
    }
    return CSV(columns: heads, rows: (0..<rows).map { row in fields.map { $0[row] } })
  }
}

extension Value {
  fileprivate var statistic: Statistic? { if case .statistic(let s) = self { s } else { nil } }
  fileprivate var reasonUndefined: String? { if case .undefined(let reason) = self { reason } else { nil } }

  fileprivate var csvField: String {
    switch self {
    case .text(let text): text
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .boolean(let truth): truth ? "true" : "false"
    case .statistic(let statistic): "\(statistic.estimate)"
    case .undefined: ""
    case .list(let items): items.map(\.csvField).joined(separator: "; ")
    case .object(let members):
      members.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.csvField)" }.joined(separator: "; ")
    }
  }
}
