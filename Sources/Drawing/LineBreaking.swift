import Synchronization

/// A line of a paragraph, ready to draw: each piece at its place on the line.
public struct TextLine: Sendable {
  /// `x` in points from the left edge of the paragraph; neighbours of the same style are one piece.
  public var pieces: [(x: Double, run: TextRun)]
  /// From the left edge of the paragraph to the end of the last piece: an indent counts.
  public var width: Double
  /// Whether the paragraph, or the part before a forced break, ends here.
  public var isLast: Bool
  /// Whether the next line begins a new word: a break at a hyphen or inside an address parts none.
  public var endsWord: Bool

  public init(pieces: [(x: Double, run: TextRun)], width: Double, isLast: Bool, endsWord: Bool = true) {
    (self.pieces, self.width, self.isLast, self.endsWord) = (pieces, width, isLast, endsWord)
  }

  public var text: String { pieces.map(\.run.text).joined() }
  public var ascent: Double {
    textEngine.withLock { e in pieces.map { $0.run.drawing?.ascent ?? e.ascent(of: $0.run.font) }.max() ?? 0 }
  }
  public var descent: Double {
    textEngine.withLock { e in pieces.map { $0.run.drawing?.descent ?? e.descent(of: $0.run.font) }.max() ?? 0 }
  }
}

/// Breaks text into lines of at most `width` points, with the least total raggedness.
///
/// White space collapses as in HTML: any run of spaces, tabs and line ends is one space, none at a line's ends. A
/// no-break space holds its words together. A line may also end after a hyphen between letters, a slash, a dash that
/// joins words, or a zero-width space; a line separator (U+2028) ends it always. Words are not hyphenated. What is
/// wider than a line and has none of these (an address, a digest) is cut where the line is full.
///
/// The breaks minimize the sum of squared slack, the last line's apart: Knuth & Plass, "Breaking paragraphs into
/// lines", Software: Practice and Experience 11 (1981), with rigid spaces.
///
/// - Parameter firstIndent: points by which the first line begins further right (negative: further left).
/// - Returns: no line for text that is empty or white.
/// - Complexity: O(*words* × *words in a line*).
public func breakLines(_ runs: [TextRun], width: Double, firstIndent: Double = 0) -> [TextLine] {
  textEngine.withLock { engine in
    var lines: [TextLine] = []
    for part in paragraphParts(runs, engine, width: max(width, 1), firstIndent: firstIndent) {
      let indent = lines.isEmpty ? firstIndent : 0
      for (index, range) in bestBreaks(part, width: width, firstIndent: indent).enumerated() {
        let words = part[range]
        lines.append(
          line(words, runs, engine, indent: index == 0 ? indent : 0, isLast: range.upperBound == part.count))
      }
    }
    return lines
  }
}

/// What stands between two places where a line may end.
private struct Word {
  var fragments: [(run: Int, text: String)] = []
  var width = 0.0
  /// The white space behind it, which vanishes at a line's end: the run it belongs to, and its width.
  var space: (run: Int, width: Double)?
  /// Whether it ends in the middle of what a writer would call a word.
  var isJoined: Bool { space == nil }

  mutating func append(_ character: Character, run: Int) {
    if let last = fragments.last, last.run == run {
      fragments[fragments.count - 1].text.append(character)
    } else {
      fragments.append((run, String(character)))
    }
  }
}

/// The words of the text, one array for each part between forced breaks; every word fits a line.
private func paragraphParts(
  _ runs: [TextRun], _ engine: TextEngine, width: Double, firstIndent: Double
) -> [[Word]] {
  let characters = runs.indices.flatMap { index in runs[index].text.map { (character: $0, run: index) } }
  var (parts, words, word): ([[Word]], [Word], Word) = ([], [], Word())
  func endWord(space: Int?) {
    defer { word = Word() }
    guard !word.fragments.isEmpty else { return }
    word.width = word.fragments.reduce(0) {
      $0 + (runs[$1.run].drawing?.width ?? engine.width(of: $1.text, in: runs[$1.run].font))
    }
    word.space = space.map { ($0, engine.width(of: " ", in: runs[$0].font)) }
    if word.width <= min(width, width - firstIndent) {
      words.append(word)
    } else {
      words += cut(word, runs, engine, width: min(width, width - firstIndent))
    }
  }
  for (i, (character, run)) in characters.enumerated() {
    switch character {
    case " ", "\t", "\n", "\r\n", "\r":
      if !word.fragments.isEmpty {
        endWord(space: run)
      } else if let last = words.indices.last, words[last].space == nil {  // white space behind a possible break
        words[last].space = (run, engine.width(of: " ", in: runs[run].font))
      }
    case "\u{200B}": endWord(space: nil)
    case "\u{2028}":
      endWord(space: nil)
      parts.append(words)
      words = []
    default:
      word.append(character, run: run)
      let before = i > 0 ? characters[i - 1].character : " "
      if i + 1 < characters.count, mayBreak(after: character, before: before, next: characters[i + 1].character) {
        endWord(space: nil)
      }
    }
  }
  endWord(space: nil)
  parts.append(words)
  return parts.filter { !$0.isEmpty }
}

/// Whether a line may end between two characters that no white space parts.
private func mayBreak(after character: Character, before: Character, next: Character) -> Bool {
  switch character {
  case "-", "\u{2010}": before.isLetter && next.isLetter
  case "\u{2013}": !before.isNumber && !next.isNumber && !before.isWhitespace && !next.isWhitespace
  case "\u{2014}": !next.isWhitespace
  case "/": next != "/" && !next.isWhitespace && !next.isPunctuation && before != " "
  default: false
  }
}

/// Cuts a word that is wider than a line into pieces that fit.
private func cut(_ word: Word, _ runs: [TextRun], _ engine: TextEngine, width: Double) -> [Word] {
  var (pieces, piece): ([Word], Word) = ([], Word())
  for (run, text) in word.fragments {
    for character in text {
      let advance = runs[run].drawing?.width ?? engine.width(of: String(character), in: runs[run].font)
      if piece.width + advance > width, !piece.fragments.isEmpty {
        pieces.append(piece)
        piece = Word()
      }
      piece.append(character, run: run)
      piece.width += advance
    }
  }
  piece.space = word.space
  return pieces + [piece]
}

/// The ranges of words, line by line, whose squared slack is least in sum.
private func bestBreaks(_ words: [Word], width: Double, firstIndent: Double) -> [Range<Int>] {
  // Plain arrays: the loop below looks at each word as often as words stand in a line.
  let widths = words.map(\.width)
  let spaces = words.map { $0.space?.width ?? 0 }
  var cost = [0.0] + [Double](repeating: .infinity, count: words.count)  // of the best lines before word i
  var start = [Int](repeating: 0, count: words.count + 1)
  for end in 1...words.count {
    var lineWidth = 0.0
    var begin = end
    while begin > 0 {
      begin -= 1
      lineWidth += widths[begin] + (begin == end - 1 ? 0 : spaces[begin])
      let available = begin == 0 ? width - firstIndent : width
      // Pango's rounding may add a few 1/1024 points to a line that fits exactly.
      if lineWidth > available + 0.01, begin < end - 1 { break }
      let slack = max(available - lineWidth, 0) / max(available, 1)
      var lineCost = slack * slack
      if end == words.count {
        lineCost = slack > 0.85 && begin > 0 ? 0.02 : 0  // a last line of one short word
      } else if words[end - 1].isJoined {
        lineCost += 0.01  // rather between words than inside one
      }
      if cost[begin] + lineCost < cost[end] { (cost[end], start[end]) = (cost[begin] + lineCost, begin) }
    }
  }
  var ranges: [Range<Int>] = []
  var end = words.count
  while end > 0 {
    ranges.append(start[end]..<end)
    end = start[end]
  }
  return ranges.reversed()
}

private func line(
  _ words: ArraySlice<Word>, _ runs: [TextRun], _ engine: TextEngine, indent: Double, isLast: Bool
) -> TextLine {
  var pieces: [TextRun] = []
  func append(_ text: String, _ run: Int) {
    var piece = runs[run]
    piece.text = text
    if var last = pieces.last, last.hasStyle(of: piece) {
      last.text += text
      pieces[pieces.count - 1] = last
    } else {
      pieces.append(piece)
    }
  }
  for (index, word) in zip(words.indices, words) {
    for fragment in word.fragments { append(fragment.text, fragment.run) }
    if let space = word.space, index + 1 < words.endIndex { append(" ", space.run) }
  }
  var x = indent
  var placed: [(x: Double, run: TextRun)] = []
  for piece in pieces {
    placed.append((x, piece))
    x += engine.width(of: piece)
  }
  return TextLine(pieces: placed, width: x, isLast: isLast, endsWord: isLast || words.last?.isJoined == false)
}

extension TextRun {
  fileprivate func hasStyle(of other: TextRun) -> Bool {
    font == other.font && color == other.color && link == other.link && rise == other.rise
      && drawing == nil && other.drawing == nil
  }
}
