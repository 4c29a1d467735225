import Drawing
import Foundation
import TestSupport
import Testing

private let ink = Theme.ink
private let body = Font(.serif, 10.5)

@Suite struct TextMeasureTests {
  @Test(arguments: [Font.Family.sans, .serif, .mono])
  func growsInProportionToTheSize(family: Font.Family) {
    let text = "Sinus rhythm, 63 beats"
    let (small, large) = (
      TextRun(text, Font(family, 8), color: ink).width, TextRun(text, Font(family, 11), color: ink).width
    )
    // Every advance is rounded to 1/1024 point, at both sizes.
    #expect(abs(large / 11 - small / 8) < Double(text.count) / 1024 / 8)
  }

  @Test(arguments: [Font(.sans, 7), Font(.sans, 10.5, .semibold), body, Font(.mono, 8)])
  func setsFiguresInTables(font: Font) {
    let widths = (0...9).map { TextRun("\($0)", font, color: ink).width }
    // Inter's semibold 4 is 1/900 em narrower than its sisters, in the font file itself.
    #expect((widths.max() ?? 1) - (widths.min() ?? 0) < 0.0015 * font.size)
  }

  @Test func measuresOneCharacterAsInTheFontFile() {
    // JetBrains Mono: every advance is 600 of 1000 units (its `hmtx` table).
    #expect(TextRun("0123456789", Font(.mono, 10), color: ink).width == 60)
  }

  @Test func showsCodeAsItIsTyped() {
    let font = Font(.mono, 10)
    #expect(TextRun("->", font, color: ink).width == 12)
    #expect(TextRun("!==", font, color: ink).width == 18)
  }

  @Test func standsInForMissingCharacters() {
    let run = TextRun("⇒ ψ ∮", Font(.mono, 10), color: ink)  // STIX has all of them
    #expect(run.width > 10)
  }

  @Test func givesEveryThreadTheSameWidths() async {
    let widths = await withTaskGroup(of: [Double].self) { group in
      for _ in 0..<8 {
        group.addTask { (0..<200).map { TextRun("word \($0)", body, color: ink).width } }
      }
      return await group.reduce(into: [[Double]]()) { $0.append($1) }
    }
    #expect(Set(widths).count == 1)
  }

  @Test func ordersTheLineBox() {
    #expect(body.capHeight > 0.6 * body.size)
    #expect(body.capHeight < body.ascent)
    #expect(body.descent > 0)
  }

  @Test func findsEveryFontFileOnce() throws {
    let files = try fontFiles()
    #expect(files.count == 21)  // eight of Inter, four of STIX and its mathematics, eight of JetBrains Mono
    #expect(Set(files.map(\.path)).count == files.count)
    #expect(files.allSatisfy { FileManager.default.isReadableFile(atPath: $0.path) })
  }

  @Test func namesThePackageOfAMissingFont() {
    let error = DrawingError.missingFont(file: "Inter-Bold.otf", package: "fonts-inter", searched: ["/a", "/b"])
    #expect(
      error.description
        == "font file Inter-Bold.otf not found; install fonts-inter, or name a folder that has it in ECGBOOK_FONTS"
        + " (searched: /a, /b)")
  }
}

@Suite struct LineBreakingTests {
  private func run(_ text: String) -> TextRun { TextRun(text, body, color: ink) }

  private func sample(words: Int, seed: UInt64) -> [String] {
    var generator = SeededGenerator(seed: seed)
    return (0..<words).map { _ in
      String(
        (0..<Int.random(in: 1...11, using: &generator)).map { _ in "aeilmnorstu".randomElement(using: &generator) ?? "a"
        })
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func losesNoWordAndOverrunsNoLine(seed: UInt64) {
    let words = sample(words: 120, seed: seed)
    let lines = breakLines([run(words.joined(separator: " "))], width: 180, firstIndent: 12)
    #expect(lines.map(\.text).joined(separator: " ") == words.joined(separator: " "))
    #expect(lines.allSatisfy { $0.width <= 180.02 })
    #expect(lines.first?.pieces.first?.x == 12)
    #expect(lines.map(\.isLast) == lines.indices.map { $0 == lines.count - 1 })
  }

  /// The slack of every line but the last, squared and summed.
  private func raggedness(_ widths: [Double], _ full: Double) -> Double {
    widths.dropLast().reduce(0) { $0 + (full - $1) * (full - $1) }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func isNeverMoreRaggedThanFillingEachLine(seed: UInt64) {
    let words = sample(words: 80, seed: seed)
    let lines = breakLines([run(words.joined(separator: " "))], width: 150)
    var greedy: [Double] = []
    var line = ""
    for word in words {
      let longer = line.isEmpty ? word : "\(line) \(word)"
      if run(longer).width > 150 {
        greedy.append(run(line).width)
        line = word
      } else {
        line = longer
      }
    }
    greedy.append(run(line).width)
    // A short last word may cost a little: 0.02 of a full line squared.
    #expect(raggedness(lines.map(\.width), 150) <= raggedness(greedy, 150) + 0.021 * 150 * 150)
  }

  @Test func findsTheLeastRaggedBreaksOfAll() {
    let words = sample(words: 11, seed: 7)
    let full = 120.0
    // One short word alone on the last line costs as much as a fiftieth of a line squared.
    func cost(_ widths: [Double]) -> Double {
      raggedness(widths, full) + ((widths.last ?? 0) < 0.15 * full ? 0.02 * full * full : 0)
    }
    var least = Double.infinity
    for breaks in 0..<(1 << (words.count - 1)) {
      var lines = [[String]]()
      for (index, word) in words.enumerated() {
        if index == 0 || breaks & (1 << (index - 1)) != 0 {
          lines.append([word])
        } else {
          lines[lines.count - 1].append(word)
        }
      }
      let widths = lines.map { run($0.joined(separator: " ")).width }
      if widths.allSatisfy({ $0 <= full }) { least = min(least, cost(widths)) }
    }
    let found = breakLines([run(words.joined(separator: " "))], width: full)
    #expect(abs(cost(found.map(\.width)) - least) < 0.5)
  }

  @Test func collapsesWhiteSpaceAsHTMLDoes() {
    let lines = breakLines([run("  one \n\t two "), run("  three "), run("\n")], width: 500)
    #expect(lines.map(\.text) == ["one two three"])
    #expect(lines.first?.pieces.count == 1)
    #expect(breakLines([run(" \n ")], width: 500).isEmpty)
    #expect(breakLines([], width: 500).isEmpty)
  }

  @Test func keepsWordsTogetherAtNoBreakSpaces() {
    let width = run("measured at 25").width + 1
    let lines = breakLines([run("measured at 25\u{A0}mm/s here")], width: width)
    #expect(lines.first?.text == "measured at")
  }

  @Test func breaksAfterHyphensBetweenLettersOnly() {
    let narrow = run("half-").width + 1
    #expect(breakLines([run("half-finished")], width: narrow + 20).map(\.text) == ["half-", "finished"])
    // A range of numbers stays whole where the line has room for it.
    let interval = "0.921–0.934"
    #expect(breakLines([run("of \(interval)")], width: run(interval).width + 1).map(\.text) == ["of", interval])
  }

  @Test func cutsWhatIsWiderThanALine() {
    let digest = String(repeating: "0123456789abcdef", count: 6)
    let lines = breakLines([run(digest)], width: 100)
    #expect(lines.count > 2)
    #expect(lines.map(\.text).joined() == digest)
    #expect(lines.allSatisfy { $0.width <= 100.02 })
  }

  @Test func endsALineAtALineSeparator() {
    let lines = breakLines([run("one\u{2028}two three")], width: 500)
    #expect(lines.map(\.text) == ["one", "two three"])
    #expect(lines.map(\.isLast) == [true, true])
  }

  @Test func keepsStylesApartAndMergesEqualOnes() throws {
    let bold = TextRun("bold", Font(.serif, 10.5, .bold), color: ink)
    let line = try #require(breakLines([run("a "), run("b "), bold, run(", c")], width: 500).first)
    #expect(line.pieces.map(\.run.text) == ["a b ", "bold", ", c"])
    #expect(abs(line.pieces[1].x - run("a b ").width) < 1e-9)
    #expect(abs(line.width - line.pieces.map(\.run).width) < 1e-9)
  }

  @Test func survivesAnyWidth() {
    for width in [-5.0, 0, 0.001, 1, .infinity] {
      #expect(breakLines([run("some words, some-where")], width: width).isEmpty == false)
    }
  }

  @Test func breaksTenThousandWordsQuickly() {
    let text = run(sample(words: 10_000, seed: 1).joined(separator: " "))
    let clock = ContinuousClock()
    _ = breakLines([text], width: 470)  // measures each word once
    let seconds = clock.measure { _ = breakLines([text], width: 470) }
    #expect(seconds < .milliseconds(1000))  // tens of milliseconds in release mode; debug builds take longer
  }
}
