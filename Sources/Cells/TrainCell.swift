import Book
import Files
import Foundation
import Learning
import Networks
import PTBXL
import Scoring
import Torch

/// `train`: fits a network on the training folds, keeps the epoch that is best on the validation folds, and chooses each
/// label's threshold there.
struct TrainCell: Cell {
  static let kind = "train"
  static let summary = "Trains a network on a data set and keeps the best epoch."
  static let version = "4." + learningVersion
  static let isShared = true

  let data: Reference
  let name: String
  let options: TrainingOptions
  let threads: Int
  let auxiliary: [LabelSet]
  let teacher: Reference?

  init(_ options: inout Options) {
    data = options.takeReference("data", kinds: [DatasetCell.kind])
    name = NetworkCells.takeName(&options)
    var training = TrainingOptions()
    training.architecture = options.takeChoice("network", default: .resNet1D)
    training.epochs = options.take("epochs", default: 10, in: 1...1000)
    training.batch = options.take("batch", default: 128, in: 2...4096)
    training.ghostBatch = options.take("ghost-batch", default: training.ghostBatch, in: 2...4096)
    training.maximumRate = options.take("rate", default: 3e-3, in: 1e-6...1)
    let optimizer = options.takeChoice("optimizer", default: "muon", of: ["muon", "adamw"])
    let muonRate = options.takeIfPresent("muon-rate", in: 1e-6...1)
    training.muonRate = optimizer == "muon" ? muonRate ?? 0.02 : nil
    if optimizer != "muon", muonRate != nil {
      options.fail("muon-rate", "the optimizer is \(optimizer)", help: "write optimizer: muon, or leave it out")
    }
    training.decay = options.take("decay", default: 0.01, in: 0...1)
    training.seed = options.take("seed", default: 1, in: 0...Int(Int32.max))
    training.windowSeconds = options.takeIfPresent("window", in: 0.5...10)
    training.device = options.takeChoice("device", default: "cpu", of: ["auto", "cpu", "cuda"])
    training.computesInBFloat16 = options.takeChoice("precision", default: "fp32", of: ["fp32", "bf16"]) == "bf16"
    training.average = options.take("average", default: training.average, in: 0...0.99999)
    training.smoothing = options.take("smoothing", default: training.smoothing, in: 0...0.5)
    training.clipping = options.takeIfPresent("clipping", in: 1e-6...1e6)
    training.mixing = options.take("mixing", default: training.mixing, in: 0...1)
    training.patience = options.takeIfPresent("patience", in: 1...1000)
    training.augmentation.scale = options.take("augment-scale", default: 0, in: 0...2)
    training.augmentation.shift = options.take("augment-shift", default: 0, in: 0...2)
    training.augmentation.noise = options.take("augment-noise", default: 0, in: 0...2)
    training.augmentation.wander = options.take("augment-wander", default: 0, in: 0...5)
    training.augmentation.leadDropout = options.take("augment-lead-dropout", default: 0, in: 0...0.9)
    auxiliary = options.take("auxiliary", default: [String]()).compactMap { name in
      let set = LabelSet(rawValue: name)
      if set == nil {
        options.fail("auxiliary", "no label set '\(name)'", help: "label sets: \(LabelSet.allCases.map(\.rawValue).joined(separator: ", "))")
      }
      return set
    }
    training.auxiliaryWeight = options.takeIfPresent("auxiliary-weight", in: 0...100)
    if auxiliary.isEmpty, training.auxiliaryWeight != nil {
      options.fail("auxiliary-weight", "there are no auxiliary labels to weigh", help: "name label sets with 'auxiliary', or leave it out")
    }
    teacher = options.takeReferenceIfPresent("teacher", kinds: NetworkCells.kinds)
    training.distillation = options.take("distillation", default: training.distillation, in: 0...1)
    let learns = options.takeChoice("learns", default: "everything", of: ["everything", TrainingOptions.Learned.lastLayer.rawValue])
    training.learned = .init(rawValue: learns)
    threads = options.take("threads", default: 2, in: 1...256, enters: .render)
    self.options = training
  }

  var needs: [Reference] { [data] + (teacher.map { [$0] } ?? []) }
  var sharedNeeds: [Reference] { [data] }
  var valuePaths: [String] {
    [
      "name", "network", "parameters", "epochs", "best.epoch", "best.auroc", "batch", "ghost", "average", "auxiliary", "optimizer", "answers.*.auroc", "rate", "decay", "seed", "learns",
      "window.samples", "window.seconds", "window.stride", "validation.auroc", "windows.chosen", "windows.mean.auroc", "windows.maximum.auroc", "records", "libtorch", "volatile.minutes", "volatile.cpu", "volatile.threads",
    ]
  }

  func run(_ context: RunContext) async throws -> Output {
    let dataset = try DatasetCell.opened(data, in: context)
    let examples = try await dataset.examples([.training, .validation])
    let (training, validation) = (examples[0], examples[1])
    var options = self.options
    options.processes = context.processes > 1 ? context.processes : nil
    let group = context.team as? ProcessGroup
    let isFirst = group.map { $0.rank == 0 } ?? true
    // The first process alone has the teacher.
    var teacherAnswers = try isFirst ? teacher.map { try self.answers(of: $0, for: training, context) } : nil
    if let group, teacher != nil { teacherAnswers = try group.broadcast(rows: teacherAnswers, of: training.classes.count) }
    let trainer = Trainer(
      options, training: training, validation: validation, rate: Double(dataset.rate.rawValue), threads: threads,
      group: group, auxiliary: auxiliaryLabels(of: training, dataset), teacher: teacherAnswers,
      checkpointFolder: context.checkpointFolder, progress: { Self.tell($0, context) },
      isInterrupted: context.isInterrupted
    )
    let trained: Trained
    do { trained = try trainer.run(resumes: context.resumes) } catch is TrainingInterrupted {
      throw CancellationError()  // here, or in another process
    }
    guard isFirst else { return Output() }

    let libTorch = (try? Torch.version()) ?? "unknown"
    let facts = RunFacts(
      seconds: trained.seconds, cpuSeconds: trained.cpuSeconds, threads: threads, finished: Date(), libTorch: libTorch)
    func write(_ trained: Trained, as name: String, set: LabelSet, _ validation: Examples, to folder: String) throws {
      let folder = ModelFolder(context.folder + "/" + folder)
      let description = ModelDescription(
        name: name, labelSet: set, rate: Double(dataset.rate.rawValue), folds: dataset.folds, options: options,
        trained: trained, training: training, validation: validation,
        data: .init(name: dataset.name, isSynthetic: dataset.isSynthetic, digest: dataset.digest),
        tool: "ecgbook \(toolVersion)")
      try folder.write(trained, as: description)
      try folder.write(run: facts)
    }
    try write(trained, as: name, set: dataset.labelSet, validation, to: NetworkCells.folder)
    let names = ([dataset.labelSet] + auxiliary).flatMap { set in
      dataset.database.labels(set).map { set == .all ? $0 : "\(set.rawValue)/\($0)" }
    }
    var answered: [String: Value] = [:]
    for set in LabelSet.allCases where set != dataset.labelSet {
      guard let outputs = outputs(answering: set, dataset) else { continue }
      let part = dataset.part(of: validation, in: set)
      guard part.examples.count > 0 else { continue }
      let answering = trained.answering(outputs, names: names, rows: part.places, validation: part.examples)
      try write(answering, as: NetworkCells.name(name, answering: set), set: set, part.examples, to: NetworkCells.folder(set))
      answered[set.rawValue] = .object(["auroc": .optional(answering.validation.auroc)])
    }

    return Output(
      values: .object([
        "name": .text(name), "network": .text(options.architecture.rawValue), "parameters": .integer(trained.parameterCount),
        "epochs": .integer(options.epochs), "batch": .integer(options.wholeBatch), "rate": .number(options.maximumRate),
        "decay": .number(options.decay), "seed": .integer(options.seed),
        "best": .object(["epoch": .integer(trained.bestEpoch), "auroc": .optional(trained.validation.mean)]),
        "average": .number(options.average), "ghost": .integer(options.ghostBatch), "auxiliary": .text(auxiliary.isEmpty ? "none" : auxiliary.map(\.rawValue).joined(separator: ", ")),
        "optimizer": .text(options.muonRate == nil ? "AdamW" : "Muon"), "answers": .object(answered),
        "learns": .text(options.learned?.rawValue ?? "everything"),
        "window": .object([
          "samples": .integer(trained.windows.samples), "stride": .integer(trained.windows.stride),
          "seconds": .number(Double(trained.windows.samples) / Double(dataset.rate.rawValue)),
        ]),
        "validation": .object(["auroc": .optional(trained.validation.auroc)]), "windows": trained.validation.value, "records": .integer(training.count),
        "libtorch": .text(libTorch),
      ]),
      frames: [
        "history": Self.frame(trained.history)
      ],
      citations: options.citations,
      volatile: .object([
        "minutes": .number(trained.seconds / 60), "cpu": .number(trained.cpuSeconds / 60), "threads": .integer(threads),
      ]))
  }

  func choices(_ output: Output) -> [Choice] {
    NetworkCells.choices(["best.auroc"], epoch: true)
  }

  /// A line for each batch and, where somebody looks, the curves so far for each epoch.
  private static func tell(_ progress: TrainingProgress, _ context: RunContext) {
    context.progress(progress.line)
    guard let sketch = context.sketch, progress.isEpochEnd || progress.batch == 1, !progress.history.isEmpty else { return }
    if let scene = try? FigureKind.trainingCurves.scene(frame(progress.history), [:], FigureStyle()) { sketch(scene) }
  }

  private static func frame(_ history: [Epoch]) -> Frame {
    Frame([
      .init("epoch", title: "Epoch", format: "integer", history.map { .integer($0.epoch) }),
      .init("training_loss", title: "Training loss", format: "4", history.map { .number($0.trainingLoss) }),
      .init("validation_loss", title: "Validation loss", format: "4", history.map { .number($0.validationLoss) }),
      .init(
        "validation_auroc", title: "Validation macro AUROC", format: "3",
        history.map { $0.validationMacroAUROC.map(Value.number) ?? .undefined("no class has both positives and negatives") }),
      .init("rate", title: "Learning rate", format: "6", history.map { .number($0.rate) }),
    ])
  }

  /// `[record][label]` of the auxiliary sets, one after another; nil without any.
  private func auxiliaryLabels(of examples: Examples, _ dataset: OpenedDataset) -> [[Bool]]? {
    let sets = auxiliary.map { dataset.labels(of: examples, in: $0) }
    guard let first = sets.first else { return nil }
    return sets.dropFirst().reduce(first) { zip($0, $1).map { $0 + $1 } }
  }

  /// For each label of a set the outputs that make it true; nil where the network has not learned it. Every other set follows
  /// from the statements: a class is there when any of its statements is.
  private func outputs(answering set: LabelSet, _ dataset: OpenedDataset) -> [[Int]]? {
    let sets = [dataset.labelSet] + auxiliary
    func places(_ learned: LabelSet) -> [String: Int]? {
      guard let index = sets.firstIndex(of: learned) else { return nil }
      let first = sets[..<index].reduce(0) { $0 + dataset.database.labels($1).count }
      return Dictionary(zip(dataset.database.labels(learned), first...)) { first, _ in first }
    }
    let labels = dataset.database.labels(set)
    if let statements = places(.all) {
      let members = labels.map { label in
        dataset.database.statements.filter { set.label(of: $0) == label }.compactMap { statements[$0.code] }
      }
      return members.contains(where: \.isEmpty) ? nil : members
    }
    return places(set).map { places in labels.compactMap { places[$0].map { [$0] } } }
  }

  /// The teacher's probabilities for the training records.
  private func answers(of teacher: Reference, for training: Examples, _ context: RunContext) throws -> [[Double]] {
    let network = try Model(folder: try context.cell(teacher).folder + "/" + NetworkCells.folder)
    guard network.description.labels == training.classes else {
      throw CellError("the teacher '\(teacher.id)' knows \(network.description.labels.joined(separator: ", ")); the data set has \(training.classes.joined(separator: ", "))")
    }
    network.threads = threads
    context.progress("asking the teacher '\(teacher.id)'")
    let answers = try network.probabilities(of: training, isInterrupted: context.isInterrupted).mean
    if context.isInterrupted() { throw CancellationError() }
    return answers
  }
}

extension TrainingOptions {
  /// The works whose methods it uses, by their keys in the library.
  var citations: [String] {
    let network =
      switch architecture {
      case .ecgConvNet, .fastResNet1D, .deepFastResNet1D: [String]()
      case .resNet1D, .xResNet1D50, .xResNet1D101: ["strodthoff2021"]
      case .inceptionTime1D: ["ismailfawaz2020", "strodthoff2021"]
      case .s4d: ["gu2022", "mehari2023"]
      case .hybridS4D1D: ["gu2022"]
      }
    return network + ["hoffer2017"] + (mixing > 0 ? ["zhang2018"] : []) + (smoothing > 0 ? ["szegedy2016"] : []) + (muonRate != nil ? ["jordan2024"] : [])
  }
}

extension Validation {
  /// How windows become one answer, and what either way gave.
  var value: Value {
    .object([
      "chosen": .text(aggregate.rawValue), "mean": .object(["auroc": .optional(mean)]),
      "maximum": .object(["auroc": .optional(maximum)]),
    ])
  }
}

extension Value {
  /// A macro AUROC on the validation records.
  static func optional(_ auroc: Double?) -> Value {
    auroc.map(Value.number) ?? .undefined("no label has both positive and negative validation records")
  }
}

extension TrainingProgress {
  /// "epoch 3/10 · batch 57/117 · 412 records/s · loss 0.2714 · AUROC 0.9102 · 4 min left".
  public var line: String {
    var parts = ["epoch \(epoch)/\(epochs)"]
    if !isEpochEnd { parts.append("batch \(batch)/\(batches)") }
    parts.append("\(Int(recordsPerSecond.rounded())) records/s")
    parts.append(String(format: "loss %.4f", loss))
    if let auroc = lastEpoch?.validationMacroAUROC { parts.append(String(format: "validation AUROC %.4f", auroc)) }
    if let secondsLeft {
      parts.append(secondsLeft < 90 ? "\(Int(secondsLeft.rounded())) s left" : "\(Int((secondsLeft / 60).rounded())) min left")
    }
    return parts.joined(separator: " · ")
  }
}
