import Foundation

/// The evaluation as tables for a terminal of 80 columns: a row for each class, macro, weighted and micro below, and
/// what is undefined with its reason.
public func scoreTable(_ evaluation: Evaluation) -> String {
  let names = evaluation.perClass.map(\.name) + ["weighted"]
  let level = ([evaluation.macro.auroc] + evaluation.perClass.map(\.auroc)).compactMap(\.interval).first?.level

  func rows(_ cells: (Statistics) -> [String], _ support: (Int?) -> [String]) -> TerminalTable.Rows {
    let classes = evaluation.perClass.map { [$0.name] + support($0.support) + cells($0.statistics) }
    let means = [
      ["macro"] + support(nil) + cells(evaluation.macro.statistics),
      ["weighted"] + support(nil) + cells(evaluation.weighted.statistics),
      ["micro"] + support(evaluation.perClass.reduce(0) { $0 + $1.support }) + cells(evaluation.micro.statistics),
    ]
    return [classes, means]
  }
  var columns = [TerminalTable.Column("support", 7), .init("AUROC", 6)]
  if let level { columns.append(.init(percent(level), 13)) }
  columns += ["AP", "F1", "prec.", "recall"].map { TerminalTable.Column($0, 6) }
  let ranking = TerminalTable(names: names, columns: columns)
  var text = ranking.text(
    rows { statistics in
      [number(statistics[.auroc].value)] + (level == nil ? [] : [range(statistics[.auroc].interval)])
        + [StatisticName.ap, .f1, .precision, .recall].map { number(statistics[$0].value) }
    } _: { support in
      [support.map { "\($0)" } ?? ""]
    })

  let heads = ["spec.", "NPV", "b.acc.", "MCC", "Brier", "l.loss", "ECE", "slope"]
  let others: [StatisticName] = [.specificity, .npv, .balancedAccuracy, .mcc, .brier, .logLoss, .ece, .calibrationSlope]
  let more = TerminalTable(names: names, columns: heads.map { .init($0, $0 == "MCC" || $0 == "slope" ? 7 : 6) })
  text += "\n" + more.text(rows { statistics in others.map { number(statistics[$0].value) } } _: { _ in [] }) + "\n"

  for note in notes(on: evaluation) { text += wrapped(note, width: 80) + "\n" }
  return text
}

/// The comparison as a table for a terminal of 80 columns.
public func comparisonTable(_ comparison: Comparison) -> String {
  let rows = comparison.perClass + [comparison.overall]
  let intervals = rows.compactMap(\.difference.interval)
  let table = TerminalTable(
    names: rows.map(\.name),
    columns: [
      .init("support", 7), .init("first", 6), .init("second", 6), .init("diff.", 7),
      .init(intervals.first.map { percent($0.level) } ?? "interval", 18), .init("p", 6), .init("Holm", 6),
    ])
  func line(_ row: Comparison.Row) -> [String] {
    [
      row.name, row.support.map { "\($0)" } ?? "", number(row.first.value), number(row.second.value),
      number(row.difference.value), range(row.difference.interval), pValue(row.test?.pValue), pValue(row.adjustedPValue),
    ]
  }
  var text = table.text([comparison.perClass.map(line), [line(comparison.overall)]]) + "\n"
  for note in notes(on: comparison) { text += wrapped(note, width: 80) + "\n" }
  return text
}

private func notes(on comparison: Comparison) -> [String] {
  let people = comparison.patients.map { " of \($0) patients" } ?? ""
  var notes = [
    "\(comparison.measure.title) on the same \(comparison.records) records\(people); macro over \(comparison.defined) of "
      + "\(comparison.perClass.count) classes. Differences are first minus second."
  ]
  let ofClasses = comparison.perClass.compactMap(\.test?.interval).first
  if let interval = ofClasses { notes.append(drawn(interval, "Tests of classes, two-sided, and their intervals")) }
  if let interval = comparison.overall.test?.interval {
    notes.append(drawn(interval, "Test of the macro mean, two-sided, and its interval"))
    if let lost = lostNote(interval) { notes.append(lost) }
  }
  let level = (ofClasses ?? comparison.overall.test?.interval)?.level ?? 0.95
  let beyond = comparison.perClass.filter { $0.verdict == .beyondNoise }.map(\.name)
  notes.append(
    "Holm: p adjusted over the classes. Beyond noise by it at \(percent(1 - level)): "
      + (beyond.isEmpty ? "no class." : beyond.joined(separator: ", ") + "."))
  if let verdict = comparison.overall.verdict { notes.append("The difference of the macro mean is \(verdict.rawValue).") }
  notes += grouped(
    comparison.perClass.flatMap { row in
      [
        row.difference.undefined.map { ("\(comparison.measure.title) undefined, \($0)", row.name) },
        row.difference.undefined == nil ? row.noTest.map { ("no test, \($0)", row.name) } : nil,
      ].compactMap { $0 }
    })
  return notes
}

extension ChallengeScore {
  /// For a terminal, in lines of at most 80 columns.
  public var text: String {
    var notes = ["PhysioNet Challenge metric \(number(value))."]
    if !unscored.isEmpty { notes.append("Not among its classes: \(unscored.joined(separator: ", "))") }
    if !missing.isEmpty { notes.append("Its classes that the predictions lack: \(missing.joined(separator: ", "))") }
    return notes.map { wrapped($0, width: 80) + "\n" }.joined()
  }
}

/// What a reader of the numbers must know, a sentence or two each.
private func notes(on evaluation: Evaluation) -> [String] {
  let people = evaluation.patients.map { " of \($0) patients" } ?? ""
  let classes = evaluation.macro.classes
  let averaged = evaluation.macro.defined[.auroc] ?? 0
  var notes = [
    "\(evaluation.records) records\(people), \(classes) classes"
      + (averaged == classes ? "." : "; macro AUROC over the \(averaged) in which it is defined.")
  ]
  if let value = evaluation.fmax.value, let threshold = evaluation.fmaxThreshold {
    let interval = evaluation.fmax.interval.map { " (\(range($0)))" } ?? ""
    notes.append("F_max \(number(value))\(interval) at threshold \(String(format: "%.2f", threshold)).")
  } else if let reason = evaluation.fmax.undefined {
    notes.append("F_max undefined: \(reason).")
  }
  notes.append(evaluation.thresholdNote)

  let statistics = ([evaluation.macro.auroc] + evaluation.perClass.map(\.auroc))
  if let interval = statistics.compactMap(\.interval).first { notes.append(drawn(interval, "Intervals of AUROC")) }
  if let lost = lostNote(evaluation.macro.auroc.interval) { notes.append(lost) }
  notes += grouped(
    evaluation.perClass.flatMap { row in
      [(StatisticName.auroc, "AUROC"), (.ap, "AP"), (.calibrationSlope, "slope")].flatMap { name, label in
        [
          row.statistics[name].undefined.map { ("\(label) undefined, \($0)", row.name) },
          row.statistics[name].noInterval.map { ("no interval of \(label), \($0)", row.name) },
        ].compactMap { $0 }
      }
    })
  return notes
}

/// How an interval was made.
private func drawn(_ interval: Interval, _ what: String) -> String {
  var text = "\(what): \(percent(interval.level)), \(interval.method.description)"
  if let replicates = interval.replicates { text += ", \(replicates) replicates" }
  if let seed = interval.seed { text += ", seed \(seed)" }
  return text + "."
}

/// How often a replicate lost a class, and what was done; nil without replicates.
private func lostNote(_ interval: Interval?) -> String? {
  guard let interval, let lost = interval.lost, let lostClass = interval.lostClass else { return nil }
  let how = lostClass == .stratified ? "Patients were drawn within strata that keep the classes. " : ""
  if lost == 0 { return how + "No replicate lost a class' positives or negatives." }
  let done =
    switch lostClass {
    case .skipped: "it is left out of the macro mean there (skipped)"
    case .rejected: "they are rejected"
    case .stratified: "they were drawn again (stratified)"
    }
  return how + "In \(lost) replicates a class lost its positives or negatives; \(done)."
}

/// A line for each reason, with the classes that have it.
private func grouped(_ reasons: [(reason: String, name: String)]) -> [String] {
  var names: [String: [String]] = [:]
  for (reason, name) in reasons { names[reason, default: []].append(name) }
  return names.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.joined(separator: ", "))" }
}

private func number(_ value: Double?) -> String {
  guard let value else { return "-" }
  return String(format: abs(value) < 100 ? "%.4f" : "%.0f", value)
}

private func pValue(_ value: Double?) -> String { value.map { $0 < 1e-4 ? "<1e-4" : number($0) } ?? "-" }

private func range(_ interval: Interval?) -> String {
  guard let interval else { return "-" }
  // A minus sign needs more than a dash beside it.
  return number(interval.lower) + (interval.lower < 0 || interval.upper < 0 ? " to " : "-") + number(interval.upper)
}

private func percent(_ level: Double) -> String { String(format: "%g %%", (level * 1000).rounded() / 10) }

/// A table of texts: names on the left, numbers on the right of columns that keep their width.
private struct TerminalTable {
  struct Column {
    var title: String
    var width: Int
    init(_ title: String, _ width: Int) { (self.title, self.width) = (title, width) }
  }
  typealias Rows = [[[String]]]  // groups of rows, a line between them

  private let nameWidth: Int
  private let columns: [Column]

  init(names: [String], columns: [Column]) {
    let widest = 79 - columns.reduce(0) { $0 + $1.width + 1 }  // a longer name is cut: no line exceeds 80 columns
    nameWidth = max("class".count, min(20, widest, names.map(\.count).max() ?? 0))
    self.columns = columns
  }

  func text(_ groups: Rows) -> String {
    let head = line(["class"] + columns.map(\.title))
    let rule = String(repeating: "-", count: head.count - 1) + "\n"
    return head + groups.map { rule + $0.map(line).joined() }.joined()
  }

  private func line(_ cells: [String]) -> String {
    var texts = cells.prefix(1).map { name in
      name.count > nameWidth
        ? name.prefix(nameWidth - 1) + "…" : name + String(repeating: " ", count: nameWidth - name.count)
    }
    for (cell, column) in zip(cells.dropFirst(), columns) {
      texts.append(String(repeating: " ", count: max(0, column.width - cell.count)) + cell)
    }
    return texts.joined(separator: " ") + "\n"
  }
}

/// Words in lines of at most `width` characters, the second and later lines indented.
private func wrapped(_ text: String, width: Int) -> String {
  var lines = [""]
  for word in text.split(separator: " ") {
    let line = lines[lines.count - 1]
    if line.isEmpty {
      lines[lines.count - 1] = String(word)
    } else if line.count + 1 + word.count <= width {
      lines[lines.count - 1] = line + " " + word
    } else {
      lines.append("  " + word)
    }
  }
  return lines.joined(separator: "\n")
}
