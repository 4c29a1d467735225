import ArgumentParser
import Cells
import Files
import Formats
import class Foundation.FileManager
import Measurement
import WFDB

/// `ecgbook measure`: what calipers would read.
struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures a recording: rate, intervals, axes, beats, rhythm, signal quality.",
    discussion: """
      Global values, over all leads, in ms, /min and degrees; a value that cannot be had says why. A recording of more than \
      five minutes is measured minute by minute.
      """)
  @Argument(help: "A WFDB record, with or without extension, or a file of another format.") var record: String
  @Flag(help: "Print JSON.") var json = false
  @Option(help: "Write one MIT annotation file per lead into this folder: boundaries ( and ), peaks p, N and t.") var annotations: String?

  func run() throws {
    let file = try ECGFile(path: record)
    let patient = try PatientRecording(file.stream)
    let measurement = try ECGMeasurement(of: patient.record)
    if let annotations {
      // Every wave of every lead that was recorded, under its own name: the whole recording is held for it.
      guard patient.seconds <= 7200 else {
        throw Failure(message: "--annotations: the recording lasts \(Int(patient.seconds)) s; waves are written of at most two hours", status: 2)
      }
      try FileManager.default.makeFolder(annotations)
      try ECGMeasurement(of: try file.stream.whole()).writeAnnotations(record: patient.record.name, to: annotations)
    }
    var summary = MeasurementSummary(patient, measurement, SignalQuality(of: patient.record, beats: measurement.beats.map(\.sample)))
    summary.warnings += (file.stored?.warnings ?? []).map(\.description)
    print(json ? try CanonicalJSON.text(summary) : summary.text)
  }
}

/// What `ecgbook measure` prints.
struct MeasurementSummary: Encodable {
  struct QTc: Encodable { var bazett, fridericia, framingham, hodges: Double? }
  struct Axes: Encodable { var p, qrs, t: Double? }
  struct Rhythm: Encodable {
    var isRegular: Bool
    var pWaves, sdnn, rmssd: Double?
    var prematureSupraventricular, prematureVentricular, pacingSpikes: Int
  }
  struct Quality: Encodable {
    var verdict: String
    var findings: [String]
  }
  struct Episode: Encodable {
    var kind: String
    var from, to: Double  // s
    var value: Double?
    var beats: Int
  }
  var record: String
  var seconds, samplingRate: Double
  var rate, rr, p, pr, qrs, qt: Double?  // /min and ms; null with a reason
  var qtc: QTc
  var axes: Axes  // degrees
  var beats: Int
  var rhythm: Rhythm
  var quality: Quality
  var episodes: [Episode]?  // of a recording of hours
  /// Why a value is null, by its key.
  var reasons: [String: String]
  var warnings: [String]

  init(_ patient: PatientRecording, _ m: ECGMeasurement, _ quality: SignalQuality) {
    var reasons: [String: String] = [:]
    func value(_ key: String, _ measured: Measured) -> Double? {
      if let reason = measured.reason { reasons[key] = reason }
      return measured.value
    }
    (record, seconds, samplingRate) = (patient.record.name, patient.seconds, m.samplingRate)
    (rate, rr) = (value("rate", m.rate), value("rr", m.rr))
    (p, pr, qrs, qt) = (value("p", m.p), value("pr", m.pr), value("qrs", m.qrs), value("qt", m.qt))
    qtc = QTc(
      bazett: value("qtc.bazett", m.qtc.bazett), fridericia: value("qtc.fridericia", m.qtc.fridericia),
      framingham: value("qtc.framingham", m.qtc.framingham), hodges: value("qtc.hodges", m.qtc.hodges))
    axes = Axes(p: value("axes.p", m.axes.p), qrs: value("axes.qrs", m.axes.qrs), t: value("axes.t", m.axes.t))
    beats = patient.long?.beats.count ?? m.beats.count
    rhythm = Rhythm(
      isRegular: m.rhythm.isRegular, pWaves: value("rhythm.pWaves", m.rhythm.pWaves), sdnn: value("rhythm.sdnn", m.rhythm.sdnn),
      rmssd: value("rhythm.rmssd", m.rhythm.rmssd), prematureSupraventricular: m.rhythm.prematureSupraventricular,
      prematureVentricular: m.rhythm.prematureVentricular, pacingSpikes: m.rhythm.pacingSpikes.count)
    let verdict =
      switch quality.verdict {
      case .readable: "readable"
      case .limited: "limited"
      case .unreadable: "unreadable"
      }
    self.quality = Quality(verdict: verdict, findings: quality.findings.map(\.sentence))
    episodes = patient.long.map { long in
      long.episodes.map {
        Episode(
          kind: $0.kind.rawValue, from: Double($0.samples.lowerBound) / long.samplingRate,
          to: Double($0.samples.upperBound) / long.samplingRate, value: $0.value, beats: $0.beats)
      }
    }
    self.reasons = reasons
    var warnings = patient.notes + patient.missing.map { "lead \($0.lead) is missing: \($0.reason)" } + m.warnings
    if let worst = patient.long?.worst {
      warnings.append("of \(Int(patient.seconds)) s, intervals and axes are those of the ten seconds from \(Int(Double(worst.samples.lowerBound) / m.samplingRate)) s on: \(worst.reason)")
    }
    if patient.long != nil, let reason = LongRecording.pWaves.reason { warnings.append("of the episodes: " + reason) }
    self.warnings = warnings
  }

  enum CodingKeys: CodingKey {
    case record, seconds, samplingRate, rate, rr, p, pr, qrs, qt, qtc, axes, beats, rhythm, quality, episodes, reasons, warnings
  }

  /// Written out because what cannot be had is `null`, and not left away.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(record, forKey: .record)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(samplingRate, forKey: .samplingRate)
    for (key, value) in [(CodingKeys.rate, rate), (.rr, rr), (.p, p), (.pr, pr), (.qrs, qrs), (.qt, qt)] {
      try container.encode(value, forKey: key)
    }
    try container.encode(
      ["bazett": qtc.bazett, "fridericia": qtc.fridericia, "framingham": qtc.framingham, "hodges": qtc.hodges], forKey: .qtc)
    try container.encode(["p": axes.p, "qrs": axes.qrs, "t": axes.t], forKey: .axes)
    try container.encode(beats, forKey: .beats)
    try container.encode(rhythm, forKey: .rhythm)
    try container.encode(quality, forKey: .quality)
    try container.encodeIfPresent(episodes, forKey: .episodes)
    try container.encode(reasons, forKey: .reasons)
    try container.encode(warnings, forKey: .warnings)
  }

  /// For a terminal.
  var text: String {
    func left(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
    func line(_ name: String, _ key: String, _ value: Double?, _ unit: String) -> String {
      let number = value.map { "\(Int($0.rounded()))" } ?? "–"
      return left(name, 18) + String(repeating: " ", count: max(0, 6 - number.count)) + number + " "
        + (value == nil ? reasons[key] ?? "" : unit)
    }
    var lines = ["\(record): \(Int(seconds.rounded())) s, \(beats) beats, \(rhythm.isRegular ? "regular" : "irregular")", ""]
    lines += [
      line("Heart rate", "rate", rate, "/min"), line("RR interval", "rr", rr, "ms"), line("P duration", "p", p, "ms"),
      line("PR interval", "pr", pr, "ms"), line("QRS duration", "qrs", qrs, "ms"), line("QT interval", "qt", qt, "ms"),
      line("QTc, Fridericia", "qtc.fridericia", qtc.fridericia, "ms"), line("QTc, Bazett", "qtc.bazett", qtc.bazett, "ms"),
      line("QTc, Framingham", "qtc.framingham", qtc.framingham, "ms"), line("QTc, Hodges", "qtc.hodges", qtc.hodges, "ms"),
      line("P axis", "axes.p", axes.p, "°"), line("QRS axis", "axes.qrs", axes.qrs, "°"), line("T axis", "axes.t", axes.t, "°"), "",
    ]
    if rhythm.prematureSupraventricular + rhythm.prematureVentricular > 0 {
      lines.append("Premature beats: \(rhythm.prematureSupraventricular) supraventricular, \(rhythm.prematureVentricular) ventricular")
    }
    if rhythm.pacingSpikes > 0 { lines.append("Pacing spikes: \(rhythm.pacingSpikes)") }
    for episode in episodes ?? [] {
      let value = episode.value.map { ", \(episode.kind == "pause" ? "\(($0 * 10).rounded() / 10) s" : "\(Int($0.rounded())) /min")" } ?? ""
      lines.append("\(clockTime(episode.from)) to \(clockTime(episode.to)): \(episode.kind)\(value)")
    }
    lines.append("Signal quality: \(quality.verdict)")
    lines += quality.findings.map { "  " + $0 } + warnings.map { "warning: \($0)" }
    return lines.joined(separator: "\n")
  }
}
