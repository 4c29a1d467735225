import Book
import Files
import Formats
import Foundation
import Interpretation
import Learning
import Measurement
import PTBXL
import WFDB

/// `infer`: a network on one recording of any length: ranked labels in risk groups.
struct InferCell: Cell {
  static let kind = "infer"
  static let summary = "Applies a network to one recording and ranks what it finds in risk groups."
  static let version = "4." + learningVersion + "." + interpretationVersion

  let model: Reference
  let data: Reference?
  let record: String?
  let label: String?
  let split: Part
  let severity: String?
  /// A label, or "top" for the most probable one; nil explains none.
  let explain: String?
  /// The recording as it was measured: decides whether the reading may be used.
  let measured: Reference?
  let language: String

  init(_ options: inout Options) {
    model = options.takeReference("model", kinds: NetworkCells.kinds + [ModelCell.kind])
    data = options.takeReferenceIfPresent("data", kinds: [DatasetCell.kind])
    record = options.takePathIfPresent("record")
    label = options.takeIfPresent("label")
    split = options.takeChoice("split", default: .test)
    severity = options.takePathIfPresent("severity")
    let explained: String = options.take("explain", default: "none")
    explain = explained == "none" ? nil : explained
    measured = options.takeReferenceIfPresent("measured", kinds: [MeasureCell.kind])
    language = options.reportLanguage()
    if (record == nil) == (data == nil) {
      options.fail("record", "an infer cell needs a recording: either 'record', or 'data'", help: "name a file, or a data set whose first test record (with 'label') is taken")
    }
    if measured != nil, record == nil { options.fail("measured", "'measured' goes with 'record': it is the same recording") }
    if label != nil, data == nil { options.fail("label", "'label' chooses a record of 'data'; there is none") }
  }

  var needs: [Reference] { [model] + [data, measured].compactMap(\.self) }
  /// A patient's waveform and identity stay out of the cache; a record of a data set is there anyway.
  var mayBeKept: Bool { record == nil }
  var valuePaths: [String] {
    ["record", "ecg", "model", "seconds", "windows", "high", "medium", "low", "found", "truth", "top.label", "top.probability",
      "rule", "caution", "notes", "label.*.probability", "label.*.mean", "label.*.threshold", "explanation.label", "explanation.start",
      "explanation.difference", "explanation.missed", "explanation.random",
      "headline", "machine", "standing", "abstention", "cautions", "notfound", "notlooked", "performance"]
  }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    var inputs: [InputDigest] = []
    if let record {
      inputs += try context.digests(ofRecording: context.resolve(record), language: language)
    }
    if let severity { inputs.append(InputDigest(name: "severity", digest: try context.digests.digest(ofFile: context.resolve(severity)))) }
    return inputs
  }

  func run(_ context: RunContext) async throws -> Output {
    let statements = try Statements(language: language)
    guard try context.cell(model).output.values["name"]?.string != nil else { return try unasked(statements, context) }
    let network = try Model(folder: try context.cell(model).folder + "/" + NetworkCells.folder)
    let (recording, truth, ecg) = try chosenRecord(context)
    let table = try severity.map { try SeverityTable(path: context.resolve($0)) } ?? .standard()
    let judgement = try measured.map { MeasureCell.judgement(try context.cell($0).output.values) } ?? .init()
    var interpretation: Interpretation
    var explanation: Learning.Explanation?
    do {
      let prepared = try Recording(recording, leads: network.description.leads, samplingRate: network.description.samplingRate)
      interpretation = Interpretation(try network.predict(prepared), severities: table)
      (interpretation.abstention, interpretation.cautions) = (judgement.abstention, judgement.cautions)
      if judgement.abstention.isEmpty, let label = explain == "top" ? interpretation.ranked.first?.label ?? interpretation.findings.first?.label : explain {
        context.progress("explaining \(label)")
        explanation = try network.explain(prepared, label: label)
      }
    } catch let error as RecordingError where measured != nil {
      // A recording that the network cannot read is a reason to abstain on a patient's page, and no failure.
      return try unasked(
        statements, context, because: judgement.abstention + [statements.word(.abstainNetwork, statements.translated(error.problem))])
    }
    let performance = LabelPerformance.read(try context.cell(model).output.frames["performance"], statements)
    let caution = try caution(context)
    // A patient's page names the recording in one way: not at all where it is anonymous.
    if let measured { interpretation.record = try context.cell(measured).output.values["record"]?.string ?? "" }
    var output = output(interpretation, explanation, performance, statements, caution, truth: truth, ecg: ecg, recording)
    output.values = try confirmed(output.values, interpretation.headline(in: statements), statements, context)
    return output
  }

  /// A copy that a physician confirmed is no medical device's either.
  private func caution(_ context: RunContext) throws -> Statements.Word {
    guard case .boolean(true)? = try measured.flatMap({ try context.cell($0).output.values["isconfirmed"] }) else { return .pageCaution }
    return .pageCautionConfirmed
  }

  /// The first line is a physician's where one changed the statements; the machine's stays beside it.
  private func confirmed(
    _ values: Value, _ machine: String, _ statements: Statements, _ context: RunContext
  ) throws -> Value {
    guard case .object(var object) = values else { return values }
    var confirmation: Confirmation?
    if let measured { confirmation = Confirmation(of: try context.cell(measured).output.values) }
    object["machine"] = .text(machine)
    object["headline"] = .text(confirmation?.headline(statements) ?? machine)
    object["standing"] = .text(confirmation?.standing(machine, statements) ?? statements.word(.confirmStandingNone))
    return .object(object)
  }

  /// What the page has of a network's answer where there is none.
  private func unasked(_ statements: Statements, _ context: RunContext, because reasons: [String] = []) throws -> Output {
    let words = reasons.isEmpty ? statements.word(.pageModelNone) : statements.word(.abstainHeadline, statements.list(reasons))
    var output = Output(values: Value(paths: valuePaths, .undefined(words)), frames: [
      "findings": findingsFrame([], [:], statements), "leading": findingsFrame([], [:], statements),
      "ecg": try measured.flatMap { try context.cell($0).output.frames["ecg"] } ?? ECGFrame.make(try chosenRecord(context).0), "relevance": .none(because: words),
    ])
    if case .object(var values) = output.values {
      for name in ["abstention", "notfound", "high", "medium", "low", "found", "notes"] { values[name] = .text(statements.word(.listNone)) }
      if !reasons.isEmpty { values["abstention"] = .text(statements.list(reasons)) }
      (values["caution"], values["rule"]) = (.text(statements.word(try caution(context))), .text(statements.word(.riskRule)))
      values["notlooked"] = .text(statements.list(Statements.Word.notLookedFor.map { statements.word($0) }))
      values["performance"] = .text(statements.word(.findingPerformanceNone))
      let judgement = try measured.map { MeasureCell.judgement(try context.cell($0).output.values) } ?? .init()
      values["cautions"] = .text(statements.list(judgement.cautions))
      output.values = try confirmed(.object(values), words, statements, context)
    }
    return output
  }

  private func output(
    _ interpretation: Interpretation, _ explanation: Learning.Explanation?, _ performance: [String: LabelPerformance],
    _ statements: Statements, _ caution: Statements.Word, truth: [String]?, ecg: Int?, _ recording: Record
  ) -> Output {
    let findings = interpretation.findings, abstains = !interpretation.abstention.isEmpty
    func list(_ labels: [String]) -> Value { .text(labels.isEmpty ? statements.word(.listNone) : labels.joined(separator: ", ")) }
    func names(_ group: RiskGroup) -> Value { list(abstains ? [] : interpretation.findings(in: group).map(\.label)) }
    var labels: [String: Value] = [:]
    for finding in findings {
      labels[finding.label] = .object([
        "probability": .number(finding.probability), "mean": .number(finding.mean),
        "threshold": finding.threshold.map(Value.number) ?? .undefined(statements.word(.reasonThreshold)),
      ])
    }
    let explained = explanation.map(Self.value) ?? .undefined(statements.word(.reasonExplained))
    let relevance = explanation.map { Self.relevanceFrame($0, statements) } ?? .none(because: statements.word(.evidenceNone))
    let leading = (interpretation.ranked + findings.filter { $0.group == nil }).prefix(5)
    let first = interpretation.ranked.first ?? findings.first
    return Output(
      values: .object([
        "explanation": explained,
        "record": .text(interpretation.record), "ecg": ecg.map(Value.integer) ?? .undefined(statements.word(.reasonDataset)),
        "model": .text(interpretation.model), "seconds": .number(interpretation.seconds),
        "windows": .integer(interpretation.windows), "high": names(.high), "medium": names(.medium), "low": names(.low),
        "found": list(abstains ? [] : findings.filter(\.isFound).map(\.label)),
        "truth": truth.map { .text($0.isEmpty ? statements.word(.listNone) : $0.joined(separator: ", ")) } ?? .undefined(statements.word(.reasonKnown)),
        "top": .object([
          "label": findings.first.map { .text($0.label) } ?? .undefined(statements.word(.reasonLabel)),
          "probability": findings.first.map { .number($0.probability) } ?? .undefined(statements.word(.reasonLabel)),
        ]),
        "rule": .text(statements.word(.riskRule)), "caution": .text(statements.word(caution)),
        "notes": .text(statements.list(interpretation.notes.map(statements.translated))),
        "label": .object(labels),
        "abstention": .text(statements.list(interpretation.abstention)), "cautions": .text(statements.list(interpretation.cautions)),
        "notfound": .text(abstains ? statements.word(.listNone) : statements.list(
          findings.filter { $0.group == nil && !$0.isFound && $0.threshold != nil }.map { statements.name(of: $0.label) })),
        "notlooked": .text(statements.list(Statements.Word.notLookedFor.map { statements.word($0) })),
        "performance": .text(first.flatMap { performance[$0.label]?.sentence(statements) } ?? statements.word(.findingPerformanceNone)),
      ]),
      frames: [
        "findings": findingsFrame(abstains ? [] : findings, performance, statements),
        "leading": findingsFrame(abstains ? [] : Array(leading), performance, statements), "ecg": ECGFrame.make(recording),
        "relevance": relevance,
      ],
      citations: explanation == nil ? [] : ["sundararajan2017", "adebayo2018"],
      banners: record == nil || measured != nil ? [] : [statements.word(.pageUnconfirmed) + ": " + statements.word(.pageReader) + "."])
  }

  private func findingsFrame(
    _ findings: [Interpretation.Finding], _ performance: [String: LabelPerformance], _ statements: Statements
  ) -> Frame {
    func reached(_ value: (LabelPerformance) -> Value) -> [Value] {
      findings.map { performance[$0.label].map(value) ?? .undefined(statements.word(.findingPerformanceNone)) }
    }
    func texts(_ name: String, _ title: Statements.Word, _ text: (Interpretation.Finding) -> String) -> Frame.Column {
      .init(name, title: statements.word(title), findings.map { .text(text($0)) })
    }
    func numbers(
      _ name: String, _ title: String, _ format: String, note: String? = nil, _ value: (Interpretation.Finding) -> Value
    ) -> Frame.Column {
      .init(name, title: title, format: format, note: note, findings.map(value))
    }
    var columns: [Frame.Column] = [texts("label", .findingCode, \.label)]
    let concepts = try? SNOMEDTable.standard()
    columns.append(
      .init(
        "snomed", title: statements.word(.columnSnomed), note: statements.word(.columnSnomedNote),
        findings.map { finding in
          let concept = concepts?.concept(for: finding.label)
          return .text(concept.map { ($0.match == .exact ? "" : "≈\u{A0}") + $0.id } ?? "\u{2013}")
        }))
    columns.append(texts("name", .findingDiagnosis) { statements.name(of: $0.label) })
    columns.append(numbers("probability", statements.word(.findingProbability), "3", note: statements.word(.columnProbabilityNote)) { .number($0.probability) })
    columns.append(numbers("mean", statements.word(.columnMean), "3", note: statements.word(.columnMeanNote)) { .number($0.mean) })
    columns.append(
      numbers("threshold", statements.word(.findingThreshold), "3", note: statements.word(.columnThresholdNote)) {
        $0.threshold.map(Value.number) ?? .undefined(statements.word(.reasonPositive))
      })
    columns.append(numbers("severity", statements.word(.findingSeverity), "integer") { .integer($0.severity) })
    columns.append(texts("group", .findingGroup) { $0.group?.rawValue ?? "none" })
    columns.append(texts("risk", .findingRisk) { finding in finding.group.map { statements.word($0.shortWord) } ?? "\u{2013}" })
    columns.append(texts("reason", .findingReason) { statements.translated($0.reason) })
    columns.append(
      .init("reached", title: statements.word(.findingReached), unit: "%", findings.map { .text(performance[$0.label]?.reached ?? "\u{2013}") }))
    columns.append(
      .init(
        "sensitivity", title: statements.word(.findingSensitivity), format: "ci", note: statements.word(.columnSensitivityNote),
        reached(\.sensitivity)))
    columns.append(.init("specificity", title: statements.word(.findingSpecificity), format: "ci", reached(\.specificity)))
    columns.append(.init("positives", title: statements.word(.findingPositives), format: "integer", reached { .integer($0.positives) }))
    columns.append(.init("tested", title: statements.word(.findingRecords), format: "integer", reached { .integer($0.records) }))
    return Frame(columns)
  }

  private static func value(_ explanation: Learning.Explanation) -> Value {
    .object([
      "label": .text(explanation.label), "start": .number(explanation.start), "difference": .number(explanation.difference),
      "missed": .number(explanation.missed), "random": .number(explanation.likenessToRandom),
    ])
  }

  /// A row for each tenth of a second, a column for each lead: what the samples in it added to the label's logit.
  private static func relevanceFrame(_ explanation: Learning.Explanation, _ statements: Statements) -> Frame {
    let bins = explanation.binned(seconds: 0.1)
    let times = (0..<(bins.first?.count ?? 0)).map { Value.number(explanation.start + Double($0) / 10) }
    return Frame(
      [.init("time", title: statements.word(.columnEvidence), unit: "s", format: "1", times)]
        + zip(explanation.leads, bins).map { lead, values in
          .init(
            lead, title: lead, format: "4",
            note: statements.word(.columnEvidenceNote, explanation.label),
            values.map { .number(($0 * 1e6).rounded() / 1e6) })
        })
  }

  private func chosenRecord(_ context: RunContext) throws -> (Record, truth: [String]?, ecgID: Int?) {
    if let record {
      let path = context.resolve(record)
      return (try measured.map { try MeasureCell.recording(path, try context.cell($0).output.values) } ?? PatientRecording(ECGFile(path: path).stream).record, nil, nil)
    }
    guard let data else { throw CellError("no recording") }
    let dataset = try DatasetCell.opened(data, in: context)
    let labelled = dataset.labelled
    let column = try label.map { name in
      guard let index = labelled.labels.firstIndex(of: name) else {
        throw CellError("no label '\(name)' in the set \(dataset.labelSet.rawValue); it has \(labelled.labels.joined(separator: ", "))")
      }
      return index
    }
    let index = labelled.records.indices.first { row in
      dataset.folds[split].contains(labelled.records[row].fold) && (column.map { labelled.row(row).dropFirst($0).first == true } ?? true)
    }
    guard let index else { throw CellError("no \(split.rawValue) record has the label '\(label ?? "")'") }
    let truth = zip(labelled.labels, labelled.row(index)).filter(\.1).map(\.0)
    return (try dataset.record(labelled.records[index]), truth, labelled.records[index].ecgID)
  }
}
