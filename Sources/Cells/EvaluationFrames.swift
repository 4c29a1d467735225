import Book
import Foundation
import Scoring

/// The tables of an evaluation: what figures and tables of an `evaluate` cell show.
struct EvaluationFrames {
  private let evaluation: Evaluation
  private let predictions: Predictions
  private let calibrated: Calibrated?
  private let subgroups: [Subgroup]
  private let bootstrap: Bootstrap?

  init(
    _ evaluation: Evaluation, _ predictions: Predictions, _ calibrated: Calibrated?, _ subgroups: [Subgroup], _ bootstrap: Bootstrap?
  ) {
    (self.evaluation, self.predictions, self.calibrated) = (evaluation, predictions, calibrated)
    (self.subgroups, self.bootstrap) = (subgroups, bootstrap)
  }

  var all: [String: Frame] {
    var frames = [
      "classes": classes, "decisions": decisions, "probabilities": probabilities, "averages": averages, "roc": roc,
      "confusion": confusion, "reliability": reliability, "decision-curves": decisionCurves,
    ]
    if let calibrated { frames["calibration"] = calibration(calibrated) }
    if !subgroups.isEmpty { frames["subgroups"] = subgroupFrame }
    return frames
  }

  // MARK: Per class

  private var labels: Frame.Column { .init("label", title: "Label", evaluation.perClass.map { .text($0.name) }) }
  private var support: Frame.Column {
    .init("support", title: "Positive", format: "integer", note: "Records that have the label.", evaluation.perClass.map { .integer($0.support) })
  }
  private func column(_ name: StatisticName, _ key: String, _ title: String, _ note: String) -> Frame.Column {
    .init(key, title: title, format: "3", note: note, evaluation.perClass.map { Value($0.statistics[name], n: $0.records) })
  }
  private var interval: String {
    guard let bootstrap else { return "" }
    let unit = evaluation.patients == nil ? "records" : "patients"
    let method = bootstrap.method == .bca ? "bias-corrected and accelerated percentiles" : "percentiles"
    return " Interval: \(method) of \(bootstrap.replicates) bootstrap replicates over \(unit), \(bootstrap.lostClass.rawValue)."
  }

  private var classes: Frame {
    Frame([
      labels, support,
      column(.auroc, "auroc", "AUROC", "Area under the ROC curve, ties counting half." + interval),
      column(.ap, "ap", "AP", "Average precision, without interpolation." + interval),
      .init(
        "threshold", title: "Threshold", format: "3", note: "The \(evaluation.thresholdNote).",
        evaluation.perClass.map { $0.threshold.map(Value.number) ?? .undefined("the validation folds have no positive") }),
      column(.precision, "precision", "Precision", "Share of the records called positive that are; interval by Wilson."),
      column(.recall, "recall", "Recall", "Share of the positive records that are called so (sensitivity); interval by Wilson."),
      column(.specificity, "specificity", "Specificity", "Share of the negative records that are called so; interval by Wilson."),
      column(.f1, "f1", "F1", "Harmonic mean of precision and recall at the threshold."),
    ])
  }

  private var decisions: Frame {
    Frame([
      labels, support,
      column(.recall, "recall", "Sensitivity", "Share of the positive records that are called so; interval by Wilson."),
      column(.specificity, "specificity", "Specificity", "Share of the negative records that are called so; interval by Wilson."),
      column(.precision, "precision", "PPV", "Share of the records called positive that are; interval by Wilson."),
      column(.npv, "npv", "NPV", "Share of the records called negative that are; interval by Wilson."),
      column(.f2, "f2", "F2", "F score in which recall counts twice as much as precision."),
      column(.balancedAccuracy, "balanced_accuracy", "Balanced accuracy", "Mean of sensitivity and specificity."),
      column(.mcc, "mcc", "MCC", "Matthews' correlation of calls and labels."),
    ])
  }

  private var probabilities: Frame {
    Frame([
      labels, support,
      column(.brier, "brier", "Brier", "Mean squared distance of probability and label." + interval),
      column(.logLoss, "log_loss", "Log loss", "Mean negative logarithm of the probability of the label."),
      column(.ece, "ece", "ECE", "Expected calibration error over 15 bins of equal width."),
      column(.eceByChance, "ece_by_chance", "by chance", "About the ECE that perfect probabilities of this many records would show."),
      column(.calibrationSlope, "slope", "Slope", "Of the calibration line; below 1 the probabilities are too extreme."),
      column(.calibrationIntercept, "intercept", "Intercept", "Of the calibration line."),
    ])
  }

  private var averages: Frame {
    let n = evaluation.records
    let rows = [evaluation.macro.statistics, evaluation.weighted.statistics, evaluation.micro.statistics]
    func column(_ name: StatisticName, _ title: String) -> Frame.Column {
      .init(name.rawValue, title: title, format: "3", rows.map { Value($0[name], n: n) })
    }
    let defined = [evaluation.macro, evaluation.weighted].map { Value.integer($0.defined[.auroc] ?? 0) }
    return Frame([
      .init(
        "label", title: "Average", note: "Macro: the mean over labels; weighted: by their positives; micro: all pairs of record and label as one list.",
        [.text("macro"), .text("weighted"), .text("micro")]),
      .init("labels", title: "Labels", format: "integer", note: "Labels in which AUROC is defined.", defined + [.integer(evaluation.perClass.count)]),
      .init("records", title: "Records", format: "integer", rows.map { _ in .integer(n) }),
      column(.auroc, "AUROC"), column(.ap, "AP"), column(.f1, "F1"), column(.mcc, "MCC"), column(.brier, "Brier"),
    ])
  }

  private var confusion: Frame {
    let rows = evaluation.perClass.compactMap { row in row.confusion.map { (row.name, $0) } }
    func column(_ name: String, _ title: String, _ count: (Confusion) -> Int) -> Frame.Column {
      .init(name, title: title, format: "integer", rows.map { .integer(count($0.1)) })
    }
    return Frame([
      .init("label", title: "Label", rows.map { .text($0.0) }),
      column("tp", "True positive") { $0.truePositives }, column("fp", "False positive") { $0.falsePositives },
      column("fn", "False negative") { $0.falseNegatives }, column("tn", "True negative") { $0.trueNegatives },
    ])
  }

  // MARK: Curves

  /// Points of every defined class, thinned, and their vertical mean as `macro`.
  private var roc: Frame {
    var (names, fpr, tpr): ([Value], [Value], [Value]) = ([], [], [])
    func add(_ name: String, _ x: [Double], _ y: [Double]) {
      names += x.map { _ in .text(name) }
      fpr += x.map { .number($0) }
      tpr += y.map { .number($0) }
    }
    var curves: [ROCCurve] = []
    for (j, name) in predictions.names.enumerated() {
      guard let curve = try? rocCurve(predictions.scores[j], predictions.labels[j]) else { continue }
      curves.append(curve)
      let kept = thinnedIndices(curve.points.count, to: 400).map { curve.points[$0] }
      add(name, kept.map(\.falsePositiveRate), kept.map(\.truePositiveRate))
    }
    if !curves.isEmpty {
      let grid = (0...200).map { Double($0) / 200 }
      add("macro", grid, grid.map { x in curves.map { $0.truePositiveRate(at: x) }.reduce(0, +) / Double(curves.count) })
    }
    return Frame([
      .init("label", title: "Label", names), .init("fpr", title: "False positive rate", format: "4", fpr),
      .init("tpr", title: "True positive rate", format: "4", tpr),
    ])
  }

  /// The bins of every class and of all pairs together, before and after calibration.
  private var reliability: Frame {
    var rows: [(label: String, series: String, bin: Reliability.Bin)] = []
    let series = [("as answered", predictions)] + (calibrated.map { [("calibrated", $0.predictions)] } ?? [])
    for (name, predictions) in series {
      let pooled = (try? Scoring.reliability(predictions.scores.flatMap { $0 }, predictions.labels.flatMap { $0 }))?.bins ?? []
      rows += pooled.map { (FigureKind.pooled, name, $0) }
      for (j, label) in predictions.names.enumerated() {
        let bins = (try? Scoring.reliability(predictions.scores[j], predictions.labels[j]))?.bins ?? []
        rows += bins.map { (label, name, $0) }
      }
    }
    func column(_ name: String, _ title: String, _ value: (Reliability.Bin) -> Double) -> Frame.Column {
      .init(name, title: title, format: "4", rows.map { .number(value($0.bin)) })
    }
    return Frame([
      .init("label", title: "Label", rows.map { .text($0.label) }), .init("series", title: "Probabilities", rows.map { .text($0.series) }),
      column("predicted", "Mean predicted") { $0.meanPredicted }, column("observed", "Observed share") { $0.observed },
      column("lower", "Lower") { $0.interval.lower }, column("upper", "Upper") { $0.interval.upper },
      .init("records", title: "Records", format: "integer", rows.map { .integer($0.bin.records) }),
    ])
  }

  /// Net benefit of every class by threshold, of the calibrated probabilities where there are some.
  private var decisionCurves: Frame {
    let predictions = calibrated?.predictions ?? self.predictions
    let thresholds = (1..<50).map { Double($0) / 50 }
    var rows: [(label: String, point: DecisionCurve.Point)] = []
    for (j, label) in predictions.names.enumerated() {
      let curve = try? decisionCurve(predictions.scores[j], predictions.labels[j], thresholds: thresholds)
      rows += (curve?.points ?? []).map { (label, $0) }
    }
    func column(_ name: String, _ title: String, _ value: (DecisionCurve.Point) -> Double) -> Frame.Column {
      .init(name, title: title, format: "4", rows.map { .number(value($0.point)) })
    }
    return Frame([
      .init("label", title: "Label", rows.map { .text($0.label) }), column("threshold", "Threshold") { $0.threshold },
      column("model", "Network") { $0.model }, column("all", "Treat all") { $0.all },
    ])
  }

  // MARK: Calibration and subgroups

  private func calibration(_ calibrated: Calibrated) -> Frame {
    let n = evaluation.records
    func rows(_ evaluation: Evaluation) -> [Statistics] {
      evaluation.perClass.map(\.statistics) + [evaluation.macro.statistics, evaluation.micro.statistics]
    }
    let (before, after) = (rows(evaluation), rows(calibrated.evaluation))
    func column(_ name: StatisticName, _ key: String, _ title: String, _ rows: [Statistics], _ note: String) -> Frame.Column {
      .init(
        key, title: title, format: "3", note: note,
        rows.map { row in row[name].value.map(Value.number) ?? .undefined(row[name].undefined ?? "undefined") })
    }
    return Frame([
      .init("label", title: "Label", evaluation.perClass.map { .text($0.name) } + [.text("macro"), .text("micro")])
    ] + fitted(calibrated.calibration) + [
      column(.ece, "ece_before", "ECE before", before, "Expected calibration error over 15 bins of equal width."),
      column(.ece, "ece", "ECE after", after, "The same after calibration."),
      column(.eceByChance, "ece_by_chance", "by chance", after, "About the ECE that perfect probabilities of this many records would show."),
      column(.calibrationSlope, "slope_before", "Slope before", before, "Of the calibration line; 1 is right."),
      column(.calibrationSlope, "slope", "Slope after", after, "The same after calibration."),
      column(.brier, "brier_before", "Brier before", before, "Mean squared distance of probability and label."),
      column(.brier, "brier", "Brier after", after, "The same after calibration; \(n) records."),
    ])
  }

  /// What was fitted to every label, where numbers say it.
  private func fitted(_ calibration: Calibration) -> [Frame.Column] {
    func column(_ name: String, _ title: String, _ note: String, _ value: (Calibration.Map) -> Double?) -> Frame.Column {
      let values = calibration.maps.map { map -> Value in
        if case .unchanged(let reason) = map { return .undefined(reason) }
        return .optional(value(map))
      }
      let none = Value.undefined("one for each label")
      return .init(name, title: title, format: "3", note: note, values + [none, none])
    }
    return switch calibration.method {
    case .temperature, .sharedTemperature:
      [
        column("temperature", "Temperature", "By which logits are divided; above 1 the network was too sure.") {
          if case .temperature(let temperature) = $0 { temperature.value } else { nil }
        }
      ]
    case .platt:
      [
        column("factor", "Factor", "By which logits are multiplied; below 1 the network was too sure.") {
          if case .line(let line) = $0 { line.slope } else { nil }
        },
        column("shift", "Shift", "Then added to them; below 0 the answers were too high.") {
          if case .line(let line) = $0 { line.intercept } else { nil }
        },
      ]
    case .isotonic: []
    }
  }

  private var subgroupFrame: Frame {
    func column(_ name: String, _ title: String, _ note: String, _ value: (Subgroup) -> Scoring.Statistic) -> Frame.Column {
      .init(name, title: title, format: "3", note: note, subgroups.map { Value(value($0), n: $0.records) })
    }
    return Frame([
      .init("grouping", title: "Grouping", subgroups.map { .text($0.grouping) }),
      .init("level", title: "Group", subgroups.map { .text($0.level) }),
      .init("records", title: "Records", format: "integer", subgroups.map { .integer($0.records) }),
      .init("patients", title: "Patients", format: "integer", subgroups.map { $0.patients.map(Value.integer) ?? .undefined("not known") }),
      .init("labels", title: "Labels", format: "integer", note: "With at least 10 positive and 10 negative records in the group and in the rest.", subgroups.map { .integer($0.classes.count) }),
      column("auroc", "Macro AUROC", "Over those labels." + interval) { $0.macro },
      column("rest", "In the rest", "Over the same labels, in the other records of known group.") { $0.rest },
      column("difference", "Difference", "Group minus rest, from the same replicates.") { $0.difference },
    ])
  }
}

/// About `limit` of `count` indices, evenly, the first and the last among them.
func thinnedIndices(_ count: Int, to limit: Int) -> [Int] {
  guard count > limit, limit > 1 else { return Array(0..<count) }
  return (0..<limit).map { $0 * (count - 1) / (limit - 1) }
}

extension ROCCurve {
  /// The true positive rate at a false positive rate, between two points in proportion; the upper end of a jump.
  func truePositiveRate(at x: Double) -> Double {
    guard let next = points.firstIndex(where: { $0.falsePositiveRate > x }), next > 0 else { return 1 }
    let (a, b) = (points[next - 1], points[next])
    let share = (x - a.falsePositiveRate) / (b.falsePositiveRate - a.falsePositiveRate)
    return a.truePositiveRate + (b.truePositiveRate - a.truePositiveRate) * share
  }
}
