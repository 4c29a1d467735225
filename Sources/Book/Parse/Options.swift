/// The options of a cell, taken one by one by its `init`.
///
/// Each `take` reads one option. A mistake is kept with its exact place, and the default or a placeholder is returned, so
/// that reading goes on and all mistakes are found at once. What is never taken is an unknown option.
///
/// What is taken enters the compute key, so that a change runs the cell again; `enters: .render` says that an option
/// (a width, a colour) changes only how the cell is shown. Captions and Markdown always enter the render key alone.
///
/// ```swift
/// init(_ options: inout Options) {
///   model = options.takeReference("model", kinds: ["train"])
///   resamples = options.take("bootstrap", default: 1000, in: 0...100_000)
///   width = options.takeChoice("width", default: "120", of: ["85", "120", "166"], enters: .render)
///   caption = options.takeCaption()
/// }
/// ```
public struct Options: Sendable {
  public enum Key: Sendable { case compute, render }

  /// The cell they belong to.
  public let kind, id: String
  /// Where the cell begins.
  public let range: SourceRange

  private let language: String
  private let entries: [Setting.Entry]
  private let parameters: [String: Value]
  /// Names that are no mistake although they have no value, because their declaration has one of its own.
  private let isUnreadable: @Sendable (String) -> Bool
  /// The names of the options that were taken, in order: after the cell's `init`, all that its kind has.
  public private(set) var taken: [String] = []
  /// The parameters that options name.
  private(set) var usedParameters: Set<String> = []

  private(set) var diagnostics: [Diagnostic] = []
  /// What enters the compute key, by option.
  private(set) var computed: [String: Value] = [:]
  /// What enters the render key, by option.
  private(set) var rendered: [String: Value] = [:]
  private(set) var references: [(option: String, reference: Reference, kinds: [String]?)] = []
  /// Captions and other Markdown, to check what is written inside.
  private(set) var markdown: [(setting: Setting, allowed: [Double])] = []
  /// Values that options name outside of Markdown.
  private(set) var values: [ValueUse] = []

  init(
    kind: String, id: String, at range: SourceRange, _ mapping: Setting, parameters: [String: Value], language: String = "en",
    isUnreadable: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    (self.kind, self.id, self.range) = (kind, id, range)
    (self.parameters, self.language, self.isUnreadable) = (parameters, language, isUnreadable)
    entries = mapping.entries ?? []
  }

  /// Reads options from YAML outside of a report: for tests of a cell kind.
  public init(
    yaml: String, kind: String = "cell", id: String = "cell", parameters: [String: Value] = [:], language: String = "en"
  ) throws(Diagnostic) {
    let source = SourceText(file: "options.yaml", text: yaml)
    let mapping = try Setting.mapping(parsing: source.text, at: YAMLPlace(source: source, firstLine: 1))
    self.init(kind: kind, id: id, at: source.range(line: 1), mapping, parameters: parameters, language: language)
  }

  /// The mistakes so far, with options that nothing took; call it after the cell's `init`.
  public var mistakes: [Diagnostic] {
    diagnostics
      + entries.filter { !taken.contains($0.key) }.map { entry in
        Diagnostic(
          .unknownOption, at: entry.keyRange, "unknown option '\(entry.key)' of '\(kind)'",
          help: didYouMean(entry.key, among: taken, plural: "options"))
      }
  }

  /// Whether the report gives the option.
  public func isPresent(_ name: String) -> Bool { entries.contains { $0.key == name } }

  /// The language of the report, a tag of BCP 47, for a cell whose values are words: it enters the compute key.
  public mutating func reportLanguage() -> String { record("language", language, .compute) }

  // MARK: Values

  /// The option, or its default when the report leaves it out.
  public mutating func take<T: OptionValue>(_ name: String, default value: T, enters key: Key = .compute) -> T {
    record(name, read(name, as: T.self) ?? value, key)
  }

  /// The option within a range, both ends included.
  public mutating func take<T: OptionValue & Comparable>(
    _ name: String, default value: T, in range: ClosedRange<T>, enters key: Key = .compute
  ) -> T {
    record(name, inRange(name, read(name, as: T.self), range) ?? value, key)
  }

  /// The option, or nil when the report leaves it out.
  public mutating func takeIfPresent<T: OptionValue>(
    _ name: String, as type: T.Type = T.self, enters key: Key = .compute
  ) -> T? {
    read(name, as: T.self).map { record(name, $0, key) }
  }

  /// The option within a range, or nil when the report leaves it out.
  public mutating func takeIfPresent<T: OptionValue & Comparable>(
    _ name: String, in range: ClosedRange<T>, enters key: Key = .compute
  ) -> T? {
    inRange(name, read(name, as: T.self), range).map { record(name, $0, key) }
  }

  /// The option; leaving it out is a mistake.
  public mutating func takeRequired<T: OptionValue>(
    _ name: String, as type: T.Type = T.self, enters key: Key = .compute
  ) -> T {
    require(name, T.expectation)
    return record(name, read(name, as: T.self) ?? T.placeholder, key)
  }

  /// The option within a range; leaving it out is a mistake.
  public mutating func takeRequired<T: OptionValue & Comparable>(
    _ name: String, in range: ClosedRange<T>, enters key: Key = .compute
  ) -> T {
    require(name, T.expectation)
    return record(name, inRange(name, read(name, as: T.self), range) ?? range.lowerBound, key)
  }

  /// One of the words; without a default, leaving it out is a mistake.
  public mutating func takeChoice(
    _ name: String, default value: String? = nil, of choices: [String], enters key: Key = .compute
  ) -> String {
    if value == nil { require(name, "one of " + choices.joined(separator: ", ")) }
    var chosen = read(name, as: String.self)
    if let word = chosen, !choices.contains(word) {
      diagnose(
        .notAChoice, name, "'\(word)' is none of the choices of '\(name)'",
        help: didYouMean(word, among: choices, plural: "choices"))
      chosen = nil
    }
    return record(name, chosen ?? value ?? choices.first ?? "", key)
  }

  /// A case of an enumeration whose raw values are the words of the report.
  public mutating func takeChoice<T: RawRepresentable<String> & CaseIterable>(
    _ name: String, default value: T, enters key: Key = .compute
  ) -> T {
    let word = takeChoice(name, default: value.rawValue, of: T.allCases.map(\.rawValue), enters: key)
    return T(rawValue: word) ?? value
  }

  // MARK: Cells, files and Markdown

  /// The id of another cell, one of `kinds` when given; leaving it out is a mistake.
  public mutating func takeReference(_ name: String, kinds: [String]? = nil) -> Reference {
    require(name, "the id of a cell")
    return takeReferenceIfPresent(name, kinds: kinds) ?? Reference("")
  }

  /// The id of another cell, or nil when the report leaves it out.
  public mutating func takeReferenceIfPresent(_ name: String, kinds: [String]? = nil) -> Reference? {
    guard let id = read(name, as: String.self) else { return nil }
    return refer(name, id, at: setting(name)?.range, kinds)
  }

  /// The ids of other cells: a list, or one alone. Empty when the report leaves it out.
  public mutating func takeReferences(_ name: String, kinds: [String]? = nil) -> [Reference] {
    guard let setting = setting(name) else {
      taken.append(name)
      return []
    }
    if setting.text != nil { return takeReferenceIfPresent(name, kinds: kinds).map { [$0] } ?? [] }
    let ids = read(name, as: [String].self) ?? []
    return zip(ids, setting.items ?? []).map { refer(name, $0, at: $1.range, kinds) }
  }

  /// A file or folder, as written: relative paths start at the report's folder. The path enters no key; its content does,
  /// through ``Cell/inputs(_:)``. Without a default, leaving it out is a mistake.
  public mutating func takePath(_ name: String, default path: String? = nil) -> String {
    if path == nil { require(name, "a path") }
    let path = read(name, as: String.self) ?? path ?? ""
    if path.isEmpty, setting(name)?.text == "" { diagnose(.optionType, name, "'\(name)' is an empty path") }
    if path.utf8.contains(0) { diagnose(.optionType, name, "the path of '\(name)' holds a zero byte") }
    return path
  }

  /// A file or folder, or nil when the report leaves it out.
  public mutating func takePathIfPresent(_ name: String) -> String? {
    isPresent(name) ? takePath(name) : read(name, as: String.self)
  }

  /// Files or folders: a list, or one alone. Empty when the report leaves it out.
  public mutating func takePaths(_ name: String) -> [String] {
    guard let setting = setting(name) else {
      taken.append(name)
      return []
    }
    if setting.text != nil { return [takePath(name)] }
    let paths = read(name, as: [String].self) ?? []
    if paths.contains("") { diagnose(.optionType, name, "'\(name)' has an empty path") }
    if paths.contains(where: { $0.utf8.contains(0) }) { diagnose(.optionType, name, "a path of '\(name)' holds a zero byte") }
    return paths
  }

  /// The caption, Markdown with inline values; every figure and table has one.
  public mutating func takeCaption() -> String {
    let setting = setting("caption")
    let isMissing = setting.map { $0.isNull || $0.text?.allSatisfy(\.isWhitespace) ?? false } ?? true
    guard isMissing else { return takeMarkdown("caption") }
    taken.append("caption")
    diagnostics.append(
      Diagnostic(
        .missingCaption, at: setting?.range ?? range, "'\(id)' has no caption",
        help: ["add 'caption: what is to be seen'"]))
    return ""
  }

  /// Markdown with inline values, references and citations, to be given back by `present`.
  /// - Parameters:
  ///   - isRequired: whether leaving it out is a mistake.
  ///   - numbers: those that may stand beside a metric, being what a claim compares with.
  public mutating func takeMarkdown(
    _ name: String, default text: String = "", isRequired: Bool = false, allowing numbers: [Double] = []
  ) -> String {
    if isRequired { require(name, "Markdown") }
    if let setting = setting(name), setting.text != nil, let resolved = resolve(setting) { markdown.append((resolved, numbers)) }
    return record(name, read(name, as: String.self) ?? text, .render)
  }

  /// Markdown by name, `{ 3a: …, 17: … }`, each of the names one of those known; empty when the report leaves it out.
  public mutating func takeMarkdowns(_ name: String, for known: [String], plural: String) -> [String: String] {
    if !taken.contains(name) { taken.append(name) }
    guard let setting = setting(name), !setting.isNull else { return [:] }
    guard let entries = setting.entries else {
      diagnose(.optionType, name, "'\(name)' is a mapping, found \(setting.quoted)", help: ["write '\(name): { \(known.first ?? "name"): … }'"])
      return [:]
    }
    var texts: [String: String] = [:]
    for entry in entries {
      guard known.contains(entry.key) else {
        diagnostics.append(
          Diagnostic(
            .optionMeaning, at: entry.keyRange, "'\(name)' names '\(entry.key)', which is none of the \(plural)",
            help: didYouMean(entry.key, among: known, plural: plural)))
        continue
      }
      guard let text = entry.value.text, !text.allSatisfy(\.isWhitespace) else {
        diagnostics.append(Diagnostic(.optionType, at: entry.value.range, "'\(entry.key)' is text, found \(entry.value.quoted)"))
        continue
      }
      markdown.append((entry.value, []))
      texts[entry.key] = text
      rendered["\(name).\(entry.key)"] = .text(text)
    }
    return texts
  }

  /// What must hold of values of other cells, which are needed for it; leaving it out is a mistake. Nil when it cannot be read.
  public mutating func takePredicate(_ name: String) -> ClaimPredicate? {
    require(name, "such as 'eval.macro.auroc >= 0.9'")
    guard let text = read(name, as: String.self), let setting = setting(name) else { return nil }
    let shift = if case .scalar(_, isQuoted: true) = setting.content { 1 } else { 0 }
    func place(_ offset: Int, _ length: Int) -> SourceRange {
      SourceRange(file: setting.range.file, line: setting.range.line, column: setting.range.column + shift + offset, length: length)
    }
    for word in text.split(whereSeparator: { " ()<>=!".contains($0) }) where word.hasPrefix("$") { usedParameters.insert(String(word.dropFirst())) }
    do throws(ClaimPredicate.Mistake) {
      let predicate = try ClaimPredicate(parsing: record(name, text, .compute), parameters: parameters, place: place)
      values += predicate.paths
      for use in predicate.paths where !references.contains(where: { $0.reference.id == use.head }) {
        references.append((name, Reference(use.head, range: use.pathRange), nil))
      }
      return predicate
    } catch {
      diagnostics.append(Diagnostic(.predicate, at: place(error.offset, error.length), error.summary, help: error.help))
      return nil
    }
  }

  // MARK: Mistakes

  /// Reports what the cell itself finds wrong with an option: "bootstrap needs at least 100 replicates".
  public mutating func fail(_ name: String, _ summary: String, help: String...) {
    diagnose(.optionMeaning, name, summary, help: help)
  }

  private mutating func diagnose(_ fault: Fault, _ name: String, _ summary: String, help: [String] = []) {
    diagnostics.append(Diagnostic(fault, at: setting(name)?.range ?? range, summary, help: help))
  }

  private mutating func require(_ name: String, _ expectation: String) {
    guard !isPresent(name) else { return }
    diagnostics.append(
      Diagnostic(
        .missingOption, at: range, "'\(kind)' needs the option '\(name)'",
        help: ["add '\(name): …', \(expectation)"]))
  }

  // MARK: Reading

  private func setting(_ name: String) -> Setting? { entries.first { $0.key == name }?.value }

  private mutating func record<T: OptionValue>(_ name: String, _ value: T, _ key: Key) -> T {
    switch key {
    case .compute: computed[name] = value.value
    case .render: rendered[name] = value.value
    }
    return value
  }

  private mutating func read<T: OptionValue>(_ name: String, as type: T.Type) -> T? {
    if !taken.contains(name) { taken.append(name) }
    guard let setting = setting(name), let resolved = resolve(setting) else { return nil }
    if let value = T(resolved) { return value }
    let origin = setting == resolved ? "" : ", which parameter \(setting.quoted) gives"
    let (part, expectation) = T.misfit(in: resolved)
    let subject = part == resolved ? "'\(name)' is" : "an item of '\(name)' is"
    diagnostics.append(
      Diagnostic(
        .optionType, at: part.range, "\(subject) \(expectation), found \(part.quoted)\(origin)", help: hint(T.self, resolved)))
    return nil
  }

  private func hint<T: OptionValue>(_ type: T.Type, _ setting: Setting) -> [String] {
    if T.self == Bool.self, let text = setting.text?.lowercased() {
      if ["yes", "on", "1"].contains(text) { return ["write 'true'"] }
      if ["no", "off", "0"].contains(text) { return ["write 'false'"] }
    }
    if case .scalar(let text, true) = setting.content, T(Setting(.scalar(text, isQuoted: false), at: setting.range)) != nil {
      return ["write it without quotes"]
    }
    return []
  }

  private mutating func inRange<T: OptionValue & Comparable>(_ name: String, _ value: T?, _ range: ClosedRange<T>) -> T? {
    guard let value, !range.contains(value) else { return value }
    diagnose(
      .outOfRange, name, "'\(name)' is \(value), outside of \(range.lowerBound)...\(range.upperBound)",
      help: ["choose a value from \(range.lowerBound) to \(range.upperBound)"])
    return nil
  }

  private mutating func refer(_ name: String, _ id: String, at range: SourceRange?, _ kinds: [String]?) -> Reference {
    let reference = Reference(id.hasPrefix("#") ? String(id.dropFirst()) : id, range: range)
    references.append((name, reference, kinds))
    return reference
  }

  /// The setting with `$name` replaced by the parameter's value; nil, with a diagnostic, when there is no such parameter.
  private mutating func resolve(_ setting: Setting) -> Setting? {
    switch setting.content {
    case .scalar(let text, isQuoted: false) where text.hasPrefix("$"):
      let name = String(text.dropFirst())
      usedParameters.insert(name)
      guard let value = parameters[name], let scalar = value.scalarText else {
        let diagnostic = Diagnostic(
          .unknownParameter, at: setting.range, "unknown parameter '\(text)'",
          help: didYouMean(name, among: parameters.keys, plural: "parameters"))
        if !isUnreadable(name), !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
        return nil
      }
      return Setting(.scalar(scalar, isQuoted: false), at: setting.range)
    case .sequence(let items):
      var resolved: [Setting] = []
      for item in items {
        guard let item = resolve(item) else { return nil }
        resolved.append(item)
      }
      return Setting(.sequence(resolved), at: setting.range)
    default: return setting
    }
  }
}
