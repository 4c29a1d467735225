import Drawing
import Foundation
import TestSupport
import Testing

@testable import Book

@Suite struct LaTeXTests {
  private func text(_ name: String, of page: Page) throws -> String {
    String(decoding: try #require(latex(page).first { $0.name == name }).data, as: UTF8.self)
  }

  @Test func writesAFileForEachFigureAndTable() throws {
    let files = try latex(Sample.report())
    #expect(
      files.map(\.name) == [
        "fig-counts.pdf", "fig-small.pdf", "fig-roc.pdf", "fig-ecg.pdf", "tbl-classes.tex", "tbl-all.tex",
        "tbl-wide.tex", "values.tex", "main.tex",
      ])
    for file in files where file.name.hasSuffix(".pdf") { #expect(file.data.starts(with: Array("%PDF-".utf8))) }
  }

  @Test func hasTheSameBytesTwice() throws {
    #expect(try latex(Sample.report()).map(\.data) == latex(Sample.report()).map(\.data))
  }

  @Test func setsTablesWithThreeRules() throws {
    let table = try text("tbl-classes.tex", of: Sample.report())
    for rule in ["\\toprule", "\\midrule", "\\bottomrule"] { #expect(table.components(separatedBy: rule).count == 2) }
    #expect(!table.contains("\\hline") && !table.contains("|"))
    #expect(table.contains("\\begin{tabular}{lrrrr}"))
    #expect(table.contains("NORM & 0.949 {\\footnotesize 0.901--0.909} & 0.81 & 0.70 & 963 \\\\"))
    #expect(table.contains("\\label{tbl-classes}"))
    #expect(table.contains("undefined\\textsuperscript{a}") && table.contains("no record above the threshold"))
  }

  /// 71 rows fit no page.
  @Test func breaksLongTablesOverPages() throws {
    #expect(try text("tbl-all.tex", of: Sample.report()).contains("\\begin{longtable}{llrr}"))
  }

  @Test func givesEveryValueOfTheProseAMacro() throws {
    let values = try text("values.tex", of: Sample.report())
    #expect(values.contains("\\newcommand{\\ecgEvalMacroAurocEstimate}{0.928}% eval.macro.auroc.estimate\n"))
    #expect(values.contains("\\newcommand{\\ecgEvalMacroAuroc}{0.920--0.935}% eval.macro.auroc\n"))
    // The same path in another format.
    #expect(values.contains("\\newcommand{\\ecgEvalMacroAurocB}{0.928}% eval.macro.auroc\n"))
    let names = values.matches(of: /\\newcommand\{\\([^}]*)\}/).map { String($0.1) }
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: [
    ("eval.macro.auroc", "ecgEvalMacroAuroc"), ("eval.class.1AVB.f1", "ecgEvalClassOneAVBFOne"),
    ("data.LAO/LAE", "ecgDataLAOLAE"), ("train.epochs.10", "ecgTrainEpochsOneZero"), ("größe", "ecgGrE"), ("", "ecg"),
  ])
  func namesMacrosByLettersAlone(path: String, name: String) {
    #expect(LaTeXValues.name(path) == name)
  }

  @Test func tellsPathsApartThatComeToOneName() {
    var page = Page(title: "t")
    page.summary = [.value("1", path: "a.b-c"), .value("2", path: "a.b_c"), .value("1", path: "a.b-c")]
    #expect(LaTeXValues(page).macros.map(\.name) == ["ecgABC", "ecgABCB"])
  }

  @Test(arguments: [
    (
      ##"50 % of $x_1$ & {#2} ~ ^ \ "##,
      ##"50 \% of \$x\_1\$ \& \{\#2\} \textasciitilde{} \textasciicircum{} \textbackslash{} "##
    ),
    ("0.92–0.94", "0.92--0.94"), ("−3\u{A0}mV", "\\ensuremath{-}3~mV"), ("19\u{202F}634", "19\\,634"),
    ("[1]", "{[}1{]}"),
    ("a\u{0}b", "a b"), ("心", "{[U+5FC3]}"),
  ])
  func writesTextAsLaTeXReadsIt(text: String, expected: String) {
    #expect(LaTeX.escaped(text) == expected)
  }

  @Test(.enabled(if: Tool.exists("pdflatex"), "needs pdflatex with booktabs"), arguments: [false, true])
  func compiles(hostile: Bool) throws {
    var page = Sample.report()
    if hostile {
      let text = ##"\input{/etc/passwd} % $ & # _ { } ~ ^ \\ [x] <b> "q" | \end{document} ≥ 心"##
      page = Page(title: text)
      page.authors = [text]
      page.summary = [
        .value(text, path: text), .code(text), .citation(.numbered([(1, "a b,{c}")])),
        .link([.text(text)], url: "https://a.b/%#_&"), .link([.text(text)], url: "https://a.b/{}"),
      ]
      page.bibliography = [.init(number: 1, key: "a b,{c}", text: [.text(text)])]
      page.blocks = [
        .table(
          TableBlock(
            id: "tbl-\\x y", number: 1, caption: [.text(text), .reference("Table 1", anchor: "tbl-\\x y")],
            columns: [.init(text, .left), .init("[b]", .right)],
            rows: [[.init([.text("[x]")]), .init([.text(text)], aside: text)]],
            notes: [text]))
      ]
    }
    try withTemporaryFolder { folder in
      for file in try latex(page) { try file.data.write(to: URL(filePath: "\(folder)/\(file.name)")) }
      let arguments = ["-interaction=nonstopmode", "-halt-on-error", "-output-directory", folder, "main.tex"]
      let result = try Tool.run("pdflatex", arguments, in: folder)
      let faults = result.output.split(separator: "\n").filter { $0.hasPrefix("!") || $0.contains("passwd") }
      #expect(result.status == 0, "\(faults.joined(separator: "\n"))")
      #expect(FileManager.default.fileExists(atPath: folder + "/main.pdf"))
    }
  }
}
