/// The equations in the lines of a text, found before Markdown is parsed, whose own syntax they would break.
///
/// As in pandoc's `tex_math_dollars`: `$x$` is a formula in a line of text if no space follows the first dollar, none
/// stands before the second, and no digit follows it, so that "$5 and $10" is money; `\$` is always a dollar sign. Two
/// dollars set an equation apart: `$$ … $$`, over several lines if wanted, but no empty one; `{#eq-name}` behind it gives
/// it a number. What stands in code is no equation.
/// Source: pandoc, User's Guide, "Extension: tex_math_dollars".
struct Equations {
  /// A part of an equation that stands on one line.
  struct Piece {
    var columns: Range<Int>  // of the line's scalars, from 0
    var mark: Mark
  }
  /// By the number of the line, in order.
  private(set) var pieces: [Int: [Piece]] = [:]

  private let source: SourceText
  private var lines: [Int: [Unicode.Scalar]] = [:]
  /// What was not found on a line is not on the rest of it: searching again would take time without bound.
  private var missing: (line: Int, runs: Set<Int>, valueEnd: Bool) = (0, [], false)

  init(_ source: SourceText, firstLine: Int) {
    self.source = source
    guard source.text.utf8.contains(UInt8(ascii: "$")) else { return }
    var (number, column) = (firstLine, 0)
    while number <= source.lines.count {
      let line = scalars(number)
      (number, column) = next(in: line, number, from: column)
    }
  }

  private mutating func scalars(_ number: Int) -> [Unicode.Scalar] {
    if let line = lines[number] { return line }
    let line = Array((source.line(number) ?? "").unicodeScalars)
    if lines.count > 64 { lines = lines.filter { $0.key >= number - 1 } }  // those before are done with
    lines[number] = line
    return line
  }

  /// Looks for an equation from a place on.
  /// - Returns: where to go on.
  private mutating func next(in line: [Unicode.Scalar], _ number: Int, from start: Int) -> (Int, Int) {
    if missing.line != number { missing = (number, [], false) }
    var i = start
    while i < line.count {
      switch line[i] {
      case "\\": i += 2
      case "`": i = endOfCode(line, i)
      case "{" where !missing.valueEnd && i + 1 < line.count && line[i + 1] == "{":
        var end = i + 2
        while end + 1 < line.count, !(line[end] == "}" && line[end + 1] == "}") { end += 1 }
        missing.valueEnd = end + 1 >= line.count
        i = missing.valueEnd ? i + 2 : end + 2
      case "$":
        let isDouble = i + 1 < line.count && line[i + 1] == "$"
        if let end = isDouble ? displayed(line, number, i) : inline(line, number, i) { return end }
        i += isDouble ? 2 : 1
      default: i += 1
      }
    }
    return (number + 1, 0)
  }

  /// Past code in backticks, or past the backticks that nothing closes.
  private mutating func endOfCode(_ line: [Unicode.Scalar], _ start: Int) -> Int {
    func run(_ from: Int) -> Int {
      var end = from
      while end < line.count, line[end] == "`" { end += 1 }
      return end
    }
    let length = run(start) - start
    guard !missing.runs.contains(length) else { return start + length }
    var i = start + length
    while i < line.count {
      guard line[i] == "`" else {
        i += 1
        continue
      }
      let end = run(i)
      if end - i == length { return end }
      i = end
    }
    missing.runs.insert(length)
    return start + length
  }

  // MARK: Content

  /// What stands between two places, of further lines without the marks of quotations before them.
  private struct Content {
    var text = String.UnicodeScalarView()
    /// Where each line begins: in the text, and in the source.
    var starts: [(offset: Int, line: Int, column: Int)] = []
    var count = 0

    mutating func add(_ scalars: ArraySlice<Unicode.Scalar>, line: Int) {
      if !starts.isEmpty {
        text.append("\n")
        count += 1
      }
      starts.append((count, line, scalars.startIndex))
      text.append(contentsOf: scalars)
      count += scalars.count
    }

    func place(of offset: Int) -> (line: Int, column: Int) {
      let start = starts.last { $0.offset <= offset } ?? (0, 0, 0)
      return (start.line, start.column + offset - start.offset)
    }
  }

  /// Whether a place on a line stands in a quotation.
  private func isQuoted(_ line: [Unicode.Scalar], _ column: Int) -> Bool {
    line[..<min(column, line.count)].first { $0 != " " } == ">"
  }

  /// The first column of a line's own text; nil where a paragraph ends.
  private func textStart(_ line: [Unicode.Scalar], isQuoted: Bool) -> Int? {
    guard let start = line.firstIndex(where: { $0 != " " && $0 != "\t" && !(isQuoted && $0 == ">") }) else {
      return nil
    }
    let rest = line[start...].prefix(3)
    return rest.count == 3 && (rest.allSatisfy { $0 == "`" } || rest.allSatisfy { $0 == "~" }) ? nil : start
  }

  /// `$…$`, on this line or over its end on the next.
  private mutating func inline(_ line: [Unicode.Scalar], _ number: Int, _ start: Int) -> (Int, Int)? {
    guard start + 1 < line.count, line[start + 1] != " ", line[start + 1] != "\t" else { return nil }
    /// The next dollar.
    func dollar(_ line: [Unicode.Scalar], from: Int) -> Int? {
      var i = from
      while i < line.count, line[i] != "$" { i += line[i] == "\\" ? 2 : 1 }
      return i < line.count ? i : nil
    }
    /// Whether a formula may end there.
    func isEnd(_ line: [Unicode.Scalar], _ i: Int) -> Bool {
      guard i > 0, line[i - 1] != " ", line[i - 1] != "\t" else { return false }
      return !(i + 1 < line.count && (("0"..."9").contains(line[i + 1]) || line[i + 1] == "$"))
    }
    var content = Content()
    if let end = dollar(line, from: start + 1) {
      guard isEnd(line, end) else { return nil }
      content.add(line[(start + 1)..<end], line: number)
      add(content, number, start, number, end + 1, nil)
      return (number, end + 1)
    }
    let below = scalars(number + 1)
    if let first = textStart(below, isQuoted: isQuoted(line, start)), let end = dollar(below, from: first), end > first,
      isEnd(below, end)
    {
      content.add(line[(start + 1)...], line: number)
      content.add(below[first..<end], line: number + 1)
      add(content, number, start, number + 1, end + 1, nil)
      return (number + 1, end + 1)
    }
    if line[start + 1] == "\\", start + 2 < line.count, line[start + 2].properties.isAlphabetic {
      broken("'$' without '$'", "close the formula, or write '\\$' for a dollar sign", number, start, 1)
      return (number, start + 1)
    }
    return nil
  }

  /// `$$ … $$`, until its paragraph ends.
  private mutating func displayed(_ line: [Unicode.Scalar], _ number: Int, _ start: Int) -> (Int, Int)? {
    var content = Content()
    var (row, at, first, lineNow) = (number, start + 2, start + 2, line)
    while true {
      while at < lineNow.count, !(lineNow[at] == "$" && at + 1 < lineNow.count && lineNow[at + 1] == "$") {
        at += lineNow[at] == "\\" ? 2 : 1
      }
      if at < lineNow.count {
        content.add(lineNow[first..<at], line: row)
        break
      }
      content.add(lineNow[min(first, lineNow.count)...], line: row)
      row += 1
      lineNow = scalars(row)
      guard let begin = textStart(lineNow, isQuoted: isQuoted(line, start)) else {
        broken(
          "'$$' without '$$' in its paragraph", "close the equation, or write '\\$' for a dollar sign", number, start, 2
        )
        return (number, start + 2)
      }
      (first, at) = (begin, begin)
    }
    var end = at + 2
    // The id, on the same line.
    var id: (text: String, column: Int)?
    var look = end
    while look < lineNow.count, lineNow[look] == " " { look += 1 }
    if look + 1 < lineNow.count, lineNow[look] == "{", lineNow[look + 1] == "#",
      let close = lineNow[look...].firstIndex(of: "}")
    {
      id = (String(String.UnicodeScalarView(lineNow[(look + 2)..<close])), look + 2)
      end = close + 1
    }
    add(content, number, start, row, end, .some(id))
    return (row, end)
  }

  // MARK: Marks

  private mutating func put(_ meaning: Mark.Meaning, _ number: Int, _ columns: Range<Int>) {
    let line = scalars(number)
    let columns = columns.clamped(to: 0..<line.count)
    let range = source.range(line: number, column: columns.lowerBound + 1, length: max(columns.count, 1))
    let text = String(String.UnicodeScalarView(line[columns]))
    pieces[number, default: []].append(Piece(columns: columns, mark: Mark(meaning: meaning, text: text, range: range)))
  }

  private mutating func broken(_ summary: String, _ help: String, _ number: Int, _ column: Int, _ length: Int) {
    put(.broken(.equation, summary, help: [help]), number, column..<(column + length))
  }

  /// - Parameter id: nil for a formula in a line; for an equation set apart, what it is called.
  private mutating func add(
    _ content: Content, _ number: Int, _ start: Int, _ lastNumber: Int, _ end: Int, _ id: (text: String, column: Int)??
  ) {
    var meaning: Mark.Meaning
    do throws(FormulaError) {
      let formula = try Formula(parsing: String(content.text))
      switch id {
      case nil: meaning = .formula(formula)
      case .some(nil): meaning = .equation(formula, id: nil)
      case .some(let id?):
        let range = source.range(line: lastNumber, column: id.column + 1, length: max(id.text.unicodeScalars.count, 1))
        if id.text.hasPrefix("eq-"), id.text.count > 3, CellSource.isID(id.text) {
          meaning = .equation(formula, id: EquationID(text: id.text, range: range))
        } else {
          meaning = .misprint(
            Diagnostic(
              .equation, at: range, "'\(id.text)' cannot be the id of an equation", help: ["write '{#eq-name}'"]))
        }
      }
    } catch {
      let (line, column) = content.place(of: error.offset)
      let range = source.range(line: line, column: column + 1, length: error.length)
      meaning = .misprint(Diagnostic(.equation, at: range, error.summary, help: error.help))
    }
    let isInQuotation = isQuoted(scalars(number), start)
    for line in number...lastNumber {
      let text = scalars(line)
      let from = line == number ? start : textStart(text, isQuoted: isInQuotation) ?? 0
      put(line == number ? meaning : .continued, line, from..<(line == lastNumber ? end : text.count))
    }
  }
}

/// What an equation is called.
public struct EquationID: Sendable, Equatable {
  public var text: String
  public var range: SourceRange
}
