/// What a marked sequence of a content stream is.
enum ContentTag: Equatable {
  case decoration
  case content(role: String, number: Int)  // ISO 32000-1, 14.7.4: the marked-content identifier
}

/// A page's content stream with its marked sequences named.
///
/// Cairo writes each as `/P << /MCID n >> BDC … EMC`, and an empty one for each link, which is left out here. Operators are
/// told from text and from marks that the text engine makes by reading the stream as ISO 32000-1, 7.2 and 7.3.4 say.
/// - Parameter tags: one for each `/P`, in order.
/// - Throws: ``PDFError`` when the stream has another number of them.
func retagged(_ stream: UnsafeBufferPointer<UInt8>, as tags: [ContentTag]) throws(PDFError) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(stream.count + 16 * tags.count)
  var (copied, index, used) = (0, 0, 0)
  var isKept: [Bool] = []  // of the sequences that are open: whether their end is written
  let mark = Array("/P << /MCID ".utf8), link = Array("/Link << /MCID ".utf8)
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
      } else if has(link, at: index) {
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
