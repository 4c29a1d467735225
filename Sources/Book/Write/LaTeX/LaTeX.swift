import Drawing
import Foundation
import Wording

/// A report's figures, tables and values for a manuscript in LaTeX.
///
/// | file | what |
/// | --- | --- |
/// | `fig-….pdf` | each figure, at the width that the report gives it |
/// | `tbl-….tex` | each table that has a number, with booktabs' three rules |
/// | `eq-….tex` | each equation that has a number |
/// | `values.tex` | a macro for each value that the prose uses |
/// | `main.tex` | a document that shows all of it, and compiles |
///
/// Equal pages give equal bytes.
/// - Throws: ``DrawingError`` when a figure cannot be drawn.
public func latex(_ page: Page) throws -> [(name: String, data: Data)] {
  try Language.speaking(page.language) { try files(of: page) }
}

private func files(of page: Page) throws -> [(name: String, data: Data)] {
  var files: [(name: String, data: Data)] = []
  let date = page.sourceDate.map { Date(timeIntervalSince1970: Double($0)) }
  for figure in page.figures {
    let document = PDFDocument(
      pages: [figure.scene], title: say(.figure, figure.label), author: page.authors.joined(separator: ", "),
      subject: figure.caption.plainText, language: page.language, date: date)
    files.append(("\(Anchors.slug(figure.id)).pdf", try pdf(document)))
  }
  for table in page.tables {
    guard let id = table.id else { continue }
    files.append(("\(Anchors.slug(id)).tex", Data(LaTeXTable(table, id: id).text.utf8)))
  }
  for (id, _, formula) in page.numberedEquations {
    let text = "% needs amsmath and amssymb\n\\begin{equation}\\label{\(id)}\n  \(LaTeX.source(formula))\n\\end{equation}\n"
    files.append(("\(id).tex", Data(text.utf8)))
  }
  let values = LaTeXValues(page)
  files.append(("values.tex", Data(values.text.utf8)))
  files.append(("main.tex", Data(LaTeXDocument(page, values).text.utf8)))
  return files
}

/// The document that shows what was exported.
private struct LaTeXDocument {
  let page: Page
  let values: LaTeXValues

  init(_ page: Page, _ values: LaTeXValues) { (self.page, self.values) = (page, values) }

  var text: String {
    var lines = [
      "% Shows every figure, table and value of the report. Compile twice: pdflatex main.tex",
      "\\documentclass[11pt,a4paper]{article}",
      "\\usepackage[T1]{fontenc}",
      "\\usepackage{amsmath,amssymb,booktabs,graphicx,longtable,textcomp}",
      "\\usepackage[margin=22mm]{geometry}",
    ]
    if page.bibliography.contains(where: { $0.name != nil }) { lines.append("\\usepackage[authoryear,round]{natbib}") }
    lines += [
      "\\usepackage[hidelinks]{hyperref}",
      "\\input{values}",
      "\\title{\(LaTeX.escaped(page.title))}",
      "\\author{\(page.authors.map(LaTeX.escaped).joined(separator: " \\and "))}",
      "\\date{\(LaTeX.escaped(page.date ?? ""))}",
      "\\begin{document}", "\\maketitle", "",
    ]
    lines += page.banners.map { "\\noindent\\fbox{\\parbox{0.96\\linewidth}{\(LaTeX.escaped($0))}}\n" }
    if !page.summary.isEmpty { lines += ["\\begin{abstract}", LaTeX.text(page.summary), "\\end{abstract}", ""] }
    var letter = ""
    /// In an appendix numbers have its letter, and begin anew.
    func begin(_ appendix: String, _ counter: String) -> [String] {
      guard appendix != letter else { return [] }
      letter = appendix
      // hyperref has numbers of its own, to name places by.
      let numbers = ["the", "theH"].map { "\\renewcommand{\\\($0)\(counter)}{\(appendix)\\arabic{\(counter)}}" }
      return ["\\setcounter{\(counter)}{0}" + numbers.joined()]
    }
    for figure in page.figures {
      let name = Anchors.slug(figure.id)
      lines += begin(figure.appendix, "figure")
      // An ECG page is wider than the text: it is drawn to scale, and here made to fit.
      let width = figure.scene.size.width > Paper.blockWidth + 1 ? "\\linewidth" : LaTeX.length(figure.scene.size.width)
      lines += [
        "\\begin{figure}[htbp]", "  \\centering",
        "  \\includegraphics[width=\(width)]{\(name).pdf}",
        "  \\caption{\(LaTeX.text(figure.caption))}", "  \\label{\(name)}", "\\end{figure}", "",
      ]
    }
    letter = ""
    for table in page.tables { lines += begin(table.appendix, "table") + ["\\input{\(Anchors.slug(table.id ?? ""))}", ""] }
    letter = ""
    for equation in page.numberedEquations { lines += begin(equation.appendix, "equation") + ["\\input{\(equation.id)}"] }
    if !values.macros.isEmpty {
      lines += ["\\section*{Values}", "\\begin{longtable}{lp{0.55\\linewidth}}"]
      lines += ["\\toprule", "Macro & Value \\\\", "\\midrule", "\\endhead"]
      lines += values.macros.map { "\\verb|\\\($0.name)| & \\\($0.name) \\\\" }
      lines += ["\\bottomrule", "\\end{longtable}", ""]
    }
    if !page.bibliography.isEmpty {
      lines.append("\\begin{thebibliography}{\(page.bibliography.count)}")
      lines += page.bibliography.map { entry in
        let label = entry.name.map(LaTeX.bibliographyLabel) ?? ""
        return "\\bibitem\(label){\(LaTeX.key(entry.key))} \(LaTeX.text(entry.text))"
      }
      lines += ["\\end{thebibliography}", ""]
    }
    return lines.joined(separator: "\n") + "\\end{document}\n"
  }
}

/// A table with booktabs' rules: a float, or over pages where it has many rows.
private struct LaTeXTable {
  let table: TableBlock
  let id: String
  private let reading: TableReading

  init(_ table: TableBlock, id: String) { (self.table, self.id, reading) = (table, id, TableReading(table)) }

  private func length(_ column: Int) -> Int {
    let cells = reading.rows.map { row in
      row[column].content.plainText.count + (row[column].aside.map { $0.count + 1 } ?? 0)
    }
    return max(cells.max() ?? 0, table.columns[column].title.count)
  }

  var text: String {
    let lengths = table.columns.indices.map(length)
    // Words that would make a line too long are set in a column of fixed width.
    let columns = table.columns.indices.map { index in
      switch table.columns[index].alignment {
      case .left: lengths[index] > 36 ? "p{0.3\\linewidth}" : "l"
      case .right: "r"
      case .center: "c"
      }
    }
    let total = lengths.reduce(0) { $0 + min($1, 36) + 2 }
    let size = total > 90 ? "\\footnotesize\\setlength{\\tabcolsep}{2pt}" : "\\small"
    let head = table.columns.map { LaTeX.escaped($0.title) }.joined(separator: " & ") + " \\\\"
    let rows = reading.rows.map { row in row.map(cell).joined(separator: " & ") + " \\\\" }
    var notes = reading.reasons.map { "\\textsuperscript{\($0.letter)} \(LaTeX.escaped($0.text))" }
    notes += table.notes.map(LaTeX.escaped)
    let lines = "  {\\raggedright\\footnotesize \(notes.joined(separator: "\\par "))\\par}"
    let below = notes.isEmpty ? [] : ["  \\par\\smallskip", lines]
    let caption = "\\caption{\(LaTeX.text(table.caption))}\\label{\(Anchors.slug(id))}"
    if reading.rows.count > 40 {
      return
        ([
          "% needs booktabs and longtable", "{\(size)", "\\begin{longtable}{\(columns.joined())}", "\(caption)\\\\",
          "\\toprule", head, "\\midrule", "\\endhead", "\\bottomrule", "\\endfoot",
        ] + rows + ["\\end{longtable}"] + below + ["}"]).joined(separator: "\n") + "\n"
    }
    let isWide = total > 105
    var float = ["% needs booktabs\(isWide ? " and graphicx" : "")"]
    float += ["\\begin{table}[htbp]", "  \\centering\(size)", "  \(caption)"]
    if isWide { float.append("  \\resizebox{\\linewidth}{!}{%") }
    float += ["  \\begin{tabular}{\(columns.joined())}", "    \\toprule", "    \(head)", "    \\midrule"]
    float += rows.map { "    \($0)" }
    float += ["    \\bottomrule", "  \\end{tabular}\(isWide ? "}" : "")"]
    return (float + below + ["\\end{table}"]).joined(separator: "\n") + "\n"
  }

  private func cell(_ cell: TableReading.Cell) -> String {
    var text = LaTeX.text(cell.content)
    if let letter = cell.letter { text += "\\textsuperscript{\(letter)}" }
    if let aside = cell.aside, !aside.isEmpty { text += " {\\footnotesize \(LaTeX.escaped(aside))}" }
    return text
  }
}

/// A macro for each value of the prose: `eval.macro.auroc` is `\ecgEvalMacroAuroc`.
///
/// LaTeX's names have letters alone, so digits become words: `epochs.10` is `\ecgEpochsOneZero`. Where one path is
/// printed in several formats, or two paths come to one name, the later ones end in `B`, `C`, …
struct LaTeXValues {
  private(set) var macros: [(name: String, path: String, value: String)] = []

  init(_ page: Page) {
    var taken: Set<String> = []
    var seen: Set<[String]> = []
    for case .value(let text, let path) in page.inlines where seen.insert([path, text]).inserted {
      let base = LaTeXValues.name(path)
      var (name, count) = (base, 1)
      while !taken.insert(name).inserted {
        count += 1
        name = base + LaTeXValues.suffix(count)
      }
      macros.append((name, path, text))
    }
  }

  var text: String {
    var lines = [
      "% The values that the report's prose uses. Each comment says the value's path in results.json.",
      "% Before a space write the macro with {}: it was \\ecgDataRecords{} records.",
    ]
    for macro in macros {
      lines.append("\\newcommand{\\\(macro.name)}{\(LaTeX.escaped(macro.value))}% \(macro.path)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func name(_ path: String) -> String {
    let digits = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]
    var (name, startsWord) = ("ecg", true)
    for scalar in path.unicodeScalars {
      switch scalar {
      case "0"..."9":
        name += digits[Int(scalar.value) - 48]
        startsWord = true
      case "a"..."z", "A"..."Z":
        name += startsWord ? String(scalar).uppercased() : String(scalar)
        startsWord = false
      default: startsWord = true
      }
    }
    return name
  }

  /// 2 is B, 26 is Z, 27 is AA.
  private static func suffix(_ count: Int) -> String {
    let (high, low) = (count - 1).quotientAndRemainder(dividingBy: 26)
    return (high > 0 ? suffix(high) : "") + String(UnicodeScalar(UInt8(65 + low)))
  }
}
