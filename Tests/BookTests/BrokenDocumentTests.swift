import Files
import Foundation
import TestSupport
import Testing

@testable import Book

/// `Tests/Documents/broken/*.md` each end in a block `~~~expected [-P name=value]` that says every mistake to be found:
/// `line:column: error[code]: summary`, and the help below it.
@Suite struct BrokenDocumentTests {
  static let folder = SharedData.root + "/Tests/Documents/broken"
  static let names =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".md") }.sorted()

  @Test func documentsAreThere() { #expect(Self.names.count >= 120) }

  @Test(arguments: names) func saysWhatIsWrong(name: String) throws {
    let path = "\(Self.folder)/\(name)"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let start = try #require(text.range(of: "~~~expected"))
    let lines = text[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
    let expected = lines.dropFirst().prefix { $0 != "~~~" }.joined(separator: "\n")
    var overrides: [String: String] = [:]
    for word in (lines.first ?? "").split(separator: " ") where word != "-P" {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      overrides[parts[0]] = parts[1]
    }
    let diagnostics = check(path, registry: toys, library: toyLibrary, overrides: overrides)
    let found: String = diagnostics.map { (diagnostic: Diagnostic) -> String in
      let heading = diagnostic.heading
      let place = heading.hasPrefix(path) ? String(heading.dropFirst(path.count + 1)) : heading
        .replacingOccurrences(of: Self.folder + "/", with: "")
      return ([place] + diagnostic.help.map { "  help: \($0)" }).joined(separator: "\n")
    }.joined(separator: "\n")
    if ProcessInfo.processInfo.environment["RECORD_DOCUMENTS"] != nil {  // then read every change
      let recorded: String = "\(text[..<start.lowerBound])~~~expected\(lines.first ?? "")\n\(found)\n~~~\n"
      try writeFile(recorded, to: path)
    }
    #expect(found == expected)
  }

  /// Every fault but those that need a file of their own has a document that shows it.
  @Test func everyFaultHasADocument() throws {
    var text = ""
    for name in Self.names { text += try String(contentsOfFile: "\(Self.folder)/\(name)", encoding: .utf8) }
    // Tested elsewhere: files that are not text, files of parameters and runs, and what shows only once values are known.
    let elsewhere: [Fault] = [.unreadable, .forbiddenCharacter, .parameterFile, .unfitFormat, .matrix, .matrixRow]
    #expect(Fault.allCases.filter { !text.contains("error[\($0.code)]") } == elsewhere)
  }
}
