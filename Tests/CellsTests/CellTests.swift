import Book
import Drawing
import Figures
import Foundation
import Interpretation
import PTBXL
import Testing

@testable import Cells

/// The mistakes that a cell finds in options given as YAML.
private func mistakes<C: Book.Cell>(_ kind: C.Type, _ yaml: String) throws -> [String] {
  var options = try Options(yaml: yaml, kind: kind.kind, id: "cell")
  _ = kind.init(&options)
  return options.mistakes.map(\.summary)
}

@Suite struct CellOptionTests {
  @Test func acceptsWhatTheReportsUse() throws {
    #expect(try mistakes(DatasetCell.self, "data: x\nlabels: detailed\nrate: '100'\nfolds: 1-7/8/9") == [])
    #expect(try mistakes(TrainCell.self, "data: d\nnetwork: ECGConvNet\nepochs: 20\nseed: 3\nthreads: 1") == [])
    #expect(try mistakes(EvaluateCell.self, "model: m\ndata: d\nsplit: validation\nwindows: maximum") == [])
    #expect(try mistakes(InferCell.self, "model: m\ndata: d\nlabel: MI") == [])
  }

  @Test(arguments: [
    ("folds: 1-8/9", "no choice of folds"), ("folds: 1-8/8/9", "fold 8 comes twice"), ("labels: superclas", "none of the choices"),
    ("rate: 250", "none of the choices"), ("likelihood: 101", "outside of"),
  ])
  func namesWhatIsWrongWithADataset(option: String, part: String) throws {
    let found = try mistakes(DatasetCell.self, "data: x\n" + option)
    #expect(found.count == 1)
    #expect(found.first?.contains(part) == true, "\(found)")
  }

  @Test(arguments: [("name: a/b", "cannot name a folder"), ("name: .hidden", "cannot name a folder"), ("epochs: 0", "outside of"), ("network: ResNet", "none of the choices")])
  func namesWhatIsWrongWithATraining(option: String, part: String) throws {
    let found = try mistakes(TrainCell.self, "data: d\n" + option)
    #expect(found.count == 1)
    #expect(found.first?.contains(part) == true, "\(found)")
  }

  @Test func refusesABootstrapThatSaysLittle() throws {
    #expect(try mistakes(EvaluateCell.self, "model: m\ndata: d\nbootstrap: 20").first?.contains("say little") == true)
    #expect(try mistakes(EvaluateCell.self, "model: m\ndata: d\nbootstrap: 0") == [])
  }

  @Test func comparesWhatTheReportsCompare() throws {
    #expect(try mistakes(CompareCell.self, "evaluations: [a, b]") == [])
    #expect(try mistakes(CompareCell.self, "evaluations: a\npredictions: saved_models/b/predictions.csv\nreference: b") == [])
    #expect(try mistakes(CompareCell.self, "predictions: [x.csv, y.html#eval]\nnames: [x, y]\nmargin: 0.01\nstatistics: [ap, fmax]") == [])
  }

  @Test(arguments: [
    ("evaluations: [a]", "two sides or more, found one"), ("predictions: a.csv", "two sides or more, found one"),
    ("seed: 1", "two sides or more, found none"), ("evaluations: [a, a]", "two sides are called 'a'"),
    ("predictions: [x/a.csv, y/a.csv]", "two sides are called 'a'"),
    ("evaluations: [a, b]\nnames: [x]", "1 names for 2 sides"),
    ("evaluations: [a, b]\nnames: [x, y.z]", "'y.z' cannot stand in the path of a value"),
    ("evaluations: [a, b]\nnames: [x, patients]", "'patients' is a value of the cell itself"),
    ("evaluations: [a, b]\nreference: c", "no side is called 'c'"),
    ("evaluations: [a, b]\nstatistics: [auroc, auc]", "no statistic 'auc'"),
    ("evaluations: [a, b]\nstatistics: []", "nothing to compare"),
    ("evaluations: [a, b]\nstatistics: [ap, ap]", "a statistic stands twice"),
    ("evaluations: [a, b]\nmargin: 0", "a margin is above 0"), ("evaluations: [a, b]\nmargin: -0.01", "outside of"),
    ("evaluations: [a, b]\nbootstrap: 99", "outside of"), ("evaluations: [a, b]\npairing: some", "none of the choices"),
    ("evaluations: [a, b]\npredictions: ['']", "an empty path"),
  ])
  func namesWhatIsWrongWithAComparison(options: String, part: String) throws {
    let found = try mistakes(CompareCell.self, options)
    #expect(found.contains { $0.contains(part) }, "\(found)")
    #expect(found.count == 1 || options.contains("['']"), "\(found)")
  }

  @Test(arguments: [
    ("saved_models/best/predictions.csv", "best"), ("a/b.c.csv", "b"), ("predictions.csv", "predictions"),
    ("archive/2025.html#eval", "2025-eval"), ("Größe 2.csv", "Gr--e-2"),
  ])
  func callsAFileByItsModelOrItself(path: String, name: String) { #expect(PredictionSource(path).name == name) }

  @Test func takesACellOfAReportAlone() {
    #expect(PredictionSource("a#b.html#c").path == "a#b.html" && PredictionSource("a#b.html#c").cell == "c")
    #expect(PredictionSource("a#b.csv").path == "a#b.csv" && PredictionSource("a#b.csv").cell == nil)
  }

  @Test func infersFromEitherAFileOrADataSet() throws {
    #expect(try mistakes(InferCell.self, "model: m").count == 1)
    #expect(try mistakes(InferCell.self, "model: m\ndata: d\nrecord: r").count == 1)
    #expect(try mistakes(InferCell.self, "model: m\nrecord: r\nlabel: MI").count == 1)
  }

  @Test func asksAFigureWhatToDraw() throws {
    #expect(try mistakes(FigureCell.self, "of: e\ncaption: c").contains { $0.contains("'draw'") })
  }
}

/// What an evaluation says of its choices, by a file of predictions and one that thresholds and calibration are fitted to.
@Suite struct ChoiceTests {
  private static func table(_ ids: Range<Int>) -> String {
    "ecg_id,true:A,true:B,score:A,score:B\n"
      + ids.map { id in
        let (a, b) = (id % 3 == 0, id % 4 < 2)
        return "\(id),\(a ? 1 : 0),\(b ? 1 : 0),\(a ? 0.4 + Double(id % 5) / 10 : Double(id % 7) / 10),\(b ? 0.5 + Double(id % 4) / 10 : Double(id % 9) / 12)"
      }.joined(separator: "\n") + "\n"
  }

  private func evaluated(validation ids: Range<Int>?) async throws -> (cell: EvaluateCell, output: Output) {
    let folder = FileManager.default.temporaryDirectory.path + "/choices-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.table(1..<121).write(toFile: folder + "/test.csv", atomically: true, encoding: .utf8)
    if let ids { try Self.table(ids).write(toFile: folder + "/fitted.csv", atomically: true, encoding: .utf8) }
    var options = try Options(yaml: "predictions: test.csv\nbootstrap: 0" + (ids == nil ? "" : "\nvalidation: fitted.csv"), kind: "evaluate", id: "eval")
    let cell = EvaluateCell(&options)
    let context = RunContext(id: "eval", reportFolder: folder, folder: folder, checkpointFolder: folder)
    return (cell, try await cell.run(context))
  }

  @Test func saysWhereThresholdsComeFrom() async throws {
    let (cell, output) = try await evaluated(validation: nil)
    let choices = cell.choices(output)
    #expect(choices.first { $0.what == "thresholds" }?.origin == .convention)
    #expect(choices.filter { !$0.optimistic.isEmpty }.map(\.optimistic) == [["fmax"], ["best.auroc"]])
    #expect(output.frames.values.flatMap(\.columns).allSatisfy { $0.optimism == nil })
    #expect(output.testSet?.name == "120 records of test.csv")
  }

  @Test func keepsOtherRecordsHonest() async throws {
    let (cell, output) = try await evaluated(validation: 121..<241)
    #expect(output.values["validation.shared"] == .integer(0))
    #expect(cell.choices(output).filter { !$0.optimistic.isEmpty }.count == 2)
    #expect(output.frames["classes"]?["f1"]?.optimism == nil)
  }

  /// Twenty records that thresholds were fitted to are tested on too.
  @Test func callsOptimisticWhatWasFittedToTheTestRecords() async throws {
    let (cell, output) = try await evaluated(validation: 101..<221)
    #expect(output.values["validation.shared"] == .integer(20))
    let optimistic = Set(cell.choices(output).flatMap(\.optimistic))
    #expect(optimistic.isSuperset(of: ["class.*.f1", "macro.mcc", "calibration.ece"]) && !optimistic.contains("macro.auroc"))
    let classes = try #require(output.frames["classes"])
    #expect(classes.columns.filter { $0.optimism != nil }.map(\.name) == ["precision", "recall", "specificity", "f1"])
    #expect(output.frames["confusion"]?["tp"]?.optimism == "thresholds, chosen on the same records")
    #expect(output.frames["calibration"]?["ece"]?.optimism != nil && output.frames["roc"]?["tpr"]?.optimism == nil)
  }

  @Test func theSameRecordsAreTheSameTestSet() async throws {
    let (first, second) = (try await evaluated(validation: nil).output.testSet, try await evaluated(validation: 1..<50).output.testSet)
    #expect(first != nil && first == second)
  }

  @Test func aFigureOfOptimisticValuesSaysSo() throws {
    let scene = Scene(size: Size(200, 100), elements: [.path(.line(Point(0, 0), Point(1, 1)))], description: "A curve.", marks: [.init(area: Rect(0, 10, 5, 5), value: "x")])
    let marked = scene.marked(optimistic: "the epoch, chosen on the same records")
    #expect(marked.description == "Optimistic: the epoch, chosen on the same records. A curve.")
    #expect(marked.size.height > 110 && marked.marks[0].area.y > 20)
    #expect("\(marked.elements)".contains("Optimistic: the epoch"))
  }
}

@Suite struct FigureKindTests {
  private static let history = Frame([
    .init("epoch", title: "Epoch", [.integer(1), .integer(2)]), .init("training_loss", title: "", [.number(0.5), .number(0.4)]),
    .init("validation_loss", title: "", [.number(0.5), .number(0.45)]),
    .init("validation_auroc", title: "", [.number(0.7), .undefined("one class")]), .init("rate", title: "", [.number(1e-3), .number(1e-4)]),
  ])
  private static let ecg = Frame(
    [.init("time", title: "Time", (0..<1000).map { .number(Double($0) / 100) })]
      + ECGRecord.leadNames.map { name in .init(name, title: name, (0..<1000).map { .number(sin(Double($0) / 10)) }) })

  @Test func marksTheFirstBestEpoch() throws {
    let scene = try FigureKind.trainingCurves.scene(Self.history, [:], FigureStyle())
    #expect(scene.description.contains("epoch 1") || scene.description.contains("Epoch 1"), "\(scene.description)")
  }

  @Test func drawsAnECGAtTrueScaleOnAPageOfItsOwn() throws {
    var style = FigureStyle()
    style.width = 260
    let scene = try FigureKind.ecg.scene(Self.ecg, [:], style)
    #expect(scene.size.width > 250 * 72 / 25.4)  // ten seconds at 25 mm/s
  }

  @Test(arguments: [FigureKind.ecg, .explanation]) func refusesAnECGWithoutSamples(kind: FigureKind) {
    #expect(throws: CellError.self) { try kind.scene(Frame([]), [:], FigureStyle()) }
  }

  @Test func shadesWhatSpokeForTheLabel() throws {
    let relevance = Frame([
      .init("time", title: "From", [.number(0), .number(0.1)]), .init("II", title: "II", [.number(2), .number(-1)]),
      .init("V1", title: "V1", [.number(0.5), .number(0)]),
    ])
    let scene = try FigureKind.explanation.scene(Self.ecg, ["relevance": relevance], FigureStyle())
    #expect(scene.description.contains("most in II and V1") || scene.description.contains("most in V1 and II"))
    #expect(throws: CellError.self) { try FigureKind.explanation.scene(Self.ecg, [:], FigureStyle()) }
  }

  @Test(arguments: FigureKind.allCases.filter { ![.ecg, .explanation].contains($0) }) func drawsAnEmptyFrameWithoutATrap(kind: FigureKind) throws {
    #expect(try !kind.scene(Frame([]), [:], FigureStyle()).description.isEmpty)
  }
}

@Suite struct LibraryTests {
  @Test func holdsWhatDataAndMethodsOblige() throws {
    let library = try citationLibrary()
    let ids = library.map(\.id)
    #expect(Set(ids).count == ids.count)
    for key in ["ptbxl-1.0.1", "ptbxl-1.0.2", "ptbxl-1.0.3", "wagner2020", "goldberger2000", "strodthoff2021", "hanley1982", "mcsharry2003"] {
      #expect(ids.contains(key), "\(key)")
    }
    #expect(library.first { $0.id == "ptbxl-1.0.3" }?.doi == "10.13026/kfzx-aw45")
    #expect(library.first { $0.id == "wagner2020" }?.doi == "10.1038/s41597-020-0495-6")
  }

  @Test func namesEveryKindOnce() {
    #expect(Set(cellKinds.map { $0.kind }).count == cellKinds.count)
    #expect(cellKinds.allSatisfy { !$0.summary.isEmpty })
  }
}

@Suite struct ConfirmationTests {
  private func confirmation(_ yaml: String) throws -> Cells.Confirmation? {
    var options = try Options(yaml: yaml, kind: "measure")
    return Cells.Confirmation(&options)
  }

  /// The physician's statements lead, the machine's stay beside them; a bare confirmation leaves the machine's.
  @Test(arguments: ["en", "de"]) func saysWhoseReadingAPageLeadsWith(language: String) throws {
    let statements = try Statements(language: language)
    let changed = try #require(try confirmation("confirmed-by: Dr. A\nconfirmed-on: 2026-11-20\nstatements: AFIB,CLBBB"))
    let headline = try #require(changed.headline(statements))
    #expect(headline.contains(statements.sentence(of: "AFIB")) && headline.contains(statements.sentence(of: "CLBBB")))
    #expect(changed.standing("MACHINE", statements).contains("MACHINE"))
    #expect(changed.words(statements).contains(language == "de" ? "20.11.2026" : "2026-11-20"))
    let kept = try #require(try confirmation("confirmed-by: Dr. A\nconfirmed-on: 2026-11-20"))
    #expect(kept.headline(statements) == nil && !kept.standing("MACHINE", statements).contains("MACHINE"))
    #expect(try confirmation("statements: AFIB") == nil)
  }

  @Test func bearsWarningsInMindBesideTheSignal() {
    let values = Value.object([
      "cautions": .list([.text("a"), .text("b")]), "quality": .object(["abstention": .list([]), "unlike": .list([.text("c")])]),
    ])
    #expect(MeasureCell.judgement(values) == .init(abstention: ["c"], cautions: ["a", "b"]))
  }
}
