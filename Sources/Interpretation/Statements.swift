import Foundation
import WFDB
import Wording

/// The words of a clinician's page in one language: names and sentences of statements, and what code says around them.
///
/// Each language is one file, `Resources/statements.LANG.csv`, with four columns.
/// - `kind`: `statement` (a code of PTB-XL's `scp_statements.csv`), `class` (a superclass or subclass of it that is no
///   statement's code as well) or `word`.
/// - `key`: the code, or the raw value of a ``Word``.
/// - `text`: of a statement its name, at most 40 characters, for tables; of a word what is said, with `{1}`, `{2}` …
///   where values go.
/// - `sentence`: of a statement what a headline says; empty for words.
///
/// German follows the usage of German-speaking cardiology: PQ-Zeit, Hemiblock, Innenschichtschaden, Lagetypen.
/// What a language lacks is said in English, and what English lacks by its key; tests allow neither.
public struct Statements: Sendable {
  /// The language in use: `de` where `de-AT` was asked for.
  public let language: String
  private let own, english: Texts

  private static let files: [String: Result<Texts, StatementsError>] = [
    "de": Texts.result(parsing: PackageResources.statements_de_csv, from: "statements.de.csv"),
    "en": Texts.result(parsing: PackageResources.statements_en_csv, from: "statements.en.csv"),
  ]

  /// The languages that there are, sorted.
  public static let languages: [String] = files.keys.sorted()

  /// - Parameter tag: a language tag (BCP 47); its primary subtag decides, in upper or lower case.
  /// - Throws: ``StatementsError`` for a language that is not there, with those that are.
  public init(language tag: String) throws(StatementsError) {
    let primary = tag.prefix { $0 != "-" }.lowercased()
    guard let own = Self.files[primary], let english = Self.files["en"] else {
      let known = Self.languages.joined(separator: ", ")
      throw StatementsError(place: "language '\(tag)'", problem: "there are no words for it; expected one of \(known)")
    }
    (self.language, self.own, self.english) = (primary, try own.get(), try english.get())
  }

  init(language: String, own: Texts, english: Texts) {
    (self.language, self.own, self.english) = (language, own, english)
  }

  /// The short name of a statement or class; the code itself where it is none of PTB-XL's.
  public func name(of code: String) -> String { statement(code)?.name ?? code }

  /// What a headline says of a statement or class; the code itself where it is none of PTB-XL's.
  public func sentence(of code: String) -> String { statement(code)?.sentence ?? code }

  private func statement(_ code: String) -> Texts.Statement? { own.statements[code] ?? english.statements[code] }

  /// What is said for a word, the values put in their places; a place without a value stays as it is.
  public func word(_ word: Word, _ values: String...) -> String { self.word(word, values: values) }

  public func word(_ word: Word, values: [String]) -> String {
    (own.words[word] ?? english.words[word])?.filled(with: values) ?? word.rawValue
  }

  /// A day as the language writes it; nil unless year, month and day are known.
  public func date(_ day: Header.Start) -> String? {
    guard let year = day.year, let month = day.month, let day = day.day else { return nil }
    return word(.date, "\(year)", zeroPadded(month, to: 2), zeroPadded(day, to: 2))
  }

  /// The same in this language, for English text that is worded as rows of the English file: reasons, warnings and
  /// notes of rooms that know no language. Sentences are looked up one by one, each with or without its full stop;
  /// values in them are translated alike. Any other text comes back as it is.
  public func translated(_ text: String) -> String {
    guard language != "en" else { return text }
    let sentences = Self.sentences(of: text)
    if sentences.count > 1 {
      let said = sentences.map { remark($0) }
      if said.allSatisfy({ $0 != nil }) { return said.compactMap(\.self).joined(separator: " ") }
    }
    return remark(text) ?? text
  }

  /// A remark in this language; nil where the text is none.
  private func remark(_ text: String) -> String? {
    if let said = filled(text) { return said }
    if text.hasSuffix(".") { return filled(String(text.dropLast())).map { $0 + "." } }
    guard let said = filled(text + "."), said.hasSuffix(".") else { return nil }
    return String(said.dropLast())
  }

  /// The row that says most of the text; nil where none is it.
  private func filled(_ text: String) -> String? {
    let found = Word.remarks.compactMap { word -> (word: Word, letters: Int, values: [String])? in
      guard let template = english.words[word], let values = template.values(in: text) else { return nil }
      return (word, template.letters, values)
    }
    for row in found.sorted(by: { $0.letters > $1.letters }) {
      // Few letters prove little: `{1}, or {2}` is meant only where both sides are remarks themselves. The first side that is
      // none decides, so that a long text that nobody worded is not taken apart at every comma again and again.
      var values: [String] = []
      for value in row.values {
        let said = value.wholeMatch(of: /[−-]?[0-9]+\.[0-9]+/) == nil ? translated(value) : number(value)
        if row.letters < Self.fewLetters, said == value { break }
        values.append(said)
      }
      if values.count == row.values.count { return word(row.word, values: values) }
    }
    return nil
  }

  private static let fewLetters = 4

  /// A sentence ends at a full stop or question mark before a space and a capital letter.
  private static func sentences(of text: String) -> [String] {
    var sentences: [String] = [], start = text.startIndex
    for match in text.matches(of: /[.?] (?=[A-Z])/) {
      sentences.append(String(text[start..<match.range.upperBound].dropLast()))
      start = match.range.upperBound
    }
    return sentences + [String(text[start...])]
  }

  /// A number written with a decimal point, written as the language does: `0.87` is `0,87` in German.
  public func number(_ text: String) -> String {
    text.split(separator: ".", omittingEmptySubsequences: false).joined(separator: word(.decimalSign))
  }

  /// `I, II and V3`; the word for none where there is nothing to list.
  public func list(_ items: [String]) -> String {
    guard let last = items.last else { return word(.listNone) }
    let rest = items.dropLast()
    return rest.isEmpty ? last : word(.listAnd, rest.joined(separator: word(.listSeparator)), last)
  }

  /// What an axis of QRS is called; empty where the number is none.
  ///
  /// Normal is −30° to 90° (Surawicz et al., AHA/ACCF/HRS recommendations part III, Circulation 119 (2009), e235–e240).
  /// German divides further: Linkstyp to 30°, Indifferenztyp to 60°, Steiltyp to 90°, Rechtstyp to 120°.
  /// - Parameter degrees: −180 to 180.
  public func axis(_ degrees: Double) -> String {
    guard degrees.isFinite else { return "" }
    let angle = degrees.remainder(dividingBy: 360)
    return switch angle {
    case ..<(-180 + 1e-9): word(.axisRightDeviation)  // −180° is 180°
    case ..<(-90): word(.axisExtreme)
    case ..<(-30): word(.axisLeftDeviation)
    case ...30: word(.axisLeft)
    case ...60: word(.axisIntermediate)
    case ...90: word(.axisVertical)
    case ...120: word(.axisRight)
    default: word(.axisRightDeviation)
    }
  }
}

/// What is wrong with words that were asked for, or with a table of them, and where.
public typealias StatementsError = WordingError

/// One language's file.
struct Texts: Sendable, Equatable {
  struct Statement: Sendable, Equatable { var name, sentence: String }
  var statements: [String: Statement] = [:]  // by code
  var words: [Statements.Word: Template] = [:]

  static func result(parsing bytes: [UInt8], from name: String) -> Result<Texts, StatementsError> {
    Result { () throws(StatementsError) in try Texts(parsing: Data(bytes), from: name) }
  }

  /// - Throws: ``StatementsError``, naming the first line that is wrong.
  init(parsing data: Data, from name: String) throws(StatementsError) {
    for (fields, place) in try tableRows(of: data, columns: ["kind", "key", "text", "sentence"], from: name) {
      let (kind, key, text, sentence) = (fields[0], fields[1], fields[2], fields[3])
      guard !text.isEmpty else { throw StatementsError(place: place, problem: "'\(key)' has no text") }
      let isFirst: Bool
      switch kind {
      case "statement", "class":
        guard !sentence.isEmpty else { throw StatementsError(place: place, problem: "'\(key)' has no sentence") }
        isFirst = statements.updateValue(Statement(name: text, sentence: sentence), forKey: key) == nil
      case "word":
        guard let word = Statements.Word(rawValue: key) else {
          throw StatementsError(place: place, problem: "no word of the program has the key '\(key)'")
        }
        isFirst = words.updateValue(Template(text), forKey: word) == nil
      default:
        throw StatementsError(place: place, problem: "kind '\(kind)'; expected statement, class or word")
      }
      guard isFirst else { throw StatementsError(place: place, problem: "'\(key)' stands here twice") }
    }
  }
}
