/// Numbers in sentences that name a metric: each must be a value of the report, cited, or marked as none of its results.
///
/// A number typed beside "AUROC" looks like a result and stays when the result changes. So a sentence that names a metric of
/// ``Glossary`` has its numbers in braces, or cites whose they are, or marks each with `{lit}`.
struct BareNumbers {
  /// Numbers that may stand there, as they are or per cent: those that a claim compares with.
  var allowed: [Double] = []
  private(set) var found: [(text: String, range: SourceRange, metric: String)] = []

  /// A paragraph, a heading, a caption.
  /// - Parameter context: words outside of it that say what it is of: the head of its column, a label.
  mutating func visit(_ spans: [Span], context: @autoclosure () -> String = "") {
    var text = FlatText()
    text.append(spans)
    guard !text.numbers.isEmpty else { return }
    for sentence in text.sentences where !sentence.isCited && !sentence.numbers.isEmpty {
      guard let metric = Glossary.metric(in: sentence.words) ?? Glossary.metric(in: context()) else { continue }
      found += sentence.numbers.filter { !isAllowed($0.text) }.map { ($0.text, $0.range, metric) }
    }
  }

  private func isAllowed(_ text: String) -> Bool {
    guard !allowed.isEmpty, let number = Double(text.hasPrefix(".") ? "0" + text : text) else { return false }
    return allowed.contains { $0 == number || abs($0 * 100 - number) < 1e-9 }
  }

  /// A table: the head of a number's column or the first cell of its row may name the metric.
  mutating func visit(table rows: [[[Span]]]) {
    func words(_ spans: [Span]) -> String {
      var text = FlatText()
      text.append(spans)
      return text.isCited ? "" : String(text.characters)
    }
    let heads = (rows.first ?? []).map(words)
    for (index, row) in rows.enumerated() {
      let first = row.first.map(words) ?? ""
      for (column, cell) in row.enumerated() {
        let head = index > 0 && heads.indices.contains(column) ? heads[column] : ""
        visit(cell, context: column > 0 ? head + ". " + first : head)
      }
    }
  }
}

/// The text of spans in one piece, with the places of what counts.
private struct FlatText {
  var characters: [Character] = []
  var numbers: [(offset: Int, text: String, range: SourceRange)] = []
  var citations: [Int] = []
  var isCited: Bool { !citations.isEmpty }

  mutating func append(_ spans: [Span]) {
    for span in spans {
      switch span {
      case .text(let text), .code(let text): characters += text
      case .number(let text, let range, let isLiteral):
        if !isLiteral { numbers.append((characters.count, text, range)) }
        characters += text
      case .emphasis(let spans), .strong(let spans), .strikethrough(let spans), .link(let spans, _): append(spans)
      case .value: characters.append("•")
      case .reference, .formula, .equation: characters.append("•")
      case .citation: citations.append(characters.count)
      case .footnote: break
      case .lineBreak: characters.append(" ")
      }
    }
  }

  struct Sentence {
    var words: String
    var numbers: [(text: String, range: SourceRange)]
    var isCited: Bool
  }

  var sentences: [Sentence] {
    var result: [Sentence] = [], start = 0
    func end(_ end: Int) {
      let range = start..<end
      result.append(
        Sentence(
          words: String(characters[range]),
          numbers: numbers.filter { range.contains($0.offset) }.map { ($0.text, $0.range) },
          isCited: citations.contains { $0 >= start && ($0 < end || end == characters.count) }))
      start = end
    }
    for index in characters.indices where ".!?".contains(characters[index]) {
      let next = index + 1
      guard next < characters.count, characters[next].isWhitespace, index + 2 < characters.count else { continue }
      let begins = characters[next...].first { !$0.isWhitespace } ?? " "
      guard !begins.isLowercase, !isAbbreviation(endingAt: index) else { continue }
      end(next)
    }
    end(characters.count)
    return result
  }

  /// "e.g.", "vs.", "Fig.", an initial.
  private func isAbbreviation(endingAt point: Int) -> Bool {
    var start = point
    while start > 0, characters[start - 1].isLetter || characters[start - 1] == "." { start -= 1 }
    let word = String(characters[start..<point])
    if word.count == 1, word.first?.isUppercase ?? false { return true }
    return ["e.g", "i.e", "vs", "cf", "ca", "approx", "Fig", "Figs", "Tab", "al", "resp", "incl", "no", "No", "Dr", "St"].contains(word)
  }
}

/// The words by which sentences name how good a classifier is.
enum Glossary {
  /// The first metric that a text names; nil when it names none.
  static func metric(in text: some StringProtocol) -> String? {
    let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map { word in
      String(word.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed())
    }
    for (index, word) in words.enumerated() {
      if symbols.contains(word) || (word.last == "s" && symbols.contains(String(word.dropLast()))) { return word }
      let lower = word.lowercased()
      if names.contains(lower) { return word }
      if let seconds = pairs[lower], index + 1 < words.count, seconds.contains(words[index + 1].lowercased()) {
        return "\(word) \(words[index + 1])"
      }
    }
    return nil
  }

  /// Abbreviations, written so; a plural's "s" may follow.
  private static let symbols: Set<String> = [
    "AUC", "AUROC", "AUPRC", "AUCPR", "ROC-AUC", "PR-AUC", "AP", "mAP", "F1", "F2", "Fmax", "FPR", "TPR", "FNR", "TNR", "PPV", "NPV", "MCC",
    "ECE", "LR+", "NRI",
  ]
  private static let names: Set<String> = [
    "auc", "auroc", "sensitivity", "sensitivities", "specificity", "specificities", "precision", "recall", "accuracy", "accuracies", "brier",
    "f-score", "f1-score", "f-measure", "fmax", "kappa", "c-statistic", "c-index", "concordance", "g-mean", "log-loss", "logloss",
  ]
  private static let pairs: [String: Set<String>] = [
    "average": ["precision"], "balanced": ["accuracy"], "log": ["loss"], "area": ["under"], "areas": ["under"],
    "predictive": ["value", "values"], "likelihood": ["ratio", "ratios"], "net": ["benefit"],
    "calibration": ["slope", "slopes", "error", "intercept"], "hit": ["rate"], "matthews": ["correlation"], "youden": ["index"],
    "false": ["positive", "positives", "negative", "negatives", "alarm", "alarms"], "true": ["positive", "negative"],
  ]
}
