import Files
import Foundation

/// A report as it was written: its text, what it says of itself, its blocks and its cells.
public struct Report: Sendable {
  public var path: String
  /// With what it includes.
  public var source: SourceText
  /// As the file has it.
  public var text: String
  public var included: [IncludedFile]
  public var frontMatter: FrontMatter
  public var nodes: [ReportNode]
  public var cells: [CellSource]
  /// Mistakes of syntax. The rest of the report was read nevertheless.
  public var diagnostics: [Diagnostic]

  /// The folder at which the report's paths start.
  public var folder: String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
  /// The file's name without its extension: the name of its outputs.
  public var name: String { ((path as NSString).lastPathComponent as NSString).deletingPathExtension }

  private static let largest = 4 << 20

  /// Reads and parses a file.
  /// - Throws: one diagnostic, when there is no text to parse.
  public init(contentsOf path: String) throws(Diagnostic) {
    let place = SourceRange(file: path, line: 0, column: 0)
    let data: Data
    do { data = try readFile(path) } catch {
      throw Diagnostic(.unreadable, at: place, "cannot \(error.operation): \(error.reason)")
    }
    guard data.count <= Self.largest else {
      throw Diagnostic(.unreadable, at: place, "\(data.count) bytes; a report has at most \(Self.largest)")
    }
    guard var text = String(validating: data, as: UTF8.self) else {
      throw Diagnostic(.unreadable, at: place, "not UTF-8 text", help: ["save the file as UTF-8"])
    }
    if text.unicodeScalars.first == "\u{FEFF}" { text = String(text.unicodeScalars.dropFirst()) }
    self.init(parsing: text, path: path)
  }

  /// Parses the text of a report.
  /// - Parameter texts: what included files hold, by name; nil reads them.
  public init(parsing text: String, path: String, included texts: [String: String]? = nil) {
    let own = SourceText(file: path, text: text)
    var problems: [Diagnostic] = []
    let folder = (path as NSString).deletingLastPathComponent
    (source, included) = own.including(from: folder.isEmpty ? "." : folder, texts: texts, diagnostics: &problems)
    (self.path, self.text) = (path, own.text)
    diagnostics = problems + Self.forbiddenCharacters(in: source)
    let start = source.range(ofLine: 1)
    var mapping = Setting(.mapping([]), at: start), firstLine = 1, isReadable = true
    if source.lines.first.map(Self.isFence) ?? false {
      if let end = source.lines.dropFirst().firstIndex(where: Self.isFence) {
        firstLine = end + 2
        let yaml = source.lines[1..<end].joined(separator: "\n") + "\n"
        do throws(Diagnostic) {
          mapping = try Setting.mapping(parsing: yaml, at: YAMLPlace(source: source, firstLine: 2))
        } catch {
          diagnostics.append(error)
          isReadable = false
        }
      } else {
        diagnostics.append(
          Diagnostic(.unclosedFrontMatter, at: start, "front matter that never ends", help: ["close it with a line '---'"]))
        isReadable = false
        firstLine = source.lines.count + 1
      }
    }
    var found: [Diagnostic] = []
    frontMatter = FrontMatter(mapping, of: source, at: start, diagnostics: &found)
    if isReadable { diagnostics += found }  // an unreadable title isn't missing
    isFrontMatterReadable = isReadable
    // What a damaged file holds is no Markdown to judge.
    if diagnostics.contains(where: { $0.fault == .forbiddenCharacter }) {
      (nodes, cells) = ([], [])
    } else {
      let body = MarkdownParser(source, firstLine: firstLine)
      (nodes, cells) = (body.nodes, body.cells)
      diagnostics += body.diagnostics
    }
    diagnostics = diagnostics.inOrder(of: source)
  }

  /// Whether the declared parameters are known.
  let isFrontMatterReadable: Bool

  private static func isFence(_ line: String) -> Bool {
    line.hasPrefix("---") && line.dropFirst(3).allSatisfy { $0 == " " || $0 == "\t" }
  }

  private static func forbiddenCharacters(in source: SourceText) -> [Diagnostic] {
    for (index, line) in source.lines.enumerated() {
      for (column, scalar) in line.unicodeScalars.enumerated()
      where scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F || (0xFDD0...0xFDEF).contains(scalar.value)
        || scalar.value & 0xFFFE == 0xFFFE
      {
        let code = String(scalar.value, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(4 - code.count, 0)) + code
        return [
          Diagnostic(
            .forbiddenCharacter, at: source.range(line: index + 1, column: column + 1), "the character U+\(padded)",
            help: ["remove it; the file may be damaged"])
        ]
      }
    }
    return []
  }
}
