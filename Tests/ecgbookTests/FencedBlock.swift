/// A fenced block of a Markdown file: what the documentation's tests run and compare.
struct FencedBlock: Sendable {
  struct Line: Sendable {
    var number: Int  // 1-based, in the file
    var text: String
  }

  var language: String
  var lines: [Line]
  /// What a comment `<!-- not run: reason -->` before it says.
  var notRun: String?

  var text: String { lines.map { $0.text + "\n" }.joined() }

  /// Its shell commands: no blank lines and comments; a line that ends in a backslash goes on.
  var commands: [Line] {
    var commands: [Line] = []
    var open: Line?
    for line in lines {
      let text = line.text.drop { $0 == " " }
      if open == nil, text.isEmpty || text.hasPrefix("#") { continue }
      var command = open ?? Line(number: line.number, text: "")
      command.text += text.hasSuffix("\\") ? String(text.dropLast()) : String(text)
      open = text.hasSuffix("\\") ? command : nil
      if open == nil { commands.append(command) }
    }
    return commands
  }

  /// Every fenced block of a text, in order; a fence ends with at least as many backticks as it began with.
  static func all(in markdown: String) -> [FencedBlock] {
    var blocks: [FencedBlock] = []
    var open: (fence: Int, block: FencedBlock)?
    var remark: String?
    for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let ticks = line.prefix { $0 == "`" }.count
      if let (fence, block) = open {
        if ticks >= fence, line.dropFirst(ticks).allSatisfy(\.isWhitespace) {
          blocks.append(block)
          open = nil
        } else {
          open?.block.lines.append(Line(number: index + 1, text: String(line)))
        }
      } else if ticks >= 3 {
        open = (ticks, FencedBlock(language: String(line.dropFirst(ticks)), lines: [], notRun: remark))
        remark = nil
      } else if line.hasPrefix("<!-- not run: ") {
        remark = String(line.dropFirst("<!-- not run: ".count))
      } else if !line.allSatisfy(\.isWhitespace) {
        remark = nil
      }
    }
    return blocks
  }
}
