import Foundation

/// The language in which the engine speaks of itself: what it calls a figure, a page or a value that is not there, and
/// the sign before its decimals. Everything else on a page is written by its author.
///
/// A report names its language in front matter; ``current`` carries it to whatever writes or draws a part of the page.
/// Values, results and data files never depend on it.
public struct Language: Sendable {
  /// The tag in use: `de` where `de-AT` was asked for.
  public let code: String
  private let phrases: [Phrase: [Template]]  // the forms of each
  /// What stands before decimals.
  public let decimalSign: String

  /// What is being written now; English where nobody said another.
  @TaskLocal public static var current = Language.english

  private static let files: [String: Result<Language, WordingError>] = [
    "de": result(parsing: PackageResources.phrases_de_csv, "de"),
    "en": result(parsing: PackageResources.phrases_en_csv, "en"),
  ]

  /// The languages that there are, sorted.
  public static let codes: [String] = files.keys.sorted()

  /// The language that is always there; a file that cannot be read leaves keys for its texts.
  public static let english = (try? Language("en")) ?? Language(code: "en", phrases: [:])

  /// - Parameter tag: a language tag (BCP 47); its primary subtag decides, in upper or lower case.
  /// - Throws: ``WordingError`` for a language that is not there, with those that are.
  public init(_ tag: String) throws(WordingError) {
    guard let found = Self.files[tag.prefix { $0 != "-" }.lowercased()] else {
      throw WordingError(
        place: "language '\(tag)'",
        problem: "there are no words for it; expected one of \(Self.codes.joined(separator: ", "))")
    }
    self = try found.get()
  }

  /// Does something in a language; in English where there are no words for the tag.
  public static func speaking<R>(_ tag: String, _ body: () throws -> R) rethrows -> R {
    try $current.withValue((try? Language(tag)) ?? .english, operation: body)
  }

  private init(code: String, phrases: [Phrase: [Template]]) {
    (self.code, self.phrases) = (code, phrases)
    decimalSign = phrases[.decimalSign]?.first?.filled(with: []) ?? "."
  }

  /// - Throws: ``WordingError``, naming the first line that is wrong.
  init(parsing data: Data, code: String, from name: String) throws(WordingError) {
    var phrases: [Phrase: [Template]] = [:]
    for (fields, place) in try tableRows(of: data, columns: ["key", "text"], from: name) {
      guard let phrase = Phrase(rawValue: fields[0]) else {
        throw WordingError(place: place, problem: "no phrase of the program has the key '\(fields[0])'")
      }
      let forms = fields[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard forms.allSatisfy({ !$0.isEmpty }) else {
        throw WordingError(place: place, problem: "'\(fields[0])' has no text")
      }
      guard phrases.updateValue(forms.map { Template($0) }, forKey: phrase) == nil else {
        throw WordingError(place: place, problem: "'\(fields[0])' stands here twice")
      }
    }
    self.init(code: code, phrases: phrases)
  }

  private static func result(parsing bytes: [UInt8], _ code: String) -> Result<Language, WordingError> {
    Result { () throws(WordingError) in
      try Language(parsing: Data(bytes), code: code, from: "phrases.\(code).csv")
    }
  }

  /// The forms of a phrase, apart from the values that go into them.
  func forms(of phrase: Phrase) -> [Template]? { phrases[phrase] }

  /// A phrase with values in its places; of several forms the one with this number, counted from 0, or the last.
  public func text(of phrase: Phrase, form: Int = 0, _ values: [String]) -> String {
    guard let forms = phrases[phrase], let last = forms.last else { return phrase.rawValue }
    return (forms.indices.contains(form) ? forms[form] : last).filled(with: values)
  }
}

/// What the current language says, the values put in their places.
public func say(_ phrase: Phrase, _ values: String...) -> String { Language.current.text(of: phrase, values) }

/// Of a phrase with several forms the one with this number, from 0: the name of a month.
public func say(_ phrase: Phrase, form: Int, _ values: String...) -> String {
  Language.current.text(of: phrase, form: form, values)
}
