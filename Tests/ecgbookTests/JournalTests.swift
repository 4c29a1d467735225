import Files
import Foundation
import TestSupport
import Testing

/// `ecgbook figure` and `ecgbook export`: what a journal asks for, from a report that was rendered before.
@Suite(.serialized) struct JournalTests {
  private func withReport(rendered: Bool = true, _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
      try FileManager.default.copyItem(
        atPath: SharedData.root + "/Tests/Documents/small.md", toPath: folder + "/small.md")
      if rendered {
        let result = try Command.run(["render", "small.md", "-P", "epochs=1"], in: folder)
        try #require(result.status == 0, "\(result.errors)")
      }
      try body(folder)
    }
  }
  private let settings = ["-P", "epochs=1"]

  @Test func drawsAFigureAtTheNamedWidth() throws {
    try withReport { folder in
      func figure(_ format: String) throws -> Data {
        let arguments = ["figure", "small.md", "fig-roc", "--width", "85mm", "--format", format] + settings
        let result = try Command.run(arguments, in: folder)
        try #require(result.status == 0, "\(result.errors)")
        #expect(result.output == "small-fig-roc.\(format)\n")
        let data = try Data(contentsOf: URL(filePath: "\(folder)/small-fig-roc.\(format)"))
        _ = try Command.run(arguments, in: folder)
        #expect(try Data(contentsOf: URL(filePath: "\(folder)/small-fig-roc.\(format)")) == data)
        return data
      }
      let points = 85 / 25.4 * 72
      let svg = String(decoding: try figure("svg"), as: UTF8.self)
      let width = try #require(svg.firstMatch(of: /<svg [^>]*width="([0-9.]+)pt"/)).1
      #expect(abs((Double(width) ?? 0) - points) < 0.01)
      #expect(!svg.contains("class=\"marks\""))

      let png = Array(try figure("png"))
      let pixels = png[16..<20].reduce(0) { $0 << 8 | Int($1) }
      #expect(pixels == Int((points / 72 * 300).rounded(.up)))  // 1004

      let pdf = String(decoding: try figure("pdf"), as: UTF8.self)
      let box = try #require(pdf.firstMatch(of: #/\/MediaBox \[ 0 0 ([0-9.]+) /#)).1
      #expect(abs((Double(box) ?? 0) - points) < 0.01)
    }
  }

  @Test func writesTheManuscriptsParts() throws {
    try withReport { folder in
      let result = try Command.run(["export", "--latex", "paper/parts", "small.md"] + settings, in: folder)
      try #require(result.status == 0, "\(result.errors)")
      let names = try Set(FileManager.default.contentsOfDirectory(atPath: folder + "/paper/parts"))
      #expect(names.isSuperset(of: ["fig-roc.pdf", "values.tex", "main.tex"]))
      #expect(names.contains { $0.hasPrefix("tbl-") && $0.hasSuffix(".tex") })
      #expect(result.output.split(separator: "\n").count == names.count)
      let values = try String(contentsOfFile: folder + "/paper/parts/values.tex", encoding: .utf8)
      #expect(values.contains("\\newcommand{\\ecgEvalMacroAuroc}{"))
    }
  }

  /// The article's own example: panels, an equation, works from BibTeX, an appendix.
  @Test func writesPanelsEquationsAndWorks() throws {
    let article = try String(contentsOfFile: SharedData.root + "/Sources/Book/Book.docc/Reports.md", encoding: .utf8)
    let blocks = FencedBlock.all(in: String(article[try #require(article.range(of: "## What journals ask")).lowerBound...]))
    try withTemporaryFolder { folder in
      try writeFile(try #require(blocks.first { $0.language == "markdown" }).text, to: folder + "/report.md")
      try writeFile(try #require(blocks.first { $0.language == "bibtex" }).text, to: folder + "/refs.bib")
      func run(_ arguments: String...) throws -> String {
        let result = try Command.run(arguments, in: folder)
        try #require(result.status == 0, "\(result.errors)")
        return result.output
      }
      _ = try run("render", "report.md")
      for format in ["svg", "pdf", "png"] {
        for width in ["166mm", "85mm"] {  // in one row, and one below the other
          _ = try run("figure", "report.md", "fig-records", "--width", width, "--format", format)
        }
      }
      let svg = try String(contentsOfFile: folder + "/report-fig-records.svg", encoding: .utf8)
      #expect(svg.contains("Panel a: ") && svg.contains("Panel b: "))
      let size = try #require(svg.firstMatch(of: /viewBox="0 0 ([0-9.]+) ([0-9.]+)"/))
      #expect((Double(size.2) ?? 0) > (Double(size.1) ?? 0), "two panels of 85 mm stand one below the other")
      #expect(try run("extract", "report.pdf", "fig-records-b").hasPrefix("label,"))
      _ = try run("verify", "report.html")
      _ = try run("verify", "report.pdf")
      _ = try run("export", "--latex", "paper", "report.md")
      let names = try Set(FileManager.default.contentsOfDirectory(atPath: folder + "/paper"))
      #expect(names == ["fig-records.pdf", "eq-brier.tex", "tbl-labels.tex", "values.tex", "main.tex"])
      guard try Command.shell("command -v pdflatex", in: folder).status == 0 else { return }
      let compiled = try Command.shell("cd paper && pdflatex -interaction=nonstopmode -halt-on-error main.tex && pdflatex -interaction=nonstopmode -halt-on-error main.tex", in: folder)
      #expect(compiled.status == 0, "\(compiled.output.suffix(2000))")
    }
  }

  @Test(arguments: [["figure", "small.md", "fig-roc"], ["export", "--latex", "paper", "small.md"]])
  func computesNothingAndSaysWhatToRender(arguments: [String]) throws {
    try withReport(rendered: false) { folder in
      let result = try Command.run(arguments + settings, in: folder)
      #expect(result.status == 2)
      #expect(result.errors.contains("ecgbook render small.md -P epochs=1"), "\(result.errors)")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasPrefix(".") }
      #expect(left == ["small.md"])
    }
  }

  @Test func namesMistakesWithStatus2AndWritesNothing() throws {
    try withReport { folder in
      try Data("x".utf8).write(to: URL(filePath: folder + "/file"))
      let mistakes: [([String], String)] = [
        (["figure", "small.md", "fig-rock"], "no figure 'fig-rock'; it has fig-training, fig-roc"),
        (["figure", "small.md", "fig-roc", "--width", "8mm"], "80mm to 260mm"),
        (["figure", "small.md", "fig-roc", "--width", "nanmm"], "80mm to 260mm"),
        (["figure", "small.md", "fig-roc", "--output", "a.gif"], "a.gif"),
        (["figure", "nowhere.md", "fig-roc"], "nowhere.md"),
        (["export", "--latex", "file", "small.md"], "expected a folder, found a file"),
        (["export", "small.md"], "--latex"),
      ]
      let before = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      for (arguments, part) in mistakes {
        let result = try Command.run(arguments + settings, in: folder)
        #expect(result.status == 2, "\(arguments)")
        #expect(result.output.isEmpty)
        #expect(result.errors.contains(part), "\(result.errors)")
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == before)
    }
  }
}
