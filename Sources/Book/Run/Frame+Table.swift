import Wording

extension Frame {
  /// A frame as a table prints it, its values formatted; the caption is set by the caller.
  ///
  /// Numbers stand right, with equal decimal places in a column, so that their points are below each other; words stand
  /// left. The interval of a statistic goes behind it. What is undefined carries a mark, and its reason stands below.
  struct Formatted {
    var columns: [TableBlock.Column] = []
    var rows: [[TableBlock.Cell]] = []
    var notes: [String] = []
  }

  /// - Parameter names: the columns to print, in order; nil prints all.
  func formatted(columns names: [String]?) throws(TableFault) -> Formatted {
    var result = Formatted()
    var shown = columns
    if let names {
      shown = []
      for name in names {
        guard let column = self[name] else {
          throw TableFault(description: "the table has no column '\(name)'; it has \(columns.map(\.name).joined(separator: ", "))")
        }
        shown.append(column)
      }
    }
    var reasons: [String] = [], optimistic: [(title: String, reason: String)] = []
    var cells: [[TableBlock.Cell]] = []
    for column in shown {
      let isNumeric = column.values.contains { $0.double != nil }
      result.columns.append(
        TableBlock.Column(column.title + (column.unit.map { " (\($0))" } ?? "") + (column.optimism == nil ? "" : " (\(say(.optimistic)))"), isNumeric ? .right : .left))
      let format = try column.valueFormat
      var formatted: [TableBlock.Cell] = []
      for value in column.values.prefix(rowCount) {
        if case .undefined(let reason) = value {
          let index = reasons.firstIndex(of: reason) ?? reasons.count
          if index == reasons.count { reasons.append(reason) }
          formatted.append(TableBlock.Cell([.text(say(.undefined) + Self.mark(index))]))
          continue
        }
        do throws(ValueFormat.Unfit) {
          let parts = try format.split(value)
          formatted.append(TableBlock.Cell([.text(parts.value)], aside: parts.aside, key: value.double))
        } catch {
          throw TableFault(
            description: "the format '\(column.format ?? "default")' of column '\(column.name)' needs \(error.needs), found \(error.found)")
        }
      }
      cells.append(formatted)
      if let optimism = column.optimism { optimistic.append((column.title, optimism)) }
      if let note = column.note { result.notes.append("\(column.title): \(note)") }
    }
    result.rows = (0..<rowCount).map { row in cells.map { $0[row] } }
    for reason in Set(optimistic.map(\.reason)).sorted() {
      let titles = optimistic.filter { $0.reason == reason }.map(\.title).joined(separator: ", ")
      result.notes.append(say(.optimisticBecause, "\(reason) (\(titles))."))
    }
    if rowCount == 0 { result.notes = [say(.tableEmpty)] }
    result.notes += reasons.enumerated().map { "\(Self.mark($0.offset)) " + say(.undefinedNote, $0.element) }
    return result
  }

  /// ¹, ², … behind an undefined value.
  private static func mark(_ index: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(String(index + 1).compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }
}

/// Why a frame cannot be printed.
struct TableFault: Error, CustomStringConvertible { var description: String }

extension Frame.Column {
  /// The format of all its values: as asked, or as many places as the largest number needs.
  fileprivate var valueFormat: ValueFormat {
    get throws(TableFault) {
      if let format, format != Self.markdown {
        guard let format = ValueFormat(format) else {
          throw TableFault(description: "column '\(name)' has the unknown format '\(format)'; formats: \(ValueFormat.names.joined(separator: ", "))")
        }
        return format
      }
      guard values.contains(where: { if case .number = $0 { true } else if case .statistic = $0 { true } else { false } })
      else { return .standard }
      if values.contains(where: { $0.double == nil && $0.undefinedReason == nil }) { return .standard }
      switch values.compactMap(\.double).map(abs).max() ?? 0 {
      case ...1: return .places(3)
      case ..<10: return .places(2)
      case ..<100: return .places(1)
      default: return .places(0)
      }
    }
  }
}

extension Value {
  var undefinedReason: String? { if case .undefined(let reason) = self { reason } else { nil } }
}
