import Wording

/// What a report says of itself before its text.
public struct FrontMatter: Sendable, Equatable {
  public var title: [Span] = []
  public var authors: [String] = []
  /// `YYYY-MM-DD`.
  public var date: String?
  public var language = "en"
  public var summary: [Span] = []
  public var keyFigures: [KeyFigure] = []
  public var facts: [Fact] = []
  public var parameters: [ParameterDeclaration] = []
  /// The names of all parameters, those included whose declaration has a mistake.
  public var parameterNames: [String] = []
  /// CSL-JSON and BibTeX files, relative to the report.
  public var bibliography: [(path: String, range: SourceRange)] = []
  public var citationStyle = CitationStyle.vancouver
  public var paper = Paper.a4
  /// Whether the PDF's first page lists the headings; nil leaves it to their number.
  public var contents: Bool?
  /// The ids of tables and figures that stand on the first page.
  public var sheet: [(id: String, range: SourceRange)] = []
  /// Where the front matter begins.
  public var range: SourceRange

  public struct KeyFigure: Sendable, Equatable {
    public var label: String
    public var value: ValueUse
  }
  public struct Fact: Sendable, Equatable {
    public var label: String
    public var value: [Span]
  }

  public static let keys = [
    "title", "authors", "date", "language", "summary", "key-figures", "facts", "parameters", "bibliography",
    "citation-style", "paper", "contents", "sheet",
  ]

  public static func == (a: FrontMatter, b: FrontMatter) -> Bool {
    a.title == b.title && a.authors == b.authors && a.date == b.date && a.language == b.language
      && a.summary == b.summary && a.keyFigures == b.keyFigures && a.facts == b.facts && a.parameters == b.parameters
      && a.bibliography.map(\.path) == b.bibliography.map(\.path) && a.citationStyle == b.citationStyle && a.paper == b.paper && a.contents == b.contents
      && a.sheet.map(\.id) == b.sheet.map(\.id)
  }

  /// Reads the mapping; mistakes are added to `diagnostics`.
  init(_ mapping: Setting, of source: SourceText, at range: SourceRange, diagnostics: inout [Diagnostic]) {
    self.range = range
    var reader = FrontMatterReader(source: source)
    for entry in mapping.entries ?? [] {
      switch entry.key {
      case "title": title = reader.spans(entry)
      case "authors": authors = reader.texts(entry)
      case "date": date = reader.date(entry)
      case "language": language = reader.language(entry) ?? language
      case "summary": summary = reader.spans(entry)
      case "key-figures": keyFigures = reader.keyFigures(entry)
      case "facts": facts = reader.facts(entry)
      case "parameters":
        parameters = reader.parameters(entry)
        parameterNames = (entry.value.entries ?? []).map(\.key)
      case "bibliography": bibliography = reader.paths(entry)
      case "citation-style":
        citationStyle = reader.choice(entry, of: CitationStyle.names, "citation style") ?? citationStyle
      case "paper": paper = reader.choice(entry, of: Array(Paper.names), "paper") ?? paper
      case "contents": contents = reader.boolean(entry)
      case "sheet": sheet = reader.ids(entry)
      default:
        reader.diagnose(
          .unknownKey, entry.keyRange, "unknown key '\(entry.key)' in front matter",
          didYouMean(entry.key, among: FrontMatter.keys, plural: "keys"))
      }
    }
    diagnostics += reader.diagnostics
    if !(mapping.entries ?? []).contains(where: { $0.key == "title" }) {
      diagnostics.append(Diagnostic(.missingTitle, at: range, "the report has no title", help: ["begin with '---', 'title: …', '---'"]))
    }
  }
}

/// Reads the values of front matter, each with its own message.
private struct FrontMatterReader {
  var source: SourceText
  var diagnostics: [Diagnostic] = []

  mutating func diagnose(_ fault: Fault, _ range: SourceRange, _ summary: String, _ help: [String] = []) {
    diagnostics.append(Diagnostic(fault, at: range, summary, help: help))
  }

  mutating func text(_ entry: Setting.Entry) -> String? {
    if let text = entry.value.text, !text.allSatisfy(\.isWhitespace) { return text }
    diagnose(
      entry.key == "title" ? .missingTitle : .frontMatterType, entry.value.range,
      "'\(entry.key)' is text, found \(entry.value.text == nil ? entry.value.quoted : "an empty one")")
    return nil
  }

  mutating func spans(_ entry: Setting.Entry) -> [Span] {
    guard let text = text(entry) else { return [] }
    return inline(text, entry.value)
  }

  mutating func inline(_ text: String, _ setting: Setting) -> [Span] {
    let parser = MarkdownParser(text, in: setting, of: source)
    diagnostics += parser.diagnostics
    return parser.nodes.inlineSpans
  }

  mutating func texts(_ entry: Setting.Entry) -> [String] {
    if let text = entry.value.text { return [text] }
    let texts = (entry.value.items ?? []).compactMap(\.text)
    if texts.isEmpty || texts.count != entry.value.items?.count {
      diagnose(.frontMatterType, entry.value.range, "'\(entry.key)' is a list of names, found \(entry.value.quoted)", ["write '\(entry.key): [A. Name, B. Name]'"])
    }
    return texts
  }

  mutating func date(_ entry: Setting.Entry) -> String? {
    guard let text = text(entry) else { return nil }
    if CivilDate(text) != nil { return text }
    diagnose(.date, entry.value.range, "'\(text)' is no date", ["write YYYY-MM-DD"])
    return nil
  }

  mutating func choice<T>(_ entry: Setting.Entry, of choices: [(key: String, value: T)], _ what: String) -> T? {
    guard let text = text(entry) else { return nil }
    if let choice = choices.first(where: { $0.key == text }) { return choice.value }
    diagnose(
      .frontMatterType, entry.value.range, "'\(text)' is no \(what)",
      didYouMean(text, among: choices.map(\.key), plural: what + "s"))
    return nil
  }

  /// A language tag: a language, then perhaps a script, a region, variants. Source: BCP 47 (RFC 5646), section 2.1, without
  /// extensions and private use.
  mutating func language(_ entry: Setting.Entry) -> String? {
    guard let text = text(entry) else { return nil }
    let tag = /[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-([A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*/
    if text.wholeMatch(of: tag) != nil {
      if (try? Language(text)) != nil { return text }
      diagnose(
        .frontMatterType, entry.value.range, "the engine has no words in the language '\(text)'",
        ["those that it has: \(Language.codes.joined(separator: ", "))"])
      return nil
    }
    diagnose(.frontMatterType, entry.value.range, "'\(text)' is no language tag", ["write a tag of BCP 47, such as 'en' or 'de-AT'"])
    return nil
  }

  mutating func boolean(_ entry: Setting.Entry) -> Bool? {
    if let boolean = Bool(entry.value) { return boolean }
    diagnose(.frontMatterType, entry.value.range, "'\(entry.key)' is true or false, found \(entry.value.quoted)")
    return nil
  }

  mutating func paths(_ entry: Setting.Entry) -> [(path: String, range: SourceRange)] {
    let settings = entry.value.items ?? [entry.value]
    let paths = settings.compactMap { setting in setting.text.map { (path: $0, range: setting.range) } }
    if paths.count != settings.count {
      diagnose(.frontMatterType, entry.value.range, "'\(entry.key)' is a path or a list of paths, found \(entry.value.quoted)")
    }
    return paths
  }

  mutating func ids(_ entry: Setting.Entry) -> [(id: String, range: SourceRange)] {
    let settings = entry.value.items ?? [entry.value]
    let ids = settings.compactMap { setting in setting.text.map { (id: $0, range: setting.range) } }
    if ids.count != settings.count || Set(ids.map(\.id)).count != ids.count {
      diagnose(.frontMatterType, entry.value.range, "'\(entry.key)' lists ids of figures and tables, each once, found \(entry.value.quoted)", ["write '\(entry.key): [tbl-findings, fig-ecg]'"])
    }
    return ids
  }

  /// The members of each mapping in a list; members other than `names` are mistakes.
  mutating func rows(_ entry: Setting.Entry, _ names: [String]) -> [(item: Setting, members: [String: Setting])] {
    let form = "write '- { \(names.map { "\($0): …" }.joined(separator: ", ")) }'"
    guard let items = entry.value.items else {
      diagnose(.frontMatterType, entry.value.range, "'\(entry.key)' is a list, found \(entry.value.quoted)", [form])
      return []
    }
    return items.compactMap { item in
      guard let entries = item.entries else {
        diagnose(.frontMatterType, item.range, "an item of '\(entry.key)' is a mapping, found \(item.quoted)", [form])
        return nil
      }
      return (item, members(entries, names, of: entry.key, .frontMatterType))
    }
  }

  mutating func members(
    _ entries: [Setting.Entry], _ names: [String], of owner: String, _ fault: Fault
  ) -> [String: Setting] {
    var members: [String: Setting] = [:]
    for entry in entries {
      if names.contains(entry.key) {
        members[entry.key] = entry.value
      } else {
        diagnose(fault, entry.keyRange, "unknown key '\(entry.key)' in '\(owner)'", didYouMean(entry.key, among: names, plural: "keys"))
      }
    }
    return members
  }

  mutating func required(
    _ name: String, _ row: (item: Setting, members: [String: Setting]), _ entry: Setting.Entry
  ) -> Setting? {
    if let setting = row.members[name], setting.text != nil { return setting }
    diagnose(
      .frontMatterType, row.members[name]?.range ?? row.item.range,
      "an item of '\(entry.key)' has no '\(name)'", ["'\(name)' is text"])
    return nil
  }

  mutating func keyFigures(_ entry: Setting.Entry) -> [FrontMatter.KeyFigure] {
    rows(entry, ["label", "value", "format"]).compactMap { row in
      guard let label = required("label", row, entry), let value = required("value", row, entry) else { return nil }
      let path = value.text ?? ""
      let isPath = !path.isEmpty && !path.contains { " \t{}|".contains($0) }
      guard isPath else {
        diagnose(.valueSyntax, value.range, "'\(path)' is no path of a value", ["write 'value: id.path', without braces"])
        return nil
      }
      let use = ValueUse(
        path: path, format: row.members["format"]?.text, range: value.range, pathRange: value.range,
        formatRange: row.members["format"]?.range)
      return FrontMatter.KeyFigure(label: label.text ?? "", value: use)
    }
  }

  mutating func facts(_ entry: Setting.Entry) -> [FrontMatter.Fact] {
    rows(entry, ["label", "value"]).compactMap { row in
      guard let label = required("label", row, entry), let value = required("value", row, entry) else { return nil }
      return FrontMatter.Fact(label: label.text ?? "", value: inline(value.text ?? "", value))
    }
  }

  mutating func parameters(_ entry: Setting.Entry) -> [ParameterDeclaration] {
    guard let entries = entry.value.entries else {
      diagnose(
        .frontMatterType, entry.value.range, "'parameters' is a mapping, found \(entry.value.quoted)",
        ["write 'epochs: { type: integer, default: 10 }' below it"])
      return []
    }
    return entries.compactMap { parameter -> ParameterDeclaration? in
      guard CellSource.isID(parameter.key) else {
        diagnose(.parameterDeclaration, parameter.keyRange, "'\(parameter.key)' cannot be a parameter", ["a name begins with a letter and holds letters, digits, '-' and '_'"])
        return nil
      }
      guard let entries = parameter.value.entries else {
        diagnose(
          .parameterDeclaration, parameter.value.range, "parameter '\(parameter.key)' is a mapping, found \(parameter.value.quoted)",
          ["write '\(parameter.key): { type: integer, default: 10 }'"])
        return nil
      }
      let members = members(entries, ["type", "default", "range", "choices", "help", "private"], of: parameter.key, .parameterDeclaration)
      do throws(Diagnostic) {
        return try ParameterDeclaration(parameter.key, at: parameter.keyRange, members)
      } catch {
        diagnostics.append(error)
        return nil
      }
    }
  }
}

extension [ReportNode] {
  /// The text of all paragraphs as one line of text.
  var inlineSpans: [Span] {
    var result: [Span] = []
    for node in self {
      switch node.content {
      case .paragraph(let spans), .heading(_, let spans): result += (result.isEmpty ? [] : [.text(" ")]) + spans
      default: continue
      }
    }
    return result
  }
}
