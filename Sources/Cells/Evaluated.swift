import Book
import Files
import Foundation
import Learning
import PTBXL
import Scoring

/// Predictions with what is known about their records, wherever they come from.
struct Evaluated {
  var predictions: Predictions
  var ids: [String]  // [records], `ecg_id`
  var patients: [Int]?
  /// `[records]`; nil where the data set does not know the record, or there is none.
  var records: [ECGRecord?]
  var thresholds: Thresholds
  /// Predictions to fit a calibration to; nil where there are none.
  var validation: Predictions?
  /// How a network's windows became one answer, and the macro AUROC of either way; nil for predictions of a file.
  var windows: (chosen: Windows.Aggregate, mean: Double?, maximum: Double?)?
  var description: ModelDescription?
  /// The records tested on; nil where a network is asked about others than those of the test folds.
  var testSet: TestSet?
  /// How many records the predictions share with those that thresholds and calibration are fitted to.
  var shared = 0

  /// A row a record, as `predictions.csv` of a model folder has it.
  var csv: CSV {
    var csv = CSV(
      columns: ["ecg_id"] + (patients == nil ? [] : ["patient_id"]) + predictions.names.map { "true:\($0)" }
        + predictions.names.map { "score:\($0)" },
      rows: [])
    csv.rows = ids.indices.map { row in
      [ids[row]] + (patients.map { ["\($0[row])"] } ?? []) + predictions.labels.map { $0[row] ? "1" : "0" }
        + predictions.scores.map { "\($0[row])" }
    }
    return csv
  }

  /// The same as a frame.
  var frame: Frame {
    let names = predictions.names
    func number(_ score: Double) -> Value { score.isFinite ? .number(score) : .text("\(score)") }
    return Frame(
      [.init("ecg_id", title: "Record", ids.map(Value.text))]
        + (patients.map { [.init("patient_id", title: "Patient", $0.map(Value.integer))] } ?? [])
        + zip(names, predictions.labels).map { name, labels in
          .init("true:\(name)", title: name, labels.map { .integer($0 ? 1 : 0) })
        }
        + zip(names, predictions.scores).map { name, scores in .init("score:\(name)", title: name, scores.map(number)) })
  }
}

extension EvaluateCell {
  func evaluated(in context: RunContext) async throws -> Evaluated {
    switch source {
    case .network(let model, let data, let aggregate):
      try await answers(of: model, on: DatasetCell.opened(data, in: context), aggregate, context)
    case .file(let source, let validation, let data):
      try file(source, context, validation.map(context.resolve), data.map { try DatasetCell.opened($0, in: context) })
    }
  }

  private func answers(
    of model: Reference, on dataset: OpenedDataset, _ aggregate: Windows.Aggregate?, _ context: RunContext
  ) async throws -> Evaluated {
    let network = try Model(folder: NetworkCells.folder(in: context.cell(model).folder, answering: dataset.labelSet))
    let description = network.description
    let parts = try await dataset.examples(calibration == nil ? [split] : [split, .validation])
    let examples = parts[0]
    guard examples.count > 0 else { throw TrainingError.noRecords(split.rawValue) }
    guard examples.classes == description.labels else {
      throw CellError("the network's labels (\(description.labels.joined(separator: ", "))) are not the data set's (\(examples.classes.joined(separator: ", ")))")
    }
    let learned = (try? Folds(parsing: description.training.folds))?.training ?? []
    let both = dataset.folds[split].filter(learned.contains)
    if split != .training, description.data.name == dataset.name, !both.isEmpty {
      throw CellError("the network learned from fold \(both.map(String.init).joined(separator: ", ")), which cannot test it: give both data sets the same folds")
    }
    let chosen = aggregate ?? description.windows.aggregate
    func predictions(_ examples: Examples) throws -> (chosen: Predictions, other: Predictions) {
      context.progress("\(examples.count) records")
      let answers = try network.probabilities(of: examples, isInterrupted: context.isInterrupted)
      if context.isInterrupted() { throw CancellationError() }
      let pair = try [answers.mean, answers.maximum].map {
        try Predictions(names: examples.classes, labelRows: examples.labels, scoreRows: $0)
      }
      return chosen == .mean ? (pair[0], pair[1]) : (pair[1], pair[0])
    }
    let own = try predictions(examples)
    let validation = try parts.count > 1 && parts[1].count > 0 ? predictions(parts[1]).chosen : nil
    func macro(_ predictions: Predictions) -> Double? {
      let values = zip(predictions.scores, predictions.labels).map { try? auroc($0, $1) }
      return try? macroMean(values).value
    }
    let (mean, maximum) = chosen == .mean ? (own.chosen, own.other) : (own.other, own.chosen)
    return Evaluated(
      predictions: own.chosen, ids: examples.records.map { "\($0.ecgID)" },
      patients: examples.records.map(\.patientID), records: examples.records,
      thresholds: .perClass(description.thresholds, note: description.thresholdRule), validation: validation,
      windows: (chosen, macro(mean), macro(maximum)), description: description,
      testSet: split == .test ? dataset.testSet : nil)
  }

  private func file(
    _ source: PredictionSource, _ context: RunContext, _ validation: String?, _ dataset: OpenedDataset?
  ) throws -> Evaluated {
    let table = try source.table(at: context.resolve(source.path))
    let validationTable = try validation.map { try PredictionTable(TextTable(file: $0)) }
    let fitted = validationTable?.predictions
    let byID = Dictionary((dataset?.database.records ?? []).map { ("\($0.ecgID)", $0) }) { first, _ in first }
    let records = table.records.map { byID[$0] }
    if dataset != nil, let unknown = zip(table.records, records).first(where: { $0.1 == nil })?.0 {
      throw CellError("\(source.path): the data set has no record \(unknown)")
    }
    let patients = table.patients ?? (dataset == nil ? nil : records.compactMap { $0?.patientID })
    let thresholds: Thresholds = fitted.map {
      .perClass(f1Thresholds($0), note: "highest F1 on the validation predictions; the highest such threshold where several tie")
    } ?? .half
    return Evaluated(
      predictions: table.predictions, ids: table.records, patients: patients, records: records, thresholds: thresholds, validation: fitted,
      testSet: TestSet(table, name: (source.path as NSString).lastPathComponent),
      shared: Set(validationTable?.records ?? []).intersection(table.records).count)
  }
}

extension TestSet {
  /// Records and their labels, whoever predicted them.
  init(_ table: PredictionTable, name file: String) {
    let rows = table.records.indices.map { row in
      "\(table.records[row]) " + table.predictions.labels.map { $0[row] ? "1" : "0" }.joined()
    }
    let text = table.predictions.names.joined(separator: ",") + "\n" + rows.sorted().joined(separator: "\n")
    self.init(name: "\(table.records.count) records of \(file)", digest: Digest(of: text))
  }
}

extension OpenedDataset {
  /// All records of the test folds, whether they have a label of the set or not: label sets share it.
  var testSet: TestSet {
    let tested = database.records.filter { folds[.test].contains($0.fold) }
    let origin = isSynthetic ? digest.hex : name
    let ids = tested.map { $0.ecgID }.sorted().map(String.init)
    return TestSet(
      name: "\(name), fold \(folds[.test].sorted().map(String.init).joined(separator: ", "))",
      digest: Digest(of: origin + "\n" + ids.joined(separator: "\n")))
  }
}

extension TextTable {
  /// Reads a CSV file, of predictions or of what goes with them.
  public init(file path: String) throws {
    do {
      let csv = try CSV(parsing: readFile(path))
      self.init(path: path, columns: csv.columns, rows: csv.rows, lines: csv.lines)
    } catch let error as CSVError { throw PredictionFileError(path: path, problem: error.description) }
  }
}

/// Predictions whose probabilities were calibrated, and how well they do then.
struct Calibrated {
  let calibration: Calibration
  let predictions: Predictions
  let evaluation: Evaluation

  /// Nil where there is nothing to fit to, or no method.
  init?(_ predictions: Predictions, fittedTo validation: Predictions?, by method: Calibration.Method?, thresholds: Thresholds) throws {
    guard let validation, let method else { return nil }
    calibration = try Calibration(fitting: validation, method)
    self.predictions = try calibration(predictions)
    evaluation = try Scoring.evaluate(self.predictions, thresholds: thresholds)
  }
}

extension Calibration.Method {
  /// Its source in the library.
  var citation: String {
    switch self {
    case .temperature, .sharedTemperature: "guo2017"
    case .platt: "platt1999"
    case .isotonic: "zadrozny2002"
    }
  }
}

/// How the records of a data set can be divided.
enum RecordGrouping: String, CaseIterable, Sendable {
  case sex, age, device, site, noise, validated

  func grouping(_ records: [ECGRecord?]) -> Grouping {
    Grouping(name: title, membership: records.map { $0.flatMap(level) })
  }

  private var title: String {
    switch self {
    case .sex: "Sex"
    case .age: "Age"
    case .device: "Device"
    case .site: "Site"
    case .noise: "Noise"
    case .validated: "Validated by a human"
    }
  }

  private func level(of record: ECGRecord) -> String? {
    switch self {
    case .sex: record.sex.map { $0 == .female ? "women" : "men" }
    case .age:
      switch record.age {
      case nil: record.ageOver89 ? "80 and older" : nil
      case .some(..<40): "0 to 39"
      case .some(40..<60): "40 to 59"
      case .some(60..<80): "60 to 79"
      case .some: "80 and older"
      }
    case .device: record.device?.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    case .site: record.site.map { "site \($0)" }
    case .noise:
      [record.baselineDrift, record.staticNoise, record.burstNoise, record.electrodesProblems]
        .contains { $0?.trimmingCharacters(in: .whitespaces).isEmpty == false } ? "noise noted" : "no noise noted"
    case .validated: record.validatedByHuman.map { $0 ? "yes" : "no" }
    }
  }
}
