/// What a marked sequence of a content stream is.
enum ContentTag: Equatable {
  case decoration
  case content(role: String, number: Int)  // ISO 32000-1, 14.7.4: the marked-content identifier
}

/// A page's content stream with its marked sequences named.
///
/// Cairo writes each as `/P << /MCID n >> BDC … EMC`, and an empty one for each link, which is left out here. So are
/// the spans inside that say which letters a ligature stands for: readers lose their place in nested marks, and the
/// font says it as well (``decomposed(_:)``). Operators are told from text by reading as ISO 32000-1, 7.2 and 7.3.4
/// say.
/// - Parameter tags: one for each `/P`, in order.
/// - Throws: ``PDFError`` when the stream has another number of them.
func retagged(_ stream: UnsafeBufferPointer<UInt8>, as tags: [ContentTag]) throws(PDFError) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(stream.count + 16 * tags.count)
  var (copied, index, used) = (0, 0, 0)
  var isKept: [Bool] = []  // of the sequences that are open: whether their end is written
  let mark = Array("/P << /MCID ".utf8)
  let spans = ligatures.map { Array("/Span << /ActualText <feff\($0.letters)> >>".utf8) }
  let dropped = [Array("/Link << /MCID ".utf8)] + spans
  let begin = [Array("BDC".utf8), Array("BMC".utf8)], end = Array("EMC".utf8)

  func has(_ word: [UInt8], at place: Int) -> Bool {
    guard place + word.count <= stream.count else { return false }
    for offset in word.indices where stream[place + offset] != word[offset] { return false }
    return true
  }
  func isSpace(_ place: Int) -> Bool { place < 0 || place >= stream.count || stream[place] <= 0x20 }
  func isOperator(_ word: [UInt8], at place: Int) -> Bool {
    has(word, at: place) && isSpace(place - 1) && isSpace(place + word.count)
  }
  func copy(upTo place: Int, continueAt next: Int) {
    result.append(contentsOf: UnsafeBufferPointer(rebasing: stream[copied..<place]))
    (copied, index) = (next, next)
  }
  /// Past the operator that ends a mark's beginning.
  func endOfMark(from place: Int) -> Int {
    var place = place
    while place < stream.count, !isOperator(begin[0], at: place) { place += 1 }
    return min(place + 3, stream.count)
  }

  while index < stream.count {
    switch stream[index] {
    case UInt8(ascii: "("): index = endOfString(in: stream, from: index)
    case UInt8(ascii: "<"):
      if index + 1 < stream.count, stream[index + 1] != UInt8(ascii: "<") {
        while index < stream.count, stream[index] != UInt8(ascii: ">") { index += 1 }
      } else {
        index += 2
      }
    case UInt8(ascii: "/"):
      if has(mark, at: index) {
        guard used < tags.count else { throw PDFError(reason: "a page has more marks than content") }
        copy(upTo: index, continueAt: endOfMark(from: index))
        switch tags[used] {
        case .decoration: result.append(contentsOf: "/Artifact BMC".utf8)
        case .content(let role, let number): result.append(contentsOf: "/\(role) <</MCID \(number)>> BDC".utf8)
        }
        used += 1
        isKept.append(true)
      } else if dropped.contains(where: { has($0, at: index) }) {
        copy(upTo: index, continueAt: endOfMark(from: index))
        isKept.append(false)
      } else {
        index += 1
      }
    case UInt8(ascii: "B"):
      if begin.contains(where: { isOperator($0, at: index) }) { isKept.append(true) }
      index += 1
    case UInt8(ascii: "E"):
      if isOperator(end, at: index), isKept.popLast() == false {
        copy(upTo: index, continueAt: index + end.count)
      } else {
        index += 1
      }
    default: index += 1
    }
  }
  guard used == tags.count else { throw PDFError(reason: "a page has fewer marks than content") }
  copy(upTo: stream.count, continueAt: stream.count)
  return result
}

/// Ligatures of Latin fonts, and the letters that each stands for, in UTF-16 as fonts and content streams write it.
private let ligatures: [(glyph: String, letters: String)] = [
  ("fb00", "00660066"), ("fb01", "00660069"), ("fb02", "0066006c"), ("fb03", "006600660069"), ("fb04", "00660066006c"),
]

/// A font's map from characters to Unicode, in which a ligature is the letters that it stands for; nil when it has
/// none.
/// Source: ISO 32000-1, 9.10.3 (ToUnicode).
func decomposed(_ map: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
  let text = String(decoding: map, as: UTF8.self)
  guard text.contains("> <fb0") else { return nil }
  let result = ligatures.reduce(text) { $0.replacing("> <\($1.glyph)>", with: "> <\($1.letters)>") }
  return Array(result.utf8)
}

/// Past the parenthesis that ends the string which begins at `start`.
private func endOfString(in stream: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
  var (index, depth) = (start, 0)
  while index < stream.count {
    switch stream[index] {
    case UInt8(ascii: "\\"): index += 1  // what it escapes is skipped with it
    case UInt8(ascii: "("): depth += 1
    case UInt8(ascii: ")"): depth -= 1
    default: break
    }
    index += 1
    if depth == 0 { break }
  }
  return min(index, stream.count)
}
