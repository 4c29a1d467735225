import Drawing
import Figures
import Foundation
import Testing
import Wording

/// The figures of a patient's page say everything in the language of the page, in what is drawn and in what describes it.
@Suite struct GermanFigureTests {
  /// Without what the example's author says of its filter.
  private static var plain: ECGPage {
    var page = Example.ecg()
    page.filter = ""
    return page
  }

  private static let scenes: [(name: String, scene: @Sendable () -> Scene)] = [
    ("ecg", {
      var page = plain
      page.leads[3].isDerived = true
      page.leads.removeAll { $0.name == "V6" }
      page.order = .cabrera
      page.start = 1
      page.annotations = .init(beats: [.init(1.5, "N"), .init(2.3, "V")], pacingSpikes: [2.2])
      page.shade = .init(seconds: 0.1, darkness: ["II": [1, 1]], meaning: "Anzeichen")
      return page.scene()
    }),
    ("enlarged", { plain.enlarged().first ?? Scene(size: Size(1, 1)) }),
    ("median", { Example.beats(previous: true).scene(width: Theme.Width.full) }),
    ("trend", { Example.trend(1440).scene(width: Theme.Width.full) }),
    ("serial", { Example.changes.scene(width: Theme.Width.full) }),
    ("scales", { Example.measurements.scene(width: Theme.Width.full) }),
    ("disclosure", { Example.disclosure(lines: 60).scene(width: Theme.Width.full) }),
  ]

  @Test(arguments: scenes.map(\.name)) func haveNoEnglishWordOfTheirOwn(name: String) throws {
    let make = try #require(Self.scenes.first { $0.name == name }).scene
    let scene = Language.speaking("de", make)
    let said = ([scene.description] + scene.marks.map(\.value) + SceneReading(scene).texts.map(\.string)).joined(separator: " | ")
    for word in [
      "the", "of", "and", "with", "lead", "leads", "beats", "beat", "sampling", "from", "to", "not", "limits", "none", "each",
      "recorded", "change", "previous", "now", "over", "median of",
    ] {
      // What the example itself says is English: "atrial fibrillation", "women over 50".
      let own = said.replacing("women over 50", with: "").replacing("synthetic", with: "")
      #expect(own.firstMatch(of: try Regex("\\b\(word)\\b")) == nil, "\(word) in: \(own)")
    }
    #expect(said.firstMatch(of: /[0-9]\.[0-9]/) == nil, "decimals have a comma: \(said)")
    #expect(make().description != scene.description)
  }
}
