import Book
import Foundation
import Interpretation
import Measurement
import WFDB

/// What is known of a recording without any network, as the values and frames of a report.
struct MeasurementPage {
  let recording: Record
  let subject: Subject
  let measurement: Measurement
  let quality: SignalQuality
  let statements: Statements
  let isAnonymous: Bool

  // MARK: Values

  var values: [String: Value] {
    let rate = recording.samplingFrequency, m = measurement
    func words(_ items: [String]) -> Value { .text(statements.list(items.map(statements.translated))) }
    let verdict = quality.verdict
    return [
      "record": .text(isAnonymous ? statements.word(.pageAnonymousName) : recording.name),
      "start": start.map(Value.text) ?? .undefined(statements.word(.unknown)),
      "seconds": .number(Double(recording.sampleCount) / rate), "samplingrate": .number(rate), "bandend": .number(rate / 2),
      "leads": words(recording.leads.map(\.name)), "derived": words(recording.derivedLeads), "missing": words(recording.missingLeads),
      "age": subject.age.map(Value.number) ?? .undefined(statements.word(.unknown)),
      "sex": .text(statements.word(subject.sex.map { $0 == .female ? .patientSexFemale : .patientSexMale } ?? .unknown)),
      "notes": words(isAnonymous ? [] : recording.warnings.map(\.description)),
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
      "sdnn": value(m.rhythm.sdnn), "rmssd": value(m.rhythm.rmssd), "warnings": words(m.warnings),
      "quality": .object([
        "verdict": .text(verdictWord), "words": words(quality.findings.filter { $0.severity != .note }.map(\.sentence)),
        "rule": .text(quality.rule.text), "abstains": .boolean(verdict.abstains),
        "abstention": .list(verdict.abstains ? verdict.reasons.map { .text(statements.translated($0)) } : []),
        "cautions": .list(verdict.abstains ? [] : verdict.reasons.map { .text(statements.translated($0)) }),
      ]),
      "limits": .object(["source": .text(statements.word(.measureLimitsSource, NormalLimits.source))]),
    ]
  }

  private var verdictWord: String {
    switch quality.verdict {
    case .readable: statements.word(.qualityGood)
    case .limited: statements.word(.qualityFair)
    case .unreadable: statements.word(.qualityUnreadable)
    }
  }

  /// When it was recorded; of an anonymous page nothing, since a day can name a patient.
  private var start: String? {
    guard !isAnonymous else { return nil }
    let words = [recording.header.baseDate, recording.header.baseTime].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: " ")
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

  // MARK: Frames

  var frames: [String: Frame] {
    var frames = [
      "ecg": ECGFrame.make(recording), "measurements": measurements, "amplitudes": amplitudes, "beats": beats, "quality": qualities,
      "findings": qualityFindings,
    ]
    let beat = measurement.representatives.first
    frames["median"] = beat.map(median) ?? .none(because: statements.word(.absentNoBeat))
    frames["waves"] = beat.map(waves) ?? .none(because: statements.word(.absentNoBeat))
    return frames
  }

  private var measurements: Frame {
    let m = measurement, ms = "ms", degrees = "°"
    let rows: [(Statements.Word, Measured, String, NormalLimits.Quantity?)] = [
      (.measureRate, m.rate, "/min", .rate), (.measurePr, m.pr, ms, .pr), (.measureQrs, m.qrs, ms, .qrs), (.measureQt, m.qt, ms, nil),
      (.measureQtcFridericia, m.qtc.fridericia, ms, .qtc), (.measureQtcBazett, m.qtc.bazett, ms, nil),
      (.measureP, m.p, ms, .p), (.measureAxisP, m.axes.p, degrees, .pAxis), (.measureAxisQrs, m.axes.qrs, degrees, .qrsAxis),
      (.measureAxisT, m.axes.t, degrees, .tAxis),
    ]
    let limits = rows.map { row in row.3.flatMap { NormalLimits.limits(of: $0, age: subject.age, sex: subject.sex) } }
    return Frame([
      .init("measure", title: statements.word(.sectionMeasurements), rows.map { .text(statements.word($0.0)) }),
      .init("value", title: statements.word(.measureValue), format: "0", rows.map { value($0.1) }),
      .init("unit", title: "", rows.map { .text($0.2) }),
      .init("limits", title: statements.word(.measureLimits), limits.map { .text($0?.words ?? "\u{2013}") }),
      .init("verdict", title: "", zip(rows, limits).map { row, limit in
        guard let x = row.1.value, let limit else { return .text("") }
        return .text(limit.isAbove(x) ? "\u{2191}" : limit.isBelow(x) ? "\u{2193}" : "")
      }),
      .init("lower", title: "Lower", format: "0", limits.map { $0?.lower.map(Value.number) ?? .undefined("no limit") }),
      .init("upper", title: "Upper", format: "0", limits.map { $0?.upper.map(Value.number) ?? .undefined("no limit") }),
    ])
  }

  private var amplitudes: Frame {
    let rows = measurement.amplitudes
    func column(_ name: String, _ title: String, _ wave: (LeadAmplitudes) -> Measured) -> Frame.Column {
      .init(name, title: title, unit: "mV", format: "2", rows.map { value(wave($0)) })
    }
    return Frame([
      .init("lead", title: "Lead", rows.map { .text($0.lead) }), column("p", "P", \.p), column("q", "Q", \.q), column("r", "R", \.r),
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
    return Frame([
      .init("time", title: "Time", unit: "s", format: "2", beats.map { .number(Double($0.sample) / rate) }),
      .init("kind", title: statements.word(.beat), beats.map { .text($0.kind.rawValue) }),
      .init("name", title: "", beats.map { .text(statements.word(kind($0.kind))) }),
      .init("rr", title: "RR", unit: "ms", format: "0", beats.indices.map { i in
        i == 0 ? .undefined("first beat") : .number(Double(beats[i].sample - beats[i - 1].sample) / rate * 1000)
      }),
    ])
  }

  private var qualities: Frame {
    let leads = quality.leads
    return Frame([
      .init("lead", title: "Lead", leads.map { .text($0.lead) }),
      .init("noise", title: "Noise", unit: "µV", format: "0", leads.map { number($0.noise) }),
      .init("wander", title: "Wander", unit: "mV", format: "2", leads.map { number($0.wander) }),
      .init("mains50", title: "50 Hz", unit: "µV", format: "0", leads.map { value($0.mains50) }),
      .init("mains60", title: "60 Hz", unit: "µV", format: "0", leads.map { value($0.mains60) }),
      .init("clipped", title: "Clipped", unit: "%", format: "1", leads.map { number($0.clippedShare * 100) }),
      .init("flat", title: "Flat", unit: "s", format: "1", leads.map { number($0.flatSeconds) }),
      .init("missing", title: "Missing", unit: "%", format: "1", leads.map { number($0.missingShare * 100) }),
      .init("readable", title: "Readable", unit: "s", format: "1", leads.map { number($0.readableSeconds) }),
    ])
  }

  private var qualityFindings: Frame {
    let findings = quality.findings
    return Frame([
      .init("severity", title: statements.word(.findingSeverity), findings.map { .text($0.severity.rawValue) }),
      .init("sentence", title: statements.word(.sectionQuality), findings.map { .text(statements.translated($0.sentence)) }),
    ])
  }

  private func number(_ x: Double) -> Value { x.isFinite ? .number(x) : .undefined("no sample") }

  private func median(_ beat: RepresentativeBeat) -> Frame {
    let count = beat.leads.map(\.count).min() ?? 0
    let times = (0..<count).map { Value.number(((Double($0 - beat.r) / beat.samplingRate) * 1e4).rounded() / 1e4) }
    return Frame(
      [.init("time", title: "Time", unit: "s", format: "3", times)]
        + zip(measurement.leads, beat.leads).map { name, samples in
          .init(name, title: name, unit: "mV", samples.prefix(count).map { number((Double($0) * 1e4).rounded() / 1e4) })
        })
  }

  /// Onset, peak and end of the waves over all leads, in seconds from the R peak.
  private func waves(_ beat: RepresentativeBeat) -> Frame {
    let waves = [beat.p, beat.qrs, beat.t].compactMap(\.self)
    func seconds(_ sample: Int?) -> Value {
      sample.map { .number(Double($0 - beat.r) / beat.samplingRate) } ?? .undefined("cannot be seen")
    }
    return Frame([
      .init("wave", title: "Wave", waves.map { .text($0.kind.rawValue) }),
      .init("onset", title: "Onset", unit: "s", format: "3", waves.map { seconds($0.onset) }),
      .init("peak", title: "Peak", unit: "s", format: "3", waves.map { seconds($0.peak) }),
      .init("end", title: "End", unit: "s", format: "3", waves.map { seconds($0.end) }),
      .init("beats", title: statements.word(.beat), format: "integer", waves.map { _ in .integer(beat.beats) }),
    ])
  }
}
