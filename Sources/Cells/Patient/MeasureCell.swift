import Book
import Files
import Formats
import Interpretation
import Measurement
import WFDB

/// `measure`: a recording with its beats, intervals, axes, amplitudes and signal quality. What may be concluded from it, and
/// who confirmed the reading, is said here, once for all cells of a patient's report.
struct MeasureCell: Cell {
  static let kind = "measure"
  static let summary = "Reads a recording and measures it: beats, intervals, axes, amplitudes, signal quality."
  static let version = "1." + measurementVersion + "." + interpretationVersion

  let record: String
  let language: String
  let isAnonymous: Bool
  let age: Double?
  let sex: Subject.Sex?
  let confirmation: Confirmation?

  init(_ options: inout Options) {
    record = options.takePath("record")
    language = options.reportLanguage()
    isAnonymous = options.take("anonymous", default: false)
    let years: Double = options.take("age", default: -1, in: -1...120)
    age = years < 0 ? nil : years
    sex = Subject.Sex(rawValue: options.takeChoice("sex", default: "header", of: ["header"] + Subject.Sex.allCases.map(\.rawValue)))
    confirmation = Confirmation(&options)
  }

  /// A patient's waveform and identity stay out of the cache.
  var mayBeKept: Bool { false }
  var valuePaths: [String] {
    ["record", "start", "recorded", "person", "seconds", "samplingrate", "bandend", "leads", "derived", "missing", "age", "sex", "notes", "filter", "recorder", "confirmation", "physician",
      "isconfirmed", "rate", "rr", "p", "pr", "qrs", "qt", "qtc.bazett", "qtc.fridericia", "qtc.framingham", "qtc.hodges", "axes.p",
      "axes.qrs", "axes.t", "axes.words", "rhythm", "beats", "premature.supraventricular", "premature.ventricular", "sdnn", "rmssd", "headline", "standing", "statements", "cautions", "caution", "hours.start", "hours.worst", "hours.rule", "hours.beats", "hours.ventricular", "hours.episodes",
      "warnings", "quality.verdict", "quality.words", "quality.rule", "quality.abstains", "limits.source"]
  }

  func inputs(_ context: PlanContext) async throws -> [InputDigest] {
    try context.digests(ofRecording: context.resolve(record), language: language)
  }

  func run(_ context: RunContext) async throws -> Output {
    let statements = try Statements(language: language)
    let file = try ECGFile(path: context.resolve(record))
    let patient = try PatientRecording(file.stream, progress: context.progress)
    let all = file.stored ?? StoredRecording(patient.record)
    let stored = isAnonymous ? all.anonymous().recording : all
    let subject = Subject(age: age ?? stored.patient.age, sex: sex ?? stored.patient.sex)
    let measurement = try ECGMeasurement(of: patient.record)
    let quality = SignalQuality(of: patient.record, beats: measurement.beats.map(\.sample))
    let likeness = TrainingLikeness(of: patient.record, beats: measurement.beats.map(\.sample))
    var page = MeasurementPage(
      patient: patient, subject: subject, measurement: measurement, quality: quality, likeness: likeness, statements: statements,
      isAnonymous: isAnonymous, stored: stored)
    page.confirmation = confirmation
    page.disclosure = try MeasurementPage.disclosure(file.stream, patient, statements)
    var values = page.values
    values["statements"] = Value.list((confirmation?.statements ?? []).map(Value.text))
    let standing = confirmation?.words(statements) ?? statements.word(.pageUnconfirmed)
    values["confirmation"] = Value.text(standing)
    values["isconfirmed"] = Value.boolean(confirmation != nil)
    values["physician"] = Value.text(
      confirmation.map { $0.statements.map { statements.list($0.map(statements.name)) } ?? statements.word(.confirmKept) }
        ?? statements.word(.confirmNotYet))
    return Output(
      values: .object(values), frames: page.frames, banners: [standing + (confirmation == nil ? ": " + statements.word(.pageReader) : "") + "."])
  }

  /// Whether a reading of the recording may be used.
  struct Judgement: Equatable {
    var abstention: [String] = []
    var cautions: [String] = []
  }

  /// The recording that was measured, of hours its worst ten seconds.
  static func recording(_ path: String, _ values: Value) throws -> Record {
    let stream = try ECGFile(path: path).stream
    guard let start = values["hours.start"]?.integer else { return try PatientRecording(stream).record }
    return try PatientRecording(stream, from: start).record
  }

  static func judgement(_ values: Value) -> Judgement {
    func list(_ path: String) -> [String] {
      guard case .list(let items)? = values[path] else { return [] }
      return items.compactMap(\.string)
    }
    return Judgement(abstention: list("quality.abstention") + list("quality.unlike"), cautions: list("cautions"))
  }
}

/// Who confirmed a reading, when, and what they changed; it stands beside the machine's reading.
struct Confirmation: Sendable, Equatable {
  var by, on: String
  /// The physician's statements, by code; nil where the machine's stand.
  var statements: [String]?

  /// Takes `confirmed-by`, `confirmed-on` and `statements`; nil without a name.
  init?(_ options: inout Options) {
    let by: String = options.take("confirmed-by", default: "")
    let on: String = options.take("confirmed-on", default: "")
    let codes: String = options.take("statements", default: "")
    if by.isEmpty != on.isEmpty {
      options.fail(by.isEmpty ? "confirmed-on" : "confirmed-by", "a confirmation has a name and a date", help: "give both 'confirmed-by' and 'confirmed-on'")
    }
    if by.isEmpty, !codes.isEmpty { options.fail("statements", "changed statements need 'confirmed-by'", help: "say who changed them") }
    guard !by.isEmpty, !on.isEmpty else { return nil }
    if CivilDate(on) == nil { options.fail("confirmed-on", "'\(on)' is no date", help: "write YYYY-MM-DD") }
    (self.by, self.on) = (by, on)
    for code in codes.split(whereSeparator: { $0 == "," || $0 == " " }) where (try? SNOMEDTable.standard())?.row(for: String(code)) == nil {
      options.fail("statements", "'\(code)' is no statement of PTB-XL", help: "give codes such as AFIB,LBBB; 'ecgbook data describe' lists them")
    }
    statements = codes.isEmpty ? nil : codes.split { $0 == "," || $0 == " " }.map(String.init)
  }

  /// As a measure cell says it; nil where it says that nobody confirmed.
  init?(of values: Value) {
    guard case .boolean(true)? = values["isconfirmed"], case .list(let codes)? = values["statements"] else { return nil }
    (by, on) = ("", "")
    statements = codes.isEmpty ? nil : codes.compactMap(\.string)
  }

  func words(_ statements: Statements) -> String {
    let day = on.split(separator: "-").map(String.init)
    return statements.word(.pageConfirmed, by, statements.word(.date, values: day))
  }

  /// What the physician states, for the first line of a page; nil where the machine's reading stands.
  func headline(_ statements: Statements) -> String? {
    self.statements.map { statements.word(.confirmHeadline, statements.list($0.map(statements.sentence))) }
  }

  /// Whose reading the first line is, and what the machine read where that is another's.
  func standing(_ machine: String, _ statements: Statements) -> String {
    self.statements == nil ? statements.word(.confirmStandingKept) : statements.word(.confirmStandingChanged, machine)
  }
}

extension PlanContext {
  /// The files of a patient's recording, by role and not by name: a file may be called like its patient.
  func digests(ofRecording path: String, language: String) throws -> [InputDigest] {
    let statements = try Statements(language: language)
    return try ECGFile.files(path: path).enumerated().map { index, file in
      let role: Statements.Word = file.hasSuffix(".hea") ? .fileHeader : .fileSignals
      return InputDigest(name: statements.word(role, "\(index + 1)"), digest: try digests.digest(ofPrivateFile: file))
    }
  }
}
