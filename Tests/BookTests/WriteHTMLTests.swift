@testable import Book
import Drawing
import Files
import Foundation
import TestSupport
import Testing

/// Text that breaks out of every careless slot.
private let hostile = #"<script>alert("x")</script> ]]> & 'quoted' "double" --> </style>"#

@Suite struct WriteHTML {
  @Test func isWellFormedAndNestsAsItShould() throws {
    try checkNesting(html(Sample.report()))
  }

  @Test(.enabled(if: Tool.exists("xmllint"), "needs xmllint (libxml2-utils)"))
  func isReadByAStrictXMLReader() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/report.html"
      try Data(html(Sample.report()).utf8).write(to: URL(filePath: path))
      let result = try Tool.run("xmllint", ["--noout", "--nonet", path])
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  @Test func refersToNothingOutside() throws {
    let text = try html(Sample.report())
    for match in text.matches(of: /\s(src|srcset|xlink:href|data|action|poster|background)="([^"]*)"/) {
      #expect(match.2.hasPrefix("data:") || match.2.hasPrefix("#"), "\(match.0)")
    }
    for match in text.matches(of: /url\(([^)]*)\)/) { #expect(match.1.hasPrefix("#") || match.1.hasPrefix("data:")) }
    for match in text.matches(of: /<([a-zA-Z]+)[^>]*\shref="([^"]*)"/)
    where !match.2.hasPrefix("#") && !match.2.hasPrefix("data:") {
      #expect(match.1 == "a", "only readers follow links: \(match.0)")
      #expect(match.2.hasPrefix("https://"))
    }
    #expect(!text.contains("@import") && !text.contains("<link") && !text.contains("<iframe"))
    #expect(text.contains("default-src 'none'") || text.contains("default-src &#39;none&#39;"))
    #expect(!text.contains("javascript:"))
  }

  /// The policy names style and script by their digests: whatever else a report may have come to hold does not run.
  @Test func runsNoScriptButItsOwn() throws {
    let text = try html(Sample.report())
    let scripts = text.matches(of: /(?s)<script([^>]*)>(.*?)<\/script>/)
    #expect(scripts.map { String($0.1) } == [#" type="application/json" id="results""#, ""])
    let style = try #require(text.firstMatch(of: /(?s)<style>(.*?)<\/style>/)).1
    let script = try #require(scripts.last).2
    let policy = try #require(text.firstMatch(of: /http-equiv="Content-Security-Policy" content="([^"]*)"/)).1
      .replacing("&#39;", with: "'")
    #expect(policy.contains("default-src 'none'; "))
    #expect(policy.contains("style-src '\(Digest(of: String(style)).policySource)'; "))
    #expect(policy.contains("script-src '\(Digest(of: String(script)).policySource)'; "))
    #expect(!policy.contains("unsafe"))
    #expect(!text.contains(/\s(style|on[a-z]+)="/))
  }

  /// Source: RFC 6234's digest of nothing, in base64.
  @Test func namesADigestAsPoliciesDo() {
    #expect(Digest(of: "").policySource == "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
  }

  @Test func holdsAScriptThatIsSmallAndReadAlikeByHTMLAndXML() {
    #expect(HTMLWriter.script.utf8.count < 10_000)
    #expect(!HTMLWriter.script.contains("<") && !HTMLWriter.script.contains("&"))
  }

  @Test func embedsTheResultsAsJSONWithTheSameContent() throws {
    let page = Sample.report()
    let text = try html(page)
    let match = try #require(text.firstMatch(of: /<script type="application\/json" id="results">(.*?)<\/script>/))
    let found = try JSONSerialization.jsonObject(with: Data(match.1.utf8)) as? NSDictionary
    let file = try #require(page.attachments.first { $0.name == "results.json" })
    #expect(try found == JSONSerialization.jsonObject(with: Data(file.content.utf8)) as? NSDictionary)
  }

  @Test func skipsNoLevelOfHeadings() throws {
    var page = Page(title: "t")
    page.blocks = [(1, "a"), (3, "b"), (4, "c"), (2, "d"), (1, "e")].map { .heading(level: $0, [.text($1)], anchor: $1) }
    let levels = try html(page).matches(of: /<h([2-6]) id="([a-e])"/).map { "\($0.2)\($0.1)" }
    #expect(levels == ["a2", "b3", "c4", "d3", "e2"])
  }

  /// Every slot of a page that takes text, given text that is markup.
  @Test func escapesHostileTextInEverySlot() throws {
    var page = Page(title: hostile)
    page.authors = [hostile]
    page.date = hostile
    page.language = hostile
    page.summary = [.text(hostile)]
    page.keyFigures = [.init(label: hostile, value: hostile, interval: hostile)]
    page.facts = [.init(label: hostile, value: hostile)]
    page.banners = [hostile]
    page.digest = hostile
    page.bibliography = [.init(number: 1, key: hostile, text: [.text(hostile)])]
    page.attachments = [
      .init(
        name: "results.json", mediaType: "application/json", description: "", content: "{\"a\": \"</script><!--\"}"),
      .init(name: hostile, mediaType: hostile, description: hostile, content: hostile),
    ]
    let inlines: [Inline] = [
      .text(hostile), .code(hostile), .value(hostile, path: hostile), .link([.text(hostile)], url: hostile),
      .link([.text("x")], url: "https://example.org/\"><script>"), .reference(hostile, anchor: hostile),
      .citation(.numbered([(1, hostile)])), .emphasis([.strong([.strikethrough([.text(hostile)])])]), .footnote(1), .footnote(9),
    ]
    page.blocks = [
      .heading(level: 1, inlines, anchor: hostile), .paragraph(inlines), .code(hostile, language: hostile),
      .notice(hostile),
      .list(ordered: true, start: 2, tight: true, items: [[.paragraph(inlines)], []]), .quote([.paragraph(inlines)]),
      .table(
        TableBlock(
          id: hostile, number: 1, caption: inlines, columns: [.init(hostile, .left), .init(hostile, .right)],
          rows: [[.init(inlines, aside: hostile), .init([])], []], notes: [hostile],
          data: Frame([.init(hostile, title: hostile, [.text(hostile)])]))),
      .figure(
        FigureBlock(
          id: hostile, number: 1, caption: inlines,
          scene: Scene(
            size: Size(100, 50),
            elements: [
              .text([TextRun(hostile, Font(.sans, 7), color: Color(0))], at: Point(5, 5)),
              .link(Rect(0, 0, 5, 5), .url(hostile)),
            ],
            description: hostile),
          data: Frame([.init(hostile, title: hostile, [.text(hostile), .undefined(hostile)])]))),
      .footnotes([[.paragraph(inlines)]]),
    ]
    let text = try html(page)
    #expect(text.components(separatedBy: "<script>").count == 2)  // the file's own
    #expect(!text.contains("</style> "))
    #expect(text.components(separatedBy: "<script").count == 3)  // the results, and the file's own
    try checkNesting(text)
    _ = try pdf(page)  // and the PDF writer takes it too
  }

  @Test func linksCitationsAndNotesBothWays() throws {
    let text = try html(Sample.report())
    let ids = Set(text.matches(of: /\sid="([^"]*)"/).map { String($0.1) })
    for match in text.matches(of: /\shref="#([^"]*)"/) {
      #expect(ids.contains(String(match.1)), "\(match.0) leads nowhere")
    }
    #expect(text.contains(##"<a id="cite-wagner2020-1" href="#ref-wagner2020""##))
    #expect(text.contains("href=\"#cite-wagner2020-2\""))
    #expect(text.contains(##"<a id="noteref-1-1" href="#note-1""##))
    #expect(text.contains("href=\"#noteref-1-1\""))
    #expect(text.contains(##"<a href="#fig-roc">Figure 2</a>"##))
  }

  @Test func givesEveryPlaceItsOwnName() throws {
    let ids = try html(Sample.report()).matches(of: /\sid="([^"]*)"/).map { String($0.1) }
    #expect(Set(ids).count == ids.count)
    #expect(ids.contains("results") && ids.contains("results-2"))  // the JSON, and the section "Results"
  }

  @Test func tracesEveryValueToItsPath() throws {
    let text = try html(Sample.report())
    #expect(text.contains(#"data-path="eval.macro.auroc" title="eval.macro.auroc">0.928</span>"#))
  }

  @Test func carriesTheDataOfFiguresAndTablesAsCSV() throws {
    let text = try html(Sample.report())
    let pattern = /download="fig-counts.csv" href="data:text\/csv;base64,([A-Za-z0-9+\/=]*)"/
    let match = try #require(text.firstMatch(of: pattern))
    let csv = try #require(Data(base64Encoded: String(match.1)))
    #expect(String(decoding: csv, as: UTF8.self).hasPrefix("class,records\nNORM,9083\n"))
    #expect(text.contains(#"download="tbl-classes.csv""#))
  }

  @Test func describesTablesByTheirHeads() throws {
    let text = try html(Sample.report())
    #expect(text.contains(#"<th scope="col" class="right">AUC (95 %)</th>"#))
    #expect(text.contains(#"<th scope="row">NORM</th>"#))
    #expect(text.contains(#"<caption id="tbl-classes.caption">"#))
    #expect(text.contains(#"role="group" aria-labelledby="tbl-classes.caption""#))
  }

  @Test func givesSortingTheNumberBehindTheText() throws {
    var page = Page(title: "t")
    page.blocks = [
      .table(
        TableBlock(
          columns: [.init("Records", .right)],
          rows: [[.init([.text("19 634")], aside: "1–2", key: 19634.5)], [.init([.text("undefined")])]]))
    ]
    let text = try html(page)
    #expect(text.contains(#"<td class="right" data-key="19634.5">19 634"#))
    #expect(text.contains(#"<td class="right">undefined"#))
  }

  // MARK: Figures for everyone

  @Test func describesEveryFigureBesideItsCaption() throws {
    let text = try html(Sample.report())
    let figures = text.matches(of: /(?s)<figure .*?<\/figure>/).map { String($0.0) }
    #expect(figures.count == 4)
    for figure in figures {
      let name = /role="img" fill="none" aria-labelledby="([^ ]+) ([^"]+)"><title id="([^"]+)">([^<]+)<\/title>/
      let svg = try #require(figure.firstMatch(of: name))
      #expect(svg.1 == svg.3)
      let caption = try #require(figure.firstMatch(of: /(?s)<figcaption>.*<\/figcaption>/)).0
      #expect(!caption.contains(svg.4), "the description is no caption")
      let details = try #require(figure.firstMatch(of: /(?s)<details>.*<\/details>/)).0
      #expect(details.contains(svg.4), "who sees the figure may read it too")
    }
  }

  @Test func describesAFigureThatHasNoWordsByItsData() throws {
    var page = Page(title: "t")
    let data = Frame([.init("age", title: "Age", [.integer(3), .integer(4)])])
    let scene = Scene(size: Size(9, 9))
    page.blocks = [
      .figure(FigureBlock(id: "fig-a", number: 1, caption: [.text("Ages.")], scene: scene, data: data))
    ]
    #expect(try html(page).contains("A drawing of 2\u{00A0}rows of data: Age.</title>"))
  }

  @Test func tabulatesSomeOfManyRowsAndSaysSo() throws {
    var page = Page(title: "t")
    let data = Frame([.init("x", title: "x", (0..<1000).map { .integer($0) })])
    page.blocks = [
      .figure(FigureBlock(id: "fig-a", number: 1, caption: [.text("A.")], scene: Scene(size: Size(9, 9)), data: data))
    ]
    let text = try html(page)
    #expect(text.components(separatedBy: "<tr>").count == 62)  // a head and 60 rows
    #expect(text.contains("<td>0</td>") && text.contains("<td>999</td>"))
    #expect(text.contains("The table has 60 rows, evenly taken. All are in the file: "))
  }

  @Test func saysAMarksValueWhereItStands() throws {
    var page = Page(title: "t")
    let scene = Scene(
      size: Size(90, 90), description: "One bar.", marks: [.init(area: Rect(1, 2, 3.25, 4), value: "A & B: 7")])
    page.blocks = [.figure(FigureBlock(id: "fig-a", number: 1, caption: [.text("A.")], scene: scene, data: Frame([])))]
    #expect(
      try html(page).contains(#"<rect x="1" y="2" width="3.2" height="4"><title>A &amp; B: 7</title></rect>"#))
  }

  /// One SVG for both: each of its colours has a rule for dark paper, on screens alone, so that print stays light.
  @Test func replacesEveryColourOfFiguresOnDarkPaper() throws {
    let text = try html(Sample.report())
    let media = /(?s)@media screen and \(prefers-color-scheme: dark\) \{\n(.*?)\n\}/
    let rules = try #require(text.firstMatch(of: media)).1
    let used = Set(text.matches(of: /\s((?:fill|stroke)="#[0-9a-f]{6}")/).map { String($0.1) })
    #expect(used.count > 5)
    for attribute in used { #expect(rules.contains(".plate [\(attribute)] { "), "\(attribute)") }
    #expect(rules.contains(##".plate [fill="#1a1a1a"] { fill: #e7e9ec; }"##))
  }

  @Test func keepsAnIntervalBehindItsValueWhateverItsSigns() {
    let asides = ["0.921–0.934", "−0.016 to 0.010", "−0.0160 to −0.0010", "no record of the test fold has it"]
    let table = TableReading(TableBlock(columns: [.init("x", .left)], rows: asides.map { [.init([.text("1")], aside: $0)] }))
    #expect(table.rows.map { $0[0].aside } == [asides[0], asides[1], asides[2], nil])
    #expect(table.reasons.map(\.text) == [asides[3]])
  }

  @Test func printsAReasonOnceBelowTheTable() throws {
    let text = try html(Sample.report())
    #expect(text.contains("undefined<sup>a</sup>"))
    #expect(text.components(separatedBy: "no record above the threshold").count == 2)
  }

  @Test func hasTheSameBytesTwice() throws {
    #expect(try html(Sample.report()) == html(Sample.report()))
  }

  /// WCAG 2.2, 1.4.6: text at 7:1, in both sets of colours and on both grounds.
  @Test(arguments: ["ink", "secondary", "link"]) func contrastsTextWithItsPaper(name: String) throws {
    let text = try html(Page(title: "t"))
    let values = text.matches(of: /--(ink|secondary|link|paper|shade): #([0-9a-f]{6})/).map {
      (String($0.1), String($0.2))
    }
    let sets = stride(from: 0, to: values.count, by: 5).map {
      Dictionary(uniqueKeysWithValues: values[$0..<min($0 + 5, values.count)])
    }
    #expect(sets.count == 3)  // light, dark, print
    for set in sets {
      for ground in ["paper", "shade"] {
        let ratio = try contrast(#require(set[name]), #require(set[ground]))
        #expect(ratio >= (ground == "paper" ? 7 : 6.4), "\(name) on \(ground): \(ratio)")
      }
    }
  }
}

@Suite struct WriteCSV {
  @Test func givesStatisticsAColumnPerNumber() {
    let interval = Statistic.Interval(lower: 0.9, upper: 0.95, level: 0.95, method: "bootstrap")
    let frame = Frame([
      .init("class", title: "Class", [.text("MI"), .text("a,b")]),
      .init(
        "auroc", title: "AUC", [.statistic(Statistic(0.93, interval: interval, n: 7)), .undefined("no positives")]),
    ])
    #expect(
      frame.csv.text == """
        class,auroc,auroc_lower,auroc_upper,auroc_n,auroc_undefined
        MI,0.93,0.9,0.95,7,
        "a,b",,,,,no positives

        """)
  }
}

/// Fails where an element is closed that is not the innermost open one, or a void one is not marked as such.
private func checkNesting(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  var open: [Substring] = []
  let text = text.replacing(/(?s)<(script|style)([^>]*)>.*?<\/\1>/) { "<\($0.1)\($0.2)></\($0.1)>" }
  for match in text.matches(of: /<(\/?)([a-zA-Z][a-zA-Z0-9]*)((?:\s+[-:a-zA-Z]+="[^"<>]*")*)\s*(\/?)>|<(?!!DOCTYPE)/) {
    guard let name = match.2 else {
      Issue.record("a stray '<' before '\(text[match.range.lowerBound...].prefix(40))'", sourceLocation: sourceLocation)
      continue
    }
    if match.4 == "/" { continue }
    if match.1 == "/" {
      #expect(open.popLast() == name, "</\(name)> closes nothing", sourceLocation: sourceLocation)
    } else {
      open.append(name)
    }
  }
  #expect(open.isEmpty, "never closed: \(open)", sourceLocation: sourceLocation)
}

/// The ratio of WCAG 2.2: relative luminances, each with 0.05 of stray light.
private func contrast(_ a: String, _ b: String) -> Double {
  func luminance(_ hex: String) -> Double {
    let value = UInt32(hex, radix: 16) ?? 0
    return zip([0.2126, 0.7152, 0.0722], [16, 8, 0] as [UInt32]).reduce(0) { sum, part in
      let c = Double(value >> part.1 & 255) / 255
      return sum + part.0 * (c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4))
    }
  }
  let (x, y) = (luminance(a), luminance(b))
  return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

/// A program of the machine; tests that need one are skipped where it is absent.
enum Tool {
  static func path(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
  static func exists(_ name: String) -> Bool { path(name) != nil }

  struct Result {
    var status: Int32
    var output, errors: String
  }
  static func run(_ name: String, _ arguments: [String], in place: String = ".") throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: try #require(path(name)))
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: place)
    return try withTemporaryFolder { folder in  // files, not pipes: nothing can fill up
      let (out, err) = (folder + "/out", folder + "/err")
      for path in [out, err] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
      process.standardOutput = FileHandle(forWritingAtPath: out)
      process.standardError = FileHandle(forWritingAtPath: err)
      try process.run()
      process.waitUntilExit()
      func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
      }
      return Result(status: process.terminationStatus, output: text(out), errors: text(err))
    }
  }
}
