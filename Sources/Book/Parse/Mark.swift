/// What a report adds to Markdown inside of text: values, references, citations and equations.
struct Mark: Sendable, Equatable {
  enum Meaning: Sendable, Equatable {
    case value(ValueUse)
    case reference(String)
    case citation([Citation])
    case formula(Formula)
    case equation(Formula, id: EquationID?)
    /// A further line of an equation.
    case continued
    /// A mistake inside of an equation, with its own place.
    case misprint(Diagnostic)
    /// A mistake; it counts only where the mark is read as text, not in code.
    case broken(Fault, String, help: [String])
  }
  var meaning: Meaning
  var text: String  // as written
  var range: SourceRange
}

/// `{{ id.path | format }}` with its place.
public struct ValueUse: Sendable, Equatable {
  public var path: String
  public var format: String?
  public var range, pathRange: SourceRange
  public var formatRange: SourceRange?

  /// Whether it is no value but the mark behind which appendices stand.
  var isAppendix: Bool { path == "appendix" && format == nil }
  /// The cell's id, or `parameters`.
  public var head: String { String(path.prefix { $0 != "." }) }
  /// The path of the value within the cell.
  public var rest: String { String(path.dropFirst(head.count + 1)) }
}

/// One key of `[@key; -@key2]`.
public struct Citation: Sendable, Equatable {
  public var key: String
  public var range: SourceRange
  /// `-@key`: the sentence names the authors, so that the year alone stands in parentheses.
  public var omitsAuthor = false
}

/// A text in which every mark is replaced by two control characters around its number, so that Markdown's own syntax (the
/// bars of tables, underscores, brackets) cannot cut it in two. What turns out to be code is turned back by `restore`.
struct MarkedText {
  static let opening: Unicode.Scalar = "\u{1}", closing: Unicode.Scalar = "\u{2}"

  var text = ""
  var marks: [Mark] = []

  /// - Parameter firstLine: lines before it (front matter) are left empty.
  init(_ source: SourceText, firstLine: Int = 1) {
    let equations = Equations(source, firstLine: firstLine)
    for (index, line) in source.lines.enumerated() {
      if index + 1 >= firstLine {
        let pieces = equations.pieces[index + 1] ?? []
        let isPlain = pieces.isEmpty && !line.utf8.contains(where: Self.mayMark)
        let marked = isPlain ? line : String(replace(in: Array(line.unicodeScalars), index + 1, source, pieces))
        text += marked
      }
      text += "\n"
    }
  }

  /// Whether a byte begins what ``replace(in:_:_:_:)`` looks for; most lines have none.
  private static func mayMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 1, 2, UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "@"): true
    default: false
    }
  }

  private mutating func replace(
    in line: [Unicode.Scalar], _ number: Int, _ source: SourceText, _ equations: [Equations.Piece]
  ) -> String.UnicodeScalarView {
    var result = String.UnicodeScalarView()
    var equations = equations[...]
    var i = 0
    // What was not found once is not on the rest of the line: searching again would take time without bound.
    var hasValueEnd = true, hasCitationEnd = true
    func string(_ range: Range<Int>) -> String { String(String.UnicodeScalarView(line[range])) }
    func range(_ scalars: Range<Int>) -> SourceRange {
      source.range(line: number, column: scalars.lowerBound + 1, length: max(scalars.count, 1))
    }
    func hasPrefix(_ prefix: String) -> Bool {
      var j = i
      for scalar in prefix.unicodeScalars {
        guard j < line.count, line[j] == scalar else { return false }
        j += 1
      }
      return true
    }
    func index(of scalar: Unicode.Scalar, from start: Int) -> Int? {
      var j = start
      while j < line.count {
        if line[j] == scalar { return j }
        j += 1
      }
      return nil
    }
    func add(_ mark: Mark) {
      result.append(Self.opening)
      result.append(contentsOf: String(marks.count).unicodeScalars)
      result.append(Self.closing)
      marks.append(mark)
    }
    func add(_ meaning: Mark.Meaning, _ scalars: Range<Int>) {
      add(Mark(meaning: meaning, text: string(scalars), range: range(scalars)))
      i = scalars.upperBound
    }
    while i < line.count {
      while let piece = equations.first, piece.columns.lowerBound < i { equations.removeFirst() }
      if let piece = equations.first, piece.columns.lowerBound == i, !piece.columns.isEmpty {
        add(piece.mark)
        i = piece.columns.upperBound
      } else if line[i] == Self.opening || line[i] == Self.closing {
        i += 1
      } else if hasPrefix("\\"), i + 1 < line.count {
        result.append(contentsOf: line[i...(i + 1)])
        i += 2
      } else if hasPrefix("{{") {
        var end = hasValueEnd ? i + 2 : line.count
        while end < line.count, !(line[end] == "}" && end + 1 < line.count && line[end + 1] == "}") { end += 1 }
        hasValueEnd = end < line.count
        if hasValueEnd {
          add(Self.value(line, i..<(end + 2), range), i..<(end + 2))
        } else {
          add(.broken(.unclosedValue, "'{{' without '}}' on its line", help: ["write '{{ id.path | format }}' on one line"]), i..<(i + 2))
        }
      } else if hasPrefix("[@") || hasPrefix("[-@") {
        let end = hasCitationEnd ? index(of: "]", from: i) : nil
        hasCitationEnd = end != nil
        if let end {
          add(Self.citation(line, i..<(end + 1), range), i..<(end + 1))
        } else {
          add(.broken(.unclosedCitation, "'[@' without ']' on its line", help: ["write '[@key]' or '[@key; @key2]' on one line"]), i..<(i + 2))
        }
      } else if let prefix = ["@fig-", "@tbl-", "@eq-"].first(where: hasPrefix), i == 0 || !line[i - 1].properties.isAlphabetic {
        var end = i + prefix.count
        while end < line.count, Self.isIDScalar(line[end]) { end += 1 }
        while end > i + prefix.count, line[end - 1] == "-" || line[end - 1] == "_" { end -= 1 }
        add(.reference(string((i + 1)..<end)), i..<end)
      } else {
        result.append(line[i])
        i += 1
      }
    }
    return result
  }

  static func isIDScalar(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "-" || scalar == "_" || (scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)))
  }

  private static func value(
    _ line: [Unicode.Scalar], _ whole: Range<Int>, _ range: (Range<Int>) -> SourceRange
  ) -> Mark.Meaning {
    let inside = (whole.lowerBound + 2)..<(whole.upperBound - 2)
    // The bar of a table's cell may be escaped, as other Markdown tools need it.
    let parts = line[inside].split(separator: "|", omittingEmptySubsequences: false).map { part in
      var part = part
      while let last = part.last, last == " " || last == "\t" || last == "\\" { part.removeLast() }
      return part.drop { $0 == " " || $0 == "\t" }
    }
    let form = ["write '{{ id.path }}' or '{{ id.path | format }}'"]
    guard let path = parts.first, !path.isEmpty else { return .broken(.valueSyntax, "'{{ }}' names no value", help: form) }
    guard parts.count <= 2 else { return .broken(.valueSyntax, "\(parts.count - 1) formats for one value", help: form) }
    let text = String(String.UnicodeScalarView(path))
    guard !path.contains(where: { " \t{}".unicodeScalars.contains($0) }), !text.hasPrefix("."), !text.hasSuffix("."),
      !text.contains("..")
    else {
      let help = text.hasPrefix("include:") ? ["an include stands alone on its line, from its first column on"] : form
      return .broken(.valueSyntax, "'\(text)' is no path of a value", help: help)
    }
    var use = ValueUse(path: text, format: nil, range: range(whole), pathRange: range(path.startIndex..<path.endIndex))
    if parts.count == 2 {
      let format = parts[1]
      guard !format.isEmpty else { return .broken(.valueSyntax, "no format follows '|'", help: form) }
      use.format = String(String.UnicodeScalarView(format))
      use.formatRange = range(format.startIndex..<format.endIndex)
    }
    return .value(use)
  }

  private static func citation(
    _ line: [Unicode.Scalar], _ whole: Range<Int>, _ range: (Range<Int>) -> SourceRange
  ) -> Mark.Meaning {
    var citations: [Citation] = []
    for part in line[(whole.lowerBound + 1)..<(whole.upperBound - 1)].split(separator: ";", omittingEmptySubsequences: false) {
      var part = part.drop { $0 == " " }
      while part.last == " " { part.removeLast() }
      let text = String(String.UnicodeScalarView(part))
      let omitsAuthor = part.first == "-"
      let key = part.dropFirst(omitsAuthor ? 2 : 1)
      guard part.dropFirst(omitsAuthor ? 1 : 0).first == "@", !key.isEmpty,
        key.allSatisfy({ isIDScalar($0) || ".:/".unicodeScalars.contains($0) || ($0.properties.isAlphabetic) })
      else {
        return .broken(
          .citationSyntax, "'\(text)' is no citation key", help: ["write '[@key]' or '[@key; @key2]'; pages go into the sentence"])
      }
      citations.append(
        Citation(
          key: String(String.UnicodeScalarView(key)), range: range(part.startIndex..<part.endIndex),
          omitsAuthor: omitsAuthor))
    }
    return .citation(citations)
  }

  /// The pieces of a text node: plain text, and marks by number.
  func pieces(of literal: String) -> [(text: String, mark: Mark?)] {
    guard literal.utf8.contains(1) else { return literal.isEmpty ? [] : [(literal, nil)] }  // no `opening`
    var pieces: [(String, Mark?)] = []
    var text = String.UnicodeScalarView(), digits: String?
    for scalar in literal.unicodeScalars {
      if scalar == Self.opening {
        digits = ""
      } else if scalar == Self.closing, let number = digits.flatMap({ Int($0) }), marks.indices.contains(number) {
        if !text.isEmpty { pieces.append((String(text), nil)) }
        text = String.UnicodeScalarView()
        pieces.append((marks[number].text, marks[number]))
        digits = nil
      } else if digits != nil {
        digits?.unicodeScalars.append(scalar)
      } else {
        text.append(scalar)
      }
    }
    if !text.isEmpty { pieces.append((String(text), nil)) }
    return pieces
  }

  /// The text as it was written.
  func restore(_ literal: String) -> String { pieces(of: literal).map(\.text).joined() }
}
