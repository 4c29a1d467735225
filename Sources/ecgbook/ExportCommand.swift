import ArgumentParser
import Book
import Cells
import Files
import Foundation

/// `ecgbook export`: what a manuscript or a model hub takes from a report.
struct Export: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a rendered report's tables, figures and values for a manuscript in LaTeX, or its model card.",
    discussion: """
      Tables become tbl-….tex with booktabs' rules, figures fig-….pdf, values of the prose macros in values.tex;
      main.tex shows all of them. Nothing is computed. Files of these names are replaced, others in the folder stay.
        ecgbook export --latex manuscript reports/evaluation.md
      The card of a report that has a checklist of the guideline 'model-card':
        ecgbook export --model-card README.md reports/evaluation.md
      """)

  @Option(help: "The folder to write for LaTeX.") var latex: String?
  @Option(help: "The file to write the model card to.") var modelCard: String?
  @OptionGroup var arguments: ReportArguments
  @Option(help: "The folder that holds .ecgbook.") var project = "."

  func run() async throws {
    guard latex != nil || modelCard != nil else { throw Failure(message: "say what to export: --latex DIR, or --model-card FILE", status: 2) }
    let (page, results) = try await readReport(arguments, project: project)
    if let modelCard {
      let text: String
      do { text = try Cells.modelCard(page, results) } catch { throw Failure(message: "\(arguments.report): \(error)", status: 2) }
      do { try writeFile(text, to: modelCard) } catch { throw Failure(message: "\(error)", status: 1) }
      print(modelCard)
    }
    guard let latex else { return }
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
