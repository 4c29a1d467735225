/// How a report cites works and lists them at its end.
public enum CitationStyle: String, Sendable, CaseIterable {
  /// Numbers in brackets, in the order of first mention: "[1, 3]".
  case vancouver
  /// Author and year in parentheses: "(Wagner et al., 2020)"; the list is in the order of authors.
  case apa

  /// As front matter names them.
  static var names: [(key: String, value: CitationStyle)] { allCases.map { ($0.rawValue, $0) } }
}

/// The works that a place in the text cites, as the style prints them.
public struct CitationMark: Sendable, Equatable {
  public struct Mention: Sendable, Equatable {
    public var key: String
    /// What stands before it: the opening bracket, or what parts it from the work before.
    public var before: String
    public var label: [Inline]
    /// Whether the sentence itself names the authors.
    public var omitsAuthor: Bool

    public init(key: String, before: String, label: [Inline], omitsAuthor: Bool = false) {
      (self.key, self.before, self.label, self.omitsAuthor) = (key, before, label, omitsAuthor)
    }
  }
  public var mentions: [Mention]
  public var style: CitationStyle

  public init(_ mentions: [Mention], style: CitationStyle) { (self.mentions, self.style) = (mentions, style) }

  /// "[1, 3]".
  public static func numbered(_ works: [(number: Int, key: String)]) -> CitationMark {
    let mentions = works.enumerated().map { index, work in
      Mention(key: work.key, before: index == 0 ? "[" : ", ", label: [.text("\(work.number)")])
    }
    return CitationMark(mentions, style: .vancouver)
  }

  /// The closing bracket.
  var end: String { mentions.isEmpty ? "" : style == .vancouver ? "]" : ")" }

  var plainText: String { mentions.map { $0.before + $0.label.plainText }.joined() + end }
}
