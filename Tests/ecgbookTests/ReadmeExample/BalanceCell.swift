import Book

/// `balance`: the share of women among the records of a data set.
struct BalanceCell: Cell {
  static let kind = "balance"
  static let summary = "The share of women among the records of a data set."
  static let version = "1"  // raise it whenever a result could change

  let data: Reference

  init(_ options: inout Options) {  // every mistake is found here, before anything runs
    data = options.takeReference("data", kinds: ["dataset"])
  }

  var needs: [Reference] { [data] }
  var valuePaths: [String] { ["women"] }

  func run(_ context: RunContext) async throws -> Output {
    guard let values = context.needed[data.id]?.output.values, case .integer(let women)? = values["women"],
      case .integer(let men)? = values["men"], women + men > 0
    else { return Output(values: .object(["women": .undefined("the sex of no record is known")])) }
    return Output(values: .object(["women": .number(Double(women) / Double(women + men))]))
  }
}
