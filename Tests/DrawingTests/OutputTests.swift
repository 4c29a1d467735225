import Drawing
import Foundation
import TestSupport
import Testing

private let sans = Font(.sans, 8)

private func page(_ elements: [Element]) -> Scene { Scene(size: Size(200, 100), elements: elements) }

private func sampleDocument() -> PDFDocument {
  let first = page([
    .text(
      [
        TextRun("A title, ", sans, color: Theme.ink),
        TextRun("and a link", sans, color: Theme.link, link: .destination("end")),
      ], at: Point(10, 20)),
    .path(.rectangle(Rect(10, 30, 50, 20)), fill: Theme.category(0), stroke: Theme.axis),
    .group(
      [.text([TextRun("clipped", sans, color: Theme.ink)], at: Point(0, 0))],
      transform: Transform(scale: 2, x: 10, y: 80), clip: Rect(0, 50, 200, 50)),
    .link(Rect(10, 30, 50, 20), .url("https://doi.org/10.13026/x4td-x982?a='b'")),
  ])
  let second = page([
    .destination("end", at: Point(10, 40)), .text([TextRun("The end", sans, color: Theme.ink)], at: Point(10, 50)),
  ])
  return PDFDocument(
    pages: [first, second], title: "Títle", author: "A. Author", subject: "Test",
    outline: [OutlineItem(level: 1, title: "The end", destination: "end")])
}

@Suite struct PDFTests {
  @Test func writesTheSameBytesAgain() throws {
    let document = sampleDocument()
    #expect(try pdf(document) == pdf(document))
  }

  @Test(
    .enabled(if: tool("pdfinfo") != nil, "needs poppler-utils"),
    arguments: [
      (nil, "1970-01-01T00:00:00Z"), (1_709_208_000, "2024-02-29T12:00:00Z"), (951_782_399, "2000-02-28T23:59:59Z"),
      (4_107_542_400, "2100-03-01T00:00:00Z"), (-5, "1970-01-01T00:00:00Z"),
    ])
  func knowsNoClock(seconds: Double?, date: String) throws {
    try withTemporaryFolder { folder in
      var document = sampleDocument()
      document.date = seconds.map { Date(timeIntervalSince1970: $0) }
      try pdf(document).write(to: URL(filePath: folder + "/a.pdf"))
      let info = try output("pdfinfo", ["-isodates", folder + "/a.pdf"])
      #expect(info.contains("CreationDate:    \(date.dropLast())"))
      #expect(info.contains("ModDate:         \(date.dropLast())"))
    }
  }

  @Test func refusesALinkThatLeadsNowhere() {
    var document = sampleDocument()
    document.pages.removeLast()
    #expect(throws: DrawingError.unknownDestination("end")) { try pdf(document) }
  }

  @Test func refusesANameOfTwoPlaces() {
    var document = sampleDocument()
    document.pages[0].elements.append(.destination("end", at: Point(0, 0)))
    #expect(throws: DrawingError.repeatedDestination("end")) { try pdf(document) }
  }

  @Test(arguments: [Size(0, 10), Size(.nan, 10), Size(10, 20_000)])
  func refusesAPageThatNoPaperHas(size: Size) {
    #expect(throws: DrawingError.self) { try pdf(PDFDocument(pages: [Scene(size: size)], title: "")) }
    #expect(throws: DrawingError.self) { try png(Scene(size: size), scale: 1) }
    #expect(throws: DrawingError.self) { try svg(Scene(size: size), idPrefix: "") }
  }

  @Test(.enabled(if: tool("pdftotext") != nil && tool("pdfinfo") != nil, "needs poppler-utils"))
  func canBeReadByOtherPrograms() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/a.pdf"
      try pdf(sampleDocument()).write(to: URL(filePath: path))
      #expect(try output("pdftotext", [path, "-"]).hasPrefix("A title, and a link\n"))
      let info = try output("pdfinfo", [path])
      #expect(info.contains("Títle"))
      #expect(info.contains(/Pages: +2\n/))
      // 40 points below the top of a page of 100
      #expect(try output("pdfinfo", ["-dests", path]).contains("2 [ XYZ   10   60 null      ] \"end\""))
      #expect(try output("pdfinfo", ["-url", path]).contains("https://doi.org/10.13026/x4td-x982?a='b'"))
    }
  }
}

@Suite struct SVGTests {
  @Test func isSmallAndPlain() throws {
    let scene = Scene(
      size: Size(100, 50),
      elements: [
        .path(
          .polyline([Point(0, 0), Point(10.004, 0), Point(10.004, 20.5), Point(12, 19)]),
          stroke: Stroke(Theme.ink, width: 0.5)),
        .group(
          [.path(.rectangle(Rect(0, 0, 5, 5)), fill: Color(0xFF0000, alpha: 0.5))],
          transform: Transform(scale: 2, x: 1, y: 2)),
        .link(Rect(1, 2, 3, 4), .url("https://a.b/?c&d")),
      ], description: "A test. With <two> sentences.")
    #expect(
      try svg(scene, idPrefix: "f-") == """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100pt" height="50pt" role="img" fill="none" \
        aria-labelledby="f-t f-d"><title id="f-t">A test.</title><desc id="f-d">With &lt;two&gt; sentences.</desc>\
        <path d="M0 0h10v20.5l2-1.5" stroke="#1a1a1a" stroke-width=".5"/>\
        <g transform="translate(1 2)scale(2)"><path d="M0 0h5v5h-5z" fill="#ff0000" fill-opacity=".5"/></g>\
        <a href="https://a.b/?c&amp;d" aria-label="https://a.b/?c&amp;d">\
        <path d="M1 2h3v4h-3z" pointer-events="all"/></a></svg>
        """)
  }

  @Test func definesEachOutlineOnce() throws {
    let text = TextRun("noon", sans, color: Theme.ink)
    let drawing = try svg(page([.text([text], at: Point(10, 10)), .text([text], at: Point(10, 30))]), idPrefix: "x")
    #expect(drawing.components(separatedBy: "<path").count - 1 == 2)  // n and o
    #expect(drawing.components(separatedBy: "<use").count - 1 == 8)
    #expect(drawing.contains("href=\"#xg0\""))
  }

  @Test func givesTheSameBytesAgainWhateverWasDrawnBefore() throws {
    let scene = page([.text([TextRun("once and again", sans, color: Theme.ink)], at: Point(10, 10))])
    let first = try svg(scene, idPrefix: "a")
    _ = try svg(page([.text([TextRun("XYZ", Font(.serif, 9), color: Theme.ink)], at: Point(10, 10))]), idPrefix: "b")
    #expect(try svg(scene, idPrefix: "a") == first)
  }

  @Test func addsUpNoRoundingErrors() throws {
    let points = (0...10_000).map { Point(Double($0) * 0.004, $0 % 2 == 0 ? 1 : 2) }
    let drawing = try svg(page([.path(.polyline(points), stroke: Theme.axis)]), idPrefix: "a")
    let steps = try #require(drawing.firstMatch(of: /d="M0 1([^"]*)"/)).1
    var x = 0.0
    for match in steps.matches(of: /(?:l| |(?=-))(-?[0-9.]+)[ ]?(-?[0-9.]+)/) { x += Double("0" + match.1) ?? 0 }
    for match in steps.matches(of: /h([0-9.]+)/) { x += Double("0" + match.1) ?? 0 }
    #expect(abs(x - 40) < 0.011)
  }
}

@Suite struct PNGTests {
  @Test func hasTheAskedNumberOfPixels() throws {
    let data = [UInt8](try png(page([]), scale: 1.5))
    #expect(Array(data.prefix(4)) == [0x89, 0x50, 0x4E, 0x47])
    #expect(Array(data[16..<24]) == [0, 0, 1, 44, 0, 0, 0, 150])  // IHDR: 300 × 150
  }

  /// 300 dots per inch are 11,811 per metre. Source: PNG specification, 11.3.5.3; the check value is zlib's.
  @Test func saysItsResolution() throws {
    let data = try png(Scene(size: Size(72, 36)), dotsPerInch: 300)
    #expect(Array(data[16..<24]) == [0, 0, 1, 44, 0, 0, 0, 150])
    #expect(Array(data[33..<41]) == [0, 0, 0, 9] + Array("pHYs".utf8))
    #expect(Array(data[41..<50]) == [0, 0, 0x2E, 0x23, 0, 0, 0x2E, 0x23, 1])
    #expect(Array(data[50..<54]) == [0x78, 0xA5, 0x3F, 0x76])
    #expect(Array(data.suffix(8).prefix(4)) == Array("IEND".utf8))
  }
}

@Suite struct ThemeTests {
  @Test(arguments: stride(from: 0.0, through: 1.0, by: 0.05).map { $0 })
  func writesLegiblyOnEveryTint(share: Double) {
    #expect(Theme.tint(share).contrast(to: Theme.ink) >= 7)
    #expect(Theme.onDark(Theme.tint(share)).contrast(to: Theme.darkInk) >= 7)
  }

  /// WCAG 2.2: text at 7:1 (1.4.6), what must be seen at 3:1 (1.4.11), on either paper.
  @Test func standsOutFromLightAndDarkPaper() {
    for color in [Theme.ink, Theme.secondary, Theme.link] {
      #expect(color.contrast(to: Theme.paper) >= 7)
      #expect(Theme.onDark(color).contrast(to: Theme.darkPaper) >= 7)
    }
    for color in Theme.categories.prefix(6) + [Theme.accent, Theme.muted, Theme.ECG.trace.color] {
      #expect(color.contrast(to: Theme.paper) >= 3, "\(color.hex)")
      #expect(Theme.onDark(color).contrast(to: Theme.darkPaper) >= 3, "\(color.hex)")
    }
    for line in [Theme.ECG.fineLine, Theme.ECG.boldLine] {  // behind the trace
      #expect(line.color.contrast(to: Theme.ECG.trace.color) >= 7)
      #expect(Theme.onDark(line.color).contrast(to: Theme.onDark(Theme.ECG.trace.color)) >= 7)
    }
  }

  @Test func turnsTheSequentialScaleOverOnDarkPaper() {
    let contrasts = stride(from: 0.0, through: 1.0, by: 0.02).map {
      Theme.onDark(Theme.sequential($0)).contrast(to: Theme.darkPaper)
    }
    #expect(zip(contrasts, contrasts.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func keepsTransparencyOnDarkPaper() {
    #expect(Theme.onDark(Color(0x0072B2, alpha: 0.25)).alpha == 0.25)
  }

  @Test func darkensSteadily() {
    let contrasts = stride(from: 0.0, through: 1.0, by: 0.02).map { Theme.sequential($0).contrast(to: Theme.paper) }
    #expect(zip(contrasts, contrasts.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func keepsTextReadable() {
    #expect(Theme.ink.contrast(to: Theme.paper) >= 7)
    #expect(Theme.secondary.contrast(to: Theme.paper) >= 4.5)
    #expect(Theme.link.contrast(to: Theme.paper) >= 7)
  }
}

/// Where a program of the system lies, or nil.
private func tool(_ name: String) -> String? {
  ["/usr/bin/", "/usr/local/bin/", "/opt/homebrew/bin/"].map { $0 + name }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

private func output(_ name: String, _ arguments: [String]) throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: try #require(tool(name)))
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self)
}

@Suite struct DarkStyleTests {
  /// Colours that an SVG writes alike would otherwise take the rule of whichever the set gives first, in each process another.
  @Test func givesOneRuleForColoursThatAreWrittenAlike() {
    for level in 0..<60 {
      var colors: [Color] = []
      for step in 0..<8 {
        var color = Color(0)
        (color.red, color.green, color.blue) = (0.98, Double(level) / 60, (Double(level) + Double(step) / 60) / 255)
        colors.append(color)
      }
      for (hex, alike) in Dictionary(grouping: colors, by: \.hex) {
        let first = alike.map { Theme.onDark($0).hex }.min() ?? ""
        let elements = alike.map { Element.path(.line(Point(0, 0), Point(1, 1)), fill: $0) }
        let style = darkStyle(of: [Scene(size: Size(1, 1), elements: elements, description: "x")], within: ".plate")
        #expect(style == ".plate [fill=\"\(hex)\"] { fill: \(first); }")
      }
    }
  }
}
