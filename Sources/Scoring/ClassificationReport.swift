import Foundation

/// The text of scikit-learn's `classification_report` for several labels a record, character for character.
///
/// In this layout alone an undefined ratio is printed as 0.00 (scikit-learn's `zero_division=0`), because its readers
/// expect a number; ``Evaluation`` says "undefined".
///
/// - Parameters:
///   - predictions: `[classes][records]`.
///   - thresholds: one per class; a record is called positive at or above it, never if nil.
///   - digits: decimals of the ratios.
/// - Source: scikit-learn 1.9, `sklearn/metrics/_classification.py`.
public func classificationReport(_ predictions: Predictions, thresholds: [Double?], digits: Int = 2) -> String {
  precondition(
    thresholds.count == predictions.classCount, "\(thresholds.count) thresholds, \(predictions.classCount) classes")
  let confusions = predictions.names.indices.map { j in
    Confusion(predictions.scores[j], predictions.labels[j], threshold: thresholds[j] ?? .infinity)
  }
  let rows = confusions.map { Ratios($0) }
  let supports = confusions.map { Double($0.support) }
  let support = confusions.reduce(0) { $0 + $1.support }

  let width = max(predictions.names.map(\.unicodeScalars.count).max() ?? 0, "weighted avg".count, digits)
  func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.unicodeScalars.count)) + text
  }
  func line(_ name: String, _ ratios: Ratios, _ support: Int) -> String {
    let numbers = [ratios.precision, ratios.recall, ratios.f1].map { padded(String(format: "%.\(digits)f", $0), 9) }
    return "\(padded(name, width))  \(numbers.joined(separator: " ")) \(padded("\(support)", 9))\n"
  }

  let heads = ["precision", "recall", "f1-score", "support"].map { padded($0, 9) }
  var text = "\(padded("", width))  \(heads.joined(separator: " "))\n\n"
  for (name, (ratios, confusion)) in zip(predictions.names, zip(rows, confusions)) {
    text += line(name, ratios, confusion.support)
  }
  text += "\n"
  let zero = Confusion(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0)
  text += line("micro avg", Ratios(confusions.reduce(zero, +)), support)
  text += line("macro avg", Ratios(meanOf: rows, weights: rows.map { _ in 1 }), support)
  text += line("weighted avg", Ratios(meanOf: rows, weights: supports), support)
  text += line("samples avg", Ratios(overRecordsOf: predictions, thresholds), support)
  return text
}

/// Precision, recall and F1, 0 where undefined.
private struct Ratios {
  var precision, recall, f1: Double

  init(_ counts: Confusion) {
    precision = (try? counts.precision()) ?? 0
    recall = (try? counts.recall()) ?? 0
    f1 = (try? counts.f1()) ?? 0
  }

  init(meanOf rows: [Ratios], weights: [Double]) {
    let total = weights.reduce(0, +)
    func mean(_ ratio: KeyPath<Ratios, Double>) -> Double {
      guard total > 0 else { return 0 }
      return zip(rows, weights).reduce(0) { $0 + $1.0[keyPath: ratio] * $1.1 } / total
    }
    (precision, recall, f1) = (mean(\.precision), mean(\.recall), mean(\.f1))
  }

  /// Each record's own ratios over the classes, then their mean.
  init(overRecordsOf predictions: Predictions, _ thresholds: [Double?]) {
    let rows = (0..<predictions.recordCount).map { record in
      var counts = Confusion(truePositives: 0, falsePositives: 0, falseNegatives: 0, trueNegatives: 0)
      for j in thresholds.indices {
        switch (predictions.scores[j][record] >= thresholds[j] ?? .infinity, predictions.labels[j][record]) {
        case (true, true): counts.truePositives += 1
        case (true, false): counts.falsePositives += 1
        case (false, true): counts.falseNegatives += 1
        case (false, false): counts.trueNegatives += 1
        }
      }
      return Ratios(counts)
    }
    self.init(meanOf: rows, weights: rows.map { _ in 1 })
  }
}
