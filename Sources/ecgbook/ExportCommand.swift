import ArgumentParser
import Book
import Files
import Foundation

/// `ecgbook export --latex`: what a manuscript takes from a report.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a rendered report's tables, figures and values for a manuscript in LaTeX.",
    discussion: """
      Tables become tbl-….tex with booktabs' rules, figures fig-….pdf, values of the prose macros in values.tex;
      main.tex shows all of them. Nothing is computed. Files of these names are replaced, others in the folder stay.
        ecgbook export --latex manuscript reports/evaluation.md
      """)

  @Option(help: "The folder to write.") var latex: String
  @OptionGroup var arguments: ReportArguments
  @Option(help: "The folder that holds .ecgbook.") var project = "."

  func run() async throws {
    let page = try await readPage(arguments, project: project)
    if FileManager.default.fileExists(atPath: latex), !FileManager.default.isFolder(latex) {
      throw Failure(message: "--latex \(latex): expected a folder, found a file", status: 2)
    }
    do {
      let files = try Book.latex(page).map { (path: "\(latex)/\($0.name)", data: $0.data) }
      try writeTogether(files)
      for file in files { print(file.path) }
    } catch {
      throw Failure(message: "\(error)", status: 1)
    }
  }
}
