import Wording

/// A table as it is to be read: long reasons moved from the cells to lettered notes below.
///
/// An interval belongs behind its value; "no record of the test fold has this statement" does not, least of all in nine
/// rows. Such a reason is printed once, and the cell has its letter.
struct TableReading {
  struct Cell {
    var content: [Inline]
    var aside: String?
    var letter: String?
    var key: Double?
  }
  var rows: [[Cell]]
  var reasons: [(letter: String, text: String)]

  init(_ table: TableBlock) {
    var names: [String: String] = [:]
    var reasons: [(letter: String, text: String)] = []
    rows = table.rows.map { row in
      // Every row is as long as the head, whatever it was given.
      (0..<table.columns.count).map { index in
        guard row.indices.contains(index) else { return Cell(content: [], aside: nil, letter: nil) }
        let cell = row[index]
        guard let aside = cell.aside, aside.count > 14, Self.hasWords(aside) else {
          return Cell(content: cell.content, aside: cell.aside, letter: nil, key: cell.key)
        }
        let letter = names[aside] ?? letters(names.count)
        if names.updateValue(letter, forKey: aside) == nil { reasons.append((letter, aside)) }
        return Cell(content: cell.content, aside: nil, letter: letter, key: cell.key)
      }
    }
    self.reasons = reasons
  }

  /// "−0.016 to 0.010" is an interval, and has none.
  private static func hasWords(_ aside: String) -> Bool { aside.replacing(say(.range, "", ""), with: "").contains(where: \.isLetter) }
}
