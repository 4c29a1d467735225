import Files
import Foundation

/// What `ecgbook verify` found.
public struct Verification: Sendable {
  /// Each is one sentence that names what does not fit: a value, a cell of a table, a figure, a file.
  public var findings: [String] = []
  /// What could not be compared, and why.
  public var notes: [String] = []
  public var cells = 0, figures = 0, tables = 0, files = 0
}

/// Checks a finished report against itself: the digests inside, every printed value against its value, every table and file
/// against its data; each figure is drawn again from its data and compared.
///
/// The page is set anew from the results alone and compared with the file piece by piece, so that nothing in it is left out.
/// Values that differ from run to run (`volatile`) are in no result and are not compared.
/// - Parameter tools: the versions that compute and draw here; figures that other versions drew are not compared.
public func verify(_ report: FinishedReport, registry: CellRegistry, tools: [String: String]) throws -> Verification {
  var verification = Verification()
  let results = report.results
  for cell in results.cells where try cell.digest != cell.contentDigest() {
    verification.findings.append("cell '\(cell.id)': its values are not those of its digest")
  }
  let (page, again): (Page, Results)
  do { (page, again) = try report.page(registry: registry) } catch let error as ReportError {
    throw ProofError("\(report.path): its source is not that of a report: \(error.diagnostics.first?.heading ?? "")")
  } catch let error as CellFailure { throw ProofError("\(report.path): \(error.description)") }

  if again.report.digest != results.report.digest { verification.findings.append("the source is not that of its digest") }
  // Captions, descriptions and numbers follow from the rest.
  for (cell, known) in zip(again.cells, results.cells) where cell.id == known.id {
    for (shown, before) in zip(cell.figures + cell.tables, known.figures + known.tables) where shown != before {
      verification.findings.append("\(before.id): its caption, number or description in the results is not what the source and the data give")
    }
  }
  verification.cells = results.cells.count
  verification.figures = again.cells.map(\.figures.count).reduce(0, +)
  verification.tables = again.cells.map(\.tables.count).reduce(0, +)
  for file in page.attachments where report.form != .results && file.name != "results.json" {
    verification.files += 1
    guard let found = report.attachments[file.name] else {
      verification.findings.append("\(file.name): the file is missing")
      continue
    }
    if found != file.content { verification.findings.append("\(file.name): \(firstDifference(found, file.content))") }
  }
  let changed = tools.filter { results.tools[$0.key] != nil && results.tools[$0.key] != $0.value }.keys.sorted()
  if !changed.isEmpty, report.form != .results {
    let versions = changed.map { "\($0) \(results.tools[$0] ?? "") there, \(tools[$0] ?? "") here" }.joined(separator: "; ")
    verification.notes.append("the page was set by other versions, so that its looks are not compared: \(versions)")
  }
  switch report.form {
  case .results: verification.notes.append("results alone have no page to compare")
  case .html:
    guard changed.isEmpty else { break }
    let text = String(decoding: report.data, as: UTF8.self)
    verification.findings += HTMLComparison(text, try html(page)).differences
  case .pdf:
    guard changed.isEmpty else { break }
    let isVolatile = page.inlines.contains { if case .value(_, let path) = $0 { path.contains(".volatile") } else { false } }
    if isVolatile {
      verification.notes.append("the pages print values that differ from run to run, so that they are not compared")
    } else {
      var numbered = page  // for reviewers: the option of a render, not of the report
      numbered.numbersLines = true
      if try pdf(page) != report.data, try pdf(numbered) != report.data {
        verification.findings.append("the pages are not those that the results give")
      }
    }
  }
  return verification
}

/// Where two texts of lines part: "line 3, column auroc: 0.93 is not 0.94" for CSV.
private func firstDifference(_ found: String, _ expected: String) -> String {
  let lines = [found, expected].map { $0.split(separator: "\n", omittingEmptySubsequences: false).map { $0.hasSuffix("\r") ? $0.dropLast() : $0 } }
  for index in 0..<max(lines[0].count, lines[1].count) {
    guard index < lines[0].count else { return "line \(index + 1) is missing" }
    guard index < lines[1].count else { return "line \(index + 1) is not in the results" }
    if lines[0][index] == lines[1][index] { continue }
    let cells = lines.map { $0[index].split(separator: ",", omittingEmptySubsequences: false) }
    let names = lines[1].first?.split(separator: ",", omittingEmptySubsequences: false) ?? []
    for column in 0..<min(cells[0].count, cells[1].count) where cells[0][column] != cells[1][column] {
      let name = index > 0 && column < names.count ? "column \(names[column])" : "column \(column + 1)"
      return "line \(index + 1), \(name): found \(cells[0][column]), the results give \(cells[1][column])"
    }
    return "line \(index + 1): found '\(lines[0][index].prefix(60))', the results give '\(lines[1][index].prefix(60))'"
  }
  return "it is not what the results give"
}

/// Where two pages differ, in the words of a reader.
struct HTMLComparison {
  private(set) var differences: [String] = []

  /// A tag or the text between two, with where it stands.
  private struct Token {
    var text: Substring
    var place: String
    var isVolatile: Bool
  }

  init(_ found: String, _ expected: String) {
    let (a, b) = (Self.tokens(found), Self.tokens(expected))
    var (i, j) = (0, 0)
    while i < a.count || j < b.count {
      if i < a.count, j < b.count, a[i].text == b[j].text || a[i].isVolatile && b[j].isVolatile {
        (i, j) = (i + 1, j + 1)
        continue
      }
      // Go on where both agree again: three tokens alike, as near as possible.
      var (skipA, skipB) = (1, 1), isFound = false
      search: for distance in 1..<400 {
        for x in 0...distance {
          let y = distance - x
          if Self.agree(a, i + x, b, j + y) {
            (skipA, skipB, isFound) = (x, y, true)
            break search
          }
        }
      }
      if !isFound { (skipA, skipB) = (a.count - i, b.count - j) }
      let place = j < b.count ? b[j].place : i < a.count ? a[i].place : "the end"
      func words(_ tokens: ArraySlice<Token>) -> String {
        let text = tokens.map(\.text).joined().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.isEmpty ? "nothing" : "'\(text.count > 80 ? text.prefix(77) + "…" : text[...])'"
      }
      let old = words(b[min(j, b.count)..<min(j + skipB, b.count)]), new = words(a[min(i, a.count)..<min(i + skipA, a.count)])
      differences.append("\(place): found \(new), the results give \(old)")
      (i, j) = (i + skipA, j + skipB)
      if differences.count > 100 { return }
    }
  }

  private static func agree(_ a: [Token], _ i: Int, _ b: [Token], _ j: Int) -> Bool {
    for offset in 0..<3 {
      let (x, y) = (i + offset, j + offset)
      if x >= a.count || y >= b.count { return offset > 0 && x >= a.count && y >= b.count }
      if a[x].text != b[y].text { return false }
    }
    return true
  }

  private static func tokens(_ text: String) -> [Token] {
    var tokens: [Token] = []
    // The elements around, each with the name that it gives its content; "" gives none.
    var open: [(tag: String, name: String)] = []
    var (row, column, isInTable) = (0, 0, false)
    var rest = text[...]
    func place() -> String {
      let names = open.map(\.name).filter { !$0.isEmpty }
      var place = names.last ?? "the page"
      if isInTable, open.contains(where: { $0.tag == "td" || $0.tag == "th" }) {
        place = (names.last { !$0.hasPrefix("value") } ?? "a table") + ", row \(row), column \(column)" + (place.hasPrefix("value") ? ", \(place)" : "")
      }
      return place
    }
    func isVolatile() -> Bool { open.contains { $0.name.contains(".volatile") } }
    while !rest.isEmpty {
      if rest.first != "<" {
        let end = rest.firstIndex(of: "<") ?? rest.endIndex
        tokens.append(Token(text: rest[..<end], place: place(), isVolatile: isVolatile()))
        rest = rest[end...]
        continue
      }
      let end = rest.firstIndex(of: ">").map { rest.index(after: $0) } ?? rest.endIndex
      let tag = rest[..<end]
      rest = rest[end...]
      let name = String(tag.dropFirst().prefix { !" />".contains($0) })
      if tag.hasPrefix("</") {
        let name = String(tag.dropFirst(2).prefix { $0 != ">" })
        tokens.append(Token(text: tag, place: place(), isVolatile: isVolatile()))
        if let index = open.lastIndex(where: { $0.tag == name }) { open.removeSubrange(index...) }
        if name == "table" { isInTable = false }
        continue
      }
      let id = FinishedReport.attribute("id", in: tag)
      switch name {
      case "table": (isInTable, row, column) = (true, 0, 0)
      case "tr": (row, column) = (row + 1, 0)
      case "td", "th": column += 1
      default: break
      }
      let named: String =
        if let path = FinishedReport.attribute("data-path", in: tag) { "value \(path)" }
        else if let file = FinishedReport.attribute("download", in: tag) { "file \(file)" }
        else if let id, id.hasPrefix("fig-") { "figure \(id)" }
        else if let id, id.hasPrefix("tbl-") { "table \(id)" }
        else if let id, name == "script" { "the embedded \(id)" }
        else if let id, name.hasPrefix("h"), name.count == 2 { "section \(id)" }
        else if name == "section", let id = FinishedReport.attribute("aria-labelledby", in: tag) { "section \(id)" }
        else if ["title", "style", "header", "footer"].contains(name) { "the \(name)" }
        else { "" }
      let isEmptyElement = tag.hasSuffix("/>")
      open.append((name, named))
      tokens.append(Token(text: tag, place: place(), isVolatile: isVolatile()))
      if isEmptyElement || name.hasPrefix("!") || name == "meta" { open.removeLast() }
      // What scripts and styles hold is no markup.
      if !isEmptyElement, ["script", "style"].contains(name), let close = rest.range(of: "</\(name)>") {
        tokens.append(Token(text: rest[..<close.lowerBound], place: place(), isVolatile: false))
        rest = rest[close.lowerBound...]
      }
    }
    return tokens
  }
}
