import Drawing
import Foundation
import TestSupport
import Testing

@testable import Book

@Suite struct EquationTests {
  private func nodes(_ body: String) -> (nodes: [ReportNode], diagnostics: [Diagnostic]) {
    let report = Report(parsing: "---\ntitle: t\n---\n" + body, path: "r.md")
    return (report.nodes, report.diagnostics)
  }

  private func sources(_ body: String) -> [String] {
    func read(_ spans: [Span]) -> [String] {
      spans.flatMap { span -> [String] in
        switch span {
        case .formula(let formula): [formula.source]
        case .emphasis(let inner), .strong(let inner), .link(let inner, _): read(inner)
        default: []
        }
      }
    }
    func read(_ nodes: [ReportNode]) -> [String] {
      nodes.flatMap { node -> [String] in
        switch node.content {
        case .paragraph(let spans), .heading(_, let spans): read(spans)
        case .equation(let formula, let id): ["$$" + formula.source + (id.map { "#" + $0.text } ?? "")]
        case .list(_, _, _, let items): items.flatMap(read)
        case .quote(let nodes): read(nodes)
        case .table(_, let rows): rows.flatMap { $0.flatMap(read) }
        default: []
        }
      }
    }
    return read(nodes(body).nodes)
  }

  // MARK: What is an equation

  @Test(arguments: [
    ("It costs $5 and $10, or $ 7.", []), ("A name like $data or $ alone", []), ("Escaped \\$x$ and $x\\$", []),
    ("`$x$` and ``a ` $y$`` in code, `$HOME` and `$PATH`", []), ("{{ a.b }}$", []),
    ("Where $x$ is, and $p \\le 0.05$.", ["x", "p \\le 0.05"]),
    ("$a_b$ and $c_d$ with _emphasis $e_1$_", ["a_b", "c_d", "e_1"]),
    ("$x$5 is none, $ x$ neither, $x $ neither", []), ("over $a +\nb$, two lines", ["a +\nb"]),
    ("a $x$-axis and ($y$)", ["x", "y"]),
    ("| $a|b$ | c |\n| --- | --- |\n| $d$ | e |", ["a|b", "d"]), ("# The $\\kappa$ statistic", ["\\kappa"]),
    ("$\\$5$", ["\\$5"]),
  ])
  func tellsEquationsFromDollars(text: String, expected: [String]) {
    #expect(sources(text) == expected)
    #expect(nodes(text).diagnostics.map(\.summary) == [])
  }

  @Test(arguments: [
    ("$$ x = 1 $$", ["$$x = 1"]), ("$$\nx\n= 1\n$$ {#eq-a}", ["$$x\n= 1#eq-a"]),
    ("As in $$ x $$ {#eq-a}, which", ["$$x#eq-a"]),
    ("- an item\n\n  $$ a\n  + b $$", ["$$a\n+ b"]), ("> quoted\n> $$ a\n> - b $$\n> so", ["$$a\n- b"]),
    ("$$ a $$ and $$ b $$", ["$$a", "$$b"]), ("$$ a\n> b $$", ["$$a\n> b"]),
  ])
  func setsEquationsApart(text: String, expected: [String]) {
    #expect(sources(text) == expected)
    #expect(nodes(text).diagnostics.map(\.summary) == [])
  }

  @Test func partsAParagraphWhereAnEquationStands() {
    let (nodes, _) = nodes("It is\n$$ a = b $$\nwhere $a$\nis one.\n\nNext.")
    #expect(nodes.count == 4)
    #expect(nodes.first?.content == .paragraph([.text("It is")]))
    guard case .paragraph(let after) = nodes[2].content else { return #expect(Bool(false)) }
    #expect(after.first == .text("where ") && after.last == .text("is one."))
  }

  @Test func keepsCodeAsItIsWritten() {
    let code = "echo $$\n$x$ and $$ a\n\n+ b $$\n"
    #expect(nodes("```sh\n\(code)```\n").nodes.first?.content == .code(code, language: "sh"))
    #expect(nodes("    $$ a\n    b $$\n").nodes.first?.content == .code("$$ a\nb $$\n", language: nil))
    #expect(nodes("`a $x` b$ `c`").nodes.first?.content == .paragraph([.code("a $x"), .text(" b$ "), .code("c")]))
  }

  @Test(arguments: [
    ("An $\\alhpa$ error", "4:5: error[E0118]: '\\alhpa' is no part of equations"),
    ("Größe $x^{2$ error", "4:10: error[E0118]: '{' without '}'"),
    ("$$ a\n+ \\frac{b} $$", "5:3: error[E0118]: '\\frac' has one part"),
    ("> $$ a\n> + } $$", "5:5: error[E0118]: '}' without '{'"),
    ("$$ a", "4:1: error[E0118]: '$$' without '$$' in its paragraph"),
    ("$$ $$", "4:3: error[E0118]: an empty equation"),
    ("$$ a $$ {#brier}", "4:11: error[E0118]: 'brier' cannot be the id of an equation"),
    ("$x_1_2$", "4:5: error[E0118]: two indices of one sign"), ("$x^$", "4:3: error[E0118]: nothing follows '^'"),
    ("$\\left( x$", "4:2: error[E0118]: '\\left' without '\\right'"),
    ("$x \\right)$", "4:4: error[E0118]: '\\right' without '\\left'"),
    ("$a \\\\ b$", "4:4: error[E0118]: a line break in an equation"),
    ("$p = {{ a.b }}$", "4:6: error[E0118]: a value inside of an equation"),
    ("# $$ x $$", "4:3: error[E0118]: an equation set apart where only text may stand"),
    ("$\\alpha is", "4:1: error[E0118]: '$' without '$'"),
    ("$50 % of x$", "4:5: error[E0118]: '%' in an equation"),
    ("$\\begin{x}$", "4:2: error[E0118]: '\\begin' is no part of equations here"),
    ("$\\text{a{b}}$", "4:9: error[E0118]: '{' inside of '\\text'"),
    ("$\\sqrt[3{x}$", "4:7: error[E0118]: '[' without ']'"),
    ("$\\left x$", "4:2: error[E0118]: no parenthesis follows '\\left'"),
    ("$x☃$", "4:3: error[E0118]: '☃' is no sign of equations"),
  ])
  func saysWhereAnEquationIsWrong(text: String, message: String) {
    #expect(nodes(text).diagnostics.map(\.heading) == ["r.md:" + message])
  }

  @Test func findsMistakesInCaptions() {
    let text = "---\ntitle: t\n---\n```{grid #tbl-a}\ncaption: 'A $\\frak{x}$ table.'\n```\n"
    let report = Report(parsing: text, path: "r.md")
    guard case .failure(let error) = Plan.make(report, registry: toys) else { return #expect(Bool(false)) }
    #expect(error.diagnostics.map(\.heading) == ["r.md:5:14: error[E0118]: '\\frak' is no part of equations"])
    #expect(error.diagnostics.first?.help == ["did you mean '\\frac'?"])
  }

  /// Any text between dollars: read, or refused with its place.
  @Test(arguments: 0..<40 as Range<UInt64>) func endsOnAnyFormula(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let parts = [
      "\\frac", "{", "}", "^", "_", "x", "12", "\\left(", "\\right)", "\\sqrt", "[", "]", "'", "\\text{", "\\sum", "+",
      "\\hat", " ", "\\", "é", "=",
    ]
    for _ in 0..<200 {
      let source = (0..<Int.random(in: 0...14, using: &generator)).map { _ in
        parts.randomElement(using: &generator) ?? ""
      }.joined()
      do throws(FormulaError) {
        let formula = try Formula(parsing: source)
        _ = (formula.words, formula.plainText, mathML(formula, isDisplayed: true), LaTeX.source(formula))
        let drawing = MathSetter(size: 10, color: Color(0)).drawing(formula, isDisplayed: true)
        #expect(drawing.width.isFinite && drawing.ascent.isFinite && drawing.descent.isFinite)
      } catch {
        #expect(error.offset >= 0 && error.offset <= source.unicodeScalars.count && !error.summary.isEmpty)
      }
    }
    #expect(throws: FormulaError.self) { try Formula(parsing: String(repeating: "{", count: 3000)) }
    // Lines that would be searched again and again.
    let start = ContinuousClock.now
    for part in ["$a ", "$a$ ", "{{ $a$ ", "` $a$ `` ", "$$a$$ ", "\\$ $"] {
      _ = nodes(String(repeating: part, count: 40_000))
    }
    #expect(ContinuousClock.now - start < .seconds(20))
  }

  // MARK: What it says

  @Test(arguments: [
    ("x_i^2", "x sub i squared", "x_i²"), ("\\frac{1}{N}", "1 over capital N", "1/N"),
    (
      "\\sum_{i=1}^{N} (p_i - o_i)^2",
      "the sum from i equals 1 to capital N of open parenthesis p sub i minus o sub i close parenthesis squared",
      "∑_(i=1)^N (p_i − o_i)²"
    ),
    ("\\hat{p} \\le 0.05", "p hat is at most 0.05", "p̂ ≤ 0.05"), ("\\sqrt{x}", "the square root of x", "√x"),
    ("\\log \\frac{p}{1-p}", "log of the fraction p over 1 minus p, end of fraction,", "log p/(1 − p)"),
    ("\\left|x\\right|", "the absolute value of x, end absolute value,", "|x|"),
    ("f'(x) \\to \\infty", "f prime open parenthesis x close parenthesis to infinity", "f′(x) → ∞"),
    ("\\text{if } \\mathrm{AUC} > 0", "if AUC is greater than 0", "if AUC > 0"),
    ("x^{n+1}", "x to the power of n plus 1, end of power,", "xⁿ⁺¹"),
    ("\\mathbf{x} \\in \\mathbb{R}^n", "x in capital R to the power of n", "𝐱 ∈ ℝⁿ"),
  ])
  func saysAFormulaInWords(source: String, words: String, plain: String) throws {
    let formula = try Formula(parsing: source)
    #expect(formula.words == words)
    #expect(formula.plainText == plain)
  }

  @Test(arguments: [
    ("x", "<mi>x</mi>"), ("x^2", "<msup><mi>x</mi><mn>2</mn></msup>"),
    ("\\frac ab", "<mfrac><mi>a</mi><mi>b</mi></mfrac>"),
    ("x_i^2", "<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>"),
    ("\\sqrt[3]{x}", "<mroot><mi>x</mi><mn>3</mn></mroot>"),
    ("\\Delta", "<mi mathvariant=\"normal\">Δ</mi>"), ("\\mathrm{AUC}", "<mi>AUC</mi>"),
    ("a<b", "<mrow><mi>a</mi><mo>&lt;</mo><mi>b</mi></mrow>"),
    ("\\bar{x}", "<mover accent=\"true\"><mi>x</mi><mo stretchy=\"false\">\u{AF}</mo></mover>"),
  ])
  func writesMathML(source: String, content: String) throws {
    let text = mathML(try Formula(parsing: source), isDisplayed: false)
    #expect(text.hasPrefix("<math xmlns=\"http://www.w3.org/1998/Math/MathML\" alttext=\""))
    #expect(text.hasSuffix("\">\(content)</math>"))
  }

  @Test func putsLimitsAboveAndBelowWhereDisplayed() throws {
    let formula = try Formula(parsing: "\\sum_{i}^{n} x + \\int_0^1 y + \\max_x z")
    let (displayed, inline) = (mathML(formula, isDisplayed: true), mathML(formula, isDisplayed: false))
    #expect(
      displayed.contains("<munderover><mo>∑</mo>") && displayed.contains("<msubsup><mo>∫</mo>")
        && displayed.contains("<munder><mi>max</mi>"))
    #expect(inline.contains("<msubsup><mo>∑</mo>") && !inline.contains("<munder"))
    let setter = MathSetter(size: 10, color: Color(0))
    #expect(setter.drawing(formula, isDisplayed: true).ascent > setter.drawing(formula, isDisplayed: false).ascent)
  }

  @Test func growsParenthesesAndRootsWithWhatTheyHold() throws {
    func height(_ source: String) throws -> Double {
      let drawing = MathSetter(size: 10, color: Color(0)).drawing(try Formula(parsing: source), isDisplayed: true)
      return drawing.ascent + drawing.descent
    }
    let fraction = try height("\\frac{a}{b}")
    for fence in [
      "\\left(%\\right)", "\\left[%\\right]", "\\left\\{%\\right\\}", "\\left\\lfloor%\\right\\rfloor",
      "\\left\\langle%\\right\\rangle", "\\left|%\\right.", "\\sqrt{%}",
    ] {
      let whole = try height(fence.replacing("%", with: "\\frac{a}{b}"))
      #expect(whole >= fraction && whole < fraction * 1.4, "\(fence)")
    }
  }

  // MARK: In a report

  private static let report = document(
    """
    The score @eq-brier of $N$ records, with $\\hat{p}_i$ each; see @eq-late.

    $$ \\mathrm{BS} = \\frac{1}{N} \\sum_{i=1}^{N} (\\hat{p}_i - o_i)^2 $$ {#eq-brier}

    $$ a $$

    - in a list

      $$ b $$ {#eq-late}

    # With $x^2$

    ```{grid #tbl-a}
    caption: 'Of $\\alpha$.'
    ```
    """)

  private func render(_ body: (Workshop, RenderResult) throws -> Void) async throws {
    try await withWorkshop { workshop in
      try workshop.write(Self.report)
      try body(workshop, try await workshop.render())
    }
  }

  @Test func numbersEquationsThatHaveAnID() async throws {
    try await render { _, result in
      guard case .paragraph(let text)? = result.page.blocks.first else { return #expect(Bool(false)) }
      #expect(
        text.contains(.reference("Equation\u{A0}1", anchor: "eq-brier"))
          && text.contains(.reference("Equation\u{A0}2", anchor: "eq-late")))
      guard case .equation(let first) = result.page.blocks[1], case .equation(let second) = result.page.blocks[2] else {
        return #expect(Bool(false))
      }
      #expect(first.number == "1" && second.number == nil)
      #expect(result.results.cells[0].tables[0].caption == "Of α.")
    }
  }

  @Test func writesEquationsEverywhere() async throws {
    try await render { _, result in
      let text = try html(result.page)
      #expect(
        text.contains("<div class=\"equation\" id=\"eq-brier\">") && text.contains("<span class=\"number\">(1)</span>"))
      #expect(text.contains("<a href=\"#eq-brier\">Equation\u{A0}1</a>"))
      #expect(text.components(separatedBy: "<math ").count == 8)
      // What takes its name from its content needs one.
      #expect(text.contains("With <math") && text.contains(" alttext=\"x squared\" aria-label=\"x squared\">"))
      let files = try latex(result.page)
      #expect(files.map(\.name).contains("eq-brier.tex"))
      let tex = String(decoding: files.first { $0.name == "eq-brier.tex" }?.data ?? Data(), as: UTF8.self)
      #expect(tex.contains("\\label{eq-brier}") && tex.contains("\\frac{1}{N} \\sum_{i=1}^{N}"))
      let table = String(decoding: files.first { $0.name == "tbl-a.tex" }?.data ?? Data(), as: UTF8.self)
      #expect(table.contains("Of \\(\\alpha\\)."))
      let data = Data(text.utf8)
      #expect(try verify(try FinishedReport(data, path: "r.html"), registry: toys, tools: [:]).findings == [])
    }
  }

  @Test(.enabled(if: Tool.exists("qpdf") && Tool.exists("pdfinfo"), "needs qpdf and poppler-utils"))
  func tagsFormulasWithTheirWordsInTheOrderOfReading() async throws {
    try await render { _, result in
      let file = try TaggedFile(result.page)
      let formulas = file.all.filter { $0.role == "Formula" }
      #expect(formulas.count == 7)
      #expect(formulas.allSatisfy { $0.attributes["/BBox"] != nil && $0.alternative?.isEmpty == false })
      #expect(formulas.first?.alternative == "capital N")
      // Within its sentence: text, formula, text.
      let paragraph = try #require(
        file.all.first { part in part.role == "P" && part.kids.contains { $0.role == "Formula" } })
      #expect(paragraph.kids.count == 4)  // a link, two formulas, a link
      #expect(paragraph.kids.map(\.role) == ["Link", "Formula", "Formula", "Link"])
    }
  }

  @Test func makesRoomForTallFormulas() throws {
    let page = Page(title: "t")
    var setter = TextSetter(Manuscript(page))
    let tall = try Formula(parsing: "\\frac{\\frac{a}{b}}{\\frac{c}{d}}")
    let low = try Formula(parsing: "x_i")
    #expect(setter.lines([.text("a "), .formula(low)], .body, x: 0, width: 300)[0].height == 15)
    let strip = setter.lines([.text("a "), .formula(tall), .text(" b")], .body, x: 0, width: 300)[0]
    #expect(strip.height > 20 && strip.lift > 0)
    #expect([strip].numbered(TextStyle.body.baseline)[0].numberBaseline == TextStyle.body.baseline + strip.lift)
    // In tables too.
    func height(_ content: [Inline]) -> Double {
      let table = TableBlock(
        columns: [.init("A", .left), .init("B", .right)], rows: [[.init([.text("x")]), .init(content)]])
      var page = Page(title: "t")
      page.blocks = [.table(table)]
      var setter = BlockSetter(Manuscript(page), paper: .a4)
      setter.set(page.blocks, in: .body)
      return setter.items.reduce(0) { if case .strip(let strip) = $1 { $0 + strip.height } else { $0 } }
    }
    #expect(height([.formula(low)]) == height([.text("1")]))
    #expect(height([.formula(tall)]) > height([.text("1")]) + 5)
  }
}
