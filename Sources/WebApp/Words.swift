import Foundation
import Mustache

/// What the pages say, in one language. A template writes `{{w.start.title}}`.
struct Words: Sendable {
  let language: String
  private let words: [String: String]

  static let languages = ["en", "de"]

  /// - Returns: English where the language has no words.
  static func of(_ language: String) -> Words { all[language] ?? Words(language: "en", words: [:]) }

  private static let all: [String: Words] = {
    let files = ["en": PackageResources.words_en_json, "de": PackageResources.words_de_json]
    return files.reduce(into: [:]) { all, file in
      let words = (try? JSONDecoder().decode([String: String].self, from: Data(file.value))) ?? [:]
      all[file.key] = Words(language: file.key, words: words)
    }
  }()

  /// The text of a key, `{0}`, `{1}` … replaced; the key itself where there is none, so that it is seen.
  func callAsFunction(_ key: String, _ values: String...) -> String { self(key, values: values) }

  func callAsFunction(_ key: String, values: [String]) -> String {
    var text = words[key] ?? key
    for (index, value) in values.enumerated() { text = text.replacing("{\(index)}", with: value) }
    return text
  }

  var keys: Set<String> { Set(words.keys) }

  /// What the templates walk through: `w.start` has the child `title`.
  var tree: Branch { Branch(words: self, key: "") }

  struct Branch: MustacheParent, CustomStringConvertible {
    let words: Words
    let key: String
    func child(named name: String) -> Any? { Branch(words: words, key: key.isEmpty ? name : "\(key).\(name)") }
    var description: String { words(key) }
  }

  /// The first of the languages that a browser prefers (`Accept-Language`, RFC 9110 section 12.5.4) and the pages have.
  static func preferred(_ field: String?) -> String {
    let ranked = (field ?? "").split(separator: ",").prefix(20).enumerated().map { place, item in
      let pieces = item.split(separator: ";")
      let quality = pieces.dropFirst().compactMap { piece -> Double? in
        let sides = piece.split(separator: "=")
        return sides.count == 2 && sides[0].contains("q") ? Double(sides[1].filter { !$0.isWhitespace }) : nil
      }.first ?? 1
      let tag = (pieces.first ?? "").filter { !$0.isWhitespace }.lowercased().prefix { $0 != "-" }
      return (language: String(tag), quality: quality, place: place)
    }
    let known = ranked.filter { languages.contains($0.language) && $0.quality > 0 }
    return known.min { ($1.quality, $0.place) < ($0.quality, $1.place) }?.language ?? "en"
  }
}
