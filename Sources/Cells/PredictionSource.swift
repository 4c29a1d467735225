import Book
import Files
import Foundation
import Scoring

/// Where predictions come from, as an option names it: a CSV file, or a finished report (HTML, PDF or results.json)
/// that holds those of an `evaluate` cell, as `archive/2025.html` or `archive/2025.html#eval`.
struct PredictionSource: Sendable, Equatable {
  let path: String
  let cell: String?  // of a report; nil for its only one

  init(_ text: String) {
    let parts = text.split(separator: "#", omittingEmptySubsequences: false)
    let file = parts.dropLast().joined(separator: "#")
    if parts.count > 1, let cell = parts.last, ["html", "pdf", "json"].contains((file as NSString).pathExtension.lowercased()) {
      (path, self.cell) = (file, String(cell))
    } else {
      (path, cell) = (text, nil)
    }
  }

  /// What is read of the file, in the name of what a cell reads: the content of the file does not say it.
  var part: String { cell.map { "#\($0)" } ?? "" }

  /// What it is called where nobody gave it a name: the model's folder of a `predictions.csv`, else the file; letters,
  /// digits, `-` and `_` alone, as a value's path needs them.
  var name: String {
    let file = (path as NSString).lastPathComponent
    let folder = ((path as NSString).deletingLastPathComponent as NSString).lastPathComponent
    let stem = file == "predictions.csv" && !folder.isEmpty ? folder : String(file.prefix { $0 != "." })
    return Self.named(cell.map { "\(stem)-\($0)" } ?? stem)
  }

  static func named(_ text: String) -> String {
    String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" })
  }

  /// - Parameter resolved: the path from where the program stands.
  /// - Throws: `PredictionFileError`, `ProofError`, `FileError`, ``CellError``.
  func table(at resolved: String) throws -> PredictionTable {
    guard try Self.isReport(resolved) else {
      guard cell == nil else { throw CellError("\(path): no finished report, so it has no cell '\(cell ?? "")'") }
      return try PredictionTable(TextTable(file: resolved))
    }
    let report = try FinishedReport(contentsOf: resolved)
    let evaluations = report.results.cells.filter { $0.kind == EvaluateCell.kind }.map(\.id)
    let kept = evaluations.filter { report.frames[$0]?[EvaluateCell.predictionsFrame] != nil }
    let remedy = "render it with 'attach-predictions: true' in that cell, or name the predictions.csv of its model folder"
    if let cell, !evaluations.contains(cell) {
      throw CellError("\(path): this report has no evaluate cell '\(cell)'; it has \(evaluations.isEmpty ? "none" : evaluations.joined(separator: ", "))")
    }
    guard let chosen = cell ?? (kept.count == 1 ? kept.first : nil) else {
      guard kept.isEmpty else {
        throw CellError("\(path): this report holds the predictions of \(kept.joined(separator: ", ")); name one, as '\(path)#\(kept[0])'")
      }
      throw CellError("\(path): this report holds no predictions of single records, which a comparison pairs; \(remedy)")
    }
    guard let frame = report.frames[chosen]?[EvaluateCell.predictionsFrame] else {
      throw CellError("\(path): its cell '\(chosen)' kept no predictions of single records, which a comparison pairs; \(remedy)")
    }
    let csv = frame.csv
    return try PredictionTable(TextTable(path: path, columns: csv.columns, rows: csv.rows, lines: csv.lines))
  }

  /// Whether a file begins as a page, a PDF or results do, and no table of ours can.
  private static func isReport(_ path: String) throws -> Bool {
    let start = String(decoding: try readFile(path).prefix(64), as: UTF8.self).drop(while: \.isWhitespace)
    return ["%PDF-", "<!DOCTYPE", "{"].contains { start.hasPrefix($0) }
  }
}
