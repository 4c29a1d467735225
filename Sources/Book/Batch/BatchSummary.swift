import Drawing
import Files
import Foundation

/// What became of every row: `index.html` for people, `summary.csv` and `summary.json` for programs. Nothing in them differs
/// from run to run.
struct BatchSummary {
  var report: Report
  /// The parameters that the matrix sets, in its order.
  var columns: [String]
  var rows: [BatchRow]

  /// - Returns: the paths of the files.
  func write(to folder: String) throws -> [String] {
    let files = [
      ("\(folder)/index.html", Data(try html(page()).utf8)),
      ("\(folder)/summary.csv", Data(frame.csv.text.utf8)),
      ("\(folder)/summary.json", try CanonicalJSON.data(twin)),
    ]
    try writeTogether(files)
    return files.map(\.0)
  }

  // MARK: For programs

  /// `summary.json`.
  struct Twin: Encodable {
    var schema = "ecgbook.batch/1"
    var report: Source
    var parameters: [String]
    var rendered, failed, notRun: Int
    var rows: [Row]

    struct Source: Encodable {
      var name: String
      var title: String
      var digest: Digest
    }
    struct Row: Encodable {
      var name: String
      var line: Int
      var parameters: [String: Value]
      var status: String
      /// Of its results.
      var digest: String?
      var failures: [String]?
      /// Names in the same folder, by what they are.
      var files: [String: String]
      var keyFigures: [KeyFigure]?
    }
    struct KeyFigure: Encodable {
      var label, path: String
      var value: Value
    }
  }

  private var twin: Twin {
    Twin(
      report: .init(name: report.name, title: report.frontMatter.title.literal, digest: Digest(of: report.source.text)),
      parameters: columns, rendered: rows.count { $0.status == "rendered" }, failed: rows.count(where: \.isFailed),
      notRun: rows.count { $0.outcome == .notRun },
      rows: rows.map { row in
        var (digest, failures): (String?, [String]?)
        switch row.outcome {
        case .rendered(let short): digest = short
        case .failed(let reasons, _): failures = reasons
        case .notRun: break
        }
        let figures = zip(report.frontMatter.keyFigures, row.keyFigures).map { figure, value in
          Twin.KeyFigure(label: figure.label, path: figure.value.path, value: value)
        }
        return Twin.Row(
          name: row.name, line: row.line, parameters: row.parameters, status: row.status, digest: digest, failures: failures,
          files: Dictionary(row.files.map { ($0.what, $0.name) }) { first, _ in first },
          keyFigures: digest == nil ? nil : figures)
      })
  }

  /// A row for each run: name, the parameters of the matrix, status, key figures.
  private var frame: Frame {
    typealias Column = Frame.Column
    var taken = Set(["run", "status"] + columns)
    let figures = report.frontMatter.keyFigures.enumerated().map { index, figure in
      var name = figure.label.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
      if !taken.insert(name).inserted { name = "key_figure_\(index + 1)" }
      let values = rows.map { row in
        row.keyFigures.indices.contains(index) ? row.keyFigures[index] : Value.undefined(row.isFailed ? "the run failed" : "it was not run")
      }
      return Column(name, title: figure.label, format: figure.value.format, values)
    }
    return Frame(
      [Column("run", title: "Run", rows.map { .text($0.name) })]
        + columns.map { name in Column(name, title: name, rows.map { $0.parameters[name] ?? .undefined("not set") }) }
        + [Column("status", title: "Status", rows.map { .text($0.status) })] + figures)
  }


  // MARK: For people

  /// The index as a page of the house, which the same writer turns into HTML.
  func page() throws -> Page {
    let (title, name) = (report.frontMatter.title.literal, "\(report.name).md")
    var page = Page(title: title.isEmpty ? report.name : title)
    page.language = report.frontMatter.language
    page.authors = report.frontMatter.authors
    let failed = rows.filter(\.isFailed), notRun = rows.filter { $0.outcome == .notRun }
    let rendered = rows.count - failed.count - notRun.count
    page.summary = [
      .text("\(counted(rows.count, "run")) of "), .code(name),
      .text(": \(rendered) rendered, \(failed.count) failed, \(notRun.count) not run."),
    ]
    if !failed.isEmpty { page.banners.append("\(counted(failed.count, "run")) failed: see below.") }
    if !notRun.isEmpty { page.banners.append("The batch was stopped: \(counted(notRun.count, "run")) \(notRun.count == 1 ? "is" : "are") missing.") }
    page.digest = Digest(of: try CanonicalJSON.text(twin, pretty: false)).short
    page.blocks = [.heading(level: 1, [.text("Runs")], anchor: "runs"), .table(try table())]
    if !failed.isEmpty {
      page.blocks.append(.heading(level: 1, [.text("Failures")], anchor: "failures"))
      for row in failed {
        guard case .failed(let reasons, let shown) = row.outcome else { continue }
        page.blocks.append(.heading(level: 2, [.text(row.name)], anchor: "failure-\(row.name)"))
        page.blocks += reasons.map { .code($0, language: nil) }
        if shown != nil {
          page.blocks.append(.paragraph([.link([.text("What was finished before")], url: "./\(row.name).failed.html")]))
        }
      }
    }
    if !notRun.isEmpty {
      page.blocks.append(.heading(level: 1, [.text("Not run")], anchor: "not-run"))
      page.blocks.append(.paragraph([.text(notRun.map(\.name).joined(separator: ", ") + ". Start the same batch again: what was finished is taken from the cache.")]))
    }
    page.attachments = [
      .init(name: "summary.json", mediaType: "application/json", description: "every run, its parameters and key figures", content: try CanonicalJSON.text(twin))
    ]
    return page
  }

  private func table() throws -> TableBlock {
    let frame = frame, formatted = try frame.formatted(columns: nil)
    var (heads, cells) = (formatted.columns, formatted.rows)
    for (index, row) in rows.enumerated() where cells.indices.contains(index) {
      let status = columns.count + 1
      if let page = row.files.first(where: { $0.what == "html" }) {
        cells[index][0].content = [.link([.text(row.name)], url: "./\(page.name)")]
      }
      if row.isFailed, cells[index].indices.contains(status) {
        cells[index][status].content = [.reference("failed", anchor: "failure-\(row.name)")]
      }
      let links = row.files.filter { $0.what != "html" }.map { Inline.link([.text($0.title)], url: "./\($0.name)") }
      cells[index].append(TableBlock.Cell(links.isEmpty ? [.text("–")] : Array(links.map { [$0] }.joined(separator: [.text(", ")]))))
    }
    heads.append(.init("Files", .left))
    return TableBlock(
      id: "tbl-runs", number: 1, caption: [.text("Every run with what the matrix sets and the report's key figures.")],
      columns: heads, rows: cells, notes: formatted.notes, data: frame)
  }
}

extension BatchRow {
  var status: String {
    switch outcome {
    case .rendered: "rendered"
    case .failed: "failed"
    case .notRun: "not run"
    }
  }

  /// What it left in the output folder.
  fileprivate var files: [(what: String, title: String, name: String)] {
    switch outcome {
    case .rendered: [("html", "HTML", "\(name).html"), ("pdf", "PDF", "\(name).pdf"), ("results", "results", "\(name).results.json")]
    case .failed(_, let page): page == nil ? [] : [("failed", "what was finished", "\(name).failed.html")]
    case .notRun: []
    }
  }
}
