import Drawing
import Figures
import Foundation
import Testing

/// Every figure, with few and many labels, at every width it is printed at: what the rules of the page are tested on.
struct Example: Sendable, CustomTestStringConvertible {
  var name: String
  var scene: Scene
  var testDescription: String { name }

  static let all: [Example] = {
    var examples: [Example] = []
    for (width, points) in [("85", Theme.Width.column), ("120", Theme.Width.middle), ("166", Theme.Width.full)] {
      func add(_ name: String, _ scene: Scene) {
        examples.append(Example(name: "\(name) at \(width) mm", scene: scene))
      }
      for epochs in [1, 2, 10, 100] { add("training, \(epochs)", training(epochs).scene(width: points)) }
      for n in [1, 5, 12, 22, 44, 71] {
        add("ROC, \(n)", roc(n).scene(width: points))
        add("confusion, \(n)", confusion(n).scene(width: points))
        add("labels, \(n)", labels(n).scene(width: points))
        add("co-occurrence, \(n)", coOccurrence(n).scene(width: points))
        add("reliability, \(n)", reliability(n).scene(width: points))
        add("decision, \(n)", decision(n).scene(width: points))
        add("differences, \(n)", differences(n).scene(width: points))
      }
      add("probabilities", probabilities.scene(width: points))
      add("histogram", histogram.scene(width: points))
      add("bars", bars(logarithmic: false).scene(width: points))
      add("bars, logarithmic", bars(logarithmic: true).scene(width: points))
      add("reliability, one series", reliability(22, series: 1).scene(width: points))
      add("decision, to 0.3", decision(5, limit: 0.3).scene(width: points))
      add("subgroups", subgroups.scene(width: points))
      add("subgroups, beyond the axis", stray.scene(width: points))
      add("differences, three networks", differences(44, models: 3, margin: 0.02).scene(width: points))
      add("ECG", ecg().fitting(width: points).scene())
      add(
        "probabilities, grouped",
        patient.groupedScene(width: points, note: "High: severity 3 at or above the threshold."))
      add("measurements", measurements.scene(width: points))
      add("serial change", changes.scene(width: points))
      add("trend of a day", trend(1440).scene(width: points))
      add("trend of three hours, no clock", trend(180, clock: nil).scene(width: points))
      add("trend of ten days", trend(14_400).scene(width: points))
      add("disclosure of an hour", disclosure(lines: 60).scene(width: points))
      add("disclosure of a day", disclosure(lines: 48, secondsPerLine: 1800).scene(width: points))
      add("beats, median", beats(previous: false).scene(width: max(points, Theme.Width.middle)))
      add("beats, median and previous", beats(previous: true).scene(width: max(points, Theme.Width.middle)))
    }
    examples.append(Example(name: "ECG, landscape", scene: ecg().scene()))
    examples.append(
      Example(name: "beats, median, landscape", scene: beats(previous: true).scene(width: 260 * Theme.millimetre)))
    for (index, scene) in ecg(rate: 250).enlarged().enumerated() {
      examples.append(Example(name: "ECG, enlarged, \(index)", scene: scene))
    }
    for layout in ECGPage.Layout.allCases {
      for (speed, gain) in [(25.0, 10.0), (12.5, 5), (50, 20)] {
        var page = ecg(rate: 250)
        (page.layout, page.speed, page.gain, page.order) = (layout, speed, gain, .cabrera)
        (page.maximumWidth, page.maximumHeight) = (260, speed == 25 ? 112 : nil)
        (page.leads[2].isDerived, page.leads[7].millivolts) = (true, [])
        page.annotations = .init(
          beats: (0..<12).map { .init(0.3 + 0.8 * Double($0), $0 == 6 ? "V" : "N") }, pacingSpikes: [2.65])
        examples.append(Example(name: "ECG, \(layout) at \(speed) mm/s, low", scene: page.scene()))
      }
    }
    return examples
  }()

  // MARK: Examples

  static let codes = [
    "NORM", "MI", "STTC", "CD", "HYP", "LAO/LAE", "RAO/RAE", "CRBBB", "IRBBB", "ASMI", "ISC_", "AFIB", "PRC(S)", "3AVB",
  ]
  static func names(_ n: Int) -> [String] { (0..<n).map { $0 < codes.count ? codes[$0] : "CODE\($0)" } }

  static func training(_ epochs: Int) -> TrainingCurves {
    TrainingCurves(
      epochs: (1...epochs).map {
        let x = Double($0)
        return .init(
          number: $0, trainLoss: 0.2 + 0.3 / x, validationLoss: 0.26 + 0.15 / x, validationAUC: 0.93 - 0.1 / x,
          learningRate: 0.003 * sin(.pi * x / Double(epochs + 1)))
      }, best: (epochs + 1) / 2)
  }

  static func curve(_ name: String, _ index: Int) -> ROCCurves.Curve {
    let exponent = 0.05 + 0.6 * Double((index * 37) % 100) / 100
    let rates = (0...500).map { Double($0) / 500 }
    let auc = 1 / (1 + exponent)
    return .init(
      name: name, falsePositiveRates: rates, truePositiveRates: rates.map { pow($0, exponent) }, auc: auc,
      interval: (auc - 0.012)...min(auc + 0.01, 1), positives: 40 + index)
  }
  static func roc(_ n: Int) -> ROCCurves {
    var classes = names(n).enumerated().map { curve($1, $0) }
    if n > 3 {
      classes[3] = .init(
        name: classes[3].name, falsePositiveRates: [], truePositiveRates: [], auc: nil,
        undefined: "undefined: no positive")
    }
    return ROCCurves(macro: curve("macro average", 5), classes: classes, records: 2183)
  }

  static func confusion(_ n: Int) -> ConfusionMatrices {
    ConfusionMatrices(
      classes: names(n).enumerated().map {
        .init(name: $1, truePositives: 300 - $0, falseNegatives: 60 + $0, falsePositives: 20 * $0, trueNegatives: 1650)
      })
  }

  static func labels(_ n: Int) -> LabelCounts {
    LabelCounts(
      folds: (1...10).map { .init($0, $0 < 9 ? .training : $0 == 9 ? .validation : .test) },
      labels: names(n).enumerated().map { index, name in .init(name, counts: (0..<10).map { 1600 / (index + 1) + $0 })
      },
      records: 21_837)
  }

  static func coOccurrence(_ n: Int) -> CoOccurrence {
    CoOccurrence(
      labels: names(n),
      counts: (0..<n).map { row in (0..<n).map { $0 == row ? 1000 : (row * 31 + $0 * 17) % 900 } })
  }

  static let probabilities = ProbabilityBars(bars: [
    .init(name: "AFIB", meaning: "atrial fibrillation", probability: 0.93, threshold: 0.42, risk: .medium),
    .init(name: "IMI", meaning: "inferior myocardial infarction", probability: 0.71, threshold: 0.35, risk: .high),
    .init(name: "LVH", meaning: "left ventricular hypertrophy", probability: 0.31, threshold: 0.38, risk: .low),
    .init(name: "NORM", meaning: "normal ECG", probability: 0.004, threshold: 0.5),
    .init(name: "1AVB", probability: .nan),
  ])

  static let histogram = Histogram(
    start: 0, binWidth: 5,
    groups: [
      .init("men", counts: [1, 5, 9, 120, 300, 900, 1400, 1500, 700, 20]),
      .init("women", counts: [2, 4, 15, 240, 280, 800, 900, 1100, 950, 140]),
    ], title: "Age", unit: "years")

  static func bars(logarithmic: Bool) -> Bars {
    Bars(
      bars: [.init("CS-12 E", 9000), .init("a device with a very long name, made in Germany", 830), .init("none", 0)],
      title: "Records", logarithmic: logarithmic)
  }

  /// Records of a class with this prevalence at each probability, and how often they were positive.
  static func bins(_ index: Int, slope: Double) -> [ReliabilityDiagram.Bin] {
    let prevalence = 0.4 / Double(1 + index)
    return (0..<15).compactMap { bin in
      let p = (Double(bin) + (slope < 1 ? 0.35 : 0.6)) / 15
      let records = Int(2183 * (bin == 0 ? 1 - prevalence : prevalence * exp(-abs(Double(bin) - 11) / 3) / 6))
      guard records > 0 else { return nil }
      let observed = 1 / (1 + exp(-slope * log(p / (1 - p)) - 0.3 * sin(Double(bin * 7 + index))))
      let half = 0.98 / Double(records + 4).squareRoot()
      return .init(
        meanPredicted: p, observed: observed, lower: max(0, observed - half), upper: min(1, observed + half),
        records: records)
    }
  }
  static func reliability(_ n: Int, series: Int = 2) -> ReliabilityDiagram {
    func chart(_ name: String, _ index: Int) -> ReliabilityDiagram.Chart {
      let before = ReliabilityDiagram.Series(
        bins: bins(index, slope: 0.55), ece: 0.041 + 0.001 * Double(index), slope: 0.55)
      let after = ReliabilityDiagram.Series(bins: bins(index, slope: 1), ece: 0.012, slope: index == 4 ? nil : 0.98)
      return .init(name: name, series: series == 1 ? [after] : [before, after])
    }
    var classes = names(n).enumerated().map { chart($1, $0) }
    if n > 3 { classes[3] = .init(name: classes[3].name, series: [], undefined: "undefined: no positive record") }
    return ReliabilityDiagram(
      seriesNames: series == 1 ? ["calibrated"] : ["before calibration", "after"], pooled: chart("All labels", 0),
      classes: classes)
  }

  static func decision(_ n: Int, limit: Double = 1) -> DecisionCurves {
    let thresholds = (1..<100).map { Double($0) / 100 }
    var classes = names(n).enumerated().map { index, name -> DecisionCurves.Curve in
      let prevalence = 0.4 / Double(1 + index)
      return .init(
        name: name, thresholds: thresholds,
        model: thresholds.map { t in
          prevalence * (1 - pow(t, 1.5 + Double(index % 3))) - 0.09 * prevalence * t / (1 - t)
        }, treatAll: thresholds.map { t in prevalence - (1 - prevalence) * t / (1 - t) }, prevalence: prevalence)
    }
    if n > 3 {
      classes[3] = .init(
        name: classes[3].name, thresholds: [], model: [], treatAll: [], prevalence: 0,
        undefined: "undefined: no positive record")
    }
    return DecisionCurves(classes: classes, limit: limit)
  }

  static let subgroups = SubgroupForest(
    groupings: [
      .init(
        name: "Sex",
        rows: [
          .init(
            level: "female", records: 1039, patients: 961, auroc: .init(0.931, lower: 0.919, upper: 0.942),
            difference: .init(0.0113, lower: -0.0061, upper: 0.0284)),
          .init(
            level: "male", records: 1144, patients: 1052, auroc: .init(0.92, lower: 0.907, upper: 0.932),
            difference: .init(-0.0113, lower: -0.0284, upper: 0.0061)),
        ]),
      .init(
        name: "Age",
        rows: [
          .init(
            level: "under 40", records: 251, patients: 240, auroc: .init(0.947, lower: 0.88, upper: 0.98),
            difference: .init(0.022, lower: -0.041, upper: 0.058)),
          .init(
            level: "40 to 60", records: 703, patients: 655, auroc: .init(0.929, lower: 0.912, upper: 0.944),
            difference: .init(0.004, lower: -0.018, upper: 0.021)),
          .init(
            level: "above 60", records: 1229, patients: 1118, auroc: .init(0.908, lower: 0.893, upper: 0.921),
            difference: .init(-0.031, lower: -0.052, upper: -0.012)),
          .init(level: "unknown", records: 0, patients: 0, auroc: nil, undefined: "undefined: no record"),
        ]),
      .init(
        name: "Device",
        rows: [
          .init(
            level: "AT-60    3", records: 12_410, patients: 11_803, auroc: .init(0.924, lower: 0.91, upper: 0.937)),
          .init(
            level: "a device with a very long name, made in Germany", records: 31, patients: 30, auroc: nil,
            undefined: "undefined: of no class are there at least 10 records with it and 10 without it in the group"),
        ]),
    ],
    overall: .init(
      level: "All records", records: 2183, patients: 2011, auroc: .init(0.925, lower: 0.916, upper: 0.933)),
    measure: "Macro AUROC")

  /// Differences that grow with the label; every fifth label has none.
  static func differences(_ n: Int, models: Int = 1, margin: Double? = nil) -> DifferenceForest {
    func row(_ i: Int, _ model: Int) -> DifferenceForest.Row {
      let value = 0.002 * Double(i * (model + 1) - n / 2)
      let half = 0.01 + 0.002 * Double(i % 7)
      let isBeyond = abs(value) > 2 * half
      return .init(
        label: "label \(i)", support: 5000 / (i + 1),
        difference: i % 5 == 4 ? nil : .init(value, lower: value - half, upper: value + half),
        undefined: "no positive among 2193 records", pValue: i % 5 == 4 ? nil : isBeyond ? 0.0004 : 0.3,
        isBeyondNoise: isBeyond)
    }
    return DifferenceForest(
      models: (0..<models).map { model in
        .init(
          name: "network \(model + 1)",
          overall: .init(
            label: "Macro mean", difference: .init(0.006, lower: -0.001 * Double(model), upper: 0.0131), pValue: 0.04,
            isBeyondNoise: model == 0),
          rows: (0..<n).map { row($0, model) })
      }, reference: "xresnet1d101", margin: margin)
  }

  static let stray = SubgroupForest(
    groupings: [
      .init(
        name: "Site",
        rows: [
          .init(level: "1", records: 50, auroc: .init(0.2, lower: 0.1, upper: 0.3), difference: .init(-0.7)),
          .init(level: "2", records: 40, auroc: .init(0.85, lower: 0.4, upper: 0.99)),
          .init(level: "3", records: 40, auroc: .init(1.7, lower: .nan, upper: 2)),
          .init(level: "4", records: 40, auroc: .init(.nan)),
        ])
    ], axis: 0.6...0.9)

  static let leadNames = ["I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"]

  /// Each lead a row of narrow beats, higher from lead to lead; `change` alters them.
  static func ecg(rate: Double = 100, seconds: Double = 10, change: (Int, inout [Float]) -> Void = { _, _ in })
    -> ECGPage
  {
    ECGPage(
      leads: leadNames.enumerated().map { index, name in
        var samples = (0..<Int(rate * seconds)).map { sample -> Float in
          let phase = (Double(sample) / rate).truncatingRemainder(dividingBy: 0.8) - 0.3
          return Float((0.4 + 0.15 * Double(index)) * exp(-phase * phase / 0.0005) * (index % 5 == 3 ? -1 : 1))
        }
        change(index, &samples)
        return .init(name: name, millivolts: samples)
      }, samplingRate: rate, identification: ["Record 1", "56 years, female"], remarks: ["synthetic", "unconfirmed"],
      filter: "0.05–40 Hz")
  }

  // MARK: A patient's page

  /// The 22 labels of a patient's page, some with long names.
  static let patient: ProbabilityBars = {
    let names = [
      "NORM", "IMI", "ASMI", "ILMI", "AMI", "ALMI", "LMI", "CLBBB", "CRBBB", "IRBBB", "LAFB", "LPFB", "IVCD", "1AVB",
      "WPW",
      "LVH", "RVH", "LAO/LAE", "AFIB", "AFLT", "STACH", "SBRAD",
    ]
    let high: [String: Double] = ["AFIB": 0.93, "IMI": 0.62, "NORM": 0.7, "WPW": .nan]
    let risks: [String: ProbabilityBars.Risk] = ["AFIB": .medium, "IMI": .high, "LVH": .low]
    return ProbabilityBars(
      bars: names.enumerated().map { index, name in
        let low = 0.3 / Double(index + 1)
        let threshold = 0.3 + 0.01 * Double(index)
        return ProbabilityBars.Bar(
          name: name,
          meaning: index % 3 == 0 ? "non-specific intraventricular conduction disturbance" : "atrial flutter",
          probability: high[name] ?? low, threshold: name == "SBRAD" ? nil : threshold, risk: risks[name])
      })
  }()

  static let measurements = MeasurementScales(
    rows: [
      .init("Heart rate", unit: "/min", value: 112, lower: 60, upper: 100),
      .init("P", unit: "ms", value: 108, upper: 120),
      .init("PR", unit: "ms", value: nil, lower: 120, upper: 200, reason: "no P wave"),
      .init("QT", unit: "ms", value: 380), .init("QTc", unit: "ms", value: 900, lower: 350, upper: 450),
      .init("Axis QRS", unit: "°", value: -52, lower: -30, upper: 90),
      .init("R in V5", unit: "mV", value: 0.41, places: 2, lower: 0.5),
    ], source: "women over 50")

  static let changes = SerialChange(
    rows: [
      .init("Heart rate", unit: "/min", previous: 72, current: 112, variability: 10),
      .init("PR", unit: "ms", previous: 160, current: nil, variability: 15),
      .init("QRS", unit: "ms", previous: 92, current: 96, variability: 8),
      .init("Axis QRS", unit: "°", previous: 170, current: -160, variability: 40),
      .init("ST V5", unit: "mV", previous: 0.02, current: -0.12, places: 2, variability: 0.05),
      .init("AFIB", previous: 0.03, current: 0.93, places: 2),
    ], previousName: "3 May 1989", currentName: "12 March 1991")

  /// Rate and ST of so many minutes: half an hour of noise, two hours of a fast rhythm, many short runs.
  static func trend(_ minutes: Int, clock: Double? = 9.4 * 3600) -> TrendChart {
    let steps = (0..<minutes).map { minute -> TrendChart.Step in
      guard !(30..<60).contains(minute) else { return .init(noise: 0.9) }
      let isFast = (100..<220).contains(minute)
      let slow: Double = 70 + 10 * sin(Double(minute) / 200) + Double(minute * 7 % 5)
      let rate: Double = isFast ? slow + 40 : slow
      let st: [Double?] = [0.02, isFast ? -0.15 : 0.01]
      return .init(rate: rate, lowestRate: rate - 9, highestRate: rate + 14, st: st, noise: 0.02)
    }
    let runs = (0..<900).map { index -> TrendChart.Episode in
      let start = 14_000 + 40 * Double(index)
      return .init("ventricular run", from: start, to: start + 3)
    }
    let fast = TrendChart.Episode("atrial fibrillation", from: 6000, to: 13_200)
    return TrendChart(steps: steps, startOfDay: clock, stNames: ["V5", "II"], episodes: [fast] + runs)
  }

  static func disclosure(lines: Int, secondsPerLine: Double = 60) -> FullDisclosure {
    var envelope = FullDisclosure.Envelope(samplingRate: 50, secondsPerLine: secondsPerLine)
    for line in 0..<lines {
      envelope.append(
        (0..<Int(50 * secondsPerLine)).map { sample -> Float in
          let phase = (Double(sample) / 50 + Double(line) * 0.17).truncatingRemainder(dividingBy: 0.8) - 0.3
          return line == 3 && sample < 500 ? .nan : Float(exp(-phase * phase / 0.0008) - 0.1)
        })
    }
    envelope.finish()
    return FullDisclosure(
      lead: "II", lines: envelope.lines, secondsPerLine: secondsPerLine, start: 3600, startOfDay: 23 * 3600,
      spans: [.init("noise", from: 3690, to: 3790), .init("atrial fibrillation", from: 5000, to: 5400)], height: 160)
  }

  /// A beat with P, QRS and T at known moments: P 0.10 to 0.20 s, QRS 0.26 to 0.35, T to 0.64.
  static func beats(previous: Bool) -> MedianBeats {
    func beat(_ scale: Double, name: String) -> MedianBeats.Beat {
      .init(
        leads: leadNames.enumerated().map { index, lead in
          let height: Double = scale * (0.3 + 0.1 * Double(index)) * (index % 5 == 3 ? -1.0 : 1.0)
          return .init(
            name: lead,
            millivolts: (0..<400).map { sample -> Float in
              let t = Double(sample) / 500
              func wave(_ middle: Double, _ width: Double) -> Double { exp(-pow((t - middle) / width, 2)) }
              let (p, qrs, t2) = (0.1 * wave(0.15, 0.02), wave(0.3, 0.013), 0.25 * wave(0.55, 0.04))
              return Float(height * (p + qrs + t2))
            }, isDerived: index == 2, st: 0.02 * Double(index - 5))
        }, samplingRate: 500,
        boundaries: .init(pOnset: 0.1, pEnd: 0.2, qrsOnset: 0.26, qrsEnd: 0.35, tEnd: 0.64), count: 11, name: name)
    }
    return MedianBeats(
      current: beat(1, name: "12 March 1991"), previous: previous ? beat(0.8, name: "3 May 1989") : nil,
      maximumHeight: 180)
  }
}
