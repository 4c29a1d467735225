import Foundation

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// An XML document in memory: its elements with the lines on which they begin.
///
/// It is read by Foundation's parser, which sees neither the prolog nor a document type: entities cannot be declared,
/// so none is expanded (no "billion laughs"), and nothing outside of the document is looked for. Before the parser
/// starts, one pass over the bytes refuses what would cost it more than linear time. Depth, elements, and text are
/// bounded.
///
/// ```
/// let tree = try XMLTree(bytes, numbersIn: ["digits"])
/// tree.root["code"]  // an attribute
/// tree.root.first("subject", "name")?.text
/// ```
///
/// Source: Extensible Markup Language (XML) 1.0, fifth edition, W3C 2008; Namespaces in XML 1.0, third edition, 2009.
struct XMLTree: Sendable {
  var root: Element
  /// Lists of numbers that stood as text in elements; ``Element/numbers`` counts in it. They are kept apart so that
  /// whoever reads them can take them over without a copy.
  var numbers: [[Double]]
  /// What was odd in the bytes: an encoding that is not what it is said to be.
  var warnings: [FormatWarning]

  struct Element: Sendable, Equatable {
    /// Without prefix.
    let name: String
    /// By their names as written, prefixes and namespace declarations among them.
    let attributes: [String: String]
    /// Counted from 1: where the start tag ends.
    let line: Int
    /// Its own characters, without blanks around them; those of its children are theirs.
    fileprivate(set) var text = ""
    fileprivate(set) var children: [Element] = []
    /// Which of ``XMLTree/numbers`` its text was.
    fileprivate(set) var numbers: Int?

    subscript(attribute: String) -> String? { attributes[attribute]?.trimmed }
    /// For errors: `line 12, element 'scale'`.
    var place: String { "line \(line), element '\(name)'" }

    func all(_ name: String) -> [Element] { children.filter { $0.name == name } }
    /// The first element down that path.
    func first(_ path: String...) -> Element? {
      path.reduce(self as Element?) { element, name in element?.children.first { $0.name == name } }
    }
  }

  /// What is beyond these is refused.
  static let maximumDepth = 64
  static let maximumElements = 1 << 19
  static let maximumAttributes = 1 << 20
  /// Bytes of all texts and attributes together that are no lists of numbers.
  static let maximumText = 1 << 26
  /// Bytes of one tag with its attributes, and namespaces that it declares. The parser compares each attribute of a tag
  /// with every other, and looks through all namespaces in force.
  static let maximumTag = 8192
  static let maximumNamespaces = 16

  /// - Parameter lists: names of elements whose text is numbers with blanks between: they become ``numbers`` while they
  ///   are read, and never a text.
  /// - Throws: ``FormatError``, with the line.
  init(_ bytes: [UInt8], numbersIn lists: Set<String> = []) throws(FormatError) {
    var text = try XMLText(bytes)
    try text.checkTags()
    let builder = XMLBuilder(lists: lists, linesBefore: text.lines(before: text.rootStart))
    text.bytes[text.rootStart...].withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      // The parser is done with the bytes before this scope ends.
      let data = Data(bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: buffer.count, deallocator: .none)
      let parser = XMLParser(stream: InputStream(data: data))
      parser.shouldResolveExternalEntities = false
      parser.delegate = builder
      _ = parser.parse()  // what it returns says less than the errors that it reports
    }
    if let error = builder.error { throw error }
    guard let root = builder.root else {
      throw FormatError(
        "line \(text.lines(before: text.bytes.endIndex) + 1)", found: "the document ends within an element",
        expected: "well-formed XML")
    }
    (self.root, numbers, warnings) = (root, builder.numbers, text.warnings)
  }
}

/// Builds the tree from what the parser finds, and stops it at the first error.
private final class XMLBuilder: NSObject, XMLParserDelegate {
  private(set) var root: XMLTree.Element?
  private(set) var numbers: [[Double]] = []
  private(set) var error: FormatError?

  private let lists: Set<String>
  private let linesBefore: Int
  private var open: [XMLTree.Element] = []
  private var list: NumberList?
  private var elements = 0
  private var attributeCount = 0
  private var textBytes = 0
  private var numberCount = 0

  init(lists: Set<String>, linesBefore: Int) { (self.lists, self.linesBefore) = (lists, linesBefore) }

  private func stop(_ parser: XMLParser, found: String, expected: String) {
    guard error == nil else { return }
    error = FormatError("line \(line(parser))", found: found, expected: expected)
    parser.abortParsing()
  }

  private func line(_ parser: XMLParser) -> Int { linesBefore + max(1, parser.lineNumber) }

  func parser(
    _ parser: XMLParser, didStartElement qualified: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    guard error == nil else { return }
    guard open.count < XMLTree.maximumDepth else {
      stop(parser, found: "elements are nested deeper", expected: "at most \(XMLTree.maximumDepth) in one another")
      return
    }
    elements += 1
    guard elements <= XMLTree.maximumElements else {
      stop(parser, found: "there are more elements", expected: "at most \(XMLTree.maximumElements)")
      return
    }
    attributeCount += attributes.count
    guard attributeCount <= XMLTree.maximumAttributes else {
      stop(parser, found: "there are more attributes", expected: "at most \(XMLTree.maximumAttributes)")
      return
    }
    for (name, value) in attributes { count(name.utf8.count + value.utf8.count, parser) }
    if let outer = open.last, list != nil {
      stop(parser, found: "element '\(qualified)' in '\(outer.name)'", expected: "numbers alone")
      return
    }
    let name = qualified.split(separator: ":").last.map(String.init) ?? qualified
    open.append(XMLTree.Element(name: name, attributes: attributes, line: line(parser)))
    if lists.contains(name) { list = NumberList() }
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    guard error == nil, !open.isEmpty else { return }
    guard list == nil else {
      list?.append(text)
      checkNumbers(parser, open[open.count - 1].name)
      return
    }
    count(text.utf8.count, parser)
    open[open.count - 1].text += text
  }

  func parser(_ parser: XMLParser, foundCDATA block: Data) {
    self.parser(parser, foundCharacters: String(decoding: block, as: UTF8.self))
  }

  func parser(_ parser: XMLParser, didEndElement qualified: String, namespaceURI: String?, qualifiedName: String?) {
    guard error == nil, var element = open.popLast() else { return }
    if list != nil {
      list?.end()
      checkNumbers(parser, element.name)
      let values = list?.values ?? []
      list = nil
      element.numbers = numbers.count
      numberCount += values.count
      numbers.append(values)
    }
    element.text = Self.trimmed(element.text)
    if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
  }

  func parser(_ parser: XMLParser, parseErrorOccurred error: any Error) {
    let code = (error as NSError).code
    // A prefix without a namespace: names are read without prefixes anyway.
    guard code != 201, self.error == nil else { return }
    let found =
      switch code {
      case 1: "a comment, a CDATA section or a tag is too long"
      case 5: root == nil ? "the document ends within an element" : "something follows the root element"
      case 9: "a character that XML does not have"
      case 26: "an entity that is not declared"
      case 42: "an attribute stands twice in a tag"
      case 76: "an end tag is not that of the element that is open"
      default: "error \(code) of the XML parser"
      }
    stop(parser, found: "\(found), column \(parser.columnNumber)", expected: "well-formed XML")
  }

  /// Without what XML counts as blanks around it (section 2.3). By bytes: a text may be megabytes of blanks.
  private static func trimmed(_ text: String) -> String {
    guard let first = text.utf8.firstIndex(where: { $0 > 0x20 }), let last = text.utf8.lastIndex(where: { $0 > 0x20 })
    else { return "" }
    return String(text[first...last])
  }

  private func checkNumbers(_ parser: XMLParser, _ name: String) {
    if let wrong = list?.wrong {
      stop(parser, found: "'\(wrong)' in '\(name)'", expected: "numbers with blanks between")
    } else if numberCount + (list?.values.count ?? 0) > RecordFormat.maximumSamples {
      stop(parser, found: "there are more samples", expected: "at most \(RecordFormat.maximumSamples)")
    }
  }

  private func count(_ bytes: Int, _ parser: XMLParser) {
    textBytes += bytes
    if textBytes > XMLTree.maximumText {
      stop(parser, found: "there is more text", expected: "at most \(XMLTree.maximumText) bytes")
    }
  }
}

/// Numbers from a text that comes in pieces, of which one may end within a number.
private struct NumberList {
  private(set) var values: [Double] = []
  /// The first word that is no number.
  private(set) var wrong: String?
  private var word: [UInt8] = []
  private static let longestWord = 40

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      for byte in bytes {
        if byte > 0x20 {
          if word.count < Self.longestWord { word.append(byte) } else { wrong = wrong ?? spelled }
        } else if !word.isEmpty {
          end()
        }
      }
    }
  }

  /// What was read is a whole number.
  mutating func end() {
    guard !word.isEmpty, wrong == nil else { return }
    defer { word.removeAll(keepingCapacity: true) }
    if let value = whole ?? Double(spelled), !value.isInfinite { values.append(value) } else { wrong = spelled }
  }

  private var spelled: String { String(decoding: word, as: UTF8.self) }

  /// Nil for what is not up to 15 decimal digits with or without a sign.
  private var whole: Double? {
    var magnitude = 0
    let digits = word[0] == 0x2D || word[0] == 0x2B ? word.dropFirst() : word[...]
    guard (1...15).contains(digits.count) else { return nil }
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      magnitude = 10 * magnitude + Int(byte - 0x30)
    }
    return word[0] == 0x2D ? -Double(magnitude) : Double(magnitude)
  }
}
