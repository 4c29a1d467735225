import Drawing
import Files

/// What a claim says of values: `eval.macro.auroc.lower >= 0.9 and eval.records > 1000`.
///
/// Grammar: comparisons of two operands by `>=`, `>`, `<=`, `<`, `==`, `!=`, joined by `and` and `or` (`and` binds tighter),
/// with parentheses. An operand is a number, a per cent (`90%`), a text in quotes, or the path of a value.
///
/// What is estimated is compared by its interval. `eval.macro.auroc >= 0.9` is supported where the whole interval is, contradicted
/// where none of it is, and else not decidable at this n. So is its `.lower`, which then says the same from the other side;
/// `.estimate` is compared as it stands.
public struct ClaimPredicate: Sendable, Equatable {
  public enum Operand: Sendable, Equatable {
    case number(Double)
    case text(String)
    case path(ValueUse)
  }
  public enum Relation: String, Sendable, CaseIterable {
    case atLeast = ">=", atMost = "<=", equal = "==", unequal = "!=", above = ">", below = "<"
  }
  indirect enum Term: Sendable, Equatable {
    case comparison(Operand, Relation, Operand)
    case all([Term])
    case any([Term])
  }
  var term: Term

  /// A mistake of grammar: where it begins, in scalars from the start, and what would be right.
  struct Mistake: Error, Equatable {
    var offset, length: Int
    var summary: String
    var help: [String]
  }

  /// - Parameters:
  ///   - parameters: what `$name` stands for.
  ///   - place: the place of a part of the text, by its offset and length in scalars.
  init(
    parsing text: String, parameters: [String: Value] = [:], place: @escaping (Int, Int) -> SourceRange
  ) throws(Mistake) {
    var parser = Parser(Array(text.unicodeScalars), parameters, place)
    term = try parser.disjunction()
    if let rest = parser.token { throw parser.unexpected(rest, "'and', 'or' or the end") }
  }

  /// The paths that it names.
  var paths: [ValueUse] { operands.compactMap { if case .path(let use) = $0 { use } else { nil } } }
  /// The numbers that it names, so that the sentence may say them too.
  public var numbers: [Double] { operands.compactMap { if case .number(let number) = $0 { number } else { nil } } }

  private var operands: [Operand] {
    func operands(_ term: Term) -> [Operand] {
      switch term {
      case .comparison(let left, _, let right): [left, right]
      case .all(let terms), .any(let terms): terms.flatMap(operands)
      }
    }
    return operands(term)
  }

  // MARK: Grammar

  private struct Parser {
    private let text: [Unicode.Scalar]
    private let parameters: [String: Value]
    private let place: (Int, Int) -> SourceRange
    private var depth = 0
    /// The next piece; nil at the end.
    private(set) var token: (text: String, offset: Int)?
    private var next = 0

    init(_ text: [Unicode.Scalar], _ parameters: [String: Value], _ place: @escaping (Int, Int) -> SourceRange) {
      (self.text, self.parameters, self.place) = (text, parameters, place)
      advance()
    }

    private mutating func advance() {
      while next < text.count, text[next].properties.isWhitespace { next += 1 }
      guard next < text.count else { return token = nil }
      let start = next
      func isOperator(_ scalar: Unicode.Scalar) -> Bool { "<>=!≥≤≠".unicodeScalars.contains(scalar) }
      if text[start] == "\"" || text[start] == "'" {
        next += 1
        while next < text.count, text[next] != text[start] { next += 1 }
        next = min(next + 1, text.count)
      } else if text[start] == "(" || text[start] == ")" {
        next += 1
      } else if isOperator(text[start]) {
        while next < text.count, isOperator(text[next]) { next += 1 }
      } else {
        while next < text.count, !text[next].properties.isWhitespace, !isOperator(text[next]), text[next] != "(", text[next] != ")" { next += 1 }
      }
      token = (String(String.UnicodeScalarView(text[start..<next])), start)
    }

    func unexpected(_ found: (text: String, offset: Int)?, _ expected: String) -> Mistake {
      let (text, offset) = found ?? ("", self.text.count)
      return Mistake(
        offset: offset, length: max(text.unicodeScalars.count, 1), summary: found == nil ? "the predicate ends where \(expected) is expected" : "found '\(text)' where \(expected) is expected",
        help: ["write 'id.path >= 0.9', joined by 'and' and 'or'"])
    }

    mutating func disjunction() throws(Mistake) -> Term { try joined("or", { .any($0) }) { (parser: inout Self) throws(Mistake) in try parser.conjunction() } }
    private mutating func conjunction() throws(Mistake) -> Term { try joined("and", { .all($0) }) { (parser: inout Self) throws(Mistake) in try parser.factor() } }

    private mutating func joined(
      _ word: String, _ make: ([Term]) -> Term, _ part: (inout Self) throws(Mistake) -> Term
    ) throws(Mistake) -> Term {
      var terms = [try part(&self)]
      while token?.text.lowercased() == word {
        advance()
        terms.append(try part(&self))
      }
      return terms.count == 1 ? terms[0] : make(terms)
    }

    private mutating func factor() throws(Mistake) -> Term {
      if token?.text == "(" {
        depth += 1
        guard depth < 40 else { throw unexpected(token, "fewer parentheses") }
        advance()
        let term = try disjunction()
        guard token?.text == ")" else { throw unexpected(token, "')'") }
        advance()
        depth -= 1
        return term
      }
      let left = try operand()
      let words = ["≥": ">=", "≤": "<=", "≠": "!="]
      guard let found = token, let relation = Relation(rawValue: words[found.text] ?? found.text) else {
        var mistake = unexpected(token, "one of " + Relation.allCases.map(\.rawValue).joined(separator: ", "))
        if token?.text == "=" { mistake.help = ["write '==' to compare"] }
        throw mistake
      }
      advance()
      return .comparison(left, relation, try operand())
    }

    private mutating func operand() throws(Mistake) -> Operand {
      guard let found = token, let first = found.text.unicodeScalars.first, !"()<>=!≥≤≠".unicodeScalars.contains(first),
        !["and", "or"].contains(found.text.lowercased())
      else { throw unexpected(token, "a value's path or a number") }
      advance()
      let (text, length) = (found.text, found.text.unicodeScalars.count)
      if first == "\"" || first == "'" {
        guard length > 1, text.unicodeScalars.last == first else {
          throw Mistake(offset: found.offset, length: length, summary: "a text without its closing quote", help: [])
        }
        return .text(String(text.dropFirst().dropLast()))
      }
      if let number = Double(text), number.isFinite { return .number(number) }
      if text.hasSuffix("%"), let number = Double(text.dropLast()), number.isFinite { return .number(number / 100) }
      if first == "$" {
        switch parameters[String(text.dropFirst())] {
        case .number(let number): return .number(number)
        case .integer(let integer): return .number(Double(integer))
        case .text(let text): return .text(text)
        default:
          throw Mistake(
            offset: found.offset, length: length, summary: "unknown parameter '\(text)'",
            help: didYouMean(String(text.dropFirst()), among: parameters.keys, plural: "parameters"))
        }
      }
      guard text.contains("."), !text.hasPrefix("."), !text.hasSuffix("."), !text.contains(".."), first.properties.isAlphabetic else {
        throw Mistake(
          offset: found.offset, length: length, summary: "'\(text)' is neither a number nor the path of a value",
          help: ["a path is 'id.path', as in '{{ id.path }}'; texts stand in quotes"])
      }
      let range = place(found.offset, length)
      return .path(ValueUse(path: text, format: nil, range: range, pathRange: range))
    }
  }
}

// MARK: Ruling

/// What became of a claim.
public struct Verdict: Sendable, Equatable, Codable {
  public enum Ruling: String, Sendable, Codable { case supported, contradicted, undecidable = "not decidable" }
  /// Markdown.
  public var sentence: String
  public var ruling: Ruling
  /// Each comparison in words, with what was found.
  public var reason: String

  public init(sentence: String, ruling: Ruling, reason: String) {
    (self.sentence, self.ruling, self.reason) = (sentence, ruling, reason)
  }
}

extension ClaimPredicate {
  /// Whether it holds.
  /// - Parameter find: the value of a path (whole, also where the path names a part of a statistic), and why it is optimistic.
  /// - Returns: the ruling, and each comparison in words.
  public func ruling(_ find: (ValueUse) -> (value: Value?, optimism: String?)) -> (ruling: Verdict.Ruling, reason: String) {
    let ruled = rule(term, find)
    return (ruled.ruling, ruled.reasons.joined(separator: "; "))
  }

  private func rule(
    _ term: Term, _ find: (ValueUse) -> (value: Value?, optimism: String?)
  ) -> (ruling: Verdict.Ruling, reasons: [String]) {
    switch term {
    case .comparison(let left, let relation, let right):
      let compared = compare(Side(left, find), relation, Side(right, find))
      return (compared.ruling, [compared.reason])
    case .all(let terms):
      let parts = terms.map { rule($0, find) }
      let ruling: Verdict.Ruling =
        parts.contains { $0.ruling == .contradicted } ? .contradicted
        : parts.allSatisfy { $0.ruling == .supported } ? .supported : .undecidable
      return (ruling, parts.flatMap(\.reasons))
    case .any(let terms):
      let parts = terms.map { rule($0, find) }
      let ruling: Verdict.Ruling =
        parts.contains { $0.ruling == .supported } ? .supported
        : parts.allSatisfy { $0.ruling == .contradicted } ? .contradicted : .undecidable
      return (ruling, parts.flatMap(\.reasons))
    }
  }

  /// One operand with what is known of it.
  private struct Side {
    var name: String
    var value: Value
    /// The least and the greatest that it may be.
    var bounds: ClosedRange<Double>?
    /// Why nothing can be ruled by it.
    var obstacle: String?
    var optimism: String?

    init(_ operand: Operand, _ find: (ValueUse) -> (value: Value?, optimism: String?)) {
      switch operand {
      case .number(let number):
        (name, value, bounds) = ("", .number(number), number...number)
      case .text(let text): (name, value) = ("", .text(text))
      case .path(let use):
        let (whole, why) = find(use)
        (name, optimism) = (use.path, why)
        value = whole ?? .undefined("there is no such value")
        // The bounds of an interval are estimates too: they are as sure as the interval itself.
        let last = use.path.split(separator: ".").last ?? ""
        if case .statistic(let statistic) = value {
          switch last {
          case "estimate": bounds = statistic.estimate...statistic.estimate
          case "n": bounds = Double(statistic.n)...Double(statistic.n)
          case "level": bounds = statistic.interval.map { $0.level...$0.level }
          default:
            if let interval = statistic.interval, interval.lower <= interval.upper {
              bounds = interval.lower...interval.upper
            } else {
              obstacle = "\(name) has no interval"
            }
          }
        } else if case .undefined(let reason) = value {
          obstacle = "\(name) is undefined (\(reason))"
        } else if let number = value.double {
          bounds = number...number
        }
      }
    }

    /// How it reads in a verdict.
    var words: String {
      let shown =
        switch value {
        case .number(let number) where name.isEmpty: (try? CanonicalJSON.text(number, pretty: false)) ?? "\(number)"
        case .statistic(let s) where bounds.map { $0.lowerBound < $0.upperBound } ?? false:
          (try? ValueFormat.ci.inline(.statistic(s))) ?? ""
        default: bounds.map { decimal($0.lowerBound, places: $0.lowerBound == $0.lowerBound.rounded() ? 0 : 4) } ?? value.scalarText ?? ""
        }
      return name.isEmpty ? shown : "\(name) is \(shown)"
    }
  }

  private func compare(_ left: Side, _ relation: Relation, _ right: Side) -> (ruling: Verdict.Ruling, reason: String) {
    if let obstacle = left.obstacle ?? right.obstacle { return (.undecidable, obstacle) }
    let meaning =
      switch relation {
      case .atLeast: "at least"
      case .atMost: "at most"
      case .above: "above"
      case .below: "below"
      case .equal: "equal to"
      case .unequal: "other than"
      }
    func ruled(_ ruling: Verdict.Ruling, _ ending: String = "") -> (Verdict.Ruling, String) {
      let not = ruling == .contradicted ? "not " : ruling == .undecidable ? "not surely " : ""
      return (ruling, "\(left.words), \(not)\(meaning) \(right.words)\(ending)")
    }
    guard let a = left.bounds, let b = right.bounds else {
      guard relation == .equal || relation == .unequal else {
        return (.undecidable, "\(left.words) and \(right.words) are not both numbers")
      }
      let same = left.value.scalarText == right.value.scalarText
      return ruled(same == (relation == .equal) ? .supported : .contradicted)
    }
    let surely: Bool, surelyNot: Bool
    switch relation {
    case .atLeast: (surely, surelyNot) = (a.lowerBound >= b.upperBound, a.upperBound < b.lowerBound)
    case .above: (surely, surelyNot) = (a.lowerBound > b.upperBound, a.upperBound <= b.lowerBound)
    case .atMost: (surely, surelyNot) = (a.upperBound <= b.lowerBound, a.lowerBound > b.upperBound)
    case .below: (surely, surelyNot) = (a.upperBound < b.lowerBound, a.lowerBound >= b.upperBound)
    case .equal, .unequal:
      let isPoint = a.lowerBound == a.upperBound && b.lowerBound == b.upperBound
      let (equal, apart) = (isPoint && a == b, !a.overlaps(b))
      (surely, surelyNot) = relation == .equal ? (equal, apart) : (apart, equal)
    }
    if surely {
      // What was tuned on the records that test it supports nothing; that it fails even so is worth knowing.
      if let why = left.optimism ?? right.optimism { return ruled(.undecidable, " (optimistic: \(why))") }
      return ruled(.supported)
    }
    return surelyNot ? ruled(.contradicted) : ruled(.undecidable, " at this n")
  }
}
