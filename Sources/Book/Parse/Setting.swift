import Yams

/// A YAML value with the place where it stands.
public struct Setting: Sendable, Equatable {
  public indirect enum Content: Sendable, Equatable {
    case null
    case scalar(String, isQuoted: Bool)
    case sequence([Setting])
    case mapping([Entry])
  }
  public struct Entry: Sendable, Equatable {
    public var key: String
    public var keyRange: SourceRange
    public var value: Setting
  }
  public var content: Content
  public var range: SourceRange

  public init(_ content: Content, at range: SourceRange) { (self.content, self.range) = (content, range) }

  /// The text of a scalar.
  public var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
  public var items: [Setting]? { if case .sequence(let items) = content { items } else { nil } }
  public var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }
  public var isNull: Bool { content == .null }

  /// The value as messages quote it.
  var quoted: String {
    switch content {
    case .null: "nothing"
    case .scalar(let text, _): "'\(text.count > 60 ? String(text.prefix(57)) + "…" : text)'"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

/// Where a YAML text stands within a report.
struct YAMLPlace {
  var source: SourceText
  var firstLine: Int  // the line of the report that the text's first line is
  var indents: [Int] = []  // per line of the text, how many columns the report has before it; 0 beyond the end

  func range(line: Int, column: Int, length: Int = 1) -> SourceRange {
    let indent = indents.indices.contains(line - 1) ? indents[line - 1] : 0
    let number = firstLine + line - 1
    let place = source.range(line: number, column: column + indent, length: length)
    guard let text = source.line(number) else {  // at the end of the text: the last line is a better place
      return source.range(ofLine: max(min(number, source.lines.count), 1))
    }
    let rest = text.unicodeScalars.count - place.column + 1
    return SourceRange(
      file: place.file, line: place.line, column: place.column, length: max(1, min(length, max(rest, 1))))
  }
}

extension Setting {
  /// The mapping that a YAML text holds; an empty text is an empty mapping.
  static func mapping(parsing yaml: String, at place: YAMLPlace) throws(Diagnostic) -> Setting {
    let start = place.range(line: 1, column: 1)
    if let problem = excess(of: yaml) { throw Diagnostic(.tooDeep, at: start, problem) }
    let node: Node?
    do {
      // The default encoding would ask the environment each time.
      node = try Yams.compose(yaml: yaml, .default, .default, .utf8)
    } catch let error as YamlError {
      throw diagnostic(for: error, yaml: yaml, at: place)
    } catch {
      throw Diagnostic(.yamlSyntax, at: start, "YAML cannot be parsed: \(error)")
    }
    guard let node else { return Setting(.mapping([]), at: start) }
    var budget = 100_000
    let setting = try convert(node, at: place, start: start, budget: &budget)
    switch setting.content {
    case .mapping: return setting
    case .null: return Setting(.mapping([]), at: start)
    default:
      throw Diagnostic(
        .yamlSyntax, at: setting.range, "expected 'name: value' lines, found \(setting.quoted)",
        help: ["write a space after the colon: 'name: value'"])
    }
  }

  private static func convert(
    _ node: Node, at place: YAMLPlace, start: SourceRange, budget: inout Int
  ) throws(Diagnostic) -> Setting {
    budget -= 1
    let mark = node.mark
    let range = mark.map { place.range(line: $0.line, column: $0.column) } ?? start
    guard budget > 0 else { throw Diagnostic(.tooDeep, at: range, "more than 100,000 values") }
    switch node {
    case .scalar(let scalar):
      let quoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
      let isBlock = scalar.style == .literal || scalar.style == .folded
      let length = isBlock ? 1 : scalar.string.unicodeScalars.count + (quoted ? 2 : 0)
      let placed = mark.map { place.range(line: $0.line, column: $0.column, length: max(length, 1)) } ?? start
      let isNull = !quoted && !isBlock && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return Setting(isNull ? .null : .scalar(scalar.string, isQuoted: quoted || isBlock), at: placed)
    case .sequence(let sequence):
      var items: [Setting] = []
      for item in sequence { items.append(try convert(item, at: place, start: start, budget: &budget)) }
      return Setting(.sequence(items), at: range)
    case .mapping(let mapping):
      var entries: [Entry] = []
      for (key, value) in mapping {
        let keySetting = try convert(key, at: place, start: start, budget: &budget)
        guard let name = keySetting.text else {
          throw Diagnostic(.yamlSyntax, at: keySetting.range, "a key is a word, found \(keySetting.quoted)")
        }
        var value = try convert(value, at: place, start: start, budget: &budget)
        if value.isNull { value.range = keySetting.range }
        entries.append(Entry(key: name, keyRange: keySetting.range, value: value))
      }
      return Setting(.mapping(entries), at: range)
    case .alias:
      throw Diagnostic(.yamlSyntax, at: range, "an alias; write the value out")
    }
  }

  private static func diagnostic(for error: YamlError, yaml: String, at place: YAMLPlace) -> Diagnostic {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      // What is missing at the end of the text is missing for what was begun earlier.
      let isAtEnd = mark.line > yaml.utf8.count { $0 == UInt8(ascii: "\n") }
      let mark = isAtEnd ? context?.mark ?? mark : mark
      let summary = "YAML cannot be parsed: " + (context.map { "\($0.text), " } ?? "") + problem
      return Diagnostic(
        .yamlSyntax, at: place.range(line: mark.line, column: mark.column), summary,
        help: problem.contains("mapping values are not allowed")
          ? ["text that holds ': ' stands in quotes"]
          : problem.contains("cannot start any token") ? ["text that begins with '@', '`' or '%' stands in quotes; indentation is spaces"] : [])
    case .duplicatedKeysInMapping(let duplicates, let context):
      let key = duplicates.first ?? ""
      var range = place.range(line: context.mark.line, column: context.mark.column, length: key.unicodeScalars.count)
      // Yams names the first of the two; the second is the one to remove.
      let lines = SourceText(file: "", text: yaml)
      if let second = lines.find("\(key):", from: context.mark.line, column: context.mark.column + 1) {
        range = place.range(line: second.line, column: second.column, length: key.unicodeScalars.count)
      }
      return Diagnostic(.duplicateKey, at: range, "'\(key)' is given twice", help: ["keep one of the two"])
    case .reader(let problem, _, _, _):
      return Diagnostic(.yamlSyntax, at: place.range(line: 1, column: 1), "YAML cannot be read: \(problem)")
    default:
      return Diagnostic(.yamlSyntax, at: place.range(line: 1, column: 1), "YAML cannot be parsed")
    }
  }

  /// Why a text is refused before it is parsed: nesting that would exhaust the stack, aliases that would multiply.
  private static func excess(of yaml: String) -> String? {
    var depth = 0, deepest = 0, aliases = 0
    for line in yaml.utf8.split(separator: UInt8(ascii: "\n")) {
      let indent = line.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "?") }.count
      if indent > 120 { return "nested too deeply: a line begins with \(indent) spaces and dashes; at most 120" }
      var previous = UInt8(ascii: " ")
      for byte in line {
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(depth - 1, 0)
        case UInt8(ascii: "*") where " ,[{:".utf8.contains(previous): aliases += 1
        default: break
        }
        deepest = max(deepest, depth)
        previous = byte
      }
    }
    if deepest > 60 { return "nested too deeply: \(deepest) brackets are open at once; at most 60" }
    if aliases > 40 { return "\(aliases) words begin with '*', as aliases do; at most 40 in one YAML text" }
    return nil
  }
}
