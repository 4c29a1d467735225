import Book
import Files
import Foundation
import Interpretation

/// What a network reached for one label on records that it had not learned from: `LABELSET_performance_summary.csv`.
struct LabelPerformance: Equatable {
  var label: String
  var positives: Int  // of the label
  var records: Int
  var auroc, sensitivity, specificity, precision: Value  // with their intervals, or undefined

  /// - Throws: `CSVError` or ``CellError`` where the file is no such summary.
  static func read(_ path: String, _ statements: Statements) throws -> [LabelPerformance] {
    let table = try CSV(parsing: try readFile(path))
    func column(_ name: String) throws -> Int {
      guard let index = table.columns.firstIndex(of: name) else {
        throw CellError("\(path) has no column '\(name)'; it has \(table.columns.joined(separator: ", "))")
      }
      return index
    }
    let (label, support) = (try column("label"), try column("support"))
    func statistic(_ name: String) throws -> (_ row: [String]) -> Value {
      let (value, n) = (try column(name), try column(name + "_n"))
      let bounds = (table.columns.firstIndex(of: name + "_lower"), table.columns.firstIndex(of: name + "_upper"))
      return { row in
        guard let x = Double(row[value]), x.isFinite else { return .undefined(statements.word(.reasonDefined)) }
        var interval: Book.Statistic.Interval?
        if let lower = bounds.0.flatMap({ Double(row[$0]) }), let upper = bounds.1.flatMap({ Double(row[$0]) }) {
          interval = .init(lower: lower, upper: upper, level: 0.95, method: statements.word(.modelInterval))
        }
        return .statistic(Book.Statistic(x, interval: interval, n: Int(row[n]) ?? 0))
      }
    }
    let auroc = try statistic("auroc"), recall = try statistic("recall"), specificity = try statistic("specificity")
    let precision = try statistic("precision"), records = try column("recall_n")
    return table.rows.filter { !$0[label].contains(" ") }.map { row in
      LabelPerformance(
        label: row[label], positives: Int(row[support]) ?? 0, records: Int(row[records]) ?? 0, auroc: auroc(row),
        sensitivity: recall(row), specificity: specificity(row), precision: precision(row))
    }
  }

  /// Sensitivity and specificity in whole percent, with their intervals: "90 (88–92) / 85 (83–87)"; nil where the label was
  /// not tested.
  var reached: String? { percent(sensitivity).flatMap { a in percent(specificity).map { "\(a)\u{A0}/\u{A0}\($0)" } } }

  /// What is reached, for a patient's page; nil where the label was not tested.
  func sentence(_ statements: Statements) -> String? {
    guard let a = percent(sensitivity), let b = percent(specificity) else { return nil }
    return statements.word(.findingPerformance, a + " %", b + " %", "\(records)", "\(positives)")
  }

  private func percent(_ value: Value) -> String? {
    func whole(_ share: Double) -> String { "\(Int((share * 100).rounded()))" }
    return value.double.map { x in whole(x) + (value.interval.map { "\u{A0}(\(whole($0.lower))–\(whole($0.upper)))" } ?? "") }
  }

  static func frame(_ rows: [LabelPerformance], _ statements: Statements) -> Frame {
    Frame([
      .init("label", title: statements.word(.findingCode), rows.map { .text($0.label) }),
      .init("positives", title: statements.word(.findingPositives), format: "integer", rows.map { .integer($0.positives) }),
      .init("records", title: statements.word(.columnRecords), format: "integer", rows.map { .integer($0.records) }),
      .init("auroc", title: statements.word(.columnAuroc), format: "ci", rows.map(\.auroc)),
      .init("sensitivity", title: statements.word(.findingSensitivity), format: "ci", rows.map(\.sensitivity)),
      .init("specificity", title: statements.word(.findingSpecificity), format: "ci", rows.map(\.specificity)),
      .init("precision", title: statements.word(.columnPrecision), format: "ci", rows.map(\.precision)),
    ])
  }

  /// By label.
  static func read(_ frame: Frame?, _ statements: Statements) -> [String: LabelPerformance] {
    guard let frame else { return [:] }
    func value(_ name: String, _ i: Int) -> Value { frame[name]?.values[at: i] ?? .undefined(statements.word(.reasonEvaluated)) }
    let rows = frame.strings("label").enumerated().map { i, label in
      LabelPerformance(
        label: label, positives: frame.integers("positives")[at: i] ?? 0, records: frame.integers("records")[at: i] ?? 0,
        auroc: value("auroc", i), sensitivity: value("sensitivity", i), specificity: value("specificity", i),
        precision: value("precision", i))
    }
    return Dictionary(rows.map { ($0.label, $0) }) { first, _ in first }
  }
}

extension Value {
  /// The same value at every one of the dotted paths.
  init(paths: [String], _ value: Value) {
    func insert(_ path: ArraySlice<Substring>, into object: inout [String: Value]) {
      guard let first = path.first else { return }
      if path.count == 1 {
        object[String(first)] = value
      } else {
        var inner: [String: Value] = [:]
        if case .object(let there)? = object[String(first)] { inner = there }
        insert(path.dropFirst(), into: &inner)
        object[String(first)] = .object(inner)
      }
    }
    var object: [String: Value] = [:]
    for path in paths where !path.contains("*") { insert(path.split(separator: ".")[...], into: &object) }
    self = .object(object)
  }
}
