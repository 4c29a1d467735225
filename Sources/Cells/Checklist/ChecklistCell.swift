import Book

/// `checklist`: the items of a reporting guideline, each answered from the report's provenance where it can be.
struct ChecklistCell: Cell {
  static let kind = "checklist"
  static let summary = "Fills a reporting guideline (TRIPOD+AI, STARD, CLAIM, a model card) from what the report is made of."
  static let version = "1"
  static let isCached = false
  static let shows = Shown.table

  let guideline: Guideline?
  let answers, reasons: [String: String]  // by item
  let caption: String  // empty for the guideline's title and counts

  /// How an item stands.
  enum State: String, CaseIterable { case derived, authored, notApplicable = "not applicable", missing }

  init(_ options: inout Options) {
    let key = options.takeChoice("guideline", of: Guideline.all.map(\.key))
    let guideline = Guideline.all.first { $0.key == key }
    let ids = guideline?.items.map(\.id) ?? []
    answers = options.takeMarkdowns("answers", for: ids, plural: "items")
    reasons = options.takeMarkdowns("not-applicable", for: ids, plural: "items")
    caption = options.takeMarkdown("caption")
    self.guideline = guideline
  }

  var valuePaths: [String] { [] }

  func run(_ context: RunContext) async throws -> Output { Output(citations: guideline.map { [$0.citation] } ?? []) }

  func present(_ output: Output, _ context: PresentContext) throws -> [CellBlock] {
    guard let guideline else { return [] }
    let report = Evidence.Report(context)
    let rows = guideline.items.map { item in (item, state(of: item, in: report)) }
    let counts = State.allCases.compactMap { state -> String? in
      let count = rows.count { $0.1.state == state }
      return count > 0 ? "\(count) \(state.rawValue)" : nil
    }
    let frame = Frame([
      .init("item", title: "Item", rows.map { .text($0.0.id) }), .init("section", title: "Section", rows.map { .text($0.0.section) }),
      .init("asks", title: "What is asked", rows.map { .text($0.0.asks) }),
      .init(
        "state", title: "State", note: "Derived: from what was computed. Authored: in the text or here. Missing: nowhere.",
        rows.map { .text($0.1.state.rawValue) }),
      .init("answer", title: "Answer and evidence", format: Frame.Column.markdown, rows.map { .text($0.1.answer) }),
    ])
    return [
      .table(frame, caption: caption.isEmpty ? "\(guideline.title) [@\(guideline.citation)], item by item, in our own words: \(counts.joined(separator: ", ")) of \(rows.count)." : caption)
    ]
  }

  private func state(of item: Guideline.Item, in report: Evidence.Report) -> (state: State, answer: String) {
    if let reason = reasons[item.id] { return (.notApplicable, reason) }
    let found = item.evidence.lazy.compactMap { word -> (State, String)? in
      if word.hasPrefix("§") { return report.section(String(word.dropFirst())).map { (.authored, $0) } }
      return Evidence(rawValue: String(word.dropFirst()))?.answer(report).map { (.derived, $0) }
    }.first
    switch (found, answers[item.id]) {
    case (nil, nil): return (.missing, "")
    case (let found?, nil): return found
    case (nil, let answer?): return (.authored, answer)
    case (let found?, let answer?): return (found.0, "\(answer) (\(found.1))")
    }
  }
}
