import Drawing

/// A finished document, before it is HTML or PDF: every value formatted, every figure drawn, every reference resolved.
public struct Page: Sendable, Equatable {
  public var title: String
  public var authors: [String]
  public var date: String?  // as printed; nil when nothing says one
  public var language: String  // BCP 47: "en"
  public var summary: [Inline]  // at most three lines
  public var keyFigures: [KeyFigure]  // set large on the title page: the main figure of merit first
  public var facts: [Fact]  // model, data, folds named on the title page
  public var banners: [String]
  /// Each page of a draft says so across its middle.
  public var isDraft: Bool
  public var digest: String  // short digest of the results
  public var sourceDate: Int?  // seconds since 1970, for the PDF's creation date
  /// Tables, then figures, of a first page that is enough alone; with none the first page is a title page.
  public var sheet: [Block] = []
  public var blocks: [Block]
  public var bibliography: [BibliographyEntry]
  public var attachments: [Attachment]
  public var paper: Paper  // of the PDF
  /// Whether the first page of the PDF lists headings with their pages; nil where there are many.
  public var contents: Bool?
  /// Whether the PDF numbers the lines of running text.
  public var numbersLines: Bool

  public struct KeyFigure: Sendable, Equatable {
    public var label, value: String
    public var interval: String?
    public init(label: String, value: String, interval: String? = nil) {
      (self.label, self.value, self.interval) = (label, value, interval)
    }
  }
  public struct Fact: Sendable, Equatable {
    public var label, value: String
    public init(label: String, value: String) { (self.label, self.value) = (label, value) }
  }
  public struct BibliographyEntry: Sendable, Equatable {
    public var number: Int
    public var key: String
    public var text: [Inline]
    /// As the text names it, where it is not by number: "Wagner et al., 2020". Such a list shows no numbers.
    public var name: String?
    public init(number: Int, key: String, text: [Inline], name: String? = nil) {
      (self.number, self.key, self.text, self.name) = (number, key, text, name)
    }
  }
  /// A file inside the file.
  public struct Attachment: Sendable, Equatable {
    public var name, mediaType, description: String
    public var content: String
    public init(name: String, mediaType: String, description: String, content: String) {
      (self.name, self.mediaType, self.description, self.content) = (name, mediaType, description, content)
    }
  }

  public init(title: String) {
    self.title = title
    (authors, date, language, summary, keyFigures, facts) = ([], nil, "en", [], [], [])
    (banners, isDraft, digest, sourceDate, blocks, bibliography, attachments) = ([], false, "", nil, [], [], [])
    (paper, contents, numbersLines) = (.a4, nil, false)
  }
}

public indirect enum Block: Sendable, Equatable {
  case heading(level: Int, [Inline], anchor: String)  // level 1...4 below the document's title
  case paragraph([Inline])
  case list(ordered: Bool, start: Int, tight: Bool, items: [[Block]])
  case quote([Block])
  case code(String, language: String?)
  case rule
  case table(TableBlock)
  case figure(FigureBlock)
  case bibliography
  /// Notes at the end of the text, in order of their numbers.
  case footnotes([[Block]])
  /// A warning that a reader must not miss: a bordered line.
  case notice(String)
  case equation(EquationBlock)
}

extension Block {
  var isTable: Bool { if case .table = self { true } else { false } }
}

public indirect enum Inline: Sendable, Equatable {
  case text(String)
  case emphasis([Inline])
  case strong([Inline])
  case strikethrough([Inline])
  case code(String)
  case link([Inline], url: String)
  case reference(String, anchor: String)  // "Figure 3", "Table 1": a link inside the document
  case citation(CitationMark)
  case value(String, path: String)  // formatted; `path` says which value it is
  case footnote(Int)
  case lineBreak
  case formula(Formula)
}

/// An equation set apart; one that has an id has a number.
public struct EquationBlock: Sendable, Equatable {
  public var formula: Formula
  public var id: String?  // "eq-brier", its anchor
  public var number: String?  // "1", "A1"
  public init(_ formula: Formula, id: String? = nil, number: String? = nil) {
    (self.formula, self.id, self.number) = (formula, id, number)
  }
}

public struct FigureBlock: Sendable, Equatable {
  public var id: String  // "fig-roc", its anchor
  public var number: Int
  /// The letter of the appendix that it stands in.
  public var appendix = ""
  /// Its panels, each with its own data; the figure itself then has none.
  public var panels: [Panel] = []
  public var caption: [Inline]  // without "Figure 3"
  public var scene: Scene
  public var data: Frame

  /// A part of a figure: "(a)".
  public struct Panel: Sendable, Equatable {
    public var letter: String
    public var data: Frame
    public init(letter: String, data: Frame) { (self.letter, self.data) = (letter, data) }
  }

  /// "3", "A1".
  public var label: String { appendix + "\(number)" }
  /// What it shows, by the name under which it is saved and the label that the text gives it.
  var parts: [(id: String, label: String, data: Frame)] {
    panels.isEmpty ? [(id, label, data)] : panels.map { ("\(id)-\($0.letter)", label + $0.letter, $0.data) }
  }

  public init(id: String, number: Int, caption: [Inline], scene: Scene, data: Frame) {
    (self.id, self.number, self.caption, self.scene, self.data) = (id, number, caption, scene, data)
  }
}

public struct TableBlock: Sendable, Equatable {
  public enum Alignment: Sendable, Equatable { case left, right, center }
  public struct Column: Sendable, Equatable {
    public var title: String
    public var alignment: Alignment
    public init(_ title: String, _ alignment: Alignment) { (self.title, self.alignment) = (title, alignment) }
  }
  /// One cell: the value, and its interval or reason in grey behind it.
  public struct Cell: Sendable, Equatable {
    public var content: [Inline]
    public var aside: String?
    /// The number that the content rounds: rows are sorted by it.
    public var key: Double?
    public init(_ content: [Inline], aside: String? = nil, key: Double? = nil) {
      (self.content, self.aside, self.key) = (content, aside, key)
    }
  }
  public var id: String?  // nil for a plain Markdown table, which has no number
  public var number: Int?
  /// The letter of the appendix that it stands in.
  public var appendix = ""
  /// Whether it gets a landscape page of its own.
  public var isLandscape = false
  public var caption: [Inline]
  public var columns: [Column]
  public var rows: [[Cell]]
  public var notes: [String]  // printed below, the method of each column
  public var data: Frame?  // to download as CSV

  /// "1", "A1"; nil without a number.
  public var label: String? { number.map { appendix + "\($0)" } }

  public init(
    id: String? = nil, number: Int? = nil, caption: [Inline] = [], columns: [Column], rows: [[Cell]],
    notes: [String] = [], data: Frame? = nil
  ) {
    (self.id, self.number, self.caption, self.columns) = (id, number, caption, columns)
    (self.rows, self.notes, self.data) = (rows, notes, data)
  }
}
