import Measurement
import TestSupport
import Testing
import WFDB

/// The waves that cardiologists marked, against those that are found.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data")) struct AnnotatedRecordsTests {
  @Test func findsLUDBsBoundariesInLeadII() throws {
    let scores = try withArchive("waves/ludb-1-100.tar.xz") { folder in
      var scores: [String: BoundaryScore] = [:]
      for number in 1...100 {
        let path = "\(folder)/ludb/data/\(number)"
        let reference = try AnnotatedWaves(path: path + ".ii")
        let span = try #require(reference.span)
        let waves = try #require(try ECGMeasurement(of: Record(path: path)).leadWaves.first { $0.lead == "ii" })
        let found = AnnotatedWaves(waves.waves)
        for name in AnnotatedWaves.boundaries {
          scores[name, default: BoundaryScore()].add(
            found.samples[name] ?? [], against: reference.samples[name] ?? [], in: span, rate: 500)
        }
      }
      return scores
    }
    // What the best of the peers in Tests/Bench/waves.py reach on these records, or more; P waves without false ones.
    for (name, sensitivity, predictiveValue, mean, deviation) in [
      ("P onset", 99.6, 99.0, 8.0, 18.0), ("P end", 99.6, 99.0, 8.0, 17.0), ("QRS onset", 99.95, 99.6, 8.0, 13.0),
      ("QRS", 99.95, 99.95, 12.0, 15.0), ("QRS end", 99.95, 99.95, 8.0, 17.0), ("T onset", 97.0, 98.0, 12.0, 29.0),
      ("T end", 97.0, 98.0, 12.0, 28.0),
    ] {
      let score = try #require(scores[name])
      #expect(score.sensitivity >= sensitivity, "\(name)")
      #expect(score.predictiveValue >= predictiveValue, "\(name)")
      #expect(abs(score.mean) <= mean, "\(name)")
      #expect(score.deviation <= deviation, "\(name)")
    }
  }

  @Test func findsEveryBeatOfMITBIH100() throws {
    let path = SharedData.path("wfdb/100")
    let record = try Record(path: path)
    let reference = try Annotations(path: path + ".atr").list.filter { $0.code.isBeat }.map(\.sample)
    for leads in [record.leads, [record.leads[0]]] {
      let found = QRSDetector(samplingRate: 360).beats(in: leads.map(\.samples))
      var score = BoundaryScore()
      score.add(found, against: reference, in: 0...record.sampleCount, rate: 360)
      #expect(score.missed == 0 && score.false_ == 0)
    }
    // Of the 33 atrial and one ventricular premature beats that the annotators saw.
    let measured = try ECGMeasurement(of: record)
    #expect((30...35).contains(measured.rhythm.prematureSupraventricular))
    #expect(measured.rhythm.prematureVentricular == 1)
  }

  @Test func findsTheBeatsAndQTOfQTDB() throws {
    let (beats, qt) = try withArchive("waves/qtdb-16.tar.xz") { folder in
      var beats = BoundaryScore()
      var spreads: [Double] = []
      for path in Self.records(in: folder + "/qtdb") {
        let record = try Record(path: path)
        if let annotations = try? Annotations(path: path + ".atr") {
          let found = QRSDetector(samplingRate: 250).beats(in: record.leads.map(\.samples))
          beats.add(
            found, against: annotations.list.filter { $0.code.isBeat }.map(\.sample), in: 0...record.sampleCount,
            rate: 250)
        }
        let reference = try AnnotatedWaves(path: path + ".q1c")
        let leads = try ECGMeasurement(of: record).leadWaves.map { AnnotatedWaves($0.waves) }
        spreads.append(Self.deviationOfQT(leads, reference))
      }
      return (beats, spreads)
    }
    #expect(beats.sensitivity >= 99.95 && beats.predictiveValue >= 99.98)
    // The networks learned from these beats; what they reach on others stands in Waves.md.
    #expect(qt.reduce(0, +) / Double(qt.count) <= 17)
  }

  private static func records(in folder: String) -> [String] {
    ["100", "103", "114", "117", "123", "16265", "213", "230", "301", "308", "803", "808", "871"].map {
      "\(folder)/sel\($0)"
    }
      + ["0104", "0110", "0124"].map { "\(folder)/sele\($0)" }
  }

  /// Of a record: the deviation of QT, ms, each boundary from the lead that is closer to the annotator's, who saw both
  /// (Martínez et al., IEEE Trans. Biomed. Eng. 51 (2004), 570-581).
  private static func deviationOfQT(_ leads: [AnnotatedWaves], _ reference: AnnotatedWaves) -> Double {
    var score = BoundaryScore()
    func closest(_ name: String, to sample: Int) -> Int? {
      leads.flatMap { $0.samples[name] ?? [] }.filter { abs($0 - sample) <= 37 }.min {
        abs($0 - sample) < abs($1 - sample)
      }
    }
    for onset in reference.samples["QRS onset"] ?? [] {
      let next = reference.samples["QRS onset"]?.first { $0 > onset } ?? .max
      guard let end = reference.samples["T end"]?.first(where: { $0 > onset }), end < next, end - onset < 250 else {
        continue
      }
      guard let found = closest("QRS onset", to: onset), let foundEnd = closest("T end", to: end) else { continue }
      score.errors.append(4 * Double((foundEnd - found) - (end - onset)))
    }
    return score.deviation
  }
}
