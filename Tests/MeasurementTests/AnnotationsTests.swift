import Foundation
import Measurement
import TestSupport
import Testing
import WFDB

@Suite struct WaveAnnotationsTests {
  @Test func writesOneFilePerLeadInLUDBsForm() throws {
    let measured = try ECGMeasurement(of: KnownHeart().record())
    try withTemporaryFolder { folder in
      let paths = try measured.writeAnnotations(record: "known", to: folder)
      #expect(paths == ["i", "ii", "iii", "avr", "avl", "avf"].map { "\(folder)/known.\($0)" })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 6)
      let list = try Annotations(path: folder + "/known.ii").list
      let waves = try #require(measured.leadWaves.first { $0.lead == "II" }).waves
      #expect(
        list.map(\.code.symbol).joined()
          == waves.map { "(\(["p": "p", "qrs": "N", "t": "t"][$0.kind.rawValue] ?? ""))" }.joined())
      #expect(list.map(\.sample) == waves.flatMap { [$0.onset, $0.peak, $0.end].compactMap { $0 } })
    }
  }

  @Test func neverGoesBackInTime() throws {
    let measured = try ECGMeasurement(of: KnownHeart().record())
    let touching = LeadWaves.init(
      lead: "II",
      waves: [
        Wave(.p, onset: 10, peak: 20, end: 45), Wave(.qrs, onset: 40, peak: 60, end: 80),
        Wave(.t, onset: nil, peak: 70, end: 200),
      ])
    let list = measured.annotations(of: touching).list
    #expect(list.map(\.sample) == list.map(\.sample).sorted())
    #expect(list.map(\.code.symbol).joined() == "(p)(N)t)")
  }

  @Test func keepsFileNamesInTheFolder() throws {
    var measured = try ECGMeasurement(of: KnownHeart().record())
    measured.leadWaves[0].lead = "../up"
    try withTemporaryFolder { folder in
      let path = try #require(try measured.writeAnnotations(record: "a/b", to: folder).first)
      #expect(path == "\(folder)/a_b.___up")
    }
  }
}
