import Book
import Formats
import Interpretation
import Learning
import Measurement
import WFDB

import class Foundation.FileManager
import struct Foundation.ObjCBool

/// `serial`: earlier recordings of the patient beside this one: intervals, axes, ST levels, probabilities.
struct SerialCell: Cell {
  static let kind = "serial"
  static let summary = "Compares a recording with earlier ones of the patient: intervals, axes, ST levels, probabilities."
  static let version = "1." + measurementVersion + "." + learningVersion

  let current: Reference
  /// Of the recording by a network; nil compares what was measured.
  let reading: Reference?
  let model: Reference?
  let previous: String
  let language: String

  init(_ options: inout Options) {
    current = options.takeReference("of", kinds: [MeasureCell.kind])
    reading = options.takeReferenceIfPresent("reading", kinds: [InferCell.kind])
    model = options.takeReferenceIfPresent("model", kinds: NetworkCells.kinds + [ModelCell.kind])
    previous = options.takePath("previous")
    language = options.reportLanguage()
  }

  var mayBeKept: Bool { false }
  var needs: [Reference] { [current] + [reading, model].compactMap(\.self) }
  var valuePaths: [String] { ["recordings", "since", "caution", "new", "gone"] }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    let statements = try Statements(language: language)
    return try records(context.resolve(previous)).enumerated().flatMap { index, path in
      try context.digests(ofRecording: path, language: language).map {
        InputDigest(name: statements.word(.fileEarlier, "\(index + 1)", $0.name), digest: $0.digest)
      }
    }
  }

  /// The record, or all of a folder in order of their names.
  private func records(_ path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).filter { name in
      ECGFile.extensions.contains { name.lowercased().hasSuffix("." + $0) }
    }.sorted()
    guard !names.isEmpty else {
      throw CellError("the folder \(path) has no recording; expected files that end in .\(ECGFile.extensions.joined(separator: ", ."))")
    }
    return names.map { path + "/" + $0 }
  }

  func run(_ context: RunContext) async throws -> Output {
    let statements = try Statements(language: language)
    let earlier = try records(context.resolve(previous)).map { try Earlier($0) }.sorted { $0.time < $1.time }
    guard let last = earlier.last else { throw CellError("no earlier recording") }
    let now = try context.cell(current).output
    let isAnonymous = (try context.cell(current).cell as? MeasureCell)?.isAnonymous ?? true
    var changes = Changes()
    for (word, path, unit, places, value) in Earlier.quantities(last.measurement) {
      changes.add(statements.word(word), unit, value.value, now.values[path]?.double, places: places)
    }
    if let levels = now.frames["amplitudes"] {
      let current = Dictionary(zip(levels.strings("lead"), levels.doubles("st60"))) { first, _ in first }
      for lead in last.measurement.amplitudes { changes.add("ST " + lead.lead, "mV", lead.st60.value, current[lead.lead] ?? nil, places: 2) }
    }
    let (labels, found, before) = try probabilities(last, context, statements)
    return Output(
      values: .object([
        "recordings": .integer(earlier.count), "since": .text((isAnonymous ? nil : last.date) ?? statements.word(.unknown)),
        "caution": .text(try doubts(last, context, statements).joined(separator: " ")),
        "new": .text(statements.list(found.subtracting(before).sorted().map(statements.name))),
        "gone": .text(statements.list(before.subtracting(found).sorted().map(statements.name))),
      ]),
      frames: ["changes": changes.frame(statements), "probabilities": labels, "earlier": table(earlier, isAnonymous, statements)])
  }

  /// Why the two may not be an earlier and a later recording of one patient: a sentence each.
  private func doubts(_ last: Earlier, _ context: RunContext, _ statements: Statements) throws -> [String] {
    guard let measured = try context.cell(current).cell as? MeasureCell else { return [] }
    let file = try ECGFile(path: context.resolve(measured.record))
    let now = try file.stored ?? StoredRecording(file.stream.record(0..<min(1, file.stream.sampleCount)))
    func differ<Value: Equatable>(_ one: Value?, _ other: Value?) -> Bool {
      guard let one, let other else { return false }
      return one != other
    }
    var doubts: [String] = []
    let (one, other) = (now.patient, last.stored.patient)
    if differ(one.id, other.id) || differ(one.sex, other.sex) || (one.birth.year != nil && other.birth.year != nil && one.birth != other.birth) {
      doubts.append(statements.word(.serialPatient))
    }
    let time = Earlier.time(of: now.start)
    if !time.isEmpty, !last.time.isEmpty, time <= last.time { doubts.append(statements.word(.serialOrder)) }
    return doubts
  }

  /// Probabilities then and now, and which labels were and are found.
  private func probabilities(
    _ last: Earlier, _ context: RunContext, _ statements: Statements
  ) throws -> (Frame, found: Set<String>, before: Set<String>) {
    guard let reading, let model else { return (.none(because: statements.word(.pageModelNone)), [], []) }
    let findings = try context.cell(reading).output.frames["findings"]
    let labels = findings?.strings("label") ?? []
    guard try context.cell(model).output.values["name"]?.string != nil, !labels.isEmpty else {
      return (.none(because: statements.word(.pageModelNone)), [], [])
    }
    let network = try Model(folder: try context.cell(model).folder + "/" + NetworkCells.folder)
    let prepared = try Recording(last.patient.record, leads: network.description.leads, samplingRate: network.description.samplingRate)
    let then = Dictionary(try network.predict(prepared).labels.map { ($0.name, $0) }) { first, _ in first }
    let (now, thresholds) = (findings?.doubles("probability") ?? [], findings?.doubles("threshold") ?? [])
    let frame = Frame([
      .init("label", title: statements.word(.findingDiagnosis), labels.map { .text(statements.name(of: $0)) }),
      .init("previous", title: statements.word(.columnEarlier), format: "3", labels.map { then[$0].map { .number($0.maximum) } ?? .undefined(statements.word(.reasonAsked)) }),
      .init("now", title: statements.word(.columnNow), format: "3", labels.indices.map { (now[at: $0] ?? nil).map(Value.number) ?? .undefined(statements.word(.reasonAsked)) }),
      .init("threshold", title: statements.word(.findingThreshold), format: "3", labels.indices.map { (thresholds[at: $0] ?? nil).map(Value.number) ?? .undefined(statements.word(.findingThresholdNone)) }),
    ])
    let found = labels.indices.filter { i in (thresholds[at: i] ?? nil).map { (now[at: i] ?? nil) ?? 0 >= $0 } ?? false }.map { labels[$0] }
    let before = labels.indices.filter { i in (thresholds[at: i] ?? nil).map { (then[labels[i]]?.maximum ?? 0) >= $0 } ?? false }.map { labels[$0] }
    return (frame, Set(found), Set(before))
  }

  /// A row for each earlier recording, the oldest first.
  private func table(_ earlier: [Earlier], _ isAnonymous: Bool, _ statements: Statements) -> Frame {
    var columns: [Frame.Column] = [
      .init("date", title: statements.word(.recordingDate), earlier.enumerated().map { .text((isAnonymous ? "\($0.offset + 1)" : $0.element.date) ?? statements.word(.unknown)) })
    ]
    for (index, quantity) in Earlier.quantities(earlier[0].measurement).enumerated() {
      let values = earlier.map { Earlier.quantities($0.measurement)[index].value }
      columns.append(
        .init(quantity.path.replacing(".", with: "_"), title: statements.word(quantity.word), unit: quantity.unit, format: "\(quantity.places)", values.map {
          $0.value.map(Value.number) ?? .undefined(statements.translated($0.reason ?? ""))
        }))
    }
    return Frame(columns)
  }
}

/// An earlier recording of the patient.
private struct Earlier {
  var patient: PatientRecording
  var measurement: ECGMeasurement
  /// As its header says; nil where it says none.
  var date: String?
  /// What stands beside its leads.
  var stored: StoredRecording
  /// Orders recordings: year, month, day, time of day; one without a date comes first.
  var time: String

  init(_ path: String) throws {
    let file = try ECGFile(path: path)
    patient = try PatientRecording(file.stream)
    stored = file.stored ?? StoredRecording(patient.record)
    measurement = try ECGMeasurement(of: patient.record)
    let start = patient.record.header.start
    date = start.year.map { year in [String(year)] + [start.month, start.day].compactMap { $0 }.map { Self.two($0) } }?.joined(separator: "-")
    time = Self.time(of: start)
  }

  /// In an order of time, as text; empty without a year.
  static func time(of start: Header.Start) -> String {
    guard let year = start.year else { return "" }
    return ([String(year)] + [start.month, start.day, start.hour, start.minute].map(two)).joined(separator: " ")
  }

  private static func two(_ x: Int?) -> String { zeroPadded(x ?? 0, to: 2) }

  typealias Quantity = (word: Statements.Word, path: String, unit: String, places: Int, value: Measured)

  static func quantities(_ m: ECGMeasurement) -> [Quantity] {
    [
      (.measureRate, "rate", "/min", 0, m.rate), (.measurePr, "pr", "ms", 0, m.pr), (.measureQrs, "qrs", "ms", 0, m.qrs),
      (.measureQt, "qt", "ms", 0, m.qt), (.measureQtcFridericia, "qtc.fridericia", "ms", 0, m.qtc.fridericia),
      (.measureAxisP, "axes.p", "°", 0, m.axes.p), (.measureAxisQrs, "axes.qrs", "°", 0, m.axes.qrs),
      (.measureAxisT, "axes.t", "°", 0, m.axes.t),
    ]
  }
}

/// The rows of a comparison.
private struct Changes {
  private struct Row {
    var name, unit: String
    var previous, now: Double?
    var places: Int
    /// Angles differ the shorter way round.
    var change: Double? {
      guard let previous, let now else { return nil }
      return unit == "°" ? (now - previous).remainder(dividingBy: 360) : now - previous
    }
  }
  private var rows: [Row] = []

  mutating func add(_ name: String, _ unit: String, _ previous: Double?, _ now: Double?, places: Int) {
    rows.append(Row(name: name, unit: unit, previous: previous, now: now, places: places))
  }

  func frame(_ statements: Statements) -> Frame {
    func value(_ x: Double?) -> Value { x.map(Value.number) ?? .undefined(statements.word(.reasonMeasured)) }
    return Frame([
      .init("measure", title: statements.word(.sectionMeasurements), rows.map { .text($0.name) }),
      .init("previous", title: statements.word(.columnEarlier), format: "2", rows.map { value($0.previous) }),
      .init("now", title: statements.word(.columnNow), format: "2", rows.map { value($0.now) }),
      .init("change", title: statements.word(.change), format: "2", rows.map { value($0.change) }),
      .init("unit", title: statements.word(.measureUnit), rows.map { .text($0.unit) }),
      .init("places", title: statements.word(.columnPlaces), format: "integer", rows.map { .integer($0.places) }),
    ])
  }
}
