import Wording

/// The letters and numbers of appendices: "A", "A.1", "A.1.1", "B".
struct AppendixNumbers {
  /// Of the appendix that is being read; empty before the first.
  private(set) var letter = ""
  private var count = 0
  private var open: [(level: Int, number: Int)] = []

  /// What follows is an appendix, even without a heading.
  mutating func begin() { letter = "A" }

  /// What stands before a heading: "Appendix A. ", "A.1 "; nothing before the appendices.
  mutating func label(_ level: Int) -> String {
    guard !letter.isEmpty else { return "" }
    while let last = open.last, last.level > level { open.removeLast() }
    if open.last?.level == level { open[open.count - 1].number += 1 } else { open.append((level, 1)) }
    guard open.count == 1 else {
      return ([letter] + open.dropFirst().map { "\($0.number)" }).joined(separator: ".") + "\u{2002}"
    }
    count += 1
    letter = letters(count - 1, from: UInt8(ascii: "A"))
    return say(.appendix, letter).replacing(" ", with: "\u{A0}") + " "
  }
}
