import Book
import Files
import Foundation
import Scoring

/// `compare`: networks side by side, each against one of them, paired by record and drawn by patient.
struct CompareCell: Cell {
  static let kind = "compare"
  static let summary = "Compares evaluations, files of predictions or finished reports: differences with intervals, tests and verdicts."
  static let version = "1." + scoringVersion

  /// One of those that are compared.
  enum Side: Sendable, Equatable {
    case evaluation(Reference)
    case file(PredictionSource)
  }

  let sides: [Side]
  let names: [String]  // one for each side
  let reference: Int  // among the sides
  let measures: [Comparison.Measure]  // the first is the primary one
  let margin: Double?  // of the primary measure
  let replicates, seed: Int
  let level: Double
  let rule: PairedPredictions.Rule

  init(_ options: inout Options) {
    let evaluations = options.takeReferences("evaluations", kinds: [EvaluateCell.kind])
    let files = options.takePaths("predictions").map(PredictionSource.init)
    sides = evaluations.map(Side.evaluation) + files.map(Side.file)
    let ownNames = evaluations.map(\.id) + files.map(\.name)
    let names = options.take("names", default: ownNames)
    self.names = names
    let referenceName = options.take("reference", default: names.first ?? "")
    reference = names.firstIndex(of: referenceName) ?? 0
    let words = options.take("statistics", default: [Comparison.Measure.auroc.rawValue])
    measures = words.compactMap(Comparison.Measure.init)
    margin = options.takeIfPresent("margin", in: 0...1)
    replicates = options.take("bootstrap", default: 1000, in: 100...100_000)
    seed = options.take("seed", default: 1, in: 0...Int(Int32.max))
    level = options.take("level", default: 0.95, in: 0.5...0.999)
    rule = options.takeChoice("pairing", default: .all)

    let choices = Comparison.Measure.allCases.map(\.rawValue).joined(separator: ", ")
    if sides.count < 2 {
      let found = sides.isEmpty ? "none" : "one"
      options.fail(
        evaluations.isEmpty ? "predictions" : "evaluations", "a comparison has two sides or more, found \(found)",
        help: "write evaluations: [a, b] with ids of evaluate cells, predictions: [a.csv, b.csv], or both")
    }
    if names.count != sides.count {
      options.fail("names", "\(names.count) names for \(sides.count) sides", help: "sides: \(ownNames.joined(separator: ", "))")
    } else if let twice = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) })?.element {
      options.fail("names", "two sides are called '\(twice)'", help: "name each side apart: names: [a, b]")
    }
    for name in names where name.isEmpty || PredictionSource.named(name) != name {
      options.fail("names", "'\(name)' cannot stand in the path of a value", help: "use letters, digits, '-' and '_'")
    }
    for name in names where Self.ownPaths.contains(name) {
      options.fail("names", "'\(name)' is a value of the cell itself", help: "choose another name")
    }
    if !names.isEmpty, !names.contains(referenceName) {
      options.fail("reference", "no side is called '\(referenceName)'", help: "sides: \(names.joined(separator: ", "))")
    }
    for word in words where Comparison.Measure(rawValue: word) == nil {
      options.fail("statistics", "no statistic '\(word)' to compare", help: "statistics: \(choices)")
    }
    if words.isEmpty { options.fail("statistics", "nothing to compare", help: "statistics: \(choices)") }
    if Set(words).count < words.count { options.fail("statistics", "a statistic stands twice", help: "name each once") }
    if margin == 0 { options.fail("margin", "a margin is above 0", help: "leave it out where non-inferiority is not asked for") }
  }

  var needs: [Reference] { sides.compactMap { if case .evaluation(let reference) = $0 { reference } else { nil } } }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    try zip(names, sides).compactMap { name, side in
      guard case .file(let source) = side else { return nil }
      return InputDigest(name: name + source.part, digest: try context.digests.digest(ofFile: context.resolve(source.path)))
    }
  }

  /// The values that no side has a part in.
  private static let ownPaths = [
    "records", "patients", "labels", "reference", "statistics", "margin", "bootstrap", "seed", "level", "method", "leftOut", "optimism",
  ]
  private static let fields = ["value", "reference", "difference", "p", "pHolm", "verdict", "nonInferiority"]

  var valuePaths: [String] {
    let others = names.indices.filter { $0 != reference }.map { names[$0] }
    let rows = (measures.isEmpty ? Comparison.Measure.allCases : measures).flatMap { measure in
      measure.isOfClasses ? ["macro.\(measure.rawValue)", "class.*.\(measure.rawValue)"] : [measure.rawValue]
    }
    return Self.ownPaths.filter { $0 != "leftOut" } + ["leftOut.records", "leftOut.labels"]
      + (others.isEmpty ? ["*"] : others).flatMap { name in
        rows.flatMap { row in Self.fields.map { "\(name).\(row).\($0)" } }
      }
  }

  func run(_ context: RunContext) async throws -> Output {
    let tables = try zip(names, sides).map { name, side in (name: name, table: try table(of: side, context)) }
    let pairs: PairedPredictions
    do { pairs = try PairedPredictions(tables, rule) } catch {
      let remedy =
        switch error {
        case .lacksRecords, .lacksLabels: "; 'pairing: common' compares what all sides have"
        default: ""
        }
      throw CellError(error.description + remedy)
    }
    let others = names.indices.filter { $0 != reference }
    let bootstrap = Bootstrap(replicates: replicates, level: level, seed: UInt64(seed), lostClass: .skipped)
    var comparisons: [[Comparison]] = []  // [measures][others]
    for measure in measures {
      context.progress("\(measure.title) of \(pairs.records.count) records")
      comparisons.append(
        try compare(
          others.map { pairs.sides[$0] }, with: pairs.sides[reference], in: measure,
          margin: measure == measures.first ? margin : nil, patients: pairs.patients, bootstrap))
      if context.isInterrupted() { throw CancellationError() }
    }
    let frames = ComparisonFrames(comparisons, names: others.map { names[$0] }, reference: names[reference], level: level)
    return Output(
      values: values(comparisons, pairs, others.map { names[$0] }, optimism(context)), frames: frames.all,
      citations: citations(pairs, comparisons))
  }

  /// Why the sides look better than they are; nil when none does.
  private func optimism(_ context: RunContext) -> String? {
    needs.lazy.compactMap { context.needed[$0.id]?.evidence(at: "macro.auroc").optimism }.first
  }

  func choices(_ output: Output) -> [Choice] {
    let all = names.indices.filter { $0 != reference }.flatMap { index in
      measures.flatMap { measure in
        (measure.isOfClasses ? ["macro.\(measure.rawValue)", "class.*.\(measure.rawValue)"] : [measure.rawValue])
          .flatMap { row in ["value", "reference", "difference"].map { "\(names[index]).\(row).\($0)" } }
      }
    }
    let thresholds = measures.contains(.fmax)
      ? [Choice("the thresholds of Fmax", rule: "highest F, as the measure is defined", origin: .test, optimistic: all.filter { $0.contains(".fmax.") })] : []
    guard let why = output.values["optimism"]?.string, why != Self.honest else { return thresholds }
    return [Choice(why.split(separator: ",").first.map(String.init) ?? why, rule: "see the evaluations that are compared", origin: .validation, optimistic: all)]
  }

  /// The value `optimism` where no side looks better than it is.
  private static let honest = "none"

  private func table(of side: Side, _ context: RunContext) throws -> PredictionTable {
    switch side {
    case .evaluation(let reference):
      try PredictionTable(TextTable(file: EvaluateCell.predictionsFile(in: context.cell(reference).folder)))
    case .file(let source): try source.table(at: context.resolve(source.path))
    }
  }

  /// What made the numbers that are there.
  private func citations(_ pairs: PairedPredictions, _ comparisons: [[Comparison]]) -> [String] {
    let methods = Set(comparisons.joined().flatMap { $0.perClass + [$0.overall] }.compactMap(\.test?.interval.method))
    var keys = ["holm1979"]
    if !methods.isDisjoint(with: [.delongStudent, .obuchowskiStudent]) { keys.append("delong1988") }
    if methods.contains(.obuchowskiStudent) { keys.append("obuchowski1997") }
    if !methods.isDisjoint(with: [.studentRecords, .studentPatients]) { keys.append("efron1993") }
    if methods.contains(.studentPatients) { keys.append("field2007") }
    if margin != nil { keys.append("piaggio2012") }
    return keys
  }

  // MARK: Values

  private func values(_ comparisons: [[Comparison]], _ pairs: PairedPredictions, _ others: [String], _ optimism: String?) -> Value {
    let rows = comparisons.joined().flatMap { $0.perClass + [$0.overall] }
    var methods: [String] = []
    for method in rows.compactMap(\.test?.interval.method.description) where !methods.contains(method) { methods.append(method) }
    var values: [String: Value] = [
      "optimism": .text(optimism ?? Self.honest), "records": .integer(pairs.records.count), "labels": .integer(pairs.sides[0].classCount),
      "patients": pairs.patients.map { .integer(Set($0).count) } ?? .undefined("no side names patients"),
      "reference": .text(names[reference]), "statistics": .list(measures.map { .text($0.title) }),
      "margin": margin.map(Value.number) ?? .undefined("no margin was given"), "bootstrap": .integer(replicates),
      "seed": .integer(seed), "level": .number(level), "method": .list(methods.map(Value.text)),
      "leftOut": .object(["records": .integer(pairs.recordsLeftOut), "labels": .list(pairs.labelsLeftOut.map(Value.text))]),
    ]
    for (i, name) in others.enumerated() {
      var (own, macro, classes): ([String: Value], [String: Value], [String: [String: Value]]) = ([:], [:], [:])
      for comparison in comparisons.map({ $0[i] }) {
        let key = comparison.measure.rawValue
        let overall = comparison.overall.value(n: comparison.records, margin: comparison.margin)
        if comparison.measure.isOfClasses { macro[key] = overall } else { own[key] = overall }
        for row in comparison.perClass {
          classes[row.name, default: [:]][key] = row.value(n: comparison.records, margin: comparison.margin)
        }
      }
      if !macro.isEmpty { own["macro"] = .object(macro) }
      if !classes.isEmpty { own["class"] = .object(classes.mapValues(Value.object)) }
      values[name] = .object(own)
    }
    return .object(values)
  }
}

extension Comparison.Row {
  fileprivate func value(n: Int, margin: Double?) -> Value {
    .object([
      "value": Value(first, n: n), "reference": Value(second, n: n), "difference": Value(difference, n: n),
      "p": pValue, "pHolm": adjusted, "verdict": judged, "nonInferiority": judgedByMargin(margin),
    ])
  }

  var pValue: Value { test.map { .number($0.pValue) } ?? .undefined(noTest ?? "no test") }
  var adjusted: Value { adjustedPValue.map(Value.number) ?? .undefined(noTest ?? "no test") }
  var judged: Value { verdict.map { .text($0.rawValue) } ?? .undefined(noTest ?? "no test") }
  func judgedByMargin(_ margin: Double?) -> Value {
    guard margin != nil else { return .undefined("no margin was given") }
    return nonInferiority.map { .text($0.rawValue) } ?? .undefined(noTest ?? "no test")
  }
}

/// The tables of a comparison: what figures and tables of a `compare` cell show.
struct ComparisonFrames {
  private let comparisons: [[Comparison]]  // [measures][others]
  private let names: [String]  // [others]
  private let reference: String
  private let level: Double

  init(_ comparisons: [[Comparison]], names: [String], reference: String, level: Double) {
    (self.comparisons, self.names, self.reference, self.level) = (comparisons, names, reference, level)
  }

  /// `classes` is of the first measure that has some; those of each stand under its own name too.
  var all: [String: Frame] {
    var frames = ["overall": overall]
    let ofClasses = comparisons.filter { $0.first?.measure.isOfClasses == true }
    for (i, own) in ofClasses.enumerated() {
      let frame = classes(own)
      if let measure = own.first?.measure { frames["classes-\(measure.rawValue)"] = frame }
      if i == 0 { frames["classes"] = frame }
    }
    return frames
  }

  private typealias Line = (name: String, comparison: Comparison, row: Comparison.Row)

  private var overall: Frame {
    let lines: [Line] = comparisons.flatMap { zip(names, $0).map { ($0, $1, $1.overall) } }
    let titles = lines.map { $0.comparison.measure.isOfClasses ? "Macro \($0.comparison.measure.title)" : $0.comparison.measure.title }
    let better = lines.map { $0.comparison.measure.lowerIsBetter ? "lower" : "higher" }
    return Frame(
      [
        .init(
          "statistic", title: "Statistic", note: "Macro: the mean over the labels in which it is defined on both sides.",
          titles.map(Value.text)),
        .init("better", title: "Better is", better.map(Value.text)), model(lines),
      ] + columns(lines, "over the sides") + marginColumns(lines))
  }

  private func classes(_ own: [Comparison]) -> Frame {
    let lines: [Line] = zip(names, own).flatMap { name, comparison in comparison.perClass.map { (name, comparison, $0) } }
    return Frame(
      [
        .init("label", title: "Label", lines.map { .text($0.row.name) }),
        .init(
          "support", title: "Positive", format: "integer", note: "Records that have the label.",
          lines.map { .integer($0.row.support ?? 0) }),
        .init("statistic", title: "Statistic", lines.map { .text($0.comparison.measure.title) }), model(lines),
      ] + columns(lines, names.count > 1 ? "over labels and sides" : "over the labels") + marginColumns(lines))
  }

  private func model(_ lines: [Line]) -> Frame.Column { .init("model", title: "Model", lines.map { .text($0.name) }) }

  private func columns(_ lines: [Line], _ family: String) -> [Frame.Column] {
    func column(_ name: String, _ title: String, _ note: String? = nil, _ value: (Comparison.Row) -> Scoring.Statistic) -> Frame.Column {
      .init(name, title: title, format: places, note: note, lines.map { Value(value($0.row), n: $0.comparison.records) })
    }
    // Brier scores of rare labels are small, and their differences smaller.
    let places = lines.contains { $0.comparison.measure == .brier } ? "4" : "3"
    let alpha = percentText(1 - level)
    return [
      column("reference", reference, "The side that the others are compared with.") { $0.second },
      column("value", names.count == 1 ? names[0] : "Value") { $0.first },
      column("difference", "Difference", "Model minus \(reference), paired by record. \(method(lines))") { $0.difference },
      .init("p", title: "p", format: "p", note: "Two-sided, of the same standard error as the interval.", lines.map { $0.row.pValue }),
      .init("p_holm", title: "Holm", format: "p", note: "Adjusted \(family).", lines.map { $0.row.adjusted }),
      .init(
        "verdict", title: "Verdict", note: "Beyond noise: the adjusted p-value is below \(alpha). Within noise: the data do not tell the two apart, which is not to say that they are equal.",
        lines.map { $0.row.judged }),
    ]
  }

  /// How the intervals were made, with everything that is needed to make them again.
  private func method(_ lines: [Line]) -> String {
    var seen: [String] = []
    for interval in lines.compactMap(\.row.test?.interval) {
      var text = interval.method.description
      if let replicates = interval.replicates { text += ", \(replicates) replicates" }
      if let seed = interval.seed { text += ", seed \(seed)" }
      if let lost = interval.lost, lost > 0, interval.lostClass == .skipped {
        text += ", of which \(lost) lack a label, which is left out of their mean"
      }
      if !seen.contains(text) { seen.append(text) }
    }
    return seen.isEmpty ? "" : "\(percentText(level)) interval: \(seen.joined(separator: "; "))."
  }

  private func marginColumns(_ lines: [Line]) -> [Frame.Column] {
    guard lines.contains(where: { $0.comparison.margin != nil }) else { return [] }
    let ofOthers = Value.undefined("the margin is of the first statistic")
    return [
      .init(
        "margin", title: "Margin", format: "3", note: "How much worse a model may be.",
        lines.map { $0.comparison.margin.map(Value.number) ?? ofOthers }),
      .init(
        "non_inferiority", title: "Non-inferiority",
        note: "Non-inferior: the interval, or with several tests the adjusted one, leaves out a difference as large as the margin; inferior: all of it is worse than that.",
        lines.map { $0.comparison.margin == nil ? ofOthers : $0.row.judgedByMargin($0.comparison.margin) }),
    ]
  }

  /// "95%", or "99.5%".
  private func percentText(_ share: Double) -> String {
    let percent = (share * 1000).rounded() / 10
    return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
  }
}
