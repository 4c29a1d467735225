import Foundation
import PTBXL
import TestSupport
import Testing
import WFDB

@testable import Measurement

private let folder = ProcessInfo.processInfo.environment["ECGBOOK_TRAINING"] ?? ""
private let ptbxl = ProcessInfo.processInfo.environment["ECGBOOK_PTBXL"] ?? SharedData.root + "/data/ptbxl"

/// Writes what Training/arrangement.py and Training/likeness.py learn from.
@Suite(.enabled(if: !folder.isEmpty, "only to train anew: set ECGBOOK_TRAINING to a folder")) struct QualityTraining {
  @Test func writesProfilesAndFeatures() throws {
    let database = try Database(folder: ptbxl)
    var profiles = Data(), features = Data(), table = "ecg_id,fold,noisy\n"
    for entry in database.records where entry.fold <= 8 {
      let leads = try Record(path: database.path(entry, .hz100)).leads.map { $0.samples.map { Float($0) } }
      let beats = QRSDetector(samplingRate: 100).beats(in: leads)
      let named = Dictionary(uniqueKeysWithValues: zip(QualityCorruption.names, leads))
      let eight = try EightLeads(named, samplingRate: 100)
      let profile = BeatProfile(eight.samples, beats: beats, isPresent: eight.isPresent)?.values
      let absent = [Float](repeating: .nan, count: 8 * BeatProfile.pieces)
      (profile ?? absent).withUnsafeBytes { profiles.append(contentsOf: $0) }
      let values = LikenessFeatures(eight, beats: beats).values
      LikenessFeatures.Aspect.allCases.flatMap { values[$0] ?? [] }.withUnsafeBytes { features.append(contentsOf: $0) }
      let words = [entry.baselineDrift, entry.staticNoise, entry.burstNoise, entry.electrodesProblems]
      let isNoisy = words.contains { !($0 ?? "").trimmingCharacters(in: .whitespaces).isEmpty }
      table += "\(entry.ecgID),\(entry.fold),\(isNoisy ? 1 : 0)\n"
    }
    try profiles.write(to: URL(filePath: folder + "/profiles.f32"))
    try features.write(to: URL(filePath: folder + "/features.f32"))
    try table.write(toFile: folder + "/records.csv", atomically: true, encoding: .utf8)
    #expect(features.count == 4 * 65 * (table.split(separator: "\n").count - 1))
  }
}
