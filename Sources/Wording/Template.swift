import Foundation

/// Text with places for values, `{1}`, `{2}` …, in any order.
public struct Template: Sendable, Equatable {
  private(set) var literals: [String]  // around the places: one more than these
  public private(set) var places: [Int]  // 1-based
  /// How much of the text is no value.
  public let letters: Int
  private let plainLiterals: [String]  // with spaces of one kind

  public init(_ text: String) {
    (literals, places) = ([""], [])
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      let inside = rest[open...].dropFirst()
      literals[literals.count - 1] += rest[..<open]
      if let place = inside.first?.wholeNumberValue, (1...9).contains(place), inside.dropFirst().first == "}" {
        places.append(place)
        literals.append("")
        rest = inside.dropFirst(2)
      } else {
        literals[literals.count - 1] += "{"
        rest = inside
      }
    }
    literals[literals.count - 1] += rest
    letters = literals.reduce(0) { $0 + $1.count { $0.isLetter } }
    plainLiterals = literals.map(\.plainSpaces)
  }

  public func filled(with values: [String]) -> String {
    var text = literals[0]
    for (place, literal) in zip(places, literals.dropFirst()) {
      text += (place <= values.count ? values[place - 1] : "{\(place)}") + literal
    }
    return text
  }

  /// The values with which the template gives this text, breaking and no-break spaces being alike; nil when none do.
  public func values(in text: String) -> [String]? {
    var rest = text.plainSpaces[...]
    guard let first = plainLiterals.first, rest.hasPrefix(first) else { return nil }
    rest = rest.dropFirst(first.count)
    var values = [String](repeating: "", count: places.max() ?? 0)
    for (index, (place, literal)) in zip(places, plainLiterals.dropFirst()).enumerated() {
      let direction: String.CompareOptions = index == places.count - 1 ? .backwards : []
      let end = literal.isEmpty ? rest.endIndex..<rest.endIndex : rest.range(of: literal, options: direction)
      guard let end, !rest[..<end.lowerBound].isEmpty else { return nil }
      values[place - 1] = String(rest[..<end.lowerBound])
      rest = rest[end.upperBound...]
    }
    return rest.isEmpty ? values : nil
  }
}

extension String {
  var plainSpaces: String { replacing("\u{A0}", with: " ") }
}
