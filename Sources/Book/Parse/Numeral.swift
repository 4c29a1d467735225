/// A number in running text that stands alone: `0.93`, `.93`, `19 634`, but not the digits of F1, 12-lead, 100Hz or 1.0.3.
struct Numeral: Equatable {
  var text: String
  /// Of its Unicode scalars.
  var range: Range<Int>
  /// Whether `{lit}` stands behind it, or behind the per cent sign or the range that it begins.
  var isLiteral = false

  /// What says that a number is none of this report's results.
  static let mark = "{lit}"

  /// The numbers of a text, in order.
  static func all(in text: [Unicode.Scalar]) -> [Numeral] {
    var result: [Numeral] = []
    func at(_ index: Int) -> Unicode.Scalar? { text.indices.contains(index) ? text[index] : nil }
    func isDigit(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ("0"..."9").contains($0) } ?? false }
    func isLetter(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { $0.properties.isAlphabetic || $0 == "_" } ?? false }
    func isHyphen(_ scalar: Unicode.Scalar?) -> Bool { scalar == "-" || scalar == "\u{2010}" || scalar == "\u{2011}" }
    var i = 0
    while i < text.count {
      guard isDigit(at(i)) || (at(i) == "." && isDigit(at(i + 1))) else {
        i += 1
        continue
      }
      let start = i, before = at(i - 1)
      i += 1
      var points = text[start] == "." ? 1 : 0
      while isDigit(at(i)) || (at(i).map { ".,\u{A0}\u{2009}\u{202F}".unicodeScalars.contains($0) } ?? false) && isDigit(at(i + 1)) {
        if at(i) == "." { points += 1 }
        i += 1
      }
      let isPartOfWord = isLetter(before) || (isHyphen(before) && isLetter(at(start - 2))) || isLetter(at(i))
        || (isHyphen(at(i)) && isLetter(at(i + 1)))
      // Two points make a version, and a slash an address.
      guard !isPartOfWord, points < 2, before != "/", at(i) != "/" else { continue }
      result.append(Numeral(text: String(String.UnicodeScalarView(text[start..<i])), range: start..<i))
    }
    for index in result.indices.reversed() {
      var end = result[index].range.upperBound
      if at(end) == "%" { end += 1 } else if at(end) == " " || at(end) == "\u{A0}", at(end + 1) == "%" { end += 2 }
      if text[min(end, text.count)...].starts(with: Self.mark.unicodeScalars) {
        result[index].isLiteral = true
      } else if at(end) == "–" || isHyphen(at(end)), result.indices.contains(index + 1), result[index + 1].range.lowerBound == end + 1 {
        result[index].isLiteral = result[index + 1].isLiteral
      }
    }
    return result
  }
}
