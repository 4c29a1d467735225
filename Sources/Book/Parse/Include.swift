import Files
import Foundation

/// A file that a report includes: `{{ include: methods.md }}`, alone on its line.
public struct IncludedFile: Sendable, Equatable {
  /// As the report names it, relative to the report.
  public var name: String
  public var text: String
}

extension SourceText {
  /// The text with every included file in its place, files within files too. Included text is Markdown with cells; front
  /// matter belongs to the report alone, and paths start at the report's folder wherever they stand.
  ///
  /// - Parameters:
  ///   - folder: the report's.
  ///   - texts: what included files hold, by name; nil reads them.
  /// - Returns: also the files, each once, in the order of their first line.
  func including(
    from folder: String, texts: [String: String]? = nil, diagnostics: inout [Diagnostic]
  ) -> (source: SourceText, files: [IncludedFile]) {
    guard lines.contains(where: { $0.hasPrefix(Self.opening) }) else { return (self, []) }
    var splicer = Splicer(folder: folder, texts: texts)
    splicer.add(self, name: file)
    diagnostics += splicer.diagnostics
    var source = SourceText(file: file, text: "")
    source.lines = splicer.lines
    source.text = splicer.lines.map { $0 + "\n" }.joined()
    source.segments = splicer.segments
    return (source, splicer.files)
  }

  fileprivate static let opening = "{{ include:"

  /// What a line includes; nil when it includes nothing.
  fileprivate static func includedName(_ line: String) -> String? {
    guard line.hasPrefix(opening) else { return nil }
    let rest = line.dropFirst(opening.count).drop { $0 == " " }
    let end = rest.reversed().drop { $0 == " " || $0 == "\t" }
    guard end.prefix(2).elementsEqual("}}") else { return nil }
    return String(end.dropFirst(2).drop { $0 == " " }.reversed())
  }
}

/// Puts files into each other.
private struct Splicer {
  let folder: String
  let texts: [String: String]?
  var lines: [String] = []
  var segments: [SourceText.Segment] = []
  var files: [IncludedFile] = []
  var diagnostics: [Diagnostic] = []
  private var open: [String] = []  // names, outermost first
  private var bytes = 0

  init(folder: String, texts: [String: String]?) { (self.folder, self.texts) = (folder, texts) }

  private static let deepest = 8, largest = 4 << 20

  mutating func add(_ source: SourceText, name: String) {
    open.append(name)
    defer { open.removeLast() }
    var start = 0  // of the lines not taken yet
    var fence: (character: Character, length: Int)?
    for (index, line) in source.lines.enumerated() {
      let bare = line.drop { $0 == " " || $0 == ">" }
      if let mark = bare.first, mark == "`" || mark == "~" {
        let length = bare.prefix { $0 == mark }.count
        if let open = fence {
          if open.character == mark, length >= open.length { fence = nil }
        } else if length >= 3 {
          fence = (mark, length)
        }
      }
      guard fence == nil, let included = SourceText.includedName(line) else { continue }
      take(source, from: start, to: index)
      start = index + 1
      include(included, at: source.range(ofLine: index + 1))
    }
    take(source, from: start, to: source.lines.count)
  }

  private mutating func take(_ source: SourceText, from start: Int, to end: Int) {
    guard end > start else { return }
    segments.append(.init(file: source.file, first: lines.count + 1, line: start + 1, count: end - start))
    lines += source.lines[start..<end]
  }

  private mutating func include(_ name: String, at range: SourceRange) {
    // The line itself is left empty, which also keeps a paragraph from running on into the next file.
    func leaveEmptyLine() {
      lines.append("")
      segments.append(.init(file: range.file, first: lines.count, line: range.line, count: 1))
    }
    leaveEmptyLine()
    func fail(_ summary: String, _ help: String...) {
      diagnostics.append(Diagnostic(.include, at: range, summary, help: help))
    }
    guard !name.isEmpty else { return fail("an include names no file", "write '{{ include: methods.md }}'") }
    guard !open.contains(name) else {
      return fail("'\(name)' includes itself: \((open.dropFirst() + [name]).joined(separator: " → "))", "cut the circle at one place")
    }
    guard open.count <= Self.deepest else { return fail("files include each other more than \(Self.deepest) deep") }
    let path = (name as NSString).isAbsolutePath ? name : "\(folder)/\(name)"
    do {
      let data = if let texts { Data((texts[name] ?? "").utf8) } else { try readFile(path) }
      bytes += data.count
      guard bytes <= Self.largest else { return fail("'\(name)' makes the report longer than \(Self.largest) bytes") }
      guard var text = String(validating: data, as: UTF8.self) else {
        return fail("'\(name)' is not UTF-8 text", "save the file as UTF-8")
      }
      if text.unicodeScalars.first == "\u{FEFF}" { text = String(text.unicodeScalars.dropFirst()) }
      let source = SourceText(file: (folder == "." || path == name) ? name : path, text: text)
      guard source.lines.first.map({ !$0.hasPrefix("---") }) ?? true else {
        return fail("'\(name)' begins with front matter", "front matter belongs to the report alone; begin with text")
      }
      if !files.contains(where: { $0.name == name }) { files.append(IncludedFile(name: name, text: source.text)) }
      add(source, name: name)
      leaveEmptyLine()
    } catch {
      fail("cannot \(error.operation) '\(name)': \(error.reason)", "paths start at the report's folder")
    }
  }
}
