import Book

/// `claim`: a sentence, and what must hold of values for it to be true.
struct ClaimCell: Cell {
  static let kind = "claim"
  static let summary = "Says a sentence and whether the values support it; one that they contradict fails the report."
  static let version = "1"
  static let isCached = false

  let sentence: String
  let predicate: ClaimPredicate?

  init(_ options: inout Options) {
    predicate = options.takePredicate("predicate")
    sentence = options.takeMarkdown("sentence", isRequired: true, allowing: predicate?.numbers ?? [])
  }

  var valuePaths: [String] { ["verdict", "reason"] }

  func run(_ context: RunContext) async throws -> Output {
    guard let predicate else { return Output() }
    let (ruling, reason) = predicate.ruling { use in
      context.needed[use.head]?.evidence(at: use.rest) ?? (nil, nil)
    }
    return Output(
      values: .object(["verdict": .text(ruling.rawValue), "reason": .text(reason)]),
      verdict: Verdict(sentence: sentence, ruling: ruling, reason: reason))
  }

  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    let quoted = sentence.split(separator: "\n", omittingEmptySubsequences: false).map { "> \($0)" }.joined(separator: "\n")
    return [.markdown("\(quoted)\n>\n> **{{ \(context.id).verdict | text }}**: {{ \(context.id).reason | text }}.")]
  }
}
