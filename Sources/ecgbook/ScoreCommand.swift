import ArgumentParser
import Cells
import Files
import Foundation
import Scoring

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scores predictions from anywhere: discrimination, decisions, calibration, with intervals.",
    discussion: """
      Predictions are a CSV file with the columns ecg_id, true:NAME and score:NAME for each class, and patient_id if \
      wanted; or NumPy files of one shape, [records, classes], with a file that names a class a line.

      Give patients wherever one has several records: intervals that take them as independent are too narrow.
      """)
  @Argument(help: "Predictions (.csv).") var predictions: String?
  @Option(help: "Labels, 0 or 1 (.npy).") var labels: String?
  @Option(help: "Scores, higher meaning more positive (.npy).") var scores: String?
  @Option(help: "The classes' names, one a line, in the order of the columns.") var classes: String?
  @Option(help: "A patient for each record: a line or element each (text, .npy), or ecg_id,patient_id (.csv).")
  var patients: String?
  @Option(help: "A threshold for every class, in place of 0.5.") var threshold: Double?

  @Option(help: "Bootstrap replicates; 0 for no intervals.") var bootstrap = 0
  @Option(help: "Of the replicates' draws.") var seed: UInt64 = 1
  @Option(help: "Of the intervals, above 0 and below 1.") var level = 0.95
  @Option(help: "percentile or bca.") var method: Bootstrap.Method = .percentile
  @Option(help: "What becomes of a replicate that loses a class: rejected, skipped or stratified.")
  var lost: Interval.LostClass = .skipped
  @Option(help: "Replicates drawn elsewhere (.npy, [replicates, draws], records from 0), in place of --bootstrap.")
  var replicates: String?

  @Option(help: "Other predictions of the same records (.csv, or .npy of scores beside --labels): a paired comparison.")
  var compare: String?
  @Option(help: "Weights of the PhysioNet Challenge's metric (.csv).") var weights: String?
  @Option(help: "The class that stands for a normal ECG in that metric.") var normal: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    let arrays = [labels, scores, classes].count { $0 != nil }
    guard predictions == nil ? arrays == 3 : arrays == 0 else {
      throw ValidationError("give either a CSV file, or --labels, --scores and --classes")
    }
    guard bootstrap >= 0 else { throw ValidationError("--bootstrap \(bootstrap): expected 0 or more") }
    guard bootstrap == 0 || bootstrap >= Interval.fewestReplicates else {
      throw ValidationError(
        "--bootstrap \(bootstrap): expected at least \(Interval.fewestReplicates), or 0 for no intervals")
    }
    guard level > 0, level < 1 else { throw ValidationError("--level \(level): expected above 0 and below 1") }
    guard bootstrap == 0 || replicates == nil else {
      throw ValidationError("give either --bootstrap or --replicates")
    }
    guard (weights == nil) == (normal == nil) else { throw ValidationError("--weights and --normal go together") }
  }

  func run() throws {
    let (own, records, owners) = try input()
    let patients = try patients.map { try readPatients($0, own, records) } ?? owners
    let settings = try resampling(own)
    let thresholds: Thresholds =
      if let threshold {
        .perClass(own.names.map { _ in threshold }, note: "Threshold \(threshold) for every class.")
      } else { .half }
    let evaluation = try evaluate(own, thresholds: thresholds, patients: patients, bootstrap: settings)
    var result = Result(evaluation: evaluation)
    if let weights, let normal {
      result.challenge = try challengeMetric(
        own, thresholds: evaluation.perClass.map(\.threshold), ChallengeWeights(TextTable(file: weights)), normal: normal)
    }
    if let compare {
      let (second, related) = try other(compare, own, records, patients)
      result.comparison = try Scoring.compare(own, second, patients: related, settings ?? Bootstrap(level: level, seed: seed))
    }
    print(json ? try CanonicalJSON.text(result) : result.text)
  }

  private func input() throws -> (Predictions, records: [String]?, patients: [Int]?) {
    if let predictions {
      let table = try PredictionTable(TextTable(file: predictions))
      return (table.predictions, table.records, table.patients)
    }
    return (
      try readPredictions(labelsPath: labels ?? "", scoresPath: scores ?? "", classesPath: classes ?? ""), nil, nil
    )
  }

  /// The other network's predictions, in the order of our own records.
  private func other(
    _ path: String, _ own: Predictions, _ records: [String]?, _ patients: [Int]?
  ) throws -> (Predictions, patients: [Int]?) {
    guard let records else {
      return (try readPredictions(labelsPath: labels ?? "", scoresPath: path, classesPath: classes ?? ""), patients)
    }
    let name = predictions ?? "", other = try PredictionTable(TextTable(file: path))
    let pairs = try PairedPredictions([
      (name, PredictionTable(predictions: own, records: records, patients: patients)), (path, other),
    ])
    return (pairs.sides[1], pairs.patients)
  }

  private func readPatients(_ path: String, _ own: Predictions, _ records: [String]?) throws -> [Int] {
    guard path.hasSuffix(".csv") else { return try Scoring.readPatients(path: path, records: own.recordCount) }
    guard let records else {
      throw PredictionFileError(
        path: path, problem: "NumPy predictions have no ecg_id to look up; give a text or .npy with a patient a record")
    }
    return try Scoring.patients(in: TextTable(file: path), records: records)
  }

  private func resampling(_ own: Predictions) throws -> Bootstrap? {
    if let replicates {
      let rows = try readReplicates(path: replicates, records: own.recordCount)
      return Bootstrap(rows: rows, level: level, method: method, lostClass: lost)
    }
    guard bootstrap > 0 else { return nil }
    return Bootstrap(replicates: bootstrap, level: level, seed: seed, method: method, lostClass: lost)
  }

  /// What is printed: in JSON the evaluation's keys, and `challenge` and `comparison` beside them.
  private struct Result: Encodable {
    var evaluation: Evaluation
    var challenge: ChallengeScore?
    var comparison: Comparison?

    private enum Key: String, CodingKey { case challenge, comparison }

    func encode(to encoder: any Encoder) throws {
      try evaluation.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encodeIfPresent(challenge, forKey: .challenge)
      try container.encodeIfPresent(comparison, forKey: .comparison)
    }

    var text: String {
      var text = scoreTable(evaluation)
      if let challenge { text += challenge.text }
      if let comparison { text += "\n" + comparisonTable(comparison) }
      return text
    }
  }
}

extension Bootstrap.Method: ExpressibleByArgument {}
extension Interval.LostClass: ExpressibleByArgument {}
