import Book
import Figures
import Formats
import Foundation
import Interpretation
import Measurement
import WFDB

/// What is known of a recording without any network, as the values and frames of a report.
struct MeasurementPage {
  let patient: PatientRecording
  let subject: Subject
  let measurement: ECGMeasurement
  let quality: SignalQuality
  let likeness: TrainingLikeness
  let statements: Statements
  let isAnonymous: Bool
  /// What stands beside the leads.
  let stored: StoredRecording
  var confirmation: Confirmation?
  /// Minutes around the worst of a recording of hours, each a line of one lead.
  var disclosure: Frame?
  private var recording: Record { patient.record }

  // MARK: Values

  var values: [String: Value] {
    let rate = recording.samplingFrequency, m = measurement
    func words(_ items: [String]) -> Value { .text(statements.list(items.map(phrase))) }
    let verdict = quality.verdict
    return [
      "record": .text(isAnonymous ? statements.word(.pageAnonymousName) : recording.name),
      "start": start.map(Value.text) ?? .undefined(statements.word(.unknown)),
      "recorded": .text(start ?? statements.word(.unknown)), "person": .text(person),
      "seconds": .number(patient.seconds), "samplingrate": .number(rate), "bandend": .number(rate / 2),
      "leads": words(recording.leads.map(\.name)), "derived": words(patient.derived.keys.sorted()),
      "missing": words(patient.missing.map(\.lead)),
      "age": subject.age.map(Value.number) ?? .undefined(statements.word(.unknown)),
      "sex": .text(statements.word(subject.sex.map { $0 == .female ? .patientSexFemale : .patientSexMale } ?? .unknown)),
      "filter": .text(filter), "recorder": .text(recorder), "notes": words(patient.notes + (isAnonymous ? [] : recording.warnings.map(\.description))),
      "rate": value(m.rate), "rr": value(m.rr), "p": value(m.p), "pr": value(m.pr), "qrs": value(m.qrs), "qt": value(m.qt),
      "qtc": .object([
        "bazett": value(m.qtc.bazett), "fridericia": value(m.qtc.fridericia), "framingham": value(m.qtc.framingham),
        "hodges": value(m.qtc.hodges),
      ]),
      "axes": .object([
        "p": value(m.axes.p), "qrs": value(m.axes.qrs), "t": value(m.axes.t),
        "words": m.axes.qrs.value.map { .text(statements.axis($0)) } ?? value(m.axes.qrs),
      ]),
      "rhythm": .text(rhythm), "beats": .integer(m.beats.count),
      "premature": .object([
        "supraventricular": .integer(m.rhythm.prematureSupraventricular), "ventricular": .integer(m.rhythm.prematureVentricular),
      ]),
      "headline": .text(headline), "hours": hours, "sdnn": value(m.rhythm.sdnn), "rmssd": value(m.rhythm.rmssd), "warnings": words(m.warnings),
      "cautions": .list(cautions.map(Value.text)),
      "caution": .text(cautions.isEmpty ? statements.word(.listNone) : cautions.joined(separator: "; ")),
      "standing": .text(confirmation?.standing(machine, statements) ?? statements.word(.confirmStandingNone)),
      "quality": .object([
        "verdict": .text(verdictWord), "words": .text(disturbances.isEmpty ? statements.word(.qualityClean) : statements.list(disturbances)),
        "unlike": .list(likeness.isUnlike ? [.text(statements.word(.abstainUnlikeHow, statements.list(likeness.reasons.map(phrase))))] : []),
        "rule": .text(statements.translated(quality.rule.text)), "abstains": .boolean(verdict.abstains),
        "abstention": .list(verdict.abstains ? verdict.reasons.map { .text(phrase($0)) } : []),
      ]),
      "limits": .object(["source": .text(limitSources)]),
    ]
  }

  /// What to bear in mind with whatever is read from the recording.
  private var cautions: [String] {
    ((quality.verdict.abstains ? [] : quality.verdict.reasons) + measurement.warnings).map(phrase)
      + stored.warnings.filter(\.isLoss).map(\.description)
  }

  /// What a page without a network says first: a physician's statements where there are any, else what was measured.
  private var headline: String { confirmation?.headline(statements) ?? machine }

  private var machine: String {
    if quality.verdict.abstains { return statements.word(.abstainHeadline, statements.list(quality.verdict.reasons.map(phrase))) }
    let rate = measurement.rate.value.map { statements.word(.measurePerMinute, "\(Int($0.rounded()))") }
    return ([rate].compactMap(\.self) + [rhythm]).joined(separator: statements.word(.listSeparator))
  }

  /// What was found in a recording of hours.
  private var hours: Value {
    guard let long = patient.long else { return .object(["start": .undefined(statements.word(.reasonSeconds)), "worst": .text(""), "rule": .text(""), "beats": .integer(measurement.beats.count), "ventricular": .integer(0), "episodes": .integer(0)]) }
    let worst = long.worst.map { "\(clockTime(Double($0.samples.lowerBound) / long.samplingRate)): \(phrase($0.reason))" }
    return .object([
      "start": .integer(long.worst?.samples.lowerBound ?? 0), "worst": .text(worst ?? statements.word(.absentNoBeat)), "rule": .text(statements.translated(LongRecording.Worst.rule)), "beats": .integer(long.beats.count),
      "ventricular": .integer(long.beats.count { $0.kind == .ventricular }), "episodes": .integer(long.episodes.count),
    ])
  }

  /// A sentence of another room in the page's language, to stand in a list.
  private func phrase(_ sentence: String) -> String {
    let words = statements.translated(sentence)
    return words.hasSuffix(".") ? String(words.dropLast()) : words
  }

  /// What disturbs the signal in a few words, each kind once with the leads concerned.
  private var disturbances: [String] {
    let findings = quality.findings.filter { $0.severity != .note }
    var kinds: [QualityFinding.Kind] = []
    for finding in findings where !kinds.contains(finding.kind) { kinds.append(finding.kind) }
    return kinds.compactMap { kind in
      guard let word = Statements.Word(rawValue: "quality." + kind.rawValue) else { return nil }
      let leads = findings.filter { $0.kind == kind }.compactMap(\.lead)
      let all = leads.count == quality.leads.count || leads.isEmpty
      return statements.word(word, all ? statements.word(.leadAll) : leads.joined(separator: " "))
    }
  }

  private var verdictWord: String {
    switch quality.verdict {
    case .readable: statements.word(.qualityReadable)
    case .limited: statements.word(.qualityLimited)
    case .unreadable: statements.word(.qualityUnreadable)
    }
  }

  /// Day and time as the language writes them; what is no day of the calendar stays as the file has it.
  static func words(of header: Header, _ statements: Statements) -> String? {
    let words = [statements.date(header.start) ?? header.baseDate, header.baseTime].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: " ")
  }

  /// When it was recorded; of an anonymous page nothing, since a day can name a patient.
  private var start: String? {
    guard !isAnonymous else { return nil }
    return Self.words(of: recording.header, statements)
  }

  /// Nothing is filtered here; what the recorder did it may have said.
  private var filter: String {
    let f = stored.filters
    func hertz(_ x: Double) -> String { statements.number(x == x.rounded() ? "\(Int(x))" : "\(x)") }
    let band: String? =
      switch (f.highPass, f.lowPass) {
      case (let low?, let high?): statements.word(.filterBand, hertz(low), hertz(high))
      case (let low?, nil): statements.word(.filterHighPass, hertz(low))
      case (nil, let high?): statements.word(.filterLowPass, hertz(high))
      case (nil, nil): nil
      }
    var all = [band, f.notch.map { statements.word(.filterNotch, hertz($0)) }].compactMap(\.self)
    if all.isEmpty { all = f.words }  // which say the same where there are numbers
    let device = all.isEmpty ? statements.word(.filterUnknown) : statements.word(.filterStored, all.joined(separator: statements.word(.listSeparator)))
    return statements.word(.filterNone) + "; " + device
  }

  /// What the recorder itself stated, as a sentence; empty where it stated nothing.
  private var recorder: String {
    // The first page has room for so much; all of it stands where the file's contents do.
    var said = stored.statements.filter { !$0.isEmpty }.joined(separator: "; ")
    if said.count > 110 { said = said.prefix(108).trimmingCharacters(in: .whitespaces) + " …" }
    return said.isEmpty ? "" : statements.word(.storedSays, said)
  }

  private var person: String {
    var words: [String] = []
    if !isAnonymous {
      words += [stored.patient.name, stored.patient.id].compactMap(\.self)
      if let born = statements.date(stored.patient.birth) { words.append(statements.word(.storedBorn, born)) }
    }
    if let age = subject.age { words.append(statements.word(.unitYears, "\(Int(age))")) }
    if let sex = subject.sex { words.append(statements.word(sex == .female ? .patientSexFemale : .patientSexMale)) }
    return words.isEmpty ? statements.word(.unknown) : words.joined(separator: statements.word(.listSeparator))
  }

  private var rhythm: String {
    let rhythm = measurement.rhythm
    var words = [statements.word(rhythm.isRegular ? .rhythmRegular : .rhythmIrregular)]
    if let share = rhythm.pWaves.value {
      words.append(share > 0 ? statements.word(.rhythmP, "\(Int((share * 100).rounded())) %") : statements.word(.rhythmNoP))
    } else if let reason = rhythm.pWaves.reason {
      words.append(statements.translated(reason))
    }
    if rhythm.prematureSupraventricular > 0 { words.append(statements.word(.rhythmPrematureSupraventricular, "\(rhythm.prematureSupraventricular)")) }
    if rhythm.prematureVentricular > 0 { words.append(statements.word(.rhythmPrematureVentricular, "\(rhythm.prematureVentricular)")) }
    if !rhythm.pacingSpikes.isEmpty { words.append(statements.word(.rhythmSpikes, "\(rhythm.pacingSpikes.count)")) }
    return words.joined(separator: statements.word(.listSeparator))
  }

  private func value(_ measured: Measured) -> Value {
    switch measured {
    case .value(let x): .number(x)
    case .absent(let reason): .undefined(statements.translated(reason))
    }
  }

  // MARK: What the file says

  /// What stands in the file beside the leads, and on the page nowhere else: a row each, empty where there is nothing.
  private var storedRows: Frame {
    var rows: [(what: String, value: String)] = []
    func add(_ word: Statements.Word, _ text: String?) { if let text, !text.isEmpty { rows.append((statements.word(word), text)) } }
    if !isAnonymous {
      add(.storedDevice, stored.device)
      add(.storedInstitution, stored.institution)
    }
    for statement in stored.statements { add(.storedStatement, statement) }
    for one in stored.measurements where one.lead == nil {
      let number = statements.number("\((one.value * 1000).rounded() / 1000)".replacing(/\.0$/, with: ""))
      rows.append((Self.name(of: one.quantity).map { statements.word($0) } ?? one.quantity.rawValue, "\(number)\u{A0}\(one.quantity.units)"))
    }
    if !isAnonymous { for comment in stored.comments { add(.storedComment, comment) } }
    for warning in stored.warnings { add(.storedWarning, "\(warning)") }
    return Frame([
      .init("what", title: statements.word(.storedWhat), rows.map { .text($0.what) }),
      .init("value", title: statements.word(.storedValue), rows.map { .text($0.value) }),
    ])
  }

  private static func name(of quantity: StoredMeasurement.Quantity) -> Statements.Word? {
    switch quantity {
    case .rate: .measureRate
    case .rr: .measureRr
    case .p: .measureP
    case .pr: .measurePr
    case .qrs: .measureQrs
    case .qt: .measureQt
    case .qtc: .measureQtc
    case .qtcBazett: .measureQtcBazett
    case .qtcFridericia: .measureQtcFridericia
    case .pAxis: .measureAxisP
    case .qrsAxis: .measureAxisQrs
    case .tAxis: .measureAxisT
    case .pOnset: .storedPOnset
    case .pEnd: .storedPEnd
    case .qrsOnset: .storedQrsOnset
    case .qrsEnd: .storedQrsEnd
    case .tEnd: .storedTEnd
    default: nil
    }
  }

  // MARK: Frames

  var frames: [String: Frame] {
    var frames = [
      "ecg": ecg, "measurements": measurements, "amplitudes": amplitudes, "beats": beats, "quality": qualities,
      "findings": qualityFindings, "stored": storedRows,
    ]
    let beat = measurement.representatives.first
    let short = statements.word(.reasonSeconds)
    frames["disclosure"] = disclosure ?? .none(because: short)
    frames["trend"] = patient.long.map(trend) ?? .none(because: short)
    frames["episodes"] = episodes
    frames["median"] = beat.map(median) ?? .none(because: statements.word(.absentNoBeat))
    frames["waves"] = beat.map(waves) ?? .none(because: statements.word(.absentNoBeat))
    return frames
  }

  /// The leads; one that was computed says from which in its note.
  private var ecg: Frame {
    var frame = ECGFrame.make(recording)
    for index in frame.columns.indices {
      guard let from = patient.derived[frame.columns[index].name] else { continue }
      frame.columns[index].note = statements.word(.leadDerived, frame.columns[index].name, statements.list(from))
    }
    return frame
  }

  private var measurements: Frame {
    let m = measurement, limits = self.limits
    let rows: [(word: Statements.Word, measured: Measured, unit: String, limit: NormalLimits.Limit?)] = [
      (.measureRate, m.rate, "/min", limits.rate), (.measurePr, m.pr, "ms", limits.pr), (.measureQrs, m.qrs, "ms", limits.qrs),
      (.measureQt, m.qt, "ms", nil), (.measureQtcFridericia, m.qtc.fridericia, "ms", limits.qtc),
      (.measureQtcBazett, m.qtc.bazett, "ms", nil), (.measureP, m.p, "ms", limits.p),
      (.measureAxisQrs, m.axes.qrs, "°", limits.qrsAxis), (.measureAxisP, m.axes.p, "°", nil), (.measureAxisT, m.axes.t, "°", nil),
    ]
    let signs = rows.map { row -> Value in
      guard let x = row.measured.value, let limit = row.limit else { return .text("") }
      switch limit.position(of: x.rounded()) {
      case .below: return .text("\u{2193}")
      case .above: return .text("\u{2191}")
      case .within: return .text("")
      }
    }
    func bound(_ x: Double?) -> Value { x.map(Value.number) ?? .undefined(statements.word(.reasonLimit)) }
    return Frame([
      .init("measure", title: statements.word(.sectionMeasurements), rows.map { .text(statements.word($0.word)) }),
      .init("value", title: statements.word(.measureValue), format: "0", rows.map { value($0.measured) }),
      .init("unit", title: statements.word(.measureUnit), rows.map { .text($0.unit) }),
      .init("limits", title: statements.word(.measureLimits), rows.map { .text(words($0.limit)) }),
      .init("verdict", title: statements.word(.measureDeviation), signs),
      .init("lower", title: statements.word(.columnLower), format: "0", note: sources.isEmpty ? nil : sources.joined(separator: "; "), rows.map { bound($0.limit?.lower) }),
      .init("upper", title: statements.word(.columnUpper), format: "0", rows.map { bound($0.limit?.upper) }),
    ])
  }

  private var limits: NormalLimits { NormalLimits(age: subject.age.map { Int($0) }, sex: subject.sex) }

  private func words(_ limit: NormalLimits.Limit?) -> String {
    func text(_ x: Double) -> String { x < 0 ? "\u{2212}\(Int(-x))" : "\(Int(x))" }
    switch (limit?.lower, limit?.upper) {
    case (let low?, let high?): return statements.word(.measureLimitsRange, text(low), text(high))
    case (nil, let high?): return "\u{2264} \(text(high))"
    case (let low?, nil): return "\u{2265} \(text(low))"
    case (nil, nil): return "\u{2013}"
    }
  }

  /// Where the limits come from, each source once.
  private var limitSources: String {
    sources.isEmpty
      ? statements.word(.measureLimitsNone) : statements.word(.measureLimitsSource, sources.joined(separator: "; "))
  }

  private var sources: [String] {
    let all = [limits.rate, limits.p, limits.pr, limits.qrs, limits.qtc, limits.qrsAxis].compactMap(\.self)
    return all.map { limit -> String in  // "PAPER; lower limit: PAPER"
      let parts = limit.source.split(separator: "; lower limit: ").map(String.init)
      return parts.count == 2 ? statements.word(.measureLimitsLower, parts[0], parts[1]) : limit.source
    }.distinct
  }

  private var amplitudes: Frame {
    let rows = measurement.amplitudes
    func column(_ name: String, _ title: String, _ wave: (LeadAmplitudes) -> Measured) -> Frame.Column {
      .init(name, title: title, unit: "mV", format: "2", rows.map { value(wave($0)) })
    }
    return Frame([
      .init("lead", title: statements.word(.columnLead), rows.map { .text($0.lead) }), column("p", "P", \.p), column("q", "Q", \.q), column("r", "R", \.r),
      column("s", "S", \.s), column("r2", "R\u{2032}", \.rPrime), column("j", "J", \.j), column("st60", "J + 60 ms", \.st60),
      column("t", "T", \.t),
    ])
  }

  private var beats: Frame {
    let beats = measurement.beats, rate = measurement.samplingRate
    func kind(_ kind: Beat.Kind) -> Statements.Word {
      switch kind {
      case .normal: .beatNormal
      case .supraventricular: .beatSupraventricular
      case .ventricular: .beatVentricular
      case .paced: .beatPaced
      case .unclassified: .beatUnclassified
      }
    }
    let intervals = beats.indices.map { i -> Value in
      i == 0 ? .undefined(statements.word(.reasonFirstBeat)) : .number(Double(beats[i].sample - beats[i - 1].sample) / rate * 1000)
    }
    return Frame([
      .init("time", title: statements.word(.longTime), unit: "s", format: "2", beats.map { .number(Double($0.sample) / rate) }),
      .init("kind", title: statements.word(.beat), beats.map { .text($0.kind.rawValue) }),
      .init("name", title: statements.word(.beat), beats.map { .text(statements.word(kind($0.kind))) }),
      .init("rr", title: "RR", unit: "ms", format: "0", intervals),
    ])
  }

  private var qualities: Frame {
    let leads = quality.leads
    func column(_ name: String, _ title: String, _ unit: String, _ format: String, _ x: (LeadQuality) -> Value) -> Frame.Column {
      .init(name, title: title, unit: unit, format: format, leads.map(x))
    }
    return Frame([
      .init("lead", title: statements.word(.columnLead), leads.map { .text($0.lead) }),
      column("noise", statements.word(.columnNoise), "µV", "0") { number($0.noise) }, column("wander", statements.word(.columnWander), "mV", "2") { number($0.wander) },
      column("mains50", "50 Hz", "µV", "0") { value($0.mains50) }, column("mains60", "60 Hz", "µV", "0") { value($0.mains60) },
      column("clipped", statements.word(.columnClipped), "%", "1") { number($0.clippedShare * 100) },
      column("flat", statements.word(.columnFlat), "s", "1") { number($0.flatSeconds) },
      column("missing", statements.word(.columnMissing), "%", "1") { number($0.missingShare * 100) },
      column("readable", statements.word(.columnReadable), "s", "1") { number($0.readableSeconds) },
    ])
  }

  private var qualityFindings: Frame {
    let findings = quality.findings
    return Frame([
      .init("severity", title: statements.word(.findingSeverity), findings.map { .text($0.severity.rawValue) }),
      .init("sentence", title: statements.word(.sectionQuality), findings.map { .text(statements.translated($0.sentence)) }),
    ])
  }

  private func number(_ x: Double) -> Value { x.isFinite ? .number(x) : .undefined(statements.word(.reasonSample)) }

  private func median(_ beat: RepresentativeBeat) -> Frame {
    let count = beat.leads.map(\.count).min() ?? 0
    let times = (0..<count).map { Value.number(((Double($0 - beat.r) / beat.samplingRate) * 1e4).rounded() / 1e4) }
    return Frame(
      [.init("time", title: statements.word(.longTime), unit: "s", format: "3", times)]
        + zip(measurement.leads, beat.leads).map { name, samples in
          .init(name, title: name, unit: "mV", samples.prefix(count).map { number((Double($0) * 1e4).rounded() / 1e4) })
        })
  }

  /// Onset, peak and end of the waves over all leads, in seconds from the R peak.
  private func waves(_ beat: RepresentativeBeat) -> Frame {
    let waves = [beat.p, beat.qrs, beat.t].compactMap(\.self)
    func seconds(_ sample: Int?) -> Value {
      sample.map { .number(Double($0 - beat.r) / beat.samplingRate) } ?? .undefined(statements.word(.reasonBoundary))
    }
    return Frame([
      .init("wave", title: statements.word(.columnWave), waves.map { .text($0.kind.rawValue) }),
      .init("onset", title: statements.word(.columnOnset), unit: "s", format: "3", waves.map { seconds($0.onset) }),
      .init("peak", title: statements.word(.columnPeak), unit: "s", format: "3", waves.map { seconds($0.peak) }),
      .init("end", title: statements.word(.columnEnd), unit: "s", format: "3", waves.map { seconds($0.end) }),
      .init("beats", title: statements.word(.beat), format: "integer", waves.map { _ in .integer(beat.beats) }),
    ])
  }

  // MARK: Hours

  /// Ten minutes around the worst ten seconds, a line a minute: the least and greatest millivolts of each stretch.
  static func disclosure(_ stream: RecordStream, _ patient: PatientRecording, _ statements: Statements) throws -> Frame? {
    guard let long = patient.long, let worst = long.worst else { return nil }
    let minute = Int((60 * long.samplingRate).rounded()), middle = worst.samples.lowerBound / max(minute, 1)
    let first = max(0, min(middle - 5, long.sampleCount / max(minute, 1) - 10)) * minute
    let record = PatientRecording(standardizing: try stream.record(first..<min(first + 10 * minute, long.sampleCount))).record
    guard let lead = record.leads.first(where: { $0.name == "II" }) ?? record.leads.first(where: { $0.name.hasSuffix("II") }) ?? record.leads.first else { return nil }
    var envelope = FullDisclosure.Envelope(samplingRate: long.samplingRate)
    envelope.append(lead.samples.map(Float.init))
    envelope.finish()
    let start = Double(first) / long.samplingRate
    let rows = envelope.lines.enumerated().flatMap { line, ends in
      ends.low.indices.map { (time: start + 60 * (Double(line) + Double($0) / Double(ends.low.count)), low: ends.low[$0], high: ends.high[$0]) }
    }
    func millivolts(_ x: Float) -> Value {
      x.isFinite ? .number((Double(x) * 1e3).rounded() / 1e3) : .undefined(statements.word(.reasonSample))
    }
    return Frame([
      .init("time", title: statements.word(.longTime), unit: "s", format: "2", rows.map { .number($0.time) }),
      .init("low", title: statements.word(.columnLow), unit: "mV", note: lead.name, rows.map { millivolts($0.low) }),
      .init("high", title: statements.word(.columnHigh), unit: "mV", rows.map { millivolts($0.high) }),
    ])
  }

  /// The leads whose ST levels a trend shows: one of each side of the heart.
  private static let trendLeads = ["II", "V2", "V5"]

  private func trend(_ long: LongRecording) -> Frame {
    let minutes = long.minutes
    func column(_ name: String, _ title: String, _ unit: String, _ measured: (LongRecording.Minute) -> Measured) -> Frame.Column {
      .init(name, title: title, unit: unit, format: "0", minutes.map { value(measured($0)) })
    }
    var columns: [Frame.Column] = [
      .init("start", title: statements.word(.columnFrom), unit: "s", format: "0", minutes.map { .number(Double($0.start) / long.samplingRate) }),
      column("rate", statements.word(.columnRate), "/min", \.rate), column("slowest", statements.word(.columnSlowest), "/min", \.slowest),
      column("fastest", statements.word(.columnFastest), "/min", \.fastest), column("rmssd", "RMSSD", "ms", \.rmssd),
      .init("noise", title: statements.word(.columnUnreadable), format: "2", minutes.map { number($0.noise) }),
    ]
    for name in Self.trendLeads {
      guard let lead = long.leads.firstIndex(of: name) else { continue }
      let levels = minutes.map { $0.st.indices.contains(lead) ? value($0.st[lead]) : .undefined(statements.word(.reasonMeasured)) }
      columns.append(.init("st_" + name, title: statements.word(.columnSt, name), unit: "mV", format: "2", levels))
    }
    return Frame(columns)
  }

  /// None in a recording of seconds.
  private var episodes: Frame {
    let episodes = patient.long?.episodes ?? [], rate = patient.record.samplingFrequency
    return Frame([
      .init("kind", title: statements.word(.longKind), note: patient.long == nil ? nil : LongRecording.pWaves.reason.map(statements.translated), episodes.map { .text(statements.word(Self.word($0.kind))) }),
      .init("from", title: statements.word(.columnFrom), episodes.map { .text(clockTime(Double($0.samples.lowerBound) / rate)) }),
      .init("seconds", title: statements.word(.columnFor), unit: "s", format: "1", episodes.map { .number(Double($0.samples.count) / rate) }),
      .init("value", title: statements.word(.columnValue), format: "1", note: statements.word(.columnValueNote), episodes.map { $0.value.map(number) ?? .undefined(statements.word(.reasonUnreadable)) }),
      .init("beats", title: statements.word(.beat), format: "integer", episodes.map { .integer($0.beats) }),
      .init("start", title: statements.word(.columnStart), unit: "s", format: "1", episodes.map { .number(Double($0.samples.lowerBound) / rate) }),
    ])
  }

  private static func word(_ kind: LongRecording.Episode.Kind) -> Statements.Word {
    switch kind {
    case .pause: .longKindPause
    case .tachycardia: .longKindTachycardia
    case .bradycardia: .longKindBradycardia
    case .irregular: .longKindIrregular
    case .ventricularRun: .longKindVentricularRun
    case .unreadable: .longKindUnreadable
    }
  }
}
