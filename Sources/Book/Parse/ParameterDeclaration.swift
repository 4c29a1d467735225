/// A parameter of a report: `epochs: { type: integer, default: 10, range: 1...200 }`.
public struct ParameterDeclaration: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable { case path, integer, number, text, boolean, choice, folds }

  public var name: String
  public var kind: Kind
  public var defaultValue: Value
  public var range: ClosedRange<Double>?
  public var choices: [String]
  public var help: String?
  /// Whether its value is printed nowhere: a path that is called like a patient.
  public var isPrivate = false
  public var place: SourceRange

  init(_ name: String, at place: SourceRange, _ members: [String: Setting]) throws(Diagnostic) {
    func fault(_ setting: Setting?, _ summary: String, _ help: String) -> Diagnostic {
      Diagnostic(.parameterDeclaration, at: setting?.range ?? place, summary, help: [help])
    }
    let kinds = Kind.allCases.map(\.rawValue)
    guard let type = members["type"], let word = type.text else {
      throw fault(members["type"], "parameter '\(name)' has no type", "types: " + kinds.joined(separator: ", "))
    }
    guard let kind = Kind(rawValue: word) else {
      throw fault(type, "'\(word)' is no type of a parameter", didYouMean(word, among: kinds, plural: "types").joined())
    }
    (self.name, self.kind, self.place, help) = (name, kind, place, members["help"]?.text)

    if let setting = members["private"] {
      guard let flag = Bool(setting) else { throw fault(setting, "'private' is true or false, found \(setting.quoted)", "write 'private: true'") }
      isPrivate = flag
    }

    choices = []
    if let setting = members["choices"] {
      choices = (setting.items ?? []).compactMap(\.text)
      guard kind == .choice, !choices.isEmpty, choices.count == setting.items?.count else {
        throw fault(setting, "'choices' is a list of words for a parameter of type choice", "write 'choices: [one, two]'")
      }
    } else if kind == .choice {
      throw fault(nil, "parameter '\(name)' has no choices", "add 'choices: [one, two]'")
    }

    range = nil
    if let setting = members["range"] {
      guard kind == .integer || kind == .number else {
        throw fault(setting, "a range for a parameter of type \(kind.rawValue)", "only integer and number have a range")
      }
      let bounds = (setting.text ?? "").split(separator: "...", omittingEmptySubsequences: false).map { Double($0) }
      guard bounds.count == 2, let lower = bounds[0], let upper = bounds[1], lower <= upper else {
        throw fault(setting, "\(setting.quoted) is no range", "write 'range: 1...200'")
      }
      range = lower...upper
    }

    defaultValue = .boolean(false)
    guard let setting = members["default"] else {
      throw fault(nil, "parameter '\(name)' has no default", "add 'default: …'")
    }
    switch read(setting) {
    case .success(let value): defaultValue = value
    case .failure(let problem):
      throw Diagnostic(.parameterDeclaration, at: setting.range, "the default of '\(name)' \(problem.summary)", help: problem.help)
    }
  }

  struct Problem: Error {
    var summary: String  // "is an integer, found 'x'"
    var help: [String] = []
  }

  /// The value of a setting or of a command line's word.
  func read(_ setting: Setting) -> Result<Value, Problem> {
    func value<T: OptionValue>(_ type: T.Type) -> Result<Value, Problem> {
      guard let value = T(setting) else { return .failure(Problem(summary: "is \(T.expectation), found \(setting.quoted)")) }
      return .success(value.value)
    }
    switch kind {
    case .integer, .number:
      let result = kind == .integer ? value(Int.self) : value(Double.self)
      if let range, case .success(let number) = result {
        let double = if case .integer(let i) = number { Double(i) } else if case .number(let x) = number { x } else { 0.0 }
        guard range.contains(double) else {
          return .failure(Problem(summary: "is \(setting.quoted), outside of \(rangeText ?? "\(range)")"))
        }
      }
      return result
    case .boolean: return value(Bool.self)
    case .text: return value(String.self)
    case .path, .folds:
      guard let text = setting.text, !text.isEmpty else { return .failure(Problem(summary: "is empty")) }
      return .success(.text(text))
    case .choice:
      guard let text = setting.text, choices.contains(text) else {
        return .failure(
          Problem(
            summary: "is one of \(choices.joined(separator: ", ")), found \(setting.quoted)",
            help: setting.text.flatMap { suggestion(for: $0, among: choices) }.map { ["did you mean '\($0)'?"] } ?? []))
      }
      return .success(.text(text))
    }
  }

  /// "1...200"; nil when any value will do.
  public var rangeText: String? { range.map { "\(text($0.lowerBound))...\(text($0.upperBound))" } }

  private func text(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? "\(bound)" }
}
