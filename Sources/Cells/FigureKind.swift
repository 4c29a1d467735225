import Book
import Drawing
import Figures
import Foundation
import Scoring
import Wording

/// What a `figure` cell can draw: the word after `draw:`, the frame it reads, and how the frame becomes a figure.
enum FigureKind: String, CaseIterable, Sendable {
  case trainingCurves = "training-curves"
  case roc
  case confusion
  case reliability
  case decisionCurves = "decision-curves"
  case subgroups
  case differences
  case labelCounts = "label-counts"
  case probabilityBars = "probability-bars"
  case ecg
  case explanation
  case median
  case trend
  case serial
  case scales
  case disclosure
  case ages
  case bars
  case coOccurrence = "co-occurrence"

  /// The frame it draws when the report names none.
  var frame: String {
    switch self {
    case .trainingCurves: "history"
    case .roc: "roc"
    case .confusion: "confusion"
    case .reliability: "reliability"
    case .decisionCurves: "decision-curves"
    case .subgroups: "subgroups"
    case .differences: "classes"
    case .labelCounts: "label-folds"
    case .probabilityBars: "findings"
    case .ecg, .explanation: "ecg"
    case .median: "median"
    case .trend: "trend"
    case .serial: "changes"
    case .scales: "measurements"
    case .disclosure: "disclosure"
    case .ages: "ages"
    case .bars: "labels"
    case .coOccurrence: "co-occurrence"
    }
  }

  /// Frames of the same cell that add to the picture: intervals of areas, the use of folds.
  var alsoReads: [String] {
    switch self {
    case .roc: ["classes", "averages"]
    case .reliability: ["calibration", "probabilities"]
    case .subgroups: ["averages"]
    case .differences: ["overall"]
    case .labelCounts: ["folds"]
    case .explanation: ["relevance"]
    case .median: ["waves", "amplitudes"]
    case .trend, .disclosure: ["episodes"]
    default: []
    }
  }

  /// Whether it may have nothing to draw: of a patient's recording not everything can be had.
  private var isOfPatient: Bool { [.explanation, .median, .trend, .serial, .scales, .disclosure].contains(self) }

  /// Whether it is drawn on millimetre paper, as an electrocardiograph prints.
  var isECG: Bool { self == .ecg || self == .explanation }

  func scene(_ frame: Frame, _ others: [String: Frame], _ style: FigureStyle) throws -> Scene {
    let width = style.width * Theme.millimetre
    // A frame without rows that says why is drawn as that.
    for frame in [frame] + (self == .trend || self == .disclosure ? [] : alsoReads.compactMap { others[$0] }) where frame.rowCount == 0 {
      if let reason = frame.columns.first?.note, isOfPatient { return Absence(reason: reason).scene(width: width) }
    }
    switch self {
    case .trainingCurves: return trainingCurves(frame).scene(width: width)
    case .roc: return roc(frame, others).scene(width: width)
    case .confusion: return confusion(frame).scene(width: width)
    case .reliability: return reliability(frame, others).scene(width: width)
    case .decisionCurves: return decisionCurves(frame).scene(width: width)
    case .subgroups: return subgroups(frame, others["averages"]).scene(width: width)
    case .differences: return try differences(frame, others["overall"]).scene(width: width)
    case .labelCounts: return labelCounts(frame, others["folds"]).scene(width: width)
    case .probabilityBars: return probabilityBars(frame).scene(width: width)
    case .ecg: return try ecgScene(ecg(frame, style), style)
    case .explanation: return try explanation(frame, others, style).scene()
    case .median: return try medianBeats(frame, others, style).scene(width: width)
    case .trend: return trend(frame, others["episodes"]).scene(width: width)
    case .serial: return serialChange(frame).scene(width: width)
    case .scales: return scales(frame).scene(width: width)
    case .disclosure: return disclosure(frame, others["episodes"]).scene(width: width)
    case .ages: return histogram(frame).scene(width: width)
    case .bars: return bars(frame).scene(width: width)
    case .coOccurrence: return coOccurrence(frame).scene(width: width)
    }
  }

  // MARK: Frames to figures

  private func trainingCurves(_ frame: Frame) -> TrainingCurves {
    let (losses, validation) = (frame.doubles("training_loss"), frame.doubles("validation_loss"))
    let (auroc, rate) = (frame.doubles("validation_auroc"), frame.doubles("rate"))
    let epochs = frame.integers("epoch").enumerated().map { i, number in
      TrainingCurves.Epoch(
        number: number, trainLoss: (losses[at: i] ?? nil) ?? .nan, validationLoss: validation[at: i] ?? nil,
        validationAUC: auroc[at: i] ?? nil, learningRate: rate[at: i] ?? nil)
    }
    let highest = epochs.compactMap(\.validationAUC).max()
    return TrainingCurves(epochs: epochs, best: epochs.first { $0.validationAUC == highest }?.number)
  }

  private func roc(_ frame: Frame, _ others: [String: Frame]) -> ROCCurves {
    var points: [String: (fpr: [Double], tpr: [Double])] = [:]
    for (name, (x, y)) in zip(frame.strings("label"), zip(frame.doubles("fpr"), frame.doubles("tpr"))) {
      points[name, default: ([], [])].fpr.append(x ?? 0)
      points[name, default: ([], [])].tpr.append(y ?? 0)
    }
    func curves(_ table: Frame?) -> [ROCCurves.Curve] {
      guard let table else { return [] }
      let areas = table["auroc"]?.values ?? []
      let support = table["support"]?.values ?? []
      return table.strings("label").enumerated().map { i, name in
        let value = i < areas.count ? areas[i] : .undefined("no value")
        let interval = value.interval.flatMap { $0.lower <= $0.upper ? $0.lower...$0.upper : nil }
        var reason = "undefined"
        if case .undefined(let text) = value { reason = text }
        return ROCCurves.Curve(
          name: name, falsePositiveRates: points[name]?.fpr ?? [], truePositiveRates: points[name]?.tpr ?? [],
          auc: value.double, interval: interval, positives: i < support.count ? support[i].integer : nil,
          undefined: reason)
      }
    }
    let macro = curves(others["averages"]).first { $0.name == "macro" && !$0.falsePositiveRates.isEmpty }
    let records = others["averages"]?["records"]?.values.first?.integer ?? 0
    return ROCCurves(macro: macro, classes: curves(others["classes"]), records: records)
  }

  private func confusion(_ frame: Frame) -> ConfusionMatrices {
    let counts = ["tp", "fn", "fp", "tn"].map { frame.integers($0) }
    return ConfusionMatrices(
      classes: frame.strings("label").enumerated().map { i, name in
        ConfusionMatrices.Matrix(
          name: name, truePositives: counts[0][at: i] ?? 0, falseNegatives: counts[1][at: i] ?? 0,
          falsePositives: counts[2][at: i] ?? 0, trueNegatives: counts[3][at: i] ?? 0)
      })
  }

  /// A panel for each label, and one for all pairs of record and label; a series as answered, and one calibrated.
  private func reliability(_ frame: Frame, _ others: [String: Frame]) -> ReliabilityDiagram {
    let (labels, series) = (frame.strings("label"), frame.strings("series"))
    let names = series.distinct
    let columns = ["predicted", "observed", "lower", "upper"].map { frame.doubles($0) }
    let records = frame.integers("records")
    var bins: [String: [String: [ReliabilityDiagram.Bin]]] = [:]
    for row in labels.indices {
      let values = columns.map { ($0[at: row] ?? nil) ?? .nan }
      bins[labels[row], default: [:]][series[at: row] ?? "", default: []].append(
        ReliabilityDiagram.Bin(
          meanPredicted: values[0], observed: values[1], lower: values[2], upper: values[3], records: records[at: row] ?? 0))
    }
    // In the tables the pairs of record and label have the row "micro".
    func quality(_ label: String, _ series: Int) -> (ece: Double?, slope: Double?) {
      let after = series > 0
      guard let table = others["calibration"] ?? others["probabilities"],
        let row = table.strings("label").firstIndex(of: label == Self.pooled ? "micro" : label)
      else { return (nil, nil) }
      let isCalibration = others["calibration"] != nil
      func value(_ name: String) -> Double? { table.doubles(isCalibration && !after ? name + "_before" : name)[at: row] ?? nil }
      return (value("ece"), value("slope"))
    }
    func chart(_ label: String) -> ReliabilityDiagram.Chart {
      ReliabilityDiagram.Chart(
        name: label,
        series: names.enumerated().map { index, name in
          let (ece, slope) = quality(label, index)
          return ReliabilityDiagram.Series(bins: bins[label]?[name] ?? [], ece: ece, slope: slope)
        })
    }
    let order = labels.distinct
    return ReliabilityDiagram(
      seriesNames: names, pooled: order.contains(Self.pooled) ? chart(Self.pooled) : nil,
      classes: order.filter { $0 != Self.pooled }.map(chart))
  }

  /// The name under which the frame of reliability has all pairs of record and label.
  static let pooled = "all labels"

  private func decisionCurves(_ frame: Frame) -> DecisionCurves {
    let labels = frame.strings("label")
    let columns = ["threshold", "model", "all"].map { frame.doubles($0) }
    let order = labels.distinct
    return DecisionCurves(
      classes: order.map { label in
        let rows = labels.indices.filter { labels[$0] == label }
        let values = columns.map { column in rows.map { (column[at: $0] ?? nil) ?? .nan } }
        return DecisionCurves.Curve(
          name: label, thresholds: values[0], model: values[1], treatAll: values[2], prevalence: nil)
      })
  }

  private func subgroups(_ frame: Frame, _ averages: Frame?) -> SubgroupForest {
    func estimate(_ value: Value?) -> SubgroupForest.Estimate? {
      value?.double.map { SubgroupForest.Estimate($0, lower: value?.interval?.lower, upper: value?.interval?.upper) }
    }
    func reason(_ value: Value?) -> String { if case .undefined(let text) = value { text } else { "undefined" } }
    let groupings = frame.strings("grouping")
    let order = groupings.distinct
    let (levels, records, patients) = (frame.strings("level"), frame.integers("records"), frame["patients"]?.values ?? [])
    let (auroc, difference) = (frame["auroc"]?.values ?? [], frame["difference"]?.values ?? [])
    let rows = levels.indices.map { i in
      SubgroupForest.Row(
        level: levels[i], records: records[at: i] ?? 0, patients: patients[at: i]?.integer, auroc: estimate(auroc[at: i]),
        difference: estimate(difference[at: i]), undefined: reason(auroc[at: i]), differenceUndefined: reason(difference[at: i]))
    }
    let overall = averages.flatMap { table in
      table.strings("label").firstIndex(of: "macro").map { row in
        SubgroupForest.Row(
          level: "All records", records: table.integers("records")[at: row] ?? 0, patients: nil,
          auroc: estimate(table["auroc"]?.values[at: row]))
      }
    }
    return SubgroupForest(
      groupings: order.map { name in
        SubgroupForest.Grouping(name: name, rows: rows.indices.filter { groupings[at: $0] == name }.map { rows[$0] })
      }, overall: overall, measure: "Macro AUROC")
  }

  /// The rows of `overall` are of several statistics: those of the frame's own, which its column of differences names.
  private func differences(_ frame: Frame, _ overall: Frame?) throws -> DifferenceForest {
    guard frame.rowCount == 0 || frame["difference"] != nil && frame["verdict"] != nil else {
      throw CellError("the frame has no differences; 'draw: differences' is of a compare cell, and its frames of labels")
    }
    func reason(_ value: Value?) -> String { if case .undefined(let text) = value { text } else { "undefined" } }
    func row(_ table: Frame, _ i: Int, _ label: String, _ support: Int?) -> DifferenceForest.Row {
      let difference = table["difference"]?.values[at: i]
      return DifferenceForest.Row(
        label: label, support: support,
        difference: difference?.double.map { .init($0, lower: difference?.interval?.lower, upper: difference?.interval?.upper) },
        undefined: reason(difference), pValue: table["p_holm"]?.values[at: i]?.double,
        isBeyondNoise: table["verdict"]?.values[at: i]?.string.map { $0 == Comparison.Verdict.beyondNoise.rawValue })
    }
    let statistic = frame.strings("statistic").first ?? ""
    let labels = frame.strings("label"), models = frame.strings("model"), support = frame["support"]?.values ?? []
    let own = overall.map { table in table.strings("statistic").indices.filter { table.strings("statistic")[$0] == "Macro " + statistic } } ?? []
    return DifferenceForest(
      models: models.distinct.map { model in
        DifferenceForest.Model(
          name: model,
          overall: overall.flatMap { table in
            own.first { table.strings("model")[$0] == model }.map { row(table, $0, "Macro mean", nil) }
          },
          rows: models.indices.filter { models[$0] == model }.map { row(frame, $0, labels[at: $0] ?? "", support[at: $0]?.integer) })
      },
      reference: frame["reference"]?.title ?? "", measure: statistic,
      lowerIsBetter: own.first.map { overall?.strings("better")[at: $0] == "lower" } ?? false,
      margin: frame["margin"]?.values.first?.double)
  }

  private func labelCounts(_ frame: Frame, _ folds: Frame?) -> LabelCounts {
    let columns = frame.columns.filter { $0.name.hasPrefix("fold") }
    let uses = Dictionary(zip(folds?.integers("fold") ?? [], folds?.strings("use") ?? [])) { first, _ in first }
    let numbers = columns.map { Int($0.name.dropFirst(4)) ?? 0 }
    let labels = frame.strings("label").enumerated().map { i, name in
      LabelCounts.Label(name, counts: columns.map { $0.values[at: i]?.integer ?? 0 })
    }
    return LabelCounts(
      folds: numbers.map { LabelCounts.Fold($0, LabelCounts.Role(rawValue: uses[$0] ?? "") ?? .unused) }, labels: labels,
      records: folds?.integers("labelled").reduce(0, +) ?? 0)
  }

  private func probabilityBars(_ frame: Frame) -> ProbabilityBars {
    let (p, thresholds) = (frame.doubles("probability"), frame.doubles("threshold"))
    let (groups, meanings) = (frame.strings("group"), frame.strings("meaning"))
    return ProbabilityBars(
      bars: frame.strings("label").enumerated().map { i, name in
        ProbabilityBars.Bar(
          name: name, meaning: meanings[at: i] ?? "", probability: (p[at: i] ?? nil) ?? .nan,
          threshold: thresholds[at: i] ?? nil, risk: groups[at: i].flatMap(ProbabilityBars.Risk.init(rawValue:)))
      })
  }

  /// The page, or the leads that were chosen, each over the whole time.
  private func ecgScene(_ page: ECGPage, _ style: FigureStyle) throws -> Scene {
    guard let chosen = style.paper?.leads else { return page.scene() }
    let known = page.leads.map(\.name)
    let names = known.filter { name in chosen.contains { $0.lowercased() == name.lowercased() } }
    guard !names.isEmpty else {
      throw CellError("the recording has no lead \(chosen.joined(separator: ", ")); it has \(known.joined(separator: ", "))")
    }
    return page.scene(of: names)
  }

  private func ecg(_ frame: Frame, _ style: FigureStyle) throws -> ECGPage {
    let times = frame.doubles("time").compactMap(\.self)
    guard let first = times.first, let last = times.last, times.count > 1, last > first else {
      throw CellError("the ECG has fewer than two samples")
    }
    let rate = (Double(times.count - 1) / (last - first)).rounded()
    let leads = frame.columns.filter { $0.name != "time" }.map { column in
      ECGPage.Lead(
        name: column.title, millivolts: column.values.map { $0.double.map(Float.init) ?? .nan }, isDerived: column.note != nil)
    }
    var page = ECGPage(
      leads: leads, samplingRate: rate, identification: style.title.map { [$0] } ?? [],
      filter: say(.ecgFilter, frequency(rate), frequency(rate / 2)))
    // A Holter's own leads stand as rhythm strips, where lead II is not there.
    let own = leads.map(\.name).filter { name in !Self.standardLeads.contains(name.lowercased()) }
    if !own.isEmpty, !leads.contains(where: { $0.name.lowercased() == "ii" }) { page.rhythmLeads = Array(own.prefix(3)) }
    guard let paper = style.paper, let layout = paper.layout else {
      return style.width > 166 ? page : page.fitting(width: style.width * Theme.millimetre)
    }
    var printed = page
    (printed.layout, printed.order, printed.speed, printed.gain) = (layout, paper.order, paper.speed, paper.gain)
    (printed.rhythmLeads, printed.start) = (paper.rhythmLeads ?? page.rhythmLeads, paper.start)
    (printed.maximumWidth, printed.maximumHeight) = (style.width, paper.height)
    return printed
  }

  private func trend(_ frame: Frame, _ episodes: Frame?) -> TrendChart {
    let levels = frame.columns.filter { $0.name.hasPrefix("st_") }
    let (rate, slowest, fastest) = (frame.doubles("rate"), frame.doubles("slowest"), frame.doubles("fastest"))
    let noise = frame.doubles("noise")
    let steps = (0..<frame.rowCount).map { i in
      TrendChart.Step(
        rate: rate[at: i] ?? nil, lowestRate: slowest[at: i] ?? nil, highestRate: fastest[at: i] ?? nil,
        st: levels.map { $0.values[at: i]?.double }, noise: noise[at: i] ?? nil)
    }
    let spans = spans(episodes).map { TrendChart.Episode($0.kind, from: $0.from, to: $0.to) }
    return TrendChart(steps: steps, stNames: levels.map { String($0.name.dropFirst(3)) }, episodes: spans)
  }

  private func spans(_ episodes: Frame?) -> [(kind: String, from: Double, to: Double)] {
    guard let episodes else { return [] }
    return zip(episodes.strings("kind"), zip(episodes.doubles("start"), episodes.doubles("seconds"))).map { kind, place in
      (kind, place.0 ?? 0, (place.0 ?? 0) + (place.1 ?? 0))
    }
  }

  /// A line of a minute each, from rows of equal stretches.
  private func disclosure(_ frame: Frame, _ episodes: Frame?) -> FullDisclosure {
    let times = frame.doubles("time").compactMap(\.self)
    let (low, high) = (frame.doubles("low"), frame.doubles("high"))
    let start = times.first ?? 0
    var lines: [FullDisclosure.Line] = []
    for (row, time) in times.enumerated() {
      let line = max(0, Int(((time - start) / 60 + 1e-9).rounded(.down)))
      while lines.count <= line { lines.append(FullDisclosure.Line(low: [], high: [])) }
      lines[line].low.append((low[at: row] ?? nil).map(Float.init) ?? .nan)
      lines[line].high.append((high[at: row] ?? nil).map(Float.init) ?? .nan)
    }
    return FullDisclosure(
      lead: frame["low"]?.note ?? "", lines: lines, start: start,
      spans: spans(episodes).map { FullDisclosure.Span($0.kind, from: $0.from, to: $0.to) }, height: 120)
  }

  private func scales(_ frame: Frame) -> MeasurementScales {
    let (units, lower, upper) = (frame.strings("unit"), frame.doubles("lower"), frame.doubles("upper"))
    let values = frame["value"]?.values ?? []
    return MeasurementScales(
      rows: frame.strings("measure").enumerated().map { i, name in
        var reason = ""
        if case .undefined(let why)? = values[at: i] { reason = why }
        return MeasurementScales.Row(
          name, unit: units[at: i] ?? "", value: (values[at: i]?.double).map { $0.rounded() }, lower: lower[at: i] ?? nil,
          upper: upper[at: i] ?? nil, reason: reason)
      }, source: frame["lower"]?.note ?? "")
  }

  private func serialChange(_ frame: Frame) -> SerialChange {
    let (before, now) = (frame.doubles("previous"), frame.doubles("now"))
    let (units, digits) = (frame.strings("unit"), frame.integers("places"))
    return SerialChange(
      rows: frame.strings("measure").enumerated().map { i, name in
        SerialChange.Row(name, unit: units[at: i] ?? "", previous: before[at: i] ?? nil, current: now[at: i] ?? nil, places: digits[at: i] ?? 0)
      })
  }

  private func frequency(_ rate: Double) -> String { quantity(decimal(rate, places: rate == rate.rounded() ? 0 : 1), "Hz") }

  private static let standardLeads: Set = ["i", "ii", "iii", "avr", "avl", "avf", "v1", "v2", "v3", "v4", "v5", "v6"]

  private func medianBeats(_ frame: Frame, _ others: [String: Frame], _ style: FigureStyle) throws -> MedianBeats {
    let times = frame.doubles("time").compactMap(\.self)
    guard let first = times.first, let last = times.last, last > first, let waves = others["waves"] else {
      return MedianBeats(current: .init(leads: [], samplingRate: 0, boundaries: .init(), count: 0))
    }
    let names = waves.strings("wave")
    func place(_ wave: String, _ column: String) -> Double? {
      names.firstIndex(of: wave).flatMap { waves.doubles(column)[at: $0] ?? nil }.map { $0 - first }
    }
    let levels = others["amplitudes"].map { table in
      Dictionary(zip(table.strings("lead"), table.doubles("st60"))) { first, _ in first }
    } ?? [:]
    let leads = frame.columns.filter { $0.name != "time" }.map { column in
      MedianBeats.Lead(
        name: column.title, millivolts: column.values.map { $0.double.map(Float.init) ?? .nan }, st: levels[column.name] ?? nil)
    }
    return MedianBeats(
      current: MedianBeats.Beat(
        leads: leads, samplingRate: Double(times.count - 1) / (last - first),
        boundaries: .init(
          pOnset: place("p", "onset"), pEnd: place("p", "end"), qrsOnset: place("qrs", "onset"), qrsEnd: place("qrs", "end"),
          tEnd: place("t", "end")),
        count: waves.integers("beats").first ?? 0))
  }

  /// The ECG with what spoke for the label shaded behind it; what spoke against it stays white.
  private func explanation(_ frame: Frame, _ others: [String: Frame], _ style: FigureStyle) throws -> ECGPage {
    guard let relevance = others["relevance"], let first = relevance.doubles("time").first ?? nil else {
      throw CellError("the cell explains no label; give it the option 'explain'")
    }
    var page = try ecg(frame, style)
    let leads = relevance.columns.filter { $0.name != "time" }
    let greatest = leads.flatMap(\.values).compactMap(\.double).max() ?? 0
    let before = [Double](repeating: 0, count: Int((first * 10).rounded()))
    let darkness = leads.map { column in
      (column.name, before + column.values.map { greatest > 0 ? max(0, $0.double ?? 0) / greatest : 0 })
    }
    page.shade = ECGPage.Shade(
      seconds: 0.1, darkness: Dictionary(darkness) { first, _ in first }, meaning: say(.ecgShade))
    return page
  }

  private func histogram(_ frame: Frame) -> Histogram {
    let starts = frame.doubles("age").compactMap(\.self)
    let width = starts.count > 1 ? starts[1] - starts[0] : 1
    return Histogram(
      start: starts.first ?? 0, binWidth: width,
      groups: frame.columns.dropFirst().map { Histogram.Group($0.title, counts: $0.values.map { $0.integer ?? 0 }) },
      title: "Age", unit: "years")
  }

  private func bars(_ frame: Frame) -> Bars {
    let names = frame.columns.first.map { frame.strings($0.name) } ?? []
    let counts = frame.integers("records")
    return Bars(bars: zip(names, counts).map { Bars.Bar($0, $1) }, title: "Records")
  }

  private func coOccurrence(_ frame: Frame) -> CoOccurrence {
    CoOccurrence(
      labels: frame.strings("label"), counts: frame.columns.dropFirst().map { $0.values.map { $0.integer ?? 0 } })
  }
}

/// How a figure is drawn: what changes its looks and not its data.
struct FigureStyle: Sendable, Equatable {
  var width = 166.0  // mm
  var title: String?
  var paper: ECGPaperStyle?
}

/// How an electrocardiograph would print it.
struct ECGPaperStyle: Sendable, Equatable {
  var layout: ECGPage.Layout?  // nil: the fullest that the width has room for
  var order = ECGPage.Order.standard
  var speed = 25.0  // mm/s
  var gain = 10.0  // mm/mV
  var rhythmLeads: [String]?
  var height: Double?  // mm, at most
  var start = 0.0  // s
  var leads: [String]?  // these alone; nil: all

  init(_ options: inout Options) {
    let names = ["auto": nil, "3x4": ECGPage.Layout.threeByFour, "6x2": .sixByTwo, "12x1": .twelveByOne]
    let choice = options.takeChoice("layout", default: "auto", of: ["auto", "3x4", "6x2", "12x1"], enters: .render)
    layout = names[choice] ?? nil
    order = options.takeChoice("order", default: .standard, enters: .render)
    speed = Double(options.takeChoice("speed", default: "25", of: ["12.5", "25", "50"], enters: .render)) ?? 25
    gain = Double(options.takeChoice("gain", default: "10", of: ["5", "10", "20"], enters: .render)) ?? 10
    rhythmLeads = options.takeIfPresent("rhythm", as: [String].self, enters: .render)
    height = options.takeIfPresent("height", in: 40.0...280, enters: .render)
    start = options.take("start", default: 0.0, in: 0...1e6, enters: .render)
    let chosen: String = options.take("leads", default: "all", enters: .render)
    if chosen != "all" { leads = chosen.split { ", ".contains($0) }.map(String.init) }
  }
}

extension [String] {
  /// Each once, in the order of their first appearance.
  var distinct: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension Array {
  subscript(at index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
