import Files
import Foundation
import Networks
import PTBXL
import TestSupport
import Testing
import Torch
import WFDB

@testable import Learning

@Suite(.serialized) struct ModelTests {
  /// Trains a small network and writes its folder.
  private func writeModel(to folder: String) throws -> Trained {
    let (training, validation) = try (twoClasses(24, seed: 1), twoClasses(16, seed: 2))
    var options = TrainingOptions()
    options.architecture = .ecgConvNet
    options.epochs = 1
    options.batch = 8
    options.windowSeconds = 2.5
    let trained = try Trainer(options, training: training, validation: validation, rate: 100).run()
    let description = ModelDescription(
      name: "toy", labelSet: .superclass, rate: 100, folds: .standard, options: options, trained: trained,
      training: training, validation: validation,
      data: .init(name: "toy", isSynthetic: true, digest: Digest(of: "toy")), tool: "test")
    try ModelFolder(folder).write(trained, as: description)
    try ModelFolder(folder).writeManifest(tool: "test")
    return trained
  }

  @Test func answersAfterLoadingAsAfterTraining() throws {
    try withTemporaryFolder { folder in
      let trained = try writeModel(to: folder)
      let model = try Model(folder: folder)
      let again = try model.probabilities(of: twoClasses(16, seed: 2))
      #expect((trained.validation.aggregate == .mean ? again.mean : again.maximum) == trained.validation.probabilities)
    }
  }

  @Test func writesEveryFileAndAManifestThatHolds() throws {
    try withTemporaryFolder { folder in
      _ = try writeModel(to: folder)
      let names = try Set(FileManager.default.contentsOfDirectory(atPath: folder))
      #expect(
        names == [
          "model.json", "model.safetensors", "superclass_model.pt", "superclass_label_binarizer.pkl",
          "superclass_history.json", "manifest.json",
        ])
      #expect(try ModelFolder(folder).differencesFromManifest() == [])
      try writeFile("[]", to: folder + "/superclass_history.json")
      let differences = try ModelFolder(folder).differencesFromManifest()
      #expect(differences.count == 1)
      #expect(differences.first?.hasPrefix("superclass_history.json: changed") == true)
    }
  }

  @Test func copiesToASavedModelInOneStep() throws {
    try withTemporaryFolder { folder in
      _ = try writeModel(to: folder + "/a")
      try ModelFolder(folder + "/a").copy(to: folder + "/saved/toy")
      #expect(try ModelFolder(folder + "/saved/toy").differencesFromManifest() == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/saved") == ["toy"])
    }
  }

  @Test func predictsAnyLengthRateAndOrder() throws {
    try withTemporaryFolder { folder in
      _ = try writeModel(to: folder)
      let model = try Model(folder: folder)
      let whole = try model.predict(Recording(wave(seconds: 25, rate: 100), leads: ECGRecord.leadNames, samplingRate: 100))
      // 10 s windows, half overlapping, and one more for the tail.
      #expect(whole.windows.map(\.start) == [0, 5, 10, 15])
      #expect(whole.windows.last?.end == 25)
      #expect(whole.labels.map(\.maximum) == whole.labels.map(\.maximum).sorted(by: >))
      for label in whole.labels { #expect(label.mean <= label.maximum) }

      let reversed = try Recording(wave(seconds: 25, rate: 100, reversed: true), leads: ECGRecord.leadNames, samplingRate: 100)
      #expect(try model.predict(reversed).labels == whole.labels)
      #expect(reversed.notes.contains { $0.hasPrefix("leads reordered") })

      let short = try model.predict(Recording(wave(seconds: 1, rate: 250), leads: ECGRecord.leadNames, samplingRate: 100))
      #expect(short.windows.count == 1)
      #expect(short.notes.contains { $0.contains("resampled from 250 to 100 Hz") })
      #expect(short.notes.contains { $0.contains("shorter than the network's window") })
    }
  }

  @Test func predictsAlikeHoweverLeadsAreSpelled() throws {
    try withTemporaryFolder { folder in
      _ = try writeModel(to: folder)
      let model = try Model(folder: folder)
      let plain = try Recording(wave(seconds: 10, rate: 100), leads: ECGRecord.leadNames, samplingRate: 100)
      var record = try wave(seconds: 10, rate: 100)
      let spellings = ["MDC_ECG_LEAD_I", "lead II", "DIII", "avr", "a VL", "ECG_aVF", "V 1", "v2", "C3", "ECG V4", "v.5", "C6"]
      for index in record.leads.indices { record.leads[index].name = spellings[index] }
      let spelled = try Recording(record, leads: ECGRecord.leadNames, samplingRate: 100)
      #expect(spelled.leads == plain.leads && spelled.notes == plain.notes)
      #expect(try model.predict(spelled).labels == model.predict(plain).labels)
      // What has its sign turned is another lead.
      record.leads[3].name = "-aVR"
      #expect(throws: RecordingError.self) { try Recording(record, leads: ECGRecord.leadNames, samplingRate: 100) }
    }
  }

  @Test func saysWhichLeadIsMissing() throws {
    var record = try wave(seconds: 1, rate: 100)
    record.leads.removeAll { $0.name == "V3" }
    let error = #expect(throws: RecordingError.self) {
      try Recording(record, leads: ECGRecord.leadNames, samplingRate: 100)
    }
    #expect(error?.description == "record wave has no lead V3; it holds I, II, III, AVR, AVL, AVF, V1, V2, V4, V5, V6")
  }

  @Test(arguments: ["", "{}", "[1]", "{\"schema\":1", "\u{0}"]) func refusesABrokenDescription(text: String) throws {
    try withTemporaryFolder { folder in
      _ = try writeModel(to: folder)
      try writeFile(text, to: folder + "/model.json")
      #expect(throws: ModelError.self) { try Model(folder: folder) }
    }
  }

  @Test(arguments: 0..<25 as Range<UInt64>) func neverTrapsOnBrokenWeights(seed: UInt64) throws {
    try withTemporaryFolder { folder in
      _ = try writeModel(to: folder)
      var random = SeededGenerator(seed: seed)
      let path = folder + "/model.safetensors"
      var bytes = [UInt8](try readFile(path))
      if seed % 2 == 0 {
        bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
      } else {
        for _ in 0..<4 { bytes[Int.random(in: 0..<2000, using: &random)] ^= UInt8.random(in: 1...255, using: &random) }
      }
      try writeFile(Data(bytes), to: path)
      // A flipped bit inside a weight is still a weight; all else is an error.
      do { _ = try Model(folder: folder) } catch let error as ModelError { #expect(error.path == path) }
    }
  }

  /// A record of waves in twelve leads, as it is read from its files.
  private func wave(seconds: Int, rate: Int, reversed: Bool = false) throws -> Record {
    let leads = ECGRecord.leadNames.enumerated().map { index, name -> Lead in
      let samples = (0..<(seconds * rate)).map { i -> Double in sin(Double(i + 13 * index) / Double(rate) * 8) }
      return Lead(name: name, units: "mV", samples: samples)
    }
    return try withTemporaryFolder { folder in
      try EncodedRecord(name: "wave", samplingFrequency: Double(rate), leads: reversed ? leads.reversed() : leads).write(to: folder)
      return try Record(path: folder + "/wave")
    }
  }
}

/// The model that ships, on the same ECGs at both rates.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data")) struct ResampledPredictionTests {
  static let shipped = SharedData.root + "/saved_models/detailed-ecgconvnet"

  @Test(.enabled(if: FileManager.default.fileExists(atPath: shipped + "/model.json"), "needs the model that ships"))
  func agreesBetween500And100Hertz() throws {
    let model = try Model(folder: Self.shipped)
    let folder = SharedData.path("mini")
    var differences: [Double] = []
    for record in try Database(folder: folder).records {
      let answers = try Rate.allCases.map { rate in
        let recording = try Recording(
          Record(path: folder + "/" + record.fileName(rate)), leads: model.description.leads, samplingRate: 100)
        return Dictionary(uniqueKeysWithValues: try model.predict(recording).labels.map { ($0.name, $0.maximum) })
      }
      differences += answers[0].map { abs($0.value - (answers[1][$0.key] ?? .nan)) }
    }
    let mean = differences.reduce(0, +) / Double(differences.count)
    print("500 against 100 Hz: mean difference \(mean), largest \(differences.max() ?? .nan) of \(differences.count)")
    #expect(mean <= 0.01)
  }
}
