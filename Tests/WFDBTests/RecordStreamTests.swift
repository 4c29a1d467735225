import Foundation
import TestSupport
import Testing
import WFDB

struct RecordStreamTests {
  /// A record of 5000 frames in each format that tests can write: two leads, one of them late, values random.
  private static let formats = ["8", "16", "24", "32", "61", "80", "160", "212", "310", "311", "16x3", "212x2", "8x2"]

  @Test(arguments: formats, [0, 3, 4990]) func readsAnyStretchAsTheWhole(format: String, skew: Int) throws {
    var generator = SeededGenerator(seed: UInt64(skew))
    try withTemporaryFolder { folder in
      let second = format.prefix { $0.isNumber }
      try Data("r 2 100 5000\nr.dat \(format)+2 10(3)/mV\nr.dat \(second):\(skew)+2 20/uV\n".utf8).write(
        to: URL(filePath: folder + "/r.hea"))
      try Data((0..<80_002).map { _ in UInt8.random(in: 0...255, using: &generator) }).write(
        to: URL(filePath: folder + "/r.dat"))
      let whole = try Record(path: folder + "/r")
      #expect(whole.leads[1].samples.suffix(skew).allSatisfy { $0.isNaN })
      #expect(skew == 0 || !whole.leads[1].samples[0].isNaN)
      let stream = try RecordStream(path: folder + "/r")
      for _ in 0..<30 {
        let start = Int.random(in: 0...5000, using: &generator)
        let frames = start..<Int.random(in: start...5000, using: &generator)
        for (lead, all) in zip(try stream.read(frames), whole.leads) {
          #expect(isSame(lead.samples, all.samples[frames]), "\(frames)")
        }
        var millivolts = [Float](repeating: 7, count: 3 * frames.count)
        try millivolts.withUnsafeMutableBufferPointer { try stream.readMillivolts(frames, leads: [1, 0, 1], into: $0) }
        for (row, lead) in [1, 0, 1].enumerated() {
          let expected = whole.leads[lead].samples[frames].map { $0 / (lead == 1 ? 1000 : 1) }
          for (found, value) in zip(millivolts[row * frames.count..<(row + 1) * frames.count], expected) {
            #expect(found.isNaN == value.isNaN && (value.isNaN || abs(Double(found) - value) <= abs(value) * 1e-7))
          }
        }
      }
      #expect(try Record(path: folder + "/r", frames: 4998..<9000).sampleCount == 2)
      let (one, other) = (try Record.Summary(path: folder + "/r"), whole.summary)
      #expect(one == other)
    }
  }

  @Test func refusesMillivoltsOfWhatIsNoVoltage() throws {
    try withTemporaryFolder { folder in
      try write(
        "r 2 100 2\nr.dat 16 1/mV 0 0 0 0 0 I\nr.dat 16 1/mmHg 0 0 0 0 0 ABP\n", [1, 0, 2, 0, 3, 0, 4, 0], "r", folder)
      let stream = try RecordStream(path: folder + "/r")
      #expect(stream.leadNames.indices.map(stream.isVoltage) == [true, false])
      var samples = [Float](repeating: 0, count: 2)
      #expect {
        try samples.withUnsafeMutableBufferPointer { try stream.readMillivolts(0..<2, leads: [1], into: $0) }
      } throws: { "\($0)" == "\(folder)/r.hea: lead ABP: its units are 'mmHg'; expected mV, uV or V" }
    }
  }

  /// Layout, gap, a segment with one of two leads and other gain and units, a missing segment, a lead outside the
  /// layout.
  @Test func joinsSegmentsOfAVariableLayout() throws {
    try withTemporaryFolder { folder in
      try write("all 2 100 0\n~ 0 100/mV 8 0 0 0 0 II\n~ 0 1/NU 8 0 0 0 0 PLETH\n", nil, "all", folder)
      try write("a 1 100 2\na.dat 80 10/uV 8 0 2 5 0 II\n", [130, 131], "a", folder)
      try write("b 3 100 2\nb.dat 80 1/NU\nb.dat 80 1/mV 8 0 0 0 0 V\nb.dat 80 1/mmHg 8 0 0 0 0 II\n", [], "b", folder)
      try write(
        "b 2 100 2\nb.dat 80 1/NU 8 0 5 11 0 PLETH\nb.dat 80 1/mV 8 0 1 3 0 V\n", [133, 129, 134, 130], "b", folder)
      try write("r/5 2 100 8 10:00:00\nall 0\n~ 1\na 2\ngone 3\nb 2\n", nil, "r", folder)
      let record = try Record(path: folder + "/r")
      #expect(record.leads.map(\.name) == ["II", "PLETH"] && record.sampleCount == 8)
      let nan = Double.nan
      #expect(isSame(record.leads[0].samples, [nan, 0.0002, 0.0003, nan, nan, nan, nan, nan]))
      #expect(isSame(record.leads[1].samples, [nan, nan, nan, nan, nan, nan, 5, 6]))
      #expect(
        record.warnings.map(\.description) == [
          "line 5: segment gone is missing: there is no gone.hea",
          "line 6: segment b: signal V in mV has no place in the layout",
        ])
      let stream = try RecordStream(path: folder + "/r")
      #expect(isSame(try stream.read(2..<7)[0].samples, [0.0003, nan, nan, nan, nan]))
      #expect(try Record.Summary(path: folder + "/r") == record.summary)
      #expect(
        try Record.files(path: folder + "/r")
          == ["r.hea", "all.hea", "a.hea", "a.dat", "b.hea", "b.dat"].map { folder + "/" + $0 })
    }
  }

  @Test func readsTheSignalsWhoseFilesAreThere() throws {
    try withTemporaryFolder { folder in
      try write("r 3 100 2\nr.dat 80 1\ngone.dat 80 1 8 0 0 0 0 B\n~ 0 1 8 0 0 0 0 C\n", [129, 130], "r", folder)
      let record = try Record(path: folder + "/r")
      #expect(record.leads[0].samples == [1, 2])
      #expect(record.leads[1].samples.allSatisfy { $0.isNaN } && record.leads[2].samples.allSatisfy { $0.isNaN })
      #expect(
        record.warnings.map(\.description) == [
          "line 3: the signal file gone.dat is missing, and with it B",
          "line 4: signal C is stored nowhere: all is missing",
        ])
      #expect(try Record.files(path: folder + "/r") == [folder + "/r.hea", folder + "/r.dat"])
    }
  }

  /// 24 hours of 12 leads at 500 Hz, a gigabyte that takes no place on the disk: the end is reached without the rest.
  @Test func readsTheLastSecondsOfADay() throws {
    try withTemporaryFolder { folder in
      let lines = LeadName.twelve.map { "r.dat 16 1000/mV 16 0 0 0 0 \($0)\n" }.joined()
      try write("r 12 500 43200000\n" + lines, [], "r", folder)
      let file = try FileHandle(forWritingTo: URL(filePath: folder + "/r.dat"))
      try file.truncate(atOffset: 43_200_000 * 24 - 2)
      try file.seekToEnd()
      try file.write(contentsOf: [0xE8, 0x03])
      try file.close()
      let stream = try RecordStream(path: folder + "/r")
      let start = processorSeconds()
      let leads = try stream.read(43_195_000..<43_200_000)
      #expect(processorSeconds() - start < 0.1, "the whole takes longer")
      #expect(leads[11].samples.last == 1 && leads[11].samples.dropLast().allSatisfy { $0 == 0 })
    }
  }

  /// A gap costs no byte in the header.
  @Test func refusesToHoldWhatOnlyAHeaderClaims() throws {
    try withTemporaryFolder { folder in
      try write("a 1 100 2\na.dat 80 1\n", [129, 130], "a", folder)
      try write("r/2 1 100\n~ 4000000000000\na 2\n", nil, "r", folder)
      #expect { try Record(path: folder + "/r") } throws: {
        "\($0)".hasSuffix(
          "r.hea: the length is 4000000000002 samples of 1 leads; expected at most 268435456 in all to hold in memory")
      }
      let stream = try RecordStream(path: folder + "/r")
      #expect(isSame(try stream.read(3_999_999_999_999..<4_000_000_000_002)[0].samples, [.nan, 1, 2]))
      try write("r/2 1 100\n~ 9223372036854775807\na 2\n", nil, "r", folder)
      #expect { try RecordStream(path: folder + "/r") } throws: {
        "\($0)".hasSuffix("r.hea: line 3: the segments have more samples than Int can count")
      }
    }
  }

  @Test(
    .enabled(if: SharedData.isPresent, "needs ../shared/data"),
    arguments: ["flacformats", "mixedsignals", "flac_3_constant"])
  func readsStretchesOfFLAC(name: String) throws {
    var generator = SeededGenerator(seed: 5)
    let whole = try Record(path: SharedData.path("wfdb/" + name))
    let stream = try RecordStream(path: SharedData.path("wfdb/" + name))
    for _ in 0..<20 {
      let start = Int.random(in: 0..<whole.sampleCount, using: &generator)
      let frames = start..<Int.random(in: start...min(start + 20_000, whole.sampleCount), using: &generator)
      for (lead, all) in zip(try stream.read(frames), whole.leads) {
        #expect(isSame(lead.samples, all.samples[frames]), "\(frames)")
      }
    }
  }

  /// 36 segments, of which the sample data has two; wfdb-python's `rdrecord(…, sampto=7500)` gives these.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data")) func readsARecordOfWhichSegmentsAreMissing() throws
  {
    let path = SharedData.path("wfdb/multi-segment/p000878/p000878-2137-10-26-16-57")
    let record = try Record(path: path, frames: 0..<7500)
    #expect(record.leads.map(\.name) == ["PLETH", "II", "V", "ABP"])
    #expect(record.warnings.count == 30)
    #expect(
      record.warnings.first?.description == "line 6: segment 3269321_0003 is missing: there is no 3269321_0003.hea")
    let leads = record.summary.leads
    #expect(leads.map(\.missing) == [3946, 5887, 7500, 7500])
    #expect(leads[1].min == -0.49606299212598426 && leads[1].max == 1.5039370078740157)
  }

  /// Of this thread, so that what else runs does not count.
  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private func isSame(_ a: some Sequence<Double>, _ b: some Sequence<Double>) -> Bool {
    Array(a).map(\.bitPattern) == Array(b).map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
  }

  private func write(_ header: String, _ bytes: [UInt8]?, _ name: String, _ folder: String) throws {
    try Data(header.utf8).write(to: URL(filePath: "\(folder)/\(name).hea"))
    if let bytes { try Data(bytes).write(to: URL(filePath: "\(folder)/\(name).dat")) }
  }
}
