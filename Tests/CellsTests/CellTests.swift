import Book
import Drawing
import Foundation
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

  @Test func infersFromEitherAFileOrADataSet() throws {
    #expect(try mistakes(InferCell.self, "model: m").count == 1)
    #expect(try mistakes(InferCell.self, "model: m\ndata: d\nrecord: r").count == 1)
    #expect(try mistakes(InferCell.self, "model: m\nrecord: r\nlabel: MI").count == 1)
  }

  @Test func asksAFigureWhatToDraw() throws {
    #expect(try mistakes(FigureCell.self, "of: e\ncaption: c").contains { $0.contains("'draw'") })
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
