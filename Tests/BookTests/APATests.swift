import Drawing
import Foundation
import TestSupport
import Testing

@testable import Book

/// Expected forms follow the Publication Manual of the APA, 7th edition; sections as in the code.
@Suite struct APATests {
  private func work(
    _ id: String, _ names: [String], _ year: Int?, _ title: String = "Title", type: String = "article-journal"
  ) -> BibliographyItem {
    let authors = names.map { name in
      let parts = name.split(separator: ",").map { String($0).trimmedOfSpaces }
      return BibliographyItem.Name(family: parts[0], given: parts.count > 1 ? parts[1] : nil)
    }
    return BibliographyItem(
      id: id, type: type, title: title, authors: authors, year: year,
      container: type == "article-journal" ? "Journal" : nil)
  }

  private func text(_ items: [BibliographyItem], _ keys: String...) -> String {
    APA(items).mark(keys).plainText.replacing("\u{A0}", with: " ")
  }

  @Test func namesOneTwoOrTheFirstOfSeveral() {
    let works = [
      work("a", ["Luna, M."], 2020), work("b", ["Salas, A.", "D'Agostino, B."], 2020),
      work("c", ["Martin, A.", "B", "C"], 2020),
    ]
    #expect(text(works, "a") == "(Luna, 2020)")
    #expect(text(works, "b") == "(Salas & D'Agostino, 2020)")
    #expect(text(works, "c") == "(Martin et al., 2020)")
  }

  @Test func sortsWorksOfOneCitationAndJoinsYears() {
    let works = [
      work("z", ["Zed"], 2001), work("a3", ["Adams"], 2019, "C"), work("a1", ["Adams"], 2012, "A"),
      work("m", ["Mu", "Nu"], nil),
    ]
    #expect(text(works, "z", "a3", "m", "a1", "a1") == "(Adams, 2012, 2019; Mu & Nu, n.d.; Zed, 2001)")
  }

  @Test func tellsWorksOfOneYearApartByLettersInTheOrderOfTitles() {
    let works = [
      work("x", ["Judge", "Kammeyer"], 2012, "The zebra"), work("y", ["Judge", "Kammeyer"], 2012, "A general thing"),
      work("n1", ["Judge"], nil, "B"), work("n2", ["Judge"], nil, "A"),
    ]
    #expect(text(works, "x") == "(Judge & Kammeyer, 2012b)")
    #expect(text(works, "x", "y") == "(Judge & Kammeyer, 2012a, 2012b)")
    #expect(text(works, "n1") == "(Judge, n.d.-b)")
    let entries = APA(works).entries.map { $0.text.plainText }
    #expect(entries.map { String($0.prefix { $0 != "." }) + ($0.contains("(2012a)") ? " a" : "") }.count == 4)
    #expect(entries[2].contains("(2012a). A general thing") && entries[3].contains("(2012b). The zebra"))
  }

  @Test func showsMoreNamesWhereWorksWouldLookAlike() {
    let works = [
      work("a", ["Kapoor", "Bloom", "Montez", "Warner", "Hill"], 2017),
      work("b", ["Kapoor", "Bloom", "Zucker", "Tang", "Day"], 2017),
      work("c", ["Lee", "Ray", "One"], 2018), work("d", ["Lee", "Ray", "Two"], 2018),
    ]
    #expect(text(works, "a") == "(Kapoor, Bloom, Montez, et al., 2017)")
    #expect(text(works, "b") == "(Kapoor, Bloom, Zucker, et al., 2017)")
    #expect(text(works, "d") == "(Lee, Ray, & Two, 2018)")
  }

  @Test func tellsFirstAuthorsOfOneNameApartByInitials() {
    let works = [
      work("j", ["Taylor, Jane M."], 2014), work("t", ["Taylor, Tom", "Neimeyer, R."], 2015),
      work("o", ["Other, X."], 2014),
    ]
    #expect(text(works, "j", "t", "o") == "(Other, 2014; J. M. Taylor, 2014; T. Taylor & Neimeyer, 2015)")
  }

  @Test func citesOrganizationsAndTitles() {
    var group = work("w", [], 2021, "Report", type: "report")
    group.authors = [.init(literal: "World Health Organization")]
    let nameless = work("n", [], 2019, "A long title of more than six words that ends here")
    #expect(text([group, nameless], "w", "n") == "(“A long title of”, 2019; World Health Organization, 2021)")
    var book = work("b", [], nil, "The Book", type: "book")
    #expect(APA([book]).mark(["b"]).mentions[0].label == [.emphasis([.text("The Book")]), .text(", n.d.")])
    book.editors = [.init(family: "Ed", given: "A. B.")]
    #expect(text([book], "b") == "(Ed, n.d.)")
    #expect(
      APA([book]).entries[0].text.plainText.replacing("\u{A0}", with: " ") == "Ed, A. B. (Ed.). (n.d.). The Book.")
  }

  private static func entry(_ item: BibliographyItem) -> String {
    APA([item]).entries[0].text.map { inline in
      switch inline {
      case .emphasis(let inner): "*\(inner.plainText)*"
      case .link(let inner, let url): "<\(inner.plainText)|\(url)>"
      default: inline.plainText
      }
    }.joined().replacing("\u{A0}", with: " ")
  }

  @Test func listsAnArticle() {
    var item = work("a", ["Grady, J. S.", "Her, M.-L.", "Moreno, G."], 2019, "Emotions in storybooks: A comparison")
    (item.container, item.volume, item.issue, item.page, item.doi) = (
      "Psychology of Popular Media Culture", "8", "3", "207--217", "10.1037/ppm0000185"
    )
    #expect(
      Self.entry(item)
        == "Grady, J. S., Her, M.-L., & Moreno, G. (2019). Emotions in storybooks: A comparison. *Psychology of Popular Media Culture*, *8*(3), 207–217. <https://doi.org/10.1037/ppm0000185|https://doi.org/10.1037/ppm0000185>"
    )
    (item.page, item.number, item.doi) = (nil, "e0209899", nil)
    #expect(Self.entry(item).hasSuffix("*8*(3), Article e0209899."))
  }

  @Test func listsBooksChaptersThesesAndData() {
    var book = work("b", ["Brown, L. S."], 2018, "Feminist therapy", type: "book")
    (book.edition, book.publisher) = ("2", "American Psychological Association")
    #expect(
      Self.entry(book) == "Brown, L. S. (2018). *Feminist therapy* (2nd ed.). American Psychological Association.")

    var chapter = work("c", ["Balsam, K. F.", "Martell, C. R."], 2019, "Affirmative therapy", type: "chapter")
    (chapter.container, chapter.page, chapter.publisher) = ("Culturally responsive therapy", "287-314", "APA")
    chapter.editors = [.init(family: "Iwamasa", given: "G. Y."), .init(family: "Hays", given: "P. A.")]
    chapter.edition = "second"
    #expect(
      Self.entry(chapter)
        == "Balsam, K. F., & Martell, C. R. (2019). Affirmative therapy. In G. Y. Iwamasa & P. A. Hays (Eds.), *Culturally responsive therapy* (2nd ed., pp. 287–314). APA."
    )

    var thesis = work("t", ["Harris, L."], 2014, "Leadership", type: "thesis")
    (thesis.genre, thesis.publisher) = ("Doctoral dissertation", "University of X")
    #expect(Self.entry(thesis) == "Harris, L. (2014). *Leadership* [Doctoral dissertation, University of X].")

    var data = work("d", ["Wagner, P."], 2022, "PTB-XL", type: "dataset")
    (data.version, data.publisher, data.doi) = ("1.0.3", "PhysioNet", "10.13026/x")
    #expect(
      Self.entry(data)
        == "Wagner, P. (2022). *PTB-XL* (Version 1.0.3) [Data set]. PhysioNet. <https://doi.org/10.13026/x|https://doi.org/10.13026/x>"
    )

    var page = work("p", [], 2020, "A page", type: "webpage")
    (page.month, page.day, page.url, page.publisher) = (3, 1, "https://a.org", "A")
    page.authors = [.init(literal: "A")]
    #expect(Self.entry(page) == "A. (2020, March 1). *A page*. <https://a.org|https://a.org>")
  }

  @Test func leavesOutNamesBetweenTheNineteenthAndTheLast() {
    let item = work("a", (1...22).map { "N\($0), A." }, 2000)
    let entry = Self.entry(item)
    #expect(entry.contains("N19, A., . . . N22, A. (2000)") && !entry.contains("N20"))
  }

  @Test func sortsTheListLetterByLetterWithoutAccents() {
    let works = [
      work("4", ["Øster"], 2000), work("2", ["Brown, J."], 2001), work("1", ["Brown, J."], 2000),
      work("3", ["Brown, J.", "Abel, A."], 1990),
      work("0", ["Ångström, K."], 1990), work("5", ["Browning, A."], 1980),
    ]
    // "Brown" stands before "Browning", one author before several; Å sorts as A. Ø has no other letter.
    #expect(
      APA(works).entries.map(\.key) == ["0", "1", "2", "3", "5", "4"] || APA(works).entries.map(\.key).first == "0")
    #expect(APA(works).entries.prefix(5).map(\.key) == ["0", "1", "2", "3", "5"])
  }

  // MARK: In a report

  private static let bibliography = """
    @article{zed, title = {Z}, author = {Zed, A. and Yu, B. and Xi, C.}, journal = {J}, year = 2020}
    @article{zed2, title = {Y}, author = {Zed, A. and Yu, B. and Xi, C.}, journal = {J}, year = 2020, doi = {10.1/x}}
    @book{who, title = {Book}, author = {{WHO}}}
    """

  private func render(_ body: (Workshop, RenderResult) throws -> Void) async throws {
    try await withWorkshop { workshop in
      try Data(Self.bibliography.utf8).write(to: URL(filePath: "\(workshop.folder)/refs.bib"))
      let text =
        "So [@zed]. Zed [-@zed]. Both [@who; @zed2; @zed; @wagner2020].\n\n```{grid #tbl-a}\ncaption: Of [@who].\n```\n"
      try workshop.write(
        document(text, frontMatter: "bibliography: [refs.bib]\ncitation-style: apa\nsummary: As [@zed2] say.\n"))
      try body(workshop, try await workshop.render())
    }
  }

  @Test func citesByAuthorAndYearInReports() async throws {
    try await render { _, result in
      guard case .paragraph(let text)? = result.page.blocks.first else { return #expect(Bool(false)) }
      #expect(
        text.plainText.replacing("\u{A0}", with: " ")
          == "So (Zed et al., 2020b). Zed (2020b). Both (Wagner et al., 2020; WHO, n.d.; Zed et al., 2020a, 2020b).")
      #expect(result.page.summary.plainText.contains("2020a"))
      #expect(result.page.bibliography.map(\.key) == ["wagner2020", "who", "zed2", "zed"])
      #expect(result.results.cells[0].tables[0].caption == "Of (WHO, n.d.).")
      #expect(result.page.bibliography.map { $0.name?.replacing("\u{A0}", with: " ") }.last == "Zed et al., 2020b")
    }
  }

  @Test func writesAListWithoutNumbers() async throws {
    try await render { _, result in
      let text = try html(result.page)
      #expect(text.contains("<ul class=\"references named\">") && !text.contains("<ol class=\"references\""))
      #expect(
        text.contains(
          ##"<a id="cite-zed-1" href="#ref-zed" role="doc-biblioref">Zed et al., 2020b</a>"##.replacing(
            "et al.", with: "et\u{A0}al.")))
      _ = try pdf(result.page)
      let tex =
        try latex(result.page).first { $0.name == "main.tex" }.map { String(decoding: $0.data, as: UTF8.self) } ?? ""
      #expect(
        tex.contains("\\usepackage[authoryear,round]{natbib}") && tex.contains("\\bibitem[{Zed et~al.}(2020b)]{zed}"))
    }
  }

  /// A label of several words may be cut by the end of a line: it is one mention, and leads back once.
  @Test func countsAMentionOverTwoLinesOnce() throws {
    var page = Page(title: "t")
    let mark = CitationMark(
      [.init(key: "a", before: "(", label: [.text("Somebody With A Long Name & Another One, 2020")])], style: .apa)
    page.blocks =
      (0..<12).map { _ in .paragraph([.text(Sample.filler(1)), .citation(mark), .text(".")]) } + [.bibliography]
    page.bibliography = [.init(number: 1, key: "a", text: [.text("Entry.")], name: "Somebody")]
    var setter = TextSetter(Manuscript(page))
    var places: [String] = []
    for case .paragraph(let text) in page.blocks {
      for strip in setter.lines(text, .body, x: 0, width: 150) {
        for case .destination(let name, _) in strip.elements { places.append(name) }
      }
    }
    #expect(places == (1...12).map { "cite-a-\($0)" })
  }

  @Test func isProvenFromItsResultsAlone() async throws {
    try await render { workshop, result in
      let data = Data(try html(result.page).utf8)
      let finished = try FinishedReport(data, path: "r.html")
      #expect(try verify(finished, registry: toys, tools: [:]).findings == [])
    }
  }
}
