import Book
import Drawing
import Figures
import Files
import Foundation
import Wording

/// `figure`: draws what another cell computed.
struct FigureCell: Cell {
  static let kind = "figure"
  static let summary = "Draws a frame of another cell: curves, ROC, confusion matrices, counts, an ECG page."
  static let version = "1"
  static let isCached = false

  let source: Reference
  let figure: FigureKind
  let frame: String?
  let caption: String
  let style: FigureStyle

  /// A page of its own, landscape: what an ECG at 25 mm/s needs.
  static let pageWidth = 260.0

  init(_ options: inout Options) {
    source = options.takeReference("of")
    figure = options.takeChoice("draw", default: .roc, enters: .render)
    frame = options.takeIfPresent("frame", enters: .render)
    caption = options.takeCaption()
    var style = FigureStyle()
    style.width = Double(options.takeChoice("width", default: "166", of: ["85", "120", "166", "page"], enters: .render)) ?? Self.pageWidth
    style.title = options.takeIfPresent("title", enters: .render)
    if figure.isECG { style.paper = ECGPaperStyle(&options) }
    self.style = style
    if !options.isPresent("draw") { options.fail("draw", "a figure needs 'draw'", help: "one of " + FigureKind.allCases.map(\.rawValue).joined(separator: ", ")) }
  }

  var needs: [Reference] { [source] }
  var reads: [FrameName] { ([frame ?? figure.frame] + figure.alsoReads).map { FrameName(cell: source.id, frame: $0) } }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }

  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    let output = try context.cell(source).output
    let name = frame ?? figure.frame
    let frame = try output.frame(name, of: source.id)
    let others = output.frames.filter { figure.alsoReads.contains($0.key) }
    var style = style
    if let width = context.figureWidth { style.width = width / Theme.millimetre }
    var scene = try figure.scene(frame, others, style)
    if let optimism = ([frame] + others.values).lazy.flatMap(\.columns).compactMap(\.optimism).min() { scene = scene.marked(optimistic: optimism) }
    return [.figure(scene, caption: caption, data: frame)]
  }
}

/// `table`: prints what another cell computed.
struct TableCell: Cell {
  static let kind = "table"
  static let summary = "Prints a frame of another cell as a table, with its CSV."
  static let version = "1"
  static let isCached = false

  let source: Reference
  let frame: String
  let columns: [String]?
  let isLandscape: Bool
  /// A frame without rows makes no table.
  let isOptional: Bool
  let caption: String

  init(_ options: inout Options) {
    source = options.takeReference("of")
    frame = options.take("frame", default: "classes", enters: .render)
    columns = options.takeIfPresent("columns", as: [String].self, enters: .render)
    isLandscape = options.takeChoice("width", default: "auto", of: ["auto", "page"], enters: .render) == "page"
    isOptional = options.take("optional", default: false, enters: .render)
    caption = options.takeCaption()
  }

  var needs: [Reference] { [source] }
  var reads: [FrameName] { [FrameName(cell: source.id, frame: frame)] }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }

  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    let frame = try context.cell(source).output.frame(frame, of: source.id)
    if let unknown = columns?.first(where: { frame[$0] == nil }) {
      throw CellError("the frame '\(self.frame)' of '\(source.id)' has no column '\(unknown)'; it has \(frame.columns.map(\.name).joined(separator: ", "))")
    }
    if isOptional, frame.rowCount == 0 { return [] }
    return [.table(frame, caption: caption, columns: columns, isLandscape: isLandscape)]
  }
}

extension Output {
  func frame(_ name: String, of id: String) throws -> Frame {
    guard let frame = frames[name] else {
      throw CellError("'\(id)' has no frame '\(name)'; it has \(frames.keys.sorted().joined(separator: ", "))")
    }
    return frame
  }
}

/// `provenance`: what went in, and which cell made what.
struct ProvenanceCell: Cell {
  static let kind = "provenance"
  static let summary = "Lists every cell with its key, the digests of what it read, parameters, tools, and what was chosen on which records."
  static let version = "1"
  static let isCached = false

  init(_ options: inout Options) {}
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }

  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    func shown(_ value: Value) -> String {
      if case .undefined = value { say(.provenancePrivate) } else { value.plainText }
    }
    let computed = context.cells.filter { $0.computeKey != nil }
    let cells = Frame([
      .init("cell", title: say(.provenanceCell), computed.map { .text($0.id) }),
      .init("kind", title: say(.provenanceKind), computed.map { .text($0.kind) }),
      .init("needs", title: say(.provenanceNeeds), computed.map { .text($0.needs.isEmpty ? "–" : $0.needs.joined(separator: ", ")) }),
      .init("key", title: say(.provenanceKey), computed.map { .text($0.computeKey?.short ?? "") }),
      .init(
        "inputs", title: say(.provenanceInputs),
        computed.map { cell in
          .text(cell.inputs.isEmpty ? "–" : cell.inputs.map { "\($0.name) \($0.digest.short)" }.joined(separator: "; "))
        }),
    ])
    let choices = context.cells.flatMap { cell in cell.choices.map { (cell.id, $0) } }
    let chosen = Frame([
      .init("cell", title: say(.provenanceCell), choices.map { .text($0.0) }), .init("what", title: say(.provenanceWhat), choices.map { .text($0.1.what) }),
      .init("rule", title: say(.provenanceRule), choices.map { .text($0.1.rule) }),
      .init(
        "origin", title: say(.provenanceOrigin), note: say(.provenanceOriginNote),
        choices.map { .text(say($0.1.origin.phrase)) }),
      .init("optimistic", title: say(.provenanceOptimistic), choices.map { .text($0.1.optimistic.isEmpty ? "–" : $0.1.optimistic.count > 3 ? say(.provenanceEverything) : $0.1.optimistic.joined(separator: ", ")) }),
    ])
    let settings = context.parameters.sorted { $0.key < $1.key }.map { (say(.provenanceParameter), $0.key, shown($0.value)) }
    let tools = context.tools.sorted { $0.key < $1.key }.map { (say(.provenanceTool), $0.key, $0.value) }
    let rows = settings + tools
    let facts = Frame([
      .init("kind", title: say(.provenanceKind), rows.map { .text($0.0) }), .init("name", title: say(.provenanceName), rows.map { .text($0.1) }),
      .init("value", title: say(.provenanceValue), rows.map { .text($0.2) }),
    ])
    return [
      .table(cells, caption: say(.provenanceCellsCaption)),
      .table(facts, caption: say(.provenanceFactsCaption)),
    ] + (choices.isEmpty ? [] : [.table(chosen, caption: say(.provenanceChoicesCaption))])
  }
}

/// `citations`: the bibliography, with what data and methods oblige a reader to cite.
struct CitationsCell: Cell {
  static let kind = "citations"
  static let summary = "Places the bibliography; what data and methods oblige you to cite is in it by use."
  static let version = "1"
  static let isCached = false

  init(_ options: inout Options) {}
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] { [.bibliography] }
}

extension Choice.Origin {
  /// Which records were looked at, in words.
  fileprivate var phrase: Phrase {
    switch self {
    case .convention: .provenanceConvention
    case .training: .provenanceTraining
    case .validation: .provenanceValidation
    case .test: .provenanceTest
    }
  }
}
