import Foundation
import TestSupport
import Testing

@testable import Formats

@Suite struct XMLTreeTests {
  private func tree(_ text: String, numbersIn lists: Set<String> = []) throws -> XMLTree {
    try XMLTree(Array(text.utf8), numbersIn: lists)
  }

  private func message(_ text: String, numbersIn lists: Set<String> = []) -> String {
    do {
      _ = try tree(text, numbersIn: lists)
      return "nothing was wrong"
    } catch { return "\(error)" }
  }

  @Test func readsElementsWithTheirLines() throws {
    let text = """
      <?xml version="1.0"?>
      <!-- <not> an element -->
      <!DOCTYPE RestingECG SYSTEM "restecg.dtd">
      <h:a xmlns:h="urn:x" b='1 &lt; 2'>
        x<c/>y &amp; z
        <c d="e"><![CDATA[<raw>]]></c>
      </h:a>
      """
    let root = try tree(text).root
    #expect(root.name == "a" && root["b"] == "1 < 2" && root["xmlns:h"] == "urn:x" && root.line == 4)
    #expect(root.all("c").map(\.line) == [5, 6])
    #expect(root.text == "xy & z")
    #expect(root.children.last?["d"] == "e" && root.children.last?.text == "<raw>")
    #expect(root.first("c") == root.children.first && root.first("c", "d") == nil)
  }

  /// Long lists come in pieces of some 64 kB, whose borders lie within numbers.
  @Test func readsListsOfNumbersThatComeInPieces() throws {
    let numbers = (0..<100_000).map { $0 * 7919 % 65_537 - 32_768 }
    let text = "<a><d>\n" + numbers.map(String.init).joined(separator: " \n") + "</d><d> 1.5 -2e3 +7 NaN</d><d/></a>"
    let tree = try tree(text, numbersIn: ["d"])
    #expect(tree.root.all("d").map(\.numbers) == [0, 1, 2])
    #expect(tree.numbers[0] == numbers.map(Double.init))
    #expect(tree.numbers[1].prefix(3) == [1.5, -2000, 7] && tree.numbers[1].last?.isNaN == true)
    #expect(tree.numbers[2].isEmpty && tree.root.text.isEmpty)
  }

  @Test(arguments: [
    ("", "line 1: there is no element; expected an XML document"),
    ("12 34", "line 1: text before the root element; expected an XML document"),
    (
      "<a>\n<b>\n</a>", "line 3: an end tag is not that of the element that is open, column 5; expected well-formed XML"
    ),
    ("<a>\n<b>", "line 2: the document ends within an element, column 4; expected well-formed XML"),
    ("<a/>\n<b/>", "line 2: something follows the root element, column 1; expected well-formed XML"),
    ("<a>\n&x;</a>", "line 2: an entity that is not declared, column 4; expected well-formed XML"),
    ("<a>\n\u{1}</a>", "line 2: a character that XML does not have, column 1; expected well-formed XML"),
    ("<a b='1'\n b='2'/>", "line 2: an attribute stands twice in a tag, column 7; expected well-formed XML"),
    ("<a", "line 1: the document ends within a tag; expected at most 8192 bytes up to its '>'"),
    ("<a>\n<!-- ", "line 2: a comment without its end; expected '-->'"),
    ("<d>1 2\n3x</d>", "line 2: '3x' in 'd'; expected numbers with blanks between"),
    ("<d>1 <b/></d>", "line 1: element 'b' in 'd'; expected numbers alone"),
    ("<d>inf</d>", "line 1: 'inf' in 'd'; expected numbers with blanks between"),
  ])
  func saysWhereAndWhatIsWrong(text: String, expected: String) {
    #expect(message(text, numbersIn: ["d"]) == expected)
  }

  /// Of two bytes each, so that a piece ends within one.
  @Test func keepsCharactersThatComeInTwoPieces() throws {
    let text = "x" + String(repeating: "ü", count: 200_000)
    #expect(try tree("<a>\(text)</a>").root.text == text)
  }

  /// One without data ended the process in Foundation's parser.
  @Test(arguments: ["<?x?>", "<?x y?>", "<?x\n?>", "<?xml version='1.0'?>"])
  func passesOverProcessingInstructions(instruction: String) throws {
    let before = instruction.hasPrefix("<?xml") ? "" : instruction
    let text = "\(before)<a>\(instruction)<d>1\(instruction)2</d>t</a>\(instruction)"
    let tree = try tree(text, numbersIn: ["d"])
    #expect(tree.numbers == [[1, 2]] && tree.root.text == "t")
    #expect(try self.tree("<a><!-- \(instruction) --><![CDATA[\(instruction)]]></a>").root.text == instruction)
  }

  /// Every character that XML has, in a text and in an attribute; those that it does not have become blanks.
  @Test func readsBackWhatIsWritten() throws {
    let all = String(String.UnicodeScalarView((UInt32(0)...0x1FFFF).compactMap(Unicode.Scalar.init)))
    var document = XMLWriter()
    document.element("a", ["none": nil]) { root in
      for part in Array(all.unicodeScalars).chunked(by: 1000) {
        let text = "|" + String(String.UnicodeScalarView(part)) + "|"
        root.element("b", ["c": text], text: text)
      }
      root.element("empty", [:])
    }
    let root = try tree(document.text).root
    let expected = String(
      String.UnicodeScalarView(
        all.unicodeScalars.map { scalar in
          switch scalar.value {
          case 9, 10, 13: scalar
          case ..<0x20, 0xFFFE, 0xFFFF: " "
          default: scalar
          }
        }))
    // By scalars: a mark that combines makes one character of itself and the bar before it.
    func isAll(_ texts: [String]) -> Bool {
      texts.flatMap { $0.unicodeScalars.dropFirst().dropLast() }.elementsEqual(expected.unicodeScalars)
    }
    #expect(isAll(root.all("b").map(\.text)))
    #expect(isAll(root.all("b").map { $0["c"] ?? "" }))
    #expect(root.attributes.isEmpty && root.first("empty")?.text == "")
  }

  // MARK: Encodings

  @Test func readsUTF16InEitherOrderWithAndWithoutItsMark() throws {
    let text = "<?xml version='1.0' encoding='UTF-16'?>\n<a b='é'>Σ 𝄞</a>"
    for isBig in [false, true] {
      for mark in ["", "\u{FEFF}"] {
        let bytes = (mark + text).utf16.flatMap { unit in
          isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
        let tree = try XMLTree(bytes)
        #expect(tree.root["b"] == "é" && tree.root.text == "Σ 𝄞" && tree.root.line == 2 && tree.warnings.isEmpty)
        #expect(XMLText.rootName(bytes[...]) == "a")
      }
    }
  }

  @Test(arguments: [
    ("ISO-8859-1", [0xE4, 0xB5] as [UInt8], "äµ"), ("iso-8859-15", [0xA4, 0xE4], "€ä"),
    ("Windows-1252", [0x80, 0x96, 0xFC], "€–ü"), ("UTF-8", [0xC3, 0xA4], "ä"),
  ])
  func readsEncodingsOfOneByte(name: String, letters: [UInt8], expected: String) throws {
    let bytes = Array("<?xml version=\"1.0\" encoding=\"\(name)\"?><a>".utf8) + letters + Array("</a>".utf8)
    let tree = try XMLTree(bytes)
    #expect(tree.root.text == expected && tree.warnings.isEmpty)
  }

  /// Programs write "UTF-8" into what their system's code page wrote.
  @Test func readsBytesThatContradictTheirDeclarationWithAWarning() throws {
    let wrong = Array("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>".utf8) + [0xFC] + Array("</a>".utf8)
    let tree = try XMLTree(wrong)
    #expect(tree.root.text == "ü")
    #expect(
      tree.warnings.map(\.description) == [
        "line 1: the encoding is said to be UTF-8; the bytes are not: read as windows-1252"
      ])
    let unknown = Array("<?xml version=\"1.0\" encoding=\"gb2312\"?><a>x".utf8) + [0xC4, 0xE3] + Array("</a>".utf8)
    #expect(try XMLTree(unknown).root.text == "x??" && XMLTree(unknown).warnings.count == 1)
  }

  // MARK: Bombs

  @Test func refusesADocumentTypeThatDeclaresSomething() {
    let laughs = """
      <?xml version="1.0"?>
      <!DOCTYPE lolz [
      <!ENTITY lol "lol">
      <!ENTITY lol1 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
      ]>
      <lolz>&lol1;</lolz>
      """
    #expect(
      message(laughs) == "line 2: the document type declares entities or elements; "
        + "expected none: they are not needed and can make a document huge")
    // A file elsewhere is not read: what it would declare is not known.
    let outside = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>&secret;</a>"
    #expect(message(outside) == "line 1: an entity that is not declared, column 12; expected well-formed XML")
    let parameter = "<!DOCTYPE a PUBLIC \"[\" '>' ><a/>"  // marks within quotes are none
    #expect(message(parameter) == "nothing was wrong")
  }

  /// Each would take a parser much memory, or time that grows with the square of its size.
  @Test(arguments: [
    "quadratic blowup", "depth", "attributes", "many attributes", "namespaces", "elements", "a long name",
    "a long number", "a long comment", "comments without end", "a long document type",
  ])
  func refusesBombsQuickly(kind: String) {
    func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }
    let text =
      switch kind {
      case "quadratic blowup":
        "<!DOCTYPE a [<!ENTITY x \"" + times(100_000, "y") + "\">]><a>" + times(9999, "&x;") + "</a>"
      case "depth": times(2_000_000, "<a>")
      case "attributes": "<a " + (0..<300_000).map { "a\($0)=''" }.joined(separator: " ") + "/>"
      case "many attributes": "<a>" + times(300_000, "<b c='' d='' e='' f=''/>") + "</a>"
      case "namespaces": "<a " + (0..<700).map { "xmlns:a\($0)=''" }.joined(separator: " ") + "/>"
      case "elements": "<a>" + times(2_000_000, "<b/>") + "</a>"
      case "a long name": "<" + times(5_000_000, "a") + "/>"
      case "a long number": "<d>" + times(5_000_000, "1") + "</d>"
      case "a long comment": "<a><!--" + times(6_000_000, " -") + "--></a>"
      case "comments without end": "<a>" + times(1_000_000, "<!--")
      default: "<!DOCTYPE " + times(5_000_000, "a")
      }
    let start = ContinuousClock.now
    #expect(message(text, numbersIn: ["d"]) != "nothing was wrong")
    #expect(ContinuousClock.now - start < .seconds(3))
  }

  @Test func boundsTheTextThatItKeeps() {
    let text = "<a>" + String(repeating: "x", count: XMLTree.maximumText + 1) + "</a>"
    #expect(message(text) == "line 1: there is more text; expected at most 67108864 bytes")
  }

  /// Truncations and mutations read or throw; they never trap, and together take seconds at most.
  @Test func survivesBrokenDocuments() throws {
    let prolog = "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE a SYSTEM 'b'>"
    let text = Array((prolog + "<a x='1'>é<d>1 2 3</d><!-- c --><b y=\"&#228;\">t</b></a>").utf8)
    let wide = text.flatMap { [$0, 0] as [UInt8] }
    var generator = SeededGenerator(seed: 5)
    let start = ContinuousClock.now
    for original in [text, wide] {
      for count in 0..<original.count {
        #expect(throws: FormatError.self) { try XMLTree(Array(original.prefix(count))) }
      }
      for _ in 0..<2000 {
        var bytes = original
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
          bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        _ = try? XMLTree(bytes, numbersIn: ["d"])
        _ = XMLText.rootName(bytes[...])
      }
    }
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}

extension Array {
  fileprivate func chunked(by count: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: self.count, by: count).map { self[$0..<Swift.min($0 + count, self.count)] }
  }
}
