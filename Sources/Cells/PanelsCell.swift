import Book
import Drawing
import Figures

/// `panels`: several figures as the panels (a), (b), … of one.
struct PanelsCell: Cell {
  static let kind = "panels"
  static let summary = "Puts several figures into one, as its panels (a), (b), …"
  static let version = "1"
  static let isCached = false
  static let shows = Shown.figure

  let members: [Reference]
  let columns: Int
  /// Millimetres.
  let width: Double
  let caption: String

  init(_ options: inout Options) {
    members = options.takeReferences("of", kinds: [FigureCell.kind])
    columns = options.take("columns", default: 2, in: 1...3, enters: .render)
    width =
      Double(options.takeChoice("width", default: "166", of: ["120", "166", "page"], enters: .render))
      ?? FigureCell.pageWidth
    caption = options.takeCaption()
    if members.count < 2 || members.count > 12 {
      options.fail(
        "of", "\(members.count) figures cannot be panels of one",
        help: "name 2 to 12 figure cells: 'of: [fig-one, fig-two]'")
    }
    if Set(members.map(\.id)).count < members.count { options.fail("of", "a figure stands in 'of' twice") }
  }

  var needs: [Reference] { members }
  var panels: [String] { members.map(\.id) }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }

  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    let width = context.figureWidth ?? self.width * Theme.millimetre
    let sheet = PanelSheet(width: width, columns: columns)
    var (scenes, captions, data): ([Scene], [String], [(cell: String, frame: Frame)]) = ([], [], [])
    for member in members {
      for block in try context.present(member.id, sheet.panelWidth) {
        guard case .figure(let scene, let caption, let frame) = block else { continue }
        guard scene.size.width <= sheet.panelWidth + 1 else {
          throw CellError(
            "'\(member.id)' is drawn to scale and is wider than a panel of \(Int(sheet.panelWidth / Theme.millimetre)) mm; let it stand alone"
          )
        }
        scenes.append(scene)
        captions.append("(\(sheet.letter(data.count)))\u{A0}\(caption)")
        data.append((member.id, frame))
      }
    }
    return [.panels(sheet.scene(scenes), caption: ([caption] + captions).joined(separator: " "), data: data)]
  }
}
