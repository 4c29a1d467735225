import Foundation

/// The evaluation as a table for a terminal of 80 columns: a row for each class, macro and micro below, and what is
/// undefined with its reason.
public func scoreTable(_ evaluation: Evaluation) -> String {
  let widest = 20  // of the names; a longer one is cut, so that a line never exceeds 80 columns
  let nameWidth = max("class".count, min(widest, evaluation.perClass.map(\.name.count).max() ?? 0))
  let level = ([evaluation.macro.auroc] + evaluation.perClass.map(\.auroc)).compactMap(\.interval).first?.level

  func left(_ text: String, _ width: Int) -> String {
    text.count > width ? text.prefix(width - 1) + "…" : text + String(repeating: " ", count: width - text.count)
  }
  func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
  func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }
  func line(_ name: String, _ support: String, _ statistics: Statistics) -> String {
    var cells = [left(name, nameWidth), right(support, 7), right(number(statistics[.auroc].value), 6)]
    if level != nil {
      cells.append(
        right(statistics[.auroc].interval.map { "\(number($0.lower))-\(number($0.upper))" } ?? "-", 13))
    }
    for name in [StatisticName.ap, .f1, .precision, .recall] { cells.append(right(number(statistics[name].value), 6)) }
    return cells.joined(separator: " ") + "\n"
  }

  var heads = [left("class", nameWidth), right("support", 7), right("AUROC", 6)]
  if let level { heads.append(right(String(format: "%g %%", (level * 1000).rounded() / 10), 13)) }
  heads += ["AP", "F1", "prec.", "recall"].map { right($0, 6) }
  let head = heads.joined(separator: " ")
  let rule = String(repeating: "-", count: head.count) + "\n"

  var text = head + "\n" + rule
  for row in evaluation.perClass { text += line(row.name, "\(row.support)", row.statistics) }
  text += rule
  text += line("macro", "", evaluation.macro.statistics)
  text += line("micro", "\(evaluation.perClass.reduce(0) { $0 + $1.support })", evaluation.micro.statistics)
  text += "\n"

  for note in notes(on: evaluation) { text += wrapped(note, width: 80) + "\n" }
  return text
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
    notes.append(String(format: "F_max %.4f at threshold %.2f.", value, threshold))
  } else if let reason = evaluation.fmax.undefined {
    notes.append("F_max undefined: \(reason).")
  }
  notes.append(evaluation.thresholdNote)

  let intervals = ([evaluation.macro.auroc] + evaluation.perClass.map(\.auroc)).compactMap(\.interval)
  if let interval = intervals.first, let replicates = interval.replicates {
    let unit = interval.method == .bootstrapPatients ? "patients" : "records"
    notes.append(
      "Intervals of AUROC: percentile bootstrap over \(unit), \(replicates) replicates, seed \(interval.seed ?? 0).")
  }
  if let interval = evaluation.macro.auroc.interval, let lost = interval.lost, lost > 0 {
    let done = interval.lostClass == .skipped ? "it is left out of the macro mean there" : "they are rejected"
    notes.append("In \(lost) replicates a class lost its positives or negatives; \(done).")
  }

  var classesByReason: [String: [String]] = [:]
  for row in evaluation.perClass {
    for (name, label) in [(StatisticName.auroc, "AUROC"), (.ap, "AP")] {
      if let reason = row.statistics[name].undefined {
        classesByReason["\(label) undefined, \(reason)", default: []].append(row.name)
      }
    }
  }
  for (reason, names) in classesByReason.sorted(by: { $0.key < $1.key }) {
    notes.append("\(reason): \(names.joined(separator: ", "))")
  }
  return notes
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
