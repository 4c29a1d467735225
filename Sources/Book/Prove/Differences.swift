import Files
import Foundation

/// What differs between two finished reports.
public struct Differences: Sendable, Encodable {
  /// One value, cell of a table or point of a figure in both, of which the numbers differ; or one that only one has.
  public struct Item: Sendable, Encodable {
    /// In the words of a `compare` cell, which pairs records where this takes two reports as they are.
    public enum Verdict: String, Sendable, Encodable {
      /// The difference is smaller than the intervals let expect by chance.
      case withinNoise = "within noise"
      case beyondNoise = "beyond noise"
      /// No interval says what chance does.
      case unjudged = "no interval"
    }
    public var place: String  // `eval.macro.auroc`, `tbl-classes, MI, auroc`
    public var old, new: String
    public var verdict: Verdict
  }
  /// The first thing that moved, in the order of the cells: an option, an input, a version, a parameter.
  public var firstCause: String?
  public var values: [Item] = []
  public var tables: [Item] = []
  public var figures: [Item] = []
  /// Sentences of the source, with "- " or "+ ".
  public var sentences: [String] = []
  public var isEmpty: Bool { values.isEmpty && tables.isEmpty && figures.isEmpty && sentences.isEmpty && firstCause == nil }

  /// A difference of two estimates is beyond noise outside of its 95 % interval, whose standard error is that of independent
  /// reports: cautious where they share records.
  public init(_ a: Results, _ b: Results) {
    let (old, new) = (Dictionary(a.cells.map { ($0.id, $0) }) { first, _ in first }, Dictionary(b.cells.map { ($0.id, $0) }) { first, _ in first })
    let ids = a.cells.map(\.id) + b.cells.map(\.id).filter { old[$0] == nil }
    firstCause = Self.causes(a, b).first
    for id in ids {
      values += Self.items(Self.leaves(old[id]?.values, id), Self.leaves(new[id]?.values, id))
      let kinds: [KeyPath<Results.CellPart, [Results.Shown]>] = [\.tables, \.figures]
      for kind in kinds {
        let (before, after) = (old[id]?[keyPath: kind] ?? [], new[id]?[keyPath: kind] ?? [])
        for name in before.map(\.id) + after.map(\.id).filter({ name in !before.contains { $0.id == name } }) {
          let frames = [before, after].map { $0.first { $0.id == name }?.data }
          let items = Self.items(Self.leaves(frames[0], name), Self.leaves(frames[1], name))
          if kind == \.tables { tables += items } else { figures += items }
        }
      }
    }
    let texts = [a, b].map { Self.sentences(of: $0.report.source) }
    for change in texts[1].difference(from: texts[0]) {
      switch change {
      case .remove(_, let sentence, _): sentences.append("- " + sentence)
      case .insert(_, let sentence, _): sentences.append("+ " + sentence)
      }
    }
  }

  /// What went into `b` that is other than in `a`: options, inputs and versions by cell, then the tools' versions.
  static func causes(_ a: Results, _ b: Results) -> [String] {
    var causes: [String] = []
    for old in a.cells {
      guard let new = b.cells.first(where: { $0.id == old.id }), old.computeKey != new.computeKey else { continue }
      causes += new.keyParts.differences(from: old.keyParts).map { "cell '\(new.id)': \($0)" }
    }
    for name in Set(a.tools.keys).union(b.tools.keys).sorted() where a.tools[name] != b.tools[name] {
      causes.append("\(name) has version \(b.tools[name] ?? "none"), it had \(a.tools[name] ?? "none")")
    }
    return causes
  }

  // MARK: Leaves

  typealias Leaf = (place: String, value: Value)

  static func leaves(_ value: Value?, _ place: String) -> [Leaf] {
    switch value {
    case nil: []
    case .object(let members)?: members.sorted { $0.key < $1.key }.flatMap { leaves($0.value, "\(place).\($0.key)") }
    case .list(let items)?: items.enumerated().flatMap { leaves($1, "\(place).\($0)") }
    case let leaf?: [(place, leaf)]
    }
  }

  /// Rows go by their first text, which names them, so that a row that moved is no difference.
  static func leaves(_ frame: Frame?, _ place: String) -> [Leaf] {
    guard let frame else { return [] }
    let names = frame.columns.first { column in column.values.contains { if case .text = $0 { true } else { false } } }
    var leaves: [Leaf] = [], seen: [String: Int] = [:]
    for row in 0..<frame.rowCount {
      var name = "row \(row + 1)"
      if let names, case .text(let text) = names.values[row] {
        seen[text, default: 0] += 1
        name = seen[text] == 1 ? text : "\(text) \(seen[text] ?? 0)"
      }
      for column in frame.columns where column.name != names?.name { leaves.append(("\(place), \(name), \(column.name)", column.values[row])) }
    }
    return leaves
  }

  private static func items(_ old: [Leaf], _ new: [Leaf]) -> [Item] {
    let (before, after) = (Dictionary(old) { first, _ in first }, Dictionary(new) { first, _ in first })
    let places = old.map(\.place) + new.map(\.place).filter { before[$0] == nil }
    return places.compactMap { place in
      guard before[place] != after[place] else { return nil }
      return Item(place: place, old: words(before[place]), new: words(after[place]), verdict: verdict(before[place], after[place]))
    }
  }

  private static func words(_ value: Value?) -> String {
    guard let value else { return "none" }
    let format: ValueFormat = if case .statistic = value { .ci } else { .standard }
    return (try? format.inline(value)) ?? value.kindInWords
  }

  private static func verdict(_ old: Value?, _ new: Value?) -> Item.Verdict {
    guard case .statistic(let a)? = old, case .statistic(let b)? = new, let x = a.standardError, let y = b.standardError else { return .unjudged }
    return abs(a.estimate - b.estimate) <= 1.959964 * (x * x + y * y).squareRoot() ? .withinNoise : .beyondNoise
  }

  private static func sentences(of source: String) -> [String] {
    source.split(separator: "\n\n").flatMap { paragraph -> [String] in
      var sentences = [""]
      for word in paragraph.split(whereSeparator: \.isWhitespace) {
        sentences[sentences.count - 1] += (sentences[sentences.count - 1].isEmpty ? "" : " ") + word
        if let last = word.last, ".!?".contains(last) { sentences.append("") }
      }
      return sentences.filter { !$0.isEmpty }
    }
  }
}

extension Statistic {
  /// Of the interval's width, taken for a normal one; nil without an interval.
  fileprivate var standardError: Double? {
    guard let interval, interval.upper > interval.lower else { return nil }
    let quantiles = [0.9: 1.644854, 0.95: 1.959964, 0.99: 2.575829]
    return quantiles[interval.level].map { (interval.upper - interval.lower) / (2 * $0) }
  }
}
