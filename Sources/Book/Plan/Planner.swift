import Files
import Foundation

/// Turns a report into a plan and collects its mistakes on the way.
struct Planner {
  let report: Report
  let registry: CellRegistry
  /// Values of parameters and works that stand in a finished report; nil for one that is being written.
  let sealed: Results.ReportPart?
  var diagnostics: [Diagnostic]

  init(report: Report, registry: CellRegistry, sealed: Results.ReportPart? = nil) {
    (self.report, self.registry, self.sealed) = (report, registry, sealed)
    diagnostics = report.diagnostics
  }

  private mutating func diagnose(_ fault: Fault, _ range: SourceRange, _ summary: String, _ help: [String] = []) {
    diagnostics.append(Diagnostic(fault, at: range, summary, help: help))
  }

  /// - Parameter given: values of parameters that were read already; they win over all others.
  mutating func plan(
    library: [BibliographyItem], overrides: [String: String], parameterFile: String?, given: [String: Value] = [:]
  ) -> Plan {
    let named = parameters(overrides, parameterFile)
    // A finished report does not tell the values of private parameters.
    let hidden = Set(report.frontMatter.parameters.filter(\.isPrivate).map(\.name))
    let parameters = (sealed.map { $0.parameters.merging(named.filter { hidden.contains($0.key) }) { _, own in own } } ?? named)
      .merging(given) { _, own in own }
    let names = Set(report.frontMatter.parameterNames), isReadable = report.isFrontMatterReadable
    let isUnreadable: @Sendable (String) -> Bool = { !isReadable || names.contains($0) }
    let sources = uniqueCells()
    var (used, isComplete): (Set<String>, Bool) = ([], report.isFrontMatterReadable)
    var (cells, markdown, references): ([Plan.PlannedCell], [(Setting, [Double])], [Needed]) = ([], [], [])
    var values: [ValueUse] = []
    for source in sources {
      guard let type = registry[source.kind] else {
        isComplete = false
        diagnose(
          .unknownKind, source.kindRange, "unknown kind of cell '\(source.kind)'",
          didYouMean(source.kind, among: registry.kinds, plural: "kinds"))
        continue
      }
      checkPrefix(source, type.shows)
      guard let mapping = source.options else {
        isComplete = false
        continue
      }
      var options = Options(
        kind: source.kind, id: source.id, at: source.range, mapping, parameters: parameters,
        language: report.frontMatter.language, isUnreadable: isUnreadable)
      let cell = type.init(&options)
      diagnostics += options.mistakes
      used.formUnion(options.usedParameters)
      markdown += options.markdown
      values += options.values
      // A cell may need what no option names; the union of both is needed.
      let named = options.references.map { Needed(by: source, $0.reference, kinds: $0.kinds) }
      let more = cell.needs.filter { need in !named.contains { $0.reference.id == need.id } }
      references += named + more.map { Needed(by: source, $0, kinds: nil) }
      let needs = Set((named.map(\.reference) + more).map(\.id)).sorted()
      cells.append(
        Plan.PlannedCell(
          source: source, cell: cell, needs: needs, computed: options.computed, rendered: options.rendered))
    }
    check(references, among: sources)
    let order = order(cells)
    let bibliography = bibliography(library)
    used.formUnion(checkProse(cells, sources, markdown, values, parameters, bibliography))
    // What a cell that cannot be read would use is not known.
    let isRead = !diagnostics.contains { [.cellHead, .cellID, .unclosedFence, .include, .unknownParameter].contains($0.fault) }
    if isComplete, isRead, report.cells.count == sources.count {
      for parameter in report.frontMatter.parameters where !used.contains(parameter.name) {
        diagnose(
          .unusedParameter, parameter.place, "nothing uses the parameter '\(parameter.name)'",
          ["use it as '$\(parameter.name)' in an option or '{{ parameters.\(parameter.name) }}' in prose, or remove it"])
      }
    }
    return Plan(report: report, cells: cells, order: order, parameters: parameters, bibliography: bibliography)
  }

  // MARK: Parameters

  private mutating func parameters(_ overrides: [String: String], _ file: String?) -> [String: Value] {
    var values: [String: Value] = [:]
    for declaration in report.frontMatter.parameters { values[declaration.name] = declaration.defaultValue }
    // What the command line says wins over the file.
    for entry in file.map({ entries(ofParameterFile: $0) }) ?? [] where overrides[entry.key] == nil {
      let folder = ((file ?? "") as NSString).deletingLastPathComponent
      set(&values, entry.key, entry.value, at: entry.keyRange, folder: folder.isEmpty ? "." : folder)
    }
    for (name, text) in overrides.sorted(by: { $0.key < $1.key }) {
      let place = SourceRange(file: "-P \(name)=\(text)", line: 0, column: 0)
      set(&values, name, Setting(.scalar(text, isQuoted: false), at: place), at: place, folder: ".")
    }
    return values
  }

  /// - Parameter folder: where relative paths start.
  private mutating func set(
    _ values: inout [String: Value], _ name: String, _ setting: Setting, at place: SourceRange, folder: String
  ) {
    let declarations = report.frontMatter.parameters
    guard let declaration = declarations.first(where: { $0.name == name }) else {
      if report.isFrontMatterReadable, !report.frontMatter.parameterNames.contains(name) {
        diagnose(.unknownParameter, place, "unknown parameter '\(name)'", didYouMean(name, among: declarations.map(\.name), plural: "parameters"))
      }
      return
    }
    switch declaration.read(setting) {
    case .success(.text(let path)) where declaration.kind == .path:
      let isAbsolute = (path as NSString).isAbsolutePath
      values[name] = .text(isAbsolute ? path : report.fromReport(folder == "." ? path : "\(folder)/\(path)"))
    case .success(let value): values[name] = value
    case .failure(let problem): diagnose(.parameterValue, setting.range, "'\(name)' \(problem.summary)", problem.help)
    }
  }

  /// `name: value` lines, in YAML or JSON.
  private mutating func entries(ofParameterFile path: String) -> [Setting.Entry] {
    let place = SourceRange(file: path, line: 0, column: 0)
    do {
      guard let text = String(validating: try readFile(path), as: UTF8.self) else {
        diagnose(.parameterFile, place, "not UTF-8 text", ["save the file as UTF-8"])
        return []
      }
      let source = SourceText(file: path, text: text)
      return try Setting.mapping(parsing: source.text, at: YAMLPlace(source: source, firstLine: 1)).entries ?? []
    } catch let error as FileError {
      diagnose(.parameterFile, place, "cannot \(error.operation): \(error.reason)", ["give '--params' a file of 'name: value' lines"])
    } catch let diagnostic as Diagnostic {
      diagnostics.append(diagnostic)
    } catch {
      diagnose(.parameterFile, place, "\(error)")
    }
    return []
  }

  // MARK: Cells

  private mutating func uniqueCells() -> [CellSource] {
    var seen: [String: CellSource] = [:]
    for cell in report.cells {
      if let first = seen[cell.id] {
        diagnose(
          .duplicateID, cell.idRange, "the id '\(cell.id)' is taken by the cell on line \(first.range.line)\(first.range.file == cell.range.file ? "" : " of \(first.range.file)")",
          ["choose another id: '{\(cell.kind) #\(cell.id)-2}'"])
      } else {
        seen[cell.id] = cell
      }
    }
    var equations: [String: EquationID] = [:]
    for id in report.nodes.equationIDs {
      let first = equations[id.text]?.range ?? seen[id.text]?.range
      guard let first else {
        equations[id.text] = id
        continue
      }
      diagnose(
        .duplicateID, id.range, "the id '\(id.text)' is taken by the \(equations[id.text] == nil ? "cell" : "equation") on line \(first.line)",
        ["choose another id: '{#\(id.text)-2}'"])
    }
    return report.cells.filter { seen[$0.id] == $0 }
  }

  private mutating func checkPrefix(_ source: CellSource, _ shown: Shown) {
    let prefix = shown == .figure ? "fig-" : "tbl-"
    guard shown != .anything, !source.id.hasPrefix(prefix) || source.id == prefix else { return }
    diagnose(
      .idPrefix, source.idRange, "the id of a \(source.kind) begins with '\(prefix)', found '\(source.id)'",
      ["write '{\(source.kind) #\(prefix)\([source.kind, prefix, ""].contains(source.id) ? "name" : source.id)}'"])
  }

  private struct Needed {
    var by: CellSource
    var reference: Reference
    var kinds: [String]?
    init(by cell: CellSource, _ reference: Reference, kinds: [String]?) {
      (by, self.reference, self.kinds) = (cell, reference, kinds)
    }
  }

  private mutating func check(_ references: [Needed], among sources: [CellSource]) {
    for needed in references where !needed.reference.id.isEmpty || needed.reference.range != nil {
      let id = needed.reference.id, place = needed.reference.range ?? needed.by.range
      guard let target = sources.first(where: { $0.id == id }) else {
        let fitting = sources.filter { $0.id != needed.by.id && needed.kinds?.contains($0.kind) ?? true }.map(\.id)
        diagnose(.unknownCell, place, "no cell '\(id)'", didYouMean(id, among: fitting, plural: "cells"))
        continue
      }
      if id == needed.by.id {
        diagnose(.needsItself, place, "'\(id)' needs itself")
      } else if let kinds = needed.kinds, !kinds.contains(target.kind) {
        let fitting = sources.filter { $0.id != needed.by.id && kinds.contains($0.kind) }.map(\.id)
        diagnose(
          .wrongKind, place, "'\(id)' is a \(target.kind); expected \(Self.either(kinds))",
          fitting.isEmpty ? ["there is no such cell in this report"] : ["there are: " + fitting.joined(separator: ", ")])
      }
    }
  }

  /// "number, add or file".
  private static func either(_ words: [String]) -> String {
    words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }

  /// Indices of cells, each after those it needs, else in the order of the report.
  private mutating func order(_ cells: [Plan.PlannedCell]) -> [Int] {
    let indices = Dictionary(cells.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    enum Mark { case open, done }
    var (marks, order, isCyclic): ([Int: Mark], [Int], Bool) = ([:], [], false)
    // Without recursion: a chain of needs may be as long as the report.
    for start in cells.indices where marks[start] == nil {
      var path: [(cell: Int, needs: ArraySlice<String>)] = [(start, cells[start].needs[...])]
      marks[start] = .open
      while let (cell, needs) = path.last {
        guard let need = needs.first else {
          marks[cell] = .done
          order.append(cell)
          path.removeLast()
          continue
        }
        path[path.count - 1].needs.removeFirst()
        guard let next = indices[need], next != cell else { continue }
        if marks[next] == .open, !isCyclic {
          isCyclic = true
          let circle = path.map(\.cell).drop { $0 != next } + [next]
          let names = circle.map { cells[$0].id }.joined(separator: " → ")
          diagnose(.cycle, cells[next].source.range, "cells need each other: \(names)", ["cut the circle at one place"])
        } else if marks[next] == nil {
          marks[next] = .open
          path.append((next, cells[next].needs[...]))
        }
      }
    }
    return order
  }

  // MARK: Bibliography

  private mutating func bibliography(_ library: [BibliographyItem]) -> [String: BibliographyItem] {
    var items = Dictionary(library.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
    for item in sealed?.bibliography ?? [] { items[item.id] = item }
    for (path, range) in report.frontMatter.bibliography where sealed == nil {
      do {
        let isAbsolute = (path as NSString).isAbsolutePath
        let data = try readFile(isAbsolute ? path : "\(report.folder)/\(path)")
        if path.lowercased().hasSuffix(".bib") {
          let file = isAbsolute || report.folder == "." ? path : "\(report.folder)/\(path)"
          for item in bibTeXItems(data, file) { items[item.id] = item }
        } else {
          for item in try BibliographyItem.items(parsing: data) { items[item.id] = item }
        }
      } catch let error as FileError {
        diagnose(.bibliographyFile, range, "cannot \(error.operation) '\(path)': \(error.reason)", ["paths are relative to the report"])
      } catch {
        diagnose(
          .bibliographyFile, range, "'\(path)' is no CSL-JSON: \(Self.reason(error))",
          ["a bibliography is a list of items, each with 'id', 'type' and 'title'; the name of a BibTeX file ends in '.bib'"])
      }
    }
    return items
  }

  private static let largestBibliography = 32 << 20

  private mutating func bibTeXItems(_ data: Data, _ file: String) -> [BibliographyItem] {
    let place = SourceRange(file: file, line: 0, column: 0)
    guard data.count <= Self.largestBibliography else {
      diagnose(.bibliographyFile, place, "\(data.count) bytes; a bibliography has at most \(Self.largestBibliography)")
      return []
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      diagnose(.bibliographyFile, place, "not UTF-8 text", ["save the file as UTF-8"])
      return []
    }
    let (items, mistakes) = BibliographyItem.items(parsingBibTeX: text, file: file)
    diagnostics += mistakes
    return items
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? DecodingError {
    case .keyNotFound(let key, let context):
      "item \((context.codingPath.first?.intValue ?? 0) + 1) has no '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      context.codingPath.isEmpty
        ? "expected a list" : "wrong type at " + context.codingPath.map { $0.intValue.map { "item \($0 + 1)" } ?? $0.stringValue }.joined(separator: ", ")
    default: "it is no JSON"
    }
  }

  // MARK: Prose

  /// The sheet names cells that show a figure or a table at their own place.
  private mutating func checkSheet(_ cells: [Plan.PlannedCell], _ sources: [CellSource]) {
    let shown = sources.map(\.id).filter { $0.hasPrefix("fig-") || $0.hasPrefix("tbl-") }
    let panels = Set(cells.flatMap(\.cell.panels))
    for (id, range) in report.frontMatter.sheet {
      if panels.contains(id) {
        diagnose(.wrongKind, range, "'\(id)' is a panel of another figure", ["name the figure of which it is a part"])
      } else if !shown.contains(id) {
        diagnose(.unknownReference, range, "no figure or table '\(id)'", didYouMean(id, among: shown, plural: "figures and tables"))
      }
    }
  }

  private mutating func checkProse(
    _ cells: [Plan.PlannedCell], _ sources: [CellSource], _ markdown: [(Setting, [Double])], _ values: [ValueUse],
    _ parameters: [String: Value], _ bibliography: [String: BibliographyItem]
  ) -> Set<String> {
    // Panels have names of their own: "fig-all-b".
    let panels = cells.flatMap { cell in cell.cell.panels.indices.map { "\(cell.id)-\(letters($0))" } }
    var check = ProseCheck(
      paths: Dictionary(cells.map { ($0.id, $0.cell.valuePaths) }, uniquingKeysWith: { first, _ in first }),
      ids: sources.map(\.id) + panels, equations: report.nodes.equationIDs.map(\.text), parameters: report.isFrontMatterReadable ? report.frontMatter.parameterNames : nil,
      keys: report.frontMatter.bibliography.isEmpty || !diagnostics.contains { $0.fault == .bibliographyFile }
        ? Set(bibliography.keys) : nil)
    let frontMatter = report.frontMatter
    check.visit(text: frontMatter.title)
    check.visit(text: frontMatter.summary)
    for figure in frontMatter.keyFigures { check.visit(figure.value) }
    checkSheet(cells, sources)
    for fact in frontMatter.facts { check.visit(text: fact.value, label: fact.label) }
    check.visit(report.nodes)
    for use in values where sources.contains(where: { $0.id == use.head }) { check.visit(use) }
    for (setting, allowed) in markdown {
      let parser = MarkdownParser(setting.text ?? "", in: setting, of: report.source)
      diagnostics += parser.diagnostics
      check.visit(parser.nodes, allowing: allowed)
    }
    diagnostics += check.diagnostics
    return check.usedParameters
  }
}

extension Report {
  /// A path of the command line starts at the current folder, one in the report at the report's: the same place, seen
  /// from there.
  func fromReport(_ path: String) -> String {
    func names(_ path: String) -> [String] {
      URL(filePath: path).standardizedFileURL.pathComponents.filter { $0 != "/" && !$0.isEmpty }
    }
    var target = names(path)[...], folder = names(self.folder)[...]
    while let first = target.first, first == folder.first {
      target.removeFirst()
      folder.removeFirst()
    }
    let components = folder.map { _ in ".." } + target
    return components.isEmpty ? "." : components.joined(separator: "/")
  }
}
