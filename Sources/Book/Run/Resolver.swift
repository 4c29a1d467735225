import Drawing
import Files
import Foundation
import Wording

/// Turns a report and what its cells computed into a page: figures and tables numbered, values formatted, references and
/// citations resolved.
struct Resolver {
  let plan: Plan
  let execution: Execution
  let tools: [String: String]
  /// Points; nil: as the report says.
  var figureWidth: Double?

  /// Whether what is missing is marked: in a draft, and on the page that a failure leaves.
  private let isTolerant: Bool
  /// Whether a finished report is set again from its results alone.
  private let isSealed: Bool
  /// What is missing and was marked.
  private(set) var gaps: [Diagnostic] = []
  private var diagnostics: [Diagnostic] = []
  /// Of figures, tables and equations, by id; `place` is the id of what a reference leads to.
  private var numbers: [String: (word: Phrase, number: String, place: String)] = [:]
  private var counts: [String: Int] = [:]  // by kind and appendix
  private var letters: [String: String] = [:]  // of the appendices in which cells stand, by id
  private var appendices = AppendixNumbers()
  private var bibliographyIndex: Int?  // where the list of works stands if no cell says so: before the appendices
  private var cited: [String] = []  // keys in order of first mention
  /// Where works are cited by author and year: all of them, which decide how each is named.
  private var works: APA?
  private var anchors: Set<String> = []
  private var hasBibliography = false
  private var undrawn: [String: String] = [:]  // why a cell cannot be drawn, beside another's failure
  private var shown: [String: (figures: [Results.Shown], tables: [Results.Shown])] = [:]  // by cell

  /// The level of the report's highest headings: sections begin with `#` or, below a title, with `##`.
  private let outermost: Int

  init(_ plan: Plan, _ execution: Execution, tools: [String: String], isSealed: Bool = false) {
    self.isSealed = isSealed
    (self.plan, self.execution, self.tools) = (plan, execution, tools)
    isTolerant = plan.isDraft || !execution.failures.isEmpty
    let levels = plan.report.nodes.map { node in
      if case .heading(let level, _) = node.content { level } else { 6 }
    }
    outermost = levels.min() ?? 1
  }

  /// What a cell shows, numbered.
  private enum Piece {
    case figure(FigureBlock, caption: String, cells: [String])
    case table(id: String, number: Int, Frame, caption: String, columns: [String]?, isLandscape: Bool)
    case markdown([ReportNode])
    case bibliography
  }

  /// - Throws: ``ReportError`` with everything that could not be printed, or ``CellFailure`` when a cell cannot be drawn.
  mutating func resolve(sourceDate: Int?, numbersLines: Bool = false) throws -> (page: Page, results: Results) {
    try Language.speaking(plan.report.frontMatter.language) {
      try resolved(sourceDate: sourceDate, numbersLines: numbersLines)
    }
  }

  private mutating func resolved(sourceDate: Int?, numbersLines: Bool) throws -> (page: Page, results: Results) {
    var pieces: [String: [Piece]] = [:]
    number(plan.report.nodes)
    let panels = Set(plan.cells.flatMap(\.cell.panels)), shared = presentContext()
    for cell in plan.cells where !panels.contains(cell.id) {
      do { pieces[cell.id] = try present(cell, shared) } catch let failure as CellFailure where !execution.failures.isEmpty {
        undrawn[cell.id] = failure.reason
      }
    }

    let report = plan.report, frontMatter = report.frontMatter
    var page = Page(title: "")
    page.authors = frontMatter.authors
    page.language = frontMatter.language
    (page.paper, page.contents, page.numbersLines) = (frontMatter.paper, frontMatter.contents, numbersLines)
    let date = frontMatter.date.flatMap { CivilDate($0) }
    page.sourceDate = sourceDate ?? date?.secondsSince1970
    page.date = (sourceDate.map { CivilDate(secondsSince1970: $0) } ?? date)?.words
    page.isDraft = plan.isDraft
    if !execution.failures.isEmpty {
      page.banners.append(say(.failedBanner))
    } else if plan.isDraft {
      page.banners.append(say(.draftBanner))
    }
    for cell in plan.cells {
      for banner in execution.cells[cell.id]?.output.banners ?? [] where !page.banners.contains(banner) {
        page.banners.append(banner)
      }
    }
    if frontMatter.citationStyle == .apa {
      var (rehearsal, blank) = (self, page)
      try rehearsal.fill(&blank, pieces)
      works = APA(rehearsal.cited.compactMap { plan.bibliography[$0] })
    }
    try fill(&page, pieces)
    if !cited.isEmpty, !hasBibliography {
      let heading = Block.heading(level: 1, [.text(say(.references))], anchor: anchor(say(.references)))
      page.blocks.insert(contentsOf: [heading, .bibliography], at: bibliographyIndex ?? endOfText(page.blocks))
    }
    page.bibliography =
      works?.entries
      ?? cited.enumerated().compactMap { index, key in
        plan.bibliography[key].map { Page.BibliographyEntry(number: index + 1, key: key, text: $0.vancouver) }
      }
    let mistakes = diagnostics.filter { !isTolerant || !$0.fault.isGap }
    guard mistakes.isEmpty else { throw ReportError(mistakes.inOrder(of: report.source)) }
    gaps = diagnostics.inOrder(of: report.source)

    let results = try results(title: page.title, sourceDate: sourceDate)
    let text = try results.text
    page.digest = Digest(of: text).short
    page.attachments = attachments(results, text)
    return (page, results)
  }

  /// The page's text, from the first line to the last; finds what it cites.
  private mutating func fill(_ page: inout Page, _ pieces: [String: [Piece]]) throws {
    let frontMatter = plan.report.frontMatter
    page.title = plain(frontMatter.title)
    page.summary = inlines(frontMatter.summary)
    page.keyFigures = frontMatter.keyFigures.map { keyFigure($0) }
    page.facts = frontMatter.facts.map { Page.Fact(label: $0.label, value: plain($0.value)) }
    let sheet = frontMatter.sheet.flatMap { named in
      plan.cells.first { $0.id == named.id }.map { place($0, pieces) } ?? []
    }
    page.sheet = sheet.filter(\.isTable) + sheet.filter { !$0.isTable }
    page.blocks = blocks(plan.report.nodes, pieces, isTop: true)
    page.blocks.insert(contentsOf: claims(), at: endOfText(page.blocks))
    // What data and methods oblige a reader to cite, after what the text cites.
    for cell in plan.cells {
      for key in execution.cells[cell.id]?.output.citations ?? [] {
        guard plan.bibliography[key] != nil else {
          if !execution.failures.isEmpty { continue }
          throw CellFailure(cell.source, "it obliges a reader to cite '\(key)', which is in no bibliography")
        }
        _ = number(ofCitation: key)
      }
    }
  }

  // MARK: Numbers

  /// Numbers equations, and finds the appendices in which cells stand.
  private mutating func number(_ nodes: [ReportNode], isTop: Bool = true, _ appendices: AppendixNumbers = AppendixNumbers()) {
    var appendices = appendices
    for node in nodes {
      switch node.content {
      case .appendix: appendices.begin()
      case .heading(let level, _): if isTop { _ = appendices.label(level) }
      case .cell(let index):
        guard plan.report.cells.indices.contains(index) else { continue }
        letters[plan.report.cells[index].id] = appendices.letter
      case .equation(_, let id): if let id { _ = next(.equation, id.text, appendices.letter) }
      case .list(_, _, _, let items), .footnotes(let items):
        for item in items { number(item, isTop: false, appendices) }
      case .quote(let nodes): number(nodes, isTop: false, appendices)
      case .paragraph, .code, .rule, .table: break
      }
    }
  }

  /// The next number of a figure, table or equation; in each appendix they begin anew.
  private mutating func next(_ word: Phrase, _ id: String, _ letter: String) -> Int {
    let count = (counts[word.rawValue + letter] ?? 0) + 1
    counts[word.rawValue + letter] = count
    numbers[id] = (word, letter + "\(count)", id)
    anchors.insert(id)
    return count
  }

  // MARK: Cells

  /// Where the footnotes begin, or the end.
  private func endOfText(_ blocks: [Block]) -> Int {
    blocks.lastIndex { if case .footnotes = $0 { true } else { false } } ?? blocks.endIndex
  }

  private func choices(of cell: Plan.PlannedCell) -> [Choice] {
    execution.cells[cell.id].map { $0.cell.choices($0.output) } ?? []
  }

  /// Every claim with its verdict.
  private mutating func claims() -> [Block] {
    let claims = plan.cells.compactMap { cell in execution.cells[cell.id]?.output.verdict.map { (cell, $0) } }
    guard !claims.isEmpty else { return [] }
    let rows = claims.map { cell, verdict in
      let parser = MarkdownParser(verdict.sentence, in: nil, of: nil)
      return [
        TableBlock.Cell(inlines(parser.nodes.inlineSpans, within: cell)), TableBlock.Cell([.text(verdict.ruling.rawValue)]),
        TableBlock.Cell([.text(verdict.reason)]),
      ]
    }
    return [
      .heading(level: 1, [.text(appendices.label(outermost) + say(.claims))], anchor: anchor(say(.claims))),
      .paragraph([.text(say(.claimsRule))]),
      .table(TableBlock(columns: [.claimsClaim, .claimsVerdict, .claimsBecause].map { TableBlock.Column(say($0), .left) }, rows: rows)),
    ]
  }

  /// What every cell may ask when it is shown, but for what is its own.
  private func presentContext() -> PresentContext {
    let records = plan.cells.map { other in
      PresentContext.CellRecord(
        id: other.id, kind: other.kind, computeKey: other.keys?.compute, needs: other.needs,
        inputs: other.keys?.parts.inputs ?? [], volatile: execution.cells[other.id]?.output.volatile ?? .object([:]), choices: choices(of: other),
        values: execution.cells[other.id]?.output.values ?? .object([:]), options: other.computed.merging(other.rendered) { first, _ in first })
    }
    var context = PresentContext(id: "", cells: records, parameters: plan.shownParameters, tools: tools)
    let frontMatter = plan.report.frontMatter
    (context.title, context.hasSummary) = (frontMatter.title.literal, !frontMatter.summary.isEmpty)
    context.headings = plan.report.nodes.compactMap { node in
      guard case .heading(_, let spans) = node.content else { return nil }
      return PresentContext.Heading(text: spans.literal, anchor: Self.slug(spans.literal))
    }
    return context
  }

  private func context(of cell: Plan.PlannedCell, width: Double?, _ shared: PresentContext) -> PresentContext {
    var context = shared
    (context.id, context.needed, context.figureWidth) = (cell.id, execution.needed(cell.needs), width)
    guard !cell.cell.panels.isEmpty else { return context }
    let resolver = self
    context.present = { id, width in
      guard let other = resolver.plan.cells.first(where: { $0.id == id }), let computed = resolver.execution.cells[id] else { return [] }
      return try other.cell.present(computed.output, resolver.context(of: other, width: width, shared))
    }
    return context
  }

  private mutating func present(_ cell: Plan.PlannedCell, _ shared: PresentContext) throws -> [Piece] {
    guard let computed = execution.cells[cell.id] else { return [] }
    let blocks: [CellBlock]
    do {
      blocks = try cell.cell.present(computed.output, context(of: cell, width: figureWidth, shared))
    } catch { throw CellFailure(cell.source, error) }
    let letter = letters[cell.id] ?? ""
    var pieces: [Piece] = [], count = 0
    /// The id of the cell for its first figure or table, then with a number behind it.
    func nextID(_ prefix: String) throws -> String {
      guard cell.id.hasPrefix(prefix) else {
        throw CellFailure(cell.source, "it shows a \(prefix == "fig-" ? "figure" : "table"), so its id has to begin with '\(prefix)'")
      }
      count += 1
      return count == 1 ? cell.id : "\(cell.id)-\(count)"
    }
    func figure(_ id: String, _ scene: Scene, _ data: Frame) throws -> FigureBlock {
      guard !scene.description.allSatisfy(\.isWhitespace) else {
        throw CellFailure(cell.source, "its figure has no description, which stands for it where it cannot be seen")
      }
      var block = FigureBlock(id: id, number: next(.figure, id, letter), caption: [], scene: scene, data: data)
      block.appendix = letter
      return block
    }
    for block in blocks {
      switch block {
      case .figure(let scene, let caption, let data):
        let id = try nextID("fig-")
        pieces.append(.figure(try figure(id, scene, data), caption: caption, cells: [cell.id]))
      case .panels(let scene, let caption, let data):
        let id = try nextID("fig-")
        var block = try figure(id, scene, Frame([]))
        for (index, panel) in data.enumerated() {
          let letter = Book.letters(index)
          block.panels.append(.init(letter: letter, data: panel.frame))
          for name in ["\(id)-\(letter)", panel.cell] where numbers[name] == nil {
            numbers[name] = (.figure, block.label + letter, id)
          }
        }
        pieces.append(.figure(block, caption: caption, cells: data.map(\.cell)))
      case .table(let frame, let caption, let columns, let isLandscape):
        let id = try nextID("tbl-")
        let number = next(.table, id, letter)
        pieces.append(.table(id: id, number: number, frame, caption: caption, columns: columns, isLandscape: isLandscape))
      case .markdown(let text):
        let parser = MarkdownParser(text, in: nil, of: nil)
        if let first = parser.diagnostics.first { throw CellFailure(cell.source, "its Markdown has a mistake: \(first.summary)") }
        pieces.append(.markdown(parser.nodes))
      case .bibliography: pieces.append(.bibliography)
      }
    }
    return pieces
  }

  private mutating func blocks(of cell: Plan.PlannedCell, _ pieces: [Piece]) -> [Block] {
    var blocks: [Block] = []
    for piece in pieces {
      switch piece {
      case .figure(var figure, let caption, let cells):
        figure.caption = self.caption(caption, of: cell)
        blocks.append(.figure(figure))
        let letter = figure.appendix.isEmpty ? nil : figure.appendix
        let whole = Results.Shown(
          id: figure.id, number: figure.number, appendix: letter, caption: figure.caption.plainText,
          description: figure.scene.description, data: figure.data, from: origin(of: figure.data, cell.id))
        let panels = zip(figure.panels, cells).map { panel, cell in
          Results.Shown(
            id: "\(figure.id)-\(panel.letter)", number: figure.number, appendix: letter, panel: panel.letter, caption: "",
            data: panel.data, from: origin(of: panel.data, cell))
        }
        shown[cell.id, default: ([], [])].figures += [whole] + panels
      case .table(let id, let number, let frame, let caption, let columns, let isLandscape):
        let caption = self.caption(caption, of: cell)
        do throws(TableFault) {
          var table = try frame.formatted(columns: columns)
          let shown = columns?.compactMap { frame[$0] } ?? frame.columns
          for (column, source) in shown.enumerated() where source.format == Frame.Column.markdown {
            for row in table.rows.indices {
              table.rows[row][column].content = inlines(
                MarkdownParser(table.rows[row][column].content.plainText, in: nil, of: nil).nodes.inlineSpans, within: cell)
            }
          }
          var block = TableBlock(
            id: id, number: number, caption: caption, columns: table.columns, rows: table.rows, notes: table.notes,
            data: frame)
          (block.appendix, block.isLandscape) = (letters[cell.id] ?? "", isLandscape)
          blocks.append(.table(block))
        } catch {
          diagnostics.append(Diagnostic(.unfitFormat, at: cell.source.range, error.description))
        }
        shown[cell.id, default: ([], [])].tables.append(
          Results.Shown(
            id: id, number: number, appendix: letters[cell.id].flatMap { $0.isEmpty ? nil : $0 }, caption: caption.plainText,
            data: frame, from: origin(of: frame, cell.id)))
      case .markdown(let nodes): blocks += self.blocks(nodes, [:], within: cell)
      case .bibliography:
        hasBibliography = true
        blocks.append(.bibliography)
      }
    }
    return blocks
  }

  /// The frame of a needed cell that is shown as it was computed.
  private func origin(of data: Frame, _ id: String) -> FrameName? {
    guard !data.columns.isEmpty, let cell = plan.cells.first(where: { $0.id == id })?.cell else { return nil }
    return cell.reads.first { execution.cells[$0.cell]?.output.frames[$0.frame] == data }
  }

  private mutating func caption(_ text: String, of cell: Plan.PlannedCell) -> [Inline] {
    // Places lead to the option where the cell has passed it on unchanged.
    let setting = cell.cell.panels.isEmpty ? cell.source.options?.entries?.first { $0.key == "caption" }?.value : nil
    if text.isEmpty, isTolerant { return [Self.gap(say(.missingCaption))] }
    let parser = MarkdownParser(text, in: setting ?? Setting(.null, at: cell.source.range), of: plan.report.source)
    diagnostics += parser.diagnostics
    return inlines(parser.nodes.inlineSpans)
  }

  // MARK: Blocks

  private mutating func blocks(
    _ nodes: [ReportNode], _ pieces: [String: [Piece]], within cell: Plan.PlannedCell? = nil, isTop: Bool = false
  ) -> [Block] {
    var blocks: [Block] = []
    for node in nodes {
      switch node.content {
      case .heading(let level, let spans):
        let text = inlines(spans, within: cell), anchor = anchor(text.plainText)
        let label = isTop ? appendices.label(level) : ""
        let titled: [Inline] = label.isEmpty ? text : [.text(label)] + text
        blocks.append(.heading(level: min(level - outermost + 1, 4), titled, anchor: anchor))
      case .appendix:
        appendices.begin()
        bibliographyIndex = blocks.endIndex
      case .paragraph(let spans): blocks.append(.paragraph(inlines(spans, within: cell)))
      case .list(let ordered, let start, let tight, let items):
        blocks.append(
          .list(ordered: ordered, start: start, tight: tight, items: items.map { self.blocks($0, pieces, within: cell) }))
      case .quote(let nodes): blocks.append(.quote(self.blocks(nodes, pieces, within: cell)))
      case .code(let text, let language): blocks.append(.code(text, language: language))
      case .rule: blocks.append(.rule)
      case .table(let alignments, let rows):
        let cells = rows.map { row in row.map { TableBlock.Cell(inlines($0, within: cell)) } }
        let columns = zip(cells.first ?? [], alignments).map { TableBlock.Column($0.content.plainText, $1) }
        blocks.append(.table(TableBlock(columns: columns, rows: Array(cells.dropFirst()))))
      case .cell(let index):
        guard plan.report.cells.indices.contains(index) else { continue }
        let source = plan.report.cells[index]
        guard let cell = plan.cells.first(where: { $0.source == source }) else { continue }
        if !plan.report.frontMatter.sheet.contains(where: { $0.id == cell.id }) { blocks += place(cell, pieces) }
      case .equation(let formula, let id):
        blocks.append(.equation(EquationBlock(formula, id: id?.text, number: id.flatMap { numbers[$0.text]?.number })))
      case .footnotes(let notes): blocks.append(.footnotes(notes.map { self.blocks($0, pieces, within: cell) }))
      }
    }
    return blocks
  }

  /// What stands at a cell's place: why it shows nothing, or what it shows.
  private mutating func place(_ cell: Plan.PlannedCell, _ pieces: [String: [Piece]]) -> [Block] {
    let obstacle = execution.obstacle(cell.id) ?? undrawn[cell.id].map { "cell '\(cell.id)' cannot be drawn: \($0)" }
    return (obstacle.map { [.notice($0)] } ?? []) + blocks(of: cell, pieces[cell.id] ?? [])
  }

  private static func slug(_ text: String) -> String {
    let words = text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "-")
    return words.isEmpty ? "section" : words
  }

  /// A word for a heading that no other has: "Methods and data" → `methods-and-data`.
  private mutating func anchor(_ text: String) -> String {
    let base = Self.slug(text)
    var anchor = base, count = 1
    while !anchors.insert(anchor).inserted {
      count += 1
      anchor = "\(base)-\(count)"
    }
    return anchor
  }

  // MARK: Text

  private mutating func plain(_ spans: [Span]) -> String { inlines(spans).plainText }

  private mutating func inlines(_ spans: [Span], within cell: Plan.PlannedCell? = nil) -> [Inline] {
    var result: [Inline] = []
    for span in spans {
      switch span {
      case .text(let text), .number(let text, _, _):
        if case .text(let before) = result.last {
          result[result.count - 1] = .text(before + text)
        } else {
          result.append(.text(text))
        }
      case .emphasis(let spans): result.append(.emphasis(inlines(spans, within: cell)))
      case .strong(let spans): result.append(.strong(inlines(spans, within: cell)))
      case .strikethrough(let spans): result.append(.strikethrough(inlines(spans, within: cell)))
      case .code(let text): result.append(.code(text))
      case .link(let spans, let url): result.append(.link(inlines(spans, within: cell), url: url))
      case .value(let use):
        if let text = text(of: use, within: cell) {
          result.append(.value(text, path: use.path))
        } else if isTolerant {
          result.append(Self.gap(use.path))
        }
      case .reference(let id, let range):
        if let (word, number, place) = numbers[id] {
          result.append(.reference(say(word, number).replacing(" ", with: "\u{00A0}"), anchor: place))
        } else {
          let kind = id.hasPrefix("fig-") ? "figure" : id.hasPrefix("tbl-") ? "table" : "equation"
          report(.unknownReference, at: range, within: cell, "'\(id)' shows no \(kind)")
          if isTolerant { result.append(Self.gap("@\(id)")) }
        }
      case .citation(let citations):
        let numbers = citations.compactMap { citation -> (number: Int, key: String)? in
          guard plan.bibliography[citation.key] != nil else {
            report(.unknownCitation, at: citation.range, within: cell, "unknown citation key '\(citation.key)'")
            if isTolerant { result.append(Self.gap("@\(citation.key)")) }
            return nil
          }
          return (number(ofCitation: citation.key), citation.key)
        }
        if !numbers.isEmpty || !isTolerant {
          let named = Set(citations.filter(\.omitsAuthor).map(\.key))
          result.append(.citation(works.map { $0.mark(numbers.map(\.key), omitting: named) } ?? .numbered(numbers)))
        }
      case .footnote(let number): result.append(.footnote(number))
      case .lineBreak: result.append(.lineBreak)
      case .formula(let formula), .equation(let formula, _, _): result.append(.formula(formula))
      }
    }
    return result
  }

  private mutating func number(ofCitation key: String) -> Int {
    if let index = cited.firstIndex(of: key) { return index + 1 }
    cited.append(key)
    return cited.count
  }

  /// Mistakes in Markdown that a cell made stand where the cell stands.
  private mutating func report(
    _ fault: Fault, at range: SourceRange, within cell: Plan.PlannedCell?, _ summary: String, help: [String] = []
  ) {
    diagnostics.append(Diagnostic(fault, at: cell?.source.range ?? range, summary, help: help))
  }

  // MARK: Values

  private mutating func value(of use: ValueUse, within cell: Plan.PlannedCell?) -> Value? {
    let group: Value?
    var path = use.rest
    if use.head == "parameters" {
      group = .object(plan.shownParameters)
    } else if path == "volatile" || path.hasPrefix("volatile.") {
      // What differs from run to run is not in the results that a finished report is checked by.
      if isSealed { return .text("volatile") }
      group = execution.cells[use.head]?.output.volatile
      path = String(path.dropFirst("volatile.".count))
    } else {
      group = execution.cells[use.head]?.output.values
    }
    guard let group else {
      report(.unknownValue, at: use.pathRange, within: cell, "no cell '\(use.head)'")
      return nil
    }
    if let value = group[path] { return value }
    // Below something undefined everything is undefined.
    var names = path.split(separator: ".")
    var rest: [Substring] = []
    while let last = names.popLast() {
      rest.insert(last, at: 0)
      guard let above = group[names.joined(separator: ".")] else { continue }
      if case .undefined = above { return above }
      var help: [String] = []
      if case .object(let members) = above, let name = rest.first {
        help = didYouMean(String(name), among: members.keys, plural: "values here")
      }
      report(
        .unknownValue, at: use.pathRange, within: cell, "'\(use.head)' computed no value '\(path)'", help: help)
      return nil
    }
    return nil
  }

  private mutating func format<T>(
    _ use: ValueUse, within cell: Plan.PlannedCell?, _ body: (ValueFormat, Value) throws(ValueFormat.Unfit) -> T
  ) -> T? {
    guard let value = value(of: use, within: cell) else { return nil }
    if isSealed, use.rest.hasPrefix("volatile") { return try? body(.standard, value) }
    guard let format = ValueFormat(use.format ?? "default") else {
      report(.unknownFormat, at: use.formatRange ?? use.range, within: cell, "unknown format '\(use.format ?? "")'")
      return nil
    }
    do throws(ValueFormat.Unfit) { return try body(format, value) } catch {
      let name = use.format.map { "the format '\($0)'" } ?? "a value in prose"
      report(
        .unfitFormat, at: use.formatRange ?? use.pathRange, within: cell,
        "\(name) needs \(error.needs); '\(use.path)' is \(error.found)")
      return nil
    }
  }

  private mutating func text(of use: ValueUse, within cell: Plan.PlannedCell?) -> String? {
    let isOptimistic = isOptimistic(use)
    return format(use, within: cell) { (format, value) throws(ValueFormat.Unfit) in
      let text = try format.inline(value)
      guard isOptimistic, value.undefinedReason == nil else { return text }
      return text.hasSuffix(")") ? text.dropLast() + ", \(say(.optimistic)))" : text + " (\(say(.optimistic)))"
    }
  }

  private func isOptimistic(_ use: ValueUse) -> Bool { execution.cells[use.head]?.optimism(of: use.rest) != nil }

  /// What stands where something is missing.
  private static func gap(_ what: String) -> Inline { .strong([.text(say(.missingWhat, what))]) }

  private mutating func keyFigure(_ figure: FrontMatter.KeyFigure) -> Page.KeyFigure {
    let parts = format(figure.value, within: nil) { (format, value) throws(ValueFormat.Unfit) -> (ValueFormat.Formatted, Value) in
      (try format.split(value), value)
    }
    guard let (formatted, value) = parts else { return Page.KeyFigure(label: figure.label, value: isTolerant ? say(.missing) : "") }
    let interval = value.asInterval.flatMap { bounds in
      formatted.aside.map { ValueFormat.confidence(bounds.level, $0) }
    }
    let aside = [interval ?? formatted.aside, isOptimistic(figure.value) ? say(.optimistic) : nil].compactMap(\.self)
    return Page.KeyFigure(label: figure.label, value: formatted.value, interval: aside.isEmpty ? nil : aside.joined(separator: ", "))
  }

  // MARK: Results

  private func results(title: String, sourceDate: Int?) throws -> Results {
    let report = plan.report
    let part = Results.ReportPart(
      title: title, name: report.name, digest: Digest(of: report.source.text), source: report.text,
      included: report.included.isEmpty ? nil : Dictionary(report.included.map { ($0.name, $0.text) }) { first, _ in first },
      parameters: plan.shownParameters, bibliography: cited.compactMap { plan.bibliography[$0] }, date: sourceDate)
    let drawn = Set(plan.cells.flatMap(\.cell.reads)), known = Set(shown.values.flatMap { $0.figures + $0.tables }.compactMap(\.from))
    let cells = try plan.cells.compactMap { cell -> Results.CellPart? in
      guard let keys = cell.keys, let output = execution.cells[cell.id]?.output else { return nil }
      let frames = output.frames.filter { name, _ in
        let name = FrameName(cell: cell.id, frame: name)
        return drawn.contains(name) && !known.contains(name)
      }
      var part = Results.CellPart(
        id: cell.id, kind: cell.kind, version: keys.parts.version, computeKey: keys.compute, renderKey: keys.render,
        options: keys.parts.options, needs: cell.needs, inputs: keys.parts.inputs, values: output.values,
        figures: shown[cell.id]?.figures ?? [], tables: shown[cell.id]?.tables ?? [],
        frames: frames, citations: output.citations, banners: output.banners, testSet: output.testSet, verdict: output.verdict)
      let choices = choices(of: cell)
      part.choices = choices.isEmpty ? nil : choices
      part.digest = try part.contentDigest()
      return part
    }
    return Results(report: part, tools: tools, cells: cells)
  }

  private func attachments(_ results: Results, _ text: String) -> [Page.Attachment] {
    let report = plan.report
    var attachments = [
      Page.Attachment(
        name: "results.json", mediaType: "application/json", description: say(.attachmentResults), content: text),
      Page.Attachment(
        name: "\(report.name).md", mediaType: "text/markdown", description: say(.attachmentSource),
        content: report.text),
    ]
    attachments += report.included.map { file in
      Page.Attachment(name: file.name, mediaType: "text/markdown", description: say(.attachmentPart), content: file.text)
    }
    for cell in results.cells {
      let numbered = cell.figures.map { (Phrase.attachmentFigure, $0) } + cell.tables.map { (Phrase.attachmentTable, $0) }
      attachments += numbered.filter { !$1.data.columns.isEmpty }.map { word, shown in
        Page.Attachment(
          name: "\(shown.id).csv", mediaType: "text/csv", description: say(word, shown.label),
          content: shown.data.csv.text)
      }
    }
    return attachments
  }
}
