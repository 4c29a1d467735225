import Book
import Drawing
import Foundation
import TestSupport

/// A page with every construct that a report may have; numbers are invented, and the same on every run.
enum Sample {
  static func report() -> Page {
    var page = Page(
      title: "Five diagnostic superclasses from the twelve-lead ECG: a residual network trained on PTB-XL")
    page.authors = ["Ada Beispiel", "Jürgen Größe"]
    page.date = "14 March 2025"
    page.sourceDate = 1_741_910_400
    page.summary = [
      .text("A one-dimensional residual network reads ten-second ECGs at 100 Hz and names five "),
      .text("diagnostic superclasses. "),
      .text("On 2,158 test records of patients it never saw, its macro AUC was "),
      .value("0.928", path: "eval.macro.auroc.estimate"), .text(" (95 % interval "),
      .value("0.920–0.935", path: "eval.macro.auroc"), .text(")."),
    ]
    page.keyFigures = [
      .init(label: "Macro AUC, test fold", value: "0.928", interval: "0.920–0.935"),
      .init(label: "Micro average precision", value: "0.841", interval: "0.828–0.853"),
      .init(label: "Test records", value: "2158"),
    ]
    page.facts = [
      .init(label: "Model", value: "ResNet1D, 1.9 million weights, superclass_model"),
      .init(label: "Data", value: "PTB-XL 1.0.3 at 100 Hz, 21,430 records of 18,604 patients"),
      .init(label: "Folds", value: "training 1–7, validation 8, test 9; patients never cross folds"),
    ]
    page.banners = [
      "Synthetic data: PTB-XL was not found under data/ptbxl, so every number below describes computed ECGs and "
        + "says nothing about patients."
    ]
    page.digest = "5f2c9a1be07d4c33"
    page.bibliography = bibliography
    page.attachments = [
      .init(
        name: "results.json", mediaType: "application/json", description: "Every value of this report",
        content: #"{"schema":1,"report":{"title":"A & B </script><b>"},"cells":{"eval":{"values":{"auroc":0.928}}}}"#),
      .init(name: "report.md", mediaType: "text/markdown", description: "The report's source", content: "# Report\n"),
    ]
    page.blocks = introduction + data + methods + results + limits
    return page
  }

  static let bibliography: [Page.BibliographyEntry] = [
    .init(
      number: 1, key: "wagner2020",
      text: [
        .text("Wagner P, Strodthoff N, Bousseljot R-D, Kreiseler D, Lunze FI, Samek W, Schaeffter "),
        .text("T. PTB-XL, a large publicly available electrocardiography dataset. "),
        .emphasis([.text("Scientific Data")]), .text(" 7, 154 (2020). "),
        .link([.text("doi:10.1038/s41597-020-0495-6")], url: "https://doi.org/10.1038/s41597-020-0495-6"),
      ]),
    .init(
      number: 2, key: "strodthoff2021",
      text: [
        .text("Strodthoff N, Wagner P, Schaeffter T, Samek W. Deep learning for ECG analysis: "),
        .text("benchmarks and insights from PTB-XL. "),
        .emphasis([.text("IEEE Journal of Biomedical and Health Informatics")]), .text(" 25, 1519–1528 (2021). "),
        .link([.text("doi:10.1109/JBHI.2020.3022989")], url: "https://doi.org/10.1109/JBHI.2020.3022989"),
      ]),
    .init(
      number: 3, key: "goldberger2000",
      text: [
        .text("Goldberger AL, Amaral LAN, Glass L, et al. PhysioBank, PhysioToolkit, and "),
        .text("PhysioNet. "), .emphasis([.text("Circulation")]), .text(" 101, e215–e220 (2000)."),
      ]),
  ]

  static let introduction: [Block] = [
    .heading(level: 1, [.text("What was asked")], anchor: "what-was-asked"),
    .paragraph([
      .text("The electrocardiogram is the most frequent recording of the heart, and most of the "),
      .text("world's are read by few people in little time. We ask how well a small network, "),
      .text("trained on one public collection "),
      .citation(.numbered([(1, "wagner2020"), (3, "goldberger2000")])),
      .text(", tells five groups of diagnoses apart, and how sure that answer is. The question "),
      .text("is an old one; the published benchmark "),
      .citation(.numbered([(2, "strodthoff2021")])),
      .text("gives the bar. Its protocol has one weakness for our purpose: intervals come from "),
      .text("resampled records, not patients."), .footnote(1),
    ]),
    .paragraph([
      .text("Everything that follows was computed from the data by one command. A value in the "),
      .text("text, such as the macro AUC of "),
      .value("0.928", path: "eval.macro.auroc"),
      .text(", is the same value that stands in "), .reference("Table 1", anchor: "tbl-classes"), .text(" and in "),
      .reference("Figure 2", anchor: "fig-roc"),
      .text("; its path in the results block says which. A hyphenated-compound word, a path like "),
      .code("saved_models/superclass/model.json"),
      .text(", and an "), .emphasis([.text("emphasized phrase")]), .text(" break over lines as they should."),
    ]),
    .heading(level: 2, [.text("What is new")], anchor: "what-is-new"),
    .list(
      ordered: false, start: 1, tight: true,
      items: [
        [
          .paragraph([
            .text("Intervals are computed by drawing patients, so that several records of one person "),
            .text("do not count as independent."),
          ])
        ],
        [
          .paragraph([.text("Classes without positives are reported as undefined, with the reason:")]),
          .list(
            ordered: true, start: 3, tight: true,
            items: [
              [.paragraph([.text("no record of the test fold has the statement;")])],
              [.paragraph([.text("every record has it.")])],
            ]),
        ],
        [.paragraph([.text("The figures carry their data.")])],
      ]),
    .quote([
      .paragraph([
        .text("An estimate without its interval is an opinion. The reader is owed the number of "),
        .text("patients behind it, the way the interval was made, and what was left out."),
      ])
    ]),
    .heading(level: 2, [.text("How to read the tables")], anchor: "how-to-read"),
    .paragraph([.text("Intervals stand in grey behind their value. The following signs are used:")]),
    .table(
      TableBlock(
        columns: [.init("Sign", .left), .init("Meaning", .left), .init("Share", .right)],
        rows: [
          [.init([.code("–")]), .init([.text("a range, both ends included")]), .init([.text("0.5")])],
          [.init([.code("−")]), .init([.text("minus")]), .init([.text("12.25")])],
        ])),
  ]

  static let data: [Block] = [
    .heading(level: 1, [.text("Data")], anchor: "data"),
    .paragraph([
      .text("The collection holds ten-second recordings of twelve leads, annotated by up to two "),
      .text("cardiologists with statements of the SCP-ECG standard. "),
      .reference("Figure 1", anchor: "fig-counts"),
      .text("shows how many records of each fold carry each superclass. A record may carry "),
      .text("several; one without any takes no part."),
    ]),
    .figure(
      FigureBlock(
        id: "fig-counts", number: 1,
        caption: [
          .text("Records per superclass and fold. Counts are of records with at least one statement "),
          .text("of the class, vs. all records of the fold. Folds 1–7 train, 8 validates, 9 tests."),
        ],
        scene: bars(),
        data: Frame([
          .init("class", title: "Class", classes.map { .text($0) }),
          .init("records", title: "Records", [9083, 5250, 4907, 2655, 5486].map { .integer($0) }),
        ]))),
    .paragraph([.text(filler(3))]),
    .notice(
      "Age 300 in the table stands for an age over 89 and is no number; such records are left out of every mean age."),
    .paragraph([.text(filler(2)), .footnote(2)]),
    .heading(level: 2, [.text("Preparation")], anchor: "preparation"),
    .paragraph([
      .text("Signals are standardized with mean and deviation of the training folds. The command "),
      .text("was:"),
    ]),
    .code(
      "ecgbook render reports/evaluation.md -P data=data/ptbxl -P labels=superclass -P network=ResNet1D -P epochs=10\n"
        + "\tcd elsewhere  # a tab, and <angles> & ampersands\n\nfor fold in 1 2 3; do echo $fold; done\n",
      language: "sh"),
  ]

  static let methods: [Block] = [
    .heading(level: 1, [.text("Methods")], anchor: "methods"),
    .paragraph([.text(filler(5))]),
    .heading(level: 2, [.text("Network")], anchor: "network"),
    .paragraph([.text(filler(4))]),
    .heading(level: 3, [.text("Stem and blocks")], anchor: "stem"),
    .paragraph([.text(filler(3))]),
    .heading(level: 4, [.text("Initial values")], anchor: "initial"),
    .paragraph([.text(filler(2))]),
    .list(
      ordered: true, start: 1, tight: false,
      items: [
        [
          .paragraph([
            .text("Windows of 2.5 s are drawn at random, one per record and epoch; the loss is binary "),
            .text("cross-entropy with logits."),
          ])
        ],
        [.paragraph([.text("The rate follows one cycle to 0.003 with AdamW and a decay of 0.01.")])],
        [
          .paragraph([.text("The epoch with the best validation macro AUC is kept.")]),
          .code("epoch 7 of 10", language: nil),
        ],
      ]),
    .rule,
    .paragraph([.text(filler(3))]),
    .heading(level: 2, [.text("Statistics")], anchor: "statistics"),
    .paragraph([.text(filler(6))]),
    .figure(
      FigureBlock(
        id: "fig-small", number: 3,
        caption: [.text("A narrow figure stands in the measure of the text. Made of nothing but lines.")],
        scene: lines(width: 240.9, height: 150), data: Frame([]))),
    .paragraph([.text(filler(3))]),
  ]

  static let results: [Block] = [
    .heading(level: 1, [.text("Results")], anchor: "results"),
    .paragraph([
      .text("Macro AUC was "), .value("0.928", path: "eval.macro.auroc"), .text(" ("),
      .reference("Figure 2", anchor: "fig-roc"), .text(", "), .reference("Table 1", anchor: "tbl-classes"),
      .text("). "), .text(filler(2)), .text(" As published before "), .citation(.numbered([(2, "strodthoff2021")])), .text("."),
    ]),
    .figure(
      FigureBlock(
        id: "fig-roc", number: 2,
        caption: [
          .text("Every superclass is told apart far better than chance, hypertrophy least. ROC "),
          .text("curves on the test fold ("), .value("2158", path: "eval.records"),
          .text(" records), with 95 % bands from 1000 draws of patients; the dashed line is chance "),
          .citation(.numbered([(1, "wagner2020")])), .text("."),
        ],
        scene: panels(),
        data: Frame([.init("fpr", title: "False positive rate", (0..<60).map { .number(Double($0) / 59) })]))),
    .table(perClass()),
    .paragraph([.text(filler(4))]),
    .heading(level: 2, [.text("All statements")], anchor: "all-statements"),
    .paragraph([.reference("Table 2", anchor: "tbl-all"), .text(" lists the 71 statements. "), .text(filler(1))]),
    .table(statements(71)),
    .paragraph([.text(filler(3))]),
    .heading(level: 2, [.text("One record")], anchor: "one-record"),
    .paragraph([
      .reference("Figure 4", anchor: "fig-ecg"), .text(" shows one record at true scale. "), .text(filler(2)),
    ]),
    .figure(
      FigureBlock(
        id: "fig-ecg", number: 4,
        caption: [
          .text("A twelve-lead ECG at 25 mm/s and 10 mm/mV, printed at true scale. Record 1 of the "),
          .text("test fold; the calibration pulse left of each row is 1 mV high and 0.2 s wide."),
        ],
        scene: ecg(), data: Frame([]))),
    .paragraph([.text(filler(5))]),
    .table(wide()),
    .paragraph([.text(filler(2))]),
  ]

  static let limits: [Block] = [
    .heading(level: 1, [.text("Limitations")], anchor: "limitations"),
    .paragraph([
      .text(filler(5)), .text(" See "), .link([.text("the data's page")], url: "https://physionet.org/content/ptb-xl/"),
      .text(" and "), .link([.text("a script")], url: "javascript:alert(1)"), .text("."),
    ]),
    .heading(level: 1, [.text("References")], anchor: "references"),
    .bibliography,
    .footnotes([
      [
        .paragraph([
          .text("Resampling records narrows intervals when patients have several; here the "),
          .text("difference was 0.001."),
        ])
      ],
      [
        .paragraph([
          .text("The mean age is of records, not of patients "), .citation(.numbered([(3, "goldberger2000")])), .text("."),
        ])
      ],
    ]),
  ]

  /// The parts three times over, 12 figures in about 25 pages: to measure time.
  static func longReport() -> Page {
    var page = report()
    page.blocks = (1...3).flatMap { part in
      (introduction + data + methods + results).map { block -> Block in
        switch block {
        case .heading(let level, let text, let anchor): .heading(level: level, text, anchor: "\(anchor)-\(part)")
        case .figure(var figure):
          {
            figure.id += "-\(part)"
            return .figure(figure)
          }()
        case .table(var table):
          {
            table.id = table.id.map { "\($0)-\(part)" }
            return .table(table)
          }()
        default: block
        }
      }
    }
    return page
  }

  static let classes = ["NORM", "MI", "STTC", "HYP", "CD"]

  // MARK: Tables

  static func perClass() -> TableBlock {
    let values = ["0.949", "0.930", "0.936", "0.897", "0.930"]
    let rows = classes.enumerated().map { index, name -> [TableBlock.Cell] in
      [
        .init([.text(name)]),
        .init([.value(values[index], path: "eval.class.\(name).auroc")], aside: "0.9\(index)1–0.9\(index)9"),
        .init([.text("0.\(81 - 3 * index)")]),
        .init(
          [.text(index == 3 ? "undefined" : "0.7\(index)")], aside: index == 3 ? "no record above the threshold" : nil),
        .init([.text("\([963, 548, 528, 262, 496][index])")]),
      ]
    }
    return TableBlock(
      id: "tbl-classes", number: 1,
      caption: [
        .text("Discrimination per superclass on the test fold. Thresholds were chosen on the "),
        .text("validation fold."),
      ],
      columns: [
        .init("Superclass", .left), .init("AUC (95 %)", .right), .init("Average precision", .right),
        .init("F1", .right), .init("Records", .right),
      ],
      rows: rows,
      notes: [
        "AUC: area under the ROC curve; interval from 1000 draws of patients, percentile method.",
        "F1 at the threshold chosen on the validation fold.",
      ],
      data: Frame([
        .init("class", title: "Class", classes.map { .text($0) }),
        .init(
          "auroc", title: "AUC",
          values.map {
            .statistic(
              Statistic(
                Double($0) ?? 0, interval: .init(lower: 0.9, upper: 0.95, level: 0.95, method: "bootstrap"), n: 2158))
          }),
      ]))
  }

  static func statements(_ count: Int) -> TableBlock {
    var generator = SeededGenerator(seed: 3)
    let rows = (0..<count).map { index -> [TableBlock.Cell] in
      let auc = Double(Int.random(in: 7000...9990, using: &generator)) / 10000
      return [
        .init([.text("S\(index + 1)")]),
        .init([
          .text(
            [
              "normal ECG", "inferior myocardial infarction", "non-diagnostic T abnormalities",
              "complete left bundle branch block",
            ][index % 4])
        ]),
        .init([.text("\(Int.random(in: 1...9000, using: &generator))")]),
        .init(
          [.text(decimal(auc, places: 3))],
          aside: "\(decimal(auc - 0.02, places: 3))–\(decimal(min(auc + 0.02, 1), places: 3))"),
      ]
    }
    return TableBlock(
      id: "tbl-all", number: 2, caption: [.text("All 71 statements, in order of the standard. Records of all folds.")],
      columns: [
        .init("Code", .left), .init("Statement", .left), .init("Records", .right), .init("AUC (95 %)", .right),
      ], rows: rows,
      notes: ["AUC: as in Table 1."])
  }

  static func wide() -> TableBlock {
    let names = [
      "Class", "Precision", "Recall", "F1", "AUC", "Average precision", "Threshold", "Support", "True positives",
      "False positives", "False negatives", "Remark",
    ]
    let rows = classes.enumerated().map { index, name -> [TableBlock.Cell] in
      [.init([.text(name)])]
        + (1..<7).map { .init([.text("0.\(70 + (index * 7 + $0 * 3) % 29)")], aside: "0.6\($0)–0.9\(index)") }
        + (7..<11).map { .init([.text("\((index + 1) * $0 * 13)")]) } + [
          .init([.text("a remark in several words that wraps")])
        ]
    }
    return TableBlock(
      id: "tbl-wide", number: 3,
      caption: [.text("A table of twelve columns. It is wider than the block, and has a page of its own.")],
      columns: names.enumerated().map { .init($0.element, $0.offset == 0 || $0.offset == 11 ? .left : .right) },
      rows: rows)
  }

  // MARK: Text and scenes

  static func filler(_ sentences: Int) -> String {
    let all = [
      "Each network was trained from the same seed on the same records, so that differences come from its shape alone.",
      "Windows of 2.5 seconds are read with half of each overlapping the next, their mean is the record's probability.",
      "A threshold was chosen for each class where F1 on the validation fold was highest; the test fold had no say.",
      "Intervals are the 2.5th and 97.5th percentile of a thousand draws of patients with replacement.",
      "Where a draw held no positive, its statistic does not exist; the draw is left out and counted.",
      "Nothing here replaces a physician's reading, and nothing was tuned on what is reported.",
    ]
    return (0..<sentences).map { all[$0 % all.count] }.joined(separator: " ")
  }

  static func bars() -> Scene {
    var elements: [Element] = []
    for (index, name) in classes.enumerated() {
      let x = 40 + Double(index) * 60, height = [100, 62, 58, 33, 64][index]
      elements.append(.path(.rectangle(Rect(x, Double(110 - height), 34, Double(height))), fill: Color(0x0072B2)))
      elements.append(
        .text([TextRun(name, Font(.sans, 7.5), color: Color(0x1A1A1A))], at: Point(x + 17, 120), anchor: .middle))
    }
    elements.append(.path(.line(Point(30, 110), Point(335, 110)), stroke: Stroke(Color(0x1A1A1A), width: 0.5)))
    return Scene(
      size: Size(340.2, 130), elements: elements,
      description: "Bar chart of records per superclass. NORM has most, 9083.")
  }

  static func lines(width: Double, height: Double) -> Scene {
    var elements: [Element] = [
      .path(.rectangle(Rect(20, 5, width - 25, height - 25)), stroke: Stroke(Color(0x1A1A1A), width: 0.5))
    ]
    for k in 0..<4 {
      let points = (0...40).map { i in
        let t = Double(i) / 40
        return Point(20 + t * (width - 25), height - 20 - (height - 25) * pow(t, 0.15 + 0.12 * Double(k)))
      }
      elements.append(
        .path(
          .polyline(points),
          stroke: Stroke(Color([0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7][k]), width: 1, dash: k % 2 == 0 ? [] : [4, 2])))
    }
    elements.append(
      .text(
        [TextRun("1 − specificity", Font(.sans, 7), color: Color(0x1A1A1A))], at: Point(width / 2, height - 6),
        anchor: .middle))
    return Scene(size: Size(width, height), elements: elements, description: "Four rising curves.")
  }

  static func panels() -> Scene {
    let panel = lines(width: 150, height: 150).elements
    return Scene(
      size: Size(470.5, 310),
      elements: (0..<6).map { .group(panel, transform: Transform(x: Double($0 % 3) * 158, y: Double($0 / 3) * 158)) },
      description: "Six panels of ROC curves. All lie far above the dashed line of chance.")
  }

  /// 267 × 180 mm, as a clinical printout: 3 × 4 leads over paper of 1 mm and 5 mm.
  static func ecg() -> Scene {
    let mm = 72 / 25.4
    let size = Size(267 * mm, 180 * mm)
    var elements: [Element] = []
    for (step, color, width) in [(1.0, Color(0xF3C9C9), 0.2), (5.0, Color(0xE39A9A), 0.4)] {
      var path = Path()
      for i in stride(from: 0, through: 267, by: step) {
        path.segments += [.move(Point(i * mm, 0)), .line(Point(i * mm, size.height))]
      }
      for i in stride(from: 0, through: 180, by: step) {
        path.segments += [.move(Point(0, i * mm)), .line(Point(size.width, i * mm))]
      }
      elements.append(.path(path, stroke: Stroke(color, width: width)))
    }
    for row in 0..<4 {
      let base = (30 + 40 * Double(row)) * mm
      let points = (0..<2500).map { i -> Point in
        let t = Double(i) / 250, phase = t.truncatingRemainder(dividingBy: 0.83) / 0.83
        let beat =
          0.15 * exp(-pow((phase - 0.2) / 0.03, 2)) + 1.1 * exp(-pow((phase - 0.35) / 0.012, 2)) - 0.25
          * exp(-pow((phase - 0.375) / 0.012, 2)) + 0.3 * exp(-pow((phase - 0.6) / 0.05, 2))
        return Point((8 + t * 25) * mm, base - beat * 10 * mm)
      }
      elements.append(.path(.polyline(points), stroke: Stroke(Color(0x111111), width: 0.25 * mm)))
      elements.append(
        .text(
          [TextRun(["I", "II", "III", "II"][row], Font(.sans, 8, .medium), color: Color(0x111111))],
          at: Point(9 * mm, base - 14 * mm)))
    }
    return Scene(
      size: size, elements: elements, description: "A twelve-lead ECG in sinus rhythm at 72 beats per minute.")
  }
}
