import ArgumentParser
import Scoring

/// Intervals of every class' AUROC and of macro AUROC. A "record" of the answer is a replicate over all classes.
struct BootstrapAUROC: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bootstrap", abstract: "Bootstrap intervals of macro AUROC.")
  @Argument(help: "A folder with y_true.npy, y_pred.npy and classes.txt.") var folder: String
  @Option(help: "Replicates in a round.") var replicates: Int

  struct Ready: Encodable {
    var version = "ecgbook"
    var classes, records: Int
    var macroAUROC: Double
  }

  func run() async throws {
    let predictions = try readPredictions(
      labelsPath: "\(folder)/y_true.npy", scoresPath: "\(folder)/y_pred.npy", classesPath: "\(folder)/classes.txt")
    let values = zip(predictions.scores, predictions.labels).compactMap { try? auroc($0, $1) }
    let macro = values.reduce(0, +) / Double(max(1, values.count))
    let bootstrap = Bootstrap(replicates: replicates)
    _ = try aurocIntervals(predictions, Bootstrap(replicates: 20))
    let ready = Ready(classes: predictions.classCount, records: predictions.recordCount, macroAUROC: macro)
    try await serveRounds(ready) {
      guard case .success = try aurocIntervals(predictions, bootstrap).macro else {
        throw ValidationError("no interval for macro AUROC")
      }
      return replicates
    }
  }
}
