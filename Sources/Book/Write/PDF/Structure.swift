import Drawing

/// The logical structure of a report, in the order of reading: what readers aloud follow instead of the page.
///
/// Parts are made in the order of the text, so a figure that floats to the next page is still read where it was
/// written. The first part, number 0, is the document. Source: ISO 32000-1, 14.7 and 14.8.4.
struct Structure {
  /// ISO 32000-1, 14.8.4: the standard structure types that reports need.
  enum Role: String {
    case document = "Document"
    case group = "Div"
    case blockQuote = "BlockQuote"
    case caption = "Caption"
    case contents = "TOC"
    case contentsItem = "TOCI"
    case reference = "Reference"
    case paragraph = "P"
    case heading1 = "H1"
    case heading2 = "H2"
    case heading3 = "H3"
    case heading4 = "H4"
    case heading5 = "H5"
    case heading6 = "H6"
    case list = "L"
    case item = "LI"
    case label = "Lbl"
    case body = "LBody"
    case table = "Table"
    case tableHead = "THead"
    case tableBody = "TBody"
    case row = "TR"
    case headCell = "TH"
    case cell = "TD"
    case note = "Note"
    case code = "Code"
    case figure = "Figure"
    case formula = "Formula"
    case link = "Link"

    /// - Parameter level: 1 is the title; 6 is the deepest.
    static func heading(_ level: Int) -> Role { Role(rawValue: "H\(min(max(level, 1), 6))") ?? .heading6 }
  }

  /// What a part says beside its content (ISO 32000-1, 14.8.5).
  enum Attribute {
    /// Of a figure or formula: what it shows, in words.
    case alternative(String)
    /// Of a head cell: what it is the head of.
    case columnHead, rowHead
    /// Of a list with labels.
    case numbered, bulleted
    /// A name that no other part has: notes must have one.
    case id(String)
  }

  struct Part {
    var role: Role
    var parent: Int?
    var attribute: Attribute?
  }

  private(set) var parts = [Part(role: .document)]
  static let root = 0

  mutating func add(_ role: Role, in parent: Int, _ attribute: Attribute? = nil) -> Int {
    parts.append(Part(role: role, parent: parent, attribute: attribute))
    return parts.count - 1
  }
}

/// The levels of headings as they are tagged: none is skipped on the way down, whatever a report writes.
struct HeadingLevels {
  private var open: [Int] = []

  /// - Parameter level: as the report has it, 1 for a section.
  /// - Returns: 2 for a heading right below the title, 3 below that, …
  mutating func tagged(_ level: Int) -> Int {
    while let last = open.last, last >= level { open.removeLast() }
    open.append(level)
    return open.count + 1
  }
}

extension [Strip] {
  /// The same strips, all of their elements belonging to a part of the structure.
  func marked(_ part: Int) -> [Strip] {
    map { strip in
      var strip = strip
      if !strip.elements.isEmpty { strip.elements = [.part(part, strip.elements)] }
      return strip
    }
  }
}
