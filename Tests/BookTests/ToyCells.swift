import Drawing
import Files
import Foundation
import Testing

@testable import Book

// The smallest kinds of cell that use every part of the engine.

/// A number, times a scale.
struct NumberCell: Cell {
  static let kind = "number", summary = "A number.", version = "1"
  var value: Int
  var scale: Double
  var isSquared: Bool

  init(_ options: inout Options) {
    value = options.takeRequired("value", in: 0...1000)
    scale = options.take("scale", default: 1, in: 0...10)
    isSquared = options.take("squared", default: false)
    if value == 13 { options.fail("value", "13 brings bad luck", help: "take 12") }
  }
  var valuePaths: [String] {
    ["value", "share", "statistic", "missing", "group.*.share", "names", "day", "volatile.seconds"]
  }
  func run(_ context: RunContext) async throws -> Output {
    let number = Double(value) * scale * (isSquared ? Double(value) : 1)
    let interval = Statistic.Interval(
      lower: 0.9241, upper: 0.9379, level: 0.95, method: "bootstrap", replicates: 10, seed: 1)
    return Output(
      values: .object([
        "value": .number(number), "share": .number(0.0735), "names": .list([.text("a"), .text("b"), .text("c")]),
        "statistic": .statistic(Statistic(0.9314, interval: interval, n: 12)), "missing": .undefined("one class"),
        "group": .object(["x": .object(["share": .number(0.5)]), "y": .undefined("no records")]),
        "day": .text("2026-03-01"),
      ]),
      volatile: .object(["seconds": .number(12.5)]))
  }
}

/// The same with a newer version of what computes it.
struct NewerNumberCell: Cell {
  static let kind = "number", summary = "A number.", version = "2"
  var cell: NumberCell
  init(_ options: inout Options) { cell = NumberCell(&options) }
  var valuePaths: [String] { cell.valuePaths }
  func run(_ context: RunContext) async throws -> Output { try await cell.run(context) }
}

/// The sum of other cells' values; leaves a file.
struct AddCell: Cell {
  static let kind = "add", summary = "A sum.", version = "1"
  var terms: [Reference]
  init(_ options: inout Options) { terms = options.takeReferences("terms", kinds: ["number", "add", "file"]) }
  var needs: [Reference] { terms }
  var valuePaths: [String] { ["value"] }
  func run(_ context: RunContext) async throws -> Output {
    let sum = terms.compactMap { context.needed[$0.id]?.output.values["value"]?.double }.reduce(0, +)
    try writeFile("\(sum)\n", to: "\(context.folder)/sum.txt")
    context.progress("added \(terms.count)")
    return Output(values: .object(["value": .number(sum)]))
  }
}

/// The size of a file.
struct FileCell: Cell {
  static let kind = "file", summary = "A file.", version = "1"
  var path: String
  init(_ options: inout Options) { path = options.takePath("path") }
  var valuePaths: [String] { ["value"] }
  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    [InputDigest(name: path, digest: try context.digests.digest(ofFile: "\(context.reportFolder)/\(path)"))]
  }
  func run(_ context: RunContext) async throws -> Output {
    Output(values: .object(["value": .integer(try readFile("\(context.reportFolder)/\(path)").count)]))
  }
}

/// A line as long as another cell's value.
struct PlotCell: Cell {
  static let kind = "plot", summary = "A plot.", version = "1", isCached = false, shows = Shown.figure
  var data: Reference
  var width: String
  var caption: String
  init(_ options: inout Options) {
    data = options.takeReference("data")
    width = options.takeChoice("width", default: "120", of: ["85", "120", "166"], enters: .render)
    caption = options.takeCaption()
  }
  var needs: [Reference] { [data] }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    let value = context.needed[data.id]?.output.values["value"]?.double ?? 0
    let line = Element.path(.line(Point(0, 5), Point(value, 5)), stroke: Stroke(Color(0), width: 1))
    let scene = Scene(size: Size(Double(width) ?? 1, 10), elements: [line], description: "A line of \(value).")
    return [.figure(scene, caption: caption, data: Frame([Frame.Column("value", title: "Value", [.number(value)])]))]
  }
}

/// A table with every kind of value.
struct GridCell: Cell {
  static let kind = "grid", summary = "A table.", version = "1", isCached = false, shows = Shown.table
  var caption: String
  var format: String?
  init(_ options: inout Options) {
    format = options.takeIfPresent("format", enters: .render)
    caption = options.takeCaption()
  }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }
  static let frame = Frame([
    Frame.Column("name", title: "Name", [.text("NORM"), .text("MI"), .text("HYP")]),
    Frame.Column(
      "auroc", title: "AUROC", note: "area under the curve",
      [
        .statistic(
          Statistic(0.9, interval: .init(lower: 0.85, upper: 0.9512, level: 0.95, method: "bootstrap"), n: 30)),
        .statistic(Statistic(0.8125, n: 30)), .undefined("no positive record"),
      ]),
    Frame.Column("n", title: "Records", [.integer(12_345), .integer(7), .integer(0)]),
    Frame.Column("age", title: "Age", unit: "years", [.number(61.25), .number(9), .undefined("unknown age")]),
  ])
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    var frame = Self.frame
    if let format { frame.columns[0].format = format }
    return [.table(frame, caption: caption)]
  }
}

/// Markdown that a cell makes, with what it obliges a reader to cite and a banner.
struct NoteCell: Cell {
  static let kind = "note", summary = "A note.", version = "1"
  var text: String
  init(_ options: inout Options) { text = options.takeMarkdown("text", default: "None.") }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output {
    Output(citations: ["wagner2020"], banners: ["Synthetic data: not for care."])
  }
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] { [.markdown(text)] }
}

struct ReferencesCell: Cell {
  static let kind = "references", summary = "The bibliography.", version = "1", isCached = false
  init(_ options: inout Options) {}
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] { [.bibliography] }
}

/// Leaves half of its work, then throws, unless the checkpoint of an earlier attempt is there.
struct FragileCell: Cell {
  static let kind = "fragile", summary = "It fails at first.", version = "1"
  init(_ options: inout Options) {}
  var valuePaths: [String] { ["value"] }
  struct Broken: Error, CustomStringConvertible { var description: String { "the first attempt breaks" } }
  func run(_ context: RunContext) async throws -> Output {
    try writeFile("half", to: "\(context.folder)/half.txt")
    let checkpoint = "\(context.checkpointFolder)/step"
    guard context.resumes, FileManager.default.fileExists(atPath: checkpoint) else {
      try writeFile("1", to: checkpoint)
      throw Broken()
    }
    return Output(values: .object(["value": .integer(1)]))
  }
}

/// An evaluation: an honest statistic, one that was tuned on the records that it tests, and the table of both.
struct ScoreCell: Cell {
  static let kind = "score", summary = "A score.", version = "1"
  var set: String
  var seed: Int
  init(_ options: inout Options) {
    set = options.take("set", default: "fold 10")
    seed = options.take("seed", default: 1)
  }
  var valuePaths: [String] { ["auroc", "fmax", "records", "none"] }
  func choices(_ output: Output) -> [Choice] {
    [
      Choice("thresholds", rule: "highest F1", origin: .validation),
      Choice("the threshold of Fmax", rule: "highest F", origin: .test, optimistic: ["fmax"]),
    ]
  }
  func run(_ context: RunContext) async throws -> Output {
    let interval = Statistic.Interval(lower: 0.9241, upper: 0.9379, level: 0.95, method: "bootstrap")
    let auroc = Value.statistic(Statistic(0.9314, interval: interval, n: 120))
    var fmax = Frame.Column("fmax", title: "Fmax", [.number(0.8)])
    fmax.optimism = "the threshold of Fmax, chosen on the same records"
    return Output(
      values: .object(["auroc": auroc, "fmax": .statistic(Statistic(0.81, interval: interval, n: 120)), "records": .integer(120), "none": .undefined("one class")]),
      frames: ["classes": Frame([.init("auroc", title: "AUROC", [auroc]), fmax])], testSet: TestSet(name: set, digest: Digest(of: set)))
  }
}

/// The table of a score.
struct SheetCell: Cell {
  static let kind = "sheet", summary = "A sheet.", version = "1", isCached = false, shows = Shown.table
  var source: Reference
  init(_ options: inout Options) { source = options.takeReference("of", kinds: ["score"]) }
  var needs: [Reference] { [source] }
  var reads: [FrameName] { [FrameName(cell: source.id, frame: "classes")] }
  var valuePaths: [String] { [] }
  func run(_ context: RunContext) async throws -> Output { Output() }
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    try [.table(#require(context.needed[source.id]?.output.frames["classes"]), caption: "Scores.")]
  }
}

/// A claim.
struct AssertCell: Cell {
  static let kind = "assert", summary = "A claim.", version = "1", isCached = false
  var sentence: String
  var predicate: ClaimPredicate?
  init(_ options: inout Options) {
    predicate = options.takePredicate("predicate")
    sentence = options.takeMarkdown("sentence", isRequired: true, allowing: predicate?.numbers ?? [])
  }
  var valuePaths: [String] { ["verdict"] }
  func run(_ context: RunContext) async throws -> Output {
    let (ruling, reason) = try #require(predicate).ruling { context.needed[$0.head]?.evidence(at: $0.rest) ?? (nil, nil) }
    return Output(values: .object(["verdict": .text(ruling.rawValue)]), verdict: Verdict(sentence: sentence, ruling: ruling, reason: reason))
  }
  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    [.markdown("> \(sentence)\n>\n> **{{ \(context.id).verdict | text }}**")]
  }
}

let toyKinds: [any Cell.Type] = [
  NumberCell.self, AddCell.self, FileCell.self, PlotCell.self, GridCell.self, NoteCell.self, ReferencesCell.self,
  FragileCell.self, ScoreCell.self, SheetCell.self, AssertCell.self,
]
let toys = CellRegistry(toyKinds)
let newerToys = CellRegistry([NewerNumberCell.self] + toyKinds.dropFirst())

let toyLibrary = [
  BibliographyItem(
    id: "wagner2020", title: "PTB-XL, a large publicly available electrocardiography dataset",
    authors: ["Wagner", "Strodthoff", "Bousseljot", "Kreiseler", "Lunze", "Samek", "Schaeffter"].map {
      .init(family: $0, given: "A. B.")
    }, year: 2020, container: "Scientific Data", volume: "7", issue: "1", page: "154", doi: "10.1038/s41597-020-0495-6"),
  BibliographyItem(
    id: "smith2020", type: "book", title: "Electrocardiography?", authors: [.init(literal: "The Society")], year: 2019,
    page: "12-15", publisher: "Press", url: "https://example.org"),
]

/// A report's text around a body.
func document(_ body: String, frontMatter: String = "") -> String { "---\ntitle: A report\n\(frontMatter)---\n\n\(body)" }
