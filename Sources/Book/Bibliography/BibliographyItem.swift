import Files
import Foundation

/// A work to cite, in the fields of CSL-JSON (Citation Style Language, schema csl-data) that the styles here print.
public struct BibliographyItem: Sendable, Equatable, Codable {
  public struct Name: Sendable, Equatable, Codable {
    public var family, given: String?
    /// A name that is not divided: an organization.
    public var literal: String?
    /// "von", "van der": printed before the family name, and part of it.
    public var particle: String?
    /// "Jr.", "III".
    public var suffix: String?

    public init(
      family: String? = nil, given: String? = nil, literal: String? = nil, particle: String? = nil,
      suffix: String? = nil
    ) {
      (self.family, self.given, self.literal) = (family, given, literal)
      (self.particle, self.suffix) = (particle, suffix)
    }

    private enum CodingKeys: String, CodingKey {
      case family, given, literal, suffix
      case particle = "non-dropping-particle"
    }
  }

  public var id: String
  public var type: String
  public var title: String
  public var authors: [Name]
  public var editors: [Name]
  public var year: Int?
  /// 1 to 12, and the day of it.
  public var month, day: Int?
  /// What stands in place of a year: "in press".
  public var dateText: String?
  public var container: String?  // the journal, proceedings or book that it stands in
  public var volume, issue, page, publisher, version, doi, url: String?
  /// Of a book: "2", "2nd" or "Revised".
  public var edition: String?
  /// Of a report; of an article without pages, its number.
  public var number: String?
  /// What it is, in words: "Doctoral dissertation".
  public var genre: String?

  public init(
    id: String, type: String = "article-journal", title: String, authors: [Name] = [], editors: [Name] = [],
    year: Int? = nil, container: String? = nil, volume: String? = nil, issue: String? = nil, page: String? = nil,
    publisher: String? = nil, version: String? = nil, doi: String? = nil, url: String? = nil
  ) {
    (self.id, self.type, self.title, self.authors, self.editors, self.year) = (id, type, title, authors, editors, year)
    (self.container, self.volume, self.issue, self.page) = (container, volume, issue, page)
    (self.publisher, self.version, self.doi, self.url) = (publisher, version, doi, url)
  }

  private enum Key: String, CodingKey {
    case id, type, title, volume, issue, page, publisher, version, edition, number, genre
    case authors = "author"
    case editors = "editor"
    case issued
    case container = "container-title"
    case doi = "DOI"
    case url = "URL"
  }
  private enum DateKey: String, CodingKey {
    case parts = "date-parts"
    case literal
  }

  /// Fields that are text alone, in CSL-JSON and here.
  private static let texts: [(key: Key, path: any WritableKeyPath<BibliographyItem, String?> & Sendable)] = [
    (.container, \.container), (.volume, \.volume), (.issue, \.issue), (.page, \.page), (.publisher, \.publisher),
    (.version, \.version), (.doi, \.doi), (.url, \.url), (.edition, \.edition), (.number, \.number), (.genre, \.genre),
  ]

  /// Text, or a number that CSL-JSON allows in its place.
  private struct Text: Decodable {
    var text: String
    init(from decoder: any Decoder) throws {
      let single = try decoder.singleValueContainer()
      if let integer = try? single.decode(Int.self) {
        text = String(integer)
      } else {
        text = try single.decode(String.self)
      }
    }
  }

  public init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) throws -> String? { try object.decodeIfPresent(Text.self, forKey: key)?.text }
    self.init(
      id: try object.decode(Text.self, forKey: .id).text, type: try text(.type) ?? "article",
      title: try object.decode(String.self, forKey: .title),
      authors: try object.decodeIfPresent([Name].self, forKey: .authors) ?? [],
      editors: try object.decodeIfPresent([Name].self, forKey: .editors) ?? [])
    for (key, path) in Self.texts { self[keyPath: path] = try text(key) }
    if let issued = try? object.nestedContainer(keyedBy: DateKey.self, forKey: .issued) {
      let parts = try issued.decodeIfPresent([[Text]].self, forKey: .parts)?.first?.map { Int($0.text) } ?? []
      year = parts.first ?? nil
      month = (parts.count > 1 ? parts[1] : nil).flatMap { (1...12).contains($0) ? $0 : nil }
      day = (parts.count > 2 && month != nil ? parts[2] : nil).flatMap { (1...31).contains($0) ? $0 : nil }
      dateText = try issued.decodeIfPresent(String.self, forKey: .literal)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(id, forKey: .id)
    try object.encode(type, forKey: .type)
    try object.encode(title, forKey: .title)
    if !authors.isEmpty { try object.encode(authors, forKey: .authors) }
    if !editors.isEmpty { try object.encode(editors, forKey: .editors) }
    if year != nil || dateText != nil {
      var issued = object.nestedContainer(keyedBy: DateKey.self, forKey: .issued)
      if let year { try issued.encode([[year, month, day].compactMap(\.self)], forKey: .parts) }
      try issued.encodeIfPresent(dateText, forKey: .literal)
    }
    for (key, path) in Self.texts { try object.encodeIfPresent(self[keyPath: path], forKey: key) }
  }

  /// The items of a CSL-JSON file.
  public static func items(parsing data: Data) throws -> [BibliographyItem] {
    try JSONDecoder().decode([BibliographyItem].self, from: data)
  }
}

extension BibliographyItem.Name {
  /// What BibTeX writes for authors that are not named: "and others".
  static let others = Self(literal: "others")

  /// "van der Berg"; an organization's whole name.
  var fullFamily: String {
    literal ?? [particle, family].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The first letters of the given names, in capitals: "J", "R-D" where two are joined.
  /// - Parameters:
  ///   - end: what ends each: ".", or nothing.
  ///   - space: what stands between names.
  ///   - hyphen: what stands between names that a hyphen joins.
  func initials(end: String, space: String, hyphen: String) -> String {
    let names = (given ?? "").replacing(".-", with: "-").split { $0.isWhitespace || $0 == "." }
    return names.map { name in
      name.split(separator: "-").compactMap(\.first).map { $0.uppercased() + end }.joined(separator: hyphen)
    }.filter { !$0.isEmpty }.joined(separator: space)
  }
}

extension BibliographyItem {
  /// "2nd ed.", whatever way the number was written; nil where it is the only one.
  var editionText: String? {
    guard let edition, !edition.isEmpty else { return nil }
    let words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    let word = edition.lowercased()
    let number = Int(word.prefix { $0.isNumber }) ?? words.firstIndex(of: word).map { $0 + 1 }
    guard let number, Int(word) != nil || words.contains(word) || ["st", "nd", "rd", "th"].contains(word.suffix(2))
    else {
      return edition.hasSuffix("ed.") ? edition : edition + " ed."
    }
    let ending =
      switch (number % 10, number % 100) {
      case (_, 11...13): "th"
      case (1, _): "st"
      case (2, _): "nd"
      case (3, _): "rd"
      default: "th"
      }
    return "\(number)\(ending) ed."
  }

  /// Pages with en dashes; nil where there are none.
  var pageRange: String? {
    page.map { $0.split { $0 == "-" || $0 == "\u{2013}" }.joined(separator: "\u{2013}") }
  }
}
