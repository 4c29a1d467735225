import Foundation
import Measurement
import TestSupport
import Testing
import Wording

@testable import Interpretation

/// Rooms that measure say why in English and know no other language. Whatever they can say must stand as a row in each
/// language's file; whoever words a remark anew changes its row too.
@Suite struct RemarksOfOtherRoomsTests {
  /// Files that say something to a reader, but for those whose words are sources, weights or thrown errors.
  private static let files: [String] = {
    let folder = SharedData.root + "/Sources/Measurement"
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    let silent = ["NormalLimits.swift", "MeasurementError.swift", "WaveNetwork.swift"]
    let speaking = names.filter { name in
      name.hasSuffix(".swift") && !name.contains("Weights") && !silent.contains { name.hasSuffix($0) }
    }
    return speaking.sorted().map { "Measurement/" + $0 } + ["Learning/Recording.swift", "WFDB/TwelveLeads.swift"]
  }()

  @Test func readsTheSourcesOfTheRooms() { #expect(Self.files.count > 10) }

  @Test(arguments: files) func haveARowForWhateverARoomSays(file: String) throws {
    let source = try String(contentsOfFile: SharedData.root + "/Sources/" + file, encoding: .utf8)
    let rows = try texts().map { " " + $0.replacing("\u{A0}", with: " ") }
    let silent = ["ln odds", "elements for [12, frames]"]  // a unit; a precondition
    for piece in pieces(of: source) where !silent.contains(piece) {
      // "Nothing could be compared …: less than 2 s" is a row with a place, and a row for what goes there.
      let isThere = rows.contains { $0.contains(piece) }
        || piece.split(separator: ": ").allSatisfy { part in rows.contains { $0.contains(part) } }
      #expect(isThere, "\(file) says '\(piece)', and no row of statements.en.csv does: add a word and its translations")
    }
  }

  /// The texts of the English file's words.
  private func texts() throws -> [String] {
    let english = try Texts(parsing: Data(PackageResources.statements_en_csv), from: "en")
    return Statements.Word.remarks.compactMap { english.words[$0] }.map { $0.filled(with: []) }
  }

  /// What stands between the values in the string literals of a source, where it is prose: two words or more.
  private func pieces(of source: String) -> [String] {
    var pieces: [String] = []
    var text = source[...]
    func isProse(_ piece: String) -> Bool { piece.firstMatch(of: /[a-z]{2,} [a-zA-Z]/) != nil }
    while let start = text.firstIndex(where: { $0 == "\"" || $0 == "/" }) {
      text = text[start...]
      if text.hasPrefix("//") {
        text = text.drop { $0 != "\n" }
      } else if text.hasPrefix("\"\"\"") {  // whole rules, which have a test of their own
        text = text.dropFirst(3)
        text = text.range(of: "\"\"\"").map { text[$0.upperBound...] } ?? ""
      } else if text.hasPrefix("\"") {
        text = text.dropFirst()
        pieces += literal(&text)
      } else {
        text = text.dropFirst()
      }
    }
    return pieces.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " .,;:()'\n")) }.filter(isProse)
  }

  /// The pieces of a literal, up to and with its last quote; those in its values too.
  private func literal(_ text: inout Substring) -> [String] {
    var (pieces, piece) = ([String](), "")
    while let next = text.first, next != "\"" {
      text = text.dropFirst()
      guard next == "\\", let escaped = text.first else {
        piece.append(next)
        continue
      }
      text = text.dropFirst()
      guard escaped == "(" else { continue }
      pieces.append(piece)
      piece = ""
      var depth = 1
      while depth > 0, let inner = text.first {
        text = text.dropFirst()
        switch inner {
        case "(": depth += 1
        case ")": depth -= 1
        case "\"": pieces += literal(&text)
        default: break
        }
      }
    }
    text = text.dropFirst()
    return pieces + [piece]
  }

  // MARK: Rules in words

  @Test func translateTheRuleOfQuality() throws {
    let german = try Statements(language: "de").translated(QualityRule.standard.text)
    #expect(german.hasPrefix("Nicht auswertbar") && german.contains("60\u{A0}%") && german.contains("zu 1 vertauscht"))
    for word in [" the ", " leads", " with ", "readable", "Limited"] { #expect(!german.contains(word), "\(word)") }
  }

  @Test func translateTheRuleOfTheWorstSeconds() throws {
    let german = try Statements(language: "de").translated(LongRecording.Worst.rule)
    #expect(german.hasPrefix("die längste Folge ventrikulärer Schläge; sonst"))
  }

  /// Every language of the engine has a clinician's words, and the other way round.
  @Test func speakTheLanguagesOfTheEngine() { #expect(Statements.languages == Language.codes) }
}
