import ArgumentParser
import Book
import Cells
import Drawing
import Files
import Foundation

/// `ecgbook figure`: what a journal asks for, one figure in one file.
struct FigureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figure",
    abstract: "Writes one figure of a rendered report: PDF, SVG, or PNG at 300 dots per inch.",
    discussion: """
      Nothing is computed: the figure is drawn anew from the cache, at the width that is asked for.
        ecgbook figure reports/evaluation.md fig-roc --width 85mm --format svg
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case pdf, svg, png }

  @OptionGroup var arguments: ReportArguments
  @Argument(help: "The figure's id: fig-roc.") var figure: String
  @Option(help: "Its width, 80mm to 260mm. (default: as in the report)") var width: Millimetres?
  @Option(help: "pdf, svg or png. (default: by the output's extension, else pdf)") var format: Format?
  @Option(help: "The file to write. (default: beside the report, REPORT-FIGURE.FORMAT)") var output: String?
  @Option(help: "The folder that holds .ecgbook.") var project = "."

  /// A width of paper.
  struct Millimetres: ExpressibleByArgument {
    var value: Double
    var text: String { "\(value)".replacing(/\.0$/, with: "") + "mm" }
    init?(argument: String) {
      let digits = argument.hasSuffix("mm") ? argument.dropLast(2) : argument[...]
      guard let value = Double(digits), (80...260).contains(value) else { return nil }
      self.value = value
    }
    var points: Double { value * Theme.millimetre }
  }

  func run() async throws {
    let format = try self.format ?? formatOfOutput()
    let page = try await readReport(arguments, project: project, figureWidth: width?.points).page
    guard let block = page.figures.first(where: { $0.id == figure }) else {
      throw Failure(message: unknown(in: page), status: 2)
    }
    if let width, block.scene.size.width > width.points + 1 {
      let needed = (block.scene.size.width / Theme.millimetre).rounded(.up)
      throw Failure(
        message: "\(figure) is drawn to scale and needs \(Int(needed)) mm; --width \(width.text) is too narrow",
        status: 2)
    }
    let path = output ?? defaultPath(format)
    do {
      try writeFile(try data(block, as: format, of: page), to: path)
    } catch {
      throw Failure(message: "\(error)", status: 1)
    }
    print(path)
  }

  private func data(_ block: FigureBlock, as format: Format, of page: Page) throws -> Data {
    var scene = block.scene
    scene.marks = []  // a printed figure answers no pointer
    switch format {
    case .svg:
      return Data("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\(try svg(scene, idPrefix: ""))\n".utf8)
    case .png: return try png(scene, dotsPerInch: 300)
    case .pdf:
      return try pdf(
        PDFDocument(
          pages: [scene], title: "Figure \(block.label)", author: page.authors.joined(separator: ", "),
          subject: block.caption.plainText, language: page.language,
          date: page.sourceDate.map { Date(timeIntervalSince1970: Double($0)) }))
    }
  }

  private func formatOfOutput() throws -> Format {
    guard let output else { return .pdf }
    let end = (output as NSString).pathExtension
    guard let format = Format(rawValue: end.lowercased()) else {
      throw Failure(message: "--output \(output): its name ends in none of .pdf, .svg, .png; say --format", status: 2)
    }
    return format
  }

  private func defaultPath(_ format: Format) -> String {
    "\((arguments.report as NSString).deletingPathExtension)-\(figure).\(format.rawValue)"
  }

  private func unknown(in page: Page) -> String {
    let ids = page.figures.map(\.id)
    if page.tables.contains(where: { $0.id == figure }) {
      return "\(arguments.report): '\(figure)' is a table; ecgbook export --latex writes tables"
    }
    let known = ids.isEmpty ? "it has none" : "it has \(ids.joined(separator: ", "))"
    return "\(arguments.report): no figure '\(figure)'; \(known)"
  }
}

/// The page of a report that was rendered before, from the cache alone.
/// - Throws: ``Failure`` with status 2 for mistakes, or when the report was not rendered with these parameters.
func readReport(
  _ arguments: ReportArguments, project: String, figureWidth: Double? = nil
) async throws -> (page: Page, results: Results) {
  var options = RenderOptions()
  options.overrides = try arguments.overrides()
  options.parameterFile = arguments.parameterFile
  options.projectFolder = project
  options.tools = try currentTools()
  do {
    return try await readRendered(
      arguments.report, options: options, registry: CellRegistry(cellKinds), library: try citationLibrary(),
      figureWidth: figureWidth)
  } catch RenderError.notCached(let cells) {
    let file = arguments.parameterFile.map { " --params \($0)" } ?? ""
    let settings = file + arguments.parameters.map { " -P \($0.name)=\($0.value)" }.joined()
    let folder = project == "." ? "" : " --project \(project)"
    throw Failure(
      message: """
        \(arguments.report) was not rendered so, and nothing is computed here. First run:
          ecgbook render \(arguments.report)\(settings)\(folder)
        Not in the cache: \(cells.map(\.id).joined(separator: ", "))
        """, status: 2)
  } catch let error as ReportError {
    throw try arguments.failure(error)
  } catch let error as CellFailure {
    throw Failure(ending: error)
  }
}
