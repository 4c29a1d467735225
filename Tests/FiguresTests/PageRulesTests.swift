import Drawing
import Foundation
import Testing

/// What holds for every figure at every size.
@Suite struct PageRulesTests {
  @Test(arguments: Example.all) func printsNoTextBelowSixPoints(example: Example) {
    let texts = SceneReading(example.scene).texts
    #expect(!texts.isEmpty)
    #expect(texts.filter { $0.size < 6 }.map(\.string) == [])
  }

  @Test(arguments: Example.all) func keepsTextAndLinesInside(example: Example) {
    let reading = SceneReading(example.scene)
    let size = example.scene.size
    let outside = reading.texts.filter {
      $0.box.x < -0.01 || $0.box.y < -0.01 || $0.box.maxX > size.width + 0.01 || $0.box.maxY > size.height + 0.01
    }
    #expect(outside.map(\.string) == [])
    // Traces are clipped by their group; every other path ends inside.
    let stray = reading.paths.filter { path in
      path.stroke != Theme.ECG.trace
        && path.points.contains {
          $0.x < -0.01 || $0.y < -0.01 || $0.x > size.width + 0.01 || $0.y > size.height + 0.01
        }
    }
    #expect(stray.isEmpty)
  }

  @Test(arguments: Example.all) func setsNoTextOverAnother(example: Example) {
    let texts = SceneReading(example.scene).texts.sorted { $0.box.y < $1.box.y }
    var pairs: [String] = []
    for (index, a) in texts.enumerated() {
      for b in texts[(index + 1)...] {
        if b.box.y >= a.box.maxY { break }
        let width = min(a.box.maxX, b.box.maxX) - max(a.box.x, b.box.x)
        let height = min(a.box.maxY, b.box.maxY) - max(a.box.y, b.box.y)
        if width > 0.1, height > 0.1 { pairs.append("\(a.string) | \(b.string)") }
      }
    }
    #expect(pairs == [])
  }

  @Test(arguments: Example.all) func saysInWordsWhatItShows(example: Example) {
    let text = example.scene.description
    #expect(text.hasSuffix("."))
    #expect(text.contains(/[0-9]/))
    #expect(!text.contains("nan"))
  }

  @Test(arguments: Example.all) func setsTextInColoursThatAreReadOnEitherPaper(example: Example) {
    let faint = SceneReading(example.scene).texts.filter { text in
      text.colors.contains {
        $0.contrast(to: Theme.paper) < 7 || Theme.onDark($0).contrast(to: Theme.darkPaper) < 7
      }
    }
    #expect(faint.map(\.string) == [])
  }

  @Test(arguments: Example.all) func saysItsValuesWhereTheyStand(example: Example) {
    let (marks, size) = (example.scene.marks, example.scene.size)
    #expect(marks.count <= 1500)
    #expect(marks.allSatisfy { $0.value.contains(/[0-9]/) && !$0.value.contains("nan") && !$0.value.contains("inf") })
    let outside = marks.filter {
      $0.area.x < -3 || $0.area.y < -3 || $0.area.maxX > size.width + 3 || $0.area.maxY > size.height + 3
    }
    #expect(outside.map(\.value) == [])
  }

  @Test func marksSomethingInEveryKindOfFigure() {
    let kinds = Dictionary(grouping: Example.all) { $0.name.prefix { $0 != "," && $0 != " " } }
    for (kind, examples) in kinds { #expect(examples.contains { !$0.scene.marks.isEmpty }, "\(kind)") }
  }

  @Test(arguments: Example.all) func drawsOnlyNumbers(example: Example) {
    #expect(SceneReading(example.scene).paths.allSatisfy { $0.points.allSatisfy { $0.x.isFinite && $0.y.isFinite } })
  }

  @Test(arguments: Example.all) func staysSmallOnAWebPage(example: Example) throws {
    let drawing = try svg(example.scene, idPrefix: "f")
    #expect(drawing.utf8.count < 300_000)
    #expect(try svg(example.scene, idPrefix: "f") == drawing)
  }

  @Test func givesTheSamePDFAgain() throws {
    let pages = Example.all.filter { $0.name.hasSuffix("166 mm") }.map(\.scene)
    let document = PDFDocument(pages: pages, title: "All figures")
    #expect(try pdf(document) == pdf(document))
  }
}
