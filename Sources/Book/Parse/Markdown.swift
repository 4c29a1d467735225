import CMark
import Synchronization

/// A block of a report.
public struct ReportNode: Sendable, Equatable {
  public indirect enum Content: Sendable, Equatable {
    case heading(level: Int, [Span])
    case paragraph([Span])
    case list(ordered: Bool, start: Int, tight: Bool, items: [[ReportNode]])
    case quote([ReportNode])
    case code(String, language: String?)
    case rule
    /// The first row is the head.
    case table(alignments: [TableBlock.Alignment], rows: [[[Span]]])
    /// The cell at this index of ``Report/cells``.
    case cell(Int)
    case footnotes([[ReportNode]])
    /// Set apart; with a number where it has an id.
    case equation(Formula, id: EquationID?)
    /// `{{ appendix }}`: the headings after it are those of appendices.
    case appendix
  }
  public var content: Content
  public var range: SourceRange
}

/// Text within a block.
public indirect enum Span: Sendable, Equatable {
  case text(String)
  /// A number that stands alone, and whether `{lit}` says that it is none of the report's results.
  case number(String, SourceRange, isLiteral: Bool)
  case emphasis([Span])
  case strong([Span])
  case strikethrough([Span])
  case code(String)
  case link([Span], url: String)
  case value(ValueUse)
  case reference(String, SourceRange)
  case citation([Citation])
  case footnote(Int)
  case lineBreak
  case formula(Formula)
  /// Set apart from its paragraph.
  case equation(Formula, id: EquationID?, SourceRange)
}

/// Markdown as a report means it: CommonMark with tables, strikethrough and footnotes, with values, references,
/// citations and equations in its text, and with cells in its fenced blocks. Addresses become links only when they are written so.
struct MarkdownParser {
  private let source: SourceText
  private let marked: MarkedText
  /// From a place in `source` to one in the report, given the text that stands there.
  private let locate: (SourceRange, String) -> SourceRange
  private let allowsBlocks: Bool
  /// How far the numbers of each line have been placed: the column behind the last.
  private var placed: [Int: Int] = [:]
  /// The line that was searched last: a long one is searched often, and taken apart once.
  private var searched: (line: Int, scalars: [Unicode.Scalar], numerals: [Numeral]) = (0, [], [])
  /// Whether equations may be set apart from paragraphs.
  private let allowsEquations: Bool

  private var hasAppendix = false
  private(set) var nodes: [ReportNode] = []
  private(set) var cells: [CellSource] = []
  private(set) var diagnostics: [Diagnostic] = []

  /// Parses a report from its line `firstLine` on.
  init(_ source: SourceText, firstLine: Int) {
    self.init(source, firstLine: firstLine, allowsBlocks: true, allowsEquations: true) { range, _ in range }
  }

  /// Parses a text that stands in a scalar of the report's YAML, or that a cell made (`setting` is nil).
  init(_ text: String, in setting: Setting?, of report: SourceText?, allowsBlocks: Bool = false) {
    let place = setting?.range ?? SourceRange(file: "", line: 0, column: 0)
    self.init(
      SourceText(file: place.file, text: text), firstLine: 1, allowsBlocks: allowsBlocks,
      allowsEquations: allowsBlocks || setting == nil
    ) { _, token in
      report?.number(of: place).flatMap { report?.find(token, from: $0, column: place.column) } ?? place
    }
  }

  private init(
    _ source: SourceText, firstLine: Int, allowsBlocks: Bool, allowsEquations: Bool,
    locate: @escaping (SourceRange, String) -> SourceRange
  ) {
    (self.source, self.locate) = (source, locate)
    (self.allowsBlocks, self.allowsEquations) = (allowsBlocks, allowsEquations)
    marked = MarkedText(source, firstLine: firstLine)
    let text = marked.text
    let document = Self.cmark.withLock { isRegistered in
      if !isRegistered { cmark_gfm_core_extensions_ensure_registered() }
      isRegistered = true
      return Document(parsing: text)
    }
    if let root = document.root { nodes = blocks(in: root, depth: 0) }
  }

  /// cmark-gfm keeps which characters are special in a global table that each parser changes while it works, so only one
  /// may work at a time. Holds whether the extensions are registered.
  private static let cmark = Mutex(false)

  /// Owns cmark's tree.
  private final class Document {
    let root: OpaquePointer?

    init(parsing text: String) {
      let parser = cmark_parser_new(CMARK_OPT_FOOTNOTES)
      defer { cmark_parser_free(parser) }
      for name in ["table", "strikethrough"] {
        cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name))
      }
      var text = text
      text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
      }
      root = cmark_parser_finish(parser)
      if let root { cmark_consolidate_text_nodes(root) }
    }

    deinit { if let root { cmark_node_free(root) } }
  }

  // MARK: Blocks

  private static let deepest = 40

  private mutating func blocks(in parent: OpaquePointer, depth: Int) -> [ReportNode] {
    var result: [ReportNode] = [], footnotes: [[ReportNode]] = []
    for node in Self.children(of: parent) {
      let range = lineRange(node)
      guard depth < Self.deepest else {
        diagnose(.tooDeep, range, "nested too deeply", ["lists and quotes nest at most \(Self.deepest) levels"])
        return []
      }
      func add(_ content: ReportNode.Content) { result.append(ReportNode(content: content, range: range)) }
      switch cmark_node_get_type(node) {
      case CMARK_NODE_HEADING: add(.heading(level: Int(cmark_node_get_heading_level(node)), spans(in: node)))
      case CMARK_NODE_PARAGRAPH:
        let spans = spans(in: node, allowsEquations: allowsEquations)
        if allowsBlocks, depth == 0, case .value(let use)? = spans.first, spans.count == 1, use.isAppendix {
          if hasAppendix { diagnose(.valueSyntax, use.range, "a second '{{ appendix }}'", ["each heading after the first begins an appendix of its own"]) }
          hasAppendix = true
          add(.appendix)
        } else {
          for content in paragraphs(spans) { add(content) }
        }
      case CMARK_NODE_LIST:
        let items = Self.children(of: node).map { blocks(in: $0, depth: depth + 1) }
        add(
          .list(
            ordered: cmark_node_get_list_type(node) == CMARK_ORDERED_LIST, start: Int(cmark_node_get_list_start(node)),
            tight: cmark_node_get_list_tight(node) != 0, items: items))
      case CMARK_NODE_BLOCK_QUOTE: add(.quote(blocks(in: node, depth: depth + 1)))
      case CMARK_NODE_THEMATIC_BREAK: add(.rule)
      case CMARK_NODE_CODE_BLOCK: if let content = codeBlock(node) { add(content) }
      case CMARK_NODE_HTML_BLOCK:
        diagnose(.rawHTML, range, "raw HTML", ["use Markdown, or set the text in code"])
      case CMARK_NODE_FOOTNOTE_DEFINITION: footnotes.append(blocks(in: node, depth: depth + 1))
      default:
        if String(cString: cmark_node_get_type_string(node)) == "table" { add(table(node)) }
      }
    }
    if !footnotes.isEmpty {
      result.append(ReportNode(content: .footnotes(footnotes), range: source.range(line: max(source.lines.count, 1))))
    }
    return result
  }

  /// A paragraph, parted where equations are set apart.
  private func paragraphs(_ spans: [Span]) -> [ReportNode.Content] {
    var (contents, text): ([ReportNode.Content], [Span]) = ([], [])
    func end() {
      while text.last?.isSpace == true { text.removeLast() }
      let spans = text.drop(while: \.isSpace)
      if !spans.isEmpty { contents.append(.paragraph(Array(spans))) }
      text = []
    }
    for span in spans {
      guard case .equation(let formula, let id, _) = span else {
        text.append(span)
        continue
      }
      end()
      contents.append(.equation(formula, id: id))
    }
    end()
    return contents.isEmpty ? [.paragraph([])] : contents
  }

  private mutating func table(_ node: OpaquePointer) -> ReportNode.Content {
    let count = Int(cmark_gfm_extensions_get_table_columns(node))
    var alignments = [TableBlock.Alignment](repeating: .left, count: count)
    if let letters = cmark_gfm_extensions_get_table_alignments(node) {
      for column in 0..<count {
        switch letters[column] {
        case UInt8(ascii: "r"): alignments[column] = .right
        case UInt8(ascii: "c"): alignments[column] = .center
        default: break
        }
      }
    }
    let rows = Self.children(of: node).map { row in Self.children(of: row).map { spans(in: $0) } }
    return .table(alignments: alignments, rows: rows)
  }

  private mutating func codeBlock(_ node: OpaquePointer) -> ReportNode.Content? {
    let literal = marked.restore(Self.string(cmark_node_get_literal(node)))
    let line = Int(cmark_node_get_start_line(node))
    var (length, offset, character): (Int32, Int32, CChar) = (0, 0, 0)
    guard cmark_node_get_fenced(node, &length, &offset, &character) != 0 else { return .code(literal, language: nil) }
    let info = marked.restore(Self.string(cmark_node_get_fence_info(node)))
    let count = literal.utf8.count { $0 == UInt8(ascii: "\n") }
    let fence = Character(Unicode.Scalar(UInt8(bitPattern: character)))
    // An unclosed block runs to the end of what contains it.
    let closing = source.line(line + count + 1)?.drop { $0 == " " || $0 == ">" || $0 == "\t" } ?? ""
    let isClosed = closing.prefix { $0 == fence }.count >= max(Int(length), 3)
    if !isClosed {
      diagnose(
        .unclosedFence, source.range(ofLine: line), "a fenced block that never ends",
        ["close it with a line of \(String(repeating: String(fence), count: max(Int(length), 3)))"])
    }
    guard info.hasPrefix("{") else {
      let language = info.prefix { !$0.isWhitespace }
      return .code(literal, language: language.isEmpty ? nil : String(language))
    }
    guard allowsBlocks else {
      diagnose(.cellHead, source.range(ofLine: line), "a cell inside of a text", ["cells stand in the report itself"])
      return nil
    }
    let head = source.find(info, from: line, before: line + 1) ?? source.range(ofLine: line)
    guard var cell = CellSource(info: info, at: head, diagnostics: &diagnostics) else { return nil }
    cells.append(cell)
    guard isClosed else { return .cell(cells.count - 1) }  // what was meant to be its options is not known
    let lines = literal.split(separator: "\n", omittingEmptySubsequences: false).prefix(count)
    let indents = lines.enumerated().map { index, text in
      max((source.line(line + 1 + index)?.unicodeScalars.count ?? 0) - text.unicodeScalars.count, 0)
    }
    do throws(Diagnostic) {
      cell.options = try Setting.mapping(
        parsing: literal, at: YAMLPlace(source: source, firstLine: line + 1, indents: indents))
    } catch {
      diagnostics.append(error)
    }
    cells[cells.count - 1] = cell
    return .cell(cells.count - 1)
  }

  // MARK: Text

  private mutating func spans(in parent: OpaquePointer, depth: Int = 0, allowsEquations: Bool = false) -> [Span] {
    guard depth < Self.deepest else {
      diagnose(.tooDeep, lineRange(parent), "nested too deeply", ["emphasis nests at most \(Self.deepest) levels"])
      return []
    }
    var result: [Span] = []
    for node in Self.children(of: parent) {
      let literal = Self.string(cmark_node_get_literal(node))
      switch cmark_node_get_type(node) {
      case CMARK_NODE_TEXT:
        let spans = spans(ofText: literal, node, allowsEquations)
        // Where an equation goes on, no space stands for the end of the line.
        if spans.goesOn, result.last == .text(" ") { result.removeLast() }
        result += spans.spans
      case CMARK_NODE_SOFTBREAK: result.append(.text(" "))
      case CMARK_NODE_LINEBREAK: result.append(.lineBreak)
      case CMARK_NODE_CODE:
        result.append(.code(marked.restore(literal)))
        skip(marked.restore(literal), node)
      case CMARK_NODE_EMPH: result.append(.emphasis(spans(in: node, depth: depth + 1)))
      case CMARK_NODE_STRONG: result.append(.strong(spans(in: node, depth: depth + 1)))
      case CMARK_NODE_LINK: result.append(link(node, depth: depth))
      case CMARK_NODE_FOOTNOTE_REFERENCE: if let number = Int(literal) { result.append(.footnote(number)) }
      case CMARK_NODE_HTML_INLINE:
        let text = marked.restore(literal)
        diagnose(.rawHTML, place(of: text, near: node), "raw HTML '\(text.prefix(40))'", ["use Markdown, or set the text in code"])
      case CMARK_NODE_IMAGE:
        diagnose(
          .image, place(of: "![", near: node), "an image",
          ["a figure is drawn by a cell from its data, so that it can be traced"])
      default:
        if String(cString: cmark_node_get_type_string(node)) == "strikethrough" {
          result.append(.strikethrough(spans(in: node, depth: depth + 1)))
        }
      }
    }
    return result
  }

  /// - Returns: also whether the text begins with a further line of an equation.
  private mutating func spans(
    ofText literal: String, _ node: OpaquePointer, _ allowsEquations: Bool
  ) -> (spans: [Span], goesOn: Bool) {
    var result: [Span] = []
    let pieces = marked.pieces(of: literal)
    for (text, mark) in pieces {
      guard let mark else {
        if text.contains("[^"), let label = text.firstMatch(of: /\[\^([^\]\s]+)\]/) {
          diagnose(
            .unknownReference, place(of: String(label.0), near: node), "no footnote '\(label.1)'",
            ["write it below: '[^\(label.1)]: text'"])
        }
        result += numbers(inText: text, node)
        continue
      }
      if let line = source.number(of: mark.range) { placed[line] = mark.range.column + mark.range.length }
      let range = locate(mark.range, mark.text)
      func moved(_ inner: SourceRange) -> SourceRange {
        if range == mark.range { return inner }  // the report itself
        let isShifted = range.length == mark.range.length
        return SourceRange(
          file: range.file, line: range.line, column: range.column + (isShifted ? inner.column - mark.range.column : 0),
          length: isShifted ? inner.length : range.length)
      }
      switch mark.meaning {
      case .value(var use):
        use.pathRange = moved(use.pathRange)
        use.formatRange = use.formatRange.map(moved)
        use.range = range
        result.append(.value(use))
      case .reference(let id): result.append(.reference(id, range))
      case .citation(let citations):
        result.append(.citation(citations.map { Citation(key: $0.key, range: moved($0.range), omitsAuthor: $0.omitsAuthor) }))
      case .formula(let formula): result.append(.formula(formula))
      case .equation(let formula, let id):
        if allowsEquations {
          result.append(.equation(formula, id: id.map { EquationID(text: $0.text, range: moved($0.range)) }, range))
        } else {
          diagnostics.append(
            Diagnostic(
              .equation, at: range, "an equation set apart where only text may stand",
              help: ["write it in a paragraph; in a line of text it stands between single dollars: '$…$'"]))
        }
      case .continued: break
      case .misprint(var diagnostic):
        diagnostic.range = moved(diagnostic.range)
        diagnostics.append(diagnostic)
      case .broken(let fault, let summary, let help): diagnostics.append(Diagnostic(fault, at: range, summary, help: help))
      }
    }
    return (result, pieces.first?.mark?.meaning == .continued)
  }

  /// A text without marks, its numbers apart.
  private mutating func numbers(inText text: String, _ node: OpaquePointer) -> [Span] {
    // Most text has no digit and no `Numeral.mark`.
    guard text.utf8.contains(where: { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "{") }) else {
      return [.text(text)]
    }
    let scalars = Array(text.unicodeScalars)
    var result: [Span] = [], start = 0
    func add(until end: Int) {
      guard start < end else { return }
      let plain = String(String.UnicodeScalarView(scalars[start..<end]))
      result.append(.text(plain.replacing(Numeral.mark, with: "")))
    }
    let numerals = Numeral.all(in: scalars)
    for numeral in numerals {
      add(until: numeral.range.lowerBound)
      let place = place(of: numeral.text, in: node)
      result.append(.number(numeral.text, locate(place, numeral.text), isLiteral: numeral.isLiteral))
      start = numeral.range.upperBound
    }
    add(until: scalars.count)
    let marks = text.ranges(of: Numeral.mark).count
    if marks > numerals.count(where: \.isLiteral) {
      diagnose(
        .literalMark, self.place(of: Numeral.mark, near: node), "'\(Numeral.mark)' follows no number",
        ["write it right behind the number that it marks: '0.5\(Numeral.mark)'"])
    }
    return result
  }

  /// Where a number of a text node stands: the first that its line has behind those placed before.
  private mutating func place(of numeral: String, in node: OpaquePointer) -> SourceRange {
    let line = self.line(of: node)
    search(line)
    let first = searched.numerals.first { $0.text == numeral && $0.range.lowerBound + 1 >= placed[line] ?? 1 }
    guard let first else { return source.range(ofLine: line) }
    placed[line] = first.range.upperBound + 1
    return source.range(line: line, column: first.range.lowerBound + 1, length: first.range.count)
  }

  /// Numbers behind `token` are placed behind it: those within are no text.
  private mutating func skip(_ token: String, _ node: OpaquePointer) {
    let line = self.line(of: node), wanted = Array(token.unicodeScalars)
    search(line)
    if let start = SourceText.place(of: wanted, in: searched.scalars, from: (placed[line] ?? 1) - 1) {
      placed[line] = start + wanted.count + 1
    }
  }

  private mutating func search(_ line: Int) {
    guard searched.line != line else { return }
    let scalars = Array((source.line(line) ?? "").unicodeScalars)
    searched = (line, scalars, Numeral.all(in: scalars))
  }

  private mutating func link(_ node: OpaquePointer, depth: Int) -> Span {
    let address = Self.string(cmark_node_get_url(node))
    let url = marked.restore(address)
    let schemes = ["https://", "http://", "mailto:", "doi:", "#"]
    if address != url || !schemes.contains(where: { url.lowercased().hasPrefix($0) }) {
      diagnose(
        .unsafeLink, place(of: "(\(url)", near: node), "a link to '\(url.prefix(60))'",
        ["links lead to https:, http:, mailto: or doi: addresses, or to '#anchor'"])
    }
    let words = spans(in: node, depth: depth + 1)
    skip(url, node)
    return .link(words, url: url.hasPrefix("doi:") ? "https://doi.org/" + url.dropFirst(4) : url)
  }

  // MARK: Places

  private mutating func diagnose(_ fault: Fault, _ range: SourceRange, _ summary: String, _ help: [String]) {
    diagnostics.append(Diagnostic(fault, at: range, summary, help: help))
  }

  private func lineRange(_ node: OpaquePointer) -> SourceRange {
    let line = max(Int(cmark_node_get_start_line(node)), 1)
    return locate(source.range(ofLine: line), source.line(line) ?? "")
  }

  /// Where `token` stands on the line of an inline node. cmark's own column counts from behind the indentation, and
  /// counts bytes of the text in which marks are replaced.
  private func place(of token: String, near node: OpaquePointer) -> SourceRange {
    let line = line(of: node), first = token.split(separator: "\n").first.map(String.init) ?? token
    return locate(source.find(first, from: line, before: line + 8) ?? source.range(ofLine: line), first)
  }

  /// The line of an inline node, or of what holds it.
  private func line(of node: OpaquePointer) -> Int {
    var line = Int(cmark_node_get_start_line(node)), parent: OpaquePointer? = node
    while line == 0, let above = parent.flatMap({ cmark_node_parent($0) }) {
      line = Int(cmark_node_get_start_line(above))
      parent = above
    }
    return max(line, 1)
  }

  private static func children(of node: OpaquePointer) -> [OpaquePointer] {
    var result: [OpaquePointer] = [], next = cmark_node_first_child(node)
    while let child = next {
      result.append(child)
      next = cmark_node_next(child)
    }
    return result
  }

  private static func string(_ pointer: UnsafePointer<CChar>?) -> String { pointer.map { String(cString: $0) } ?? "" }
}

extension Span {
  fileprivate var isSpace: Bool { if case .text(let text) = self { text.allSatisfy(\.isWhitespace) } else { false } }
}

extension [ReportNode] {
  /// The ids of equations, those within lists, quotes and notes included.
  var equationIDs: [EquationID] {
    flatMap { node -> [EquationID] in
      switch node.content {
      case .equation(_, let id): [id].compactMap(\.self)
      case .list(_, _, _, let items), .footnotes(let items): items.flatMap(\.equationIDs)
      case .quote(let nodes): nodes.equationIDs
      default: []
      }
    }
  }
}
