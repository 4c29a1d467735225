import ArgumentParser
import PTBXL

/// Signals of many records, from WFDB files that the warm-up has brought into the page cache.
struct Load: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Loading 100 Hz signals of the training records.")
  @Argument(help: "A data set in PTB-XL's layout.") var folder: String

  struct Ready: Encodable {
    var version = "ecgbook"
    var records: Int
    var first: String  // a record's path without extension
    var sum: Double  // of its values in mV, all leads
  }

  func run() async throws {
    let database = try Database(folder: folder)
    let records = database.records.filter { (1...7).contains($0.fold) }
    guard let first = records.first else { throw ValidationError("\(folder): no record in folds 1 to 7") }
    let warm = try await database.loadSignals(records)
    let sum = warm.withSamples(ofRecord: 0) { $0.reduce(0.0) { $0 + Double($1) } }
    try await serveRounds(Ready(records: records.count, first: database.path(first, .hz100), sum: sum)) {
      try await database.loadSignals(records).records.count
    }
  }
}
