import Book
import Files
import Foundation
import Learning
import PTBXL
import Synthesis
import WFDB

/// `dataset`: PTB-XL's tables, folds and labels; synthetic ECGs where the data are not there.
struct DatasetCell: Cell {
  static let kind = "dataset"
  static let summary = "Reads PTB-XL (or synthesizes a stand-in): records, patients, folds, labels."
  static let version = "1." + ptbxlVersion + "." + synthesisVersion

  let path: String
  let labelSet: LabelSet
  let rate: Rate
  let folds: Folds
  let likelihood: Double?
  let examples: [String]
  let syntheticRecords, syntheticSeed: Int

  init(_ options: inout Options) {
    path = options.takePath("data")
    labelSet = options.takeChoice("labels", default: .superclass)
    rate = options.takeChoice("rate", default: "100", of: Rate.allCases.map { "\($0.rawValue)" }) == "500" ? .hz500 : .hz100
    let text = options.take("folds", default: Folds.standard.description)
    do { folds = try Folds(parsing: text) } catch {
      folds = .standard
      options.fail("folds", "\(error)", help: "write training/validation/test, such as 1-8/9/10")
    }
    likelihood = options.takeIfPresent("likelihood", in: 0...100)
    examples = options.take("examples", default: [])
    syntheticRecords = options.take("synthetic-records", default: 600, in: 60...100_000)
    syntheticSeed = options.take("synthetic-seed", default: 1, in: 0...Int(Int32.max))
  }

  var valuePaths: [String] {
    [
      "name", "version", "doi", "synthetic", "records", "patients", "rate", "leads", "labels", "labelset", "folds", "seconds",
      "missing", "statements", "age.median", "age.min", "age.max", "age.over89", "age.unknown", "women", "men",
      "unlabelled", "seed",
    ]
      + Part.allCases.flatMap { split in ["records", "patients", "folds"].map { "\(split.rawValue).\($0)" } }
      + ["label.*.records", "label.*.meaning"]
  }

  /// Whether the folder that the report names holds the tables; if not, the cell makes its own records.
  private func hasData(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/ptbxl_database.csv")
  }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    let folder = context.resolve(path)
    guard hasData(folder) else { return [] }
    var inputs: [InputDigest] = []
    for name in ["ptbxl_database.csv", "scp_statements.csv"] {
      inputs.append(InputDigest(name: name, digest: try context.digests.digest(ofFile: folder + "/" + name)))
    }
    let signals = "records\(rate.rawValue)"
    if FileManager.default.isFolder(folder + "/" + signals) {
      inputs.append(InputDigest(name: signals + "/", digest: try context.digests.digest(ofFolder: folder + "/" + signals)))
    }
    return inputs
  }

  func run(_ context: RunContext) async throws -> Output {
    let isSynthetic = !hasData(context.resolve(path))
    if isSynthetic {
      context.progress("no PTB-XL at \(path): synthesizing \(syntheticRecords) ECGs")
      try await synthesize(
        into: context.folder + "/" + Self.syntheticFolder, records: syntheticRecords, seed: UInt64(syntheticSeed))
    }
    let opened = try open(reportFolder: context.reportFolder, folder: context.folder, digest: nil)
    return try await describe(opened)
  }

  private static let syntheticFolder = "synthetic"

  // MARK: For the cells that need the data

  /// The data set behind a reference, with its records and signals.
  static func opened(_ reference: Reference, in context: RunContext) throws -> OpenedDataset {
    let needed = try context.cell(reference)
    guard let cell = needed.cell as? DatasetCell else { throw CellError("'\(reference.id)' is not a dataset") }
    return try cell.open(reportFolder: context.reportFolder, folder: needed.folder, digest: needed.key)
  }

  private func open(reportFolder: String, folder: String, digest: Digest?) throws -> OpenedDataset {
    let given = path.hasPrefix("/") ? path : reportFolder + "/" + path
    let own = folder + "/" + Self.syntheticFolder
    let database = try Database(folder: hasData(given) ? given : own)
    _ = try database.split(folds)  // every fold is there, and no patient in two
    return OpenedDataset(
      database: database, labelSet: labelSet, folds: folds, rate: rate, likelihood: likelihood,
      digest: digest ?? Digest(of: ""))
  }

  // MARK: What a reader sees of it

  private func describe(_ data: OpenedDataset) async throws -> Output {
    let database = data.database
    let labelled = data.labelled
    let records = labelled.records
    let classes = labelled.labels
    var values: [String: Value] = [
      "name": .text(data.name), "version": .text(database.version.number ?? "unknown"), "synthetic": .boolean(data.isSynthetic),
      "records": .integer(database.records.count), "patients": .integer(Set(database.records.map(\.patientID)).count),
      "rate": .integer(rate.rawValue), "leads": .integer(ECGRecord.leadNames.count), "seconds": .integer(10),
      "labels": .integer(classes.count), "labelset": .text(labelSet.rawValue), "folds": .text(folds.description),
      "missing": .integer(database.missingFiles(rate)), "statements": .integer(database.statements.count),
      "unlabelled": .integer(database.records.count - records.count),
      "seed": data.isSynthetic ? .integer(syntheticSeed) : .undefined("the records are real"),
    ]
    values["doi"] = database.citations.first?.doi.map(Value.text) ?? .undefined("synthetic records have none")
    for split in Part.allCases {
      let part = records.filter { folds[split].contains($0.fold) }
      values[split.rawValue] = .object([
        "records": .integer(part.count), "patients": .integer(Set(part.map(\.patientID)).count),
        "folds": .text(folds.text(of: split)),
      ])
    }
    let ages = database.records.compactMap(\.age).sorted()
    let noAge = "no record has an age"
    values["age"] = .object([
      "median": ages.isEmpty ? .undefined(noAge) : .integer(ages[ages.count / 2]),
      "min": ages.first.map(Value.integer) ?? .undefined(noAge), "max": ages.last.map(Value.integer) ?? .undefined(noAge),
      "over89": .integer(database.records.count(where: \.ageOver89)),
      "unknown": .integer(database.records.count { $0.age == nil && !$0.ageOver89 }),
    ])
    values["women"] = .integer(database.records.count { $0.sex == .female })
    values["men"] = .integer(database.records.count { $0.sex == .male })
    var labels: [String: Value] = [:]
    for (j, name) in classes.enumerated() {
      labels[name] = .object([
        "records": .integer(labelled.positives[j]), "meaning": .text(labelSet.meaning(of: name, in: database)),
      ])
    }
    values["label"] = .object(labels)

    var frames = [
      "labels": labelFrame(data), "folds": foldFrame(data), "label-folds": labelFoldFrame(data), "ages": ageFrame(database),
      "sexes": countFrame("sex", "Sex", database.records.map { $0.sex.map { $0 == .female ? "women" : "men" } ?? "unknown" }),
      "devices": countFrame("device", "Device", database.records.map { $0.device?.trimmingCharacters(in: .whitespaces) ?? "unknown" }),
      "co-occurrence": coOccurrenceFrame(data),
    ]
    for label in examples {
      guard let j = classes.firstIndex(of: label) else {
        throw CellError("no label '\(label)' in the set \(labelSet.rawValue); it has \(classes.joined(separator: ", "))")
      }
      // A record with this label alone shows it best; where there is none, the first that has it.
      let rows = data.rows
      let index = rows.firstIndex { $0[j] && $0.count(where: \.self) == 1 } ?? rows.firstIndex { $0[j] }
      guard let index else { continue }
      frames["ecg-\(label)"] = ECGFrame.make(try data.record(records[index]))
    }
    return Output(
      values: .object(values), frames: frames,
      citations: data.isSynthetic ? ["mcsharry2003"] : database.citations.map { $0.libraryKey(database.version) },
      banners: data.isSynthetic
        ? ["Synthetic data: all records were computed, none is of a person. No number here says anything of patients."] : [])
  }

  private func labelFrame(_ data: OpenedDataset) -> Frame {
    let labelled = data.labelled
    let classes = labelled.labels
    func counts(_ keep: (ECGRecord) -> Bool) -> [Value] {
      let kept = zip(labelled.records, data.rows).filter { keep($0.0) }.map(\.1)
      return classes.indices.map { j in .integer(kept.count { $0[j] }) }
    }
    let total = Double(max(1, labelled.records.count))
    return Frame([
      .init("label", title: "Label", classes.map(Value.text)),
      .init("meaning", title: "Meaning", classes.map { .text(labelSet.meaning(of: $0, in: data.database)) }),
      .init("records", title: "Records", format: "integer", counts { _ in true }),
      .init(
        "share", title: "Share", format: "percent1",
        classes.indices.map { j in .number(Double(labelled.positives[j]) / total) }),
      .init("training", title: "Training", format: "integer", counts { folds[.training].contains($0.fold) }),
      .init("validation", title: "Validation", format: "integer", counts { folds[.validation].contains($0.fold) }),
      .init("test", title: "Test", format: "integer", counts { folds[.test].contains($0.fold) }),
    ])
  }

  private func foldFrame(_ data: OpenedDataset) -> Frame {
    let all = data.database.records
    let numbers = Set(all.map(\.fold)).sorted()
    return Frame([
      .init("fold", title: "Fold", format: "integer", numbers.map(Value.integer)),
      .init(
        "use", title: "Use",
        numbers.map { fold in .text(Part.allCases.first { folds[$0].contains(fold) }?.rawValue ?? "not used") }),
      .init("records", title: "Records", format: "integer", numbers.map { fold in .integer(all.count { $0.fold == fold }) }),
      .init(
        "patients", title: "Patients", format: "integer",
        numbers.map { fold in .integer(Set(all.filter { $0.fold == fold }.map(\.patientID)).count) }),
      .init(
        "labelled", title: "With a label", format: "integer",
        numbers.map { fold in .integer(data.labelled.records.count { $0.fold == fold }) }),
    ])
  }

  private func labelFoldFrame(_ data: OpenedDataset) -> Frame {
    let numbers = Set(data.database.records.map(\.fold)).sorted()
    let labelled = data.labelled
    return Frame(
      [.init("label", title: "Label", labelled.labels.map(Value.text))]
        + numbers.map { fold in
          let rows = zip(labelled.records, data.rows).filter { $0.0.fold == fold }.map(\.1)
          return .init(
            "fold\(fold)", title: "Fold \(fold)", format: "integer",
            labelled.labels.indices.map { j in .integer(rows.count { $0[j] }) })
        })
  }

  private func ageFrame(_ database: Database) -> Frame {
    let starts = Array(stride(from: 0, to: 90, by: 5))
    func counts(_ sex: ECGRecord.Sex) -> [Value] {
      starts.map { start in .integer(database.records.count { $0.sex == sex && ($0.age.map { $0 >= start && $0 < start + 5 } ?? false) }) }
    }
    return Frame([
      .init("age", title: "Age from", unit: "years", format: "integer", starts.map(Value.integer)),
      .init("women", title: "Women", format: "integer", counts(.female)),
      .init("men", title: "Men", format: "integer", counts(.male)),
    ])
  }

  private func countFrame(_ name: String, _ title: String, _ items: [String]) -> Frame {
    let counts = Dictionary(items.map { ($0, 1) }, uniquingKeysWith: +).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    return Frame([
      .init(name, title: title, counts.map { .text($0.key) }),
      .init("records", title: "Records", format: "integer", counts.map { .integer($0.value) }),
    ])
  }

  private func coOccurrenceFrame(_ data: OpenedDataset) -> Frame {
    let labelled = data.labelled
    return Frame(
      [.init("label", title: "Label", labelled.labels.map(Value.text))]
        + labelled.labels.enumerated().map { j, name in
          .init(
            name, title: name, format: "integer",
            labelled.labels.indices.map { i in .integer(data.rows.count { $0[i] && $0[j] }) })
        })
  }
}

/// The three parts of a data set.
enum Part: String, CaseIterable, Sendable {
  case training, validation, test
  var index: Int { Part.allCases.firstIndex(of: self) ?? 0 }
}

extension LabelSet {
  /// What a label means: of a statement its description, of a class the statements in it.
  func meaning(of label: String, in database: Database) -> String {
    if let statement = database.statements.first(where: { $0.code == label }), self != .superclass, self != .subclass {
      return statement.description
    }
    if let name = Self.superclassNames[label], self == .superclass { return name }
    return database.statements.filter { self.label(of: $0) == label }.map(\.code).joined(separator: ", ")
  }

  private static let superclassNames = [
    "NORM": "normal ECG", "MI": "myocardial infarction", "STTC": "ST/T change", "CD": "conduction disturbance",
    "HYP": "hypertrophy",
  ]
}

extension Folds {
  subscript(split: Part) -> [Int] {
    switch split {
    case .training: training
    case .validation: validation
    case .test: test
    }
  }

  /// "1–7".
  func text(of part: Part) -> String { (description.split(separator: "/").dropFirst(part.index).first.map(String.init) ?? "").replacing("-", with: "–") }
}

/// A data set that a cell works on: tables in memory, signals read on demand.
struct OpenedDataset: Sendable {
  let database: Database
  let labelSet: LabelSet
  let folds: Folds
  let rate: Rate
  let likelihood: Double?
  let digest: Digest
  /// The records that take part, with their labels.
  let labelled: LabelMatrix
  /// Their labels, `[record][label]`.
  let rows: [[Bool]]

  init(
    database: Database, labelSet: LabelSet, folds: Folds, rate: Rate, likelihood: Double?, digest: Digest
  ) {
    (self.database, self.labelSet, self.folds, self.rate, self.digest) = (database, labelSet, folds, rate, digest)
    self.likelihood = likelihood
    let labelled = database.labelMatrix(labelSet, likelihood: likelihood)
    self.labelled = labelled
    rows = labelled.records.indices.map { Array(labelled.row($0)) }
  }

  var isSynthetic: Bool { database.isSynthetic }
  var name: String { isSynthetic ? "synthetic ECGs" : database.version.number.map { "PTB-XL \($0)" } ?? "PTB-XL (version unknown)" }

  /// Records, labels and signals of each part; the signals are loaded at once, in parallel.
  func examples(_ splits: [Part]) async throws -> [Examples] {
    let parts = splits.map { split in labelled.records.indices.filter { folds[split].contains(labelled.records[$0].fold) } }
    let signals = try await database.loadSignals(parts.flatMap { $0 }.map { labelled.records[$0] }, rate: rate)
    var first = 0
    return parts.map { part in
      defer { first += part.count }
      return Examples(
        signals: signals, rows: Array(first..<(first + part.count)), records: part.map { labelled.records[$0] },
        labels: part.map { rows[$0] }, classes: labelled.labels)
    }
  }

  /// Those of the records that take part in another label set: their places, and the records with their labels in it.
  func part(of examples: Examples, in set: LabelSet) -> (places: [Int], examples: Examples) {
    let matrix = database.labelMatrix(set, records: examples.records, likelihood: likelihood)
    let place = Dictionary(examples.records.enumerated().map { ($1.ecgID, $0) }, uniquingKeysWith: { first, _ in first })
    let places = matrix.records.compactMap { place[$0.ecgID] }
    return (
      places,
      Examples(
        signals: examples.signals, rows: places.map { examples.rows[$0] }, records: matrix.records,
        labels: matrix.records.indices.map { Array(matrix.row($0)) }, classes: matrix.labels)
    )
  }

  /// The labels of the same records in another set, `[record][label]`; none for a record that takes no part in it.
  func labels(of examples: Examples, in set: LabelSet) -> [[Bool]] {
    let (places, part) = part(of: examples, in: set)
    var labels = [[Bool]](repeating: [Bool](repeating: false, count: part.classes.count), count: examples.count)
    for (place, row) in zip(places, part.labels) { labels[place] = row }
    return labels
  }

  func record(_ record: ECGRecord) throws -> Record { try Record(path: database.folder + "/" + record.fileName(rate)) }
}

/// An ECG as a frame: a column of seconds, then one for each lead in millivolts; missing samples are undefined.
enum ECGFrame {
  static func make(_ record: Record) -> Frame {
    let rate = record.samplingFrequency
    return Frame(
      [.init("time", title: "Time", unit: "s", (0..<record.sampleCount).map { .number(Double($0) / rate) })]
        + record.leads.map { lead in
          .init(
            lead.name, title: lead.name, unit: lead.units,
            lead.samples.map { $0.isNaN ? .undefined("missing") : .number(($0 * 1e4).rounded() / 1e4) })
        })
  }
}
