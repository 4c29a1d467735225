import Files
import Foundation
import TestSupport
import Testing

@testable import Book

@Suite struct BibTeXTests {
  private func read(_ text: String) -> (items: [BibliographyItem], diagnostics: [Diagnostic]) {
    BibliographyItem.items(parsingBibTeX: text, file: "refs.bib")
  }

  private func item(_ text: String) throws -> BibliographyItem {
    let (items, diagnostics) = read(text)
    #expect(diagnostics.map(\.heading) == [])
    return try #require(items.first)
  }

  @Test func readsAnArticle() throws {
    let item = try item(
      #"""
      A comment, with me@example.org in it.
      % @article{old, title = {Left out}}
      @comment{ jabref-meta: {anything} }
      @preamble{ "\newcommand{\noopsort}[1]{}" }
      @string{sd = "Scientific " # {Data}}
      @Article{wagner2020,
        title   = {{PTB-XL}, a large publicly available electrocardiography dataset},
        author  = {Wagner, Patrick and Strodthoff, Nils and R.-D. Bousseljot and others},
        journal = sd,
        year    = 2020, month = may,
        volume  = "7", number = {1}, pages = {154--162},
        doi     = {https://doi.org/10.1038/s41597-020-0495-6},
      }
      """#)
    #expect(item.id == "wagner2020" && item.type == "article-journal")
    #expect(item.title == "PTB-XL, a large publicly available electrocardiography dataset")
    #expect(
      item.authors == [
        .init(family: "Wagner", given: "Patrick"), .init(family: "Strodthoff", given: "Nils"),
        .init(family: "Bousseljot", given: "R.-D."), .init(literal: "others"),
      ])
    #expect(item.container == "Scientific Data" && item.volume == "7" && item.issue == "1" && item.page == "154-162")
    #expect(item.year == 2020 && item.month == 5 && item.doi == "10.1038/s41597-020-0495-6")
  }

  @Test(arguments: [
    ("inproceedings", "paper-conference"), ("phdthesis", "thesis"), ("techreport", "report"),
    ("incollection", "chapter"),
    ("online", "webpage"), ("dataset", "dataset"), ("software", "software"), ("proceedings", "book"),
    ("misc", "article"),
  ])
  func mapsTypesOfEntries(type: String, expected: String) throws {
    #expect(try item("@\(type){a, title = {T}}").type == expected)
    #expect(try item("@\(type)(a, title = {T})").type == expected)
  }

  /// Source: O. Patashnik, "BibTeXing", section 4.
  @Test(
    arguments: [
      ("Ludwig van Beethoven", "van", "Beethoven", "Ludwig", nil),
      ("van Beethoven, Ludwig", "van", "Beethoven", "Ludwig", nil),
      ("de la Vall{\\'e}e Poussin, Charles Louis", "de la", "Vallée Poussin", "Charles Louis", nil),
      (
        "Charles Louis Xavier Joseph de la Vallee Poussin", "de la", "Vallee Poussin", "Charles Louis Xavier Joseph",
        nil
      ),
      ("King, Jr., Martin Luther", nil, "King", "Martin Luther", "Jr."), ("Plato", nil, "Plato", nil, nil),
      ("Jean {de La Fontaine}", nil, "de La Fontaine", "Jean", nil), ("{\\O}rsted, Hans", nil, "Ørsted", "Hans", nil),
      ("jean de la fontaine", "jean de la", "fontaine", nil, nil),
    ] as [(String, String?, String, String?, String?)])
  func dividesNames(text: String, particle: String?, family: String, given: String?, suffix: String?) throws {
    let item = try item("@book{a, title = {T}, author = {\(text)}}")
    #expect(item.authors == [.init(family: family, given: given, particle: particle, suffix: suffix)])
  }

  @Test func keepsOrganizationsWhole() throws {
    let item = try item(
      "@report{a, title = {T}, author = {{World Health Organization and Friends} and {\\\"O}zdemir, A.}}")
    #expect(
      item.authors == [.init(literal: "World Health Organization and Friends"), .init(family: "Özdemir", given: "A.")])
  }

  @Test(arguments: [
    (
      #"Erd{\H{o}}s, na\"{\i}ve, {\aa}, \o{}, Stra{\ss}e, gar\c{c}on, \v Cech"#,
      "Erdős, naïve, å, ø, Straße, garçon, Čech"
    ),
    (
      #"\'{E}tat, \'E, {\'e}t\'e, \^{\i}, \~n, \k{a}, \u{g}, \.z, \=a, \r{u}, \d{s}"#,
      "État, É, été, î, ñ, ą, ğ, ż, ā, ů, ṣ"
    ),
    (#"a--b, a---b, ``quoted'', it's, 50\%, R\&D, \$5, a_b"#, "a–b, a—b, “quoted”, it’s, 50%, R&D, $5, a_b"),
    (#"\emph{In vivo} {\it x}  two   spaces~here"#, "In vivo x two spaces\u{A0}here"),
    (#"$\alpha$-blockers, CO$_2$, $10^{-3}$, $p \le 0.05$"#, "α-blockers, CO₂, 10-3, p ≤ 0.05"),
  ])
  func readsLaTeXAsText(latex: String, text: String) {
    #expect(BibTeXText(latex).text == text)
    #expect(BibTeXText(latex).unknown == nil)
  }

  @Test func takesWhatAnEntryLacksFromAnother() throws {
    let (items, diagnostics) = read(
      """
      @inproceedings{part, title = {Part}, author = {A, B}, crossref = {whole}}
      @proceedings{whole, title = {Proceedings of X}, year = 2019, editor = {C, D}, publisher = {Press}}
      """)
    #expect(diagnostics.isEmpty)
    #expect(
      items[0].container == "Proceedings of X" && items[0].year == 2019
        && items[0].editors == [.init(family: "C", given: "D")])
    #expect(items[0].title == "Part" && items[0].publisher == "Press")
  }

  @Test(
    arguments: [
      ("year = {2020}, month = {March}", 2020, 3, nil, nil), ("date = {2021-11-05}", 2021, 11, 5, nil),
      ("year = {in press}", nil, nil, nil, "in press"), ("year = {c. 1900}", 1900, nil, nil, nil),
      ("year = 2020, month = jan # {~7}", 2020, 1, 7, nil), ("", nil, nil, nil, nil),
    ] as [(String, Int?, Int?, Int?, String?)])
  func readsDates(fields: String, year: Int?, month: Int?, day: Int?, text: String?) throws {
    let item = try item("@misc{a, title = {T}, \(fields)}")
    #expect(item.year == year && item.month == month && item.day == day && item.dateText == text)
    let again = try BibliographyItem.items(parsing: try CanonicalJSON.data([item]))
    #expect(again == [item])
  }

  @Test func readsPreprintsAndAddresses() throws {
    let preprint = try item(
      #"@misc{a, title={T}, eprint = {1711.05101}, archivePrefix = {arXiv}, primaryClass={cs.LG}}"#)
    #expect(preprint.url == "https://arxiv.org/abs/1711.05101" && preprint.publisher == "arXiv")
    #expect(
      try item(#"@misc{a, title={T}, howpublished = {\url{https://a.org/b\_c--d~e}}}"#).url == "https://a.org/b_c--d~e")
  }

  @Test(arguments: [
    (
      "@article{a,\n  title = {Never {closed,\n  year = 2020\n}\n@book{b, title = {T}}",
      "2:11: error[E0506]: the brace is never closed"
    ),
    (
      "@article{a,\n  title = {Never closed,\n  year = 2020\n}\n@book{b, title = {T}}",
      "1:9: error[E0506]: the entry 'a' is never closed"
    ),
    ("@article{a,\n  title = {T}\n  year = 2020\n}", "3:3: error[E0506]: ',' or '}' expected, found 'y'"),
    ("@article{a, title {T}}", "1:19: error[E0506]: '=' expected after 'title', found '{'"),
    ("@article{a, journal = jama}", "1:23: error[E0506]: 'jama' stands for no text"),
    ("@article{, title = {T}}", "1:10: error[E0506]: the entry has no key, found ','"),
    ("@artcle{a, title = {T}}", "1:1: error[E0506]: unknown type of entry '@artcle'"),
    ("@book{größe, author = {A}}", "1:7: error[E0506]: 'größe' has no title"),
    ("@book{a, title = {T}, Title = {U}}", "1:23: error[E0506]: 'a' has the field 'Title' twice"),
    ("@book{a, title = {T}}\n@book{a, title = {U}}", "2:7: error[E0506]: the key 'a' is taken by the entry on line 1"),
    ("@book{a, title = \"T}\"}", "1:20: error[E0506]: '}' without '{' in a quoted value"),
    ("@book{a, title = \"T\n", "1:18: error[E0506]: the quote is never closed"),
    ("@book{a, title = {Größe \\foo{x}}}", "1:25: error[E0506]: the command '\\foo' has no meaning in a bibliography"),
    ("@book{a, title = {T}, author = {A, B, C, D}}", "1:32: error[E0506]: a name with 3 commas: 'A, B, C, D'"),
    ("@book{a, title = {T}, crossref = {b}}", "1:34: error[E0506]: 'crossref' names no entry 'b'"),
    ("@book{a, title = {T}", "1:6: error[E0506]: the entry 'a' is never closed"),
    ("@book a", "1:1: error[E0506]: '@book' without '{'"),
  ])
  func saysWhereAnEntryIsDamaged(text: String, message: String) {
    let (_, diagnostics) = read(text)
    #expect(diagnostics.map(\.heading) == ["refs.bib:\(message)"])
    #expect(diagnostics.allSatisfy { $0.line != nil && (!$0.help.isEmpty || $0.summary.hasPrefix("'}'")) })
  }

  @Test func readsWhatFollowsADamagedEntry() {
    let (items, diagnostics) = read(
      "@book{a, title = {T\n\n@book{b, title = {U}}\n@book{c, title = V}\n@book{d, title = {W}}")
    #expect(items.map(\.id) == ["b", "d"])
    #expect(diagnostics.count == 2)
  }

  /// Damaged files: characters left out, doubled and changed, at places that a fixed seed chooses.
  @Test(arguments: 0..<60 as Range<UInt64>) func endsOnAnyFile(seed: UInt64) {
    let whole =
      #"@string{x = "a"} @article{k, title = {A {B} \'e $x^2$}, author = "A and {B C} and de D, E", year = 2020 # x, } @comment{z}"#
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<40 {
      var text = Array(whole)
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let place = Int.random(in: 0..<text.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: text.remove(at: place)
        case 1: text.insert(text[place], at: place)
        case 2: text.swapAt(place, Int.random(in: 0..<text.count, using: &generator))
        default: text[place] = "{}\"@\\#,=%$é\n()".randomElement(using: &generator) ?? "{"
        }
      }
      let (items, diagnostics) = read(String(text))
      for item in items { _ = (item.vancouver, APA([item]).entries) }
      #expect(items.count <= 3 && diagnostics.count < 60)
    }
  }

  @Test func takesALargeFileInLittleTime() {
    let entry = "@article{k%, title = {T {x} \\'e}, author = {A, B and C, D}, year = 2020}\n"
    let text = (0..<5000).map { entry.replacing("%", with: "\($0)") }.joined()
    let start = ContinuousClock.now
    #expect(read(text).items.count == 5000)
    #expect(read(String(repeating: "{@a{\"", count: 100_000)).diagnostics.count <= 51)
    #expect(ContinuousClock.now - start < .seconds(8))
  }
}
