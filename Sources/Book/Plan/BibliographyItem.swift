import Files
import Foundation

/// A work to cite, in the fields of CSL-JSON (Citation Style Language, schema csl-data) that a numbered list prints.
public struct BibliographyItem: Sendable, Equatable, Codable {
  public struct Name: Sendable, Equatable, Codable {
    public var family, given: String?
    /// A name that is not divided: an organization.
    public var literal: String?
    public init(family: String? = nil, given: String? = nil, literal: String? = nil) {
      (self.family, self.given, self.literal) = (family, given, literal)
    }
  }

  public var id: String
  public var type: String
  public var title: String
  public var authors: [Name]
  public var year: Int?
  public var container: String?  // the journal or proceedings
  public var volume, issue, page, publisher, version, doi, url: String?

  public init(
    id: String, type: String = "article-journal", title: String, authors: [Name] = [], year: Int? = nil,
    container: String? = nil, volume: String? = nil, issue: String? = nil, page: String? = nil, publisher: String? = nil,
    version: String? = nil, doi: String? = nil, url: String? = nil
  ) {
    (self.id, self.type, self.title, self.authors, self.year) = (id, type, title, authors, year)
    (self.container, self.volume, self.issue, self.page) = (container, volume, issue, page)
    (self.publisher, self.version, self.doi, self.url) = (publisher, version, doi, url)
  }

  private enum Key: String, CodingKey {
    case id, type, title, volume, issue, page, publisher, version
    case authors = "author", issued, container = "container-title", doi = "DOI", url = "URL"
  }
  private enum DateKey: String, CodingKey { case parts = "date-parts" }

  /// Text, or a number that CSL-JSON allows in its place.
  private struct Text: Decodable {
    var text: String
    init(from decoder: any Decoder) throws {
      let single = try decoder.singleValueContainer()
      if let integer = try? single.decode(Int.self) { text = String(integer) } else { text = try single.decode(String.self) }
    }
  }

  public init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: Key.self)
    func text(_ key: Key) throws -> String? { try object.decodeIfPresent(Text.self, forKey: key)?.text }
    self.init(
      id: try object.decode(Text.self, forKey: .id).text, type: try text(.type) ?? "article",
      title: try object.decode(String.self, forKey: .title),
      authors: try object.decodeIfPresent([Name].self, forKey: .authors) ?? [], container: try text(.container),
      volume: try text(.volume), issue: try text(.issue), page: try text(.page), publisher: try text(.publisher),
      version: try text(.version), doi: try text(.doi), url: try text(.url))
    if let issued = try? object.nestedContainer(keyedBy: DateKey.self, forKey: .issued) {
      year = try issued.decodeIfPresent([[Text]].self, forKey: .parts)?.first?.first.flatMap { Int($0.text) }
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var object = encoder.container(keyedBy: Key.self)
    try object.encode(id, forKey: .id)
    try object.encode(type, forKey: .type)
    try object.encode(title, forKey: .title)
    if !authors.isEmpty { try object.encode(authors, forKey: .authors) }
    if let year {
      var issued = object.nestedContainer(keyedBy: DateKey.self, forKey: .issued)
      try issued.encode([[year]], forKey: .parts)
    }
    for (key, value) in [
      (Key.container, container), (.volume, volume), (.issue, issue), (.page, page), (.publisher, publisher),
      (.version, version), (.doi, doi), (.url, url),
    ] {
      try object.encodeIfPresent(value, forKey: key)
    }
  }

  /// The items of a CSL-JSON file.
  public static func items(parsing data: Data) throws -> [BibliographyItem] {
    try JSONDecoder().decode([BibliographyItem].self, from: data)
  }
}
