import Testing

@testable import Book

struct SourceTextTests {
  @Test(arguments: [
    ("a\nb\n", ["a", "b"]), ("a\r\nb\r\n", ["a", "b"]), ("a\rb", ["a", "b"]), ("a\r\r\nb\n\n", ["a", "", "b", ""]),
    ("a\n\rb", ["a", "", "b"]), ("", []), ("\n", [""]), ("ä\u{301}\r\n😀", ["ä\u{301}", "😀"]),
  ]) func endsLinesAtLineFeedsAndCarriageReturns(text: String, lines: [String]) {
    let source = SourceText(file: "report.md", text: text)
    #expect(source.lines == lines)
    #expect(source.text == lines.map { $0 + "\n" }.joined())
  }

  /// Lines without a mark are taken as they are, those with one are read scalar by scalar: the text is the same.
  @Test(arguments: ["plain words", "an e-mail\\@fig-a", "a \u{1}7\u{2} b", "@fig-a", "{ [ @", "naïve — 12 %"])
  func marksLeaveTheRestOfALineAsItWas(line: String) {
    let marked = MarkedText(SourceText(file: "report.md", text: line + "\n" + line + " {{ a.b }}\n"))
    let bare = line.replacing("\u{1}", with: "").replacing("\u{2}", with: "")
    #expect(marked.restore(marked.text) == bare + "\n" + bare + " {{ a.b }}\n")
  }
}
