import Foundation

extension BibliographyItem {
  /// The works of a BibTeX file, and what is wrong with it, in its order.
  static func items(parsingBibTeX text: String, file: String) -> (items: [BibliographyItem], diagnostics: [Diagnostic])
  {
    let file = BibTeX(parsing: text, file: file)
    var (items, diagnostics): ([BibliographyItem], [Diagnostic]) = ([], file.diagnostics)
    for entry in file.entries {
      var reader = EntryReader(entry)
      if let item = reader.item() { items.append(item) }
      diagnostics += reader.diagnostics
    }
    return (items, diagnostics)
  }

  /// BibTeX's and biblatex's types of entries as CSL's types of items.
  /// Source: as pandoc and citeproc map them; CSL 1.0.2, appendix III.
  static let typesOfBibTeX: [String: String] = [
    "article": "article-journal", "book": "book", "mvbook": "book", "booklet": "pamphlet", "collection": "book",
    "conference": "paper-conference", "dataset": "dataset", "electronic": "webpage", "inbook": "chapter",
    "incollection": "chapter", "inproceedings": "paper-conference", "manual": "report", "mastersthesis": "thesis",
    "misc": "article", "online": "webpage", "patent": "patent", "periodical": "book", "phdthesis": "thesis",
    "proceedings": "book", "reference": "book", "report": "report", "software": "software", "standard": "standard",
    "techreport": "report", "thesis": "thesis", "unpublished": "manuscript", "www": "webpage",
  ]
}

/// Reads the fields of one entry.
private struct EntryReader {
  let entry: BibTeX.Entry
  private(set) var diagnostics: [Diagnostic] = []

  init(_ entry: BibTeX.Entry) { self.entry = entry }

  mutating func item() -> BibliographyItem? {
    guard let type = BibliographyItem.typesOfBibTeX[entry.type] else {
      diagnose(
        entry.typeRange, entry.line, "unknown type of entry '@\(entry.type)'",
        didYouMean(entry.type, among: BibliographyItem.typesOfBibTeX.keys, plural: "types"))
      return nil
    }
    guard let title = title("title", "subtitle") else {
      diagnose(entry.range, entry.line, "'\(entry.key)' has no title", ["add 'title = {…}'"])
      return nil
    }
    var item = BibliographyItem(id: entry.key, type: type, title: title)
    item.authors = names("author")
    item.editors = names("editor")
    item.container = first("journal", "journaltitle") ?? self.title("booktitle", "booksubtitle")
    item.volume = first("volume")
    let number = first("number")
    item.issue = first("issue") ?? (type == "article-journal" ? number : nil)
    item.number = type == "article-journal" ? first("eid") : number
    item.page = first("pages").map { $0.replacing("\u{2013}", with: "-") }
    item.publisher = first("publisher", "school", "institution", "organization")
    item.edition = first("edition")
    item.version = first("version")
    item.doi = verbatim("doi").map { doi in
      ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/", "doi:"]
        .first { doi.lowercased().hasPrefix($0) }.map { String(doi.dropFirst($0.count)).trimmedOfSpaces } ?? doi
    }
    item.url = verbatim("url")
    setEprint(&item)
    setHowPublished(&item)
    setDate(&item)
    switch entry.type {
    case "phdthesis": item.genre = "Doctoral dissertation"
    case "mastersthesis": item.genre = "Master\u{2019}s thesis"
    default:
      item.genre =
        ["phdthesis": "Doctoral dissertation", "mathesis": "Master\u{2019}s thesis"][entry.fields["type"]?.text ?? ""]
        ?? first("type")
    }
    return item
  }

  private mutating func diagnose(_ range: SourceRange, _ line: String, _ summary: String, _ help: [String]) {
    diagnostics.append(Diagnostic(.bibliographyFile, at: range, summary, help: help, line: line))
  }

  // MARK: Text

  /// LaTeX as text; a command without a meaning is a mistake at the field.
  private mutating func plain(_ latex: String, _ field: BibTeX.Field) -> String {
    let text = BibTeXText(latex)
    if let unknown = text.unknown {
      let place = field.line.unicodeScalars.count >= field.range.column ? column(of: "\\\(unknown)", in: field) : nil
      var range = field.range
      if let place { (range.column, range.length) = (place, unknown.count + 1) }
      diagnose(
        range, field.line, "the command '\\\(unknown)' has no meaning in a bibliography",
        ["write the character itself, or the text without the command"])
    }
    return text.text
  }

  /// Where a command stands on the field's first line.
  private func column(of command: String, in field: BibTeX.Field) -> Int? {
    field.line.range(of: command).map { field.line[..<$0.lowerBound].unicodeScalars.count + 1 }
  }

  /// The first of these fields that the entry has.
  private mutating func first(_ names: String...) -> String? {
    for name in names {
      guard let field = entry.fields[name] else { continue }
      let text = plain(field.text, field)
      if !text.isEmpty { return text }
    }
    return nil
  }

  private mutating func title(_ name: String, _ sub: String) -> String? {
    guard let title = first(name) else { return nil }
    guard let subtitle = first(sub) else { return title }
    return title + (title.last.map { ":?!.".contains($0) } == true ? " " : ": ") + subtitle
  }

  /// An address: no dashes and quotes are made of its characters.
  private func verbatim(_ name: String) -> String? {
    guard var text = entry.fields[name]?.text else { return nil }
    if let inner = text.firstMatch(of: /\\url\s*\{([^{}]*)\}/) { text = String(inner.1) }
    for character in "_%&#~{}" { text = text.replacing("\\\(character)", with: String(character)) }
    text = text.filter { !$0.isWhitespace && $0 != "{" && $0 != "}" }
    return text.isEmpty ? nil : text
  }

  private func setEprint(_ item: inout BibliographyItem) {
    guard item.url == nil, let number = verbatim("eprint") else { return }
    let archive = (entry.fields["archiveprefix"] ?? entry.fields["eprinttype"])?.text.lowercased()
    guard archive == "arxiv" else { return }
    item.url = "https://arxiv.org/abs/\(number)"
    if item.container == nil, item.publisher == nil { item.publisher = "arXiv" }
  }

  private mutating func setHowPublished(_ item: inout BibliographyItem) {
    guard let field = entry.fields["howpublished"] else { return }
    if field.text.contains("\\url") || field.text.hasPrefix("http") {
      item.url = item.url ?? verbatim("howpublished")
    } else if item.publisher == nil {
      item.publisher = plain(field.text, field)
    }
  }

  /// `date = {2020-03-01}`, or `year` and `month`.
  private mutating func setDate(_ item: inout BibliographyItem) {
    if let date = entry.fields["date"], let parts = date.text.firstMatch(of: /^\s*(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?/) {
      item.year = Int(parts.1)
      item.month = parts.2.flatMap { Int($0) }.flatMap { (1...12).contains($0) ? $0 : nil }
      item.day = item.month == nil ? nil : parts.3.flatMap { Int($0) }.flatMap { (1...31).contains($0) ? $0 : nil }
      return
    }
    guard let text = first("year", "date") else { return }
    guard let year = text.firstMatch(of: /\d{4}/) else {
      item.dateText = text
      return
    }
    item.year = Int(year.0)
    guard let words = first("month") else { return }
    let short = words.prefix(3).lowercased()
    item.month =
      CivilDate.months.firstIndex { $0.lowercased().hasPrefix(short) }.map { $0 + 1 }
      ?? Int(words).flatMap { (1...12).contains($0) ? $0 : nil }
    if item.month != nil {
      item.day = words.firstMatch(of: /\b([1-9]|[12]\d|3[01])\b/).flatMap { Int($0.0) == Int(words) ? nil : Int($0.0) }
    }
  }

  // MARK: Names

  private mutating func names(_ name: String) -> [BibliographyItem.Name] {
    guard let field = entry.fields[name] else { return [] }
    var result: [BibliographyItem.Name] = []
    for person in Self.split(field.text, at: .and) {
      let person = person.trimmedOfSpaces
      if person.isEmpty {
        diagnose(field.range, field.line, "'and' in '\(name)' joins no name", ["write 'Last, First and Last, First'"])
      } else if person.lowercased() == "others" {
        result.append(.others)
      } else if let found = self.name(person, field) {
        result.append(found)
      }
    }
    return result
  }

  /// "First von Last", "von Last, First", "von Last, Jr, First"; what stands in braces as a whole is an organization.
  /// Source: O. Patashnik, "BibTeXing", section 4; T. Markey, "Tame the BeaST", section 11.
  private mutating func name(_ text: String, _ field: BibTeX.Field) -> BibliographyItem.Name? {
    if text.hasPrefix("{"), text.hasSuffix("}"), Self.isOneGroup(text) {
      return BibliographyItem.Name(literal: plain(text, field))
    }
    let parts = Self.split(text, at: .comma).map { Self.split($0, at: .space).filter { !$0.isEmpty } }
    guard parts.count <= 3 else {
      diagnose(
        field.range, field.line, "a name with \(parts.count - 1) commas: '\(text.prefix(60))'",
        ["names are parted by 'and', not by commas"])
      return nil
    }
    func joined(_ words: some Sequence<String>) -> String? {
      let text = words.joined(separator: " ")
      return text.isEmpty ? nil : text
    }
    var (given, von, family, suffix): ([String], [String], [String], [String]) = ([], [], [], [])
    if parts.count == 1 {
      let words = parts[0]
      let lower = words.dropLast().indices.filter { Self.isLower(words[$0]) }
      if let first = lower.first, let last = lower.last {
        (given, von, family) = (Array(words[..<first]), Array(words[first...last]), Array(words[(last + 1)...]))
      } else {
        (given, family) = (Array(words.dropLast()), Array(words.suffix(1)))
      }
    } else {
      let words = parts[0]
      let last = words.dropLast().lastIndex(where: Self.isLower)
      (von, family) = last.map { (Array(words[...$0]), Array(words[($0 + 1)...])) } ?? ([], words)
      if parts.count == 3 { suffix = parts[1] }
      given = parts[parts.count - 1]
    }
    var name = BibliographyItem.Name()
    name.given = joined(given).map { plain($0, field) }
    name.particle = joined(von).map { plain($0, field) }
    name.family = joined(family).map { plain($0, field) }
    name.suffix = joined(suffix).map { plain($0, field) }
    return name
  }

  private enum Separator { case and, comma, space }

  /// Parts text where no brace is open.
  private static func split(_ text: String, at separator: Separator) -> [String] {
    var (parts, depth): ([String], Int) = ([""], 0)
    let characters = Array(text)
    var index = 0
    func isSpace(_ index: Int) -> Bool { characters.indices.contains(index) ? characters[index].isWhitespace : true }
    while index < characters.count {
      let character = characters[index]
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      let isHere: Bool =
        switch separator {
        case .comma: character == ","
        case .space: character.isWhitespace || character == "~"
        case .and:
          isSpace(index - 1) && isSpace(index + 3) && index + 3 <= characters.count
            && String(characters[index..<(index + 3)]).lowercased() == "and"
        }
      if depth == 0, isHere {
        parts.append("")
        index += separator == .and ? 3 : 1
      } else {
        parts[parts.count - 1].append(character)
        index += 1
      }
    }
    return parts
  }

  /// Whether the first brace is closed by the last.
  private static func isOneGroup(_ text: String) -> Bool {
    var depth = 0
    for (offset, character) in text.enumerated() {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if depth == 0 { return offset == text.count - 1 }
    }
    return false
  }

  /// Whether a word belongs to the "von" part: its first letter is a small one. A word in braces is not.
  private static func isLower(_ word: String) -> Bool {
    if word.hasPrefix("{"), !word.hasPrefix("{\\") { return false }
    return BibTeXText(word).text.first { $0.isLetter }?.isLowercase ?? false
  }
}
