import Drawing
import Files

/// A kind of cell. It declares typed options, the cells it needs and the files it reads; it computes values once, and
/// presents them at each render.
public protocol Cell: Sendable {
  /// The word after the fence: `evaluate`.
  static var kind: String { get }
  /// One sentence for `ecgbook cells`.
  static var summary: String { get }
  /// The version of what computes it, part of the compute key: it changes whenever results could.
  static var version: String { get }
  /// Whether `run` is worth remembering. A cell that only shows what others computed has nothing to remember.
  static var isCached: Bool { get }
  /// Whether what it computed may be kept: false where it reads a patient's recording, of which no cache holds anything, nor
  /// of what other cells computed from it.
  var mayBeKept: Bool { get }
  /// Whether the processes of a ``Team`` run it together, when there is one. Their number is then part of the compute key.
  static var isShared: Bool { get }
  /// What it always shows, so that its id and the references to it can be checked before it runs.
  static var shows: Shown { get }

  /// Reads the options; every mistake is found here, before anything runs.
  init(_ options: inout Options)

  /// The ids of the cells whose outputs it reads: the edges of the plan.
  var needs: [Reference] { get }
  /// Those of them that a shared cell reads on the other processes of a team too, where they are computed as well.
  var sharedNeeds: [Reference] { get }
  /// Dotted paths of the values it will have, `*` standing for any one name: an unknown `{{ }}` is found before it runs.
  var valuePaths: [String] { get }
  /// The ids of figures that stand within this one, as its panels (a), (b), …, and not at their own place.
  var panels: [String] { get }
  /// The frames of other cells that `present` reads: they are kept in the results, so that it can be drawn from them alone.
  var reads: [FrameName] { get }
  /// What it reads besides its options: the digests enter the compute key.
  func inputs(_ context: PlanContext) async throws -> [InputDigest]

  /// What was chosen by looking at records, given what it computed: which values that makes optimistic.
  func choices(_ output: Output) -> [Choice]

  func run(_ context: RunContext) async throws -> Output
  /// The blocks that stand at the cell's place: drawn at each render, cheap.
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock]
  /// Brings what the cell left to where users look for it, after the report was written. It runs at each render, so it
  /// leaves alone what is there already.
  func publish(_ output: Output, _ context: PublishContext) throws
}

/// What stands at a cell's place: nothing in particular, or a numbered figure (`fig-…`) or table (`tbl-…`).
public enum Shown: Sendable { case anything, figure, table }

extension Cell {
  public static var isCached: Bool { true }
  public var mayBeKept: Bool { true }
  public static var isShared: Bool { false }
  public static var shows: Shown { .anything }
  public var needs: [Reference] { [] }
  public var sharedNeeds: [Reference] { needs }
  public var panels: [String] { [] }
  public var reads: [FrameName] { [] }
  public func inputs(_ context: PlanContext) async throws -> [InputDigest] { [] }
  public func choices(_ output: Output) -> [Choice] { [] }
  public func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] { [] }
  public func publish(_ output: Output, _ context: PublishContext) throws {}
}

/// The name of another cell, with the place where the report says so.
public struct Reference: Sendable, Equatable {
  public var id: String
  public var range: SourceRange?
  public init(_ id: String, range: SourceRange? = nil) { (self.id, self.range) = (id, range) }
}

/// A frame of a cell.
public struct FrameName: Sendable, Hashable, Codable {
  public var cell, frame: String
  public init(cell: String, frame: String) { (self.cell, self.frame) = (cell, frame) }
}

/// A file or folder that a cell reads, by content.
public struct InputDigest: Sendable, Equatable, Codable {
  public var name: String  // as readers know it, relative: never a path of this machine
  public var digest: Digest
  public init(name: String, digest: Digest) { (self.name, self.digest) = (name, digest) }
}

/// What a cell computed; all of it is cached.
public struct Output: Sendable, Equatable, Codable {
  public var values: Value
  public var frames: [String: Frame]
  /// Keys of what its data and methods oblige a reader to cite.
  public var citations: [String]
  /// What must stand on the first page: "Synthetic data: …".
  public var banners: [String]
  /// What differs from run to run (seconds, machine): never in compared bytes, only in `NAME.run.json`.
  public var volatile: Value
  /// The records that it tests on, each evaluation of which is counted; nil when it tests nothing.
  public var testSet: TestSet?
  /// What became of a claim; nil when it makes none.
  public var verdict: Verdict?

  public init(
    values: Value = .object([:]), frames: [String: Frame] = [:], citations: [String] = [], banners: [String] = [],
    volatile: Value = .object([:]), testSet: TestSet? = nil, verdict: Verdict? = nil
  ) {
    (self.values, self.frames, self.citations) = (values, frames, citations)
    (self.banners, self.volatile, self.testSet, self.verdict) = (banners, volatile, testSet, verdict)
  }
}

/// What stands in the report at a cell's place.
public enum CellBlock: Sendable {
  /// A numbered figure. `data` is what it shows, to download.
  case figure(Scene, caption: String, data: Frame)
  /// A numbered figure of panels (a), (b), …: each draws one frame of a cell, which is its data.
  case panels(Scene, caption: String, data: [(cell: String, frame: Frame)])
  /// A numbered table. `columns` names what is printed, in order; nil prints all. `data` is downloaded whole.
  /// `isLandscape` gives it a landscape page.
  case table(Frame, caption: String, columns: [String]? = nil, isLandscape: Bool = false)
  /// Markdown, inline values and citations included.
  case markdown(String)
  /// The bibliography stands here.
  case bibliography
}

/// Where something stands in a report; 1-based, as editors count.
public struct SourceRange: Sendable, Equatable, Codable {
  public var file: String
  public var line, column: Int
  public var length: Int
  public init(file: String, line: Int, column: Int, length: Int = 1) {
    (self.file, self.line, self.column, self.length) = (file, line, column, length)
  }
}

// MARK: The surroundings of a cell

/// What a cell may ask while the plan is made.
public struct PlanContext: Sendable {
  public var reportFolder: String  // relative paths in options start here
  public var digests: FileDigests  // remembers a file's digest by size, time and inode
  /// As how many processes the shared cells compute.
  public var processes: Int

  public init(reportFolder: String, digests: FileDigests, processes: Int = 1) {
    (self.reportFolder, self.digests, self.processes) = (reportFolder, digests, processes)
  }
}

/// What a cell may ask while it runs.
public struct RunContext: Sendable {
  public var id: String
  public var reportFolder: String
  /// An empty folder; what the cell leaves there is cached with its output. It is not made for a kind that is never cached.
  public var folder: String
  /// A folder that outlives an interrupted run of the same compute key: the place of checkpoints.
  public var checkpointFolder: String
  /// Whether to go on from what `checkpointFolder` holds.
  public var resumes: Bool
  public var needed: [String: NeededCell]  // by id
  /// Takes one line on how far it is.
  public var progress: @Sendable (String) -> Void
  public var isInterrupted: @Sendable () -> Bool
  /// The processes that run a shared cell together; nil when this one is alone.
  public var team: (any Team)?
  /// As how many processes a shared cell computes: those of the team, unless the user wants the results of another number.
  public var processes: Int
  /// Takes a drawing of what it has computed so far; nil where nobody looks.
  public var sketch: (@Sendable (Scene) -> Void)?

  public init(
    id: String, reportFolder: String, folder: String, checkpointFolder: String, resumes: Bool = false,
    needed: [String: NeededCell] = [:], progress: @escaping @Sendable (String) -> Void = { _ in },
    isInterrupted: @escaping @Sendable () -> Bool = { false }, team: (any Team)? = nil, processes: Int = 1,
    sketch: (@Sendable (Scene) -> Void)? = nil
  ) {
    (self.team, self.processes, self.sketch) = (team, processes, sketch)
    (self.id, self.reportFolder, self.folder, self.checkpointFolder) = (id, reportFolder, folder, checkpointFolder)
    (self.resumes, self.needed, self.progress, self.isInterrupted) = (resumes, needed, progress, isInterrupted)
  }

  public struct NeededCell: Sendable {
    public var cell: any Cell
    public var output: Output
    public var folder: String  // the files it left
    public var key: Digest

    public init(cell: any Cell, output: Output, folder: String, key: Digest) {
      (self.cell, self.output, self.folder, self.key) = (cell, output, folder, key)
    }
  }
}

/// What a cell may ask when its report stands.
public struct PublishContext: Sendable {
  public var folder: String  // the files the cell left
  public var projectFolder: String
  public init(folder: String, projectFolder: String) { (self.folder, self.projectFolder) = (folder, projectFolder) }
}

/// What a cell may ask while it is drawn.
public struct PresentContext: Sendable {
  public var id: String
  public var needed: [String: RunContext.NeededCell]
  /// Every cell of the report in order: for `provenance`.
  public var cells: [CellRecord]
  public var parameters: [String: Value]
  public var tools: [String: String]  // name → version of what computed
  public var textWidth: Double  // points
  /// The report's title, its headings with the names that links lead to, and whether it has a summary.
  public var title = ""
  public var headings: [Heading] = []
  public var hasSummary = false

  public struct Heading: Sendable, Equatable {
    public var text, anchor: String
    public init(text: String, anchor: String) { (self.text, self.anchor) = (text, anchor) }
  }
  /// Points: how wide a figure is asked for, whatever the report says; nil leaves it to the report.
  public var figureWidth: Double?
  /// What a cell that this one needs shows, its figures at a width in points.
  public var present: @Sendable (_ id: String, _ width: Double) throws -> [CellBlock] = { _, _ in [] }

  public init(
    id: String, needed: [String: RunContext.NeededCell] = [:], cells: [CellRecord] = [],
    parameters: [String: Value] = [:], tools: [String: String] = [:], textWidth: Double = 470,
    figureWidth: Double? = nil
  ) {
    (self.id, self.needed, self.cells) = (id, needed, cells)
    (self.parameters, self.tools, self.textWidth, self.figureWidth) = (parameters, tools, textWidth, figureWidth)
  }

  public struct CellRecord: Sendable {
    public var id, kind: String
    public var computeKey: Digest?
    public var needs: [String]
    public var inputs: [InputDigest]
    public var volatile: Value
    public var choices: [Choice]
    public var values: Value
    /// As the report gives them, parameters filled in; those left out by their defaults.
    public var options: [String: Value]

    public init(
      id: String, kind: String, computeKey: Digest? = nil, needs: [String] = [], inputs: [InputDigest] = [],
      volatile: Value = .object([:]), choices: [Choice] = [], values: Value = .object([:]), options: [String: Value] = [:]
    ) {
      (self.values, self.options) = (values, options)
      (self.id, self.kind, self.computeKey) = (id, kind, computeKey)
      (self.needs, self.inputs, self.volatile, self.choices) = (needs, inputs, volatile, choices)
    }
  }
}
